//! APERAK: what a CONTRL has no word for. Messages that were accepted, with findings: one APERAK each, in an interchange of its own.
//!
//! Only where the profile asks for it (`[edifact] aperak`), and never to an APERAK or a CONTRL. It names the message by its document's
//! number and its reference, and each finding by our code, in words, and with its place. What the mapping or our own side finds is no
//! business of the partner's. Ids are derived from the interchange's, so that repeated work writes it once.
//!
//! Pure, as [`acknowledge`](super::acknowledge) is. Fails where a header field does not fit, or a value is refused by the writer; what
//! cannot be written is replaced before, so neither is expected.

use super::acknowledge::{Answer, stamp, way};
use super::compose::{Target, Terms, compose};
use super::translate::Translated;
use crate::ledger::id;
use crate::ledger::process::{AcknowledgementRow, OutMessage};
use crate::profile::partner::{Aperak, Partner};
use jiff::Timestamp;
use portway_documents::application_advice::{AdviceLine, AdviceStatus, ApplicationError};
use portway_documents::date::{Date, Time};
use portway_documents::heading::Purpose;
use portway_documents::party::{Party, PartyRole};
use portway_documents::reference::{CodeList, IdScheme, Identifier, Note, Reference, ReferenceKind};
use portway_documents::{ApplicationAdvice, Document, SCHEMA_VERSION, Text, put_edifact};
use portway_edi::acknowledgement::{InterchangeResult, SetResult};
use portway_edi::edifact::writer::{Envelope, Foreign, Writer};
use portway_edi::interchange::{PartyId, Standard};
use portway_edi::{Finding, Severity, finding};

const MESSAGE: &str = "APERAK";
/// Where the version of what came has no APERAK here.
const VERSION: &str = "D:96A:UN";
/// Never answered by an APERAK.
const ANSWERS: [&str; 2] = [MESSAGE, "CONTRL"];
/// Findings that one APERAK names; as many as the ledger keeps.
const MOST_ERRORS: usize = 100;
/// 1154, the number of a reference, has 35 characters in D.96A.
const LONGEST_NUMBER: usize = 35;
/// 4343: conditionally accepted.
const CONDITIONALLY_ACCEPTED: &str = "CA";
/// 0007: the id is a GLN.
const GLN: &str = "14";

/// A message that an APERAK is owed for, and what only its translation knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Where its result stands.
    pub group: usize,
    pub set: usize,
    /// The document's number.
    pub number: Option<String>,
}

/// `None` where the partner wants none for this message.
pub fn noted(partner: &Partner, group: usize, set: usize, translated: &Translated) -> Option<Noted> {
    let wanted = partner.edifact.as_ref().is_some_and(|e| e.aperak == Aperak::OnFindings);
    let result = &translated.result;
    let told = result.verdict.accepts() && !ANSWERS.contains(&result.code.as_str());
    (wanted && told && telling(result).next().is_some()).then(|| Noted {
        group,
        set,
        number: translated.number.clone(),
    })
}

/// The interchange with an APERAK for each of `noted` whose envelopes were accepted too; `None` where there is none.
///
/// # Errors
/// As the head of this file says.
pub fn build(
    answer: &Answer<'_>,
    noted: &[Noted],
    interchange_number: u32,
    now: Timestamp,
) -> Result<Option<OutMessage>, String> {
    let Some(bytes) = interchange(answer, noted, interchange_number, now)? else { return Ok(None) };
    let message = id::derive(answer.interchange, "aperak", 0);
    let (transport, way) = way(&answer.connection.partner, answer.came_by);
    let partner = &answer.partner.partner.id;
    Ok(Some(OutMessage {
        id: message,
        delivery: id::derive(message, "delivery", 0),
        partner: partner.clone(),
        target: answer.connection.partner.id.clone(),
        station: answer.station.0.to_owned(),
        transport,
        way,
        file_name: format!("{MESSAGE}_{partner}_{interchange_number:09}.edi"),
        bytes,
        acknowledgements: vec![AcknowledgementRow {
            id: id::derive(answer.interchange, MESSAGE, 0),
            kind: MESSAGE,
            interchange: answer.interchange,
            group_number: None,
            code: CONDITIONALLY_ACCEPTED.into(),
        }],
    }))
}

