//! Reading and checking of the HTTP client's fields.

use source_text::Diagnostic;
use source_text::yaml::Node;

use super::{Authorization, BasicAuth, Header, HttpClient, OAuth2, Proxy, Secret, Tls, TlsVersion};
use crate::Fields;
use crate::decode::{Decoder, Mark, problem, section};

/// The fields that a section with an HTTP client has besides its own.
pub(crate) const FIELDS: &[&str] = &[
    "basic_auth",
    "authorization",
    "oauth2",
    "bearer_token",
    "bearer_token_file",
    "tls_config",
    "follow_redirects",
    "enable_http2",
    "proxy_url",
    "no_proxy",
    "proxy_from_environment",
    "proxy_connect_header",
    "http_headers",
];

const PROXY_FIELDS: &[&str] = &["proxy_url", "no_proxy", "proxy_from_environment", "proxy_connect_header"];

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The fields as they stand in the file.
#[derive(Debug, Default)]
pub(crate) struct RawHttpClient {
    client: HttpClient,
    bearer_token: Secret,
    bearer_token_file: String,
}

impl RawHttpClient {
    pub(crate) fn with_http2(enable_http2: bool) -> Self {
        let client = HttpClient { enable_http2, ..HttpClient::default() };
        Self { client, ..Self::default() }
    }

    /// Reads one of [`FIELDS`].
    pub(crate) fn field(&mut self, decoder: &mut Decoder, name: &str, value: &Node) {
        let client = &mut self.client;
        match name {
            "basic_auth" => client.basic_auth = (!value.is_null()).then(|| basic_auth(decoder, value)),
            "authorization" => {
                client.authorization = (!value.is_null()).then(|| authorization(decoder, value));
            }
            "oauth2" => client.oauth2 = (!value.is_null()).then(|| oauth2(decoder, value)),
            "bearer_token" => self.bearer_token = decoder.string(value).into(),
            "bearer_token_file" => self.bearer_token_file = decoder.string(value),
            "tls_config" => client.tls = tls(decoder, value),
            "follow_redirects" => client.follow_redirects = decoder.bool(value),
            "enable_http2" => client.enable_http2 = decoder.bool(value),
            "http_headers" => client.headers = (!value.is_null()).then(|| headers(decoder, value)),
            _ => proxy_field(&mut client.proxy, decoder, name, value),
        }
    }
}

/// Checks what the fields say together.
pub(crate) fn check(raw: RawHttpClient, decoder: &mut Decoder, mark: Mark, fields: &Fields) -> HttpClient {
    let RawHttpClient { mut client, bearer_token, bearer_token_file } = raw;
    let mut fail = |field: &str, message: &str| {
        decoder.reject(mark, problem("conflicting-authentication", fields, field, message));
    };
    let has_bearer = !bearer_token.is_empty() || !bearer_token_file.is_empty();
    let bearer_field = if bearer_token.is_empty() { "bearer_token_file" } else { "bearer_token" };
    if !bearer_token.is_empty() && !bearer_token_file.is_empty() {
        fail("bearer_token_file", "at most one of bearer_token & bearer_token_file must be configured");
    }
    if (client.basic_auth.is_some() || client.oauth2.is_some()) && has_bearer {
        fail(
            bearer_field,
            "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured",
        );
    }
    if let Some(auth) = &client.basic_auth {
        if several([&auth.username, &auth.username_file, &auth.username_ref]) {
            fail(
                "basic_auth",
                "at most one of basic_auth username, username_file & username_ref must be configured",
            );
        }
        if several([auth.password.expose(), &auth.password_file, &auth.password_ref]) {
            fail(
                "basic_auth",
                "at most one of basic_auth password, password_file & password_ref must be configured",
            );
        }
    }
    if let Some(auth) = &mut client.authorization {
        if has_bearer {
            fail(bearer_field, "authorization is not compatible with bearer_token & bearer_token_file");
        }
        if several([auth.credentials.expose(), &auth.credentials_file, &auth.credentials_ref]) {
            fail(
                "authorization",
                "at most one of authorization credentials & credentials_file must be configured",
            );
        }
        auth.kind = auth.kind.trim().to_owned();
        if auth.kind.is_empty() {
            "Bearer".clone_into(&mut auth.kind);
        }
        if auth.kind.to_lowercase() == "basic" {
            fail(
                "authorization",
                "authorization type cannot be set to \"basic\", use \"basic_auth\" instead",
            );
        }
        if client.basic_auth.is_some() || client.oauth2.is_some() {
            fail("authorization", "at most one of basic_auth, oauth2 & authorization must be configured");
        }
    } else if has_bearer {
        // The file wins over the token where both are set.
        let credentials = if bearer_token_file.is_empty() { bearer_token } else { Secret::default() };
        client.authorization = Some(Authorization {
            kind: "Bearer".to_owned(),
            credentials,
            credentials_file: bearer_token_file,
            ..Authorization::default()
        });
    }
    if let Some(auth) = &client.oauth2 {
        if client.basic_auth.is_some() {
            fail("oauth2", "at most one of basic_auth, oauth2 & authorization must be configured");
        }
        check_oauth2(auth, &mut |message| fail("oauth2", message));
    }
    check_proxy(&client.proxy, decoder, mark, fields);
    check_headers(&client, decoder, mark, fields);
    client
}

