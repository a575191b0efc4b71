//! `SERVICE`.

use event_model::Compat;
use source_text::Diagnostic;

use super::values::{self, Force};
use super::{repeats, with_suggestion};
use crate::schema::{self, ValueKind};
use crate::section::{Property, Section, SectionKind};
use crate::value;

pub(super) fn check(service: &Section, problems: &mut Vec<Diagnostic>) {
    for property in &service.properties {
        known_key(property, service.compat, problems);
    }
    flush(service, problems);
    log_level(service, problems);
    let known = schema::common_options(SectionKind::Service);
    repeats::check(&service.properties, known, "the last one counts", problems);
}

fn known_key(property: &Property, compat: Compat, problems: &mut Vec<Diagnostic>) {
    let known = schema::common_options(SectionKind::Service);
    let warning = |message: String| Diagnostic::warning("unknown-property", property.key_span, message);
    match known.iter().find(|option| option.is_set_by(&property.key)) {
        // More is said of it below.
        Some(option) if option.name == "flush" => {}
        Some(option) if option.since <= compat => {
            // What is no boolean is true here, silently.
            problems.extend(values::check(property, option.kind, compat, Force::Accepts));
            unsupported(property, problems);
        }
        Some(_) => {
            let message = format!("`{}` is new in Fluent Bit 5.1", property.key);
            problems.push(warning(message).help("1.8 ignores it"));
        }
        None => {
            let problem = warning(format!("`SERVICE` has no key `{}`", property.key));
            let names = known.iter().map(|option| option.name);
            problems.push(with_suggestion(problem, &property.key, names, || {
                Some("Fluent Bit ignores it without a word".to_owned())
            }));
        }
    }
}

fn flush(service: &Section, problems: &mut Vec<Diagnostic>) {
    let Some(flush) = service.get("flush") else { return };
    if value::parse_double(&flush.value) <= 0.0 {
        let message = format!("`{}` is no number of seconds above 0", flush.value);
        problems.push(
            Diagnostic::error("invalid-flush", flush.value_span, message)
                .help("expected a number such as 1 or 0.5"),
        );
    } else {
        problems.extend(values::check(flush, ValueKind::Double, service.compat, Force::Accepts));
    }
}

fn log_level(service: &Section, problems: &mut Vec<Diagnostic>) {
    let option =
        schema::common_options(SectionKind::Service).iter().find(|option| option.name == "log_level");
    let Some(ValueKind::Choice(levels)) = option.map(|option| option.kind) else { return };
    for level in service.get_all("log_level") {
        if levels.iter().any(|known| known.eq_ignore_ascii_case(&level.value)) {
            continue;
        }
        let message = format!("`{}` is no log level", level.value);
        let problem = match service.compat {
            Compat::V1_8 => Diagnostic::warning("invalid-log-level", level.value_span, message),
            _ => Diagnostic::error("invalid-log-level", level.value_span, message),
        };
        problems.push(with_suggestion(problem, &level.value, levels.iter().copied(), || {
            Some(format!("expected one of {}", levels.join(", ")))
        }));
    }
}

fn unsupported(property: &Property, problems: &mut Vec<Diagnostic>) {
    if property.is("plugins_file") || property.is("streams_file") {
        let (what, instead) = if property.is("plugins_file") {
            ("plugins of others cannot be loaded", "what only they can do has to stay with Fluent Bit")
        } else {
            ("stream processor tasks do not run", "their records and results will be missing")
        };
        let message = format!("`{}` is not read: {what}", property.key);
        problems.push(Diagnostic::warning("unsupported-property", property.key_span, message).help(instead));
    }
}
