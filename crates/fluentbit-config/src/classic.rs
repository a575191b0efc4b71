//! The classic form: lines to a [`Document`].

mod line;

use event_model::Compat;
use source_text::{Diagnostic, SourceId, Span};

use crate::section::SectionKind;
use crate::tree::{Command, Document, Form, GroupNode, Item, PropertyNode, SectionNode, Text};
use crate::value::is_space;
use line::{IndentProblem, is_blank};

/// Reads classic text to a tree and everything that is wrong with its form.
///
/// Errors are what makes the release `compat` names refuse the file; after one, reading goes on as the
/// author most likely meant it. Warnings are what it accepts with a meaning that surprises.
///
/// ```
/// use fluentbit_config::{Compat, Item, parse_classic};
/// use source_text::SourceMap;
///
/// let mut sources = SourceMap::new();
/// let text = "[INPUT] # main\n    Name tail\n    Path\t/var/log/a.log\n";
/// let id = sources.add("fluent-bit.conf", text);
/// let (document, problems) = parse_classic(id, text, Compat::V5_1);
/// assert!(matches!(&document.items[0], Item::Section(section) if section.name.value == "INPUT"));
/// assert_eq!(
///     sources.render(&problems[0]),
///     "fluent-bit.conf:3:9: error[tab-separator]: the key `Path` is followed by a tab, not a space"
/// );
/// ```
#[must_use]
pub fn parse(source: SourceId, text: &str, compat: Compat) -> (Document, Vec<Diagnostic>) {
    let mut reader = Reader {
        text,
        source,
        compat,
        indent: None,
        was_doubled: false,
        top: Vec::new(),
        section: None,
        group: None,
        problems: Vec::new(),
    };
    let mut start = 0;
    if let Some(rest) = text.strip_prefix('\u{feff}') {
        start = text.len() - rest.len();
        reader.byte_order_mark(start);
    }
    while start < text.len() {
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        reader.line(start, &text[start..end], end < text.len());
        start = end + 1;
    }
    reader.finish()
}

/// What every line with a key begins with.
#[derive(Clone)]
struct Indent {
    text: String,
    span: Span,
}

