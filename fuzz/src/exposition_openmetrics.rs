//! OpenMetrics in both modes, with and without start timestamps: no panic, and errors inside the body.

use prometheus_exposition::{Entry, Format, Mode, Options, Parser};

pub(crate) fn run(data: &[u8]) {
    for (mode, created) in
        [(Mode::Scrape, false), (Mode::Scrape, true), (Mode::Strict, false), (Mode::Strict, true)]
    {
        let options = Options::new().mode(mode).created_as_start_timestamp(created);
        let mut labels = Vec::new();
        for entry in Parser::new(data, Format::OpenMetrics, options) {
            match entry {
                Ok(Entry::Series(series)) => {
                    series.label_set(&mut labels);
                    series.exemplar().map(|exemplar| exemplar.labels().count());
                }
                Ok(_) => {}
                Err(error) => assert!(error.offset() <= data.len() && !error.to_string().is_empty()),
            }
        }
    }
}
