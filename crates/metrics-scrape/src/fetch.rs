//! Asking a target.

use http::StatusCode;
use http::header::{ACCEPT, ACCEPT_ENCODING, HeaderName, HeaderValue};
use prometheus_config::ScrapeConfig;
use prometheus_discovery::Target;
use prometheus_http_client::{Client, ErrorKind, Request};
use prometheus_scrape::Failure;

const TIMEOUT: HeaderName = HeaderName::from_static("x-prometheus-scrape-timeout-seconds");

/// The request that a target is scraped with, and who sends it.
#[derive(Debug)]
pub(crate) struct Fetcher {
    client: Client,
    request: Result<Request, String>,
}

impl Fetcher {
    /// `largest_body` counts where the job has no limit of its own.
    pub(crate) fn new(client: Client, config: &ScrapeConfig, target: &Target, largest_body: usize) -> Self {
        let request = match target.unix_socket() {
            Some(_) => Err("scrapes over Unix sockets are not supported".to_owned()),
            None => request(config, target, largest_body),
        };
        Self { client, request }
    }

    /// Appends the body of the answer to `body` and gives its `Content-Type`.
    pub(crate) async fn fetch(&self, body: &mut Vec<u8>) -> Result<String, Failure> {
        let request = self.request.clone().map_err(Failure::Other)?;
        match self.client.send_into(request, body).await {
            Ok(response) if response.status == StatusCode::OK => {
                Ok(response.header("content-type").unwrap_or_default().to_owned())
            }
            Ok(response) => Err(Failure::Status(response.status_line)),
            Err(error) if error.kind() == ErrorKind::TooLarge => Err(Failure::BodySizeLimit),
            Err(error) => Err(Failure::Other(error.to_string())),
        }
    }
}

fn request(config: &ScrapeConfig, target: &Target, largest_body: usize) -> Result<Request, String> {
    let header = |text: &str| HeaderValue::try_from(text).map_err(|error| error.to_string());
    #[expect(clippy::cast_precision_loss, reason = "no timeout is that long")]
    let seconds = target.scrape_timeout().as_millis() as f64 / 1000.0;
    let encoding = if config.enable_compression { "gzip" } else { "identity" };
    // A body of as many bytes as the limit is too large already.
    let limit = usize::try_from(config.body_size_limit).ok().filter(|limit| *limit > 0);
    Ok(Request::get(target.url().as_str())
        .header(ACCEPT, header(&config.accept_header())?)
        .header(ACCEPT_ENCODING, header(encoding)?)
        .header(TIMEOUT, header(&seconds.to_string())?)
        .timeout(target.scrape_timeout().into())
        .max_body(limit.map_or(largest_body, |limit| limit - 1))
        .gzip())
}
