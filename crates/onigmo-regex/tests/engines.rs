//! Which patterns run in linear time, the rest of the interface, and text that is not UTF-8.

use onigmo_regex::{Captures, Regex, StepLimit, Wrapping};

#[test]
fn only_what_needs_it_backtracks() {
    for (pattern, linear) in [
        (r"^(?<time>[^ ]+) (?<stream>stdout|stderr) (?<logtag>[FP]) (?<log>.*)$", true),
        (r"(?<pod>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)_(?<ns>[^_]+)\.log$", true),
        (r"^$", true),
        (r"^\s*$", true),
        (r"a|^b", true),
        (r"(?i)\berror\b", true),
        // Nothing can follow that would make these go back.
        (r"(?>a+)", true),
        (r"(?<x>\d++)$", true),
        (r"^(?<a>(?>a+))(?<b>b)$", true),
        (r"a*+b|\R", true),
        (r"(?:x(?>a|ab))?", true),
        (r"(?<d>\d+)\.\g<d>", true),
        // Something can, or there is something an automaton cannot do.
        (r"(?<a>\d++)(?<b>.*)$", false),
        (r"(?>a|ab)c", false),
        (r"\R\n", false),
        (r"(?=a)b", false),
        (r"(a)\1", false),
        (r"a\Z", false),
        (r"a\Kb", false),
        // The line start may be tried behind the final newline.
        (r"\n^", false),
        (r"a|^", false),
    ] {
        assert_eq!(Regex::new(pattern).unwrap().is_linear(), linear, "{pattern}");
    }
}

#[test]
fn names_come_in_the_order_of_the_table() {
    let names = |pattern: &str| -> Vec<(usize, String)> {
        let regex = Regex::new(pattern).unwrap();
        assert_eq!(regex.has_named_groups(), regex.group_names().count() > 0);
        regex.group_names().map(|(index, name)| (index, name.to_owned())).collect()
    };
    let expected = |table: &[(usize, &str)]| -> Vec<(usize, String)> {
        table.iter().map(|(index, name)| (*index, (*name).to_owned())).collect()
    };
    assert_eq!(names("(a)(b)"), []);
    assert_eq!(names("(a)(?<x>b)(c)(?<w>d)"), expected(&[(1, "x"), (2, "w")]));
    assert_eq!(names("(?<a>.)(?<b>.)(?<a>.)"), expected(&[(1, "a"), (3, "a"), (2, "b")]));
    assert_eq!(names("(?<all>(?<k>.)=(?<v>.))"), expected(&[(1, "all"), (2, "k"), (3, "v")]));
    assert_eq!(Regex::new("(a)(?<x>b)(c)").unwrap().group_count(), 1);
    assert_eq!(Regex::new("(a)(?:b)(c)").unwrap().group_count(), 2);
}

#[test]
fn a_match_at_the_start_need_not_reach_the_end() {
    for (pattern, haystack, expected) in [
        ("kube", "kube.a", Some(4)),
        ("kube", "xkube.a", None),
        ("x*", "kube", Some(0)),
        ("a|ab", "ab", Some(1)),
        ("(?i)APP", "app.x", Some(3)),
        ("^b", "a\nb", None),
        ("(?=a)a", "ab", Some(1)),
        ("(?<!a)b", "ab", None),
    ] {
        let regex = Regex::new(pattern).unwrap();
        assert_eq!(regex.match_at_start(haystack.as_bytes()), expected, "{pattern} {haystack}");
    }
}

#[test]
fn flags_behind_the_last_slash() {
    let matches = |pattern, wrapping, haystack: &str| {
        Regex::fluent_bit(pattern, wrapping).unwrap().is_match(haystack.as_bytes())
    };
    assert!(matches("/hello/i", Wrapping::Flags, "HELLO"));
    assert!(!matches("/hello/i", Wrapping::SlashesOnly, "HELLO"));
    assert!(matches("/hello/i", Wrapping::SlashesOnly, "/hello/i"));
    assert!(matches("/a.b/m", Wrapping::Flags, "a\nb"));
    assert!(matches("/a b/x", Wrapping::Flags, "ab"));
    // The path `/api/m` is taken for the pattern `api`.
    assert!(matches("/api/m", Wrapping::Flags, "GET /api/v1"));
    assert!(!matches("/api/m", Wrapping::SlashesOnly, "GET /api/v1"));
}

