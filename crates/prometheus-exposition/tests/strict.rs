//! What [`Mode::Strict`] rejects, beside what it must accept.

use prometheus_exposition::{Error, ErrorKind, Format, Mode, Options, Parser};

fn first_error(body: &[u8], format: Format, mode: Mode) -> Option<Error> {
    Parser::new(body, format, Options::new().mode(mode)).find_map(Result::err)
}

/// Checks that a scrape takes `body` and that strictly it is good, or wrong in `line`.
fn check(format: Format, body: &str, line: Option<usize>) {
    assert_eq!(first_error(body.as_bytes(), format, Mode::Scrape), None, "{body}");
    let error = first_error(body.as_bytes(), format, Mode::Strict);
    assert_eq!(error.as_ref().map(Error::line), line, "{body}\n{error:?}");
    assert!(error.is_none_or(|error| error.kind() == ErrorKind::Standard));
}

/// OpenMetrics, without its last line.
fn openmetrics(lines: &str, line: Option<usize>) {
    check(Format::OpenMetrics, &format!("{lines}\n# EOF\n"), line);
}

fn text(lines: &str, line: Option<usize>) {
    check(Format::Text, &format!("{lines}\n"), line);
}

#[test]
fn openmetrics_that_keeps_the_rules_is_accepted() {
    for lines in [
        "# TYPE a counter\n# HELP a Requests.\na_total 1 # {id=\"x\"} 0.5 12\na_created 12",
        "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds{b=\"\"} -1 1\na_seconds{b=\"c\"} NaN 0",
        "# TYPE a histogram\na_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 2",
        "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 2 # {} 3\na_count 2\na_sum 0.5",
        "# TYPE a gaugehistogram\na_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 2\na_gcount 2\na_gsum -0.5",
        "# TYPE a summary\na{quantile=\"0.5\"} NaN\na_count 1\na_sum 2\na{b=\"c\",quantile=\"1\"} 2",
        "# TYPE a info\na_info{b=\"1\"} 1 2\na_info{b=\"2\"} 1 1",
        "# TYPE a stateset\na{a=\"on\"} 1\na{a=\"off\"} 0",
        "# TYPE a gauge\na{b=\"1\"} 1 0\na{b=\"1\"} 2 0.0000000001\na{b=\"1\"} 3 0.001\na{b=\"2\"} 4 0",
        "# HELP a \n# UNIT a \n# TYPE \"b.c\" gauge\n{\"b.c\",\"d.e\"=\"\\z\"} 1",
        "a 1\nb 1\n# TYPE c counter\n# TYPE d counter\nd_total{x=\"} # \\\"\"} +Inf",
    ] {
        openmetrics(lines, None);
    }
}

#[test]
fn openmetrics_metadata_comes_once_and_first() {
    for (lines, line) in [
        ("# HELP a x\na 1\n# TYPE a gauge", 3),
        ("# TYPE a_s gauge\na_s 1\n# UNIT a_s s", 3),
        ("# HELP a x\n# HELP a x", 2),
        ("# TYPE a counter\n# TYPE a gauge", 2),
        ("# UNIT a_s s\n# UNIT a_s s", 2),
        ("# TYPE a_s info\n# UNIT a_s s", 1),
        ("# UNIT a_s s\n# TYPE a_s stateset", 1),
        ("# TYPE a counter\n# TYPE b counter\n# TYPE a counter", 3),
        ("# TYPE a_created gauge\n# TYPE a counter", 2),
        ("# TYPE a counter\na 1", 2),
        ("# TYPE a gauge\na 1\nb 1\na 1", 4),
        ("# TYPE a histogram\n# TYPE a_sum gauge", 2),
    ] {
        openmetrics(lines, Some(line));
    }
}

#[test]
fn openmetrics_lines_are_written_in_one_way() {
    for (lines, line) in [
        ("a{b=\"1\",} 1", 1),
        ("a{b=\"1\",b=\"2\"} 1", 1),
        ("a{__name__=\"b\"} 1", 1),
        ("a{__b=\"1\"} 1", 1),
        ("a{\"\"=\"1\"} 1", 1),
        ("{\"\"} 1", 1),
        ("{\"a\nb\"} 1", 1),
    ] {
        openmetrics(lines, Some(line));
    }
    assert!(first_error(b"{\"\xff\"} 1\n# EOF\n", Format::OpenMetrics, Mode::Strict).is_some());
    assert!(first_error(b"a{\"\xff\"=\"\"} 1\n# EOF\n", Format::OpenMetrics, Mode::Strict).is_some());
}

#[test]
fn openmetrics_exemplars_stand_where_they_may() {
    for (lines, line) in [
        ("# TYPE a gauge\na 1 # {b=\"c\"} 1", 2),
        ("# TYPE a counter\na_total 1\na_created 1 # {b=\"c\"} 1", 3),
        ("# TYPE a_bucket gauge\na_bucket 1 # {b=\"c\"} 1", 2),
        ("# TYPE a counter\na_total 1 # {b=\"c\",b=\"d\"} 1", 2),
    ] {
        openmetrics(lines, Some(line));
    }
    for (len, line) in [(127, None), (128, Some(2))] {
        let lines = format!("# TYPE a counter\na_total 1 # {{b=\"{}\"}} 1", "é".repeat(len));
        openmetrics(&lines, line);
    }
}

