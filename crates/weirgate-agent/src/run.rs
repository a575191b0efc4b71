//! The pipeline's thread: files to chunks, chunks to outputs, settled chunks to offsets.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use event_model::{Arena, Record, Timestamp};
use file_tail::{FileId, Handler, Identity, Line, Tail};
use fluentbit_config::Config;
use fluentbit_filter::Verdict;
use fluentbit_pipeline::{
    At, Body, Flow, LineScratch, Messages, Pipeline, Route, Sink, Source, Stream, TagId,
};
use pipeline_core::acknowledge::Acknowledgements;

use crate::chunks::{Chunk, Chunks, Place, Slot, Spares};
use crate::control::Control;
use crate::destination::Appender;
use crate::error::StartError;
use crate::input::{input_of, tail_options};
use crate::metadata::Pods;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::search::{SearchOutputs, Settled};
use crate::unwritten::{Destinations, Unwritten};

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

/// A file at work.
struct Followed {
    stream: Stream,
    tag: TagId,
    /// Its inode and first line, for ids made of the place a record was read from.
    origin: [u8; 16],
    /// Up to where its lines were read.
    read: Option<u64>,
}

impl Followed {
    /// From where on the file must be read again if the program ends when it was read up to `read`: lines and
    /// records that wait for others of their message count as not read.
    fn unread(&self, read: u64, held: Option<u64>) -> u64 {
        self.stream.pending().into_iter().chain(held).fold(read, u64::min)
    }
}

/// What turning lines into chunks needs.
struct Work {
    flow: Flow,
    pods: Pods,
    rendering: Rendering,
    scratch: LineScratch,
    arena: Arena,
}

/// What turning records into chunks needs.
struct Rendering {
    chunks: Chunks,
    acks: Acknowledgements,
    appender: Appender,
    capture: Option<Capture>,
    counts: Counts,
}

/// What was counted since the counters were last brought up to date.
struct Counts {
    records: u64,
    bytes: u64,
    /// Records that filters dropped, by filter.
    dropped: Vec<u64>,
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

/// Turns the lines of one input into records and those into chunks.
struct Reader<'r> {
    pipeline: &'r Pipeline,
    index: usize,
    files: &'r mut BTreeMap<FileId, Followed>,
    work: &'r mut Work,
    /// The file of the last line: lines of one file come together.
    current: Option<(FileId, Followed)>,
    now: (Instant, Timestamp),
}

impl<'r> Reader<'r> {
    fn new(
        pipeline: &'r Pipeline,
        index: usize,
        files: &'r mut BTreeMap<FileId, Followed>,
        work: &'r mut Work,
    ) -> Self {
        Self { pipeline, index, files, work, current: None, now: (Instant::now(), wall_clock()) }
    }

    /// Ends the multiline messages whose time is up, or all of them.
    fn end_messages(&mut self, which: Messages) {
        self.put_back();
        let mut files = std::mem::take(self.files);
        for (file, followed) in &mut files {
            let Work { flow, pods, rendering, scratch, arena, .. } = &mut *self.work;
            let before = (followed.stream.pending(), flow.held(file.0));
            if before == (None, None) {
                continue;
            }
            let (now, tag) = (self.now, followed.tag);
            let mut sink = rendering.sink(self.pipeline, self.index, &followed.origin, now);
            let mut each = |record: Record<'_>, offset, arena: &Arena, flow: &mut Flow| {
                let at = At { now: now.1, arena, metadata: pods };
                flow.record(tag, record, Source { file: file.0, offset }, at, &mut sink);
            };
            let due = followed.stream.deadline().is_some_and(|deadline| deadline <= now.1);
            if which == Messages::All || due {
                followed.stream.end_messages(which, now.1, scratch, flow, &mut each);
            }
            arena.reset();
            flow.end_messages(file.0, which, At { now: now.1, arena, metadata: pods }, &mut sink);
            // What is pending no longer bounds the offset; the next read says where it is.
            if (followed.stream.pending(), flow.held(file.0)) != before
                && let Some(read) = followed.read
            {
                let offset = followed.unread(read, flow.held(file.0));
                rendering.acks.handle_read(*file, offset);
            }
        }
        *self.files = files;
    }

    fn put_back(&mut self) {
        self.files.extend(self.current.take());
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.put_back();
    }
}

