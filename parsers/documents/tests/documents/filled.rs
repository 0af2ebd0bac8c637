//! Documents made from their JSON Schema: one field with everything in it, and else what a document must have. What stands there
//! means nothing.
//!
//! Codes beside words are left out, as in a document of our own.

use portway_documents::{Document, DocumentKind};
use serde_json::{Map, Value, json};

/// How deep the records within the field are filled.
const DEPTH: usize = 3;

struct Filling<'a> {
    definitions: &'a Value,
    /// So that no two values are the same.
    count: usize,
    /// Which word of a vocabulary.
    variant: usize,
}

/// The JSON Schema of a kind of document.
pub struct Shape(DocumentKind, Value);

impl Shape {
    pub fn of(kind: DocumentKind) -> Shape {
        Shape(kind, kind.json_schema())
    }

    /// True if the document has the field: a path without indices.
    pub fn has(&self, path: &str) -> bool {
        let mut at = &self.1;
        path.split('/').skip(1).all(|name| {
            at = resolve(&self.1["$defs"], &resolve(&self.1["$defs"], at)["properties"][name]);
            !at.is_null()
        })
    }

    /// A place of the field that a row names wherever it stands (`*/item/lot`): the first, at most five records deep.
    pub fn place(&self, row: &str) -> Option<String> {
        let suffix = row.trim_start_matches('*');
        let mut open = vec![(String::new(), &self.1)];
        for _ in 0..6 {
            let mut next = Vec::new();
            for (path, schema) in open {
                for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                    let path = format!("{path}/{name}");
                    if path.ends_with(suffix) {
                        return Some(path);
                    }
                    next.push((path, resolve(&self.1["$defs"], property)));
                }
            }
            open = next;
        }
        None
    }

    /// A document with the field; `None` where it has no such field, or where the field is not all that it needs.
    pub fn filled(&self, path: &str, variant: usize) -> Option<Document> {
        let Shape(kind, schema) = self;
        let mut filling = Filling { definitions: &schema["$defs"], count: 0, variant };
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let mut json = filling.record(schema, Some(&parts), 0)?;
        json["schema_version"] = json!("1.0");
        kind.parse(&json.to_string()).ok()
    }
}

fn resolve<'a>(definitions: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
    match schema["$ref"].as_str() {
        Some(reference) => &definitions[reference.trim_start_matches("#/$defs/")],
        None => schema,
    }
}

impl Filling<'_> {
    /// What the record must have, and the field at `path`; all fields where that is `None`.
    fn record(&mut self, schema: &Value, path: Option<&[&str]>, depth: usize) -> Option<Value> {
        let properties = schema["properties"].as_object()?;
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut map = Map::new();
        for (name, property) in properties {
            let is_wanted = path.is_none_or(|path| path.first() == Some(&name.as_str()));
            let is_required = required.contains(&name.as_str());
            if !is_wanted && !is_required {
                continue;
            }
            let word = name.strip_suffix("_code").or(name.strip_prefix("original_"));
            let is_beside = word.is_some_and(|word| properties.contains_key(word))
                || (matches!(name.as_str(), "code" | "kind_code")
                    && ["kind", "status"].iter().any(|word| properties.contains_key(*word)));
            if is_beside && (path.is_none() || !is_wanted) {
                if is_required {
                    map.insert(name.clone(), json!(""));
                }
                continue;
            }
            let rest = path.filter(|_| is_wanted).map(|path| &path[1..]).filter(|rest| !rest.is_empty());
            let inner = match (is_wanted, rest) {
                (true, rest) => rest,
                (false, _) => Some(&[][..]),
            };
            if let Some(value) = self.value(name, property, inner, depth) {
                map.insert(name.clone(), value);
            }
        }
        Some(Value::Object(map))
    }

    fn value(&mut self, name: &str, schema: &Value, path: Option<&[&str]>, depth: usize) -> Option<Value> {
        if let Some(reference) = schema["$ref"].as_str() {
            let definition = &self.definitions[reference.trim_start_matches("#/$defs/")];
            return self.value(name, definition, path, depth);
        }
        self.count += 1;
        let n = self.count;
        let words = schema["oneOf"].as_array().map_or(&schema["enum"], |forms| &forms[0]["enum"]);
        if let Some(words) = words.as_array() {
            return Some(words[(n * 7 + self.variant * 11) % words.len()].clone());
        }
        Some(match schema["type"].as_str()? {
            "object" if path.is_none() && depth == DEPTH => return None,
            "object" => self.record(schema, path, depth + usize::from(path.is_none()))?,
            "array" => Value::Array(vec![self.value(name, &schema["items"], path, depth)?]),
            "integer" => json!(n % 90 + 1),
            "boolean" => json!(true),
            "string" => match (schema["format"].as_str(), schema["pattern"].as_str()) {
                (Some("date"), _) => {
                    json!(format!("20{:02}-{:02}-{:02}", 20 + n / 336 % 60, n / 28 % 12 + 1, n % 28 + 1))
                }
                (_, Some(pattern)) if pattern.contains(":\\d{2}:") => {
                    json!(format!("{:02}:{:02}:00", n / 60 % 24, n % 60))
                }
                (_, Some(_)) => json!(n.to_string()),
                _ if name.contains("currency") => json!("USD"),
                _ if name == "country" => json!("US"),
                _ if name.ends_with("unit") => json!(["KGM", "EA", "MTR", "LTR"][(n + self.variant) % 4]),
                _ if name.ends_with("code") || name.ends_with("codes") => {
                    json!(format!("{:02}", n % 90 + 10))
                }
                _ => json!(format!("T{n}")),
            },
            _ => return None,
        })
    }
}
