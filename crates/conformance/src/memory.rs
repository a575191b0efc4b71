//! Cases recorded from Fluent Bit, run by the facade: the same expectations without a file system.

use std::path::Path;
use std::time::SystemTime;

use event_model::{Compat, Timestamp};
use weirgate::api::{self, Content, Files, PipelineAnswer, PipelineRequest, Time};

use crate::fluentbit::{Outcome, compare, dotted};
use crate::node::Node;
use crate::record::Seen;
use crate::stub::Request;
use crate::text::printable;

/// The folder that stands for that of the case; its name holds only digits, so that no pattern matches in it.
const FOLDER: &str = "/40";

/// Runs a case in memory, if it can be: without links, answers of a server, and orders while it runs.
pub(crate) fn check(case: &Node, compat: Compat, expected: &Node) -> Result<(), String> {
    let needs_more = ["dry_run", "stop_after", "responses"].iter().any(|name| case.get(name).is_some());
    // What a connection needs is checked by the program that makes it.
    let is_about_http = case.get("category").and_then(Node::text) == Some("es");
    if needs_more || (is_about_http && expected.get("error").is_some()) {
        return Ok(());
    }
    let (Some(files), Some(inputs)) = (files(case.get("files"), ""), files(case.get("inputs"), "logs/"))
    else {
        return Ok(());
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let env = case.get("env").map_or(&[][..], Node::map).iter();
    let request = PipelineRequest {
        files,
        inputs,
        main: Some(case.get("main").and_then(Node::text).unwrap_or("fluent-bit.conf").to_owned()),
        folder: Some(FOLDER.to_owned()),
        env: env.map(|(name, value)| (name.clone(), fill(value.text().unwrap_or_default()))).collect(),
        now: Time(Timestamp::new(i64::try_from(now.as_secs()).unwrap_or(0), now.subsec_nanos())),
        compat: if compat == Compat::V1_8 { api::Mode::V1_8 } else { api::Mode::V5_1 },
        ..PipelineRequest::default()
    };
    // Asked in JSON, as other languages do.
    let answer = api::call("pipeline", &api::to_json(&request)).map_err(|error| error.to_string())?;
    let answer: PipelineAnswer = serde_json::from_str(&answer).map_err(|error| error.to_string())?;
    compare(case, expected, &outcome(&answer), Path::new(FOLDER))
}

fn outcome(answer: &PipelineAnswer) -> Outcome {
    let errors = || answer.diagnostics.iter().filter(|problem| problem.is_error());
    let record = |record: &api::OutputRecord| {
        Seen::of(record.tag.bytes(), record.time.0, &record.record, &record.metadata)
    };
    let request = |request: &api::Request| Request {
        method: "POST".to_owned(),
        path: request.target.clone(),
        headers: Vec::new(),
        body: request.body.bytes().to_vec(),
    };
    let below_out = |name: &str| {
        let name = name.strip_prefix(FOLDER).unwrap_or(name).trim_start_matches('/');
        name.strip_prefix("out/").map(str::to_owned)
    };
    Outcome {
        failed: (!answer.started).then(|| errors().map(|error| error.message.as_str()).collect()),
        records: answer.records.iter().map(record).collect(),
        stdout: printable(answer.stdout.bytes()),
        files: answer
            .files
            .iter()
            .filter_map(|(name, content)| Some((below_out(name)?, printable(content.bytes()))))
            .collect(),
        requests: answer.requests.iter().map(request).collect(),
    }
}

/// The files of a case; `None` if one is a link.
fn files(files: Option<&Node>, below: &str) -> Option<Files> {
    let file = |(name, content): &(String, Node)| {
        let content = match (content.text(), content.get("base64")) {
            (Some(text), _) => Content::from(fill(text)),
            (None, Some(_)) => serde_json::from_str(&to_json(content)?).ok()?,
            _ => return None,
        };
        Some((format!("{below}{name}"), content))
    };
    files.map_or(&[][..], Node::map).iter().map(file).collect()
}

/// A content in base64, as JSON again.
fn to_json(content: &Node) -> Option<String> {
    Some(serde_json::json!({"base64": content.get("base64")?.text()?}).to_string())
}

fn fill(text: &str) -> String {
    text.replace("{DIR}", FOLDER)
        .replace("{DIR_DOTTED}", &dotted(Path::new(FOLDER)))
        .replace("{PORT}", "9200")
}
