//! Compressed content (RFC 3274), read and written as streams. The algorithm is zlib (RFC 1950), the only one there is.
//!
//! Promises: memory is constant; no more comes out than the limit allows, however little went in.

use super::ber::{Elements, Malformed, Stream};
use super::{CmsError, der, oid};
use flate2::write::ZlibEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};
use std::io::{self, BufRead, Read, Write};

/// Bytes inflated or written at once; a result below this is written in DER.
const PORTION: usize = 64 * 1024;

/// Reads the content out of CompressedData (RFC 3274), in BER or DER. Memory is constant.
///
/// `Ok(0)` comes only after the checksum and the structure's end were right. Errors: [`CmsError::TooLarge`],
/// [`CmsError::BadCompression`], or those of the input.
pub struct Inflater<R> {
    stream: Stream<R>,
    zlib: Decompress,
    state: State,
    limit: u64,
    plain: Vec<u8>,
    taken: usize,
    filled: usize,
}

enum State {
    Start,
    Content,
    /// The checksum was right; the structure's end is still to come.
    Checked,
    Done,
    Failed(CmsError),
}

impl<R: BufRead> Inflater<R> {
    /// `limit`: bytes that may come out. Nothing is read yet.
    pub fn new(input: R, limit: u64) -> Inflater<R> {
        Inflater {
            stream: Stream::new(input),
            zlib: Decompress::new(true),
            state: State::Start,
            limit,
            plain: Vec::new(),
            taken: 0,
            filled: 0,
        }
    }

    /// One step: opens, or inflates a portion, or judges the end.
    fn step(&mut self) -> io::Result<()> {
        match self.state {
            State::Start => {
                open(&mut self.stream)?;
                self.plain = vec![0; PORTION];
                self.state = State::Content;
            }
            State::Content => {
                (self.taken, self.filled) = (0, 0);
                let input = self.stream.content()?;
                let (read, written) = (self.zlib.total_in(), self.zlib.total_out());
                let status = self
                    .zlib
                    .decompress(input, &mut self.plain, FlushDecompress::None)
                    .map_err(|_| Malformed("the compressed bytes are damaged"))?;
                let at_end = input.is_empty();
                let read = (self.zlib.total_in() - read) as usize;
                self.stream.advance_content(read);
                if self.zlib.total_out() > self.limit {
                    return Err(CmsError::TooLarge { limit: self.limit }.into());
                }
                self.filled = (self.zlib.total_out() - written) as usize;
                if status == Status::StreamEnd {
                    self.state = State::Checked;
                } else if read == 0 && self.filled == 0 {
                    let why = if at_end {
                        "the compressed bytes are cut short"
                    } else {
                        "the compressed bytes are damaged"
                    };
                    return Err(Malformed(why).into());
                }
            }
            State::Checked => {
                (self.taken, self.filled) = (0, 0);
                if !self.stream.content()?.is_empty() {
                    return Err(Malformed("something follows the compressed bytes").into());
                }
                self.stream.leave_all()?;
                self.state = State::Done;
            }
            State::Done | State::Failed(_) => {}
        }
        Ok(())
    }
}

/// Everything up to the content.
fn open<R: BufRead>(stream: &mut Stream<R>) -> io::Result<()> {
    let outer = stream.expect(der::SEQUENCE)?;
    stream.enter(&outer)?;
    object(stream, oid::COMPRESSED_DATA, Malformed("it is no CompressedData"))?;
    let explicit = stream.expect(der::CONTEXT_0)?;
    stream.enter(&explicit)?;
    let compressed = stream.expect(der::SEQUENCE)?;
    stream.enter(&compressed)?;
    let version = stream.expect(der::INTEGER)?;
    stream.skip(&version)?;
    let algorithm = stream.expect(der::SEQUENCE)?;
    let algorithm = stream.raw(algorithm, 64)?;
    if Elements(&algorithm).sequence()?.object()? != oid::ZLIB {
        return Err(Malformed("it is compressed with another algorithm than zlib").into());
    }
    let info = stream.expect(der::SEQUENCE)?;
    stream.enter(&info)?;
    let content_type = stream.expect(der::OID)?;
    stream.skip(&content_type)?;
    let explicit = stream.expect(der::CONTEXT_0)?;
    stream.enter(&explicit)?;
    let string = stream.next()?.filter(|h| h.tag & !0x20 == der::OCTET_STRING);
    stream.begin_content(&string.ok_or(Malformed("it has no content"))?)
}

