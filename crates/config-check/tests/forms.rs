//! What holds for a classic configuration holds for the YAML form and for files inside a ConfigMap, too.

use std::collections::BTreeMap;

use config_check::{Kind, Options, check, fix, lints};
use fluentbit_config::{Compat, MemoryFiles, load, write_yaml};
use source_text::{Applicability, Diagnostic, Severity};

/// Files by name, and the name of the one to check.
#[derive(Clone)]
struct Example {
    entry: String,
    files: BTreeMap<String, String>,
}

impl Example {
    fn new(text: &str) -> Self {
        let mut files = BTreeMap::new();
        let mut entry = None;
        let parts = text.split("==> ").skip(1).filter_map(|part| part.split_once(" <==\n"));
        for (name, text) in parts {
            files.insert(name.to_owned(), text.to_owned());
            entry.get_or_insert_with(|| name.to_owned());
        }
        let entry = entry.unwrap_or_else(|| {
            let name = match Kind::detect("example", text.as_bytes()) {
                Some(Kind::FluentBit) if !text.starts_with(['[', '@']) => "fluent-bit.yaml",
                Some(Kind::FluentBit) => "fluent-bit.conf",
                None if text.trim_start_matches(' ').starts_with('[') => "fluent-bit.conf",
                None => "prometheus.yml",
                _ => "example",
            };
            files.insert(name.to_owned(), text.to_owned());
            name.to_owned()
        });
        Self { entry, files }
    }

    fn memory(&self) -> MemoryFiles {
        let mut memory = MemoryFiles::new();
        for (name, text) in &self.files {
            memory.insert(name, text.as_str());
        }
        memory
    }

    /// The same with the main file in YAML, if that is a classic one and all of it can be said.
    fn in_yaml(&self) -> Option<Self> {
        let name = self.entry.strip_suffix(".conf")?;
        let (config, _) = load(&self.entry, &self.memory(), &(), Compat::V5_1);
        let (text, lost) = write_yaml(config.documents.first()?);
        if !lost.is_empty() {
            return None;
        }
        let mut files = self.files.clone();
        files.remove(&self.entry);
        let entry = format!("{name}.yaml");
        files.insert(entry.clone(), text);
        Some(Self { entry, files })
    }

    /// The same in a manifest.
    fn in_config_map(&self) -> Self {
        let mut text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n".to_owned();
        for (name, file) in &self.files {
            text.push_str(&format!("  {name}: |2\n"));
            for line in file.lines() {
                let indent = if line.is_empty() { "" } else { "    " };
                text.push_str(&format!("{indent}{line}\n"));
            }
        }
        Self { entry: "map.yaml".to_owned(), files: [("map.yaml".to_owned(), text)].into() }
    }

    fn problems(&self) -> Vec<Diagnostic> {
        check(&self.entry, &self.memory(), &options()).expect("a report").diagnostics
    }

    /// The problem with this code.
    fn find(&self, code: &str) -> Option<Diagnostic> {
        self.problems().into_iter().find(|problem| problem.code() == code)
    }
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.notes = true;
    options
}

/// Problems of the classic form alone.
const CLASSIC_ONLY: &[&str] = &[
    "abbreviated-section",
    "command-without-value",
    "doubled-indent",
    "empty-group",
    "empty-section",
    "group-outside-section",
    "indent-too-deep",
    "indent-too-low",
    "indented-header",
    "inline-comment",
    "missing-value",
    "mixed-indent",
    "nul-byte",
    "parser-in-main-file",
    "tab-separator",
    "unclosed-header",
    "unindented-key",
    "yaml-file-name",
    // Names are close to others, or are not, in each form.
    "unknown-section",
];

/// What no ConfigMap can hold.
const NOT_IN_MAPS: &[&str] = &["nul-byte"];

#[test]
fn found_and_fixed_in_every_form() {
    let mut wrong = Vec::new();
    let mut seen = [0; 2];
    for lint in lints() {
        let Some((bad, _)) = lint.example else { continue };
        let classic = Example::new(bad);
        let Some(problem) = classic.find(lint.code) else { continue };
        if !(classic.entry.ends_with(".conf") || classic.entry.ends_with(".yml")) {
            continue;
        }
        let yaml = classic.in_yaml().filter(|_| !CLASSIC_ONLY.contains(&lint.code));
        let plain = [Some(&classic), yaml.as_ref()].into_iter().flatten();
        let in_maps = plain.filter(|_| !NOT_IN_MAPS.contains(&lint.code)).map(Example::in_config_map);
        for example in in_maps.chain(yaml.clone()) {
            let what = format!("{} in {:#?}", lint.code, example.files);
            let Some(found) = example.find(lint.code) else {
                wrong.push(format!("not found: {what}"));
                continue;
            };
            let form = usize::from(example.files.contains_key("map.yaml"));
            seen[form] += 1;
            if problem.repair().is_none() {
                continue;
            }
            if found.repair().is_none() {
                wrong.push(format!("no fix: {what}"));
                continue;
            }
            let fixed =
                fix(&example.entry, &example.memory(), &options(), Applicability::Likely).expect("a report");
            if fixed.report.diagnostics.iter().any(|problem| problem.code() == lint.code) {
                wrong.push(format!("not fixed: {what}\n{:?}", fixed.changes));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen[0] > 50 && seen[1] > 100, "{seen:?}");
}

#[test]
fn allowed_in_every_form() {
    let mut wrong = Vec::new();
    for lint in lints() {
        let Some((bad, _)) = lint.example else { continue };
        let classic = Example::new(bad);
        let comment = format!("# weirgate: allow {}\n", lint.code);
        let forms = [Some(classic.clone()), classic.in_yaml(), Some(classic.in_config_map())];
        for mut example in forms.into_iter().flatten() {
            let found = example.find(lint.code).filter(|problem| problem.severity() != Severity::Error);
            if found.is_none() || lint.code == "unused-allow" {
                continue;
            }
            for text in example.files.values_mut() {
                text.insert_str(0, &comment);
            }
            if example.find(lint.code).is_some() {
                wrong.push(format!("{} in {}", lint.code, example.entry));
            }
        }
    }
    assert!(wrong.is_empty(), "not silenced:\n{}", wrong.join("\n"));
}
