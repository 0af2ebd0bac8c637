//! The canonical remittance advice: what was paid, how, and for which invoices.
//!
//! X12 820 and EDIFACT REMADV. Lines are the documents paid or deducted.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

use crate::Text;
use crate::allowance::AllowanceCharge;
use crate::date::{Date, DateTime};
use crate::heading::{Purpose, Totals};
use crate::money::{
    Adjustment, AdjustmentReason, BankAccount, Currency, Money, PaidLine, PaymentInstruction,
    QualifiedAmount, Tax,
};
use crate::party::{Contact, Party};
use crate::quantity::Measurement;
use crate::reference::{
    Attachment, CodeList, IndustryCode, Instruction, Note, Reference, ReferenceKind, Unmapped,
};
use crate::transport::Location;

pub(crate) mod edifact_remadv;
pub(crate) mod x12_820;

record! {
    /// A remittance advice. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct RemittanceAdvice {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The payer's number of the payment or advice: X12 TRN02.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// EDIFACT 1225.
        one purpose_code: Text,
        /// EDIFACT 1001.
        opt kind_code: Text,
        /// EDIFACT 1131 and 3055: who keeps the list `kind_code` is of.
        opt kind_list_code: Text,
        opt kind_agency_code: Text,
        /// The kind in the partner's words: EDIFACT 1000.
        opt kind_name: Text,
        /// EDIFACT 1056 and 1060.
        opt version: Text,
        opt revision: Text,
        /// Which answer is wanted or given: EDIFACT 4343.
        opt acknowledgement_code: Text,
        /// X12 640.
        opt transaction_type_code: Text,
        /// X12 306.
        opt action_code: Text,
        one handling: PaymentHandling,
        /// X12 305.
        one handling_code: Text,
        /// What is paid.
        opt amount: Money,
        /// X12 478: `C` credit, `D` debit.
        opt credit_debit_code: Text,
        opt payment_method: PaymentMethod,
        /// X12 591, EDIFACT 4461.
        opt payment_method_code: Text,
        /// X12 812.
        opt payment_format_code: Text,
        opt payment_date: Date,
        /// X12 1048.
        opt business_function_code: Text,
        opt payer_account: BankAccount,
        opt payee_account: BankAccount,
        opt return_account: BankAccount,
        /// X12 509 and 510.
        opt originating_company: Text,
        opt originating_company_supplement: Text,
        /// X12 481.
        opt trace_code: Text,
        opt trace_company: Text,
        opt trace_reference: Text,
        opt currency: Currency,
        /// Currencies beside that of the document.
        many other_currencies: Currency,
        many dates: DateTime,
        many references: Reference,
        many parties: Party,
        many contacts: Contact,
        many notes: Note,
        many locations: Location,
        many measurements: Measurement,
        many industry_codes: IndustryCode,
        many attachments: Attachment,
        many payment_instructions: PaymentInstruction,
        many bank_accounts: BankAccount,
        many amounts: QualifiedAmount,
        many adjustments: Adjustment,
        many deliveries: RemittanceDelivery,
        many tax_payments: TaxPayment,
        many deductions: Deduction,
        many allowances_and_charges: AllowanceCharge,
        many lines: RemittanceLine,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

vocabulary! {
    /// What is to be done with the payment and the advice.
    pub enum PaymentHandling {
        PaymentWithRemittance,
        PaymentOnly,
        RemittanceOnly,
        NotificationOnly,
        CheckIssued,
        Debit,
        DebitWithRemittance,
        Credit,
        SplitPayment,
        Prenotification,
        Adjustment,
        Request,
    }
}

vocabulary! {
    /// How it is paid.
    pub enum PaymentMethod {
        Ach,
        Check,
        WireTransfer,
        BankTransfer,
        Card,
        Cash,
        DirectDebit,
        Draft,
        BillOfExchange,
        Netting,
        NonPayment,
        BookEntry,
    }
}

record! {
    /// A document that is paid, in whole or in part, or deducted: X12 RMR, EDIFACT DOC.
    pub struct RemittanceLine {
        /// Running number of the payer or payee it stands with: X12 554.
        opt entity_number: Text,
        /// For whom, where it is not the payee of the advice: X12 ENT and NM1.
        many parties: Party,
        one document_kind: ReferenceKind,
        /// X12 128, EDIFACT 1001.
        one document_kind_code: Text,
        /// Number of the invoice or credit note.
        opt number: Text,
        /// EDIFACT 1373.
        opt document_status_code: Text,
        opt source: Text,
        /// X12 482.
        opt action_code: Text,
        opt paid: Money,
        /// What the document is for.
        opt document_amount: Money,
        opt discount: Money,
        opt adjustment_reason: AdjustmentReason,
        /// X12 426.
        opt adjustment_reason_code: Text,
        opt adjustment: Money,
        opt currency: Currency,
        many other_currencies: Currency,
        many amounts: QualifiedAmount,
        many dates: DateTime,
        many references: Reference,
        many contacts: Contact,
        many notes: Note,
        many taxes: Tax,
        many adjustments: Adjustment,
        many instructions: Instruction,
        /// Lines of that document.
        many items: PaidLine,
    }
}

record! {
    /// How the advice reaches the payee: X12 RDM.
    pub struct RemittanceDelivery {
        /// X12 756.
        one transmission_code: Text,
        opt name: Text,
        opt number: Text,
        many references: Reference,
    }
}

record! {
    /// A payment of tax: X12 TXP.
    pub struct TaxPayment {
        one number: Text,
        /// X12 1049.
        opt kind_code: Text,
        opt period_end: Date,
        many amounts: TaxPaymentAmount,
        opt verification: Text,
        many taxes: Tax,
    }
}

record! {
    /// A part of a payment of tax.
    pub struct TaxPaymentAmount {
        /// X12 817.
        opt id: Text,
        opt money: Money,
    }
}

record! {
    /// A deduction from wages: X12 DED.
    pub struct Deduction {
        /// X12 1511.
        one kind_code: Text,
        one case_number: Text,
        opt date: Date,
        opt money: Money,
        opt id: Text,
        /// X12 1073: `Y` or `N`.
        opt medical_code: Text,
        opt name: Text,
        opt agency: Text,
        opt ended_code: Text,
    }
}
