//! The loop that scrapes a target.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use prometheus_config::ScrapeConfig;
use prometheus_discovery::Target;
use prometheus_labels::LabelSet;
use prometheus_scrape::{Alignment, Failure, Response, Sample, Scrape, first_scrape};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::clock;
use crate::fetch::Fetcher;
use crate::manager::Shared;
use crate::status::{Health, LastScrape, TargetStatus};

/// Reading a larger body takes so long that other scrapes should not wait for it.
const LONG_BODY: usize = 1024 * 1024;

/// A target that is scraped, until it is told to stop.
#[derive(Debug)]
pub(crate) struct TargetLoop {
    target: Target,
    /// The labels of its series.
    labels: LabelSet,
    honors_labels: bool,
    fetcher: Fetcher,
    scrape: Arc<Mutex<Scrape>>,
    last: Mutex<LastScrape>,
    /// Why it must not be scraped.
    forced: Mutex<Option<String>>,
    /// Whether its series end with it.
    ends: AtomicBool,
    stop: watch::Sender<bool>,
    stopped: watch::Sender<bool>,
}

impl TargetLoop {
    /// A loop that is not run yet.
    pub(crate) fn new(
        target: Target,
        config: &ScrapeConfig,
        fetcher: Fetcher,
        scrape: Arc<Mutex<Scrape>>,
    ) -> Self {
        Self {
            labels: target.public_labels(),
            target,
            honors_labels: config.honor_labels,
            fetcher,
            scrape,
            last: Mutex::default(),
            forced: Mutex::default(),
            ends: AtomicBool::new(true),
            stop: watch::Sender::new(false),
            stopped: watch::Sender::new(false),
        }
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn scrape(&self) -> &Arc<Mutex<Scrape>> {
        &self.scrape
    }

    /// Whether both can have the same series.
    pub(crate) fn may_share_series(&self, other: &Self) -> bool {
        self.honors_labels || self.labels == other.labels
    }

    /// Takes over what is known of the last scrape of `before`.
    pub(crate) fn adopt(&self, before: &Self) {
        *lock(&self.last) = std::mem::take(&mut *lock(&before.last));
    }

    /// Makes scrapes fail without asking the target, for as long as there is a reason.
    pub(crate) fn force(&self, reason: Option<String>) {
        *lock(&self.forced) = reason;
    }

    /// Lets the scrape that goes on end, and no other begin.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// The same, and another loop goes on with its series.
    pub(crate) fn hand_over(&self) {
        self.ends.store(false, Ordering::Release);
        self.stop();
    }

    pub(crate) fn status(&self, discovered: LabelSet) -> TargetStatus {
        let last = lock(&self.last);
        let label = |name| self.target.labels().get(name).unwrap_or_default().to_owned();
        TargetStatus {
            discovered,
            labels: self.labels.clone(),
            url: self.target.url().as_str().to_owned(),
            health: last.health,
            last_error: last.error.clone(),
            last_scrape: last.time,
            last_scrape_seconds: last.seconds,
            interval: label(prometheus_labels::name::SCRAPE_INTERVAL),
            timeout: label(prometheus_labels::name::SCRAPE_TIMEOUT),
        }
    }

    /// Scrapes until it is stopped, after `before` has ended, and ends its series if nobody goes on with them.
    pub(crate) async fn run(self: Arc<Self>, shared: Arc<Shared>, seed: u64, before: Option<Arc<Self>>) {
        if let Some(before) = before {
            before.wait_until_stopped().await;
        }
        let ticker = self.scrape_until_stopped(&shared, seed).await;
        self.stopped.send_replace(true);
        if let Some(ticker) = ticker {
            self.end(&shared, ticker).await;
        }
    }

    async fn wait_until_stopped(&self) {
        // It cannot fail: this loop holds the sender.
        let _ = self.stopped.subscribe().wait_for(|stopped| *stopped).await;
    }

    /// Gives the clock of the loop, if there was a scrape.
    async fn scrape_until_stopped(self: &Arc<Self>, shared: &Arc<Shared>, seed: u64) -> Option<Interval> {
        let mut stop = self.stop.subscribe();
        let period = Duration::from(self.target.scrape_interval());
        let nanos = u64::try_from(period.as_nanos()).unwrap_or(u64::MAX);
        let offset = first_scrape(self.target.identity(), seed, nanos, clock::now());
        tokio::select! {
            () = tokio::time::sleep(Duration::from_nanos(offset)) => {}
            _ = stop.wait_for(|stop| *stop) => return None,
        }
        let mut ticker = interval_at(Instant::now() + period, period);
        ticker.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut alignment = Alignment::new(clock::now(), nanos);
        loop {
            self.scrape_once(shared, alignment.align(clock::now())).await;
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return Some(ticker),
                _ = ticker.tick() => {}
            }
        }
    }

