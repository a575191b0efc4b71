//! What was found beside what was expected.

use event_model::{OwnedField, OwnedValue};

use super::super::{Fields, RecordValue, to_json};
use super::Difference;
use super::read::Expected;

/// Compares lists in their order. What is missing and what is too much is told apart from what differs.
pub(super) fn lists(
    what: &str,
    expected: &[Expected],
    found: &[Fields],
    exact: bool,
    differences: &mut Vec<Difference>,
) {
    let mut rest = found;
    for (index, wanted) in expected.iter().enumerate() {
        let same = |found: &Fields| first_difference(wanted, Some(&map(found)), exact, "").is_none();
        let place = format!("{what}, record {}", index + 1);
        match rest.iter().position(same) {
            Some(0) => rest = &rest[1..],
            // Others were found before it, but no more than the ones that are still to come can explain.
            Some(ahead) if rest.len() - ahead >= expected.len() - index => {
                for extra in &rest[..ahead] {
                    let found = Some(for_people(&extra.0));
                    differences.push(Difference { what: format!("{what}, too much"), expected: None, found });
                }
                rest = &rest[ahead + 1..];
            }
            _ => match rest.split_first().filter(|_| rest.len() >= expected.len() - index) {
                Some((found, others)) => {
                    let (path, expected, value) =
                        first_difference(wanted, Some(&map(found)), exact, "").unwrap_or_default();
                    let place = if path.is_empty() { place } else { format!("{place}, {path}") };
                    differences.push(Difference { what: place, expected, found: value });
                    rest = others;
                }
                None => differences.push(Difference {
                    what: format!("{place}, missing"),
                    expected: Some(shown(wanted)),
                    found: None,
                }),
            },
        }
    }
    for extra in rest {
        let found = Some(for_people(&extra.0));
        differences.push(Difference { what: format!("{what}, too much"), expected: None, found });
    }
}

/// Compares one value.
pub(super) fn value(what: &str, expected: &Expected, found: &Fields, exact: bool) -> Option<Difference> {
    let (path, expected, found) = first_difference(expected, Some(&map(found)), exact, "")?;
    let what = if path.is_empty() { what.to_owned() } else { format!("{what}, {path}") };
    Some(Difference { what, expected, found })
}

/// Compares two texts.
pub(super) fn texts(what: &str, expected: &str, found: &str) -> Option<Difference> {
    (expected != found).then(|| Difference {
        what: what.to_owned(),
        expected: Some(expected.to_owned()),
        found: Some(found.to_owned()),
    })
}

fn map(fields: &Fields) -> OwnedValue {
    OwnedValue::Map(fields.0.clone())
}

/// Path, expected and found text of the first difference.
type Found = (String, Option<String>, Option<String>);

fn first_difference(
    expected: &Expected,
    found: Option<&OwnedValue>,
    exact: bool,
    path: &str,
) -> Option<Found> {
    let differs = || {
        let expected = if matches!(expected, Expected::Absent) { None } else { Some(shown(expected)) };
        Some((path.to_owned(), expected, found.map(|found| to_json(&RecordValue(found.clone())))))
    };
    match (expected, found) {
        (Expected::Absent, None | Some(OwnedValue::Null)) => None,
        (Expected::Scalar(wanted), Some(found)) if wanted == found => None,
        (Expected::List(wanted), Some(OwnedValue::Array(found))) if wanted.len() == found.len() => {
            let mut pairs = wanted.iter().zip(found).enumerate();
            pairs.find_map(|(index, (wanted, found))| {
                first_difference(wanted, Some(found), exact, &format!("{path}[{index}]"))
            })
        }
        (Expected::Map(wanted), Some(OwnedValue::Map(found))) => {
            let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            // Of repeated keys the last one counts.
            let get = |key: &str| found.iter().rev().find(|field| *field.key == *key.as_bytes());
            let mut members = wanted.iter();
            let different = members.find_map(|(key, wanted)| {
                first_difference(wanted, get(key).map(|field| &field.value), exact, &below(key))
            });
            different.or_else(|| {
                let is_known = |field: &&OwnedField| {
                    field.key.starts_with(b"$") || wanted.iter().any(|(key, _)| key.as_bytes() == &*field.key)
                };
                let extra = found.iter().find(|field| exact && !is_known(field))?;
                let key = String::from_utf8_lossy(&extra.key);
                Some((below(&key), None, Some(to_json(&RecordValue(extra.value.clone())))))
            })
        }
        _ => differs(),
    }
}

/// An expected value as JSON.
fn shown(expected: &Expected) -> String {
    fn value(expected: &Expected) -> OwnedValue {
        match expected {
            Expected::Absent => OwnedValue::Null,
            Expected::Scalar(value) => value.clone(),
            Expected::List(items) => OwnedValue::Array(items.iter().map(value).collect()),
            Expected::Map(members) => OwnedValue::Map(
                members.iter().map(|(key, member)| OwnedField::new(key, value(member))).collect(),
            ),
        }
    }
    match value(expected) {
        OwnedValue::Map(fields) => for_people(&fields),
        other => to_json(&RecordValue(other)),
    }
}

/// A record as JSON, with `$tag` as a member like others.
fn for_people(fields: &[OwnedField]) -> String {
    let member = |field: &OwnedField| {
        let key = to_json(&String::from_utf8_lossy(&field.key));
        format!("{key}:{}", to_json(&RecordValue(field.value.clone())))
    };
    format!("{{{}}}", fields.iter().map(member).collect::<Vec<_>>().join(","))
}
