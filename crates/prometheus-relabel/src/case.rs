//! Letter by letter case mapping, as Go's `strings.ToLower` and `strings.ToUpper` do it.
//!
//! Go takes Unicode's simple mappings of version 15.0: one character for one character, with no regard to
//! what stands around it. The standard library has the full mappings of a later version.

/// Appends `text` in small letters.
pub(crate) fn push_lower(text: &str, out: &mut String) {
    push(text, out, |byte| byte.to_ascii_lowercase(), lower);
}

/// Appends `text` in capitals.
pub(crate) fn push_upper(text: &str, out: &mut String) {
    push(text, out, |byte| byte.to_ascii_uppercase(), upper);
}

fn push(text: &str, out: &mut String, ascii: impl Fn(u8) -> u8, other: impl Fn(char) -> char) {
    out.extend(text.chars().map(|char| match u8::try_from(char) {
        Ok(byte) if byte.is_ascii() => char::from(ascii(byte)),
        _ => other(char),
    }));
}

fn lower(char: char) -> char {
    match char {
        // In full this is two characters.
        'İ' => 'i',
        _ if is_later(char) => char,
        _ => single(char.to_lowercase(), char),
    }
}

fn upper(char: char) -> char {
    match char {
        // Greek letters with a small iota below, which in full becomes a letter of its own. In the simple
        // mapping they become the letters with the iota beside them.
        '\u{1F80}'..='\u{1F87}' | '\u{1F90}'..='\u{1F97}' | '\u{1FA0}'..='\u{1FA7}' => plus(char, 8),
        '\u{1FB3}' | '\u{1FC3}' | '\u{1FF3}' => plus(char, 9),
        _ if is_later(char) => char,
        _ => single(char.to_uppercase(), char),
    }
}

/// The only character of `mapped`, or `char` itself if there are more.
fn single(mut mapped: impl Iterator<Item = char>, char: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(mapped), None) => mapped,
        _ => char,
    }
}

fn plus(char: char, distance: u32) -> char {
    char::from_u32(u32::from(char) + distance).unwrap_or(char)
}

/// Whether `char` was given a mapping after Unicode 15.0.
fn is_later(char: char) -> bool {
    matches!(
        char,
        '\u{19B}'
            | '\u{264}'
            | '\u{1C89}'..='\u{1C8A}'
            | '\u{A7CB}'..='\u{A7CF}'
            | '\u{A7D2}'..='\u{A7D5}'
            | '\u{A7DA}'..='\u{A7DC}'
            | '\u{10D50}'..='\u{10D85}'
            | '\u{16EA0}'..='\u{16ED3}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected_lower: &str, expected_upper: &str) {
        let (mut lower, mut upper) = (String::new(), String::new());
        push_lower(text, &mut lower);
        push_upper(text, &mut upper);
        assert_eq!((lower.as_str(), upper.as_str()), (expected_lower, expected_upper), "{text:?}");
    }

    #[test]
    fn letter_by_letter() {
        check("Mixed-42 é", "mixed-42 é", "MIXED-42 É");
        check("straße", "straße", "STRAßE");
        check("ẞ", "ß", "ẞ");
        check("ŉX", "ŉx", "ŉX");
        check("ﬁN", "ﬁn", "ﬁN");
        check("İıI", "iıi", "İII");
        check("ΟΔΟΣ", "οδοσ", "ΟΔΟΣ");
        check("ς", "ς", "Σ");
        check("ǅ", "ǆ", "Ǆ");
        check("\u{212A}", "k", "\u{212A}");
        check("ა", "ა", "Ა");
        check("ⅷ𐐨", "ⅷ𐐨", "Ⅷ𐐀");
        check("\u{1F80}\u{1FB3}", "\u{1F80}\u{1FB3}", "\u{1F88}\u{1FBC}");
    }

    #[test]
    fn nothing_newer() {
        check(
            "\u{19B}\u{A7DC}\u{10D50}\u{10D70}",
            "\u{19B}\u{A7DC}\u{10D50}\u{10D70}",
            "\u{19B}\u{A7DC}\u{10D50}\u{10D70}",
        );
    }
}
