//! A `prometheus.yml` at work: targets scraped, samples handed on, and endpoints that tell about it.

mod documents;
mod endpoints;
mod load;
mod own;
mod print;
mod secrets;
mod targets;
mod writers;

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metrics_discovery::Manager as Discovery;
use metrics_scrape::{Manager, Options as ManagerOptions, Shard, Sink};
use tokio::runtime::Runtime;

use crate::control::Control;
use crate::error::StartError;
use crate::files::Variables;
use crate::http::HttpServer;

use documents::Documents;
use writers::Writers;

pub use documents::{DocumentOption, DocumentOptions};
pub use load::LoadedMetrics;

/// How long an order may wait until it is seen.
const ORDERS: Duration = Duration::from_millis(100);

/// What to scrape, and what to do with the samples.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MetricsOptions {
    /// The file `prometheus.yml`.
    pub config: PathBuf,
    /// Where the endpoints listen, as host and port; nowhere without it.
    pub listen: Option<String>,
    /// The part of the targets to scrape.
    pub shard: Option<Shard>,
    /// Receivers of remote write beside those of the configuration, by URL.
    pub remote_write: Vec<String>,
    /// A search server that gets samples as documents.
    pub documents: Option<DocumentOptions>,
    /// The folder for what waits to be sent.
    pub data: PathBuf,
    /// Whether samples are printed even if they are sent. Those that are sent nowhere always are.
    pub print: bool,
    /// A number that targets cannot know.
    pub seed: u64,
}

impl MetricsOptions {
    /// The defaults for this file.
    #[must_use]
    pub fn new(config: impl Into<PathBuf>) -> Self {
        Self {
            config: config.into(),
            listen: None,
            shard: None,
            remote_write: Vec::new(),
            documents: None,
            data: PathBuf::from("weirgate-data"),
            print: false,
            seed: 0,
        }
    }
}

/// Scrapes until `control` stops it. An order to reload reads the configuration again; one with errors is reported and
/// not used.
///
/// # Errors
///
/// When the configuration has errors, or something it needs cannot be opened.
pub fn run_metrics(
    loaded: LoadedMetrics,
    options: MetricsOptions,
    control: &Control,
) -> Result<(), StartError> {
    if loaded.has_errors() {
        return Err(StartError::configuration(loaded.diagnostics, loaded.sources));
    }
    let runtime = runtime().map_err(StartError::other)?;
    let listen = options.listen.clone();
    let scraping = Arc::new(Scraping::start(&runtime, &loaded, options)?);
    let shown = Arc::clone(&scraping);
    let server = listen
        .map(|address| {
            let router = move |request| endpoints::answer(&request, &shown);
            HttpServer::start(runtime.handle(), address.as_str(), router).map_err(|error| {
                StartError::other(format_args!(
                    "cannot listen on {address}: {error}; --listen takes another address"
                ))
            })
        })
        .transpose()?;
    if let Some(server) = &server {
        scraping.set_address(server.address().to_string());
        tracing::info!(address = %server.address(), "the endpoints listen");
    }
    let mut reloads = control.reloads();
    while !control.is_stopped() {
        std::thread::sleep(ORDERS);
        if control.reloads() != reloads {
            reloads = control.reloads();
            // It has been told.
            let _ = scraping.reload();
        }
    }
    drop(server);
    // What is scraped no more cannot come in behind the last delivery.
    scraping.manager.stop();
    scraping.writers.close();
    drop(scraping);
    runtime.shutdown_timeout(ORDERS);
    Ok(())
}

fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("scrapes").enable_all().build()
}

/// What runs, for the endpoints to tell about.
struct Scraping {
    // Ends before what it tells about targets.
    discovery: Mutex<Discovery>,
    manager: Arc<Manager>,
    writers: Arc<Writers>,
    options: MetricsOptions,
    /// The configuration as it is shown, and at most one reload at a time.
    shown: Mutex<String>,
    address: Mutex<String>,
    last_reload_failed: AtomicBool,
    /// Seconds since 1970.
    last_good_reload: AtomicU64,
    started: SystemTime,
}

impl Scraping {
    fn start(runtime: &Runtime, loaded: &LoadedMetrics, options: MetricsOptions) -> Result<Self, StartError> {
        let mut manager_options = ManagerOptions::default();
        manager_options.shard = options.shard;
        manager_options.seed = options.seed;
        let variables = Variables { process: true, ..Variables::default() };
        let documents = options.documents.clone().map(|documents| Documents::read(documents, &variables));
        let documents = documents.transpose()?;
        let writers = Writers::new(runtime.handle(), options.data.clone(), options.print, documents);
        let writers = Arc::new(writers);
        writers.apply(&loaded.config).map_err(StartError::other)?;
        let manager =
            Arc::new(Manager::new(runtime.handle(), Arc::clone(&writers) as Arc<dyn Sink>, manager_options));
        manager.apply(&loaded.config).map_err(|errors| StartError::other(errors.join("\n")))?;
        let told = Arc::clone(&manager);
        let mut discovery = Discovery::new(runtime.handle(), move |update| {
            told.set_group(&update.job, update.source, update.group);
        });
        discovery.apply(&loaded.config.scrape_configs);
        Ok(Self {
            discovery: Mutex::new(discovery),
            manager,
            writers,
            options,
            shown: Mutex::new(secrets::hidden(&loaded.text)),
            address: Mutex::default(),
            last_reload_failed: AtomicBool::new(false),
            last_good_reload: AtomicU64::new(now()),
            started: SystemTime::now(),
        })
    }

    /// Reads the configuration again. `Err` says why the old one stays, as far as it does.
    fn reload(&self) -> Result<(), String> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let result = self.apply(&mut shown);
        match &result {
            Ok(()) => {
                self.last_good_reload.store(now(), Ordering::Relaxed);
                tracing::info!("the configuration was read again");
            }
            Err(error) => tracing::error!("the configuration was not read again: {error}"),
        }
        self.last_reload_failed.store(result.is_err(), Ordering::Relaxed);
        result
    }

    fn apply(&self, shown: &mut String) -> Result<(), String> {
        let loaded = LoadedMetrics::read(&self.options.config, &self.options.remote_write)
            .map_err(|error| error.to_string())?;
        if loaded.has_errors() {
            return Err(StartError::configuration(loaded.diagnostics, loaded.sources).to_string());
        }
        let result = self.manager.apply(&loaded.config);
        // Jobs that cannot be reloaded go on as they were, all others are new.
        self.discovery.lock().unwrap_or_else(PoisonError::into_inner).apply(&loaded.config.scrape_configs);
        self.writers.apply(&loaded.config)?;
        result.map_err(|errors| errors.join("\n"))?;
        *shown = secrets::hidden(&loaded.text);
        Ok(())
    }

    fn config_text(&self) -> String {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_address(&self, address: String) {
        *self.address.lock().unwrap_or_else(PoisonError::into_inner) = address;
    }

    fn address(&self) -> String {
        self.address.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Scraping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scraping").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
