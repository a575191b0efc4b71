//! Reading templates: first cut into parts, then each accessor by its own small grammar.

use event_model::Compat;

use super::{AccessorError, AccessorErrorKind, Part, Path, Step};

/// The parts of a template.
pub(super) fn parts(text: &str, compat: Compat) -> Result<Vec<Part>, AccessorError> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    // Where the text starts that is no part yet.
    let mut pending = 0;
    // Where the last accessor ended. Fluent Bit drops a rest that is only one byte longer.
    let mut last_end = 0;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'$' {
            at += 1;
            continue;
        }
        if at > pending {
            parts.push(Part::Text(bytes[pending..at].into()));
        }
        pending = at;
        let rest = &bytes[at + 1..];
        match rest {
            [] => break,
            [b'0'..=b'9', ..] => {
                parts.push(Part::Group(number(rest)));
                // Of a longer number only the first digit is taken out of the text.
                at += 2;
                pending = at;
            }
            [b'T', b'A', b'G', after @ ..] => {
                let (part, length) = tag_part(after);
                parts.push(part);
                pending = at + 4 + length;
                // The byte after it is not looked at: a `$` there starts nothing.
                at = pending + 1;
            }
            _ => {
                let end = at + 1 + accessor_length(rest);
                parts.push(Part::Path(path(&bytes[at..end], at, compat)?));
                pending = end;
                last_end = end;
                at = end + 1;
            }
        }
    }
    // As in Fluent Bit, the position after the last byte looked at decides about the rest.
    let more_than_a_byte = at > last_end + 1 && pending < at;
    let first_byte = at == 1 && compat != Compat::V1_8;
    match bytes.get(pending..) {
        Some(rest @ [_, ..]) if more_than_a_byte || first_byte => parts.push(Part::Text(rest.into())),
        _ => {}
    }
    Ok(parts)
}

/// What follows `$TAG`: `[n]` or nothing. The length is that of the brackets.
fn tag_part(after: &[u8]) -> (Part, usize) {
    match after {
        [b'[', inside @ ..] if !inside.is_empty() => {
            let closing = inside.iter().position(|byte| *byte == b']');
            // Without a closing bracket the text goes on at the opening one.
            (Part::TagSegment(number(inside)), closing.map_or(0, |closing| closing + 2))
        }
        _ => (Part::Tag, 0),
    }
}

/// The length of an accessor without its `$`.
fn accessor_length(rest: &[u8]) -> usize {
    let mut quoted = false;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'.' if quoted => {}
            b'.' | b' ' | b',' | b'"' => return at,
            _ => {}
        }
    }
    rest.len()
}

/// The digits in front, as C's `atoi` reads them.
fn number(text: &[u8]) -> usize {
    text.iter()
        .map_while(|byte| char::from(*byte).to_digit(10))
        .fold(0_usize, |number, digit| number.saturating_mul(10).saturating_add(digit as usize))
}

#[derive(Debug, PartialEq)]
enum Token {
    Dollar,
    Open,
    Close,
    /// `.`, `,` or `;`.
    Other,
    Number(usize),
    Quoted(Box<[u8]>),
    Name(Box<[u8]>),
}

/// `$name` and any number of `['text']` or `[number]`.
fn path(text: &[u8], offset: usize, compat: Compat) -> Result<Path, AccessorError> {
    let fail = |kind, at: usize| AccessorError { kind, offset: offset + at };
    let mut lexer = Lexer { text, at: 0, compat };
    let mut next = || lexer.next();
    let (Some((Token::Dollar, _)), end) = (next(), text.len()) else {
        return Err(fail(AccessorErrorKind::NoKey, 0));
    };
    let key = match next() {
        Some((Token::Name(key), _)) => key,
        Some((_, at)) => return Err(fail(AccessorErrorKind::NoKey, at)),
        None => return Err(fail(AccessorErrorKind::NoKey, end)),
    };
    let mut steps = Vec::new();
    while let Some((token, at)) = next() {
        if token != Token::Open {
            return Err(fail(AccessorErrorKind::Trailing, at));
        }
        steps.push(match next() {
            Some((Token::Quoted(name), _)) => Step::Key(name),
            Some((Token::Number(index), _)) => Step::Index(index),
            Some((_, at)) => return Err(fail(AccessorErrorKind::BadSubkey, at)),
            None => return Err(fail(AccessorErrorKind::BadSubkey, end)),
        });
        match next() {
            Some((Token::Close, _)) => {}
            Some((_, at)) => return Err(fail(AccessorErrorKind::BadSubkey, at)),
            None => return Err(fail(AccessorErrorKind::BadSubkey, end)),
        }
    }
    Ok(Path { key, steps: steps.into() })
}

