//! Pages about options and fields, made from the tables that the readers use.

use std::collections::BTreeMap;
use std::fmt::Write;

use fluentbit_config::schema::{self, OptionSpec, PluginSpec, ValueKind};
use fluentbit_config::{Compat, MemoryFiles, SectionKind};
use prometheus_config::reference::{HTTP_CLIENT, SectionSpec, sections};

use crate::{Options, check};

/// The pages by file name, with a `README.md` that lists them.
///
/// ```
/// assert!(config_check::reference()["fluent-bit-inputs.md"].contains("| `read_from_head` |"));
/// ```
#[must_use]
pub fn reference() -> BTreeMap<String, String> {
    let pages = [
        ("fluent-bit-service.md", "The `[SERVICE]` section", service()),
        ("fluent-bit-inputs.md", "Inputs", plugins(SectionKind::Input)),
        ("fluent-bit-filters.md", "Filters and processors", plugins(SectionKind::Filter)),
        ("fluent-bit-outputs.md", "Outputs", plugins(SectionKind::Output)),
        ("fluent-bit-parsers.md", "Parsers and multiline parsers", parsers()),
        ("prometheus.md", "`prometheus.yml`", prometheus()),
    ];
    let mut index =
        "# Reference\n\nMade from the tables in the code by `cargo run -p xtask -- docs`.\n\n".to_owned();
    let mut files = BTreeMap::new();
    for (file, title, text) in pages {
        // Writing to a string cannot fail.
        let _ = writeln!(index, "- [{title}]({file})");
        files.insert(file.to_owned(), format!("# {title}\n\n{text}"));
    }
    index.push_str(
        "\nWhat differs from Fluent Bit and Prometheus stands in [compatibility](../compatibility.md), and what each \
         diagnostic means in [lints](../lints/README.md).\n",
    );
    files.insert("README.md".to_owned(), index);
    files
}

const LEGEND: &str = "Names are the same in any case. \"5.1\" under *since* means that Fluent Bit 1.8 does not have \
                      the option; all others are in both. *weirgate* says whether `weirgate run` does what the option \
                      asks for: \"no\" is accepted and changes nothing.\n";

fn service() -> String {
    format!("{LEGEND}\n{}", options(schema::common_options(SectionKind::Service)))
}

fn parsers() -> String {
    format!(
        "{LEGEND}\n## `[PARSER]`\n\n{}\n## `[MULTILINE_PARSER]`\n\nBuilt in are {}.\n\n{}",
        options(schema::common_options(SectionKind::Parser)),
        names(schema::built_in_multiline_parsers(Compat::V5_1).iter().copied()),
        options(schema::common_options(SectionKind::MultilineParser)),
    )
}

fn plugins(kind: SectionKind) -> String {
    let mut text = format!("{LEGEND}\n");
    for spec in schema::described(kind) {
        text.push_str(&plugin(spec));
    }
    if kind == SectionKind::Filter {
        text.push_str("Every filter is a processor, too (Fluent Bit 5.1). These are processors only:\n\n");
        for spec in schema::processor_names().filter_map(schema::processor) {
            if schema::plugin(SectionKind::Filter, spec.name).is_none() && spec.options.is_some() {
                text.push_str(&plugin(&spec));
            }
        }
    }
    let _ = writeln!(
        text,
        "## Options of every {}\n\nThose that begin with `net.` and `tls` are for plugins that connect.\n\n{}",
        kind.name(),
        options(schema::common_options(kind))
    );
    let described: Vec<_> = schema::described(kind).iter().map(|spec| spec.name).collect();
    let mut others: Vec<_> =
        schema::plugin_names(kind, Compat::V5_1).filter(|name| !described.contains(name)).collect();
    others.sort_unstable();
    let _ = writeln!(
        text,
        "## Others\n\nOf these only the names are known: {}. Weirgate does not run them, and does not check their options.",
        names(others)
    );
    text
}

