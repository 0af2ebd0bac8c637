//! An interchange of ours: parties, separators, numbers and answers as the partner's profile says, around documents that are frozen.
//!
//! X12: groups by functional id, sets numbered from 0001 in each; EDIFACT: messages numbered from 1, no groups. Control numbers
//! come from the ledger, so the bytes are made inside the transaction that writes them.
//! Fails when an address of ours or theirs is missing, or a writer refuses a value.

use super::{Refusal, stamp};
use crate::ledger::outgoing::{Enveloped, Expected, Interchange};
use crate::ledger::process::Process;
use crate::ledger::{Ledger, id};
use crate::pipeline::acknowledge::way;
use crate::pipeline::compose::free_delimiters;
use crate::pipeline::due;
use crate::profile::duration::Span;
use crate::profile::partner::{Partner, Separators};
use crate::profile::{Configuration, PartnerProfile};
use jiff::Timestamp;
use portway_documents::{Written, put_edifact, put_x12};
use portway_edi::interchange::PartyId;
use portway_edi::{Delimiters, Standard, edifact, x12};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;
use uuid::Uuid;

/// Whose interchange it is, and to whom.
pub struct Envelope {
    profile: Arc<PartnerProfile>,
    standard: Standard,
    pub station: String,
    sender: PartyId,
    receiver: PartyId,
    group_sender: String,
    group_receiver: String,
    /// Whose connection carries it.
    target: String,
    transport: &'static str,
    way: &'static str,
}

/// A frozen document on its way into an interchange.
pub struct Filled<'a> {
    pub id: Uuid,
    pub code: &'a str,
    pub version: &'a str,
    pub functional_id: &'a str,
    pub segments: &'a [Written],
}

impl Envelope {
    /// # Errors
    /// A sentence: which address is missing, and where to write it.
    pub fn of(
        configuration: &Configuration,
        profile: &PartnerProfile,
        standard: Standard,
    ) -> Result<Envelope, String> {
        let partner = &profile.partner;
        let id = &partner.id;
        let (station, ours) = configuration.station_of(profile).ok_or_else(|| {
            format!("which of our stations trades with {id}? Write station = \"…\" in partners.d/{id}.toml")
        })?;
        let missing =
            |whose: &str, section: &str| format!("{whose} has no {section} address: write it in {section}");
        let (sender, receiver, group_sender, group_receiver) = match standard {
            Standard::X12 => {
                let sender =
                    &ours.x12.as_ref().ok_or_else(|| missing(&format!("our station {station}"), "x12"))?.0;
                let theirs = partner.x12.as_ref().ok_or_else(|| missing(id, "[x12]"))?;
                let receiver = &theirs.id.0;
                let group_sender = ours.x12_group.clone().unwrap_or_else(|| sender.id.clone());
                let group_receiver = theirs.group_id.clone().unwrap_or_else(|| receiver.id.clone());
                (sender.clone(), receiver.clone(), group_sender, group_receiver)
            }
            Standard::Edifact => {
                let sender = &ours
                    .edifact
                    .as_ref()
                    .ok_or_else(|| missing(&format!("our station {station}"), "edifact"))?
                    .0;
                let receiver = &partner.edifact.as_ref().ok_or_else(|| missing(id, "[edifact]"))?.id.0;
                (sender.clone(), receiver.clone(), String::new(), String::new())
            }
        };
        let via = partner.via.as_deref().and_then(|via| configuration.partner(via));
        let connection = via.map_or(partner, |via| &via.partner);
        let (transport, way) = way(connection, "");
        Ok(Envelope {
            profile: Arc::new(profile.clone()),
            standard,
            station: station.to_owned(),
            sender,
            receiver,
            group_sender,
            group_receiver,
            target: connection.id.clone(),
            transport,
            way,
        })
    }

    fn partner(&self) -> &Partner {
        &self.profile.partner
    }

