//! Decoders of fields: `Decode_Field` and `Decode_Field_As`.

use event_model::{Compat, Field, Value};

use super::Context;
use crate::escape;

/// A rule that decodes a field: one `Decode_Field` or `Decode_Field_As`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeRule {
    /// How the field is written.
    pub backend: DecodeBackend,
    /// The field's key. It must be in the record itself, not in a map of it.
    pub field: String,
    /// Whether what is decoded takes the place of the field (`Decode_Field_As`). Otherwise the members of a
    /// decoded object are put at the end of the record, and other results are dropped.
    pub replace: bool,
    /// Whether the field's next rule comes after this one.
    pub action: DecodeAction,
}

/// How a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeBackend {
    /// As a JSON object; spaces may come before it.
    Json,
    /// With backslashes before control letters.
    Escaped,
    /// With the escapes of C and JSON.
    EscapedUtf8,
    /// As a MySQL string in quotes.
    MysqlQuoted,
}

/// When the next rule of the same field is tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeAction {
    /// Never.
    #[default]
    Stop,
    /// If this one fails: `try_next`.
    TryNext,
    /// In any case: `do_next`.
    DoNext,
}

impl DecodeRule {
    /// A rule after which no other is tried.
    #[must_use]
    pub fn new(backend: DecodeBackend, field: impl Into<String>, replace: bool) -> Self {
        Self { backend, field: field.into(), replace, action: DecodeAction::Stop }
    }

    /// Reads `BACKEND FIELD [ACTION]`. None if the backend does not exist or there is no field; unknown
    /// actions mean none.
    #[must_use]
    pub fn read(text: &str, replace: bool) -> Option<Self> {
        const BACKENDS: [(&str, DecodeBackend); 4] = [
            ("json", DecodeBackend::Json),
            ("escaped", DecodeBackend::Escaped),
            ("escaped_utf8", DecodeBackend::EscapedUtf8),
            ("mysql_quoted", DecodeBackend::MysqlQuoted),
        ];
        let mut words = text.split(' ').filter(|word| !word.is_empty());
        let backend = words.next()?;
        let (_, backend) = BACKENDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(backend))?;
        let mut rule = Self::new(*backend, words.next()?, replace);
        rule.action = match words.next() {
            Some(word) if word.eq_ignore_ascii_case("try_next") => DecodeAction::TryNext,
            Some(word) if word.eq_ignore_ascii_case("do_next") => DecodeAction::DoNext,
            _ => DecodeAction::Stop,
        };
        Some(rule)
    }
}

/// The decoders of a parser, by field.
#[derive(Clone, Debug, Default)]
pub(super) struct Decoders(Box<[Decoder]>);

/// The rules of a field, in order.
#[derive(Clone, Debug)]
struct Decoder {
    key: Box<[u8]>,
    rules: Vec<DecodeRule>,
}

impl Decoders {
    pub(super) fn new(rules: &[DecodeRule]) -> Self {
        let mut decoders: Vec<Decoder> = Vec::new();
        for rule in rules {
            let key = rule.field.as_bytes();
            match decoders.iter_mut().find(|decoder| *decoder.key == *key) {
                Some(decoder) => decoder.rules.push(rule.clone()),
                None => decoders.push(Decoder { key: key.into(), rules: vec![rule.clone()] }),
            }
        }
        Self(decoders.into())
    }

    /// Decodes the fields from `start` on.
    pub(super) fn apply<'a>(
        &self,
        start: usize,
        cx: &mut Context<'a, '_>,
        fields: &mut Vec<Field<'a>>,
        compat: Compat,
    ) {
        if self.0.is_empty() {
            return;
        }
        let end = fields.len();
        for index in start..end {
            let Some(&Field { key, value: Value::Str(text) }) = fields.get(index) else { continue };
            let Some(decoder) = self.0.iter().find(|decoder| *decoder.key == *key) else { continue };
            if let Some(value) = decoder.apply(text, end, cx, fields, compat)
                && let Some(field) = fields.get_mut(index)
            {
                field.value = value;
            }
        }
    }
}

impl Decoder {
    /// Decodes a field, and returns what takes its place. Members for the end of the record are put after the
    /// first `end` fields, where Fluent Bit keeps those of the last decoded field only.
    fn apply<'a>(
        &self,
        text: &'a [u8],
        end: usize,
        cx: &mut Context<'a, '_>,
        fields: &mut Vec<Field<'a>>,
        compat: Compat,
    ) -> Option<Value<'a>> {
        if self.rules.iter().any(|rule| !rule.replace) {
            fields.truncate(end);
        }
        let mut text = text;
        let mut replacement = None;
        let mut appended = false;
        for rule in &self.rules {
            let is_map = matches!(replacement, Some(Value::Map(_)));
            let again = !rule.replace && rule.action == DecodeAction::DoNext && appended;
            if is_map || again {
                continue;
            }
            let decoded = match rule.backend {
                DecodeBackend::Json => decode_json(text, cx, fields, compat),
                DecodeBackend::Escaped => {
                    Some(Value::Str(escape::simple(text, cx.arena, &mut cx.scratch.room)))
                }
                DecodeBackend::EscapedUtf8 => {
                    Some(Value::Str(escape::utf8(text, compat, cx.arena, &mut cx.scratch.room)))
                }
                DecodeBackend::MysqlQuoted => {
                    Some(Value::Str(escape::mysql(text, cx.arena, &mut cx.scratch.room)))
                }
            };
            let Some(value) = decoded else {
                if rule.action == DecodeAction::Stop {
                    break;
                }
                continue;
            };
            if rule.replace {
                if let Value::Str(decoded) = value {
                    text = decoded;
                }
                replacement = Some(value);
            } else {
                fields.truncate(end);
                if let Value::Map(members) = value {
                    fields.extend_from_slice(members);
                }
                appended = true;
            }
            if rule.action != DecodeAction::DoNext {
                break;
            }
        }
        replacement
    }
}

/// The object that `text` is. `fields` is working memory, and is the same afterwards.
fn decode_json<'a>(
    text: &'a [u8],
    cx: &mut Context<'a, '_>,
    fields: &mut Vec<Field<'a>>,
    compat: Compat,
) -> Option<Value<'a>> {
    let spaces = text.iter().take_while(|&&byte| byte == b' ').count();
    let text = text.get(spaces..).filter(|text| text.starts_with(b"{"))?;
    let start = fields.len();
    cx.scratch.json(compat).parse_object(text, cx.arena, fields).ok()?;
    let members = cx.arena.slice(fields.get(start..).unwrap_or_default());
    fields.truncate(start);
    Some(Value::Map(members))
}
