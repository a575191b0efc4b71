//! What happens to each record of a file, noted while it happens.

use std::collections::BTreeMap;
use std::sync::Arc;

use event_model::{OwnedField, OwnedValue, Record, Timestamp};
use fluentbit_filter::{Event, Verdict};
use fluentbit_pipeline::{Body, OutputKind, Pipeline, Route, Sink, Source, TagId};
use serde::{Deserialize, Serialize};
use source_text::{SourceMap, Span};

use super::bulk::BulkItem;
use super::diagnostic::Place;
use super::tag::{Group, PodFields};
use super::{Content, Fields, Positions, RecordValue, Time};

/// A line of a log file and what became of it. One that was joined to a message has what became of that at the
/// message's first line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LineTrace {
    /// The number of the line, from 1.
    pub line: usize,
    /// Where it starts in the file, in bytes.
    pub offset: u64,
    /// The line without its end.
    pub text: Content,
    /// The input that reads it.
    pub input: String,
    /// Its tag.
    pub tag: TagTrace,
    /// What became of it.
    pub state: LineState,
    /// Of a line that was joined: the number of the message's first line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined_to: Option<usize>,
    /// What the input's parser made of it.
    pub parser: Option<ParserTrace>,
    /// The record's time, before the filters.
    pub time: Option<Time>,
    /// The record's fields, before the filters.
    pub record: Option<Fields>,
    /// Its way through filters and outputs: one for each tag it had.
    pub passes: Vec<Pass>,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LineState {
    /// At least one output takes it.
    Delivered,
    /// A filter dropped it.
    Dropped,
    /// No output takes it.
    Unmatched,
    /// It is part of a message that began before.
    Joined,
    /// No record was made of it: it is empty and those are skipped, or its time is one the release cannot keep.
    #[default]
    Skipped,
}

/// How a file got its tag.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TagTrace {
    /// The tag.
    pub tag: Content,
    /// What the groups of `Tag_Regex` matched in the path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// The pod that the first matching kubernetes filter reads out of the tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod: Option<PodFields>,
}

/// What a parser made of a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParserTrace {
    /// The name of the parser.
    pub name: String,
    /// Whether it understood the line.
    pub matched: bool,
    /// Why not.
    pub error: Option<String>,
    /// What a person should know of a line that was parsed all the same.
    pub warning: Option<String>,
    /// The time it found.
    pub time: Option<Time>,
    /// What the groups of its pattern matched, with their places in bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
}

/// A record's way under one tag.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Pass {
    /// The tag.
    pub tag: Content,
    /// The filters that match the tag, up to the one that ended it.
    pub filters: Vec<FilterTrace>,
    /// The record as it left the filters; null if none did.
    pub record: Option<Fields>,
    /// The outputs that take it, and what each writes for this record alone.
    pub outputs: Vec<OutputTrace>,
    #[serde(skip)]
    input: usize,
    #[serde(skip)]
    last: Vec<OwnedField>,
}

/// What a filter did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FilterTrace {
    /// Its name, such as `grep.0`.
    pub filter: String,
    /// Where its section stands.
    pub place: Option<Place>,
    /// `keep`, `drop`, `retag`, or `join` for a record that becomes part of a message.
    pub verdict: String,
    /// The rules it tried, in order.
    pub rules: Vec<RuleTrace>,
    /// The rule that decided, by its place in `rules`.
    pub decided: Option<usize>,
    /// What else happened: `merged`, `not-merged`, `excluded`, `no-pod`, `no-metadata`, `emptied`, `no-field`,
    /// `not-parsed`.
    pub notes: Vec<String>,
    /// The new tag of a copy of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retagged: Option<Content>,
    /// The fields that changed.
    pub changes: Vec<FieldChange>,
}

