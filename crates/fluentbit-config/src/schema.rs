//! What may be configured: plugins and their options, and the keys of `SERVICE` and of parsers.
//!
//! ```
//! use fluentbit_config::{Compat, SectionKind, schema};
//!
//! let tail = schema::plugin(SectionKind::Input, "tail").unwrap();
//! let option = tail.option("Read_from_Head", Compat::V5_1).unwrap();
//! assert_eq!((option.kind, option.default), (schema::ValueKind::Bool, Some("false")));
//! assert!(tail.option("truncate_long_lines", Compat::V1_8).is_none());
//! ```

mod common;
mod filters;
mod inputs;
mod known;
mod outputs;
mod parsers;
mod processors;
mod service;

use event_model::Compat;

use crate::section::SectionKind;

/// How the value of an option is read; see [`crate::value`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueKind {
    /// Any text.
    Text,
    /// A boolean word.
    Bool,
    /// A boolean word, or one of these words, in any case.
    BoolOr(&'static [&'static str]),
    /// A whole number.
    Int,
    /// A decimal number.
    Double,
    /// A number of bytes with a unit.
    Size,
    /// A time span in seconds with a unit.
    Time,
    /// Seconds and nanoseconds with a point between them.
    SecondsNanoseconds,
    /// Elements between commas.
    CommaList,
    /// At least so many words between spaces.
    Words(u8),
    /// One of these words, in any case.
    Choice(&'static [&'static str]),
}

/// An option of a plugin, or a key of another section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptionSpec {
    /// Its name in lower case.
    pub name: &'static str,
    /// How its value is read.
    pub kind: ValueKind,
    /// The value it has when it is not set, as it would be written.
    pub default: Option<&'static str>,
    /// The earlier of the two releases that has it.
    pub since: Compat,
    /// Whether it may be set more than once.
    pub repeatable: bool,
    /// Whether the name is only the beginning: `parser_` stands for `Parser_1`, `Parser_2`, ….
    pub is_prefix: bool,
    /// Whether a value that expands to nothing is the same as no value; elsewhere it is an error.
    pub may_be_empty: bool,
    /// Whether weirgate accepts it and does as if it were not set.
    pub is_ignored: bool,
    /// What it does, in a few words.
    pub doc: &'static str,
}

impl OptionSpec {
    const fn new(
        name: &'static str,
        kind: ValueKind,
        default: Option<&'static str>,
        doc: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            default,
            since: Compat::V1_8,
            repeatable: false,
            is_prefix: false,
            may_be_empty: false,
            is_ignored: false,
            doc,
        }
    }

    const fn since_5_1(mut self) -> Self {
        self.since = Compat::V5_1;
        self
    }

    const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    const fn prefix(mut self) -> Self {
        self.is_prefix = true;
        self
    }

    const fn ignored(mut self) -> Self {
        self.is_ignored = true;
        self
    }

    const fn may_be_empty(mut self) -> Self {
        self.may_be_empty = true;
        self
    }

    /// Whether a key, in any case, sets this option.
    #[must_use]
    pub fn is_set_by(&self, key: &str) -> bool {
        if self.is_prefix {
            key.len() > self.name.len()
                && key.get(..self.name.len()).is_some_and(|start| start.eq_ignore_ascii_case(self.name))
        } else {
            key.eq_ignore_ascii_case(self.name)
        }
    }
}

/// A plugin Fluent Bit has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PluginSpec {
    /// Its name.
    pub name: &'static str,
    /// Other names for it, of 5.1.
    pub aliases: &'static [&'static str],
    /// Input, filter or output.
    pub kind: SectionKind,
    /// The earlier of the two releases that has it.
    pub since: Compat,
    /// Its own options, without those every plugin of its kind has. `None` where only the name is known.
    pub options: Option<&'static [OptionSpec]>,
    /// Whether 1.8 compares the keys with its options before it starts the plugin. Where it does not, the
    /// plugin judges for itself or ignores what it does not know.
    pub checked_by_1_8: bool,
    /// Whether it connects to a host, so that `tls` may be set.
    pub uses_network: bool,
    /// Whether this project implements it.
    pub supported: bool,
}

impl PluginSpec {
    const fn new(name: &'static str, kind: SectionKind, options: &'static [OptionSpec]) -> Self {
        Self {
            name,
            aliases: &[],
            kind,
            since: Compat::V1_8,
            options: Some(options),
            checked_by_1_8: true,
            uses_network: false,
            supported: true,
        }
    }

    /// The option `key` sets in this release: one of its own, or one every plugin of its kind has.
    #[must_use]
    pub fn option(&self, key: &str, compat: Compat) -> Option<&'static OptionSpec> {
        let own = self.options.unwrap_or_default();
        common_options(self.kind)
            .iter()
            .chain(own)
            .find(|option| option.since <= compat && option.is_set_by(key))
    }
}

