//! Lines joined to messages.

use std::sync::{Arc, LazyLock};

use event_model::{Arena, Compat, Field, Timestamp, Value};
use fluentbit_config::{MemoryFiles, load};
use fluentbit_parser::multiline::{
    DockerMode, DockerModeState, FirstLine, FirstLineState, Join, LIMIT, Message, Multiline, MultilineError,
    MultilineOptions, MultilineParser, MultilineRule, MultilineSet, MultilineState,
};
use fluentbit_parser::{Context, ParserSet, Scratch};
use proptest::prelude::*;
use source_text::Diagnostic;

const BOTH: [Compat; 2] = [Compat::V5_1, Compat::V1_8];
const NOW: Timestamp = Timestamp::new(1_795_507_200, 0);

const PARSERS: &str = r#"
[PARSER]
    Name        j
    Format      json
    Time_Key    time
    Time_Format %Y-%m-%dT%H:%M:%S.%L
    Time_Keep   On
[PARSER]
    Name   first
    Format regex
    Regex  ^(?<log>\d{4}-\d\d-\d\d .*)$
[PARSER]
    Name   second
    Format regex
    Regex  ^(?<rest>\s+at .*)$
[PARSER]
    Name   number
    Format regex
    Regex  ^#(?<number>\d+)$
    Types  number:integer
[PARSER]
    Name   docker_first
    Format regex
    Regex  "log":"(?<start>E)
[MULTILINE_PARSER]
    Name          trace
    Type          regex
    Flush_Timeout 1000
    Rule          "start_state" "/^\d{4}-\d\d-\d\d (.*)/" "cont"
    Rule          "cont"        "/^\s+at .*/"              "cont"
[MULTILINE_PARSER]
    Name          trace3
    Type          regex
    Rule          "start_state" "/^E /"     "mid"
    Rule          "mid"         "/^  \w/"   "end"
    Rule          "end"         "/^  \w/"   "end"
    Rule          "end"         "/^--$/"    "end"
[MULTILINE_PARSER]
    Name          backslash
    Type          endswith
    Match_String  \
[MULTILINE_PARSER]
    Name          semi
    Type          endswith
    Match_String  ;
    Negate        true
[MULTILINE_PARSER]
    Name          equal
    Type          equal
    Match_String  END
[MULTILINE_PARSER]
    Name          jsonlog
    Type          regex
    Parser        j
    Key_Content   log
    Rule          "start_state" "/^E /"    "cont"
    Rule          "cont"        "/^  /"    "cont"
"#;

fn read(compat: Compat, parsers: &str) -> (ParserSet, MultilineSet, Vec<Diagnostic>) {
    let files =
        MemoryFiles::from([("main.conf", "[SERVICE]\n    Parsers_File p.conf\n"), ("p.conf", parsers)]);
    let (config, mut problems) = load("main.conf", &files, &(), compat);
    let parsers = ParserSet::from_config(&config, &mut problems);
    let multiline = MultilineSet::from_config(&config, &parsers, &mut problems);
    (parsers, multiline, problems)
}

fn multiline(compat: Compat, names: &[&str]) -> Multiline {
    static SETS: LazyLock<[MultilineSet; 2]> = LazyLock::new(|| BOTH.map(|compat| read(compat, PARSERS).1));
    let set = &SETS[usize::from(compat == Compat::V1_8)];
    let parsers = names.iter().map(|name| set.get(name).unwrap_or_else(|| panic!("no parser {name}")));
    Multiline::new(parsers.collect(), compat)
}

/// `FIRST LINE[-LOWEST PENDING LINE] TEXT`, where times that are not that of the line before are put before the
/// text, and keys other than `log` after it.
fn show(message: Message<'_, '_>) -> String {
    let mut shown = message.position.to_string();
    if let Some(pending) = message.pending {
        shown += &format!("-{pending}");
    }
    if message.timestamp != NOW {
        shown += &format!(" @{}", message.timestamp.seconds);
    }
    if message.truncated {
        shown += " cut";
    }
    for Field { key, value } in message.fields {
        let Value::Str(text) = value else { panic!("{value:?}") };
        match *key {
            b"log" => shown += &format!(" {}", text.escape_ascii()),
            b"time" => {}
            key => shown += &format!(" {}={}", key.escape_ascii(), text.escape_ascii()),
        }
    }
    shown
}

