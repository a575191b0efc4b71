//! The classic form: what lines are, and what is wrong with them.

use fluentbit_config::{Compat, Item, parse_classic};
use source_text::SourceMap;

/// The tree in one line: `[NAME key=value …]` for a section, `(name …)` for a group, `#`, `_`, `@name=value`.
fn show(items: &[Item]) -> String {
    let part = |item: &Item| match item {
        Item::Blank(_) => "_".to_owned(),
        Item::Comment(comment) => format!("#{}", comment.value),
        Item::Command(command) => format!("@{}={}", command.name.value, command.value.value),
        Item::Section(section) => format!("[{} {}]", section.name.value, show(&section.items)),
        Item::Group(group) => format!("({} {})", group.name.value, show(&group.items)),
        Item::Property(property) => format!("{}={}", property.key.value, property.value.value),
        _ => String::new(),
    };
    items.iter().map(part).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check_tree(text: &str, expected: &str) {
    let (document, _) = parse_classic(source_text::SourceId::default(), text, Compat::V5_1);
    assert_eq!(show(&document.items), expected, "{text}");
}

/// Checks places and codes; errors begin with `!`.
#[track_caller]
fn check_in(compat: Compat, text: &str, expected: &[&str]) {
    let mut sources = SourceMap::new();
    let id = sources.add("", text);
    let (_, problems) = parse_classic(id, text, compat);
    let found: Vec<String> = problems
        .iter()
        .map(|problem| {
            let (_, start, _) = problem.span().and_then(|span| sources.locate(span)).expect("a place");
            let mark = if problem.is_error() { "!" } else { "" };
            format!("{mark}{}:{} {}", start.line, start.column, problem.code())
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[track_caller]
fn check(text: &str, both: &[&str]) {
    check_in(Compat::V5_1, text, both);
    check_in(Compat::V1_8, text, both);
}

#[test]
fn trees() {
    check_tree("", "");
    check_tree("[A]\n    Name  x y \n", "[A Name=x y]");
    check_tree("# a\n\n[A] # b\n    # c\n    k v\n\n# d\n[B]\n    k v", "# a _ [A # c k=v] _ # d [B k=v]");
    check_tree("[A]\r\n    k v\r\n", "[A k=v]");
    check_tree(
        "@SET a=b\n@include x y \n[A]\n  k v\n@FOO  z \n  l w\n",
        "@SET=a=b @INCLUDE=x y  [A k=v @FOO=z l=w]",
    );
    check_tree("[A]\n k v\n@SET a=b\n\n[B]\n", "[A k=v] @SET=a=b _ [B ]");
    check_tree("[A]\n  k v\n  [G] \n    a b\n    # c\n\n  l w\n", "[A k=v (G a=b # c) _ l=w]");
    check_tree("[A] b] c\n", "[A ]");
    check_tree("[A]\n\tk \tv\t\n", "[A k=v]");
    check_tree("[A]\n    k a\\nb # c \"d\"\n", "[A k=a\\nb # c \"d\"]");
    check_tree("    k v\n", "k=v");
}

#[test]
fn recovered_trees() {
    check_tree("\u{feff}[A]\n    k v\n", "[A k=v]");
    check_tree("[A\n    k v\n", "[A k=v]");
    check_tree("[A]\n    k v\n  l w\n", "[A k=v l=w]");
    check_tree("[A]\n    k\tv\n", "[A k=v]");
    check_tree("[A]\n    k v\n  [INPUT]\n    l w\n", "[A k=v] [INPUT l=w]");
    check_tree("Name a\nTag b\n", "ame=a Tag=b");
}

#[test]
fn indents() {
    check("[A]\n    k v\n    l w\n", &[]);
    check("[A]\n k v\n[B]\n k v\n", &[]);
    check("[A]\n    k v\n  l w\n", &["!3:1 indent-too-low"]);
    check("[A]\n    k v\n     l w\n", &["!3:1 indent-too-deep"]);
    check("[A]\n    k v\n\tl w\n", &["!3:1 mixed-indent"]);
    check("[A]\n    k v\n  \tl w\n", &["!3:1 mixed-indent"]);
    check("[A]\n    k v\n   \n", &["!3:1 indent-too-low"]);
    check("[A]\n    k v\n    \n", &[]);
    check("[A]\n    k v\n  # c\n", &["!3:1 indent-too-low"]);
    check("[A]\nName v\nName w\n", &["2:1 unindented-key"]);
    check("[A]\nName v\nTag w\n", &["2:1 unindented-key", "!3:1 indent-too-low"]);
    check("[A]\n    k v\n[B]\n  k v\n  l w\n", &["!4:1 indent-too-low", "!5:1 indent-too-low"]);
}

#[test]
fn twice_the_indent() {
    let text = "[A]\n  k v\n    l w\n    m x\n  n y\n    o z\n";
    check_in(Compat::V5_1, text, &["3:1 doubled-indent", "6:1 doubled-indent"]);
    check_in(Compat::V1_8, text, &["!3:1 indent-too-deep", "!4:1 indent-too-deep", "!6:1 indent-too-deep"]);
}

#[test]
fn headers() {
    check("[A]\n  k v\n[B\n  k v\n", &["!3:1 unclosed-header"]);
    check("[A]\n  k v\n  [INPUT]\n  k v\n", &["!3:3 indented-header"]);
    check("[A]\n  k v\n [INPUT]\n  k v\n", &["!3:2 indented-header"]);
    check("[A]\n[B]\n  k v\n", &["1:2 empty-section"]);
    check("[A]\n# c\n@SET a=b\n", &["1:2 empty-section"]);
}

#[test]
fn groups() {
    check_in(Compat::V5_1, "[A]\n  k v\n  [INPUT] # c\n    l w\n", &["3:3 indented-header"]);
    check_in(Compat::V5_1, "[A]\n  [B c\n", &["!2:3 unclosed-header", "1:2 empty-section"]);
    check_in(Compat::V5_1, "  [B] c\n", &["!1:3 group-outside-section"]);
    check_in(
        Compat::V5_1,
        "[A]\n  [B] \n    [C] \n      k v\n",
        &["!2:4 empty-group", "!4:1 indent-too-deep"],
    );
    check_in(Compat::V1_8, "[A]\n  [B] c\n", &[]);
}

#[test]
fn keys_and_values() {
    check("[A]\n  k\n", &["!2:3 missing-value", "1:2 empty-section"]);
    check("[A]\n  k \n", &["!2:3 empty-value", "1:2 empty-section"]);
    check("[A]\n  k   \t\n", &["!2:3 empty-value", "1:2 empty-section"]);
    check("[A]\n  k\tv\n", &["!2:4 tab-separator"]);
    check("[A]\n  k v # c\n", &["2:7 inline-comment"]);
    check("[A]\n  k v\t#c\n", &["2:7 inline-comment"]);
    check("[A]\n  k a#b\n", &[]);
    check("[A]\n  k a\0b\n", &["!2:6 nul-byte"]);
}

#[test]
fn commands() {
    check("@FOO bar\n@SET a=b\n@INCLUDE x\n", &[]);
    check("@FOO\n", &["!1:1 command-without-value"]);
    // Too short for a command, it is a key.
    check("@a\n", &["1:1 unindented-key", "!1:2 missing-value"]);
}

#[test]
fn byte_order_mark() {
    check("\u{feff}[A]\n  k v\n", &["!1:1 byte-order-mark"]);
    check("[A]\n  k \u{feff}v\n", &[]);
}

#[test]
fn line_length() {
    let text = |length: usize| format!("#{}\n", "x".repeat(length - 2));
    check(&text(4095), &[]);
    check_in(Compat::V1_8, &text(4096), &["!1:1 line-too-long"]);
    check_in(Compat::V5_1, &text(4096), &[]);
}
