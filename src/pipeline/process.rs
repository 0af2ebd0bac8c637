//! One message from its committed bytes to everything that follows from them: frame, translate, route, acknowledge.
//!
//! Computing comes first, on a blocking thread where it is long; writing is one short transaction, or for a large message its
//! frame first and then its sets in batches. Every id is derived from the message's, so a worker that dies anywhere is simply
//! repeated. A message that killed its worker three times is set aside.

use super::acknowledge::{self, Answer};
use super::frame::{self, Framed, FramedInterchange};
use super::route::{self, Route};
use super::translate::{Translated, translate};
use super::House;
use crate::endpoint::event::{EventParts, event_bytes};
use crate::ledger::alert::{Move, Raise};
use crate::ledger::job::{Lease, POISON_TRIES};
use crate::ledger::message::{Quarantine, ToProcess};
use crate::ledger::process::{DocumentSeen, InterchangeRow, Process, SetRow};
use crate::ledger::{self, id};
use crate::net::spool::Spooled;
use crate::profile::gateway::Station;
use crate::profile::partner::{DuplicateDocument, DuplicateInterchange, Status, Tolerance};
use crate::profile::{Configuration, PartnerProfile};
use jiff::Timestamp;
use portway_edi::acknowledgement::AckCode;
use portway_edi::x12::reader::{Event, Limits, Reader};
use portway_edi::{Answer as FindingAnswer, Code, Finding, Place, Severity};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Sets, and bytes of events, that are written in one transaction.
const BATCH_SETS: usize = 200;
const BATCH_BYTES: usize = 4 << 20;
/// Findings kept in the ledger for one set; the rest are counted.
const MOST_FINDINGS: usize = 100;

#[derive(Debug)]
pub enum Failure {
    Ledger(ledger::Error),
    /// The spool, or the stored payload, cannot be read.
    Content(std::io::Error),
    /// An answer cannot be written: ours to mend.
    Answer(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Ledger(error) => error.fmt(f),
            Failure::Content(error) => write!(f, "the message's bytes cannot be read back: {error}"),
            Failure::Answer(why) => write!(f, "the answer cannot be written: {why}"),
        }
    }
}

impl From<ledger::Error> for Failure {
    fn from(error: ledger::Error) -> Self {
        Failure::Ledger(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::Content(error)
    }
}

/// A message in work.
struct Work<'a> {
    house: &'a House,
    configuration: Arc<Configuration>,
    connection: Arc<PartnerProfile>,
    message: ToProcess,
    lease: &'a Lease,
    now: Timestamp,
}

/// An interchange whose envelope is judged.
struct Judged {
    framed: FramedInterchange,
    row: InterchangeRow,
    profile: Arc<PartnerProfile>,
    station: Option<(String, Station)>,
    /// False: nothing of it may be routed.
    open: bool,
}

impl House {
    /// Works a message through. On [`Failure`] nothing more was written than a repetition skips.
    pub async fn process(&self, message: Uuid, lease: &Lease, content: Option<Spooled>) -> Result<(), Failure> {
        let message = self.ledger.message_to_process(message).await?;
        let now = self.clock.now();
        let configuration = self.profiles.current();
        let connection = self.version_in_force(&configuration, &message).await?;
        let Some(connection) = connection else {
            let mut tx = self.ledger.begin_process(message.id, message.position, now).await?;
            let why = Quarantine {
                reason: "unknown_partner",
                detail: format!("no profile {:?} exists: restore it, then 'portway message release {}'", message.connection, message.id),
                partner: None,
            };
            return set_aside(self, &mut tx, lease, why, None, &message).await.and(commit(tx).await);
        };
        let work = Work { house: self, configuration, connection, message, lease, now };
        if lease.tries > POISON_TRIES {
            let detail = format!("it stopped its worker {POISON_TRIES} times: see the log, and keep the file for its makers");
            return work.quarantine("poison", detail, Move::Us).await;
        }
        let content = match content {
            Some(content) => content,
            None => self.content_of(work.message.id).await?,
        };
        work.run(&content).await
    }

