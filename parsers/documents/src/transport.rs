//! How goods travel, are packed and are scheduled, as it stands in every document.
//!
//! Carriers and places keep their scheme and the partner's code; weights and volumes are quantities with both units.
//!
//! These are shapes only; they cannot fail. How X12 fills them stands in `x12/transport.rs`.

use crate::date::DateTime;
use crate::quantity::{Decimal, Quantity};
use crate::reference::{Identifier, Reference};

record! {
    /// Who pays the freight, where the risk passes, and by which terms.
    pub struct DeliveryTerms {
        opt freight_payment: FreightPayment,
        /// X12 146.
        opt freight_payment_code: String,
        opt location: Place,
        /// X12 334: `01` Incoterms.
        opt scheme_code: String,
        /// X12 335: `DDP`, `EXW`.
        opt code: String,
        /// Where title passes.
        opt title_passage: Place,
        /// X12 54.
        opt risk_of_loss_code: String,
        opt risk_of_loss: String,
        /// EDIFACT 4055.
        opt function_code: String,
        /// EDIFACT 1131.
        opt list_code: String,
        many descriptions: String,
        many locations: Location,
    }
}

vocabulary! {
    /// Who pays the freight.
    pub enum FreightPayment {
        Collect,
        Prepaid,
        PrepaidAndAdded,
        PaidBySeller,
        DefinedByParties,
        ThirdParty,
        CustomerPickup,
        NoFreight,
        Mixed,
        Pickup,
    }
}

record! {
    /// A place by its kind and words: X12 309 and 352.
    pub struct Place {
        /// X12 309: `OR` origin, `DE` destination.
        opt kind_code: String,
        opt description: String,
    }
}

record! {
    /// A place with what it is for: EDIFACT LOC.
    pub struct Location {
        /// EDIFACT 3227: `7` delivery, `9` loading.
        one role_code: String,
        opt id: Identifier,
        opt name: String,
        /// Places within it or beside it: EDIFACT C519, C553.
        many related: Identifier,
        many dates: DateTime,
    }
}

record! {
    /// Everything said about the carriage.
    pub struct Transport {
        /// Carriers and routes: X12 TD5.
        many routes: Route,
        /// What is carried: X12 TD1.
        many loads: Load,
        /// On which equipment: X12 TD3.
        many equipment: Equipment,
        /// With which care: X12 TD4.
        many handling: Handling,
    }
}

record! {
    /// A carrier, a mode or a route.
    pub struct Route {
        /// X12 133: `B` origin and delivery carrier, `O` origin carrier.
        opt sequence_code: String,
        opt carrier: Identifier,
        opt mode: TransportMode,
        /// X12 91.
        opt mode_code: String,
        opt description: String,
        /// X12 368.
        opt status_code: String,
        opt location: Identifier,
        /// X12 731.
        opt transit_direction_code: String,
        /// X12 732, the unit of the transit time: `CD` calendar days.
        opt transit_time_code: String,
        opt transit_time: Decimal,
        /// X12 284.
        many service_level_codes: String,
        opt country: String,
        /// EDIFACT 8028.
        opt conveyance: String,
        /// EDIFACT 8179 and 8178: `31` truck.
        opt means_code: String,
        opt means: String,
        opt carrier_name: String,
        /// EDIFACT C222.
        opt vehicle: Identifier,
        opt vehicle_name: String,
        opt vehicle_country: String,
        opt ownership_code: String,
        many locations: Location,
    }
}

vocabulary! {
    /// How goods travel.
    pub enum TransportMode {
        Air,
        Road,
        RoadLessThanTruckload,
        Parcel,
        Rail,
        Sea,
        InlandWater,
        Intermodal,
        Mail,
        Pipeline,
        CustomerPickup,
        SupplierTruck,
        PrivateCarrier,
        Consolidation,
        BestWay,
    }
}

record! {
    /// Packages and their weight.
    pub struct Load {
        /// X12 103: `CTN25` is a carton of corrugated board.
        opt packaging_code: String,
        opt packages: Decimal,
        /// X12 23.
        opt commodity_scheme_code: String,
        opt commodity_code: String,
        opt description: String,
        /// X12 187: `G` gross.
        opt weight_code: String,
        opt weight: Quantity,
        opt volume: Quantity,
    }
}

