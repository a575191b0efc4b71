//! The `stdout` output.

use event_model::json::{self, Style};
use event_model::number::{padded, unsigned};
use event_model::{Compat, Field, Record, Value};
use fluentbit_config::{Section, value::parse_bool};
use source_text::Diagnostic;

use crate::date::{DateFormat, DateWriter};
use crate::print::print;

/// The form of the output (`Format`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StdoutFormat {
    /// A line for people for each record. Fluent Bit calls it `msgpack`.
    #[default]
    Plain,
    /// An array for each chunk.
    Json,
    /// An object a line.
    JsonLines,
    /// Objects one after the other, a newline after each chunk.
    JsonStream,
}

/// What a `stdout` output is told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StdoutOptions {
    /// The form.
    pub format: StdoutFormat,
    /// The key of the date in JSON; none leaves it out.
    pub date_key: Option<String>,
    /// The form of the date in JSON.
    pub date_format: DateFormat,
    /// How JSON text is written.
    pub style: Style,
    /// The release to follow.
    pub compat: Compat,
}

impl StdoutOptions {
    /// The defaults of a release.
    #[must_use]
    pub fn new(compat: Compat) -> Self {
        Self {
            format: StdoutFormat::default(),
            date_key: Some("date".to_owned()),
            date_format: DateFormat::default(),
            style: Style::default_of(compat),
            compat,
        }
    }

    /// Reads an output section. Formats Fluent Bit does not know are reported and replaced by the default, as
    /// it does.
    #[must_use]
    pub fn from_section(section: &Section, style: Style) -> (Self, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let mut options = Self { style, ..Self::new(section.compat) };
        if let Some(property) = section.get("format") {
            match property.value.to_ascii_lowercase().as_str() {
                "msgpack" => {}
                "json" => options.format = StdoutFormat::Json,
                "json_lines" => options.format = StdoutFormat::JsonLines,
                "json_stream" => options.format = StdoutFormat::JsonStream,
                _ => problems.push(
                    Diagnostic::warning(
                        "unknown-format",
                        property.value_span,
                        format!("`{}` is no format of stdout; `msgpack` is used", property.value),
                    )
                    .help("expected one of msgpack, json, json_lines, json_stream"),
                ),
            }
        }
        if let Some(property) = section.get("json_date_format") {
            match DateFormat::from_name(&property.value, section.compat) {
                Some(format) => options.date_format = format,
                None => problems.push(
                    Diagnostic::warning(
                        "unknown-date-format",
                        property.value_span,
                        format!("`{}` is no date format; `double` is used", property.value),
                    )
                    .help("expected one of double, epoch, epoch_ms, iso8601, java_sql_timestamp"),
                ),
            }
        }
        if let Some(key) = section.str("json_date_key") {
            options.date_key = (parse_bool(key) != Some(false)).then(|| key.to_owned());
        }
        (options, problems)
    }
}

/// The formatter of a `stdout` output.
#[derive(Clone, Debug)]
pub struct StdoutFormatter {
    options: StdoutOptions,
    date: DateWriter,
    /// How many records of the chunk were written.
    count: u64,
}

impl StdoutFormatter {
    /// A formatter that waits for its first chunk.
    #[must_use]
    pub fn new(options: StdoutOptions) -> Self {
        Self { date: DateWriter::new(options.date_format), options, count: 0 }
    }

    /// Begins a chunk.
    pub fn begin(&mut self, out: &mut Vec<u8>) {
        self.count = 0;
        if self.options.format == StdoutFormat::Json {
            out.push(b'[');
        }
    }

    /// Appends a record of the chunk.
    pub fn record(&mut self, out: &mut Vec<u8>, tag: &[u8], record: &Record<'_>) {
        match self.options.format {
            StdoutFormat::Plain => self.plain(out, tag, record),
            StdoutFormat::Json => {
                if self.count > 0 {
                    out.push(b',');
                }
                self.json(out, record);
            }
            StdoutFormat::JsonStream => self.json(out, record),
            StdoutFormat::JsonLines => {
                self.json(out, record);
                out.push(b'\n');
            }
        }
        self.count += 1;
    }

