//! Each code of the register has a broken sample here, which yields that finding, at its place, and nothing else.

use super::{ORDER, counted, order_with, read, read_with, told};
use portway_edi::acknowledgement::Tolerance;
use portway_edi::finding::CODES;
use portway_edi::interchange::Limits;
use std::collections::BTreeSet;

/// What stands in the order, what replaces it, and the findings.
const BROKEN: &[(&str, &str, &[&str])] = &[
    (
        "UNA:+.? 'UNB+UNOC:3",
        "UNB+UN:3",
        &[
            "E1001 'UNB+UN:3+4012345000009:14+4098765000010:14+260105:0930+77++++1'UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220'",
        ],
    ),
    ("UNA:+.? '", "UNA:+.?'", &["E1003 UNA UCI05=20"]),
    ("UNA:+.? '", "UNA++.? '", &["E1003 UNA UCI05=20"]),
    ("UNOC:3", "UNOC:7", &["E1005 UNB:01-2 '7' UCI05=2"]),
    ("UNZ+1+77'", "", &["E1006 UNZ UCI05=13"]),
    ("UNZ+1+77", "UNZ+1+78", &["E1007 UNZ:02 '78' UCI05=28"]),
    ("UNZ+1+77", "UNZ+2+77", &["E1008 UNZ:01 '2' UCI05=29"]),
    ("260105:0930", "260229:0930", &["E1010 UNB:04 '260229:0930' UCI05=12"]),
    ("UNOC:3", "UNOZ:3", &["E1011 UNB:01-1 'UNOZ' (warning)"]),
    ("UNZ+1", "FTX+AAI'UNZ+1", &["E1013 FTX 'FTX+AAI'' UCI05=33"]),
    ("UNZ+1", "USR+1'UNZ+1", &["E1015 US (note)"]),
    ("BGM+220", "USH+1+2'BGM+220", &["E1015 US:2 (note)"]),
    ("UNZ+1", "UNO+A1+AAA:1++5'1'2'3UNP+5+A1'UNZ+2", &["E1014 UNO (note)"]),
    ("UNZ+1", "UNO+A1+AAA:1++3'ABCUNZ+2", &["E1014 UNO (note)", "E1016 UNO UCI05=13"]),
    ("UNT+#+1'", "", &["E1031 UNT:11 UCM04=13"]),
    ("UNT+#+1", "UNT+#+2", &["E1032 UNT:11:02 '2' UCM04=28"]),
    ("UNT+#", "UNT+99", &["E1033 UNT:11:01 '99' UCM04=29"]),
    ("UNS+S'", "UNS+S''", &["E1039 (warning)"]),
    ("4500123+9'", "45\r\n00123+9'", &["E1040 (warning)"]),
    ("UNS+S'", "XYZ+1'UNS+S'", &["E1101 XYZ:9 UCS02=15"]),
    ("LIN+1++", "UNS+D'LIN+1++", &["E1107 LIN:7 UCS02=15", "E1105 UNS:10 UCS02=35"]),
    ("NAD+SU", "CTA+OC'NAD+SU", &[]),
    ("NAD+BY", "CTA+OC'NAD+BY", &["E1102 CTA:4 UCS02=15"]),
    ("BGM+220+4500123+9'", "", &["E1103 BGM:2 UCS02=13"]),
    ("UNS+S'", "", &["E1103 UNS:9 UCS02=13"]),
    ("NAD+BY", "PAI+1'PAI+1'NAD+BY", &["E1105 PAI:5 UCS02=35"]),
    ("NAD+BY", "CCI+1'NAD+BY", &["E1102 CCI:4 UCS02=15"]),
    ("NAD+BY", "STS+1'NAD+BY", &["E1106 STS:4 UCS02=15"]),
    ("NAD+BY", "NAD+BY+4012345000009::9'BGM+220'NAD+BY", &["E1107 BGM:5 UCS02=15"]),
    ("UNH+1+", "UNH++", &["E1201 UNH:1:01 UCM04=13"]),
    ("137:20260105:102", ":20260105:102", &["E1201 DTM:3:01-1 UCD01=13"]),
    ("DTM+137:20260105:102'", "DTM'", &["E1201 DTM:3:01 UCD01=13"]),
    ("BGM+220+4500123+9", "BGM+220+4500123+9+AB+1", &["E1203 BGM:2:05 '1' UCD01=16"]),
    ("BGM+220+4500123", "BGM+220:1:2:3:4+4500123", &["E1213 BGM:2:01-5 '4' UCD01=16"]),
    ("BGM+220+4500123", "BGM+220+45:00123", &["E1213 BGM:2:02-2 '45:00123' UCD01=16"]),
    (
        "UNH+1+ORDERS:D:96A:UN:EAN008'",
        "UNH+1+ORDERS:D:96A:UN:EAN008+A+X'",
        &["E1215 UNH:1:04-1 'X' UCM04=37"],
    ),
    ("260105:0930", "260105:930", &["E1204 UNB:04-2 '930' UCI05=40"]),
    (
        "BGM+220+4500123",
        "BGM+220+450012345678901234567890123456789012",
        &["E1205 BGM:2:02 '450012345678901234567890123456789012' UCD01=39"],
    ),
    ("BGM+220+4500123", "BGM+220+45\x0700123", &["E1206 BGM:2:02 '45\x0700123' UCD01=21"]),
    ("UN:EAN008'BGM+220+4500123+9", "UN'BGM+220+4500123+999", &["E1207 BGM:2:03 '999' UCD01=12"]),
    ("BGM+220+4500123+9", "BGM+220+4500123+999", &["E1207 BGM:2:03 '999' (warning)"]),
    ("137:20260105:102", "137:20260230:102", &["E1208 DTM:3:01-2 '20260230' UCD01=12"]),
    ("QTY+21:4", "QTY+21:4.", &["E1211 QTY:7:01-2 '4.' UCD01=19"]),
    ("QTY+21:4", "QTY+21:4,5", &["E1211 QTY:7:01-2 '4,5' UCD01=19"]),
    ("QTY+21:4", "QTY+21:-4.5", &[]),
    ("QTY+21:4", "QTY+21:.5", &["E1216 QTY:7:01-2 '.5' UCD01=38"]),
    ("QTY+21:4", "QTY+21:four", &["E1215 QTY:7:01-2 'four' UCD01=37"]),
    ("BGM+220+4500123+9'", "BGM+220+4500123+9+  '", &["E1214 BGM:2:04 (warning)"]),
    ("UNA:+.? 'UNB+UNOC", "UNA:+.? 'UNB+UNOA", &[]),
    ("UNOC:3", "UNOC:3:1", &["E1213 UNB:01-3 '1' UCI05=16"]),
    ("BGM+220+4500123", "BGM+220+45\u{85}00123", &["E1217 BGM:2:02 '45Â\u{85}00123' (warning)"]),
    ("QTY+21:4'", "QTY+21:4:'", &["E1218 QTY:7:01 (warning)"]),
    ("QTY+21:4'", "QTY+21:4++'", &["E1218 QTY:7:03 (warning)"]),
    ("QTY+21:4'", "QTY+21:4'FTX+AAI+++up?+?''", &[]),
    ("4006381333931:EN", "4006381333932:EN", &["E1219 LIN:6:03-1 '4006381333932' (warning)"]),
    ("NAD+SU+4098765000010", "NAD+SU+4098765000019", &["E1219 NAD:5:02-1 '4098765000019' (warning)"]),
    ("CNT+2:1", "CNT+2:3", &["E1220 CNT:10:01-2 '3' (warning)"]),
    ("CNT+2:1", "CNT+1:5", &["E1220 CNT:10:01-2 '5' (warning)"]),
    ("CNT+2:1", "CNT+1:4", &[]),
];

