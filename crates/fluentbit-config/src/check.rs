//! From settings to complaints: what a release refuses, and what it accepts although nobody means it.

mod edit;
mod lints;
mod parsers;
mod plugins;
mod repeats;
mod routes;
mod rules;
mod service;
mod values;

use event_model::Compat;
use source_text::{Diagnostic, Severity};

use crate::load::Config;

pub(crate) use parsers::check_file as check_parser_file;

/// Checks everything but parsers, which are checked file by file. Under 1.8, takes away what that release
/// does not come to.
pub(crate) fn check(config: &mut Config, problems: &mut Vec<Diagnostic>) {
    service::check(&config.service, problems);
    plugins::check(config, problems);
    let mut found = Vec::new();
    lints::check(config, &mut found);
    routes::check(config, &mut found);
    problems.extend(found.into_iter().filter(|problem| problem.severity() != Severity::Info));
}

/// What is worth knowing about a configuration although nothing is wrong: defaults that lose data in Fluent Bit.
///
/// ```
/// use fluentbit_config::{Compat, MemoryFiles, load, notes};
///
/// let files = MemoryFiles::from([("f.conf", "[OUTPUT]\n    Name es\n    Match *\n")]);
/// let (config, _) = load("f.conf", &files, &(), Compat::V5_1);
/// assert_eq!(notes(&config)[0].code(), "retry-limit-default");
/// ```
#[must_use]
pub fn notes(config: &Config) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    lints::check(config, &mut found);
    routes::check(config, &mut found);
    found.retain(|problem| problem.severity() == Severity::Info);
    found
}

/// Whether `fluent-bit --dry-run` of a release finds the problem too, or only a real start does.
///
/// The dry run of 5.1 reads the files, makes the plugins and compares the names of their options; that of
/// 1.8 leaves the last step out. Values are looked at when a plugin starts.
///
/// ```
/// use fluentbit_config::{Compat, MemoryFiles, is_found_by_dry_run, load};
///
/// let files = MemoryFiles::from([("f.conf", "[INPUT]\n    Name tail\n    Path a\n    Read_from_Head 1\n")]);
/// let (_, problems) = load("f.conf", &files, &(), Compat::V5_1);
/// assert!(problems[0].is_error() && !is_found_by_dry_run(&problems[0], Compat::V5_1));
/// ```
#[must_use]
pub fn is_found_by_dry_run(problem: &Diagnostic, compat: Compat) -> bool {
    const BY_NAME: [&str; 4] =
        ["unknown-property", "repeated-property", "empty-property", "filter-without-match"];
    const AT_START: [&str; 10] = [
        "invalid-boolean",
        "invalid-value",
        "too-few-words",
        "missing-property",
        "exclusive-properties",
        "unknown-parser",
        "wrong-parser-format",
        "buffer-size-order",
        "invalid-interval",
        "invalid-url",
    ];
    let code = problem.code();
    !(AT_START.contains(&code) || compat == Compat::V1_8 && BY_NAME.contains(&code))
}

/// Adds "did you mean …" where a word is close to one that is known.
fn with_suggestion<'a>(
    problem: Diagnostic,
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> Option<String>,
) -> Diagnostic {
    match source_text::suggest(word, known) {
        Some(close) => match problem.span() {
            Some(span) => problem.did_you_mean(span, word, close),
            None => problem.help(format!("did you mean `{close}`?")),
        },
        None => match otherwise() {
            Some(help) => problem.help(help),
            None => problem,
        },
    }
}
