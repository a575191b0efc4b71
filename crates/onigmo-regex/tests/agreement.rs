//! Where the dialects mean the same, this crate and the `regex` crate find the same.

use onigmo_regex::{Captures, Regex};
use proptest::prelude::*;

/// Patterns of the common subset: without a repetition of what may match nothing, in which the groups of the
/// last round differ, and with every `^` before a character, as it differs behind a final newline.
fn pattern() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("é".to_owned()),
        Just(".".to_owned()),
        Just("[ab]".to_owned()),
        Just("[^a]".to_owned()),
        Just("[a-c&&[^b]]".to_owned()),
        Just(r"\n".to_owned()),
        Just("^a".to_owned()),
        Just(r"\Ab".to_owned()),
    ];
    let consuming = one.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(one, other)| one + &other),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("(?:{one}|{other})")),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one}|{other})")),
            (inner.clone(), prop::sample::select(vec!["+", "+?", "{2}", "{1,3}", "{2,}"]))
                .prop_map(|(body, times)| format!("(?:{body}){times}")),
            (inner.clone(), inner.clone(), prop::sample::select(vec!["*", "?", "*?", "??", "{0,2}"]))
                .prop_map(|(body, next, times)| format!("({body}){times}{next}")),
            inner.prop_map(|body| format!("({body})")),
        ]
    });
    (consuming, prop::sample::select(vec!["", "$", r"\z", r"\b"])).prop_map(|(body, end)| body + end)
}

fn haystack() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!["a", "a", "b", "c", "é", "\n", " "]), 0..12)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn the_same_places(pattern in pattern(), haystack in haystack()) {
        // `{2}+` and `{2}?` do not come up above; they are the one difference in quantifiers.
        let ours = Regex::new(&pattern).unwrap();
        let theirs = regex::RegexBuilder::new(&pattern).multi_line(true).build().unwrap();
        prop_assert!(ours.is_linear());
        prop_assert_eq!(ours.is_match(haystack.as_bytes()), theirs.is_match(&haystack));

        let mut captures = Captures::new();
        let matched = ours.captures(haystack.as_bytes(), &mut captures);
        let expected = theirs.captures(&haystack);
        prop_assert_eq!(matched, expected.is_some());
        if let Some(expected) = expected {
            for group in 0..theirs.captures_len() {
                prop_assert_eq!(captures.get(group), expected.get(group).map(|place| place.range()));
            }
        }
    }

    #[test]
    fn nothing_panics(pattern in r"[a-c(|)*+?{}2,\[\]^$.\\\-:<>=!&#kgpxiP1'~ ]{0,16}", haystack in any::<Vec<u8>>()) {
        if let Ok(regex) = Regex::new(&pattern) {
            let mut captures = Captures::new();
            let matched = regex.try_captures(&haystack, &mut captures);
            prop_assert_eq!(matched, regex.try_is_match(&haystack));
            if matched == Ok(true) {
                let place = captures.get(0);
                prop_assert!(place.is_some_and(|place| place.start <= place.end && place.end <= haystack.len()));
            }
            regex.match_at_start(&haystack);
        }
    }
}
