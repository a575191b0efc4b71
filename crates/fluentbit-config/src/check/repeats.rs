//! Keys that are set more than once.

use std::collections::BTreeMap;

use source_text::Diagnostic;

use crate::schema::OptionSpec;
use crate::section::Property;

/// For each property, the first one before it that has the same key. `key` says what makes keys the same.
pub(super) fn firsts(properties: &[Property], key: impl Fn(&Property) -> String) -> Vec<Option<&Property>> {
    let mut seen: BTreeMap<String, &Property> = BTreeMap::new();
    let first = |property| {
        let first = *seen.entry(key(property)).or_insert(property);
        (!std::ptr::eq(first, property)).then_some(first)
    };
    properties.iter().map(first).collect()
}

/// Complains about keys that are set again and may not; `which` says which of several counts.
pub(super) fn check(
    properties: &[Property],
    known: &[OptionSpec],
    which: &'static str,
    problems: &mut Vec<Diagnostic>,
) {
    let firsts = firsts(properties, |property| property.key.to_ascii_lowercase());
    for (property, first) in properties.iter().zip(firsts) {
        let Some(first) = first else { continue };
        if known.iter().any(|option| option.repeatable && option.is_set_by(&property.key)) {
            continue;
        }
        problems.push(
            Diagnostic::warning(
                "repeated-property",
                property.key_span,
                format!("`{}` is set again", property.key),
            )
            .label(first.key_span, "first set here")
            .help(which),
        );
    }
}
