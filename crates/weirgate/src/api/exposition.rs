//! `exposition` and `write_exposition`: metrics read entry by entry, and written in another format.

use prometheus_exposition::{
    Entry, EscapingScheme, Exemplar, Format, Label, Mode, NORMAL_NAN, NativeHistogram, Options, Parser,
    Writer, format_float, read_families, select_format,
};
use serde::{Deserialize, Serialize};

use super::{Content, Error};

/// An exposition, and how to read it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpositionRequest {
    /// The body.
    pub body: Content,
    /// The `Content-Type` header of the answer it came in.
    pub content_type: String,
    /// The type that counts where the header names none that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_content_type: Option<String>,
    /// Whether what the standards reject is an error, though a scrape takes it.
    pub strict: bool,
    /// Whether series get labels that say their type and unit.
    pub type_and_unit_labels: bool,
    /// Whether `_created` series become start times.
    pub skip_created_series: bool,
}

/// The entries, up to the first error.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExpositionAnswer {
    /// The entries in the order of the body.
    pub entries: Vec<ExpositionEntry>,
    /// Where reading ended, and why.
    pub error: Option<Problem>,
    /// What a person should know of a body that was read all the same.
    pub warning: Option<String>,
}

/// Why a body cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Problem {
    /// What is wrong; of a scrape in Prometheus' words.
    pub message: String,
    /// Line, from 1; null if the type of the body is the problem.
    pub line: Option<usize>,
    /// Column in bytes, from 1.
    pub column: Option<usize>,
    /// Offset in bytes.
    pub offset: Option<usize>,
    /// What the body seems to be instead, such as HTML.
    pub seen: Option<String>,
}

/// An entry of an exposition. Values are texts as Prometheus writes them, such as `1e+06`, `NaN`, `+Inf`; other NaNs
/// are their 16 hexadecimal digits after `0x`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum ExpositionEntry {
    /// A sample.
    Series {
        /// Names and values, `__name__` among them, sorted by name. A name that is there twice stays there twice.
        labels: Vec<(Content, Content)>,
        /// The value.
        value: String,
        /// Milliseconds since 1970.
        ts: Option<i64>,
        /// When counting began; with `skip_created_series`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        start_ts: Option<i64>,
        /// An observation behind the value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exemplar: Option<ExemplarView>,
    },
    /// A sample that is a native histogram. Only in protobuf.
    Histogram {
        /// Names and values, `__name__` among them, sorted by name.
        labels: Vec<(Content, Content)>,
        /// The value.
        histogram: HistogramView,
        /// Milliseconds since 1970.
        ts: Option<i64>,
    },
    /// The help text of a family.
    Help {
        /// The family.
        name: Content,
        /// The text.
        text: String,
    },
    /// The type of a family.
    Type {
        /// The family.
        name: Content,
        /// The type.
        r#type: String,
    },
    /// The unit of a family.
    Unit {
        /// The family.
        name: Content,
        /// The unit.
        unit: Content,
    },
    /// A comment.
    Comment {
        /// From its `#` on.
        text: Content,
    },
}

/// An exemplar.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExemplarView {
    /// Names and values, sorted by name.
    pub labels: Vec<(Content, Content)>,
    /// The observed value.
    pub value: String,
    /// Milliseconds since 1970.
    pub ts: Option<i64>,
}

/// A native histogram.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HistogramView {
    /// The resolution.
    pub schema: i32,
    /// The width of the bucket around zero.
    pub zero_threshold: String,
    /// The number of observations.
    pub count: String,
    /// Their sum.
    pub sum: String,
    /// Whether it is a gauge.
    pub gauge: bool,
}

/// Reads an exposition.
///
/// ```
/// use weirgate::api::{ExpositionRequest, exposition};
///
/// let request = ExpositionRequest {
///     body: "# TYPE up gauge\nup{job=\"a\"} 1\nup{\n".into(),
///     content_type: "text/plain".into(),
///     ..ExpositionRequest::default()
/// };
/// let answer = exposition(&request)?;
/// assert_eq!(answer.entries.len(), 2);
/// assert_eq!(answer.error.unwrap().line, Some(3));
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// None today.
pub fn exposition(request: &ExpositionRequest) -> Result<ExpositionAnswer, Error> {
    let options = Options::new()
        .mode(if request.strict { Mode::Strict } else { Mode::Scrape })
        .type_and_unit_labels(request.type_and_unit_labels)
        .created_as_start_timestamp(request.skip_created_series);
    let (body, fallback) = (request.body.bytes(), request.fallback_content_type.as_deref());
    let mut answer = ExpositionAnswer::default();
    match Parser::for_content_type(body, &request.content_type, fallback, options) {
        Err(error) => answer.error = Some(Problem { message: error.to_string(), ..Problem::default() }),
        Ok((parser, warning)) => {
            answer.warning = warning.map(|warning| warning.to_string());
            for entry in parser {
                match entry {
                    Ok(entry) => answer.entries.extend(view(&entry, request.skip_created_series)),
                    Err(error) => answer.error = Some(problem(&error)),
                }
            }
        }
    }
    Ok(answer)
}

