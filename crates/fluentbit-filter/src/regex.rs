//! Patterns in properties.

use event_model::Compat;
use fluentbit_parser::compile_pattern;
use onigmo_regex::Regex;
use source_text::{Diagnostic, Span};

/// Compiles `pattern`, which stands somewhere in `span`.
pub(crate) fn compile(pattern: &str, span: Span, compat: Compat) -> Result<Regex, Box<Diagnostic>> {
    compile_pattern(pattern, compat).map_err(|error| {
        let message = format!("the pattern `{pattern}` does not compile: {error}");
        Box::new(Diagnostic::error("invalid-regex", span, message))
    })
}
