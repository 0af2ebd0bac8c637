//! EDIFACT codes and our words: one table a data element, named by its number in the directory.
//!
//! A code without a word becomes `other`; the code itself is always kept beside it, so a missing word loses nothing. Only codes
//! whose meaning is beyond doubt stand here, and mean the same in D.96A and D.01B.
//!
//! Adding a word: its line here, and the word in the vocabulary of the block.

use crate::allowance::{AllowanceHandling, AllowanceKind, AllowanceService};
use crate::application_advice::AdviceStatus;
use crate::date::DateRole;
use crate::inventory_adjustment::AdjustmentReason;
use crate::inventory_report::{ReportKind, StockKind, StockMovement};
use crate::invoice::InvoiceKind;
use crate::item::ProductIdScheme;
use crate::line::{LineChange, LineStatus};
use crate::mapping::{codes, word_fields};
use crate::money::{AdjustmentReason as PaymentAdjustment, AmountRole, PriceRole, TaxKind, TermsBasis};
use crate::order_response::ResponseStatus;
use crate::package::PackageKind;
use crate::party::{ChannelKind, ContactRole, PartyRole};
use crate::price_catalog::CatalogKind;
use crate::purchase_order::{OrderKind, Purpose};
use crate::quantity::{DiscrepancyKind, MeasurementKind};
use crate::reference::{IdScheme, IdentityKind, ReferenceKind};
use crate::remittance_advice::PaymentMethod;
use crate::transport::{FreightPayment, TransportMode};
use crate::transport_status::EventKind;

