//! Places each segment of a set into the set's table, builds the loops, and lists everything that is wrong.
//!
//! A segment goes to the first place that takes it: forward from the last one in the innermost open loop, then in the
//! loops around it, outwards. A place that is used up is taken only if there is no other. What has no place is reported
//! once and left out of the tree; if it opens a loop (or belongs to one that was not opened) its followers are placed in
//! that loop aside, so that one misplaced segment yields one finding. Never stops at the first fault.

use super::dictionary::Dictionary;
use super::element::{Checker, Classes};
use super::table::{Child, Entry, LoopTable, NONE, Table, key};
use super::{Loop, Validated, content, totals};
use crate::finding::{self, Code, Finding, Place, Severity, excerpt};
use crate::interchange::{Standard, TransactionSet};
use crate::segment::Segment;

/// Findings of one set that are listed; a set with more is rejected by the first already.
const MAX_FINDINGS: usize = 1000;

/// An open loop: how far it is, and what is in it.
struct Frame<'a> {
    table: u16,
    /// The child last placed, and how often.
    at: usize,
    count: u32,
    tree: Loop<'a>,
    /// Opened where it has no place: not part of the tree.
    aside: bool,
}

/// Where a segment may go.
#[derive(Clone, Copy)]
struct Spot {
    frame: usize,
    child: usize,
}

/// Element and component, from 1.
pub(super) type At = (usize, Option<usize>);

/// Collects findings and knows where in the interchange the set stands.
pub(super) struct Sink<'s> {
    set: &'s TransactionSet<'s>,
    findings: Vec<Finding>,
    dropped: u32,
    /// The element of the acknowledgement that faults within a segment are answered in; empty where the register has one.
    level: &'static str,
    /// The loop in which the segment being checked stands; `None` at the top of the set.
    pub in_loop: Option<&'static str>,
    /// Which value of an element that may be repeated is being checked.
    pub repetition: Option<u32>,
}

struct Placer<'v, 'a> {
    table: &'static Table,
    frames: Vec<Frame<'a>>,
    /// What follows the LS being placed: a set may have several bounded loops in one place, told apart by what is in them.
    after_ls: u32,
    /// There are bounded loops or levels.
    special: bool,
    sink: Sink<'v>,
}

const LS: u32 = (b'L' as u32) << 8 | b'S' as u32;
const HL: u32 = (b'H' as u32) << 8 | b'L' as u32;

pub(super) fn validate<'a>(
    dictionary: &'static Dictionary,
    table: &'static Table,
    set: &TransactionSet<'a>,
) -> Validated<'a> {
    let mut placer =
        Placer { table, frames: Vec::with_capacity(8), after_ls: 0, special: false, sink: Sink::new(set) };
    placer.open(0, false);
    let subset =
        set.standard == Standard::Edifact && set.version.split(':').nth(3).is_some_and(|a| !a.is_empty());
    let mut classes = None;
    for (number, segment) in set.segments.iter().enumerate() {
        let key = key(segment.tag_bytes());
        let entry = placer.table.entry(key);
        placer.special |= key == LS || key == HL;
        if key == LS {
            placer.after_ls = set.segments.get(number + 1).map_or(0, |next| self::key(next.tag_bytes()));
        }
        placer.place(segment, key, entry);
        // Header and trailer are the envelope's, and checked by the reader.
        let envelope = matches!(segment.tag_bytes(), b"ST" | b"SE" | b"UNH" | b"UNT");
        if let Some(shape) = entry.filter(|e| e.bit != 0 && e.shape != NONE && !envelope) {
            placer.sink.in_loop = placer.loop_id(placer.frames.len() - 1);
            let classes: &Classes = classes.get_or_insert_with(|| Classes::new(segment));
            let shape = &dictionary.segments[usize::from(shape.shape)];
            Checker::new(dictionary, classes, segment, &mut placer.sink, subset).check(shape);
        }
    }
    if set.standard == Standard::X12 {
        content::check(set, table.code, placer.special, &mut placer.sink);
    }
    let mut validated = placer.finish();
    if set.standard == Standard::Edifact {
        totals::check(set, &mut validated);
    }
    validated
}

