//! A received MDN, in any spelling of the field.

use super::Mdn;
use crate::algorithm::Hashed;
use crate::header::Fields;

/// Whether and by whom it was signed. `S` is what the verifier tells of a good signature, `E` of a bad one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed<S, E> {
    No,
    Yes(S),
    Bad(E),
}

/// Oddities that change nothing of what the MDN says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// No part for people.
    NoText,
    /// The MIC names an algorithm that we do not know, or is no base64.
    Mic(String),
    NoMessageId,
    NoFinalRecipient,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received<S, E> {
    pub mdn: Mdn,
    pub signed: Signed<S, E>,
    pub notes: Vec<Note>,
}

/// Why these bytes are no MDN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAnMdn {
    TooLong,
    TooDeep,
    /// Another kind of body; its content type.
    ContentType(String),
    /// No boundary, or the boundary never occurs.
    NoParts,
    /// A report without a Disposition field.
    NoDisposition,
}

/// Whether a request brings an MDN, not a message: by its fields, and where it is signed by the first part's (`start`: the body's first KiB).
pub fn is_mdn(fields: &Fields, start: &[u8]) -> bool {
    let _ = (fields, start);
    false
}

/// # Errors
/// [`NotAnMdn`]; a signature that does not hold is told in [`Received::signed`].
pub fn read_with<S, E>(
    fields: &Fields,
    body: &[u8],
    verify: &mut dyn FnMut(&[u8], &Hashed) -> Result<S, E>,
) -> Result<Received<S, E>, NotAnMdn> {
    let _ = (fields, body, verify);
    Err(NotAnMdn::NoParts)
}
