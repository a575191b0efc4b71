//! What has to be known of a series to send it on, without reading its labels.

use xxhash_rust::xxh3::xxh3_64;

use crate::encoder::write_pairs;
use crate::error::Error;
use crate::reader::Reader;
use crate::request::Request;
use crate::version::Version;

/// How much of what is in a series, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outline {
    /// A number that a message written by [`Encoder`](crate::Encoder) has for all series with the same labels, in both versions.
    pub hash: u64,
    /// How many values and native histograms there are.
    pub samples: usize,
    /// How many exemplars there are.
    pub exemplars: usize,
    /// The time of the latest value or histogram, in milliseconds since 1970; `i64::MIN` if there is none.
    pub latest_ms: i64,
}

impl Request {
    /// An outline of the series number `index`; an empty one beyond the last.
    ///
    /// ```
    /// use prometheus_remote_write::{Encoder, Request, Version};
    ///
    /// let mut encoder = Encoder::new(Version::V1);
    /// encoder.series([("job", "web")]).sample(1.0, 1000, None).sample(2.0, 2000, None);
    /// let mut message = Vec::new();
    /// encoder.finish(&mut message);
    /// let outline = Request::read(Version::V1, message)?.outline(0)?;
    /// assert_eq!((outline.samples, outline.exemplars, outline.latest_ms), (2, 0, 2000));
    /// # Ok::<(), prometheus_remote_write::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the series is damaged.
    pub fn outline(&self, index: usize) -> Result<Outline, Error> {
        let bytes = self.series_bytes(index);
        let is_v1 = self.version() == Version::V1;
        let (exemplars, histograms) = if is_v1 { (3, 4) } else { (4, 3) };
        let mut outline = Outline { latest_ms: i64::MIN, ..Outline::default() };
        let mut reader = Reader::new(bytes);
        let mut labels_end = 0;
        while let Some((field, value)) = reader.field()? {
            let time = match field {
                1 => {
                    labels_end = reader.range().start;
                    continue;
                }
                2 => 2,
                _ if field == histograms => 15,
                _ => {
                    outline.exemplars += usize::from(field == exemplars);
                    continue;
                }
            };
            outline.samples += 1;
            let mut latest = 0;
            let mut sample = value.message()?;
            while let Some((field, value)) = sample.field()? {
                if field == time {
                    latest = value.signed()?;
                }
            }
            outline.latest_ms = outline.latest_ms.max(latest);
        }
        outline.hash = if is_v1 {
            // The labels come first.
            xxh3_64(bytes.get(..labels_end).unwrap_or_default())
        } else {
            self.hash_as_v1(index)?
        };
        Ok(outline)
    }

    /// The hash of the labels as they would be written in version 1.
    fn hash_as_v1(&self, index: usize) -> Result<u64, Error> {
        let mut labels = Vec::new();
        write_pairs(&mut labels, self.series(index)?.labels);
        Ok(xxh3_64(&labels))
    }
}

#[cfg(test)]
mod tests {
    use prometheus_exposition::NativeHistogram;

    use super::Outline;
    use crate::{Encoder, Request, Version};

    /// Outlines of the same two series.
    fn outlines(version: Version) -> Vec<Outline> {
        let mut encoder = Encoder::new(version);
        let labels = [("__name__", "a"), ("job", "web")];
        let series = encoder.series(labels).sample(1.0, 7000, None).sample(2.0, 5000, Some(1));
        drop(series.exemplar([("trace", "x")], 1.0, 6000));
        drop(encoder.series(labels).histogram(&NativeHistogram::new(0), 9000, None));
        drop(encoder.series([("__name__", "aj"), ("ob", "web")]).sample(1.0, -5, None));
        let mut message = Vec::new();
        encoder.finish(&mut message);
        let request = Request::read(version, message).unwrap();
        (0..request.len() + 1).map(|index| request.outline(index).unwrap()).collect()
    }

    #[test]
    fn outlines_of_both_versions_are_the_same() {
        let (one, two) = (outlines(Version::V1), outlines(Version::V2));
        assert_eq!(one, two);
        let parts = |one: &Outline| (one.samples, one.exemplars, one.latest_ms);
        let expected = [(2, 1, 7000), (1, 0, 9000), (1, 0, -5), (0, 0, i64::MIN)];
        assert_eq!(one.iter().map(parts).collect::<Vec<_>>(), expected);
        assert_eq!(one[0].hash, one[1].hash);
        assert_ne!(one[0].hash, one[2].hash);
    }
}
