//! A rule, and whether it makes sense.

use std::{error, fmt, sync::LazyLock};

use prometheus_labels::{NameScheme, quoted};
use re2_regex::Regex;

use crate::Action;

/// One relabelling rule as it is written down.
///
/// The defaults are those of Prometheus:
///
/// ```
/// use prometheus_relabel::{Action, Rule};
///
/// let rule = Rule { target_label: "team".into(), replacement: "a".into(), ..Rule::default() };
/// assert_eq!(rule.action, Some(Action::Replace));
/// assert_eq!(rule.separator, ";");
/// assert_eq!(rule.regex().as_str(), "(.*)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a rule is written with what differs from the default")]
pub struct Rule {
    /// The labels whose values are matched. `None` when the rule has no such list, which for two of the
    /// actions is not the same as an empty one.
    pub source_labels: Option<Vec<String>>,
    /// What stands between the values of the source labels.
    pub separator: String,
    /// What the value has to match as a whole; made by [`Regex::anchored`]. `None` when the rule has none:
    /// then it is `(.*)`, which some actions accept only when it is not written.
    pub regex: Option<Regex>,
    /// What the hash is divided by.
    pub modulus: u64,
    /// The label that is set, or compared with. For [`Action::Replace`] it is a template.
    pub target_label: String,
    /// The new value, or for [`Action::LabelMap`] the new name: a template.
    pub replacement: String,
    /// What to do. `None` when it is written as null, which no check lets pass.
    pub action: Option<Action>,
}

const SEPARATOR: &str = ";";
const REPLACEMENT: &str = "$1";

#[expect(clippy::expect_used, reason = "the pattern is a constant, and used in every test")]
static REGEX: LazyLock<Regex> = LazyLock::new(|| Regex::anchored("(.*)").expect("a valid pattern"));

impl Default for Rule {
    fn default() -> Self {
        Self {
            source_labels: None,
            separator: SEPARATOR.into(),
            regex: None,
            modulus: 0,
            target_label: String::new(),
            replacement: REPLACEMENT.into(),
            action: Some(Action::Replace),
        }
    }
}

impl Rule {
    /// The pattern, or the default one.
    #[must_use]
    pub fn regex(&self) -> &Regex {
        self.regex.as_ref().unwrap_or(&REGEX)
    }

    /// Checks the rule as Prometheus does before it uses it.
    ///
    /// # Errors
    ///
    /// The first of Prometheus' checks that fails.
    pub fn check(&self, scheme: NameScheme) -> Result<(), RuleError> {
        use ErrorKind::*;

        let Some(action) = self.action else {
            return Err(RuleError::new(
                MissingAction,
                Field::Action,
                "relabel action cannot be empty".into(),
            ));
        };
        let compares = matches!(action, Action::KeepEqual | Action::DropEqual);
        let changes_case = matches!(action, Action::Lowercase | Action::Uppercase);
        if action == Action::HashMod && self.modulus == 0 {
            let message = "relabel configuration for hashmod requires non-zero modulus";
            return Err(RuleError::new(ZeroModulus, Field::Modulus, message.into()));
        }
        let sets = matches!(action, Action::Replace | Action::HashMod) || changes_case || compares;
        if sets && self.target_label.is_empty() {
            let message = format!("relabel configuration for {action} action requires 'target_label' value");
            return Err(RuleError::new(MissingTarget, Field::TargetLabel, message));
        }
        let target = match action {
            Action::Replace => allows_template(scheme, &self.target_label),
            _ => !sets || scheme.allows_label(&self.target_label),
        };
        if !target {
            let message =
                format!("{} is invalid 'target_label' for {action} action", quoted(&self.target_label));
            return Err(RuleError::new(InvalidTarget, Field::TargetLabel, message));
        }
        if (changes_case || compares) && self.replacement != REPLACEMENT {
            let message = format!("'replacement' can not be set for {action} action");
            return Err(RuleError::new(NeedlessField, Field::Replacement, message));
        }
        if action == Action::LabelMap && !allows_map(scheme, &self.replacement) {
            let message =
                format!("{} is invalid 'replacement' for {action} action", quoted(&self.replacement));
            return Err(RuleError::new(InvalidReplacement, Field::Replacement, message));
        }
        if compares && let Some(field) = self.first_of(&[Field::Regex, Field::Modulus, Field::Separator]) {
            let message = format!(
                "{action} action requires only 'source_labels' and `target_label`, and no other fields"
            );
            return Err(RuleError::new(NeedlessField, field, message));
        }
        let all_but_regex =
            [Field::SourceLabels, Field::TargetLabel, Field::Modulus, Field::Separator, Field::Replacement];
        if matches!(action, Action::LabelDrop | Action::LabelKeep)
            && let Some(field) = self.first_of(&all_but_regex)
        {
            let message = format!("{action} action requires only 'regex', and no other fields");
            return Err(RuleError::new(NeedlessField, field, message));
        }
        Ok(())
    }

