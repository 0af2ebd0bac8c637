//! Unpack: a message that is a ZIP archive or a GZIP file becomes the pieces that are in it, where the profile lets it.
//!
//! What came stays in the ledger as it came; this is done again whenever it is read. Everything goes to the spool as one
//! file without a name, so memory stays flat, and the names of entries never touch a file system.
//! Promises: the pieces are in the order of their names. All or nothing: an archive that is over a cap, damaged,
//! encrypted, or holds another archive yields a [`Refusal`] that names the entry and the cap, never half of its entries.
//! Fails with the disk's errors only.

use super::material::{Material, Piece};
use crate::ledger::alert::Move;
use crate::net::spool::{Spool, SpoolError, SpoolWriter, Spooled};
use crate::profile::files::{Files, Packing};
use flate2::bufread::MultiGzDecoder;
use std::io::{self, Read};
use zip::CompressionMethod;
use zip::read::{Config, ZipReadOptions};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

/// Below this much, how far something grows does not matter.
const SMALL: u64 = 1 << 20;
/// Bytes of an entry's name: paths are no longer anywhere.
const LONGEST_NAME: usize = 4096;
/// Characters of a name that are shown.
const SHOWN: usize = 200;

/// Why a message is set aside whole.
#[derive(Debug)]
pub struct Refusal {
    /// `too_large`, `unparseable`.
    pub reason: &'static str,
    pub detail: String,
    pub whose: Move,
}

#[derive(Debug)]
pub enum Trouble {
    Disk(io::Error),
    Refused(Refusal),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Trouble::Disk(error)
    }
}

impl From<SpoolError> for Trouble {
    fn from(error: SpoolError) -> Self {
        Trouble::Disk(io::Error::other(error.to_string()))
    }
}

/// By whose rules, and within what.
pub struct Rules<'a> {
    pub files: &'a Files,
    /// The partner whose profile they stand in.
    pub partner: &'a str,
    /// The message's name: that of what is in a GZIP file, without its end.
    pub file_name: Option<&'a str>,
    /// AS2 has a compression of its own.
    pub by_as2: bool,
    /// The gateway's limit of a message.
    pub most: u64,
}

/// What these first bytes are the beginning of (APPNOTE 4.3.7 and 4.3.16, RFC 1952 section 2.3.1). No interchange begins so.
pub fn packing(head: &[u8]) -> Option<Packing> {
    match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Packing::Zip),
        [0x1f, 0x8b, 8, ..] => Some(Packing::Gzip),
        _ => None,
    }
}

/// What is in a message; a message that is not packed is itself.
pub fn unpack(content: &Spooled, rules: &Rules<'_>, spool: &Spool) -> Result<Material, Trouble> {
    let Some(packing) = packing(&head(content)?) else { return Ok(Material::plain(content.clone())) };
    if rules.by_as2 {
        return Err(refused(format!(
            "this is {}, which is not opened where it comes by AS2: ask the partner to send the EDI itself, compressed as AS2 has it",
            called(packing)
        )));
    }
    if !rules.files.unpack.contains(&packing) {
        let id = rules.partner;
        return Err(refused_by_us(
            "unparseable",
            format!(
                "this is {}, and the profile does not let us open it: write [files] unpack = [\"{}\"] in partners.d/{id}.toml and \
                 release it; or ask the partner to send the EDI itself",
                called(packing),
                packing.name()
            ),
        ));
    }
    let mut unpacking = Unpacking {
        writer: spool.writer(u64::MAX),
        pieces: Vec::new(),
        most: rules.files.max_unpacked_bytes.unwrap_or(rules.most),
        own_cap: rules.files.max_unpacked_bytes.is_some(),
        ratio: rules.files.max_ratio,
        packed: content.size,
        partner: rules.partner,
    };
    match packing {
        Packing::Gzip => unpacking.gzip(content, rules.file_name)?,
        Packing::Zip => unpacking.zip(content, rules.files.max_entries)?,
    }
    unpacking.pieces.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Material::of(unpacking.writer.finish_blocking()?, unpacking.pieces))
}

fn head(content: &Spooled) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    content.reader()?.take(4).read_to_end(&mut head)?;
    Ok(head)
}

fn called(packing: Packing) -> &'static str {
    match packing {
        Packing::Zip => "a ZIP archive",
        Packing::Gzip => "a GZIP file",
    }
}

struct Unpacking<'a> {
    writer: SpoolWriter,
    pieces: Vec<Piece>,
    most: u64,
    /// `most` stands in the profile.
    own_cap: bool,
    ratio: u64,
    packed: u64,
    partner: &'a str,
}

