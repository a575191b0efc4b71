//! Colours on a terminal.

use std::env;
use std::fmt::{self, Display};
use std::io::{self, IsTerminal};

/// Colours text, or leaves it alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    is_on: bool,
}

impl Paint {
    /// Colours if standard output is a terminal and `NO_COLOR` is not set (<https://no-color.org>).
    pub(super) fn for_stdout() -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { is_on: !refused && io::stdout().is_terminal() }
    }

    pub(super) fn bold<T: Display>(self, text: T) -> Painted<T> {
        self.with("1", text)
    }

    pub(super) fn dim<T: Display>(self, text: T) -> Painted<T> {
        self.with("2", text)
    }

    pub(super) fn red<T: Display>(self, text: T) -> Painted<T> {
        self.with("31", text)
    }

    pub(super) fn green<T: Display>(self, text: T) -> Painted<T> {
        self.with("32", text)
    }

    pub(super) fn yellow<T: Display>(self, text: T) -> Painted<T> {
        self.with("33", text)
    }

    pub(super) fn blue<T: Display>(self, text: T) -> Painted<T> {
        self.with("36", text)
    }

    fn with<T: Display>(self, code: &'static str, text: T) -> Painted<T> {
        Painted { code: self.is_on.then_some(code), text }
    }
}

/// Text with its colour.
#[derive(Debug)]
pub(super) struct Painted<T> {
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
