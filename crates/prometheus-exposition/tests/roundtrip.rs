//! What is written reads back as it was.

use prometheus_exposition::{
    Bucket, EscapingScheme, Format, Histogram, Metric, MetricFamily, MetricType, MetricValue, NativeCounts,
    NativeHistogram, Options, OwnedExemplar, Side, Span, Summary, Writer, read_families,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

fn write(families: &[MetricFamily], format: Format, escaping: EscapingScheme) -> Vec<u8> {
    let mut writer = Writer::new(format).escaping(escaping);
    families.iter().for_each(|family| writer.family(family));
    writer.finish()
}

fn check(families: &[MetricFamily], format: Format) {
    let body = write(families, format, EscapingScheme::AllowUtf8);
    let read = read_families(&body, format, Options::new());
    // Not by `==`, for which a NaN is not itself.
    let text = String::from_utf8_lossy(&body);
    assert_eq!(format!("{:#?}", read.unwrap()), format!("{families:#?}"), "{text}");
}

fn labels() -> impl Strategy<Value = Vec<(String, String)>> {
    // Names that neither the formats nor the tests use themselves.
    btree_map("[a-z]{1,3}x|[A-Z.é\"\\\\: ]{1,4}y", ".{0,12}|a\\\\nb|\n", 0..4)
        .prop_map(|labels| labels.into_iter().collect())
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(0.0),
        Just(-0.0),
        Just(1.0),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(f64::from_bits(prometheus_exposition::NORMAL_NAN)),
        any::<i32>().prop_map(f64::from),
        any::<f64>().prop_filter("one NaN is enough", |value| !value.is_nan()),
    ]
}

fn count() -> impl Strategy<Value = f64> {
    any::<u32>().prop_map(f64::from)
}

fn timestamp() -> impl Strategy<Value = Option<i64>> {
    // 0 is no timestamp in protobuf.
    option::of(prop_oneof![1i64..5_000_000_000_000, -5_000_000_000_000i64..0, Just(1_001), Just(290)])
}

fn exemplar() -> impl Strategy<Value = OwnedExemplar> {
    // OpenMetrics as Prometheus reads it has no NUL there.
    let labels = labels().prop_map(|mut labels| {
        labels.iter_mut().for_each(|label| label.1.retain(|c| c != '\0'));
        labels
    });
    (labels, number(), timestamp()).prop_map(|(labels, value, timestamp_ms)| {
        let mut exemplar = OwnedExemplar::new(value);
        exemplar.labels = labels;
        exemplar.timestamp_ms = timestamp_ms;
        exemplar
    })
}

fn summary() -> impl Strategy<Value = MetricValue> {
    (count(), number(), vec((0.0..1.0f64, number()), 0..3)).prop_map(|(count, sum, quantiles)| {
        let mut summary = Summary::default();
        (summary.count, summary.sum, summary.quantiles) = (Some(count), Some(sum), quantiles);
        MetricValue::Summary(summary)
    })
}

fn histogram() -> impl Strategy<Value = MetricValue> {
    let buckets = vec((-1e9..1e9f64, prop_oneof![count(), 0.0..1e6f64], option::of(exemplar())), 0..4);
    (buckets, count(), number()).prop_map(|(buckets, count, sum)| {
        let mut histogram = Histogram::default();
        histogram.count = Some(count);
        histogram.sum = Some(sum);
        histogram.buckets.extend(buckets.into_iter().map(|(bound, count, exemplar)| {
            let mut bucket = Bucket::new(bound, count);
            bucket.exemplar = exemplar;
            bucket
        }));
        histogram.buckets.push(Bucket::new(f64::INFINITY, count));
        MetricValue::Histogram(Box::new(histogram))
    })
}

