//! Text in both modes: no panic, errors inside the body, and the same entries with and without the fast path.

use prometheus_exposition::{Entry, Format, Mode, Options, Parser};

pub(crate) fn run(data: &[u8]) {
    for mode in [Mode::Scrape, Mode::Strict] {
        let options = Options::new().mode(mode).type_and_unit_labels(data.len().is_multiple_of(2));
        let mut labels = Vec::new();
        for entry in Parser::new(data, Format::Text, options) {
            match entry {
                Ok(Entry::Series(series)) => series.label_set(&mut labels),
                Ok(_) => {}
                Err(error) => assert!(error.offset() <= data.len() && !error.to_string().is_empty()),
            }
        }
    }
    // A NUL anywhere sends every line through the lexer.
    if data.ends_with(b"\n") && !data.contains(&0) {
        let slow = [data, b"# \xc2\xb5\0\n"].concat();
        let read = |body: &[u8]| -> Vec<String> {
            Parser::new(body, Format::Text, Options::new())
                .map_while(Result::ok)
                .map(|entry| described(&entry))
                .collect()
        };
        let (fast, slow) = (read(data), read(&slow));
        assert_eq!(fast[..], slow[..fast.len()]);
    }
}

/// What can be asked of an entry: how it was read is part of its debug form.
fn described(entry: &Entry<'_>) -> String {
    let Entry::Series(series) = entry else { return format!("{entry:?}") };
    let (mut key, mut set) = (Vec::new(), Vec::new());
    series.label_set(&mut set);
    let labels: Vec<_> = series.labels().collect();
    let (value, time, kind) = (series.value().to_bits(), series.timestamp_ms(), series.metric_type());
    format!("{:?} {:?} {labels:?} {set:?} {value} {time:?} {kind:?}", series.name(), series.key(&mut key))
}
