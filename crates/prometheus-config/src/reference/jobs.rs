//! Jobs and relabelling rules.

use super::FieldSpec as F;
use super::SectionSpec as S;

pub(super) const SECTIONS: &[S] = &[
    S::new("scrape_configs", "A job: targets and how they are scraped.", JOB).with_http_client(),
    S::new(
        "a relabelling rule",
        "An item of `relabel_configs`, `metric_relabel_configs`, `write_relabel_configs` and `alert_relabel_configs`.",
        RULE,
    ),
];

const JOB: &[F] = &[
    F::new("job_name", "text", "the name, which is the label `job`; every job has one of its own"),
    F::new("metrics_path", "path", "the path of the request, without a query").or("/metrics"),
    F::new("scheme", "http or https", "the scheme of the request").or("http"),
    F::new("params", "lists of texts by name", "the query of the request"),
    F::new("scrape_interval", "duration", "how often targets are scraped; that of `global`"),
    F::new(
        "scrape_timeout",
        "duration",
        "how long a scrape may take; that of `global`, and at most the interval",
    ),
    F::new("honor_labels", "boolean", "whether labels of samples win over those of targets").or("false"),
    F::new("honor_timestamps", "boolean", "whether times of samples count").or("true"),
    F::new(
        "track_timestamps_staleness",
        "boolean",
        "whether series with times of their own end when they are missing",
    )
    .or("false"),
    F::new(
        "scrape_protocols",
        "list of formats",
        "the formats to ask for, the preferred one first; those of `global`",
    ),
    F::new(
        "fallback_scrape_protocol",
        "format",
        "the format of an answer that names none that is known; without it such a scrape fails",
    ),
    F::new("enable_compression", "boolean", "whether a compressed answer is asked for").or("true"),
    F::new("body_size_limit", "size", "a larger answer fails the scrape; that of `global`"),
    F::new("sample_limit", "number", "more samples fail the scrape; that of `global`"),
    F::new("target_limit", "number", "more targets fail all scrapes of the job; that of `global`"),
    F::new("label_limit", "number", "more labels of a sample fail the scrape; that of `global`"),
    F::new(
        "label_name_length_limit",
        "number",
        "a longer name of a label fails the scrape; that of `global`",
    ),
    F::new(
        "label_value_length_limit",
        "number",
        "a longer value of a label fails the scrape; that of `global`",
    ),
    F::new(
        "native_histogram_bucket_limit",
        "number",
        "native histograms with more buckets are made coarser; 0 is no limit",
    )
    .or("0"),
    F::new(
        "native_histogram_min_bucket_factor",
        "number",
        "native histograms with a smaller factor from bucket to bucket are made coarser",
    )
    .or("0"),
    F::new("keep_dropped_targets", "number", "how many dropped targets are remembered; that of `global`"),
    F::new("metric_name_validation_scheme", "utf8 or legacy", "which names are valid; that of `global`"),
    F::new(
        "metric_name_escaping_scheme",
        "allow-utf-8, underscores, dots or values",
        "how names are asked for; that of `global`",
    ),
    F::new("scrape_native_histograms", "boolean", "whether native histograms are scraped; as `global` says"),
    F::new(
        "always_scrape_classic_histograms",
        "boolean",
        "whether a classic histogram is scraped that is there as a native one too; as `global` says",
    ),
    F::new(
        "convert_classic_histograms_to_nhcb",
        "boolean",
        "whether classic histograms become native ones; as `global` says",
    )
    .ignored(),
    F::new(
        "extra_scrape_metrics",
        "boolean",
        "whether each scrape adds samples about itself; as `global` says",
    ),
    F::new("scrape_failure_log_file", "path", "a file for failed scrapes; that of `global`").ignored(),
    F::new(
        "relabel_configs",
        "list of rules",
        "what becomes of the labels of targets, before they are scraped",
    ),
    F::new(
        "metric_relabel_configs",
        "list of rules",
        "what becomes of the labels of samples, after a scrape",
    ),
];

const RULE: &[F] = &[
    F::new("source_labels", "list of names", "the labels whose values are joined"),
    F::new("separator", "text", "what stands between the joined values").or(";"),
    F::new("regex", "pattern", "what the joined values have to match, from end to end").or("(.*)"),
    F::new("modulus", "number", "the number of parts for `hashmod`"),
    F::new("target_label", "name", "the label to set, or to compare with"),
    F::new("replacement", "text", "the value to set; `$1` is the first group").or("$1"),
    F::new(
        "action",
        "replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, labelkeep, lowercase or uppercase",
        "what to do",
    )
    .or("replace"),
];
