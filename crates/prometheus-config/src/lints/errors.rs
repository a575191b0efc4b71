//! What makes Prometheus refuse a file, and what weirgate cannot do.

mod discovery;
mod file;
mod http;
mod rules;
mod sections;

use source_text::Lint;

/// The entries for errors.
pub(super) const TABLES: [&[Lint]; 5] =
    [file::LINTS, rules::LINTS, http::LINTS, discovery::LINTS, sections::LINTS];
