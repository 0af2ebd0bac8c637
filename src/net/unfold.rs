//! Folded header fields, made straight before the HTTP server sees them.
//!
//! AS2 products fold long fields as mail does (RFC 5322 section 2.2.3); HTTP/1.1 has given that up (RFC 9112 section 5.2), and
//! our HTTP server answers 400. [`Unfold`] stands between: it holds back a request's head until it is whole, joins folded lines, and
//! lets everything after it pass untouched. Where the next head begins it learns from [`Heads`], whose `next` is called when
//! an answer has been written: bytes of a request that came before the answer to the one ahead (pipelining) pass untouched.
//!
//! Promises: a head without folds passes byte for byte; a head over the limit, or one that breaks off, passes as it is, for the server
//! to refuse.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The largest head that is looked at; the server's own limit is lower.
const LONGEST_HEAD: usize = 128 * 1024;

/// Tells a connection's [`Unfold`] that a new head is to come.
#[derive(Debug, Clone)]
pub struct Heads(Arc<AtomicBool>);

impl Heads {
    pub fn next(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A connection whose request heads come unfolded.
pub struct Unfold<S> {
    inner: S,
    heads: Arc<AtomicBool>,
    /// What was read ahead: a head in the making, or what is to be handed out.
    buffer: Vec<u8>,
    /// Bytes of `buffer` handed out already.
    taken: usize,
    /// `buffer` may be handed out.
    ready: bool,
}

impl<S> Unfold<S> {
    pub fn new(inner: S) -> (Unfold<S>, Heads) {
        let heads = Arc::new(AtomicBool::new(true));
        let unfold = Unfold { inner, heads: heads.clone(), buffer: Vec::new(), taken: 0, ready: false };
        (unfold, Heads(heads))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Unfold<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.ready {
                let rest = &this.buffer[this.taken..];
                let n = rest.len().min(into.remaining());
                into.put_slice(&rest[..n]);
                this.taken += n;
                if this.taken == this.buffer.len() {
                    this.buffer.clear();
                    (this.taken, this.ready) = (0, false);
                }
                return Poll::Ready(Ok(()));
            }
            if !this.heads.load(Ordering::Acquire) {
                return Pin::new(&mut this.inner).poll_read(cx, into);
            }
            let mut piece = [0u8; 8 * 1024];
            let mut read = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut read))?;
            let came = read.filled();
            let from = this.buffer.len().saturating_sub(3);
            this.buffer.extend_from_slice(came);
            let end = head_end(&this.buffer, from);
            if came.is_empty() && this.buffer.is_empty() {
                return Poll::Ready(Ok(()));
            }
            if let Some(end) = end {
                unfold(&mut this.buffer, end);
            }
            if end.is_some() || came.is_empty() || this.buffer.len() > LONGEST_HEAD {
                this.heads.store(false, Ordering::Release);
                this.ready = true;
            }
        }
    }
}

/// Where the body begins; lines may end in LF alone. `from`: an empty line is looked for from there on.
fn head_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(n) = memchr::memchr(b'\n', &bytes[at..]) {
        let next = at + n + 1;
        match &bytes[next..] {
            [b'\n', ..] => return Some(next + 1),
            [b'\r', b'\n', ..] => return Some(next + 2),
            _ => at = next,
        }
    }
    None
}

/// Joins the folded lines of the head, which ends at `end`: each fold becomes one blank.
fn unfold(bytes: &mut Vec<u8>, end: usize) {
    let folded = (1..end).any(|at| bytes[at - 1] == b'\n' && matches!(bytes[at], b' ' | b'\t'));
    if !folded {
        return;
    }
    let mut straight = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < end {
        let byte = bytes[at];
        if byte == b'\n' && at + 1 < end && matches!(bytes[at + 1], b' ' | b'\t') {
            while straight.last().is_some_and(|last| matches!(last, b'\r' | b' ' | b'\t')) {
                straight.pop();
            }
            straight.push(b' ');
            at += 1;
            while at < end && matches!(bytes[at], b' ' | b'\t') {
                at += 1;
            }
        } else {
            straight.push(byte);
            at += 1;
        }
    }
    straight.extend_from_slice(&bytes[end..]);
    *bytes = straight;
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Unfold<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tokio::io::AsyncReadExt;

    /// Two requests, each coming in pieces of `size` bytes.
    async fn pass(requests: &[&[u8]], size: usize) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        let mut mock = tokio_util::io::StreamReader::new(futures_util::stream::iter(
            requests
                .concat()
                .chunks(size)
                .map(|piece| Ok::<_, io::Error>(bytes::Bytes::copy_from_slice(piece)))
                .collect::<Vec<_>>(),
        ));
        let (mut unfold, heads) = Unfold::new(&mut mock);
        for request in requests {
            let mut got = Vec::new();
            let whole = straight(request);
            while got.len() < whole.len() {
                let mut buffer = vec![0u8; whole.len() - got.len()];
                let n = unfold.read(&mut buffer).await.unwrap();
                assert!(n > 0, "ended early");
                got.extend_from_slice(&buffer[..n]);
            }
            heads.next();
            all.push(got);
        }
        all
    }

    fn straight(request: &[u8]) -> Vec<u8> {
        let mut request = request.to_vec();
        if let Some(end) = head_end(&request, 0) {
            super::unfold(&mut request, end);
        }
        request
    }

    #[tokio::test]
    async fn folds_of_heads_are_joined_and_bodies_left_alone() {
        let first = b"POST / HTTP/1.1\r\nDisposition-Notification-Options: signed-receipt-protocol=optional,\r\n\t pkcs7-signature;\r\n  signed-receipt-micalg=optional, sha1\r\nContent-Length: 12\r\n\r\nA: b\r\n c\r\n\r\n";
        let second = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n\r\n ";
        for size in [1, 2, 3, 7, 4096] {
            let got = pass(&[first, second], size).await;
            assert_eq!(
                String::from_utf8_lossy(&got[0]),
                "POST / HTTP/1.1\r\nDisposition-Notification-Options: signed-receipt-protocol=optional, pkcs7-signature; \
                 signed-receipt-micalg=optional, sha1\r\nContent-Length: 12\r\n\r\nA: b\r\n c\r\n\r\n"
            );
            assert_eq!(got[1], second);
        }
    }

    #[test]
    fn a_head_without_folds_is_not_touched() {
        let head = b"POST / HTTP/1.1\nA: b\n\n c".to_vec();
        assert_eq!(straight(&head), head);
    }

    #[tokio::test]
    async fn what_breaks_off_passes_as_it_is() {
        let mut cut: &[u8] = b"POST / HTTP/1.1\r\nA: b\r\n c";
        let whole = cut.to_vec();
        let (mut unfold, _) = Unfold::new(&mut cut);
        let mut got = Vec::new();
        unfold.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, whole);
    }
}
