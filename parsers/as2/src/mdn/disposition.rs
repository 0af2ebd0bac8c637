//! The Disposition field (RFC 4130 sections 7.4.3, 7.5): what became of a message.
//!
//! Promises: whatever was written can be read; any text of the field is read into something that says whether the message was taken,
//! and what cannot be understood was not.

use std::fmt;

/// `automatic-action/MDN-sent-automatically; processed/error: decryption-failed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposition {
    /// `automatic-action`, not `manual-action`.
    pub automatic: bool,
    /// `MDN-sent-automatically`, not `MDN-sent-manually`.
    pub sent_automatically: bool,
    pub kind: Kind,
    pub modifier: Option<Modifier>,
}

/// The disposition type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Processed,
    Failed,
    /// `displayed`, `dispatched`, `deleted` … of mail (RFC 3798), or anything else: in lower case.
    Other(String),
}

/// What stands after the slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modifier {
    pub severity: Severity,
    pub condition: Condition,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Severity {
    Error,
    Failure,
    Warning,
    /// `superseded`, `expired` … in lower case.
    Other(String),
}

/// The conditions that RFC 4130 (sections 7.4.3 and 7.5), its successor and products name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    AuthenticationFailed,
    DecompressionFailed,
    DecryptionFailed,
    InsufficientMessageSecurity,
    IntegrityCheckFailed,
    UnexpectedProcessingError,
    /// Of the successor's registry, as are the next five.
    UnknownTradingPartner,
    UnknownTradingRelationship,
    DuplicateFilename,
    IllegalFilename,
    InvalidMessageId,
    DuplicateDocument,
    /// `authentication-failed, processing continued`: a warning only.
    ProcessingContinued,
    UnsupportedFormat,
    UnsupportedMicAlgorithms,
    SenderEqualsReceiver,
    NotFound,
    /// In the words of the other side; may be empty.
    Other(String),
}

impl Condition {
    /// All but [`Condition::Other`].
    pub const ALL: [Condition; 17] = [
        Condition::AuthenticationFailed,
        Condition::DecompressionFailed,
        Condition::DecryptionFailed,
        Condition::InsufficientMessageSecurity,
        Condition::IntegrityCheckFailed,
        Condition::UnexpectedProcessingError,
        Condition::UnknownTradingPartner,
        Condition::UnknownTradingRelationship,
        Condition::DuplicateFilename,
        Condition::IllegalFilename,
        Condition::InvalidMessageId,
        Condition::DuplicateDocument,
        Condition::ProcessingContinued,
        Condition::UnsupportedFormat,
        Condition::UnsupportedMicAlgorithms,
        Condition::SenderEqualsReceiver,
        Condition::NotFound,
    ];

    /// As it stands after `error: `, `warning: ` or `failure: `.
    pub fn text(&self) -> &str {
        match self {
            Condition::AuthenticationFailed => "authentication-failed",
            Condition::DecompressionFailed => "decompression-failed",
            Condition::DecryptionFailed => "decryption-failed",
            Condition::InsufficientMessageSecurity => "insufficient-message-security",
            Condition::IntegrityCheckFailed => "integrity-check-failed",
            Condition::UnexpectedProcessingError => "unexpected-processing-error",
            Condition::UnknownTradingPartner => "unknown-trading-partner",
            Condition::UnknownTradingRelationship => "unknown-trading-relationship",
            Condition::DuplicateFilename => "duplicate-filename",
            Condition::IllegalFilename => "illegal-filename",
            Condition::InvalidMessageId => "invalid-message-id",
            Condition::DuplicateDocument => "duplicate-document",
            Condition::ProcessingContinued => "authentication-failed, processing continued",
            Condition::UnsupportedFormat => "unsupported format",
            Condition::UnsupportedMicAlgorithms => "unsupported MIC-algorithms",
            Condition::SenderEqualsReceiver => "sender-equals-receiver",
            Condition::NotFound => "not-found",
            Condition::Other(text) => text,
        }
    }

