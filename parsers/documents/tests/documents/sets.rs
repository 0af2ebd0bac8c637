//! From bytes to documents and back: reader of either standard, schema and mapping, as the gateway does it. Shared by the tests
//! beside it.
//!
//! An input is read whole, with whatever faults it has: faults are findings, never a reason to stop. The golden cases are found
//! by their folders, so that a new case is a new folder and nothing else.
//!
//! Panics only where a test has named a case that is not there.

use portway_documents::{Document, DocumentKind, PurchaseOrder, Tables};
use portway_edi::interchange::{Event, Limits, PartyId, Standard, TransactionSet};
use portway_edi::reader::Reader;
use portway_edi::schema::Schema;
use portway_edi::{Delimiters, Finding, edifact, x12};
use std::path::PathBuf;

/// One mapped set.
pub struct Set {
    pub document: Document,
    pub standard: Standard,
    /// `850`, `ORDERS`.
    pub code: String,
    /// `004010`, `D:96A:UN`.
    pub version: String,
    /// Of the mapping alone.
    pub findings: Vec<Finding>,
    /// Of the set and its validation.
    pub faults: Vec<Finding>,
    /// Elements with something in them (of EDIFACT components), header and trailer aside, of all segments the schema could place.
    pub elements: usize,
}

impl Set {
    pub fn json(&self) -> serde_json::Value {
        serde_json::to_value(&self.document).unwrap()
    }

    /// The document without its `unmapped`.
    pub fn named(&self) -> Document {
        let mut document = self.document.clone();
        document.unmapped_mut().clear();
        document
    }
}

/// Every set of an input that has a document, mapped. Sets without a schema are read by that of 004010 or D.96A.
pub fn sets(input: &[u8]) -> Vec<Set> {
    let mut reader = Reader::new(input, Limits::default());
    let mut sets = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Set(set) = event {
            sets.extend(mapped(&set));
        }
    }
    sets
}

fn mapped(set: &TransactionSet<'_>) -> Option<Set> {
    let schema = Schema::of(set).or_else(|| match set.standard {
        Standard::X12 => Schema::x12(&set.code, "004010"),
        Standard::Edifact => Schema::edifact(&set.code, "D:96A:UN"),
    })?;
    let validated = schema.validate(set);
    let version = set.version.to_string();
    let mapped =
        portway_documents::read(set.standard, &set.code, &version, &validated.root, &Tables::default())?;
    let elements = count(&validated.root);
    let faults = set.findings.iter().chain(&validated.findings).cloned().collect();
    Some(Set {
        document: mapped.document,
        standard: set.standard,
        code: set.code.to_string(),
        version,
        findings: mapped.findings,
        faults,
        elements,
    })
}

/// The only set of an input.
pub fn set(input: &[u8]) -> Set {
    let mut sets = sets(input);
    assert_eq!(sets.len(), 1, "one set in the input");
    sets.remove(0)
}

/// A document as an interchange with one set. `None` where it does not become that set.
pub fn written(document: &Document, standard: Standard, code: &str, version: &str) -> Option<Vec<u8>> {
    let party = |id: &str| PartyId { qualifier: "ZZ".to_owned(), id: id.to_owned() };
    let (sender, receiver) = (party("GREENFIELD"), party("ORCHARD"));
    let (date, time) = ("20261116".to_owned(), "0830".to_owned());
    match standard {
        Standard::X12 => {
            let schema = Schema::x12(code, version)?;
            let segments = portway_documents::write(document, schema, version, &Tables::default())?;
            let newer = version >= "005010";
            let envelope = x12::writer::Envelope {
                sender,
                receiver,
                group_sender: "GREENFIELD".to_owned(),
                group_receiver: "ORCHARD".to_owned(),
                date,
                time,
                interchange_version: if newer { "00501" } else { "00401" }.to_owned(),
                group_version: version.to_owned(),
                interchange_control_number: 1,
                group_control_number: 1,
                acknowledgement_requested: false,
                usage: 'T',
                // A separator that no document has in its texts.
                delimiters: Delimiters {
                    component: 0x1f,
                    repetition: newer.then_some(b'`'),
                    ..Delimiters::X12
                },
            };
            let in_data = x12::writer::InData::ReplaceWith(b' ');
            let mut writer = x12::writer::Writer::new(&envelope, in_data).unwrap();
            writer.begin_group(schema.functional_id()).unwrap();
            portway_documents::put_x12(&mut writer, code, &segments).unwrap();
            Some(writer.finish().unwrap())
        }
        Standard::Edifact => {
            let schema = Schema::edifact(code, version)?;
            let segments = portway_documents::write(document, schema, version, &Tables::default())?;
            let envelope = edifact::writer::Envelope {
                syntax: "UNOY".to_owned(),
                syntax_version: 3,
                sender,
                receiver,
                sender_internal: String::new(),
                receiver_internal: String::new(),
                date,
                time,
                reference: "1".to_owned(),
                application: String::new(),
                agreement: String::new(),
                acknowledgement_requested: false,
                test: true,
                service_string: false,
                delimiters: Delimiters::EDIFACT,
            };
            let mut writer =
                edifact::writer::Writer::new(&envelope, edifact::writer::Foreign::Refuse).unwrap();
            portway_documents::put_edifact(&mut writer, code, version, &segments).unwrap();
            Some(writer.finish().unwrap())
        }
    }
}

