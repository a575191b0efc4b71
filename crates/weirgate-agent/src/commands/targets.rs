//! `weirgate targets`

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use fluentbit_config::Files as _;
use source_text::SourceId;
use weirgate::api::{self, JobTargets, Objects, TargetsAnswer, TargetsRequest};
use weirgate::prometheus::config::{self, Discovery};
use weirgate_agent::Disk;

use super::relabel::{print_labels, print_step};
use super::{AnswerFormat, FOUND, UNUSABLE, complain, gather};
use weirgate_agent::paint::Paint;

/// Tell which targets a prometheus.yml has in a cluster, without asking the cluster.
#[derive(clap::Args)]
pub(crate) struct Targets {
    /// The configuration.
    #[arg(value_name = "prometheus.yml")]
    config: String,
    /// The objects, as `kubectl get pods,nodes,services,endpoints -A -o json` prints them; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    objects: Option<String>,
    /// The namespace that `own_namespace` means.
    #[arg(long, value_name = "NAME")]
    own_namespace: Option<String>,
    /// Give addresses without a port the one of their scheme, as Prometheus 2 did.
    #[arg(long, value_parser = clap::value_parser!(u8).range(2..=3))]
    port_defaults: Option<u8>,
    /// How to print the answer; `json` is one job a line.
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

impl Targets {
    pub(crate) fn run(self) -> ExitCode {
        let (text, answer) = match self.ask() {
            Ok(answer) => answer,
            Err(error) => {
                complain(&error);
                return ExitCode::from(UNUSABLE);
            }
        };
        // Nobody is left to tell if standard error is closed.
        let _ = gather::complain_of(&answer.diagnostics, &self.config, &text);
        let mut out = BufWriter::new(io::stdout().lock());
        let paint = Paint::for_stdout();
        let printed = answer.jobs.iter().try_for_each(|job| match self.format {
            AnswerFormat::Json => writeln!(out, "{}", api::to_json(job)),
            AnswerFormat::Text => print(&mut out, paint, job, &self.config),
        });
        match printed.and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(UNUSABLE),
            _ if has_errors(&answer) => ExitCode::from(FOUND),
            _ => ExitCode::SUCCESS,
        }
    }

    fn ask(&self) -> Result<(String, TargetsAnswer), String> {
        let text = gather::read_text(&self.config)?;
        let objects = self.objects.as_deref().map(gather::read_text).transpose()?;
        let request = TargetsRequest {
            prometheus: text.clone(),
            objects: Objects::new(objects.unwrap_or_default()),
            files: target_files(&self.config, &text),
            port_defaults: self.port_defaults,
            own_namespace: self.own_namespace.clone(),
            ..TargetsRequest::default()
        };
        let answer = api::targets(&request).map_err(|error| format!("{}: {error}", self.config))?;
        Ok((text, answer))
    }
}

/// The files that `file_sd_configs` name, which are relative to the configuration.
fn target_files(file: &str, text: &str) -> api::Files {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let disk = Disk::new(folder);
    let mut files = api::Files::default();
    let parsed = config::parse(SourceId::default(), text, |_| None);
    for discovery in parsed.config.scrape_configs.iter().flat_map(|job| &job.service_discovery) {
        let Discovery::File(discovery) = discovery else { continue };
        for path in discovery.files.iter().flat_map(|pattern| disk.glob(pattern)) {
            // Names that are relative to the folder stay so.
            let below = path.strip_prefix(&*folder.to_string_lossy()).filter(|_| folder != Path::new(""));
            let name = below.map_or(path.as_str(), |name| name.trim_start_matches('/'));
            if let Ok(bytes) = disk.read(name) {
                files.insert(name, bytes);
            }
        }
    }
    files
}

fn has_errors(answer: &TargetsAnswer) -> bool {
    answer.diagnostics.iter().any(api::Diagnostic::is_error)
        || answer.jobs.iter().any(|job| !job.failures.is_empty())
}

fn print(out: &mut impl Write, paint: Paint, job: &JobTargets, file: &str) -> io::Result<()> {
    let count = |number: usize, word: &str| format!("{number} {word}");
    let counts = [count(job.active.len(), "active"), count(job.dropped.len(), "dropped")].join(", ");
    writeln!(out, "{} {counts}", paint.bold(format!("job {}", job.job)))?;
    for target in &job.active {
        writeln!(out, "{} {}", paint.green("✓"), paint.bold(&target.target.url))?;
        print_labels(out, paint, &target.target.labels)?;
    }
    for dropped in &job.dropped {
        let labels = &dropped.discovered.0;
        let first =
            ["__meta_kubernetes_pod_name", "__meta_kubernetes_node_name", "__meta_kubernetes_service_name"];
        let name = first.iter().find_map(|name| labels.get(*name)).map_or("", String::as_str);
        let address = labels.get("__address__").map_or("", String::as_str);
        write!(out, "{} {name} {address} ", paint.red("✗"))?;
        print_step(out, paint, &dropped.step, file)?;
    }
    for labels in &job.merged {
        let address = labels.0.get("__address__").map_or("", String::as_str);
        writeln!(out, "{} {address} is the same target as another one", paint.yellow("="))?;
    }
    for failure in &job.failures {
        writeln!(out, "{} {failure}", paint.red("!"))?;
    }
    for name in &job.not_asked {
        writeln!(out, "{} {name} is not asked here", paint.yellow("?"))?;
    }
    Ok(())
}
