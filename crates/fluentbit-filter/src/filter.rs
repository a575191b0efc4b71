//! Any filter, as the pipeline sees it.

use event_model::{Compat, Record, Timestamp};
use fluentbit_config::Section;
use fluentbit_parser::ParserSet;
use fluentbit_parser::multiline::MultilineSet;
use source_text::{Diagnostic, Span};

use crate::condition::Condition;
use crate::content_modifier::ContentModifier;
use crate::context::{Context, Observer, Verdict};
use crate::grep::Grep;
use crate::kubernetes::{Kubernetes, KubernetesState, Metadata};
use crate::matching::TagPattern;
use crate::modify::Modify;
use crate::multiline::MultilineFilter;
use crate::nest::Nest;
use crate::parser::ParserFilter;
use crate::record_modifier::RecordModifier;
use crate::rewrite_tag::RewriteTag;

/// A filter with the tags it is for.
///
/// Filters run in the order of the configuration. For each filter and tag a [`TagState`] is made once and
/// used for all records of the tag; see the example of the crate.
#[derive(Clone, Debug)]
pub struct Filter {
    tags: TagPattern,
    /// For which of the records, if it is a processor with a condition.
    condition: Option<Box<Condition>>,
    kind: FilterKind,
    span: Span,
}

/// The filters there are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FilterKind {
    /// `grep`.
    Grep(Grep),
    /// `kubernetes`.
    Kubernetes(Box<Kubernetes>),
    /// `parser`.
    Parser(Box<ParserFilter>),
    /// `modify`.
    Modify(Modify),
    /// `record_modifier`.
    RecordModifier(RecordModifier),
    /// `nest`.
    Nest(Nest),
    /// `rewrite_tag`.
    RewriteTag(RewriteTag),
    /// `multiline`.
    Multiline(Box<MultilineFilter>),
    /// `content_modifier`, which is a processor only.
    ContentModifier(Box<ContentModifier>),
}

/// What a filter knows about the records of one tag.
#[derive(Clone, Debug)]
pub struct TagState {
    kubernetes: Option<Box<KubernetesState>>,
}

impl TagState {
    /// The state of a `kubernetes` filter.
    #[must_use]
    pub fn kubernetes(&self) -> Option<&KubernetesState> {
        self.kubernetes.as_deref()
    }

    /// Whether metadata was looked for and not found, so that it is worth making the state again later.
    #[must_use]
    pub fn is_metadata_missing(&self) -> bool {
        self.kubernetes.as_ref().is_some_and(|state| state.is_metadata_missing())
    }
}

