//! Which pod a tag names.

use std::fmt;

use onigmo_regex::{Captures, Regex};

/// `Kube_Tag_Prefix` of the `kubernetes` filter where none is given.
pub const DEFAULT_PREFIX: &str = "kube.var.log.containers.";

/// The pattern of the `kubernetes` filter where no `Regex_Parser` is given.
pub const DEFAULT_PATTERN: &str = concat!(
    r"(?<pod_name>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)",
    r"_(?<namespace_name>[^_]+)_(?<container_name>.+)-(?<docker_id>[a-z0-9]{64})\.log$"
);

/// Reads a pod out of a tag, as the `kubernetes` filter does.
///
/// As many bytes as the prefix has are removed from the tag, whatever they are: the prefix is never compared.
/// The pattern is then searched in the rest, not anchored unless it says so.
///
/// ```
/// use kubernetes_tag::PodTag;
/// use onigmo_regex::Regex;
///
/// let pattern = Regex::new(r"^(?<namespace_name>[^.]+)\.(?<pod_name>.+)$").unwrap();
/// let reader = PodTag::new("kube.", pattern);
/// let pod = reader.read(b"kube.default.web-1").unwrap();
/// assert_eq!(pod.namespace_name, Some(&b"default"[..]));
/// assert_eq!(pod.container_name, None);
/// ```
#[derive(Clone, Debug)]
pub struct PodTag {
    prefix: usize,
    regex: Regex,
    groups: Vec<(usize, Part)>,
}

#[derive(Clone, Copy, Debug)]
enum Part {
    PodName,
    NamespaceName,
    ContainerName,
    DockerId,
    ContainerHash,
}

/// What a tag says about where a record comes from. Parts that matched nothing are absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PodIdentity<'t> {
    /// Group `pod_name`.
    pub pod_name: Option<&'t [u8]>,
    /// Group `namespace_name`.
    pub namespace_name: Option<&'t [u8]>,
    /// Group `container_name`.
    pub container_name: Option<&'t [u8]>,
    /// Group `docker_id`: the container's id at its runtime, whichever that is.
    pub docker_id: Option<&'t [u8]>,
    /// Group `container_hash`.
    pub container_hash: Option<&'t [u8]>,
}

impl PodTag {
    /// A reader of tags that start with something as long as `prefix` and go on as `pattern` says.
    #[must_use]
    pub fn new(prefix: &str, pattern: Regex) -> Self {
        let part = |name: &str| match name {
            "pod_name" => Some(Part::PodName),
            "namespace_name" => Some(Part::NamespaceName),
            "container_name" => Some(Part::ContainerName),
            "docker_id" => Some(Part::DockerId),
            "container_hash" => Some(Part::ContainerHash),
            _ => None,
        };
        let groups = pattern.group_names().filter_map(|(index, name)| Some((index, part(name)?))).collect();
        Self { prefix: prefix.len(), regex: pattern, groups }
    }

    /// The pod `tag` names.
    ///
    /// # Errors
    ///
    /// When the tag is not longer than the prefix and one byte, or the rest does not match. The filter then
    /// leaves the records of this tag alone.
    pub fn read<'t>(&self, tag: &'t [u8]) -> Result<PodIdentity<'t>, PodTagError> {
        let rest = match tag.get(self.prefix..) {
            Some(rest) if rest.len() > 1 => rest,
            _ => return Err(PodTagError::TooShort),
        };
        let mut captures = Captures::new();
        // A pattern without groups counts as no match.
        if self.regex.group_count() == 0 || !self.regex.captures(rest, &mut captures) {
            return Err(PodTagError::NoMatch);
        }
        let mut found = PodIdentity::default();
        for (group, part) in &self.groups {
            let text = captures.get(*group).and_then(|range| rest.get(range));
            let place = match part {
                Part::PodName => &mut found.pod_name,
                Part::NamespaceName => &mut found.namespace_name,
                Part::ContainerName => &mut found.container_name,
                Part::DockerId => &mut found.docker_id,
                Part::ContainerHash => &mut found.container_hash,
            };
            if place.is_none() {
                *place = text.filter(|text| !text.is_empty());
            }
        }
        Ok(found)
    }
}

