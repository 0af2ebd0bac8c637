//! The envelope's own rules (X12.5, X12.6): headers read, trailers compared, each fault with its TA105, AK905 or AK502 code.
//!
//! Pure functions from segments to values and findings; the reader decides when they are asked.

use super::cut::binary_data;
use super::isa::Header;
use super::{FunctionalGroup, Interchange, PartyId};
use crate::calendar::{is_date, is_time, number};
use crate::charset::Charset;
use crate::control_numbers::Seen;
use crate::finding::{self, Code, Finding, Place, Severity, excerpt};
use crate::interchange::Standard;
pub(super) use crate::interchange::Within;
use crate::segment::{Segment, to_text};

/// Qualifiers of ISA05 and ISA07 (data element I05).
const QUALIFIERS: &[&[u8]] = &[
    b"01", b"02", b"03", b"04", b"07", b"08", b"09", b"10", b"11", b"12", b"13", b"14", b"15", b"16", b"17",
    b"18", b"19", b"20", b"21", b"22", b"23", b"24", b"25", b"26", b"27", b"28", b"29", b"30", b"31", b"32",
    b"33", b"34", b"35", b"36", b"37", b"38", b"AM", b"NR", b"SA", b"SN", b"ZZ",
];

/// GS01 of the groups a set travels in, of the sets that schemas are shipped for.
const GROUPS: &[(&[u8], &str)] = &[
    (b"204", "SM"),
    (b"210", "IM"),
    (b"214", "QM"),
    (b"810", "IN"),
    (b"812", "CD"),
    (b"820", "RA"),
    (b"824", "AG"),
    (b"830", "PS"),
    (b"832", "SC"),
    (b"846", "IB"),
    (b"850", "PO"),
    (b"852", "PD"),
    (b"855", "PR"),
    (b"856", "SH"),
    (b"860", "PC"),
    (b"861", "RC"),
    (b"862", "SS"),
    (b"865", "CA"),
    (b"870", "RS"),
    (b"940", "OW"),
    (b"943", "AR"),
    (b"944", "RE"),
    (b"945", "SW"),
    (b"947", "AW"),
    (b"990", "GF"),
    (b"997", "FA"),
    (b"999", "FA"),
];

fn error(code: Code, place: Place, message: String) -> Finding {
    Finding::new(code, Severity::Error, place, message)
}

/// Without blanks at the end, and no longer than a finding may quote: nothing valid is.
fn trimmed(bytes: &[u8]) -> String {
    excerpt(bytes.trim_ascii_end())
}

/// Element `number` as a finding quotes it.
fn shown(segment: &Segment<'_>, number: usize) -> String {
    excerpt(segment.element(number))
}

/// ISA13 and IEA02 (GS06 and GE02) are numbers: `1` and `000000001` are the same one.
fn same_number(one: &[u8], other: &[u8]) -> bool {
    match (number(one.trim_ascii()), number(other.trim_ascii())) {
        (Some(a), Some(b)) => a == b,
        _ => one == other,
    }
}

/// The ISA, and what is wrong with it.
pub(super) fn interchange(header: &Header<'_>, offset: u64) -> (Interchange, Vec<Finding>) {
    let e = &header.elements;
    let party = |at: usize| PartyId { qualifier: trimmed(e[at]), id: trimmed(e[at + 1]) };
    let interchange = Interchange {
        standard: Standard::X12,
        edifact: None,
        sender: party(4),
        receiver: party(6),
        date: trimmed(e[8]),
        time: trimmed(e[9]),
        version: trimmed(e[11]),
        control_number: trimmed(e[12]),
        acknowledgement_requested: e[13] == b"1",
        usage: e[14].first().map_or(' ', |&b| b as char),
        delimiters: header.delimiters,
        offset,
    };
    let findings = isa_findings(header, &interchange.control_number, offset);
    (interchange, findings)
}

