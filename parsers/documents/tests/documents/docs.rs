//! `docs/documents.md` and the two pages beside it say what the code does: which element of which set reaches which field, measured on the golden cases; what is
//! not carried; how much of real samples reaches named fields.
//!
//! What stands above the line `<!-- Generated` is written by hand, all below by these tests. Rewrite it with
//! `UPDATE_DOCS=1 cargo nextest run -p portway-documents --test documents docs`, and read the diff. The table of samples is only
//! compared, and only written, where there are samples.

mod cell;
mod measure;
mod shape;
mod ubl;

use crate::samples::{Share, shares};
use crate::sets::workspace;
use cell::{Around, cell, merged};
use measure::{Measured, Sources, measure};
use portway_documents::DocumentKind;
use portway_documents::carried;
use portway_edi::Standard;
use portway_edi::schema::Schema;
use shape::{Field, Place, Root, Shapes};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;
use ubl::Ubl;

const MARK: &str = "<!-- Generated from here on: UPDATE_DOCS=1 cargo nextest run -p portway-documents --test documents docs -->\n";
const RECORDS: &str = "documents-records.md";
const RECORDS_HEAD: &str = "# What documents are made of\n\n\
    Parties, items, money and whatever else [documents](documents.md) have in common, each once. How to read the tables stands there.\n\
    The elements are those of all sets together that have such a thing.\n\n\
    This page is generated, as the tables there.\n";
const NOT_CARRIED: &str = "documents-not-carried.md";
const NOT_CARRIED_HEAD: &str = "# What is not carried\n\n\
    What the sets of a standard have no place for, by [document](documents.md), and which clause prevents it. Writing a document tells of\n\
    each such value with its path and the reason. `*` is wherever it stands. A record that is named\nis lost whole; where a part of it is carried, the fields that are not are named.\n\n\
    This page is generated from the lists beside the mappings.\n";
const SHARES: &str = "\n## Share of real sets in named fields\n";
const MAIN: &str = "documents.md";
const IN_COMMON: &str = "Fields of many documents";
/// So many documents are many.
const MANY: usize = 5;
/// By how much a share may be below the one in the table: that has one digit behind the point.
const ROUNDING: f64 = 0.06;

#[test]
fn the_manual_says_what_the_mappings_do() {
    if std::env::var_os("GOLDEN_KIND").is_some() {
        println!("skipped: the manual is of the cases of all documents");
        return;
    }
    let page = std::fs::read_to_string(path(MAIN)).unwrap();
    let shapes = Shapes::of_all_documents();
    let ubl = Ubl::read(&shapes);
    let measured = measure(&shapes, DocumentKind::ALL);
    let common = common(&shapes);
    let pages = Pages { shapes: &shapes, ubl, measured, common, text: String::new() };
    let [body, records, not_carried] = pages.written();
    let (by_hand, generated) = page.split_once(MARK).unwrap_or((&page, ""));
    let old_shares = generated.split_once(SHARES).map_or("", |(_, shares)| shares);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let new_shares = shares(|_, _| {}).map_or_else(|| old_shares.to_owned(), |shares| table_of(&shares));
        std::fs::write(path(RECORDS), records).unwrap();
        std::fs::write(path(NOT_CARRIED), not_carried).unwrap();
        std::fs::write(path(MAIN), format!("{by_hand}{MARK}{body}{SHARES}{new_shares}")).unwrap();
        return;
    }
    let is = generated.split_once(SHARES).map_or(generated, |(body, _)| body);
    compare(MAIN, is, &body);
    compare(RECORDS, &std::fs::read_to_string(path(RECORDS)).unwrap(), &records);
    compare(NOT_CARRIED, &std::fs::read_to_string(path(NOT_CARRIED)).unwrap(), &not_carried);
}

fn compare(page: &str, is: &str, should: &str) {
    let difference = is.lines().zip(should.lines()).find(|(is, should)| is != should);
    assert!(
        is == should,
        "docs/{page} differs from what the mappings do; run this test with UPDATE_DOCS=1 and read the diff. First: {difference:#?}"
    );
}

