//! What EDIFACT values mean beyond their type: dates by their format (2379), check digits of GTIN, GLN and SSCC.
//!
//! A date that does not exist is an error; a wrong check digit is a warning, since the number may be what was agreed. Formats
//! that are not known here are not checked. Asked once a segment, and silent for all but the few that hold such values.

use super::checksum;
use super::validate::Sink;
use crate::calendar::number;
use crate::finding::{self, Severity};
use crate::segment::{Delimiters, Segment, parts, released};

/// Formats of 2379. `C` year of four digits, `Y` of two, `M` month, `D` day, `H` hour, `N` minute, `S` second, `Z` zone of three
/// letters, `O` offset of a zone (sign or `Z`, HHMM), `W` week, `J` day of the year, `X` day of the week, `-` a hyphen
/// that may be left out.
const FORMATS: &[(&[u8], &[u8])] = &[
    (b"2", b"DMY"),
    (b"3", b"MDY"),
    (b"4", b"DMC"),
    (b"5", b"DMCHN"),
    (b"101", b"YMD"),
    (b"102", b"CMD"),
    (b"103", b"YWX"),
    (b"105", b"YJ"),
    (b"106", b"MD"),
    (b"107", b"J"),
    (b"108", b"W"),
    (b"109", b"M"),
    (b"110", b"D"),
    (b"201", b"YMDHN"),
    (b"202", b"YMDHNS"),
    (b"203", b"CMDHN"),
    (b"204", b"CMDHNS"),
    (b"205", b"CMDHNO"),
    (b"301", b"YMDHNZ"),
    (b"302", b"YMDHNSZ"),
    (b"303", b"CMDHNZ"),
    (b"304", b"CMDHNSZ"),
    (b"305", b"MDHN"),
    (b"306", b"DHN"),
    (b"401", b"HN"),
    (b"402", b"HNS"),
    (b"404", b"HNSZ"),
    (b"501", b"HN-HN"),
    (b"502", b"HNS-HNS"),
    (b"601", b"Y"),
    (b"602", b"C"),
    (b"609", b"YM"),
    (b"610", b"CM"),
    (b"615", b"YW"),
    (b"616", b"CW"),
    (b"701", b"Y-Y"),
    (b"702", b"C-C"),
    (b"709", b"YM-YM"),
    (b"710", b"CM-CM"),
    (b"711", b"CMD-CMD"),
    (b"713", b"YMDHN-YMDHN"),
    (b"715", b"YW-YW"),
    (b"716", b"CW-CW"),
    (b"717", b"YMD-YMD"),
    (b"718", b"CMD-CMD"),
    (b"719", b"CMDHN-CMDHN"),
];

/// Formats of 1250, in the same letters (X12).
const PERIODS: &[(&[u8], &[u8])] = &[
    (b"CM", b"CM"),
    (b"CY", b"C"),
    (b"D6", b"YMD"),
    (b"D8", b"CMD"),
    (b"DB", b"MDC"),
    (b"DD", b"D"),
    (b"DT", b"CMDHN"),
    (b"MD", b"MD"),
    (b"MM", b"M"),
    (b"RD", b"MDC-MDC"),
    (b"RD2", b"Y-Y"),
    (b"RD4", b"C-C"),
    (b"RD5", b"CM-CM"),
    (b"RD6", b"YMD-YMD"),
    (b"RD8", b"CMD-CMD"),
    (b"RDM", b"YMD-MD"),
    (b"RMD", b"MD-MD"),
    (b"RMY", b"YM-YM"),
    (b"RTM", b"HN-HN"),
    (b"RTS", b"CMDHNS"),
    (b"TC", b"J"),
    (b"TM", b"HN"),
    (b"TQ", b"MY"),
    (b"TR", b"DMYHN"),
    (b"TS", b"HNS"),
    (b"TT", b"MDY"),
    (b"TU", b"YJ"),
    (b"YM", b"YM"),
    (b"YY", b"Y"),
];

/// True if 1251 is what 1250 says it is, or says something that is not known here.
pub(super) fn is_period(format: &[u8], value: &[u8]) -> bool {
    PERIODS
        .iter()
        .find(|(code, _)| *code == format)
        .is_none_or(|(_, pattern)| exists(value.trim_ascii_end(), pattern))
}

/// True if the bytes end in a separator that is released, and so is data.
pub(super) fn ends_released(segment: &Segment<'_>, bytes: &[u8]) -> bool {
    let Some(release) = segment.delimiters.release else { return false };
    let before = &bytes[..bytes.len().saturating_sub(1)];
    before.iter().rev().take_while(|&&b| b == release).count() % 2 == 1
}

pub(super) fn check(segment: &Segment<'_>, sink: &mut Sink<'_>) {
    match segment.tag_bytes() {
        b"DTM" => date(segment, sink),
        b"LIN" => item(segment, 3, segment.element(3), sink),
        b"PIA" => (2..=6)
            .zip(segment.elements().skip(1))
            .for_each(|(element, value)| item(segment, element, value, sink)),
        b"NAD" => location(segment, sink),
        b"LOC" => location(segment, sink),
        b"GIN" if segment.element(1) == b"BJ" => {
            for element in 2..=6 {
                for component in 1..=2 {
                    digits(segment, (element, component), &[18], "SSCC", "7402", sink);
                }
            }
        }
        _ => {}
    }
}

