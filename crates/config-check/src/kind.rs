//! What a file is.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use fluentbit_config::{Compat, SectionKind};

/// A kind of file that can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A configuration of Fluent Bit, classic or YAML.
    FluentBit,
    /// `prometheus.yml`.
    Prometheus,
    /// A Kubernetes manifest with configurations in ConfigMaps and Secrets.
    Kubernetes,
    /// A configuration of the OpenTelemetry collector: only what its Prometheus receivers make of it.
    OpenTelemetry,
    /// What a target answers to a scrape.
    Exposition,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::FluentBit, Self::Prometheus, Self::Kubernetes, Self::OpenTelemetry, Self::Exposition];

    /// The name, such as `fluent-bit`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FluentBit => "fluent-bit",
            Self::Prometheus => "prometheus",
            Self::Kubernetes => "kubernetes",
            Self::OpenTelemetry => "open-telemetry",
            Self::Exposition => "exposition",
        }
    }

    /// Tells the kind from what stands at the left of the lines, and from the ending of the name where that
    /// is not enough. Files with syntax errors are recognized too.
    ///
    /// ```
    /// use config_check::Kind;
    ///
    /// assert_eq!(Kind::detect("a.yaml", b"global:\n  scrape_interval: 30s\n"), Some(Kind::Prometheus));
    /// assert_eq!(Kind::detect("a.txt", b"hello\n"), None);
    /// ```
    #[must_use]
    pub fn detect(name: &str, bytes: &[u8]) -> Option<Self> {
        let ending = name.rsplit(['/', '.']).next().unwrap_or_default().to_ascii_lowercase();
        if matches!(bytes, [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..]) || bytes.starts_with(b"<") {
            return Some(Self::Exposition);
        }
        let text = String::from_utf8_lossy(bytes);
        Self::of_content(&text).or_else(|| Self::of_file_name(name)).or(match ending.as_str() {
            "conf" => Some(Self::FluentBit),
            "prom" | "om" | "metrics" => Some(Self::Exposition),
            _ => None,
        })
    }

    /// The kind of a file with one of the usual names.
    pub(crate) fn of_file_name(path: &str) -> Option<Self> {
        match path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "fluent-bit.conf" | "fluent-bit.yaml" | "fluent-bit.yml" => Some(Self::FluentBit),
            "prometheus.yml" | "prometheus.yaml" => Some(Self::Prometheus),
            _ => None,
        }
    }

    /// The same for a text without a name.
    pub(crate) fn of_content(text: &str) -> Option<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut keys = BTreeSet::new();
        let mut found = None;
        for line in text.lines().map(str::trim_end) {
            if line.starts_with("# HELP ") || line.starts_with("# TYPE ") || line == "# EOF" {
                return Some(Self::Exposition);
            }
            match top_key(line) {
                Some(key) => {
                    keys.insert(key);
                }
                None => found = found.or_else(|| of_line(line)),
            }
        }
        of_keys(&keys).or(found)
    }
}

/// Whether a text is a configuration of Fluent Bit in YAML, whatever its name.
pub(crate) fn is_fluentbit_yaml(text: &str) -> bool {
    let keys: BTreeSet<_> = text.lines().filter_map(|line| top_key(line.trim_end())).collect();
    of_keys(&keys) == Some(Kind::FluentBit) && !text.lines().any(|line| line.starts_with('['))
}

/// The key at the left edge of a line of YAML or JSON.
fn top_key(line: &str) -> Option<&str> {
    let line = line.strip_prefix('{').unwrap_or(line);
    let (key, _) = line.split_once(':')?;
    let key = key.trim_start_matches("  ").trim_matches(['"', '\'']);
    let fits = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '"' || c == '\'');
    (fits && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')).then_some(key)
}

