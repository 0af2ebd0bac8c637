//! One message from its committed bytes to everything that follows from them: frame, translate, route, acknowledge.
//!
//! Computing comes first, on a blocking thread where it is long; writing is one short transaction, or for a large message its
//! frame first and then its sets in batches. Every id is derived from the message's, so a worker that dies anywhere is simply
//! repeated. A message that killed its worker three times is set aside.

use super::House;
use super::acknowledge::{self, Answer};
use super::aperak;
use super::due;
use super::envelope::Judged;
use super::frame::{By, Framed, Unread};
use super::material::Material;
use super::set::Pending;
use super::translate::{Agreed, tolerance, translate_with};
use super::unpack::Trouble;
use super::work::{Failure, Work};
use crate::ledger::Ledger;
use crate::ledger::alert::{Move, Raise};
use crate::ledger::job::{Lease, POISON_STRIKES};
use crate::ledger::message::{PART, Quarantine, ToProcess};
use crate::ledger::process::{InterchangeRow, Process, SetRow};
use crate::net::spool::{Spool, Spooled};
use crate::profile::partner::Status;
use crate::profile::{Configuration, PartnerProfile};
use portway_edi::acknowledgement::answered::Answered;
use portway_edi::interchange::{Event, Limits};
use portway_edi::reader::Reader;
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;

/// Sets, and bytes of events, that are written in one transaction.
const BATCH_SETS: usize = 200;
const BATCH_BYTES: usize = 4 << 20;
/// Entries that could not be read, as many as are told of.
const SHOWN: usize = 10;

impl House {
    /// Works a message through. On [`Failure`] nothing more was written than a repetition skips. `content`: its bytes, where
    /// they are still at hand. `strikes`: how often it was alone in work and did not come to its end.
    pub async fn process(
        &self,
        message: ToProcess,
        lease: &Lease,
        strikes: i32,
        content: Option<Spooled>,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let configuration = self.profiles.current();
        let connection = version_in_force(&self.ledger, &configuration, &message).await?;
        let Some(connection) = connection else {
            let mut tx = self.ledger.begin_process(message.id, message.position, now).await?;
            let why = Quarantine {
                reason: "unknown_partner",
                detail: format!(
                    "no profile {:?} exists: restore it, then 'portway message release {}'",
                    message.connection, message.id
                ),
                partner: None,
            };
            set_aside(self, &mut tx, lease, why, None, &message).await?;
            return commit(tx).await;
        };
        let work = Work { house: self, configuration, connection, message, lease, now };
        if strikes >= POISON_STRIKES {
            let detail = format!(
                "it stopped its worker {strikes} times while nothing else was in work: see the log, and keep the file for its makers"
            );
            return work.quarantine("poison", detail, Move::Us).await;
        }
        crate::fault::point("process.begun");
        let content = match content {
            Some(content) => content,
            None => content_of(&self.ledger, &self.spool, work.message.id).await?,
        };
        work.run(&content).await
    }
}

/// The profile version the message was accepted under.
pub(super) async fn version_in_force(
    ledger: &Ledger,
    configuration: &Configuration,
    message: &ToProcess,
) -> Result<Option<Arc<PartnerProfile>>, Failure> {
    let current = configuration.partner(&message.connection);
    let Some(hash) = &message.profile else { return Ok(current.cloned()) };
    if let Some(current) = current.filter(|c| c.hash[..] == hash[..]) {
        return Ok(Some(current.clone()));
    }
    let stored = ledger.profile_version(hash).await?;
    let version = stored.and_then(|(partner, source)| PartnerProfile::from_stored(&partner, &source).ok());
    Ok(version.map(Arc::new).or_else(|| current.cloned()))
}

