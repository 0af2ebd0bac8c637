//! A whole input read, validated and judged: what `lint` and `ack` need, and what an acknowledgement is written from.
//!
//! Sets are handed out one at a time while they are in memory; what remains are results, which grow with the number of
//! sets and findings, not with their size. A set without a shipped schema is judged by its envelope alone.

use super::TransactionSet;
use super::reader::{Event, Reader};
use crate::acknowledgement::{GroupResult, InterchangeResult, SetResult, Tolerance};
use crate::finding::Finding;
use crate::schema::{Schema, Validated};
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

/// Reads to the end; `each` sees every set with its validation, where there is a schema for it.
///
/// # Errors
/// Those of the input.
pub fn examine<R: BufRead>(
    reader: &mut Reader<R>,
    tolerance: Tolerance,
    mut each: impl FnMut(&TransactionSet<'_>, Option<&Validated<'_>>),
) -> Result<Examination> {
    let mut examination = Examination::default();
    let mut group: Option<GroupResult> = None;
    while let Some(event) = reader.next_event()? {
        match event {
            Event::Interchange(header) => {
                let (groups, findings) = (Vec::new(), Vec::new());
                examination.interchanges.push(InterchangeResult { header, groups, findings });
            }
            Event::InterchangeAcknowledgement(_) => {}
            Event::Group(header) => {
                let (sets, findings) = (Vec::new(), Vec::new());
                group = Some(GroupResult { header, declared_sets: None, received_sets: 0, sets, findings });
            }
            Event::Set(set) => {
                let Some(group) = &mut group else { continue };
                let schema = Schema::x12(&set.code, &group.header.version).filter(|_| !set.too_large);
                let validated = schema.map(|schema| schema.validate(&set));
                each(&set, validated.as_ref());
                let mut findings = set.findings;
                findings.extend(validated.into_iter().flat_map(|v| v.findings));
                let implementation =
                    set.segments.first().map(|st| st.text(3).into_owned()).filter(|text| !text.is_empty());
                let judged = SetResult::judge(&set.code, &set.control_number, findings, tolerance);
                group.sets.push(SetResult { implementation, ..judged });
            }
            Event::GroupEnd { declared_sets, received_sets, findings } => {
                if let (Some(group), Some(open)) = (group.take(), examination.interchanges.last_mut()) {
                    open.groups.push(GroupResult { declared_sets, received_sets, findings, ..group });
                }
            }
            Event::InterchangeEnd { findings, .. } => {
                if let Some(open) = examination.interchanges.last_mut() {
                    open.findings = findings;
                }
            }
            Event::Stray(finding) => examination.stray.push(finding),
        }
    }
    Ok(examination)
}
