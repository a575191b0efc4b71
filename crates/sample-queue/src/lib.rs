//! Samples that wait on disk until they are delivered.
//!
//! A [`Queue`] is a folder of segments. [`Packer`] makes a [`Frame`] of the samples of a scrape, which is appended at
//! once; frames are read in that order, and a [`Position`] says up to where they are delivered.
//!
//! ```
//! use std::sync::Arc;
//!
//! use prometheus_labels::LabelSet;
//! use prometheus_scrape::{Sample, Series, Value};
//! use sample_queue::{Next, Packer, Position, Queue};
//!
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! let mut queue = Queue::open(folder, 1 << 20)?;
//! let series = Arc::new(Series::new(LabelSet::from([("__name__", "up"), ("job", "web")])));
//! let packed = Packer::default().pack(&[Sample::new(series, 1_700_000_000_000, Value::Float(1.0))]);
//! queue.append(packed.frame)?;
//!
//! let Next::Frame(payload, position) = queue.read(Position::load(folder))? else { panic!() };
//! let request = payload.decode().ok_or("damaged")?;
//! assert_eq!(request.series(0)?.labels, [("__name__", "up"), ("job", "web")]);
//! position.store(folder)?;
//! queue.truncate(position);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything appended survives the end of the program, also by `kill -9`; a crash of the machine can lose what was
//! appended since the last [`sync_data`](std::fs::File::sync_data) of [`Queue::file`]. A frame that was torn then is
//! cut off, and a damaged one is skipped with the rest of its segment.
//!
//! What it does not do: send anything (see `remote-write-output` and `sample-documents`), or keep two
//! processes from using one folder.
#![forbid(unsafe_code)]

mod error;
mod frame;
mod packer;
mod queue;

pub use error::Error;
pub use frame::{Frame, Payload, Position};
pub use packer::{Packed, Packer};
pub use queue::{Next, Queue};
