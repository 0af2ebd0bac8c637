//! What the API describes itself as: OpenAPI 3.1, made from the table of routes, so that no route can be forgotten.
//!
//! The schemas are those of the documents, their parts once for all of them. What is read may lack any field, so none is required.

use super::routes::{Route, What};
use crate::pipeline::outgoing::shape;
use portway_documents::DocumentKind;
use serde_json::{Map, Value, json};

/// The whole description.
pub fn openapi(routes: &[Route]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let method = route.method.as_str().to_lowercase();
        paths.entry(route.path.clone()).or_insert_with(|| json!({}))[method] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Portway: the API for our own systems",
            "version": "1",
            "description": "Documents are handed over for partners; events of what came are fetched; results are told. Errors are RFC 9457 problem details."
        },
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "A token whose SHA-256 stands under [client.<name>] in gateway.toml." } },
            "parameters": { "IdempotencyKey": {
                "name": "Idempotency-Key", "in": "header", "required": true,
                "description": "The same for every repetition of one request. With other content under it: 422.",
                "schema": { "type": "string", "minLength": 1, "maxLength": 255 }
            } },
            "responses": {
                "Problem": {
                    "description": "Nothing was taken: what is wrong, and what to do.",
                    "content": { "application/problem+json": { "schema": reference("Problem") } }
                },
                "TooMany": {
                    "description": "The caller comes too often: nothing was taken, and no Idempotency-Key is used up. The same may be sent again later.",
                    "headers": { "Retry-After": { "required": true, "description": "Seconds.", "schema": { "type": "integer", "minimum": 1 } } },
                    "content": { "application/problem+json": { "schema": reference("Problem") } }
                }
            },
            "schemas": schemas()
        }
    })
}

fn operation(route: &Route) -> Value {
    let mut parameters: Vec<Value> = Vec::new();
    if route.path.contains("{id}") {
        parameters.push(json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } }));
    }
    let (body, answer) = match route.what {
        What::HandOver(kind) => {
            parameters.push(query("partner", "string", "The partner's id in our profiles.", true));
            if kind.is_none() {
                parameters.push(query("document", "string", "The kind of document, `purchase-order`.", true));
            }
            parameters.push(query("set", "string", "The set, where the document may become several.", false));
            parameters.push(query("test", "boolean", "A test for a live partner.", false));
            parameters.push(query(
                "strict",
                "boolean",
                "Every value that the set does not carry is an error.",
                false,
            ));
            let any = || json!({ "anyOf": DocumentKind::ALL.iter().map(|kind| reference(kind.name())).collect::<Vec<_>>() });
            (Some(kind.map_or_else(any, |kind| reference(kind.name()))), "HandedOver")
        }
        What::Document => (None, "Document"),
        What::Result => (Some(reference("Verdict")), "Result"),
        What::Events => {
            parameters.push(query(
                "after",
                "string",
                "A cursor: what was read up to there is confirmed. Without it: what is not confirmed yet.",
                false,
            ));
            parameters.push(query("limit", "integer", "Events at most, 1 to 1000; by default 100.", false));
            parameters.push(query(
                "wait",
                "string",
                "How long to wait for the first, `30s`; a minute at most.",
                false,
            ));
            parameters.push(query("endpoint", "string", "The caller's endpoint.", false));
            (None, "Events")
        }
        What::Description => (None, "Description"),
    };
    if body.is_some() {
        parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
    }
    let content = json!({ "application/json": { "schema": reference(answer) } });
    let mut responses = json!({
        "200": { "description": route.summary, "content": content.clone() },
        "429": { "$ref": "#/components/responses/TooMany" },
        "default": { "$ref": "#/components/responses/Problem" }
    });
    if let What::HandOver(_) = route.what {
        responses["200"]["description"] = json!("It was handed over before, under the same key.");
        responses["201"] = json!({ "description": "It is in the ledger.", "content": content });
    }
    let mut operation = json!({
        "operationId": route.id, "summary": route.summary, "parameters": parameters, "responses": responses
    });
    if let Some(schema) = body {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    operation
}

