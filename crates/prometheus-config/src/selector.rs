//! Label and field selectors of the Kubernetes API.

use std::fmt;

use prometheus_labels::quoted;

mod parser;

/// Conditions on the labels of an object, all of which must hold.
///
/// ```
/// use prometheus_config::LabelSelector;
///
/// let selector = LabelSelector::parse("app in (web, api), !canary")?;
/// assert!(selector.matches(|name| (name == "app").then_some("web")));
/// assert!(!selector.matches(|_| Some("api")));
/// # Ok::<(), prometheus_config::SelectorError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    requirements: Vec<Requirement>,
}

/// Conditions on fields of an object such as `spec.nodeName=worker-1`, all of which must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSelector {
    terms: Vec<FieldTerm>,
}

/// One condition of a [`FieldSelector`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct FieldTerm {
    /// The path of the field.
    pub field: String,
    /// The value to compare with.
    pub value: String,
    /// Whether the field must have another value.
    pub negated: bool,
}

/// A text that is no selector. Its display is the message of the Kubernetes libraries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectorError(String);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    condition: Condition,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Exists,
    Missing,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl LabelSelector {
    /// Reads a selector such as `app=web,tier!=test,zone in (a, b),!canary`; the empty text selects all.
    ///
    /// # Errors
    /// When the Kubernetes libraries reject it.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        parser::parse(text).map(|requirements| Self { requirements }).map_err(SelectorError)
    }

    /// Whether an object is selected whose labels `value` gives by name.
    pub fn matches<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> bool {
        self.requirements.iter().all(|requirement| {
            let value = value(&requirement.key);
            let number = || value.and_then(|value| value.parse::<i64>().ok());
            match &requirement.condition {
                Condition::Exists => value.is_some(),
                Condition::Missing => value.is_none(),
                Condition::In(values) => value.is_some_and(|value| values.iter().any(|known| known == value)),
                Condition::NotIn(values) => {
                    !value.is_some_and(|value| values.iter().any(|known| known == value))
                }
                Condition::Above(limit) => number().is_some_and(|number| number > *limit),
                Condition::Below(limit) => number().is_some_and(|number| number < *limit),
            }
        })
    }
}

impl FieldSelector {
    /// Reads a selector such as `spec.nodeName=worker-1,status.phase!=Failed`; the empty text selects all.
    ///
    /// # Errors
    /// When the Kubernetes libraries reject it.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let mut parts = split_terms(text);
        parts.sort_unstable();
        let mut terms = Vec::new();
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            let Some(at) = part.find('=') else {
                return Err(SelectorError(format!("invalid selector: '{text}'; can't understand '{part}'")));
            };
            let (field, value) = (&part[..at], &part[at + 1..]);
            let (field, value, negated) = match field.strip_suffix('!') {
                Some(field) => (field, value, true),
                None => (field, value.strip_prefix('=').unwrap_or(value), false),
            };
            terms.push(FieldTerm { field: field.to_owned(), value: unescape(value)?, negated });
        }
        Ok(Self { terms })
    }

    /// The conditions.
    #[must_use]
    pub fn terms(&self) -> &[FieldTerm] {
        &self.terms
    }
}

impl fmt::Display for SelectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SelectorError {}

/// The parts between commas; `\,` is no comma.
fn split_terms(text: &str) -> Vec<&str> {
    let mut escaped = false;
    let is_separator = |c: char| {
        let separates = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        separates
    };
    text.split(is_separator).collect()
}

fn unescape(value: &str) -> Result<String, SelectorError> {
    let invalid = |text: String| SelectorError(format!("invalid field selector: {text}"));
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(escaped @ ('\\' | ',' | '=')) => out.push(escaped),
                Some(other) => return Err(invalid(format!("invalid escape sequence: \\{other}"))),
                None => return Err(invalid("invalid escape sequence: \\".to_owned())),
            },
            ',' | '=' => return Err(invalid(format!("unescaped character in value: {}", u32::from(c)))),
            _ => out.push(c),
        }
    }
    Ok(out)
}

/// What is wrong with a label name, in the words of the Kubernetes libraries.
fn key_problem(key: &str) -> Option<String> {
    const NAME: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
        alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
        '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    const SUBDOMAIN: &str = "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric \
        characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex \
        used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    let mut problems = Vec::new();
    let name = match key.split('/').collect::<Vec<_>>().as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                problems.push("prefix part must be non-empty".to_owned());
            } else {
                if prefix.len() > 253 {
                    problems.push("prefix part must be no more than 253 bytes".to_owned());
                }
                if !prefix.split('.').all(is_dns_label) {
                    problems.push(SUBDOMAIN.to_owned());
                }
            }
            *name
        }
        _ => {
            return Some(format!(
                "<nil>: Invalid value: {}: a valid label key {NAME} with an optional DNS subdomain prefix and '/' \
                 (e.g. 'example.com/MyName')",
                quoted(key)
            ));
        }
    };
    if name.is_empty() {
        problems.push("name part must be non-empty".to_owned());
    } else if name.len() > 63 {
        problems.push("name part must be no more than 63 bytes".to_owned());
    }
    if !is_label_text(name) {
        problems.push(format!("name part {NAME}"));
    }
    let text = problems.join("; ");
    (!problems.is_empty()).then(|| format!("<nil>: Invalid value: {}: {text}", quoted(key)))
}

/// What is wrong with a label value, in the words of the Kubernetes libraries.
fn value_problem(value: &str) -> Option<String> {
    let mut problems = Vec::new();
    if value.len() > 63 {
        problems.push("must be no more than 63 bytes");
    }
    if !value.is_empty() && !is_label_text(value) {
        problems.push(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
             start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used \
             for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        );
    }
    (!problems.is_empty()).then(|| problems.join("; "))
}

fn is_label_text(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    is_end(bytes.first())
        && is_end(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn is_dns_label(text: &str) -> bool {
    let is_end =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let bytes = text.as_bytes();
    is_end(bytes.first())
        && is_end(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
}

#[cfg(test)]
mod tests;
