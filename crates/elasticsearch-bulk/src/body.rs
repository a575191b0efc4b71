//! Bulk bodies whose items can be told apart.

use std::ops::Range;

use memchr::memmem;

/// The body of a bulk request, with the boundaries of its items: so that single items can be sent again, put
/// away or left out.
///
/// A body is made by [`BulkWriter`](crate::BulkWriter).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkBody {
    bytes: Vec<u8>,
    items: Vec<Boundaries>,
    /// The member of the action lines that names the type, with its comma; empty if there is none.
    type_member: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Boundaries {
    /// After the newline of the action line.
    action_end: u32,
    /// After the newline of the document.
    end: u32,
}

/// One item of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkItem<'a> {
    /// The action line, without its newline.
    pub action: &'a [u8],
    /// The document's line, without its newline.
    pub document: &'a [u8],
}

impl<'a> BulkItem<'a> {
    /// An item of two lines.
    #[must_use]
    pub fn new(action: &'a [u8], document: &'a [u8]) -> Self {
        Self { action, document }
    }
}

impl BulkBody {
    /// An empty body.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes to send.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes to send, for good.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The item at `index`.
    #[must_use]
    pub fn item(&self, index: usize) -> Option<BulkItem<'_>> {
        let range = self.range(index)?;
        let action_end = self.items.get(index)?.action_end as usize;
        Some(BulkItem {
            action: self.bytes.get(range.start..action_end)?.strip_suffix(b"\n")?,
            document: self.bytes.get(action_end..range.end)?.strip_suffix(b"\n")?,
        })
    }

    /// All items, in order.
    pub fn items(&self) -> impl ExactSizeIterator<Item = BulkItem<'_>> {
        (0..self.len()).map(|index| self.item(index).unwrap_or(BulkItem { action: &[], document: &[] }))
    }

    /// A body of the items at `indices`, in that order. Indices beyond the end are left out.
    #[must_use]
    pub fn select(&self, indices: impl IntoIterator<Item = usize>) -> Self {
        let mut selected = Self { type_member: self.type_member.clone(), ..Self::new() };
        for index in indices {
            if let (Some(range), Some(item)) = (self.range(index), self.items.get(index)) {
                let action = item.action_end as usize - range.start;
                selected.push(&self.bytes[range], action);
            }
        }
        selected
    }

    /// Whether action lines name a type.
    #[must_use]
    pub fn has_types(&self) -> bool {
        !self.type_member.is_empty()
    }

    /// A body of the same items whose action lines have no `_type`, for servers that refuse it.
    #[must_use]
    pub fn without_types(&self) -> Self {
        if self.type_member.is_empty() {
            return self.clone();
        }
        let finder = memmem::Finder::new(&self.type_member);
        let mut plain = Self::new();
        plain.bytes.reserve(self.bytes.len());
        for index in 0..self.len() {
            let (Some(range), Some(item)) = (self.range(index), self.items.get(index)) else { continue };
            let whole = &self.bytes[range.clone()];
            let action = item.action_end as usize - range.start;
            match finder.find(&whole[..action]) {
                Some(at) => {
                    let start = plain.bytes.len();
                    plain.bytes.extend_from_slice(&whole[..at]);
                    plain.bytes.extend_from_slice(&whole[at + self.type_member.len()..]);
                    plain.close_item(start + action - self.type_member.len());
                }
                None => plain.push(whole, action),
            }
        }
        plain
    }

    /// Forgets all items and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.items.clear();
    }

    /// The buffer that the next item is appended to.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Ends the item that was appended to the buffer; its document starts at `document`.
    ///
    /// A body that outgrows 4 GiB would be no use to any server: boundaries beyond are not kept apart.
    pub(crate) fn close_item(&mut self, document: usize) {
        let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.items.push(Boundaries { action_end: position(document), end: position(self.bytes.len()) });
    }

    /// Remembers how action lines of this body name the type.
    pub(crate) fn set_type_member(&mut self, member: &[u8]) {
        if self.type_member != member {
            self.type_member.clear();
            self.type_member.extend_from_slice(member);
        }
    }

    fn push(&mut self, item: &[u8], action: usize) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(item);
        self.close_item(start + action);
    }

    fn range(&self, index: usize) -> Option<Range<usize>> {
        let end = self.items.get(index)?.end as usize;
        let before = index.checked_sub(1).and_then(|before| self.items.get(before));
        Some(before.map_or(0, |item| item.end as usize)..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> BulkBody {
        let mut body = BulkBody::new();
        body.set_type_member(b",\"_type\":\"_doc\"");
        for (action, document) in [
            ("{\"create\":{\"_index\":\"a\",\"_type\":\"_doc\"}}\n", "{\"n\":1}\n"),
            (
                "{\"create\":{\"_index\":\"a\",\"_type\":\"_doc\",\"_id\":\"x\"}}\n",
                "{\"n\":\",\\\"_type\\\":\\\"_doc\\\"\"}\n",
            ),
            ("{\"create\":{\"_index\":\"b\"}}\n", "{}\n"),
        ] {
            body.buffer().extend_from_slice(action.as_bytes());
            let document_start = body.buffer().len();
            body.buffer().extend_from_slice(document.as_bytes());
            body.close_item(document_start);
        }
        body
    }

    #[test]
    fn items_are_found_again() {
        let body = body();
        assert_eq!(body.len(), 3);
        let documents: Vec<_> = body.items().map(|item| item.document).collect();
        assert_eq!(documents, [&b"{\"n\":1}"[..], b"{\"n\":\",\\\"_type\\\":\\\"_doc\\\"\"}", b"{}"]);
        assert_eq!(body.item(2).map(|item| item.action), Some(&b"{\"create\":{\"_index\":\"b\"}}"[..]));
        assert_eq!(body.item(3), None);
    }

    #[test]
    fn selections_are_bodies() {
        let body = body();
        let selected = body.select([2, 0, 9]);
        assert_eq!(
            String::from_utf8_lossy(selected.bytes()),
            "{\"create\":{\"_index\":\"b\"}}\n{}\n{\"create\":{\"_index\":\"a\",\"_type\":\"_doc\"}}\n{\"n\":1}\n"
        );
        assert_eq!(selected.item(1), body.item(0));
        assert_eq!(body.select(0..3), body);
        assert!(body.select([]).is_empty());
    }

    #[test]
    fn types_can_be_left_out() {
        let plain = body().without_types();
        let actions: Vec<_> = plain.items().map(|item| String::from_utf8_lossy(item.action)).collect();
        assert_eq!(
            actions,
            [
                "{\"create\":{\"_index\":\"a\"}}",
                "{\"create\":{\"_index\":\"a\",\"_id\":\"x\"}}",
                "{\"create\":{\"_index\":\"b\"}}"
            ]
        );
        assert_eq!(plain.item(1).map(|item| item.document), body().item(1).map(|item| item.document));
        assert!(body().has_types() && !plain.has_types());
        assert_eq!(plain.without_types(), plain);
    }
}
