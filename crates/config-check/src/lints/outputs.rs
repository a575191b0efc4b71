//! Outputs, and what is written.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::warning("generate-id-ignored", "`Generate_ID` does nothing beside `Id_Key`")
        .why(
            "The id is the value of the field; a record without it gets an id of the server, and is stored again when \
             the request is sent again (Fluent Bit 1.8 and 5.1).",
        )
        .example("[OUTPUT]\n    Name es\n    Match *\n    Id_Key uid\n    Generate_ID On\n", "[OUTPUT]\n    Name es\n    Match *\n    Generate_ID On\n"),
    Lint::error("missing-id", "A write operation has no id to write to")
        .why(
            "`update` and `upsert` change the document with an id. Fluent Bit 5.1 does not start the output; \
             `--dry-run` does not see it.",
        ),
    Lint::error("unknown-operation", "A write operation is unknown")
        .why(
            "The operations are `create`, `index`, `update` and `upsert` (Fluent Bit since 1.9). Another one keeps \
             the output from starting; `--dry-run` does not see it.",
        ),
    Lint::error("invalid-port", "A port is none")
        .why(
            "Fluent Bit reads the digits it finds and connects to another port, or to port 0 (1.8 and 5.1): nothing \
             is delivered. Weirgate does not start.",
        )
        .example("[OUTPUT]\n    Name es\n    Match *\n    Port http\n", "[OUTPUT]\n    Name es\n    Match *\n    Port 9200\n"),
    Lint::error("invalid-cloud-id", "A cloud id cannot be read")
        .why(
            "It is the text that Elastic's console shows, `NAME:TEXT`, where TEXT is base64. Fluent Bit 1.8 and 5.1 \
             do not start the output.",
        )
        .example("[OUTPUT]\n    Name es\n    Match *\n    Cloud_ID x\n", "[OUTPUT]\n    Name es\n    Match *\n    Host es.example\n"),
    Lint::error("invalid-cloud-auth", "Credentials of a cloud have no password")
        .why(
            "They are `USER:PASSWORD`. Fluent Bit 1.8 and 5.1 send the request without a password, and the server \
             refuses it.",
        )
        .example("[OUTPUT]\n    Name es\n    Match *\n    Cloud_Auth elastic\n", "[OUTPUT]\n    Name es\n    Match *\n    Cloud_Auth elastic:${PASSWORD}\n"),
    Lint::error("unknown-format", "A format of an output is unknown")
        .why(
            "The output `file` does not start with an unknown `Format`; `stdout` takes `msgpack` and says nothing \
             (Fluent Bit 1.8 and 5.1).",
        )
        .example("[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Tag a\n[OUTPUT]\n    Name file\n    Match *\n    Format xml\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Tag a\n[OUTPUT]\n    Name file\n    Match *\n    Format plain\n"),
    Lint::warning("unknown-date-format", "A format of dates is unknown")
        .why("Fluent Bit takes `double`, seconds with a fraction, and says so once in its log (1.8 and 5.1).")
        .example("[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Tag a\n[OUTPUT]\n    Name stdout\n    Match *\n    Format json_lines\n    Json_Date_Format rfc3339\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Tag a\n[OUTPUT]\n    Name stdout\n    Match *\n    Format json_lines\n    Json_Date_Format iso8601\n"),
    Lint::warning("unknown-delimiter", "A delimiter is unknown")
        .why(
            "Fluent Bit ignores it without a word and takes the default (1.8 and 5.1). It is `\\t` or `tab`, `space` \
             or `comma`.",
        )
        .example("[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Tag a\n[OUTPUT]\n    Name file\n    Match *\n    Format csv\n    Delimiter ;\n", "[INPUT]\n    Name tail\n    Path /var/log/a.log\n    Tag a\n[OUTPUT]\n    Name file\n    Match *\n    Format csv\n    Delimiter comma\n"),
    Lint::warning("not-converted", "The other form cannot say the same")
        .why(
            "Reported by `weirgate convert`: a file that is included must be converted too, a comment or a setting \
             has no place in the other form, and so on. What is written gives the same settings but for this.",
        ),
];
