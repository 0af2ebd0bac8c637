//! Each row of the lists of what is not carried says no more than is true.
//!
//! A row that names a record (`/lines/packs`) tells of the loss of whole ones: where a part of one comes back, the fields that do not
//! are listed by name, so that no loss hides behind a row that is too broad. And each row is needed: there is a document of which the
//! set loses just that.
//!
//! Fails with the field and the row.

use crate::filled::Shape;
use crate::round_trip::{VERSIONS, thinned};
use crate::sets::{Case, cases, sets, written};
use portway_documents::carried::{self, Reasons, Row, Target, not_carried};
use portway_documents::{Document, DocumentKind};
use portway_edi::interchange::Standard;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Lists whose entries fill fields beside them too: one entry alone would belie the fields.
const WHOLE: [&str; 5] = ["product_ids", "identities", "lots", "serials", "amounts"];

/// A document written as a set and read back: the pointers of its values.
struct Trip {
    lost: BTreeSet<String>,
    kept: BTreeSet<String>,
}

impl Trip {
    fn of(document: &Document, target: Target<'_>) -> Option<Trip> {
        let bytes = written(document, target.standard, target.set, target.version)?;
        let back = sets(&bytes);
        let mut lost = BTreeSet::new();
        for n in not_carried(document, &back.first()?.document) {
            // Of a list of texts some or all: the list.
            let list = n.pointer.rsplit_once('/').filter(|(_, last)| is_index(last));
            lost.extend(list.map(|(list, _)| list.to_owned()));
            lost.insert(n.pointer);
        }
        let mut kept = BTreeSet::new();
        leaves(&serde_json::to_value(document).unwrap(), &mut String::new(), &mut kept);
        kept.retain(|pointer| !lost.contains(pointer));
        Some(Trip { lost, kept })
    }

    /// The row that explains the loss: the one that names the least. A record it names must be lost whole.
    fn row(&self, pointer: &str, rows: &[Row]) -> Option<Row> {
        let path = without_indices(pointer);
        let explains = rows.iter().filter_map(|row| {
            let end = row.end(&path)?;
            (end == path.len() || self.is_lost(&entry(pointer, end))).then_some((end, *row))
        });
        explains.max_by_key(|(end, row)| (*end, !row.path.starts_with('*'))).map(|(_, row)| row)
    }

    /// True if nothing of the record came back.
    fn is_lost(&self, record: &str) -> bool {
        let within = format!("{record}/");
        let next = self.kept.range(within.clone()..).next();
        next.is_none_or(|kept| !kept.starts_with(&within))
    }
}

fn is_index(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())
}

fn without_indices(pointer: &str) -> String {
    pointer.split('/').filter(|part| !is_index(part)).collect::<Vec<_>>().join("/")
}

/// Of a pointer what the first `end` bytes of its path name, with the index of the entry.
fn entry(pointer: &str, end: usize) -> String {
    let (mut named, mut out) = (0, String::new());
    for part in pointer.split('/').skip(1) {
        if named >= end && !is_index(part) {
            break;
        }
        out.push('/');
        out += part;
        named += if is_index(part) { 0 } else { part.len() + 1 };
    }
    out
}

/// The pointers of all values; of a list of texts that of the list.
fn leaves(value: &Value, pointer: &mut String, out: &mut BTreeSet<String>) {
    let entries: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) if list.iter().any(|v| !v.is_string()) => {
            list.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        // A word that says nothing is nothing lost.
        Value::String(text) if text.is_empty() || text == "other" => return,
        _ => {
            out.insert(pointer.clone());
            return;
        }
    };
    for (key, value) in entries {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&key);
        leaves(value, pointer, out);
        pointer.truncate(length);
    }
}

/// A golden document with one entry in each list: of each entry it is plain what came back. As many as there are entries.
fn with_one_of_each(case: &Case) -> Vec<Document> {
    fn cut(value: &mut Value, n: usize) {
        match value {
            Value::Object(map) => {
                map.iter_mut().filter(|(key, _)| !WHOLE.contains(&key.as_str())).for_each(|(_, v)| cut(v, n));
            }
            Value::Array(list) if list.iter().any(|v| !v.is_string()) => {
                let at = n % list.len();
                list.swap(0, at);
                list.truncate(1);
                list.iter_mut().for_each(|v| cut(v, n));
            }
            _ => {}
        }
    }
    let mut seen = BTreeSet::new();
    let documents = (0..12).filter_map(|n| {
        let mut json = case.set().json();
        json.as_object_mut().unwrap().remove("unmapped");
        cut(&mut json, n);
        let text = json.to_string();
        seen.insert(text.clone()).then(|| case.kind.parse(&text).ok())?
    });
    documents.collect()
}

