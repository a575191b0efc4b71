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
        CharSet::from_chars(class(ranges))
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
        linear_regex::fold_case(&mut self.chars);
    }

    /// Adds the characters that differ from a member only in case, as a class does it, with two
    /// peculiarities: no character from U+0080 to U+00FF is added, and what ASCII letters and others have in
    /// common, as `k` and the Kelvin sign, only comes from the members in `literal`. The rest came from
    /// ASCII-only names such as `\w`.
    pub(crate) fn fold_case_of_class(&mut self, literal: &ClassUnicode) {
        let before = self.chars.clone();
        let mut added = folded(&before);
        added.difference(&class(&[('\u{80}', '\u{ff}')]));
        let ascii = class(&[('\0', '\x7f')]);
        let mut crossing = added.clone();
        for within in [&ascii, &negated(&ascii)] {
            let mut members = before.clone();
            members.intersect(within);
            let mut same_side = folded(&members);
            same_side.intersect(within);
            crossing.difference(&same_side);
        }
        crossing.difference(&before);
        crossing.difference(&folded(literal));
        added.difference(&crossing);
        self.chars.union(&added);
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

fn class(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|&(start, end)| ClassUnicodeRange::new(start, end)))
}

fn folded(chars: &ClassUnicode) -> ClassUnicode {
    let mut folded = chars.clone();
    linear_regex::fold_case(&mut folded);
    folded
}

fn negated(chars: &ClassUnicode) -> ClassUnicode {
    let mut negated = chars.clone();
    negated.negate();
    negated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mut set: CharSet, literal: &str, expected: &str) {
        let literal = ClassUnicode::new(literal.chars().map(|ch| ClassUnicodeRange::new(ch, ch)));
        set.fold_case_of_class(&literal);
        let members = set.chars.ranges().iter().flat_map(|range| range.start()..=range.end());
        let found: String = members.filter(|ch| *ch < '\u{2200}' && !ch.is_control()).take(9).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_class_folds_case_in_its_own_way() {
        check(CharSet::from_ranges(&[('j', 'l')]), "", "JKLjkl");
        check(CharSet::from_ranges(&[('j', 'l')]), "k", "JKLjkl\u{212a}");
        check(CharSet::one('\u{212a}'), "\u{212a}", "Kk\u{212a}");
        check(CharSet::one('s'), "s", "Ss\u{17f}");
        check(CharSet::one('é'), "é", "é");
        check(CharSet::one('ā'), "", "Āā");
        check(CharSet::one('å'), "", "å\u{212b}");
        check(CharSet::from_ranges(&[('ſ', 'ſ'), ('\u{2000}', '\u{2001}')]), "", "ſ\u{2000}\u{2001}");
    }
}
