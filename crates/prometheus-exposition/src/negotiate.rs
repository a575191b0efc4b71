//! Which format two sides speak: the `Accept` header of a scrape, and what a server makes of it.

use std::fmt;
use std::fmt::Write as _;

use crate::float::{self, NumberError};
use crate::format::Format;
use crate::names::EscapingScheme;

/// A format in a version: what a scrape asks for and a server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScrapeProtocol {
    /// `PrometheusProto`
    Protobuf,
    /// `PrometheusText0.0.4`
    Text0_0_4,
    /// `PrometheusText1.0.0`
    Text1_0_0,
    /// `OpenMetricsText0.0.1`
    OpenMetrics0_0_1,
    /// `OpenMetricsText1.0.0`
    OpenMetrics1_0_0,
}

impl ScrapeProtocol {
    /// What Prometheus asks for, best first.
    pub const DEFAULT: [Self; 4] =
        [Self::OpenMetrics1_0_0, Self::OpenMetrics0_0_1, Self::Text1_0_0, Self::Text0_0_4];

    /// What it asks for when it scrapes native histograms.
    pub const PROTOBUF_FIRST: [Self; 5] =
        [Self::Protobuf, Self::OpenMetrics1_0_0, Self::OpenMetrics0_0_1, Self::Text1_0_0, Self::Text0_0_4];

    /// The name in `scrape_protocols` and `fallback_scrape_protocol`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Protobuf => "PrometheusProto",
            Self::Text0_0_4 => "PrometheusText0.0.4",
            Self::Text1_0_0 => "PrometheusText1.0.0",
            Self::OpenMetrics0_0_1 => "OpenMetricsText0.0.1",
            Self::OpenMetrics1_0_0 => "OpenMetricsText1.0.0",
        }
    }

    /// The protocol of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::PROTOBUF_FIRST.into_iter().find(|protocol| protocol.as_str() == name)
    }

    /// The format.
    #[must_use]
    pub fn format(self) -> Format {
        match self {
            Self::Protobuf => Format::Protobuf,
            Self::Text0_0_4 | Self::Text1_0_0 => Format::Text,
            Self::OpenMetrics0_0_1 | Self::OpenMetrics1_0_0 => Format::OpenMetrics,
        }
    }

    /// The media type without parameters: what [`select_format`](crate::select_format) takes as fallback.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self.format() {
            Format::Protobuf => "application/vnd.google.protobuf",
            Format::OpenMetrics => "application/openmetrics-text",
            Format::Text => "text/plain",
        }
    }

    fn parameters(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Protobuf => &[("proto", "io.prometheus.client.MetricFamily"), ("encoding", "delimited")],
            Self::Text0_0_4 => &[("version", "0.0.4")],
            Self::Text1_0_0 | Self::OpenMetrics1_0_0 => &[("version", "1.0.0")],
            Self::OpenMetrics0_0_1 => &[("version", "0.0.1")],
        }
    }
}

impl fmt::Display for ScrapeProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The `Accept` header of a scrape that wants one of `protocols`, best first, with names escaped by
/// `scheme`.
///
/// The weights are those of Prometheus 3.14: they start from 0.7, and whatever else the server has comes
/// last.
///
/// ```
/// use prometheus_exposition::{EscapingScheme, ScrapeProtocol, accept_header};
///
/// assert_eq!(
///     accept_header(&[ScrapeProtocol::OpenMetrics1_0_0, ScrapeProtocol::Text0_0_4], EscapingScheme::AllowUtf8),
///     "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.7,\
///      text/plain;version=0.0.4;q=0.6,*/*;q=0.5"
/// );
/// ```
#[must_use]
pub fn accept_header(protocols: &[ScrapeProtocol], scheme: EscapingScheme) -> String {
    let mut out = String::new();
    // One more than there are protocols, of which this crate lacks OpenMetrics 2.0.
    let mut weight = 7usize;
    for protocol in protocols {
        out.push_str(protocol.media_type());
        for (name, value) in protocol.parameters() {
            let _ = write!(out, ";{name}={value}");
        }
        if matches!(protocol, ScrapeProtocol::Text1_0_0 | ScrapeProtocol::OpenMetrics1_0_0) {
            let _ = write!(out, ";escaping={scheme}");
        }
        let _ = write!(out, ";q=0.{weight},");
        weight = weight.saturating_sub(1);
    }
    let _ = write!(out, "*/*;q=0.{weight}");
    out
}

