//! What a server is, as far as it matters to bulk requests.

use std::borrow::Cow;

use serde::Deserialize;

/// The version of a server, as it answers to `GET /`.
///
/// ```
/// use elasticsearch_bulk::ServerVersion;
///
/// let answer = br#"{"name":"n1","version":{"distribution":"opensearch","number":"2.19.1"},"tagline":""}"#;
/// let version = ServerVersion::parse(answer).unwrap();
/// assert!(!version.takes_types());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerVersion {
    /// `opensearch`, or `elasticsearch` where the answer names none.
    pub distribution: String,
    /// The version, such as `7.17.28`.
    pub number: String,
}

impl ServerVersion {
    /// Reads the answer to `GET /`; `None` if it is none of a server of documents.
    #[must_use]
    pub fn parse(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Answer<'a> {
            #[serde(borrow)]
            version: Version<'a>,
        }
        #[derive(Deserialize)]
        struct Version<'a> {
            #[serde(borrow)]
            number: Cow<'a, str>,
            #[serde(borrow, default)]
            distribution: Option<Cow<'a, str>>,
        }
        let Version { number, distribution } = serde_json::from_slice::<Answer<'_>>(body).ok()?.version;
        Some(Self {
            distribution: distribution.map_or_else(|| "elasticsearch".to_owned(), Cow::into_owned),
            number: number.into_owned(),
        })
    }

    /// Whether action lines may name a type: Elasticsearch before 8 and OpenSearch before 2. A version that
    /// cannot be read is taken for an old one.
    #[must_use]
    pub fn takes_types(&self) -> bool {
        let major = self.number.split('.').next().and_then(|major| major.parse::<u32>().ok()).unwrap_or(0);
        major < if self.distribution == "opensearch" { 2 } else { 8 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: Option<bool>) {
        let version = ServerVersion::parse(body.as_bytes());
        assert_eq!(version.map(|version| version.takes_types()), expected, "{body}");
    }

    #[test]
    fn types() {
        check(r#"{"version":{"number":"7.17.28","build_flavor":"default"}}"#, Some(true));
        check(r#"{"version":{"number":"8.0.0-alpha1"}}"#, Some(false));
        check(r#"{"version":{"number":"1.3.0","distribution":"opensearch"}}"#, Some(true));
        check(r#"{"version":{"number":"2.19.1","distribution":"opensearch"}}"#, Some(false));
        check(r#"{"version":{"number":"next"}}"#, Some(true));
        check(r#"{"took":1,"errors":false,"items":[]}"#, None);
        check("", None);
    }
}
