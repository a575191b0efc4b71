//! Answers of targets to samples: `scrape-samples.jsonl`.

use std::sync::Arc;

use http::StatusCode;
use prometheus_discovery::{Outcome, Populator};
use prometheus_exposition::format_float;
use prometheus_labels::name::ADDRESS;
use prometheus_scrape::{Failure, Response, Sample, Scrape, ScrapeOptions, Value as SampleValue};
use serde_json::{Value, json};

use super::config::{difference, load};
use super::field;
use super::targets::{labels, pairs};

/// The time of the scrape, which no case has as the time of a sample.
const NOW: i64 = 1_800_000_000_123;

/// The series about the scrape whose value is not the same each time.
const DURATION: &str = "scrape_duration_seconds";

/// Gives one scrape the answer; compares its samples and what is reported about it.
pub(crate) fn check(case: &Value) -> Result<(), String> {
    let config = load(field(case, "config_yaml")?)?;
    let job = Arc::new(config.scrape_configs.into_iter().next().ok_or("no job")?);
    let mut discovered = labels(&case["target_labels"]);
    discovered.push((ADDRESS, "127.0.0.1:9100"));
    let Outcome::Target(target) = Populator::new(&job).populate(&discovered, &[]).outcome else {
        return Err("no target".to_owned());
    };

    // The program that recorded the cases has a storage that takes everything.
    let mut scrape = Scrape::new(job, &target, ScrapeOptions::default().in_order(false));
    let mut samples = Vec::new();
    let outcome = scrape.handle_response(answer(case, &scrape)?, NOW, &mut samples);
    let scraped = samples.len();
    scrape.handle_report(&outcome, 0.0, &mut samples);

    let (scraped, reported) = samples.split_at(scraped);
    let about = |sample: &&Sample| sample.series.labels().get("__name__") != Some(DURATION);
    let shown = json!({
        "error": outcome.error,
        "samples": scraped.iter().map(|sample| shown(sample, true)).collect::<Vec<_>>(),
        "report": reported.iter().filter(about).map(|sample| shown(sample, false)).collect::<Vec<_>>(),
    });
    if shown == case["expect"] { Ok(()) } else { Err(difference(&shown, &case["expect"], "")) }
}

/// What the HTTP client makes of the answer.
fn answer<'c>(case: &'c Value, scrape: &Scrape) -> Result<Result<Response<'c>, Failure>, String> {
    let status = case["status"].as_u64().unwrap_or(200);
    if status != 200 {
        let code = u16::try_from(status).ok().and_then(|code| StatusCode::from_u16(code).ok());
        let reason = code.and_then(|code| code.canonical_reason()).ok_or("no such status")?;
        return Ok(Err(Failure::Status(format!("{status} {reason}"))));
    }
    let body = field(case, "body")?.as_bytes();
    if scrape.body_size_limit().is_some_and(|limit| body.len() as u64 >= limit) {
        return Ok(Err(Failure::BodySizeLimit));
    }
    Ok(Ok(Response { content_type: field(case, "content_type")?, body }))
}

fn shown(sample: &Sample, has_time: bool) -> Value {
    let value = match &sample.value {
        SampleValue::Float(value) => {
            let mut text = String::new();
            format_float(&mut text, *value);
            text
        }
        other => format!("{other:?}"),
    };
    let mut shown = json!({"labels": pairs(sample.series.labels()), "value": value});
    if has_time {
        shown["ts"] = Some(sample.timestamp_ms).filter(|time| *time != NOW).into();
    }
    shown
}