/// A golden document with two of everything, its texts as long as they get.
fn crowded(case: &Case) -> Option<Document> {
    const FREE: [&str; 7] = ["value", "id", "name", "number", "amount", "text", "percent"];
    fn lengthen(value: &mut Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map.iter_mut() {
                    match value {
                        Value::String(text) if FREE.contains(&key.as_str()) => {
                            let is_number = text.parse::<f64>().is_ok();
                            *text += &"7".repeat(if is_number { 1 } else { 120 });
                        }
                        _ => lengthen(value),
                    }
                }
            }
            Value::Array(list) => list.iter_mut().for_each(lengthen),
            _ => {}
        }
    }
    /// Within `depth` lists: each more doubles what stands in it.
    fn crowd(value: &mut Value, depth: usize) {
        match value {
            Value::Object(map) => map.values_mut().for_each(|v| crowd(v, depth)),
            Value::Array(list) if depth > 0 && list.iter().any(|v| !v.is_string()) => {
                list.truncate(4);
                list.iter_mut().for_each(|v| crowd(v, depth - 1));
                let mut copies = list.clone();
                copies.iter_mut().for_each(lengthen);
                list.append(&mut copies);
            }
            _ => {}
        }
    }
    let mut json = case.set().json();
    json.as_object_mut().unwrap().remove("unmapped");
    crowd(&mut json, 3);
    case.kind.parse(&json.to_string()).ok()
}

fn targets(kind: DocumentKind) -> impl Iterator<Item = Target<'static>> {
    let of = move |(standard, version)| kind.sets(standard).map(move |set| Target { standard, set, version });
    VERSIONS.into_iter().flat_map(of)
}

#[test]
fn what_is_lost_of_a_record_is_listed_by_its_fields() {
    let mut unlisted = BTreeSet::new();
    for case in cases() {
        for document in with_one_of_each(&case) {
            for target in targets(case.kind) {
                let Some(trip) = Trip::of(&document, target) else { continue };
                let rows: Vec<Row> = carried::rows(case.kind, target).collect();
                let reasons = Reasons::of(&document, target);
                for pointer in &trip.lost {
                    let path = without_indices(pointer);
                    let is_said = reasons.is_foreign_code(&path)
                        || trip.row(pointer, &rows).is_some()
                        || reasons.lacking_word(pointer).is_some();
                    if !is_said {
                        let near: Vec<&str> =
                            rows.iter().filter(|row| row.holds(&path)).map(|r| r.path).collect();
                        let Target { set, version, .. } = target;
                        unlisted.insert(format!(
                            "{set} {version} loses {path}, which is not listed; part of {near:?} came back"
                        ));
                    }
                }
            }
        }
    }
    assert!(unlisted.is_empty(), "{unlisted:#?}");
}

/// The rows that documents have shown to be needed. One that several sets share is needed by one of them.
type Needed = BTreeSet<(bool, Row)>;

fn count(document: &Document, target: Target<'_>, needed: &mut Needed) {
    let Some(trip) = Trip::of(document, target) else { return };
    let rows: Vec<Row> = carried::rows(document.kind(), target).collect();
    let reasons = Reasons::of(document, target);
    for pointer in &trip.lost {
        if !reasons.is_foreign_code(&without_indices(pointer)) {
            needed.extend(trip.row(pointer, &rows).map(|row| (target.standard == Standard::X12, row)));
        }
    }
}

/// Looks for a document that shows the row to be needed.
fn is_needed(row: Row, shape: &Shape, path: &str, targets: &[Target<'_>], needed: &mut Needed) -> bool {
    let key = (targets[0].standard == Standard::X12, row);
    for variant in 0..4 {
        if needed.contains(&key) {
            return true;
        }
        if let Some(document) = shape.filled(path, variant) {
            targets.iter().for_each(|target| count(&document, *target, needed));
        }
    }
    needed.contains(&key)
}

#[test]
fn each_row_is_needed() {
    let mut needed = Needed::new();
    for case in cases() {
        let documents =
            with_one_of_each(&case).into_iter().chain(crowded(&case)).chain(thinned(&case).take(4));
        for document in documents {
            targets(case.kind).for_each(|target| count(&document, target, &mut needed));
        }
    }
    let mut idle = BTreeSet::new();
    let mut shared: BTreeSet<(&str, Row)> = BTreeSet::new();
    for standard in [Standard::X12, Standard::Edifact] {
        shared.extend(carried::shared(standard).map(|row| (name(standard), row)));
    }
    for &kind in DocumentKind::ALL {
        let shape = Shape::of(kind);
        let mut sets: BTreeMap<&str, Vec<Target<'_>>> = BTreeMap::new();
        targets(kind).for_each(|target| sets.entry(target.set).or_default().push(target));
        for (set, targets) in sets {
            for row in carried::list(kind, targets[0].standard, set) {
                let path =
                    if row.path.starts_with('*') { shape.place(row.path) } else { Some(row.path.to_owned()) };
                // One that documents share may name a field that not all of them have.
                let Some(path) = path.filter(|path| shape.has(path)) else { continue };
                if !is_needed(row, &shape, &path, &targets, &mut needed) {
                    idle.insert(format!("{} {set} {}: {}", kind.name(), row.path, row.reason));
                }
            }
            shared.retain(|(name_of, row)| {
                let is_of = *name_of == name(targets[0].standard);
                let path = is_of.then(|| shape.place(row.path)).flatten();
                path.is_none_or(|path| !is_needed(*row, &shape, &path, &targets, &mut needed))
            });
        }
    }
    idle.extend(shared.iter().map(|(name, row)| format!("{name} {}: {}", row.path, row.reason)));
    assert!(idle.is_empty(), "no document loses what these rows tell of: {idle:#?}");
}

fn name(standard: Standard) -> &'static str {
    match standard {
        Standard::X12 => "X12",
        Standard::Edifact => "EDIFACT",
    }
}