fn interchange(
    answer: &Answer<'_>,
    noted: &[Noted],
    interchange_number: u32,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, String> {
    let result = answer.result;
    let messages: Vec<(&Noted, &SetResult)> =
        noted.iter().filter_map(|n| Some((n, find(result, n)?))).collect();
    if result.header.standard != Standard::Edifact || !result.verdict().accepts() || messages.is_empty() {
        return Ok(None);
    }
    let (date, time) = stamp(now);
    let reference = interchange_number.to_string();
    let envelope = Envelope {
        application: MESSAGE.into(),
        ..Envelope::answering(&result.header, &reference, &date, &time)
    };
    // As a CONTRL: what their character set does not have is written in other letters, or left out.
    let mut writer = Writer::new(&envelope, Foreign::ReplaceWith(' ')).map_err(|e| e.to_string())?;
    for (nth, (noted, message)) in (1..).zip(messages) {
        let advice = advice(result, message, noted.number.as_deref(), format!("{reference}-{nth}"), now);
        let version = version(&message.version);
        let target =
            Target::new(Standard::Edifact, MESSAGE, &version).ok_or("there is no schema for APERAK")?;
        let terms = Terms { tables: Some(&answer.partner.tables), ..Terms::default() };
        let document = Document::ApplicationAdvice(Box::new(advice));
        let composed = compose(&document, &target, terms).map_err(|e| e.to_string())?;
        put_edifact(&mut writer, MESSAGE, &version, &composed.segments).map_err(|e| e.to_string())?;
    }
    writer.finish().map(Some).map_err(|e| e.to_string())
}

/// Its result, as things stand when all is judged: a message may have been rejected as a duplicate meanwhile, or with its group.
fn find<'a>(result: &'a InterchangeResult, noted: &Noted) -> Option<&'a SetResult> {
    let group = result.groups.get(noted.group).filter(|g| g.envelope_accepted())?;
    group.sets.get(noted.set).filter(|s| s.verdict.accepts())
}

/// The directory of the message without the code of its subset, which is another for an APERAK.
fn version(of_message: &str) -> String {
    let directory = of_message.split(':').take(3).collect::<Vec<_>>().join(":");
    match Target::new(Standard::Edifact, MESSAGE, &directory) {
        Some(_) => directory,
        None => VERSION.to_owned(),
    }
}

fn advice(
    result: &InterchangeResult,
    message: &SetResult,
    number: Option<&str>,
    own_number: String,
    now: Timestamp,
) -> ApplicationAdvice {
    let now = now.to_zoned(jiff::tz::TimeZone::UTC);
    let header = &result.header;
    let told = telling(message).count();
    let errors: Vec<ApplicationError> = telling(message).take(MOST_ERRORS).map(error).collect();
    let only = match errors.len() == told {
        true => String::new(),
        false => format!("; the first {} follow", errors.len()),
    };
    let said = format!(
        "Message {} of interchange {} was accepted with {told} finding{}{only}",
        message.control_number,
        header.control_number,
        if told == 1 { "" } else { "s" }
    );
    let previous = Reference {
        kind_code: Text::new_static("ACW"),
        value: Some(text(&message.control_number)),
        ..Reference::default()
    };
    let mut line = AdviceLine { status: AdviceStatus::AcceptedWithErrors, errors, ..AdviceLine::default() };
    match number {
        Some(number) => {
            (line.document_kind, line.document_kind_code) = kind(&message.code);
            line.number = Some(text(&number.chars().take(LONGEST_NUMBER).collect::<String>()));
        }
        // Known by its reference alone.
        None => (line.document_kind_code, line.number) = (previous.kind_code.clone(), previous.value.clone()),
    }
    ApplicationAdvice {
        schema_version: Text::new_static(SCHEMA_VERSION),
        code_list: Some(CodeList::Edifact),
        number: own_number.into(),
        purpose: Purpose::Response,
        status: Some(AdviceStatus::AcceptedWithErrors),
        advice_date: Some(Date(now.date())),
        // To the minute, as the envelope.
        advice_time: Some(Time(jiff::civil::time(now.hour(), now.minute(), 0, 0))),
        notes: vec![Note { lines: vec![text(&said)], ..Note::default() }],
        references: vec![previous],
        parties: [(PartyRole::MessageFrom, &header.receiver), (PartyRole::MessageTo, &header.sender)]
            .into_iter()
            .filter_map(|(role, id)| party(role, id))
            .collect(),
        lines: vec![line],
        ..ApplicationAdvice::default()
    }
}

