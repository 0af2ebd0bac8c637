//! A TOML file with its places: what stands where.
//!
//! Promises: any key path can be located, down to its deepest part that is there, so that a check made on typed
//! values still points at the line. Fails on syntax only, with the place that the TOML parser names.

use super::problem::Problem;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// One step of a path through a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Step {
        Step::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Step {
        Step::Index(index)
    }
}

/// `steps!["receive", code, "to", 0]`
macro_rules! steps {
    ($($step:expr),* $(,)?) => { [$(crate::profile::document::Step::from($step)),*] };
}
pub(super) use steps;

#[derive(Debug, Clone)]
pub(super) struct Document {
    pub file: PathBuf,
    pub text: Arc<str>,
}

impl Document {
    /// Every fault of syntax is reported, not the first only.
    pub fn parse(file: &Path, text: &str) -> Result<Document, Vec<Problem>> {
        let text: Arc<str> = Arc::from(text);
        let mut faults: Vec<_> = DeTable::parse_recoverable(&text)
            .1
            .into_iter()
            .map(|error| (error.span().unwrap_or(0..0), format!("this is not TOML: {}", error.message())))
            .collect();
        if faults.is_empty() {
            return Ok(Document { file: file.to_owned(), text });
        }
        faults.sort_by_key(|(span, _)| span.start);
        Err(faults.into_iter().map(|(span, message)| Problem::at(file, &text, span, message)).collect())
    }

    /// The values with their places. Read anew: they borrow the text, and are wanted only when something is wrong.
    pub fn table(&self) -> DeTable<'_> {
        DeTable::parse_recoverable(&self.text).0.into_inner()
    }

    /// The plain values, without places.
    pub fn values(&self) -> Result<toml::Table, Vec<Problem>> {
        toml::from_str(&self.text).map_err(|error| vec![self.fault(&error)])
    }

    /// A problem at the value (or, for a table, the key) of `path`.
    pub fn problem(&self, path: &[Step], message: impl Into<String>) -> Problem {
        Problem::at(&self.file, &self.text, self.locate(path), message)
    }

    /// What the typed reader refuses, at the place that it names.
    pub fn fault(&self, error: &toml::de::Error) -> Problem {
        Problem::at(&self.file, &self.text, error.span().unwrap_or(0..0), error.message())
    }

    /// The place of the deepest part of `path` that the document has.
    pub fn locate(&self, path: &[Step]) -> Range<usize> {
        let mut found = 0..0;
        let root = self.table();
        let mut table = Some(&root);
        let mut array: Option<&DeArray<'_>> = None;
        for step in path {
            let value: &Spanned<DeValue<'_>> = match (step, table, array) {
                (Step::Key(key), Some(table), _) => match table.get_key_value(key.as_str()) {
                    Some((key, value)) => {
                        found = if value.get_ref().is_table() { key.span() } else { value.span() };
                        value
                    }
                    None => break,
                },
                (Step::Index(index), _, Some(array)) => match array.get(*index) {
                    Some(value) => {
                        found = value.span();
                        value
                    }
                    None => break,
                },
                _ => break,
            };
            table = value.get_ref().as_table();
            array = value.get_ref().as_array();
        }
        found
    }
}
