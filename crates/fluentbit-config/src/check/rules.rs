//! What single plugins ask of their options together.

use std::collections::{BTreeMap, BTreeSet};

use event_model::Compat;
use source_text::Diagnostic;

use super::values::{self, Force};
use super::with_suggestion;
use crate::load::Config;
use crate::schema::{self, PluginSpec};
use crate::section::{Property, Section, SectionKind};
use crate::value;

/// The parsers a configuration has, by name.
pub(super) struct Parsers<'a> {
    parsers: BTreeMap<&'a str, &'a Section>,
    multiline: BTreeSet<&'a str>,
}

impl<'a> Parsers<'a> {
    /// Names are compared with at most so many others to find one that is close.
    const MOST_SUGGESTIONS: usize = 200;

    pub(super) fn of(config: &'a Config) -> Self {
        let mut parsers = BTreeMap::new();
        for parser in &config.parsers {
            parsers.entry(parser.name()).or_insert(parser);
        }
        let built_in = schema::built_in_multiline_parsers(config.compat);
        let multiline = config.multiline_parsers.iter().map(Section::name).chain(built_in.iter().copied());
        Self { parsers, multiline: multiline.collect() }
    }
}

pub(super) fn check(
    section: &Section,
    spec: &PluginSpec,
    parsers: &Parsers<'_>,
    problems: &mut Vec<Diagnostic>,
) {
    let mut rules = Rules { section, parsers, problems };
    match (spec.kind, spec.name) {
        (SectionKind::Input, "tail") => rules.tail(),
        (SectionKind::Filter, "kubernetes") => rules.kubernetes(),
        (SectionKind::Filter, "parser") => rules.parser(),
        (SectionKind::Filter, "record_modifier") => rules.record_modifier(),
        (SectionKind::Filter, "nest") => rules.nest(),
        (SectionKind::Output, "es") => rules.es(),
        (SectionKind::Output, "stdout") => rules.stdout(),
        _ => {}
    }
}

struct Rules<'a> {
    section: &'a Section,
    parsers: &'a Parsers<'a>,
    problems: &'a mut Vec<Diagnostic>,
}

