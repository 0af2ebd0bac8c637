//! References and notes: REF, N9 with its messages, MSG, MTX, SI.
//!
//! Texts are kept as they came, one line a segment. Of MSG the carriage control and number stay unmapped: they are for printers.

use super::{codes, date};
use crate::mapping::{Elements, Walk, wrapped};
use crate::reference::{Characteristic, Note, Reference, ReferencePart};

/// REF.
pub(crate) fn reference(e: &mut Elements<'_>, r: &mut Reference) {
    e.needs(1);
    e.coded(1, &codes::REFERENCE_KIND, &mut r.kind, &mut r.kind_code);
    e.text(2, &mut r.value);
    e.text(3, &mut r.description);
    parts(e, 4, &mut r.parts);
}

/// Composite C040: up to three pairs of qualifier and value.
pub(crate) fn parts(e: &mut Elements<'_>, element: usize, list: &mut Vec<ReferencePart>) {
    if e.is_reading() && !e.has(element) {
        return;
    }
    e.slots([1, 3, 5].into_iter(), list, |e, component, part| {
        e.needs((element, component));
        e.coded((element, component), &codes::REFERENCE_KIND, &mut part.kind, &mut part.kind_code);
        e.required((element, component + 1), &mut part.value);
    });
}

/// The loop N9: a reference, dates and the messages that follow.
pub(crate) fn note(walk: &mut Walk<'_>, n: &mut Note) {
    walk.once("N9", |e| {
        e.coded_opt(1, &codes::REFERENCE_KIND, &mut n.kind, &mut n.code);
        e.text(2, &mut n.reference);
        e.text(3, &mut n.subject);
        e.part(&mut n.date, |e, d| {
            e.date(4, &mut d.date);
            e.time(5, &mut d.time);
            e.code(6, &mut d.time_zone_code);
        });
        parts(e, 7, &mut n.parts);
        // N9 needs a qualifier, and a number or a word: a note that only has lines gets both.
        if !e.is_reading() {
            if !e.has(1) {
                e.constant(1, "L1");
            }
            if !e.has(2) && !e.has(3) {
                e.constant(3, "NOTE");
            }
        }
    });
    walk.each("DTM", &mut n.dates, date::dtm);
    lines(walk, &mut n.lines);
}

/// MSG, and MTX, which takes its place from 005010 on.
fn lines(walk: &mut Walk<'_>, lines: &mut Vec<crate::Text>) {
    if walk.is_reading() || !walk.is_newer() {
        walk.texts("MSG", 1, lines);
    }
    if walk.is_reading() || walk.is_newer() {
        walk.each("MTX", lines, |e, line| e.required(2, line));
    }
}

/// The MSG and MTX that stand in a loop of something else, each a note of one line.
pub(crate) fn messages(walk: &mut Walk<'_>, notes: &mut Vec<Note>) {
    if walk.is_reading() || !walk.is_newer() {
        walk.each_chosen("MSG", notes, is_message, message);
    }
    if walk.is_reading() || walk.is_newer() {
        walk.each_chosen("MTX", notes, is_message, text);
    }
}

/// MSG outside a loop of its own.
pub(crate) fn message(e: &mut Elements<'_>, n: &mut Note) {
    e.texts([1.into()].into_iter(), &mut n.lines);
}

/// True of a note that is a line of text and nothing else, so that an MSG can hold it.
pub(crate) fn is_message(n: &Note) -> bool {
    *n == Note { lines: n.lines.clone(), ..Note::default() } && n.lines.len() == 1
}

/// MTX: a text of two parts.
pub(crate) fn text(e: &mut Elements<'_>, n: &mut Note) {
    e.code(1, &mut n.code);
    e.texts([2.into(), 3.into()].into_iter(), &mut n.lines);
}

/// NTE: one line each. Lines that follow each other under one code (or none) are one note.
pub(crate) fn remarks(walk: &mut Walk<'_>, notes: &mut Vec<Note>) {
    let mut read: Vec<Note> = Vec::new();
    walk.each("NTE", &mut read, |e, n| {
        e.needs(2);
        e.code(1, &mut n.code);
        e.texts([2.into()].into_iter(), &mut n.lines);
    });
    let first = notes.len();
    for note in read {
        match notes[first..].last_mut() {
            Some(last) if last.code == note.code => last.lines.extend(note.lines),
            _ => notes.push(note),
        }
    }
    for note in if walk.is_writing() { notes.as_mut_slice() } else { &mut [] } {
        for mut line in wrapped(&note.lines, 80) {
            walk.once("NTE", |e| {
                e.code(1, &mut note.code);
                e.required(2, &mut line);
            });
        }
    }
}

/// SI: an agency, and pairs of characteristic and value.
pub(crate) fn characteristics(walk: &mut Walk<'_>, list: &mut Vec<Characteristic>) {
    let same = |a: &Characteristic, b: &Characteristic| a.agency_code == b.agency_code;
    walk.packed("SI", 10, list, same, |e, slot, c| {
        let pair = 2 + 2 * slot;
        e.needs(pair);
        e.needs(pair + 1);
        e.required_code(1, &mut c.agency_code);
        e.required_code(pair, &mut c.code);
        e.required(pair + 1, &mut c.value);
    });
}
