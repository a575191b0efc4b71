//! Bodies in the three formats, and the entries and errors that Prometheus 3.14 gives for them.

mod render;

use prometheus_exposition::{
    Bucket, Format, Histogram, Metric, MetricFamily, MetricType, MetricValue, NativeCounts, NativeHistogram,
    Options, OwnedExemplar, Side, Span, Summary, Writer,
};
use render::render;

fn check(format: Format, options: Options, body: impl AsRef<[u8]>, expected: &[&str]) {
    let body = body.as_ref();
    assert_eq!(render(body, format, options), expected, "{}", String::from_utf8_lossy(body));
}

fn text(body: impl AsRef<[u8]>, expected: &[&str]) {
    check(Format::Text, Options::new(), body, expected);
}

fn openmetrics(body: &str, expected: &[&str]) {
    check(Format::OpenMetrics, Options::new(), body, expected);
}

#[test]
fn text_is_read_entry_by_entry() {
    text(
        "# HELP a Some\\ntext \\q\n# TYPE a counter\n# free\n\na{b=\"c\\\"\\\\\\n\",d=\"\"} 1.5e3 1700000000000\na 2",
        &[
            "help a Some\ntext \\q",
            "type a counter",
            "comment # free",
            "a{b=c\"\\\n,d=} 1500 @1700000000000",
            "a 2",
        ],
    );
    text("", &[]);
    text("\n \n\t", &[]);
    text("{\"a.b\",\"c d\"=\"e\"} 1\n", &["a.b{c d=e} 1"]);
    text("{b=\"c\",\"a\\\\.\"} 1\n", &["a\\.{b=c} 1"]);
}

#[test]
fn text_is_taken_as_laxly_as_there() {
    text("  a 1\n", &["  a 1"]);
    text("a { b = \"c\" d=\"e\" , } 1 2 \n", &["a{b=c,d=e} 1 @2"]);
    text("a{b=\"c\"}1\na.5\n", &["a{b=c} 1", "a 0.5"]);
    text("a{b=\"c\n\\q\"} 1\n", &["a{b=c\n\\q} 1"]);
    text("a{b=\"x\\\0\\\"} 1\n", &["a{b=x\\\0\\} 1"]);
    text("a{b=\"1\",b=\"2\",__name__=\"x\"} 1\n", &["a{b=1,b=2,__name__=x} 1"]);
    text("#HELP a b\n# HELPS\n#  TYPE\ta gauge\n", &["comment #HELP a b", "comment # HELPS", "type a gauge"]);
    text("# HELP a  \t\n# HELP a.b c\n", &["help a ", "help a b c"]);
    text("{\"\"} 1\n", &[" 1"]);
    text(b"{\"\xff\"} 1\n", &["\u{fffd} 1"]);
    text(
        "# TYPE h histogram\nx{le=\"1\",quantile=\"1\"} 1\n# TYPE s summary\nx{le=\"1\",quantile=\".50\"} 1\n",
        &["type h histogram", "x{le=1.0,quantile=1} 1", "type s summary", "x{le=1,quantile=0.5} 1"],
    );
    text(
        "# TYPE h histogram\nx{le=\"0x1p3\"} 1\nx{le=\"1_0\"} 1\nx{le=\"x\"} 1\n",
        &["type h histogram", "x{le=8.0} 1", "x{le=10.0} 1", "x{le=x} 1"],
    );
}

#[test]
fn nul_bytes_in_text_are_kept_or_end_it() {
    text("a 1\n\0b 2\n", &["a 1"]);
    text("#\0\na 1\n", &[]);
    text("# b\0c\na{b=\"\0\"} 1\n# HELP a b\0\n", &["comment # b\0c", "a{b=\0} 1", "help a b\0"]);
    // The lexer steps over NULs after a value too, and then takes a wrong byte for the closing quote.
    text("a{b=\"c\"\0\0,d=\"e\"} 1\n", &["a{b=c\"\0,d=e} 1"]);
    text(
        "a\0",
        &[
            "error 1:2 Syntax expected value after metric, got \"\\x00\" (\"INVALID\") while parsing: \"a\\x00\"",
        ],
    );
}

