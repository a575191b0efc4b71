//! Records through filters to outputs.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use event_model::{Arena, Field, OwnedField, OwnedValue, Record, Timestamp};
use fluentbit_filter::kubernetes::Metadata;
use fluentbit_filter::{Context, Scratch, TagState, Verdict};

use crate::pipeline::Pipeline;

/// A tag that a [`Flow`] knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagId(usize);

impl TagId {
    /// Counts from 0, in the order tags were first seen.
    #[must_use]
    pub fn index(self) -> usize {
        self.0
    }
}

/// Where a record was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Source {
    /// The caller's number of the file.
    pub file: u64,
    /// The start of the record's first line.
    pub offset: u64,
}

/// Takes the records that come out of the filters.
pub trait Sink {
    /// A record of `route`'s tag, for all of its outputs.
    fn record(&mut self, tag: TagId, route: &Route, record: &Record<'_>, source: Source);
}

/// What is constant for a tag of an input.
#[derive(Debug)]
pub struct Route {
    tag: Arc<[u8]>,
    input: usize,
    steps: Vec<Step>,
    outputs: Vec<usize>,
}

#[derive(Debug)]
struct Step {
    filter: usize,
    state: TagState,
    /// Whether a record of this batch settled the fate of those that wait at this step.
    settled: Cell<bool>,
}

impl Route {
    /// The tag.
    #[must_use]
    pub fn tag(&self) -> &Arc<[u8]> {
        &self.tag
    }

    /// The input the tag's records come from, by its place in [`Pipeline::inputs`]; beyond these, the filter that
    /// retagged them.
    #[must_use]
    pub fn input(&self) -> usize {
        self.input
    }

    /// The outputs that take the tag, by their places in [`Pipeline::outputs`].
    #[must_use]
    pub fn outputs(&self) -> &[usize] {
        &self.outputs
    }
}

/// The filters of a pipeline at work.
///
/// Make a tag known with [`tag`](Self::tag), pass its records to [`record`](Self::record), and end each batch
/// (what an input read at once) with [`end_batch`](Self::end_batch): two filters look at whole batches.
#[derive(Debug)]
pub struct Flow {
    pipeline: Arc<Pipeline>,
    routes: Vec<Route>,
    ids: HashMap<(usize, Arc<[u8]>), TagId>,
    scratch: Scratch,
    waiting: Vec<Waiting>,
    spare: Record<'static>,
}

/// A record between two steps.
#[derive(Debug)]
struct Waiting {
    tag: TagId,
    step: usize,
    record: Kept,
    source: Source,
}

/// A record that outlives its line.
#[derive(Debug)]
struct Kept {
    timestamp: Timestamp,
    fields: Vec<OwnedField>,
}

/// A record that starts again under another tag.
struct Emitted {
    tag: Box<[u8]>,
    record: Kept,
    source: Source,
    /// The filter that emitted it, which leaves it alone from now on.
    by: usize,
}

/// How often a record may be retagged: more is a circle.
const RETAGS: usize = 16;

impl Flow {
    /// The filters of `pipeline`; random ids follow from `seed`.
    #[must_use]
    pub fn new(pipeline: Arc<Pipeline>, seed: u128) -> Self {
        Self {
            pipeline,
            routes: Vec::new(),
            ids: HashMap::new(),
            scratch: Scratch::seeded(seed),
            waiting: Vec::new(),
            spare: Record::default(),
        }
    }

    /// Prepares for the records of `input` with this tag: finds the filters and outputs that match, and asks
    /// `metadata` about its pod. A known tag keeps its number.
    pub fn tag(&mut self, input: usize, tag: &[u8], metadata: &dyn Metadata, now: Timestamp) -> TagId {
        let key = (input, Arc::from(tag));
        if let Some(id) = self.ids.get(&key) {
            return *id;
        }
        let id = TagId(self.routes.len());
        let steps = self.pipeline.filters.iter().enumerate().filter_map(|(filter, stage)| {
            let state = stage.filter.prepare(tag, metadata, now)?;
            Some(Step { filter, state, settled: Cell::new(false) })
        });
        let outputs = self.pipeline.outputs.iter().enumerate();
        let outputs =
            outputs.filter(|(_, output)| output.tags.as_ref().is_some_and(|tags| tags.matches(tag)));
        self.routes.push(Route {
            tag: Arc::clone(&key.1),
            input,
            steps: steps.collect(),
            outputs: outputs.map(|(index, _)| index).collect(),
        });
        self.ids.insert(key, id);
        id
    }

    /// Asks `metadata` about the tag's pod again.
    pub fn refresh(&mut self, tag: TagId, metadata: &dyn Metadata, now: Timestamp) {
        let Some(route) = self.routes.get_mut(tag.0) else { return };
        for step in &mut route.steps {
            // Only the kubernetes filter's state holds anything.
            if step.state.kubernetes().is_some()
                && let Some(state) =
                    self.pipeline.filters[step.filter].filter.prepare(&route.tag, metadata, now)
            {
                step.state = state;
            }
        }
    }

    /// The same for every tag.
    pub fn refresh_all(&mut self, metadata: &dyn Metadata, now: Timestamp) {
        for index in 0..self.routes.len() {
            self.refresh(TagId(index), metadata, now);
        }
    }