/// What has parts with these names at its top.
fn of_keys(keys: &BTreeSet<&str>) -> Option<Kind> {
    let any = |names: &[&str]| names.iter().any(|name| keys.contains(name));
    if keys.contains("apiVersion") && keys.contains("kind") {
        return Some(Kind::Kubernetes);
    }
    if keys.contains("receivers") && any(&["exporters", "processors", "service"]) {
        return Some(Kind::OpenTelemetry);
    }
    // Alertmanager uses some of the names below for other things.
    if any(&["receivers", "route", "exporters"]) {
        return None;
    }
    if any(&["pipeline", "parsers", "multiline_parsers", "customs", "upstream_servers", "stream_processor"]) {
        return Some(Kind::FluentBit);
    }
    let prometheus =
        ["scrape_configs", "rule_files", "alerting", "remote_write", "remote_read", "scrape_config_files"];
    if any(&prometheus) || any(&["global", "storage", "tracing", "otlp"]) {
        return Some(Kind::Prometheus);
    }
    any(&["service", "env", "includes"]).then_some(Kind::FluentBit)
}

/// What has such a line.
fn of_line(line: &str) -> Option<Kind> {
    let starts =
        |prefix: &str| line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let is_header = line.strip_prefix('[').and_then(|rest| rest.split_once(']')).is_some_and(|(name, _)| {
        let kind = SectionKind::of_header(name, Compat::V5_1);
        kind.is_known() && name.len() > 2
    });
    if is_header || starts("@include ") || starts("@set ") {
        return Some(Kind::FluentBit);
    }
    is_sample(line).then_some(Kind::Exposition)
}

/// Whether the line looks like `name{labels} value`.
fn is_sample(line: &str) -> bool {
    let name = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(0);
    if name == 0 || line.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let rest = match line[name..].strip_prefix('{') {
        Some(labels) => labels.rsplit_once('}').map_or("", |(_, rest)| rest),
        None => &line[name..],
    };
    rest.split_ascii_whitespace().next().is_some_and(|value| value.parse::<f64>().is_ok())
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    /// Reads a name, and `configmap` as another one for `kubernetes`.
    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        let name = if name == "configmap" { "kubernetes" } else { name };
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownKind(()))
    }
}

/// A name that no kind has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownKind(());

impl fmt::Display for UnknownKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected one of {}", Kind::ALL.map(Kind::as_str).join(", "))
    }
}

impl std::error::Error for UnknownKind {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, content: &str, expected: Option<Kind>) {
        assert_eq!(Kind::detect(name, content.as_bytes()), expected, "{name}: {content}");
    }

    #[test]
    fn kinds() {
        check("fluent-bit.conf", "", Some(Kind::FluentBit));
        check("x", "# the shop\n[INPUT] # here\n    Name tail\n", Some(Kind::FluentBit));
        check("x", "@INCLUDE input.conf\n", Some(Kind::FluentBit));
        check("x.yaml", "pipeline:\n  inputs: []\n", Some(Kind::FluentBit));
        check("x.yml", "# c\nglobal: {}\n", Some(Kind::Prometheus));
        check("x.yml", "scrape_configs:\n- job_name: [\n", Some(Kind::Prometheus));
        check(
            "x.yml",
            "kind: ConfigMap\ndata:\n  a: |\n    [INPUT]\napiVersion: v1\n",
            Some(Kind::Kubernetes),
        );
        check("x.json", "{\"apiVersion\": \"v1\",\n\"kind\": \"ConfigMap\"}", Some(Kind::Kubernetes));
        check("x", "# HELP a b\n", Some(Kind::Exposition));
        check("x", "up{job=\"a\"} 1\n", Some(Kind::Exposition));
        check("x", "up 1 123\n", Some(Kind::Exposition));
        check("x", "<html>", Some(Kind::Exposition));
        check("x.prom", "nothing else", Some(Kind::Exposition));
        check("x.yml", "global: {}\nroute: {}\n", None);
        check("x.yml", "receivers: {}\nservice: {}\n", Some(Kind::OpenTelemetry));
        check("x", "[mysqld]\nport = 3306\n", None);
        check("x", "nothing else", None);
        check("x.yaml", "a: b\n", None);
        check("", "", None);
    }
}
