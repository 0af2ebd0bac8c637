//! Control totals of EDIFACT (CNT): what they say against what came.
//!
//! Only totals that can be had beyond doubt are compared: the number of lines (2), and the sum of quantities (1) where every
//! line has exactly one. A difference is a warning: what the total counts is often agreed otherwise. Where segments are missing
//! or misplaced, totals that differ are no news.

use super::Validated;
use crate::finding::{self, Finding, Place, Severity, excerpt};
use crate::interchange::TransactionSet;
use crate::segment::Segment;

pub(super) fn check(set: &TransactionSet<'_>, validated: &mut Validated<'_>) {
    if validated.findings.iter().any(|f| f.answers("UCS02")) {
        return;
    }
    for segment in set.segments.iter().filter(|s| s.tag_bytes() == b"CNT") {
        let Some(said) = decimal(segment.component(1, 2)) else { continue };
        let counted = match segment.component(1, 1) {
            b"2" => lines(set),
            b"3" => lines(set).into_iter().take(1).collect(),
            b"1" => quantities(set).into_iter().collect(),
            _ => continue,
        };
        if counted.is_empty() || counted.contains(&said) {
            continue;
        }
        let place = Place {
            interchange: Some(set.interchange.clone()),
            group: (!set.group.is_empty()).then(|| set.group.clone()),
            set: Some(set.control_number.clone()),
            segment: Some("CNT".to_string()),
            position: Some(segment.position),
            element: Some(1),
            component: Some(2),
            reference: Some("6066".to_string()),
            offset: segment.offset,
            ..Place::default()
        };
        let value = segment.component(1, 2);
        let message =
            format!("CNT01-2 says '{}', but the lines come to {}", excerpt(value), shown(counted[0]));
        validated
            .findings
            .push(Finding::new(finding::CONTROL_TOTAL, Severity::Warning, place, message).with_value(value));
    }
}

/// The number of LIN; where there are sub-lines (C829), also without them.
fn lines(set: &TransactionSet<'_>) -> Vec<i128> {
    let all: Vec<&Segment<'_>> = set.segments.iter().filter(|s| s.tag_bytes() == b"LIN").collect();
    if all.is_empty() {
        return Vec::new();
    }
    let main = all.iter().filter(|s| s.component(4, 1).is_empty()).count();
    [all.len(), main].map(|n| n as i128 * SCALE).to_vec()
}

/// The sum of all quantities, if each line has one.
fn quantities(set: &TransactionSet<'_>) -> Option<i128> {
    let mut sum = 0i128;
    let mut expected = false;
    let mut any = false;
    for segment in &set.segments {
        match segment.tag_bytes() {
            b"LIN" if expected => return None,
            b"LIN" => expected = true,
            b"QTY" if !expected => return None,
            b"QTY" => {
                sum = sum.checked_add(decimal(segment.component(1, 2))?)?;
                expected = false;
                any = true;
            }
            _ => {}
        }
    }
    (any && !expected).then_some(sum)
}

/// Six decimals are kept: no quantity has more.
const SCALE: i128 = 1_000_000;

fn decimal(value: &[u8]) -> Option<i128> {
    let text = std::str::from_utf8(value).ok()?;
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    if whole.len() > 18
        || part.len() > 6
        || whole.is_empty()
        || !(whole.to_string() + part).bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    Some(sign * (whole.parse::<i128>().ok()? * SCALE + format!("{part:0<6}").parse::<i128>().ok()?))
}

fn shown(value: i128) -> String {
    let text = format!("{}.{:06}", value / SCALE, (value % SCALE).abs());
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}
