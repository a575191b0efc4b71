//! Documents that no server takes, written down.

use event_model::json::{self, Style};
use event_model::{Timestamp, number, strftime};
use serde::de::IgnoredAny;

use crate::body::BulkItem;
use crate::response::ServerError;

/// Appends a line of JSON about a rejected document: when, why, and all that is needed to send it again.
///
/// ```
/// use elasticsearch_bulk::{BulkItem, ServerError, dead_letter};
/// use event_model::Timestamp;
///
/// let item = BulkItem::new(br#"{"create":{"_index":"i"}}"#, br#"{"n":"x"}"#);
/// let mut out = Vec::new();
/// dead_letter(&mut out, item, &ServerError::new(400, "no number"), Timestamp::new(1_700_000_000, 0));
/// assert_eq!(
///     String::from_utf8(out).unwrap(),
///     r#"{"time":"2023-11-14T22:13:20Z","status":400,"type":"","reason":"no number","#.to_owned()
///         + r#""action":{"create":{"_index":"i"}},"document":{"n":"x"}}"#
///         + "\n"
/// );
/// ```
pub fn dead_letter(out: &mut Vec<u8>, item: BulkItem<'_>, error: &ServerError<'_>, now: Timestamp) {
    out.extend_from_slice(b"{\"time\":\"");
    strftime(out, b"%Y-%m-%dT%H:%M:%SZ", now.seconds);
    out.extend_from_slice(b"\",\"status\":");
    number::unsigned(out, error.status.into());
    for (key, text) in [("type", &error.kind), ("reason", &error.reason)] {
        member(out, key);
        json::string(out, text.as_bytes(), Style::Utf8);
    }
    for (key, line) in [("action", item.action), ("document", item.document)] {
        member(out, key);
        // Lines that are no JSON are among the reasons to reject a document.
        if serde_json::from_slice::<IgnoredAny>(line).is_ok() {
            out.extend_from_slice(line);
        } else {
            json::string(out, line, Style::Utf8);
        }
    }
    out.extend_from_slice(b"}\n");
}

fn member(out: &mut Vec<u8>, key: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\":");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_no_json_are_kept_as_text() {
        let item = BulkItem::new(b"{\"create\":{\"_index\":\"a\"b\"}}", b"{\"n\":nan}");
        let mut out = Vec::new();
        dead_letter(&mut out, item, &ServerError::new(400, "a \"b\""), Timestamp::default());
        assert_eq!(
            String::from_utf8(out).unwrap(),
            concat!(
                r#"{"time":"1970-01-01T00:00:00Z","status":400,"type":"","reason":"a \"b\"","#,
                r#""action":"{\"create\":{\"_index\":\"a\"b\"}}","document":"{\"n\":nan}"}"#,
                "\n"
            )
        );
    }
}
