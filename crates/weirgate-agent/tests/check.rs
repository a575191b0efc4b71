//! `weirgate check` as scripts see it: exit codes, streams and files.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Runs the command and checks its exit code and standard output.
#[track_caller]
fn check(folder: &Path, arguments: &[&str], code: i32, stdout: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weirgate"));
    let output = command.arg("check").args(arguments).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout, "{said}");
    output
}

const TYPO: &str = "[OUTPTU]\n    Name stdout\n    Match *\n";

#[test]
fn exit_codes() {
    let folder = folder(&[
        ("fine.yml", "scrape_configs: []\n"),
        ("warning.conf", TYPO),
        ("wrong.conf", "[INPUT]\n    Name nope\n"),
        ("what", "hello\n"),
    ]);
    check(folder.path(), &["fine.yml", "warning.conf"], 0, "");
    check(folder.path(), &["fine.yml", "wrong.conf"], 1, "");
    check(folder.path(), &["wrong.conf", "missing.conf"], 2, "");
    check(folder.path(), &["what"], 2, "");
    check(folder.path(), &["--kind", "fluent-bit", "what"], 1, "");
    check(folder.path(), &[], 2, "");
    check(folder.path(), &["--explain", "nope"], 2, "");
}

#[test]
fn diagnostics() {
    let folder = folder(&[("a.conf", TYPO)]);
    let output = check(folder.path(), &["a.conf"], 0, "");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "a.conf:1:2: warning[unknown-section]: unknown section `OUTPTU`\n  help: did you mean `OUTPUT`?\n  fix: write `OUTPUT`\nweirgate: a.conf: 1 warning\n"
    );
    check(
        folder.path(),
        &["--format", "github", "a.conf"],
        0,
        "::warning file=a.conf,line=1,endLine=1,col=2,endColumn=8,title=unknown-section::unknown section `OUTPTU`%0Adid you mean `OUTPUT`?\n",
    );
    let output = check_json(folder.path());
    assert_eq!(output["code"], "unknown-section");
    assert_eq!(output["fix"]["edits"][0]["replacement"], "OUTPUT");
}

fn check_json(folder: &Path) -> serde_json::Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weirgate"));
    let output = command.args(["check", "--format", "json", "a.conf"]).current_dir(folder).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn fixes() {
    let folder = folder(&[("a.conf", TYPO)]);
    let diff =
        "--- a.conf\n+++ a.conf\n@@ -1,3 +1,3 @@\n-[OUTPTU]\n+[OUTPUT]\n     Name stdout\n     Match *\n";
    check(folder.path(), &["--diff", "a.conf"], 0, diff);
    assert_eq!(fs::read_to_string(folder.path().join("a.conf")).unwrap(), TYPO);
    let output = check(folder.path(), &["--fix", "a.conf"], 0, "");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "a.conf:1:2: fixed[unknown-section]: write `OUTPUT`\n"
    );
    let fixed = TYPO.replace("OUTPTU", "OUTPUT");
    assert_eq!(fs::read_to_string(folder.path().join("a.conf")).unwrap(), fixed);
}

#[test]
fn an_included_file_is_checked_once() {
    let folder = folder(&[
        ("main.conf", "@INCLUDE part.conf\n[SERVICE]\n    Flush 1\n"),
        ("part.conf", "[FILTER]\n    Name grep\n    Match *\n    Colour red\n"),
    ]);
    let output = check(folder.path(), &["part.conf", "main.conf"], 1, "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.matches("unknown-property").count(), 1, "{said}");
}

#[test]
fn explanations() {
    let folder = folder(&[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_weirgate"));
    let output = command.args(["check", "--explain", "dead-grep-rule"]).current_dir(folder.path()).output();
    let page = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(page.starts_with("# dead-grep-rule\n"), "{page}");
}

/// What only the program itself finds, since it asks the outputs too.
#[test]
fn examples_of_what_outputs_find() {
    for code in ["invalid-port", "invalid-cloud-id", "invalid-cloud-auth"] {
        let lint = config_check::lints().find(|lint| lint.code == code).unwrap();
        let (bad, good) = lint.example.unwrap();
        let folder = folder(&[("bad.conf", bad), ("good.conf", good)]);
        let said = |output: Output| String::from_utf8(output.stderr).unwrap();
        let found = said(check(folder.path(), &["bad.conf"], 1, ""));
        assert!(found.contains(&format!("error[{code}]")), "{found}");
        let left = said(check(folder.path(), &["good.conf"], 0, ""));
        assert!(!left.contains(code), "{left}");
    }
}

#[test]
fn standard_input_folders_and_files_that_are_no_text() {
    let folder = folder(&[("b.conf", TYPO), ("a.yml", "scrape_configs: []\n"), ("notes.conf.md", "hello\n")]);
    fs::create_dir_all(folder.path().join("sub/.hidden")).unwrap();
    fs::write(folder.path().join("sub/.hidden/x.conf"), "[INPUT]\n    Name nope\n").unwrap();
    fs::write(folder.path().join("sub/x.conf"), "[INPUT]\n    Name nope\n").unwrap();
    fs::write(folder.path().join("binary.conf"), b"\x7fELF\0\xff\0").unwrap();
    fs::write(folder.path().join("other.yaml"), "a: b\n").unwrap();
    // What is no configuration is left alone below a folder, but not where somebody names it.
    let said = |output: Output| String::from_utf8(output.stderr).unwrap();
    let found = said(check(folder.path(), &["."], 1, ""));
    assert!(found.starts_with("./b.conf:1:2: warning[unknown-section]"), "{found}");
    assert!(
        found.contains("./sub/x.conf:2:10: error[unknown-plugin]") && !found.contains("hidden"),
        "{found}"
    );
    assert!(!found.contains("binary.conf") && !found.contains("other.yaml"), "{found}");
    let found = said(check(folder.path(), &["binary.conf", "other.yaml"], 2, ""));
    assert!(found.contains("binary.conf: this is a binary file") && found.contains("--kind"), "{found}");

    let mut command = Command::new(env!("CARGO_BIN_EXE_weirgate"));
    command.args(["check", "--fix", "-", "--stdin-filename", "s.conf"]).current_dir(folder.path());
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), TYPO.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), TYPO.replace("OUTPTU", "OUTPUT"));
    assert!(said(output).starts_with("s.conf:1:2: fixed[unknown-section]"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = folder(&[("warning.conf", TYPO), ("wrong.conf", "[INPUT]\n    Name nope\n")]);
    for (arguments, code) in [
        (&["--format", "json", "warning.conf"][..], 0),
        (&["--format", "github", "wrong.conf"], 1),
        (&["--diff", "warning.conf"], 0),
        (&["--explain", "all"], 0),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_weirgate"));
        command.arg("check").args(arguments).current_dir(folder.path()).stdout(writer);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(!said.contains("pipe"), "{said}");
    }
}