#[test]
fn text_errors_are_those_of_prometheus() {
    for (body, expected) in [
        (
            "a 1\nb\n",
            "error 2:2 Syntax expected value after metric, got \"\\n\" (\"INVALID\") while parsing: \"b\\n\"",
        ),
        (
            "a 1 -5\n",
            "error 1:5 Syntax expected timestamp or new record, got \"-\" (\"INVALID\") while parsing: \"a 1 -\"",
        ),
        (
            "a 1 5 6\n",
            "error 1:7 Syntax expected next entry after timestamp, got \"6\\n\" (\"TIMESTAMP\") while parsing: \"a 1 5 6\\n\"",
        ),
        (
            "a 1 9223372036854775808\n",
            "error 1:5 Number strconv.ParseInt: parsing \"9223372036854775808\": value out of range while parsing: \"a 1 9223372036854775808\"",
        ),
        (
            "a x\n",
            "error 1:3 Number strconv.ParseFloat: parsing \"x\": invalid syntax while parsing: \"a x\"",
        ),
        ("a 1_0\n", "error 1:3 Number unsupported character in float while parsing: \"a 1_0\""),
        ("a{,}", "error 1:3 Syntax expected label name, got \",}\" (\"COMMA\") while parsing: \"a{,}\""),
        ("a{b}\n", "error 1:4 Syntax expected equal, got \"}\\n\" (\"BCLOSE\") while parsing: \"a{b}\\n\""),
        (
            "a{b=\"c",
            "error 1:5 Syntax expected label value, got \"\\\"c\\n\" (\"INVALID\") while parsing: \"a{b=\\\"c\\n\"",
        ),
        ("{b=\"c\"} 1\n", "error 1:9 MetricName metric name not set while parsing: \"{b=\\\"c\\\"} 1\""),
        ("a{\"b\"} 1\n", "error 1:6 MetricName metric name already set while parsing: \"a{\\\"b\\\"}\""),
        ("# TYPE a x\n", "error 1:9 MetricType invalid metric type \"x\""),
        (
            "# HELP 1\n",
            "error 1:8 Syntax expected metric name after HELP, got \"1\" (\"INVALID\") while parsing: \"# HELP 1\"",
        ),
    ] {
        let entries = render(body.as_bytes(), Format::Text, Options::new());
        assert_eq!(entries.last().map(String::as_str), Some(expected));
    }
    text(b"a{b=\"\xff\"} 1\n", &["error 1:5 Utf8 invalid UTF-8 label value: \"\\\"\\xff\\\"\""]);
    text("# HELP a\u{e9}x\n", &["error 1:9 Utf8 help text \"\\xa9x\" is not a valid utf8 string"]);
    text(b"# HELP a \xff\n", &["error 1:9 Utf8 help text \"\\xff\" is not a valid utf8 string"]);
}

#[test]
fn openmetrics_is_read_entry_by_entry() {
    openmetrics(
        "# TYPE a_s counter\n# UNIT a_s s\n# HELP a_s x\\\"y\na_s_total{b=\"c\",} 1 1.5 # {id=\"\\\"\"} 0.5 2\n# EOF\n",
        &["type a_s counter", "unit a_s s", "help a_s x\"y", "a_s_total{b=c} 1 @1500 #{id=\\\"} 0.5 @2000"],
    );
    openmetrics("a 1 -1.0005\na 1 1e300\n# EOF", &["a 1 @-1000", "a 1 @-9223372036854775808"]);
    openmetrics("{\"a.b\"} 1 # {} 2\n# EOF", &["a.b 1 #{} 2"]);
}

#[test]
fn openmetrics_errors_are_those_of_prometheus() {
    for (body, expected) in [
        ("", "error 1:1 Eof data does not end with # EOF"),
        ("# TYPE a x\n", "error 1:9 MetricType invalid metric type \"x\""),
        ("# EOF\n\n", "error 2:1 Eof unexpected data after # EOF"),
        (
            "a  1\n",
            "error 1:2 Syntax expected value after metric, got \"  \" (\"INVALID\") while parsing: \"a  \"",
        ),
        ("# UNIT a s\n", "error 1:9 Unit unit \"s\" not a suffix of metric \"a\""),
        ("# HELP a\n", "error 1:9 Syntax expected text in HELP"),
        ("a 1 NaN\n", "error 1:4 Timestamp invalid timestamp NaN"),
        ("a 1 # {} 1 -Inf\n", "error 1:11 Timestamp invalid exemplar timestamp -Inf"),
        (
            "a 1 # {\"b\"} 1\n",
            "error 1:11 Syntax expected label name, got \"} \" (\"BCLOSE\") while parsing: \"a 1 # {\\\"b\\\"} \"",
        ),
        (
            "a 1 # {b=\"c\"}1\n",
            "error 1:14 Syntax expected value after exemplar labels, got \"1\" (\"INVALID\") while parsing: \"a 1 # {b=\\\"c\\\"}1\"",
        ),
    ] {
        openmetrics(body, &[expected]);
    }
    // What follows the value is not looked at before the next entry.
    openmetrics(
        "a 1  2\n",
        &[
            "a 1",
            "error 1:5 Syntax expected a valid start token, got \" 2\\n\" (\"TIMESTAMP\") while parsing: \" 2\\n\"",
        ],
    );
}