struct Lexer<'t> {
    text: &'t [u8],
    at: usize,
    compat: Compat,
}

impl Lexer<'_> {
    /// The next token and where it starts. Bytes that start none are skipped.
    fn next(&mut self) -> Option<(Token, usize)> {
        loop {
            let start = self.at;
            let rest = self.text.get(start..)?;
            let (token, length) = match rest {
                [] => return None,
                [b'$', ..] => (Token::Dollar, 1),
                [b'[', ..] => (Token::Open, 1),
                [b']', ..] => (Token::Close, 1),
                [b'.' | b',' | b';', ..] => (Token::Other, 1),
                [b'0', ..] => (Token::Number(0), 1),
                [b'1'..=b'9', ..] => (
                    Token::Number(number(rest)),
                    rest.iter().take_while(|byte| byte.is_ascii_digit()).count(),
                ),
                [b'_' | b'A'..=b'Z' | b'a'..=b'z', ..] => {
                    let length = rest.iter().take_while(|byte| self.is_name(**byte)).count();
                    (Token::Name(rest[..length].into()), length)
                }
                [b'\'', inside @ ..] if let Some((text, length)) = quoted(inside) => {
                    (Token::Quoted(text), length + 1)
                }
                _ => {
                    self.at += 1;
                    continue;
                }
            };
            self.at += length;
            return Some((token, start));
        }
    }

    fn is_name(&self, byte: u8) -> bool {
        let dashes = self.compat != Compat::V1_8;
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.') || (dashes && matches!(byte, b'-' | b'/'))
    }
}

/// The text up to a quote that is not doubled, and the length of both.
fn quoted(inside: &[u8]) -> Option<(Box<[u8]>, usize)> {
    let mut text = Vec::new();
    let mut at = 0;
    loop {
        match inside.get(at..)? {
            [b'\'', b'\'', ..] => {
                text.push(b'\'');
                at += 2;
            }
            [b'\'', ..] => return Some((text.into(), at + 1)),
            [byte, ..] => {
                text.push(*byte);
                at += 1;
            }
            [] => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Parts as text: `[key/sub/0]`, `<group>`, `{tag}`, `{tag 1}`.
    fn show(parts: &[Part]) -> String {
        let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => lossy(text),
                Part::Path(path) => {
                    let steps = path.steps.iter().map(|step| match step {
                        Step::Key(key) => format!("/{}", lossy(key)),
                        Step::Index(index) => format!("/{index}"),
                    });
                    format!("[{}{}]", lossy(&path.key), steps.collect::<String>())
                }
                Part::Group(group) => format!("<{group}>"),
                Part::Tag => "{tag}".to_owned(),
                Part::TagSegment(part) => format!("{{tag {part}}}"),
            })
            .collect()
    }

    #[test]
    fn templates() {
        for (text, expected) in [
            ("plain", "plain"),
            ("copy.$TAG", "copy.{tag}"),
            ("$TAG[1].$0.$2", "{tag 1}.<0>.<2>"),
            ("$TAG.x", "{tag}.x"),
            ("a.$k['x y']", "error"),
            ("a.$k['x.y'][2].b", "a.[k/x.y/2].b"),
            ("$k['it''s']", "[k/it's]"),
            ("pre$k.$j", "pre[k].[j]"),
            ("num.$n", "num.[n]"),
            ("x", "x"),
            ("xy", "xy"),
            ("$1x", "<1>x"),
            // Two digits are one number, of which the second stays.
            ("$12", "<12>2"),
            // A `$` right after a tag starts nothing.
            ("$TAG$k", "{tag}$k"),
            ("$TAG[0]$1", "{tag 0}$1"),
            // A single byte after an accessor gets lost.
            ("$k.", "[k]"),
            ("$k.x", "[k].x"),
            ("$0.", "<0>."),
            ("$TAG[x].", "{tag 0}."),
            ("$TAG[", "{tag}["),
            ("$TA", "[TA]"),
            ("a$", "a$"),
            ("ab$", "ab"),
        ] {
            let found = parts(text, Compat::V5_1).map_or_else(|_| "error".to_owned(), |parts| show(&parts));
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(parts("x", Compat::V1_8), Ok(vec![]));
        assert_eq!(show(&parts("xy", Compat::V1_8).unwrap()), "xy");
    }

    proptest! {
        #[test]
        fn any_text_is_safe(text in "[$TAG\\[\\]'. \"0-9a-c,;키]{0,20}") {
            let _ = parts(&text, Compat::V5_1);
            let _ = parts(&text, Compat::V1_8);
        }
    }
}
