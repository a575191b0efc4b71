//! Reading a time step by step.

use event_model::{Compat, DAY_NAMES, MONTH_NAMES};

use super::broken_down::BrokenDown;
use super::ops::{Number, Op, Ops};
use super::zone_names;
use crate::number::is_space;

const HOUR: i64 = 3600;

/// Reads from `text` as `ops` say, and leaves in it what follows. False at the first step that fails; `time`
/// then has what was read before.
pub(super) fn run(ops: &Ops, text: &mut &[u8], time: &mut BrokenDown, compat: Compat) -> bool {
    ops.ops.iter().all(|&op| step(op, text, time, compat).is_some())
}

/// A fraction of a second in nanoseconds, of at most nine digits.
///
/// Fluent Bit takes it through a double, which loses a nanosecond here and there.
pub(super) fn fraction(text: &mut &[u8]) -> Option<u32> {
    const POWERS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    // Container runtimes write nine digits.
    let nine = text.first_chunk::<9>().filter(|nine| nine.iter().all(u8::is_ascii_digit));
    let digits = match nine {
        Some(_) => 9,
        None => text.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count(),
    };
    let (number, rest) = text.split_at_checked(digits).filter(|_| digits > 0)?;
    let value = |number: &[u8]| number.iter().fold(0, |number, digit| 10 * number + u32::from(digit - b'0'));
    let mantissa = nine.map_or_else(|| value(number), |nine| value(nine));
    *text = rest;
    let fraction = f64::from(mantissa) / POWERS.get(digits).copied().unwrap_or(1e9);
    Some((fraction * 1e9) as u32)
}

/// Drops white space at the start.
pub(super) fn skip_space(text: &[u8]) -> &[u8] {
    let space = text.iter().take_while(|&&byte| is_space(byte)).count();
    text.get(space..).unwrap_or_default()
}

fn step(op: Op, text: &mut &[u8], time: &mut BrokenDown, compat: Compat) -> Option<()> {
    match op {
        Op::Space => *text = skip_space(text),
        Op::Finish => time.finish(),
        // Everything else needs something to read.
        _ if text.is_empty() => return None,
        Op::SpaceBeforeMore => *text = skip_space(text),
        Op::Literal(byte) => {
            *text = text.strip_prefix(&[byte])?;
        }
        Op::OptionalSpace => {
            if let Some((&byte, rest)) = text.split_first()
                && is_space(byte)
            {
                *text = rest;
            }
        }
        Op::Number(field) => {
            let (least, most) = field.range();
            set(field, number(text, least, most)?, time);
        }
        Op::DayName => {
            name(text, &DAY_NAMES)?;
        }
        Op::MonthName => {
            let month = name(text, &MONTH_NAMES)?;
            time.set_month(month);
        }
        Op::Half => {
            let afternoon = name(text, &["AM", "PM"])? == 1;
            match (afternoon, time.hour) {
                (_, 13..) => return None,
                (false, 12) => time.hour = 0,
                (true, ..=11) => time.hour += 12,
                _ => {}
            }
        }
        Op::IsoYear => {
            let rest = text.get(1..)?;
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            *text = rest.get(digits..)?;
        }
        Op::Epoch => {
            let seconds = number(text, 0, i64::MAX)?;
            // Fluent Bit stops before numbers of nineteen digits.
            if seconds >= i64::MAX / 10 || !time.set_epoch(seconds) {
                return None;
            }
        }
        Op::ZoneOffset => time.offset = zone_offset(text)?,
        Op::ZoneName => {
            let (offset, rest) = zone_names::read(text, compat)?;
            time.offset = offset;
            *text = rest;
        }
        Op::Fail => return None,
    }
    Some(())
}

fn set(field: Number, value: i64, time: &mut BrokenDown) {
    match field {
        Number::Century => time.century = Some(value),
        Number::Year => time.set_year(value),
        Number::YearOfCentury => time.year_of_century = Some(value),
        Number::Month => time.set_month(value - 1),
        Number::Day => time.set_day(value),
        Number::DayOfYear => time.set_day_of_year(value - 1),
        Number::Hour | Number::Hour12 => time.hour = value,
        Number::Minute => time.minute = value,
        Number::Second => time.second = value,
        Number::Ignored { .. } => {}
    }
}

/// A number from `least` to `most`: as many digits as `most` has, fewer if a further one must exceed it.
fn number(text: &mut &[u8], least: i64, most: i64) -> Option<i64> {
    let mut value: i64 = 0;
    let mut room = most;
    loop {
        let (digit @ b'0'..=b'9', rest) = text.split_first()? else { return None };
        value = value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        *text = rest;
        room /= 10;
        let more = value.checked_mul(10).is_some_and(|tens| tens <= most);
        if !more || room == 0 || !text.first().is_some_and(u8::is_ascii_digit) {
            break;
        }
    }
    (least..=most).contains(&value).then_some(value)
}

/// The index of the name at the start of `text`, whole or its first three letters, in any case.
fn name(text: &mut &[u8], names: &[&str]) -> Option<i64> {
    for (index, name) in (0..).zip(names) {
        for name in [name, name.get(..3).unwrap_or(name)] {
            if let Some((start, rest)) = text.split_at_checked(name.len())
                && start.eq_ignore_ascii_case(name.as_bytes())
            {
                *text = rest;
                return Some(index);
            }
        }
    }
    None
}

/// A zone as `%z` reads it, in seconds east of UTC: `Z`, `UT`, `UTC`, `GMT`, `±hh`, `±hhmm`, `±hh:mm`, and the
/// American abbreviations of mail.
pub(super) fn zone_offset(text: &mut &[u8]) -> Option<i64> {
    let mut rest = skip_space(text);
    let offset = match rest {
        [b'G', b'M', b'T', after @ ..] | [b'U', b'T', b'C', after @ ..] => {
            rest = after;
            0
        }
        [b'U', b'T', after @ ..] | [b'Z', after @ ..] => {
            rest = after;
            0
        }
        [sign @ (b'+' | b'-'), h1 @ b'0'..=b'9', h2 @ b'0'..=b'9', after @ ..] => {
            let digit = |byte: &u8| i64::from(byte - b'0');
            let mut offset = (10 * digit(h1) + digit(h2)) * HOUR;
            rest = after.strip_prefix(b":").unwrap_or(after);
            if let [m1 @ b'0'..=b'9', after @ ..] = rest {
                let [m2 @ b'0'..=b'9', after @ ..] = after else { return None };
                offset += (10 * digit(m1) + digit(m2)) * 60;
                rest = after;
            }
            if *sign == b'-' { -offset } else { offset }
        }
        _ => {
            const STANDARD: [&str; 4] = ["EST", "CST", "MST", "PST"];
            const DAYLIGHT: [&str; 4] = ["EDT", "CDT", "MDT", "PDT"];
            match name(&mut rest, &STANDARD) {
                Some(west) => (-5 - west) * HOUR,
                None => (-4 - name(&mut rest, &DAYLIGHT)?) * HOUR,
            }
        }
    };
    *text = rest;
    Some(offset)
}
