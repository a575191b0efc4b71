//! What makes Prometheus refuse a file, and what weirgate cannot do.

mod discovery;
mod file;
mod http;
mod rules;
mod sections;

use source_text::Lint;

pub(super) fn lints() -> impl Iterator<Item = &'static Lint> {
    [file::LINTS, rules::LINTS, http::LINTS, discovery::LINTS, sections::LINTS].into_iter().flatten()
}
