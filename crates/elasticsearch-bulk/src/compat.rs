//! How releases of Fluent Bit read an answer: for a decision about all documents at once.

use std::borrow::Cow;
use std::fmt;

use event_model::Compat;
use memchr::memmem;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Whether the release takes a request with this answer of status 200 as delivered.
pub(crate) fn is_delivered(compat: Compat, body: &[u8]) -> bool {
    if serde_json::from_slice::<IgnoredAny>(body).is_err() {
        // What is cut off by the buffer of the HTTP client may still start well.
        return memmem::find(body, br#""errors":false,"items":["#).is_some();
    }
    let mut check = Check { compat, stored: false, decided: None };
    // An error that decided nothing is a member of an unexpected type, at which the release stops reading.
    let complete = serde_json::Deserializer::from_slice(body).deserialize_map(&mut check).is_ok();
    check.decided.unwrap_or(match compat {
        Compat::V1_8 => complete,
        _ => check.stored,
    })
}

struct Check {
    compat: Compat,
    /// Whether an item was seen that is stored.
    stored: bool,
    /// Set where the release stops reading because it knows.
    decided: Option<bool>,
}

impl Check {
    fn stop<E: serde::de::Error>(&mut self, delivered: bool) -> E {
        self.decided = Some(delivered);
        E::custom("nothing more is read")
    }
}

impl<'de> Visitor<'de> for &mut Check {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer to a bulk request")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        while let Some(key) = members.next_key::<Cow<'de, str>>()? {
            match &*key {
                "errors" if !members.next_value::<bool>()? => return Err(self.stop(true)),
                "errors" => {}
                "items" => members.next_value_seed(Items(self))?,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct Items<'c>(&'c mut Check);

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<(), S::Error> {
        while let Some(Item(status)) = items.next_element()? {
            // 1.8.11 takes every status but that of a conflict for a failure, success too.
            if self.0.compat == Compat::V1_8 && status.is_some_and(|status| status != 409) {
                return Err(self.0.stop(false));
            }
            self.0.stored |= matches!(status, Some(200 | 201));
        }
        Ok(())
    }
}

/// The status of an item, which has one operation.
struct Item(Option<u64>);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Operation {
            #[serde(default, deserialize_with = "unsigned")]
            status: Option<u64>,
        }
        struct ItemVisitor;
        impl<'de> Visitor<'de> for ItemVisitor {
            type Value = Item;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one operation with its result")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Item, M::Error> {
                let Some((_, Operation { status })) = members.next_entry::<IgnoredAny, Operation>()? else {
                    return Err(M::Error::custom("no operation"));
                };
                match members.next_key::<IgnoredAny>()? {
                    None => Ok(Item(status)),
                    Some(_) => Err(M::Error::custom("several operations")),
                }
            }
        }
        fn unsigned<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
            u64::deserialize(deserializer).map(Some)
        }
        deserializer.deserialize_map(ItemVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, delivered_5_1: bool, delivered_1_8: bool) {
        assert_eq!(is_delivered(Compat::V5_1, body.as_bytes()), delivered_5_1, "5.1 {body}");
        assert_eq!(is_delivered(Compat::V1_8, body.as_bytes()), delivered_1_8, "1.8 {body}");
    }

    #[test]
    fn decisions() {
        let items = |statuses: &[u16]| {
            let items: Vec<_> = statuses
                .iter()
                .map(|status| format!(r#"{{"create":{{"_id":"i","status":{status}}}}}"#))
                .collect();
            format!(r#"{{"took":1,"errors":true,"items":[{}]}}"#, items.join(","))
        };
        check(r#"{"took":1,"errors":false,"items":[]}"#, true, true);
        check(&items(&[201, 400, 201]), true, false);
        check(&items(&[201, 409, 201]), true, false);
        check(&items(&[429, 201]), true, false);
        check(&items(&[400, 400]), false, false);
        check(&items(&[409, 409]), false, true);
        check(&items(&[409, 400, 409]), false, false);
        check(r#"{"errors":true}"#, false, true);
        check("{}", false, true);
        check(r#"{"errors":"false","items":[]}"#, false, false);
        check("", false, false);
        check("<html>ok</html>", false, false);
        check("[]", false, false);
        check(r#"{"errors":false,"items":[{"create":{"#, true, true);
        check(r#"{"errors": false,"items":[{"create":{"#, false, false);
    }

    #[test]
    fn the_order_of_members_counts() {
        check(r#"{"items":[{"create":{"status":201}}],"errors":false}"#, true, false);
        check(r#"{"items":[{"create":{"status":409}}],"errors":false}"#, true, true);
        // What follows a member of the wrong type is not read.
        check(r#"{"items":[{"create":{"status":201}},{"create":{"status":"x"}}]}"#, true, false);
        check(r#"{"items":[{"create":{"status":"x"}},{"create":{"status":201}}]}"#, false, false);
        check(r#"{"items":[{"create":{"status":201},"index":{}}]}"#, false, false);
        check(r#"{"items":{}}"#, false, false);
    }
}
