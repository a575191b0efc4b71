//! The parts of one line.

use event_model::Compat;
use nom::bytes::complete::{tag_no_case, take_till, take_until};
use nom::character::complete::char;
use nom::combinator::{rest, verify};
use nom::sequence::{delimited, preceded, separated_pair};
use nom::{IResult, Parser};

/// The path of `@INCLUDE path`.
pub(super) fn include(line: &str) -> Option<&str> {
    let mut path = preceded(tag_no_case("@INCLUDE "), verify(rest, |path: &str| !path.is_empty()));
    finish(path.parse(line))
}

/// Name and value of `@NAME value`.
pub(super) fn command(line: &str) -> Option<(&str, &str)> {
    finish(preceded(char('@'), separated_pair(take_till(|c| c == ' '), char(' '), rest)).parse(line))
}

/// The name in `[NAME]` and what follows it.
pub(super) fn header(line: &str) -> Option<(&str, &str)> {
    finish((delimited(char('['), take_until("]"), char(']')), rest).parse(line))
}

/// Key and value of `Key value`, both untrimmed: the first space ends the key.
pub(super) fn key_value(line: &str) -> Option<(&str, &str)> {
    finish(separated_pair(take_till(|c| c == ' '), char(' '), rest).parse(line))
}

/// A space or a tab.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// What the first indented line makes the indent of the file: its first character, whatever it is, and the
/// blanks after it.
pub(super) fn first_indent(line: &str) -> &str {
    let first = line.chars().next().map_or(0, char::len_utf8);
    let after = line[first..].trim_start_matches(is_blank);
    &line[..line.len() - after.len()]
}

/// What is wrong with an indent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IndentProblem {
    /// Another blank than the expected one.
    Mixed,
    /// Too little.
    TooLow,
    /// Too much.
    TooDeep,
}

/// The bytes of indent of `line`: that of the file or, in 5.1, twice as much.
pub(super) fn check_indent(line: &str, indent: &str, compat: Compat) -> Result<usize, IndentProblem> {
    let Some(after) = line.strip_prefix(indent) else {
        let common = line.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count();
        return Err(match line.as_bytes().get(common) {
            Some(b' ' | b'\t') => IndentProblem::Mixed,
            _ => IndentProblem::TooLow,
        });
    };
    let extra = after.len() - after.trim_start_matches(is_blank).len();
    match extra {
        0 => Ok(indent.len()),
        _ if extra == indent.len() && compat != Compat::V1_8 => Ok(2 * indent.len()),
        _ => Err(IndentProblem::TooDeep),
    }
}

/// An indent in words.
pub(super) fn describe(indent: &str) -> String {
    let count = indent.len();
    let plural = if count == 1 { "" } else { "s" };
    if indent.bytes().all(|byte| byte == b' ') {
        format!("{count} space{plural}")
    } else if indent.bytes().all(|byte| byte == b'\t') {
        format!("{count} tab{plural}")
    } else {
        format!("{indent:?}")
    }
}

fn finish<O>(result: IResult<&str, O>) -> Option<O> {
    result.ok().map(|(_, found)| found)
}
