//! Fluent Bit's filters on borrowed records.
//!
//! [`Filter`] is any of `grep`, `kubernetes`, `parser`, `modify`, `record_modifier`, `nest`, `rewrite_tag` and
//! `multiline`, or the processor `content_modifier`, with the semantics of Fluent Bit 5.1.1 or 1.8.11, as its section says. What depends on the tag alone (does
//! the filter apply, what is known about the pod) is worked out once per tag; what is left for each record is
//! a look at its fields.
//!
//! ```
//! use event_model::{Arena, Compat, Field, Record, Timestamp, Value};
//! use fluentbit_config::{MemoryFiles, load};
//! use fluentbit_filter::{Context, Filter, Scratch, Verdict};
//! use fluentbit_parser::ParserSet;
//! use fluentbit_parser::multiline::MultilineSet;
//!
//! let files = MemoryFiles::from([(
//!     "fluent-bit.conf",
//!     "[FILTER]\n    Name grep\n    Match app.*\n    Regex level ^(warn|error)$\n",
//! )]);
//! let (config, _) = load("fluent-bit.conf", &files, &(), Compat::V5_1);
//! let mut problems = Vec::new();
//! let (parsers, multiline) = (ParserSet::new(), MultilineSet::builtin(Compat::V5_1));
//! let filter = Filter::from_section(&config.filters[0], &parsers, &multiline, &mut problems).unwrap();
//!
//! // Once for each tag. The empty tuple is a source of metadata that knows no pod.
//! let (tag, now) = (b"app.web", Timestamp::new(1_700_000_000, 0));
//! let state = filter.prepare(tag, &(), now).unwrap();
//! assert!(filter.prepare(b"db", &(), now).is_none());
//!
//! // For each record.
//! let (arena, mut scratch) = (Arena::new(), Scratch::default());
//! let mut record = Record::new(now);
//! record.fields.push(Field::new(b"level", Value::Str(b"info")));
//! let verdict = filter.apply(&state, &mut record, &mut Context::new(tag, now, &arena, &mut scratch));
//! assert_eq!(verdict, Verdict::Drop);
//! ```
//!
//! To see how a filter decides, give [`Filter::apply_observed`] a list of [`Event`]s; without an observer the
//! same code runs and tells nobody, at no cost.
//!
//! Promises: no input makes it panic, time is linear in the record for each rule (patterns that need
//! backtracking have a step limit), and a record that is dropped costs no allocation.
//!
//! What it does not do:
//!
//! - ask a Kubernetes API: [`kubernetes::Metadata`] is the caller's;
//! - bring records to the next filter, or back to the first under another tag: it answers a [`Verdict`];
//! - check property names: `fluentbit-config` knows them. Unknown ones are ignored here;
//! - `lua` and the other filters of Fluent Bit, or the `Use_Journal` mode of `kubernetes`.
#![forbid(unsafe_code)]

pub mod accessor;
mod condition;
pub mod content_modifier;
mod context;
mod filter;
pub mod grep;
pub mod kubernetes;
pub mod matching;
pub mod modify;
pub mod multiline;
pub mod nest;
pub mod parser;
pub mod record_modifier;
mod regex;
pub mod rewrite_tag;
mod split;
#[cfg(test)]
mod test_support;

pub use context::{Context, Event, Observer, Scratch, Verdict};
pub use filter::{Filter, FilterKind, TagState};
