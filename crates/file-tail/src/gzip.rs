//! Compressed files: gzip, of one or several members.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;

/// The content of a gzip file, decompressed as it is read.
///
/// It cannot be entered in the middle: what was delivered counts as stored only when all of the file was.
#[derive(Debug)]
pub(crate) struct Gzip {
    decoder: MultiGzDecoder<Vec<u8>>,
    /// How much of the content was given out.
    position: u64,
    /// The offset in the file from which this content begins.
    start: u64,
}

/// Compressed bytes read at once: they may become a thousand times as many.
pub(crate) const PIECE: usize = 4096;

impl Gzip {
    /// A file whose content begins at the member at offset `start`.
    pub(crate) fn new(start: u64) -> Self {
        Self { decoder: MultiGzDecoder::new(Vec::new()), position: 0, start }
    }

    /// Whether a file of this name is compressed: the name decides, as in Fluent Bit 5.1.1.
    pub(crate) fn is_name(name: &str) -> bool {
        name.ends_with(".gz")
    }

    /// How much of the content was given out.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// The offset from which the file would be read again.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// Appends the content of the next compressed bytes to `out`.
    pub(crate) fn decompress(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let result = self.decoder.write_all(bytes).and_then(|()| self.decoder.flush());
        let content = self.decoder.get_mut();
        self.position += content.len() as u64;
        out.append(content);
        result
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn members_in_pieces_of_any_size() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(|number| number.to_string().into_bytes()).collect();
        let bytes = [gzip(&text), gzip(b""), gzip(b"end")].concat();
        for size in [1, 7, 4096, bytes.len()] {
            let (mut gzip, mut out) = (Gzip::new(0), Vec::new());
            for piece in bytes.chunks(size) {
                gzip.decompress(piece, &mut out).unwrap();
            }
            assert_eq!(gzip.position(), out.len() as u64);
            assert!(out == [text.as_slice(), b"end"].concat(), "{size}");
        }
    }

    #[test]
    fn what_is_no_gzip_is_refused() {
        for bytes in [&b"plain text, and enough of it"[..], &[&gzip(b"x")[..], b"garbage behind it"].concat()]
        {
            assert!(Gzip::new(0).decompress(bytes, &mut Vec::new()).is_err());
        }
    }
}