#[test]
fn created_series_become_start_timestamps() {
    let created = Options::new().created_as_start_timestamp(true);
    for (body, expected) in [
        (
            "# TYPE a counter\na_total{b=\"1\"} 1\na_created{b=\"1\"} 1.5\na_total{b=\"2\"} 2\n# EOF\n",
            &["type a counter", "a_total{b=1} 1 ^1500", "a_total{b=2} 2"][..],
        ),
        (
            "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 2\na_count 1\na_created 3\n# EOF\n",
            &["type a histogram", "a_bucket{le=1.0} 1 ^3000", "a_sum 2 ^3000", "a_count 1 ^3000"],
        ),
        // Before its series, after that of another, or in a gauge it means nothing.
        ("# TYPE a counter\na_created 1\na_total 1\n# EOF\n", &["type a counter", "a_total 1"]),
        (
            "# TYPE a counter\na_total{b=\"1\"} 1\na_total{b=\"2\"} 2\na_created{b=\"1\"} 1\na_created{b=\"2\"} 2\n# EOF\n",
            &["type a counter", "a_total{b=1} 1 ^1000", "a_total{b=2} 2"],
        ),
        ("# TYPE a gauge\na 1\na_created 1\n# EOF\n", &["type a gauge", "a 1", "a_created 1"]),
    ] {
        check(Format::OpenMetrics, created, body, expected);
    }
    openmetrics(
        "# TYPE a counter\na_total 1\na_created 1\n# EOF\n",
        &["type a counter", "a_total 1", "a_created 1"],
    );
}

#[test]
fn the_search_for_created_series_ends() {
    let lines = "a_total 1 # {a=b\n".to_owned() + &"a_total 1\n".repeat(20_000);
    let body = format!("# TYPE a counter\na_total 1\n{lines}# EOF\n");
    let entries =
        render(body.as_bytes(), Format::OpenMetrics, Options::new().created_as_start_timestamp(true));
    assert_eq!(entries[..2], ["type a counter", "a_total 1"]);
    assert_eq!(entries.len(), 3);

    let long = "b".repeat(200_000);
    let body =
        format!("# TYPE a counter\n{}a_created{{b=\"{long}\"}} 1\n# EOF\n", "a_total 1\n".repeat(20_000));
    let entries =
        render(body.as_bytes(), Format::OpenMetrics, Options::new().created_as_start_timestamp(true));
    assert_eq!(entries.len(), 20_001);
}

#[test]
fn metadata_can_become_labels() {
    let options = Options::new().type_and_unit_labels(true);
    check(
        Format::OpenMetrics,
        options,
        "# TYPE a_s gauge\n# UNIT a_s s\na_s{__type__=\"x\",__unit__=\"y\",b=\"c\"} 1\n# EOF\n",
        &["type a_s gauge", "unit a_s s", "a_s{__type__=gauge,__unit__=s,b=c} 1"],
    );
    check(Format::Text, options, "a{__type__=\"x\"} 1\n", &["a{__type__=x} 1"]);
}

fn protobuf() -> Vec<u8> {
    let mut writer = Writer::new(Format::Protobuf);
    let mut metric = Metric::new(MetricValue::CounterWithExemplar(1.0, OwnedExemplar::new(0.5)));
    (metric.timestamp_ms, metric.start_timestamp_ms) = (Some(5), Some(3));
    let mut counter = MetricFamily::new("a_total", MetricType::Counter);
    counter.unit = Some("u".to_owned());
    counter.metrics.push(metric);
    writer.family(&counter);

    let mut summary = Summary::default();
    (summary.count, summary.sum, summary.quantiles) = (Some(2.0), Some(3.0), vec![(1.0, 4.0)]);
    let mut family = MetricFamily::new("s", MetricType::Summary);
    family.metrics.push(Metric::new(MetricValue::Summary(summary)));
    writer.family(&family);

    let mut native = NativeHistogram::new(3);
    native.counts = NativeCounts::Integer {
        count: 4,
        zero_count: 1,
        positive: Side { spans: vec![Span { offset: 0, length: 3 }], buckets: vec![2, -2, 1] },
        negative: Side::default(),
    };
    let mut histogram = Histogram::default();
    histogram.native = Some(native);
    histogram.buckets.push(Bucket::new(1.0, 3.0));
    let mut family = MetricFamily::new("h", MetricType::Histogram);
    family.metrics.push(Metric::new(MetricValue::Histogram(Box::new(histogram))));
    writer.family(&family);
    writer.finish()
}