    /// An empty record for [`record`](Self::record), with the memory of an earlier one.
    pub fn new_record<'r>(&mut self) -> Record<'r> {
        std::mem::take(&mut self.spare).recycle()
    }

    /// Takes a record through the filters of its tag, and what comes out to `sink`.
    pub fn record(
        &mut self,
        tag: TagId,
        record: Record<'_>,
        source: Source,
        at: At<'_>,
        sink: &mut impl Sink,
    ) {
        let emitted = self.pass(tag, 0, None, record, source, at, sink);
        if !emitted.is_empty() {
            self.retag(emitted, at, sink);
        }
    }

    /// Ends a batch of records of this tag: those that waited for its end go on.
    pub fn end_batch(&mut self, tag: TagId, at: At<'_>, sink: &mut impl Sink) {
        let waiting = self.waiting.extract_if(.., |waiting| waiting.tag == tag).collect::<Vec<_>>();
        for waiting in waiting {
            let settled = self.routes.get(tag.0).is_none_or(|route| route.steps[waiting.step].settled.get());
            if !settled {
                let record = waiting.record.borrow();
                let emitted = self.pass(tag, waiting.step + 1, None, record, waiting.source, at, sink);
                self.retag(emitted, at, sink);
            }
        }
        if let Some(route) = self.routes.get(tag.0) {
            route.steps.iter().for_each(|step| step.settled.set(false));
        }
    }

    /// Takes a record through the steps from `first` on. Gives the copies that start again.
    #[expect(clippy::too_many_arguments, reason = "the state of one record on its way")]
    fn pass(
        &mut self,
        tag: TagId,
        first: usize,
        leave_alone: Option<usize>,
        record: Record<'_>,
        source: Source,
        at: At<'_>,
        sink: &mut impl Sink,
    ) -> Vec<Emitted> {
        let mut emitted = Vec::new();
        let Some(route) = self.routes.get(tag.0) else { return emitted };
        // From here on the record also borrows from the route and the filters.
        let mut record: Record<'_> = record;
        let arena: &Arena = at.arena;
        let mut context = Context::new(&route.tag, at.now, arena, &mut self.scratch);
        for (index, step) in route.steps.iter().enumerate().skip(first) {
            if leave_alone == Some(step.filter) {
                continue;
            }
            let filter = &self.pipeline.filters[step.filter].filter;
            match filter.apply(&step.state, &mut record, &mut context) {
                Verdict::Keep => step.settled.set(true),
                Verdict::Drop => {
                    self.spare = record.recycle();
                    return emitted;
                }
                Verdict::Retag { tag: to, keep } => {
                    step.settled.set(true);
                    emitted.push(Emitted {
                        tag: to.into(),
                        record: Kept::of(&record),
                        source,
                        by: step.filter,
                    });
                    if !keep {
                        self.spare = record.recycle();
                        return emitted;
                    }
                }
                // These two wait for the end of the batch, and go on if no other record settles it.
                Verdict::KeepUnlessOthersRetag | Verdict::DropUnlessAllDrop => {
                    if !step.settled.get() {
                        self.waiting.push(Waiting { tag, step: index, record: Kept::of(&record), source });
                    }
                    self.spare = record.recycle();
                    return emitted;
                }
                _ => {}
            }
        }
        sink.record(tag, route, &record, source);
        self.spare = record.recycle();
        emitted
    }

    fn retag(&mut self, emitted: Vec<Emitted>, at: At<'_>, sink: &mut impl Sink) {
        let mut open: Vec<(usize, Emitted)> = emitted.into_iter().map(|emitted| (1, emitted)).collect();
        while let Some((times, emitted)) = open.pop() {
            // Each emitter is an input of its own, whose chunks are apart from those of others.
            let emitter = self.pipeline.inputs.len() + emitted.by;
            let tag = self.tag(emitter, &emitted.tag, at.metadata, at.now);
            // A record that goes in circles ends: Fluent Bit's would not.
            if times < RETAGS {
                let again =
                    self.pass(tag, 0, Some(emitted.by), emitted.record.borrow(), emitted.source, at, sink);
                open.extend(again.into_iter().map(|emitted| (times + 1, emitted)));
            }
        }
    }
}

/// The circumstances of a record.
#[derive(Clone, Copy)]
pub struct At<'a> {
    /// The time it is.
    pub now: Timestamp,
    /// Memory for what filters make.
    pub arena: &'a Arena,
    /// What is known about pods, for tags that come up on the way.
    pub metadata: &'a dyn Metadata,
}

impl fmt::Debug for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("At").field("now", &self.now).finish_non_exhaustive()
    }
}

impl Kept {
    fn of(record: &Record<'_>) -> Self {
        let own = |fields: &[Field<'_>]| {
            fields.iter().map(|field| OwnedField::new(field.key, OwnedValue::from(field.value))).collect()
        };
        Self { timestamp: record.timestamp, fields: own(&record.fields) }
    }

    /// The record again. Its metadata says how it was read and is left behind, as Fluent Bit does when it
    /// writes a record anew.
    fn borrow(&self) -> Record<'_> {
        let mut record = Record::new(self.timestamp);
        record.fields.extend(self.fields.iter().map(|field| Field::new(&field.key, field.value.as_value())));
        record
    }
}
