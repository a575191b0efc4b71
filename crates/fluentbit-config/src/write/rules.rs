//! Rules of multiline parsers: `Rule "state" "pattern" "next"` in one form, mappings in the other.

use crate::section::SectionKind;
use crate::tree::{GroupNode, Item, PropertyNode, Text};
use crate::value;

const PARTS: [&str; 3] = ["state", "regex", "next_state"];

/// Turns `Rule` lines of a multiline parser to groups.
pub(super) fn to_groups(kind: SectionKind, items: &[Item]) -> Vec<Item> {
    let convert = |item: &Item| match item {
        Item::Property(property)
            if kind == SectionKind::MultilineParser && property.key.value.eq_ignore_ascii_case("rule") =>
        {
            to_group(property).map_or_else(|| item.clone(), Item::Group)
        }
        item => item.clone(),
    };
    items.iter().map(convert).collect()
}

fn to_group(property: &PropertyNode) -> Option<GroupNode> {
    let span = property.value.span;
    let words = value::split_words(&property.value.value, PARTS.len());
    if words.len() != PARTS.len() {
        return None;
    }
    let items = PARTS.iter().zip(words).map(|(key, word)| {
        let value = Text::new(word, span);
        Item::Property(PropertyNode { key: Text::new(*key, span), value, comment: None })
    });
    Some(GroupNode { name: Text::new("rules", property.key.span), listed: true, items: items.collect() })
}

/// The `Rule` line of a group, if it is one.
pub(super) fn to_property(group: &GroupNode) -> Option<PropertyNode> {
    if !group.listed || group.name.value != "rules" {
        return None;
    }
    let part = |name: &str| {
        group.items.iter().find_map(|item| match item {
            Item::Property(property) if property.key.value.eq_ignore_ascii_case(name) => {
                Some(property.value.value.replace('"', "\\\""))
            }
            _ => None,
        })
    };
    let [state, regex, next] = PARTS.map(part);
    let value = format!("\"{}\" \"{}\" \"{}\"", state?, regex?, next?);
    Some(PropertyNode {
        key: Text::new("rule", group.name.span),
        value: Text::new(value, group.name.span),
        comment: None,
    })
}