/// Faults that no single replacement makes: a name, the bytes, the limits, the findings.
fn other() -> Vec<(&'static str, String, Limits, Vec<&'static str>)> {
    let all = Limits::default();
    let text = counted(ORDER);
    let message = text[text.find("UNH").unwrap()..text.find("UNZ").unwrap()].to_string();
    let group = |reference: &str, inner: &str, une: &str| {
        format!("UNG+ORDERS+A+B+260105:0930+{reference}+UN+D:96A:EAN008'{inner}{une}")
    };
    let grouped = |groups: &str, count: u32| {
        let head = &text[..text.find("UNH").unwrap()];
        format!("{head}{groups}UNZ+{count}+77'")
    };
    let alone = |inner: &str, count: u32| grouped(inner, count);
    let many = "X'".repeat(1100);
    vec![
        ("no message", alone("", 0), all, vec!["E1009 UNB UCI05=32"]),
        ("a group", grouped(&group("5", &message, "UNE+1+5'"), 1), all, vec![]),
        (
            "groups and messages",
            grouped(&format!("{}{}", message, group("5", &message, "UNE+1+5'")), 1),
            all,
            vec!["E1012 UNG UCI05=30"],
        ),
        ("group without UNE", grouped(&group("5", &message, ""), 1), all, vec!["E1021 UNE UCF05=13"]),
        (
            "UNE reference",
            grouped(&group("5", &message, "UNE+1+6'"), 1),
            all,
            vec!["E1022 UNE:02 '6' UCF05=28"],
        ),
        ("UNE count", grouped(&group("5", &message, "UNE+2+5'"), 1), all, vec!["E1023 UNE:01 '2' UCF05=29"]),
        (
            "group twice",
            grouped(&group("5", &message, "UNE+1+5'").repeat(2), 2),
            all,
            vec!["E1025 UNG:05 '5' UCF05=26"],
        ),
        (
            "another type in the group",
            grouped(&group("5", &message, "UNE+1+5'").replace("UNG+ORDERS", "UNG+INVOIC"), 1),
            all,
            vec!["E1026 UNH:02-1 'ORDERS' UCF05=31"],
        ),
        ("empty group", grouped(&group("5", "", "UNE+0+5'"), 1), all, vec!["E1027 UNG UCF05=32"]),
        (
            "group date",
            grouped(&group("5", &message, "UNE+1+5'").replace("B+260105", "B+260230"), 1),
            all,
            vec!["E1028 UNG:04 '260230:0930' (warning)"],
        ),
        (
            "junk in a group",
            grouped(&group("5", &message, "FTX+1'UNE+1+5'"), 1),
            all,
            vec!["E1013 FTX 'FTX+1'' UCF05=33"],
        ),
        ("message twice", alone(&message.repeat(2), 2), all, vec!["E1036 UNH:1:01 '1' UCM04=26"]),
        ("too large", text.clone(), Limits { max_set_bytes: 100, ..all }, vec!["E1037 UNH:1 UCM04=18"]),
        (
            "a segment too long",
            text.replace("UNS+S'", &format!("FTX+{}'UNS+S'", "x".repeat(300))).replace("UNT+11", "UNT+12"),
            Limits { max_segment_bytes: 200, ..all },
            vec!["E1038:9 UCM04=18", "E1037 UNH:1 UCM04=18"],
        ),
        (
            "a group too often",
            counted(&ORDER.replace("NAD+BY", &format!("{}NAD+BY", "RFF+ON:1'".repeat(11)))),
            all,
            vec!["E1104 RFF:14 UCS02=36"],
        ),
        (
            "an object not ended",
            text.replace("UNZ+1", "UNO+A1+AAA:1++500'ABC'UNZ+2"),
            all,
            vec!["E1014 UNO (note)", "E1016 UNO UCI05=13", "E1006 UNZ UCI05=13"],
        ),
        ("end-of-file mark", format!("{text}\x1a"), all, vec!["X1005 (note)"]),
        ("junk behind", format!("{text}junk"), all, vec!["X1004 'junk' (warning)"]),
        (
            "too many findings",
            counted(&ORDER.replace("UNS+S'", &format!("{many}UNS+S'"))),
            all,
            vec!["E1101 X:9 UCS02=15", "E1199 (note)"],
        ),
    ]
}

