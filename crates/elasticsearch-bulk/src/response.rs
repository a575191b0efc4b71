//! What a server's answer means for the documents that were sent.

use std::borrow::Cow;
use std::fmt;

use event_model::Compat;

use crate::options::WriteOperation;
use crate::{compat, scan};

/// What becomes of documents the server does not take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// Each document is delivered, sent again, or given back with the server's reason.
    #[default]
    Safe,
    /// What a release of Fluent Bit decides: a request is delivered or sent again as a whole. 5.1.1 takes a
    /// request as delivered when a single document of it was stored; 1.8.11 sends all of them again.
    FluentBit(Compat),
}

impl Delivery {
    /// The release that is followed in everything else.
    #[must_use]
    pub fn compat(self) -> Compat {
        match self {
            Self::Safe => Compat::V5_1,
            Self::FluentBit(compat) => compat,
        }
    }
}

/// What was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// How many items the body had.
    pub items: usize,
    /// What the server was asked to do with them.
    pub operation: WriteOperation,
}

impl Sent {
    /// A body of `items` items.
    #[must_use]
    pub fn new(items: usize, operation: WriteOperation) -> Self {
        Self { items, operation }
    }
}

/// What to do after an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// Nothing: all documents are stored, or were before.
    Delivered,
    /// Something about some documents; the others are delivered.
    Partial(Vec<Problem<'a>>),
    /// Send the whole body again, later.
    Retry(ServerError<'a>),
    /// Send the body in halves: it is too large, or something in it spoils all of it. A body of one item
    /// that is refused is rejected.
    Refused(ServerError<'a>),
    /// Send the body again [without types](crate::BulkBody::without_types), and those to come too.
    TypesRefused,
}

/// A document that is not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem<'a> {
    /// Its place among the items.
    pub item: usize,
    /// What to do with it.
    pub remedy: Remedy,
    /// What the server said.
    pub error: ServerError<'a>,
}

/// What to do with a document that is not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Remedy {
    /// Send it again, later: the server is busy.
    Retry,
    /// Put it away: the server will never take it.
    Reject,
}

/// An error in the server's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerError<'a> {
    /// The HTTP status, of the item or of the whole answer.
    pub status: u16,
    /// The type, such as `mapper_parsing_exception`; empty if there is none.
    pub kind: Cow<'a, str>,
    /// The reason; empty if there is none.
    pub reason: Cow<'a, str>,
}

impl<'a> ServerError<'a> {
    /// An error with a reason of our own words.
    #[must_use]
    pub fn new(status: u16, reason: impl Into<Cow<'a, str>>) -> Self {
        Self { status, kind: Cow::Borrowed(""), reason: reason.into() }
    }

    /// The error, kept when the answer is gone.
    #[must_use]
    pub fn into_owned(self) -> ServerError<'static> {
        ServerError {
            status: self.status,
            kind: Cow::Owned(self.kind.into_owned()),
            reason: Cow::Owned(self.reason.into_owned()),
        }
    }
}

impl fmt::Display for ServerError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        for part in [&self.kind, &self.reason] {
            if !part.is_empty() {
                write!(f, ": {part}")?;
            }
        }
        Ok(())
    }
}

impl Delivery {
    /// Judges the answer to a bulk request.
    ///
    /// ```
    /// use elasticsearch_bulk::{Delivery, Outcome, Remedy, Sent, WriteOperation};
    ///
    /// let body = br#"{"took":2,"errors":true,"items":[
    ///     {"create":{"_id":"a","status":201}},
    ///     {"create":{"_id":"b","status":409,"error":{"type":"version_conflict_engine_exception"}}},
    ///     {"create":{"_id":"c","status":400,"error":{"type":"mapper_parsing_exception","reason":"no"}}}
    /// ]}"#;
    /// let sent = Sent::new(3, WriteOperation::Create);
    /// let Outcome::Partial(problems) = Delivery::Safe.judge(sent, 200, body) else { panic!() };
    /// assert_eq!(problems.len(), 1);
    /// assert_eq!((problems[0].item, problems[0].remedy), (2, Remedy::Reject));
    /// assert_eq!(problems[0].error.to_string(), "status 400: mapper_parsing_exception: no");
    /// ```
    #[must_use]
    pub fn judge<'a>(self, sent: Sent, status: u16, body: &'a [u8]) -> Outcome<'a> {
        match self {
            Self::Safe => judge_safely(sent, status, body),
            Self::FluentBit(compat) => {
                if matches!(status, 200 | 201) && compat::is_delivered(compat, body) {
                    Outcome::Delivered
                } else {
                    Outcome::Retry(scan::error_of_answer(status, body))
                }
            }
        }
    }

    /// Whether an answer that starts with `start` means [`Outcome::Delivered`], whatever follows: then the rest,
    /// with a line for each document, need not be kept.
    ///
    /// ```
    /// use elasticsearch_bulk::Delivery;
    ///
    /// assert!(Delivery::Safe.is_decided(200, br#"{"took":30,"errors":false,"items":[{"cre"#));
    /// assert!(!Delivery::Safe.is_decided(200, br#"{"took":30,"errors":true,"items":[{"cre"#));
    /// ```
    #[must_use]
    pub fn is_decided(self, status: u16, start: &[u8]) -> bool {
        self == Self::Safe
            && matches!(status, 200..=299)
            && scan::bulk(start).is_ok_and(|report| report.errors == Some(false))
    }
}