    /// The profile version the message was accepted under.
    async fn version_in_force(
        &self,
        configuration: &Configuration,
        message: &ToProcess,
    ) -> Result<Option<Arc<PartnerProfile>>, Failure> {
        let current = configuration.partner(&message.connection);
        let Some(hash) = &message.profile else { return Ok(current.cloned()) };
        if let Some(current) = current.filter(|c| c.hash[..] == hash[..]) {
            return Ok(Some(current.clone()));
        }
        let stored = self.ledger.profile_version(hash).await?;
        let version = stored.and_then(|(partner, source)| PartnerProfile::from_stored(&partner, &source).ok());
        Ok(version.map(Arc::new).or_else(|| current.cloned()))
    }

    async fn content_of(&self, message: Uuid) -> Result<Spooled, Failure> {
        let mut writer = self.spool.writer(u64::MAX);
        let mut part = 0;
        while let Some(bytes) = self.ledger.payload_part(message, part).await? {
            writer.write(&bytes).await.map_err(spool_failed)?;
            part += 1;
        }
        writer.finish().await.map_err(spool_failed)
    }

    fn limits(&self) -> Limits {
        Limits { max_set_bytes: self.profiles.current().gateway.limits.max_set_bytes, ..Limits::default() }
    }
}

fn spool_failed(error: crate::net::spool::SpoolError) -> Failure {
    Failure::Content(std::io::Error::other(error.to_string()))
}

async fn commit(tx: Process<'_>) -> Result<(), Failure> {
    Ok(tx.commit().await?)
}

async fn set_aside(
    house: &House,
    tx: &mut Process<'_>,
    lease: &Lease,
    why: Quarantine,
    whose: Option<Move>,
    message: &ToProcess,
) -> Result<(), Failure> {
    tx.quarantine(lease, &why).await?;
    let raise = Raise {
        cause: format!("message:{}:{}", why.reason, message.connection),
        whose: whose.unwrap_or(Move::Us),
        partner: why.partner.clone().or_else(|| Some(message.connection.clone())),
        title: format!("{}: a message is in quarantine ({})", message.connection, why.reason),
        detail: format!(
            "{}\n\nLook at it:      portway message show {}\nIts bytes:       portway message raw {}\nOnce mended:     portway message release {}",
            why.detail, message.id, message.id, message.id
        ),
        subject: Some(message.id),
    };
    Ok(tx.raise(&raise, house.coalesce()).await?)
}

