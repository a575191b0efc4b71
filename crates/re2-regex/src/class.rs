//! Sets of characters, and the names RE2 knows some of them by.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// A code point, or in Go's words a rune: 0 to 0x10FFFF, surrogates included.
pub(crate) type CodePoint = u32;

/// The class that holds every character.
pub(crate) fn any() -> ClassUnicode {
    from_pairs(&[('\0', char::MAX)])
}

/// The class of the given ranges.
pub(crate) fn from_pairs(pairs: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(pairs.iter().map(|&(low, high)| ClassUnicodeRange::new(low, high)))
}

/// Adds the code points from `low` to `high`. Text cannot hold surrogates, so they match nothing.
pub(crate) fn add(class: &mut ClassUnicode, low: CodePoint, high: CodePoint) {
    for (low, high) in [(low, high.min(0xD7FF)), (low.max(0xE000), high)] {
        if let (Some(low), Some(high)) = (char::from_u32(low), char::from_u32(high))
            && low <= high
        {
            class.push(ClassUnicodeRange::new(low, high));
        }
    }
}

/// The ranges of a named class, and whether the class is what lies outside of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    pub(crate) ranges: &'static [(char, char)],
    pub(crate) negated: bool,
}

const DIGIT: &[(char, char)] = &[('0', '9')];
const SPACE: &[(char, char)] = &[('\t', '\n'), ('\x0C', '\r'), (' ', ' ')];
const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

/// The class of an escape such as `\d`, told by its letter. All of them are ASCII only.
pub(crate) fn perl(letter: u8) -> Option<Named> {
    let ranges = match letter.to_ascii_lowercase() {
        b'd' => DIGIT,
        b's' => SPACE,
        b'w' => WORD,
        _ => return None,
    };
    Some(Named { ranges, negated: letter.is_ascii_uppercase() })
}

/// The class called `[:name:]`; a name that starts with `^` stands for the opposite. ASCII only.
pub(crate) fn posix(name: &str) -> Option<Named> {
    let (name, negated) = match name.strip_prefix('^') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let ranges: &[(char, char)] = match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7F')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1F'), ('\x7F', '\x7F')],
        "digit" => DIGIT,
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => WORD,
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    };
    Some(Named { ranges, negated })
}
