//! Values of IDoc fields: days, times, numbers, quantities; read and written.
//!
//! SAP writes a day as `20261124` (`00000000` is none), a time as `151857`, a number with a point and its minus behind. What cannot be
//! read stays in its segment, so that it is listed as unmapped, and a finding says so.

use crate::control::Direction;
use crate::segment::Segment;
use portway_documents::date::{Date, DateRole, DateTime, Time};
use portway_documents::edifact::units;
use portway_documents::finding::{
    UNKNOWN_UNIT, UNREADABLE_DATE, UNREADABLE_NUMBER, UNREADABLE_TIME, explain,
};
use portway_documents::money::Money;
use portway_documents::quantity::{Decimal, Measurement, MeasurementKind, Quantity};
use portway_documents::reference::IdScheme;
use portway_documents::{DocumentKind, Text};
use portway_edi::finding::Place;
use portway_edi::{Code, Finding, Severity};

/// One reading of one IDoc.
pub(crate) struct Reading {
    pub findings: Vec<Finding>,
    /// Whose numbers the SAP system has for partners.
    pub scheme: IdScheme,
    /// The document's number of the IDoc, for findings.
    pub number: Option<String>,
    units: Vec<Text>,
    /// In force where an amount stands.
    pub currency: Option<Text>,
}

/// One writing of one document.
pub(crate) struct Writing {
    /// The codes beside the document's words are those of IDocs.
    pub ours: bool,
    pub scheme: IdScheme,
}

/// Who gave the numbers in PARTN: the side the SAP system is on. Out of SAP the buyer's system sends orders; into SAP the seller's
/// gets them; of answers, ship notices and invoices it is the other way round.
pub(crate) fn scheme_of(kind: DocumentKind, direction: Direction) -> IdScheme {
    let from_buyer = matches!(
        kind,
        DocumentKind::PurchaseOrder | DocumentKind::OrderChange | DocumentKind::OrderChangeResponse
    );
    match from_buyer == (direction == Direction::OutOfSap) {
        true => IdScheme::AssignedByBuyer,
        false => IdScheme::AssignedBySeller,
    }
}

/// The other side's.
pub(crate) fn other_scheme(scheme: IdScheme) -> IdScheme {
    match scheme {
        IdScheme::AssignedByBuyer => IdScheme::AssignedBySeller,
        _ => IdScheme::AssignedByBuyer,
    }
}

impl Reading {
    pub(crate) fn new(kind: DocumentKind, direction: Direction, number: &str) -> Reading {
        Reading {
            findings: Vec::new(),
            scheme: scheme_of(kind, direction),
            number: Some(number.to_owned()).filter(|n| !n.is_empty()),
            units: Vec::new(),
            currency: None,
        }
    }

    fn report(&mut self, code: Code, segment: &Segment, field: &str, message: String) {
        let place = Place {
            set: self.number.clone(),
            segment: Some(segment.name.to_string()),
            position: Some(segment.position),
            reference: Some(field.to_owned()),
            ..Place::default()
        };
        let value = segment.get(field).unwrap_or_default();
        let mut finding = Finding::new(code, Severity::Warning, place, message).with_value(value.as_bytes());
        finding.help = explain(code.0).map(|e| e.fix.to_owned());
        self.findings.push(finding);
    }

    pub(crate) fn date(&mut self, segment: &mut Segment, field: &str) -> Option<Date> {
        let text = segment.get(field)?;
        let date = match text {
            "00000000" => None,
            _ => match day(text) {
                Some(date) => Some(date),
                None => {
                    let message = format!("{}-{field} is no day as CCYYMMDD", segment.name);
                    self.report(UNREADABLE_DATE, segment, field, message);
                    return None;
                }
            },
        };
        segment.used(field);
        date
    }

    /// SAP's `000000` stands for no time as well as for midnight: it is read as none.
    pub(crate) fn time(&mut self, segment: &mut Segment, field: &str) -> Option<Time> {
        let text = segment.get(field)?;
        let time = match text {
            "000000" => None,
            _ => match clock(text) {
                Some(time) => Some(time),
                None => {
                    let message = format!("{}-{field} is no time of day as HHMMSS", segment.name);
                    self.report(UNREADABLE_TIME, segment, field, message);
                    return None;
                }
            },
        };
        segment.used(field);
        time
    }

