//! The reader of 1.8.11: first tokens, each with a number of children, then values from their order alone.
//!
//! The token reader checks brackets, strings and where bare words stand, but not the commas and colons
//! between them. What it accepts beyond JSON follows from that.

use std::ops::Range;

use event_model::{Arena, Compat, Field, Value};

use super::{Error, ErrorKind, MAX_DEPTH, number};
use crate::escape;

/// Working memory.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    tokens: Vec<Token>,
    /// The containers that are open, innermost last.
    open: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
    /// How many values were put below it: members of an object, elements of an array, values after a key.
    children: usize,
    parent: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Object,
    Array,
    String,
    Word,
}

impl Tokens {
    pub(super) fn read_object<'a>(
        &mut self,
        text: &'a [u8],
        arena: &'a Arena,
        unescaped: &mut Vec<u8>,
        fields: &mut Vec<Field<'a>>,
    ) -> Result<(), Error> {
        self.tokenise(text)?;
        let Some(&Token { kind: Kind::Object, children, .. }) = self.tokens.first() else {
            return Err(Error::new(ErrorKind::NotAnObject, 0));
        };
        let mut values = Values { tokens: self.tokens.get(1..).unwrap_or_default(), text, arena, unescaped };
        values.members(children, 1, fields)
    }

    pub(super) fn read_value<'a>(
        &mut self,
        text: &'a [u8],
        arena: &'a Arena,
        unescaped: &mut Vec<u8>,
    ) -> Result<Value<'a>, Error> {
        self.tokenise(text)?;
        Values { tokens: &self.tokens, text, arena, unescaped }.value(0)
    }

    /// Where the text of the first member `key` is, without quotes and with its escapes, if `text` begins with
    /// an object and is a document for 1.8.11.
    pub(crate) fn text_member(&mut self, text: &[u8], key: &[u8]) -> Option<Range<usize>> {
        self.tokenise(text).ok()?;
        let (root, members) = self.tokens.split_first()?;
        if root.kind != Kind::Object || root.start != 0 {
            return None;
        }
        let is_key = |token: &Token| {
            token.parent == Some(0)
                && token.kind == Kind::String
                && text.get(token.start..token.end) == Some(key)
        };
        let index = members.iter().position(is_key)?;
        // Its value comes right after it, and is below it.
        let value = members.get(index + 1).filter(|value| value.parent == Some(index + 1))?;
        (value.kind == Kind::String).then_some(value.start..value.end)
    }

    fn tokenise(&mut self, text: &[u8]) -> Result<(), Error> {
        self.tokens.clear();
        self.open.clear();
        // Where the next value belongs: a container, the key before a colon, or nowhere.
        let mut parent: Option<usize> = None;
        let mut pos = 0;
        while let Some(&byte) = text.get(pos) {
            let error = |kind| Err(Error::new(kind, pos));
            match byte {
                // The text is a C string.
                0 => break,
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b'{' | b'[' => {
                    let kind = if byte == b'{' { Kind::Object } else { Kind::Array };
                    let index = self.push(kind, pos, pos, parent);
                    self.open.push(index);
                    parent = Some(index);
                }
                b'}' | b']' => {
                    let kind = if byte == b'}' { Kind::Object } else { Kind::Array };
                    let Some(token) = self.open.pop().and_then(|index| self.tokens.get_mut(index)) else {
                        return error(ErrorKind::UnexpectedByte);
                    };
                    if token.kind != kind {
                        return error(ErrorKind::UnexpectedByte);
                    }
                    token.end = pos + 1;
                    parent = token.parent;
                }
                b'"' => {
                    let end = string_end(text, pos + 1)?;
                    self.push(Kind::String, pos + 1, end, parent);
                    pos = end;
                }
                b':' => parent = self.tokens.len().checked_sub(1),
                b',' => {
                    if let Some(Token { kind: Kind::String | Kind::Word, parent: above, .. }) =
                        parent.and_then(|index| self.tokens.get(index))
                    {
                        parent = *above;
                    }
                }
                b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => {
                    let refused = parent.and_then(|index| self.tokens.get(index)).is_some_and(|above| {
                        above.kind == Kind::Object || (above.kind == Kind::String && above.children > 0)
                    });
                    if refused {
                        return error(ErrorKind::UnexpectedByte);
                    }
                    let end = word_end(text, pos)?;
                    self.push(Kind::Word, pos, end, parent);
                    pos = end - 1;
                }
                _ => return error(ErrorKind::UnexpectedByte),
            }
            pos += 1;
        }
        let mut roots = self.tokens.iter().filter(|token| token.parent.is_none());
        match (self.open.is_empty(), roots.next(), roots.next()) {
            (false, ..) | (_, None, _) => Err(Error::new(ErrorKind::UnexpectedEnd, pos)),
            (_, Some(_), Some(second)) => Err(Error::new(ErrorKind::SeveralDocuments, second.start)),
            _ => Ok(()),
        }
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize, parent: Option<usize>) -> usize {
        if let Some(above) = parent.and_then(|index| self.tokens.get_mut(index)) {
            above.children += 1;
        }
        self.tokens.push(Token { kind, start, end, children: 0, parent });
        self.tokens.len() - 1
    }
}

