//! Samples as documents.

use elasticsearch_bulk::{BulkBody, BulkOptions, BulkWriter, IdSource, Origin};
use event_model::{Field, Record, Timestamp, Value};
use prometheus_exposition::MetricType;
use prometheus_remote_write::TimeSeries;
use prometheus_scrape::STALE_NAN;

/// Writes documents to bulk bodies.
#[derive(Debug)]
pub(crate) struct Documents {
    writer: BulkWriter,
    /// The text that tells a series from all others.
    series: Vec<u8>,
}

/// What a document says of a sample.
struct Content {
    timestamp_ms: i64,
    fields: [Option<Field<'static>>; 2],
}

impl Documents {
    pub(crate) fn new(mut options: BulkOptions) -> Self {
        // A sample is known again by its series and its time, which stand in for a file and a place in it.
        options.id = IdSource::Origin;
        Self { writer: BulkWriter::new(options), series: Vec::new() }
    }

    /// Begins a body that is sent about `now`.
    pub(crate) fn begin(&mut self, now: Timestamp) {
        self.writer.begin(b"", now);
    }

    /// Names no types in what follows.
    pub(crate) fn leave_out_types(&mut self) {
        self.writer.leave_out_types();
    }

    /// Appends a document for each sample and each histogram of a series.
    pub(crate) fn write(&mut self, body: &mut BulkBody, series: &TimeSeries<'_>) {
        self.series.clear();
        let (mut name, mut labels) = ("", Vec::with_capacity(series.labels.len()));
        for (label, value) in &series.labels {
            for text in [label, value] {
                // No text holds this byte: they are UTF-8.
                self.series.extend_from_slice(text.as_bytes());
                self.series.push(0xff);
            }
            match *label {
                "__name__" => name = value,
                label => labels.push(Field::new(label.as_bytes(), Value::Str(value.as_bytes()))),
            }
        }
        let metric_type = series.metadata.as_ref().map(|metadata| metadata.metric_type);
        let metric_type = metric_type.filter(|metric_type| *metric_type != MetricType::Unknown);
        let samples = series.samples.iter().map(|sample| number(sample.timestamp_ms, sample.value));
        let histograms = series.histograms.iter().map(|histogram| {
            let (count, sum) = (histogram.native.count(), histogram.native.sum);
            distribution(histogram.timestamp_ms, count, sum)
        });
        for Content { timestamp_ms, fields } in samples.chain(histograms) {
            let mut record = Record::new(timestamp(timestamp_ms));
            record.fields.push(Field::new(b"name", Value::Str(name.as_bytes())));
            record.fields.push(Field::new(b"labels", Value::Map(&labels)));
            if let Some(metric_type) = metric_type {
                record.fields.push(Field::new(b"type", Value::Str(metric_type.as_str().as_bytes())));
            }
            record.fields.extend(fields.into_iter().flatten());
            let origin = Origin::new(&self.series, timestamp_ms.cast_unsigned());
            self.writer.write(body, &record, Some(origin));
        }
    }
}

fn number(timestamp_ms: i64, value: f64) -> Content {
    Content { timestamp_ms, fields: [Some(value_field(value)), None] }
}

fn distribution(timestamp_ms: i64, count: f64, sum: f64) -> Content {
    let fields = match value_field(sum) {
        Field { key: b"value", value } => {
            [Some(Field::new(b"count", Value::Float(count))), Some(Field::new(b"sum", value))]
        }
        Field { key: b"value_text", value } => {
            [Some(Field::new(b"count", Value::Float(count))), Some(Field::new(b"sum_text", value))]
        }
        stale => [Some(stale), None],
    };
    Content { timestamp_ms, fields }
}

/// The field that says a value: JSON has no number for some of them.
fn value_field(value: f64) -> Field<'static> {
    let text = |text: &'static str| Field::new(b"value_text", Value::Str(text.as_bytes()));
    if value.to_bits() == STALE_NAN.to_bits() {
        Field::new(b"stale", Value::Bool(true))
    } else if value.is_nan() {
        text("NaN")
    } else if value.is_infinite() {
        text(if value > 0.0 { "+Inf" } else { "-Inf" })
    } else {
        Field::new(b"value", Value::Float(value))
    }
}

fn timestamp(milliseconds: i64) -> Timestamp {
    let nanoseconds = u32::try_from(milliseconds.rem_euclid(1000)).unwrap_or(0) * 1_000_000;
    Timestamp::new(milliseconds.div_euclid(1000), nanoseconds)
}

