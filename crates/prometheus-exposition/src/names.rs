//! Names that older readers do not take, and how they are escaped for them.

use std::borrow::Cow;
use std::fmt;

use crate::bytes::{continues_name, starts_name};

/// How names outside `[a-zA-Z_:][a-zA-Z0-9_:]*` are written for a reader (the parameter `escaping` of
/// `Accept` and `Content-Type`, and `metric_name_escaping_scheme` of a scrape).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum EscapingScheme {
    /// `allow-utf-8`: as they are, in quotes.
    AllowUtf8,
    /// `underscores`: `_` for every character that has no place. What a server does when it is not asked for
    /// anything else.
    #[default]
    Underscores,
    /// `dots`: `_dot_` for a dot, and `__` for `_` and any other character.
    Dots,
    /// `values`: `U__`, then the code point of each such character between underscores, and `__` for `_`.
    Values,
}

impl EscapingScheme {
    /// The name in headers and configurations.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllowUtf8 => "allow-utf-8",
            Self::Underscores => "underscores",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }

    /// The scheme of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::AllowUtf8, Self::Underscores, Self::Dots, Self::Values]
            .into_iter()
            .find(|scheme| scheme.as_str() == name)
    }

    /// Escapes a name as `EscapeName` of `prometheus/common` does. `Dots` changes underscores even in a name
    /// that needs nothing.
    ///
    /// ```
    /// use prometheus_exposition::EscapingScheme;
    ///
    /// let name = "http.status:code_é";
    /// assert_eq!(EscapingScheme::Underscores.escape(name), "http_status:code__");
    /// assert_eq!(EscapingScheme::Dots.escape(name), "http_dot_status:code____");
    /// assert_eq!(EscapingScheme::Values.escape(name), "U__http_2e_status:code___e9_");
    /// assert_eq!(EscapingScheme::Values.unescape("U__http_2e_status:code___e9_"), name);
    /// ```
    #[must_use]
    pub fn escape(self, name: &str) -> Cow<'_, str> {
        if name.is_empty() || self == Self::AllowUtf8 || self != Self::Dots && is_legacy_name(name) {
            return Cow::Borrowed(name);
        }
        let mut out = String::with_capacity(name.len() + 8);
        if self == Self::Values {
            out.push_str("U__");
        }
        for (at, c) in name.char_indices() {
            let legacy =
                u8::try_from(c).is_ok_and(|c| if at == 0 { starts_name(c) } else { continues_name(c) });
            match (self, c) {
                (Self::Dots | Self::Values, '_') => out.push_str("__"),
                (Self::Dots, '.') => out.push_str("_dot_"),
                _ if legacy => out.push(c),
                (Self::Values, _) => {
                    use fmt::Write as _;
                    let _ = write!(out, "_{:x}_", u32::from(c));
                }
                (Self::Dots, _) => out.push_str("__"),
                _ => out.push('_'),
            }
        }
        Cow::Owned(out)
    }

    /// Undoes [`escape`](Self::escape) as far as that is possible: not at all for `Underscores`, not for
    /// every name for `Dots`. A name that is not escaped correctly stays as it is.
    #[must_use]
    pub fn unescape(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::AllowUtf8 | Self::Underscores => Cow::Borrowed(name),
            Self::Dots => Cow::Owned(name.replace("_dot_", ".").replace("__", "_")),
            Self::Values => {
                name.strip_prefix("U__").and_then(unescape_values).map_or(Cow::Borrowed(name), Cow::Owned)
            }
        }
    }

    /// The form of a metric's or label's name in an exposition: escaped only where it has to be.
    pub(crate) fn exposed(self, name: &str) -> Cow<'_, str> {
        if is_legacy_name(name) { Cow::Borrowed(name) } else { self.escape(name) }
    }
}

impl fmt::Display for EscapingScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether `name` can be written without quotes: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
pub(crate) fn is_legacy_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(starts_name) && bytes.all(continues_name)
}

/// What is after `U__`, unless it is not escaped correctly.
fn unescape_values(escaped: &str) -> Option<String> {
    let mut out = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some(at) = rest.find('_') {
        out.push_str(&rest[..at]);
        let code = &rest[at + 1..];
        let end = code.find('_')?;
        rest = &code[end + 1..];
        if end == 0 {
            out.push('_');
            continue;
        }
        // No code point has more digits. `from_str_radix` would take a sign.
        let digits = code.get(..end).filter(|digits| digits.len() < 7 && !digits.starts_with('+'))?;
        out.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::EscapingScheme::{Dots, Underscores, Values};

    #[test]
    fn names_are_escaped_as_prometheus_does() {
        for (name, underscores, dots, values) in [
            ("", "", "", ""),
            ("mysystem", "mysystem", "mysystem", "mysystem"),
            ("no:escaping_required", "no:escaping_required", "no:escaping__required", "no:escaping_required"),
            ("no_escaping:9", "no_escaping:9", "no__escaping:9", "no_escaping:9"),
            ("with.dot", "with_dot", "with_dot_dot", "U__with_2e_dot"),
            ("9lives", "_lives", "__lives", "U___39_lives"),
            ("label with 😱", "label_with__", "label__with____", "U__label_20_with_20__1f631_"),
            ("__x.é", "__x__", "____x_dot___", "U______x_2e__e9_"),
        ] {
            assert_eq!(Underscores.escape(name), underscores);
            assert_eq!(Dots.escape(name), dots);
            assert_eq!(Values.escape(name), values);
            assert_eq!(Values.unescape(values), name);
        }
        assert_eq!(Dots.unescape("with_dot_dot__"), "with.dot_");
    }

    #[test]
    fn what_is_not_escaped_correctly_stays() {
        for name in [
            "U__a_",
            "U__a_2e",
            "U__a_2g_",
            "U__a_1234567_",
            "U__a_d800_",
            "U__a_110000_",
            "a_2e_b",
            "U__+_+1_",
        ] {
            assert_eq!(Values.unescape(name), name);
        }
    }

    proptest::proptest! {
        #[test]
        fn values_give_the_name_back(name in ".*") {
            // A name that looks escaped already is the one exception.
            proptest::prop_assume!(!name.starts_with("U__"));
            assert_eq!(Values.unescape(&Values.escape(&name)), name);
        }
    }
}
