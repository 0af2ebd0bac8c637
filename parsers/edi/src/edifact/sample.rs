//! A valid message of any kind that is shipped, made from its schema: what `sample` shows, and what tests break.
//!
//! The least a message must hold, or every segment and element of it once. Values are made up: first of a code list, digits
//! where numbers are asked for, dates that exist. Control totals and check digits are right, so that nothing is found.

use super::reader::Reader;
use super::writer::{Envelope, Foreign, Value, WriteError, Writer};
use crate::acknowledgement::Tolerance;
use crate::examination::examine;
use crate::interchange::{Limits, PartyId};
use crate::schema::{Dictionary, Element, Holds, Kind, Rule, Schema, Shape};
use crate::segment::Delimiters;

/// How much of the message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Mandatory segments and elements.
    Least,
    /// Every segment, group, element and component once.
    Whole,
}

/// An interchange with one message: `sample("ORDERS", "d96a", Extent::Least)`. `None` if it is not shipped.
pub fn sample(message: &str, directory: &str, extent: Extent) -> Option<Vec<u8>> {
    let schema = Schema::edifact(message, directory)?;
    let mut lines = schema.segments(extent == Extent::Whole);
    // Where two groups begin alike, a message that has both cannot be told apart: what finds no place is left out.
    for _ in 0..lines.len() {
        let bytes = write(schema, extent, &lines).ok()?;
        let misplaced = misplaced(&bytes);
        if misplaced.is_empty() {
            return Some(bytes);
        }
        let mut at = 0;
        lines.retain(|_| {
            at += 1;
            !misplaced.contains(&at)
        });
    }
    None
}

/// Positions of segments without a place.
fn misplaced(bytes: &[u8]) -> Vec<u32> {
    let mut reader = Reader::new(bytes, Limits::default());
    let Ok(examination) = examine(&mut reader, Tolerance::Strict, |_, _| {}) else { return Vec::new() };
    examination.findings().filter(|f| f.answers("UCS02")).filter_map(|f| f.place.position).collect()
}

/// What stands behind the type in S009.
pub fn version_of(directory: &str) -> &'static str {
    match directory {
        "d96a" => "D:96A:UN",
        "d01b" => "D:01B:UN",
        "v4" => "4:1:UN",
        _ => "D:3:UN",
    }
}

fn write(schema: &'static Schema, extent: Extent, lines: &[&'static str]) -> Result<Vec<u8>, WriteError> {
    let syntax_version = if schema.dictionary().version == "v4" { 4 } else { 3 };
    let party = |id: &str| PartyId { qualifier: "14".to_string(), id: id.to_string() };
    let envelope = Envelope {
        syntax: "UNOC".to_string(),
        syntax_version,
        sender: party("4012345000009"),
        receiver: party("4098765000010"),
        sender_internal: String::new(),
        receiver_internal: String::new(),
        date: "20260105".to_string(),
        time: "0930".to_string(),
        reference: "1".to_string(),
        application: String::new(),
        agreement: String::new(),
        acknowledgement_requested: false,
        test: true,
        service_string: true,
        delimiters: Delimiters { repetition: (syntax_version == 4).then_some(b'*'), ..Delimiters::EDIFACT },
    };
    let dictionary = schema.dictionary();
    let mut writer = Writer::new(&envelope, Foreign::Refuse)?;
    writer.begin_message(schema.code(), version_of(dictionary.version))?;
    let count = lines.iter().filter(|id| **id == "LIN").count();
    for id in lines {
        if !matches!(*id, "UNH" | "UNT")
            && let Some(shape) = dictionary.segment(id)
        {
            segment(&mut writer, dictionary, shape, extent, count)?;
        }
    }
    writer.finish()
}

