//! From the queue to shards, as many as are right.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use sample_queue::{Next, Position};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::counters::add;
use crate::frame::{Entry, Frame};
use crate::shard::{Queue, Shard};
use crate::sharding::{PERIOD, Seen, Sharding};
use crate::writer::{Shared, limit};

/// Reads the queue and hands each series to its shard. Waits where a shard is full, so that memory is bounded.
pub(crate) struct Dispatcher {
    shared: Arc<Shared>,
    at: Position,
    /// How many shards there should be.
    wanted: watch::Receiver<usize>,
    queues: Vec<Arc<Queue>>,
    shards: JoinSet<Vec<Entry>>,
    /// What is to be handed to shards before anything else.
    waiting: VecDeque<Entry>,
}

impl Dispatcher {
    /// Reads from `at` on.
    pub(crate) fn new(shared: Arc<Shared>, at: Position) -> Self {
        let wanted = shared.wanted.subscribe();
        let (queues, shards, waiting) = (Vec::new(), JoinSet::new(), VecDeque::new());
        Self { shared, at, wanted, queues, shards, waiting }
    }

    pub(crate) async fn run(mut self) {
        self.start_shards();
        let shared = Arc::clone(&self.shared);
        loop {
            self.hand_out().await;
            let next = {
                let mut log = shared.log.lock().unwrap_or_else(PoisonError::into_inner);
                let next = log.read(self.at);
                if matches!(next, Ok(Next::End)) {
                    shared.is_read.store(true, Ordering::Release);
                }
                next
            };
            let (payload, end) = match next {
                Ok(Next::Frame(payload, end)) => (payload, end),
                Ok(Next::Damaged(behind)) => {
                    add(&shared.counters.damaged_frames, 1);
                    let segment = self.at.segment();
                    tracing::error!(url = shared.url(), segment, "a damaged segment is skipped");
                    self.at = behind;
                    continue;
                }
                Ok(Next::End) => {
                    self.unless_resized(shared.appended.notified()).await;
                    continue;
                }
                Err(error) => {
                    tracing::error!(url = shared.url(), %error, "cannot read the queue");
                    sleep(Duration::from_secs(1)).await;
                    continue;
                }
            };
            let is_replayed = self.at < shared.start;
            self.at = end;
            let Some(request) = payload.decode() else {
                add(&shared.counters.damaged_frames, 1);
                continue;
            };
            let open = AtomicUsize::new(request.len());
            self.begin(&Arc::new(Frame { request, end, is_replayed, open }));
        }
    }

    /// Makes entries of a frame.
    fn begin(&mut self, frame: &Arc<Frame>) {
        let Shared { progress, counters, log, .. } = &*self.shared;
        progress.begin(Arc::clone(frame));
        let before = self.waiting.len();
        for index in 0..frame.request.len() {
            match frame.request.outline(index) {
                Ok(outline) => self.waiting.push_back(Entry { frame: Arc::clone(frame), index, outline }),
                Err(_) => {
                    add(&counters.damaged_frames, 1);
                    frame.open.fetch_sub(1, Ordering::AcqRel);
                }
            }
        }
        add(&counters.pending, self.waiting.len() - before);
        if self.waiting.len() == before {
            progress.advance(log, counters);
        }
    }

    /// Hands everything that waits to shards.
    async fn hand_out(&mut self) {
        let shared = Arc::clone(&self.shared);
        while let Some(entry) = self.waiting.pop_front() {
            // A remainder of the number of shards is one of them.
            let of = entry.outline.hash % self.queues.len().max(1) as u64;
            let Some(queue) = usize::try_from(of).ok().and_then(|of| self.queues.get(of)) else { return };
            if let Err(entry) = queue.push(entry) {
                self.waiting.push_front(entry);
                self.unless_resized(shared.room.notified()).await;
            }
        }
    }

    /// Waits, unless there is to be another number of shards meanwhile: then that is done instead.
    async fn unless_resized(&mut self, wait: impl Future<Output = ()>) {
        tokio::select! {
            () = wait => return,
            changed = self.wanted.changed() => if changed.is_err() {
                // Nobody is left who could want another number.
                return std::future::pending().await;
            },
        }
        // What a shard gives back is of other series than what the others do, and is older than what waits here.
        self.shared.orders.send_modify(|order| order.generation += 1);
        let mut open = VecDeque::new();
        while let Some(given_back) = self.shards.join_next().await {
            open.extend(given_back.unwrap_or_default());
        }
        for queue in self.queues.drain(..) {
            open.append(&mut queue.drain());
        }
        open.append(&mut self.waiting);
        self.waiting = open;
        self.start_shards();
    }

