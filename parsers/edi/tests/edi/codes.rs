//! Each code of the register has a broken sample here, which yields that finding, at its place, and nothing else.

use super::reading::{ORDER, counted, order_with, read, read_with, told};
use portway_edi::acknowledgement::Tolerance;
use portway_edi::finding::{CODES, explain};
use portway_edi::x12::reader::Limits;
use std::collections::BTreeSet;

/// What stands in the order, what replaces it, and the findings.
const BROKEN: &[(&str, &str, &[&str])] = &[
    ("ISA*00*          *", "ISA*00*      *", &["X1002 ISA TA105=022 (warning)"]),
    ("*T*>~", "*T*A~", &["X1003 ISA:16 'A' TA105=027"]),
    (
        "*T*>~",
        "*T*>",
        &[
            "X1001 'ISA*00*          *00*          *ZZ*GREENFIELD     *01*123456789      *260105*0930*U*00401*000000007'",
        ],
    ),
    ("GE*1*7~IEA*1*000000007~", "GE*1*7~", &["X1006 IEA TA105=023"]),
    ("IEA*1*000000007", "IEA*1*000000008", &["X1007 IEA:02 '000000008' TA105=001"]),
    ("IEA*1*", "IEA*2*", &["X1008 IEA:01 '2' TA105=021"]),
    (
        "*00401*000000007*",
        "*00401*A00000007*",
        &["X1009 ISA:13 'A00000007' TA105=018", "X1007 IEA:02 '000000007' TA105=001"],
    ),
    ("*260105*0930*U", "*260229*0930*U", &["X1010 ISA:09 '260229' TA105=014"]),
    ("*260105*0930*U", "*260105*2430*U", &["X1011 ISA:10 '2430' TA105=015"]),
    ("*0*T*>", "*2*T*>", &["X1012 ISA:14 '2' TA105=019 (warning)"]),
    ("*0*T*>", "*0*X*>", &["X1013 ISA:15 'X' TA105=020"]),
    ("*00401*", "*0040A*", &["X1014 ISA:12 '0040A' TA105=017"]),
    ("*01*123456789 ", "*0Y*123456789 ", &["X1015 ISA:07 '0Y' TA105=007"]),
    ("*ZZ*GREENFIELD     *", "*ZZ*               *", &["X1016 ISA:06 '               ' TA105=006"]),
    ("ISA*00*", "ISA*X0*", &["X1017 ISA:01 'X0' TA105=010 (warning)"]),
    ("*U*00401", "*Z*00401", &["X1018 ISA:11 'Z' TA105=016 (warning)"]),
    ("GE*1*7~", "GE*1*7~REF*DP*1~REF*DP*2~", &["X1019 REF 'REF*DP*1~REF*DP*2~' TA105=024"]),
    (
        "GS*PO*",
        "ISB*1~ISE*200601*0515*04~GS*PO*",
        &["X1020 ISB 'ISB*1' (note)", "X1020 ISE 'ISE*200601*0515*04' (note)"],
    ),
    ("ST*850*0001~", "ST*850*0001 ~", &[]),
    ("GE*1*7~", "", &["X1021 GE AK905=3"]),
    ("GE*1*7", "GE*1*8", &["X1022 GE:02 '8' AK905=4"]),
    ("GE*1*7", "GE*2*7", &["X1023 GE:01 '2' AK905=5"]),
    ("0930*7*X", "0930*A7*X", &["X1024 GS:06 'A7' AK905=6", "X1022 GE:02 '7' AK905=4"]),
    ("*X*004010~", "*X~", &["X1026 GS:08 AK905=2"]),
    ("20260105*0930*7", "20260105*9930*7", &["X1027 GS:05 '9930' (warning)"]),
    ("GE*1*7~", "REF*DP*1~GE*1*7~", &["X1028 REF 'REF*DP*1~'"]),
    ("SE*#*0001~", "", &["X1031 SE:10 AK502=2"]),
    ("SE*#*0001", "SE*#*0002", &["X1032 SE:10:02 '0002' AK502=3"]),
    ("SE*#*", "SE*11*", &["X1033 SE:10:01 '11' AK502=4"]),
    ("ST*850*", "ST*85*", &["X1034 ST:1:01 '85' AK502=6"]),
    ("ST*850*0001~", "ST*850*1~", &["X1035 ST:1:02 '1' AK502=7", "X1032 SE:10:02 '0001' AK502=3"]),
    ("CTT*1~", "CTT*1~~", &["X1039 (warning)"]),
    ("REF*DP*GARDEN~", "REF*DP*GARDEN~ZZ9*1~", &["X1101 ZZ9:4 AK304=1"]),
    ("REF*DP*GARDEN~", "REF*DP*GARDEN~N3*1 Lane~N4*Salem~", &["X1102 N3:4 AK304=2"]),
    ("BEG*00*SA*4500123**20260105~", "", &["X1103 BEG:2 AK304=3"]),
    ("PO1*1*4*EA*3.25**BP*ROSE-12~PID*F****Rose~", "", &["X1103 PO1:7 AK304=3"]),
    ("CTT*1~", "CTT*1~CTT*1~", &["X1104 CTT:10 AK304=4"]),
    ("BEG*", "BEG*00*SA*4500122**20260105~BEG*", &["X1105 BEG:3 AK304=5"]),
    ("REF*DP*GARDEN~", "REF*DP*GARDEN~HL*1**S~", &["X1106 HL:4 AK304=6"]),
    (
        "N3*14 Orchard Lane~N4*Salem*OR*97301~",
        "N4*Salem*OR*97301~N3*14 Orchard Lane~",
        &["X1107 N3:6 AK304=7"],
    ),
    ("BEG*00*SA*4500123*", "BEG*00*SA**", &["X1201 BEG:2:03 AK403=1"]),
    ("N1*ST*Centre 14*92*0014", "N1*ST*Centre 14*92", &["X1202 N1:4:04 AK403=2"]),
    ("N1*ST*Centre 14*92*0014", "N1*ST", &["X1202 N1:4:02 AK403=2"]),
    ("N3*14 Orchard Lane", "N3*14 Orchard Lane*B*C", &["X1203 N3:5:03 'C' AK403=3"]),
    ("N4*Salem*", "N4*S*", &["X1204 N4:6:01 'S' AK403=4"]),
    ("*EA*", "*EACH*", &["X1205 PO1:7:03 'EACH' AK403=5"]),
    ("Centre 14", "Centre\x0714", &["X1206 N1:4:02 'Centre\u{7}14' AK403=6"]),
    ("Centre 14", "Centre>14", &["X1206 N1:4:02 'Centre>14' AK403=6"]),
    ("*EA*", "*XQ*", &["X1207 PO1:7:03 'XQ' AK403=7"]),
    ("**20260105~", "**20260230~", &["X1208 BEG:2:05 '20260230' AK403=8"]),
    ("REF*DP*GARDEN~", "REF*DP*GARDEN~DTM*002*20260105*2460~", &["X1209 DTM:4:03 '2460' AK403=9"]),
    ("PID*F****Rose~", "PID*F****Rose~QTY*01*5**MANY~", &["X1210 QTY:9:04 'MANY' AK403=10"]),
    ("*EA*", "*EA^CA*", &["X1212 PO1:7:03 'EA^CA' AK403=12"]),
    (
        "PID*F****Rose~",
        "PID*F****Rose~SLN*1**I*2*EA>1>1>EA>1>1>EA>1>1>EA>1>1>EA>1>1>EA~",
        &["X1213 SLN:9:05-16 'EA' AK403=3"],
    ),
    ("PID*F****Rose~", "PID*F****Rose~SLN*1**I*2*>1~", &["X1201 SLN:9:05-1 AK403=1"]),
    ("Centre 14*", "   *", &["X1214 N1:4:02 (warning)"]),
    ("PID*F****Rose~", "PID*F****Rose~BIN*9*ab~", &["X1040 BIN:9:02 AK403=4", "X1106 BIN:9 AK304=6"]),
    ("PID*F****Rose~", "PID*F****Rose~BDS*ASC*1*ab*c~", &["X1040 BDS:9:03 AK403=5", "X1101 BDS:9 AK304=1"]),
    ("GS*PO*", "GS*IN*", &["X1042 ST:1:01 '850' AK502=6"]),
    ("**BP*ROSE-12", "**UP*012345678906", &["X1301 PO1:7:07 '012345678906' (warning)"]),
    ("**BP*ROSE-12", "**UP*012345678905", &[]),
    ("**BP*ROSE-12", "**EN*4006381333932", &["X1301 PO1:7:07 '4006381333932' (warning)"]),
    (
        "N1*ST*Centre 14*92*0014",
        "N1*ST*Centre 14*UL*0012345000059",
        &["X1301 N1:4:04 '0012345000059' (warning)"],
    ),
    (
        "PID*F****Rose~",
        "PID*F****Rose~MAN*GM*00106141412345678907~",
        &["X1301 MAN:9:02 '00106141412345678907' (warning)"],
    ),
    ("PID*F****Rose~", "PID*F****Rose~MAN*AI*(00)106141412345678908~", &[]),
    ("REF*DP*GARDEN~", "REF*DP*GARDEN~DTM*002****D8*20260230~", &["X1208 DTM:4:06 '20260230' AK403=8"]),
    ("REF*DP*GARDEN~", "REF*DP*GARDEN~DTM*002****RD8*20260101-20260131~", &[]),
    ("REF*DP*GARDEN~", "REF*DP*GARDEN~DTM*002****TM*2561~", &["X1209 DTM:4:06 '2561' AK403=9"]),
    ("CTT*1~", "CTT*2~", &["X1302 CTT:9:01 '2' (warning)"]),
    ("CTT*1~", "CTT*1*5~", &["X1303 CTT:9:02 '5' (warning)"]),
    ("CTT*1~", "CTT*1*4~", &[]),
    ("PID*F****Rose~", "PID*F****Rose~LS*LDT~LDT*AF*5*DA~LE*LOT~", &["X1307 LE:11:01 'LOT' (warning)"]),
];

