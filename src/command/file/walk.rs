//! One pass over a file: what the reader meets, put together into interchanges and groups for a visitor.
//!
//! Promises: nothing is held but the open interchange's groups and what the visitor puts into them; findings of the envelopes
//! are handed over once, when their interchange, group or stray run ends. A file without an interchange is a finding too.
//! Fails only when the file cannot be read, or when the visitor does.

use super::Stop;
use super::source::Source;
use crate::pipeline::findings;
use portway_edi::acknowledgement::{GroupResult, InterchangeResult};
use portway_edi::x12::reader::{Event, Limits, Reader};
use portway_edi::x12::{Interchange, TransactionSet};
use portway_edi::{Finding, Place, Severity};

/// What a verb does with what it meets. `source` is there to be looked into.
pub trait Visitor {
    fn interchange(&mut self, _header: &Interchange) -> Result<(), Stop> {
        Ok(())
    }
    /// The set's result belongs into `group.sets`, if the verb needs it later.
    fn set(&mut self, set: &TransactionSet<'_>, group: &mut GroupResult) -> Result<(), Stop>;
    /// Of the envelopes, and of what belongs to none.
    fn findings(&mut self, findings: &[Finding]) -> Result<(), Stop>;
    fn group_end(&mut self, _group: &GroupResult) -> Result<(), Stop> {
        Ok(())
    }
    fn interchange_end(&mut self, _result: InterchangeResult) -> Result<(), Stop> {
        Ok(())
    }
}

/// Reads the file through to its end.
pub fn walk(source: &Source, visitor: &mut impl Visitor) -> Result<(), Stop> {
    let mut reader = Reader::new(source.reader(), Limits::default());
    let mut open: Option<InterchangeResult> = None;
    let mut any = false;
    while let Some(event) = reader.next_event().map_err(|e| source.unreadable(e))? {
        match event {
            Event::Interchange(header) => {
                any = true;
                visitor.interchange(&header)?;
                open = Some(InterchangeResult { header, groups: Vec::new(), findings: Vec::new() });
            }
            Event::Group(header) => {
                let group = GroupResult {
                    header,
                    declared_sets: None,
                    received_sets: 0,
                    sets: Vec::new(),
                    findings: Vec::new(),
                };
                open.iter_mut().for_each(|i| i.groups.push(group.clone()));
            }
            Event::Set(set) => {
                if let Some(group) = open.as_mut().and_then(|i| i.groups.last_mut()) {
                    visitor.set(&set, group)?;
                }
            }
            Event::GroupEnd { declared_sets, received_sets, findings } => {
                visitor.findings(&findings)?;
                if let Some(group) = open.as_mut().and_then(|i| i.groups.last_mut()) {
                    group.declared_sets = declared_sets;
                    group.received_sets = received_sets;
                    group.findings = findings;
                    visitor.group_end(group)?;
                }
            }
            Event::InterchangeEnd { findings, .. } => {
                visitor.findings(&findings)?;
                if let Some(mut interchange) = open.take() {
                    interchange.findings = findings;
                    visitor.interchange_end(interchange)?;
                }
            }
            Event::InterchangeAcknowledgement(_) => {}
            Event::Stray(finding) => visitor.findings(&[finding])?,
        }
    }
    if !any {
        visitor.findings(&[no_interchange(source)?])?;
    }
    Ok(())
}

fn no_interchange(source: &Source) -> Result<Finding, Stop> {
    let name = &source.name;
    let head = source.bytes(0, 3)?;
    let message = match head.as_slice() {
        [] => format!("{name} is empty"),
        b"UNA" | b"UNB" => format!("{name} is EDIFACT, which this version does not read"),
        _ => format!("{name} holds no X12 interchange"),
    };
    let mut finding = Finding::new(findings::NO_INTERCHANGE, Severity::Error, Place::default(), message);
    // `portway-edi` does not know the gateway's register.
    finding.help = findings::explain(finding.code.0).map(|e| e.fix.to_owned());
    Ok(finding)
}

/// Fills in what encloses a set's findings, where its checks did not know it.
pub fn placed(findings: &mut [Finding], set: &TransactionSet<'_>) {
    for finding in findings {
        let place = &mut finding.place;
        place.interchange.get_or_insert_with(|| set.interchange.clone());
        place.group.get_or_insert_with(|| set.group.clone());
        place.set.get_or_insert_with(|| set.control_number.clone());
    }
}
