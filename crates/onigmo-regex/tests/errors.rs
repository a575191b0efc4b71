//! What is wrong with patterns, and where.

use onigmo_regex::{ErrorKind, Regex, Wrapping};

#[track_caller]
fn check(pattern: &str, kind: ErrorKind, offset: usize, message: &str) {
    let error = Regex::new(pattern).expect_err(pattern);
    assert_eq!((error.kind(), error.offset(), &*error.to_string()), (kind, offset, message), "{pattern}");
}

#[test]
fn ends_too_early() {
    check("ab\\", ErrorKind::EndAtEscape, 2, "end pattern at escape");
    check("[\\", ErrorKind::EndAtEscape, 1, "end pattern at escape");
    check("a\\c", ErrorKind::EndAtControl, 1, "end pattern at control");
    check("\\C-", ErrorKind::EndAtControl, 0, "end pattern at control");
    check("\\M-", ErrorKind::EndAtMeta, 0, "end pattern at meta");
    check("a(?", ErrorKind::EndInGroup, 1, "end pattern in group");
    check("a(?i", ErrorKind::EndInGroup, 1, "end pattern in group");
    check("(?#a", ErrorKind::EndInGroup, 0, "end pattern in group");
    check("a(b", ErrorKind::UnclosedGroup, 1, "end pattern with unmatched parenthesis");
    check("(?<", ErrorKind::UnclosedGroup, 0, "end pattern with unmatched parenthesis");
    check("[a", ErrorKind::UnclosedClass, 0, "premature end of char-class");
    check("a[[b]", ErrorKind::UnclosedClass, 1, "premature end of char-class");
}

#[test]
fn brackets() {
    check("ab)", ErrorKind::UnopenedGroup, 2, "unmatched close parenthesis");
    check("a[]", ErrorKind::EmptyClass, 1, "empty char-class");
    check("[^]", ErrorKind::EmptyClass, 0, "empty char-class");
    check("[b-a]", ErrorKind::ReversedRange, 3, "empty range in char class");
    check("[\\d-a]", ErrorKind::SetStartsRange, 3, "unmatched range specifier in char-class");
    check("[a-\\d]", ErrorKind::SetEndsRange, 3, "char-class value at end of range");
    check("[a-[:digit:]]", ErrorKind::SetEndsRange, 3, "char-class value at end of range");
    check("[[:Alpha:]]", ErrorKind::UnknownPosixBracket, 1, "invalid POSIX bracket type");
    check("\\p{Foo}", ErrorKind::UnknownProperty, 0, "invalid character property name {Foo}");
}

#[test]
fn repetitions() {
    check("*a", ErrorKind::NothingToRepeat, 0, "target of repeat operator is not specified");
    check("a|{2}", ErrorKind::NothingToRepeat, 2, "target of repeat operator is not specified");
    check("(?i)*", ErrorKind::NothingToRepeat, 4, "target of repeat operator is not specified");
    check("a{3,1}", ErrorKind::ReversedBounds, 1, "upper is smaller than lower in repeat range");
    check("a{100001}", ErrorKind::BoundTooBig, 1, "too big number for repeat range");
}

#[test]
fn groups() {
    check("a(?P<x>b)", ErrorKind::UnknownGroup, 1, "undefined group option");
    check("(?s:a)", ErrorKind::UnknownGroup, 0, "undefined group option");
    check("(?<>a)", ErrorKind::EmptyGroupName, 0, "group name is empty");
    check("(?<1>a)", ErrorKind::InvalidGroupName, 0, "invalid group name <1>");
    check("(?<-a>a)", ErrorKind::InvalidGroupName, 0, "invalid group name <-a>");
    check("(?<a", ErrorKind::InvalidGroupName, 0, "invalid group name <a>");
    check("(a)?(?(1)b|c|d)", ErrorKind::InvalidCondition, 4, "invalid conditional pattern");
    check("(?<=a*)b", ErrorKind::InvalidLookBehind, 0, "invalid pattern in look-behind");
    check("x(?<!(a))b", ErrorKind::InvalidLookBehind, 1, "invalid pattern in look-behind");
    check("(?<=a(?:b|cd))", ErrorKind::InvalidLookBehind, 0, "invalid pattern in look-behind");
}

