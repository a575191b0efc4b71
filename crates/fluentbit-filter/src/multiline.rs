//! The `multiline` filter: joins the records of one message.
//!
//! Unlike the other filters it remembers records. What it knows about the records of one file under one tag is
//! a [`JoinState`], which the caller keeps. (Fluent Bit joins the records of all files that share a tag.)

use event_model::{Compat, Field, OwnedField, OwnedValue, Record, Timestamp, Value};
use fluentbit_config::{Section, value};
use fluentbit_parser::multiline::{LIMIT, Multiline, MultilineSet, MultilineState};
use source_text::Diagnostic;

use crate::context::Context;

/// A `multiline` filter.
#[derive(Clone, Debug)]
pub struct MultilineFilter {
    mode: Mode,
    buffered: bool,
}

#[derive(Clone, Debug)]
enum Mode {
    /// `parser`: multiline parsers look at the content.
    Parsers(Multiline),
    /// `partial_message`: Docker's log drivers say which records belong together.
    Partial { key: Box<[u8]>, flush_milliseconds: u64 },
}

/// The records that wait for others.
#[derive(Debug, Default)]
pub struct JoinState {
    lines: MultilineState,
    partials: Vec<Partial>,
}

/// A message of which not all parts have come.
#[derive(Debug)]
struct Partial {
    id: Vec<u8>,
    timestamp: Timestamp,
    fields: Vec<OwnedField>,
    text: Vec<u8>,
    position: u64,
    deadline: Timestamp,
}

/// A record that comes out of the filter.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Joined<'a, 'm> {
    /// Its time: that of the first record.
    pub timestamp: Timestamp,
    /// What is known about it: whether it was cut.
    pub metadata: &'static [Field<'static>],
    /// Its fields: those of the first record, with the joined content.
    pub fields: &'m [Field<'a>],
    /// The position of the first record.
    pub position: u64,
    /// Whether it starts again at the first filter, and this one leaves it alone; otherwise it goes on to the
    /// next filter.
    pub restarts: bool,
}

/// Where records go.
pub type Out<'o, 'a> = &'o mut dyn FnMut(Joined<'a, '_>);

impl MultilineFilter {
    /// The filter of a section, or `None` and at least one error.
    pub fn from_section(
        section: &Section,
        parsers: &MultilineSet,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let before = problems.len();
        let mut refuse = |span, code, message: String| problems.push(Diagnostic::error(code, span, message));
        let key = section.str("multiline.key_content").map(str::as_bytes);
        let mode = section.get("mode").filter(|_| section.compat != Compat::V1_8);
        let partial = match mode {
            Some(mode) if mode.value.eq_ignore_ascii_case("partial_message") => true,
            Some(mode) if !mode.value.eq_ignore_ascii_case("parser") => {
                let message = format!("there is no mode `{}`", mode.value);
                refuse(mode.value_span, "invalid-value", message);
                false
            }
            _ => false,
        };
        if partial && key.is_none() {
            let message = "the mode `partial_message` needs `multiline.key_content`".to_owned();
            refuse(section.span, "missing-property", message);
        }
        let mut found = Vec::new();
        for list in section.get_all("multiline.parser") {
            for name in value::split_commas(&list.value) {
                match parsers.get(name) {
                    Some(parser) => found.push(parser),
                    None => refuse(
                        list.value_span,
                        "unknown-parser",
                        format!("there is no multiline parser `{name}`"),
                    ),
                }
            }
        }
        if !partial && section.get("multiline.parser").is_none() {
            let message = "a multiline filter needs `multiline.parser`".to_owned();
            refuse(section.span, "missing-property", message);
        }
        // 1.8.11 knows no buffered mode. As in all filters of 5.1.1, what is not false is true.
        let buffered = section.compat != Compat::V1_8
            && section.str("buffer").is_none_or(|text| value::parse_bool(text).unwrap_or(true));
        let flush = u64::try_from(section.int("flush_ms", 2000)).unwrap_or(2000);
        if problems[before..].iter().any(Diagnostic::is_error) {
            return None;
        }
        let mode = match key {
            Some(key) if partial => Mode::Partial { key: key.into(), flush_milliseconds: flush },
            _ => {
                let mut multiline = Multiline::new(found, section.compat);
                if let Some(key) = section.str("multiline.key_content") {
                    multiline = multiline.with_key_content(key);
                }
                if buffered {
                    multiline = multiline.with_flush_timeout(flush);
                }
                Mode::Parsers(multiline)
            }
        };
        Some(Self { mode, buffered: buffered || partial })
    }

    /// Whether records wait beyond the end of their batch (what an input read at once).
    #[must_use]
    pub fn is_buffered(&self) -> bool {
        self.buffered
    }

