//! Whether a body has the shape of its document: every fault at once, each at its JSON pointer.
//!
//! A document is read leniently (a reader of an older version takes a word it does not know as `other`, and leaves out a field it
//! does not know), and so would a typo of our own systems be lost in silence. Here it is told: fields and words that the document
//! does not have, with the nearest one it has, and values that are of another type. What may be absent, may be absent.

use super::Fault;
use crate::profile::suggest;
use portway_documents::date::{Date, Time};
use portway_documents::{Document, DocumentKind};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Faults told of one body.
const MOST: usize = 100;

static SCHEMAS: LazyLock<HashMap<&'static str, Value>> =
    LazyLock::new(|| DocumentKind::ALL.iter().map(|kind| (kind.name(), kind.json_schema())).collect());

/// The JSON Schema of a document.
pub fn schema(kind: DocumentKind) -> &'static Value {
    SCHEMAS.get(kind.name()).unwrap_or(&Value::Null)
}

/// What in a body is not of the document's shape.
fn faults(kind: DocumentKind, body: &Value) -> Vec<Fault> {
    let schema = schema(kind);
    let mut look = Look { root: schema, faults: Vec::new() };
    look.value(body, schema, &mut String::new());
    look.faults
}

/// A document of its JSON, or every fault of its shape.
///
/// # Errors
/// As the head of this file says; also what is no UTF-8 and no JSON.
pub fn parsed(kind: DocumentKind, bytes: &[u8]) -> Result<Document, Vec<Fault>> {
    let whole = |message: String| vec![fault("", message, None, None)];
    let text = std::str::from_utf8(bytes).map_err(|error| whole(format!("it is not UTF-8: {error}")))?;
    let json = serde_json::from_str(text).map_err(|error| whole(format!("it is not JSON: {error}")))?;
    let faults = faults(kind, &json);
    if !faults.is_empty() {
        return Err(faults);
    }
    kind.parse(text).map_err(|error| whole(error.to_string()))
}

/// A fault of the shape.
fn fault(pointer: &str, message: String, value: Option<&Value>, help: Option<String>) -> Fault {
    Fault {
        pointer: Some(pointer.to_owned()),
        element: None,
        position: None,
        code: None,
        severity: "error",
        message,
        value: value.map(|value| match value {
            Value::String(text) => text.chars().take(99).collect(),
            other => other.to_string().chars().take(99).collect(),
        }),
        help,
    }
}

struct Look {
    root: &'static Value,
    faults: Vec<Fault>,
}

impl Look {
    fn tell(&mut self, pointer: &str, message: String, value: Option<&Value>, help: Option<String>) {
        if self.faults.len() < MOST {
            self.faults.push(fault(pointer, message, value, help));
        }
    }

    fn value(&mut self, value: &Value, schema: &'static Value, pointer: &mut String) {
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#'));
        let schema = reference.and_then(|r| self.root.pointer(r)).unwrap_or(schema);
        let words = words(schema);
        let expected = if words.is_empty() {
            schema.get("type").and_then(Value::as_str).unwrap_or_default()
        } else {
            "string"
        };
        match (expected, value) {
            ("object", Value::Object(map)) => self.record(map, schema, pointer),
            ("array", Value::Array(list)) => {
                let Some(items) = schema.get("items") else { return };
                let length = pointer.len();
                for (index, item) in list.iter().enumerate() {
                    pointer.push_str(&format!("/{index}"));
                    self.value(item, items, pointer);
                    pointer.truncate(length);
                }
            }
            ("string", Value::String(text)) => self.text(text, schema, &words, value, pointer),
            ("boolean", Value::Bool(_)) | ("integer" | "number", Value::Number(_)) | ("", _) => {}
            (expected, found) => {
                let help = (expected == "string" && found.is_number())
                    .then(|| "numbers are written as texts, so that no digit is lost: \"12.50\"".to_owned());
                let message = format!("this is {}; {} is expected", kind_of(found), named(expected));
                self.tell(pointer, message, Some(found), help);
            }
        }
    }

    fn record(&mut self, map: &Map<String, Value>, schema: &'static Value, pointer: &mut String) {
        let Some(fields) = schema.get("properties").and_then(Value::as_object) else { return };
        let always = schema.get("required").and_then(Value::as_array);
        let length = pointer.len();
        for (name, value) in map {
            pointer.push('/');
            pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            match fields.get(name) {
                // As if it were not there.
                Some(_) if value.is_null() && !always.is_some_and(|a| a.iter().any(|n| n == name)) => {}
                Some(field) => self.value(value, field, pointer),
                None => {
                    let help = suggest(name, fields.keys().map(String::as_str), "the fields here");
                    self.tell(pointer, format!("there is no field `{name}` here"), Some(value), help);
                }
            }
            pointer.truncate(length);
        }
    }

    fn text(
        &mut self,
        text: &str,
        schema: &'static Value,
        words: &[&'static str],
        value: &Value,
        pointer: &str,
    ) {
        if !words.is_empty() {
            if !words.contains(&text) {
                let help = suggest(text, words.iter().copied(), "the words");
                self.tell(pointer, format!("`{text}` is none of the words for this"), Some(value), help);
            }
            return;
        }
        let pattern = schema.get("pattern").and_then(Value::as_str).unwrap_or_default();
        let is_date = schema.get("format").and_then(Value::as_str) == Some("date");
        let wrong = if is_date {
            serde_json::from_value::<Date>(value.clone()).is_err().then_some("a date, \"2026-11-04\"")
        } else if pattern.contains(':') {
            serde_json::from_value::<Time>(value.clone()).is_err().then_some("a time, \"14:30:00\"")
        } else {
            (pattern.starts_with(r"^-?\d") && !is_decimal(text)).then_some("a number, \"12.50\"")
        };
        if let Some(expected) = wrong {
            self.tell(pointer, format!("this is not {expected}"), Some(value), None);
        }
    }
}

fn is_decimal(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(fraction)
}

/// The words of a vocabulary.
fn words(schema: &'static Value) -> Vec<&'static str> {
    let choices =
        schema.get("oneOf").and_then(Value::as_array).map_or(std::slice::from_ref(schema), Vec::as_slice);
    let listed = choices.iter().filter_map(|c| c.get("enum").and_then(Value::as_array)).flatten();
    listed.chain(choices.iter().filter_map(|c| c.get("const"))).filter_map(Value::as_str).collect()
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a record",
    }
}

fn named(expected: &str) -> &'static str {
    match expected {
        "object" => "a record, {…},",
        "array" => "a list, […],",
        "string" => "a text, \"…\",",
        "boolean" => "true or false",
        _ => "a whole number",
    }
}
