//! The fuzz targets of all parsers, and what must hold of each.
//!
//! `cargo test` replays what is kept below `regressions/`; `fuzz/run` searches for more, with `cargo fuzz`.
#![forbid(unsafe_code)]

mod bulk_response;
mod decoder;
mod exposition_families;
mod exposition_headers;
mod exposition_openmetrics;
mod exposition_protobuf;
mod exposition_text;
mod fluentbit_config_classic;
mod fluentbit_config_load;
mod fluentbit_config_yaml;
mod fluentbit_filter_accessor;
mod joined_lines;
mod kubernetes_tag;
mod multiline;
mod onigmo_regex;
mod parser_json;
mod parser_logfmt;
mod parser_ltsv;
mod parser_regex;
mod prometheus_config;
mod re2_regex;
mod relabel;
mod remote_write;
mod time_format;
mod yaml_tree;

/// A target: it panics if its input breaks a promise.
pub type Target = fn(&[u8]);

/// All targets by name. Each has a file of this name in `src/` that says what must hold, and one in
/// `fuzz_targets/` that hands it to the fuzzer.
pub const TARGETS: &[(&str, Target)] = &[
    ("bulk_response", bulk_response::run),
    ("decoder", decoder::run),
    ("exposition_families", exposition_families::run),
    ("exposition_headers", exposition_headers::run),
    ("exposition_openmetrics", exposition_openmetrics::run),
    ("exposition_protobuf", exposition_protobuf::run),
    ("exposition_text", exposition_text::run),
    ("fluentbit_config_classic", fluentbit_config_classic::run),
    ("fluentbit_config_load", fluentbit_config_load::run),
    ("fluentbit_config_yaml", fluentbit_config_yaml::run),
    ("fluentbit_filter_accessor", fluentbit_filter_accessor::run),
    ("joined_lines", joined_lines::run),
    ("kubernetes_tag", kubernetes_tag::run),
    ("multiline", multiline::run),
    ("onigmo_regex", onigmo_regex::run),
    ("parser_json", parser_json::run),
    ("parser_logfmt", parser_logfmt::run),
    ("parser_ltsv", parser_ltsv::run),
    ("parser_regex", parser_regex::run),
    ("prometheus_config", prometheus_config::run),
    ("re2_regex", re2_regex::run),
    ("relabel", relabel::run),
    ("remote_write", remote_write::run),
    ("time_format", time_format::run),
    ("yaml_tree", yaml_tree::run),
];

/// Runs the target `name`.
///
/// # Panics
///
/// When there is no such target, or `data` breaks one of its promises.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.0 == name);
    (target.expect("the target is in the list").1)(data);
}
