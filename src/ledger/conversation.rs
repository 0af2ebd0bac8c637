//! The whole of one order's thread, as it happened: documents, interchanges, deliveries and answers, and what is open. Read only.
//!
//! What happened is one list in order of time, whoever took part; what is open says who is to do what, and until when. Both are read in
//! one statement each, for the command line and programs alike.

use super::{Ledger, Result, id};
use serde::Serialize;
use uuid::Uuid;

/// One thing that happened.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Happening {
    pub at: String,
    /// Milliseconds since 1970.
    pub ms: i64,
    /// `from_partner`, `to_partner`, `from_us` (one of our systems hands over), `to_us`; `none`: a person did something.
    pub way: String,
    /// The partner, or the system of ours; of what a person did, who.
    pub who: String,
    /// `850`, `997`; of what a person did, the verb.
    pub what: String,
    pub number: Option<String>,
    /// `ISA 000000007 GS 7 ST 0001`, or the file's name.
    pub control: Option<String>,
    pub state: String,
    pub detail: Option<String>,
    pub document: Option<Uuid>,
    pub message: Option<Uuid>,
}

/// Something that is still to be done, by us or by a partner.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Open {
    /// `answer`, `ours` (an answer that we owe), `held`, `waiting`, `delivery`, `rejected_theirs`, `rejected_ours`.
    pub kind: String,
    pub partner: String,
    pub code: String,
    pub number: Option<String>,
    /// Of an answer, its set; of a delivery, where to.
    pub what: Option<String>,
    pub state: String,
    pub reason: Option<String>,
    /// The partner is to fetch it.
    pub outbox: bool,
    pub due_at: Option<String>,
    pub document: Option<Uuid>,
}

/// The sets of the threads asked for, each once, with their interchanges.
const SETS: &str =
    "t AS (
        SELECT s.*, i.standard, i.control_number AS interchange_number, i.message_id AS interchange_message,
            CASE WHEN i.standard = 'edifact' THEN concat_ws(' ', 'UNB ' || i.control_number, 'UNG ' || nullif(s.group_number, ''),
                    'UNH ' || s.control_number)
                ELSE concat_ws(' ', 'ISA ' || i.control_number, 'GS ' || nullif(s.group_number, ''), 'ST ' || s.control_number)
            END AS numbers
        FROM transaction_set s LEFT JOIN interchange i ON i.id = s.interchange_id
        WHERE s.id IN (SELECT set_id FROM thread_set WHERE thread_id = $1)
     )";

