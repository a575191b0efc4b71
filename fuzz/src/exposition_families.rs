//! Whatever reads as families can be written in each format, and what is written as protobuf reads back.

use prometheus_exposition::{EscapingScheme, Format, Options, Writer, read_families};

pub(crate) fn run(data: &[u8]) {
    let Some((&choice, body)) = data.split_first() else { return };
    let format = [Format::Text, Format::OpenMetrics, Format::Protobuf][usize::from(choice) % 3];
    let Ok(families) = read_families(body, format, Options::new()) else { return };
    for (format, escaping) in [
        (Format::Text, EscapingScheme::Values),
        (Format::OpenMetrics, EscapingScheme::AllowUtf8),
        (Format::Protobuf, EscapingScheme::AllowUtf8),
    ] {
        let mut writer = Writer::new(format).escaping(escaping);
        families.iter().for_each(|family| writer.family(family));
        let written = writer.finish();
        // A label without a name has no place in protobuf.
        let nameless = |family: &prometheus_exposition::MetricFamily| {
            family.metrics.iter().any(|metric| metric.labels.iter().any(|label| label.0.is_empty()))
        };
        if format == Format::Protobuf && !families.iter().any(nameless) {
            read_families(&written, format, Options::new()).unwrap();
        }
    }
}
