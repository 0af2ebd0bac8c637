//! X12 824 (004010, 005010) and [`ApplicationAdvice`], both ways.
//!
//! A loop OTI is a line: one document, or a thing in it, and the errors in it (TED). TED05 and TED06 are composites from 005010 on
//! and simple elements before; one description serves both. Segments that are not named are left alone, and so are listed in
//! `unmapped`.

use super::{
    AdviceCode, AdviceLine, AdviceScope, AdviceStatus, ApplicationAdvice, ApplicationError, ErrorContext,
    ErrorDetail, worst,
};
use crate::Text;
use crate::mapping::{Elements, Walk, wrapped};
use crate::reference::Note;
use crate::x12::party::{contact, individual, party};
use crate::x12::{codes, date, money, quantity, reference};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/kind_name", "BGN has no name of the document"),
    ("/version", "BGN has a number alone"),
    ("/revision", "BGN has a number alone"),
    ("/status", "the 824 says it of each document (OTI01)"),
    ("/currency", "the 824 has no CUR"),
    ("/other_currencies", "the 824 has no CUR"),
    ("/dates", "the header of the 824 has BGN03 and BGN04 alone: the date of the advice"),
    (
        "/references",
        "the 824 has references with a document (OTI) alone: the document spoken of stands in OTI03",
    ),
    ("/contacts", "the 824 has contacts with parties and documents alone"),
    ("/notes", "the 824 has texts with errors alone (NTE in the loop TED)"),
    ("/locations", "the 824 has no places"),
    ("/measurements", "the 824 has no measurements"),
    ("/attachments", "the 824 has no PWK"),
    ("/totals", "the 824 counts nothing"),
    ("/lines/document_name", "OTI02 is a code alone"),
    ("/lines/notes", "the 824 has texts with errors alone (NTE in the loop TED)"),
    ("/lines/industry_codes", "the loop LM holds codes with their agency"),
    ("/lines/errors/references", "the loop TED has no REF"),
    ("/lines/errors/text", "TED02 has 60 characters: a longer text stands whole in NTE"),
    ("/lines/errors/contexts", "004010 has no CTX"),
    ("/lines/errors/component", "TED05 of 004010 has the position of the element alone"),
    ("/lines/errors/repetition", "TED05 of 004010 has the position of the element alone"),
    ("/lines/errors/component_reference", "TED06 of 004010 has the number of the element alone"),
    ("/lines/parties/address", "NM1 stands without an address"),
    ("/lines/parties/contacts", "NM1 stands without contacts"),
    ("/lines/parties/references", "NM1 stands without references"),
];

/// The 824.
pub(crate) fn map(walk: &mut Walk<'_>, advice: &mut ApplicationAdvice) {
    // The 824 has at least one OTI.
    if walk.is_writing() && advice.lines.is_empty() {
        let status = advice.status.unwrap_or_default();
        advice.lines.push(AdviceLine { status, ..AdviceLine::default() });
    }
    walk.once("BGN", |e| beginning(e, advice));
    walk.loops("N1", &mut advice.parties, party);
    walk.loops("OTI", &mut advice.lines, line);
    if walk.is_reading() {
        advice.status = worst(&advice.lines);
    }
}

/// BGN. An advice that says not what it is for is a response (353 = 11).
fn beginning(e: &mut Elements<'_>, advice: &mut ApplicationAdvice) {
    e.coded(1, &codes::PURPOSE, &mut advice.purpose, &mut advice.purpose_code);
    if !e.is_reading() && !e.has(1) {
        e.constant(1, "11");
    }
    e.required(2, &mut advice.number);
    e.date(3, &mut advice.advice_date);
    e.time(4, &mut advice.advice_time);
    e.code(5, &mut advice.time_zone_code);
    e.text(6, &mut advice.related_number);
    e.code(7, &mut advice.transaction_type_code);
    e.code(8, &mut advice.action_code);
    e.code(9, &mut advice.security_level_code);
}

/// The loop OTI.
fn line(walk: &mut Walk<'_>, line: &mut AdviceLine) {
    walk.once("OTI", |e| spoken_of(e, line));
    walk.each("REF", &mut line.references, reference::reference);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.each("PER", &mut line.contacts, contact);
    walk.each("AMT", &mut line.amounts, money::amount);
    walk.each("QTY", &mut line.quantities, quantity::qty);
    walk.each("NM1", &mut line.parties, individual);
    walk.loops("TED", &mut line.errors, error);
    listed(walk, &mut line.codes);
}

/// OTI. The kind and the number of the document must be there: where the document has neither, it is a set (128 = TN) without a
/// number (`NA`).
fn spoken_of(e: &mut Elements<'_>, line: &mut AdviceLine) {
    answer(e, line);
    e.coded(2, &codes::REFERENCE_KIND, &mut line.document_kind, &mut line.document_kind_code);
    e.text(3, &mut line.number);
    if !e.is_reading() {
        if !e.has(2) {
            e.constant(2, "TN");
        }
        if !e.has(3) {
            e.constant(3, "NA");
        }
    }
    e.text(4, &mut line.sender_id);
    e.text(5, &mut line.receiver_id);
    e.date(6, &mut line.group_date);
    e.time(7, &mut line.group_time);
    e.text(8, &mut line.group_control_number);
    e.text(9, &mut line.set_control_number);
    e.text(10, &mut line.set_code);
    e.text(11, &mut line.set_version);
    e.code(12, &mut line.document_purpose_code);
    e.code(13, &mut line.document_transaction_type_code);
    e.code(14, &mut line.application_type_code);
    e.code(15, &mut line.document_action_code);
    e.code(16, &mut line.handling_code);
    e.code(17, &mut line.status_reason_code);
}

