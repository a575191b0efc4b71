//! The tokens of the text format, as Prometheus' `promlex` gives them.

use crate::bytes::{continues_label, continues_name, starts_label, starts_name};
use crate::cursor::{Breaks, Cursor, State, Token};

/// The next token that is not white space.
pub(super) fn next(cursor: &mut Cursor<'_>) -> Token {
    loop {
        let token = lex(cursor);
        if token != Token::Whitespace {
            return token;
        }
    }
}

fn lex(cursor: &mut Cursor<'_>) -> Token {
    if cursor.is_at_end() {
        return Token::Eof;
    }
    cursor.start = cursor.at;
    let byte = cursor.byte();
    match cursor.state {
        // A NUL at the start of a line is read as the end of the body.
        State::Init if byte == 0 => cursor.end(Token::Eof, State::Init),
        State::Init if byte == b'\n' => cursor.end(Token::Linebreak, State::Init),
        State::Init if byte == b'#' => comment(cursor),
        State::Init if starts_name(byte) => {
            cursor.step_while(continues_name);
            cursor.state = State::Value;
            Token::MetricName
        }
        State::Init | State::Value if byte == b'{' => cursor.end(Token::BraceOpen, State::Labels),
        State::MetadataText => metadata_text(cursor, byte),
        _ if is_blank(byte) => {
            cursor.step_while(is_blank);
            Token::Whitespace
        }
        State::MetadataName if byte == b'"' => {
            cursor.quoted(Breaks::Allowed, Token::MetricName, State::MetadataText)
        }
        State::MetadataName if starts_name(byte) => {
            cursor.step_while(continues_name);
            cursor.state = State::MetadataText;
            Token::MetricName
        }
        State::Labels => match byte {
            b'"' => cursor.quoted(Breaks::Allowed, Token::QuotedName, State::Labels),
            b',' => cursor.end(Token::Comma, State::Labels),
            b'=' => cursor.end(Token::Equal, State::LabelValue),
            b'}' => cursor.end(Token::BraceClose, State::Value),
            _ if starts_label(byte) => {
                cursor.step_while(continues_label);
                Token::LabelName
            }
            _ => Token::Invalid,
        },
        State::LabelValue if byte == b'"' => cursor.quoted(Breaks::Allowed, Token::LabelValue, State::Labels),
        State::Value if continues_value(byte) => {
            cursor.step_while(continues_value);
            cursor.state = State::Timestamp;
            Token::Value
        }
        State::Timestamp if byte == b'\n' => cursor.end(Token::Linebreak, State::Init),
        State::Timestamp if byte.is_ascii_digit() => {
            cursor.step_while(|byte| byte.is_ascii_digit());
            Token::Timestamp
        }
        _ => Token::Invalid,
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn continues_value(byte: u8) -> bool {
    !matches!(byte, 0 | b' ' | b'\t' | b'\n' | b'{')
}

/// From a `#`: a keyword, or the rest of the line.
fn comment(cursor: &mut Cursor<'_>) -> Token {
    if !is_blank(cursor.step()) {
        return rest_of_line(cursor);
    }
    let byte = cursor.step_while(is_blank);
    cursor.state = State::Comment;
    let (rest, keyword) = match byte {
        b'H' => (b"ELP", Token::Help),
        b'T' => (b"YPE", Token::Type),
        _ => return rest_of_line(cursor),
    };
    for &expected in rest {
        if cursor.step() != expected {
            return rest_of_line(cursor);
        }
    }
    if !is_blank(cursor.step()) {
        return rest_of_line(cursor);
    }
    cursor.step_while(is_blank);
    cursor.state = State::MetadataName;
    keyword
}

/// A comment, without its line break. After `#` and no blank a NUL ends the body here too.
fn rest_of_line(cursor: &mut Cursor<'_>) -> Token {
    let mut byte = cursor.byte();
    loop {
        match byte {
            0 => return Token::Eof,
            b'\n' => {
                cursor.state = State::Init;
                return Token::Comment;
            }
            _ => byte = cursor.step(),
        }
    }
}

/// What follows a name in metadata: blanks alone are white space, and then the text is empty.
fn metadata_text(cursor: &mut Cursor<'_>, byte: u8) -> Token {
    let mut byte = byte;
    if is_blank(byte) {
        byte = cursor.step_while(is_blank);
        if matches!(byte, 0 | b'\n') {
            return Token::Whitespace;
        }
    }
    while !matches!(byte, 0 | b'\n') {
        byte = cursor.step();
    }
    cursor.state = State::Init;
    Token::Text
}
