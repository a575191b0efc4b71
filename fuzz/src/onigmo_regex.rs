//! The first line is a pattern, the rest a text: nothing may panic, and all searches must agree.

use onigmo_regex::{Captures, Regex, Wrapping};

pub(crate) fn run(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let (Some(pattern), Some(haystack)) = (parts.next(), parts.next()) else { return };
    let Ok(pattern) = std::str::from_utf8(pattern) else { return };
    let Ok(regex) = Regex::fluent_bit(pattern, Wrapping::Flags) else { return };

    let mut captures = Captures::new();
    let found = regex.try_captures(haystack, &mut captures);
    if found == Ok(true) {
        let places = (0..=regex.group_count()).filter_map(|group| captures.get(group));
        assert!(places.into_iter().all(|place| haystack.get(place).is_some()));
    }
    let matched = regex.try_is_match(haystack);
    let at_start = regex.match_at_start(haystack);
    if regex.is_linear() {
        assert_eq!(found, matched);
        assert!(at_start.is_none() || matched == Ok(true));
    }
}
