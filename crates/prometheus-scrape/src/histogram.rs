//! Native histograms made coarser.

use prometheus_exposition::{NativeCounts, NativeHistogram, Side, Span};

/// The finest and the coarsest resolution.
const FINEST: i32 = 8;
const COARSEST: i32 = -4;

/// The finest resolution at which buckets grow by at least `factor` (`native_histogram_min_bucket_factor`).
pub(crate) fn finest_for(factor: f64) -> i32 {
    let factor = if factor <= 1.0 { 1.00271 } else { factor };
    let schema = (-factor.log2().log2()).floor();
    #[expect(clippy::cast_possible_truncation, reason = "it is between -4 and 8")]
    let schema = schema.clamp(f64::from(COARSEST), f64::from(FINEST)) as i32;
    schema
}

/// Makes the histogram coarser until it has no finer resolution than `finest` and at most `limit` buckets (0 for any
/// number). `false` if that cannot be.
pub(crate) fn fit(histogram: &mut NativeHistogram, finest: i32, limit: u64) -> bool {
    // The schemas up to 52 are reserved for finer resolutions.
    if histogram.schema > finest && histogram.schema <= 52 {
        coarsen(histogram, finest);
    }
    while limit > 0 && buckets(histogram) as u64 > limit {
        if !(COARSEST + 1..=FINEST).contains(&histogram.schema) {
            return false;
        }
        coarsen(histogram, histogram.schema - 1);
    }
    true
}

fn buckets(histogram: &NativeHistogram) -> usize {
    match &histogram.counts {
        NativeCounts::Integer { positive, negative, .. } => positive.buckets.len() + negative.buckets.len(),
        NativeCounts::Float { positive, negative, .. } => positive.buckets.len() + negative.buckets.len(),
    }
}

fn coarsen(histogram: &mut NativeHistogram, schema: i32) {
    let shift = (histogram.schema - schema).clamp(0, 31);
    histogram.schema = schema;
    match &mut histogram.counts {
        NativeCounts::Integer { positive, negative, .. } => {
            for side in [positive, negative] {
                let (mut absolute, mut before) = (0i64, 0i64);
                let counts = side.buckets.iter().map(|delta| {
                    absolute = absolute.wrapping_add(*delta);
                    absolute
                });
                let (spans, counts) = merge(&side.spans, counts, shift, i64::wrapping_add);
                let buckets = counts
                    .into_iter()
                    .map(|count| {
                        let delta = count.wrapping_sub(before);
                        before = count;
                        delta
                    })
                    .collect();
                *side = Side { spans, buckets };
            }
        }
        NativeCounts::Float { positive, negative, .. } => {
            for side in [positive, negative] {
                let (spans, buckets) =
                    merge(&side.spans, side.buckets.iter().copied(), shift, |a: f64, b: f64| a + b);
                *side = Side { spans, buckets };
            }
        }
    }
}

/// Adds up the counts of buckets that become one.
fn merge<T: Copy>(
    spans: &[Span],
    mut counts: impl Iterator<Item = T>,
    shift: i32,
    add: impl Fn(T, T) -> T,
) -> (Vec<Span>, Vec<T>) {
    let (mut merged, mut sums) = (Vec::<Span>::new(), Vec::new());
    let (mut index, mut last) = (0i32, None);
    for span in spans {
        index = index.wrapping_add(span.offset);
        for count in counts.by_ref().take(span.length as usize) {
            // Bucket i reaches to base^i.
            let target = (index.wrapping_sub(1) >> shift).wrapping_add(1);
            match (last, sums.last_mut(), merged.last_mut()) {
                (Some(last), Some(sum), _) if last == target => *sum = add(*sum, count),
                (Some(last), _, Some(span)) if target == i32::wrapping_add(last, 1) => {
                    span.length += 1;
                    sums.push(count);
                }
                (last, ..) => {
                    let offset = last.map_or(target, |last| target.wrapping_sub(last).wrapping_sub(1));
                    merged.push(Span { offset, length: 1 });
                    sums.push(count);
                }
            }
            last = Some(target);
            index = index.wrapping_add(1);
        }
    }
    (merged, sums)
}

#[cfg(test)]
mod tests {
    use super::{finest_for, fit};
    use prometheus_exposition::{NativeCounts, NativeHistogram, Side, Span};

    fn histogram(schema: i32, spans: &[(i32, u32)], deltas: &[i64]) -> NativeHistogram {
        let mut histogram = NativeHistogram::new(schema);
        let spans = spans.iter().map(|&(offset, length)| Span { offset, length }).collect();
        let positive = Side { spans, buckets: deltas.to_vec() };
        histogram.counts =
            NativeCounts::Integer { count: 0, zero_count: 0, positive, negative: Side::default() };
        histogram
    }

    /// The expected values are those of `ReduceResolution` of Prometheus v0.316.0.
    #[test]
    fn neighbours_become_one_bucket() {
        let mut found = histogram(0, &[(0, 4), (0, 0), (3, 2)], &[1, 2, -2, 1, -1, 0]);
        assert!(fit(&mut found, -1, 0));
        assert_eq!(found, histogram(-1, &[(0, 3), (1, 1)], &[1, 3, -2, 0]));
    }

    #[test]
    fn limits() {
        let mut found = histogram(1, &[(1, 4)], &[1, 0, 0, 0]);
        assert!(fit(&mut found, 8, 2));
        assert_eq!(found, histogram(0, &[(1, 2)], &[2, 0]));
        assert!(!fit(&mut histogram(-4, &[(1, 4)], &[1, 0, 0, 0]), 8, 2));
    }

    #[test]
    fn factors() {
        for (factor, schema) in [(0.0, 8), (1.0, 8), (1.1, 2), (2.0, 0), (4.0, -1), (65536.0, -4), (1e9, -4)]
        {
            assert_eq!(finest_for(factor), schema, "{factor}");
        }
    }
}
