//! Action lines: what to do with the document on the next line, in which index, under which id.

use event_model::json::{self, Style};
use event_model::{Compat, DateText, Field, Timestamp, strftime};
use fluentbit_filter::accessor::Source;

use crate::Delivery;
use crate::options::{BulkOptions, IdSource, Logstash};

/// The longest prefix a record may give its index.
const LONGEST_PREFIX: usize = 128;
/// The longest id a server takes.
const LONGEST_ID: usize = 512;

/// Writes action lines; everything that does not change from record to record is made once.
#[derive(Clone, Debug)]
pub(crate) struct ActionWriter {
    /// `{"create":{"_index":`
    start: Vec<u8>,
    /// `,"_type":"_doc"`, or nothing.
    type_member: Vec<u8>,
    /// Lines for the index of documents with and without id, up to where the id goes. They differ in releases
    /// that expand the date in `Index` for the latter only.
    with_id: Vec<u8>,
    without_id: Vec<u8>,
    date: DateText,
    /// The second `with_id` and `without_id` were made for, if nothing else decides about the index.
    made_for: Option<i64>,
    index: Vec<u8>,
    reuse: Reuse,
}

/// What Fluent Bit forgets to reset between the records of a chunk. Some documents end up under the id, or
/// in an index named by a remnant, of another one.
#[derive(Clone, Debug)]
enum Reuse {
    Nothing,
    /// A document without a usable id goes under the last action line.
    Line(Vec<u8>),
    /// 1.8.11: an index without prefix of its own starts with the first bytes of the last one.
    Index(Vec<u8>),
}

impl ActionWriter {
    pub(crate) fn new(options: &BulkOptions) -> Self {
        let mut start = Vec::new();
        for part in ["{\"", options.operation.action(), "\":{\"_index\":"] {
            start.extend_from_slice(part.as_bytes());
        }
        let by_record = options.logstash.as_ref().is_some_and(|logstash| logstash.prefix_key.is_some());
        let reuse = match options.delivery {
            Delivery::FluentBit(Compat::V1_8) if by_record => Reuse::Index(Vec::new()),
            Delivery::FluentBit(_) if options.logstash.is_none() => Reuse::Line(Vec::new()),
            _ => Reuse::Nothing,
        };
        let date_format = options.logstash.as_ref().map_or("", |logstash| &logstash.date_format);
        Self {
            start,
            type_member: Vec::new(),
            with_id: Vec::new(),
            without_id: Vec::new(),
            date: DateText::new(date_format),
            made_for: None,
            index: Vec::new(),
            reuse,
        }
    }

    /// The member of the lines that names the type, with its comma.
    pub(crate) fn type_member(&self) -> &[u8] {
        &self.type_member
    }

    pub(crate) fn begin(&mut self, options: &BulkOptions, now: Timestamp) {
        self.made_for = None;
        self.type_member.clear();
        if options.suppress_type_name != Some(true) {
            self.type_member.extend_from_slice(b",\"_type\":");
            quoted(&mut self.type_member, options.type_name.as_bytes(), options.delivery);
        }
        if let Some(logstash) = &options.logstash {
            if let Reuse::Index(last) = &mut self.reuse {
                logstash.prefix.as_bytes().clone_into(last);
            }
            return;
        }
        self.index.clear();
        strftime(&mut self.index, options.index.as_bytes(), now.seconds);
        self.make(options.delivery);
        // Fluent Bit does not expand the date where documents have ids, unless it is told to use the current
        // time everywhere.
        let literal =
            matches!(options.id, IdSource::Content | IdSource::Key(_)) && !options.current_time_index;
        if literal {
            options.index.as_bytes().clone_into(&mut self.index);
            let expanded = std::mem::take(&mut self.without_id);
            self.make(options.delivery);
            self.without_id = expanded;
        }
        if let Reuse::Line(last) = &mut self.reuse {
            last.clone_from(&self.without_id);
            last.extend_from_slice(b"}}\n");
        }
    }

