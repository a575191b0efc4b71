//! What is written is read back, bit by bit; and no bytes make the reader panic.

use prometheus_exposition::{MetricType, NativeCounts, NativeHistogram, Side, Span};
use prometheus_remote_write::{Encoder, Metadata, Request, Version, compress, decompress};
use proptest::collection::vec;
use proptest::prelude::*;

type Labels = Vec<(String, String)>;

#[derive(Clone, Debug)]
struct Series {
    labels: Labels,
    samples: Vec<(f64, i64, Option<i64>)>,
    histograms: Vec<(NativeHistogram, i64)>,
    exemplars: Vec<(Labels, f64, i64)>,
    metadata: Option<(MetricType, String, String)>,
}

fn labels() -> impl Strategy<Value = Labels> {
    vec(("[a-z_]{1,6}", any::<String>()), 0..4)
}

/// Any bits, staleness markers and other NaNs among them.
fn float() -> impl Strategy<Value = f64> {
    any::<u64>().prop_map(f64::from_bits)
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    vec((any::<i32>(), any::<u32>()).prop_map(|(offset, length)| Span { offset, length }), 0..3)
}

fn side<T: std::fmt::Debug>(bucket: impl Strategy<Value = T>) -> impl Strategy<Value = Side<T>> {
    (spans(), vec(bucket, 0..20)).prop_map(|(spans, buckets)| Side { spans, buckets })
}

fn histogram() -> impl Strategy<Value = NativeHistogram> {
    let integer = (any::<u64>(), any::<u64>(), side(any::<i64>()), side(any::<i64>())).prop_map(
        |(count, zero_count, positive, negative)| NativeCounts::Integer {
            count,
            zero_count,
            positive,
            negative,
        },
    );
    let float = (float(), float(), side(float()), side(float())).prop_map(
        |(count, zero_count, positive, negative)| NativeCounts::Float {
            count,
            zero_count,
            positive,
            negative,
        },
    );
    (-53..9, self::float(), self::float(), any::<bool>(), prop_oneof![integer, float]).prop_map(
        |(schema, zero_threshold, sum, gauge, counts)| {
            let mut histogram = NativeHistogram::new(schema);
            histogram.zero_threshold = zero_threshold;
            histogram.sum = sum;
            histogram.gauge = gauge;
            histogram.counts = counts;
            histogram
        },
    )
}

fn series() -> impl Strategy<Value = Series> {
    let start = proptest::option::of(prop_oneof![i64::MIN..0, 1..i64::MAX]);
    let kind = prop_oneof![Just(MetricType::Counter), Just(MetricType::Unknown), Just(MetricType::StateSet)];
    (
        labels(),
        vec((float(), any::<i64>(), start), 0..3),
        vec((histogram(), any::<i64>()), 0..2),
        vec((labels(), float(), any::<i64>()), 0..2),
        proptest::option::of((kind, any::<String>(), any::<String>())),
    )
        .prop_map(|(labels, samples, histograms, exemplars, metadata)| Series {
            labels,
            samples,
            histograms,
            exemplars,
            metadata,
        })
}

