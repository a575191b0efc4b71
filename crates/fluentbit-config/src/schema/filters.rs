//! Filters and their options.

use super::OptionSpec as O;
use super::PluginSpec;
use super::ValueKind::{Bool, Choice, CommaList, Int, Size, Text, Time, Words};
use crate::section::SectionKind;

/// A filter that looks at its keys itself in 1.8.
const fn unchecked(name: &'static str, options: &'static [O]) -> PluginSpec {
    PluginSpec { checked_by_1_8: false, ..PluginSpec::new(name, SectionKind::Filter, options) }
}

pub(super) const PLUGINS: &[PluginSpec] = &[
    PluginSpec { uses_network: true, ..PluginSpec::new("kubernetes", SectionKind::Filter, KUBERNETES) },
    unchecked("grep", GREP),
    unchecked("parser", PARSER),
    unchecked("modify", MODIFY),
    unchecked("record_modifier", RECORD_MODIFIER),
    unchecked("nest", NEST),
    PluginSpec::new("rewrite_tag", SectionKind::Filter, REWRITE_TAG),
    PluginSpec::new("multiline", SectionKind::Filter, MULTILINE),
    PluginSpec { supported: false, ..PluginSpec::new("lua", SectionKind::Filter, LUA) },
];

const KUBERNETES: &[O] = &[
    O::new("buffer_size", Size, Some("32K"), "the longest answer of the API server in bytes"),
    O::new("tls.debug", Int, Some("0"), "how much TLS logs, 0 to 4").ignored(),
    O::new("tls.verify", Bool, Some("true"), "whether the API server's certificate is checked"),
    O::new("tls.vhost", Text, None, "the host name to ask for").since_5_1(),
    O::new("tls.verify_hostname", Bool, Some("off"), "whether the host name is checked")
        .ignored()
        .since_5_1(),
    O::new("merge_log", Bool, Some("false"), "whether a JSON text in `log` becomes fields"),
    O::new("merge_parser", Text, None, "a parser for `log` instead of JSON"),
    O::new("merge_log_key", Text, None, "the field those fields are put into"),
    O::new("merge_log_trim", Bool, Some("true"), "whether line ends are removed from their values"),
    O::new("keep_log", Bool, Some("true"), "whether `log` stays when it was merged"),
    O::new("kube_url", Text, Some("https://kubernetes.default.svc"), "the API server"),
    O::new("kube_meta_preload_cache_dir", Text, None, "a folder of files with metadata"),
    O::new(
        "kube_ca_file",
        Text,
        Some("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"),
        "the authority of the API server's certificate",
    ),
    O::new("kube_ca_path", Text, None, "a folder of authorities' certificates").ignored(),
    O::new(
        "kube_tag_prefix",
        Text,
        Some("kube.var.log.containers."),
        "what the input put before the file name",
    ),
    O::new(
        "kube_token_file",
        Text,
        Some("/var/run/secrets/kubernetes.io/serviceaccount/token"),
        "the file of the token",
    ),
    O::new("kube_token_command", Text, None, "a command that prints the token").ignored().since_5_1(),
    O::new("labels", Bool, Some("true"), "whether labels are added"),
    O::new("annotations", Bool, Some("true"), "whether annotations are added"),
    O::new("owner_references", Bool, Some("false"), "whether the owners are added").since_5_1(),
    O::new("namespace_labels", Bool, Some("false"), "whether labels of the namespace are added").since_5_1(),
    O::new("namespace_annotations", Bool, Some("false"), "whether annotations of the namespace are added")
        .since_5_1(),
    O::new("namespace_metadata_only", Bool, Some("false"), "whether pods are left out").since_5_1(),
    O::new("k8s-logging.parser", Bool, Some("false"), "whether pods may name a parser"),
    O::new("k8s-logging.exclude", Bool, Some("false"), "whether pods may exclude themselves"),
    O::new("use_journal", Bool, Some("false"), "whether records come from the journal").ignored(),
    O::new("regex_parser", Text, None, "a parser whose pattern reads the tag"),
    O::new("dummy_meta", Bool, Some("false"), "whether made-up metadata is added"),
    O::new("dns_retries", Int, Some("6"), "name look-ups before giving up").ignored(),
    O::new("dns_wait_time", Time, Some("30"), "seconds between them").ignored(),
    O::new("cache_use_docker_id", Bool, Some("false"), "whether a new container id is a new pod").ignored(),
    O::new("use_tag_for_meta", Bool, Some("false"), "whether only the tag is used"),
    O::new("use_kubelet", Bool, Some("false"), "whether the kubelet is asked, not the API server"),
    O::new("kubelet_host", Text, Some("127.0.0.1"), "the host of the kubelet").since_5_1(),
    O::new("kubelet_port", Int, Some("10250"), "the port of the kubelet"),
    O::new("kube_token_ttl", Time, Some("10m"), "how long a token is used").ignored().since_5_1(),
    O::new("kube_meta_cache_ttl", Time, Some("0"), "how long metadata is used; 0 is for ever").ignored(),
    O::new("kube_meta_namespace_cache_ttl", Time, Some("15m"), "the same for namespaces")
        .ignored()
        .since_5_1(),
    O::new("use_pod_association", Bool, Some("false"), "whether the CloudWatch agent is asked")
        .ignored()
        .since_5_1(),
    O::new("aws_use_pod_association", Bool, Some("false"), "the same under another name")
        .ignored()
        .since_5_1(),
    O::new("aws_pod_association_host", Text, Some("cloudwatch-agent.amazon-cloudwatch"), "its host")
        .ignored()
        .since_5_1(),
    O::new("aws_pod_association_endpoint", Text, Some("/kubernetes/pod-to-service-env-map"), "its path")
        .ignored()
        .since_5_1(),
    O::new("aws_pod_association_port", Int, Some("4311"), "its port").ignored().since_5_1(),
    O::new("aws_pod_service_map_ttl", Int, Some("0"), "how long its answer is used").ignored().since_5_1(),
    O::new("aws_pod_service_map_refresh_interval", Int, Some("60"), "seconds between questions")
        .ignored()
        .since_5_1(),
    O::new("aws_pod_service_preload_cache_dir", Text, None, "a folder of its answers").ignored().since_5_1(),
    O::new(
        "aws_pod_association_host_server_ca_file",
        Text,
        Some("/etc/amazon-cloudwatch-observability-agent-server-cert/tls-ca.crt"),
        "the authority of its certificate",
    )
    .ignored()
    .since_5_1(),
    O::new(
        "aws_pod_association_host_client_cert_file",
        Text,
        Some("/etc/amazon-cloudwatch-observability-agent-client-cert/client.crt"),
        "our certificate for it",
    )
    .ignored()
    .since_5_1(),
    O::new(
        "aws_pod_association_host_client_key_file",
        Text,
        Some("/etc/amazon-cloudwatch-observability-agent-client-cert/client.key"),
        "the key of that certificate",
    )
    .ignored()
    .since_5_1(),
    O::new("aws_pod_association_host_tls_debug", Int, Some("0"), "how much its TLS logs")
        .ignored()
        .since_5_1(),
    O::new("aws_pod_association_host_tls_verify", Bool, Some("true"), "whether its certificate is checked")
        .ignored()
        .since_5_1(),
    O::new("set_platform", Text, None, "the platform the cluster runs on").ignored().since_5_1(),
];

