//! The grammar, and the way back to text.

use std::net::Ipv6Addr;

use prometheus_labels::quoted;

use super::Url;
use super::escape::{Part, escape, must_escape, unescape};

/// A URL taken apart. Bytes are without escapes and may not be UTF-8.
#[derive(Clone, Default)]
pub(super) struct Parts {
    pub(super) scheme: String,
    pub(super) host: Vec<u8>,
    pub(super) path: Vec<u8>,
    pub(super) query: String,
    /// What follows the scheme when that is no path, as it was written.
    opaque: String,
    user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    /// The path as it was written, when that differs from the default way to escape it.
    raw_path: String,
    fragment: Vec<u8>,
    raw_fragment: String,
    /// There was a `?` with nothing after it.
    empty_query: bool,
    /// There was no host after the scheme.
    no_host: bool,
}

/// Reads a URL without its fragment; `Err` is Go's message.
pub(super) fn parse(text: &str) -> Result<Parts, String> {
    let mut parts = Parts::default();
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    if text == "*" {
        parts.path = b"*".to_vec();
        return Ok(parts);
    }
    let (scheme, mut rest) = scheme(text)?;
    parts.scheme = scheme.to_ascii_lowercase();
    if rest.ends_with('?') && rest.matches('?').count() == 1 {
        parts.empty_query = true;
        rest = &rest[..rest.len() - 1];
    } else if let Some((before, query)) = rest.split_once('?') {
        parts.query = query.to_owned();
        rest = before;
    }
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            parts.opaque = rest.to_owned();
            return Ok(parts);
        }
        if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let has_authority = rest.starts_with("//") && (!scheme.is_empty() || !rest.starts_with("///"));
    if has_authority {
        let authority = &rest[2..];
        let end = authority.find('/').unwrap_or(authority.len());
        rest = &authority[end..];
        parts.set_authority(&authority[..end])?;
    } else if !scheme.is_empty() && rest.starts_with('/') {
        parts.no_host = true;
    }
    (parts.path, parts.raw_path) = decoded(rest, Part::Path)?;
    Ok(parts)
}

impl Parts {
    pub(super) fn set_fragment(&mut self, fragment: &str) -> Result<(), String> {
        (self.fragment, self.raw_fragment) = decoded(fragment, Part::Fragment)?;
        Ok(())
    }

    pub(super) fn finish(self) -> Url {
        let text = self.text();
        let redacted = match &self.user {
            Some((name, Some(_))) => {
                let user = Some((name.clone(), Some(b"xxxxx".to_vec())));
                Some(Self { user, ..self.clone() }.text())
            }
            _ => None,
        };
        let host = String::from_utf8_lossy(&self.host).into_owned();
        Url { scheme: self.scheme, host, text, redacted }
    }

    fn set_authority(&mut self, authority: &str) -> Result<(), String> {
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        self.host = self::host(&self.scheme, host)?;
        let Some(user) = user else { return Ok(()) };
        let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
        if !user.bytes().all(is_valid) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        self.user = Some(match user.split_once(':') {
            None => (unescape(user, Part::User)?, None),
            Some((name, password)) => (unescape(name, Part::User)?, Some(unescape(password, Part::User)?)),
        });
        Ok(())
    }

