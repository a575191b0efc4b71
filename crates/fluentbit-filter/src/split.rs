//! Two of the ways Fluent Bit takes the value of a property apart; the third is
//! [`split_words`](fluentbit_config::value::split_words).

/// Splits at spaces, as `flb_utils_split` does: runs of spaces count as one, quotes are nothing special, and
/// after `most` words the rest is one more, as it stands (a space is taken off its front).
pub(crate) fn words(text: &str, most: usize) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if found.len() == most {
            found.push(rest);
            break;
        }
        let start = rest.trim_start_matches(' ');
        let (word, after) = start.split_once(' ').unwrap_or((start, ""));
        found.push(word);
        rest = after;
    }
    found
}

/// Splits at spaces, as `flb_utils_split_quoted` does: like [`words`], but a word that starts with a quote
/// ends at the next quote of its kind. `\` before that quote or another `\` is dropped.
///
/// `None` when a quote is not closed.
pub(crate) fn quoted_words(text: &str, most: usize) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if found.len() == most {
            found.push(rest.to_owned());
            break;
        }
        let start = rest.trim_start_matches(' ');
        let Some(quote @ ('"' | '\'')) = start.chars().next() else {
            let (word, after) = start.split_once(' ').unwrap_or((start, ""));
            found.push(word.to_owned());
            rest = after;
            continue;
        };
        let mut word = String::new();
        let mut inside = start[1..].chars();
        loop {
            match inside.next()? {
                '\\' if inside.as_str().starts_with([quote, '\\']) => word.extend(inside.next()),
                end if end == quote => break,
                other => word.push(other),
            }
        }
        found.push(word);
        rest = inside.as_str();
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain() {
        for (text, most, expected) in [
            ("m hello", 1, &["m", "hello"][..]),
            ("m      hello", 1, &["m", "     hello"]),
            ("m a b  c", 1, &["m", "a b  c"]),
            ("m", 1, &["m"]),
            ("", 1, &[]),
            ("a b c d e", 3, &["a", "b", "c", "d e"]),
            ("a  b", 3, &["a", "b"]),
            ("\"k k\" v", 3, &["\"k", "k\"", "v"]),
        ] {
            assert_eq!(words(text, most), expected, "{text}");
        }
    }

    #[test]
    fn quoted() {
        for (text, expected) in [
            ("k v", Some(&["k", "v"][..])),
            (r#""k k" "v v""#, Some(&["k k", "v v"])),
            (r#"'k "k' v"#, Some(&["k \"k", "v"])),
            (r#""a\"b\\c\d" e"#, Some(&[r#"a"b\c\d"#, "e"])),
            (r#""a"b"#, Some(&["a", "b"])),
            (r#""" x"#, Some(&["", "x"])),
            ("k it's", Some(&["k", "it's"])),
            ("a b c d e", Some(&["a", "b", "c", "d e"])),
            (r#"k "open"#, None),
        ] {
            let expected = expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect());
            assert_eq!(quoted_words(text, 3), expected, "{text}");
        }
    }
}