    fn gapless(&self) -> bool {
        match self.standard {
            Standard::X12 => self.partner().x12.as_ref().is_some_and(|x12| x12.gapless),
            Standard::Edifact => self.partner().edifact.as_ref().is_some_and(|edifact| edifact.gapless),
        }
    }

    fn acknowledged_within(&self) -> Option<Span> {
        let within = match self.standard {
            Standard::X12 => self.partner().x12.as_ref().map(|x12| x12.acknowledged_within),
            Standard::Edifact => {
                self.partner().edifact.as_ref().and_then(|edifact| edifact.acknowledged_within)
            }
        };
        within.filter(|within| !within.is_zero())
    }
}

/// An interchange that was written.
#[derive(Debug)]
pub(super) struct Left {
    pub message: Uuid,
    pub interchange: Uuid,
    pub control_number: String,
    /// Whose connection carries it.
    pub target: String,
    pub bytes: Vec<u8>,
}

/// How an interchange is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    pub now: Timestamp,
    pub usage: char,
    /// Control numbers are taken in the transaction, whatever the profile says: what is rolled back is not used up.
    pub gapless: bool,
}

/// Puts documents into one interchange and sends it off, in the transaction that has them waiting.
pub(super) async fn send_off(
    ledger: &Ledger,
    tx: &mut Process<'_>,
    envelope: &Envelope,
    Manner { now, usage, gapless }: Manner,
    documents: &[Filled<'_>],
) -> Result<Left, Refusal> {
    let gapless = gapless || envelope.gapless();
    let (ours, theirs) = (envelope.sender.to_string(), envelope.receiver.to_string());
    let groups = by_functional_id(documents);
    let more = u32::try_from(groups.len()).unwrap_or(1).saturating_sub(1);
    let numbers = if gapless {
        let numbers = tx.gapless_numbers(&ours, &theirs).await?;
        if envelope.standard == Standard::X12 {
            tx.gapless_groups(&ours, &theirs, more).await?;
        }
        numbers
    } else {
        ledger.control_numbers(&ours, &theirs).await?
    };
    let mut group_numbers = vec![numbers.1];
    if envelope.standard == Standard::X12 {
        for nth in 1..=more {
            let number = if gapless {
                (numbers.1 + nth - 1) % 999_999_999 + 1
            } else {
                ledger.control_numbers(&ours, &theirs).await?.1
            };
            group_numbers.push(number);
        }
    }
    let message = id::new(now);
    let filled = tokio::task::block_in_place(|| match envelope.standard {
        Standard::X12 => in_x12(envelope, usage, numbers.0, &group_numbers, &groups, now),
        Standard::Edifact => in_edifact(envelope, usage, numbers.0, documents, now),
    });
    let (bytes, sets) = filled.map_err(Refusal::Unwritable)?;
    let first = documents.first().map_or("", |document| document.code);
    let control_number = match envelope.standard {
        Standard::X12 => format!("{:09}", numbers.0),
        Standard::Edifact => numbers.0.to_string(),
    };
    let interchange = id::derive(message, "interchange", 1);
    let expected = expected(envelope, interchange, documents, &sets);
    let partner = envelope.partner();
    let out = Interchange {
        message,
        delivery: id::derive(message, "delivery", 0),
        interchange,
        partner: partner.id.clone(),
        target: envelope.target.clone(),
        station: envelope.station.clone(),
        transport: envelope.transport,
        way: envelope.way,
        file_name: format!("{first}_{}_{:09}.edi", partner.id, numbers.0),
        bytes,
        standard: match envelope.standard {
            Standard::X12 => "x12",
            Standard::Edifact => "edifact",
        },
        sender: ours,
        receiver: theirs,
        control_number,
        version: documents.first().map(|document| document.version.to_owned()).unwrap_or_default(),
        usage,
        sets,
        expected,
    };
    tx.write_interchange(&out).await?;
    if partner.times_answers() {
        let owed = |code: &str| partner.receive.values().any(|receive| receive.answers.contains_key(code));
        for document in documents.iter().filter(|document| owed(document.code)) {
            tx.answers_for_us(document.id, message).await?;
        }
        due::settle(tx, &documents.iter().map(|document| document.id).collect::<Vec<_>>()).await?;
    }
    let Interchange { control_number, target, bytes, .. } = out;
    Ok(Left { message, interchange, control_number, target, bytes })
}

fn by_functional_id<'a, 'b>(documents: &'a [Filled<'b>]) -> Vec<(&'a str, Vec<&'a Filled<'b>>)> {
    let mut groups: BTreeMap<&str, Vec<&Filled<'b>>> = BTreeMap::new();
    for document in documents {
        groups.entry(document.functional_id).or_default().push(document);
    }
    groups.into_iter().collect()
}

