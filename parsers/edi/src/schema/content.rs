//! What no table says but the standard's comments do: totals of the set (CTT), its levels (HL), the ends of bounded loops.
//!
//! All of it warnings: the segments are well formed and all there, only what they say of each other does not agree. Nothing of
//! this is answered in an acknowledgement, which has no words for it. One pass, and only over sets that have such segments.

use super::validate::Sink;
use super::{hierarchy, validate::At};
use crate::finding::{self, Severity};
use crate::interchange::TransactionSet;
use crate::segment::Segment;

/// What CTT01 counts and CTT02 adds up, in every set that has a CTT: the set, the tag of a line, tag and element of the
/// quantities; none where the comment of the set names none.
const TOTALS: &[(&str, &str, &str, usize)] = &[
    ("810", "IT1", "IT1", 2),
    ("830", "LIN", "FST", 1),
    ("832", "LIN", "", 0),
    ("846", "LIN", "QTY", 2),
    ("850", "PO1", "PO1", 2),
    ("852", "LIN", "", 0),
    ("855", "PO1", "PO1", 2),
    ("856", "HL", "SN1", 2),
    ("860", "POC", "POC", 3),
    ("861", "RCD", "RCD", 2),
    ("862", "LIN", "FST", 1),
    ("865", "POC", "POC", 3),
    ("870", "PO1", "PO1", 2),
];

/// What CTT01 of a set counts, and which element of which segment CTT02 adds up.
pub(crate) fn totals_of(code: &str) -> Option<(&'static str, &'static str, usize)> {
    TOTALS.iter().find(|t| t.0 == code).map(|t| (t.1, t.2, t.3))
}

/// `special`: the set has bounded loops or levels.
pub(super) fn check(set: &TransactionSet<'_>, code: &str, special: bool, sink: &mut Sink<'_>) {
    // CTT is among the last. Where segments are missing or misplaced, totals that differ are no news.
    if !sink.has_structural_faults()
        && let Some(totals) = TOTALS.iter().find(|t| t.0 == code)
        && let Some(ctt) = set.segments.iter().rev().take(20).find(|s| s.tag_bytes() == b"CTT")
    {
        count(set, *totals, ctt, sink);
    }
    if special {
        levels(set, sink);
        bounds(set, sink);
    }
}

fn levels(set: &TransactionSet<'_>, sink: &mut Sink<'_>) {
    let (levels, faults) = hierarchy::read(&set.segments);
    for (code, level, element, message) in faults {
        let segment = &set.segments[levels[level].segment];
        let value = segment.element(element);
        sink.element(code, Severity::Warning, segment, (element, None), None, value, message);
    }
}

fn count(
    set: &TransactionSet<'_>,
    (_, line, holder, element): (&str, &str, &str, usize),
    ctt: &Segment<'_>,
    sink: &mut Sink<'_>,
) {
    let lines = set.segments.iter().filter(|s| s.tag_bytes() == line.as_bytes()).count();
    let said = ctt.text(1);
    if said.parse() != Ok(lines) && !said.is_empty() {
        let message = format!("CTT01 says '{said}' lines, there are {lines} {line}");
        sink.element(
            finding::LINE_COUNT,
            Severity::Warning,
            ctt,
            (1, None),
            Some("354"),
            ctt.element(1),
            message,
        );
    }
    let hash = ctt.text(2);
    if hash.is_empty() || element == 0 {
        return;
    }
    let quantities =
        || set.segments.iter().filter(|s| s.tag_bytes() == holder.as_bytes()).map(|s| s.element(element));
    let (Some(plain), Some(said)) = (sum(quantities()), decimal(hash.as_bytes())) else { return };
    // By the standard's comment decimal points are left out and leading digits cut off; most partners just add.
    if plain != said && !truncated(quantities(), hash.as_bytes()) {
        let message =
            format!("CTT02 says '{hash}', the quantities in {holder}{element:02} add up to {}", shown(plain));
        sink.element(
            finding::HASH_TOTAL,
            Severity::Warning,
            ctt,
            (2, None),
            Some("347"),
            ctt.element(2),
            message,
        );
    }
}

/// Decimals as millionths of millionths would overflow on nothing that fits a quantity of 15 digits.
const SCALE: i128 = 1_000_000_000;

/// A decimal number times `SCALE`; `None` for an exponent, too many decimals, or no number.
fn decimal(text: &[u8]) -> Option<i128> {
    let text = std::str::from_utf8(text).ok()?;
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 9 || whole.len() > 20 || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let digits = format!("{whole}{fraction:0<9}");
    digits
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| digits.parse::<i128>().ok().map(|n| sign * n))
        .flatten()
}

fn sum<'a>(mut values: impl Iterator<Item = &'a [u8]>) -> Option<i128> {
    values.try_fold(0i128, |sum, value| match value {
        b"" => Some(sum),
        _ => sum.checked_add(decimal(value)?),
    })
}

/// The hash total of the standard's comment: digits without points, the last ones that the field has room for.
fn truncated<'a>(mut values: impl Iterator<Item = &'a [u8]>, said: &[u8]) -> bool {
    let digits = |value: &[u8]| {
        let kept: String = value.iter().filter(|b| b.is_ascii_digit()).map(|&b| b as char).collect();
        if kept.is_empty() { Some(0) } else { kept.parse::<u128>().ok() }
    };
    let total = values.try_fold(0u128, |sum, value| sum.checked_add(digits(value)?));
    let (Some(total), Some(said_digits)) = (total, digits(said)) else { return false };
    let room = 10u128.pow(said.len().min(10) as u32);
    said_digits == total || (total >= room && said_digits == total % room)
}

fn shown(value: i128) -> String {
    let (whole, fraction) = (value / SCALE, (value % SCALE).abs());
    let text = format!("{whole}.{fraction:09}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// LE01 repeats LS01.
fn bounds(set: &TransactionSet<'_>, sink: &mut Sink<'_>) {
    let mut open: Vec<&Segment<'_>> = Vec::new();
    for segment in &set.segments {
        match segment.tag_bytes() {
            b"LS" => open.push(segment),
            b"LE" => {
                let Some(start) = open.pop() else { continue };
                if start.element(1) != segment.element(1) {
                    let message = format!("LE01 '{}' does not end '{}'", segment.text(1), start.text(1));
                    let at: At = (1, None);
                    sink.element(
                        finding::LOOP_BOUND,
                        Severity::Warning,
                        segment,
                        at,
                        Some("447"),
                        segment.element(1),
                        message,
                    );
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_added_exactly() {
        let values: [&[u8]; 4] = [b".0018", b".18", b"1.8", b"18.01"];
        assert_eq!(sum(values.into_iter()).map(shown), Some("19.9918".to_string()));
        assert!(
            truncated(values.into_iter(), b"855")
                && truncated(values.into_iter(), b"2019") == (18 + 18 + 18 + 1801 == 2019)
        );
        assert_eq!(decimal(b"1E3"), None);
        assert_eq!(decimal(b"-2.5").map(shown), Some("-2.5".to_string()));
    }
}