impl Unpacking<'_> {
    fn gzip(&mut self, content: &Spooled, file_name: Option<&str>) -> Result<(), Trouble> {
        let mut decoder = MultiGzDecoder::new(content.reader()?);
        // As gunzip does: the file's own name comes first.
        let outer = file_name.and_then(|name| name.strip_suffix(".gz")).map(|name| fit(name.as_bytes()));
        let name = outer.or_else(|| decoder.header().and_then(|header| header.filename()).map(fit));
        let what = match &name {
            Some(name) => format!("{name:?}, in the GZIP file,"),
            None => "the GZIP file".to_owned(),
        };
        self.piece(&mut decoder, name, &what)
    }

    fn zip(&mut self, content: &Spooled, max_entries: usize) -> Result<(), Trouble> {
        let whole = |error| told(error, "the ZIP archive");
        let archive = ZipIterable::try_new(content.anywhere(), Config::default()).map_err(whole)?;
        // What the directory and an entry's own header say of it must be the same.
        let mut archive = archive.enforce_header_consistency(true);
        if archive.len() > max_entries {
            return Err(refused_by_us(
                "too_large",
                format!(
                    "the ZIP archive has {} entries, and max_entries is {max_entries}: raise it under [files] in partners.d/{}.toml \
                     and release it; or ask the partner to send fewer at once",
                    archive.len(),
                    self.partner
                ),
            ));
        }
        let mut bodies = content.anywhere();
        for entry in archive.files().map_err(whole)? {
            let entry = entry.map_err(whole)?;
            if entry.name_raw().len() > LONGEST_NAME {
                let name = fit(&entry.name_raw()[..LONGEST_NAME]);
                return Err(refused(format!(
                    "the ZIP archive is damaged: entry {name:?} has a name without an end"
                )));
            }
            if entry.is_dir() {
                continue;
            }
            let name = entry.name().map_or_else(|_| fit(entry.name_raw()), |name| fit(name.as_bytes()));
            let what = format!("entry {name:?} of the ZIP archive");
            if entry.encrypted() {
                return Err(refused(format!(
                    "{what} is encrypted, and no password was agreed on for archives: ask the partner to send it without"
                )));
            }
            let method = entry.compression();
            if !matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated) {
                return Err(other_method(&what, method));
            }
            let mut file =
                entry.with_reader(&mut bodies, ZipReadOptions::new()).map_err(|error| told(error, &what))?;
            self.piece(&mut file, Some(name), &what)?;
            crate::fault::point("unpack.entry");
        }
        if self.pieces.is_empty() {
            return Err(refused("the ZIP archive has no entry: the partner must send it again".into()));
        }
        Ok(())
    }

    /// Reads one to its end, within what all of them may take.
    fn piece(&mut self, from: &mut dyn Read, name: Option<String>, what: &str) -> Result<(), Trouble> {
        let offset = self.writer.size();
        let mut buffer = vec![0u8; 64 * 1024];
        let mut first = [0u8; 4];
        loop {
            let n = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(broken(error, what)),
            };
            let before = (self.writer.size() - offset) as usize;
            for (at, byte) in (before..first.len()).zip(&buffer[..n]) {
                first[at] = *byte;
            }
            self.within(n as u64, what)?;
            self.writer.write_blocking(&buffer[..n])?;
        }
        if let Some(inner) = packing(&first) {
            return Err(refused(format!(
                "{what} is {} again, and archives in archives are not opened: ask the partner to pack once",
                called(inner)
            )));
        }
        self.pieces.push(Piece::new(name, offset, self.writer.size() - offset));
        Ok(())
    }

    /// Before anything is written: a cap is never passed, not even on disk.
    fn within(&self, more: u64, what: &str) -> Result<(), Trouble> {
        let size = self.writer.size().saturating_add(more);
        if size > self.most {
            let cap = match self.own_cap {
                true => format!(
                    "max_unpacked_bytes ({}) under [files] in partners.d/{}.toml",
                    self.most, self.partner
                ),
                false => format!("max_message_bytes ({}) under [limits] in gateway.toml", self.most),
            };
            return Err(refused_by_us(
                "too_large",
                format!(
                    "{what} takes what is unpacked over {cap}: raise it and release it, or ask the partner to send fewer at once"
                ),
            ));
        }
        if size > SMALL && size / self.ratio.max(1) > self.packed {
            return Err(refused_by_us(
                "too_large",
                format!(
                    "{what} takes what is unpacked over {} times the size it came in, which is max_ratio: EDI does not shrink so far. Ask \
                     the partner what it is; if it is right, raise max_ratio under [files] in partners.d/{}.toml and release it",
                    self.ratio, self.partner
                ),
            ));
        }
        Ok(())
    }
}

/// The last part of a path, as the archive has it: what a pattern is held against.
pub fn last_part(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// A name from outside, as it may be shown.
fn fit(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    name.chars().take(SHOWN).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

fn refused(detail: String) -> Trouble {
    Trouble::Refused(Refusal { reason: "unparseable", detail, whose: Move::Partner })
}

fn refused_by_us(reason: &'static str, detail: String) -> Trouble {
    Trouble::Refused(Refusal { reason, detail, whose: Move::Us })
}

fn told(error: ZipError, what: &str) -> Trouble {
    match error {
        ZipError::Io(error) => broken(error, what),
        ZipError::UnsupportedArchive(why) => {
            refused(format!("{what} cannot be read: {why}. Ask the partner to send a plain ZIP"))
        }
        other => refused(damaged(&other, what)),
    }
}

fn other_method(what: &str, method: CompressionMethod) -> Trouble {
    refused(format!(
        "{what} is packed by the method {method:?}, and deflate is the one that everybody reads: ask the partner to send a plain ZIP"
    ))
}

/// The disk's errors have a number of the system's; those of the content have none.
fn broken(error: io::Error, what: &str) -> Trouble {
    match error.raw_os_error() {
        Some(_) => Trouble::Disk(error),
        None => refused(damaged(&error, what)),
    }
}

fn damaged(error: &dyn std::fmt::Display, what: &str) -> String {
    format!("{what} is damaged: {error}. Nothing of it was read; the partner must send it again")
}

#[cfg(test)]
mod tests;
