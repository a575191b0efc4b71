//! Variables: commands set them, values use them.

use event_model::Compat;
use source_text::{Diagnostic, Edit, Fix, SourceId, Span};

use super::walk::{RawSection, Tree};
use super::{Loader, MOST_EXPANDED};
use crate::environment::{Event, expand};
use crate::section::{Group, Property, Section, SectionKind};
use crate::tree::{Command, Form, GroupNode, Item, PropertyNode, Text};

impl Loader<'_> {
    /// Runs the commands of all files, before any value is expanded.
    pub(super) fn run_commands(&mut self, tree: &Tree) {
        for (form, command) in &tree.commands {
            if !command.is("SET") {
                let problem = unknown_command(command);
                self.problems.push(problem);
                continue;
            }
            match command.value.value.split_once('=') {
                Some((name, value)) => self.set(name, value, *form, command),
                None => self.problems.push(
                    Diagnostic::warning("invalid-set", command.value.span, "`@SET` without `=` sets nothing")
                        .help("expected `@SET key=value`"),
                ),
            }
        }
    }

    fn set(&mut self, name: &str, value: &str, form: Form, command: &Command) {
        let path = value.strip_prefix("file://").filter(|path| !path.is_empty());
        let Some(path) = path.filter(|_| self.compat != Compat::V1_8) else {
            self.variables.set(name, value);
            return;
        };
        let message = match self.files.read(path) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                let text = text.strip_suffix(['\n', '\r']).unwrap_or(&text);
                if !text.is_empty() {
                    self.variables.set(name, text);
                    return;
                }
                format!("the file `{path}` is empty")
            }
            Err(error) => format!("cannot read `{path}`: {error}"),
        };
        let span = command.value.span;
        self.problems.push(match form {
            Form::Classic => Diagnostic::warning("unreadable-variable-file", span, message)
                .help(format!("the variable `{name}` stays unset")),
            Form::Yaml => Diagnostic::error("unreadable-variable-file", span, message),
        });
    }

    /// A section with its values expanded.
    pub(super) fn expand_section(&mut self, kind: SectionKind, raw: RawSection) -> Section {
        let mut section = Section::new(kind, raw.name.span, self.compat);
        let form = raw.form;
        section.properties =
            raw.properties.into_iter().map(|node| self.expand_property(node, form)).collect();
        section.groups = raw.groups.into_iter().map(|node| self.expand_group(node, form)).collect();
        section
    }

    /// The fix that puts every `{…}` that is no variable into one: there a brace does no harm.
    fn braces_set_apart(&self, value: &Text, form: Form) -> Option<Fix> {
        let (new, variables) = without_braces(&value.value)?;
        // Two insertions at one place would compete.
        let [(name, braces)] = variables.as_slice() else { return None };
        let insertion = self.definition(value.span.source, form, name, braces)?;
        let edits = vec![insertion, Edit::of_value(value.span, &value.value, &new)?];
        Some(Fix::certain("put the braces into a variable", edits))
    }

    /// The edit that defines a variable at the top of a file.
    fn definition(&self, source: SourceId, form: Form, name: &str, value: &str) -> Option<Edit> {
        let top = |text| Some(Edit::new(Span::new(source, 0, 0), text));
        if form == Form::Classic {
            return top(format!("@SET {name}={value}\n"));
        }
        let document = self.documents.iter().find(|document| document.source == source)?;
        let text = self.sources.get(source)?.text();
        let first = document.items.iter().find_map(|item| match item {
            Item::Command(command) if command.is("SET") => Some(command.name.span),
            _ => None,
        });
        let Some(first) = first else {
            let starts_below = text.starts_with(['-', '%', '{']);
            return (!starts_below).then(|| top(format!("env:\n  {name}: '{value}'\n"))).flatten();
        };
        let before = text.get(..first.range().start)?;
        let indent = before.get(before.rfind('\n')? + 1..)?;
        let is_pair = !indent.is_empty() && indent.chars().all(|c| c == ' ');
        is_pair.then(|| Edit::new(first.part(0, 0), format!("{name}: '{value}'\n{indent}")))
    }

    fn expand_group(&mut self, node: GroupNode, form: Form) -> Group {
        let mut group = Group {
            name: node.name.value.to_ascii_lowercase(),
            span: node.name.span,
            properties: Vec::new(),
            groups: Vec::new(),
        };
        for item in node.items {
            match item {
                Item::Property(property) => group.properties.push(self.expand_property(property, form)),
                Item::Group(inner) => group.groups.push(self.expand_group(inner, form)),
                Item::Blank(_) | Item::Comment(_) | Item::Command(_) | Item::Section(_) => {}
            }
        }
        group
    }

    fn expand_property(&mut self, node: PropertyNode, form: Form) -> Property {
        let (value, events) = expand(&node.value.value, &self.variables, self.compat, &mut self.room);
        let key = match form {
            Form::Classic => node.key.value,
            Form::Yaml => snake_case(&node.key.value),
        };
        for event in events {
            let problem = describe(&event, node.value.span, &node.value.value);
            let is_brace = problem.code() == "brace-before-variable";
            let fix = is_brace.then(|| self.braces_set_apart(&node.value, form)).flatten();
            self.problems.push(match fix {
                Some(fix) => problem.with_fix(fix),
                None => problem,
            });
        }
        Property { key, key_span: node.key.span, value, raw: node.value.value, value_span: node.value.span }
    }
}

