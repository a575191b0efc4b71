//! Filters.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::warning("dead-grep-rule", "A grep rule is never looked at")
        .why(
            "In Fluent Bit 1.8, and in 5.1 without `Logical_Op`, the first `Regex` decides: a record that matches it is \
             kept at once, one that does not is dropped. Rules below it are dead: an `Exclude` there excludes nothing.",
        )
        .example(
            "[FILTER]\n    Name grep\n    Match *\n    Regex level error\n    Exclude path health\n",
            "[FILTER]\n    Name grep\n    Match *\n    Exclude path health\n    Regex level error\n",
        ),
    Lint::warning("grep-on-number", "A grep pattern is for a number, and never matches one")
        .why(
            "grep looks at texts only (Fluent Bit 1.8 and 5.1): a field that is a number in the JSON of the log never \
             matches. A `Regex` drops all records, an `Exclude` none.",
        )
        .example(
            "==> fluent-bit.conf <==\n[SERVICE]\n    Parsers_File parsers.conf\n[FILTER]\n    Name grep\n    Match *\n    Exclude code ^2\n==> parsers.conf <==\n[PARSER]\n    Name a\n    Format logfmt\n    Types code:integer\n",
            "==> fluent-bit.conf <==\n[SERVICE]\n    Parsers_File parsers.conf\n[FILTER]\n    Name grep\n    Match *\n    Exclude code ^2\n==> parsers.conf <==\n[PARSER]\n    Name a\n    Format logfmt\n",
        ),
    Lint::warning("spaces-in-pattern", "Spaces before a grep pattern belong to it")
        .why("One space parts the field from the pattern; values aligned in columns never match (5.1).")
        .example(
            "[FILTER]\n    Name grep\n    Match *\n    Exclude log    error\n",
            "[FILTER]\n    Name grep\n    Match *\n    Exclude log error\n",
        ),
    Lint::warning("unreachable-key", "A grep rule cannot reach the key it names")
        .why(
            "The name of a field ends at the first dot, so `log.level` looks at `log`; a key that begins with `@` is \
             refused and never matches (Fluent Bit 5.1). A key inside a map is written `$map['key']`.",
        )
        .example(
            "[FILTER]\n    Name grep\n    Match *\n    Regex log.level error\n",
            "[FILTER]\n    Name grep\n    Match *\n    Regex $log['level'] error\n",
        ),
    Lint::note("merge-log-keeps-log", "A merged log line is kept as it was, too")
        .why("`Keep_Log` is On where it is not set: every record carries its line twice.")
        .example(
            "[FILTER]\n    Name kubernetes\n    Match *\n    Merge_Log On\n",
            "[FILTER]\n    Name kubernetes\n    Match *\n    Merge_Log On\n    Keep_Log Off\n",
        ),
    Lint::note("merge-log-overrides", "Fields of a merged log replace those of the record")
        .why(
            "Both are there, and readers of JSON take the later one: an application that logs `time` or `stream` \
             replaces what the container runtime wrote (Fluent Bit 1.8 and 5.1).",
        )
        .example(
            "[FILTER]\n    Name kubernetes\n    Match *\n    Merge_Log On\n",
            "[FILTER]\n    Name kubernetes\n    Match *\n    Merge_Log On\n    Merge_Log_Key app\n",
        ),
    Lint::warning("merge-log-without-log", "`Merge_Log` finds nothing to merge")
        .why("The filter looks at the key `log` and no other.")
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n    Key message\n[FILTER]\n    Name kubernetes\n    Match *\n    Merge_Log On\n",
            "[INPUT]\n    Name tail\n    Path /a\n[FILTER]\n    Name kubernetes\n    Match *\n    Merge_Log On\n",
        ),
    Lint::warning("merge-option-ignored", "An option of `Merge_Log` is set without it")
        .why("`Merge_Log` is Off where it is not set, and the others do nothing then.")
        .example(
            "[FILTER]\n    Name kubernetes\n    Match *\n    Keep_Log Off\n",
            "[FILTER]\n    Name kubernetes\n    Match *\n    Merge_Log On\n    Keep_Log Off\n",
        ),
    Lint::note("kubernetes-buffer-size", "Large pods have no metadata")
        .why(
            "Fluent Bit 1.8 and 5.1 read at most `Buffer_Size` (32000 bytes) of what the API server answers. If a pod is \
             larger, its records pass without metadata, and only the debug log says so.",
        )
        .example(
            "[FILTER]\n    Name kubernetes\n    Match *\n",
            "[FILTER]\n    Name kubernetes\n    Match *\n    Buffer_Size 0\n",
        ),
    Lint::note("stale-metadata", "Metadata of a pod is never looked up again")
        .why(
            "Fluent Bit keeps it without a limit of time. A StatefulSet's pod has the name of its predecessor, and gets \
             its labels and ids too.",
        )
        .example(
            "[FILTER]\n    Name kubernetes\n    Match *\n",
            "[FILTER]\n    Name kubernetes\n    Match *\n    Kube_Meta_Cache_TTL 60s\n",
        ),
    Lint::warning("kubelet-name-prefix", "With `Use_Kubelet`, a pod can be taken for another")
        .why("Names are compared by their beginning only: `web-1` can find `web-10` (Fluent Bit 5.1).")
        .example(
            "[FILTER]\n    Name kubernetes\n    Match *\n    Use_Kubelet On\n",
            "[FILTER]\n    Name kubernetes\n    Match *\n",
        ),
    Lint::note("parser-drops-fields", "A parser filter drops all other fields")
        .why(
            "Without `Reserve_Data On` a record is what the parser made of one field. After a kubernetes filter this \
             is a warning: pod, namespace and labels are gone.",
        )
        .example(
            "[FILTER]\n    Name parser\n    Match *\n    Key_Name log\n    Parser json\n",
            "[FILTER]\n    Name parser\n    Match *\n    Key_Name log\n    Parser json\n    Reserve_Data On\n",
        ),
    Lint::warning("too-many-words", "A value has more words than are read")
        .why("Fluent Bit leaves the field out and starts all the same; a value with spaces needs double quotes.")
        .example("[FILTER]\n    Name record_modifier\n    Match *\n    Record team the shop\n", "[FILTER]\n    Name record_modifier\n    Match *\n    Record team \"the shop\"\n"),
    Lint::warning("filter-without-match", "A filter has no pattern for tags")
        .why("Fluent Bit 5.1 does not start; 1.8 leaves the filter out.")
        .example("[FILTER]\n    Name grep\n    Regex log x\n", "[FILTER]\n    Name grep\n    Match *\n    Regex log x\n"),
];