#[test]
fn protobuf_is_read_entry_by_entry() {
    let common = [
        "help a_total ",
        "unit a_total u",
        "type a_total counter",
        "a_total 1 @5 ^3 #{} 0.5",
        "help s ",
        "type s summary",
        "s_count 2",
        "s_sum 3",
        "s{quantile=1.0} 4",
        "help h ",
        "type h histogram",
    ];
    let native = "h native 4 spans [(0, 1), (1, 1)] deltas [2, -1]";
    let classic = ["h_count 4", "h_sum 0", "h_bucket{le=1.0} 3", "h_bucket{le=+Inf} 4"];
    let check =
        |options, last: &[&str]| check(Format::Protobuf, options, protobuf(), &[&common[..], last].concat());
    check(Options::new(), &[native]);
    check(Options::new().ignore_native_histograms(true), &classic);
    check(Options::new().keep_classic_histograms(true), &[&[native], &classic[..]].concat());
}

#[test]
fn protobuf_errors_are_those_of_prometheus() {
    let protobuf = |body: &[u8], expected: &[&str]| check(Format::Protobuf, Options::new(), body, expected);
    protobuf(b"", &[]);
    // A family without metrics is passed over, whatever its name.
    protobuf(b"\x02\x0a\x00", &[]);
    protobuf(b"\xff\xff\xff\xff\xff\xff", &["error 1:1 Wire clientpb: invalid varint encountered"]);
    protobuf(
        b"\x05ab",
        &["error 1:1 Wire clientpb: insufficient length of buffer, expected at least 6 bytes, got 3 bytes"],
    );
    protobuf(b"\x02\x08\x00", &["error 1:3 Wire proto: wrong wireType = 0 for field Name"]);
    protobuf(b"\x02\x22\x00", &["error 1:2 MetricName invalid metric name: "]);
    protobuf(
        b"\x07\x0a\x01a\x18\x09\x22\x00",
        &["error 1:2 MetricType unknown metric type for metric \"a\": 9"],
    );
    protobuf(
        b"\x0b\x0a\x01a\x22\x06\x0a\x04\x0a\x00\x12\x00",
        &["help a ", "type a counter", "error 4:2 Wire invalid label name: "],
    );
    // Groups nest without end, and are not followed down.
    let groups = [&b"\x0a\x01a\x22\x00"[..], &[0x9b, 0x06].repeat(20_000)].concat();
    let mut body = vec![0xc5, 0xb8, 0x02];
    body.extend(groups);
    protobuf(&body, &["error 2:40005 Wire unexpected EOF"]);
}

#[test]
fn errors_say_what_the_body_seems_to_be() {
    use prometheus_exposition::{Parser, Seen};
    for (format, body, seen) in [
        (Format::Text, &b"<!doctype html>\n<html>"[..], Some(Seen::Html)),
        (Format::OpenMetrics, b"{\"status\": \"error\"}", Some(Seen::Json)),
        (Format::Text, b"{ \"a\" : 1 }", Some(Seen::Json)),
        (Format::Text, b"\x1f\x8b\x08\x00", Some(Seen::Gzip)),
        (Format::Text, b"\x28\xb5\x2f\xfd", Some(Seen::Zstd)),
        (Format::Text, b"\xef\xbb\xbfa 1\n", Some(Seen::ByteOrderMark)),
        (Format::Text, b"\xff\xfea\0", Some(Seen::Utf16)),
        (Format::Text, b"a 1\nb 2\r\n", Some(Seen::CarriageReturn)),
        (Format::Text, b"\x05\x0a\x03abc", Some(Seen::Protobuf)),
        (Format::Protobuf, b"# TYPE a gauge\n", Some(Seen::Text)),
        (Format::Text, b"{\"a\"", None),
        (Format::Text, b"a\n", None),
    ] {
        let error = Parser::new(body, format, Options::new()).find_map(Result::err).unwrap();
        assert_eq!(error.seen(), seen, "{error:?}");
    }
}
