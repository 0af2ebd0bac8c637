//! Dates and times: DTM (C507: 2005 qualifier, 2380 value, 2379 format).
//!
//! Formats 101, 102, 201, 203, 204, 303 and 304 become an ISO date and time; 717, 718 and 719 a period with start and end; 610
//! (a month) and 616 (a week) too. Others, such as spans of time, are kept under `period` as they came. Years of two digits are
//! of this century. No zone is guessed.
//!
//! Never fails: a day that does not exist is a finding, and stays unmapped.

use super::codes;
use crate::Text;
use crate::date::{Date, DateTime, Period, Time};
use crate::mapping::{Elements, date_of, date_text, time_text};

/// DTM.
pub(crate) fn dtm(e: &mut Elements<'_>, d: &mut DateTime) {
    if !e.is_reading() {
        e.needs((1, 1));
        e.needs((1, 2));
    }
    e.coded((1, 1), &codes::DATE_ROLE, &mut d.role, &mut d.role_code);
    if !e.is_reading() {
        let (value, format) = lexeme(d, e.codes_are_ours());
        e.constant((1, 2), &value);
        return e.constant((1, 3), &format);
    }
    if !e.has((1, 2)) {
        return;
    }
    let (value, format) = (e.peek((1, 2)).into_owned(), e.peek((1, 3)).into_owned());
    let read = match format.as_str() {
        "" | "101" | "102" | "201" | "203" | "204" | "303" | "304" => moment(&value, &format),
        _ => period(&value, &format).map(|period| DateTime { period: Some(period), ..DateTime::default() }),
    };
    match read {
        Some(read) => {
            e.ignore((1, 2));
            if !format.is_empty() {
                e.ignore((1, 3));
            }
            (d.date, d.time, d.time_zone_code, d.period) =
                (read.date, read.time, read.time_zone_code, read.period);
        }
        None => e.unreadable_date((1, 2), if format.is_empty() { "102" } else { &format }),
    }
}

/// Value and format (2379). A period of the other standard is written by its start and end.
fn lexeme(d: &DateTime, zone_is_ours: bool) -> (String, String) {
    let plain = |value: String, format: &str| (value, format.to_owned());
    if let Some(p) = &d.period {
        let ours = !p.format_code.is_empty() && p.format_code.bytes().all(|b| b.is_ascii_digit());
        return match (p.start, p.end) {
            _ if ours => (p.value.to_string(), p.format_code.to_string()),
            (Some(start), Some(end)) => plain(format!("{}{}", date_text(start), date_text(end)), "718"),
            (Some(start), None) => plain(date_text(start), "102"),
            _ => Default::default(),
        };
    }
    let Some(date) = d.date else { return Default::default() };
    let zone = d.time_zone_code.as_deref().filter(|_| zone_is_ours).unwrap_or("");
    match d.time.map(time_text) {
        None => plain(date_text(date), "102"),
        Some(time) if time.len() == 4 => {
            plain(format!("{}{time}{zone}", date_text(date)), if zone.is_empty() { "203" } else { "303" })
        }
        // Hundredths of a second have no format.
        Some(time) => {
            let time = &time[..6];
            plain(format!("{}{time}{zone}", date_text(date)), if zone.is_empty() { "204" } else { "304" })
        }
    }
}

/// A day, with or without the time of day.
fn moment(value: &str, format: &str) -> Option<DateTime> {
    let (digits, zone) = match format {
        "303" => value.split_at_checked(12).filter(|(_, zone)| !zone.is_empty())?,
        "304" => value.split_at_checked(14).filter(|(_, zone)| !zone.is_empty())?,
        _ => (value, ""),
    };
    let digits = if matches!(format, "101" | "201") { format!("20{digits}") } else { digits.to_owned() };
    let length = match format {
        "" | "101" | "102" => 8,
        "201" | "203" | "303" => 12,
        _ => 14,
    };
    if digits.len() != length {
        return None;
    }
    let date = date_of(digits.get(..8)?)?;
    let time = match digits.get(8..)? {
        "" => None,
        time => Some(parse_time(time)?),
    };
    let time_zone_code = (!zone.is_empty()).then(|| Text::new(zone));
    Some(DateTime { date: Some(date), time, time_zone_code, ..DateTime::default() })
}

/// HHMM or HHMMSS.
fn parse_time(value: &str) -> Option<Time> {
    let part = |from: usize| value.get(from..from + 2)?.parse::<u8>().ok().and_then(|n| i8::try_from(n).ok());
    let second = if value.len() > 4 { part(4)? } else { 0 };
    jiff::civil::Time::new(part(0)?, part(2)?, second, 0).ok().map(Time)
}

/// A range, a month, a week, or what only the format tells. `None` when it is a range of days that do not exist.
fn period(value: &str, format: &str) -> Option<Period> {
    let (start, end) = match format {
        "717" | "718" | "719" => {
            let width = if format == "717" { 6 } else { 8 };
            let (start, end) = value.split_once('-').or_else(|| value.split_at_checked(value.len() / 2))?;
            let day = |s: &str| {
                let century = if width == 6 { "20" } else { "" };
                date_of(&format!("{century}{}", s.get(..width)?))
            };
            (Some(day(start)?), Some(day(end)?))
        }
        "610" => {
            let first = date_of(&format!("{value}01"))?;
            (Some(first), Some(Date(first.0.last_of_month())))
        }
        "616" => {
            let year = value.get(..4)?.parse().ok()?;
            let week = value.get(4..).filter(|w| w.len() == 2)?.parse().ok()?;
            let day =
                |weekday| jiff::civil::ISOWeekDate::new(year, week, weekday).map(|d| Date(d.date())).ok();
            (Some(day(jiff::civil::Weekday::Monday)?), Some(day(jiff::civil::Weekday::Sunday)?))
        }
        _ => (None, None),
    };
    Some(Period { format_code: Text::new(format), value: Text::new(value), start, end })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn moments() {
        let read = |value, format| {
            let m = moment(value, format)?;
            Some((m.date?.0.to_string(), m.time.map(|t| t.0.to_string()), m.time_zone_code))
        };
        let day = "2026-11-16".to_owned();
        assert_eq!(read("20261116", "102"), Some((day.clone(), None, None)));
        assert_eq!(read("261116", "101"), Some((day.clone(), None, None)));
        assert_eq!(read("202611160830", "203"), Some((day.clone(), Some("08:30:00".to_owned()), None)));
        let zoned = (day, Some("08:30:00".to_owned()), Some(Text::new("+01")));
        assert_eq!(read("202611160830+01", "303"), Some(zoned));
        assert_eq!(read("20261131", "102"), None);
        assert_eq!(read("202611162560", "203"), None);
        assert_eq!(read("2026111é", "102"), None);
        assert_eq!(read("20261116083é+01", "303"), None);
    }

    #[test]
    fn periods() {
        let read = |value, format| {
            let p = period(value, format)?;
            Some((p.start?.0.to_string(), p.end?.0.to_string()))
        };
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(read("20261116-20261120", "718"), pair("2026-11-16", "2026-11-20"));
        assert_eq!(read("2026111620261120", "718"), pair("2026-11-16", "2026-11-20"));
        assert_eq!(read("202602", "610"), pair("2026-02-01", "2026-02-28"));
        assert_eq!(read("202647", "616"), pair("2026-11-16", "2026-11-22"));
        assert_eq!(read("202699", "616"), None);
        let days = period("30", "804").unwrap();
        assert_eq!((days.value.as_str(), days.start), ("30", None));
    }
}
