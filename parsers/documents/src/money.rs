//! Money, prices, taxes and terms of payment as they stand in every document.
//!
//! An amount is an exact decimal, written as a JSON string; elements with implied decimals (X12 type N2) are given their point,
//! so `"10000"` in SAC05 is `"100.00"`. The currency is the one in force where the amount stands; absent when the partner named
//! none.

use crate::Text;
use crate::date::{Date, DateTime};
use crate::party::PartyRole;
use crate::quantity::{Decimal, Quantity};
use crate::reference::Identifier;

record! {
    /// An amount of money.
    pub struct Money {
        one amount: Decimal,
        /// ISO 4217 code in force here.
        opt currency: Text,
    }
}

record! {
    /// The currency of a document or of a part of it, and its rate.
    pub struct Currency {
        /// ISO 4217 code.
        one code: Text,
        /// Whose currency it is.
        one role: PartyRole,
        /// X12 98.
        one role_code: Text,
        opt exchange_rate: Decimal,
        opt target_role_code: Text,
        opt target_currency: Text,
        /// X12 669.
        opt market_code: Text,
        many dates: DateTime,
        /// EDIFACT 6347 of the currency and of the target: `2` reference, `3` target.
        opt usage_code: Text,
        opt target_usage_code: Text,
        /// For how many units the rate is: EDIFACT 6348.
        opt base_rate: Decimal,
        opt target_base_rate: Decimal,
    }
}

record! {
    /// The price of one base quantity.
    pub struct Price {
        one amount: Decimal,
        opt currency: Text,
        /// How many units the amount is for, where the basis says so: `"100"` for a price per hundred.
        opt base_quantity: Decimal,
        /// The partner's code for the basis: X12 639, `PE` per each, `HP` per hundred, `CT` contract.
        opt basis_code: Text,
        /// Which price it is: EDIFACT 5125, `AAA` net, `AAB` gross.
        opt role_code: Text,
        /// EDIFACT 5375 and 5387.
        opt type_code: Text,
        opt specification_code: Text,
        /// Unit of the base quantity, by Recommendation 20 and as it came.
        opt base_unit: Text,
        opt original_base_unit: Text,
        /// EDIFACT 5213.
        opt change_code: Text,
    }
}

record! {
    /// A price beside the one ordered at: retail, list, promotional.
    pub struct QualifiedPrice {
        one role: PriceRole,
        /// X12 236.
        opt role_code: Text,
        /// X12 687.
        opt trade_class_code: Text,
        opt price: Price,
        /// The quantity the price holds for, or starts at.
        opt quantity: Quantity,
        /// X12 648, with `multiplier`: `DIS` and `0.9` is a tenth off.
        opt multiplier_code: Text,
        opt multiplier: Decimal,
        opt rebate: Money,
        opt condition_value: Text,
        opt multiple_quantity: Decimal,
        /// Where it differs from the one in force.
        opt currency: Currency,
        /// The range of quantities it holds for: EDIFACT RNG.
        many ranges: Range,
        many dates: DateTime,
    }
}

impl QualifiedPrice {
    /// States the currency of the price, in place of the one in force.
    pub fn set_currency(&mut self, currency: Currency) {
        if let Some(price) = &mut self.price {
            price.currency = Some(currency.code.clone());
        }
        if let Some(rebate) = &mut self.rebate {
            rebate.currency = Some(currency.code.clone());
        }
        self.currency = Some(currency);
    }
}

vocabulary! {
    /// Which price it is.
    pub enum PriceRole {
        Retail,
        SuggestedRetail,
        List,
        Catalog,
        Contract,
        Promotional,
        Net,
        Wholesale,
        Discount,
        Resale,
        SuggestedList,
        UnitCost,
        Distributor,
        ExpectedUnit,
        Quote,
        Gross,
        Information,
    }
}

record! {
    /// An amount that says what it is.
    pub struct QualifiedAmount {
        one role: AmountRole,
        /// X12 522.
        one role_code: Text,
        opt money: Money,
        /// X12 478: `C` credit, `D` debit.
        opt credit_debit_code: Text,
        many references: crate::reference::Reference,
        many dates: DateTime,
        /// EDIFACT 6343 and 4405.
        opt currency_role_code: Text,
        opt status_code: Text,
    }
}

vocabulary! {
    /// What an amount is.
    pub enum AmountRole {
        Total,
        LineTotal,
        Tax,
        Discount,
        InvoiceTotal,
        Gross,
        SalesTax,
        GoodsAndServicesTax,
        TaxableAmount,
        AllowanceOrCharge,
        AllowanceTotal,
        ChargeTotal,
        TaxTotal,
        Payable,
        Paid,
        Prepaid,
        Adjustment,
        Freight,
        Rounding,
        Deposit,
        CustomsValue,
        DeclaredValue,
        DiscountBase,
        LineNet,
        /// Of all lines together.
        LinesTotal,
    }
}

record! {
    /// A tax number, exemption or tax amount.
    pub struct Tax {
        /// Which tax it is.
        #[serde(rename = "type")]
        opt kind: TaxKind,
        /// X12 963, such as `ST` state sales tax, `VA` value added tax; EDIFACT 5153.
        opt type_code: Text,
        opt money: Money,
        opt percent: Decimal,
        /// The number of the taxpayer, or of the exemption.
        opt number: Text,
        /// The places that levy it: X12 309 and 310.
        many jurisdictions: Identifier,
        /// X12 441.
        opt exempt_code: Text,
        /// X12 1179.
        opt customs_code: Text,
        /// X12 662.
        opt relationship_code: Text,
        /// What the percent is of.
        opt base: Decimal,
        opt assigned_number: Text,
        /// EDIFACT 5283: `7` a tax.
        opt function_code: Text,
        /// EDIFACT 5305: `S` standard, `E` exempt, `Z` zero.
        opt category_code: Text,
        opt description: Text,
        /// EDIFACT 5279.
        opt rate_code: Text,
        many amounts: QualifiedAmount,
    }
}

