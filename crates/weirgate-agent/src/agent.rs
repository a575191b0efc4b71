//! Configurations loaded, run and loaded again.

use std::collections::BTreeMap;
use std::sync::Arc;

use elasticsearch_output::Settings;
use fluentbit_config::{Config, Environment};
use fluentbit_parser::time::{TimeZone, iana_time_zone};
use fluentbit_pipeline::{OutputKind, Pipeline};
use source_text::Diagnostic;

use crate::control::Control;
use crate::error::StartError;
use crate::files::{Disk, Variables};
use crate::options::{Mode, Options};
use crate::run::{End, Runner};
use crate::status::Status;

/// A configuration, read and checked.
#[derive(Debug)]
#[non_exhaustive]
pub struct Loaded {
    /// Its sections and files.
    pub config: Config,
    /// What runs it.
    pub pipeline: Pipeline,
    /// Everything that is wrong with it. It can be run if there is no error among it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads and checks the configuration of `options`.
#[must_use]
pub fn load(options: &Options) -> Loaded {
    let disk = Disk::new(&options.base);
    let variables = Variables { extra: options.variables.clone(), process: options.process_variables };
    let zone = local_zone(&variables);
    let mut check = config_check::Options::default();
    check.delivery = options.mode.delivery();
    check.environment = &variables;
    check.zone = zone.as_ref();
    check.runner = Some(&connection_problems);
    let (config, pipeline, diagnostics) = config_check::load_fluentbit(&options.config, &disk, &check);
    Loaded { config, pipeline, diagnostics }
}

/// Runs the agent until its files are read (where that was asked for) or `control` stops it.
///
/// What was read by then is delivered, as far as the grace period allows; what is not delivered is not
/// committed, and is read again at the next start.
///
/// # Errors
///
/// When the configuration has errors, or something it needs cannot be opened.
pub fn run(options: Options, control: &Control) -> Result<(), StartError> {
    let loaded = load(&options);
    run_loaded(loaded, options, control)
}

/// The same with a configuration that [`load`] read with these options, for a program that has shown what is
/// wrong with it.
///
/// # Errors
///
/// As [`run`].
pub fn run_loaded(mut loaded: Loaded, mut options: Options, control: &Control) -> Result<(), StartError> {
    if loaded.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(StartError::configuration(loaded.diagnostics, loaded.config.sources));
    }
    let mode = options.mode;
    let mut positions = BTreeMap::new();
    let mut status = Status::default();
    loop {
        let pipeline = Arc::new(loaded.pipeline);
        let mut runner =
            Runner::new(&mut options, &loaded.config, Arc::clone(&pipeline), &positions, control.clone())?;
        status
            .show(&pipeline.service, runner.metrics(), control)
            .map_err(|error| StartError::other(format_args!("the HTTP server cannot listen: {error}")))?;
        let end = loop {
            match runner.run() {
                End::Reload => match checked(runner.options()) {
                    Some(next) => break Some(next),
                    None => continue,
                },
                End::Drained | End::Stopped => break None,
            }
        };
        // Files that were read to their end are to be delivered however long it takes; an order has a limit.
        let limited = control.is_stopped() || end.is_some() || mode != Mode::Safe;
        positions = runner.finish(pipeline.service.grace.filter(|_| limited));
        match end {
            Some(next) => loaded = next,
            None => return Ok(()),
        }
    }
}

/// What is wrong with the settings of the outputs' connections, which a pipeline does not look at.
#[must_use]
pub fn connection_problems(config: &Config, pipeline: &Pipeline) -> Vec<Diagnostic> {
    let settings = pipeline.outputs.iter().filter_map(|output| match &output.kind {
        OutputKind::Elasticsearch(bulk) => {
            Some(Settings::from_section(&output.section, &config.service, (**bulk).clone()))
        }
        _ => None,
    });
    settings.flat_map(|(_, problems)| problems).collect()
}

/// The configuration as it is now, if it can be run.
fn checked(options: &Options) -> Option<Loaded> {
    let loaded = load(options);
    let mut errors = loaded.diagnostics.iter().filter(|problem| problem.is_error()).peekable();
    if errors.peek().is_none() {
        tracing::info!("the configuration was read again");
        return Some(loaded);
    }
    for error in errors {
        tracing::error!("{}", loaded.config.sources.render(error));
    }
    tracing::error!("the configuration has errors; the old one stays");
    None
}

/// The zone of the variable `TZ`, or of this machine, if it has a name.
fn local_zone(variables: &Variables) -> Option<Arc<dyn TimeZone>> {
    let machine = || {
        let path = std::fs::read_link("/etc/localtime").ok()?;
        Some(path.to_str()?.split_once("zoneinfo/")?.1.to_owned())
    };
    let name = variables.get("TZ").or_else(machine)?;
    iana_time_zone(name.trim_start_matches(':'))
}
