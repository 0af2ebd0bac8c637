//! `GET /v1/documents/{id}`: how a document of ours stands, and who owes what.

use super::caller::Caller;
use super::problem::Problem;
use crate::ledger::Error;
use crate::pipeline::House;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use uuid::Uuid;

pub async fn document(
    State(house): State<House>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let unknown = || Problem::from(Error::NotFound(format!("document {id}")));
    let asked: Uuid = id.parse().map_err(|_| unknown())?;
    let line = house.ledger.find_documents(&asked.to_string()).await?.swap_remove(0);
    caller.may_reach(&line.partner).map_err(|_| unknown())?;
    let answers = house.ledger.answers_to(asked).await?;
    let result = house.ledger.result_of(asked).await?;
    let mut body = serde_json::to_value(&line).unwrap_or_default();
    body["acknowledgements"] = serde_json::to_value(&answers).unwrap_or_default();
    if let Some(result) = result {
        body["result"] = serde_json::to_value(&result).unwrap_or_default();
    }
    Ok(([(CONTENT_TYPE, "application/json")], body.to_string()).into_response())
}
