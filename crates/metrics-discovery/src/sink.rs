//! What a discovery has told, so that only changes are told.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_config::TargetGroup;

use crate::manager::{Shared, Update};

/// Takes the groups of one discovery. Clones are the same sink.
#[derive(Clone)]
pub(crate) struct Sink {
    shared: Arc<Shared>,
    job: Arc<str>,
    index: usize,
    known: Arc<Mutex<Known>>,
}

/// The groups that were told, by source, with a number that stands for their content.
#[derive(Default)]
struct Known {
    groups: BTreeMap<String, u64>,
    /// A task that was stopped may still be at work for a moment; it is no longer listened to.
    is_closed: bool,
}

impl Sink {
    pub(crate) fn new(shared: Arc<Shared>, job: Arc<str>, index: usize) -> Self {
        Self { shared, job, index, known: Arc::default() }
    }

    /// The sink of the discovery that takes this one's place. It knows what was told so far.
    pub(crate) fn successor(&self) -> Self {
        let groups = std::mem::take(&mut self.lock().groups);
        self.close();
        let known = Known { groups, is_closed: false };
        Self { known: Arc::new(Mutex::new(known)), ..self.clone() }
    }

    /// Listens no more.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
    }

    /// These are all groups.
    pub(crate) fn snapshot(&self, groups: Vec<TargetGroup>) {
        let mut known = self.lock();
        let sources: BTreeSet<_> = groups.iter().map(|group| group.source.as_str()).collect();
        let gone = known.groups.keys().filter(|source| !sources.contains(source.as_str()));
        let gone: Vec<_> = gone.cloned().collect();
        for source in gone {
            self.apply(&mut known, &source, None);
        }
        for group in groups {
            self.apply(&mut known, &group.source.clone(), Some(group));
        }
    }

    /// The group `source` is new, changed, or gone.
    pub(crate) fn change(&self, source: &str, group: Option<TargetGroup>) {
        self.apply(&mut self.lock(), source, group);
    }

    pub(crate) fn count_failure(&self) {
        self.shared.count_failure();
    }

    pub(crate) fn job(&self) -> &str {
        &self.job
    }

    fn apply(&self, known: &mut Known, source: &str, group: Option<TargetGroup>) {
        if known.is_closed {
            return;
        }
        let is_news = match &group {
            Some(group) => {
                let number = number(group);
                known.groups.insert(source.to_owned(), number) != Some(number)
            }
            None => known.groups.remove(source).is_some(),
        };
        if is_news {
            let source = format!("{}:{source}", self.index);
            self.shared.tell(Update { job: Arc::clone(&self.job), source, group });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn number(group: &TargetGroup) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&group.targets, &group.labels).hash(&mut hasher);
    hasher.finish()
}
