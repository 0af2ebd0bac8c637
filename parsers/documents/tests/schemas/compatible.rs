//! Whether a reader of an old JSON Schema can read what a new one describes.
//!
//! Records are compared by name, field by field. Never fails: what would break is listed.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What in `new` would break a reader of `old`, a line each. The document itself is called `document`.
pub fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    record("document", old, new, &mut found);
    for (name, definition) in object(&old["$defs"]) {
        match new["$defs"].get(name) {
            Some(other) => record(name, definition, other, &mut found),
            None => found.push(format!("{name} is gone")),
        }
    }
    found
}

fn record(name: &str, old: &Value, new: &Value, found: &mut Vec<String>) {
    if shape(old) != shape(new) {
        found.push(format!("{name} has another type"));
    }
    for word in words(old).difference(&words(new)) {
        found.push(format!("{name}: the word {word} is gone"));
    }
    for (field, schema) in object(&old["properties"]) {
        match new["properties"].get(field) {
            Some(other) if shape(schema) == shape(other) => {}
            Some(_) => found.push(format!("{name}.{field} has another type")),
            None => found.push(format!("{name}.{field} is gone")),
        }
    }
    let (before, now) = (required(old), required(new));
    for field in now.difference(&before) {
        found.push(format!("{name}.{field} is newly required"));
    }
    // A field that is gone is named already.
    for field in before.difference(&now).filter(|f| new["properties"].get(f.as_str()).is_some()) {
        found.push(format!("{name}.{field} is no longer required"));
    }
}

/// What a value has to be: all of its schema but words for people, fields and the list of words.
fn shape(schema: &Value) -> Value {
    const APART: [&str; 12] = [
        "description",
        "title",
        "$id",
        "$schema",
        "$defs",
        "properties",
        "required",
        "enum",
        "oneOf",
        "const",
        "default",
        "examples",
    ];
    match schema {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| !APART.contains(&key.as_str()));
            Value::Object(kept.map(|(key, value)| (key.clone(), shape(value))).collect::<Map<_, _>>())
        }
        Value::Array(list) => list.iter().map(shape).collect(),
        other => other.clone(),
    }
}

/// The words of a vocabulary.
pub fn words(schema: &Value) -> BTreeSet<String> {
    let own =
        array(&schema["enum"]).iter().chain(schema.get("const")).filter_map(Value::as_str).map(str::to_owned);
    own.chain(array(&schema["oneOf"]).iter().flat_map(words)).collect()
}

fn required(schema: &Value) -> BTreeSet<String> {
    array(&schema["required"]).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
