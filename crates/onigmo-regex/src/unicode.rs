//! Named sets of characters: `\w` and its like, POSIX brackets, properties.

use linear_regex::unicode_property;

use crate::set::CharSet;

/// Which characters a named set may hold, from the flags `(?a)`, `(?d)` and `(?u)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Repertoire {
    /// `(?d)`: `\w \d \s` hold only ASCII, POSIX brackets and `\b` know all of Unicode.
    #[default]
    Default,
    /// `(?a)`: all of them hold only ASCII.
    Ascii,
    /// `(?u)`: all of them know all of Unicode.
    Unicode,
}

/// What a character of the type `\d`, `\h`, `\s` or `\w` is; `None` for another letter.
pub(crate) fn escape_set(letter: char, repertoire: Repertoire) -> Option<CharSet> {
    let unicode = repertoire == Repertoire::Unicode;
    let set = match letter {
        'h' => CharSet::from_ranges(HEX_DIGIT),
        'd' if unicode => named("digit")?,
        'd' => CharSet::from_ranges(DIGIT),
        's' if unicode => named("space")?,
        's' => CharSet::from_ranges(SPACE),
        'w' if unicode => named("word")?,
        'w' => CharSet::from_ranges(WORD),
        _ => return None,
    };
    Some(set)
}

/// What a POSIX bracket such as `[:alpha:]` holds, by the name within; `None` for an unknown name.
pub(crate) fn posix_set(name: &str, repertoire: Repertoire) -> Option<CharSet> {
    if !POSIX_NAMES.contains(&name) {
        return None;
    }
    let mut set = if name == "punct" { named("xposixpunct")? } else { named(name)? };
    if repertoire == Repertoire::Ascii {
        set.intersect(&named("ascii")?);
    }
    Some(set)
}

/// What `\p{name}` holds: a POSIX name, or a Unicode category, script, binary property or age. Case,
/// spaces, hyphens and underscores in the name do not count. `None` for an unknown name.
pub(crate) fn property(name: &str) -> Option<CharSet> {
    let name: String =
        name.chars().filter(|ch| !matches!(ch, ' ' | '-' | '_')).map(|ch| ch.to_ascii_lowercase()).collect();
    // A prefix `is`, and `name=value` but for the age, are ways of other dialects to write it.
    if name.starts_with("is") || name.contains(':') || (name.contains('=') && !name.starts_with("age=")) {
        return None;
    }
    named(&name).or_else(|| unicode_property(&name).map(CharSet::from_chars))
}

const DIGIT: &[(char, char)] = &[('0', '9')];
const HEX_DIGIT: &[(char, char)] = &[('0', '9'), ('A', 'F'), ('a', 'f')];
const SPACE: &[(char, char)] = &[('\t', '\r'), (' ', ' ')];
const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

const POSIX_NAMES: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// The sets whose names are not Unicode's, over all of Unicode.
fn named(name: &str) -> Option<CharSet> {
    let any_of = |names: &[&str], others: &[(char, char)]| {
        let mut set = CharSet::from_ranges(others);
        for name in names {
            set.union(&CharSet::from_chars(unicode_property(name)?));
        }
        Some(set)
    };
    match name {
        "alnum" => any_of(&["alphabetic", "nd"], &[]),
        "alpha" => any_of(&["alphabetic"], &[]),
        "ascii" => any_of(&[], &[('\0', '\x7f')]),
        "blank" => any_of(&["zs"], &[('\t', '\t')]),
        "cntrl" => any_of(&["cc"], &[]),
        "digit" => any_of(&["nd"], &[]),
        "graph" => Some(any_of(&["whitespace", "cc", "cn"], &[])?.chars_negated()),
        "lower" => any_of(&["lowercase"], &[]),
        "print" => Some(any_of(&["zl", "zp", "cc", "cn"], &[])?.chars_negated()),
        "punct" => any_of(&["p"], &[]),
        "xposixpunct" => any_of(
            &["p"],
            &[('$', '$'), ('+', '+'), ('<', '>'), ('^', '^'), ('`', '`'), ('|', '|'), ('~', '~')],
        ),
        "space" => any_of(&["whitespace"], &[]),
        "upper" => any_of(&["uppercase"], &[]),
        "word" => any_of(&["alphabetic", "m", "nd", "pc"], &[]),
        "xdigit" => any_of(&[], HEX_DIGIT),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(set: Option<CharSet>) -> String {
        let Some(set) = set else { return "unknown".to_owned() };
        let ranges = set.chars.ranges().iter().flat_map(|range| range.start()..=range.end());
        ranges.filter(|ch| "\t\n ' $0a_\u{7f}²éÉβ٣\u{300}\u{2028}\u{3000}".contains(*ch)).collect()
    }

    #[test]
    fn posix_brackets_know_unicode() {
        for (name, expected) in [
            ("alnum", "0aÉéβ٣"),
            ("alpha", "aÉéβ"),
            ("ascii", "\t\n $'0_a\u{7f}"),
            ("blank", "\t \u{3000}"),
            ("cntrl", "\t\n\u{7f}"),
            ("digit", "0٣"),
            ("graph", "$'0_a²Éé\u{300}β٣"),
            ("lower", "aéβ"),
            ("print", " $'0_a²Éé\u{300}β٣\u{3000}"),
            ("punct", "$'_"),
            ("space", "\t\n \u{2028}\u{3000}"),
            ("upper", "É"),
            ("word", "0_aÉé\u{300}β٣"),
            ("xdigit", "0a"),
            ("Alpha", "unknown"),
            ("greek", "unknown"),
        ] {
            assert_eq!(members(posix_set(name, Repertoire::Default)), expected, "{name}");
        }
        assert_eq!(members(posix_set("alnum", Repertoire::Ascii)), "0a");
    }

    #[test]
    fn properties() {
        for (name, expected) in [
            ("Greek", "β"),
            (" g-R_eek", "β"),
            ("Lu", "É"),
            ("Uppercase_Letter", "É"),
            ("Punct", "'_"),
            ("XPosixPunct", "$'_"),
            ("Age=1.1", "\t\n $'0_a\u{7f}²Éé\u{300}β٣\u{2028}\u{3000}"),
            ("Script=Greek", "unknown"),
            ("IsGreek", "unknown"),
            ("Foo", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(members(property(name)), expected, "{name}");
        }
    }
}
