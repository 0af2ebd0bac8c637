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
pub mod application_advice;
pub mod carried;
pub mod date;
pub mod edifact;
pub mod finding;
pub mod freight;
pub mod freight_invoice;
pub mod hazard;
pub mod heading;
pub mod inventory_adjustment;
pub mod inventory_report;
pub mod invoice;
pub mod item;
mod json;
pub mod line;
mod mapping;
pub mod money;
pub mod order_change;
pub mod order_change_response;
pub mod order_response;
pub mod origin;
pub mod package;
pub mod party;
pub mod price_catalog;
pub mod purchase_order;
mod put;
pub mod quantity;
pub mod receiving_advice;
pub mod reference;
pub mod relations;
pub mod remittance_advice;
mod sets;
pub mod ship_notice;
pub mod terms;
pub mod transport;
pub mod transport_order;
pub mod transport_status;
pub mod warehouse_shipping_advice;
pub mod warehouse_shipping_order;
pub mod warehouse_stock_transfer;
pub mod x12;

pub use application_advice::ApplicationAdvice;
pub use freight_invoice::FreightInvoice;
pub use inventory_adjustment::InventoryAdjustment;
pub use inventory_report::InventoryReport;
pub use invoice::Invoice;
pub use json::write_json;
pub use order_change::OrderChange;
pub use order_change_response::OrderChangeResponse;
pub use order_response::OrderResponse;
pub use price_catalog::PriceCatalog;
pub use purchase_order::PurchaseOrder;
pub use receiving_advice::ReceivingAdvice;
pub use remittance_advice::RemittanceAdvice;
pub use ship_notice::ShipNotice;
/// A text of a document. Up to 23 bytes, as most are, stand in the value itself and take no memory of their own.
pub use smol_str::SmolStr as Text;
pub use transport_order::TransportOrder;
pub use transport_status::TransportStatus;
pub use warehouse_shipping_advice::WarehouseShippingAdvice;
pub use warehouse_shipping_order::WarehouseShippingOrder;
pub use warehouse_stock_transfer::WarehouseStockTransfer;

pub use mapping::{Tables, Written};
pub use put::{put_edifact, put_x12};
pub use sets::{read, write};

use portway_edi::schema::Loop;
use portway_edi::{Finding, Standard};
use reference::Unmapped;
use serde::{Deserialize, Serialize};

/// The version of the shapes, in every document.
pub const SCHEMA_VERSION: &str = "1.0";

/// The kinds of canonical document. Displayed and parsed as `purchase-order`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    PurchaseOrder,
    OrderResponse,
    OrderChange,
    OrderChangeResponse,
    ShipNotice,
    ReceivingAdvice,
    Invoice,
    CreditNote,
    InventoryReport,
    InventoryAdjustment,
    WarehouseShippingOrder,
    WarehouseStockTransfer,
    WarehouseShippingAdvice,
    RemittanceAdvice,
    PriceCatalog,
    ApplicationAdvice,
    TransportStatus,
    TransportOrder,
    FreightInvoice,
}

