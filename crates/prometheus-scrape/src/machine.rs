//! The scrapes of one target.

use std::sync::Arc;

use prometheus_config::{Duration, HttpClient, ScrapeConfig};
use prometheus_discovery::Target;
use prometheus_exposition::{NativeHistogram, Options};
use prometheus_labels::LabelSet;

use crate::cache::{Cache, Slot};
use crate::family::Families;
use crate::labels::{self, Mutator};
use crate::{
    Failure, Limit, Outcome, Response, STALE_NAN, Sample, ScrapeOptions, Series, Value, histogram, report,
};

/// What becomes of the answers of one target: Prometheus' scrape loop without the loop, with all that is kept from
/// one scrape to the next.
///
/// For each scrape, call [`handle_response`](Self::handle_response) with what the target answered and then
/// [`handle_report`](Self::handle_report) with the time all of it took; both append to the same samples. When the
/// target is gone for good, [`handle_end`](Self::handle_end) appends the markers that say so.
///
/// ```
/// use std::sync::Arc;
///
/// use prometheus_discovery::{Outcome, Populator};
/// use prometheus_scrape::{Response, Scrape, ScrapeOptions, Value};
/// use source_text::SourceId;
///
/// let text = "scrape_configs: [{job_name: web}]";
/// let config = prometheus_config::parse(SourceId::default(), text, |_| None).into_result().unwrap();
/// let config = Arc::new(config.scrape_configs[0].clone());
/// let populated = Populator::new(&config).populate(&[("__address__", "10.0.0.7:80")], &[]);
/// let Outcome::Target(target) = populated.outcome else { panic!("a target") };
///
/// let mut scrape = Scrape::new(config, &target, ScrapeOptions::default());
/// let mut samples = Vec::new();
/// let response = Response { content_type: "text/plain", body: b"a 1\nb 2\n" };
/// let outcome = scrape.handle_response(Ok(response), 1000, &mut samples);
/// scrape.handle_report(&outcome, 0.25, &mut samples);
/// assert_eq!(samples[1].series.labels().to_string(), r#"{__name__="b", instance="10.0.0.7:80", job="web"}"#);
/// assert_eq!(samples[2].series.labels().get("__name__"), Some("up"));
///
/// // In the next scrape `b` is missing.
/// let mut samples = Vec::new();
/// let response = Response { content_type: "text/plain", body: b"a 1\n" };
/// let outcome = scrape.handle_response(Ok(response), 2000, &mut samples);
/// scrape.handle_report(&outcome, 0.25, &mut samples);
/// assert_eq!(samples[0].value, Value::Float(1.0));
/// assert!(samples[1].is_stale_marker());
/// ```
#[derive(Debug)]
pub struct Scrape {
    pub(crate) settings: Settings,
    pub(crate) cache: Cache,
    pub(crate) families: Families,
    pub(crate) mutator: Mutator,
    /// The slots of the series about the scrape.
    reports: Vec<u32>,
    /// The number of the scrape.
    pub(crate) count: u64,
    /// When the scrape is that is being handled, and where its samples start.
    pub(crate) timestamp_ms: i64,
    start: usize,
    /// The slots of the samples since `start`.
    pub(crate) pending: Vec<u32>,
    pub(crate) key: Vec<u8>,
}

/// What the configuration and the labels of the target say.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) config: Arc<ScrapeConfig>,
    /// The labels its series get.
    pub(crate) labels: LabelSet,
    pub(crate) parsing: Options,
    /// The media type that counts when the answer names none that is known.
    pub(crate) fallback: Option<&'static str>,
    /// The finest resolution of native histograms.
    pub(crate) finest: i32,
    pub(crate) options: ScrapeOptions,
    timeout: Duration,
}

