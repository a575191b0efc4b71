//! Files and other bytes in JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fluentbit_config::MemoryFiles;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Error;

/// Bytes: in JSON a text, or `{"base64": "…"}` where they are no UTF-8.
///
/// ```
/// use weirgate::api::{Content, to_json};
///
/// assert_eq!(to_json(&Content::from("é")), "\"é\"");
/// assert_eq!(to_json(&Content::from(vec![0xff])), r#"{"base64":"/w=="}"#);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Content(Vec<u8>);

impl Content {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as a text, with U+FFFD for what is no UTF-8.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Form<'a> {
    Text(Cow<'a, str>),
    Encoded(Encoded),
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Encoded {
    base64: String,
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => Encoded { base64: STANDARD.encode(&self.0) }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Form::deserialize(deserializer)? {
            Form::Text(text) => text.into_owned().into_bytes(),
            Form::Encoded(Encoded { base64 }) => STANDARD.decode(base64).map_err(serde::de::Error::custom)?,
        }))
    }
}

/// Files by name, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Files(BTreeMap<String, Content>);

impl Files {
    /// The file called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Content> {
        self.0.get(name)
    }

    /// Adds a file, replacing one of the same name.
    pub fn insert(&mut self, name: impl Into<String>, content: impl Into<Content>) {
        self.0.insert(name.into(), content.into());
    }

    /// The files by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Content)> {
        self.0.iter().map(|(name, content)| (name.as_str(), content))
    }

    /// The name of the entry file: the one asked for, or the only one, or one with the usual name.
    pub(super) fn main(&self, asked: Option<&str>, usual: &[&str]) -> Result<String, Error> {
        if let Some(name) = asked {
            return match self.0.contains_key(name) {
                true => Ok(name.to_owned()),
                false => Err(Error::input(format!("there is no file `{name}` among `files`"))),
            };
        }
        if let (1, Some(name)) = (self.0.len(), self.0.keys().next()) {
            return Ok(name.clone());
        }
        let found = usual.iter().find(|name| self.0.contains_key(**name));
        found.map(|name| (*name).to_owned()).ok_or_else(|| {
            let usual = usual.join("` or `");
            Error::input(format!("`main` must say which of the files is the entry: none is called `{usual}`"))
        })
    }

    /// The files for readers of configurations.
    pub(super) fn memory(&self) -> MemoryFiles {
        let mut memory = MemoryFiles::new();
        for (name, content) in &self.0 {
            memory.insert(name, content.bytes());
        }
        memory
    }
}

impl<N: Into<String>, C: Into<Content>> FromIterator<(N, C)> for Files {
    fn from_iter<I: IntoIterator<Item = (N, C)>>(files: I) -> Self {
        Self(files.into_iter().map(|(name, content)| (name.into(), content.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents() {
        for (json, expected) in [
            (r#""a\u00e9""#, Some("aé".as_bytes())),
            (r#"{"base64": "/wA="}"#, Some(&[0xff, 0][..])),
            (r#"{"base64": "?"}"#, None),
            (r#"{"base64": "/wA=", "x": 1}"#, None),
            ("1", None),
        ] {
            let found = serde_json::from_str::<Content>(json).ok();
            assert_eq!(found.as_ref().map(Content::bytes), expected, "{json}");
        }
    }

    #[test]
    fn the_entry_file() {
        let files = |names: &[&str]| names.iter().map(|name| (*name, "")).collect::<Files>();
        for (names, asked, expected) in [
            (&["a"][..], None, Some("a")),
            (&["a", "b"], Some("b"), Some("b")),
            (&["a", "b"], Some("c"), None),
            (&["a", "b"], None, None),
            (&["a", "main.conf"], None, Some("main.conf")),
        ] {
            assert_eq!(files(names).main(asked, &["main.conf"]).ok().as_deref(), expected, "{names:?}");
        }
    }
}
