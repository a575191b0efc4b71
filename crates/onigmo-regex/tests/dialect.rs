//! What patterns match: each row is a pattern, a text, and the places of the match and of its groups that
//! Onigmo 6.2 (of Ruby 3.1) finds; `-` is a group that has no part in the match.

use onigmo_regex::{Captures, Regex};

#[track_caller]
fn check(pattern: &str, haystack: &str, expected: &str) {
    let regex = Regex::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    let mut captures = Captures::new();
    let matched = regex.captures(haystack.as_bytes(), &mut captures);
    let places = (0..=regex.group_count()).map(|group| match captures.get(group) {
        Some(place) => format!("{}-{}", place.start, place.end),
        None => "-".to_owned(),
    });
    let found = if matched { places.collect::<Vec<_>>().join(" ") } else { "none".to_owned() };
    assert_eq!(found, expected, "{pattern:?} in {haystack:?}");
    assert_eq!(regex.try_is_match(haystack.as_bytes()), Ok(matched), "{pattern:?} in {haystack:?}");
    let at_start = captures.get(0).filter(|place| matched && place.start == 0).map(|place| place.end);
    if at_start.is_some() {
        assert_eq!(regex.match_at_start(haystack.as_bytes()), at_start, "{pattern:?} in {haystack:?}");
    }
}

