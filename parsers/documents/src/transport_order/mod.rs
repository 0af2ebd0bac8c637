//! The canonical transport order: what a shipper asks a carrier to carry, from where to where.
//!
//! X12 204 and EDIFACT IFTMIN. Lines are the goods; those of a 204 stand with its stops.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

pub(crate) mod edifact_iftmin;
pub(crate) mod x12_204;

use crate::Text;
use crate::date::DateTime;
use crate::freight::{CarriageTerms, Formality, FreightCharge, Goods, Stop};
use crate::hazard::DangerousGoods;
use crate::heading::{Purpose, Totals};
use crate::money::{Currency, QualifiedAmount};
use crate::party::{Contact, Party};
use crate::quantity::{Decimal, Measurement, Quantity};
use crate::reference::{Attachment, CodeList, Identifier, Identity, IndustryCode, Note, Reference, Unmapped};
use crate::transport::{DeliveryTerms, FreightPayment, Location, Transport};

record! {
    /// An instruction to carry. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct TransportOrder {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The shipper's number of the shipment.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 353, EDIFACT 1225.
        one purpose_code: Text,
        /// X12 346, EDIFACT 1001.
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
        /// The carrier: X12 140.
        opt carrier: Identifier,
        /// X12 375.
        opt tariff_service_code: Text,
        /// X12 154.
        opt location_code: Text,
        /// X12 188: unit of weights that have none of their own.
        opt weight_unit_code: Text,
        opt freight_payment: FreightPayment,
        /// X12 146.
        opt freight_payment_code: Text,
        /// X12 147.
        opt shipment_code: Text,
        opt equipment_count: Decimal,
        /// X12 460, 501, 335 and 591.
        opt weight_code: Text,
        opt customs_code: Text,
        opt terms_code: Text,
        opt payment_method_code: Text,
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
        opt pallets: Decimal,
        /// X12 399.
        opt pallet_exchange_code: Text,
        opt pallet_weight: Quantity,
        many dangerous_goods: DangerousGoods,
        many amounts: QualifiedAmount,
        many charges: FreightCharge,
        many formalities: Formality,
        many identities: Identity,
        many stops: Stop,
        many lines: Goods,
        opt charge_total: FreightCharge,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}
