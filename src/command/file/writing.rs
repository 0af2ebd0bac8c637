//! Interchanges that `convert` writes: which set a document becomes, and the envelope around it.
//!
//! The envelope has the parties, date, time and numbers of the interchange that came, where one did. One interchange is open at a
//! time; its bytes are handed out set by set. A new group begins where the functional id changes.

use super::Stop;
use crate::pipeline::compose::{
    Composed, Target, Terms, compose, edifact_envelope, free_delimiters, x12_envelope,
};
use crate::profile::PartnerProfile;
use portway_documents::{Document, Written, put_edifact, put_x12};
use portway_edi::interchange::{self, PartyId};
use portway_edi::schema::Schema;
use portway_edi::{Standard, edifact, x12};

/// Which set, in which version.
pub struct Wanted {
    pub standard: Standard,
    pub set: String,
    pub version: String,
    schema: &'static Schema,
}

/// What a document becomes: as asked, else as the profile says, else the usual.
pub fn target(
    document: &Document,
    standard: Standard,
    (set, version): (Option<&str>, Option<&str>),
    profile: Option<&PartnerProfile>,
) -> Result<Wanted, String> {
    let kind = document.kind();
    let sets: Vec<&str> = kind.sets(standard).collect();
    let in_standard = match standard {
        Standard::X12 => "X12",
        Standard::Edifact => "EDIFACT",
    };
    let set = match set {
        Some(set) => *sets.iter().find(|s| s.eq_ignore_ascii_case(set)).ok_or_else(|| {
            format!("a {} does not become {set}; {in_standard} has {}", kind.name(), sets.join(", "))
        })?,
        None => *sets.first().ok_or_else(|| format!("{in_standard} has no set for a {}", kind.name()))?,
    };
    let of_profile = profile.and_then(|p| {
        let own = p.partner.send.get(set).and_then(|send| send.version.clone());
        own.or_else(|| {
            (standard == Standard::X12).then(|| p.partner.x12.as_ref().map(|x| x.version.clone()))?
        })
    });
    let version = match (version, standard) {
        (Some(version), Standard::Edifact) => directory(version),
        (Some(version), Standard::X12) => version.to_owned(),
        (None, Standard::X12) => of_profile.unwrap_or_else(|| "004010".to_owned()),
        (None, Standard::Edifact) => of_profile.unwrap_or_else(|| "D:01B:UN".to_owned()),
    };
    let schema = Target::new(standard, set, &version)
        .ok_or_else(|| format!("no schema is known for {set} in version {version}"))?
        .schema;
    Ok(Wanted { standard, set: set.to_owned(), version, schema })
}

/// `D96A`, `d.96a` and `D:96A` are `D:96A:UN`.
fn directory(version: &str) -> String {
    if version.contains(':') && version.split(':').count() > 2 {
        return version.to_owned();
    }
    let plain: String =
        version.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    match plain.strip_prefix('D') {
        Some(release) => format!("D:{release}:UN"),
        None => version.to_owned(),
    }
}

pub fn composed(document: &Document, wanted: &Wanted, terms: Terms<'_>) -> Result<Composed, String> {
    let target = Target {
        standard: wanted.standard,
        set: &wanted.set,
        version: &wanted.version,
        schema: wanted.schema,
    };
    compose(document, &target, terms).map_err(|error| error.to_string())
}

/// The interchange being written.
pub enum Interchange {
    X12 { writer: Box<x12::writer::Writer>, group: String },
    Edifact(Box<edifact::writer::Writer>),
}