/// The messages of lines, and, after `|`, those that were pending at the end.
fn join(multiline: &Multiline, lines: &[&str]) -> Vec<String> {
    let (arena, mut scratch) = (Arena::new(), Scratch::default());
    let mut cx = Context::new(&arena, &mut scratch, NOW);
    let mut state = MultilineState::new();
    let mut messages = Vec::new();
    for (position, line) in (0..).zip(lines) {
        multiline.push_line(&mut state, line.as_bytes(), position, &mut cx, &mut |m| messages.push(show(m)));
    }
    let complete = messages.len();
    multiline.flush_all(&mut state, &mut cx, &mut |message| messages.push(show(message)));
    assert_eq!(state.pending(), None);
    assert_eq!(multiline.timeout(&state), None);
    for message in &mut messages[complete..] {
        message.insert(0, '|');
    }
    messages
}

#[track_caller]
fn check(compat: Compat, names: &[&str], lines: &[&str], expected: &[&str]) {
    assert_eq!(join(&multiline(compat, names), lines), expected, "{compat}: {names:?}");
}

#[track_caller]
fn check_both(names: &[&str], lines: &[&str], expected: &[&str]) {
    for compat in BOTH {
        check(compat, names, lines, expected);
    }
}

const OUT: &str = r#"{"log":"LOG","stream":"stdout","time":"2023-07-04T10:20:30.1Z"}"#;
const ERR: &str = r#"{"log":"LOG","stream":"stderr","time":"2023-07-04T10:20:31.1Z"}"#;

fn docker(form: &str, log: &str) -> String {
    form.replace("LOG", log)
}

