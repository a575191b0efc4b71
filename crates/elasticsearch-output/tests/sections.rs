//! Settings read from configuration text.

use std::path::Path;
use std::time::Duration;

use elasticsearch_bulk::{BulkOptions, Delivery};
use elasticsearch_output::{Auth, RetryLimit, Settings};
use event_model::Compat;
use event_model::json::Style;
use fluentbit_config::{MemoryFiles, load};

fn read(properties: &str, delivery: Delivery) -> (Settings, Vec<String>) {
    let properties: String = properties.lines().map(|line| format!("    {}\n", line.trim())).collect();
    let text = format!(
        "[SERVICE]\n    scheduler.base 1\n    scheduler.cap 3\n[OUTPUT]\n    Name es\n    Match *\n{properties}"
    );
    let files = MemoryFiles::from([("fluent-bit.conf", text.as_str())]);
    let (config, _) = load("fluent-bit.conf", &files, &(), Compat::V5_1);
    let (bulk, _) = BulkOptions::from_section(&config.outputs[0], Style::Ascii, delivery);
    let (settings, problems) = Settings::from_section(&config.outputs[0], &config.service, bulk);
    (settings, problems.iter().map(|problem| config.sources.render(problem)).collect())
}

#[test]
fn everything_set() {
    let (settings, problems) = read(
        "Host search.example\nPort 9243\nHTTP_User ann\nHTTP_Passwd pw\nCompress gzip\nBuffer_Size 1M\nRetry_Limit 4\n\
         tls On\ntls.verify Off\ntls.vhost v\ntls.ca_file /ca\ntls.crt_file /crt\ntls.key_file /key\nSuppress_Type_Name On",
        Delivery::Safe,
    );
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!((settings.host.as_str(), settings.port), ("search.example", 9243));
    assert_eq!(settings.auth, Some(Auth::Basic { user: "ann".to_owned(), password: "pw".to_owned() }));
    assert!(settings.gzip && !settings.ask_version);
    assert_eq!(settings.answer_limit, Some(1_000_000));
    assert_eq!(settings.retry_limit, RetryLimit::Times(4));
    assert_eq!(
        (settings.backoff.base, settings.backoff.cap),
        (Duration::from_secs(1), Duration::from_secs(3))
    );
    let tls = settings.tls.unwrap();
    assert!(!tls.verify);
    assert_eq!(tls.server_name.as_deref(), Some("v"));
    assert_eq!(tls.ca_file.as_deref(), Some(Path::new("/ca")));
    assert_eq!(tls.identity, Some(("/crt".into(), "/key".into())));
}

#[test]
fn nothing_set() {
    let (settings, problems) = read("", Delivery::Safe);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!((settings.host.as_str(), settings.port), ("127.0.0.1", 9200));
    assert!(settings.tls.is_none() && settings.auth.is_none() && settings.ask_version);
    assert_eq!(settings.answer_limit, Some(512_000));
    assert_eq!(settings.retry_limit, RetryLimit::Unlimited);
    let (settings, _) = read("Buffer_Size False", Delivery::FluentBit(Compat::V5_1));
    assert_eq!(settings.retry_limit, RetryLimit::Times(1));
    assert_eq!(settings.answer_limit, None);
    assert!(!settings.ask_version);
}

#[test]
fn credentials() {
    let auth = |properties| read(properties, Delivery::Safe).0.auth;
    let basic = |user: &str, password: &str| {
        Some(Auth::Basic { user: user.to_owned(), password: password.to_owned() })
    };
    assert_eq!(auth("HTTP_User ann"), basic("ann", ""));
    assert_eq!(auth("HTTP_User ann\nCloud_Auth c:d\nHTTP_API_Key k"), basic("ann", ""));
    assert_eq!(auth("Cloud_Auth c:d:e\nHTTP_API_Key k"), basic("c", "d:e"));
    assert_eq!(auth("HTTP_API_Key k"), Some(Auth::ApiKey("k".to_owned())));
}

#[test]
fn mistakes() {
    for (property, expected) in [
        ("Port http", "7:10: error[invalid-port]: `http` is no port"),
        ("tls 1", "7:9: error[invalid-boolean]: `1` is not a boolean, as `tls` needs"),
        (
            "Compress zstd",
            "7:14: warning[unknown-compression]: `zstd` is no compression; nothing is compressed",
        ),
        ("Retry_Limit never", "7:17: warning[invalid-retry-limit]: `never` is no retry limit; 1 is used"),
        ("Cloud_ID x", "7:14: error[invalid-cloud-id]: the cloud id cannot be read"),
        ("Cloud_Auth x", "7:16: error[invalid-cloud-auth]: no password in `Cloud_Auth`"),
        ("AWS_Auth On", "7:14: error[unsupported-property]: requests are not signed for AWS"),
    ] {
        assert_eq!(read(property, Delivery::Safe).1, [format!("fluent-bit.conf:{expected}")], "{property}");
    }
}
