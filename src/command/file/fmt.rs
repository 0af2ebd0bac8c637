//! `portway file fmt FILE [--write]`: one segment a line, and nothing else changed.
//!
//! Promises: blanks and line ends between segments become one line end; line breaks of a wrapped file within segments are
//! taken out, as the readers do; every other byte stays as it is and where it is, which is checked before anything is
//! replaced. A second run changes nothing. What belongs to no interchange is kept, and said on stderr. `--write` replaces the
//! file in one step, with its permissions. Exit: 0 done, 1 something could not be read as EDI or written, 2 usage.

use super::cutting::{Region, pieces, regions, unwrapped};
use super::source::Source;
use super::{Stop, fragment};
use crate::command::output::{shown, to_stdout, words};
use crate::command::{FINE, PROBLEMS};
use portway_edi::{Delimiters, Standard};
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

pub fn run(file: &Path, write: bool) -> ExitCode {
    to_stdout(|out| match write {
        true if file == Path::new("-") => Err(Stop::Usage("--write takes a file, not stdin".into())),
        true => replace(file),
        false => format(&mut Source::open(file)?, out),
    })
}

fn format(source: &mut Source, out: &mut dyn Write) -> Result<u8, Stop> {
    fragment::assume(source)?;
    let (source, wrapped) = match source.assumed.is_any() {
        true => (source.again()?, false),
        false => unwrapped(source.again()?)?,
    };
    if wrapped {
        words(shown(&format!(
            "note: {} was wrapped at a fixed column; its line breaks are taken out",
            source.name
        )));
    }
    let mut code = FINE;
    let mut any = false;
    for region in regions(&source)? {
        match region.cut_by {
            Some(cut_by) => {
                any = true;
                if !interchange(&source, &region, cut_by, out)? {
                    code = PROBLEMS;
                    let name = shown(&source.name);
                    words(format_args!("{name}: the last segment is cut off; kept as it is"));
                }
            }
            None => {
                if between(&source, &region, out)? {
                    code = PROBLEMS;
                }
            }
        }
    }
    if !any {
        words(shown(&format!("{} holds no interchange; kept as it is", source.name)));
        code = PROBLEMS;
    }
    Ok(code)
}

/// False if the last segment has no terminator.
fn interchange(
    source: &Source,
    region: &Region,
    (standard, delimiters): (Standard, Delimiters),
    out: &mut dyn Write,
) -> Result<bool, Stop> {
    let mut cutter = pieces(source, region, (standard, delimiters));
    let mut whole = true;
    while let Some(mut piece) = cutter.next_piece().map_err(|e| source.unreadable(e))? {
        if standard == Standard::Edifact && !delimiters.contains(b'\r') && !delimiters.contains(b'\n') {
            piece.bytes.retain(|b| !matches!(b, b'\r' | b'\n'));
        }
        if piece.terminator.is_empty() {
            piece.bytes.truncate(piece.bytes.trim_ascii_end().len());
            whole &= piece.bytes.is_empty();
        }
        if piece.bytes.is_empty() && piece.terminator.is_empty() {
            continue;
        }
        out.write_all(&piece.bytes)?;
        out.write_all(&piece.terminator)?;
        if piece.terminator.last() != Some(&b'\n') {
            out.write_all(b"\n")?;
        }
    }
    Ok(whole)
}

/// What stands between interchanges: blanks go, a byte order mark stays, anything else stays and is told. True if it was.
fn between(source: &Source, region: &Region, out: &mut dyn Write) -> Result<bool, Stop> {
    let mut input = source.reader_at(region.offset).take(region.length);
    let mut first = true;
    let mut blanks = Vec::new();
    loop {
        let buffer = input.fill_buf().map_err(|e| source.unreadable(e))?;
        let count = buffer.len();
        if count == 0 {
            break;
        }
        let kept = if first { buffer.trim_ascii_start() } else { buffer };
        let end = kept.trim_ascii_end().len();
        if end > 0 {
            first = false;
            out.write_all(&blanks)?;
            blanks.clear();
            out.write_all(&kept[..end])?;
        }
        if !first {
            blanks.extend_from_slice(&kept[end..]);
        }
        input.consume(count);
    }
    let mark =
        region.length < 64 && source.bytes(region.offset, region.length as usize)?.trim_ascii() == MARK;
    if first || mark {
        return Ok(false);
    }
    out.write_all(b"\n")?;
    let Region { offset, length, .. } = region;
    let name = shown(&source.name);
    words(format_args!(
        "{name}: {length} bytes from byte {offset} on belong to no interchange; kept as they are"
    ));
    Ok(true)
}

/// Written beside the file, checked, and put in its place.
fn replace(file: &Path) -> Result<u8, Stop> {
    let name = file.display().to_string();
    let fail = |error: io::Error| Stop::Problem(format!("{name} cannot be replaced: {error}"));
    let mut source = Source::open(file)?;
    // The file itself, not a link to it.
    let target = file.canonicalize().map_err(fail)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
    let code = {
        let mut out = BufWriter::new(beside.as_file_mut());
        let code = format(&mut source, &mut out)?;
        out.flush().map_err(fail)?;
        code
    };
    let written = std::fs::File::open(beside.path()).map_err(fail)?;
    if content(source.reader_at(0)).map_err(fail)? != content(io::BufReader::new(written)).map_err(fail)? {
        return Err(Stop::Problem(format!("{name} would not hold the same data; it is left as it was")));
    }
    let permissions = std::fs::metadata(&target).map_err(fail)?.permissions();
    beside.as_file().set_permissions(permissions).map_err(fail)?;
    beside.as_file().sync_all().map_err(fail)?;
    beside.persist(&target).map_err(|e| fail(e.error))?;
    Ok(code)
}

/// All bytes but blanks and line ends.
fn content(mut input: impl BufRead) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    loop {
        let buffer = input.fill_buf()?;
        let count = buffer.len();
        if count == 0 {
            return Ok(hash.finalize().into());
        }
        buffer.split(|b| b.is_ascii_whitespace()).for_each(|part| hash.update(part));
        input.consume(count);
    }
}
