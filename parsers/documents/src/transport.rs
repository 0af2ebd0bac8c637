//! How goods travel, are packed and are scheduled, as it stands in every document.
//!
//! Carriers and places keep their scheme and the partner's code; weights and volumes are quantities with both units.
//!
//! These are shapes only; they cannot fail. How they are filled stands in `x12/transport.rs` and `edifact/transport.rs`.

use crate::Text;
use crate::date::DateTime;
use crate::quantity::{Decimal, Measurement, Quantity};
use crate::reference::{Identifier, Reference};

record! {
    /// Who pays the freight, where the risk passes, and by which terms.
    pub struct DeliveryTerms {
        opt freight_payment: FreightPayment,
        /// X12 146.
        opt freight_payment_code: Text,
        opt location: Place,
        /// X12 334: `01` Incoterms.
        opt scheme_code: Text,
        /// X12 335: `DDP`, `EXW`.
        opt code: Text,
        /// Where title passes.
        opt title_passage: Place,
        /// X12 54.
        opt risk_of_loss_code: Text,
        opt risk_of_loss: Text,
        /// EDIFACT 4055.
        opt function_code: Text,
        /// EDIFACT 1131.
        opt list_code: Text,
        many descriptions: Text,
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
        opt kind_code: Text,
        opt description: Text,
    }
}

record! {
    /// A place with what it is for: EDIFACT LOC.
    pub struct Location {
        /// EDIFACT 3227: `7` delivery, `9` loading.
        one role_code: Text,
        opt id: Identifier,
        opt name: Text,
        /// Places within it or beside it: EDIFACT C519, C553.
        many related: Identifier,
        many dates: DateTime,
        opt city: Text,
        opt region: Text,
        opt country: Text,
        /// X12 R4: terminal and pier.
        opt terminal: Text,
        opt pier: Text,
        many measurements: Measurement,
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
        /// How warm it is to be, or was.
        many temperatures: Temperature,
    }
}

record! {
    /// A carrier, a mode or a route.
    pub struct Route {
        /// X12 133: `B` origin and delivery carrier, `O` origin carrier.
        opt sequence_code: Text,
        opt carrier: Identifier,
        opt mode: TransportMode,
        /// X12 91.
        opt mode_code: Text,
        opt description: Text,
        /// X12 368.
        opt status_code: Text,
        opt location: Identifier,
        /// X12 731.
        opt transit_direction_code: Text,
        /// X12 732, the unit of the transit time: `CD` calendar days.
        opt transit_time_code: Text,
        opt transit_time: Decimal,
        /// X12 284.
        many service_level_codes: Text,
        opt country: Text,
        /// EDIFACT 8028.
        opt conveyance: Text,
        /// EDIFACT 8179 and 8178: `31` truck.
        opt means_code: Text,
        opt means: Text,
        opt carrier_name: Text,
        /// EDIFACT C222.
        opt vehicle: Identifier,
        opt vehicle_name: Text,
        opt vehicle_country: Text,
        opt ownership_code: Text,
        many locations: Location,
        opt city: Text,
        opt region: Text,
        /// X12 177.
        opt intermodal_service_code: Text,
        /// X12 56.
        opt service_type_code: Text,
        /// X12 890.
        opt change_reason_code: Text,
        /// X12 249, 854.
        opt vessel_requirement_code: Text,
        opt vessel_type_code: Text,
        /// The carrier's own invoice of its part: X12 R3.
        opt invoice_number: Text,
        opt date: crate::date::Date,
        opt charge: crate::money::Money,
        /// EDIFACT 8335, 8334 and 8341.
        opt movement_code: Text,
        opt movement: Text,
        opt haulage_code: Text,
        many references: Reference,
        many dates: DateTime,
        /// On which equipment this carrier had the goods: X12 CAD02 and CAD03.
        many equipment: Equipment,
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
        opt packaging_code: Text,
        opt packages: Decimal,
        /// X12 23.
        opt commodity_scheme_code: Text,
        opt commodity_code: Text,
        opt description: Text,
        /// X12 187: `G` gross.
        opt weight_code: Text,
        opt weight: Quantity,
        opt volume: Quantity,
    }
}

record! {
    /// A trailer, a container, and its seal.
    pub struct Equipment {
        /// X12 40.
        opt code: Text,
        opt initial: Text,
        opt number: Text,
        /// X12 187.
        opt weight_code: Text,
        opt weight: Quantity,
        /// X12 102.
        opt ownership_code: Text,
        /// X12 407.
        opt seal_status_code: Text,
        opt seal_number: Text,
        /// X12 24, EDIFACT 8155.
        opt type_code: Text,
        /// Who keeps the list of `type_code`: EDIFACT 1131 and 3055.
        opt type_list_code: Text,
        opt type_agency_code: Text,
        /// Every seal.
        many seals: Seal,
        opt carrier: Identifier,
        opt owner: Identifier,
        opt check_digit: Text,
        opt tare_weight: Quantity,
        /// X12 571.
        opt tare_code: Text,
        opt weight_allowance: Quantity,
        opt dunnage_weight: Quantity,
        opt volume: Quantity,
        opt length: Quantity,
        opt width: Quantity,
        opt height: Quantity,
        /// X12 319.
        opt temperature_control: Text,
        opt position: Text,
        /// X12 56.
        opt service_type_code: Text,
        /// X12 301.
        opt car_type_code: Text,
        opt country: Text,
        /// EDIFACT 8249 and 8169.
        opt status_code: Text,
        opt fullness_code: Text,
        opt description: Text,
        /// Equipment attached to it: EDIFACT EQA.
        many attached: Equipment,
        many measurements: Measurement,
        many temperatures: Temperature,
        many references: Reference,
        many locations: Location,
        many notes: crate::reference::Note,
        /// How many such: EDIFACT 6350.
        opt count: Decimal,
        /// EDIFACT 8335 and 8341.
        opt movement_code: Text,
        opt haulage_code: Text,
    }
}