    /// In any case, with hyphens, underscores or spaces, with or without a plural.
    pub fn read(text: &str) -> Condition {
        let text = without_marks(text);
        let plain = |text: &str| -> String {
            let letters: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
            let letters = letters.to_ascii_lowercase();
            letters.strip_suffix('s').map(str::to_string).unwrap_or(letters)
        };
        let given = plain(text);
        let known = Condition::ALL.into_iter().find(|c| plain(c.text()) == given);
        known.unwrap_or_else(|| Condition::Other(text.to_string()))
    }

    /// The severity that we send it with.
    pub fn severity(&self) -> Severity {
        match self {
            Condition::DuplicateDocument | Condition::ProcessingContinued => Severity::Warning,
            // RFC 4130 section 7.4.4: failed is only for requests of a receipt that cannot be fulfilled.
            Condition::UnsupportedFormat | Condition::UnsupportedMicAlgorithms => Severity::Failure,
            // Section 7.5.6 shows it so.
            Condition::SenderEqualsReceiver => Severity::Failure,
            _ => Severity::Error,
        }
    }

    /// Who has to do something, of a message that was refused for this: its receiver; else its sender.
    pub fn is_receivers_move(&self) -> bool {
        matches!(
            self,
            Condition::UnexpectedProcessingError
                | Condition::UnknownTradingPartner
                | Condition::UnknownTradingRelationship
                | Condition::NotFound
        )
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Failure => "failure",
            Severity::Warning => "warning",
            Severity::Other(text) => text,
        })
    }
}

impl fmt::Display for Modifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.severity, self.condition.text()) {
            (severity, "") => write!(f, "{severity}"),
            (Severity::Other(none), text) if none.is_empty() => f.write_str(text),
            (severity, text) => write!(f, "{severity}: {text}"),
        }
    }
}

impl Disposition {
    /// `processed`, without more.
    pub fn processed() -> Disposition {
        Disposition { automatic: true, sent_automatically: true, kind: Kind::Processed, modifier: None }
    }

    /// What we send for a condition: `processed/error:`, `processed/warning:` or `failed/failure:` as the RFC words it.
    pub fn of(condition: Condition) -> Disposition {
        let severity = condition.severity();
        let kind = if severity == Severity::Failure { Kind::Failed } else { Kind::Processed };
        Disposition { kind, modifier: Some(Modifier { severity, condition }), ..Disposition::processed() }
    }

    /// Reads any text, folded or not; what is no type that we know becomes [`Kind::Other`].
    ///
    /// The mode may be absent; the modifier may lack its severity or its text; several modifiers (RFC 3798) become one text,
    /// as a comma belongs to `authentication-failed, processing continued`.
    pub fn read(field: &str) -> Disposition {
        let words: Vec<&str> = field.split(|c: char| c.is_whitespace() || c.is_control()).collect();
        let field = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        let (mode, rest) = mode(&field);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        let (kind, modifier) = rest.split_at(end);
        let modifier = without_marks(modifier);
        let kind = match kind.to_ascii_lowercase() {
            kind if kind == "processed" => Kind::Processed,
            kind if kind == "failed" => Kind::Failed,
            kind => Kind::Other(kind),
        };
        Disposition {
            automatic: !mode.contains("manual-action"),
            sent_automatically: !mode.contains("sent-manually"),
            modifier: Modifier::read(modifier, &kind),
            kind,
        }
    }

    /// The message was taken: `processed`, with no more than a warning.
    pub fn is_processed(&self) -> bool {
        self.kind == Kind::Processed && self.modifier.as_ref().is_none_or(|m| m.severity == Severity::Warning)
    }

    pub fn condition(&self) -> Option<&Condition> {
        self.modifier.as_ref().map(|m| &m.condition)
    }
}

/// Without the marks around that part one thing from the next.
fn without_marks(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '/' | ':' | ',' | ';'))
}

