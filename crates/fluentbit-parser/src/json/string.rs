//! Strings with escapes.

use event_model::Arena;

use super::ErrorKind;
use super::specials::Cursor;

/// How many bytes are copied at once; most runs between two escapes are shorter.
const STEP: usize = 16;

/// Reads the string of `text` that starts at `start` and has its first escape at `escape`. `specials` is
/// after that escape, and after the closing quote afterwards. Returns the string and where that quote is, or
/// what is wrong and where.
#[inline(never)]
pub(super) fn unescape<'a>(
    text: &'a [u8],
    start: usize,
    mut escape: usize,
    specials: &mut Cursor<'_>,
    arena: &'a Arena,
    room: &mut Vec<u8>,
) -> Result<(&'a [u8], usize), (ErrorKind, usize)> {
    // No escape is shorter than what it stands for, so the rest of the text is room enough; one step and a
    // byte more let whole steps be copied to the end.
    let most = text.len() - start + STEP + 1;
    if room.len() < most {
        room.resize(most, 0);
    }
    let room = room.get_mut(..most).unwrap_or_default();
    let mut len = copy(text, start, escape, room, 0);
    loop {
        let letter = text.get(escape + 1).copied().ok_or((ErrorKind::UnexpectedEnd, text.len()))?;
        let mut resume = escape + 2;
        match STANDS_FOR[usize::from(letter)] {
            0 => {
                let (character, used) =
                    text.get(escape..).and_then(code_point).ok_or((ErrorKind::InvalidEscape, escape))?;
                len +=
                    copy(character.encode_utf8(&mut [0; 4]).as_bytes(), 0, character.len_utf8(), room, len);
                if used > 6 {
                    // The second half of a surrogate pair is an escape too.
                    specials.next();
                }
                resume = escape + used;
            }
            byte => {
                if let Some(to) = room.get_mut(len) {
                    *to = byte;
                }
                len += 1;
            }
        }
        let next = specials.next().ok_or((ErrorKind::UnexpectedEnd, text.len()))?;
        len += copy(text, resume, next, room, len);
        if text.get(next) == Some(&b'"') {
            return Ok((arena.bytes(room.get(..len).unwrap_or_default()), next));
        }
        escape = next;
    }
}

/// Copies `text[from..to]` to `room[at..]`; returns its length.
#[inline(always)]
fn copy(text: &[u8], from: usize, to: usize, room: &mut [u8], at: usize) -> usize {
    let len = to - from;
    // Two checks of bounds in all: this runs once for every quote of a document in a docker line.
    if let (..=STEP, Some(from), Some(to)) = (len, text.get(from..from + STEP), room.get_mut(at..at + STEP)) {
        to.copy_from_slice(from);
    } else if let (Some(from), Some(to)) = (text.get(from..to), room.get_mut(at..at + len)) {
        to.copy_from_slice(from);
    }
    len
}

/// What the second byte of an escape of two bytes stands for; 0 for others.
static STANDS_FOR: [u8; 256] = {
    let mut table = [0; 256];
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table[b'/' as usize] = b'/';
    table[b'b' as usize] = 8;
    table[b'f' as usize] = 12;
    table[b'n' as usize] = b'\n';
    table[b'r' as usize] = b'\r';
    table[b't' as usize] = b'\t';
    table
};

/// The character of the `\u` escape, or of the two of a surrogate pair, at the start of `text`, and its
/// length there.
#[cold]
fn code_point(text: &[u8]) -> Option<(char, usize)> {
    let high = unit(text)?;
    if let Some(character) = char::from_u32(u32::from(high)) {
        return Some((character, 6));
    }
    let low = unit(text.get(6..)?)?;
    let character = char::decode_utf16([high, low]).next()?.ok()?;
    Some((character, 12))
}

/// The value of the `\u` escape at the start of `text`.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    digits.iter().try_fold(0, |value, &byte| Some(value << 4 | char::from(byte).to_digit(16)? as u16))
}
