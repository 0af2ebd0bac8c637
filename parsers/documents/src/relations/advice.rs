//! The documents an application advice is about, and the place of each of its errors: for matching it with what was sent.

use super::kind_of;
use crate::application_advice::{AdviceLine, AdviceScope, AdviceStatus, ApplicationAdvice, ApplicationError};
use crate::quantity::Decimal;
use crate::reference::ReferenceKind;
use crate::{DocumentKind, Text};
use portway_edi::acknowledgement::OurElement;

/// One document of ours that an application advice speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct SpokenOf<'a> {
    /// By the set it was, else by the kind of number; `None` where neither is one of ours.
    pub kind: Option<DocumentKind>,
    /// Number of the document; of a part of one the number is not told here.
    pub number: Option<Text>,
    /// What that is a number of: a partner may name a document by another one's, such as an order of carriage by its bill of lading.
    pub number_kind: ReferenceKind,
    /// `850`; EDIFACT does not say it.
    pub set_code: Option<&'a Text>,
    /// Numbers of the envelopes it came in, as the partner repeats them (X12 alone).
    pub group_control_number: Option<&'a Text>,
    pub set_control_number: Option<&'a Text>,
    /// EDIFACT: the reference of the message that is answered (1153 = ACW).
    pub message_reference: Option<&'a Text>,
    /// What is said of a thing in it, of the document, or of its whole group.
    pub scope: AdviceScope,
    pub status: AdviceStatus,
    pub errors: &'a [ApplicationError],
}

impl ApplicationAdvice {
    /// Each document it is about, in its order, and what it says of it. Lines about the same document are not joined.
    pub fn spoken_of(&self) -> Vec<SpokenOf<'_>> {
        let message = self.references.iter().find(|r| r.kind_code == "ACW").and_then(|r| r.value.as_ref());
        let spoken = |line| SpokenOf { message_reference: message, ..spoken_of(line, self.status) };
        self.lines.iter().map(spoken).collect()
    }
}

fn spoken_of(line: &AdviceLine, of_all: Option<AdviceStatus>) -> SpokenOf<'_> {
    let by_set = line.set_code.as_deref().and_then(|set| DocumentKind::of_x12(set.trim()));
    let scope = line.scope.unwrap_or(AdviceScope::Document);
    // Numbers of groups, items and loads are none of a document.
    let is_document = matches!(scope, AdviceScope::Document | AdviceScope::Other);
    let by_number = kind_of(line.document_kind);
    let number = line.number.clone().filter(|number| is_document && number != "NA");
    SpokenOf {
        kind: by_set.or(by_number.filter(|_| is_document)),
        number,
        number_kind: line.document_kind,
        set_code: line.set_code.as_ref(),
        group_control_number: line.group_control_number.as_ref(),
        set_control_number: line.set_control_number.as_ref(),
        message_reference: None,
        scope,
        status: match line.status {
            AdviceStatus::Other => of_all.unwrap_or_default(),
            status => status,
        },
        errors: &line.errors,
    }
}

impl ApplicationError {
    /// The place in our set that it points at, for [`crate::origin::pointer_of`]; `None` where it names no segment. APERAK tells
    /// places in words alone.
    pub fn place(&self) -> Option<OurElement> {
        let number = |text: &Option<Text>| text.as_deref().and_then(|t| t.trim().parse().ok());
        let segment = self.segment.as_ref()?.trim().to_owned();
        let position = self.segment_position.as_ref().map(Decimal::to_string).and_then(|p| p.parse().ok());
        Some(OurElement {
            segment,
            position,
            element: number(&self.element),
            component: number(&self.component),
            ..OurElement::default()
        })
    }
}