fn segment(
    writer: &mut Writer,
    dictionary: &'static Dictionary,
    shape: &'static Shape,
    extent: Extent,
    lines: usize,
) -> Result<(), WriteError> {
    let chosen = chosen(shape, extent);
    let mut elements: Vec<Vec<String>> = Vec::new();
    for (at, position) in shape.positions.iter().enumerate() {
        elements.push(match position.holds {
            _ if chosen >> at & 1 == 0 => Vec::new(),
            Holds::Element(at) => vec![value(&dictionary.elements[usize::from(at)])],
            Holds::Composite(at) => {
                let composite = &dictionary.composites[usize::from(at)];
                let chosen = self::chosen(composite, extent);
                let parts = composite.positions.iter().enumerate().map(|(index, part)| match part.holds {
                    Holds::Element(at) if chosen >> index & 1 == 1 => {
                        value(&dictionary.elements[usize::from(at)])
                    }
                    _ => String::new(),
                });
                let parts: Vec<String> = parts.collect();
                match parts.iter().all(String::is_empty) {
                    // A composite of nothing but conditional components holds one of them.
                    true => first_of(dictionary, composite),
                    false => parts,
                }
            }
        });
    }
    adapt(shape.id, &mut elements, lines);
    let parts: Vec<Vec<&str>> =
        elements.iter().map(|parts| parts.iter().map(String::as_str).collect()).collect();
    let values: Vec<Value<'_>> = parts.iter().map(|parts| Value::Composite(parts)).collect();
    writer.segment_of(shape.id, &values)
}

/// Which elements are written, a bit each: what the extent asks for, as far as the dependency notes let it.
fn chosen(shape: &Shape, extent: Extent) -> u64 {
    let all = (0..shape.positions.len()).fold(0u64, |all, at| all | 1 << at);
    let (mut chosen, mut banned) = (if extent == Extent::Whole { all } else { shape.mandatory }, 0u64);
    // Each round settles one note at least.
    for _ in 0..=shape.notes.len() {
        for note in &shape.notes {
            let there = note.positions & chosen;
            match note.rule {
                Rule::Exclusive if there.count_ones() > 1 => banned |= there & (there - 1),
                Rule::Paired if there != 0 && note.positions & banned != 0 => banned |= note.positions,
                Rule::Conditional if chosen & note.first != 0 && note.positions & banned != 0 => {
                    banned |= note.first
                }
                Rule::Paired if there != 0 => chosen |= note.positions,
                Rule::Conditional if chosen & note.first != 0 => chosen |= note.positions,
                Rule::Required if there == 0 => chosen |= 1 << note.positions.trailing_zeros(),
                Rule::ListConditional if chosen & note.first != 0 && there == note.first => {
                    chosen |= note.positions
                }
                _ => {}
            }
            chosen &= !banned;
        }
    }
    chosen
}

fn first_of(dictionary: &Dictionary, composite: &Shape) -> Vec<String> {
    match composite.positions.first().map(|p| p.holds) {
        Some(Holds::Element(at)) => vec![value(&dictionary.elements[usize::from(at)])],
        _ => Vec::new(),
    }
}

/// As short as the element allows, of its type, from its list.
fn value(element: &Element) -> String {
    let length = element.min as usize;
    if let Some(codes) = &element.codes {
        return codes.values().first().map_or("1", |code| code).to_string();
    }
    match element.kind {
        Kind::Number => "1".repeat(length),
        _ => "A".repeat(length),
    }
}

/// Where values depend on each other: dates on their format, totals on what was written, numbers on their check digit.
fn adapt(id: &str, elements: &mut [Vec<String>], lines: usize) {
    let mut set = |element: usize, component: usize, value: &str| {
        if let Some(part) = elements.get_mut(element - 1).and_then(|e| e.get_mut(component - 1))
            && !part.is_empty()
        {
            *part = value.to_string();
        }
    };
    match id {
        "DTM" => {
            set(1, 2, "20260105");
            set(1, 3, "102");
        }
        "CNT" => {
            set(1, 1, "2");
            set(1, 2, &lines.to_string());
        }
        "NAD" => set(2, 1, "4012345000009"),
        "LOC" => set(2, 1, "4012345000009"),
        _ => {}
    }
}
