//! Parsers of lines, by format and option.

use event_model::{Arena, Compat, Field, Timestamp, Value};
use fluentbit_config::{MemoryFiles, load};
use fluentbit_parser::{Parser, ParserSet, Scratch, Warning};
use source_text::Diagnostic;

const BOTH: [Compat; 2] = [Compat::V5_1, Compat::V1_8];

fn show(value: Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::UInt(value) => format!("{value}u"),
        Value::Float(value) => format!("{value:?}"),
        Value::Str(text) => format!("'{}'", text.escape_ascii()),
        Value::Map(fields) => format!("{{{}}}", show_fields(fields)),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(|item| show(*item)).collect::<Vec<_>>().join(","))
        }
        other => panic!("{other:?} does not come from a parser"),
    }
}

fn show_fields(fields: &[Field<'_>]) -> String {
    let field = |field: &Field<'_>| format!("{}:{}", field.key.escape_ascii(), show(field.value));
    fields.iter().map(field).collect::<Vec<_>>().join(",")
}

/// The parsers of a file, and the codes of what is wrong with it.
fn read_parsers(compat: Compat, parsers: &str) -> (ParserSet, Vec<Diagnostic>) {
    let files =
        MemoryFiles::from([("main.conf", "[SERVICE]\n    Parsers_File p.conf\n"), ("p.conf", parsers)]);
    let (config, mut problems) = load("main.conf", &files, &(), compat);
    let set = ParserSet::from_config(&config, &mut problems);
    (set, problems)
}

/// A parser with the given properties.
fn parser(compat: Compat, properties: &str) -> std::sync::Arc<Parser> {
    let (set, problems) = read_parsers(compat, &section("p", properties));
    set.get("p").unwrap_or_else(|| panic!("{properties}: {problems:?}"))
}

fn section(name: &str, properties: &str) -> String {
    let lines = properties.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.map(|line| format!("    {line}\n"));
    format!("[PARSER]\n    Name {name}\n{}", lines.collect::<String>())
}

/// What is left of a line: `TIME FIELDS`, `FIELDS` without a time, or `-` if the parser fails.
fn parse(parser: &Parser, line: &str) -> String {
    let (arena, now) = (Arena::new(), Timestamp::new(1_795_507_200, 0));
    let mut fields = vec![Field::new(b"before", Value::Null)];
    let mut scratch = Scratch::new(Compat::V5_1);
    let result = parser.parse(line.as_bytes(), now, &arena, &mut scratch, &mut fields);
    assert_eq!(fields.remove(0), Field::new(b"before", Value::Null));
    match result {
        Ok(parsed) => match parsed.time {
            Some(time) if time.nanoseconds == 0 => format!("{} {}", time.seconds, show_fields(&fields)),
            Some(time) => format!("{}.{:09} {}", time.seconds, time.nanoseconds, show_fields(&fields)),
            None => show_fields(&fields),
        },
        Err(_) => {
            assert!(fields.is_empty(), "a failure leaves nothing behind");
            "-".to_owned()
        }
    }
}

fn check_in(compat: Compat, properties: &str, cases: &[(&str, &str)]) {
    let parser = parser(compat, properties);
    for (line, expected) in cases {
        assert_eq!(parse(&parser, line), *expected, "{compat}: {properties}: {line}");
    }
}

fn check(properties: &str, cases: &[(&str, &str)]) {
    for compat in BOTH {
        check_in(compat, properties, cases);
    }
}

#[test]
fn json() {
    check("Format json", &[(r#"{"a":1,"a":2}"#, "a:1,a:2"), ("{}", ""), ("[1]", "-"), ("text", "-")]);
    check("Format JSON\nTypes a:integer", &[(r#"{"a":"12"}"#, "a:'12'")]);
}

#[test]
fn json_time() {
    const NAIVE: &str = "Format json\nTime_Key ts\nTime_Format %Y-%m-%d %H:%M:%S";
    const GOOD: &str = r#"{"a":1,"ts":"2023-07-04 10:20:30","b":2}"#;
    check(
        NAIVE,
        &[
            (GOOD, "1688466030 a:1,b:2"),
            (r#"{"b":3}"#, "b:3"),
            (r#"{"ts":1688466030}"#, "ts:1688466030"),
            (r#"{"ts":null}"#, "ts:null"),
            (r#"{"ts":"2023-07-04 10:20:30","ts":"x"}"#, "1688466030 ts:'x'"),
            (r#"{"x":{"ts":"2023-07-04 10:20:30"}}"#, "x:{ts:'2023-07-04 10:20:30'}"),
            (r#"{"ts":"1970-01-01 00:00:00"}"#, ""),
        ],
    );
    check_in(Compat::V5_1, NAIVE, &[(r#"{"ts":"bad","i":1}"#, "ts:'bad',i:1")]);
    check_in(Compat::V1_8, NAIVE, &[(r#"{"ts":"bad","i":1}"#, "i:1")]);
    for word in ["On", "yes", "1"] {
        let keep = format!("{NAIVE}\nTime_Keep {word}");
        check(
            &keep,
            &[(GOOD, "1688466030 a:1,ts:'2023-07-04 10:20:30',b:2"), (r#"{"ts":"bad"}"#, "ts:'bad'")],
        );
    }
    check(&format!("{NAIVE}\nTime_Strict Off"), &[(r#"{"ts":"bad"}"#, "-2209075200 ")]);
    check("Format json\nTime_Key ts", &[(GOOD, "a:1,ts:'2023-07-04 10:20:30',b:2")]);
    check("Format json\nTime_Format %Y", &[(r#"{"time":"2024 "}"#, "1703980800 ")]);
}

#[test]
fn json_time_with_a_mismatch_after_the_fraction() {
    const PROPERTIES: &str = "Format json\nTime_Key ts\nTime_Format %Y-%m-%dT%H:%M:%S.%L%z";
    const LINE: &str = r#"{"ts":"2023-07-04T10:20:30.25"}"#;
    check_in(Compat::V5_1, PROPERTIES, &[(LINE, "0.250000000 ts:'2023-07-04T10:20:30.25'")]);
    check_in(Compat::V1_8, PROPERTIES, &[(LINE, "0.250000000 ")]);
}

#[test]
fn zones() {
    const LINE: &str = r#"{"time":"2023-07-04 10:20:30"}"#;
    const NAIVE: &str = "Format json\nTime_Format %Y-%m-%d %H:%M:%S";
    check(&format!("{NAIVE}\nTime_Offset +0900"), &[(LINE, "1688433630 ")]);
    check(&format!("{NAIVE}\nTime_Offset -03:30"), &[(LINE, "1688478630 ")]);
    check(&format!("{NAIVE}\nTime_System_Timezone On"), &[(LINE, "1688466030 ")]);
    // An offset does not matter where the zone of the system counts.
    check_in(
        Compat::V5_1,
        &format!("{NAIVE}\nTime_System_Timezone On\nTime_Offset +0900"),
        &[(LINE, "1688466030 ")],
    );
}

#[cfg(feature = "iana")]
#[test]
fn named_zones() {
    const LINE: &str = r#"{"time":"2023-07-04 10:20:30"}"#;
    const NAIVE: &str = "Format json\nTime_Format %Y-%m-%d %H:%M:%S";
    let seoul = fluentbit_parser::time::iana_time_zone("Asia/Seoul").unwrap();
    check_in(Compat::V5_1, &format!("{NAIVE}\nTime_Zone Asia/Seoul"), &[(LINE, "1688433630 ")]);
    check_in(Compat::V1_8, &format!("{NAIVE}\nTime_Zone Asia/Seoul"), &[(LINE, "1688466030 ")]);
    let (set, _) = read_parsers(Compat::V5_1, &section("p", &format!("{NAIVE}\nTime_System_Timezone On")));
    let set = set.with_system_time_zone(&seoul);
    assert_eq!(parse(&set.get("p").unwrap(), LINE), "1688433630 ");
}

#[test]
fn regex() {
    check(
        r"Format regex
          Regex ^(?<level>[A-Z]+) (?<msg>.*)$",
        &[("INFO hello", "level:'INFO',msg:'hello'"), ("warn no match", "-"), ("ERROR ", "level:'ERROR'")],
    );
    check("Format regex\nRegex ^(?<a>x)?(?<b>y)?z$", &[("xyz", "a:'x',b:'y'"), ("yz", "b:'y'"), ("z", "-")]);
    check("Format regex\nRegex ^(\\w+) (?<b>\\w+)$", &[("one two", "b:'two'")]);
    check("Format regex\nRegex ^(\\w+)$", &[("one", "-")]);
    check("Format regex\nRegex ^(?<a>\\w+) (?<b>\\w) (?<a>\\w+)$", &[("1 2 3", "a:'1',a:'3',b:'2'")]);
    check("Format Regex\nRegex /(?<b>b)/", &[("abc", "b:'b'")]);
    check_in(Compat::V5_1, "Format regex\nRegex /^(?<a>abc)$/i", &[("ABC", "a:'ABC'")]);
    check_in(Compat::V1_8, "Format regex\nRegex /^(?<a>abc)$/i", &[("ABC", "-")]);
}

#[test]
fn regex_with_empty_values() {
    const PROPERTIES: &str = "Format regex\nRegex ^(?<a>x)?(?<b>y*)(?<c>q)?z$\nSkip_Empty_Values Off";
    check_in(Compat::V5_1, PROPERTIES, &[("z", "a:'',b:'',c:''"), ("xz", "a:'x',b:'',c:''")]);
    check_in(Compat::V1_8, PROPERTIES, &[("z", ""), ("xz", "a:'x'")]);
}

#[test]
fn regex_time() {
    const PROPERTIES: &str = r"Format regex
        Regex ^(?<t>\S+) (?<m>.*)$
        Time_Key t
        Time_Format %Y-%m-%dT%H:%M:%S%z";
    check(PROPERTIES, &[("2023-07-04T10:20:30+0900 ok", "1688433630 m:'ok'"), ("bad time", "m:'time'")]);
    check(
        &format!("{PROPERTIES}\nTime_Keep On"),
        &[
            ("2023-07-04T10:20:30Z ok", "1688466030 t:'2023-07-04T10:20:30Z',m:'ok'"),
            ("bad time", "m:'time'"),
        ],
    );
    check(&format!("{PROPERTIES}\nTime_Strict Off"), &[("bad time", "-2209075200 m:'time'")]);
}

#[test]
fn types() {
    check(
        r"Format regex
          Regex ^(?<i>\S+) (?<f>\S+) (?<b>\S+) (?<h>\S+)$
          Types i:integer f:float b:bool h:hex",
        &[("1 2.5 true ff", "i:1,f:2.5,b:true,h:255"), ("- x yes 0x10", "i:0,f:0.0,b:'yes',h:16")],
    );
    let parser = parser(Compat::V5_1, "Format ltsv\nTypes b:bool");
    let (arena, mut fields) = (Arena::new(), Vec::new());
    let parsed = parser.parse(b"b:maybe", Timestamp::default(), &arena, &mut Scratch::default(), &mut fields);
    assert_eq!(parsed.unwrap().warning, Some(Warning::Cast { key: b"b" }));
}

#[test]
fn ltsv() {
    check("Format ltsv", &[("a:1\tb:two words\tc:", "a:'1',b:'two words',c:''"), ("none", "-"), ("", "-")]);
    const TIME: &str = "Format ltsv\nTime_Key t\nTime_Format %Y-%m-%dT%H:%M:%S%z\nTypes n:integer";
    check(
        TIME,
        &[
            ("t:2023-07-04T10:20:30Z\tn:5\tm:x", "1688466030 n:5,m:'x'"),
            ("t:bad\tn:5", "-"),
            ("t:\tn:5", "t:'',n:5"),
            ("n:6", "n:6"),
            // Nothing is left of it.
            ("t:2023-07-04T10:20:30Z", "-"),
        ],
    );
    check(
        &format!("{TIME}\nTime_Keep On"),
        &[("t:2023-07-04T10:20:30Z\tn:5", "1688466030 t:'2023-07-04T10:20:30Z',n:5")],
    );
}

#[test]
fn logfmt() {
    check(
        "Format logfmt",
        &[
            (r#"a="x\"y" b="l1\nl2" c=\n"#, r#"a:'x\"y',b:'l1\nl2',c:'\\n'"#),
            ("café=ü", r"caf\xc3\xa9:'\xc3\xbc'"),
            (r#"a="x\u0000y""#, "a:'x'"),
            ("", "-"),
        ],
    );
    check_in(
        Compat::V5_1,
        "Format logfmt",
        &[
            ("a=1 b=\"two words\" c", "a:'1',b:'two words',c:true"),
            ("k= z=\"\"", "k:true,z:''"),
            ("=v", "v:true"),
            ("\"q\"=1", "q:true,1:true"),
        ],
    );
    check_in(
        Compat::V1_8,
        "Format logfmt",
        &[
            ("a=1 b=\"two words\" c", "a:'1',b:'two words'"),
            ("k= z=\"\"", "k:null,z:''"),
            ("=v", "-"),
            ("\"q\"=1", "q:null"),
        ],
    );
    const TYPES: &str = "Format logfmt\nTypes a:integer f:float t:bool";
    check(TYPES, &[(r#"a=1 f=1.5 t=true s="x\n""#, r"a:1,f:1.5,t:true,s:'x\\n'"), ("a=z", "a:0")]);
    check_in(Compat::V5_1, TYPES, &[("a f t", "a:0,f:0.0,t:''")]);
    check_in(Compat::V1_8, TYPES, &[("a f t", "a:0,f:0.0")]);
    const STRICT: &str = "Format logfmt\nLogfmt_No_Bare_Keys On";
    check_in(Compat::V5_1, STRICT, &[("a=1 b", "-"), ("a=1 b=", "a:'1',b:true")]);
    check_in(Compat::V1_8, STRICT, &[("b a=1", "b:null,a:'1'")]);
    check(
        "Format logfmt\nTime_Key ts\nTime_Format %Y-%m-%dT%H:%M:%S.%L%z",
        &[
            ("ts=2023-07-04T10:20:30.5Z msg=\"x y\"", "1688466030.500000000 msg:'x y'"),
            ("ts=bad level=info", "-"),
            ("level=warn", "level:'warn'"),
        ],
    );
}

#[test]
fn decoders() {
    const OBJECT: &str = r#"{"log":"{\"x\":1,\"y\":\"z\"}","s":"o"}"#;
    const ESCAPES: &str = r#"{"log":"a\\tb\\\"c\\\""}"#;
    check(
        "Format json\nDecode_Field json log",
        &[
            (OBJECT, r#"log:'{\"x\":1,\"y\":\"z\"}',s:'o',x:1,y:'z'"#),
            (r#"{"log":5}"#, "log:5"),
            (r#"{"log":"[1,2]"}"#, "log:'[1,2]'"),
            (r#"{"log":"  {\"sp\":true}"}"#, r#"log:'  {\"sp\":true}',sp:true"#),
            (r#"{"log":"{\"broken\":"}"#, r#"log:'{\"broken\":'"#),
        ],
    );
    check(
        "Format json\nDecode_Field_As json log",
        &[(OBJECT, "log:{x:1,y:'z'},s:'o'"), (ESCAPES, r#"log:'a\\tb\\\"c\\\"'"#)],
    );
    check("Format json\nDecode_Field_As escaped_utf8 log", &[(ESCAPES, r#"log:'a\tb\"c\"'"#)]);
    check(
        "Format json\nDecode_Field_As escaped_utf8 log do_next\nDecode_Field_As json log",
        &[(OBJECT, "log:{x:1,y:'z'},s:'o'"), (ESCAPES, r#"log:'a\tb\"c\"'"#)],
    );
    check(
        "Format json\nDecode_Field_As escaped log\nDecode_Field json log",
        &[(OBJECT, r#"log:'{\"x\":1,\"y\":\"z\"}',s:'o'"#)],
    );
    check(
        "Format json\nDecode_Field_As json log try_next\nDecode_Field_As escaped log",
        &[(OBJECT, "log:{x:1,y:'z'},s:'o'"), (r#"{"log":"a\\nb"}"#, r"log:'a\nb'")],
    );
    check("Format json\nDecode_Field_As mysql_quoted log", &[(r#"{"log":"'it\\'s'"}"#, r"log:'it\'s'")]);
    check("Format json\nDecode_Field_As json nofield", &[(OBJECT, r#"log:'{\"x\":1,\"y\":\"z\"}',s:'o'"#)]);
    check(
        "Format regex\nRegex ^(?<k>\\w+) (?<log>.*)$\nDecode_Field_As json log",
        &[(r#"a {"x":1}"#, "k:'a',log:{x:1}")],
    );
    check(
        "Format json\nDecode_Field_As rot13 log\nDecode_Field json log",
        &[(OBJECT, r#"log:'{\"x\":1,\"y\":\"z\"}',s:'o'"#)],
    );
}

#[test]
fn members_of_the_last_decoded_field_survive() {
    const TWO: &str = "Format json\nDecode_Field json a\nDecode_Field json b";
    check(
        TWO,
        &[
            (r#"{"a":"{\"x\":1}","b":"{\"y\":2}"}"#, r#"a:'{\"x\":1}',b:'{\"y\":2}',y:2"#),
            (r#"{"a":"{\"x\":1}","b":"text"}"#, r#"a:'{\"x\":1}',b:'text'"#),
            (r#"{"a":"{\"x\":1}","b":7}"#, r#"a:'{\"x\":1}',b:7,x:1"#),
        ],
    );
}

#[test]
fn a_decoded_field_can_be_the_time() {
    check(
        "Format json\nTime_Key at\nTime_Format %s\nDecode_Field json log",
        &[(r#"{"log":"{\"at\":\"1688466030\"}"}"#, r#"1688466030 log:'{\"at\":\"1688466030\"}'"#)],
    );
}

#[test]
fn parsers_that_cannot_be_made() {
    for (properties, code, v1_8) in [
        ("Format json\nTime_Format %Y\nTime_Offset 0900", "invalid-time-offset", false),
        ("Format regex\nRegex ^(?<a>[a-z)$", "invalid-regex", false),
        ("Format regex", "missing-parser-property", false),
        ("Regex x", "missing-parser-property", false),
        ("Format xml", "invalid-parser-format", false),
        ("Format json\nTime_Zone Asia/Seoul", "invalid-time-zone", true),
        ("Format json\nTime_Format %Y\nTime_Zone Asia/Atlantis", "invalid-time-zone", true),
        ("Format json\nTime_Format %Y\nTime_Zone Asia/Seoul\nTime_Offset +0900", "invalid-time-zone", true),
        (
            "Format json\nTime_Format %Y\nTime_Zone Asia/Seoul\nTime_System_Timezone On",
            "invalid-time-zone",
            true,
        ),
    ] {
        for (compat, made) in [(Compat::V5_1, false), (Compat::V1_8, v1_8)] {
            let (set, problems) = read_parsers(compat, &section("p", properties));
            assert_eq!(set.get("p").is_some(), made, "{compat}: {properties}");
            let of_code = problems.iter().filter(|problem| problem.code() == code).count();
            assert_eq!(of_code, usize::from(!made), "{compat}: {properties}: {problems:?}");
        }
    }
    let twice = section("p", "Format json") + &section("p", "Format ltsv") + &section("q", "Format ltsv");
    let (set, problems) = read_parsers(Compat::V5_1, &twice);
    assert_eq!(set.names().collect::<Vec<_>>(), ["p", "q"]);
    assert_eq!(parse(&set.get("p").unwrap(), "a:1"), "-");
    assert_eq!(
        problems.iter().filter(|problem| problem.code() == "duplicate-parser").count(),
        1,
        "{problems:?}"
    );
}

#[test]
fn problems_point_at_their_place() {
    let parsers =
        section("p", "Format json\nTime_Format %Y-%Q") + &section("q", "Format regex\nRegex a(?<b>");
    let (_, problems) = read_parsers(Compat::V5_1, &parsers);
    let span =
        |code| problems.iter().find(|problem| problem.code() == code).and_then(Diagnostic::span).unwrap();
    assert_eq!(&parsers[span("unknown-time-directive").range()], "%Q");
    assert_eq!(&parsers[span("invalid-regex").range()], "(");
}
