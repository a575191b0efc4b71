//! The machines inside a log agent, without its files, clocks and threads.
//!
//! - [`frame`] cuts bytes read from a file into lines, with the limits and quirks of Fluent Bit's `tail`.
//! - [`follow`] decides what became of a followed file: grown, truncated, rotated, deleted, finished.
//! - [`acknowledge`] knows which part of each file every output has finally taken, so that no offset is
//!   stored before it may be.
//!
//! A machine is told what happened through `handle_*` methods and asked for what to do through `poll_*`
//! methods; time is an argument. A test can therefore play a day of rotations in a microsecond.
//!
//! ```
//! use pipeline_core::acknowledge::{Acknowledgements, ChunkId, FileId};
//!
//! let (file, chunk) = (FileId(1), ChunkId(7));
//! let mut acks = Acknowledgements::new();
//! acks.handle_held(file, chunk, 0); // the line at offset 0 went into chunk 7
//! acks.handle_read(file, 120); // and the file was read up to offset 120
//! assert_eq!(acks.committable(file), Some(0));
//! acks.handle_settled(chunk);
//! assert_eq!(acks.committable(file), Some(120));
//! ```
//!
//! What it does not do: I/O of any kind, or parsing what a line holds.
#![forbid(unsafe_code)]

pub mod acknowledge;
pub mod follow;
pub mod frame;
