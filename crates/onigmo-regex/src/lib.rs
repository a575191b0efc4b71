//! Ruby-dialect regular expressions, exactly as Fluent Bit runs them.
//!
//! Fluent Bit compiles every pattern of a configuration with Onigmo, in its Ruby syntax. That dialect is
//! close to what Rust's `regex` crate knows, and different in ways that change what a pipeline does:
//!
//! - `^` and `$` are the ends of lines, always; `(?m)` lets `.` match newlines;
//! - `\d`, `\w` and `\s` are ASCII, `[[:alpha:]]` and `\b` are Unicode, `\h` is a hexadecimal digit;
//! - unnamed groups do not capture once there is a named one, and a name may be used twice;
//! - `{2}+`, `[a-z&&[^b]]`, `\101`, a lone `]` or `{`, an unknown escape: all mean something;
//! - there are look-around, back-references, atomic groups and calls of groups.
//!
//! This crate has its own parser for the dialect. A pattern that needs no backtracking runs on the automata
//! of `regex-automata`, in time linear in the text; only the others run on `fancy-regex`, with a limit for
//! their steps. [`Regex::is_linear`] tells which. In browsers (and with the feature `small`) both are small engines,
//! which find the same and take longer; what goes beyond the limit for steps can differ.
//!
//! ```
//! use onigmo_regex::{Captures, Regex, Wrapping};
//!
//! let tag = Regex::fluent_bit(r"/^(?<pod>[a-z0-9-]+)_(?<ns>[^_]+)_(?<app>.+)-(?<id>\h{4,64})\.log$/", Wrapping::Flags)?;
//! assert!(tag.is_linear());
//!
//! let name = b"web-0_shop_nginx-52c1e9f0.log";
//! let mut captures = Captures::new();
//! assert!(tag.captures(name, &mut captures));
//! assert_eq!(captures.get(3).map(|app| &name[app]), Some(&b"nginx"[..]));
//! # Ok::<(), onigmo_regex::Error>(())
//! ```
//!
//! # What it promises
//!
//! No pattern and no text makes it panic. Memory for a pattern is limited, its nesting is too, and memory
//! for a search is proportional to the text. Matches and groups are those of a backtracking search that
//! prefers the leftmost start and then the first alternative, as Onigmo's is.
//!
//! # Text that is not UTF-8
//!
//! Log lines may hold any bytes. As in Onigmo, a byte that is not part of a character is a character of its
//! own: `.`, negated classes, `\W`, `\S`, `\D` and `\H` match it, nothing else does. A character that is
//! cut off at the end of the text is not matched by `.`, and nothing after it is at the end of the text:
//! `^(.*)$` does not match such a line.
//!
//! # What it does not do
//!
//! These are reported as [`ErrorKind::Unsupported`]: the absence operator `(?~...)`, groups that call
//! themselves, back-references with a recursion level, and Unicode blocks such as `\p{InArabic}`.
//!
//! These differ from Onigmo:
//!
//! - `(?i)` equates single characters, not `ß` with `ss` or ligatures with their letters.
//! - A repetition whose body would rather match nothing than a character, such as `(?:\B|.)+`, goes on
//!   where Onigmo stops.
//! - A condition within the group it asks for, as in `((?(1)a|b))+`, may see another round of it.
//! - `\b` knows no word characters among invalid bytes; Onigmo takes them for Latin-1.
//! - `\z` alone does not match where the last character is cut off.
//! - Options within a look-behind may hold alternatives of different lengths, as in `(?<=(?i)a|bc)`; Onigmo refuses it.
//! - Unicode is of a newer version.
//! - The limit for nesting is 250, not 4096.
#![forbid(unsafe_code)]

mod ast;
mod backtrack;
mod error;
mod linear;
mod parse;
mod plan;
mod regex;
mod resolve;
mod scan;
mod set;
mod text;
mod unicode;
mod wrapping;

pub use error::{Error, ErrorKind, StepLimit};
pub use regex::{Captures, Regex};
pub use wrapping::Wrapping;
