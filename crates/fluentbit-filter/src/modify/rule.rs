//! Rules of `modify`.

use event_model::{Compat, Field, Value};
use fluentbit_config::Property;
use onigmo_regex::Regex;
use source_text::{Diagnostic, Span};

use crate::context::Scratch;
use crate::regex;

/// One rule.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    change: Change,
    pub(super) span: Span,
}

#[derive(Clone, Debug)]
enum Change {
    Set(Pair),
    Add(Pair),
    Rename(Pair),
    HardRename(Pair),
    Copy(Pair),
    HardCopy(Pair),
    Remove(Box<[u8]>),
    RemoveStart(Box<[u8]>),
    RemoveRegex(Regex),
    ToStart(Box<[u8]>),
    ToEnd(Box<[u8]>),
    /// A rule Fluent Bit accepts and never applies.
    Nothing,
}

/// A key, and a value or another key.
#[derive(Clone, Debug)]
struct Pair {
    key: Box<[u8]>,
    other: Box<[u8]>,
}

/// Whether `key` is the name of a rule.
pub(super) fn is_name(key: &str) -> bool {
    const NAMES: [&str; 12] = [
        "set",
        "add",
        "add_if_not_present",
        "rename",
        "hard_rename",
        "copy",
        "hard_copy",
        "remove",
        "remove_wildcard",
        "remove_regex",
        "move_to_start",
        "move_to_end",
    ];
    NAMES.iter().any(|name| name.eq_ignore_ascii_case(key))
}

impl Rule {
    pub(super) fn new(
        property: &Property,
        words: &[String],
        compat: Compat,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        match Change::new(property, words, compat, problems) {
            Ok(change) => Some(Self { change, span: property.value_span }),
            Err(problem) => {
                problems.push(*problem);
                None
            }
        }
    }

    /// Changes the fields; whether there was something to change.
    pub(super) fn apply<'a>(&'a self, fields: &mut Vec<Field<'a>>, scratch: &mut Scratch) -> bool {
        let count = |fields: &[Field<'_>], key: &[u8]| fields.iter().filter(|field| field.key == key).count();
        match &self.change {
            Change::Set(pair) => {
                fields.retain(|field| field.key != &*pair.key);
                fields.push(pair.field());
                true
            }
            Change::Add(pair) => {
                let missing = count(fields, &pair.key) == 0;
                if missing {
                    fields.push(pair.field());
                }
                missing
            }
            Change::Rename(pair) => count(fields, &pair.other) == 0 && pair.rename(fields),
            Change::HardRename(pair) => {
                let found = count(fields, &pair.key) > 0;
                if found {
                    fields.retain(|field| field.key != &*pair.other);
                    pair.rename(fields);
                }
                found
            }
            Change::Copy(pair) => {
                count(fields, &pair.key) == 1 && count(fields, &pair.other) == 0 && pair.copy(fields)
            }
            Change::HardCopy(pair) => {
                let clear = count(fields, &pair.key) == 1 && count(fields, &pair.other) <= 1;
                if clear {
                    fields.retain(|field| field.key != &*pair.other);
                    pair.copy(fields);
                }
                clear
            }
            Change::Remove(key) => remove(fields, |field| field.key == &**key),
            Change::RemoveStart(start) => remove(fields, |field| field.key.starts_with(start)),
            Change::RemoveRegex(regex) => remove(fields, |field| regex.is_match(field.key)),
            Change::ToStart(start) => order(fields, scratch, |field| field.key.starts_with(start)),
            Change::ToEnd(start) => {
                fields.iter().any(|field| field.key.starts_with(start))
                    && order(fields, scratch, |field| !field.key.starts_with(start))
            }
            Change::Nothing => false,
        }
    }
}

