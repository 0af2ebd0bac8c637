//! What is wrong with a document, one by one, as the programmer of the system that hands it over sees it.
//!
//! Shapes only; nothing here fails.

use super::Told;
use portway_edi::Severity;
use serde::Serialize;

/// One thing that is wrong with a document.
#[derive(Debug, Clone, Serialize)]
pub struct Fault {
    /// RFC 6901, into the document that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The element it would become, `PO1-03`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// The segment's position in the set, ST or UNH counted as 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// `X1205`; `portway explain` knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// `error` or `warning`.
    pub severity: &'static str,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Errors first.
pub fn worth_telling(told: &[Told]) -> Vec<Fault> {
    let mut faults: Vec<Fault> =
        told.iter().filter(|told| told.finding.severity != Severity::Note).map(fault).collect();
    faults.sort_by_key(|fault| fault.severity != "error");
    faults
}

/// A finding as the ERP's programmer sees it.
fn fault(told: &Told) -> Fault {
    let finding = &told.finding;
    let place = &finding.place;
    let element = place.segment.as_ref().map(|segment| match (place.element, place.component) {
        (Some(element), Some(component)) => format!("{segment}-{element:02}-{component}"),
        (Some(element), None) => format!("{segment}-{element:02}"),
        (None, _) => segment.to_string(),
    });
    Fault {
        pointer: told.pointer.clone(),
        element,
        position: place.position.map(u64::from),
        code: Some(finding.code.0.to_string()),
        severity: if finding.severity == Severity::Error { "error" } else { "warning" },
        message: finding.message.clone(),
        value: finding.value.clone(),
        help: finding.help.clone(),
    }
}
