//! `pipeline`: what a run of the whole configuration would give.

use std::collections::BTreeMap;
use std::sync::Arc;

use event_model::{Record, Timestamp};
use fluentbit_pipeline::{Body, ChunkWriter, OutputKind, Pipeline, Route, Sink, Source, TagId};
use serde::{Deserialize, Serialize};

use super::bulk::BulkItem;
use super::discovery::Objects;
use super::feed::{Feeder, Inputs};
use super::logs::Folder;
use super::metadata::Pods;
use super::{Content, Diagnostic, Error, Fields, Files, Mode, Positions, Time, logs};

/// A configuration and what it is to read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PipelineRequest {
    /// The configuration and other files it names, such as pod metadata to preload.
    pub files: Files,
    /// The entry file; may be left out if it is the only file or has its usual name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main: Option<String>,
    /// The log files.
    pub inputs: Files,
    /// The folder that relative names are relative to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// Pods and namespaces, as an API server describes them.
    pub objects: Objects,
    /// The time it is.
    pub now: Time,
    /// Whose mistakes to repeat.
    pub compat: Mode,
    /// What random ids follow from.
    pub seed: u64,
    /// What columns and offsets of diagnostics count.
    pub positions: Positions,
}

/// What a run gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PipelineAnswer {
    /// Whether it started: not with errors among the diagnostics.
    pub started: bool,
    /// The records that came out of the filters, in order.
    pub records: Vec<OutputRecord>,
    /// What was printed.
    pub stdout: Content,
    /// What was written to files.
    pub files: Files,
    /// Bulk requests.
    pub requests: Vec<Request>,
    /// Log files that were not followed, and why.
    pub not_followed: Vec<(String, String)>,
    /// What is wrong with the configuration.
    pub diagnostics: Vec<Diagnostic>,
}

/// A record that came out of the filters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputRecord {
    /// Its tag.
    pub tag: Content,
    /// Its time.
    pub time: Time,
    /// Its fields.
    pub record: Fields,
    /// Data about it that is not part of it.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub metadata: Fields,
    /// The names of the outputs that take it.
    pub outputs: Vec<String>,
}

fn is_empty(fields: &Fields) -> bool {
    fields.0.is_empty()
}

/// A bulk request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Request {
    /// The name of the output.
    pub output: String,
    /// The tag of the records.
    pub tag: Content,
    /// The path and query to post it to.
    pub target: String,
    /// The body.
    pub body: Content,
    /// The parts of the body.
    pub items: Vec<BulkItem>,
}

/// Runs a configuration on log files: reads each from its start to its end, and renders what comes out. Everything
/// of one tag for one output is one chunk, whatever its size.
///
/// ```
/// use weirgate::api::{PipelineRequest, pipeline};
///
/// let config = "[INPUT]\n    Name tail\n    Path logs/*.log\n    Tag app\n\
///     [FILTER]\n    Name grep\n    Match *\n    Regex log ERROR\n\
///     [OUTPUT]\n    Name stdout\n    Match *\n    Format json_lines\n    json_date_key false\n";
/// let request = PipelineRequest {
///     files: [("fluent-bit.conf", config)].into_iter().collect(),
///     inputs: [("logs/a.log", "ERROR: no disk\nall is well\n")].into_iter().collect(),
///     ..PipelineRequest::default()
/// };
/// let answer = pipeline(&request)?;
/// assert_eq!(answer.stdout.text(), "{\"log\":\"ERROR: no disk\"}\n");
/// assert_eq!(answer.records[0].outputs, ["stdout.0"]);
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When `main` is missing or names no file, or the objects cannot be read.
pub fn pipeline(request: &PipelineRequest) -> Result<PipelineAnswer, Error> {
    let main = logs::main(&request.files, request.main.as_deref())?;
    let objects = request.objects.read_pods()?;
    let files = Folder::new(request.folder.as_deref(), &request.files);
    let loaded = logs::load(&files, &main, &request.env, request.compat);
    let diagnostics = Diagnostic::all(&loaded.problems, &loaded.config.sources, request.positions);
    if !loaded.starts() {
        return Ok(PipelineAnswer { diagnostics, ..PipelineAnswer::default() });
    }
    let pods = Pods::new(&loaded.config, &files, objects);
    let inputs = Inputs::new(request.folder.as_deref(), &request.inputs);
    let mut feeder = Feeder::new(loaded.pipeline, &pods, request.now.0, request.seed);
    let mut chunks = Chunks {
        pipeline: Arc::clone(&feeder.pipeline),
        now: request.now.0,
        open: Vec::new(),
        records: Vec::new(),
    };
    let mut not_followed = Vec::new();
    for index in 0..feeder.pipeline.inputs.len() {
        for (name, bytes) in inputs.of(&feeder.pipeline.inputs[index]) {
            if let Err(error) = feeder.file(index, &name, bytes, &mut chunks) {
                not_followed.push((name, error.to_string()));
            }
        }
    }
    Ok(PipelineAnswer { started: true, diagnostics, not_followed, ..finish(chunks) })
}

