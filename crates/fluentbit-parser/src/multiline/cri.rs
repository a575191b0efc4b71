//! Lines of container runtimes: `TIME STREAM TAG TEXT`.

use event_model::{Compat, Field, Timestamp, Value};

use crate::time::{TimeFormat, Zone};

/// Takes the lines of the container runtime interface apart.
#[derive(Clone, Debug)]
pub(super) struct Cri {
    time: TimeFormat,
    /// Whether a line without text is none: 1.8.11 leaves empty fields out, and then misses this one.
    skip_empty: bool,
}

impl Cri {
    pub(super) fn new(compat: Compat) -> Self {
        Self {
            time: TimeFormat::new("%Y-%m-%dT%H:%M:%S.%L%z", Zone::UTC, compat),
            skip_empty: compat == Compat::V1_8,
        }
    }

    /// Appends `time`, `stream`, `_p` and `log`. The time need not be readable to its end.
    pub(super) fn parse<'a>(
        &self,
        line: &'a [u8],
        now: Timestamp,
        fields: &mut Vec<Field<'a>>,
    ) -> Option<Option<Timestamp>> {
        let [time, stream, tag, text] = split(line)?;
        let log = Field::new(b"log", Value::Str(text));
        let others = [(&b"time"[..], time), (b"stream", stream), (b"_p", tag)]
            .map(|(key, text)| Field::new(key, Value::Str(text)));
        fields.extend_from_slice(&others);
        if !(text.is_empty() && self.skip_empty) {
            fields.push(log);
        }
        let time = self.time.parse(time, now).ok().or_else(|| self.time.parse(time, now).err()?.partial());
        Some(time.filter(|time| *time != Timestamp::default()))
    }
}

/// The parts of a line. The time ends where the rest fits for the first time; it may have spaces.
fn split(line: &[u8]) -> Option<[&[u8]; 4]> {
    memchr::memchr_iter(b' ', line).skip_while(|&at| at == 0).find_map(|at| {
        let (time, rest) = line.split_at_checked(at)?;
        let rest = rest.get(1..)?;
        match rest {
            [b's', b't', b'd', b'o', b'u', b't', b' ', tag @ (b'F' | b'P'), b' ', text @ ..]
            | [b's', b't', b'd', b'e', b'r', b'r', b' ', tag @ (b'F' | b'P'), b' ', text @ ..] => {
                Some([time, rest.get(..6)?, std::slice::from_ref(tag), text])
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<[&str; 4]>) {
        let expected = expected.map(|parts| parts.map(str::as_bytes));
        assert_eq!(split(line.as_bytes()), expected, "{line}");
    }

    #[test]
    fn lines() {
        check("T stdout F text and more", Some(["T", "stdout", "F", "text and more"]));
        check("T stderr P ", Some(["T", "stderr", "P", ""]));
        check("T u stdout F x stdout F y", Some(["T u", "stdout", "F", "x stdout F y"]));
        check("T stdout X stdout F x", Some(["T stdout X", "stdout", "F", "x"]));
        for line in ["T stdout F", "T stdout P:x tagged", "T stdin F x", " stdout F x", "", "garbage"] {
            check(line, None);
        }
    }

    #[test]
    fn times() {
        for (time, expected) in [
            ("2023-07-04T19:20:30.5+09:00", Timestamp::new(1_688_466_030, 500_000_000)),
            ("2023-07-04T10:20:30.5", Timestamp::new(1_688_466_030, 500_000_000)),
            ("no-time", Timestamp::new(-2_209_075_200, 0)),
        ] {
            let line = format!("{time} stdout F x");
            let found = Cri::new(Compat::V5_1).parse(line.as_bytes(), Timestamp::default(), &mut Vec::new());
            assert_eq!(found, Some(Some(expected)));
        }
    }
}
