//! The metrics crates, measured as `peers/main.go` measures theirs:
//!
//! ```text
//! weirgate-measure TASK INPUT [SECONDS]
//! ```
//!
//! prints the nanoseconds, the allocations and a checksum of one run of the task.

use std::error::Error;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use prometheus_exposition::{Entry, Format, Label, Options, Parser, Series};
use prometheus_labels::LabelsBuilder;
use prometheus_relabel::{Scratch, Verdict};
use weirgate_benches::relabel;

/// How often the target is relabelled in one run of the task: once is too little to time.
const TARGETS: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [task, input, rest @ ..] = &arguments[..] else {
        return Err("usage: weirgate-measure TASK INPUT [SECONDS]".into());
    };
    let seconds = rest.first().map_or(Ok(2.0), |seconds| seconds.parse())?;
    let body = || std::fs::read(input);
    match task.as_str() {
        "entries" => {
            let body = body()?;
            measure(seconds, || series(&body, |series| 1 + series.value() as u64));
        }
        // What VictoriaMetrics' parser does: labels in the order in which they were written.
        "labels" => {
            let body = body()?;
            measure(seconds, || {
                series(&body, |series| {
                    std::hint::black_box(series.labels().map(|label| size(&label)).sum::<u64>());
                    1 + series.value() as u64
                })
            });
        }
        "label-sets" => {
            let body = body()?;
            measure(seconds, || {
                let mut set = Vec::new();
                series(&body, |series| {
                    series.label_set(&mut set);
                    set.iter().map(size).sum()
                })
            });
        }
        "relabel" => relabelling(seconds, false),
        "relabel-dropped" => relabelling(seconds, true),
        _ => return Err(format!("no task {task:?}").into()),
    }
    Ok(())
}

fn measure(seconds: f64, mut task: impl FnMut() -> u64) {
    let sum = task();
    let allocations = allocation_counter::measure(|| assert_eq!(task(), sum)).count_total;
    let (start, until, mut count) = (ProcessTime::now(), Instant::now() + Duration::from_secs_f64(seconds), 0);
    while Instant::now() < until {
        for _ in 0..10 {
            assert_eq!(task(), sum, "a repeated run gave another result");
            count += 1;
        }
    }
    let nanoseconds = start.elapsed().as_nanos() / count;
    println!("{nanoseconds} {allocations} {sum}");
}

fn series<'b>(body: &'b [u8], mut each: impl FnMut(&Series<'b>) -> u64) -> u64 {
    let mut sum = 0;
    for entry in Parser::new(body, Format::Text, Options::new()) {
        if let Entry::Series(series) = entry.expect("a valid exposition") {
            sum += each(&series);
        }
    }
    sum
}

fn size(label: &Label<'_>) -> u64 {
    (label.name.len() + label.value.len()) as u64
}

fn relabelling(seconds: f64, dropped: bool) {
    let (rules, target) = (relabel::rules(), relabel::target(dropped));
    let (mut labels, mut scratch) = (LabelsBuilder::new(), Scratch::new());
    measure(seconds, || {
        let mut sum = 0;
        for _ in 0..TARGETS {
            labels = std::mem::take(&mut labels).reset(&target);
            sum += match rules.apply(&mut labels, &mut scratch) {
                Verdict::Drop { .. } => 1,
                Verdict::Keep => {
                    labels.to_set().iter().map(|(name, value)| (name.len() + value.len()) as u64).sum()
                }
            };
        }
        sum
    });
}
