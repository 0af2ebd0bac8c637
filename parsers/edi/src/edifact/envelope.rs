//! The envelope's own rules (ISO 9735): headers read, trailers compared, each fault with the 0085 code a CONTRL reports it by.
//!
//! Elements of service segments are held against their definitions like any others; here are the rules between them. Pure
//! functions from segments to values and findings; the reader decides when they are asked.

use super::service::Header;
use crate::calendar::{is_date, is_time};
use crate::control_numbers::Seen;
use crate::finding::{self, Code, Finding, Place, Severity, excerpt};
use crate::interchange::{FunctionalGroup, Interchange, PartyId, Standard, Syntax, TransactionSet, Within};
use crate::schema::{Dictionary, check_service};
use crate::segment::Segment;

/// The service segments of syntax 4, else of 3, which 1 and 2 have as well.
fn dictionary(version: u8) -> Option<&'static Dictionary> {
    Dictionary::edifact(if version == 4 { "v4" } else { "v3" })
}

/// A set that holds nothing: what findings of the envelope say they stand in.
fn nowhere(within: &Within) -> TransactionSet<'static> {
    TransactionSet {
        standard: Standard::Edifact,
        code: String::new(),
        version: String::new(),
        control_number: within.set.clone().unwrap_or_default(),
        interchange: within.interchange.clone().unwrap_or_default(),
        group: within.group.clone().unwrap_or_default(),
        segments: Vec::new(),
        findings: Vec::new(),
        offset: 0,
        length: 0,
        too_large: false,
    }
}

/// A service segment against its definition; its place in a message counts only there. No more than a warning is what is
/// common and clear: a date of preparation with the century before syntax 4, or without it there; a 0 for no
/// acknowledgement and no test, where nothing is to stand; and a priority (0029), whose values partners agree on.
fn defined(segment: &Segment<'_>, version: u8, within: &Within, level: &'static str) -> Vec<Finding> {
    let Some(dictionary) = dictionary(version) else { return Vec::new() };
    let mut findings = check_service(dictionary, &nowhere(within), segment, level);
    for finding in &mut findings {
        let value = finding.value.as_deref().unwrap_or_default();
        let clear = match finding.place.reference.as_deref() {
            Some("0017") => matches!(value.len(), 6 | 8) && is_date(value.as_bytes()),
            Some("0031" | "0035") => value == "0",
            Some("0029") => finding.code == finding::CODE_INVALID,
            _ => false,
        };
        if clear {
            (finding.severity, finding.answer) = (Severity::Warning, None);
        }
        finding.place.position = Some(segment.position).filter(|&p| p > 0);
    }
    findings
}

fn text(segment: &Segment<'_>, element: usize, component: usize) -> String {
    excerpt(segment.component_text(element, component).trim_end().as_bytes())
}

fn error(code: Code, place: Place, message: String, level: &'static str) -> Finding {
    Finding::new(code, Severity::Error, place, message).in_edifact(level)
}

fn party(segment: &Segment<'_>, element: usize) -> (PartyId, [String; 2]) {
    let id = PartyId { qualifier: text(segment, element, 2), id: text(segment, element, 1) };
    (id, [text(segment, element, 3), text(segment, element, 4)])
}

/// S004: a date that exists, in the length of its syntax, and a time of day.
fn is_prepared(segment: &Segment<'_>, element: usize) -> bool {
    let (date, time) = (segment.component(element, 1), segment.component(element, 2));
    matches!(date.len(), 6 | 8) && is_date(date) && time.len() == 4 && is_time(time)
}