/// Samples that are more than the order with one text replaced: name, bytes, limits, findings.
fn other() -> Vec<(&'static str, String, Limits, Vec<&'static str>)> {
    let limits = Limits::default();
    let order = counted(ORDER);
    let (header, rest) = order.split_at(order.find("GS*").unwrap());
    let group = &rest[..rest.find("IEA").unwrap()];
    let set = &order[order.find("ST*").unwrap()..order.find("GE*").unwrap()];
    let many = format!("{}CTT*1~", "Z~".repeat(1003));
    vec![
        (
            "cut header",
            ORDER[..80].to_string(),
            limits,
            vec!["X1001 'ISA*00*          *00*          *ZZ*GREENFIELD     *01*123456789      *260105*093'"],
        ),
        (
            "junk before and after",
            format!("HELLO\n{order}BYE\n"),
            limits,
            vec!["X1004 'HELLO\n' (warning)", "X1004 'BYE\n' (warning)"],
        ),
        ("end-of-file mark", format!("{order}\n\u{1a}\n"), limits, vec!["X1005 (note)"]),
        (
            "two groups of one number",
            format!("{header}{group}{group}IEA*2*000000007~"),
            limits,
            vec!["X1025 GS:06 '7' AK905=19"],
        ),
        (
            "two sets of one number",
            order.replace("GE*1*", &format!("{set}GE*2*")),
            limits,
            vec!["X1036 ST:1:02 '0001' AK502=23"],
        ),
        ("large set", order.clone(), Limits { max_set_bytes: 100, ..limits }, vec!["X1037 ST:1 AK502=1"]),
        (
            "set of many segments",
            order.clone(),
            Limits { max_set_segments: 8, ..limits },
            vec!["X1037 ST:1 AK502=1"],
        ),
        (
            "long segment",
            order.replace("Rose", &"Rose".repeat(100)),
            Limits { max_segment_bytes: 300, ..limits },
            vec!["X1038:8 AK502=5", "X1037 ST:1 AK502=1"],
        ),
        (
            "long segment in a group",
            order.replace("GE*1", &format!("{}~GE*1", "A".repeat(400))),
            Limits { max_segment_bytes: 300, ..limits },
            vec!["X1038"],
        ),
        ("wrapped lines", wrapped(&order, 80, "\r\n"), limits, vec!["X1041 ISA (note)"]),
        (
            "a level without its parent",
            notice("HL*1**S~HL*2*1*O~HL*3*7*I~"),
            limits,
            vec!["X1304 HL:5:02 '7' (warning)"],
        ),
        (
            "two levels of one id",
            notice("HL*1**S~HL*2*1*O~HL*2*1*I~"),
            limits,
            vec!["X1305 HL:5:01 '2' (warning)"],
        ),
        (
            "a level that says it has no others below",
            notice("HL*1**S*0~HL*2*1*O*1~"),
            limits,
            vec!["X1306 HL:3:04 '0' (warning)", "X1306 HL:4:04 '1' (warning)"],
        ),
        ("many faults", counted(&ORDER.replace("CTT*1~", &many)), limits, {
            let mut found = vec!["X1101 Z:9 AK304=1"];
            found.resize(1000, "");
            found.push("X1199 (note)");
            found
        }),
    ]
}

