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
mod mapping;
pub mod money;
pub mod party;
pub mod purchase_order;
pub mod quantity;
pub mod reference;
pub mod transport;
pub mod x12;

pub use purchase_order::{PurchaseOrder, SCHEMA_VERSION};
/// A text of a document. Up to 23 bytes, as most are, stand in the value itself and take no memory of their own.
pub use smol_str::SmolStr as Text;

pub use mapping::{Tables, Written};

use mapping::{Reading, Walk, Writing};
use portway_edi::schema::{Loop, Schema};
use portway_edi::{Finding, Standard};
use reference::{CodeList, Unmapped};
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

/// What every document has.
pub(crate) trait Body: Clone + Default {
    fn into_document(self: Box<Self>) -> Document;
    fn schema_version(&mut self) -> &mut Text;
    fn code_list(&mut self) -> &mut Option<CodeList>;
    fn unmapped(&mut self) -> &mut Vec<Unmapped>;
}

macro_rules! bodies {
    ($($name:ident),+) => {
        $(impl Body for $name {
            fn into_document(self: Box<Self>) -> Document {
                Document::$name(self)
            }
            fn schema_version(&mut self) -> &mut Text {
                &mut self.schema_version
            }
            fn code_list(&mut self) -> &mut Option<CodeList> {
                &mut self.code_list
            }
            fn unmapped(&mut self) -> &mut Vec<Unmapped> {
                &mut self.unmapped
            }
        })+
    };
}
bodies!(PurchaseOrder);

/// Maps a validated X12 set to its canonical document; `None` where the set has none.
pub fn from_x12(set: &str, root: &Loop<'_>) -> Option<Mapped> {
    from_x12_with(set, "", root, &Tables::default())
}

/// Maps a validated EDIFACT message (0065, `ORDERS`) to its canonical document; `None` where it has none.
pub fn from_edifact(message: &str, root: &Loop<'_>) -> Option<Mapped> {
    from_edifact_with(message, "", root, &Tables::default())
}

/// As [`from_x12`], with what the partner means by its codes. `version` is that of the set (`004010`).
pub fn from_x12_with(set: &str, version: &str, root: &Loop<'_>, tables: &Tables) -> Option<Mapped> {
    let reading = Reading::new(Standard::X12, version, root, tables);
    Some(match set {
        "850" => read(&reading, root, purchase_order::x12_850::map),
        _ => return None,
    })
}

/// As [`from_edifact`], with what the partner means by its codes. `version` is that of the message (`D:96A:UN`).
pub fn from_edifact_with(message: &str, version: &str, root: &Loop<'_>, tables: &Tables) -> Option<Mapped> {
    let reading = Reading::new(Standard::Edifact, version, root, tables);
    Some(match message {
        "ORDERS" => read(&reading, root, purchase_order::edifact_orders::map),
        _ => return None,
    })
}

fn read<'m, T: Body>(
    reading: &'m Reading<'m>,
    root: &'m Loop<'m>,
    map: impl Fn(&mut Walk<'m>, &mut T),
) -> Mapped {
    let mut body = Box::new(T::default());
    *body.schema_version() = Text::new_static(SCHEMA_VERSION);
    *body.code_list() = Some(CodeList::of(reading.standard));
    map(&mut Walk::read(reading, root), &mut body);
    let (unmapped, findings) = reading.finish(root);
    *body.unmapped() = unmapped;
    Mapped { document: body.into_document(), findings }
}

/// The segments of a document as a set of `schema`, header and trailer aside; `None` where the document does not become that set.
/// Nothing says here what found no place: read the set back and ask [`not_carried`].
pub fn write(document: &Document, schema: &Schema, version: &str, tables: &Tables) -> Option<Vec<Written>> {
    Some(match (document, schema.code()) {
        (Document::PurchaseOrder(d), "850") => {
            written(d.as_ref(), schema, version, tables, purchase_order::x12_850::map)
        }
        (Document::PurchaseOrder(d), "ORDERS") => {
            written(d.as_ref(), schema, version, tables, purchase_order::edifact_orders::map)
        }
        _ => return None,
    })
}

fn written<T: Body>(
    body: &T,
    schema: &Schema,
    version: &str,
    tables: &Tables,
    map: impl Fn(&mut Walk<'_>, &mut T),
) -> Vec<Written> {
    let mut body = body.clone();
    let standard = schema.dictionary().standard;
    let codes_are_ours = body.code_list().is_none_or(|list| list == CodeList::of(standard));
    let writing = Writing::new(standard, version, codes_are_ours, tables);
    map(&mut Walk::write(&writing), &mut body);
    writing.finish(schema)
}
