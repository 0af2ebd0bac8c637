//! How numbers, dates and times stand in elements, in both directions.
//!
//! Reading is exact or fails: no number is rounded, no date is guessed. Writing gives the shortest form that says the same.

use crate::Text;
use crate::date::{Date, Time};
use crate::quantity::Decimal;

/// X12.6 type R: digits, a leading minus, a point; an exponent from later versions on.
pub(super) fn parse_decimal(raw: &[u8]) -> Option<Decimal> {
    if let Some(short) = short_decimal(raw, |b| b == b'.') {
        return Some(short);
    }
    let text = std::str::from_utf8(raw).ok()?;
    let (digits, exponent) = match text.split_once('E') {
        Some((digits, exponent)) => (digits, Some(exponent)),
        None => (text, None),
    };
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let plain = unsigned.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !plain || !unsigned.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    match exponent {
        None => Decimal::from_str_exact(digits).ok(),
        Some(exponent) => scale_by_ten(Decimal::from_str_exact(digits).ok()?, exponent.parse().ok()?),
    }
}

/// A number of no sign and at most 18 digits, as nearly all are. `None` says nothing: it may be a number all the same.
fn short_decimal(raw: &[u8], is_mark: impl Fn(u8) -> bool) -> Option<Decimal> {
    let (mut value, mut digits, mut scale) = (0_i64, 0, None);
    for &b in raw {
        if b.is_ascii_digit() && digits < 18 {
            value = value * 10 + i64::from(b - b'0');
            digits += 1;
            scale = scale.map(|scale: u32| scale + 1);
        } else if is_mark(b) && scale.is_none() {
            scale = Some(0);
        } else {
            return None;
        }
    }
    (digits > 0).then(|| Decimal::new(value, scale.unwrap_or(0)))
}

fn scale_by_ten(value: Decimal, exponent: i32) -> Option<Decimal> {
    let steps = u32::try_from(exponent.checked_abs()?).ok().filter(|steps| *steps <= 28)?;
    if exponent < 0 {
        let scale = value.scale().checked_add(steps).filter(|scale| *scale <= 28)?;
        return Decimal::try_from_i128_with_scale(value.mantissa(), scale).ok();
    }
    (0..steps).try_fold(value, |v, _| v.checked_mul(Decimal::TEN))
}

/// EDIFACT: digits, a leading minus, and one decimal mark: the one a UNA names, else point or comma (ISO 9735, 10.1).
pub(super) fn parse_marked_decimal(raw: &[u8], mark: Option<u8>) -> Option<Decimal> {
    let is_mark = |b: u8| mark.map_or(matches!(b, b'.' | b','), |mark| b == mark);
    if let Some(short) = short_decimal(raw, is_mark) {
        return Some(short);
    }
    let unsigned = raw.strip_prefix(b"-").unwrap_or(raw);
    let marks = unsigned.iter().filter(|b| is_mark(**b)).count();
    let plain = unsigned.iter().all(|b| b.is_ascii_digit() || is_mark(*b));
    if !plain || marks > 1 || marks == unsigned.len() {
        return None;
    }
    let digits: String = raw.iter().map(|b| if is_mark(*b) { '.' } else { char::from(*b) }).collect();
    Decimal::from_str_exact(&digits).ok()
}

/// X12.6 type N2: digits and a leading minus.
pub(super) fn parse_cents(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Decimal::try_from_i128_with_scale(text.parse().ok()?, 2).ok()
}

/// Eight digits, CCYYMMDD.
pub(crate) fn parse_date(raw: &[u8]) -> Option<Date> {
    if raw.len() != 8 {
        return None;
    }
    let day = digits(&raw[6..])?;
    let date = jiff::civil::Date::new(digits(&raw[..4])?, digits(&raw[4..6])? as i8, day as i8);
    date.ok().map(Date)
}

