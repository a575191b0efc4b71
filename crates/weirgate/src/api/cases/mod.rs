//! `test`: unit tests of configurations.

mod compare;
mod read;
mod run;

use serde::{Deserialize, Serialize};
use source_text::SourceMap;

use super::{Content, Diagnostic, Error, ErrorKind, Files, OtherHalf, Positions};

/// A file of cases, and the files they name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TestRequest {
    /// The name of the file of cases. The names in it are relative to its folder.
    pub cases: String,
    /// That file and those it names.
    pub files: Files,
    /// What columns and offsets count.
    pub positions: Positions,
}

/// What became of the cases.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TestAnswer {
    /// The cases, in the order of the file.
    pub cases: Vec<CaseResult>,
    /// How many passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// Files that the cases name and that are not among those given: give them and ask again.
    pub missing: Vec<MissingFile>,
    /// What is wrong with the file of cases.
    pub diagnostics: Vec<Diagnostic>,
}

/// What became of a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CaseResult {
    /// Its name.
    pub name: String,
    /// The line it begins at.
    pub line: usize,
    /// Whether all was as expected.
    pub passed: bool,
    /// What was not.
    pub differences: Vec<Difference>,
}

/// Something that is not as expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Difference {
    /// What differs.
    pub what: String,
    /// What was expected; null for something that was not.
    pub expected: Option<String>,
    /// What was found; null for something that is missing.
    pub found: Option<String>,
}

/// A file that a case names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MissingFile {
    /// Its name, as it must stand among the files.
    pub name: String,
    /// Whether it is a configuration of Fluent Bit, whose included files and pod metadata are needed too.
    pub is_configuration: bool,
}

/// Runs cases.
///
/// A file of cases is a YAML list. Each case has a `name` and says what is tried and what is expected (`expect`); a
/// member that is not expected is not compared.
///
/// | case | tries | expects |
/// | --- | --- | --- |
/// | `config`, with `lines` (a list) or `input` (a file), and perhaps `as` (the path of the log file), `objects` (a file of pods), `env`, `now` (seconds), `compat` | a configuration of Fluent Bit on a log file | `records`, those that leave the filters; `outputs`, those each output takes, by its name; `documents`, by the name of an `es` output; `stdout`, a text; `errors`, a list of codes |
/// | `prometheus`, with `objects` | a `prometheus.yml` in a cluster | `targets`: a list of `url` and `labels`; `dropped`: how many; `errors` |
/// | `prometheus` with `job` and `labels`, or `rules` (a file) with `labels` | relabelling | `keep`; `labels` afterwards; `url` |
///
/// An expected record or set of labels lists the fields that matter: others may be there too, unless the case says
/// `exact: true`. A field that is expected to be null must not be there. Plain `3` is a number and `"3"` a text, as in
/// YAML. `$tag` stands for a record's tag.
///
/// ```
/// use weirgate::api::{TestRequest, test};
///
/// let cases = "\
/// - name: errors are kept, and nothing else
///   config: fluent-bit.conf
///   lines: ['error: no disk', 'all is well']
///   expect:
///     outputs:
///       stdout.0: [{log: 'error: no disk'}]
/// ";
/// let config = "[INPUT]\n    Name tail\n    Path *.log\n\
///     [FILTER]\n    Name grep\n    Match *\n    Regex log ^error\n\
///     [OUTPUT]\n    Name stdout\n    Match *\n";
/// let request = TestRequest {
///     cases: "cases.yaml".into(),
///     files: [("cases.yaml", cases), ("fluent-bit.conf", config)].into_iter().collect(),
///     ..TestRequest::default()
/// };
/// let answer = test(&request)?;
/// assert_eq!((answer.passed, answer.failed), (1, 0));
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When the file of cases is not among the files.
pub fn test(request: &TestRequest) -> Result<TestAnswer, Error> {
    test_half(request, &|method, _| Err(Error::left_out(method)))
}

pub(super) fn test_half(request: &TestRequest, other: &OtherHalf<'_>) -> Result<TestAnswer, Error> {
    let text = request.files.get(&request.cases).map(Content::text);
    let text = text.ok_or_else(|| Error::input(format!("there is no file `{}`", request.cases)))?;
    let mut sources = SourceMap::new();
    let id = sources.add(request.cases.as_str(), text.as_ref());
    let folder = request.cases.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut answer = TestAnswer::default();
    let cases = match read::cases(id, &text, folder, &sources) {
        Ok(cases) => cases,
        Err(problems) => {
            answer.diagnostics = Diagnostic::all(&problems, &sources, request.positions);
            return Ok(answer);
        }
    };
    for case in &cases {
        for (name, is_configuration) in case.files() {
            let file = MissingFile { name: name.to_owned(), is_configuration };
            if request.files.get(name).is_none() && !answer.missing.contains(&file) {
                answer.missing.push(file);
            }
        }
    }
    if !answer.missing.is_empty() {
        return Ok(answer);
    }
    for case in &cases {
        let differences = match run::run(case, &request.files, other) {
            Ok(differences) => differences,
            Err(error) if error.kind() == ErrorKind::OtherHalf => return Err(error),
            Err(error) => vec![Difference { what: error.to_string(), ..Difference::default() }],
        };
        let passed = differences.is_empty();
        *(if passed { &mut answer.passed } else { &mut answer.failed }) += 1;
        answer.cases.push(CaseResult { name: case.name.clone(), line: case.line, passed, differences });
    }
    Ok(answer)
}

#[cfg(test)]
mod tests;