type Bytes = (Vec<u8>, Vec<Enveloped>);

fn in_x12(
    envelope: &Envelope,
    usage: char,
    number: u32,
    group_numbers: &[u32],
    groups: &[(&str, Vec<&Filled<'_>>)],
    now: Timestamp,
) -> Result<Bytes, String> {
    let (date, time) = stamp(&envelope.profile, now);
    let version = groups.first().and_then(|(_, sets)| sets.first()).map_or("004010", |set| set.version);
    let segments: Vec<&[Written]> =
        groups.iter().flat_map(|(_, sets)| sets.iter().map(|s| s.segments)).collect();
    let x12 = envelope.partner().x12.as_ref();
    let header = x12::writer::Envelope {
        sender: envelope.sender.clone(),
        receiver: envelope.receiver.clone(),
        group_sender: envelope.group_sender.clone(),
        group_receiver: envelope.group_receiver.clone(),
        date,
        time,
        interchange_version: if version >= "005" { "00501" } else { "00401" }.to_owned(),
        group_version: version.to_owned(),
        interchange_control_number: number,
        group_control_number: group_numbers.first().copied().unwrap_or(number),
        acknowledgement_requested: x12.is_some_and(|x12| x12.request_ta1),
        usage,
        delimiters: separators(x12.map(|x12| &x12.separators), &segments, version),
    };
    let mut writer = x12::writer::Writer::new(&header, x12::writer::InData::Refuse).map_err(words)?;
    let mut sets = Vec::new();
    for ((functional_id, documents), group) in groups.iter().zip(group_numbers) {
        writer.end_group().map_err(words)?;
        writer.number_groups_from(*group);
        writer.begin_group(functional_id).map_err(words)?;
        for (nth, document) in (1..).zip(documents) {
            put_x12(&mut writer, document.code, document.segments).map_err(words)?;
            sets.push(Enveloped {
                id: document.id,
                group_number: group.to_string(),
                control_number: format!("{nth:04}"),
            });
        }
    }
    Ok((writer.finish().map_err(words)?, sets))
}

fn in_edifact(
    envelope: &Envelope,
    usage: char,
    number: u32,
    documents: &[Filled<'_>],
    now: Timestamp,
) -> Result<Bytes, String> {
    let (date, time) = stamp(&envelope.profile, now);
    let edifact = envelope.partner().edifact.as_ref();
    let header = edifact::writer::Envelope {
        syntax: edifact.and_then(|e| e.syntax.clone()).unwrap_or_else(|| "UNOC".to_owned()),
        syntax_version: edifact.and_then(|e| e.syntax_version).unwrap_or(3),
        sender: envelope.sender.clone(),
        receiver: envelope.receiver.clone(),
        sender_internal: String::new(),
        receiver_internal: String::new(),
        date,
        time,
        reference: number.to_string(),
        application: String::new(),
        agreement: edifact.and_then(|e| e.agreement.clone()).unwrap_or_default(),
        acknowledgement_requested: envelope.acknowledged_within().is_some(),
        test: usage != 'P',
        service_string: edifact.is_some_and(|e| e.service_string),
        delimiters: Delimiters::EDIFACT,
    };
    let mut writer =
        edifact::writer::Writer::new(&header, edifact::writer::Foreign::Refuse).map_err(words)?;
    let mut sets = Vec::new();
    for (nth, document) in (1..).zip(documents) {
        put_edifact(&mut writer, document.code, document.version, document.segments).map_err(words)?;
        let control_number = nth.to_string();
        sets.push(Enveloped { id: document.id, group_number: String::new(), control_number });
    }
    Ok((writer.finish().map_err(words)?, sets))
}

fn words(error: impl Display) -> String {
    error.to_string()
}

/// As the profile says, unless a value holds one of them.
fn separators(agreed: Option<&Separators>, documents: &[&[Written]], version: &str) -> Delimiters {
    let all: Vec<Written> = documents.iter().flat_map(|segments| segments.iter().cloned()).collect();
    let usual = free_delimiters(&all, version);
    let Some(agreed) = agreed else { return usual };
    let byte = |wanted: Option<char>, usual: u8| wanted.and_then(|c| u8::try_from(c).ok()).unwrap_or(usual);
    let chosen = Delimiters {
        segment: byte(agreed.segment, usual.segment),
        element: byte(agreed.element, usual.element),
        component: byte(agreed.component, usual.component),
        repetition: usual.repetition.map(|repetition| byte(agreed.repetition, repetition)),
        release: None,
    };
    let bytes: Vec<u8> =
        [chosen.segment, chosen.element, chosen.component].into_iter().chain(chosen.repetition).collect();
    let distinct = (1..bytes.len()).all(|nth| !bytes[..nth].contains(&bytes[nth]));
    let in_data = all
        .iter()
        .flat_map(|segment| segment.elements.iter().flatten())
        .any(|value| value.bytes().any(|b| bytes.contains(&b)));
    if distinct && !in_data { chosen } else { usual }
}

/// What the partner owes us for this interchange: as its profile says.
fn expected(
    envelope: &Envelope,
    interchange: Uuid,
    documents: &[Filled<'_>],
    sets: &[Enveloped],
) -> Vec<Expected> {
    let seconds = |span: Span| i64::try_from(span.duration().as_secs()).unwrap_or(i64::MAX);
    let partner = envelope.partner();
    let mut expected = Vec::new();
    let within = envelope.acknowledged_within();
    if let (Standard::X12, Some(within)) = (envelope.standard, within)
        && partner.x12.as_ref().is_some_and(|x12| x12.request_ta1)
    {
        expected.push(Expected {
            id: id::derive(interchange, "expected:TA1", 0),
            kind: "TA1".to_owned(),
            set_id: None,
            group_number: None,
            due_in: Some(seconds(within)),
            due_terms: None,
        });
    }
    for document in documents {
        let group_number = sets.iter().find(|set| set.id == document.id).map(|set| set.group_number.clone());
        let group_number = group_number.filter(|number| !number.is_empty());
        let mut owe = |kind: &str, within: Option<Span>, terms: Option<Vec<String>>| {
            expected.push(Expected {
                id: id::derive(
                    document.id,
                    &format!("expected:{kind}"),
                    u64::from_be_bytes(low(interchange)),
                ),
                kind: kind.to_owned(),
                set_id: Some(document.id),
                group_number: group_number.clone(),
                due_in: within.map(seconds),
                due_terms: terms,
            });
        };
        if let Some(within) = within {
            // A 999 in its place is as good.
            owe(if envelope.standard == Standard::X12 { "997" } else { "CONTRL" }, Some(within), None);
        }
        for (kind, due) in partner.send.get(document.code).iter().flat_map(|send| &send.answers) {
            owe(kind, due.within(), due.within().is_none().then(|| due.texts()));
        }
    }
    expected
}

/// The random half: a document that is reissued is answered anew.
fn low(id: Uuid) -> [u8; 8] {
    let mut half = [0; 8];
    half.copy_from_slice(&id.as_bytes()[8..]);
    half
}
