//! Character classes.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::{Flags, Parser};
use crate::ast::Node;
use crate::set::CharSet;
use crate::unicode::{self, Repertoire};
use crate::{Error, ErrorKind};

/// How far a name is looked for after `[:`.
const POSIX_NAME_LIMIT: usize = 20;

impl Parser<'_> {
    /// A class, after its bracket, which is at `start`.
    pub(super) fn class(&mut self, start: usize, flags: Flags) -> Result<Node, Error> {
        let mut literal = ClassUnicode::empty();
        let Body { mut set, negated } = self.class_body(start, flags, &mut literal)?;
        if let Some(ch) = set.single()
            && !negated
        {
            return Ok(super::literal(ch, flags));
        }
        if flags.ignore_case {
            set.fold_case_of_class(&literal);
        }
        Ok(Node::Set(if negated { set.negated() } else { set }))
    }

    /// Everything up to the closing bracket. What is written as a character or a range is added to
    /// `literal` too.
    fn class_body(&mut self, start: usize, flags: Flags, literal: &mut ClassUnicode) -> Result<Body, Error> {
        let negated = self.eat('^');
        let mut builder = Builder { set: CharSet::empty(), literal, intersection: None, state: State::Start };
        // A bracket that would close an empty class is a member, if another one can close the class.
        if self.peek() == Some(']') {
            let at = self.position;
            self.bump();
            if !self.closing_bracket_follows() {
                return Err(self.error(ErrorKind::EmptyClass, start));
            }
            builder.value(']').map_err(|kind| self.error(kind, at))?;
        }
        loop {
            let at = self.position;
            let Some(ch) = self.bump() else { return Err(self.error(ErrorKind::UnclosedClass, start)) };
            let added = match ch {
                ']' => break,
                '&' if self.eat('&') => {
                    builder.intersect();
                    Ok(())
                }
                '[' => match self.posix_bracket(at, flags.repertoire)? {
                    Some((set, ascii_only)) => builder.named_set(&set, ascii_only),
                    None => {
                        let inner = self.nested(|parser| parser.class_body(at, flags, builder.literal))?;
                        builder.class(inner);
                        Ok(())
                    }
                },
                '-' => {
                    let last = self.peek() == Some(']') || self.rest().starts_with("&&");
                    builder.hyphen(last)
                }
                '\\' => match self.class_escape(at, flags.repertoire)? {
                    Escape::Char(ch) => builder.value(ch),
                    Escape::Set(set, ascii_only) => builder.named_set(&set, ascii_only),
                },
                ch => builder.value(ch),
            };
            added.map_err(|kind| self.error(kind, at))?;
        }
        Ok(Body { set: builder.finish(), negated })
    }

    fn class_escape(&mut self, at: usize, repertoire: Repertoire) -> Result<Escape, Error> {
        let Some(letter) = self.bump() else { return Err(self.error(ErrorKind::EndAtEscape, at)) };
        if matches!(letter, 'p' | 'P') && self.peek() == Some('{') {
            let (set, negated) = self.property(letter, at)?;
            let mut set = if negated { set.negated() } else { set };
            set.invalid_bytes = false;
            return Ok(Escape::Set(set, false));
        }
        if let Some(set) = unicode::escape_set(letter.to_ascii_lowercase(), repertoire) {
            let set = if letter.is_ascii_lowercase() { set } else { set.chars_negated() };
            return Ok(Escape::Set(set, repertoire != Repertoire::Unicode));
        }
        match letter {
            'b' => Ok(Escape::Char('\x08')),
            letter => Ok(Escape::Char(self.character(letter, at)?)),
        }
    }

    /// `[:name:]`, after its first bracket, and whether it holds only ASCII. What does not end like one is
    /// an inner class, and nothing of it is read.
    fn posix_bracket(&mut self, at: usize, repertoire: Repertoire) -> Result<Option<(CharSet, bool)>, Error> {
        let rest = self.rest();
        let Some(inside) = rest.strip_prefix(':') else { return Ok(None) };
        if !ends_like_posix_bracket(inside) {
            return Ok(None);
        }
        let (negated, inside) = match inside.strip_prefix('^') {
            Some(inside) => (true, inside),
            None => (false, inside),
        };
        let name_length = inside.find(|ch: char| !ch.is_ascii_alphanumeric()).unwrap_or(inside.len());
        let (name, after) = inside.split_at(name_length);
        let known = unicode::posix_set(name, repertoire).filter(|_| after.starts_with(":]"));
        let Some(set) = known else {
            let name_end =
                inside.char_indices().take(POSIX_NAME_LIMIT + 1).find(|(_, ch)| ":]".contains(*ch));
            return match name_end {
                Some((end, _)) if inside[end..].starts_with(":]") => {
                    Err(self.error(ErrorKind::UnknownPosixBracket, at))
                }
                _ => Ok(None),
            };
        };
        self.position += rest.len() - after.len() + ":]".len();
        let set = if negated { set.chars_negated() } else { set };
        Ok(Some((set, repertoire == Repertoire::Ascii)))
    }

    /// Whether an unescaped `]` is in the rest of the pattern.
    fn closing_bracket_follows(&self) -> bool {
        let mut rest = self.rest().chars();
        while let Some(ch) = rest.next() {
            match ch {
                '\\' => drop(rest.next()),
                ']' => return true,
                _ => {}
            }
        }
        false
    }
}

