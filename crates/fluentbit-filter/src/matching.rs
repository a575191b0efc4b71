//! `Match` and `Match_Regex`: which tags a filter or output is for.

use fluentbit_config::Section;
use onigmo_regex::Regex;
use source_text::Diagnostic;

/// The tags a filter or an output takes.
///
/// - `Match` is the whole tag; each `*` stands for any bytes, dots too, also none. Nothing else is special.
/// - `Match_Regex` must match from the first byte of the tag, at least one byte, but need not reach its end.
///
/// With both, either is enough.
///
/// ```
/// use fluentbit_filter::matching::TagPattern;
/// use onigmo_regex::Regex;
///
/// let glob = TagPattern::glob("kube.*.api");
/// assert!(glob.matches(b"kube.shop.v2.api"));
/// assert!(!glob.matches(b"kube.shop.api.log"));
///
/// let regex = TagPattern::regex(Regex::new("kube").unwrap());
/// assert!(regex.matches(b"kube.shop"));
/// assert!(!regex.matches(b"xkube"));
/// ```
#[derive(Clone, Debug)]
pub struct TagPattern {
    glob: Option<Box<[u8]>>,
    regex: Option<Regex>,
}

impl TagPattern {
    /// The pattern of `Match`.
    #[must_use]
    pub fn glob(glob: &str) -> Self {
        Self { glob: Some(glob.as_bytes().into()), regex: None }
    }

    /// The pattern of `Match_Regex`.
    #[must_use]
    pub fn regex(regex: Regex) -> Self {
        Self { glob: None, regex: Some(regex) }
    }

    /// The pattern of a section. A `Match_Regex` that does not compile counts as absent, as in Fluent Bit;
    /// it is reported. `None` where neither is left: such a section takes no tag.
    pub fn from_section(section: &Section, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let glob = section.str("match").map(|glob| glob.as_bytes().into());
        let regex = section.get("match_regex").filter(|property| !property.value.is_empty());
        let regex = regex.and_then(|property| {
            crate::regex::compile(&property.value, property.value_span, section.compat)
                .map_err(|problem| {
                    problems.push(problem.help("Fluent Bit ignores such a `Match_Regex`"));
                })
                .ok()
        });
        (glob.is_some() || regex.is_some()).then_some(Self { glob, regex })
    }

    /// Whether `tag` is taken.
    #[must_use]
    pub fn matches(&self, tag: &[u8]) -> bool {
        self.regex.as_ref().is_some_and(|regex| regex.match_at_start(tag).is_some_and(|end| end > 0))
            || self.glob.as_ref().is_some_and(|glob| glob_matches(glob, tag))
    }
}

/// Matches in linear time for one star, and never worse than the product of both lengths: after a mismatch
/// only the last star can usefully take more.
fn glob_matches(glob: &[u8], tag: &[u8]) -> bool {
    let (mut g, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match (glob.get(g), tag.get(t)) {
            (Some(b'*'), _) => {
                g += 1;
                retry = Some((g, t));
            }
            (None, None) => return true,
            (Some(a), Some(b)) if a == b => {
                g += 1;
                t += 1;
            }
            (_, None) => return false,
            _ => {
                let Some((after_star, taken)) = retry else { return false };
                g = after_star;
                t = taken + 1;
                retry = Some((g, t));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use onigmo_regex::Wrapping;
    use proptest::prelude::*;

    use super::*;

    fn check(pattern: &TagPattern, tags: &[(&str, bool)]) {
        for (tag, expected) in tags {
            assert_eq!(pattern.matches(tag.as_bytes()), *expected, "{pattern:?} {tag}");
        }
    }

    #[test]
    fn globs() {
        for (glob, tags) in [
            ("*", &[("", true), ("a", true), ("a.b", true)][..]),
            ("**", &[("", true), ("a", true)]),
            ("app", &[("app", true), ("app.web", false), ("App", false), ("", false)]),
            ("app.*", &[("app.web.1", true), ("app.", true), ("app", false)]),
            ("app*", &[("app", true), ("apple", true), ("xapp", false)]),
            ("*.web", &[("app.web", true), ("app.web.1", false), ("web", false)]),
            ("*web*", &[("app.web.1", true), ("we.b", false)]),
            ("a*p", &[("app", true), ("ap", true), ("apx", false), ("a", false)]),
            ("*p*p*", &[("app", true), ("p.p", true), ("ap", false)]),
            ("*ab*ab", &[("abab", true), ("ababab", true), ("aab", false)]),
            ("kube.*.*.*", &[("kube.a.b.c", true), ("kube.a.b", false)]),
            ("app?", &[("app1", false), ("app?", true)]),
            ("[a]*", &[("a", false), ("[a]b", true)]),
            ("a,b", &[("a", false), ("a,b", true)]),
        ] {
            check(&TagPattern::glob(glob), tags);
        }
    }

    #[test]
    fn regexes() {
        for (pattern, tags) in [
            ("kube", &[("kube.a", true), ("xkube.a", false)][..]),
            ("x*", &[("xapp", true), ("app", false), ("", false)]),
            ("/app/", &[("app.web", true)]),
            ("(?i)APP", &[("app", true)]),
            (".*web", &[("app.web.1", true), ("app", false)]),
        ] {
            let regex = Regex::fluent_bit(pattern, Wrapping::Flags).unwrap();
            check(&TagPattern::regex(regex), tags);
        }
    }

    #[test]
    fn either_is_enough() {
        let regex = Some(Regex::new("b").unwrap());
        let both = TagPattern { glob: Some(b"a".as_slice().into()), regex };
        check(&both, &[("a", true), ("bc", true), ("c", false)]);
    }

    /// By the definition: a star takes as many bytes as it takes.
    fn slow(glob: &[u8], tag: &[u8]) -> bool {
        match glob.split_first() {
            None => tag.is_empty(),
            Some((b'*', rest)) => (0..=tag.len()).any(|taken| slow(rest, &tag[taken..])),
            Some((byte, rest)) => {
                tag.split_first().is_some_and(|(first, tag)| first == byte && slow(rest, tag))
            }
        }
    }

    proptest! {
        #[test]
        fn as_defined(glob in "[ab*]{0,8}", tag in "[ab]{0,10}") {
            prop_assert_eq!(glob_matches(glob.as_bytes(), tag.as_bytes()), slow(glob.as_bytes(), tag.as_bytes()));
        }
    }
}
