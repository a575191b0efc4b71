//! The pipeline's thread: files to chunks, chunks to outputs, settled chunks to offsets.

mod reader;
mod rendering;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use event_model::{Arena, Record, Timestamp};
use file_tail::{FileId, Identity, Tail};
use fluentbit_config::Config;
use fluentbit_pipeline::{Body, Flow, LineScratch, Messages, Pipeline};
use pipeline_core::acknowledge::Acknowledgements;

use crate::chunks::{Chunk, Chunks, Spares};
use crate::control::Control;
use crate::destination::Appender;
use crate::error::StartError;
use crate::input::{input_of, tail_options};
use crate::metadata::Pods;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::search::{SearchOutputs, Settled};
use crate::unwritten::{Destinations, Unwritten};
use reader::{Followed, Reader, Work};
use rendering::{Counts, Rendering};

/// Sees every record that comes out of the filters, whatever outputs there are.
pub type Capture = Box<dyn FnMut(&[u8], &Record<'_>) + Send>;

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Every file that was to be read to its end was.
    Drained,
    /// It was told to stop.
    Stopped,
    /// The configuration is to be read again.
    Reload,
}

/// Bytes an input may have on their way where `Mem_Buf_Limit` does not say.
const DEFAULT_LIMIT: usize = 16_000_000;
/// How often offsets are stored.
const PERSIST: Duration = Duration::from_millis(250);
/// How often tags are given the current metadata of their pods.
const REFRESH: Duration = Duration::from_secs(5);

/// Everything of one configuration at work.
pub(crate) struct Runner<'o> {
    options: &'o mut Options,
    pipeline: Arc<Pipeline>,
    tails: Vec<Following>,
    work: Work,
    search: SearchOutputs,
    settled: Receiver<Settled>,
    unwritten: Unwritten,
    control: Control,
    metrics: Arc<Metrics>,
    next_note: Instant,
    next_persist: Instant,
    next_refresh: Instant,
}

/// A tail input at work.
struct Following {
    input: usize,
    tail: Tail,
    files: BTreeMap<FileId, Followed>,
    /// Rendered bytes that no output has settled.
    under_way: usize,
    limit: usize,
    exit_on_eof: bool,
}

impl<'o> Runner<'o> {
    pub(crate) fn new(
        options: &'o mut Options,
        config: &Config,
        pipeline: Arc<Pipeline>,
        resume: &BTreeMap<Identity, u64>,
        control: Control,
    ) -> Result<Self, StartError> {
        let mut tails = Vec::new();
        for (index, input) in pipeline.inputs.iter().enumerate() {
            let settings = tail_options(input, index, &options.base, resume);
            tails.push(Following {
                input: index,
                tail: Tail::open(settings).map_err(StartError::other)?,
                files: BTreeMap::new(),
                under_way: 0,
                limit: input.mem_buf_limit.map_or(DEFAULT_LIMIT, |limit| limit.max(1)),
                exit_on_eof: input.exit_on_eof || options.exit_on_eof,
            });
        }
        let limits: Vec<usize> = tails.iter().map(|following| following.limit).collect();
        let metrics = Arc::new(Metrics::new(&pipeline, &limits));
        let (sender, settled): (Sender<Settled>, _) = channel();
        let (wake, spares) = (control.wake().clone(), Spares::default());
        let search = SearchOutputs::start(&pipeline, config, options, &metrics, sender, wake, &spares)?;
        let work = Work {
            flow: Flow::new(Arc::clone(&pipeline), options.seed),
            pods: Pods::new(config, options, search.handle()),
            rendering: Rendering {
                chunks: Chunks::new(pipeline.outputs.len().max(1), spares),
                acks: Acknowledgements::new(),
                appender: Appender::new(&options.base),
                capture: options.capture.take(),
                counts: Counts { records: 0, bytes: 0, dropped: vec![0; pipeline.filters.len()] },
            },
            scratch: LineScratch::new(pipeline.compat),
            arena: Arena::new(),
        };
        let now = Instant::now();
        Ok(Self {
            options,
            pipeline,
            tails,
            work,
            search,
            settled,
            unwritten: Unwritten::default(),
            control,
            metrics,
            next_note: now,
            next_persist: now,
            next_refresh: now + REFRESH,
        })
    }

    /// How it was started.
    pub(crate) fn options(&self) -> &Options {
        self.options
    }

