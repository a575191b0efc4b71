//! Options read from configuration text.

use event_model::Compat;
use event_model::json::Style;
use fluentbit_config::{MemoryFiles, load};
use fluentbit_output::{DateFormat, FileFormat, FileOptions, StdoutFormat, StdoutOptions, json_style};

fn with_output<T>(text: &str, compat: Compat, check: impl FnOnce(&fluentbit_config::Config) -> T) -> T {
    let text = format!("[SERVICE]\n    json.escape_unicode off\n[OUTPUT]\n{text}");
    let files = MemoryFiles::from([("fluent-bit.conf", text.as_str())]);
    let (config, _) = load("fluent-bit.conf", &files, &(), compat);
    check(&config)
}

#[test]
fn stdout() {
    let text =
        "    Name stdout\n    Format JSON_lines\n    json_date_key off\n    json_date_format epoch_ms\n";
    with_output(text, Compat::V5_1, |config| {
        let style = json_style(&config.service);
        let (options, problems) = StdoutOptions::from_section(&config.outputs[0], style);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(options.format, StdoutFormat::JsonLines);
        assert_eq!(options.date_key, None);
        assert_eq!(options.date_format, DateFormat::EpochMilliseconds);
        assert_eq!(options.style, Style::Utf8);
    });
    with_output(text, Compat::V1_8, |config| {
        let style = json_style(&config.service);
        let (options, problems) = StdoutOptions::from_section(&config.outputs[0], style);
        assert_eq!(
            problems.iter().map(|problem| problem.code()).collect::<Vec<_>>(),
            ["unknown-date-format"]
        );
        assert_eq!(options.date_format, DateFormat::Double);
        assert_eq!(options.style, Style::Utf8Truncating);
    });
}

#[test]
fn file() {
    let text = "    Name file\n    Format ltsv\n    Path /d\n    Mkdir On\n    Delimiter space\n    Label_Delimiter =\n";
    with_output(text, Compat::V5_1, |config| {
        let (options, problems) = FileOptions::from_section(&config.outputs[0], Style::Ascii);
        assert_eq!(problems.iter().map(|problem| problem.code()).collect::<Vec<_>>(), ["unknown-delimiter"]);
        assert_eq!(options.format, FileFormat::Ltsv);
        assert_eq!((options.delimiter, options.label_delimiter), (" ", ":"));
        assert_eq!(options.path.as_deref(), Some("/d"));
        assert!(options.mkdir);
    });
    with_output("    Name file\n    Format xml\n    Mkdir 1\n", Compat::V5_1, |config| {
        let (_, problems) = FileOptions::from_section(&config.outputs[0], Style::Ascii);
        let errors: Vec<_> =
            problems.iter().filter(|problem| problem.is_error()).map(|problem| problem.code()).collect();
        assert_eq!(errors, ["invalid-boolean", "unknown-format"]);
    });
}
