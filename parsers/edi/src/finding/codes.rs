//! The register of all diagnostic codes: what each means, how it is put right, whose move it is, what we answer.
//!
//! `portway explain X1205` prints from here. `X10xx` is the envelope, `X11xx` the structure of a set, `X12xx` its elements;
//! `E10xx`, `E11xx` and `E12xx` are the same of EDIFACT, in `edifact_codes`.
//! `X105x` are never found by a reader: the gateway says them, from its profiles and its ledger.
//! A code exists only if it stands in this table, since the constants are made from it; a code never changes its meaning.

use super::Code;
use serde::Serialize;

/// One code, explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Explained {
    pub code: Code,
    pub title: &'static str,
    pub meaning: &'static str,
    pub fix: &'static str,
    pub whose_move: WhoseMove,
    /// Element of the acknowledgement and code that we answer with, `("AK403", "7")`. Empty: never answered by itself.
    pub answers: &'static [(&'static str, &'static str)],
}

/// Who must act before the data can go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WhoseMove {
    /// Whoever sent the data.
    Partner,
    /// The operators of this gateway.
    Us,
    /// Nobody has to.
    Nobody,
}

/// The register entry of a code such as `X1205`, in any case.
pub fn explain(code: &str) -> Option<&'static Explained> {
    CODES.iter().find(|e| e.code.0.eq_ignore_ascii_case(code))
}