/// The version of a standard that documents are written in by default.
pub fn usual_version(standard: Standard) -> &'static str {
    match standard {
        Standard::X12 => "004010",
        Standard::Edifact => "D:01B:UN",
    }
}

/// A golden case.
pub struct Case {
    pub kind: DocumentKind,
    pub folder: PathBuf,
    pub input: Vec<u8>,
}

impl Case {
    pub fn set(&self) -> Set {
        let set = set(&self.input);
        assert_eq!(set.document.kind(), self.kind, "{}", self.folder.display());
        set
    }
}

/// All golden cases: folder, and `input.edi`.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    // `GOLDEN_KIND=ship-notice` looks at the cases of one document alone.
    let only = std::env::var("GOLDEN_KIND").ok();
    for &kind in
        DocumentKind::ALL.iter().filter(|kind| only.as_deref().is_none_or(|name| name == kind.name()))
    {
        let root = workspace().join("tests/golden").join(kind.name());
        let Ok(entries) = std::fs::read_dir(root) else { continue };
        let mut folders: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
        folders.sort();
        cases.extend(folders.into_iter().map(|folder| {
            let input = std::fs::read(folder.join("input.edi")).unwrap();
            Case { kind, folder, input }
        }));
    }
    assert!(!cases.is_empty());
    cases
}

/// The document of a golden case, `("purchase-order", "minimal")`.
pub fn case(kind: &str, name: &str) -> Set {
    let folder = workspace().join("tests/golden").join(kind).join(name);
    set(&std::fs::read(folder.join("input.edi")).unwrap())
}

/// An order, as the facts of orders look at it.
pub struct Order {
    pub order: Box<PurchaseOrder>,
    pub findings: Vec<Finding>,
    pub faults: Vec<Finding>,
}

impl Order {
    pub fn json(&self) -> serde_json::Value {
        serde_json::to_value(&self.order).unwrap()
    }

    pub fn codes(&self) -> Vec<&str> {
        self.findings.iter().map(|f| f.code.0).collect()
    }
}

pub fn order(input: &[u8]) -> Order {
    let set = set(input);
    let Document::PurchaseOrder(order) = set.document else { panic!("no order") };
    Order { order, findings: set.findings, faults: set.faults }
}

pub fn order_case(name: &str) -> Order {
    order(
        &std::fs::read(workspace().join("tests/golden/purchase-order").join(name).join("input.edi")).unwrap(),
    )
}

pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn count(node: &portway_edi::schema::Loop<'_>) -> usize {
    let own: usize = node
        .segments
        .iter()
        .filter(|s| !matches!(s.tag(), "ST" | "SE" | "LS" | "LE" | "UNH" | "UNS" | "UNT"))
        .map(|s| match s.delimiters.release {
            None => s.elements().filter(|e| filled(e)).count(),
            Some(_) => (1..=s.elements().count()).flat_map(|e| s.components(e)).filter(|c| filled(c)).count(),
        })
        .sum();
    own + node.loops.iter().map(count).sum::<usize>()
}

fn filled(value: &[u8]) -> bool {
    value.iter().any(|b| *b != b' ')
}
