//! Reading fields of protobuf messages.

use crate::error::{Error, ErrorKind};

/// The fields of a message, or of a part of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    message: &'a [u8],
    at: usize,
    end: usize,
}

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a> {
    kind: Kind<'a>,
    at: usize,
}

#[derive(Clone, Copy, Debug)]
enum Kind<'a> {
    Varint(Number),
    Fixed64(u64),
    Fixed32,
    Bytes(Reader<'a>),
}

/// A number whose meaning depends on its field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number(u64);

impl Number {
    pub(crate) fn unsigned(self) -> u64 {
        self.0
    }

    pub(crate) fn zigzag(self) -> i64 {
        (self.0 >> 1).cast_signed() ^ -(self.0 & 1).cast_signed()
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Self { message, at: 0, end: message.len() }
    }

    /// A part of a message.
    pub(crate) fn part(message: &'a [u8], range: std::ops::Range<usize>) -> Self {
        Self { message, at: range.start, end: range.end.min(message.len()) }
    }

    /// Where in the message the rest is.
    pub(crate) fn range(&self) -> std::ops::Range<usize> {
        self.at..self.end
    }

    /// The next field.
    pub(crate) fn field(&mut self) -> Result<Option<(u64, Value<'a>)>, Error> {
        if self.at >= self.end {
            return Ok(None);
        }
        let at = self.at;
        let tag = self.varint()?;
        let kind = match tag & 7 {
            0 => Kind::Varint(Number(self.varint()?)),
            1 => Kind::Fixed64(self.fixed64()?),
            2 => {
                let length = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
                let start = self.at;
                self.skip(length)?;
                Kind::Bytes(Reader { message: self.message, at: start, end: self.at })
            }
            5 => {
                self.skip(4)?;
                Kind::Fixed32
            }
            _ => return Err(Error::new(ErrorKind::WireType, at)),
        };
        Ok(Some((tag >> 3, Value { kind, at })))
    }

    fn varint(&mut self) -> Result<u64, Error> {
        let start = self.at;
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.rest().first().ok_or(Error::new(ErrorKind::Truncated, start))?;
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Error::new(ErrorKind::Varint, start))
    }

    fn fixed64(&mut self) -> Result<u64, Error> {
        let bytes = self.rest().first_chunk().ok_or(Error::new(ErrorKind::Truncated, self.at))?;
        self.at += 8;
        Ok(u64::from_le_bytes(*bytes))
    }

    fn skip(&mut self, length: usize) -> Result<(), Error> {
        if length > self.end - self.at {
            return Err(Error::new(ErrorKind::Truncated, self.at));
        }
        self.at += length;
        Ok(())
    }

    fn rest(&self) -> &'a [u8] {
        self.message.get(self.at..self.end).unwrap_or_default()
    }
}

impl<'a> Value<'a> {
    fn wrong<T>(&self) -> Result<T, Error> {
        Err(Error::new(ErrorKind::WireType, self.at))
    }

    pub(crate) fn unsigned(&self) -> Result<u64, Error> {
        if let Kind::Varint(number) = self.kind { Ok(number.unsigned()) } else { self.wrong() }
    }

    pub(crate) fn signed(&self) -> Result<i64, Error> {
        self.unsigned().map(u64::cast_signed)
    }

    pub(crate) fn zigzag(&self) -> Result<i64, Error> {
        if let Kind::Varint(number) = self.kind { Ok(number.zigzag()) } else { self.wrong() }
    }

    pub(crate) fn double(&self) -> Result<f64, Error> {
        if let Kind::Fixed64(bits) = self.kind { Ok(f64::from_bits(bits)) } else { self.wrong() }
    }

    pub(crate) fn message(&self) -> Result<Reader<'a>, Error> {
        if let Kind::Bytes(reader) = self.kind { Ok(reader) } else { self.wrong() }
    }

    pub(crate) fn text(&self) -> Result<&'a str, Error> {
        let bytes = self.message()?.rest();
        std::str::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Utf8, self.at))
    }

    /// Repeated numbers, packed or one by one.
    pub(crate) fn numbers(&self, mut take: impl FnMut(Number)) -> Result<(), Error> {
        match self.kind {
            Kind::Varint(number) => take(number),
            Kind::Bytes(mut reader) => {
                while reader.at < reader.end {
                    take(Number(reader.varint()?));
                }
            }
            _ => return self.wrong(),
        }
        Ok(())
    }

    /// Repeated floats, packed or one by one.
    pub(crate) fn doubles(&self, into: &mut Vec<f64>) -> Result<(), Error> {
        match self.kind {
            Kind::Fixed64(bits) => into.push(f64::from_bits(bits)),
            Kind::Bytes(mut reader) => {
                while reader.at < reader.end {
                    into.push(f64::from_bits(reader.fixed64()?));
                }
            }
            _ => return self.wrong(),
        }
        Ok(())
    }
}