macro_rules! register {
    ($list:ident; $($name:ident $code:literal $title:literal, $meaning:literal, $fix:literal, $who:ident, [$(($element:literal, $answer:literal)),*];)*) => {
        $(#[doc = $title] pub const $name: Code = Code($code);)*
        const $list: &[Explained] = &[$(Explained {
            code: $name, title: $title, meaning: $meaning, fix: $fix, whose_move: WhoseMove::$who, answers: &[$(($element, $answer)),*],
        }),*];
    };
}

/// Every code there is, in order: X12, then EDIFACT.
pub const CODES: &[Explained] = &JOINED;

const JOINED: [Explained; X12.len() + EDIFACT.len()] = {
    let mut all = [X12[0]; X12.len() + EDIFACT.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < X12.len() { X12[at] } else { EDIFACT[at - X12.len()] };
        at += 1;
    }
    all
};

register! {
    X12;
    ISA_UNREADABLE "X1001" "Interchange header unreadable",
        "Bytes that begin with ISA are not an interchange header: it has 16 elements at fixed widths, 106 bytes in all.",
        "The partner sends the file again with a complete ISA.", Partner, [];
    ISA_WIDTHS "X1002" "Interchange header not at fixed widths",
        "The elements of the ISA do not have their fixed lengths. It was read by its separators instead.",
        "The partner pads the ISA elements with blanks to their lengths.", Partner, [("TA105", "022")];
    ISA_DELIMITERS "X1003" "Unsuitable delimiter",
        "The element separator, component separator and segment terminator must differ and be neither letters nor digits.",
        "The partner chooses other delimiters.", Partner, [("TA105", "027"), ("TA105", "004")];
    STRAY_BYTES "X1004" "Bytes outside any interchange",
        "There is data before, between or after the interchanges. It belongs to nothing and was not read.",
        "The partner removes it, or sends it as an interchange of its own if it was meant to be one.", Partner, [];
    END_OF_FILE_MARK "X1005" "End-of-file mark",
        "The file ends in a control-Z, as old systems write it. It does no harm.", "Nothing needs to be done.", Nobody, [];
    IEA_MISSING "X1006" "Interchange trailer missing",
        "The interchange has no IEA: the input or the next interchange came first. The rest of it may be lost.",
        "The partner sends the whole interchange again.", Partner, [("TA105", "023"), ("TA105", "022")];
    IEA_NUMBER "X1007" "Interchange control numbers differ",
        "IEA02 is not the control number of ISA13: header and trailer may be of different interchanges.",
        "The partner corrects the trailer and sends it again.", Partner, [("TA105", "001")];
    IEA_COUNT "X1008" "Group count wrong",
        "IEA01 is not the number of functional groups that came.",
        "The partner checks whether a group was lost, and sends the interchange again.", Partner, [("TA105", "021")];
    ISA_NUMBER "X1009" "Interchange control number invalid",
        "ISA13 must be nine digits.", "The partner corrects its numbering.", Partner, [("TA105", "018")];
    ISA_DATE "X1010" "Interchange date invalid",
        "ISA09 must be a calendar date, YYMMDD.", "The partner corrects the date.", Partner, [("TA105", "014")];
    ISA_TIME "X1011" "Interchange time invalid",
        "ISA10 must be a time of day, HHMM.", "The partner corrects the time.", Partner, [("TA105", "015")];
    ISA_REQUEST "X1012" "Acknowledgement request invalid",
        "ISA14 must be 0 or 1. It is read as 0.", "The partner corrects ISA14.", Partner, [("TA105", "019")];
    ISA_USAGE "X1013" "Usage indicator invalid",
        "ISA15 must be T (test), P (production) or I (information). Without it nobody knows whether the data is real.",
        "The partner corrects ISA15.", Partner, [("TA105", "020")];
    ISA_VERSION "X1014" "Interchange version invalid",
        "ISA12 must be five digits such as 00401.", "The partner corrects ISA12.", Partner, [("TA105", "017")];
    ISA_QUALIFIER "X1015" "Interchange address qualifier unknown",
        "ISA05 or ISA07 is not one of the qualifiers X12 defines.", "The partner corrects the qualifier.", Partner,
        [("TA105", "005"), ("TA105", "007")];
    ISA_ADDRESS "X1016" "Interchange address missing",
        "ISA06 or ISA08 is blank: sender or receiver is not named.", "The partner fills it in.", Partner,
        [("TA105", "006"), ("TA105", "008")];
    ISA_SECURITY "X1017" "Authorisation or security qualifier unknown",
        "ISA01 or ISA03 is not one of the qualifiers X12 defines.", "The partner sends 00 in both, with blanks behind them.", Partner,
        [("TA105", "010"), ("TA105", "012")];
    ISA_STANDARD "X1018" "Standards identifier invalid",
        "ISA11 must be U before version 00402, a repetition separator from there on.", "The partner corrects ISA11.", Partner,
        [("TA105", "016")];
    OUTSIDE_GROUP "X1019" "Segments outside any group",
        "Between ISA and IEA only functional groups and TA1 may stand. These segments were not read.",
        "The partner puts the sets into a group (GS to GE) and sends the interchange again.", Partner, [("TA105", "024")];
    SERVICE_SEGMENT "X1020" "Interchange service segment",
        "ISB, ISE and TA3 ask a network for special delivery. They are allowed, and mean nothing to us.",
        "Nothing needs to be done.", Nobody, [];

    GE_MISSING "X1021" "Group trailer missing",
        "The functional group has no GE: sets of it may be lost.", "The partner sends the group again.", Partner, [("AK905", "3")];
    GE_NUMBER "X1022" "Group control numbers differ",
        "GE02 is not the control number of GS06.", "The partner corrects the trailer and sends the group again.", Partner,
        [("AK905", "4")];
    GE_COUNT "X1023" "Set count wrong",
        "GE01 is not the number of transaction sets that came.",
        "The partner checks whether a set was lost, and sends the group again.", Partner, [("AK905", "5")];
    GS_NUMBER "X1024" "Group control number invalid",
        "GS06 must be one to nine digits.", "The partner corrects its numbering.", Partner, [("AK905", "6")];
    GS_DUPLICATE "X1025" "Group control number used twice",
        "Another group of this interchange has the same GS06.", "The partner numbers its groups uniquely.", Partner, [("AK905", "19")];
    GS_INCOMPLETE "X1026" "Group header incomplete",
        "GS01 (what the group holds) or GS08 (its version) is missing, so that its sets cannot be read.",
        "The partner completes the GS.", Partner, [("AK905", "1"), ("AK905", "2")];
    GS_DATE "X1027" "Group date or time invalid",
        "GS04 must be a calendar date, GS05 a time of day. The group is read all the same.", "The partner corrects them.", Partner, [];
    OUTSIDE_SET "X1028" "Segments outside any set",
        "Between GS and GE only transaction sets may stand. These segments were not read.",
        "The partner puts them into a set (ST to SE) and sends the group again.", Partner, [];

    SE_MISSING "X1031" "Set trailer missing",
        "The transaction set has no SE: segments of it may be lost.", "The partner sends the set again.", Partner, [("AK502", "2")];
    SE_NUMBER "X1032" "Set control numbers differ",
        "SE02 is not the control number of ST02.", "The partner corrects the trailer and sends the set again.", Partner,
        [("AK502", "3")];
    SE_COUNT "X1033" "Segment count wrong",
        "SE01 is not the number of segments that came, ST and SE counted.",
        "The partner checks whether a segment was lost, and sends the set again.", Partner, [("AK502", "4")];
    ST_CODE "X1034" "Set code missing or invalid",
        "ST01 must be three characters such as 850.", "The partner corrects ST01.", Partner, [("AK502", "6")];
    ST_NUMBER "X1035" "Set control number invalid",
        "ST02 must be four to nine letters or digits.", "The partner corrects its numbering.", Partner, [("AK502", "7")];
    ST_DUPLICATE "X1036" "Set control number used twice",
        "Another set of this group has the same ST02.", "The partner numbers its sets uniquely within the group.", Partner,
        [("AK502", "23")];
    SET_TOO_LARGE "X1037" "Transaction set too large",
        "The set is larger than the limit, and was skipped to its end.",
        "Raise `max_set_bytes` if such sets are expected, or ask the partner to split it.", Us, [("AK502", "1")];
    SEGMENT_TOO_LONG "X1038" "Segment too long",
        "No segment terminator came within the limit. What was there was skipped.",
        "The partner checks that every segment ends in the terminator of the ISA.", Partner, [("AK502", "5")];
    EMPTY_SEGMENT "X1039" "Empty segment",
        "Two segment terminators follow each other. The empty segment is neither counted nor read.",
        "The partner writes one terminator only.", Partner, [];
    BINARY_LENGTH "X1040" "Length of binary data wrong",
        "BIN01 or BDS02 is not the number of bytes that follow. The data were read up to the next segment terminator.",
        "The partner corrects the length.", Partner, [("AK403", "4"), ("AK403", "5")];
    WRAPPED_LINES "X1041" "Lines wrapped at a fixed column",
        "The file is broken into lines of equal length, as card images were. The breaks were taken out before it was read.",
        "Nothing needs to be done.", Nobody, [];
    SET_IN_GROUP "X1042" "Set in a group of another kind",
        "The set travels in groups with another GS01 than this one has.", "The partner puts it into a group of its own kind.", Partner,
        [("AK502", "18"), ("AK502", "6")];

    ANSWER_UNCLEAR "X1043" "Acknowledgement unclear",
        "A 997, 999 or TA1 decides nothing, or contradicts itself. What we sent stays open.",
        "Ask the partner what became of it; the partner corrects its acknowledgement.", Partner, [];

    SEGMENT_UNKNOWN "X1101" "Unknown segment",
        "The version does not define a segment with this id.", "The partner corrects the id, or leaves the segment out.", Partner,
        [("AK304", "1")];
    SEGMENT_UNEXPECTED "X1102" "Segment outside its loop",
        "The segment belongs to a loop that was not opened.", "The partner sends the segment that opens the loop before it.", Partner,
        [("AK304", "2")];
    SEGMENT_MISSING "X1103" "Mandatory segment missing",
        "A segment that must be there did not come by the time the next one came.", "The partner adds it.", Partner, [("AK304", "3")];
    LOOP_TOO_OFTEN "X1104" "Loop repeated too often",
        "The loop occurs more often than the set allows.", "The partner sends fewer, or splits the document.", Partner,
        [("AK304", "4")];
    SEGMENT_TOO_OFTEN "X1105" "Segment repeated too often",
        "The segment occurs more often than the set allows at this place.", "The partner sends fewer.", Partner, [("AK304", "5")];
    SEGMENT_NOT_IN_SET "X1106" "Segment not part of this set",
        "The version defines the segment, but this set has no place for it.", "The partner leaves it out.", Partner, [("AK304", "6")];
    SEGMENT_ORDER "X1107" "Segment out of order",
        "The segment is part of the set, but its place was before segments that have come already.",
        "The partner sends the segments in the order of the set's table.", Partner, [("AK304", "7")];
    MORE_FINDINGS "X1199" "More findings than are listed",
        "The set has so many faults that the rest of them is not listed.", "Correct the first ones; they often cause the rest.", Partner,
        [];

    ELEMENT_MISSING "X1201" "Mandatory element missing",
        "The element must have a value.", "The partner fills it in.", Partner, [("AK403", "1")];
    ELEMENT_CONDITION "X1202" "Conditional element missing",
        "A syntax note of the segment asks for this element because of what else is there, or for one of several.",
        "The partner fills it in, or leaves out what asks for it.", Partner, [("AK403", "2")];
    TOO_MANY_ELEMENTS "X1203" "Too many elements",
        "The segment has more elements than the version defines.", "The partner leaves the surplus out.", Partner, [("AK403", "3")];
    ELEMENT_TOO_SHORT "X1204" "Value too short",
        "The value has fewer characters than the element's minimum.", "The partner sends the full value.", Partner, [("AK403", "4")];
    ELEMENT_TOO_LONG "X1205" "Value too long",
        "The value has more characters than the element's maximum. Sign and decimal point do not count.",
        "The partner shortens it.", Partner, [("AK403", "5")];
    INVALID_CHARACTER "X1206" "Invalid character",
        "The value holds a character that the element's type does not allow, or a delimiter.", "The partner corrects the value.", Partner,
        [("AK403", "6")];
    INVALID_CODE "X1207" "Value not in the code list",
        "The element takes only the values of its code list, and this is none of them.",
        "The partner sends a listed value; or, if you agreed on this one, the profile allows it.", Partner, [("AK403", "7")];
    INVALID_DATE "X1208" "Invalid date",
        "The value is no day of the calendar.", "The partner corrects the date.", Partner, [("AK403", "8")];
    INVALID_TIME "X1209" "Invalid time",
        "The value is no time of day.", "The partner corrects the time.", Partner, [("AK403", "9")];
    EXCLUSION "X1210" "Elements exclude each other",
        "A syntax note of the segment allows only one of these elements.", "The partner sends one of them.", Partner, [("AK403", "10")];
    TOO_MANY_REPETITIONS "X1212" "Element repeated too often",
        "The element is repeated more often than the version allows.", "The partner sends fewer.", Partner, [("AK403", "12")];
    TOO_MANY_COMPONENTS "X1213" "Too many components",
        "The composite has more components than the version defines.", "The partner leaves the surplus out.", Partner, [("AK403", "3")];
    BLANK_VALUE "X1214" "Value of blanks only",
        "An element without a value is left empty, not filled with blanks. It is read as empty.",
        "The partner leaves the element empty.", Partner, [];
    CHARACTER_SET "X1215" "Character outside the agreed set",
        "The value holds characters that the character set of the partner's guide does not have. It was read all the same.",
        "The partner writes it with the characters you agreed on; or the profile allows a larger set.", Partner, [("AK403", "6")];
    GUIDE_MISSING "X1221" "Element missing that the guide asks for",
        "The standard does not ask for this element, but the guide agreed with the partner does.",
        "The partner fills it in; or the profile's guide is relaxed.", Partner, [("AK403", "1")];
    GUIDE_CODE "X1222" "Value that the guide does not allow",
        "The standard allows this value, but the guide agreed with the partner does not.",
        "The partner sends an agreed value; or the profile's guide allows it.", Partner, [("AK403", "7")];
    GUIDE_TOO_LONG "X1223" "Value longer than the guide allows",
        "The standard allows this length, but the guide agreed with the partner does not.",
        "The partner shortens it; or the profile's guide allows more.", Partner, [("AK403", "5")];
    GUIDE_SEGMENT_MISSING "X1224" "Segment missing that the guide asks for",
        "The standard does not ask for this segment in this place, but the guide agreed with the partner does.",
        "The partner adds it; or the profile's guide is relaxed.", Partner, [("AK304", "3")];
    GUIDE_LOOP_MISSING "X1225" "Loop missing that the guide asks for",
        "The standard does not ask for this loop in this place, but the guide agreed with the partner does.",
        "The partner adds it; or the profile's guide is relaxed.", Partner, [("AK304", "3")];
    GUIDE_SEGMENT_UNUSED "X1226" "Segment that the guide does not use",
        "The standard has a place for this segment, but the guide agreed with the partner leaves it out.",
        "The partner leaves it out; or the profile's guide allows it.", Partner, [("AK304", "2")];
    GUIDE_ELEMENT_UNUSED "X1227" "Element that the guide does not use",
        "The standard allows a value here, but the guide agreed with the partner leaves the element empty.",
        "The partner leaves it empty; or the profile's guide allows it.", Partner, [("AK403", "3")];

    CHECK_DIGIT_WRONG "X1301" "Check digit wrong",
        "The last digit of a GTIN, GLN or SSCC follows from the others, and this one does not: a digit is wrong somewhere.",
        "The partner corrects the number.", Partner, [];
    LINE_COUNT "X1302" "Line count wrong",
        "CTT01 is not the number of lines of the set.", "The partner checks whether a line was lost.", Partner, [];
    HASH_TOTAL "X1303" "Hash total wrong",
        "CTT02 is not the sum of the quantities of the lines.", "The partner checks its quantities.", Partner, [];
    HL_PARENT "X1304" "Level without its parent",
        "HL02 names no other level of the set, or the level belongs to itself. It is read as one at the top.",
        "The partner corrects HL02.", Partner, [];
    HL_DUPLICATE "X1305" "Level id used twice",
        "Two HL of the set have the same HL01. What belongs to that id is read as belonging to the later one.",
        "The partner numbers its levels uniquely within the set.", Partner, [];
    HL_CHILDREN "X1306" "Level says otherwise than its tree",
        "HL04 says that levels follow below this one, or that none do, and it is the other way round.",
        "The partner corrects HL04, or checks whether a level was lost.", Partner, [];
    LOOP_BOUND "X1307" "Bounded loop ends under another name",
        "LE01 is not the loop identifier of the LS before it.", "The partner corrects LE01.", Partner, [];
}

register! {
    EDIFACT;
    UNB_UNREADABLE "E1001" "Interchange header unreadable",
        "Bytes that begin with UNA or UNB are not an interchange header: it begins UNB, a separator, and a syntax identifier such as UNOC.",
        "The partner sends the file again with a complete UNB.", Partner, [];
    UNA_UNSUITABLE "E1003" "Unsuitable service character",
        "The characters of the UNA must differ and be neither letters, digits nor blanks (the release character may be a blank: none).",
        "The partner chooses other service characters.", Partner, [("UCI05", "20")];
    UNB_SYNTAX "E1005" "Syntax version not supported",
        "0002 must be 1 to 4. The interchange was read as syntax 3.", "The partner corrects the UNB.", Partner, [("UCI05", "2")];
    UNZ_MISSING "E1006" "Interchange trailer missing",
        "The interchange has no UNZ: the input or the next interchange came first. The rest of it may be lost.",
        "The partner sends the whole interchange again.", Partner, [("UCI05", "13")];
    UNZ_REFERENCE "E1007" "Interchange references differ",
        "0020 of the UNZ is not that of the UNB: header and trailer may be of different interchanges.",
        "The partner corrects the trailer and sends it again.", Partner, [("UCI05", "28")];
    UNZ_COUNT "E1008" "Interchange count wrong",
        "0036 is not the number of messages (or of groups, where there are groups) that came.",
        "The partner checks whether one was lost, and sends the interchange again.", Partner, [("UCI05", "29")];
    INTERCHANGE_EMPTY "E1009" "Interchange empty",
        "There is neither a message nor a group in the interchange.", "The partner sends it with its messages.", Partner,
        [("UCI05", "32")];
    UNB_DATE "E1010" "Date or time of preparation invalid",
        "S004 must be a calendar date and a time of day: YYMMDD:HHMM, in syntax 4 CCYYMMDD:HHMM.", "The partner corrects them.",
        Partner, [("UCI05", "12")];
    UNB_CHARSET "E1011" "Character set not known",
        "0001 is not one of UNOA to UNOL, UNOW, UNOX and UNOY. Text was read as UTF-8, else ISO 8859-1.",
        "The partner names the character set the data is in.", Partner, [("UCI05", "46")];
    GROUPS_MIXED "E1012" "Groups and messages mixed",
        "Some messages of the interchange stand in groups, others outside. Either all do, or none.",
        "The partner puts all messages into groups, or none.", Partner, [("UCI05", "30")];
    OUTSIDE_MESSAGE "E1013" "Segments outside any message",
        "Between header and trailer of interchange and group only messages may stand. These segments were not read.",
        "The partner puts them into a message (UNH to UNT) and sends it again.", Partner, [("UCI05", "33"), ("UCF05", "33")];
    OBJECT_PASSED_OVER "E1014" "Object passed over",
        "A package (UNO to UNP) holds an object such as a drawing, not a message. It was not read.", "Nothing needs to be done.",
        Nobody, [];
    SECURITY_PASSED_OVER "E1015" "Security segments passed over",
        "Security headers and trailers (USA, USC, USH, USR, UST) stand around messages. They were not checked.",
        "Nothing needs to be done, unless you agreed on signatures.", Nobody, [];
    UNO_INCOMPLETE "E1016" "Object not ended",
        "A package (UNO) has no UNP. What follows it in the interchange may be lost.", "The partner sends it again.", Partner,
        [("UCI05", "13"), ("UCF05", "13")];

    UNE_MISSING "E1021" "Group trailer missing",
        "The group has no UNE: messages of it may be lost.", "The partner sends the group again.", Partner, [("UCF05", "13")];
    UNE_REFERENCE "E1022" "Group references differ",
        "0048 of the UNE is not that of the UNG.", "The partner corrects the trailer and sends the group again.", Partner,
        [("UCF05", "28")];
    UNE_COUNT "E1023" "Message count wrong",
        "0060 is not the number of messages that came in the group.",
        "The partner checks whether one was lost, and sends the group again.", Partner, [("UCF05", "29")];
    UNG_DUPLICATE "E1025" "Group reference used twice",
        "Another group of this interchange has the same 0048.", "The partner numbers its groups uniquely.", Partner, [("UCF05", "26")];
    GROUP_TYPES "E1026" "More than one message type in a group",
        "All messages of a group have the type that 0038 of its UNG names.", "The partner makes a group for each type.", Partner,
        [("UCF05", "31")];
    GROUP_EMPTY "E1027" "Group empty", "There is no message in the group.", "The partner sends it with its messages.", Partner,
        [("UCF05", "32")];
    UNG_DATE "E1028" "Group date or time invalid",
        "S004 of the UNG must be a calendar date and a time of day. The group is read all the same.", "The partner corrects them.",
        Partner, [];

    UNT_MISSING "E1031" "Message trailer missing",
        "The message has no UNT: segments of it may be lost.", "The partner sends the message again.", Partner, [("UCM04", "13")];
    UNT_REFERENCE "E1032" "Message references differ",
        "0062 of the UNT is not that of the UNH.", "The partner corrects the trailer and sends the message again.", Partner,
        [("UCM04", "28")];
    UNT_COUNT "E1033" "Segment count wrong",
        "0074 is not the number of segments that came, UNH and UNT counted.",
        "The partner checks whether a segment was lost, and sends the message again.", Partner, [("UCM04", "29")];
    UNH_DUPLICATE "E1036" "Message reference used twice",
        "Another message of this interchange (or group) has the same 0062.", "The partner numbers its messages uniquely.", Partner,
        [("UCM04", "26")];
    MESSAGE_TOO_LARGE "E1037" "Message too large",
        "The message is larger than the limit, and was skipped to its end.",
        "Raise `max_set_bytes` if such messages are expected, or ask the partner to split it.", Us, [("UCM04", "18")];
    TOO_LONG_SEGMENT "E1038" "Segment too long",
        "No segment terminator came within the limit. What was there was skipped.",
        "The partner checks that every segment ends in the terminator in force.", Partner, [("UCM04", "18"), ("UCI05", "18")];
    SEGMENT_EMPTY "E1039" "Empty segment",
        "Two segment terminators follow each other. The empty segment is neither counted nor read.",
        "The partner writes one terminator only.", Partner, [];

    LINE_BREAKS "E1040" "Line breaks inside segments",
        "Line ends stand within segments, as in files wrapped at 80 columns. They were taken out.",
        "The partner sends the file without them, or only behind segment terminators.", Partner, [];

    TAG_UNKNOWN "E1101" "Unknown segment",
        "The directory does not have a segment with this tag for any message known here.",
        "The partner corrects the tag, or leaves the segment out.", Partner, [("UCS02", "15")];
    TAG_UNEXPECTED "E1102" "Segment outside its group",
        "The segment belongs to a segment group that was not opened.",
        "The partner sends the segment that opens the group before it.", Partner, [("UCS02", "15")];
    TAG_MISSING "E1103" "Mandatory segment missing",
        "A segment that must be there did not come by the time the next one came.", "The partner adds it.", Partner, [("UCS02", "13")];
    GROUP_TOO_OFTEN "E1104" "Segment group repeated too often",
        "The segment group occurs more often than the message allows.", "The partner sends fewer, or splits the document.", Partner,
        [("UCS02", "36")];
    TAG_TOO_OFTEN "E1105" "Segment repeated too often",
        "The segment occurs more often than the message allows at this place.", "The partner sends fewer.", Partner,
        [("UCS02", "35")];
    TAG_NOT_IN_MESSAGE "E1106" "Segment not part of this message",
        "The directory has the segment, but this message has no place for it.", "The partner leaves it out.", Partner,
        [("UCS02", "15")];
    TAG_ORDER "E1107" "Segment out of order",
        "The segment is part of the message, but its place was before segments that have come already.",
        "The partner sends the segments in the order of the message's table.", Partner, [("UCS02", "15")];
    FURTHER_FINDINGS "E1199" "More findings than are listed",
        "The message has so many faults that the rest of them is not listed.",
        "Correct the first ones; they often cause the rest.", Partner, [];

    VALUE_MISSING "E1201" "Mandatory element missing",
        "The element or component must have a value.", "The partner fills it in.", Partner,
        [("UCD01", "13"), ("UCM04", "13"), ("UCF05", "13"), ("UCI05", "13")];
    DEPENDENCY "E1202" "Dependency between elements broken",
        "A dependency note of the segment asks for this element because of what else is there, or for one of several.",
        "The partner fills it in, or leaves out what asks for it.", Partner,
        [("UCD01", "48"), ("UCM04", "48"), ("UCF05", "48"), ("UCI05", "48")];
    ELEMENTS_TOO_MANY "E1203" "Too many elements",
        "The segment has more elements than the directory defines.", "The partner leaves the surplus out.", Partner,
        [("UCD01", "16"), ("UCM04", "16"), ("UCF05", "16"), ("UCI05", "16")];
    VALUE_TOO_SHORT "E1204" "Value too short",
        "The value has fewer characters than the element must have.", "The partner sends the full value.", Partner,
        [("UCD01", "40"), ("UCM04", "40"), ("UCF05", "40"), ("UCI05", "40")];
    VALUE_TOO_LONG "E1205" "Value too long",
        "The value has more characters than the element may have. Sign and decimal mark of a number do not count.",
        "The partner shortens it.", Partner, [("UCD01", "39"), ("UCM04", "39"), ("UCF05", "39"), ("UCI05", "39")];
    CHARACTER_INVALID "E1206" "Invalid character",
        "The value holds a control character, or bytes that are no character of any set.", "The partner corrects the value.", Partner,
        [("UCD01", "21"), ("UCM04", "21"), ("UCF05", "21"), ("UCI05", "21")];
    CODE_INVALID "E1207" "Value not in the code list",
        "The element takes only the values of its code list, and this is none of them. Where the message follows the subset of an association, or names another list, this is a warning.",
        "The partner sends a listed value; or, if you agreed on this one, the profile allows it.", Partner,
        [("UCD01", "12"), ("UCM04", "12"), ("UCF05", "12"), ("UCI05", "12")];
    DATE_INVALID "E1208" "Invalid date or time",
        "The value is no date, time or period of the format that 2379 names.", "The partner corrects it.", Partner,
        [("UCD01", "12")];
    DEPENDENCY_EXCLUSION "E1210" "Elements exclude each other",
        "A dependency note of the segment allows only one of these elements.", "The partner sends one of them.", Partner,
        [("UCD01", "48"), ("UCM04", "48"), ("UCF05", "48"), ("UCI05", "48")];
    DECIMAL_NOTATION "E1211" "Invalid decimal notation",
        "The number has a decimal mark that is not in force, more than one, or none of its digits behind it.",
        "The partner corrects the number.", Partner, [("UCD01", "19"), ("UCM04", "19"), ("UCF05", "19"), ("UCI05", "19")];
    REPETITIONS_TOO_MANY "E1212" "Element repeated too often",
        "The element is repeated more often than the directory allows.", "The partner sends fewer.", Partner,
        [("UCD01", "35"), ("UCM04", "35"), ("UCF05", "35"), ("UCI05", "35")];
    COMPONENTS_TOO_MANY "E1213" "Too many components",
        "The element has more components than the directory defines.", "The partner leaves the surplus out.", Partner,
        [("UCD01", "16"), ("UCM04", "16"), ("UCF05", "16"), ("UCI05", "16")];
    VALUE_BLANK "E1214" "Value of blanks only",
        "An element without a value is left empty, not filled with blanks. It is read as empty.",
        "The partner leaves the element empty.", Partner, [];
    CHARACTER_TYPE "E1215" "Invalid type of character",
        "A numeric element holds something other than a number, or an alphabetic one a digit.", "The partner corrects the value.", Partner,
        [("UCD01", "37"), ("UCM04", "37"), ("UCF05", "37"), ("UCI05", "37")];
    DIGIT_BEFORE_MARK "E1216" "Missing digit in front of the decimal mark",
        "A number has at least one digit in front of its decimal mark: 0.5, not .5.", "The partner adds the zero.", Partner,
        [("UCD01", "38"), ("UCM04", "38"), ("UCF05", "38"), ("UCI05", "38")];
    CHARACTER_FOREIGN "E1217" "Character outside the declared set",
        "The value holds a character that the set of the UNB does not have. It was read all the same.",
        "The partner declares the set the data is in (UNOC for Western European, UNOW for UTF-8), or leaves the character out.",
        Partner, [];
    TRAILING_SEPARATOR "E1218" "Trailing separator",
        "Separators behind the last value of a segment or composite are left out in EDIFACT. It was read all the same.",
        "The partner leaves them out.", Partner, [];
    CHECK_DIGIT "E1219" "Check digit wrong",
        "The last digit of a GTIN, GLN or SSCC follows from the others. The number may be mistyped.",
        "The partner checks the number.", Partner, [];
    CONTROL_TOTAL "E1220" "Control total wrong",
        "The total of the CNT segment is not what came: lines may be lost, or were counted differently.",
        "Ask the partner which of the two is right.", Partner, [];
}

/// What an X12 code of the schema engine is called in EDIFACT.
pub(crate) fn edifact(code: Code) -> Code {
    const NAMES: &[(Code, Code)] = &[
        (SEGMENT_UNKNOWN, TAG_UNKNOWN),
        (SEGMENT_UNEXPECTED, TAG_UNEXPECTED),
        (SEGMENT_MISSING, TAG_MISSING),
        (LOOP_TOO_OFTEN, GROUP_TOO_OFTEN),
        (SEGMENT_TOO_OFTEN, TAG_TOO_OFTEN),
        (SEGMENT_NOT_IN_SET, TAG_NOT_IN_MESSAGE),
        (SEGMENT_ORDER, TAG_ORDER),
        (MORE_FINDINGS, FURTHER_FINDINGS),
        (ELEMENT_MISSING, VALUE_MISSING),
        (ELEMENT_CONDITION, DEPENDENCY),
        (TOO_MANY_ELEMENTS, ELEMENTS_TOO_MANY),
        (ELEMENT_TOO_SHORT, VALUE_TOO_SHORT),
        (ELEMENT_TOO_LONG, VALUE_TOO_LONG),
        (INVALID_CHARACTER, CHARACTER_INVALID),
        (INVALID_CODE, CODE_INVALID),
        (EXCLUSION, DEPENDENCY_EXCLUSION),
        (TOO_MANY_REPETITIONS, REPETITIONS_TOO_MANY),
        (TOO_MANY_COMPONENTS, COMPONENTS_TOO_MANY),
        (BLANK_VALUE, VALUE_BLANK),
    ];
    NAMES.iter().find(|(x12, _)| *x12 == code).map_or(code, |&(_, edifact)| edifact)
}
