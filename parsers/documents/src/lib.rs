//! `portway-documents`: the canonical documents, and their mappings from and to the standards.
//!
//! A document is a folder with its shape (`mod.rs`) and one file a standard. Adding one: its folder, and a line in
//! [`Document`] and [`DocumentKind`]; the compiler lists what is still lacking.
//!
//! What documents are made of (parties, items, quantities, money) has a file each, in the same words everywhere; [`x12`] and
//! [`edifact`] read them from segments. A mapping never fails: it yields a document *and* findings, and lists what it did not use.

#[macro_use]
mod record;

pub mod allowance;
pub mod date;
pub mod edifact;
pub mod finding;
pub mod item;
pub mod money;
pub mod party;
pub mod purchase_order;
pub mod quantity;
pub mod reference;
pub mod transport;
pub mod x12;

pub use purchase_order::PurchaseOrder;
/// A text of a document. Up to 23 bytes, as most are, stand in the value itself and take no memory of their own.
pub use smol_str::SmolStr as Text;

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
    /// The document an EDIFACT message becomes; `None` where none exists yet.
    pub fn of_edifact(message: &str) -> Option<DocumentKind> {
        match message {
            "ORDERS" => Some(DocumentKind::PurchaseOrder),
            _ => None,
        }
    }
    /// JSON Schema (2020-12) of the document, as we write it.
    pub fn json_schema(self) -> serde_json::Value {
        let mut generator =
            schemars::generate::SchemaSettings::draft2020_12().for_serialize().into_generator();
        let (mut schema, title) = match self {
            DocumentKind::PurchaseOrder => (generator.root_schema_for::<PurchaseOrder>(), "Purchase order"),
        };
        let id = format!("https://portway.example/schemas/{}-1.json", self.name());
        schema.insert("$id".to_owned(), id.into());
        schema.insert("title".to_owned(), title.into());
        let mut schema = schema.to_value();
        without_null(&mut schema);
        schema
    }
}

/// What is absent is left out of our JSON, never null; so the schema allows no null either.
fn without_null(schema: &mut serde_json::Value) {
    use serde_json::Value;
    match schema {
        Value::Array(list) => list.iter_mut().for_each(without_null),
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|t| t != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
                choices.retain(|c| c != &serde_json::json!({ "type": "null" }));
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    map.remove("anyOf");
                    map.extend(only);
                }
            }
            map.values_mut().for_each(without_null);
        }
        _ => {}
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

/// Maps a validated EDIFACT message (0065, `ORDERS`) to its canonical document; `None` where it has none.
pub fn from_edifact(message: &str, root: &Loop<'_>) -> Option<Mapped> {
    match message {
        "ORDERS" => Some(purchase_order::edifact_orders::read(root)),
        _ => None,
    }
}