/// What stands before the semicolon, in lower case, and the rest; some write a comma in its place, some no mode at all.
fn mode(field: &str) -> (String, &str) {
    let lower = field.to_ascii_lowercase();
    let sent = ["mdn-sent-automatically", "mdn-sent-manually"];
    let end = match sent.iter().find_map(|s| lower.find(s).map(|at| at + s.len())) {
        Some(end) => end,
        None => {
            let before_type = |at: &usize| {
                let rest = lower[at + 1..].trim_start();
                lower[..*at].contains("action") || rest.starts_with("processed") || rest.starts_with("failed")
            };
            field.find(';').filter(before_type).unwrap_or(0)
        }
    };
    (lower[..end].to_string(), field[end..].trim_start_matches([' ', ',', ';']))
}

impl Modifier {
    fn read(text: &str, kind: &Kind) -> Option<Modifier> {
        if text.is_empty() {
            return None;
        }
        let (word, rest) = text.split_once(':').unwrap_or((text, ""));
        let word = word.trim().to_ascii_lowercase();
        let severity = match word.as_str() {
            "error" | "errors" => Severity::Error,
            "failure" | "failed" => Severity::Failure,
            "warning" | "warnings" => Severity::Warning,
            _ => match Condition::read(text) {
                // Of RFC 3798: `superseded`, `expired`, `mailbox-terminated`.
                Condition::Other(_) if word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {
                    Severity::Other(word)
                }
                condition @ Condition::Other(_) => {
                    return Some(Modifier { severity: Severity::Other(String::new()), condition });
                }
                // The condition without a severity.
                condition if *kind == Kind::Failed => {
                    return Some(Modifier { severity: Severity::Failure, condition });
                }
                condition => return Some(Modifier { severity: condition.severity(), condition }),
            },
        };
        Some(Modifier { severity, condition: Condition::read(rest) })
    }
}

impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = if self.automatic { "automatic-action" } else { "manual-action" };
        let sent = if self.sent_automatically { "MDN-sent-automatically" } else { "MDN-sent-manually" };
        write!(f, "{action}/{sent}; ")?;
        match &self.kind {
            Kind::Processed => f.write_str("processed")?,
            Kind::Failed => f.write_str("failed")?,
            Kind::Other(kind) => f.write_str(kind)?,
        }
        match &self.modifier {
            Some(modifier) => write!(f, "/{modifier}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_condition_reads_as_it_is_written() {
        for condition in Condition::ALL {
            let written = Disposition::of(condition.clone()).to_string();
            let read = Disposition::read(&written);
            assert_eq!(read, Disposition::of(condition.clone()), "{written}");
            assert_eq!(read.is_processed(), condition.severity() == Severity::Warning, "{written}");
            assert_eq!(Disposition::read(&written.to_uppercase()), read, "{written}");
        }
        assert_eq!(Disposition::read(&Disposition::processed().to_string()), Disposition::processed());
    }

    #[test]
    fn what_we_send_is_worded_as_the_rfc_has_it() {
        for (condition, text) in [
            (Condition::DecryptionFailed, "processed/error: decryption-failed"),
            (Condition::DuplicateDocument, "processed/warning: duplicate-document"),
            (Condition::UnsupportedFormat, "failed/failure: unsupported format"),
            (Condition::UnsupportedMicAlgorithms, "failed/failure: unsupported MIC-algorithms"),
            (
                Condition::ProcessingContinued,
                "processed/warning: authentication-failed, processing continued",
            ),
        ] {
            let written = Disposition::of(condition).to_string();
            assert_eq!(written, format!("automatic-action/MDN-sent-automatically; {text}"));
        }
    }

    #[test]
    fn spellings_of_the_field() {
        let other = |text: &str| Condition::Other(text.to_string());
        let unknown = |text: &str| Severity::Other(text.to_string());
        use Condition::{DecryptionFailed, DuplicateDocument, IntegrityCheckFailed, SenderEqualsReceiver};
        use Severity::{Error, Failure, Warning};
        let mail = |text: &str| Kind::Other(text.to_string());
        for (field, kind, modifier) in [
            ("automatic-action/MDN-sent-automatically; processed", Kind::Processed, None),
            ("Automatic-action/mdn-sent-automatically;processed", Kind::Processed, None),
            ("automatic-action/MDN-sent-automatically;\r\n\tprocessed", Kind::Processed, None),
            ("automatic-action/MDN-sent-automatically, processed;", Kind::Processed, None),
            ("manual-action/MDN-sent-manually; Processed /", Kind::Processed, None),
            ("PROCESSED", Kind::Processed, None),
            ("; processed", Kind::Processed, None),
            (
                "my-mode/other; processed/error: decryption-failed",
                Kind::Processed,
                Some((Error, DecryptionFailed)),
            ),
            (
                "automatic-action; processed/Error:DECRYPTION_FAILED",
                Kind::Processed,
                Some((Error, DecryptionFailed)),
            ),
            ("processed/error", Kind::Processed, Some((Error, other("")))),
            ("processed/error: decryption failed", Kind::Processed, Some((Error, DecryptionFailed))),
            (
                "processed: error: integrity-check-failed",
                Kind::Processed,
                Some((Error, IntegrityCheckFailed)),
            ),
            ("processed/integrity-check-failed", Kind::Processed, Some((Error, IntegrityCheckFailed))),
            ("processed/duplicate-document", Kind::Processed, Some((Warning, DuplicateDocument))),
            ("processed/Warning: a; b, c: d", Kind::Processed, Some((Warning, other("a; b, c: d")))),
            ("failed", Kind::Failed, None),
            ("failed/Failure: sender-equals-receiver", Kind::Failed, Some((Failure, SenderEqualsReceiver))),
            ("failed/sender-equals-receiver", Kind::Failed, Some((Failure, SenderEqualsReceiver))),
            (
                "automatic-action/MDN-sent-automatically; failed/Failure: unsupported MIC-algorithm",
                Kind::Failed,
                Some((Failure, Condition::UnsupportedMicAlgorithms)),
            ),
            ("manual-action/MDN-sent-manually; displayed", mail("displayed"), None),
            ("deleted/superseded", mail("deleted"), Some((unknown("superseded"), other("")))),
            ("processed/no idea why", Kind::Processed, Some((unknown(""), other("no idea why")))),
            ("", mail(""), None),
            ("???", mail(""), Some((unknown(""), other("???")))),
        ] {
            let read = Disposition::read(field);
            let modifier = modifier.map(|(severity, condition)| Modifier { severity, condition });
            assert_eq!((&read.kind, &read.modifier), (&kind, &modifier), "{field}");
            assert_eq!(Disposition::read(&read.to_string()), read, "{read}");
        }
    }

    #[test]
    fn modes_are_read() {
        let mode = |field| {
            let read = Disposition::read(field);
            (read.automatic, read.sent_automatically)
        };
        assert_eq!(mode("automatic-action/MDN-sent-automatically; processed"), (true, true));
        assert_eq!(mode("Manual-Action / MDN-Sent-Automatically; processed"), (false, true));
        assert_eq!(mode("manual-action/MDN-sent-manually; processed"), (false, false));
    }

    #[test]
    fn only_processed_without_an_error_is_processed() {
        for (field, processed) in [
            ("processed", true),
            ("processed/warning: anything", true),
            ("processed/error", false),
            ("processed/failure: x", false),
            ("processed/who knows", false),
            ("failed", false),
            ("failed/warning: x", false),
            ("displayed", false),
            ("dispatched", false),
            ("", false),
        ] {
            assert_eq!(Disposition::read(field).is_processed(), processed, "{field}");
        }
    }

    /// The table in docs/as2.md has a row for each, with what is sent and whose move it is.
    #[test]
    fn the_manual_has_every_condition() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/as2.md");
        let manual = std::fs::read_to_string(path).unwrap();
        for condition in Condition::ALL {
            let disposition = Disposition::of(condition.clone()).to_string();
            let text = disposition.split_once("; ").unwrap().1;
            let row = manual.lines().find(|line| line.starts_with(&format!("| `{text}` |")));
            let row = row.unwrap_or_else(|| panic!("docs/as2.md has no row for {text}"));
            let whose = row.rsplit('|').nth(1).unwrap().trim();
            let expected = match condition.severity() {
                Severity::Warning => "nobody's",
                _ if condition.is_receivers_move() => "receiver",
                _ => "sender",
            };
            assert_eq!(whose, expected, "{row}");
        }
    }
}
