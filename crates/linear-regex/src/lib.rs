//! Patterns as automata: the engine that the dialects of Ruby and of Go share.
//!
//! It is that of `regex-automata`: on most platforms all of its engines together, which are fast; for browsers the
//! simplest of them, which is small. Both find the same, in time linear in the text.
//!
//! ```
//! use linear_regex::{Automaton, Input, Limits, Slot};
//!
//! let hir = regex_syntax::parse("a(b*)").unwrap();
//! let automaton = Automaton::new(&hir, Limits::default()).unwrap();
//! let mut slots: [Slot; 4] = [None; 4];
//! assert!(automaton.search(&Input::new("xabb"), &mut slots));
//! assert_eq!(slots.map(|slot| slot.map(|offset| offset.get())), [Some(1), Some(4), Some(2), Some(4)]);
//! ```
//!
//! What it does not do: parse patterns, look around, go back.
#![forbid(unsafe_code)]

#[cfg(not(any(feature = "small", target_family = "wasm")))]
mod large;
#[cfg(any(feature = "small", target_family = "wasm"))]
mod small;
mod unicode;

#[cfg(not(any(feature = "small", target_family = "wasm")))]
pub use large::Automaton;
#[cfg(any(feature = "small", target_family = "wasm"))]
pub use small::Automaton;

pub use unicode::{fold_case, unicode_category_or_script, unicode_property};

#[doc(no_inline)]
pub use regex_automata::{Anchored, Input, util::primitives::NonMaxUsize};

/// A place in a text: for each group of a match there are two, its start and its end.
pub type Slot = Option<NonMaxUsize>;

/// How large automata may become, and how they treat text.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// The most memory the automaton may take, in bytes.
    pub size: Option<usize>,
    /// The most memory it may use to keep what it has learnt about a text, in bytes.
    pub cache: Option<usize>,
    /// Whether an empty match within a character counts as none.
    pub whole_characters: bool,
}

impl Default for Limits {
    /// No limits; matches lie between characters.
    fn default() -> Self {
        Self { size: None, cache: None, whole_characters: true }
    }
}
