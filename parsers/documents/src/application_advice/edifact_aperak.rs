//! EDIFACT APERAK (D.96A, D.01B) and [`ApplicationAdvice`], both ways.
//!
//! The documents spoken of are lines. D.01B names them in the groups DOC; D.96A has none: there the first reference (RFF) of the
//! header is the document, and others of its kind that an error names are further ones. Errors (ERC) stand behind all of them; one belongs to the line whose number a reference beneath it (RFF)
//! has, else to the first. What is said to all of it stands in BGM (4343, else the function 1225), to one document in DOC (1373).
//!
//! APERAK has no element for the place of an error: written, it is told in words, in a text of the error.

use super::{AdviceLine, AdviceScope, AdviceStatus, ApplicationAdvice, ApplicationError, worst};
use crate::Text;
use crate::date::{DateRole, DateTime};
use crate::edifact::party::party_and_contacts;
use crate::edifact::quantity::qualified;
use crate::edifact::{codes, date, reference};
use crate::mapping::{Elements, Walk, wrapped};
use crate::reference::{Note, Reference, ReferenceKind};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/version", "BGM of D.96A has the number alone (1004)"),
    ("/revision", "BGM of D.96A has the number alone (1004)"),
    (
        "/status",
        "4343 has no code for the word: accepted, conditionally accepted and rejected are all it says",
    ),
    ("/related_number", "BGM has one number"),
    ("/currency", "APERAK has no CUX"),
    ("/other_currencies", "APERAK has no CUX"),
    ("/contacts", "APERAK has contacts with parties alone"),
    (
        "/parties/contacts",
        "the group NAD has contacts apart from their numbers, which go with the last contact",
    ),
    ("/parties/references", "the group NAD of APERAK has no RFF"),
    ("/locations", "APERAK has no places"),
    ("/measurements", "APERAK has no measurements"),
    ("/attachments", "APERAK has no documents beside those it speaks of"),
    (
        "/lines/status",
        "a line has its own word in DOC of D.01B alone (1373: accepted, conditionally, rejected)",
    ),
    (
        "/lines/status_code",
        "a line has its own word in DOC of D.01B alone (1373: accepted, conditionally, rejected)",
    ),
    ("/lines/document_kind", "DOC has codes of 1001, RFF of 1153: neither has one for each kind"),
    ("/lines/document_kind_code", "DOC has codes of 1001, RFF of 1153"),
    ("/lines/number", "D.96A has no DOC: without an error a further document stands with the references"),
    ("/lines/dates", "D.96A has no DOC: the document stands with the references"),
    ("/lines/scope", "DOC is a document; parts of it stand with the errors"),
    ("/lines/sender_id", "APERAK names the document, not the envelope it came in"),
    ("/lines/receiver_id", "APERAK names the document, not the envelope it came in"),
    ("/lines/group_date", "APERAK names the document, not the envelope it came in"),
    ("/lines/group_time", "APERAK names the document, not the envelope it came in"),
    ("/lines/group_control_number", "APERAK names the document, not the envelope it came in"),
    ("/lines/set_control_number", "APERAK names the document, not the envelope it came in"),
    ("/lines/set_code", "DOC has the kind of document (1001) in place of the set"),
    ("/lines/set_version", "APERAK names the document, not the envelope it came in"),
    ("/lines/references", "APERAK has references in its header, and with an error"),
    ("/lines/parties", "APERAK has parties in its header alone"),
    ("/lines/contacts", "APERAK has contacts with parties alone"),
    ("/lines/amounts", "APERAK has no amounts"),
    ("/lines/quantities", "APERAK has no quantities"),
    ("/lines/notes", "APERAK has texts in its header, and with an error"),
    ("/lines/codes", "APERAK has no codes of an agency"),
    ("/lines/industry_codes", "APERAK has no codes of an agency"),
    ("/lines/errors/segment", "the place of an error is told in words (FTX)"),
    ("/lines/errors/segment_position", "the place of an error is told in words (FTX)"),
    ("/lines/errors/element", "the place of an error is told in words (FTX)"),
    ("/lines/errors/component", "the place of an error is told in words (FTX)"),
    ("/lines/errors/repetition", "the place of an error is told in words (FTX)"),
    ("/lines/errors/element_reference", "the place of an error is told in words (FTX)"),
    ("/lines/errors/component_reference", "the place of an error is told in words (FTX)"),
    ("/lines/errors/value", "the wrong value is told in words (FTX)"),
    ("/lines/errors/new_value", "the wrong value is told in words (FTX)"),
    ("/lines/errors/contexts", "ERC has no context"),
    ("/lines/errors/details", "ERC has one code"),
    ("/lines/document_name", "D.96A has no DOC: the document stands with the references"),
    ("/lines/errors/references", "SG4 of D.96A has one reference"),
    ("/lines/errors/text", "FTX of D.96A has five lines of 70 characters"),
    ("/lines/errors/notes", "ERC has one FTX; others stand with a reference (RFF)"),
];

