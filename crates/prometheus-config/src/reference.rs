//! What may be written in `prometheus.yml`: sections and their fields.
//!
//! ```
//! let sections = prometheus_config::reference::sections();
//! let job = sections.iter().find(|section| section.name == "scrape_configs").unwrap();
//! let path = job.fields.iter().find(|field| field.name == "metrics_path").unwrap();
//! assert_eq!(path.default, Some("/metrics"));
//! ```

mod discovery;
mod global;
mod http;
mod jobs;
mod other;
mod remote;

/// A section, or a mapping inside one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SectionSpec {
    /// The field that holds it.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub doc: &'static str,
    /// Whether it has the fields of [`HTTP_CLIENT`] too.
    pub has_http_client: bool,
    /// Its fields.
    pub fields: &'static [FieldSpec],
}

/// The section whose fields stand in every section that talks HTTP, beside its own.
pub const HTTP_CLIENT: &str = "HTTP client";

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldSpec {
    /// Its name.
    pub name: &'static str,
    /// What it holds: `duration`, `list of texts` and so on.
    pub kind: &'static str,
    /// The value it has when it is not set, as it would be written; `None` where there is none.
    pub default: Option<&'static str>,
    /// Whether weirgate checks it and does as if it were not set.
    pub is_ignored: bool,
    /// What it does, in a few words.
    pub doc: &'static str,
}

impl FieldSpec {
    const fn new(name: &'static str, kind: &'static str, doc: &'static str) -> Self {
        Self { name, kind, default: None, is_ignored: false, doc }
    }

    const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    const fn ignored(mut self) -> Self {
        self.is_ignored = true;
        self
    }
}

impl SectionSpec {
    const fn new(name: &'static str, doc: &'static str, fields: &'static [FieldSpec]) -> Self {
        Self { name, doc, has_http_client: false, fields }
    }

    const fn with_http_client(mut self) -> Self {
        self.has_http_client = true;
        self
    }
}

/// All sections whose fields this crate knows, from the top of the file down.
#[must_use]
pub fn sections() -> Vec<SectionSpec> {
    [global::SECTIONS, jobs::SECTIONS, discovery::SECTIONS, http::SECTIONS, remote::SECTIONS, other::SECTIONS]
        .concat()
}
