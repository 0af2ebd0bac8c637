//! Frame: reads a message through to its end and judges the envelopes, before any set of it may be routed.
//!
//! One pass over the bytes of each piece, one set in memory at a time. Yields the interchanges with their groups and findings, without
//! the sets' own contents, and the bytes that belong to no interchange. A piece that is a set alone gets the envelope that
//! `missing` makes for it. Nothing is written here.

use super::material::{Envelope, Material, Piece};
use super::unpack::{Rules, Trouble, unpack};
use super::{findings, fragment};
use crate::ledger::message::ToProcess;
use crate::net::spool::{Spool, Spooled};
use crate::profile::{Configuration, PartnerProfile};
use portway_edi::acknowledgement::answered::Answered;
use portway_edi::acknowledgement::{GroupResult, InterchangeResult};
use portway_edi::interchange::{Event, Limits};
use portway_edi::reader::Reader;
use portway_edi::{Finding, Place, Severity};
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, Read};
use std::sync::Arc;

#[derive(Debug, Default)]
pub struct Framed {
    pub interchanges: Vec<FramedInterchange>,
    /// Bytes of pieces without any interchange.
    pub stray: Vec<Finding>,
    /// Pieces in which nothing could be read, and why.
    pub unread: Vec<Unread>,
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
    /// It came without an envelope: sender, receiver and number are ours, and no answer is owed.
    pub assumed: bool,
    /// Bytes outside every interchange of its piece, and where the piece comes from.
    pub beside: Vec<Finding>,
    /// The TA1s that stand in it.
    pub acknowledged: Vec<Answered>,
}

#[derive(Debug)]
pub struct Unread {
    /// The entry's name.
    pub name: Option<String>,
    /// It holds a set without an envelope: what is missing to read it.
    pub why: Option<String>,
    pub empty: bool,
}

/// By what a message is read: its connection's profile version, and the partners in force.
pub struct By<'a> {
    pub configuration: &'a Configuration,
    pub connection: &'a Arc<PartnerProfile>,
    pub message: &'a ToProcess,
    pub spool: &'a Spool,
}

impl By<'_> {
    pub fn limits(&self) -> Limits {
        Limits { max_set_bytes: self.configuration.gateway.limits.max_set_bytes, ..Limits::default() }
    }

    /// Unpacks a message and frames what is in it.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where it is packed and cannot be opened.
    pub fn read(&self, content: &Spooled) -> Result<(Material, Framed), Trouble> {
        let partner = &self.connection.partner;
        let by_as2 = self.message.transport == "as2";
        let most = self.configuration.gateway.limits.max_message_bytes;
        let name = self.message.file_name.as_deref();
        let rules = Rules { files: &partner.files, partner: &partner.id, file_name: name, by_as2, most };
        let mut material = unpack(content, &rules, self.spool)?;
        let missing = |material: &Material, piece: &Piece| {
            fragment::envelope(self.configuration, self.connection, name, material, piece)
        };
        let framed = frame(&mut material, self.limits(), missing)?;
        Ok((material, framed))
    }
}

/// `missing`: the envelope of a piece that has none, or what is missing for it, where it is a set at all.
///
/// # Errors
/// Those of reading the spool, never of the content.
fn frame(
    material: &mut Material,
    limits: Limits,
    missing: impl Fn(&Material, &Piece) -> io::Result<Option<Result<Envelope, String>>>,
) -> io::Result<Framed> {
    let mut framed = Framed::default();
    for nth in 0..material.pieces.len() {
        let piece = &material.pieces[nth];
        let mut read = one(material, piece, limits)?;
        let mut why = None;
        if read.interchanges.is_empty() {
            match missing(material, piece)? {
                Some(Ok(envelope)) => {
                    let piece = &mut material.pieces[nth];
                    piece.envelope = Some(envelope);
                    read = one(material, &material.pieces[nth], limits)?;
                }
                Some(Err(reason)) => why = Some(reason),
                None => {}
            }
        }
        let piece = &material.pieces[nth];
        framed.too_large |= read.too_large;
        if let Some(first) = read.interchanges.first_mut() {
            first.beside.append(&mut read.stray);
        } else {
            let empty = piece.length() == 0;
            framed.unread.push(Unread { name: piece.name.clone(), why, empty });
            framed.stray.extend(read.stray.into_iter().map(|finding| unreadable(piece, finding)));
        }
        framed.interchanges.append(&mut read.interchanges);
    }
    Ok(framed)
}