/// The APERAK.
pub(crate) fn map(walk: &mut Walk<'_>, advice: &mut ApplicationAdvice) {
    let has_documents = walk.is_newer();
    if walk.is_writing() {
        complete(advice, has_documents);
    }
    walk.once("BGM", |e| beginning(e, advice));
    walk.each("DTM", &mut advice.dates, date::dtm);
    walk.each("FTX", &mut advice.notes, reference::note);
    walk.each("CNT", &mut advice.totals.counts, qualified);
    if walk.is_reading() {
        walk.loops("DOC", &mut advice.lines, document);
    } else if has_documents {
        let status = advice.status;
        walk.loops_chosen("DOC", &mut advice.lines, is_document, |w, line| {
            // What BGM says to all of it need not be said again.
            let own = line.status;
            if line.status_code.is_empty() && Some(own) == status {
                line.status = AdviceStatus::Other;
            }
            document(w, line);
            line.status = own;
        });
    }
    walk.loops("RFF", &mut advice.references, reference::dated);
    walk.loops("NAD", &mut advice.parties, party_and_contacts);
    match walk.is_reading() {
        true => derive(walk, advice),
        false => write_errors(walk, &advice.lines),
    }
}

/// BGM. D.01B has codes for what the message is: 313 errors, 312 an acknowledgement, 305 either.
fn beginning(e: &mut Elements<'_>, advice: &mut ApplicationAdvice) {
    e.code((1, 1), &mut advice.kind_code);
    if !e.is_reading() && e.is_newer() && !e.has((1, 1)) {
        e.constant((1, 1), "305");
    }
    e.code((1, 2), &mut advice.kind_list_code);
    e.code((1, 3), &mut advice.kind_agency_code);
    e.text((1, 4), &mut advice.kind_name);
    e.required((2, 1), &mut advice.number);
    if e.is_reading() || e.is_newer() {
        e.text((2, 2), &mut advice.version);
        e.text((2, 3), &mut advice.revision);
    }
    e.coded((3, 1), &codes::PURPOSE, &mut advice.purpose, &mut advice.purpose_code);
    answer(e, advice);
}

/// 4343 is an answer to all of it, or says which answer is wanted. Where it is not there, the function (1225) may be an answer.
fn answer(e: &mut Elements<'_>, advice: &mut ApplicationAdvice) {
    if !e.is_reading() {
        e.code((4, 1), &mut advice.acknowledgement_code);
        let by_function = e.codes_are_ours() && said_by(&advice.purpose_code) == advice.status;
        if !e.has((4, 1)) && !by_function {
            e.coded_opt((4, 1), &codes::ADVICE_STATUS, &mut advice.status, &mut advice.status_code);
        }
        return;
    }
    match (codes::ADVICE_STATUS.word)(&e.peek((4, 1))) {
        AdviceStatus::Other => e.code((4, 1), &mut advice.acknowledgement_code),
        _ => e.coded_opt((4, 1), &codes::ADVICE_STATUS, &mut advice.status, &mut advice.status_code),
    }
    advice.status = advice.status.or(said_by(&advice.purpose_code));
}

/// 1225 as an answer.
fn said_by(function: &str) -> Option<AdviceStatus> {
    match function {
        "29" | "44" => Some(AdviceStatus::Accepted),
        "28" | "30" | "34" => Some(AdviceStatus::AcceptedWithChanges),
        "27" => Some(AdviceStatus::Rejected),
        _ => None,
    }
}

/// The group DOC. What is named by nothing else is a related document (1001 = 916).
fn document(walk: &mut Walk<'_>, line: &mut AdviceLine) {
    walk.once("DOC", |e| {
        if !e.is_reading() && !line.document_kind_code.bytes().all(|b| b.is_ascii_digit()) {
            // A code of 1153.
            line.document_kind_code = Text::default();
        }
        e.coded((1, 1), &codes::DOCUMENT_KIND, &mut line.document_kind, &mut line.document_kind_code);
        if !e.is_reading() && !e.has((1, 1)) {
            e.constant((1, 1), kind_of_set(line.set_code.as_deref()).unwrap_or("916"));
        }
        e.text((1, 4), &mut line.document_name);
        e.text((2, 1), &mut line.number);
        e.coded((2, 2), &codes::DOCUMENT_STATUS, &mut line.status, &mut line.status_code);
    });
    walk.each("DTM", &mut line.dates, date::dtm);
}

