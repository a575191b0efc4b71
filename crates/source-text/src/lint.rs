//! What a diagnostic's code means, for people who ask.

use crate::Severity;

/// An entry in a table of diagnostics: what stands behind a code.
///
/// Crates that report problems keep one static table of these; pages and `--explain` are made from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lint {
    /// The stable code.
    pub code: &'static str,
    /// How bad it is where nothing else is said.
    pub severity: Severity,
    /// What is wrong, in one line without a full stop.
    pub title: &'static str,
    /// Why it matters: what is lost, and in which releases. Empty for an error that says it all.
    pub why: &'static str,
    /// A file with the problem, and the same file without it. Several files are parted by lines of the form
    /// `==> NAME <==`.
    pub example: Option<(&'static str, &'static str)>,
}

impl Lint {
    /// How many entries tables have together.
    #[must_use]
    pub const fn count(tables: &[&[Self]]) -> usize {
        let (mut count, mut table) = (0, 0);
        while table < tables.len() {
            count += tables[table].len();
            table += 1;
        }
        count
    }

    /// The codes of tables, without the texts: a program that needs no more has no texts in it.
    ///
    /// ```
    /// use source_text::Lint;
    ///
    /// const TABLES: &[&[Lint]] = &[&[Lint::warning("a", "A")], &[Lint::error("b", "B")]];
    /// const CODES: [&str; Lint::count(TABLES)] = Lint::codes(TABLES);
    /// assert_eq!(CODES, ["a", "b"]);
    /// ```
    #[must_use]
    pub const fn codes<const COUNT: usize>(tables: &[&[Self]]) -> [&'static str; COUNT] {
        let mut codes = [""; COUNT];
        let (mut at, mut table) = (0, 0);
        while table < tables.len() {
            let mut entry = 0;
            while entry < tables[table].len() {
                codes[at] = tables[table][entry].code;
                at += 1;
                entry += 1;
            }
            table += 1;
        }
        codes
    }

    /// Something that is accepted, but almost surely not meant.
    #[must_use]
    pub const fn warning(code: &'static str, title: &'static str) -> Self {
        Self { code, severity: Severity::Warning, title, why: "", example: None }
    }

    /// Something worth knowing.
    #[must_use]
    pub const fn note(code: &'static str, title: &'static str) -> Self {
        Self { code, severity: Severity::Info, title, why: "", example: None }
    }

    /// Something that keeps the configuration from being used.
    #[must_use]
    pub const fn error(code: &'static str, title: &'static str) -> Self {
        Self { code, severity: Severity::Error, title, why: "", example: None }
    }

    /// Why it matters.
    #[must_use]
    pub const fn why(mut self, why: &'static str) -> Self {
        self.why = why;
        self
    }

    /// A file with the problem, and one without.
    #[must_use]
    pub const fn example(mut self, bad: &'static str, good: &'static str) -> Self {
        self.example = Some((bad, good));
        self
    }
}