/// What a server answers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Negotiated {
    /// The format.
    pub protocol: ScrapeProtocol,
    /// How names are escaped.
    pub escaping: EscapingScheme,
}

impl Negotiated {
    /// The `Content-Type` of the answer.
    #[must_use]
    pub fn content_type(&self) -> String {
        let mut out = self.protocol.media_type().to_owned();
        for (name, value) in self.protocol.parameters() {
            let _ = write!(out, "; {name}={value}");
        }
        if self.protocol != ScrapeProtocol::Protobuf {
            out.push_str("; charset=utf-8");
        }
        let _ = write!(out, "; escaping={}", self.escaping);
        out
    }
}

/// Chooses one of `offered`, a server's formats with the best first, for a request with the header
/// `accept`, as `NegotiateAccept` of `prometheus/common` does: the first that the client's best clause
/// takes, or else the text format, or else the first offered.
///
/// ```
/// use prometheus_exposition::{EscapingScheme, ScrapeProtocol, negotiate};
///
/// let offered = [ScrapeProtocol::OpenMetrics1_0_0, ScrapeProtocol::Text0_0_4];
/// let accept = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;q=0.3";
/// let negotiated = negotiate(accept, &offered);
/// assert_eq!(negotiated.protocol, ScrapeProtocol::OpenMetrics1_0_0);
/// assert_eq!(
///     negotiated.content_type(),
///     "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
/// );
/// assert_eq!(negotiate("", &offered).protocol, ScrapeProtocol::Text0_0_4);
/// ```
#[must_use]
pub fn negotiate(accept: &str, offered: &[ScrapeProtocol]) -> Negotiated {
    let mut escaping = EscapingScheme::default();
    for clause in clauses(accept) {
        if let Some(asked) = clause.parameter("escaping").and_then(EscapingScheme::from_name) {
            escaping = asked;
        }
        if let Some(&protocol) = offered.iter().find(|protocol| clause.takes(**protocol)) {
            return Negotiated { protocol, escaping };
        }
    }
    let text = offered.iter().find(|protocol| **protocol == ScrapeProtocol::Text0_0_4);
    let protocol = text.or(offered.first()).copied().unwrap_or(ScrapeProtocol::Text0_0_4);
    Negotiated { protocol, escaping }
}

/// A part of an `Accept` header.
#[derive(Debug)]
struct Clause<'a> {
    main: &'a str,
    sub: &'a str,
    weight: f32,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Clause<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';');
        let media_type = parts.next()?.trim_matches(' ');
        let (main, sub) = match media_type.split_once('/') {
            Some((main, sub)) if !sub.is_empty() && !sub.contains('/') => (main, sub),
            None | Some((_, "")) if media_type.trim_end_matches('/').trim_matches(' ') == "*" => ("*", "*"),
            _ => return None,
        };
        let mut clause = Self {
            main: main.trim_matches(' '),
            sub: sub.trim_matches(' '),
            weight: 1.0,
            parameters: Vec::new(),
        };
        for part in parts {
            let Some((name, value)) = part.split_once('=').filter(|(_, value)| !value.is_empty()) else {
                continue;
            };
            // `a=b=` is one value and nothing.
            let value = value.strip_suffix('=').unwrap_or(value);
            if value.contains('=') {
                continue;
            }
            match name.trim_matches(' ') {
                "q" => clause.weight = weight(value),
                name => clause.parameters.push((name, value.trim_matches(' '))),
            }
        }
        Some(clause)
    }

    fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn takes(&self, protocol: ScrapeProtocol) -> bool {
        let Some((main, sub)) = protocol.media_type().split_once('/') else { return false };
        if self.main != "*" && self.main != main || self.sub != "*" && self.sub != sub {
            return false;
        }
        protocol.parameters().iter().all(|(name, value)| {
            let asked = self.parameter(name).filter(|asked| !asked.is_empty());
            // What clients mean that name no version.
            let default = match (*name, self.main, self.sub) {
                ("version", "application", "openmetrics-text") => Some("0.0.1"),
                ("version", "text", "plain") => Some("0.0.4"),
                _ => None,
            };
            asked.or(default) == Some(value)
        })
    }

    /// Whether this comes before `other`. It is no order: the weight comes first only if it is the greater.
    fn is_before(&self, other: &Self) -> bool {
        self.weight > other.weight
            || self.main != "*" && other.main == "*"
            || self.sub != "*" && other.sub == "*"
    }
}