/// 1001 of the document that a set of X12 is.
fn kind_of_set(set: Option<&str>) -> Option<&'static str> {
    let kind = match set? {
        "810" => ReferenceKind::Invoice,
        "820" => ReferenceKind::RemittanceAdvice,
        "832" => ReferenceKind::PriceList,
        "850" => ReferenceKind::PurchaseOrder,
        "855" => ReferenceKind::OrderResponse,
        "856" => ReferenceKind::ShipNotice,
        "860" => ReferenceKind::OrderChange,
        "861" => ReferenceKind::ReceivingAdvice,
        _ => return None,
    };
    (codes::DOCUMENT_KIND.code)(kind)
}

/// What the document has in fields of their own and EDIFACT in dates and references.
fn complete(advice: &mut ApplicationAdvice, has_documents: bool) {
    advice.status = advice.status.or(worst(&advice.lines));
    if advice.advice_date.is_some() {
        let issue = DateTime {
            role: DateRole::Issue,
            date: advice.advice_date,
            time: advice.advice_time,
            time_zone_code: advice.time_zone_code.clone(),
            ..DateTime::default()
        };
        advice.dates.insert(0, issue);
    }
    // References of the only document are those of the advice.
    if let [line] = advice.lines.as_mut_slice() {
        advice.references.append(&mut line.references);
    }
    if has_documents {
        return;
    }
    let of_lines = advice.lines.iter().filter(|line| is_document(line)).filter_map(of_line);
    let mut references: Vec<Reference> = Vec::new();
    for reference in of_lines {
        let listed = |list: &[Reference]| list.iter().any(|r| is_same(r, &reference));
        // The first is the document: it must stand first.
        if !listed(&references) && (references.is_empty() || !listed(&advice.references)) {
            match advice.references.first().is_some_and(|r| is_same(r, &reference)) {
                true => references.push(advice.references.remove(0)),
                false => references.push(reference),
            }
        }
    }
    references.append(&mut advice.references);
    advice.references = references;
}

/// A thing in a document is no document: an error names it.
fn is_document(line: &AdviceLine) -> bool {
    line.scope != Some(AdviceScope::Item)
}

/// The document a line is about, as RFF names it; `None` where it has no number.
fn of_line(line: &AdviceLine) -> Option<Reference> {
    let is_1001 = line.document_kind_code.bytes().all(|b| b.is_ascii_digit());
    let kind_code = if is_1001 { Text::default() } else { line.document_kind_code.clone() };
    let value = Some(line.number.clone()?);
    Some(Reference { kind: line.document_kind, kind_code, value, ..Reference::default() })
}

fn is_same(a: &Reference, b: &Reference) -> bool {
    let codes_differ = !a.kind_code.is_empty() && !b.kind_code.is_empty() && a.kind_code != b.kind_code;
    a.value == b.value && a.kind == b.kind && !codes_differ
}

/// The lines, and the errors of each.
fn derive(walk: &mut Walk<'_>, advice: &mut ApplicationAdvice) {
    let is_issue = |d: &DateTime| d.role_code == "137" && d.date.is_some() && d.period.is_none();
    if let Some(at) = advice.dates.iter().position(is_issue) {
        let issue = advice.dates.remove(at);
        (advice.advice_date, advice.advice_time) = (issue.date, issue.time);
        advice.time_zone_code = issue.time_zone_code;
    }
    let mut errors = Vec::new();
    walk.loops("ERC", &mut errors, read_error);
    let by_reference = advice.lines.is_empty();
    let status = advice.status.unwrap_or_default();
    let named = |r: &Reference| AdviceLine {
        status,
        document_kind: r.kind,
        document_kind_code: r.kind_code.clone(),
        number: r.value.clone(),
        ..AdviceLine::default()
    };
    if by_reference {
        match advice.references.first() {
            Some(first) => advice.lines.push(named(first)),
            None if errors.is_empty() => {}
            None => advice.lines.push(AdviceLine { status, ..AdviceLine::default() }),
        }
    }
    for line in advice.lines.iter_mut().filter(|line| line.status_code.is_empty()) {
        line.status = status;
    }
    // Further documents are of the kind of the first.
    let kind = advice.references.first().map(|r| r.kind_code.clone());
    let further = advice.references.iter().filter(|r| kind.as_ref() == Some(&r.kind_code));
    for error in errors {
        let about = |number: &Option<Text>| {
            number.is_some() && error.references.iter().any(|r: &Reference| r.value == *number)
        };
        let mut at = advice.lines.iter().position(|line| about(&line.number));
        if let (None, true, Some(reference)) = (at, by_reference, further.clone().find(|r| about(&r.value))) {
            at = Some(advice.lines.len());
            advice.lines.push(named(reference));
        }
        if let Some(line) = advice.lines.get_mut(at.unwrap_or(0)) {
            line.errors.push(error);
        }
    }
}