/// A message's bytes, from the ledger.
pub async fn content_of(ledger: &Ledger, spool: &Spool, message: Uuid) -> Result<Spooled, Failure> {
    let mut writer = spool.writer(u64::MAX);
    let mut part = 0;
    while let Some(bytes) = ledger.payload_part(message, part).await? {
        writer.write(&bytes).await?;
        if bytes.len() < PART {
            break;
        }
        part += 1;
    }
    if writer.size() == 0 {
        ledger.refuse_removed(message).await?;
    }
    writer.finish().await.map_err(Failure::from)
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
        let mut tx =
            self.house.ledger.begin_process(self.message.id, self.message.position, self.now).await?;
        let why = Quarantine { reason, detail, partner: Some(self.connection.partner.id.clone()) };
        set_aside(self.house, &mut tx, self.lease, why, Some(whose), &self.message).await?;
        commit(tx).await
    }

    async fn run(&self, content: &Spooled) -> Result<(), Failure> {
        let by = By {
            configuration: &self.configuration,
            connection: &self.connection,
            message: &self.message,
            spool: &self.house.spool,
        };
        let limits = by.limits();
        let (material, framed) = match tokio::task::block_in_place(|| by.read(content)) {
            Ok(read) => read,
            Err(Trouble::Disk(error)) => return Err(error.into()),
            Err(Trouble::Refused(why)) => return self.quarantine(why.reason, why.detail, why.whose).await,
        };
        if framed.too_large {
            let detail = format!(
                "a transaction set is larger than max_set_bytes ({}): raise it in gateway.toml, or ask the partner to split",
                limits.max_set_bytes
            );
            return self.quarantine("too_large", detail, Move::Us).await;
        }
        if framed.interchanges.is_empty() {
            let whose = if framed.unread.iter().any(|u| u.why.is_some()) { Move::Us } else { Move::Partner };
            return self.quarantine("unparseable", unparseable(&material, &framed), whose).await;
        }
        let unread = self.unread(&framed.unread, material.pieces.len());
        let mut judged = match self.judge(framed) {
            Ok(judged) => judged,
            Err(mismatch) => return self.quarantine("sender_mismatch", mismatch, Move::Partner).await,
        };
        self.write(&material, limits, &mut judged, unread).await
    }

    /// Operators hear of what could not be read beside what could: nothing else would tell them.
    fn unread(&self, unread: &[Unread], pieces: usize) -> Option<Raise> {
        let told: Vec<&Unread> = unread.iter().filter(|u| !u.empty).collect();
        if told.is_empty() {
            return None;
        }
        let (id, message) = (&self.connection.partner.id, self.message.id);
        let mut detail = String::new();
        for one in told.iter().take(SHOWN) {
            let name = one.name.as_deref().unwrap_or("without a name");
            match &one.why {
                Some(why) => detail += &format!("{why}\n"),
                None => detail += &format!("Entry {name:?} holds no interchange (ISA, UNA or UNB).\n"),
            }
        }
        detail += &format!(
            "The other entries were processed; nothing of these was.\n\nLook at it:      portway message show {message}\n\
             Its bytes:       portway message raw {message}\n"
        );
        let us = told.iter().any(|u| u.why.is_some());
        Some(Raise {
            cause: format!("message:unread:{id}"),
            whose: if us { Move::Us } else { Move::Partner },
            partner: Some(id.clone()),
            title: format!("{id}: {} of {pieces} files in an archive could not be read", told.len()),
            detail,
            subject: Some(message),
        })
    }

    async fn write(
        &self,
        material: &Material,
        limits: Limits,
        judged: &mut [Judged],
        unread: Option<Raise>,
    ) -> Result<(), Failure> {
        let sets: u64 = judged.iter().map(|j| j.framed.sets).sum();
        let first = self.translate_batch(material, limits, judged, 0)?;
        let mut tx =
            self.house.ledger.begin_process(self.message.id, self.message.position, self.now).await?;
        self.see_interchanges(&mut tx, judged).await?;
        let rows: Vec<InterchangeRow> = judged.iter().map(|j| j.row.clone()).collect();
        let (partner, station) =
            judged.first().map_or(("", ""), |j| (j.profile.partner.id.as_str(), j.row.station.as_str()));
        tx.write_frame(&rows, partner, station).await?;
        self.tell_rejected(&mut tx, judged).await?;
        for one in judged.iter().filter(|j| j.open) {
            for raise in self.reconcile_interchanges(&mut tx, one).await? {
                tx.raise(&raise, self.house.coalesce()).await?;
            }
        }
        if let Some(unread) = unread {
            tx.raise(&unread, self.house.coalesce()).await?;
        }
        let mut done = first.len();
        self.write_batch(&mut tx, judged, first).await?;
        while (done as u64) < sets {
            tx.still_ours(self.lease).await?;
            tx.commit().await?;
            let batch = self.translate_batch(material, limits, judged, done)?;
            if batch.is_empty() {
                tx =
                    self.house.ledger.begin_process(self.message.id, self.message.position, self.now).await?;
                break;
            }
            done += batch.len();
            tracing::info!(message_id = %self.message.id, sets = done, of = sets, "translating");
            tx = self.house.ledger.begin_process(self.message.id, self.message.position, self.now).await?;
            self.write_batch(&mut tx, judged, batch).await?;
        }
        if judged.iter().all(|j| j.row.state == "held") {
            tx.quarantine(self.lease, &held(judged)).await?;
        } else {
            self.acknowledge(&mut tx, judged).await?;
            tx.finish(self.lease).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Translates the sets after the first `skip`, as many as fit one batch, in one pass over the bytes.
    fn translate_batch(
        &self,
        material: &Material,
        limits: Limits,
        judged: &[Judged],
        skip: usize,
    ) -> Result<Vec<Pending>, Failure> {
        tokio::task::block_in_place(|| {
            let (mut interchange, mut group, mut nth) = (0usize, 0usize, 0usize);
            let (mut batch, mut bytes) = (Vec::new(), 0usize);
            for piece in &material.pieces {
                let mut reader = Reader::new(material.reader(piece)?, limits);
                while let Some(event) = reader.next_event()? {
                    let set = match event {
                        Event::Interchange(_) => {
                            interchange += 1;
                            group = 0;
                            continue;
                        }
                        Event::Group(_) => {
                            group += 1;
                            continue;
                        }
                        Event::Set(set) => set,
                        _ => continue,
                    };
                    nth += 1;
                    if nth <= skip {
                        continue;
                    }
                    let Some(one) = judged.get(interchange.wrapping_sub(1)) else { continue };
                    let Some(header) = one.framed.result.groups.get(group.wrapping_sub(1)) else { continue };
                    let translated = translate_with(
                        &set,
                        &header.header.version,
                        tolerance(&one.profile, set.standard),
                        Agreed::with(&one.profile, &set.code),
                    );
                    bytes += translated.data.as_ref().map_or(0, |d| d.len());
                    batch.push(Pending {
                        nth,
                        interchange: interchange - 1,
                        group: group - 1,
                        translated,
                        earlier: None,
                        answered: Answered::of(&set),
                    });
                    if batch.len() >= BATCH_SETS || bytes >= BATCH_BYTES {
                        return Ok(batch);
                    }
                }
            }
            Ok(batch)
        })
    }

    async fn write_batch(
        &self,
        tx: &mut Process<'_>,
        judged: &mut [Judged],
        batch: Vec<Pending>,
    ) -> Result<(), Failure> {
        let mut rows = Vec::with_capacity(batch.len());
        let mut results = Vec::with_capacity(batch.len());
        let threads = self.threads(tx, judged, &batch).await?;
        for (pending, threads) in batch.into_iter().zip(threads) {
            let one = &judged[pending.interchange];
            if matches!(one.row.state, "duplicate" | "held") {
                continue;
            }
            rows.push(self.row(one, &pending, threads));
            results.push(pending);
        }
        let duplicates = self.duplicates(tx, &rows).await?;
        for (row, pending) in rows.iter_mut().zip(&mut results) {
            if let Some(earlier) = duplicates.get(&row.id) {
                self.duplicate_document(&judged[pending.interchange], row, pending, *earlier);
            }
        }
        let mut answers = Vec::new();
        for (row, pending) in rows.iter_mut().zip(&results) {
            answers.extend(self.reconcile(tx, &judged[pending.interchange], row, pending).await?);
        }
        tx.write_sets(&rows, self.message.received_at).await?;
        self.owe(tx, judged, &rows, &results).await?;
        let mut raises: Vec<_> = rows
            .iter()
            .zip(&results)
            .filter_map(|(row, pending)| self.alert_of(&judged[pending.interchange], row, pending))
            .collect();
        raises.append(&mut answers);
        // In one order for all, so that two messages with the same causes do not wait for each other.
        raises.sort_by(|a, b| a.cause.cmp(&b.cause));
        for raise in &raises {
            tx.raise(raise, self.house.coalesce()).await?;
        }
        for pending in results {
            let one = &mut judged[pending.interchange];
            let group = &mut one.framed.result.groups[pending.group];
            one.noted.extend(aperak::noted(
                &one.profile.partner,
                pending.group,
                group.sets.len(),
                &pending.translated,
            ));
            group.sets.push(pending.translated.result);
        }
        Ok(())
    }

    /// The answers that we owe for these documents, and when all answers are due that hang on their dates.
    async fn owe(
        &self,
        tx: &mut Process<'_>,
        judged: &[Judged],
        rows: &[SetRow],
        pending: &[Pending],
    ) -> Result<(), Failure> {
        if !self.configuration.times_answers() {
            return Ok(());
        }
        let stands = |row: &&SetRow| {
            row.document.is_some()
                && matches!(row.state, "routed" | "held")
                && row.reason.as_deref() != Some("duplicate_document")
        };
        let mut owed = Vec::new();
        for (row, pending) in rows.iter().zip(pending).filter(|(row, _)| stands(row) && row.usage == "P") {
            match pending.translated.canonical.as_ref().and_then(due::ends) {
                Some(why) => tx.orders_end(row.id, &row.partner, why).await?,
                None => owed.extend(due::owed(&judged[pending.interchange].profile, &row.code, row.id)),
            }
        }
        tx.owe_answers(&owed).await?;
        let sets: Vec<Uuid> = rows.iter().filter(stands).map(|row| row.id).collect();
        Ok(due::settle(tx, &sets).await?)
    }

    async fn acknowledge(&self, tx: &mut Process<'_>, judged: &[Judged]) -> Result<(), Failure> {
        let mut answered = HashSet::new();
        let answerable = |j: &&Judged| !j.framed.assumed && !matches!(j.row.state, "duplicate" | "held");
        for one in judged.iter().filter(answerable) {
            let fallback = self.configuration.station_of(&one.profile);
            let station = one.station.as_ref().map(|(n, s)| (n.as_str(), s)).or(fallback);
            let Some(station) = station else { continue };
            let owed = acknowledge::owed(&one.profile.partner, &one.framed.result);
            if owed.is_none() && one.noted.is_empty() {
                continue;
            }
            if one.profile.partner.status == Status::Draft || !answered.insert(one.row.id) {
                continue;
            }
            let answer = Answer {
                interchange: one.row.id,
                result: &one.framed.result,
                owed: owed.unwrap_or_default(),
                partner: &one.profile,
                station,
                connection: &self.connection,
                came_by: &self.message.transport,
            };
            let (ours, theirs) = answer.identities();
            if owed.is_some() {
                let (interchange, group) = self.house.ledger.control_numbers(&ours, &theirs).await?;
                let out = answer.build(interchange, group, self.now).map_err(Failure::Answer)?;
                if let Some(out) = out {
                    tx.write_out(&out).await?;
                }
            }
            if one.open && !one.noted.is_empty() {
                let (interchange, _) = self.house.ledger.control_numbers(&ours, &theirs).await?;
                let out =
                    aperak::build(&answer, &one.noted, interchange, self.now).map_err(Failure::Answer)?;
                if let Some(out) = out {
                    tx.write_out(&out).await?;
                }
            }
        }
        Ok(())
    }
}

fn held(judged: &[Judged]) -> Quarantine {
    let numbers: Vec<&str> = judged.iter().map(|j| j.row.control_number.as_str()).collect();
    Quarantine {
        reason: "duplicate",
        detail: format!(
            "control number {} was used before with other content: ask the partner which of the two they mean; 'portway message \
             release' lets this one through",
            numbers.join(", ")
        ),
        partner: judged.first().map(|j| j.profile.partner.id.clone()),
    }
}

fn unparseable(material: &Material, framed: &Framed) -> String {
    if material.is_empty() {
        return "the message is empty: the partner must send it again".into();
    }
    let reasons: Vec<&str> = framed.unread.iter().filter_map(|u| u.why.as_deref()).take(SHOWN).collect();
    if !reasons.is_empty() {
        return reasons.join("\n");
    }
    let first = framed.stray.first().map(|f| f.message.clone()).unwrap_or_default();
    let what = match material.pieces.len() {
        1 => String::new(),
        many => format!("of {many} entries; the first: "),
    };
    format!(
        "no interchange (ISA, UNA or UNB) is in it: {what}{first}. Ask the partner what they sent; nothing of it was read"
    )
}