fn problem(error: &prometheus_exposition::Error) -> Problem {
    Problem {
        message: error.to_string(),
        line: Some(error.line()),
        column: Some(error.column()),
        offset: Some(error.offset()),
        seen: error.seen().map(|seen| seen.to_string()),
    }
}

fn view(entry: &Entry<'_>, with_start: bool) -> Option<ExpositionEntry> {
    let content = |bytes: &[u8]| Content::from(bytes);
    Some(match entry {
        Entry::Series(series) => {
            let mut labels = Vec::new();
            series.label_set(&mut labels);
            ExpositionEntry::Series {
                labels: pairs(&labels),
                value: value_text(series.value()),
                ts: series.timestamp_ms(),
                start_ts: with_start.then(|| series.start_timestamp_ms().unwrap_or(0)),
                exemplar: series.exemplar().map(|exemplar| exemplar_view(&exemplar)),
            }
        }
        Entry::Histogram(sample) => {
            let mut labels = Vec::new();
            sample.label_set(&mut labels);
            ExpositionEntry::Histogram {
                labels: pairs(&labels),
                histogram: histogram_view(&sample.histogram()),
                ts: sample.timestamp_ms(),
            }
        }
        Entry::Help { name, text } => {
            ExpositionEntry::Help { name: content(name), text: text.clone().into_owned() }
        }
        Entry::Type { name, metric_type } => {
            ExpositionEntry::Type { name: content(name), r#type: metric_type.as_str().to_owned() }
        }
        Entry::Unit { name, unit } => ExpositionEntry::Unit { name: content(name), unit: content(unit) },
        Entry::Comment(text) => ExpositionEntry::Comment { text: content(text) },
        _ => return None,
    })
}

fn exemplar_view(exemplar: &Exemplar<'_>) -> ExemplarView {
    let mut labels: Vec<Label<'_>> = exemplar.labels().collect();
    labels.sort_by(|a, b| a.name.cmp(&b.name));
    ExemplarView { labels: pairs(&labels), value: value_text(exemplar.value()), ts: exemplar.timestamp_ms() }
}

fn histogram_view(histogram: &NativeHistogram) -> HistogramView {
    HistogramView {
        schema: histogram.schema,
        zero_threshold: value_text(histogram.zero_threshold),
        count: value_text(histogram.count()),
        sum: value_text(histogram.sum),
        gauge: histogram.gauge,
    }
}

fn pairs(labels: &[Label<'_>]) -> Vec<(Content, Content)> {
    let pair = |label: &Label<'_>| (Content::from(&*label.name), Content::from(&*label.value));
    labels.iter().map(pair).collect()
}

fn value_text(value: f64) -> String {
    if value.is_nan() && value.to_bits() != NORMAL_NAN {
        return format!("0x{:016x}", value.to_bits());
    }
    let mut text = String::new();
    format_float(&mut text, value);
    text
}

/// An exposition, and the format to write it in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WriteExpositionRequest {
    /// The body.
    pub body: Content,
    /// Its `Content-Type`.
    pub content_type: String,
    /// The `Content-Type` to write: one of text, OpenMetrics or protobuf.
    pub to: String,
    /// How names that are not of the old form are written: `allow-utf-8`, `underscores`, `dots` or `values`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escaping: Option<String>,
}

/// The exposition in the other format.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WriteExpositionAnswer {
    /// The body; null if the given one cannot be read.
    pub body: Option<Content>,
    /// Why not.
    pub error: Option<Problem>,
}

/// Writes an exposition in another format, family by family.
///
/// ```
/// use weirgate::api::{WriteExpositionRequest, write_exposition};
///
/// let request = WriteExpositionRequest {
///     body: "# TYPE hits counter\nhits_total 3\n# EOF\n".into(),
///     content_type: "application/openmetrics-text".into(),
///     to: "text/plain".into(),
///     ..WriteExpositionRequest::default()
/// };
/// let body = write_exposition(&request)?.body.unwrap();
/// assert_eq!(body.text(), "# TYPE hits_total counter\nhits_total 3\n");
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When a type or the escaping is none that is known.
pub fn write_exposition(request: &WriteExpositionRequest) -> Result<WriteExpositionAnswer, Error> {
    let format = |content_type: &str| -> Result<Format, Error> {
        let selected = select_format(content_type, None).map_err(|error| Error::input(error.to_string()))?;
        Ok(selected.0)
    };
    let mut writer = Writer::new(format(&request.to)?);
    if let Some(name) = &request.escaping {
        let scheme = EscapingScheme::from_name(name);
        let message = "`escaping` is `allow-utf-8`, `underscores`, `dots` or `values`";
        writer = writer.escaping(scheme.ok_or_else(|| Error::input(message))?);
    }
    Ok(match read_families(request.body.bytes(), format(&request.content_type)?, Options::new()) {
        Ok(families) => {
            families.iter().for_each(|family| writer.family(family));
            WriteExpositionAnswer { body: Some(writer.finish().into()), error: None }
        }
        Err(error) => WriteExpositionAnswer { body: None, error: Some(problem(&error)) },
    })
}
