//! Native histograms.

/// A native histogram: buckets of exponentially growing width, of which only those in use are kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NativeHistogram {
    /// The resolution: each power of two is divided into 2^schema buckets; -4 to 8.
    pub schema: i32,
    /// The width of the bucket for values around zero.
    pub zero_threshold: f64,
    /// The sum of all observations.
    pub sum: f64,
    /// Whether counts may go down: a gauge histogram.
    pub gauge: bool,
    /// The counts.
    pub counts: NativeCounts,
}

/// The counts of a [`NativeHistogram`].
#[derive(Debug, Clone, PartialEq)]
pub enum NativeCounts {
    /// Whole numbers. A bucket is the difference to the bucket before it.
    Integer {
        /// The number of observations.
        count: u64,
        /// Those around zero.
        zero_count: u64,
        /// The buckets above zero.
        positive: Side<i64>,
        /// The buckets below zero.
        negative: Side<i64>,
    },
    /// Floats. A bucket is its own count.
    Float {
        /// The number of observations.
        count: f64,
        /// Those around zero.
        zero_count: f64,
        /// The buckets above zero.
        positive: Side<f64>,
        /// The buckets below zero.
        negative: Side<f64>,
    },
}

/// The buckets above or below zero.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Side<T> {
    /// Where the buckets are. Their lengths add up to the number of buckets.
    pub spans: Vec<Span>,
    /// The buckets.
    pub buckets: Vec<T>,
}

/// A run of buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// How many buckets are left out since the span before; for the first span, the index of its first
    /// bucket.
    pub offset: i32,
    /// How many buckets it has.
    pub length: u32,
}

impl NativeHistogram {
    /// A histogram of this resolution without observations.
    #[must_use]
    pub fn new(schema: i32) -> Self {
        let counts = NativeCounts::Integer {
            count: 0,
            zero_count: 0,
            positive: Side::default(),
            negative: Side::default(),
        };
        Self { schema, zero_threshold: 0.0, sum: 0.0, gauge: false, counts }
    }

    /// The number of observations.
    #[must_use]
    pub fn count(&self) -> f64 {
        match self.counts {
            #[expect(clippy::cast_precision_loss, reason = "a sample value is a double")]
            NativeCounts::Integer { count, .. } => count as f64,
            NativeCounts::Float { count, .. } => count,
        }
    }
}

impl Side<i64> {
    /// These buckets without the empty ones, in as few spans as possible.
    pub(crate) fn compact_deltas(spans: &[Span], deltas: &[i64]) -> Self {
        let mut absolute = 0i64;
        let absolutes = deltas.iter().map(|delta| {
            absolute = absolute.wrapping_add(*delta);
            absolute
        });
        let (spans, counts) = compact(spans, absolutes, |count| count == 0);
        let mut previous = 0i64;
        let buckets = counts
            .into_iter()
            .map(|count| {
                let delta = count.wrapping_sub(previous);
                previous = count;
                delta
            })
            .collect();
        Self { spans, buckets }
    }
}

impl Side<f64> {
    /// These buckets without the empty ones, in as few spans as possible.
    pub(crate) fn compact_counts(spans: &[Span], counts: &[f64]) -> Self {
        let (spans, buckets) = compact(spans, counts.iter().copied(), |count| count == 0.0);
        Self { spans, buckets }
    }
}

/// Takes as many steps as there are buckets and spans, whatever lengths the spans claim.
fn compact<T>(
    spans: &[Span],
    counts: impl Iterator<Item = T>,
    is_empty: impl Fn(T) -> bool,
) -> (Vec<Span>, Vec<T>)
where
    T: Copy,
{
    let mut kept: Vec<Span> = Vec::new();
    let mut buckets = Vec::new();
    // The index after the bucket that was kept last, and that of the next bucket.
    let (mut expected, mut index) = (0i64, 0i64);
    let mut counts = counts;
    for span in spans {
        index += i64::from(span.offset);
        for count in counts.by_ref().take(span.length as usize) {
            if !is_empty(count) {
                match kept.last_mut() {
                    Some(last) if index == expected => last.length += 1,
                    _ => {
                        #[expect(
                            clippy::cast_possible_truncation,
                            reason = "as wide as the offsets it is made of"
                        )]
                        let offset = (index - expected) as i32;
                        kept.push(Span { offset, length: 1 });
                    }
                }
                buckets.push(count);
                expected = index + 1;
            }
            index += 1;
        }
    }
    (kept, buckets)
}

#[cfg(test)]
mod tests {
    use super::{Side, Span};

    fn check(spans: &[(i32, u32)], deltas: &[i64], expected_spans: &[(i32, u32)], expected: &[i64]) {
        let to_spans = |spans: &[(i32, u32)]| -> Vec<Span> {
            spans.iter().map(|&(offset, length)| Span { offset, length }).collect()
        };
        let side = Side::compact_deltas(&to_spans(spans), deltas);
        assert_eq!(side.spans, to_spans(expected_spans));
        assert_eq!(side.buckets, expected);
    }

    #[test]
    fn empty_buckets_are_cut_out() {
        check(&[], &[], &[], &[]);
        check(&[(0, 0)], &[], &[], &[]);
        check(&[(-2, 2), (1, 2)], &[1, 1, 1, -1], &[(-2, 2), (1, 2)], &[1, 1, 1, -1]);
        // At the start, in the middle and at the end.
        check(&[(0, 6)], &[0, 2, -2, 3, -3, 0], &[(1, 1), (1, 1)], &[2, 1]);
        // Spans that touch become one.
        check(&[(3, 1), (0, 2), (2, 0), (1, 1)], &[1, 1, 1, 1], &[(3, 3), (3, 1)], &[1, 1, 1, 1]);
        check(&[(5, 2)], &[0, 0], &[], &[]);
    }
}
