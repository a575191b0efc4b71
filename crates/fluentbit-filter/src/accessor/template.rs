//! Filling templates.

use event_model::json::{self, Style};
use event_model::{Compat, Field, Kind, Value, number};
use onigmo_regex::Captures;

use super::{AccessorError, Part, parse};

/// A text with `$TAG`, `$TAG[n]`, `$0` to `$9` and `$key['sub']` in it, such as the new tag of `rewrite_tag`.
///
/// What is missing is left out: a key the record does not have, a part the tag does not have, a group that
/// matched nothing. Numbers, booleans and `null` are written as text, maps as JSON, lists not at all.
///
/// ```
/// use event_model::{Compat, Field, Value};
/// use fluentbit_filter::accessor::{Source, Template};
///
/// let template = Template::parse("$TAG[1].$level", Compat::V5_1).unwrap();
/// let record = [Field::new(b"level", Value::Str(b"warn"))];
/// let mut out = Vec::new();
/// template.fill(&mut out, &Source { tag: b"app.web", fields: &record, matched: None });
/// assert_eq!(out, b"web.warn");
/// ```
#[derive(Clone, Debug)]
pub struct Template {
    parts: Vec<Part>,
    compat: Compat,
}

/// What a template is filled from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    /// The tag of the record.
    pub tag: &'s [u8],
    /// Its fields.
    pub fields: &'s [Field<'s>],
    /// The text that matched and its groups, for `$0` to `$9`.
    pub matched: Option<(&'s [u8], &'s Captures)>,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// When an accessor in it is malformed.
    pub fn parse(text: &str, compat: Compat) -> Result<Self, AccessorError> {
        Ok(Self { parts: parse::parts(text, compat)?, compat })
    }

    /// Whether the text does not depend on the record, only on its tag.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        !self.parts.iter().any(|part| matches!(part, Part::Path(_) | Part::Group(_)))
    }

    /// The text, if it is always the same.
    #[must_use]
    pub fn as_text(&self) -> Option<Vec<u8>> {
        let texts = self.parts.iter().map(|part| match part {
            Part::Text(text) => Some(&**text),
            _ => None,
        });
        texts.collect::<Option<Vec<_>>>().map(|texts| texts.concat())
    }

    /// Appends the text for `source`.
    pub fn fill(&self, out: &mut Vec<u8>, source: &Source<'_>) {
        for part in &self.parts {
            match part {
                Part::Text(text) => out.extend_from_slice(text),
                Part::Tag => out.extend_from_slice(source.tag),
                Part::TagSegment(index) => out.extend_from_slice(tag_part(source.tag, *index)),
                Part::Group(group) => {
                    let text = source
                        .matched
                        .and_then(|(text, captures)| captures.get(*group).and_then(|range| text.get(range)));
                    out.extend_from_slice(text.unwrap_or_default());
                }
                Part::Path(path) => {
                    if let Some(found) = path.find(source.fields, self.compat) {
                        self.write(out, found.value);
                    }
                }
            }
        }
    }

    fn write(&self, out: &mut Vec<u8>, value: Value<'_>) {
        match value.resolve() {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
            Value::Int(value) => number::integer(out, value),
            // Read as a signed number.
            Value::UInt(value) => number::integer(out, value.cast_signed()),
            Value::Float(value) => number::fixed_float(out, value),
            Value::Str(text) => out.extend_from_slice(text),
            other if other.kind() == Kind::Map => {
                json::value(out, value, Style::default_of(self.compat));
            }
            _ => {}
        }
    }
}

/// Part `index` of a tag's parts between dots. A tag that ends with a dot has no empty last part.
fn tag_part(tag: &[u8], index: usize) -> &[u8] {
    let tag = match tag.strip_suffix(b".") {
        Some(before) if !before.is_empty() => before,
        _ => tag,
    };
    tag.split(|byte| *byte == b'.').nth(index).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use onigmo_regex::Regex;

    use super::*;

    fn check(template: &str, tag: &str, expected: &str) {
        let map = [Field::new(b"x", Value::Int(1)), Field::new("é".as_bytes(), Value::Null)];
        let fields = [
            Field::new(b"s", Value::Str(b"two")),
            Field::new(b"i", Value::Int(-7)),
            Field::new(b"u", Value::UInt(u64::MAX)),
            Field::new(b"f", Value::Float(1.5)),
            Field::new(b"t", Value::Bool(true)),
            Field::new(b"n", Value::Null),
            Field::new(b"m", Value::Map(&map)),
            Field::new(b"l", Value::Array(&[Value::Null])),
        ];
        let mut captures = Captures::new();
        assert!(Regex::new("(t)(w)(z)?o").unwrap().captures(b"two", &mut captures));
        let mut out = Vec::new();
        let source = Source { tag: tag.as_bytes(), fields: &fields, matched: Some((b"two", &captures)) };
        Template::parse(template, Compat::V5_1).unwrap().fill(&mut out, &source);
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{template} {tag}");
    }

    #[test]
    fn filled() {
        for (template, tag, expected) in [
            ("new.tag", "app", "new.tag"),
            ("copy.$TAG", "app.web", "copy.app.web"),
            ("$TAG[0]", "app", "app"),
            ("$TAG[0]", "", ""),
            ("$TAG[1]", "app", ""),
            ("$TAG[1].$0.$2", "app.web", "web.two.w"),
            ("$TAG[2].x", "app.web", ".x"),
            ("$TAG[0].x", "app.", "app.x"),
            ("$TAG[1].x", "app..", ".x"),
            ("$3.$9.", "app", ".."),
            ("$s-$i", "app", "two-$i"),
            ("$s.$i.$u.$f.$t.$n", "app", "two.-7.-1.1.500000.true.null"),
            (r"$m.x", "app", r#"{"x":1,"\u00e9":null}.x"#),
            ("$l.$zz.x", "app", "..x"),
        ] {
            if template == "$s-$i" {
                // A `$` inside an accessor is an error, not text.
                assert!(Template::parse(template, Compat::V5_1).is_err());
                continue;
            }
            check(template, tag, expected);
        }
    }

    #[test]
    fn constant() {
        let constant = |text| Template::parse(text, Compat::V5_1).unwrap().is_constant();
        assert!(constant("a.$TAG[1].$TAG"));
        assert!(!constant("a.$1"));
        assert!(!constant("$k"));
        let text = |text| Template::parse(text, Compat::V5_1).unwrap().as_text();
        assert_eq!(text("new.tag"), Some(b"new.tag".to_vec()));
        assert_eq!(text("new.$TAG"), None);
    }
}
