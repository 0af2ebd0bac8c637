//! Files without an envelope: a set by itself (ST, UNH), a group (GS), or loose segments, as they are pasted into a mail.
//!
//! What such a file is can only be told by its look: a segment id and `*` is X12, a segment id and `+` EDIFACT; the terminator
//! is `~` or `'`, or the line end where there is none. The envelope that is missing is put around it for the readers, and what
//! they find in that is never shown. Loose segments are held against the dictionary alone: any order, any number. What was
//! assumed is said on stderr. A file with any interchange in it is no fragment.

use super::Stop;
use super::cutting::{Region, pieces};
use super::source::Source;
use crate::command::output::{shown, words};
use portway_edi::interchange::{Event, Limits};
use portway_edi::reader::Reader;
use portway_edi::schema::{Dictionary, Schema};
use portway_edi::{Delimiters, Finding, Place, Standard};
use std::io::Read;

/// Rows of the table that loose segments are held against.
const MOST_ROWS: usize = 4000;

/// The envelope that is read around a file; empty for one that has its own.
#[derive(Debug, Clone, Default)]
pub struct Assumed {
    pub before: Vec<u8>,
    pub after: Vec<u8>,
    /// Bytes of the file itself.
    length: u64,
    /// It has a group of its own.
    grouped: bool,
    pub cut_by: Option<(Standard, Delimiters)>,
    /// What loose segments are held against.
    pub schema: Option<&'static Schema>,
}

impl Assumed {
    pub fn is_any(&self) -> bool {
        self.cut_by.is_some()
    }

    /// An offset that the reader told, as the file counts.
    fn in_file(&self, offset: u64) -> u64 {
        match self.is_any() {
            true => offset.saturating_sub(self.before.len() as u64).min(self.length),
            false => offset,
        }
    }

    /// Where it is, without what was made up.
    pub fn located(&self, place: &mut Place) {
        if !self.is_any() {
            return;
        }
        place.offset = self.in_file(place.offset);
        place.interchange = None;
        if !self.grouped {
            place.group = None;
        }
        if self.schema.is_some() {
            place.set = None;
            place.position = place.position.map(|position| position.saturating_sub(1));
        }
    }

    /// Drops what was found in the assumed envelope.
    pub fn keep_inner(&self, findings: &mut Vec<Finding>) {
        let (from, to) = (self.before.len() as u64, self.before.len() as u64 + self.length);
        findings.retain(|f| !self.is_any() || (from..to).contains(&f.place.offset));
    }

    /// The same, and what is left stands where the file has it.
    pub fn place(&self, findings: &mut Vec<Finding>) {
        self.keep_inner(findings);
        findings.iter_mut().for_each(|f| self.located(&mut f.place));
    }
}

/// What the first segment of the fragment is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Group,
    Set,
    Loose,
}

/// What is counted to write the trailers that are missing.
#[derive(Default)]
struct Tally {
    segments: u64,
    sets: u64,
    groups: u64,
    tags: Vec<String>,
    /// GE, UNE or IEA, UNZ are there already.
    group_end: bool,
    end: bool,
    terminated: bool,
}

/// Gives a file without an envelope the one to read it in.
pub fn assume(source: &mut Source) -> Result<(), Stop> {
    let head = source.bytes(0, 1 << 16)?;
    let Some((standard, delimiters)) = look(&head) else { return Ok(()) };
    let mut reader = Reader::new(source.reader(), Limits::default());
    while let Some(event) = reader.next_event().map_err(|e| source.unreadable(e))? {
        if matches!(event, Event::Interchange(_)) {
            return Ok(());
        }
    }
    drop(reader);
    let length = source.length()?;
    let tally = count(source, length, standard, delimiters)?;
    let start = match tally.tags.first().map(String::as_str) {
        Some("GS" | "UNG") => Start::Group,
        Some("ST" | "UNH") => Start::Set,
        _ => Start::Loose,
    };
    let (before, after) = match standard {
        Standard::X12 => x12(source, start, &tally, delimiters),
        Standard::Edifact => edifact(start, &tally, delimiters),
    }?;
    let schema = match start {
        Start::Loose => loose(standard, &tally.tags),
        _ => None,
    };
    say(&source.name, standard, start, delimiters);
    let (cut_by, grouped) = (Some((standard, delimiters)), start == Start::Group);
    source.assumed = Assumed { before, after, length, grouped, cut_by, schema };
    Ok(())
}

fn say(name: &str, standard: Standard, start: Start, delimiters: Delimiters) {
    let what = match (standard, start) {
        (Standard::X12, Start::Group) => "a group without an interchange, read as X12",
        (Standard::X12, Start::Set) => "a set without an envelope, read as X12 004010",
        (Standard::X12, Start::Loose) => "segments without a set, read as X12 004010, each by itself",
        (Standard::Edifact, Start::Group) => "a group without an interchange, read as EDIFACT",
        (Standard::Edifact, Start::Set) => "a message without an interchange, read as EDIFACT",
        (Standard::Edifact, Start::Loose) => {
            "segments without a message, read as EDIFACT D.96A, each by itself"
        }
    };
    let terminator = match delimiters.segment {
        b'\n' => "the line end".to_owned(),
        byte => format!("`{}`", char::from(byte)),
    };
    words(shown(&format!(
        "note: {name} holds {what}; elements end at `{}`, segments at {terminator}",
        char::from(delimiters.element)
    )));
}

