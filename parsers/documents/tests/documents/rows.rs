//! Each row of the lists of what is not carried.
use crate::round_trip::{VERSIONS, thinned};
use crate::sets::{Case, Set, cases, sets, written};
use portway_documents::carried::{self, Row, Target, not_carried};
use portway_documents::{Document, DocumentKind};
use portway_edi::interchange::Standard;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn leaves(value: &Value, pointer: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(m) => {
            for (k, v) in m {
                leaves(v, &format!("{pointer}/{k}"), out);
            }
        }
        Value::Array(l) if l.iter().all(Value::is_string) => out.push(pointer.to_owned()),
        Value::Array(l) => {
            for (i, v) in l.iter().enumerate() {
                leaves(v, &format!("{pointer}/{i}"), out);
            }
        }
        Value::String(s) if s.is_empty() || s == "other" => {}
        _ => out.push(pointer.to_owned()),
    }
}

fn is_index(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())
}

fn path(pointer: &str) -> String {
    pointer.split('/').filter(|p| !is_index(p)).collect::<Vec<_>>().join("/")
}

/// The entry of the record that the first `end` bytes of the path name.
fn instance(pointer: &str, end: usize) -> String {
    let (mut length, mut out) = (0, String::new());
    let mut parts = pointer.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        out.push('/');
        out += part;
        if !is_index(part) {
            length += part.len() + 1;
        }
        if length >= end {
            if let Some(next) = parts.peek().filter(|next| is_index(next)) {
                out.push('/');
                out += next;
            }
            break;
        }
    }
    out
}

/// One entry of each list: then what came back of it is known.
fn singles(case: &Case) -> Vec<Document> {
    let mut json = case.set().json();
    json.as_object_mut().unwrap().remove("unmapped");
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for n in 0..12 {
        let mut one = json.clone();
        single(&mut one, n);
        if seen.insert(one.to_string())
            && let Ok(document) = case.kind.parse(&one.to_string())
        {
            out.push(document);
        }
    }
    out
}

fn single(value: &mut Value, n: usize) {
    match value {
        Value::Object(m) => {
            // Entries of these fill fields beside the list.
            let whole = ["product_ids", "identities", "lots", "serials", "amounts"];
            m.iter_mut().filter(|(k, _)| !whole.contains(&k.as_str())).for_each(|(_, v)| single(v, n));
        }
        Value::Array(l) if l.iter().any(|v| !v.is_string()) => {
            let at = n % l.len();
            l.swap(0, at);
            l.truncate(1);
            l.iter_mut().for_each(|v| single(v, n));
        }
        _ => {}
    }
}

