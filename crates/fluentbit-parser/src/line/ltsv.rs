//! Lines of labels and values between tabs.

use event_model::Field;

use super::{Context, Failure, FailureKind, Parsed, Parser};

impl Parser {
    pub(super) fn parse_ltsv<'a>(
        &'a self,
        line: &'a [u8],
        cx: &mut Context<'a, '_>,
        fields: &mut Vec<Field<'a>>,
    ) -> Result<Parsed<'a>, Failure> {
        let start = fields.len();
        let mut parsed = Parsed::default();
        for (label, value) in pairs(line) {
            if let Some(timed) = self.timed.as_ref().filter(|timed| *timed.key == *label && !value.is_empty())
            {
                let at = line.len() - remaining(line, value);
                let time = timed.read(value, cx).map_err(|_| Failure::new(FailureKind::Time, at))?;
                parsed.set_time(time);
                if !timed.keep {
                    continue;
                }
            }
            fields.push(Field::new(label, self.types.cast(label, value, &mut parsed)));
        }
        if fields.len() == start {
            return Err(Failure::new(FailureKind::NoPairs, 0));
        }
        self.decoders.apply(start, cx, fields, self.compat);
        Ok(parsed)
    }
}

/// How many bytes of `line` there are from `part` on, which is a slice of it.
pub(super) fn remaining(line: &[u8], part: &[u8]) -> usize {
    (line.as_ptr_range().end as usize).saturating_sub(part.as_ptr() as usize)
}

/// The labels and values of a line, up to what does not begin with a label and a colon. Values without a
/// label are left out.
fn pairs(line: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = line;
    let all = std::iter::from_fn(move || {
        let is_label = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let (label, after) = split_while(rest, is_label);
        let [b':', value @ ..] = after else { return None };
        let (value, after) = split_while(value, |byte| !matches!(byte, 0 | b'\t' | b'\n' | b'\r'));
        rest = match after {
            [b'\t', next @ ..] => next,
            // A control character that is no tab ends the line.
            _ => &[],
        };
        Some((label, value))
    });
    all.filter(|(label, _)| !label.is_empty())
}

/// Divides a text before the first byte that does not fit.
pub(super) fn split_while(text: &[u8], fits: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| fits(byte)).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[(&str, &str)]) {
        let found: Vec<_> = pairs(line.as_bytes()).collect();
        let expected: Vec<_> = expected.iter().map(|(k, v)| (k.as_bytes(), v.as_bytes())).collect();
        assert_eq!(found, expected, "{line:?}");
    }

    #[test]
    fn labels_and_values() {
        check("a:1\tb:two words\tc:", &[("a", "1"), ("b", "two words"), ("c", "")]);
        check("a.b_c-D9:x:y\tz:\"q\"", &[("a.b_c-D9", "x:y"), ("z", "\"q\"")]);
        check(":none\ta:1", &[("a", "1")]);
        check("a:1\t\tb:2", &[("a", "1")]);
        check("a:1\tno label\tb:2", &[("a", "1")]);
        check("a:1\nb:2", &[("a", "1")]);
        check("a:1\t\r\nb:2", &[("a", "1")]);
        check("a:1\0b:2", &[("a", "1")]);
        check("no label", &[]);
        check("", &[]);
    }
}
