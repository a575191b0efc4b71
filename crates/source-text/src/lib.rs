//! Source files, spans and diagnostics.
//!
//! A parser of files that people write needs three things: a cheap position ([`Span`]), a way from a
//! position to line and column ([`SourceMap`]), and a way to say what is wrong there ([`Diagnostic`]).
//!
//! ```
//! use source_text::{Diagnostic, Severity, SourceMap, Span};
//!
//! let mut sources = SourceMap::new();
//! let id = sources.add("fluent-bit.conf", "[INPUT]\n    Name tial\n");
//! let problem = Diagnostic::new(Severity::Error, "unknown-plugin", "no input plugin is called `tial`")
//!     .at(Span::new(id, 17, 21))
//!     .help("did you mean `tail`?");
//! assert_eq!(
//!     sources.render(&problem),
//!     "fluent-bit.conf:2:10: error[unknown-plugin]: no input plugin is called `tial`"
//! );
//! ```
//!
//! With the feature `yaml`, the module `yaml` reads YAML to a tree whose nodes keep their span and whose
//! scalars keep their source text.
//!
//! What it does not do: read files, print, colour, or draw source lines; a program does that with the
//! positions it finds here.
#![forbid(unsafe_code)]

mod diagnostic;
mod fix;
mod lint;
mod source;
#[cfg(feature = "yaml")]
pub mod yaml;

pub use diagnostic::{Diagnostic, Label, Severity, suggest};
pub use fix::{Applicability, Edit, Fix, FixPlan};
pub use lint::Lint;
pub use source::{LineColumn, LineIndex, Source, SourceId, SourceMap, Span, Unit};