impl Change {
    fn new(
        property: &Property,
        words: &[String],
        compat: Compat,
        problems: &mut Vec<Diagnostic>,
    ) -> Result<Self, Box<Diagnostic>> {
        let span = property.value_span;
        let name = property.key.to_ascii_lowercase();
        let fail = |help: &str| {
            let message = format!("`{} {}` is no rule", property.key, property.value);
            Box::new(Diagnostic::error("invalid-rule", span, message).help(help))
        };
        let [key, .., last] = words else {
            let [key] = words else { return Err(fail("the rule is empty")) };
            let bytes = key.as_bytes().into();
            let change = match name.as_str() {
                "remove" => Self::Remove(bytes),
                "remove_wildcard" => Self::RemoveStart(bytes),
                "remove_regex" => return Ok(Self::RemoveRegex(regex::compile(key, span, compat)?)),
                "move_to_start" | "move_to_end" if compat == Compat::V1_8 => {
                    return Err(fail("Fluent Bit 1.8 has no such rule"));
                }
                "move_to_start" => Self::ToStart(bytes),
                "move_to_end" => Self::ToEnd(bytes),
                _ => return Err(fail("it needs a key and a value")),
            };
            compiles(key, span, compat)?;
            return Ok(change);
        };
        let pair = Pair { key: key.as_bytes().into(), other: last.as_bytes().into() };
        compiles(key, span, compat)?;
        compiles(last, span, compat)?;
        if words.len() == 3 {
            let change = if compat == Compat::V1_8 { Self::Nothing } else { Self::Rename(pair) };
            problems.push(three_words(property, key, last, &change));
            return Ok(change);
        }
        Ok(match name.as_str() {
            "set" => Self::Set(pair),
            "add" | "add_if_not_present" => Self::Add(pair),
            "rename" => Self::Rename(pair),
            "hard_rename" => Self::HardRename(pair),
            "copy" => Self::Copy(pair),
            "hard_copy" => Self::HardCopy(pair),
            _ => return Err(fail("it takes one word")),
        })
    }
}

/// Fluent Bit 5.1 compiles keys and values of all rules, and fails where that fails.
fn compiles(word: &str, span: Span, compat: Compat) -> Result<(), Box<Diagnostic>> {
    if compat == Compat::V1_8 {
        return Ok(());
    }
    regex::compile(word, span, compat).map(drop).map_err(|problem| {
        Box::new(problem.help("Fluent Bit compiles keys and values of all rules as patterns"))
    })
}

fn three_words(property: &Property, key: &str, last: &str, change: &Change) -> Diagnostic {
    let span = property.value_span;
    let problem = match change {
        Change::Nothing => Diagnostic::warning(
            "ignored-rule",
            span,
            format!("Fluent Bit 1.8 accepts `{}` with three words and ignores it", property.key),
        ),
        _ => Diagnostic::warning(
            "rename-by-accident",
            span,
            format!("with three words, `{}` renames `{key}` to `{last}`", property.key),
        ),
    };
    problem.help("put a value with spaces in quotes")
}

impl Pair {
    fn field(&self) -> Field<'_> {
        Field::new(&self.key, Value::Str(&self.other))
    }

    fn rename<'a>(&'a self, fields: &mut [Field<'a>]) -> bool {
        let mut found = false;
        for field in fields.iter_mut().filter(|field| field.key == &*self.key) {
            field.key = &self.other;
            found = true;
        }
        found
    }

    /// Puts a copy behind the first field with the key.
    fn copy<'a>(&'a self, fields: &mut Vec<Field<'a>>) -> bool {
        let found = fields.iter().position(|field| field.key == &*self.key);
        if let Some(at) = found {
            let value = fields[at].value;
            fields.insert(at + 1, Field::new(&self.other, value));
        }
        found.is_some()
    }
}

fn remove<'a>(fields: &mut Vec<Field<'a>>, gone: impl Fn(&Field<'a>) -> bool) -> bool {
    let before = fields.len();
    fields.retain(|field| !gone(field));
    fields.len() < before
}

/// Puts the fields for which `first` says so before the others; whether there are any.
fn order<'a>(fields: &mut Vec<Field<'a>>, scratch: &mut Scratch, first: impl Fn(&Field<'a>) -> bool) -> bool {
    let mut ordered: Vec<Field<'a>> = scratch.take_fields();
    ordered.extend(fields.iter().filter(|field| first(field)));
    let found = !ordered.is_empty();
    ordered.extend(fields.iter().filter(|field| !first(field)));
    std::mem::swap(fields, &mut ordered);
    scratch.put_fields(ordered);
    found
}