    pub(crate) fn decimal(&mut self, segment: &mut Segment, field: &str) -> Option<Decimal> {
        let Some(number) = number(segment.get(field)?) else {
            let message = format!("{}-{field} is no number that can be kept exactly", segment.name);
            self.report(UNREADABLE_NUMBER, segment, field, message);
            return None;
        };
        segment.used(field);
        Some(number)
    }

    pub(crate) fn money(&mut self, segment: &mut Segment, field: &str) -> Option<Money> {
        let amount = self.decimal(segment, field)?;
        Some(Money { amount, currency: self.currency.clone() })
    }

    pub(crate) fn quantity(&mut self, segment: &mut Segment, field: &str, unit: &str) -> Option<Quantity> {
        let value = self.decimal(segment, field)?;
        let (unit, original_unit) = self.unit(segment, unit);
        Some(Quantity { value, unit, original_unit, original_value: None })
    }

    /// The unit by Recommendation 20, and as it came. SAP's ISO codes are those of EDIFACT: `PCE`, `KGM`.
    pub(crate) fn unit(&mut self, segment: &mut Segment, field: &str) -> (Option<Text>, Option<Text>) {
        let Some(came) = segment.get(field).map(Text::new) else { return (None, None) };
        let unit = units::recommendation_20(&came).map(Text::new_static);
        if unit.is_none() && !self.units.contains(&came) {
            let message =
                format!("the unit {came} in {}-{field} has no code in Recommendation 20", segment.name);
            self.report(UNKNOWN_UNIT, segment, field, message);
            self.units.push(came.clone());
        }
        segment.used(field);
        (unit, Some(came))
    }

    /// Weights and volumes that share a unit; the unit is used with the first.
    pub(crate) fn measurements(
        &mut self,
        segment: &mut Segment,
        fields: &[(&str, MeasurementKind)],
        unit_field: &str,
    ) -> Vec<Measurement> {
        let mut list = Vec::new();
        for (field, kind) in fields {
            if let Some(value) = self.decimal(segment, field) {
                list.push(Measurement {
                    kind: Some(*kind),
                    value: Some(Quantity { value, ..Quantity::default() }),
                    ..Measurement::default()
                });
            }
        }
        if list.is_empty() {
            return list;
        }
        let (unit, original_unit) = self.unit(segment, unit_field);
        for quantity in list.iter_mut().filter_map(|m| m.value.as_mut()) {
            (quantity.unit, quantity.original_unit) = (unit.clone(), original_unit.clone());
        }
        list
    }

    /// A day and time with what it means; `None` where there is no day.
    pub(crate) fn moment(&mut self, segment: &mut Segment, day: &str, time: &str) -> Option<DateTime> {
        let date = self.date(segment, day)?;
        Some(DateTime { date: Some(date), time: self.time(segment, time), ..DateTime::default() })
    }
}

impl Writing {
    pub(crate) fn quantity(
        &self,
        segment: &mut Segment,
        field: &str,
        unit: &str,
        quantity: Option<&Quantity>,
    ) {
        let Some(quantity) = quantity else { return };
        put_decimal(segment, field, 15, Some(&quantity.value));
        let code = self.unit(quantity.unit.as_deref(), quantity.original_unit.as_deref());
        segment.put(unit, 3, code.as_deref());
    }

    pub(crate) fn unit(&self, unit: Option<&str>, original: Option<&str>) -> Option<Text> {
        match original.filter(|o| self.ours && units::recommendation_20(o) == unit) {
            Some(original) => Some(Text::new(original)),
            None => units::of_recommendation_20(unit?).map(Text::new_static),
        }
    }

