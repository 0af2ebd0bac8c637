//! One value of a file and of a document: texts, words, decimals, days, times.
//!
//! Reading says in words what a value should have been.

use crate::map::{ColumnMap, DateFormat, DecimalMark, Detailed};
use crate::pointer::Kind;
use rust_decimal::Decimal;
use serde_json::Value;

/// How values of one column stand in the file.
pub(crate) struct Format<'m> {
    date: &'m DateFormat,
    decimal: DecimalMark,
    detailed: Option<&'m Detailed>,
}

impl<'m> Format<'m> {
    pub(crate) fn of(map: &'m ColumnMap, detailed: Option<&'m Detailed>) -> Format<'m> {
        Format {
            date: detailed.and_then(|d| d.date.as_ref()).unwrap_or(&map.date),
            decimal: detailed.and_then(|d| d.decimal).unwrap_or(map.decimal),
            detailed,
        }
    }

    /// The JSON of a text that is not empty.
    pub(crate) fn read(&self, text: &str, kind: &Kind) -> Result<Value, String> {
        let text = self.detailed.and_then(|d| d.words.get(text)).map_or(text, String::as_str);
        Ok(match kind {
            Kind::Text => text.into(),
            Kind::Word(words) => match words.iter().any(|word| word == text) {
                true => text.into(),
                false => return Err(format!("{text:?} is no word of ours; there are {}", words.join(", "))),
            },
            Kind::Decimal => self.decimal(text)?.into(),
            Kind::Date => match jiff::civil::Date::strptime(&self.date.0, text) {
                Ok(date) => date.to_string().into(),
                Err(_) => return Err(format!("{text:?} is no day of the form {}", self.date.0)),
            },
            Kind::Time => {
                let read = ["%H:%M:%S", "%H:%M", "%H%M%S", "%H%M"].iter();
                let time = read.filter_map(|form| jiff::civil::Time::strptime(form, text).ok()).next();
                time.ok_or_else(|| format!("{text:?} is no time of day such as 14:30"))?.to_string().into()
            }
            Kind::Integer => match text.parse::<u32>() {
                Ok(number) => number.into(),
                Err(_) => return Err(format!("{text:?} is no whole number")),
            },
            Kind::Boolean => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "y" | "x" | "1" => true.into(),
                "false" | "no" | "n" | "0" => false.into(),
                _ => return Err(format!("{text:?} is neither yes nor no")),
            },
        })
    }

    /// Digits with a point, as documents have them. The other mark may stand between thousands.
    fn decimal(&self, text: &str) -> Result<String, String> {
        let (mark, thousands) = self.marks();
        let wrong =
            || format!("{text:?} is no number with {mark:?} before its decimals, of at most 28 digits");
        let (whole, decimals) = match text.split_once(mark) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (text, None),
        };
        let groups: Vec<&str> = whole.trim_start_matches(['+', '-']).split(thousands).collect();
        let grouped = groups.len() == 1
            || (groups[1..].iter().all(|group| group.len() == 3) && (1..=3).contains(&groups[0].len()));
        let plain = match decimals {
            Some(decimals) => format!("{}.{decimals}", whole.replace(thousands, "")),
            None => whole.replace(thousands, ""),
        };
        let digits = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        if !grouped || !is_number {
            return Err(wrong());
        }
        Decimal::from_str_exact(&plain).map(|number| number.to_string()).map_err(|_| wrong())
    }

    fn marks(&self) -> (char, char) {
        match self.decimal {
            DecimalMark::Point => ('.', ','),
            DecimalMark::Comma => (',', '.'),
        }
    }

    /// The text of a value of a document.
    pub(crate) fn write(&self, value: &Value, kind: &Kind) -> String {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let text = match kind {
            Kind::Decimal => text.replace('.', &self.marks().0.to_string()),
            Kind::Date => {
                let day = text.parse::<jiff::civil::Date>().ok();
                let formed = day.and_then(|day| jiff::fmt::strtime::format(&self.date.0, day).ok());
                formed.unwrap_or(text)
            }
            _ => text,
        };
        let words = self.detailed.map(|d| &d.words);
        let own = words.and_then(|words| words.iter().find(|(_, ours)| **ours == text));
        own.map(|(word, _)| word.clone()).unwrap_or(text)
    }
}
