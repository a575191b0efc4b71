//! `bulk` and `bulk_response`: documents to Elasticsearch, and what a server's answer means for them.

use std::collections::BTreeMap;

use elasticsearch_bulk::{BulkBody, BulkWriter, Outcome, Remedy, Sent, ServerError, WriteOperation};
use event_model::Record;
use fluentbit_config::MemoryFiles;
use fluentbit_pipeline::OutputKind;
use serde::{Deserialize, Serialize};

use super::{Content, Diagnostic, Error, Fields, Mode, Positions, Time, logs};

/// The options of Fluent Bit's `es` output, by name.
pub type BulkSettings = BTreeMap<String, String>;

/// Records, and how to write them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BulkRequest {
    /// The records.
    pub records: Vec<BulkRecord>,
    /// Their tag.
    pub tag: Content,
    /// Options of the output, such as `{"Logstash_Format": "On"}`.
    pub options: BulkSettings,
    /// The time it is.
    pub now: Time,
    /// The release of Fluent Bit to follow.
    pub compat: Mode,
}

/// A record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BulkRecord {
    /// Its time.
    pub time: Time,
    /// Its fields.
    pub record: Fields,
}

/// A bulk request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BulkAnswer {
    /// The path and query to post it to.
    pub target: String,
    /// The body.
    pub body: Content,
    /// The parts of the body.
    pub items: Vec<BulkItem>,
    /// What is wrong with the options.
    pub diagnostics: Vec<Diagnostic>,
}

/// A document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BulkItem {
    /// The line that says what to do with it.
    pub action: Content,
    /// The document.
    pub document: Content,
}

impl BulkItem {
    /// The parts of a body.
    pub(super) fn all(body: &BulkBody) -> Vec<Self> {
        body.items().map(|item| Self { action: item.action.into(), document: item.document.into() }).collect()
    }
}

/// Writes records as a bulk request.
///
/// ```
/// use weirgate::api;
///
/// let answer = api::call(
///     "bulk",
///     r#"{"records": [{"time": "1688466030.5", "record": {"k": "v"}}], "options": {"Index": "logs", "Suppress_Type_Name": "On"}}"#,
/// )?;
/// assert!(answer.starts_with(r#"{"target":"/_bulk","body":"{\"create\":{\"_index\":\"logs\"}}\n{\"@timestamp\":"#));
/// # Ok::<(), api::Error>(())
/// ```
///
/// # Errors
///
/// When the name or the value of an option has a line break.
pub fn bulk(request: &BulkRequest) -> Result<BulkAnswer, Error> {
    let mut text = "[OUTPUT]\n    Name es\n    Match *\n".to_owned();
    for (name, value) in &request.options {
        if name.contains(char::is_whitespace) || value.contains(['\n', '\r']) {
            return Err(Error::input(format!("the option `{name}` cannot be written in a line")));
        }
        text.push_str(&format!("    {name} {value}\n"));
    }
    let mut files = MemoryFiles::new();
    files.insert("options", text);
    let loaded = logs::load(&files, "options", &BTreeMap::new(), request.compat);
    let diagnostics: Vec<Diagnostic> =
        Diagnostic::all(&loaded.problems, &loaded.config.sources, Positions::default())
            .iter()
            .map(Diagnostic::without_place)
            .collect();
    let options = loaded.pipeline.outputs.iter().find_map(|output| match &output.kind {
        OutputKind::Elasticsearch(options) => Some(options),
        _ => None,
    });
    let Some(options) = options.filter(|_| loaded.starts()) else {
        return Ok(BulkAnswer { diagnostics, ..BulkAnswer::default() });
    };
    let mut body = BulkBody::new();
    let mut writer = BulkWriter::new((**options).clone());
    writer.begin(request.tag.bytes(), request.now.0);
    for given in &request.records {
        let mut record = Record::new(given.time.0);
        record.fields.extend(given.record.borrowed());
        writer.write(&mut body, &record, None);
    }
    Ok(BulkAnswer {
        target: options.request_target(),
        items: BulkItem::all(&body),
        body: body.into_bytes().into(),
        diagnostics,
    })
}

/// A server's answer to a bulk request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BulkResponseRequest {
    /// How many items were sent.
    pub items: usize,
    /// What the server was asked to do with them: `create`, `index`, `update` or `upsert`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Content,
    /// Whose judgement counts.
    pub compat: Mode,
}

