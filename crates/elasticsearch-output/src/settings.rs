//! What an `es` output is told about the server and how to reach it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use elasticsearch_bulk::{BulkOptions, Delivery};
use fluentbit_config::Section;
use source_text::Diagnostic;

use crate::retry::{Backoff, RetryLimit};

/// Where and how to send.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS, if the connection is to be encrypted.
    pub tls: Option<TlsSettings>,
    /// Who we are.
    pub auth: Option<Auth>,
    /// Whether bodies are compressed with gzip.
    pub gzip: bool,
    /// The most bytes of an answer that are read (`Buffer_Size`), if there is a limit. Only the decisions of
    /// Fluent Bit depend on it: safe delivery reads an answer to its end.
    pub answer_limit: Option<usize>,
    /// How often something is sent again.
    pub retry_limit: RetryLimit,
    /// How long to wait before.
    pub backoff: Backoff,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long to wait for an answer.
    pub answer_timeout: Duration,
    /// Whether to ask the server for its version before the first request, to know whether it takes types.
    pub ask_version: bool,
    /// Whether an answer that refuses something is logged as an error, whole (`Trace_Error`).
    pub trace_error: bool,
    /// What was said about documents.
    pub bulk: BulkOptions,
}

/// How to encrypt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsSettings {
    /// Whether the server has to prove who it is (`tls.verify`).
    pub verify: bool,
    /// The name it has to prove, if that is not the host's (`tls.vhost`).
    pub server_name: Option<String>,
    /// Certificates to trust instead of the system's (`tls.ca_file`).
    pub ca_file: Option<PathBuf>,
    /// A folder of such certificates (`tls.ca_path`).
    pub ca_path: Option<PathBuf>,
    /// Our certificate and its key (`tls.crt_file` and `tls.key_file`).
    pub identity: Option<(PathBuf, PathBuf)>,
}

impl Default for TlsSettings {
    fn default() -> Self {
        Self { verify: true, server_name: None, ca_file: None, ca_path: None, identity: None }
    }
}

/// Credentials. They are not shown when printed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// A user and a password.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
    /// An API key, encoded already.
    ApiKey(String),
}

impl Auth {
    /// The value of the header `Authorization`.
    pub(crate) fn header(&self) -> String {
        match self {
            Self::Basic { user, password } => {
                format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
            }
            Self::ApiKey(key) => format!("ApiKey {key}"),
        }
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic",
            Self::ApiKey(_) => "ApiKey",
        })
    }
}

impl Settings {
    /// The defaults for documents of `bulk`: plain HTTP to port 9200 of this machine.
    ///
    /// Safe delivery sends again until it succeeds; Fluent Bit sends again once.
    #[must_use]
    pub fn new(bulk: BulkOptions) -> Self {
        let is_safe = bulk.delivery == Delivery::Safe;
        Self {
            host: "127.0.0.1".to_owned(),
            port: 9200,
            tls: None,
            auth: None,
            gzip: false,
            answer_limit: Some(512_000),
            retry_limit: if is_safe { RetryLimit::Unlimited } else { RetryLimit::Times(1) },
            backoff: Backoff::default(),
            connect_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(60),
            ask_version: is_safe && bulk.suppress_type_name.is_none(),
            trace_error: false,
            bulk,
        }
    }

    /// Reads an output section and the service section, for documents of `bulk`. What Fluent Bit refuses to
    /// start with is an error among the diagnostics.
    #[must_use]
    pub fn from_section(section: &Section, service: &Section, bulk: BulkOptions) -> (Self, Vec<Diagnostic>) {
        let mut reader = Reader { section, problems: Vec::new() };
        let settings = reader.read(service, bulk);
        (settings, reader.problems)
    }
}