fn object<R: BufRead>(stream: &mut Stream<R>, wanted: &[u8], otherwise: Malformed) -> io::Result<()> {
    let header = stream.expect(der::OID)?;
    let found = stream.raw(header, 64)?;
    if Elements(&found).object()? == wanted { Ok(()) } else { Err(otherwise.into()) }
}

impl<R: BufRead> BufRead for Inflater<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.taken == self.filled {
            match &self.state {
                State::Done => return Ok(&[]),
                State::Failed(error) => return Err(error.clone().into()),
                State::Start | State::Content | State::Checked => {}
            }
            if let Err(error) = self.step() {
                (self.taken, self.filled) = (0, 0);
                // A step broken off by the input cannot be taken up again.
                self.state = State::Failed(CmsError::BadCompression("the input failed before".to_owned()));
                self.state = State::Failed(failure(error)?);
            }
        }
        Ok(&self.plain[self.taken..self.filled])
    }

    fn consume(&mut self, amount: usize) {
        self.taken = (self.taken + amount).min(self.filled);
    }
}

/// What is the compressed content's own fault; other errors are the input's.
fn failure(error: io::Error) -> io::Result<CmsError> {
    match Malformed::within(error) {
        Ok(malformed) => Ok(CmsError::BadCompression(malformed.to_string())),
        Err(error) => match CmsError::of(&error) {
            Some(large @ CmsError::TooLarge { .. }) => Ok(large.clone()),
            _ => Err(error),
        },
    }
}

impl<R: BufRead> Read for Inflater<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let here = self.fill_buf()?;
        let amount = here.len().min(buffer.len());
        buffer[..amount].copy_from_slice(&here[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

/// Writes CompressedData (RFC 3274): DER when the result is small, else BER of indefinite length. Memory is constant.
pub fn compress(content: &mut dyn Read, out: &mut dyn Write) -> io::Result<()> {
    let pieces = Pieces { out, held: Vec::new(), begun: false };
    let mut encoder = ZlibEncoder::new(pieces, Compression::default());
    io::copy(content, &mut encoder)?;
    encoder.finish()?.finish()
}

/// `version, compressionAlgorithm`: 0 and zlib, without parameters.
fn version_and_algorithm() -> Vec<u8> {
    [&der::small(0)[..], &der::sequence(&[&der::object(oid::ZLIB)])].concat()
}

/// Holds the compressed bytes back until there are too many for one piece.
struct Pieces<'a> {
    out: &'a mut dyn Write,
    held: Vec<u8>,
    begun: bool,
}

impl Pieces<'_> {
    /// Writes what is held as a piece of a string of indefinite length.
    fn piece(&mut self) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            let open = |tag| [tag, 0x80];
            let head = [
                &open(der::SEQUENCE)[..],
                &der::object(oid::COMPRESSED_DATA),
                &open(der::CONTEXT_0),
                &open(der::SEQUENCE),
                &version_and_algorithm(),
                &open(der::SEQUENCE),
                &der::object(oid::DATA),
                &open(der::CONTEXT_0),
                &open(der::OCTET_STRING | 0x20),
            ];
            self.out.write_all(&head.concat())?;
        }
        self.out.write_all(&der::header(der::OCTET_STRING, self.held.len() as u64))?;
        self.out.write_all(&self.held)?;
        self.held.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        if self.begun {
            if !self.held.is_empty() {
                self.piece()?;
            }
            return self.out.write_all(&[0; 12]); // the end of each of the six levels
        }
        let string = der::element(der::OCTET_STRING, &[&self.held]);
        let info = der::sequence(&[&der::object(oid::DATA), &der::element(der::CONTEXT_0, &[&string])]);
        let compressed = der::sequence(&[&version_and_algorithm(), &info]);
        let explicit = der::element(der::CONTEXT_0, &[&compressed]);
        self.out.write_all(&der::sequence(&[&der::object(oid::COMPRESSED_DATA), &explicit]))
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.len() >= PORTION {
            self.piece()?;
        }
        let amount = bytes.len().min(PORTION - self.held.len());
        self.held.extend_from_slice(&bytes[..amount]);
        Ok(amount)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
