//! Allowances and charges as they stand in every document, of a whole order or of a line.
//!
//! The kind says which way the money goes. Amounts are exact: X12 gives SAC05 two implied decimals. A rate has its own unit.
//!
//! These are shapes only; they cannot fail. How they are filled stands in `x12/allowance.rs` and `edifact/allowance.rs`.

use crate::Text;
use crate::money::{Currency, Money, QualifiedPrice};
use crate::quantity::{Decimal, Quantity};

record! {
    /// A discount, a surcharge, a service.
    pub struct AllowanceCharge {
        one kind: AllowanceKind,
        /// X12 248.
        one kind_code: Text,
        /// What for.
        opt service: AllowanceService,
        /// X12 1300, `D240` freight, `C310` discount; EDIFACT 7161.
        opt service_code: Text,
        /// X12 559, who keeps the list `agency_service_code` is of.
        opt agency_code: Text,
        opt agency_service_code: Text,
        opt money: Money,
        opt percent: Decimal,
        /// What the percent is of: X12 378.
        opt percent_basis_code: Text,
        opt rate: Rate,
        /// The quantity it applies to.
        opt quantity: Quantity,
        /// The other end of a range of quantities, or the quantity given free.
        opt second_quantity: Decimal,
        opt handling: AllowanceHandling,
        /// X12 331.
        opt handling_code: Text,
        opt reference: Text,
        opt option: Text,
        opt description: Text,
        /// X12 819, ISO 639.
        opt language: Text,
        opt currency: Currency,
        opt price: QualifiedPrice,
        /// EDIFACT 5189 and 1227.
        opt reason_code: Text,
        opt sequence_code: Text,
        /// EDIFACT 1131.
        opt list_code: Text,
        /// EDIFACT 5245 and 6063.
        opt percent_code: Text,
        opt quantity_code: Text,
        /// Every amount, `money` among them, with its kind.
        many amounts: crate::money::QualifiedAmount,
        many ranges: crate::money::Range,
        many taxes: crate::money::Tax,
        many dates: crate::date::DateTime,
    }
}

record! {
    /// An amount for each unit.
    pub struct Rate {
        one amount: Decimal,
        /// UN/ECE Recommendation 20 code.
        opt unit: Text,
        /// X12 355.
        opt original_unit: Text,
        /// EDIFACT 5419.
        opt code: Text,
        /// How many units the amount is for.
        opt base_quantity: Decimal,
    }
}

vocabulary! {
    /// Which way the money goes.
    pub enum AllowanceKind {
        Allowance,
        Charge,
        NoAllowanceOrCharge,
        Promotion,
        ChargeRequest,
        AllowanceRequest,
        Service,
    }
}

vocabulary! {
    /// What an allowance is given or a charge made for.
    pub enum AllowanceService {
        Advertising,
        DamagedGoods,
        Delivery,
        Discount,
        Freight,
        Handling,
        Insurance,
        Pickup,
        Promotion,
        QuantityDiscount,
        ShippingAndHandling,
        Surcharge,
        TradeDiscount,
        VolumeDiscount,
    }
}

vocabulary! {
    /// How it is settled.
    pub enum AllowanceHandling {
        BillBack,
        OffInvoice,
        VendorCheck,
        CreditAccount,
        PaidByVendor,
        PaidByCustomer,
        Optional,
        OffGrossQuantity,
        AddToInvoice,
        Collect,
        Prepaid,
        InformationOnly,
    }
}
