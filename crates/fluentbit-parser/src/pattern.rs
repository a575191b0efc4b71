//! Patterns in a configuration.

use event_model::Compat;
use onigmo_regex::{Error, Regex, Wrapping};

/// Compiles a pattern as the release reads it: 5.1.1 takes `/pattern/flags`, 1.8.11 only `/pattern/`.
///
/// ```
/// use event_model::Compat;
/// use fluentbit_parser::compile_pattern;
///
/// assert!(compile_pattern("/warn/i", Compat::V5_1)?.is_match(b"WARN"));
/// assert!(!compile_pattern("/warn/i", Compat::V1_8)?.is_match(b"WARN"));
/// # Ok::<(), onigmo_regex::Error>(())
/// ```
///
/// # Errors
///
/// When the pattern does not compile.
pub fn compile_pattern(pattern: &str, compat: Compat) -> Result<Regex, Error> {
    let wrapping = match compat {
        Compat::V1_8 => Wrapping::SlashesOnly,
        _ => Wrapping::Flags,
    };
    Regex::fluent_bit(pattern, wrapping)
}