fn isa_findings(header: &Header<'_>, control_number: &str, offset: u64) -> Vec<Finding> {
    use Severity::{Error, Warning};
    let e = &header.elements;
    let within = Within { interchange: Some(control_number.to_string()), ..Within::default() };
    let mut findings = Vec::new();
    let mut check = |fine: bool, code: Code, severity: Severity, element: u16, answer: &str, why: &str| {
        if !fine {
            let value = e[usize::from(element) - 1];
            let message = format!("ISA{element:02} '{}' {why}", to_text(value, Charset::Undeclared));
            let place = within.place("ISA", Some(element), offset);
            findings.push(
                Finding::new(code, severity, place, message).with_value(value).with_answer("TA105", answer),
            );
        }
    };
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    let two_digits = |bytes: &[u8], most: u32| bytes.len() == 2 && number(bytes).is_some_and(|n| n <= most);
    let uses_repetition = e[11] >= &b"00402"[..];

    check(two_digits(e[0], 6), finding::ISA_SECURITY, Warning, 1, "010", "is no authorisation qualifier");
    check(two_digits(e[2], 1), finding::ISA_SECURITY, Warning, 3, "012", "is no security qualifier");
    check(QUALIFIERS.contains(&e[4]), finding::ISA_QUALIFIER, Error, 5, "005", "is no address qualifier");
    check(!e[5].trim_ascii().is_empty(), finding::ISA_ADDRESS, Error, 6, "006", "names no sender");
    check(QUALIFIERS.contains(&e[6]), finding::ISA_QUALIFIER, Error, 7, "007", "is no address qualifier");
    check(!e[7].trim_ascii().is_empty(), finding::ISA_ADDRESS, Error, 8, "008", "names no receiver");
    check(e[8].len() == 6 && is_date(e[8]), finding::ISA_DATE, Error, 9, "014", "is no date (YYMMDD)");
    check(e[9].len() == 4 && is_time(e[9]), finding::ISA_TIME, Error, 10, "015", "is no time (HHMM)");
    check(
        uses_repetition || e[10] == b"U",
        finding::ISA_STANDARD,
        Warning,
        11,
        "016",
        "should be U in this version",
    );
    check(
        e[11].len() == 5 && digits(e[11]),
        finding::ISA_VERSION,
        Error,
        12,
        "017",
        "is no interchange version",
    );
    check(e[12].len() == 9 && digits(e[12]), finding::ISA_NUMBER, Error, 13, "018", "is not nine digits");
    check(matches!(e[13], b"0" | b"1"), finding::ISA_REQUEST, Warning, 14, "019", "is neither 0 nor 1");
    check(matches!(e[14], b"T" | b"P" | b"I"), finding::ISA_USAGE, Error, 15, "020", "is none of T, P, I");
    let (severity, why) = match e[15].first() {
        None => (Warning, "is empty: there is no component separator"),
        Some(_) => (Error, "cannot separate components"),
    };
    let separates = e[15].first().is_some_and(|b| !b.is_ascii_alphanumeric());
    check(separates, finding::ISA_DELIMITERS, severity, 16, "027", why);
    if !header.fixed {
        let place = within.place("ISA", None, offset);
        let message =
            format!("the ISA has {} bytes instead of 106; it was read by its separators", header.length);
        findings.push(Finding::new(finding::ISA_WIDTHS, Warning, place, message));
    }
    findings
}

/// The file was wrapped at a fixed column.
pub(super) fn wrapped(interchange: &Interchange, column: usize) -> Finding {
    let within = Within { interchange: Some(interchange.control_number.clone()), ..Within::default() };
    let message =
        format!("lines of {column} characters break within segments; the line breaks were taken out");
    Finding::new(
        finding::WRAPPED_LINES,
        Severity::Note,
        within.place("ISA", None, interchange.offset),
        message,
    )
}

