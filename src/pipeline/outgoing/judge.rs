//! A document judged before it is taken: what it becomes with its partner, and what is wrong with it, at its place in the document.
//!
//! A unit or another word of ours that the standard has no code for is an error: an order for twelve of nothing is a wrong order.
//! Other values that the set does not carry are warnings, unless the caller is strict. Writes nothing.
//! Fails with [`Refusal`], never [`Refusal::Ledger`] or [`Refusal::KeyUsed`].

use super::target::{self, Wanted};
use super::{HandOver, Refusal};
use crate::pipeline::compose::{self, ComposeError, Composed, Terms};
use crate::profile::partner::Status;
use crate::profile::{Configuration, PartnerProfile};
use portway_documents::x12;
use portway_edi::{Finding, Severity};
use std::sync::Arc;

/// What is to be said of a document, and of which field of it.
#[derive(Debug, Clone)]
pub struct Told {
    pub finding: Finding,
    /// RFC 6901: into the document that was handed over, or into what a transform made of it.
    pub pointer: Option<String>,
}

/// A document judged against what was agreed on with its partner.
pub struct Judged {
    pub profile: Arc<PartnerProfile>,
    pub wanted: Wanted,
    pub composed: Composed,
    /// Warnings and notes.
    pub told: Vec<Told>,
}

/// # Errors
/// As the head of this file says.
pub fn judge(configuration: &Configuration, handed: &HandOver<'_>) -> Result<Judged, Refusal> {
    let partner = handed.partner;
    let Some(profile) = configuration.partner(partner) else {
        return Err(Refusal::NoPartner(format!("there is no partner {partner} in our profiles")));
    };
    if profile.partner.status == Status::Draft {
        return Err(Refusal::NotAgreed(format!(
            "{partner} is a draft: set status = \"test\" or \"live\" in partners.d/{partner}.toml"
        )));
    }
    let wanted = target::of(profile, handed.document.kind(), handed.set).map_err(Refusal::NotAgreed)?;
    let target = compose::Target {
        standard: wanted.standard,
        set: &wanted.code,
        version: &wanted.version,
        schema: wanted.schema,
    };
    let terms = Terms::with(profile, &wanted.code);
    let composed = compose::compose(handed.document, &target, terms).map_err(|error| match error {
        ComposeError::NoMapping { .. } => Refusal::NotAgreed(error.to_string()),
        ComposeError::Transform(_) | ComposeError::Refused(_) => Refusal::Unwritable(error.to_string()),
    })?;
    let mut findings = composed.findings.clone();
    for (finding, lost) in findings.iter_mut().zip(&composed.lost) {
        if lost.no_code || handed.strict {
            finding.severity = Severity::Error;
        }
    }
    let lost = composed.lost.iter().map(|lost| Some(lost.pointer.clone()));
    if !findings.iter().any(|finding| finding.severity == Severity::Error) {
        let pointers = lost.chain(std::iter::repeat(None));
        let told = findings.into_iter().zip(pointers).map(|(finding, pointer)| Told { finding, pointer });
        let told = told.collect();
        return Ok(Judged { profile: profile.clone(), wanted, composed, told });
    }
    for (finding, lost) in findings.iter_mut().zip(&composed.lost).filter(|(_, lost)| lost.no_code) {
        if let Some(at) = compose::element(handed.document, &target, terms, &composed, &lost.pointer) {
            finding.place.segment = Some(at.segment);
            finding.place.position = at.position;
            finding.place.element = at.element;
            finding.place.component = at.component;
        }
        if lost.pointer.ends_with("/unit") {
            finding.help = Some(help_with_unit(finding.value.as_deref().unwrap_or_default()));
        }
    }
    let pointers = compose::pointers(handed.document, &target, terms, &composed);
    let told = findings.into_iter().zip(pointers).map(|(finding, pointer)| Told { finding, pointer });
    let (told, transformed) = (told.collect(), terms.transform.is_some());
    let Wanted { code, version, .. } = wanted;
    Err(Refusal::Invalid { code, version, told, transformed })
}

fn help_with_unit(unit: &str) -> String {
    let found = x12::units::recommendation_20(unit).filter(|known| *known != unit);
    let meant = found.map(|known| format!("; what X12 calls {unit} is {known} there")).unwrap_or_default();
    format!(
        "Units are codes of UN/ECE Recommendation 20{meant}. What a partner calls otherwise stands in its profile."
    )
}
