//! Sets of characters, as the dialect has them.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// A set of characters, and whether it holds the bytes that are not part of a character.
///
/// Onigmo takes each byte of invalid UTF-8 for a character of its own. A negated class holds them all, a
/// positive one none, whatever characters are in it, so that one flag is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CharSet {
    pub(crate) chars: ClassUnicode,
    pub(crate) invalid_bytes: bool,
}

impl CharSet {
    /// The set without members.
    pub(crate) fn empty() -> CharSet {
        CharSet::from_chars(ClassUnicode::empty())
    }

    /// The set of one character.
    pub(crate) fn one(ch: char) -> CharSet {
        CharSet::from_ranges(&[(ch, ch)])
    }

    /// The set of the characters in `ranges`, ends included.
    pub(crate) fn from_ranges(ranges: &[(char, char)]) -> CharSet {
        CharSet::from_chars(ClassUnicode::new(
            ranges.iter().map(|&(start, end)| ClassUnicodeRange::new(start, end)),
        ))
    }

    /// The set of valid characters `chars`.
    pub(crate) fn from_chars(chars: ClassUnicode) -> CharSet {
        CharSet { chars, invalid_bytes: false }
    }

    /// Everything that is not in this set, invalid bytes included.
    pub(crate) fn negated(mut self) -> CharSet {
        self.chars.negate();
        self.invalid_bytes = !self.invalid_bytes;
        self
    }

    /// The characters that are not in this set. Of invalid bytes it has none: that is what a negated name
    /// such as `\W` contributes to a class it stands in.
    pub(crate) fn chars_negated(mut self) -> CharSet {
        self.chars.negate();
        self
    }

    pub(crate) fn union(&mut self, other: &CharSet) {
        self.chars.union(&other.chars);
        self.invalid_bytes |= other.invalid_bytes;
    }

    pub(crate) fn intersect(&mut self, other: &CharSet) {
        self.chars.intersect(&other.chars);
        self.invalid_bytes &= other.invalid_bytes;
    }

    /// Adds the characters that differ from a member only in case.
    pub(crate) fn fold_case(&mut self) {
        self.chars.case_fold_simple();
    }

    /// Adds the characters that differ from a member only in case, where the members outside `literal`
    /// came from an ASCII-only name such as `\w`: those do not bring in the two characters outside ASCII
    /// that are the other case of a letter within.
    pub(crate) fn fold_case_of_class(&mut self, literal: &ClassUnicode) {
        let before = self.chars.clone();
        self.fold_case();
        let mut literal = literal.clone();
        literal.case_fold_simple();
        for outsider in ['\u{17f}', '\u{212a}'] {
            if !contains(&before, outsider) && !contains(&literal, outsider) {
                let mut one = ClassUnicode::new([ClassUnicodeRange::new(outsider, outsider)]);
                one.negate();
                self.chars.intersect(&one);
            }
        }
    }

    /// The only character of the set.
    pub(crate) fn single(&self) -> Option<char> {
        match self.chars.ranges() {
            [range] if range.start() == range.end() && !self.invalid_bytes => Some(range.start()),
            _ => None,
        }
    }

    /// Whether no character is in both sets.
    pub(crate) fn is_disjoint(&self, other: &CharSet) -> bool {
        let mut both = self.clone();
        both.intersect(other);
        both.chars.ranges().is_empty() && !both.invalid_bytes
    }
}

fn contains(chars: &ClassUnicode, ch: char) -> bool {
    chars.ranges().iter().any(|range| range.start() <= ch && ch <= range.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mut set: CharSet, literal: &str, expected: &str) {
        let literal = ClassUnicode::new(literal.chars().map(|ch| ClassUnicodeRange::new(ch, ch)));
        set.fold_case_of_class(&literal);
        let found: String = set.chars.ranges().iter().flat_map(|range| range.start()..=range.end()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn case_of_letters_from_an_ascii_name_stays_in_ascii() {
        check(CharSet::from_ranges(&[('j', 'l')]), "", "JKLjkl");
        check(CharSet::from_ranges(&[('j', 'l')]), "k", "JKLjkl\u{212a}");
        check(CharSet::one('\u{212a}'), "\u{212a}", "Kk\u{212a}");
        check(CharSet::one('s'), "s", "Ss\u{17f}");
        check(CharSet::one('é'), "", "Éé");
    }
}
