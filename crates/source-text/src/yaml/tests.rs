use super::*;
use crate::SourceMap;

/// The tree in one line: scalars by style, `#` for a tag.
fn show(node: &Node) -> String {
    let tag = node.tag().map(|tag| format!("#{tag} ")).unwrap_or_default();
    let value = match &node.kind {
        NodeKind::Scalar { text, style } => {
            let mark = match style {
                Style::Plain => "",
                Style::SingleQuoted => "'",
                Style::DoubleQuoted => "\"",
                Style::Literal => "|",
                Style::Folded => ">",
            };
            format!("{mark}{}", text.escape_debug())
        }
        NodeKind::Sequence(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        NodeKind::Mapping(entries) => {
            let pairs = entries.iter().map(|(key, value)| format!("{}: {}", show(key), show(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    };
    tag + &value
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let shown = match parse(SourceId::default(), text) {
        Ok(documents) => documents.iter().map(show).collect::<Vec<_>>().join(" / "),
        Err(problem) => format!("{} at {}", problem.code(), problem.span().map_or(0, |span| span.start)),
    };
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn trees() {
    check("", "");
    check("# nothing\n", "");
    check("---\n", "");
    check("a: 1\nb: 'x'\nc: \"y\\n\"\n", "{a: 1, b: 'x, c: \"y\\n}");
    check("- a\n- [b, {c: d}]\n-\n", "[a, [b, {c: d}], ]");
    check("a: |\n  x\n   y\nb: >\n  x\n  y\n", "{a: |x\\n y\\n, b: >x y\\n}");
    check("a: 1\n---\nb: 2\n...\n", "{a: 1} / {b: 2}");
    check("a: 1\na: 2\n", "{a: 1, a: 2}");
    check("a: !!str 5\nb: !mine x\n", "{a: #tag:yaml.org,2002:str 5, b: #!mine x}");
    check("? [a, b]\n: c\n", "{[a, b]: c}");
    check("{a: 1}: |\n  x\n", "{{a: 1}: |x\\n}");
}

#[test]
fn syntax_errors() {
    check("a: [1", "yaml-syntax at 5");
    check("é: \"x", "yaml-syntax at 4");
    check("a: b: c\n", "yaml-syntax at 4");
    check("a: *x\n", "yaml-syntax at 3");
    check("a: [|\n  x\n]\n", "yaml-syntax at 4");
}

#[test]
fn brackets_and_quotes_need_no_indentation() {
    check("a:\n- b: [1,\n2, {c:\n3}\n]\n  d: 4\n", "{a: [{b: [1, 2, {c: 3}], d: 4}]}");
    check("a:\n  b: 'x\ny # z\n\n] é'\n", "{a: {b: 'x y # z\\n] é}}");
    check("a:\n  b: [\n'it''s',\nit's, # don't ]\n\"]\n\"\n]\n", "{a: {b: ['it\\'s, it\\'s, \"] ]}}");
    check("a: [\n\t1,\n\t2\n]\n", "{a: [1, 2]}");
    check("a: {\n\"b\": \"c\n\td\"\n}\n", "{a: {\"b: \"c d}}");
    check("a:\n  b:\n c: 1\n", "yaml-syntax at 9");
    check("a:\n- b: [1,\n2, }\n", "yaml-syntax at 15");
    // Places are those of the text as it is.
    assert_eq!(
        spans("é:\n- b: [ü,\nö, 'x\ny'\n]\n"),
        [
            "é:\n- b: [ü,\nö, 'x\ny'\n]",
            "é",
            "- b: [ü,\nö, 'x\ny'\n]",
            "b: [ü,\nö, 'x\ny'\n]",
            "b",
            "[ü,\nö, 'x\ny'\n]",
            "ü",
            "ö",
            "'x\ny'"
        ]
    );
}

#[test]
fn only_the_first_document() {
    let first = |text: &str| match parse_first(SourceId::default(), text) {
        Ok(node) => node.as_ref().map_or("none".to_owned(), show),
        Err(problem) => problem.code().to_owned(),
    };
    assert_eq!(first("a: 1\n---\n]\n"), "{a: 1}");
    assert_eq!(first("  a:\nb: 1\n"), "{a: }");
    assert_eq!(first("a: 1\n...\n\t@"), "{a: 1}");
    assert_eq!(first(""), "none");
    assert_eq!(first("a: ]\n---\nb: 1\n"), "yaml-syntax");
}

#[test]
fn tabs_are_no_indentation() {
    check("\ta: 1\n", "yaml-syntax at 0");
    check("a: 1\n\t\nb: 2\n", "yaml-syntax at 5");
    check("a: 1\n \t# no\nb: 2\n", "yaml-syntax at 6");
    check("a: 'x'\n\tb: 2\n", "yaml-syntax at 8");
    check("a: [1]\n\t\n", "yaml-syntax at 7");
    check("-\ta\n", "yaml-syntax at 1");
    check("- - \ta\n", "yaml-syntax at 4");
    check("?\ta\n", "yaml-syntax at 1");
    check("a:\t1\t# yes\n", "{a: 1}");
    check("é:\t \tx\nb: |\n  c:\td\nd: 'e:\tf'\n", "{é: x, b: |c:\\td\\n, d: 'e:\\tf}");
    check("a:\tb:\tc\n", "yaml-syntax at 4");
    check("a:\t\n  b: 1\n", "{a: {b: 1}}");
    check("a: [\n \t1,\t2 ]\n", "{a: [1, 2]}");
    check("{\n\t\"a\": 1\n}\n", "{\"a: 1}");
    check("a: |\n  x\n  \ty\n", "{a: |x\\n\\ty\\n}");
    check("a: \"x\n \ty\"\n", "{a: \"x y}");
    check("a: 'x\n \ty'\n", "{a: 'x y}");
}

#[test]
fn aliases() {
    check("a: &x [1, 2]\nb: *x\n", "{a: [1, 2], b: [1, 2]}");
    check("a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: 2}");
    check("a: &x [*x]\n", "yaml-aliases at 7");
    check("a: &x 1\n---\nb: *x\n", "yaml-aliases at 15");
}

#[test]
fn merges() {
    check("- &x {a: 1, b: 2}\n- <<: *x\n  b: 3\n", "[{a: 1, b: 2}, {a: 1, b: 3}]");
    check("- &x {a: 1, b: 2}\n- b: 3\n  <<: *x\n", "[{a: 1, b: 2}, {b: 2, a: 1}]");
    check("<<: [{a: 1}, {a: 2, b: 3}]\n", "{a: 1, b: 3}");
    check("<<: {a: 1}\na: 2\na: 3\n", "{a: 2, a: 3}");
    check("'<<': {a: 1}\n", "{'<<: {a: 1}}");
    check("<<: 5\n", "yaml-merge at 4");
    check("<<: [{a: 1}, 5]\n", "yaml-merge at 4");
}

#[test]
fn aliases_cannot_explode() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        text += &format!("a{level}: &a{level} [{below}]\n");
    }
    let problem = parse(SourceId::default(), &text).expect_err("too large");
    assert_eq!(problem.code(), "yaml-aliases");
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| parse(SourceId::default(), &("[".repeat(depth) + &"]".repeat(depth)));
    assert!(nested(MAX_DEPTH).is_ok());
    assert_eq!(nested(MAX_DEPTH + 1).expect_err("too deep").code(), "yaml-depth");
    assert!(nested(100_000).is_err());
    // Aliases add to the depth of the place they stand in.
    let mut text = format!("a0: &a0 {}{}\n", "[".repeat(100), "]".repeat(100));
    text += &format!("a1: {}*a0{}\n", "[".repeat(100), "]".repeat(100));
    assert_eq!(parse(SourceId::default(), &text).expect_err("too deep").code(), "yaml-depth");
}

/// The source text of every scalar and collection, in the order of the text.
fn spans(text: &str) -> Vec<String> {
    fn walk(node: &Node, sources: &SourceMap, out: &mut Vec<String>) {
        out.push(sources.text(node.span).to_owned());
        match &node.kind {
            NodeKind::Scalar { .. } => {}
            NodeKind::Sequence(items) => items.iter().for_each(|item| walk(item, sources, out)),
            NodeKind::Mapping(entries) => entries.iter().for_each(|(key, value)| {
                walk(key, sources, out);
                walk(value, sources, out);
            }),
        }
    }
    let mut sources = SourceMap::new();
    let id = sources.add("x.yml", text);
    let mut out = Vec::new();
    parse(id, text).expect("valid").iter().for_each(|node| walk(node, &sources, &mut out));
    out
}

#[test]
fn spans_are_exact() {
    assert_eq!(
        spans("é: ö # c\n\nb: [ü, 'x']  \n"),
        ["é: ö # c\n\nb: [ü, 'x']", "é", "ö", "b", "[ü, 'x']", "ü", "'x'"]
    );
    assert_eq!(spans("a: &x  y\nb: !!str  'z'\n"), ["a: &x  y\nb: !!str  'z'", "a", "y", "b", "'z'"]);
    assert_eq!(
        spans("a:\n  - b:\n    c: d\n\n# end\n"),
        ["a:\n  - b:\n    c: d", "a", "- b:\n    c: d", "b:\n    c: d", "b", "", "c", "d"]
    );
    assert_eq!(
        spans("a: |\n  x\n  y\n\n\nb: &z |\n  w\n"),
        ["a: |\n  x\n  y\n\n\nb: &z |\n  w", "a", "x\n  y", "b", "  w"]
    );
    assert_eq!(spans("a: x\r\nb: ü\r\n"), ["a: x\r\nb: ü", "a", "x", "b", "ü"]);
    assert_eq!(spans("\u{feff}a: ü\n"), ["a: ü", "a", "ü"]);
    // A value that is left out stands after its colon.
    let text = "a:   \n\nb: 1\n";
    let documents = parse(SourceId::default(), text).expect("valid");
    assert_eq!(documents[0].get("a").map(|node| node.span.range()), Some(2..2));
}

#[test]
fn comment_places() {
    let text = "# é\na: 'x # y' # one\nb: x#y # two\nc: | # three\n  # text\n  x\n # four\nd: \"\n # no\"\ne: [ # five\n  z]\nf: &g | # six\n  # text\n";
    let mut sources = SourceMap::new();
    let id = sources.add("x.yml", text);
    let found = comments(id, text).expect("valid");
    let found: Vec<&str> = found.iter().map(|span| sources.text(*span)).collect();
    assert_eq!(found, ["# é", "# one", "# two", "# three", "# four", "# five", "# six"]);
}

/// Every character of the scalar `a` that is a letter must be found at its place.
#[track_caller]
fn check_positions(text: &str) {
    let documents = parse(SourceId::default(), text).expect("valid");
    let node = documents[0].get("a").expect("a");
    let positions = node.positions(text);
    let scalar = node.as_str().expect("scalar");
    for (offset, letter) in scalar.char_indices().filter(|(_, letter)| letter.is_alphabetic()) {
        let range = positions.span(offset..offset + letter.len_utf8()).range();
        assert_eq!(&text[range], letter.to_string(), "{letter:?} of {text:?}");
    }
    let whole = positions.span(0..scalar.len()).range();
    assert!(whole.start >= node.span.range().start.min(whole.start) && whole.end <= text.len());
}

#[test]
fn positions_in_scalars() {
    check_positions("a: xéy\n");
    check_positions("a: b\n  c\n\n  d\n");
    check_positions("a: 'b''é''c'\n");
    check_positions("a: 'b\n  c\n\n  d'\n");
    check_positions("a: \"b\\tc\\\\é\\\"d\"\n");
    check_positions("a: \"b\n  c \\\n  d\"\n");
    check_positions("a: |\n\n  b\n    c\n   \n\n  é\n");
    check_positions("a: |2-\n    b\n   c\n");
    check_positions("a: &x |\n\n  b\n  c\n");
    check_positions("a: |\r\n  b\r\n  c\r\n");
    check_positions("a: >\n\n  b\n  c\n\n  d\n    e\n\n    f\n  g\n");
    check_positions("a: >-\n  b\n");
    check_positions("a: ''\n");
    check_positions("a: |\n");
}

#[test]
fn positions_of_ranges() {
    let text = "a: \"b\\u0041c\"\n";
    let documents = parse(SourceId::default(), text).expect("valid");
    let positions = documents[0].get("a").expect("a").positions(text);
    let at = |range| &text[positions.span(range).range()];
    assert_eq!(
        [at(0..1), at(1..2), at(0..3), at(2..2), at(3..9), at(9..9)],
        ["b", "\\u0041", "b\\u0041c", "", "", ""]
    );
}
