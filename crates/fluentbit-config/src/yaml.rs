//! The YAML form: nodes to a [`Document`].

mod structure;
mod trivia;

use source_text::{Diagnostic, SourceId, yaml};

use crate::tree::{Document, Form};

pub(crate) use structure::TOP;

/// Reads YAML text to a tree and everything that is wrong with its form.
///
/// The tree has the shape of the classic form: a list of scalars is one property for each element, a list of
/// mappings one group for each, an entry of `env` is a `SET` command and one of `includes` an `INCLUDE`.
///
/// Text that is no YAML gives the first error of the syntax and an empty tree. Structures Fluent Bit 5.1
/// refuses are errors, and left out of the tree; so are aliases and merge keys, which it does not read.
///
/// ```
/// use fluentbit_config::{Item, parse_yaml};
/// use source_text::SourceMap;
///
/// let mut sources = SourceMap::new();
/// let text = "pipeline:\n  inputs:\n    - name: tail # the shop\n      exclude: [a, b]\n  sinks: []\n";
/// let id = sources.add("fluent-bit.yaml", text);
/// let (document, problems) = parse_yaml(id, text);
/// let Item::Section(input) = &document.items[0] else { panic!() };
/// assert_eq!((input.name.value.as_str(), input.items.len()), ("input", 3));
/// assert_eq!(
///     sources.render(&problems[0]),
///     "fluent-bit.yaml:5:3: error[yaml-structure]: `pipeline` has no part `sinks`"
/// );
/// ```
#[must_use]
pub fn parse(source: SourceId, text: &str) -> (Document, Vec<Diagnostic>) {
    let nodes = match yaml::parse(source, text) {
        Ok(nodes) => nodes,
        Err(problem) => return (Document::new(Form::Yaml, source, Vec::new()), vec![*problem]),
    };
    let (items, problems) = structure::read(&nodes);
    let items = trivia::insert(items, source, text);
    (Document::new(Form::Yaml, source, items), problems)
}
