//! Items as they stand in every document: what is ordered, by everybody's number.
//!
//! The numbers that most readers want (GTIN, buyer's, seller's) have fields of their own, filled from the first of their scheme;
//! `product_ids` lists every number that came, with its scheme and the partner's code, in order.
//!
//! These are shapes only; they cannot fail. How they are filled stands in `x12/item.rs` and `edifact/item.rs`.

use crate::Text;
use crate::date::{Date, DateTime};
use crate::quantity::{Measurement, Quantity};
use crate::reference::{Identity, Note, Reference, TradeCondition};

record! {
    /// What is ordered.
    pub struct Item {
        /// GS1 Global Trade Item Number as it came: the one of 14 digits if there is one, else that of 12, 13 or 8.
        opt gtin: Text,
        /// The GTIN-12 (UPC) of the consumer unit.
        opt upc: Text,
        /// The GTIN-13 (EAN).
        opt ean: Text,
        opt isbn: Text,
        /// Stock keeping unit.
        opt sku: Text,
        /// Our own number, from the cross-reference of the partner's profile. It never leaves the house.
        opt our_number: Text,
        opt buyer_number: Text,
        opt seller_number: Text,
        opt manufacturer_number: Text,
        opt style: Text,
        opt color: Text,
        opt size: Text,
        /// Every number that came, in order.
        many product_ids: ProductId,
        many descriptions: Description,
        many commodities: Commodity,
        /// Number of the first lot (batch) named.
        opt lot: Text,
        /// Day the first lot named expires.
        opt expiry_date: Date,
        /// Every lot, with how much of it.
        many lots: Lot,
        /// Every serial number.
        many serials: Text,
        /// Numbers of single things, serials and lots of EDIFACT among them.
        many identities: Identity,
        many trade_conditions: TradeCondition,
        /// X12 286.
        opt condition_code: Text,
    }
}

record! {
    /// A lot (batch) of an item, and how much of it.
    pub struct Lot {
        opt number: Text,
        opt quantity: Quantity,
        opt manufacture_date: Date,
        opt expiry_date: Date,
        opt best_before_date: Date,
        many serials: Text,
        many identities: Identity,
        many dates: DateTime,
        many references: Reference,
        many measurements: Measurement,
        many notes: Note,
    }
}

record! {
    /// What kind of goods it is, for customs and freight: X12 TC2.
    pub struct Commodity {
        /// X12 23: `J` Harmonized System, `N` NMFC.
        one scheme_code: Text,
        one code: Text,
    }
}

record! {
    /// A number of an item, with the scheme it comes from.
    pub struct ProductId {
        one scheme: ProductIdScheme,
        /// The partner's code for the scheme: X12 235.
        one scheme_code: Text,
        one id: Text,
        /// What the number is for: EDIFACT 4347, `1` additional, `4` substitute, `5` the product itself.
        opt function_code: Text,
        /// Who keeps the list: EDIFACT 1131 and 3055.
        opt list_code: Text,
        opt agency_code: Text,
    }
}

vocabulary! {
    /// Where a product number comes from.
    pub enum ProductIdScheme {
        /// GTIN-14.
        Gtin,
        /// GTIN-12 of the consumer unit.
        Upc,
        /// GTIN-12 of the case.
        UpcCase,
        /// GTIN-13.
        Ean,
        /// GTIN-8.
        EanShort,
        Isbn,
        Sku,
        BuyerNumber,
        BuyerPart,
        BuyerCatalog,
        BuyerColor,
        BuyerSize,
        SellerNumber,
        SellerPart,
        SellerCatalog,
        SellerStyle,
        SellerColor,
        SellerSize,
        ManufacturerNumber,
        ManufacturerName,
        Model,
        Style,
        Color,
        Brand,
        Lot,
        Serial,
        /// National Drug Code.
        DrugCode,
        /// Harmonized System.
        HarmonizedCode,
        /// National (NATO) stock number.
        StockNumber,
        CommodityGroup,
        EngineeringChange,
        CountryOfOrigin,
        PurchaseOrder,
        Line,
        Contract,
        MutuallyDefined,
        NrfColor,
        NrfSize,
        DrawingRevision,
        Issn,
    }
}

