//! The `file` output.

use event_model::json::{self, Style};
use event_model::number::{fixed_float, integer, padded, unsigned};
use event_model::{Compat, Record, Value, msgpack};
use fluentbit_config::Section;
use source_text::Diagnostic;

use crate::boolean;
use crate::print::{print, quoted};
use crate::template::Template;

/// The form of a file (`Format`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileFormat {
    /// `TAG: [SECONDS, {json}]`. Fluent Bit calls it `out_file`.
    #[default]
    Tagged,
    /// A JSON object a line, without date.
    Plain,
    /// The time and the values, without keys.
    Csv,
    /// Labels and values, the time first.
    Ltsv,
    /// A text with placeholders.
    Template,
    /// The records as Fluent Bit has them in memory.
    Msgpack,
}

/// What a `file` output is told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FileOptions {
    /// The folder; the working directory if none.
    pub path: Option<String>,
    /// The name in the folder; made of the tag if none.
    pub file: Option<String>,
    /// Whether folders that do not exist are made.
    pub mkdir: bool,
    /// The form.
    pub format: FileFormat,
    /// What stands between fields.
    pub delimiter: &'static str,
    /// What stands between label and value.
    pub label_delimiter: &'static str,
    /// The text of format [`Template`](FileFormat::Template).
    pub template: String,
    /// Whether a CSV file starts with a line of keys.
    pub csv_column_names: bool,
    /// How JSON text is written.
    pub style: Style,
    /// The release to follow.
    pub compat: Compat,
}

impl FileOptions {
    /// The defaults of a release.
    #[must_use]
    pub fn new(compat: Compat) -> Self {
        Self {
            path: None,
            file: None,
            mkdir: false,
            format: FileFormat::default(),
            delimiter: "",
            label_delimiter: "",
            template: "{time} {message}".to_owned(),
            csv_column_names: false,
            style: Style::default_of(compat),
            compat,
        }
    }

    /// Reads an output section. A format Fluent Bit does not know is an error, as it is there.
    #[must_use]
    pub fn from_section(section: &Section, style: Style) -> (Self, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let mut options = Self::new(section.compat);
        options.style = style;
        options.path = section.str("path").map(str::to_owned);
        options.file = section.str("file").map(str::to_owned);
        options.mkdir = boolean(section, "mkdir", false, &mut problems);
        options.csv_column_names = boolean(section, "csv_column_names", false, &mut problems);
        if let Some(template) = section.str("template") {
            template.clone_into(&mut options.template);
        }
        if let Some(property) = section.get("format") {
            match property.value.to_ascii_lowercase().as_str() {
                "out_file" => {}
                "plain" => options.format = FileFormat::Plain,
                "csv" => options.format = FileFormat::Csv,
                "ltsv" => options.format = FileFormat::Ltsv,
                "template" => options.format = FileFormat::Template,
                "msgpack" => options.format = FileFormat::Msgpack,
                _ => problems.push(
                    Diagnostic::error(
                        "unknown-format",
                        property.value_span,
                        format!("`{}` is no format of file", property.value),
                    )
                    .help("expected one of out_file, plain, csv, ltsv, template, msgpack"),
                ),
            }
        }
        match options.format {
            FileFormat::Csv => options.delimiter = ",",
            FileFormat::Ltsv => (options.delimiter, options.label_delimiter) = ("\t", ":"),
            _ => {}
        }
        for (key, delimiter) in
            [("delimiter", &mut options.delimiter), ("label_delimiter", &mut options.label_delimiter)]
        {
            let Some(property) = section.get(key) else { continue };
            match named_delimiter(&property.value) {
                Some(named) => *delimiter = named,
                None => problems.push(
                    Diagnostic::warning(
                        "unknown-delimiter",
                        property.value_span,
                        format!("`{}` is no delimiter and is ignored", property.value),
                    )
                    .help("expected one of \\t, tab, space, comma"),
                ),
            }
        }
        (options, problems)
    }
}

/// Where a chunk belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Destination {
    /// The file's path, as bytes: a tag need not be UTF-8.
    pub path: Vec<u8>,
    /// Whether the folders of the path are made (mode 0755) if they do not exist.
    pub create_folders: bool,
}

/// The formatter of a `file` output.
#[derive(Clone, Debug)]
pub struct FileFormatter {
    options: FileOptions,
    template: Template,
    /// Whether the next record is the first of an empty file whose columns are to be named.
    column_names: bool,
}

