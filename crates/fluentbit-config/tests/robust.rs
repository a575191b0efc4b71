//! Whatever the files hold: no panic, and every place lies in its file.

use fluentbit_config::{
    Compat, Form, Item, MemoryFiles, load, parse_classic, parse_yaml, write_classic, write_yaml,
};
use proptest::prelude::*;
use source_text::{Fix, SourceId, SourceMap, Span};

/// Pieces of classic text, well-formed and not.
const CLASSIC: &str = "(\\[[A-Z]{1,3}\\]|\\[(INPUT|FILTER|OUTPUT|SERVICE|PARSER|MULTILINE_PARSER)\\]\n|    |\t| |\n|\r\n|#|\\[|\\]|@SET a=|@INCLUDE [ab]\n|Name (tail|grep|es|kubernetes|nest|parser|record_modifier|j)\n|Path|Match [*a,]\n|Regex|Exclude|Record|Rule \"|Types a:|Parsers_File b\n|Flush|multiline.parser|Parser|Tag_Regex|\\$\\{[ab]\\}|\\$\\{|\\}|\"|\\\\|é|한|-1|9|k|\u{feff}|\0){0,40}";

/// Pieces of YAML, well-formed and not.
const YAML: &str = "(pipeline:\n|  inputs:\n|  filters: |    - name: (tail|grep)\n|      path: |service:\n|  flush: |env:\n|includes:\n  - a\n|parsers:\n|multiline_parsers:\n|    rules:\n|      processors:\n|        logs:\n|          - |- |\\[|\\]|\\{|\\}|, |&x |\\*x|<<: |\\|\n|>-\n|'|\"|#c|\n|  |k: v\n|é|~|\t|---\n){0,30}";

fn spans(items: &[Item], found: &mut Vec<Span>) {
    for item in items {
        match item {
            Item::Blank(span) => found.push(*span),
            Item::Comment(comment) => found.push(comment.span),
            Item::Command(command) => found.extend([command.name.span, command.value.span]),
            Item::Section(section) => {
                found.push(section.name.span);
                spans(&section.items, found);
            }
            Item::Group(group) => {
                found.push(group.name.span);
                spans(&group.items, found);
            }
            Item::Property(property) => found.extend([property.key.span, property.value.span]),
            _ => {}
        }
    }
}

/// Reads and writes the text in one form and checks all places.
fn exercise(text: &str, form: Form) {
    let mut sources = SourceMap::new();
    let id = sources.add("a", text);
    let (document, problems) = match form {
        Form::Classic => parse_classic(id, text, Compat::V5_1),
        Form::Yaml => parse_yaml(id, text),
    };
    let mut found = Vec::new();
    spans(&document.items, &mut found);
    for problem in &problems {
        found.extend(problem.span());
        found.extend(problem.labels().iter().map(|label| label.span));
        found.extend(problem.repair().into_iter().flat_map(Fix::edits).map(|edit| edit.span));
    }
    for span in found {
        assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    }
    let (once, _) = write_classic(&document);
    // A carriage return counts only where no newline follows, and a written line has one.
    if form == Form::Classic && !text.contains('\r') {
        let (twice, _) = write_classic(&parse_classic(SourceId::default(), &once, Compat::V5_1).0);
        assert_eq!(twice, once);
    }
    let (written, _) = write_yaml(&document);
    let (_, problems) = parse_yaml(SourceId::default(), &written);
    assert!(problems.iter().all(|problem| problem.code() != "yaml-syntax"), "{problems:?}\n{written}");
}

fn load_all(files: &MemoryFiles, entry: &str) {
    for compat in [Compat::V5_1, Compat::V1_8] {
        let (config, problems) = load(entry, files, &(), compat);
        for problem in problems {
            let fixes = problem.repair().into_iter().flat_map(Fix::edits).map(|edit| edit.span);
            for span in problem.span().into_iter().chain(fixes) {
                let source = config.sources.get(span.source).expect("a source");
                assert!(source.text().get(span.range()).is_some(), "{problem:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn classic(a in CLASSIC, b in CLASSIC) {
        exercise(&a, Form::Classic);
        load_all(&MemoryFiles::from([("a", a.as_str()), ("b", b.as_str())]), "a");
    }

    #[test]
    fn yaml(a in YAML, b in YAML) {
        exercise(&a, Form::Yaml);
        load_all(&MemoryFiles::from([("a.yaml", a.as_str()), ("a", b.as_str())]), "a.yaml");
    }

    #[test]
    fn any_text(text in "\\PC*") {
        exercise(&text, Form::Classic);
        exercise(&text, Form::Yaml);
    }
}

/// Texts that were read or written wrongly once.
#[test]
fn regressions() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions");
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        exercise(&text, Form::Classic);
        exercise(&text, Form::Yaml);
        load_all(&MemoryFiles::from([("a", &*text), ("a.yaml", &*text)]), "a");
        load_all(&MemoryFiles::from([("a", &*text), ("a.yaml", &*text)]), "a.yaml");
    }
}

#[test]
fn deep_nesting_is_refused() {
    let text = format!("service:\n  a: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let (_, problems) = parse_yaml(SourceId::default(), &text);
    assert!(problems[0].is_error());
}

#[test]
fn long_files_take_linear_time() {
    let text = "[FILTER]\n    Name grep\n    Match *\n".repeat(20_000);
    let (config, problems) = load("a", &MemoryFiles::from([("a", text.as_str())]), &(), Compat::V5_1);
    assert_eq!((config.filters.len(), problems.len()), (20_000, 0));
}