/// Where the reader is in a file.
struct Reader<'a> {
    text: &'a str,
    source: SourceId,
    compat: Compat,
    /// Fixed by the first line that is indented, or ought to be.
    indent: Option<Indent>,
    /// Whether the line before had twice the indent.
    was_doubled: bool,
    top: Vec<Item>,
    section: Option<SectionNode>,
    group: Option<GroupNode>,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn byte_order_mark(&mut self, length: usize) {
        let span = Span::new(self.source, 0, length);
        self.problems.push(
            Diagnostic::error("byte-order-mark", span, "the file begins with a byte order mark")
                .help("Fluent Bit takes it for the start of a key; save the file as UTF-8 without it")
                .fix(span, ""),
        );
    }

    /// Reads the line at `start`; `ended` says whether a newline follows it.
    fn line(&mut self, start: usize, line: &str, ended: bool) {
        self.check_length(start, line, ended);
        // Only a line end removes the carriage return.
        let line = if ended { line.strip_suffix('\r').unwrap_or(line) } else { line };
        let span = Span::new(self.source, start, start + line.len());
        if line.is_empty() {
            self.push(Item::Blank(span));
        } else if let Some(comment) = line.strip_prefix('#') {
            self.push(Item::Comment(Text::new(comment, span)));
        } else if let Some(path) = line::include(line) {
            self.push(Item::Command(Command {
                name: Text::new("INCLUDE", span.part(1, 8)),
                value: Text::new(path, span.part(line.len() - path.len(), line.len())),
                comment: None,
            }));
        } else if line.starts_with('@') && line.len() > 3 {
            self.command(line, span);
        } else if line.starts_with('[') {
            self.header(line, span);
        } else {
            self.content(line, span);
        }
    }

    fn check_length(&mut self, start: usize, line: &str, ended: bool) {
        let limit = match self.compat {
            Compat::V1_8 => 4095,
            _ => 32 * 1024 * 1024,
        };
        let length = line.len() + usize::from(ended);
        if length > limit {
            let span = Span::new(self.source, start, start + line.len());
            self.problems.push(Diagnostic::error(
                "line-too-long",
                span,
                format!("the line has {length} bytes; Fluent Bit {} reads at most {limit}", self.compat),
            ));
        }
        if let Some(at) = line.find('\0') {
            let span = Span::new(self.source, start + at, start + at + 1);
            self.problems.push(Diagnostic::error("nul-byte", span, "the line contains a NUL byte"));
        }
    }

    fn command(&mut self, line: &str, span: Span) {
        let Some((name, value)) = line::command(line) else {
            self.problems.push(
                Diagnostic::error(
                    "command-without-value",
                    span,
                    format!("the command `{line}` has no value"),
                )
                .help("expected `@NAME value`, such as `@SET key=value`"),
            );
            return;
        };
        let value = trimmed(value, part_of(span, line, value));
        let name = trimmed(name, part_of(span, line, name));
        self.push(Item::Command(Command { name, value, comment: None }));
    }

    fn header(&mut self, line: &str, span: Span) {
        let Some((name, after)) = line::header(line) else {
            self.problems.push(
                Diagnostic::error("unclosed-header", span, "the section header has no closing `]`")
                    .help("expected `[NAME]`")
                    .fix(span.part(line.trim_end().len(), line.trim_end().len()), "]"),
            );
            // What follows belongs to this section all the same.
            let name = line[1..].trim();
            self.open(Text::new(name, part_of(span, line, name)), None);
            return;
        };
        let after = trimmed(after, part_of(span, line, after));
        let comment = (!after.value.is_empty()).then(|| match after.value.strip_prefix('#') {
            Some(comment) => Text::new(comment, after.span),
            None => after,
        });
        self.open(Text::new(name, part_of(span, line, name)), comment);
    }

    fn open(&mut self, name: Text, comment: Option<Text>) {
        self.close_section();
        self.section = Some(SectionNode { name, comment, items: Vec::new() });
    }

    /// A line that is none of the things that stand at column 1.
    fn content(&mut self, line: &str, span: Span) {
        let Some(indent) = self.indent.clone() else {
            self.first_content(line, span);
            return;
        };
        let checked = line::check_indent(line, &indent.text, self.compat);
        let level = match checked {
            Ok(level) => level,
            Err(problem) => {
                let level = line.len() - line.trim_start_matches(is_blank).len();
                if self.misplaced_header(&line[level..], span.part(level, line.len())) {
                    return;
                }
                self.bad_indent(line, &indent, problem, span);
                level
            }
        };
        let doubled = checked.is_ok() && level > indent.text.len();
        if !doubled {
            self.close_group();
        }
        let content = &line[level..];
        if doubled && self.group.is_none() && !content.is_empty() && !content.starts_with(['#', '[']) {
            self.doubled_indent(span.part(0, level), &indent);
        } else if !doubled {
            self.was_doubled = false;
        }
        self.indented(content, span.part(level, line.len()));
    }

    /// The line that fixes the indent of the file.
    fn first_content(&mut self, line: &str, span: Span) {
        let text = line::first_indent(line);
        if !text.starts_with(is_blank) {
            self.unindented(line, text, span);
        }
        self.indent = Some(Indent { text: text.to_owned(), span: span.part(0, text.len()) });
        self.indented(&line[text.len()..], span.part(text.len(), line.len()));
    }

    /// What follows the indent.
    fn indented(&mut self, content: &str, place: Span) {
        if content.is_empty() {
            self.push(Item::Blank(place));
        } else if let Some(comment) = content.strip_prefix('#') {
            self.push(Item::Comment(Text::new(comment, place)));
        } else {
            self.key_value(content, place);
        }
    }

    fn doubled_indent(&mut self, place: Span, indent: &Indent) {
        // Once for lines that follow each other.
        if !std::mem::replace(&mut self.was_doubled, true) {
            self.problems.push(
                Diagnostic::warning("doubled-indent", place, "this line has twice the indent of the file")
                    .label(indent.span, "the indent is fixed here")
                    .help("Fluent Bit 5.1 accepts it, 1.8 does not start; use one indent in the whole file")
                    .fix(place, indent.text.as_str()),
            );
        }
    }

    fn unindented(&mut self, line: &str, indent: &str, span: Span) {
        let rest = &line[indent.len()..];
        let key = rest.split(' ').next().unwrap_or(rest);
        self.problems.push(
            Diagnostic::warning("unindented-key", span.part(0, indent.len()), "keys must be indented")
                .help(format!(
                    "Fluent Bit takes `{indent}` for the indent of the whole file and reads the key `{key}`"
                ))
                .fix(span.part(0, 0), "    "),
        );
    }

    fn bad_indent(&mut self, line: &str, indent: &Indent, problem: IndentProblem, span: Span) {
        let found = line.len() - line.trim_start_matches(is_blank).len();
        let first = line.chars().next().map_or(0, char::len_utf8);
        let place = span.part(0, found.max(first));
        let (code, message) = match problem {
            IndentProblem::Mixed => ("mixed-indent", "the indent mixes tabs and spaces"),
            IndentProblem::TooLow => ("indent-too-low", "the line has less indent than the file"),
            IndentProblem::TooDeep => ("indent-too-deep", "the line has more indent than the file"),
        };
        let problem = Diagnostic::error(code, place, message).label(indent.span, "the indent is fixed here");
        self.problems.push(if found == line.len() {
            problem.help("a line of blanks needs the indent of the file, or none").fix(place, "")
        } else if indent.text.starts_with(is_blank) {
            let expected = line::describe(&indent.text);
            problem
                .help(format!(
                    "every key and indented comment of a file needs the same indent; expected {expected}"
                ))
                .fix(span.part(0, found), indent.text.as_str())
        } else {
            problem.help("indent all keys of the file by the same blanks").fix(span.part(0, found), "    ")
        });
    }

    /// Takes a header with blanks before it for a header, if it names a section.
    fn misplaced_header(&mut self, content: &str, span: Span) -> bool {
        let Some((name, _)) = line::header(content) else { return false };
        let found = is_section(name);
        if found {
            self.indented_header(name, part_of(span, content, name), span);
        }
        found
    }

    fn indented_header(&mut self, name: &str, place: Span, span: Span) {
        self.problems.push(
            Diagnostic::error("indented-header", span, format!("the header `[{name}]` is indented"))
                .help("a section begins at column 1"),
        );
        self.open(Text::new(name, place), None);
    }

    fn key_value(&mut self, content: &str, span: Span) {
        let Some((key, value)) = line::key_value(content) else {
            self.no_value(content, span);
            return;
        };
        if content.starts_with('[') && self.compat != Compat::V1_8 {
            self.group_header(content, span);
            return;
        }
        let key = trimmed(key, part_of(span, content, key));
        let value = trimmed(value, part_of(span, content, value));
        if value.value.is_empty() {
            self.problems.push(
                Diagnostic::error("empty-value", span, format!("the key `{}` has no value", key.value))
                    .help("remove the line, or give the key a value"),
            );
            return;
        }
        self.inline_comment(&value);
        self.push(Item::Property(PropertyNode { key, value, comment: None }));
    }

    /// A line without the space that ends a key.
    fn no_value(&mut self, content: &str, span: Span) {
        if let Some((name, _)) = line::header(content) {
            self.indented_header(name, part_of(span, content, name), span);
            return;
        }
        if let Some((key, value)) = content.split_once('\t') {
            let separator = span.part(key.len(), key.len() + 1);
            self.problems.push(
                Diagnostic::error(
                    "tab-separator",
                    separator,
                    format!("the key `{key}` is followed by a tab, not a space"),
                )
                .help("only a space ends a key")
                .fix(separator, " "),
            );
            let value = trimmed(value, part_of(span, content, value));
            if !value.value.is_empty() {
                let key = Text::new(key, part_of(span, content, key));
                self.push(Item::Property(PropertyNode { key, value, comment: None }));
            }
            return;
        }
        self.problems.push(
            Diagnostic::error("missing-value", span, format!("the key `{content}` has no value"))
                .help("expected `Key value`"),
        );
    }

    fn group_header(&mut self, content: &str, span: Span) {
        let Some((name, _)) = line::header(content) else {
            self.problems.push(
                Diagnostic::error("unclosed-header", span, "the group header has no closing `]`")
                    .help("expected `[NAME]`"),
            );
            return;
        };
        if self.section.is_none() {
            self.problems.push(
                Diagnostic::error(
                    "group-outside-section",
                    span,
                    format!("the group `{name}` is in no section"),
                )
                .help("an indented `[NAME]` starts a group inside a section"),
            );
        }
        if is_section(name) {
            self.problems.push(
                Diagnostic::warning("indented-header", span, format!("the header `[{name}]` is indented"))
                    .help("Fluent Bit takes it for a group inside the section above; a section begins at column 1"),
            );
        }
        if let Some(group) = &self.group
            && !group.items.iter().any(|item| matches!(item, Item::Property(_)))
        {
            self.problems.push(Diagnostic::error(
                "empty-group",
                group.name.span,
                format!("the group `{}` has no keys", group.name.value),
            ));
        }
        self.close_group();
        let name = Text::new(name, part_of(span, content, name));
        self.group = Some(GroupNode { name, listed: false, items: Vec::new() });
    }

    fn inline_comment(&mut self, value: &Text) {
        let Some(at) = value.value.find(" #").or_else(|| value.value.find("\t#")) else { return };
        let length = value.value.len();
        let message = "`#` does not start a comment here: it is part of the value";
        self.problems.push(
            Diagnostic::warning("inline-comment", value.span.part(at + 1, length), message)
                .help("put the comment on a line of its own")
                .fix(value.span.part(value.value[..at].trim_end().len(), length), ""),
        );
    }

    fn push(&mut self, item: Item) {
        match (&mut self.group, &mut self.section) {
            (Some(group), _) => group.items.push(item),
            (None, Some(section)) => section.items.push(item),
            (None, None) => self.top.push(item),
        }
    }

    fn close_group(&mut self) {
        if let Some(mut group) = self.group.take() {
            let loose = split_loose(&mut group.items, self.text);
            self.push(Item::Group(group));
            loose.into_iter().for_each(|item| self.push(item));
        }
    }

    fn close_section(&mut self) {
        self.close_group();
        let Some(mut section) = self.section.take() else { return };
        if !section.items.iter().any(|item| matches!(item, Item::Property(_) | Item::Group(_))) {
            let message = format!("the section `{}` has no keys", section.name.value);
            self.problems.push(Diagnostic::warning("empty-section", section.name.span, message));
        }
        let loose = split_loose(&mut section.items, self.text);
        self.top.push(Item::Section(section));
        self.top.extend(loose);
    }

    fn finish(mut self) -> (Document, Vec<Diagnostic>) {
        self.close_section();
        (Document::new(Form::Classic, self.source, self.top), self.problems)
    }
}