pub(crate) fn tls(decoder: &mut Decoder, node: &Node) -> Tls {
    let mut tls = Tls::default();
    if node.is_null() {
        return tls;
    }
    let mark = decoder.mark();
    let fields = section!(decoder, node, "tls_config", value {
        "ca" => tls.ca = decoder.string(value),
        "ca_file" => tls.ca_file = decoder.string(value),
        "ca_ref" => tls.ca_ref = decoder.string(value),
        "cert" => tls.cert = decoder.string(value),
        "cert_file" => tls.cert_file = decoder.string(value),
        "cert_ref" => tls.cert_ref = decoder.string(value),
        "key" => tls.key = decoder.string(value).into(),
        "key_file" => tls.key_file = decoder.string(value),
        "key_ref" => tls.key_ref = decoder.string(value),
        "server_name" => tls.server_name = decoder.string(value),
        "insecure_skip_verify" => tls.insecure_skip_verify = decoder.bool(value),
        "min_version" => tls.min_version = tls_version(decoder, value),
        "max_version" => tls.max_version = tls_version(decoder, value),
    });
    let mut fail = |field: &str, message: &str| {
        decoder.reject(mark, problem("conflicting-certificates", &fields, field, message));
    };
    if several([&tls.ca, &tls.ca_file, &tls.ca_ref]) {
        fail("ca", "at most one of ca, ca_file & ca_ref must be configured");
    }
    if several([&tls.cert, &tls.cert_file, &tls.cert_ref]) {
        fail("cert", "at most one of cert, cert_file & cert_ref must be configured");
    }
    if several([tls.key.expose(), &tls.key_file, &tls.key_ref]) {
        fail("key", "at most one of key and key_file must be configured");
    }
    let any = |texts: [&str; 3]| texts.iter().any(|text| !text.is_empty());
    let has_cert = any([&tls.cert, &tls.cert_file, &tls.cert_ref]);
    let has_key = any([tls.key.expose(), &tls.key_file, &tls.key_ref]);
    if has_cert && !has_key {
        fail(
            "cert_file",
            "exactly one of key or key_file must be configured when a client certificate is configured",
        );
    } else if has_key && !has_cert {
        fail(
            "key_file",
            "exactly one of cert or cert_file must be configured when a client key is configured",
        );
    }
    tls
}

/// Whether more than one of the texts is set.
fn several(texts: [&str; 3]) -> bool {
    texts.iter().filter(|text| !text.is_empty()).count() > 1
}

