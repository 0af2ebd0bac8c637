//! Terms of an order, price list or invoice beside price and payment: restrictions, instalments, discounts by quantity.
//!
//! These are shapes only; they cannot fail.

use crate::Text;
use crate::date::DateTime;
use crate::money::{Money, QualifiedAmount};
use crate::quantity::{Decimal, QualifiedQuantity, Quantity};

record! {
    /// A restriction or condition: X12 CTB.
    pub struct Restriction {
        /// X12 688.
        one code: Text,
        opt description: Text,
        opt quantity: QualifiedQuantity,
        opt amount: QualifiedAmount,
    }
}

record! {
    /// Instalments to pay by: X12 INC.
    pub struct Installment {
        /// X12 336.
        one terms_code: Text,
        /// The length of a period.
        opt period: Quantity,
        opt count: Decimal,
        opt number: Decimal,
        opt amount: QualifiedAmount,
    }
}

record! {
    /// A discount by quantity or amount: X12 DIS.
    pub struct VolumeDiscount {
        /// X12 653.
        one type_code: Text,
        /// X12 654: what it is counted in.
        one base_code: Text,
        one value: Decimal,
        /// X12 656.
        opt limit_code: Text,
        opt from: Decimal,
        opt to: Decimal,
    }
}

record! {
    /// A quantity, amount or percentage of a period: X12 PAM.
    pub struct PeriodAmount {
        opt quantity: QualifiedQuantity,
        opt amount: QualifiedAmount,
        /// X12 344.
        opt period_code: Text,
        many dates: DateTime,
        /// X12 1004.
        opt percent_code: Text,
        opt percent: Decimal,
        /// X12 1073: `Y` or `N`.
        opt answer_code: Text,
    }
}

record! {
    /// What is still owed on an account: X12 BAL.
    pub struct Balance {
        /// X12 951.
        one kind_code: Text,
        /// X12 522.
        one amount_code: Text,
        opt money: Money,
    }
}
