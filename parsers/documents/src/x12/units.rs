//! X12 units (data element 355) and UN/ECE Recommendation 20.
//!
//! Today's Recommendation 20 has no packages of its own: it takes those of Recommendation 21 with an `X` before the code, so a
//! case (X12 `CA`) is `XCS`. Careful: the same letters often mean something else on the other side (`CR` is a cubic metre in
//! X12 and a crate in Recommendation 21; `TN` is a short ton).
//!
//! Only units that are the same thing stand here. For any other the partner's code stands alone, and a finding says so.

/// The code of a unit, `None` where there is none that means the same.
pub fn recommendation_20(x12: &str) -> Option<&'static str> {
    let found = KEYS.binary_search(&key(x12)?).ok()?;
    Some(UNITS[found].1)
}

/// The codes of Recommendation 20 that X12 has a code for.
pub fn known() -> impl Iterator<Item = &'static str> {
    UNITS.iter().map(|(_, unit)| *unit)
}

/// The X12 code of a unit of Recommendation 20, `None` where there is none that means the same.
pub fn of_recommendation_20(unit: &str) -> Option<&'static str> {
    // Where X12 has two codes for one unit, the one that is in use.
    match unit {
        "STN" => return Some("TN"),
        "XPK" => return Some("PK"),
        "XPX" => return Some("PL"),
        _ => {}
    }
    UNITS.iter().find(|(_, code)| *code == unit).map(|(x12, _)| *x12)
}

/// Every code has two characters: as a number they are compared at once.
const fn key(code: &str) -> Option<u16> {
    match *code.as_bytes() {
        [first, second] => Some(u16::from_be_bytes([first, second])),
        _ => None,
    }
}

/// The keys of [`UNITS`], close together: every quantity looks for its unit.
const KEYS: [u16; UNITS.len()] = {
    let mut keys = [0; UNITS.len()];
    let mut at = 0;
    while at < keys.len() {
        if let Some(key) = key(UNITS[at].0) {
            keys[at] = key;
        }
        at += 1;
    }
    keys
};

