//! What filters are given beside the record, and what they answer.

use std::fmt;

use event_model::{Arena, Compat, Field, Record, Timestamp};
use fluentbit_parser::json::JsonReader;
use onigmo_regex::Captures;
use source_text::Span;

/// What a filter needs to work on one record.
#[derive(Debug)]
#[non_exhaustive]
pub struct Context<'a, 's> {
    /// The tag of the record.
    pub tag: &'a [u8],
    /// The time it is.
    pub now: Timestamp,
    /// Memory for what is made while the batch is processed.
    pub arena: &'a Arena,
    /// Memory that is used again for every record.
    pub scratch: &'s mut Scratch,
}

impl<'a, 's> Context<'a, 's> {
    /// A context for the records of `tag` at `now`.
    #[must_use]
    pub fn new(tag: &'a [u8], now: Timestamp, arena: &'a Arena, scratch: &'s mut Scratch) -> Self {
        Self { tag, now, arena, scratch }
    }
}

/// Memory that filters use again for every record, and the source of random ids.
///
/// One is enough for all filters of a thread.
#[derive(Default)]
pub struct Scratch {
    pub(crate) captures: Captures,
    pub(crate) bytes: Vec<u8>,
    pub(crate) parsers: fluentbit_parser::Scratch,
    json: (Compat, JsonReader),
    fields: Record<'static>,
    random: Random,
}

impl Scratch {
    /// Scratch memory whose random ids follow from `seed`. A program takes the seed from its system's source
    /// of randomness; equal seeds give equal ids.
    #[must_use]
    pub fn seeded(seed: u128) -> Self {
        Self { random: Random(seed), ..Self::default() }
    }

    /// A reader of JSON as a release reads it.
    pub(crate) fn json(&mut self, compat: Compat) -> &mut JsonReader {
        if self.json.0 != compat {
            self.json = (compat, JsonReader::new(compat));
        }
        &mut self.json.1
    }

    /// An empty list of fields. Give it back with [`put_fields`](Self::put_fields) to use its memory again.
    pub(crate) fn take_fields<'a>(&mut self) -> Vec<Field<'a>> {
        std::mem::take(&mut self.fields).fields
    }

    pub(crate) fn put_fields(&mut self, fields: Vec<Field<'_>>) {
        self.fields = Record { fields, ..Record::default() }.recycle();
    }

    pub(crate) fn random(&mut self) -> u128 {
        self.random.next()
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The rest is memory without a meaning between two records, and the state of the generator.
        f.debug_struct("Scratch").finish_non_exhaustive()
    }
}

/// A generator that is fast and good enough for ids: SplitMix64, twice for each number.
#[derive(Clone, Copy, Default)]
struct Random(u128);

impl Random {
    fn next(&mut self) -> u128 {
        let (high, low) = ((self.0 >> 64) as u64, self.0 as u64);
        let high = high.wrapping_add(0x9e37_79b9_7f4a_7c15);
        // Another odd increment: two streams that start equal do not stay equal.
        let low = low.wrapping_add(0xbf58_476d_1ce4_e5b9);
        self.0 = u128::from(high) << 64 | u128::from(low);
        u128::from(mix(high)) << 64 | u128::from(mix(low ^ high.rotate_left(32)))
    }
}

fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// What becomes of a record.
///
/// Two verdicts depend on the other records of the batch, where a batch is what an input hands over at once
/// (for `tail`, the lines of one read): Fluent Bit filters whole batches and looks at the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict<'a> {
    /// The record goes on, changed or not.
    Keep,
    /// The record is gone.
    Drop,
    /// A copy of the record starts again at the first filter under another tag (`rewrite_tag`).
    ///
    /// The copy must not come to the filter that emitted it a second time: Fluent Bit 5.1.1 leaves such a
    /// record as it is, 1.8.11 loops until it crashes.
    Retag {
        /// The new tag.
        tag: &'a [u8],
        /// Whether the record also goes on under its old tag.
        keep: bool,
    },
    /// The record goes on, unless another record of its batch is retagged by this filter; then it is gone
    /// (`rewrite_tag` of 1.8.11).
    KeepUnlessOthersRetag,
    /// The record is gone, unless this filter drops all records of its batch; then they all go on unchanged
    /// (`record_modifier` of 5.1.1). The record was not changed.
    DropUnlessAllDrop,
    /// The record is to be given to [`MultilineFilter::push`](crate::multiline::MultilineFilter::push), which
    /// may keep it (`multiline`).
    Join,
}

/// Sees how a filter decides. The empty tuple sees nothing and costs nothing.
pub trait Observer {
    /// Something happened.
    fn observe(&mut self, event: Event);
}

impl Observer for () {
    #[inline]
    fn observe(&mut self, _: Event) {}
}

impl Observer for Vec<Event> {
    fn observe(&mut self, event: Event) {
        self.push(event);
    }
}

/// A step of a filter on its way to a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A rule or condition was tried.
    Tried {
        /// The property it stands in.
        rule: Span,
        /// Whether it held: a pattern matched, a change was made.
        held: bool,
    },
    /// This rule decided about the record.
    Decided {
        /// The property it stands in.
        rule: Span,
    },
    /// `log` was taken apart and its parts were merged into the record (`kubernetes`).
    Merged,
    /// `log` could not be taken apart (`kubernetes`).
    NotMerged,
    /// An annotation of the pod excludes the record (`kubernetes`).
    Excluded,
    /// The tag names no pod, so the record was left alone (`kubernetes`).
    NoPod,
    /// Nothing is known about the pod, so the record got no metadata (`kubernetes`).
    NoMetadata,
    /// No field would be left (`record_modifier`).
    Emptied,
    /// The field to parse is missing or no text (`parser`).
    NoField,
    /// No parser understood the field (`parser`).
    NotParsed,
}

#[cfg(test)]
mod tests {
    use event_model::Value;

    use super::*;

    #[test]
    fn scratch_fields_keep_their_memory() {
        let mut scratch = Scratch::default();
        let text = b"text".to_vec();
        let mut fields = scratch.take_fields();
        fields.extend([Field::new(&text, Value::Null); 40]);
        let capacity = fields.capacity();
        scratch.put_fields(fields);
        let again = scratch.take_fields();
        assert!(again.is_empty());
        assert_eq!(again.capacity(), capacity);
    }

    #[test]
    fn random_numbers_follow_from_the_seed() {
        let take = |seed| {
            let mut scratch = Scratch::seeded(seed);
            [scratch.random(), scratch.random(), scratch.random()]
        };
        assert_eq!(take(1), take(1));
        assert_ne!(take(1), take(2));
        let [a, b, c] = take(0);
        assert!(a != b && b != c && a != c);
    }
}
