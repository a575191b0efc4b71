//! The tokens of OpenMetrics, as Prometheus' `openmetricslex` gives them.

use crate::bytes::{continues_label, continues_name, starts_label, starts_name};
use crate::cursor::{Breaks, Cursor, State, Token};

pub(super) fn next(cursor: &mut Cursor<'_>) -> Token {
    if cursor.is_at_end() {
        return Token::Eof;
    }
    cursor.start = cursor.at;
    let byte = cursor.byte();
    match cursor.state {
        State::Init => match byte {
            b'#' => comment(cursor),
            b'{' => cursor.end(Token::BraceOpen, State::Labels),
            _ if starts_name(byte) => name(cursor, State::Value),
            _ => Token::Invalid,
        },
        State::MetadataName if byte == b'"' => {
            cursor.quoted(Breaks::Allowed, Token::MetricName, State::MetadataText)
        }
        State::MetadataName if starts_name(byte) => name(cursor, State::MetadataText),
        State::MetadataText if byte == b' ' => {
            // NUL bytes are stepped over, so a NUL here is the end.
            match cursor.step_while(|byte| !matches!(byte, 0 | b'\n')) {
                b'\n' => cursor.end(Token::Text, State::Init),
                _ => Token::Invalid,
            }
        }
        State::Labels => match byte {
            b'"' => cursor.quoted(Breaks::Allowed, Token::QuotedName, State::Labels),
            b'}' => cursor.end(Token::BraceClose, State::Value),
            b'=' => cursor.end(Token::Equal, State::LabelValue),
            _ => label_name_or_comma(cursor, byte),
        },
        State::Exemplar => match byte {
            b'"' => cursor.quoted(Breaks::Rejected, Token::QuotedName, State::Exemplar),
            b'}' => cursor.end(Token::BraceClose, State::ExemplarValue),
            b'=' => cursor.end(Token::Equal, State::ExemplarValue),
            _ => label_name_or_comma(cursor, byte),
        },
        State::LabelValue if byte == b'"' => {
            cursor.quoted(Breaks::Rejected, Token::LabelValue, State::Labels)
        }
        State::ExemplarValue if byte == b'"' => {
            cursor.quoted(Breaks::Rejected, Token::LabelValue, State::Exemplar)
        }
        State::Value if byte == b'{' => cursor.end(Token::BraceOpen, State::Labels),
        State::Value if byte == b' ' => number(cursor, Token::Value, State::Timestamp),
        State::ExemplarValue if byte == b' ' => number(cursor, Token::Value, State::ExemplarTimestamp),
        State::ExemplarTimestamp if byte == b' ' => {
            number(cursor, Token::Timestamp, State::ExemplarTimestamp)
        }
        State::Timestamp if byte == b' ' => timestamp_or_exemplar(cursor),
        State::Timestamp | State::ExemplarTimestamp if byte == b'\n' => {
            cursor.end(Token::Linebreak, State::Init)
        }
        _ => Token::Invalid,
    }
}

fn name(cursor: &mut Cursor<'_>, state: State) -> Token {
    cursor.step_while(continues_name);
    cursor.state = state;
    Token::MetricName
}

fn label_name_or_comma(cursor: &mut Cursor<'_>, byte: u8) -> Token {
    if byte == b',' {
        let state = cursor.state;
        return cursor.end(Token::Comma, state);
    }
    if !starts_label(byte) {
        return Token::Invalid;
    }
    cursor.step_while(continues_label);
    Token::LabelName
}

/// A blank and whatever follows up to a blank or the end of the line.
fn number(cursor: &mut Cursor<'_>, token: Token, state: State) -> Token {
    if !continues_number(cursor.step()) {
        return Token::Invalid;
    }
    cursor.step_while(continues_number);
    cursor.state = state;
    token
}

fn continues_number(byte: u8) -> bool {
    !matches!(byte, 0 | b' ' | b'\n')
}

/// ` # {`, or a blank and a timestamp: the two start in the same way, and the lexer does not go back.
fn timestamp_or_exemplar(cursor: &mut Cursor<'_>) -> Token {
    let first = cursor.step();
    if !continues_number(first) {
        return Token::Invalid;
    }
    let second = cursor.step();
    if first == b'#' && second == b' ' {
        return if cursor.step() == b'{' {
            cursor.end(Token::Comment, State::Exemplar)
        } else {
            Token::Invalid
        };
    }
    if continues_number(second) {
        cursor.step_while(continues_number);
    }
    Token::Timestamp
}

/// `# ` and a keyword.
fn comment(cursor: &mut Cursor<'_>) -> Token {
    if cursor.step() != b' ' {
        return Token::Invalid;
    }
    // Still as at the start of a line: a NUL here is not stepped over.
    cursor.step();
    cursor.state = State::Comment;
    keyword(cursor)
}

fn keyword(cursor: &mut Cursor<'_>) -> Token {
    let (rest, token) = match cursor.byte() {
        b'E' => (&b"OF"[..], Token::EofWord),
        b'H' => (&b"ELP "[..], Token::Help),
        b'T' => (&b"YPE "[..], Token::Type),
        b'U' => (&b"NIT "[..], Token::Unit),
        _ => return Token::Invalid,
    };
    for &expected in rest {
        if cursor.step() != expected {
            return Token::Invalid;
        }
    }
    if token != Token::EofWord {
        return cursor.end(token, State::MetadataName);
    }
    if cursor.step() == b'\n' {
        cursor.step();
    }
    cursor.state = State::Init;
    token
}
