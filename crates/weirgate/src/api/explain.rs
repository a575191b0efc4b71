//! `explain`: what happens to each line of a log file.

use std::collections::BTreeMap;
use std::sync::Arc;

use event_model::Arena;
use fluentbit_config::{Config, Section};
use fluentbit_filter::FilterKind;
use fluentbit_parser::Scratch;
use fluentbit_pipeline::{Pipeline, TailInput};
use pipeline_core::frame::Line;
use serde::{Deserialize, Serialize};

use super::discovery::Objects;
use super::feed::{Feeder, Inputs, lines};
use super::logs::{Folder, Loaded};
use super::metadata::Pods;
use super::tag::{PodFields, named_groups};
use super::trace::{LineState, LineTrace, ParserTrace, RecordTrace, Recorder, TagTrace};
use super::{Content, Diagnostic, Error, Files, Mode, Positions, Time, logs};

/// A configuration and a log file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExplainRequest {
    /// The configuration and other files it names, such as pod metadata to preload.
    pub files: Files,
    /// The entry file; may be left out if it is the only file or has its usual name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main: Option<String>,
    /// The content of the log file. A line without an end counts as a line here.
    pub input: Content,
    /// The path of the log file. Without it, it gets a name that the first input follows.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The folder that relative names are relative to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// Pods and namespaces, as an API server describes them.
    pub objects: Objects,
    /// The time it is.
    pub now: Time,
    /// Whose mistakes to repeat.
    pub compat: Mode,
    /// What random ids follow from.
    pub seed: u64,
    /// What columns and offsets count.
    pub positions: Positions,
}

/// What happens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExplainAnswer {
    /// Whether the configuration starts: not with errors among the diagnostics.
    pub started: bool,
    /// The path the log file was given.
    pub path: String,
    /// The lines, for each input that follows the file.
    pub lines: Vec<LineTrace>,
    /// The names of all outputs, such as `es.0`, in the order of the file; those that take no record, too.
    pub outputs: Vec<String>,
    /// Why no input follows the file, or one that does not.
    pub not_followed: Vec<String>,
    /// What is wrong with the configuration.
    pub diagnostics: Vec<Diagnostic>,
}

/// Tells what happens to each line of a log file, and which rule decided.
///
/// ```
/// use weirgate::api::{ExplainRequest, LineState, explain};
///
/// let config = "[INPUT]\n    Name tail\n    Path /var/log/*.log\n    Tag app\n\
///     [FILTER]\n    Name grep\n    Match *\n    Exclude log debug\n\
///     [OUTPUT]\n    Name stdout\n    Match *\n";
/// let request = ExplainRequest {
///     files: [("fluent-bit.conf", config)].into_iter().collect(),
///     input: "debug: x\nerror: y\n".into(),
///     path: Some("/var/log/a.log".into()),
///     ..ExplainRequest::default()
/// };
/// let answer = explain(&request)?;
/// assert_eq!(answer.lines[0].state, LineState::Dropped);
/// let filter = &answer.lines[0].passes[0].filters[0];
/// assert_eq!(filter.rules[filter.decided.unwrap()].text, "Exclude log debug");
/// assert_eq!(answer.lines[1].state, LineState::Delivered);
/// assert_eq!(answer.outputs, ["stdout.0"]);
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When `main` is missing or names no file, or the objects cannot be read.
pub fn explain(request: &ExplainRequest) -> Result<ExplainAnswer, Error> {
    let main = logs::main(&request.files, request.main.as_deref())?;
    let objects = request.objects.read_pods()?;
    let files = Folder::new(request.folder.as_deref(), &request.files);
    let Loaded { config, pipeline, problems } = logs::load(&files, &main, &request.env, request.compat);
    let mut answer = ExplainAnswer {
        started: !problems.iter().any(source_text::Diagnostic::is_error),
        diagnostics: Diagnostic::all(&problems, &config.sources, request.positions),
        ..ExplainAnswer::default()
    };
    if !answer.started {
        return Ok(answer);
    }
    answer.outputs = pipeline.outputs.iter().map(|output| output.name.clone()).collect();
    let mut bytes = request.input.bytes().to_vec();
    if bytes.last().is_some_and(|last| *last != b'\n') {
        bytes.push(b'\n');
    }
    answer.path = request.path.clone().unwrap_or_else(|| assumed_path(&pipeline));
    let log: Files = [(answer.path.as_str(), bytes.as_slice())].into_iter().collect();
    let inputs = Inputs::new(request.folder.as_deref(), &log);
    let mut following: Vec<(usize, String)> = Vec::new();
    for (index, input) in pipeline.inputs.iter().enumerate() {
        following.extend(inputs.of(input).into_iter().map(|(name, _)| (index, name)));
    }
    if request.path.is_none() && following.is_empty() && !pipeline.inputs.is_empty() {
        // The assumed name need not match the rest of the pattern.
        following.push((0, answer.path.clone()));
    }
    if following.is_empty() {
        answer.not_followed.push(nobody(&pipeline, &answer.path));
    }
    let pods = Pods::new(&config, &files, objects);
    let mut feeder = Feeder::new(pipeline, &pods, request.now.0, request.seed);
    for (index, name) in following {
        let pipeline = Arc::clone(&feeder.pipeline);
        let mut recorder =
            Recorder::new(Arc::clone(&pipeline), &config.sources, request.positions, request.now.0);
        if let Err(error) = feeder.file(index, &name, &bytes, &mut recorder) {
            answer
                .not_followed
                .push(format!("{} does not follow `{name}`: {error}", pipeline.inputs[index].name));
            continue;
        }
        let input = &pipeline.inputs[index];
        let tag = tag_trace(&config, &pipeline, index, &name);
        let found = lines(input, &bytes);
        answer.lines.extend(line_traces(input, &found, &tag, recorder.records, request));
    }
    Ok(answer)
}