#[test]
fn the_shares_in_the_manual_are_reached() {
    let Some(shares) = shares(|_, _| {}) else { return };
    if std::env::var_os("UPDATE_DOCS").is_some() {
        return;
    }
    let page = std::fs::read_to_string(path(MAIN)).unwrap();
    let table = page.split_once(SHARES).expect("the manual has a table of shares").1;
    let mut told: BTreeMap<&str, f64> = BTreeMap::new();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let columns: Vec<&str> = row.split('|').map(str::trim).collect();
        let percent = columns[4].trim_end_matches(" %").parse().unwrap();
        told.insert(columns[1].trim_matches('`'), percent);
    }
    for (code, share) in &shares {
        let told =
            told.remove(code.as_str()).unwrap_or_else(|| panic!("{code} is not in the manual's table"));
        assert!(
            share.percent() >= told - ROUNDING,
            "{code}: {:.1} % in named fields, the manual says {told} %",
            share.percent()
        );
    }
    assert!(told.is_empty(), "the manual tells of sets without samples: {told:?}");
}

#[test]
fn every_line_of_the_ubl_table_names_a_field() {
    let shapes = Shapes::of_all_documents();
    let wrong = Ubl::read(&shapes).wrong;
    assert!(wrong.is_empty(), "no such field, or twice:\n{}", wrong.join("\n"));
    let text = "Party\tname\tcac:PartyName\nParty\tnickname\tcbc:Name\npurchase-order\tlines.number\tcbc:ID\n\
        purchase-order\tlines.item.gtin\tcbc:ID\nParty\tname\tcbc:Name\n";
    let wrong = Ubl::parse(text, &shapes).wrong;
    assert_eq!(
        wrong,
        ["Party\tnickname\tcbc:Name", "purchase-order\tlines.item.gtin\tcbc:ID", "Party\tname\tcbc:Name"]
    );
}

#[test]
fn what_is_measured_is_what_the_mapping_reads() {
    if std::env::var("GOLDEN_KIND").is_ok_and(|kind| kind != "purchase-order") {
        println!("skipped: there are no orders");
        return;
    }
    let shapes = Shapes::of_all_documents();
    let measured = measure(&shapes, &[DocumentKind::PurchaseOrder]);
    let place = |table: &str, path: &str| Place { table: table.to_owned(), path: path.to_owned() };
    let names = |sources: &BTreeMap<measure::Source, u32>| -> Vec<String> {
        sources.keys().map(cell::name).collect()
    };
    let number = &measured[&place("purchase-order", "number")];
    assert_eq!((names(&number.x12), names(&number.edifact)), (vec!["BEG03".into()], vec!["BGM02-1".into()]));
    let quantity = &measured[&place("purchase-order", "lines.quantity")];
    assert_eq!(names(&quantity.x12), ["PO102", "PO103"]);
    assert!(quantity.x12.keys().all(|s| s.set == "850" && s.loops == ["PO1"]));
    let name = &measured[&place("Party", "name")];
    assert!(names(&name.x12).contains(&"N102".into()) && names(&name.edifact).contains(&"NAD04-1".into()));
    assert!(!measured.contains_key(&place("purchase-order", "unmapped")));
}

fn path(page: &str) -> PathBuf {
    workspace().join("docs").join(page)
}

/// The three pages: of the first what stands below the mark.
struct Pages<'a> {
    shapes: &'a Shapes,
    ubl: Ubl,
    measured: Measured,
    /// Fields of many documents, by their names.
    common: BTreeMap<Vec<String>, Common>,
    text: String,
}

/// A field that many documents have.
#[derive(Default)]
struct Common {
    record: Option<String>,
    documents: usize,
    /// True if a document refers to it, instead of telling by itself.
    is_told: bool,
    x12: BTreeMap<measure::Source, u32>,
    edifact: BTreeMap<measure::Source, u32>,
}