impl FileFormatter {
    /// A formatter that waits for its first chunk.
    #[must_use]
    pub fn new(options: FileOptions) -> Self {
        Self { template: Template::new(&options.template), options, column_names: false }
    }

    /// The file for records of `tag`.
    ///
    /// A name made of the tag keeps the tag's slashes. 5.1.1 makes it safe: it cannot leave the folder, and
    /// characters other than ASCII letters, digits, `-`, `_` and `.` become `_`. 1.8.11 takes it as it is.
    ///
    /// ```
    /// use event_model::Compat;
    /// use fluentbit_output::{FileFormatter, FileOptions};
    ///
    /// let mut options = FileOptions::new(Compat::V5_1);
    /// options.path = Some("/var/log/out".to_owned());
    /// assert_eq!(FileFormatter::new(options).destination(b"../app:1").path, b"/var/log/out/_/app_1");
    /// ```
    #[must_use]
    pub fn destination(&self, tag: &[u8]) -> Destination {
        let FileOptions { path, file, mkdir, compat, .. } = &self.options;
        let mut full = Vec::new();
        if let Some(folder) = path {
            full.extend_from_slice(folder.as_bytes());
            full.push(b'/');
        }
        match file {
            Some(name) => full.extend_from_slice(name.as_bytes()),
            None if *compat == Compat::V1_8 => full.extend_from_slice(tag),
            None => full.extend(safe_name(tag)),
        }
        Destination { path: full, create_folders: *mkdir }
    }

    /// Begins a chunk that goes to the end of a file now `length` bytes long.
    pub fn begin(&mut self, length: u64) {
        self.column_names = self.options.csv_column_names && length == 0;
    }

    /// Appends a record of the chunk. An empty record leaves no line in CSV and LTSV.
    pub fn record(&mut self, out: &mut Vec<u8>, tag: &[u8], record: &Record<'_>) {
        match self.options.format {
            FileFormat::Tagged => self.tagged(out, tag, record),
            FileFormat::Plain => json::map(out, &record.fields, self.options.style),
            FileFormat::Template => self.template.write(out, record),
            FileFormat::Msgpack => return self.msgpack(out, record),
            FileFormat::Csv | FileFormat::Ltsv if record.fields.is_empty() => return,
            FileFormat::Csv => self.csv(out, record),
            FileFormat::Ltsv => self.ltsv(out, record),
        }
        out.push(b'\n');
    }

    fn tagged(&self, out: &mut Vec<u8>, tag: &[u8], record: &Record<'_>) {
        out.extend_from_slice(tag);
        out.extend_from_slice(b": [");
        unsigned(out, record.timestamp.seconds.cast_unsigned());
        out.push(b'.');
        padded(out, record.timestamp.nanoseconds.into(), 9);
        out.extend_from_slice(b", ");
        json::map(out, &record.fields, self.options.style);
        out.push(b']');
    }

    fn csv(&mut self, out: &mut Vec<u8>, record: &Record<'_>) {
        let delimiter = self.options.delimiter.as_bytes();
        if std::mem::take(&mut self.column_names) {
            out.extend_from_slice(b"timestamp");
            for field in &record.fields {
                out.extend_from_slice(delimiter);
                quoted(out, field.key);
            }
            out.push(b'\n');
        }
        integer(out, record.timestamp.seconds);
        out.push(b'.');
        padded(out, record.timestamp.nanoseconds.into(), 9);
        for field in &record.fields {
            out.extend_from_slice(delimiter);
            print(out, field.value);
        }
    }

    fn ltsv(&self, out: &mut Vec<u8>, record: &Record<'_>) {
        let label_end = self.options.label_delimiter.as_bytes();
        out.extend_from_slice(b"\"time\"");
        out.extend_from_slice(label_end);
        fixed_float(out, record.timestamp.as_seconds());
        for field in &record.fields {
            out.extend_from_slice(self.options.delimiter.as_bytes());
            quoted(out, field.key);
            out.extend_from_slice(label_end);
            print(out, field.value);
        }
    }

    fn msgpack(&self, out: &mut Vec<u8>, record: &Record<'_>) {
        msgpack::array_header(out, 2);
        if self.options.compat != Compat::V1_8 {
            msgpack::array_header(out, 2);
        }
        msgpack::event_time(out, record.timestamp);
        if self.options.compat != Compat::V1_8 {
            msgpack::value(out, Value::Map(record.metadata));
        }
        msgpack::map(out, &record.fields);
    }
}

fn named_delimiter(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "\\t" | "tab" => Some("\t"),
        "space" => Some(" "),
        "comma" => Some(","),
        _ => None,
    }
}