impl Interchange {
    /// `header`: the interchange that came.
    pub fn open(
        wanted: &Wanted,
        first: &[Written],
        header: Option<&interchange::Interchange>,
    ) -> Result<Interchange, Stop> {
        let party = |id: Option<&PartyId>, else_named: &str| {
            let other = PartyId { qualifier: "ZZ".to_owned(), id: else_named.to_owned() };
            id.map_or(other, |id| PartyId {
                qualifier: qualifier(&id.qualifier, wanted.standard),
                id: id.id.clone(),
            })
        };
        let sender = party(header.map(|h| &h.sender), "SENDER");
        let receiver = party(header.map(|h| &h.receiver), "RECEIVER");
        let number = header.map_or("1", |h| h.control_number.as_str());
        let usage = header.map_or('T', |h| h.usage);
        match wanted.standard {
            Standard::X12 => {
                let delimiters = free_delimiters(first, &wanted.version);
                let mut envelope = x12_envelope(sender, receiver, &wanted.version, delimiters);
                if let Some(header) = header {
                    (envelope.date, envelope.time) = (century(&header.date), header.time.clone());
                }
                envelope.usage = usage;
                let digits: String = number.chars().filter(char::is_ascii_digit).collect();
                envelope.interchange_control_number = digits.parse().unwrap_or(1);
                envelope.group_control_number = envelope.interchange_control_number;
                let writer = x12::writer::Writer::new(&envelope, x12::writer::InData::Refuse)
                    .map_err(|error| Stop::Problem(error.to_string()))?;
                Ok(Interchange::X12 { writer: Box::new(writer), group: String::new() })
            }
            Standard::Edifact => {
                let mut envelope = edifact_envelope(sender, receiver);
                if let Some(header) = header {
                    (envelope.date, envelope.time) = (century(&header.date), header.time.clone());
                }
                envelope.test = usage == 'T';
                envelope.reference = number.trim_start_matches('0').to_owned();
                if envelope.reference.is_empty() {
                    envelope.reference = "1".to_owned();
                }
                let writer = edifact::writer::Writer::new(&envelope, edifact::writer::Foreign::Refuse)
                    .map_err(|error| Stop::Problem(error.to_string()))?;
                Ok(Interchange::Edifact(Box::new(writer)))
            }
        }
    }

    pub fn set(&mut self, wanted: &Wanted, segments: &[Written]) -> Result<(), Stop> {
        let problem = |error: &dyn std::fmt::Display| Stop::Problem(error.to_string());
        match self {
            Interchange::X12 { writer, group } => {
                let id = wanted.schema.functional_id();
                if group != id {
                    if !group.is_empty() {
                        writer.end_group().map_err(|error| problem(&error))?;
                    }
                    writer.begin_group(id).map_err(|error| problem(&error))?;
                    id.clone_into(group);
                }
                put_x12(writer, &wanted.set, segments).map_err(|error| problem(&error))
            }
            Interchange::Edifact(writer) => {
                put_edifact(writer, &wanted.set, &wanted.version, segments).map_err(|error| problem(&error))
            }
        }
    }

    /// What was written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        match self {
            Interchange::X12 { writer, .. } => writer.take(),
            Interchange::Edifact(writer) => writer.take(),
        }
    }

    pub fn finish(self) -> Result<Vec<u8>, Stop> {
        let problem = |error: &dyn std::fmt::Display| Stop::Problem(error.to_string());
        match self {
            Interchange::X12 { writer, .. } => writer.finish().map_err(|error| problem(&error)),
            Interchange::Edifact(writer) => writer.finish().map_err(|error| problem(&error)),
        }
    }
}

/// A qualifier of the other standard: both lists have few in common (`14` is a GLN in EDIFACT, a D-U-N-S in X12 is `01`).
fn qualifier(came: &str, standard: Standard) -> String {
    let known = match standard {
        Standard::X12 => match came {
            "1" => "01",
            "14" => "08",
            q if q.len() == 2 => q,
            _ => "ZZ",
        },
        Standard::Edifact => match came {
            "01" => "1",
            "08" | "14" => "14",
            _ => "ZZZ",
        },
    };
    known.to_owned()
}

/// `CCYYMMDD`.
fn century(date: &str) -> String {
    if date.len() == 6 { format!("20{date}") } else { date.to_owned() }
}