fn date(segment: &Segment<'_>, sink: &mut Sink<'_>) {
    let value = released(segment.component(1, 2), segment.delimiters.release);
    let format = segment.component(1, 3);
    let Some((_, pattern)) = FORMATS.iter().find(|(code, _)| *code == format) else { return };
    if value.is_empty() || value.trim_ascii().is_empty() || exists(&value, pattern) {
        return;
    }
    let message = format!(
        "{}01-2 '{}' is no date, time or period of format {}",
        segment.tag(),
        finding::excerpt(&value),
        finding::excerpt(format)
    );
    let at = (1, Some(2));
    sink.element(finding::DATE_INVALID, Severity::Error, segment, at, Some("2380"), &value, message);
}

/// Each part of the pattern in turn; a day is held against the month and year before or behind it.
fn exists(value: &[u8], pattern: &[u8]) -> bool {
    let mut rest = value;
    let mut parts = [None; 128];
    for &part in pattern {
        if part == b'-' {
            rest = rest.strip_prefix(b"-").unwrap_or(rest);
            if !is_day(&parts) {
                return false;
            }
            parts = [None; 128];
            continue;
        }
        let width = match part {
            b'C' => 4,
            b'J' | b'Z' => 3,
            b'O' => 5,
            b'X' => 1,
            _ => 2,
        };
        if rest.len() < width {
            return false;
        }
        let (taken, left) = rest.split_at(width);
        rest = left;
        let range = match part {
            b'M' => 1..=12,
            b'D' => 1..=31,
            b'H' => 0..=23,
            b'N' => 0..=59,
            b'S' => 0..=59,
            b'W' => 1..=53,
            b'J' => 1..=366,
            b'X' => 1..=7,
            b'Z' if taken.iter().all(u8::is_ascii_alphabetic) => continue,
            b'O' if matches!(taken[0], b'+' | b'-' | b'Z') && number(&taken[1..]).is_some() => continue,
            b'Z' | b'O' => return false,
            _ => 0..=9999,
        };
        match number(taken).filter(|n| range.contains(n)) {
            Some(n) => parts[usize::from(part)] = Some(n),
            None => return false,
        }
    }
    rest.is_empty() && is_day(&parts)
}

fn is_day(parts: &[Option<u32>; 128]) -> bool {
    let part = |letter: u8| parts[usize::from(letter)];
    let year = part(b'C').or(part(b'Y').map(|y| 2000 + y)).unwrap_or(2000);
    match (part(b'M'), part(b'D')) {
        (Some(month), Some(day)) => {
            crate::calendar::is_date(format!("{year:04}{month:02}{day:02}").as_bytes())
        }
        _ => true,
    }
}

/// C212: number and its kind. EN, SRV (GTIN of any length) and UP (twelve digits).
fn item(segment: &Segment<'_>, element: usize, value: &[u8], sink: &mut Sink<'_>) {
    let Delimiters { component, release, .. } = segment.delimiters;
    match parts(value, component, release).nth(1).unwrap_or_default() {
        b"EN" | b"SRV" => digits(segment, (element, 1), &[8, 12, 13, 14], "GTIN", "7140", sink),
        b"UP" => digits(segment, (element, 1), &[12], "GTIN", "7140", sink),
        _ => {}
    }
}

/// C082 of NAD and C517 of LOC, where GS1 keeps the list (3055 = 9).
fn location(segment: &Segment<'_>, sink: &mut Sink<'_>) {
    if segment.component(2, 3) == b"9" {
        let reference = if segment.tag_bytes() == b"NAD" { "3039" } else { "3225" };
        digits(segment, (2, 1), &[13], "GLN", reference, sink);
    }
}

fn digits(
    segment: &Segment<'_>,
    at: (usize, usize),
    lengths: &[usize],
    kind: &str,
    reference: &str,
    sink: &mut Sink<'_>,
) {
    let value = segment.component(at.0, at.1);
    if value.is_empty() || lengths.contains(&value.len()) && checksum::checks(value) {
        return;
    }
    let shown = finding::excerpt(value);
    let message = match value.iter().all(u8::is_ascii_digit) && lengths.contains(&value.len()) {
        true => {
            format!("{}{:02}-{} '{shown}' has a wrong check digit for a {kind}", segment.tag(), at.0, at.1)
        }
        false => format!("{}{:02}-{} '{shown}' is no {kind}: it has other digits", segment.tag(), at.0, at.1),
    };
    let place = (at.0, Some(at.1));
    sink.element(finding::CHECK_DIGIT, Severity::Warning, segment, place, Some(reference), value, message);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_that_exist_pass() {
        let pass: &[(&[u8], &[u8])] = &[
            (b"102", b"20240229"),
            (b"203", b"202601051530"),
            (b"718", b"2026010120260131"),
            (b"718", b"20260101-20260131"),
            (b"303", b"202601051530UTC"),
            (b"616", b"202653"),
            (b"2", b"290224"),
            (b"205", b"202601051530+0100"),
        ];
        let fail: &[(&[u8], &[u8])] = &[
            (b"102", b"20230229"),
            (b"102", b"260105"),
            (b"203", b"202601052530"),
            (b"718", b"2026010120260231"),
            (b"610", b"202613"),
            (b"102", b"2026-1-5"),
            (b"102", b"202601050"),
        ];
        let exists = |(format, value): &(&[u8], &[u8])| {
            FORMATS.iter().find(|(code, _)| code == format).is_some_and(|(_, p)| exists(value, p))
        };
        assert!(pass.iter().all(exists));
        assert!(!fail.iter().any(exists));
    }
}
