//! A bulk body on its way, and what is known of each of its documents.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use elasticsearch_bulk::{BulkBody, BulkItem, Outcome, Remedy, ServerError};
use tokio::time::Instant;

use crate::retry::{Backoff, RetryLimit};

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing yet: it has to be sent, perhaps again.
    Pending,
    /// It is stored.
    Delivered,
    /// The server will never take it.
    Rejected,
    /// It was sent as often as it may be.
    GivenUp,
}

/// A document that is not delivered and will not be sent again.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rejected<'a> {
    /// Its action line and itself.
    pub item: BulkItem<'a>,
    /// [`Verdict::Rejected`] or [`Verdict::GivenUp`].
    pub verdict: Verdict,
    /// What the server said last.
    pub error: &'a ServerError<'a>,
}

/// Takes documents that are not delivered and will not be sent again. Closures do.
pub trait RejectedSink: Send {
    /// Takes one.
    ///
    /// # Errors
    /// It could not be kept. It stays pending then, and sending ends with this error.
    fn rejected(&mut self, rejected: Rejected<'_>) -> io::Result<()>;
}

impl<F: FnMut(Rejected<'_>) -> io::Result<()> + Send> RejectedSink for F {
    fn rejected(&mut self, rejected: Rejected<'_>) -> io::Result<()> {
        self(rejected)
    }
}

/// A bulk body on its way.
///
/// The state of each document is kept here, not in the future that sends: when that is dropped, what was not
/// settled is still [`Pending`](Verdict::Pending) and the batch can be sent on.
#[derive(Debug)]
pub struct Batch {
    verdicts: Vec<Verdict>,
    pending: usize,
    queue: VecDeque<Part>,
    retries: u64,
}

/// Documents that are sent in one request.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) body: Arc<BulkBody>,
    /// Where the items stand in the batch; all of it if `None`.
    places: Option<Vec<usize>>,
    /// How often they were sent in vain.
    attempts: u32,
    pub(crate) not_before: Option<Instant>,
}

/// How often and when to send again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    pub(crate) limit: RetryLimit,
    pub(crate) backoff: Backoff,
}

