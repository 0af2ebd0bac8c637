//! The canonical application advice: what an application says to a document it was sent.
//!
//! X12 824 and EDIFACT APERAK. Lines are the documents spoken of; each has its errors.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

use crate::Text;
use crate::date::{Date, DateTime, Time};
use crate::heading::{Purpose, Totals};
use crate::money::{Currency, QualifiedAmount};
use crate::party::{Contact, Party};
use crate::quantity::{Decimal, Measurement, QualifiedQuantity};
use crate::reference::{Attachment, CodeList, IndustryCode, Note, Reference, ReferenceKind, Unmapped};
use crate::transport::Location;

pub(crate) mod edifact_aperak;
pub(crate) mod x12_824;

record! {
    /// An application advice. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct ApplicationAdvice {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The sender's number of the advice.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 353, EDIFACT 1225.
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
        opt advice_date: Date,
        opt advice_time: Time,
        /// X12 623.
        opt time_zone_code: Text,
        /// X12 BGN06.
        opt related_number: Text,
        /// X12 786.
        opt security_level_code: Text,
        /// What it says to all of it: the worst of `lines`.
        opt status: AdviceStatus,
        /// X12 110, EDIFACT 4343 or 1225.
        opt status_code: Text,
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
        many lines: AdviceLine,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

vocabulary! {
    /// What the application says to a document or a part of it.
    pub enum AdviceStatus {
        Accepted,
        AcceptedWithChanges,
        AcceptedWithErrors,
        OnHold,
        PartiallyAccepted,
        Rejected,
    }
}

record! {
    /// What it says to one document, or an item in it: X12 OTI, EDIFACT DOC and ERC.
    pub struct AdviceLine {
        one status: AdviceStatus,
        /// X12 110.
        one status_code: Text,
        /// How much of it the word is about: a group, a set, an item.
        opt scope: AdviceScope,
        one document_kind: ReferenceKind,
        /// X12 128, EDIFACT 1153 or 1001.
        one document_kind_code: Text,
        /// The kind in the partner's words: EDIFACT 1000.
        opt document_name: Text,
        /// Number of the document, or of the thing in it.
        opt number: Text,
        opt sender_id: Text,
        opt receiver_id: Text,
        opt group_date: Date,
        opt group_time: Time,
        opt group_control_number: Text,
        opt set_control_number: Text,
        /// X12 143: `850`.
        opt set_code: Text,
        /// X12 480.
        opt set_version: Text,
        /// Purpose of the document spoken of: X12 353.
        opt document_purpose_code: Text,
        /// X12 640, 346, 306, 305 and 641.
        opt document_transaction_type_code: Text,
        opt application_type_code: Text,
        opt document_action_code: Text,
        opt handling_code: Text,
        opt status_reason_code: Text,
        many references: Reference,
        many dates: DateTime,
        many parties: Party,
        many contacts: Contact,
        many amounts: QualifiedAmount,
        many quantities: QualifiedQuantity,
        many notes: Note,
        many codes: AdviceCode,
        many errors: ApplicationError,
    }
}

vocabulary! {
    /// How much of a document an advice is about.
    pub enum AdviceScope {
        Batch,
        Group,
        Document,
        Item,
    }
}

record! {
    /// An error, and where it is: X12 TED, EDIFACT ERC.
    pub struct ApplicationError {
        /// X12 647, EDIFACT 9321.
        one code: Text,
        /// EDIFACT 1131 and 3055.
        opt list_code: Text,
        opt agency_code: Text,
        opt text: Text,
        /// What the text is: EDIFACT 4451.
        opt text_code: Text,
        /// Where: X12 721, 719, C030 and C999.
        opt segment: Text,
        opt segment_position: Decimal,
        opt element: Text,
        opt component: Text,
        opt repetition: Text,
        opt element_reference: Text,
        opt component_reference: Text,
        /// What stood there, and what should.
        opt value: Text,
        opt new_value: Text,
        many contexts: ErrorContext,
        many details: ErrorDetail,
        many references: Reference,
        many notes: Note,
    }
}

record! {
    /// What an error depends on: X12 CTX.
    pub struct ErrorContext {
        many names: Text,
        many values: Text,
        opt segment: Text,
        opt segment_position: Decimal,
        /// X12 447.
        opt loop_id: Text,
        opt element: Text,
        opt component: Text,
        opt repetition: Text,
        opt element_reference: Text,
        opt component_reference: Text,
    }
}

record! {
    /// A further fact of an error: X12 RED.
    pub struct ErrorDetail {
        opt text: Text,
        /// X12 1609.
        opt code: Text,
        /// X12 559 and 822.
        opt agency_code: Text,
        opt source_code: Text,
        /// X12 1270 and 1271.
        opt list_code: Text,
        opt industry_code: Text,
    }
}

record! {
    /// What it says to a document by a code that an agency keeps: X12 LM and LQ.
    pub struct AdviceCode {
        /// X12 559 and 822.
        opt agency_code: Text,
        opt source_code: Text,
        /// X12 1270 and 1271.
        opt list_code: Text,
        opt code: Text,
        many details: ErrorDetail,
    }
}

/// The worst word that is said to any of the lines; `None` where none has a word.
pub(crate) fn worst(lines: &[AdviceLine]) -> Option<AdviceStatus> {
    use AdviceStatus as S;
    let worse = [
        S::Accepted,
        S::AcceptedWithChanges,
        S::AcceptedWithErrors,
        S::OnHold,
        S::PartiallyAccepted,
        S::Rejected,
    ];
    let rank = |status: &S| worse.iter().position(|s| s == status);
    lines.iter().map(|line| line.status).filter(|s| *s != S::Other).max_by_key(rank)
}
