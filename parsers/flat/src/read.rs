//! Rows to documents.
//!
//! Rows with the same key are one document, wherever they stand. What is of the document as a whole must be the same in all its rows
//! that say it. What a document must have and no column gives is filled where that is plain (no code, no word); a value that is
//! missing is an error, with row and column, or with the pointer where no column leads there.

use crate::Map;
use crate::encoding::decode;
use crate::map::{self, Source};
use crate::pointer::{Kind, Pointer, followed};
use crate::value::Format;
use portway_documents::{Document, SCHEMA_VERSION};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;

/// A document that was read, and the lines of the file that its rows begin at.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    pub document: Document,
    /// What stands in the column that says whom it is for; the first of its rows that has a value.
    pub partner: Option<String>,
    pub rows: Vec<u64>,
}

/// Everything that is wrong with one document, or with the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlatErrors {
    /// The value of the key column, or the line of the row where there is none; empty for the file.
    pub document: String,
    pub errors: Vec<FlatError>,
}

/// One fault, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlatError {
    /// The line of the file that the row begins at, from 1.
    pub row: Option<u64>,
    /// The column, by its name in the map.
    pub column: Option<String>,
    pub message: String,
}

impl fmt::Display for FlatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.row, &self.column) {
            (Some(row), Some(column)) => write!(f, "row {row}, column {column:?}: {}", self.message),
            (Some(row), None) => write!(f, "row {row}: {}", self.message),
            (None, Some(column)) => write!(f, "column {column:?}: {}", self.message),
            (None, None) => f.write_str(&self.message),
        }
    }
}

impl fmt::Display for FlatErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors: Vec<String> = self.errors.iter().map(FlatError::to_string).collect();
        match self.document.is_empty() {
            true => write!(f, "the file cannot be read: {}", errors.join("; ")),
            false => write!(f, "{} is no document: {}", self.document, errors.join("; ")),
        }
    }
}

impl std::error::Error for FlatErrors {}

/// A row: its line, and its values.
struct Row {
    line: u64,
    values: csv::StringRecord,
}

