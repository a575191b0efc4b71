//! One case tried.

use event_model::{OwnedField, OwnedValue, Timestamp};
use serde_json::{Value, json};

use super::super::discovery::Objects;
use super::super::elsewhere::{ask, list};
use super::super::explain::{ExplainRequest, assumed_input};
use super::super::pipeline::{OutputRecord, PipelineRequest, pipeline};
use super::super::{Content, Diagnostic, Error, Fields, Files, Labels, OtherHalf, Time, call_half};
use super::Difference;
use super::compare;
use super::read::{Case, Expected, log};

/// The time it is where a case does not say: 2024-01-01.
const NOW: i64 = 1_704_067_200;

/// What is not as the case expects.
pub(super) fn run(case: &Case, files: &Files, other: &OtherHalf<'_>) -> Result<Vec<Difference>, Error> {
    match (&case.config, &case.labels) {
        (Some(config), _) => run_pipeline(case, config, files),
        (None, Some(labels)) => run_relabel(case, labels, files, other),
        (None, None) => run_targets(case, files, other),
    }
}

/// Asks a question of the metrics half, which this build may not have.
fn metrics(method: &str, request: &Value, other: &OtherHalf<'_>) -> Result<Value, Error> {
    let here = |method: &str, request: &str| call_half(method, request, other);
    ask(if cfg!(feature = "api-metrics") { &here } else { other }, method, request)
}

fn text(files: &Files, name: Option<&String>) -> String {
    let content = name.and_then(|name| files.get(name));
    content.map(|content| content.text().into_owned()).unwrap_or_default()
}

fn run_pipeline(case: &Case, config: &str, files: &Files) -> Result<Vec<Difference>, Error> {
    let content = match (&case.lines, &case.input) {
        (Some(lines), _) => log(lines),
        (None, name) => name.as_ref().and_then(|name| files.get(name)).cloned().unwrap_or_default(),
    };
    let request = ExplainRequest {
        files: files.clone(),
        main: Some(config.to_owned()),
        env: case.env.clone(),
        compat: case.compat,
        ..ExplainRequest::default()
    };
    let path = match &case.path {
        Some(path) => path.clone(),
        None => assumed_input(&request)?,
    };
    let answer = pipeline(&PipelineRequest {
        files: files.clone(),
        main: Some(config.to_owned()),
        inputs: [(path, content)].into_iter().collect(),
        env: case.env.clone(),
        objects: Objects::new(text(files, case.objects.as_ref())),
        now: Time(Timestamp::new(case.now.unwrap_or(NOW), 0)),
        compat: case.compat,
        ..PipelineRequest::default()
    })?;
    let expect = &case.expect;
    let mut differences = errors(case, &answer.diagnostics);
    if !answer.started {
        return Ok(differences);
    }
    for (file, reason) in &answer.not_followed {
        differences.push(Difference { what: format!("{file}: {reason}"), ..Difference::default() });
    }
    let all: Vec<Fields> = answer.records.iter().map(with_tag).collect();
    if let Some(records) = &expect.records {
        compare::lists("records", records, &all, case.exact, &mut differences);
    }
    for (name, records) in &expect.outputs {
        let taken = answer.records.iter().zip(&all);
        let taken =
            taken.filter(|(record, _)| record.outputs.contains(name)).map(|(_, fields)| fields.clone());
        compare::lists(name, records, &taken.collect::<Vec<_>>(), case.exact, &mut differences);
    }
    for (name, documents) in &expect.documents {
        let requests = answer.requests.iter().filter(|request| request.output == *name);
        let found = requests.flat_map(|request| &request.items).map(|item| {
            serde_json::from_slice(item.document.bytes()).unwrap_or_else(|_| raw(&item.document))
        });
        compare::lists(name, documents, &found.collect::<Vec<_>>(), case.exact, &mut differences);
    }
    if let Some(stdout) = &expect.stdout {
        differences.extend(compare::texts("stdout", stdout, &answer.stdout.text()));
    }
    Ok(differences)
}

/// A record with its tag.
fn with_tag(record: &OutputRecord) -> Fields {
    let tag = OwnedField::new("$tag", OwnedValue::text(record.tag.bytes()));
    Fields(record.record.0.iter().cloned().chain([tag]).collect())
}

/// A document that is no JSON object, as it is.
fn raw(document: &Content) -> Fields {
    Fields(vec![OwnedField::new("$text", OwnedValue::text(document.bytes()))])
}

