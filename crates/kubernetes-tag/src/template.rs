//! The `Tag` and `Tag_Regex` options of `tail`.

use std::fmt;

use onigmo_regex::{Captures, Regex};

/// How `tail` makes a tag of a file's path.
///
/// - With `Tag_Regex`, each `<name>` of the tag is replaced by what the group of that name matched in the
///   path, by `_` where it matched nothing or does not exist. A `*` stays as it is.
/// - Otherwise the first `*` of the tag is replaced by the path, and the result is cleaned: `/`, `\` and `:`
///   become dots (at the start they vanish), runs of dots become one, every other `*` and one dot at the end
///   are removed.
/// - Without either, the tag is used as it stands.
///
/// ```
/// use kubernetes_tag::TagTemplate;
/// use onigmo_regex::Regex;
///
/// let by_path = TagTemplate::new("app.*", None);
/// assert_eq!(by_path.tag(b"/var/log/a.log").unwrap(), b"app.var.log.a.log");
///
/// let by_name = TagTemplate::new("app.<name>", Some(Regex::new(r"(?<name>[^/]+)\.log$").unwrap()));
/// assert_eq!(by_name.tag(b"/var/log/a.log").unwrap(), b"app.a");
/// assert!(by_name.tag(b"/var/log/a.txt").is_err()); // such a file is not followed
/// ```
#[derive(Clone, Debug)]
pub struct TagTemplate {
    text: Box<[u8]>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// The text is the tag.
    Fixed,
    /// The path goes where the `*` at this position is.
    Path(usize),
    /// Groups of a match go into the text.
    Groups(Groups),
}

#[derive(Clone, Debug)]
struct Groups {
    regex: Regex,
    parts: Vec<Part>,
    /// Position after the `<` that is not closed.
    unclosed: Option<usize>,
}

#[derive(Clone, Debug)]
enum Part {
    Literal(Box<[u8]>),
    /// The groups of this name, the last one first.
    Group(Vec<usize>),
}

impl TagTemplate {
    /// The template `tag`, filled by the groups of `regex` if there is one (`Tag_Regex`).
    ///
    /// Fluent Bit ignores a `Tag_Regex` that does not compile: pass `None` for it.
    #[must_use]
    pub fn new(tag: &str, regex: Option<Regex>) -> Self {
        let kind = match (regex, tag.find('*')) {
            (Some(regex), _) => Kind::Groups(Groups::new(tag, regex)),
            (None, Some(star)) => Kind::Path(star),
            (None, None) => Kind::Fixed,
        };
        Self { text: tag.as_bytes().into(), kind }
    }

    /// Whether every file gets the same tag.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        matches!(self.kind, Kind::Fixed)
    }

    /// Why no file at all can get a tag, if that can be said without a path.
    #[must_use]
    pub fn problem(&self) -> Option<TagError> {
        match &self.kind {
            Kind::Groups(groups) if groups.regex.group_count() == 0 => Some(TagError::NoGroup),
            Kind::Groups(Groups { unclosed: Some(position), .. }) => Some(TagError::Unclosed(*position)),
            _ => None,
        }
    }

    /// The tag of the file at `path`.
    ///
    /// # Errors
    ///
    /// With `Tag_Regex`, when the path does not match, the pattern has no group or a `<` of the tag is not
    /// closed. Fluent Bit does not follow such a file and tries again at each scan.
    pub fn tag(&self, path: &[u8]) -> Result<Vec<u8>, TagError> {
        match &self.kind {
            Kind::Fixed => Ok(self.text.to_vec()),
            Kind::Path(star) => {
                let (before, after) = self.text.split_at(*star);
                Ok(clean([before, path, after]))
            }
            Kind::Groups(groups) => groups.fill(path),
        }
    }
}

impl Groups {
    fn new(tag: &str, regex: Regex) -> Self {
        let mut parts = Vec::new();
        let mut unclosed = None;
        let mut rest = tag;
        while let Some((literal, open)) = rest.split_once('<') {
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.as_bytes().into()));
            }
            let Some((name, after)) = open.split_once('>').filter(|(name, _)| !name.contains('<')) else {
                unclosed = Some(tag.len() - open.len());
                break;
            };
            let mut groups: Vec<usize> =
                regex.group_names().filter(|(_, group)| *group == name).map(|(index, _)| index).collect();
            groups.reverse();
            parts.push(Part::Group(groups));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.as_bytes().into()));
        }
        Self { regex, parts, unclosed }
    }

    fn fill(&self, path: &[u8]) -> Result<Vec<u8>, TagError> {
        if self.regex.group_count() == 0 {
            return Err(TagError::NoGroup);
        }
        let mut captures = Captures::new();
        if !self.regex.captures(path, &mut captures) {
            return Err(TagError::NoMatch);
        }
        if let Some(position) = self.unclosed {
            return Err(TagError::Unclosed(position));
        }
        let mut tag = Vec::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => tag.extend_from_slice(text),
                Part::Group(groups) => {
                    let matched = groups.iter().filter_map(|group| captures.get(*group));
                    let matched = matched.filter_map(|range| path.get(range)).find(|text| !text.is_empty());
                    tag.extend_from_slice(matched.unwrap_or(b"_"));
                }
            }
        }
        Ok(tag)
    }
}

