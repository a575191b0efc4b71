//! What a backslash starts.

use super::{Flags, Parser, literal};
use crate::ast::{Assertion, Backreference, Dot, GroupRef, Node, Target};
use crate::set::CharSet;
use crate::unicode::{self, Repertoire};
use crate::{Error, ErrorKind};

/// The largest number a back-reference is tried as.
const BACKREFERENCE_LIMIT: usize = 1000;

impl Parser<'_> {
    /// An escape outside a class, after its backslash, which is at `start`.
    pub(super) fn escape(&mut self, start: usize, flags: Flags) -> Result<Node, Error> {
        let Some(letter) = self.bump() else { return Err(self.error(ErrorKind::EndAtEscape, start)) };
        let ascii = flags.repertoire == Repertoire::Ascii;
        let node = match letter {
            'A' | 'G' => Node::Assert(Assertion::TextStart),
            'z' => Node::Assert(Assertion::TextEnd),
            'Z' => Node::Assert(Assertion::TextEndOrFinalNewline),
            'b' if ascii => Node::Assert(Assertion::AsciiWordBoundary),
            'b' => Node::Assert(Assertion::WordBoundary),
            'B' if ascii => Node::Assert(Assertion::AsciiNotWordBoundary),
            'B' => Node::Assert(Assertion::NotWordBoundary),
            'K' => Node::Keep,
            'R' => line_break(),
            'X' => grapheme_cluster(),
            'k' if matches!(self.peek(), Some('<' | '\'')) => {
                let group = self.reference(start, Reference::Back)?;
                Node::Backreference(Backreference { group, ignore_case: flags.ignore_case })
            }
            'g' if matches!(self.peek(), Some('<' | '\'')) => {
                Node::Call(self.reference(start, Reference::Call)?)
            }
            'p' | 'P' if self.peek() == Some('{') => {
                let (mut set, negated) = self.property(letter, start)?;
                // What is negated is what the property holds in any case, other than within brackets.
                if flags.ignore_case {
                    let literal = set.chars.clone();
                    set.fold_case_of_class(&literal);
                }
                Node::Set(if negated { set.negated() } else { set })
            }
            '1'..='9' => match self.backreference(start) {
                Some(group) => Node::Backreference(Backreference { group, ignore_case: flags.ignore_case }),
                None => literal(self.character(letter, start)?, flags),
            },
            letter => match unicode::escape_set(letter.to_ascii_lowercase(), flags.repertoire) {
                Some(set) if letter.is_ascii_lowercase() => Node::Set(set),
                Some(set) => Node::Set(set.negated()),
                None => literal(self.character(letter, start)?, flags),
            },
        };
        Ok(node)
    }

    /// The character that `\` and `letter` stand for, inside a class or outside. A letter without a
    /// meaning stands for itself.
    pub(super) fn character(&mut self, letter: char, start: usize) -> Result<char, Error> {
        let code = match letter {
            // At the end of the pattern they are letters like others.
            'x' | 'u' if self.peek().is_none() => return Ok(letter),
            'x' => match self.hexadecimal(start)? {
                Hexadecimal::CodePoint(code) => code,
                Hexadecimal::Byte(byte) => return self.character_of_bytes(byte, start),
                Hexadecimal::Letter => return Ok('x'),
            },
            'u' => {
                let digits = self.digits(16, 4);
                match u32::from_str_radix(digits, 16) {
                    Ok(code) if digits.len() == 4 => code,
                    _ => return Err(self.error(ErrorKind::TooFewDigits, start)),
                }
            }
            '0'..='7' => {
                let byte = self.octal(letter, start)?;
                return self.character_of_bytes(byte, start);
            }
            'c' | 'C' | 'M' => self.control(letter, start)?,
            letter => return Ok(control_letter(letter)),
        };
        char::from_u32(code).ok_or_else(|| self.error(ErrorKind::InvalidCodePoint, start))
    }

    /// `\p{name}`, `\P{name}` and `\p{^name}`, from the brace: what the name holds, and whether the rest is meant.
    pub(super) fn property(&mut self, letter: char, start: usize) -> Result<(CharSet, bool), Error> {
        self.bump();
        let negated = self.eat('^') != (letter == 'P');
        let name_start = self.position;
        let unknown = |name: &str| Err(Error::with_detail(ErrorKind::UnknownProperty, start, name));
        let Some(length) = self.rest().find('}') else { return unknown(self.rest()) };
        let name = &self.rest()[..length];
        self.position = name_start + length + 1;
        match unicode::property(name) {
            Some(set) => Ok((set, negated)),
            None if name.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("in")) => {
                Err(Error::with_detail(ErrorKind::Unsupported, start, "a Unicode block"))
            }
            None => unknown(name),
        }
    }

    /// `\1` and so on. A number above 9 is a reference only when so many groups are open already.
    fn backreference(&mut self, start: usize) -> Option<GroupRef> {
        let after_first = self.position;
        self.digits(10, usize::MAX);
        if let Ok(number) = self.pattern[start + 1..self.position].parse()
            && number <= BACKREFERENCE_LIMIT
            && (number <= 9 || number <= self.group_count())
        {
            return Some(GroupRef { target: Target::Number(number), offset: start });
        }
        self.position = after_first;
        None
    }

    fn hexadecimal(&mut self, start: usize) -> Result<Hexadecimal, Error> {
        let after_letter = self.position;
        if self.eat('{') {
            let digits = self.digits(16, 8);
            if self.peek().is_some_and(|ch| ch.is_ascii_hexdigit()) {
                return Err(self.error(ErrorKind::TooManyDigits, start));
            }
            if let Ok(code) = u32::from_str_radix(digits, 16)
                && self.eat('}')
            {
                return Ok(Hexadecimal::CodePoint(code));
            }
            self.position = after_letter;
            return Ok(Hexadecimal::Letter);
        }
        // `\x` without a digit is the byte 0.
        Ok(Hexadecimal::Byte(u8::from_str_radix(self.digits(16, 2), 16).unwrap_or(0)))
    }

    fn octal(&mut self, first: char, start: usize) -> Result<u8, Error> {
        let digits_start = self.position - first.len_utf8();
        self.digits(8, 2);
        u8::from_str_radix(&self.pattern[digits_start..self.position], 8)
            .map_err(|_| self.error(ErrorKind::NumberTooBig, start))
    }

    /// The character of which `first` is the first byte; the others are the escapes that follow, as in
    /// `\xc3\xa9`.
    fn character_of_bytes(&mut self, first: u8, start: usize) -> Result<char, Error> {
        let width = match first {
            0..0x80 => return Ok(char::from(first)),
            0xc2..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0..0xf5 => 4,
            _ => return Err(self.error(ErrorKind::InvalidCodePoint, start)),
        };
        let mut bytes = [first, 0, 0, 0];
        for slot in &mut bytes[1..width] {
            *slot = self.byte_escape()?.ok_or_else(|| self.error(ErrorKind::IncompleteCharacter, start))?;
        }
        let ch = std::str::from_utf8(&bytes[..width]).ok().and_then(|text| text.chars().next());
        ch.ok_or_else(|| self.error(ErrorKind::InvalidCodePoint, start))
    }

    /// The groups of that name that have been opened: a name cannot be referred to before.
    pub(super) fn groups_named(&self, name: &str, start: usize) -> Result<Target, Error> {
        let named = self.groups.iter().enumerate().filter(|(_, known)| known.as_deref() == Some(name));
        let indexes: Vec<usize> = named.map(|(at, _)| at + 1).collect();
        if indexes.is_empty() {
            return Err(Error::with_detail(ErrorKind::UndefinedName, start, name));
        }
        Ok(Target::Named(indexes))
    }

    /// An escape of one byte, if one follows.
    fn byte_escape(&mut self) -> Result<Option<u8>, Error> {
        let start = self.position;
        if self.eat('\\') {
            match self.bump() {
                Some('x') => {
                    if let Hexadecimal::Byte(byte) = self.hexadecimal(start)? {
                        return Ok(Some(byte));
                    }
                }
                Some(digit @ '0'..='7') => return self.octal(digit, start).map(Some),
                _ => {}
            }
        }
        self.position = start;
        Ok(None)
    }

    /// `\cx`, `\C-x` and `\M-x`, after the letter.
    fn control(&mut self, letter: char, start: usize) -> Result<u32, Error> {
        let (at_end, invalid) = if letter == 'M' {
            (ErrorKind::EndAtMeta, ErrorKind::InvalidMeta)
        } else {
            (ErrorKind::EndAtControl, ErrorKind::InvalidControl)
        };
        if letter != 'c' {
            match self.bump() {
                None => return Err(self.error(at_end, start)),
                Some('-') => {}
                Some(_) => return Err(self.error(invalid, start)),
            }
        }
        let code = match self.bump() {
            None => return Err(self.error(at_end, start)),
            Some('?') if letter != 'M' => return Ok(0x7f),
            Some('\\') => match self.bump() {
                None => return Err(self.error(ErrorKind::EndAtEscape, start)),
                Some(letter @ ('c' | 'C' | 'M')) => self.nested(|parser| parser.control(letter, start))?,
                Some(letter) => u32::from(control_letter(letter)),
            },
            Some(ch) => u32::from(ch),
        };
        Ok(if letter == 'M' { code & 0xff | 0x80 } else { code & 0x9f })
    }

    /// The group that `\k<...>` or `\g<...>` refers to, from the opening bracket.
    fn reference(&mut self, start: usize, kind: Reference) -> Result<GroupRef, Error> {
        let close = if self.bump() == Some('<') { '>' } else { '\'' };
        let name = self.name_until(close, start)?;
        if kind == Reference::Back && has_level(name) {
            let detail = "a back-reference with a recursion level";
            return Err(Error::with_detail(ErrorKind::Unsupported, start, detail));
        }
        let target = match name.strip_prefix(['-', '+']) {
            _ if name.starts_with(|ch: char| ch.is_ascii_digit()) => number(name).map(Target::Number),
            Some(digits) if name.starts_with('-') => {
                // `-1` is the group opened last.
                number(digits).map(|back| Target::Number((self.group_count() + 1).saturating_sub(back)))
            }
            Some(digits) if kind == Reference::Call => {
                number(digits).map(|ahead| Target::Number(self.group_count().saturating_add(ahead)))
            }
            _ if kind == Reference::Call => Some(Target::Name(name.into())),
            _ => Some(self.groups_named(name, start)?),
        };
        match target {
            Some(target) => Ok(GroupRef { target, offset: start }),
            None => Err(Error::with_detail(ErrorKind::InvalidGroupName, start, name)),
        }
    }
}