impl Rules<'_> {
    fn is_on(&self, key: &str) -> bool {
        self.section.bool(key, false).unwrap_or(false)
    }

    fn missing(&mut self, key: &str) {
        let name = self.section.name();
        self.problems.push(Diagnostic::error(
            "missing-property",
            self.section.plugin().map_or(self.section.span, |name| name.value_span),
            format!("`{name}` needs `{key}`"),
        ));
    }

    fn tail(&mut self) {
        let section = self.section;
        if section.str("path").is_none_or(|path| value::split_commas(path).next().is_none()) {
            self.missing("Path");
        }
        self.tail_intervals();
        if section.size("buffer_chunk_size", 32_768) > section.size("buffer_max_size", 32_768) {
            let place = section.get("buffer_max_size").or_else(|| section.get("buffer_chunk_size"));
            self.problems.push(
                Diagnostic::error(
                    "buffer-size-order",
                    place.map_or(section.span, |property| property.value_span),
                    "`Buffer_Max_Size` is less than `Buffer_Chunk_Size`",
                )
                .help(format!(
                    "they are {} and {} bytes; both are 32768 where they are not set",
                    section.size("buffer_max_size", 32_768),
                    section.size("buffer_chunk_size", 32_768)
                )),
            );
        }
        if self.is_on("multiline") {
            self.tail_multiline();
        }
        if self.is_on("multiline") && self.is_on("docker_mode") {
            self.exclusive("docker_mode", "multiline");
        }
        if let Some(parser) = section.get("parser") {
            self.parser_exists(parser, Force::Accepts);
        }
        if let Some(parser) = section.get("docker_mode_parser") {
            self.parser_exists(parser, Force::Accepts);
        }
        for property in section.get_all("multiline.parser") {
            self.multiline_parsers_exist(property);
        }
        if let Some(mode) = section.get("db.journal_mode") {
            let modes = ["DELETE", "TRUNCATE", "PERSIST", "MEMORY", "WAL", "OFF"];
            self.one_of(mode, &modes, Force::Refuses, "");
        }
        if let Some(sync) = section.get("db.sync") {
            self.one_of(sync, &["extra", "full", "normal", "off"], Force::Accepts, "; normal is used");
        }
        if let Some(encoding) = section.get("unicode.encoding") {
            let encodings = ["auto", "UTF-16LE", "UTF-16BE", "UTF16-LE", "UTF16-BE"];
            self.one_of(encoding, &encodings, Force::Refuses, "");
        }
        if section.str("unicode.encoding").is_some() && section.str("generic.encoding").is_some() {
            self.exclusive("unicode.encoding", "generic.encoding");
        }
    }

    fn tail_intervals(&mut self) {
        if let Some(refresh) =
            self.section.get("refresh_interval").filter(|property| !property.value.is_empty())
        {
            match value::parse_seconds_nanoseconds(&refresh.value) {
                Some((0, 0)) | None => {
                    let message = format!("`{}` is no time between two searches", refresh.value);
                    self.problems.push(
                        Force::Refuses
                            .problem("invalid-interval", refresh, message)
                            .help("expected seconds above 0, such as 10"),
                    );
                }
                Some((0, nanoseconds)) if nanoseconds <= 1_000_000 => {
                    let message = format!("files are searched for every {nanoseconds} nanoseconds");
                    self.problems.push(
                        Force::Accepts.problem("short-interval", refresh, message).help(
                            "the digits after the point count nanoseconds: half a second is 0.500000000",
                        ),
                    );
                }
                Some(_) => {}
            }
        }
        if let Some(wait) = self.section.get("rotate_wait").filter(|property| !property.value.is_empty())
            && value::parse_time(&wait.value) <= 0
        {
            let message = format!("`{}` is no time to wait", wait.value);
            self.problems.push(
                Force::Refuses
                    .problem("invalid-interval", wait, message)
                    .help("expected seconds above 0, such as 5"),
            );
        }
    }

    /// The old way to join lines.
    fn tail_multiline(&mut self) {
        match self.section.get("parser_firstline").filter(|property| !property.value.is_empty()) {
            None => self.missing("Parser_Firstline"),
            Some(parser) => {
                self.parser_exists(parser, Force::Refuses);
            }
        }
    }

    fn kubernetes(&mut self) {
        let section = self.section;
        if let Some(property) = section.get("regex_parser")
            && self.parser_exists(property, Force::Refuses)
        {
            self.regex_parser_is_regex(property);
        }
        if let Some(parser) = section.get("merge_parser") {
            self.parser_exists(parser, Force::Accepts);
        }
        if let Some(url) = section.get("kube_url")
            && !(url.value.starts_with("http://") || url.value.starts_with("https://"))
        {
            let message = format!("`{}` is no URL", url.value);
            self.problems.push(
                Force::Refuses
                    .problem("invalid-url", url, message)
                    .help("expected http:// or https:// and a host, optionally with a port"),
            );
        }
    }

    fn regex_parser_is_regex(&mut self, property: &Property) {
        let parser = self.parsers.parsers.get(property.value.as_str());
        let Some(format) = parser.and_then(|parser| parser.get("format")) else { return };
        if format.value.eq_ignore_ascii_case("regex") {
            return;
        }
        let force = if self.section.compat == Compat::V1_8 { Force::Accepts } else { Force::Refuses };
        let message = format!("the parser `{}` has the format {}, not regex", property.value, format.value);
        self.problems.push(
            force.problem("wrong-parser-format", property, message).label(format.value_span, "its format"),
        );
    }

    fn parser(&mut self) {
        if self.section.str("key_name").is_none() {
            self.missing("Key_Name");
        }
        let section = self.section;
        let named: Vec<&Property> = section.get_all("parser").collect();
        if named.is_empty() {
            self.missing("Parser");
            return;
        }
        // One that exists is enough.
        let any = named.iter().any(|property| self.parsers.parsers.contains_key(property.value.as_str()));
        let force = if any { Force::Accepts } else { Force::Refuses };
        for property in named {
            self.parser_exists(property, force);
        }
    }

    fn record_modifier(&mut self) {
        let section = self.section;
        let allow = ["allowlist_key", "whitelist_key"].into_iter().find(|key| section.get(key).is_some());
        if let (Some(allow), Some(_)) = (allow, section.get("remove_key")) {
            self.exclusive(allow, "remove_key");
        }
        for property in section.get_all("record") {
            if section.compat != Compat::V1_8 && value::split_words(&property.value, 2).len() > 2 {
                let message = format!("`{}` takes two words, but there are more", property.key);
                self.problems.push(
                    Force::Accepts
                        .problem("too-many-words", property, message)
                        .help("Fluent Bit leaves the field out; put a value with spaces in double quotes"),
                );
            }
        }
    }

    fn nest(&mut self) {
        let section = self.section;
        for property in section.get_all("operation") {
            if !(property.value.starts_with("nest") || property.value.starts_with("lift")) {
                self.problems.push(values::not_in(property, &["nest", "lift"], Force::Refuses, ""));
            }
        }
        if section.get("add_prefix").is_some() && section.get("remove_prefix").is_some() {
            self.exclusive("add_prefix", "remove_prefix");
        }
    }

    fn es(&mut self) {
        let section = self.section;
        let Some(operation) = section.get("write_operation").filter(|property| !property.value.is_empty())
        else {
            return;
        };
        if section.compat == Compat::V1_8 {
            return;
        }
        if !self.one_of(operation, &["create", "index", "update", "upsert"], Force::Refuses, "") {
            return;
        }
        let needs_id = ["update", "upsert"].iter().any(|word| operation.value.eq_ignore_ascii_case(word));
        // `offset` is no boolean, but ids.
        let generates = self.is_on("generate_id")
            || section.str("generate_id").is_some_and(|value| value.eq_ignore_ascii_case("offset"));
        if needs_id && section.str("id_key").is_none() && !generates {
            let message = format!("`{}` needs an id", operation.value);
            self.problems.push(
                Force::Refuses
                    .problem("missing-property", operation, message)
                    .help("set `Id_Key` or `Generate_ID`"),
            );
        }
    }

    fn stdout(&mut self) {
        if let Some(format) = self.section.get("format") {
            let mut formats = vec!["msgpack", "json", "json_lines", "json_stream"];
            if self.section.compat != Compat::V1_8 {
                formats.push("otlp_json");
            }
            self.one_of(format, &formats, Force::Accepts, "; msgpack is used");
        }
        if let Some(format) = self.section.get("json_date_format") {
            let mut formats = vec!["double", "epoch", "iso8601"];
            if self.section.compat != Compat::V1_8 {
                formats.extend(["epoch_ms", "java_sql_timestamp"]);
            }
            self.one_of(format, &formats, Force::Accepts, "; double is used");
        }
    }

    /// Complains unless the value is one of the words, in any case.
    fn one_of(&mut self, property: &Property, choices: &[&str], force: Force, otherwise: &str) -> bool {
        let fits = choices.iter().any(|choice| choice.eq_ignore_ascii_case(&property.value));
        if !fits && !property.value.is_empty() {
            self.problems.push(values::not_in(property, choices, force, otherwise));
        }
        fits
    }

    fn exclusive(&mut self, one: &str, other: &str) {
        let (Some(first), Some(second)) = (self.section.get(one), self.section.get(other)) else { return };
        self.problems.push(
            Diagnostic::error(
                "exclusive-properties",
                first.key_span,
                format!("`{}` and `{}` cannot be set together", first.key, second.key),
            )
            .label(second.key_span, "set here"),
        );
    }

    fn parser_exists(&mut self, property: &Property, force: Force) -> bool {
        if property.value.is_empty() {
            return false;
        }
        let known = &self.parsers.parsers;
        if known.contains_key(property.value.as_str()) {
            return true;
        }
        let names = known.keys().copied().take(Parsers::MOST_SUGGESTIONS);
        let problem =
            force.problem("unknown-parser", property, format!("there is no parser `{}`", property.value));
        let problem = with_suggestion(problem, &property.value, names, || {
            Some("define it in a file and name that with `Parsers_File` in `[SERVICE]`".to_owned())
        });
        self.problems.push(problem);
        false
    }

    fn multiline_parsers_exist(&mut self, property: &Property) {
        let built_in = schema::built_in_multiline_parsers(self.section.compat);
        let known = &self.parsers.multiline;
        for name in value::split_commas(&property.value) {
            if known.contains(name) {
                continue;
            }
            let message = format!("there is no multiline parser `{name}`");
            let problem = Diagnostic::error("unknown-parser", property.span_of(name), message);
            let names = known.iter().copied().take(Parsers::MOST_SUGGESTIONS);
            self.problems.push(with_suggestion(problem, name, names, || {
                Some(format!("built in are {}", built_in.join(", ")))
            }));
        }
    }
}