/// Counts lines: the reader's own count is one less after CR LF.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record whose first byte, or an end of line before it, is at `byte`. Records come in order.
    fn of(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(next) = self.text.get(self.at) {
            if self.at >= byte && !matches!(next, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*next == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// Where columns stand in the file.
struct Places {
    columns: Vec<usize>,
    key: Option<usize>,
    partner: Option<usize>,
    /// How many values a row has; `None` without a header row.
    count: Option<usize>,
}

impl Map {
    /// The documents of a file, in the order of their first rows. A file that cannot be read at all is one error.
    pub fn read(&self, bytes: &[u8]) -> Vec<Result<Read, FlatErrors>> {
        match self.rows(bytes) {
            Ok((places, rows)) => self
                .grouped(&places, rows)
                .into_iter()
                .map(|(name, rows)| Building::new(self, &places).document(name, &rows))
                .collect(),
            Err(error) => vec![Err(FlatErrors { document: String::new(), errors: vec![error] })],
        }
    }

    fn rows(&self, bytes: &[u8]) -> Result<(Places, Vec<Row>), FlatError> {
        let fault = |row, message: String| FlatError { row, column: None, message };
        let text = decode(bytes, self.map.encoding).map_err(|line| {
            fault(
                Some(line),
                "there are bytes that are no UTF-8; send UTF-8, or state encoding = \"iso-8859-1\""
                    .to_owned(),
            )
        })?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(u8::try_from(self.map.separator).unwrap_or(b','))
            .quote(u8::try_from(self.map.quote).unwrap_or(b'"'))
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
        for record in reader.records() {
            let values = record.map_err(|error| fault(None, error.to_string()))?;
            let line = lines.of(values.position().map_or(0, csv::Position::byte));
            // A line of separators alone, as spreadsheets leave behind.
            if values.iter().any(|value| !value.trim().is_empty()) {
                rows.push(Row { line, values });
            }
        }
        if rows.is_empty() {
            return Err(fault(None, "there are no rows in it".to_owned()));
        }
        let header = self.map.header.then(|| rows.remove(0));
        Ok((self.places(header.as_ref())?, rows))
    }

    /// Finds the columns of the map in the header row.
    fn places(&self, header: Option<&Row>) -> Result<Places, FlatError> {
        let find = |source: &Source| -> Result<usize, FlatError> {
            let name = match source {
                Source::Numbered(index) => return Ok(*index),
                Source::Named(name) => name,
            };
            let names = || header.iter().flat_map(|header| header.values.iter().map(str::trim));
            let mut found = names().enumerate().filter(|(_, other)| other == name);
            let error = |message: String| FlatError {
                row: header.map(|h| h.line),
                column: Some(name.clone()),
                message,
            };
            match (found.next(), found.next()) {
                (Some((index, _)), None) => Ok(index),
                (Some(_), Some(_)) => {
                    Err(error("there are two columns of this name in the header row".to_owned()))
                }
                _ => {
                    let there: Vec<&str> = names().collect();
                    Err(error(format!(
                        "there is no such column in the header row; there are {}",
                        there.join(", ")
                    )))
                }
            }
        };
        let columns = self.columns.iter().map(|column| find(&column.source)).collect::<Result<_, _>>()?;
        let find_named = |name: &Option<String>| {
            let source = name.as_deref().and_then(|name| map::source(name, self.map.header).ok());
            source.map(|source| find(&source)).transpose()
        };
        let (key, partner) = (find_named(&self.map.key)?, find_named(&self.map.partner)?);
        Ok(Places { columns, key, partner, count: header.map(|header| header.values.len()) })
    }

    /// The rows of each document.
    fn grouped(&self, places: &Places, rows: Vec<Row>) -> Vec<(String, Vec<Row>)> {
        let mut groups: Vec<(String, Vec<Row>)> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for row in rows {
            let key =
                places.key.and_then(|key| row.values.get(key)).map(str::trim).filter(|key| !key.is_empty());
            let Some(key) = key else {
                groups.push((format!("row {}", row.line), vec![row]));
                continue;
            };
            let at = *known.entry(key.to_owned()).or_insert_with(|| {
                groups.push((key.to_owned(), Vec::new()));
                groups.len() - 1
            });
            groups[at].1.push(row);
        }
        groups
    }
}

/// A document that is being made of rows.
struct Building<'m> {
    map: &'m Map,
    places: &'m Places,
    schema: Value,
    json: Value,
    errors: Vec<FlatError>,
    /// Of each column of the document as a whole: its text, and the row it came in.
    whole: HashMap<usize, (String, u64)>,
    /// The same of whom it is for.
    partner: Option<(String, u64)>,
    /// How many entries each list has, and the row of each.
    lists: HashMap<String, Vec<u64>>,
}

impl<'m> Building<'m> {
    fn new(map: &'m Map, places: &'m Places) -> Building<'m> {
        let json = serde_json::json!({ "schema_version": SCHEMA_VERSION });
        let schema = map.kind.json_schema();
        let (errors, whole, partner, lists) = Default::default();
        Building { map, places, schema, json, errors, whole, partner, lists }
    }

    fn document(mut self, name: String, rows: &[Row]) -> Result<Read, FlatErrors> {
        let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
        if self.places.key.is_some() && rows.len() == 1 && name == format!("row {}", lines[0]) {
            self.fault(
                lines[0],
                self.map.map.key.clone(),
                "the key is empty: it tells which document the row is of".to_owned(),
            );
        }
        for row in rows {
            self.row(row);
        }
        for (pointer, value) in &self.map.fixed {
            if pointer.list().is_none() {
                self.fixed(pointer, value, 0);
            }
        }
        if self.errors.is_empty() {
            let (schema, mut json) = (self.schema.clone(), std::mem::take(&mut self.json));
            self.complete(&schema, &schema, &mut json, String::new());
            self.json = json;
        }
        if self.errors.is_empty() {
            match self.map.kind.parse(&self.json.to_string()) {
                Ok(document) if document.number().is_empty() => self.missing("/number"),
                Ok(document) => {
                    let partner = self.partner.map(|(partner, _)| partner);
                    return Ok(Read { document, partner, rows: lines });
                }
                Err(error) => self.fault(lines[0], None, error.to_string()),
            }
        }
        Err(FlatErrors { document: name, errors: self.errors })
    }

    fn fault(&mut self, row: u64, column: Option<String>, message: String) {
        self.errors.push(FlatError { row: Some(row), column, message });
    }

    fn row(&mut self, row: &Row) {
        if let Some(count) = self.places.count.filter(|count| *count != row.values.len()) {
            let message = format!("it has {} values, the header row {count}", row.values.len());
            return self.fault(row.line, None, message);
        }
        self.whom(row);
        // Lists that this row is an entry of.
        let mut entered: Vec<String> = Vec::new();
        for (index, column) in self.map.columns.iter().enumerate() {
            let text = row.values.get(self.places.columns[index]).unwrap_or_default().trim();
            let name = Some(column.source.name());
            if text.is_empty() {
                if column.column.detailed().is_some_and(|detailed| detailed.required) {
                    self.fault(row.line, name, "there is no value, and the map requires one".to_owned());
                }
                continue;
            }
            let kind = match column.to.resolve(&self.schema) {
                Ok(kind) => kind,
                Err(message) => return self.fault(row.line, name, message),
            };
            let format = Format::of(&self.map.map, column.column.detailed());
            let value = match format.read(text, &kind) {
                Ok(value) => value,
                Err(message) => {
                    self.fault(row.line, name, message);
                    continue;
                }
            };
            match column.to.list() {
                Some(_) => {
                    let entry = self.entry(&column.to, row.line, &mut entered);
                    column.to.put(&mut self.json, entry, value);
                }
                None => match self.whole.get(&index) {
                    Some((before, at)) if before != text => {
                        let message =
                            format!("{text:?} differs from {before:?} in row {at}; both are of one document");
                        self.fault(row.line, name, message);
                    }
                    Some(_) => {}
                    None => {
                        self.whole.insert(index, (text.to_owned(), row.line));
                        column.to.put(&mut self.json, 0, value);
                    }
                },
            }
        }
        let map = self.map;
        for (pointer, value) in &map.fixed {
            if pointer.list_name().is_some_and(|list| entered.contains(&list)) {
                let entry = self.entry(pointer, row.line, &mut entered);
                self.fixed(pointer, value, entry);
            }
        }
    }

    /// Whom the row is for: the same in all rows of a document.
    fn whom(&mut self, row: &Row) {
        let text = self.places.partner.and_then(|at| row.values.get(at)).unwrap_or_default().trim();
        match &self.partner {
            _ if text.is_empty() => {}
            Some((before, at)) if before != text => {
                let message =
                    format!("{text:?} differs from {before:?} in row {at}; both are of one document");
                self.fault(row.line, self.map.map.partner.clone(), message);
            }
            Some(_) => {}
            None => self.partner = Some((text.to_owned(), row.line)),
        }
    }

    /// The number of the entry that the row is in the list of a pointer.
    fn entry(&mut self, pointer: &Pointer, line: u64, entered: &mut Vec<String>) -> usize {
        let list = pointer.list_name().unwrap_or_default();
        let entries = self.lists.entry(list.clone()).or_default();
        if !entered.contains(&list) {
            entered.push(list);
            entries.push(line);
        }
        entries.len() - 1
    }

    fn fixed(&mut self, pointer: &Pointer, value: &str, entry: usize) {
        let format = Format::of(&self.map.map, None);
        // A fixed value stands as documents have it, not as the file does.
        let value = match pointer.resolve(&self.schema) {
            Ok(kind @ (Kind::Integer | Kind::Boolean | Kind::Word(_))) => format.read(value, &kind),
            _ => Ok(Value::from(value)),
        };
        match value {
            Ok(value) => pointer.put(&mut self.json, entry, value),
            Err(message) => {
                let message = format!("fixed {}: {message}", pointer.text());
                self.errors.push(FlatError { row: None, column: None, message });
            }
        }
    }

    /// Fills what a record must have: codes are empty, words `other` (a purpose: `original`), records empty.
    fn complete(&mut self, schema: &Value, at: &Value, json: &mut Value, pointer: String) {
        let at = followed(schema, at);
        match json {
            Value::Array(list) => {
                let Some(items) = at.get("items") else { return };
                for (index, entry) in list.iter_mut().enumerate() {
                    self.complete(schema, items, entry, format!("{pointer}/{index}"));
                }
            }
            Value::Object(map) => {
                let properties = at.get("properties").and_then(Value::as_object);
                let required = at.get("required").and_then(Value::as_array);
                for name in required.into_iter().flatten().filter_map(Value::as_str) {
                    if map.contains_key(name) {
                        continue;
                    }
                    let Some(property) = properties.and_then(|p| p.get(name)) else { continue };
                    match usual(schema, property, name) {
                        Some(value) => map.insert(name.to_owned(), value),
                        None => {
                            self.missing(&format!("{pointer}/{name}"));
                            continue;
                        }
                    };
                }
                for (name, value) in map.iter_mut() {
                    if let Some(property) = properties.and_then(|p| p.get(name)) {
                        self.complete(schema, property, value, format!("{pointer}/{name}"));
                    }
                }
            }
            _ => {}
        }
    }

    /// Names the row and column of a value that no row gave.
    fn missing(&mut self, pointer: &str) {
        let steps = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        let wanted = steps(pointer);
        let leads_there = |to: &str| {
            let to = steps(to);
            to.len() == wanted.len() && to.iter().zip(&wanted).all(|(a, b)| a == b || a == "-")
        };
        let column = self.map.columns.iter().find(|column| leads_there(&column.to.text()));
        let list =
            wanted.iter().position(|step| !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()));
        let row = list.and_then(|at| {
            let entry: usize = wanted[at].parse().ok()?;
            self.lists.get(&wanted[..at].join("/"))?.get(entry).copied()
        });
        let message = match column {
            Some(_) => format!("there is no value, and the document must have {pointer}"),
            None => format!("the document must have {pointer}, and no column leads there"),
        };
        let column = column.map(|column| column.source.name());
        self.errors.push(FlatError { row, column, message });
    }
}

/// What stands where nothing was said; `None` where something must be.
fn usual(schema: &Value, property: &Value, name: &str) -> Option<Value> {
    let at = followed(schema, property);
    match Kind::of(at) {
        Ok(Kind::Word(_)) => Some(Value::from(if name == "purpose" { "original" } else { "other" })),
        Ok(Kind::Text) if name != "number" => Some(Value::from("")),
        Ok(_) => None,
        Err(_) if at.get("type").and_then(Value::as_str) == Some("array") => Some(Value::Array(Vec::new())),
        Err(_) => Some(Value::Object(serde_json::Map::new())),
    }
}
