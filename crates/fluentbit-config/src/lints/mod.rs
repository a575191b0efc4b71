//! What is behind the codes of this crate's diagnostics.

mod errors;
mod files;
mod filters;
mod grammar;
mod inputs;
mod outputs;

use source_text::Lint;

/// The entries for all codes this crate reports.
///
/// ```
/// let lint = fluentbit_config::lints().find(|lint| lint.code == "dead-grep-rule").unwrap();
/// assert!(lint.why.contains("Fluent Bit"));
/// ```
pub fn lints() -> impl Iterator<Item = &'static Lint> {
    [files::LINTS, inputs::LINTS, filters::LINTS, outputs::LINTS, errors::LINTS, grammar::LINTS]
        .into_iter()
        .flatten()
}
