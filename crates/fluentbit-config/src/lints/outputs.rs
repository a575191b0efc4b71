//! Routes and outputs.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::warning("no-such-tag", "A pattern matches no tag")
        .why("The plugin never sees a record; Fluent Bit says nothing. Case matters.")
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n    Tag app\n[OUTPUT]\n    Name null\n    Match kube.*\n[OUTPUT]\n    Name null\n    Match app\n",
            "[INPUT]\n    Name tail\n    Path /a\n    Tag app\n[OUTPUT]\n    Name null\n    Match app\n",
        ),
    Lint::warning("unrouted-input", "No output takes the records of an input")
        .why("They are read and dropped; Fluent Bit says nothing.")
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n    Tag app\n[INPUT]\n    Name tail\n    Path /b\n    Tag b\n[OUTPUT]\n    Name null\n    Match b\n",
            "[INPUT]\n    Name tail\n    Path /a\n    Tag app\n[INPUT]\n    Name tail\n    Path /b\n    Tag b\n[OUTPUT]\n    Name null\n    Match *\n",
        ),
    Lint::warning("output-without-match", "An output gets no records")
        .why("Without `Match` it takes nothing, unless there is one input and one output.")
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n[OUTPUT]\n    Name stdout\n[OUTPUT]\n    Name null\n    Match *\n",
            "[INPUT]\n    Name tail\n    Path /a\n[OUTPUT]\n    Name stdout\n    Match *\n[OUTPUT]\n    Name null\n    Match *\n",
        ),
    Lint::warning("match-with-comma", "A comma does not separate patterns")
        .why("`Match` is one pattern; `a,b` matches a tag with a comma in it, so nothing (Fluent Bit 1.8 and 5.1).")
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n    Tag app\n[OUTPUT]\n    Name null\n    Match app,kube.*\n",
            "[INPUT]\n    Name tail\n    Path /a\n    Tag app\n[OUTPUT]\n    Name null\n    Match_Regex ^(?:app|kube\\..*)$\n",
        ),
    Lint::warning("match-is-no-regex", "`Match` is no regular expression")
        .why("It knows `*`; every other character stands for itself.")
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n    Tag app\n[OUTPUT]\n    Name null\n    Match ^app$\n",
            "[INPUT]\n    Name tail\n    Path /a\n    Tag app\n[OUTPUT]\n    Name null\n    Match_Regex ^app$\n",
        ),
    Lint::note("match-or-regex", "One of `Match` and `Match_Regex` is enough")
        .why("Where both are set, a tag that fits either of them is taken.")
        .example(
            "[INPUT]\n    Name tail\n    Path /a\n    Tag app\n[OUTPUT]\n    Name null\n    Match app\n    Match_Regex ^a\n",
            "[INPUT]\n    Name tail\n    Path /a\n    Tag app\n[OUTPUT]\n    Name null\n    Match app\n",
        ),
    Lint::note("retry-limit-default", "What cannot be delivered in two attempts is dropped")
        .why(
            "`Retry_Limit` is 1 where it is not set, and the second attempt comes after 6 to 11 seconds: a restart of \
             the server loses data (Fluent Bit 1.8 and 5.1).",
        )
        .example(
            "[OUTPUT]\n    Name es\n    Match *\n",
            "[OUTPUT]\n    Name es\n    Match *\n    Retry_Limit no_limits\n",
        ),
    Lint::warning("invalid-retry-limit", "A number of retries is none, and is read as 1")
        .why(
            "A word other than `no_limits`, `false` and `no_retries` is no number and counts as 1: what cannot be \
             delivered in two attempts is dropped (Fluent Bit 1.8 and 5.1).",
        )
        .example("[OUTPUT]\n    Name es\n    Match *\n    Retry_Limit unlimited\n", "[OUTPUT]\n    Name es\n    Match *\n    Retry_Limit no_limits\n"),
    Lint::warning("es-label-dots", "Labels with dots make Elasticsearch refuse documents")
        .why(
            "`app.kubernetes.io/name` makes `app` an object, the label `app` makes it a text. What comes first decides \
             for the index; documents of the other kind are refused, and Fluent Bit 5.1 loses them without a word when \
             others of the request were stored.",
        )
        .example(
            "[FILTER]\n    Name kubernetes\n    Match *\n[OUTPUT]\n    Name es\n    Match *\n",
            "[FILTER]\n    Name kubernetes\n    Match *\n[OUTPUT]\n    Name es\n    Match *\n    Replace_Dots On\n",
        ),
    Lint::warning("es-index-name", "The server refuses the name of an index")
        .why("Names are in lower case and do not begin with `-`, `_` or `+`. All documents are refused.")
        .example(
            "[OUTPUT]\n    Name es\n    Match *\n    Index Test\n",
            "[OUTPUT]\n    Name es\n    Match *\n    Index test\n",
        ),
];
