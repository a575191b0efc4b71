//! All parsers of a configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use fluentbit_config::Config;
use source_text::Diagnostic;

use super::Parser;
use crate::time::TimeZone;

/// Parsers by name. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct ParserSet {
    parsers: BTreeMap<Box<str>, Arc<Parser>>,
}

impl ParserSet {
    /// No parsers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The parsers of a configuration. Those that cannot be made are left out, and `problems` says why,
    /// unless it says so already.
    #[must_use]
    pub fn from_config(config: &Config, problems: &mut Vec<Diagnostic>) -> Self {
        let mut set = Self::default();
        let mut found = Vec::new();
        for section in &config.parsers {
            match Parser::from_section(section, section.compat, &mut found) {
                Err(refused) => found.extend(refused),
                Ok(parser) => {
                    if let Err(parser) = set.insert(parser) {
                        let span = section.plugin().map_or(section.span, |name| name.value_span);
                        let message = format!("there is a parser `{}` already", parser.name());
                        found.push(Diagnostic::error("duplicate-parser", span, message));
                    }
                }
            }
        }
        for problem in found {
            let same = |known: &Diagnostic| known.code() == problem.code() && known.span() == problem.span();
            if !problems.iter().any(same) {
                problems.push(problem);
            }
        }
        set
    }

    /// Adds a parser.
    ///
    /// # Errors
    ///
    /// The parser, if there is one of its name already.
    #[expect(clippy::result_large_err, reason = "the caller gets back what it gave")]
    pub fn insert(&mut self, parser: Parser) -> Result<(), Parser> {
        if self.parsers.contains_key(parser.name()) {
            return Err(parser);
        }
        self.parsers.insert(parser.name().into(), Arc::new(parser));
        Ok(())
    }

    /// The parser called `name`, in the same case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Parser>> {
        self.parsers.get(name).cloned()
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parsers.keys().map(|name| &**name)
    }

    /// Sets the zone of parsers that have `Time_System_Timezone`. Without it that is UTC.
    #[must_use]
    pub fn with_system_time_zone(self, zone: &Arc<dyn TimeZone>) -> Self {
        let parsers = self
            .parsers
            .into_iter()
            .map(|(name, parser)| (name, Arc::new(Arc::unwrap_or_clone(parser).with_system_time_zone(zone))));
        Self { parsers: parsers.collect() }
    }
}
