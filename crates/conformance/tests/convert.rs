//! A configuration says the same in both forms: every configuration of the golden cases that loads is converted to
//! YAML and back, and read again each time.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fluentbit_config::{Compat, Config, Files as _, Form, Group, MemoryFiles, Property, Section, load};
use serde_json::Value;
use weirgate::api::{self, ConvertRequest};

/// What a configuration says, without places: keys and names of sections have no case.
fn settings(config: &Config) -> Vec<String> {
    let parts = [
        std::slice::from_ref(&config.service),
        &config.inputs,
        &config.filters,
        &config.outputs,
        &config.parsers,
        &config.multiline_parsers,
        &config.others,
    ];
    parts.into_iter().flatten().map(section).collect()
}

fn section(section: &Section) -> String {
    format!("{:?} {:?} {:?}", section.kind, properties(&section.properties), groups(&section.groups))
}

fn properties(properties: &[Property]) -> Vec<(String, String)> {
    // Paths of files that were converted have another ending.
    let value = |value: &str| value.replace(".conf", ".yaml").trim().to_owned();
    properties.iter().map(|property| (property.key.to_ascii_lowercase(), value(&property.value))).collect()
}

fn groups(groups: &[Group]) -> Vec<String> {
    let group = |group: &Group| {
        format!("{} {:?} {:?}", group.name, properties(&group.properties), self::groups(&group.groups))
    };
    groups.iter().map(group).collect()
}

/// Loads the files as far as that release starts with them.
fn read(files: &BTreeMap<String, String>, main: &str, env: &BTreeMap<String, String>) -> Option<Config> {
    let mut memory = MemoryFiles::new();
    for (name, text) in files {
        memory.insert(name, text.as_str());
    }
    memory.read(main).ok()?;
    let (config, problems) = load(main, &memory, env, Compat::V5_1);
    (!problems.iter().any(source_text::Diagnostic::is_error)).then_some(config)
}

/// Converts every file of the configuration that stands in the other form; `None` if something has no such form.
fn convert(
    config: &Config,
    files: &BTreeMap<String, String>,
    to: api::Form,
) -> Option<BTreeMap<String, String>> {
    let mut converted = files.clone();
    for document in &config.documents {
        let source = config.sources.get(document.source)?;
        if (document.form == Form::Yaml) == (to == api::Form::Yaml) {
            continue;
        }
        let request = ConvertRequest {
            files: [(source.name(), source.text())].into_iter().collect(),
            to,
            ..ConvertRequest::default()
        };
        let answer = api::convert(&request).ok()?;
        let told = |problem: &api::Diagnostic| problem.message.contains("must be converted");
        if answer.diagnostics.iter().any(|problem| problem.code == "not-converted" && !told(problem)) {
            return None;
        }
        converted.insert(answer.name, answer.text?);
    }
    Some(converted)
}

fn renamed(main: &str, ending: &str) -> String {
    format!("{}.{ending}", main.rsplit_once('.').map_or(main, |(stem, _)| stem))
}

#[test]
fn both_forms_say_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/fluent-bit");
    let (mut compared, mut failures) = (0, Vec::new());
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "jsonl")) {
        for case in fs::read_to_string(path).unwrap().lines() {
            let case: Value = serde_json::from_str(case).unwrap();
            let fill = |text: &str| text.replace("{DIR}", "/d").replace("{PORT}", "9200");
            let texts = |map: &Value| -> BTreeMap<String, String> {
                let members = map.as_object().into_iter().flatten();
                members.filter_map(|(name, text)| Some((name.clone(), fill(text.as_str()?)))).collect()
            };
            let files: BTreeMap<String, String> =
                texts(&case["files"]).into_iter().map(|(name, text)| (format!("/d/{name}"), text)).collect();
            let env = texts(&case["env"]);
            let main = format!("/d/{}", case["main"].as_str().unwrap_or("fluent-bit.conf"));
            let Some(config) = read(&files, &main, &env) else { continue };
            let expected = settings(&config);
            let (first, second) = match Form::of_path(&main) {
                Form::Classic => (api::Form::Yaml, api::Form::Classic),
                Form::Yaml => (api::Form::Classic, api::Form::Yaml),
            };
            let (mut config, mut files, mut main) = (config, files, main);
            for to in [first, second] {
                let Some(converted) = convert(&config, &files, to) else { break };
                main = renamed(&main, if to == api::Form::Yaml { "yaml" } else { "conf" });
                let Some(again) = read(&converted, &main, &env) else {
                    failures.push(format!("{} as {to:?} does not load", case["id"]));
                    break;
                };
                let found = settings(&again);
                if found != expected {
                    failures.push(format!("{} as {to:?}\n  {expected:?}\n  {found:?}", case["id"]));
                    break;
                }
                compared += 1;
                (config, files) = (again, converted);
            }
        }
    }
    assert!(failures.is_empty(), "{} of {compared}:\n{}", failures.len(), failures.join("\n"));
    assert!(compared > 1000, "only {compared} conversions were compared");
}
