//! Inputs and parsers.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::warning("parser-ignored", "`Parser` does nothing beside `multiline.parser`")
        .why("Fluent Bit 1.8 and 5.1 hand every line to the multiline parser; the other one is never asked.")
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    multiline.parser docker, cri\n    Parser json\n",
            "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    multiline.parser docker, cri\n",
        ),
    Lint::warning("star-with-tag-regex", "With `Tag_Regex`, a `*` stays in the tag")
        .why("Fluent Bit 1.8 and 5.1 fill in only the groups of the pattern, written as `<name>`.")
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag app.*\n    Tag_Regex (?<name>[a-z]+)\\.log$\n",
            "[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag app.<name>\n    Tag_Regex (?<name>[a-z]+)\\.log$\n",
        ),
    Lint::warning("double-backslash", "Two backslashes in a pattern stand for one that is looked for")
        .why(
            "The files have no escapes, so `\\\\.` is a backslash and any character. Patterns are searched anywhere \
             in a text, so nothing fails: a pod called `my.pod-0` is taken for `pod-0` (Fluent Bit 1.8 and 5.1). \
             The doubled form comes from source code in C, where one of the two is for the compiler.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag <a>\n    Tag_Regex (?<a>[a-z]+)\\\\.log$\n",
            "[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag <a>\n    Tag_Regex (?<a>[a-z]+)\\.log$\n",
        ),
    Lint::warning("regex-flags", "The end of a pattern is taken for flags")
        .why(
            "Fluent Bit 5.1 reads a pattern that begins with `/` up to its last `/` if only the letters m, i, x and \
             o follow: `/api/m` becomes `api`. 1.8 has no flags.",
        )
        .example(
            "[FILTER]\n    Name grep\n    Match *\n    Regex path /api/m\n",
            "[FILTER]\n    Name grep\n    Match *\n    Regex path ^/api/m\n",
        ),
    Lint::warning("shared-database", "Two inputs share a database")
        .why(
            "When it starts, each input deletes the offsets of files it does not read itself (Fluent Bit 5.1): files \
             are read again from their start, or from their end.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    DB /var/db/f.db\n[INPUT]\n    Name tail\n    Path /var/log/b.log\n    DB /var/db/f.db\n",
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    DB /var/db/a.db\n[INPUT]\n    Name tail\n    Path /var/log/b.log\n    DB /var/db/b.db\n",
        ),
    Lint::warning("path-matches-rotated", "A pattern for files matches rotated ones too")
        .why(
            "Some seconds after a rotation Fluent Bit forgets the old file. If its new name fits the pattern, the next \
             scan finds it as a new file, and everything in it is sent a second time (1.8 and 5.1).",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/app.log*\n",
            "[INPUT]\n    Name tail\n    Path /var/log/app.log\n",
        ),
    Lint::warning("double-star", "`**` is the same as `*` in a path")
        .why("Patterns are those of the C library's glob: none goes into folders below.")
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/**/app.log\n",
            "[INPUT]\n    Name tail\n    Path /var/log/*/app.log,/var/log/*/*/app.log\n",
        ),
    Lint::warning("own-log", "The agent reads its own log")
        .why("What it prints is written to its container's log, read again, and printed again, without end.")
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    Tag kube.*\n[OUTPUT]\n    Name stdout\n    Match kube.*\n",
            "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    Exclude_Path /var/log/containers/*fluent-bit*\n    Tag kube.*\n[OUTPUT]\n    Name stdout\n    Match kube.*\n",
        ),
    Lint::warning("mem-buf-limit-ignored", "`Mem_Buf_Limit` does nothing with `storage.type filesystem`")
        .why("Such an input is not paused for it; `storage.max_chunks_up` decides what is in memory (5.1).")
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n    Mem_Buf_Limit 5MB\n    storage.type filesystem\n",
            "[INPUT]\n    Name tail\n    Path /a\n    storage.type filesystem\n",
        ),
    Lint::note("unlimited-memory", "An input may take any amount of memory")
        .why("`Mem_Buf_Limit` has no default: when an output is slow, the process grows until it is killed.")
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n",
            "[INPUT]\n    Name tail\n    Path /a\n    Mem_Buf_Limit 50MB\n",
        ),
    Lint::note("no-database", "An input does not remember where it was")
        .why(
            "Without `DB` a restart begins anew: at the start of each file with `Read_from_Head On`, and everything is \
             sent twice; at the end without it, and what was written meanwhile is lost.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n",
            "[INPUT]\n    Name tail\n    Path /a\n    DB /var/db/tail.db\n",
        ),
    Lint::note("starts-at-end", "What files hold when they are first seen is skipped")
        .why(
            "`Read_from_Head` is Off where it is not set. A file that is made between the start of the pod and the first \
             scan loses its first lines.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n",
            "[INPUT]\n    Name tail\n    Path /a\n    Read_from_Head On\n",
        ),
    Lint::note("long-line-stops-file", "A long line stops the reading of its file")
        .why(
            "A line longer than `Buffer_Max_Size` (32768 bytes where it is not set) takes the file off the list until \
             the next scan, in Fluent Bit 1.8 and 5.1. `Skip_Long_Lines On` skips the line alone.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n",
            "[INPUT]\n    Name tail\n    Path /a\n    Skip_Long_Lines On\n",
        ),
    Lint::note("split-lines", "Long lines of containers stay split")
        .why(
            "Container runtimes write lines over 16 kB in parts. Without a multiline parser each part becomes a record.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    Parser docker\n",
            "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    multiline.parser docker, cri\n",
        ),
    Lint::note("docker-mode", "`Docker_Mode` gives a joined line the time of its last part")
        .why("`multiline.parser docker` gives it the time of the first part, and `cri` knows containerd's files.")
        .example("[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    Docker_Mode On\n", "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    multiline.parser docker, cri\n"),
    Lint::warning("short-interval", "Files are searched for more than a thousand times a second")
        .why("The digits after the point count nanoseconds, so `0.5` is 5 nanoseconds.")
        .example("[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Refresh_Interval 0.5\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Refresh_Interval 0.500000000\n"),
    Lint::warning("types-ignored", "`Types` does nothing in a json parser")
        .why("JSON values have types of their own; Fluent Bit 1.8 and 5.1 do not look at `Types` there.")
        .example(
            "[PARSER]\n    Name a\n    Format json\n    Types code:integer\n",
            "[PARSER]\n    Name a\n    Format json\n",
        ),
    Lint::note("logfmt-types", "`Types` changes how a logfmt parser reads")
        .why(
            "With `Types` a key without a value is an empty text in place of true, and escapes in quotes stay as they \
             are (Fluent Bit 5.1).",
        )
        .example(
            "[PARSER]\n    Name a\n    Format logfmt\n    Types code:integer\n",
            "[PARSER]\n    Name a\n    Format logfmt\n",
        ),
    Lint::warning("time-key-without-format", "`Time_Key` does nothing without `Time_Format`")
        .why("The time of a record is that of its reading, and the field stays as it is.")
        .example(
            "[PARSER]\n    Name a\n    Format json\n    Time_Key ts\n",
            "[PARSER]\n    Name a\n    Format json\n    Time_Key ts\n    Time_Format %Y-%m-%dT%H:%M:%S.%L\n",
        ),
    Lint::warning("time-without-year", "A time format has no year")
        .why(
            "Fluent Bit 1.8 and 5.1 put the current year in front: what was logged in December and is read in January \
             lies eleven months in the future, and in an index of its own.",
        )
        .example(
            "[PARSER]\n    Name a\n    Format regex\n    Regex ^(?<time>.{15}) (?<m>.*)$\n    Time_Key time\n    Time_Format %b %d %H:%M:%S\n",
            "[PARSER]\n    Name a\n    Format regex\n    Regex ^(?<time>.{20}) (?<m>.*)$\n    Time_Key time\n    Time_Format %Y %b %d %H:%M:%S\n",
        ),
    Lint::warning("repeated-fraction", "A time format has two fractions of a second")
        .why("Only the first `%L` is read as one, so no time matches.")
        .example(
            "[PARSER]\n    Name a\n    Format json\n    Time_Format %Y %L %L\n",
            "[PARSER]\n    Name a\n    Format json\n    Time_Format %Y %L\n",
        ),
    Lint::warning("decode-field-text", "`Decode_Field` is used with a decoder that gives a text")
        .why("It adds the keys of a decoded object to the record; a text has none, and is an error for every record.")
        .example(
            "[PARSER]\n    Name a\n    Format json\n    Decode_Field escaped log\n",
            "[PARSER]\n    Name a\n    Format json\n    Decode_Field_As escaped log\n",
        ),
    Lint::warning("several-decode-fields", "Of several decoded fields only the last one's keys survive")
        .why("A defect of Fluent Bit 1.8 and 5.1: the keys that the others added are lost.")
        .example(
            "[PARSER]\n    Name a\n    Format json\n    Decode_Field json a\n    Decode_Field json b\n",
            "[PARSER]\n    Name a\n    Format json\n    Decode_Field json a\n    Decode_Field_As json b\n",
        ),
    Lint::warning("invalid-types", "`Types` has a part that is no NAME:TYPE")
        .why(
            "Fluent Bit ignores such a part without a word, and the field stays a text (1.8 and 5.1): Elasticsearch \
             then maps a number as a text.",
        )
        .example("[PARSER]\n    Name a\n    Format ltsv\n    Types code\n", "[PARSER]\n    Name a\n    Format ltsv\n    Types code:integer\n"),
    Lint::warning("unknown-decoder", "A parser's decoders are left out, because one is unknown")
        .why(
            "Fluent Bit logs an error, and the parser works without any of its decoders (1.8 and 5.1). The decoders \
             are `json`, `escaped`, `escaped_utf8` and `mysql_quoted`.",
        )
        .example("[PARSER]\n    Name a\n    Format json\n    Decode_Field_As jsn log\n", "[PARSER]\n    Name a\n    Format json\n    Decode_Field_As json log\n"),
    Lint::warning("unknown-parser", "A parser is named that does not exist")
        .why("A tail input then reads lines as they are; Fluent Bit says so once, in its log.")
        .example("[SERVICE]\n    Flush 1\n[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Parser json\n", "==> fluent-bit.conf <==\n[SERVICE]\n    Parsers_File parsers.conf\n[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Parser json\n==> parsers.conf <==\n[PARSER]\n    Name json\n    Format json\n"),
];
