//! The column map as it is configured, and its checks.
//!
//! Fails with a [`MapError`] in words that name the column or pointer at fault.

use crate::pointer::Pointer;
use crate::{Checked, Map};
use portway_documents::DocumentKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// What the columns of a delimited file are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnMap {
    /// Kind of the documents, `purchase-order`.
    pub document: String,
    /// The column whose value tells documents apart: rows with the same are one document. Absent: each row is a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The column that says whom a document is for; it need not go anywhere in the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// Between the columns.
    #[serde(default = "comma")]
    pub separator: char,
    /// Around values with a separator in them.
    #[serde(default = "quote")]
    pub quote: char,
    /// The first row has the names of the columns. Without, columns are named by number, from `1`.
    #[serde(default = "yes")]
    pub header: bool,
    #[serde(default)]
    pub encoding: Encoding,
    /// How days stand in the file where the column does not say, as `strftime`: `%d.%m.%Y`. Usually ISO 8601.
    #[serde(default)]
    pub date: DateFormat,
    /// What stands before decimals where the column does not say.
    #[serde(default)]
    pub decimal: DecimalMark,
    /// Name or number of a column, and where its value goes.
    pub columns: BTreeMap<String, Column>,
    /// Names of columns in the order they are written; the others after them, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
    /// Pointers with the value that each document has there. With `-` in it: each row's entry.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fixed: BTreeMap<String, String>,
}

/// Where the value of a column goes: a pointer alone, or with how it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Column {
    /// JSON pointer into the document; `-` is a new entry per row.
    To(String),
    Detailed(Detailed),
}

/// A column with more to say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Detailed {
    /// JSON pointer into the document; `-` is a new entry per row.
    pub to: String,
    /// How a day stands in this column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<DateFormat>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<DecimalMark>,
    /// Words of the file and ours: `{ "ST" = "H87" }`. Others stay as they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, String>,
    /// An empty value is an error.
    #[serde(default)]
    pub required: bool,
}

/// A format of days as `strftime` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DateFormat(pub String);

impl Default for DateFormat {
    fn default() -> DateFormat {
        DateFormat("%Y-%m-%d".to_owned())
    }
}

/// What stands before decimals. The other of both may stand between thousands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DecimalMark {
    #[default]
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "iso-8859-1")]
    Latin1,
}

fn comma() -> char {
    ','
}
fn quote() -> char {
    '"'
}
fn yes() -> bool {
    true
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Named(String),
    /// From 0.
    Numbered(usize),
}

impl Source {
    /// As the map names it.
    pub(crate) fn name(&self) -> String {
        match self {
            Source::Named(name) => name.clone(),
            Source::Numbered(index) => (index + 1).to_string(),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Named(name) => write!(f, "{name:?}"),
            Source::Numbered(index) => write!(f, "{}", index + 1),
        }
    }
}

/// What is wrong with a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapError(pub String);

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MapError {}

impl Column {
    pub(crate) fn to(&self) -> &str {
        match self {
            Column::To(to) => to,
            Column::Detailed(detailed) => &detailed.to,
        }
    }
    pub(crate) fn detailed(&self) -> Option<&Detailed> {
        match self {
            Column::To(_) => None,
            Column::Detailed(detailed) => Some(detailed),
        }
    }
}

impl ColumnMap {
    /// JSON Schema (2020-12) of a map.
    pub fn json_schema() -> Value {
        schemars::schema_for!(ColumnMap).to_value()
    }
}

impl Map {
    /// # Errors
    /// The kind of document does not exist, a pointer is none or leads nowhere in the document, two columns go to one place, the key is
    /// no column, or a separator or date format cannot be.
    pub fn new(map: ColumnMap) -> Result<Map, MapError> {
        let Some(kind) = DocumentKind::from_name(&map.document) else {
            let known: Vec<&str> = DocumentKind::ALL.iter().map(|kind| kind.name()).collect();
            let (name, known) = (&map.document, known.join(", "));
            return Err(MapError(format!("document = {name:?} is no kind of document; there are {known}")));
        };
        for (what, c) in [("separator", map.separator), ("quote", map.quote)] {
            if !c.is_ascii() || matches!(c, '\r' | '\n') {
                return Err(MapError(format!(
                    "{what} = {c:?}: it is one ASCII character, and none that ends a line"
                )));
            }
        }
        if map.separator == map.quote {
            return Err(MapError("separator and quote are the same character; choose two".to_owned()));
        }
        check_format(&map.date, "date")?;
        if map.columns.is_empty() {
            return Err(MapError("there are no columns: name at least one and where it goes".to_owned()));
        }
        let schema = kind.json_schema();
        let mut columns: Vec<Checked> = Vec::new();
        for (name, column) in &map.columns {
            let source = source(name, map.header)?;
            let to = pointer(column.to(), &schema, &format!("column {name:?}"))?;
            if let Some(format) = column.detailed().and_then(|d| d.date.as_ref()) {
                check_format(format, &format!("date of column {name:?}"))?;
            }
            if let Some(other) = columns.iter().find(|other| other.to == to) {
                let (at, other) = (column.to(), &other.source);
                return Err(MapError(format!("columns {other} and {name:?} both go to {at}; leave one out")));
            }
            columns.push(Checked { source, to, column: column.clone() });
        }
        let mut fixed = Vec::new();
        for (to, value) in &map.fixed {
            let at = pointer(to, &schema, "fixed")?;
            if let Some(column) = columns.iter().find(|column| column.to == at) {
                return Err(MapError(format!(
                    "{to} is fixed, and column {} goes there too; leave one out",
                    column.source
                )));
            }
            fixed.push((at, value.clone()));
        }
        if let Some(name) = map.order.iter().find(|name| !map.columns.contains_key(*name)) {
            return Err(MapError(format!("order names {name:?}, which is no column of the map")));
        }
        for column in map.key.iter().chain(&map.partner) {
            source(column, map.header)?;
        }
        Ok(Map { map, kind, columns, fixed })
    }

    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The column that says whom a document is for, where there is one.
    pub fn partner_column(&self) -> Option<&str> {
        self.map.partner.as_deref()
    }
}

pub(crate) fn source(name: &str, header: bool) -> Result<Source, MapError> {
    if header {
        return Ok(Source::Named(name.to_owned()));
    }
    match name.parse::<usize>().ok().and_then(|number| number.checked_sub(1)) {
        Some(index) => Ok(Source::Numbered(index)),
        None => Err(MapError(format!(
            "column {name:?}: without a header row columns are named by number, from 1"
        ))),
    }
}

fn pointer(text: &str, schema: &Value, what: &str) -> Result<Pointer, MapError> {
    let pointer = Pointer::parse(text).map_err(|why| MapError(format!("{what}: {text:?} {why}")))?;
    pointer.resolve(schema).map_err(|why| MapError(format!("{what}: {text:?}: {why}")))?;
    Ok(pointer)
}

/// A format must give back the day it was given.
fn check_format(format: &DateFormat, what: &str) -> Result<(), MapError> {
    let day = jiff::civil::date(2026, 11, 24);
    let written = jiff::fmt::strtime::format(&format.0, day).ok();
    let read = written.and_then(|text| jiff::civil::Date::strptime(&format.0, text).ok());
    match read == Some(day) {
        true => Ok(()),
        false => Err(MapError(format!(
            "{what} = {:?} is no format of a day: write it as strftime has it, such as %d.%m.%Y or %Y%m%d",
            format.0
        ))),
    }
}