/// The text in lines of that length, whatever stands where they break.
pub fn wrapped(text: &str, column: usize, end: &str) -> String {
    let lines = text.as_bytes().chunks(column);
    lines.map(|line| format!("{}{end}", std::str::from_utf8(line).unwrap())).collect()
}

/// A ship notice with these levels.
pub fn notice(levels: &str) -> String {
    let set = format!("ST*856*0001~BSN*00*S-1*20260105*0930~{levels}SE*#*0001~");
    let (start, end) = (ORDER.find("ST*").unwrap(), ORDER.find("GE*").unwrap());
    counted(&format!("{}{set}{}", &ORDER[..start], &ORDER[end..]).replace("GS*PO*", "GS*SH*"))
}

/// What only a partner's guide or an acknowledgement shows is tested with them.
const ELSEWHERE: [&str; 9] =
    ["X1043", "X1215", "X1221", "X1222", "X1223", "X1224", "X1225", "X1226", "X1227"];

fn found(bytes: &[u8], limits: Limits) -> Vec<String> {
    read_with(bytes, limits, Tolerance::Strict).findings.iter().map(told).collect()
}

/// The sample with its header changed so that `^` repeats elements, where a test asks for that.
fn broken(from: &str, to: &str) -> String {
    let text = order_with(from, to);
    if to.contains('^') { text.replace("*U*00401*", "*^*00501*") } else { text }
}

