//! What a target answers to a scrape.

use prometheus_exposition::{Error, ErrorKind, Format, Mode, Options, Parser, Seen};
use source_text::{Diagnostic, SourceId, SourceMap, Span};

use crate::{Kind, Report, allow};

pub(crate) fn check(name: &str, body: &[u8]) -> Report {
    let mut sources = SourceMap::new();
    let mut diagnostics = Vec::new();
    let format = if is_openmetrics(body) { Format::OpenMetrics } else { Format::Text };
    let as_scraped = first_error(body, format, Mode::Scrape);
    let binary = as_scraped.as_ref().and_then(Error::seen).is_some_and(is_binary);
    let text = if binary { String::new() } else { String::from_utf8_lossy(body).into_owned() };
    let id = sources.add(name, text.as_str());
    let span = |error: &Error| {
        if binary {
            return Span::at_start(id);
        }
        // Bytes that are not UTF-8 have become longer.
        let at = String::from_utf8_lossy(body.get(..error.offset()).unwrap_or(body)).len();
        let line = text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        Span::new(id, at, at + line.len())
    };
    if let Some(error) = &as_scraped {
        diagnostics.push(Diagnostic::error(code(error), span(error), message(error)).help(help(error)));
    } else if let Some(error) = first_error(body, format, Mode::Strict) {
        diagnostics.push(
            Diagnostic::warning("exposition-standard", span(&error), error.to_string())
                .help("Prometheus takes it; the standard and other readers do not"),
        );
    }
    allow::apply(&sources, &comments(id, &text), &mut diagnostics);
    Report { kind: Kind::Exposition, sources, diagnostics }
}

/// The lines that are comments.
fn comments(id: SourceId, text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with('#') {
            found.push(Span::new(id, start, start + line.trim_end().len()));
        }
        start += line.len();
    }
    found
}

/// Whether the last line is that of OpenMetrics.
fn is_openmetrics(body: &[u8]) -> bool {
    body.strip_suffix(b"\n").unwrap_or(body).ends_with(b"# EOF")
}

fn first_error(body: &[u8], format: Format, mode: Mode) -> Option<Error> {
    Parser::new(body, format, Options::new().mode(mode)).find_map(Result::err)
}

fn is_binary(seen: Seen) -> bool {
    matches!(seen, Seen::Gzip | Seen::Zstd | Seen::Utf16 | Seen::Protobuf)
}

fn code(error: &Error) -> &'static str {
    match (error.seen(), error.kind()) {
        (Some(Seen::CarriageReturn), _) => "exposition-carriage-return",
        (Some(_), _) => "not-an-exposition",
        (None, ErrorKind::Number | ErrorKind::Timestamp) => "exposition-number",
        (None, ErrorKind::MetricType) => "exposition-type",
        (None, ErrorKind::MetricName) => "exposition-name",
        (None, ErrorKind::Utf8) => "exposition-utf8",
        (None, ErrorKind::Eof) => "exposition-eof",
        (None, ErrorKind::Unit) => "exposition-unit",
        (None, _) => "exposition-syntax",
    }
}

fn message(error: &Error) -> String {
    error.seen().map_or_else(|| error.to_string(), |seen| format!("{seen}: {error}"))
}

/// What to do about it.
fn help(error: &Error) -> &'static str {
    match error.seen() {
        Some(Seen::Html) => {
            "look at the page: often it is that of a login or of a proxy, and `metrics_path` is wrong"
        }
        Some(Seen::Json) => "the target has no metrics at this path, or in another format",
        Some(Seen::Gzip | Seen::Zstd) => {
            "it was compressed twice, or the header `Content-Encoding: gzip` is missing; decompress the file to check it"
        }
        Some(Seen::ByteOrderMark) => "write the page as UTF-8 without a byte order mark",
        Some(Seen::Utf16) => "write the page as UTF-8",
        Some(Seen::CarriageReturn) => "end lines with a line feed alone",
        Some(Seen::Protobuf) => "the target sends protobuf; ask it for text",
        _ => "Prometheus drops all samples of a scrape with an error and sets `up` to 0",
    }
}
