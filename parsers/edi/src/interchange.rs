//! What both standards have in common: interchanges, groups and sets, and the stream of events they are read as.
//!
//! X12 names are used for EDIFACT too: a message is a set, `code` its type. What a standard does not have is empty, never
//! made up. Values are as they came, without blanks at the end and cut to what a finding may quote; whether they are right
//! is in the findings.

use crate::finding::{Finding, Place};
use crate::segment::{Delimiters, Segment};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standard {
    X12,
    Edifact,
}

/// An interchange address: ISA05/06 or ISA07/08, trailing blanks removed from the id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PartyId {
    pub qualifier: String,
    pub id: String,
}

impl std::fmt::Display for PartyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.qualifier.as_str() {
            "" => f.write_str(&self.id),
            qualifier => write!(f, "{qualifier}:{}", self.id),
        }
    }
}

/// The ISA or UNB, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interchange {
    pub standard: Standard,
    pub sender: PartyId,
    pub receiver: PartyId,
    /// ISA09, ISA10 or S004 as they came (`YYMMDD` or `CCYYMMDD`, `HHMM`).
    pub date: String,
    pub time: String,
    /// ISA12, `00401`; of EDIFACT syntax identifier and version, `UNOC:3`.
    pub version: String,
    /// ISA13, nine digits; 0020 of EDIFACT, up to fourteen characters.
    pub control_number: String,
    /// ISA14 = 1: a TA1 is asked for; 0031 = 1: a CONTRL is.
    pub acknowledgement_requested: bool,
    /// ISA15: `T` test, `P` production, `I` information. EDIFACT has a test indicator only (0035): `T` or `P`.
    pub usage: char,
    pub delimiters: Delimiters,
    pub offset: u64,
    /// What only EDIFACT has.
    pub edifact: Option<Box<Syntax>>,
}

/// What a UNB says beyond what both standards have (ISO 9735, S001 and on).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syntax {
    /// 0001, `UNOC`.
    pub identifier: String,
    /// 0002: 1 to 4.
    pub version: u8,
    /// 0008 and 0042, 0014 and 0046.
    pub sender_internal: [String; 2],
    pub receiver_internal: [String; 2],
    /// 0026.
    pub application: String,
    /// 0032.
    pub agreement: String,
    /// A UNA stood before the UNB.
    pub service_string: bool,
}

/// The GS or UNG, read. EDIFACT messages without a UNG stand in an implied group, so that both standards have one shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionalGroup {
    /// No UNG was there: all other fields are empty.
    pub implied: bool,
    /// GS01, `PO`; 0038 of a UNG, `ORDERS`.
    pub functional_id: String,
    pub sender: String,
    pub receiver: String,
    pub date: String,
    pub time: String,
    /// GS06; 0048 of a UNG.
    pub control_number: String,
    pub agency: String,
    /// GS08, `004010` or `004010VICS`; `D:96A` or `D:96A:EAN008` of a UNG.
    pub version: String,
    pub offset: u64,
}

/// One ST to SE (or UNH to UNT), whole, borrowed from the reader's window.
#[derive(Debug, Clone)]
pub struct TransactionSet<'a> {
    pub standard: Standard,
    /// ST01, `850`; 0065 of EDIFACT, `ORDERS`.
    pub code: String,
    /// GS08 of its group, `004010`; what follows the type in S009, `D:96A:UN:EAN008`.
    pub version: String,
    /// ST02, or 0062.
    pub control_number: String,
    /// Control numbers of what encloses it, for the findings; without a UNG the group has none.
    pub interchange: String,
    pub group: String,
    /// Header and trailer included (the trailer may be missing from a cut-off set).
    pub segments: Vec<Segment<'a>>,
    /// Faults of the set's own envelope: trailer missing, count, control number.
    pub findings: Vec<Finding>,
    pub offset: u64,
    pub length: u64,
    /// The set was over a limit of the reader: `segments` is empty, `length` is what was skipped, a finding says so.
    pub too_large: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one transaction set, header to trailer.
    pub max_set_bytes: usize,
    /// Segments of one transaction set: a set of nothing but tags would take many times its size in memory.
    pub max_set_segments: usize,
    /// Bytes of one segment.
    pub max_segment_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_set_bytes: 64 << 20, max_set_segments: 2_000_000, max_segment_bytes: 1 << 20 }
    }
}

/// What the reader meets, in order. Ends are always reported, also when the trailer is missing.
#[derive(Debug)]
pub enum Event<'a> {
    Interchange(Interchange),
    /// A TA1 between ISA and the first GS (or after the last GE). EDIFACT has none: its CONTRL is a message.
    InterchangeAcknowledgement(Segment<'a>),
    Group(FunctionalGroup),
    Set(TransactionSet<'a>),
    /// Findings of the trailer (count, control number, missing) and of the header itself. An implied group ends too.
    GroupEnd {
        declared_sets: Option<u32>,
        received_sets: u32,
        findings: Vec<Finding>,
    },
    /// Findings of trailer and header. `length` from the header (UNA included) to the end of the trailer's terminator.
    InterchangeEnd {
        declared_groups: Option<u32>,
        received_groups: u32,
        complete: bool,
        length: u64,
        findings: Vec<Finding>,
    },
    /// Bytes that belong to no interchange: junk before, between or after. Nothing is dropped in silence.
    Stray(Finding),
}

/// Where the bytes read so far went. At the end of the input they add up to its length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accounted {
    pub interchanges: u64,
    /// Reported by [`Event::Stray`].
    pub stray: u64,
    /// Blanks, line ends and byte order marks between interchanges.
    pub blank: u64,
    /// Line breaks of a file wrapped at a fixed column, taken out before anything else: no offset counts them.
    pub wrapping: u64,
}

impl Accounted {
    /// The length of the input, once it has been read to its end.
    pub fn total(&self) -> u64 {
        self.interchanges + self.stray + self.blank + self.wrapping
    }
}

/// The control numbers of what encloses a fault.
#[derive(Debug, Clone, Default)]
pub(crate) struct Within {
    pub interchange: Option<String>,
    pub group: Option<String>,
    pub set: Option<String>,
}

impl Within {
    pub fn place(&self, segment: &str, element: Option<u16>, offset: u64) -> Place {
        Place {
            interchange: self.interchange.clone(),
            group: self.group.clone(),
            set: self.set.clone(),
            segment: Some(segment.to_string()),
            element,
            offset,
            ..Place::default()
        }
    }
}
