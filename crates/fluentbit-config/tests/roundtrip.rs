//! What is written is read again: tree to text to tree, in both forms.

use fluentbit_config::{
    Command, Compat, Document, Form, GroupNode, Item, PropertyNode, SectionNode, Text, parse_classic,
    parse_yaml, write_classic, write_yaml,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use source_text::{SourceId, Span};

fn text(value: impl Into<String>) -> Text {
    Text::new(value, Span::default())
}

/// The tree without its places.
fn bare(items: &[Item]) -> Vec<Item> {
    let bare_text = |original: &Text| text(original.value.clone());
    let comment = |original: &Option<Text>| original.as_ref().map(bare_text);
    items
        .iter()
        .map(|item| match item {
            Item::Comment(comment) => Item::Comment(bare_text(comment)),
            Item::Command(command) => Item::Command(Command {
                name: bare_text(&command.name),
                value: bare_text(&command.value),
                comment: comment(&command.comment),
            }),
            Item::Section(section) => Item::Section(SectionNode {
                name: bare_text(&section.name),
                comment: comment(&section.comment),
                items: bare(&section.items),
            }),
            Item::Group(group) => Item::Group(GroupNode {
                name: bare_text(&group.name),
                listed: group.listed,
                items: bare(&group.items),
            }),
            Item::Property(property) => Item::Property(PropertyNode {
                key: bare_text(&property.key),
                value: bare_text(&property.value),
                comment: comment(&property.comment),
            }),
            _ => Item::Blank(Span::default()),
        })
        .collect()
}

fn blank() -> Item {
    Item::Blank(Span::default())
}

fn property(key: String, value: String, comment: Option<String>) -> Item {
    Item::Property(PropertyNode { key: text(key), value: text(value), comment: comment.map(text) })
}

fn command(name: &str, value: String) -> Item {
    Item::Command(Command { name: text(name), value: text(value), comment: None })
}

fn section(name: String, comment: Option<String>, items: Vec<Item>) -> Item {
    Item::Section(SectionNode { name: text(name), comment: comment.map(text), items })
}

mod classic {
    use super::*;

    fn value() -> impl Strategy<Value = String> {
        "[!-~é한]([ -~é한\u{a0}]{0,12}[!-~é한])?"
    }

    fn any_property() -> impl Strategy<Value = Item> {
        ("[A-Za-z@.é]([A-Za-z0-9_.#\\]-]{0,8})", value()).prop_map(|(key, value)| property(key, value, None))
    }

    fn any_comment() -> impl Strategy<Value = Item> {
        "[ -~é]{0,10}".prop_map(|comment| Item::Comment(text(comment)))
    }

    fn any_command() -> impl Strategy<Value = Item> {
        prop_oneof![
            value().prop_map(|value| command("SET", value)),
            value().prop_map(|value| command("INCLUDE", value)),
            value().prop_map(|value| command("FOO", value)),
        ]
    }

    fn group() -> impl Strategy<Value = Item> {
        ("[A-Za-z ]{1,6}", any_property(), vec(prop_oneof![any_property(), any_comment()], 0..3)).prop_map(
            |(name, first, rest)| {
                let items = std::iter::once(first).chain(rest).collect();
                Item::Group(GroupNode { name: text(name), listed: false, items })
            },
        )
    }

    /// Items of a section: what follows a group would come into it, and blank lines and commands at the end
    /// would come out.
    fn items() -> impl Strategy<Value = Vec<Item>> {
        let item =
            prop_oneof![4 => any_property(), 1 => any_comment(), 1 => any_command(), 1 => Just(blank())];
        (vec(item, 0..5), any_property(), option::of(group())).prop_map(|(mut items, last, group)| {
            items.push(last);
            items.extend(group);
            items
        })
    }

    fn document() -> impl Strategy<Value = Document> {
        let section = ("[A-Za-z_ ]{1,9}", option::of("[#a-z]([ -~]{0,6}[a-z])?"), items())
            .prop_map(|(name, comment, items)| section(name, comment, items));
        let item = prop_oneof![3 => section, 1 => any_comment(), 1 => any_command(), 1 => Just(blank())];
        vec(item, 0..5).prop_map(|items| Document::new(Form::Classic, SourceId::default(), items))
    }

    proptest! {
        #[test]
        fn tree_to_text_to_tree(document in document()) {
            let (written, lost) = write_classic(&document);
            prop_assert!(lost.is_empty(), "{lost:?}");
            let (read, _) = parse_classic(SourceId::default(), &written, Compat::V5_1);
            prop_assert_eq!(bare(&read.items), document.items, "{}", written);
        }

        #[test]
        fn written_text_is_a_fixed_point(source in "(\\[[A-Z]{1,3}\\]|@[A-Z]{2} x|#c| {0,8}[a#\\[\\]@ ]{0,6}|\n|\t|é){0,30}") {
            let (document, _) = parse_classic(SourceId::default(), &source, Compat::V5_1);
            let (once, _) = write_classic(&document);
            let (again, _) = parse_classic(SourceId::default(), &once, Compat::V5_1);
            let (twice, _) = write_classic(&again);
            prop_assert_eq!(twice, once);
        }

        #[test]
        fn yaml_and_back_keeps_what_is_said(document in document()) {
            let (yaml, lost) = write_yaml(&document);
            let (read, problems) = parse_yaml(SourceId::default(), &yaml);
            prop_assert!(problems.iter().all(|problem| problem.code() != "yaml-syntax"), "{problems:?}\n{yaml}");
            // Sections without a place in YAML, and commands, are reported.
            let has = |items: &[Item]| items.iter().any(|item| matches!(item, Item::Section(_)));
            prop_assert!(!has(&document.items) || has(&read.items) || !lost.is_empty() || !problems.is_empty());
        }
    }
}

mod yaml {
    use super::*;

    fn value() -> impl Strategy<Value = String> {
        "([!-~é한]([ -~é한\n\t\u{85}\u{feff}]{0,12}[!-~é한])?)?"
    }

    fn any_property() -> impl Strategy<Value = Item> {
        let key = prop_oneof![4 => "[a-z]{1,3}", 1 => "[!-~é]([ -~]{0,4}[!-~])?"]
            .prop_filter("keys with a meaning", |key| {
                !["processors", "routes", "rules", "<<"].contains(&key.as_str())
            });
        (key, value(), option::of("[ -~é]{0,8}[!-~é]"))
            .prop_map(|(key, value, comment)| property(key, value, comment))
    }

    fn any_comment() -> impl Strategy<Value = Item> {
        "([ -~é]{0,8}[!-~é])?".prop_map(|comment| Item::Comment(text(comment)))
    }

    fn trivia() -> impl Strategy<Value = Vec<Item>> {
        vec(prop_oneof![any_comment(), Just(blank())], 0..3)
    }

    /// Comments stand between keys; before the first and after the last they would belong elsewhere.
    fn items() -> impl Strategy<Value = Vec<Item>> {
        let more = vec((trivia(), any_property()), 0..4);
        (any_property(), more, option::of(processors())).prop_map(|(first, more, processors)| {
            let mut items = vec![first];
            for (trivia, property) in more {
                items.extend(trivia);
                items.push(property);
            }
            items.extend(processors);
            items
        })
    }

    fn processors() -> impl Strategy<Value = Item> {
        let properties = vec(any_property(), 1..3);
        let processor =
            (prop_oneof![Just("logs"), Just("metrics")], properties, option::of(vec(any_property(), 1..3)))
                .prop_map(|(signal, mut items, nested)| {
                    items.extend(nested.map(|items| {
                        Item::Group(GroupNode { name: text("condition"), listed: false, items })
                    }));
                    Item::Group(GroupNode { name: text(signal), listed: true, items })
                });
        vec(processor, 1..4)
            .prop_map(|items| Item::Group(GroupNode { name: text("processors"), listed: false, items }))
    }

    fn sections(name: &'static str) -> impl Strategy<Value = Vec<Item>> {
        vec((trivia(), items()), 0..3).prop_map(move |sections| {
            let mut all = Vec::new();
            for (trivia, items) in sections {
                all.extend(trivia);
                all.push(section(name.to_owned(), None, items));
            }
            all
        })
    }

    /// A document in the order it is written in.
    fn document() -> impl Strategy<Value = Document> {
        let variables = vec(("[a-z]{1,4}", "[ -~\n]{0,8}"), 0..3).prop_map(|variables| {
            variables.into_iter().map(|(name, value)| command("SET", format!("{name}={value}"))).collect()
        });
        let includes = vec("[!-~]{1,8}", 0..3)
            .prop_map(|includes| includes.into_iter().map(|path| command("INCLUDE", path)).collect());
        let service = option::of((trivia(), items())).prop_map(|service| {
            let Some((mut all, mut items)) = service else { return Vec::new() };
            items.retain(|item| !matches!(item, Item::Group(_)));
            all.push(section("service".to_owned(), None, items));
            all
        });
        let parts: [BoxedStrategy<Vec<Item>>; 7] = [
            variables.boxed(),
            includes.boxed(),
            service.boxed(),
            sections("input").boxed(),
            sections("filter").boxed(),
            sections("output").boxed(),
            trivia().boxed(),
        ];
        parts.prop_map(|parts| Document::new(Form::Yaml, SourceId::default(), parts.concat()))
    }

    proptest! {
        #[test]
        fn tree_to_text_to_tree(document in document()) {
            let (written, lost) = write_yaml(&document);
            prop_assert!(lost.is_empty(), "{lost:?}");
            let (read, problems) = parse_yaml(SourceId::default(), &written);
            prop_assert!(problems.is_empty(), "{problems:?}\n{written}");
            prop_assert_eq!(bare(&read.items), document.items, "{}", written);
        }
    }
}
