//! Lines of the usual shape are read in one pass, others by a lexer. Both read the same.

use prometheus_exposition::{Entry, Format, Options, Parser};
use proptest::prelude::*;

fn entries(body: &str, format: Format) -> Vec<String> {
    Parser::new(body.as_bytes(), format, Options::new())
        .map(|entry| entry.map_or_else(|error| error.to_string(), |entry| described(&entry)))
        .collect()
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

fn lines() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        8 => "[a-z_:]{1,4}",
        4 => Just("{a=\"b\"} ".to_owned()),
        4 => Just("{a=\"b\",c=\"d e\"} ".to_owned()),
        2 => Just("{a=\"b\",c=\"\",} ".to_owned()),
        2 => Just("{c=\"b\\\"\",__name__=\"\\\\\",d=\"\\n\"}".to_owned()),
        2 => ("[a-c]{1,70}", ".{0,9}").prop_map(|(long, any)| format!("{{{long}=\"{long}{any}\",b=\"{long}\"}}")),
        6 => Just(" ".to_owned()),
        6 => "-?[0-9]{1,3}(\\.[0-9]{0,3})?(e-?[0-9]{1,2})?",
        2 => "NaN|\\+Inf|0x1|1_0|1e400|9007199254740993",
        3 => Just("\n".to_owned()),
        1 => "[{}=,\"\\\\\t#.é]",
        1 => "# (HELP|TYPE) [a-z]{1,2} ?(counter|gauge|x \\\\n)\n",
        1 => Just("# c\n".to_owned()),
        1 => Just("\\n".to_owned()),
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat() + "\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn text_reads_the_same_by_the_lexer(body in lines()) {
        let fast = entries(&body, Format::Text);
        // A NUL anywhere sends every line through the lexer. An open quote may reach it: no comparison then.
        let mut slow = entries(&format!("{body}# \u{b5}\0\n"), Format::Text);
        let reached = |last: &String| last.contains('\u{b5}') || last.starts_with("Comment([35, 32, 194, 181");
        slow.pop_if(|last| reached(last));
        prop_assert_eq!(&fast[..slow.len()], &slow[..]);
        prop_assert!(fast.len() <= slow.len() + 1);
    }

    #[test]
    fn openmetrics_reads_the_same_by_the_lexer(body in lines()) {
        let fast = entries(&format!("{body}# HELP z z\n# EOF\n"), Format::OpenMetrics);
        let slow = entries(&format!("{body}# HELP z \0z\n# EOF\n"), Format::OpenMetrics);
        // The texts differ in the help text, and in an error whose quote reaches it.
        let clear = |entries: Vec<String>| -> Vec<String> {
            entries.into_iter().filter(|entry| !entry.contains("HELP z") && !entry.contains("name: [122]")).collect()
        };
        prop_assert_eq!(clear(fast), clear(slow));
    }
}
