//! What an `es` output is told about documents.

use event_model::Compat;
use event_model::json::Style;
use fluentbit_config::{Property, Section};
use fluentbit_filter::accessor::{Accessor, AccessorError, Template};
use source_text::{Diagnostic, suggest};

use crate::Delivery;

/// Where a document's `_id` comes from.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum IdSource {
    /// The server makes it up: a document sent twice is stored twice.
    #[default]
    Server,
    /// A hash of the document (`Generate_ID On`): equal documents of the same millisecond become one.
    Content,
    /// The place the record was read from (`Generate_ID offset`, which Fluent Bit does not have): a record
    /// sent twice is stored once, and no two records become one. Records of unknown origin get the id of
    /// their content.
    Origin,
    /// The record's own text at this place (`Id_Key`).
    Key(Accessor),
}

/// What the server is asked to do with a document (`Write_Operation`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WriteOperation {
    /// Store it, unless its id exists.
    #[default]
    Create,
    /// Store it, in place of what has its id.
    Index,
    /// Change the document of that id.
    Update,
    /// Change the document of that id, or store it.
    Upsert,
}

impl WriteOperation {
    /// The name in an action line.
    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Index => "index",
            Self::Update | Self::Upsert => "update",
        }
    }
}

/// How index names are made of a prefix and a date (`Logstash_Format On`).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Logstash {
    /// The text in front.
    pub prefix: String,
    /// The text between prefix and date.
    pub separator: String,
    /// A text made of the record, which takes the prefix's place unless it is empty. It is cut to 128 bytes.
    pub prefix_key: Option<Template>,
    /// The date, in the form of C's `strftime`.
    pub date_format: String,
}

impl Default for Logstash {
    fn default() -> Self {
        Self {
            prefix: "logstash".to_owned(),
            separator: "-".to_owned(),
            prefix_key: None,
            date_format: "%Y.%m.%d".to_owned(),
        }
    }
}

/// The options of an `es` output that shape its requests.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BulkOptions {
    /// The index, a `strftime` format of the current time.
    pub index: String,
    /// How the index is named instead, if set.
    pub logstash: Option<Logstash>,
    /// The name of the mapping type.
    pub type_name: String,
    /// Whether action lines have no type; none if that was not said.
    pub suppress_type_name: Option<bool>,
    /// The key of the time, which is the first of each document.
    pub time_key: String,
    /// The form of the time, a `strftime` format; a fraction and `Z` follow.
    pub time_key_format: String,
    /// Whether the fraction has nine digits instead of three.
    pub time_key_nanos: bool,
    /// The key of the tag, if documents have it.
    pub tag_key: Option<String>,
    /// Where ids come from.
    pub id: IdSource,
    /// What to do with documents.
    pub operation: WriteOperation,
    /// Whether dots in the record's keys, at any depth, become underscores.
    pub replace_dots: bool,
    /// Whether the time of the index and the document is the current one.
    pub current_time_index: bool,
    /// What stands before `/_bulk` in the request's path.
    pub path: String,
    /// The ingest pipeline, if any.
    pub pipeline: Option<String>,
    /// How JSON text is written.
    pub style: Style,
    /// What becomes of documents the server does not take.
    pub delivery: Delivery,
    /// The release whose form documents have.
    pub compat: Compat,
}

impl BulkOptions {
    /// The defaults of a release, delivered safely.
    #[must_use]
    pub fn new(compat: Compat) -> Self {
        Self {
            index: "fluent-bit".to_owned(),
            logstash: None,
            type_name: "_doc".to_owned(),
            suppress_type_name: None,
            time_key: "@timestamp".to_owned(),
            time_key_format: "%Y-%m-%dT%H:%M:%S".to_owned(),
            time_key_nanos: false,
            tag_key: None,
            id: IdSource::default(),
            operation: WriteOperation::default(),
            replace_dots: false,
            current_time_index: false,
            path: String::new(),
            pipeline: None,
            style: Style::default_of(compat),
            delivery: Delivery::default(),
            compat,
        }
    }

    /// Reads an output section. What Fluent Bit refuses to start with is an error among the diagnostics; the
    /// options are then what can be made of the rest.
    #[must_use]
    pub fn from_section(section: &Section, style: Style, delivery: Delivery) -> (Self, Vec<Diagnostic>) {
        Reader { section, problems: Vec::new() }.read(style, delivery)
    }

    /// The path and query of the bulk request.
    ///
    /// ```
    /// use elasticsearch_bulk::BulkOptions;
    /// use event_model::Compat;
    ///
    /// let mut options = BulkOptions::new(Compat::V5_1);
    /// options.path = "/es".to_owned();
    /// options.pipeline = Some("clean".to_owned());
    /// assert_eq!(options.request_target(), "/es/_bulk?pipeline=clean");
    /// ```
    #[must_use]
    pub fn request_target(&self) -> String {
        let Self { path, pipeline, compat, .. } = self;
        match pipeline {
            None => format!("{path}/_bulk"),
            Some(pipeline) if *compat == Compat::V1_8 => format!("{path}/_bulk/?pipeline={pipeline}"),
            Some(pipeline) => format!("{path}/_bulk?pipeline={pipeline}"),
        }
    }
}

