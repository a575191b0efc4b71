//! The YAML form.

use fluentbit_config::{Compat, Config, Item, MemoryFiles, Text, load, parse_yaml};
use source_text::{Diagnostic, SourceMap};

/// The tree in one line: `[name …]` for a section, `(name …)` for a group and `(-name …)` for one of a list,
/// `key=value`, `@name=value`, `#comment`, `_` for a blank line.
fn show(items: &[Item]) -> String {
    let comment = |comment: &Option<Text>| {
        comment.as_ref().map(|comment| format!(" #{}", comment.value)).unwrap_or_default()
    };
    let part = |item: &Item| match item {
        Item::Blank(_) => "_".to_owned(),
        Item::Comment(comment) => format!("#{}", comment.value),
        Item::Command(command) => {
            format!("@{}={}{}", command.name.value, command.value.value, comment(&command.comment))
        }
        Item::Section(section) => format!("[{} {}]", section.name.value, show(&section.items)),
        Item::Group(group) => {
            format!("({}{} {})", if group.listed { "-" } else { "" }, group.name.value, show(&group.items))
        }
        Item::Property(property) => {
            format!("{}={}{}", property.key.value, property.value.value, comment(&property.comment))
        }
        _ => String::new(),
    };
    items.iter().map(part).collect::<Vec<_>>().join(" ")
}

/// Each problem as `line:column code`, errors with `!` before them.
fn places(sources: &SourceMap, problems: &[Diagnostic]) -> Vec<String> {
    problems
        .iter()
        .map(|problem| {
            let mark = if problem.is_error() { "!" } else { "" };
            let (_, start, _) = problem.span().and_then(|span| sources.locate(span)).expect("a place");
            format!("{mark}{}:{} {}", start.line, start.column, problem.code())
        })
        .collect()
}

#[track_caller]
fn check(text: &str, expected: &str, expected_problems: &[&str]) {
    let mut sources = SourceMap::new();
    let id = sources.add("f.yaml", text);
    let (document, problems) = parse_yaml(id, text);
    assert_eq!(show(&document.items), expected, "{text}");
    assert_eq!(places(&sources, &problems), expected_problems, "{text}");
}

#[test]
fn trees() {
    check("", "", &[]);
    check("service:\n  flush: 1\n  http_server: on\n", "[service flush=1 http_server=on]", &[]);
    check(
        "env:\n  - name: A\n    value: b\n  - {name: C, uri: 'file:///x', refresh_interval: 5}\n  - name: D\n",
        "@SET=A=b @SET=C=file:///x @SET=D=",
        &[],
    );
    check("env:\n  A: b\n  C: 'd e'\nincludes:\n  - x.yaml\n", "@SET=A=b @SET=C=d e @INCLUDE=x.yaml", &[]);
    check(
        "pipeline:\n  inputs:\n    - name: tail\n      path: a\n    - name: dummy\n  outputs:\n    - {name: 'null', match: '*'}\n",
        "[input name=tail path=a] [input name=dummy] [output name=null match=*]",
        &[],
    );
    check("PIPELINE:\n  Filters:\n    - regex: [a b, c d]\n", "[filter regex=a b regex=c d]", &[]);
    check(
        "parsers:\n  - name: p\nmultiline_parsers:\n  - name: m\n    rules:\n      - state: s\n        regex: /x/\n      - state: t\n",
        "[parser name=p] [multiline_parser name=m (-rules state=s regex=/x/) (-rules state=t)]",
        &[],
    );
    check(
        "pipeline:\n  inputs:\n    - name: a\n      processors:\n        logs:\n          - name: x\n            condition: {op: and, rules: [{f: 1}, {f: 2}]}\n",
        "[input name=a (processors (-logs name=x (condition op=and (-rules f=1) (-rules f=2))))]",
        &[],
    );
    check("plugins:\n  - /a.so\n", "[plugins path=/a.so]", &[]);
    check("notes:\n  a: b\n", "[notes a=b]", &[]);
    check("service:\n  a: 1\n---\npipeline:\n  inputs: [{name: x}]\n", "[service a=1] [input name=x]", &[]);
}

#[test]
fn comments_and_blank_lines() {
    check(
        "# top\n\nservice: # s\n  # a\n  flush: 1 # b\n\n  grace: 2\n# end\n",
        "# top _ [service # s # a flush=1 # b _ grace=2] # end",
        &[],
    );
    check(
        "pipeline:\n  # p\n  inputs:\n    # one\n    - name: a # x\n      # y\n      tag: b\n    # two\n    - name: c\n",
        "# p # one [input name=a # x # y tag=b] # two [input name=c]",
        &[],
    );
    check(
        "pipeline:\n  filters:\n    - regex:\n        # first\n        - a b\n\n        # second\n        - c d\n",
        "[filter # first regex=a b _ # second regex=c d]",
        &[],
    );
    check("service:\n  a: |\n    # no\n\n    x\n  b: '#no'\n", "[service a=# no\n\nx b=#no]", &[]);
}

