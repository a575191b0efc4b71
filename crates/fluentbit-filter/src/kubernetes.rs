//! The `kubernetes` filter, without its network half.
//!
//! For each tag, the pod is read from the tag and looked up once; its map is rendered once, and every record
//! of the tag borrows it ([`Kubernetes::prepare`]). For each record, what the application logged is taken out
//! of the field `log` and merged ([`Kubernetes::apply`]).
//!
//! What the original does and people do not expect:
//!
//! - The field to merge is the first called `log`; no option changes that.
//! - Merged fields are appended. Where one has the name of an older field, both stay, and JSON outputs show
//!   the later: an application's `stream`, `time` or `kubernetes` hides the real one.
//! - A `log` that is neither text nor map is lost with `Keep_Log off`, though nothing was merged.
//! - A parser chosen by an annotation replaces all others; when it fails, nothing is merged.
//! - A parser that finds no time sets the record's time to now; JSON never touches the time.
//! - `Merge_Log_Trim` also takes off `\n` and `\r` written as two characters, and never the first character.
//! - Without metadata the record passes without the key `kubernetes`; where the tag names no pod it is not
//!   even merged.

use std::sync::Arc;

use event_model::{Compat, Constant, Field, OwnedField, OwnedValue, Record, Timestamp, Value, strftime};
use fluentbit_config::Section;
use fluentbit_parser::{Parser, ParserSet};
use kubernetes_tag::{DEFAULT_PATTERN, DEFAULT_PREFIX, PodIdentity, PodTag};
use onigmo_regex::Regex;
use source_text::Diagnostic;

use crate::context::{Context, Event, Observer, Verdict};

mod annotations;
mod map;
mod merge;
mod metadata;
#[cfg(test)]
mod tests;

pub use annotations::{AnnotationProblem, AnnotationProblemKind};
pub use metadata::{ContainerMetadata, Metadata, NamespaceMetadata, PodMetadata, namespace_file, pod_file};

/// A `kubernetes` filter.
#[derive(Clone, Debug)]
pub struct Kubernetes {
    tags: PodTag,
    settings: Settings,
    merge: Option<merge::Merge>,
    /// All parsers, of which annotations may choose.
    parsers: ParserSet,
    compat: Compat,
}

/// What goes into the map, and where it comes from.
#[derive(Clone, Debug)]
struct Settings {
    labels: bool,
    annotations: bool,
    owner_references: bool,
    namespace_labels: bool,
    namespace_annotations: bool,
    namespace_only: bool,
    tag_only: bool,
    dummy: bool,
    allow_parser: bool,
    allow_exclude: bool,
}

/// One of the two streams of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Stdout,
    Stderr,
}

impl Stream {
    fn index(self) -> usize {
        match self {
            Self::Stdout => 0,
            Self::Stderr => 1,
        }
    }
}

/// What the filter knows about the records of one tag.
#[derive(Clone, Debug)]
pub struct KubernetesState {
    /// The records are left alone.
    untouched: bool,
    kubernetes: Option<Constant>,
    namespace: Option<Constant>,
    parsers: [Option<Arc<Parser>>; 2],
    excluded: [bool; 2],
    missing: bool,
    problems: Vec<AnnotationProblem>,
}

impl KubernetesState {
    /// Whether metadata was looked for and not found. Fluent Bit asks again for the next chunk of records.
    #[must_use]
    pub fn is_metadata_missing(&self) -> bool {
        self.missing
    }

    /// Whether the tag names no pod, so that its records are left alone.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.untouched
    }

    /// The annotations of the pod that cannot be followed.
    #[must_use]
    pub fn problems(&self) -> &[AnnotationProblem] {
        &self.problems
    }

    /// The map that records get as `kubernetes`.
    #[must_use]
    pub fn metadata(&self) -> Option<&Constant> {
        self.kubernetes.as_ref()
    }

    fn new() -> Self {
        Self {
            untouched: false,
            kubernetes: None,
            namespace: None,
            parsers: [None, None],
            excluded: [false; 2],
            missing: false,
            problems: Vec::new(),
        }
    }
}

