//! Lines that are JSON objects.

use event_model::{Compat, Field, Timestamp, Value};

use super::timed::Timed;
use super::{Context, Failure, Parsed, Parser, Warning};

impl Parser {
    pub(super) fn parse_json<'a>(
        &'a self,
        line: &'a [u8],
        cx: &mut Context<'a, '_>,
        fields: &mut Vec<Field<'a>>,
    ) -> Result<Parsed<'a>, Failure> {
        let start = fields.len();
        cx.scratch.json(self.compat).parse_object(line, cx.arena, fields)?;
        self.decoders.apply(start, cx, fields, self.compat);
        let mut parsed = Parsed::default();
        if let Some(timed) = &self.timed {
            take_time(timed, start, cx, fields, &mut parsed, self.compat);
        }
        Ok(parsed)
    }
}

/// The first field that has the time's key is the time, if it is text.
fn take_time<'a>(
    timed: &Timed,
    start: usize,
    cx: &Context<'a, '_>,
    fields: &mut Vec<Field<'a>>,
    parsed: &mut Parsed<'a>,
    compat: Compat,
) {
    let own = fields.get(start..).unwrap_or_default();
    let Some(index) = own.iter().position(|field| *field.key == *timed.key) else { return };
    let Some(Field { value: Value::Str(text), .. }) = own.get(index) else { return };
    let drop = match timed.read(text, cx) {
        Ok(time) => {
            parsed.set_time(time);
            !timed.keep
        }
        Err(error) => {
            parsed.warn(Warning::Time { text });
            // A fraction that was read before the mismatch stays: it is a time right after 1970.
            parsed.set_time(Timestamp::new(0, error.nanoseconds()));
            compat == Compat::V1_8 && !timed.keep
        }
    };
    if drop {
        fields.remove(start + index);
    }
}
