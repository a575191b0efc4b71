//! The classic form: lines to a [`Document`].

mod line;

use event_model::Compat;
use source_text::{Diagnostic, SourceId, Span};

use crate::tree::{Command, Document, Form, GroupNode, Item, PropertyNode, SectionNode, Text};
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

/// Where the reader is in a file.
struct Reader<'a> {
    text: &'a str,
    source: SourceId,
    compat: Compat,
    /// What every line with a key begins with; fixed by the first such line.
    indent: Option<String>,
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
        let comment = trimmed(after, part_of(span, line, after));
        let comment = (!comment.value.is_empty()).then_some(comment);
        self.open(Text::new(name, part_of(span, line, name)), comment);
    }

    fn open(&mut self, name: Text, comment: Option<Text>) {
        self.close_section();
        self.section = Some(SectionNode { name, comment, items: Vec::new() });
    }

    /// A line that is none of the things that stand at column 1.
    fn content(&mut self, line: &str, span: Span) {
        let indent = match &self.indent {
            Some(indent) => indent.clone(),
            None => {
                let indent = line::first_indent(line);
                if !indent.starts_with(is_blank) {
                    self.unindented(line, indent, span);
                }
                self.indent = Some(indent.to_owned());
                if indent.len() == line.len() {
                    self.push(Item::Blank(span));
                    return;
                }
                indent.to_owned()
            }
        };
        let level = match line::check_indent(line, &indent, self.compat) {
            Ok(level) => level,
            Err(problem) => {
                self.bad_indent(line, &indent, problem, span);
                line.len() - line.trim_start_matches(is_blank).len()
            }
        };
        let doubled = level > indent.len();
        if !doubled {
            self.close_group();
        }
        let (content, place) = (&line[level..], span.part(level, line.len()));
        if content.is_empty() {
            self.push(Item::Blank(span));
        } else if let Some(comment) = content.strip_prefix('#') {
            self.push(Item::Comment(Text::new(comment, place)));
        } else {
            if doubled && self.group.is_none() && !content.starts_with('[') {
                self.problems.push(
                    Diagnostic::warning(
                        "doubled-indent",
                        span.part(0, level),
                        "this line has twice the indent of the file",
                    )
                    .help("Fluent Bit 5.1 accepts it, 1.8 does not start; use the indent of the other lines")
                    .fix(span.part(0, level), indent),
                );
            }
            self.key_value(content, place);
        }
    }

    fn unindented(&mut self, line: &str, indent: &str, span: Span) {
        let rest = &line[indent.len()..];
        let key = rest.split(' ').next().unwrap_or(rest);
        self.problems.push(
            Diagnostic::warning("unindented-key", span.part(0, indent.len()), "keys must be indented")
                .help(format!(
                    "Fluent Bit takes the letter `{indent}` for the indent of the whole file and reads the key `{key}`"
                ))
                .fix(span.part(0, 0), "    "),
        );
    }

    fn bad_indent(&mut self, line: &str, indent: &str, problem: IndentProblem, span: Span) {
        let found = line.len() - line.trim_start_matches(is_blank).len();
        let place = span.part(0, found.max(1));
        let expected = line::describe(indent);
        let (code, message) = match problem {
            IndentProblem::Mixed => ("mixed-indent", "tabs and spaces are mixed in the indent"),
            IndentProblem::TooLow => {
                ("indent-too-low", "the line is not indented like the first key of the file")
            }
            IndentProblem::TooDeep => {
                ("indent-too-deep", "the line is indented deeper than the first key of the file")
            }
        };
        let mut problem = Diagnostic::error(code, place, message)
            .help(format!("every key of a file needs the same indent; expected {expected}"));
        if indent.starts_with(is_blank) {
            problem = problem.fix(span.part(0, found), indent);
        }
        self.problems.push(problem);
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
            self.problems.push(
                Diagnostic::error("indented-header", span, format!("the header `[{name}]` is indented"))
                    .help("a section header must begin at column 1"),
            );
            self.open(Text::new(name, part_of(span, content, name)), None);
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
        if crate::section::SectionKind::of_header(name, self.compat).is_known() {
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
        let comment = value.span.part(at, value.value.len());
        self.problems.push(
            Diagnostic::warning(
                "inline-comment",
                comment,
                "`#` does not start a comment here: it is part of the value",
            )
            .help("put the comment on a line of its own")
            .fix(comment, ""),
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
        if let Some(group) = self.group.take() {
            self.push(Item::Group(group));
        }
    }

    fn close_section(&mut self) {
        self.close_group();
        let Some(mut section) = self.section.take() else { return };
        if !section.items.iter().any(|item| matches!(item, Item::Property(_) | Item::Command(_))) {
            let message = format!("the section `{}` has no keys", section.name.value);
            self.problems.push(Diagnostic::warning("empty-section", section.name.span, message));
        }
        // Blank lines and comments at column 1 before the next header belong to what follows.
        let loose = section.items.iter().rev().take_while(|item| self.is_loose(item)).count();
        let loose = section.items.split_off(section.items.len() - loose);
        self.top.push(Item::Section(section));
        self.top.extend(loose);
    }

    fn is_loose(&self, item: &Item) -> bool {
        match item {
            Item::Blank(_) => true,
            Item::Comment(comment) => {
                let before = &self.text[..comment.span.start as usize];
                before.is_empty() || before.ends_with('\n')
            }
            _ => false,
        }
    }

    fn finish(mut self) -> (Document, Vec<Diagnostic>) {
        self.close_section();
        (Document::new(Form::Classic, self.source, self.top), self.problems)
    }
}

/// The span of `part`, a slice of `line`, which lies at `span`.
fn part_of(span: Span, line: &str, part: &str) -> Span {
    let from = nom::Offset::offset(line, part);
    span.part(from, from + part.len())
}

/// `text` at `span` without white space at both ends.
fn trimmed(text: &str, span: Span) -> Text {
    let inner = text.trim_matches(line::is_space);
    let from = nom::Offset::offset(text, inner);
    Text::new(inner, span.part(from, from + inner.len()))
}
