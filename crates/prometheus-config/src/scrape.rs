//! Jobs: what to scrape, how, and what to keep.

use std::fmt::Write as _;

use prometheus_labels::NameScheme;

use crate::relabel::RelabelRules;
use crate::{Discovery, Duration, Fields, HttpClient, NameEscaping, ScrapeProtocol};

mod decode;

pub(crate) use decode::RawScrapeConfig;

/// A job, with defaults and the values of the global section put in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScrapeConfig {
    /// Where the fields stand.
    pub fields: Fields,
    /// The name of the job, and the label `job` of its targets.
    pub job_name: String,
    /// Whether labels of samples win over those of targets.
    pub honor_labels: bool,
    /// Whether times of samples count.
    pub honor_timestamps: bool,
    /// Whether series with times of their own end when they are missing.
    pub track_timestamps_staleness: bool,
    /// Parameters of the request, sorted by name.
    pub params: Vec<(String, Vec<String>)>,
    /// How often targets are scraped.
    pub scrape_interval: Duration,
    /// How long a scrape may take.
    pub scrape_timeout: Duration,
    /// The formats to ask for, the preferred one first.
    pub scrape_protocols: Vec<ScrapeProtocol>,
    /// The format of an answer that does not name one that is known.
    pub fallback_scrape_protocol: Option<ScrapeProtocol>,
    /// Whether native histograms are scraped.
    pub scrape_native_histograms: bool,
    /// Whether a classic histogram is scraped even if it is there as a native one.
    pub always_scrape_classic_histograms: bool,
    /// Whether classic histograms become native ones with custom buckets.
    pub convert_classic_histograms_to_nhcb: bool,
    /// Whether each scrape adds its timeout, its sample limit and the size of its body as samples.
    pub extra_scrape_metrics: bool,
    /// A file for failed scrapes.
    pub scrape_failure_log_file: String,
    /// The path of the request.
    pub metrics_path: String,
    /// The scheme of the request.
    pub scheme: String,
    /// Whether a compressed answer is asked for.
    pub enable_compression: bool,
    /// A response body larger than this many bytes fails the scrape; 0 for no limit.
    pub body_size_limit: i64,
    /// More samples than this fail the scrape; 0 for no limit.
    pub sample_limit: u64,
    /// More targets than this fail all scrapes of the job; 0 for no limit.
    pub target_limit: u64,
    /// More labels than this fail the scrape; 0 for no limit.
    pub label_limit: u64,
    /// A longer name of a label, in bytes, fails the scrape; 0 for no limit.
    pub label_name_length_limit: u64,
    /// A longer value of a label, in bytes, fails the scrape; 0 for no limit.
    pub label_value_length_limit: u64,
    /// Native histograms with more buckets are made coarser; 0 for no limit.
    pub native_histogram_bucket_limit: u64,
    /// Native histograms with a smaller factor from bucket to bucket are made coarser.
    pub native_histogram_min_bucket_factor: Float,
    /// How many dropped targets are remembered; 0 for all.
    pub keep_dropped_targets: u64,
    /// Which names are valid.
    pub metric_name_validation_scheme: NameScheme,
    /// How names are asked for.
    pub metric_name_escaping_scheme: NameEscaping,
    /// Where the targets come from.
    pub service_discovery: Vec<Discovery>,
    /// How targets are talked to.
    pub http: HttpClient,
    /// What becomes of the labels of targets.
    pub relabel_configs: RelabelRules,
    /// What becomes of the labels of samples.
    pub metric_relabel_configs: RelabelRules,
}

/// A number that equals itself, so that configurations can be compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Float(pub f64);

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Float {}

impl ScrapeConfig {
    /// The `Accept` header of requests.
    ///
    /// ```
    /// use source_text::SourceId;
    ///
    /// let text = "scrape_configs: [{job_name: a, scrape_protocols: [PrometheusText1.0.0]}]";
    /// let parsed = prometheus_config::parse(SourceId::default(), text, |_| None);
    /// assert_eq!(
    ///     parsed.config.scrape_configs[0].accept_header(),
    ///     "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.7,*/*;q=0.6"
    /// );
    /// ```
    #[must_use]
    pub fn accept_header(&self) -> String {
        let mut weight = ScrapeProtocol::ALL.len() + 1;
        let mut header = String::new();
        for protocol in &self.scrape_protocols {
            header.push_str(protocol.media_type());
            // Only the newer versions of the text formats know about escaping.
            if matches!(
                protocol,
                ScrapeProtocol::PrometheusText1_0_0
                    | ScrapeProtocol::OpenMetricsText1_0_0
                    | ScrapeProtocol::OpenMetricsText2_0_0
            ) {
                header.push_str(";escaping=");
                header.push_str(self.metric_name_escaping_scheme.as_str());
            }
            // Writing to a string cannot fail.
            let _ = write!(header, ";q=0.{weight},");
            weight -= 1;
        }
        let _ = write!(header, "*/*;q=0.{weight}");
        header
    }

    pub(crate) fn set_directory(&mut self, directory: &str) {
        self.http.set_directory(directory);
        crate::http::join(directory, &mut self.scrape_failure_log_file);
        self.service_discovery.iter_mut().for_each(|discovery| discovery.set_directory(directory));
    }
}