struct Reader<'a> {
    section: &'a Section,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self, service: &Section, bulk: BulkOptions) -> Settings {
        let section = self.section;
        let mut settings = Settings::new(bulk);
        if let Some(host) = section.str("host") {
            host.clone_into(&mut settings.host);
        }
        if let Some(property) = section.get("port").filter(|property| !property.value.is_empty()) {
            match property.value.trim().parse() {
                Ok(port) => settings.port = port,
                Err(_) => self.problems.push(
                    Diagnostic::error(
                        "invalid-port",
                        property.value_span,
                        format!("`{}` is no port", property.value),
                    )
                    .help("expected a number up to 65535"),
                ),
            }
        }
        self.cloud_host(&mut settings);
        settings.tls = self.boolean("tls", false).then(|| self.tls());
        settings.auth = self.auth();
        settings.gzip = self.compress();
        settings.trace_error = self.boolean("trace_error", false);
        settings.answer_limit = match section.str("buffer_size") {
            None => settings.answer_limit,
            // 0 and what is no size mean no limit.
            Some(_) => usize::try_from(section.size("buffer_size", 0))
                .ok()
                .filter(|size| *size > 0 && *size < usize::MAX),
        };
        if let Some(property) = section.get("retry_limit").filter(|property| !property.value.is_empty()) {
            settings.retry_limit = RetryLimit::parse(&property.value).unwrap_or_else(|| {
                self.problems.push(
                    Diagnostic::warning(
                        "invalid-retry-limit",
                        property.value_span,
                        format!("`{}` is no retry limit; 1 is used", property.value),
                    )
                    .help("expected a number, no_limits or no_retries"),
                );
                RetryLimit::Times(1)
            });
        }
        let seconds =
            |key, default| Duration::from_secs(u64::try_from(service.int(key, default)).unwrap_or(0));
        settings.backoff = Backoff::new(seconds("scheduler.base", 5), seconds("scheduler.cap", 2000));
        if self.boolean("aws_auth", false) {
            let span = section.get("aws_auth").map_or(section.span, |property| property.value_span);
            self.problems.push(
                Diagnostic::error("unsupported-property", span, "requests are not signed for AWS")
                    .help("use HTTP_User and HTTP_Passwd, or a signing proxy"),
            );
        }
        settings
    }

    fn boolean(&mut self, key: &str, default: bool) -> bool {
        self.section.bool(key, default).unwrap_or_else(|problem| {
            self.problems.push(*problem);
            default
        })
    }

    fn text(&self, key: &str) -> Option<String> {
        self.section.str(key).map(str::to_owned)
    }

    fn tls(&mut self) -> TlsSettings {
        let path = |key| self.section.str(key).map(PathBuf::from);
        let identity = path("tls.crt_file").zip(path("tls.key_file"));
        let (ca_file, ca_path) = (path("tls.ca_file"), path("tls.ca_path"));
        if let Some(property) =
            self.section.get("tls.key_passwd").filter(|property| !property.value.is_empty())
        {
            self.problems.push(
                Diagnostic::error(
                    "unsupported-property",
                    property.key_span,
                    "encrypted private keys are not read",
                )
                .help("decrypt the key: openssl pkey -in KEY -out PLAIN"),
            );
        }
        TlsSettings {
            verify: self.boolean("tls.verify", true),
            server_name: self.text("tls.vhost"),
            ca_file,
            ca_path,
            identity,
        }
    }

    /// `HTTP_User` comes before `Cloud_Auth`, and that before `HTTP_API_Key`.
    fn auth(&mut self) -> Option<Auth> {
        if let Some(user) = self.text("http_user") {
            return Some(Auth::Basic { user, password: self.text("http_passwd").unwrap_or_default() });
        }
        if let Some(property) = self.section.get("cloud_auth").filter(|property| !property.value.is_empty()) {
            match property.value.split_once(':') {
                Some((user, password)) => {
                    return Some(Auth::Basic { user: user.to_owned(), password: password.to_owned() });
                }
                None => self.problems.push(
                    Diagnostic::error(
                        "invalid-cloud-auth",
                        property.value_span,
                        "no password in `Cloud_Auth`",
                    )
                    .help("write USER:PASSWORD"),
                ),
            }
        }
        self.text("http_api_key").map(Auth::ApiKey)
    }

    fn compress(&mut self) -> bool {
        let Some(property) = self.section.get("compress").filter(|property| !property.value.is_empty())
        else {
            return false;
        };
        let gzip = property.value.eq_ignore_ascii_case("gzip");
        if !gzip {
            self.problems.push(
                Diagnostic::warning(
                    "unknown-compression",
                    property.value_span,
                    format!("`{}` is no compression; nothing is compressed", property.value),
                )
                .help("expected gzip"),
            );
        }
        gzip
    }

    fn cloud_host(&mut self, settings: &mut Settings) {
        let Some(property) = self.section.get("cloud_id").filter(|property| !property.value.is_empty())
        else {
            return;
        };
        match cloud_endpoint(&property.value) {
            Some((host, port)) => {
                settings.host = host;
                settings.port = port;
            }
            None => self.problems.push(
                Diagnostic::error("invalid-cloud-id", property.value_span, "the cloud id cannot be read")
                    .help("copy it from the deployment's page: NAME:TEXT"),
            ),
        }
    }
}

/// The host and port that a cloud id stands for: `NAME:` and `REGION$HOST[:PORT]$…` in base64.
fn cloud_endpoint(id: &str) -> Option<(String, u16)> {
    let (_, encoded) = id.split_once(':')?;
    let encoded = encoded.trim_end_matches('=');
    let decoded = String::from_utf8(STANDARD_NO_PAD.decode(encoded).ok()?).ok()?;
    let mut parts = decoded.split('$');
    let (region, host) = (parts.next()?, parts.next()?);
    let (host, port) =
        host.split_once(':').map_or(Some((host, 443)), |(host, port)| Some((host, port.parse().ok()?)))?;
    (!region.is_empty() && !host.is_empty()).then(|| (format!("{host}.{region}"), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cloud_ids() {
        let id = |text: &str| format!("my-deployment:{}", STANDARD.encode(text));
        for (text, expected) in [
            ("us-east-1.aws.found.io$abc$def", Some(("abc.us-east-1.aws.found.io", 443))),
            ("eu.cloud.example$abc:9243$def", Some(("abc.eu.cloud.example", 9243))),
            ("eu.cloud.example$abc", Some(("abc.eu.cloud.example", 443))),
            ("eu.cloud.example$abc:x$", None),
            ("eu.cloud.example$", None),
            ("eu.cloud.example", None),
        ] {
            let expected = expected.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(cloud_endpoint(&id(text)), expected, "{text}");
        }
        assert_eq!(cloud_endpoint("no colon"), None);
        assert_eq!(cloud_endpoint("name:%%%"), None);
    }

    #[test]
    fn credentials_are_not_shown() {
        let auth = Auth::Basic { user: "ann".to_owned(), password: "secret".to_owned() };
        assert_eq!(format!("{auth:?}"), "Basic");
        assert_eq!(auth.header(), "Basic YW5uOnNlY3JldA==");
        assert_eq!(Auth::ApiKey("a2V5".to_owned()).header(), "ApiKey a2V5");
    }
}