const GREP: &[O] = &[
    O::new("regex", Text, None, "FIELD PATTERN: keep records that match").repeatable(),
    O::new("exclude", Text, None, "FIELD PATTERN: drop records that match").repeatable(),
    O::new("logical_op", Text, Some("legacy"), "legacy, AND or OR").since_5_1(),
];

const PARSER: &[O] = &[
    O::new("key_name", Text, None, "the field to parse"),
    O::new("parser", Text, None, "a parser, tried in order").repeatable(),
    O::new("preserve_key", Bool, Some("false"), "whether the parsed field stays"),
    O::new("reserve_data", Bool, Some("false"), "whether the other fields stay"),
    O::new("nest_under", Text, None, "the field the result is put into").since_5_1(),
    O::new("unescape_key", Text, None, "no longer used").ignored(),
];

const MODIFY: &[O] = &[
    O::new("set", Text, None, "KEY VALUE: set a field").repeatable(),
    O::new("add", Text, None, "KEY VALUE: set a field that is absent").repeatable(),
    O::new("remove", Text, None, "KEY: remove a field").repeatable(),
    O::new("remove_wildcard", Text, None, "PREFIX*: remove fields").repeatable(),
    O::new("remove_regex", Text, None, "PATTERN: remove fields").repeatable(),
    O::new("move_to_start", Text, None, "KEY: move fields to the front").repeatable().since_5_1(),
    O::new("move_to_end", Text, None, "KEY: move fields to the back").repeatable().since_5_1(),
    O::new("rename", Text, None, "OLD NEW: rename a field if NEW is absent").repeatable(),
    O::new("hard_rename", Text, None, "OLD NEW: rename a field, replacing NEW").repeatable(),
    O::new("copy", Text, None, "OLD NEW: copy a field if NEW is absent").repeatable(),
    O::new("hard_copy", Text, None, "OLD NEW: copy a field, replacing NEW").repeatable(),
    O::new("condition", Text, None, "a condition for all rules").repeatable(),
];

