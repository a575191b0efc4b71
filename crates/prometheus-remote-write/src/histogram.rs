//! Native histograms, which both versions write alike.

use prometheus_exposition::{NativeCounts, NativeHistogram, Side, Span};

use crate::error::Error;
use crate::reader::Reader;
use crate::request::{Histogram, ResetHint};
use crate::version::Version;
use crate::wire::{self, WireType};

pub(crate) fn write(into: &mut Vec<u8>, histogram: &NativeHistogram) {
    match &histogram.counts {
        NativeCounts::Integer { count, .. } => wire::unsigned(into, 1, *count),
        NativeCounts::Float { count, .. } => wire::double(into, 2, *count),
    }
    wire::double(into, 3, histogram.sum);
    wire::zigzag(into, 4, i64::from(histogram.schema));
    wire::double(into, 5, histogram.zero_threshold);
    match &histogram.counts {
        NativeCounts::Integer { zero_count, positive, negative, .. } => {
            wire::unsigned(into, 6, *zero_count);
            write_deltas(into, 8, negative);
            write_deltas(into, 11, positive);
        }
        NativeCounts::Float { zero_count, positive, negative, .. } => {
            wire::double(into, 7, *zero_count);
            write_counts(into, 8, negative);
            write_counts(into, 11, positive);
        }
    }
    if histogram.gauge {
        wire::unsigned(into, 14, 3);
    }
}

/// The fields of a side: spans, deltas, counts, in this order.
fn write_deltas(into: &mut Vec<u8>, field: u32, side: &Side<i64>) {
    write_spans(into, field, &side.spans);
    if !side.buckets.is_empty() {
        wire::message(into, field + 1, |into| {
            side.buckets.iter().for_each(|delta| wire::varint(into, wire::zigzagged(*delta)));
        });
    }
}

fn write_counts(into: &mut Vec<u8>, field: u32, side: &Side<f64>) {
    write_spans(into, field, &side.spans);
    if !side.buckets.is_empty() {
        wire::tag(into, field + 2, WireType::Bytes);
        wire::varint(into, 8 * side.buckets.len() as u64);
        side.buckets.iter().for_each(|count| into.extend_from_slice(&count.to_bits().to_le_bytes()));
    }
}

fn write_spans(into: &mut Vec<u8>, field: u32, spans: &[Span]) {
    for span in spans {
        wire::message(into, field, |into| {
            wire::zigzag(into, 1, i64::from(span.offset));
            wire::unsigned(into, 2, u64::from(span.length));
        });
    }
}

#[derive(Default)]
struct RawSide {
    spans: Vec<Span>,
    deltas: Vec<i64>,
    counts: Vec<f64>,
}

pub(crate) fn read(mut reader: Reader<'_>, version: Version) -> Result<Histogram, Error> {
    let mut native = NativeHistogram::new(0);
    let (mut count, mut zero) = ((0_u64, None), (0_u64, None));
    let mut sides = [RawSide::default(), RawSide::default()];
    let mut reset_hint = ResetHint::Unknown;
    let (mut timestamp_ms, mut start) = (0, 0);
    let mut custom_values = Vec::new();
    while let Some((field, value)) = reader.field()? {
        let side = usize::from(field >= 11);
        match field {
            1 => count.0 = value.unsigned()?,
            2 => count.1 = Some(value.double()?),
            3 => native.sum = value.double()?,
            4 => native.schema = truncated(value.zigzag()?),
            5 => native.zero_threshold = value.double()?,
            6 => zero.0 = value.unsigned()?,
            7 => zero.1 = Some(value.double()?),
            8 | 11 => sides[side].spans.push(span(value.message()?)?),
            9 | 12 => value.numbers(|number| sides[side].deltas.push(number.zigzag()))?,
            10 | 13 => value.doubles(&mut sides[side].counts)?,
            14 => reset_hint = ResetHint::from_number(value.unsigned()?),
            15 => timestamp_ms = value.signed()?,
            16 => value.doubles(&mut custom_values)?,
            17 if version == Version::V2 => start = value.signed()?,
            _ => {}
        }
    }
    let [negative, positive] = sides;
    native.gauge = reset_hint == ResetHint::Gauge;
    native.counts = match count.1 {
        Some(count) => NativeCounts::Float {
            count,
            zero_count: zero.1.unwrap_or_default(),
            positive: Side { spans: positive.spans, buckets: positive.counts },
            negative: Side { spans: negative.spans, buckets: negative.counts },
        },
        None => NativeCounts::Integer {
            count: count.0,
            zero_count: zero.0,
            positive: Side { spans: positive.spans, buckets: positive.deltas },
            negative: Side { spans: negative.spans, buckets: negative.deltas },
        },
    };
    let start_timestamp_ms = Some(start).filter(|start| *start != 0);
    Ok(Histogram { native, reset_hint, custom_values, timestamp_ms, start_timestamp_ms })
}

fn span(mut reader: Reader<'_>) -> Result<Span, Error> {
    let mut span = Span { offset: 0, length: 0 };
    while let Some((field, value)) = reader.field()? {
        match field {
            1 => span.offset = truncated(value.zigzag()?),
            #[expect(clippy::cast_possible_truncation, reason = "as protobuf does with numbers of 32 bits")]
            2 => span.length = value.unsigned()? as u32,
            _ => {}
        }
    }
    Ok(span)
}

#[expect(clippy::cast_possible_truncation, reason = "as protobuf does with numbers of 32 bits")]
fn truncated(value: i64) -> i32 {
    value as i32
}