/// BIN01 or BDS02 against the data that came; nothing for any other segment.
pub(super) fn binary_length(segment: &Segment<'_>, within: &Within) -> Option<Finding> {
    let data = segment.binary().filter(|_| segment.bytes.first() == Some(&b'B'))?;
    let came = segment.element(data).len() as u64;
    let said = binary_data(segment.bytes, segment.delimiters.element).map(|(_, length)| length);
    if said == Some(came) {
        return None;
    }
    let place = Place {
        position: Some(segment.position),
        ..within.place(segment.tag(), Some(data as u16), segment.offset)
    };
    let message = format!(
        "{}{:02} says '{}' bytes, {came} came up to the next segment terminator",
        segment.tag(),
        data - 1,
        shown(segment, data - 1)
    );
    let answer = if said.is_some_and(|said| said < came) { "5" } else { "4" };
    Some(error(finding::BINARY_LENGTH, place, message).with_answer("AK403", answer))
}

/// The IEA against what came: how many groups it declares, and the faults.
pub(super) fn trailer_of_interchange(
    iea: &Segment<'_>,
    header: &Interchange,
    groups: u32,
) -> (Option<u32>, Vec<Finding>) {
    let within = Within { interchange: Some(header.control_number.clone()), ..Within::default() };
    let declared = number(iea.element(1));
    let mut findings = Vec::new();
    if declared != Some(groups) {
        let message = format!("IEA01 says '{}' groups, {groups} came", shown(iea, 1));
        let place = within.place("IEA", Some(1), iea.offset);
        findings.push(error(finding::IEA_COUNT, place, message).with_value(iea.element(1)));
    }
    if !same_number(iea.element(2), header.control_number.as_bytes()) {
        let message = format!(
            "IEA02 '{}' is not the control number of ISA13, '{}'",
            shown(iea, 2),
            header.control_number
        );
        let place = within.place("IEA", Some(2), iea.offset);
        findings.push(error(finding::IEA_NUMBER, place, message).with_value(iea.element(2)));
    }
    (declared, findings)
}

/// The GS, and what is wrong with it.
pub(super) fn group(gs: &Segment<'_>, interchange: &str, seen: &mut Seen) -> (FunctionalGroup, Vec<Finding>) {
    let text = |n: usize| trimmed(gs.element(n));
    let group = FunctionalGroup {
        implied: false,
        functional_id: text(1),
        sender: text(2),
        receiver: text(3),
        date: text(4),
        time: text(5),
        control_number: text(6),
        agency: text(7),
        version: text(8),
        offset: gs.offset,
    };
    let within = Within {
        interchange: Some(interchange.to_string()),
        group: Some(group.control_number.clone()),
        set: None,
    };
    let place = |element: u16| within.place("GS", Some(element), gs.offset);
    let mut findings = Vec::new();
    for (element, answer) in [(1, "1"), (8, "2")] {
        if gs.element(element).trim_ascii().is_empty() {
            let message = format!("GS{element:02} is empty: the sets of the group cannot be read");
            let finding = error(finding::GS_INCOMPLETE, place(element as u16), message);
            findings.push(finding.with_answer("AK905", answer));
        }
    }
    for (element, fine, what) in [(4, is_date(gs.element(4)), "date"), (5, is_time(gs.element(5)), "time")] {
        if !fine {
            let message = format!("GS{element:02} '{}' is no {what}", shown(gs, element));
            let finding = Finding::new(finding::GS_DATE, Severity::Warning, place(element as u16), message);
            findings.push(finding.with_value(gs.element(element)));
        }
    }
    if number(gs.element(6)).is_none() {
        let message = format!("GS06 '{}' is not one to nine digits", shown(gs, 6));
        findings.push(error(finding::GS_NUMBER, place(6), message).with_value(gs.element(6)));
    } else if !seen.insert(gs.element(6)) {
        let message = format!("another group of this interchange has the number '{}' too", shown(gs, 6));
        findings.push(error(finding::GS_DUPLICATE, place(6), message).with_value(gs.element(6)));
    }
    (group, findings)
}

