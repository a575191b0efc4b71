//! Records through filters to outputs.

mod joins;
mod kept;
mod route;
mod sink;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use event_model::{Arena, Record, Timestamp};
use fluentbit_filter::kubernetes::Metadata;
use fluentbit_filter::multiline::JoinState;
use fluentbit_filter::{Context, Scratch, Verdict};

use crate::joining::Messages;
use crate::pipeline::{Pipeline, Scope};
use kept::{Emitted, Kept, Start};
use route::Step;
use sink::Events;

pub use route::Route;
pub use sink::{Sink, Source};

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

/// The filters of a pipeline at work.
///
/// Make a tag known with [`tag`](Self::tag), pass its records to [`record`](Self::record), and end each batch
/// (what an input read at once) with [`end_batch`](Self::end_batch): some filters look at whole batches. The
/// filter `multiline` keeps records beyond that: [`end_messages`](Self::end_messages) from time to time, and read
/// what is [`held`](Self::held) again if the program ends.
#[derive(Debug)]
pub struct Flow {
    pipeline: Arc<Pipeline>,
    routes: Vec<Route>,
    ids: HashMap<(usize, Arc<[u8]>), TagId>,
    scratch: Scratch,
    waiting: Vec<Waiting>,
    /// The tags that filters gave to records since the last batch ended.
    retagged: BTreeSet<TagId>,
    /// What `multiline` filters keep, by file, tag and step.
    joins: BTreeMap<(u64, TagId, usize), JoinState>,
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
            retagged: BTreeSet::new(),
            joins: BTreeMap::new(),
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
        let steps = |scope: Scope| {
            let stages = self.pipeline.filters.iter().enumerate();
            stages.filter(move |(_, stage)| stage.scope == scope).filter_map(|(filter, stage)| {
                let state = stage.filter.prepare(tag, metadata, now)?;
                Some(Step { filter, state, settled: Cell::new(false) })
            })
        };
        let outputs = self.pipeline.outputs.iter().enumerate();
        let outputs =
            outputs.filter(|(_, output)| output.tags.as_ref().is_some_and(|tags| tags.matches(tag)));
        let route = |steps, outputs, is_branch| Route {
            tag: Arc::clone(&key.1),
            input,
            steps,
            outputs,
            branches: Vec::new(),
            is_branch,
        };
        let common = steps(Scope::Input(input)).chain(steps(Scope::Tags)).collect();
        let mut whole = route(common, Vec::new(), false);
        let mut branches = Vec::new();
        for (output, _) in outputs {
            let own: Vec<Step> = steps(Scope::Output(output)).collect();
            if own.is_empty() {
                whole.outputs.push(output);
            } else {
                branches.push(route(own, vec![output], true));
                whole.branches.push(TagId(id.0 + branches.len()));
            }
        }
        self.routes.push(whole);
        self.routes.append(&mut branches);
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
            self.start(emitted, at, sink);
        }
    }

    /// Ends a batch of records of this tag, and of the tags that filters gave to some of them: those that waited for
    /// its end go on.
    pub fn end_batch(&mut self, tag: TagId, at: At<'_>, sink: &mut impl Sink) {
        if !self.joins.is_empty() {
            self.end_joins(0..=u64::MAX, Messages::All, |filter, _| !filter.is_buffered(), at, sink);
        }
        self.end_tag(tag, at, sink);
        self.end_retagged(at, sink);
    }

    fn end_retagged(&mut self, at: At<'_>, sink: &mut impl Sink) {
        // Those that go on may be given another tag.
        for _ in 0..RETAGS {
            for tag in std::mem::take(&mut self.retagged) {
                self.end_tag(tag, at, sink);
            }
        }
    }

    fn end_tag(&mut self, tag: TagId, at: At<'_>, sink: &mut impl Sink) {
        let branches = self.routes.get(tag.0).map(|route| route.branches.clone()).unwrap_or_default();
        for tag in [tag].into_iter().chain(branches) {
            self.end_waiting(tag, at, sink);
        }
    }

    fn end_waiting(&mut self, tag: TagId, at: At<'_>, sink: &mut impl Sink) {
        let waiting = self.waiting.extract_if(.., |waiting| waiting.tag == tag).collect::<Vec<_>>();
        for waiting in waiting {
            let Some(route) = self.routes.get(tag.0) else { continue };
            let step = &route.steps[waiting.step];
            let kept = !step.settled.get();
            sink.settled(route, step.filter, kept, waiting.source);
            if kept {
                let record = waiting.record.borrow();
                let emitted = self.pass(tag, waiting.step + 1, None, record, waiting.source, at, sink);
                self.start(emitted, at, sink);
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
        if first == 0 && !route.is_branch {
            sink.start(route, &record, source);
        }
        for (index, step) in route.steps.iter().enumerate().skip(first) {
            if leave_alone == Some(step.filter) {
                continue;
            }
            let filter = &self.pipeline.filters[step.filter].filter;
            let verdict =
                filter.apply_observed(&step.state, &mut record, &mut context, &mut Events(&mut *sink));
            sink.filtered(route, step.filter, verdict, &record, source);
            match verdict {
                Verdict::Keep => step.settled.set(true),
                Verdict::Drop => {
                    self.spare = record.recycle();
                    return emitted;
                }
                Verdict::Retag { tag: to, keep } => {
                    step.settled.set(true);
                    emitted.push(Emitted {
                        record: Kept::of(&record),
                        source,
                        to: Start::First { tag: to.into(), by: step.filter },
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
                Verdict::Join => {
                    let Some(multiline) = filter.multiline() else { continue };
                    let state = self.joins.entry((source.file, tag, index)).or_default();
                    multiline.push(state, &record, source.offset, &mut context, &mut |joined| {
                        let step = (index, step.filter);
                        emitted.push(Emitted::joined(&joined, source.file, (tag, &route.tag), step));
                    });
                    self.spare = record.recycle();
                    return emitted;
                }
                _ => {}
            }
        }
        for branch in &route.branches {
            let to = Start::Step { tag: *branch, step: 0 };
            emitted.push(Emitted { record: Kept::of(&record), source, to });
        }
        if !route.outputs.is_empty() || route.branches.is_empty() {
            sink.record(tag, route, &record, source);
        }
        self.spare = record.recycle();
        emitted
    }

    /// Takes emitted records on their way, and those that are emitted on it.
    fn start(&mut self, emitted: Vec<Emitted>, at: At<'_>, sink: &mut impl Sink) {
        // The next one is the last: each goes its whole way before the others, as in Fluent Bit.
        let mut open: Vec<(usize, Emitted)> = emitted.into_iter().rev().map(|emitted| (1, emitted)).collect();
        while let Some((times, Emitted { record, source, to })) = open.pop() {
            // A record that goes in circles ends: Fluent Bit's would not.
            if times >= RETAGS {
                continue;
            }
            let again = match to {
                Start::First { tag, by } => {
                    // Each emitter is an input of its own, whose chunks are apart from those of others.
                    let emitter = self.pipeline.inputs.len() + by;
                    let tag = self.tag(emitter, &tag, at.metadata, at.now);
                    self.retagged.insert(tag);
                    self.pass(tag, 0, Some(by), record.borrow(), source, at, sink)
                }
                Start::Step { tag, step } => self.pass(tag, step, None, record.borrow(), source, at, sink),
            };
            open.extend(again.into_iter().rev().map(|emitted| (times + 1, emitted)));
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
