//! From a configuration to a pipeline.

use std::sync::Arc;

use event_model::Compat;
use fluentbit_config::{Config, Section};
use fluentbit_filter::Filter;
use fluentbit_filter::matching::TagPattern;
use fluentbit_output::json_style;
use fluentbit_parser::ParserSet;
use fluentbit_parser::multiline::MultilineSet;
use fluentbit_parser::time::TimeZone;
use source_text::Diagnostic;

use crate::output::Output;
use crate::service::Service;
use crate::tail::TailInput;

pub use elasticsearch_bulk::Delivery;

/// A configuration made ready to run.
#[derive(Debug)]
#[non_exhaustive]
pub struct Pipeline {
    /// The release whose behaviour is followed.
    pub compat: Compat,
    /// Settings of the whole.
    pub service: Service,
    /// The `tail` inputs, in order.
    pub inputs: Vec<TailInput>,
    /// The filters, in order, and after them the processors of inputs and outputs.
    pub filters: Vec<Stage>,
    /// The outputs, in order.
    pub outputs: Vec<Output>,
}

impl Pipeline {
    /// Whether records can wait in a filter for others of their message.
    #[must_use]
    pub fn joins_records(&self) -> bool {
        self.filters.iter().any(|stage| stage.filter.multiline().is_some())
    }
}

/// A filter with its name.
#[derive(Debug)]
#[non_exhaustive]
pub struct Stage {
    /// Its `Alias`, or the plugin's name and its number, such as `grep.1`.
    pub name: String,
    /// What it does, and to which tags.
    pub filter: Filter,
    /// For which records.
    pub scope: Scope,
}

/// Which records a filter or processor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// A filter: for those whose tags match.
    Tags,
    /// A processor of the input at this place, which runs before the filters.
    Input(usize),
    /// A processor of the output at this place, which runs after the filters.
    Output(usize),
}

impl Pipeline {
    /// Builds the pipeline of a configuration that was loaded without errors. `delivery` says what becomes of
    /// data that Fluent Bit would lose, and `zone` is the local one, for parsers with `Time_System_Timezone`;
    /// UTC without it.
    ///
    /// The pipeline is there even if something is wrong with a part of it, so that the rest can be looked at;
    /// with an error among the diagnostics Fluent Bit would not start.
    #[must_use]
    pub fn build(
        config: &Config,
        delivery: Delivery,
        zone: Option<&Arc<dyn TimeZone>>,
    ) -> (Self, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let mut parsers = ParserSet::from_config(config, &mut problems);
        if let Some(zone) = zone {
            parsers = parsers.with_system_time_zone(zone);
        }
        let multiline = MultilineSet::from_config(config, &parsers, &mut problems);
        let mut names = Names::default();
        let mut processors = Vec::new();
        let mut inputs = Vec::new();
        for section in &config.inputs {
            let name = names.name(section);
            if !section.name().eq_ignore_ascii_case("tail") {
                problems.extend(unsupported(section, "its records would be missing"));
                continue;
            }
            let scope = Scope::Input(inputs.len());
            processors.extend(stages(section, &name, scope, (&parsers, &multiline), &mut problems));
            inputs.push(TailInput::from_section(
                section,
                name,
                (&parsers, &multiline),
                delivery,
                &mut problems,
            ));
        }
        let mut filters = Vec::new();
        for section in &config.filters {
            let name = names.name(section);
            let filter = Filter::from_section(section, &parsers, &multiline, &mut problems);
            filters.extend(filter.map(|filter| Stage { name, filter, scope: Scope::Tags }));
        }
        let style = json_style(&config.service);
        // One input and one output need no Match.
        let lonely = config.inputs.len() == 1 && config.outputs.len() == 1;
        let mut outputs = Vec::new();
        for section in &config.outputs {
            let name = names.name(section);
            let Some(mut output) = Output::from_section(section, name, style, delivery, &mut problems) else {
                problems.extend(unsupported(section, "what it takes would be lost"));
                continue;
            };
            let unmatched = section.get("match").is_none() && section.get("match_regex").is_none();
            if lonely && unmatched {
                output.tags = Some(TagPattern::glob("*"));
            }
            let scope = Scope::Output(outputs.len());
            processors.extend(stages(section, &output.name, scope, (&parsers, &multiline), &mut problems));
            outputs.push(output);
        }
        filters.extend(processors);
        let service = Service::from_section(&config.service);
        (Self { compat: config.compat, service, inputs, filters, outputs }, problems)
    }
}

/// The processors for logs of an input or output called `owner`.
fn stages(
    section: &Section,
    owner: &str,
    scope: Scope,
    (parsers, multiline): (&ParserSet, &MultilineSet),
    problems: &mut Vec<Diagnostic>,
) -> Vec<Stage> {
    let mut names = Names::default();
    let mut stages = Vec::new();
    for section in section.processors("logs") {
        let name = format!("{owner}/{}", names.name(&section));
        let filter = Filter::processor(&section, parsers, multiline, problems);
        stages.extend(filter.map(|filter| Stage { name, filter, scope }));
    }
    stages
}

/// Refuses a plugin that Fluent Bit has and this crate has not: running without it would lose data. A section
/// without a plugin was reported when the configuration was loaded.
fn unsupported(section: &Section, loss: &str) -> Option<Diagnostic> {
    let plugin = section.plugin()?;
    let message = format!("`{}` is not supported yet: {loss}", plugin.value);
    let problem = Diagnostic::error("unsupported-plugin", plugin.value_span, message);
    Some(problem.help("remove this section to run the others"))
}

/// Counts the instances of each plugin.
#[derive(Default)]
struct Names(Vec<(String, usize)>);

impl Names {
    /// The alias of a section, or its plugin's name and number. The number is counted either way.
    fn name(&mut self, section: &Section) -> String {
        let plugin = section.name().to_ascii_lowercase();
        let kind = format!("{:?} {plugin}", section.kind);
        let number = match self.0.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.0.push((kind, 0));
                0
            }
        };
        section.str("alias").map_or_else(|| format!("{plugin}.{number}"), str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use event_model::Compat;
    use fluentbit_config::{MemoryFiles, load};

    use super::*;

    #[test]
    fn plugins_that_cannot_run_are_refused() {
        for (input, output, expected) in [
            ("tail", "null", &[][..]),
            ("tail", "http", &["unsupported-plugin"][..]),
            ("forward", "null", &["unsupported-plugin"][..]),
        ] {
            let text =
                format!("[INPUT]\n    Name {input}\n    Path a\n[OUTPUT]\n    Name {output}\n    Match *\n");
            let files = MemoryFiles::from([("f.conf", text.as_str())]);
            let (config, _) = load("f.conf", &files, &(), Compat::V5_1);
            let (_, problems) = Pipeline::build(&config, Delivery::Safe, None);
            let errors: Vec<_> =
                problems.iter().filter(|problem| problem.is_error()).map(Diagnostic::code).collect();
            assert_eq!(errors, expected, "{input} to {output}");
        }
    }
}