    /// Weights and volumes that share one unit: those in another are left out.
    pub(crate) fn measurements(
        &self,
        segment: &mut Segment,
        fields: &[(&str, MeasurementKind)],
        unit_field: &str,
        measurements: &[Measurement],
    ) {
        let mut shared: Option<Text> = None;
        for (field, kind) in fields {
            let of_kind = measurements.iter().find(|m| m.kind == Some(*kind)).and_then(|m| m.value.as_ref());
            let Some(quantity) = of_kind else { continue };
            let unit = self.unit(quantity.unit.as_deref(), quantity.original_unit.as_deref());
            if *shared.get_or_insert_with(|| unit.clone().unwrap_or_default()) == unit.unwrap_or_default() {
                put_decimal(segment, field, 15, Some(&quantity.value));
            }
        }
        segment.put(unit_field, 3, shared.as_deref());
    }
}

/// The first day of a role among the dates, taken out.
pub(crate) fn pull_date(dates: &mut Vec<DateTime>, code: &str) -> Option<Date> {
    let at = dates.iter().position(|d| d.role_code == code && d.time.is_none())?;
    dates.remove(at).date
}

pub(crate) fn day_of(role: DateRole, date: Option<Date>) -> Option<DateTime> {
    date.map(|date| DateTime { role, date: Some(date), ..DateTime::default() })
}

pub(crate) fn put_moment(segment: &mut Segment, day: &str, time: &str, moment: &DateTime) {
    put_date(segment, day, moment.date);
    // Midnight would be read as no time.
    if let Some(at) = moment.time.filter(|time| time.0 != jiff::civil::Time::midnight()) {
        segment.put(time, 6, at.0.strftime("%H%M%S").to_string().as_str());
    }
}

pub(crate) fn put_date(segment: &mut Segment, field: &str, date: Option<Date>) {
    if let Some(date) = date {
        segment.put(field, 8, date.0.strftime("%Y%m%d").to_string().as_str());
    }
}

pub(crate) fn put_decimal(segment: &mut Segment, field: &str, longest: usize, value: Option<&Decimal>) {
    let Some(value) = value else { return };
    // SAP has the minus behind.
    let text = match value.is_sign_negative() && !value.is_zero() {
        true => format!("{}-", value.abs()),
        false => value.to_string(),
    };
    segment.put(field, longest, text.as_str());
}

pub(crate) fn put_money(segment: &mut Segment, field: &str, money: Option<&Money>) {
    put_decimal(segment, field, 18, money.map(|m| &m.amount));
}

fn day(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
    let (month, day) = (number(4..6)? as i8, number(6..8)? as i8);
    jiff::civil::Date::new(number(0..4)?, month, day).ok().map(Date)
}

fn clock(text: &str) -> Option<Time> {
    if !matches!(text.len(), 4 | 6) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number =
        |range: std::ops::Range<usize>| text.get(range).map_or(Some(0), |part| part.parse::<i8>().ok());
    jiff::civil::Time::new(number(0..2)?, number(2..4)?, number(4..6)?, 0).ok().map(Time)
}

fn number(text: &str) -> Option<Decimal> {
    let (digits, negative) = match text.strip_suffix('-') {
        Some(digits) => (digits.trim_end(), true),
        None => (text, false),
    };
    let plain = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    if plain.is_empty() || !plain.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let value = Decimal::from_str_exact(digits).ok()?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_minus_behind() {
        assert_eq!(number("12.500").map(|n| n.to_string()).as_deref(), Some("12.500"));
        assert_eq!(number("5.00-").map(|n| n.to_string()).as_deref(), Some("-5.00"));
        for none in ["", "-", "1,5", "1e5", "12345678901234567890123456789012345"] {
            assert_eq!(number(none), None, "{none}");
        }
        let mut segment = Segment::new("E1EDK05");
        put_decimal(&mut segment, "BETRG", 18, Some(&Decimal::new(-500, 2)));
        assert_eq!(segment.get("BETRG"), Some("5.00-"));
    }

    #[test]
    fn days_and_times_that_do_not_exist_are_none() {
        assert!(day("20260229").is_none() && day("2026022").is_none() && day("2026-2-1").is_none());
        assert!(day("20280229").is_some());
        assert!(clock("240000").is_none() && clock("1518").is_some() && clock("151857").is_some());
    }
}
