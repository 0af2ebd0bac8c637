//! What a partner means by its codes, where it differs from the standard.
//!
//! A table is named as in [`super::Codes`] (`party_role`, `reference_kind`); an entry is a code and one of our words. Reading,
//! the entry goes before the standard's table; writing, a word gets the partner's code.

use crate::Text;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error, StrDeserializer};

/// A partner's own code tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    /// Table, code, word.
    entries: Vec<(Text, Text, Text)>,
}

impl Tables {
    /// Adds an entry: in `table`, `code` means `word` (as in the JSON: `ship_to`).
    pub fn add(&mut self, table: &str, code: &str, word: &str) {
        self.entries.push((table.into(), code.into(), word.into()));
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries: table, code, word.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.entries.iter().map(|(table, code, word)| (table.as_str(), code.as_str(), word.as_str()))
    }

    pub(crate) fn word<T: DeserializeOwned>(&self, table: &str, code: &str) -> Option<T> {
        let (.., word) = self.entries.iter().find(|(t, c, _)| t == table && c == code)?;
        parse(word)
    }

    /// The word of a code, in a table whose words are no vocabulary of ours (`unit`).
    pub(crate) fn text(&self, table: &str, code: &str) -> Option<&str> {
        self.entries.iter().find(|(t, c, _)| t == table && c == code).map(|(.., word)| word.as_str())
    }

    pub(crate) fn code_of(&self, table: &str, word: &str) -> Option<&str> {
        self.entries.iter().find(|(t, _, w)| t == table && w == word).map(|(_, code, _)| code.as_str())
    }

    pub(crate) fn code<T: Serialize>(&self, table: &str, word: &T) -> Option<&str> {
        if self.entries.is_empty() {
            return None;
        }
        let serde_json::Value::String(word) = serde_json::to_value(word).ok()? else { return None };
        let entry = self.entries.iter().find(|(t, _, w)| t == table && *w == word);
        entry.map(|(_, code, _)| code.as_str())
    }
}

/// A word of a vocabulary, as the JSON has it.
pub(crate) fn parse<T: DeserializeOwned>(word: &str) -> Option<T> {
    let word: StrDeserializer<'_, Error> = serde::de::IntoDeserializer::into_deserializer(word);
    T::deserialize(word).ok()
}
