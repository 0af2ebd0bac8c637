//! The fields of a document with a value, what kind each holds by the schema of the document, and other values that it may hold.

use super::plain;
use serde_json::Value;
use std::collections::HashMap;
use std::rc::Rc;

/// A field with a value in it.
pub(super) struct Field {
    pub pointer: String,
    pub value: Value,
    /// The value as it is compared.
    pub plain: String,
    pub holds: Holds,
}

pub(super) enum Holds {
    Text,
    Number,
    Date,
    Time,
    /// A code of Recommendation 20.
    Unit,
    /// One of these.
    Word(Rc<[String]>),
}

impl Field {
    /// True where what is written is the value itself, in the notation of the standard.
    pub(super) fn is_value(&self) -> bool {
        !matches!(self.holds, Holds::Word(_) | Holds::Unit)
    }

    pub(super) fn is_code(&self) -> bool {
        self.pointer.ends_with("code")
    }

    /// Other values for it, the one that changes least first.
    pub(super) fn others(&self) -> Vec<Value> {
        let text = match &self.value {
            Value::String(text) => text.as_str(),
            Value::Number(number) => return vec![Value::from(number.as_u64().unwrap_or(0) + 1)],
            Value::Bool(value) => return vec![Value::Bool(!value)],
            _ => return Vec::new(),
        };
        let texts = match &self.holds {
            Holds::Text => vec![same_shape(text), "q".repeat(text.chars().count().max(1))],
            Holds::Number => vec![same_shape(text)],
            Holds::Date => vec![other_year(text)],
            Holds::Time => vec![other_minute(text)],
            Holds::Unit => ["KGM", "PCE", "EA", "LTR", "MTR", "C62"].map(str::to_owned).into(),
            Holds::Word(words) => words.to_vec(),
        };
        texts.into_iter().filter(|other| other != text).map(Value::from).collect()
    }
}

/// Another digit for each digit, another letter for each letter.
fn same_shape(text: &str) -> String {
    let other = |c: char| match c {
        '9' | '0' => '1',
        digit if digit.is_ascii_digit() => {
            char::from_digit(digit.to_digit(10).unwrap_or(0) + 1, 10).unwrap_or('1')
        }
        'q' => 'k',
        letter if letter.is_alphanumeric() => 'q',
        other => other,
    };
    text.chars().map(other).collect()
}

/// The next year, on a day that every month has.
fn other_year(text: &str) -> String {
    let year: u32 = text.get(..4).and_then(|y| y.parse().ok()).unwrap_or(2000);
    let year = if year < 9999 { year + 1 } else { 9998 };
    let rest = text.get(4..).unwrap_or("-01-01");
    format!("{year:04}{}", if rest == "-02-29" { "-02-28" } else { rest })
}

fn other_minute(text: &str) -> String {
    let minute = if text.get(3..5) == Some("17") { "18" } else { "17" };
    match (text.get(..3), text.get(5..)) {
        (Some(hour), Some(rest)) => format!("{hour}{minute}{rest}"),
        _ => "17:17:00".to_owned(),
    }
}

/// All fields of a document, in its order; what says how it came is no field.
pub(super) fn fields(json: &Value, schema: &Value) -> Vec<Field> {
    let mut walk = Walk { definitions: schema, words: HashMap::new(), fields: Vec::new() };
    walk.value(json, Some(schema), &mut String::new());
    walk.fields
}

struct Walk<'s> {
    definitions: &'s Value,
    /// Of each schema with words, by where it stands.
    words: HashMap<*const Value, Rc<[String]>>,
    fields: Vec<Field>,
}

impl<'s> Walk<'s> {
    /// What a `$ref` stands for.
    fn resolved(&self, schema: Option<&'s Value>) -> Option<&'s Value> {
        match schema?.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.definitions.pointer(reference.strip_prefix('#')?),
            None => schema,
        }
    }

    fn value(&mut self, value: &Value, schema: Option<&'s Value>, pointer: &mut String) {
        let schema = self.resolved(schema);
        let length = pointer.len();
        match value {
            Value::Object(map) => {
                for (key, inner) in map {
                    let at_root = length == 0;
                    if at_root && matches!(key.as_str(), "schema_version" | "code_list" | "unmapped") {
                        continue;
                    }
                    pointer.push('/');
                    pointer.push_str(key);
                    self.value(inner, schema.and_then(|s| s.get("properties")?.get(key)), pointer);
                    pointer.truncate(length);
                }
            }
            Value::Array(list) => {
                for (index, inner) in list.iter().enumerate() {
                    pointer.push_str(&format!("/{index}"));
                    self.value(inner, schema.and_then(|s| s.get("items")), pointer);
                    pointer.truncate(length);
                }
            }
            Value::Null => {}
            value => {
                let as_text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let holds = self.holds(schema, pointer);
                let field =
                    Field { pointer: pointer.clone(), plain: plain(&as_text), value: value.clone(), holds };
                self.fields.push(field);
            }
        }
    }

    fn holds(&mut self, schema: Option<&'s Value>, pointer: &str) -> Holds {
        if pointer.ends_with("/unit") {
            return Holds::Unit;
        }
        let Some(schema) = schema else { return Holds::Text };
        let words = self.words.entry(schema).or_insert_with(|| words(schema).into());
        if !words.is_empty() {
            return Holds::Word(Rc::clone(words));
        }
        match schema.get("pattern").and_then(Value::as_str) {
            Some(pattern) if pattern.contains("{4}") => Holds::Date,
            Some(pattern) if pattern.contains(':') => Holds::Time,
            Some(_) => Holds::Number,
            None => Holds::Text,
        }
    }
}

/// The words of a vocabulary.
fn words(schema: &Value) -> Vec<String> {
    let choices =
        schema.get("oneOf").and_then(Value::as_array).map_or(std::slice::from_ref(schema), Vec::as_slice);
    let listed = choices.iter().filter_map(|c| c.get("enum").and_then(Value::as_array)).flatten();
    let single = choices.iter().filter_map(|c| c.get("const"));
    listed.chain(single).filter_map(Value::as_str).map(str::to_owned).collect()
}
