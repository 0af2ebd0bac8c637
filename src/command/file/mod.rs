//! `portway file view|lint|fmt|json|ack|convert|sample|redact FILE`: what the gateway would make of a file, offline.
//!
//! Promises: needs no configuration and no database, and judges as the gateway does where no profile says otherwise (strict).
//! One pass or two over the bytes, one set in memory at a time, so memory stays flat at any size. `-` is stdin. Data goes to
//! stdout, words to stderr. Exit: 0 fine, 1 problems found in the data, 2 the file cannot be read or the arguments are wrong.

pub mod ack;
pub mod convert;
mod cutting;
mod diagnostic;
mod explain;
pub mod fmt;
mod fragment;
pub mod json;
mod judge;
pub mod lint;
pub mod redact;
pub mod sample;
mod source;
mod stand_in;
mod verdicts;
pub mod view;
mod walk;
mod wording;
mod writing;

use super::output::{Stop, shown, words};
use crate::pipeline::findings::one_line;
use portway_edi::{Finding, Severity};

/// Findings as words on stderr, for verbs whose stdout is data. True if one is an error.
fn tell(set: Option<&str>, findings: &[Finding]) -> bool {
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let set = set.map(|set| format!("set {set}: ")).unwrap_or_default();
        words(shown(&format!("{severity}: {set}{}", one_line(finding))));
    }
    findings.iter().any(|f| f.severity == Severity::Error)
}

/// `1 error`, `3 errors`.
fn several(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