impl Work<'_> {
    async fn quarantine(&self, reason: &'static str, detail: String, whose: Move) -> Result<(), Failure> {
        let mut tx = self.house.ledger.begin_process(self.message.id, self.message.position, self.now).await?;
        let why = Quarantine { reason, detail, partner: Some(self.connection.partner.id.clone()) };
        set_aside(self.house, &mut tx, self.lease, why, Some(whose), &self.message).await?;
        commit(tx).await
    }

    async fn run(&self, content: &Spooled) -> Result<(), Failure> {
        let limits = self.house.limits();
        let framed = tokio::task::block_in_place(|| frame::frame(content, limits))?;
        if framed.too_large {
            let detail = format!("a transaction set is larger than max_set_bytes ({}): raise it in gateway.toml, or ask the partner to split", limits.max_set_bytes);
            return self.quarantine("too_large", detail, Move::Us).await;
        }
        if framed.interchanges.is_empty() {
            return self.quarantine("unparseable", unparseable(content, &framed), Move::Partner).await;
        }
        let mut judged = match self.judge(framed) {
            Ok(judged) => judged,
            Err(mismatch) => return self.quarantine("sender_mismatch", mismatch, Move::Partner).await,
        };
        self.write(content, limits, &mut judged).await
    }

    /// Whose interchanges these are, to whom, and what their envelopes are worth.
    fn judge(&self, framed: Framed) -> Result<Vec<Judged>, String> {
        let mut stray = framed.stray;
        let mut all = Vec::new();
        for (ordinal, mut framed) in (1..).zip(framed.interchanges) {
            let header = framed.result.header.clone();
            let groups: Vec<String> = framed.result.groups.iter().map(|g| g.header.sender.clone()).collect();
            let profile = self.sender(&header.sender, &groups)?;
            let station = self.configuration.station(&header.receiver).map(|(name, s)| (name.to_owned(), s.clone()));
            if station.is_none() {
                framed.result.findings.push(not_our_address(&header));
            }
            framed.result.findings.append(&mut stray);
            let rejected = framed.result.verdict() == AckCode::Rejected;
            let row = InterchangeRow {
                id: id::derive(self.message.id, "interchange", ordinal),
                ordinal: i32::try_from(ordinal).unwrap_or(i32::MAX),
                station: station.as_ref().map(|(name, _)| name.clone()).unwrap_or_default(),
                standard: "x12",
                sender: header.sender.to_string(),
                receiver: header.receiver.to_string(),
                control_number: header.control_number.clone(),
                version: header.version.clone(),
                usage: header.usage.to_string(),
                state: match framed.result.verdict() {
                    AckCode::Accepted => "accepted",
                    AckCode::Rejected => "rejected",
                    AckCode::AcceptedWithErrors | AckCode::PartiallyAccepted => "accepted_with_errors",
                },
                note_code: framed.result.note_code().to_owned(),
                findings: findings_json(&framed.result.findings),
                sha256: hex(&framed.sha256),
            };
            all.push(Judged { framed, row, profile, station, open: !rejected });
        }
        Ok(all)
    }

    fn sender(&self, sender: &portway_edi::x12::PartyId, groups: &[String]) -> Result<Arc<PartnerProfile>, String> {
        let connection = &self.connection.partner.id;
        let mut profile = self.configuration.partner_for_sender(connection, sender, None).map_err(|e| e.to_string())?;
        for group in groups {
            self.configuration.partner_for_sender(connection, sender, Some(group)).map_err(|e| e.to_string())?;
        }
        if profile.partner.id == *connection {
            // Its own: the version the message was accepted under.
            profile = self.connection.clone();
        }
        Ok(profile)
    }

    async fn write(&self, content: &Spooled, limits: Limits, judged: &mut [Judged]) -> Result<(), Failure> {
        let sets: u64 = judged.iter().map(|j| j.framed.sets).sum();
        let first = self.translate_batch(content, limits, judged, 0)?;
        let mut tx = self.house.ledger.begin_process(self.message.id, self.message.position, self.now).await?;
        self.see_interchanges(&mut tx, judged).await?;
        let rows: Vec<InterchangeRow> = judged.iter().map(|j| j.row.clone()).collect();
        let (partner, station) = judged
            .first()
            .map_or(("", ""), |j| (j.profile.partner.id.as_str(), j.row.station.as_str()));
        tx.write_frame(&rows, partner, station).await?;
        let mut done = first.len();
        self.write_batch(&mut tx, judged, first).await?;
        while (done as u64) < sets {
            tx.still_ours(self.lease).await?;
            tx.commit().await?;
            let batch = self.translate_batch(content, limits, judged, done)?;
            if batch.is_empty() {
                tx = self.house.ledger.begin_process(self.message.id, self.message.position, self.now).await?;
                break;
            }
            done += batch.len();
            tracing::info!(message = %self.message.id, sets = done, of = sets, "translating");
            tx = self.house.ledger.begin_process(self.message.id, self.message.position, self.now).await?;
            self.write_batch(&mut tx, judged, batch).await?;
        }
        self.acknowledge(&mut tx, judged).await?;
        tx.finish(self.lease).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Finds repeated control numbers: the same content is answered again and done with, other content is held.
    async fn see_interchanges(&self, tx: &mut Process<'_>, judged: &mut [Judged]) -> Result<(), Failure> {
        let mut own: HashMap<(String, String, String, String), usize> = HashMap::new();
        let mut repeated: Vec<(usize, usize)> = Vec::new();
        for (nth, one) in judged.iter().enumerate() {
            let row = &one.row;
            let key = (row.sender.clone(), row.receiver.clone(), row.control_number.clone(), row.usage.clone());
            match own.get(&key) {
                Some(first) => repeated.push((nth, *first)),
                None => {
                    own.insert(key, nth);
                }
            }
        }
        // A rejected interchange does not use its number up: the partner mends it and sends it again.
        let counted = |nth: usize, one: &Judged| one.open && !repeated.iter().any(|(r, _)| *r == nth);
        let rows: Vec<InterchangeRow> =
            judged.iter().enumerate().filter(|(nth, one)| counted(*nth, one)).map(|(_, one)| one.row.clone()).collect();
        let window = judged.first().and_then(|j| j.profile.partner.x12.as_ref()).map(|x| x.duplicate_window.duration());
        let window = window.and_then(|w| jiff::SignedDuration::try_from(w).ok()).unwrap_or(jiff::SignedDuration::from_hours(9600));
        let oldest = self.now.checked_sub(window).unwrap_or(Timestamp::UNIX_EPOCH);
        let seen = tx.see_interchanges(&rows, oldest).await?;
        for before in seen {
            if before.same_content {
                tx.answer_again(before.earlier_interchange).await?;
            }
            if let Some(one) = judged.iter_mut().find(|j| j.row.id == before.interchange) {
                self.repeat(tx, one, before.same_content, before.earlier_message).await?;
            }
        }
        for (nth, first) in repeated {
            let same = judged[nth].row.sha256 == judged[first].row.sha256;
            self.repeat(tx, &mut judged[nth], same, self.message.id).await?;
        }
        Ok(())
    }

    async fn repeat(&self, tx: &mut Process<'_>, one: &mut Judged, same: bool, earlier: Uuid) -> Result<(), Failure> {
        one.open = false;
        let (id, number) = (&one.profile.partner.id, &one.row.control_number);
        if same {
            one.row.state = "duplicate";
            return Ok(());
        }
        let policy = one.profile.partner.x12.as_ref().map(|x| x.duplicate_interchange).unwrap_or_default();
        if policy == DuplicateInterchange::Reject {
            one.framed.result.findings.push(duplicate_number(number, earlier));
            one.row.state = "rejected";
            one.row.note_code = one.framed.result.note_code().to_owned();
            one.row.findings = findings_json(&one.framed.result.findings);
        } else {
            one.row.state = "held";
        }
        let raise = Raise {
            cause: format!("interchange:duplicate:{id}"),
            whose: Move::Partner,
            partner: Some(id.clone()),
            title: format!("{id}: interchange {number} came again with other content"),
            detail: format!(
                "Control number {number} was used by message {earlier}; message {} has the same number and other content. Nothing of \
                 it was posted.\nAsk {id} which of the two they mean, and to send it under a new number.\n\nCompare:         portway \
                 message raw {earlier}\n                 portway message raw {}",
                self.message.id, self.message.id
            ),
            subject: Some(self.message.id),
        };
        Ok(tx.raise(&raise, self.house.coalesce()).await?)
    }

    /// Translates the sets after the first `skip`, as many as fit one batch, in one pass over the bytes.
    fn translate_batch(
        &self,
        content: &Spooled,
        limits: Limits,
        judged: &[Judged],
        skip: usize,
    ) -> Result<Vec<Pending>, Failure> {
        tokio::task::block_in_place(|| {
            let mut reader = Reader::new(content.reader()?, limits);
            let (mut interchange, mut group, mut nth) = (0usize, 0usize, 0usize);
            let (mut batch, mut bytes) = (Vec::new(), 0usize);
            while let Some(event) = reader.next_event()? {
                match event {
                    Event::Interchange(_) => {
                        interchange += 1;
                        group = 0;
                    }
                    Event::Group(_) => group += 1,
                    Event::Set(set) => {
                        nth += 1;
                        if nth <= skip {
                            continue;
                        }
                        let Some(one) = judged.get(interchange.wrapping_sub(1)) else { continue };
                        let Some(header) = one.framed.result.groups.get(group.wrapping_sub(1)) else { continue };
                        let tolerance = match one.profile.partner.x12.as_ref().map(|x| x.tolerance).unwrap_or_default() {
                            crate::profile::partner::Tolerance::Strict => Tolerance::Strict,
                            crate::profile::partner::Tolerance::ElementErrors => Tolerance::ElementErrors,
                        };
                        let translated = translate(&set, &header.header.version, tolerance);
                        bytes += translated.data.as_ref().map_or(0, |d| d.get().len());
                        batch.push(Pending { nth, interchange: interchange - 1, group: group - 1, translated, earlier: None });
                        if batch.len() >= BATCH_SETS || bytes >= BATCH_BYTES {
                            break;
                        }
                    }
                    _ => {}
                }
            }
            Ok(batch)
        })
    }

    async fn write_batch(&self, tx: &mut Process<'_>, judged: &mut [Judged], batch: Vec<Pending>) -> Result<(), Failure> {
        let mut rows = Vec::with_capacity(batch.len());
        let mut results = Vec::with_capacity(batch.len());
        for pending in batch {
            let one = &judged[pending.interchange];
            if matches!(one.row.state, "duplicate" | "held") {
                continue;
            }
            rows.push(self.row(one, &pending));
            results.push(pending);
        }
        let duplicates = self.duplicates(tx, &rows).await?;
        for (row, pending) in rows.iter_mut().zip(&mut results) {
            if let Some(earlier) = duplicates.get(&row.id) {
                self.duplicate_document(&judged[pending.interchange], row, pending, *earlier);
            }
        }
        tx.write_sets(&rows, self.message.received_at).await?;
        for (row, pending) in rows.iter().zip(&results) {
            if let Some(raise) = self.alert_of(row, pending) {
                tx.raise(&raise, self.house.coalesce()).await?;
            }
        }
        for pending in results {
            let group = &mut judged[pending.interchange].framed.result.groups[pending.group];
            group.sets.push(pending.translated.result);
        }
        Ok(())
    }

    /// The set's row as things stand before duplicates are known.
    fn row(&self, one: &Judged, pending: &Pending) -> SetRow {
        let group = &one.framed.result.groups[pending.group];
        let translated = &pending.translated;
        let partner = &one.profile.partner.id;
        let set = id::derive(self.message.id, "set", pending.nth as u64);
        let number = translated.number.clone();
        let thread = id::derive(Uuid::nil(), &format!("{partner}/{}", number.as_deref().unwrap_or(&set.to_string())), 0);
        let acknowledged = group.header.functional_id != "FA";
        let accepted = one.open && !frame::has_errors(&group.findings) && translated.result.verdict != AckCode::Rejected;
        let code = translated.result.code.clone();
        let mut row = SetRow {
            id: set,
            interchange: one.row.id,
            ordinal: i32::try_from(pending.nth).unwrap_or(i32::MAX),
            group_number: group.header.control_number.clone(),
            functional_id: group.header.functional_id.clone(),
            version: group.header.version.clone(),
            control_number: translated.result.control_number.clone(),
            partner: partner.clone(),
            usage: one.row.usage.clone(),
            state: "rejected",
            reason: None,
            answer: acknowledged.then(|| if accepted { acknowledge::letter(translated.result.verdict) } else { "R" }),
            document: translated.kind.map(|k| k.name()),
            number,
            findings: findings_json(&translated.result.findings),
            unmapped: i32::try_from(translated.unmapped).unwrap_or(i32::MAX),
            thread,
            event: None,
            deliveries: Vec::new(),
            code,
        };
        if !accepted {
            let reason = if !one.open { "interchange_rejected" } else if translated.unknown { "not_supported" } else { "invalid" };
            row.reason = Some(reason.into());
        } else if !acknowledged {
            // An acknowledgement of what we sent: kept, never posted, never acknowledged.
            row.state = "done";
        } else if let Some(data) = &translated.data {
            self.route(one, &mut row, data);
        } else {
            row.state = "held";
            row.reason = Some("no_document".into());
        }
        row
    }

    fn route(&self, one: &Judged, row: &mut SetRow, data: &serde_json::value::RawValue) {
        let usage = one.framed.result.header.usage;
        row.event = Some(self.event(one, row, data));
        match route::route(&self.configuration, &one.profile, &row.code, usage) {
            Route::To(hops) => {
                row.state = "routed";
                row.deliveries = route::deliveries(&one.profile, &row.code, row.id, row.number.as_deref(), &hops);
            }
            Route::Held { reason, .. } => {
                row.state = "held";
                row.reason = Some(reason.into());
            }
        }
    }

    fn event(&self, one: &Judged, row: &SetRow, data: &serde_json::value::RawValue) -> Vec<u8> {
        let (set, thread, message) = (row.id.to_string(), row.thread.to_string(), self.message.id.to_string());
        let document = row.document.unwrap_or_default();
        event_bytes(EventParts {
            id: &set,
            source: &format!("/portway/{}", one.row.station),
            event_type: &format!("portway.{document}.received"),
            subject: row.number.as_deref(),
            time: &crate::clock::rfc3339(self.message.received_at),
            data_schema: Some(&format!("https://portway.example/schemas/{document}-1.json")),
            partner: &row.partner,
            station: &one.row.station,
            thread: Some(&thread),
            message: Some(&message),
            test: one.framed.result.header.usage != 'P',
            data,
        })
    }

    /// Sets whose document number was seen before, with the earlier set.
    async fn duplicates(&self, tx: &mut Process<'_>, rows: &[SetRow]) -> Result<HashMap<Uuid, Uuid>, Failure> {
        let mut found = HashMap::new();
        let mut own: HashMap<(&str, &str, &str), Uuid> = HashMap::new();
        let mut seen = Vec::new();
        for row in rows.iter().filter(|r| r.state == "routed" || r.state == "held") {
            let (Some(document), Some(number)) = (row.document, row.number.as_deref()) else { continue };
            match own.get(&(row.partner.as_str(), document, number)) {
                Some(first) => {
                    found.insert(row.id, *first);
                }
                None => {
                    own.insert((&row.partner, document, number), row.id);
                    seen.push(DocumentSeen { partner: &row.partner, document, number, id: row.id });
                }
            }
        }
        found.extend(tx.see_documents(&seen).await?);
        Ok(found)
    }

    fn duplicate_document(&self, one: &Judged, row: &mut SetRow, pending: &mut Pending, earlier: Uuid) {
        let policy = one.profile.partner.receive.get(&row.code).map(|r| r.duplicate).unwrap_or_default();
        match policy {
            DuplicateDocument::Accept => return,
            DuplicateDocument::Hold => row.state = "held",
            DuplicateDocument::Reject => {
                row.state = "rejected";
                row.answer = row.answer.map(|_| "R");
                row.event = None;
                pending.translated.result.findings.push(duplicate_document(row, earlier));
                pending.translated.result.verdict = AckCode::Rejected;
                row.findings = findings_json(&pending.translated.result.findings);
            }
        }
        row.reason = Some("duplicate_document".into());
        row.deliveries.clear();
        pending.earlier = Some(earlier);
    }

    /// What operators must know of this set, if anything.
    fn alert_of(&self, row: &SetRow, pending: &Pending) -> Option<Raise> {
        let reason = row.reason.as_deref()?;
        let (partner, code, id) = (&row.partner, &row.code, row.id);
        let number = row.number.as_deref().unwrap_or("without a number");
        let (whose, what) = match (row.state, reason) {
            ("rejected", _) => (Move::Partner, "was rejected"),
            ("held", "duplicate_document") => (Move::Partner, "came again under a new control number and is held"),
            ("held", _) => (Move::Us, "is held"),
            _ => return None,
        };
        let mut detail = match stage_detail(self, row, reason) {
            Some(detail) => format!("{detail}\n"),
            None => String::new(),
        };
        if let Some(earlier) = pending.earlier {
            detail += &format!("The same number came before: portway doc show {earlier}\n");
        }
        for finding in pending.translated.result.findings.iter().filter(|f| f.severity == Severity::Error).take(10) {
            detail += &format!("{}\n", one_line(finding));
        }
        detail += &format!("\nLook at it:      portway doc show {id}\n");
        if row.state == "held" {
            detail += &format!("Let it through:  portway doc release {id} --reason \"…\"\n");
        } else {
            detail += "Nothing of it was posted; the partner has our answer and must send it again, mended.\n";
        }
        Some(Raise {
            cause: format!("set:{}:{reason}:{partner}:{code}", row.state),
            whose,
            partner: Some(partner.clone()),
            title: format!("{partner}: {code} {number} {what} ({reason})"),
            detail,
            subject: Some(id),
        })
    }

    async fn acknowledge(&self, tx: &mut Process<'_>, judged: &[Judged]) -> Result<(), Failure> {
        let mut answered = HashSet::new();
        for one in judged.iter().filter(|j| !matches!(j.row.state, "duplicate" | "held")) {
            let Some(x12) = &one.profile.partner.x12 else { continue };
            let fallback = self.configuration.station_of(&one.profile);
            let station = one.station.as_ref().map(|(n, s)| (n.as_str(), s)).or(fallback);
            let (Some(owed), Some(station)) = (acknowledge::owed(x12, &one.framed.result), station) else { continue };
            if one.profile.partner.status == Status::Draft || !answered.insert(one.row.id) {
                continue;
            }
            let answer = Answer {
                interchange: one.row.id,
                result: &one.framed.result,
                owed,
                partner: &one.profile,
                station,
                connection: &self.connection,
                came_by: &self.message.transport,
            };
            let (ours, theirs) = answer.identities();
            let (interchange, group) = tx.control_numbers(&ours, &theirs).await?;
            let out = answer.build(interchange, group, self.now).map_err(|e| Failure::Answer(format!("{e:?}")))?;
            if let Some(out) = out {
                tx.write_out(&out).await?;
            }
        }
        Ok(())
    }
}

