//! Reading rules that differ from serde's.

use serde::{Deserialize, Deserializer};

/// `null` is the default, as in the decoder of the API's own libraries.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
