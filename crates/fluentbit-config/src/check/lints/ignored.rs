//! Options that weirgate does nothing with.

use source_text::{Diagnostic, Severity};

use crate::load::Config;
use crate::schema::{self, OptionSpec};
use crate::section::{Property, Section, SectionKind};

pub(super) fn check(config: &Config, problems: &mut Vec<Diagnostic>) {
    for section in config.inputs.iter().chain(&config.filters).chain(&config.outputs) {
        if let Some(spec) = schema::plugin(section.kind, section.name()) {
            report(section, |key| spec.option(key, section.compat), problems);
        }
    }
    let keys = schema::common_options(SectionKind::Service);
    report(&config.service, |key| keys.iter().find(|option| option.is_set_by(key)), problems);
}

fn report(
    section: &Section,
    option: impl Fn(&str) -> Option<&'static OptionSpec>,
    problems: &mut Vec<Diagnostic>,
) {
    let is_ignored = |property: &&Property| option(&property.key).is_some_and(|option| option.is_ignored);
    problems.extend(section.properties.iter().filter(is_ignored).map(|property| {
        let message = format!("weirgate does nothing with `{}`", property.key);
        Diagnostic::new(Severity::Info, "ignored-property", message).at(property.key_span)
    }));
}
