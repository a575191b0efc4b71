//! Lines of `key=value`.

use event_model::{Arena, Compat, Field, Value};

use super::ltsv::{remaining, split_while};
use super::{Context, Failure, FailureKind, Parsed, Parser};
use crate::escape;

/// Options of the format.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// A key must have a value.
    pub(super) no_bare_keys: bool,
}

/// A key and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pair<'a> {
    key: &'a [u8],
    value: Written<'a>,
}

/// A value as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written<'a> {
    /// Not at all.
    Bare,
    /// As a word, which may be empty.
    Word(&'a [u8]),
    /// In quotes, with its escapes.
    Quoted(&'a [u8]),
}

impl<'a> Written<'a> {
    fn text(self) -> &'a [u8] {
        match self {
            Self::Bare => &[],
            Self::Word(text) | Self::Quoted(text) => text,
        }
    }

    /// What stands in the record where there are no types.
    fn value(self, compat: Compat, arena: &'a Arena, room: &mut Vec<u8>) -> Value<'a> {
        match self {
            Self::Quoted(text) => {
                let text = escape::utf8(text, compat, arena, room);
                // It goes through a C string.
                let end = memchr::memchr(0, text).unwrap_or(text.len());
                Value::Str(text.get(..end).unwrap_or_default())
            }
            Self::Word(text) if !text.is_empty() => Value::Str(text),
            _ if compat == Compat::V1_8 => Value::Null,
            _ => Value::Bool(true),
        }
    }
}

impl Parser {
    pub(super) fn parse_logfmt<'a>(
        &'a self,
        rules: Rules,
        line: &'a [u8],
        cx: &mut Context<'a, '_>,
        fields: &mut Vec<Field<'a>>,
    ) -> Result<Parsed<'a>, Failure> {
        let start = fields.len();
        let mut parsed = Parsed::default();
        for Pair { key, value } in pairs(line, self.compat) {
            let failure = |kind| Failure::new(kind, line.len() - remaining(line, key));
            if rules.no_bare_keys && value == Written::Bare {
                return Err(failure(FailureKind::BareKey));
            }
            let text = value.text();
            if let Some(timed) = self.timed.as_ref().filter(|timed| *timed.key == *key && !text.is_empty()) {
                let time = timed.read(text, cx).map_err(|_| failure(FailureKind::Time))?;
                parsed.set_time(time);
                if !timed.keep {
                    continue;
                }
            }
            // With types, values are neither unescaped nor `true`.
            let value = if self.types.is_empty() {
                value.value(self.compat, cx.arena, &mut cx.scratch.room)
            } else {
                self.types.cast(key, text, &mut parsed)
            };
            fields.push(Field::new(key, value));
        }
        if fields.len() == start {
            return Err(Failure::new(FailureKind::NoPairs, 0));
        }
        self.decoders.apply(start, cx, fields, self.compat);
        Ok(parsed)
    }
}

/// The pairs of a line. What cannot begin a key is passed over. 1.8.11 drops a bare key at the end.
fn pairs(line: &[u8], compat: Compat) -> impl Iterator<Item = Pair<'_>> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let (_, after) = split_while(rest, |byte| !is_word(byte));
        let (key, after) = split_while(after, is_word);
        if key.is_empty() || (compat == Compat::V1_8 && after.is_empty()) {
            return None;
        }
        let (value, after) = match after {
            [b'=', b'"', quoted @ ..] => {
                let (value, after) = split_quoted(quoted);
                (Written::Quoted(value), after)
            }
            [b'=', word @ ..] => {
                let (value, after) = split_while(word, is_word);
                (Written::Word(value), after)
            }
            _ => (Written::Bare, after),
        };
        rest = if let [b'\r' | b'\n', ..] = after { &[] } else { after };
        Some(Pair { key, value })
    })
}

fn is_word(byte: &u8) -> bool {
    *byte > b' ' && !matches!(byte, b'=' | b'"')
}

/// Divides what follows an opening quote around the closing one, if there is one.
fn split_quoted(text: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    while let Some(byte) = text.get(end) {
        end += match byte {
            b'"' => break,
            b'\\' => 2,
            _ => 1,
        };
    }
    let value = text.get(..end).unwrap_or(text);
    (value, text.get(end + 1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::Written::{Bare, Quoted, Word};
    use super::*;

    fn check(compat: Compat, line: &str, expected: &[(&str, Written<'_>)]) {
        let found: Vec<_> = pairs(line.as_bytes(), compat).map(|pair| (pair.key, pair.value)).collect();
        let expected: Vec<_> = expected.iter().map(|(key, value)| (key.as_bytes(), *value)).collect();
        assert_eq!(found, expected, "{compat}: {line:?}");
    }

    #[test]
    fn keys_and_values() {
        for compat in [Compat::V5_1, Compat::V1_8] {
            check(compat, "a=1 b=\"two words\"", &[("a", Word(b"1")), ("b", Quoted(b"two words"))]);
            check(compat, "k= z=\"\"", &[("k", Word(b"")), ("z", Quoted(b""))]);
            check(compat, r#"a="x\"y" b=1"#, &[("a", Quoted(br#"x\"y"#)), ("b", Word(b"1"))]);
            check(compat, "a c b=1", &[("a", Bare), ("c", Bare), ("b", Word(b"1"))]);
            check(compat, "  lead=1   trail=2  ", &[("lead", Word(b"1")), ("trail", Word(b"2"))]);
            check(compat, "a=1\nb=2", &[("a", Word(b"1"))]);
            check(compat, "a=\"open", &[("a", Quoted(b"open"))]);
            check(compat, "a=\"open\\", &[("a", Quoted(b"open\\"))]);
            check(compat, "a=\"1\"b=2", &[("a", Quoted(b"1")), ("b", Word(b"2"))]);
            check(compat, "a=", &[("a", Word(b""))]);
            check(compat, " = \" ", &[]);
            check(compat, "", &[]);
        }
    }

    #[test]
    fn bare_keys_at_the_end() {
        for (line, v5_1, v1_8) in [
            ("a=1 c", &[("a", Word(b"1")), ("c", Bare)][..], &[("a", Word(b"1"))][..]),
            ("=v", &[("v", Bare)], &[]),
            ("a=b=c", &[("a", Word(b"b")), ("c", Bare)], &[("a", Word(b"b"))]),
            ("\"q\"=1", &[("q", Bare), ("1", Bare)], &[("q", Bare)]),
        ] {
            check(Compat::V5_1, line, v5_1);
            check(Compat::V1_8, line, v1_8);
        }
    }
}
