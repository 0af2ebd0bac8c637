//! The register of the diagnostic codes of the mapping: `D10xx`.
//!
//! Beside that of `portway-edi` (`X10xx` to `X12xx`), which holds the faults of the data itself. A finding of the mapping never
//! rejects an order by itself: the value that could not be read stands in `unmapped`, and whoever reads the document decides.
//!
//! A code never changes its meaning.

use portway_edi::Code;
use portway_edi::finding::{Explained, WhoseMove};

/// A unit without a code of UN/ECE Recommendation 20.
pub const UNKNOWN_UNIT: Code = Code("D1001");
/// A date that is none.
pub const UNREADABLE_DATE: Code = Code("D1002");
/// A time that is none.
pub const UNREADABLE_TIME: Code = Code("D1003");
/// A number that cannot be kept exactly.
pub const UNREADABLE_NUMBER: Code = Code("D1004");
/// The declared count of lines is not the one that came.
pub const COUNT_DIFFERS: Code = Code("D1005");
/// A declared total of an invoice is not what its parts come to.
pub const TOTAL_DIFFERS: Code = Code("D1006");

/// All of them, explained.
pub const CODES: &[Explained] = &[
    Explained {
        code: UNKNOWN_UNIT,
        title: "Unit without a code of Recommendation 20",
        meaning: "The partner's unit has no code in UN/ECE Recommendation 20 that means the same. The document carries \
                  `original_unit` alone. Said once a set and unit.",
        fix: "Make sure that whoever reads the document knows the partner's code, or agree on another unit.",
        whose_move: WhoseMove::Us,
        answers: &[],
    },
    Explained {
        code: UNREADABLE_DATE,
        title: "Date that cannot be read",
        meaning: "The element is no day of the calendar as CCYYMMDD, or (EDIFACT) in the format that 2379 names. The value stands under \
                  `unmapped`.",
        fix: "The partner sends a day that exists, as CCYYMMDD or in the format named.",
        whose_move: WhoseMove::Partner,
        answers: &[],
    },
    Explained {
        code: UNREADABLE_TIME,
        title: "Time that cannot be read",
        meaning: "The element is no time of day as HHMM, HHMMSS or with decimals. The value stands under `unmapped`.",
        fix: "The partner sends a time that exists, as HHMM.",
        whose_move: WhoseMove::Partner,
        answers: &[],
    },
    Explained {
        code: UNREADABLE_NUMBER,
        title: "Number that cannot be kept exactly",
        meaning: "The element is no number of its type (a point in an element with implied decimals, a thousands separator), or \
                  has more than 28 digits. The value stands under `unmapped`.",
        fix: "The partner sends digits as the standard has them.",
        whose_move: WhoseMove::Partner,
        answers: &[],
    },
    Explained {
        code: COUNT_DIFFERS,
        title: "Count of lines differs",
        meaning: "CTT01 counts other than the lines that came.",
        fix: "Ask the partner whether a line is missing before anything is shipped; the partner corrects the count.",
        whose_move: WhoseMove::Partner,
        answers: &[],
    },
    Explained {
        code: TOTAL_DIFFERS,
        title: "Total of the invoice differs",
        meaning: "A declared total (X12 TDS01; EDIFACT MOA 79, 176, 124, 77, 388, 86, 39, 128, 9) is not what lines, allowances, \
                  charges and taxes come to, by any usual reading and beyond what rounding explains. Said only when the document \
                  has everything that the sum needs.",
        fix: "The partner corrects the total, or sends what the document lacks; nobody pays before it is known which of both is right.",
        whose_move: WhoseMove::Partner,
        answers: &[],
    },
];

/// The register entry of a code such as `D1002`, in any case.
pub fn explain(code: &str) -> Option<&'static Explained> {
    CODES.iter().find(|e| e.code.0.eq_ignore_ascii_case(code))
}