impl Default for PodTag {
    /// The reader for the tags of `Tag kube.*` on `/var/log/containers/*.log`.
    fn default() -> Self {
        // The pattern is a constant, and a test compiles it.
        Self::new(DEFAULT_PREFIX, Regex::new(DEFAULT_PATTERN).expect("a valid pattern"))
    }
}

/// Why a tag names no pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PodTagError {
    /// The tag is not longer than the prefix and one byte.
    TooShort,
    /// The rest of the tag does not match the pattern.
    NoMatch,
}

impl fmt::Display for PodTagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "the tag is shorter than the prefix",
            Self::NoMatch => "the tag does not match the pattern",
        })
    }
}

impl std::error::Error for PodTagError {}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &str = concat!(
        r"^(?<namespace_name>[^_]+)\.(?<container_name>.+)\.",
        r"(?<pod_name>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)",
        r"\.(?<docker_id>[a-z0-9]{64})-$"
    );

    fn check(reader: &PodTag, tag: &str, expected: Result<[&str; 5], PodTagError>) {
        let found = reader.read(tag.as_bytes()).map(|pod| {
            let parts =
                [pod.pod_name, pod.namespace_name, pod.container_name, pod.docker_id, pod.container_hash];
            parts.map(|part| std::str::from_utf8(part.unwrap_or(b"-")).unwrap())
        });
        assert_eq!(found, expected, "{tag}");
    }

    fn id() -> String {
        "0123456789abcdef".repeat(4)
    }

    #[test]
    fn default_tags() {
        let reader = PodTag::default();
        let id = id();
        let tag = |name: &str| format!("kube.var.log.containers.{name}-{id}.log");
        check(&reader, &tag("web-1_ns_api"), Ok(["web-1", "ns", "api", &id, "-"]));
        check(&reader, &tag("my.pod-0_ns_api-main-x"), Ok(["my.pod-0", "ns", "api-main-x", &id, "-"]));
        // The search is not anchored: a name that does not fit loses its front.
        check(&reader, &tag("Upper-Pod_ns_c"), Ok(["od", "ns", "c", &id, "-"]));
        check(&reader, &tag("web-1_ns"), Err(PodTagError::NoMatch));
        check(&reader, "kube.var.log.containers.x", Err(PodTagError::TooShort));
        check(&reader, "", Err(PodTagError::TooShort));
    }

    #[test]
    fn the_prefix_is_only_counted() {
        let id = id();
        let tag = format!("kube.ns-1.api.web-1.{id}-");
        let read = |prefix| PodTag::new(prefix, Regex::new(SEED).unwrap());
        check(&read("kube."), &tag, Ok(["web-1", "ns-1", "api", &id, "-"]));
        check(&read("abcd."), &tag, Ok(["web-1", "ns-1", "api", &id, "-"]));
        check(&read("kube.ns-"), &tag, Ok(["web-1", "1", "api", &id, "-"]));
        check(&read(""), &tag, Ok(["web-1", "kube.ns-1", "api", &id, "-"]));
        check(&read("kube."), "kube.", Err(PodTagError::TooShort));
        check(&read("kube."), "kube.a", Err(PodTagError::TooShort));
        check(&read("kube."), "kube.ab", Err(PodTagError::NoMatch));
    }

    #[test]
    fn groups_that_are_missing_or_empty() {
        let read = |pattern| PodTag::new("", Regex::new(pattern).unwrap());
        check(&read("(?<pod_name>[a-z]+)$"), "9web", Ok(["web", "-", "-", "-", "-"]));
        check(&read("(?<pod_name>x?)(?<container_hash>w)"), "9web", Ok(["-", "-", "-", "-", "w"]));
        check(&read("(?<other>web)"), "9web", Ok(["-"; 5]));
        check(&read("web"), "9web", Err(PodTagError::NoMatch));
    }
}
