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
    TABLES.iter().copied().flatten()
}

/// The codes of [`lints`], without their texts.
pub fn lint_codes() -> impl Iterator<Item = &'static str> {
    CODES.into_iter()
}

const TABLES: &[&[Lint]] =
    &[files::LINTS, inputs::LINTS, filters::LINTS, outputs::LINTS, errors::LINTS, grammar::LINTS];
const CODES: [&str; Lint::count(TABLES)] = Lint::codes(TABLES);
