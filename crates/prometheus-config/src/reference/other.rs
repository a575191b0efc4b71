//! Sections that are checked and not applied.

use super::FieldSpec as F;
use super::SectionSpec as S;

pub(super) const SECTIONS: &[S] = &[
    S::new("alerting", "Where alerts go. Checked, not applied.", ALERTING),
    S::new("alertmanagers", "An Alertmanager and its targets. Checked, not applied.", ALERTMANAGER)
        .with_http_client(),
    S::new("remote_read", "A server with older samples. Checked, not applied.", READ).with_http_client(),
    S::new("storage", "The storage on disk. Checked, not applied.", STORAGE),
    S::new("tsdb", "The time series database. Checked, not applied.", TSDB),
    S::new("retention", "How long samples are kept. Checked, not applied.", RETENTION),
    S::new("tracing", "Where traces of the server go. Checked, not applied.", TRACING),
    S::new("otlp", "How metrics of OpenTelemetry are received. Checked, not applied.", OTLP),
];

const ALERTING: &[F] = &[
    F::new("alert_relabel_configs", "list of rules", "what becomes of the labels of alerts").ignored(),
    F::new("alertmanagers", "list of sections", "who gets alerts").ignored(),
];

const ALERTMANAGER: &[F] = &[
    F::new("scheme", "http or https", "the scheme of requests").ignored(),
    F::new("path_prefix", "path", "what stands before the path").ignored(),
    F::new("timeout", "duration", "how long a request may take").ignored(),
    F::new("api_version", "v2", "the version of the API").ignored(),
    F::new("sigv4", "section", "how requests are signed for AWS").ignored(),
    F::new("relabel_configs", "list of rules", "what becomes of the labels of targets").ignored(),
    F::new("alert_relabel_configs", "list of rules", "what becomes of the labels of alerts").ignored(),
];

const READ: &[F] = &[
    F::new("url", "URL", "the server").ignored(),
    F::new("name", "text", "a name of its own").ignored(),
    F::new("remote_timeout", "duration", "how long a request may take").ignored(),
    F::new("chunked_read_limit", "size", "the longest part of an answer").ignored(),
    F::new("headers", "texts by name", "more headers").ignored(),
    F::new("read_recent", "boolean", "whether it is asked for what is stored here too").ignored(),
    F::new("required_matchers", "labels", "what a query has to have to be sent").ignored(),
    F::new("filter_external_labels", "boolean", "whether it is asked by the external labels").ignored(),
];

const STORAGE: &[F] = &[
    F::new("tsdb", "section", "the time series database").ignored(),
    F::new("exemplars", "section", "`max_exemplars`: how many are kept").ignored(),
];

const TSDB: &[F] = &[
    F::new("out_of_order_time_window", "duration", "how late samples may be").ignored(),
    F::new("outofordertimewindow", "number", "the same in milliseconds, as the program writes it").ignored(),
    F::new(
        "stale_series_compaction_threshold",
        "number",
        "the share of ended series that starts a compaction",
    )
    .ignored(),
    F::new("chunk_encoding", "section", "`floats`: how chunks are written").ignored(),
    F::new("retention", "section", "how long samples are kept").ignored(),
];

const RETENTION: &[F] = &[
    F::new("time", "duration", "how long").ignored(),
    F::new("size", "size", "how much").ignored(),
    F::new("percentage", "number", "how much of the disk").ignored(),
];

const TRACING: &[F] = &[
    F::new("client_type", "grpc or http", "how traces are sent").ignored(),
    F::new("endpoint", "host:port", "where they are sent").ignored(),
    F::new("sampling_fraction", "number", "the share of requests that is traced").ignored(),
    F::new("insecure", "boolean", "whether TLS is left out").ignored(),
    F::new("tls_config", "section", "how TLS is spoken").ignored(),
    F::new("headers", "texts by name", "more headers").ignored(),
    F::new("compression", "gzip", "how requests are compressed").ignored(),
    F::new("timeout", "duration", "how long a request may take").ignored(),
];

const OTLP: &[F] = &[
    F::new("promote_resource_attributes", "list of names", "attributes that become labels").ignored(),
    F::new("promote_all_resource_attributes", "boolean", "whether all of them do").ignored(),
    F::new("ignore_resource_attributes", "list of names", "attributes that do not then").ignored(),
    F::new("translation_strategy", "name", "how names are made").ignored(),
    F::new("keep_identifying_resource_attributes", "boolean", "whether those stay that identify a service")
        .ignored(),
    F::new("convert_histograms_to_nhcb", "boolean", "whether histograms become native ones").ignored(),
    F::new("promote_scope_metadata", "boolean", "whether the scope becomes labels").ignored(),
    F::new(
        "label_name_underscore_sanitization",
        "boolean",
        "whether labels get a prefix that begin with `_`",
    )
    .ignored(),
    F::new("label_name_preserve_multiple_underscores", "boolean", "whether several `_` stay").ignored(),
];
