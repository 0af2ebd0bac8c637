//! What a set carries of a document: the document that was written is held against the one read back.
//!
//! A field that the other standard has no place for, or a value that came back as another one, is told with its JSON pointer; what
//! came back beside that (a count, a default) is no loss. So nothing a mapping cannot write is dropped in silence, whatever the
//! mapping does.
//!
//! A code beside a word (`role_code` beside `role`) may differ, since each standard has its own, as long as the word is the same and
//! not `other`. Lines of text may be cut at other places.

use crate::reference::CodeList;
use crate::{Document, DocumentKind};
use portway_edi::Standard;
use serde_json::Value;
use std::collections::BTreeMap;

/// A value of a document that a set does not carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCarried {
    /// RFC 6901, into the document that was to be written.
    pub pointer: String,
    /// The value, as the JSON has it.
    pub value: String,
}

/// What `read_back` lacks of `document`, in the order of the document.
pub fn not_carried(document: &Document, read_back: &Document) -> Vec<NotCarried> {
    let json = |document| serde_json::to_value(document).unwrap_or_default();
    not_carried_json(&json(document), &json(read_back))
}

/// As [`not_carried`], of documents as JSON.
pub fn not_carried_json(document: &Value, read_back: &Value) -> Vec<NotCarried> {
    let mut list = Vec::new();
    compare(document, read_back, &mut String::new(), &mut list);
    list
}

/// The reason for a bare code of the standard that is not written to.
pub const FOREIGN_CODE: &str = "a code of the other standard, for which there is no word";

/// The reason for a unit that the standard has no code for.
pub const NO_CODE_FOR_UNIT: &str = "the standard has no code for the unit";

/// The reason for a word that the standard has no code for, and for what the word qualifies.
pub const NO_CODE_FOR_WORD: &str = "the standard has no code for the word";

/// The set that a document is written as.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    pub standard: Standard,
    /// `850`, `ORDERS`.
    pub set: &'a str,
    /// `004010`, `D:96A:UN`.
    pub version: &'a str,
}

/// A line of the lists beside the mappings: what a set does not carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Without indices: `/lines/packs`. After a `*` it is a field wherever it stands: `*/transport/loads`.
    pub path: &'static str,
    /// `004010` or `D.96A` (and earlier), `005010` or `D.01B` (and later), where one of the two alone lacks the place.
    pub version: Option<&'static str>,
    /// The clause that prevents it.
    pub reason: &'static str,
}

impl Row {
    /// From a line as it stands beside the mapping: `004010:/stops/temperatures`, or a path alone.
    fn of((path, reason): (&'static str, &'static str)) -> Row {
        match path.split_once(':') {
            Some((version, path)) => Row { path, version: Some(version), reason },
            None => Row { path, version: None, reason },
        }
    }

    /// True if the row tells of the field: a path without indices.
    pub fn holds(&self, path: &str) -> bool {
        self.end(path).is_some()
    }

    /// Where in the path the row's own ends; what comes after is within the record that it names.
    pub fn end(&self, path: &str) -> Option<usize> {
        let end = match self.path.strip_prefix('*') {
            Some(part) => {
                let mut ends_of = path.match_indices(part).map(|(at, _)| at + part.len());
                ends_of.find(|end| ends(path, *end))?
            }
            None => self.path.len(),
        };
        (self.path.starts_with('*') || path.starts_with(self.path))
            .then_some(end)
            .filter(|end| ends(path, *end))
    }

    fn is_of(&self, target: Target<'_>) -> bool {
        let newer = crate::mapping::is_newer(target.standard, target.version);
        self.version.is_none_or(|version| newer == matches!(version, "005010" | "D.01B"))
    }
}

/// Why a set does not carry what is lacking of one document, from the lists beside the mappings. Made once for a document: it holds it
/// as JSON.
pub struct Reasons {
    standard: Standard,
    foreign: bool,
    json: Value,
    rows: Vec<Row>,
}

impl Reasons {
    pub fn of(document: &Document, target: Target<'_>) -> Reasons {
        Reasons {
            standard: target.standard,
            foreign: document.code_list().is_some_and(|list| list != CodeList::of(target.standard)),
            json: serde_json::to_value(document).unwrap_or_default(),
            rows: rows(document.kind(), target).collect(),
        }
    }

