//! The multiline parsers that are there without being defined.

use std::sync::Arc;

use event_model::Compat;

use super::cri::Cri;
use super::parser::{Join, LineParser, MultilineOptions, MultilineParser, MultilineRule};
use crate::line::{Format, Parser, ParserOptions};

/// All of them. One whose pattern this crate could not compile would be missing.
pub(super) fn all(compat: Compat) -> impl Iterator<Item = MultilineParser> {
    let stack_traces = [("java", JAVA), ("go", GO), ("ruby", RUBY), ("python", PYTHON)]
        .into_iter()
        .filter_map(move |(name, rules)| stack_trace(name, rules, compat));
    [docker(compat), cri(compat)].into_iter().flatten().chain(stack_traces)
}

/// Docker's JSON lines: a message ends with a line feed.
fn docker(compat: Compat) -> Option<MultilineParser> {
    let mut line = ParserOptions::new(Format::Json);
    line.time_format = Some("%Y-%m-%dT%H:%M:%S.%L".to_owned());
    line.time_keep = true;
    line.time_strict = false;
    let line = Parser::new("docker", &line, compat).ok()?;
    let mut options = MultilineOptions::new(Join::EndsWith("\n".to_owned()));
    options.key_content = Some("log".to_owned());
    options.key_group = Some("stream".to_owned());
    MultilineParser::new("docker", &options, Some(Arc::new(line)), compat).ok()
}

/// The lines of container runtimes: a message ends with a line of the tag `F`.
fn cri(compat: Compat) -> Option<MultilineParser> {
    let mut options = MultilineOptions::new(Join::Equal("F".to_owned()));
    options.key_content = Some("log".to_owned());
    options.key_group = Some("stream".to_owned());
    options.key_pattern = Some("_p".to_owned());
    let mut parser = MultilineParser::new("cri", &options, None, compat).ok()?;
    parser.line = LineParser::Cri(Cri::new(compat));
    Some(parser)
}

/// States, pattern, next state.
type Rules = &'static [(&'static str, &'static str, &'static str)];

fn stack_trace(name: &str, rules: Rules, compat: Compat) -> Option<MultilineParser> {
    let rules =
        rules.iter().map(|(states, pattern, next)| MultilineRule::new(states, *pattern, next)).collect();
    MultilineParser::new(name, &MultilineOptions::new(Join::Regex(rules)), None, compat).ok()
}

const JAVA: Rules = &[
    ("start_state,again", r".(?:Exception|Error|Throwable|V8 errors stack trace)[:\r\n]", "thrown"),
    ("thrown", r"^[\t ]*nested exception is:[\t ]*", "again"),
    ("thrown", r"^[\r\n]*$", "thrown"),
    ("thrown,frames", r"^[\t ]+(?:eval )?at ", "frames"),
    // C#: nested exceptions, and those of asynchronous code.
    ("thrown,frames", r"^[\t ]+--- End of inner exception stack trace ---$", "frames"),
    (
        "thrown,frames",
        r"^--- End of stack trace from previous (?x:)location where exception was thrown ---$",
        "frames",
    ),
    ("thrown,frames", r"^[\t ]*(?:Caused by|Suppressed):", "thrown"),
    ("thrown,frames", r"^[\t ]*... \d+ (?:more|common frames omitted)", "frames"),
];

const GO: Rules = &[
    ("start_state", r"\bpanic: ", "panicked"),
    ("start_state", r"http: panic serving", "goroutine"),
    ("panicked,signalled,function", r"^$", "goroutine"),
    ("panicked", r"^\[signal ", "signalled"),
    ("goroutine", r"^goroutine \d+ \[[^\]]+\]:$", "function"),
    ("function", r"^(?:[^\s.:]+\.)*[^\s.():]+\(|^created by ", "place"),
    ("place", r"^\s", "function"),
];

const RUBY: Rules = &[
    ("start_state,again", r"^.+:\d+:in\s+.*", "raised"),
    ("raised,frames", r"^\s+from\s+.*:\d+:in\s+.*", "frames"),
];

const PYTHON: Rules = &[
    ("start_state", r"^Traceback \(most recent call last\):$", "frames"),
    ("frames", r"^[\t ]+File ", "code"),
    ("code", r"[^\t ]", "frames"),
    ("frames", r"^(?:[^\s.():]+\.)*[^\s.():]+:", "start_state"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_can_be_made() {
        for compat in [Compat::V5_1, Compat::V1_8] {
            let parsers: Vec<_> = all(compat).collect();
            let names: Vec<_> = parsers.iter().map(MultilineParser::name).collect();
            assert_eq!(names, ["docker", "cri", "java", "go", "ruby", "python"]);
        }
    }
}
