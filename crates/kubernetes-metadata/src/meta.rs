//! What all objects have.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::tolerant::or_default;

/// Name, labels and relations of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ObjectMeta {
    /// The name, unique for its kind and namespace.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// The namespace; empty for objects of the cluster.
    #[serde(deserialize_with = "or_default")]
    pub namespace: String,
    /// The id that no other object ever has.
    pub uid: Option<String>,
    /// The version that a watch continues from.
    #[serde(deserialize_with = "or_default")]
    pub resource_version: String,
    /// Labels in the order of the JSON text.
    pub labels: Option<Pairs>,
    /// Annotations in the order of the JSON text.
    pub annotations: Option<Pairs>,
    /// The objects this one belongs to.
    pub owner_references: Option<Vec<OwnerReference>>,
}

impl ObjectMeta {
    /// The labels; none when the field is missing.
    #[must_use]
    pub fn labels(&self) -> &Pairs {
        self.labels.as_ref().unwrap_or(&NONE)
    }

    /// The annotations; none when the field is missing.
    #[must_use]
    pub fn annotations(&self) -> &Pairs {
        self.annotations.as_ref().unwrap_or(&NONE)
    }

    /// The owner that manages the object: the first with `controller: true`.
    #[must_use]
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owner_references.as_deref()?.iter().find(|owner| owner.controller == Some(true))
    }
}

/// An object that another one belongs to. The fields are in the order of the API's JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OwnerReference {
    /// Group and version, such as `apps/v1`.
    pub api_version: Option<String>,
    /// Kind, such as `ReplicaSet`.
    #[serde(deserialize_with = "or_default")]
    pub kind: String,
    /// Name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// Id.
    pub uid: Option<String>,
    /// Whether the owner manages the object.
    pub controller: Option<bool>,
    /// Whether the owner waits for the object when it is deleted.
    pub block_owner_deletion: Option<bool>,
}

/// Names and values in the order of the JSON text.
///
/// A value that is no string, which the API never sends, is read as its JSON text; one that is an object or
/// a list is skipped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

static NONE: Pairs = Pairs(Vec::new());

impl Pairs {
    /// The value of `name`; the last one, when a name is repeated.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &str)> + ExactSizeIterator + Clone {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Pairs {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        // The length is a hint of the input: it is not trusted.
        let mut pairs = Vec::new();
        while let Some((key, ScalarText(value))) = map.next_entry()? {
            if let Some(value) = value {
                pairs.push((key, value));
            }
        }
        Ok(Pairs(pairs))
    }
}

/// The text of a scalar.
struct ScalarText(Option<String>);

impl<'de> Deserialize<'de> for ScalarText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor).map(Self)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, value: &str) -> Result<Option<String>, E> {
        Ok(Some(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Option<String>, E> {
        Ok(Some(value))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Option<String>, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Option<String>, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Option<String>, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Option<String>, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Option<String>, E> {
        Ok(Some(String::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<String>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
