//! Whether a value is what its option reads.

use event_model::Compat;
use source_text::Diagnostic;

use super::with_suggestion;
use crate::schema::ValueKind;
use crate::section::Property;
use crate::value;

/// What a release does with a value that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Force {
    /// It does not start.
    Refuses,
    /// It goes on with another value.
    Accepts,
}

impl Force {
    pub(super) fn problem(self, code: &'static str, property: &Property, message: String) -> Diagnostic {
        match self {
            Self::Refuses => Diagnostic::error(code, property.value_span, message),
            Self::Accepts => Diagnostic::warning(code, property.value_span, message),
        }
    }
}

/// The complaint about a value that does not fit, if it does not. `booleans` says what becomes of a value
/// that is no boolean; numbers are never refused.
pub(super) fn check(
    property: &Property,
    kind: ValueKind,
    compat: Compat,
    booleans: Force,
) -> Option<Diagnostic> {
    let text = property.value.as_str();
    let key = &property.key;
    match kind {
        ValueKind::Bool if value::parse_bool(text).is_none() => Some(not_boolean(property, booleans)),
        ValueKind::BoolOr(words)
            if value::parse_bool(text).is_none()
                && !words.iter().any(|word| word.eq_ignore_ascii_case(text)) =>
        {
            Some(not_boolean(property, booleans))
        }
        ValueKind::Int if !is_whole_number(text) => Some(
            Force::Accepts
                .problem("invalid-number", property, format!("`{text}` is no whole number, as `{key}` needs"))
                .help(format!("it is read as {}", value::parse_int(text))),
        ),
        ValueKind::Double if text.parse::<f64>().is_err() => Some(
            Force::Accepts
                .problem("invalid-number", property, format!("`{text}` is no number, as `{key}` needs"))
                .help(format!("it is read as {}", value::parse_double(text))),
        ),
        ValueKind::Size => size(property, compat),
        ValueKind::Time if !is_time(text) => Some(
            Force::Accepts
                .problem("invalid-time", property, format!("`{text}` is no time span, as `{key}` needs"))
                .help(format!(
                    "it is read as {} seconds; expected a number and one of s, m, h, d",
                    value::parse_time(text)
                )),
        ),
        _ => None,
    }
}

pub(super) fn not_boolean(property: &Property, force: Force) -> Diagnostic {
    match force {
        Force::Refuses => property.not_boolean(),
        Force::Accepts => Force::Accepts
            .problem(
                "invalid-boolean",
                property,
                format!("`{}` is not a boolean, as `{}` needs", property.value, property.key),
            )
            .help("it is taken for true; expected one of true, on, yes, false, off, no"),
    }
}

fn size(property: &Property, compat: Compat) -> Option<Diagnostic> {
    let text = property.value.as_str();
    let problem = |help: String| {
        Force::Accepts
            .problem("invalid-size", property, format!("`{text}` is no size, as `{}` needs", property.key))
            .help(help)
    };
    match value::parse_size(text, compat) {
        None => Some(problem("it is taken for no limit; expected a number and one of k, M, G".to_owned())),
        Some(size) if size < 0 => Some(problem("it is taken for no limit".to_owned())),
        Some(size) if !text.starts_with(|c: char| c.is_ascii_digit() || c == '+') && size == 0 => {
            let is_word = text.eq_ignore_ascii_case("false") || text.starts_with('.');
            (!is_word).then(|| problem("it is read as 0".to_owned()))
        }
        Some(_) if compat == Compat::V1_8 && text.contains('.') => {
            Some(problem("Fluent Bit 1.8 reads only the digits before the point".to_owned()))
        }
        Some(_) => None,
    }
}

/// The complaint that a value is none of the words it may be.
pub(super) fn not_in(property: &Property, choices: &[&str], force: Force, otherwise: &str) -> Diagnostic {
    let problem = force.problem(
        "invalid-value",
        property,
        format!("`{}` is no value of `{}`", property.value, property.key),
    );
    with_suggestion(problem, &property.value, choices.iter().copied(), || {
        Some(format!("expected one of {}{otherwise}", choices.join(", ")))
    })
}

fn is_whole_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_time(text: &str) -> bool {
    let number = text.strip_suffix(['s', 'S', 'm', 'M', 'h', 'H', 'd', 'D']).unwrap_or(text);
    is_whole_number(number)
}
