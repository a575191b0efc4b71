//! Where samples are sent.

use super::FieldSpec as F;
use super::SectionSpec as S;

pub(super) const SECTIONS: &[S] = &[
    S::new("remote_write", "A receiver of samples.", WRITE).with_http_client(),
    S::new("queue_config", "How samples wait for being sent.", QUEUE),
    S::new("metadata_config", "What is sent about metrics, with version 1.", METADATA),
];

const WRITE: &[F] = &[
    F::new("url", "URL", "where samples are sent"),
    F::new("name", "text", "a name for logs and metrics, of its own"),
    F::new("remote_timeout", "duration", "how long a request may take").or("30s"),
    F::new("headers", "texts by name", "more headers"),
    F::new("write_relabel_configs", "list of rules", "what becomes of the labels before they are sent"),
    F::new(
        "protobuf_message",
        "message",
        "`prometheus.WriteRequest` for 1.0 or `io.prometheus.write.v2.Request` for 2.0",
    )
    .or("prometheus.WriteRequest"),
    F::new("send_exemplars", "boolean", "whether exemplars are sent").or("false"),
    F::new("send_native_histograms", "boolean", "whether native histograms are sent").or("false"),
    F::new("queue_config", "section", "how samples wait"),
    F::new("metadata_config", "section", "what is sent about metrics"),
    F::new("round_robin_dns", "boolean", "whether a new address is tried for every connection")
        .or("false")
        .ignored(),
    F::new("failed_request_logging", "section", "what is logged of failed requests").ignored(),
    F::new(
        "convert_nhcb_to_classic",
        "boolean",
        "whether histograms with custom buckets become classic ones",
    )
    .or("false")
    .ignored(),
    F::new("sigv4", "section", "how requests are signed for AWS; a warning says that they are not").ignored(),
    F::new("azuread", "section", "how requests are signed for Azure; a warning says that they are not")
        .ignored(),
    F::new("google_iam", "section", "how requests are signed for Google; a warning says that they are not")
        .ignored(),
];

const QUEUE: &[F] = &[
    F::new("capacity", "number", "how many samples wait for one sender").or("10000"),
    F::new("min_shards", "number", "the fewest senders; weirgate has 4 within these two, and they stay")
        .or("1"),
    F::new("max_shards", "number", "the most senders").or("50"),
    F::new("max_samples_per_send", "number", "the most samples of a request").or("2000"),
    F::new("batch_send_deadline", "duration", "how long a sample waits for others").or("5s"),
    F::new("min_backoff", "duration", "the shortest pause before a request is repeated").or("30ms"),
    F::new("max_backoff", "duration", "the longest pause before a request is repeated").or("5s"),
    F::new("retry_on_http_429", "boolean", "whether a request is repeated that was one too many").or("false"),
    F::new("sample_age_limit", "duration", "older samples are not sent; 0 is no limit").or("0s"),
];

const METADATA: &[F] = &[
    F::new("send", "boolean", "whether anything is").or("true"),
    F::new("send_interval", "duration", "how often").or("1m"),
    F::new("max_samples_per_send", "number", "the most entries of a request").or("2000"),
];
