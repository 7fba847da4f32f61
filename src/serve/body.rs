//! The body of an answer: bytes that are there already, or messages that follow one another.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tokio::sync::mpsc;

/// The body of an answer.
pub enum Body {
    /// All of it, until it is taken.
    Whole(Option<Bytes>),
    /// What comes, until the sender ends.
    Stream(mpsc::Receiver<Bytes>),
}

impl Body {
    /// Makes a body without bytes.
    pub fn empty() -> Self {
        Body::Whole(None)
    }

    /// Makes a body of bytes.
    pub fn whole(bytes: Bytes) -> Self {
        Body::Whole(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = |bytes: Option<Bytes>| bytes.map(|bytes| Ok(Frame::data(bytes)));
        match self.get_mut() {
            Body::Whole(bytes) => Poll::Ready(frame(bytes.take())),
            Body::Stream(receiver) => receiver.poll_recv(context).map(frame),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Body::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Body::Stream(_) => SizeHint::default(),
        }
    }
}
