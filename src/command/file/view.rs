//! `portway file view FILE`: every segment in words, loops and segment groups as a tree.
//!
//! ```text
//! set 850 0001: Purchase order
//!   BEG  Opening of a purchase order · Purpose: 00 (original) · …
//!   PO1  Order line · Line id: 1 · Quantity: 4 · …
//!     PID  Description · …
//!       ! X1207 error: PO103 'XQ' is not in the code list of 355
//! ```
//! HL levels stand below the level they belong to (HL02), whatever their order in the file. Promises: every segment of every
//! set is shown once, also what has no place in its set; faults stand below the segment they are in; what an id or code means
//! is said where we know it. Nothing from the file reaches the terminal unfiltered. Exit: 0 fine, 1 errors found, 2 usage.

use super::fragment::{self, Assumed};
use super::source::Source;
use super::walk::{Visitor, walk};
use super::wording::{Wording, dictionary_of};
use super::{Stop, judge};
use crate::command::output::{coloured, shown, to_stdout};
use crate::command::{FINE, PROBLEMS};
use portway_edi::acknowledgement::GroupResult;
use portway_edi::interchange::{FunctionalGroup, Interchange, TransactionSet};
use portway_edi::schema::{Loop, Schema, Validated, hierarchy};
use portway_edi::{Finding, Segment, Severity, Standard};
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

const WIDTH: usize = 110;
/// Levels that are still indented.
const DEEPEST: usize = 16;

pub fn run(file: &Path) -> ExitCode {
    to_stdout(|out| {
        let mut source = Source::open(file)?;
        fragment::assume(&mut source)?;
        let paint = if coloured() { Paint::COLOURED } else { Paint::PLAIN };
        let mut view = View { out, paint, assumed: source.assumed.clone(), errors: false, begun: false };
        walk(&source, &mut view)?;
        Ok(if view.errors { PROBLEMS } else { FINE })
    })
}

/// What begins and ends each kind of text on a terminal.
#[derive(Clone, Copy)]
struct Paint {
    tag: &'static str,
    head: &'static str,
    error: &'static str,
    warning: &'static str,
    note: &'static str,
    end: &'static str,
}

impl Paint {
    const PLAIN: Paint = Paint { tag: "", head: "", error: "", warning: "", note: "", end: "" };
    const COLOURED: Paint = Paint {
        tag: "\u{1b}[1;36m",
        head: "\u{1b}[1m",
        error: "\u{1b}[1;31m",
        warning: "\u{1b}[33m",
        note: "\u{1b}[2m",
        end: "\u{1b}[0m",
    };
}

struct View<'o> {
    out: &'o mut dyn Write,
    paint: Paint,
    assumed: Assumed,
    errors: bool,
    /// Something was written: what comes next stands apart.
    begun: bool,
}

/// Where a segment stands in the tree.
#[derive(Clone, Copy, Default)]
struct Spot {
    depth: usize,
    /// Of the set itself, in no loop.
    root: bool,
    /// The segment group that it opens.
    opens: Option<&'static str>,
}

impl Visitor for View<'_> {
    fn interchange(&mut self, header: &Interchange) -> Result<(), Stop> {
        if self.assumed.is_any() {
            return Ok(());
        }
        let usage = if header.usage == 'T' { ", test" } else { "" };
        let text = format!(
            "interchange {}: {} to {}, {} {}, {}{usage}",
            header.control_number,
            address(&header.sender),
            address(&header.receiver),
            header.date,
            header.time,
            header.version,
        );
        self.head(&text)
    }

    fn interchange_acknowledgement(&mut self, ta1: &Segment<'_>) -> Result<(), Stop> {
        let wording = Wording { standard: Standard::X12, dictionary: dictionary_of(Standard::X12) };
        self.segment(ta1, &wording, 0, None)
    }

    fn group(&mut self, header: &FunctionalGroup) -> Result<(), Stop> {
        if self.assumed.is_any() || header.implied {
            return Ok(());
        }
        let FunctionalGroup { functional_id, control_number, sender, receiver, version, .. } = header;
        self.head(&format!("group {functional_id} {control_number}: {sender} to {receiver}, {version}"))
    }

    fn set(&mut self, set: &TransactionSet<'_>, _: &mut GroupResult) -> Result<(), Stop> {
        let schema = judge::schema(set, &self.assumed);
        let validated = schema.filter(|_| !set.too_large).map(|schema| schema.validate(set));
        let mut findings = set.findings.clone();
        match &validated {
            Some(validated) => findings.extend_from_slice(&validated.findings),
            None if schema.is_none() => findings.push(judge::not_supported(set)),
            None => {}
        }
        self.assumed.keep_inner(&mut findings);
        if self.assumed.schema.is_none() {
            let title = schema.map_or("no schema for it", Schema::title);
            self.head(&format!("set {} {}: {title}", set.code, set.control_number))?;
        }
        self.tree(set, schema, validated.as_ref(), findings)
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<(), Stop> {
        findings.iter().try_for_each(|finding| self.fault(finding, 0))
    }
}

fn address(party: &portway_edi::interchange::PartyId) -> String {
    if party.qualifier.is_empty() { party.id.clone() } else { party.to_string() }
}