struct Body {
    set: CharSet,
    negated: bool,
}

enum Escape {
    Char(char),
    /// And whether the set holds only ASCII because of the flags.
    Set(CharSet, bool),
}

/// What a class holds so far.
struct Builder<'l> {
    /// Since the last `&&`.
    set: CharSet,
    literal: &'l mut ClassUnicode,
    /// What the operands before the last `&&` have in common.
    intersection: Option<CharSet>,
    state: State,
}

/// What a hyphen would mean.
#[derive(Clone, Copy)]
enum State {
    /// At the start of an operand: itself.
    Start,
    /// After this character, which is not yet in the set: that it starts a range.
    Value(char),
    /// After such a character and a hyphen: the end of the range.
    Range(char),
    /// After a named set: a mistake.
    NamedSet,
    /// After a range: itself.
    Complete,
}

impl Builder<'_> {
    fn value(&mut self, ch: char) -> Result<(), ErrorKind> {
        self.state = match self.state {
            State::Range(first) if first > ch => return Err(ErrorKind::ReversedRange),
            State::Range(first) => {
                self.add_range(first, ch);
                State::Complete
            }
            _ => {
                self.add_pending();
                State::Value(ch)
            }
        };
        Ok(())
    }

    fn hyphen(&mut self, last: bool) -> Result<(), ErrorKind> {
        match self.state {
            State::Value(first) if !last => {
                self.state = State::Range(first);
                Ok(())
            }
            State::NamedSet if !last => Err(ErrorKind::SetStartsRange),
            _ => self.value('-'),
        }
    }

    fn named_set(&mut self, set: &CharSet, ascii_only: bool) -> Result<(), ErrorKind> {
        if let State::Range(_) = self.state {
            return Err(ErrorKind::SetEndsRange);
        }
        self.add_pending();
        if !ascii_only {
            self.literal.union(&set.chars);
        }
        self.set.union(set);
        self.state = State::NamedSet;
        Ok(())
    }

    /// Adds an inner class. To a range it is as if it were not there: `[a[b]-z]` and `[a-[b]z]` hold what `[a-z]` does.
    fn class(&mut self, Body { set, negated }: Body) {
        self.set.union(&if negated { set.negated() } else { set });
    }

    fn intersect(&mut self) {
        self.add_pending();
        let operand = std::mem::replace(&mut self.set, CharSet::empty());
        match &mut self.intersection {
            Some(common) => common.intersect(&operand),
            None => self.intersection = Some(operand),
        }
        self.state = State::Start;
    }

    fn finish(mut self) -> CharSet {
        self.add_pending();
        if self.intersection.is_some() {
            self.intersect();
        }
        self.intersection.unwrap_or(self.set)
    }

    /// Adds the character that turned out not to start a range.
    fn add_pending(&mut self) {
        if let State::Value(ch) = self.state {
            self.add_range(ch, ch);
            self.state = State::Complete;
        }
    }

    fn add_range(&mut self, first: char, last: char) {
        let range = ClassUnicode::new([ClassUnicodeRange::new(first, last)]);
        self.literal.union(&range);
        self.set.chars.union(&range);
    }
}

/// Whether `:]` comes before any other `]`.
fn ends_like_posix_bracket(inside: &str) -> bool {
    let mut chars = inside.chars().peekable();
    while let Some(ch) = chars.next() {
        match ch {
            '\\' => drop(chars.next()),
            ':' if chars.peek() == Some(&']') => return true,
            ']' => return false,
            _ => {}
        }
    }
    false
}
