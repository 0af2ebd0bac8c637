//! Packages as they stand in every document: what they are marked with, weigh and measure.
//!
//! The SSCC and the carrier's number have fields of their own, from the first that came; `marks` and `identities` list all.
//! These are shapes only; they cannot fail.

use crate::Text;
use crate::date::DateTime;
use crate::hazard::DangerousGoods;
use crate::quantity::{
    Decimal, Discrepancy, Measurement, MeasurementKind, QualifiedQuantity, Quantity, StateFound,
};
use crate::reference::{Identity, IdentityKind, Note, Reference};
use crate::transport::{DeliveryTerms, Handling, Marks, Pack, Packaging, Pallet};

record! {
    /// A package, or several alike.
    pub struct Package {
        /// GS1 Serial Shipping Container Code, the first that came.
        opt sscc: Text,
        /// The carrier's number of the package, the first that came.
        opt tracking_number: Text,
        opt kind: PackageKind,
        /// X12 103, EDIFACT 7065.
        opt kind_code: Text,
        /// Who keeps the list of `kind_code`: EDIFACT 1131 and 3055.
        opt list_code: Text,
        opt agency_code: Text,
        opt description: Text,
        /// How many such packages.
        opt count: Decimal,
        /// Packages within each of them, and what one of those holds: X12 356 and 357, EDIFACT QTY.
        opt inner_count: Decimal,
        opt size: Quantity,
        /// Pieces in an inner package: X12 810.
        opt inner_packs: Decimal,
        /// X12 187, where the weight is neither gross nor net.
        opt weight_code: Text,
        opt gross_weight: Quantity,
        opt net_weight: Quantity,
        opt gross_volume: Quantity,
        opt length: Quantity,
        opt width: Quantity,
        opt height: Quantity,
        /// What kind of goods is in it: X12 23 and 22.
        opt commodity_scheme_code: Text,
        opt commodity_code: Text,
        /// X12 752.
        opt position_code: Text,
        /// X12 350 and 1470.
        many assigned_ids: Text,
        opt number: Decimal,
        /// EDIFACT 7075: `1` inner, `3` outer.
        opt level_code: Text,
        /// EDIFACT 7233 and 7073.
        opt information_code: Text,
        opt terms_code: Text,
        /// Who pays for returning it, and what it may be loaded with: EDIFACT 8395 and 8393.
        opt return_payment_code: Text,
        opt return_load_code: Text,
        /// Texts on the package: EDIFACT PCI.
        many marks: Marks,
        /// X12 MAN, EDIFACT GIN and GIR.
        many identities: Identity,
        /// X12 PO4, EDIFACT PAC.
        many packs: Pack,
        opt pallet: Pallet,
        many packaging: Packaging,
        many loads: PackageLoad,
        many measurements: Measurement,
        many quantities: QualifiedQuantity,
        many discrepancies: Discrepancy,
        many states: StateFound,
        many references: Reference,
        many dates: DateTime,
        many handling: Handling,
        many dangerous_goods: DangerousGoods,
        many notes: Note,
    }
}

vocabulary! {
    /// What kind of package it is.
    pub enum PackageKind {
        Pallet,
        Carton,
        Case,
        Box,
        Bag,
        Drum,
        Crate,
        Container,
        Tote,
        Roll,
        Bundle,
        Tank,
        Piece,
        SlipSheet,
        RollCage,
    }
}

record! {
    /// Loads that are alike: X12 CLD.
    pub struct PackageLoad {
        one loads: Decimal,
        opt units_shipped: Decimal,
        /// X12 103.
        opt packaging_code: Text,
        opt size: Quantity,
        many references: Reference,
        many dates: DateTime,
        many marks: Marks,
        many delivery_terms: DeliveryTerms,
        opt pallet: Pallet,
    }
}

impl Package {
    pub(crate) fn says_nothing(&self) -> bool {
        *self == Package::default()
    }

    /// Lists the numbers that stand in fields of their own and not in the list yet.
    pub(crate) fn complete_identities(&mut self) {
        let fields =
            [(IdentityKind::Sscc, &self.sscc), (IdentityKind::CarrierPackage, &self.tracking_number)];
        let missing: Vec<Identity> = fields
            .into_iter()
            .filter_map(|(kind, value)| Some((kind, value.as_ref()?)))
            .filter(|(kind, value)| !self.identities.iter().any(|i| i.kind == *kind && i.value == **value))
            .map(|(kind, value)| Identity { kind, value: value.clone(), ..Identity::default() })
            .collect();
        self.identities.splice(0..0, missing);
    }

    pub(crate) fn derive_identities(&mut self) {
        let first = |kind: IdentityKind| -> Option<Text> {
            self.identities.iter().find(|i| i.kind == kind).map(|i| i.value.clone())
        };
        (self.sscc, self.tracking_number) = (first(IdentityKind::Sscc), first(IdentityKind::CarrierPackage));
    }

    /// Weights and edges that came as measurements.
    pub(crate) fn derive_measures(&mut self) {
        use MeasurementKind as K;
        let measured = |kinds: &[K]| -> Option<Quantity> {
            let of = |m: &&Measurement| m.kind.is_some_and(|kind| kinds.contains(&kind)) && m.value.is_some();
            self.measurements.iter().find(of).and_then(|m| m.value.clone())
        };
        let (gross, net, volume) =
            (measured(&[K::GrossWeight]), measured(&[K::NetWeight]), measured(&[K::GrossVolume, K::Volume]));
        let (length, width, height) = (measured(&[K::Length]), measured(&[K::Width]), measured(&[K::Height]));
        for (field, value) in [
            (&mut self.gross_weight, gross),
            (&mut self.net_weight, net),
            (&mut self.gross_volume, volume),
            (&mut self.length, length),
            (&mut self.width, width),
            (&mut self.height, height),
        ] {
            *field = field.take().or(value);
        }
    }

    /// What it weighs and measures by its own fields, and no measurement says yet.
    pub(crate) fn measures(&self) -> Vec<Measurement> {
        use MeasurementKind as K;
        let fields = [
            (K::GrossWeight, &self.gross_weight),
            (K::NetWeight, &self.net_weight),
            (K::GrossVolume, &self.gross_volume),
            (K::Length, &self.length),
            (K::Width, &self.width),
            (K::Height, &self.height),
        ];
        let listed = |kind: K, quantity: &Option<Quantity>| {
            self.measurements
                .iter()
                .any(|m| m.value == *quantity && m.kind.is_none_or(|k| k == kind || kind == K::GrossVolume))
        };
        fields
            .into_iter()
            .filter(|(kind, quantity)| quantity.is_some() && !listed(*kind, quantity))
            .map(|(kind, quantity)| Measurement {
                kind: Some(kind),
                value: quantity.clone(),
                ..Measurement::default()
            })
            .collect()
    }
}
