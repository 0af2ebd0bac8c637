//! Items as they stand in every document: what is ordered, by everybody's number.
//!
//! The numbers that most readers want (GTIN, buyer's, seller's) have fields of their own, filled from the first of their scheme;
//! `product_ids` lists every number that came, with its scheme and the partner's code, in order.
//!
//! These are shapes only; they cannot fail. How X12 fills them stands in `x12/item.rs`.

use crate::Text;

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
    }
}