/// The fields that so many documents have that they are told once.
fn common(shapes: &Shapes) -> BTreeMap<Vec<String>, Common> {
    let mut common: BTreeMap<Vec<String>, Common> = BTreeMap::new();
    for row in shapes.roots.iter().flat_map(|root| rows(root.name(), shapes)) {
        let entry = common.entry(row.names).or_default();
        entry.documents += 1;
        entry.record = row.record;
    }
    common.retain(|_, row| row.documents >= MANY);
    common
}

impl Pages<'_> {
    fn written(mut self) -> [String; 3] {
        let shapes = self.shapes;
        self.contents();
        let contents = std::mem::take(&mut self.text);
        for root in &shapes.roots {
            self.document(root, shapes);
        }
        // What the documents have in common is known behind the last of them.
        let documents = std::mem::replace(&mut self.text, contents);
        self.in_common();
        let body = std::mem::take(&mut self.text) + &documents;
        self.text += RECORDS_HEAD;
        for name in shapes.records.keys().filter(|name| !shapes.is_inlined(name)) {
            self.heading(2, &title_of(name));
            self.table(name, shapes);
        }
        let records = std::mem::replace(&mut self.text, NOT_CARRIED_HEAD.to_owned());
        for root in &shapes.roots {
            self.heading(2, &titles(root));
            let mut lists: Vec<(&str, BTreeSet<carried::Row>)> = Vec::new();
            for standard in [Standard::X12, Standard::Edifact] {
                for kind in &root.kinds {
                    for set in kind.sets(standard) {
                        let rows = carried::list(*kind, standard, set);
                        match lists.iter_mut().find(|(name, _)| *name == set) {
                            Some((_, list)) => list.extend(rows),
                            None => lists.push((set, rows.collect())),
                        }
                    }
                }
            }
            self.not_carried(lists.into_iter().map(|(set, rows)| (set, rows.into_iter().collect())));
        }
        self.heading(2, "Any document");
        self.text += "\nA code without a word, and what only such a code says, stays in its own standard.\n";
        let shared = [("X12", Standard::X12), ("EDIFACT", Standard::Edifact)]
            .map(|(name, s)| (name, carried::shared(s).collect()));
        self.not_carried(shared);
        [body, records, self.text]
    }

    fn contents(&mut self) {
        self.text += "\n| document | its JSON Schema | X12 | EDIFACT |\n|---|---|---|---|\n";
        for root in &self.shapes.roots {
            for kind in &root.kinds {
                let _ = writeln!(
                    self.text,
                    "| [{}](#{}) | [`{kind}`](../parsers/documents/schemas/{kind}.json) | {} | {} |",
                    title_of_kind(*kind),
                    anchor(&titles(root)),
                    sets(*kind, Standard::X12),
                    sets(*kind, Standard::Edifact),
                    kind = kind.name(),
                );
            }
        }
    }

    /// The fields that documents have in common, each once, with the elements of all sets together.
    fn in_common(&mut self) {
        self.heading(2, IN_COMMON);
        self.text += "\nEach document has some of these, as it says. The elements are those of all its sets and of all documents together.\n";
        self.text += "\n| field | X12 | EDIFACT |\n|---|---|---|\n";
        let rows = std::mem::take(&mut self.common);
        for (names, Common { record, x12, edifact, .. }) in rows.into_iter().filter(|(_, row)| row.is_told) {
            let cells = [x12, edifact].map(|of| cell::of_many(&of, record.is_some()));
            let _ = writeln!(
                self.text,
                "| {}{} | {} | {} |",
                code(&names),
                link(record.as_deref(), true),
                cells[0],
                cells[1]
            );
        }
    }

    fn document(&mut self, root: &Root, shapes: &Shapes) {
        self.heading(2, &titles(root));
        self.table(root.name(), shapes);
        let _ = writeln!(self.text, "\n[What is not carried]({NOT_CARRIED}#{}).", anchor(&titles(root)));
    }

    fn heading(&mut self, level: usize, title: &str) {
        let _ = write!(self.text, "\n{} {title}\n", "#".repeat(level));
    }

    /// A row for each field that a set reaches or UBL has; the names of the others.
    fn table(&mut self, table: &str, shapes: &Shapes) {
        let rows = rows(table, shapes);
        let around = Around::of(self.measured.iter().filter(|(place, _)| place.table == table));
        let is_shared = shapes.records.contains_key(table);
        let (mut others, mut common) = (Vec::new(), Vec::new());
        let mut body = String::new();
        for row in &rows {
            let places = row.names.iter().map(|name| Place { table: table.to_owned(), path: name.clone() });
            let places: Vec<Place> = places.collect();
            let none = Sources::default();
            let sources: Vec<&Sources> =
                places.iter().map(|p| self.measured.get(p).unwrap_or(&none)).collect();
            let ubl: Vec<&str> = places.iter().filter_map(|place| self.ubl.path(place)).collect();
            let x12 = merged(sources.iter().map(|s| &s.x12), is_shared);
            let edifact = merged(sources.iter().map(|s| &s.edifact), is_shared);
            let names = code(&row.names);
            if x12.is_empty() && edifact.is_empty() && ubl.is_empty() {
                others.push(names);
                continue;
            }
            if let Some(row) = self.common.get_mut(&row.names).filter(|_| ubl.is_empty() && !is_shared) {
                row.is_told = true;
                row.x12.extend(x12);
                row.edifact.extend(edifact);
                common.push(names);
                continue;
            }
            let (path, is_record, record) =
                (&row.names[0], row.record.is_some(), link(row.record.as_deref(), !is_shared));
            let (x12, edifact) =
                (cell(&x12, path, is_record, &around), cell(&edifact, path, is_record, &around));
            let paths = ubl.iter().flat_map(|paths| paths.split(", "));
            let ubl = paths.map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
            let _ = writeln!(body, "| {names}{record} | {x12} | {edifact} | {ubl} |");
        }
        if !body.is_empty() {
            let _ = write!(self.text, "\n| field | X12 | EDIFACT | UBL |\n|---|---|---|---|\n{body}");
        }
        if !common.is_empty() {
            let anchor = anchor(IN_COMMON);
            let _ = write!(
                self.text,
                "\nOf the [{}](#{anchor}): {}.\n",
                IN_COMMON.to_lowercase(),
                common.join(", ")
            );
        }
        if !others.is_empty() {
            let _ = write!(self.text, "\nFilled by no golden case: {}.\n", others.join(", "));
        }
    }

    /// Paths by reason, a row each.
    fn not_carried<'a>(&mut self, lists: impl IntoIterator<Item = (&'a str, Vec<carried::Row>)>) {
        self.text += "\n| not carried by | field | because |\n|---|---|---|\n";
        for (set, list) in lists {
            let mut reasons: Vec<(Clause<'_>, Vec<String>)> = Vec::new();
            for carried::Row { path, version, reason } in list {
                let dots = path.trim_start_matches('/').replace("*/", "*.").replace('/', ".");
                let path = format!("`{dots}`");
                match reasons.iter_mut().find(|(r, _)| *r == (version, reason)) {
                    Some((_, paths)) => paths.push(path),
                    None => reasons.push(((version, reason), vec![path])),
                }
            }
            for ((version, reason), paths) in reasons {
                let by = version.map_or_else(|| set.to_owned(), |version| format!("{set} of {version}"));
                let _ = writeln!(self.text, "| {by} | {} | {} |", paths.join(", "), escaped(reason));
            }
        }
    }
}