#[test]
fn structures_that_are_refused() {
    check("- a\n", "", &["!1:1 yaml-structure"]);
    check("service: 1\n", "", &["!1:10 yaml-structure"]);
    check("service:\n", "", &["!1:9 yaml-structure"]);
    check("service:\n  a: [1]\n  b: 2\n", "[service b=2]", &["!2:6 yaml-structure"]);
    check("filters:\n  - name: a\n", "", &["!1:1 yaml-structure"]);
    check("colour: red\n", "", &["!1:1 yaml-structure"]);
    check("includes: a.yaml\n", "", &["!1:11 yaml-structure"]);
    check("pipeline:\n  sinks: []\n", "", &["!2:3 yaml-structure"]);
    check(
        "pipeline:\n  inputs:\n  outputs: {name: a}\n",
        "",
        &["!2:10 yaml-structure", "!3:12 yaml-structure"],
    );
    check("pipeline:\n  inputs:\n    - tail\n", "", &["!3:7 yaml-structure"]);
    check(
        "pipeline:\n  inputs:\n    - name: a\n      x: {y: z}\n      l: []\n      m: [[a]]\n",
        "[input name=a]",
        &["!4:10 yaml-structure", "!5:10 yaml-structure", "!6:11 yaml-structure"],
    );
    check(
        "pipeline:\n  inputs:\n    - name: a\n      processors:\n        tracks: []\n        logs: 1\n",
        "[input name=a (processors )]",
        &["!5:9 yaml-structure", "!6:15 yaml-structure"],
    );
    check("? [a]\n: b\n", "", &["!1:3 yaml-structure"]);
    check("service:\n  a: ' '\n", "[service ]", &["!2:6 empty-value"]);
    check("service:\n\ta: b\n", "", &["!2:1 yaml-syntax"]);
}

#[test]
fn aliases_are_refused() {
    check(
        "service: &s\n  a: 1\nserv:\n  b: &x 2\n  c: *x\n",
        "[service a=1] [serv b=2]",
        &["!5:3 yaml-alias"],
    );
    check("a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n", "[a x=1] [b y=2]", &["!3:3 yaml-alias"]);
}

fn read<const N: usize>(files: [(&str, &str); N]) -> (Config, Vec<String>) {
    let entry = files[0].0;
    let (config, problems) = load(entry, &MemoryFiles::from(files), &(), Compat::V5_1);
    let found = problems
        .iter()
        .map(|problem| {
            let mark = if problem.is_error() { "!" } else { "" };
            let place = problem.span().and_then(|span| config.sources.locate(span));
            let place = place.map(|(name, start, _)| format!("{name}:{}", start.line)).unwrap_or_default();
            format!("{mark}{place} {}", problem.code())
        })
        .collect();
    (config, found)
}

#[test]
fn keys_become_snake_case() {
    let (config, problems) = read([(
        "f.yaml",
        "pipeline:\n  inputs:\n    - Name: tail\n      path: a\n      readFromHead: true\n",
    )]);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(config.inputs[0].bool("read_from_head", false), Ok(true));
}

#[test]
fn includes() {
    let (config, problems) = read([
        ("etc/f.yaml", "includes:\n  - sub/a.yaml\n  - gone/*.yaml\nservice:\n  flush: 1\n"),
        ("etc/sub/a.yaml", "includes:\n  - b.yaml\npipeline:\n  filters:\n    - {name: grep, match: a}\n"),
        ("etc/sub/b.yaml", "pipeline:\n  filters:\n    - {name: grep, match: b}\n"),
    ]);
    // A relative pattern that matches nothing is passed over.
    assert_eq!(problems, ["etc/f.yaml:3 missing-include"]);
    assert_eq!(
        config.filters.iter().filter_map(|filter| filter.str("match")).collect::<Vec<_>>(),
        ["b", "a"]
    );
    let (_, problems) = read([("f.yaml", "includes:\n  - none.yaml\n  - /n/*.yaml\n  - f.yaml\n")]);
    assert_eq!(
        problems,
        ["!f.yaml:2 missing-include", "!f.yaml:3 missing-include", "!f.yaml:4 include-cycle"]
    );
}

#[test]
fn parsers_may_stand_in_the_main_file() {
    let (config, problems) = read([
        ("f.yaml", "service:\n  parsers_file: p.yaml\nparsers:\n  - {name: a, format: json}\n"),
        ("p.yaml", "parsers:\n  - {name: b, format: json}\n"),
    ]);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(config.parsers.iter().map(|parser| parser.name()).collect::<Vec<_>>(), ["b", "a"]);
}

#[test]
fn one_service_only() {
    let (_, problems) = read([("f.yaml", "service:\n  flush: 1\nservice:\n  grace: 2\n")]);
    assert_eq!(problems, ["!f.yaml:3 duplicate-service"]);
}

#[test]
fn empty_properties() {
    let (_, problems) =
        read([("f.yaml", "pipeline:\n  inputs:\n    - name: tail\n      path: a\n      tag:\n")]);
    assert_eq!(problems, ["!f.yaml:5 empty-property"]);
}

#[test]
fn release_1_8_reads_no_yaml() {
    let (_, problems) =
        load("f.yaml", &MemoryFiles::from([("f.yaml", "service:\n  flush: 1\n")]), &(), Compat::V1_8);
    assert_eq!(problems[0].code(), "yaml-unsupported");
}
