//! Unicode classes and case folding, as of Unicode 15.0, the version Go 1.26 has.
//!
//! The tables know a later version. What was assigned later counts as
//! unassigned here, so that a class means the same characters as in Go.

use std::sync::LazyLock;

use linear_regex::unicode_category_or_script;
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use crate::class;

/// The characters assigned by Unicode 15.0.
static KNOWN: LazyLock<ClassUnicode> =
    LazyLock::new(|| unicode_category_or_script("age=15.0").unwrap_or_else(class::any));

/// Pairs that became equal under simple case folding after Unicode 15.0 and were assigned before it.
const FOLDED_LATER: [(char, char); 3] =
    [('\u{0390}', '\u{1FD3}'), ('\u{03B0}', '\u{1FE3}'), ('\u{FB05}', '\u{FB06}')];

/// Letters, as Go's `unicode.IsLetter` has them.
static LETTERS: LazyLock<ClassUnicode> = LazyLock::new(|| category("L").unwrap_or_else(ClassUnicode::empty));
/// Decimal digits, as Go's `unicode.IsDigit` has them.
static DIGITS: LazyLock<ClassUnicode> = LazyLock::new(|| category("Nd").unwrap_or_else(ClassUnicode::empty));

/// A class that has a name.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) class: ClassUnicode,
    /// Whether `(?i)` adds what differs from a member by case.
    pub(crate) folds: bool,
}

/// Whether `char` may stand in a group name of a template: letters, digits and `_`.
pub(crate) fn is_name(char: char) -> bool {
    char.is_ascii_alphanumeric()
        || char == '_'
        || !char.is_ascii() && (contains(&LETTERS, char) || contains(&DIGITS, char))
}

/// Adds to `class` what differs from a member by case only.
pub(crate) fn fold(class: &mut ClassUnicode) {
    if class.ranges().last().is_none_or(|range| range.end().is_ascii()) {
        linear_regex::fold_case(class);
        return;
    }
    let mut folded = class.clone();
    folded.intersect(&KNOWN);
    linear_regex::fold_case(&mut folded);
    folded.intersect(&KNOWN);
    for (one, other) in FOLDED_LATER {
        for char in [one, other] {
            if !contains(class, char) {
                folded.difference(&ClassUnicode::new([ClassUnicodeRange::new(char, char)]));
            }
        }
    }
    class.union(&folded);
}

/// The class Go calls `name` in `\p{name}`. Case, spaces, hyphens and underscores do not matter.
pub(crate) fn property(name: &str) -> Option<Property> {
    let name = canonical(name);
    let short = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, short)| short);
    let listed = |list: &str, name| list.split_ascii_whitespace().any(|known| known == name);
    let class = match short {
        "Any" => class::any(),
        "Ascii" => class::from_pairs(&[('\0', '\x7F')]),
        "Assigned" => {
            let mut class = category("Cn")?;
            class.negate();
            class
        }
        // Go has no folding table for this one.
        "LC" => return Some(Property { class: category(short)?, folds: false }),
        _ if listed(CATEGORIES, short) => category(short)?,
        _ if listed(SCRIPTS, short) => script(short)?,
        _ => return None,
    };
    Some(Property { class, folds: true })
}

fn script(name: &str) -> Option<ClassUnicode> {
    let mut class = unicode_category_or_script(&name.to_ascii_lowercase())?;
    class.intersect(&KNOWN);
    Some(class)
}

fn category(short: &str) -> Option<ClassUnicode> {
    // Text cannot hold surrogates, so `regex-syntax` has no table of them.
    let mut class = match short {
        "Cs" => ClassUnicode::empty(),
        _ => unicode_category_or_script(&short.to_ascii_lowercase())?,
    };
    if matches!(short, "C" | "Cn") {
        let mut unknown = KNOWN.clone();
        unknown.negate();
        class.union(&unknown);
    } else {
        class.intersect(&KNOWN);
    }
    // U+1171E was a nonspacing mark until Unicode 16.0.
    let moved = class::from_pairs(&[('\u{1171E}', '\u{1171E}')]);
    match short {
        "Mn" => class.union(&moved),
        "Mc" => class.difference(&moved),
        _ => {}
    }
    Some(class)
}

/// The name as Go looks it up: a capital, then small letters, without separators.
fn canonical(name: &str) -> String {
    let mut canonical = String::with_capacity(name.len());
    for char in name.chars().filter(|char| !matches!(char, '_' | '-' | ' ')) {
        canonical.push(match canonical.is_empty() {
            true => char.to_ascii_uppercase(),
            false => char.to_ascii_lowercase(),
        });
    }
    canonical
}