    /// What it counts.
    pub(crate) fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }

    /// Works until there is nothing more to do or an order comes.
    pub(crate) fn run(&mut self) -> End {
        let reloads = self.control.reloads();
        loop {
            let now = Instant::now();
            self.settle();
            self.refresh(now);
            let mut busy = false;
            for following in &mut self.tails {
                let mut reader =
                    Reader::new(&self.pipeline, following.input, &mut following.files, &mut self.work);
                following.tail.poll(now, &mut reader);
                if self.pipeline.inputs[following.input].joins_lines() || self.pipeline.joins_records() {
                    reader.end_messages(Messages::Due);
                }
                // One piece at a time, so that full chunks leave before more is read.
                if following.under_way + reader.work.rendering.chunks.size < following.limit {
                    busy |= following.tail.read(&mut reader);
                }
                drop(reader);
                let input = &self.metrics.inputs[following.input];
                self.work.rendering.counts.publish(&self.metrics, following.input);
                let files = following.tail.counts();
                input.files_opened.set(files.opened);
                input.files_closed.set(files.closed);
                input.files_rotated.set(files.rotated);
            }
            let flush = self.pipeline.service.flush;
            let due = self.work.rendering.chunks.take_due(now, flush);
            self.send(due);
            if self.control.is_stopped() {
                return End::Stopped;
            }
            if self.control.reloads() != reloads {
                return End::Reload;
            }
            if self.is_drained() {
                return End::Drained;
            }
            if !busy {
                self.wait(now);
            }
        }
    }

    /// Stops reading, and delivers what was read as far as `grace` allows. Gives the positions of all files.
    pub(crate) fn finish(mut self, grace: Option<Duration>) -> BTreeMap<Identity, u64> {
        for following in &mut self.tails {
            if !self.pipeline.inputs[following.input].forgets_messages() {
                Reader::new(&self.pipeline, following.input, &mut following.files, &mut self.work)
                    .end_messages(Messages::All);
            }
        }
        let rest = self.work.rendering.chunks.take_all();
        self.send(rest);
        let until = grace.map(|grace| Instant::now() + grace);
        loop {
            self.settle();
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if self.tails.iter().all(|following| following.under_way == 0) || left == Some(Duration::ZERO) {
                break;
            }
            let most = left.unwrap_or(Duration::from_secs(1)).min(Duration::from_secs(1));
            self.control.wake().wait(&[], most);
        }
        self.persist();
        let lost: usize = self.tails.iter().map(|following| following.under_way).sum();
        if lost > 0 {
            tracing::warn!(bytes = lost, "not delivered in time; it is read again at the next start");
        }
        self.options.capture = self.work.rendering.capture.take();
        self.tails.iter().flat_map(|following| following.tail.positions()).collect()
    }

    fn is_drained(&self) -> bool {
        if self.tails.is_empty() && self.options.exit_on_eof {
            return true;
        }
        let mut ending = self.tails.iter().filter(|following| following.exit_on_eof).peekable();
        ending.peek().is_some() && ending.all(|following| following.tail.is_drained())
    }

    /// Hands chunks to their outputs.
    fn send(&mut self, chunks: Vec<Chunk>) {
        for chunk in chunks {
            tracing::trace!(output = chunk.output, records = chunk.records, bytes = chunk.size, "chunk");
            let input = &self.metrics.inputs[chunk.input];
            input.chunks.add(1);
            input.under_way.add(chunk.size as u64);
            self.tails[chunk.input].under_way += chunk.size;
            match &chunk.body {
                Body::Bulk(_) => self.search.send(chunk),
                _ => self.unwritten.push(chunk, Instant::now()),
            }
        }
        self.write_due();
    }

    /// Writes chunks for standard output and files.
    fn write_due(&mut self) {
        let to = Destinations { stdout: &mut *self.options.stdout, files: &self.work.rendering.appender };
        for settled in self.unwritten.write_due(Instant::now(), to) {
            self.settle_chunk(settled);
        }
        if self.unwritten.is_closed() && !self.control.is_stopped() {
            tracing::error!("nobody reads standard output any more; stopping");
            self.control.stop();
        }
    }

    fn settle_chunk(&mut self, settled: Settled) {
        self.tails[settled.input].under_way -= settled.size;
        let input = &self.metrics.inputs[settled.input];
        input.chunks.subtract(1);
        input.under_way.subtract(settled.size as u64);
        if settled.done {
            let output = &self.metrics.outputs[settled.output];
            output.records.add(settled.records);
            output.bytes.add(settled.size as u64);
            self.work.rendering.acks.handle_settled(settled.id);
        }
    }

    /// Takes the results of the outputs, and stores what they allow.
    fn settle(&mut self) {
        while let Ok(settled) = self.settled.try_recv() {
            self.settle_chunk(settled);
        }
        if self.unwritten.deadline().is_some() {
            self.write_due();
        }
        if Instant::now() >= self.next_note {
            self.metrics.note_failures(Instant::now());
            self.next_note = Instant::now() + Duration::from_secs(1);
        }
        if Instant::now() >= self.next_persist {
            self.persist();
            self.next_persist = Instant::now() + PERSIST;
        }
    }

    /// Gives tags the current metadata of their pods: labels change, and pods become known late.
    fn refresh(&mut self, now: Instant) {
        if !self.work.pods.is_live() || now < self.next_refresh {
            return;
        }
        self.next_refresh = now + REFRESH;
        let Work { flow, pods, .. } = &mut self.work;
        pods.without_waiting(|pods| flow.refresh_all(pods, wall_clock()));
    }

    fn persist(&mut self) {
        while let Some((file, offset)) = self.work.rendering.acks.poll_commit() {
            if let Some(following) = self.tails.get_mut(input_of(file)) {
                following.tail.commit(file, offset);
            }
        }
        for following in &mut self.tails {
            if let Err(error) = following.tail.persist() {
                tracing::error!(%error, "offsets were not stored");
            }
        }
    }

    fn wait(&self, now: Instant) {
        let deadlines = self.tails.iter().map(|following| following.tail.deadline());
        let next = deadlines
            .chain(self.work.rendering.chunks.deadline(self.pipeline.service.flush))
            .chain(self.unwritten.deadline())
            .min()
            .unwrap_or(now + Duration::from_secs(1));
        let fds: Vec<_> = self.tails.iter().filter_map(|following| following.tail.watch_fd()).collect();
        let joins = self.pipeline.joins_records()
            || self.pipeline.inputs.iter().any(fluentbit_pipeline::TailInput::joins_lines);
        let longest = if joins { Duration::from_millis(250) } else { Duration::from_secs(1) };
        let most = next.saturating_duration_since(Instant::now()).min(longest);
        self.control.wake().wait(&fds, most.max(Duration::from_millis(1)));
    }
}

/// The wall clock.
fn wall_clock() -> Timestamp {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::new(i64::try_from(now.as_secs()).unwrap_or(i64::MAX), now.subsec_nanos())
}
