//! Inputs, filters and outputs: their names and their options.

use event_model::Compat;
use source_text::Diagnostic;

use super::values::{self, Force};
use super::{repeats, rules, with_suggestion};
use crate::load::Config;
use crate::schema::{self, OptionSpec, PluginSpec, ValueKind};
use crate::section::{Property, Section, SectionKind};
use crate::value;

pub(super) fn check(config: &mut Config, problems: &mut Vec<Diagnostic>) {
    if config.compat == Compat::V1_8 {
        stop_where_1_8_stops(config, problems);
    }
    let config = &*config;
    let parsers = rules::Parsers::of(config);
    for section in config.inputs.iter().chain(&config.filters).chain(&config.outputs).chain(&config.others) {
        if !section.kind.is_plugin() {
            problems.extend(unsupported_section(section));
            continue;
        }
        match find(section) {
            Ok(spec) => {
                if section.kind == SectionKind::Filter && section.compat != Compat::V1_8 {
                    check_match(section, problems);
                }
                options(section, &spec, problems);
                rules::check(section, &spec, &parsers, problems);
            }
            // Under 1.8 these were reported and taken away.
            Err(problem) if config.compat != Compat::V1_8 => problems.push(*problem),
            Err(_) => {}
        }
        for signal in ["metrics", "traces"] {
            problems.extend(section.processors(signal).next().map(|processor| {
                let message = format!("processors for {signal} do nothing here: there are only logs");
                Diagnostic::warning("unsupported-processor", processor.span, message)
            }));
        }
        for processor in section.processors("logs") {
            match find_processor(&processor) {
                Ok(spec) => {
                    options(&processor, &spec, problems);
                    rules::check(&processor, &spec, &parsers, problems);
                }
                Err(problem) => problems.push(*problem),
            }
        }
    }
}

/// A warning that a section is not used.
fn unsupported_section(section: &Section) -> Option<Diagnostic> {
    let what = match section.kind {
        SectionKind::StreamProcessor => "stream processor tasks do not run",
        SectionKind::UpstreamServers => "an output has one server",
        SectionKind::Plugins => "plugins of others cannot be loaded",
        _ => return None,
    };
    let message = format!("this section is not used: {what}");
    Some(Diagnostic::warning("unsupported-section", section.span, message))
}

/// The processor a section names.
fn find_processor(section: &Section) -> Result<PluginSpec, Box<Diagnostic>> {
    let Some(name) = section.plugin() else {
        let problem = Diagnostic::error("missing-name", section.span, "the processor has no `name`");
        return Err(Box::new(problem.help("expected `name` and the name of a processor or filter")));
    };
    schema::processor(&name.value).ok_or_else(|| {
        let message = format!("there is no processor `{}`", name.value);
        let problem = Diagnostic::error("unknown-plugin", name.value_span, message);
        Box::new(with_suggestion(problem, &name.value, schema::processor_names(), || None))
    })
}

/// The plugin a section names.
fn find(section: &Section) -> Result<PluginSpec, Box<Diagnostic>> {
    let kind = section.kind;
    let Some(name) = section.plugin() else {
        let message = format!("the {} has no `Name`", kind.name());
        let problem = Diagnostic::error("missing-name", section.span, message);
        return Err(Box::new(problem.help("expected `Name` and the name of a plugin")));
    };
    let plain = name.value.split_once("://").map_or(name.value.as_str(), |(plain, _)| plain);
    let known = |spec: &PluginSpec| {
        // Aliases are new in 5.1, too.
        spec.since <= section.compat
            && (section.compat != Compat::V1_8 || spec.name.eq_ignore_ascii_case(plain))
    };
    schema::plugin(kind, plain).filter(known).ok_or_else(|| {
        let message = format!("there is no {} `{plain}`", kind.name());
        let problem = Diagnostic::error("unknown-plugin", name.value_span, message);
        let names = schema::plugin_names(kind, section.compat);
        Box::new(with_suggestion(problem, plain, names, || other_kind(kind, plain)))
    })
}

/// A hint when the name is that of a plugin of another kind.
fn other_kind(kind: SectionKind, name: &str) -> Option<String> {
    let kinds = [SectionKind::Input, SectionKind::Filter, SectionKind::Output];
    let other = kinds.into_iter().find(|other| *other != kind && schema::plugin(*other, name).is_some())?;
    Some(format!("`{name}` is an {}", other.name()).replace("an filter", "a filter"))
}

