//! The keys of parsers.

use super::OptionSpec as O;
use super::ValueKind::{Bool, Choice, Text, Time, Words};

pub(super) const PARSER: &[O] = &[
    O::new("name", Text, None, "the name others use"),
    O::new("format", Choice(&["json", "regex", "ltsv", "logfmt"]), None, "what the lines are"),
    O::new("regex", Text, None, "the pattern, whose named groups become fields"),
    O::new("skip_empty_values", Bool, Some("true"), "whether groups that match nothing are left out"),
    O::new("time_key", Text, Some("time"), "the field with the time"),
    O::new("time_format", Text, None, "the form of the time"),
    O::new("time_keep", Bool, Some("false"), "whether that field stays"),
    O::new("time_strict", Bool, Some("true"), "whether a time that does not fit is a failure"),
    O::new("time_offset", Text, None, "the zone of times without one, as +0100"),
    O::new("time_system_timezone", Bool, Some("false"), "whether that is the zone of the system").since_5_1(),
    O::new("time_zone", Text, None, "that zone by its name").since_5_1(),
    O::new("types", Text, None, "NAME:TYPE of fields"),
    O::new("logfmt_no_bare_keys", Bool, Some("false"), "whether a key without value is a failure")
        .since_5_1(),
    O::new("decode_field", Words(2), None, "DECODER FIELD: take a field apart").repeatable(),
    O::new("decode_field_as", Words(2), None, "DECODER FIELD: replace a field").repeatable(),
];

pub(super) const MULTILINE_PARSER: &[O] = &[
    O::new("name", Text, None, "the name others use"),
    O::new("type", Choice(&["regex", "endswith", "equal", "eq"]), None, "how the end of a message is found"),
    O::new("match_string", Text, None, "the text to compare with"),
    O::new("negate", Bool, Some("false"), "whether the comparison is turned round"),
    O::new("key_content", Text, None, "the field with the line"),
    O::new("key_pattern", Text, None, "the field to compare"),
    O::new("key_group", Text, None, "the field that keeps streams apart"),
    O::new("flush_timeout", Time, Some("4000"), "milliseconds to wait for the next line"),
    O::new("parser", Text, None, "the parser of the lines"),
    O::new("rule", Words(3), None, "\"STATE\" \"PATTERN\" \"NEXT STATE\"").repeatable(),
];
