//! Sections for what weirgate does not do.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::error("unknown-log-level", "A log level is unknown")
        .why(
            "`runtime.log_level` takes `debug`, `info`, `warn` and `error` (Prometheus 3). Prometheus 2 and 3 refuse \
             the whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("runtime: {log_level: loud}\n", "runtime: {log_level: debug}\n"),
    Lint::error("unknown-client-type", "A client of tracing is unknown")
        .why(
            "It is `grpc` (the default) or `http`. Prometheus 2 and 3 refuse the whole file: the server does not \
             start, and a reload keeps the old configuration.",
        )
        .example("tracing: {client_type: udp, endpoint: 'a:4317'}\n", "tracing: {client_type: grpc, endpoint: 'a:4317'}\n"),
    Lint::error("endpoint-empty", "Tracing has no endpoint")
        .why(
            "Prometheus 2 and 3 refuse the whole file: the server does not start, and a reload keeps the old \
             configuration.",
        )
        .example("tracing: {client_type: grpc}\n", "tracing: {client_type: grpc, endpoint: 'a:4317'}\n"),
    Lint::error("unknown-compression", "A way to compress is unknown")
        .why(
            "`tracing` and the output `es` know `gzip`. Prometheus refuses its whole file; Fluent Bit 1.8 and 5.1 \
             send the requests uncompressed without a word, so there it is a warning.",
        )
        .example("tracing: {endpoint: 'a:4317', compression: zstd}\n", "tracing: {endpoint: 'a:4317', compression: gzip}\n"),
    Lint::error("unknown-api-version", "A version of Alertmanager's API is unknown")
        .why(
            "Prometheus 3 speaks v2 alone. Prometheus 2 and 3 refuse the whole file: the server does not start, and a \
             reload keeps the old configuration.",
        )
        .example("alerting:\n  alertmanagers:\n  - api_version: v1\n", "alerting:\n  alertmanagers:\n  - api_version: v2\n"),
    Lint::error("invalid-attributes", "Attributes of OTLP are contradictory")
        .why(
            "A list has an empty name or one twice, or says what another setting excludes (Prometheus 3). Prometheus \
             2 and 3 refuse the whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("otlp: {promote_resource_attributes: [a, a]}\n", "otlp: {promote_resource_attributes: [a]}\n"),
    Lint::error("unknown-translation-strategy", "A way to translate names of OTLP is unknown")
        .why(
            "The ways are UnderscoreEscapingWithSuffixes (the default), UnderscoreEscapingWithoutSuffixes, \
             NoUTF8EscapingWithSuffixes and NoTranslation; the last two need `utf8` names (Prometheus 3). Prometheus \
             2 and 3 refuse the whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("otlp: {translation_strategy: None}\n", "otlp: {translation_strategy: NoTranslation}\n"),
    Lint::error("unknown-encoding", "An encoding of chunks is unknown")
        .why(
            "The encodings are `xor` and `xor2` (Prometheus 3). Prometheus 2 and 3 refuse the whole file: the server \
             does not start, and a reload keeps the old configuration.",
        )
        .example("storage: {tsdb: {chunk_encoding: {floats: zip}}}\n", "storage: {tsdb: {chunk_encoding: {floats: xor}}}\n"),
    Lint::error("invalid-retention", "A limit of the storage is none")
        .why(
            "A size is not below 0, and a percentage is between 0 and 100 (Prometheus 3). Prometheus 2 and 3 refuse \
             the whole file: the server does not start, and a reload keeps the old configuration.",
        )
        .example("storage: {tsdb: {retention: {percentage: 120}}}\n", "storage: {tsdb: {retention: {percentage: 80}}}\n"),
];
