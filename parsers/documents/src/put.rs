//! Puts the segments of a document into the writers of `portway-edi`.

use crate::mapping::Written;
use portway_edi::{edifact, x12};

/// Writes the segments of one set, ST and SE included, into an open group.
///
/// # Errors
/// As the writer's: a delimiter in data, where those are refused.
pub fn put_x12(
    writer: &mut x12::writer::Writer,
    set: &str,
    segments: &[Written],
) -> Result<(), x12::writer::WriteError> {
    use x12::writer::Value;
    writer.begin_set(set)?;
    for segment in segments {
        let parts: Vec<Vec<&str>> = parts(segment);
        let values: Vec<Value<'_>> = parts.iter().map(|p| Value::Composite(p)).collect();
        writer.segment_of(&segment.tag, &values)?;
    }
    writer.end_set()
}

/// Writes the segments of one message, UNH and UNT included. `version` as in the UNH, `D:96A:UN:EAN008`.
///
/// # Errors
/// As the writer's: a character that the declared set does not have, where those are refused.
pub fn put_edifact(
    writer: &mut edifact::writer::Writer,
    message: &str,
    version: &str,
    segments: &[Written],
) -> Result<(), edifact::writer::WriteError> {
    use edifact::writer::Value;
    writer.begin_message(message, version)?;
    for segment in segments {
        let parts: Vec<Vec<&str>> = parts(segment);
        let values: Vec<Value<'_>> = parts.iter().map(|p| Value::Composite(p)).collect();
        writer.segment_of(&segment.tag, &values)?;
    }
    writer.end_message()
}

fn parts(segment: &Written) -> Vec<Vec<&str>> {
    segment.elements.iter().map(|e| e.iter().map(|c| c.as_str()).collect()).collect()
}