fn unknown_command(command: &Command) -> Diagnostic {
    let message = format!("`@{}` is no command Fluent Bit knows", command.name.value);
    let problem = Diagnostic::warning("unknown-command", command.name.span, message);
    match source_text::suggest(&command.name.value, ["SET", "INCLUDE"]) {
        Some(close) => problem.help(format!("it is ignored; did you mean `@{close}`?")),
        None => problem.help("it is ignored; expected `@SET` or `@INCLUDE`"),
    }
}

/// A YAML key as 5.1 looks it up: `camelCase` becomes `snake_case` unless there is an underscore or the
/// first letter is upper case.
pub(crate) fn snake_case(key: &str) -> String {
    if !key.starts_with(|c: char| c.is_ascii_lowercase()) {
        return key.to_owned();
    }
    if key.contains('_') {
        return key.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(key.len() + 4);
    for c in key.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The value with each `{…}` that is no variable replaced by one, and those variables. `None` where a brace has
/// no partner.
fn without_braces(value: &str) -> Option<(String, Vec<(String, String)>)> {
    let mut new = String::new();
    let mut variables = Vec::new();
    let mut at = 0;
    while let Some(open) = value[at..].find('{').map(|open| at + open) {
        let close = open + value[open..].find('}')?;
        new.push_str(&value[at..open]);
        at = close + 1;
        let piece = &value[open..at];
        if value[..open].ends_with('$') {
            new.push_str(piece);
            continue;
        }
        let inner = piece[1..piece.len() - 1].chars();
        let inner: String = inner.map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let name = format!("braces_{inner}");
        new.push_str(&format!("${{{name}}}"));
        variables.push((name, piece.to_owned()));
    }
    new.push_str(&value[at..]);
    variables.sort();
    variables.dedup();
    Some((new, variables))
}

/// What happened while a value was expanded.
fn describe(event: &Event, span: Span, value: &str) -> Diagnostic {
    const BRACES: &str = "Fluent Bit takes the first `}` for the end of a variable; put the whole value into one \
                          variable with `@SET`";
    // A quoted YAML scalar is longer than its value: point at the whole of it then.
    let part = |from: usize, to: usize| {
        if (span.end - span.start) as usize == value.len() { span.part(from, to) } else { span }
    };
    match event {
        Event::Unset { name, from, to } => Diagnostic::warning(
            "undefined-variable",
            part(*from, *to),
            format!("the variable `{name}` is not set; it expands to nothing"),
        ),
        Event::BraceBefore { at } => Diagnostic::warning(
            "brace-before-variable",
            part(*at, value.len()),
            "this variable is not expanded, because a `}` stands before it",
        )
        .help(BRACES),
        Event::Lost { from, to } => {
            let lost = value.get(*from..*to).unwrap_or_default();
            Diagnostic::warning(
                "brace-before-variable",
                part(*from, *to),
                format!("the text `{lost}` is lost while variables are expanded"),
            )
            .help(BRACES)
        }
        Event::NoRoom { at } => Diagnostic::error(
            "too-many-variables",
            part(*at, value.len()),
            format!("the variables of the configuration expand to more than {MOST_EXPANDED} bytes"),
        ),
        Event::NameTooLong { from, to } => Diagnostic::warning(
            "variable-name-too-long",
            part(*from, *to),
            "Fluent Bit 1.8 has room for 63 bytes between the braces and overruns its buffer",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn yaml_keys() {
        for (key, expected) in [
            ("readFromHead", "read_from_head"),
            ("Name", "Name"),
            ("db.journalMode", "db.journal_mode"),
            ("kube_URL", "kube_url"),
            ("kubeURL", "kube_u_r_l"),
            ("", ""),
        ] {
            assert_eq!(snake_case(key), expected);
        }
    }
}