impl Kubernetes {
    /// The filter of a section, or `None` and at least one error.
    pub fn from_section(
        section: &Section,
        parsers: &ParserSet,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let compat = section.compat;
        let before = problems.len();
        let mut flag = |key: &str, default: bool| {
            section.bool(key, default).unwrap_or_else(|problem| {
                problems.push(*problem);
                default
            })
        };
        let settings = Settings {
            labels: flag("labels", true),
            annotations: flag("annotations", true),
            owner_references: flag("owner_references", false),
            namespace_labels: flag("namespace_labels", false),
            namespace_annotations: flag("namespace_annotations", false),
            namespace_only: flag("namespace_metadata_only", false),
            tag_only: flag("use_tag_for_meta", false),
            dummy: flag("dummy_meta", false),
            allow_parser: flag("k8s-logging.parser", false),
            allow_exclude: flag("k8s-logging.exclude", false),
        };
        let (merge_log, keep_log, trim) =
            (flag("merge_log", false), flag("keep_log", true), flag("merge_log_trim", true));
        let merge = merge_log.then(|| merge::Merge {
            key: section.str("merge_log_key").map(|key| key.as_bytes().into()),
            parser: merge_parser(section, parsers, problems),
            keep_log,
            trim,
            compat,
        });
        let pattern = tag_pattern(section, parsers, problems);
        let prefix = section.str("kube_tag_prefix").unwrap_or(DEFAULT_PREFIX);
        if problems[before..].iter().any(Diagnostic::is_error) {
            return None;
        }
        Some(Self {
            tags: pattern
                .map_or_else(|| PodTag::new(prefix, default_pattern()), |regex| PodTag::new(prefix, regex)),
            settings,
            merge,
            parsers: parsers.clone(),
            compat,
        })
    }

    /// What reads pods out of tags.
    #[must_use]
    pub fn pod_tag(&self) -> &PodTag {
        &self.tags
    }

    /// Looks up what the records of `tag` are told. `now` is for `Dummy_Meta` only.
    pub fn prepare(&self, tag: &[u8], metadata: &dyn Metadata, now: Timestamp) -> KubernetesState {
        let mut state = KubernetesState::new();
        if self.settings.dummy {
            state.kubernetes = Some(dummy(now));
            return state;
        }
        let wants_namespace = self.settings.namespace_labels || self.settings.namespace_annotations;
        let identity = match self.tags.read(tag) {
            Ok(identity) if !self.settings.namespace_only || wants_namespace => identity,
            _ => {
                state.untouched = true;
                return state;
            }
        };
        if wants_namespace {
            let found = identity.namespace_name.and_then(|name| Some((name, metadata.namespace(name)?)));
            state.missing |= found.is_none();
            state.namespace =
                found.map(|(name, found)| Constant::new(self.settings.namespace_map(name, &found)));
        }
        if self.settings.namespace_only {
            return state;
        }
        if self.settings.tag_only {
            state.kubernetes = Some(Constant::new(map::of_tag(&identity)));
            return state;
        }
        let names = identity.namespace_name.zip(identity.pod_name);
        match names.and_then(|(namespace, pod)| metadata.pod(namespace, pod)) {
            Some(pod) => self.fill(&mut state, &identity, &pod),
            None => state.missing = true,
        }
        state
    }

    fn fill(&self, state: &mut KubernetesState, identity: &PodIdentity<'_>, pod: &PodMetadata) {
        let map = self.settings.pod_map(identity, pod, self.compat);
        state.kubernetes = Some(Constant::new(map));
        let Some(annotations) = &pod.annotations else { return };
        let allowed = annotations::Allowed {
            parser: self.settings.allow_parser,
            exclude: self.settings.allow_exclude,
            is_parser: &|name| self.parsers.get(name).is_some(),
        };
        let container = identity.container_name.unwrap_or_default();
        let requests = annotations::read(annotations, container, &allowed, &mut state.problems);
        state.parsers = requests.parsers.map(|name| self.parsers.get(name?));
        state.excluded = requests.excluded.map(|excluded| excluded == Some(true));
    }