/// The plugin called `name`, in any case, or by an alias.
#[must_use]
pub fn plugin(kind: SectionKind, name: &str) -> Option<PluginSpec> {
    let is_name = |spec: &&PluginSpec| {
        spec.name.eq_ignore_ascii_case(name)
            || spec.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    };
    if let Some(spec) = described(kind).iter().find(is_name) {
        return Some(*spec);
    }
    let (name, since) = known::names(kind).iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(PluginSpec {
        options: None,
        since: *since,
        checked_by_1_8: false,
        uses_network: true,
        supported: false,
        ..PluginSpec::new(name, kind, &[])
    })
}

/// The plugins whose options are known.
#[must_use]
pub fn described(kind: SectionKind) -> &'static [PluginSpec] {
    match kind {
        SectionKind::Input => inputs::PLUGINS,
        SectionKind::Filter => filters::PLUGINS,
        SectionKind::Output => outputs::PLUGINS,
        _ => &[],
    }
}

/// The processor called `name`, in any case: one of its own kind, or a filter. Processors are new in 5.1.
#[must_use]
pub fn processor(name: &str) -> Option<PluginSpec> {
    let own = processors::PLUGINS.iter().find(|spec| spec.name.eq_ignore_ascii_case(name)).copied();
    own.or_else(|| plugin(SectionKind::Filter, name))
}

/// The names of all processors.
pub fn processor_names() -> impl Iterator<Item = &'static str> {
    let own = processors::PLUGINS.iter().map(|spec| spec.name);
    own.chain(plugin_names(SectionKind::Filter, Compat::V5_1))
}

/// The names of all plugins of a kind in a release.
pub fn plugin_names(kind: SectionKind, compat: Compat) -> impl Iterator<Item = &'static str> {
    let described = described(kind).iter().filter(move |spec| spec.since <= compat).map(|spec| spec.name);
    let known = known::names(kind).iter().filter(move |(_, since)| *since <= compat).map(|(name, _)| *name);
    described.chain(known)
}

/// The options every plugin of a kind has; for `SERVICE` and parsers all their keys.
#[must_use]
pub fn common_options(kind: SectionKind) -> &'static [OptionSpec] {
    match kind {
        SectionKind::Input => common::INPUT,
        SectionKind::Filter => common::FILTER,
        SectionKind::Output => common::OUTPUT,
        SectionKind::Service => service::SERVICE,
        SectionKind::Parser => parsers::PARSER,
        SectionKind::MultilineParser => parsers::MULTILINE_PARSER,
        _ => &[],
    }
}

/// The multiline parsers that need no definition.
#[must_use]
pub fn built_in_multiline_parsers(compat: Compat) -> &'static [&'static str] {
    match compat {
        Compat::V1_8 => &["docker", "cri", "go", "java", "python"],
        _ => &["docker", "cri", "go", "java", "python", "ruby"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_and_unique() {
        for kind in [SectionKind::Input, SectionKind::Filter, SectionKind::Output] {
            let mut names: Vec<_> = plugin_names(kind, Compat::V5_1).collect();
            assert!(names.iter().all(|name| !name.contains(|c: char| c.is_ascii_uppercase())));
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{kind:?}");
        }
    }

    #[test]
    fn options_are_lower_case_and_defaults_fit() {
        let own = [SectionKind::Input, SectionKind::Filter, SectionKind::Output]
            .into_iter()
            .flat_map(|kind| described(kind).iter().filter_map(|spec| spec.options).flatten());
        let common = [
            SectionKind::Input,
            SectionKind::Filter,
            SectionKind::Output,
            SectionKind::Service,
            SectionKind::Parser,
            SectionKind::MultilineParser,
        ];
        for option in own.chain(common.into_iter().flat_map(common_options)) {
            assert!(!option.name.contains(|c: char| c.is_ascii_uppercase()), "{}", option.name);
            assert!(!option.doc.is_empty(), "{}", option.name);
            let Some(default) = option.default else { continue };
            let fits = match option.kind {
                ValueKind::Bool | ValueKind::BoolOr(_) => crate::value::parse_bool(default).is_some(),
                ValueKind::Size => crate::value::parse_size(default, Compat::V5_1).is_some(),
                ValueKind::Choice(choices) => choices.contains(&default),
                _ => true,
            };
            assert!(fits, "{}: {default}", option.name);
        }
    }

    #[test]
    fn prefixes_need_more() {
        let tail = plugin(SectionKind::Input, "TAIL").expect("tail");
        assert_eq!(tail.option("Parser_1", Compat::V5_1).map(|option| option.name), Some("parser_"));
        assert_eq!(tail.option("parser_", Compat::V5_1), None);
    }

    #[test]
    fn aliases() {
        assert_eq!(plugin(SectionKind::Output, "Elasticsearch").map(|spec| spec.name), Some("es"));
        assert!(plugin(SectionKind::Output, "http").is_some_and(|spec| spec.options.is_none()));
        assert_eq!(plugin(SectionKind::Output, "tail"), None);
    }
}
