//! Content transfer encodings (RFC 2045 section 6) as readers, and base64 as a writer.
//!
//! base64: white space anywhere, padding or none. quoted-printable: soft line breaks, lower-case digits, white space at line ends
//! dropped; an `=` that begins nothing is an error.

use super::MimeError;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use base64::read::DecoderReader;
use base64::write::EncoderWriter;
use std::io::{self, BufRead, BufReader, Read, Write};

static LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How an entity's body is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferEncoding {
    /// `7bit`, `8bit`, `binary`, or nothing said.
    Identity,
    Base64,
    QuotedPrintable,
    /// A name that is none of RFC 2045's; the body is taken as it is.
    Unknown(String),
}

impl TransferEncoding {
    pub fn named(value: &str) -> TransferEncoding {
        // A comment or parameter after the token is against the RFC and tells nothing.
        let token = value.split([';', '(', ' ']).next().unwrap_or_default();
        match token.trim().trim_matches('"').to_ascii_lowercase().as_str() {
            "" | "7bit" | "8bit" | "binary" => TransferEncoding::Identity,
            "base64" => TransferEncoding::Base64,
            "quoted-printable" => TransferEncoding::QuotedPrintable,
            _ => TransferEncoding::Unknown(value.to_string()),
        }
    }
}

/// The decoded body.
pub enum Decoder<R: BufRead> {
    Identity(R),
    /// Boxed, since it carries its buffer in itself.
    Base64(Box<BufReader<DecoderReader<'static, GeneralPurpose, Unspaced<R>>>>),
    QuotedPrintable(QuotedPrintable<R>),
}

impl<R: BufRead> Decoder<R> {
    pub fn new(encoding: &TransferEncoding, input: R) -> Decoder<R> {
        match encoding {
            TransferEncoding::Identity | TransferEncoding::Unknown(_) => Decoder::Identity(input),
            TransferEncoding::Base64 => {
                Decoder::Base64(Box::new(BufReader::new(DecoderReader::new(Unspaced(input), &LENIENT))))
            }
            TransferEncoding::QuotedPrintable => Decoder::QuotedPrintable(QuotedPrintable::new(input)),
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Identity(r) => r.read(out),
            Decoder::Base64(r) => r.read(out).map_err(named),
            Decoder::QuotedPrintable(r) => r.read(out),
        }
    }
}

impl<R: BufRead> BufRead for Decoder<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Decoder::Identity(r) => r.fill_buf(),
            Decoder::Base64(r) => r.fill_buf().map_err(named),
            Decoder::QuotedPrintable(r) => r.fill_buf(),
        }
    }

    fn consume(&mut self, count: usize) {
        match self {
            Decoder::Identity(r) => r.consume(count),
            Decoder::Base64(r) => r.consume(count),
            Decoder::QuotedPrintable(r) => r.consume(count),
        }
    }
}

/// The base64 crate's own error under our name; those of the input stay as they are.
fn named(error: io::Error) -> io::Error {
    match error.get_ref() {
        Some(inner) if inner.is::<base64::DecodeError>() => {
            MimeError::TransferEncoding(format!("base64: {inner}")).into()
        }
        _ => error,
    }
}

/// base64 text without the line ends and blanks in it; as much as is asked for, so that errors come at the same place however
/// the input arrives.
pub struct Unspaced<R>(R);

impl<R: BufRead> Read for Unspaced<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while count < out.len() {
            let available = match self.0.fill_buf() {
                Ok(bytes) => bytes,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            if available.is_empty() {
                break;
            }
            let taken = available.len().min(out.len() - count);
            for &byte in &available[..taken] {
                out[count] = byte;
                count += usize::from(!matches!(byte, b'\r' | b'\n' | b' ' | b'\t'));
            }
            self.0.consume(taken);
        }
        Ok(count)
    }
}

/// quoted-printable (RFC 2045 section 6.7).
pub struct QuotedPrintable<R> {
    input: R,
    ready: Vec<u8>,
    given: usize,
    /// Lines passed, for errors.
    line: u64,
}

