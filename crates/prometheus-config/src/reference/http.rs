//! How requests are sent.

use super::FieldSpec as F;
use super::SectionSpec as S;

pub(super) const SECTIONS: &[S] = &[
    S::new(super::HTTP_CLIENT, "Fields of every section that talks HTTP, beside its own.", CLIENT),
    S::new("basic_auth", "A user and a password.", BASIC),
    S::new("authorization", "Credentials for the header `Authorization`.", AUTHORIZATION),
    S::new("oauth2", "A token from a server of OAuth 2.", OAUTH),
    S::new("tls_config", "How TLS is spoken.", TLS),
    S::new("a header", "The values of one of `http_headers`.", HEADER),
];

const CLIENT: &[F] = &[
    F::new("basic_auth", "section", "a user and a password"),
    F::new("authorization", "section", "credentials for the header `Authorization`"),
    F::new("oauth2", "section", "a token from a server of OAuth 2"),
    F::new("bearer_token", "secret", "the older form of `authorization`"),
    F::new("bearer_token_file", "path", "the same from a file"),
    F::new("tls_config", "section", "how TLS is spoken"),
    F::new("follow_redirects", "boolean", "whether redirects are followed").or("true"),
    F::new("enable_http2", "boolean", "whether HTTP/2 is spoken; false for `remote_write`")
        .or("true")
        .ignored(),
    F::new("proxy_url", "URL", "a proxy"),
    F::new("no_proxy", "text", "hosts that are asked without it"),
    F::new(
        "proxy_from_environment",
        "boolean",
        "whether the variables HTTP_PROXY and the like name the proxy",
    )
    .or("false"),
    F::new("proxy_connect_header", "lists of secrets by name", "headers for the proxy"),
    F::new("http_headers", "sections by name", "more headers"),
];

const BASIC: &[F] = &[
    F::new("username", "text", "the user"),
    F::new("username_file", "path", "the same from a file"),
    F::new("username_ref", "name", "the same from a secret manager; refused"),
    F::new("password", "secret", "the password"),
    F::new("password_file", "path", "the same from a file"),
    F::new("password_ref", "name", "the same from a secret manager; refused"),
];

const AUTHORIZATION: &[F] = &[
    F::new("type", "text", "the scheme").or("Bearer"),
    F::new("credentials", "secret", "the credentials"),
    F::new("credentials_file", "path", "the same from a file"),
    F::new("credentials_ref", "name", "the same from a secret manager; refused"),
];

const OAUTH: &[F] = &[
    F::new("client_id", "text", "who asks"),
    F::new("client_secret", "secret", "the secret of who asks"),
    F::new("client_secret_file", "path", "the same from a file"),
    F::new("client_secret_ref", "name", "the same from a secret manager; refused"),
    F::new("token_url", "URL", "where tokens are given out"),
    F::new("scopes", "list of texts", "what the token is for"),
    F::new("endpoint_params", "texts by name", "more parameters of the request"),
    F::new("tls_config", "section", "how TLS is spoken with that server"),
    F::new(
        "grant_type",
        "text",
        "`urn:ietf:params:oauth:grant-type:jwt-bearer` for a signed token, which weirgate refuses",
    ),
    F::new("client_certificate_key_id", "text", "the id of the key that signs; refused"),
    F::new("client_certificate_key", "secret", "the key that signs; refused"),
    F::new("client_certificate_key_file", "path", "the same from a file; refused"),
    F::new("client_certificate_key_ref", "name", "the same from a secret manager; refused"),
    F::new("signature_algorithm", "RS256, RS384 or RS512", "how the token is signed; refused"),
    F::new("iss", "text", "who made the token; refused"),
    F::new("audience", "text", "who the token is for; refused"),
    F::new("claims", "values by name", "more claims of the token; refused"),
];

const TLS: &[F] = &[
    F::new("ca", "certificates", "the authorities to trust"),
    F::new("ca_file", "path", "the same from a file"),
    F::new("ca_ref", "name", "the same from a secret manager; refused"),
    F::new("cert", "certificate", "our certificate"),
    F::new("cert_file", "path", "the same from a file"),
    F::new("cert_ref", "name", "the same from a secret manager; refused"),
    F::new("key", "secret", "the key of our certificate"),
    F::new("key_file", "path", "the same from a file"),
    F::new("key_ref", "name", "the same from a secret manager; refused"),
    F::new("server_name", "text", "the name the server's certificate has to have; that of the URL"),
    F::new("insecure_skip_verify", "boolean", "whether any certificate is taken").or("false"),
    F::new(
        "min_version",
        "TLS10, TLS11, TLS12 or TLS13",
        "the oldest version; weirgate refuses those before TLS12",
    )
    .or("TLS12"),
    F::new("max_version", "TLS10, TLS11, TLS12 or TLS13", "the newest version"),
];

const HEADER: &[F] = &[
    F::new("values", "list of texts", "values"),
    F::new("secrets", "list of secrets", "values that are not shown"),
    F::new("files", "list of paths", "files with one value each"),
];