struct Reader<'a> {
    section: &'a Section,
    problems: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn read(mut self, style: Style, delivery: Delivery) -> (BulkOptions, Vec<Diagnostic>) {
        let section = self.section;
        let defaults = BulkOptions::new(section.compat);
        let options = BulkOptions {
            index: self.text("index", defaults.index),
            logstash: self.boolean("logstash_format").then(|| self.logstash()),
            type_name: self.text("type", defaults.type_name),
            suppress_type_name: self.suppress_type_name(),
            time_key: self.text("time_key", defaults.time_key),
            time_key_format: self.text("time_key_format", defaults.time_key_format),
            time_key_nanos: self.boolean("time_key_nanos"),
            tag_key: self.boolean("include_tag_key").then(|| self.text("tag_key", "flb-key".to_owned())),
            id: self.id(),
            operation: self.operation(),
            replace_dots: self.boolean("replace_dots"),
            current_time_index: self.boolean("current_time_index"),
            path: self.text("path", String::new()),
            pipeline: section.str("pipeline").filter(|name| !name.trim().is_empty()).map(str::to_owned),
            style,
            delivery,
            compat: section.compat,
        };
        let needs_id = matches!(options.operation, WriteOperation::Update | WriteOperation::Upsert);
        if needs_id && matches!(options.id, IdSource::Server) {
            let span = section.get("write_operation").map_or(section.span, |property| property.value_span);
            self.problems.push(
                Diagnostic::error("missing-id", span, "`update` and `upsert` need to know the document's id")
                    .help("set Id_Key, or Generate_ID On"),
            );
        }
        (options, self.problems)
    }

    fn text(&self, key: &str, default: String) -> String {
        self.section.str(key).map_or(default, str::to_owned)
    }

    fn boolean(&mut self, key: &str) -> bool {
        self.section.bool(key, false).unwrap_or_else(|problem| {
            self.problems.push(*problem);
            false
        })
    }

    /// A property that is there and not empty.
    fn set(&self, key: &str) -> Option<&'a Property> {
        self.section.get(key).filter(|property| !property.value.is_empty())
    }

    fn report(&mut self, property: &Property, error: AccessorError) {
        self.problems.push(
            Diagnostic::error(
                "invalid-accessor",
                property.value_span,
                format!("`{}` is no record accessor: {error}", property.value),
            )
            .help("write a key, or `$key['sub']` for a key inside a map"),
        );
    }

    fn suppress_type_name(&mut self) -> Option<bool> {
        self.set("suppress_type_name")?;
        Some(self.boolean("suppress_type_name"))
    }

    fn logstash(&mut self) -> Logstash {
        let defaults = Logstash::default();
        Logstash {
            prefix: self.text("logstash_prefix", defaults.prefix),
            separator: self.text("logstash_prefix_separator", defaults.separator),
            prefix_key: self.set("logstash_prefix_key").and_then(|property| {
                // A key is as good as an accessor here.
                let dollar = if property.value.starts_with('$') { "" } else { "$" };
                let template = Template::parse(&format!("{dollar}{}", property.value), self.section.compat);
                template.map_err(|error| self.report(property, error)).ok()
            }),
            date_format: self.text("logstash_dateformat", defaults.date_format),
        }
    }

    fn id(&mut self) -> IdSource {
        let generate = self.set("generate_id");
        let generated = match generate {
            Some(property) if property.value.eq_ignore_ascii_case("offset") => IdSource::Origin,
            Some(_) if self.boolean("generate_id") => IdSource::Content,
            _ => IdSource::Server,
        };
        let Some(key) = self.set("id_key") else { return generated };
        if let Some(property) = generate.filter(|_| !matches!(generated, IdSource::Server)) {
            self.problems.push(Diagnostic::warning(
                "generate-id-ignored",
                property.key_span,
                "`Generate_ID` has no effect beside `Id_Key`",
            ));
        }
        match Accessor::parse(&key.value, self.section.compat) {
            Ok(accessor) => IdSource::Key(accessor),
            Err(error) => {
                self.report(key, error);
                IdSource::Server
            }
        }
    }

    fn operation(&mut self) -> WriteOperation {
        // 1.8.11 has no such property.
        let property = self.set("write_operation").filter(|_| self.section.compat != Compat::V1_8);
        let Some(property) = property else {
            return WriteOperation::default();
        };
        match property.value.to_ascii_lowercase().as_str() {
            "create" => WriteOperation::Create,
            "index" => WriteOperation::Index,
            "update" => WriteOperation::Update,
            "upsert" => WriteOperation::Upsert,
            other => {
                let known = ["create", "index", "update", "upsert"];
                let mut problem = Diagnostic::error(
                    "unknown-operation",
                    property.value_span,
                    format!("`{}` is no write operation", property.value),
                )
                .help("expected one of create, index, update, upsert");
                if let Some(meant) = suggest(other, known) {
                    problem = problem.fix(property.value_span, meant);
                }
                self.problems.push(problem);
                WriteOperation::default()
            }
        }
    }
}
