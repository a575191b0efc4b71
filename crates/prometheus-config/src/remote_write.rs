//! Where samples are sent.

use prometheus_labels::NameScheme;
use source_text::Diagnostic;
use source_text::yaml::Node;

use crate::decode::{Decoder, Mark, problem, section};
use crate::http::{self, RawHttpClient};
use crate::relabel::{RawRules, RelabelRules};
use crate::{Duration, Fields, HttpClient, Url};

/// A receiver of samples.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteWrite {
    /// Where the fields stand.
    pub fields: Fields,
    /// Where samples are sent.
    pub url: Url,
    /// The name for logs; empty unless set.
    pub name: String,
    /// How long a request may take.
    pub remote_timeout: Duration,
    /// Headers of every request, sorted by name.
    pub headers: Vec<(String, String)>,
    /// The message format.
    pub protobuf_message: WriteMessage,
    /// Whether exemplars are sent.
    pub send_exemplars: bool,
    /// Whether native histograms are sent.
    pub send_native_histograms: bool,
    /// Whether a new address is tried for every connection.
    pub round_robin_dns: bool,
    /// How the receiver is talked to. HTTP/2 is off unless set.
    pub http: HttpClient,
    /// How samples wait.
    pub queue: Queue,
    /// What is sent about metrics.
    pub metadata: MetadataSending,
    /// What becomes of the labels before they are sent.
    pub write_relabel_configs: RelabelRules,
}

/// A message format of remote write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WriteMessage {
    /// `prometheus.WriteRequest`
    #[default]
    V1,
    /// `io.prometheus.write.v2.Request`
    V2,
}

impl WriteMessage {
    /// The full name of the message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "prometheus.WriteRequest",
            Self::V2 => "io.prometheus.write.v2.Request",
        }
    }
}

/// How samples wait.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Queue {
    /// How many samples wait for one sender.
    pub capacity: i64,
    /// The most senders.
    pub max_shards: i64,
    /// The fewest senders.
    pub min_shards: i64,
    /// The most samples of a request.
    pub max_samples_per_send: i64,
    /// How long a sample waits for others.
    pub batch_send_deadline: Duration,
    /// The shortest pause before a request is repeated.
    pub min_backoff: Duration,
    /// The longest pause before a request is repeated.
    pub max_backoff: Duration,
    /// Whether a request is repeated that the receiver refused because there were too many.
    pub retry_on_http_429: bool,
    /// Older samples are not sent; zero for no limit.
    pub sample_age_limit: Duration,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            capacity: 10_000,
            max_shards: 50,
            min_shards: 1,
            max_samples_per_send: 2000,
            batch_send_deadline: Duration::from_secs(5),
            min_backoff: Duration::from_millis(30),
            max_backoff: Duration::from_secs(5),
            retry_on_http_429: false,
            sample_age_limit: Duration::ZERO,
        }
    }
}

/// What is sent about metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetadataSending {
    /// Whether anything is.
    pub send: bool,
    /// How often.
    pub send_interval: Duration,
    /// The most entries of a request.
    pub max_samples_per_send: i64,
}

impl Default for MetadataSending {
    fn default() -> Self {
        Self { send: true, send_interval: Duration::from_secs(60), max_samples_per_send: 2000 }
    }
}

/// A receiver as it stands in the file.
#[derive(Debug)]
pub(crate) struct RawRemoteWrite {
    config: RemoteWrite,
    rules: RawRules,
}