impl Settings {
    fn new(config: Arc<ScrapeConfig>, target: &Target, options: ScrapeOptions) -> Self {
        let parsing = Options::new()
            .created_as_start_timestamp(options.start_timestamps)
            .ignore_native_histograms(!target.scrape_native_histograms())
            .keep_classic_histograms(target.always_scrape_classic_histograms());
        let fallback = config.fallback_scrape_protocol.map(|protocol| protocol.media_type());
        let fallback = fallback.and_then(|media_type| media_type.split(';').next());
        let finest = histogram::finest_for(config.native_histogram_min_bucket_factor.0);
        let (labels, timeout) = (target.public_labels(), target.scrape_timeout());
        Self { config, labels, parsing, fallback, finest, options, timeout }
    }
}

/// Whether a job makes the same series of the same answers with both configurations, so that its scrapes may go on
/// with what they know. As in Prometheus, only intervals, timeouts, the sample limit and the HTTP client may differ.
#[must_use]
pub fn keeps_series(one: &ScrapeConfig, other: &ScrapeConfig) -> bool {
    let comparable = |config: &ScrapeConfig| {
        let mut config = config.clone();
        config.scrape_interval = Duration::ZERO;
        config.scrape_timeout = Duration::ZERO;
        config.sample_limit = 0;
        config.http = HttpClient::default();
        config
    };
    comparable(one) == comparable(other)
}

impl Scrape {
    /// The scrapes of a target that was not scraped before.
    #[must_use]
    pub fn new(config: Arc<ScrapeConfig>, target: &Target, options: ScrapeOptions) -> Self {
        Self {
            settings: Settings::new(config, target, options),
            cache: Cache::new(options.seed),
            families: Families::default(),
            mutator: Mutator::default(),
            reports: Vec::new(),
            count: 0,
            timestamp_ms: 0,
            start: 0,
            pending: Vec::new(),
            key: Vec::new(),
        }
    }

    /// Goes on with another configuration, of which [`keeps_series`] says that it makes the same series.
    pub fn reconfigure(&mut self, config: Arc<ScrapeConfig>, target: &Target) {
        self.settings = Settings::new(config, target, self.settings.options);
    }

    /// Handles what the target answered at the time `timestamp_ms` (milliseconds since 1970): appends samples, and
    /// markers of series that have ended. Of a scrape that failed there are only the markers.
    pub fn handle_response(
        &mut self,
        response: Result<Response<'_>, Failure>,
        timestamp_ms: i64,
        out: &mut Vec<Sample>,
    ) -> Outcome {
        self.begin(timestamp_ms, out);
        self.count += 1;
        let mut outcome = Outcome::default();
        // An empty body has no format and no samples.
        let mut is_empty = true;
        match response {
            Err(failure) => {
                if failure == Failure::BodySizeLimit {
                    (outcome.bytes, outcome.exceeded) = (-1, Some(Limit::BodySize));
                }
                outcome.error = Some(failure.to_string());
            }
            Ok(response) => {
                outcome.bytes = i64::try_from(response.body.len()).unwrap_or(i64::MAX);
                is_empty = response.body.is_empty();
                if !is_empty && let Err(message) = self.read(response, out, &mut outcome) {
                    out.truncate(self.start);
                    self.pending.clear();
                    outcome.error = Some(message);
                }
            }
        }
        self.mark_ended(out);
        self.cache.finish(outcome.error.is_none() && !is_empty);
        self.families.forget_old(self.count);
        outcome
    }

    /// Appends the series about the scrape that [`handle_response`](Self::handle_response) has handled with this
    /// outcome, and that took so many seconds.
    pub fn handle_report(&mut self, outcome: &Outcome, seconds: f64, out: &mut Vec<Sample>) {
        #[expect(clippy::cast_precision_loss, reason = "no timeout is that long")]
        let timeout = self.settings.timeout.as_millis() as f64 / 1000.0;
        let values = report::values(outcome, seconds, timeout, &self.settings.config);
        self.report(&values, out);
        self.commit(out);
    }