/// A segment of the envelope against its definition; `level` is the element of the acknowledgement that says it.
pub(crate) fn check_service(
    dictionary: &'static Dictionary,
    within: &TransactionSet<'_>,
    segment: &Segment<'_>,
    level: &'static str,
) -> Vec<Finding> {
    let mut sink = Sink { level, ..Sink::new(within) };
    if let Some(shape) = dictionary.segment(segment.tag()) {
        let classes = Classes::new(segment);
        Checker::new(dictionary, &classes, segment, &mut sink, false).check(shape);
    }
    sink.finish()
}

impl<'a> Placer<'_, 'a> {
    fn open(&mut self, table: u16, aside: bool) {
        let definition = &self.table.loops[usize::from(table)];
        let tree = Loop { id: definition.id, segments: Vec::new(), loops: Vec::new() };
        self.frames.push(Frame { table, at: 0, count: 0, tree, aside });
    }

    fn definition(&self, frame: usize) -> &'static LoopTable {
        &self.table.loops[usize::from(self.frames[frame].table)]
    }

    fn child(&self, spot: Spot) -> &'static Child {
        &self.definition(spot.frame).children[spot.child]
    }

    fn place(&mut self, segment: &Segment<'a>, key: u32, entry: Option<Entry>) {
        let Some(entry) = entry else {
            let message = format!("'{}' is no segment of this version", excerpt(segment.tag_bytes()));
            return self.sink.structure(finding::SEGMENT_UNKNOWN, segment, None, message);
        };
        if entry.bit == 0 {
            let message = format!("{} has no place in a {}", segment.tag(), self.table.code);
            return self.sink.structure(finding::SEGMENT_NOT_IN_SET, segment, None, message);
        }
        let mut places = self.search(key, entry.bit);
        if key == LS && matches!(places, (None, None)) {
            // None that holds what follows: any will do.
            self.after_ls = 0;
            places = self.search(key, entry.bit);
        }
        let (free, used_up) = places;
        match (free, used_up) {
            (Some(spot), _) => self.put(spot, segment),
            (None, Some(spot)) => {
                self.too_often(spot, segment);
                self.put(spot, segment);
            }
            (None, None) => self.misplaced(key, segment),
        }
    }

    /// The nearest place that takes one more, and the nearest that is used up. In EDIFACT a place at the top of the message
    /// behind something mandatory that has not come (UNS most of all) is taken only if there is no other at all: what is too
    /// often before UNS is not what comes behind it.
    fn search(&self, key: u32, bit: u128) -> (Option<Spot>, Option<Spot>) {
        let mut used_up = None;
        let mut next_section = None;
        for (level, frame) in self.frames.iter().enumerate().rev() {
            let definition = &self.table.loops[usize::from(frame.table)];
            if definition.holds & bit == 0 {
                continue;
            }
            // A loop's trigger does not repeat within the loop: the loop does.
            let start = if level == 0 { frame.at } else { frame.at.max(1) };
            let Some(rest) = definition.keys.get(start..) else { continue };
            for (ahead, _) in rest.iter().enumerate().filter(|(_, k)| **k == key) {
                let spot = Spot { frame: level, child: start + ahead };
                let child = &definition.children[spot.child];
                if key == LS && !self.may_follow(child) {
                    continue;
                }
                if spot.child == frame.at && frame.count >= child.max {
                    used_up = used_up.or(Some(spot));
                } else if level == 0 && self.skips_mandatory(definition, spot.child) {
                    next_section = next_section.or(Some(spot));
                } else {
                    return (Some(spot), used_up);
                }
            }
        }
        (next_section.filter(|_| used_up.is_none()), used_up)
    }

    fn skips_mandatory(&self, definition: &LoopTable, child: usize) -> bool {
        let at = self.frames.first().map_or(0, |root| root.at);
        let skipped = definition.children.get(at + 1..child).unwrap_or(&[]);
        self.sink.set.standard == Standard::Edifact && skipped.iter().any(|c| c.mandatory)
    }

    /// True if the segment after the LS stands in this bounded loop, or if no bounded loop has it.
    fn may_follow(&self, bounded: &Child) -> bool {
        let holds =
            |inner: u16| self.table.loops[usize::from(inner)].children.iter().any(|c| c.key == self.after_ls);
        let anywhere = || self.table.loops.iter().zip(0u16..).any(|(l, at)| l.id == "LS" && holds(at));
        bounded.inner.is_none_or(holds) || !anywhere()
    }

    /// Closes the loops within, notes what was skipped, and puts the segment there.
    fn put(&mut self, spot: Spot, segment: &Segment<'a>) {
        while self.frames.len() > spot.frame + 1 {
            self.close(Some(segment));
        }
        let definition = self.definition(spot.frame);
        let frame = &mut self.frames[spot.frame];
        if spot.child == frame.at {
            frame.count = frame.count.saturating_add(1);
        } else {
            let first = if frame.count == 0 { frame.at } else { frame.at + 1 };
            let skipped = definition.skipped(first, spot.child);
            (frame.at, frame.count) = (spot.child, 1);
            if !frame.aside && !skipped.is_empty() {
                self.sink.missing(skipped, segment);
            }
        }
        match definition.children[spot.child].inner {
            None => self.frames[spot.frame].tree.segments.push(*segment),
            Some(inner) => self.enter(inner, self.frames[spot.frame].aside, segment),
        }
    }

    fn enter(&mut self, inner: u16, aside: bool, trigger: &Segment<'a>) {
        self.open(inner, aside);
        if let Some(frame) = self.frames.last_mut() {
            frame.count = 1;
            frame.tree.segments.push(*trigger);
        }
    }

    /// Closes the innermost loop; `next` is the segment that ended it, `None` where the set breaks off.
    fn close(&mut self, next: Option<&Segment<'a>>) {
        let Some(frame) = self.frames.pop() else { return };
        if frame.aside {
            return;
        }
        if let Some(next) = next {
            let definition = &self.table.loops[usize::from(frame.table)];
            let skipped = definition.skipped(frame.at + 1, definition.children.len());
            if !skipped.is_empty() {
                self.sink.missing(skipped, next);
            }
        }
        if let Some(outer) = self.frames.last_mut() {
            outer.tree.loops.push(frame.tree);
        }
    }

    #[cold]
    fn too_often(&mut self, spot: Spot, segment: &Segment<'a>) {
        let child = self.child(spot);
        let (code, what) = match child.inner {
            Some(_) => (finding::LOOP_TOO_OFTEN, "loop"),
            None => (finding::SEGMENT_TOO_OFTEN, "segment"),
        };
        let message = format!("the {what} {} may come {} times here", child.id, child.max);
        let loop_id = self.loop_id(spot.frame);
        self.sink.structure(code, segment, loop_id, message);
    }

    /// The set has the segment, but not here.
    #[cold]
    fn misplaced(&mut self, key: u32, segment: &Segment<'a>) {
        for level in (0..self.frames.len()).rev() {
            let definition = self.definition(level);
            let before = &definition.children[..self.frames[level].at];
            let skip_trigger = usize::from(level > 0);
            if let Some(child) = before.iter().skip(skip_trigger).find(|c| c.key == key) {
                let now = definition.children[self.frames[level].at].id;
                let message = format!("{} has its place before {now}, which came already", child.id);
                let loop_id = self.loop_id(level);
                self.sink.structure(finding::SEGMENT_ORDER, segment, loop_id, message);
                if let Some(inner) = child.inner {
                    self.enter(inner, true, segment);
                }
                return;
            }
        }
        let Some((table, at)) = self.holder(key) else { return };
        let definition = &self.table.loops[usize::from(table)];
        let message =
            format!("{} belongs into the loop {}, which was not opened", segment.tag(), definition.id);
        self.sink.structure(finding::SEGMENT_UNEXPECTED, segment, None, message);
        self.open(table, true);
        if let Some(frame) = self.frames.last_mut() {
            (frame.at, frame.count) = (at, 1);
        }
        if let Some(inner) = definition.children[at].inner {
            self.enter(inner, true, segment);
        }
    }

    /// A loop that could hold the segment: one that could be opened from where we are, else the first of the table.
    fn holder(&self, key: u32) -> Option<(u16, usize)> {
        let mut first = None;
        let mut nearest = None;
        for (index, definition) in (0u16..).zip(&self.table.loops) {
            let Some(at) = definition.children.iter().position(|c| c.key == key) else { continue };
            first = first.or(Some((index, at)));
            let level = self.frames.iter().rposition(|f| Some(f.table) == definition.parent);
            if level.is_some() && nearest.is_none_or(|(best, _)| level > best) {
                nearest = Some((level, (index, at)));
            }
        }
        nearest.map(|(_, holder)| holder).or(first)
    }

    fn loop_id(&self, frame: usize) -> Option<&'static str> {
        (frame > 0).then(|| self.definition(frame).id)
    }

    /// A set that breaks off has its finding from the reader: what would have come is not called missing as well.
    fn finish(mut self) -> Validated<'a> {
        while self.frames.len() > 1 {
            self.close(None);
        }
        let root = self.frames.pop().map(|f| f.tree).unwrap_or_default();
        Validated { root, findings: self.sink.finish() }
    }
}

