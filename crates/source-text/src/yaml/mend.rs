//! Texts that libyaml and Go's library read and the parser rejects.
//!
//! Inside brackets and quotes they do not care about indentation, and they take a tab for a blank there and
//! between a colon and its value. A text that fails for such a reason is mended and read again: lines get
//! indentation, which changes no value in these places, and tabs become spaces.

use saphyr_parser::{Event, Parser, ScanError};

use super::offsets::ByteOffsets;

/// How often a text is mended. Each time mends all that can be known to be broken.
const ATTEMPTS: usize = 64;

/// A text, as it is or mended.
pub(super) struct Mended<'t> {
    original: &'t str,
    /// The original with other blanks; all bytes keep their place.
    replaced: Option<String>,
    /// Where the lines begin that get indentation.
    lines: Vec<usize>,
    indentation: usize,
    indented: Option<String>,
    attempts: usize,
}

impl<'t> Mended<'t> {
    pub(super) fn new(original: &'t str) -> Self {
        // More than the indentation of any block.
        let indentation = original.lines().map(str::len).max().unwrap_or_default().min(1000) + 1;
        Self { original, replaced: None, lines: Vec::new(), indentation, indented: None, attempts: 0 }
    }

    pub(super) fn text(&self) -> &str {
        self.indented.as_deref().or(self.replaced.as_deref()).unwrap_or(self.original)
    }

    pub(super) fn original_text(&self) -> &'t str {
        self.original
    }

    /// The offset in the original of an offset in [`Self::text`].
    pub(super) fn original(&self, offset: usize) -> usize {
        // The lines that begin before the offset have moved it.
        let (mut low, mut high) = (0, self.lines.len());
        while low < high {
            let middle = low.midpoint(high);
            let begins = self.lines.get(middle).map_or(usize::MAX, |line| line + middle * self.indentation);
            if begins <= offset { low = middle + 1 } else { high = middle }
        }
        let line = low.checked_sub(1).and_then(|last| self.lines.get(last)).copied().unwrap_or_default();
        offset.saturating_sub(low * self.indentation).max(line)
    }

    /// Whether any offset differs from that in the original.
    pub(super) fn moves(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Mends what the error is about, if that is possible.
    pub(super) fn mend(&mut self, error: &ScanError) -> bool {
        self.attempts += 1;
        if self.attempts > ATTEMPTS {
            return false;
        }
        let at = self.original(ByteOffsets::new(self.text()).byte(error.marker().index()));
        let source = self.replaced.as_deref().unwrap_or(self.original);
        let lines = match error.info() {
            "':' must be followed by a valid YAML whitespace" => return self.replace_separators(),
            "invalid indentation" | "invalid indentation in flow construct" => flow_lines(source, at),
            "tabs disallowed within this context (block indentation)" => flow_lines(source, at),
            "invalid indentation in quoted scalar" => quoted_lines(source, at),
            "tab cannot be used as indentation" => vec![line_start(source, at)],
            _ => return false,
        };
        let known = self.lines.len();
        self.lines.extend(lines);
        self.lines.sort_unstable();
        self.lines.dedup();
        self.indent();
        self.lines.len() > known
    }

    /// Replaces the tabs between a `:` and its value.
    fn replace_separators(&mut self) -> bool {
        if self.replaced.is_some() {
            return false;
        }
        self.replaced = Some(without_separators(self.original));
        self.indent();
        true
    }

    fn indent(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        let source = self.replaced.as_deref().unwrap_or(self.original);
        let blanks = " ".repeat(self.indentation);
        let mut text = String::with_capacity(source.len() + self.lines.len() * blanks.len());
        let mut from = 0;
        for line in &self.lines {
            text.push_str(source.get(from..*line).unwrap_or_default());
            text.push_str(&blanks);
            from = *line;
        }
        text.push_str(source.get(from..).unwrap_or_default());
        self.indented = Some(text);
    }
}

/// The line of `at`, which is inside brackets, and those after it up to the next bracket that closes what is
/// open there.
fn flow_lines(text: &str, at: usize) -> Vec<usize> {
    let mut lines = vec![line_start(text, at)];
    let bytes = text.as_bytes();
    let mut depth = 1_usize;
    let mut at = at;
    // A quote or a `#` means something only where a value can begin.
    let mut begins = true;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            b'#' if begins => {
                at += bytes.iter().skip(at).take_while(|byte| **byte != b'\n').count();
                continue;
            }
            b'"' | b'\'' if begins => {
                lines.extend(quoted_lines(text, at));
                at = super::build::quoted_end(text, at, text.len());
                begins = false;
                continue;
            }
            b'\n' => lines.push(at + 1),
            _ => {}
        }
        begins = matches!(byte, b'[' | b'{' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n');
        at += 1;
    }
    lines
}

/// The lines of the quoted scalar at `start` but its first.
fn quoted_lines(text: &str, start: usize) -> Vec<usize> {
    let end = super::build::quoted_end(text, start, text.len());
    let scalar = text.get(start..end).unwrap_or_default();
    scalar.match_indices('\n').map(|(newline, _)| start + newline + 1).collect()
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// `text` with spaces in place of the tabs between a `:` and its value.
fn without_separators(text: &str) -> String {
    // A tab in the middle of a scalar does not change where the scalar ends: with all of them replaced, the
    // parser tells where the scalars are.
    let replaced = replace(text, |_| true);
    let offsets = ByteOffsets::new(&replaced);
    let mut scalars = Vec::new();
    for event in Parser::new_from_str(&replaced) {
        match event {
            Ok((Event::Scalar(..), span)) => {
                scalars.push((offsets.byte(span.start.index()), offsets.byte(span.end.index())));
            }
            Ok(_) => {}
            // It fails for another reason, which the next attempt finds too.
            Err(_) => return replaced,
        }
    }
    let mut scalars = scalars.into_iter().peekable();
    let mut free = 0;
    replace(text, |at| {
        while let Some((_, end)) = scalars.next_if(|(start, _)| *start <= at) {
            free = free.max(end);
        }
        at >= free
    })
}

/// Replaces the tabs after a `:` whose offset `choose` accepts. It is asked in order.
fn replace(text: &str, mut choose: impl FnMut(usize) -> bool) -> String {
    let mut after_colon = false;
    let mut at = 0;
    let replace = |c: char| {
        let is_separator = after_colon && c == '\t';
        after_colon = c == ':' || (after_colon && matches!(c, ' ' | '\t'));
        let replaced = if is_separator && choose(at) { ' ' } else { c };
        at += c.len_utf8();
        replaced
    };
    text.chars().map(replace).collect()
}
