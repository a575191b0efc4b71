//! Lines that keep Fluent Bit from reading a file.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::error("byte-order-mark", "The file begins with a byte order mark")
        .why(
            "Editors of Windows write these three bytes. Fluent Bit takes them for a key without a section and does \
             not start (1.8 and 5.1). Save the file as UTF-8 without a byte order mark.",
        )
        .example("\u{feff}[SERVICE]\n    Flush 1\n", "[SERVICE]\n    Flush 1\n"),
    Lint::error("command-without-value", "A command has no value")
        .why(
            "A line that begins with `@` needs a name, a space and a value, or Fluent Bit does not start (1.8 and \
             5.1).",
        )
        .example("@INCLUDE\n[SERVICE]\n    Flush 1\n", "[SERVICE]\n    Flush 1\n"),
    Lint::error("empty-group", "A group has no keys")
        .why(
            "Fluent Bit 5.1 does not start. Groups, an indented header and keys with twice the indent, are new in \
             5.1.",
        )
        .example("[INPUT]\n    Name tail\n    Path /a\n    [one] # c\n        [two] # d\n", "[INPUT]\n    Name tail\n    Path /a\n"),
    Lint::error("empty-value", "A key has no value")
        .why(
            "A key and blanks alone keep Fluent Bit from starting (1.8 and 5.1), as does a value of blanks in YAML \
             (5.1). Leave the line out for the default.",
        )
        .example("pipeline:\n  inputs:\n    - name: tail\n      path: ' '\n", "pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/a.log\n"),
    Lint::error("group-outside-section", "A group is in no section")
        .why("Fluent Bit 5.1 does not start: an indented header belongs to the section above, and there is none.")
        .example("    [rules here]\n        a b\n", "[SERVICE]\n    Flush 1\n"),
    Lint::error("include-cycle", "A file includes itself")
        .why("Fluent Bit 1.8 and 5.1 do not start. Two files that include each other are the usual case.")
        .example(
            "==> fluent-bit.conf <==\n@INCLUDE a.conf\n==> a.conf <==\n@INCLUDE a.conf\n",
            "==> fluent-bit.conf <==\n@INCLUDE a.conf\n==> a.conf <==\n[SERVICE]\n    Flush 1\n",
        ),
    Lint::error("indent-too-deep", "A line has more indent than the file")
        .why(
            "The first indented line of a file sets its indent, and every other key needs the same, in all sections. \
             Fluent Bit does not start (1.8 and 5.1; 5.1 accepts twice the indent, see `doubled-indent`).",
        )
        .example("[SERVICE]\n    Flush 1\n      Grace 5\n", "[SERVICE]\n    Flush 1\n    Grace 5\n"),
    Lint::error("indent-too-low", "A line has less indent than the file")
        .why(
            "The first indented line of a file sets its indent, and every other key needs the same, in all sections. \
             Fluent Bit does not start (1.8 and 5.1).",
        )
        .example("[SERVICE]\n    Flush 1\n  Grace 5\n", "[SERVICE]\n    Flush 1\n    Grace 5\n"),
    Lint::error("key-outside-section", "A key is in no section")
        .why(
            "Fluent Bit 5.1 does not start. 1.8 starts, and the setting is lost. Put the key below the header it \
             belongs to.",
        )
        .example("    Flush 1\n[SERVICE]\n    Grace 5\n", "[SERVICE]\n    Flush 1\n    Grace 5\n"),
    Lint::error("line-too-long", "A line is too long")
        .why(
            "Fluent Bit 1.8 reads lines of at most 4095 bytes and does not start with a longer one; 5.1 reads 32 MiB. \
             Spread a long pattern over variables (`@SET`), or a long list over several keys.",
        ),
    Lint::error("missing-value", "A key has no value")
        .why("A line with one word keeps Fluent Bit from starting (1.8 and 5.1). Leave it out for the default.")
        .example("[SERVICE]\n    Flush 1\n    Daemon\n", "[SERVICE]\n    Flush 1\n    Daemon off\n"),
    Lint::error("mixed-indent", "An indent mixes tabs and spaces")
        .why(
            "The blanks before a key are compared as text, so a tab is no number of spaces: Fluent Bit does not start \
             (1.8 and 5.1).",
        )
        .example("[SERVICE]\n    Flush 1\n  \tGrace 5\n", "[SERVICE]\n    Flush 1\n    Grace 5\n"),
    Lint::error("nested-includes", "Includes are nested too deep")
        .why(
            "Weirgate follows 100 files that include one another. Fluent Bit has no such limit and runs until its stack \
             is full. So deep a chain is a mistake, mostly a pattern that matches the file it stands in.",
        ),
    Lint::error("nul-byte", "A line contains a NUL byte")
        .why(
            "Fluent Bit 1.8 and 5.1 take it for the end of the text, so the rest of the line is lost. The file may be \
             UTF-16, or damaged: write it as UTF-8.",
        )
        .example("[SERVICE]\n    Flush 1\0\n", "[SERVICE]\n    Flush 1\n"),
    Lint::error("repeated-include", "A file is read twice")
        .why("Fluent Bit 5.1 does not start. 1.8 reads it again, and has each of its plugins twice.")
        .example(
            "==> fluent-bit.conf <==\n@INCLUDE a.conf\n@INCLUDE a.conf\n==> a.conf <==\n[SERVICE]\n    Flush 1\n",
            "==> fluent-bit.conf <==\n@INCLUDE a.conf\n==> a.conf <==\n[SERVICE]\n    Flush 1\n",
        ),
    Lint::error("tab-separator", "A key is followed by a tab")
        .why(
            "Only a space ends a key in the classic form. With a tab the line is one word without a value, and Fluent \
             Bit does not start (1.8 and 5.1).",
        )
        .example("[SERVICE]\n    Flush\t1\n", "[SERVICE]\n    Flush 1\n"),
    Lint::error("too-many-files", "The configuration has too many files")
        .why(
            "Weirgate reads at most 1,000 files of one configuration. An `@INCLUDE` with a pattern may match more \
             than was meant.",
        ),
    Lint::error("too-many-variables", "Variables expand to too much text")
        .why(
            "Variables that hold variables can grow without end. Weirgate stops where all values together are larger \
             than any configuration.",
        ),
    Lint::error("unclosed-header", "A header has no closing bracket")
        .why("Fluent Bit does not start (1.8 and 5.1).")
        .example("[SERVICE\n    Flush 1\n", "[SERVICE]\n    Flush 1\n"),
    Lint::error("unreadable-file", "A file cannot be read")
        .why(
            "It exists and cannot be opened: look at its permissions and those of its folders. Fluent Bit does not \
             start (1.8 and 5.1).",
        ),
    Lint::error("yaml-alias", "A YAML alias or merge key is used")
        .why(
            "Fluent Bit 5.1 reads no aliases (`*name`) and no merge keys (`<<`), and does not start. Write the values \
             out.",
        )
        .example(
            "pipeline:\n  inputs:\n    - &a\n      name: tail\n      path: /var/log/a.log\n    - *a\n",
            "pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/a.log\n",
        ),
    Lint::error("yaml-structure", "A part of the YAML form is in the wrong place")
        .why(
            "Fluent Bit 5.1 reads the YAML form by a fixed plan and does not start when something else stands there. \
             Plugins are a list below `pipeline`.",
        )
        .example(
            "pipeline:\n  inputs:\n    name: tail\n    path: /var/log/a.log\n",
            "pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/a.log\n",
        ),
    Lint::error("yaml-unsupported", "Fluent Bit 1.8 does not read YAML")
        .why(
            "The YAML form came with 1.9, and is whole since 3.2. `weirgate convert --to classic` writes the other \
             form.",
        )
        .example(
            "pipeline:\n  inputs:\n    - name: tail\n      path: /var/log/a.log\n",
            "[INPUT]\n    Name tail\n    Path /var/log/a.log\n",
        ),
];
