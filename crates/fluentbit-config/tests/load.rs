//! Files, includes, variables and sections.

use std::collections::BTreeMap;

use fluentbit_config::{Compat, Config, Environment, MemoryFiles, load};
use source_text::Diagnostic;

struct Host(BTreeMap<String, String>);

impl Environment for Host {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    fn hostname(&self) -> Option<String> {
        Some("node-1".to_owned())
    }
}

fn read<const N: usize>(compat: Compat, files: [(&str, &str); N]) -> (Config, Vec<Diagnostic>) {
    let environment =
        [("ZONE", "east"), ("EMPTY", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let entry = files[0].0.to_owned();
    load(&entry, &MemoryFiles::from(files), &Host(environment.into()), compat)
}

/// Each problem as `file:line code`, errors with `!` before them.
fn problems(config: &Config, problems: &[Diagnostic]) -> Vec<String> {
    problems
        .iter()
        .map(|problem| {
            let mark = if problem.is_error() { "!" } else { "" };
            match problem.span().and_then(|span| config.sources.locate(span)) {
                Some((name, start, _)) => format!("{mark}{name}:{} {}", start.line, problem.code()),
                None => format!("{mark}{}", problem.code()),
            }
        })
        .collect()
}

#[track_caller]
fn check_in<const N: usize>(compat: Compat, files: [(&str, &str); N], expected: &[&str]) -> Config {
    let (config, found) = read(compat, files);
    assert_eq!(problems(&config, &found), expected, "{compat}");
    config
}

#[track_caller]
fn check<const N: usize>(files: [(&str, &str); N], expected: &[&str]) {
    check_in(Compat::V5_1, files, expected);
    check_in(Compat::V1_8, files, expected);
}

/// The names of the filters, which show what was read in which order.
fn filters(config: &Config) -> Vec<&str> {
    config.filters.iter().filter_map(|filter| filter.str("alias")).collect()
}

fn filter(alias: &str) -> String {
    format!("[FILTER]\n    Name grep\n    Match *\n    Alias {alias}\n")
}

#[test]
fn includes_are_read_where_they_stand() {
    let main = format!("{}@INCLUDE sub/b.conf\n{}", filter("a"), filter("d"));
    let files = [
        ("etc/main.conf", main.as_str()),
        ("etc/sub/b.conf", &format!("{}@INCLUDE sub/c.conf\n", filter("b"))),
        ("etc/sub/c.conf", &filter("c")),
    ];
    for compat in [Compat::V5_1, Compat::V1_8] {
        let config = check_in(compat, files, &[]);
        assert_eq!(filters(&config), ["a", "b", "c", "d"]);
        assert_eq!(config.documents.len(), 3);
    }
}

#[test]
fn includes_that_fail() {
    check([("etc/main.conf", "@INCLUDE none.conf\n")], &["!etc/main.conf:1 missing-include"]);
    check(
        [("etc/main.conf", "@INCLUDE a.conf \n"), ("etc/a.conf", "")],
        &["!etc/main.conf:1 missing-include"],
    );
    check([("etc/main.conf", "@INCLUDE n/*.conf\n")], &["!etc/main.conf:1 missing-include"]);
    check(
        [("etc/main.conf", "@INCLUDE a.conf\n@INCLUDE a.conf\n"), ("etc/a.conf", "")],
        &["!etc/main.conf:2 repeated-include"],
    );
    check([("main.conf", "@INCLUDE main.conf\n")], &["!main.conf:1 include-cycle"]);
    check(
        [
            ("main.conf", "@INCLUDE sub/one.conf\n"),
            ("sub/one.conf", "@INCLUDE two.conf\n"),
            ("sub/two.conf", ""),
        ],
        &["!sub/one.conf:1 missing-include"],
    );
}

#[test]
fn recursion_is_bounded() {
    let files: Vec<_> =
        (0..200).map(|i| (format!("{i}.conf"), format!("@INCLUDE {}.conf\n", i + 1))).collect();
    let mut memory = MemoryFiles::new();
    for (path, text) in &files {
        memory.insert(path, text.as_str());
    }
    let (config, found) = load("0.conf", &memory, &(), Compat::V5_1);
    assert_eq!(problems(&config, &found), ["!99.conf:1 nested-includes"]);
}

#[test]
fn globs() {
    let files =
        [("etc/main.conf", "@INCLUDE f/*.conf\n"), ("etc/f/a.conf", &filter("a")), ("etc/f/b.txt", "x")];
    assert_eq!(filters(&check_in(Compat::V5_1, files, &[])), ["a"]);
}

#[test]
fn keys_included_into_a_section() {
    let files = [
        ("main.conf", "[SERVICE]\n    Grace 1\n@INCLUDE k.conf\n    Flush 2\n"),
        ("k.conf", "  Log_Level warn\n"),
    ];
    check_in(Compat::V5_1, files, &["!k.conf:1 key-outside-section"]);
    let config = check_in(Compat::V1_8, files, &[]);
    assert_eq!(config.service.str("log_level"), Some("warn"));
    check_in(Compat::V1_8, [("main.conf", "    Grace 1\n")], &["main.conf:1 key-outside-section"]);
}

#[test]
fn unreadable_files() {
    let (config, found) = load("none.conf", &MemoryFiles::new(), &(), Compat::V5_1);
    assert_eq!(problems(&config, &found), ["!unreadable-file"]);
    let mut files = MemoryFiles::new();
    files.insert("main.conf", b"[SERVICE]\n    Log_File a\xff\n".as_slice());
    let (config, found) = load("main.conf", &files, &(), Compat::V5_1);
    assert_eq!(problems(&config, &found), ["main.conf:2 invalid-utf8"]);
}

/// The value of `log_file` in a service that has only this key.
#[track_caller]
fn check_value(compat: Compat, before: &str, value: &str, expected: &str, found: &[&str]) {
    let text = format!("{before}[SERVICE]\n    Log_File {value}\n");
    let config = check_in(compat, [("m", text.as_str()), ("secret", "from file\n"), ("none", "")], found);
    let property = config.service.get("LOG_FILE").expect("set");
    assert_eq!((property.value.as_str(), property.raw.as_str()), (expected, value));
}

#[test]
fn variables() {
    use Compat::{V1_8, V5_1};
    for compat in [V5_1, V1_8] {
        check_value(compat, "", "a.${ZONE}.b", "a.east.b", &[]);
        check_value(compat, "", "${HOSTNAME}", "node-1", &[]);
        check_value(compat, "@SET ZONE=west\n", "${ZONE}", "west", &[]);
        check_value(compat, "@set A=b=c\n@SET A=d=e\n", "${A}", "d=e", &[]);
        check_value(compat, "@SET A =b\n", "${A}", "", &["m:3 undefined-variable"]);
        check_value(compat, "@SET A\n", "x", "x", &["m:1 invalid-set"]);
        check_value(compat, "@SOT A=b\n", "x", "x", &["m:1 unknown-command"]);
        check_value(compat, "", "x${EMPTY}", "x", &["m:2 undefined-variable"]);
        check_value(compat, "", "b{2}${ZONE}", "b{2}${ZONE}", &["m:2 brace-before-variable"]);
    }
    check_value(V5_1, "", "${NONE:-x}", "x", &[]);
    check_value(V1_8, "", "${ZONE:-x}", "", &["m:2 undefined-variable"]);
    check_value(V5_1, "@SET A=file://secret\n", "${A}", "from file", &[]);
    check_value(V1_8, "@SET A=file://secret\n", "${A}", "file://secret", &[]);
    check_value(V5_1, "@SET A=file://gone\n", "x", "x", &["m:1 unreadable-variable-file"]);
    check_value(V5_1, "@SET A=file://none\n", "x", "x", &["m:1 unreadable-variable-file"]);
}

#[test]
fn commands_run_before_sections() {
    let config = check_in(Compat::V5_1, [("m", "[SERVICE]\n    Log_File ${A}\n@SET A=late\n")], &[]);
    assert_eq!(config.service.str("log_file"), Some("late"));
}

#[test]
fn section_names() {
    check_in(Compat::V5_1, [("m", "[OUTPTU]\n    Name x\n")], &["m:1 unknown-section"]);
    check_in(Compat::V1_8, [("m", "[OUTPTU]\n    Name x\n")], &["!m:1 unknown-section"]);
    let config = check_in(Compat::V5_1, [("m", "[IN]\n    Name dummy\n")], &["m:1 abbreviated-section"]);
    assert_eq!(config.inputs.len(), 1);
    check_in(Compat::V1_8, [("m", "[IN]\n    Name dummy\n")], &["!m:1 unknown-section"]);
    check_in(Compat::V5_1, [("m", "[inputs]\n    Name dummy\n")], &[]);
    check([("m", "[PARSER]\n    Name a\n    Format json\n")], &["!m:1 parser-in-main-file"]);
    // A shortened name slips past that.
    let config = check_in(
        Compat::V5_1,
        [("m", "[PARS]\n    Name a\n    Format json\n")],
        &["m:1 abbreviated-section"],
    );
    assert_eq!(config.parsers[0].name(), "a");
}

#[test]
fn several_services() {
    let text = "[SERVICE]\n    Flush 1\n[SERVICE]\n    Grace 7\n";
    let config = check_in(Compat::V5_1, [("m", text)], &[]);
    assert_eq!(config.service.int("grace", 5), 7);
    let config = check_in(Compat::V1_8, [("m", text)], &["m:3 duplicate-service"]);
    assert_eq!(config.service.int("grace", 5), 5);
    let config =
        check_in(Compat::V5_1, [("m", "[SERVICE]\n    Flush 1\n    Flush 2\n")], &["m:3 repeated-property"]);
    assert_eq!(config.service.str("flush"), Some("2"));
}

const J: &str = "[PARSER]\n    Name j\n    Format json\n";

#[test]
fn parser_files() {
    let service = "[SERVICE]\n    Parsers_File p.conf\n    Parsers_File q.conf\n";
    let config = check_in(
        Compat::V5_1,
        [
            ("etc/m.conf", service),
            ("etc/p.conf", J),
            ("etc/q.conf", "[PARSER]\n    Name k\n    Format ltsv\n[NOTE]\n    a b\n"),
        ],
        &["etc/q.conf:4 unknown-section"],
    );
    assert_eq!(config.parsers.iter().map(|parser| parser.name()).collect::<Vec<_>>(), ["j", "k"]);
    let missing = [("m", "[SERVICE]\n    Parsers_File gone\n")];
    check_in(Compat::V5_1, missing, &["!m:2 missing-parsers-file"]);
    check_in(Compat::V1_8, missing, &["m:2 missing-parsers-file"]);
    let twice = [("m", "[SERVICE]\n    Parsers_File p\n    Parsers_File ./p\n"), ("p", J)];
    check_in(Compat::V5_1, twice, &["!m:3 repeated-parsers-file"]);
    check_in(Compat::V1_8, twice, &["m:3 repeated-parsers-file"]);
}

/// Problems of one parser file, and the parsers that are left under 1.8.
#[track_caller]
fn check_parsers(text: &str, expected_5_1: &[&str], expected_1_8: &[&str], left: &[&str]) {
    let files = [("m", "[SERVICE]\n    Parsers_File p\n"), ("p", text)];
    check_in(Compat::V5_1, files, expected_5_1);
    let config = check_in(Compat::V1_8, files, expected_1_8);
    let names = config.parsers.iter().chain(&config.multiline_parsers).map(|parser| parser.name());
    assert_eq!(names.collect::<Vec<_>>(), left);
}

#[test]
fn parsers() {
    check_parsers(J, &[], &[], &["j"]);
    check_parsers(&format!("{J}{J}"), &["!p:5 duplicate-parser"], &["p:5 duplicate-parser"], &["j"]);
    check_parsers(
        &format!("[PARSER]\n    Format json\n{J}"),
        &["!p:1 missing-parser-property"],
        &["p:1 missing-parser-property"],
        &[],
    );
    check_parsers(
        "[PARSER]\n    Name a\n",
        &["!p:1 missing-parser-property"],
        &["p:1 missing-parser-property"],
        &[],
    );
    check_parsers(
        "[PARSER]\n    Name a\n    Format regex\n",
        &["!p:1 missing-parser-property"],
        &["p:1 missing-parser-property"],
        &[],
    );
    let format = ["!p:3 invalid-parser-format"];
    check_parsers("[PARSER]\n    Name a\n    Format xml\n", &format, &format, &[]);
    let parser = |lines: &str| format!("[PARSER]\n    Name a\n    Format json\n{lines}");
    check_parsers(
        &parser("    Time_Offset 0900\n"),
        &["!p:4 invalid-time-offset"],
        &["p:4 invalid-time-offset"],
        &[],
    );
    let both = |lines: &str, problems: &[&str]| check_parsers(&parser(lines), problems, problems, &["a"]);
    both("    Time_Key t\n", &["p:4 time-key-without-format"]);
    both("    Types a:integer b:decimal\n", &["p:4 types-ignored", "p:4 invalid-types"]);
    both("    Time_Keep 1\n", &["p:4 invalid-boolean"]);
    both("    Decode_Field_As rot13 log\n", &["p:4 unknown-decoder"]);
    both("    Decode_Field_As json log sometimes\n", &["p:4 unknown-decoder"]);
    both("    Decode_Field_As json log\n    Decode_Field_As json x try_next\n", &[]);
    both("    Time_Fromat x\n", &["p:4 unknown-property"]);
    both("    Time_Format a\n    Time_Format b\n", &["p:5 repeated-property"]);
    check_parsers(&parser("    Time_Zone UTC\n    Time_Format a\n"), &[], &["p:4 unknown-property"], &["a"]);
}

#[test]
fn multiline_parsers() {
    let parser = |rules: &str| format!("[MULTILINE_PARSER]\n    Name m\n    Type regex\n{rules}");
    let good = "    Rule \"start_state\" \"/^a/\" \"cont\"\n    Rule \"cont\" \"/^ /\" \"cont\"\n";
    check_parsers(&parser(good), &[], &[], &["m"]);
    let bad = |rules: &str| check_parsers(&parser(rules), &["!p:4 invalid-rule"], &["p:4 invalid-rule"], &[]);
    bad("    Rule \"cont\" \"/x/\" \"cont\"\n");
    bad("    Rule \"start_state\" \"/x/\" \"none\"\n");
    bad("    Rule \"start_state\" \"/x/\"\n");
    let kind = ["!p:3 invalid-multiline-type"];
    check_parsers("[MULTILINE_PARSER]\n    Name m\n    Type fuzzy\n", &kind, &kind, &[]);
    check_parsers(
        "[MULTILINE_PARSER]\n    Type endswith\n",
        &["!p:1 missing-parser-property"],
        &["p:1 missing-parser-property"],
        &[],
    );
}