/// Whether a header with this name is meant for a section: the beginning of a name, as 5.1 takes it, may be
/// anything.
fn is_section(name: &str) -> bool {
    SectionKind::of_header(name, Compat::V1_8).is_known()
}

/// Takes commands, blank lines and comments at column 1 off the end of `items`: they belong to what follows.
fn split_loose(items: &mut Vec<Item>, text: &str) -> Vec<Item> {
    let is_loose = |item: &Item| match item {
        Item::Blank(_) | Item::Command(_) => true,
        Item::Comment(comment) => {
            let before = &text[..comment.span.start as usize];
            before.is_empty() || before.ends_with('\n')
        }
        Item::Section(_) | Item::Group(_) | Item::Property(_) => false,
    };
    let loose = items.iter().rev().take_while(|item| is_loose(item)).count();
    items.split_off(items.len() - loose)
}

/// The span of `part`, a slice of `line`, which lies at `span`.
fn part_of(span: Span, line: &str, part: &str) -> Span {
    let from = nom::Offset::offset(line, part);
    span.part(from, from + part.len())
}

/// `text` at `span` without white space at both ends.
fn trimmed(text: &str, span: Span) -> Text {
    let inner = text.trim_matches(is_space);
    let from = nom::Offset::offset(text, inner);
    Text::new(inner, span.part(from, from + inner.len()))
}