/// 1.8 reads inputs, outputs and filters in this order and stops at the first it cannot make: without an
/// error if an input took a property before.
fn stop_where_1_8_stops(config: &mut Config, problems: &mut Vec<Diagnostic>) {
    let mut started = false;
    let mut stopped = false;
    for sections in [&mut config.inputs, &mut config.outputs, &mut config.filters] {
        if stopped {
            sections.clear();
            continue;
        }
        let mut keep = sections.len();
        for (index, section) in sections.iter().enumerate() {
            let Err(problem) = find(section) else {
                started |= section.kind == SectionKind::Input
                    && section.properties.iter().any(|property| !property.is("name"));
                continue;
            };
            keep = index;
            stopped = true;
            let problem = *problem;
            problems.push(if started { demoted(&problem) } else { problem });
            break;
        }
        sections.truncate(keep);
    }
    config.filters.retain(|filter| {
        let keep = ["match", "match_regex"].iter().any(|key| filter.get(key).is_some());
        if !keep {
            problems.push(without_match(filter));
        }
        keep
    });
}

/// The same as a warning: 1.8 starts, without what follows.
fn demoted(problem: &Diagnostic) -> Diagnostic {
    let message = format!(
        "{}: Fluent Bit 1.8 ignores it and all outputs and filters it has not read yet",
        problem.message()
    );
    let code = problem.code();
    let demoted = Diagnostic::new(source_text::Severity::Warning, code, message);
    let demoted = match problem.span() {
        Some(span) => demoted.at(span),
        None => demoted,
    };
    match problem.help_text() {
        Some(help) => demoted.help(help),
        None => demoted,
    }
}

fn check_match(filter: &Section, problems: &mut Vec<Diagnostic>) {
    if filter.get("match").is_none() && filter.get("match_regex").is_none() {
        problems.push(without_match(filter));
    }
}

fn without_match(filter: &Section) -> Diagnostic {
    let message = "the filter has neither `Match` nor `Match_Regex`";
    let help = "expected `Match` and a pattern for tags; `*` takes all";
    match filter.compat {
        Compat::V1_8 => Diagnostic::warning("filter-without-match", filter.span, message)
            .help(format!("Fluent Bit 1.8 leaves the filter out; {help}")),
        _ => Diagnostic::error("filter-without-match", filter.span, message).help(help),
    }
}

fn options(section: &Section, spec: &PluginSpec, problems: &mut Vec<Diagnostic>) {
    if !spec.supported {
        let span = section.plugin().map_or(section.span, |name| name.value_span);
        problems.push(Diagnostic::warning(
            "unsupported-plugin",
            span,
            format!("the {} `{}` is not supported yet", spec.kind.name(), spec.name),
        ));
    }
    let is_own = |key: &str| !schema::common_options(spec.kind).iter().any(|option| option.is_set_by(key));
    let firsts = repeats::firsts(&section.properties, |property| match section.compat {
        Compat::V1_8 if is_own(&property.key) => property.key.clone(),
        _ => property.key.to_ascii_lowercase(),
    });
    for (property, first) in section.properties.iter().zip(firsts) {
        if property.is("name") {
            continue;
        }
        let Some(option) = spec.option(&property.key, section.compat) else {
            problems.extend(unknown(section, spec, property));
            continue;
        };
        let is_common = !is_own(&property.key);
        if property.value.is_empty() && section.kind != SectionKind::Filter {
            if is_common && !option.may_be_empty {
                problems.push(
                    Diagnostic::error(
                        "empty-property",
                        property.value_span.to(property.key_span),
                        format!("`{}` is set to nothing", property.key),
                    )
                    .help("leave it out, or give it a value"),
                );
            }
            continue;
        }
        if let Some(first) = first.filter(|_| !option.repeatable) {
            let counted = !is_common || option.name.starts_with("net.");
            problems.push(repeated(section, spec, property, first, counted));
        }
        if is_common {
            common_value(section, spec, option, property, problems);
        } else {
            own_value(section, spec, option, property, problems);
        }
    }
}

fn unknown(section: &Section, spec: &PluginSpec, property: &Property) -> Option<Diagnostic> {
    let own = spec.options?;
    let key = property.key.as_str();
    if section.compat != Compat::V1_8
        && (property.is("active") || property.is("condition") || key.starts_with("_debug."))
    {
        return None;
    }
    let message = format!("the {} `{}` has no option `{key}`", spec.kind.name(), spec.name);
    // In 1.8 some filters look at their keys themselves, and some do not look at all.
    let looks = !matches!(spec.name, "parser" | "record_modifier" | "null");
    let refused = section.compat != Compat::V1_8 || spec.checked_by_1_8 || looks;
    let problem = if refused {
        Diagnostic::error("unknown-property", property.key_span, message)
    } else {
        Diagnostic::warning("unknown-property", property.key_span, message)
    };
    if spec.option(key, Compat::V5_1).is_some() {
        return Some(problem.help("it is new in Fluent Bit 5.1"));
    }
    let names = schema::common_options(spec.kind)
        .iter()
        .chain(own)
        .filter(|option| option.since <= section.compat)
        .map(|option| option.name);
    Some(with_suggestion(problem, key, names, || None))
}

