//! Documents and their action lines.

use event_model::{DateText, Field, Record, Timestamp, Value, json, msgpack};

use crate::action::ActionWriter;
use crate::body::BulkBody;
use crate::dots::DotReplacer;
use crate::id::{self, Origin};
use crate::options::{BulkOptions, IdSource, WriteOperation};

/// Writes records as items of bulk bodies.
///
/// Call [`begin`](Self::begin) once for each chunk of records of one tag, then [`write`](Self::write) for
/// each record.
///
/// ```
/// use elasticsearch_bulk::{BulkBody, BulkOptions, BulkWriter};
/// use event_model::{Compat, Field, Record, Timestamp, Value};
///
/// let mut writer = BulkWriter::new(BulkOptions::new(Compat::V5_1));
/// let mut record = Record::new(Timestamp::new(1_688_466_030, 500_000_000));
/// record.fields.push(Field::new(b"k", Value::Str(b"v")));
///
/// let mut body = BulkBody::new();
/// writer.begin(b"app", Timestamp::new(1_700_000_000, 0));
/// writer.write(&mut body, &record, None);
/// assert_eq!(
///     body.bytes(),
///     br#"{"create":{"_index":"fluent-bit","_type":"_doc"}}
/// {"@timestamp":"2023-07-04T10:20:30.500Z","k":"v"}
/// "#
/// );
/// ```
#[derive(Clone, Debug)]
pub struct BulkWriter {
    options: BulkOptions,
    actions: ActionWriter,
    time: DateText,
    dots: DotReplacer,
    tag: Vec<u8>,
    now: Timestamp,
    /// The bytes an id is a hash of.
    hashed: Vec<u8>,
}

impl BulkWriter {
    /// A writer that waits for its first chunk.
    #[must_use]
    pub fn new(options: BulkOptions) -> Self {
        Self {
            actions: ActionWriter::new(&options),
            time: DateText::new(&options.time_key_format),
            dots: DotReplacer::default(),
            tag: Vec::new(),
            now: Timestamp::default(),
            hashed: Vec::new(),
            options,
        }
    }

    /// What the writer was told.
    #[must_use]
    pub fn options(&self) -> &BulkOptions {
        &self.options
    }

    /// Names no types in action lines from the next chunk on: the server refuses them.
    pub fn leave_out_types(&mut self) {
        self.options.suppress_type_name = Some(true);
    }

    /// Begins a chunk of records of `tag`, which is sent about `now`.
    pub fn begin(&mut self, tag: &[u8], now: Timestamp) {
        tag.clone_into(&mut self.tag);
        self.now = now;
        self.actions.begin(&self.options, now);
    }

    /// Appends a record to a body. `origin` is where it was read, if that is known; only ids of
    /// [`IdSource::Origin`] are made of it.
    pub fn write(&mut self, body: &mut BulkBody, record: &Record<'_>, origin: Option<Origin<'_>>) {
        body.set_type_member(self.actions.type_member());
        if self.options.replace_dots {
            let mut dots = std::mem::take(&mut self.dots);
            dots.with(&record.fields, |replaced| self.item(body, record, replaced, origin));
            self.dots = dots;
        } else {
            self.item(body, record, &record.fields, origin);
        }
    }

    /// Writes an item; `fields` are those of the document, while names of indices and ids come from the
    /// record.
    fn item(
        &mut self,
        body: &mut BulkBody,
        record: &Record<'_>,
        fields: &[Field<'_>],
        origin: Option<Origin<'_>>,
    ) {
        let Self { options, actions, time, tag, now, hashed, .. } = self;
        let timestamp = if options.current_time_index { *now } else { record.timestamp };
        let digits = if options.time_key_nanos { 9 } else { 3 };
        let time = Value::Str(time.with_fraction(timestamp, digits, "Z"));
        let time = Field::new(options.time_key.as_bytes(), time);
        let tagged = options.tag_key.as_ref().map(|key| [time, Field::new(key.as_bytes(), Value::Str(tag))]);
        let head: &[Field<'_>] = tagged.as_ref().map_or(std::slice::from_ref(&time), |both| both);

        actions.prepare(options, tag, &record.fields, timestamp.seconds);
        let out = body.buffer();
        match (&options.id, origin) {
            (IdSource::Server, _) => actions.anonymous(out),
            (IdSource::Key(accessor), _) => {
                actions.named(out, accessor.text(&record.fields), options.delivery);
            }
            (IdSource::Origin, Some(origin)) => {
                actions.identified(out, &id::of_origin(hashed, origin, tag));
            }
            (IdSource::Content | IdSource::Origin, _) => {
                hashed.clear();
                msgpack::map_header(hashed, head.len() + fields.len());
                for field in head.iter().chain(fields) {
                    msgpack::field(hashed, *field);
                }
                actions.identified(out, &id::of_document(hashed));
            }
        }

        let document = out.len();
        let (before, after): (&[u8], &[u8]) = match options.operation {
            WriteOperation::Create | WriteOperation::Index => (b"", b"\n"),
            WriteOperation::Update => (b"{\"doc\":", b"}\n"),
            WriteOperation::Upsert => (b"{\"doc_as_upsert\":true,\"doc\":", b"}\n"),
        };
        out.extend_from_slice(before);
        json::map_with_head(out, head, fields, options.style);
        out.extend_from_slice(after);
        body.close_item(document);
    }
}