    /// Appends the markers that say at `timestamp_ms` (milliseconds since 1970) that the target is gone.
    pub fn handle_end(&mut self, timestamp_ms: i64, out: &mut Vec<Sample>) {
        self.begin(timestamp_ms, out);
        self.mark_ended(out);
        self.cache.finish(false);
        self.report(&[STALE_NAN; report::NAMES.len()], out);
        self.commit(out);
    }

    /// When the last sample of a series was, if this target has had it.
    #[must_use]
    pub fn last_timestamp_ms(&self, series: &Series) -> Option<i64> {
        self.cache.holds(series).and_then(Slot::last).map(|(timestamp_ms, _)| timestamp_ms)
    }

    /// The size of a body in bytes that is too large, and so are all above it ([`Failure::BodySizeLimit`]).
    #[must_use]
    pub fn body_size_limit(&self) -> Option<u64> {
        u64::try_from(self.settings.config.body_size_limit).ok().filter(|limit| *limit > 0)
    }

    /// How many series the target has, those about its scrapes among them.
    #[must_use]
    pub fn series_count(&self) -> usize {
        self.cache.len().1
    }

    fn begin(&mut self, timestamp_ms: i64, out: &[Sample]) {
        self.timestamp_ms = timestamp_ms;
        self.start = out.len();
        self.pending.clear();
        self.cache.rewind();
        self.families.rewind();
    }

    /// Appends the markers of the series that this scrape lacks.
    fn mark_ended(&mut self, out: &mut Vec<Sample>) {
        let Self { cache, pending, timestamp_ms, settings, .. } = self;
        for at in cache.ended() {
            let Some(slot) = cache.slot(at) else { continue };
            // A series can have a sample from the future.
            if settings.options.in_order && slot.last().is_some_and(|(last, _)| last >= *timestamp_ms) {
                continue;
            }
            let value = if slot.is_histogram {
                let mut histogram = NativeHistogram::new(0);
                histogram.sum = STALE_NAN;
                Value::Histogram(Arc::new(histogram))
            } else {
                Value::Float(STALE_NAN)
            };
            out.push(Sample::new(Arc::clone(&slot.series), *timestamp_ms, value));
            pending.push(at);
        }
    }

    fn report(&mut self, values: &[f64], out: &mut Vec<Sample>) {
        let names = report::names(&self.settings.config);
        if self.reports.is_empty() {
            for name in names {
                let slot = self.cache.slot_of(Series::new(labels::of_report(name, &self.settings.labels)));
                self.cache.pin(slot);
                self.reports.push(slot);
            }
        }
        for (at, value) in self.reports.iter().zip(values) {
            let Some(slot) = self.cache.slot(*at) else { continue };
            out.push(Sample::new(Arc::clone(&slot.series), self.timestamp_ms, Value::Float(*value)));
            self.pending.push(*at);
        }
    }

    /// Makes the samples since the start count as stored. Of several for one series and time, the first does.
    fn commit(&mut self, out: &mut Vec<Sample>) {
        let mut end = self.start;
        for (offset, at) in self.pending.iter().enumerate() {
            let read = self.start + offset;
            let (Some(slot), Some(sample)) = (self.cache.slot_mut(*at), out.get(read)) else { continue };
            if slot.last().is_some_and(|(last, _)| last >= sample.timestamp_ms)
                && self.settings.options.in_order
            {
                continue;
            }
            slot.set_last(sample.timestamp_ms, bits(&sample.value));
            slot.is_histogram = matches!(sample.value, Value::Histogram(_));
            if end != read {
                out.swap(end, read);
            }
            end += 1;
        }
        out.truncate(end);
        self.pending.clear();
    }
}

/// What tells two values apart.
pub(crate) fn bits(value: &Value) -> u64 {
    match value {
        Value::Float(value) => value.to_bits(),
        Value::Histogram(histogram) => histogram.sum.to_bits() ^ histogram.count().to_bits().rotate_left(1),
    }
}
