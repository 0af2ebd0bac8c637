//! `portway-documents`: the canonical documents, and their mappings from and to the standards.
//!
//! A document is a folder with its shape (`mod.rs`) and one file a standard. Adding one: its folder, and a line in
//! [`Document`] and [`DocumentKind`]; the compiler lists what is still lacking.

pub mod purchase_order;

pub use purchase_order::PurchaseOrder;

use portway_edi::Finding;
use portway_edi::schema::Loop;
use serde::{Deserialize, Serialize};

/// The kinds of canonical document. Displayed and parsed as `purchase-order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    PurchaseOrder,
}

impl DocumentKind {
    pub const ALL: &'static [DocumentKind] = &[DocumentKind::PurchaseOrder];

    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::PurchaseOrder => "purchase-order",
        }
    }
    pub fn from_name(name: &str) -> Option<DocumentKind> {
        DocumentKind::ALL.iter().copied().find(|k| k.name() == name)
    }
    /// The document an X12 set becomes; `None` where none exists yet.
    pub fn of_x12(set: &str) -> Option<DocumentKind> {
        match set {
            "850" => Some(DocumentKind::PurchaseOrder),
            _ => None,
        }
    }
    /// JSON Schema (2020-12) of the document.
    pub fn json_schema(self) -> serde_json::Value {
        match self {
            DocumentKind::PurchaseOrder => schemars::schema_for!(PurchaseOrder).to_value(),
        }
    }
}

/// A canonical document. Serialises as the document itself, without a tag.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Document {
    PurchaseOrder(Box<PurchaseOrder>),
}

impl Document {
    pub fn kind(&self) -> DocumentKind {
        match self {
            Document::PurchaseOrder(_) => DocumentKind::PurchaseOrder,
        }
    }
    /// The business number, `4500123`.
    pub fn number(&self) -> &str {
        match self {
            Document::PurchaseOrder(order) => &order.number,
        }
    }
}

/// A mapped document, and what a person should know of the mapping (dates that do not parse, and the like).
#[derive(Debug)]
pub struct Mapped {
    pub document: Document,
    pub findings: Vec<Finding>,
}

/// Maps a validated X12 set to its canonical document; `None` where the set has none.
pub fn from_x12(set: &str, root: &Loop<'_>) -> Option<Mapped> {
    match set {
        "850" => Some(purchase_order::x12_850::read(root)),
        _ => None,
    }
}
