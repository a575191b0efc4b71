//! A page about one code, made from its entry in the table.

use std::collections::BTreeMap;
use std::fmt::Write;

use source_text::{Lint, Severity};

use crate::lints;

/// All pages by file name, one for each code, with a `README.md` that lists the codes.
///
/// ```
/// assert!(config_check::pages()["inline-comment.md"].starts_with("# inline-comment\n"));
/// ```
#[must_use]
pub fn pages() -> BTreeMap<String, String> {
    let mut pages: BTreeMap<String, String> = BTreeMap::new();
    let mut lists = [String::new(), String::new(), String::new()];
    let mut all: Vec<_> = lints().collect();
    all.sort_by_key(|lint| lint.code);
    for lint in all {
        let list = &mut lists[match lint.severity {
            Severity::Warning => 0,
            Severity::Info => 1,
            Severity::Error => 2,
        }];
        // Writing to a string cannot fail.
        let _ = writeln!(list, "- [`{0}`]({0}.md): {1}", lint.code, lint.title);
        pages.insert(format!("{}.md", lint.code), page(lint));
    }
    let [warnings, notes, errors] = lists;
    let index = format!(
        "# What `weirgate check` finds\n\nMade from the tables in the code by `cargo run -p xtask -- docs`. \
         `weirgate check --explain CODE` prints a page.\n\n## Warnings\n\n{warnings}\n## Notes\n\nShown with \
         `--notes`.\n\n{notes}\n## Errors\n\nMessages about `prometheus.yml` are Prometheus' own.\n\n{errors}"
    );
    pages.insert("README.md".to_owned(), index);
    pages
}

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
