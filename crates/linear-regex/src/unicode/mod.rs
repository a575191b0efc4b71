//! Unicode's properties, in a tenth of the space that `regex-syntax` has for them. They are made of its tables.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// The properties that Go has.
const GO: Tables = Tables { names: include_str!("go.txt"), tables: include_bytes!("go.bin") };
/// The others.
const MORE: Tables = Tables { names: include_str!("more.txt"), tables: include_bytes!("more.bin") };
/// Sets of characters that differ only by case, written in the same way.
const FOLDING: &[u8] = include_bytes!("folding.bin");

/// The characters that have a property: a general category (`lu`), a script (`greek`), a binary property
/// (`alphabetic`), an age (`age=15.0`) or a part of a grapheme cluster (`gcb=prepend`), in small letters without separators. `None` for an unknown name.
///
/// The version of Unicode is that of `regex-syntax`: 16.0.
///
/// ```
/// let class = linear_regex::unicode_property("lu").unwrap();
/// assert_eq!(class.ranges()[0], regex_syntax::hir::ClassUnicodeRange::new('A', 'Z'));
/// ```
#[must_use]
pub fn unicode_property(name: &str) -> Option<ClassUnicode> {
    GO.find(name).or_else(|| MORE.find(name))
}

/// [`unicode_property`] for the categories and scripts, and for `age=15.0`. A program that needs no others has a
/// smaller table.
#[must_use]
pub fn unicode_category_or_script(name: &str) -> Option<ClassUnicode> {
    GO.find(name)
}

struct Tables {
    /// For each name the number of its table.
    names: &'static str,
    /// The tables one after another; how they are written stands in `examples/unicode-tables.rs`.
    tables: &'static [u8],
}

impl Tables {
    fn find(&self, name: &str) -> Option<ClassUnicode> {
        let number = self.names.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        let number: usize = number.parse().ok()?;
        let mut next = Some(number);
        let mut edges = Vec::new();
        while let Some(number) = next {
            next = self.add_edges(number, &mut edges)?;
        }
        // An edge that comes twice is none: the table is the difference to another that has it too.
        edges.sort_unstable();
        let mut kept: Vec<u32> = Vec::with_capacity(edges.len());
        for edge in edges {
            if kept.last() == Some(&edge) {
                kept.pop();
            } else {
                kept.push(edge);
            }
        }
        let (pairs, _) = kept.as_chunks();
        let range = |[start, behind]: &[u32; 2]| {
            Some(ClassUnicodeRange::new(char::from_u32(*start)?, char::from_u32(behind - 1)?))
        };
        pairs.iter().map(range).collect::<Option<Vec<_>>>().map(ClassUnicode::new)
    }

    /// Adds where the ranges of a table begin and what is behind their ends. Gives the number of the table that it is
    /// the difference to, if it is one.
    fn add_edges(&self, number: usize, edges: &mut Vec<u32>) -> Option<Option<usize>> {
        let mut numbers = Numbers(self.tables);
        for _ in 0..number {
            let (_, count) = (numbers.next()?, numbers.next()?);
            for _ in 0..count {
                numbers.next()?;
            }
        }
        let base = numbers.next()?.checked_sub(1);
        let mut edge = 0;
        for _ in 0..numbers.next()? {
            edge += numbers.next()?;
            edges.push(edge);
        }
        Some(base.map(|base| base as usize))
    }
}

/// Adds the characters that differ from a member only by case, as Unicode's simple case folding has it.
///
/// ```
/// use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};
///
/// let mut class = ClassUnicode::new([ClassUnicodeRange::new('k', 'k')]);
/// linear_regex::fold_case(&mut class);
/// let members: Vec<_> = class.ranges().iter().map(|range| range.start()).collect();
/// assert_eq!(members, ['K', 'k', '\u{212a}']);
/// ```
pub fn fold_case(class: &mut ClassUnicode) {
    let mut numbers = Numbers(FOLDING);
    let (mut first, mut set, mut added) = (0, Vec::new(), Vec::new());
    let last = class.ranges().last().map_or('\0', |range| range.end());
    while let (Some(step), Some(others)) = (numbers.next(), numbers.next()) {
        first += step;
        set.clear();
        set.extend(char::from_u32(first));
        // A set begins with its least character.
        if set.first().is_none_or(|first| *first > last) {
            break;
        }
        let mut member = first;
        for step in numbers.by_ref().take(others as usize) {
            member += step;
            set.extend(char::from_u32(member));
        }
        if set.iter().any(|ch| holds(class, *ch)) {
            added.extend(set.iter().map(|ch| ClassUnicodeRange::new(*ch, *ch)));
        }
    }
    class.union(&ClassUnicode::new(added));
}

/// Whether the class has the character.
fn holds(class: &ClassUnicode, ch: char) -> bool {
    let ranges = class.ranges();
    let after = ranges.partition_point(|range| range.start() <= ch);
    after.checked_sub(1).is_some_and(|index| ch <= ranges[index].end())
}

struct Numbers(&'static [u8]);

impl Iterator for Numbers {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u32::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}
