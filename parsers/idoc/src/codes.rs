//! Qualifiers of IDocs and our words, in both directions: one table a qualifier.
//!
//! A qualifier without a word becomes `other`, and stands beside it. Several may mean the same word: the first is written. A word
//! that stands a second time is only written so: read, the qualifier is the first word it has.

use portway_documents::Text;
use portway_documents::date::DateRole;
use portway_documents::heading::Purpose;
use portway_documents::invoice::InvoiceKind;
use portway_documents::line::{LineChange, LineStatus};
use portway_documents::money::AmountRole;
use portway_documents::party::PartyRole;
use portway_documents::purchase_order::OrderKind;
use portway_documents::reference::ReferenceKind;

pub(crate) struct Codes<T: 'static> {
    /// The word of a code; `other` where there is none.
    pub word: fn(&str) -> T,
    /// The code of a word, `None` where there is none.
    pub code: fn(T) -> Option<&'static str>,
}

impl<T: Copy + PartialEq> Codes<T> {
    /// The code to write: the one beside the word if it is of an IDoc (`ours`) and means the word, else the table's.
    pub(crate) fn written(&self, word: T, beside: &str, ours: bool) -> Option<Text> {
        if ours && !beside.is_empty() && (self.word)(beside) == word {
            return Some(Text::new(beside));
        }
        (self.code)(word).map(Text::new_static)
    }
}

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident: $word:ty { $($($code:literal)|+ => $is:ident,)* })*) => {$(
        $(#[$meta])*
        pub(crate) const $name: Codes<$word> = Codes {
            word: |code| {
                #[allow(unreachable_patterns)]
                match code {
                    $($($code)|+ => <$word>::$is,)*
                    _ => <$word>::Other,
                }
            },
            code: |word| {
                #[allow(unreachable_patterns)]
                match word {
                    $(<$word>::$is => Some([$($code),+][0]),)*
                    _ => None,
                }
            },
        };
    )*};
}

codes! {
    /// E1EDKA1 and E1EDPA1 PARVW, E1ADRM1 PARTNER_Q.
    PARTNER: PartyRole {
        "AG" => Buyer,
        "WE" => ShipTo,
        "RE" => BillTo,
        "RG" => Payer,
        "LF" => Supplier,
        "RS" => InvoiceIssuer,
        "SP" => Carrier,
        "WL" | "OSP" => ShipFrom,
        "PE" => Payee,
        "EN" => EndUser,
        "MF" => Manufacturer,
        "FR" => MessageFrom,
        "MR" => MessageTo,
        "AG" => SoldTo,
        "AG" => Customer,
        "AG" => OrderedBy,
        "WE" => Consignee,
        "WE" => PlaceOfDelivery,
        "LF" => Seller,
        "LF" => Vendor,
        "SP" => FreightForwarder,
        "RS" => RemitTo,
        "WL" => Warehouse,
    }

    /// E1EDK03 and E1EDP03 IDDAT. The day of the document itself (012) has fields of its own.
    DATE: DateRole {
        "001" => PromisedDelivery,
        "002" => RequestedDelivery,
        "010" => ScheduledShip,
        "015" => TaxPoint,
        "016" => Invoice,
        "017" => Payment,
        "019" => ContractStart,
        "020" => ContractEnd,
        "022" => PurchaseOrder,
        "028" => Due,
        "029" => Order,
        "030" => Received,
        "035" => Shipped,
        "002" => DeliverNotAfter,
        "010" => RequestedShip,
        "001" => ScheduledDelivery,
        "001" => EstimatedDelivery,
    }

    /// E1EDK02 and E1EDP02 QUALF.
    REFERENCE: ReferenceKind {
        "001" => PurchaseOrder,
        "002" => VendorOrder,
        "003" => Request,
        "004" => Quote,
        "005" | "006" | "043" => Contract,
        "009" => Invoice,
        "012" => DeliveryNote,
        "013" => InternalOrder,
        "017" => Account,
        "018" => CustomerOrder,
        "028" => CreditNote,
        "029" => RemittanceAdvice,
    }

    /// E1EDK01 ACTION: 001 all is cancelled; 002 the heading changes, 003 lines, 004 both.
    PURPOSE: Purpose {
        "001" => Cancellation,
        "004" | "002" | "003" => Change,
    }

    /// E1EDL18 QUALF.
    DELIVERY_PURPOSE: Purpose {
        "ORI" => Original,
        "CHG" => Change,
        "DEL" => Cancellation,
    }

    /// E1EDK01 BSART of an order: the types SAP delivers.
    ORDER_KIND: OrderKind {
        "NB" | "OR" | "TA" => StandAlone,
        "SO" => Rush,
        "KB" => Consignment,
        "NB" => New,
    }

    /// E1EDK01 BSART of an invoice.
    INVOICE_KIND: InvoiceKind {
        "INVO" => Invoice,
        "CRME" => CreditNote,
    }

    /// E1EDP01 ACTION of ORDCHG.
    CHANGE: LineChange {
        "001" => Added,
        "002" => Changed,
        "003" => Deleted,
        "004" => Unchanged,
        "002" => Replaced,
        "002" => PriceChanged,
        "002" => QuantityIncreased,
        "002" => QuantityDecreased,
        "002" => QuantityAndPriceChanged,
        "002" => QuantityAndDateChanged,
        "002" => Rescheduled,
        "002" => PriceAndDateChanged,
        "003" => Cancelled,
    }

    /// E1EDP01 ACTION of ORDRSP.
    STATUS: LineStatus {
        "001" => Added,
        "002" => AcceptedWithChanges,
        "003" => Rejected,
        "004" => Accepted,
        "002" => AcceptedPartially,
        "002" => PriceChanged,
        "002" => QuantityChanged,
        "002" => DateChanged,
        "002" => Backordered,
        "002" => PartialBackordered,
        "002" => Changed,
        "003" => Deleted,
        "003" => Cancelled,
        "003" => OutOfStock,
        "003" => Discontinued,
        "004" => AcceptedAndShipped,
        "004" => AcceptedAndReleased,
        "004" => NoAction,
    }

    /// E1EDS01 SUMID of an order.
    SUM: AmountRole {
        "002" => LinesTotal,
        "003" => Gross,
        "005" => TaxTotal,
        "006" => Total,
        "012" => DiscountBase,
        "020" => AllowanceOrCharge,
    }

    /// E1EDP26 QUALF. 003, the net value, is the amount of the line.
    LINE_AMOUNT: AmountRole {
        "002" => Gross,
        "004" => DiscountBase,
        "007" => Discount,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_beside_a_word_is_written_where_it_is_of_an_idoc() {
        assert_eq!(PARTNER.written(PartyRole::ShipFrom, "OSP", true).as_deref(), Some("OSP"));
        assert_eq!(PARTNER.written(PartyRole::ShipFrom, "SF", true).as_deref(), Some("WL"));
        assert_eq!(PARTNER.written(PartyRole::Other, "ZX", true).as_deref(), Some("ZX"));
        assert_eq!(PARTNER.written(PartyRole::Other, "ZX", false), None);
    }

    #[test]
    fn a_word_that_stands_twice_is_read_as_the_first() {
        assert_eq!((PARTNER.word)("AG"), PartyRole::Buyer);
        assert_eq!((PARTNER.code)(PartyRole::SoldTo), Some("AG"));
        assert_eq!((STATUS.word)("002"), LineStatus::AcceptedWithChanges);
    }
}
