//! Settings that keep Fluent Bit from starting.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::error("buffer-size-order", "`Buffer_Max_Size` is less than `Buffer_Chunk_Size`")
        .why(
            "Fluent Bit 1.8 and 5.1 do not start the input. Both are 32 KiB where they are not set, so a larger chunk \
             alone is too large.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Buffer_Chunk_Size 1M\n",
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Buffer_Chunk_Size 1M\n    Buffer_Max_Size 1M\n",
        ),
    Lint::error("duplicate-parser", "Two parsers have one name")
        .why("Fluent Bit 5.1 does not start. 1.8 leaves the second one out and starts.")
        .example(
            "[PARSER]\n    Name a\n    Format json\n[PARSER]\n    Name a\n    Format logfmt\n",
            "[PARSER]\n    Name a\n    Format json\n[PARSER]\n    Name b\n    Format logfmt\n",
        ),
    Lint::error("empty-property", "A key is set to nothing")
        .why(
            "An option that all plugins have, such as `Tag`, cannot be empty: Fluent Bit 5.1 does not start. A \
             variable that is not set is the usual cause.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Log_Level ${LEVEL}\n",
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n",
        ),
    Lint::error("exclusive-properties", "Two keys cannot be set together")
        .why(
            "Each says what the other forbids. Fluent Bit does not start the plugin; `--dry-run` does not see it (1.8 \
             and 5.1).",
        )
        .example(
            "[FILTER]\n    Name record_modifier\n    Match *\n    Allowlist_key a\n    Remove_key b\n",
            "[FILTER]\n    Name record_modifier\n    Match *\n    Allowlist_key a\n",
        ),
    Lint::error("invalid-boolean", "A value is not a boolean")
        .why(
            "The words are `on`, `yes`, `true`, `off`, `no` and `false`, in any case; `1` and `enabled` are none. Fluent \
             Bit 5.1 does not start the plugin, and `--dry-run` does not see it; 1.8 takes some of them for false.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Read_from_Head 1\n",
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Read_from_Head on\n",
        ),
    Lint::error("invalid-common-value", "A value does not fit an option all plugins have")
        .why(
            "Fluent Bit reads these options (`Log_Level`, `storage.type`, `Mem_Buf_Limit` and the like) with the \
             file, and does not start (5.1; 1.8 for inputs only).",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    storage.type disk\n",
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    storage.type filesystem\n",
        ),
    Lint::error("invalid-flush", "`Flush` is no number above 0")
        .why("It is the time in seconds between two deliveries. Fluent Bit 1.8 and 5.1 do not start.")
        .example("[SERVICE]\n    Flush off\n", "[SERVICE]\n    Flush 0.5\n"),
    Lint::error("invalid-interval", "A time between two searches is none")
        .why(
            "`Refresh_Interval` and `Rotate_Wait` are seconds above 0. Fluent Bit 1.8 and 5.1 do not start the input, \
             and `--dry-run` does not see it.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Rotate_Wait 0\n",
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Rotate_Wait 5\n",
        ),
    Lint::error("invalid-log-level", "A log level is unknown")
        .why("Fluent Bit 1.8 and 5.1 do not start.")
        .example("[SERVICE]\n    Log_Level verbose\n", "[SERVICE]\n    Log_Level debug\n"),
    Lint::error("invalid-multiline-type", "A type of multiline parser is unknown")
        .why(
            "The types are `regex`, `endswith` and `equal` (also `eq`). Fluent Bit does not start with another one \
             (since 1.8.2).",
        )
        .example(
            "[MULTILINE_PARSER]\n    Name a\n    Type starts\n    Rule \"start_state\" \"/^x/\" \"cont\"\n    Rule \"cont\" \"/^y/\" \"cont\"\n",
            "[MULTILINE_PARSER]\n    Name a\n    Type regex\n    Rule \"start_state\" \"/^x/\" \"cont\"\n    Rule \"cont\" \"/^y/\" \"cont\"\n",
        ),
    Lint::error("invalid-parser-format", "A parser format is unknown")
        .why("The formats are `json`, `regex`, `ltsv` and `logfmt`. Fluent Bit 5.1 does not start; 1.8 crashes.")
        .example("[PARSER]\n    Name a\n    Format jsn\n", "[PARSER]\n    Name a\n    Format json\n"),
    Lint::error("invalid-rule", "A rule cannot be read")
        .why(
            "A rule of a multiline parser has a state, a pattern and the state after it, and the first one is for \
             `start_state`; a rule of grep has a field and a pattern. Fluent Bit 5.1 does not start; 1.8 leaves such a \
             multiline parser out.",
        )
        .example(
            "[MULTILINE_PARSER]\n    Name a\n    Type regex\n    Rule \"first\" \"/^x/\" \"cont\"\n    Rule \"cont\" \"/^y/\" \"cont\"\n",
            "[MULTILINE_PARSER]\n    Name a\n    Type regex\n    Rule \"start_state\" \"/^x/\" \"cont\"\n    Rule \"cont\" \"/^y/\" \"cont\"\n",
        ),
    Lint::error("invalid-time-offset", "A time offset cannot be read")
        .why(
            "It is a sign, two digits of hours and two of minutes. Fluent Bit 5.1 does not start; 1.8 leaves the \
             parser out.",
        )
        .example(
            "[PARSER]\n    Name a\n    Format json\n    Time_Key t\n    Time_Format %H\n    Time_Offset UTC\n",
            "[PARSER]\n    Name a\n    Format json\n    Time_Key t\n    Time_Format %H\n    Time_Offset +0100\n",
        ),
    Lint::error("invalid-url", "A URL is none")
        .why(
            "Fluent Bit 1.8 and 5.1 do not start a `kubernetes` filter whose `Kube_URL` begins with neither `http://` nor \
             `https://`. In `prometheus.yml` a URL that cannot be parsed, or has no host, fails the whole file.",
        )
        .example(
            "[FILTER]\n    Name kubernetes\n    Match *\n    Kube_URL kubernetes.default.svc:443\n",
            "[FILTER]\n    Name kubernetes\n    Match *\n    Kube_URL https://kubernetes.default.svc:443\n",
        ),
    Lint::error("invalid-value", "A value is none of those the option takes")
        .why(
            "Where the default is taken instead it is a warning. Otherwise the plugin does not start, and `--dry-run` \
             does not see it (Fluent Bit 1.8 and 5.1).",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    DB /d\n    DB.journal_mode write\n",
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    DB /d\n    DB.journal_mode WAL\n",
        ),
    Lint::error("missing-name", "A plugin section has no `Name`")
        .why("Nothing says which plugin it is. Fluent Bit 5.1 does not start; 1.8 leaves the section out.")
        .example("[INPUT]\n    Path /var/log/a.log\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log\n"),
    Lint::error("missing-parser-property", "A parser lacks a key it needs")
        .why(
            "Each parser needs `Name` and `Format`, and `Regex` if it is one. Fluent Bit 5.1 does not start; 1.8 \
             stops reading the file of parsers there.",
        )
        .example("[PARSER]\n    Name a\n", "[PARSER]\n    Name a\n    Format json\n"),
    Lint::error("missing-property", "A plugin lacks an option it needs")
        .why("The plugin does not start, and `--dry-run` does not see it (Fluent Bit 1.8 and 5.1).")
        .example(
            "[INPUT]\n    Name tail\n    Tag a\n",
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Tag a\n",
        ),
    Lint::error("parser-in-main-file", "A parser stands in the main file")
        .why(
            "Fluent Bit 1.8 and 5.1 read `[PARSER]` and `[MULTILINE_PARSER]` in files of their own, and do not start \
             with one in the main file. In YAML they may stand in it.",
        )
        .example(
            "[SERVICE]\n    Flush 1\n[PARSER]\n    Name a\n    Format json\n",
            "==> fluent-bit.conf <==\n[SERVICE]\n    Flush 1\n    Parsers_File parsers.conf\n==> parsers.conf <==\n[PARSER]\n    Name a\n    Format json\n",
        ),
    Lint::error("too-few-words", "A value has too few words")
        .why(
            "The option takes several, parted by spaces. The plugin does not start, and `--dry-run` does not see it \
             (Fluent Bit 5.1).",
        )
        .example("[FILTER]\n    Name record_modifier\n    Match *\n    Record team\n", "[FILTER]\n    Name record_modifier\n    Match *\n    Record team shop\n"),
    Lint::error("unknown-plugin", "A plugin is unknown")
        .why(
            "Fluent Bit 1.8 and 5.1 do not start. Some plugins are newer than 1.8; `weirgate check --compat 1.8` \
             knows which.",
        )
        .example("[INPUT]\n    Name tial\n    Path /var/log/a.log\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log\n"),
    Lint::error("wrong-parser-format", "A parser of another format is named where a pattern is needed")
        .why(
            "`Regex_Parser` of the `kubernetes` filter takes the pod's name from named groups, and only a parser of the \
             format `regex` has them. Fluent Bit 5.1 does not start; 1.8 finds no pod, and records pass without metadata.",
        )
        .example(
            "==> fluent-bit.conf <==\n[SERVICE]\n    Parsers_File p.conf\n[FILTER]\n    Name kubernetes\n    Match *\n    Regex_Parser a\n==> p.conf <==\n[PARSER]\n    Name a\n    Format json\n",
            "==> fluent-bit.conf <==\n[SERVICE]\n    Parsers_File p.conf\n[FILTER]\n    Name kubernetes\n    Match *\n    Regex_Parser a\n==> p.conf <==\n[PARSER]\n    Name a\n    Format regex\n    Regex (?<pod_name>[^_]+)_(?<namespace_name>[^_]+)_(?<container_name>.+)-(?<docker_id>[a-z0-9]{64})\\.log$\n",
        ),
];
