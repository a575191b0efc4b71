//! `Replace_Dots`: servers before Elasticsearch 5 take no dots in keys.

use event_model::{Arena, Field, MAX_DEPTH, Record, Value};

/// Replaces the dots in the keys of one record after the other. Its memory is reused.
#[derive(Debug, Default)]
pub(crate) struct DotReplacer {
    arena: Arena,
    fields: Record<'static>,
}

impl Clone for DotReplacer {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl DotReplacer {
    /// Calls `then` with the fields, in whose keys, at any depth, dots are underscores.
    pub(crate) fn with<T>(&mut self, fields: &[Field<'_>], then: impl FnOnce(&[Field<'_>]) -> T) -> T {
        self.arena.reset();
        let mut replaced = std::mem::take(&mut self.fields).recycle();
        replaced.fields.extend(fields.iter().map(|field| replace_field(&self.arena, *field, 0)));
        let result = then(&replaced.fields);
        self.fields = replaced.recycle();
        result
    }
}

fn replace_field<'a>(arena: &'a Arena, field: Field<'a>, depth: usize) -> Field<'a> {
    let key = if field.key.contains(&b'.') {
        arena.bytes_with(field.key.len(), |room| {
            for (to, from) in room.iter_mut().zip(field.key) {
                *to = if *from == b'.' { b'_' } else { *from };
            }
            room.len()
        })
    } else {
        field.key
    };
    Field::new(key, replace(arena, field.value, depth))
}

fn replace<'a>(arena: &'a Arena, value: Value<'a>, depth: usize) -> Value<'a> {
    if let Value::Constant(constant) = value {
        return Value::Constant(constant.dots_replaced());
    }
    // Deeper values are not written at all.
    if depth >= MAX_DEPTH {
        return value;
    }
    if let Some(fields) = value.members() {
        let replaced: Vec<_> = fields.map(|field| replace_field(arena, field, depth + 1)).collect();
        Value::Map(arena.slice(&replaced))
    } else if let Some(items) = value.elements() {
        let replaced: Vec<_> = items.map(|item| replace(arena, item, depth + 1)).collect();
        Value::Array(arena.slice(&replaced))
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use event_model::json::{self, Style};
    use event_model::{Constant, OwnedField, OwnedValue};

    #[test]
    fn dots_at_any_depth() {
        let inner = [Field::new(b"d.e", Value::Int(2))];
        let list = [Value::Map(&inner), Value::Array(&[])];
        let owned = OwnedValue::Map(vec![OwnedField::new(".", OwnedValue::text("x.y"))]);
        let constant = Constant::new(owned.clone());
        let fields = [
            Field::new(b"a/b..c.", Value::Array(&list)),
            Field::new(b"o", Value::Owned(&owned)),
            Field::new(b"c", Value::Constant(&constant)),
        ];
        let mut replacer = DotReplacer::default();
        for _ in 0..2 {
            let text = replacer.with(&fields, |fields| {
                let mut out = Vec::new();
                json::map(&mut out, fields, Style::Ascii);
                String::from_utf8(out).unwrap()
            });
            assert_eq!(text, r#"{"a/b__c_":[{"d_e":2},[]],"o":{"_":"x.y"},"c":{"_":"x.y"}}"#);
        }
    }
}