    /// Takes a record that was read at `position`.
    pub fn push<'a>(
        &'a self,
        state: &mut JoinState,
        record: &Record<'a>,
        position: u64,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) {
        match &self.mode {
            Mode::Parsers(multiline) => self.with_lines(state, cx, out, |lines, cx, out| {
                multiline.push_record(lines, (record.timestamp, &record.fields), position, cx, out);
            }),
            Mode::Partial { key, flush_milliseconds } => {
                let deadline = cx.now.plus_milliseconds(*flush_milliseconds);
                if !state.add_part(key, record, position, deadline, cx, out) {
                    out(Joined {
                        timestamp: record.timestamp,
                        metadata: &[],
                        fields: &record.fields,
                        position,
                        restarts: false,
                    });
                }
            }
        }
    }

    /// When the next message will have waited long enough, and is to be [flushed](Self::flush).
    #[must_use]
    pub fn timeout(&self, state: &JoinState) -> Option<Timestamp> {
        match &self.mode {
            Mode::Parsers(multiline) => multiline.timeout(&state.lines),
            Mode::Partial { .. } => state.partials.iter().map(|partial| partial.deadline).min(),
        }
    }

    /// Ends the messages that waited too long.
    pub fn flush<'a>(&'a self, state: &mut JoinState, cx: &mut Context<'a, '_>, out: Out<'_, 'a>) {
        match &self.mode {
            Mode::Parsers(multiline) => {
                self.with_lines(state, cx, out, |lines, cx, out| multiline.flush(lines, cx, out));
            }
            Mode::Partial { key, .. } => {
                let now = cx.now;
                let due: Vec<_> = state.partials.extract_if(.., |partial| partial.deadline <= now).collect();
                due.into_iter().for_each(|partial| partial.end(key, true, cx, out));
            }
        }
    }

    /// Ends all messages: at the end of a batch if it is not [buffered](Self::is_buffered), and at the end of
    /// the program.
    pub fn flush_all<'a>(&'a self, state: &mut JoinState, cx: &mut Context<'a, '_>, out: Out<'_, 'a>) {
        match &self.mode {
            Mode::Parsers(multiline) => {
                self.with_lines(state, cx, out, |lines, cx, out| multiline.flush_all(lines, cx, out));
            }
            Mode::Partial { key, .. } => {
                std::mem::take(&mut state.partials)
                    .into_iter()
                    .for_each(|partial| partial.end(key, true, cx, out));
            }
        }
    }

    fn with_lines<'a>(
        &self,
        state: &mut JoinState,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
        work: impl FnOnce(
            &mut MultilineState,
            &mut fluentbit_parser::Context<'a, '_>,
            &mut dyn FnMut(fluentbit_parser::multiline::Message<'a, '_>),
        ),
    ) {
        let mut parsers = fluentbit_parser::Context::new(cx.arena, &mut cx.scratch.parsers, cx.now);
        work(&mut state.lines, &mut parsers, &mut |message| {
            out(Joined {
                timestamp: message.timestamp,
                metadata: message.metadata(),
                fields: message.fields,
                position: message.position,
                restarts: self.buffered,
            });
        });
    }
}

impl JoinState {
    /// Nothing waits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The lowest position of the records that wait.
    #[must_use]
    pub fn pending(&self) -> Option<u64> {
        self.partials.iter().map(|partial| partial.position).chain(self.lines.pending()).min()
    }

    /// Adds a part to its message. `false` if the record is no part.
    fn add_part<'a>(
        &mut self,
        key: &'a [u8],
        record: &Record<'a>,
        position: u64,
        deadline: Timestamp,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) -> bool {
        let text = |key: &[u8]| {
            record.fields.iter().find(|field| field.key == key).and_then(|field| match field.value {
                Value::Str(text) => Some(text),
                _ => None,
            })
        };
        let is_true = |key| text(key).is_some_and(|text| text.eq_ignore_ascii_case(b"true"));
        if !is_true(b"partial_message") {
            return false;
        }
        let (Some(id), Some(content)) = (text(b"partial_id"), text(key)) else { return false };
        let index = self.partials.iter().position(|partial| partial.id == id).unwrap_or_else(|| {
            let rest = record
                .fields
                .iter()
                .filter(|field| field.key != key && !field.key.starts_with(b"partial_"))
                .map(|field| OwnedField::new(field.key, OwnedValue::from(field.value)));
            self.partials.push(Partial {
                id: id.to_owned(),
                timestamp: record.timestamp,
                fields: rest.collect(),
                text: Vec::new(),
                position,
                deadline,
            });
            self.partials.len() - 1
        });
        let partial = &mut self.partials[index];
        partial.text.extend_from_slice(content);
        partial.deadline = deadline;
        // Parts whose last one never comes must not fill the memory.
        let full = partial.text.len() > LIMIT;
        if full || is_true(b"partial_last") {
            self.partials.remove(index).end(key, false, cx, out);
        }
        true
    }
}

impl Partial {
    /// Gives the message, its content last.
    fn end<'a>(&self, key: &'a [u8], restarts: bool, cx: &mut Context<'a, '_>, out: Out<'_, 'a>) {
        let mut fields: Vec<_> = self.fields.iter().map(|field| field.in_arena(cx.arena)).collect();
        fields.push(Field::new(key, Value::Str(cx.arena.bytes(&self.text))));
        out(Joined {
            timestamp: self.timestamp,
            metadata: &[],
            fields: &fields,
            position: self.position,
            restarts,
        });
    }
}

