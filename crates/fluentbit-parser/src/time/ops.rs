//! Formats as lists of steps.

/// A format, or the part of one before or after `%L`.
#[derive(Clone, Debug)]
pub(super) struct Ops {
    pub(super) ops: Vec<Op>,
    unknown: Option<usize>,
}

/// A step of reading a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// Any white space, also none.
    Space,
    /// The same, but not at the end of the text.
    SpaceBeforeMore,
    Literal(u8),
    Number(Number),
    DayName,
    MonthName,
    Half,
    /// One white space may come before a day of the month.
    OptionalSpace,
    /// At least one byte, then digits; of no use.
    IsoYear,
    Epoch,
    ZoneOffset,
    ZoneName,
    /// Derives missing fields: here a nested format ends.
    Finish,
    /// A directive that does not exist.
    Fail,
}

/// A field that is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    Century,
    Year,
    YearOfCentury,
    Month,
    Day,
    DayOfYear,
    Hour,
    Hour12,
    Minute,
    Second,
    /// Read and not used, up to the given number.
    Ignored {
        least: i64,
        most: i64,
    },
}

impl Number {
    /// The least and the largest value.
    pub(super) fn range(self) -> (i64, i64) {
        match self {
            Self::Century | Self::YearOfCentury => (0, 99),
            Self::Year => (0, 9999),
            Self::Month | Self::Hour12 => (1, 12),
            Self::Day => (1, 31),
            Self::DayOfYear => (1, 366),
            Self::Hour => (0, 23),
            Self::Minute => (0, 59),
            Self::Second => (0, 60),
            Self::Ignored { least, most } => (least, most),
        }
    }
}

impl Ops {
    /// Compiles a part of a format that stands at `offset` in it.
    pub(super) fn compile(format: &str, offset: usize) -> Self {
        let mut ops = Vec::new();
        let unknown = push_ops(format, &mut ops).map(|at| offset + at);
        Self { ops, unknown }
    }

    pub(super) fn unknown(&self) -> Option<usize> {
        self.unknown
    }
}

/// The modifiers a directive may have.
#[derive(Clone, Copy)]
enum Modifiers {
    None,
    E,
    O,
    Both,
}

/// Appends the steps of `format`. Returns where its first directive is that does not exist.
fn push_ops(format: &str, ops: &mut Vec<Op>) -> Option<usize> {
    let mut bytes = format.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if crate::number::is_space(byte) {
            ops.push(Op::Space);
            continue;
        }
        if byte != b'%' {
            ops.push(Op::Literal(byte));
            continue;
        }
        let mut directive = bytes.next().map(|(_, byte)| byte);
        let modifier = directive.filter(|byte| matches!(byte, b'E' | b'O'));
        if modifier.is_some() {
            directive = bytes.next().map(|(_, byte)| byte);
        }
        let known = directive.and_then(|directive| push_directive(directive, ops));
        let allowed = known.is_some_and(|modifiers| match modifier {
            None => true,
            Some(b'E') => matches!(modifiers, Modifiers::E | Modifiers::Both),
            Some(_) => matches!(modifiers, Modifiers::O | Modifiers::Both),
        });
        if !allowed {
            ops.push(Op::Fail);
            return Some(at);
        }
    }
    ops.push(Op::Finish);
    None
}

/// Appends the steps of a directive, and returns which modifiers it may have.
fn push_directive(directive: u8, ops: &mut Vec<Op>) -> Option<Modifiers> {
    use Modifiers::{Both, E, O};

    let nested = match directive {
        b'c' => Some("%a %b %e %H:%M:%S %Y"),
        b'D' | b'x' => Some("%m/%d/%y"),
        b'F' => Some("%Y-%m-%d"),
        b'R' => Some("%H:%M"),
        b'r' => Some("%I:%M:%S %p"),
        b'T' | b'X' => Some("%H:%M:%S"),
        _ => None,
    };
    if let Some(nested) = nested {
        push_ops(nested, ops);
        return Some(if matches!(directive, b'c' | b'x' | b'X') { E } else { Modifiers::None });
    }
    let ignored = |least, most| Op::Number(Number::Ignored { least, most });
    let (op, modifiers) = match directive {
        b'%' => (Op::Literal(b'%'), Modifiers::None),
        b'A' | b'a' => (Op::DayName, Modifiers::None),
        b'B' | b'b' | b'h' => (Op::MonthName, Modifiers::None),
        b'C' => (Op::Number(Number::Century), E),
        b'e' => {
            ops.push(Op::OptionalSpace);
            (Op::Number(Number::Day), O)
        }
        b'd' => (Op::Number(Number::Day), O),
        b'k' => (Op::Number(Number::Hour), Modifiers::None),
        b'H' => (Op::Number(Number::Hour), O),
        b'l' => (Op::Number(Number::Hour12), Modifiers::None),
        b'I' => (Op::Number(Number::Hour12), O),
        b'j' => (Op::Number(Number::DayOfYear), Modifiers::None),
        b'M' => (Op::Number(Number::Minute), O),
        b'm' => (Op::Number(Number::Month), O),
        b'p' => (Op::Half, Modifiers::None),
        b'S' => (Op::Number(Number::Second), O),
        b's' => (Op::Epoch, Both),
        b'U' | b'W' => (ignored(0, 53), O),
        b'w' => (ignored(0, 6), O),
        b'u' => (ignored(1, 7), O),
        b'g' => (ignored(0, 99), Both),
        b'G' => (Op::IsoYear, Both),
        b'V' => (ignored(0, 53), Both),
        b'Y' => (Op::Number(Number::Year), E),
        b'y' => (Op::Number(Number::YearOfCentury), Both),
        b'Z' => (Op::ZoneName, Both),
        b'z' => (Op::ZoneOffset, Both),
        b'n' | b't' => (Op::SpaceBeforeMore, Modifiers::None),
        _ => return None,
    };
    ops.push(op);
    Some(modifiers)
}