/// A path that the first input of a configuration might follow.
pub(super) fn assumed_input(request: &ExplainRequest) -> Result<String, Error> {
    let main = logs::main(&request.files, request.main.as_deref())?;
    let files = Folder::new(request.folder.as_deref(), &request.files);
    let loaded = logs::load(&files, &main, &request.env, request.compat);
    Ok(assumed_path(&loaded.pipeline))
}

/// A path that the first input might follow.
fn assumed_path(pipeline: &Pipeline) -> String {
    let pattern = pipeline.inputs.first().and_then(|input| input.path.first());
    let Some(pattern) = pattern else { return "input.log".to_owned() };
    if !pattern.contains(['?', '[']) {
        // Whatever the stars stand for.
        return pattern.replace('*', "input");
    }
    match pattern.rsplit_once('/') {
        Some((folder, _)) if !folder.contains(['*', '?', '[']) => format!("{folder}/input.log"),
        _ => "input.log".to_owned(),
    }
}

fn nobody(pipeline: &Pipeline, path: &str) -> String {
    let patterns: Vec<&str> =
        pipeline.inputs.iter().flat_map(|input| input.path.iter().map(String::as_str)).collect();
    match patterns.as_slice() {
        [] => "the configuration has no input that follows files".to_owned(),
        patterns => format!("no input follows `{path}`: they follow {}", patterns.join(", ")),
    }
}

/// How the file got its tag.
fn tag_trace(config: &Config, pipeline: &Pipeline, index: usize, path: &str) -> TagTrace {
    let mut tails = config.inputs.iter().filter(|section| section.name().eq_ignore_ascii_case("tail"));
    let pattern = tails.nth(index).and_then(|section: &Section| section.str("tag_regex"));
    let regex = pattern.and_then(|pattern| fluentbit_parser::compile_pattern(pattern, pipeline.compat).ok());
    let tag = pipeline.inputs[index].tag(path).unwrap_or_default();
    let reader = pipeline.filters.iter().find_map(|stage| match stage.filter.kind() {
        FilterKind::Kubernetes(filter) if stage.filter.matches(&tag) => Some(filter.pod_tag()),
        _ => None,
    });
    TagTrace {
        groups: regex.map(|regex| named_groups(&regex, path.as_bytes())).unwrap_or_default(),
        pod: reader.and_then(|reader| reader.read(&tag).ok()).map(|pod| PodFields::of(&pod)),
        tag: tag.into(),
    }
}

