//! `tag`: from the name of a log file to its tag and its pod.

use kubernetes_tag::{ContainerLog, DEFAULT_PREFIX, PodIdentity, PodTag, TagTemplate};
use onigmo_regex::{Captures, Regex};
use serde::{Deserialize, Serialize};

use super::{Content, Error, Mode};

/// A file name and how tags are made of such.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TagRequest {
    /// The path of the file.
    pub path: Content,
    /// `Tag` of the input.
    pub tag: String,
    /// `Tag_Regex` of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_regex: Option<String>,
    /// `Kube_Tag_Prefix` of the kubernetes filter; `kube.var.log.containers.` where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The `Regex` of the parser that `Regex_Parser` of the kubernetes filter names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_regex: Option<String>,
    /// The release of Fluent Bit to follow.
    pub compat: Mode,
}

/// The tag, and what is read out of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TagAnswer {
    /// The tag; null if the file gets none and is not followed.
    pub tag: Option<Content>,
    /// Why it gets none.
    pub problem: Option<String>,
    /// What the groups of `tag_regex` matched in the path.
    pub groups: Vec<Group>,
    /// What the kubernetes filter reads out of the tag.
    pub pod: Option<PodFields>,
    /// Why it reads nothing.
    pub pod_problem: Option<String>,
    /// What the file's name says, if it is that of a container's log.
    pub container_log: Option<PodFields>,
}

/// A group of a match.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What it matched; null if it took no part.
    pub value: Option<Content>,
    /// Byte offset of its start in what was searched.
    pub start: Option<usize>,
    /// Byte offset of its end.
    pub end: Option<usize>,
}

/// Where a record comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PodFields {
    /// The pod.
    pub pod_name: Option<Content>,
    /// Its namespace.
    pub namespace_name: Option<Content>,
    /// The container.
    pub container_name: Option<Content>,
    /// The container's id.
    pub docker_id: Option<Content>,
}

impl PodFields {
    pub(super) fn of(pod: &PodIdentity<'_>) -> Self {
        let content = |bytes: Option<&[u8]>| bytes.map(Content::from);
        Self {
            pod_name: content(pod.pod_name),
            namespace_name: content(pod.namespace_name),
            container_name: content(pod.container_name),
            docker_id: content(pod.docker_id),
        }
    }
}

/// Makes the tag of a file, and reads the pod out of it.
///
/// ```
/// use weirgate::api::{TagRequest, tag};
///
/// let request = TagRequest {
///     path: "/var/log/containers/web-1_shop_nginx-0123.log".into(),
///     tag: "kube.<ns>.<pod>".into(),
///     tag_regex: Some(r"(?<pod>[^_/]+)_(?<ns>[^_]+)_".into()),
///     ..TagRequest::default()
/// };
/// let answer = tag(&request)?;
/// assert_eq!(answer.tag.unwrap().text(), "kube.shop.web-1");
/// assert_eq!(answer.groups[1].start, Some(26));
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When a pattern does not compile.
pub fn tag(request: &TagRequest) -> Result<TagAnswer, Error> {
    let compile = |pattern: &Option<String>| {
        pattern.as_deref().map(|pattern| compile(pattern, request.compat)).transpose()
    };
    let regex = compile(&request.tag_regex)?;
    let path = request.path.bytes();
    let groups = regex.as_ref().map(|regex| named_groups(regex, path)).unwrap_or_default();
    let made = TagTemplate::new(&request.tag, regex).tag(path);
    let reader = match (compile(&request.pod_regex)?, request.prefix.as_deref()) {
        (Some(pattern), prefix) => PodTag::new(prefix.unwrap_or(DEFAULT_PREFIX), pattern),
        (None, None) => PodTag::default(),
        (None, Some(prefix)) => {
            PodTag::new(prefix, self::compile(kubernetes_tag::DEFAULT_PATTERN, Mode::Safe)?)
        }
    };
    let pod = made.as_ref().ok().map(|tag| reader.read(tag));
    let content = |bytes: Option<&[u8]>| bytes.map(Content::from);
    Ok(TagAnswer {
        groups,
        pod: pod.as_ref().and_then(|pod| pod.as_ref().ok()).map(PodFields::of),
        pod_problem: pod.and_then(Result::err).map(|error| error.to_string()),
        container_log: ContainerLog::parse(path).map(|log| PodFields {
            pod_name: content(Some(log.pod)),
            namespace_name: content(Some(log.namespace)),
            container_name: content(Some(log.container)),
            docker_id: content(Some(log.id)),
        }),
        problem: made.as_ref().err().map(ToString::to_string),
        tag: made.ok().map(Content::from),
    })
}

fn compile(pattern: &str, mode: Mode) -> Result<Regex, Error> {
    fluentbit_parser::compile_pattern(pattern, mode.compat())
        .map_err(|error| Error::input(format!("`{pattern}` does not compile: {error}")))
}

/// The named groups of the first match in `text`, in the order of the pattern.
pub(super) fn named_groups(regex: &Regex, text: &[u8]) -> Vec<Group> {
    let mut captures = Captures::new();
    let matched = regex.captures(text, &mut captures);
    let group = |(index, name): (usize, &str)| {
        let range = captures.get(index).filter(|_| matched);
        Group {
            name: name.to_owned(),
            value: range.clone().and_then(|range| text.get(range)).map(Content::from),
            start: range.as_ref().map(|range| range.start),
            end: range.map(|range| range.end),
        }
    };
    regex.group_names().map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        let id = "0123456789abcdef".repeat(4);
        let path = format!("/var/log/containers/web-1_shop_nginx-{id}.log");
        for (tag_text, tag_regex, expected, pod) in [
            (
                "kube.*",
                None,
                Some(format!("kube.var.log.containers.web-1_shop_nginx-{id}.log")),
                Some("web-1"),
            ),
            ("app", None, Some("app".to_owned()), None),
            ("app.<a>", Some("(?<a>X)"), None, None),
        ] {
            let request = TagRequest {
                path: path.as_str().into(),
                tag: tag_text.into(),
                tag_regex: tag_regex.map(str::to_owned),
                ..TagRequest::default()
            };
            let answer = tag(&request).unwrap();
            assert_eq!(answer.tag, expected.map(Content::from), "{tag_text}");
            assert_eq!(answer.problem.is_some(), answer.tag.is_none(), "{tag_text}");
            let found = answer.pod.and_then(|pod| pod.pod_name);
            assert_eq!(found.as_ref().map(|name| name.text()).as_deref(), pod, "{tag_text}");
            assert_eq!(answer.container_log.unwrap().container_name, Some("nginx".into()));
        }
    }
}
