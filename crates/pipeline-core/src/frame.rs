//! Bytes to lines, as Fluent Bit's `tail` cuts them (5.1.1 and 1.8.11 agree).

/// A line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The bytes up to the line feed.
    pub raw: &'a [u8],
    /// Where the line starts in the file.
    pub offset: u64,
}

impl<'a> Line<'a> {
    /// The line without a final carriage return. A line that is only a carriage return keeps it, as in
    /// Fluent Bit.
    #[must_use]
    pub fn text(&self) -> &'a [u8] {
        match self.raw {
            [text @ .., b'\r'] if !text.is_empty() => text,
            _ => self.raw,
        }
    }
}

/// What to do with a line that does not fit the buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LongLines {
    /// Stop reading the file.
    #[default]
    Stop,
    /// Leave the line out and go on after it.
    Skip,
    /// Take as much of the line as fits, and leave out the rest (5.1.1 only).
    Truncate,
}

/// Cuts one file into lines.
///
/// The caller keeps the bytes: it appends what it reads to what [`Framer::frame`] left unused, and frames
/// again. Time is linear in the bytes read as long as the caller reads at least as much as was left.
///
/// ```
/// use pipeline_core::frame::{Framer, LongLines, Rest};
///
/// let mut framer = Framer::new();
/// let mut lines = Vec::new();
/// let rest = framer.frame(b"one\ntwo\r\nthr", 100, 32_768, LongLines::Skip, |line| lines.push((line.offset, line.text())));
/// assert_eq!(lines, [(100, &b"one"[..]), (104, b"two")]);
/// assert_eq!(rest, Rest::Used(9));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Framer {
    /// Inside a line that is too long: everything up to the next line feed goes.
    skipping: bool,
    /// Lines left out so far.
    skipped: u64,
}

/// What is left after the lines were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// This many bytes from the start of the data are done with; keep the others.
    Used(usize),
    /// The line that starts after this many bytes is too long, and the file must be given up.
    TooLong(usize),
}

impl Framer {
    /// A framer at the start of a line.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the framer is inside a line that it leaves out.
    #[must_use]
    pub fn is_skipping(&self) -> bool {
        self.skipping
    }

    /// How many lines were left out since the file was opened.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Gives every complete line of `data` to `each`. `data` starts at file offset `offset`; a line
    /// together with its line feed may be at most `longest` bytes.
    pub fn frame<'d>(
        &mut self,
        data: &'d [u8],
        offset: u64,
        longest: usize,
        long_lines: LongLines,
        mut each: impl FnMut(Line<'d>),
    ) -> Rest {
        // A file that was truncated under its writer starts with a run of NULs: no text of anybody.
        let mut start = if self.skipping { 0 } else { data.iter().take_while(|byte| **byte == 0).count() };
        let mut newlines = memchr::memchr_iter(b'\n', &data[start..]);
        let first = start;
        if self.skipping {
            let Some(end) = newlines.next() else { return Rest::Used(data.len()) };
            self.skipping = false;
            start = end + 1;
        }
        for end in newlines {
            let end = first + end;
            if end + 1 - start <= longest {
                each(Line { raw: &data[start..end], offset: offset + start as u64 });
            } else if long_lines == LongLines::Stop {
                return Rest::TooLong(start);
            } else {
                self.leave_out(data, start, offset, longest, long_lines, &mut each);
            }
            start = end + 1;
        }
        if data.len() - start < longest {
            return Rest::Used(start);
        }
        if long_lines == LongLines::Stop {
            return Rest::TooLong(start);
        }
        self.skipping = true;
        self.leave_out(data, start, offset, longest, long_lines, &mut each);
        Rest::Used(data.len())
    }

