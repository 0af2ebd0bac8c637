//! What an element that lacks would become: a value is put there, and the set is read.

use super::{At, text};
use crate::mapping::{Tables, Written};
use crate::{Document, Text};
use portway_edi::interchange::{Event, Limits, PartyId};
use portway_edi::reader::Reader;
use portway_edi::schema::Schema;
use portway_edi::{Delimiters, Standard, edifact, x12};
use serde_json::Value;

/// The pointer of the field, in the document that is read; `None` where no field takes it.
pub(super) fn filled(
    written: &[Written],
    at: usize,
    part: At,
    schema: &Schema,
    version: &str,
    tables: &Tables,
) -> Option<String> {
    let was = json(written, schema, version, tables)?;
    for value in values(schema, &written[at].tag, part) {
        let mut changed = written.to_vec();
        let elements = &mut changed[at].elements;
        if elements.len() < part.0 {
            elements.resize(part.0, Vec::new());
        }
        let components = &mut elements[part.0 - 1];
        let component = part.1.unwrap_or(1);
        if components.len() < component {
            components.resize(component, Text::default());
        }
        components[component - 1] = Text::new(&value);
        if text(&changed, at, part).is_empty() {
            continue;
        }
        let Some(is) = json(&changed, schema, version, tables) else { continue };
        let mut differing = Vec::new();
        differences(&was, &is, &mut String::new(), &mut differing);
        // The word says more than the code beside it.
        let is_beside = |pointer: &&String| {
            let name = pointer.rsplit('/').next().unwrap_or_default();
            name.ends_with("_code") || name.starts_with("original_")
        };
        let first = differing.iter().find(|pointer| !is_beside(pointer)).or_else(|| differing.first());
        if let Some(first) = first {
            return Some(first.clone());
        }
    }
    None
}

/// Values that may stand there, by the dictionary: codes of its list, a day, a number, a text.
fn values(schema: &Schema, tag: &str, (element, component): At) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    if let Some(mut described) = schema.dictionary().describe(tag, element) {
        let component = component.unwrap_or(1);
        if component <= described.components.len() {
            described = described.components.swap_remove(component - 1);
        }
        // A unit, a mutually defined code and an identifier have words; so have the first of many lists.
        let usual = ["EA", "KGM", "ZZ", "92", "9"].into_iter().filter(|code| described.codes.contains(code));
        values.extend(usual.chain(described.codes.iter().copied().take(3)).map(str::to_owned));
    }
    values.extend(["7", "20260317", "Q7", "QQ"].map(str::to_owned));
    values
}

/// The document that these segments are read as, as JSON.
fn json(segments: &[Written], schema: &Schema, version: &str, tables: &Tables) -> Option<Value> {
    let bytes = alone(segments, schema, version)?;
    let mut reader = Reader::new(bytes.as_slice(), Limits::default());
    while let Some(event) = reader.next_event().ok()? {
        let Event::Set(set) = event else { continue };
        let validated = schema.validate(&set);
        let mapped = crate::read(set.standard, &set.code, version, &validated.root, tables)?;
        let document: Document = mapped.document;
        let mut json = serde_json::to_value(&document).ok()?;
        json.as_object_mut()?.remove("unmapped");
        return Some(json);
    }
    None
}

/// The set alone in an interchange, with delimiters that stand in no text.
fn alone(segments: &[Written], schema: &Schema, version: &str) -> Option<Vec<u8>> {
    let party = || PartyId { qualifier: "ZZ".to_owned(), id: "X".to_owned() };
    let delimiters =
        Delimiters { segment: 0x1c, element: 0x1d, component: 0x1f, repetition: None, release: None };
    match schema.dictionary().standard {
        Standard::X12 => {
            let newer = version >= "005";
            let envelope = x12::writer::Envelope {
                sender: party(),
                receiver: party(),
                group_sender: "X".to_owned(),
                group_receiver: "X".to_owned(),
                date: "20000101".to_owned(),
                time: "0000".to_owned(),
                interchange_version: if newer { "00501" } else { "00401" }.to_owned(),
                group_version: version.to_owned(),
                interchange_control_number: 1,
                group_control_number: 1,
                acknowledgement_requested: false,
                usage: 'T',
                delimiters: Delimiters { repetition: newer.then_some(0x1e), ..delimiters },
            };
            let mut writer =
                x12::writer::Writer::new(&envelope, x12::writer::InData::ReplaceWith(b' ')).ok()?;
            writer.begin_group(schema.functional_id()).ok()?;
            crate::put_x12(&mut writer, schema.code(), segments).ok()?;
            writer.finish().ok()
        }
        Standard::Edifact => {
            let envelope = edifact::writer::Envelope {
                syntax: "UNOY".to_owned(),
                syntax_version: 3,
                sender: party(),
                receiver: party(),
                sender_internal: String::new(),
                receiver_internal: String::new(),
                date: "20000101".to_owned(),
                time: "0000".to_owned(),
                reference: "1".to_owned(),
                application: String::new(),
                agreement: String::new(),
                acknowledgement_requested: false,
                test: true,
                service_string: false,
                delimiters: Delimiters::EDIFACT,
            };
            let mut writer =
                edifact::writer::Writer::new(&envelope, edifact::writer::Foreign::ReplaceWith(' ')).ok()?;
            crate::put_edifact(&mut writer, schema.code(), version, segments).ok()?;
            writer.finish().ok()
        }
    }
}

/// Fields that are new or other.
fn differences(was: &Value, is: &Value, pointer: &mut String, list: &mut Vec<String>) {
    let length = pointer.len();
    let mut within = |key: &str, was: Option<&Value>, is: &Value| {
        pointer.push('/');
        pointer.push_str(key);
        differences(was.unwrap_or(&Value::Null), is, pointer, list);
        pointer.truncate(length);
    };
    match is {
        Value::Object(map) => map.iter().for_each(|(key, inner)| within(key, was.get(key), inner)),
        Value::Array(entries) => {
            let each = entries.iter().enumerate();
            each.for_each(|(index, inner)| within(&index.to_string(), was.get(index), inner));
        }
        _ if was == is => {}
        _ => list.push(pointer.clone()),
    }
}