/// X12 code and Recommendation 20 code, in the order of the X12 codes.
#[rustfmt::skip]
const UNITS: &[(&str, &str)] = &[
    ("03", "SEC"), ("20", "20"), ("21", "21"), ("4G", "4G"), ("65", "COU"), ("68", "AMP"),
    ("70", "VLT"), ("82", "OHM"), ("83", "FAR"), ("86", "JOU"), ("8U", "KMK"), ("99", "WTT"),
    ("AC", "ACR"), ("AS", "AS"), ("AV", "XAV"), ("AY", "AY"), ("B8", "XBD"), ("BB", "BB"),
    ("BC", "XBJ"), ("BD", "XBE"), ("BF", "BFT"), ("BG", "XBG"), ("BI", "XBR"), ("BK", "D63"),
    ("BM", "XBT"), ("BO", "XBO"), ("BP", "BP"), ("BR", "XBA"), ("BS", "XBK"), ("BU", "BUA"),
    ("BX", "XBX"), ("BY", "BTU"), ("C3", "CLT"), ("C8", "DMQ"), ("CA", "XCS"), ("CC", "CMQ"),
    ("CD", "CTM"), ("CE", "CEL"), ("CF", "FTQ"), ("CG", "CG"), ("CI", "INQ"), ("CL", "XCY"),
    ("CM", "CMT"), ("CP", "XCR"), ("CQ", "XCQ"), ("CR", "MTQ"), ("CT", "XCT"), ("CW", "CWA"),
    ("CX", "XCL"), ("CY", "YDQ"), ("DA", "DAY"), ("DH", "SMI"), ("DI", "XDN"), ("DK", "KMT"),
    ("DL", "DLT"), ("DM", "DMT"), ("DP", "DPR"), ("DR", "XDR"), ("DZ", "DZN"), ("EA", "EA"),
    ("EV", "XEN"), ("FA", "FAH"), ("FO", "OZA"), ("FT", "FOT"), ("FZ", "OZI"), ("GA", "GLL"),
    ("GG", "GGR"), ("GI", "GLI"), ("GR", "GRM"), ("GS", "GRO"), ("GX", "GRN"), ("H4", "HLT"),
    ("HA", "HA"), ("HC", "HC"), ("HG", "HGM"), ("HH", "HH"), ("HR", "HUR"), ("HU", "CEN"),
    ("HV", "CWA"), ("HW", "CWI"), ("HZ", "HTZ"), ("IN", "INH"), ("JA", "E51"), ("JR", "XJR"),
    ("JU", "XJG"), ("K6", "K6"), ("K7", "KWT"), ("KE", "XKG"), ("KG", "KGM"), ("KH", "KWH"),
    ("KT", "KT"), ("KV", "KEL"), ("LB", "LBR"), ("LF", "LF"), ("LG", "LTN"), ("LH", "LH"),
    ("LM", "LM"), ("LN", "LN"), ("LO", "LO"), ("LR", "LR"), ("LS", "LS"), ("LT", "LTR"),
    ("LY", "LY"), ("MC", "MC"), ("ME", "MGM"), ("MJ", "MIN"), ("ML", "MLT"), ("MM", "MMT"),
    ("MO", "MON"), ("MP", "TNE"), ("MR", "MTR"), ("MS", "MMK"), ("NM", "NMI"), ("NS", "STN"),
    ("OA", "OA"), ("OZ", "ONZ"), ("P1", "P1"), ("P5", "P5"), ("PA", "XPL"), ("PC", "H87"),
    ("PD", "PD"), ("PF", "XPX"), ("PH", "XPK"), ("PK", "XPK"), ("PL", "XPX"), ("PP", "XPG"),
    ("PR", "PR"), ("PT", "PTL"), ("PX", "PTI"), ("Q1", "QAN"), ("Q2", "PTD"), ("QR", "QR"),
    ("QS", "QTD"), ("QT", "QTL"), ("QU", "QTI"), ("RA", "XRK"), ("RE", "XRL"), ("RG", "XRG"),
    ("RL", "XRO"), ("RM", "RM"), ("RO", "D65"), ("SB", "MIK"), ("SC", "CMK"), ("SF", "FTK"),
    ("SH", "XST"), ("SI", "INK"), ("SJ", "XSA"), ("SL", "XSY"), ("SM", "MTK"), ("SO", "XSO"),
    ("SQ", "SQ"), ("SR", "SR"), ("ST", "SET"), ("SV", "XSI"), ("SW", "SW"), ("SX", "SX"),
    ("SY", "YDK"), ("T3", "T3"), ("TB", "XTU"), ("TH", "MIL"), ("TM", "MBF"), ("TN", "STN"),
    ("TO", "APZ"), ("TP", "TP"), ("TX", "LBT"), ("TY", "XPU"), ("TZ", "FC"), ("UM", "MIO"),
    ("UN", "C62"), ("V2", "XPO"), ("VI", "XVI"), ("WK", "WEE"), ("X2", "XBH"), ("X5", "HEA"),
    ("Y4", "XTB"), ("YD", "YRD"), ("YR", "ANN"), ("Z2", "XCH"), ("Z3", "XCK"), ("Z5", "XLU"),
    ("ZP", "ZP"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(UNITS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(KEYS.is_sorted_by(|a, b| a < b), "every code has two characters");
    }

    #[test]
    fn letters_that_mean_something_else_on_the_other_side() {
        assert_eq!(recommendation_20("CA"), Some("XCS"));
        assert_eq!(recommendation_20("CR"), Some("MTQ"));
        assert_eq!(recommendation_20("CS"), None, "a cassette, no case");
        assert_eq!(recommendation_20("TN"), Some("STN"));
        assert_eq!(recommendation_20("PC"), Some("H87"));
        assert_eq!(recommendation_20("UN"), Some("C62"));
        assert_eq!(recommendation_20(""), None);
    }
}
