//! Patterns that are large or deep, and patterns nobody wrote.

use proptest::prelude::*;
use re2_regex::{Captures, ErrorKind, Regex, Template};

#[test]
fn nesting() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Regex::anchored(&nested(500)).unwrap().is_match("a"));
    assert!(Regex::anchored(&nested(990)).unwrap().is_match("a"));
    assert_eq!(Regex::anchored(&nested(1001)).unwrap_err().kind(), ErrorKind::NestingDepth);
    assert_eq!(Regex::anchored(&nested(100_000)).unwrap_err().kind(), ErrorKind::NestingDepth);
    assert_eq!(Regex::anchored(&"(".repeat(100_000)).unwrap_err().kind(), ErrorKind::MissingParen);
    assert!(Regex::anchored(&format!("{}a{}", "(?:".repeat(100_000), ")".repeat(100_000))).is_ok());
    let starred = format!("{}a{}", "(?:".repeat(900), ")*".repeat(900));
    assert!(Regex::anchored(&starred).unwrap().is_match("aaa"));
}

#[test]
fn size() {
    assert!(Regex::anchored(&format!("(?:{}){{1000}}", "é".repeat(10))).is_ok());
    let large = format!("(?:{}){{1000}}", "\\pL".repeat(100));
    assert_eq!(Regex::anchored(&large).unwrap_err().kind(), ErrorKind::TooLarge);
    let words: Vec<_> = (0..20_000).map(|number| format!("metric_{number}_total")).collect();
    let regex = Regex::anchored(&words.join("|")).unwrap();
    assert!(regex.is_match("metric_19999_total") && !regex.is_match("metric_20000_total"));
}

proptest! {
    #[test]
    fn nothing_panics(pattern in "[a-c()|*+?{}0-2,\\[\\]^$.\\\\\\-:<>PQEidwbpLé]{0,24}", text in "[a-c0-2é\n]{0,8}", template in "[$a{}0-2]{0,6}") {
        for regex in [Regex::new(&pattern), Regex::anchored(&pattern)] {
            let regex = match regex {
                Ok(regex) => regex,
                Err(error) => {
                    prop_assert!(pattern.get(error.span()).is_some());
                    continue;
                }
            };
            let mut captures = Captures::new();
            let found = regex.captures(&text, &mut captures);
            prop_assert_eq!(found, regex.is_match(&text));
            for group in 0..captures.group_count() {
                prop_assert!(captures.get(group).is_none_or(|span| text.get(span).is_some()));
            }
            let mut out = String::new();
            let replaced = regex.replace_all(&text, &Template::new(&template, &regex), &mut captures, &mut out);
            prop_assert_eq!(found, replaced);
        }
    }
}
