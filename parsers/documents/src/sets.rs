//! Which set is which document: one line a mapping.
//!
//! A set that becomes one of several documents has a line for each; the first whose condition holds is read, the last has none.
//! A document that may be written as several sets is written as the first one listed, unless another is named. The module of a
//! mapping has `map`, and `NOT_CARRIED`: what the set has no place for, by path, and which clause prevents it.

use crate::mapping::{Reading, Tables, Walk, Writing, Written};
use crate::reference::{CodeList, Unmapped};
use crate::{Document, DocumentKind, Mapped, SCHEMA_VERSION, Text};
use portway_edi::Standard;
use portway_edi::schema::{Loop, Schema};

macro_rules! mappings {
    ($($standard:ident $set:literal $document:ident $(if $when:path)? => $($module:ident)::+;)*) => {
        /// The lines, as they stand.
        const LINES: &[(Standard, &str, DocumentKind)] =
            &[$((Standard::$standard, $set, DocumentKind::$document)),*];

        /// What a set does not carry of a document: path and reason.
        pub(crate) fn not_carried_list(
            kind: DocumentKind,
            standard: Standard,
            set: &str,
        ) -> &'static [(&'static str, &'static str)] {
            $(
                if (kind, standard, set) == (DocumentKind::$document, Standard::$standard, $set) {
                    return $($module)::+::NOT_CARRIED;
                }
            )*
            &[]
        }

        /// Maps a validated set to its canonical document; `None` where the set has none. `version` is that of the set (`004010`,
        /// `D:96A:UN`), `tables` what the partner means by its codes.
        pub fn read(
            standard: Standard,
            set: &str,
            version: &str,
            root: &Loop<'_>,
            tables: &Tables,
        ) -> Option<Mapped> {
            let reading = Reading::new(standard, version, root, tables);
            $(
                if standard == Standard::$standard && set == $set $(&& $when(root))? {
                    return Some(read_body(&reading, root, $($module)::+::map, Document::$document));
                }
            )*
            None
        }

        /// The segments of a document as a set of `schema`, header and trailer aside; `None` where the document does not become
        /// that set. Nothing says here what found no place: read the set back and compare.
        pub fn write(
            document: &Document,
            schema: &Schema,
            version: &str,
            tables: &Tables,
        ) -> Option<Vec<Written>> {
            let standard = schema.dictionary().standard;
            $(
                if let (Document::$document(body), Standard::$standard, $set) = (document, standard, schema.code()) {
                    return Some(write_body(body.as_ref(), schema, version, tables, $($module)::+::map));
                }
            )*
            None
        }
    };
}

