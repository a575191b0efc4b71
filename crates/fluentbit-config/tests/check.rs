//! Plugins, options and values.

use fluentbit_config::{Compat, Config, MemoryFiles, is_found_by_dry_run, load};
use source_text::Diagnostic;

const PARSERS: &str =
    "[PARSER]\n    Name j\n    Format json\n[PARSER]\n    Name r\n    Format regex\n    Regex (?<a>.)\n";

fn read(compat: Compat, text: &str) -> (Config, Vec<Diagnostic>) {
    let files = MemoryFiles::from([("m", text), ("p", PARSERS)]);
    load("m", &files, &(), compat)
}

/// Checks codes and the text they point at; errors begin with `!`.
#[track_caller]
fn check_in(compat: Compat, text: &str, expected: &[&str]) -> Config {
    let (config, problems) = read(compat, text);
    let found: Vec<String> = problems
        .iter()
        .map(|problem| {
            let mark = if problem.is_error() { "!" } else { "" };
            format!(
                "{mark}{} {}",
                problem.code(),
                problem.span().map_or("", |span| config.sources.text(span))
            )
        })
        .collect();
    assert_eq!(found, expected, "{compat}: {text}");
    config
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    check_in(Compat::V5_1, text, expected);
    check_in(Compat::V1_8, text, expected);
}

/// A configuration with a tail input and these lines in it.
fn tail(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("[SERVICE]\n    Parsers_File p\n[INPUT]\n    Name tail\n    Path /a\n    Tag app\n{lines}")
}

fn filter(name: &str, lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("{}[FILTER]\n    Name {name}\n    Match *\n{lines}", tail(""))
}

fn output(name: &str, lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("{}[OUTPUT]\n    Name {name}\n    Match *\n{lines}", tail(""))
}

#[test]
fn fine_configurations() {
    check(&tail("Parser j\nDB /b\nMem_Buf_Limit 5MB\nAlias x\nRead_from_Head yes"), &[]);
    check(&filter("grep", "Exclude a b\nExclude c d\nRegex e f"), &[]);
    check(&filter("kubernetes", "Merge_Log On\nRegex_Parser r\nKube_URL http://127.0.0.1:8080"), &[]);
    check(&output("es", "Host a\nPort 9200\nRetry_Limit no_limits\nnet.keepalive off\ntls On"), &[]);
    check(&output("StdOut", "Format json_lines\njson_date_key false"), &[]);
    check(&output("null", ""), &[]);
}

#[test]
fn plugin_names() {
    check("[INPUT]\n    Name tial\n", &["!unknown-plugin tial"]);
    check("[INPUT]\n    Path a\n", &["!missing-name INPUT"]);
    check_in(Compat::V5_1, &output("stdoutt", ""), &["!unknown-plugin stdoutt"]);
    check_in(Compat::V5_1, &output("elasticsearch", ""), &[]);
    check_in(Compat::V1_8, &output("elasticsearch", ""), &["unknown-plugin elasticsearch"]);
    check(&output("http", "Colour red"), &["unsupported-plugin http"]);
    check_in(Compat::V1_8, &output("opensearch", ""), &["unknown-plugin opensearch"]);
    check("[INPUT]\n    Name tail://a\n    Path b\n", &[]);
    let (_, problems) = read(Compat::V5_1, "[INPUT]\n    Name stdout\n");
    assert_eq!(problems[0].help_text(), Some("`stdout` is a filter"));
}

#[test]
fn release_1_8_stops_at_a_plugin_it_does_not_know() {
    let text = "[INPUT]\n    Name dummy\n    Tag a\n[FILTER]\n    Name grep\n    Match *\n[OUTPUT]\n    Name stdout\n    Match *\n[OUTPUT]\n    Name nope\n[OUTPUT]\n    Name null\n    Match *\n";
    let config = check_in(Compat::V1_8, text, &["unknown-plugin nope"]);
    assert_eq!((config.inputs.len(), config.outputs.len(), config.filters.len()), (1, 1, 0));
    // Without an input that took a property it does not start.
    check_in(Compat::V1_8, "[OUTPUT]\n    Name nope\n", &["!unknown-plugin nope"]);
}

