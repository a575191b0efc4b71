//! A log agent of one's own: the pure crates decide, this program does the reading and writing.
//!
//! It reads lines as Docker writes them from a file or standard input, takes them through a configuration of Fluent
//! Bit that is built in, and prints what is left:
//!
//! ```sh
//! cargo run -p embed-in-an-agent -- examples/kiamol-logging/logs/*api*.log
//! ```

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use weirgate::fluentbit::config::{Compat, MemoryFiles, load};
use weirgate::fluentbit::pipeline::{
    At, Body, ChunkWriter, Delivery, Flow, LineScratch, Messages, Pipeline, Route, Sink, Source, TagId,
};
use weirgate::record::{Record, Timestamp};
use weirgate::tail::frame::Line;

const CONFIGURATION: &str = "\
[SERVICE]
    Parsers_File parsers.conf
[INPUT]
    Name   tail
    Path   /var/log/*.log
    Tag    app
    Parser docker
[FILTER]
    Name    grep
    Match   *
    Exclude log debug
[FILTER]
    Name  record_modifier
    Match *
    Record agent mine
[OUTPUT]
    Name   stdout
    Match  *
    Format json_lines
";
const PARSERS: &str = "\
[PARSER]
    Name        docker
    Format      json
    Time_Key    time
    Time_Format %Y-%m-%dT%H:%M:%S.%L
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let run = match arguments.next() {
        None => run(io::stdin().lock(), "stdin"),
        Some(path) => File::open(&path).and_then(|file| run(BufReader::new(file), &path)),
    };
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "embed-in-an-agent: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut lines: impl BufRead, path: &str) -> io::Result<()> {
    let pipeline = Arc::new(pipeline()?);
    let input = &pipeline.inputs[0];
    let mut flow = Flow::new(Arc::clone(&pipeline), 0);
    let mut scratch = LineScratch::new(pipeline.compat);
    let mut printed = Printed { writer: pipeline.outputs[0].writer(), records: 0 };
    // The stream joins lines where the configuration says so; the tag is found once for each file.
    let mut stream = input.stream(path);
    let tag = input.tag(path).map_err(io::Error::other)?;
    let id = flow.tag(0, &tag, &(), now());
    let (mut offset, mut buffer) = (0, Vec::new());
    loop {
        buffer.clear();
        let length = lines.read_until(b'\n', &mut buffer)?;
        let now = now();
        printed.writer.begin(&tag, now, 0);
        let mut each = |record: Record<'_>, offset, arena: &_, flow: &mut Flow| {
            let at = At { now, arena, metadata: &() };
            flow.record(id, record, Source { file: 0, offset }, at, &mut printed);
        };
        if length == 0 {
            stream.end_messages(Messages::All, now, &mut scratch, &mut flow, &mut each);
        } else {
            let raw = buffer.strip_suffix(b"\n").unwrap_or(&buffer);
            stream.line(Line { raw, offset }, now, &mut scratch, &mut flow, &mut each);
        }
        if let Body::Bytes(bytes) = printed.writer.finish(&tag) {
            io::stdout().write_all(&bytes)?;
        }
        if length == 0 {
            return writeln!(io::stderr(), "{} records", printed.records);
        }
        offset += length as u64;
    }
}

/// The configuration made ready, or what is wrong with it.
fn pipeline() -> io::Result<Pipeline> {
    let files = MemoryFiles::from([("fluent-bit.conf", CONFIGURATION), ("parsers.conf", PARSERS)]);
    let (config, mut problems) = load("fluent-bit.conf", &files, &(), Compat::V5_1);
    let (pipeline, found) = Pipeline::build(&config, Delivery::Safe, None);
    problems.extend(found);
    match problems.iter().find(|problem| problem.is_error()) {
        Some(problem) => Err(io::Error::other(config.sources.render(problem))),
        None => Ok(pipeline),
    }
}

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::new(i64::try_from(now.as_secs()).unwrap_or(i64::MAX), now.subsec_nanos())
}

/// Takes what leaves the filters.
struct Printed {
    writer: ChunkWriter,
    records: u64,
}

impl Sink for Printed {
    fn record(&mut self, _: TagId, route: &Route, record: &Record<'_>, _: Source) {
        self.records += 1;
        self.writer.record(route.tag(), record, None);
    }
}
