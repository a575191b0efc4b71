//! The parts of a YAML file, and what of a tree belongs to each.

use event_model::Compat;
use source_text::{Diagnostic, Span};

use super::lost;
use crate::section::SectionKind;
use crate::tree::{Form, Item, SectionNode};

/// An item with the comments and blank lines before it.
pub(super) struct Placed<'a> {
    pub(super) before: Vec<&'a Item>,
    pub(super) item: &'a Item,
}

/// What depends on the order of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Plugins,
    Includes,
}

/// The parts of a file, in the order they are written.
#[derive(Default)]
pub(super) struct Parts<'a> {
    pub(super) variables: Vec<Placed<'a>>,
    pub(super) includes: Vec<Placed<'a>>,
    /// Whether the plugins come first.
    pub(super) includes_last: bool,
    pub(super) services: Vec<Placed<'a>>,
    pub(super) others: Vec<Placed<'a>>,
    sections: Vec<(SectionKind, Placed<'a>)>,
    /// Comments and blank lines at the end.
    pub(super) after: Vec<&'a Item>,
}

impl<'a> Parts<'a> {
    /// Sorts the items of a file by the part they belong to.
    pub(super) fn of(items: &'a [Item], from: Form, problems: &mut Vec<Diagnostic>) -> Self {
        let mut parts = Parts::default();
        let mut before = Vec::new();
        // Plugins and includes in turn: an include reads its plugins where it stands.
        let mut turns: Vec<Turn> = Vec::new();
        for item in flatten(items) {
            if let Some(turn) = turn(item, from)
                && turns.last() != Some(&turn)
            {
                turns.push(turn);
                if turns.len() == 3 {
                    let message = "plugins stand before and after an include: in YAML they are all together";
                    problems.push(lost(span_of(item), message));
                }
            }
            let placed = |before: &mut Vec<&'a Item>| Placed { before: std::mem::take(before), item };
            match item {
                Item::Blank(_) | Item::Comment(_) => before.push(item),
                Item::Command(command) if command.is("SET") && command.value.value.contains('=') => {
                    parts.variables.push(placed(&mut before));
                }
                Item::Command(command) if command.is("INCLUDE") => parts.includes.push(placed(&mut before)),
                Item::Section(section) => match kind(section, from) {
                    SectionKind::Service => parts.services.push(placed(&mut before)),
                    SectionKind::Unknown => parts.others.push(placed(&mut before)),
                    kind => parts.sections.push((kind, placed(&mut before))),
                },
                Item::Command(command) => {
                    problems.push(lost(
                        span_of(item),
                        format!("YAML has no place for `@{}`", command.name.value),
                    ));
                }
                Item::Group(_) | Item::Property(_) => {
                    problems.push(lost(span_of(item), "YAML has no place for what is in no section"));
                }
            }
        }
        parts.after = before;
        parts.includes_last = turns.first() == Some(&Turn::Plugins);
        parts
    }

    /// The sections of one kind.
    pub(super) fn sections(&self, kind: SectionKind) -> impl Iterator<Item = (&Placed<'a>, &'a SectionNode)> {
        self.sections.iter().filter(move |(of, _)| *of == kind).filter_map(|(_, placed)| match placed.item {
            Item::Section(section) => Some((placed, section)),
            _ => None,
        })
    }
}

fn turn(item: &Item, from: Form) -> Option<Turn> {
    match item {
        Item::Command(command) if command.is("INCLUDE") => Some(Turn::Includes),
        Item::Section(section) if kind(section, from).is_plugin() => Some(Turn::Plugins),
        _ => None,
    }
}

/// The kind of a section. In YAML, names Fluent Bit does not know hold a mapping, and lists give the others.
fn kind(section: &SectionNode, from: Form) -> SectionKind {
    let name = section.name.value.as_str();
    let kind = SectionKind::of_header(name, Compat::V5_1);
    let exact = name.eq_ignore_ascii_case(kind.name()) || name.eq_ignore_ascii_case("customs");
    if from == Form::Classic || exact { kind } else { SectionKind::Unknown }
}

/// The items of a file, with the commands in classic sections before their section.
fn flatten(items: &[Item]) -> Vec<&Item> {
    let mut flat = Vec::new();
    for item in items {
        if let Item::Section(section) = item {
            flat.extend(section.items.iter().filter(|item| matches!(item, Item::Command(_))));
        }
        flat.push(item);
    }
    flat
}

/// Where to point at for an item.
fn span_of(item: &Item) -> Span {
    match item {
        Item::Blank(span) => *span,
        Item::Comment(comment) => comment.span,
        Item::Command(command) => command.value.span,
        Item::Section(section) => section.name.span,
        Item::Group(group) => group.name.span,
        Item::Property(property) => property.key.span,
    }
}
