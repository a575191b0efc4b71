//! What expositions say about metric families.

use std::collections::BTreeMap;
use std::sync::Arc;

use prometheus_exposition::MetricType;
use prometheus_labels::name;

use crate::{Metadata, Series};

/// For how many scrapes metadata is kept that is not there any more.
const KEPT: u64 = 10;

/// The metadata of a target's families, and the family that is being read.
#[derive(Debug, Default)]
pub(crate) struct Families {
    known: BTreeMap<Box<[u8]>, Known>,
    current: Option<Arc<Metadata>>,
}

#[derive(Debug)]
struct Known {
    metadata: Arc<Metadata>,
    seen: u64,
}

impl Families {
    pub(crate) fn rewind(&mut self) {
        self.current = None;
    }

    /// Takes note of a line about the family `name`; `is_news` is asked whether it says something new, and `change`
    /// says it.
    pub(crate) fn note(
        &mut self,
        name: &[u8],
        scrape: u64,
        is_news: impl Fn(&Metadata) -> bool,
        change: impl FnOnce(&mut Metadata),
    ) {
        if !self.known.contains_key(name) {
            let metadata = Arc::new(Metadata::new(String::from_utf8_lossy(name)));
            self.known.insert(name.into(), Known { metadata, seen: scrape });
        }
        let Some(known) = self.known.get_mut(name) else { return };
        known.seen = scrape;
        if is_news(&known.metadata) {
            change(Arc::make_mut(&mut known.metadata));
        }
        self.current = Some(Arc::clone(&known.metadata));
    }

    /// The series with the metadata of the family that is being read, if it is another than it has.
    pub(crate) fn renewed(&mut self, series: &Series) -> Option<Series> {
        let current = self.current.as_ref()?;
        if series.metadata().is_some_and(|metadata| Arc::ptr_eq(metadata, current)) {
            return None;
        }
        let metric = series.labels().get(name::METRIC_NAME).unwrap_or_default();
        if !belongs(metric, &current.family, current.metric_type) {
            // As in Prometheus, what does not fit is not asked again.
            self.current = None;
            return None;
        }
        if series.metadata().is_some_and(|metadata| metadata == current) {
            return None;
        }
        Some(series.clone().with_metadata(Some(Arc::clone(current))))
    }

    pub(crate) fn forget_old(&mut self, scrape: u64) {
        self.known.retain(|_, known| scrape - known.seen <= KEPT);
    }
}

/// Whether a metric belongs to a family of this type.
fn belongs(metric: &str, family: &str, metric_type: MetricType) -> bool {
    let (suffixes, of_family): (&[&str], &str) = match metric_type {
        MetricType::Counter => (&["_total"], "_total"),
        MetricType::Histogram => (&["_bucket", "_sum", "_count"], ""),
        MetricType::GaugeHistogram => (&["_bucket", "_gsum", "_gcount"], ""),
        MetricType::Summary => (&["_sum", "_count"], ""),
        MetricType::Info => (&["_info"], "_info"),
        _ => (&[], ""),
    };
    let base = suffixes.iter().find_map(|suffix| metric.strip_suffix(suffix)).unwrap_or(metric);
    family.strip_suffix(of_family).unwrap_or(family) == base
}

#[cfg(test)]
mod tests {
    use super::{MetricType, belongs};

    #[test]
    fn metrics_of_families() {
        use MetricType::{Counter, GaugeHistogram, Histogram, Info, Summary, Unknown};
        for (metric, family, metric_type, expected) in [
            ("a_total", "a", Counter, true),
            ("a_total", "a_total", Counter, true),
            ("a", "a_total", Counter, true),
            ("a_created", "a", Counter, false),
            ("a_bucket", "a", Histogram, true),
            ("a_gsum", "a", Histogram, false),
            ("a_gsum", "a", GaugeHistogram, true),
            ("a_sum", "a", Summary, true),
            ("a_bucket", "a", Summary, false),
            ("a_info", "a", Info, true),
            ("a", "a", Unknown, true),
            ("ab", "a", Unknown, false),
        ] {
            assert_eq!(belongs(metric, family, metric_type), expected, "{metric} {family} {metric_type}");
        }
    }
}