impl RawRemoteWrite {
    pub(crate) fn decode(decoder: &mut Decoder, node: &Node) -> Option<Self> {
        let mark = decoder.mark();
        let mut http = RawHttpClient::with_http2(false);
        let mut url = None;
        let mut name = String::new();
        let mut remote_timeout = Duration::from_secs(30);
        let mut headers = Vec::new();
        let mut message = WriteMessage::V1.as_str().to_owned();
        let mut flags = [false; 3];
        let mut queue = Queue::default();
        let mut metadata = MetadataSending::default();
        let mut rules = RawRules::default();
        let mut clouds = [false; 3];
        let fields = section!(decoder, node, "remote_write", key, value {
            "url" => url = decoder.url(value),
            "name" => name = decoder.string(value),
            "remote_timeout" => remote_timeout = decoder.duration(value),
            "headers" => headers = decoder.string_map(value, "headers"),
            "write_relabel_configs" => rules = RawRules::decode(decoder, value),
            "send_exemplars" => flags[0] = decoder.bool(value),
            "send_native_histograms" => flags[1] = decoder.bool(value),
            "round_robin_dns" => flags[2] = decoder.bool(value),
            "protobuf_message" => message = decoder.string(value),
            "failed_request_logging" => { decoder.bool(value); },
            "convert_nhcb_to_classic" => { decoder.bool(value); },
            "queue_config" => queue = self::queue(decoder, value),
            "metadata_config" => metadata = self::metadata(decoder, value),
            // Signatures of cloud providers are accepted; their fields are not looked at.
            "sigv4" => { decoder.map(value, "sigv4"); clouds[0] = !value.is_null(); },
            "azuread" => { decoder.map(value, "azuread"); clouds[1] = !value.is_null(); },
            "google_iam" => { decoder.map(value, "google_iam"); clouds[2] = !value.is_null(); },
        } else (http::FIELDS) { http.field(decoder, key, value) });
        if url.is_none() {
            decoder.reject(mark, problem("url-empty", &fields, "url", "url for remote_write is empty"));
        }
        if rules.has_null() {
            let message = "empty or null relabeling rule in remote write config";
            decoder.reject(mark, problem("empty-rule", &fields, "write_relabel_configs", message));
        }
        check_headers(decoder, mark, &fields, &headers);
        let protobuf_message =
            [WriteMessage::V1, WriteMessage::V2].into_iter().find(|known| known.as_str() == message);
        if protobuf_message.is_none() {
            let known = [WriteMessage::V1, WriteMessage::V2].map(WriteMessage::as_str).join(", ");
            let message = format!(
                "invalid protobuf_message value: unknown type for remote write protobuf message {message}, supported: {known}"
            );
            decoder.reject(mark, problem("unknown-message", &fields, "protobuf_message", message));
        }
        let http = http::check(http, decoder, mark, &fields);
        check_queue(decoder, mark, &fields, &queue);
        check_authentication(decoder, mark, &fields, &http, clouds);
        let [send_exemplars, send_native_histograms, round_robin_dns] = flags;
        let config = RemoteWrite {
            fields,
            url: url?,
            name,
            remote_timeout,
            headers,
            protobuf_message: protobuf_message.unwrap_or_default(),
            send_exemplars,
            send_native_histograms,
            round_robin_dns,
            http,
            queue,
            metadata,
            write_relabel_configs: RelabelRules::default(),
        };
        Some(Self { config, rules })
    }

    pub(crate) fn name(&self) -> &str {
        &self.config.name
    }

    pub(crate) fn fields(&self) -> &Fields {
        &self.config.fields
    }

    pub(crate) fn finish(self, decoder: &mut Decoder, scheme: NameScheme) -> RemoteWrite {
        RemoteWrite { write_relabel_configs: self.rules.finish(decoder, scheme), ..self.config }
    }
}

impl RemoteWrite {
    pub(crate) fn set_directory(&mut self, directory: &str) {
        self.http.set_directory(directory);
    }
}

/// Headers that the client sets itself.
pub(crate) fn check_headers(
    decoder: &mut Decoder,
    mark: Mark,
    fields: &Fields,
    headers: &[(String, String)],
) {
    for (name, _) in headers {
        let message = match name.to_lowercase().as_str() {
            "authorization" => {
                "authorization header must be changed via the basic_auth, authorization, oauth2, \
                 sigv4, azuread or google_iam parameter"
                    .to_owned()
            }
            lower if is_reserved(lower) => format!("{name} is a reserved header. It must not be changed"),
            _ => continue,
        };
        decoder.reject(mark, problem("reserved-header", fields, "headers", message));
    }
}

