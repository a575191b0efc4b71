//! Searches for patterns, so that another program can compare: `search < LINES`.
//!
//! A line is a pattern and a text, both in hexadecimal, with a space between them. The answer is `invalid`, `none`, or
//! the group's ranges in bytes (`-` for one that took no part), the whole match first.
use std::io::{self, BufRead, Write};

use onigmo_regex::{Captures, ErrorKind, Regex};

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (pattern, text) = line.split_once(' ').unwrap_or((&line, ""));
        writeln!(out, "{}", answer(&String::from_utf8_lossy(&bytes(pattern)), &bytes(text)))?;
    }
    out.flush()
}

fn answer(pattern: &str, text: &[u8]) -> String {
    let regex = match Regex::new(pattern) {
        Ok(regex) => regex,
        Err(error) if error.kind() == ErrorKind::Unsupported => return "unsupported".to_owned(),
        Err(_) => return "invalid".to_owned(),
    };
    let mut captures = Captures::new();
    match regex.try_captures(text, &mut captures) {
        Err(_) => "limit".to_owned(),
        Ok(false) => "none".to_owned(),
        Ok(true) => {
            let range = |at| {
                captures.get(at).map_or("-".to_owned(), |range| format!("{}:{}", range.start, range.end))
            };
            (0..=regex.group_count()).map(range).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Bytes of hexadecimal digits.
fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |value, digit| value * 16 + digit)).collect()
}