vocabulary! {
    /// Which tax it is.
    pub enum TaxKind {
        ValueAdded,
        GoodsAndServices,
        StateSales,
        LocalSales,
        FederalExcise,
        Environmental,
        Surtax,
    }
}

record! {
    /// When and how to pay.
    pub struct PaymentTerms {
        /// X12 336, `01` basic, `08` discount offered, `14` as agreed.
        opt type_code: Text,
        /// What the days count from.
        opt basis: TermsBasis,
        /// X12 333.
        opt basis_code: Text,
        opt discount_percent: Decimal,
        opt discount_days: Decimal,
        opt discount_due_date: Date,
        opt discount: Money,
        opt net_days: Decimal,
        opt net_due_date: Date,
        opt deferred_due_date: Date,
        opt deferred: Money,
        opt payable_percent: Decimal,
        opt day_of_month: Decimal,
        /// X12 107.
        opt payment_method_code: Text,
        opt percent: Decimal,
        opt description: Text,
        /// EDIFACT 4277, and who keeps its list.
        opt code: Text,
        opt agency_code: Text,
        /// EDIFACT 2009: `3` after the basis.
        opt relation_code: Text,
        /// EDIFACT 2151 and 2152, as they came: `D` days.
        opt period_code: Text,
        opt period_count: Decimal,
        many dates: DateTime,
        many percentages: Percentage,
        many amounts: QualifiedAmount,
    }
}

vocabulary! {
    /// The day that terms of payment count from.
    pub enum TermsBasis {
        OrderDate,
        ShipDate,
        DeliveryDate,
        InvoiceDate,
        InvoiceReceiptDate,
        InvoiceTransmissionDate,
        ReceiptOfGoods,
        AnticipatedDeliveryDate,
        EffectiveDate,
        SpecifiedDate,
    }
}

record! {
    /// An account at a bank: X12 BPR and C2, EDIFACT FII.
    pub struct BankAccount {
        /// Whose: EDIFACT 3035.
        opt role_code: Text,
        /// X12 569.
        opt number_scheme_code: Text,
        /// IBAN or the bank's own number.
        opt number: Text,
        many holder_names: Text,
        opt currency: Text,
        /// BIC, routing number and the like.
        opt bank: Identifier,
        opt bank_name: Text,
        opt branch: Identifier,
        opt branch_name: Text,
        opt country: Text,
        /// X12 20: the bank's number of its client.
        opt client_number: Text,
        /// X12 8.
        opt client_code: Text,
        opt date: Date,
        /// X12 107.
        opt payment_method_code: Text,
    }
}

record! {
    /// What was changed in an amount, and why: X12 ADX and RMR, EDIFACT AJT.
    pub struct Adjustment {
        opt reason: AdjustmentReason,
        /// X12 426, EDIFACT 4465.
        one reason_code: Text,
        opt money: Money,
        opt line_number: Text,
        /// Running number of the payer or payee it stands with: X12 554.
        opt entity_number: Text,
        many amounts: QualifiedAmount,
        many quantities: crate::quantity::QualifiedQuantity,
        many references: crate::reference::Reference,
        many contacts: crate::party::Contact,
        many dates: DateTime,
        many notes: crate::reference::Note,
        many lines: PaidLine,
    }
}

vocabulary! {
    /// Why an amount was changed.
    pub enum AdjustmentReason {
        AllowanceOrChargeError,
        DamagedGoods,
        SubstituteProduct,
        TermsOfSaleError,
        RequiredDataMissing,
        DuplicateInvoice,
        WeightError,
        ChargeNotAuthorized,
        IncorrectDiscount,
        GoodsNotReceived,
        GoodsReturned,
        FreightDeducted,
        TradeDiscount,
        PaymentOnAccount,
        PriceChange,
        MutuallyDefined,
    }
}

record! {
    /// A line of the document paid or adjusted: X12 IT1 of an 820, EDIFACT DLI.
    pub struct PaidLine {
        opt number: Text,
        /// EDIFACT 1073.
        opt action_code: Text,
        opt quantity: Quantity,
        opt price: Price,
        one item: crate::item::Item,
        opt currency: Currency,
        many amounts: QualifiedAmount,
        many references: crate::reference::Reference,
        many dates: DateTime,
        many taxes: Tax,
        many allowances_and_charges: crate::allowance::AllowanceCharge,
        many adjustments: Adjustment,
        many sublines: crate::purchase_order::SubLine,
    }
}

record! {
    /// A percentage that says what it is.
    pub struct Percentage {
        /// EDIFACT 5245: `12` discount, `15` penalty.
        one code: Text,
        opt percent: Decimal,
        /// What it is of: EDIFACT 5249.
        opt basis_code: Text,
    }
}

record! {
    /// From how much to how much: EDIFACT RNG.
    pub struct Range {
        /// EDIFACT 6167.
        one code: Text,
        opt minimum: Quantity,
        opt maximum: Decimal,
    }
}

record! {
    /// By which means to pay: EDIFACT PAI.
    pub struct PaymentInstruction {
        /// EDIFACT 4439.
        opt condition_code: Text,
        /// EDIFACT 4431.
        opt guarantee_code: Text,
        /// EDIFACT 4461: `42` to a bank account.
        opt method_code: Text,
        opt channel_code: Text,
    }
}
