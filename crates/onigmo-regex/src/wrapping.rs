use crate::parse::Flags;

/// How the slashes around a pattern in a Fluent Bit configuration are read.
///
/// A pattern without slashes is the same in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrapping {
    /// `/pattern/` and `/pattern/flags`, as Fluent Bit 5.1.1 reads them.
    ///
    /// The flags are `i` (ignore case), `m` (`.` matches newlines) and `x` (extended); `o` is ignored.
    /// Whatever starts with a slash and has only these letters behind its last slash is taken for such a
    /// pattern: `/api/m` is the pattern `api`.
    Flags,
    /// `/pattern/` only, as Fluent Bit 1.8.11 reads it: a slash that ends no pattern is a character.
    SlashesOnly,
}

/// A pattern without its wrapping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unwrapped<'p> {
    pub(crate) pattern: &'p str,
    /// Where `pattern` starts in the wrapped text, in bytes.
    pub(crate) offset: usize,
    pub(crate) flags: Flags,
}

impl Wrapping {
    pub(crate) fn unwrap(self, text: &str) -> Unwrapped<'_> {
        let plain = |pattern, offset| Unwrapped { pattern, offset, flags: Flags::default() };
        let Some(inner) = text.strip_prefix('/') else { return plain(text, 0) };
        if self == Wrapping::Flags
            && let Some((pattern, letters)) = inner.rsplit_once('/')
            && letters.bytes().all(|letter| b"mixo".contains(&letter))
            // `o` means nothing, and alone it does not make a suffix.
            && letters.bytes().any(|letter| letter != b'o')
        {
            let flags = Flags {
                dot_all: letters.contains('m'),
                ignore_case: letters.contains('i'),
                extended: letters.contains('x'),
                ..Flags::default()
            };
            return Unwrapped { pattern, offset: 1, flags };
        }
        // A single slash is both the first and the last: it leaves an empty pattern.
        match inner.strip_suffix('/') {
            Some(pattern) => plain(pattern, 1),
            None if inner.is_empty() => plain(inner, 1),
            None => plain(text, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wrapping: Wrapping, text: &str, expected: &str) {
        let Unwrapped { pattern, offset, flags } = wrapping.unwrap(text);
        assert_eq!(&text[offset..offset + pattern.len()], pattern, "{text}");
        let flags: String = [(flags.dot_all, 'm'), (flags.ignore_case, 'i'), (flags.extended, 'x')]
            .into_iter()
            .filter_map(|(on, flag)| on.then_some(flag))
            .collect();
        assert_eq!(format!("{pattern},{flags}"), expected, "{text}");
    }

    #[test]
    fn slashes_and_flags() {
        for (text, with_flags, slashes_only) in [
            ("a", "a,", "a,"),
            ("/a/", "a,", "a,"),
            ("//", ",", ","),
            ("/", ",", ","),
            ("", ",", ","),
            ("/a", "/a,", "/a,"),
            ("a/", "a/,", "a/,"),
            ("a/i", "a/i,", "a/i,"),
            ("/a/i", "a,i", "/a/i,"),
            ("/a/mix", "a,mix", "/a/mix,"),
            ("/api/m", "api,m", "/api/m,"),
            ("/a/b/m", "a/b,m", "/a/b/m,"),
            ("//m", ",m", "//m,"),
            ("/m", "/m,", "/m,"),
            ("/a/o", "/a/o,", "/a/o,"),
            ("/a/oi", "a,i", "/a/oi,"),
            ("/a/iq", "/a/iq,", "/a/iq,"),
            ("/a/i/", "a/i,", "a/i,"),
        ] {
            check(Wrapping::Flags, text, with_flags);
            check(Wrapping::SlashesOnly, text, slashes_only);
        }
    }
}