    /// Counts a line that is too long, and gives its beginning where that is wanted.
    fn leave_out<'d>(
        &mut self,
        data: &'d [u8],
        start: usize,
        offset: u64,
        longest: usize,
        long_lines: LongLines,
        each: &mut impl FnMut(Line<'d>),
    ) {
        self.skipped += 1;
        if long_lines == LongLines::Truncate {
            each(Line { raw: &data[start..start + longest], offset: offset + start as u64 });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(
        framer: &mut Framer,
        data: &[u8],
        longest: usize,
        long: LongLines,
    ) -> (Vec<(String, u64)>, Rest) {
        let mut lines = Vec::new();
        let rest = framer.frame(data, 100, longest, long, |line| {
            lines.push((String::from_utf8_lossy(line.text()).into_owned(), line.offset));
        });
        (lines, rest)
    }

    #[track_caller]
    fn check(data: &[u8], expected: &[(&str, u64)], rest: Rest) {
        let (lines, found) = frame(&mut Framer::new(), data, 10, LongLines::Stop);
        let lines: Vec<_> = lines.iter().map(|(text, offset)| (text.as_str(), *offset)).collect();
        assert_eq!((lines.as_slice(), found), (expected, rest), "{data:?}");
    }

    #[test]
    fn lines_and_what_is_left() {
        check(b"", &[], Rest::Used(0));
        check(b"ab", &[], Rest::Used(0));
        check(b"ab\n", &[("ab", 100)], Rest::Used(3));
        check(b"ab\n\ncd\nef", &[("ab", 100), ("", 103), ("cd", 104)], Rest::Used(7));
        check(b"ab\r\n\r\n", &[("ab", 100), ("\r", 104)], Rest::Used(6));
        check(b"\0\0ab\n", &[("ab", 102)], Rest::Used(5));
        check(b"ab\n0123456789", &[("ab", 100)], Rest::TooLong(3));
        check(b"ab\n0123456789\ncd\n", &[("ab", 100)], Rest::TooLong(3));
    }

    #[test]
    fn long_lines_are_left_out_once() {
        let mut framer = Framer::new();
        let (lines, rest) = frame(&mut framer, b"ab\n0123456789", 10, LongLines::Skip);
        assert_eq!((lines, rest), (vec![("ab".into(), 100)], Rest::Used(13)));
        assert!(framer.is_skipping());
        let (lines, rest) = frame(&mut framer, b"still the same line, however long", 10, LongLines::Skip);
        assert_eq!((lines, rest), (vec![], Rest::Used(33)));
        let (lines, rest) = frame(&mut framer, b"end\ncd\nx", 10, LongLines::Skip);
        assert_eq!((lines, rest), (vec![("cd".into(), 104)], Rest::Used(7)));
        assert!(!framer.is_skipping());
        let (lines, rest) = frame(&mut framer, b"much too long, but complete\nef\n", 10, LongLines::Skip);
        assert_eq!((lines, rest), (vec![("ef".into(), 128)], Rest::Used(31)));
        assert_eq!(framer.skipped(), 2);
    }

    #[test]
    fn long_lines_are_cut() {
        let mut framer = Framer::new();
        let (lines, rest) = frame(&mut framer, b"ab\n0123456789abc\ncd\n0123456789", 10, LongLines::Truncate);
        let expected = [("ab", 100), ("0123456789", 103), ("cd", 117), ("0123456789", 120)];
        assert_eq!(lines.iter().map(|(text, at)| (text.as_str(), *at)).collect::<Vec<_>>(), expected);
        assert_eq!(rest, Rest::Used(30));
        let (lines, _) = frame(&mut framer, b"rest\nef\n", 10, LongLines::Truncate);
        assert_eq!(lines, [("ef".into(), 105)]);
    }

    proptest! {
        /// However the bytes arrive, the lines are those of the whole text.
        #[test]
        fn reads_of_any_size_give_the_same_lines(text in "[ab\n\r]{0,80}", cuts in prop::collection::vec(1_usize..9, 1..90)) {
            let mut whole = Vec::new();
            Framer::new().frame(text.as_bytes(), 0, 1000, LongLines::Stop, |line| whole.push((line.raw.to_vec(), line.offset)));
            let (mut framer, mut pieces, mut held, mut at, mut base) = (Framer::new(), Vec::new(), Vec::new(), 0, 0);
            for cut in cuts.iter().chain(std::iter::once(&text.len())) {
                let end = (at + cut).min(text.len());
                held.extend_from_slice(&text.as_bytes()[at..end]);
                at = end;
                let rest = framer.frame(&held, base, 1000, LongLines::Stop, |line| pieces.push((line.raw.to_vec(), line.offset)));
                let Rest::Used(used) = rest else { panic!("{rest:?}") };
                base += used as u64;
                held.drain(..used);
            }
            prop_assert_eq!(pieces, whole);
        }
    }
}