fn query(name: &str, kind: &str, description: &str, required: bool) -> Value {
    json!({ "name": name, "in": "query", "required": required, "description": description, "schema": { "type": kind } })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn schemas() -> Map<String, Value> {
    let mut schemas = own();
    for kind in DocumentKind::ALL {
        let mut schema = shape::schema(*kind).clone();
        let parts = schema.as_object_mut().and_then(|map| map.remove("$defs"));
        let parts = parts.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
        let mut names = Map::new();
        for (name, part) in &parts {
            let part = hoisted(part.clone(), &Map::new());
            // The same name may be another thing in another document.
            let other = schemas.get(name).is_some_and(|known| *known != part);
            let name_here = if other { format!("{}-{name}", kind.name()) } else { name.clone() };
            names.insert(name.clone(), json!(name_here));
        }
        for (name, part) in parts {
            let name = names.get(&name).and_then(Value::as_str).unwrap_or(&name).to_owned();
            schemas.insert(name, hoisted(part, &names));
        }
        if let Some(map) = schema.as_object_mut() {
            map.remove("$id");
            map.remove("$schema");
        }
        schemas.insert(kind.name().to_owned(), hoisted(schema, &names));
    }
    schemas
}

/// References to the parts of one schema become references to those of all; nothing is required.
fn hoisted(mut schema: Value, names: &Map<String, Value>) -> Value {
    fn walk(value: &mut Value, names: &Map<String, Value>) {
        match value {
            Value::Object(map) => {
                if map.contains_key("properties") {
                    map.remove("required");
                }
                if let Some(Value::String(to)) = map.get_mut("$ref")
                    && let Some(name) = to.strip_prefix("#/$defs/")
                {
                    let name = names.get(name).and_then(Value::as_str).unwrap_or(name);
                    *to = format!("#/components/schemas/{name}");
                }
                map.values_mut().for_each(|value| walk(value, names));
            }
            Value::Array(list) => list.iter_mut().for_each(|value| walk(value, names)),
            _ => {}
        }
    }
    walk(&mut schema, names);
    schema
}

/// What is not a document.
fn own() -> Map<String, Value> {
    let text = || json!({ "type": "string" });
    let of = |schema: Value| json!({ "type": "array", "items": schema });
    let own = json!({
        "Fault": { "type": "object", "required": ["severity", "message"], "properties": {
            "pointer": { "type": "string", "description": "RFC 6901, into the document that was sent." },
            "element": { "type": "string", "description": "The element it would become, `PO1-03`." },
            "position": { "type": "integer", "description": "The segment's position in the set, ST or UNH counted as 1." },
            "code": { "type": "string", "description": "`X1205`; `portway explain` knows it." },
            "severity": { "type": "string", "enum": ["error", "warning"] },
            "message": text(), "value": text(), "help": text()
        } },
        "Problem": { "type": "object", "required": ["type", "title", "status", "detail"], "properties": {
            "type": { "type": "string", "description": "`urn:portway:problem:…`" }, "title": text(), "status": { "type": "integer" },
            "detail": text(), "errors": of(reference("Fault"))
        } },
        "HandedOver": { "type": "object", "required": ["id", "message", "thread", "partner", "set", "state", "warnings"], "properties": {
            "id": text(), "message": text(), "thread": text(), "partner": text(), "set": text(),
            "state": { "type": "string", "enum": ["routed", "translated", "held", "done", "cancelled"] },
            "warnings": of(reference("Fault"))
        } },
        "Document": { "type": "object", "required": ["id", "partner", "code", "state"], "properties": {
            "id": text(), "partner": text(), "code": text(), "state": text(), "number": { "type": ["string", "null"] },
            "acknowledgements": of(json!({ "type": "object" })), "result": reference("Result")
        } },
        "Verdict": { "type": "object", "required": ["accepted"], "additionalProperties": false, "properties": {
            "accepted": { "type": "boolean" },
            "number": { "type": "string", "description": "The caller's own number for the document." },
            "reason": { "type": "string", "description": "Why not, in a sentence for the partner; a rejection needs it." },
            "errors": of(reference("Wrong"))
        } },
        "Wrong": { "type": "object", "required": ["message"], "additionalProperties": false, "properties": {
            "pointer": { "type": "string", "description": "RFC 6901, into the event's data." }, "message": text(), "code": text()
        } },
        "Result": { "type": "object", "required": ["accepted", "client", "at"], "properties": {
            "document": text(), "accepted": { "type": "boolean" }, "number": text(), "reason": text(), "errors": of(reference("Wrong")),
            "client": text(), "at": text(),
            "answer": { "type": "string", "description": "The document of ours that tells the partner." },
            "answer_code": { "type": "string", "description": "What it is: 824, 855, APERAK, ORDRSP." },
            "untold": { "type": "string", "description": "Why the partner is not told." }
        } },
        "Events": { "type": "object", "required": ["events", "next", "more"], "properties": {
            "events": of(json!({ "type": "object", "required": ["cursor", "event"], "properties": {
                "cursor": text(), "event": { "type": "object", "description": "CloudEvents 1.0, as it is delivered to endpoints." }
            } })),
            "next": { "type": ["string", "null"], "description": "The `after` to ask with, once these are kept." },
            "more": { "type": "boolean", "description": "There may be more now." }
        } },
        "Description": { "type": "object", "description": "OpenAPI 3.1." }
    });
    own.as_object().cloned().unwrap_or_default()
}