fn native_histogram() -> impl Strategy<Value = MetricValue> {
    let side = |buckets: Vec<(i32, i64)>| {
        let mut side = Side::default();
        let mut before = 0;
        for (offset, count) in buckets {
            side.spans.push(Span { offset, length: 1 });
            side.buckets.push(count - before);
            before = count;
        }
        side
    };
    let buckets = || vec((1..9i32, 1..1_000_000i64), 0..4);
    let exemplar = exemplar().prop_filter("it has a timestamp", |exemplar| exemplar.timestamp_ms.is_some());
    (buckets(), buckets(), any::<u64>(), -4..9i32, number(), any::<bool>(), vec(exemplar, 0..3)).prop_map(
        move |(positive, negative, count, schema, sum, float, exemplars)| {
            let (positive, negative) = (side(positive), side(negative));
            let mut native = NativeHistogram::new(schema);
            native.sum = sum;
            native.zero_threshold = 1e-9;
            native.counts = if float {
                let floats =
                    |side: Side<i64>| Side { buckets: vec![0.5; side.spans.len()], spans: side.spans };
                NativeCounts::Float {
                    count: 7.5,
                    zero_count: 0.25,
                    positive: floats(positive),
                    negative: floats(negative),
                }
            } else {
                NativeCounts::Integer { count, zero_count: 3, positive, negative }
            };
            let mut histogram = Histogram::default();
            histogram.count = Some(native.count());
            histogram.sum = Some(native.sum);
            histogram.native = Some(native);
            histogram.exemplars = exemplars;
            MetricValue::Histogram(Box::new(histogram))
        },
    )
}

fn value(metric_type: MetricType) -> BoxedStrategy<MetricValue> {
    match metric_type {
        MetricType::Summary => summary().boxed(),
        MetricType::Histogram | MetricType::GaugeHistogram => histogram().boxed(),
        MetricType::Counter => prop_oneof![
            number().prop_map(MetricValue::Number),
            (number(), exemplar())
                .prop_map(|(value, exemplar)| MetricValue::CounterWithExemplar(value, exemplar)),
        ]
        .boxed(),
        _ => number().prop_map(MetricValue::Number).boxed(),
    }
}

fn family(types: &'static [MetricType]) -> impl Strategy<Value = MetricFamily> {
    proptest::sample::select(types).prop_flat_map(|metric_type| {
        let metrics = btree_map(labels(), (value(metric_type), timestamp(), timestamp()), 1..4);
        ("[a-z:]{0,4}|[a-zé. \"\\\\]{1,4}", option::of(".{0,12}"), option::of("[a-zé]{1,4}"), metrics)
            .prop_map(move |(name, help, unit, metrics)| {
                let mut family = MetricFamily::new(name, metric_type);
                (family.help, family.unit) = (help, unit);
                family.metrics.extend(metrics.into_iter().map(|(labels, (value, timestamp_ms, start))| {
                    let mut metric = Metric::new(value);
                    metric.labels = labels;
                    metric.timestamp_ms = timestamp_ms;
                    metric.start_timestamp_ms = start;
                    metric
                }));
                family
            })
    })
}

/// Gives each family a name that no other has, with the unit and the suffix of its type.
fn named(mut families: Vec<MetricFamily>) -> Vec<MetricFamily> {
    for (at, family) in families.iter_mut().enumerate() {
        let unit = family.unit.as_ref().map(|unit| format!("_{unit}")).unwrap_or_default();
        let suffix = match family.metric_type {
            MetricType::Counter => "_total",
            MetricType::Info => "_info",
            _ => "",
        };
        family.name = format!("m{at}{}{unit}{suffix}", family.name);
        let has_start =
            matches!(family.metric_type, MetricType::Counter | MetricType::Histogram | MetricType::Summary);
        for metric in &mut family.metrics {
            metric.start_timestamp_ms = metric.start_timestamp_ms.filter(|_| has_start);
        }
    }
    families
}

/// Takes out what the text format has no place for.
fn without_extras(mut families: Vec<MetricFamily>) -> Vec<MetricFamily> {
    for family in &mut families {
        family.unit = None;
        // Blanks and NULs alone are taken for the space before the text.
        if family.help.as_ref().is_some_and(|help| help.trim_matches([' ', '\t', '\0']).is_empty()) {
            family.help = None;
        }
        for metric in &mut family.metrics {
            metric.start_timestamp_ms = None;
            // A scrape takes no negative ones.
            metric.timestamp_ms = metric.timestamp_ms.map(i64::abs);
            match &mut metric.value {
                MetricValue::CounterWithExemplar(value, _) => metric.value = MetricValue::Number(*value),
                MetricValue::Histogram(histogram) => {
                    histogram.buckets.iter_mut().for_each(|bucket| bucket.exemplar = None);
                }
                _ => {}
            }
        }
    }
    families
}