#[test]
fn option_names() {
    check(&tail("Colour red"), &["!unknown-property Colour"]);
    check(&tail("Tag: x"), &["!unknown-property Tag:"]);
    check(&output("stdout", "Colour red"), &["!unknown-property Colour"]);
    check_in(Compat::V1_8, &tail("Truncate_Long_Lines On"), &["!unknown-property Truncate_Long_Lines"]);
    // What 1.8 leaves to the filter itself.
    check(&filter("grep", "Colour red"), &["!unknown-property Colour"]);
    check_in(Compat::V5_1, &filter("record_modifier", "Colour red"), &["!unknown-property Colour"]);
    check_in(Compat::V1_8, &filter("record_modifier", "Colour red"), &["unknown-property Colour"]);
    check("[SERVICE]\n    Colour red\n", &["unknown-property Colour"]);
}

#[test]
fn repeated_options() {
    check(&tail("Parser_1 a\nParser_2 b\nmultiline.parser cri\nmultiline.parser docker"), &[]);
    check(&tail("Path /b"), &["!repeated-property Path"]);
    check(&tail("Tag b"), &["repeated-property Tag"]);
    // 1.8 compares with case.
    check_in(Compat::V5_1, &tail("PATH /b"), &["!repeated-property PATH"]);
    check_in(Compat::V1_8, &tail("PATH /b"), &[]);
}

#[test]
fn empty_options() {
    let undefined = "undefined-variable ${X}";
    check(&tail("Alias ${X}"), &["!empty-property Alias ${X}", undefined]);
    check(&tail("Parser ${X}"), &[undefined]);
    check(&output("es", "Host ${X}"), &[undefined]);
    check(&filter("kubernetes", "Merge_Log ${X}"), &[undefined, "!invalid-boolean ${X}"]);
}

#[test]
fn booleans() {
    check(&tail("Read_from_Head 1"), &["!invalid-boolean 1"]);
    check(&tail("Read_from_Head On # c"), &["!invalid-boolean On # c", "inline-comment # c"]);
    check(&filter("kubernetes", "Merge_Log maybe"), &["!invalid-boolean maybe"]);
    check_in(
        Compat::V5_1,
        &filter("parser", "Key_Name a\nParser j\nReserve_Data 1"),
        &["!invalid-boolean 1"],
    );
    check_in(Compat::V1_8, &filter("parser", "Key_Name a\nParser j\nReserve_Data 1"), &["invalid-boolean 1"]);
    check("[SERVICE]\n    Daemon 1\n", &["invalid-boolean 1"]);
    check(&output("es", "tls 1"), &["invalid-boolean 1"]);
    check_in(Compat::V5_1, &tail("Threaded 1"), &["!invalid-common-value 1"]);
}

#[test]
fn numbers() {
    check(&tail("Mem_Buf_Limit big"), &["!invalid-common-value big"]);
    check(&tail("Mem_Buf_Limit 5MB # c"), &["!invalid-common-value 5MB # c", "inline-comment # c"]);
    check(&tail("Buffer_Max_Size big"), &["invalid-size big"]);
    check(&tail("Buffer_Chunk_Size big"), &["invalid-size big", "!buffer-size-order big"]);
    check(&tail("Buffer_Max_Size 1k"), &["!buffer-size-order 1k"]);
    check(&tail("Docker_Mode_Flush x"), &["invalid-number x"]);
    check(&tail("Ignore_Older 1w"), &["invalid-time 1w"]);
    check(&tail("Refresh_Interval 0"), &["!invalid-interval 0"]);
    check(&tail("Refresh_Interval soon"), &["!invalid-interval soon"]);
    check(&tail("Refresh_Interval 0.5"), &["short-interval 0.5"]);
    check(&tail("Rotate_Wait 0"), &["!invalid-interval 0"]);
    check(&output("stdout", "Retry_Limit never"), &["invalid-retry-limit never"]);
    check_in(Compat::V5_1, &output("stdout", "storage.total_limit_size big"), &["!invalid-common-value big"]);
    check_in(Compat::V1_8, &output("stdout", "storage.total_limit_size big"), &["invalid-common-value big"]);
    check("[SERVICE]\n    Flush abc\n", &["!invalid-flush abc"]);
    check("[SERVICE]\n    Flush 0\n", &["!invalid-flush 0"]);
    check("[SERVICE]\n    Flush 1s\n", &["invalid-number 1s"]);
}