/// One tag out of `parts`.
fn clean(parts: [&[u8]; 3]) -> Vec<u8> {
    let mut tag: Vec<u8> = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
    for &byte in parts.into_iter().flatten() {
        match byte {
            b'/' | b'\\' | b':' if tag.is_empty() => {}
            b'/' | b'\\' | b':' | b'.' => {
                if tag.last() != Some(&b'.') {
                    tag.push(b'.');
                }
            }
            b'*' => {}
            _ => tag.push(byte),
        }
    }
    if tag.last() == Some(&b'.') {
        tag.pop();
    }
    tag
}

/// Why a file gets no tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TagError {
    /// The path does not match `Tag_Regex`.
    NoMatch,
    /// `Tag_Regex` has no group, which Fluent Bit takes for no match.
    NoGroup,
    /// A `<` of the tag is not closed; the position is that of the byte after it.
    Unclosed(usize),
}

impl fmt::Display for TagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMatch => f.write_str("the path does not match `Tag_Regex`"),
            Self::NoGroup => f.write_str("the pattern has no group"),
            Self::Unclosed(position) => {
                write!(f, "the `<` before position {position} of the tag is not closed")
            }
        }
    }
}

impl std::error::Error for TagError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tag: &str, pattern: Option<&str>, path: &str, expected: Result<&str, TagError>) {
        let template = TagTemplate::new(tag, pattern.map(|pattern| Regex::new(pattern).unwrap()));
        let found = template.tag(path.as_bytes()).map(|tag| String::from_utf8(tag).unwrap());
        assert_eq!(found, expected.map(str::to_owned), "{tag} {pattern:?} {path}");
    }

    #[test]
    fn paths() {
        for (tag, path, expected) in [
            ("app.*", "/v/a.log", "app.v.a.log"),
            ("*", "/v/a.log", "v.a.log"),
            ("*", "//v//a..log", "v.a.log"),
            ("*.app", "/v/a.log", "v.a.log.app"),
            ("a.*.b.*", "/v/x", "a.v.x.b"),
            ("a.*.*.*.b", "/v/x", "a.v.x.b"),
            ("a**b", "/v/x", "a.v.xb"),
            ("..app..*..", "/v/x", ".app.v.x"),
            ("my app.*", "/v/x y", "my app.v.x y"),
            (r"a\b:c/*", r"/v\w:x/y", "a.b.c.v.w.x.y"),
            ("/*", "/", ""),
            (".*", "/", ""),
            // Without a star nothing is cleaned.
            ("app..x", "/v/x", "app..x"),
            ("app/sub.", "/v/x", "app/sub."),
            ("k.<x>", "/v/x", "k.<x>"),
        ] {
            check(tag, None, path, Ok(expected));
        }
        assert!(TagTemplate::new("app", None).is_fixed());
        assert!(!TagTemplate::new("app.*", None).is_fixed());
    }

    #[test]
    fn groups() {
        let pair = Some(r"/(?<x>a)(?<y>z)?b\.log$");
        for (tag, path, expected) in [
            ("k.<x>.<y>", "/ab.log", Ok("k.a._")),
            ("k.<x>.<y>", "/azb.log", Ok("k.a.z")),
            ("<x><zone><>", "/ab.log", Ok("a__")),
            ("k.*.<x>", "/ab.log", Ok("k.*.a")),
            ("k.a>b.<x>", "/ab.log", Ok("k.a>b.a")),
            ("fixed", "/ab.log", Ok("fixed")),
            ("", "/ab.log", Ok("")),
            ("..<x>/", "/ab.log", Ok("..a/")),
            ("k.<x>", "/cb.log", Err(TagError::NoMatch)),
            ("k.<x", "/ab.log", Err(TagError::Unclosed(3))),
            ("k.<x<y>", "/ab.log", Err(TagError::Unclosed(3))),
            ("<x>.<", "/ab.log", Err(TagError::Unclosed(5))),
        ] {
            check(tag, pair, path, expected);
        }
        check("k.<x>", Some(r"ab\.log$"), "/ab.log", Err(TagError::NoGroup));
        check("k.<x>", Some("(a)b"), "/ab.log", Ok("k._"));
    }

    /// The pattern many people copy has the two backslashes of a C string: it asks for a backslash in the
    /// path, finds none, and loses what stands before a dot in the pod's name.
    #[test]
    fn two_backslashes() {
        let tag = "k.<pod_name>";
        let path = "/my-pod.v1.2-x_ns_c.log";
        let two = r"(?<pod_name>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)_ns";
        check(tag, Some(two), path, Ok("k.2-x"));
        check(tag, Some(&two.replace(r"\\", r"\")), path, Ok("k.my-pod.v1.2-x"));
    }

    #[test]
    fn problems() {
        let problem = |tag, pattern| TagTemplate::new(tag, Some(Regex::new(pattern).unwrap())).problem();
        assert_eq!(problem("<x>", "a"), Some(TagError::NoGroup));
        assert_eq!(problem("a<x", "(?<x>a)"), Some(TagError::Unclosed(2)));
        assert_eq!(problem("a<x>", "(?<x>a)"), None);
        assert_eq!(TagTemplate::new("a<x", None).problem(), None);
    }
}
