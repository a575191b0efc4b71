//! The questions people ask, as requests and answers in JSON.
//!
//! Each question has a type for its request, one for its answer, and a function; [`call`] finds them by name and
//! speaks JSON, so that a terminal, Python, Node and a browser ask the same and get the same bytes.
//!
//! Common to all requests: unknown members are refused; files are a map of name to content; content is a text, or
//! `{"base64": "…"}` where it is no UTF-8; times are strings `seconds.nanoseconds` since 1970 or numbers of
//! seconds. Members of answers come in the order of their types' fields.
//!
//! A configuration that is wrong is an answer, with diagnostics. An [`Error`] is a question that cannot be asked.
//!
//! ```
//! use weirgate::api::{self, CheckRequest};
//!
//! let request = CheckRequest {
//!     files: [("fluent-bit.conf", "[INPUT]\n    Name tial\n")].into_iter().collect(),
//!     ..CheckRequest::default()
//! };
//! let answer = api::check(&request)?;
//! assert!(answer.diagnostics.iter().any(|problem| problem.code == "unknown-plugin"));
//!
//! let json = r#"{"files": {"fluent-bit.conf": "[INPUT]\n    Name tial\n"}}"#;
//! assert_eq!(api::call("check", json)?, api::to_json(&answer));
//! # Ok::<(), api::Error>(())
//! ```

mod bulk;
mod cases;
mod check;
mod config;
mod content;
mod convert;
mod diagnostic;
mod discovery;
mod elsewhere;
mod error;
mod explain;
mod exposition;
mod feed;
mod lines;
mod logs;
mod metadata;
mod pipeline;
mod record;
mod relabel;
mod tag;
mod target;
mod time;
mod trace;

pub use bulk::{
    BulkAnswer, BulkItem, BulkRecord, BulkRequest, BulkResponseAnswer, BulkResponseRequest, BulkSettings,
    ServerErrorView, Verdict, bulk, bulk_response,
};
pub use cases::{CaseResult, Difference, MissingFile, TestAnswer, TestRequest, test};
pub use check::{CheckAnswer, CheckRequest, FixAnswer, Kind, LintView, LintsRequest, check, fix, lints};
pub use config::{
    AttachView, AuthorizationView, BasicAuthView, DiscoveryView, GlobalView, HeaderView, HttpDiscoveryView,
    HttpView, JobView, KubernetesView, OAuth2View, PrometheusConfigAnswer, PrometheusConfigRequest, RuleView,
    SelectorView, StaticGroup, TlsView, prometheus_config,
};
pub use content::{Content, Files};
pub use convert::{ConvertAnswer, ConvertRequest, Form, convert};
pub use diagnostic::{Diagnostic, Edit, Fix, Label, Place, Positions};
pub use discovery::{DiscoverAnswer, DiscoverRequest, Group, Objects, discover};
pub use error::{Error, ErrorKind};
pub use explain::{ExplainAnswer, ExplainRequest, explain};
pub use exposition::{
    ExemplarView, ExpositionAnswer, ExpositionEntry, ExpositionRequest, HistogramView, Problem,
    WriteExpositionAnswer, WriteExpositionRequest, exposition, write_exposition,
};
pub use lines::{ParseAnswer, ParseRequest, ParsedLine, parse};
pub use logs::Mode;
pub use pipeline::{OutputRecord, PipelineAnswer, PipelineRequest, Request, pipeline};
pub use record::{Fields, RecordValue};
pub use relabel::{
    LabelChange, Labels, MatchGroup, RelabelAnswer, RelabelRequest, RelabelStep, TargetView, relabel,
};
pub use tag::{Group as TagGroup, PodFields, TagAnswer, TagRequest, tag};
pub use target::{ActiveTarget, DroppedTarget, JobTargets, TargetsAnswer, TargetsRequest, targets};
pub use time::Time;
pub use trace::{
    FieldChange, FilterTrace, LineState, LineTrace, OutputTrace, ParserTrace, Pass, RuleTrace, TagTrace,
};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The names [`call`] knows.
pub const METHODS: [&str; 17] = [
    "check",
    "fix",
    "lints",
    "explain",
    "pipeline",
    "parse",
    "tag",
    "relabel",
    "discover",
    "targets",
    "prometheus_config",
    "exposition",
    "write_exposition",
    "bulk",
    "bulk_response",
    "convert",
    "test",
];

/// Answers the question called `method`, one of [`METHODS`], in JSON.
///
/// # Errors
///
/// When there is no such question, the request does not fit it, or what it holds cannot be worked on.
pub fn call(method: &str, request: &str) -> Result<String, Error> {
    call_half(method, request, &|method, _| Err(Error::left_out(method)))
}

/// Asks the other half of a question, in JSON; see [`call_half`].
pub type OtherHalf<'a> = dyn Fn(&str, &str) -> Result<String, Error> + 'a;

/// [`call`] in a build with one of the features `api-logs` and `api-metrics`. A question that needs both, such as a
/// check of a manifest that holds configurations of both kinds, is answered with the help of `other`.
///
/// # Errors
///
/// As [`call`]; and with [`ErrorKind::OtherHalf`] when the other half has the answer.
pub fn call_half(method: &str, request: &str, other: &OtherHalf<'_>) -> Result<String, Error> {
    match method {
        "check" => answer(request, |request| check::check_half(request, other)),
        "fix" => answer(request, |request| check::fix_half(request, other)),
        // The package for browsers has the texts apart from its modules.
        #[cfg(all(feature = "api-logs", feature = "api-metrics"))]
        "lints" => answer(request, lints),
        #[cfg(feature = "api-logs")]
        "explain" => answer(request, explain),
        #[cfg(feature = "api-logs")]
        "pipeline" => answer(request, pipeline),
        #[cfg(feature = "api-logs")]
        "parse" => answer(request, parse),
        #[cfg(feature = "api-logs")]
        "tag" => answer(request, tag),
        #[cfg(feature = "api-logs")]
        "bulk" => answer(request, bulk),
        #[cfg(feature = "api-logs")]
        "bulk_response" => answer(request, bulk_response),
        #[cfg(feature = "api-logs")]
        "convert" => answer(request, convert),
        #[cfg(feature = "api-logs")]
        "test" => answer(request, |request| cases::test_half(request, other)),
        #[cfg(feature = "api-metrics")]
        "relabel" => answer(request, relabel),
        #[cfg(feature = "api-metrics")]
        "discover" => answer(request, discover),
        #[cfg(feature = "api-metrics")]
        "targets" => answer(request, targets),
        #[cfg(feature = "api-metrics")]
        "prometheus_config" => answer(request, prometheus_config),
        #[cfg(feature = "api-metrics")]
        "exposition" => answer(request, exposition),
        #[cfg(feature = "api-metrics")]
        "write_exposition" => answer(request, write_exposition),
        _ if METHODS.contains(&method) => Err(Error::left_out(method)),
        _ => Err(Error::unknown_method(method)),
    }
}

/// An answer as JSON.
#[must_use]
pub fn to_json<A: Serialize>(answer: &A) -> String {
    // Only maps with keys that are no text cannot be written, and there are none.
    serde_json::to_string(answer).unwrap_or_default()
}

fn answer<Q: DeserializeOwned, A: Serialize>(
    request: &str,
    ask: impl FnOnce(&Q) -> Result<A, Error>,
) -> Result<String, Error> {
    let request = json_decode::from_str(request).map_err(|error| Error::request(&error))?;
    Ok(to_json(&ask(&request)?))
}
