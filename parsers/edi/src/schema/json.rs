//! Schema-shaped JSON: any set that validates, without a mapping of its own.
//!
//! ```text
//! {"loop": "PO1", "segments": [{"id": "PO1", "position": 12, "elements": {"01": "1", "05": ["EA", "2"]}}], "loops": [...]}
//! ```
//! Elements are named by their positions, composites are arrays of their components, repeated elements
//! `{"repeats": [...]}`. Empty elements are left out. Segments that the schema could not place are not in it.

use super::Loop;
use crate::segment::{Segment, find, parts};
use serde_json::{Map, Value, json};

/// One loop and what is in it; the root's `loop` is the set's code.
pub(super) fn of_loop(tree: &Loop<'_>) -> Value {
    let mut object = Map::new();
    object.insert("loop".to_string(), Value::from(tree.id));
    object.insert("segments".to_string(), tree.segments.iter().map(of_segment).collect());
    if !tree.loops.is_empty() {
        object.insert("loops".to_string(), tree.loops.iter().map(of_loop).collect());
    }
    Value::Object(object)
}

fn of_segment(segment: &Segment<'_>) -> Value {
    let elements: Map<String, Value> = (1..)
        .zip(segment.elements())
        .filter(|(_, value)| !value.is_empty())
        .map(|(number, value): (usize, _)| (format!("{number:02}"), of_element(segment, number, value)))
        .collect();
    json!({ "id": segment.tag(), "position": segment.position, "elements": elements })
}

fn of_element<'a>(segment: &Segment<'a>, number: usize, value: &'a [u8]) -> Value {
    if segment.binary() == Some(number) {
        return Value::from(segment.decoded(value).into_owned());
    }
    let release = segment.delimiters.release;
    match segment.delimiters.repetition {
        Some(repetition) if find(repetition, release, value).is_some() => {
            let repeats: Value =
                parts(value, repetition, release).map(|part| of_parts(segment, part)).collect();
            json!({ "repeats": repeats })
        }
        _ => of_parts(segment, value),
    }
}

fn of_parts<'a>(segment: &Segment<'a>, value: &'a [u8]) -> Value {
    let (component, release) = (segment.delimiters.component, segment.delimiters.release);
    let text = |part: &'a [u8]| Value::from(segment.decoded(part).into_owned());
    match find(component, release, value) {
        Some(_) => parts(value, component, release).map(text).collect(),
        None => text(value),
    }
}