record! {
    /// Care that goods need.
    pub struct Handling {
        /// X12 152.
        opt code: Text,
        /// X12 208.
        opt hazard_scheme_code: Text,
        opt hazard_class: Text,
        opt description: Text,
        /// X12 1073: `Y` or `N`.
        opt answer_code: Text,
        /// X12 560.
        opt service_code: Text,
        /// X12 241, 242 and 257: X12 H3.
        opt protective_service_code: Text,
        opt vent_code: Text,
        opt tariff_code: Text,
    }
}

record! {
    /// A seal of a trailer, container or package.
    pub struct Seal {
        one number: Text,
        /// Where it is a range: its last number.
        opt range_end: Text,
        /// Who set it: X12 98, EDIFACT 9303.
        opt issuer_code: Text,
        opt issuer_name: Text,
        /// X12 407, EDIFACT 4517.
        opt status_code: Text,
    }
}

record! {
    /// A temperature, or the range it has to stay in: X12 W09, W10, W18, AT5, EDIFACT TMP.
    pub struct Temperature {
        /// EDIFACT 6245, X12 456.
        opt code: Text,
        opt minimum: Quantity,
        opt maximum: Quantity,
        /// X12 40.
        opt equipment_code: Text,
        /// X12 1122.
        opt vent_code: Text,
        opt vent_percent: Decimal,
        opt quantity: Decimal,
        opt description: Text,
    }
}

record! {
    /// A pallet: how it is stacked, what it weighs and measures: X12 PAL.
    pub struct Pallet {
        /// X12 883.
        opt type_code: Text,
        opt tiers: Decimal,
        /// Units in a tier.
        opt blocks: Decimal,
        opt packs: Decimal,
        opt unit_weight: Quantity,
        opt length: Quantity,
        opt width: Quantity,
        opt height: Quantity,
        opt gross_weight: Quantity,
        opt gross_volume: Quantity,
        /// X12 399.
        opt exchange_code: Text,
        opt inner_packs: Decimal,
        /// X12 1699.
        opt structure_code: Text,
        /// Pallets shipped or received: X12 406, 409.
        opt count: Decimal,
        /// X12 410.
        opt returned_count: Decimal,
        opt contested_quantity: Decimal,
        /// X12 400.
        opt unit_load_code: Text,
        /// X12 412.
        opt condition_code: Text,
    }
}

record! {
    /// How goods are to be packed, in words or codes: X12 PKG.
    pub struct Packaging {
        /// X12 349: `F` free text, `S` coded.
        opt form_code: Text,
        /// X12 753.
        opt characteristic_code: Text,
        /// X12 559.
        opt agency_code: Text,
        opt code: Text,
        opt description: Text,
        /// X12 400.
        opt unit_load_code: Text,
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
        opt packaging_code: Text,
        /// X12 187.
        opt weight_code: Text,
        opt gross_weight: Quantity,
        opt gross_volume: Quantity,
        opt length: Quantity,
        opt width: Quantity,
        opt height: Quantity,
        /// Eaches in an inner container.
        opt inner_packs: Decimal,
        /// X12 752.
        opt position_code: Text,
        many assigned_ids: Text,
        opt number: Decimal,
        /// EDIFACT 7075: `1` inner, `3` outer.
        opt level_code: Text,
        /// EDIFACT 7233 and 7073.
        opt information_code: Text,
        opt terms_code: Text,
        /// Who keeps the list of `packaging_code`.
        opt agency_code: Text,
        opt description: Text,
        many quantities: crate::quantity::QualifiedQuantity,
        many measurements: crate::quantity::Measurement,
        many references: Reference,
        many dates: DateTime,
        many marks: Marks,
        /// Of one unit: X12 395.
        opt unit_weight: Quantity,
    }
}

record! {
    /// Marks to put on packages: X12 MAN.
    pub struct Marks {
        /// X12 88: `GM` SSCC, `CP` carrier's number.
        one code: Text,
        many values: Text,
        /// EDIFACT 7511.
        opt type_code: Text,
    }
}

record! {
    /// A part of a quantity, and when it is wanted: X12 SCH.
    pub struct ScheduleLine {
        one quantity: Quantity,
        /// X12 98, with `party_name`: for whom.
        opt party_role_code: Text,
        opt party_name: Text,
        many dates: DateTime,
        opt request_reference: Text,
        opt assigned_id: Text,
        many references: Reference,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        /// EDIFACT 6063, `113` to be delivered.
        opt quantity_code: Text,
        /// EDIFACT 4017: `1` firm, `4` planning.
        opt status_code: Text,
        /// EDIFACT 4493.
        opt requirement_code: Text,
        /// EDIFACT 2013, 2015 and 2017.
        opt frequency_code: Text,
        opt pattern_code: Text,
        opt pattern_time_code: Text,
    }
}

record! {
    /// A part of a quantity, and where it goes: X12 SDQ.
    pub struct Distribution {
        /// The store or distribution center.
        one location: Identifier,
        one quantity: Quantity,
        /// A place within it.
        opt place: Text,
        /// What the place is for: EDIFACT 3227, `7` delivery.
        opt location_role_code: Text,
        opt location_name: Text,
        /// EDIFACT 6063, `11` split.
        opt quantity_code: Text,
        many dates: DateTime,
    }
}

impl Transport {
    pub fn is_empty(&self) -> bool {
        self.routes.is_empty()
            && self.loads.is_empty()
            && self.equipment.is_empty()
            && self.handling.is_empty()
            && self.temperatures.is_empty()
    }
}