#[test]
fn words() {
    check_in(Compat::V5_1, "[SERVICE]\n    Log_Level loud\n", &["!invalid-log-level loud"]);
    check_in(Compat::V1_8, "[SERVICE]\n    Log_Level loud\n", &["invalid-log-level loud"]);
    check("[SERVICE]\n    Log_Level ERROR\n", &[]);
    check(&tail("Log_Level loud"), &["!invalid-common-value loud"]);
    check_in(Compat::V5_1, &output("stdout", "Log_Level loud"), &["!invalid-common-value loud"]);
    check_in(Compat::V1_8, &output("stdout", "Log_Level loud"), &["invalid-common-value loud"]);
    check_in(Compat::V5_1, &tail("storage.type memrb"), &[]);
    check_in(Compat::V1_8, &tail("storage.type memrb"), &["!invalid-common-value memrb"]);
    check(&tail("DB.journal_mode tree"), &["!invalid-value tree"]);
    check(&tail("DB.sync now"), &["invalid-value now"]);
    check(&output("stdout", "Format xml"), &["invalid-value xml"]);
    check_in(Compat::V5_1, &output("es", "Write_Operation delete"), &["!invalid-value delete"]);
    check_in(Compat::V5_1, &output("es", "Write_Operation update"), &["!missing-property update"]);
    check_in(Compat::V5_1, &output("es", "Write_Operation update\nGenerate_ID On"), &[]);
    check(&output("es", "Generate_ID sure"), &["!invalid-boolean sure"]);
    check_in(Compat::V5_1, &output("es", "Write_Operation upsert\nGenerate_ID Offset"), &[]);
    check(&filter("nest", "Operation fold"), &["!invalid-value fold"]);
    check_in(Compat::V5_1, &output("stdout", "tls On"), &["!invalid-common-value On"]);
}

#[test]
fn parsers_that_are_named() {
    check(&tail("Parser nope"), &["unknown-parser nope"]);
    check(&tail("multiline.parser docker, nope"), &["!unknown-parser nope"]);
    check_in(Compat::V5_1, &tail("multiline.parser ruby"), &[]);
    check_in(Compat::V1_8, &tail("multiline.parser ruby"), &["!unknown-parser ruby"]);
    check(&filter("kubernetes", "Regex_Parser nope"), &["!unknown-parser nope"]);
    check_in(Compat::V5_1, &filter("kubernetes", "Regex_Parser j"), &["!wrong-parser-format j"]);
    check_in(Compat::V1_8, &filter("kubernetes", "Regex_Parser j"), &["wrong-parser-format j"]);
    check(&filter("kubernetes", "Merge_Log On\nMerge_Parser nope"), &["unknown-parser nope"]);
    check(&filter("parser", "Key_Name a\nParser nope"), &["!unknown-parser nope"]);
    check(&filter("parser", "Key_Name a\nParser nope\nParser j"), &["unknown-parser nope"]);
}

#[test]
fn options_that_belong_together() {
    check("[INPUT]\n    Name tail\n", &["!missing-property tail"]);
    check(&tail("Multiline On"), &["!missing-property tail"]);
    check(&tail("Multiline On\nParser_Firstline r"), &[]);
    check(&tail("Multiline On\nParser_Firstline r\nDocker_Mode On"), &["!exclusive-properties Docker_Mode"]);
    check(&filter("parser", "Parser j"), &["!missing-property parser"]);
    check(&filter("kubernetes", "Kube_URL kubernetes:443"), &["!invalid-url kubernetes:443"]);
    check(
        &filter("record_modifier", "Allowlist_key a\nRemove_key b"),
        &["!exclusive-properties Allowlist_key"],
    );
    check_in(Compat::V5_1, &filter("record_modifier", "Record a"), &["!too-few-words a"]);
    check_in(Compat::V1_8, &filter("record_modifier", "Record a"), &["too-few-words a"]);
    check_in(Compat::V5_1, &filter("record_modifier", "Record a b c"), &["too-many-words a b c"]);
    check_in(
        Compat::V5_1,
        &filter("grep", "Logical_Op and\nRegex a b\nExclude c d"),
        &["!exclusive-properties Exclude"],
    );
}

