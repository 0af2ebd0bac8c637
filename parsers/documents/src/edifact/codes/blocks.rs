//! EDIFACT codes of what documents are made of (parties, dates, references, money, carriage): one table a data element.
//!
//! How tables are read and changed stands in the file above.

use crate::allowance::{AllowanceHandling, AllowanceKind, AllowanceService};
use crate::date::DateRole;
use crate::item::ProductIdScheme;
use crate::mapping::codes;
use crate::money::{AmountRole, PriceRole, TaxKind, TermsBasis};
use crate::package::PackageKind;
use crate::party::{ChannelKind, ContactRole, PartyRole};
use crate::quantity::MeasurementKind;
use crate::reference::{IdScheme, IdentityKind, ReferenceKind};
use crate::remittance_advice::PaymentMethod;
use crate::transport::{FreightPayment, TransportMode};

codes! {
    /// 2005, date qualifier.
    DATE_ROLE("date_role"): DateRole {
        "2" => RequestedDelivery,
        "3" => Invoice,
        "4" => Order,
        "7" => Effective,
        "10" => RequestedShip,
        "11" => Shipped,
        "15" => PromotionStart,
        "16" => PromotionEnd,
        "17" => EstimatedDelivery,
        "35" => Delivered,
        "36" => Expiration,
        "37" => ShipNotBefore,
        "38" => ShipNotAfter,
        "50" => Received,
        "61" => CancelIfNotDeliveredBy,
        "63" => DeliverNotAfter,
        "64" => DeliverNotBefore,
        "67" => ScheduledDelivery,
        "69" => PromisedDelivery,
        "79" => PromisedShip,
        "79" => ScheduledShip,
        "94" => Manufacture,
        "132" => EstimatedArrival,
        "133" => EstimatedDeparture,
        "178" => ActualArrival,
        "186" => ActualDeparture,
        "200" => Pickup,
        "334" => StatusChange,
        "12" => DiscountDue,
        "13" => NetDue,
        "131" => TaxPoint,
        "137" => Issue,
        "138" => Payment,
        "171" => Reference,
        "360" => SellBy,
        "361" => BestBefore,
        "90" => PeriodStart,
        "91" => PeriodEnd,
        "366" => Inventory,
    }

    /// 3035, party qualifier.
    PARTY_ROLE("party_role"): PartyRole {
        "AG" => Agent,
        "BY" => Buyer,
        "CA" => Carrier,
        "CN" => Consignee,
        "CZ" => Consignor,
        "DE" => Depositor,
        "DL" => Factor,
        "II" => InvoiceIssuer,
        "DP" => ShipTo,
        "EX" => Exporter,
        "FW" => FreightForwarder,
        "IM" => Importer,
        "IV" => BillTo,
        "MF" => Manufacturer,
        "MR" => MessageTo,
        "MS" => MessageFrom,
        "NI" | "N1" | "N2" => NotifyParty,
        "OB" => OrderedBy,
        "PE" => Payee,
        "PR" => Payer,
        "RE" => RemitTo,
        "SE" => Seller,
        "SF" => ShipFrom,
        "SN" => Store,
        "ST" => ShipTo,
        "SU" => Supplier,
        "UC" => UltimateConsignee,
        "UD" => EndUser,
        "VN" => Vendor,
        "WH" => Warehouse,
        "WD" => Depositor,
    }

    /// 3055, agency that gives out an identifier.
    ID_SCHEME("id_scheme"): IdScheme {
        "5" => Country,
        "6" => UnLocode,
        "9" => Gln,
        "16" => Duns,
        "91" => AssignedBySeller,
        "92" => AssignedByBuyer,
        "182" => Scac,
        "ZZZ" | "ZZ" => MutuallyDefined,
    }

    /// 3139, contact function.
    CONTACT_ROLE("contact_role"): ContactRole {
        "AP" => AccountsPayable,
        "AR" => AccountsReceivable,
        "DL" => Delivery,
        "GR" => Receiving,
        "IC" => Information,
        "OC" => Order,
        "PD" => Buyer,
        "SA" => Sales,
        "SD" => Shipping,
    }

    /// 3155, communication channel.
    CHANNEL_KIND("channel_kind"): ChannelKind {
        "AH" => Url,
        "AL" => Mobile,
        "EI" => Edi,
        "EM" => Email,
        "EX" => Extension,
        "FX" => Fax,
        "TE" => Telephone,
    }

    /// 1153, reference qualifier.
    REFERENCE_KIND("reference_kind"): ReferenceKind {
        "AAG" => Quote,
        "AAK" => ShipNotice,
        "ALO" => ReceivingAdvice,
        "SI" => Shipment,
        "CD" => CreditNote,
        "DL" => DebitNote,
        "ADE" => Account,
        "AEP" => Project,
        "BM" => BillOfLading,
        "BO" => BlanketOrder,
        "BT" => Batch,
        "CR" => CustomerReference,
        "CN" => CarrierReference,
        "CO" => CustomerOrder,
        "CT" => Contract,
        "DQ" => Delivery,
        "IA" => InternalVendor,
        "IT" => Customer,
        "IV" | "OI" => Invoice,
        "LI" => Line,
        "ON" | "OP" => PurchaseOrder,
        "PD" => Promotion,
        "PK" => PackingList,
        "PL" => PriceList,
        "POR" => OrderResponse,
        "RE" => Release,
        "SE" => Serial,
        "SRN" => Shipment,
        "SN" => Seal,
        "VA" => TaxIdentification,
        "VN" => VendorOrder,
        "ZZZ" => MutuallyDefined,
        "PQ" => Payment,
        "RA" => RemittanceAdvice,
        "AGI" => Request,
        "PP" => OrderChange,
    }

    /// 7143, item number type.
    PRODUCT_ID_SCHEME("product_id_scheme"): ProductIdScheme {
        "BP" => BuyerPart,
        "CC" | "GN" => CommodityGroup,
        "DR" => DrawingRevision,
        "EC" => EngineeringChange,
        "EN" => Ean,
        "HS" => HarmonizedCode,
        "IB" => Isbn,
        "IN" => BuyerNumber,
        "IS" => Issn,
        "MF" => ManufacturerNumber,
        "MN" => Model,
        "NB" => Lot,
        "SA" => SellerNumber,
        "SK" => Sku,
        "SN" => Serial,
        "SRV" => Gtin,
        "ST" => Style,
        "UP" => Upc,
        "VN" | "VP" => SellerPart,
        "ZZZ" => MutuallyDefined,
    }

    /// 5125, price qualifier.
    PRICE_ROLE("price_role"): PriceRole {
        "AAA" => Net,
        "AAB" => Gross,
        "AAE" | "INF" => Information,
    }

    /// 5387, which price it is.
    PRICE_SPECIFICATION("price_specification"): PriceRole {
        "CAT" => Catalog,
        "CON" => Contract,
        "DPR" => Discount,
        "PRP" | "PRO" => Promotional,
        "RTP" => Retail,
        "SRP" => SuggestedRetail,
        "WH" => Wholesale,
    }

    /// 5025, kind of amount.
    AMOUNT_ROLE("amount_role"): AmountRole {
        "8" | "23" | "131" | "204" => AllowanceOrCharge,
        "39" | "77" => InvoiceTotal,
        "52" => Discount,
        "66" | "203" => LineTotal,
        "79" => LinesTotal,
        "86" | "128" => Total,
        "9" => Payable,
        "64" => Freight,
        "113" => Prepaid,
        "129" => DiscountBase,
        "366" => Rounding,
        "259" => ChargeTotal,
        "260" => AllowanceTotal,
        "124" | "150" | "161" => Tax,
        "176" => TaxTotal,
        "125" => TaxableAmount,
        "12" | "11" => Paid,
        "165" => Adjustment,
    }

    /// 6313, property measured.
    MEASUREMENT_KIND("measurement_kind"): MeasurementKind {
        "G" | "AAB" | "AAD" => GrossWeight,
        "N" | "AAA" | "AAC" | "AAL" => NetWeight,
        "T" => TareWeight,
        "LN" => Length,
        "WD" => Width,
        "HT" => Height,
        "ABJ" => Volume,
        "AAW" => GrossVolume,
    }

    /// 7405, what the number of a single thing is.
    IDENTITY_KIND("identity_kind"): IdentityKind {
        "BJ" | "AW" => Sscc,
        "BN" => Serial,
        "BX" => Lot,
        "AX" => CasePackage,
        "BU" => BuyerPackage,
        "AP" => Product,
        "VV" => Vehicle,
        "BL" => VehicleRegistration,
        "AL" => Kanban,
        "AN" => Manufacturing,
    }

    /// 7065, the type of a package: Recommendation 21, and the pallets of EANCOM.
    PACKAGE_KIND("package_kind"): PackageKind {
        "PX" | "200" | "201" | "202" | "203" | "204" => Pallet,
        "CT" => Carton,
        "CS" => Case,
        "BX" => Box,
        "BG" => Bag,
        "DR" => Drum,
        "CR" => Crate,
        "CN" => Container,
        "RO" => Roll,
        "BE" => Bundle,
        "TK" => Tank,
        "SL" => SlipSheet,
        "CW" => RollCage,
    }

    /// 2475, what terms of payment count from.
    TERMS_BASIS("terms_basis"): TermsBasis {
        "1" => OrderDate,
        "5" => InvoiceDate,
        "9" => InvoiceReceiptDate,
        "29" => DeliveryDate,
        "66" => SpecifiedDate,
    }

    /// 4215, who pays the freight.
    FREIGHT_PAYMENT("freight_payment"): FreightPayment {
        "CC" => Collect,
        "DF" => DefinedByParties,
        "MX" => Mixed,
        "NC" => NoFreight,
        "PC" => PrepaidAndAdded,
        "PP" => Prepaid,
        "PU" => Pickup,
        "TP" => ThirdParty,
    }

    /// 8067, mode of transport (Recommendation 19).
    TRANSPORT_MODE("transport_mode"): TransportMode {
        "10" => Sea,
        "20" => Rail,
        "30" => Road,
        "40" => Air,
        "50" => Mail,
        "60" => Intermodal,
        "70" => Pipeline,
        "80" => InlandWater,
    }

    /// 5463, allowance or charge.
    ALLOWANCE_KIND("allowance_kind"): AllowanceKind {
        "A" => Allowance,
        "C" => Charge,
        "N" => NoAllowanceOrCharge,
    }

    /// 4471, how it is settled.
    ALLOWANCE_HANDLING("allowance_handling"): AllowanceHandling {
        "1" => BillBack,
        "2" => OffInvoice,
        "3" => VendorCheck,
        "4" => CreditAccount,
    }

    /// 5153, type of tax.
    TAX_KIND("tax_kind"): TaxKind {
        "VAT" => ValueAdded,
        "GST" => GoodsAndServices,
        "STT" => StateSales,
        "LOC" => LocalSales,
        "FET" => FederalExcise,
        "ENV" => Environmental,
        "SUR" => Surtax,
    }

    /// 7161, special service.
    ALLOWANCE_SERVICE("allowance_service"): AllowanceService {
        "AA" => Advertising,
        "ACZ" => DamagedGoods,
        "DL" => Delivery,
        "DI" => Discount,
        "FC" => Freight,
        "HD" => Handling,
        "IN" => Insurance,
        "ADT" => Pickup,
        "PAD" => Promotion,
        "QD" => QuantityDiscount,
        "SAA" => ShippingAndHandling,
        "SC" => Surcharge,
        "TD" => TradeDiscount,
        "VAB" => VolumeDiscount,
    }

    /// 4461, how it is paid.
    PAYMENT_METHOD("payment_method"): PaymentMethod {
        "2" => Ach,
        "10" => Cash,
        "15" => BookEntry,
        "20" => Check,
        "21" => Draft,
        "30" | "42" => BankTransfer,
        "70" => BillOfExchange,
        "48" => Card,
        "49" => DirectDebit,
        "97" => Netting,
    }
}