enum Hexadecimal {
    CodePoint(u32),
    Byte(u8),
    /// Not a number at all: `\x` followed by a brace that does not fit.
    Letter,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reference {
    Back,
    Call,
}

fn number(digits: &str) -> Option<usize> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// Whether a name ends in a recursion level, as in `<name+1>`.
fn has_level(name: &str) -> bool {
    name.rsplit_once(['+', '-'])
        .is_some_and(|(name, level)| !name.is_empty() && !level.is_empty() && number(level).is_some())
}

fn control_letter(letter: char) -> char {
    match letter {
        't' => '\t',
        'n' => '\n',
        'r' => '\r',
        'f' => '\x0c',
        'v' => '\x0b',
        'a' => '\x07',
        'e' => '\x1b',
        letter => letter,
    }
}

/// `\R`: a line break, where a carriage return does not come apart from its line feed.
fn line_break() -> Node {
    let single = [('\n', '\r'), ('\u{85}', '\u{85}'), ('\u{2028}', '\u{2029}')];
    Node::Atomic(Box::new(Node::Alternate(vec![
        Node::Concat(vec![Node::Char('\r'), Node::Char('\n')]),
        Node::Set(CharSet::from_ranges(&single)),
    ])))
}

/// `\X`: an extended grapheme cluster, by the rules of Unicode's annex 29.
fn grapheme_cluster() -> Node {
    let property = |name: &str| {
        CharSet::from_chars(
            linear_regex::unicode_property(name).unwrap_or_else(regex_syntax::hir::ClassUnicode::empty),
        )
    };
    let any_of = |names: &[&str]| {
        let mut set = CharSet::empty();
        names.iter().for_each(|name| set.union(&property(name)));
        set
    };
    let one = |name| Node::Set(property(name));
    let many = |name| Node::repeat(0, None, one(name));
    let some = |name| Node::repeat(1, None, one(name));
    let hangul = Node::Concat(vec![
        many("gcb=l"),
        Node::Alternate(vec![
            Node::Concat(vec![
                Node::Alternate(vec![
                    some("gcb=v"),
                    Node::Concat(vec![one("gcb=lv"), many("gcb=v")]),
                    one("gcb=lvt"),
                ]),
                many("gcb=t"),
            ]),
            one("gcb=l"),
            some("gcb=t"),
        ]),
    ]);
    let joined_pictographs = Node::Concat(vec![
        one("extendedpictographic"),
        Node::repeat(
            0,
            None,
            Node::Concat(vec![many("gcb=extend"), Node::Char('\u{200d}'), one("extendedpictographic")]),
        ),
    ]);
    let control = any_of(&["gcb=control", "gcb=cr", "gcb=lf"]);
    let core = Node::Alternate(vec![
        Node::Concat(vec![one("gcb=regionalindicator"), one("gcb=regionalindicator")]),
        hangul,
        joined_pictographs,
        Node::Set(control.negated()),
    ]);
    let cluster = Node::Concat(vec![
        many("gcb=prepend"),
        core,
        Node::repeat(0, None, Node::Set(any_of(&["gcb=extend", "gcb=zwj", "gcb=spacingmark"]))),
    ]);
    Node::Atomic(Box::new(Node::Alternate(vec![
        Node::Concat(vec![Node::Char('\r'), Node::Char('\n')]),
        cluster,
        Node::Any(Dot::Everything),
    ])))
}