/// A translated set on its way into the ledger.
struct Pending {
    /// Among the sets of the message, from 1.
    nth: usize,
    interchange: usize,
    group: usize,
    translated: Translated,
    earlier: Option<Uuid>,
}

fn stage_detail(work: &Work<'_>, row: &SetRow, reason: &str) -> Option<String> {
    if row.state != "held" || reason == "duplicate_document" {
        return None;
    }
    let profile = work.configuration.partner(&row.partner)?;
    match route::route(&work.configuration, profile, &row.code, row.usage.chars().next()?) {
        Route::Held { detail, .. } => Some(detail),
        Route::To(_) => None,
    }
}

fn unparseable(content: &Spooled, framed: &Framed) -> String {
    if content.size == 0 {
        return "the message is empty: the partner must send it again".into();
    }
    let edifact = content.in_memory().is_some_and(|b| b.trim_ascii_start().starts_with(b"UN"));
    if edifact {
        return "it is EDIFACT (UNA or UNB), which this version does not read yet".into();
    }
    let first = framed.stray.first().map(|f| f.message.clone()).unwrap_or_default();
    format!("no X12 interchange (ISA) is in it: {first}. Ask the partner what they sent; nothing of it was read")
}

fn not_our_address(header: &portway_edi::x12::Interchange) -> Finding {
    Finding {
        code: Code("X1091"),
        severity: Severity::Error,
        place: Place {
            interchange: Some(header.control_number.clone()),
            segment: Some("ISA".into()),
            element: Some(8),
            offset: header.offset,
            ..Place::default()
        },
        value: Some(header.receiver.to_string()),
        message: format!("the receiver {} is none of our stations", header.receiver),
        help: Some("if it is ours, add it to gateway.toml as a station; else the partner sent it to the wrong house".into()),
        answer: Some(FindingAnswer { element: "TA105".into(), code: "008".into() }),
    }
}