const RECORD_MODIFIER: &[O] = &[
    O::new("record", Words(2), None, "KEY VALUE: add a field").repeatable(),
    O::new("remove_key", Text, None, "remove a field").repeatable(),
    O::new("allowlist_key", Text, None, "remove all other fields").repeatable(),
    O::new("whitelist_key", Text, None, "the same under another name").repeatable(),
    O::new("uuid_key", Text, None, "the field for a random id").since_5_1(),
];

const NEST: &[O] = &[
    O::new("operation", Choice(&["nest", "lift"]), None, "put fields into one, or take them out of it"),
    O::new("wildcard", Text, None, "the fields to nest").repeatable(),
    O::new("wildcard_exclude", Text, None, "the fields not to nest").ignored().repeatable().since_5_1(),
    O::new("nest_under", Text, None, "the field to nest into"),
    O::new("nested_under", Text, None, "the field to lift from"),
    O::new("add_prefix", Text, None, "what is put before the names"),
    O::new("remove_prefix", Text, None, "what is taken from the names"),
];

const REWRITE_TAG: &[O] = &[
    O::new("rule", Words(4), None, "$KEY PATTERN TAG KEEP").repeatable(),
    O::new("emitter_name", Text, None, "the name of the input that emits the records").ignored(),
    O::new("emitter_storage.type", Text, Some("memory"), "where that input's chunks wait").ignored(),
    O::new("emitter_mem_buf_limit", Size, Some("10M"), "pause that input above so many bytes").ignored(),
];

const MULTILINE: &[O] = &[
    O::new("debug_flush", Bool, Some("false"), "whether flushed messages are printed").ignored(),
    O::new("buffer", Bool, Some("true"), "whether lines of different chunks are joined").since_5_1(),
    O::new("mode", Text, Some("parser"), "parser or partial_message").since_5_1(),
    O::new("flush_ms", Int, Some("2000"), "how long to wait for the next line").since_5_1(),
    O::new("multiline.parser", CommaList, None, "multiline parsers, tried in order").repeatable(),
    O::new("multiline.key_content", Text, None, "the field with the line"),
    O::new("emitter_name", Text, None, "the name of the input that emits the records").ignored().since_5_1(),
    O::new("emitter_storage.type", Text, Some("memory"), "where that input's chunks wait")
        .ignored()
        .since_5_1(),
    O::new("emitter_mem_buf_limit", Size, Some("10M"), "pause that input above so many bytes")
        .ignored()
        .since_5_1(),
];

const LUA: &[O] = &[
    O::new("script", Text, None, "the file of the script"),
    O::new("code", Text, None, "the script itself").since_5_1(),
    O::new("call", Text, None, "the function to call"),
    O::new("type_int_key", Text, None, "fields that are integers"),
    O::new("type_array_key", Text, None, "fields that are lists"),
    O::new("protected_mode", Bool, Some("true"), "whether errors of the script are caught"),
    O::new("time_as_table", Bool, Some("false"), "whether the time is a table"),
    O::new("enable_flb_null", Bool, Some("false"), "whether null is flb_null").since_5_1(),
];