    /// Gets ready for the documents of `second`, and of a record if its fields name the index.
    pub(crate) fn prepare(&mut self, options: &BulkOptions, tag: &[u8], fields: &[Field<'_>], second: i64) {
        let Some(logstash) = &options.logstash else { return };
        if self.made_for == Some(second) {
            return;
        }
        self.index.clear();
        if let Some(template) = &logstash.prefix_key {
            template.fill(&mut self.index, &Source { tag, fields, matched: None });
            self.index.truncate(LONGEST_PREFIX);
        } else {
            self.made_for = Some(second);
        }
        self.compose_index(logstash, second);
        self.make(options.delivery);
    }

    /// Appends the line of a document without id.
    pub(crate) fn anonymous(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.without_id);
        out.extend_from_slice(b"}}\n");
    }

    /// Appends the line of a document with a made id.
    pub(crate) fn identified(&self, out: &mut Vec<u8>, id: &[u8; 36]) {
        out.extend_from_slice(&self.with_id);
        out.extend_from_slice(b",\"_id\":\"");
        out.extend_from_slice(id);
        out.extend_from_slice(b"\"}}\n");
    }

    /// Appends the line of a document whose id is the record's own text, if it has any.
    pub(crate) fn named(&mut self, out: &mut Vec<u8>, id: Option<&[u8]>, delivery: Delivery) {
        let start = out.len();
        match (id, delivery) {
            (Some(id), Delivery::Safe) if id.is_empty() || id.len() > LONGEST_ID => self.anonymous(out),
            (None, Delivery::Safe) => self.anonymous(out),
            (None, Delivery::FluentBit(_)) => match &self.reuse {
                Reuse::Line(last) => return out.extend_from_slice(last),
                _ => self.anonymous(out),
            },
            (Some(id), Delivery::FluentBit(compat)) if compat != Compat::V1_8 && is_unsafe(id) => {
                out.extend_from_slice(&self.with_id);
                out.extend_from_slice(b"}}\n");
            }
            (Some(id), _) => {
                out.extend_from_slice(&self.with_id);
                out.extend_from_slice(b",\"_id\":");
                quoted(out, id, delivery);
                out.extend_from_slice(b"}}\n");
            }
        }
        if let Reuse::Line(last) = &mut self.reuse {
            out[start..].clone_into(last);
        }
    }

    /// Makes the index of a record: the prefix that is in `index` already, or the fixed one, and the date.
    fn compose_index(&mut self, logstash: &Logstash, second: i64) {
        let separator = logstash.separator.as_bytes();
        let date = self.date.at(second);
        if let Reuse::Index(last) = &mut self.reuse {
            let own = if self.index.is_empty() { logstash.prefix.len() } else { self.index.len() };
            // The record's prefix overwrites the start of what is there; what is behind the date stays, cut
            // off by C's end of text.
            overwrite(last, 0, &self.index);
            overwrite(last, own, &[separator, date, b"\0"].concat());
            let end = last.iter().position(|byte| *byte == 0).unwrap_or(last.len());
            last[..end].clone_into(&mut self.index);
            return;
        }
        if self.index.is_empty() {
            self.index.extend_from_slice(logstash.prefix.as_bytes());
        }
        self.index.extend_from_slice(separator);
        self.index.extend_from_slice(date);
    }

    /// Makes both lines for the index.
    fn make(&mut self, delivery: Delivery) {
        self.with_id.clear();
        self.with_id.extend_from_slice(&self.start);
        quoted(&mut self.with_id, &self.index, delivery);
        self.with_id.extend_from_slice(&self.type_member);
        self.without_id.clone_from(&self.with_id);
    }
}

/// Writes a text in quotes. Fluent Bit does not escape names, so that a quote in one breaks the whole
/// request.
fn quoted(out: &mut Vec<u8>, text: &[u8], delivery: Delivery) {
    if delivery == Delivery::Safe {
        json::string(out, text, Style::Utf8);
    } else {
        out.push(b'"');
        out.extend_from_slice(text);
        out.push(b'"');
    }
}

/// Whether 5.1.1 uses the text as no id.
fn is_unsafe(id: &[u8]) -> bool {
    id.iter().any(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))
}

fn overwrite(buffer: &mut Vec<u8>, at: usize, with: &[u8]) {
    if buffer.len() < at + with.len() {
        buffer.resize(at + with.len(), 0);
    }
    buffer[at..at + with.len()].copy_from_slice(with);
}