const PLAIN: &[MetricType] = &[
    MetricType::Counter,
    MetricType::Gauge,
    MetricType::Histogram,
    MetricType::Summary,
    MetricType::Unknown,
];
const OPENMETRICS: &[MetricType] = &[
    MetricType::Counter,
    MetricType::Gauge,
    MetricType::Histogram,
    MetricType::GaugeHistogram,
    MetricType::Summary,
    MetricType::Unknown,
    MetricType::Info,
    MetricType::StateSet,
];
const PROTOBUF: &[MetricType] = &[
    MetricType::Counter,
    MetricType::Gauge,
    MetricType::Histogram,
    MetricType::GaugeHistogram,
    MetricType::Summary,
    MetricType::Unknown,
];

proptest! {
    #[test]
    fn text_reads_back(families in vec(family(PLAIN), 0..4)) {
        check(&without_extras(named(families)), Format::Text);
    }

    #[test]
    fn openmetrics_reads_back(families in vec(family(OPENMETRICS), 0..4)) {
        check(&named(families), Format::OpenMetrics);
    }

    #[test]
    fn protobuf_reads_back(families in vec(family(PROTOBUF), 0..4)) {
        let mut families = named(families);
        for family in &mut families {
            // Prometheus always has a help text there, empty or not.
            family.help.get_or_insert_default();
        }
        check(&families, Format::Protobuf);
    }

    #[test]
    fn native_histograms_read_back(values in vec(native_histogram(), 1..3)) {
        let mut family = MetricFamily::new("h", MetricType::Histogram);
        family.help = Some(String::new());
        for (at, value) in values.into_iter().enumerate() {
            let mut metric = Metric::new(value);
            metric.labels.push(("at".to_owned(), at.to_string()));
            family.metrics.push(metric);
        }
        check(&[family], Format::Protobuf);
    }

    #[test]
    fn escaped_names_need_no_quotes(families in vec(family(PLAIN), 0..4)) {
        for escaping in [EscapingScheme::Underscores, EscapingScheme::Dots, EscapingScheme::Values] {
            let body = write(&without_extras(named(families.clone())), Format::Text, escaping);
            for family in read_families(&body, Format::Text, Options::new()).unwrap() {
                prop_assert!(family.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:".contains(&byte)));
            }
        }
    }
}

#[test]
fn families_go_from_one_format_to_another() {
    let openmetrics = "# HELP jobs Jobs.\n# TYPE jobs counter\njobs_total{a=\"b\"} 1.0 # {id=\"x\"} 1.0 2.5\njobs_created{a=\"b\"} 1.5\n\
        # TYPE build info\nbuild_info{v=\"1\"} 1.0\n\
        # TYPE sizes gaugehistogram\nsizes_bucket{le=\"1.0\"} 1.0\nsizes_bucket{le=\"+Inf\"} 2.0\nsizes_gsum 3.0\nsizes_gcount 2.0\n# EOF\n";
    let families = read_families(openmetrics.as_bytes(), Format::OpenMetrics, Options::new()).unwrap();
    let write = |format| String::from_utf8(write(&families, format, EscapingScheme::AllowUtf8)).unwrap();
    assert_eq!(write(Format::OpenMetrics), openmetrics);
    assert_eq!(
        write(Format::Text),
        "# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total{a=\"b\"} 1\n\
         # TYPE build_info gauge\nbuild_info{v=\"1\"} 1\n\
         # TYPE sizes histogram\nsizes_bucket{le=\"1\"} 1\nsizes_bucket{le=\"+Inf\"} 2\nsizes_sum 3\nsizes_count 2\n"
    );
}