    /// Why the set does not carry a field; `None` where no list has it.
    ///
    /// What only a code of the other standard says cannot be said in this one: neither the code nor what it qualifies.
    pub fn why(&self, pointer: &str) -> Option<&'static str> {
        let path = without_indices(pointer);
        if self.is_foreign_code(&path) {
            return Some(FOREIGN_CODE);
        }
        let listed = self.rows.iter().find(|row| row.holds(&path));
        listed.map(|row| row.reason).or_else(|| self.lacking_word(pointer))
    }

    /// True of a code that the other standard alone has: a path without indices.
    pub fn is_foreign_code(&self, path: &str) -> bool {
        let last = path.rsplit('/').next().unwrap_or_default();
        self.foreign
            && (last == "code"
                || last.ends_with("_code")
                || last.ends_with("_codes")
                || last == "original_unit")
    }

    /// Why a value cannot be said in the codes of a standard, whatever the set.
    pub fn lacking_word(&self, pointer: &str) -> Option<&'static str> {
        if self.foreign && is_qualified_by_code(&self.json, pointer) {
            Some("what it is, only a code of the other standard says")
        } else if pointer.ends_with("/unit") && lacks_unit(&self.json, self.standard, pointer) {
            Some(NO_CODE_FOR_UNIT)
        } else if lacks_word(&self.json, self.standard, pointer) {
            Some(NO_CODE_FOR_WORD)
        } else {
            None
        }
    }
}

/// What a set does not carry of a document: first what its own list has, then what no set of the standard carries.
pub fn rows(kind: DocumentKind, target: Target<'_>) -> impl Iterator<Item = Row> {
    let own = list(kind, target.standard, target.set);
    own.chain(shared(target.standard)).filter(move |row| row.is_of(target))
}

/// What a set does not carry of a document, in all versions.
pub fn list(kind: DocumentKind, standard: Standard, set: &str) -> impl Iterator<Item = Row> {
    crate::sets::not_carried_list(kind, standard, set).iter().copied().map(Row::of)
}

/// What a standard does not carry of any document.
pub fn shared(standard: Standard) -> impl Iterator<Item = Row> {
    let list = match standard {
        Standard::X12 => crate::x12::NOT_CARRIED,
        Standard::Edifact => crate::edifact::NOT_CARRIED,
    };
    list.iter().copied().map(Row::of)
}

fn lacks_unit(json: &Value, standard: Standard, pointer: &str) -> bool {
    json.pointer(pointer).and_then(Value::as_str).is_some_and(|unit| match standard {
        Standard::X12 => crate::x12::units::of_recommendation_20(unit).is_none(),
        Standard::Edifact => crate::edifact::units::of_recommendation_20(unit).is_none(),
    })
}

/// True if something around the value has a word that the standard has no code for. Of words that only describe (how an allowance
/// is settled) nothing but the word itself is lost; others say what the whole record is.
fn lacks_word(json: &Value, standard: Standard, pointer: &str) -> bool {
    const DESCRIBING: [&str; 5] = ["basis", "freight_payment", "mode", "handling", "service"];
    let fields = match standard {
        Standard::X12 => crate::x12::codes::WORD_FIELDS,
        Standard::Edifact => crate::edifact::codes::WORD_FIELDS,
    };
    let ends = pointer.match_indices('/').map(|(at, _)| at).skip(1);
    ends.into_iter().any(|end| {
        let Some(map) = json.pointer(&pointer[..end]).and_then(Value::as_object) else { return false };
        let within = without_indices(&pointer[..end]);
        fields.iter().filter(|f| within.ends_with(f.within)).any(|f| {
            let lacks = map.get(f.field).and_then(Value::as_str).is_some_and(|word| !(f.has_code)(word));
            let itself = pointer[end + 1..].starts_with(f.field);
            lacks && (itself || !DESCRIBING.contains(&f.field))
        })
    })
}

/// True if fields of this name hold words of ours that are written as codes.
pub fn is_word_field(name: &str) -> bool {
    let fields = crate::x12::codes::WORD_FIELDS.iter().chain(crate::edifact::codes::WORD_FIELDS);
    fields.into_iter().any(|field| field.field == name)
}

/// True if something around the value has a word that is `other`, or a code and no word at all.
fn is_qualified_by_code(json: &Value, pointer: &str) -> bool {
    const WORDS: [&str; 4] = ["role", "kind", "scheme", "status"];
    let ends = pointer.match_indices('/').map(|(at, _)| at).skip(1);
    let around = ends.filter_map(|end| json.pointer(&pointer[..end])).filter_map(Value::as_object);
    around.into_iter().any(|map| {
        let mut words = WORDS.iter().filter_map(|word| map.get(*word)).peekable();
        let coded = ["code", "agency_code", "form_code"].iter().any(|key| map.contains_key(*key));
        match words.peek() {
            Some(_) => words.any(|word| word == "other"),
            None => coded,
        }
    })
}

