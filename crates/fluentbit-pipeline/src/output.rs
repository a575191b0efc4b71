//! Outputs: which records they take, and what they make of them.

use elasticsearch_bulk::{BulkBody, BulkOptions, BulkWriter, Delivery, Origin};
use event_model::json::Style;
use event_model::{Record, Timestamp};
use fluentbit_config::Section;
use fluentbit_filter::matching::TagPattern;
use fluentbit_output::{Destination, FileFormatter, FileOptions, StdoutFormatter, StdoutOptions};
use source_text::Diagnostic;

/// An output of the configuration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Output {
    /// Its `Alias`, or the plugin's name and its number, such as `es.0`.
    pub name: String,
    /// The tags it takes; `None` takes nothing.
    pub tags: Option<TagPattern>,
    /// What it writes.
    pub kind: OutputKind,
    /// The section, for the settings of the connection.
    pub section: Section,
}

/// What an output writes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum OutputKind {
    /// Text on standard output.
    Stdout(StdoutOptions),
    /// Text in files.
    File(FileOptions),
    /// Documents for Elasticsearch or OpenSearch.
    Elasticsearch(Box<BulkOptions>),
    /// Nothing.
    Null,
}

impl Output {
    /// Reads a section. `None` for a plugin this crate does not have, which was reported when the
    /// configuration was loaded.
    pub(crate) fn from_section(
        section: &Section,
        name: String,
        style: Style,
        delivery: Delivery,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let plugin = section.name().to_ascii_lowercase();
        let kind = match plugin.as_str() {
            "stdout" => {
                let (options, found) = StdoutOptions::from_section(section, style);
                problems.extend(found);
                OutputKind::Stdout(options)
            }
            "file" => {
                let (options, found) = FileOptions::from_section(section, style);
                problems.extend(found);
                OutputKind::File(options)
            }
            "es" | "elasticsearch" => {
                let (options, found) = BulkOptions::from_section(section, style, delivery);
                problems.extend(found);
                OutputKind::Elasticsearch(Box::new(options))
            }
            "null" => OutputKind::Null,
            _ => return None,
        };
        // Fluent Bit starts with an output whose pattern does not compile; it takes nothing.
        let mut found = Vec::new();
        let tags = TagPattern::from_section(section, &mut found);
        problems.extend(found.into_iter().map(Diagnostic::into_warning));
        Some(Self { name, tags, kind, section: section.clone() })
    }

    /// A writer of chunks for this output.
    #[must_use]
    pub fn writer(&self) -> ChunkWriter {
        ChunkWriter {
            format: match &self.kind {
                OutputKind::Stdout(options) => Format::Stdout(StdoutFormatter::new(options.clone())),
                OutputKind::File(options) => Format::File(FileFormatter::new(options.clone())),
                OutputKind::Elasticsearch(options) => {
                    Format::Bulk(Box::new(BulkWriter::new((**options).clone())))
                }
                OutputKind::Null => Format::Null,
            },
            bytes: Vec::new(),
            bulk: BulkBody::new(),
        }
    }
}

/// Renders the records of one tag, chunk by chunk.
///
/// Call [`begin`](Self::begin), then [`record`](Self::record) for each record, then [`finish`](Self::finish).
#[derive(Clone, Debug)]
pub struct ChunkWriter {
    format: Format,
    bytes: Vec<u8>,
    bulk: BulkBody,
}

#[derive(Clone, Debug)]
enum Format {
    Stdout(StdoutFormatter),
    File(FileFormatter),
    Bulk(Box<BulkWriter>),
    Null,
}

/// A finished chunk.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Body {
    /// Bytes for standard output.
    Bytes(Vec<u8>),
    /// Bytes to append to a file.
    File(Destination, Vec<u8>),
    /// Items of a bulk request.
    Bulk(BulkBody),
    /// Nothing: the records were counted.
    Nothing,
}

impl ChunkWriter {
    /// Where the chunks of `tag` go, if that is a file.
    #[must_use]
    pub fn destination(&self, tag: &[u8]) -> Option<Destination> {
        match &self.format {
            Format::File(file) => Some(file.destination(tag)),
            _ => None,
        }
    }

    /// Builds the next chunk in the memory of a body that is no longer needed. Between two chunks.
    pub fn reuse(&mut self, mut body: BulkBody) {
        if matches!(self.format, Format::Bulk(_)) {
            body.clear();
            self.bulk = body;
        }
    }

    /// Begins a chunk of records of `tag`. `file_length` is how many bytes the chunk's file has by then.
    pub fn begin(&mut self, tag: &[u8], now: Timestamp, file_length: u64) {
        match &mut self.format {
            Format::Stdout(stdout) => stdout.begin(&mut self.bytes),
            Format::File(file) => file.begin(file_length),
            Format::Bulk(bulk) => bulk.begin(tag, now),
            Format::Null => {}
        }
    }

    /// Appends a record.
    #[inline]
    pub fn record(&mut self, tag: &[u8], record: &Record<'_>, origin: Option<Origin<'_>>) {
        match &mut self.format {
            Format::Stdout(stdout) => stdout.record(&mut self.bytes, tag, record),
            Format::File(file) => file.record(&mut self.bytes, tag, record),
            Format::Bulk(bulk) => bulk.write(&mut self.bulk, record, origin),
            Format::Null => {}
        }
    }

    /// The bytes rendered so far.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len() + self.bulk.bytes().len()
    }

    /// Ends the chunk.
    pub fn finish(&mut self, tag: &[u8]) -> Body {
        match &mut self.format {
            Format::Stdout(stdout) => {
                stdout.end(&mut self.bytes);
                Body::Bytes(std::mem::take(&mut self.bytes))
            }
            Format::File(file) => Body::File(file.destination(tag), std::mem::take(&mut self.bytes)),
            Format::Bulk(_) => Body::Bulk(std::mem::take(&mut self.bulk)),
            Format::Null => Body::Nothing,
        }
    }
}
