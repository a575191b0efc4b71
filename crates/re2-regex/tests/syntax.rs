//! What patterns mean, and the words patterns are rejected with. The expectations were observed with Go.

use re2_regex::{Captures, Regex};

/// Whether the anchored pattern matches each of the texts.
#[track_caller]
fn check(pattern: &str, yes: &[&str], no: &[&str]) {
    let regex = Regex::anchored(pattern).unwrap_or_else(|error| panic!("{pattern:?}: {error}"));
    let mut captures = Captures::new();
    for (texts, expected) in [(yes, true), (no, false)] {
        for text in texts {
            assert_eq!(regex.is_match(text), expected, "{pattern:?} on {text:?}");
            assert_eq!(regex.captures(text, &mut captures), expected, "{pattern:?} on {text:?}");
        }
    }
}

/// The groups of a match of the anchored pattern, `-` for one that took no part.
#[track_caller]
fn check_groups(pattern: &str, text: &str, expected: &str) {
    let regex = Regex::anchored(pattern).unwrap_or_else(|error| panic!("{pattern:?}: {error}"));
    let mut captures = Captures::new();
    assert!(regex.captures(text, &mut captures), "{pattern:?} on {text:?}");
    let group = |group| captures.get(group).map_or("-", |span| &text[span]);
    let groups: Vec<_> = (1..regex.group_count()).map(group).collect();
    assert_eq!(groups.join("|"), expected, "{pattern:?} on {text:?}");
}

/// The message without its head, and the part of the pattern it points to.
#[track_caller]
fn check_error(pattern: &str, message: &str, part: &str) {
    let error = Regex::anchored(pattern).expect_err(pattern);
    assert_eq!(error.to_string(), format!("error parsing regexp: {message}"));
    assert_eq!(&pattern[error.span()], part, "{pattern:?}");
}

#[test]
fn whole_text() {
    check("prod", &["prod"], &["", "prod-eu", "a prod", "prod\n", "PROD"]);
    check("", &[""], &["a", "\n"]);
    check("^prod$", &["prod"], &["prod-eu"]);
    check("a|ab", &["a", "ab"], &["b", "abb"]);
    check("a.b", &["a\nb", "aéb"], &["ab", "a\r\nb"]);
    check(".*", &["", "\n", "é\n"], &[]);
    check(".+", &["\n", "é"], &[""]);
    check("(?-s).*", &["", "é"], &["\n"]);
    check("(?m)a$", &["a"], &["a\n", "a\nb"]);
    check("(?m)^a$\\n^b$", &["a\nb"], &["ab"]);
    check("a\\z", &["a"], &["a\n"]);
}

#[test]
fn anchors_are_added_as_text() {
    check("a)|(b", &["a", "ax", "b", "xb"], &["xa", "bx"]);
    check_groups("a)|(b", "xb", "b");
    check("(?m)a)|(?:b", &["a", "axx", "xb"], &["xa", "bx"]);
}

#[test]
fn ascii_classes() {
    check("\\d+", &["09"], &["٣", "a"]);
    check("\\w+", &["aZ_0"], &["é", "-"]);
    check("\\W", &["é", "-"], &["a", "_"]);
    check("\\s+", &[" \t\n\u{c}\r"], &["\u{b}", "\u{85}", "\u{a0}"]);
    check("[[:space:]]", &["\u{b}"], &["\u{a0}"]);
    check(".*\\bé.*", &["aé"], &["é", " é"]);
    check("x\\Bé", &[], &["xé"]);
    check("[^\\W\\d]+", &["a_Z"], &["a1", "é"]);
    check("(?i)\\w", &["K", "k", "\u{17F}", "\u{212A}"], &["é"]);
    check("(?i)[^[:lower:]]", &["é"], &["K", "\u{212A}"]);
}

#[test]
fn brackets() {
    check("[[a]+", &["[a"], &["]"]);
    check("[a[b]", &["a", "[", "b"], &["]"]);
    check("[]a]+", &["]a"], &[""]);
    check("[^]]", &["a", "\n"], &["]"]);
    check("[a&&b]+", &["a&b"], &[""]);
    check("[a~~b]+", &["a~b"], &[""]);
    check("[\\d-z]+", &["-z5"], &["a"]);
    check("[a-]+", &["-a"], &["b"]);
    check("[[:word:]-]+", &["a-_"], &[" "]);
    check("[[:^digit:]]+", &["ab"], &["1"]);
    check("[[:a]+", &["[:a"], &["b"]);
    check("[^\\x00-\\x7F]+", &["日本"], &["a"]);
    check("[\\x{D700}-\\x{E100}]", &["\u{D7FF}", "\u{E000}"], &["a"]);
    check("[^\\x{D800}]", &["a"], &[""]);
    check("\\x{D800}?", &[""], &["a"]);
}

