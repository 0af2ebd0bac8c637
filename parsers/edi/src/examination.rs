//! A whole input read, validated and judged: what `lint` and `ack` need, and what an acknowledgement is written from.
//!
//! Sets are handed out one at a time while they are in memory; what remains are results, which grow with the number of
//! sets and findings, not with their size. A set without a shipped schema is judged by its envelope alone.

use crate::acknowledgement::{GroupResult, InterchangeResult, SetResult, Tolerance, read_interchange};
use crate::finding::Finding;
use crate::interchange::{Event, TransactionSet};
use crate::schema::{Guide, Schema, Validated};
use crate::{edifact, reader, x12};
use std::io::{BufRead, Result};

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Examination {
    pub interchanges: Vec<InterchangeResult>,
    /// About bytes outside any interchange.
    pub stray: Vec<Finding>,
}

impl Examination {
    /// Every finding of every level: stray ones first, then interchange by interchange, those of inner levels first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.stray.iter().chain(self.interchanges.iter().flat_map(|interchange| {
            let groups = interchange.groups.iter();
            let inner = groups.flat_map(|g| g.sets.iter().flat_map(|s| &s.findings).chain(&g.findings));
            inner.chain(&interchange.findings)
        }))
    }
}

/// A stream of events: the reader of one standard, or of both.
pub trait Events {
    /// # Errors
    /// Those of the input.
    fn next_event(&mut self) -> Result<Option<Event<'_>>>;
}

impl<R: BufRead> Events for x12::reader::Reader<R> {
    fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        x12::reader::Reader::next_event(self)
    }
}

impl<R: BufRead> Events for edifact::reader::Reader<R> {
    fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        edifact::reader::Reader::next_event(self)
    }
}

impl<R: BufRead> Events for reader::Reader<R> {
    fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        reader::Reader::next_event(self)
    }
}

/// Reads to the end; `each` sees every set with its validation, where there is a schema for it.
///
/// # Errors
/// Those of the input.
pub fn examine(
    reader: &mut impl Events,
    tolerance: Tolerance,
    each: impl FnMut(&TransactionSet<'_>, Option<&Validated<'_>>),
) -> Result<Examination> {
    examine_with(reader, tolerance, |_| None, each)
}

/// As [`examine`], each set under the guide that `guide` gives for its code.
///
/// # Errors
/// Those of the input.
pub fn examine_with<'g>(
    reader: &mut impl Events,
    tolerance: Tolerance,
    guide: impl Fn(&str) -> Option<&'g Guide>,
    mut each: impl FnMut(&TransactionSet<'_>, Option<&Validated<'_>>),
) -> Result<Examination> {
    let mut answers: Vec<Finding> = Vec::new();
    let mut examination = Examination::default();
    let mut group: Option<GroupResult> = None;
    while let Some(event) = reader.next_event()? {
        match event {
            Event::Interchange(header) => {
                let (groups, findings) = (Vec::new(), Vec::new());
                examination.interchanges.push(InterchangeResult { header, groups, findings });
            }
            Event::InterchangeAcknowledgement(ta1) => answers.extend(read_interchange(&ta1).findings),
            Event::Group(header) => {
                let (sets, findings) = (Vec::new(), Vec::new());
                group = Some(GroupResult { header, declared_sets: None, received_sets: 0, sets, findings });
            }
            Event::Set(set) => {
                let Some(group) = &mut group else { continue };
                let schema = Schema::of(&set).filter(|_| !set.too_large);
                let validated = schema.map(|schema| match guide(&set.code) {
                    Some(guide) => schema.validate_with(&set, guide),
                    None => schema.validate(&set),
                });
                each(&set, validated.as_ref());
                let mut findings = set.findings.clone();
                findings.extend(validated.into_iter().flat_map(|v| v.findings));
                group.sets.push(SetResult::of(&set, findings, tolerance));
            }
            Event::GroupEnd { declared_sets, received_sets, findings } => {
                if let (Some(group), Some(open)) = (group.take(), examination.interchanges.last_mut()) {
                    open.groups.push(GroupResult { declared_sets, received_sets, findings, ..group });
                }
            }
            Event::InterchangeEnd { findings, .. } => {
                if let Some(open) = examination.interchanges.last_mut() {
                    open.findings = findings;
                    open.findings.append(&mut answers);
                }
            }
            Event::Stray(finding) => examination.stray.push(finding),
        }
    }
    Ok(examination)
}
