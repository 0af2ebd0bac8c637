//! `portway file redact FILE`: the same file, fit to be shown to a supplier's support.
//!
//! Names, addresses, contacts, account numbers, passwords, free text, descriptions, prices and amounts are replaced by
//! stand-ins of the same length and kind. Everything else stays: structure, blanks between segments, codes, qualifiers,
//! identifications, control numbers, counts, quantities, dates. Promises: `lint` finds the same in it; the same value gets the
//! same stand-in. Segments that no dictionary has are replaced whole but for their id; binary data becomes X.
//! What belongs to no interchange cannot be judged and stays: that is said on stderr, and the exit code is 1.

use super::cutting::{Piece, Region, pieces, regions, unwrapped};
use super::source::Source;
use super::stand_in::stand_in;
use super::{Stop, fragment};
use crate::command::output::{shown, to_stdout, words};
use crate::command::{FINE, PROBLEMS};
use portway_edi::charset::Charset;
use portway_edi::schema::{Dictionary, Holds, Shape};
use portway_edi::segment::Notation;
use portway_edi::{Delimiters, Segment, Standard};
use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// X12 elements that tell names, places, ways to reach someone, money or free text.
const X12: &[&str] = &[
    "3", "19", "61", "64", "79", "93", "116", "118", "153", "166", "212", "310", "352", "364", "369", "387",
    "508", "610", "724", "742", "782", "817", "933", "961", "1035", "1036", "1037", "1195", "1551",
];
/// EDIFACT data elements of the same kind.
const EDIFACT: &[&str] = &[
    "3036", "3042", "3124", "3128", "3148", "3164", "3192", "3194", "3222", "3224", "3232", "3251", "3412",
    "3432", "3434", "3436", "4052", "4078", "4276", "4294", "4400", "4440", "5004", "5118", "7008", "7036",
    "7102", "7110", "7160", "7190", "7364", "8212", "9010", "9012", "9302",
];

pub fn run(file: &Path) -> ExitCode {
    to_stdout(|out| {
        let mut source = Source::open(file)?;
        fragment::assume(&mut source)?;
        if source.assumed.is_any() {
            return whole(&source, out);
        }
        match unwrapped(source.again()?)? {
            (source, false) => whole(&source, out),
            (flat, true) => {
                let mut bytes = Vec::new();
                let code = whole(&flat, &mut bytes)?;
                out.write_all(&broken_as(&source.bytes(0, usize::MAX)?, &bytes))?;
                Ok(code)
            }
        }
    })
}

