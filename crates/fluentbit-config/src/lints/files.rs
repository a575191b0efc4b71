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
    Lint::warning("empty-section", "A section has no keys"),
    Lint::warning("indented-header", "A header is indented, and read as a group of the section above"),
    Lint::warning("unknown-property", "A key is not known here")
        .why("In `[SERVICE]` and in parsers Fluent Bit ignores it without a word; in plugins it does not start.")
        .example("[SERVICE]\n    Flsh 5\n", "[SERVICE]\n    Flush 5\n"),
    Lint::warning("repeated-property", "A key is set again"),
    Lint::warning("unsupported-property", "A key is not supported by weirgate yet"),
    Lint::warning("unsupported-section", "A section is not used by weirgate"),
    Lint::warning("unsupported-processor", "A processor is for data weirgate does not have"),
    Lint::warning("unsupported-plugin", "A plugin is not supported by weirgate yet"),
    Lint::warning("duplicate-service", "There are two `[SERVICE]` sections, and one is ignored"),
    Lint::warning("unknown-command", "A line begins with `@` and no command Fluent Bit knows"),
    Lint::warning("invalid-set", "`@SET` without `=` sets nothing"),
    Lint::warning("undefined-variable", "A variable is not set, and expands to nothing"),
    Lint::warning("unreadable-variable-file", "The file a variable is read from cannot be read"),
    Lint::warning("brace-before-variable", "A `}` before a variable breaks it")
        .why(
            "Fluent Bit 1.8 and 5.1 take the first `}` after the last variable for the end of the next one. In \
             `b{2}${VAR}` nothing is expanded; in `${VAR}b{2}${VAR}` the text `b{2}` is lost.",
        )
        .example(
            "@SET VAR=x\n[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag_Regex ^a{2}${VAR}(?<b>.)\n    Tag <b>\n",
            "@SET VAR=x\n@SET twice={2}\n[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag_Regex ^a${twice}${VAR}(?<b>.)\n    Tag <b>\n",
        ),
    Lint::warning("variable-name-too-long", "Fluent Bit 1.8 overruns its buffer with the name of a variable"),
    Lint::warning("invalid-utf8", "A file is not UTF-8"),
    Lint::warning("repeated-parsers-file", "A file of parsers is named twice"),
    Lint::warning("invalid-number", "A value is no number, and is read as another one"),
    Lint::warning("invalid-time", "A value is no time span, and is read as another one"),
    Lint::warning("invalid-size", "A value is no size, and is taken for no limit"),
    Lint::warning("missing-include", "An included file is missing"),
    Lint::warning("missing-parsers-file", "A file of parsers is missing")
        .why("Fluent Bit 5.1 does not start. 1.8 only warns, and runs without those parsers."),
];
