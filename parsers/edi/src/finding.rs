//! What is wrong with the data, where, what it means, and what we answer the partner for it.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Note,
    Warning,
    /// The set, group or interchange cannot be accepted as it stands.
    Error,
}

/// A stable diagnostic code such as `X1205`: the same in terminal, API and e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Code(pub &'static str);

/// Where in the acknowledgement the finding is answered, and with which code: `AK403` `7`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `TA105`, `AK304`, `AK403`, `AK502`, `AK905`.
    pub element: String,
    pub code: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Control numbers of what encloses the fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interchange: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// Segment id, `PO1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// ST/UNH counts as 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<u16>,
    /// The loop (LS/LE identifier or trigger) the segment stands in.
    #[serde(rename = "loop", skip_serializing_if = "Option::is_none")]
    pub loop_id: Option<String>,
    /// Data element reference number of the dictionary, `355`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Byte offset of the segment in the input.
    pub offset: u64,
}

/// One located fault in data. Serialised as the JSON Lines of `portway file lint --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: Code,
    pub severity: Severity,
    #[serde(flatten)]
    pub place: Place,
    /// The value at fault, as text, cut to 99 characters (AK404's limit).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    pub message: String,
    /// What to do next, and whose move it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}
