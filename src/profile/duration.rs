//! A length of time as it is written in configuration: `250ms`, `30s`, `5m`, `2h`, `400d`.
//!
//! Promises: one number and one unit, never a bare number, so that nobody has to guess the unit. What is read
//! can be written back and reads the same. Fails with a sentence that says what was found and how it is written.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

/// A length of time, in whole milliseconds; at most about 270 years.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(Duration);

/// Units, longest first, with their length in milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
const LONGEST_MS: u64 = 100_000 * 86_400_000;

impl Span {
    pub const fn seconds(seconds: u64) -> Span {
        Span(Duration::from_secs(seconds))
    }

    pub const fn milliseconds(milliseconds: u64) -> Span {
        Span(Duration::from_millis(milliseconds))
    }

    pub const fn duration(self) -> Duration {
        self.0
    }

    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Duration {
        span.0
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        if number.is_empty() {
            return Err(format!("`{text}` is not a length of time: it begins with a whole number"));
        }
        if unit.is_empty() {
            return Err(format!("`{text}` has no unit"));
        }
        let Some((_, length)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(format!("`{unit}` is not a unit of time"));
        };
        number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(*length))
            .filter(|total| *total <= LONGEST_MS)
            .map(Span::milliseconds)
            .ok_or_else(|| format!("`{text}` is longer than 100000d"))
    }
}

/// How a length of time is written, for the help of an error.
pub(super) const HELP: &str =
    "write a whole number and a unit, as in \"250ms\", \"30s\", \"5m\", \"2h\" or \"400d\"";

impl fmt::Display for Span {
    /// In the longest unit that leaves no rest: `3600 s` is `1h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = u64::try_from(self.0.as_millis()).unwrap_or(LONGEST_MS);
        if total == 0 {
            return f.write_str("0s");
        }
        let (name, length) = UNITS.iter().find(|(_, length)| total % length == 0).unwrap_or(&("ms", 1));
        write!(f, "{}{name}", total / length)
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Span;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a length of time such as \"30s\"")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Span, E> {
                text.parse().map_err(|message| E::custom(format!("{message}; {HELP}")))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "span", "pattern": "^[0-9]+(ms|s|m|h|d)$" })
    }
}

/// So many a time: `50/s`, `20/m`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

impl Rate {
    pub const fn a_second(self) -> f64 {
        self.0
    }

    pub const fn per_second(number: u32) -> Rate {
        Rate(number as f64)
    }

    pub const fn per_minute(number: u32) -> Rate {
        Rate(number as f64 / 60.0)
    }
}

/// How often somebody may come: so many a second for long, and so many at once after a rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Allowance {
    pub rate: Rate,
    pub burst: NonZeroU32,
}

impl Allowance {
    /// Where no burst is named: what comes in five seconds, ten at least.
    pub fn new(rate: Rate, burst: Option<NonZeroU32>) -> Allowance {
        let usual =
            NonZeroU32::new((rate.a_second() * 5.0) as u32).map_or(LEAST_BURST, |n| n.max(LEAST_BURST));
        Allowance { rate, burst: burst.unwrap_or(usual) }
    }

    /// Somebody's own keys, and what holds for everybody at the door where he has none.
    pub fn of(
        (rate, burst): (Option<Rate>, Option<NonZeroU32>),
        (all, all_burst): (Rate, Option<NonZeroU32>),
    ) -> Allowance {
        // The door's burst goes with the door's rate.
        let burst = burst.or(all_burst.filter(|_| rate.is_none()));
        Allowance::new(rate.unwrap_or(all), burst)
    }
}

const LEAST_BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Rate, String> {
        let (number, unit) = text.split_once('/').unwrap_or((text, ""));
        let seconds = match unit {
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => 0.0,
        };
        match number.parse::<u32>() {
            Ok(number @ 1..=100_000) if seconds > 0.0 => Ok(Rate(f64::from(number) / seconds)),
            _ => Err(format!(
                "`{text}` is no rate: write a whole number and a time, as in \"50/s\" or \"20/m\""
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Rate, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Rate {
    fn schema_name() -> Cow<'static, str> {
        "Rate".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+/[smh]$" })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::Span;

    #[test]
    fn reads_and_writes_back() {
        for (text, milliseconds, again) in [
            ("250ms", 250, "250ms"),
            ("30s", 30_000, "30s"),
            ("5m", 300_000, "5m"),
            ("2h", 7_200_000, "2h"),
            ("400d", 34_560_000_000, "400d"),
            ("3600s", 3_600_000, "1h"),
            ("0s", 0, "0s"),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span, Span::milliseconds(milliseconds), "{text}");
            assert_eq!(span.to_string(), again);
        }
    }

    #[test]
    fn refuses_what_has_to_be_guessed() {
        for (text, message) in [
            ("30", "has no unit"),
            ("s", "begins with a whole number"),
            ("-3s", "begins with a whole number"),
            ("1.5h", "`.5h` is not a unit"),
            ("5 m", "not a unit"),
            ("1w", "`w` is not a unit"),
            ("99999999999999999999s", "longer than"),
            ("100001d", "longer than"),
            ("", "begins with"),
        ] {
            let error = text.parse::<Span>().unwrap_err();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
