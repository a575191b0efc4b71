//! Comments that silence a diagnostic.

use source_text::{Diagnostic, SourceId, SourceMap, Span, suggest};

use crate::lint_codes;

/// A code that a comment allows.
struct Allow<'a> {
    code: &'a str,
    span: Span,
    /// The whole comment, and whether it names no other code.
    comment: Span,
    is_alone: bool,
    scope: Scope,
    is_used: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Line(u32),
    File,
}

/// Takes away what the comments at `comments` allow, and adds what is wrong with them.
pub(crate) fn apply(sources: &SourceMap, comments: &[Span], diagnostics: &mut Vec<Diagnostic>) {
    let mut allows: Vec<Allow<'_>> = comments.iter().flat_map(|comment| read(sources, *comment)).collect();
    if allows.is_empty() {
        return;
    }
    diagnostics.retain(|diagnostic| {
        let Some(span) = diagnostic.span().filter(|_| !diagnostic.is_error()) else { return true };
        let line = line_of(sources, span.source, span.start);
        let mut silenced = false;
        for allow in &mut allows {
            let fits = allow.span.source == span.source
                && allow.code == diagnostic.code()
                && (allow.scope == Scope::File || allow.scope == Scope::Line(line));
            allow.is_used |= fits;
            silenced |= fits;
        }
        !silenced
    });
    let unused = allows.iter().filter(|allow| !allow.is_used);
    diagnostics.extend(unused.map(|allow| complaint(allow, sources)));
}

fn complaint(allow: &Allow<'_>, sources: &SourceMap) -> Diagnostic {
    let code = allow.code;
    match lint_codes().find(|known| *known == code) {
        None => {
            let problem =
                Diagnostic::warning("unused-allow", allow.span, format!("there is no diagnostic `{code}`"));
            match suggest(code, lint_codes()) {
                Some(meant) => problem.did_you_mean(allow.span, code, meant),
                None => problem.help("`weirgate check --explain all` lists them"),
            }
        }
        Some(_) => {
            let place = if allow.scope == Scope::File { "this file" } else { "the line it is for" };
            let message = format!("nothing has to allow `{code}` in {place}");
            let problem = Diagnostic::warning("unused-allow", allow.span, message)
                .help("only warnings and notes can be allowed");
            if allow.is_alone { problem.fix(removal(allow.comment, sources), "") } else { problem }
        }
    }
}

/// The comment with the blanks before it, or with its line if it has one of its own.
fn removal(comment: Span, sources: &SourceMap) -> Span {
    let text = sources.get(comment.source).map_or("", source_text::Source::text);
    let before = text.get(..comment.range().start).unwrap_or_default();
    let blanks = before.trim_end_matches([' ', '\t']);
    let mut start = blanks.len();
    let mut end = comment.range().end;
    if let Some(line_above) = blanks.strip_suffix('\n') {
        start = line_above.len();
    } else if blanks.is_empty() && text.get(end..).is_some_and(|rest| rest.starts_with('\n')) {
        end += 1;
    }
    Span::new(comment.source, start, end)
}

/// The codes a comment allows.
fn read<'a>(sources: &'a SourceMap, comment: Span) -> Vec<Allow<'a>> {
    let text = sources.text(comment);
    let Some(codes) = text
        .trim_start_matches('#')
        .trim_start()
        .strip_prefix("weirgate:")
        .and_then(|rest| rest.trim_start().strip_prefix("allow"))
        .filter(|rest| rest.starts_with([' ', '\t']))
    else {
        return Vec::new();
    };
    let scope = scope(sources, comment);
    let words = codes.split([',', ' ', '\t', '\r']).filter(|word| !word.is_empty());
    let is_alone = words.clone().count() == 1;
    words
        .map(|code| {
            let at = code.as_ptr() as usize - text.as_ptr() as usize;
            let span = comment.part(at, at + code.len());
            Allow { code, span, comment, is_alone, scope, is_used: false }
        })
        .collect()
}

fn scope(sources: &SourceMap, comment: Span) -> Scope {
    let Some(source) = sources.get(comment.source) else { return Scope::File };
    let (before, after) = source.text().split_at(comment.range().start);
    let own_line = before.rsplit('\n').next().unwrap_or_default();
    let line = line_of(sources, comment.source, comment.start);
    let is_comment = |line: &str| line.trim_start().starts_with('#');
    let is_empty = |line: &str| line.trim().is_empty() || is_comment(line) || line.trim() == "---";
    if !own_line.trim().is_empty() {
        return Scope::Line(line);
    }
    if before.lines().all(is_empty) {
        return Scope::File;
    }
    let below = after.lines().skip(1).position(|line| !line.trim().is_empty() && !is_comment(line));
    let below = below.map_or(u32::MAX, |lines| u32::try_from(lines).unwrap_or(u32::MAX));
    Scope::Line(line.saturating_add(1).saturating_add(below))
}

fn line_of(sources: &SourceMap, source: SourceId, offset: u32) -> u32 {
    sources.get(source).map_or(0, |source| source.lines().line_column(source.text(), offset).line)
}
