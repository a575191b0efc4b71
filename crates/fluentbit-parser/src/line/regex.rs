//! Lines that a pattern takes apart.

use event_model::{Field, Value};
use onigmo_regex::Regex;

use super::{Context, Failure, FailureKind, Parsed, Parser, Warning};

/// A pattern and its named groups.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: Regex,
    /// Groups and their names, in the order of the fields.
    groups: Box<[(usize, Box<[u8]>)]>,
    skip_empty: bool,
}

impl Pattern {
    pub(super) fn new(regex: Regex, skip_empty: bool) -> Self {
        // Names come in the order in which they first appear, each with all its groups.
        let mut groups: Vec<(usize, Box<[u8]>)> = Vec::new();
        for (index, name) in regex.group_names() {
            let last = groups.iter().rposition(|(_, known)| **known == *name.as_bytes());
            groups.insert(last.map_or(groups.len(), |last| last + 1), (index, name.as_bytes().into()));
        }
        Self { regex, groups: groups.into(), skip_empty }
    }

    pub(super) fn regex(&self) -> &Regex {
        &self.regex
    }
}

impl Parser {
    pub(super) fn parse_regex<'a>(
        &'a self,
        pattern: &'a Pattern,
        line: &'a [u8],
        cx: &mut Context<'a, '_>,
        fields: &mut Vec<Field<'a>>,
    ) -> Result<Parsed<'a>, Failure> {
        let no_match = Failure::new(FailureKind::NoMatch, 0);
        if pattern.groups.is_empty() || !pattern.regex.captures(line, &mut cx.scratch.captures) {
            return Err(no_match);
        }
        let start = fields.len();
        let mut parsed = Parsed::default();
        let mut any = false;
        for (index, name) in &pattern.groups {
            let range = cx.scratch.captures.get(*index);
            any |= range.is_some();
            let text = range.and_then(|range| line.get(range)).unwrap_or_default();
            if text.is_empty() && pattern.skip_empty {
                continue;
            }
            if let Some(timed) = self.timed.as_ref().filter(|timed| timed.key == *name) {
                match timed.read(text, cx) {
                    Ok(time) => {
                        parsed.set_time(time);
                        if !timed.keep {
                            continue;
                        }
                    }
                    Err(_) => {
                        parsed.warn(Warning::Time { text });
                        continue;
                    }
                }
            }
            let value = if self.types.is_empty() {
                Value::Str(text)
            } else {
                self.types.cast(name, text, &mut parsed)
            };
            fields.push(Field::new(name, value));
        }
        if !any {
            return Err(no_match);
        }
        self.decoders.apply(start, cx, fields, self.compat);
        Ok(parsed)
    }
}