    /// Ends the chunk.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        match self.options.format {
            StdoutFormat::Json => out.extend_from_slice(b"]\n"),
            StdoutFormat::JsonStream => out.push(b'\n'),
            StdoutFormat::Plain | StdoutFormat::JsonLines => {}
        }
    }

    fn plain(&self, out: &mut Vec<u8>, tag: &[u8], record: &Record<'_>) {
        out.push(b'[');
        unsigned(out, self.count);
        out.extend_from_slice(b"] ");
        out.extend_from_slice(tag);
        out.extend_from_slice(b": [");
        // A chunk keeps 32 bits of the seconds, without sign.
        let seconds = record.timestamp.seconds.cast_unsigned() & u64::from(u32::MAX);
        if self.options.compat != Compat::V1_8 {
            out.push(b'[');
        }
        unsigned(out, seconds);
        out.push(b'.');
        padded(out, record.timestamp.nanoseconds.into(), 9);
        out.extend_from_slice(b", ");
        if self.options.compat != Compat::V1_8 {
            print(out, Value::Map(record.metadata));
            out.extend_from_slice(b"], ");
        }
        print(out, Value::Map(&record.fields));
        out.extend_from_slice(b"]\n");
    }

    fn json(&mut self, out: &mut Vec<u8>, record: &Record<'_>) {
        let internal = [Field::new(b"log_metadata", Value::Map(record.metadata))];
        let internal = Field::new(b"__internal__", Value::Map(&internal));
        let date_key = self.options.date_key.as_deref();
        let date = date_key.map(|key| Field::new(key.as_bytes(), self.date.date(record.timestamp)));
        let with_metadata = !record.metadata.is_empty() && self.options.compat != Compat::V1_8;
        let head: &[Field<'_>] = match (date, with_metadata) {
            (Some(date), true) => &[date, internal],
            (Some(date), false) => &[date],
            (None, true) => &[internal],
            (None, false) => &[],
        };
        json::map_with_head(out, head, &record.fields, self.options.style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use event_model::Timestamp;

    fn check(options: impl FnOnce(&mut StdoutOptions), expected: [&str; 2]) {
        let metadata = [Field::new(b"m", Value::Int(1))];
        let mut first = Record::new(Timestamp::new(1_688_466_030, 5));
        first.metadata = &metadata;
        first.fields.push(Field::new("é".as_bytes(), Value::Float(2.0)));
        let mut second = Record::new(Timestamp::new(1_688_466_031, 500_000_000));
        second.fields.push(Field::new(b"date", Value::Str(b"mine")));
        second.fields.push(Field::new(b"k", Value::Null));

        let mut set = StdoutOptions::new(Compat::V5_1);
        options(&mut set);
        for (compat, expected) in [Compat::V5_1, Compat::V1_8].into_iter().zip(expected) {
            let options = StdoutOptions { compat, style: Style::default_of(compat), ..set.clone() };
            let mut stdout = StdoutFormatter::new(options);
            let mut out = Vec::new();
            for records in [&[&first, &second][..], &[&second]] {
                stdout.begin(&mut out);
                for record in records {
                    stdout.record(&mut out, b"app", record);
                }
                stdout.end(&mut out);
            }
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }

    #[test]
    fn plain_lines_count_from_zero_in_each_chunk() {
        check(
            |_| {},
            [
                "[0] app: [[1688466030.000000005, {\"m\"=>1}], {\"é\"=>2.000000}]\n\
                 [1] app: [[1688466031.500000000, {}], {\"date\"=>\"mine\", \"k\"=>nil}]\n\
                 [0] app: [[1688466031.500000000, {}], {\"date\"=>\"mine\", \"k\"=>nil}]\n",
                "[0] app: [1688466030.000000005, {\"é\"=>2.000000}]\n\
                 [1] app: [1688466031.500000000, {\"date\"=>\"mine\", \"k\"=>nil}]\n\
                 [0] app: [1688466031.500000000, {\"date\"=>\"mine\", \"k\"=>nil}]\n",
            ],
        );
    }

    #[test]
    fn json_is_an_array_for_each_chunk() {
        check(
            |options| options.format = StdoutFormat::Json,
            [
                "[{\"date\":1688466030.0,\"__internal__\":{\"log_metadata\":{\"m\":1}},\"\\u00e9\":2.0},\
                 {\"date\":\"mine\",\"k\":null}]\n[{\"date\":\"mine\",\"k\":null}]\n",
                "[{\"date\":1688466030.0,\"é\":2.0},{\"date\":\"mine\",\"k\":null}]\n\
                 [{\"date\":\"mine\",\"k\":null}]\n",
            ],
        );
    }

    #[test]
    fn json_lines_and_stream() {
        check(
            |options| {
                options.format = StdoutFormat::JsonLines;
                options.date_key = None;
            },
            [
                "{\"__internal__\":{\"log_metadata\":{\"m\":1}},\"\\u00e9\":2.0}\n\
                 {\"date\":\"mine\",\"k\":null}\n{\"date\":\"mine\",\"k\":null}\n",
                "{\"é\":2.0}\n{\"date\":\"mine\",\"k\":null}\n{\"date\":\"mine\",\"k\":null}\n",
            ],
        );
        check(
            |options| {
                options.format = StdoutFormat::JsonStream;
                options.date_key = Some("t".to_owned());
                options.date_format = DateFormat::Epoch;
            },
            [
                "{\"t\":1688466030,\"__internal__\":{\"log_metadata\":{\"m\":1}},\"\\u00e9\":2.0}\
                 {\"t\":1688466031,\"date\":\"mine\",\"k\":null}\n\
                 {\"t\":1688466031,\"date\":\"mine\",\"k\":null}\n",
                "{\"t\":1688466030,\"é\":2.0}{\"t\":1688466031,\"date\":\"mine\",\"k\":null}\n\
                 {\"t\":1688466031,\"date\":\"mine\",\"k\":null}\n",
            ],
        );
    }
}