#[cfg(test)]
mod tests {
    use elasticsearch_bulk::Logstash;
    use event_model::Compat;
    use event_model::json::Style;
    use prometheus_exposition::NativeHistogram;
    use prometheus_remote_write::{Encoder, Metadata, Request, Version};

    use super::*;

    /// The bodies of the series that `write` encodes.
    fn body(write: impl FnOnce(&mut Encoder)) -> BulkBody {
        let mut encoder = Encoder::new(Version::V2);
        write(&mut encoder);
        let mut message = Vec::new();
        encoder.finish(&mut message);
        let request = Request::read(Version::V2, message).unwrap();
        let mut options = BulkOptions::new(Compat::V5_1);
        options.suppress_type_name = Some(true);
        options.style = Style::Utf8;
        let mut index = Logstash::default();
        index.prefix = "metrics".to_owned();
        options.logstash = Some(index);
        let mut documents = Documents::new(options);
        let mut body = BulkBody::new();
        documents.begin(Timestamp::new(1_800_000_000, 0));
        for series in request.iter() {
            documents.write(&mut body, &series.unwrap());
        }
        body
    }

    /// What the document of a series with this value says behind its labels.
    fn check(write: impl FnOnce(&mut Encoder), expected: &str) {
        let body = body(write);
        let documents: Vec<_> = body.items().map(|item| String::from_utf8_lossy(item.document)).collect();
        assert_eq!(
            documents,
            [format!("{{\"@timestamp\":\"2023-11-14T22:13:20.250Z\",\"name\":\"m\",{expected}}}")]
        );
    }

    fn float(value: f64) -> impl FnOnce(&mut Encoder) {
        move |encoder| {
            drop(encoder.series([("__name__", "m"), ("a", "é\"")]).sample(value, 1_700_000_000_250, None));
        }
    }

    #[test]
    fn values() {
        for (value, expected) in [
            (1.0, "\"value\":1.0"),
            (-0.5, "\"value\":-0.5"),
            (1e300, "\"value\":1e+300"),
            (f64::NAN, "\"value_text\":\"NaN\""),
            (f64::INFINITY, "\"value_text\":\"+Inf\""),
            (f64::NEG_INFINITY, "\"value_text\":\"-Inf\""),
            (STALE_NAN, "\"stale\":true"),
        ] {
            check(float(value), &format!("\"labels\":{{\"a\":\"é\\\"\"}},{expected}"));
        }
    }

    #[test]
    fn types_and_histograms() {
        let metadata = Metadata { metric_type: MetricType::Counter, help: "Help.", unit: "" };
        check(
            |encoder| {
                let series = encoder.series([("__name__", "m")]).sample(2.0, 1_700_000_000_250, None);
                drop(series.metadata(&metadata));
            },
            "\"labels\":{},\"type\":\"counter\",\"value\":2.0",
        );
        for (sum, expected) in [
            (3.5, "\"count\":0.0,\"sum\":3.5"),
            (f64::NAN, "\"count\":0.0,\"sum_text\":\"NaN\""),
            (STALE_NAN, "\"stale\":true"),
        ] {
            let mut histogram = NativeHistogram::new(0);
            histogram.sum = sum;
            check(
                |encoder| {
                    drop(encoder.series([("__name__", "m")]).histogram(&histogram, 1_700_000_000_250, None));
                },
                &format!("\"labels\":{{}},{expected}"),
            );
        }
    }

    #[test]
    fn ids_and_indices_follow_from_series_and_time() {
        let actions = |name: &str, time: i64, value: f64| {
            let body = body(|encoder| {
                drop(encoder.series([("__name__", name), ("a", "b")]).sample(value, time, None));
            });
            String::from_utf8(body.item(0).unwrap().action.to_vec()).unwrap()
        };
        let one = actions("m", 1_700_000_000_000, 1.0);
        assert!(one.starts_with("{\"create\":{\"_index\":\"metrics-2023.11.14\",\"_id\":\""), "{one}");
        assert_eq!(one, actions("m", 1_700_000_000_000, 2.0));
        assert_ne!(one, actions("m", 1_700_000_000_001, 1.0));
        assert_ne!(one, actions("n", 1_700_000_000_000, 1.0));
        assert!(actions("m", -1, 1.0).contains("metrics-1969.12.31"));
    }
}