/// A tag as a relative path that stays where it is put.
fn safe_name(tag: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(tag.len());
    for component in tag.split(|byte| b"/\\".contains(byte)).filter(|component| !component.is_empty()) {
        if !name.is_empty() {
            name.push(b'/');
        }
        if matches!(component, b"." | b"..") {
            name.push(b'_');
        } else {
            name.extend(component.iter().map(|byte| {
                if byte.is_ascii_alphanumeric() || b"-_.".contains(byte) { *byte } else { b'_' }
            }));
        }
    }
    if name.is_empty() { b"_".to_vec() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use event_model::{Field, Timestamp};

    fn check(options: impl FnOnce(&mut FileOptions), length: u64, expected: &[u8]) {
        let inner = [Field::new(b"q", Value::Float(2.0))];
        let mut first = Record::new(Timestamp::new(1_688_466_030, 500_000_000));
        first.fields.push(Field::new(b"k", Value::Str("é\"".as_bytes())));
        first.fields.push(Field::new(b"m", Value::Map(&inner)));
        let empty = Record::new(Timestamp::new(1, 2));
        let mut set = FileOptions::new(Compat::V5_1);
        options(&mut set);
        let mut file = FileFormatter::new(set);
        let mut out = Vec::new();
        file.begin(length);
        for record in [&first, &empty, &first] {
            file.record(&mut out, b"app", record);
        }
        assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(expected));
    }

    #[test]
    fn formats() {
        let json = "{\"k\":\"\\u00e9\\\"\",\"m\":{\"q\":2.0}}";
        check(
            |_| {},
            0,
            format!("app: [1688466030.500000000, {json}]\napp: [1.000000002, {{}}]\napp: [1688466030.500000000, {json}]\n").as_bytes(),
        );
        check(|options| options.format = FileFormat::Plain, 0, format!("{json}\n{{}}\n{json}\n").as_bytes());
        let ltsv = "\"time\":1688466030.500000\t\"k\":\"é\"\"\t\"m\":{\"q\"=>2.000000}\n";
        check(
            |options| {
                options.format = FileFormat::Ltsv;
                (options.delimiter, options.label_delimiter) = ("\t", ":");
            },
            0,
            ltsv.repeat(2).as_bytes(),
        );
        check(
            |options| {
                options.format = FileFormat::Template;
                options.template = "{k}".to_owned();
            },
            0,
            "é\"\n{k}\né\"\n".as_bytes(),
        );
    }

    #[test]
    fn columns_are_named_in_an_empty_file_only() {
        let line = "1688466030.500000000 \"é\"\" {\"q\"=>2.000000}\n";
        let csv = |options: &mut FileOptions| {
            options.format = FileFormat::Csv;
            options.delimiter = " ";
            options.csv_column_names = true;
        };
        check(csv, 0, format!("timestamp \"k\" \"m\"\n{line}{line}").as_bytes());
        check(csv, 7, line.repeat(2).as_bytes());
    }

    #[test]
    fn msgpack_of_each_release() {
        let record = Record::new(Timestamp::new(1, 2));
        for (compat, expected) in [
            (Compat::V5_1, &b"\x92\x92\xd7\0\0\0\0\x01\0\0\0\x02\x80\x80"[..]),
            (Compat::V1_8, b"\x92\xd7\0\0\0\0\x01\0\0\0\x02\x80"),
        ] {
            let mut options = FileOptions::new(compat);
            options.format = FileFormat::Msgpack;
            let mut out = Vec::new();
            FileFormatter::new(options).record(&mut out, b"", &record);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn destinations() {
        for (path, file, tag, expected) in [
            (None, None, "app", ["app", "app"]),
            (Some("/d"), None, "a/b", ["/d/a/b", "/d/a/b"]),
            (Some("/d"), None, "/a//../b c", ["/d/a/_/b_c", "/d//a//../b c"]),
            (Some("/d"), None, "//", ["/d/_", "/d///"]),
            (Some("/d"), Some("../x"), "app", ["/d/../x", "/d/../x"]),
        ] {
            for (compat, expected) in [Compat::V5_1, Compat::V1_8].into_iter().zip(expected) {
                let mut options = FileOptions::new(compat);
                options.path = path.map(str::to_owned);
                options.file = file.map(str::to_owned);
                options.mkdir = true;
                let destination = FileFormatter::new(options).destination(tag.as_bytes());
                assert_eq!(String::from_utf8_lossy(&destination.path), expected);
                assert!(destination.create_folders);
            }
        }
    }
}
