//! All engines of `regex-automata`, each where it is the fastest.

use regex_automata::{Input, meta};
use regex_syntax::hir::Hir;

use crate::{Limits, Slot};

/// A compiled pattern. Cloning is cheap, and clones can be used by several threads at a time.
#[derive(Clone, Debug)]
pub struct Automaton(meta::Regex);

impl Automaton {
    /// Compiles a pattern; `None` if it would become too large.
    #[must_use]
    pub fn new(hir: &Hir, limits: Limits) -> Option<Self> {
        let mut config = meta::Config::new().nfa_size_limit(limits.size).utf8_empty(limits.whole_characters);
        if let Some(cache) = limits.cache {
            config = config.hybrid_cache_capacity(cache);
        }
        meta::Builder::new().configure(config).build_from_hir(hir).ok().map(Self)
    }

    /// Whether there is a match.
    #[must_use]
    pub fn is_match(&self, input: Input<'_>) -> bool {
        self.0.is_match(input)
    }

    /// Fills as many of `slots` as there are with the places of the leftmost match. Says whether there is one.
    pub fn search(&self, input: &Input<'_>, slots: &mut [Slot]) -> bool {
        self.0.search_slots(input, slots).is_some()
    }
}
