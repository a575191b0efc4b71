//! Reading answers without keeping them: only what failed is taken out.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::response::ServerError;

/// The longest part of an answer that is no JSON which is quoted as the reason.
const LONGEST_QUOTE: usize = 200;

/// What an answer to a bulk request says.
#[derive(Debug, Default)]
pub(crate) struct Report<'a> {
    /// The member `errors`.
    pub(crate) errors: Option<bool>,
    /// How many items there are. Not counted if `errors` was false before.
    pub(crate) items: usize,
    /// The items whose status is no success.
    pub(crate) failed: Vec<(usize, ServerError<'a>)>,
}

/// Reads the answer to a bulk request. Nothing after `"errors": false` is looked at.
pub(crate) fn bulk(body: &[u8]) -> Result<Report<'_>, serde_json::Error> {
    let mut report = Report::default();
    match serde_json::Deserializer::from_slice(body).deserialize_map(BulkVisitor(&mut report)) {
        Err(error) if report.errors != Some(false) => Err(error),
        _ => Ok(report),
    }
}

/// The error that an answer other than 200 holds, as far as it can be read.
pub(crate) fn error_of_answer(status: u16, body: &[u8]) -> ServerError<'_> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow, default)]
        error: ErrorText<'a>,
    }
    match serde_json::from_slice::<Answer<'_>>(body) {
        Ok(answer) => answer.error.with_status(status),
        Err(_) => {
            let start = &body[..body.len().min(LONGEST_QUOTE)];
            match String::from_utf8_lossy(start) {
                Cow::Borrowed(text) => ServerError::new(status, text.trim()),
                Cow::Owned(text) => ServerError::new(status, text.trim().to_owned()),
            }
        }
    }
}

struct BulkVisitor<'r, 'a>(&'r mut Report<'a>);

impl<'a> Visitor<'a> for BulkVisitor<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer to a bulk request")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut members: M) -> Result<(), M::Error> {
        while let Some(key) = members.next_key::<Text<'a>>()? {
            match &*key.0 {
                "errors" => {
                    let errors = members.next_value()?;
                    self.0.errors = Some(errors);
                    if !errors {
                        return Err(M::Error::custom("nothing more to learn"));
                    }
                }
                "items" => members.next_value_seed(Items(&mut *self.0))?,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct Items<'r, 'a>(&'r mut Report<'a>);

impl<'a> DeserializeSeed<'a> for Items<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for Items<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut items: S) -> Result<(), S::Error> {
        while let Some(Item(result)) = items.next_element()? {
            let status = result.status.unwrap_or(0);
            if !(200..300).contains(&status) {
                self.0.failed.push((self.0.items, result.error.with_status(status)));
            }
            self.0.items += 1;
        }
        Ok(())
    }
}

/// `{"create": {...}}`
struct Item<'a>(ItemResult<'a>);

#[derive(Default, Deserialize)]
struct ItemResult<'a> {
    #[serde(default)]
    status: Option<u16>,
    #[serde(borrow, default)]
    error: ErrorText<'a>,
}

impl<'de> Deserialize<'de> for Item<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ItemVisitor;
        impl<'de> Visitor<'de> for ItemVisitor {
            type Value = Item<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an operation with its result")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Self::Value, M::Error> {
                let mut result = ItemResult::default();
                while let Some((_, value)) = members.next_entry::<IgnoredAny, _>()? {
                    result = value;
                }
                Ok(Item(result))
            }
        }
        deserializer.deserialize_map(ItemVisitor)
    }
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// An `error`: a text, or a map of type, reason and cause.
#[derive(Default)]
struct ErrorText<'a> {
    kind: Cow<'a, str>,
    reason: Cow<'a, str>,
}

impl<'a> ErrorText<'a> {
    fn with_status(self, status: u16) -> ServerError<'a> {
        ServerError { kind: self.kind, ..ServerError::new(status, self.reason) }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for ErrorText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ErrorVisitor;
        impl<'de> Visitor<'de> for ErrorVisitor {
            type Value = ErrorText<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an error")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(ErrorText::default())
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(ErrorText::default())
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(ErrorText { reason: Cow::Borrowed(text), ..ErrorText::default() })
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(ErrorText { reason: Cow::Owned(text.to_owned()), ..ErrorText::default() })
            }

            fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Self::Value, M::Error> {
                let mut error = ErrorText::default();
                let mut cause = Cow::Borrowed("");
                while let Some(key) = members.next_key::<Text<'de>>()? {
                    match &*key.0 {
                        "type" => error.kind = text_or_null(&mut members)?,
                        "reason" => error.reason = text_or_null(&mut members)?,
                        "caused_by" => cause = members.next_value::<ErrorText<'de>>()?.reason,
                        _ => drop(members.next_value::<IgnoredAny>()?),
                    }
                }
                if !cause.is_empty() && cause != error.reason {
                    error.reason = Cow::Owned(format!("{} ({cause})", error.reason));
                }
                Ok(error)
            }
        }
        deserializer.deserialize_any(ErrorVisitor)
    }
}

fn text_or_null<'de, M: MapAccess<'de>>(members: &mut M) -> Result<Cow<'de, str>, M::Error> {
    Ok(members.next_value::<Option<Text<'de>>>()?.map_or(Cow::Borrowed(""), |text| text.0))
}