/// A rule that was tried.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleTrace {
    /// The line it stands in.
    pub text: String,
    /// Its place.
    pub place: Option<Place>,
    /// Whether it held: a pattern matched, a change was made.
    pub held: bool,
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldChange {
    /// The key.
    pub key: Content,
    /// Its value before; null if it was not there.
    pub before: Option<RecordValue>,
    /// Its value now; null if it is gone.
    pub after: Option<RecordValue>,
}

/// What an output writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutputTrace {
    /// Its name, such as `es.0`.
    pub output: String,
    /// The bytes; null for an output that writes nothing.
    pub bytes: Option<Content>,
    /// The file they are appended to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The item of a bulk request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<BulkItem>,
}

/// Notes what happens to the records of one file.
pub(super) struct Recorder<'a> {
    pub(super) pipeline: Arc<Pipeline>,
    pub(super) sources: &'a SourceMap,
    pub(super) positions: Positions,
    pub(super) now: Timestamp,
    /// By the offset of the record's line.
    pub(super) records: BTreeMap<u64, RecordTrace>,
    events: Vec<Event>,
}

/// What happened to a record.
#[derive(Default)]
pub(super) struct RecordTrace {
    pub(super) time: Time,
    pub(super) fields: Fields,
    pub(super) passes: Vec<Pass>,
}

impl RecordTrace {
    /// What became of it, all its copies together.
    pub(super) fn state(&self) -> LineState {
        let passes = || self.passes.iter();
        if passes().any(|pass| !pass.outputs.is_empty()) {
            LineState::Delivered
        } else if passes().any(|pass| pass.record.is_some()) {
            LineState::Unmatched
        } else if passes().any(|pass| pass.filters.last().is_some_and(|last| last.verdict == "join")) {
            LineState::Joined
        } else {
            LineState::Dropped
        }
    }
}

impl<'a> Recorder<'a> {
    pub(super) fn new(
        pipeline: Arc<Pipeline>,
        sources: &'a SourceMap,
        positions: Positions,
        now: Timestamp,
    ) -> Self {
        Self { pipeline, sources, positions, now, records: BTreeMap::new(), events: Vec::new() }
    }

    /// The pass that goes on under this route.
    fn pass(&mut self, route: &Route, source: Source) -> Option<&mut Pass> {
        let passes = &mut self.records.get_mut(&source.offset)?.passes;
        passes.iter_mut().rev().find(|pass| pass.input == route.input() && pass.tag.bytes() == &**route.tag())
    }

    fn place(&self, span: Span) -> Option<Place> {
        Place::of(span, self.sources, self.positions)
    }

    /// What the filter said on its way, put together.
    fn filter_trace(&mut self, filter: usize, verdict: Verdict<'_>) -> FilterTrace {
        let stage = &self.pipeline.filters[filter];
        let mut trace = FilterTrace {
            filter: stage.name.clone(),
            place: self.place(stage.filter.span()),
            verdict: match verdict {
                Verdict::Keep => "keep",
                Verdict::Drop => "drop",
                Verdict::Retag { .. } => "retag",
                Verdict::Join => "join",
                _ => "wait",
            }
            .to_owned(),
            retagged: match verdict {
                Verdict::Retag { tag, .. } => Some(tag.into()),
                _ => None,
            },
            ..FilterTrace::default()
        };
        let mut spans = Vec::new();
        for event in std::mem::take(&mut self.events) {
            match event {
                Event::Tried { rule, held } => {
                    spans.push(rule);
                    trace.rules.push(RuleTrace { text: self.line_of(rule), place: self.place(rule), held });
                }
                Event::Decided { rule } => trace.decided = spans.iter().rposition(|span| *span == rule),
                other => trace.notes.extend(note(other).map(str::to_owned)),
            }
        }
        trace
    }