record! {
    /// Words or codes that describe an item: X12 PID.
    pub struct Description {
        /// X12 349: `F` free text, `S` coded, `X` both.
        one form_code: Text,
        /// Which property it describes: X12 750, `08` product, `73` color.
        opt characteristic_code: Text,
        /// X12 559, who keeps the list of codes.
        opt agency_code: Text,
        opt code: Text,
        opt text: Text,
        /// X12 752.
        opt position_code: Text,
        /// X12 822.
        opt source_code: Text,
        /// X12 1073: `Y` or `N`.
        opt answer_code: Text,
        /// X12 819, ISO 639.
        opt language: Text,
        many measurements: crate::quantity::Measurement,
        /// EDIFACT 1131.
        opt list_code: Text,
    }
}

/// Fills the fields that an item has for the numbers most readers want, from the list of them: the first of a scheme counts, and a
/// consumer unit's GTIN only where there is no GTIN-14.
pub fn identify(item: &mut Item) {
    use ProductIdScheme as S;
    let ids = std::mem::take(&mut item.product_ids);
    for ProductId { scheme, id, .. } in &ids {
        if let Some(field) = field_of(item, *scheme) {
            field.get_or_insert_with(|| id.clone());
        }
    }
    let first = |scheme: S| ids.iter().find(|p| p.scheme == scheme && looks_like_gtin(&p.id));
    let gtin = [S::Gtin, S::Upc, S::Ean, S::EanShort].into_iter().find_map(first);
    if let (None, Some(gtin)) = (&item.gtin, gtin) {
        item.gtin = Some(gtin.id.clone());
    }
    item.product_ids = ids;
}

/// Lists the numbers that stand in fields of their own and not in the list yet: so a document of our own may leave the list out.
pub fn complete(item: &mut Item) {
    use ProductIdScheme as S;
    let fields = [
        S::Gtin,
        S::Upc,
        S::Ean,
        S::Isbn,
        S::Sku,
        S::BuyerNumber,
        S::SellerNumber,
        S::ManufacturerNumber,
        S::Style,
        S::Color,
        S::SellerSize,
    ];
    for scheme in fields {
        let value = match scheme {
            S::Gtin => item.gtin.clone(),
            _ => field_of(item, scheme).and_then(|field| field.clone()),
        };
        let Some(id) = value else { continue };
        let of_field = |p: &ProductId| match scheme {
            S::Gtin => true,
            _ => same_field(p.scheme, scheme),
        };
        if !item.product_ids.iter().any(|p| p.id == id && of_field(p)) {
            item.product_ids.push(ProductId { scheme, id, ..ProductId::default() });
        }
    }
}

/// The field for numbers of a scheme.
fn field_of(item: &mut Item, scheme: ProductIdScheme) -> Option<&mut Option<Text>> {
    use ProductIdScheme as S;
    Some(match scheme {
        S::Upc => &mut item.upc,
        S::Ean => &mut item.ean,
        S::Isbn => &mut item.isbn,
        S::Sku => &mut item.sku,
        S::BuyerNumber | S::BuyerPart | S::BuyerCatalog => &mut item.buyer_number,
        S::SellerNumber | S::SellerPart | S::SellerCatalog => &mut item.seller_number,
        S::ManufacturerNumber => &mut item.manufacturer_number,
        S::Style | S::SellerStyle => &mut item.style,
        S::Color | S::SellerColor | S::BuyerColor => &mut item.color,
        S::SellerSize | S::BuyerSize => &mut item.size,
        _ => return None,
    })
}

/// True if both schemes fill the same field.
fn same_field(a: ProductIdScheme, b: ProductIdScheme) -> bool {
    let (mut item, mut other) = (Item::default(), Item::default());
    let mark = || Some(Text::new_static("1"));
    match (field_of(&mut item, a), field_of(&mut other, b)) {
        (Some(one), Some(two)) => {
            (*one, *two) = (mark(), mark());
            item == other
        }
        _ => false,
    }
}

fn looks_like_gtin(id: &str) -> bool {
    matches!(id.len(), 8 | 12 | 13 | 14) && id.bytes().all(|b| b.is_ascii_digit())
}
