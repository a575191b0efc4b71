//! Diagnostics for programs.

use serde_json::{Value, json};
use source_text::{Applicability, Diagnostic, Edit, Fix, SourceMap, Span, Unit};

/// A diagnostic as an object: `file`, `line`, `column`, `end_line`, `end_column`, `severity`, `code`, `message`,
/// `help` and `fix`. Members without a value are null. Lines and columns count from 1, columns in `unit`.
///
/// `fix` has a `title`, whether it is `certain`, and `edits`: places with the text to put there
/// (`replacement`). They are to be applied together.
#[must_use]
pub fn to_json(diagnostic: &Diagnostic, sources: &SourceMap, unit: Unit) -> Value {
    let mut object = place(diagnostic.span(), sources, unit);
    object["severity"] = json!(diagnostic.severity().to_string());
    object["code"] = json!(diagnostic.code());
    object["message"] = json!(diagnostic.message());
    object["help"] = json!(diagnostic.help_text());
    object["fix"] = json!(diagnostic.repair().map(|fix| fix_to_json(fix, sources, unit)));
    object
}

fn fix_to_json(fix: &Fix, sources: &SourceMap, unit: Unit) -> Value {
    let edit = |edit: &Edit| {
        let mut object = place(Some(edit.span), sources, unit);
        object["replacement"] = json!(edit.replacement);
        object
    };
    json!({
        "title": fix.title(),
        "certain": fix.applicability() == Applicability::Certain,
        "edits": fix.edits().iter().map(edit).collect::<Vec<_>>(),
    })
}

/// The file and both ends of a place.
fn place(span: Option<Span>, sources: &SourceMap, unit: Unit) -> Value {
    let place = span.and_then(|span| sources.locate_in(span, unit));
    json!({
        "file": place.map(|(file, ..)| file),
        "line": place.map(|(_, start, _)| start.line),
        "column": place.map(|(_, start, _)| start.column),
        "end_line": place.map(|(.., end)| end.line),
        "end_column": place.map(|(.., end)| end.column),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(problem: &Diagnostic, expected: &str) {
        let mut sources = SourceMap::new();
        sources.add("a.conf", "é𝒳[X]\n");
        assert_eq!(to_json(problem, &sources, Unit::Utf16).to_string(), expected);
    }

    #[test]
    fn members_are_fixed() {
        let mut sources = SourceMap::new();
        let id = sources.add("a.conf", "");
        check(
            &Diagnostic::new(source_text::Severity::Warning, "x", "y"),
            r#"{"code":"x","column":null,"end_column":null,"end_line":null,"file":null,"fix":null,"help":null,"line":null,"message":"y","severity":"warning"}"#,
        );
        check(
            &Diagnostic::error("x", Span::new(id, 7, 8), "y").help("z").fix(Span::new(id, 7, 8), "INPUT"),
            r#"{"code":"x","column":5,"end_column":6,"end_line":1,"file":"a.conf","fix":{"certain":true,"edits":[{"column":5,"end_column":6,"end_line":1,"file":"a.conf","line":1,"replacement":"INPUT"}],"title":"write `INPUT`"},"help":"z","line":1,"message":"y","severity":"error"}"#,
        );
    }
}
