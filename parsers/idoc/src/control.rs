//! The control record of an IDoc, EDI_DC40: what it is, who sends it and who is to get it.
//!
//! A shape only; it cannot fail. Fields that we have no use for (MANDT, DOCREL, STDVRS and the like) are read past.

use portway_documents::Text;
use serde::{Deserialize, Serialize};

/// EDI_DC40. What is empty is left out when written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Control {
    /// DOCNUM: the number of the IDoc. SAP gives its own to what comes in.
    pub number: Text,
    /// MANDT: the client of the SAP system.
    pub client: Text,
    /// MESTYP: `ORDERS`, `DESADV`. Empty when written: the usual one of the document.
    pub message: Text,
    /// MESCOD and MESFCT, variants of the message agreed between two systems.
    pub message_code: Text,
    pub message_function: Text,
    /// IDOCTYP: `ORDERS05`. Empty when written: the usual one of the document.
    pub idoc_type: Text,
    /// CIMTYP: a company's own extension of the type.
    pub extension: Text,
    /// DIRECT: out of SAP or into it. It decides whose numbers PARTN has.
    pub direction: Direction,
    /// TEST: true if the IDoc is for testing only.
    pub test: bool,
    pub sender: Address,
    pub receiver: Address,
    /// CREDAT, `20261124`, and CRETIM, `151857`, as they came.
    pub created_date: Text,
    pub created_time: Text,
    /// REFINT, REFGRP and REFMES: the numbers of the interchange, group and message it was made from.
    pub interchange: Text,
    pub group: Text,
    pub set: Text,
    /// SERIAL: the order in which IDocs are to be worked on.
    pub serial: Text,
}

/// One end of the way of an IDoc: SND… or RCV….
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// …POR: the port.
    pub port: Text,
    /// …PRT: `LS` a logical system, `KU` a customer, `LI` a vendor.
    pub partner_type: Text,
    /// …PFC: the partner's function.
    pub partner_function: Text,
    /// …PRN: the partner's number.
    pub partner: Text,
}

/// Which way an IDoc goes, as SAP sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// DIRECT `1`: out of SAP. Also where none is stated.
    #[default]
    OutOfSap,
    /// DIRECT `2`: into SAP.
    IntoSap,
}

/// What an IDoc says, by the name of its type without the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Orders,
    Invoice,
    Delivery,
}

impl Control {
    /// The family of IDOCTYP `ORDERS05`, `INVOIC02`, `DELVRY03` and of their older and newer versions.
    pub(crate) fn family(&self) -> Option<Family> {
        let version = self.idoc_type.trim_end_matches(|c: char| c.is_ascii_digit());
        match version {
            "ORDERS" => Some(Family::Orders),
            "INVOIC" => Some(Family::Invoice),
            "DELVRY" => Some(Family::Delivery),
            _ => None,
        }
    }
}