/// Compares the errors of a configuration: none, where a case does not say.
fn errors(case: &Case, diagnostics: &[Diagnostic]) -> Vec<Difference> {
    let found: Vec<&Diagnostic> = diagnostics.iter().filter(|problem| problem.is_error()).collect();
    let expected = case.expect.errors.clone().unwrap_or_default();
    let is_expected = |problem: &&&Diagnostic| expected.contains(&problem.code);
    let shown = |problem: &Diagnostic| {
        let place = problem.file.as_ref().zip(problem.line);
        let place = place.map_or_else(String::new, |(file, line)| format!("{file}:{line}: "));
        format!("{place}{}[{}]: {}", problem.severity, problem.code, problem.message)
    };
    let surprising = found.iter().filter(|problem| !is_expected(problem)).map(|problem| Difference {
        what: "an error".to_owned(),
        expected: None,
        found: Some(shown(problem)),
    });
    let missing = expected.iter().filter(|code| !found.iter().any(|problem| problem.code == **code));
    let missing = missing.map(|code| Difference {
        what: "an error".to_owned(),
        expected: Some(code.clone()),
        found: None,
    });
    surprising.chain(missing).collect()
}

fn run_relabel(
    case: &Case,
    labels: &Labels,
    files: &Files,
    other: &OtherHalf<'_>,
) -> Result<Vec<Difference>, Error> {
    let given = |name: &Option<String>| name.as_ref().map(|_| text(files, name.as_ref()));
    let request = json!({
        "rules": given(&case.rules),
        "prometheus": given(&case.prometheus),
        "job": case.job,
        "labels": labels,
    });
    let answer = metrics("relabel", &request, other)?;
    let mut differences = errors(case, &problems(&answer));
    let expect = &case.expect;
    let Some(keep) = answer["keep"].as_bool() else { return Ok(differences) };
    if let Some(wanted) = expect.keep {
        differences.extend(compare::texts("keep", &wanted.to_string(), &keep.to_string()));
    }
    if let Some(wanted) = &expect.labels {
        // Of a target those of its samples.
        let found = if answer["target"].is_null() { &answer["labels"] } else { &answer["target"]["labels"] };
        differences.extend(compare::value("labels", wanted, &fields(found), case.exact));
    }
    if let Some(wanted) = &expect.url {
        let found = answer["target"]["url"].as_str().unwrap_or_default();
        differences.extend(compare::texts("url", wanted, found));
    }
    Ok(differences)
}

fn run_targets(case: &Case, files: &Files, other: &OtherHalf<'_>) -> Result<Vec<Difference>, Error> {
    let request = json!({
        "prometheus": text(files, case.prometheus.as_ref()),
        "objects": text(files, case.objects.as_ref()),
        "files": files,
    });
    let answer = metrics("targets", &request, other)?;
    let mut differences = errors(case, &problems(&answer));
    let is_asked = |job: &&Value| case.job.as_ref().is_none_or(|name| job["job"] == **name);
    let jobs = || list(&answer["jobs"]).iter().filter(is_asked);
    if let Some(expected) = &case.expect.targets {
        let found = jobs().flat_map(|job| list(&job["active"])).map(|active| {
            let url = active["url"].as_str().unwrap_or_default();
            Fields(vec![
                OwnedField::new("url", OwnedValue::text(url)),
                OwnedField::new("labels", OwnedValue::Map(fields(&active["labels"]).0)),
            ])
        });
        let found: Vec<Fields> = found.collect();
        let texts: Vec<Expected> = expected.iter().map(as_texts).collect();
        compare::lists("targets", &texts, &found, case.exact, &mut differences);
    }
    if let Some(expected) = case.expect.dropped {
        let found: usize = jobs().map(|job| list(&job["dropped"]).len()).sum();
        differences.extend(compare::texts("dropped targets", &expected.to_string(), &found.to_string()));
    }
    Ok(differences)
}

/// The problems of an answer, as far as a case looks at them.
fn problems(answer: &Value) -> Vec<Diagnostic> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let problem = |problem: &Value| Diagnostic {
        file: problem["file"].as_str().map(str::to_owned),
        line: problem["line"].as_u64().and_then(|line| usize::try_from(line).ok()),
        severity: text(&problem["severity"]),
        code: text(&problem["code"]),
        message: text(&problem["message"]),
        ..Diagnostic::default()
    };
    list(&answer["diagnostics"]).iter().map(problem).collect()
}

fn fields(labels: &Value) -> Fields {
    let labels = labels.as_object().into_iter().flatten();
    let field = |(name, value): (&String, &Value)| {
        OwnedField::new(name.as_str(), OwnedValue::text(value.as_str().unwrap_or_default()))
    };
    Fields(labels.map(field).collect())
}

/// Labels are texts, however they look in YAML.
fn as_texts(expected: &Expected) -> Expected {
    match expected {
        Expected::Scalar(OwnedValue::Int(number)) => Expected::Scalar(OwnedValue::text(number.to_string())),
        Expected::Scalar(OwnedValue::Bool(value)) => Expected::Scalar(OwnedValue::text(value.to_string())),
        Expected::Map(members) => {
            Expected::Map(members.iter().map(|(name, value)| (name.clone(), as_texts(value))).collect())
        }
        other => other.clone(),
    }
}
