//! Runs the log pipeline in memory, for a profiler: `weirgate-pipeline OUTPUT [LINES]`.
//!
//! Prints the records that were kept, the bytes rendered and a hash of them, so that a change can be seen to
//! leave the output as it was.

use std::error::Error;
use std::hash::{DefaultHasher, Hasher};

use fluentbit_pipeline::Body;
use weirgate_benches::{docker_log, pipeline::InMemory};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let output = arguments.next().ok_or("usage: weirgate-pipeline OUTPUT [LINES]")?;
    let lines = arguments.next().map_or(Ok(20_000), |lines| lines.parse())?;
    let mut log = Vec::new();
    let wanted = docker_log::write(&mut log, lines)?;
    let (records, body) = InMemory::new(&output).run(&log);
    assert_eq!(records, wanted);
    let mut hash = DefaultHasher::new();
    let bytes = match &body {
        Body::Bulk(body) => body.bytes(),
        Body::Bytes(bytes) | Body::File(_, bytes) => bytes,
        _ => &[],
    };
    hash.write(bytes);
    println!("{records} {} {:016x}", bytes.len(), hash.finish());
    Ok(())
}
