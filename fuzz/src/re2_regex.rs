//! The first line is a pattern, the second a template, the rest a text: nothing may panic, a match lies on
//! characters of the text, and the short cuts of anchored patterns agree with a search.

use re2_regex::{Captures, Regex, Template};

pub(crate) fn run(data: &[u8]) {
    let Ok(data) = std::str::from_utf8(data) else { return };
    let mut parts = data.splitn(3, '\n');
    let (Some(pattern), Some(template), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let anchored = Regex::anchored(pattern);
    if let Err(error) = &anchored {
        assert!(error.span().end <= pattern.len());
    }
    if let Ok(anchored) = anchored {
        let mut captures = Captures::new();
        let matched = anchored.captures(text, &mut captures);
        assert_eq!(matched, anchored.is_match(text));
        // The same text, read by the engine that looks for a match anywhere.
        let spelled =
            Regex::new(&format!("^(?s:{pattern})$")).expect("what is accepted anchored is accepted");
        assert_eq!(matched, spelled.is_match(text));
        check_groups(&anchored, &captures, text, matched);
        let mut out = String::new();
        Template::new(template, &anchored).expand(text, &captures, &mut out);
    }
    if let Ok(regex) = Regex::new(pattern) {
        let mut captures = Captures::new();
        let matched = regex.captures(text, &mut captures);
        check_groups(&regex, &captures, text, matched);
        let (mut whole, mut out) = (String::new(), String::new());
        assert_eq!(regex.replace_all(text, &Template::new("$0", &regex), &mut captures, &mut whole), matched);
        assert!(!matched || whole == text);
        regex.replace_all(text, &Template::new(template, &regex), &mut captures, &mut out);
        assert!(matched || out.is_empty() || out == text);
    }
}

fn check_groups(regex: &Regex, captures: &Captures, text: &str, matched: bool) {
    for group in 0..regex.group_count() {
        if let Some(place) = captures.get(group) {
            assert!(matched && text.get(place).is_some());
        }
    }
    assert!(!matched || captures.get(0).is_some());
}
