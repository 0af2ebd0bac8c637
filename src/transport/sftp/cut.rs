//! A stream that can be cut from outside: once the token is cancelled, every read and write fails.
//!
//! A library that owns a connection need not be asked to let go of it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

pub struct Cut<S> {
    stream: S,
    cancelled: Pin<Box<WaitForCancellationFutureOwned>>,
    /// The future must not be asked again once it has ended.
    gone: bool,
}

impl<S> Cut<S> {
    pub fn new(stream: S, token: CancellationToken) -> Cut<S> {
        Cut { stream, cancelled: Box::pin(token.cancelled_owned()), gone: false }
    }

    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        self.gone = self.gone || self.cancelled.as_mut().poll(context).is_ready();
        if self.gone { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Cut<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Cut<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn who_waits_is_woken_by_the_cut() {
        let (near, mut far) = tokio::io::duplex(16);
        let token = CancellationToken::new();
        let mut near = Cut::new(near, token.clone());
        far.write_all(b"ab").await.unwrap();
        assert_eq!(near.read_u16().await.unwrap(), 0x6162);
        let waiting = tokio::spawn(async move { near.read_u8().await });
        token.cancel();
        assert_eq!(waiting.await.unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
    }
}
