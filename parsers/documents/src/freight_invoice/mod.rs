//! The canonical freight invoice: what a carrier charges for carriage.
//!
//! X12 210.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

pub(crate) mod x12_210;

use crate::Text;
use crate::date::{Date, DateTime, Time};
use crate::freight::{CarriageTerms, CarriedOrder, FreightCharge, Goods, Stop, Tariff};
use crate::hazard::DangerousGoods;
use crate::heading::{Purpose, Totals};
use crate::money::{BankAccount, Currency, Money, PaymentTerms, QualifiedAmount, Tax};
use crate::party::{Contact, Party};
use crate::quantity::Measurement;
use crate::reference::{Attachment, CodeList, Identifier, IndustryCode, Note, Reference, Unmapped};
use crate::transport::{DeliveryTerms, Equipment, FreightPayment, Location, Transport};
use crate::transport_status::Carton;

record! {
    /// An invoice of a carrier. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct FreightInvoice {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The carrier's number of the invoice.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 202, EDIFACT 1225.
        one purpose_code: Text,
        /// X12 147, EDIFACT 1001.
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
        /// The shipper's number of the shipment: X12 145.
        opt shipment_number: Text,
        opt freight_payment: FreightPayment,
        /// X12 146.
        opt freight_payment_code: Text,
        /// X12 188: unit of weights that have none of their own.
        opt weight_unit_code: Text,
        opt invoice_date: Date,
        /// What is to be paid: X12 193.
        opt amount_due: Money,
        opt delivery: DateTime,
        /// The carrier: X12 140.
        opt carrier: Identifier,
        opt pickup_date: Date,
        /// X12 375 and 335.
        opt tariff_service_code: Text,
        opt terms_code: Text,
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
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many carriage_terms: CarriageTerms,
        many bank_accounts: BankAccount,
        many payment_terms: PaymentTerms,
        many taxes: Tax,
        many amounts: QualifiedAmount,
        many orders: CarriedOrder,
        many stops: Stop,
        many lines: FreightLine,
        opt charge_total: FreightCharge,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

record! {
    /// A line: goods carried, and what is charged for them. X12 LX.
    pub struct FreightLine {
        one number: Text,
        many goods: Goods,
        many charges: FreightCharge,
        many tariffs: Tariff,
        many dangerous_goods: DangerousGoods,
        many references: Reference,
        many dates: DateTime,
        many parties: Party,
        many notes: Note,
        many equipment: Equipment,
        many orders: CarriedOrder,
        many deliveries: ProofOfDelivery,
        many cartons: Carton,
        many taxes: Tax,
        many measurements: Measurement,
    }
}

record! {
    /// Who received it, and when: X12 POD.
    pub struct ProofOfDelivery {
        opt date: Date,
        opt time: Time,
        one name: Text,
    }
}