fn whole(source: &Source, out: &mut dyn Write) -> Result<u8, Stop> {
    let mut code = FINE;
    for region in regions(source)? {
        match region.cut_by {
            Some(cut_by) => interchange(source, &region, cut_by, out)?,
            None => {
                if between(source, &region, out)? {
                    code = PROBLEMS;
                }
            }
        }
    }
    Ok(code)
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// The bytes of `flat`, broken into lines where `original` is.
fn broken_as(original: &[u8], flat: &[u8]) -> Vec<u8> {
    let mut data = flat.iter().copied().filter(|&b| !is_break(b));
    original.iter().map(|&b| if is_break(b) { b } else { data.next().unwrap_or(b) }).collect()
}

/// What is known of the place in the file.
struct Within {
    standard: Standard,
    delimiters: Delimiters,
    charset: Charset,
    /// GS08, for the dictionary.
    version: String,
    dictionary: Option<&'static Dictionary>,
}

fn interchange(
    source: &Source,
    region: &Region,
    (standard, delimiters): (Standard, Delimiters),
    out: &mut dyn Write,
) -> Result<(), Stop> {
    let mut within = Within {
        standard,
        delimiters,
        charset: Charset::Undeclared,
        version: String::new(),
        dictionary: None,
    };
    let mut cutter = pieces(source, region, (standard, delimiters));
    while let Some(Piece { blank, bytes, terminator }) =
        cutter.next_piece().map_err(|e| source.unreadable(e))?
    {
        out.write_all(&blank)?;
        let joined = standard == Standard::Edifact && bytes.iter().any(|&b| is_break(b));
        match joined {
            true => {
                let flat: Vec<u8> = bytes.iter().copied().filter(|&b| !is_break(b)).collect();
                out.write_all(&broken_as(&bytes, &within.segment(&flat)))?;
            }
            false => out.write_all(&within.segment(&bytes))?,
        }
        out.write_all(&terminator)?;
    }
    Ok(())
}

impl Within {
    fn segment(&mut self, bytes: &[u8]) -> Vec<u8> {
        let (delimiters, notation) = (self.delimiters, Notation { charset: self.charset, decimal: None });
        let segment = Segment { bytes, delimiters, notation, position: 0, offset: 0 };
        match segment.tag() {
            "" | "UNA" => return bytes.to_vec(),
            "ISA" => return self.elements(&segment, |n| matches!(n, 2 | 4)),
            "UNB" => {
                self.charset = Charset::named(segment.component(1, 1)).unwrap_or(Charset::Undeclared);
                // 0022, the password.
                return self.elements(&segment, |n| n == 6);
            }
            "GS" => self.version = segment.text(8).into_owned(),
            "ST" | "UNH" => self.dictionary = self.of_set(&segment),
            "SE" | "GE" | "IEA" | "TA1" | "UNT" | "UNG" | "UNE" | "UNZ" => return bytes.to_vec(),
            _ => {}
        }
        if segment.binary().is_some() {
            return self.elements(&segment, |_| false);
        }
        let dictionary = self.dictionary.or_else(|| self.usual());
        match dictionary.and_then(|d| d.segment(segment.tag()).map(|shape| (d, shape))) {
            Some((dictionary, shape)) => self.shaped(&segment, dictionary, shape),
            None => self.elements(&segment, |_| true),
        }
    }

    /// The dictionary of the set that begins here; that of the oldest version where its own is not shipped.
    fn of_set(&self, header: &Segment<'_>) -> Option<&'static Dictionary> {
        let own = match self.standard {
            Standard::X12 => Dictionary::x12(&self.version),
            Standard::Edifact if header.component(2, 1) == b"CONTRL" => Dictionary::edifact("v3"),
            Standard::Edifact => {
                let directory = [header.component_text(2, 2), header.component_text(2, 3)].concat();
                Dictionary::edifact(&directory.to_ascii_lowercase())
            }
        };
        own.or_else(|| self.usual())
    }

    fn usual(&self) -> Option<&'static Dictionary> {
        match self.standard {
            Standard::X12 => Dictionary::x12("004010"),
            Standard::Edifact => Dictionary::edifact("d96a"),
        }
    }

    /// Every value of the elements that are asked for.
    fn elements(&self, segment: &Segment<'_>, wanted: impl Fn(usize) -> bool) -> Vec<u8> {
        self.joined(segment, |number, element| match wanted(number) {
            true => self.each(element, |_, value| Some(self.replaced(value))),
            false => element.to_vec(),
        })
    }

    fn shaped(&self, segment: &Segment<'_>, dictionary: &Dictionary, shape: &Shape) -> Vec<u8> {
        self.joined(segment, |number, element| {
            let holds = shape.positions.get(number - 1).map(|p| p.holds);
            self.each(element, |component, value| {
                let id = match holds {
                    Some(Holds::Element(at)) => dictionary.elements.get(usize::from(at)).map(|e| e.id),
                    Some(Holds::Composite(at)) => {
                        let composite = dictionary.composites.get(usize::from(at))?;
                        match composite.positions.get(component)?.holds {
                            Holds::Element(at) => dictionary.elements.get(usize::from(at)).map(|e| e.id),
                            Holds::Composite(_) => None,
                        }
                    }
                    // More than the segment has: nobody knows what it is.
                    None => return Some(self.replaced(value)),
                }?;
                let told = match self.standard {
                    Standard::X12 => X12,
                    Standard::Edifact => EDIFACT,
                };
                told.contains(&id).then(|| self.replaced(value))
            })
        })
    }

    /// The segment again, each element as `change` makes it.
    fn joined(&self, segment: &Segment<'_>, change: impl Fn(usize, &[u8]) -> Vec<u8>) -> Vec<u8> {
        let binary = segment.binary();
        let mut out = segment.tag_bytes().to_vec();
        for (number, element) in (1..).zip(segment.elements()) {
            out.push(self.delimiters.element);
            match binary == Some(number) {
                true => out.extend(element.iter().map(|_| b'X')),
                false => out.extend(change(number, element)),
            }
        }
        out
    }

    /// The element again, each component of each repetition as `change` makes it; `None`: as it was.
    fn each(&self, element: &[u8], change: impl Fn(usize, &[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
        let Delimiters { component, repetition, release, .. } = self.delimiters;
        let mut out = Vec::with_capacity(element.len());
        let (mut start, mut number, mut at) = (0, 0, 0);
        let put = |out: &mut Vec<u8>, number: usize, value: &[u8]| match change(number, value) {
            Some(changed) => out.extend(changed),
            None => out.extend_from_slice(value),
        };
        while at < element.len() {
            let byte = element[at];
            if Some(byte) == release {
                at += 2;
                continue;
            }
            if byte == component || Some(byte) == repetition {
                put(&mut out, number, &element[start..at]);
                out.push(byte);
                number = if byte == component { number + 1 } else { 0 };
                start = at + 1;
            }
            at += 1;
        }
        put(&mut out, number, &element[start..]);
        out
    }

    fn replaced(&self, value: &[u8]) -> Vec<u8> {
        stand_in(value, self.charset, &self.delimiters)
    }
}

/// True if it holds more than blanks.
fn between(source: &Source, region: &Region, out: &mut dyn Write) -> Result<bool, Stop> {
    let mut input = source.reader_at(region.offset).take(region.length);
    let mut junk = false;
    loop {
        let buffer = input.fill_buf().map_err(|e| source.unreadable(e))?;
        let count = buffer.len();
        if count == 0 {
            break;
        }
        junk |= !buffer.iter().all(|b| b.is_ascii_whitespace() || matches!(b, 0xef | 0xbb | 0xbf | 0x1a | 0));
        out.write_all(buffer)?;
        input.consume(count);
    }
    if junk {
        let Region { offset, length, .. } = region;
        words(shown(&format!(
            "{}: {length} bytes from byte {offset} on belong to no interchange and are kept as they are: look at them before \
             you show them to anyone",
            source.name
        )));
    }
    Ok(junk)
}
