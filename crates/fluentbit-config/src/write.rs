//! From a tree to text, in either form.

mod classic;
mod parts;
mod rules;
mod scalar;
mod yaml;

use source_text::{Diagnostic, Severity, Span};

pub use classic::write as write_classic;
pub use yaml::write as write_yaml;

/// Something one form can say and the other cannot.
fn lost(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Severity::Warning, "not-converted", message).at(span)
}

/// A path with the usual ending of the other form, if it has the usual ending of this one.
fn renamed(path: &str, from: &[&str], to: &str) -> Option<String> {
    from.iter().find_map(|ending| Some(format!("{}{to}", path.strip_suffix(ending)?)))
}