    async fn scrape_once(self: &Arc<Self>, shared: &Arc<Shared>, nanos: u64) {
        let (start, time) = (Instant::now(), SystemTime::now());
        let mut body = shared.bodies.take();
        let forced = lock(&self.forced).clone();
        let answer = match forced {
            Some(reason) => Err(Failure::Other(reason)),
            // What a request needs is not kept between scrapes: it is most of a loop's memory.
            None => Box::pin(self.fetcher.fetch(&mut body)).await,
        };
        let (this, with) = (Arc::clone(self), Arc::clone(shared));
        let is_long = body.len() > LONG_BODY;
        let work = move || {
            this.handle(&with, &answer, &body, clock::to_millis(nanos), start, time);
            with.bodies.give_back(body);
        };
        if !is_long {
            work();
        } else if tokio::task::spawn_blocking(work).await.is_err() {
            tracing::error!(target_url = self.target.url().as_str(), "a scrape could not be handled");
        }
    }

    fn handle(
        &self,
        shared: &Shared,
        answer: &Result<String, Failure>,
        body: &[u8],
        timestamp_ms: i64,
        start: Instant,
        time: SystemTime,
    ) {
        let mut samples = shared.samples.take();
        let mut scrape = lock(&self.scrape);
        let response = match answer {
            Ok(content_type) => Ok(Response { content_type, body }),
            Err(failure) => Err(failure.clone()),
        };
        let outcome = scrape.handle_response(response, timestamp_ms, &mut samples);
        let seconds = start.elapsed().as_secs_f64();
        scrape.handle_report(&outcome, seconds, &mut samples);
        // Held until here, so that samples of a series stay in order.
        shared.sink.append(&samples);
        drop(scrape);
        shared.counters.count(&outcome, samples.len());
        shared.samples.give_back(samples);
        if let Some(error) = &outcome.error {
            tracing::debug!(target_url = self.target.url().as_str(), %error, "a scrape failed");
        }
        let health = if outcome.error.is_none() { Health::Up } else { Health::Down };
        let error = outcome.error.unwrap_or_default();
        *lock(&self.last) = LastScrape { health, error, time: Some(time), seconds };
    }

    /// Ends the series, but gives a loop that goes on with them time to show itself: until just after the next scrape
    /// but one. The markers have the time of the next scrape.
    async fn end(&self, shared: &Shared, mut ticker: Interval) {
        if !self.ends.load(Ordering::Acquire) {
            return;
        }
        ticker.tick().await;
        let timestamp_ms = clock::to_millis(clock::now());
        ticker.tick().await;
        tokio::time::sleep(ticker.period() / 10).await;
        if !self.ends.load(Ordering::Acquire) {
            return;
        }
        let mut samples = Vec::new();
        lock(&self.scrape).handle_end(timestamp_ms, &mut samples);
        let others = shared.loops_sharing_with(self);
        let goes_on = |sample: &Sample| {
            others.iter().any(|other| {
                let last = lock(other.scrape()).last_timestamp_ms(&sample.series);
                last.is_some_and(|last| last >= timestamp_ms)
            })
        };
        samples.retain(|sample| !goes_on(sample));
        shared.counters.count_appended(samples.len());
        shared.sink.append(&samples);
    }
}

/// What a thread that panicked left is as good as any: it is replaced as a whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