const READY: usize = 8 * 1024;
/// White space held back within a line; far more than a line of RFC 2045 can hold.
const MOST_BLANKS: usize = 64 * 1024;

impl<R: BufRead> QuotedPrintable<R> {
    fn new(input: R) -> Self {
        QuotedPrintable { input, ready: Vec::new(), given: 0, line: 1 }
    }

    fn error<T>(&self, what: &str) -> io::Result<T> {
        Err(MimeError::TransferEncoding(format!("quoted-printable, line {}: {what}", self.line)).into())
    }

    fn next_byte(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.input.fill_buf() {
                Ok([]) => return Ok(None),
                Ok([byte, ..]) => {
                    let byte = *byte;
                    self.input.consume(1);
                    return Ok(Some(byte));
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// After `=`: a byte, or `None` for a soft line break.
    fn escaped(&mut self) -> io::Result<Option<u8>> {
        let mut first = self.next_byte()?;
        while matches!(first, Some(b' ' | b'\t')) {
            first = self.next_byte()?;
        }
        match first {
            None | Some(b'\n') => return Ok(None),
            Some(b'\r') => {
                if self.next_byte()? == Some(b'\n') {
                    return Ok(None);
                }
            }
            Some(high) => {
                let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
                if let (Some(high), Some(low)) = (digit(high), self.next_byte()?.and_then(digit)) {
                    return Ok(Some(high * 16 + low));
                }
            }
        }
        self.error("an '=' that begins nothing")
    }

    fn refill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        // Blanks count only if something follows them on their line: those from here on may yet go.
        let mut blanks_from = 0;
        while self.ready.len() < READY || blanks_from < self.ready.len() {
            match self.next_byte()? {
                None => {
                    self.ready.truncate(blanks_from);
                    return Ok(());
                }
                Some(blank @ (b' ' | b'\t')) => {
                    if self.ready.len() - blanks_from == MOST_BLANKS {
                        return self.error("too many blanks");
                    }
                    self.ready.push(blank);
                    continue;
                }
                Some(end @ (b'\r' | b'\n')) => {
                    self.ready.truncate(blanks_from);
                    self.line += u64::from(end == b'\n');
                    self.ready.push(end);
                }
                Some(b'=') => match self.escaped()? {
                    Some(byte) => self.ready.push(byte),
                    None => self.line += 1,
                },
                Some(byte) => self.ready.push(byte),
            }
            blanks_from = self.ready.len();
        }
        Ok(())
    }
}

impl<R: BufRead> Read for QuotedPrintable<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        crate::mime::read_buffered(self, out)
    }
}

impl<R: BufRead> BufRead for QuotedPrintable<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.given == self.ready.len() {
            self.refill()?;
        }
        Ok(&self.ready[self.given..])
    }

    fn consume(&mut self, count: usize) {
        self.given = (self.given + count).min(self.ready.len());
    }
}

/// Writes base64 in lines of 76 characters, ended by CRLF (RFC 2045 section 6.8). Call [`Base64Writer::finish`].
pub struct Base64Writer<W: Write>(EncoderWriter<'static, GeneralPurpose, Lines<W>>);

impl<W: Write> Base64Writer<W> {
    pub fn new(out: W) -> Base64Writer<W> {
        Base64Writer(EncoderWriter::new(Lines { out, column: 0 }, &general_purpose::STANDARD))
    }

    /// Writes what is left and the last line end.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(mut self) -> io::Result<W> {
        let mut lines = self.0.finish()?;
        if lines.column > 0 {
            lines.out.write_all(b"\r\n")?;
        }
        Ok(lines.out)
    }
}

impl<W: Write> Write for Base64Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

const LINE: usize = 76;

struct Lines<W> {
    out: W,
    column: usize,
}

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(LINE - self.column));
            self.out.write_all(now)?;
            self.column += now.len();
            if self.column == LINE {
                self.out.write_all(b"\r\n")?;
                self.column = 0;
            }
            rest = later;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// How many bytes [`Base64Writer`] makes of so many.
pub fn base64_length(bytes: u64) -> u64 {
    let characters = bytes.div_ceil(3) * 4;
    characters + characters.div_ceil(LINE as u64) * 2
}