fn basic_auth(decoder: &mut Decoder, node: &Node) -> BasicAuth {
    let mut auth = BasicAuth::default();
    section!(decoder, node, "basic_auth", value {
        "username" => auth.username = decoder.string(value),
        "username_file" => auth.username_file = decoder.string(value),
        "username_ref" => auth.username_ref = decoder.string(value),
        "password" => auth.password = decoder.string(value).into(),
        "password_file" => auth.password_file = decoder.string(value),
        "password_ref" => auth.password_ref = decoder.string(value),
    });
    auth
}

fn authorization(decoder: &mut Decoder, node: &Node) -> Authorization {
    let mut auth = Authorization::default();
    section!(decoder, node, "authorization", value {
        "type" => auth.kind = decoder.string(value),
        "credentials" => auth.credentials = decoder.string(value).into(),
        "credentials_file" => auth.credentials_file = decoder.string(value),
        "credentials_ref" => auth.credentials_ref = decoder.string(value),
    });
    auth
}

fn oauth2(decoder: &mut Decoder, node: &Node) -> OAuth2 {
    let mut auth = OAuth2::default();
    let mark = decoder.mark();
    let fields = section!(decoder, node, "oauth2", key, value {
        "client_id" => auth.client_id = decoder.string(value),
        "client_secret" => auth.client_secret = decoder.string(value).into(),
        "client_secret_file" => auth.client_secret_file = decoder.string(value),
        "client_secret_ref" => auth.client_secret_ref = decoder.string(value),
        "client_certificate_key_id" => auth.client_certificate_key_id = decoder.string(value),
        "client_certificate_key" => auth.client_certificate_key = decoder.string(value).into(),
        "client_certificate_key_file" => auth.client_certificate_key_file = decoder.string(value),
        "client_certificate_key_ref" => auth.client_certificate_key_ref = decoder.string(value),
        "grant_type" => auth.grant_type = decoder.string(value),
        "signature_algorithm" => auth.signature_algorithm = decoder.string(value),
        "iss" => auth.issuer = decoder.string(value),
        "audience" => auth.audience = decoder.string(value),
        // Claims may hold anything.
        "claims" => { decoder.map(value, "claims"); },
        "scopes" => auth.scopes = decoder.strings(value).unwrap_or_default(),
        "token_url" => auth.token_url = decoder.string(value),
        "endpoint_params" => auth.endpoint_params = decoder.string_map(value, "endpoint_params"),
        "tls_config" => auth.tls = tls(decoder, value),
    } else (PROXY_FIELDS) { proxy_field(&mut auth.proxy, decoder, key, value) });
    check_proxy(&auth.proxy, decoder, mark, &fields);
    auth
}

fn check_oauth2(auth: &OAuth2, fail: &mut impl FnMut(&str)) {
    if auth.client_id.is_empty() {
        fail("oauth2 client_id must be configured");
    }
    if auth.token_url.is_empty() {
        fail("oauth2 token_url must be configured");
    }
    if auth.grant_type != JWT_BEARER {
        if several([auth.client_secret.expose(), &auth.client_secret_file, &auth.client_secret_ref]) {
            fail(
                "at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured \
                 using grant-type=client_credentials",
            );
        }
        return;
    }
    let key = [
        auth.client_certificate_key.expose(),
        &auth.client_certificate_key_file,
        &auth.client_certificate_key_ref,
    ];
    if several(key) {
        fail(
            "at most one of oauth2 client_certificate_key, client_certificate_key_file & \
             client_certificate_key_ref must be configured using \
             grant-type=urn:ietf:params:oauth:grant-type:jwt-bearer",
        );
    }
    if !matches!(auth.signature_algorithm.as_str(), "" | "RS256" | "RS384" | "RS512") {
        fail("valid signature algorithms are RS256, RS384 and RS512");
    }
}

