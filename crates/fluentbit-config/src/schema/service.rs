//! The keys of `SERVICE`.

use super::OptionSpec as O;
use super::ValueKind::{Bool, Choice, Double, Int, Text};

pub(super) const SERVICE: &[O] = &[
    O::new("flush", Double, Some("1"), "seconds between deliveries; 5 in 1.8"),
    O::new("grace", Int, Some("5"), "seconds to deliver the rest at the end"),
    O::new("daemon", Bool, Some("off"), "whether to run in the background").ignored(),
    O::new("log_file", Text, None, "the file for our own log").ignored(),
    O::new(
        "log_level",
        Choice(&["off", "error", "warn", "warning", "info", "debug", "trace"]),
        Some("info"),
        "how much is logged",
    ),
    O::new("parsers_file", Text, None, "a file of parsers").repeatable(),
    O::new("plugins_file", Text, None, "a file of external plugins").repeatable(),
    O::new("streams_file", Text, None, "a file of stream processor tasks"),
    O::new("http_server", Bool, Some("off"), "whether the HTTP server runs"),
    O::new("http_listen", Text, Some("0.0.0.0"), "the address it listens on"),
    O::new("http_port", Text, Some("2020"), "the port it listens on"),
    O::new("health_check", Bool, Some("off"), "whether it answers /api/v1/health"),
    O::new("hc_errors_count", Int, Some("5"), "errors that are unhealthy"),
    O::new("hc_retry_failure_count", Int, Some("5"), "failed retries that are unhealthy"),
    O::new("hc_period", Int, Some("60"), "seconds in which they are counted"),
    O::new("hc_throughput", Bool, Some("off"), "whether throughput is a matter of health")
        .ignored()
        .since_5_1(),
    O::new("hc_throughput_input_plugins", Text, None, "the inputs to count").ignored().since_5_1(),
    O::new("hc_throughput_output_plugins", Text, None, "the outputs to count").ignored().since_5_1(),
    O::new("hc_throughput_ratio_threshold", Double, None, "the least ratio of output to input")
        .ignored()
        .since_5_1(),
    O::new("hc_throughput_min_failures", Int, None, "how often it may be less").ignored().since_5_1(),
    O::new("dns.mode", Text, None, "UDP or TCP for name look-ups").ignored(),
    O::new("dns.resolver", Text, None, "LEGACY or ASYNC").ignored().since_5_1(),
    O::new("dns.prefer_ipv4", Bool, Some("off"), "whether IPv4 goes first").ignored().since_5_1(),
    O::new("dns.prefer_ipv6", Bool, Some("off"), "whether IPv6 goes first").ignored().since_5_1(),
    O::new("storage.path", Text, None, "the folder for chunks on disk").ignored(),
    O::new("storage.sync", Text, Some("normal"), "normal or full").ignored(),
    O::new("storage.metrics", Bool, Some("on"), "whether storage is measured"),
    O::new("storage.checksum", Bool, Some("off"), "whether chunks have a checksum").ignored(),
    O::new("storage.backlog.mem_limit", Text, Some("5M"), "memory for chunks of the last run").ignored(),
    O::new("storage.backlog.flush_on_shutdown", Bool, Some("off"), "whether they are delivered at the end")
        .ignored()
        .since_5_1(),
    O::new("storage.max_chunks_up", Int, Some("128"), "chunks of an input in memory").ignored(),
    O::new("storage.pause_on_chunks_overlimit", Bool, Some("off"), "whether to pause above that").ignored(),
    O::new("storage.delete_irrecoverable_chunks", Bool, Some("off"), "whether broken chunks are deleted")
        .ignored()
        .since_5_1(),
    O::new("storage.trim_files", Bool, Some("off"), "whether files are cut to their content")
        .ignored()
        .since_5_1(),
    O::new("storage.type", Text, None, "where chunks of inputs wait").ignored().since_5_1(),
    O::new("storage.inherit", Bool, Some("off"), "whether all inputs take that").ignored().since_5_1(),
    O::new("storage.keep.rejected", Bool, Some("off"), "whether rejected chunks are kept")
        .ignored()
        .since_5_1(),
    O::new("storage.rejected.path", Text, None, "the folder for them").ignored().since_5_1(),
    O::new("coro_stack_size", Int, None, "bytes of a coroutine's stack").ignored(),
    O::new("multiline_buffer_limit", Text, Some("2MB"), "the longest joined message, in units of 1024")
        .ignored()
        .since_5_1(),
    O::new("scheduler.base", Int, Some("5"), "seconds of the first wait before a retry"),
    O::new("scheduler.cap", Int, Some("2000"), "seconds of the longest wait"),
    O::new("json.convert_nan_to_null", Bool, Some("off"), "whether NaN becomes null").ignored().since_5_1(),
    O::new("json.escape_unicode", Bool, Some("on"), "whether JSON is written in ASCII").since_5_1(),
    O::new("sp.convert_from_str_to_num", Bool, Some("on"), "whether stream tasks read numbers")
        .ignored()
        .since_5_1(),
    O::new("enable_chunk_trace", Bool, Some("off"), "whether chunks can be followed").ignored().since_5_1(),
    O::new("hot_reload", Bool, Some("off"), "whether the configuration can be read again").since_5_1(),
    O::new("hot_reload.ensure_thread_safety", Bool, Some("on"), "whether threads end before that")
        .ignored()
        .since_5_1(),
    O::new("hot_reload.timeout", Int, Some("0"), "seconds it may take").ignored().since_5_1(),
];
