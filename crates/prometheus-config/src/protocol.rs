//! The formats a scrape can ask for.

use std::fmt;

/// A format of metrics, by its name in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ScrapeProtocol {
    /// OpenMetrics 0.0.1
    OpenMetricsText0_0_1,
    /// OpenMetrics 1.0.0
    OpenMetricsText1_0_0,
    /// OpenMetrics 2.0.0
    OpenMetricsText2_0_0,
    /// Length-delimited protobuf messages
    PrometheusProto,
    /// Prometheus' text format
    PrometheusText0_0_4,
    /// Prometheus' text format with quoted names
    PrometheusText1_0_0,
}

impl ScrapeProtocol {
    /// All formats, sorted by name.
    pub const ALL: [Self; 6] = [
        Self::OpenMetricsText0_0_1,
        Self::OpenMetricsText1_0_0,
        Self::OpenMetricsText2_0_0,
        Self::PrometheusProto,
        Self::PrometheusText0_0_4,
        Self::PrometheusText1_0_0,
    ];

    /// What is asked for unless set.
    pub const DEFAULT: [Self; 4] = [
        Self::OpenMetricsText1_0_0,
        Self::OpenMetricsText0_0_1,
        Self::PrometheusText1_0_0,
        Self::PrometheusText0_0_4,
    ];

    /// What is asked for unless set, when native histograms are scraped: only protobuf has them.
    pub const DEFAULT_PROTO_FIRST: [Self; 5] = [
        Self::PrometheusProto,
        Self::OpenMetricsText1_0_0,
        Self::OpenMetricsText0_0_1,
        Self::PrometheusText1_0_0,
        Self::PrometheusText0_0_4,
    ];

    /// The name in the configuration, such as `OpenMetricsText1.0.0`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenMetricsText0_0_1 => "OpenMetricsText0.0.1",
            Self::OpenMetricsText1_0_0 => "OpenMetricsText1.0.0",
            Self::OpenMetricsText2_0_0 => "OpenMetricsText2.0.0",
            Self::PrometheusProto => "PrometheusProto",
            Self::PrometheusText0_0_4 => "PrometheusText0.0.4",
            Self::PrometheusText1_0_0 => "PrometheusText1.0.0",
        }
    }

    /// The media type with its parameters, as it stands in an `Accept` header.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::OpenMetricsText0_0_1 => "application/openmetrics-text;version=0.0.1",
            Self::OpenMetricsText1_0_0 => "application/openmetrics-text;version=1.0.0",
            Self::OpenMetricsText2_0_0 => "application/openmetrics-text;version=2.0.0",
            Self::PrometheusProto => {
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
            }
            Self::PrometheusText0_0_4 => "text/plain;version=0.0.4",
            Self::PrometheusText1_0_0 => "text/plain;version=1.0.0",
        }
    }

    /// Finds a format by its name; `Err` is Prometheus' message.
    pub(crate) fn find(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|protocol| protocol.as_str() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(" ");
            format!("unknown scrape protocol {name}, supported: [{known}]")
        })
    }
}

impl fmt::Display for ScrapeProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The formats of a list; `Err` is Prometheus' message.
pub(crate) fn check(names: &[String]) -> Result<Vec<ScrapeProtocol>, String> {
    if names.is_empty() {
        return Err("scrape_protocols cannot be empty".to_owned());
    }
    let mut seen: Vec<String> = Vec::new();
    let mut protocols = Vec::new();
    for name in names {
        let lower = name.to_lowercase();
        if seen.contains(&lower) {
            return Err(format!("duplicated protocol in scrape_protocols, got [{}]", names.join(" ")));
        }
        // At most one more than there are formats is kept.
        protocols.push(ScrapeProtocol::find(name).map_err(|message| format!("scrape_protocols: {message}"))?);
        seen.push(lower);
    }
    Ok(protocols)
}