/// The version it is of, and what it says.
type Clause<'a> = (Option<&'a str>, &'a str);

/// A field, with the code beside a word or the partner's unit beside ours.
struct Row {
    names: Vec<String>,
    record: Option<String>,
}

fn rows(table: &str, shapes: &Shapes) -> Vec<Row> {
    let fields = shapes.rows(table);
    let has = |name: &str| fields.iter().any(|f| f.name == name && f.record.is_none());
    let mut rows: Vec<Row> = Vec::new();
    for Field { name, record } in &fields {
        let (path, last) = name.rsplit_once('.').map_or(("", name.as_str()), |(path, last)| (path, last));
        let beside = |word: &str| if path.is_empty() { word.to_owned() } else { format!("{path}.{word}") };
        let word = match (name.strip_suffix("_code"), last.strip_prefix("original_")) {
            (Some(word), _) if has(word) => Some(word.to_owned()),
            (_, Some(ours)) if has(&beside(ours)) => Some(beside(ours)),
            _ => None,
        };
        match word.and_then(|word| rows.iter_mut().find(|row| row.names[0] == word)) {
            Some(row) => row.names.push(name.clone()),
            None => rows.push(Row { names: vec![name.clone()], record: record.clone() }),
        }
    }
    rows
}

/// The sets of a document; versions beside those that not all versions have.
fn sets(kind: DocumentKind, standard: Standard) -> String {
    let versions = match standard {
        Standard::X12 => [("004010", "004010"), ("005010", "005010")],
        Standard::Edifact => [("D:96A:UN", "D.96A"), ("D:01B:UN", "D.01B")],
    };
    let shown = kind.sets(standard).map(|set| {
        let has = |version: &str| match standard {
            Standard::X12 => Schema::x12(set, version).is_some(),
            Standard::Edifact => Schema::edifact(set, version).is_some(),
        };
        let names: Vec<&str> = versions.iter().filter(|(v, _)| has(v)).map(|(_, name)| *name).collect();
        if names.len() == versions.len() { set.to_owned() } else { format!("{set} ({})", names.join(", ")) }
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn table_of(shares: &BTreeMap<String, Share>) -> String {
    let mut text = "\nOf sets that others published. An element counts once, a component of EDIFACT too; what stands in `unmapped` is left over.\n\n\
        | set | samples | elements | in named fields | most often left over |\n|---|---|---|---|---|\n"
        .to_owned();
    for (code, share) in shares {
        let mut left: Vec<(&String, &usize)> = share.left.iter().collect();
        left.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
        let left: Vec<String> =
            left.iter().take(6).map(|(name, count)| format!("{name} ({count})")).collect();
        // Rounded down, so that 100 is all.
        let percent = (share.percent() * 10.0).floor() / 10.0;
        let _ = writeln!(
            text,
            "| `{code}` | {} | {} | {percent:.1} % | {} |",
            share.sets,
            share.elements,
            left.join(", ")
        );
    }
    text
}

fn code(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The record that a field holds, as a link to its page or, on that page, within it.
fn link(record: Option<&str>, from_elsewhere: bool) -> String {
    let Some(title) = record.map(title_of) else { return String::new() };
    let page = if from_elsewhere { RECORDS } else { "" };
    format!(": [{}]({page}#{})", title.to_lowercase(), anchor(&title))
}

/// `Invoice and credit note`.
fn titles(root: &Root) -> String {
    let titles: Vec<String> = root.kinds.iter().map(|kind| title_of_kind(*kind)).collect();
    let mut text = root.title.clone();
    for title in &titles[1..] {
        text += &format!(" and {}", title.to_lowercase());
    }
    text
}

fn title_of_kind(kind: DocumentKind) -> String {
    capital(&kind.name().replace('-', " "))
}

/// `AllowanceCharge`: Allowance charge.
fn title_of(record: &str) -> String {
    let mut title = String::new();
    for c in record.chars() {
        if c.is_ascii_uppercase() && !title.is_empty() {
            title.push(' ');
        }
        title.push(c.to_ascii_lowercase());
    }
    capital(&title)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}

fn anchor(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}