/// The standard and the delimiters that the beginning looks like.
fn look(head: &[u8]) -> Option<(Standard, Delimiters)> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let tag = text.iter().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
    if !(2..=3).contains(&tag) || !text.first()?.is_ascii_uppercase() || text.starts_with(b"ISA") {
        return None;
    }
    let (standard, usual) = match text.get(tag)? {
        b'*' => (Standard::X12, Delimiters::X12),
        b'+' if tag == 3 && !text.starts_with(b"UNB") => (Standard::Edifact, Delimiters::EDIFACT),
        _ => return None,
    };
    let ends_lines = !text.contains(&usual.segment) && text.contains(&b'\n');
    Some((standard, if ends_lines { Delimiters { segment: b'\n', ..usual } } else { usual }))
}

fn count(source: &Source, length: u64, standard: Standard, delimiters: Delimiters) -> Result<Tally, Stop> {
    let mut tally = Tally::default();
    let region = Region { offset: 0, length, cut_by: None };
    let mut cutter = pieces(source, &region, (standard, delimiters));
    while let Some(piece) = cutter.next_piece().map_err(|e| source.unreadable(e))? {
        let tag = piece.bytes.split(|&b| b == delimiters.element).next().unwrap_or_default();
        if tag.is_empty() {
            continue;
        }
        tally.segments += 1;
        tally.terminated = !piece.terminator.is_empty();
        let tag = String::from_utf8_lossy(tag.strip_prefix(b"\xef\xbb\xbf").unwrap_or(tag)).trim().to_owned();
        match tag.as_str() {
            "ST" | "UNH" => tally.sets += 1,
            "GS" | "UNG" => tally.groups += 1,
            "GE" | "UNE" => tally.group_end = true,
            "IEA" | "UNZ" => tally.end = true,
            _ => {}
        }
        if tally.tags.len() < MOST_ROWS && tally.tags.last() != Some(&tag) {
            tally.tags.push(tag);
        }
    }
    Ok(tally)
}

fn x12(
    source: &Source,
    start: Start,
    tally: &Tally,
    delimiters: Delimiters,
) -> Result<(Vec<u8>, Vec<u8>), Stop> {
    let end = char::from(delimiters.segment);
    let mut before = format!(
        "ISA*00*          *00*          *ZZ*ASSUMED        *ZZ*ASSUMED        *260101*0000*U*00401*000000001*0*P*>{end}"
    );
    let mut after = String::new();
    if start != Start::Group {
        let functional = match start {
            Start::Set => functional_id(source, delimiters)?,
            _ => "ZZ".to_owned(),
        };
        before += &format!("GS*{functional}*ASSUMED*ASSUMED*20260101*0000*1*X*004010{end}");
    }
    if !tally.terminated {
        after.push(end);
    }
    if start == Start::Loose {
        before += &format!("ST*ZZZ*0001{end}");
        after += &format!("SE*{}*0001{end}", tally.segments + 2);
    }
    if start != Start::Group && !tally.group_end {
        after += &format!("GE*{}*1{end}", tally.sets.max(1));
    }
    if !tally.end {
        after += &format!("IEA*{}*000000001{end}", tally.groups.max(1));
    }
    Ok((before.into_bytes(), after.into_bytes()))
}

/// GS01 of the groups that the first set travels in.
fn functional_id(source: &Source, delimiters: Delimiters) -> Result<String, Stop> {
    let mut head = Vec::new();
    source.reader_at(0).take(64).read_to_end(&mut head).map_err(|e| source.unreadable(e))?;
    let code = head.split(|&b| b == delimiters.element || b == delimiters.segment).nth(1).unwrap_or_default();
    let schema = std::str::from_utf8(code).ok().and_then(|code| Schema::x12(code, "004010"));
    Ok(schema.map_or("ZZ", Schema::functional_id).to_owned())
}

fn edifact(start: Start, tally: &Tally, delimiters: Delimiters) -> Result<(Vec<u8>, Vec<u8>), Stop> {
    let end = char::from(delimiters.segment);
    let mut before = format!("UNA:+.? {end}UNB+UNOC:3+ASSUMED+ASSUMED+260101:0000+1{end}");
    let mut after = if tally.terminated { String::new() } else { end.to_string() };
    if start == Start::Loose {
        before += &format!("UNH+1+ZZZ:D:96A:UN{end}");
        after += &format!("UNT+{}+1{end}", tally.segments + 2);
    }
    if !tally.end {
        let count = if tally.groups > 0 { tally.groups } else { tally.sets.max(1) };
        after += &format!("UNZ+{count}+1{end}");
    }
    Ok((before.into_bytes(), after.into_bytes()))
}

/// A table of the segments as they come, each as often as it likes; those that the dictionary does not have are left out, so
/// that they are found.
fn loose(standard: Standard, tags: &[String]) -> Option<&'static Schema> {
    let (dictionary, first, last) = match standard {
        Standard::X12 => (Dictionary::x12("004010")?, "ST", "SE"),
        Standard::Edifact => (Dictionary::edifact("d96a")?, "UNH", "UNT"),
    };
    let mut table = format!("set ZZZ ZZ Loose segments\nM 1 {first}\n");
    for tag in tags.iter().filter(|tag| dictionary.segment(tag).is_some()) {
        table += &format!("O >1 {tag}\n");
    }
    table += &format!("M 1 {last}\n");
    // Once for the process, which looks at one file and ends.
    let table: &'static str = Box::leak(table.into_boxed_str());
    let schema = Schema::compile("loose", table, dictionary).ok()?;
    Some(Box::leak(Box::new(schema)))
}
