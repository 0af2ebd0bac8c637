//! Packages as they stand in every document: what they are marked with, weigh and measure.
//!
//! The SSCC and the carrier's number have fields of their own, from the first that came; `marks` and `identities` list all.
//! These are shapes only; they cannot fail.

use crate::Text;
use crate::date::DateTime;
use crate::hazard::DangerousGoods;
use crate::quantity::{Decimal, Discrepancy, Measurement, QualifiedQuantity, Quantity, StateFound};
use crate::reference::{Identity, Note, Reference};
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
        /// How many such packages.
        opt count: Decimal,
        /// X12 MAN, EDIFACT PCI.
        many marks: Marks,
        /// EDIFACT GIN and GIR.
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