/// The UNB, and what is wrong with it and the UNA.
pub(super) fn interchange(unb: &Segment<'_>, header: &Header, offset: u64) -> (Interchange, Vec<Finding>) {
    let (sender, sender_internal) = party(unb, 2);
    let (receiver, receiver_internal) = party(unb, 3);
    let (identifier, version) =
        (text(unb, 1, 1), header.version.filter(|v| (1..=4).contains(v)).unwrap_or(3));
    let syntax = Syntax {
        identifier: identifier.clone(),
        version,
        sender_internal,
        receiver_internal,
        application: text(unb, 7, 1),
        agreement: text(unb, 10, 1),
        service_string: header.service_string,
    };
    let interchange = Interchange {
        standard: Standard::Edifact,
        sender,
        receiver,
        date: text(unb, 4, 1),
        time: text(unb, 4, 2),
        version: format!("{identifier}:{version}"),
        control_number: text(unb, 5, 1),
        acknowledgement_requested: unb.element(9) == b"1",
        // Syntax 4 has four kinds of test; none of them is to be posted.
        usage: if matches!(unb.element(11), b"" | b"0") { 'P' } else { 'T' },
        delimiters: unb.delimiters,
        offset,
        edifact: Some(Box::new(syntax)),
    };
    let within = Within { interchange: Some(interchange.control_number.clone()), ..Within::default() };
    let mut findings = defined(unb, version, &within, "UCI05");
    let place = |element| within.place("UNB", element, unb.offset);
    if header.unsuitable {
        let place = within.place("UNA", None, offset);
        let message = "the UNA cannot be used; the separators of the UNB are in force".to_string();
        findings.push(error(finding::UNA_UNSUITABLE, place, message, "UCI05"));
    }
    if header.version != Some(version) {
        let message = format!("0002 '{}' is no syntax version", text(unb, 1, 2));
        let place = Place { component: Some(2), ..place(Some(1)) };
        findings.push(error(finding::UNB_SYNTAX, place, message, "UCI05").with_value(unb.component(1, 2)));
    }
    if crate::charset::Charset::named(unb.component(1, 1)).is_none() {
        let message = format!("0001 '{identifier}' names no character set known here");
        let place = Place { component: Some(1), ..place(Some(1)) };
        let finding = Finding::new(finding::UNB_CHARSET, Severity::Warning, place, message);
        findings.push(finding.in_edifact("UCI05").with_value(unb.component(1, 1)));
    }
    if !is_prepared(unb, 4) && !findings.iter().any(|f| f.place.element == Some(4)) {
        let message = format!("S004 '{}' is no date and time", excerpt(unb.element(4)));
        findings.push(error(finding::UNB_DATE, place(Some(4)), message, "UCI05").with_value(unb.element(4)));
    }
    (interchange, findings)
}

/// The UNZ against what came: how many messages or groups it declares, and the faults.
pub(super) fn trailer_of_interchange(
    unz: &Segment<'_>,
    header: &Interchange,
    version: u8,
    received: u32,
) -> (Option<u32>, Vec<Finding>) {
    let within = Within { interchange: Some(header.control_number.clone()), ..Within::default() };
    let mut findings = defined(unz, version, &within, "UCI05");
    let declared = compare(
        Trailer { segment: unz, within: &within, level: "UCI05", reference: &header.control_number },
        received,
        (finding::UNZ_COUNT, finding::UNZ_REFERENCE),
        &mut findings,
    );
    (declared, findings)
}

/// The UNG, and what is wrong with it.
pub(super) fn group(
    ung: &Segment<'_>,
    interchange: &str,
    version: u8,
    seen: &mut Seen,
) -> (FunctionalGroup, Vec<Finding>) {
    let parts: Vec<String> = (1..=3).map(|n| text(ung, 7, n)).filter(|part| !part.is_empty()).collect();
    let group = FunctionalGroup {
        implied: false,
        functional_id: text(ung, 1, 1),
        sender: text(ung, 2, 1),
        receiver: text(ung, 3, 1),
        date: text(ung, 4, 1),
        time: text(ung, 4, 2),
        control_number: text(ung, 5, 1),
        agency: text(ung, 6, 1),
        version: parts.join(":"),
        offset: ung.offset,
    };
    let within = Within {
        interchange: Some(interchange.to_string()),
        group: Some(group.control_number.clone()),
        set: None,
    };
    let mut findings = defined(ung, version, &within, "UCF05");
    if !ung.element(4).is_empty()
        && !is_prepared(ung, 4)
        && !findings.iter().any(|f| f.place.element == Some(4))
    {
        let message = format!("S004 '{}' is no date and time", excerpt(ung.element(4)));
        let place = within.place("UNG", Some(4), ung.offset);
        findings.push(
            Finding::new(finding::UNG_DATE, Severity::Warning, place, message).with_value(ung.element(4)),
        );
    }
    if !ung.element(5).is_empty() && !seen.insert(ung.element(5)) {
        let message =
            format!("another group of this interchange has the reference '{}' too", group.control_number);
        let place = within.place("UNG", Some(5), ung.offset);
        findings.push(error(finding::UNG_DUPLICATE, place, message, "UCF05").with_value(ung.element(5)));
    }
    (group, findings)
}