#[test]
fn braces() {
    check("a{,3}", &["a{,3}"], &["aaa"]);
    check("{", &["{"], &[""]);
    check("foo{bar}", &["foo{bar}"], &["foo"]);
    check("a{01}", &["a{01}"], &["a"]);
    check("a{2}", &["aa"], &["a", "aaa"]);
    check("a{2,}", &["aa", "aaaa"], &["a"]);
    check("a{0}b", &["b"], &["ab"]);
    check("a{0,1}?", &["", "a"], &["aa"]);
    check("(?:a{10}){100}", &[&"a".repeat(1000)], &[&"a".repeat(999)]);
}

#[test]
fn escapes() {
    check("\\Q.*\\E", &[".*"], &["a"]);
    check("a*\\Q\\E*", &["aa"], &["b"]);
    check("\\x41\\x{1F600}\\101\\0", &["A😀A\0"], &["A😀A0"]);
    check("\\a\\f\\t\\n\\r\\v", &["\u{7}\u{c}\t\n\r\u{b}"], &[""]);
    check("\\<\\>\\-\\_\\/\\%", &["<>-_/%"], &[""]);
    check(" \\b{start}", &[], &[" ", " {start}"]);
    check("a\\b{start}", &["a{start}"], &["a"]);
}

#[test]
fn unicode() {
    check("\\pL+", &["日本é"], &["1"]);
    check("\\p{^Greek}+", &["abc"], &["α"]);
    check("\\P{ greek }", &["a"], &["α"]);
    check("\\p{Letter}\\p{lU}\\p{digit}", &["aÉ٣"], &["aé1"]);
    check("\\p{Any}\\p{ASCII}\\p{Assigned}", &["éaé"], &["ééé"]);
    check("\\p{Zl}", &["\u{2028}"], &["\u{2029}"]);
    check("\\p{Cs}*", &[""], &["a"]);
    check("\\pN", &["½"], &["a"]);
    // Assigned in Unicode 15.1.
    check("\\p{Han}", &["\u{4E00}"], &["\u{2EBF0}"]);
    check("\\p{Cn}", &["\u{2EBF0}"], &["\u{4E00}"]);
    check("é{2}", &["éé"], &["é"]);
}

#[test]
fn case() {
    check("(?i)PROD-eu", &["prod-EU", "Prod-Eu"], &["prod_eu"]);
    check("(?i)k", &["k", "K", "\u{212A}"], &["x"]);
    check("(?i)ß", &["ß", "ẞ"], &["ss"]);
    check("(?i)σ", &["Σ", "ς"], &["s"]);
    check("(?i)ā", &["Ā", "ā"], &["a"]);
    check("(?i:a)B", &["AB", "aB"], &["Ab"]);
    check("(?i)a(?-i)b", &["Ab"], &["AB"]);
    check("(?i)\\p{Lu}", &["a"], &["1"]);
    // Equal by case only since Unicode 15.1 and 16.0.
    check("(?i)\u{390}", &["\u{390}"], &["\u{1FD3}"]);
    check("(?i)\u{264}", &["\u{264}"], &["\u{A7CB}"]);
    check("(?i)[\u{A7CB}\u{264}]", &["\u{264}", "\u{A7CB}"], &["a"]);
}

#[test]
fn groups() {
    check_groups("(a)|(b)|(c)", "b", "-|b|-");
    check_groups("(?U)(a+)(a*)", "aaa", "a|aa");
    check_groups("(a+?)(a*)", "aaa", "a|aa");
    check_groups("(?:a|b)+(c)", "abac", "c");
    check_groups("((.+)-x)", "a-x", "a-x|a");
    check_groups("a(b*)c(d)", "acd", "|d");
    check_groups("(x(y|z))|w", "xz", "xz|z");
    check_groups("((https?))", "https", "https|https");
    check_groups("(a){0}(b)", "b", "-|b");
    check_groups("(?P<w>x)?(?P<w>[a-z]+)-.*", "north-x", "-|north");
    check_groups("(?P<1n>a)(?<m>b)", "ab", "a|b");
    check_groups("(|a)*", "aa", "a");
    check_groups("(a|ab)(c|bcd)(d*)", "abcd", "a|bcd|");
}

