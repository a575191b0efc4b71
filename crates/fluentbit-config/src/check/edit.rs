//! Edits of a configuration that add and remove whole properties.

use source_text::{Edit, Span};

use crate::load::Config;
use crate::section::{Property, Section};
use crate::tree::Form;

impl Config {
    /// The form of the file `span` lies in.
    fn form(&self, span: Span) -> Option<Form> {
        self.documents.iter().find(|document| document.source == span.source).map(|document| document.form)
    }

    /// The text from the start of the line to `span`.
    fn before_on_line(&self, span: Span) -> &str {
        let text = self.sources.get(span.source).map_or("", source_text::Source::text);
        let before = text.get(..span.range().start).unwrap_or_default();
        &before[before.rfind('\n').map_or(0, |newline| newline + 1)..]
    }

    /// The edit that adds a property to `section`, on a line of its own below the one that names the plugin.
    /// `None` where the section is written in a way that has no such lines.
    ///
    /// ```
    /// use fluentbit_config::{Compat, MemoryFiles, load};
    ///
    /// let files = MemoryFiles::from([("f.conf", "[OUTPUT]\n    Name es\n")]);
    /// let (config, _) = load("f.conf", &files, &(), Compat::V5_1);
    /// let edit = config.insertion(&config.outputs[0], "Retry_Limit", "no_limits").unwrap();
    /// assert_eq!((edit.span.range(), edit.replacement.as_str()), (20..20, "\n    Retry_Limit no_limits"));
    /// ```
    #[must_use]
    pub fn insertion(&self, section: &Section, key: &str, value: &str) -> Option<Edit> {
        let anchor = section.plugin().or_else(|| section.properties.first())?;
        self.insertion_below(anchor, key, value)
    }

    /// The same, below `anchor`.
    pub(crate) fn insertion_below(&self, anchor: &Property, key: &str, value: &str) -> Option<Edit> {
        let before = self.before_on_line(anchor.key_span);
        let end = anchor.value_span.part(usize::MAX, usize::MAX);
        if self.sources.text(anchor.key_span.to(end)).contains('\n') {
            return None;
        }
        let line = match self.form(anchor.key_span)? {
            Form::Classic => format!("\n{before}{key} {value}"),
            // `- ` before the first key of a list item is as wide as the blanks before the others.
            Form::Yaml if before.chars().all(|c| c == ' ' || c == '-') => {
                format!("\n{}{}: {value}", " ".repeat(before.len()), key.to_ascii_lowercase())
            }
            Form::Yaml => return None,
        };
        Some(Edit::new(end, line))
    }

    /// The edit that removes a property with its line. `None` where it has no line of its own.
    pub(crate) fn removal(&self, property: &Property) -> Option<Edit> {
        let span = property.key_span.to(property.value_span);
        match self.form(span)? {
            Form::Classic => {
                let before = self.before_on_line(property.key_span).len();
                let start = span.range().start.checked_sub(before + 1)?;
                Some(Edit::new(Span::new(span.source, start, span.range().end), ""))
            }
            Form::Yaml => self.removal_in_yaml(property),
        }
    }

    fn removal_in_yaml(&self, property: &Property) -> Option<Edit> {
        let span = property.key_span.to(property.value_span);
        let text = self.sources.get(span.source)?.text();
        let between = text.get(property.key_span.range().end..property.value_span.range().start)?;
        let is_pair = between.strip_prefix(':').is_some_and(|rest| rest.trim_matches(' ').is_empty());
        let (start, end) = (span.range().start, span.range().end);
        let behind = text.get(end..)?.split('\n').next().unwrap_or_default();
        let is_last = behind.trim().is_empty() || behind.trim_start().starts_with('#');
        // An item of a list shares its key with others, and a value of several lines may be anything.
        if !(is_pair && is_last) || text.get(start..end)?.contains('\n') {
            return None;
        }
        let before = self.before_on_line(property.key_span);
        let line_end = end + behind.len();
        if before.chars().all(|c| c == ' ') {
            let start = start.checked_sub(before.len() + 1)?;
            return Some(Edit::new(Span::new(span.source, start, line_end), ""));
        }
        // The first key of a list item: the next one takes its place.
        let next = text.get(line_end..)?.strip_prefix('\n')?;
        let indent = next.len() - next.trim_start_matches(' ').len();
        let is_dash = before.trim_start().strip_prefix('-').is_some_and(|rest| rest.trim().is_empty());
        let is_sibling =
            indent == before.len() && next.trim_start().starts_with(|c: char| c.is_ascii_alphabetic());
        (is_dash && is_sibling).then(|| Edit::new(Span::new(span.source, start, line_end + 1 + indent), ""))
    }

    /// The line of a property, with the newline before it. `None` where it has none, or is the first of a list item.
    pub(crate) fn line_of(&self, property: &Property) -> Option<String> {
        let edit = self.removal(property)?;
        if !self.sources.text(edit.span).starts_with('\n') {
            return None;
        }
        Some(self.sources.text(edit.span).trim_end_matches('\r').to_owned())
    }

    /// The edit that puts `line` in front of the line of `property`.
    pub(crate) fn insertion_before(&self, property: &Property, line: &str) -> Option<Edit> {
        self.line_of(property)?;
        let removal = self.removal(property)?;
        Some(Edit::new(removal.span.part(0, 0), line))
    }
}

impl Property {
    /// The edit that gives the property the value `new`, in the quotes it has.
    pub(crate) fn rewritten(&self, new: &str) -> Option<Edit> {
        Edit::of_value(self.value_span, &self.raw, new)
    }

    /// The edit that gives the property another key.
    pub(crate) fn renamed(&self, key: &str) -> Edit {
        Edit::new(self.key_span, key)
    }
}
