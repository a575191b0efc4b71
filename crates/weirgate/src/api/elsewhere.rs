//! Files inside a manifest that the other half of the questions has to check.

use std::cell::RefCell;

use serde_json::{Value, json};
use source_text::{Edit, Fix, Severity, SourceId, Span};

use super::{CheckRequest, Error, Kind, OtherHalf, Positions};

/// Asks the other half, and keeps its first refusal.
pub(super) struct Elsewhere<'a> {
    request: &'a CheckRequest,
    other: &'a OtherHalf<'a>,
    refusal: RefCell<Option<Error>>,
}

impl<'a> Elsewhere<'a> {
    pub(super) fn new(request: &'a CheckRequest, other: &'a OtherHalf<'a>) -> Self {
        Self { request, other, refusal: RefCell::new(None) }
    }

    /// What is wrong with a file, with places in the source `id`.
    pub(super) fn check(
        &self,
        kind: config_check::Kind,
        name: &str,
        text: &str,
        id: SourceId,
    ) -> Vec<source_text::Diagnostic> {
        let request = json!({
            "files": {name: text},
            "kind": Kind::told(kind),
            "compat": self.request.compat,
            "positions": Positions::Bytes,
            "env": self.request.env,
        });
        match ask(self.other, "check", &request) {
            Ok(answer) => list(&answer["diagnostics"]).iter().map(|problem| back(problem, id)).collect(),
            Err(error) => {
                self.refusal.borrow_mut().get_or_insert(error);
                Vec::new()
            }
        }
    }

    /// The first refusal.
    pub(super) fn finish(self) -> Result<(), Error> {
        self.refusal.into_inner().map_or(Ok(()), Err)
    }
}

/// Asks a question and reads the answer without its type, which takes much less of a module.
pub(super) fn ask(other: &OtherHalf<'_>, method: &str, request: &Value) -> Result<Value, Error> {
    let answer = other(method, &request.to_string())?;
    serde_json::from_str(&answer).map_err(|error| Error::request(&error))
}

/// What a [`Diagnostic`](super::Diagnostic) whose places are bytes was made of.
fn back(problem: &Value, id: SourceId) -> source_text::Diagnostic {
    let severity = match problem["severity"].as_str() {
        Some("error") => Severity::Error,
        Some("warning") => Severity::Warning,
        _ => Severity::Info,
    };
    // Every code is in a table.
    let code = config_check::lint_codes().find(|code| problem["code"] == **code).unwrap_or_default();
    let mut made = source_text::Diagnostic::new(severity, code, text(&problem["message"]));
    if let Some(span) = span(problem, id) {
        made = made.at(span);
    }
    for label in list(&problem["labels"]) {
        made = made.label(span(label, id).unwrap_or(Span::at_start(id)), text(&label["message"]));
    }
    if problem["help"].is_string() {
        made = made.help(text(&problem["help"]));
    }
    if let Value::Object(fix) = &problem["fix"] {
        let edits = fix.get("edits").map_or(&[][..], list).iter();
        let edits = edits.filter_map(|edit| Some(Edit::new(span(edit, id)?, text(&edit["replacement"]))));
        let is_certain = fix.get("certain").and_then(Value::as_bool).unwrap_or_default();
        let make = if is_certain { Fix::certain } else { Fix::likely };
        made = made.with_fix(make(fix.get("title").map(text).unwrap_or_default(), edits.collect()));
    }
    made
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn span(place: &Value, id: SourceId) -> Option<Span> {
    let offset = |name: &str| usize::try_from(place[name].as_u64()?).ok();
    Some(Span::new(id, offset("start")?, offset("end")?))
}