/// What the partner is told of: faults of the data that did not reject it.
fn telling(message: &SetResult) -> impl Iterator<Item = &Finding> {
    let of_data = |f: &&Finding| f.severity >= Severity::Warning && finding::explain(f.code.0).is_some();
    message.findings.iter().filter(of_data)
}

fn error(finding: &Finding) -> ApplicationError {
    let place = &finding.place;
    ApplicationError {
        code: Text::new_static(finding.code.0),
        agency_code: Some(Text::new_static("ZZZ")),
        text: Some(text(&finding.message)),
        segment: place.segment.as_deref().map(text),
        segment_position: place.position.map(Into::into),
        element: place.element.map(counted),
        component: place.component.map(counted),
        repetition: place.repetition.map(counted),
        element_reference: place.reference.as_deref().map(text),
        value: finding.value.as_deref().map(text),
        ..ApplicationError::default()
    }
}

fn counted(number: impl ToString) -> Text {
    Text::new(number.to_string())
}

/// What is quoted may hold what no character set writes.
fn text(value: &str) -> Text {
    value.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The kind of document a message is. Others have a number that only its sender understands (1153 = AGO).
fn kind(message: &str) -> (ReferenceKind, Text) {
    let kind = match message {
        "DESADV" => ReferenceKind::ShipNotice,
        "INVOIC" => ReferenceKind::Invoice,
        "ORDCHG" => ReferenceKind::OrderChange,
        "ORDERS" => ReferenceKind::PurchaseOrder,
        "ORDRSP" => ReferenceKind::OrderResponse,
        "PRICAT" => ReferenceKind::PriceList,
        "RECADV" => ReferenceKind::ReceivingAdvice,
        "REMADV" => ReferenceKind::RemittanceAdvice,
        _ => return (ReferenceKind::Other, Text::new_static("AGO")),
    };
    (kind, Text::default())
}

/// `None` where the id says not whose list it is of.
fn party(role: PartyRole, id: &PartyId) -> Option<Party> {
    (id.qualifier == GLN).then(|| Party {
        role,
        ids: vec![Identifier { scheme: IdScheme::Gln, id: text(&id.id), ..Identifier::default() }],
        ..Party::default()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::pipeline::acknowledge::Owed;
    use crate::pipeline::translate::translate;
    use crate::profile::PartnerProfile;
    use crate::profile::gateway::Station;
    use portway_edi::acknowledgement::{GroupResult, Tolerance};
    use portway_edi::interchange::{Event, Limits};
    use portway_edi::reader::Reader;
    use uuid::Uuid;

    fn profile(aperak: &str) -> PartnerProfile {
        let text = format!(
            "id = \"acme\"\nname = \"Acme\"\nstatus = \"live\"\n[edifact]\nid = \"14:5412345000013\"\n{aperak}"
        );
        PartnerProfile::from_stored("acme", &text).unwrap()
    }

    /// Messages without UNT, in an interchange that declares `syntax`.
    fn wrapped(syntax: &str, messages: &[String]) -> String {
        let mut out = format!("UNB+{syntax}:3+5412345000013:14+4012345000009:14+260105:0930+4711'");
        for (nth, message) in (1..).zip(messages) {
            let segments = message.matches('\'').count() + 1;
            out += &format!("{message}UNT+{segments}+M{nth}'");
        }
        out + &format!("UNZ+{}+4711'", messages.len())
    }

    /// An ORDERS; a GLN of the supplier that ends in 0 has a wrong check digit.
    fn orders(reference: &str, version: &str, number: &str, supplier: &str, quantity: &str) -> String {
        format!(
            "UNH+{reference}+ORDERS:{version}'BGM+220+{number}+9'DTM+137:20260105:102'NAD+BY+5412345000013::9'\
             NAD+SU+{supplier}::9'LIN+1++4000862141404:EN'QTY+21:{quantity}'UNS+S'CNT+2:1'"
        )
    }

    /// All that is read, judged as the pipeline does.
    fn judged(text: &str, profile: &PartnerProfile, tolerance: Tolerance) -> (InterchangeResult, Vec<Noted>) {
        let mut reader = Reader::new(text.as_bytes(), Limits::default());
        let (mut result, mut all) = (None, Vec::new());
        while let Some(event) = reader.next_event().unwrap() {
            match event {
                Event::Interchange(header) => {
                    result = Some(InterchangeResult { header, groups: Vec::new(), findings: Vec::new() });
                }
                Event::Group(header) => result.as_mut().unwrap().groups.push(GroupResult {
                    header,
                    declared_sets: None,
                    received_sets: 0,
                    sets: Vec::new(),
                    findings: Vec::new(),
                }),
                Event::Set(set) => {
                    let translated = translate(&set, &set.version.clone(), tolerance);
                    let groups = &mut result.as_mut().unwrap().groups;
                    let group = groups.len() - 1;
                    let sets = &mut groups[group].sets;
                    all.extend(noted(&profile.partner, group, sets.len(), &translated));
                    sets.push(translated.result);
                }
                Event::GroupEnd { findings, .. } => {
                    result.as_mut().unwrap().groups.last_mut().unwrap().findings = findings;
                }
                Event::InterchangeEnd { findings, .. } => result.as_mut().unwrap().findings = findings,
                _ => {}
            }
        }
        (result.unwrap(), all)
    }

    fn out(result: &InterchangeResult, noted: &[Noted], profile: &PartnerProfile) -> Option<OutMessage> {
        let station = Station {
            name: "Northwind".into(),
            x12: None,
            x12_group: None,
            edifact: None,
            as2: None,
            keys: Vec::new(),
        };
        let answer = Answer {
            interchange: Uuid::from_u128(7),
            result,
            owed: Owed::default(),
            partner: profile,
            station: ("us", &station),
            connection: profile,
            came_by: "https",
        };
        build(&answer, noted, 58, "2026-01-05T10:30:45Z".parse().unwrap()).unwrap()
    }

    fn answered(text: &str, tolerance: Tolerance) -> Option<Vec<String>> {
        let profile = profile("aperak = \"on-findings\"");
        let (result, noted) = judged(text, &profile, tolerance);
        let out = out(&result, &noted, &profile)?;
        let written = String::from_utf8(out.bytes).unwrap();
        // What we send is without any fault of its own.
        let (back, _) = judged(&written, &profile, Tolerance::Strict);
        let faults =
            back.groups.iter().flat_map(|g| g.findings.iter().chain(g.sets.iter().flat_map(|s| &s.findings)));
        let faults: Vec<_> =
            back.findings.iter().chain(faults).filter(|f| f.severity >= Severity::Warning).collect();
        assert!(faults.is_empty(), "{faults:?}\n{written}");
        Some(written.trim_end_matches('\'').split('\'').map(str::to_owned).collect())
    }

    #[test]
    fn a_warning_is_told_with_its_code_and_place() {
        let order = orders("M1", "D:96A:UN:EAN008", "PO-7", "4012345000000", "12");
        assert_eq!(
            answered(&wrapped("UNOC", &[order]), Tolerance::Strict).unwrap(),
            [
                "UNB+UNOC:3+4012345000009:14+5412345000013:14+260105:1030+58++APERAK",
                "UNH+1+APERAK:D:96A:UN",
                "BGM++58-1+11+CA",
                "DTM+137:202601051030:203",
                "FTX+AAI+++Message M1 of interchange 4711 was accepted with 1 finding",
                "RFF+ON:PO-7",
                "RFF+ACW:M1",
                "NAD+MS+4012345000009::9",
                "NAD+MR+5412345000013::9",
                "ERC+E1219::ZZZ",
                "FTX+AAO+++NAD02-1 ?'4012345000000?' has a wrong check digit for a GLN",
                "RFF+ON:PO-7",
                "FTX+AAI+++Segment NAD, position 5, element 2, component 1, data element 3039,:value 4012345000000",
                "UNT+13+1",
                "UNZ+1+58"
            ]
            .join("'")
            .split('\'')
            .collect::<Vec<_>>()
        );
    }

    #[test]
    fn in_d01b_the_document_has_a_group_of_its_own() {
        let order = orders("M1", "D:01B:UN:EAN010", "PO-7", "4012345000000", "12");
        let said = answered(&wrapped("UNOC", &[order]), Tolerance::Strict).unwrap();
        assert_eq!(
            said[1..6],
            [
                "UNH+1+APERAK:D:01B:UN",
                "BGM+305+58-1+11+CA",
                "DTM+137:202601051030:203",
                "FTX+AAI+++Message M1 of interchange 4711 was accepted with 1 finding",
                "DOC+220+PO-7"
            ]
        );
        assert!(said.contains(&"ERC+E1219::ZZZ".to_owned()), "{said:?}");
    }

    #[test]
    fn each_message_that_was_accepted_with_findings_has_one_and_no_other() {
        let messages = [
            orders("M1", "D:96A:UN", "PO-1", "4012345000009", "12"),
            orders("M2", "D:96A:UN", "PO-2", "4012345000000", "twelve"),
            orders("M3", "D:96A:UN", "PO-3", "4012345000000", "12"),
            orders("M4", "D:96A:UN", "PO-4", "4012345000009", "twelve"),
        ];
        let of = |tolerance| {
            let said = answered(&wrapped("UNOC", &messages), tolerance).unwrap();
            said.into_iter().filter(|s| s.starts_with("RFF+ACW") || s.starts_with("ERC")).collect::<Vec<_>>()
        };
        assert_eq!(of(Tolerance::Strict), ["RFF+ACW:M3", "ERC+E1219::ZZZ"]);
        assert_eq!(
            of(Tolerance::ElementErrors),
            [
                "RFF+ACW:M2",
                "ERC+E1219::ZZZ",
                "ERC+E1215::ZZZ",
                "RFF+ACW:M3",
                "ERC+E1219::ZZZ",
                "RFF+ACW:M4",
                "ERC+E1215::ZZZ"
            ]
        );
    }

    #[test]
    fn nothing_is_told_where_nobody_asked_or_there_is_nothing() {
        let order = wrapped("UNOC", &[orders("M1", "D:96A:UN", "PO-7", "4012345000000", "12")]);
        for key in ["", "aperak = \"never\""] {
            assert_eq!(judged(&order, &profile(key), Tolerance::Strict).1, []);
        }
        let good = orders("M1", "D:96A:UN", "PO-7", "4012345000009", "12");
        assert_eq!(answered(&wrapped("UNOC", &[good]), Tolerance::Strict), None);
        // The interchange is rejected whole: its CONTRL says so.
        assert_eq!(answered(&order.replace("UNZ+1", "UNZ+2"), Tolerance::Strict), None);
    }

    #[test]
    fn an_aperak_is_never_answered_by_one() {
        let aperak = "UNH+M1+APERAK:D:96A:UN'BGM++A-1+11+AP'RFF+ON:PO-7'NAD+MS+5412345000010::9'";
        let profile = profile("aperak = \"on-findings\"");
        let (result, noted) = judged(&wrapped("UNOC", &[aperak.to_owned()]), &profile, Tolerance::Strict);
        let set = &result.groups[0].sets[0];
        assert!(set.verdict.accepts() && telling(set).next().is_some(), "{:?}", set.findings);
        assert_eq!(noted, []);
    }

    #[test]
    fn a_rejection_that_comes_later_takes_it_back() {
        let profile = profile("aperak = \"on-findings\"");
        let text = wrapped("UNOC", &[orders("M1", "D:96A:UN", "PO-7", "4012345000000", "12")]);
        let (mut result, noted) = judged(&text, &profile, Tolerance::Strict);
        assert!(out(&result, &noted, &profile).is_some());
        result.groups[0].sets[0].verdict = portway_edi::acknowledgement::AckCode::Rejected;
        assert!(out(&result, &noted, &profile).is_none());
    }

    #[test]
    fn what_repeated_work_builds_has_the_same_ids() {
        let profile = profile("aperak = \"on-findings\"");
        let text = wrapped("UNOC", &[orders("M1", "D:96A:UN", "PO-7", "4012345000000", "12")]);
        let (result, noted) = judged(&text, &profile, Tolerance::Strict);
        let (one, two) = (out(&result, &noted, &profile).unwrap(), out(&result, &noted, &profile).unwrap());
        assert_eq!((one.id, one.delivery), (two.id, two.delivery));
        assert_eq!(one.acknowledgements[0].id, two.acknowledgements[0].id);
        assert_ne!(one.id, crate::ledger::process::answer_id(Uuid::from_u128(7)));
        assert_eq!(one.file_name, "APERAK_acme_000000058.edi");
        assert_eq!((one.acknowledgements[0].kind, one.acknowledgements[0].code.as_str()), ("APERAK", "CA"));
    }

    #[test]
    fn long_values_many_findings_and_small_sets_of_characters_fit() {
        let number = "N".repeat(60);
        let parties: String = (0..150)
            .map(|n| format!("LIN+{n}++{}:EN'QTY+21:x{}'", "9".repeat(34), "Z".repeat(300)))
            .collect();
        let order = format!("UNH+M1+ORDERS:D:96A:UN'BGM+220+{number}+9'DTM+137:20260105:102'{parties}UNS+S'");
        let said = answered(&wrapped("UNOA", &[order]), Tolerance::ElementErrors).unwrap();
        assert_eq!(
            said[4],
            "FTX+AAI+++MESSAGE M1 OF INTERCHANGE 4711 WAS ACCEPTED WITH 301 FINDINGS; THE:FIRST 100 FOLLOW"
        );
        assert_eq!(said.iter().filter(|s| s.starts_with("ERC")).count(), MOST_ERRORS);
        assert_eq!(said[5], format!("RFF+ON:{}", "N".repeat(LONGEST_NUMBER)));
    }

    #[test]
    fn a_message_without_a_number_is_named_by_its_reference() {
        let order = orders("M1", "D:96A:UN", "", "4012345000000", "12");
        let said = answered(&wrapped("UNOC", &[order]), Tolerance::Strict).unwrap();
        let references: Vec<_> = said.iter().filter(|s| s.starts_with("RFF")).collect();
        assert_eq!(references, ["RFF+ACW:M1", "RFF+ACW:M1"]);
    }

    #[test]
    fn control_characters_do_not_stop_it() {
        assert_eq!(text(" a\u{7}b\u{85}c "), "a b c");
    }
}
