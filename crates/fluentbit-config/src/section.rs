//! Sections as settings: what a plugin, a parser or the service was told.

use event_model::Compat;
use source_text::{Diagnostic, Fix, Span};

use crate::value;

/// What a section configures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SectionKind {
    /// The service itself.
    Service,
    /// A parser of lines.
    Parser,
    /// A parser that joins lines.
    MultilineParser,
    /// A stream processor task.
    StreamProcessor,
    /// External plugins.
    Plugins,
    /// A group of servers to balance over.
    UpstreamServers,
    /// A custom plugin.
    Custom,
    /// An input plugin.
    Input,
    /// A filter plugin.
    Filter,
    /// An output plugin.
    Output,
    /// A name Fluent Bit does not know.
    Unknown,
}

impl SectionKind {
    /// The names of sections, in the order 5.1 tries them.
    const NAMES: [(&'static str, Self); 14] = [
        ("service", Self::Service),
        ("parser", Self::Parser),
        ("multiline_parser", Self::MultilineParser),
        ("stream_processor", Self::StreamProcessor),
        ("plugins", Self::Plugins),
        ("upstream_servers", Self::UpstreamServers),
        ("custom", Self::Custom),
        ("customs", Self::Custom),
        ("input", Self::Input),
        ("inputs", Self::Input),
        ("filter", Self::Filter),
        ("filters", Self::Filter),
        ("output", Self::Output),
        ("outputs", Self::Output),
    ];

    /// The kind a classic header names. 5.1 accepts any beginning of a name, `[IN]` for instance, and some
    /// plurals; 1.8 the whole name only. Case does not matter.
    #[must_use]
    pub fn of_header(name: &str, compat: Compat) -> Self {
        let name = name.as_bytes();
        let fits = |full: &str, kind: Self| match compat {
            Compat::V1_8 => {
                full == kind.name() && kind.is_known_to_1_8() && full.as_bytes().eq_ignore_ascii_case(name)
            }
            _ => full.as_bytes().get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)),
        };
        if name.is_empty() {
            return Self::Unknown;
        }
        Self::NAMES.iter().find(|(full, kind)| fits(full, *kind)).map_or(Self::Unknown, |(_, kind)| *kind)
    }

    /// The classic name in lower case, such as `multiline_parser`.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("unknown", |(name, _)| name)
    }

    /// Whether Fluent Bit reads sections of this kind.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::Unknown
    }

    /// Whether 1.8 has sections of this kind in a main or parser file.
    fn is_known_to_1_8(self) -> bool {
        self.is_plugin() || matches!(self, Self::Service | Self::Parser | Self::MultilineParser)
    }

    /// Whether sections of this kind start a plugin, which their key `Name` names.
    #[must_use]
    pub fn is_plugin(self) -> bool {
        matches!(self, Self::Custom | Self::Input | Self::Filter | Self::Output)
    }
}

/// One section with its values expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Section {
    /// What it configures.
    pub kind: SectionKind,
    /// The name in its header.
    pub span: Span,
    /// Its properties in order, repeated keys included.
    pub properties: Vec<Property>,
    /// Its groups in order: `processors` of an input or output, the `rules` of a multiline parser.
    pub groups: Vec<Group>,
    /// The release whose rules the values follow.
    pub compat: Compat,
}

/// Properties with a name of their own inside a section.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// Its name in lower case.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Its properties in order.
    pub properties: Vec<Property>,
    /// Groups inside it.
    pub groups: Vec<Group>,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Property {
    /// The key: as written in the classic form, `camelCase` turned to `snake_case` in YAML. Compare it
    /// without case, as [`Section::get`] does.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value after `${NAME}` was expanded.
    pub value: String,
    /// The value as it is written.
    pub raw: String,
    /// Where the value stands.
    pub value_span: Span,
}

impl Section {
    /// A section without properties.
    #[must_use]
    pub fn new(kind: SectionKind, span: Span, compat: Compat) -> Self {
        Self { kind, span, properties: Vec::new(), groups: Vec::new(), compat }
    }

    /// The property that names the plugin or parser: the first `Name`.
    #[must_use]
    pub fn plugin(&self) -> Option<&Property> {
        self.get_all("name").next()
    }

    /// The value of the first `Name`, or nothing.
    #[must_use]
    pub fn name(&self) -> &str {
        self.plugin().map_or("", |property| &property.value)
    }

    /// The processors of an input or output for a signal (`logs`, `metrics` or `traces`), in order, each as a
    /// section of the kind filter.
    pub fn processors(&self, signal: &str) -> impl Iterator<Item = Section> {
        let lists = self.groups.iter().filter(|group| group.name == "processors");
        lists.flat_map(|list| &list.groups).filter(move |unit| unit.name == signal).map(|unit| Section {
            kind: SectionKind::Filter,
            span: unit.span,
            properties: unit.properties.clone(),
            groups: unit.groups.clone(),
            compat: self.compat,
        })
    }

