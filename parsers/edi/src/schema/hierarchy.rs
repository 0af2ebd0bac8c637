//! The tree that HL segments span (X12 856 and others): each names itself (HL01), what it belongs to (HL02), what it is
//! (HL03) and whether others follow below it (HL04).
//!
//! Levels may come in any order: ids alone say what belongs where. Ids count within one set; another set may use the same.
//! A level whose parent cannot be found stands at the top, and is a finding, as are ids given twice.

use crate::finding::{self, Code};
use crate::segment::Segment;
use std::collections::HashMap;

/// One HL, in the order they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level<'a> {
    /// HL01.
    pub id: &'a [u8],
    /// HL03: `S` shipment, `O` order, `I` item, ...
    pub kind: &'a [u8],
    /// Index of the level it belongs to; `None` at the top.
    pub parent: Option<usize>,
    /// Depth in the tree, 0 at the top.
    pub depth: usize,
    /// Index into the segments of the set.
    pub segment: usize,
}

/// What is wrong with a level: code, index of the level, element, message.
pub(super) type Fault = (Code, usize, usize, String);

/// The levels of a set as a tree. Empty when it has no HL.
pub fn hierarchy<'a>(segments: &[Segment<'a>]) -> Vec<Level<'a>> {
    read(segments).0
}

pub(super) fn read<'a>(segments: &[Segment<'a>]) -> (Vec<Level<'a>>, Vec<Fault>) {
    let mut levels = Vec::new();
    let mut faults = Vec::new();
    let mut by_id = HashMap::new();
    for (at, segment) in segments.iter().enumerate().filter(|(_, s)| s.tag_bytes() == b"HL") {
        let id = segment.element(1);
        if !id.is_empty() && by_id.insert(id, levels.len()).is_some() {
            let message = format!("another level of this set has the id '{}' too", segment.text(1));
            faults.push((finding::HL_DUPLICATE, levels.len(), 1, message));
        }
        levels.push(Level { id, kind: segment.element(3), parent: None, depth: 0, segment: at });
    }
    for at in 0..levels.len() {
        let segment = &segments[levels[at].segment];
        let parent = segment.element(2);
        if parent.is_empty() {
            continue;
        }
        levels[at].parent = by_id.get(parent).copied().filter(|&parent| parent != at);
        if levels[at].parent.is_none() {
            let message = format!("no other level of this set has the id '{}'", segment.text(2));
            faults.push((finding::HL_PARENT, at, 2, message));
        }
    }
    depths(segments, &mut levels, &mut faults);
    children(segments, &levels, &mut faults);
    (levels, faults)
}

/// Counts the steps to the top; a circle has none, and is opened where it is met first.
fn depths(segments: &[Segment<'_>], levels: &mut [Level<'_>], faults: &mut Vec<Fault>) {
    const UNKNOWN: usize = usize::MAX;
    levels.iter_mut().for_each(|l| l.depth = UNKNOWN);
    let mut on_path = vec![false; levels.len()];
    let mut path = Vec::new();
    for start in 0..levels.len() {
        let mut at = start;
        while levels[at].depth == UNKNOWN {
            path.push(at);
            on_path[at] = true;
            match levels[at].parent {
                Some(parent) if on_path[parent] => {
                    let message = format!(
                        "level '{}' belongs to itself by way of others",
                        segments[levels[at].segment].text(1)
                    );
                    faults.push((finding::HL_PARENT, at, 2, message));
                    levels[at].parent = None;
                    levels[at].depth = 0;
                }
                Some(parent) => at = parent,
                None => levels[at].depth = 0,
            }
        }
        while let Some(below) = path.pop() {
            on_path[below] = false;
            if let Some(parent) = levels[below].parent {
                levels[below].depth = levels[parent].depth + 1;
            }
        }
    }
}

/// HL04: `0` says that no level follows below, `1` that one does.
fn children(segments: &[Segment<'_>], levels: &[Level<'_>], faults: &mut Vec<Fault>) {
    let mut has = vec![false; levels.len()];
    for parent in levels.iter().filter_map(|l| l.parent) {
        has[parent] = true;
    }
    for (at, level) in levels.iter().enumerate() {
        let what = match segments[level.segment].element(4) {
            b"0" if has[at] => "says that no level follows below it, but one does",
            b"1" if !has[at] => "says that levels follow below it, but none does",
            _ => continue,
        };
        faults.push((
            finding::HL_CHILDREN,
            at,
            4,
            format!("HL04 of level '{}' {what}", segments[level.segment].text(1)),
        ));
    }
}
