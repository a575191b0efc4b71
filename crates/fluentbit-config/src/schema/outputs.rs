//! Outputs and their options.

use super::OptionSpec as O;
use super::PluginSpec;
use super::ValueKind::{Bool, BoolOr, CommaList, Int, Size, Text};
use crate::section::SectionKind;

pub(super) const PLUGINS: &[PluginSpec] = &[
    PluginSpec {
        aliases: &["elasticsearch"],
        uses_network: true,
        ..PluginSpec::new("es", SectionKind::Output, ES)
    },
    PluginSpec::new("stdout", SectionKind::Output, STDOUT),
    PluginSpec::new("file", SectionKind::Output, FILE),
    PluginSpec { checked_by_1_8: false, ..PluginSpec::new("null", SectionKind::Output, NULL) },
];

const ES: &[O] = &[
    O::new("index", Text, Some("fluent-bit"), "the index"),
    O::new("type", Text, Some("_doc"), "the type of the documents"),
    O::new(
        "suppress_type_name",
        Bool,
        Some("false"),
        "whether the type is left out, as servers since 8 need",
    ),
    O::new("http_user", Text, None, "the user"),
    O::new("http_passwd", Text, Some(""), "the user's password"),
    O::new("http_api_key", Text, None, "an API key in base 64").since_5_1(),
    O::new("compress", Text, None, "gzip, or nothing"),
    O::new("cloud_id", Text, None, "the id of an Elastic cloud"),
    O::new("cloud_auth", Text, None, "USER:PASSWORD for that cloud"),
    O::new("aws_auth", Bool, Some("false"), "whether requests are signed for AWS"),
    O::new("aws_region", Text, None, "the region of AWS").ignored(),
    O::new("aws_sts_endpoint", Text, None, "where AWS gives out roles").ignored(),
    O::new("aws_role_arn", Text, None, "the role to take").ignored(),
    O::new("aws_external_id", Text, None, "the external id of the role").ignored(),
    O::new("aws_service_name", Text, Some("es"), "the service to sign for").ignored().since_5_1(),
    O::new("aws_profile", Text, None, "the profile of the AWS credentials").ignored().since_5_1(),
    O::new("logstash_format", Bool, Some("false"), "whether the index has a date"),
    O::new("logstash_prefix", Text, Some("logstash"), "what stands before the date"),
    O::new("logstash_prefix_separator", Text, Some("-"), "what stands between them").since_5_1(),
    O::new("logstash_prefix_key", Text, None, "the field with the prefix"),
    O::new("logstash_dateformat", Text, Some("%Y.%m.%d"), "the form of the date"),
    O::new("time_key", Text, Some("@timestamp"), "the field for the time"),
    O::new("time_key_format", Text, Some("%Y-%m-%dT%H:%M:%S"), "the form of the time"),
    O::new("time_key_nanos", Bool, Some("false"), "whether the time has nanoseconds"),
    O::new("include_tag_key", Bool, Some("false"), "whether the tag is a field"),
    O::new("tag_key", Text, Some("flb-key"), "the name of that field"),
    O::new("buffer_size", Size, Some("512k"), "the longest answer in bytes; false is no limit"),
    O::new("path", Text, None, "what stands before `/_bulk`"),
    O::new("pipeline", Text, None, "an ingest pipeline of the server"),
    O::new(
        "generate_id",
        BoolOr(&["offset"]),
        Some("false"),
        "whether documents have an id made of their content, or, with `offset`, of where they were read",
    ),
    O::new("write_operation", Text, Some("create"), "create, index, update or upsert").since_5_1(),
    O::new("id_key", Text, None, "the field with the id"),
    O::new("replace_dots", Bool, Some("false"), "whether dots in names become underscores"),
    O::new("current_time_index", Bool, Some("false"), "whether the date is that of sending"),
    O::new("trace_output", Bool, Some("false"), "whether requests are printed"),
    O::new("trace_error", Bool, Some("false"), "whether answers with errors are printed"),
];

const STDOUT: &[O] = &[
    O::new("format", Text, None, "json, json_lines, json_stream, or msgpack for people"),
    O::new(
        "json_date_format",
        Text,
        Some("double"),
        "double, epoch, epoch_ms, iso8601 or java_sql_timestamp",
    ),
    O::new("json_date_key", Text, Some("date"), "the field for the time; false leaves it out"),
    O::new("metric_namespace", Text, None, "a namespace for metrics").ignored().since_5_1(),
    O::new("metric_dimensions", CommaList, None, "dimensions for metrics").ignored().since_5_1(),
];

const FILE: &[O] = &[
    O::new("path", Text, None, "the folder"),
    O::new("file", Text, None, "the name of the file; the tag if it is not set"),
    O::new("enable_strftime", Bool, Some("false"), "whether `%` in names is a date").ignored().since_5_1(),
    O::new("max_dynamic_files", Int, Some("1024"), "the most files at once").ignored().since_5_1(),
    O::new("on_missing_field", Text, Some("error"), "what to do without a field the name needs")
        .ignored()
        .since_5_1(),
    O::new("on_limit_reached", Text, Some("error"), "what to do with too many files").ignored().since_5_1(),
    O::new("fallback_path", Text, None, "the folder for such records").ignored().since_5_1(),
    O::new("fallback_file", Text, None, "the file for such records").ignored().since_5_1(),
    O::new("format", Text, None, "plain, csv, ltsv, template or msgpack"),
    O::new("delimiter", Text, None, "what stands between fields"),
    O::new("label_delimiter", Text, None, "what stands between label and value"),
    O::new("template", Text, Some("{time} {message}"), "the form of a line"),
    O::new("csv_column_names", Bool, Some("false"), "whether the first line has the names"),
    O::new("mkdir", Bool, Some("false"), "whether the folder is made").since_5_1(),
    O::new("rotate", Bool, Some("false"), "whether the file is rotated").ignored().since_5_1(),
    O::new("rotate_max_size", Size, Some("100M"), "the size at which it is").ignored().since_5_1(),
    O::new("rotate_max_files", Int, Some("7"), "rotated files to keep").ignored().since_5_1(),
    O::new("rotate_gzip", Bool, Some("true"), "whether they are compressed").ignored().since_5_1(),
    O::new("atomic_chunks", Bool, Some("false"), "whether each chunk is a file of its own")
        .ignored()
        .since_5_1(),
];

const NULL: &[O] = &[
    O::new("format", Text, None, "a form to make and throw away").since_5_1(),
    O::new("json_date_format", Text, Some("double"), "the form of the time").since_5_1(),
    O::new("json_date_key", Text, Some("date"), "the field for the time").since_5_1(),
];
