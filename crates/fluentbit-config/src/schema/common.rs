//! Options every plugin of a kind has.

use super::OptionSpec as O;
use super::ValueKind::{Bool, Choice, Int, Size, Text, Time};

const LEVELS: &[&str] = &["off", "error", "warn", "warning", "info", "debug", "trace"];

const ALIAS: O = O::new("alias", Text, None, "a name of its own for messages and metrics");
const LOG_LEVEL: O = O::new("log_level", Choice(LEVELS), None, "how much this plugin logs").ignored();
const LOG_SUPPRESS: O =
    O::new("log_suppress_interval", Time, Some("0"), "how long the same message is not repeated")
        .since_5_1()
        .ignored();
const MATCH_REGEX: O = O::new("match_regex", Text, None, "a regular expression for the tags it takes");

macro_rules! with_network {
    ($($option:expr),* $(,)?) => {
        &[
            $($option,)*
            O::new("ipv6", Bool, None, "whether to use IPv6").ignored(),
            O::new("tls", Bool, Some("off"), "whether to use TLS"),
            O::new("tls.verify", Bool, Some("on"), "whether the peer's certificate is checked"),
            O::new("tls.verify_hostname", Bool, Some("off"), "whether the host name is checked").ignored().since_5_1(),
            O::new("tls.debug", Int, Some("1"), "how much TLS logs, 0 to 4").ignored(),
            O::new("tls.vhost", Text, None, "the host name to ask for").may_be_empty(),
            O::new("tls.ca_path", Text, None, "a folder of authorities' certificates").may_be_empty(),
            O::new("tls.ca_file", Text, None, "a file of authorities' certificates").may_be_empty(),
            O::new("tls.crt_file", Text, None, "our certificate").may_be_empty(),
            O::new("tls.key_file", Text, None, "the key of our certificate").may_be_empty(),
            O::new("tls.key_passwd", Text, None, "the password of that key").may_be_empty(),
            O::new("tls.min_version", Text, None, "the oldest version of TLS").ignored().may_be_empty().since_5_1(),
            O::new("tls.max_version", Text, None, "the newest version of TLS").ignored().may_be_empty().since_5_1(),
            O::new("tls.ciphers", Text, None, "the ciphers to offer").ignored().may_be_empty().since_5_1(),
            O::new("net.dns.mode", Text, None, "UDP or TCP for name look-ups").ignored(),
            O::new("net.dns.resolver", Text, None, "LEGACY or ASYNC").ignored().since_5_1(),
            O::new("net.dns.prefer_ipv4", Bool, Some("false"), "whether IPv4 goes first").ignored().since_5_1(),
            O::new("net.dns.prefer_ipv6", Bool, Some("false"), "whether IPv6 goes first").ignored().since_5_1(),
            O::new("net.keepalive", Bool, Some("true"), "whether connections are used again").ignored(),
            O::new("net.keepalive_idle_timeout", Time, Some("30s"), "how long an idle connection is kept").ignored(),
            O::new("net.keepalive_max_recycle", Int, Some("2000"), "how often a connection is used").ignored(),
            O::new("net.connect_timeout", Time, Some("10s"), "how long connecting may take").ignored(),
            O::new("net.connect_timeout_log_error", Bool, Some("true"), "whether a timeout is an error").ignored()
                .since_5_1(),
            O::new("net.io_timeout", Time, Some("0s"), "how long reading or writing may take").ignored().since_5_1(),
            O::new("net.source_address", Text, None, "the address to connect from").ignored(),
            O::new("net.max_worker_connections", Int, Some("0"), "connections of one worker").ignored().since_5_1(),
            O::new("net.tcp_keepalive", Bool, Some("off"), "whether the kernel probes connections").ignored().since_5_1(),
            O::new("net.tcp_keepalive_time", Int, Some("-1"), "seconds before the first probe").ignored().since_5_1(),
            O::new("net.tcp_keepalive_interval", Int, Some("-1"), "seconds between probes").ignored().since_5_1(),
            O::new("net.tcp_keepalive_probes", Int, Some("-1"), "probes before giving up").ignored().since_5_1(),
            O::new("net.proxy_env_ignore", Bool, Some("false"), "whether HTTP_PROXY is ignored").ignored().since_5_1(),
            O::new("net.backlog", Int, None, "connections that may wait to be accepted").ignored().since_5_1(),
            O::new("net.share_port", Bool, Some("false"), "whether the port may be shared").ignored().since_5_1(),
            O::new("net.accept_timeout", Time, Some("10s"), "how long accepting may take").ignored().since_5_1(),
            O::new("net.accept_timeout_log_error", Bool, Some("true"), "whether a timeout is an error").ignored()
                .since_5_1(),
        ]
    };
}

pub(super) const INPUT: &[O] = with_network![
    O::new("tag", Text, None, "the tag of the records"),
    ALIAS,
    LOG_LEVEL,
    LOG_SUPPRESS,
    O::new("mem_buf_limit", Size, None, "pause reading above so many bytes in memory"),
    O::new("routable", Bool, Some("true"), "whether outputs get the records").ignored(),
    O::new("listen", Text, None, "the address to listen on").ignored().may_be_empty(),
    O::new("host", Text, None, "the host to connect to").may_be_empty(),
    O::new("port", Int, None, "the port to connect to or to listen on").may_be_empty(),
    O::new("storage.type", Choice(&["memory", "filesystem", "memrb"]), Some("memory"), "where chunks wait")
        .ignored(),
    O::new(
        "storage.pause_on_chunks_overlimit",
        Bool,
        Some("off"),
        "whether to pause at storage.max_chunks_up"
    )
    .ignored()
    .since_5_1(),
    O::new("threaded", Bool, Some("false"), "whether the input has a thread of its own")
        .ignored()
        .since_5_1(),
    O::new("thread.ring_buffer.capacity", Int, Some("1024"), "entries between the threads")
        .ignored()
        .since_5_1(),
    O::new("thread.ring_buffer.window", Int, Some("5"), "percentage at which the entries are taken")
        .ignored()
        .since_5_1(),
];

pub(super) const FILTER: &[O] = &[
    O::new("match", Text, None, "a pattern for the tags it takes").may_be_empty(),
    MATCH_REGEX,
    ALIAS,
    LOG_LEVEL,
    LOG_SUPPRESS,
];

pub(super) const OUTPUT: &[O] = with_network![
    O::new("match", Text, None, "a pattern for the tags it takes").may_be_empty(),
    MATCH_REGEX,
    ALIAS,
    LOG_LEVEL,
    LOG_SUPPRESS,
    O::new("host", Text, None, "the host to connect to").may_be_empty(),
    O::new("port", Int, None, "the port to connect to").may_be_empty(),
    O::new("retry_limit", Text, Some("1"), "retries after a failure; no_limits or no_retries").may_be_empty(),
    O::new("storage.total_limit_size", Size, None, "drop the oldest chunks above so many bytes on disk")
        .ignored(),
    O::new("workers", Int, None, "threads that deliver").ignored(),
];