fn broken(from: &str, to: &str) -> Vec<u8> {
    // One sample holds a byte that is no UTF-8: it is written as U+0085 here.
    order_with(from, to).into_bytes()
}

#[test]
fn each_fault_yields_its_finding_and_no_other() {
    let mut wrong = Vec::new();
    for (from, to, expected) in BROKEN {
        let found: Vec<String> = read(&broken(from, to)).findings.iter().map(told).collect();
        if found != *expected {
            wrong.push(format!("{from} -> {to}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    for (name, text, limits, expected) in other() {
        let mut found: Vec<String> =
            read_with(text.as_bytes(), limits, Tolerance::Strict).findings.iter().map(told).collect();
        if name == "too many findings" {
            found.dedup_by(|a, b| a.starts_with("E1101") && b.starts_with("E1101"));
        }
        if found != expected {
            wrong.push(format!("{name}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_sample() {
    let mut expected: BTreeSet<&str> =
        BROKEN.iter().flat_map(|(_, _, e)| e.iter()).map(|e| &e[..5]).collect();
    let others = other();
    expected.extend(others.iter().flat_map(|(_, _, _, e)| e.iter()).map(|e| &e[..5]));
    // Repetitions and dependency notes exist in syntax 4 only: see `reader` and `rules`.
    expected.extend(["E1212", "E1202", "E1210"]);
    let registered: BTreeSet<&str> = CODES.iter().map(|e| e.code.0).filter(|c| c.starts_with('E')).collect();
    let missing: Vec<_> = registered.iter().filter(|code| !expected.contains(**code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_answer_is_one_the_register_allows() {
    let texts = BROKEN.iter().map(|(from, to, _)| (broken(from, to), Limits::default()));
    let others = other().into_iter().map(|(_, text, limits, _)| (text.into_bytes(), limits));
    for (bytes, limits) in texts.chain(others) {
        for finding in read_with(&bytes, limits, Tolerance::Strict).findings {
            let Some(answer) = &finding.answer else { continue };
            let allowed = finding.code.explained().unwrap().answers;
            assert!(allowed.contains(&(answer.element.as_str(), answer.code.as_str())), "{finding:?}");
        }
    }
}