impl Filter {
    /// The names of the filters this crate has.
    pub const NAMES: [&'static str; 8] =
        ["grep", "kubernetes", "parser", "modify", "record_modifier", "nest", "rewrite_tag", "multiline"];

    /// The filter of a section. `None` comes with an error, of which the release would not start; only a
    /// filter without `Match` is a warning in 1.8, which goes on without it.
    ///
    /// `parsers` and `multiline` are those the filters may name. The release to follow is the section's. What `problems` says
    /// already, from checks of the configuration, is not said again.
    pub fn from_section(
        section: &Section,
        parsers: &ParserSet,
        multiline: &MultilineSet,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let mut found = Vec::new();
        let kind = FilterKind::from_section(section, parsers, multiline, &mut found);
        let tags = TagPattern::from_section(section, &mut found);
        if tags.is_none() {
            found.push(without_tags(section));
        }
        if let (Some(FilterKind::RewriteTag(rewrite)), Some(tags)) = (&kind, &tags) {
            rewrite.report_loops(tags, &mut found);
        }
        let failed = found.iter().any(Diagnostic::is_error);
        add_new(found, problems);
        let filter = Self { tags: tags?, condition: None, kind: kind?, span: section.span };
        (!failed).then_some(filter)
    }

    /// The processor of a section, see [`Section::processors`]: a filter for all records of an input or output,
    /// or `content_modifier`. Otherwise as [`from_section`](Self::from_section).
    pub fn processor(
        section: &Section,
        parsers: &ParserSet,
        multiline: &MultilineSet,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let mut found = Vec::new();
        let condition = section.groups.iter().find(|group| group.name == "condition").and_then(|group| {
            Condition::from_group(group, section.compat).map_err(|problem| found.push(*problem)).ok()
        });
        let kind = if section.name().eq_ignore_ascii_case("content_modifier") {
            let modifier = ContentModifier::from_section(section, &mut found);
            modifier.map(|modifier| FilterKind::ContentModifier(Box::new(modifier)))
        } else {
            FilterKind::from_section(section, parsers, multiline, &mut found)
        };
        let failed = found.iter().any(Diagnostic::is_error);
        add_new(found, problems);
        let condition = condition.map(Box::new);
        let filter = Self { tags: TagPattern::glob("*"), condition, kind: kind?, span: section.span };
        (!failed).then_some(filter)
    }

    /// A filter for the records whose tags match.
    #[must_use]
    pub fn new(tags: TagPattern, kind: FilterKind) -> Self {
        Self { tags, condition: None, kind, span: Span::default() }
    }

    /// What the filter does.
    #[must_use]
    pub fn kind(&self) -> &FilterKind {
        &self.kind
    }

    /// The section it was made of.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Whether the filter is for the records of `tag`.
    #[must_use]
    pub fn matches(&self, tag: &[u8]) -> bool {
        self.tags.matches(tag)
    }

    /// The state for the records of `tag`, or `None` if the filter is not for them. `now` is the time, which
    /// only `Dummy_Meta` of `kubernetes` shows.
    #[must_use]
    pub fn prepare(&self, tag: &[u8], metadata: &dyn Metadata, now: Timestamp) -> Option<TagState> {
        let kubernetes = match &self.kind {
            _ if !self.tags.matches(tag) => return None,
            FilterKind::Kubernetes(filter) => Some(Box::new(filter.prepare(tag, metadata, now))),
            _ => None,
        };
        Some(TagState { kubernetes })
    }

    /// Changes a record of the tag that `state` was made for, and decides what becomes of it.
    #[inline]
    pub fn apply<'a>(
        &'a self,
        state: &'a TagState,
        record: &mut Record<'a>,
        cx: &mut Context<'a, '_>,
    ) -> Verdict<'a> {
        self.apply_observed(state, record, cx, &mut ())
    }

    /// The same, telling `observer` how.
    #[inline]
    pub fn apply_observed<'a>(
        &'a self,
        state: &'a TagState,
        record: &mut Record<'a>,
        cx: &mut Context<'a, '_>,
        observer: &mut impl Observer,
    ) -> Verdict<'a> {
        if let Some(condition) = &self.condition
            && !condition.holds(record, cx)
        {
            return Verdict::Keep;
        }
        match &self.kind {
            FilterKind::Grep(filter) => {
                if filter.keeps_observed(&record.fields, observer) {
                    Verdict::Keep
                } else {
                    Verdict::Drop
                }
            }
            FilterKind::Kubernetes(filter) => match &state.kubernetes {
                Some(state) => filter.apply(state, record, cx, observer),
                // The state of another filter says nothing.
                None => Verdict::Keep,
            },
            FilterKind::Parser(filter) => {
                filter.apply(record, cx, observer);
                Verdict::Keep
            }
            FilterKind::Modify(filter) => {
                filter.apply(record, cx, observer);
                Verdict::Keep
            }
            FilterKind::RecordModifier(filter) => filter.apply(record, cx, observer),
            FilterKind::Nest(filter) => {
                filter.apply(record, cx);
                Verdict::Keep
            }
            FilterKind::RewriteTag(filter) => filter.apply(record, cx, observer),
            FilterKind::Multiline(_) => Verdict::Join,
            FilterKind::ContentModifier(filter) => {
                filter.apply(record, cx);
                Verdict::Keep
            }
        }
    }

    /// The filter, if it answers [`Verdict::Join`].
    #[must_use]
    pub fn multiline(&self) -> Option<&MultilineFilter> {
        match &self.kind {
            FilterKind::Multiline(filter) => Some(filter),
            _ => None,
        }
    }
}

/// Adds the problems that were not told already, from checks of the configuration.
fn add_new(found: Vec<Diagnostic>, problems: &mut Vec<Diagnostic>) {
    for problem in found {
        let known = |other: &Diagnostic| {
            other.code() == problem.code()
                && other.span() == problem.span()
                && other.severity() >= problem.severity()
        };
        if !problems.iter().any(known) {
            problems.push(problem);
        }
    }
}

fn without_tags(section: &Section) -> Diagnostic {
    let message = "the filter has neither `Match` nor `Match_Regex`";
    let problem = match section.compat {
        Compat::V1_8 => Diagnostic::warning("filter-without-match", section.span, message),
        _ => Diagnostic::error("filter-without-match", section.span, message),
    };
    problem.help("write `Match *` for all records")
}

