//! Any message of remote write can be read, compressed or not, and what was read is the same when it is written and
//! read again, to the last bit of its numbers.

use prometheus_remote_write::{Encoder, Request, TimeSeries, Version, compress, decompress};

/// Longer messages are not unpacked.
const LONGEST: usize = 1 << 20;

pub(crate) fn run(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let version = if choice & 1 == 0 { Version::V1 } else { Version::V2 };
    let message = if choice & 2 == 0 {
        data.to_vec()
    } else {
        let Ok(message) = decompress(data, LONGEST) else { return };
        assert!(message.len() <= LONGEST);
        message
    };
    assert_eq!(decompress(&compress(&message), message.len()).as_ref(), Ok(&message));

    let Ok(request) = Request::read(version, message) else { return };
    assert_eq!(request.iter().count(), request.len());
    request.families().for_each(drop);
    let Ok(series) = request.iter().collect::<Result<Vec<_>, _>>() else { return };
    let again = write(version, &series);
    let again = Request::read(version, again).expect("what was written can be read");
    let again: Vec<_> = again.iter().map(|series| said(&series.expect("each series, too"))).collect();
    let expected: Vec<_> = series.iter().map(said).collect();
    assert_eq!(again, expected);
}

fn write(version: Version, series: &[TimeSeries<'_>]) -> Vec<u8> {
    let mut encoder = Encoder::new(version);
    series.iter().for_each(|series| encoder.time_series(series));
    let mut message = Vec::new();
    encoder.finish(&mut message);
    message
}

/// What is written of a series, with the bits of its numbers.
fn said(series: &TimeSeries<'_>) -> String {
    let samples: Vec<_> = series
        .samples
        .iter()
        .map(|sample| (sample.value.to_bits(), sample.timestamp_ms, sample.start_timestamp_ms))
        .collect();
    let exemplars: Vec<_> = series
        .exemplars
        .iter()
        .map(|exemplar| (&exemplar.labels, exemplar.value.to_bits(), exemplar.timestamp_ms))
        .collect();
    let histograms: Vec<_> = series
        .histograms
        .iter()
        .map(|histogram| {
            // A NaN's text does not tell its bits.
            let sums = (histogram.native.sum.to_bits(), histogram.native.zero_threshold.to_bits());
            (sums, &histogram.native, histogram.timestamp_ms, histogram.start_timestamp_ms)
        })
        .collect();
    format!("{:?} {samples:?} {histograms:?} {exemplars:?} {:?}", series.labels, series.metadata)
}
