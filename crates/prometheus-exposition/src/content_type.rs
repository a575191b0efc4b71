//! Which format a `Content-Type` names.

use std::fmt;

use prometheus_labels::quoted;

use crate::format::Format;
use crate::mime::MediaType;

/// The format for a header `Content-Type`, or else for the media type `fallback`. Only the media type
/// counts; parameters must be well formed, and OpenMetrics 2.0.0 is not supported (Prometheus reads it
/// only with the feature `openmetrics2`).
///
/// # Errors
///
/// When the header names no supported format and there is no fallback, or one that is not supported either.
pub fn select_format(
    content_type: &str,
    fallback: Option<&str>,
) -> Result<(Format, Option<FallbackWarning>), ContentTypeError> {
    let fallback = fallback.filter(|fallback| !fallback.is_empty());
    let (problem, detail) = match problem_with(content_type) {
        Ok(format) => return Ok((format, None)),
        Err(problem) => problem,
    };
    let received = quoted(content_type.as_bytes());
    let Some(fallback) = fallback else {
        let none = "no fallback_scrape_protocol specified for target";
        return Err(ContentTypeError(match problem {
            Problem::Blank => format!("non-compliant scrape target sending blank Content-Type and {none}"),
            Problem::Malformed => {
                format!(
                    "cannot parse Content-Type {received} and no fallback_scrape_protocol for target\n{detail}"
                )
            }
            Problem::OpenMetrics2 => format!(
                "received OpenMetrics 2.0 Content-Type {received}, but the openmetrics2 feature flag is not enabled and {none}"
            ),
            Problem::Unsupported => format!("received unsupported Content-Type {received} and {none}"),
        }));
    };
    let used = format!("using fallback_scrape_protocol {}", quoted(fallback.as_bytes()));
    let warning = match problem {
        Problem::Blank => format!("non-compliant scrape target sending blank Content-Type, {used}"),
        Problem::Malformed => format!("could not parse received Content-Type {received}, {used}\n{detail}"),
        Problem::OpenMetrics2 => format!(
            "received OpenMetrics 2.0 Content-Type {received}, but the openmetrics2 feature flag is not enabled, {used}"
        ),
        Problem::Unsupported => format!("received unsupported Content-Type {received}, {used}"),
    };
    match supported(fallback) {
        Some(format) => Ok((format, Some(FallbackWarning(warning)))),
        // Prometheus reports the same text when it has no parser for the fallback.
        None => Err(ContentTypeError(warning)),
    }
}

/// No format could be told from a `Content-Type`. Its `Display` text is Prometheus' error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentTypeError(String);

/// The fallback was used. Its `Display` text is the warning that Prometheus logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FallbackWarning(String);

impl fmt::Display for ContentTypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ContentTypeError {}

impl fmt::Display for FallbackWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

enum Problem {
    Blank,
    Malformed,
    OpenMetrics2,
    Unsupported,
}

/// The format, or what is wrong and the detail of it.
fn problem_with(content_type: &str) -> Result<Format, (Problem, &'static str)> {
    if content_type.is_empty() {
        return Err((Problem::Blank, ""));
    }
    let media_type = MediaType::parse(content_type).map_err(|detail| (Problem::Malformed, detail))?;
    let format = supported(&media_type.name).ok_or((Problem::Unsupported, ""))?;
    if format == Format::OpenMetrics && media_type.parameter("version") == Some("2.0.0") {
        return Err((Problem::OpenMetrics2, ""));
    }
    Ok(format)
}

fn supported(media_type: &str) -> Option<Format> {
    match media_type {
        "application/openmetrics-text" => Some(Format::OpenMetrics),
        "application/vnd.google.protobuf" => Some(Format::Protobuf),
        "text/plain" => Some(Format::Text),
        _ => None,
    }
}