impl Handler for Reader<'_> {
    fn admit(&mut self, file: FileId, name: &str) -> bool {
        let input = &self.pipeline.inputs[self.index];
        let tag = match input.tag(name) {
            Ok(tag) => tag,
            Err(error) => {
                tracing::error!(input = input.name, file = name, %error, "no tag, so the file is not followed");
                return false;
            }
        };
        let tag = self.work.flow.tag(self.index, &tag, &self.work.pods, self.now.1);
        self.files.insert(file, Followed { stream: input.stream(name), tag, origin: [0; 16], read: None });
        true
    }

    fn identified(&mut self, file: FileId, inode: u64, first_line: u64) {
        self.put_back();
        if let Some(followed) = self.files.get_mut(&file) {
            followed.origin[..8].copy_from_slice(&inode.to_le_bytes());
            followed.origin[8..].copy_from_slice(&first_line.to_le_bytes());
        }
    }

    fn line(&mut self, file: FileId, line: Line<'_>) {
        if self.current.as_ref().is_none_or(|(current, _)| *current != file) {
            self.put_back();
            self.current = self.files.remove_entry(&file);
        }
        let Some((_, followed)) = &mut self.current else { return };
        let Work { flow, pods, rendering, scratch, .. } = &mut *self.work;
        let (now, tag) = (self.now, followed.tag);
        rendering.counts.bytes += line.raw.len() as u64 + 1;
        let mut sink = rendering.sink(self.pipeline, self.index, &followed.origin, now);
        followed.stream.line(line, now.1, scratch, flow, &mut |record, offset, arena, flow| {
            let at = At { now: now.1, arena, metadata: pods };
            flow.record(tag, record, Source { file: file.0, offset }, at, &mut sink);
        });
    }

    fn read(&mut self, file: FileId, offset: u64) {
        self.put_back();
        let mut offset = offset;
        if let Some(followed) = self.files.get_mut(&file) {
            followed.read = Some(offset);
            let Work { flow, pods, rendering, arena, .. } = &mut *self.work;
            let mut sink = rendering.sink(self.pipeline, self.index, &followed.origin, self.now);
            arena.reset();
            flow.end_batch(followed.tag, At { now: self.now.1, arena, metadata: pods }, &mut sink);
            offset = followed.unread(offset, flow.held(file.0));
        }
        self.work.rendering.acks.handle_read(file, offset);
    }

    fn truncated(&mut self, file: FileId) {
        self.work.rendering.acks.handle_truncated(file);
    }

    fn line_too_long(&mut self, _: FileId, name: &str, offset: u64) {
        let input = &self.pipeline.inputs[self.index];
        tracing::error!(
            input = input.name,
            file = name,
            offset,
            longest = input.longest_line,
            "a line needs a larger Buffer_Max_Size, or Skip_Long_Lines; the rest of the file is left alone"
        );
    }

    fn closed(&mut self, file: FileId) {
        self.files.remove(&file);
        self.work.flow.close_file(file.0);
        self.work.rendering.acks.handle_closed(file);
    }
}

impl Rendering {
    /// A sink for the records of the file that `origin` identifies.
    fn sink<'s>(
        &'s mut self,
        pipeline: &'s Pipeline,
        input: usize,
        origin: &'s [u8],
        now: (Instant, Timestamp),
    ) -> ToChunks<'s> {
        ToChunks { rendering: self, pipeline, input, origin, now }
    }
}

/// Renders records into the chunks of the outputs that take them.
struct ToChunks<'s> {
    rendering: &'s mut Rendering,
    pipeline: &'s Pipeline,
    input: usize,
    origin: &'s [u8],
    now: (Instant, Timestamp),
}

impl Counts {
    /// Adds what was counted for an input to the counters.
    fn publish(&mut self, metrics: &Metrics, input: usize) {
        let input = &metrics.inputs[input];
        input.records.add(std::mem::take(&mut self.records));
        input.bytes.add(std::mem::take(&mut self.bytes));
        for (dropped, filter) in self.dropped.iter_mut().zip(&metrics.filters) {
            filter.dropped.add(std::mem::take(dropped));
        }
    }
}

impl Sink for ToChunks<'_> {
    #[inline]
    fn start(&mut self, route: &Route, _: &Record<'_>, _: Source) {
        // Those that filters emit are not read by the input.
        self.rendering.counts.records += u64::from(route.input() == self.input);
    }

    #[inline]
    fn filtered(&mut self, _: &Route, filter: usize, verdict: Verdict<'_>, _: &Record<'_>, _: Source) {
        if matches!(verdict, Verdict::Drop | Verdict::Retag { keep: false, .. }) {
            self.rendering.counts.dropped[filter] += 1;
        }
    }

    fn settled(&mut self, _: &Route, filter: usize, kept: bool, _: Source) {
        self.rendering.counts.dropped[filter] += u64::from(!kept);
    }

    fn record(&mut self, tag: TagId, route: &Route, record: &Record<'_>, source: Source) {
        let Rendering { chunks, acks, appender, capture, .. } = &mut *self.rendering;
        if let Some(capture) = capture {
            capture(route.tag(), record);
        }
        let place = Place {
            input: self.input,
            file: FileId(source.file),
            offset: source.offset,
            origin: self.origin,
        };
        for output in route.outputs() {
            let kind = &self.pipeline.outputs[*output];
            let slot = Slot { tag, text: route.tag(), output: *output, kind };
            chunks.write(slot, record, place, self.now, appender, acks);
        }
    }
}

/// The wall clock.
fn wall_clock() -> Timestamp {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::new(i64::try_from(now.as_secs()).unwrap_or(i64::MAX), now.subsec_nanos())
}
