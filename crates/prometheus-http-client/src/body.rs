//! Bodies, read to their end or to a limit.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use crate::error::{Error, ErrorKind};

/// Appends a body to `into`, which then holds at most `limit` more bytes than before.
pub(crate) async fn read(
    mut body: Incoming,
    gzip: bool,
    limit: usize,
    into: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut decoder = Decoder::new(into, limit, gzip);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Error::new(ErrorKind::Transport, read_error(&error)))?;
        if let Some(data) = frame.data_ref() {
            decoder.write(data)?;
        }
    }
    decoder.finish()
}

fn read_error(error: &hyper::Error) -> String {
    if error.is_incomplete_message() { "unexpected EOF".to_owned() } else { error.to_string() }
}

enum Decoder<'a> {
    Plain(Limited<'a>),
    Gzip(Box<MultiGzDecoder<Limited<'a>>>),
}

struct Limited<'a> {
    into: &'a mut Vec<u8>,
    room: usize,
    is_full: bool,
}

impl Write for Limited<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.room {
            self.is_full = true;
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.room -= bytes.len();
        self.into.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> Decoder<'a> {
    fn new(into: &'a mut Vec<u8>, limit: usize, gzip: bool) -> Self {
        let limited = Limited { into, room: limit, is_full: false };
        if gzip { Self::Gzip(Box::new(MultiGzDecoder::new(limited))) } else { Self::Plain(limited) }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let result = match self {
            Self::Plain(plain) => plain.write_all(bytes),
            Self::Gzip(gzip) => gzip.write_all(bytes),
        };
        result.map_err(|error| self.error(&error))
    }

    fn finish(mut self) -> Result<(), Error> {
        let Self::Gzip(gzip) = &mut self else { return Ok(()) };
        gzip.try_finish().map_err(|error| self.error(&error))
    }

    fn error(&self, error: &io::Error) -> Error {
        let limited = match self {
            Self::Plain(plain) => plain,
            Self::Gzip(gzip) => gzip.get_ref(),
        };
        if limited.is_full {
            return Error::new(ErrorKind::TooLarge, "body size limit exceeded");
        }
        let message = match error.kind() {
            io::ErrorKind::UnexpectedEof => "unexpected EOF".to_owned(),
            _ => format!("gzip: {error}"),
        };
        Error::new(ErrorKind::Encoding, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(chunks: &[&[u8]], gzip: bool, limit: usize, expected: Result<&str, ErrorKind>) {
        let mut into = b"before ".to_vec();
        let mut decoder = Decoder::new(&mut into, limit, gzip);
        let result = chunks.iter().try_for_each(|chunk| decoder.write(chunk)).and_then(|()| decoder.finish());
        assert!(into.len() <= 7 + limit);
        let read = result.map(|()| String::from_utf8_lossy(&into[7..]).into_owned());
        assert_eq!(read.as_deref().map_err(Error::kind), expected);
    }

    #[test]
    fn limits_count_after_decompression() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&[b'a'; 100_000]).unwrap();
        let bomb = gzip.finish().unwrap();
        assert!(bomb.len() < 1000);
        check(&[b"ab", b"cd"], false, 4, Ok("abcd"));
        check(&[b"ab", b"cd"], false, 3, Err(ErrorKind::TooLarge));
        check(&[&bomb], true, 100_000, Ok(&"a".repeat(100_000)));
        check(&[&bomb[..50], &bomb[50..]], true, 100_000, Ok(&"a".repeat(100_000)));
        check(&[&bomb], true, 99_999, Err(ErrorKind::TooLarge));
        check(&[&bomb[..50]], true, 100_000, Err(ErrorKind::Encoding));
        check(&[b"no gzip at all"], true, 100_000, Err(ErrorKind::Encoding));
    }
}