impl DocumentKind {
    pub const ALL: &'static [DocumentKind] = &[
        DocumentKind::PurchaseOrder,
        DocumentKind::OrderResponse,
        DocumentKind::OrderChange,
        DocumentKind::OrderChangeResponse,
        DocumentKind::ShipNotice,
        DocumentKind::ReceivingAdvice,
        DocumentKind::Invoice,
        DocumentKind::CreditNote,
        DocumentKind::InventoryReport,
        DocumentKind::InventoryAdjustment,
        DocumentKind::WarehouseShippingOrder,
        DocumentKind::WarehouseStockTransfer,
        DocumentKind::WarehouseShippingAdvice,
        DocumentKind::RemittanceAdvice,
        DocumentKind::PriceCatalog,
        DocumentKind::ApplicationAdvice,
        DocumentKind::TransportStatus,
        DocumentKind::TransportOrder,
        DocumentKind::FreightInvoice,
    ];

    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::PurchaseOrder => "purchase-order",
            DocumentKind::OrderResponse => "order-response",
            DocumentKind::OrderChange => "order-change",
            DocumentKind::OrderChangeResponse => "order-change-response",
            DocumentKind::ShipNotice => "ship-notice",
            DocumentKind::ReceivingAdvice => "receiving-advice",
            DocumentKind::Invoice => "invoice",
            DocumentKind::CreditNote => "credit-note",
            DocumentKind::InventoryReport => "inventory-report",
            DocumentKind::InventoryAdjustment => "inventory-adjustment",
            DocumentKind::WarehouseShippingOrder => "warehouse-shipping-order",
            DocumentKind::WarehouseStockTransfer => "warehouse-stock-transfer",
            DocumentKind::WarehouseShippingAdvice => "warehouse-shipping-advice",
            DocumentKind::RemittanceAdvice => "remittance-advice",
            DocumentKind::PriceCatalog => "price-catalog",
            DocumentKind::ApplicationAdvice => "application-advice",
            DocumentKind::TransportStatus => "transport-status",
            DocumentKind::TransportOrder => "transport-order",
            DocumentKind::FreightInvoice => "freight-invoice",
        }
    }
    pub fn from_name(name: &str) -> Option<DocumentKind> {
        DocumentKind::ALL.iter().copied().find(|k| k.name() == name)
    }
    /// The document an X12 set becomes (of several the usual one); `None` where none exists yet.
    pub fn of_x12(set: &str) -> Option<DocumentKind> {
        sets::kinds_of(Standard::X12, set).next()
    }
    /// The document an EDIFACT message becomes (of several the usual one); `None` where none exists yet.
    pub fn of_edifact(message: &str) -> Option<DocumentKind> {
        sets::kinds_of(Standard::Edifact, message).next()
    }
    /// The sets of a standard that it is read from and written to, the usual one first.
    pub fn sets(self, standard: Standard) -> impl Iterator<Item = &'static str> {
        sets::sets_of(self, standard)
    }
    /// A document of this kind from its JSON.
    ///
    /// # Errors
    /// The JSON is none, or not of this shape: what and where.
    pub fn parse(self, json: &str) -> Result<Document, serde_json::Error> {
        parsed!(self, json)
    }
    /// JSON Schema (2020-12) of the document, as we write it.
    pub fn json_schema(self) -> serde_json::Value {
        let mut generator =
            schemars::generate::SchemaSettings::draft2020_12().for_serialize().into_generator();
        let (mut schema, title) = match self {
            DocumentKind::PurchaseOrder => (generator.root_schema_for::<PurchaseOrder>(), "Purchase order"),
            DocumentKind::OrderResponse => (generator.root_schema_for::<OrderResponse>(), "Order response"),
            DocumentKind::OrderChange => (generator.root_schema_for::<OrderChange>(), "Order change"),
            DocumentKind::OrderChangeResponse => {
                (generator.root_schema_for::<OrderChangeResponse>(), "Order change response")
            }
            DocumentKind::ShipNotice => (generator.root_schema_for::<ShipNotice>(), "Ship notice"),
            DocumentKind::ReceivingAdvice => {
                (generator.root_schema_for::<ReceivingAdvice>(), "Receiving advice")
            }
            DocumentKind::Invoice => (generator.root_schema_for::<Invoice>(), "Invoice"),
            DocumentKind::CreditNote => (generator.root_schema_for::<Invoice>(), "Credit note"),
            DocumentKind::InventoryReport => {
                (generator.root_schema_for::<InventoryReport>(), "Inventory report")
            }
            DocumentKind::InventoryAdjustment => {
                (generator.root_schema_for::<InventoryAdjustment>(), "Inventory adjustment")
            }
            DocumentKind::WarehouseShippingOrder => {
                (generator.root_schema_for::<WarehouseShippingOrder>(), "Warehouse shipping order")
            }
            DocumentKind::WarehouseStockTransfer => {
                (generator.root_schema_for::<WarehouseStockTransfer>(), "Warehouse stock transfer")
            }
            DocumentKind::WarehouseShippingAdvice => {
                (generator.root_schema_for::<WarehouseShippingAdvice>(), "Warehouse shipping advice")
            }
            DocumentKind::RemittanceAdvice => {
                (generator.root_schema_for::<RemittanceAdvice>(), "Remittance advice")
            }
            DocumentKind::PriceCatalog => (generator.root_schema_for::<PriceCatalog>(), "Price catalog"),
            DocumentKind::ApplicationAdvice => {
                (generator.root_schema_for::<ApplicationAdvice>(), "Application advice")
            }
            DocumentKind::TransportStatus => {
                (generator.root_schema_for::<TransportStatus>(), "Transport status")
            }
            DocumentKind::TransportOrder => {
                (generator.root_schema_for::<TransportOrder>(), "Transport order")
            }
            DocumentKind::FreightInvoice => {
                (generator.root_schema_for::<FreightInvoice>(), "Freight invoice")
            }
        };
        let id = format!("https://portway.example/schemas/{}-1.json", self.name());
        schema.insert("$id".to_owned(), id.into());
        schema.insert("title".to_owned(), title.into());
        let mut schema = schema.to_value();
        without_null(&mut schema);
        schema
    }
}

