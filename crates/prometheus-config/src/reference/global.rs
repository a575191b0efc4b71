//! The file as a whole, and what holds for all jobs.

use super::FieldSpec as F;
use super::SectionSpec as S;

pub(super) const SECTIONS: &[S] = &[
    S::new("the configuration", "The file.", TOP),
    S::new("global", "What holds for all jobs that say nothing else.", GLOBAL),
    S::new("runtime", "Settings of the server's process.", RUNTIME),
];

const TOP: &[F] = &[
    F::new("global", "section", "what holds for all jobs"),
    F::new("scrape_configs", "list of sections", "the jobs"),
    F::new("scrape_config_files", "list of patterns", "files with more jobs, below `scrape_configs`"),
    F::new("remote_write", "list of sections", "receivers of the samples"),
    F::new("remote_read", "list of sections", "servers with older samples").ignored(),
    F::new("rule_files", "list of patterns", "files of rules").ignored(),
    F::new("alerting", "section", "where alerts go").ignored(),
    F::new("storage", "section", "the storage on disk").ignored(),
    F::new("tracing", "section", "where traces of the server go").ignored(),
    F::new("otlp", "section", "how metrics of OpenTelemetry are received").ignored(),
    F::new("runtime", "section", "settings of the process").ignored(),
];

const GLOBAL: &[F] = &[
    F::new("scrape_interval", "duration", "how often targets are scraped").or("1m"),
    F::new("scrape_timeout", "duration", "how long a scrape may take; at most the interval").or("10s"),
    F::new("scrape_protocols", "list of formats", "the formats to ask for, the preferred one first"),
    F::new(
        "external_labels",
        "labels",
        "labels of everything that is sent to others; `${NAME}` is a variable of the environment",
    ),
    F::new("body_size_limit", "size", "a larger answer fails the scrape; 0 is no limit").or("0"),
    F::new("sample_limit", "number", "more samples fail the scrape; 0 is no limit").or("0"),
    F::new("target_limit", "number", "more targets fail all scrapes of a job; 0 is no limit").or("0"),
    F::new("label_limit", "number", "more labels of a sample fail the scrape; 0 is no limit").or("0"),
    F::new(
        "label_name_length_limit",
        "number",
        "a longer name of a label, in bytes, fails the scrape; 0 is no limit",
    )
    .or("0"),
    F::new(
        "label_value_length_limit",
        "number",
        "a longer value of a label, in bytes, fails the scrape; 0 is no limit",
    )
    .or("0"),
    F::new("keep_dropped_targets", "number", "how many dropped targets of a job are remembered; 0 is all")
        .or("0"),
    F::new("metric_name_validation_scheme", "utf8 or legacy", "which names are valid").or("utf8"),
    F::new(
        "metric_name_escaping_scheme",
        "allow-utf-8, underscores, dots or values",
        "how names are asked for; `underscores` with `legacy` names",
    )
    .or("allow-utf-8"),
    F::new("scrape_native_histograms", "boolean", "whether native histograms are scraped").or("false"),
    F::new(
        "always_scrape_classic_histograms",
        "boolean",
        "whether a classic histogram is scraped that is there as a native one too",
    )
    .or("false"),
    F::new(
        "convert_classic_histograms_to_nhcb",
        "boolean",
        "whether classic histograms become native ones with custom buckets",
    )
    .or("false")
    .ignored(),
    F::new(
        "extra_scrape_metrics",
        "boolean",
        "whether each scrape adds its timeout, its sample limit and the size of its body as samples",
    )
    .or("false"),
    F::new("scrape_failure_log_file", "path", "a file for failed scrapes").ignored(),
    F::new("evaluation_interval", "duration", "how often rules are evaluated").or("1m").ignored(),
    F::new("rule_query_offset", "duration", "how far behind rules are evaluated").or("0s").ignored(),
    F::new("query_log_file", "path", "a file for queries").ignored(),
    F::new("query_max_series", "number", "the most series of a query").ignored(),
    F::new("query_max_samples_read", "number", "the most samples of a query").ignored(),
    F::new("query_max_duration", "duration", "how long a query may take").ignored(),
];

const RUNTIME: &[F] = &[
    F::new("gogc", "number", "how often Go collects garbage").ignored(),
    F::new("log_level", "debug, info, warn or error", "how much is logged").ignored(),
];