fn duplicate_number(number: &str, earlier: Uuid) -> Finding {
    Finding {
        code: Code("X1092"),
        severity: Severity::Error,
        place: Place { interchange: Some(number.into()), segment: Some("ISA".into()), element: Some(13), ..Place::default() },
        value: Some(number.into()),
        message: format!("control number {number} was used before, by message {earlier}, with other content"),
        help: Some("the partner must send it under a new control number".into()),
        answer: Some(FindingAnswer { element: "TA105".into(), code: "025".into() }),
    }
}

fn duplicate_document(row: &SetRow, earlier: Uuid) -> Finding {
    let number = row.number.clone().unwrap_or_default();
    Finding {
        code: Code("X1191"),
        severity: Severity::Error,
        place: Place { set: Some(row.control_number.clone()), segment: Some("ST".into()), position: Some(1), ..Place::default() },
        message: format!("document number {number} was received before, as document {earlier}"),
        value: Some(number),
        help: Some("the partner must send a change (860), or use a new number".into()),
        answer: None,
    }
}

/// `X1203 error at PO1 (5) element 3: …`.
pub fn one_line(finding: &Finding) -> String {
    let place = &finding.place;
    let mut at = String::new();
    if let Some(segment) = &place.segment {
        at = format!(" at {segment}");
        if let Some(element) = place.element {
            at += &format!("{element:02}");
        }
        if let Some(position) = place.position {
            at += &format!(" (segment {position})");
        }
    }
    let value = finding.value.as_ref().map(|v| format!(", value {v:?}")).unwrap_or_default();
    let answer = finding.answer.as_ref().map(|a| format!(" [{} {}]", a.element, a.code)).unwrap_or_default();
    format!("{}{at}: {}{value}{answer}", finding.code.0, finding.message)
}

fn findings_json(findings: &[Finding]) -> serde_json::Value {
    let kept: Vec<&Finding> = findings.iter().take(MOST_FINDINGS).collect();
    serde_json::to_value(kept).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

