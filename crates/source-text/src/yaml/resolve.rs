//! What a plain scalar means, in the reading of Go's `yaml.v2`.

use super::Style;

const CORE: &str = "tag:yaml.org,2002:";

/// The meaning of a scalar.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Resolved<'a> {
    /// Nothing: empty, `~`, `null`, `Null`, `NULL`.
    Null,
    /// `true`, `yes`, `on`, `y` and their opposites; lower case, capitalised or upper case.
    Bool(bool),
    /// An integer: decimal, `0x`, `0o`, `0b`, or octal by a leading `0`; underscores are ignored.
    Integer(i64),
    /// An integer above [`i64::MAX`].
    Unsigned(u64),
    /// A number with a fraction or an exponent, `.inf` or `.nan`.
    Float(f64),
    /// Everything else, timestamps included, and all that is quoted.
    Text(&'a str),
}

pub(super) fn resolve<'a>(text: &'a str, style: Style, tag: Option<&str>) -> Resolved<'a> {
    let core = tag.map(|tag| tag.strip_prefix(CORE));
    match (core, style) {
        // A quoted scalar is a string unless a tag says otherwise.
        (None, Style::Plain) => plain(text),
        (Some(Some("float")), _) => match plain(text) {
            Resolved::Integer(number) => Resolved::Float(number as f64),
            Resolved::Unsigned(number) => Resolved::Float(number as f64),
            other => other,
        },
        (Some(Some("bool" | "int" | "null")), _) => plain(text),
        _ => Resolved::Text(text),
    }
}

fn plain(text: &str) -> Resolved<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Resolved::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Resolved::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let number = match text.as_bytes()[0] {
        b'.' => float(text),
        b'0'..=b'9' | b'+' | b'-' => {
            let digits: String = text.chars().filter(|c| *c != '_').collect();
            integer(&digits).or_else(|| if is_float(&digits) { float(&digits) } else { None })
        }
        _ => None,
    };
    number.unwrap_or(Resolved::Text(text))
}

/// A number that is out of range stays a text.
fn float(text: &str) -> Option<Resolved<'static>> {
    text.parse().ok().filter(|number: &f64| number.is_finite()).map(Resolved::Float)
}

fn integer(text: &str) -> Option<Resolved<'static>> {
    let (negative, unsigned, signed) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..], true),
        b'+' => (false, &text[1..], true),
        _ => (false, text, false),
    };
    let (radix, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &unsigned[2..]),
        [b'0', b'o' | b'O', ..] => (8, &unsigned[2..]),
        [b'0', b'b' | b'B', ..] => (2, &unsigned[2..]),
        [b'0', _, ..] => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let number = u64::from_str_radix(digits, radix).ok()?;
    match (negative, i64::try_from(number)) {
        (false, Ok(number)) => Some(Resolved::Integer(number)),
        (false, Err(_)) => (!signed).then_some(Resolved::Unsigned(number)),
        (true, _) => 0_i64.checked_sub_unsigned(number).map(Resolved::Integer),
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let whole = digits(rest);
    rest = &rest[whole..];
    let mut fraction = 0;
    if let Some(after) = rest.strip_prefix('.') {
        fraction = digits(after);
        rest = &after[fraction..];
    }
    if whole + fraction == 0 {
        return false;
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::Resolved::*;
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Resolved<'_>) {
        assert_eq!(resolve(text, Style::Plain, None), expected, "{text:?}");
    }

    #[test]
    fn plain_scalars() {
        check("", Null);
        check("~", Null);
        check("Null", Null);
        check("nUll", Text("nUll"));
        check("yes", Bool(true));
        check("ON", Bool(true));
        check("y", Bool(true));
        check("off", Bool(false));
        check("yEs", Text("yEs"));
        check("0", Integer(0));
        check("-5", Integer(-5));
        check("+5", Integer(5));
        check("010", Integer(8));
        check("08", Float(8.0));
        check("0x1F", Integer(31));
        check("-0x10", Integer(-16));
        check("0b101", Integer(5));
        check("0o17", Integer(15));
        check("1_000", Integer(1000));
        check("0x", Text("0x"));
        check("0x+1", Text("0x+1"));
        check("-", Text("-"));
        check("--1", Text("--1"));
        check("9223372036854775807", Integer(i64::MAX));
        check("9223372036854775808", Unsigned(9_223_372_036_854_775_808));
        check("-9223372036854775808", Integer(i64::MIN));
        check("18446744073709551616", Float(18_446_744_073_709_551_616.0));
        check("1e3", Float(1000.0));
        check("1.", Float(1.0));
        check(".5", Float(0.5));
        check("-.5e-1", Float(-0.05));
        check("1e", Text("1e"));
        check("1e400", Text("1e400"));
        check(".", Text("."));
        check("+.inf", Float(f64::INFINITY));
        check("2001-01-01", Text("2001-01-01"));
        check("1:30", Text("1:30"));
        check("é", Text("é"));
        check("1é", Text("1é"));
    }

    #[test]
    fn tags_and_quotes() {
        assert_eq!(resolve("5", Style::SingleQuoted, None), Text("5"));
        assert_eq!(resolve("", Style::DoubleQuoted, None), Text(""));
        assert_eq!(resolve("5", Style::Plain, Some("tag:yaml.org,2002:str")), Text("5"));
        assert_eq!(resolve("5", Style::SingleQuoted, Some("tag:yaml.org,2002:int")), Integer(5));
        assert_eq!(resolve("5", Style::Plain, Some("tag:yaml.org,2002:float")), Float(5.0));
        assert_eq!(resolve("5", Style::Plain, Some("!mine")), Text("5"));
    }
}
