//! `portway file convert FILE --partner P --explain`: what the partner's profile does to each set, without doing anything.
//!
//! For each set: which of its codes mean something else than in the standard, which items and packs are known, and what the transform
//! changes. Lines for people on stdout; nothing is judged or converted.

use super::Stop;
use crate::pipeline::translate::Agreed;
use portway_documents::{Document, Tables};
use portway_edi::interchange::TransactionSet;
use portway_edi::schema::Schema;
use serde_json::Value;
use std::io::Write;

/// Changes of a transform that are shown, of one set.
const MOST: usize = 40;

pub fn set(out: &mut dyn Write, set: &TransactionSet<'_>, agreed: Agreed<'_>) -> Result<(), Stop> {
    writeln!(out, "set {} ({})", set.control_number, set.code)?;
    let Some(schema) = Schema::of(set) else { return Ok(writeln!(out, "  no schema is known for it")?) };
    let validated = schema.validate(set);
    let none = Tables::default();
    let read = |tables: &Tables| {
        portway_documents::read(set.standard, &set.code, &set.version, &validated.root, tables)
            .map(|mapped| mapped.document)
    };
    let Some(plain) = read(&none) else { return Ok(writeln!(out, "  it has no canonical document")?) };
    let mut said = false;
    let document = match agreed.tables.filter(|tables| !tables.is_empty()).and_then(read) {
        Some(own) => {
            said |= codes(out, &plain, &own, agreed.tables)?;
            own
        }
        None => plain,
    };
    let mut json = serde_json::to_value(&document).unwrap_or_default();
    if let Some(items) = agreed.items {
        for line in items.received(&mut json) {
            said = true;
            writeln!(out, "  items:     {line}")?;
        }
    }
    if let Some(transform) = agreed.transform {
        said = true;
        match transform.run(&json.to_string()) {
            Ok(changed) => differences(out, "transform", &json, &changed)?,
            Err(message) => writeln!(out, "  transform: fails: {message}")?,
        }
    }
    if !said {
        writeln!(out, "  the profile changes nothing")?;
    }
    Ok(())
}

fn codes(
    out: &mut dyn Write,
    plain: &Document,
    own: &Document,
    tables: Option<&Tables>,
) -> Result<bool, Stop> {
    let (before, after) =
        (serde_json::to_value(plain).unwrap_or_default(), serde_json::to_value(own).unwrap_or_default());
    differences(out, "codes", &before, &after)?;
    if before == after {
        let count = tables.map_or(0, |tables| tables.entries().count());
        writeln!(out, "  codes:     none of the {count} of the profile stands in the set")?;
    }
    Ok(true)
}

/// One line a value that is another one, was not there, or is gone.
fn differences(out: &mut dyn Write, what: &str, before: &Value, after: &Value) -> Result<(), Stop> {
    let mut list = Vec::new();
    compare(before, after, &mut String::new(), &mut list);
    let label = format!("{what}:");
    for line in list.iter().take(MOST) {
        writeln!(out, "  {label:<10} {line}")?;
    }
    if list.len() > MOST {
        writeln!(out, "  {label:<10} and {} more", list.len() - MOST)?;
    }
    Ok(())
}

fn compare(before: &Value, after: &Value, pointer: &mut String, list: &mut Vec<String>) {
    let at = |pointer: &str| if pointer.is_empty() { "the document".to_owned() } else { pointer.to_owned() };
    match (before, after) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                within(pointer, key, |pointer| match b.get(key) {
                    Some(other) => compare(value, other, pointer, list),
                    None => list.push(format!("{pointer} is gone (was {})", short(value))),
                });
            }
            for (key, value) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                within(pointer, key, |pointer| list.push(format!("{pointer} is new: {}", short(value))));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                within(pointer, &index.to_string(), |pointer| compare(a, b, pointer, list));
            }
        }
        _ if before == after => {}
        _ => list.push(format!("{}: {} → {}", at(pointer), short(before), short(after))),
    }
}

fn within(pointer: &mut String, key: &str, visit: impl FnOnce(&mut String)) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(key);
    visit(pointer);
    pointer.truncate(length);
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
