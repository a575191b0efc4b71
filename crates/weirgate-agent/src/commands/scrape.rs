//! `weirgate scrape`

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use prometheus_exposition::{
    EscapingScheme, Format, MetricFamily, MetricValue, Options, ScrapeProtocol, Writer, accept_header,
    read_families, select_format,
};
use prometheus_http_client::{Client, Request};
use serde_json::{Value, json};

use super::{FOUND, UNUSABLE, complain};

/// Scrape a target once and print what it exposes.
#[derive(clap::Args)]
pub(crate) struct Scrape {
    /// Where, such as `http://127.0.0.1:9100/metrics`.
    url: String,
    /// The form to print.
    #[arg(long, value_enum, default_value_t)]
    format: Form,
    /// The most seconds that it may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    timeout: u64,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Form {
    /// The Prometheus text format.
    #[default]
    Text,
    /// OpenMetrics.
    Openmetrics,
    /// One JSON object for each metric family, one a line.
    Json,
}

/// The most bytes of an answer.
const LARGEST_BODY: usize = 256 * 1024 * 1024;

impl Scrape {
    pub(crate) fn run(self) -> ExitCode {
        let (content_type, body) = match self.fetch() {
            Ok(answer) => answer,
            Err(error) => {
                complain(&error);
                return ExitCode::from(UNUSABLE);
            }
        };
        match print(&content_type, &body, self.format) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                complain(&format!("{}: {error}", self.url));
                ExitCode::from(FOUND)
            }
        }
    }

    /// The `Content-Type` and the body.
    fn fetch(&self) -> Result<(String, Vec<u8>), String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let client =
            Client::new(&prometheus_config::HttpClient::default()).map_err(|error| error.to_string())?;
        let accept = accept_header(&ScrapeProtocol::PROTOBUF_FIRST, EscapingScheme::AllowUtf8);
        let accept = accept.try_into().map_err(|_| "the header Accept is no text".to_owned())?;
        let request = Request::get(self.url.as_str())
            .header(hyper::header::ACCEPT, accept)
            .timeout(Duration::from_secs(self.timeout))
            .max_body(LARGEST_BODY)
            .gzip();
        let response = runtime.block_on(client.send(request)).map_err(|error| error.to_string())?;
        if response.status != hyper::StatusCode::OK {
            return Err(format!("{}: server returned HTTP status {}", self.url, response.status_line));
        }
        Ok((response.header("content-type").unwrap_or_default().to_owned(), response.body))
    }
}

fn print(content_type: &str, body: &[u8], form: Form) -> Result<(), String> {
    let (format, warning) =
        select_format(content_type, Some("text/plain")).map_err(|error| error.to_string())?;
    if let Some(warning) = warning {
        complain(&warning.to_string());
    }
    let families = read_families(body, format, Options::new()).map_err(|error| {
        let seen = error.seen().map(|seen| format!(" ({seen})")).unwrap_or_default();
        format!("{}:{}: {error}{seen}", error.line(), error.column())
    })?;
    let out = match form {
        Form::Text => write(Format::Text, &families),
        Form::Openmetrics => write(Format::OpenMetrics, &families),
        Form::Json => {
            families.iter().flat_map(|family| format!("{}\n", to_json(family)).into_bytes()).collect()
        }
    };
    io::stdout().lock().write_all(&out).map_err(|error| error.to_string())
}

fn write(format: Format, families: &[MetricFamily]) -> Vec<u8> {
    let mut writer = Writer::new(format);
    families.iter().for_each(|family| writer.family(family));
    writer.finish()
}

fn to_json(family: &MetricFamily) -> Value {
    let metrics: Vec<Value> = family
        .metrics
        .iter()
        .map(|metric| {
            let labels: serde_json::Map<_, _> = metric
                .labels
                .iter()
                .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
                .collect();
            let mut json = json!({"labels": labels, "timestamp_ms": metric.timestamp_ms});
            match &metric.value {
                MetricValue::Number(value) | MetricValue::CounterWithExemplar(value, _) => {
                    json["value"] = number(*value);
                }
                MetricValue::Summary(summary) => {
                    json["count"] = summary.count.map_or(Value::Null, number);
                    json["sum"] = summary.sum.map_or(Value::Null, number);
                    json["quantiles"] = summary
                        .quantiles
                        .iter()
                        .map(|(at, value)| json!([number(*at), number(*value)]))
                        .collect();
                }
                MetricValue::Histogram(histogram) => {
                    json["count"] = histogram.count.map_or(Value::Null, number);
                    json["sum"] = histogram.sum.map_or(Value::Null, number);
                    let buckets = histogram.buckets.iter();
                    json["buckets"] = buckets
                        .map(|bucket| json!([number(bucket.upper_bound), number(bucket.cumulative_count)]))
                        .collect();
                }
                _ => {}
            }
            json
        })
        .collect();
    json!({
        "name": family.name,
        "type": family.metric_type.as_str(),
        "help": family.help,
        "unit": family.unit,
        "metrics": metrics,
    })
}

/// A number as text: JSON has no infinity.
fn number(value: f64) -> Value {
    let mut text = String::new();
    prometheus_exposition::format_float(&mut text, value);
    text.into()
}
