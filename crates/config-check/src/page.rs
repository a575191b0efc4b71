//! A page about one code, made from its entry in the table.

use std::collections::BTreeMap;
use std::fmt::Write;

use fluentbit_config::MemoryFiles;
use source_text::{Applicability, Fix, Lint, Severity};

use crate::{Kind, Options, check, lints};

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
    if let Some(says) = lint.example.and_then(|(bad, _)| repair(lint.code, bad)) {
        let _ = write!(page, "\n{says}\n");
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

/// What repairs the example.
fn repair(code: &str, example: &str) -> Option<&'static str> {
    let (entry, files) = example_files(example);
    let options = Options { notes: true, ..Options::default() };
    let report = check(&entry, &files, &options).ok()?;
    let of_code = report.diagnostics.iter().filter(|problem| problem.code() == code);
    Some(match of_code.filter_map(|problem| problem.repair()).map(Fix::applicability).max()? {
        Applicability::Certain => "`weirgate check --fix` repairs it.",
        _ => "`weirgate check --unsafe-fixes` repairs it in the most likely way: look at what it did.",
    })
}

/// The files of an entry's example, and the name of the one to check.
///
/// ```
/// let lint = config_check::lints().find(|lint| lint.code == "include-cycle").unwrap();
/// let (entry, _) = config_check::example_files(lint.example.unwrap().0);
/// assert_eq!(entry, "fluent-bit.conf");
/// ```
#[must_use]
pub fn example_files(example: &str) -> (String, MemoryFiles) {
    let mut files = MemoryFiles::new();
    let mut entry = None;
    let parts = example.split("==> ").skip(1).filter_map(|part| part.split_once(" <==\n"));
    for (name, text) in parts {
        files.insert(name, text);
        entry.get_or_insert_with(|| name.to_owned());
    }
    let entry = entry.unwrap_or_else(|| {
        let is_classic =
            example.starts_with(' ') || example.trim_start_matches('\u{feff}').starts_with(['[', '@']);
        let name = match Kind::detect("example", example.as_bytes()) {
            _ if is_classic => "fluent-bit.conf",
            Some(Kind::FluentBit) => "fluent-bit.yaml",
            Some(_) => "example",
            None => "prometheus.yml",
        };
        files.insert(name, example);
        name.to_owned()
    });
    (entry, files)
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
