//! The WebAssembly side of the npm package `weirgate`: one function, [`call`], that takes and gives JSON.
//!
//! Types, errors and loading are JavaScript's part, in `npm/`.
//!
//! What it does not do: anything that [`weirgate::api`] does not do.
#![forbid(unsafe_code)]

use wasm_bindgen::prelude::*;

/// Answers the question `method` in JSON.
///
/// # Errors
///
/// A question without an answer throws its error as JSON: `{"kind":"…","message":"…"}`.
#[wasm_bindgen]
pub fn call(method: &str, request: &str) -> Result<String, JsValue> {
    weirgate::api::call(method, request).map_err(|error| JsValue::from_str(&error.to_json()))
}
