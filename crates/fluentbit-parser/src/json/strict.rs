//! The reader of 5.1.1: the JSON grammar, with any byte allowed in strings.

use event_model::{Arena, Field, Value};

use super::specials::Cursor;
use super::{Error, ErrorKind, MAX_DEPTH, number, string};

/// A text that is being read, and the lists the reader works with.
#[derive(Debug)]
pub(super) struct Strict<'a, 's> {
    pub(super) text: &'a [u8],
    pub(super) arena: &'a Arena,
    /// The quotes and escapes that were not read yet.
    pub(super) specials: Cursor<'s>,
    /// Working memory for strings.
    pub(super) room: &'s mut Vec<u8>,
    /// Ends with the members of the maps that are open, innermost last.
    pub(super) fields: &'s mut Vec<Field<'a>>,
    /// Ends with the elements of the arrays that are open, innermost last.
    pub(super) elements: &'s mut Vec<Value<'a>>,
}

/// What was read. The contents of an outermost container are still in their list, after what was there
/// before.
enum Document<'a> {
    Scalar(Value<'a>),
    Map,
    Array,
}

impl<'a> Strict<'a, '_> {
    /// Reads a text that is one object, whose members are appended to `fields`.
    pub(super) fn object(&mut self) -> Result<(), Error> {
        let start = skip_space(self.text);
        match start {
            [b'{', ..] => {}
            [] => return Err(self.error(ErrorKind::UnexpectedEnd, start)),
            _ => return Err(self.error(ErrorKind::NotAnObject, start)),
        }
        let (_, rest) = self.read(start)?;
        self.end(rest)
    }

    /// Reads a text that is one value.
    pub(super) fn value(&mut self) -> Result<Value<'a>, Error> {
        let (fields, elements) = (self.fields.len(), self.elements.len());
        let (document, rest) = self.read(skip_space(self.text))?;
        let value = match document {
            Document::Scalar(value) => value,
            Document::Map => self.close_map(fields),
            Document::Array => self.close_array(elements),
        };
        self.end(rest)?;
        Ok(value)
    }

    /// What follows the document is dropped, unless it starts with another document.
    fn end(&mut self, rest: &'a [u8]) -> Result<(), Error> {
        let rest = skip_space(rest);
        if rest.is_empty() {
            return Ok(());
        }
        let (fields, elements) = (self.fields.len(), self.elements.len());
        let second = self.read(rest);
        self.fields.truncate(fields);
        self.elements.truncate(elements);
        if second.is_ok() { Err(self.error(ErrorKind::SeveralDocuments, rest)) } else { Ok(()) }
    }

    /// Reads the document at the start of `rest`, and returns what follows it.
    ///
    /// A container takes its place in the list of the one around it when it opens, and fills it when it
    /// closes. In between, its contents are after that place.
    fn read(&mut self, mut rest: &'a [u8]) -> Result<(Document<'a>, &'a [u8]), Error> {
        // Of the containers that are open: where their contents start, and whether they are maps, as bits.
        let mut bases = [0; MAX_DEPTH];
        let mut maps: u32 = 0;
        let mut depth = 0;
        loop {
            // A member, an element or the document starts here, white space skipped.
            let mut key: &[u8] = &[];
            let in_map = maps & 1 == 1;
            if in_map {
                let [b'"', string @ ..] = rest else { return Err(self.unexpected(rest)) };
                (key, rest) = self.string(string)?;
                rest = skip_space(rest);
                let [b':', value @ ..] = rest else { return Err(self.unexpected(rest)) };
                rest = skip_space(value);
            }
            let scalar = match rest {
                [b'"', after @ ..] => {
                    let string;
                    (string, rest) = self.string(after)?;
                    Some(Value::Str(string))
                }
                [b'-' | b'0'..=b'9', ..] => {
                    let Some((number, after)) = number::strict(rest) else {
                        return Err(self.error(ErrorKind::InvalidNumber, rest));
                    };
                    rest = after;
                    Some(number)
                }
                [bracket @ (b'{' | b'['), contents @ ..] => {
                    let Some(base) = bases.get_mut(depth) else {
                        return Err(self.error(ErrorKind::TooDeep, rest));
                    };
                    if depth > 0 {
                        self.push(in_map, key, Value::Null);
                    }
                    let (is_map, close) = if *bracket == b'{' { (true, b'}') } else { (false, b']') };
                    *base = if is_map { self.fields.len() } else { self.elements.len() };
                    maps = maps << 1 | u32::from(is_map);
                    depth += 1;
                    rest = skip_space(contents);
                    if rest.first() != Some(&close) {
                        continue;
                    }
                    None
                }
                _ => {
                    let (word, after) = word(rest).ok_or_else(|| self.unexpected(rest))?;
                    rest = after;
                    Some(word)
                }
            };
            if let Some(value) = scalar {
                if depth == 0 {
                    return Ok((Document::Scalar(value), rest));
                }
                self.push(in_map, key, value);
            }
            // The containers that end here.
            loop {
                rest = skip_space(rest);
                let is_map = maps & 1 == 1;
                match rest {
                    [b',', next @ ..] => {
                        rest = skip_space(next);
                        break;
                    }
                    [b'}', after @ ..] if is_map => rest = after,
                    [b']', after @ ..] if !is_map => rest = after,
                    _ => return Err(self.unexpected(rest)),
                }
                maps >>= 1;
                depth -= 1;
                if depth == 0 {
                    return Ok((if is_map { Document::Map } else { Document::Array }, rest));
                }
                let base = bases.get(depth).copied().unwrap_or_default();
                let value = if is_map { self.close_map(base) } else { self.close_array(base) };
                let place = match maps & 1 {
                    1 => self.fields.last_mut().map(|field| &mut field.value),
                    _ => self.elements.last_mut(),
                };
                if let Some(place) = place {
                    *place = value;
                }
            }
        }
    }

    #[inline(always)]
    fn push(&mut self, in_map: bool, key: &'a [u8], value: Value<'a>) {
        if in_map {
            self.fields.push(Field::new(key, value));
        } else {
            self.elements.push(value);
        }
    }

    /// The string whose opening quote stands before `rest`, and what follows its closing quote.
    #[inline(always)]
    fn string(&mut self, rest: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), Error> {
        let start = self.text.len() - rest.len();
        // Quotes stand only around strings, so the next one is the one before `rest`.
        let opening = self.specials.next();
        debug_assert_eq!(opening, Some(start - 1));
        let Some(special) = self.specials.next() else {
            return Err(self.error(ErrorKind::UnexpectedEnd, &[]));
        };
        let (string, end) = match self.text.get(start..special) {
            Some(plain) if self.text.get(special) == Some(&b'"') => (plain, special),
            _ => string::unescape(self.text, start, special, &mut self.specials, self.arena, self.room)
                .map_err(|(kind, at)| Error::new(kind, at))?,
        };
        Ok((string, self.text.get(end + 1..).unwrap_or_default()))
    }

    fn close_map(&mut self, base: usize) -> Value<'a> {
        let members = self.arena.slice(self.fields.get(base..).unwrap_or_default());
        self.fields.truncate(base);
        Value::Map(members)
    }

    fn close_array(&mut self, base: usize) -> Value<'a> {
        let elements = self.arena.slice(self.elements.get(base..).unwrap_or_default());
        self.elements.truncate(base);
        Value::Array(elements)
    }

    #[cold]
    fn unexpected(&self, rest: &[u8]) -> Error {
        self.error(if rest.is_empty() { ErrorKind::UnexpectedEnd } else { ErrorKind::UnexpectedByte }, rest)
    }

    #[cold]
    fn error(&self, kind: ErrorKind, rest: &[u8]) -> Error {
        Error::new(kind, self.text.len() - rest.len())
    }
}

/// The word at the start of `rest`, and what follows it.
fn word<'v>(rest: &[u8]) -> Option<(Value<'v>, &[u8])> {
    match rest {
        [b't', b'r', b'u', b'e', after @ ..] => Some((Value::Bool(true), after)),
        [b'f', b'a', b'l', b's', b'e', after @ ..] => Some((Value::Bool(false), after)),
        [b'n', b'u', b'l', b'l', after @ ..] => Some((Value::Null, after)),
        _ => None,
    }
}

#[inline(always)]
fn skip_space(mut rest: &[u8]) -> &[u8] {
    // Mostly there is none, or one space.
    while let [byte @ ..=b' ', after @ ..] = rest
        && matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
    {
        rest = after;
    }
    rest
}