/// The answer of a run that is over.
fn finish(chunks: Chunks) -> PipelineAnswer {
    let mut answer = PipelineAnswer::default();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut stdout = Vec::new();
    for mut chunk in chunks.open {
        let output = &chunks.pipeline.outputs[chunk.output];
        match (chunk.writer.finish(&chunk.tag), &output.kind) {
            (Body::Bytes(bytes), _) => stdout.extend(bytes),
            (Body::File(destination, bytes), _) => {
                let path = String::from_utf8_lossy(&destination.path).into_owned();
                files.entry(path).or_default().extend(bytes);
            }
            (Body::Bulk(body), OutputKind::Elasticsearch(options)) => answer.requests.push(Request {
                output: output.name.clone(),
                tag: Content::from(&*chunk.tag),
                target: options.request_target(),
                items: BulkItem::all(&body),
                body: body.into_bytes().into(),
            }),
            _ => {}
        }
    }
    answer.stdout = stdout.into();
    answer.files = files.into_iter().collect();
    answer.records = chunks.records;
    answer
}

/// The chunks of a run, in the order of their first records.
struct Chunks {
    pipeline: Arc<Pipeline>,
    now: Timestamp,
    open: Vec<Chunk>,
    records: Vec<OutputRecord>,
}

struct Chunk {
    route: TagId,
    output: usize,
    tag: Arc<[u8]>,
    writer: ChunkWriter,
}

impl Sink for Chunks {
    fn record(&mut self, tag: TagId, route: &Route, record: &Record<'_>, source: Source) {
        let names = route.outputs().iter().map(|output| self.pipeline.outputs[*output].name.clone());
        self.records.push(OutputRecord {
            tag: Content::from(&**route.tag()),
            time: Time(record.timestamp),
            record: Fields::from(record.fields.as_slice()),
            metadata: Fields::from(record.metadata),
            outputs: names.collect(),
        });
        for output in route.outputs() {
            let known = self.open.iter().position(|chunk| chunk.route == tag && chunk.output == *output);
            let at = known.unwrap_or_else(|| {
                let mut writer = self.pipeline.outputs[*output].writer();
                writer.begin(route.tag(), self.now, 0);
                self.open.push(Chunk { route: tag, output: *output, tag: Arc::clone(route.tag()), writer });
                self.open.len() - 1
            });
            let file = source.file.to_le_bytes();
            let origin = elasticsearch_bulk::Origin::new(&file, source.offset);
            self.open[at].writer.record(route.tag(), record, Some(origin));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_a_run_gives() {
        let config = "[INPUT]\n    Name tail\n    Path logs/*.log,logs/a*\n    Exclude_Path logs/x*\n    Tag t.*\n\
            [OUTPUT]\n    Name file\n    Match *a*\n    Path out\n    Format template\n    Template {log}\n\
            [OUTPUT]\n    Name es\n    Match *\n    Suppress_Type_Name On\n";
        let request = PipelineRequest {
            files: [("fluent-bit.conf", config)].into_iter().collect(),
            inputs: [("logs/a.log", "1\n2\nopen"), ("logs/b.log", "3\n"), ("logs/x.log", "4\n")]
                .into_iter()
                .collect(),
            folder: Some("/srv".to_owned()),
            ..PipelineRequest::default()
        };
        let answer = pipeline(&request).unwrap();
        assert!(answer.started, "{:?}", answer.diagnostics);
        let tags: Vec<_> = answer.records.iter().map(|record| record.tag.text().into_owned()).collect();
        assert_eq!(tags, ["t.logs.a.log", "t.logs.a.log", "t.logs.b.log"]);
        assert_eq!(answer.files.get("out/t.logs.a.log").unwrap().text(), "1\n2\n");
        let items: Vec<_> = answer.requests.iter().map(|request| request.items.len()).collect();
        assert_eq!(items, [2, 1]);
    }

    #[test]
    fn errors_do_not_start() {
        let request = PipelineRequest {
            files: [("fluent-bit.conf", "[INPUT]\n    Name tial\n")].into_iter().collect(),
            ..PipelineRequest::default()
        };
        let answer = pipeline(&request).unwrap();
        assert!(!answer.started && answer.diagnostics[0].is_error());
    }
}
