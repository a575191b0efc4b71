//! The file itself: sections, keys, comments, variables.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::warning("inline-comment", "A `#` after a value does not start a comment")
        .why(
            "Everything after the key belongs to the value in the classic form, in Fluent Bit 1.8 and 5.1. A size \
             with a comment keeps Fluent Bit from starting without naming the line; a boolean passes `--dry-run` \
             and fails, or is set wrong, when the plugin starts.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/app.log\n    Tag app # the shop\n",
            "[INPUT]\n    Name tail\n    Path /var/log/app.log\n    # the shop\n    Tag app\n",
        ),
    Lint::warning("unknown-section", "A section has a name Fluent Bit does not know")
        .why(
            "Fluent Bit 5.1 ignores the section without a word, and `--dry-run` calls the test successful: its \
             records are missing. 1.8 does not start.",
        )
        .example(
            "[OUTPTU]\n    Name stdout\n    Match *\n",
            "[OUTPUT]\n    Name stdout\n    Match *\n",
        ),
    Lint::warning("abbreviated-section", "A section's name is cut short")
        .why("Fluent Bit 5.1 takes the beginning of a name for the name, 1.8 does not start.")
        .example("[SERV]\n    Flush 1\n", "[SERVICE]\n    Flush 1\n"),
    Lint::warning("doubled-indent", "A line has twice the indent of the file")
        .why("Fluent Bit 5.1 accepts it, 1.8 does not start.")
        .example("[SERVICE]\n    Flush 1\n        Grace 5\n", "[SERVICE]\n    Flush 1\n    Grace 5\n"),
    Lint::warning("unindented-key", "A key stands at the left edge")
        .why(
            "Its first letter becomes the indent of the whole file: the key `Name` is read as `ame`, and the next \
             line does not fit (Fluent Bit 1.8 and 5.1).",
        )
        .example("[SERVICE]\nFlush 1\n", "[SERVICE]\n    Flush 1\n"),
    Lint::warning("empty-section", "A section has no keys")
        .why(
            "Fluent Bit ignores a section that has no keys in the classic form (1.8 and 5.1). In `prometheus.yml`, \
             where an entry of a list is empty or null, Prometheus refuses the file.",
        )
        .example("[INPUT]\n[SERVICE]\n    Flush 1\n", "[SERVICE]\n    Flush 1\n"),
    Lint::warning("indented-header", "A header is indented, and read as a group of the section above")
        .why(
            "Only a header at the left edge begins a section. Fluent Bit 5.1 reads an indented one as a group of the \
             section above, which most plugins ignore: the section is lost. 1.8 does not start.",
        )
        .example("[SERVICE]\n    Flush 1\n    [OUTPUT]\n        Name stdout\n        Match *\n", "[SERVICE]\n    Flush 1\n[OUTPUT]\n    Name stdout\n    Match *\n"),
    Lint::warning("unknown-property", "A key is not known here")
        .why("In `[SERVICE]` and in parsers Fluent Bit ignores it without a word; in plugins it does not start.")
        .example("[SERVICE]\n    Flsh 5\n", "[SERVICE]\n    Flush 5\n"),
    Lint::warning("repeated-property", "A key is set again")
        .why(
            "Where an option may be set once, Fluent Bit 5.1 does not start; in `[SERVICE]` and in parsers, and in \
             most plugins of 1.8, one of the two is ignored without a word.",
        )
        .example("[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Path /var/log/b.log\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log,/var/log/b.log\n"),
    Lint::warning("unsupported-property", "A key is not supported by weirgate yet")
        .why(
            "Fluent Bit has the option; weirgate does not do what it asks for: it runs without plugins of others and \
             stream processor tasks (a warning), and does not start where a server would refuse its requests, as \
             without signatures for AWS.",
        )
        .example("[SERVICE]\n    Flush 1\n    Streams_File streams.conf\n", "[SERVICE]\n    Flush 1\n"),
    Lint::note("ignored-property", "Weirgate does nothing with a key")
        .why(
            "Fluent Bit has the option. Weirgate accepts it, so that one configuration does for both, and works as if \
             it were not set. docs/reference says of each option whether that is so.",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Threaded on\n",
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n",
        ),
    Lint::warning("unsupported-section", "A section is not used by weirgate")
        .why("Fluent Bit has such sections; weirgate runs without what they ask for.")
        .example("[STREAM_PROCESSOR]\n    Name a\n", "[SERVICE]\n    Flush 1\n"),
    Lint::warning("unsupported-processor", "A processor is for data weirgate does not have")
        .why("Weirgate carries logs, and its processors see nothing else; one for metrics or traces does nothing.")
        .example("pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/a.log\n      processors:\n        metrics:\n          - name: labels\n", "pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/a.log\n"),
    Lint::error("unsupported-plugin", "A plugin is not supported by weirgate yet")
        .why(
            "Fluent Bit has the plugin, weirgate does not: `weirgate run` and `explain` refuse the configuration, \
             because records would be lost. `check` still checks the rest of it.",
        )
        .example("[INPUT]\n    Name cpu\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log\n"),
    Lint::warning("duplicate-service", "There are two `[SERVICE]` sections, and one is ignored")
        .why(
            "Fluent Bit 1.8 uses the first `[SERVICE]` of the classic form and ignores the others without a word; 5.1 \
             reads them as one. Two in YAML keep 5.1 from starting.",
        )
        .example("[SERVICE]\n    Flush 1\n[SERVICE]\n    Grace 5\n", "[SERVICE]\n    Flush 1\n    Grace 5\n"),
    Lint::warning("unknown-command", "A line begins with `@` and no command Fluent Bit knows")
        .why(
            "There are `@INCLUDE` and `@SET`, in capital letters or small ones alike. Fluent Bit ignores others \
             without a word: a file that was to be included is missing (1.8 and 5.1).",
        )
        .example("@INCLUD a.conf\n[SERVICE]\n    Flush 1\n", "@SET level=info\n[SERVICE]\n    Flush 1\n    Log_Level ${level}\n"),
    Lint::warning("invalid-set", "`@SET` without `=` sets nothing")
        .why("The variable stays unset, and expands to nothing where it is used (Fluent Bit 1.8 and 5.1).")
        .example("@SET level info\n[SERVICE]\n    Flush 1\n", "@SET level=info\n[SERVICE]\n    Flush 1\n"),
    Lint::warning("undefined-variable", "A variable is not set, and expands to nothing")
        .why(
            "Fluent Bit puts nothing in its place and says so at most in its log (1.8 and 5.1): a path loses a part, \
             a host becomes empty. `check` looks at the variables of its own environment; set it as in the pod, or \
             allow this code.",
        )
        .example("[SERVICE]\n    Flush 1\n    Log_Level ${NO_SUCH_LEVEL}\n", "@SET NO_SUCH_LEVEL=info\n[SERVICE]\n    Flush 1\n    Log_Level ${NO_SUCH_LEVEL}\n"),
    Lint::warning("unreadable-variable-file", "The file a variable is read from cannot be read")
        .why(
            "`@SET key=file:///PATH` takes the value from a file (Fluent Bit 5.1). Without the file the variable \
             stays unset in the classic form, and expands to nothing; in YAML Fluent Bit does not start.",
        )
        .example("@SET password=file:///nowhere/password\n[SERVICE]\n    Flush 1\n", "@SET password=${PASSWORD}\n[SERVICE]\n    Flush 1\n"),
    Lint::warning("brace-before-variable", "A `}` before a variable breaks it")
        .why(
            "Fluent Bit 1.8 and 5.1 take the first `}` after the last variable for the end of the next one. In \
             `b{2}${VAR}` nothing is expanded; in `${VAR}b{2}${VAR}` the text `b{2}` is lost.",
        )
        .example(
            "@SET VAR=x\n[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag_Regex ^a{2}${VAR}(?<b>.)\n    Tag <b>\n",
            "@SET VAR=x\n@SET twice={2}\n[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag_Regex ^a${twice}${VAR}(?<b>.)\n    Tag <b>\n",
        ),
    Lint::warning("variable-name-too-long", "Fluent Bit 1.8 overruns its buffer with the name of a variable")
        .why(
            "It has room for 63 bytes between the braces: a longer name is written over other memory, and 1.8 may \
             crash. 5.1 reads any length.",
        )
        .example("@SET A_NAME_THAT_IS_LONGER_THAN_ANYBODY_WOULD_LIKE_TO_TYPE_OR_TO_READ=1\n[SERVICE]\n    Flush ${A_NAME_THAT_IS_LONGER_THAN_ANYBODY_WOULD_LIKE_TO_TYPE_OR_TO_READ}\n", "@SET INTERVAL=1\n[SERVICE]\n    Flush ${INTERVAL}\n"),
    Lint::warning("invalid-utf8", "A file is not UTF-8")
        .why(
            "Fluent Bit carries the bytes as they are, weirgate replaces them: a pattern with them matches something \
             else. Save the file as UTF-8. `--fix` leaves such a file alone.",
        ),
    Lint::warning("repeated-parsers-file", "A file of parsers is named twice")
        .why("Fluent Bit 5.1 finds each parser twice and does not start. 1.8 ignores the second reading.")
        .example("==> fluent-bit.conf <==\n[SERVICE]\n    Parsers_File p.conf\n    Parsers_File p.conf\n==> p.conf <==\n[PARSER]\n    Name a\n    Format json\n", "==> fluent-bit.conf <==\n[SERVICE]\n    Parsers_File p.conf\n==> p.conf <==\n[PARSER]\n    Name a\n    Format json\n"),
    Lint::warning("invalid-number", "A value is no number, and is read as another one")
        .why(
            "Fluent Bit reads the digits at the start and ignores the rest, without a word (1.8 and 5.1): `ten` is 0, \
             `1,000` is 1.",
        )
        .example("[OUTPUT]\n    Name stdout\n    Match *\n    net.keepalive_max_recycle ten\n", "[OUTPUT]\n    Name stdout\n    Match *\n    net.keepalive_max_recycle 10\n"),
    Lint::warning("invalid-time", "A value is no time span, and is read as another one")
        .why(
            "Fluent Bit reads the digits at the start, and one of `s`, `m`, `h`, `d` behind them; it ignores the rest \
             without a word (1.8 and 5.1).",
        )
        .example("[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Ignore_Older 1week\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Ignore_Older 7d\n"),
    Lint::warning("invalid-size", "A value is no size, and is taken for no limit")
        .why(
            "Fluent Bit takes what it cannot read for no limit at all, or for 0, without a word (1.8 and 5.1). A size \
             is a number and one of `k`, `M`, `G`, with or without a `B`. In `prometheus.yml` the units are B, KB, \
             MB, GB, TB, PB and EB, and Prometheus refuses the file.",
        )
        .example("[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Buffer_Max_Size lots\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Buffer_Max_Size 1M\n"),
    Lint::warning("missing-include", "An included file is missing")
        .why(
            "Fluent Bit 1.8 and 5.1 do not start. A relative path starts at the folder of the main file in the \
             classic form, and at that of the including file in YAML; in YAML a relative pattern that matches nothing \
             is accepted. Everything after `@INCLUDE` is the path, comments too.",
        )
        .example("==> fluent-bit.conf <==\n@INCLUDE inputs.conf\n", "==> fluent-bit.conf <==\n@INCLUDE inputs.conf\n==> inputs.conf <==\n[SERVICE]\n    Flush 1\n"),
    Lint::warning("missing-parsers-file", "A file of parsers is missing")
        .why("Fluent Bit 5.1 does not start. 1.8 only warns, and runs without those parsers.")
        .example("[SERVICE]\n    Parsers_File nowhere.conf\n", "==> fluent-bit.conf <==\n[SERVICE]\n    Parsers_File parsers.conf\n==> parsers.conf <==\n[PARSER]\n    Name a\n    Format json\n"),
];