    fn start_shards(&mut self) {
        let count = *self.wanted.borrow_and_update();
        let queue = &self.shared.config.queue;
        let (capacity, batch) = (limit(queue.capacity), limit(queue.max_samples_per_send));
        for _ in 0..count {
            let queue = Arc::new(Queue::new(capacity, batch));
            self.shards.spawn(Shard::new(Arc::clone(&self.shared), Arc::clone(&queue)).run());
            self.queues.push(queue);
        }
        self.shared.counters.shards.store(count as u64, Ordering::Relaxed);
    }
}

/// Works out how many shards there should be, again and again.
pub(crate) async fn resize(shared: Arc<Shared>) {
    let Shared { counters, wanted, config, .. } = &*shared;
    let traffic = &counters.traffic;
    let mut sharding = Sharding::new(limit(config.queue.min_shards), limit(config.queue.max_shards));
    loop {
        sleep(PERIOD).await;
        let behind_ms = counters.highest_timestamp_ms.load(Ordering::Relaxed)
            - counters.highest_sent_timestamp_ms.load(Ordering::Relaxed);
        let seen = Seen {
            appended: traffic.appended.swap(0, Ordering::Relaxed),
            dropped: traffic.dropped.swap(0, Ordering::Relaxed),
            settled: traffic.settled.swap(0, Ordering::Relaxed),
            sending: Duration::from_nanos(traffic.sending_nanos.swap(0, Ordering::Relaxed)),
            behind: Duration::from_millis(u64::try_from(behind_ms).unwrap_or_default()),
        };
        let shards = *wanted.borrow();
        let next = sharding.next(shards, &seen);
        if next != shards {
            tracing::info!(url = shared.url(), from = shards, to = next, "the number of shards changes");
            wanted.send_replace(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::{Arc, Mutex};
    use std::thread;
    use std::time::Duration;

    use prometheus_labels::LabelSet;
    use prometheus_remote_write::{Request, Version, decompress};
    use prometheus_scrape::{Sample, Series, Value};
    use source_text::SourceId;

    use crate::{Options, RemoteWriter};

    /// The times of each series by its number, as they came.
    type Got = Arc<Mutex<BTreeMap<String, Vec<i64>>>>;

    /// Takes the requests of a connection; every third is to be repeated.
    fn serve(mut stream: TcpStream, got: &Got) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        for number in 1.. {
            let mut length = 0;
            let mut line = String::new();
            while line != "\r\n" {
                line.clear();
                reader.read_line(&mut line)?;
                if let Some(value) = line.strip_prefix("content-length: ") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body)?;
            thread::sleep(Duration::from_millis(1));
            if number % 3 == 0 {
                stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")?;
                continue;
            }
            let request = Request::read(Version::V1, decompress(&body, 1 << 20).unwrap()).unwrap();
            let mut got = got.lock().unwrap();
            for series in request.iter().map(Result::unwrap) {
                let times = series.samples.iter().map(|sample| sample.timestamp_ms);
                got.entry(series.labels[1].1.to_owned()).or_default().extend(times);
            }
            drop(got);
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n")?;
        }
        Ok(())
    }

    #[test]
    fn samples_stay_in_order_while_the_number_of_shards_changes() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let got = Got::default();
        let receiving = Arc::clone(&got);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let got = Arc::clone(&receiving);
                // A connection ends with an error.
                thread::spawn(move || serve(stream, &got));
            }
        });
        let text = format!(
            "remote_write: [{{url: 'http://{address}/', queue_config: {{max_samples_per_send: 7, capacity: 20, \
             batch_send_deadline: 5ms, min_backoff: 1ms, max_backoff: 5ms}}}}]"
        );
        let config = prometheus_config::parse(SourceId::default(), &text, |_| None).into_result().unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let options = Options::new(folder.path());
        let writer = RemoteWriter::start(runtime.handle(), &config.remote_write[0], options).unwrap();
        let labels =
            |number: usize| LabelSet::from([("__name__", "m".to_owned()), ("n", number.to_string())]);
        let series: Vec<_> = (0..20).map(|number| Arc::new(Series::new(labels(number)))).collect();
        for time in 1..=100 {
            let sample = |series| Sample::new(Arc::clone(series), time, Value::Float(1.0));
            writer.append(&series.iter().map(sample).collect::<Vec<_>>()).unwrap();
            if time % 10 == 0 {
                let shards = [3, 1, 8, 2][usize::try_from(time).unwrap() / 10 % 4];
                writer.shared.wanted.send_replace(shards);
                thread::sleep(Duration::from_millis(10));
            }
        }
        let counts = runtime.block_on(writer.close(Duration::from_secs(60)));
        assert_eq!((counts.sent, counts.failed, counts.pending, counts.shards), (2000, 0, 0, 8));
        let got = got.lock().unwrap();
        assert_eq!(got.len(), 20);
        for (number, times) in &*got {
            assert_eq!(*times, (1..=100).collect::<Vec<_>>(), "{number}");
        }
    }
}
