//! A page about one code, made from its entry in the table.

use std::fmt::Write;

use source_text::{Lint, Severity};

/// The page, in Markdown.
#[must_use]
pub fn page(lint: &Lint) -> String {
    let mut page = format!("# {}\n\n{}. ({})\n", lint.code, lint.title, word(lint.severity));
    if !lint.why.is_empty() {
        let _ = write!(page, "\n{}\n", lint.why);
    }
    if let Some((bad, good)) = lint.example {
        let _ = write!(page, "\nWrong:\n\n{}\nRight:\n\n{}", block(bad), block(good));
    }
    if lint.severity != Severity::Error {
        let _ = write!(
            page,
            "\nTo silence it: `# weirgate: allow {}` in a comment on the line above, or at the top of the file.\n",
            lint.code
        );
    }
    page
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn block(text: &str) -> String {
    format!("```text\n{}\n```\n", text.trim_end_matches('\n'))
}
