//! The time of a line.

use std::sync::Arc;

use event_model::Timestamp;

use super::{Context, Parsed, Warning};
use crate::time::{TimeError, TimeFormat, TimeZone};

/// How a parser finds its time.
#[derive(Clone, Debug)]
pub(super) struct Timed {
    pub(super) key: Box<[u8]>,
    pub(super) format: TimeFormat,
    pub(super) keep: bool,
    pub(super) strict: bool,
}

impl Timed {
    /// Reads a time. Without `Time_Strict`, what could be read of it is a time as well.
    pub(super) fn read(&self, text: &[u8], cx: &Context<'_, '_>) -> Result<Timestamp, TimeError> {
        self.format.parse(text, cx.now).or_else(|error| match error.partial() {
            Some(partial) if !self.strict => Ok(partial),
            _ => Err(error),
        })
    }

    pub(super) fn set_system_time_zone(&mut self, zone: &Arc<dyn TimeZone>) {
        self.format.set_system_time_zone(zone);
    }
}

impl<'a> Parsed<'a> {
    /// Takes the time. Zero is none.
    pub(super) fn set_time(&mut self, time: Timestamp) {
        self.time = Some(time).filter(|time| *time != Timestamp::default());
    }

    /// Takes a warning, if it is the first.
    pub(super) fn warn(&mut self, warning: Warning<'a>) {
        self.warning.get_or_insert(warning);
    }
}
