//! Times in JSON.

use std::fmt;
use std::str::FromStr;

use event_model::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time: in JSON the string `seconds.nanoseconds` since 1970, exact where a number would not be. A number
/// of seconds is read too.
///
/// ```
/// use weirgate::api::{Time, to_json};
///
/// let time: Time = "1688466030.5".parse().unwrap();
/// assert_eq!(to_json(&time), "\"1688466030.500000000\"");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub Timestamp);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:09}", self.0.seconds, self.0.nanoseconds)
    }
}

impl FromStr for Time {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const ERROR: &str = "a time is `seconds` or `seconds.nanoseconds`";
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
        if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ERROR);
        }
        let seconds = seconds.parse().map_err(|_| ERROR)?;
        Ok(Self(Timestamp::new(seconds, format!("{fraction:0<9}").parse().map_err(|_| ERROR)?)))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Integer(i64),
    Float(f64),
    Text(String),
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Form::deserialize(deserializer)? {
            Form::Integer(seconds) => Ok(Self(Timestamp::new(seconds, 0))),
            Form::Float(seconds) => Ok(of_seconds(seconds)),
            Form::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
fn of_seconds(seconds: f64) -> Time {
    let whole = seconds.floor();
    let nanoseconds = ((seconds - whole) * 1e9).min(999_999_999.0) as u32;
    Time(Timestamp::new(whole as i64, nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (json, expected) in [
            ("5", Some((5, 0))),
            ("1.5", Some((1, 500_000_000))),
            ("-0.5", Some((-1, 500_000_000))),
            (r#""1.000000001""#, Some((1, 1))),
            (r#""-1.5""#, Some((-1, 500_000_000))),
            (r#""1.0000000001""#, None),
            (r#""x""#, None),
            (r#""1.-5""#, None),
        ] {
            let found = serde_json::from_str::<Time>(json).ok();
            assert_eq!(found.map(|time| (time.0.seconds, time.0.nanoseconds)), expected, "{json}");
        }
    }
}
