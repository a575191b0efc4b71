//! A message that is being put together.

use event_model::{Arena, Field, OwnedField, Timestamp, Value};

/// One stream's message, and what the next line is compared with.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) name: Box<[u8]>,
    /// The text so far.
    pub(super) text: Vec<u8>,
    /// The fields of the first line, if lines have fields.
    pub(super) fields: Option<Vec<OwnedField>>,
    pub(super) time: Timestamp,
    /// The rule that the last line matched. It outlives the message.
    pub(super) state: Option<usize>,
    /// Where the first line is.
    pub(super) position: Option<u64>,
    pub(super) deadline: Timestamp,
    truncated: bool,
}

/// What a line adds to a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a, 'p> {
    /// The text to join.
    pub(super) content: &'a [u8],
    /// The text to compare, if it is another one.
    pub(super) pattern: Option<&'a [u8]>,
    /// The fields of the line, if it has fields.
    pub(super) fields: Option<&'p [Field<'a>]>,
    pub(super) time: Timestamp,
    pub(super) position: u64,
}

/// A message taken from its group.
pub(super) struct Taken<'a> {
    pub(super) fields: Vec<Field<'a>>,
    pub(super) time: Timestamp,
    pub(super) truncated: bool,
    pub(super) position: u64,
}

impl Group {
    pub(super) fn new(name: &[u8]) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    pub(super) fn is_pending(&self) -> bool {
        !self.text.is_empty() || self.fields.is_some()
    }

    /// Whether the message was cut.
    pub(super) fn is_full(&self) -> bool {
        self.truncated
    }

    /// Takes the fields, the time and the position of a line, where they are not known yet. A message without
    /// fields has the time of its last line.
    pub(super) fn begin(&mut self, piece: &Piece<'_, '_>) {
        if self.fields.is_none() {
            self.time = piece.time;
            self.fields = piece.fields.map(|fields| {
                fields.iter().map(|field| OwnedField::new(field.key, field.value.into())).collect()
            });
        }
        self.position.get_or_insert(piece.position);
    }

    /// Ends the last line with a line feed, if it has none.
    pub(super) fn end_line(&mut self) {
        if self.text.last().is_some_and(|last| *last != b'\n') {
            self.text.push(b'\n');
        }
    }

    /// Appends text, and cuts it where the message becomes longer than `limit`.
    pub(super) fn append(&mut self, text: &[u8], limit: usize) {
        let room = limit.saturating_sub(self.text.len());
        self.truncated |= text.len() > room;
        self.text.extend_from_slice(text.get(..room).unwrap_or(text));
    }

    /// Takes the message. The joined text is its field `key`.
    pub(super) fn take<'a>(&mut self, key: &'a [u8], arena: &'a Arena) -> Taken<'a> {
        let text = arena.bytes(&self.text);
        let mut fields = match self.fields.take() {
            Some(fields) => fields.iter().map(|field| field.in_arena(arena)).collect(),
            None => vec![Field::new(key, Value::Str(text))],
        };
        let content = fields.iter_mut().find(|field| field.key == key);
        if let (Some(content), false) = (content, text.is_empty()) {
            content.value = Value::Str(text);
        }
        self.text.clear();
        Taken {
            fields,
            time: self.time,
            truncated: std::mem::take(&mut self.truncated),
            position: self.position.take().unwrap_or_default(),
        }
    }
}