/// True if a part of the path ends there.
fn ends(path: &str, at: usize) -> bool {
    matches!(path.as_bytes().get(at), None | Some(b'/'))
}

/// Fields of a document that say how it came, not what it says.
const OF_THE_READING: [&str; 3] = ["schema_version", "code_list", "unmapped"];

fn compare(was: &Value, is: &Value, pointer: &mut String, list: &mut Vec<NotCarried>) {
    match (was, is) {
        (Value::Object(was), Value::Object(is)) => {
            for (key, value) in was {
                let at_root = pointer.is_empty();
                if (at_root && OF_THE_READING.contains(&key.as_str())) || is_translated(key, was, is) {
                    continue;
                }
                within(pointer, key, |pointer| {
                    compare(value, is.get(key).unwrap_or(&Value::Null), pointer, list);
                });
            }
        }
        (Value::Array(was), Value::Array(is)) => compare_lists(was, is, pointer, list),
        _ if was == is || same_number(was, is) || same_words(was, is) => {}
        _ => leaves(was, pointer, list),
    }
}

/// Entries that came back equal stand for each other, wherever they stand. Of the others those of one place are compared, and what
/// then lacks may stand in any other entry that came back: a standard may need two entries for what is one here.
fn compare_lists(was: &[Value], is: &[Value], pointer: &mut String, list: &mut Vec<NotCarried>) {
    let mut came = is.iter();
    let all_came = was.iter().all(|value| came.any(|other| other == value));
    if let (false, Some(was), Some(is)) = (all_came, joined(was), joined(is)) {
        if was != is {
            list.push(NotCarried { pointer: pointer.clone(), value: was });
        }
        return;
    }
    let mut left: Vec<Option<&Value>> = is.iter().map(Some).collect();
    let mut open: Vec<(usize, &Value)> = was.iter().enumerate().collect();
    // At its own place first, then anywhere.
    open.retain(|(index, value)| {
        let own = left.get_mut(*index);
        own.is_none_or(|other| other.take_if(|other| covers(other, value)).is_none())
    });
    open.retain(|(_, value)| {
        let mut others = left.iter_mut();
        !others.any(|other| other.take_if(|other| covers(other, value)).is_some())
    });
    let left: Vec<&Value> = left.into_iter().flatten().collect();
    let mut spare = BTreeMap::new();
    left.iter().for_each(|value| count_leaves(value, &mut String::new(), &mut spare));
    for (position, (index, value)) in open.into_iter().enumerate() {
        within(pointer, &index.to_string(), |pointer| {
            let mut lacking = Vec::new();
            let prefix = pointer.len();
            compare(value, left.get(position).copied().unwrap_or(&Value::Null), pointer, &mut lacking);
            lacking.retain(|l| {
                let key = (without_indices(&l.pointer[prefix..]), l.value.clone());
                match spare.get_mut(&key).filter(|count| **count > 0) {
                    Some(count) => {
                        *count -= 1;
                        false
                    }
                    None => true,
                }
            });
            list.append(&mut lacking);
        });
    }
}

/// True if nothing of `value` lacks in `other`: [`compare`], which ends at the first that does. Entries of lists only.
fn covers(other: &Value, value: &Value) -> bool {
    match (value, other) {
        (Value::Object(was), Value::Object(is)) => was.iter().all(|(key, value)| {
            is_translated(key, was, is) || covers(is.get(key).unwrap_or(&Value::Null), value)
        }),
        _ if value == other => true,
        _ => {
            let mut list = Vec::new();
            compare(value, other, &mut "/-".to_owned(), &mut list);
            list.is_empty()
        }
    }
}

/// Lines of text as one, blanks between them; `None` for a list of anything else.
fn joined(list: &[Value]) -> Option<String> {
    let texts: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
    texts.map(|texts| texts.join(" ").split_whitespace().collect::<Vec<_>>().join(" "))
}

/// True of a code whose word came back the same, and of a unit as it came whose unit did.
fn is_translated(
    key: &str,
    was: &serde_json::Map<String, Value>,
    is: &serde_json::Map<String, Value>,
) -> bool {
    let same = |word: &str| match (was.get(word), is.get(word)) {
        (Some(Value::String(a)), Some(Value::String(b))) => a == b && a != "other",
        _ => false,
    };
    match key.strip_suffix("_code") {
        Some(word) => same(word) || (word.is_empty() && same("kind")),
        None => match key {
            // A note's kind stands beside its `code`.
            "code" => same("kind") || same("status"),
            "scheme_code" => same("scheme"),
            _ => key.strip_prefix("original_").is_some_and(same),
        },
    }
}

