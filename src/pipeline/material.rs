//! What a message is read as: its bytes as they came, or what was packed in them, piece by piece.
//!
//! A piece is an entry of an archive, or the whole. It may have an envelope put around it that it came without
//! (`fragment`). Promises: each piece is read by itself, so that one that is cut off takes nothing from the next; the
//! pieces of the same bytes, read by the same rules, are the same pieces in the same order.

use crate::net::spool::Spooled;
use std::io::{self, BufRead, Cursor, Read};

/// Bytes at the beginning that tell what something is.
const HEAD: u64 = 4096;

#[derive(Debug)]
pub struct Material {
    content: Spooled,
    pub pieces: Vec<Piece>,
}

#[derive(Debug)]
pub struct Piece {
    /// The entry's name in its archive, fit to be shown.
    pub name: Option<String>,
    offset: u64,
    length: u64,
    /// What is read around it; nothing for what has its own.
    pub envelope: Option<Envelope>,
}

/// The envelope of a set that came without one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    pub before: Vec<u8>,
    pub after: Vec<u8>,
    /// Bytes of the piece that are left out at its beginning: a byte order mark, a UNA that now stands in `before`.
    pub skip: u64,
    /// What lets us read it so, for people.
    pub why: String,
}

impl Material {
    /// The bytes themselves.
    pub fn plain(content: Spooled) -> Material {
        let piece = Piece::new(None, 0, content.size);
        Material { content, pieces: vec![piece] }
    }

    /// What was unpacked; the pieces are places in it.
    pub fn of(content: Spooled, pieces: Vec<Piece>) -> Material {
        Material { content, pieces }
    }

    /// True if nothing at all is in it.
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|piece| piece.length == 0)
    }

    /// What the readers of EDI get: the piece, in its envelope.
    pub fn reader(&self, piece: &Piece) -> io::Result<Box<dyn BufRead + Send>> {
        let Some(envelope) = &piece.envelope else { return self.content.part(piece.offset, piece.length) };
        let before = Cursor::new(envelope.before.clone());
        let after = Cursor::new(envelope.after.clone());
        Ok(Box::new(before.chain(self.without_envelope(piece, envelope.skip)?).chain(after)))
    }

    /// The piece's own bytes, from the `skip`th on.
    pub fn without_envelope(&self, piece: &Piece, skip: u64) -> io::Result<Box<dyn BufRead + Send>> {
        let skip = skip.min(piece.length);
        self.content.part(piece.offset + skip, piece.length - skip)
    }

    /// Its first bytes, without an envelope.
    pub fn head(&self, piece: &Piece) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.content.part(piece.offset, piece.length.min(HEAD))?.read_to_end(&mut head)?;
        Ok(head)
    }

    /// Its last bytes, a few.
    pub fn tail(&self, piece: &Piece) -> io::Result<Vec<u8>> {
        let from = piece.length.saturating_sub(64);
        let mut tail = Vec::new();
        self.content.part(piece.offset + from, piece.length - from)?.read_to_end(&mut tail)?;
        Ok(tail)
    }
}

impl Piece {
    pub fn new(name: Option<String>, offset: u64, length: u64) -> Piece {
        Piece { name, offset, length, envelope: None }
    }

    pub fn length(&self) -> u64 {
        self.length
    }
}
