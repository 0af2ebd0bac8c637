//! The answers, as text: CONTRL for good, bad and half-good interchanges, in syntax 3 and 4; and read back.
//!
//! The expected answer of each 0083 and 0085 code was written down from ISO 9735 before it was held against the engine.

use super::{ORDER, Reading, counted, order_with, read, read_with};
use portway_edi::acknowledgement::Tolerance;
use portway_edi::edifact::contrl::{self, Action, Control, Fault, Report};
use portway_edi::edifact::writer::Envelope;
use portway_edi::examination::examine_with;
use portway_edi::interchange::{Event, Limits, PartyId};
use portway_edi::reader::Reader;
use portway_edi::schema::Guide;
use portway_edi::{Code, Delimiters, Finding, Place, Severity};
use std::collections::BTreeSet;

pub fn envelope(version: u8) -> Envelope {
    let party = |id: &str| PartyId { qualifier: "14".to_string(), id: id.to_string() };
    Envelope {
        syntax: "UNOC".to_string(),
        syntax_version: version,
        sender: party("4098765000010"),
        receiver: party("4012345000009"),
        sender_internal: String::new(),
        receiver_internal: String::new(),
        date: "20260106".to_string(),
        time: "0815".to_string(),
        reference: "41".to_string(),
        application: String::new(),
        agreement: String::new(),
        acknowledgement_requested: false,
        test: true,
        service_string: false,
        delimiters: Delimiters { repetition: (version == 4).then_some(b'*'), ..Delimiters::EDIFACT },
    }
}

fn write(reading: &Reading, version: u8, report: Report) -> Option<String> {
    let bytes = contrl::write(&reading.results[0], &envelope(version), report).unwrap()?;
    // Our own answers are clean by our own reader and schema.
    let own = read(&bytes);
    assert!(own.findings.is_empty(), "{} {:?}", String::from_utf8_lossy(&bytes), own.findings);
    assert!(contrl::write(&own.results[0], &envelope(version), report).unwrap().is_none());
    Some(String::from_utf8(bytes).unwrap())
}

/// What is answered between UNH and UNT.
fn answer(reading: &Reading, version: u8, report: Report) -> Vec<String> {
    let text = write(reading, version, report).unwrap();
    let segments: Vec<String> = text.split_terminator('\'').map(str::to_string).collect();
    segments[2..segments.len() - 2].to_vec()
}

fn control(text: &str) -> Control {
    let mut reader = portway_edi::edifact::reader::Reader::new(text.as_bytes(), Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Set(set) = event {
            return contrl::read(&set).unwrap();
        }
    }
    panic!("no message");
}

const UCI: &str = "UCI+77+4012345000009:14+4098765000010:14+";

#[test]
fn a_clean_order_is_acknowledged() {
    let reading = read(counted(ORDER).as_bytes());
    assert_eq!(
        write(&reading, 3, Report::Verdict).unwrap(),
        "UNB+UNOC:3+4098765000010:14+4012345000009:14+260106:0815+41++++++1'UNH+1+CONTRL:D:3:UN'\
         UCI+77+4012345000009:14+4098765000010:14+7'UNT+3+1'UNZ+1+41'"
    );
    assert_eq!(
        write(&reading, 4, Report::EveryMessage).unwrap(),
        "UNB+UNOC:4+4098765000010:14+4012345000009:14+20260106:0815+41++++++1'UNH+1+CONTRL:4:1:UN'\
         UCI+77+4012345000009:14+4098765000010:14+7'UCM+1+ORDERS:D:96A:UN:EAN008+7'UNT+4+1'UNZ+1+41'"
    );
    assert_eq!(answer(&reading, 3, Report::Receipt), [format!("{UCI}8")]);
}

