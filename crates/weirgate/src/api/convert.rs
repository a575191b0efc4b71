//! `convert`: a configuration of Fluent Bit in its other form.

use serde::{Deserialize, Serialize};
use source_text::SourceMap;

use super::{Diagnostic, Error, Files, Mode, Positions, logs};

/// What to convert.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConvertRequest {
    /// The file, and others beside it, which are left alone.
    pub files: Files,
    /// The file to convert; may be left out if it is the only one or has its usual name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main: Option<String>,
    /// The form to convert to.
    pub to: Form,
    /// The release whose rules the classic form follows.
    pub compat: Mode,
    /// What columns and offsets count.
    pub positions: Positions,
}

/// A form of configuration files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Form {
    /// YAML.
    #[default]
    Yaml,
    /// `[SECTION]` headers and indented `Key value` lines.
    Classic,
}

/// The other form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConvertAnswer {
    /// The usual name of the new file: the old one with another ending.
    pub name: String,
    /// The text; null if the file cannot be read.
    pub text: Option<String>,
    /// What is wrong with the file, and what the other form cannot say.
    pub diagnostics: Vec<Diagnostic>,
}

/// Converts a configuration file, with its comments, to the other form. Files it includes are not converted; the
/// names under which it includes them get the usual ending of the other form.
///
/// ```
/// use weirgate::api::{ConvertRequest, convert};
///
/// let request = ConvertRequest {
///     files: [("fluent-bit.conf", "# the shop\n[INPUT]\n    Name tail\n")].into_iter().collect(),
///     ..ConvertRequest::default()
/// };
/// let answer = convert(&request)?;
/// assert_eq!(answer.name, "fluent-bit.yaml");
/// assert_eq!(answer.text.unwrap(), "pipeline:\n  inputs:\n    # the shop\n    - name: tail\n");
/// # Ok::<(), weirgate::api::Error>(())
/// ```
///
/// # Errors
///
/// When `main` is missing or names no file.
pub fn convert(request: &ConvertRequest) -> Result<ConvertAnswer, Error> {
    let main = logs::main(&request.files, request.main.as_deref())?;
    let text = request.files.get(&main).map(|content| content.text().into_owned()).unwrap_or_default();
    let mut sources = SourceMap::new();
    let id = sources.add(main.as_str(), text.as_str());
    let is_yaml = fluentbit_config::Form::of_path(&main) == fluentbit_config::Form::Yaml;
    let (document, mut problems) = match is_yaml {
        true => fluentbit_config::parse_yaml(id, &text),
        false => fluentbit_config::parse_classic(id, &text, request.compat.compat()),
    };
    let written = (!problems.iter().any(source_text::Diagnostic::is_error)).then(|| match request.to {
        Form::Yaml => fluentbit_config::write_yaml(&document),
        Form::Classic => fluentbit_config::write_classic(&document),
    });
    let (text, lost) = written.map_or((None, Vec::new()), |(text, lost)| (Some(text), lost));
    problems.extend(lost);
    let ending = if request.to == Form::Yaml { "yaml" } else { "conf" };
    let stem = match main.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => stem,
        _ => &main,
    };
    Ok(ConvertAnswer {
        name: format!("{stem}.{ending}"),
        text,
        diagnostics: Diagnostic::all(&problems, &sources, request.positions),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_forms() {
        for (name, text, to, expected) in [
            ("a.b/main", "[INPUT]\n    Name tail\n", Form::Yaml, ("a.b/main.yaml", true)),
            ("m.yml", "pipeline:\n  inputs:\n    - name: tail\n", Form::Classic, ("m.conf", true)),
            ("p.yaml", "parsers:\n  - name: a\n    format: json\n", Form::Classic, ("p.conf", true)),
            ("m.yaml", "pipeline: [", Form::Classic, ("m.conf", false)),
            ("m.conf", "[INPUT\n", Form::Yaml, ("m.yaml", false)),
        ] {
            let files = [(name, text)].into_iter().collect();
            let answer = convert(&ConvertRequest { files, to, ..ConvertRequest::default() }).unwrap();
            assert_eq!((answer.name.as_str(), answer.text.is_some()), expected, "{text}");
            assert_eq!(answer.text.is_some(), !answer.diagnostics.iter().any(Diagnostic::is_error));
        }
    }

    #[test]
    fn what_the_other_form_cannot_say_is_told() {
        let text = "parsers:\n  - name: a\n    format: json\npipeline:\n  inputs:\n    - name: tail\n";
        let files = [("m.yaml", text)].into_iter().collect();
        let answer =
            convert(&ConvertRequest { files, to: Form::Classic, ..ConvertRequest::default() }).unwrap();
        let found: Vec<_> =
            answer.diagnostics.iter().map(|problem| (problem.code.as_str(), problem.line)).collect();
        assert_eq!(found, [("not-converted", Some(2))]);
    }
}