fn judge_safely<'a>(sent: Sent, status: u16, body: &'a [u8]) -> Outcome<'a> {
    match status {
        200..=299 => judge_items(sent, status, body),
        400 => {
            let error = scan::error_of_answer(status, body);
            // Elasticsearch 8 and OpenSearch 2 say: unknown parameter [_type].
            if error.reason.contains("[_type]") { Outcome::TypesRefused } else { Outcome::Refused(error) }
        }
        413 => Outcome::Refused(scan::error_of_answer(status, body)),
        _ => Outcome::Retry(scan::error_of_answer(status, body)),
    }
}

fn judge_items<'a>(sent: Sent, status: u16, body: &'a [u8]) -> Outcome<'a> {
    let report = match scan::bulk(body) {
        Ok(report) if report.errors == Some(false) => return Outcome::Delivered,
        Ok(report) => report,
        Err(error) => return Outcome::Retry(ServerError::new(status, error.to_string())),
    };
    if report.items != sent.items {
        let reason = format!("answered {} items of {}", report.items, sent.items);
        return Outcome::Retry(ServerError::new(status, reason));
    }
    let remedy = |status| match status {
        // Created before: by the request whose answer got lost.
        409 if sent.operation == WriteOperation::Create => None,
        400..=499 if !matches!(status, 409 | 429) => Some(Remedy::Reject),
        _ => Some(Remedy::Retry),
    };
    let problems: Vec<_> = report
        .failed
        .into_iter()
        .filter_map(|(item, error)| remedy(error.status).map(|remedy| Problem { item, remedy, error }))
        .collect();
    if problems.is_empty() { Outcome::Delivered } else { Outcome::Partial(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, expected: &str) {
        check_sent(Sent::new(2, WriteOperation::Create), status, body, expected);
    }

    fn check_sent(sent: Sent, status: u16, body: &str, expected: &str) {
        let shown = match Delivery::Safe.judge(sent, status, body.as_bytes()) {
            Outcome::Delivered => "delivered".to_owned(),
            Outcome::TypesRefused => "types refused".to_owned(),
            Outcome::Retry(error) => format!("retry: {error}"),
            Outcome::Refused(error) => format!("refused: {error}"),
            Outcome::Partial(problems) => problems
                .iter()
                .map(|problem| format!("{:?} {}: {}", problem.remedy, problem.item, problem.error))
                .collect::<Vec<_>>()
                .join(", "),
        };
        assert_eq!(shown, expected, "{body}");
    }

    #[test]
    fn without_errors() {
        for body in [
            r#"{"took":1,"errors":false,"items":[]}"#,
            r#"{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201}}]}"#,
            // The rest is not looked at.
            r#"{"errors":false,"items":[{"create":"#,
            r#"{"items":[{"create":{"status":201}},{"create":{"status":200}}],"errors":false}"#,
            r#"{"items":[{"create":{"status":201}},{"create":{"status":409}}]}"#,
        ] {
            check(200, body, "delivered");
        }
        check(201, r#"{"errors":false}"#, "delivered");
    }

    #[test]
    fn items_are_judged_one_by_one() {
        check(
            200,
            r#"{"errors":true,"items":[{"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"full"}}},{"create":{"status":201}}]}"#,
            "Retry 0: status 429: es_rejected_execution_exception: full",
        );
        check(
            200,
            r#"{"errors":true,"items":[{"create":{"status":409}},{"create":{"error":"text","status":400}}]}"#,
            "Reject 1: status 400: text",
        );
        check(
            200,
            r#"{"errors":true,"items":[{"create":{"status":503}},{"create":{"status":400,"error":{"type":"t","reason":"r","caused_by":{"type":"c","reason":"For input string: \"x\""}}}}]}"#,
            r#"Retry 0: status 503, Reject 1: status 400: t: r (For input string: "x")"#,
        );
        check(
            200,
            r#"{"errors":true,"items":[{"create":{"status":409}},{"create":{"status":409}}]}"#,
            "delivered",
        );
        // A conflict of something else than `create` means nothing was stored.
        check_sent(
            Sent::new(1, WriteOperation::Upsert),
            200,
            r#"{"errors":true,"items":[{"update":{"status":409}}]}"#,
            "Retry 0: status 409",
        );
        // No status is no success.
        check(
            200,
            r#"{"errors":true,"items":[{"create":{}},{"create":{"status":200}}]}"#,
            "Retry 0: status 0",
        );
    }

    #[test]
    fn answers_that_do_not_fit() {
        check(
            200,
            r#"{"errors":true,"items":[{"create":{"status":201}}]}"#,
            "retry: status 200: answered 1 items of 2",
        );
        check(200, r#"{"errors":true}"#, "retry: status 200: answered 0 items of 2");
        check(200, "", "retry: status 200: EOF while parsing a value at line 1 column 0");
        check(200, "<html>ok</html>", "retry: status 200: expected value at line 1 column 1");
        check(
            200,
            r#"{"errors":"false","items":[]}"#,
            r#"retry: status 200: invalid type: string "false", expected a boolean at line 1 column 17"#,
        );
    }

    #[test]
    fn whole_answers() {
        check(429, "{}", "retry: status 429");
        check(500, r#"{"error":"stub","status":500}"#, "retry: status 500: stub");
        check(503, "busy\n", "retry: status 503: busy");
        check(401, "", "retry: status 401");
        check(302, "", "retry: status 302");
        check(413, r#"{"error":{"type":"t","reason":"too large"}}"#, "refused: status 413: t: too large");
        check(
            400,
            r#"{"error":{"root_cause":[{"type":"i"}],"type":"illegal_argument_exception","reason":"Malformed"},"status":400}"#,
            "refused: status 400: illegal_argument_exception: Malformed",
        );
        check(
            400,
            r#"{"error":{"type":"illegal_argument_exception","reason":"Action/metadata line [1] contains an unknown parameter [_type]"}}"#,
            "types refused",
        );
    }
}
