//! What the endpoints answer: those of Prometheus that tell about scraping.

use serde_json::{Value, json};

use super::{Scraping, own, targets};
use crate::http::{Method, Request, Response, StatusCode};

pub(super) fn answer(request: &Request, scraping: &Scraping) -> Response {
    let reads = request.method == Method::GET || request.method == Method::HEAD;
    match request.path.as_str() {
        "/-/reload" if request.method == Method::POST || request.method == Method::PUT => {
            match scraping.reload() {
                Ok(()) => Response::text(""),
                Err(error) => Response::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "text/plain; charset=utf-8",
                    format!("failed to reload config: {error}\n"),
                ),
            }
        }
        "/-/reload" => Response::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "text/plain; charset=utf-8",
            "Only POST or PUT requests allowed",
        ),
        _ if !reads => {
            Response::new(StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "only GET here\n")
        }
        "/-/healthy" => Response::text("Weirgate is Healthy.\n"),
        "/-/ready" => Response::text("Weirgate is Ready.\n"),
        "/metrics" => Response::new(StatusCode::OK, own::CONTENT_TYPE, own::exposition(scraping)),
        "/api/v1/targets" => {
            success(targets::json(&scraping.manager.status(), &request.query, &scraping.address()))
        }
        "/api/v1/scrape_pools" => {
            let jobs: Vec<String> = scraping.manager.status().into_iter().map(|pool| pool.job).collect();
            success(json!({"scrapePools": jobs}))
        }
        "/api/v1/status/config" => success(json!({"yaml": scraping.config_text()})),
        "/api/v1/status/buildinfo" => success(json!({
            "version": env!("CARGO_PKG_VERSION"),
            "revision": "",
            "branch": "",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        })),
        _ => Response::new(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "404 page not found\n"),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the value is made for this call")]
fn success(data: Value) -> Response {
    Response::json(json!({"status": "success", "data": data}).to_string())
}
