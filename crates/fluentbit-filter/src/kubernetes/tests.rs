//! Whole records through the filter.

use event_model::{Arena, Compat, Timestamp, Value};

use super::*;
use crate::test_support::{apply, parsers, problems, section};

/// Knows the pod `web-1` in `shop` with these annotations, and the namespace.
struct Known(&'static str);

impl Metadata for Known {
    fn pod(&self, namespace: &[u8], pod: &[u8]) -> Option<PodMetadata> {
        let json = format!(
            r#"{{"metadata": {{"uid": "u1", "labels": {{"app": "web"}}, "annotations": {{{}}},
                "ownerReferences": [{{"kind": "ReplicaSet"}}]}}, "spec": {{"nodeName": "n1"}},
                "status": {{"podIP": "10.0.0.1", "containerStatuses": [
                {{"name": "api", "containerID": "c://other", "imageID": "p://h", "image": "r:1"}}]}}}}"#,
            self.0
        );
        let known = (namespace, pod) == (b"shop", b"web-1");
        known.then(|| PodMetadata::from_json(json.as_bytes(), Compat::V5_1).unwrap())
    }

    fn namespace(&self, namespace: &[u8]) -> Option<NamespaceMetadata> {
        let json = br#"{"metadata": {"labels": {"team": "a"}, "annotations": {"note": "b"}}}"#;
        (namespace == b"shop").then(|| NamespaceMetadata::from_json(json, Compat::V5_1).unwrap())
    }
}

fn tag() -> String {
    format!("kube.var.log.containers.web-1_shop_api-{}.log", id())
}

fn id() -> String {
    "0123456789abcdef".repeat(4)
}

/// What the filter makes of a record, and its verdict if that is not to keep it.
fn run(
    compat: Compat,
    lines: &[&str],
    tag: &str,
    annotations: &'static str,
    fields: &[(&'static str, &'static str)],
) -> String {
    let mut problems = Vec::new();
    let filter =
        Kubernetes::from_section(&section("kubernetes", lines, compat), &parsers(compat), &mut problems);
    let filter = filter.unwrap_or_else(|| panic!("{problems:?}"));
    let state = filter.prepare(tag.as_bytes(), &Known(annotations), Timestamp::new(1_700_000_000, 0));
    let arena = Arena::new();
    let fields: Vec<_> = fields.iter().map(|(key, text)| (*key, Value::Str(text.as_bytes()))).collect();
    let mut verdict = String::new();
    let mut time = 0;
    let shown = apply(&arena, &fields, |record, cx| {
        record.timestamp.seconds = 7;
        match filter.apply(&state, record, cx, &mut ()) {
            Verdict::Keep => {}
            other => verdict = format!("{other:?}"),
        }
        time = record.timestamp.seconds;
    });
    match (verdict.as_str(), time) {
        ("", 7) => shown,
        ("", time) => format!("{shown} @{time}"),
        _ => verdict,
    }
}

