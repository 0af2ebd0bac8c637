//! The register of the diagnostic codes of IDocs: `D11xx`, beside those of the mapping (`D10xx`) in `portway-documents`.
//!
//! A code never changes its meaning.

use portway_edi::Code;
use portway_edi::finding::{Explained, WhoseMove};

/// A field of the document that the IDoc has no place for.
pub const NOT_CARRIED: Code = Code("D1101");

/// All of them, explained.
pub const CODES: &[Explained] = &[Explained {
    code: NOT_CARRIED,
    title: "Not carried by the IDoc",
    meaning: "The document was written as an IDoc and read back, and this value was not in what came back: no segment has a place for \
              it, no qualifier says what it is, or the field is too short for it.",
    fix: "Nothing, where the ERP can do without it; else agree on a field of an extension, or send the value in another field.",
    whose_move: WhoseMove::Us,
    answers: &[],
}];

/// The register entry of a code such as `D1101`, in any case.
pub fn explain(code: &str) -> Option<&'static Explained> {
    CODES.iter().find(|e| e.code.0.eq_ignore_ascii_case(code))
}
