//! Patterns in properties.

use event_model::Compat;
use onigmo_regex::{Regex, Wrapping};
use source_text::{Diagnostic, Span};

/// How slashes around a pattern are read.
pub(crate) fn wrapping(compat: Compat) -> Wrapping {
    match compat {
        Compat::V1_8 => Wrapping::SlashesOnly,
        _ => Wrapping::Flags,
    }
}

/// Compiles `pattern`, which stands somewhere in `span`.
pub(crate) fn compile(pattern: &str, span: Span, compat: Compat) -> Result<Regex, Box<Diagnostic>> {
    Regex::fluent_bit(pattern, wrapping(compat)).map_err(|error| {
        let message = format!("the pattern `{pattern}` does not compile: {error}");
        Box::new(Diagnostic::error("invalid-regex", span, message))
    })
}
