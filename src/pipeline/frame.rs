//! Frame: reads a message through to its end and judges the envelopes, before any set of it may be routed.
//!
//! One pass over the bytes, one set in memory at a time. Yields the interchanges with their groups and findings, without the
//! sets' own contents, and the bytes that belong to no interchange. Nothing is written here.

use crate::net::spool::Spooled;
use portway_edi::acknowledgement::{GroupResult, InterchangeResult};
use portway_edi::interchange::{Event, Limits};
use portway_edi::reader::Reader;
use portway_edi::{Finding, Severity};
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, Read};

#[derive(Debug)]
pub struct Framed {
    pub interchanges: Vec<FramedInterchange>,
    /// Bytes outside every interchange.
    pub stray: Vec<Finding>,
    /// The largest faults first met, for a message without any interchange.
    pub too_large: bool,
}

#[derive(Debug)]
pub struct FramedInterchange {
    /// Groups have no sets yet.
    pub result: InterchangeResult,
    pub offset: u64,
    pub length: u64,
    /// Of its own bytes: what tells a repetition from a reuse of the number.
    pub sha256: [u8; 32],
    pub sets: u64,
}

/// # Errors
/// Those of reading the spool, never of the content.
pub fn frame(content: &Spooled, limits: Limits) -> io::Result<Framed> {
    let mut reader = Reader::new(content.reader()?, limits);
    let mut framed = Framed { interchanges: Vec::new(), stray: Vec::new(), too_large: false };
    while let Some(event) = reader.next_event()? {
        match event {
            Event::Interchange(header) => {
                let offset = header.offset;
                framed.interchanges.push(FramedInterchange {
                    result: InterchangeResult { header, groups: Vec::new(), findings: Vec::new() },
                    offset,
                    length: 0,
                    sha256: [0; 32],
                    sets: 0,
                });
            }
            Event::Group(header) => {
                if let Some(interchange) = framed.interchanges.last_mut() {
                    interchange.result.groups.push(GroupResult {
                        header,
                        declared_sets: None,
                        received_sets: 0,
                        sets: Vec::new(),
                        findings: Vec::new(),
                    });
                }
            }
            Event::Set(set) => {
                if let Some(interchange) = framed.interchanges.last_mut() {
                    interchange.sets += 1;
                }
                framed.too_large |= set.too_large;
            }
            Event::GroupEnd { declared_sets, received_sets, findings } => {
                let group = framed.interchanges.last_mut().and_then(|i| i.result.groups.last_mut());
                if let Some(group) = group {
                    group.declared_sets = declared_sets;
                    group.received_sets = received_sets;
                    group.findings = findings;
                }
            }
            Event::InterchangeEnd { length, findings, .. } => {
                if let Some(interchange) = framed.interchanges.last_mut() {
                    interchange.length = length;
                    interchange.result.findings = findings;
                }
            }
            Event::InterchangeAcknowledgement(_) => {}
            Event::Stray(finding) => framed.stray.push(finding),
        }
    }
    hash(content, &mut framed.interchanges)?;
    Ok(framed)
}

/// Hashes each interchange's bytes in one more pass.
fn hash(content: &Spooled, interchanges: &mut [FramedInterchange]) -> io::Result<()> {
    let mut input = content.reader()?;
    let mut at = 0u64;
    for interchange in interchanges {
        let mut hash = Sha256::new();
        skip(&mut input, interchange.offset.saturating_sub(at))?;
        let mut left = interchange.length;
        while left > 0 {
            let buffer = input.fill_buf()?;
            if buffer.is_empty() {
                break;
            }
            let take = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            hash.update(&buffer[..take]);
            input.consume(take);
            left -= take as u64;
        }
        at = interchange.offset + interchange.length;
        interchange.sha256 = hash.finalize().into();
    }
    Ok(())
}

fn skip(input: &mut impl BufRead, bytes: u64) -> io::Result<()> {
    io::copy(&mut input.by_ref().take(bytes), &mut io::sink()).map(|_| ())
}

/// True if the envelope lets its sets through.
pub fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.severity == Severity::Error)
}
