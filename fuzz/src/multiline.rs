//! The first byte chooses parsers, the rest is a file: nothing may panic, no text may be lost, and nothing
//! may be pending at the end.

use std::sync::LazyLock;

use event_model::{Arena, Compat, Timestamp, Value};
use fluentbit_parser::multiline::{Message, Multiline, MultilineSet, MultilineState};
use fluentbit_parser::{Context, Scratch};

static V5_1: LazyLock<MultilineSet> = LazyLock::new(|| MultilineSet::builtin(Compat::V5_1));
static V1_8: LazyLock<MultilineSet> = LazyLock::new(|| MultilineSet::builtin(Compat::V1_8));

pub(crate) fn run(data: &[u8]) {
    let Some((&choice, file)) = data.split_first() else { return };
    for compat in [Compat::V5_1, Compat::V1_8] {
        let set = if compat == Compat::V1_8 { &V1_8 } else { &V5_1 };
        let names: &[&str] = match choice % 6 {
            0 => &["docker", "cri"],
            1 => &["cri", "java"],
            2 => &["java"],
            3 => &["go", "python"],
            4 => &["ruby", "java", "go"],
            _ => &["python"],
        };
        let parsers = names.iter().map(|name| set.get(name).expect("it is built-in")).collect();
        let multiline = Multiline::new(parsers, compat).with_limit(1 << 16);
        let (arena, mut scratch, mut state) = (Arena::new(), Scratch::new(compat), MultilineState::new());
        let mut text = Vec::<u8>::new();
        let mut out = |message: Message<'_, '_>| {
            assert!(message.pending.is_none_or(|pending| pending != message.position));
            for field in message.fields {
                if let (b"log", Value::Str(log)) = (field.key, field.value) {
                    text.extend(log.iter().filter(|&&byte| byte != b'\n'));
                }
            }
        };
        let mut now = Timestamp::default();
        for (position, line) in (0..).zip(file.split(|&byte| byte == b'\n')) {
            now.seconds += i64::from(choice / 6 % 2) * i64::from(line.len() % 7 == 6);
            let mut cx = Context::new(&arena, &mut scratch, now);
            multiline.push_line(&mut state, line, position, &mut cx, &mut out);
            multiline.flush(&mut state, &mut cx, &mut out);
            assert!(state.pending().is_none_or(|pending| pending <= position));
        }
        let mut cx = Context::new(&arena, &mut scratch, now);
        multiline.flush_all(&mut state, &mut cx, &mut out);
        assert_eq!((state.pending(), multiline.timeout(&state)), (None, None));
        // Lines without a form of their own come out whole.
        if choice % 6 > 1 && file.len() < 1 << 16 {
            assert!(text.iter().eq(file.iter().filter(|&&byte| byte != b'\n')));
        }
    }
}