fn line_traces(
    input: &TailInput,
    lines: &[Line<'_>],
    tag: &TagTrace,
    mut records: BTreeMap<u64, RecordTrace>,
    request: &ExplainRequest,
) -> Vec<LineTrace> {
    let mut traces: Vec<LineTrace> = Vec::with_capacity(lines.len());
    // The last line that a record began at.
    let mut began = None;
    for (index, line) in lines.iter().enumerate() {
        let mut trace = LineTrace {
            line: index + 1,
            offset: line.offset,
            text: line.text().into(),
            input: input.name.clone(),
            tag: tag.clone(),
            ..LineTrace::default()
        };
        match records.remove(&line.offset) {
            Some(record) => {
                trace.state = record.state();
                if trace.state == LineState::Joined {
                    trace.joined_to = began;
                } else {
                    began = Some(trace.line);
                }
                trace.time = Some(record.time);
                trace.record = Some(record.fields);
                trace.passes = record.passes;
                if !input.joins_lines() {
                    trace.parser = parser_trace(input, line, request);
                }
            }
            None if input.joins_lines() && began.is_some() => {
                trace.state = LineState::Joined;
                trace.joined_to = began;
            }
            None => {}
        }
        traces.push(trace);
    }
    traces
}

/// What the input's parser makes of a line.
fn parser_trace(input: &TailInput, line: &Line<'_>, request: &ExplainRequest) -> Option<ParserTrace> {
    let parser = input.parser()?;
    let (arena, mut scratch) = (Arena::new(), Scratch::new(request.compat.compat()));
    let mut fields = Vec::new();
    let parsed = parser.parse(line.text(), request.now.0, &arena, &mut scratch, &mut fields);
    let trace = ParserTrace {
        name: parser.name().to_owned(),
        groups: parser.regex().map(|regex| named_groups(regex, line.text())).unwrap_or_default(),
        ..ParserTrace::default()
    };
    Some(match parsed {
        Ok(parsed) => ParserTrace {
            matched: true,
            time: parsed.time.map(Time),
            warning: parsed.warning.map(|warning| warning.to_string()),
            ..trace
        },
        Err(error) => ParserTrace { error: Some(error.to_string()), ..trace },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For each line its state, and the rule that decided last.
    fn check(config: &str, input: &str, expected: &[(LineState, &str)]) {
        let request = ExplainRequest {
            files: [("fluent-bit.conf", config)].into_iter().collect(),
            input: input.into(),
            ..ExplainRequest::default()
        };
        let answer = explain(&request).unwrap();
        assert!(answer.started, "{:?}", answer.diagnostics);
        let decided = |line: &LineTrace| {
            let filters = line.passes.iter().flat_map(|pass| &pass.filters);
            let mut rules = filters.filter_map(|filter| Some(filter.rules[filter.decided?].text.clone()));
            rules.next_back().unwrap_or_default()
        };
        let found: Vec<_> = answer.lines.iter().map(|line| (line.state, decided(line))).collect();
        let found: Vec<_> = found.iter().map(|(state, rule)| (*state, rule.as_str())).collect();
        assert_eq!(found, expected, "{config}");
    }

    const INPUT: &str = "[INPUT]\n    Name tail\n    Path /l/*.x\n    Tag app\n";
    const OUTPUT: &str = "[OUTPUT]\n    Name es\n    Match app\n";

    #[test]
    fn states_and_rules() {
        use LineState::{Delivered, Dropped, Joined, Skipped, Unmatched};
        let grep = "[FILTER]\n    Name grep\n    Match *\n    Exclude log a\n    Regex log b\n";
        check(
            &format!("{INPUT}{grep}{OUTPUT}"),
            "a\nb\nc",
            &[(Dropped, "Exclude log a"), (Delivered, "Regex log b"), (Dropped, "Regex log b")],
        );
        let rewrite = "[FILTER]\n    Name rewrite_tag\n    Match app\n    Rule $log ^x new false\n";
        check(
            &format!("{INPUT}{rewrite}{OUTPUT}"),
            "x\ny\n",
            &[(Unmatched, "Rule $log ^x new false"), (Delivered, "")],
        );
        let skip = "    Skip_Empty_Lines On\n";
        check(&format!("{INPUT}{skip}{OUTPUT}"), "\na\n", &[(Skipped, ""), (Delivered, "")]);
        let join = "    multiline.parser docker\n";
        check(
            &format!("{INPUT}{join}{OUTPUT}"),
            "{\"log\":\"a\"}\n{\"log\":\"b\\n\"}\n{\"log\":\"c\\n\"}\n",
            &[(Delivered, ""), (Joined, ""), (Delivered, "")],
        );
    }

    #[test]
    fn a_file_nobody_follows() {
        let request = ExplainRequest {
            files: [("fluent-bit.conf", format!("{INPUT}{OUTPUT}"))].into_iter().collect(),
            path: Some("/m/a.x".into()),
            ..ExplainRequest::default()
        };
        let answer = explain(&request).unwrap();
        assert_eq!(answer.not_followed, ["no input follows `/m/a.x`: they follow /l/*.x"]);
    }

    #[test]
    fn what_filters_change() {
        let modify = "[FILTER]\n    Name modify\n    Match *\n    Rename log text\n    Set a b\n";
        let request = ExplainRequest {
            files: [("fluent-bit.conf", format!("{INPUT}{modify}{OUTPUT}"))].into_iter().collect(),
            input: "x\n".into(),
            ..ExplainRequest::default()
        };
        let answer = explain(&request).unwrap();
        let pass = &answer.lines[0].passes[0];
        let keys: Vec<_> = pass.filters[0].changes.iter().map(|change| change.key.text()).collect();
        assert_eq!(keys, ["log", "text", "a"]);
        let document = &pass.outputs[0].bulk.as_ref().unwrap().document;
        assert!(document.text().ends_with(r#""text":"x","a":"b"}"#), "{}", document.text());
    }
}
