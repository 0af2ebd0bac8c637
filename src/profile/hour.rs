//! Hours of the day and time zones, as they are written in configuration: `"17:30"`, `"America/Chicago"`.
//!
//! Promises: what is read is a time of day, and a zone that the time zone database knows. Fails with a sentence that says how it is
//! written.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::str::FromStr;

pub(super) const HOUR_HELP: &str = "write hours and minutes, as in \"17:30\"";
pub(super) const ZONE_HELP: &str = "write the zone's name, as in \"Europe/Berlin\" or \"UTC\"";

/// A time of day, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hour(Time);

impl Hour {
    /// The next instant after `now` at which clocks in `zone` show this hour; one that a change of clocks leaves out is taken at
    /// the same distance from midnight.
    pub fn next_after(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let today = now.to_zoned(zone.clone()).date();
        let at = |days: i32| {
            let date = today.checked_add(days.days()).unwrap_or(today);
            zone.to_ambiguous_zoned(date.to_datetime(self.0)).compatible().map(|zoned| zoned.timestamp())
        };
        (0..=2).filter_map(|days| at(days).ok()).find(|instant| *instant > now).unwrap_or(now)
    }
}

impl Hour {
    /// The last time that clocks in `zone` showed this hour on a day that counts, looking back a week; and when that day began.
    pub fn last_on(
        self,
        now: Timestamp,
        zone: &TimeZone,
        counts: impl Fn(Weekday) -> bool,
    ) -> Option<(Timestamp, Timestamp)> {
        let today = now.to_zoned(zone.clone()).date();
        (0..=7).find_map(|back: i32| {
            let day = today.checked_sub(back.days()).ok()?;
            let at = zone.to_ambiguous_zoned(day.to_datetime(self.0)).compatible().ok()?.timestamp();
            let begin = day.to_zoned(zone.clone()).ok()?.timestamp();
            (at <= now && counts(day.weekday())).then_some((begin, at))
        })
    }
}

impl FromStr for Hour {
    type Err = String;

    fn from_str(text: &str) -> Result<Hour, String> {
        let parsed = text.split_once(':').and_then(|(hour, minute)| {
            let fits = hour.len() == 2 && minute.len() == 2;
            Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok().filter(|_| fits)
        });
        parsed.map(Hour).ok_or_else(|| format!("`{text}` is no time of day"))
    }
}

/// A time zone by its name.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    pub fn get(&self) -> TimeZone {
        self.0.clone()
    }
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Zone, String> {
        TimeZone::get(text).map(Zone).map_err(|_| format!("`{text}` is no time zone"))
    }
}

macro_rules! read_from_text {
    ($type:ident, $format:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format })
            }
        }
    };
}
read_from_text!(Hour, "hour");
read_from_text!(Zone, "time-zone");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn next(hour: &str, zone: &str, now: &str) -> String {
        let zone: Zone = zone.parse().unwrap();
        hour.parse::<Hour>().unwrap().next_after(now.parse().unwrap(), &zone.get()).to_string()
    }

    #[test]
    fn the_next_hour_by_the_partners_clock() {
        assert_eq!(next("17:30", "UTC", "2026-11-04T10:00:00Z"), "2026-11-04T17:30:00Z");
        assert_eq!(next("17:30", "UTC", "2026-11-04T17:30:00Z"), "2026-11-05T17:30:00Z");
        assert_eq!(next("17:30", "America/Chicago", "2026-11-04T10:00:00Z"), "2026-11-04T23:30:00Z");
        // Clocks go from 2:00 to 3:00 that night.
        assert_eq!(next("02:30", "America/Chicago", "2026-03-08T06:00:00Z"), "2026-03-08T08:30:00Z");
    }

    #[test]
    fn the_last_time_on_a_day_that_counts() {
        let last = |now: &str| {
            let zone: Zone = "America/Chicago".parse().unwrap();
            let hour: Hour = "10:00".parse().unwrap();
            let monday_to_friday = |day| !matches!(day, Weekday::Saturday | Weekday::Sunday);
            let (begin, at) = hour.last_on(now.parse().unwrap(), &zone.get(), monday_to_friday).unwrap();
            format!("{begin} {at}")
        };
        let friday = "2026-11-06T06:00:00Z 2026-11-06T16:00:00Z";
        assert_eq!(last("2026-11-06T16:00:00Z"), friday);
        // Over the weekend, and until Monday's hour, it is Friday's that counts.
        assert_eq!(last("2026-11-08T20:00:00Z"), friday);
        assert_eq!(last("2026-11-09T15:59:59Z"), friday);
        assert_eq!(last("2026-11-09T16:00:00Z"), "2026-11-09T06:00:00Z 2026-11-09T16:00:00Z");
    }

    #[test]
    fn what_is_no_hour_or_zone() {
        for text in ["7:30", "24:00", "17:3", "noon", "17.30"] {
            assert!(text.parse::<Hour>().is_err(), "{text}");
        }
        assert!("Middle/Earth".parse::<Zone>().is_err());
    }
}