/// OTI01: the first letter is the scope, the second the word. A document that says neither is accepted where it has no errors, and
/// rejected where it has some.
fn answer(e: &mut Elements<'_>, line: &mut AdviceLine) {
    use AdviceScope as S;
    const LETTERS: [(&str, AdviceScope); 4] =
        [("B", S::Batch), ("G", S::Group), ("T", S::Document), ("I", S::Item)];
    e.coded(1, &codes::ADVICE_STATUS, &mut line.status, &mut line.status_code);
    if e.is_reading() {
        let letter = LETTERS.iter().find(|(letter, _)| line.status_code.starts_with(letter));
        line.scope = letter.map(|(_, scope)| *scope).filter(|_| line.status != AdviceStatus::Other);
        return;
    }
    if !e.has(1) {
        e.constant(1, if line.errors.is_empty() { "TA" } else { "TR" });
    }
    let letter = LETTERS.iter().find(|(_, scope)| Some(*scope) == line.scope).map(|(letter, _)| *letter);
    let code = e.peek(1).into_owned();
    if let (Some(letter), Some(word)) = (letter, code.get(1..))
        && (codes::ADVICE_STATUS.word)(&code) != AdviceStatus::Other
    {
        e.constant(1, &format!("{letter}{word}"));
    }
}

/// The loop TED: an error, where it is, and what it depends on.
fn error(walk: &mut Walk<'_>, error: &mut ApplicationError) {
    if walk.is_writing() {
        shorten(error);
    }
    walk.once("TED", |e| {
        e.required_code(1, &mut error.code);
        if !e.is_reading() && !e.has(1) {
            // 647 = 024: a reason that the list does not have.
            e.constant(1, "024");
        }
        e.text(2, &mut error.text);
        e.text(3, &mut error.segment);
        e.decimal(4, &mut error.segment_position);
        e.text((5, 1), &mut error.element);
        e.text((6, 1), &mut error.element_reference);
        if e.is_reading() || e.is_newer() {
            e.text((5, 2), &mut error.component);
            e.text((5, 3), &mut error.repetition);
            e.text((6, 2), &mut error.component_reference);
        }
        e.text(7, &mut error.value);
        e.text(8, &mut error.new_value);
    });
    walk.each("CTX", &mut error.contexts, context);
    reference::remarks(walk, &mut error.notes);
    walk.each("RED", &mut error.details, detail);
}

/// TED02 has 60 characters in one line. A longer text begins there, and stands whole in a note.
fn shorten(error: &mut ApplicationError) {
    let Some(text) = &error.text else { return };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let first = wrapped(&[Text::new(&line)], 60).into_iter().next();
    if first.as_deref() != Some(text) {
        if first.as_deref() != Some(&line) {
            error.notes.insert(0, Note { lines: vec![Text::new(&line)], ..Note::default() });
        }
        error.text = first;
    }
}

/// CTX.
fn context(e: &mut Elements<'_>, c: &mut ErrorContext) {
    e.texts([(1, 1).into()].into_iter(), &mut c.names);
    e.texts([(1, 2).into()].into_iter(), &mut c.values);
    e.text(2, &mut c.segment);
    e.decimal(3, &mut c.segment_position);
    e.text(4, &mut c.loop_id);
    e.text((5, 1), &mut c.element);
    e.text((5, 2), &mut c.component);
    e.text((5, 3), &mut c.repetition);
    e.text((6, 1), &mut c.element_reference);
    e.text((6, 2), &mut c.component_reference);
}

/// RED.
fn detail(e: &mut Elements<'_>, d: &mut ErrorDetail) {
    e.text(1, &mut d.text);
    e.code(2, &mut d.code);
    e.code(3, &mut d.agency_code);
    e.code(4, &mut d.source_code);
    e.code(5, &mut d.list_code);
    e.code(6, &mut d.industry_code);
}

/// The loops LM, and in each the codes of its agency (LQ). Codes of one agency that follow each other are written in one loop.
fn listed(walk: &mut Walk<'_>, list: &mut Vec<AdviceCode>) {
    for mut agency in walk.found("LM") {
        agency.claim_loop();
        let mut head = AdviceCode::default();
        agency.once("LM", |e| keeper(e, &mut head));
        let mut codes = Vec::new();
        agency.loops("LQ", &mut codes, coded);
        if codes.is_empty() {
            codes.push(AdviceCode::default());
        }
        list.extend(codes.into_iter().map(|code| AdviceCode {
            agency_code: head.agency_code.clone(),
            source_code: head.source_code.clone(),
            ..code
        }));
    }
    let keeper_of = |c: &AdviceCode| (c.agency_code.clone(), c.source_code.clone());
    for codes in list.chunk_by_mut(|a, b| keeper_of(a) == keeper_of(b)) {
        walk.write_loop("LM", |agency| {
            if let Some(first) = codes.first_mut() {
                agency.once("LM", |e| keeper(e, first));
            }
            for code in codes {
                agency.write_loop("LQ", |w| coded(w, code));
            }
        });
    }
}

/// LM.
fn keeper(e: &mut Elements<'_>, c: &mut AdviceCode) {
    e.code(1, &mut c.agency_code);
    e.code(2, &mut c.source_code);
}

/// The loop LQ.
fn coded(walk: &mut Walk<'_>, c: &mut AdviceCode) {
    walk.once("LQ", |e| {
        e.code(1, &mut c.list_code);
        e.code(2, &mut c.code);
    });
    walk.each("RED", &mut c.details, detail);
}