codes! {
    /// 1225, message function.
    PURPOSE("purpose"): Purpose {
        "1" => Cancellation,
        "4" => Change,
        "5" => Replacement,
        "6" => Confirmation,
        "7" => Duplicate,
        "9" => Original,
        "13" => Request,
        "16" => Proposal,
        "18" => Reissue,
        "31" => InformationCopy,
        "2" => Addition,
        "3" => Deletion,
        "11" => Response,
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

    /// 9011 (D.96A) and 4405 (D.01B), what happened to a consignment: Recommendation 24.
    EVENT_KIND("event_kind"): EventKind {
        "1" => Arrived,
        "12" => CustomsReleased,
        "13" => PickedUp,
        "18" => Damaged,
        "20" => Delayed,
        "21" => Delivered,
        "24" => Departed,
        "29" => Discharged,
        "31" => EnRoute,
        "48" => Loaded,
        "49" => Lost,
        "74" => Received,
        "75" => Reconsigned,
        "77" => Refused,
        "82" | "80" => Returned,
        "91" => Stored,
    }

    /// 4221, how a quantity differs.
    DISCREPANCY("discrepancy"): DiscrepancyKind {
        "AC" => Over,
        "AE" => NotAnnounced,
        "AF" => Damaged,
        "AG" => DeliveredTooLate,
        "AA" | "AB" => Discontinued,
        "AD" | "OW" => OutOfStock,
        "BK" => Backordered,
        "BP" => PartialBackordered,
        "CC" => Complete,
        "CS" => Substituted,
        "IC" => Cancelled,
    }

    /// 6063, quantities that say a difference.
    QUANTITY_IN_QUESTION("quantity_in_question"): DiscrepancyKind {
        "119" => Short,
        "121" | "123" => Over,
        "124" => Damaged,
        "126" => NotDelivered,
        "185" => Rejected,
        "89" => OnHold,
        "64" => Scrapped,
        "83" => Backordered,
        "182" => Cancelled,
    }

    /// 4221, what became of a line.
    LINE_STATUS("line_status"): LineStatus {
        "AA" | "AB" => Discontinued,
        "AD" | "OW" => OutOfStock,
        "BK" => Backordered,
        "BP" => PartialBackordered,
        "CC" => Complete,
        "CP" => ShippedPartially,
        "CS" => Substituted,
        "IC" => Cancelled,
        "1" => Added,
        "2" => Deleted,
        "4" => NoAction,
        "5" => Accepted,
        "6" | "3" | "24" => AcceptedWithChanges,
        "7" => Rejected,
        "37" => Cancelled,
        "3" => Changed,
        "3" => QuantityChanged,
        "3" => PriceChanged,
        "3" => DateChanged,
        "3" => Substituted,
        "3" => AcceptedPartially,
        "3" => Backordered,
        "3" => PartialBackordered,
        "5" => AcceptedAndShipped,
        "5" => AcceptedAndReleased,
        "6" => PricePending,
        "6" => DatePending,
        "7" => OutOfStock,
        "7" => Discontinued,
    }

    /// 7007, state of goods. D.96A has damaged alone.
    STATE("state"): DiscrepancyKind {
        "4" => Damaged,
        "5" => GoodCondition,
        "6" => WrongItem,
        "7" => OnHold,
        "12" => Rejected,
        "14" => Cancelled,
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
        "SE" => Serial,
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

    /// 1001, document name of an invoice.
    INVOICE_KIND("invoice_kind"): InvoiceKind {
        "380" => Invoice,
        "381" | "81" => CreditNote,
        "383" | "80" => DebitNote,
        "384" => CorrectedInvoice,
        "386" => PrepaymentInvoice,
        "389" => SelfBilledInvoice,
        "325" => ProFormaInvoice,
        "393" => FactoredInvoice,
        "396" => FactoredCreditNote,
        "261" => SelfBilledCreditNote,
        "262" => ConsolidatedCreditNote,
        "385" => ConsolidatedInvoice,
        "326" => PartialInvoice,
        "83" => FinancialCredit,
        "84" => FinancialDebit,
        "780" => FreightInvoice,
        "395" => ConsignmentInvoice,
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

    /// 1001, which inventory report it is. 263 is an adjustment, a document of its own.
    REPORT_KIND("report_kind"): ReportKind {
        "78" => InventoryMovement,
        "79" => InventoryStatus,
    }

    /// 6063, what a quantity of the stock counts. 248, 253 and 441 came after D.96A, which has none for these.
    STOCK_KIND("stock_kind"): StockKind {
        "12" => Shipped,
        "17" | "145" => OnHand,
        "48" => Received,
        "60" => Available,
        "61" => Returned,
        "64" => Scrapped,
        "66" => Committed,
        "73" => OnOrder,
        "83" => Backordered,
        "97" => Minimum,
        "98" => Maximum,
        "124" => Damaged,
        "126" => Lost,
        "153" => Sold,
        "157" => Opening,
        "158" => Closing,
        "191" => Adjustment,
        "197" => ReorderPoint,
        "198" | "57" => InTransit,
        "248" => Reserved,
        "253" => Quarantined,
        "441" => InProduction,
    }

    /// 4501, which way stock moved.
    STOCK_MOVEMENT("stock_movement"): StockMovement {
        "1" => Out,
        "2" => In,
    }

    /// 4499, why stock moved.
    ADJUSTMENT_REASON("adjustment_reason"): AdjustmentReason {
        "3" => Scrapped,
        "7" => Reversal,
        "11" => Consumption,
    }

    /// 4465, why an amount was changed.
    PAYMENT_ADJUSTMENT("payment_adjustment"): PaymentAdjustment {
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

    /// 4343, what an application says to a document.
    ADVICE_STATUS("advice_status"): AdviceStatus {
        "AP" => Accepted,
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

    /// 1225 of an answer: what is an answer (see RESPONSE_FUNCTION) is an original.
    RESPONSE_PURPOSE("purpose"): Purpose {
        "9" | "4" | "27" | "28" | "29" | "30" | "34" => Original,
        "1" => Cancellation,
        "5" => Replacement,
        "6" => Confirmation,
        "7" => Duplicate,
        "13" => Request,
        "16" => Proposal,
        "18" => Reissue,
        "31" => InformationCopy,
        "4" => Change,
    }

    /// 1225 of an answer: what becomes of the order. Words without a code of their own are written as the nearest.
    RESPONSE_FUNCTION("response_function"): ResponseStatus {
        "29" => Accepted,
        "4" | "28" | "30" | "34" => AcceptedWithChanges,
        "27" => Rejected,
        "29" => WithDetailNoChanges,
        "29" => AcceptedWithoutDetail,
        "4" => ChangesOnly,
        "4" => PartiallyAccepted,
        "27" => RejectedWithDetail,
    }

    /// 4343, what becomes of the order.
    RESPONSE_STATUS("response_status"): ResponseStatus {
        "AB" => Received,
        "AC" => AcceptedWithChanges,
        "AD" => WithDetailNoChanges,
        "AI" => ChangesOnly,
        "AJ" => Pending,
        "AP" => Accepted,
        "RE" => Rejected,
        "RE" => RejectedWithDetail,
    }

    /// 1229 of a change: what changes in a line. Words without a code of their own are written as the nearest.
    LINE_CHANGE("line_change"): LineChange {
        "1" => Added,
        "2" => Deleted,
        "3" => Changed,
        "4" | "11" => Unchanged,
        "5" => Confirmed,
        "7" => Rejected,
        "37" => Cancelled,
        "38" => Replaced,
        "3" => PriceChanged,
        "3" => QuantityIncreased,
        "3" => QuantityDecreased,
        "3" => QuantityAndPriceChanged,
        "3" => QuantityAndDateChanged,
        "3" => Rescheduled,
        "3" => PriceAndDateChanged,
        "3" => DatesReplaced,
        "3" => AllReplaced,
        "3" => TermsChanged,
        "3" => AllowancesChanged,
        "3" => TransportChanged,
        "3" => Transferred,
    }

    /// 4221, in which way a quantity differs.
    DISCREPANCY_KIND("discrepancy_kind"): DiscrepancyKind {
        "AB" | "AA" => Discontinued,
        "AC" => Over,
        "AD" | "OW" | "OS" => OutOfStock,
        "AE" => NotAnnounced,
        "AF" => Damaged,
        "AG" => DeliveredTooLate,
        "BK" => Backordered,
        "BP" => PartialBackordered,
        "CC" => Complete,
        "IC" | "CK" => Cancelled,
        "IS" | "CS" => Substituted,
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
    "/measurements" kind MEASUREMENT_KIND;
    "/identities" kind IDENTITY_KIND;
    "/allowances_and_charges" kind ALLOWANCE_KIND;
    "/allowances_and_charges" handling ALLOWANCE_HANDLING;
    "/allowances_and_charges" service ALLOWANCE_SERVICE;
    "/taxes" type TAX_KIND;
    "/quantities" kind STOCK_KIND;
}
