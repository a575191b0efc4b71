//! Objects at hand: collections that are filled elsewhere and asked here.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What became known about a collection.
#[derive(Clone, Debug)]
pub(crate) enum News<T> {
    /// These are all its objects.
    Listed(Vec<(String, T)>),
    /// The object is new or changed.
    Changed(String, T),
    /// The object is gone.
    Deleted(String),
    /// Nothing will ever become known.
    Failed,
}

/// The objects of every collection somebody asked about.
#[derive(Debug)]
pub(crate) struct Collections<T> {
    states: Mutex<HashMap<String, State<T>>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    listed: bool,
    failed: bool,
    objects: HashMap<String, Arc<T>>,
    /// Objects that are gone, oldest first, and since when.
    deleted: VecDeque<(Instant, String, Arc<T>)>,
}

/// How long an object that a list did not hold is waited for: its log can be seen before its event.
const LATE: Duration = Duration::from_millis(500);
/// How long a deleted object is remembered: its last lines may not be read yet.
const REMEMBERED: Duration = Duration::from_mins(10);

impl<T> Collections<T> {
    pub(crate) fn new() -> Self {
        Self { states: Mutex::default(), changed: Condvar::new() }
    }

    /// The object `name` of `collection`. `start` is called, once, for a collection nobody asked about before,
    /// and `missed` when the object is not at hand. Waits up to `patience` for the first list, and for a moment
    /// where a listed collection lacks the object.
    pub(crate) fn get(
        &self,
        collection: &str,
        name: &str,
        patience: Duration,
        start: impl FnOnce(),
        missed: impl FnOnce(),
    ) -> Option<Arc<T>> {
        let asked = Instant::now();
        let mut states = self.lock();
        if !states.contains_key(collection) {
            states.insert(collection.to_owned(), State::new());
            start();
        }
        if let Some(object) = states.get(collection)?.objects.get(name) {
            return Some(Arc::clone(object));
        }
        missed();
        loop {
            let state = states.get(collection)?;
            if let Some(object) = state.objects.get(name) {
                return Some(Arc::clone(object));
            }
            let most = if state.listed { patience.min(LATE) } else { patience };
            let left = most.saturating_sub(asked.elapsed());
            if left.is_zero() || state.failed {
                return None;
            }
            states = match self.changed.wait_timeout(states, left) {
                Ok((guard, _)) => guard,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    /// Takes what became known.
    pub(crate) fn apply(&self, collection: &str, news: News<T>) {
        if let Some(state) = self.lock().get_mut(collection) {
            state.apply(news);
        }
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, State<T>>> {
        // The map is never left half changed, so a panic elsewhere does no harm to it.
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn new() -> Self {
        Self { listed: false, failed: false, objects: HashMap::new(), deleted: VecDeque::new() }
    }

    fn apply(&mut self, news: News<T>) {
        match news {
            News::Listed(objects) => {
                self.listed = true;
                let mut listed: HashMap<_, _> =
                    objects.into_iter().map(|(name, object)| (name, Arc::new(object))).collect();
                std::mem::swap(&mut self.objects, &mut listed);
                // What an earlier list held is gone.
                let mut gone: Vec<_> =
                    listed.into_iter().filter(|(name, _)| !self.objects.contains_key(name)).collect();
                gone.sort_by(|one, other| one.0.cmp(&other.0));
                for (name, object) in gone {
                    self.objects.insert(name.clone(), Arc::clone(&object));
                    self.remember(name, object);
                }
            }
            News::Changed(name, object) => {
                self.objects.insert(name, Arc::new(object));
            }
            News::Deleted(name) => {
                if let Some(object) = self.objects.get(&name) {
                    let object = Arc::clone(object);
                    self.remember(name, object);
                }
            }
            News::Failed => self.failed = true,
        }
    }

    /// Keeps an object that is gone for a while.
    fn remember(&mut self, name: String, object: Arc<T>) {
        let known = self.deleted.iter().any(|(_, _, gone)| Arc::ptr_eq(gone, &object));
        if !known {
            self.deleted.push_back((Instant::now(), name, object));
        }
        while self.deleted.front().is_some_and(|(since, ..)| since.elapsed() > REMEMBERED) {
            let Some((_, name, gone)) = self.deleted.pop_front() else { break };
            // A pod of a StatefulSet comes back under its name, as another object.
            if self.objects.get(&name).is_some_and(|object| Arc::ptr_eq(object, &gone)) {
                self.objects.remove(&name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is answered about `name` after the news, without waiting.
    fn check(news: &[News<u32>], name: &str, expected: Option<u32>) {
        let cache = Collections::new();
        let ask = || cache.get("c", name, Duration::ZERO, || {}, || {}).map(|object| *object);
        assert_eq!(ask(), None, "before anything is known");
        for news in news {
            cache.apply("c", news.clone());
        }
        assert_eq!(ask(), expected, "{news:?}");
    }

    fn listed(objects: &[(&str, u32)]) -> News<u32> {
        News::Listed(objects.iter().map(|(name, object)| ((*name).to_owned(), *object)).collect())
    }

    #[test]
    fn news() {
        let changed = |object| News::Changed("a".to_owned(), object);
        let deleted = || News::Deleted("a".to_owned());
        check(&[listed(&[("a", 1), ("b", 2)])], "a", Some(1));
        check(&[listed(&[("b", 2)])], "a", None);
        check(&[listed(&[]), changed(1), changed(2)], "a", Some(2));
        // What is gone is remembered, and what comes back is another object.
        check(&[listed(&[("a", 1)]), deleted()], "a", Some(1));
        check(&[listed(&[("a", 1)]), deleted(), changed(3)], "a", Some(3));
        check(&[listed(&[("a", 1)]), listed(&[])], "a", Some(1));
        check(&[deleted()], "a", None);
    }

    #[test]
    fn a_collection_is_started_once() {
        let cache = Collections::<u32>::new();
        let (mut started, mut missed) = (0, 0);
        for _ in 0..3 {
            let found = cache.get("c", "a", Duration::ZERO, || started += 1, || missed += 1);
            assert_eq!(found, None);
        }
        cache.apply("c", listed(&[("a", 7)]));
        assert!(cache.get("c", "a", Duration::ZERO, || started += 1, || missed += 1).is_some());
        assert_eq!((started, missed), (1, 3));
    }

    #[test]
    fn nobody_waits_for_what_failed() {
        let cache = Collections::<u32>::new();
        assert!(cache.get("c", "a", Duration::ZERO, || {}, || {}).is_none());
        cache.apply("c", News::Failed);
        assert!(cache.get("c", "a", Duration::from_secs(3600), || {}, || {}).is_none());
    }
}
