//! A request's body on its way into the spool.
//!
//! [`receive`] streams: memory stays flat at any size. It stops at the limit, without reading the rest, and it does not
//! let a client hold a place for ever: the body has `patience` to begin with and earns a second with each KiB that comes, so
//! both silence and a trickle end. A body that breaks off is an error, never a short message.

use super::spool::{Spool, SpoolError, Spooled};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body;
use std::fmt;
use std::io;
use std::time::Duration;
use tokio::time::Instant;

/// Bytes a second that a client must keep up on average.
const SLOWEST: u64 = 1024;

#[derive(Debug)]
pub enum BodyError {
    /// More than `limit` bytes came or are announced: 413.
    TooLarge { limit: u64 },
    /// Too slow: 408.
    Stalled,
    /// The connection broke, or the body is malformed: there is nobody to answer, or 400.
    Broken(String),
    /// Our spool cannot take it: 503.
    Disk(io::Error),
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BodyError::TooLarge { limit } => write!(f, "the body is larger than the limit of {limit} bytes"),
            BodyError::Stalled => write!(f, "the body came slower than {SLOWEST} bytes a second"),
            BodyError::Broken(why) => write!(f, "the body broke off: {why}"),
            BodyError::Disk(e) => write!(f, "the spool folder cannot be used: {e}"),
        }
    }
}

impl std::error::Error for BodyError {}

impl From<SpoolError> for BodyError {
    fn from(e: SpoolError) -> Self {
        match e {
            SpoolError::TooLarge { limit } => BodyError::TooLarge { limit },
            SpoolError::Disk(e) => BodyError::Disk(e),
        }
    }
}

/// Takes `body` to its end, at most `limit` bytes.
pub async fn receive<B>(body: B, spool: &Spool, limit: u64, patience: Duration) -> Result<Spooled, BodyError>
where
    B: Body<Data = Bytes>,
    B::Error: fmt::Display,
{
    // What Content-Length announces is known before the first byte.
    if body.size_hint().lower() > limit {
        return Err(BodyError::TooLarge { limit });
    }
    let mut body = std::pin::pin!(body);
    let mut writer = spool.writer(limit);
    let start = Instant::now();
    loop {
        let deadline = start + patience + Duration::from_secs(writer.size() / SLOWEST);
        match tokio::time::timeout_at(deadline, body.frame()).await {
            Ok(Some(Ok(frame))) => {
                if let Ok(bytes) = frame.into_data() {
                    writer.write(&bytes).await?;
                }
            }
            Ok(Some(Err(e))) => return Err(BodyError::Broken(e.to_string())),
            Ok(None) => return Ok(writer.finish().await?),
            Err(_) => return Err(BodyError::Stalled),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use futures_util::{StreamExt, stream};
    use http_body_util::{Full, StreamBody};
    use hyper::body::Frame;

    const LONG: Duration = Duration::from_secs(20);

    fn spool() -> (tempfile::TempDir, Spool) {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::new(dir.path()).unwrap();
        (dir, spool)
    }

    type Piece = Result<Frame<Bytes>, io::Error>;

    fn piece(bytes: &'static [u8]) -> Piece {
        Ok(Frame::data(Bytes::from_static(bytes)))
    }

    #[tokio::test]
    async fn pieces_become_one_body() {
        let (_dir, spool) = spool();
        let body = StreamBody::new(stream::iter([piece(b"ISA"), piece(b""), piece(b"*00")]));
        let spooled = receive(body, &spool, 6, LONG).await.unwrap();
        assert_eq!(&spooled.in_memory().unwrap()[..], b"ISA*00");
        let empty = receive(Full::new(Bytes::new()), &spool, 6, LONG).await.unwrap();
        assert_eq!(empty.size, 0);
    }

    #[tokio::test]
    async fn too_large_by_announcement_or_by_fact() {
        let (_dir, spool) = spool();
        let announced = Full::new(Bytes::from_static(b"1234567"));
        let error = receive(announced, &spool, 6, LONG).await.unwrap_err();
        assert!(matches!(error, BodyError::TooLarge { limit: 6 }));
        // The rest is not waited for.
        let pieces = stream::iter([piece(b"1234"), piece(b"567")]).chain(stream::pending());
        let error = receive(StreamBody::new(pieces), &spool, 6, LONG).await.unwrap_err();
        assert!(matches!(error, BodyError::TooLarge { limit: 6 }));
    }

    #[tokio::test]
    async fn a_broken_or_silent_body_is_no_message() {
        let (_dir, spool) = spool();
        let broken = stream::iter([piece(b"ISA"), Err(io::ErrorKind::ConnectionReset.into())]);
        let error = receive(StreamBody::new(broken), &spool, 100, LONG).await.unwrap_err();
        assert!(matches!(error, BodyError::Broken(_)));
        let silent = stream::iter([piece(b"ISA")]).chain(stream::pending());
        let error =
            receive(StreamBody::new(silent), &spool, 100, Duration::from_millis(10)).await.unwrap_err();
        assert!(matches!(error, BodyError::Stalled));
    }
}