/// What to do after an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BulkResponseAnswer {
    /// `delivered`; `partial`: see `verdicts`; `retry`: send all again, later; `refused`: send it in halves;
    /// `types-refused`: send it again without types.
    pub outcome: String,
    /// What the server said of the whole request.
    pub error: Option<ServerErrorView>,
    /// The documents that are not delivered.
    pub verdicts: Vec<Verdict>,
}

/// A document that is not delivered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Verdict {
    /// Its place among the items, from 0.
    pub item: usize,
    /// `retry`: send it again, later; `reject`: the server will never take it.
    pub remedy: String,
    /// What the server said.
    pub error: ServerErrorView,
}

/// An error in the server's words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServerErrorView {
    /// The HTTP status.
    pub status: u16,
    /// The type, such as `mapper_parsing_exception`.
    pub r#type: String,
    /// The reason.
    pub reason: String,
}

impl From<ServerError<'_>> for ServerErrorView {
    fn from(error: ServerError<'_>) -> Self {
        Self { status: error.status, r#type: error.kind.into_owned(), reason: error.reason.into_owned() }
    }
}

/// Judges a server's answer to a bulk request.
///
/// ```
/// use weirgate::api::{BulkResponseRequest, bulk_response};
///
/// let request = BulkResponseRequest {
///     items: 2,
///     status: 200,
///     body: r#"{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":429}}]}"#.into(),
///     ..BulkResponseRequest::default()
/// };
/// let answer = bulk_response(&request)?;
/// assert_eq!((answer.verdicts[0].item, answer.verdicts[0].remedy.as_str()), (1, "retry"));
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When there is no such operation.
pub fn bulk_response(request: &BulkResponseRequest) -> Result<BulkResponseAnswer, Error> {
    let operation = match request.operation.as_deref() {
        None | Some("create") => WriteOperation::Create,
        Some("index") => WriteOperation::Index,
        Some("update") => WriteOperation::Update,
        Some("upsert") => WriteOperation::Upsert,
        Some(_) => return Err(Error::input("`operation` is `create`, `index`, `update` or `upsert`")),
    };
    let sent = Sent::new(request.items, operation);
    let outcome = request.compat.delivery().judge(sent, request.status, request.body.bytes());
    let answer = |outcome: &str, error: Option<ServerErrorView>| BulkResponseAnswer {
        outcome: outcome.to_owned(),
        error,
        verdicts: Vec::new(),
    };
    Ok(match outcome {
        Outcome::Delivered => answer("delivered", None),
        Outcome::Retry(error) => answer("retry", Some(error.into())),
        Outcome::Refused(error) => answer("refused", Some(error.into())),
        Outcome::TypesRefused => answer("types-refused", None),
        Outcome::Partial(problems) => {
            let verdict = |problem: elasticsearch_bulk::Problem<'_>| Verdict {
                item: problem.item,
                remedy: if problem.remedy == Remedy::Retry { "retry" } else { "reject" }.to_owned(),
                error: problem.error.into(),
            };
            BulkResponseAnswer {
                verdicts: problems.into_iter().map(verdict).collect(),
                ..answer("partial", None)
            }
        }
        _ => answer("unknown", None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(options: &[(&str, &str)], expected: Result<(usize, &[&str]), &str>) {
        let request = BulkRequest {
            records: vec![BulkRecord::default()],
            options: options.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            ..BulkRequest::default()
        };
        let found = bulk(&request);
        let codes: Vec<_> = found
            .iter()
            .flat_map(|answer| answer.diagnostics.iter())
            .filter(|problem| problem.is_error())
            .map(|problem| problem.code.as_str())
            .collect();
        let found = found.as_ref().map(|answer| (answer.items.len(), codes.as_slice()));
        assert_eq!(found.map_err(ToString::to_string), expected.map_err(str::to_owned), "{options:?}");
    }

    #[test]
    fn options() {
        check(&[("Index", "a b")], Ok((1, &[])));
        check(&[("Indexx", "a")], Ok((0, &["unknown-property"])));
        check(&[("Index", "a\nMatch b")], Err("the option `Index` cannot be written in a line"));
    }

    #[test]
    fn outcomes() {
        for (status, body, expected) in [
            (200, r#"{"errors":false,"items":[{"create":{"status":201}}]}"#, "delivered"),
            (503, "busy", "retry"),
            (413, "", "refused"),
        ] {
            let request =
                BulkResponseRequest { items: 1, status, body: body.into(), ..BulkResponseRequest::default() };
            assert_eq!(bulk_response(&request).unwrap().outcome, expected, "{status}");
        }
    }
}
