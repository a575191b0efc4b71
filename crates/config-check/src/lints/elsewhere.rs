//! What other commands than `check` report.

use source_text::Lint;

pub(super) const LINTS: &[Lint] = &[
    Lint::error("invalid-target-groups", "A file of targets cannot be read")
        .why(
            "`file_sd_configs` and `http_sd_configs` read a list of groups, each with `targets` and `labels`. \
             Prometheus keeps the targets it had and logs an error (2 and 3); after a restart there are none.",
        ),
    Lint::warning("node-without-address", "A node has no address")
        .why(
            "Prometheus leaves it out and logs an error (2 and 3): its kubelet and cAdvisor are not scraped. Reported \
             by `weirgate targets` and by the agent.",
        ),
    Lint::warning("unsupported-field-selector", "A field selector is not looked at")
        .why(
            "The API server knows the fields of its objects; without one, `weirgate targets` looks at the most \
             common: it shows targets that Prometheus would not have.",
        ),
    Lint::error("invalid-case", "A unit test cannot be read")
        .why("Reported by `weirgate test`: see docs/testing.md for the form of a case. The other cases run."),
];
