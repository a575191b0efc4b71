//! What an opening parenthesis starts.

use super::{Flags, Item, Parser};
use crate::ast::{Capture, Condition, Direction, GroupRef, Look, Node, Target};
use crate::unicode::Repertoire;
use crate::{Error, ErrorKind};

impl<'p> Parser<'p> {
    /// A group, after its parenthesis, which is at `start`.
    pub(super) fn group(&mut self, start: usize, flags: Flags) -> Result<Item, Error> {
        let node = if self.eat('?') {
            let Some(kind) = self.bump() else { return Err(self.error(ErrorKind::EndInGroup, start)) };
            match kind {
                ':' => self.body(start, flags)?,
                '=' => self.look(Direction::Ahead, false, start, flags)?,
                '!' => self.look(Direction::Ahead, true, start, flags)?,
                '>' => Node::Atomic(Box::new(self.body(start, flags)?)),
                '~' => {
                    return Err(Error::with_detail(ErrorKind::Unsupported, start, "the absence operator"));
                }
                '<' if self.eat('=') => self.look(Direction::Behind, false, start, flags)?,
                '<' if self.eat('!') => self.look(Direction::Behind, true, start, flags)?,
                // Without a name to end, it is the parenthesis that Onigmo misses.
                '<' | '\'' if self.peek().is_none() => {
                    return Err(self.error(ErrorKind::UnclosedGroup, start));
                }
                '<' => self.named(start, '>', flags)?,
                '\'' => self.named(start, '\'', flags)?,
                '(' => self.condition(start, flags)?,
                kind => return self.with_flags(kind, start, flags),
            }
        } else {
            self.capture(None, start, flags)?
        };
        Ok(Item::Repeatable(node))
    }

    /// A name and the character `close` that ends it.
    pub(super) fn name_until(&mut self, close: char, start: usize) -> Result<&'p str, Error> {
        let rest = self.rest();
        let end = rest.find([close, ')']);
        let name = &rest[..end.unwrap_or(rest.len())];
        match end {
            Some(end) if rest[end..].starts_with(close) => {
                self.position += end + close.len_utf8();
                if name.is_empty() { Err(self.error(ErrorKind::EmptyGroupName, start)) } else { Ok(name) }
            }
            _ => Err(Error::with_detail(ErrorKind::InvalidGroupName, start, name)),
        }
    }

    fn named(&mut self, start: usize, close: char, flags: Flags) -> Result<Node, Error> {
        let name: Box<str> = self.name_until(close, start)?.into();
        if name.starts_with(|ch: char| ch.is_ascii_digit() || ch == '-') {
            return Err(Error::with_detail(ErrorKind::InvalidGroupName, start, name));
        }
        self.capture(Some(name), start, flags)
    }

    fn capture(&mut self, name: Option<Box<str>>, start: usize, flags: Flags) -> Result<Node, Error> {
        self.groups.push(name.clone());
        let index = self.groups.len();
        let body = self.body(start, flags)?;
        Ok(Node::Capture(Box::new(Capture { index, name, body })))
    }

    fn look(
        &mut self,
        direction: Direction,
        negated: bool,
        start: usize,
        flags: Flags,
    ) -> Result<Node, Error> {
        let body = self.body(start, flags)?;
        Ok(Node::Look(Box::new(Look { direction, negated, body, offset: start })))
    }

    /// `(?(group)yes|no)`, from the inner parenthesis on.
    fn condition(&mut self, start: usize, flags: Flags) -> Result<Node, Error> {
        let invalid = || Error::new(ErrorKind::InvalidCondition, start);
        let close = match self.peek() {
            None => return Err(self.error(ErrorKind::UnknownGroup, start)),
            Some('<') => Some('>'),
            Some('\'') => Some('\''),
            Some(_) => None,
        };
        let target = if let Some(close) = close {
            self.bump();
            let name = self.name_until(close, start)?;
            match name.parse() {
                Ok(number) => Target::Number(number),
                Err(_) => self.groups_named(name, start)?,
            }
        } else {
            Target::Number(self.digits(10, usize::MAX).parse().map_err(|_| invalid())?)
        };
        if !self.eat(')') {
            return Err(invalid());
        }
        let body = self.alternation(flags)?;
        self.close(start)?;
        let branches = match body {
            Node::Alternate(branches) => <[Node; 2]>::try_from(branches).map_err(|_| invalid())?,
            yes => [yes, Node::Empty],
        };
        let group = GroupRef { target, offset: start };
        Ok(Node::Condition(Box::new(Condition { group, branches })))
    }

    /// `(?flags:body)`, or `(?flags)`, which rules the rest of the group it stands in.
    fn with_flags(&mut self, first: char, start: usize, mut flags: Flags) -> Result<Item, Error> {
        if first == ')' {
            return Err(self.error(ErrorKind::UnknownGroup, start));
        }
        let mut letter = first;
        let mut on = true;
        loop {
            match letter {
                '-' => on = false,
                'i' => flags.ignore_case = on,
                'm' => flags.dot_all = on,
                'x' => flags.extended = on,
                'a' if on => flags.repertoire = Repertoire::Ascii,
                'd' if on => flags.repertoire = Repertoire::Default,
                'u' if on => flags.repertoire = Repertoire::Unicode,
                ')' => return Ok(Item::RestOfGroup(self.alternation(flags)?)),
                ':' => return Ok(Item::Repeatable(self.body(start, flags)?)),
                _ => return Err(self.error(ErrorKind::UnknownGroup, start)),
            }
            letter = self.bump().ok_or_else(|| self.error(ErrorKind::EndInGroup, start))?;
        }
    }

    fn body(&mut self, start: usize, flags: Flags) -> Result<Node, Error> {
        let body = self.alternation(flags)?;
        self.close(start)?;
        Ok(body)
    }

    fn close(&mut self, start: usize) -> Result<(), Error> {
        if self.eat(')') { Ok(()) } else { Err(self.error(ErrorKind::UnclosedGroup, start)) }
    }
}