#[test]
fn references() {
    check("(a)\\2", ErrorKind::InvalidBackreference, 3, "invalid backref number/name");
    check("\\k<-1>", ErrorKind::InvalidBackreference, 0, "invalid backref number/name");
    check("a\\k<x>(?<x>b)", ErrorKind::UndefinedName, 1, "undefined name <x> reference");
    check("\\g<x>", ErrorKind::UndefinedName, 0, "undefined name <x> reference");
    check("(a)\\g<2>", ErrorKind::UndefinedGroup, 3, "undefined group <2> reference");
    check("(?<x>a)\\1", ErrorKind::NumberedReference, 7, "numbered backref/call is not allowed. (use name)");
    check("(?<x>a)(?<x>b)\\g<x>", ErrorKind::AmbiguousCall, 14, "multiplex definition name <x> call");
}

#[test]
fn codes() {
    check("a\\400", ErrorKind::NumberTooBig, 1, "too big number");
    check("\\x{123456789}", ErrorKind::TooManyDigits, 0, "too long wide-char value");
    check("\\u00e", ErrorKind::TooFewDigits, 0, "too short digits");
    check("\\x{110000}", ErrorKind::InvalidCodePoint, 0, "invalid code point value");
    check("\\xff", ErrorKind::InvalidCodePoint, 0, "invalid code point value");
    check("[a\\xc3]", ErrorKind::IncompleteCharacter, 2, "too short multibyte code string");
    check("\\Cx", ErrorKind::InvalidControl, 0, "invalid control-code syntax");
    check("\\Mx", ErrorKind::InvalidMeta, 0, "invalid meta-code syntax");
}

#[test]
fn what_this_crate_does_not_have() {
    check("a(?~b)", ErrorKind::Unsupported, 1, "the absence operator is not supported");
    check("(?<x>a\\g<x>?b)", ErrorKind::Unsupported, 6, "a group that calls itself is not supported");
    check("\\g<0>", ErrorKind::Unsupported, 0, "a group that calls itself is not supported");
    check(
        "(?<x>a)\\k<x+0>",
        ErrorKind::Unsupported,
        7,
        "a back-reference with a recursion level is not supported",
    );
    check("\\p{In_Greek_and_Coptic}", ErrorKind::Unsupported, 0, "a Unicode block is not supported");
}

#[test]
fn offsets_count_from_the_start_of_the_wrapped_text() {
    for (text, wrapping, offset) in
        [("/a(b/", Wrapping::Flags, 2), ("/a(b/i", Wrapping::Flags, 2), ("/(/i", Wrapping::SlashesOnly, 1)]
    {
        let error = Regex::fluent_bit(text, wrapping).expect_err(text);
        assert_eq!(error.offset(), offset, "{text}");
    }
}

#[test]
fn size_and_depth_have_limits() {
    let nested = |depth: usize| ["(".repeat(depth), ")".repeat(depth)].concat();
    assert!(Regex::new(&nested(200)).is_ok());
    // Each round of each of these could set the group.
    assert!(Regex::new(&["(?:".repeat(200), "(a*)".to_owned(), ")*".repeat(200)].concat()).is_ok());
    for (pattern, kind) in [
        (nested(10_000), ErrorKind::NestedTooDeep),
        ("[".repeat(10_000), ErrorKind::NestedTooDeep),
        (["a", &"*".repeat(10_000)].concat(), ErrorKind::NestedTooDeep),
        ("(?i)".repeat(10_000), ErrorKind::NestedTooDeep),
        (["(?<=", &"(?:".repeat(10_000)].concat(), ErrorKind::NestedTooDeep),
        ("a".repeat(65_537), ErrorKind::TooLarge),
        ((r"\p{L}".repeat(1000) + "(?=a)"), ErrorKind::TooLarge),
        // A search would keep ten thousand places for each of as many states.
        ("(a*)*".repeat(10_000), ErrorKind::TooLarge),
        ("(?:(?:a{1000}){1000}){1000}".to_owned(), ErrorKind::TooLarge),
        // Twice as many calls with each group.
        (
            (0..40).map(|at| format!("(?<g{at}>\\g<g{}>\\g<g{}>)", at + 1, at + 1)).collect::<String>()
                + "(?<g40>a)",
            ErrorKind::TooLarge,
        ),
    ] {
        let error = Regex::new(&pattern).expect_err("a limit");
        assert_eq!(error.kind(), kind, "{}", &pattern[..20]);
    }
}
