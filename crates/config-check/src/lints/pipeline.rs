//! Filters and parsers, as they are made ready to run.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::error("invalid-accessor", "A record accessor cannot be read")
        .why(
            "It is a key, or `$key['sub'][0]` for what is inside. Fluent Bit 1.8 and 5.1 do not start the plugin; \
             `--dry-run` does not see it.",
        )
        .example("[FILTER]\n    Name grep\n    Match *\n    Regex $log['a x\n", "[FILTER]\n    Name grep\n    Match *\n    Regex $log['a'] x\n"),
    Lint::error("invalid-condition", "A condition cannot be read")
        .why(
            "It is a name such as `Key_exists`, a key, and a value or pattern where the name asks for one. Fluent Bit \
             1.8 and 5.1 do not start the filter; `--dry-run` does not see it.",
        )
        .example("[FILTER]\n    Name modify\n    Match *\n    Condition Key_exist log\n    Add a b\n", "[FILTER]\n    Name modify\n    Match *\n    Condition Key_exists log\n    Add a b\n"),
    Lint::warning("ignored-rule", "A rule is accepted and does nothing")
        .why(
            "`Set`, `Add` and the like with three words are accepted by Fluent Bit 1.8 and never applied; 5.1 does \
             not start. Put a value with spaces in quotes.",
        )
        .example("[FILTER]\n    Name modify\n    Match *\n    Remove a b c\n", "[FILTER]\n    Name modify\n    Match *\n    Remove a\n"),
    Lint::warning("rename-by-accident", "A rule renames a field where it was to do something else")
        .why(
            "With three words, some rules of `modify` in Fluent Bit 1.8 rename the field to the last word; 5.1 does \
             not start. Put a value with spaces in quotes.",
        )
        .example("[FILTER]\n    Name modify\n    Match *\n    Add level very low\n", "[FILTER]\n    Name modify\n    Match *\n    Add level \"very low\"\n"),
    Lint::warning("no-rules", "A filter has no rules")
        .why("A `rewrite_tag` filter without `Rule` passes every record as it is (Fluent Bit 1.8 and 5.1).")
        .example("[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Tag a\n[FILTER]\n    Name rewrite_tag\n    Match a\n[OUTPUT]\n    Name null\n    Match *\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Tag a\n[FILTER]\n    Name rewrite_tag\n    Match a\n    Rule $log ^E errors false\n[OUTPUT]\n    Name null\n    Match *\n"),
    Lint::warning("retag-loop", "A filter would see the records again that it sends back")
        .why(
            "Records with the new tag start at the first filter again, and `Match` takes that tag, too. Fluent Bit \
             1.8 does not come out of it and crashes; 5.1 leaves those records alone, so a second rewriting does not \
             happen.",
        )
        .example("[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Tag a\n[FILTER]\n    Name rewrite_tag\n    Match a*\n    Rule $log ^E a.errors false\n[OUTPUT]\n    Name null\n    Match *\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Tag a\n[FILTER]\n    Name rewrite_tag\n    Match a*\n    Rule $log ^E errors false\n[OUTPUT]\n    Name null\n    Match *\n"),
    Lint::error("invalid-parser", "A parser cannot be made")
        .why(
            "Something about it is wrong that has no code of its own. Fluent Bit does not have it either, and lines \
             stay as they are.",
        ),
    Lint::error("invalid-time-zone", "A time zone is unknown")
        .why(
            "`Time_Zone` of a parser, and the variable `TZ` where a parser asks for the system's zone, name one such \
             as `Europe/Berlin`. Fluent Bit 5.1 does not start with an unknown one; for `TZ` it takes UTC.",
        )
        .example("[PARSER]\n    Name a\n    Format json\n    Time_Key t\n    Time_Format %H\n    Time_Zone Mars\n", "[PARSER]\n    Name a\n    Format json\n    Time_Key t\n    Time_Format %H\n    Time_Offset +0200\n"),
    Lint::warning("unknown-time-directive", "A time format has a directive that is none")
        .why(
            "No time matches it: every record gets the time it was read at, and only the log says so, for each line \
             (Fluent Bit 1.8 and 5.1).",
        )
        .example("[PARSER]\n    Name a\n    Format json\n    Time_Key t\n    Time_Format %Y-%m-%d %Q\n", "[PARSER]\n    Name a\n    Format json\n    Time_Key t\n    Time_Format %Y-%m-%d %H:%M:%S\n"),
    Lint::error("not-supported-yet", "Weirgate cannot do a part of what a plugin is asked for")
        .why(
            "Fluent Bit can. Running without it would lose or change records, so `run`, `explain` and `test` refuse \
             the configuration; `check` says where.",
        )
        .example("pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/a.log\n      processors:\n        logs:\n          - name: content_modifier\n            action: delete\n            key: a\n            context: attributes\n", "pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/a.log\n      processors:\n        logs:\n          - name: content_modifier\n            action: delete\n            key: a\n"),
];
