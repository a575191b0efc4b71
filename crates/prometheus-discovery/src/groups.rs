//! Target groups that others write: the files of file discovery and the answers of HTTP discovery.
//!
//! Both are lists of groups, each with a list of `targets` (addresses) and a mapping of `labels`.
//!
//! ```
//! use prometheus_discovery::groups;
//! use source_text::SourceId;
//!
//! let text = "- targets: ['10.0.0.7:80']\n  labels: {team: shop}\n";
//! let groups = groups::from_file(SourceId::default(), "/etc/targets.yml", text).unwrap();
//! assert_eq!(groups[0].source, "/etc/targets.yml:0");
//! assert_eq!(groups[0].labels[0], ("__meta_filepath".into(), "/etc/targets.yml".into()));
//! ```

use std::fmt;

use prometheus_config::TargetGroup;
use serde::Deserialize;
use source_text::{Diagnostic, SourceId, Span};

/// An answer of HTTP discovery that cannot be used. Its display says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupsError(String);

/// The groups of the file `name`, with the label `__meta_filepath`. A name that ends in `.json` stands for
/// JSON, any other for YAML.
///
/// With an error, Prometheus keeps the groups that the file had before.
///
/// # Errors
/// All that is wrong with the file.
pub fn from_file(source: SourceId, name: &str, text: &str) -> Result<Vec<TargetGroup>, Vec<Diagnostic>> {
    let is_json = name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"));
    let groups = if is_json {
        json(text.as_bytes()).map_err(|error| {
            vec![Diagnostic::error("invalid-target-groups", Span::at_start(source), error.to_string())]
        })?
    } else {
        TargetGroup::parse_list(source, text)?
    };
    Ok(named(groups, name, "__meta_filepath"))
}

/// The groups of the body of an HTTP discovery's answer, with the label `__meta_url`.
///
/// # Errors
/// When the body is no list of groups.
pub fn from_http(url: &str, body: &[u8]) -> Result<Vec<TargetGroup>, GroupsError> {
    Ok(named(json(body)?, url, "__meta_url"))
}

/// Whether the `Content-Type` of an answer is one that HTTP discovery accepts: JSON, in UTF-8 if it says so.
#[must_use]
pub fn accepts_content_type(header: &str) -> bool {
    let header = header.trim().to_ascii_lowercase();
    let Some(parameters) = header.strip_prefix("application/json") else { return false };
    let Some(parameter) = parameters.strip_prefix(';') else { return parameters.is_empty() };
    matches!(parameter.trim_start(), "charset=utf-8" | "charset=\"utf-8\"")
}

impl fmt::Display for GroupsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GroupsError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    targets: Option<Vec<String>>,
    #[serde(default)]
    labels: Option<std::collections::BTreeMap<String, String>>,
}

fn json(text: &[u8]) -> Result<Vec<TargetGroup>, GroupsError> {
    let groups: Option<Vec<Option<Group>>> =
        serde_json::from_slice(text).map_err(|error| GroupsError(error.to_string()))?;
    groups.unwrap_or_default().into_iter().map(group).collect()
}

fn group(group: Option<Group>) -> Result<TargetGroup, GroupsError> {
    let group = group.ok_or_else(|| GroupsError("nil target group item found".to_owned()))?;
    let labels = group.labels.unwrap_or_default();
    if labels.contains_key("") {
        return Err(GroupsError("\"\" is not a valid label name".to_owned()));
    }
    Ok(TargetGroup::new(group.targets.unwrap_or_default(), labels))
}

/// Gives the groups their sources and a label that tells where they come from.
fn named(mut groups: Vec<TargetGroup>, place: &str, label: &str) -> Vec<TargetGroup> {
    for (index, group) in groups.iter_mut().enumerate() {
        group.source = format!("{place}:{index}");
        group.labels.retain(|(name, _)| name != label);
        group.labels.push((label.to_owned(), place.to_owned()));
        group.labels.sort();
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, text: &str, expected: &str) {
        let shown = match from_file(SourceId::default(), name, text) {
            Ok(groups) => groups
                .iter()
                .map(|group| format!("{} {:?} {:?}", group.source, group.targets, group.labels))
                .collect::<Vec<_>>()
                .join(" / "),
            Err(problems) => problems[0].message().to_owned(),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn files() {
        let group = r#"f.X:0 [[("__address__", "a:1")]] [("__meta_filepath", "f.X"), ("z", "1")]"#;
        check("f.yml", "- targets: ['a:1']\n  labels: {z: 1}\n", &group.replace('X', "yml"));
        check("f.JSON", r#"[{"targets": ["a:1"], "labels": {"z": "1"}}]"#, &group.replace('X', "JSON"));
        check("f.json", "[{}]", r#"f.json:0 [] [("__meta_filepath", "f.json")]"#);
        check("f.yml", "", "");
        check("f.json", "null", "");
    }

    #[test]
    fn mistakes() {
        check("f.yml", "- null\n", "nil target group item found");
        check("f.json", "[null]", "nil target group item found");
        check("f.yml", "- labels: {'': x}\n", "\"\" is not a valid label name");
        check("f.json", r#"[{"labels": {"": "x"}}]"#, "\"\" is not a valid label name");
        check("f.yml", "- x: 1\n", "a target group has no field `x`");
        assert!(from_file(SourceId::default(), "f.json", r#"[{"x": 1}]"#).is_err());
        assert!(from_file(SourceId::default(), "f.json", "").is_err());
        assert!(from_http("http://a", b"<html>").is_err());
    }

    #[test]
    fn content_types() {
        for good in
            ["application/json", "Application/JSON; charset=UTF-8", " application/json;charset=\"utf-8\""]
        {
            assert!(accepts_content_type(good), "{good}");
        }
        for bad in
            ["", "text/json", "application/json; charset=latin1", "application/jsonx", "application/json;"]
        {
            assert!(!accepts_content_type(bad), "{bad}");
        }
    }
}