/// A weight as Go reads it: in 32 bits, and infinite where these do not do.
fn weight(text: &str) -> f32 {
    match float::parse_go(text.as_bytes()) {
        #[expect(clippy::cast_possible_truncation, reason = "so does Go")]
        Ok(weight) => weight as f32,
        Err(NumberError::Range) if text.starts_with('-') => f32::NEG_INFINITY,
        Err(NumberError::Range) => f32::INFINITY,
        Err(_) => 0.0,
    }
}

/// The clauses in the order in which they are tried.
fn clauses(accept: &str) -> Vec<Clause<'_>> {
    let mut clauses: Vec<Clause<'_>> = Vec::new();
    for clause in accept.split(',').filter_map(Clause::parse) {
        // By insertion, because `is_before` is no order and the outcome depends on the steps taken.
        let at = clauses.iter().rposition(|before| !clause.is_before(before)).map_or(0, |at| at + 1);
        clauses.insert(at, clause);
    }
    clauses
}

#[cfg(test)]
mod tests {
    use super::{EscapingScheme, ScrapeProtocol, accept_header, negotiate};

    #[test]
    fn prometheus_asks_for_its_formats() {
        assert_eq!(
            accept_header(&ScrapeProtocol::PROTOBUF_FIRST, EscapingScheme::Values),
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,\
             application/openmetrics-text;version=1.0.0;escaping=values;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=values;q=0.4,\
             text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        );
        assert_eq!(accept_header(&[], EscapingScheme::AllowUtf8), "*/*;q=0.7");
    }

    #[test]
    fn the_server_takes_the_best_clause_it_can() {
        use EscapingScheme::{AllowUtf8, Underscores, Values};
        use ScrapeProtocol::{OpenMetrics0_0_1, OpenMetrics1_0_0, Protobuf, Text0_0_4};
        let offered = [OpenMetrics1_0_0, OpenMetrics0_0_1, Protobuf, Text0_0_4];
        let proto = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily";
        for (accept, protocol, escaping) in [
            ("", Text0_0_4, Underscores),
            ("*/*", Text0_0_4, Underscores),
            ("text/*", Text0_0_4, Underscores),
            ("text/html, text/plain;q=0.5", Text0_0_4, Underscores),
            ("application/openmetrics-text", OpenMetrics0_0_1, Underscores),
            ("application/openmetrics-text;version=2.0.0", Text0_0_4, Underscores),
            ("application/openmetrics-text; version=1.0.0 ;escaping=values", OpenMetrics1_0_0, Values),
            (
                "text/plain;q=0.1;escaping=values,application/openmetrics-text;version=1.0.0;q=0.2",
                OpenMetrics1_0_0,
                Underscores,
            ),
            ("application/openmetrics-text;version=9;escaping=allow-utf-8", Text0_0_4, AllowUtf8),
            ("text/plain;escaping=nonsense", Text0_0_4, Underscores),
            (&format!("{proto};encoding=delimited"), Protobuf, Underscores),
            (&format!("{proto};encoding=text"), Text0_0_4, Underscores),
            ("/;,;;,a/b/c,*", Text0_0_4, Underscores),
        ] {
            let negotiated = negotiate(accept, &offered);
            assert_eq!((negotiated.protocol, negotiated.escaping), (protocol, escaping), "{accept}");
        }
        assert_eq!(negotiate("text/plain", &[Protobuf]).protocol, Protobuf);
        assert_eq!(negotiate("text/plain", &[]).protocol, Text0_0_4);
    }
}