    /// The first of `fields` that is not as it is by default.
    fn first_of(&self, fields: &[Field]) -> Option<Field> {
        fields.iter().copied().find(|field| match field {
            Field::Action => self.action != Some(Action::Replace),
            Field::SourceLabels => self.source_labels.is_some(),
            Field::Separator => self.separator != SEPARATOR,
            Field::Regex => self.regex.is_some(),
            Field::Modulus => self.modulus != 0,
            Field::TargetLabel => !self.target_label.is_empty(),
            Field::Replacement => self.replacement != REPLACEMENT,
        })
    }
}

/// Whether `template` may be the target of a replacement.
fn allows_template(scheme: NameScheme, template: &str) -> bool {
    if template.contains('$') { allows_map(scheme, template) } else { scheme.allows_label(template) }
}

/// Whether `template` may be the replacement of a labelmap.
fn allows_map(scheme: NameScheme, template: &str) -> bool {
    match scheme {
        NameScheme::Legacy => is_legacy_template(template),
        _ => scheme.allows_label(template),
    }
}

/// `^(?:(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))+\w*)+$`: a name in which references may stand, the first of which
/// may stand for the letter it has to start with.
fn is_legacy_template(template: &str) -> bool {
    let after_word = |text: &str| -> Option<usize> {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        Some(text.bytes().take_while(|byte| is_word(byte)).count()).filter(|len| *len > 0)
    };
    let after_reference = |text: &str| match text.strip_prefix('{') {
        None => after_word(text),
        Some(text) => after_word(text).filter(|len| text[*len..].starts_with('}')).map(|len| len + 2),
    };
    let mut rest = template;
    while !rest.is_empty() {
        let (skip, len) = match rest.strip_prefix('$') {
            Some(text) => (1, after_reference(text)),
            None => (0, after_word(rest)),
        };
        let Some(len) = len else { return false };
        rest = &rest[skip + len..];
    }
    !template.is_empty() && !template.starts_with(|first: char| first.is_ascii_digit())
}

/// A part of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// `action`
    Action,
    /// `source_labels`
    SourceLabels,
    /// `separator`
    Separator,
    /// `regex`
    Regex,
    /// `modulus`
    Modulus,
    /// `target_label`
    TargetLabel,
    /// `replacement`
    Replacement,
}

impl Field {
    /// Every part.
    pub const ALL: [Self; 7] = [
        Self::Action,
        Self::SourceLabels,
        Self::Separator,
        Self::Regex,
        Self::Modulus,
        Self::TargetLabel,
        Self::Replacement,
    ];

    /// The word for it in a configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::SourceLabels => "source_labels",
            Self::Separator => "separator",
            Self::Regex => "regex",
            Self::Modulus => "modulus",
            Self::TargetLabel => "target_label",
            Self::Replacement => "replacement",
        }
    }
}

/// What is wrong with a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no action.
    MissingAction,
    /// The action needs a target label.
    MissingTarget,
    /// The action needs a modulus that is not 0.
    ZeroModulus,
    /// The name scheme does not allow the target label.
    InvalidTarget,
    /// The name scheme does not allow the replacement as a name.
    InvalidReplacement,
    /// A field is set that the action has no use for.
    NeedlessField,
}

/// A rule Prometheus does not accept. [`Display`](fmt::Display) writes what Prometheus writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    kind: ErrorKind,
    field: Field,
    message: Box<str>,
}

impl RuleError {
    #[cold]
    fn new(kind: ErrorKind, field: Field, message: String) -> Self {
        Self { kind, field, message: message.into() }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The part of the rule that is wrong or missing.
    #[must_use]
    pub fn field(&self) -> Field {
        self.field
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl error::Error for RuleError {}
