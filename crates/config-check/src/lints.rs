//! The table of everything that can be reported.

use source_text::Lint;

/// What is behind each code, of all tables.
pub fn lints() -> impl Iterator<Item = &'static Lint> {
    OWN.iter()
}

const OWN: &[Lint] = &[Lint::warning("unused-allow", "A comment allows what is not reported")];
