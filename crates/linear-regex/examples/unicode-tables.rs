//! Writes the files in `src/unicode` from the tables of `regex-syntax`, whose sources have
//! to be named:
//!
//! ```text
//! cargo run -p linear-regex --example unicode-tables -- ~/.cargo/registry/src/*/regex-syntax-0.8.*/src/unicode_tables
//! ```

use std::collections::BTreeSet;
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
        || class(name).is_some_and(|it| {
            [format!("gc={name}"), format!("sc={name}")].iter().any(|full| class(full).as_ref() == Some(&it))
        })
}

/// Writes the names with the numbers of their tables, and the tables one after another. A table is written as what
/// distinguishes it from an earlier one, where that halves it.
fn write_tables(path: &Path, names: Vec<String>) -> std::io::Result<()> {
    let (mut index, mut tables, mut known) = (String::new(), Vec::new(), Vec::<BTreeSet<u32>>::new());
    for name in names {
        let Some(edges) = class(&name).map(|class| edges(&class)) else { continue };
        let number = known.iter().position(|other| *other == edges).unwrap_or_else(|| {
            let differences = known
                .iter()
                .enumerate()
                .map(|(base, other)| encode(base + 1, edges.symmetric_difference(other)));
            let whole = encode(0, edges.iter());
            let shortest = differences.min_by_key(Vec::len);
            tables.extend(shortest.filter(|it| it.len() <= whole.len() / 2).unwrap_or(whole));
            known.push(edges);
            known.len() - 1
        });
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

fn class(name: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(&format!(r"\p{{{name}}}")).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        HirKind::Literal(literal) => {
            let ch = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
            Some(ClassUnicode::new([ClassUnicodeRange::new(ch, ch)]))
        }
        _ => None,
    }
}

/// Where ranges begin, and what is behind their ends. The edges of the difference of two classes are those that
/// only one of them has.
fn edges(class: &ClassUnicode) -> BTreeSet<u32> {
    class.ranges().iter().flat_map(|range| [range.start().into(), u32::from(range.end()) + 1]).collect()
}

/// One more than the number of the table that the edges are the difference to, or 0; the number of edges; and for
/// each of them how far it is behind the one before.
fn encode<'a>(base: usize, edges: impl Iterator<Item = &'a u32>) -> Vec<u8> {
    let edges: Vec<u32> = edges.copied().collect();
    let mut out = Vec::new();
    number(&mut out, base as u32);
    number(&mut out, edges.len() as u32);
    let mut behind = 0;
    for edge in edges {
        number(&mut out, edge - behind);
        behind = edge;
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
