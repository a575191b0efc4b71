//! Records through filters that keep them, and through processors.

use std::sync::Arc;

use event_model::{Arena, Compat, Record, Timestamp};
use fluentbit_config::{MemoryFiles, load};
use fluentbit_pipeline::{
    At, Body, ChunkWriter, Delivery, Flow, LineScratch, Messages, Output, Pipeline, Route, Sink, Source,
    TagId,
};
use pipeline_core::frame::Line;
use source_text::Diagnostic;

/// What each output wrote.
struct Written(Vec<ChunkWriter>);

impl Sink for Written {
    fn record(&mut self, _: TagId, route: &Route, record: &Record<'_>, _: Source) {
        for output in route.outputs() {
            self.0[*output].record(route.tag(), record, None);
        }
    }
}

fn build(yaml: &str) -> (Pipeline, Vec<Diagnostic>) {
    let files = MemoryFiles::from([("f.yaml", yaml)]);
    let (config, mut problems) = load("f.yaml", &files, &(), Compat::V5_1);
    let (pipeline, found) = Pipeline::build(&config, Delivery::Safe, None);
    problems.extend(found);
    (pipeline, problems)
}

/// The lines of the outputs `stdout` for the lines of a file, read in two batches, and the offsets from which
/// the file would be read again after each and at the end.
#[track_caller]
fn check(yaml: &str, batches: [&[&str]; 2], expected: &[&[&str]], held: [Option<u64>; 3]) {
    let (pipeline, problems) = build(yaml);
    assert!(problems.is_empty(), "{problems:?}");
    let pipeline = Arc::new(pipeline);
    let mut written = Written(pipeline.outputs.iter().map(Output::writer).collect());
    let now = Timestamp::new(1_700_000_000, 0);
    written.0.iter_mut().for_each(|writer| writer.begin(b"app", now, 0));
    let (mut flow, arena) = (Flow::new(Arc::clone(&pipeline), 1), Arena::new());
    let mut scratch = LineScratch::new(Compat::V5_1);
    let mut stream = pipeline.inputs[0].stream("a.log");
    let tag = flow.tag(0, b"app", &(), now);
    let at = At { now, arena: &arena, metadata: &() };
    let mut found = Vec::new();
    let mut offset = 0;
    for lines in batches {
        for line in lines {
            let framed = Line { raw: line.as_bytes(), offset };
            offset += line.len() as u64 + 1;
            stream.line(framed, now, &mut scratch, &mut flow, &mut |record, offset, arena, flow| {
                let at = At { now, arena, metadata: &() };
                flow.record(tag, record, Source { file: 7, offset }, at, &mut written);
            });
        }
        flow.end_batch(tag, at, &mut written);
        flow.end_messages(7, Messages::Due, at, &mut written);
        found.push(flow.held(7));
    }
    flow.end_messages(7, Messages::All, at, &mut written);
    found.push(flow.held(7));
    for (writer, lines) in written.0.iter_mut().zip(expected) {
        let Body::Bytes(bytes) = writer.finish(b"app") else { panic!("not bytes") };
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().collect::<Vec<_>>(), *lines);
    }
    assert_eq!(found, held);
}

const OUTPUT: &str = "    - {name: stdout, match: '*', format: json_lines, json_date_key: false}\n";

#[test]
fn multiline_keeps_records() {
    let yaml = |options: &str| {
        format!(
            "pipeline:\n  inputs:\n    - {{name: tail, path: a.log, tag: app}}\n  filters:\n\
             \x20   - {{name: record_modifier, match: '*', record: seen x}}\n\
             \x20   - {{name: multiline, match: '*', multiline.parser: go, multiline.key_content: log{options}}}\n\
             \x20   - {{name: record_modifier, match: '*', record: z y}}\n  outputs:\n{OUTPUT}"
        )
    };
    let batches: [&[&str]; 2] = [&["one", "panic: a"], &["", "two"]];
    // Records of the emitter start at the first filter again; JSON has the last of two fields of one name.
    check(
        &yaml(""),
        batches,
        &[&[
            r#"{"log":"one","seen":"x","z":"y"}"#,
            r#"{"log":"panic: a\n\n","seen":"x","z":"y"}"#,
            r#"{"log":"two","seen":"x","z":"y"}"#,
        ]],
        [Some(4), None, None],
    );
    check(
        &yaml(", buffer: off"),
        batches,
        &[&[
            r#"{"log":"one","seen":"x","z":"y"}"#,
            r#"{"log":"panic: a","seen":"x","z":"y"}"#,
            // The parser's state outlives the message, as in Fluent Bit.
            r#"{"log":"\n","seen":"x","z":"y"}"#,
            r#"{"log":"two","seen":"x","z":"y"}"#,
        ]],
        [None, None, None],
    );
}

