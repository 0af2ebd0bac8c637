//! Documents to rows.
//!
//! A document has as many rows as its longest list that a column reads (at least one); what is of the document as a whole stands in
//! each. What was written is read back: a value that no column has is told, none is dropped in silence.

use crate::encoding::encode;
use crate::map::Source;
use crate::value::Format;
use crate::{Checked, Map};
use portway_documents::Document;
use portway_documents::carried::not_carried;
use serde_json::Value;
use std::collections::HashSet;
use std::fmt;

/// A value of a document that no column has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotWritten {
    /// Number of the document.
    pub document: String,
    /// RFC 6901, into the document.
    pub pointer: String,
    pub value: String,
}

/// Why documents cannot be written by a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteError(pub String);

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WriteError {}

impl Map {
    /// The rows of documents, and what they do not carry.
    ///
    /// # Errors
    /// A document of another kind; rows that could not be told apart when read; a character that the encoding lacks.
    pub fn write(&self, documents: &[Document]) -> Result<(Vec<u8>, Vec<NotWritten>), WriteError> {
        let columns = self.arranged();
        let width = columns.iter().map(|(place, _)| place + 1).max().unwrap_or(0);
        let mut out = csv::WriterBuilder::new()
            .delimiter(u8::try_from(self.map.separator).unwrap_or(b','))
            .quote(u8::try_from(self.map.quote).unwrap_or(b'"'))
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        let failed = |error: csv::Error| WriteError(error.to_string());
        if self.map.header {
            let names = columns.iter().map(|(_, column)| column.source.name());
            out.write_record(names).map_err(failed)?;
        }
        let mut keys = HashSet::new();
        for document in documents {
            let rows = self.rows_of(document, &columns, width, &mut keys)?;
            rows.iter().try_for_each(|row| out.write_record(row)).map_err(failed)?;
        }
        let bytes = out.into_inner().map_err(|error| WriteError(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|error| WriteError(error.to_string()))?;
        let bytes = encode(text, self.map.encoding).map_err(|c| {
            WriteError(format!("the character {c:?} is not in ISO 8859-1: state encoding = \"utf-8\""))
        })?;
        let lacking = self.lacking(documents, &bytes)?;
        Ok((bytes, lacking))
    }

    /// The columns in their order, each with its place.
    fn arranged(&self) -> Vec<(usize, &Checked)> {
        if !self.map.header {
            let place = |column: &Checked| match column.source {
                Source::Numbered(index) => index,
                Source::Named(_) => 0,
            };
            return self.columns.iter().map(|column| (place(column), column)).collect();
        }
        let wanted = |column: &&Checked| {
            let Source::Named(name) = &column.source else { return usize::MAX };
            self.map.order.iter().position(|other| other == name).unwrap_or(usize::MAX)
        };
        let mut columns: Vec<&Checked> = self.columns.iter().collect();
        columns.sort_by_key(wanted);
        columns.into_iter().enumerate().collect()
    }

    fn rows_of(
        &self,
        document: &Document,
        columns: &[(usize, &Checked)],
        width: usize,
        keys: &mut HashSet<String>,
    ) -> Result<Vec<Vec<String>>, WriteError> {
        let number = document.number();
        if document.kind() != self.kind {
            let (kind, own) = (document.kind().name(), self.kind.name());
            return Err(WriteError(format!("{number} is a document of kind {kind}; the map is of {own}")));
        }
        let json = serde_json::to_value(document).map_err(|error| WriteError(error.to_string()))?;
        let schema = self.kind.json_schema();
        let length = |column: &Checked| {
            let list = column.to.list_name()?;
            json.pointer(&list).and_then(Value::as_array).map(Vec::len)
        };
        let count = columns.iter().filter_map(|(_, column)| length(column)).max().unwrap_or(1).max(1);
        let mut rows = vec![vec![String::new(); width]; count];
        for (entry, row) in rows.iter_mut().enumerate() {
            for (place, column) in columns {
                let Some(value) = json.pointer(&column.to.of_row(entry)) else { continue };
                let Ok(kind) = column.to.resolve(&schema) else { continue };
                row[*place] = Format::of(&self.map, column.column.detailed()).write(value, &kind);
            }
        }
        let key = self.map.key.as_deref().and_then(|key| {
            let is_key = |column: &Checked| column.source.name() == key;
            columns.iter().find(|(_, column)| is_key(column)).map(|(place, _)| *place)
        });
        match key.map(|place| rows[0][place].clone()) {
            None if count > 1 => Err(WriteError(format!(
                "{number} has {count} rows, and no column of the map is the key that holds them together: name key"
            ))),
            Some(key) if key.is_empty() => {
                Err(WriteError(format!("{number} has no value for the key column")))
            }
            Some(key) if !keys.insert(key.clone()) => Err(WriteError(format!(
                "two documents have the key {key:?}: their rows could not be told apart"
            ))),
            _ => Ok(rows),
        }
    }

    fn lacking(&self, documents: &[Document], bytes: &[u8]) -> Result<Vec<NotWritten>, WriteError> {
        if documents.is_empty() {
            return Ok(Vec::new());
        }
        let back = self.read(bytes);
        if back.len() != documents.len() {
            let message = format!("{} documents were written, {} come back", documents.len(), back.len());
            return Err(WriteError(message));
        }
        let mut lacking = Vec::new();
        for (document, back) in documents.iter().zip(back) {
            let back =
                back.map_err(|error| WriteError(format!("what was written cannot be read back: {error}")))?;
            lacking.extend(not_carried(document, &back.document).into_iter().map(|n| NotWritten {
                document: document.number().to_owned(),
                pointer: n.pointer,
                value: n.value,
            }));
        }
        Ok(lacking)
    }
}
