//! The simplest engine of `regex-automata`: all states at once, character by character.

use std::sync::{Arc, Mutex, PoisonError};

use regex_automata::Input;
use regex_automata::nfa::thompson::pikevm::{Cache, PikeVM};
use regex_automata::nfa::thompson::{Compiler, Config, WhichCaptures};
use regex_syntax::hir::Hir;

use crate::{Limits, Slot};

/// A compiled pattern. Cloning is cheap, and clones can be used by several threads at a time.
#[derive(Clone, Debug)]
pub struct Automaton(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: PikeVM,
    /// What searches work on.
    cache: Mutex<Cache>,
}

impl Automaton {
    /// Compiles a pattern; `None` if it would become too large.
    #[must_use]
    pub fn new(hir: &Hir, limits: Limits) -> Option<Self> {
        let config = Config::new()
            .nfa_size_limit(limits.size)
            .utf8(limits.whole_characters)
            .which_captures(WhichCaptures::All);
        let nfa = Compiler::new().configure(config).build_from_hir(hir).ok()?;
        let engine = PikeVM::new_from_nfa(nfa).ok()?;
        let cache = Mutex::new(engine.create_cache());
        Some(Self(Arc::new(Inner { engine, cache })))
    }

    /// Whether there is a match.
    #[must_use]
    pub fn is_match(&self, input: Input<'_>) -> bool {
        self.search(&input.earliest(true), &mut [])
    }

    /// Fills as many of `slots` as there are with the places of the leftmost match. Says whether there is one.
    pub fn search(&self, input: &Input<'_>, slots: &mut [Slot]) -> bool {
        // A search that panicked left nothing that the next one reads.
        let mut cache = self.0.cache.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.engine.search_slots(&mut cache, input, slots).is_some()
    }
}
