//! A container's log as docker writes it, its pod's metadata, and a configuration that reads it.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::random::Random;

/// The log has this many lines: 185 MB.
pub const LINES: usize = 700_000;

/// The name of the log's file, as the kubelet gives it.
pub fn file_name() -> String {
    format!("{POD}_{NAMESPACE}_api-{}.log", "c3".repeat(32))
}

const POD: &str = "numbers-api-7d9f8c6b5-abcde";
const NAMESPACE: &str = "kiamol-ch13-test";
const WORDS: &[&str] = &[
    "request", "handled", "in", "time", "for", "the", "user", "session", "cache", "miss", "upstream", "timeout",
    "retry", "numbers", "api", "generated", "random", "value", "from", "pool", "connection", "opened", "closed",
    "by", "peer",
];
const LEVELS: [&str; 8] = ["", "alert", "crit", "error", "warn", "notice", "info", "debug"];

/// Writes `lines` lines and returns how many have a priority of 2, 3 or 4.
///
/// Nine lines of ten hold a JSON document with a text `priority` from 1 to 7, one of ten is plain text.
pub fn write(out: &mut impl Write, lines: usize) -> io::Result<usize> {
    let mut random = Random::new(7);
    let mut wanted = 0;
    for line in 0..lines {
        let priority = 1 + random.below(7);
        let words: Vec<_> = (0..4 + random.below(11)).map(|_| *random.choice(WORDS)).collect();
        let text = words.join(" ");
        let (second, milli) = (line / 1000, line % 1000);
        let (path, status) = (1 + random.below(9999), random.choice(&[200, 200, 200, 404, 500]));
        let (ms, fraction) = (random.below(200), random.below(1000));
        let log = if line % 10 == 0 {
            format!("plain text line: {text}")
        } else {
            wanted += usize::from(matches!(priority, 2..=4));
            let level = LEVELS[priority as usize];
            format!(
                r#"{{\"priority\": \"{priority}\", \"level\": \"{level}\", \"ts\": {}.{milli:03}, \"msg\": \"{text}\", \"path\": \"/rng/{path}\", \"status\": {status}, \"ms\": {ms}.{fraction:03}}}"#,
                1_646_136_000 + second,
            )
        };
        let stream = if line % 3 == 0 { "stderr" } else { "stdout" };
        writeln!(
            out,
            r#"{{"log": "{log}\n", "stream": "{stream}", "time": "2022-03-01T12:{:02}:{:02}.{milli:03}{:06}Z"}}"#,
            (second / 60) % 60,
            second % 60,
            random.below(1_000_000),
        )?;
    }
    Ok(wanted)
}

/// The API server's JSON of the pod.
pub fn pod() -> String {
    format!(
        r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "{POD}", "namespace": "{NAMESPACE}", "uid": "2b3c4d5e-0000-1111-2222-333344445555", "labels": {{"app": "numbers-api", "pod-template-hash": "7d9f8c6b5"}}, "annotations": {{"prometheus.io/port": "9115"}}}}, "spec": {{"nodeName": "node-1", "containers": [{{"name": "api"}}]}}, "status": {{"podIP": "10.1.0.7", "containerStatuses": [{{"name": "api", "image": "kiamol/ch03-numbers-api:latest", "imageID": "docker-pullable://kiamol/ch03-numbers-api@sha256:aaaa", "containerID": "docker://c3c3"}}]}}}}"#
    )
}

/// The configuration but for its outputs, for a log and metadata below `folder`: the pipeline of the Kiamol
/// exercises with a tag from the file's name, the docker parser, merged JSON logs and a filter by priority.
pub fn configuration(folder: &str) -> String {
    format!(
        r"[SERVICE]
    Flush         1
    Log_Level     error
    Parsers_File  parsers.conf

[INPUT]
    Name              tail
    Tag               kube.<namespace_name>.<container_name>.<pod_name>.<docker_id>-
    Tag_Regex         (?<pod_name>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)_(?<namespace_name>[^_]+)_(?<container_name>.+)-(?<docker_id>[a-z0-9]{{64}})\.log$
    Path              {folder}/logs/*.log
    Parser            docker
    Refresh_Interval  10
    Read_from_Head    On
    Exit_On_Eof       On
    Buffer_Chunk_Size 512k
    Buffer_Max_Size   1m

[FILTER]
    Name                kubernetes
    Match               kube.*
    Kube_Tag_Prefix     kube.
    Regex_Parser        kube-tag
    Annotations         Off
    Merge_Log           On
    K8S-Logging.Parser  On
    Kube_meta_preload_cache_dir {folder}/meta
    Kube_URL            http://127.0.0.1:1

[FILTER]
    Name                grep
    Match               kube.kiamol-ch13-test.api.numbers-api*
    Regex               priority [234]
"
    )
}

/// The parsers that [`configuration`] names.
pub const PARSERS: &str = r"[PARSER]
    Name        docker
    Format      json
    Time_Key    time
    Time_Format %Y-%m-%dT%H:%M:%S.%L
    Time_Keep   On

[PARSER]
    Name    kube-tag
    Format  regex
    Regex   ^(?<namespace_name>[^_]+)\.(?<container_name>.+)\.(?<pod_name>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)\.(?<docker_id>[a-z0-9]{64})-$
";

/// Writes the log, the metadata and `pipeline.conf` with its parsers below `folder`. Returns how many records
/// the filters keep.
pub fn write_folder(folder: &Path, lines: usize) -> io::Result<usize> {
    for part in ["logs", "meta"] {
        fs::create_dir_all(folder.join(part))?;
    }
    let mut log = BufWriter::new(fs::File::create(folder.join("logs").join(file_name()))?);
    let wanted = write(&mut log, lines)?;
    log.flush()?;
    fs::write(folder.join("meta").join(format!("{NAMESPACE}_{POD}.meta")), pod())?;
    fs::write(folder.join("pipeline.conf"), configuration(&folder.display().to_string()))?;
    fs::write(folder.join("parsers.conf"), PARSERS)?;
    Ok(wanted)
}