/// Whether a header, in lower case, is one of the protocol or of the client.
pub(crate) fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "host"
            | "content-encoding"
            | "content-length"
            | "content-type"
            | "user-agent"
            | "connection"
            | "keep-alive"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "www-authenticate"
            | "accept-encoding"
            | "x-prometheus-remote-write-version"
            | "x-prometheus-remote-read-version"
            | "x-amz-date"
            | "x-amz-security-token"
            | "x-amz-content-sha256"
    )
}

fn queue(decoder: &mut Decoder, node: &Node) -> Queue {
    let mut queue = Queue::default();
    section!(decoder, node, "queue_config", value {
        "capacity" => queue.capacity = decoder.integer(value),
        "max_shards" => queue.max_shards = decoder.integer(value),
        "min_shards" => queue.min_shards = decoder.integer(value),
        "max_samples_per_send" => queue.max_samples_per_send = decoder.integer(value),
        "batch_send_deadline" => queue.batch_send_deadline = decoder.duration(value),
        "min_backoff" => queue.min_backoff = decoder.duration(value),
        "max_backoff" => queue.max_backoff = decoder.duration(value),
        "retry_on_http_429" => queue.retry_on_http_429 = decoder.bool(value),
        "sample_age_limit" => queue.sample_age_limit = decoder.duration(value),
    });
    if node.is_null() {
        // Null does not mean the default here, but nothing at all.
        queue = Queue { capacity: 0, max_shards: 0, min_shards: 0, max_samples_per_send: 0, ..queue };
    }
    queue
}

fn metadata(decoder: &mut Decoder, node: &Node) -> MetadataSending {
    let mut metadata = MetadataSending::default();
    section!(decoder, node, "metadata_config", value {
        "send" => metadata.send = decoder.bool(value),
        "send_interval" => metadata.send_interval = decoder.duration(value),
        "max_samples_per_send" => metadata.max_samples_per_send = decoder.integer(value),
    });
    metadata
}

fn check_queue(decoder: &mut Decoder, mark: Mark, fields: &Fields, queue: &Queue) {
    let checks = [
        (queue.max_shards <= 0, "remote write queue max_shards must be positive"),
        (queue.min_shards <= 0, "remote write queue min_shards must be positive"),
        (
            queue.min_shards > queue.max_shards,
            "remote write queue min_shards must not be greater than max_shards",
        ),
        (queue.max_samples_per_send <= 0, "remote write queue max_samples_per_send must be positive"),
        (queue.capacity <= 0, "remote write queue capacity must be positive"),
        (
            queue.max_backoff < queue.min_backoff,
            "remote write queue max_backoff must not be less than min_backoff",
        ),
    ];
    for (_, message) in checks.into_iter().filter(|(fails, _)| *fails) {
        decoder.reject(mark, problem("invalid-queue", fields, "queue_config", message));
    }
}

fn check_authentication(
    decoder: &mut Decoder,
    mark: Mark,
    fields: &Fields,
    http: &HttpClient,
    clouds: [bool; 3],
) {
    let ways = [
        (http.basic_auth.is_some(), "basic_auth"),
        (http.authorization.is_some(), "authorization"),
        (http.oauth2.is_some(), "oauth2"),
        (clouds[0], "sigv4"),
        (clouds[1], "azuread"),
        (clouds[2], "google_iam"),
    ];
    let configured: Vec<_> = ways.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name).collect();
    if let [_, .., last] = configured.as_slice() {
        let message = format!(
            "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured. \
             Currently configured: [{}]",
            configured.join(" ")
        );
        decoder.reject(mark, problem("conflicting-authentication", fields, last, message));
    }
    for cloud in ["sigv4", "azuread", "google_iam"] {
        if let Some(span) = fields.key(cloud) {
            let message = format!("requests are not signed with `{cloud}`");
            decoder.warn(Diagnostic::warning("unsupported-signature", span, message));
        }
    }
}
