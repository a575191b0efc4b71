//! Buckets, count and sum of one histogram agree.

use std::collections::HashMap;

use super::Violation;

/// The histograms of a family, in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Histograms {
    /// By labels and timestamp.
    index: HashMap<Vec<u8>, usize>,
    histograms: Vec<Histogram>,
}

#[derive(Debug, Clone, Default)]
struct Histogram {
    /// The last line of it.
    at: usize,
    /// The upper bound and the value of its last bucket.
    bucket: Option<(f64, f64)>,
    count: Option<f64>,
    has_sum: bool,
    gauge_sum: Option<f64>,
    has_negative_bound: bool,
}

/// A sample by what is behind the name of its family.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part {
    /// Of this upper bound.
    Bucket(f64),
    Count,
    Sum,
    GaugeSum,
    Created,
}

impl Histograms {
    /// Adds a sample of the histogram that `key` stands for.
    pub(super) fn add(&mut self, key: Vec<u8>, part: Part, value: f64, at: usize) -> Result<(), Violation> {
        let index = *self.index.entry(key).or_insert_with(|| {
            self.histograms.push(Histogram::default());
            self.histograms.len() - 1
        });
        let Some(histogram) = self.histograms.get_mut(index) else { return Ok(()) };
        histogram.at = at;
        match part {
            Part::Bucket(bound) => {
                if let Some((bound_before, value_before)) = histogram.bucket {
                    if bound <= bound_before {
                        return Err(Violation::new(at, "the buckets are not in the order of their bounds"));
                    }
                    if value < value_before {
                        return Err(Violation::new(at, "a bucket is smaller than the one before it"));
                    }
                }
                histogram.has_negative_bound |= bound < 0.0;
                histogram.bucket = Some((bound, value));
            }
            Part::Count => histogram.count = Some(value),
            Part::Sum => histogram.has_sum = true,
            Part::GaugeSum => histogram.gauge_sum = Some(value),
            Part::Created => {}
        }
        Ok(())
    }

    /// Checks all of them. `complete`: a count asks for a sum and a sum for a count.
    pub(super) fn finish(&self, complete: bool) -> Result<(), Violation> {
        self.histograms.iter().try_for_each(|histogram| histogram.finish(complete))
    }
}

impl Histogram {
    fn finish(&self, complete: bool) -> Result<(), Violation> {
        let error = |message: &str| Err(Violation::new(self.at, message));
        let Some((f64::INFINITY, all)) = self.bucket else {
            return error("the histogram has no bucket for +Inf as its last");
        };
        if self.count.is_some_and(|count| count != all) {
            return error("the count of the histogram is not the value of its bucket for +Inf");
        }
        let has_sum = self.has_sum || self.gauge_sum.is_some();
        if complete && has_sum != self.count.is_some() {
            return error("the histogram has a sum without a count, or a count without a sum");
        }
        if complete && self.has_negative_bound && self.has_sum {
            return error("a histogram with buckets below zero has no sum");
        }
        if complete && !self.has_negative_bound && self.gauge_sum.is_some_and(|sum| sum < 0.0) {
            return error("the sum is negative and no bucket is below zero");
        }
        Ok(())
    }
}