    fn text(&self) -> String {
        let mut out = String::new();
        if !self.scheme.is_empty() {
            out.push_str(&self.scheme);
            out.push(':');
        }
        if self.opaque.is_empty() {
            self.authority_and_path(&mut out);
        } else {
            out.push_str(&self.opaque);
        }
        if self.empty_query || !self.query.is_empty() {
            out.push('?');
            out.push_str(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push('#');
            encoded(&self.fragment, &self.raw_fragment, Part::Fragment, &mut out);
        }
        out
    }

    fn authority_and_path(&self, out: &mut String) {
        let has_user = self.user.is_some();
        let wants_authority = !self.scheme.is_empty() || !self.host.is_empty() || has_user;
        if wants_authority && (!self.no_host || !self.host.is_empty() || has_user) {
            if !self.host.is_empty() || !self.path.is_empty() || has_user {
                out.push_str("//");
            }
            if let Some((name, password)) = &self.user {
                escape(name, Part::User, out);
                if let Some(password) = password {
                    out.push(':');
                    escape(password, Part::User, out);
                }
                out.push('@');
            }
            escape(&self.host, Part::Host, out);
        }
        let mut path = String::new();
        encoded(&self.path, &self.raw_path, Part::Path, &mut path);
        if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
            out.push('/');
        }
        // A colon in the first segment would make the segment a scheme.
        if out.is_empty() && path.split('/').next().is_some_and(|segment| segment.contains(':')) {
            out.push_str("./");
        }
        out.push_str(&path);
    }
}

fn scheme(text: &str) -> Result<(&str, &str), String> {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    match text.find(|c| !is_scheme(c)) {
        Some(0) if text.starts_with(':') => Err("missing protocol scheme".to_owned()),
        Some(colon)
            if text[colon..].starts_with(':') && text.starts_with(|c: char| c.is_ascii_alphabetic()) =>
        {
            Ok((&text[..colon], &text[colon + 1..]))
        }
        _ => Ok(("", text)),
    }
}

fn host(scheme: &str, text: &str) -> Result<Vec<u8>, String> {
    let check_port = |port: &str| {
        let digits =
            port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
        if port.is_empty() || digits {
            Ok(())
        } else {
            Err(format!("invalid port {} after host", quoted(port)))
        }
    };
    match text.rfind('[') {
        Some(0) => {}
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {
            let first = text.find(':');
            // Only web URLs are strict about several colons.
            let colon = if matches!(scheme, "http" | "https") { first } else { text.rfind(':') };
            if let Some(colon) = colon {
                check_port(&text[colon..])?;
            }
            return unescape(text, Part::Host);
        }
    }
    let Some(close) = text.rfind(']') else { return Err("missing ']' in host".to_owned()) };
    let (literal, port) = (&text[1..close], &text[close + 1..]);
    check_port(port)?;
    let address = match literal.find("%25") {
        Some(zone) => {
            let mut address = unescape(&literal[..zone], Part::Host)?;
            address.extend(unescape(&literal[zone..], Part::Zone)?);
            address
        }
        None => unescape(literal, Part::Host)?,
    };
    let shown = String::from_utf8_lossy(&address).into_owned();
    let (number, zone) =
        shown.split_once('%').map_or((shown.as_str(), None), |(number, zone)| (number, Some(zone)));
    if number.parse::<std::net::Ipv4Addr>().is_ok() && zone.is_none() {
        return Err("invalid IP-literal".to_owned());
    }
    if number.parse::<Ipv6Addr>().is_err() || zone == Some("") {
        return Err(format!("invalid host: ParseAddr({}): unable to parse IP", quoted(&shown)));
    }
    Ok([b"[", address.as_slice(), b"]", port.as_bytes()].concat())
}

/// The bytes of `text`, and `text` itself where escaping them again would give something else.
fn decoded(text: &str, part: Part) -> Result<(Vec<u8>, String), String> {
    let bytes = unescape(text, part)?;
    let mut again = String::new();
    escape(&bytes, part, &mut again);
    let raw = if again == text { String::new() } else { text.to_owned() };
    Ok((bytes, raw))
}

/// Appends `bytes` as they were written, if that is valid, or escaped anew.
fn encoded(bytes: &[u8], raw: &str, part: Part, out: &mut String) {
    let is_valid = |byte: u8| b"!$&'()*+,;=:@[]%".contains(&byte) || !must_escape(byte, part);
    if !raw.is_empty() && raw.bytes().all(is_valid) {
        out.push_str(raw);
    } else if part == Part::Path && bytes == b"*" {
        out.push('*');
    } else {
        escape(bytes, part, out);
    }
}
