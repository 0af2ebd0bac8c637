//! X12 codes of what a document is, what becomes of it and of its lines: one table a data element.
//!
//! How tables are read and changed stands in the file above.

use crate::application_advice::AdviceStatus;
use crate::freight::StopReason;
use crate::inventory_adjustment::AdjustmentReason;
use crate::inventory_report::{ReportKind, StockKind};
use crate::invoice::InvoiceKind;
use crate::line::{LineChange, LineStatus};
use crate::mapping::codes;
use crate::money::AdjustmentReason as PaymentAdjustment;
use crate::order_response::ResponseStatus;
use crate::price_catalog::CatalogKind;
use crate::purchase_order::{OrderKind, Purpose};
use crate::quantity::DiscrepancyKind;
use crate::receiving_advice::ReceiptKind;
use crate::ship_notice::{LevelKind, Structure};
use crate::transport_status::EventKind;

codes! {
    /// 353, transaction set purpose.
    PURPOSE("purpose"): Purpose {
        "00" => Original,
        "01" => Cancellation,
        "04" => Change,
        "05" => Replacement,
        "06" => Confirmation,
        "07" => Duplicate,
        "13" => Request,
        "15" => Resubmission,
        "16" => Proposal,
        "18" => Reissue,
        "22" => InformationCopy,
        "24" => Draft,
        "49" => OriginalNoResponse,
        "02" => Addition,
        "03" => Deletion,
        "11" => Response,
    }

    /// 514, reporting code of warehouse documents.
    REPORTING("reporting"): Purpose {
        "F" => FullDetail,
        "J" => Original,
        "K" => Simulation,
        "N" => NoExceptions,
        "R" => Replacement,
        "X" => ExceptionsOnly,
    }

    /// 668, what becomes of a line.
    LINE_STATUS("line_status"): LineStatus {
        "AC" => AcceptedAndShipped,
        "AR" => AcceptedAndReleased,
        "BP" => PartialBackordered,
        "DR" => DateChanged,
        "IA" => Accepted,
        "IB" => Backordered,
        "IC" => AcceptedWithChanges,
        "ID" => Deleted,
        "IE" => PricePending,
        "IH" | "IF" | "IW" => OnHold,
        "IP" => PriceChanged,
        "IQ" => QuantityChanged,
        "IR" | "R1" | "R2" | "R3" | "R4" | "R5" | "R6" | "R7" | "R8" => Rejected,
        "IS" => Substituted,
        "SP" => DatePending,
        "IA" => Added,
        "IC" => Changed,
        "ID" => Cancelled,
        "IQ" => AcceptedPartially,
        "IR" => OutOfStock,
        "IR" => Discontinued,
    }

    /// 368, what became of a line of a shipment.
    SHIPPED_STATUS("shipped_status"): LineStatus {
        "BO" => Backordered,
        "CC" | "CL" => Complete,
        "CP" => ShippedPartially,
        "BP" => PartialBackordered,
        "CU" | "IC" => Cancelled,
        "DE" => Deleted,
        "DI" => Discontinued,
        "DS" => OutOfStock,
        "CS" => Substituted,
    }

    /// 412, condition of what was received.
    CONDITION("condition"): DiscrepancyKind {
        "01" => Damaged,
        "02" => Short,
        "03" => Over,
        "04" => QualityProblem,
        "05" => WrongItem,
        "06" => NonStandardContainer,
        "07" => GoodCondition,
        "08" => Rejected,
        "09" => OnHold,
        "10" => Scrapped,
        "12" => OverReturned,
        "16" => NotAnnounced,
    }

    /// 962, at which point a receiving advice was made.
    RECEIPT_KIND("receipt_kind"): ReceiptKind {
        "1" => ReceivingDock,
        "2" => PostReceipt,
        "3" => Disposition,
        "8" => AcceptanceCertificate,
        "R" => IntermediatePoint,
    }

    /// 92, purchase order type.
    ORDER_KIND("order_kind"): OrderKind {
        "BE" => BlanketEstimated,
        "BK" => BlanketFirm,
        "CF" => Confirmation,
        "CN" => Consignment,
        "CP" => Change,
        "DR" => DirectShip,
        "DS" => Dropship,
        "EO" => Emergency,
        "IN" => InformationCopy,
        "KB" => BlanketAgreement,
        "KC" => Contract,
        "KN" | "NE" => New,
        "NS" => NewStore,
        "OS" => SpecialOrder,
        "PR" => Promotion,
        "RE" => Reorder,
        "RL" => Release,
        "RN" => Renewal,
        "RO" => Rush,
        "RR" => Repair,
        "RT" => Rental,
        "SA" => StandAlone,
        "SP" => Sample,
        "SS" => SupplyOrService,
        "ST" => StandingOrder,
        "WO" => Warranty,
        "ZZ" => MutuallyDefined,
    }

    /// 1650, what happened to a shipment.
    EVENT_KIND("event_kind"): EventKind {
        "A7" => Refused,
        "A9" => Damaged,
        "AF" => DepartedPickup,
        "AG" => EstimatedDelivery,
        "AH" => AttemptedDelivery,
        "AI" => Reconsigned,
        "AM" | "CP" => Loaded,
        "AR" => RailArrival,
        "AV" => AvailableForDelivery,
        "BC" => Stored,
        "C1" | "PR" => CustomsHold,
        "CA" => Cancelled,
        "CD" => DepartedDelivery,
        "D1" => Delivered,
        "I1" => GateIn,
        "L1" => LoadingAtPickup,
        "OA" => GateOut,
        "P1" => DepartedTerminal,
        "RL" => RailDeparture,
        "SD" => Delayed,
        "X1" => ArrivedAtDelivery,
        "X2" => EstimatedArrival,
        "X3" => ArrivedAtPickup,
        "X4" => ArrivedAtTerminal,
        "X6" => EnRoute,
        "XB" => Acknowledged,
    }

    /// 163, why a vehicle stops.
    STOP_REASON("stop_reason"): StopReason {
        "CL" => CompleteLoad,
        "CN" => Consolidate,
        "CU" => CompleteUnload,
        "DT" => DropTrailer,
        "IN" => Inspection,
        "LD" => Load,
        "PA" => Pickup,
        "PL" => PartLoad,
        "PU" => PartUnload,
        "RT" => Retrieve,
        "SL" | "SU" => Spot,
        "TL" => Transload,
        "UL" => Unload,
        "WL" => Weigh,
    }

    /// 202, how an invoice was corrected. None is an original.
    CORRECTION("correction"): Purpose {
        "CO" => Correction,
    }

    /// 735, what a level is.
    LEVEL_KIND("level_kind"): LevelKind {
        "S" => Shipment,
        "O" => Order,
        "T" => Pallet,
        "P" => Package,
        "Q" => Subpackage,
        "I" => Item,
        "IA" => Subline,
        "F" => Component,
        "K" => Kit,
        "A" => Assembly,
        "E" => Equipment,
        "CN" => Container,
        "B" => BuyerLocation,
        "L" => SupplierLocation,
    }

    /// 1005, how levels follow each other.
    STRUCTURE("structure"): Structure {
        "0001" => ShipmentOrderPackagingItem,
        "0002" => ShipmentOrderItemPackaging,
        "0003" => ShipmentPackagingOrderItem,
        "0004" => ShipmentOrderItem,
    }

    /// 640, type of invoice.
    INVOICE_KIND("invoice_kind"): InvoiceKind {
        "DI" | "PR" => Invoice,
        "CR" | "CN" => CreditNote,
        "DR" => DebitNote,
        "AI" => CorrectedInvoice,
        "PP" => PrepaymentInvoice,
        "CI" => ConsolidatedInvoice,
        "CG" | "CE" => ConsolidatedCreditNote,
        "PB" => PartialInvoice,
        "ME" => Memo,
        "RE" => Rebill,
        "DU" => Duplicate,
        "26" => ServiceInvoice,
    }

    /// 755, what an inventory report is of.
    REPORT_KIND("report_kind"): ReportKind {
        "SI" => SellerInventory,
        "DD" => DistributorInventory,
        "LC" => LocationInventory,
    }

    /// 673, what a quantity of the stock counts.
    STOCK_KIND("stock_kind"): StockKind {
        "17" => OnHand,
        "33" | "V2" => Available,
        "27" => Committed,
        "XU" => Reserved,
        "63" => OnOrder,
        "IQ" => InTransit,
        "BQ" => Backordered,
        "74" => Damaged,
        "QH" => OnHold,
        "76" => Returned,
        "87" => Received,
        "39" => Shipped,
        "32" => Sold,
        "YW" => ReorderPoint,
        "72" => Minimum,
        "73" => Maximum,
        "TN" => Opening,
        "TX" => Closing,
        "29" => Projected,
    }

    /// 181, why stock was corrected.
    ADJUSTMENT_REASON("adjustment_reason"): AdjustmentReason {
        "03" => ShippedMore,
        "04" => ReceivedLess,
        "05" => PutOnHold,
        "06" => BookDecrease,
        "07" => Destroyed,
        "52" | "AS" => Reworked,
        "53" => ShippedLess,
        "54" => ReceivedMore,
        "55" => TakenOffHold,
        "56" => BookIncrease,
        "AA" => PhysicalCount,
        "AB" => AccountingError,
        "AC" => ConditionChange,
        "AG" => OwnershipChange,
        "AK" => Transfer,
        "AR" => ShipmentError,
        "AU" => DamagedInFacility,
        "AV" => DamagedInTransit,
        "AW" => Recall,
        "AX" => Obsolete,
        "AY" => ReceiptError,
        "CD" => Donation,
        "CO" => Consignment,
        "CR" => CustomerReturn,
        "CS" => Sample,
        "PC" => Reserved,
    }

    /// 426, why an amount was changed.
    PAYMENT_ADJUSTMENT("payment_adjustment"): PaymentAdjustment {
        "02" => AllowanceOrChargeError,
        "04" | "11" => DamagedGoods,
        "08" => SubstituteProduct,
        "09" => TermsOfSaleError,
        "17" => RequiredDataMissing,
        "19" => DuplicateInvoice,
        "22" => WeightError,
        "23" => ChargeNotAuthorized,
        "24" => IncorrectDiscount,
        "59" | "A4" => GoodsNotReceived,
        "72" | "RM" => GoodsReturned,
        "54" => FreightDeducted,
        "SS" => TradeDiscount,
        "A7" => PaymentOnAccount,
        "P1" => PriceChange,
        "ZZ" => MutuallyDefined,
    }

    /// 473, what a warehouse shipping order does.
    ORDER_STATUS("order_status"): Purpose {
        "B" => Backorder,
        "C" => Confirmation,
        "D" => Deletion,
        "F" => Cancellation,
        "N" => Original,
        "R" => Change,
        "T" => Resubmission,
        "X" => Simulation,
    }

    /// 110, what an application says to a document. The first letter is the scope: of the transaction set here.
    ADVICE_STATUS("advice_status"): AdviceStatus {
        "TA" | "BA" | "GA" | "IA" => Accepted,
        "TC" | "BC" | "GC" | "IC" => AcceptedWithChanges,
        "TE" | "BE" | "GE" | "IE" => AcceptedWithErrors,
        "TH" | "GH" => OnHold,
        "TP" | "BP" | "GP" | "IP" => PartiallyAccepted,
        "TR" | "BR" | "GR" | "IR" => Rejected,
    }

    /// 683, kind of catalog.
    CATALOG_KIND("catalog_kind"): CatalogKind {
        "PC" => PriceCatalog,
        "SC" => SalesCatalog,
        "PS" => PriceSheet,
        "RC" => ResaleCatalog,
        "CP" => CustomizedCatalog,
    }

    /// 875, what became of an item of a catalog.
    CATALOG_CHANGE("catalog_change"): LineChange {
        "001" => Changed,
        "002" => Deleted,
        "021" | "003" => Added,
    }

    /// 587, acknowledgement type.
    RESPONSE_STATUS("response_status"): ResponseStatus {
        "AC" => AcceptedWithChanges,
        "AD" => WithDetailNoChanges,
        "AE" => ChangesOnly,
        "AH" => Pending,
        "AK" => AcceptedWithoutDetail,
        "AT" => Accepted,
        "RD" => RejectedWithDetail,
        "RJ" => Rejected,
    }

    /// 670, what changes in a line.
    LINE_CHANGE("line_change"): LineChange {
        "AI" => Added,
        "CA" => Changed,
        "CC" => TermsChanged,
        "CE" | "CG" => AllowancesChanged,
        "CF" => Cancelled,
        "DI" => Deleted,
        "NC" => Unchanged,
        "PC" => PriceChanged,
        "PQ" => QuantityAndPriceChanged,
        "PR" => PriceAndDateChanged,
        "QD" => QuantityDecreased,
        "QI" => QuantityIncreased,
        "RA" => TransportChanged,
        "RB" => DatesReplaced,
        "RC" => Rejected,
        "RE" | "RM" => Replaced,
        "RQ" => QuantityAndDateChanged,
        "RS" => Rescheduled,
        "RZ" => AllReplaced,
        "TI" => Transferred,
        "NC" => Confirmed,
    }
}