#[cfg(test)]
mod tests {
    use event_model::Arena;

    use super::*;
    use crate::Scratch;
    use crate::test_support::{problems, section, show};

    /// What comes out for records `(time, fields)`, and with `=` before it at the end of the batch.
    #[track_caller]
    fn check(lines: &[&str], records: &[(i64, &[(&'static str, &'static str)])], expected: &[&str]) {
        let compat = Compat::V5_1;
        let parsers = MultilineSet::builtin(compat);
        let filter =
            MultilineFilter::from_section(&section("multiline", lines, compat), &parsers, &mut Vec::new())
                .unwrap();
        let (arena, mut scratch, mut state) = (Arena::new(), Scratch::default(), JoinState::new());
        let mut found = Vec::new();
        let mut collect = |prefix: &str, joined: Joined<'_, '_>| {
            let again = if joined.restarts { "<" } else { "" };
            found.push(format!(
                "{prefix}{again}{} {} {}",
                joined.timestamp.seconds,
                joined.position,
                show(joined.fields)
            ));
        };
        for (position, (time, fields)) in (0..).zip(records) {
            let mut record = Record::new(Timestamp::new(*time, 0));
            let fields =
                fields.iter().map(|(key, text)| Field::new(key.as_bytes(), Value::Str(text.as_bytes())));
            record.fields.extend(fields);
            let mut cx = Context::new(b"t", Timestamp::new(*time, 0), &arena, &mut scratch);
            filter.flush(&mut state, &mut cx, &mut |joined| collect("~", joined));
            filter.push(&mut state, &record, position, &mut cx, &mut |joined| collect("", joined));
        }
        let mut cx = Context::new(b"t", Timestamp::default(), &arena, &mut scratch);
        filter.flush_all(&mut state, &mut cx, &mut |joined| collect("=", joined));
        assert_eq!(state.pending(), None);
        assert_eq!(found, expected);
    }

    const GO: [(i64, &[(&str, &str)]); 5] = [
        (1, &[("a", "1"), ("log", "panic: my panic")]),
        (1, &[("log", "")]),
        (1, &[("log", "goroutine 4 [running]:")]),
        (1, &[("log", "unrelated"), ("b", "2")]),
        (9, &[("other", "x")]),
    ];

    #[test]
    fn records_are_joined_by_parsers() {
        check(
            &["multiline.parser go", "multiline.key_content log", "Buffer Off"],
            &GO,
            &[
                "1 0 a=1 log=panic: my panic\n\ngoroutine 4 [running]:",
                "1 3 log=unrelated b=2",
                "9 4 other=x",
            ],
        );
        check(
            &["multiline.parser go", "multiline.key_content log"],
            &GO[..3],
            &["=<1 0 a=1 log=panic: my panic\n\ngoroutine 4 [running]:"],
        );
    }

    #[test]
    fn a_message_waits_for_flush_ms() {
        let records: [(i64, &[(&str, &str)]); 2] =
            [(1, &[("log", "panic: one")]), (4, &[("log", "panic: two")])];
        check(
            &["multiline.parser go", "multiline.key_content log", "Flush_ms 2500"],
            &records,
            &["~<1 0 log=panic: one", "=<4 1 log=panic: two"],
        );
    }

    #[test]
    fn parts_of_docker_messages() {
        let part = |id, text, last| {
            [
                ("log", text),
                ("name", "web"),
                ("partial_message", "true"),
                ("partial_id", id),
                ("partial_last", last),
            ]
        };
        check(
            &["Mode partial_message", "multiline.key_content log"],
            &[
                (1, &part("x", "one ", "false")),
                (2, &part("y", "other ", "false")),
                (2, &[("log", "whole")]),
                (2, &[("log", "no id"), ("partial_message", "true")]),
                (2, &part("x", "two", "true")),
                (9, &part("z", "last", "false")),
            ],
            &[
                "2 2 log=whole",
                "2 3 log=no id partial_message=true",
                "1 0 name=web log=one two",
                "~<2 1 name=web log=other ",
                "=<9 5 name=web log=last",
            ],
        );
    }

    #[test]
    fn complaints() {
        for (lines, expected) in [
            (&["multiline.parser go", "multiline.key_content log"][..], &[][..]),
            (&["multiline.parser go, nothing"], &["unknown-parser"]),
            (&[], &["missing-property"]),
            (&["Mode partial_message"], &["missing-property"]),
            (&["Mode whole", "multiline.parser go"], &["invalid-value"]),
        ] {
            let found = problems(&section("multiline", lines, Compat::V5_1), |section, problems| {
                MultilineFilter::from_section(section, &MultilineSet::builtin(Compat::V5_1), problems)
                    .is_some()
            });
            assert_eq!(found, expected, "{lines:?}");
        }
    }
}