const HAPPENED: &str = "
     , put AS (
        SELECT t.id AS set_id, t.partner, t.code, t.number, h.at, (h.detail->>'message')::uuid AS message, CASE WHEN t.standard = 'edifact'
                THEN concat_ws(' ', 'UNB ' || (h.detail->>'interchange'), 'UNH ' || (h.detail->>'set'))
                ELSE concat_ws(' ', 'ISA ' || (h.detail->>'interchange'), 'GS ' || (h.detail->>'group'), 'ST ' || (h.detail->>'set'))
            END AS numbers
        FROM t JOIN history h ON h.subject = t.id AND h.event = 'put into an interchange'
     ), e AS (
        SELECT received_at AS at, 1 AS nth, 'from_partner' AS way, partner AS who, code AS what, number, numbers AS control,
            concat_ws(' ', state, '(' || reason || ')') AS state, 'answer ' || answer AS detail, id AS document, message_id AS message
        FROM t WHERE direction = 'in' AND revision = 0
        UNION ALL
        SELECT received_at, 1, 'from_us', source, code, number, NULL, concat_ws(' ', 'handed over', CASE WHEN state IN ('held',
            'translated', 'cancelled') THEN 'and is ' || state END), NULL, id, message_id
        FROM t WHERE direction = 'out' AND revision = 0
        UNION ALL
        SELECT coalesce(d.finished_at, d.created_at), 4, 'to_us', d.target, t.code, t.number, NULL, d.state, d.detail, t.id, t.message_id
        FROM t JOIN delivery d ON d.set_id = t.id
        UNION ALL
        SELECT coalesce(d.finished_at, p.at), 2, 'to_partner', p.partner, p.code, p.number, p.numbers, d.state, d.detail, p.set_id,
            p.message
        FROM put p LEFT JOIN delivery d ON d.message_id = p.message
        UNION ALL
        SELECT DISTINCT coalesce(d.finished_at, m.received_at), 3, 'to_partner', m.partner, a.kind, NULL, m.file_name,
            concat_ws(' ', a.state, a.code), 'for their ' || t.code || ' ' || t.number, t.id, m.id
        FROM t JOIN acknowledgement a ON a.interchange_id = t.interchange_id AND a.direction = 'owed'
            AND (a.group_number IS NULL OR a.group_number = t.group_number)
        JOIN message m ON m.id = a.message_id LEFT JOIN delivery d ON d.message_id = m.id
        WHERE t.direction = 'in' AND t.revision = 0
        UNION ALL
        SELECT a.at, 1, 'from_partner', a.partner, a.kind, NULL, NULL, concat_ws(' ', a.verdict, '(' || a.side || ')'),
            concat_ws(': ', concat_ws(' ', 'for our', t.code, t.number), a.detail), t.id, a.message_id
        FROM t JOIN answer a ON a.set_id = t.id
        -- What is a document of the thread itself stands there already.
        WHERE NOT EXISTS (SELECT 1 FROM t o WHERE o.message_id = a.message_id AND o.code = a.kind AND o.direction = 'in')
        UNION ALL
        SELECT m.received_at, 1, 'from_partner', t.partner, 'TA1', NULL, NULL, k.state,
            concat_ws(': ', concat_ws(' ', 'for our interchange', t.interchange_number), k.detail), t.id, m.id
        FROM t JOIN acknowledgement k ON k.interchange_id = t.interchange_id AND k.kind = 'TA1' AND k.direction = 'expected'
        JOIN message m ON m.id = k.message_id WHERE t.direction = 'out'
        UNION ALL
        SELECT h.at, 5, 'none', coalesce(h.detail->>'by', 'us'), h.event, t.number, NULL, t.code,
            concat_ws(': ', h.detail->>'kind', h.detail->>'reason'), t.id, NULL
        FROM t JOIN history h ON h.subject = t.id
        WHERE h.event IN ('hold', 'release', 'released', 'cancel', 'redeliver', 'resend', 'reissue', 'reprocess', 'answer overdue',
            'our answer overdue', 'our answer due soon', 'answer waived', 'joined the thread of an order')
        UNION ALL
        SELECT h.at, 5, 'none', coalesce(h.detail->>'by', 'us'), h.event, p.number, p.numbers, p.code, h.detail->>'reason', p.set_id, p.message
        FROM put p JOIN history h ON h.subject = p.message WHERE h.event IN ('resend', 'sent again')
     )
     SELECT instant(at) AS at, (extract(epoch FROM at) * 1000)::bigint AS ms, way, coalesce(who, '') AS who, what, number, control,
        coalesce(state, '') AS state, nullif(detail, '') AS detail, document, message
     FROM e ORDER BY e.at, nth, document, e.what LIMIT 5000";