#[test]
fn each_broken_sample_yields_its_finding_alone() {
    let mut wrong = Vec::new();
    for (from, to, expected) in BROKEN {
        let found = found(broken(from, to).as_bytes(), Limits::default());
        if found != *expected {
            wrong.push(format!("{from} > {to}\n  expected {expected:?}\n  found    {found:?}"));
        }
    }
    for (name, bytes, limits, expected) in other() {
        let found = found(bytes.as_bytes(), limits);
        let same = found.len() == expected.len()
            && found.iter().zip(&expected).all(|(f, e)| e.is_empty() || f == e.trim_end());
        if !same {
            wrong.push(format!(
                "{name}\n  expected {expected:?}\n  found    {:?}",
                &found[..found.len().min(9)]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_is_explained_and_has_a_sample() {
    let mut expected: BTreeSet<String> =
        BROKEN.iter().flat_map(|(_, _, e)| e.iter()).map(|e| e[..5].to_string()).collect();
    for (_, _, _, codes) in other() {
        expected.extend(codes.iter().filter(|c| !c.is_empty()).map(|c| c[..5].to_string()));
    }
    let registered: BTreeSet<String> = CODES.iter().map(|e| e.code.to_string()).collect();
    assert_eq!(registered.len(), CODES.len(), "a code is registered twice");
    // What depends on profiles and on what came before is the gateway's to find.
    let by_reading: BTreeSet<String> = registered
        .into_iter()
        .filter(|code| {
            code.starts_with('X') && !code.starts_with("X105") && !ELSEWHERE.contains(&code.as_str())
        })
        .collect();
    assert_eq!(expected, by_reading);
    assert_eq!(explain("x1207").unwrap().answers, [("AK403", "7")]);
    assert!(explain("X9999").is_none());
}

#[test]
fn every_answer_is_one_the_register_allows() {
    let texts = BROKEN.iter().map(|(from, to, _)| (broken(from, to), Limits::default()));
    let others = other().into_iter().map(|(_, bytes, limits, _)| (bytes, limits));
    for (bytes, limits) in texts.chain(others) {
        for finding in read_with(bytes.as_bytes(), limits, Tolerance::Strict).findings {
            let Some(answer) = &finding.answer else { continue };
            let allowed = finding.code.explained().unwrap().answers;
            let context = finding.code == portway_edi::finding::SEGMENT_TOO_LONG;
            assert!(
                context || allowed.contains(&(answer.element.as_str(), answer.code.as_str())),
                "{finding:?}"
            );
        }
    }
}

#[test]
fn the_clean_order_has_nothing_to_find() {
    let reading = read(counted(ORDER).as_bytes());
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    assert_eq!(reading.sets, 1);
}

#[test]
fn a_finding_is_a_flat_line_of_json() {
    let reading = read(order_with("*EA*", "*XQ*").as_bytes());
    let json = serde_json::to_value(&reading.findings[0]).unwrap();
    let expected = serde_json::json!({
        "code": "X1207",
        "severity": "error",
        "interchange": "000000007",
        "group": "7",
        "set": "0001",
        "segment": "PO1",
        "position": 7,
        "element": 3,
        "loop": "PO1",
        "reference": "355",
        "offset": 271,
        "value": "XQ",
        "message": "PO103 'XQ' is not in the code list of 355 (Unit of measure)",
        "help": "The partner sends a listed value; or, if you agreed on this one, the profile allows it.",
        "answer": { "element": "AK403", "code": "7" },
    });
    assert_eq!(json, expected);
}