fn tls_version(decoder: &mut Decoder, node: &Node) -> Option<TlsVersion> {
    if node.is_null() {
        return None;
    }
    let mark = decoder.mark();
    let name = decoder.string(node);
    let known = [TlsVersion::Tls10, TlsVersion::Tls11, TlsVersion::Tls12, TlsVersion::Tls13];
    let version = known.into_iter().find(|version| version.as_str() == name);
    if version.is_none() && node.as_str().is_some() {
        let message = format!("unknown TLS version: {name}");
        let help = "the versions are TLS10, TLS11, TLS12 and TLS13";
        decoder.reject(mark, Diagnostic::error("unknown-tls-version", node.span, message).help(help));
    }
    version
}

fn proxy_field(proxy: &mut Proxy, decoder: &mut Decoder, name: &str, value: &Node) {
    match name {
        "proxy_url" => proxy.url = decoder.url(value),
        "no_proxy" => proxy.no_proxy = decoder.string(value),
        "proxy_from_environment" => proxy.from_environment = decoder.bool(value),
        "proxy_connect_header" => {
            let entries = decoder.map(value, "proxy_connect_header");
            let mut secrets = |values: &Node| -> Vec<Secret> {
                decoder.strings(values).unwrap_or_default().into_iter().map(Secret::from).collect()
            };
            proxy.connect_headers =
                entries.into_iter().map(|(_, name, values)| (name.to_owned(), secrets(values))).collect();
            proxy.connect_headers.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        _ => {}
    }
}

fn check_proxy(proxy: &Proxy, decoder: &mut Decoder, mark: Mark, fields: &Fields) {
    let has_url = proxy.url.as_ref().is_some_and(|url| !url.as_str().is_empty());
    let mut fail = |field: &str, message: &str| {
        decoder.reject(mark, problem("conflicting-proxy", fields, field, message));
    };
    if !proxy.connect_headers.is_empty() && !proxy.from_environment && !has_url {
        fail(
            "proxy_connect_header",
            "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured",
        );
    }
    if proxy.from_environment && has_url {
        fail("proxy_url", "if proxy_from_environment is configured, proxy_url must not be configured");
    }
    if proxy.from_environment && !proxy.no_proxy.is_empty() {
        fail("no_proxy", "if proxy_from_environment is configured, no_proxy must not be configured");
    }
    if proxy.url.is_none() && !proxy.no_proxy.is_empty() {
        fail("no_proxy", "if no_proxy is configured, proxy_url must also be configured");
    }
}

fn headers(decoder: &mut Decoder, node: &Node) -> Vec<(String, Header)> {
    let entries = decoder.map(node, "http_headers");
    let mut headers: Vec<_> = entries
        .into_iter()
        .map(|(_, name, value)| {
            let mut header = Header::default();
            section!(decoder, value, "a header", value {
                "values" => header.values = decoder.strings(value).unwrap_or_default(),
                "secrets" => {
                    let secrets = decoder.strings(value).unwrap_or_default();
                    header.secrets = secrets.into_iter().map(Secret::from).collect();
                },
                "files" => header.files = decoder.strings(value).unwrap_or_default(),
            });
            (name.to_owned(), header)
        })
        .collect();
    headers.sort_by(|(a, _), (b, _)| a.cmp(b));
    headers
}

fn check_headers(client: &HttpClient, decoder: &mut Decoder, mark: Mark, fields: &Fields) {
    const RESERVED: &[&str] = &[
        "Authorization",
        "Host",
        "Content-Encoding",
        "Content-Length",
        "Content-Type",
        "User-Agent",
        "Connection",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Www-Authenticate",
        "Accept-Encoding",
        "X-Prometheus-Remote-Write-Version",
        "X-Prometheus-Remote-Read-Version",
        "X-Prometheus-Scrape-Timeout-Seconds",
        "X-Amz-Date",
        "X-Amz-Security-Token",
        "X-Amz-Content-Sha256",
    ];
    for (name, _) in client.headers.iter().flatten() {
        if let Some(reserved) = RESERVED.iter().find(|reserved| reserved.eq_ignore_ascii_case(name)) {
            let message = format!("setting header \"{reserved}\" is not allowed");
            decoder.reject(mark, problem("reserved-header", fields, "http_headers", message));
        }
    }
}