record! {
    /// A trailer, a container, and its seal.
    pub struct Equipment {
        /// X12 40.
        opt code: String,
        opt initial: String,
        opt number: String,
        /// X12 187.
        opt weight_code: String,
        opt weight: Quantity,
        /// X12 102.
        opt ownership_code: String,
        /// X12 407.
        opt seal_status_code: String,
        opt seal_number: String,
        /// X12 24.
        opt type_code: String,
    }
}

record! {
    /// Care that goods need.
    pub struct Handling {
        /// X12 152.
        opt code: String,
        /// X12 208.
        opt hazard_scheme_code: String,
        opt hazard_class: String,
        opt description: String,
        /// X12 1073: `Y` or `N`.
        opt answer_code: String,
    }
}

record! {
    /// How goods are to be packed, in words or codes: X12 PKG.
    pub struct Packaging {
        /// X12 349: `F` free text, `S` coded.
        opt form_code: String,
        /// X12 753.
        opt characteristic_code: String,
        /// X12 559.
        opt agency_code: String,
        opt code: String,
        opt description: String,
        /// X12 400.
        opt unit_load_code: String,
    }
}

record! {
    /// What a package holds, weighs and measures: X12 PO4.
    pub struct Pack {
        /// Inner containers in an outer one.
        opt packs: Decimal,
        /// What one of them holds.
        opt size: Quantity,
        /// X12 103.
        opt packaging_code: String,
        /// X12 187.
        opt weight_code: String,
        opt gross_weight: Quantity,
        opt gross_volume: Quantity,
        opt length: Quantity,
        opt width: Quantity,
        opt height: Quantity,
        /// Eaches in an inner container.
        opt inner_packs: Decimal,
        /// X12 752.
        opt position_code: String,
        many assigned_ids: String,
        opt number: Decimal,
        /// EDIFACT 7075: `1` inner, `3` outer.
        opt level_code: String,
        /// EDIFACT 7233 and 7073.
        opt information_code: String,
        opt terms_code: String,
        /// Who keeps the list of `packaging_code`.
        opt agency_code: String,
        opt description: String,
        many quantities: crate::quantity::QualifiedQuantity,
        many measurements: crate::quantity::Measurement,
        many references: Reference,
        many dates: DateTime,
        many marks: Marks,
    }
}

record! {
    /// Marks to put on packages: X12 MAN.
    pub struct Marks {
        /// X12 88: `GM` SSCC, `CP` carrier's number.
        one code: String,
        many values: String,
        /// EDIFACT 7511.
        opt type_code: String,
    }
}

record! {
    /// A part of a quantity, and when it is wanted: X12 SCH.
    pub struct ScheduleLine {
        one quantity: Quantity,
        /// X12 98, with `party_name`: for whom.
        opt party_role_code: String,
        opt party_name: String,
        many dates: DateTime,
        opt request_reference: String,
        opt assigned_id: String,
        many references: Reference,
        #[serde(default, skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        /// EDIFACT 6063, `113` to be delivered.
        opt quantity_code: String,
        /// EDIFACT 4017: `1` firm, `4` planning.
        opt status_code: String,
        /// EDIFACT 4493.
        opt requirement_code: String,
        /// EDIFACT 2013, 2015 and 2017.
        opt frequency_code: String,
        opt pattern_code: String,
        opt pattern_time_code: String,
    }
}

record! {
    /// A part of a quantity, and where it goes: X12 SDQ.
    pub struct Distribution {
        /// The store or distribution center.
        one location: Identifier,
        one quantity: Quantity,
        /// A place within it.
        opt place: String,
        /// What the place is for: EDIFACT 3227, `7` delivery.
        opt location_role_code: String,
        opt location_name: String,
        /// EDIFACT 6063, `11` split.
        opt quantity_code: String,
        many dates: DateTime,
    }
}

impl Transport {
    pub fn is_empty(&self) -> bool {
        self.routes.is_empty()
            && self.loads.is_empty()
            && self.equipment.is_empty()
            && self.handling.is_empty()
    }
}