mappings! {
    X12 "850" PurchaseOrder => crate::purchase_order::x12_850;
    Edifact "ORDERS" PurchaseOrder => crate::purchase_order::edifact_orders;
    X12 "846" InventoryReport => crate::inventory_report::x12_846;
    X12 "947" InventoryAdjustment => crate::inventory_adjustment::x12_947;
    Edifact "INVRPT" InventoryAdjustment if crate::inventory_adjustment::edifact_invrpt::is_adjustment
        => crate::inventory_adjustment::edifact_invrpt;
    Edifact "INVRPT" InventoryReport => crate::inventory_report::edifact_invrpt;
    X12 "940" WarehouseShippingOrder => crate::warehouse_shipping_order::x12_940;
    Edifact "INSDES" WarehouseShippingOrder => crate::warehouse_shipping_order::edifact_insdes;
    X12 "861" ReceivingAdvice => crate::receiving_advice::x12_861;
    X12 "944" ReceivingAdvice => crate::receiving_advice::x12_944;
    X12 "943" WarehouseStockTransfer => crate::warehouse_stock_transfer::x12_943;
    X12 "945" WarehouseShippingAdvice => crate::warehouse_shipping_advice::x12_945;
    Edifact "RECADV" ReceivingAdvice => crate::receiving_advice::edifact_recadv;
    Edifact "DESADV" WarehouseStockTransfer if crate::warehouse_stock_transfer::edifact_desadv::is_stock_transfer
        => crate::warehouse_stock_transfer::edifact_desadv;
    Edifact "DESADV" WarehouseShippingAdvice if crate::warehouse_shipping_advice::edifact_desadv::is_shipping_advice
        => crate::warehouse_shipping_advice::edifact_desadv;
    X12 "855" OrderResponse => crate::order_response::x12_855;
    X12 "860" OrderChange => crate::order_change::x12_860;
    Edifact "ORDCHG" OrderChange => crate::order_change::edifact_ordchg;
    X12 "865" OrderChangeResponse => crate::order_change_response::x12_865;
    Edifact "ORDRSP" OrderChangeResponse if crate::order_change_response::answers_change
        => crate::order_change_response::edifact_ordrsp;
    Edifact "ORDRSP" OrderResponse => crate::order_response::edifact_ordrsp;
    X12 "856" ShipNotice => crate::ship_notice::x12_856;
    Edifact "DESADV" ShipNotice => crate::ship_notice::edifact_desadv;
    X12 "810" CreditNote if crate::invoice::is_credit_note_x12 => crate::invoice::x12_810::credit_note;
    X12 "810" Invoice => crate::invoice::x12_810;
    Edifact "INVOIC" CreditNote if crate::invoice::is_credit_note_edifact => crate::invoice::edifact_invoic::credit_note;
    Edifact "INVOIC" Invoice => crate::invoice::edifact_invoic;
    X12 "204" TransportOrder => crate::transport_order::x12_204;
    Edifact "IFTMIN" TransportOrder => crate::transport_order::edifact_iftmin;
    X12 "210" FreightInvoice => crate::freight_invoice::x12_210;
    X12 "214" TransportStatus => crate::transport_status::x12_214;
    Edifact "IFTSTA" TransportStatus => crate::transport_status::edifact_iftsta;
    X12 "824" ApplicationAdvice => crate::application_advice::x12_824;
    Edifact "APERAK" ApplicationAdvice => crate::application_advice::edifact_aperak;
    X12 "820" RemittanceAdvice => crate::remittance_advice::x12_820;
    Edifact "REMADV" RemittanceAdvice => crate::remittance_advice::edifact_remadv;
    X12 "832" PriceCatalog => crate::price_catalog::x12_832;
    Edifact "PRICAT" PriceCatalog => crate::price_catalog::edifact_pricat;
}

/// The documents a set may become, the usual one first.
pub(crate) fn kinds_of(standard: Standard, set: &str) -> impl Iterator<Item = DocumentKind> {
    LINES.iter().rev().filter(move |(s, code, _)| *s == standard && *code == set).map(|(.., kind)| *kind)
}

/// The sets of a standard that a document is read from and written to, the usual one first.
pub(crate) fn sets_of(kind: DocumentKind, standard: Standard) -> impl Iterator<Item = &'static str> {
    LINES.iter().filter(move |(s, _, k)| *s == standard && *k == kind).map(|(_, set, _)| *set)
}

/// What every document has.
trait Body: Clone + Default {
    fn schema_version(&mut self) -> &mut Text;
    fn code_list(&mut self) -> &mut Option<CodeList>;
    fn unmapped(&mut self) -> &mut Vec<Unmapped>;
}

macro_rules! bodies {
    ($($name:ident)+) => {
        $(impl Body for crate::$name {
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
bodies! {
    PurchaseOrder OrderResponse OrderChange OrderChangeResponse ShipNotice ReceivingAdvice Invoice InventoryReport
    InventoryAdjustment WarehouseShippingOrder WarehouseStockTransfer WarehouseShippingAdvice RemittanceAdvice PriceCatalog
    ApplicationAdvice TransportStatus TransportOrder FreightInvoice
}

fn read_body<'m, T: Body>(
    reading: &'m Reading<'m>,
    root: &'m Loop<'m>,
    map: impl Fn(&mut Walk<'m>, &mut T),
    document: impl Fn(Box<T>) -> Document,
) -> Mapped {
    let mut body = Box::new(T::default());
    *body.schema_version() = Text::new_static(SCHEMA_VERSION);
    *body.code_list() = Some(CodeList::of(reading.standard));
    map(&mut Walk::read(reading, root), &mut body);
    let (unmapped, findings) = reading.finish(root);
    *body.unmapped() = unmapped;
    Mapped { document: document(body), findings }
}

fn write_body<T: Body>(
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