/// HHMM, HHMMSS, HHMMSSD, HHMMSSDD.
pub(crate) fn parse_time(raw: &[u8]) -> Option<Time> {
    if !matches!(raw.len(), 4 | 6 | 7 | 8) {
        return None;
    }
    let part = |from: usize, to: usize| if raw.len() >= to { digits(&raw[from..to]) } else { Some(0) };
    let fraction = match raw.len() {
        7 => i32::from(digits(&raw[6..7])?) * 100_000_000,
        8 => i32::from(digits(&raw[6..8])?) * 10_000_000,
        _ => 0,
    };
    let time = jiff::civil::Time::new(part(0, 2)? as i8, part(2, 4)? as i8, part(4, 6)? as i8, fraction);
    time.ok().map(Time)
}

/// At most four ASCII digits as a number.
fn digits(raw: &[u8]) -> Option<i16> {
    raw.iter().try_fold(0_i16, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i16::from(b - b'0')))
}

/// A number with the digits it has, never an exponent.
pub(crate) fn decimal(number: Decimal) -> String {
    number.to_string()
}

/// Two implied decimals; `None` where the number has more.
pub(super) fn cents(number: Decimal) -> Option<String> {
    let cents = number.checked_mul(Decimal::ONE_HUNDRED)?.normalize();
    (cents.scale() == 0).then(|| cents.to_string())
}

/// Lines cut between words so that each has at most `width` characters.
pub(crate) fn wrapped(lines: &[Text], width: usize) -> Vec<Text> {
    let mut out = Vec::new();
    for line in lines.iter().flat_map(|line| line.split('\n')) {
        let mut rest = line.trim();
        while rest.chars().count() > width {
            let hard = rest.char_indices().nth(width).map_or(rest.len(), |(at, _)| at);
            let (head, _) = rest.split_at(hard);
            let cut = head.rfind(' ').filter(|at| *at > 0).unwrap_or(hard);
            let (now, later) = rest.split_at(cut);
            out.push(Text::new(now.trim_end()));
            rest = later.trim_start();
        }
        if !rest.is_empty() {
            out.push(Text::new(rest));
        }
    }
    out
}

/// CCYYMMDD.
pub(crate) fn date(date: Date) -> String {
    let d = date.0;
    format!("{:04}{:02}{:02}", d.year(), d.month(), d.day())
}

/// HHMM, HHMMSS or HHMMSSDD: the shortest that says it.
pub(crate) fn time(time: Time) -> String {
    let t = time.0;
    let hundredths = t.subsec_nanosecond() / 10_000_000;
    match (t.second(), hundredths) {
        (0, 0) => format!("{:02}{:02}", t.hour(), t.minute()),
        (second, 0) => format!("{:02}{:02}{second:02}", t.hour(), t.minute()),
        (second, _) => format!("{:02}{:02}{second:02}{hundredths:02}", t.hour(), t.minute()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_have_the_mark_of_the_una_or_either() {
        let parsed = |raw: &[u8], mark| parse_marked_decimal(raw, mark).map(|d| d.to_string());
        assert_eq!(parsed(b"12.50", None).as_deref(), Some("12.50"));
        assert_eq!(parsed(b"12,50", None).as_deref(), Some("12.50"));
        assert_eq!(parsed(b"12,50", Some(b',')).as_deref(), Some("12.50"));
        assert_eq!(parsed(b"12.50", Some(b',')), None);
        assert_eq!(parsed(b"1.234,5", None), None);
        assert_eq!(parsed(b"-3", None).as_deref(), Some("-3"));
        assert_eq!(parsed(b"-", None), None);
        assert_eq!(parsed(b"", None), None);
        assert_eq!(parsed(b",", None), None);
    }

    #[test]
    fn implied_decimals_are_exact_or_not_written() {
        assert_eq!(parse_cents("10000").unwrap().to_string(), "100.00");
        assert_eq!(cents("100".parse().unwrap()).as_deref(), Some("10000"));
        assert_eq!(cents("-0.5".parse().unwrap()).as_deref(), Some("-50"));
        assert_eq!(cents("0.005".parse().unwrap()), None);
    }

    #[test]
    fn times_take_the_shortest_form_that_says_them() {
        for text in ["0830", "083015", "08301525"] {
            assert_eq!(time(parse_time(text.as_bytes()).unwrap()), text);
        }
        assert_eq!(parse_time(b"2560"), None);
    }
}