/// `12.50` came back as `12.5`.
fn same_number(was: &Value, is: &Value) -> bool {
    let number = |value: &Value| value.as_str()?.parse::<rust_decimal::Decimal>().ok();
    matches!((number(was), number(is)), (Some(a), Some(b)) if a == b)
}

/// A text came back with a blank where a line ended.
fn same_words(was: &Value, is: &Value) -> bool {
    match (was.as_str(), is.as_str()) {
        (Some(was), Some(is)) => was.split_whitespace().eq(is.split_whitespace()),
        _ => false,
    }
}

fn leaves(value: &Value, pointer: &mut String, list: &mut Vec<NotCarried>) {
    match value {
        Value::Object(map) => {
            // A word that says nothing is nothing lost.
            for (key, value) in map.iter().filter(|(_, value)| *value != "other" && *value != "") {
                within(pointer, key, |pointer| leaves(value, pointer, list));
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                within(pointer, &index.to_string(), |pointer| leaves(value, pointer, list));
            }
        }
        Value::String(text) if text.is_empty() || text == "other" => {}
        Value::String(text) => list.push(NotCarried { pointer: pointer.clone(), value: text.clone() }),
        other => list.push(NotCarried { pointer: pointer.clone(), value: other.to_string() }),
    }
}

fn count_leaves(value: &Value, pointer: &mut String, counts: &mut BTreeMap<(String, String), usize>) {
    let mut list = Vec::new();
    leaves(value, pointer, &mut list);
    for leaf in list {
        *counts.entry((without_indices(&leaf.pointer), leaf.value)).or_default() += 1;
    }
}

fn without_indices(pointer: &str) -> String {
    let is_index = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    pointer.split('/').filter(|part| !is_index(part)).collect::<Vec<_>>().join("/")
}

fn within(pointer: &mut String, key: &str, visit: impl FnOnce(&mut String)) {
    let length = pointer.len();
    pointer.push('/');
    // RFC 6901, 3. No key of ours has either, but a partner's might.
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
    visit(pointer);
    pointer.truncate(length);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lost(was: Value, is: Value) -> Vec<String> {
        not_carried_json(&was, &is).into_iter().map(|n| format!("{}={}", n.pointer, n.value)).collect()
    }

    #[test]
    fn a_value_that_did_not_come_back_is_told() {
        assert_eq!(lost(json!({"a": "1", "b": {"c": "x"}}), json!({"a": "2"})), ["/a=1", "/b/c=x"]);
        assert_eq!(lost(json!({"a": "1"}), json!({"a": "1", "more": "2"})), Vec::<String>::new());
    }

    #[test]
    fn a_code_may_differ_where_the_word_is_the_same() {
        let party = |word: &str, code: &str| json!({ "role": word, "role_code": code });
        assert_eq!(lost(party("ship_to", "ST"), party("ship_to", "DP")), Vec::<String>::new());
        assert_eq!(lost(party("other", "XX"), party("other", "YY")), ["/role_code=XX"]);
        assert_eq!(lost(party("buyer", "BY"), party("seller", "SU")), ["/role=buyer", "/role_code=BY"]);
    }

    #[test]
    fn entries_are_found_wherever_they_stand_and_may_be_split() {
        let was = json!({"list": [{"a": "1"}, {"b": "2", "c": "3"}]});
        let is = json!({"list": [{"c": "3"}, {"b": "2"}, {"a": "1"}]});
        assert_eq!(lost(was.clone(), is), Vec::<String>::new());
        assert_eq!(lost(was, json!({"list": [{"c": "3"}, {"a": "1"}]})), ["/list/1/b=2"]);
    }

    #[test]
    fn lines_may_be_cut_elsewhere_and_numbers_lose_zeros() {
        assert_eq!(
            lost(json!({"lines": ["one two", "three"]}), json!({"lines": ["one", "two three"]})),
            Vec::<String>::new()
        );
        assert_eq!(lost(json!({"lines": ["one two"]}), json!({"lines": ["one"]})), ["/lines=one two"]);
        assert_eq!(lost(json!({"n": "12.50"}), json!({"n": "12.5"})), Vec::<String>::new());
    }
}
