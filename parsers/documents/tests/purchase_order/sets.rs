//! From bytes to documents: reader of either standard, schema and mapping, as the gateway does it. Shared by the tests beside it.
//!
//! An input is read whole, with whatever faults it has: faults are findings, never a reason to stop. The golden cases are found
//! by their folders, so that a new case is a new folder and nothing else.
//!
//! Panics only where a test has named a case that is not there.

use portway_documents::{Document, PurchaseOrder};
use portway_edi::Finding;
use portway_edi::Standard;
use portway_edi::interchange::{Event, Limits, TransactionSet};
use portway_edi::reader::Reader;
use portway_edi::schema::Schema;
use std::path::PathBuf;

/// One mapped set.
pub struct Order {
    pub order: Box<PurchaseOrder>,
    /// Of the mapping alone.
    pub findings: Vec<Finding>,
    /// Of the set and its validation.
    pub faults: Vec<Finding>,
    /// Elements with something in them (of EDIFACT components), header and trailer aside, of all segments the schema could place.
    pub elements: usize,
}

impl Order {
    pub fn json(&self) -> serde_json::Value {
        serde_json::to_value(&self.order).unwrap()
    }

    /// The document without its `unmapped`.
    pub fn named(&self) -> PurchaseOrder {
        PurchaseOrder { unmapped: Vec::new(), ..(*self.order).clone() }
    }

    pub fn codes(&self) -> Vec<&str> {
        self.findings.iter().map(|f| f.code.0).collect()
    }
}

/// Every 850 and ORDERS of an input, mapped. Sets without a schema are read by that of 004010 or D.96A.
pub fn orders(input: &[u8]) -> Vec<Order> {
    let mut reader = Reader::new(input, Limits::default());
    let mut orders = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Set(set) if matches!(set.code.as_str(), "850" | "ORDERS") => orders.push(mapped(&set)),
            _ => {}
        }
    }
    orders
}

fn mapped(set: &TransactionSet<'_>) -> Order {
    let schema = Schema::of(set).or_else(|| match set.standard {
        Standard::X12 => Schema::x12("850", "004010"),
        Standard::Edifact => Schema::edifact("ORDERS", "D:96A:UN"),
    });
    let validated = schema.unwrap().validate(set);
    let mapped = match set.standard {
        Standard::X12 => portway_documents::from_x12(&set.code, &validated.root),
        Standard::Edifact => portway_documents::from_edifact(&set.code, &validated.root),
    };
    let mapped = mapped.unwrap();
    let Document::PurchaseOrder(order) = mapped.document else { panic!("no order") };
    let elements = count(&validated.root);
    let faults = set.findings.iter().chain(&validated.findings).cloned().collect();
    Order { order, findings: mapped.findings, faults, elements }
}

/// The only order of an input.
pub fn order(input: &[u8]) -> Order {
    let mut orders = orders(input);
    assert_eq!(orders.len(), 1, "one order in the input");
    orders.remove(0)
}

/// The golden cases: folder, and `input.edi`.
pub fn cases() -> Vec<(PathBuf, Vec<u8>)> {
    let root = workspace().join("tests/golden/purchase-order");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    folders.sort();
    let read = |folder: PathBuf| {
        let input = std::fs::read(folder.join("input.edi")).unwrap();
        (folder, input)
    };
    folders.into_iter().map(read).collect()
}

pub fn case(name: &str) -> Order {
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