    /// The property with this key, whatever its case. Of several the one Fluent Bit uses: the last, but the
    /// first in parser sections and for `Name`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Property> {
        let first = matches!(self.kind, SectionKind::Parser | SectionKind::MultilineParser)
            || key.eq_ignore_ascii_case("name");
        let mut found = self.properties.iter().filter(|property| property.is(key));
        if first { found.next() } else { found.next_back() }
    }

    /// All properties with this key, in order.
    pub fn get_all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Property> {
        self.properties.iter().filter(move |property| property.is(key))
    }

    /// The text of a property that is set and not empty.
    #[must_use]
    pub fn str(&self, key: &str) -> Option<&str> {
        self.get(key).map(|property| property.value.as_str()).filter(|value| !value.is_empty())
    }

    /// The boolean of a property, or `default` where it is not set.
    ///
    /// # Errors
    /// The value is none of the six words [`value::parse_bool`] knows.
    pub fn bool(&self, key: &str, default: bool) -> Result<bool, Box<Diagnostic>> {
        match self.get(key).filter(|property| self.kind == SectionKind::Filter || !property.value.is_empty())
        {
            None => Ok(default),
            Some(property) => {
                value::parse_bool(&property.value).ok_or_else(|| Box::new(property.not_boolean()))
            }
        }
    }

    /// The whole number of a property, or `default` where it is not set; see [`value::parse_int`].
    #[must_use]
    pub fn int(&self, key: &str, default: i64) -> i64 {
        self.str(key).map_or(default, value::parse_int)
    }

    /// The decimal number of a property, or `default` where it is not set; see [`value::parse_double`].
    #[must_use]
    pub fn double(&self, key: &str, default: f64) -> f64 {
        self.str(key).map_or(default, value::parse_double)
    }

    /// The size of a property in bytes, or `default` where it is not set. What is no size, and what is
    /// negative, is as large as can be: that is how Fluent Bit uses the -1 it reads then.
    #[must_use]
    pub fn size(&self, key: &str, default: u64) -> u64 {
        self.str(key).map_or(default, |text| {
            value::parse_size(text, self.compat).and_then(|size| u64::try_from(size).ok()).unwrap_or(u64::MAX)
        })
    }

    /// The time span of a property in seconds, or `default` where it is not set; see [`value::parse_time`].
    #[must_use]
    pub fn time(&self, key: &str, default: i64) -> i64 {
        self.str(key).map_or(default, value::parse_time)
    }
}

impl Property {
    /// Whether the key is `key`, whatever its case.
    #[must_use]
    pub fn is(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }

    /// Where `part`, a slice of the value, stands; the whole value where that cannot be told because the
    /// value is quoted or had a variable in it.
    #[must_use]
    pub fn span_of(&self, part: &str) -> Span {
        let is_literal = self.raw == self.value
            && (self.value_span.end - self.value_span.start) as usize == self.value.len();
        let start = part.as_ptr() as usize;
        let from = start.wrapping_sub(self.value.as_ptr() as usize);
        if is_literal && from <= self.value.len() && from + part.len() <= self.value.len() {
            self.value_span.part(from, from + part.len())
        } else {
            self.value_span
        }
    }

    /// The complaint that the value is no boolean.
    pub(crate) fn not_boolean(&self) -> Diagnostic {
        let problem = Diagnostic::error(
            "invalid-boolean",
            self.value_span,
            format!("`{}` is not a boolean, as `{}` needs", self.value, self.key),
        )
        .help("expected one of true, on, yes, false, off, no");
        let meant = match self.value.to_ascii_lowercase().as_str() {
            "1" | "enable" | "enabled" => "on",
            "0" | "disable" | "disabled" => "off",
            _ => return problem,
        };
        match self.rewritten(meant) {
            Some(edit) => problem.with_fix(Fix::likely(format!("write `{meant}`"), vec![edit])),
            None => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        use SectionKind as K;
        for (name, expected_5_1, expected_1_8) in [
            ("SERVICE", K::Service, K::Service),
            ("input", K::Input, K::Input),
            ("I", K::Input, K::Unknown),
            ("O", K::Output, K::Unknown),
            ("s", K::Service, K::Unknown),
            ("st", K::StreamProcessor, K::Unknown),
            ("P", K::Parser, K::Unknown),
            ("INPUTS", K::Input, K::Unknown),
            ("PARSERS", K::Unknown, K::Unknown),
            ("OUTPTU", K::Unknown, K::Unknown),
            ("", K::Unknown, K::Unknown),
            (" INPUT", K::Unknown, K::Unknown),
        ] {
            assert_eq!(K::of_header(name, Compat::V5_1), expected_5_1, "{name}");
            assert_eq!(K::of_header(name, Compat::V1_8), expected_1_8, "{name}");
        }
    }
}
