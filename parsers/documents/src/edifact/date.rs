//! Dates and times: DTM (C507: 2005 qualifier, 2380 value, 2379 format).
//!
//! Formats 101, 102, 201, 203, 204, 303 and 304 become an ISO date and time; 717, 718 and 719 a period with start and end; 610
//! (a month) and 616 (a week) too. Others, such as spans of time, are kept under `period` as they came. Years of two digits are
//! of this century. No zone is guessed.
//!
//! Never fails: a day that does not exist is a finding, and stays unmapped.

use super::codes;
use super::reading::{Fields, parse_date};
use crate::Text;
use crate::date::{Date, DateTime, Period, Time};

/// DTM.
pub(crate) fn dtm(f: &Fields<'_, '_>) -> DateTime {
    let (role, role_code) = f.coded(1, 1, codes::date_role).unwrap_or_default();
    let plain = DateTime { role, role_code, ..DateTime::default() };
    if !f.has(1, 2) {
        return plain;
    }
    let (value, format) = (f.peek(1, 2), f.peek(1, 3));
    let (value, format) = (&*value, &*format);
    let read = match format {
        "" | "101" | "102" | "201" | "203" | "204" | "303" | "304" => moment(value, format),
        _ => period(value, format).map(|period| DateTime { period: Some(period), ..DateTime::default() }),
    };
    let Some(read) = read else {
        f.unreadable_date(1, 2, if format.is_empty() { "102" } else { format });
        return plain;
    };
    f.take(1, 2);
    f.take(1, 3);
    DateTime { role: plain.role, role_code: plain.role_code, ..read }
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
    let date = parse_date(digits.get(..8)?)?;
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
                parse_date(&format!("{century}{}", s.get(..width)?))
            };
            (Some(day(start)?), Some(day(end)?))
        }
        "610" => {
            let first = parse_date(&format!("{value}01"))?;
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