/// The UNE against what came.
pub(super) fn trailer_of_group(
    une: &Segment<'_>,
    header: &FunctionalGroup,
    within: &Within,
    version: u8,
    received: u32,
) -> (Option<u32>, Vec<Finding>) {
    let mut findings = defined(une, version, within, "UCF05");
    let declared = compare(
        Trailer { segment: une, within, level: "UCF05", reference: &header.control_number },
        received,
        (finding::UNE_COUNT, finding::UNE_REFERENCE),
        &mut findings,
    );
    (declared, findings)
}

/// What is wrong with a UNH.
pub(super) fn header_of_message(
    unh: &Segment<'_>,
    within: &Within,
    version: u8,
    seen: &mut Seen,
) -> Vec<Finding> {
    let mut findings = defined(unh, version, within, "UCM04");
    let reference = unh.element(1);
    if !reference.is_empty() && !seen.insert(reference) {
        let message = format!("another message has the reference '{}' too", excerpt(reference));
        let place = Place { position: Some(1), ..within.place("UNH", Some(1), unh.offset) };
        findings.push(error(finding::UNH_DUPLICATE, place, message, "UCM04").with_value(reference));
    }
    findings
}

/// All messages of a group are of the type that its UNG names.
pub(super) fn type_in_group(unh: &Segment<'_>, within: &Within, group: &FunctionalGroup) -> Option<Finding> {
    let (message_type, of_group) = (text(unh, 2, 1), &group.functional_id);
    if group.implied || of_group.is_empty() || message_type.is_empty() || *of_group == message_type {
        return None;
    }
    let message = format!("{message_type} stands in a group of {of_group}");
    let place = Place { component: Some(1), ..within.place("UNH", Some(2), unh.offset) };
    Some(error(finding::GROUP_TYPES, place, message, "UCF05").with_value(unh.component(2, 1)))
}

/// The UNT against what came; `count` has UNH and UNT in it, and is UNT's position.
pub(super) fn trailer_of_message(
    unt: &Segment<'_>,
    reference: &str,
    within: &Within,
    version: u8,
    count: u32,
) -> Vec<Finding> {
    let mut findings = defined(unt, version, within, "UCM04");
    compare(
        Trailer { segment: unt, within, level: "UCM04", reference },
        count,
        (finding::UNT_COUNT, finding::UNT_REFERENCE),
        &mut findings,
    );
    findings
}

struct Trailer<'t> {
    segment: &'t Segment<'t>,
    within: &'t Within,
    level: &'static str,
    /// Of its header.
    reference: &'t str,
}

/// Count and reference of a trailer; one that is missing or malformed was told already. The count it declares.
fn compare(
    trailer: Trailer<'_>,
    received: u32,
    (count, reference): (Code, Code),
    findings: &mut Vec<Finding>,
) -> Option<u32> {
    let Trailer { segment, within, level, .. } = trailer;
    let place = |element: u16| Place {
        position: Some(segment.position).filter(|&p| p > 0),
        ..within.place(segment.tag(), Some(element), segment.offset)
    };
    let told = |findings: &[Finding], element| {
        findings.iter().any(|f| f.severity == Severity::Error && f.place.element == Some(element))
    };
    let declared = std::str::from_utf8(segment.element(1)).ok().and_then(|n| n.parse::<u32>().ok());
    if declared != Some(received) && !told(findings, 1) {
        let message = format!("{}01 says '{}', {received} came", segment.tag(), text(segment, 1, 1));
        findings.push(error(count, place(1), message, level).with_value(segment.element(1)));
    }
    if text(segment, 2, 1) != trailer.reference && !trailer.reference.is_empty() && !told(findings, 2) {
        let message = format!(
            "{}02 '{}' is not the reference of the header, '{}'",
            segment.tag(),
            text(segment, 2, 1),
            trailer.reference
        );
        findings.push(error(reference, place(2), message, level).with_value(segment.element(2)));
    }
    declared
}
