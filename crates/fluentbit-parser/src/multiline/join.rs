//! What a line does to the message of its stream.

use event_model::Compat;

use super::Message;
use super::group::{Group, Piece};
use super::machine::{Multiline, MultilineState, Out};
use super::parser::{Rule, State};
use crate::line::Context;

/// How many streams of lines one file may have. What belongs to more of them ends the message of the first.
const MOST_GROUPS: usize = 64;

impl Multiline {
    /// The group of a stream, which is made if there is none.
    pub(super) fn group<'a>(
        &'a self,
        index: usize,
        stream: &[u8],
        state: &mut MultilineState,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) -> usize {
        let Some(groups) = state.groups.get_mut(index) else { return 0 };
        // The first group is for lines without a stream.
        if let Some(known) = groups.iter().skip(1).position(|group| *group.name == *stream) {
            return known + 1;
        }
        if groups.len() < MOST_GROUPS {
            groups.push(Group::new(stream));
            return groups.len() - 1;
        }
        self.flush_group(index, 1, state, cx, out);
        if let Some(group) = state.groups.get_mut(index).and_then(|groups| groups.get_mut(1)) {
            *group = Group::new(stream);
        }
        1
    }

    /// Joins a line to the message of its group, if the parser takes it.
    pub(super) fn join<'a>(
        &'a self,
        index: usize,
        group: usize,
        state: &mut MultilineState,
        piece: &Piece<'a, '_>,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) -> bool {
        let Some(parser) = self.parsers.get(index) else { return false };
        if self.compat == Compat::V1_8
            && let Some(&last) = state.last_group.get(index)
            && last != group
        {
            self.flush_group(index, last, state, cx, out);
        }
        if let Some(last) = state.last_group.get_mut(index) {
            *last = group;
        }
        let compared = piece.pattern.unwrap_or(piece.content);
        let ends = match &parser.rule {
            Rule::States(rules) => return self.join_state(rules, (index, group), state, piece, cx, out),
            Rule::Equal { text, negate } => (*compared == **text) != *negate,
            Rule::EndsWith { text, negate } => {
                if compared.len() < text.len() {
                    if piece.fields.is_some() {
                        return false;
                    }
                    if piece.content.is_empty() {
                        state.current = None;
                        return true;
                    }
                }
                compared.ends_with(text) != *negate
            }
        };
        let is_pending = state.group(index, group).is_some_and(|group| group.is_pending());
        if let Some(fields) = piece.fields
            && ends
            && !is_pending
            && piece.content.len() <= self.limit
        {
            // Most messages are one line: it comes out as it is.
            state.current = None;
            out(Message {
                timestamp: piece.time,
                fields,
                truncated: false,
                position: piece.position,
                pending: state.pending(),
            });
            return true;
        }
        let lines = self.key_content(index).is_none();
        let deadline = cx.now.plus_milliseconds(self.flush_timeout);
        let Some(pending) = state.group(index, group) else { return false };
        pending.begin(piece);
        pending.deadline = deadline;
        if lines {
            pending.end_line();
        }
        pending.append(piece.content, self.limit);
        let full = pending.is_full();
        state.current = None;
        if ends || full {
            self.flush_group(index, group, state, cx, out);
        }
        true
    }

    /// The same for a parser with states.
    fn join_state<'a>(
        &'a self,
        rules: &[State],
        (index, group): (usize, usize),
        state: &mut MultilineState,
        piece: &Piece<'a, '_>,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) -> bool {
        let matches = |rule: &State| rule.regex.is_match(piece.content);
        let before = state.group(index, group).and_then(|group| group.state).and_then(|rule| rules.get(rule));
        let next = before.into_iter().flat_map(|before| &before.next).copied();
        let continued = next
            .into_iter()
            .find(|&rule| rules.get(rule).is_some_and(|rule| !rule.is_start && matches(rule)));
        let Some(matched) =
            continued.or_else(|| rules.iter().position(|rule| rule.is_start && matches(rule)))
        else {
            return false;
        };
        if continued.is_none() && state.group(index, group).is_some_and(|group| !group.text.is_empty()) {
            self.flush_group(index, group, state, cx, out);
        }
        let deadline = cx.now.plus_milliseconds(self.flush_timeout);
        let Some(pending) = state.group(index, group) else { return false };
        pending.begin(piece);
        pending.deadline = deadline;
        pending.state = Some(matched);
        if continued.is_some() {
            pending.end_line();
            if piece.content.is_empty() {
                pending.append(b"\n", self.limit);
            }
        }
        pending.append(piece.content, self.limit);
        let full = pending.is_full();
        if full {
            // No more lines for this one.
            pending.state = None;
        }
        state.current = None;
        let next = rules.get(matched).into_iter().flat_map(|rule| &rule.next);
        let ends = next.into_iter().any(|&next| rules.get(next).is_some_and(|rule| rule.is_start));
        if full || (ends && state.group(index, group).is_some_and(|group| !group.text.is_empty())) {
            self.flush_group(index, group, state, cx, out);
        }
        true
    }

    pub(super) fn flush_expired<'a>(
        &'a self,
        state: &mut MultilineState,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) {
        for index in 0..state.groups.len() {
            for group in 0..state.groups.get(index).map_or(0, Vec::len) {
                if state.group(index, group).is_some_and(|group| group.deadline <= cx.now) {
                    self.flush_group(index, group, state, cx, out);
                }
            }
        }
    }

    pub(super) fn flush_parser<'a>(
        &'a self,
        index: usize,
        state: &mut MultilineState,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) {
        for group in 0..state.groups.get(index).map_or(0, Vec::len) {
            self.flush_group(index, group, state, cx, out);
        }
    }

    pub(super) fn flush_group<'a>(
        &'a self,
        index: usize,
        group: usize,
        state: &mut MultilineState,
        cx: &mut Context<'a, '_>,
        out: Out<'_, 'a>,
    ) {
        let lines = self.key_content(index).is_none();
        let Some(pending) = state.group(index, group).filter(|group| group.is_pending()) else { return };
        if lines {
            pending.end_line();
        }
        let message = pending.take(self.content_name(index), cx.arena);
        state.emit(&message, out);
    }
}