/// What to do with one item of a part.
enum Fate<'a> {
    Delivered,
    Again(ServerError<'a>),
    Rejected(ServerError<'a>),
}

impl Batch {
    /// A batch of which nothing was sent. A body that is shared can be used again when the batch is gone.
    #[must_use]
    pub fn new(body: impl Into<Arc<BulkBody>>) -> Self {
        let body = body.into();
        let count = body.len();
        let whole = Part { body, places: None, attempts: 0, not_before: None };
        Self {
            verdicts: vec![Verdict::Pending; count],
            pending: count,
            queue: if count == 0 { VecDeque::new() } else { VecDeque::from([whole]) },
            retries: 0,
        }
    }

    /// The verdict about each document, in order.
    #[must_use]
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// How many documents have no verdict yet.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending
    }

    /// Whether every document has its verdict.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.pending == 0
    }

    /// How often something of the batch was put back to be sent again.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries
    }

    /// The place in the queue of the part that is due first.
    pub(crate) fn next(&self) -> Option<usize> {
        (0..self.queue.len()).min_by_key(|index| self.queue[*index].not_before)
    }

    pub(crate) fn part(&mut self, index: usize) -> Option<&mut Part> {
        self.queue.get_mut(index)
    }

    /// Applies what an answer means for the part at `index`. This cannot be interrupted.
    pub(crate) fn apply(
        &mut self,
        index: usize,
        outcome: Outcome<'_>,
        policy: RetryPolicy,
        sink: &mut dyn RejectedSink,
    ) -> io::Result<()> {
        let Some(part) = self.queue.remove(index) else { return Ok(()) };
        match outcome {
            Outcome::Partial(problems) => {
                let mut fates: Vec<_> = (0..part.body.len()).map(|_| Fate::Delivered).collect();
                for problem in problems {
                    if let Some(fate) = fates.get_mut(problem.item) {
                        *fate = match problem.remedy {
                            Remedy::Reject => Fate::Rejected(problem.error),
                            _ => Fate::Again(problem.error),
                        };
                    }
                }
                self.settle(&part, fates.into_iter(), policy, sink)
            }
            Outcome::Retry(error) => {
                let fates = (0..part.body.len()).map(|_| Fate::Again(error.clone()));
                self.settle(&part, fates, policy, sink)
            }
            Outcome::Refused(error) if part.body.len() <= 1 => {
                self.settle(&part, std::iter::once(Fate::Rejected(error)), policy, sink)
            }
            Outcome::Refused(error) => {
                tracing::debug!(items = part.body.len(), %error, "the request is refused; sending halves");
                let (first, second) = part.halves();
                self.queue.push_front(second);
                self.queue.push_front(first);
                Ok(())
            }
            Outcome::TypesRefused => {
                self.queue.push_front(part.without_types());
                Ok(())
            }
            _ => self.settle(&part, (0..part.body.len()).map(|_| Fate::Delivered), policy, sink),
        }
    }

    fn settle<'a>(
        &mut self,
        part: &Part,
        mut fates: impl Iterator<Item = Fate<'a>>,
        policy: RetryPolicy,
        sink: &mut dyn RejectedSink,
    ) -> io::Result<()> {
        let attempts = part.attempts + 1;
        let mut again = Vec::new();
        let mut last_error = None;
        for item in 0..part.body.len() {
            let (verdict, error) = match fates.next() {
                Some(Fate::Again(error)) if policy.limit.allows(attempts) => {
                    again.push(item);
                    last_error = Some(error);
                    continue;
                }
                Some(Fate::Again(error)) => (Verdict::GivenUp, error),
                Some(Fate::Rejected(error)) => (Verdict::Rejected, error),
                Some(Fate::Delivered) | None => {
                    self.set(part.place(item), Verdict::Delivered);
                    continue;
                }
            };
            let document = part.body.item(item).unwrap_or(BulkItem::new(&[], &[]));
            tracing::warn!(?verdict, %error, "a document is not delivered");
            if let Err(error) = sink.rejected(Rejected { item: document, verdict, error: &error }) {
                again.extend(item..part.body.len());
                self.queue.push_back(part.select(&again, part.attempts, None));
                return Err(error);
            }
            self.set(part.place(item), verdict);
        }
        if let Some(error) = last_error {
            let wait = policy.backoff.random_wait(attempts);
            tracing::warn!(items = again.len(), attempts, ?wait, %error, "sending again later");
            self.retries += 1;
            self.queue.push_back(part.select(&again, attempts, Some(Instant::now() + wait)));
        }
        Ok(())
    }

    fn set(&mut self, place: usize, verdict: Verdict) {
        if let Some(slot) = self.verdicts.get_mut(place)
            && *slot == Verdict::Pending
        {
            *slot = verdict;
            self.pending -= 1;
        }
    }
}

impl Part {
    /// Takes the types out of the action lines.
    pub(crate) fn strip_types(&mut self) {
        if self.body.has_types() {
            self.body = Arc::new(self.body.without_types());
        }
    }

    fn without_types(mut self) -> Self {
        self.strip_types();
        self
    }

    /// Where an item stands in the batch.
    fn place(&self, item: usize) -> usize {
        self.places.as_ref().map_or(item, |places| places.get(item).copied().unwrap_or(usize::MAX))
    }

    fn halves(&self) -> (Self, Self) {
        let items: Vec<_> = (0..self.body.len()).collect();
        let (first, second) = items.split_at(items.len().div_ceil(2));
        (self.select(first, self.attempts, None), self.select(second, self.attempts, None))
    }

    fn select(&self, items: &[usize], attempts: u32, not_before: Option<Instant>) -> Self {
        let all = items.len() == self.body.len();
        Self {
            body: if all {
                Arc::clone(&self.body)
            } else {
                Arc::new(self.body.select(items.iter().copied()))
            },
            places: Some(items.iter().map(|item| self.place(*item)).collect()),
            attempts,
            not_before,
        }
    }
}
