//! Delimited protobuf with every option: no panic, and errors inside the body.

use prometheus_exposition::{Entry, Format, Mode, Options, Parser};

pub(crate) fn run(data: &[u8]) {
    for (mode, native) in [(Mode::Scrape, false), (Mode::Scrape, true), (Mode::Strict, true)] {
        let options =
            Options::new().mode(mode).ignore_native_histograms(!native).keep_classic_histograms(native);
        let (mut labels, mut key) = (Vec::new(), Vec::new());
        for entry in Parser::new(data, Format::Protobuf, options) {
            match entry {
                Ok(Entry::Series(series)) => {
                    series.label_set(&mut labels);
                    series.key(&mut key);
                    series.exemplar().map(|exemplar| exemplar.labels().count());
                }
                Ok(Entry::Histogram(histogram)) => {
                    histogram.label_set(&mut labels);
                    let _ = histogram.histogram();
                    histogram.exemplars().count();
                }
                Ok(_) => {}
                Err(error) => assert!(error.offset() <= data.len() && !error.to_string().is_empty()),
            }
        }
    }
}
