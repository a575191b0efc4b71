//! Patterns with what automata cannot do: they run with backtracking, and with a limit for the steps.
//!
//! On most platforms that is the engine of the crate `fancy-regex`; for browsers it is a small one of our own.

#[cfg(not(any(feature = "small", target_family = "wasm")))]
mod large;
#[cfg(any(test, feature = "small", target_family = "wasm"))]
mod program;
#[cfg(any(test, feature = "small", target_family = "wasm"))]
mod small;

use std::sync::OnceLock;

use linear_regex::{Anchored, Slot};

#[cfg(not(any(feature = "small", target_family = "wasm")))]
use large::Engine;
#[cfg(any(feature = "small", target_family = "wasm"))]
use small::Engine;

use crate::linear::Encoding;
use crate::resolve::Pattern;
use crate::text::Text;
use crate::{Error, StepLimit};

/// How many instructions a compiled pattern may have, besides its automata.
const PROGRAM_LIMIT: usize = 100_000;

/// A pattern that runs with backtracking.
#[derive(Debug)]
pub(crate) struct Backtracking {
    engine: Engine,
    pattern: Pattern,
    /// For texts that are not valid UTF-8: made when the first one comes.
    for_invalid_text: OnceLock<Option<Engine>>,
}

impl Backtracking {
    pub(crate) fn new(pattern: Pattern) -> Result<Backtracking, Error> {
        let engine = Engine::new(&pattern, Encoding::Valid)?;
        Ok(Backtracking { engine, pattern, for_invalid_text: OnceLock::new() })
    }

    pub(crate) fn is_match(&self, haystack: &[u8]) -> Result<bool, StepLimit> {
        match std::str::from_utf8(haystack) {
            Ok(text) => self.engine.is_match(text),
            Err(_) => self.find(haystack, Anchored::No, &mut [None; 2]),
        }
    }

    /// Fills as many of `slots` as there are with the groups of the leftmost match.
    pub(crate) fn find(
        &self,
        haystack: &[u8],
        anchored: Anchored,
        slots: &mut [Slot],
    ) -> Result<bool, StepLimit> {
        match Text::of(haystack) {
            Text::Valid(text) => self.engine.find(text, anchored, slots),
            Text::Mapped(mapped) => {
                let engine =
                    self.for_invalid_text.get_or_init(|| Engine::new(&self.pattern, Encoding::Mapped).ok());
                let engine = engine.as_ref().ok_or(StepLimit)?;
                Ok(engine.find(mapped.as_str(), anchored, slots)? && mapped.restore(slots))
            }
        }
    }
}

#[cfg(all(test, not(feature = "small")))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::{Flags, parse};
    use crate::plan::plan;
    use crate::resolve::resolve;

    /// Patterns of all that needs backtracking.
    fn pattern() -> impl Strategy<Value = String> {
        let one = prop::sample::select(vec![
            "a", "b", "é", ".", "[ab]", r"\n", "^", "$", r"\b", r"\B", r"\Z", r"\1", r"\2", r"\K",
            "(?i:\\1)", "",
        ]);
        one.prop_map(str::to_owned).prop_recursive(4, 20, 3, |inner| {
            let times = vec!["*", "+", "?", "*?", "+?", "??", "*+", "++", "{2}", "{1,3}", "{2,}", "{0,2}?"];
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(one, other)| one + &other),
                (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("(?:{one}|{other})")),
                (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}|{other})")),
                (inner.clone(), prop::sample::select(times))
                    .prop_map(|(body, times)| format!("(?:{body}){times}")),
                (inner.clone(), prop::sample::select(vec!["(", "(?>", "(?=", "(?!"]))
                    .prop_map(|(body, open)| format!("{open}{body})")),
                prop::sample::select(vec!["(?<=a|bb)", "(?<!ab)", "(?<!^)", "(?<=(a))", "(?(1)a|b)"])
                    .prop_map(str::to_owned),
            ]
        })
    }

    proptest! {
        #[test]
        fn both_engines_find_the_same(
            body in pattern(),
            haystack in prop::collection::vec(prop::sample::select(vec!["a", "a", "b", "A", "é", "É", "\n"]), 0..8),
        ) {
            let haystack = haystack.concat();
            let Ok(mut pattern) = parse(&format!("(a)?{body}"), Flags::default()).and_then(resolve) else {
                return Ok(());
            };
            if plan(&mut pattern).linear {
                return Ok(());
            }
            let engines = (large::Engine::new(&pattern, Encoding::Valid), small::Engine::new(&pattern, Encoding::Valid));
            let (Ok(large), Ok(small)) = engines else { return Ok(()) };
            if let (Ok(large), Ok(small)) = (large.is_match(&haystack), small.is_match(&haystack)) {
                prop_assert_eq!(large, small, "{} in {:?}", body, haystack);
            }
            for anchored in [Anchored::No, Anchored::Yes] {
                let (mut one, mut other) = ([None; 8], [None; 8]);
                let found = (large.find(&haystack, anchored, &mut one), small.find(&haystack, anchored, &mut other));
                if let (Ok(large), Ok(small)) = found {
                    prop_assert_eq!(large, small, "{} in {:?}", body, haystack);
                    prop_assert_eq!(&one[..2], &other[..2], "{} in {:?}", body, haystack);
                    // A repetition's last round, which matches nothing, sets groups in the small engine, as in
                    // Onigmo. The large one may give the repetition to an automaton, which leaves that round out.
                    if !body.contains(['*', '+', '{']) {
                        prop_assert_eq!(one, other, "{} in {:?}", body, haystack);
                    }
                }
            }
        }
    }
}
