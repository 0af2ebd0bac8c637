//! The canonical transport status: what happened to a shipment, where and when.
//!
//! X12 214 and EDIFACT IFTSTA. Lines are the consignments spoken of; each has its events.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

pub(crate) mod edifact_iftsta;
pub(crate) mod x12_214;

use crate::Text;
use crate::date::{Date, DateTime, Time};
use crate::freight::{CarriageTerms, CarriedOrder, FreightCharge, Goods};
use crate::heading::{Purpose, Totals};
use crate::line::OrderReference;
use crate::money::Currency;
use crate::party::{Contact, Party};
use crate::quantity::{Decimal, Measurement, QualifiedQuantity, Quantity};
use crate::reference::{Attachment, CodeList, Identifier, Identity, IndustryCode, Note, Reference, Unmapped};
use crate::transport::{DeliveryTerms, Equipment, Handling, Location, Marks, Route, Temperature, Transport};

record! {
    /// A status message of a carrier. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct TransportStatus {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The carrier's number of the shipment (X12 127) or of the message.
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
        /// The shipper's number: X12 145.
        opt shipment_number: Text,
        /// The carrier: X12 140.
        opt carrier: Identifier,
        opt inquiry_number: Text,
        opt reference: Reference,
        /// X12 1073: `Y` or `N`.
        opt answer_code: Text,
        opt status_date: Date,
        opt status_time: Time,
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
        many marks: Marks,
        many identities: Identity,
        many lines: StatusLine,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

record! {
    /// A consignment, and what happened to it: X12 LX, EDIFACT CNI.
    pub struct StatusLine {
        one number: Text,
        opt consignment_number: Text,
        /// EDIFACT 1373.
        opt document_status_code: Text,
        opt source: Text,
        opt load_sequence: Text,
        /// The order it is about: X12 PRF.
        opt order: OrderReference,
        many events: StatusEvent,
        many references: Reference,
        many marks: Marks,
        many notes: Note,
        many handling: Handling,
        many temperatures: Temperature,
        many goods: Goods,
        many parties: Party,
        many locations: Location,
        many cartons: Carton,
        many orders: CarriedOrder,
        many attachments: Attachment,
        many counts: QualifiedQuantity,
    }
}

record! {
    /// Something that happened: X12 AT7, EDIFACT STS.
    pub struct StatusEvent {
        one status: EventKind,
        /// X12 1650, EDIFACT 4405.
        one status_code: Text,
        /// EDIFACT 9015: `1` transport.
        opt category_code: Text,
        /// EDIFACT 1131 and 3055.
        opt list_code: Text,
        opt agency_code: Text,
        opt text: Text,
        /// X12 1651, EDIFACT 9013.
        many reason_codes: Text,
        many reasons: Text,
        /// X12 1652, with its reason X12 1651.
        opt appointment_code: Text,
        opt appointment_reason_code: Text,
        opt date: Date,
        opt time: Time,
        /// X12 623: `LT` local time.
        opt time_zone_code: Text,
        opt place: EventPlace,
        many equipment: Equipment,
        many routes: Route,
        many dates: DateTime,
        many references: Reference,
        many parties: Party,
        many locations: Location,
        many marks: Marks,
        many identities: Identity,
        many goods: Goods,
        many attachments: Attachment,
        many notes: Note,
        /// Who received it.
        opt signed_by: Text,
    }
}

vocabulary! {
    /// What happened to a shipment.
    pub enum EventKind {
        Acknowledged,
        Received,
        PickedUp,
        Loaded,
        ArrivedAtPickup,
        LoadingAtPickup,
        DepartedPickup,
        EnRoute,
        ArrivedAtTerminal,
        DepartedTerminal,
        OutForDelivery,
        ArrivedAtDelivery,
        UnloadingAtDelivery,
        DepartedDelivery,
        Delivered,
        PartiallyDelivered,
        AttemptedDelivery,
        EstimatedDelivery,
        EstimatedArrival,
        EstimatedDeparture,
        AvailableForDelivery,
        Delayed,
        Damaged,
        Refused,
        Returned,
        Reconsigned,
        Cancelled,
        CustomsHold,
        CustomsReleased,
        GateIn,
        GateOut,
        Stored,
        RailArrival,
        RailDeparture,
        VesselArrival,
        VesselDeparture,
        Discharged,
        Lost,
        Appointment,
        Exception,
        /// Where it arrived or departed is said by the place.
        Arrived,
        Departed,
    }
}

record! {
    /// Where it happened: X12 MS1.
    pub struct EventPlace {
        opt city: Text,
        opt region: Text,
        opt country: Text,
        opt postal_code: Text,
        /// X12 1654 and 1655, with their directions X12 1280.
        opt longitude: Text,
        opt latitude: Text,
        opt longitude_direction_code: Text,
        opt latitude_direction_code: Text,
    }
}

record! {
    /// A package of a carrier, with its weight, service and charge: X12 CD3.
    pub struct Carton {
        opt weight: Quantity,
        /// X12 187.
        opt weight_code: Text,
        opt zone: Text,
        /// Days in transit by the service: X12 34, of type N1.
        opt service_standard: Decimal,
        /// X12 284.
        many service_level_codes: Text,
        /// X12 108.
        opt pickup_or_delivery_code: Text,
        many charges: FreightCharge,
        /// X12 591.
        opt payment_method_code: Text,
        opt country: Text,
        many events: StatusEvent,
        many references: Reference,
        many parties: Party,
        many marks: Marks,
        opt order: OrderReference,
    }
}
