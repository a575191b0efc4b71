//! What Fluent Bit accepts without a word although it hardly does what was meant.

mod grep;
mod ignored;
mod kubernetes;
mod outputs;
mod parsers;
mod patterns;
mod tail;

use source_text::{Diagnostic, Edit, Fix, Span};

use crate::load::Config;
use crate::section::{Property, Section};

pub(super) fn check(config: &Config, problems: &mut Vec<Diagnostic>) {
    tail::check(config, problems);
    grep::check(config, problems);
    kubernetes::check(config, problems);
    outputs::check(config, problems);
    parsers::check(config, problems);
    patterns::check(config, problems);
    ignored::check(config, problems);
}

fn is(section: &Section, plugin: &str) -> bool {
    section.name().eq_ignore_ascii_case(plugin)
}

/// Whether a boolean is set to true.
fn is_on(section: &Section, key: &str) -> bool {
    section.bool(key, false).unwrap_or(false)
}

/// Adds a fix that consists of `edits`, if all of them can be made.
fn certain<const N: usize>(problem: Diagnostic, title: &str, edits: [Option<Edit>; N]) -> Diagnostic {
    match edits.into_iter().collect() {
        Some(edits) => problem.with_fix(Fix::certain(title, edits)),
        None => problem,
    }
}

/// The same for one that somebody should look at first.
fn likely<const N: usize>(problem: Diagnostic, title: &str, edits: [Option<Edit>; N]) -> Diagnostic {
    match edits.into_iter().collect() {
        Some(edits) => problem.with_fix(Fix::likely(title, edits)),
        None => problem,
    }
}

/// A warning about a property that does nothing because of another one, and the fix that removes it.
fn in_vain(
    config: &Config,
    property: &Property,
    because_of: Span,
    code: &'static str,
    message: &str,
) -> Diagnostic {
    let problem = Diagnostic::warning(code, property.key_span, message).label(because_of, "set here");
    certain(problem, &format!("remove `{}`", property.key), [config.removal(property)])
}

/// A note about a section: where its plugin is named.
fn note(section: &Section, code: &'static str, message: &str) -> Diagnostic {
    let span = section.plugin().map_or(section.span, |name| name.value_span);
    Diagnostic::new(source_text::Severity::Info, code, message).at(span)
}
