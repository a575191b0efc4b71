//! Replacement templates as Go's `Expand` reads them.

use std::ops::Range;

use crate::{Captures, Regex, unicode};

/// A replacement with references to the groups of one pattern.
///
/// `$name` and `${name}` stand for a group, `$$` for a dollar sign. A name is the longest run of letters,
/// digits and `_`, so that `$1x` is the group named `1x`; a number without leading zeros is the number of a
/// group. A group that does not exist or took no part in the match is empty; of several groups of one name
/// the first that took part counts. A dollar sign that starts none of these stands for itself.
///
/// ```
/// use re2_regex::{Captures, Regex, Template};
///
/// let regex = Regex::anchored(r"(\w+)-(\w+)")?;
/// let mut captures = Captures::new();
/// assert!(regex.captures("north-south", &mut captures));
/// let expand = |template| {
///     let mut out = String::new();
///     Template::new(template, &regex).expand("north-south", &captures, &mut out);
///     out
/// };
/// assert_eq!(expand("${2}_$1"), "south_north");
/// assert_eq!(expand("$1_$2"), "south");
/// assert_eq!(expand("$$1 ${ $-"), "$1 ${ $-");
/// # Ok::<(), re2_regex::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Template {
    source: Box<str>,
    /// The text between the references, without escapes.
    literal: Box<str>,
    /// References, each after the text that stands before it.
    references: Box<[Reference]>,
    /// Where the text after the last reference starts.
    tail: usize,
}

#[derive(Clone, Debug)]
struct Reference {
    /// The part of the literal before it.
    before: Range<usize>,
    /// The groups it may stand for, in order.
    groups: Box<[usize]>,
}

impl Template {
    /// Reads `template`, with the names of the groups of `regex`. Every text is a template.
    #[must_use]
    pub fn new(template: &str, regex: &Regex) -> Self {
        let mut literal = String::with_capacity(template.len());
        let mut references = Vec::new();
        let mut start = 0;
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('$') {
            literal.push_str(before);
            rest = after;
            if let Some(after) = rest.strip_prefix('$') {
                literal.push('$');
                rest = after;
            } else if let Some((name, after)) = reference(rest) {
                references.push(Reference { before: start..literal.len(), groups: groups(name, regex) });
                start = literal.len();
                rest = after;
            } else {
                literal.push('$');
            }
        }
        literal.push_str(rest);
        Self { source: template.into(), literal: literal.into(), references: references.into(), tail: start }
    }

    /// The template as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The result, if it is the same for every match.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        self.references.is_empty().then_some(&self.literal)
    }

    /// The number of the group the template stands for, if it is a single reference and nothing else.
    #[must_use]
    pub fn as_group(&self) -> Option<usize> {
        match (&*self.references, self.literal.is_empty()) {
            ([Reference { groups, .. }], true) => match **groups {
                [group] => Some(group),
                _ => None,
            },
            _ => None,
        }
    }

    /// Appends the template to `out` with its references replaced by the groups of a match in `text`.
    pub fn expand(&self, text: &str, captures: &Captures, out: &mut String) {
        for Reference { before, groups } in &self.references {
            out.push_str(self.literal.get(before.clone()).unwrap_or_default());
            let group = groups.iter().find_map(|group| captures.get(*group));
            out.push_str(group.and_then(|span| text.get(span)).unwrap_or_default());
        }
        out.push_str(self.literal.get(self.tail..).unwrap_or_default());
    }
}

/// Splits the name of a reference from what follows it; `text` stands after the dollar sign.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (braces, text) = match text.strip_prefix('{') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let end = text.find(|char| !unicode::is_name(char)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    Some((name, if braces { rest.strip_prefix('}')? } else { rest }))
}

/// The groups `name` stands for.
fn groups(name: &str, regex: &Regex) -> Box<[usize]> {
    // As in Go, where a number is one below a billion.
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit())
        && name.len() <= 9
        && (name.len() == 1 || !name.starts_with('0'));
    if is_number {
        return name.parse().into_iter().filter(|group| *group < regex.group_count()).collect();
    }
    regex
        .group_names()
        .enumerate()
        .filter(|(_, known)| *known == Some(name))
        .map(|(group, _)| group)
        .collect()
}