fn plugin(spec: &PluginSpec) -> String {
    let mut text = format!("## `{}`\n\n", spec.name);
    if !spec.aliases.is_empty() {
        let _ = writeln!(text, "Also {} (5.1).\n", names(spec.aliases.iter().copied()));
    }
    let mut own = spec.options.unwrap_or_default().to_vec();
    if !runs(spec) {
        text.push_str("Weirgate checks this section and does not run it.\n\n");
        own.iter_mut().for_each(|option| option.is_ignored = true);
    }
    let _ = writeln!(text, "{}", options(&own));
    text
}

/// Whether a configuration with the plugin is not refused for it.
fn runs(spec: &PluginSpec) -> bool {
    let section = match spec.kind {
        SectionKind::Input => "INPUT",
        SectionKind::Output => "OUTPUT",
        _ => return spec.supported,
    };
    let text = format!("[{section}]\n    Name {}\n", spec.name);
    let report = check(
        "fluent-bit.conf",
        &MemoryFiles::from([("fluent-bit.conf", text.as_str())]),
        &Options::default(),
    );
    report
        .is_ok_and(|report| !report.diagnostics.iter().any(|problem| problem.code() == "unsupported-plugin"))
}

fn options(options: &[OptionSpec]) -> String {
    let mut table = "| option | value | default | since | weirgate | what it does |\n| --- | --- | --- | --- | --- | --- |\n".to_owned();
    for option in options {
        let suffix = if option.is_prefix { "N" } else { "" };
        let repeated = if option.repeatable { ", repeatable" } else { "" };
        let _ = writeln!(
            table,
            "| `{}{suffix}` | {}{repeated} | {} | {} | {} | {} |",
            option.name,
            kind(option.kind),
            code(option.default),
            if option.since == Compat::V1_8 { "" } else { "5.1" },
            if option.is_ignored { "no" } else { "yes" },
            cell(option.doc)
        );
    }
    table
}

fn kind(kind: ValueKind) -> String {
    match kind {
        ValueKind::Bool => "boolean".to_owned(),
        ValueKind::BoolOr(words) => format!("boolean, {}", names(words.iter().copied())),
        ValueKind::Int => "whole number".to_owned(),
        ValueKind::Double => "number".to_owned(),
        ValueKind::Size => "size".to_owned(),
        ValueKind::Time | ValueKind::SecondsNanoseconds => "time".to_owned(),
        ValueKind::CommaList => "list with commas".to_owned(),
        ValueKind::Words(count) => format!("{count} words"),
        ValueKind::Choice(words) => names(words.iter().copied()),
        _ => "text".to_owned(),
    }
}

fn prometheus() -> String {
    let mut text = "Prometheus 3.14. *weirgate* says whether `weirgate run --metrics` does what the field asks for: \"no\" is \
                    checked and changes nothing.\n\n"
        .to_owned();
    for section in sections() {
        let _ = writeln!(text, "## {}\n\n{}", heading(&section), section.doc);
        if section.has_http_client {
            let _ = writeln!(text, "It has the fields of the [HTTP client](#http-client) too.");
        }
        text.push_str(
            "\n| field | value | default | weirgate | what it does |\n| --- | --- | --- | --- | --- |\n",
        );
        for field in section.fields {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} | {} |",
                field.name,
                field.kind,
                code(field.default),
                if field.is_ignored { "no" } else { "yes" },
                cell(field.doc)
            );
        }
        text.push('\n');
    }
    text.push_str(
        "A duration is one or more numbers with a unit, from large to small: `1h30m`. A size is a number and one of B, KB, \
         MB, GB, TB, PB, EB. Other kinds of discovery than those above are accepted and find no targets.\n",
    );
    text
}

fn heading(section: &SectionSpec) -> String {
    match section.name {
        HTTP_CLIENT => HTTP_CLIENT.to_owned(),
        name if name.contains(' ') => {
            let mut letters = name.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
        name => format!("`{name}`"),
    }
}

fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn code(text: Option<&str>) -> String {
    match text {
        None => String::new(),
        Some("") => "empty".to_owned(),
        Some(text) => format!("`{}`", cell(text)),
    }
}

/// A text that may stand between bars.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