fn pairs(labels: &Labels) -> Vec<(&str, &str)> {
    labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn write(version: Version, all: &[Series]) -> Vec<u8> {
    let mut encoder = Encoder::new(version);
    for series in all {
        let mut one = encoder.series(pairs(&series.labels));
        for (value, timestamp, start) in &series.samples {
            one = one.sample(*value, *timestamp, *start);
        }
        for (histogram, timestamp) in &series.histograms {
            one = one.histogram(histogram, *timestamp, None);
        }
        for (labels, value, timestamp) in &series.exemplars {
            one = one.exemplar(pairs(labels), *value, *timestamp);
        }
        if let Some((metric_type, help, unit)) = &series.metadata {
            one = one.metadata(&Metadata { metric_type: *metric_type, help, unit });
        }
    }
    let mut message = Vec::new();
    encoder.finish(&mut message);
    message
}

/// The debug form shows -0.0 and 0.0 apart, but not NaNs.
fn shown(value: f64) -> u64 {
    value.to_bits()
}

fn check(version: Version, all: &[Series]) {
    let message = write(version, all);
    let body = compress(&message);
    assert_eq!(decompress(&body, message.len()).unwrap(), message);
    let request = Request::read(version, message).unwrap();
    assert_eq!(request.len(), all.len());
    for (read, series) in request.iter().zip(all) {
        let read = read.unwrap();
        assert_eq!(read.labels, pairs(&series.labels));
        let is_v2 = version == Version::V2;
        let samples: Vec<_> = read
            .samples
            .iter()
            .map(|sample| (shown(sample.value), sample.timestamp_ms, sample.start_timestamp_ms))
            .collect();
        let expected: Vec<_> = series
            .samples
            .iter()
            .map(|(value, timestamp, start)| (shown(*value), *timestamp, start.filter(|_| is_v2)))
            .collect();
        assert_eq!(samples, expected);
        assert_eq!(read.histograms.len(), series.histograms.len());
        for (read, (native, timestamp)) in read.histograms.iter().zip(&series.histograms) {
            assert_eq!(shown(read.native.sum), shown(native.sum));
            // NaNs are equal in their debug form.
            assert_eq!(format!("{:?}", read.native), format!("{native:?}"));
            assert_eq!(read.timestamp_ms, *timestamp);
        }
        assert_eq!(read.exemplars.len(), series.exemplars.len());
        for (read, (labels, value, timestamp)) in read.exemplars.iter().zip(&series.exemplars) {
            assert_eq!(read.labels, pairs(labels));
            assert_eq!((shown(read.value), read.timestamp_ms), (shown(*value), *timestamp));
        }
        let metadata = series.metadata.as_ref().filter(|_| is_v2);
        let metadata =
            metadata.map(|(metric_type, help, unit)| Metadata { metric_type: *metric_type, help, unit });
        assert_eq!(read.metadata, metadata);
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(all in vec(series(), 0..4)) {
        check(Version::V1, &all);
        check(Version::V2, &all);
    }

    #[test]
    fn damage_is_an_error(all in vec(series(), 1..3), cut in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for version in [Version::V1, Version::V2] {
            let mut message = write(version, &all);
            let at = cut.index(message.len());
            message[at] = byte;
            message.truncate(at.max(message.len() / 2));
            if let Ok(request) = Request::read(version, message) {
                for series in request.iter() {
                    let _ = series.is_ok();
                }
                for family in request.families() {
                    let _ = family.is_ok();
                }
            }
        }
    }
}

#[test]
fn families_of_version_1() {
    let mut encoder = Encoder::new(Version::V1);
    let metadata = Metadata { metric_type: MetricType::Counter, help: "Requests.", unit: "" };
    encoder.family("requests", &metadata);
    let mut message = Vec::new();
    encoder.finish(&mut message);
    let request = Request::read(Version::V1, message).unwrap();
    let families: Vec<_> = request.families().map(Result::unwrap).collect();
    assert_eq!(families.len(), 1);
    assert_eq!((families[0].name, families[0].metadata), ("requests", metadata));
}

#[test]
fn bytes_of_a_known_message() {
    let mut encoder = Encoder::new(Version::V1);
    encoder.series([("a", "b")]).sample(1.0, 5, None);
    let mut message = Vec::new();
    encoder.finish(&mut message);
    assert_eq!(
        message,
        b"\x0a\x15\x0a\x06\x0a\x01a\x12\x01b\x12\x0b\x09\x00\x00\x00\x00\x00\x00\xf0\x3f\x10\x05"
    );
    let mut encoder = Encoder::new(Version::V2);
    encoder.series([("a", "b")]).sample(1.0, 5, Some(4));
    message.clear();
    encoder.finish(&mut message);
    assert_eq!(
        message,
        b"\x22\x00\x22\x01a\x22\x01b\x2a\x13\x0a\x02\x01\x02\x12\x0d\x09\x00\x00\x00\x00\x00\x00\xf0\x3f\x10\x05\x18\x04"
    );
}

#[test]
fn a_symbol_that_is_not_there() {
    let message = b"\x22\x00\x2a\x04\x0a\x02\x00\x07".to_vec();
    let request = Request::read(Version::V2, message).unwrap();
    let error = request.series(0).unwrap_err();
    assert_eq!(error.to_string(), "a reference leads to no symbol (byte 6)");
    // A block that claims to be longer than allowed is not even allocated.
    assert!(decompress(&compress(&[0; 1000]), 999).is_err());
    // The most that a block can hold, and one that claims more.
    let zeros = vec![0; 1 << 20];
    let block = compress(&zeros);
    assert!(block.len() * 22 > zeros.len(), "{}", block.len());
    assert_eq!(decompress(&block, zeros.len()).as_ref(), Ok(&zeros));
    assert!(decompress(b"\xff\xff\xff\x7f\0a", usize::MAX).is_err());
}