#[test]
fn errors() {
    check_error("(", "missing closing ): `^(?s:()$`", "(");
    check_error("a\\", "missing closing ): `^(?s:a\\)$`", "a\\");
    check_error("\\Q.*", "missing closing ): `^(?s:\\Q.*)$`", "\\Q.*");
    check_error("a))", "unexpected ): `^(?s:a)))$`", "a))");
    check_error("[[:foo:]]", "invalid character class range: `[:foo:]`", "[:foo:]");
    check_error("[z-a]", "invalid character class range: `z-a`", "z-a");
    check_error("[a--b]", "invalid character class range: `a--`", "a--");
    check_error("[a", "missing closing ]: `[a)$`", "[a");
    check_error("[a-\\d]", "invalid escape sequence: `\\d`", "\\d");
    check_error("[\\Q]\\E]", "invalid escape sequence: `\\Q`", "\\Q");
    check_error("\\p{Alphabetic}", "invalid character class range: `\\p{Alphabetic}`", "\\p{Alphabetic}");
    check_error("\\p{Old_Italic}", "invalid character class range: `\\p{Old_Italic}`", "\\p{Old_Italic}");
    check_error("\\p{L", "invalid character class range: `\\p{L)$`", "\\p{L");
    check_error("\\pé", "invalid character class range: `\\pé`", "\\pé");
    check_error("\\u0041", "invalid escape sequence: `\\u`", "\\u");
    check_error("a\\8b", "invalid escape sequence: `\\8`", "\\8");
    check_error("\\1", "invalid escape sequence: `\\1`", "\\1");
    check_error("\\é", "invalid escape sequence: `\\é`", "\\é");
    check_error("\\x{110000}", "invalid escape sequence: `\\x{110000`", "\\x{110000");
    check_error("\\x{}", "invalid escape sequence: `\\x{}`", "\\x{}");
    check_error("\\xg0", "invalid escape sequence: `\\xg0`", "\\xg0");
    check_error("\\C", "invalid escape sequence: `\\C`", "\\C");
    check_error("(?x) a", "invalid or unsupported Perl syntax: `(?x`", "(?x");
    check_error("(?i-)a", "invalid or unsupported Perl syntax: `(?i-)`", "(?i-)");
    check_error("(?i--s)a", "invalid or unsupported Perl syntax: `(?i--`", "(?i--");
    check_error("(?!b)a", "invalid or unsupported Perl syntax: `(?!`", "(?!");
    check_error("(?<=a)b", "invalid named capture: `(?<=a)b)$`", "(?<=a)b");
    check_error("(?P<n.x>a)", "invalid named capture: `(?P<n.x>`", "(?P<n.x>");
    check_error("(?P<>a)", "invalid named capture: `(?P<>`", "(?P<>");
    check_error("(?P=n)", "invalid or unsupported Perl syntax: `(?P`", "(?P");
    check_error("*a", "missing argument to repetition operator: `*`", "*");
    check_error("a|+?", "missing argument to repetition operator: `+?`", "+?");
    check_error("(?i){2}", "missing argument to repetition operator: `{2}`", "{2}");
    check_error("a**", "invalid nested repetition operator: `**`", "**");
    check_error("ab*??", "invalid nested repetition operator: `*??`", "*??");
    check_error("a{2}{3}", "invalid nested repetition operator: `{2}{3}`", "{2}{3}");
    check_error("a{1001}", "invalid repeat count: `{1001}`", "{1001}");
    check_error("a{3,2}", "invalid repeat count: `{3,2}`", "{3,2}");
    check_error("a{99999999999}", "invalid repeat count: `{99999999999}`", "{99999999999}");
    check_error("(a{100}){11}", "invalid repeat count: `{11}`", "{11}");
    check_error("((a{100}){5}){3}", "invalid repeat count: `{3}`", "{3}");
}

#[test]
fn a_plain_pattern_matches_anywhere() {
    let regex = Regex::new("b+").unwrap();
    let mut captures = Captures::new();
    assert!(regex.captures("abbc", &mut captures));
    assert_eq!(captures.get(0), Some(1..3));
    assert_eq!(captures.get(1), None);
    assert!(!regex.captures("ac", &mut captures));
    assert_eq!(captures.get(0), None);
    assert_eq!(
        Regex::new("a\\").unwrap_err().to_string(),
        "error parsing regexp: trailing backslash at end of expression: ``"
    );
    assert_eq!(Regex::new("a)").unwrap_err().to_string(), "error parsing regexp: unexpected ): `a)`");
}
