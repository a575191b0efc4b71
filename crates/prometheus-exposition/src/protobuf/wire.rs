//! The protobuf wire format: messages are checked once against their schema, and read without checks after.
//!
//! The texts are those of the decoder that Prometheus generates with gogo/protobuf, which reads fields in
//! order and stops at the first that is wrong.

use crate::float::NORMAL_NAN;

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Varint,
    Fixed64,
    Bytes,
    Message(&'static Schema),
    /// Varints one by one or packed.
    Varints,
    /// Doubles one by one or packed.
    Doubles,
    /// The name of a label, which must be UTF-8 and not empty.
    LabelName,
    /// The value of a label, which must be UTF-8.
    LabelValue,
}

/// A message type: its name and its fields.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [(u32, &'static str, Kind)],
}

/// Why bytes are no message, and at which of them.
#[derive(Debug)]
pub(crate) struct WireError {
    pub(crate) message: String,
    pub(crate) at: usize,
}

/// Reads `message` against `schema`; `base` is its place in the body.
pub(crate) fn check(schema: &Schema, message: &[u8], base: usize) -> Result<(), WireError> {
    Checker { message, at: 0, base }.fields(schema)
}

struct Checker<'a> {
    message: &'a [u8],
    at: usize,
    base: usize,
}

impl Checker<'_> {
    fn fields(&mut self, schema: &Schema) -> Result<(), WireError> {
        while self.at < self.message.len() {
            let start = self.at;
            let tag = self.varint()?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the field number is cut to 32 bits there too"
            )]
            let number = (tag >> 3) as i32;
            let wire_type = tag & 7;
            if wire_type == 4 {
                return Err(self.error(format!("proto: {}: wiretype end group for non-group", schema.name)));
            }
            if number <= 0 {
                let message = format!("proto: {}: illegal tag {number} (wire type {tag})", schema.name);
                return Err(self.error(message));
            }
            match schema.fields.iter().find(|field| i64::from(field.0) == i64::from(number)) {
                Some(&(_, name, kind)) => self.field(name, kind, wire_type)?,
                None => {
                    self.at = start;
                    self.skip()?;
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, name: &str, kind: Kind, wire_type: u64) -> Result<(), WireError> {
        match (kind, wire_type) {
            (Kind::Varint | Kind::Varints, 0) => self.varint().map(drop),
            (Kind::Fixed64 | Kind::Doubles, 1) => self.advance(8),
            (Kind::Varints, 2) => {
                let end = self.length()?;
                while self.at < end {
                    self.varint()?;
                }
                Ok(())
            }
            (Kind::Doubles, 2) => {
                let end = self.length()?;
                while self.at < end {
                    self.advance(8)?;
                }
                Ok(())
            }
            (Kind::Bytes, 2) => {
                self.at = self.length()?;
                Ok(())
            }
            (Kind::Message(schema), 2) => {
                let end = self.length()?;
                check(schema, self.message.get(self.at..end).unwrap_or_default(), self.base + self.at)?;
                self.at = end;
                Ok(())
            }
            (Kind::LabelName | Kind::LabelValue, 2) => {
                let end = self.length()?;
                let bytes = self.message.get(self.at..end).unwrap_or_default();
                let named = matches!(kind, Kind::LabelName);
                if std::str::from_utf8(bytes).is_err() || named && bytes.is_empty() {
                    let part = if named { "name" } else { "value" };
                    return Err(
                        self.error(format!("invalid label {part}: {}", String::from_utf8_lossy(bytes)))
                    );
                }
                self.at = end;
                Ok(())
            }
            _ => Err(self.error(format!("proto: wrong wireType = {wire_type} for field {name}"))),
        }
    }

    /// Steps over a field that the schema does not have, with its tag. Groups may nest: they are counted.
    fn skip(&mut self) -> Result<(), WireError> {
        let mut depth = 0usize;
        while self.at < self.message.len() {
            match self.varint()? & 7 {
                0 => {
                    self.varint()?;
                }
                1 => self.skip_bytes(8)?,
                2 => {
                    let len = self.varint()?;
                    self.skip_bytes(len)?;
                }
                3 => depth += 1,
                4 if depth == 0 => return Err(self.error("proto: unexpected end of group")),
                4 => depth -= 1,
                5 => self.skip_bytes(4)?,
                other => return Err(self.error(format!("proto: illegal wireType {other}"))),
            }
            if depth == 0 {
                return Ok(());
            }
        }
        Err(self.end())
    }

    fn skip_bytes(&mut self, len: u64) -> Result<(), WireError> {
        let len = i64::try_from(len).map_err(|_| self.negative())?;
        self.advance(usize::try_from(len).unwrap_or(usize::MAX))
    }

    /// Reads a length and gives where that many bytes end.
    fn length(&mut self) -> Result<usize, WireError> {
        let len = self.varint()?;
        let len = i64::try_from(len).map_err(|_| self.negative())?;
        // The sum overflows there for a length that no buffer has, and is then said to be negative.
        let end =
            i64::try_from(self.at).ok().and_then(|at| at.checked_add(len)).ok_or_else(|| self.negative())?;
        usize::try_from(end).ok().filter(|&end| end <= self.message.len()).ok_or_else(|| self.end())
    }

    fn advance(&mut self, len: usize) -> Result<(), WireError> {
        match self.at.checked_add(len).filter(|&end| end <= self.message.len()) {
            Some(end) => {
                self.at = end;
                Ok(())
            }
            None => Err(self.end()),
        }
    }

    fn varint(&mut self) -> Result<u64, WireError> {
        match varint(self.message.get(self.at..).unwrap_or_default()) {
            Varint::Read(value, len) => {
                self.at += len;
                Ok(value)
            }
            Varint::TooLong => Err(self.error("proto: integer overflow")),
            Varint::CutOff => Err(self.end()),
        }
    }

    fn end(&self) -> WireError {
        self.error("unexpected EOF")
    }

    fn negative(&self) -> WireError {
        self.error("proto: negative length found during unmarshaling")
    }

    fn error(&self, message: impl Into<String>) -> WireError {
        WireError { message: message.into(), at: self.base + self.at }
    }
}

