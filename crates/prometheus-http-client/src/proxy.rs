//! Which proxy stands between client and server.

use std::env;
use std::net::IpAddr;

use http::Uri;
use http::header::{HeaderName, HeaderValue};
use prometheus_config::Proxy;

use crate::auth;
use crate::connect::Server;
use crate::error::SetupError;

/// The proxies for plain and for secure requests, and the hosts that need none.
#[derive(Debug)]
pub(crate) struct Proxies {
    http: Option<ProxyServer>,
    https: Option<ProxyServer>,
    exceptions: Vec<String>,
    /// Go never asks the proxy of the environment for the machine itself.
    from_environment: bool,
}

/// A proxy.
#[derive(Clone, Debug)]
pub(crate) struct ProxyServer {
    pub(crate) server: Server,
    pub(crate) authorization: Option<String>,
    pub(crate) connect_headers: Vec<(HeaderName, Vec<HeaderValue>)>,
}

impl Proxies {
    pub(crate) fn new(config: &Proxy) -> Result<Self, SetupError> {
        let variable = |name: &str| {
            let value = env::var(name.to_uppercase()).ok().filter(|value| !value.is_empty());
            value.or_else(|| env::var(name).ok()).unwrap_or_default()
        };
        let (http, https, exceptions) = if config.from_environment {
            (variable("http_proxy"), variable("https_proxy"), variable("no_proxy"))
        } else {
            let url = config.url.as_ref().map(|url| url.as_str().to_owned()).unwrap_or_default();
            (url.clone(), url, config.no_proxy.clone())
        };
        let mut connect_headers = Vec::new();
        for (name, values) in &config.connect_headers {
            let invalid = || SetupError::new(format_args!("proxy_connect_header: `{name}` is no header"));
            let values = values.iter().map(|value| auth::sensitive(value.expose()));
            connect_headers.push((
                HeaderName::try_from(name).map_err(|_| invalid())?,
                values.collect::<Result<_, _>>().map_err(|_| invalid())?,
            ));
        }
        Ok(Self {
            http: server(&http, &connect_headers)?,
            https: server(&https, &connect_headers)?,
            exceptions: exceptions.split(',').map(|part| part.trim().to_lowercase()).collect(),
            from_environment: config.from_environment,
        })
    }

    /// The proxy for requests to `server`.
    pub(crate) fn of(&self, server: &Server) -> Option<&ProxyServer> {
        let proxy = if server.is_https { self.https.as_ref() } else { self.http.as_ref() }?;
        (!self.is_exception(server)).then_some(proxy)
    }

    fn is_exception(&self, server: &Server) -> bool {
        let host = server.host.to_lowercase();
        let address = host.parse::<IpAddr>().ok();
        let is_local = host == "localhost" || address.is_some_and(|address| address.is_loopback());
        (self.from_environment && is_local)
            || self.exceptions.iter().any(|exception| excepts(exception, &host, address, server.port))
    }
}

/// Whether an entry of `no_proxy` (`*`, a host or a domain, an address, a network; with a port or without) stands
/// for a host.
fn excepts(exception: &str, host: &str, address: Option<IpAddr>, port: u16) -> bool {
    if exception.is_empty() {
        return false;
    }
    if exception == "*" {
        return true;
    }
    if let Some((network, bits)) = exception.split_once('/') {
        let network = network.parse().ok().zip(bits.parse().ok());
        return network
            .zip(address)
            .is_some_and(|((network, bits), address)| contains(network, bits, address));
    }
    let (name, port_matches) = match exception.rsplit_once(':') {
        Some((name, digits)) if !name.contains(':') || name.ends_with(']') => {
            (name, digits.parse() == Ok(port))
        }
        _ => (exception, true),
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let name_matches = match (name.parse::<IpAddr>(), address) {
        (Ok(excepted), Some(address)) => excepted == address,
        (Ok(_), None) => false,
        (Err(_), _) => {
            let domain = name.trim_start_matches("*.").trim_start_matches('.');
            let is_domain_only = name.starts_with('.');
            (!is_domain_only && host == domain)
                || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
        }
    };
    name_matches && port_matches
}

fn contains(network: IpAddr, bits: u32, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) if bits <= 32 => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V6(network), IpAddr::V6(address)) if bits <= 128 => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        _ => false,
    }
}

fn server(
    url: &str,
    connect_headers: &[(HeaderName, Vec<HeaderValue>)],
) -> Result<Option<ProxyServer>, SetupError> {
    if url.is_empty() {
        return Ok(None);
    }
    let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let uri: Uri = url.parse().map_err(|error| SetupError::new(format_args!("proxy_url: {error}")))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(SetupError::new("proxy_url: a proxy is asked by http or https, not by another scheme"));
    }
    let server =
        Server::of(&uri).map_err(|error| SetupError::new(format_args!("proxy_url: {}", error.message())))?;
    Ok(Some(ProxyServer {
        server,
        authorization: user_info(&uri).map(|(name, password)| auth::basic(&name, &password)),
        connect_headers: connect_headers.to_vec(),
    }))
}

/// Name and password before the host of an URL.
pub(crate) fn user_info(uri: &Uri) -> Option<(String, String)> {
    let (user, _) = uri.authority()?.as_str().rsplit_once('@')?;
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    Some((unescape(name), unescape(password)))
}

fn unescape(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(exception: &str, host: &str, expected: bool) {
        assert_eq!(excepts(exception, host, host.parse().ok(), 80), expected, "{exception} for {host}");
    }

    #[test]
    fn exceptions() {
        check("*", "a.example", true);
        check("", "a.example", false);
        check("a.example", "a.example", true);
        check("a.example", "b.a.example", true);
        check("a.example", "ba.example", false);
        check(".a.example", "a.example", false);
        check(".a.example", "b.a.example", true);
        check("*.a.example", "b.a.example", true);
        check("a.example:80", "a.example", true);
        check("a.example:81", "a.example", false);
        check("10.0.0.0/8", "10.1.2.3", true);
        check("10.0.0.0/8", "11.1.2.3", false);
        check("0.0.0.0/0", "11.1.2.3", true);
        check("10.1.2.3", "10.1.2.3", true);
        check("fd00::/8", "fd00::1", true);
        check("::1", "::1", true);
        check("[::1]:81", "::1", false);
    }

    #[test]
    fn credentials_in_urls() {
        let uri = "http://us%40er:p%3Aw@proxy:3128".parse().unwrap();
        assert_eq!(user_info(&uri), Some(("us@er".into(), "p:w".into())));
        assert_eq!(user_info(&"http://proxy".parse().unwrap()), None);
    }
}
