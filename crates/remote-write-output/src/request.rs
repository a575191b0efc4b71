//! One request and what its answer means.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use prometheus_config::RemoteWrite;
use prometheus_http_client::{Client, Request, Response};
use prometheus_remote_write::Version;

use crate::error::Error;

/// Sends bodies to one receiver.
#[derive(Debug)]
pub(crate) struct Receiver {
    client: Client,
    url: String,
    headers: HeaderMap,
    timeout: Duration,
    retry_on_429: bool,
}

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The receiver has it; version 2 receivers say how many samples they wrote.
    Accepted { written: Option<u64> },
    /// It is to be sent again, after this time if the receiver says so.
    Again { after: Option<Duration>, problem: String },
    /// The receiver does not know the version.
    UnknownVersion,
    /// It would be refused again.
    Refused(String),
}

/// The most bytes of an answer that are looked at, as in Prometheus.
const LONGEST_PROBLEM: usize = 1024;

impl Receiver {
    pub(crate) fn new(config: &RemoteWrite) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        for (name, value) in &config.headers {
            let header = HeaderName::try_from(name).map_err(|_| Error::header(name))?;
            headers.insert(header, HeaderValue::try_from(value).map_err(|_| Error::header(name))?);
        }
        Ok(Self {
            client: Client::new(&config.http)?,
            url: config.url.as_str().to_owned(),
            headers,
            timeout: Duration::from_millis(config.remote_timeout.as_millis()),
            retry_on_429: config.queue.retry_on_http_429,
        })
    }

    pub(crate) async fn send(&self, version: Version, body: Vec<u8>, attempt: u32) -> Answer {
        let mut request = Request::post(&self.url, body)
            .header(CONTENT_TYPE, HeaderValue::from_static(version.content_type()))
            .header(CONTENT_ENCODING, HeaderValue::from_static("snappy"))
            .header(
                HeaderName::from_static("x-prometheus-remote-write-version"),
                HeaderValue::from_static(version.header()),
            )
            .timeout(self.timeout)
            .max_body(1 << 20);
        for (name, value) in &self.headers {
            request = request.header(name.clone(), value.clone());
        }
        if attempt > 0 {
            request = request.header(HeaderName::from_static("retry-attempt"), HeaderValue::from(attempt));
        }
        match self.client.send(request).await {
            Ok(response) => self.judge(&response),
            Err(error) => Answer::Again { after: None, problem: error.to_string() },
        }
    }

    fn judge(&self, response: &Response) -> Answer {
        let status = response.status.as_u16();
        if response.status.is_success() {
            let number = |name| response.header(name).and_then(|value| value.parse::<u64>().ok());
            let samples = number("x-prometheus-remote-write-samples-written");
            let histograms = number("x-prometheus-remote-write-histograms-written");
            let written = samples.or(histograms).map(|_| samples.unwrap_or(0) + histograms.unwrap_or(0));
            return Answer::Accepted { written };
        }
        let body = response.body.get(..LONGEST_PROBLEM).unwrap_or(&response.body);
        let body = String::from_utf8_lossy(body);
        let problem = format!("server returned HTTP status {}: {}", response.status_line, body.trim_end());
        match status {
            500..600 => Answer::Again { after: retry_after(response), problem },
            429 if self.retry_on_429 => Answer::Again { after: retry_after(response), problem },
            415 => Answer::UnknownVersion,
            _ => Answer::Refused(problem),
        }
    }
}

/// `Retry-After` in seconds or as a date.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.header(RETRY_AFTER.as_str())?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = http_date(value)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(Duration::from_secs(date).saturating_sub(now))
}

/// The seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut parts = text.split_once(", ")?.1.split([' ', ':']);
    let mut number = || parts.next()?.parse::<i64>().ok();
    let day = number()?;
    let name = parts.next()?;
    let month = i64::try_from(MONTHS.match_indices(name).find(|(at, _)| at % 3 == 0)?.0 / 3).ok()? + 1;
    let mut number = || parts.next()?.parse::<i64>().ok();
    let (year, hour, minute, second) = (number()?, number()?, number()?, number()?);
    // Days of the civil calendar, years beginning in March.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    u64::try_from(days * 86_400 + hour * 3600 + minute * 60 + second).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(http_date("Thu, 29 Feb 2024 00:00:00 GMT"), Some(1_709_164_800));
        assert_eq!(http_date("soon"), None);
    }
}