const OPEN: &str = "
     , last AS (SELECT * FROM t WHERE NOT EXISTS (SELECT 1 FROM t o WHERE o.revises = t.id)),
     o AS (
        SELECT 'answer' AS kind, l.partner, l.code, l.number, k.kind AS what, k.state, NULL AS reason, false AS outbox, k.due_at, l.id
        FROM last l JOIN acknowledgement k ON k.set_id = l.id OR k.set_id IS NULL AND k.kind = 'TA1' AND k.interchange_id = l.interchange_id
        JOIN delivery d ON d.message_id = k.answers
        WHERE k.direction = 'expected' AND k.state IN ('expected', 'overdue', 'received') AND d.state = 'delivered'
        UNION ALL
        SELECT 'ours', t.partner, t.code, t.number, k.kind, k.state, NULL, false, k.due_at, t.id
        FROM t JOIN acknowledgement k ON k.set_id = t.id
        WHERE k.direction = 'ours' AND k.state IN ('owed', 'overdue') AND k.message_id IS NULL
            AND (t.state <> 'cancelled' OR EXISTS (SELECT 1 FROM t l WHERE l.revises = t.id))
        UNION ALL
        SELECT CASE WHEN state = 'translated' THEN 'waiting' ELSE 'held' END, partner, code, number, NULL, state, reason, false,
            CASE WHEN state = 'translated' THEN leaves_at END, id
        FROM last WHERE state IN ('held', 'failed') OR state = 'translated' AND direction = 'out'
        UNION ALL
        SELECT 'delivery', l.partner, l.code, l.number, d.target, d.state, d.detail, false, d.next_try_at, l.id
        FROM last l JOIN delivery d ON d.set_id = l.id WHERE d.state NOT IN ('delivered', 'cancelled')
        UNION ALL
        SELECT 'delivery', l.partner, l.code, l.number, d.target, d.state, d.detail, d.way = 'outbox', d.next_try_at, l.id
        FROM last l JOIN delivery d ON d.message_id = l.interchange_message
        WHERE l.direction = 'out' AND d.state NOT IN ('delivered', 'cancelled')
        UNION ALL
        SELECT DISTINCT 'delivery', l.partner, a.kind, NULL::text, d.target, d.state, d.detail, d.way = 'outbox', d.next_try_at, NULL::uuid
        FROM t l JOIN acknowledgement a ON a.interchange_id = l.interchange_id AND a.direction = 'owed'
        JOIN delivery d ON d.message_id = a.message_id
        WHERE l.direction = 'in' AND d.state NOT IN ('delivered', 'cancelled')
        UNION ALL
        SELECT 'rejected_theirs', l.partner, l.code, l.number, NULL, l.state, l.reason, false, NULL, l.id FROM last l
        WHERE l.direction = 'in' AND l.state = 'rejected' AND NOT EXISTS (SELECT 1 FROM t n WHERE n.direction = 'in' AND n.id > l.id
            AND n.partner = l.partner AND n.code = l.code AND n.number IS NOT DISTINCT FROM l.number)
        UNION ALL
        SELECT 'rejected_ours', l.partner, l.code, l.number, k.kind, k.state, k.detail, false, NULL, l.id
        FROM last l JOIN acknowledgement k ON k.set_id = l.id AND k.interchange_id = l.interchange_id
        WHERE l.direction = 'out' AND k.direction = 'expected' AND k.state IN ('rejected', 'late_rejected')
            AND NOT EXISTS (SELECT 1 FROM t n WHERE n.direction = 'out' AND n.id > l.id AND n.partner = l.partner AND n.code = l.code
                AND n.number IS NOT DISTINCT FROM l.number)
     )
     SELECT kind, partner, code, number, what, state, reason, outbox, instant(due_at) AS due_at, id AS document
     FROM o ORDER BY o.due_at NULLS LAST, kind, code, id LIMIT 500";

impl Ledger {
    /// The threads of the orders of a number: those placed, and of each of `partners` what names such an order.
    pub async fn threads_of_order(&self, number: &str, partners: &[&str]) -> Result<Vec<Uuid>> {
        let own: Vec<Uuid> = partners.iter().map(|partner| id::thread(partner, number)).collect();
        Ok(sqlx::query_scalar(
            "SELECT thread_id FROM (
                SELECT thread_id FROM thread_set WHERE thread_id = ANY($2)
                UNION SELECT thread_id FROM transaction_set WHERE number = $1 AND document = 'purchase-order'
                UNION SELECT thread_id FROM thread_open WHERE number = $1
             ) x ORDER BY thread_id",
        )
        .bind(number)
        .bind(own)
        .fetch_all(&self.pool)
        .await?)
    }

    /// What happened in a thread, oldest first.
    pub async fn conversation(&self, thread: Uuid) -> Result<Vec<Happening>> {
        let sql = format!("WITH {SETS} {HAPPENED}");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(thread).fetch_all(&self.pool).await?)
    }

    /// What is still to be done in a thread, what is due first.
    pub async fn open_in_thread(&self, thread: Uuid) -> Result<Vec<Open>> {
        let sql = format!("WITH {SETS} {OPEN}");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(thread).fetch_all(&self.pool).await?)
    }
}
