//! The HTTP server that tells how the agent does: Fluent Bit's endpoints.

mod render;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use fluentbit_pipeline::{HttpServerSettings, Service};
use tokio::runtime::Runtime;

use crate::control::Control;
use crate::http::{HttpServer, Method, Request, Response, StatusCode};
use crate::metrics::Metrics;

/// The status server of an agent. It stays when the configuration is read again, unless its address changes.
#[derive(Default)]
pub(crate) struct Status {
    running: Option<Running>,
    shown: Arc<Shown>,
}

struct Running {
    settings: HttpServerSettings,
    // The server ends before the runtime it runs on.
    _server: HttpServer,
    _runtime: Runtime,
}

/// What the server shows.
#[derive(Default)]
struct Shown {
    current: Mutex<Option<Current>>,
    reloads: AtomicU64,
}

/// The configuration at work.
#[derive(Clone)]
struct Current {
    metrics: Arc<Metrics>,
    hot_reload: bool,
    storage_metrics: bool,
}

impl Status {
    /// Shows this configuration from now on, and starts or stops the server as it says.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound.
    pub(crate) fn show(
        &mut self,
        service: &Service,
        metrics: Arc<Metrics>,
        control: &Control,
    ) -> io::Result<()> {
        let current =
            Current { metrics, hot_reload: service.hot_reload, storage_metrics: service.storage_metrics };
        let before = lock(&self.shown.current).replace(current);
        if before.is_some() {
            self.shown.reloads.fetch_add(1, Ordering::Relaxed);
        }
        if self.running.as_ref().map(|running| &running.settings) == service.http_server.as_ref() {
            return Ok(());
        }
        self.running = None;
        if let Some(settings) = &service.http_server {
            self.running = Some(Running::start(settings.clone(), Arc::clone(&self.shown), control.clone())?);
        }
        Ok(())
    }
}

impl Running {
    fn start(settings: HttpServerSettings, shown: Arc<Shown>, control: Control) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("status")
            .enable_all()
            .build()?;
        let address = (settings.listen.as_str(), settings.port);
        let server = HttpServer::start(runtime.handle(), address, move |request| {
            let current = lock(&shown.current).clone();
            match current {
                Some(current) => answer(&request, &current, &shown.reloads, &control),
                None => not_found(),
            }
        })?;
        tracing::info!(address = %server.address(), "the HTTP server listens");
        Ok(Self { settings, _server: server, _runtime: runtime })
    }
}

fn answer(request: &Request, current: &Current, reloads: &AtomicU64, control: &Control) -> Response {
    let metrics = &*current.metrics;
    let path = request.path.trim_end_matches('/');
    if path == "/api/v2/reload" {
        return reload(request, current, reloads, control);
    }
    if request.method != Method::GET && request.method != Method::HEAD {
        return Response::new(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "only GET here\n");
    }
    match path {
        "" => Response::json(render::about()),
        "/api/v1/uptime" => Response::json(render::uptime(metrics.uptime())),
        "/api/v1/metrics" => Response::json(render::metrics(metrics)),
        "/api/v1/metrics/prometheus" => render::prometheus_v1(metrics),
        "/api/v1/storage" if current.storage_metrics => Response::json(render::storage(metrics)),
        "/api/v1/plugins" => Response::json(render::plugins()),
        "/api/v1/health" if metrics.checks_health => match metrics.health() {
            (_, true) => Response::text("ok\n"),
            (_, false) => Response::new(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "error\n"),
        },
        "/api/v2/metrics" => Response::text(render::text_v2(metrics, reloads.load(Ordering::Relaxed))),
        "/api/v2/metrics/prometheus" => render::prometheus_v2(metrics, reloads.load(Ordering::Relaxed)),
        "/api/v2/health" => {
            let (failures, well) = metrics.health();
            let status = if well { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
            Response::new(status, "application/json", render::health(failures, metrics.health_limits, well))
        }
        _ => not_found(),
    }
}

/// GET tells how often the configuration was read again; POST and PUT read it again.
fn reload(request: &Request, current: &Current, reloads: &AtomicU64, control: &Control) -> Response {
    match request.method {
        Method::GET => {
            let count = reloads.load(Ordering::Relaxed);
            Response::json(format!("{{\"hot_reload_count\":{count}}}"))
        }
        Method::POST | Method::PUT if current.hot_reload => {
            control.reload();
            Response::json("{\"reload\":\"done\",\"status\":0}")
        }
        // The status does not tell that nothing happens, as in Fluent Bit.
        Method::POST | Method::PUT => Response::json("{\"reload\":\"not enabled\",\"status\":-1}"),
        _ => Response::new(StatusCode::BAD_REQUEST, "text/plain", "GET, POST or PUT here\n"),
    }
}

fn not_found() -> Response {
    Response::new(StatusCode::NOT_FOUND, "text/plain", "no such page\n")
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