/// The group ERC.
fn read_error(walk: &mut Walk<'_>, error: &mut ApplicationError) {
    walk.once("ERC", |e| code(e, error));
    walk.once_if("FTX", is_plain_text, |e| error_text(e, error));
    walk.each("FTX", &mut error.notes, reference::note);
    for mut inner in walk.found("RFF") {
        inner.claim_loop();
        inner.each("RFF", &mut error.references, reference::reference);
        inner.each("FTX", &mut error.notes, reference::note);
    }
}

/// ERC. 9321 has no list of its own; codes of the other standard name theirs (3055 = 116: ASC X12).
fn code(e: &mut Elements<'_>, error: &mut ApplicationError) {
    e.required((1, 1), &mut error.code);
    if !e.is_reading() && !e.has((1, 1)) {
        e.constant((1, 1), "ZZZ");
    }
    e.code((1, 2), &mut error.list_code);
    e.code((1, 3), &mut error.agency_code);
    if !e.codes_are_ours() && !error.code.is_empty() {
        e.constant((1, 3), "116");
    }
}

/// A subject and nothing but text.
fn is_plain_text(e: &Elements<'_>) -> bool {
    e.has((1, 1)) && e.has(4) && !e.has(2) && !e.has(3) && !e.has(5)
}

/// The text of an error. One that says not what it is, describes the error (4451 = AAO).
fn error_text(e: &mut Elements<'_>, error: &mut ApplicationError) {
    e.code((1, 1), &mut error.text_code);
    if !e.is_reading() {
        if !e.has((1, 1)) {
            e.constant((1, 1), "AAO");
        }
        if let Some(text) = &mut error.text {
            let lines: Vec<Text> = text.split('\n').map(Text::new).collect();
            *text = Text::new(wrapped(&lines, if e.is_newer() { 512 } else { 70 }).join("\n"));
        }
    }
    e.lines((1..=5).map(|component| (4, component).into()), &mut error.text);
}

fn write_errors(walk: &mut Walk<'_>, lines: &[AdviceLine]) {
    for (at, line) in lines.iter().enumerate() {
        for error in &line.errors {
            let mut error = error.clone();
            let is_of_another =
                |r: &Reference| lines.iter().any(|l| l.number.is_some() && l.number == r.value);
            let of = of_line(line);
            // The errors of the first document need not name it.
            let named = error.references.iter().any(|r| of.as_ref().is_some_and(|of| of.value == r.value));
            let must = at > 0 || !is_document(line) || error.references.iter().any(is_of_another);
            let of = of.filter(|_| !named);
            walk.write_loop("ERC", |w| write_error(w, &mut error, of, must));
        }
    }
}

/// ERC has one text: that of the error, else its first note. Other notes stand beneath a reference, that of the document (`of`) where
/// the error has none. Where it is not the first document's, the reference says whose error it is; D.96A has one reference.
fn write_error(walk: &mut Walk<'_>, error: &mut ApplicationError, of: Option<Reference>, must: bool) {
    walk.once("ERC", |e| code(e, error));
    error.notes.extend(place_in_words(error));
    if error.text.is_some() {
        walk.once("FTX", |e| error_text(e, error));
    } else if !error.notes.is_empty() {
        let mut first = error.notes.remove(0);
        walk.once("FTX", |e| reference::note(e, &mut first));
    }
    let mut references = std::mem::take(&mut error.references);
    if let Some(of) = of.filter(|_| must || (!error.notes.is_empty() && references.is_empty())) {
        references.insert(0, of);
    }
    references.truncate(if walk.is_newer() { 9 } else { 1 });
    let mut notes = std::mem::take(&mut error.notes);
    for named in &mut references {
        walk.write_loop("RFF", |w| {
            w.once("RFF", |e| {
                reference::reference(e, named);
                if !e.has((1, 1)) {
                    // 1153 = ACW: reference number to the previous message.
                    e.constant((1, 1), "ACW");
                }
            });
            w.each("FTX", &mut notes, reference::note);
        });
        notes.clear();
    }
}

/// Where the error is, as a note. `None` where the document does not say.
fn place_in_words(error: &ApplicationError) -> Option<Note> {
    let position = error.segment_position.map(|p| p.to_string());
    let places = [
        ("Segment", error.segment.as_deref()),
        ("position", position.as_deref()),
        ("element", error.element.as_deref()),
        ("component", error.component.as_deref()),
        ("repetition", error.repetition.as_deref()),
        ("data element", error.element_reference.as_deref()),
        ("value", error.value.as_deref()),
        ("should be", error.new_value.as_deref()),
    ];
    let said: Vec<String> =
        places.iter().filter_map(|(what, value)| Some(format!("{what} {}", (*value)?))).collect();
    let line = Text::new(said.join(", "));
    (!line.is_empty()).then(|| Note { lines: vec![line], ..Note::default() })
}
