//! Dates and times of X12 (X12.6: DT and TM) as the calendar and the clock have them.
//!
//! Shared by the envelope (ISA, GS) and by element validation. Only yes or no: what a date means, and in which time zone,
//! is for whoever reads the document. Anything that is not digits of the right number is no.
//! No clock is asked: a date far in the past or future is a date.

/// Decimal value of ASCII digits; `None` for anything else, or nothing.
pub(crate) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

/// `CCYYMMDD`, or `YYMMDD` where any century will do (1900 was no leap year, 2000 was: 00-02-29 passes).
pub(crate) fn is_date(text: &[u8]) -> bool {
    let (year, month_day) = match text.len() {
        8 => (number(&text[..4]), &text[4..]),
        6 => (number(&text[..2]).map(|y| 2000 + y), &text[2..]),
        _ => return false,
    };
    let (Some(year), Some(month), Some(day)) = (year, number(&month_day[..2]), number(&month_day[2..]))
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// `HHMM`, `HHMMSS`, `HHMMSSD` or `HHMMSSDD`, 0000 to 2359.
pub(crate) fn is_time(text: &[u8]) -> bool {
    let Some(_) = number(text) else { return false };
    let part = |at: usize| number(&text[at..at + 2]).unwrap_or(99);
    match text.len() {
        4 => part(0) < 24 && part(2) < 60,
        6..=8 => part(0) < 24 && part(2) < 60 && part(4) < 60,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_pass() {
        assert!([&b"20240229"[..], b"20261231", b"000229", b"260430"].iter().all(|d| is_date(d)));
        assert!(
            [
                &b"20230229"[..],
                b"20261301",
                b"20260431",
                b"2026043",
                b"20260400",
                b"2026O401",
                b"",
                b"19000229"
            ]
            .iter()
            .all(|d| !is_date(d))
        );
    }

    #[test]
    fn only_times_of_day_pass() {
        assert!([&b"0000"[..], b"2359", b"235959", b"2359599", b"23595999"].iter().all(|t| is_time(t)));
        assert!(
            [&b"2400"[..], b"0060", b"12345", b"000060", b"123", b"12:3", b""].iter().all(|t| !is_time(t))
        );
    }
}
