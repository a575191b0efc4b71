//! Any text becomes a tree whose places are real, or an error with a real place.

use source_text::yaml::{self, Node, NodeKind};
use source_text::{SourceId, Span};

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let documents = match yaml::parse(SourceId::default(), text) {
        Ok(documents) => documents,
        Err(problem) => {
            let span = problem.span().expect("a syntax error has a place");
            assert!(span.range().end <= text.len());
            return;
        }
    };
    documents.iter().for_each(|node| check(node, text));
    let first = yaml::parse_first(SourceId::default(), text).expect("it was readable as a whole");
    assert_eq!(first.as_ref(), documents.first());
    for comment in yaml::comments(SourceId::default(), text).expect("it was readable") {
        assert!(slice(text, comment).starts_with('#'));
    }
}

fn check(node: &Node, text: &str) {
    slice(text, node.span);
    let _ = (node.resolve(), node.is_null(), node.tag());
    match &node.kind {
        NodeKind::Scalar { text: scalar, .. } => {
            let positions = node.positions(text);
            for at in [0, 1, scalar.len() / 2, scalar.len(), scalar.len() + 1] {
                assert!(positions.span(at..at + 1).range().end <= text.len());
            }
        }
        NodeKind::Sequence(items) => items.iter().for_each(|item| check(item, text)),
        NodeKind::Mapping(entries) => entries.iter().for_each(|(key, value)| {
            check(key, text);
            check(value, text);
        }),
    }
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.range()).expect("a place in the text, between characters")
}