#[test]
fn characters_and_escapes() {
    check("a.c", "abc", "0-3");
    check("a.c", "a\nc", "none");
    check(r"\t\n\r\f\v\a\e", "\t\n\r\x0c\x0b\x07\x1b", "0-7");
    check(r"\x41\x{e9}\101", "AéA", "0-4");
    check(r"\xc3\xa9+", "éé", "0-4");
    check(r"\342\202\254", "€", "0-3");
    check(r"\0\00\000", "\0\0\0", "0-3");
    check(r"\18", "\x018", "0-2");
    check(r"(a)\10", "a\x08", "0-2 0-1");
    check(r"\cA\C-b\M-a", "\x01\x02á", "0-4");
    check(r"\c?", "\x7f", "0-1");
    check(r#"\j\i\-\/\""#, r#"ji-/""#, "0-5");
    check(r"\x{41", "x{41", "0-4");
    check(r"\x", "x", "0-1");
    check("]}", "a]}", "1-3");
    check("a{b", "a{b", "0-3");
    check("a{,}", "a{,}", "0-4");
    check("a{1,2", "a{1,2", "0-5");
    check("[^]]", "]a", "1-2");
    check("[]a]", "]", "0-1");
    check("", "abc", "0-0");
    check("a|", "b", "0-0");
    check("(|a)b", "ab", "0-2 0-1");
    check(r"\99999999999999999999", "99999999999999999999", "0-20");
}

#[test]
fn anchors() {
    check("^b", "a\nb", "2-3");
    check("a$", "a\nb", "0-1");
    check("^$", "a\n\nb", "2-2");
    check("^$", "abc\n", "none");
    check("^$", "\n", "0-0");
    check("^$", "", "0-0");
    check(r"^\s*$", "abc\n", "none");
    check("(?:^|,)b", ",b", "0-2");
    check("\n^", "a\n", "none");
    check("\n$", "a\n", "1-2");
    check(r"\Ab", "a\nb", "none");
    check(r"a\z", "a\n", "none");
    check(r"a\Z", "a\n", "0-1");
    check(r"a\Z", "a\n\n", "none");
    check(r"\Gb", "ab", "none");
    check(r"\Ga", "ab", "0-1");
    check(r"\bb", "a b", "2-3");
    check(r"\bx", "éx", "none");
    check(r"(?a)\bx", "éx", "2-3");
    check(r"a\Bb", "ab", "0-2");
    check("^*a", "a", "0-1");
    check("(?:^)+a", "ba", "none");
    check("(^|x)a|$", "ba", "2-2 -");
}

#[test]
fn ascii_sets() {
    check(r"\w+", "é_aZ9é", "2-6");
    check(r"\d+", "٣3", "2-3");
    check(r"\s+", "\u{3000} \t\x0b", "3-6");
    check(r"\h+", "xFa9g", "1-4");
    check(r"\H+", "aZ", "1-2");
    check(r"\W", "é", "0-2");
    check(r"\D", "٣", "0-2");
    check(r"[\w-]+", "a-b", "0-3");
    check(r"[^\d]", "٣", "0-2");
    check(r"(?u)\w+", "é_", "0-3");
    check(r"(?u)\d", "٣", "0-2");
    check(r"(?u:\s)", "\u{3000}", "0-3");
}

#[test]
fn posix_brackets() {
    check("[[:alpha:]]+", "1éa", "1-4");
    check("[[:digit:]]", "٣", "0-2");
    check("[[:^digit:]]", "٣a", "2-3");
    check("[[:punct:]]+", "a$-", "1-3");
    check("[[:xdigit:][:space:]]+", "f a", "0-3");
    check("(?a)[[:alpha:]]+", "éa", "2-3");
    check("[[:alpha]]", ":]", "0-1");
    check("[:alpha:]", "p", "0-1");
    check("[[:word:]]+", "é_", "0-3");
}

#[test]
fn properties() {
    check(r"\p{Greek}+", "aβγ", "1-5");
    check(r"\p{^Lu}", "Aa", "1-2");
    check(r"\P{Lu}", "Aa", "1-2");
    check(r"[\p{Lu}\d]+", "aA1", "1-3");
    check(r"\p{punct}+", "$-", "1-2");
    check(r"\p{x_posix punct}+", "$-", "0-2");
    check(r"\pL", "apL", "1-3");
}

#[test]
fn classes() {
    check("[a-c]+", "xabcd", "1-4");
    check("[a-c-e]+", "-d", "0-1");
    check("[a-]+", "-a", "0-2");
    check("[-a]+", "-a", "0-2");
    check("[+--]+", ".,-", "1-3");
    check("[a-w&&[^c-g]z]+", "abchz", "0-2");
    check("[a-z&&[^aeiou]]+", "abcd", "1-4");
    check("[^a-z&&b]+", "abc", "0-1");
    check("[a[bc]d]+", "dcba", "0-4");
    check("[a-[b]]+", "a-b", "2-3");
    check("[&&a]", "a", "none");
    check("[^&&a]", "a", "0-1");
    check("[a&&&b]", "&", "none");
    check("[a&b]+", "&", "0-1");
    check("[^^]+", "^a", "1-2");
    check(r"[#\]\[]+", "[#]", "0-3");
    check(r"[\b]", "\x08", "0-1");
    check(r"[\101-\x43]+", "ABCD", "0-3");
    check(r"[\R\X\k]+", "kXR", "0-3");
    check(r"[^\W_]+", "_é1", "3-4");
}

#[test]
fn ignoring_case() {
    check("(?i)é", "É", "0-2");
    check("(?i)k", "\u{212a}", "0-3");
    check("(?i)[k]", "\u{212a}", "0-3");
    check(r"(?i)[\w]", "\u{212a}", "none");
    check("(?i)[a-z]+", "aBſ", "0-4");
    check("(?i)[[:upper:]]", "a", "0-1");
    check(r"(?i)\p{Lu}", "a", "0-1");
    check(r"(?i)\P{Lu}", "a", "none");
    check(r"(?i)\p{^Lu}", "A1", "1-2");
    check(r"(?i)[\P{Lu}]", "A", "0-1");
    check("(?i)[^a]", "A", "none");
    check("^[A-[b]Z]+$", "AbMZ", "0-4");
    check("^[A[b]-Z]+$", "AbMZ", "0-4");
    check("^[A-[b]]$", "A", "none");
    check("^[[b]-z]+$", "b-z", "0-3");
    check("(?i)[а-я]", "Я", "0-2");
    check("(?i)[à-þ]", "É", "none");
    check("(?i)[a-c&&B-D]", "b", "none");
    check(r"(?i)\x41", "a", "0-1");
    check("a(?i)b|c", "aC", "0-2");
    check("a(?i)b|c", "C", "none");
    check("(a(?i)b|c)d", "aCd", "0-3 0-2");
    check("(a(?i)b)c", "aBC", "none");
    check("(?i:a)b", "Ab", "0-2");
    check("(?i)a(?-i)b", "Ab", "0-2");
    check(r"(?i)(a)\1", "aA", "0-2 0-1");
}

#[test]
fn other_flags() {
    check("(?m)a.b", "a\nb", "0-3");
    check("(?m-m)a.b", "a\nb", "none");
    check("(?m:.)$", "\n", "0-1");
    check("(?x)a b # c\nd", "abd", "0-3");
    check(r"(?x)a\ [ #]", "a #", "0-3");
    check("(?x) a + ", "aa", "0-2");
    check("(?x)a (?# not b ) +", "aa", "0-2");
    check("(?x:a b)c d", "abc d", "0-5");
    check(r"a(?#x\)y)b", "ab", "0-2");
    check("(?mi-x:a.B)", "A\nb", "0-3");
}

#[test]
fn quantifiers() {
    check("a{2}", "aaa", "0-2");
    check("a{2,}", "aaa", "0-3");
    check("a{,2}", "aaa", "0-2");
    check("a{2,3}?", "aaa", "0-2");
    check("a*?b", "aab", "0-3");
    check("a??b", "ab", "0-2");
    check("a{2}?", "a", "0-0");
    check("a{2}+", "aaaaa", "0-4");
    check("a{1,2}+", "aaa", "0-3");
    check("a**", "aa", "0-2");
    check("a+?*", "aaa", "0-3");
    check("a???", "a", "0-0");
    check("(?:a{2}){2}", "aaaaa", "0-4");
    check("(?:a?){3}", "aaaa", "0-3");
    check("(a){0}b", "ab", "1-2 -");
}

#[test]
fn groups_and_their_order() {
    check("(a)(b)", "ab", "0-2 0-1 1-2");
    check("(?:a)(b)", "ab", "0-2 1-2");
    check("(?<x>a)(b)", "ab", "0-2 0-1");
    check("(?'x'a)", "a", "0-1 0-1");
    check("(?<a-b.c @>x)", "x", "0-1 0-1");
    check("(?<b>a)(?<a>b)(?<b>c)", "abc", "0-3 0-1 1-2 2-3");
    check("((?<y>a)(?<x>(?<z>b)))", "ab", "0-2 0-1 1-2 1-2");
    check("(?<x>a)?b", "b", "0-1 -");
    check("(a|ab)(c|bcd)(d*)", "abcd", "0-4 0-1 1-4 4-4");
    check("(a+|b+)*", "aabba", "0-5 4-5");
    check("(a)|(b)", "b", "0-1 - 0-1");
    check("(?:(a)|b)*", "ab", "0-2 0-1");
    check("(a*)*", "aab", "0-2 2-2");
    check("(a|)+", "ab", "0-1 1-1");
    check("((a)|b?)*c", "abc", "0-3 2-2 0-1");
    check("(?:()|a)*", "b", "0-0 0-0");
    check("((a*)*)*", "aab", "0-2 2-2 2-2");
}

#[test]
fn atomic_and_possessive() {
    check("(?>a+)b", "aab", "0-3");
    check("(?>a+)ab", "aab", "none");
    check("a++b", "aab", "0-3");
    check("a++ab", "aab", "none");
    check("a*+", "aa", "0-2");
    check("a?+a", "a", "none");
    check(r"(?<a>\d++)(?<b>.*)", "12x", "0-3 0-2 2-3");
    check("(?>a|ab)c", "abc", "none");
    check("(?>a|ab)", "ab", "0-1");
    check(r"\R", "\r\n", "0-2");
    check("\\R\n", "\r\n", "none");
    check(r"(?:\R|x)+", "x\r\n\u{2028}", "0-6");
    check(r"\X", "e\u{301}x", "0-3");
    check(r"\X\X", "\r\na", "0-3");
    check("(?>a*)*b", "aab", "0-3");
}

#[test]
fn look_around() {
    check("a(?=b)", "ac ab", "3-4");
    check("a(?!b)", "ab ac", "3-4");
    check("(?<=a)b", "bab", "2-3");
    check("(?<!a)b", "abb", "2-3");
    check("(?<=a|bc)d", "bcd", "2-3");
    check("(?<!a|bc)d", "bcdad d", "6-7");
    check("(?=(a))a", "a", "0-1 0-1");
    check("(?<=^|,)a", "b,a", "2-3");
    check("(?<=(?<=a)b)c", "abc", "2-3");
    check("(?<=a{2})b", "aab", "2-3");
    check(r"(?=.*\d)\w+", "ab1", "0-3");
    check(r"a\Kb", "ab", "1-2");
    check("(?<=é)x", "éx", "2-3");
    check("(?!)", "a", "none");
    check("x(?<=)", "x", "0-1");
    check("^(?=a|$)", "b\n", "none");
    check("(?=^a|b)", "b", "0-0");
}

#[test]
fn references() {
    check(r"(a|b)\1", "abb", "1-3 1-2");
    check(r#"(?<q>['"]).*?\k<q>"#, r#"a"b'"c"#, "1-5 1-2");
    check(r"(.)\k'1'", "abb", "1-3 1-2");
    check(r"(a)(b)\k<-1>", "abb", "0-3 0-1 1-2");
    check(r"(?<n>a)|(?<n>b)\k<n>", "bb", "0-2 - 0-1");
    check(r"(?<n>a)(?<n>b)\k<n>", "abb", "0-3 0-1 1-2");
    check(r"(?<n>a)\k<n>(?<n>b)", "aab", "0-3 0-1 2-3");
    check(r"(a)?\1b", "b", "none");
    check(r"(a\1)", "aa", "none");
    check(r"\1(a)", "aa", "none");
    check(r"(a){0}\1", "a", "none");
    check("(?(1)b|c)(a)?", "ca", "0-2 1-2");
    check("(a)?(?(1)b|c)", "ab", "0-2 0-1");
    check("(a)?(?(1)b|c)", "c", "0-1 -");
    check("(a)?(?(1)b)", "ab", "0-2 0-1");
    check("(?<x>a)?(?(<x>)b|c)", "ab", "0-2 0-1");
}

#[test]
fn calls() {
    check(r"(a|b)\g<1>", "ab", "0-2 1-2");
    check(r"(?<d>\d+)-\g<d>", "12-34", "0-5 3-5");
    check(r"(?<n>[a-c]){0}x\g<n>", "xb", "0-2 1-2");
    check(r"\g<+1>(b)", "bb", "0-2 1-2");
    check(r"(a)\g<-1>", "aa", "0-2 1-2");
    check(r"(?<a>x\g<b>)(?<b>y)", "xyy", "0-3 0-2 2-3");
    check(r"(?<d>\d)\g<d>(?=!)", "12!", "0-2 1-2");
    check(r"\g<1>c((?>a|ab))", "abca", "none");
    check(r"\g<1>c((?>a|ab))", "aca", "0-3 2-3");
}
