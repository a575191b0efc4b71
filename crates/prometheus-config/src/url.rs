//! URLs with the rules of Go's `net/url`, which Prometheus' messages and targets show.

use std::fmt;

use prometheus_labels::quoted;

mod escape;
mod parse;

use escape::{Part, escape};

/// A URL as Go's `net/url` reads and writes it.
///
/// Its display is the normal form that Go prints: the scheme in lower case, and what must be escaped, escaped.
///
/// ```
/// use prometheus_config::Url;
///
/// let url = Url::parse("HTTP://prometheus.example:9090/a b?x=1")?;
/// assert_eq!(url.to_string(), "http://prometheus.example:9090/a%20b?x=1");
/// assert_eq!((url.scheme(), url.host()), ("http", "prometheus.example:9090"));
/// assert_eq!(
///     Url::parse("http://%zz").unwrap_err().to_string(),
///     r#"parse "http://%zz": invalid URL escape "%zz""#
/// );
/// # Ok::<(), prometheus_config::UrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Url {
    scheme: String,
    host: String,
    text: String,
    /// The same without the password.
    redacted: Option<String>,
}

/// A text that is no URL. Its display is Go's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlError {
    url: String,
    reason: String,
}

impl Url {
    /// Reads a URL or a reference; the empty text is one.
    ///
    /// # Errors
    /// When Go's `url.Parse` fails.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let (before_fragment, fragment) = match text.split_once('#') {
            Some((before, fragment)) => (before, fragment),
            None => (text, ""),
        };
        let fail = |url: &str, reason| UrlError { url: url.to_owned(), reason };
        let mut parts = parse::parse(before_fragment).map_err(|reason| fail(before_fragment, reason))?;
        parts.set_fragment(fragment).map_err(|reason| fail(text, reason))?;
        Ok(parts.finish())
    }

    /// The URL of these parts, which need no escaping: it is done here. The parameters are sorted by name;
    /// those with the same name stay in order.
    #[must_use]
    pub fn from_parts(scheme: &str, host: &str, path: &str, parameters: &[(&str, &str)]) -> Self {
        let mut sorted: Vec<_> = parameters.to_vec();
        sorted.sort_by_key(|(name, _)| *name);
        let mut query = String::new();
        for (name, value) in sorted {
            if !query.is_empty() {
                query.push('&');
            }
            escape(name.as_bytes(), Part::Query, &mut query);
            query.push('=');
            escape(value.as_bytes(), Part::Query, &mut query);
        }
        let mut parts = parse::Parts::default();
        scheme.clone_into(&mut parts.scheme);
        parts.host = host.as_bytes().to_vec();
        parts.path = path.as_bytes().to_vec();
        parts.query = query;
        parts.finish()
    }

    /// The scheme, in lower case; empty for a reference.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Host and port without escapes; empty for a reference.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The URL in its normal form, a password included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL with `xxxxx` in place of a password.
    #[must_use]
    pub fn redacted(&self) -> &str {
        self.redacted.as_deref().unwrap_or(&self.text)
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Without the password.
impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({:?})", self.redacted())
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "parse {}: {}", quoted(&self.url), self.reason)
    }
}

impl std::error::Error for UrlError {}

#[cfg(test)]
mod tests;