/// A record without any field left waits for the end of its batch, and stays as it was if there is no other: under the
/// tag that a filter gave it as well.
#[test]
fn batches_of_retagged_records_end() {
    let yaml = format!(
        "pipeline:\n  inputs:\n    - {{name: tail, path: a.log, tag: app}}\n  filters:\n\
         \x20   - {{name: rewrite_tag, match: app, rule: $log ^x new false}}\n\
         \x20   - {{name: record_modifier, match: new, remove_key: log}}\n  outputs:\n{OUTPUT}"
    );
    check(
        &yaml,
        [&["x1", "2"], &["x3"]],
        &[&[r#"{"log":"2"}"#, r#"{"log":"x1"}"#, r#"{"log":"x3"}"#]],
        [None, None, None],
    );
}

#[test]
fn processors_run_for_their_input_and_output() {
    let yaml = format!(
        "pipeline:\n  inputs:\n    - name: tail\n      path: a.log\n      tag: app\n      processors:\n\
         \x20       logs:\n          - {{name: grep, exclude: log two}}\n\
         \x20         - {{name: content_modifier, action: insert, key: a, value: b c}}\n\
         \x20 filters:\n    - {{name: modify, match: '*', add: after x}}\n  outputs:\n{OUTPUT}\
         \x20   - name: stdout\n      match: '*'\n      format: json_lines\n      json_date_key: false\n      processors:\n\
         \x20       logs:\n          - {{name: content_modifier, action: rename, key: log, value: message}}\n\
         \x20         - {{name: grep, regex: message one}}\n"
    );
    check(
        &yaml,
        [&["one", "two"], &["three"]],
        &[
            &[r#"{"log":"one","a":"b c","after":"x"}"#, r#"{"log":"three","a":"b c","after":"x"}"#],
            &[r#"{"message":"one","a":"b c","after":"x"}"#],
        ],
        [None, None, None],
    );
}

#[test]
fn processors_may_have_conditions() {
    let processor = |name: &str, condition: &str| {
        format!(
            "          - name: content_modifier\n            action: insert\n            key: {name}\n            value: x\n\
             \x20           condition: {condition}\n"
        )
    };
    let processors = [
        processor("eq", "{op: and, rules: [{field: $log, op: eq, value: '12'}]}"),
        processor("neq", "{op: and, rules: [{field: $log, op: neq, value: '12'}, {field: $no, op: neq, value: a}]}"),
        processor("or", "{op: or, rules: [{field: $log, op: eq, value: a}, {field: $log, op: gt, value: 11.5}]}"),
        processor("in", "{op: and, rules: [{field: $log, op: in, value: [b, '7']}]}"),
        processor("not", "{op: and, rules: [{field: $log, op: not_in, value: [b, '7']}, {field: $log, op: lte, value: 0}]}"),
        processor("re", "{op: and, rules: [{field: $log, op: regex, value: '[0-9]'}]}"),
    ]
    .concat();
    let yaml = format!(
        "pipeline:\n  inputs:\n    - name: tail\n      path: a.log\n      tag: app\n      processors:\n        logs:\n\
         {processors}  outputs:\n{OUTPUT}"
    );
    check(
        &yaml,
        [&["12", "7"], &["a7"]],
        &[&[
            r#"{"log":"12","eq":"x","or":"x","re":"x"}"#,
            r#"{"log":"7","neq":"x","in":"x","re":"x"}"#,
            r#"{"log":"a7","neq":"x","not":"x"}"#,
        ]],
        [None, None, None],
    );
}

#[test]
fn processors_that_cannot_run() {
    for (processor, code) in [
        ("name: sql", "unsupported-plugin"),
        ("name: nonsense", "unknown-plugin"),
        ("action: insert", "missing-name"),
        ("name: content_modifier, action: insert, key: k", "missing-property"),
        ("name: grep, regexp: a b", "unknown-property"),
        ("name: grep, condition: {op: and}", "missing-property"),
        ("name: grep, condition: {op: xor, rules: [{field: $a, op: eq, value: b}]}", "invalid-value"),
        ("name: grep, condition: {rules: [{field: $a, op: is, value: b}]}", "invalid-value"),
        ("name: grep, condition: {rules: [{field: $a, op: gt, value: b}]}", "invalid-value"),
        ("name: grep, condition: {rules: [{field: $a, op: regex, value: (}]}", "invalid-regex"),
        ("name: grep, condition: {rules: [{field: $a, op: eq}]}", "missing-property"),
    ] {
        let (_, problems) = build(&format!(
            "pipeline:\n  inputs:\n    - name: tail\n      path: a\n      processors:\n        logs:\n\
             \x20         - {{{processor}}}\n  outputs:\n    - {{name: 'null', match: '*'}}\n"
        ));
        let told = problems
            .iter()
            .any(|problem| problem.is_error() && problem.code() == code && problem.span().is_some());
        assert!(told, "{processor}: {problems:?}");
    }
}
