//! Colours on a terminal.

use std::env;
use std::fmt::{self, Display};
use std::io::{self, IsTerminal};

/// Colours text, or leaves it alone.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    is_on: bool,
}

impl Paint {
    /// Colours if standard output is a terminal that has some, and `NO_COLOR` is not set (<https://no-color.org>).
    #[must_use]
    pub fn for_stdout() -> Self {
        Self::for_terminal(io::stdout().is_terminal())
    }

    /// The same for standard error.
    #[must_use]
    pub fn for_stderr() -> Self {
        Self::for_terminal(io::stderr().is_terminal())
    }

    /// Leaves all text alone.
    #[must_use]
    pub fn off() -> Self {
        Self { is_on: false }
    }

    fn for_terminal(is_terminal: bool) -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self { is_on: is_terminal && !refused && !is_dumb }
    }

    /// Bold text.
    pub fn bold<T: Display>(self, text: T) -> Painted<T> {
        self.with("1", text)
    }

    /// Text that stands back.
    pub fn dim<T: Display>(self, text: T) -> Painted<T> {
        self.with("2", text)
    }

    /// Red: what is wrong.
    pub fn red<T: Display>(self, text: T) -> Painted<T> {
        self.with("31", text)
    }

    /// Green: what is right.
    pub fn green<T: Display>(self, text: T) -> Painted<T> {
        self.with("32", text)
    }

    /// Yellow: what is to be looked at.
    pub fn yellow<T: Display>(self, text: T) -> Painted<T> {
        self.with("33", text)
    }

    /// Blue: what is worth knowing.
    pub fn blue<T: Display>(self, text: T) -> Painted<T> {
        self.with("36", text)
    }

    fn with<T: Display>(self, code: &'static str, text: T) -> Painted<T> {
        Painted { code: self.is_on.then_some(code), text }
    }
}

/// Text with its colour.
#[derive(Clone, Copy, Debug)]
pub struct Painted<T> {
    code: Option<&'static str>,
    text: T,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "\x1b[{code}m{}\x1b[0m", self.text),
            None => self.text.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours() {
        for (is_on, expected) in [(true, "\x1b[31ma\x1b[0m"), (false, "a")] {
            assert_eq!(Paint { is_on }.red("a").to_string(), expected);
        }
    }
}