#[test]
fn a_search_gives_up_after_too_many_steps() {
    let regex = Regex::new(r"(?:(a|b|ab|ba)+)+\1c(?=d)").unwrap();
    let haystack = "ab".repeat(60);
    assert_eq!(regex.try_is_match(haystack.as_bytes()), Err(StepLimit));
    assert!(!regex.is_match(haystack.as_bytes()));
    let mut captures = Captures::new();
    assert_eq!(regex.try_captures(haystack.as_bytes(), &mut captures), Err(StepLimit));
    assert!(!regex.captures(haystack.as_bytes(), &mut captures));
    assert_eq!(captures.get(0), None);
}

#[test]
fn captures_can_be_used_again() {
    let mut captures = Captures::new();
    assert!(Regex::new("(a)(b)").unwrap().captures(b"ab", &mut captures));
    assert_eq!(captures.get(2), Some(1..2));
    assert!(Regex::new("x").unwrap().captures(b"x", &mut captures));
    assert_eq!((captures.get(0), captures.get(2)), (Some(0..1), None));
    assert!(!Regex::new("(a)").unwrap().captures(b"b", &mut captures));
    assert_eq!((captures.get(0), captures.get(1)), (None, None));
}

#[track_caller]
fn check(pattern: &str, haystack: &[u8], expected: Option<(usize, usize)>) {
    let regex = Regex::new(pattern).unwrap();
    let mut captures = Captures::new();
    let matched = regex.captures(haystack, &mut captures);
    let found = captures.get(0).filter(|_| matched).map(|place| (place.start, place.end));
    assert_eq!(found, expected, "{pattern} in {haystack:?}");
    assert_eq!(regex.is_match(haystack), matched, "{pattern} in {haystack:?}");
}

#[test]
fn each_invalid_byte_is_a_character() {
    check("^.$", b"\xff", Some((0, 1)));
    check("^..$", b"\xe2\x82\n", Some((0, 2)));
    check("^...$", b"\xe2\x82a", Some((0, 3)));
    check("[^a]b", b"a\xffb", Some((1, 3)));
    check(r"\W\S\D\H", b"\xff\xfe\x80\xbf.", Some((0, 4)));
    check(r"[\W]", b"\xff", None);
    check("[[:^alpha:]]", b"\xff", None);
    check("[é\\x{e9}]", b"\xe9.", None);
    check("é", b"\xffa\xc3\xa9", Some((2, 4)));
    check("(.)\\1", b"a\xfe\xff\xff", Some((2, 4)));
    check("(?<=.)b", b"\xffb", Some((1, 2)));
    check("b$", b"\xff\nab", Some((3, 4)));
    check(r"(?=\S)[^x]x", b"\xffx", Some((0, 2)));
    // The characters that stand for such bytes in a search mean themselves in valid text.
    check("\u{10ffff}", "a\u{10ffff}".as_bytes(), Some((1, 5)));
    check(".", "\u{10ff7f}".as_bytes(), Some((0, 4)));
}

#[test]
fn a_character_cut_off_at_the_end_hides_the_end() {
    check("^(.*)$", b"ab\xe2\x82", None);
    check("$", b"ab\xe2\x82", None);
    check("b$", b"ab\xe2\x82", None);
    check("^(.*)", b"ab\xe2\x82", Some((0, 2)));
    check("[^x]*", b"ab\xe2\x82", Some((0, 4)));
    check(r"\S+$", b"ab\xe2\x82", None);
    check("^(.*)$", b"a\nb\xe2\x82", Some((0, 1)));
    check("(?!b)a", b"a\xc3", Some((0, 1)));
}