impl FilterKind {
    fn from_section(
        section: &Section,
        parsers: &ParserSet,
        multiline: &MultilineSet,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let name = section.name().to_ascii_lowercase();
        Some(match name.as_str() {
            "grep" => Self::Grep(Grep::from_section(section, problems)?),
            "kubernetes" => Self::Kubernetes(Box::new(Kubernetes::from_section(section, parsers, problems)?)),
            "parser" => Self::Parser(Box::new(ParserFilter::from_section(section, parsers, problems)?)),
            "modify" => Self::Modify(Modify::from_section(section, problems)?),
            "record_modifier" => Self::RecordModifier(RecordModifier::from_section(section, problems)?),
            "nest" => Self::Nest(Nest::from_section(section, problems)?),
            "rewrite_tag" => Self::RewriteTag(RewriteTag::from_section(section, problems)?),
            "multiline" => {
                Self::Multiline(Box::new(MultilineFilter::from_section(section, multiline, problems)?))
            }
            _ => {
                let span = section.plugin().map_or(section.span, |property| property.value_span);
                problems.push(Diagnostic::error(
                    "unsupported-plugin",
                    span,
                    format!("there is no filter `{}` here", section.name()),
                ));
                return None;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use event_model::{Arena, Field, Value};

    use super::*;
    use crate::test_support::{parsers, problems, section};
    use crate::{Event, Scratch};

    fn filter(name: &str, lines: &[&str], compat: Compat) -> Filter {
        let mut problems = Vec::new();
        let section = section(name, lines, compat);
        let multiline = MultilineSet::builtin(compat);
        let filter = Filter::from_section(&section, &parsers(compat), &multiline, &mut problems);
        filter.unwrap_or_else(|| panic!("{name} {problems:?}"))
    }

    #[test]
    fn every_filter_can_be_built() {
        let needed: [&[&str]; 8] = [
            &[],
            &[],
            &["Key_Name log", "Parser level"],
            &[],
            &[],
            &[],
            &["Rule $a . $TAG.x on"],
            &["multiline.parser go"],
        ];
        for (name, lines) in Filter::NAMES.into_iter().zip(needed) {
            filter(name, lines, Compat::V5_1);
            filter(&name.to_ascii_uppercase(), lines, Compat::V1_8);
        }
    }

    #[test]
    fn records_pass() {
        let filters = [
            filter("modify", &["Set a b"], Compat::V5_1),
            filter("kubernetes", &["Dummy_Meta On"], Compat::V5_1),
            filter("grep", &["Exclude a b"], Compat::V5_1),
        ];
        let states =
            filters.each_ref().map(|filter| filter.prepare(b"t", &(), Timestamp::default()).unwrap());
        assert!(states[1].kubernetes().is_some_and(|state| state.metadata().is_some()));
        assert!(!states[1].is_metadata_missing());
        let (arena, mut scratch) = (Arena::new(), Scratch::default());
        let mut record = Record::new(Timestamp::default());
        let mut events: Vec<Event> = Vec::new();
        let verdicts: Vec<_> = filters
            .iter()
            .zip(&states)
            .map(|(filter, state)| {
                let mut cx = Context::new(b"t", Timestamp::default(), &arena, &mut scratch);
                filter.apply_observed(state, &mut record, &mut cx, &mut events)
            })
            .collect();
        assert_eq!(verdicts, [Verdict::Keep, Verdict::Keep, Verdict::Drop]);
        assert_eq!(events.len(), 3);
        assert_eq!(record.fields[0], Field::new(b"a", Value::Str(b"b")));
        // A state of another filter does no harm.
        let mut cx = Context::new(b"t", Timestamp::default(), &arena, &mut scratch);
        assert_eq!(filters[1].apply(&states[0], &mut record, &mut cx), Verdict::Keep);
    }

    #[test]
    fn complaints() {
        for (name, lines, compat, expected) in [
            ("lua", &[][..], Compat::V5_1, &["unsupported-plugin"][..]),
            ("grep", &["Regex a ("], Compat::V5_1, &["invalid-regex"]),
            ("grep", &["Regex a"], Compat::V5_1, &["invalid-rule"]),
            (
                "grep",
                &["Logical_Op and", "Regex a b", "Exclude a c"],
                Compat::V5_1,
                &["exclusive-properties"],
            ),
            ("grep", &["Logical_Op legacy", "Regex a b", "Exclude a c"], Compat::V5_1, &[]),
            ("grep", &["Logical_Op and", "Regex a b"], Compat::V1_8, &["unknown-property"]),
            ("rewrite_tag", &["Rule $a . app on"], Compat::V5_1, &["retag-loop"]),
            ("rewrite_tag", &["Rule $a . app on"], Compat::V1_8, &["retag-loop"]),
            ("rewrite_tag", &["Rule $a . $TAG on"], Compat::V5_1, &[]),
        ] {
            let found = problems(&section(name, lines, compat), |section, problems| {
                let multiline = MultilineSet::builtin(compat);
                Filter::from_section(section, &parsers(compat), &multiline, problems).is_some()
            });
            assert_eq!(found, expected, "{name} {lines:?}");
        }
    }

    #[test]
    fn a_filter_needs_tags() {
        let mut unmatched = section("grep", &[], Compat::V5_1);
        unmatched.properties.retain(|property| !property.is("match"));
        let codes = |section: &Section, problems: &mut Vec<Diagnostic>| {
            let (parsers, multiline) = (parsers(section.compat), MultilineSet::default());
            assert!(Filter::from_section(section, &parsers, &multiline, problems).is_none());
            problems.iter().map(|problem| (problem.code(), problem.is_error())).collect::<Vec<_>>()
        };
        let mut problems = Vec::new();
        assert_eq!(codes(&unmatched, &mut problems), [("filter-without-match", true)]);
        // What is known already is not said again.
        assert_eq!(codes(&unmatched, &mut problems).len(), 1);
        unmatched.compat = Compat::V1_8;
        assert_eq!(codes(&unmatched, &mut Vec::new()), [("filter-without-match", false)]);
    }
}
