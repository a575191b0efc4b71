//! The way of the records of a tag.

use std::cell::Cell;
use std::sync::Arc;

use fluentbit_filter::TagState;

use super::TagId;

/// What is constant for a tag of an input.
#[derive(Debug)]
pub struct Route {
    pub(super) tag: Arc<[u8]>,
    pub(super) input: usize,
    pub(super) steps: Vec<Step>,
    pub(super) outputs: Vec<usize>,
    /// For each output with processors a way of its own, which begins where this one ends.
    pub(super) branches: Vec<TagId>,
    /// Whether it is such a way.
    pub(super) is_branch: bool,
}

#[derive(Debug)]
pub(super) struct Step {
    pub(super) filter: usize,
    pub(super) state: TagState,
    /// Whether a record of this batch settled the fate of those that wait at this step.
    pub(super) settled: Cell<bool>,
}

impl Route {
    /// The tag.
    #[must_use]
    pub fn tag(&self) -> &Arc<[u8]> {
        &self.tag
    }

    /// The input the tag's records come from, by its place in [`Pipeline::inputs`](crate::Pipeline::inputs); beyond these, the filter that
    /// retagged them.
    #[must_use]
    pub fn input(&self) -> usize {
        self.input
    }

    /// The outputs that take the tag, by their places in [`Pipeline::outputs`](crate::Pipeline::outputs).
    #[must_use]
    pub fn outputs(&self) -> &[usize] {
        &self.outputs
    }
}
