//! Prometheus relabelling, exactly: all eleven actions of Prometheus 3.14, its checks and its messages.
//!
//! A [`Rule`] is what stands in a configuration, [`Rules`] are rules that have been checked and can be
//! applied, and [`Rules::explain`] tells what each of them does to a label set and why.
//!
//! ```
//! use prometheus_labels::{LabelSet, LabelsBuilder, NameScheme};
//! use prometheus_relabel::{Action, Regex, Rule, Rules, Scratch, Verdict};
//!
//! let rule = Rule {
//!     source_labels: Some(vec!["__address__".into(), "__meta_port".into()]),
//!     regex: Some(Regex::anchored(r"([^:]+)(?::\d+)?;(\d+)")?),
//!     replacement: "$1:$2".into(),
//!     target_label: "__address__".into(),
//!     ..Rule::default()
//! };
//! let rules = Rules::new(vec![rule], NameScheme::Utf8).unwrap();
//!
//! let target = LabelSet::from([("__address__", "10.0.0.1:80"), ("__meta_port", "9100")]);
//! let mut labels = LabelsBuilder::new().reset(&target);
//! assert_eq!(rules.apply(&mut labels, &mut Scratch::new()), Verdict::Keep);
//! assert_eq!(labels.get("__address__"), "10.0.0.1:9100");
//!
//! let rule = Rule { action: Some(Action::HashMod), target_label: "shard".into(), ..Rule::default() };
//! let errors = Rules::new(vec![rule], NameScheme::Utf8).unwrap_err();
//! assert_eq!(errors[0].1.to_string(), "relabel configuration for hashmod requires non-zero modulus");
//! # Ok::<(), re2_regex::Error>(())
//! ```
//!
//! With the feature `yaml`, the module `yaml` reads rules from a configuration.
//!
//! # Promises
//!
//! No rule and no label makes it panic. Applying a rule takes time linear in the text of the labels it looks
//! at. With a builder and a scratch that are used again, a label set that is dropped costs no allocation,
//! and one that is kept costs that of the finished set.
//!
//! # What it does not do
//!
//! It knows nothing of targets: their default labels, addresses and intervals are for discovery to add and to
//! check. It has none of the actions that other programs have added, such as `if` or `replace_all`.
#![forbid(unsafe_code)]

mod action;
mod case;
mod engine;
mod explain;
mod rule;
#[cfg(feature = "yaml")]
pub mod yaml;

pub use action::{Action, UnknownAction};
pub use engine::{Rules, Scratch, Verdict, hashmod};
pub use explain::{Change, Effect, Explained, Group, Input};
#[doc(no_inline)]
pub use re2_regex::Regex;
pub use rule::{ErrorKind, Field, Rule, RuleError};
