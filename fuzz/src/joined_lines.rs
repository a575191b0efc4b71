//! The first byte chooses between `Docker_Mode` and `Parser_Firstline`, the rest is a file: nothing may panic,
//! no message may start before its line, and nothing may be pending at the end.

use std::sync::{Arc, LazyLock};

use event_model::{Arena, Compat, Timestamp};
use fluentbit_parser::multiline::{
    DockerMode, DockerModeState, FirstLine, FirstLineState, JoinedLine, Message,
};
use fluentbit_parser::{Context, Format, Parser, ParserOptions, Scratch};

/// Made once: compiling the pattern takes longer than most inputs do.
static FIRST: LazyLock<[(Compat, Arc<Parser>); 2]> = LazyLock::new(|| {
    [Compat::V5_1, Compat::V1_8].map(|compat| {
        let pattern = r"^(?<level>[A-Z]+) (?<message>.*)";
        let options = ParserOptions::new(Format::Regex(pattern.to_owned()));
        (compat, Arc::new(Parser::new("first", &options, compat).expect("these options are valid")))
    })
});

pub(crate) fn run(data: &[u8]) {
    let Some((&choice, file)) = data.split_first() else { return };
    for (compat, first) in &*FIRST {
        let first = Arc::clone(first);
        if choice % 2 == 0 {
            docker_mode(choice, first, file, *compat);
        } else {
            first_line(choice, first, file, *compat);
        }
    }
}

fn docker_mode(choice: u8, first: Arc<Parser>, file: &[u8], compat: Compat) {
    let mut mode = DockerMode::new();
    if choice % 4 == 2 {
        mode = mode.with_first_line(first);
    }
    let (arena, mut scratch, mut state) = (Arena::new(), Scratch::new(compat), DockerModeState::new());
    let (mut now, mut lines, mut at) = (Timestamp::default(), 0, 0);
    let mut last = None;
    for (position, line) in (0..).zip(file.split(|&byte| byte == b'\n')) {
        at = position;
        lines += 1;
        now.seconds += i64::from(line.len() % 7 == 6) * 4;
        let mut out = |joined: JoinedLine<'_>| {
            assert!(joined.position <= at && last.is_none_or(|last| last < joined.position));
            last = Some(joined.position);
        };
        let mut cx = Context::new(&arena, &mut scratch, now);
        mode.push_line(&mut state, line, position, &mut cx, &mut out);
        mode.flush(&mut state, &mut cx, &mut out);
    }
    let mut out = |joined: JoinedLine<'_>| assert!(joined.position <= at && lines > 0);
    let mut cx = Context::new(&arena, &mut scratch, now);
    mode.flush_all(&mut state, &mut cx, &mut out);
    assert_eq!((state.pending(), mode.timeout(&state)), (None, None));
}

fn first_line(choice: u8, first: Arc<Parser>, file: &[u8], compat: Compat) {
    let others = if choice % 4 == 1 { Vec::new() } else { vec![Arc::clone(&first)] };
    let mode = FirstLine::new(first, others);
    let (arena, mut scratch, mut state) = (Arena::new(), Scratch::new(compat), FirstLineState::new());
    let (mut now, mut messages, mut lines) = (Timestamp::default(), 0, 0);
    for (position, line) in (0..).zip(file.split(|&byte| byte == b'\n')) {
        lines += 1;
        now.seconds += i64::from(line.len() % 7 == 6) * 4;
        let mut out = |message: Message<'_, '_>| {
            messages += 1;
            assert!(message.position <= position);
        };
        let mut cx = Context::new(&arena, &mut scratch, now);
        mode.push_line(&mut state, line, position, &mut cx, &mut out);
        mode.flush(&mut state, &mut cx, &mut out);
    }
    let mut cx = Context::new(&arena, &mut scratch, now);
    mode.flush_all(&mut state, &mut cx, &mut |_| messages += 1);
    assert!(messages <= lines);
    assert_eq!((state.pending(), mode.timeout(&state)), (None, None));
}