/// What is absent is left out of our JSON, never null; so the schema allows no null either. What a reader takes for a field that is
/// not there is no part of the shape as we write it.
fn without_null(schema: &mut serde_json::Value) {
    use serde_json::Value;
    match schema {
        Value::Array(list) => list.iter_mut().for_each(without_null),
        Value::Object(map) => {
            // No property is called that.
            map.remove("default");
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

/// Does the same with whichever document it is.
macro_rules! each {
    ($value:expr, $document:ident => $what:expr) => {
        match $value {
            Document::PurchaseOrder($document) => $what,
            Document::OrderResponse($document) => $what,
            Document::OrderChange($document) => $what,
            Document::OrderChangeResponse($document) => $what,
            Document::ShipNotice($document) => $what,
            Document::ReceivingAdvice($document) => $what,
            Document::Invoice($document) => $what,
            Document::CreditNote($document) => $what,
            Document::InventoryReport($document) => $what,
            Document::InventoryAdjustment($document) => $what,
            Document::WarehouseShippingOrder($document) => $what,
            Document::WarehouseStockTransfer($document) => $what,
            Document::WarehouseShippingAdvice($document) => $what,
            Document::RemittanceAdvice($document) => $what,
            Document::PriceCatalog($document) => $what,
            Document::ApplicationAdvice($document) => $what,
            Document::TransportStatus($document) => $what,
            Document::TransportOrder($document) => $what,
            Document::FreightInvoice($document) => $what,
        }
    };
}

use each;

/// Reads the JSON of whichever document it is.
macro_rules! parsed {
    ($kind:expr, $json:expr) => {
        parsed!(@ $kind, $json; PurchaseOrder OrderResponse OrderChange OrderChangeResponse ShipNotice ReceivingAdvice Invoice
            CreditNote InventoryReport InventoryAdjustment WarehouseShippingOrder WarehouseStockTransfer
            WarehouseShippingAdvice RemittanceAdvice PriceCatalog ApplicationAdvice TransportStatus TransportOrder
            FreightInvoice)
    };
    (@ $kind:expr, $json:expr; $($name:ident)+) => {
        match $kind {
            $(DocumentKind::$name => Ok(Document::$name(serde_json::from_str($json)?)),)+
        }
    };
}
use parsed;

/// A canonical document. Serialises as the document itself, without a tag.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Document {
    PurchaseOrder(Box<PurchaseOrder>),
    OrderResponse(Box<OrderResponse>),
    OrderChange(Box<OrderChange>),
    OrderChangeResponse(Box<OrderChangeResponse>),
    ShipNotice(Box<ShipNotice>),
    ReceivingAdvice(Box<ReceivingAdvice>),
    Invoice(Box<Invoice>),
    CreditNote(Box<Invoice>),
    InventoryReport(Box<InventoryReport>),
    InventoryAdjustment(Box<InventoryAdjustment>),
    WarehouseShippingOrder(Box<WarehouseShippingOrder>),
    WarehouseStockTransfer(Box<WarehouseStockTransfer>),
    WarehouseShippingAdvice(Box<WarehouseShippingAdvice>),
    RemittanceAdvice(Box<RemittanceAdvice>),
    PriceCatalog(Box<PriceCatalog>),
    ApplicationAdvice(Box<ApplicationAdvice>),
    TransportStatus(Box<TransportStatus>),
    TransportOrder(Box<TransportOrder>),
    FreightInvoice(Box<FreightInvoice>),
}

impl Document {
    pub fn kind(&self) -> DocumentKind {
        match self {
            Document::PurchaseOrder(_) => DocumentKind::PurchaseOrder,
            Document::OrderResponse(_) => DocumentKind::OrderResponse,
            Document::OrderChange(_) => DocumentKind::OrderChange,
            Document::OrderChangeResponse(_) => DocumentKind::OrderChangeResponse,
            Document::ShipNotice(_) => DocumentKind::ShipNotice,
            Document::ReceivingAdvice(_) => DocumentKind::ReceivingAdvice,
            Document::Invoice(_) => DocumentKind::Invoice,
            Document::CreditNote(_) => DocumentKind::CreditNote,
            Document::InventoryReport(_) => DocumentKind::InventoryReport,
            Document::InventoryAdjustment(_) => DocumentKind::InventoryAdjustment,
            Document::WarehouseShippingOrder(_) => DocumentKind::WarehouseShippingOrder,
            Document::WarehouseStockTransfer(_) => DocumentKind::WarehouseStockTransfer,
            Document::WarehouseShippingAdvice(_) => DocumentKind::WarehouseShippingAdvice,
            Document::RemittanceAdvice(_) => DocumentKind::RemittanceAdvice,
            Document::PriceCatalog(_) => DocumentKind::PriceCatalog,
            Document::ApplicationAdvice(_) => DocumentKind::ApplicationAdvice,
            Document::TransportStatus(_) => DocumentKind::TransportStatus,
            Document::TransportOrder(_) => DocumentKind::TransportOrder,
            Document::FreightInvoice(_) => DocumentKind::FreightInvoice,
        }
    }
    /// The business number, `4500123`.
    pub fn number(&self) -> &str {
        each!(self, document => &document.number)
    }
    /// Which standard the codes beside our words are of; `None` where the document does not say.
    pub fn code_list(&self) -> Option<reference::CodeList> {
        each!(self, document => document.code_list)
    }
    /// What no field took.
    pub fn unmapped(&self) -> &[Unmapped] {
        each!(self, document => &document.unmapped)
    }
    pub fn unmapped_mut(&mut self) -> &mut Vec<Unmapped> {
        each!(self, document => &mut document.unmapped)
    }
}

/// A mapped document, and what a person should know of the mapping (dates that do not parse, and the like).
#[derive(Debug)]
pub struct Mapped {
    pub document: Document,
    pub findings: Vec<Finding>,
}

/// The names of the code tables that a partner may change, in order.
pub fn code_tables() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<&str> =
        x12::codes::tables().chain(edifact::codes::tables()).map(|(name, _)| *name).chain(["unit"]).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter()
}

/// The words of a code table, as the JSON has them; for `unit` the codes of Recommendation 20 we know.
pub fn words_of(table: &str) -> Option<Vec<String>> {
    if table == "unit" {
        return Some(edifact::units::known().chain(x12::units::known()).map(str::to_owned).collect());
    }
    let mut tables = x12::codes::tables().chain(edifact::codes::tables());
    tables.find(|(name, _)| *name == table).map(|(_, words)| words())
}

/// Maps a validated X12 set to its canonical document; `None` where the set has none.
pub fn from_x12(set: &str, root: &Loop<'_>) -> Option<Mapped> {
    read(Standard::X12, set, "", root, &Tables::default())
}

/// Maps a validated EDIFACT message (0065, `ORDERS`) to its canonical document; `None` where it has none.
pub fn from_edifact(message: &str, root: &Loop<'_>) -> Option<Mapped> {
    read(Standard::Edifact, message, "", root, &Tables::default())
}
