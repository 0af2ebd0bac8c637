//! EDIFACT codes and our words: one table a data element, named by its number in the directory.
//!
//! A code without a word becomes `other`; the code itself is always kept beside it, so a missing word loses nothing. Only codes
//! whose meaning is beyond doubt stand here, and mean the same in D.96A and D.01B.
//!
//! Adding a word: its line here, and the word in the vocabulary of the block.

use crate::allowance::{AllowanceHandling, AllowanceKind};
use crate::application_advice::AdviceStatus;
use crate::date::DateRole;
use crate::item::ProductIdScheme;
use crate::line::LineChange;
use crate::mapping::{codes, word_fields};
use crate::money::{AdjustmentReason, AmountRole, PriceRole, TermsBasis};
use crate::party::{ChannelKind, ContactRole, PartyRole};
use crate::price_catalog::CatalogKind;
use crate::purchase_order::{OrderKind, Purpose};
use crate::reference::{IdScheme, ReferenceKind};
use crate::remittance_advice::PaymentMethod;
use crate::transport::{FreightPayment, TransportMode};

codes! {
    /// 1225, message function.
    PURPOSE("purpose"): Purpose {
        "1" => Cancellation,
        "2" => Addition,
        "3" => Deletion,
        "4" => Change,
        "5" => Replacement,
        "6" => Confirmation,
        "7" => Duplicate,
        "9" => Original,
        "11" => Response,
        "13" => Request,
        "16" => Proposal,
        "18" => Reissue,
        "31" => InformationCopy,
    }

    /// 4343, what an application says to a document.
    ADVICE_STATUS("advice_status"): AdviceStatus {
        "AP" => Accepted,
        // Conditionally accepted: what the condition is, it does not say.
        "CA" => AcceptedWithErrors,
        "CA" => AcceptedWithChanges,
        "CA" => PartiallyAccepted,
        "RE" => Rejected,
    }

    /// 1373, what is said to one of several documents.
    DOCUMENT_STATUS("document_status"): AdviceStatus {
        "1" => Accepted,
        "3" => AcceptedWithErrors,
        "3" => AcceptedWithChanges,
        "3" => PartiallyAccepted,
        "8" => Rejected,
    }

    /// 1001, document name, of a document that is spoken of.
    DOCUMENT_KIND("document_kind"): ReferenceKind {
        "9" => PriceList,
        "220" => PurchaseOrder,
        "221" => BlanketOrder,
        "230" => OrderChange,
        "231" => OrderResponse,
        "270" => DeliveryNote,
        "271" => PackingList,
        "310" => Quote,
        "315" => Contract,
        "351" => ShipNotice,
        "380" => Invoice,
        "381" => CreditNote,
        "383" => DebitNote,
        "481" => RemittanceAdvice,
        "632" => ReceivingAdvice,
        "705" => BillOfLading,
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

    /// 4465, why an amount was changed.
    ADJUSTMENT_REASON("adjustment_reason"): AdjustmentReason {
        "3" => DamagedGoods,
        "7" => PaymentOnAccount,
        "19" => TradeDiscount,
        "32" => GoodsNotReceived,
        "35" => GoodsReturned,
        "40" => FreightDeducted,
        "48" => AllowanceOrChargeError,
        "49" => SubstituteProduct,
        "50" => TermsOfSaleError,
        "51" => RequiredDataMissing,
        "53" => DuplicateInvoice,
        "54" => WeightError,
        "55" => ChargeNotAuthorized,
        "56" => IncorrectDiscount,
        "57" => PriceChange,
        "ZZZ" => MutuallyDefined,
    }

    /// 1001, kind of catalog.
    CATALOG_KIND("catalog_kind"): CatalogKind {
        "9" => PriceCatalog,
    }

    /// 1229, what became of an item of a catalog.
    CATALOG_CHANGE("catalog_change"): LineChange {
        "1" => Added,
        "2" => Deleted,
        "3" => Changed,
        "4" => Unchanged,
    }

    /// 1001, document name.
    ORDER_KIND("order_kind"): OrderKind {
        "105" | "220" => StandAlone,
        "221" => BlanketFirm,
        "222" => Spot,
        "224" => Rush,
        "225" => Repair,
        "226" => Release,
        "227" => Consignment,
        "228" => Sample,
        "230" => Change,
    }

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
        "94" => Manufacture,
        "12" => DiscountDue,
        "13" => NetDue,
        "137" => Issue,
        "138" => Payment,
    }

    /// 3035, party qualifier.
    PARTY_ROLE("party_role"): PartyRole {
        "AG" => Agent,
        "BY" => Buyer,
        "CA" => Carrier,
        "CN" => Consignee,
        "CZ" => Consignor,
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
        "SE" => Seller,
        "SF" => ShipFrom,
        "SN" => Store,
        "ST" => ShipTo,
        "SU" => Supplier,
        "UC" => UltimateConsignee,
        "UD" => EndUser,
        "VN" => Vendor,
        "WH" => Warehouse,
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
        "ADE" => Account,
        "AEP" => Project,
        "ALO" => ReceivingAdvice,
        "BM" => BillOfLading,
        "BO" => BlanketOrder,
        "BT" => Batch,
        "CD" => CreditNote,
        "CR" => CustomerReference,
        "CN" => CarrierReference,
        "CO" => CustomerOrder,
        "CT" => Contract,
        "DL" => DebitNote,
        "DQ" => Delivery,
        "IA" => InternalVendor,
        "IT" => Customer,
        "IV" => Invoice,
        "LI" => Line,
        "ON" | "OP" => PurchaseOrder,
        "PD" => Promotion,
        "PK" => PackingList,
        "PL" => PriceList,
        "POR" => OrderResponse,
        "PQ" => Payment,
        "RA" => RemittanceAdvice,
        "RE" => Release,
        "SE" => Serial,
        "VA" => TaxIdentification,
        "VN" => VendorOrder,
        "ZZZ" => MutuallyDefined,
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
        "9" => Payable,
        "12" | "11" => Paid,
        "39" | "77" => InvoiceTotal,
        "52" => Discount,
        "66" | "203" => LineTotal,
        "79" | "86" | "128" => Total,
        "124" | "150" | "161" | "176" => Tax,
        "125" => TaxableAmount,
        "165" => Adjustment,
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
        "PS" => PaidBySeller,
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
}

word_fields! {
    "/parties" role PARTY_ROLE;
    "/contacts" role CONTACT_ROLE;
    "/channels" kind CHANNEL_KIND;
    "/dates" role DATE_ROLE;
    "/date" role DATE_ROLE;
    "/references" kind REFERENCE_KIND;
    "/parts" kind REFERENCE_KIND;
    "/notes" kind REFERENCE_KIND;
    "/ids" scheme ID_SCHEME;
    "/carrier" scheme ID_SCHEME;
    "/id" scheme ID_SCHEME;
    "/location" scheme ID_SCHEME;
    "/product_ids" scheme PRODUCT_ID_SCHEME;
    "/prices" role PRICE_ROLE;
    "/amounts" role AMOUNT_ROLE;
    "/payment_terms" basis TERMS_BASIS;
    "/delivery_terms" freight_payment FREIGHT_PAYMENT;
    "/routes" mode TRANSPORT_MODE;
    "/allowances_and_charges" kind ALLOWANCE_KIND;
    "/allowances_and_charges" handling ALLOWANCE_HANDLING;
}
