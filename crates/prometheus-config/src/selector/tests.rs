use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let found = match LabelSelector::parse(text) {
        Ok(selector) => {
            format!("{:?}", selector.requirements.iter().map(|r| (&r.key, &r.condition)).collect::<Vec<_>>())
        }
        Err(error) => error.to_string(),
    };
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn requirements() {
    check("", "[]");
    check(" \t", "[]");
    check("b,a", r#"[("a", Exists), ("b", Exists)]"#);
    check("!a", r#"[("a", Missing)]"#);
    check("a=b", r#"[("a", In(["b"]))]"#);
    check("a==b,c!=d", r#"[("a", In(["b"])), ("c", NotIn(["d"]))]"#);
    check("a=", r#"[("a", In([""]))]"#);
    check("a in (y, x,y)", r#"[("a", In(["x", "y"]))]"#);
    check("a notin (in,)", r#"[("a", NotIn(["", "in"]))]"#);
    check("a in ()", r#"[("a", In([""]))]"#);
    check("in", r#"[("in", Exists)]"#);
    check("a>5, b < 7", r#"[("a", Above(5)), ("b", Below(7))]"#);
    check("x.y/k=v", r#"[("x.y/k", In(["v"]))]"#);
}

#[test]
fn mistakes() {
    check("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt");
    check("a in", "unable to parse requirement: found '' expected: '('");
    check("a in (", "unable to parse requirement: found '', expected: ',', ')' or identifier");
    check("a in (x", "unable to parse requirement: found '', expected: ',' or ')'");
    check("a in (x,", "unable to parse requirement: found '', expected: ',', or identifier");
    check("=x", "found '=', expected: !, identifier, or 'end of string'");
    check("a=b c", "found 'c', expected: ',' or 'end of string'");
    check("!!a", "unable to parse requirement: found '!', expected: identifier");
    check("a,,b", "found ',', expected: identifier after ','");
    check("!a=b", "found '=', expected: ',' or 'end of string'");
    check("a<>b", "unable to parse requirement: found '>', expected: identifier");
    check(
        "a>b",
        "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer",
    );
    check("/a", "unable to parse requirement: <nil>: Invalid value: \"/a\": prefix part must be non-empty");
    check(
        "a/b/c",
        "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric \
         characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or \
         'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an \
         optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    );
    let long = "k".repeat(64);
    check(
        &format!("a={long}"),
        &format!(
            "unable to parse requirement: values[0][a]: Invalid value: \"{long}\": must be no more than 63 bytes"
        ),
    );
    assert!(LabelSelector::parse("-a").is_err() && LabelSelector::parse("a=b_").is_err());
    assert!(LabelSelector::parse("X/a").is_err() && LabelSelector::parse("a/b/c").is_err());
}

#[test]
fn matching() {
    let labels = |name: &str| match name {
        "app" => Some("web"),
        "size" => Some("7"),
        _ => None,
    };
    let matches = |text: &str| LabelSelector::parse(text).expect("valid").matches(labels);
    assert!(matches("") && matches("app") && matches("app=web,!x") && matches("x notin (a)"));
    assert!(matches("size>6") && matches("size<8") && matches("x!=a"));
    assert!(!matches("x") && !matches("!app") && !matches("app in (a, b)") && !matches("app!=web"));
    assert!(!matches("size>7") && !matches("app>1") && !matches("x<1"));
}

#[track_caller]
fn check_fields(text: &str, expected: &str) {
    let found = match FieldSelector::parse(text) {
        Ok(selector) => {
            let terms = selector
                .terms()
                .iter()
                .map(|term| format!("{}{}{}", term.field, if term.negated { "!=" } else { "=" }, term.value));
            terms.collect::<Vec<_>>().join(" & ")
        }
        Err(error) => error.to_string(),
    };
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn fields() {
    check_fields("", "");
    check_fields(",,", "");
    check_fields("b=c,a!=d", "a!=d & b=c");
    check_fields("a==b", "a=b");
    check_fields(r"a=b\,c\=d\\", r"a=b,c=d\");
    check_fields("=b", "=b");
    check_fields("a", "invalid selector: 'a'; can't understand 'a'");
    check_fields("a=b=c", "invalid field selector: unescaped character in value: 61");
    check_fields(r"a=\x", r"invalid field selector: invalid escape sequence: \x");
    check_fields(r"a=b\", r"invalid field selector: invalid escape sequence: \");
}
