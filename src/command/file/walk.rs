//! One pass over a file: what the reader meets, put together into interchanges and groups for a visitor.
//!
//! Promises: nothing is held but the open interchange's groups and what the visitor puts into them; findings of the envelopes
//! are handed over once, when their interchange, group or stray run ends. A file without an interchange is a finding too.
//! Fails only when the file cannot be read, or when the visitor does.

use super::Stop;
use super::source::Source;
use crate::pipeline::findings;
use portway_edi::acknowledgement::{GroupResult, InterchangeResult};
use portway_edi::interchange::{Event, FunctionalGroup, Interchange, Limits, TransactionSet};
use portway_edi::reader::Reader;
use portway_edi::{Finding, Place, Segment, Severity};

/// What a verb does with what it meets. `source` is there to be looked into.
pub trait Visitor {
    fn interchange(&mut self, _header: &Interchange) -> Result<(), Stop> {
        Ok(())
    }
    fn interchange_acknowledgement(&mut self, _ta1: &Segment<'_>) -> Result<(), Stop> {
        Ok(())
    }
    fn group(&mut self, _header: &FunctionalGroup) -> Result<(), Stop> {
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
    let assumed = &source.assumed;
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
                visitor.group(&group.header)?;
                open.iter_mut().for_each(|i| i.groups.push(group.clone()));
            }
            Event::Set(set) => {
                if let Some(group) = open.as_mut().and_then(|i| i.groups.last_mut()) {
                    visitor.set(&set, group)?;
                }
            }
            Event::GroupEnd { declared_sets, received_sets, mut findings } => {
                assumed.place(&mut findings);
                visitor.findings(&findings)?;
                if let Some(group) = open.as_mut().and_then(|i| i.groups.last_mut()) {
                    group.declared_sets = declared_sets;
                    group.received_sets = received_sets;
                    group.findings = findings;
                    visitor.group_end(group)?;
                }
            }
            Event::InterchangeEnd { mut findings, .. } => {
                assumed.place(&mut findings);
                visitor.findings(&findings)?;
                if let Some(mut interchange) = open.take() {
                    interchange.findings = findings;
                    visitor.interchange_end(interchange)?;
                }
            }
            Event::InterchangeAcknowledgement(segment) => visitor.interchange_acknowledgement(&segment)?,
            Event::Stray(finding) => {
                let mut findings = vec![finding];
                assumed.place(&mut findings);
                visitor.findings(&findings)?;
            }
        }
    }
    if !any {
        visitor.findings(&[no_interchange(source)?])?;
    }
    Ok(())
}

fn no_interchange(source: &Source) -> Result<Finding, Stop> {
    let name = &source.name;
    let message = match source.length()? {
        0 => format!("{name} is empty"),
        _ => format!("{name} holds no interchange, neither X12 nor EDIFACT"),
    };
    let mut finding = Finding::new(findings::NO_INTERCHANGE, Severity::Error, Place::default(), message);
    // `portway-edi` does not know the gateway's register.
    finding.help = findings::explain(finding.code.0).map(|e| e.fix.to_owned());
    Ok(finding)
}
