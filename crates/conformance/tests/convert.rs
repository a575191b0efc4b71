//! A configuration says the same in both forms: every configuration of the golden cases and of the examples that loads
//! is converted to the other form and back, and read again each time, with its comments.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use fluentbit_config::{
    Compat, Config, Files as _, Form, Group, Item, MemoryFiles, Property, Section, Text, load,
};
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

/// The comments of all files, in any order, since the forms have an order of their own.
fn comments(config: &Config) -> Vec<String> {
    fn add(comment: Option<&Text>, found: &mut Vec<String>) {
        found.extend(comment.map(|comment| comment.value.trim().to_owned()));
    }
    fn walk(items: &[Item], found: &mut Vec<String>) {
        for item in items {
            match item {
                Item::Comment(comment) => add(Some(comment), found),
                Item::Property(property) => add(property.comment.as_ref(), found),
                Item::Command(command) => add(command.comment.as_ref(), found),
                Item::Section(section) => {
                    add(section.comment.as_ref(), found);
                    walk(&section.items, found);
                }
                Item::Group(group) => walk(&group.items, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    config.documents.iter().for_each(|document| walk(&document.items, &mut found));
    found.sort();
    found
}

#[derive(Default)]
struct Outcome {
    compared: usize,
    comments: usize,
    failures: Vec<String>,
}

impl Outcome {
    /// Converts to the other form and back.
    fn compare(
        &mut self,
        id: &str,
        files: BTreeMap<String, String>,
        main: String,
        env: &BTreeMap<String, String>,
    ) {
        let Some(config) = read(&files, &main, env) else { return };
        let expected = (settings(&config), comments(&config));
        let (first, second) = match Form::of_path(&main) {
            Form::Classic => (api::Form::Yaml, api::Form::Classic),
            Form::Yaml => (api::Form::Classic, api::Form::Yaml),
        };
        let (mut config, mut files, mut main) = (config, files, main);
        for to in [first, second] {
            let Some(converted) = convert(&config, &files, to) else { return };
            main = renamed(&main, if to == api::Form::Yaml { "yaml" } else { "conf" });
            let Some(again) = read(&converted, &main, env) else {
                return self.failures.push(format!("{id} as {to:?} does not load"));
            };
            let found = (settings(&again), comments(&again));
            if found != expected {
                return self.failures.push(format!("{id} as {to:?}\n  {expected:?}\n  {found:?}"));
            }
            self.compared += 1;
            self.comments += found.1.len();
            (config, files) = (again, converted);
        }
    }

    #[track_caller]
    fn check(self, compared: usize, comments: usize) {
        assert!(self.failures.is_empty(), "{}\n{}", self.failures.len(), self.failures.join("\n"));
        let enough = self.compared >= compared && self.comments >= comments;
        assert!(enough, "only {} conversions and {} comments were compared", self.compared, self.comments);
    }
}

#[test]
fn examples_say_the_same_in_both_forms() {
    let mut outcome = Outcome::default();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let pains = fs::read_dir(examples.join("pains")).unwrap().map(|entry| entry.unwrap().path());
    for folder in pains.chain([examples.join("kiamol-logging")]).filter(|path| path.is_dir()) {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "conf") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                files.insert(format!("/d/{name}"), fs::read_to_string(&path).unwrap());
            }
        }
        let id = folder.display().to_string();
        outcome.compare(&id, files, "/d/fluent-bit.conf".to_owned(), &BTreeMap::new());
    }
    outcome.check(20, 20);
}

#[test]
fn both_forms_say_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/fluent-bit");
    let mut outcome = Outcome::default();
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
            outcome.compare(case["id"].as_str().unwrap(), files, main, &env);
        }
    }
    outcome.check(1000, 20);
}
