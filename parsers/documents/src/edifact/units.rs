//! EDIFACT units (data element 6411) and UN/ECE Recommendation 20.
//!
//! 6411 *is* Recommendation 20, but of its day: the piece was `PCE` (today `H87`), and packages had codes of their own, which
//! today are those of Recommendation 21 after an `X`. Only units that are the same thing stand here; for any other the partner's
//! code stands alone, and a finding says so.

/// The code of a unit, `None` where there is none that means the same.
pub fn recommendation_20(edifact: &str) -> Option<&'static str> {
    if let Ok(found) = RENAMED.binary_search_by(|(code, _)| (*code).cmp(edifact)) {
        return Some(RENAMED[found].1);
    }
    SAME.binary_search(&edifact).ok().map(|found| SAME[found])
}

/// The codes of Recommendation 20 that 6411 has a code for.
pub fn known() -> impl Iterator<Item = &'static str> {
    SAME.iter().copied().chain(RENAMED.iter().map(|(_, unit)| *unit))
}

/// The code that 6411 of D.96A and D.01B has for a unit, `None` where there is none that means the same.
pub fn of_recommendation_20(unit: &str) -> Option<&'static str> {
    if let Some((edifact, _)) = RENAMED.iter().find(|(_, code)| *code == unit) {
        return Some(edifact);
    }
    SAME.binary_search(&unit).ok().map(|found| SAME[found])
}

/// Codes that Recommendation 20 no longer has, and what they are today.
#[rustfmt::skip]
const RENAMED: &[(&str, &str)] = &[
    ("BG", "XBG"), ("BJ", "XBJ"), ("BO", "XBO"), ("BX", "XBX"), ("CR", "XCR"), ("CS", "XCS"), ("CT", "XCT"),
    ("DR", "XDR"), ("PA", "XPA"), ("PCE", "H87"), ("PF", "XPF"), ("PK", "XPK"), ("PX", "XPX"), ("RL", "XRL"),
    ("RO", "XRO"), ("SA", "XSA"), ("TU", "XTU"),
];

/// Codes that mean today what they meant then.
#[rustfmt::skip]
const SAME: &[&str] = &[
    "ACR", "AMP", "ANN", "APZ", "BFT", "BLL", "BTU", "C62", "CEL", "CEN", "CGM", "CLT", "CMK", "CMQ", "CMT", "CWA",
    "CWI", "D63", "DAY", "DLT", "DMK", "DMQ", "DMT", "DPR", "DTN", "DZN", "E49", "EA", "FAH", "FOT", "FTK", "FTQ",
    "GLI", "GLL", "GRM", "GRN", "GRO", "H87", "HAR", "HLT", "HMT", "HTZ", "HUR", "INH", "INK", "INQ", "JOU", "KEL",
    "KGM", "KMT", "KPA", "KTM", "KWH", "KWT", "LBR", "LEF", "LTN", "LTR", "MGM", "MIL", "MIN", "MIO", "MLT", "MMK",
    "MMQ", "MMT", "MON", "MTK", "MTQ", "MTR", "MWH", "NAR", "NMP", "NPL", "NPR", "NRL", "ONZ", "OZA", "OZI", "P1",
    "PAL", "PR", "PTI", "PTL", "QTI", "QTL", "SCO", "SEC", "SET", "SMI", "STN", "TNE", "VLT", "WEE", "WTT", "YDK",
    "YDQ", "YRD",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order() {
        assert!(RENAMED.is_sorted_by(|a, b| a.0 < b.0));
        assert!(SAME.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn pieces_and_packages_have_the_codes_of_today() {
        assert_eq!(recommendation_20("PCE"), Some("H87"));
        assert_eq!(recommendation_20("KGM"), Some("KGM"));
        assert_eq!(recommendation_20("CT"), Some("XCT"));
        assert_eq!(recommendation_20("CA"), None, "a can in EDIFACT, a case in X12: not beyond doubt");
        assert_eq!(recommendation_20(""), None);
    }
}