#[test]
fn the_map() {
    let id = id();
    let check = |compat, lines: &[&str], tag: &str, expected: String| {
        assert_eq!(run(compat, lines, tag, r#""a": "b""#, &[]), expected, "{lines:?} {tag} {compat}");
    };
    let start = "pod_name=web-1 namespace_name=shop pod_id=u1";
    let end = format!("container_name=api docker_id={id} container_hash=h container_image=r:1");
    for (lines, expected) in [
        (&[][..], format!("{start} labels={{app=web}} annotations={{a=b}} host=n1 pod_ip=10.0.0.1 {end}")),
        (&["Labels Off", "Annotations Off"], format!("{start} host=n1 pod_ip=10.0.0.1 {end}")),
        (
            &["Labels Off", "Annotations Off", "Owner_References On"],
            format!("{start} ownerReferences=[{{kind=ReplicaSet}}] host=n1 pod_ip=10.0.0.1 {end}"),
        ),
        (
            &["Use_Tag_For_Meta On"],
            format!("pod_name=web-1 namespace_name=shop container_name=api docker_id={id}"),
        ),
        (&["Dummy_Meta On"], "dummy=Tue Nov 14 22:13:20 2023".to_owned()),
    ] {
        check(Compat::V5_1, lines, &tag(), format!("kubernetes={{{expected}}}"));
    }
    let without = format!("kubernetes={{{start} host=n1 {end}}}");
    check(Compat::V1_8, &["Labels Off", "Annotations Off", "Owner_References On"], &tag(), without);
    let namespace = "kubernetes_namespace={name=shop labels={team=a} annotations={note=b}}";
    let both = ["Namespace_Labels On", "Namespace_Annotations On", "Namespace_Metadata_Only On"];
    check(Compat::V5_1, &both, &tag(), namespace.to_owned());
    // Of a tag with less in it, the status tells the id.
    let short = ["Kube_Tag_Prefix kube.", "Regex_Parser two-parts", "Labels Off", "Annotations Off"];
    let expected = format!("kubernetes={{{start} host=n1 pod_ip=10.0.0.1}}");
    check(Compat::V5_1, &short, "kube.shop.web-1", expected);
}

#[test]
fn tags_and_metadata_that_are_missing() {
    let fields = &[("log", r#"{"a":1}"#)];
    for (lines, tag, expected) in [
        // Without metadata, merging goes on.
        (&["Merge_Log On"][..], "web-2_shop_api", r#"log={"a":1} a=1"#),
        (&["Merge_Log On"], "nothing", r#"log={"a":1}"#),
        (&["Merge_Log On", "Namespace_Metadata_Only On"], "web-1_shop_api", r#"log={"a":1}"#),
    ] {
        let tag = format!("kube.var.log.containers.{tag}-{}.log", id());
        assert_eq!(run(Compat::V5_1, lines, &tag, "", fields), expected, "{tag}");
    }
    let filter = Kubernetes::from_section(
        &section("kubernetes", &[], Compat::V5_1),
        &parsers(Compat::V5_1),
        &mut Vec::new(),
    );
    let state = |tag: &str| filter.as_ref().unwrap().prepare(tag.as_bytes(), &(), Timestamp::default());
    assert!(state(&tag()).is_metadata_missing() && !state(&tag()).is_untouched());
    assert!(state("kube.").is_untouched() && !state("kube.").is_metadata_missing());
}

#[test]
fn merging() {
    // `Use_Tag_For_Meta` with a pattern that finds nothing leaves an empty map.
    let check = |lines: &[&str], fields: &[(&'static str, &'static str)], expected: &str| {
        let lines: Vec<&str> = ["Dummy_Meta On", "Merge_Log On"].iter().chain(lines).copied().collect();
        let found = run(Compat::V5_1, &lines, "app", "", fields);
        let (found, rest) = found.split_once(" kubernetes=").unwrap_or((&found, ""));
        let time = rest.split_once('@').map(|(_, time)| format!(" @{time}")).unwrap_or_default();
        assert_eq!(format!("{found}{time}"), expected, "{lines:?} {fields:?}");
    };
    let json = [("log", r#"{"m":"x\n","stream":"mine"}"#), ("stream", "stdout")];
    for (lines, expected) in [
        (&[][..], r#"log={"m":"x\n","stream":"mine"} stream=stdout m=x stream=mine"#),
        (&["Keep_Log Off"], "stream=stdout m=x stream=mine"),
        (&["Keep_Log Off", "Merge_Log_Trim Off"], "stream=stdout m=x\n stream=mine"),
        (&["Keep_Log Off", "Merge_Log_Key d"], "stream=stdout d={m=x stream=mine}"),
        (&["Keep_Log Off", "Merge_Parser nope"], "stream=stdout m=x stream=mine"),
        (&["Merge_Parser level"], r#"log={"m":"x\n","stream":"mine"} stream=stdout"#),
    ] {
        check(lines, &json, expected);
    }
    for (lines, log, expected) in [
        (&["Keep_Log Off"][..], "INFO up", "log=INFO up k=v"),
        (&["Keep_Log Off"], "{}", "k=v"),
        (&["Keep_Log Off", "Merge_Log_Key d"], "{}", "k=v"),
        (&["Keep_Log Off"], "[1]", "log=[1] k=v"),
        (&["Keep_Log Off"], "text\n", "log=text\n k=v"),
        // A parser without a time sets the record's time to now, which is 9 here.
        (&["Keep_Log Off", "Merge_Parser level"], "INFO up", "k=v level=INFO text=up @9"),
        (&["Keep_Log Off", "Merge_Parser stamp"], "1970-01-01T00:01:40Z up", "k=v text=up @100"),
        (&["Keep_Log Off", "Merge_Parser stamp"], "1970-01-01T00:00:00Z up", "k=v text=up @9"),
        (&["Keep_Log Off", "Merge_Parser json"], r#"{"at":"1970-01-01T00:01:40Z"}"#, "k=v @100"),
    ] {
        check(lines, &[("log", log), ("k", "v")], expected);
    }
    check(&["Keep_Log Off"], &[("log", r#"{"a":1}"#), ("log", r#"{"b":2}"#)], r#"log={"b":2} a=1"#);
}

#[test]
fn logs_that_are_no_text() {
    let lines = ["Dummy_Meta On", "Merge_Log On"];
    let with = |more: &[&str], value: Value<'static>| {
        let lines: Vec<&str> = lines.iter().chain(more).copied().collect();
        let section = section("kubernetes", &lines, Compat::V5_1);
        let filter = Kubernetes::from_section(&section, &ParserSet::new(), &mut Vec::new()).unwrap();
        let state = filter.prepare(b"app", &(), Timestamp::default());
        let arena = Arena::new();
        let found = apply(&arena, &[("log", value), ("k", Value::Null)], |record, cx| {
            filter.apply(&state, record, cx, &mut ())
        });
        found.split(" kubernetes").next().unwrap_or_default().to_owned()
    };
    const MAP: Value<'_> = Value::Map(&[Field::new(b"s", Value::Str(b"x\n"))]);
    // What is merged of a map is not trimmed.
    assert_eq!(with(&[], MAP), "log={s=x\n} k=null s=x\n");
    assert_eq!(with(&["Keep_Log Off"], MAP), "k=null s=x\n");
    assert_eq!(with(&["Merge_Log_Key d"], MAP), "log={s=x\n} k=null d={s=x\n}");
    assert_eq!(with(&[], Value::Int(5)), "log=5 k=null");
    // Nothing is merged, and it is lost all the same.
    assert_eq!(with(&["Keep_Log Off"], Value::Int(5)), "k=null");
}

#[test]
fn annotations_of_the_pod() {
    let check = |annotations, fields: &[(&'static str, &'static str)], expected: &str| {
        let lines = [
            "Merge_Log On",
            "K8S-Logging.Parser On",
            "K8S-Logging.Exclude On",
            "Labels Off",
            "Annotations Off",
        ];
        let found = run(Compat::V5_1, &lines, &tag(), annotations, fields);
        let (found, _) = found.split_once(" kubernetes=").unwrap_or((&found, ""));
        assert_eq!(found, expected, "{annotations} {fields:?}");
    };
    let out = &[("log", "INFO up"), ("stream", "stdout")];
    let err = &[("log", "INFO up"), ("stream", "stderr")];
    const PARSED: &str = "log=INFO up stream=stdout level=INFO text=up";
    for (annotations, fields, expected) in [
        (r#""fluentbit.io/parser": "level""#, out, PARSED),
        (r#""fluentbit.io/parser_stdout": "level""#, out, PARSED),
        (r#""fluentbit.io/parser_stdout": "level""#, err, "log=INFO up stream=stderr"),
        (r#""fluentbit.io/parser-other": "level""#, out, "log=INFO up stream=stdout"),
        (r#""fluentbit.io/exclude": "true""#, out, "Drop"),
        (r#""fluentbit.io/exclude_stderr": "true""#, out, "log=INFO up stream=stdout"),
        (r#""fluentbit.io/exclude_stderr": "true""#, err, "Drop"),
    ] {
        check(annotations, fields, expected);
    }
    let both = r#""fluentbit.io/parser": "level""#;
    let one = r#""fluentbit.io/exclude_stdout": "true""#;
    let all = r#""fluentbit.io/exclude": "on""#;
    // Without a stream, a parser does not apply and exclusion must be of both.
    check(both, &[("log", "INFO up")], "log=INFO up");
    check(one, &[("log", "INFO up")], "log=INFO up");
    check(all, &[("log", "INFO up")], "Drop");
    check(all, &[("log", "INFO up"), ("stream", "other")], "Drop");
    // Any beginning of the key and of the stream's name will do, and the first such key decides.
    check(one, &[("s", "std"), ("log", "INFO up"), ("stream", "stderr")], "Drop");
    check(one, &[("s", "x"), ("log", "INFO up"), ("stream", "stdout")], "s=x log=INFO up stream=stdout");
}

#[test]
fn complaints() {
    for (lines, expected) in [
        (&["Merge_Log maybe"][..], Some("invalid-boolean")),
        (&["Regex_Parser nope"], Some("unknown-parser")),
        (&["Regex_Parser json"], Some("wrong-parser-format")),
        (&["Merge_Log On", "Merge_Parser nope"], Some("unknown-parser")),
        (&["Regex_Parser two-parts"], None),
    ] {
        let found = problems(&section("kubernetes", lines, Compat::V5_1), |section, problems| {
            Kubernetes::from_section(section, &parsers(Compat::V5_1), problems).is_some()
        });
        assert_eq!(found, Vec::from_iter(expected), "{lines:?}");
    }
}