#[test]
fn docker_fragments() {
    let [whole, first, last] = ["whole\\n", "par", "tial\\n"].map(|log| docker(OUT, log));
    check_both(
        &["docker"],
        &[&whole, &first, &last, &whole],
        &[
            r"0 @1688466030 whole\n stream=stdout",
            r"1 @1688466030 partial\n stream=stdout",
            r"3 @1688466030 whole\n stream=stdout",
        ],
    );
    let later = docker(ERR, "tial\\n").replace("stderr", "stdout");
    check_both(&["docker"], &[&first, &later], &[r"0 @1688466030 partial\n stream=stdout"]);
    check_both(
        &["docker"],
        &[&first, "not json", &last],
        &["0-1 @1688466030 par stream=stdout", "1 not json", r"2 @1688466030 tial\n stream=stdout"],
    );
    let empty = docker(OUT, "");
    check_both(
        &["docker"],
        &[&first, &empty, ""],
        &["0-1 @1688466030 par stream=stdout", &format!("1 {empty}").replace('"', "\\\"")],
    );
    check_both(&["docker"], &[r#"{"log":"x\n"}"#, r#"{"log":5}"#], &[r"0 x\n", r#"1 {\"log\":5}"#]);
}

#[test]
fn docker_streams() {
    let lines =
        [(OUT, "o1"), (ERR, "whole\\n"), (ERR, "e1"), (OUT, "o2\\n")].map(|(form, log)| docker(form, log));
    let lines = lines.each_ref().map(String::as_str);
    check(
        Compat::V5_1,
        &["docker"],
        &lines,
        &[
            r"1-0 @1688466031 whole\n stream=stderr",
            r"0-2 @1688466030 o1o2\n stream=stdout",
            "|2 @1688466031 e1 stream=stderr",
        ],
    );
    check(
        Compat::V1_8,
        &["docker"],
        &lines,
        &[
            "0-1 @1688466030 o1 stream=stdout",
            r"1 @1688466031 whole\n stream=stderr",
            "2-3 @1688466031 e1 stream=stderr",
            r"3 @1688466030 o2\n stream=stdout",
        ],
    );
}

#[test]
fn cri() {
    const T: &str = "2023-07-04T10:20:30.123456789Z";
    let lines = ["stdout P a", "stdout P b", "stdout F c", "stdout F d", "stdout P:x e"]
        .map(|rest| format!("{T} {rest}"));
    let last = format!("4 {}", lines[4]);
    check_both(
        &["cri"],
        &lines.each_ref().map(String::as_str),
        &["0 @1688466030 stream=stdout _p=P abc", "3 @1688466030 stream=stdout _p=F d", &last],
    );
    let empty = format!("{T} stdout F ");
    check(Compat::V5_1, &["cri"], &[&empty], &["0 @1688466030 stream=stdout _p=F "]);
    check(Compat::V1_8, &["cri"], &[&empty], &[&format!("0 {empty}")]);
}

#[test]
fn several_parsers() {
    let json = docker(OUT, "one\\n");
    let cri = "2023-07-04T10:20:30.5Z stdout F two";
    for names in [["docker", "cri"], ["cri", "docker"]] {
        check_both(
            &names,
            &[cri, &json, "raw", cri],
            &[
                "0 @1688466030 stream=stdout _p=F two",
                r"1 @1688466030 one\n stream=stdout",
                "2 raw",
                "3 @1688466030 stream=stdout _p=F two",
            ],
        );
    }
    // The parser that took the last line comes first, and loses its message in 1.8 where it does not fit.
    let part = docker(OUT, "par");
    let docker_cri_docker = [&part, cri, &docker(OUT, "tial\\n")];
    check(
        Compat::V5_1,
        &["docker", "cri"],
        &docker_cri_docker,
        &["1-0 @1688466030 stream=stdout _p=F two", r"0 @1688466030 partial\n stream=stdout"],
    );
    check(
        Compat::V1_8,
        &["docker", "cri"],
        &docker_cri_docker,
        &[
            "0-1 @1688466030 par stream=stdout",
            "1 @1688466030 stream=stdout _p=F two",
            r"2 @1688466030 tial\n stream=stdout",
        ],
    );
}

#[test]
fn states() {
    check_both(
        &["trace"],
        &["2023-07-04 first", "   at a()", "   at b()", "2023-07-05 second", "stray", "2023-07-06 third"],
        &[
            r"0-3 2023-07-04 first\n   at a()\n   at b()\n",
            r"3-4 2023-07-05 second\n",
            r"4 stray\n",
            r"|5 2023-07-06 third\n",
        ],
    );
    check_both(
        &["trace"],
        &["   at x()", "2023-07-04 first", "stray", "   at y()"],
        &[r"0    at x()\n", r"1-2 2023-07-04 first\n", r"2 stray\n", r"|3    at y()\n"],
    );
    check_both(
        &["trace3"],
        &["E one", "  a", "  b", "--", "E two", "--", "E three", "  c", "x"],
        &[r"0-4 E one\n  a\n  b\n--\n", r"4-5 E two\n", r"5 --\n", r"6-8 E three\n  c\n", r"8 x\n"],
    );
}

#[test]
fn states_of_fields() {
    let lines = ["E one", "  more", "E two", "x"].map(|log| docker(OUT, log));
    check_both(
        &["jsonlog"],
        &lines.each_ref().map(String::as_str),
        &[
            r"0-2 @1688466030 E one\n  more stream=stdout",
            "2-3 @1688466030 E two stream=stdout",
            &format!("3 {}", lines[3].replace('"', "\\\"")),
        ],
    );
}

#[test]
fn comparisons() {
    check_both(&["backslash"], &["a \\", "b \\", "c", "", "d"], &[r"0 a \\\n", r"1 b \\\n", r"|2 c\nd\n"]);
    check_both(&["semi"], &["a", "b;", "c", "d;"], &[r"0 a\n", r"1 b;\nc\n", r"|3 d;\n"]);
    check_both(&["equal"], &["a", "b", "END", "c", "END"], &[r"0 a\nb\nEND\n", r"3 c\nEND\n"]);
}

#[test]
fn built_in_stack_traces() {
    for (name, trace) in [
        (
            "java",
            &[
                "Exception in thread main java.lang.IllegalStateException: broken",
                "\tat com.app.Main.run(Main.java:10)",
                "Caused by: java.io.IOException: disk",
                "\tat com.app.Disk.read(Disk.java:5)",
                "\t... 3 more",
            ][..],
        ),
        (
            "python",
            &["Traceback (most recent call last):", "  File \"a.py\", line 1, in <module>", "    f()"],
        ),
        ("ruby", &["app.rb:3:in `div': divided by 0", "\tfrom app.rb:9:in `main'"]),
        (
            "go",
            &[
                "panic: oh no",
                "",
                "goroutine 1 [running]:",
                "main.main()",
                "\t/app/main.go:5 +0x1",
                "created by main.start",
                "\t/app/main.go:9 +0x2",
            ],
        ),
    ] {
        let mut lines = vec!["before"];
        lines.extend(trace);
        lines.push("after");
        // An empty line in it is a line feed of its own.
        let joined = trace.join("\n");
        let joined = format!("1-{} {}\\n", lines.len() - 1, joined.as_bytes().escape_ascii());
        let after = format!("{} after\\n", lines.len() - 1);
        check_both(&[name], &lines, &["0 before\\n", &joined, &after]);
    }
    // The name of the exception ends the message.
    check_both(
        &["python"],
        &[
            "Traceback (most recent call last):",
            "  File \"a.py\", line 1",
            "    f()",
            "ValueError: bad",
            "after",
        ],
        &[
            r#"0 Traceback (most recent call last):\n  File \"a.py\", line 1\n    f()\nValueError: bad\n"#,
            r"4 after\n",
        ],
    );
}

#[test]
fn waiting() {
    let (arena, mut scratch) = (Arena::new(), Scratch::default());
    let line = docker(OUT, "par");
    for (compat, expected) in
        [(Compat::V5_1, vec!["7 @1688466030 par stream=stdout"]), (Compat::V1_8, vec![])]
    {
        let multiline = multiline(compat, &["docker"]);
        let mut state = MultilineState::new();
        let mut messages = Vec::new();
        let mut at = |seconds, nanoseconds, line: Option<&'static str>| {
            let mut cx =
                Context::new(&arena, &mut scratch, Timestamp::new(NOW.seconds + seconds, nanoseconds));
            let mut out = |message: Message<'_, '_>| messages.push(show(message));
            match line {
                Some(line) => multiline.push_line(&mut state, line.as_bytes(), 7, &mut cx, &mut out),
                None => multiline.flush(&mut state, &mut cx, &mut out),
            };
            multiline.timeout(&state).map(|time| time.seconds - NOW.seconds)
        };
        let line: &'static str = line.clone().leak();
        let timeout = at(0, 900_000_000, Some(line));
        assert_eq!(timeout, (compat == Compat::V5_1).then_some(4));
        at(4, 899_999_999, None);
        at(4, 900_000_000, None);
        assert_eq!(messages, expected, "{compat}");
    }
    // In 1.8 it comes out with the next line.
    let multiline = multiline(Compat::V1_8, &["docker"]);
    let mut state = MultilineState::new();
    let mut messages = Vec::new();
    let whole = docker(OUT, "whole\\n");
    for (position, (seconds, line)) in (0..).zip([(0, &line), (4, &whole)]) {
        let mut cx = Context::new(&arena, &mut scratch, Timestamp::new(NOW.seconds + seconds, 0));
        multiline.push_line(&mut state, line.as_bytes(), position, &mut cx, &mut |m| messages.push(show(m)));
    }
    assert_eq!(messages, ["0-1 @1688466030 par stream=stdout", r"1 @1688466030 whole\n stream=stdout"]);
}

#[test]
fn limits() {
    let limited = |names: &[&str]| multiline(Compat::V5_1, names).with_limit(10);
    let lines = ["12345678", "90AB", "C\\n"].map(|log| docker(OUT, log));
    assert_eq!(
        join(&limited(&["docker"]), &lines.each_ref().map(String::as_str)),
        ["0 @1688466030 cut 1234567890 stream=stdout", r"2 @1688466030 C\n stream=stdout"]
    );
    let whole = docker(OUT, "12345678901\\n");
    assert_eq!(join(&limited(&["docker"]), &[&whole]), ["0 @1688466030 cut 1234567890 stream=stdout"]);
    assert_eq!(
        join(&limited(&["trace"]), &["2023-07-04 first", "   at a()"]),
        [r"0 cut 2023-07-04\n", r"1    at a()\n"]
    );
    assert_eq!(join(&limited(&["trace"]), &["a very long line"]), [r"0 cut a very lon\n"]);
    // More streams than any file has.
    let lines: Vec<_> = (0..100).map(|i| docker(OUT, "x").replace("stdout", &format!("s{i}"))).collect();
    let messages =
        join(&multiline(Compat::V5_1, &["docker"]), &lines.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(messages.len(), 100);
    assert!(messages.iter().filter(|message| message.starts_with('|')).count() < 70);
}

#[test]
fn metadata_of_cut_messages() {
    let multiline = multiline(Compat::V5_1, &["trace"]).with_limit(5);
    let (arena, mut scratch, mut state) = (Arena::new(), Scratch::default(), MultilineState::new());
    let mut cx = Context::new(&arena, &mut scratch, NOW);
    let mut metadata = Vec::new();
    for line in ["2023-07-04 x", "short"] {
        multiline
            .push_line(&mut state, line.as_bytes(), 0, &mut cx, &mut |m| metadata.push(m.metadata().len()));
    }
    assert_eq!(metadata, [1, 0]);
}

#[test]
fn records() {
    let (arena, mut scratch, mut state) = (Arena::new(), Scratch::default(), MultilineState::new());
    let multiline = multiline(Compat::V5_1, &["trace3"]).with_key_content("log");
    let mut cx = Context::new(&arena, &mut scratch, NOW);
    let mut messages = Vec::new();
    let mut out = |message: Message<'_, '_>| messages.push(show(message));
    for (position, log) in (0..).zip(["E one", "  more", "E two", "other"]) {
        let fields = [Field::new(b"log", Value::Str(log.as_bytes())), Field::new(b"s", Value::Str(b"o"))];
        let time = Timestamp::new(position, 0);
        multiline.push_record(&mut state, (time, &fields), position.cast_unsigned(), &mut cx, &mut out);
    }
    let no_log = [Field::new(b"x", Value::Str(b"y"))];
    multiline.push_record(&mut state, (Timestamp::new(9, 0), &no_log), 9, &mut cx, &mut out);
    multiline.flush_all(&mut state, &mut cx, &mut out);
    assert_eq!(messages, [r"0-2 @0 E one\n  more s=o", "2-3 @2 E two s=o", "3 @3 other s=o", "9 @9 x=y"]);
}

fn first_line(names: &[&str], lines: &[&str]) -> Vec<String> {
    let (parsers, ..) = read(Compat::V5_1, PARSERS);
    let mut parsers = names.iter().map(|name| parsers.get(name).unwrap());
    let machine = FirstLine::new(parsers.next().unwrap(), parsers.collect());
    let (arena, mut scratch, mut state) = (Arena::new(), Scratch::default(), FirstLineState::new());
    let mut cx = Context::new(&arena, &mut scratch, NOW);
    let mut messages = Vec::new();
    let mut out = |message: Message<'_, '_>| {
        let fields: Vec<_> = message
            .fields
            .iter()
            .map(|field| match field.value {
                Value::Str(text) => format!("{}={}", field.key.escape_ascii(), text.escape_ascii()),
                value => format!("{}={value:?}", field.key.escape_ascii()),
            })
            .collect();
        messages.push(format!(
            "{}{} {}",
            message.position,
            message.pending.map_or(String::new(), |p| format!("-{p}")),
            fields.join(" ")
        ));
    };
    for (position, line) in (0..).zip(lines) {
        machine.push_line(&mut state, line.as_bytes(), position, &mut cx, &mut out);
    }
    machine.flush(&mut state, &mut Context::new(&arena, &mut Scratch::default(), NOW), &mut out);
    machine.flush_all(&mut state, &mut cx, &mut out);
    assert_eq!(state.pending(), None);
    messages
}

#[test]
fn first_lines() {
    let lines = ["2023-07-04 first", "   at a()", "   at b()", "2023-07-05 second", "stray"];
    assert_eq!(
        first_line(&["first"], &lines),
        [r"0-3 log=2023-07-04 first\n   at a()\n   at b()", r"3 log=2023-07-05 second\nstray"]
    );
    assert_eq!(
        first_line(&["first", "second"], &lines),
        ["0-3 log=2023-07-04 first rest=   at a() rest=   at b()", r"3 log=2023-07-05 second\nstray"]
    );
    assert_eq!(first_line(&["first"], &["stray", "2023-07-04 x"]), ["0 log=stray", "1 log=2023-07-04 x"]);
    assert_eq!(
        first_line(&["number"], &["#1", "stray", "#2"]),
        ["1-0 log=stray", "0-2 number=Int(1)", "2 number=Int(2)"]
    );
    assert_eq!(first_line(&["first", "second"], &["   at a()"]), ["0 rest=   at a()"]);
}

#[test]
fn first_line_limits() {
    let first = "2023-07-04 x";
    let text = "t".repeat(LIMIT);
    assert_eq!(first_line(&["first"], &[first, &text, "short"]), ["0 log=2023-07-04 x"]);
    // Fields count as well: the first of these lines has room, the second has not.
    let fields = format!(" at {}", "f".repeat(LIMIT / 2));
    let expected = format!("0 log=2023-07-04 x rest={fields}");
    assert!(first_line(&["first", "second"], &[first, &fields, &fields, "short"]) == [expected]);
}

#[test]
fn first_line_waits() {
    let (parsers, ..) = read(Compat::V5_1, PARSERS);
    let machine = FirstLine::new(parsers.get("first").unwrap(), Vec::new()).with_flush_seconds(2);
    let (arena, mut scratch, mut state) = (Arena::new(), Scratch::default(), FirstLineState::new());
    machine.push_line(
        &mut state,
        b"2023-07-04 x",
        5,
        &mut Context::new(&arena, &mut scratch, NOW),
        &mut |_| panic!(),
    );
    assert_eq!(
        (state.pending(), machine.timeout(&state)),
        (Some(5), Some(Timestamp::new(NOW.seconds + 1, 0)))
    );
    let mut count = 0;
    for seconds in [0, 1] {
        let now = Timestamp::new(NOW.seconds + seconds, 0);
        machine.flush(&mut state, &mut Context::new(&arena, &mut scratch, now), &mut |_| count += 1);
        assert_eq!(count, seconds);
    }
}

fn docker_mode(machine: &DockerMode, lines: &[&str]) -> Vec<String> {
    let (arena, mut scratch, mut state) = (Arena::new(), Scratch::default(), DockerModeState::new());
    let mut cx = Context::new(&arena, &mut scratch, NOW);
    let mut joined = Vec::new();
    let mut out = |line: fluentbit_parser::multiline::JoinedLine<'_>| {
        let pending = line.pending.map_or(String::new(), |pending| format!("-{pending}"));
        joined.push(format!("{}{pending} {}", line.position, String::from_utf8_lossy(line.line)));
    };
    for (position, line) in (0..).zip(lines) {
        machine.push_line(&mut state, line.as_bytes(), position, &mut cx, &mut out);
    }
    machine.flush(&mut state, &mut cx, &mut out);
    machine.flush_all(&mut state, &mut cx, &mut out);
    assert_eq!(state.pending(), None);
    joined
}

#[test]
fn docker_mode_fragments() {
    let lines = [
        r#"{"log":"par\"","t":1}"#,
        r#"{"log":"tial\n","t":2}"#,
        r#"{"log":"n\n","t":3}"#,
        r#"{"log":"open","t":4}"#,
    ];
    assert_eq!(
        docker_mode(&DockerMode::new(), &lines),
        [r#"0 {"log":"par\"tial\n","t":2}"#, r#"2 {"log":"n\n","t":3}"#, r#"3 {"log":"open","t":4}"#]
    );
    // `\\n` is a backslash and a letter.
    let lines =
        [r#"{"log":"a\\n"}"#, "raw", r#"{"x":{"log":"b"}}"#, r#"{"log":5}"#, r#"{"log":"c\n","log":"d"}"#];
    assert_eq!(
        docker_mode(&DockerMode::new(), &lines),
        [
            r#"0-1 {"log":"a\\n"}"#,
            "1 raw",
            r#"2 {"x":{"log":"b"}}"#,
            r#"3 {"log":5}"#,
            r#"4 {"log":"c\n","log":"d"}"#
        ]
    );
}

#[test]
fn docker_mode_with_a_first_line() {
    let (parsers, ..) = read(Compat::V5_1, PARSERS);
    let machine = DockerMode::new().with_first_line(parsers.get("docker_first").unwrap());
    let lines = [
        r#"{"log":"E 1\n"}"#,
        r#"{"log":"  at\n"}"#,
        r#"{"log":"E 2\n"}"#,
        r#"{"log":"E"}"#,
        r#"{"log":"x\n"}"#,
    ];
    assert_eq!(
        docker_mode(&machine, &lines),
        [r#"0-2 {"log":"E 1\n  at\n"}"#, r#"2-3 {"log":"E 2\n"}"#, r#"3 {"log":"Ex\n"}"#]
    );
}

#[test]
fn parsers_that_cannot_be_made() {
    for (properties, code) in [
        ("Type regex\nRule \"cont\" \"/x/\" \"cont\"", "invalid-rule"),
        ("Type regex\nRule \"start_state\" \"/x/\" \"none\"", "invalid-rule"),
        ("Type regex\nRule \"start_state\" \"/(x/\" \"start_state\"", "invalid-rule"),
        ("Type regex", "invalid-rule"),
        ("Type fuzzy", "invalid-multiline-type"),
        ("Type equal", "missing-parser-property"),
        ("Negate on", "missing-parser-property"),
        ("Type equal\nMatch_String x\nParser none", "unknown-parser"),
    ] {
        let lines: String = properties.lines().map(|line| format!("    {line}\n")).collect();
        let (_, set, problems) = read(Compat::V5_1, &format!("[MULTILINE_PARSER]\n    Name bad\n{lines}"));
        assert!(set.get("bad").is_none(), "{properties}");
        assert_eq!(
            problems.iter().filter(|problem| problem.code() == code).count(),
            1,
            "{properties}: {problems:?}"
        );
    }
    let (_, set, problems) =
        read(Compat::V5_1, "[MULTILINE_PARSER]\n    Name Docker\n    Type equal\n    Match_String x\n");
    assert_eq!(set.names().collect::<Vec<_>>(), ["cri", "docker", "go", "java", "python", "ruby"]);
    assert!(problems.iter().any(|problem| problem.code() == "duplicate-parser"), "{problems:?}");
}

#[test]
fn rules_without_a_section() -> Result<(), MultilineError> {
    let rules =
        vec![MultilineRule::new("start_state", "^\\S", "more"), MultilineRule::new("more, other", "^ ", "")];
    let parser =
        MultilineParser::new("indented", &MultilineOptions::new(Join::Regex(rules)), None, Compat::V5_1)?;
    let multiline = Multiline::new(vec![Arc::new(parser)], Compat::V5_1);
    assert_eq!(join(&multiline, &["a", " b", " c"]), [r"0-2 a\n b\n", r"2  c\n"]);
    let rules = vec![MultilineRule::new("start_state", "a", "b"), MultilineRule::new("b", "(", "b")];
    let error = MultilineParser::new("x", &MultilineOptions::new(Join::Regex(rules)), None, Compat::V5_1)
        .unwrap_err();
    assert_eq!(error.rule(), 1);
    Ok(())
}

proptest! {
    /// Each line comes out once, and no message leaves out a pending line before the next.
    #[test]
    fn nothing_is_lost(
        choices in prop::collection::vec(0..9_usize, 0..40),
        v1_8: bool,
        list in prop::sample::select(vec![&["docker", "cri"][..], &["cri"], &["trace"], &["backslash"], &["jsonlog", "docker"]]),
    ) {
        let json = |form: &str, log: &str| docker(form, log);
        let pieces = [
            json(OUT, "aX"), json(OUT, "bX\\n"), json(ERR, "cX"), json(ERR, "dX\\n"), json(OUT, "E X"),
            "T stdout P eX".to_owned(), "T stdout F fX".to_owned(), "2023-07-04 gX".to_owned(), "  at hX \\".to_owned(),
        ];
        let compat = if v1_8 { Compat::V1_8 } else { Compat::V5_1 };
        let multiline = multiline(compat, list);
        let (arena, mut scratch, mut state) = (Arena::new(), Scratch::default(), MultilineState::new());
        let mut cx = Context::new(&arena, &mut scratch, NOW);
        let lines: Vec<String> =
            choices.iter().enumerate().map(|(i, &choice)| pieces[choice].replace('X', &format!("<{i}>"))).collect();
        let mut seen = vec![false; lines.len()];
        let mut out = |message: Message<'_, '_>| {
            let text: Vec<u8> = message.fields.iter().filter_map(|field| match field.value {
                Value::Str(text) if field.key == b"log" => Some(text.to_vec()),
                _ => None,
            }).flatten().collect();
            for (i, seen) in seen.iter_mut().enumerate() {
                if String::from_utf8_lossy(&text).contains(&format!("<{i}>")) {
                    assert!(!*seen, "line {i} comes out twice");
                    *seen = true;
                    assert!(message.position <= i as u64);
                    assert_ne!(message.pending, Some(i as u64));
                }
            }
        };
        for (i, line) in lines.iter().enumerate() {
            multiline.push_line(&mut state, line.as_bytes(), i as u64, &mut cx, &mut out);
        }
        multiline.flush_all(&mut state, &mut cx, &mut out);
        prop_assert!(seen.iter().all(|seen| *seen), "{seen:?}");
    }
}
