//! Options read from configuration text.

use elasticsearch_bulk::{BulkOptions, Delivery, IdSource, WriteOperation};
use event_model::Compat;
use event_model::json::Style;
use fluentbit_config::{MemoryFiles, load};

fn read(properties: &str, compat: Compat) -> (BulkOptions, Vec<String>) {
    let (options, problems, _) = read_and_lint(properties, compat);
    (options, problems)
}

fn read_and_lint(properties: &str, compat: Compat) -> (BulkOptions, Vec<String>, Vec<&'static str>) {
    let properties: String = properties.lines().map(|line| format!("    {}\n", line.trim())).collect();
    let files = MemoryFiles::from([(
        "fluent-bit.conf",
        format!("[OUTPUT]\n    Name es\n    Match *\n{properties}").as_str(),
    )]);
    let (config, _) = load("fluent-bit.conf", &files, &(), compat);
    let (options, problems) = BulkOptions::from_section(&config.outputs[0], Style::Ascii, Delivery::Safe);
    let lints = options.lint(&config.outputs[0]).iter().map(|problem| problem.code()).collect();
    (options, problems.iter().map(|problem| config.sources.render(problem)).collect(), lints)
}

fn check_problems(properties: &str, compat: Compat, expected: &[&str]) {
    assert_eq!(read(properties, compat).1, expected, "{properties}");
}

#[test]
fn everything_set() {
    let (options, problems) = read(
        "Index i\nType t\nSuppress_Type_Name off\nLogstash_Format On\nLogstash_Prefix p\n\
         Logstash_Prefix_Separator _\nLogstash_Prefix_Key $m['p']\nLogstash_DateFormat %Y\nTime_Key t\n\
         Time_Key_Format %H\nTime_Key_Nanos On\nInclude_Tag_Key On\nTag_Key tag\nGenerate_ID On\n\
         Write_Operation UPSERT\nReplace_Dots On\nCurrent_Time_Index On\nPath /es\nPipeline clean\n",
        Compat::V5_1,
    );
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!((options.index.as_str(), options.type_name.as_str()), ("i", "t"));
    assert_eq!(options.suppress_type_name, Some(false));
    let logstash = options.logstash.as_ref().unwrap();
    assert_eq!((logstash.prefix.as_str(), logstash.separator.as_str()), ("p", "_"));
    assert_eq!(logstash.date_format, "%Y");
    assert!(logstash.prefix_key.is_some());
    assert_eq!((options.time_key.as_str(), options.time_key_format.as_str()), ("t", "%H"));
    assert!(options.time_key_nanos && options.replace_dots && options.current_time_index);
    assert_eq!(options.tag_key.as_deref(), Some("tag"));
    assert!(matches!(options.id, IdSource::Content));
    assert_eq!(options.operation, WriteOperation::Upsert);
    assert_eq!(options.request_target(), "/es/_bulk?pipeline=clean");
}

#[test]
fn nothing_set() {
    for (compat, target) in [(Compat::V5_1, "/_bulk"), (Compat::V1_8, "/_bulk")] {
        let (options, problems) = read("Tag_Key unused\nLogstash_Prefix unused\n", compat);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(options.tag_key, None);
        assert!(options.logstash.is_none());
        assert_eq!(options.suppress_type_name, None);
        assert_eq!(options.request_target(), target);
    }
    assert_eq!(read("Pipeline p", Compat::V1_8).0.request_target(), "/_bulk/?pipeline=p");
}

#[test]
fn ids() {
    assert!(matches!(read("Generate_ID offset", Compat::V5_1).0.id, IdSource::Origin));
    assert!(matches!(read("Generate_ID off", Compat::V5_1).0.id, IdSource::Server));
    assert!(matches!(read("Id_Key k", Compat::V5_1).0.id, IdSource::Key(_)));
    check_problems(
        "Id_Key k\nGenerate_ID On",
        Compat::V5_1,
        &["fluent-bit.conf:5:5: warning[generate-id-ignored]: `Generate_ID` has no effect beside `Id_Key`"],
    );
}

#[test]
fn mistakes() {
    check_problems(
        "Generate_ID sure\nReplace_Dots 1",
        Compat::V5_1,
        &[
            "fluent-bit.conf:4:17: error[invalid-boolean]: `sure` is not a boolean, as `Generate_ID` needs",
            "fluent-bit.conf:5:18: error[invalid-boolean]: `1` is not a boolean, as `Replace_Dots` needs",
        ],
    );
    check_problems(
        "Write_Operation creat",
        Compat::V5_1,
        &["fluent-bit.conf:4:21: error[unknown-operation]: `creat` is no write operation"],
    );
    check_problems("Write_Operation creat", Compat::V1_8, &[]);
    check_problems(
        "Write_Operation update",
        Compat::V5_1,
        &["fluent-bit.conf:4:21: error[missing-id]: `update` and `upsert` need to know the document's id"],
    );
    check_problems(
        "Id_Key $k[x]\nLogstash_Format On\nLogstash_Prefix_Key k[",
        Compat::V5_1,
        &[
            "fluent-bit.conf:6:25: error[invalid-accessor]: `k[` is no record accessor: expected `['name']` or `[number]`",
            "fluent-bit.conf:4:12: error[invalid-accessor]: `$k[x]` is no record accessor: expected `['name']` or `[number]`",
        ],
    );
}

#[test]
fn lints() {
    let check = |properties: &str, compat, expected: &[&str]| {
        assert_eq!(read_and_lint(properties, compat).2, expected, "{properties}");
    };
    let all = ["es-type-name", "es-repeated-documents", "es-partial-bulk"];
    check("Index my-%Y", Compat::V5_1, &all);
    check("Index my-%Y", Compat::V1_8, &all[..2]);
    let settled = "Suppress_Type_Name On\nGenerate_ID On\n";
    check(settled, Compat::V1_8, &[]);
    check(&format!("{settled}Index my-%Y"), Compat::V1_8, &["es-literal-index"]);
    check(&format!("{settled}Index my-%Y\nCurrent_Time_Index On"), Compat::V1_8, &[]);
    check(&format!("{settled}Index my-%Y\nLogstash_Format On"), Compat::V1_8, &[]);
}
