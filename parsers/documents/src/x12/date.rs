//! Dates, periods and lead times: DTM, LDT, and the triples of qualifier, date and time within other segments.
//!
//! A date is CCYYMMDD, a time HHMM with or without seconds, as the partner's clock shows it: no zone is guessed. A range of
//! dates (`RD8`) has its start and its end, and what came beside them. A day that does not exist is a finding, and unmapped.

use super::{codes, quantity, reference};
use crate::Text;
use crate::date::{DateTime, LeadTime, Period};
use crate::mapping::{Elements, Walk, date_of, date_text};

/// DTM: qualifier, date, time, zone, and a period in another notation.
pub(crate) fn dtm(e: &mut Elements<'_>, d: &mut DateTime) {
    qualified(e, 1, d);
    e.code(4, &mut d.time_zone_code);
    format_and_value(e, 5, &mut d.period);
}

/// Qualifier, date and time from `element` on.
pub(crate) fn qualified(e: &mut Elements<'_>, element: usize, d: &mut DateTime) {
    e.needs(element);
    e.coded(element, &codes::DATE_ROLE, &mut d.role, &mut d.role_code);
    e.date(element + 1, &mut d.date);
    e.time(element + 2, &mut d.time);
}

/// Triples of qualifier, date and time that start at one of `elements`.
pub(crate) fn triples(e: &mut Elements<'_>, elements: impl Iterator<Item = usize>, list: &mut Vec<DateTime>) {
    e.slots(elements, list, qualified);
}

/// LDT.
pub(crate) fn lead_time(e: &mut Elements<'_>, t: &mut LeadTime) {
    e.required_code(1, &mut t.code);
    e.decimal(2, &mut t.value);
    e.code(3, &mut t.period_code);
    e.date(4, &mut t.date);
}

/// The loop LDT: a lead time, and what it is for.
pub(crate) fn lead_times(walk: &mut Walk<'_>, t: &mut LeadTime) {
    walk.once("LDT", |e| lead_time(e, t));
    walk.each("QTY", &mut t.quantities, quantity::qty);
    reference::messages(walk, &mut t.notes);
    walk.each("REF", &mut t.references, reference::reference);
}

/// Format (X12 1250) and value behind it: `D8` is one day, `RD8` a range of them; others stay as they came.
pub(crate) fn format_and_value(e: &mut Elements<'_>, at: usize, field: &mut Option<Period>) {
    e.part(field, |e, p| {
        e.needs(at);
        e.needs(at + 1);
        if !e.is_reading() {
            let (format, value) = lexeme(p);
            e.constant(at, &format);
            return e.constant(at + 1, &value);
        }
        e.required(at, &mut p.format_code);
        e.required(at + 1, &mut p.value);
        let value = p.value.as_str();
        (p.start, p.end) = match p.format_code.as_str() {
            "D8" => (date_of(value), None),
            "RD8" => match value.split_once('-') {
                Some((start, end)) => (date_of(start), date_of(end)),
                None => (None, None),
            },
            _ => (None, None),
        };
    });
}

/// Format and value: as they came where X12 has the format, else made from start and end.
fn lexeme(p: &Period) -> (Text, Text) {
    let foreign = p.format_code.bytes().all(|b| b.is_ascii_digit());
    match (p.start, p.end) {
        (Some(start), Some(end)) if foreign => {
            (Text::new_static("RD8"), Text::new(format!("{}-{}", date_text(start), date_text(end))))
        }
        (Some(start), None) if foreign => (Text::new_static("D8"), Text::new(date_text(start))),
        _ if foreign => (Text::default(), Text::default()),
        _ => (p.format_code.clone(), p.value.clone()),
    }
}
