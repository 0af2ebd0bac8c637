//! EDIFACT codes of what a document is, what becomes of it and of its lines: one table a data element.
//!
//! How tables are read and changed stands in the file above.

use crate::application_advice::AdviceStatus;
use crate::inventory_adjustment::AdjustmentReason;
use crate::inventory_report::{ReportKind, StockKind, StockMovement};
use crate::invoice::InvoiceKind;
use crate::line::{LineChange, LineStatus};
use crate::mapping::codes;
use crate::money::AdjustmentReason as PaymentAdjustment;
use crate::order_response::ResponseStatus;
use crate::price_catalog::CatalogKind;
use crate::purchase_order::{OrderKind, Purpose};
use crate::quantity::DiscrepancyKind;
use crate::reference::ReferenceKind;
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
        "AD" | "OW" | "OS" => OutOfStock,
        "BK" => Backordered,
        "BP" => PartialBackordered,
        "CC" => Complete,
        "CS" | "IS" => Substituted,
        "IC" | "CK" => Cancelled,
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

    /// 1229 (of LIN) and 4221 (of QVR), what became of a line.
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
}
