//! Sizes in bytes.

/// Reads a size such as `10MB` or `1.5GiB`; all units are powers of 1024. `Err` is Prometheus' message.
pub(crate) fn parse(text: &str) -> Result<i64, String> {
    // Both families of units are tried; the message is that of the second.
    parse_with(text, "iB").or_else(|_| parse_with(text, "B"))
}

/// A size with all its units, as Prometheus prints it: `1GiB512MiB`.
pub(crate) fn show(size: i64) -> String {
    const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut parts = Vec::new();
    let mut rest = size;
    for unit in UNITS {
        if rest % 1024 != 0 || (parts.is_empty() && unit == "B" && rest == 0) {
            parts.push(format!("{}{unit}", rest % 1024));
        }
        rest /= 1024;
        if rest == 0 {
            break;
        }
    }
    parts.reverse();
    parts.concat()
}

fn parse_with(text: &str, suffix: &str) -> Result<i64, String> {
    let invalid = || format!("units: invalid {text}");
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(0);
    }
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let mut rest = unsigned;
    let mut total = 0.0;
    while !rest.is_empty() {
        if !rest.starts_with(|c: char| c == '.' || c.is_ascii_digit()) {
            return Err(invalid());
        }
        let (whole, whole_digits) = leading_integer(&mut rest).ok_or_else(invalid)?;
        let mut number = whole as f64;
        let mut digits = whole_digits;
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            let (fraction, fraction_digits) = leading_integer(&mut rest).ok_or_else(invalid)?;
            let scale = (0..fraction_digits).fold(1.0, |scale, _| scale * 10.0);
            number += fraction as f64 / scale;
            digits += fraction_digits;
        }
        if digits == 0 {
            return Err(invalid());
        }
        let length = rest.bytes().take_while(|byte| *byte != b'.' && !byte.is_ascii_digit()).count();
        let (unit, after) = rest.split_at(length);
        rest = after;
        let scale = scale(unit, suffix).ok_or_else(|| format!("units: unknown unit {unit} in {text}"))?;
        total += number * scale;
    }
    if text.starts_with('-') {
        total = -total;
    }
    // The upper bound as a float is one more than the largest integer. Go's conversion makes the smallest of it.
    let bounds = i64::MIN as f64..=i64::MAX as f64;
    if !bounds.contains(&total) {
        return Err("units: overflow parsing unit".to_owned());
    }
    Ok(if total == *bounds.end() { i64::MIN } else { total as i64 })
}

/// The digits at the start and how many there are; `None` for too many.
fn leading_integer(rest: &mut &str) -> Option<(i64, usize)> {
    const LIMIT: i64 = (i64::MAX - 9) / 10;
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = rest.split_at(length);
    *rest = after;
    let mut number: i64 = 0;
    for digit in digits.bytes() {
        if number >= LIMIT {
            return None;
        }
        number = number * 10 + i64::from(digit - b'0');
    }
    Some((number, length))
}

/// `B` or a prefix letter and the suffix of the family.
fn scale(unit: &str, suffix: &str) -> Option<f64> {
    if unit == "B" {
        return Some(1.0);
    }
    let exponent = match unit.strip_suffix(suffix)? {
        "K" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        "P" => 5,
        "E" => 6,
        _ => return None,
    };
    Some(1024_f64.powi(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<i64, &str>) {
        assert_eq!(parse(text), expected.map_err(str::to_owned), "{text:?}");
    }

    #[test]
    fn shown() {
        let shown: Vec<_> = [0, 1, 1536, -1024 * 1024 * 1024, i64::MIN].into_iter().map(show).collect();
        assert_eq!(shown, ["0B", "1B", "1KiB512B", "-1GiB", "-8EiB"]);
    }

    #[test]
    fn sizes() {
        check("0", Ok(0));
        check("-0", Ok(0));
        check("100B", Ok(100));
        check("1KB", Ok(1024));
        check("1KiB", Ok(1024));
        check("1.5MB", Ok(1_572_864));
        check(".5KB", Ok(512));
        check("1.KB", Ok(1024));
        check("1GB2MB", Ok(1_075_838_976));
        check("-1B", Ok(-1));
        check("100", Err("units: unknown unit  in 100"));
        check("10XB", Err("units: unknown unit XB in 10XB"));
        check("1kB", Err("units: unknown unit kB in 1kB"));
        check("1KB2KiB", Err("units: unknown unit KiB in 1KB2KiB"));
        check("", Err("units: invalid "));
        check("MB", Err("units: invalid MB"));
        check(".B", Err("units: invalid .B"));
        check("99999999999999999999B", Err("units: invalid 99999999999999999999B"));
        check("8EB", Ok(i64::MIN));
        check("7EB", Ok(7 << 60));
        check("9EB", Err("units: overflow parsing unit"));
    }
}
