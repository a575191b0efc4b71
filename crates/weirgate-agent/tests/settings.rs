//! What is wrong with a configuration is told before anything runs.

use std::fs;

use weirgate_agent::{Options, load};

/// The problems of an `es` output with these lines, as LINE:COLUMN, severity and code.
#[track_caller]
fn check(lines: &str, expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fluent-bit.conf");
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    fs::write(
        &path,
        format!("[INPUT]\n    Name tail\n    Path x.log\n[OUTPUT]\n    Name es\n    Match *\n{lines}"),
    )
    .unwrap();
    let loaded = load(&Options::new(path.to_string_lossy()));
    let found: Vec<_> = loaded
        .diagnostics
        .iter()
        .filter(|problem| !problem.code().starts_with("es-"))
        .map(|problem| {
            let (_, start, _) = problem.span().and_then(|span| loaded.config.sources.locate(span)).unwrap();
            format!("{}:{} {} {}", start.line, start.column, problem.severity(), problem.code())
        })
        .collect();
    assert_eq!(found, expected, "{lines}");
}

#[test]
fn connections() {
    check("Generate_ID offset\nPort 9243\ntls On", &[]);
    check("AWS_Auth On", &["7:14 error unsupported-property"]);
    check("Port 70000", &["7:10 error invalid-port"]);
    check("tls On\ntls.key_passwd secret", &["8:5 error unsupported-property"]);
    check("Compress zstd", &["7:14 warning unknown-compression"]);
    check(
        "Cloud_ID nonsense\nCloud_Auth nobody",
        &["7:14 error invalid-cloud-id", "8:16 error invalid-cloud-auth"],
    );
}