#[test]
fn filters_need_a_match() {
    let text = format!("{}[FILTER]\n    Name grep\n", tail(""));
    check_in(Compat::V5_1, &text, &["!filter-without-match FILTER"]);
    let config = check_in(Compat::V1_8, &text, &["filter-without-match FILTER"]);
    assert!(config.filters.is_empty());
}

#[test]
fn what_is_never_meant() {
    check(&tail("Parser j\nmultiline.parser cri"), &["parser-ignored Parser"]);
    check(&filter("grep", "Regex a b\nExclude c d"), &["dead-grep-rule Exclude"]);
    check(
        r"[INPUT]
    Name tail
    Path a
    Tag k.*
    Tag_Regex (?<a>b\\.c)
",
        &["star-with-tag-regex k.*", r"double-backslash \\."],
    );
    let two = "[INPUT]\n    Name tail\n    Path a\n    DB x\n[INPUT]\n    Name tail\n    Path b\n    DB x\n";
    check(two, &["shared-database x"]);
}

#[test]
fn routes() {
    let routes = |tag: &str, pattern: &str| {
        format!(
            "[INPUT]\n    Name tail\n    Path a\n    Tag {tag}\n[OUTPUT]\n    Name null\n    Match {pattern}\n"
        )
    };
    check(&routes("kube.*", "kube.*"), &[]);
    check(&routes("kube.*", "*.log"), &[]);
    check(&routes("kube.<a>", "kube.b"), &[]);
    check(&routes("kube.*", "host.*"), &["unrouted-input kube.*", "no-such-tag host.*"]);
    check(&routes("app", "app,kube.*"), &["unrouted-input app", "match-with-comma app,kube.*"]);
    let output = "[OUTPUT]\n    Name null\n";
    check(&format!("{}{output}", tail("")), &[]);
    check(
        &format!("{}{output}{output}", tail("")),
        &["output-without-match OUTPUT", "output-without-match OUTPUT"],
    );
}

#[test]
fn dry_runs() {
    let finds = |compat: Compat, text: &str| {
        read(compat, text).1.iter().any(|problem| problem.is_error() && is_found_by_dry_run(problem, compat))
    };
    for compat in [Compat::V5_1, Compat::V1_8] {
        assert!(finds(compat, "[INPUT]\n    Name tial\n"));
        assert!(finds(compat, &tail("Mem_Buf_Limit big")));
        assert!(!finds(compat, &tail("Read_from_Head 1")));
        assert!(!finds(compat, &tail("multiline.parser nope")));
    }
    assert!(finds(Compat::V5_1, &tail("Colour red")));
    assert!(!finds(Compat::V1_8, &tail("Colour red")));
}

#[test]
fn messages_read_well() {
    let text = "[SERVICE]\n    Flush 1\n\n[INPUT]\n    Name tail\n    Pth /var/log/*.log\n    Path a\n  Tag x\n[OUTPTU]\n    Name stdout\n";
    let (config, problems) = read(Compat::V5_1, text);
    let shown: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} ({})", config.sources.render(problem), problem.help_text().unwrap_or("-")))
        .collect();
    assert_eq!(
        shown,
        [
            "m:6:5: error[unknown-property]: the input `tail` has no option `Pth` (did you mean `path`?)",
            "m:8:1: error[indent-too-low]: the line has less indent than the file (every key and indented comment of a file needs the same indent; expected 4 spaces)",
            "m:9:2: warning[unknown-section]: unknown section `OUTPTU` (did you mean `OUTPUT`?)",
        ]
    );
}

#[test]
fn sections_that_are_not_used() {
    let text = format!("{}[STREAM_PROCESSOR]\n    Name s\n    Exec select\n", tail(""));
    check_in(Compat::V5_1, &text, &["unsupported-section STREAM_PROCESSOR"]);
}