/// One piece, read.
fn one(material: &Material, piece: &Piece, limits: Limits) -> io::Result<Framed> {
    let mut reader = Reader::new(material.reader(piece)?, limits);
    let mut framed = Framed::default();
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
                    assumed: false,
                    beside: origin(piece).into_iter().collect(),
                    acknowledged: Vec::new(),
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
            Event::InterchangeAcknowledgement(ta1) => {
                if let Some(interchange) = framed.interchanges.last_mut() {
                    interchange.acknowledged.push(Answered::of_ta1(&ta1));
                }
            }
            Event::Stray(finding) => framed.stray.push(finding),
        }
    }
    match &piece.envelope {
        None => hash(material, piece, &mut framed.interchanges)?,
        Some(envelope) => assumed(material, piece, envelope, &mut framed)?,
    }
    Ok(framed)
}

/// Hashes each interchange's bytes in one more pass.
fn hash(material: &Material, piece: &Piece, interchanges: &mut [FramedInterchange]) -> io::Result<()> {
    let mut input = material.reader(piece)?;
    let mut at = 0u64;
    for interchange in interchanges {
        skip(&mut input, interchange.offset.saturating_sub(at))?;
        interchange.sha256 = digest(&mut input, interchange.length)?;
        at = interchange.offset + interchange.length;
    }
    Ok(())
}

fn digest(input: &mut impl BufRead, length: u64) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut left = length;
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
    Ok(hash.finalize().into())
}

fn skip(input: &mut impl BufRead, bytes: u64) -> io::Result<()> {
    io::copy(&mut input.by_ref().take(bytes), &mut io::sink()).map(|_| ())
}

/// An envelope of ours: its number is that of the content, so that the same content is the same interchange under any name;
/// what is found in the envelope itself is nobody's fault.
fn assumed(material: &Material, piece: &Piece, envelope: &Envelope, framed: &mut Framed) -> io::Result<()> {
    let before = envelope.before.len() as u64;
    let inside = before..before + piece.length().saturating_sub(envelope.skip);
    let sha256 = digest(&mut material.without_envelope(piece, envelope.skip)?, piece.length())?;
    for (nth, interchange) in framed.interchanges.iter_mut().enumerate() {
        interchange.sha256 = sha256;
        // Another one can only stand inside the content, with an envelope of its own.
        if nth > 0 {
            continue;
        }
        interchange.assumed = true;
        let number: String = sha256[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        interchange.result.header.control_number = format!("sha256:{number}");
        interchange.result.findings.retain(|f| inside.contains(&f.place.offset));
        for group in &mut interchange.result.groups {
            group.findings.retain(|f| inside.contains(&f.place.offset));
        }
        let note = findings::NO_ENVELOPE;
        interchange.beside.push(Finding::new(note, Severity::Note, Place::default(), &*envelope.why));
    }
    Ok(())
}

/// Which entry of an archive it stood in.
fn origin(piece: &Piece) -> Option<Finding> {
    let name = piece.name.as_ref()?;
    let message = format!("it stood in entry {name:?}");
    let finding = Finding::new(findings::FROM_ARCHIVE, Severity::Note, Place::default(), message);
    Some(finding.with_value(name.as_bytes()))
}

/// Of a piece that holds nothing else: it is no fault of an interchange that stood in another.
fn unreadable(piece: &Piece, mut finding: Finding) -> Finding {
    if let Some(name) = &piece.name {
        finding.message = format!("entry {name:?}: {}", finding.message);
        finding.severity = finding.severity.min(Severity::Warning);
        finding.answer = None;
    }
    finding
}

/// True if the envelope lets its sets through.
pub fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.severity == Severity::Error)
}
