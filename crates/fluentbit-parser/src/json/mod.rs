//! JSON as Fluent Bit reads it, borrowed from the text.
//!
//! Both releases are a little off the standard, each in its own way:
//!
//! | | 5.1.1 | 1.8.11 |
//! |---|---|---|
//! | after the document | anything but another document | only white space |
//! | `1e20` | the double | the integer 1: an exponent without sign is not seen |
//! | 2⁶³ and above | unsigned, then double | clamped to the signed range |
//! | `01`, `1.`, `-`, `tru`, `[1,]` | error | accepted |
//! | surrogate pairs | one character | two, which is not UTF-8 |
//! | NUL in a string | kept | error |
//!
//! In both, duplicate keys are kept, control characters and bytes that are not UTF-8 are taken as they are,
//! unknown escapes are errors, and containers nested deeper than [`MAX_DEPTH`] are an error: their msgpack
//! reader stops there.
//!
//! ```
//! use event_model::{Arena, Compat, Value};
//! use fluentbit_parser::json::JsonReader;
//!
//! let arena = Arena::new();
//! let mut fields = Vec::new();
//! let mut reader = JsonReader::new(Compat::V5_1);
//! reader.parse_object(br#"{"level":"warn","ms":1.5} rest"#, &arena, &mut fields)?;
//! assert_eq!(event_model::last_field(&fields, b"level"), Some(Value::Str(b"warn")));
//! # Ok::<(), fluentbit_parser::json::Error>(())
//! ```

mod error;
mod number;
mod specials;
mod strict;
mod string;
mod tokens;

pub use error::{Error, ErrorKind};

use event_model::{Arena, Compat, Field, Value};

use specials::Specials;
use strict::Strict;

pub(crate) use tokens::Tokens;

/// How deep containers may be nested; the outermost counts. Fluent Bit's msgpack reader has the same limit.
pub const MAX_DEPTH: usize = 32;

/// Reads JSON documents. It keeps its working memory, so that reading allocates nothing after the first
/// documents except in the arena.
///
/// Never panics; time and memory are proportional to the text.
#[derive(Debug, Default)]
pub struct JsonReader {
    compat: Compat,
    /// Where strings with escapes are put together before they go to the arena.
    room: Vec<u8>,
    /// The elements of the arrays that are open. Empty between documents.
    elements: Vec<Value<'static>>,
    specials: Specials,
    tokens: Tokens,
}

impl JsonReader {
    /// A reader with the behaviour of a release.
    #[must_use]
    pub fn new(compat: Compat) -> Self {
        Self { compat, ..Self::default() }
    }

    /// The release whose behaviour it has.
    #[must_use]
    pub fn compat(&self) -> Compat {
        self.compat
    }

    /// Reads the one object that `text` must hold and appends its members to `fields`. Strings without
    /// escapes borrow from `text`.
    ///
    /// # Errors
    ///
    /// When `text` is not one JSON object in the eyes of the chosen release. `fields` is then as before.
    pub fn parse_object<'a>(
        &mut self,
        text: &'a [u8],
        arena: &'a Arena,
        fields: &mut Vec<Field<'a>>,
    ) -> Result<(), Error> {
        let before = fields.len();
        let result = match self.compat {
            Compat::V1_8 => self.tokens.read_object(text, arena, &mut self.room, fields),
            _ => self.strict(text, arena, fields, |strict| strict.object()),
        };
        if result.is_err() {
            fields.truncate(before);
        }
        result
    }

    /// Reads the one value that `text` must hold.
    ///
    /// # Errors
    ///
    /// When `text` is not one JSON document in the eyes of the chosen release. 1.8.11 takes a bare number or
    /// word for the beginning of a longer one.
    pub fn parse_value<'a>(&mut self, text: &'a [u8], arena: &'a Arena) -> Result<Value<'a>, Error> {
        match self.compat {
            Compat::V1_8 => self.tokens.read_value(text, arena, &mut self.room),
            _ => self.strict(text, arena, &mut Vec::new(), |strict| strict.value()),
        }
    }

    #[inline]
    fn strict<'a, T>(
        &mut self,
        text: &'a [u8],
        arena: &'a Arena,
        fields: &mut Vec<Field<'a>>,
        read: impl FnOnce(&mut Strict<'a, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut elements = recycle(std::mem::take(&mut self.elements));
        let specials = self.specials.find(text);
        let result = read(&mut Strict {
            text,
            arena,
            specials,
            room: &mut self.room,
            fields,
            elements: &mut elements,
        });
        self.elements = recycle(elements);
        result
    }
}

/// The same memory for values of another lifetime.
fn recycle<'b>(mut values: Vec<Value<'_>>) -> Vec<Value<'b>> {
    values.clear();
    // Collecting an emptied vector into one of the same layout reuses its allocation.
    values.into_iter().map(|_| Value::Null).collect()
}
