//! Settings that lose documents in Fluent Bit, or do not do what they seem to.

use event_model::Compat;
use fluentbit_config::Section;
use source_text::{Diagnostic, Severity};

use crate::options::{BulkOptions, IdSource};

impl BulkOptions {
    /// What a person who runs this `es` section in Fluent Bit should know. `self` is what
    /// [`from_section`](Self::from_section) made of it.
    ///
    /// The codes are `es-type-name`, `es-partial-bulk`, `es-repeated-documents`, `es-literal-index`.
    #[must_use]
    pub fn lint(&self, section: &Section) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let mut warn = |severity, code, message: &str, help: &str| {
            problems.push(Diagnostic::new(severity, code, message).at(section.span).help(help));
        };
        if self.suppress_type_name != Some(true) {
            warn(
                Severity::Warning,
                "es-type-name",
                "requests name a `_type`, for which Elasticsearch 8 and OpenSearch 2 refuse them whole",
                "set Suppress_Type_Name On for these servers",
            );
        }
        if matches!(self.id, IdSource::Server) {
            warn(
                Severity::Warning,
                "es-repeated-documents",
                "documents without ids are stored twice when a request is sent again",
                "set Generate_ID On",
            );
        }
        if section.compat != Compat::V1_8 {
            warn(
                Severity::Info,
                "es-partial-bulk",
                "documents that are refused are lost without a word when another one of the request was stored",
                "weirgate keeps them in a dead-letter file unless it is told to deliver as Fluent Bit does",
            );
        }
        let expands = matches!(self.id, IdSource::Server | IdSource::Origin) || self.current_time_index;
        if self.logstash.is_none() && self.index.contains('%') && !expands {
            let span = section.get("index").map_or(section.span, |property| property.value_span);
            problems.push(
                Diagnostic::warning(
                    "es-literal-index",
                    span,
                    "the date in `Index` is not filled in for documents that have ids",
                )
                .help("set Current_Time_Index On, or Logstash_Format On with a prefix"),
            );
        }
        problems
    }
}