/// What stands in the order, what replaces it, and what is answered behind the UCI up to its action.
const ANSWERS: &[(&str, &str, &[&str])] = &[
    // 0085 2, 12, 13, 20, 28, 29, 32, 33, 39, 40, 37 of the interchange: action 4, service segment, and the element, the tag
    // being the first.
    ("UNOC:3", "UNOC:9", &["4+2+UNB+2:2"]),
    ("260105:0930", "260199:0930", &["4+12+UNB+5"]),
    ("+260105:0930+77", "++77", &["4+13+UNB+5"]),
    ("UNZ+1+77'", "", &["4+13+UNZ"]),
    ("UNOC:3:", "UNOC:3:", &["7"]),
    ("UNA:+.? '", "UNA++.? '", &["4+20+UNA"]),
    ("UNZ+1+77", "UNZ+1+78", &["4+28+UNZ+3"]),
    ("UNZ+1+77", "UNZ+2+77", &["4+29+UNZ+2"]),
    ("UNZ+1+77", "ABC+1'UNZ+1+77", &["4+33"]),
    ("260105:0930", "260105:09300", &["4+39+UNB+5:2"]),
    ("260105:0930", "260105:93", &["4+40+UNB+5:2"]),
    ("UNZ+1+77", "UNZ+A+77", &["4+37+UNZ+2"]),
    // Of the message.
    ("UNT+#+1'", "", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4+13+UNT"]),
    ("UNT+#+1", "UNT+#+9", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4+28+UNT+3"]),
    ("UNT+#+1", "UNT+3+1", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4+29+UNT+2"]),
    // Of segments: 13, 15, 35.
    ("BGM+220+4500123+9'", "", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+1+13"]),
    ("UNS+S'", "", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+8+13"]),
    ("NAD+BY", "XXX+1'NAD+BY", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+4+15"]),
    (
        "BGM+220+4500123+9'",
        "BGM+220+4500123+9'BGM+220'",
        &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+3+35"],
    ),
    // Of elements: 12, 13, 16, 19, 21, 37, 38, 39, 40, two in one segment.
    ("20260105:102", "20260230:102", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+3", "UCD+12+2:2"]),
    ("DTM+137:", "DTM+:", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+3", "UCD+13+2:1"]),
    ("220+4500123+9", "220+4500123+9+AB+1", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+2", "UCD+16+6"]),
    ("QTY+21:4", "QTY+21:4,5", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+7", "UCD+19+2:2"]),
    ("220+4500123", "220+45\x0100123", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+2", "UCD+21+3"]),
    ("QTY+21:4", "QTY+21:A", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+7", "UCD+37+2:2"]),
    ("QTY+21:4", "QTY+21:.4", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+7", "UCD+38+2:2"]),
    ("QTY+21:4", "QTY+2121:A", &["7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+7", "UCD+39+2:1", "UCD+37+2:2"]),
    // What is no error is not reported: a character outside the set, a wrong check digit, an unlisted code of a subset.
    ("220+4500123+9", "220+4500123+999", &["7"]),
    ("4006381333931", "4006381333932", &["7"]),
];

/// Codes of 0085, why no input of a partner is answered with them.
pub const NEVER: &[(&[&str], &str)] = &[
    (&["1", "3", "4", "5", "6", "8", "9", "10", "11"], "older than the CONTRL, which does not use them"),
    (&["14"], "a value is wrong wherever it stands (12), or the segment is (15)"),
    (&["22", "24", "25"], "separators, age and tests are not agreed on in profiles"),
    (&["23", "43"], "who does not know the sender has nobody to answer; an address that is not ours is 7"),
    (&["27", "47"], "security segments are not acted upon"),
    (&["34"], "groups are not nested"),
    (&["41", "42"], "told by the transport"),
    (&["45"], "trailing separators are read all the same: a warning"),
    (&["46"], "a character set that is not known is read all the same: a warning"),
];

/// Answered in tests of their own, below; 7 and 17 are the gateway's, from its stations and profiles.
const ELSEWHERE: &[&str] = &["7", "17", "18", "26", "30", "31", "32", "36", "48"];

#[test]
fn every_code_of_0085_has_a_case_or_a_reason() {
    let Some(samples) = crate::samples::published() else { return };
    let mut listed = BTreeSet::new();
    for version in ["v3", "v4"] {
        let table = samples.join(format!("../reference/edifact/service/{version}/codes.tsv"));
        let Ok(table) = std::fs::read_to_string(&table) else {
            println!("skipped: {} is not there", table.display());
            return;
        };
        let rows = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        listed.extend(rows.filter(|row| row[0] == "0085").map(|row| row[1].to_string()));
    }
    let mut known: BTreeSet<String> =
        NEVER.iter().flat_map(|(codes, _)| *codes).map(|c| c.to_string()).collect();
    known.extend(ELSEWHERE.iter().map(|c| c.to_string()));
    for (from, to, _) in ANSWERS.iter().filter(|(from, to, _)| from != to) {
        let answer = control(&write(&read(order_with(from, to).as_bytes()), 3, Report::Verdict).unwrap());
        let messages = answer.messages.into_iter();
        let faults = messages.flat_map(|m| m.faults.into_iter().chain(m.error)).chain(answer.error);
        known.extend(faults.map(|fault| fault.code).filter(|code| !code.is_empty()));
    }
    assert_eq!(known, listed);
}

#[test]
fn each_code_is_answered_at_its_place() {
    let mut wrong = Vec::new();
    for (from, to, expected) in ANSWERS.iter().filter(|(from, to, _)| from != to) {
        let reading = read(order_with(from, to).as_bytes());
        let found = answer(&reading, 3, Report::Verdict);
        let mut expected: Vec<String> = expected.iter().map(|s| s.to_string()).collect();
        expected[0] = format!("{UCI}{}", expected[0]);
        if found != expected {
            wrong.push(format!("{from} -> {to}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn grouped(groups: &[(&str, &str)]) -> String {
    let text = counted(ORDER);
    let message = &text[text.find("UNH").unwrap()..text.find("UNZ").unwrap()];
    let mut out = "UNB+UNOC:3+4012345000009:14+4098765000010:14+260105:0930+77'".to_string();
    for (reference, une) in groups {
        out += &format!("UNG+ORDERS+A+B+260105:0930+{reference}+UN+D:96A:EAN008'{message}{une}");
    }
    out + &format!("UNZ+{}+77'", groups.len())
}

#[test]
fn codes_that_take_more_than_one_replacement() {
    let text = counted(ORDER);
    let message = &text[text.find("UNH").unwrap()..text.find("UNZ").unwrap()];
    // 26: the same message reference twice. Good messages go on.
    let twice = text.replace("UNZ+1", &format!("{message}UNZ+2"));
    assert_eq!(
        answer(&read(twice.as_bytes()), 3, Report::Verdict)[1..],
        ["UCM+1+ORDERS:D:96A:UN:EAN008+4+26+UNH+2"]
    );
    // 30: groups and messages mixed.
    let mixed = grouped(&[("5", "UNE+1+5'")]).replace("UNG", &format!("{message}UNG"));
    assert_eq!(answer(&read(mixed.as_bytes()), 3, Report::Verdict), [format!("{UCI}4+30+UNG")]);
    // 32: nothing in it.
    let empty = text.replace(message, "").replace("UNZ+1", "UNZ+0");
    assert_eq!(answer(&read(empty.as_bytes()), 3, Report::Verdict), [format!("{UCI}4+32+UNB")]);
    // 36: a segment group too often.
    let often = order_with("NAD+BY", &format!("{}NAD+BY", "RFF+ON:1'".repeat(11)));
    assert_eq!(answer(&read(often.as_bytes()), 3, Report::Verdict)[2..], ["UCS+14+36"]);
    // 18: no code for it.
    let tight = Limits { max_set_bytes: 100, ..Limits::default() };
    let large = read_with(text.as_bytes(), tight, Tolerance::Strict);
    assert_eq!(answer(&large, 3, Report::Verdict)[1..], ["UCM+1+ORDERS:D:96A:UN:EAN008+4+18+UNH"]);
    // Syntax 4 has no 19 and no 38: 12 says it.
    let number = read(order_with("QTY+21:4", "QTY+21:4,5").as_bytes());
    assert_eq!(answer(&number, 4, Report::Verdict)[3..], ["UCD+12+2:2"]);
}

#[test]
fn groups_have_their_ucf() {
    let clean = read(grouped(&[("5", "UNE+1+5'")]).as_bytes());
    assert_eq!(answer(&clean, 3, Report::Verdict), [format!("{UCI}7")]);
    let bad = grouped(&[("5", "UNE+1+5'"), ("6", "UNE+3+6'"), ("7", "UNE+1+8'"), ("8", "")]);
    assert_eq!(
        answer(&read(bad.as_bytes()), 3, Report::Verdict)[1..],
        ["UCF+6+A+B+4+29+UNE+2", "UCF+7+A+B+4+28+UNE+3", "UCF+8+A+B+4+13+UNE"]
    );
    let inner = grouped(&[("5", "UNE+1+5'")]).replace("QTY+21:4", "QTY+21:A");
    assert_eq!(
        answer(&read(inner.as_bytes()), 3, Report::Verdict)[1..],
        ["UCF+5+A+B+7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+7", "UCD+37+2:2"]
    );
    let control = control(&write(&read(inner.as_bytes()), 3, Report::Verdict).unwrap());
    assert_eq!(control.verdict(Some("5"), "1"), Action::Rejected);
    assert_eq!(control.verdict(Some("6"), "1"), Action::Acknowledged);
}

/// What only a gateway knows: the partner, agreements, what came before.
#[test]
fn codes_that_the_gateway_finds_are_answered_too() {
    // Syntax 4 has no 27, 34, 41, 42 and 43.
    let cases = [
        ("7", "7"),
        ("14", "14"),
        ("17", "17"),
        ("22", "22"),
        ("23", "23"),
        ("24", "24"),
        ("25", "25"),
        ("26", "26"),
        ("27", "18"),
        ("34", "18"),
        ("41", "18"),
        ("42", "18"),
        ("43", "7"),
    ];
    for (code, in_4) in cases {
        let mut reading = read(counted(ORDER).as_bytes());
        let place = Place { segment: Some("UNB".to_string()), element: Some(2), ..Place::default() };
        let finding =
            Finding::new(Code("X1050"), Severity::Error, place, "not agreed").with_answer("UCI05", code);
        reading.results[0].findings.push(finding);
        assert_eq!(answer(&reading, 3, Report::Verdict), [format!("{UCI}4+{code}+UNB+3")]);
        assert_eq!(answer(&reading, 4, Report::Verdict), [format!("{UCI}4+{in_4}+UNB+3")]);
    }
    // Syntax 3 has no 45 to 48.
    for (code, in_3) in [("45", "18"), ("46", "2"), ("47", "18"), ("48", "18")] {
        let mut reading = read(counted(ORDER).as_bytes());
        let finding =
            Finding::new(Code("X1050"), Severity::Error, Place::default(), "no").with_answer("UCI05", code);
        reading.results[0].findings.push(finding);
        assert_eq!(answer(&reading, 3, Report::Verdict), [format!("{UCI}4+{in_3}")]);
        assert_eq!(answer(&reading, 4, Report::Verdict), [format!("{UCI}4+{code}")]);
    }
}

#[test]
fn an_answer_goes_back_the_way_the_interchange_came() {
    let text = counted(
        &ORDER.replace("4012345000009:14+", "4012345000009:14:DEPT7+").replace("++++1'", "++++1++1'"),
    );
    let reading = read(text.as_bytes());
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    let envelope = Envelope::answering(&reading.results[0].header, "41", "20260106", "0815");
    let bytes = contrl::write(&reading.results[0], &envelope, Report::Verdict).unwrap().unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "UNB+UNOC:3+4098765000010:14+4012345000009:14:DEPT7+260106:0815+41++++++1'UNH+1+CONTRL:D:3:UN'\
         UCI+77+4012345000009:14:DEPT7+4098765000010:14+7'UNT+3+1'UNZ+1+41'"
    );
}

#[test]
fn a_contrl_is_read_back() {
    let bad = read(order_with("QTY+21:4", "QTY+21:A").as_bytes());
    let control = control(&write(&bad, 3, Report::Verdict).unwrap());
    assert_eq!((control.reference.as_str(), control.action), ("77", Action::Acknowledged));
    assert_eq!(control.sender.to_string(), "14:4012345000009");
    let fault = Fault {
        code: "37".to_string(),
        position: Some(7),
        element: Some(1),
        component: Some(2),
        ..Fault::default()
    };
    assert_eq!(control.messages[0].faults, [fault]);
    assert_eq!(control.verdict(None, "1"), Action::Rejected);
    assert_eq!(control.verdict(None, "2"), Action::Acknowledged);
}

/// C076 of the COM may come three times in D.01B. 0136 says which, but not beside a component: D4(020,030).
#[test]
fn the_value_of_a_repeated_element_is_pointed_at_in_syntax_4() {
    let with = |numbers: &str| {
        let text = order_with("LIN+1", &format!("CTA+IC'COM+{numbers}'LIN+1"))
            .replace("UNA:+.? '", "UNA:+.?*'")
            .replace("UNOC:3", "UNOC:4")
            .replace("260105:0930", "20260105:0930")
            .replace("D:96A:UN:EAN008", "D:01B:UN");
        read(text.as_bytes())
    };
    const UCM: &str = "UCM+1+ORDERS:D:01B:UN+4";
    let cases: &[(&str, &[&str])] = &[
        ("1:TE*2:FX*3:EM", &[]),
        ("1:TE*2:FX*3:EM*4:TX", &[UCM, "UCS+7", "UCD+35+2::4"]),
        ("1:TE*2", &[UCM, "UCS+7", "UCD+13+2:2"]),
        ("1:TE*:FX*3:QQQQ", &[UCM, "UCS+7", "UCD+13+2:1", "UCD+39+2:2"]),
    ];
    for (numbers, expected) in cases {
        let reading = with(numbers);
        assert_eq!(answer(&reading, 4, Report::Verdict)[1..], **expected, "{numbers}");
    }
    let too_many = with("1:TE*2:FX*3:EM*4:TX");
    let before: Vec<&str> = cases[1].1[..2].iter().copied().chain(["UCD+35+2"]).collect();
    assert_eq!(answer(&too_many, 3, Report::Verdict)[1..], before);
    let read_back = control(&write(&too_many, 4, Report::Verdict).unwrap());
    let fault = Fault {
        code: "35".to_string(),
        position: Some(7),
        element: Some(1),
        repetition: Some(4),
        ..Fault::default()
    };
    assert_eq!(read_back.messages[0].faults, [fault]);
    // A partner that says both is told so by the note.
    let both = write(&too_many, 4, Report::Verdict).unwrap().replace("2::4", "2:1:4");
    let found: Vec<String> = read(both.as_bytes()).findings.iter().map(super::told).collect();
    assert_eq!(found, ["E1210 UCD:5:02-3 UCD01=48"]);
}

#[test]
fn a_partners_guide_is_answered_in_codes_of_the_contrl() {
    let cases: &[(&str, &[&str])] = &[
        (r#"{ "mandatory_segments": ["LIN/IMD"] }"#, &["UCS+8+13"]),
        (r#"{ "mandatory_segments": ["SG25/IMD", "CUX"] }"#, &["UCS+8+13", "UCS+10+13"]),
        (r#"{ "unused_segments": ["QTY"] }"#, &["UCS+7+15"]),
        (r#"{ "unused": ["LIN03-2", "BGM03"] }"#, &["UCS+2", "UCD+15+4", "UCS+6", "UCD+15+4:2"]),
        (r#"{ "mandatory": ["NAD03"] }"#, &["UCS+4", "UCD+13+4", "UCS+5", "UCD+13+4"]),
        (r#"{ "longest": { "BGM02": 6 } }"#, &["UCS+2", "UCD+39+3"]),
        (r#"{ "codes": { "BGM01": ["221"] } }"#, &["UCS+2", "UCD+12+2"]),
    ];
    for (guide, expected) in cases {
        let guide: Guide = serde_json::from_str(guide).unwrap();
        let text = counted(ORDER);
        let mut reader = Reader::new(text.as_bytes(), Limits::default());
        let examination = examine_with(&mut reader, Tolerance::Strict, |_| Some(&guide), |_, _| {}).unwrap();
        let bytes =
            contrl::write(&examination.interchanges[0], &envelope(3), Report::Verdict).unwrap().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let told = format!("'UCM+1+ORDERS:D:96A:UN:EAN008+4'{}'UNT+", expected.join("'"));
        assert!(text.contains(&told), "{guide:?}\n{told}\n{text}");
    }
}

#[test]
fn uci_alone_covers_every_message() {
    let clean = read(counted(ORDER).as_bytes());
    assert_eq!(control(&write(&clean, 3, Report::Verdict).unwrap()).verdict(None, "1"), Action::Acknowledged);
    assert_eq!(control(&write(&clean, 3, Report::Receipt).unwrap()).verdict(None, "1"), Action::Received);
    let bad = read(order_with("UNZ+1+77", "UNZ+1+78").as_bytes());
    let control = control(&write(&bad, 4, Report::Receipt).unwrap());
    assert_eq!(
        (control.verdict(None, "1"), control.error.unwrap().code),
        (Action::Rejected, "28".to_string())
    );
}

#[test]
fn owed_on_request_or_by_profile() {
    let asking = read(counted(ORDER).as_bytes());
    assert!(contrl::is_owed(&asking.results[0].header, None));
    let quiet = read(order_with("+77++++1'", "+77'").as_bytes());
    assert!(!contrl::is_owed(&quiet.results[0].header, None));
    assert!(contrl::is_owed(&quiet.results[0].header, Some(true)));
    assert!(!contrl::is_owed(&asking.results[0].header, Some(false)));
}

#[test]
fn element_errors_may_be_tolerated() {
    let text = order_with("QTY+21:4", "QTY+21:A");
    let tolerant = read_with(text.as_bytes(), Limits::default(), Tolerance::ElementErrors);
    assert_eq!(answer(&tolerant, 3, Report::Verdict), [format!("{UCI}7")]);
}

#[test]
fn what_is_not_known_of_a_contrl_is_none() {
    let reading = "UNB+UNOC:3+A+B+260105:0930+1'UNH+1+CONTRL:D:3:UN'UCI+1+A+B+5'UNT+3+1'UNZ+1+1'";
    let mut reader = portway_edi::edifact::reader::Reader::new(reading.as_bytes(), Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Set(set) = event {
            assert!(contrl::read(&set).is_none());
        }
    }
}
