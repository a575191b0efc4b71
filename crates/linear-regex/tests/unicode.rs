//! The small tables say what those of `regex-syntax` say.

use linear_regex::{fold_case, unicode_property};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, HirKind};

fn expected(name: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(&format!(r"\p{{{name}}}")).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        HirKind::Literal(literal) => {
            let ch = std::str::from_utf8(&literal.0).ok()?.chars().next()?;
            Some(ClassUnicode::new([ClassUnicodeRange::new(ch, ch)]))
        }
        _ => None,
    }
}

#[test]
fn all_names() {
    let lists = [include_str!("../src/unicode/go.txt"), include_str!("../src/unicode/more.txt")];
    let names: Vec<_> =
        lists.iter().flat_map(|list| list.lines()).filter_map(|line| line.split(' ').next()).collect();
    assert!(names.len() > 500);
    for name in names {
        assert_eq!(unicode_property(name), expected(name), "{name}");
    }
}

#[test]
fn some_properties() {
    for name in ["l", "lc", "cf", "sc", "cn", "any", "ascii", "greek", "grek", "alpha", "age=6.0", "age=v150"]
    {
        assert!(unicode_property(name).is_some(), "{name}");
    }
    for name in ["", "foo", "greek 1", "Lu", "age=99", "isgreek"] {
        assert_eq!(unicode_property(name), None, "{name}");
    }
}

#[test]
fn all_cases() {
    let letters: Vec<char> = ('\0'..='\u{1ffff}').collect();
    let mut classes: Vec<ClassUnicode> = letters[..0x2000]
        .chunks(1)
        .chain(letters[0x2000..].chunks(13))
        .map(|chunk| ClassUnicode::new(chunk.iter().map(|ch| ClassUnicodeRange::new(*ch, *ch))))
        .chain(["l", "lu", "greek", "any", "latin"].iter().filter_map(|name| unicode_property(name)))
        .collect();
    classes.push(ClassUnicode::empty());
    for class in classes {
        let (mut found, mut expected) = (class.clone(), class.clone());
        fold_case(&mut found);
        expected.case_fold_simple();
        assert_eq!(found, expected, "{class:?}");
    }
}
