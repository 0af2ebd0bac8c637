//! Dates, periods and lead times: DTM, LDT, and the triples of qualifier, date and time within other segments.
//!
//! A date is CCYYMMDD, a time HHMM with or without seconds, as the partner's clock shows it: no zone is guessed. A range of
//! dates (`RD8`) has its start and its end, and what came beside them.
//!
//! Never fails: a day that does not exist is a finding, and stays unmapped.

use super::reading::{Fields, Node, parse_date};
use super::{codes, quantity, reference};
use crate::Text;
use crate::date::{DateTime, LeadTime, Period};

/// DTM: qualifier, date, time, zone, and a period in another notation.
pub(crate) fn dtm(f: &Fields<'_, '_>) -> DateTime {
    let period = (f.has(5) && f.has(6)).then(|| period(f.required(5), f.required(6)));
    DateTime { time_zone_code: f.text(4), period, ..qualified(f, 1) }
}

/// Qualifier, date and time from `element` on.
pub(crate) fn qualified(f: &Fields<'_, '_>, element: usize) -> DateTime {
    let (role, role_code) = f.coded(element, codes::date_role).unwrap_or_default();
    DateTime { role, role_code, date: f.date(element + 1), time: f.time(element + 2), ..DateTime::default() }
}

/// Every triple of qualifier, date and time that starts at one of `elements`.
pub(crate) fn triples(f: &Fields<'_, '_>, elements: impl Iterator<Item = usize>) -> Vec<DateTime> {
    elements.filter(|e| f.has(*e)).map(|e| qualified(f, e)).collect()
}

/// LDT.
pub(crate) fn lead_time(f: &Fields<'_, '_>) -> LeadTime {
    LeadTime {
        code: f.required(1),
        value: f.decimal(2),
        period_code: f.text(3),
        date: f.date(4),
        ..LeadTime::default()
    }
}

/// The loop LDT: a lead time, and what it is for.
pub(crate) fn lead_times(node: Node<'_, '_>) -> LeadTime {
    let mut time = LeadTime::default();
    for f in node.segments() {
        match f.tag() {
            "LDT" => time = lead_time(&f),
            "QTY" => time.quantities.push(quantity::qty(&f)),
            "MSG" => time.notes.push(reference::message(&f)),
            "REF" => time.references.push(reference::reference(&f)),
            _ => {}
        }
    }
    time
}

/// X12 1250: `D8` is one day, `RD8` a range of them; others stay as they came.
fn period(format_code: Text, value: Text) -> Period {
    let (start, end) = match format_code.as_str() {
        "D8" => (parse_date(value.as_bytes()), None),
        "RD8" => match value.split_once('-') {
            Some((start, end)) => (parse_date(start.as_bytes()), parse_date(end.as_bytes())),
            None => (None, None),
        },
        _ => (None, None),
    };
    Period { format_code, value, start, end }
}