    /// The line a rule stands in, with single blanks.
    fn line_of(&self, span: Span) -> String {
        let line = self.sources.get(span.source).and_then(|source| {
            let line = source.lines().line_column(source.text(), span.start).line;
            source.text().get(source.lines().line_range(source.text(), line)?)
        });
        line.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn note(event: Event) -> Option<&'static str> {
    Some(match event {
        Event::Merged => "merged",
        Event::NotMerged => "not-merged",
        Event::Excluded => "excluded",
        Event::NoPod => "no-pod",
        Event::NoMetadata => "no-metadata",
        Event::Emptied => "emptied",
        Event::NoField => "no-field",
        Event::NotParsed => "not-parsed",
        _ => return None,
    })
}

impl Sink for Recorder<'_> {
    fn record(&mut self, _: TagId, route: &Route, record: &Record<'_>, source: Source) {
        let outputs = route.outputs().iter().map(|index| {
            let output = &self.pipeline.outputs[*index];
            let mut writer = output.writer();
            writer.begin(route.tag(), self.now, 0);
            let file = source.file.to_le_bytes();
            writer.record(route.tag(), record, Some(elasticsearch_bulk::Origin::new(&file, source.offset)));
            let trace = OutputTrace { output: output.name.clone(), ..OutputTrace::default() };
            match (writer.finish(route.tag()), &output.kind) {
                (Body::Bytes(bytes), _) => OutputTrace { bytes: Some(bytes.into()), ..trace },
                (Body::File(destination, bytes), _) => OutputTrace {
                    bytes: Some(bytes.into()),
                    file: Some(String::from_utf8_lossy(&destination.path).into_owned()),
                    ..trace
                },
                (Body::Bulk(body), OutputKind::Elasticsearch(_)) => OutputTrace {
                    bulk: BulkItem::all(&body).pop(),
                    bytes: Some(body.into_bytes().into()),
                    ..trace
                },
                _ => trace,
            }
        });
        let outputs = outputs.collect();
        if let Some(pass) = self.pass(route, source) {
            pass.outputs = outputs;
            pass.record = Some(Fields::from(record.fields.as_slice()));
        }
    }

    fn start(&mut self, route: &Route, record: &Record<'_>, source: Source) {
        self.events.clear();
        let fields = Fields::from(record.fields.as_slice());
        let trace = self.records.entry(source.offset).or_insert_with(|| RecordTrace {
            time: Time(record.timestamp),
            fields: fields.clone(),
            passes: Vec::new(),
        });
        trace.passes.push(Pass {
            tag: Content::from(&**route.tag()),
            input: route.input(),
            last: fields.0,
            ..Pass::default()
        });
    }

    fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    fn filtered(
        &mut self,
        route: &Route,
        filter: usize,
        verdict: Verdict<'_>,
        record: &Record<'_>,
        source: Source,
    ) {
        let mut trace = self.filter_trace(filter, verdict);
        let Some(pass) = self.pass(route, source) else { return };
        let fields = Fields::from(record.fields.as_slice()).0;
        trace.changes = changes(&pass.last, &fields);
        pass.last = fields;
        pass.filters.push(trace);
    }

    fn settled(&mut self, route: &Route, _: usize, kept: bool, source: Source) {
        let waiting = self.pass(route, source).and_then(|pass| pass.filters.last_mut());
        if let Some(waiting) = waiting {
            waiting.verdict = if kept { "keep" } else { "drop" }.to_owned();
        }
    }
}

/// How `after` differs from `before`. Of fields with the same key the last one counts.
fn changes(before: &[OwnedField], after: &[OwnedField]) -> Vec<FieldChange> {
    let last = |fields: &[OwnedField], key: &[u8]| -> Option<OwnedValue> {
        fields.iter().rev().find(|field| &*field.key == key).map(|field| field.value.clone())
    };
    let mut changes: Vec<FieldChange> = Vec::new();
    for field in before.iter().chain(after) {
        let (before, after) = (last(before, &field.key), last(after, &field.key));
        if before != after && !changes.iter().any(|change| change.key.bytes() == &*field.key) {
            changes.push(FieldChange {
                key: Content::from(&*field.key),
                before: before.map(RecordValue),
                after: after.map(RecordValue),
            });
        }
    }
    changes
}
