use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let shown = Url::parse(text).map_or_else(|error| error.to_string(), |url| url.to_string());
    assert_eq!(shown, expected, "{text:?}");
}

#[test]
fn normal_forms() {
    for same in [
        "",
        "*",
        "http://a",
        "http://a/",
        "http://a:80/b?c=d#e",
        "http://u:p@a/",
        "http://[::1]:80/",
        "http:/a",
        "http://a/?",
        "mailto:x@y",
        "/a/b?c",
        "//a/b",
        "a/b:c",
        "http://a/b%2Fc",
        "http://a/%5B",
        "http://a/[b]",
        "postgres://a:1,b:2/c",
        "http://a:/",
        "file:///a",
        "http://[fe80::1%25en0]/",
    ] {
        check(same, same);
    }
    check("HTTPS://A/b c?d e", "https://A/b%20c?d e");
    check("http://a/é", "http://a/%C3%A9");
    check("http://é/", "http://%C3%A9/");
    check("http://a#b c", "http://a#b%20c");
    check("http://a#", "http://a");
    check("http://a/%7e", "http://a/%7e");
    check("./a:b", "./a:b");
    check("http://u%40:p%3A@a", "http://u%40:p%3A@a");
}

#[test]
fn mistakes() {
    check("http://%zz", r#"parse "http://%zz": invalid URL escape "%zz""#);
    check("http://a/%", r#"parse "http://a/%": invalid URL escape "%""#);
    check("http://a/%4", r#"parse "http://a/%4": invalid URL escape "%4""#);
    check("http://a b/", r#"parse "http://a b/": invalid character " " in host name"#);
    check("http://a:x/", r#"parse "http://a:x/": invalid port ":x" after host"#);
    check("http://a:1:2/", r#"parse "http://a:1:2/": invalid port ":1:2" after host"#);
    check("http://[::1/", r#"parse "http://[::1/": missing ']' in host"#);
    check("http://a[::1]/", r#"parse "http://a[::1]/": invalid IP-literal"#);
    check("http://[1.2.3.4]/", r#"parse "http://[1.2.3.4]/": invalid IP-literal"#);
    check("http://%41/", r#"parse "http://%41/": invalid URL escape "%41""#);
    check(":a", r#"parse ":a": missing protocol scheme"#);
    check("1a:b", r#"parse "1a:b": first path segment in URL cannot contain colon"#);
    check("http://a\n", r#"parse "http://a\n": net/url: invalid control character in URL"#);
    check("http://u ser@a", r#"parse "http://u ser@a": net/url: invalid userinfo"#);
    check("http://a#%z", r##"parse "http://a#%z": invalid URL escape "%z""##);
}

#[test]
fn parts_are_escaped() {
    let url =
        |scheme, host, path, parameters: &[_]| Url::from_parts(scheme, host, path, parameters).to_string();
    assert_eq!(
        url("http", "a:1", "/m?x", &[("b", "é /"), ("a", "1"), ("b", "2")]),
        "http://a:1/m%3Fx?a=1&b=%C3%A9+%2F&b=2"
    );
    assert_eq!(url("http", "a", "m", &[]), "http://a/m");
    assert_eq!(url("", "a", "/m", &[]), "//a/m");
    assert_eq!(url("http", "", "/m", &[]), "http:///m");
    assert_eq!(url("http", "::1", "", &[]), "http://::1");
}

#[test]
fn passwords_are_hidden() {
    let url = Url::parse("http://u:secret@a/").expect("valid");
    assert_eq!(url.redacted(), "http://u:xxxxx@a/");
    assert_eq!(format!("{url:?}"), "Url(\"http://u:xxxxx@a/\")");
    assert_eq!(url.as_str(), "http://u:secret@a/");
}
