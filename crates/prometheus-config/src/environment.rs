//! `$NAME` in external labels.

/// Replaces `$name` and `${name}` in `text` by what `lookup` gives, as Go's `os.Expand` does: `$` before
/// anything else stays, `${}` and an unclosed `${` vanish, and one of `*#$@!?-` or a digit is a name by
/// itself.
pub(crate) fn expand(text: &str, mut lookup: impl FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        out.push_str(&rest[..dollar]);
        rest = &rest[dollar + 1..];
        let (name, length) = name(rest);
        match name {
            Some("") | None if length > 0 => {}
            Some("") | None => out.push('$'),
            Some(name) => out.push_str(&lookup(name)),
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The name at the start of `text`, which follows a `$`, and the bytes it takes.
fn name(text: &str) -> (Option<&str>, usize) {
    let is_special = |byte: u8| matches!(byte, b'*' | b'#' | b'$' | b'@' | b'!' | b'?' | b'-' | b'0'..=b'9');
    match text.as_bytes() {
        [] => (None, 0),
        [b'{', special, b'}', ..] if is_special(*special) => (Some(&text[1..2]), 3),
        [b'{', ..] => match text.find('}') {
            Some(end) => (Some(&text[1..end]), end + 1),
            None => (None, 1),
        },
        [special, ..] if is_special(*special) => (Some(&text[..1]), 1),
        bytes => {
            let length =
                bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
            (Some(&text[..length]), length)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(expand(text, |name| format!("<{name}>")), expected, "{text:?}");
    }

    #[test]
    fn go_rules() {
        check("plain", "plain");
        check("$A_1-${B c}x", "<A_1>-<B c>x");
        check("$$5 $1x ${1}", "<$>5 <1>x <1>");
        check("$", "$");
        check("a$ b$.", "a$ b$.");
        check("${}x", "x");
        check("${open", "open");
        check("$é ${é}", "$é <é>");
        check("{$A}", "{<A>}");
    }
}
