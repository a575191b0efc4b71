//! The tables of fields say what the readers do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use prometheus_config::{RemoteWrite, ScrapeConfig, parse, reference};
use prometheus_relabel::{Field, Rule};
use source_text::{Diagnostic, SourceId};

/// Sections that have a line in another one's table.
const IN_OTHERS: &[&str] = &["a file of scrape configurations", "chunk_encoding", "exemplars"];

/// The fields that each `section!` of the sources reads, by its name.
fn read() -> BTreeMap<String, BTreeSet<String>> {
    fn walk(folder: &Path, found: &mut BTreeMap<String, BTreeSet<String>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if !path.ends_with("decode.rs") || !path.parent().unwrap().ends_with("src") {
                collect(&fs::read_to_string(&path).unwrap(), found);
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

fn collect(text: &str, found: &mut BTreeMap<String, BTreeSet<String>>) {
    for (at, _) in text.match_indices("section!(") {
        let call = &text[at..];
        let Some(name) = call.split(',').nth(2).and_then(|name| name.trim().strip_prefix('"')) else {
            continue;
        };
        let name = name.trim_end_matches('"').to_owned();
        let mut depth = 0;
        let fields = found.entry(name).or_default();
        for line in call[call.find('{').unwrap()..].lines() {
            let trimmed = line.trim();
            if let Some((field, _)) = trimmed.strip_prefix('"').and_then(|rest| rest.split_once("\" =>"))
                && depth == 1
            {
                fields.insert(field.to_owned());
            }
            depth += line.matches('{').count();
            let closed = line.matches('}').count();
            if closed >= depth {
                break;
            }
            depth -= closed;
        }
    }
}

#[test]
fn sections_have_the_fields_that_are_read() {
    let mut read = read();
    read.retain(|name, _| !IN_OTHERS.contains(&name.as_str()));
    let client =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http/decode.rs")).unwrap();
    let client = client.split("FIELDS: &[&str] = &[").nth(1).unwrap().split("];").next().unwrap();
    let client = client.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    read.insert(reference::HTTP_CLIENT.to_owned(), client);
    let rule = Field::ALL.map(|field| field.as_str().to_owned());
    read.insert("a relabelling rule".to_owned(), rule.into());
    let described: BTreeMap<String, BTreeSet<String>> = reference::sections()
        .iter()
        .map(|section| {
            let names: BTreeSet<_> = section.fields.iter().map(|field| field.name.to_owned()).collect();
            assert_eq!(names.len(), section.fields.len(), "{}", section.name);
            (section.name.to_owned(), names)
        })
        .collect();
    for (name, fields) in &read {
        assert_eq!(described.get(name), Some(fields), "{name}");
    }
    assert_eq!(described.len(), read.len());
}

/// A configuration with a field in a section, or without.
fn configuration(section: &str, line: Option<&str>) -> Option<String> {
    let (before, indent) = match section {
        "global" => ("scrape_configs: [{job_name: a}]\nglobal:\n  external_labels: {}\n", "  "),
        "scrape_configs" | reference::HTTP_CLIENT => ("scrape_configs:\n- job_name: a\n", "  "),
        "a relabelling rule" => (
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - source_labels: [x]\n    target_label: y\n",
            "    ",
        ),
        "file_sd_configs" => {
            ("scrape_configs:\n- job_name: a\n  file_sd_configs:\n  - files: [a.json]\n", "    ")
        }
        "http_sd_configs" => {
            ("scrape_configs:\n- job_name: a\n  http_sd_configs:\n  - url: http://a/\n", "    ")
        }
        "dns_sd_configs" => ("scrape_configs:\n- job_name: a\n  dns_sd_configs:\n  - names: [a]\n", "    "),
        "namespaces" => (
            "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n    namespaces:\n      names: []\n",
            "      ",
        ),
        "attach_metadata" => (
            "scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pod\n    attach_metadata:\n",
            "      ",
        ),
        "authorization" => ("scrape_configs:\n- job_name: a\n  authorization:\n    credentials: x\n", "    "),
        "tls_config" => ("scrape_configs:\n- job_name: a\n  tls_config:\n    server_name: x\n", "    "),
        "remote_write" => ("remote_write:\n- url: http://a/\n", "  "),
        "queue_config" | "metadata_config" => {
            let line = line.unwrap_or_default();
            return Some(format!("remote_write:\n- url: http://a/\n  {section}: {{{line}}}\n"));
        }
        _ => return None,
    };
    Some(line.map_or(before.to_owned(), |line| format!("{before}{indent}{line}\n")))
}

fn meaning(text: &str) -> (Vec<ScrapeConfig>, Vec<RemoteWrite>) {
    let parsed = parse(SourceId::default(), text, |_| None);
    assert!(!parsed.diagnostics.iter().any(Diagnostic::is_error), "{text}: {:?}", parsed.diagnostics);
    (parsed.config.scrape_configs, parsed.config.remote_write)
}

#[test]
fn defaults_are_what_is_there_without_the_field() {
    let mut checked = 0;
    for section in reference::sections() {
        for field in section.fields.iter().filter(|field| !field.is_ignored) {
            let Some(default) = field.default else { continue };
            let without = configuration(section.name, None)
                .unwrap_or_else(|| panic!("no configuration with {}", section.name));
            let with = configuration(section.name, Some(&format!("{}: {default}", field.name))).unwrap();
            match field.name {
                // Where it is not set, what TLS is spoken is left to the client.
                "min_version" => continue,
                // A rule knows whether it was written.
                "regex" => {
                    assert_eq!(default, Rule::default().regex().as_str());
                    continue;
                }
                _ => {}
            }
            assert!(meaning(&with) == meaning(&without), "{} of {}", field.name, section.name);
            checked += 1;
        }
    }
    assert!(checked > 50, "{checked}");
}
