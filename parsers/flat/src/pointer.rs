//! JSON pointers (RFC 6901) into a canonical document, held against its JSON Schema.
//!
//! An entry of a list is its number, or `-` for "a new one per row"; `-` may stand once, with a number in lists around it.

use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer(pub Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Field(String),
    Index(usize),
    /// `-`.
    Row,
}

/// What stands at the end of a pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// One of these.
    Word(Vec<String>),
    Decimal,
    Date,
    Time,
    Integer,
    Boolean,
}

/// A file cannot make a list longer than this by a number alone.
const MOST: usize = 1_000;

impl Kind {
    /// What a schema without reference is of.
    pub(crate) fn of(end: &Value) -> Result<Kind, String> {
        let of = |key: &str| end.get(key).and_then(Value::as_str);
        let mut words = Vec::new();
        collect_words(end, &mut words);
        if !words.is_empty() {
            return Ok(Kind::Word(words));
        }
        match (of("type"), of("format")) {
            (Some("string"), Some("date")) => Ok(Kind::Date),
            (Some("string"), _) => Ok(match of("pattern") {
                Some(pattern) if pattern.starts_with(r"^\d{2}:") => Kind::Time,
                Some(_) => Kind::Decimal,
                None => Kind::Text,
            }),
            (Some("integer"), _) => Ok(Kind::Integer),
            (Some("boolean"), _) => Ok(Kind::Boolean),
            _ => Err("it leads to a record or a list, not to a value in it".to_owned()),
        }
    }
}

/// The words of a vocabulary: `enum` or `const`, alone or in alternatives.
fn collect_words(schema: &Value, words: &mut Vec<String>) {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    let texts = listed.chain(schema.get("const")).filter_map(Value::as_str).map(str::to_owned);
    words.extend(texts);
    for alternative in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        collect_words(alternative, words);
    }
}

impl Pointer {
    pub(crate) fn parse(text: &str) -> Result<Pointer, String> {
        let Some(rest) = text.strip_prefix('/') else {
            return Err("is no pointer: it begins with /, as in /lines/-/quantity/value".to_owned());
        };
        let mut steps = Vec::new();
        for part in rest.split('/') {
            let part = part.replace("~1", "/").replace("~0", "~");
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            steps.push(match part.as_str() {
                "-" => Step::Row,
                _ if digits => match part.parse::<usize>().ok().filter(|index| *index < MOST) {
                    Some(index) => Step::Index(index),
                    None => return Err(format!("has an entry beyond {MOST}")),
                },
                _ => Step::Field(part),
            });
        }
        if steps.iter().filter(|step| **step == Step::Row).count() > 1 {
            return Err("has more than one -: a row is one new entry".to_owned());
        }
        Ok(Pointer(steps))
    }

    /// The list that rows are entries of; `None` where the value is of the document as a whole.
    pub(crate) fn list(&self) -> Option<&[Step]> {
        let at = self.0.iter().position(|step| *step == Step::Row)?;
        Some(&self.0[..at])
    }

    /// The list as a pointer.
    pub(crate) fn list_name(&self) -> Option<String> {
        self.list().map(|steps| Pointer(steps.to_vec()).text())
    }

    pub(crate) fn text(&self) -> String {
        let part = |step: &Step| match step {
            Step::Field(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => format!("/{index}"),
            Step::Row => "/-".to_owned(),
        };
        self.0.iter().map(part).collect()
    }

    /// What the schema has at the end of the pointer.
    pub(crate) fn resolve(&self, schema: &Value) -> Result<Kind, String> {
        let mut at = schema;
        for step in &self.0 {
            at = followed(schema, at);
            let next = match step {
                Step::Field(name) => at.get("properties").and_then(|p| p.get(name)),
                _ => at.get("items"),
            };
            at = next.ok_or_else(|| unknown(step, at))?;
        }
        Kind::of(followed(schema, at))
    }

    /// Puts a value there. `row` is the number of the entry that `-` is.
    pub(crate) fn put(&self, document: &mut Value, row: usize, value: Value) {
        let mut at = document;
        for step in &self.0 {
            at = match step {
                Step::Field(name) => {
                    if !at.is_object() {
                        *at = Value::Object(Map::new());
                    }
                    match at.as_object_mut() {
                        Some(map) => map.entry(name.clone()).or_insert(Value::Null),
                        None => return,
                    }
                }
                Step::Index(_) | Step::Row => {
                    let index = if let Step::Index(index) = step { *index } else { row };
                    if !at.is_array() {
                        *at = Value::Array(Vec::new());
                    }
                    let Some(list) = at.as_array_mut() else { return };
                    while list.len() <= index {
                        list.push(Value::Object(Map::new()));
                    }
                    &mut list[index]
                }
            };
        }
        *at = value;
    }

    /// The pointer of one row, as RFC 6901 has it.
    pub(crate) fn of_row(&self, row: usize) -> String {
        self.text().replace("/-", &format!("/{row}"))
    }
}

pub(crate) fn followed<'s>(schema: &'s Value, mut at: &'s Value) -> &'s Value {
    // References of our schemas do not go in circles but for levels within levels, one step at a time.
    for _ in 0..8 {
        let Some(name) = at.get("$ref").and_then(Value::as_str) else { break };
        let Some(target) = name.strip_prefix('#').and_then(|pointer| schema.pointer(pointer)) else { break };
        at = target;
    }
    at
}

fn unknown(step: &Step, at: &Value) -> String {
    let fields = at.get("properties").and_then(Value::as_object);
    match (step, fields) {
        (Step::Field(name), Some(fields)) => {
            let near = fields.keys().min_by_key(|field| distance(field, name));
            let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            format!("there is no field {name:?}{near}")
        }
        (Step::Field(name), None) if at.get("items").is_some() => {
            format!("{name:?} stands where a list has a number or - (a new entry per row)")
        }
        (Step::Field(name), None) => format!("there is nothing within the value at {name:?}"),
        _ => "a number or - stands where there is no list".to_owned(),
    }
}

/// How many letters differ (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let changed = before + usize::from(from != *to);
            before = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}
