//! All multiline parsers of a configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use event_model::Compat;
use fluentbit_config::Config;
use source_text::Diagnostic;

use super::builtin;
use super::parser::MultilineParser;
use crate::line::ParserSet;

/// Multiline parsers by name, the built-in ones among them: `docker`, `cri`, `java`, `go`, `ruby` and
/// `python`. Names have no case. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct MultilineSet {
    parsers: BTreeMap<String, Arc<MultilineParser>>,
}

impl MultilineSet {
    /// The built-in ones only.
    #[must_use]
    pub fn builtin(compat: Compat) -> Self {
        let mut set = Self::default();
        for parser in builtin::all(compat) {
            set.insert(parser);
        }
        set
    }

    /// Those of a configuration. What cannot be made is left out, and `problems` says why, unless it says so
    /// already.
    #[must_use]
    pub fn from_config(config: &Config, parsers: &ParserSet, problems: &mut Vec<Diagnostic>) -> Self {
        let compat = config.compat;
        let mut set = Self::builtin(compat);
        for section in &config.multiline_parsers {
            match MultilineParser::from_section(section, compat, parsers) {
                Ok(parser) => {
                    let name = parser.name().to_owned();
                    if !set.insert(parser) {
                        let span = section.plugin().map_or(section.span, |name| name.value_span);
                        let message = format!("the multiline parser `{name}` is there already, and stays");
                        problems.push(Diagnostic::warning("duplicate-parser", span, message));
                    }
                }
                Err(refused) => {
                    for problem in refused {
                        let same = |known: &Diagnostic| {
                            known.code() == problem.code() && known.span() == problem.span()
                        };
                        if !problems.iter().any(same) {
                            problems.push(problem);
                        }
                    }
                }
            }
        }
        set
    }

    /// Adds a parser. False if there is one of its name, which stays.
    pub fn insert(&mut self, parser: MultilineParser) -> bool {
        let name = parser.name().to_ascii_lowercase();
        let is_new = !self.parsers.contains_key(&name);
        if is_new {
            self.parsers.insert(name, Arc::new(parser));
        }
        is_new
    }

    /// The parser called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<MultilineParser>> {
        self.parsers.get(&name.to_ascii_lowercase()).cloned()
    }

    /// The names in lower case, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parsers.keys().map(String::as_str)
    }
}