/// Where the closing quote is.
fn string_end(text: &[u8], mut pos: usize) -> Result<usize, Error> {
    loop {
        match text.get(pos) {
            Some(b'"') => return Ok(pos),
            Some(b'\\') => match text.get(pos + 1) {
                Some(b'"' | b'/' | b'\\' | b'b' | b'f' | b'r' | b'n' | b't') => pos += 2,
                Some(b'u') => {
                    let digits = text.get(pos + 2..).unwrap_or_default();
                    let hex = digits.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
                    if hex < 4 && hex < digits.len() {
                        return Err(Error::new(ErrorKind::InvalidEscape, pos));
                    }
                    pos += 2 + hex;
                }
                Some(_) => return Err(Error::new(ErrorKind::InvalidEscape, pos)),
                None => pos += 1,
            },
            None | Some(0) => return Err(Error::new(ErrorKind::UnexpectedEnd, pos)),
            Some(_) => pos += 1,
        }
    }
}

/// Where a bare word ends. It must be followed by white space, a comma or a closing bracket.
fn word_end(text: &[u8], start: usize) -> Result<usize, Error> {
    for (pos, byte) in text.iter().enumerate().skip(start) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}' => return Ok(pos),
            0 => break,
            33..=126 => {}
            _ => return Err(Error::new(ErrorKind::UnexpectedByte, pos)),
        }
    }
    Err(Error::new(ErrorKind::UnexpectedEnd, text.len()))
}

/// Tokens that are being turned into values.
struct Values<'a, 's> {
    /// Those that are left.
    tokens: &'s [Token],
    text: &'a [u8],
    arena: &'a Arena,
    unescaped: &'s mut Vec<u8>,
}

impl<'a> Values<'a, '_> {
    /// The next value, inside `depth` containers.
    fn value(&mut self, depth: usize) -> Result<Value<'a>, Error> {
        let Some((token, rest)) = self.tokens.split_first() else {
            return Err(Error::new(ErrorKind::UnexpectedEnd, self.text.len()));
        };
        self.tokens = rest;
        let content = self.text.get(token.start..token.end).unwrap_or_default();
        match token.kind {
            Kind::Object | Kind::Array if depth >= MAX_DEPTH => {
                Err(Error::new(ErrorKind::TooDeep, token.start))
            }
            Kind::Object => {
                let mut members = Vec::new();
                self.members(token.children, depth + 1, &mut members)?;
                Ok(Value::Map(self.arena.slice(&members)))
            }
            Kind::Array => {
                let elements: Result<Vec<_>, _> =
                    (0..token.children).map(|_| self.value(depth + 1)).collect();
                Ok(Value::Array(self.arena.slice(&elements?)))
            }
            Kind::String => Ok(Value::Str(escape::utf8(content, Compat::V1_8, self.arena, self.unescaped))),
            Kind::Word => Ok(match content.first() {
                Some(b't') => Value::Bool(true),
                Some(b'f') => Value::Bool(false),
                Some(b'n') => Value::Null,
                _ => number::lenient(content),
            }),
        }
    }

    fn members(&mut self, count: usize, depth: usize, fields: &mut Vec<Field<'a>>) -> Result<(), Error> {
        for _ in 0..count {
            let at = self.tokens.first().map_or(self.text.len(), |token| token.start);
            // Fluent Bit takes any value for a key here; nothing after it could use such a record.
            let Value::Str(key) = self.value(depth)? else {
                return Err(Error::new(ErrorKind::UnexpectedByte, at));
            };
            let value = self.value(depth)?;
            fields.push(Field::new(key, value));
        }
        Ok(())
    }
}