impl<'s> Sink<'s> {
    pub fn new(set: &'s TransactionSet<'s>) -> Sink<'s> {
        let level = match set.standard {
            Standard::X12 => "",
            Standard::Edifact => "UCD01",
        };
        Sink { set, findings: Vec::new(), dropped: 0, level, in_loop: None, repetition: None }
    }

    fn place(&self, segment: &Segment<'_>) -> Place {
        Place {
            interchange: Some(self.set.interchange.clone()),
            group: known(&self.set.group),
            set: known(&self.set.control_number),
            segment: Some(excerpt(segment.tag_bytes())),
            position: Some(segment.position),
            offset: segment.offset,
            ..Place::default()
        }
    }

    fn push(&mut self, mut finding: Finding) {
        if self.set.standard == Standard::Edifact {
            finding = finding.in_edifact(self.level);
        }
        match self.findings.len() < MAX_FINDINGS {
            true => self.findings.push(finding),
            false => self.dropped = self.dropped.saturating_add(1),
        }
    }

    pub fn has_structural_faults(&self) -> bool {
        self.findings.iter().any(|f| f.answers("AK304"))
    }

    pub fn count(&self) -> usize {
        self.findings.len()
    }

    /// Puts the findings of one segment into the order of its elements.
    pub fn sort_from(&mut self, before: usize) {
        if let Some(found @ [_, _, ..]) = self.findings.get_mut(before..) {
            found.sort_by_key(|f| (f.place.element, f.place.component));
        }
    }

    #[cold]
    pub fn structure(&mut self, code: Code, segment: &Segment<'_>, loop_id: Option<&str>, message: String) {
        let place = Place { loop_id: loop_id.map(str::to_string), ..self.place(segment) };
        self.push(Finding::new(code, Severity::Error, place, message));
    }

    /// A segment that is not there, told at the one that came instead.
    #[cold]
    pub fn absent(
        &mut self,
        code: Code,
        tag: &str,
        next: &Segment<'_>,
        loop_id: Option<&str>,
        message: String,
    ) {
        let loop_id = loop_id.map(str::to_string);
        let place = Place { segment: Some(tag.to_string()), loop_id, ..self.place(next) };
        self.push(Finding::new(code, Severity::Error, place, message));
    }

    fn missing(&mut self, skipped: &'static [Child], next: &Segment<'_>) {
        for child in skipped.iter().filter(|c| c.mandatory) {
            let what = if child.inner.is_some() { "loop" } else { "segment" };
            let message = format!("the mandatory {what} {} did not come before {}", child.id, next.tag());
            let place = Place { segment: Some(child.id.to_string()), ..self.place(next) };
            self.push(Finding::new(finding::SEGMENT_MISSING, Severity::Error, place, message));
        }
    }

    /// A finding within a segment; `at` is element and component, from 1.
    #[cold]
    #[allow(clippy::too_many_arguments)]
    pub fn element(
        &mut self,
        code: Code,
        severity: Severity,
        segment: &Segment<'_>,
        at: At,
        reference: Option<&str>,
        value: &[u8],
        message: String,
    ) {
        let place = Place {
            element: Some(at.0 as u16),
            component: at.1.map(|c| c as u16),
            repetition: self.repetition,
            reference: reference.map(str::to_string),
            loop_id: self.in_loop.map(str::to_string),
            ..self.place(segment)
        };
        self.push(Finding::new(code, severity, place, message).with_value(value));
    }

    pub fn finish(mut self) -> Vec<Finding> {
        if self.dropped > 0 {
            let place = Place {
                set: Some(self.set.control_number.clone()),
                offset: self.set.offset,
                ..Place::default()
            };
            let message = format!("{} more findings are not listed", self.dropped);
            let more = Finding::new(finding::MORE_FINDINGS, Severity::Note, place, message);
            self.findings.push(match self.set.standard {
                Standard::X12 => more,
                Standard::Edifact => more.in_edifact(self.level),
            });
        }
        self.findings
    }
}

/// EDIFACT messages need not stand in a group.
fn known(number: &str) -> Option<String> {
    (!number.is_empty()).then(|| number.to_string())
}