type Key = (&'static str, String, Row);

#[test]
fn stats() {
    let mut credit: BTreeMap<Key, usize> = BTreeMap::new();
    let mut part: BTreeMap<(String, String, String, String), (usize, String, String)> = BTreeMap::new();
    let mut sources: Vec<Vec<(bool, Document)>> = Vec::new();
    for case in cases() {
        let docs = singles(&case).into_iter().map(|d| (true, d));
        sources.push(docs.chain([(false, case.set().document)]).chain(thinned(&case).map(|d| (false, d))).collect());
    }
    let filled = std::env::var("FILLED").unwrap_or_default();
    if filled == "only" {
        sources.clear();
    }
    for &kind in DocumentKind::ALL.iter().filter(|_| !filled.is_empty()) {
        let shape = crate::filled::Shape::of(kind);
        let mut paths = BTreeSet::new();
        for standard in [Standard::X12, Standard::Edifact] {
            for set in kind.sets(standard) {
                paths.extend(carried::list(kind, standard, set).map(|row| row.path).filter(|p| p.starts_with('/')));
            }
        }
        let strict = std::env::var("STRICT").is_ok();
        sources.push(paths.iter().flat_map(|p| (0..3).filter_map(|v| shape.filled(p, v)).map(|d| (strict, d)).collect::<Vec<_>>()).collect());
    }
    for docs in sources {
        for (strict, document) in docs {
            for (standard, version) in VERSIONS {
                for code in document.kind().sets(standard) {
                    let Some(bytes) = written(&document, standard, code, version) else { continue };
                    let back: Vec<Set> = sets(&bytes);
                    let target = Target { standard, set: code, version };
                    let lost: BTreeSet<String> = not_carried(&document, &back[0].document).into_iter().map(|n| n.pointer).flat_map(|p| { let list = p.rsplit_once('/').filter(|(_, last)| is_index(last)).map(|(l, _)| l.to_owned()); [Some(p), list] }).flatten().collect();
                    let json = serde_json::to_value(&document).unwrap();
                    let mut all = vec![];
                    leaves(&json, "", &mut all);
                    let kept: BTreeSet<String> = all.into_iter().filter(|a| !lost.contains(a)).collect();
                    let rows: Vec<Row> = carried::rows(document.kind(), target).collect();
                    for l in &lost {
                        let p = path(l);
                        if carried::reason(&document, target, l) == Some(carried::FOREIGN_CODE) {
                            continue;
                        }
                        let mut best: Option<(usize, Row)> = None;
                        let mut near = vec![];
                        for row in &rows {
                            let Some(end) = row.end(&p) else { continue };
                            let inst = instance(l, end) + "/";
                            let mut left = kept.range(inst.clone()..).take_while(|k| k.starts_with(&inst));
                            let whole = end == p.len() || left.next().is_none();
                            if whole {
                                if best.as_ref().is_none_or(|(e, b)| *e < end || (*e == end && b.path.starts_with('*') )) {
                                    best = Some((end, *row));
                                }
                            } else {
                                let kept: Vec<&str> = kept.range(inst.clone()..).take_while(|k| k.starts_with(&inst)).map(|a| &a[inst.len()..]).take(6).collect();
                                near.push(format!("{} (kept {})", row.path, kept.join(" ")));
                            }
                        }
                        match best {
                            Some((_, row)) => {
                                let set = if row.path.starts_with('*') && carried::shared(standard).any(|r| r == row) { String::new() } else { code.to_owned() };
                                let kind = if set.is_empty() { if standard == Standard::X12 {"X12"} else {"EDIFACT"} } else { document.kind().name() };
                                *credit.entry((kind, set, row)).or_default() += 1;
                            }
                            None if strict && carried::lacking_word(&document, standard, l).is_none() => {
                                let e = part.entry((document.kind().name().to_owned(), code.to_owned(), version.to_owned(), p)).or_default();
                                e.0 += 1;
                                e.1 = near.join("; ");
                                e.2 = json.pointer(l).map(|v| v.to_string()).unwrap_or_default();
                            }
                            None => {}
                        }
                    }
                }
            }
        }
    }
    let mut out = String::new();
    for ((k, s, v, p), (n, near, value)) in &part {
        out += &format!("{k}\t{s}\t{v}\t{p}\t{n}\t{near}\t{value}\n");
    }
    std::fs::write("/tmp/narrow_part.tsv", out).unwrap();
    let mut out = String::new();
    for kind in DocumentKind::ALL {
        for standard in [Standard::X12, Standard::Edifact] {
            for code in kind.sets(standard) {
                for row in carried::list(*kind, standard, code) {
                    let n = credit.get(&(kind.name(), code.to_owned(), row)).copied().unwrap_or(0);
                    out += &format!("{}\t{code}\t{}\t{n}\t{}\n", kind.name(), row.path, row.reason);
                }
            }
        }
    }
    for (name, standard) in [("X12", Standard::X12), ("EDIFACT", Standard::Edifact)] {
        for row in carried::shared(standard) {
            let n = credit.get(&(name, String::new(), row)).copied().unwrap_or(0);
            out += &format!("{name}\t\t{}\t{n}\t{}\n", row.path, row.reason);
        }
    }
    std::fs::write("/tmp/narrow_rows.tsv", out).unwrap();
}
