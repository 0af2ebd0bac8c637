//! What is wrong with the data, where, what it means, and what we answer the partner for it.
//!
//! A finding carries a stable code; [`CODES`] explains each. Readers and schemas yield findings beside values and never
//! stop at the first. A value at fault is kept as text, cut to 99 characters, since an AK404 holds no more.

mod codes;

pub use codes::*;
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
    /// Of an element that may be repeated: which of its values, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repetition: Option<u32>,
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

impl Code {
    /// Its entry in the register.
    pub fn explained(&self) -> Option<&'static Explained> {
        explain(self.0)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl Finding {
    /// A finding with the fix of the register as help, and its answer when the register has exactly one.
    pub fn new(code: Code, severity: Severity, place: Place, message: impl Into<String>) -> Finding {
        let explained = code.explained();
        let answer = match explained.map(|e| e.answers) {
            Some([(element, code)]) => Some(Answer::new(element, code)),
            _ => None,
        };
        Finding {
            code,
            severity,
            place,
            value: None,
            message: message.into(),
            help: explained.map(|e| e.fix.to_string()),
            answer,
        }
    }

    /// Keeps the value at fault, cut to 99 characters; nothing for an empty one.
    pub fn with_value(mut self, value: &[u8]) -> Finding {
        if !value.is_empty() {
            self.value = Some(excerpt(value));
        }
        self
    }

    pub fn with_answer(mut self, element: &str, code: &str) -> Finding {
        self.answer = Some(Answer::new(element, code));
        self
    }

    /// As EDIFACT calls it: code, fix and answer of its own register, the answer in `level` where there are several. A
    /// CONTRL rejects or says nothing, so that what does not reject is not answered.
    pub(crate) fn in_edifact(mut self, level: &str) -> Finding {
        self.code = edifact(self.code);
        let explained = self.code.explained();
        self.help = explained.map(|e| e.fix.to_string());
        let answers = explained.map_or(&[][..], |e| e.answers);
        let answer = match answers {
            _ if self.severity != Severity::Error => None,
            [only] => Some(only),
            several => several.iter().find(|(element, _)| *element == level),
        };
        self.answer = answer.map(|(element, code)| Answer::new(element, code));
        self
    }

    /// True if it is answered in this element of the acknowledgement (`AK403`).
    pub fn answers(&self, element: &str) -> bool {
        self.answer.as_ref().is_some_and(|a| a.element == element)
    }
}

impl Answer {
    pub fn new(element: &str, code: &str) -> Answer {
        Answer { element: element.to_string(), code: code.to_string() }
    }
}

/// The first 99 characters: UTF-8 where it is, else read as ISO 8859-1.
pub(crate) fn excerpt(value: &[u8]) -> String {
    // Four bytes a character at most; the cut may fall into a character, whose rest is then left out.
    let head = &value[..value.len().min(99 * 4)];
    let valid = match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        Err(e) if e.error_len().is_none() && head.len() < value.len() => {
            std::str::from_utf8(&head[..e.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    match valid {
        Some(text) => text.chars().take(99).collect(),
        None => head.iter().take(99).map(|&b| b as char).collect(),
    }
}
