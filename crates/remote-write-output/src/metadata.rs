//! What version 1 sends about metric families, beside the samples.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_remote_write::{Encoder, Metadata as Written, Version, compress};
use prometheus_scrape::{Metadata, Sample};
use tokio::time::sleep;

use crate::counters::add;
use crate::request::Answer;
use crate::writer::Shared;

/// The families that samples were appended of since they were sent last.
#[derive(Debug, Default)]
pub(crate) struct Families(Mutex<BTreeMap<String, Arc<Metadata>>>);

impl Families {
    pub(crate) fn note(&self, samples: &[Sample]) {
        let mut families = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before: Option<&Arc<Metadata>> = None;
        for metadata in samples.iter().filter_map(|sample| sample.series.metadata()) {
            // Samples of a family come one after another.
            if before.is_some_and(|before| Arc::ptr_eq(before, metadata)) {
                continue;
            }
            before = Some(metadata);
            if !families.contains_key(&metadata.family) {
                families.insert(metadata.family.clone(), Arc::clone(metadata));
            }
        }
    }

    fn take(&self) -> Vec<Arc<Metadata>> {
        let families = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        families.into_values().collect()
    }
}

/// Sends the families in intervals. A request that fails three times is given up: the next interval has it again.
pub(crate) async fn run(shared: Arc<Shared>) {
    let config = &shared.config.metadata;
    let interval = Duration::from_millis(config.send_interval.as_millis()).max(Duration::from_millis(1));
    let most = usize::try_from(config.max_samples_per_send).unwrap_or(1).max(1);
    loop {
        sleep(interval).await;
        let families = shared.families.take();
        if shared.version() != Version::V1 {
            continue;
        }
        for part in families.chunks(most) {
            let mut encoder = Encoder::new(Version::V1);
            for family in part {
                let (help, unit) = (family.help.as_str(), family.unit.as_str());
                encoder.family(&family.family, &Written { metric_type: family.metric_type, help, unit });
            }
            let mut message = Vec::new();
            encoder.finish(&mut message);
            let body = compress(&message);
            for attempt in 0..3 {
                add(&shared.counters.requests, 1);
                match shared.receiver.send(Version::V1, body.clone(), attempt).await {
                    Answer::Accepted { .. } => {
                        add(&shared.counters.metadata_sent, part.len());
                        add(&shared.counters.bytes_sent, body.len());
                        break;
                    }
                    Answer::Again { after, .. } => sleep(after.unwrap_or(Duration::from_secs(1))).await,
                    _ => break,
                }
            }
        }
    }
}
