//! Templates and replacement. The expectations were observed with Go.

use re2_regex::{Captures, Regex, Template};

#[track_caller]
fn check(pattern: &str, text: &str, template: &str, expected: &str) {
    let regex = Regex::new(pattern).unwrap();
    let mut out = String::new();
    regex.replace_all(text, &Template::new(template, &regex), &mut Captures::new(), &mut out);
    assert_eq!(out, expected, "{pattern:?} on {text:?} with {template:?}");
}

#[test]
fn references() {
    let check = |template, expected| check("^(foo)(bar)?(?P<n>x)?(?P<n>y)?$", "fooy", template, expected);
    check("$0", "fooy");
    check("$1-$2-$3-$4", "foo---y");
    check("${1}x$$2 $ ${ $3 ${9} ${a-b} $é|$01|${01}|${1", "foox$2 $ ${   ${a-b} |||${1");
    check("$n", "y");
    check("${n}x$nx", "yx");
    check("$1_", "");
    check("$$$1", "$foo");
    check("$1}", "foo}");
    check("a$", "a$");
    check("$ 1", "$ 1");
    check("$4294967297$99999999999", "");
    check("$½", "$½");
    check("$٣a", "");
    check("\\1 %1", "\\1 %1");
}

#[test]
fn replacing() {
    check("a(x*)b", "-ab-axxb-", "${1}W", "-W-xxW-");
    check("a*", "baac", "X", "XbXcX");
    check("", "éa", "-", "-é-a-");
    check("b|", "abc", "-", "-a-c-");
    check("^z|(foo.*)$", "zfoo1", "<$1>", "<><foo1>");
    check("\\b", "a b", "|", "|a| |b|");
    check("^(?s:z)|(foo-.*)$", "zzfoo-", "R", "RzR");
    check("x", "abc", "-", "abc");
}

#[test]
fn what_a_template_is() {
    let regex = Regex::anchored("(a)(?P<n>b)(?P<n>c)").unwrap();
    let template = |text| Template::new(text, &regex);
    assert_eq!(template("a$$b").as_literal(), Some("a$b"));
    assert_eq!(template("a$1").as_literal(), None);
    assert_eq!(template("").as_literal(), Some(""));
    assert_eq!(template("$1").as_group(), Some(1));
    assert_eq!(template("${0}").as_group(), Some(0));
    assert_eq!(template("$n").as_group(), None);
    assert_eq!(template("$9").as_group(), None);
    assert_eq!(template("x$1").as_group(), None);
    assert_eq!(template("$$1").as_str(), "$$1");
}
