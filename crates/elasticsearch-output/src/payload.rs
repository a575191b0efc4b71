//! The body of a request, shared with the batch it came from.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use elasticsearch_bulk::BulkBody;
use hyper::body::{Body, Buf, Bytes, Frame, SizeHint};

/// The body of a request: nothing, compressed bytes, or a bulk body that is not copied.
#[derive(Clone, Debug)]
pub(crate) struct Payload(Option<Data>);

/// Bytes that are still to be written.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    Bytes(Bytes),
    Shared { body: Arc<BulkBody>, at: usize },
}

impl Payload {
    pub(crate) fn empty() -> Self {
        Self(None)
    }

    pub(crate) fn bytes(bytes: Vec<u8>) -> Self {
        Self(Some(Data::Bytes(bytes.into())))
    }

    pub(crate) fn shared(body: Arc<BulkBody>) -> Self {
        Self(Some(Data::Shared { body, at: 0 }))
    }
}

impl Body for Payload {
    type Data = Data;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Data>, Infallible>>> {
        Poll::Ready(self.0.take().map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |data| data.remaining() as u64))
    }
}

impl Buf for Data {
    fn remaining(&self) -> usize {
        self.chunk().len()
    }

    fn chunk(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Shared { body, at } => body.bytes().get(*at..).unwrap_or_default(),
        }
    }

    fn advance(&mut self, count: usize) {
        match self {
            Self::Bytes(bytes) => bytes.advance(count),
            Self::Shared { at, .. } => *at += count,
        }
    }
}
