//! Lines joined to messages: the three ways of `tail`.

use std::sync::Arc;

use event_model::Timestamp;
use fluentbit_config::{Section, value};
use fluentbit_parser::multiline::{
    DockerMode, DockerModeState, FirstLine, FirstLineState, JoinedLine, Message, Multiline, MultilineSet,
    MultilineState,
};
use fluentbit_parser::{Context, Parser, ParserSet};
use pipeline_core::frame::Line;
use source_text::Diagnostic;

/// How the lines of an input are joined.
#[derive(Debug)]
pub(crate) enum Joining {
    /// `multiline.parser`, which takes lines as they are: `Parser` is not asked.
    Multiline(Multiline),
    /// `Multiline On`.
    FirstLine(FirstLine),
    /// `Docker_Mode On`, before the parser.
    Docker(DockerMode),
}

/// Which of the messages that wait for more lines to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Messages {
    /// Those that waited too long.
    Due,
    /// All of them, at the end of the file or of the program.
    All,
}

/// What one file has pending.
#[derive(Debug)]
pub(crate) enum JoiningState {
    None,
    Multiline(MultilineState),
    FirstLine(FirstLineState),
    Docker(DockerModeState),
}

impl Joining {
    /// The way a `tail` section asks for, if any.
    pub(crate) fn from_section(
        section: &Section,
        parsers: &ParserSet,
        multiline: &MultilineSet,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let on = |key: &str| section.str(key).and_then(value::parse_bool) == Some(true);
        let seconds = |key: &str| u64::try_from(section.time(key, 4)).unwrap_or(4);
        if let Some(list) = section.get("multiline.parser") {
            let mut found = Vec::new();
            for name in value::split_commas(&list.value) {
                match multiline.get(name) {
                    Some(parser) => found.push(parser),
                    None => problems.push(Diagnostic::error(
                        "unknown-parser",
                        list.value_span,
                        format!("there is no multiline parser `{name}`"),
                    )),
                }
            }
            return Some(Self::Multiline(Multiline::new(found, section.compat)));
        }
        if on("multiline") {
            let parser = |key: &str| section.str(key).and_then(|name| parsers.get(name));
            let Some(first) = parser("parser_firstline") else {
                let span = section.get("multiline").map_or(section.span, |property| property.key_span);
                problems.push(Diagnostic::error(
                    "missing-property",
                    span,
                    "`Multiline On` needs a `Parser_Firstline` that is defined",
                ));
                return None;
            };
            let others: Vec<Arc<Parser>> =
                (1..100).map_while(|number| parser(&format!("parser_{number}"))).collect();
            let joining = FirstLine::new(first, others).with_flush_seconds(seconds("multiline_flush"));
            return Some(Self::FirstLine(joining.with_key(section.str("key").unwrap_or("log"))));
        }
        if on("docker_mode") {
            let mut docker = DockerMode::new().with_flush_seconds(seconds("docker_mode_flush"));
            if let Some(parser) = section.str("docker_mode_parser").and_then(|name| parsers.get(name)) {
                docker = docker.with_first_line(parser);
            }
            return Some(Self::Docker(docker));
        }
        None
    }

    pub(crate) fn state(&self) -> JoiningState {
        match self {
            Self::Multiline(_) => JoiningState::Multiline(MultilineState::new()),
            Self::FirstLine(_) => JoiningState::FirstLine(FirstLineState::new()),
            Self::Docker(_) => JoiningState::Docker(DockerModeState::new()),
        }
    }

    /// Takes a line. Messages go to `out`, lines that are still to be parsed to `joined`.
    pub(crate) fn push<'a>(
        &'a self,
        state: &mut JoiningState,
        text: &'a [u8],
        position: u64,
        cx: &mut Context<'a, '_>,
        joined: &mut Vec<Line<'a>>,
        mut out: impl FnMut(Message<'a, '_>),
    ) {
        match (self, state) {
            (Self::Multiline(rules), JoiningState::Multiline(state)) => {
                rules.push_line(state, text, position, cx, &mut out);
            }
            (Self::FirstLine(rules), JoiningState::FirstLine(state)) => {
                rules.push_line(state, text, position, cx, &mut out);
            }
            (Self::Docker(rules), JoiningState::Docker(state)) => {
                rules.push_line(state, text, position, cx, &mut |line| {
                    joined.push(Line { raw: line.line, offset: line.position });
                });
            }
            _ => {}
        }
    }

    /// Ends messages.
    pub(crate) fn end<'a>(
        &'a self,
        which: Messages,
        state: &mut JoiningState,
        cx: &mut Context<'a, '_>,
        joined: &mut Vec<Line<'a>>,
        mut out: impl FnMut(Message<'a, '_>),
    ) {
        let mut join = |line: JoinedLine<'a>| joined.push(Line { raw: line.line, offset: line.position });
        match (self, state, which) {
            (Self::Multiline(rules), JoiningState::Multiline(state), Messages::Due) => {
                rules.flush(state, cx, &mut out);
            }
            (Self::Multiline(rules), JoiningState::Multiline(state), Messages::All) => {
                rules.flush_all(state, cx, &mut out);
            }
            (Self::FirstLine(rules), JoiningState::FirstLine(state), Messages::Due) => {
                rules.flush(state, cx, &mut out);
            }
            (Self::FirstLine(rules), JoiningState::FirstLine(state), Messages::All) => {
                rules.flush_all(state, cx, &mut out);
            }
            (Self::Docker(rules), JoiningState::Docker(state), Messages::Due) => {
                rules.flush(state, cx, &mut join);
            }
            (Self::Docker(rules), JoiningState::Docker(state), Messages::All) => {
                rules.flush_all(state, cx, &mut join);
            }
            _ => {}
        }
    }

    pub(crate) fn timeout(&self, state: &JoiningState) -> Option<Timestamp> {
        match (self, state) {
            (Self::Multiline(rules), JoiningState::Multiline(state)) => rules.timeout(state),
            (Self::FirstLine(rules), JoiningState::FirstLine(state)) => rules.timeout(state),
            (Self::Docker(rules), JoiningState::Docker(state)) => rules.timeout(state),
            _ => None,
        }
    }
}

impl JoiningState {
    pub(crate) fn pending(&self) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Multiline(state) => state.pending(),
            Self::FirstLine(state) => state.pending(),
            Self::Docker(state) => state.pending(),
        }
    }
}