/// The complaint that a property was set before. `counted` says whether 5.1 counts its option.
fn repeated(
    section: &Section,
    spec: &PluginSpec,
    property: &Property,
    first: &Property,
    counted: bool,
) -> Diagnostic {
    let checked = section.compat != Compat::V1_8 || spec.checked_by_1_8;
    let message = format!("`{}` is set again", property.key);
    let problem = if counted && checked && spec.options.is_some() {
        Diagnostic::error("repeated-property", property.key_span, message).help("it may be set once")
    } else {
        Diagnostic::warning("repeated-property", property.key_span, message).help("the last one counts")
    };
    problem.label(first.key_span, "first set here")
}

/// A value of an option every plugin has; it is looked at while the file is read.
fn common_value(
    section: &Section,
    spec: &PluginSpec,
    option: &OptionSpec,
    property: &Property,
    problems: &mut Vec<Diagnostic>,
) {
    // 1.8 gives up for inputs only.
    let force = match (section.compat, section.kind) {
        (Compat::V1_8, kind) if kind != SectionKind::Input => Force::Accepts,
        _ => Force::Refuses,
    };
    let refuse = |message: String| force.problem("invalid-common-value", property, message);
    let text = property.value.as_str();
    match option.name {
        "log_level" | "storage.type" => {
            let ValueKind::Choice(choices) = option.kind else { return };
            // memrb is new in 5.1.
            let known = match section.compat {
                Compat::V1_8 => choices.iter().filter(|choice| **choice != "memrb").copied().collect(),
                _ => choices.to_vec(),
            };
            if !known.iter().any(|choice| choice.eq_ignore_ascii_case(text)) {
                let problem = refuse(format!("`{text}` is no value of `{}`", property.key));
                problems.push(with_suggestion(problem, text, known.iter().copied(), || {
                    Some(format!("expected one of {}", known.join(", ")))
                }));
            }
        }
        "mem_buf_limit" => {
            // -1 is how the original says that it found no size.
            if value::parse_size(text, section.compat).is_none_or(|size| size == -1) {
                let problem = refuse(format!("`{text}` is no size, as `{}` needs", property.key));
                problems.push(problem.help("expected a number and one of k, M, G"));
            }
        }
        "storage.total_limit_size" => {
            let unlimited = value::parse_bool(text) == Some(false);
            if !unlimited && value::parse_size(text, section.compat).is_none_or(|size| size == -1) {
                let problem = refuse(format!("`{text}` is no size, as `{}` needs", property.key));
                problems.push(problem.help("expected a number and one of k, M, G, or off"));
            }
        }
        "threaded" | "storage.pause_on_chunks_overlimit" => {
            if value::parse_bool(text).is_none() {
                let problem = refuse(format!("`{text}` is not a boolean, as `{}` needs", property.key));
                problems.push(problem.help("expected one of true, on, yes, false, off, no"));
            }
        }
        "thread.ring_buffer.capacity" | "thread.ring_buffer.window" => {
            let number = value::parse_int(text);
            if number <= 0 || option.name.ends_with("window") && number > 100 {
                problems.push(refuse(format!("`{text}` is out of range for `{}`", property.key)));
            }
        }
        "retry_limit" => problems.extend(retry_limit(property)),
        "tls" if value::parse_bool(text) == Some(true) && !spec.uses_network => {
            problems.push(refuse(format!("the {} `{}` has no TLS", spec.kind.name(), spec.name)));
        }
        name if name.starts_with("net.") => {
            problems.extend(values::check(property, option.kind, section.compat, Force::Refuses));
        }
        _ => problems.extend(values::check(property, option.kind, section.compat, Force::Accepts)),
    }
}

fn retry_limit(property: &Property) -> Option<Diagnostic> {
    let words = ["no_limits", "false", "off", "no_retries"];
    if words.iter().any(|word| word.eq_ignore_ascii_case(&property.value))
        || value::parse_int(&property.value) > 0
    {
        return None;
    }
    let message = format!("`{}` is no number of retries", property.value);
    Some(
        Force::Accepts
            .problem("invalid-retry-limit", property, message)
            .help("it is read as 1; expected a number above 0, no_limits or no_retries"),
    )
}

/// A value of a plugin's own option; it is looked at when the plugin starts.
fn own_value(
    section: &Section,
    spec: &PluginSpec,
    option: &OptionSpec,
    property: &Property,
    problems: &mut Vec<Diagnostic>,
) {
    let checked = section.compat != Compat::V1_8 || spec.checked_by_1_8;
    let force = if checked { Force::Refuses } else { Force::Accepts };
    problems.extend(values::check(property, option.kind, section.compat, force));
    if let ValueKind::Words(least) = option.kind {
        let found = value::split_words(&property.value, usize::from(least)).len();
        if found < usize::from(least) {
            let message = format!("`{}` takes {least} words, but there {}", property.key, are(found));
            problems.push(force.problem("too-few-words", property, message).help(option.doc));
        }
    }
}

fn are(count: usize) -> String {
    match count {
        0 => "is none".to_owned(),
        1 => "is 1".to_owned(),
        _ => format!("are {count}"),
    }
}