/// The GE against what came.
pub(super) fn trailer_of_group(
    ge: &Segment<'_>,
    header: &FunctionalGroup,
    within: &Within,
    sets: u32,
) -> (Option<u32>, Vec<Finding>) {
    let declared = number(ge.element(1));
    let mut findings = Vec::new();
    if declared != Some(sets) {
        let message = format!("GE01 says '{}' sets, {sets} came", shown(ge, 1));
        let place = within.place("GE", Some(1), ge.offset);
        findings.push(error(finding::GE_COUNT, place, message).with_value(ge.element(1)));
    }
    if !same_number(ge.element(2), header.control_number.as_bytes()) {
        let message =
            format!("GE02 '{}' is not the control number of GS06, '{}'", shown(ge, 2), header.control_number);
        let place = within.place("GE", Some(2), ge.offset);
        findings.push(error(finding::GE_NUMBER, place, message).with_value(ge.element(2)));
    }
    (declared, findings)
}

/// What is wrong with an ST, in a group of that kind and version.
pub(super) fn header_of_set(
    st: &Segment<'_>,
    within: &Within,
    (functional_id, version): (&str, &str),
    seen: &mut Seen,
) -> Vec<Finding> {
    let place = |element: u16| Place { position: Some(1), ..within.place("ST", Some(element), st.offset) };
    // Blanks at the end of a text do not count (X12.6).
    let (code, control_number) = (st.element(1), st.element(2).trim_ascii_end());
    let mut findings = Vec::new();
    if code.len() != 3 || !code.iter().all(u8::is_ascii_alphanumeric) {
        let message = format!("ST01 '{}' is no set code", shown(st, 1));
        findings.push(error(finding::ST_CODE, place(1), message).with_value(code));
    }
    let group = GROUPS.iter().find(|(set, _)| *set == code).map(|(_, group)| *group);
    if let Some(group) = group.filter(|&group| group != functional_id && !functional_id.is_empty()) {
        let message =
            format!("a set {} travels in groups with GS01 {group}, not {functional_id}", shown(st, 1));
        // 718 has a code of its own for this from 005010 on.
        let answer = if version >= "005010" { "18" } else { "6" };
        let finding = error(finding::SET_IN_GROUP, place(1), message).with_value(code);
        findings.push(finding.with_answer("AK502", answer));
    }
    if !(4..=9).contains(&control_number.len()) || !control_number.iter().all(u8::is_ascii_alphanumeric) {
        let message = format!("ST02 '{}' is not four to nine letters or digits", shown(st, 2));
        findings.push(error(finding::ST_NUMBER, place(2), message).with_value(control_number));
    } else if !seen.insert(control_number) {
        let message = format!("another set of this group has the number '{}' too", shown(st, 2));
        findings.push(error(finding::ST_DUPLICATE, place(2), message).with_value(control_number));
    }
    findings
}

/// The SE against what came; `count` has ST and SE in it, and is SE's position.
pub(super) fn trailer_of_set(
    se: &Segment<'_>,
    control_number: &str,
    within: &Within,
    count: u32,
) -> Vec<Finding> {
    let place =
        |element: u16| Place { position: Some(count), ..within.place("SE", Some(element), se.offset) };
    let mut findings = Vec::new();
    if number(se.element(1)) != Some(count) {
        let message = format!("SE01 says '{}' segments, {count} came", shown(se, 1));
        findings.push(error(finding::SE_COUNT, place(1), message).with_value(se.element(1)));
    }
    if se.element(2).trim_ascii_end() != control_number.as_bytes().trim_ascii_end() {
        let message =
            format!("SE02 '{}' is not the control number of ST02, '{control_number}'", shown(se, 2));
        findings.push(error(finding::SE_NUMBER, place(2), message).with_value(se.element(2)));
    }
    findings
}
