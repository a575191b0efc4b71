//! Relabelling rules.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::error("empty-rule", "A relabelling rule is empty")
        .why(
            "An item of the list is null, often a `-` that was left over. Prometheus 2 and 3 refuse the whole file: \
             the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  relabel_configs:\n  -\n  - action: labeldrop\n    regex: x\n", "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: labeldrop\n    regex: x\n"),
    Lint::error("unknown-action", "A relabelling action is unknown")
        .why(
            "Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: kepp\n    source_labels: [a]\n    regex: b\n", "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: keep\n    source_labels: [a]\n    regex: b\n"),
    Lint::error("invalid-label-name", "A name is no label name")
        .why(
            "With `legacy` names, letters, digits and `_` are allowed, and no digit comes first. Prometheus 3 with \
             `utf8` names refuses the empty one. Prometheus 2 and 3 refuse the whole file: the server does not start, \
             and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: ['']\n    target_label: b\n", "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [a]\n    target_label: b\n"),
    Lint::error("invalid-regex", "A pattern cannot be read")
        .why(
            "Prometheus reads patterns as RE2 does: it has no look-around and no backreferences, and refuses the \
             whole file. Fluent Bit reads Ruby's dialect: 1.8 and 5.1 do not start with a broken pattern of a filter, \
             and leave out a parser with one.",
        )
        .example("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [a]\n    regex: (?!b).*\n    action: keep\n", "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [a]\n    regex: b.*\n    action: drop\n"),
    Lint::error("missing-action", "A relabelling rule has an empty action")
        .why(
            "`action:` without a value is not the default. Prometheus 2 and 3 refuse the whole file: the server does \
             not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action:\n    source_labels: [a]\n    target_label: b\n", "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [a]\n    target_label: b\n"),
    Lint::error("missing-target-label", "A relabelling rule has no target label")
        .why(
            "`replace`, `hashmod`, `lowercase`, `uppercase`, `keepequal` and `dropequal` need one. Prometheus 2 and 3 \
             refuse the whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [a]\n    regex: (.+)\n", "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [a]\n    regex: (.+)\n    target_label: b\n"),
    Lint::error("invalid-target-label", "A target label is no label name")
        .why(
            "Groups such as `$1` are allowed for `replace` alone. Prometheus 2 and 3 refuse the whole file: the \
             server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  metric_name_validation_scheme: legacy\n  relabel_configs:\n  - source_labels: [a]\n    action: lowercase\n    target_label: a.b\n", "scrape_configs:\n- job_name: a\n  metric_name_validation_scheme: legacy\n  relabel_configs:\n  - source_labels: [a]\n    action: lowercase\n    target_label: a_b\n"),
    Lint::error("invalid-replacement", "A replacement cannot name a label")
        .why(
            "A `labelmap` makes names of labels of it. Prometheus 2 and 3 refuse the whole file: the server does not \
             start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: labelmap\n    regex: (.+)\n    replacement: ''\n", "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: labelmap\n    regex: x_(.+)\n    replacement: $1\n"),
    Lint::error("zero-modulus", "A hash is to be divided by nothing")
        .why(
            "`hashmod` needs a `modulus` of 1 or more. Prometheus 2 and 3 refuse the whole file: the server does not \
             start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [a]\n    action: hashmod\n    target_label: b\n", "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [a]\n    action: hashmod\n    target_label: b\n    modulus: 4\n"),
];
