//! Processors that are no filters, and their options.

use super::OptionSpec as O;
use super::PluginSpec;
use super::ValueKind::{Choice, Text};
use crate::section::SectionKind;

/// The processors; filters are processors, too.
pub(super) const PLUGINS: &[PluginSpec] = &[
    PluginSpec::new("content_modifier", SectionKind::Filter, CONTENT_MODIFIER),
    unsupported("cumulative_to_delta"),
    unsupported("labels"),
    unsupported("metrics_selector"),
    unsupported("opentelemetry_envelope"),
    unsupported("sampling"),
    unsupported("sql"),
    unsupported("tda"),
];

const fn unsupported(name: &'static str) -> PluginSpec {
    PluginSpec { options: None, supported: false, ..PluginSpec::new(name, SectionKind::Filter, &[]) }
}

const CONTENT_MODIFIER: &[O] = &[
    O::new(
        "action",
        Choice(&["insert", "upsert", "delete", "rename", "hash", "extract", "convert"]),
        None,
        "what to do with the field",
    ),
    O::new("context", Text, None, "the part of the record: body or attributes"),
    O::new("key", Text, None, "the field"),
    O::new("value", Text, None, "its new value, or its new name"),
    O::new("pattern", Text, None, "the pattern whose named groups become fields"),
    O::new("converted_type", Text, None, "string, boolean, int or double"),
];
