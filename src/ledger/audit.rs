//! The audit trail: who changed what, through what, when and why. Append-only; PostgreSQL refuses to change it.
//!
//! Every function of the ledger that carries out a person's or a program's order takes an [`Actor`], which nobody can leave out, and
//! writes one entry in the transaction of the change: what cannot be written down does not happen. What the gateway does by itself
//! (tries, answers, alerts) is history, not audit.

use super::{Error, Ledger, Result, at, id};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Who makes a change, and through what.
#[derive(Debug, Clone)]
pub struct Actor {
    name: String,
    through: &'static str,
    whence: Value,
}

impl Actor {
    /// A person at the command line: the account `user` of `host`. `behind`: who became that account by sudo. It is their word alone
    /// unless the account is root's, which nobody else becomes; so only then it is the actor.
    pub fn command(host: &str, user: &str, behind: Option<&str>, root: bool) -> Actor {
        let name = behind.filter(|_| root).unwrap_or(user).to_owned();
        let mut whence = json!({ "host": host, "user": user });
        if let Some(behind) = behind {
            whence["sudo_user"] = json!(behind);
        }
        Actor { name, through: "command", whence }
    }

    /// A program of ours at the API, at this address.
    pub fn client(name: &str, remote: Option<&str>) -> Actor {
        Actor { name: name.to_owned(), through: "api", whence: json!({ "remote": remote }) }
    }

    /// A system of ours that leaves its documents in a folder.
    pub fn folder(endpoint: &str) -> Actor {
        Actor { name: endpoint.to_owned(), through: "directory", whence: json!({}) }
    }

    /// A gateway that reads its configuration as it starts.
    pub fn start(host: &str) -> Actor {
        Actor { name: host.to_owned(), through: "start", whence: json!({ "host": host }) }
    }

    /// A gateway that was made to read its configuration again, by a signal or by who asked for it with `portway reload`.
    pub fn reload(host: &str, asked: Option<&str>) -> Actor {
        let whence = json!({ "host": host, "by": if asked.is_some() { "command" } else { "SIGHUP" } });
        Actor { name: asked.unwrap_or(host).to_owned(), through: "reload", whence }
    }

