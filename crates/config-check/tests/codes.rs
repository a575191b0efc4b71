//! What the sources of all crates say and the tables say: codes that are reported, options that are read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use config_check::lints;
use fluentbit_config::{SectionKind, schema};

/// Words with a hyphen in files that report something, which are no codes.
const NO_CODES: &[&str] = &[
    "api-metrics",
    "accept-encoding",
    "allow-utf-8",
    "content-encoding",
    "content-length",
    "content-type",
    "flb-key",
    "fluent-bit",
    "invalid-target",
    "kafka-rest",
    "kebab-case",
    "keep-alive",
    "no-match",
    "open-telemetry",
    "proxy-authenticate",
    "proxy-authorization",
    "types-refused",
    "user-agent",
    "web-7d9f8c6b5-x2lqp",
    "weirgate-data",
    "www-authenticate",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-prometheus-remote-read-version",
    "x-prometheus-remote-write-version",
    "x-prometheus-scrape-timeout-seconds",
];

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The sources of all crates, without their unit tests.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let own = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
                found.push((path, own));
            }
        }
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(crates()).unwrap() {
        let folder = entry.unwrap().path();
        let is_own = !["xtask", "conformance"].iter().any(|name| folder.ends_with(name));
        if is_own && folder.join("src").is_dir() {
            walk(&folder.join("src"), &mut found);
        }
    }
    assert!(found.len() > 200, "{}", found.len());
    found
}

/// The texts in double quotes of code, but not of comments.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split('"').skip(1).step_by(2))
}

fn is_table(text: &str) -> bool {
    text.contains(": &[Lint] = &[")
}

fn is_code(word: &str) -> bool {
    let mut parts = word.split('-');
    let fits = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    word.contains('-') && word.starts_with(|c: char| c.is_ascii_lowercase()) && parts.all(fits)
}

/// The first text in quotes of each call of `name`, if it is its first argument but for those in `before`.
fn first_arguments<'a>(text: &'a str, name: &str, before: &[&str]) -> Vec<&'a str> {
    text.split(name)
        .skip(1)
        .filter_map(|rest| {
            let mut rest = rest.trim_start();
            if !before.is_empty() {
                rest = before.iter().find_map(|word| rest.strip_prefix(word))?.trim_start();
            }
            rest.strip_prefix('"')?.split('"').next()
        })
        .collect()
}

#[test]
fn codes_have_entries() {
    let known: BTreeSet<&str> = lints().map(|lint| lint.code).collect();
    let mut wrong = BTreeMap::new();
    for (path, text) in sources() {
        if is_table(&text) {
            continue;
        }
        let severities = ["Severity::Error,", "Severity::Warning,", "Severity::Info,"];
        let mut found = first_arguments(&text, "Diagnostic::error(", &[]);
        found.extend(first_arguments(&text, "Diagnostic::warning(", &[]));
        found.extend(first_arguments(&text, "Diagnostic::new(", &severities));
        if text.contains("Diagnostic::") || text.contains("ParserError") || text.contains("problem(") {
            found.extend(literals(&text).filter(|word| is_code(word)));
        }
        for code in found {
            if !known.contains(code) && !NO_CODES.contains(&code) {
                wrong.insert(code.to_owned(), path.clone());
            }
        }
    }
    assert!(wrong.is_empty(), "give these an entry in a table, or name them in this test: {wrong:#?}");
}

#[test]
fn entries_have_code() {
    let mut used = BTreeSet::new();
    for (_, text) in sources() {
        if !is_table(&text) {
            used.extend(literals(&text).filter(|word| is_code(word)).map(str::to_owned));
        }
    }
    let dead: Vec<_> = lints().map(|lint| lint.code).filter(|code| !used.contains(*code)).collect();
    assert!(dead.is_empty(), "nothing reports these: {dead:?}");
}

/// Options that are read under a name that is put together, or by the reader of the configuration.
const READ_OTHERWISE: &[&str] = &["parser_", "parsers_file", "plugins_file", "streams_file"];

#[test]
fn options_that_are_not_ignored_are_read() {
    let mut readers = BTreeSet::new();
    for (path, text) in sources() {
        let is_reader = !path.starts_with(crates().join("fluentbit-config"));
        if is_reader && !is_table(&text) {
            readers.extend(literals(&text).map(str::to_ascii_lowercase));
        }
    }
    let kinds = [SectionKind::Input, SectionKind::Filter, SectionKind::Output];
    // Sections that are not run may have any options.
    let plugins = kinds.into_iter().flat_map(schema::described);
    let plugins = plugins.filter(|spec| spec.supported && spec.name != "dummy");
    let own = plugins.flat_map(|spec| spec.options.unwrap_or_default());
    let others = [SectionKind::Service, SectionKind::Parser, SectionKind::MultilineParser];
    let common = kinds.into_iter().chain(others).flat_map(schema::common_options);
    let unread: Vec<_> = own
        .chain(common)
        .filter(|option| !option.is_ignored && !READ_OTHERWISE.contains(&option.name))
        .filter(|option| !readers.contains(option.name))
        .map(|option| option.name)
        .collect();
    assert!(unread.is_empty(), "nothing reads these: mark them as ignored in the schema: {unread:?}");
}