fn contains(class: &ClassUnicode, char: char) -> bool {
    let ranges = class.ranges();
    let after = ranges.partition_point(|range| range.start() <= char);
    after.checked_sub(1).and_then(|index| ranges.get(index)).is_some_and(|range| char <= range.end())
}

/// General categories by their short names.
const CATEGORIES: &str = "\
    C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs";

/// The other names of general categories, in canonical form.
const ALIASES: [(&str, &str); 43] = [
    ("Casedletter", "LC"),
    ("Closepunctuation", "Pe"),
    ("Cntrl", "Cc"),
    ("Combiningmark", "M"),
    ("Connectorpunctuation", "Pc"),
    ("Control", "Cc"),
    ("Currencysymbol", "Sc"),
    ("Dashpunctuation", "Pd"),
    ("Decimalnumber", "Nd"),
    ("Digit", "Nd"),
    ("Enclosingmark", "Me"),
    ("Finalpunctuation", "Pf"),
    ("Format", "Cf"),
    ("Initialpunctuation", "Pi"),
    ("Lc", "LC"),
    ("Letter", "L"),
    ("Letternumber", "Nl"),
    ("Lineseparator", "Zl"),
    ("Lowercaseletter", "Ll"),
    ("Mark", "M"),
    ("Mathsymbol", "Sm"),
    ("Modifierletter", "Lm"),
    ("Modifiersymbol", "Sk"),
    ("Nonspacingmark", "Mn"),
    ("Number", "N"),
    ("Openpunctuation", "Ps"),
    ("Other", "C"),
    ("Otherletter", "Lo"),
    ("Othernumber", "No"),
    ("Otherpunctuation", "Po"),
    ("Othersymbol", "So"),
    ("Paragraphseparator", "Zp"),
    ("Privateuse", "Co"),
    ("Punct", "P"),
    ("Punctuation", "P"),
    ("Separator", "Z"),
    ("Spaceseparator", "Zs"),
    ("Spacingmark", "Mc"),
    ("Surrogate", "Cs"),
    ("Symbol", "S"),
    ("Titlecaseletter", "Lt"),
    ("Unassigned", "Cn"),
    ("Uppercaseletter", "Lu"),
];

/// The scripts Go finds. It looks for the name without separators in a table that has them, so a script
/// of several words, such as `Old_Italic`, cannot be named.
const SCRIPTS: &str = "\
    Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille \
    Buginese Buhid Carian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret \
    Devanagari Dogra Duployan Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati \
    Gurmukhi Han Hangul Hanunoo Hatran Hebrew Hiragana Inherited Javanese Kaithi Kannada Katakana Kawi \
    Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Lisu Lycian Lydian Mahajani Makasar Malayalam \
    Mandaic Manichaean Marchen Medefaidrin Miao Modi Mongolian Mro Multani Myanmar Nabataean Nandinagari \
    Newa Nko Nushu Ogham Oriya Osage Osmanya Palmyrene Phoenician Rejang Runic Samaritan Saurashtra Sharada \
    Shavian Siddham Sinhala Sogdian Soyombo Sundanese Syriac Tagalog Tagbanwa Takri Tamil Tangsa Tangut \
    Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Yezidi Yi";

#[cfg(test)]
mod tests {
    use regex_syntax::hir::{Class, HirKind};

    use super::*;

    /// No other property has the name of a category or of a script.
    #[test]
    fn names_are_those_of_categories_and_scripts() {
        let categories =
            CATEGORIES.split_ascii_whitespace().filter(|name| *name != "Cs").map(|name| ("gc", name));
        let scripts = SCRIPTS.split_ascii_whitespace().map(|name| ("sc", name));
        for (property, name) in categories.chain(scripts) {
            let hir = regex_syntax::parse(&format!(r"\p{{{property}={name}}}")).unwrap();
            let expected = match hir.kind() {
                HirKind::Class(Class::Unicode(class)) => class.clone(),
                HirKind::Literal(literal) => {
                    let char = std::str::from_utf8(&literal.0).unwrap().chars().next().unwrap();
                    class::from_pairs(&[(char, char)])
                }
                kind => panic!("{kind:?}"),
            };
            assert_eq!(unicode_category_or_script(&name.to_ascii_lowercase()), Some(expected), "{name}");
        }
    }
}