    /// A gateway that removes what is old, by itself.
    pub fn retention(host: &str) -> Actor {
        Actor { name: host.to_owned(), through: "retention", whence: json!({ "host": host }) }
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

/// What was changed.
#[derive(Debug, Clone, Copy)]
pub enum On<'a> {
    Document(Uuid),
    Message(Uuid),
    Acknowledgement(Uuid),
    Partner(&'a str),
    Endpoint(&'a str),
    Station(&'a str),
    /// Host and state directory.
    Gateway(&'a str),
}

impl On<'_> {
    fn row(self) -> (&'static str, String) {
        match self {
            On::Document(id) => ("document", id.to_string()),
            On::Message(id) => ("message", id.to_string()),
            On::Acknowledgement(id) => ("acknowledgement", id.to_string()),
            On::Partner(id) => ("partner", id.to_owned()),
            On::Endpoint(name) => ("endpoint", name.to_owned()),
            On::Station(name) => ("station", name.to_owned()),
            On::Gateway(home) => ("gateway", home.to_owned()),
        }
    }
}

/// One change, as it is written down.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    pub verb: &'a str,
    pub on: On<'a>,
    /// Whose business it is; of a document or a message the ledger knows.
    pub partner: Option<&'a str>,
    pub reason: Option<&'a str>,
    pub detail: Value,
}

impl<'a> Change<'a> {
    pub fn new(verb: &'a str, on: On<'a>) -> Change<'a> {
        Change { verb, on, partner: None, reason: None, detail: json!({}) }
    }

    pub fn because(self, reason: &'a str) -> Change<'a> {
        Change { reason: Some(reason), ..self }
    }

    pub fn of(self, partner: Option<&'a str>) -> Change<'a> {
        Change { partner, ..self }
    }

    pub fn with(self, detail: Value) -> Change<'a> {
        Change { detail, ..self }
    }
}

/// Writes the entry of a change into the transaction that makes it.
///
/// # Errors
/// The ledger's: roll back, nothing was changed.
pub(crate) async fn write(
    tx: &mut sqlx::PgConnection,
    actor: &Actor,
    change: &Change<'_>,
    now: Timestamp,
) -> Result<()> {
    let (kind, subject) = change.on.row();
    let known = match change.on {
        On::Document(id) | On::Message(id) => Some(id),
        _ => None,
    };
    let partner = match change.on {
        On::Partner(id) => Some(id),
        _ => change.partner,
    };
    sqlx::query(
        "INSERT INTO audit (id, at, actor, through, whence, verb, kind, subject, partner, reason, detail)
         VALUES ($1, $2, $3, $4, jsonb_strip_nulls($5), $6, $7, $8, coalesce($9, (SELECT s.partner FROM transaction_set s WHERE s.id = $12),
            (SELECT coalesce(m.partner, m.connection) FROM message m WHERE m.id = $12)), $10, jsonb_strip_nulls($11))",
    )
    .bind(id::new(now))
    .bind(at(now))
    .bind(&actor.name)
    .bind(actor.through)
    .bind(&actor.whence)
    .bind(change.verb)
    .bind(kind)
    .bind(subject)
    .bind(partner)
    .bind(change.reason)
    .bind(&change.detail)
    .bind(known)
    .execute(tx)
    .await
    .map_err(|error| match &error {
        // 42P01: no such table.
        sqlx::Error::Database(db) if db.code().as_deref() == Some("42P01") => Error::Unsuitable(
            "the ledger's schema is older than this program and keeps no audit trail yet, so nothing is changed; restart the \
             gateway, which brings it up to date"
                .into(),
        ),
        _ => Error::from(error),
    })?;
    Ok(())
}

/// An entry whose change is being made.
#[derive(Debug)]
pub struct Pending(sqlx::PgTransaction<'static>);

impl Pending {
    /// The change was made.
    pub async fn commit(self) -> Result<()> {
        Ok(self.0.commit().await?)
    }
}

/// One entry, for people and programs.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Entry {
    pub id: Uuid,
    pub at: String,
    pub actor: String,
    /// `command`, `api`, `directory`, `start`, `reload`, `retention`.
    pub through: String,
    pub whence: Value,
    pub verb: String,
    /// `document`, `message`, `partner`.
    pub kind: String,
    pub subject: String,
    pub partner: Option<String>,
    pub reason: Option<String>,
    pub detail: Value,
}

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct Asked<'a> {
    pub since: Option<Timestamp>,
    pub actor: Option<&'a str>,
    pub through: Option<&'a str>,
    /// An order (`PO:4500123`) with all of its thread, a document or message by id or key, a partner, an endpoint.
    pub on: Option<&'a str>,
    pub most: i64,
}

impl Ledger {
    /// Entries, the newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] where `on` is a business key that nothing has.
    pub async fn audit(&self, asked: &Asked<'_>) -> Result<Vec<Entry>> {
        let about = match asked.on {
            Some(reference) => Some(self.subjects(reference).await?),
            None => None,
        };
        Ok(sqlx::query_as(
            "SELECT id, instant(at) AS at, actor, through, whence, verb, kind, subject, partner, reason, detail FROM audit
             WHERE ($1::timestamptz IS NULL OR id >= id_floor($1)) AND ($2::text IS NULL OR actor = $2)
               AND ($3::text IS NULL OR through = $3)
               AND ($4::text[] IS NULL OR subject = ANY($4) OR partner = $5 OR detail->>'message' = ANY($4)
                    OR detail->'documents' ?| $4)
             ORDER BY id DESC LIMIT $6",
        )
        .bind(asked.since.map(at))
        .bind(asked.actor)
        .bind(asked.through)
        .bind(about)
        .bind(asked.on)
        .bind(asked.most)
        .fetch_all(&self.pool)
        .await?)
    }

    /// What a reference stands for: itself, and the ids of documents and messages.
    async fn subjects(&self, reference: &str) -> Result<Vec<String>> {
        let mut documents: Vec<Uuid> = match self.find_documents(reference).await {
            Ok(found) => found.iter().map(|d| d.id).collect(),
            Err(Error::NotFound(_)) => Vec::new(),
            Err(error) => return Err(error),
        };
        if documents.is_empty() && reference.contains(':') && reference.parse::<Uuid>().is_err() {
            return Err(Error::NotFound(format!("document {reference}")));
        }
        if reference.get(..3).is_some_and(|kind| kind.eq_ignore_ascii_case("PO:")) {
            let threads: Vec<Uuid> = sqlx::query_scalar(
                "SELECT set_id FROM thread_set WHERE thread_id IN (SELECT thread_id FROM thread_set WHERE set_id = ANY($1))",
            )
            .bind(&documents)
            .fetch_all(&self.pool)
            .await?;
            documents.extend(threads);
        }
        let mut all: Vec<String> = sqlx::query_scalar(
            "SELECT id::text FROM transaction_set WHERE id = ANY($1)
             UNION SELECT message_id::text FROM transaction_set WHERE id = ANY($1)
             UNION SELECT i.message_id::text FROM transaction_set s JOIN interchange i ON i.id = s.interchange_id WHERE s.id = ANY($1)
             UNION SELECT (h.detail->>'message') FROM history h WHERE h.subject = ANY($1) AND h.event = 'put into an interchange'",
        )
        .bind(&documents)
        .fetch_all(&self.pool)
        .await?;
        match self.find_message(reference).await {
            Ok(message) => {
                all.push(message.id.to_string());
                all.extend(self.documents_of_message(message.id).await?.iter().map(|d| d.id.to_string()));
            }
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
        all.push(reference.to_owned());
        Ok(all)
    }

    /// Whether there is an audit trail already: a gateway that starts makes it.
    pub async fn keeps_audit(&self) -> bool {
        let there = sqlx::query_scalar("SELECT to_regclass('audit') IS NOT NULL").fetch_one(&self.pool).await;
        there.unwrap_or(false)
    }

    /// Writes the entry of a change that is made outside the ledger, in files; it is not there until [`Pending::commit`].
    ///
    /// # Errors
    /// The ledger's: the change must not be made.
    pub async fn begin_audited(&self, actor: &Actor, change: &Change<'_>, now: Timestamp) -> Result<Pending> {
        let mut tx = self.pool.begin().await?;
        write(&mut tx, actor, change, now).await?;
        Ok(Pending(tx))
    }

    /// A person makes the gateways read their configuration: they are told once it is written down.
    pub async fn ask_for_reload(&self, actor: &Actor, now: Timestamp) -> Result<()> {
        let mut tx = self.pool.begin().await?;
        write(&mut tx, actor, &Change::new("reload", On::Gateway("all")), now).await?;
        tx.commit().await?;
        self.ring_all(&["reload"]).await
    }

    /// Who last asked for a reload, not before `since`.
    pub async fn asked_for_reload(&self, since: Timestamp) -> Result<Option<String>> {
        Ok(sqlx::query_scalar(
            "SELECT actor FROM audit WHERE subject = 'all' AND kind = 'gateway' AND verb = 'reload' AND id >= id_floor($1)
             ORDER BY id DESC LIMIT 1",
        )
        .bind(at(since))
        .fetch_optional(&self.pool)
        .await?)
    }
}
