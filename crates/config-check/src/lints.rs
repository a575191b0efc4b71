//! The table of everything that can be reported.

mod elsewhere;
mod outputs;
mod pipeline;

use source_text::Lint;

/// What is behind each code, of all tables. A code that stands in several has its first entry.
///
/// ```
/// assert!(config_check::lints().any(|lint| lint.code == "inline-comment"));
/// ```
pub fn lints() -> impl Iterator<Item = &'static Lint> {
    TABLES.iter().copied().flatten().chain(fluentbit_config::lints()).chain(prometheus_config::lints())
}

/// The codes of [`lints`], without their texts.
pub fn lint_codes() -> impl Iterator<Item = &'static str> {
    CODES.into_iter().chain(fluentbit_config::lint_codes()).chain(prometheus_config::lint_codes())
}

const TABLES: &[&[Lint]] = &[OWN, pipeline::LINTS, outputs::LINTS, elsewhere::LINTS];
const CODES: [&str; Lint::count(TABLES)] = Lint::codes(TABLES);

const OWN: &[Lint] = &[
    Lint::warning("unused-allow", "A comment allows what is not reported")
        .why("Somebody relied on it once. Remove it, so that the next one of its kind is seen.")
        .example("[SERVICE]\n    # weirgate: allow inline-comment\n    Flush 1\n", "[SERVICE]\n    Flush 1\n"),
    Lint::note("part-of-configuration", "A file is a part of a configuration, and some things cannot be checked")
        .why("Which tags and parsers there are stands in other files. Check the one that includes it."),
    Lint::error("yaml-file-name", "A YAML configuration has the name of a classic one")
        .why(
            "Fluent Bit 5.1 tells the form from the ending alone: `.yaml` and `.yml` are YAML, every other name is the \
             classic form, in which no line of YAML can be read. It does not start. 1.8 reads no YAML at all.",
        )
        .example(
            "==> fluent-bit.conf <==\npipeline:\n  inputs:\n    - name: tail\n      path: /var/log/a.log\n",
            "==> fluent-bit.yaml <==\npipeline:\n  inputs:\n    - name: tail\n      path: /var/log/a.log\n",
        ),
    Lint::warning("unescaped-dollar", "A collector takes a group for a variable")
        .why(
            "The OpenTelemetry collector replaces `$1` by a variable of its environment, which is not set, before the \
             Prometheus receiver reads its rules: the label is emptied, and so removed. `$$1` arrives as `$1`.",
        )
        .example(
            "receivers:\n  prometheus:\n    config:\n      scrape_configs:\n      - job_name: a\n        relabel_configs:\n        - source_labels: [b]\n          regex: (.+)\n          target_label: c\n          replacement: $1\nservice: {}\n",
            "receivers:\n  prometheus:\n    config:\n      scrape_configs:\n      - job_name: a\n        relabel_configs:\n        - source_labels: [b]\n          regex: (.+)\n          target_label: c\n          replacement: $$1\nservice: {}\n",
        ),
    Lint::warning("port-annotation-several-ports", "A pod names one port to scrape, and has several")
        .why(
            "Discovery makes a target of every port of every container. The usual rule puts the annotated port into the \
             address of all of them: the pod is scraped several times, with the same series.",
        )
        .example(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    prometheus.io/port: '9113'\nspec:\n  containers:\n  - name: web\n    ports:\n    - containerPort: 80\n  - name: exporter\n    ports:\n    - containerPort: 9113\n",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    prometheus.io/port: '9113'\nspec:\n  containers:\n  - name: exporter\n    ports:\n    - containerPort: 9113\n",
        ),
    Lint::warning("colliding-labels", "Two labels of a pod are one to Prometheus")
        .why(
            "Characters that label names cannot have become `_`: `a.b` and `a-b` are both `a_b`, and in Prometheus it is a \
             matter of chance which value wins.",
        )
        .example(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    a.b: x\n    a-b: y\n",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    a.b: x\n",
        ),
    Lint::warning("kubernetes-tag-mismatch", "The kubernetes filter finds no pod in the tags of an input")
        .why("Records pass without metadata; Fluent Bit warns once for each tag (1.8 and 5.1).")
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    Tag kube.<pod>\n    Tag_Regex (?<pod>[^/_]+)_[^/]*$\n[FILTER]\n    Name kubernetes\n    Match kube.*\n",
            "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    Tag kube.*\n[FILTER]\n    Name kubernetes\n    Match kube.*\n",
        ),
    Lint::warning("kubernetes-wrong-pod", "The kubernetes filter finds a pod that does not exist")
        .why(
            "As many bytes as `Kube_Tag_Prefix` has are cut off the tag, whatever they are, and the pattern is searched in \
             the rest: what is left of the path becomes a part of the pod's name. Nothing says so but the debug log (1.8 \
             and 5.1).",
        )
        .example(
            "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    Tag kube.*\n[FILTER]\n    Name kubernetes\n    Match kube.*\n    Kube_Tag_Prefix kube.\n",
            "[INPUT]\n    Name tail\n    Path /var/log/containers/*.log\n    Tag kube.*\n[FILTER]\n    Name kubernetes\n    Match kube.*\n    Kube_Tag_Prefix kube.var.log.containers.\n",
        ),
    Lint::warning("es-type-name", "Requests name a `_type`")
        .why(
            "Elasticsearch 8 and OpenSearch 2 refuse a whole request for it, so nothing is stored. `Suppress_Type_Name` \
             is Off where it is not set (Fluent Bit 1.8 and 5.1). weirgate asks the server for its version.",
        )
        .example(
            "[OUTPUT]\n    Name es\n    Match *\n",
            "[OUTPUT]\n    Name es\n    Match *\n    Suppress_Type_Name On\n",
        ),
    Lint::warning("es-repeated-documents", "Documents without ids are stored twice")
        .why("When an answer is lost, the request is sent again, and the server gives new ids to the same documents.")
        .example(
            "[OUTPUT]\n    Name es\n    Match *\n",
            "[OUTPUT]\n    Name es\n    Match *\n    Generate_ID On\n",
        ),
    Lint::note("es-partial-bulk", "Fluent Bit 5.1 loses refused documents when others were stored")
        .why(
            "One stored document makes it take the whole request for delivered. 1.8 sends all of them again. weirgate \
             judges each document alone.",
        )
        .example("[OUTPUT]\n    Name es\n    Match *\n", "[OUTPUT]\n    Name opensearch\n    Match *\n"),
    Lint::warning("es-literal-index", "The date in an index name is not filled in")
        .why(
            "With `Generate_ID` or `Id_Key`, `Index` is used as it is written: `my-%Y` is the name (Fluent Bit 5.1).",
        )
        .example(
            "[OUTPUT]\n    Name es\n    Match *\n    Index my-%Y\n    Generate_ID On\n",
            "[OUTPUT]\n    Name es\n    Match *\n    Index my-%Y\n    Generate_ID On\n    Current_Time_Index On\n",
        ),
    Lint::error("invalid-base64", "A file in a Secret or in `binaryData` is not base64")
        .why(
            "The API server refuses the object. Write the text in `stringData`, or in `data` of a ConfigMap, as it \
             is.",
        )
        .example("apiVersion: v1\nkind: Secret\nmetadata: {name: c}\ndata:\n  a.conf: '?'\n", "apiVersion: v1\nkind: Secret\nmetadata: {name: c}\nstringData:\n  a.conf: |\n    [SERVICE]\n        Flush 1\n"),
    Lint::warning("exposition-standard", "Prometheus takes the page, but the standard does not")
        .why(
            "Prometheus reads more than the formats allow: a series twice in one page, of which it keeps the first; a \
             type after its samples; a missing line end. Other readers, and `promtool check metrics`, refuse such a \
             page.",
        )
        .example("up 1\nup 2\n", "up 1\n"),
    Lint::error("not-an-exposition", "The page is something else: HTML, JSON, compressed bytes")
        .why("Prometheus sets `up` to 0 and reports the first byte it could not read.")
        .example("<html><body>Log in</body></html>\n", "# TYPE up gauge\nup 1\n"),
    Lint::error("exposition-carriage-return", "A line ends with a carriage return")
        .why("It is read as a part of the value, so no number is read at all.")
        .example("# TYPE up gauge\nup 1\r\n", "# TYPE up gauge\nup 1\n"),
    Lint::error("exposition-number", "A value or timestamp is no number").example("# TYPE up gauge\nup one\n", "# TYPE up gauge\nup 1\n")
        .why(
            "Numbers are written as Go reads them: `1`, `0.5`, `1e9`, `NaN`, `+Inf`. A decimal comma, a unit or a \
             text is none. Prometheus drops all samples of the scrape and sets `up` to 0 (2 and 3).",
        ),
    Lint::error("exposition-type", "A metric type is unknown")
        .why(
            "The types are counter, gauge, histogram, summary and untyped; OpenMetrics has stateset, info, \
             gaugehistogram and unknown too. Prometheus drops all samples of the scrape and sets `up` to 0 (2 and 3).",
        )
        .example("# TYPE up gouge\nup 1\n", "# TYPE up gauge\nup 1\n"),
    Lint::error("exposition-name", "A sample has no metric name, or two")
        .why(
            "Each line of a sample begins with a name, or, since Prometheus 3, has one in quotes within the braces. \
             Prometheus drops all samples of the scrape and sets `up` to 0 (2 and 3).",
        )
        .example("# TYPE up gauge\n{a=\"b\"} 1\n", "# TYPE up gauge\nup{a=\"b\"} 1\n"),
    Lint::error("exposition-utf8", "A name or label value is not UTF-8")
        .why(
            "The bytes of names, of values of labels and of comments are UTF-8; often it is an old encoding in a name \
             of a device or volume. Prometheus drops all samples of the scrape and sets `up` to 0 (2 and 3).",
        ),
    Lint::error("exposition-eof", "OpenMetrics: `# EOF` is missing, or something follows it")
        .why(
            "The line tells a whole page from a part of one. Prometheus drops all samples of the scrape and sets `up` \
             to 0 (2 and 3).",
        )
        .example("# TYPE a gauge\na 1\n# EOF\nb 2\n# EOF\n", "# TYPE a gauge\na 1\nb 2\n# EOF\n"),
    Lint::error("exposition-unit", "OpenMetrics: a unit is not the end of its metric's name")
        .why(
            "A metric with the unit `seconds` ends in `_seconds`. Prometheus drops all samples of the scrape and sets \
             `up` to 0 (2 and 3).",
        )
        .example("# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n", "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds 1\n# EOF\n"),
    Lint::error("exposition-syntax", "The page cannot be read").example("# TYPE up gauge\nup{ 1\n", "# TYPE up gauge\nup 1\n")
        .why(
            "The message says what was expected and found. Prometheus drops all samples of the scrape and sets `up` \
             to 0 (2 and 3).",
        ),
];
