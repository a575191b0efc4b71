//! The WebAssembly side of the npm package `weirgate`: one function, [`call`], that takes and gives JSON.
//!
//! There are two modules, one for each half of the questions (the features `logs` and `metrics`). The few questions
//! that need both are answered by one module with the help of the other, which it reaches through JavaScript.
//!
//! Types, errors and loading are JavaScript's part, in `npm/`.
//!
//! What it does not do: anything that [`weirgate::api`] does not do.
#![forbid(unsafe_code)]

use wasm_bindgen::prelude::*;
use weirgate::api::{Error, call_half};

#[wasm_bindgen(raw_module = "./halves.js")]
extern "C" {
    /// Asks the module of the other half; throws errors as [`call`] does.
    #[wasm_bindgen(catch, js_name = askMetrics)]
    fn ask_metrics(method: &str, request: &str) -> Result<String, JsValue>;
}

/// Answers the question `method` in JSON.
///
/// # Errors
///
/// A question without an answer throws its error as JSON: `{"kind":"…","message":"…"}`.
#[wasm_bindgen]
pub fn call(method: &str, request: &str) -> Result<String, JsValue> {
    call_half(method, request, &other).map_err(|error| JsValue::from_str(&error.to_json()))
}

/// Only the module of the log half asks the other one.
fn other(method: &str, request: &str) -> Result<String, Error> {
    if cfg!(feature = "metrics") {
        return weirgate::api::call(method, request);
    }
    ask_metrics(method, request)
        .map_err(|error| Error::from_json(&error.as_string().unwrap_or_else(|| "an exception".to_owned())))
}