#[test]
fn openmetrics_values_fit_their_type() {
    for (lines, line) in [
        ("# TYPE a counter\na_total NaN", 2),
        ("# TYPE a counter\na_total -1", 2),
        ("# TYPE a summary\na_sum NaN", 2),
        ("# TYPE a summary\na_count 0.5", 2),
        ("# TYPE a summary\na_count +Inf", 2),
        ("# TYPE a summary\na 0", 2),
        ("# TYPE a summary\na{quantile=\"1.01\"} 0", 2),
        ("# TYPE a summary\na{quantile=\"NaN\"} 0", 2),
        ("# TYPE a summary\na{quantile=\"x\"} 0", 2),
        ("# TYPE a summary\na{quantile=\"0.5\"} -1", 2),
        ("# TYPE a stateset\na{a=\"b\"} 2", 2),
        ("# TYPE a stateset\na 0", 2),
        ("# TYPE a info\na_info 2", 2),
        ("# TYPE a gaugehistogram\na_bucket{le=\"+Inf\"} 1\na_gsum NaN\na_gcount 1", 3),
    ] {
        openmetrics(lines, Some(line));
    }
}

#[test]
fn openmetrics_histograms_are_consistent() {
    for (lines, line) in [
        ("# TYPE a histogram\na_sum 1", 2),
        ("# TYPE a histogram\na_bucket{le=\"1\"} 0", 2),
        ("# TYPE a histogram\na_bucket 0", 2),
        ("# TYPE a histogram\na_bucket{le=\"NaN\"} 0", 2),
        ("# TYPE a histogram\na_bucket{le=\"+INF\"} 0", 2),
        ("# TYPE a histogram\na_bucket{le=\"+Inf\"} 0.5", 2),
        ("# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_sum 0", 3),
        ("# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_count 0", 3),
        ("# TYPE a histogram\na_bucket{le=\"+Inf\"} 0\na_count 1\na_sum 0", 4),
        ("# TYPE a histogram\na_bucket{le=\"2\"} 0\na_bucket{le=\"1\"} 0\na_bucket{le=\"+Inf\"} 0", 3),
        ("# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 0", 3),
        ("# TYPE a histogram\na_bucket{le=\"-1\"} 0\na_bucket{le=\"+Inf\"} 0\na_sum 0\na_count 0", 5),
        ("# TYPE a gaugehistogram\na_bucket{le=\"+Inf\"} 1\na_gsum -1\na_gcount 1", 4),
    ] {
        openmetrics(lines, Some(line));
    }
}

#[test]
fn openmetrics_metrics_are_grouped_and_in_time() {
    for (lines, line) in [
        ("# TYPE a summary\na_sum{b=\"1\"} 0\na_sum{b=\"2\"} 0\na_count{b=\"1\"} 0", 4),
        ("# TYPE a gauge\na{b=\"1\"} 0 1\na{b=\"2\"} 0\na{b=\"1\"} 0 2", 4),
        ("# TYPE a gauge\na 0 -1\na 0 -2", 3),
        ("# TYPE a gauge\na 0 1.0001\na 0 1", 3),
        ("# TYPE a gauge\na 0\na 0 0", 3),
        ("# TYPE a gauge\na 0 0\na 0", 3),
        ("# TYPE a gauge\na 0\na 0", 3),
    ] {
        openmetrics(lines, Some(line));
    }
}

#[test]
fn the_text_format_has_rules_too() {
    for lines in [
        "# HELP a x\n# TYPE a counter\na{b=\"1\" , c = \"2\" , } 1\na{b=\"\\\\\\\"\\n\"}1 -0",
        "# TYPE a histogram\na_bucket{le=\"1\",b=\"1\"} 0\na_bucket{le=\"1\",b=\"2\"} 0\na_bucket{le=\"+Inf\",b=\"1\"} 0.5\na_bucket{le=\"+Inf\",b=\"2\"} 0",
        "# TYPE a summary\na{quantile=\"NaN\"} 0\na_sum -1\na_count 0\n\n# a comment\n",
        "a_bucket 1\na_bucket{le=\"x\"} 2",
    ] {
        // A scrape takes no negative timestamp.
        let lines = lines.replace(" -0", " 5");
        text(&lines, None);
    }
    for (lines, line) in [
        ("# TYPE a counter\n# TYPE a counter", 2),
        ("a 1\n# TYPE a counter", 2),
        ("a 1\nb 1\na{c=\"d\"} 1", 3),
        ("a 1\na 1", 2),
        ("a 1 1\na 1 2", 2),
        ("a{b=\"1\" c=\"2\"} 1", 1),
        ("a{b=\"1\"c=\"2\"} 1", 1),
        ("a{b=\"1\",b=\"2\"} 1", 1),
        ("a{__name__=\"b\"} 1", 1),
        ("a{b=\"\\q\"} 1", 1),
        ("# HELP a \\q", 1),
        ("a{b=\"1\n\"} 1", 1),
        ("a 1\n\0b 1", 2),
        ("# TYPE a histogram\na_bucket{le=\"x\"} 1", 2),
        ("# TYPE a histogram\na_bucket{le=\"1\"} 1", 2),
        ("# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_count 2", 3),
        ("# TYPE a summary\na 1", 2),
    ] {
        text(lines, Some(line));
    }
    check(Format::Text, "a 1", Some(1));
}

#[test]
fn blanks_before_a_name_are_no_part_of_it() {
    let names = |mode| -> Vec<Vec<u8>> {
        Parser::new(b"  a 1\n\tb{c=\"d\"} 2\n", Format::Text, Options::new().mode(mode))
            .filter_map(|entry| match entry {
                Ok(prometheus_exposition::Entry::Series(series)) => Some(series.name().into_owned()),
                _ => None,
            })
            .collect()
    };
    assert_eq!(names(Mode::Scrape), [b"  a".to_vec(), b"\tb".to_vec()]);
    assert_eq!(names(Mode::Strict), [b"a".to_vec(), b"b".to_vec()]);
}
