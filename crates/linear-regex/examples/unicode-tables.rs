//! Writes the files in `src/unicode` from the tables of `regex-syntax`, whose sources have
//! to be named:
//!
//! ```text
//! cargo run -p linear-regex --example unicode-tables -- ~/.cargo/registry/src/*/regex-syntax-0.8.*/src/unicode_tables
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args().nth(1).ok_or("the folder of regex-syntax's tables is missing")?;
    let mut names = vec!["any".to_owned(), "ascii".to_owned(), "assigned".to_owned()];
    for file in ["property_names.rs", "property_values.rs"] {
        let text = fs::read_to_string(Path::new(&folder).join(file))?;
        for name in text.split('"').skip(1).step_by(2) {
            let name: String =
                name.to_lowercase().chars().filter(|c| !matches!(c, ' ' | '-' | '_')).collect();
            if !name.starts_with("is") {
                names.extend([format!("age={name}"), format!("gcb={name}")]);
                names.push(name);
            }
        }
    }
    names.sort();
    names.dedup();
    let (first, more): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| is_of_go(name));
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/unicode");
    write_tables(&out.join("go"), first)?;
    write_tables(&out.join("more"), more)?;
    fs::write(out.join("folding.bin"), folding())?;
    Ok(())
}

/// Whether Go has the property: it is a category or a script, or the age of Go's version of Unicode.
fn is_of_go(name: &str) -> bool {
    name == "age=15.0"
        || ranges(name).is_some_and(|it| {
            [format!("gc={name}"), format!("sc={name}")].iter().any(|full| ranges(full).as_ref() == Some(&it))
        })
}

/// Writes the names with the numbers of their tables, and the tables one after another.
fn write_tables(path: &Path, names: Vec<String>) -> std::io::Result<()> {
    let (mut index, mut tables, mut known) = (String::new(), Vec::new(), BTreeMap::new());
    for name in names {
        let Some(table) = ranges(&name).map(|ranges| encode(&ranges)) else { continue };
        let next = known.len();
        let number = *known.entry(table.clone()).or_insert(next);
        if number == next {
            tables.extend(table);
        }
        // Writing to a string cannot fail.
        let _ = writeln!(index, "{name} {number}");
    }
    fs::write(path.with_extension("txt"), index)?;
    fs::write(path.with_extension("bin"), tables)
}

/// The sets of characters that are equal but for case, by their first characters. Of each set: how far the first
/// is behind the first of the set before, how many others there are, and how far each is behind the one before it.
fn folding() -> Vec<u8> {
    let (mut out, mut behind) = (Vec::new(), 0);
    for ch in '\0'..=char::MAX {
        let mut class = ClassUnicode::new([ClassUnicodeRange::new(ch, ch)]);
        class.case_fold_simple();
        let set: Vec<u32> = class
            .ranges()
            .iter()
            .flat_map(|range| u32::from(range.start())..=u32::from(range.end()))
            .collect();
        if set.len() > 1 && set[0] == u32::from(ch) {
            number(&mut out, set[0] - behind);
            number(&mut out, set.len() as u32 - 1);
            set.windows(2).for_each(|pair| number(&mut out, pair[1] - pair[0]));
            behind = set[0];
        }
    }
    out
}

fn ranges(name: &str) -> Option<Vec<(u32, u32)>> {
    match regex_syntax::parse(&format!(r"\p{{{name}}}")).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => {
            Some(class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect())
        }
        HirKind::Literal(literal) => {
            let ch = std::str::from_utf8(&literal.0).ok()?.chars().next()?.into();
            Some(vec![(ch, ch)])
        }
        _ => None,
    }
}

/// The number of ranges, and for each of them how far it begins behind the one before and how long it is.
fn encode(ranges: &[(u32, u32)]) -> Vec<u8> {
    let mut out = Vec::new();
    number(&mut out, ranges.len() as u32);
    let mut behind = 0;
    for &(start, end) in ranges {
        number(&mut out, start - behind);
        number(&mut out, end - start);
        behind = end;
    }
    out
}

/// A number in groups of seven bits, the lowest first, with the high bit set in all but the last.
fn number(out: &mut Vec<u8>, mut value: u32) {
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