    /// Changes a record of the tag that `state` was prepared for.
    #[inline]
    pub fn apply<'a>(
        &'a self,
        state: &'a KubernetesState,
        record: &mut Record<'a>,
        cx: &mut Context<'a, '_>,
        observer: &mut impl Observer,
    ) -> Verdict<'a> {
        if state.untouched {
            observer.observe(Event::NoPod);
            return Verdict::Keep;
        }
        let mut parser = None;
        let depends_on_stream = state.excluded.contains(&true) || state.parsers.iter().any(Option::is_some);
        if depends_on_stream {
            let stream = stream(&record.fields);
            let excluded = match stream {
                Some(stream) => state.excluded[stream.index()],
                None => state.excluded == [true; 2],
            };
            if excluded {
                observer.observe(Event::Excluded);
                return Verdict::Drop;
            }
            // A record without a stream gets no parser, even where both streams have the same.
            parser = stream.and_then(|stream| state.parsers[stream.index()].as_deref());
        }
        if let Some(merge) = &self.merge {
            merge.apply(parser, record, cx, observer);
        }
        if let Some(kubernetes) = &state.kubernetes {
            record.fields.push(Field::new(b"kubernetes", Value::Constant(kubernetes)));
        } else if state.missing {
            observer.observe(Event::NoMetadata);
        }
        if let Some(namespace) = &state.namespace {
            record.fields.push(Field::new(b"kubernetes_namespace", Value::Constant(namespace)));
        }
        Verdict::Keep
    }
}

/// The pattern of `Regex_Parser`, if there is one.
fn tag_pattern(section: &Section, parsers: &ParserSet, problems: &mut Vec<Diagnostic>) -> Option<Regex> {
    let property = section.get("regex_parser").filter(|property| !property.value.is_empty())?;
    let Some(parser) = parsers.get(&property.value) else {
        problems.push(Diagnostic::error(
            "unknown-parser",
            property.value_span,
            format!("there is no parser `{}`", property.value),
        ));
        return None;
    };
    let regex = parser.regex().cloned();
    if regex.is_none() {
        problems.push(
            Diagnostic::error(
                "wrong-parser-format",
                property.value_span,
                format!("the parser `{}` is not of the format `regex`", property.value),
            )
            .help("only the pattern of the parser is used here"),
        );
    }
    regex
}

/// The parser of `Merge_Parser`. Fluent Bit goes on without one that is not registered.
fn merge_parser(
    section: &Section,
    parsers: &ParserSet,
    problems: &mut Vec<Diagnostic>,
) -> Option<Arc<Parser>> {
    let property = section.get("merge_parser").filter(|property| !property.value.is_empty())?;
    let parser = parsers.get(&property.value);
    if parser.is_none() {
        problems.push(
            Diagnostic::warning(
                "unknown-parser",
                property.value_span,
                format!("there is no parser `{}`", property.value),
            )
            .help("Fluent Bit goes on without it and merges JSON only"),
        );
    }
    parser
}

fn default_pattern() -> Regex {
    // The pattern is a constant that the tests of its crate compile.
    Regex::new(DEFAULT_PATTERN).expect("a valid pattern")
}

/// The map of `Dummy_Meta`: the time, as C's `asctime` writes it.
fn dummy(now: Timestamp) -> Constant {
    let mut text = Vec::new();
    strftime(&mut text, b"%a %b %e %H:%M:%S %Y", now.seconds);
    Constant::new(OwnedValue::Map(vec![OwnedField::new("dummy", OwnedValue::text(text))]))
}

/// The stream of a record, if it says so. As in Fluent Bit, any beginning of the key `stream` and of the name
/// of a stream is enough, and the first such key decides.
fn stream(fields: &[Field<'_>]) -> Option<Stream> {
    let field = fields.iter().find(|field| b"stream".starts_with(field.key))?;
    let text = field.value.as_str()?;
    if b"stdout".starts_with(text) {
        Some(Stream::Stdout)
    } else {
        b"stderr".starts_with(text).then_some(Stream::Stderr)
    }
}
