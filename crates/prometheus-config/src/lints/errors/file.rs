//! The file as a whole, and times.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::error("duplicate-field", "A field is set twice")
        .why(
            "A YAML mapping has each key once. Prometheus 2 and 3 refuse the whole file: the server does not start, \
             and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  scheme: http\n  scheme: https\n", "scrape_configs:\n- job_name: a\n  scheme: https\n"),
    Lint::error("unknown-field", "A field does not exist")
        .why(
            "Prometheus reads its file strictly. Prometheus 2 and 3 refuse the whole file: the server does not start, \
             and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  metric_path: /m\n", "scrape_configs:\n- job_name: a\n  metrics_path: /m\n"),
    Lint::error("wrong-type", "A value has the wrong shape")
        .why(
            "A list stands where a text is expected, a word where a number is, and so on. Prometheus 2 and 3 refuse \
             the whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  metrics_path: [/m]\n", "scrape_configs:\n- job_name: a\n  metrics_path: /m\n"),
    Lint::error("yaml-syntax", "The file is no YAML")
        .why("Nothing of it can be read. Tabs cannot indent, and a text with `: ` or ` #` in it needs quotes.")
        .example("scrape_configs:\n	- job_name: a\n", "scrape_configs:\n  - job_name: a\n"),
    Lint::error("yaml-aliases", "A YAML alias cannot be followed")
        .why(
            "There is no anchor of this name before it, or aliases of aliases make the document larger than anybody \
             would write. Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the \
             old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  params: &x\n    a: *x\n", "scrape_configs:\n- job_name: a\n  params: {}\n"),
    Lint::error("yaml-depth", "YAML is nested too deep")
        .why(
            "Weirgate reads 200 levels, many more than any configuration needs, so that a hostile file cannot exhaust \
             the stack.",
        ),
    Lint::error("yaml-merge", "A YAML merge key has nothing to merge")
        .why(
            "`<<` takes a mapping, or a list of them. Prometheus 2 and 3 refuse the whole file: the server does not \
             start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  <<: x\n", "scrape_configs:\n- job_name: a\n  scheme: http\n"),
    Lint::warning("ignored-document", "Only the first YAML document counts")
        .why(
            "Prometheus does not look at what follows a line `---`: jobs there are not scraped, and nothing says so \
             (2 and 3).",
        )
        .example("scrape_configs:\n- job_name: a\n---\nscrape_configs:\n- job_name: b\n", "scrape_configs:\n- job_name: a\n- job_name: b\n"),
    Lint::error("duplicate-job-name", "Two jobs have one name")
        .why(
            "The name is the label `job` of their series. Prometheus 2 and 3 refuse the whole file: the server does \
             not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n- job_name: a\n", "scrape_configs:\n- job_name: a\n- job_name: b\n"),
    Lint::error("duplicate-name", "Two remote sections have one name")
        .why(
            "The name tells their queues and metrics apart. Prometheus 2 and 3 refuse the whole file: the server does \
             not start, and a reload keeps the old configuration.",
        )
        .example("remote_write:\n- url: http://a/\n  name: w\n- url: http://b/\n  name: w\n", "remote_write:\n- url: http://a/\n  name: w\n- url: http://b/\n  name: x\n"),
    Lint::error("job-name-empty", "A job has no name")
        .why(
            "Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("scrape_configs:\n- metrics_path: /m\n", "scrape_configs:\n- job_name: a\n"),
    Lint::error("invalid-path", "A path or pattern for files is none")
        .why(
            "`*` may stand in the last part of a path only; a file of targets ends in `.json`, `.yml` or `.yaml`. \
             Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  file_sd_configs:\n  - files: [targets.txt]\n", "scrape_configs:\n- job_name: a\n  file_sd_configs:\n  - files: [targets.yml]\n"),
    Lint::error("invalid-duration", "A duration cannot be read")
        .why(
            "It is one or more numbers with a unit, from large to small: `1h30m`, `15s`, `500ms`; the units are y, w, \
             d, h, m, s, ms. Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps \
             the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  scrape_interval: 30 s\n", "scrape_configs:\n- job_name: a\n  scrape_interval: 30s\n"),
    Lint::error("timeout-above-interval", "A scrape may take longer than the time between two")
        .why(
            "`scrape_timeout` cannot be longer than `scrape_interval`, also not the one of `global`. Prometheus 2 and \
             3 refuse the whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  scrape_interval: 5s\n  scrape_timeout: 10s\n", "scrape_configs:\n- job_name: a\n  scrape_interval: 10s\n  scrape_timeout: 5s\n"),
    Lint::error("invalid-scrape-protocols", "A list of scrape protocols cannot be used")
        .why(
            "It names one that is unknown, or one twice, or none. The protocols are PrometheusProto, \
             OpenMetricsText0.0.1, OpenMetricsText1.0.0, PrometheusText0.0.4 and PrometheusText1.0.0. Prometheus 2 \
             and 3 refuse the whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  scrape_protocols: [Text]\n", "scrape_configs:\n- job_name: a\n  scrape_protocols: [PrometheusText0.0.4]\n"),
    Lint::error("unknown-validation-scheme", "A scheme for names is unknown")
        .why(
            "The schemes are `utf8`, the default since Prometheus 3, and `legacy`. Prometheus 2 and 3 refuse the \
             whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  metric_name_validation_scheme: utf16\n", "scrape_configs:\n- job_name: a\n  metric_name_validation_scheme: utf8\n"),
    Lint::error("unknown-escaping-scheme", "A way to escape names is unknown")
        .why(
            "The ways are `allow-utf-8`, `underscores`, `dots` and `values` (Prometheus 3). Prometheus 2 and 3 refuse \
             the whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  metric_name_escaping_scheme: utf8\n", "scrape_configs:\n- job_name: a\n  metric_name_escaping_scheme: allow-utf-8\n"),
    Lint::error("conflicting-schemes", "Names are asked for that the job does not take")
        .why(
            "`allow-utf-8` asks targets for any name, and the job refuses those that are not `legacy` (Prometheus 3). \
             Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("scrape_configs:\n- job_name: a\n  metric_name_validation_scheme: legacy\n  metric_name_escaping_scheme: allow-utf-8\n", "scrape_configs:\n- job_name: a\n  metric_name_validation_scheme: legacy\n  metric_name_escaping_scheme: underscores\n"),
];