impl View<'_> {
    fn head(&mut self, text: &str) -> Result<(), Stop> {
        if std::mem::replace(&mut self.begun, true) {
            writeln!(self.out)?;
        }
        let Paint { head, end, .. } = self.paint;
        Ok(writeln!(self.out, "{head}{}{end}", shown(text))?)
    }

    fn tree(
        &mut self,
        set: &TransactionSet<'_>,
        schema: Option<&'static Schema>,
        validated: Option<&Validated<'_>>,
        findings: Vec<Finding>,
    ) -> Result<(), Stop> {
        let mut spots = HashMap::new();
        if let Some(validated) = validated {
            place(&validated.root, 0, true, set.standard, &mut spots);
        }
        // What has no place stands as deep as what came before it.
        let mut last = Spot { root: true, ..Spot::default() };
        let spots: Vec<Spot> = set
            .segments
            .iter()
            .map(|segment| {
                last = match spots.get(&segment.position) {
                    Some(spot) => *spot,
                    None => Spot { opens: None, root: false, ..last },
                };
                last
            })
            .collect();
        let (mut by_position, mut rest) = (HashMap::<u32, Vec<Finding>>::new(), Vec::new());
        for finding in findings {
            match finding.place.position.filter(|&p| p >= 1 && p as usize <= set.segments.len()) {
                Some(position) => by_position.entry(position).or_default().push(finding),
                None => rest.push(finding),
            }
        }
        let dictionary = schema.map(Schema::dictionary).or_else(|| dictionary_of(set.standard));
        let wording = Wording { standard: set.standard, dictionary };
        for (index, level) in order(&set.segments, &spots) {
            let (Some(segment), Some(spot)) = (set.segments.get(index), spots.get(index)) else { continue };
            // The assumed header and trailer of loose segments.
            if self.assumed.schema.is_some() && matches!(segment.tag(), "ST" | "SE" | "UNH" | "UNT") {
                continue;
            }
            self.segment(segment, &wording, spot.depth + level, spot.opens)?;
            for finding in by_position.remove(&segment.position).unwrap_or_default() {
                self.fault(&finding, spot.depth + level + 1)?;
            }
        }
        rest.iter().try_for_each(|finding| self.fault(finding, 1))
    }

    fn segment(
        &mut self,
        segment: &Segment<'_>,
        wording: &Wording,
        depth: usize,
        opens: Option<&str>,
    ) -> Result<(), Stop> {
        let indent = 2 + 2 * depth.min(DEEPEST);
        let Paint { tag, note, end, .. } = self.paint;
        let mut line = format!("{}{tag}{:<3}{end} ", " ".repeat(indent), shown(segment.tag()));
        let mut width = indent + 4;
        let mut parts = wording.parts(segment);
        if let (Some(group), Some(title)) = (opens, parts.first_mut()) {
            *title += &format!(" [{group}]");
        }
        let count = parts.len();
        for (at, part) in parts.into_iter().enumerate() {
            let part = shown(&part);
            let long = part.chars().count() + 3;
            if at > 0 && width + long > WIDTH {
                writeln!(self.out, "{}", line.trim_end())?;
                line = " ".repeat(indent + 4);
                width = indent + 4;
            }
            line.push(' ');
            line += &part;
            width += long;
            if at + 1 < count {
                line += &format!(" {note}·{end}");
            }
        }
        self.begun = true;
        Ok(writeln!(self.out, "{}", line.trim_end())?)
    }

    fn fault(&mut self, finding: &Finding, depth: usize) -> Result<(), Stop> {
        self.errors |= finding.severity == Severity::Error;
        let (colour, word) = match finding.severity {
            Severity::Error => (self.paint.error, "error"),
            Severity::Warning => (self.paint.warning, "warning"),
            Severity::Note => (self.paint.note, "note"),
        };
        let indent = " ".repeat(2 + 2 * depth.min(DEEPEST));
        let text = shown(&format!("{} {word}: {}", finding.code, finding.message));
        Ok(writeln!(self.out, "{indent}{colour}! {text}{}", self.paint.end)?)
    }
}

/// The depth of each segment that has a place, by its position: those of a loop stand below its trigger.
fn place(tree: &Loop<'_>, depth: usize, root: bool, standard: Standard, spots: &mut HashMap<u32, Spot>) {
    for (at, segment) in tree.segments.iter().enumerate() {
        let inner = usize::from(!root && at > 0);
        let opens = (!root && at == 0 && standard == Standard::Edifact).then_some(tree.id);
        spots.insert(segment.position, Spot { depth: depth + inner, root, opens });
    }
    for inner in &tree.loops {
        place(inner, depth + usize::from(!root), false, standard, spots);
    }
}

/// The segments in the order they are shown in, each with the depth of its HL level: levels come below what they belong to.
fn order(segments: &[Segment<'_>], spots: &[Spot]) -> Vec<(usize, usize)> {
    let levels = hierarchy(segments);
    let (Some(first), Some(last)) = (levels.first(), levels.last()) else {
        return (0..segments.len()).map(|at| (at, 0)).collect();
    };
    let after = (last.segment..segments.len()).find(|&at| spots.get(at).is_some_and(|s| s.root));
    let after = after.unwrap_or(segments.len());
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); levels.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, level) in levels.iter().enumerate().rev() {
        match level.parent {
            Some(parent) => below[parent].push(at),
            None => open.push(at),
        }
    }
    let mut order: Vec<(usize, usize)> = (0..first.segment).map(|at| (at, 0)).collect();
    while let Some(at) = open.pop() {
        let end = levels.get(at + 1).map_or(after, |next| next.segment);
        order.extend((levels[at].segment..end).map(|segment| (segment, levels[at].depth)));
        open.append(&mut below[at]);
    }
    order.extend((after..segments.len()).map(|at| (at, 0)));
    order
}
