//! The outbox: what waits for the partner to fetch. An item counts as sent only when it was read to its end and then confirmed.

use super::principal::Caller;
use super::problem::Problem;
use crate::clock::rfc3339;
use crate::transport::Doors;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use uuid::Uuid;

const MOST: i64 = 1000;
const PIECE: usize = 64 * 1024;

pub async fn list(State(doors): State<Doors>, caller: Caller) -> Result<Response, Problem> {
    let items = doors.ledger.outbox(&caller.profile.partner.id, MOST).await?;
    let items: Vec<serde_json::Value> = items
        .iter()
        .map(|item| {
            serde_json::json!({
                "id": item.message, "name": item.file_name, "size": item.size, "created": rfc3339(item.created_at),
                "href": format!("/edi/outbox/{}", item.message),
            })
        })
        .collect();
    let body = serde_json::json!({ "items": items });
    Ok(([(CONTENT_TYPE, "application/json")], body.to_string()).into_response())
}

pub async fn read(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let partner = caller.profile.partner.id.clone();
    let id = parse(&id)?;
    let Some((name, bytes)) = doors.ledger.outbox_item(&partner, id).await? else { return Err(unknown()) };
    let bytes = Bytes::from(bytes);
    let pieces: Vec<Bytes> =
        (0..bytes.len()).step_by(PIECE).map(|at| bytes.slice(at..(at + PIECE).min(bytes.len()))).collect();
    // The last step runs once everything before it was taken: a broken connection never gets there.
    let end = stream::once(async move {
        if let Err(error) = doors.ledger.outbox_read(&partner, id, doors.clock.now()).await {
            tracing::warn!(%error, message_id = %id, "read to its end, but that was not noted; the partner must read it again");
        }
        Bytes::new()
    });
    let body = stream::iter(pieces).chain(end).map(Ok::<_, std::convert::Infallible>);
    let headers = [
        (CONTENT_TYPE, "application/edi-x12".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

pub async fn confirm(
    State(doors): State<Doors>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    use crate::ledger::delivery::Confirmed;
    match doors.ledger.outbox_taken(&caller.profile.partner.id, parse(&id)?, doors.clock.now()).await? {
        Confirmed::Sent => Ok(StatusCode::NO_CONTENT.into_response()),
        Confirmed::Unread => Err(Problem::new(
            StatusCode::CONFLICT,
            "unread",
            "You have not read it yet",
            "Read the item to its end with GET first, then confirm it with DELETE.",
        )),
        Confirmed::Unknown => Err(unknown()),
    }
}

fn parse(id: &str) -> Result<Uuid, Problem> {
    id.parse().map_err(|_| unknown())
}

fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not-found",
        "No such item",
        "GET /edi/outbox lists what waits for you.",
    )
}