/// A varint at the start of bytes.
pub(crate) enum Varint {
    /// The value, of which more than 64 bits are cut off, and its length.
    Read(u64, usize),
    TooLong,
    CutOff,
}

pub(crate) fn varint(bytes: &[u8]) -> Varint {
    let mut value = 0u64;
    for (len, &byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * len);
        if byte < 0x80 {
            return Varint::Read(value, len + 1);
        }
    }
    if bytes.len() < 10 { Varint::CutOff } else { Varint::TooLong }
}

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Other,
}

impl<'a> Field<'a> {
    pub(crate) fn bytes(self) -> &'a [u8] {
        if let Field::Bytes(bytes) = self { bytes } else { &[] }
    }

    pub(crate) fn varint(self) -> u64 {
        if let Field::Varint(value) = self { value } else { 0 }
    }

    pub(crate) fn double(self) -> f64 {
        match self {
            Field::Fixed64(bits) => f64::from_bits(bits),
            _ => f64::from_bits(NORMAL_NAN),
        }
    }

    /// A signed integer in zigzag encoding.
    pub(crate) fn zigzag(self) -> i64 {
        zigzag(self.varint())
    }
}

/// The varints of a packed field.
pub(crate) fn varints(packed: &[u8]) -> impl Iterator<Item = u64> {
    let mut rest = packed;
    std::iter::from_fn(move || {
        let Varint::Read(value, len) = varint(rest) else { return None };
        rest = rest.get(len..)?;
        Some(value)
    })
}

pub(crate) fn zigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// The fields of a message that was checked. One that was not ends where it is wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = (u32, Field<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).ok()?;
        let field = match tag & 7 {
            0 => Field::Varint(self.varint()?),
            1 => {
                let (bits, rest) = self.0.split_first_chunk::<8>()?;
                self.0 = rest;
                Field::Fixed64(u64::from_le_bytes(*bits))
            }
            2 => {
                let len = usize::try_from(self.varint()?).ok()?;
                let (bytes, rest) = self.0.split_at_checked(len)?;
                self.0 = rest;
                Field::Bytes(bytes)
            }
            5 => {
                self.0 = self.0.get(4..)?;
                Field::Other
            }
            // The inside of a group reads as fields of this message would, so it is stepped over.
            3 => {
                self.skip_group()?;
                Field::Other
            }
            _ => return None,
        };
        Some((number, field))
    }
}

impl<'a> Fields<'a> {
    /// All values of one field.
    pub(crate) fn of(self, number: u32) -> impl Iterator<Item = Field<'a>> + Clone {
        self.filter(move |field| field.0 == number).map(|field| field.1)
    }

    fn varint(&mut self) -> Option<u64> {
        let Varint::Read(value, len) = varint(self.0) else { return None };
        self.0 = self.0.get(len..)?;
        Some(value)
    }

    fn skip_group(&mut self) -> Option<()> {
        let mut depth = 1usize;
        while depth > 0 {
            match self.varint()? & 7 {
                0 => drop(self.varint()?),
                1 => self.0 = self.0.get(8..)?,
                2 => {
                    let len = usize::try_from(self.varint()?).ok()?;
                    self.0 = self.0.get(len..)?;
                }
                3 => depth += 1,
                4 => depth -= 1,
                5 => self.0 = self.0.get(4..)?,
                _ => return None,
            }
        }
        Some(())
    }
}

/// The labels of a message whose field 1 is a repeated `LabelPair`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LabelPairs<'a>(pub(crate) Fields<'a>);

impl<'a> Iterator for LabelPairs<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let pair = self.0.find(|field| field.0 == 1)?.1.bytes();
        let mut label: (&[u8], &[u8]) = (&[], &[]);
        for (number, field) in Fields(pair) {
            match number {
                1 => label.0 = field.bytes(),
                2 => label.1 = field.bytes(),
                _ => {}
            }
        }
        Some(label)
    }
}
