//! Each code an acknowledgement may hold: an input derived by hand that is answered with it, the answer written here as text;
//! or the reason why we never say it. Against the fact tables, so that none is forgotten.

use super::reading::{ORDER, counted};
use super::samples::published;
use portway_edi::Delimiters;
use portway_edi::acknowledgement::{Form, Tolerance, implementation_version, write_as};
use portway_edi::schema::Guide;
use portway_edi::x12::PartyId;
use portway_edi::x12::examination::examine_with;
use portway_edi::x12::reader::{Limits, Reader};
use portway_edi::x12::writer::Envelope;
use std::collections::BTreeSet;

/// Element, code, what stands in the order, what replaces it, the segments of the answer that say it.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// In 004010, answered by TA1 and 997.
const CASES: &[Case] = &[
    ("TA105", "000", "ISA", "ISA", "TA1*000000007*260105*0930*A*000"),
    ("TA105", "001", "IEA*1*000000007", "IEA*1*000000009", "TA1*000000007*260105*0930*R*001"),
    ("TA105", "005", "*ZZ*GREENFIELD", "*Z9*GREENFIELD", "TA1*000000007*260105*0930*R*005"),
    ("TA105", "006", "*GREENFIELD     *", "*               *", "TA1*000000007*260105*0930*R*006"),
    ("TA105", "007", "*01*123456789", "*0A*123456789", "TA1*000000007*260105*0930*R*007"),
    ("TA105", "008", "*123456789      *", "*               *", "TA1*000000007*260105*0930*R*008"),
    ("TA105", "010", "ISA*00*", "ISA*99*", "TA1*000000007*260105*0930*E*010"),
    ("TA105", "012", "*00*          *ZZ", "*99*          *ZZ", "TA1*000000007*260105*0930*E*012"),
    ("TA105", "014", "*260105*0930*U", "*261305*0930*U", "TA1*000000007*261305*0930*R*014"),
    ("TA105", "015", "*260105*0930*U", "*260105*2500*U", "TA1*000000007*260105*2500*R*015"),
    ("TA105", "016", "*U*00401", "*X*00401", "TA1*000000007*260105*0930*E*016"),
    ("TA105", "017", "*00401*", "*004 1*", "TA1*000000007*260105*0930*R*017"),
    ("TA105", "018", "*000000007*0*T", "*00000000X*0*T", "TA1*00000000X*260105*0930*R*018"),
    ("TA105", "019", "*0*T*>", "*5*T*>", "TA1*000000007*260105*0930*E*019"),
    ("TA105", "020", "*0*T*>", "*0*Q*>", "TA1*000000007*260105*0930*R*020"),
    ("TA105", "021", "IEA*1*", "IEA*4*", "TA1*000000007*260105*0930*R*021"),
    (
        "TA105",
        "022",
        "ISA*00*          *00*          *ZZ*",
        "ISA*00**00**ZZ*",
        "TA1*000000007*260105*0930*E*022",
    ),
    ("TA105", "023", "IEA*1*000000007~", "", "TA1*000000007*260105*0930*R*023"),
    ("TA105", "024", "IEA*1*", "BEG*00~IEA*1*", "TA1*000000007*260105*0930*R*024"),
    ("TA105", "027", "*0*T*>~", "*0*T*B~", "TA1*000000007*260105*0930*R*027"),
    ("AK304", "1", "CTT*1~", "QQQ*1~CTT*1~", "AK3*QQQ*9**1~AK5*R*5"),
    ("AK304", "2", "N1*ST*Centre 14*92*0014~", "", "AK3*N3*4**2~AK5*R*5"),
    ("AK304", "3", "BEG*00*SA*4500123**20260105~", "", "AK3*BEG*2**3~AK5*R*5"),
    ("AK304", "4", "CTT*1~", "CTT*1~CTT*1~", "AK3*CTT*10**4~AK5*R*5"),
    ("AK304", "5", "BEG*", "BEG*00*SA*1**20260105~BEG*", "AK3*BEG*3**5~AK5*R*5"),
    ("AK304", "6", "CTT*1~", "HL*1**S~CTT*1~", "AK3*HL*9**6~AK5*R*5"),
    (
        "AK304",
        "7",
        "REF*DP*GARDEN~N1*ST*Centre 14*92*0014~",
        "N1*ST*Centre 14*92*0014~CUR*BY*USD~",
        "AK3*CUR*4**7~AK5*R*5",
    ),
    ("AK304", "8", "*EA*", "*E*", "AK3*PO1*7**8~AK4*3*355*4*E~AK5*R*5"),
    ("AK403", "1", "BEG*00*SA*", "BEG*00**", "AK3*BEG*2**8~AK4*2*92*1~AK5*R*5"),
    ("AK403", "2", "*BP*ROSE-12~", "*BP~", "AK3*PO1*7**8~AK4*7*234*2~AK5*R*5"),
    ("AK403", "3", "CTT*1~", "CTT*1*******8~", "AK3*CTT*9**8~AK4*8**3*8~AK5*R*5"),
    ("AK403", "4", "N4*Salem*OR*97301", "N4*Salem*OR*97", "AK3*N4*6**8~AK4*3*116*4*97~AK5*R*5"),
    ("AK403", "5", "BEG*00*", "BEG*000*", "AK3*BEG*2**8~AK4*1*353*5*000~AK5*R*5"),
    ("AK403", "6", "PO1*1*4*", "PO1*1*4A*", "AK3*PO1*7**8~AK4*2*330*6*4A~AK5*R*5"),
    ("AK403", "7", "*EA*", "*9Z*", "AK3*PO1*7**8~AK4*3*355*7*9Z~AK5*R*5"),
    ("AK403", "8", "**20260105~", "**20260431~", "AK3*BEG*2**8~AK4*5*373*8*20260431~AK5*R*5"),
    ("AK403", "9", "N1*ST", "DTM*002*20260105*2400~N1*ST", "AK3*DTM*4**8~AK4*3*337*9*2400~AK5*R*5"),
    ("AK403", "10", "CTT*1~", "QTY*01*5**6~CTT*1~", "AK3*QTY*9**8~AK4*4*61*10*6~AK5*R*5"),
    ("AK501", "A", "ISA", "ISA", "AK2*850*0001~AK5*A~AK9*A*1*1*1"),
    ("AK501", "R", "SE*#*0001", "SE*#*0009", "AK2*850*0001~AK5*R*3~AK9*R*1*1*0"),
    ("AK502", "2", "SE*#*0001~", "", "AK2*850*0001~AK5*R*2~AK9*R*1*1*0"),
    ("AK502", "3", "SE*#*0001", "SE*#*0002", "AK5*R*3~AK9*R*1*1*0"),
    ("AK502", "4", "SE*#*0001", "SE*7*0001", "AK5*R*4~AK9*R*1*1*0"),
    ("AK502", "5", "*EA*", "*E*", "AK5*R*5~AK9*R*1*1*0"),
    ("AK502", "6", "ST*850*", "ST**", "AK2**0001~AK5*R*6~AK9*R*1*1*0"),
    ("AK502", "7", "ST*850*0001", "ST*850*12", "AK2*850*12~AK5*R*7*3~AK9*R*1*1*0"),
    (
        "AK502",
        "23",
        "GE*1*",
        "ST*997*0001~AK1*PO*1~AK9*A*1*1*1~SE*4*0001~GE*2*",
        "AK2*997*0001~AK5*R*6*23~AK9*P*2*2*1",
    ),
    ("AK901", "A", "ISA", "ISA", "AK9*A*1*1*1"),
    ("AK901", "P", "GE*1*", "ST*850*0002~SE*2*0002~GE*2*", "AK5*R*5~AK9*P*2*2*1"),
    ("AK901", "R", "GE*1*7", "GE*1*6", "AK1*PO*7~AK9*R*1*1*0*4"),
    ("AK905", "1", "GS*PO*", "GS**", "AK1**7~AK9*R*1*1*0*1"),
    ("AK905", "2", "*X*004010~", "*X~", "AK1*PO*7~AK9*R*1*1*0*2"),
    ("AK905", "3", "GE*1*7~", "", "AK1*PO*7~AK9*R*1*1*0*3"),
    ("AK905", "4", "GE*1*7", "GE*1*70", "AK1*PO*7~AK9*R*1*1*0*4"),
    ("AK905", "5", "GE*1*7", "GE*9*7", "AK1*PO*7~AK9*R*9*1*0*5"),
    ("AK905", "6", "*0930*7*X", "*0930*7A*X", "AK1*PO*7A~AK9*R*1*1*0*6*4"),
    ("AK905", "19", "IEA*1*", "GS*PO*A*B*20260105*0930*7*X*004010~GE*0*7~IEA*2*", "AK1*PO*7~AK9*R*0*0*0*19"),
];

/// In 005010, answered by 997.
const NEWER: &[Case] = &[
    ("AK403", "12", "*EA*", "*EA^CA*", "AK3*PO1*7**8~AK4*3*355*12*EA CA~AK5*R*5"),
    (
        "AK403",
        "13",
        "PID*F****Rose~",
        "PID*F****Rose~SLN*1**I*2*EA>1>1>EA>1>1>EA>1>1>EA>1>1>EA>1>1>EA~",
        "AK3*SLN*9**8~AK4*5>16**13*EA~AK5*R*5",
    ),
    ("AK502", "18", "GS*PO*", "GS*IN*", "AK1*IN*7~AK2*850*0001~AK5*R*18~AK9*R*1*1*0"),
];

/// In 005010, answered by 999. Those of IK3, IK4 and IK5 that 997 has too, and those of a guide.
const IMPLEMENTATION: &[Case] = &[
    ("IK304", "1", "CTT*1~", "QQQ*1~CTT*1~", "IK3*QQQ*9**1~IK5*R*5"),
    ("IK304", "2", "N1*ST*Centre 14*92*0014~", "", "IK3*N3*4**2~IK5*R*5"),
    ("IK304", "3", "BEG*00*SA*4500123**20260105~", "", "IK3*BEG*2**3~IK5*R*5"),
    ("IK304", "4", "CTT*1~", "CTT*1~CTT*1~", "IK3*CTT*10**4~IK5*R*5"),
    ("IK304", "5", "N3*14 Orchard Lane~", "N3*A~N3*B~N3*C~", "IK3*N3*7*N1*5~IK5*R*5"),
    ("IK304", "6", "CTT*1~", "HL*1**S~CTT*1~", "IK3*HL*9**6~IK5*R*5"),
    (
        "IK304",
        "7",
        "REF*DP*GARDEN~N1*ST*Centre 14*92*0014~",
        "N1*ST*Centre 14*92*0014~CUR*BY*USD~",
        "IK3*CUR*4**7~IK5*R*5",
    ),
    ("IK304", "8", "*EA*", "*E*", "IK3*PO1*7*PO1*8~IK4*3*355*4*E~IK5*R*5"),
    ("IK403", "1", "BEG*00*SA*", "BEG*00**", "IK3*BEG*2**8~IK4*2*92*1~IK5*R*5"),
    (
        "IK403",
        "2",
        "*BP*ROSE-12~",
        "*BP~",
        "IK3*PO1*7*PO1*8~IK4*7*234*2~CTX*SITUATIONAL TRIGGER*PO1*7*PO1~IK5*R*5",
    ),
    ("IK403", "3", "CTT*1~", "CTT*1*******8~", "IK3*CTT*9*CTT*8~IK4*8**3*8~IK5*R*5"),
    ("IK403", "4", "N4*Salem*OR*97301", "N4*Salem*OR*97", "IK3*N4*6*N1*8~IK4*3*116*4*97~IK5*R*5"),
    ("IK403", "5", "BEG*00*", "BEG*000*", "IK3*BEG*2**8~IK4*1*353*5*000~IK5*R*5"),
    ("IK403", "6", "PO1*1*4*", "PO1*1*4A*", "IK3*PO1*7*PO1*8~IK4*2*380*6*4A~IK5*R*5"),
    ("IK403", "7", "*EA*", "*9Z*", "IK3*PO1*7*PO1*8~IK4*3*355*7*9Z~IK5*R*5"),
    ("IK403", "8", "**20260105~", "**20260431~", "IK3*BEG*2**8~IK4*5*373*8*20260431~IK5*R*5"),
    ("IK403", "9", "N1*ST", "DTM*002*20260105*2400~N1*ST", "IK3*DTM*4**8~IK4*3*337*9*2400~IK5*R*5"),
    (
        "IK403",
        "10",
        "CTT*1~",
        "QTY*01*5**6~CTT*1~",
        "IK3*QTY*9*QTY*8~IK4*4*61*10*6~CTX*SITUATIONAL TRIGGER*QTY*9*QTY~IK5*R*5",
    ),
    ("IK403", "12", "*EA*", "*EA^CA*", "IK3*PO1*7*PO1*8~IK4*3*355*12*EA CA~IK5*R*5"),
    (
        "IK403",
        "13",
        "PID*F****Rose~",
        "PID*F****Rose~SLN*1**I*2*EA>1>1>EA>1>1>EA>1>1>EA>1>1>EA>1>1>EA~",
        "IK3*SLN*9*SLN*8~IK4*5>16**13*EA~IK5*R*5",
    ),
    ("IK501", "A", "ISA", "ISA", "AK2*850*0001~IK5*A~AK9*A*1*1*1"),
    ("IK501", "R", "SE*#*0001", "SE*#*0009", "AK2*850*0001~IK5*R*3~AK9*R*1*1*0"),
    ("IK502", "2", "SE*#*0001~", "", "AK2*850*0001~IK5*R*2~AK9*R*1*1*0"),
    ("IK502", "3", "SE*#*0001", "SE*#*0002", "IK5*R*3~AK9*R*1*1*0"),
    ("IK502", "4", "SE*#*0001", "SE*7*0001", "IK5*R*4~AK9*R*1*1*0"),
    ("IK502", "5", "*EA*", "*E*", "IK5*R*5~AK9*R*1*1*0"),
    ("IK502", "6", "ST*850*", "ST**", "AK2**0001~IK5*R*6~AK9*R*1*1*0"),
    ("IK502", "7", "ST*850*0001", "ST*850*12", "AK2*850*12~IK5*R*7*3~AK9*R*1*1*0"),
    ("IK502", "18", "GS*PO*", "GS*IN*", "AK2*850*0001~IK5*R*18~AK9*R*1*1*0"),
    (
        "IK502",
        "23",
        "GE*1*",
        "ST*850*0001~SE*2*0001~GE*2*",
        "IK3*BEG*2**3~IK3*PO1*2**3~IK5*R*5*23~AK9*P*2*2*1",
    ),
];

/// In 005010, answered by 999, under a partner's guide.
const GUIDED: &[(Case, &str)] = &[
    (
        ("IK403", "I6", "*EA*", "*CA*", "IK3*PO1*7*PO1*8~IK4*3*355*I6*CA~IK5*R*5"),
        r#"{ "codes": { "PO103": ["EA"] } }"#,
    ),
    (
        (
            "IK403",
            "I10",
            "REF*DP*GARDEN",
            "REF*DP*GARDEN*Back gate",
            "IK3*REF*3**8~IK4*3*352*I10*Back gate~IK5*R*5",
        ),
        r#"{ "unused": ["REF03"] }"#,
    ),
    (
        ("IK304", "I4", "REF*DP*GARDEN~", "REF*DP*GARDEN~PER*BD*Ann~", "IK3*PER*4**I4~IK5*R*5"),
        r#"{ "unused_segments": ["PER"] }"#,
    ),
    (("IK304", "I7", "ISA", "ISA", "IK3*SAC*10**I7~IK5*R*5"), r#"{ "mandatory_segments": ["SAC"] }"#),
    (("IK304", "I8", "ISA", "ISA", "IK3*FOB*10**I8~IK5*R*5"), r#"{ "mandatory_segments": ["FOB"] }"#),
    (("IK304", "I8", "ISA", "ISA", "IK3*MEA*9*PO1*I8~IK5*R*5"), r#"{ "mandatory_segments": ["PO1/MEA"] }"#),
];

/// Element, codes, why no input of a partner is answered with them.
const NEVER: &[(&str, &[&str], &str)] = &[
    ("TA105", &["002", "003"], "every standard and version is read, by its envelope at least"),
    ("TA105", &["004", "026"], "a header with such delimiters cannot be read: X1001, and nobody to answer"),
    ("TA105", &["009", "025"], "the gateway's, from its profiles and its ledger (X105)"),
    ("TA105", &["011", "013"], "passwords are not asked for"),
    ("TA105", &["028", "029", "030", "031"], "deferred delivery is a network's"),
    ("AK501", &["E"], "by tolerance, in its own test"),
    ("AK501", &["M", "W", "X"], "security segments are not acted upon"),
    ("IK501", &["E"], "by tolerance, in its own test"),
    ("IK501", &["M", "W", "X"], "security segments are not acted upon"),
    ("AK901", &["E"], "by tolerance, in its own test"),
    ("AK901", &["M", "W", "X"], "security segments are not acted upon"),
    ("AK502", &["1"], "by limits, in its own test"),
    ("IK502", &["1"], "by limits, in its own test"),
    (
        "AK502",
        &["8", "9", "10", "11", "12", "13", "15", "16", "17", "24", "25", "26", "27"],
        "security segments are not acted upon",
    ),
    ("AK502", &["19", "20", "21", "22"], "guides are agreed on in profiles, not named in ST03"),
    (
        "IK502",
        &["8", "9", "10", "11", "12", "13", "15", "16", "17", "24", "25", "26", "27"],
        "security segments are not acted upon",
    ),
    ("IK502", &["19", "I6"], "guides are agreed on in profiles, not named in ST03"),
    (
        "AK905",
        &["10", "11", "12", "13", "14", "15", "16", "17", "18", "20", "21", "22", "23", "24", "25", "26"],
        "security segments are not acted upon",
    ),
    (
        "IK304",
        &["I6", "I9"],
        "a guide here has no conditions: what it asks for or leaves out, it does always",
    ),
    (
        "IK403",
        &["I9", "I13"],
        "a guide here has no conditions: what it asks for or leaves out, it does always",
    ),
    ("IK403", &["I11"], "a guide here asks for an element, not for a number of its values"),
    ("IK403", &["I12"], "a guide here lists values and has no patterns"),
];

fn envelope(version: &str, form: Form) -> Envelope {
    let party = |id: &str| PartyId { qualifier: "ZZ".to_string(), id: id.to_string() };
    let newer = version == "005010";
    Envelope {
        sender: party("ORCHARD"),
        receiver: party("GREENFIELD"),
        group_sender: "ORCHARD".to_string(),
        group_receiver: "GREENFIELD".to_string(),
        date: "20260106".to_string(),
        time: "0815".to_string(),
        interchange_version: if newer { "00501" } else { "00401" }.to_string(),
        group_version: if form == Form::Implementation { "005010X231A1" } else { version }.to_string(),
        interchange_control_number: 41,
        group_control_number: 12,
        acknowledgement_requested: false,
        usage: 'T',
        delimiters: Delimiters { repetition: newer.then_some(b'^'), ..Delimiters::X12 },
    }
}

fn answer(text: &str, version: &str, form: Form, tolerance: Tolerance, limits: Limits) -> String {
    answer_under(&Guide::default(), text, version, form, tolerance, limits)
}

fn answer_under(
    guide: &Guide,
    text: &str,
    version: &str,
    form: Form,
    tolerance: Tolerance,
    limits: Limits,
) -> String {
    let mut reader = Reader::new(text.as_bytes(), limits);
    let examination = examine_with(&mut reader, tolerance, |_| Some(guide), |_, _| {}).unwrap();
    let bytes =
        write_as(&examination.interchanges[0], &envelope(version, form), true, form).unwrap().unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn each_code_is_answered_as_derived_by_hand() {
    let mut wrong = Vec::new();
    let tables = [
        (CASES, "004010", Form::Functional),
        (NEWER, "005010", Form::Functional),
        (IMPLEMENTATION, "005010", Form::Implementation),
    ];
    let plain = tables
        .into_iter()
        .flat_map(|(cases, version, form)| cases.iter().map(move |case| (case, "{}", version, form)));
    let guided = GUIDED.iter().map(|(case, guide)| (case, *guide, "005010", Form::Implementation));
    for (case, guide, version, form) in plain.chain(guided) {
        let (element, code, from, to, expected) = case;
        let guide: Guide = serde_json::from_str(guide).unwrap();
        assert!(ORDER.contains(from), "{from}");
        let mut text = counted(&ORDER.replacen(from, to, 1));
        if version == "005010" {
            text = text.replace("*U*00401*", "*^*00501*").replace("*X*004010~", "*X*005010~");
        }
        let answer = answer_under(&guide, &text, version, form, Tolerance::Strict, Limits::default());
        if !answer.contains(&format!("~{expected}~")) {
            wrong.push(format!(
                "{element} {code}: {to}\n  expected {expected}\n  found    {}",
                &answer[106..]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// GS08 of a 999: X231A1 is the guide of the 999 itself. ST03 repeats it.
#[test]
fn a_999_follows_its_own_guide_where_the_group_follows_one() {
    for (theirs, ours) in [("005010", "005010"), ("005010X222A1", "005010X231A1"), ("005010VICS", "005010")] {
        let text =
            counted(ORDER).replace("*U*00401*", "*^*00501*").replace("*X*004010~", &format!("*X*{theirs}~"));
        let mut reader = Reader::new(text.as_bytes(), Limits::default());
        let examination = examine_with(&mut reader, Tolerance::Strict, |_| None, |_, _| {}).unwrap();
        let result = &examination.interchanges[0];
        assert_eq!(implementation_version(result), ours);
        let envelope = Envelope { group_version: ours.to_string(), ..envelope("005010", Form::Functional) };
        let bytes = write_as(result, &envelope, false, Form::Implementation).unwrap().unwrap();
        let answer = String::from_utf8(bytes.clone()).unwrap();
        let header = if ours == "005010" { "~ST*999*0001~" } else { "~ST*999*0001*005010X231A1~" };
        assert!(
            answer.contains(&format!("*X*{ours}{header}AK1*PO*7*{theirs}~AK2*850*0001~IK5*A~")),
            "{answer}"
        );
        let own = super::reading::read(&bytes);
        assert!(own.findings.is_empty(), "{:?}", own.findings);
    }
}

#[test]
fn limits_and_tolerance_have_their_codes() {
    let small = Limits { max_set_bytes: 100, ..Limits::default() };
    let order = counted(ORDER);
    let functional = answer(&order, "004010", Form::Functional, Tolerance::Strict, small);
    assert!(functional.contains("~AK2*850*0001~AK5*R*1~AK9*R*1*1*0~"), "{functional}");
    let newer = order.replace("*U*00401*", "*^*00501*").replace("*X*004010~", "*X*005010~");
    let implementation = answer(&newer, "005010", Form::Implementation, Tolerance::Strict, small);
    assert!(implementation.contains("~AK2*850*0001~IK5*R*1~AK9*R*1*1*0~"), "{implementation}");
    let fault = |text: &str| text.replace("*EA*", "*9Z*");
    let tolerant =
        answer(&fault(&order), "004010", Form::Functional, Tolerance::ElementErrors, Limits::default());
    assert!(tolerant.contains("~AK4*3*355*7*9Z~AK5*E*5~AK9*E*1*1*1~"), "{tolerant}");
    let tolerant =
        answer(&fault(&newer), "005010", Form::Implementation, Tolerance::ElementErrors, Limits::default());
    assert!(tolerant.contains("~IK4*3*355*7*9Z~IK5*E*5~AK9*E*1*1*1~"), "{tolerant}");
}

/// `docs/acknowledgements.md` lists them; `UPDATE=1` writes it anew.
#[test]
fn what_is_never_answered_is_listed_for_people() {
    let mut text = "# Codes of acknowledgements\n\n\
        Which code answers which finding stands in [errors.md](errors.md). The codes that only a partner's guide brings into a 999 are \
        these (keys of `[guide.<set>]`, [profiles.md](profiles.md)):\n\n\
        | key | 999 | 997 | CONTRL |\n|---|---|---|---|\n\
        | `unused_segments` | IK304 I4 | AK304 2 | UCS02 15 |\n\
        | `mandatory_segments`, a loop | IK304 I7 | AK304 3 | UCS02 13 |\n\
        | `mandatory_segments`, a segment | IK304 I8 | AK304 3 | UCS02 13 |\n\
        | `codes` | IK403 I6 | AK403 7 | UCD01 12 |\n\
        | `unused` | IK403 I10 | AK403 3 | UCD01 15 |\n\
        | `mandatory` | IK403 1 | AK403 1 | UCD01 13 |\n\
        | `longest` | IK403 5 | AK403 5 | UCD01 39 |\n\n\
        A CONTRL has no code for what does not reject. With `aperak = \"on-findings\"` in `[edifact]`, each message that was accepted with\n\
        warnings, or with errors that `element-errors` tolerates, is answered by an APERAK too, all of one interchange in one interchange:\n\
        \n\
        | APERAK | what stands there |\n\
        |---|---|\n\
        | BGM 1004 | our number: the control reference of the APERAK's interchange, and which message of it |\n\
        | BGM 4343 | CA: conditionally accepted |\n\
        | DOC (D.01B) or first RFF (D.96A) | the document, by its number; by UNH 0062 where it has none |\n\
        | RFF, 1153 = ACW | UNH 0062 of the message; the FTX before it names its interchange |\n\
        | ERC 9321 | our code ([errors.md](errors.md)), 3055 = ZZZ; the first hundred findings |\n\
        | ERC, FTX | what is wrong; with the RFF beneath: segment, position, element, component, data element, value |\n\
        \n\
        What the mapping notes (D10xx) is not told. An APERAK or a CONTRL is never answered by an APERAK.\n\n\
        Never answered:\n\n| element | codes | why |\n|---|---|---|\n"
        .to_string();
    // Those that only the input alone does not bring about are answered all the same.
    let never =
        NEVER.iter().filter(|(.., why)| !why.ends_with("own test") && !why.starts_with("the gateway"));
    for (element, codes, why) in never {
        text += &format!("| {element} | {} | {why} |\n", codes.join(", "));
    }
    for (codes, why) in super::edifact::contrl::NEVER {
        text += &format!("| 0085 | {} | {why} |\n", codes.join(", "));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/acknowledgements.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text, "UPDATE=1 writes it anew");
}

#[test]
fn every_code_of_the_fact_tables_has_a_case_or_a_reason() {
    let Some(samples) = published() else { return };
    let table = samples.join("../reference/x12/ack-codes.tsv");
    let Ok(table) = std::fs::read_to_string(&table) else {
        println!("skipped: {} is not there", table.display());
        return;
    };
    let guided = GUIDED.iter().map(|(case, _)| case);
    let cases = CASES.iter().chain(NEWER).chain(IMPLEMENTATION).chain(guided).map(|c| (c.0, c.1));
    let reasons =
        NEVER.iter().flat_map(|(element, codes, _)| codes.iter().map(move |code| (*element, *code)));
    let known: BTreeSet<(&str, &str)> = cases.chain(reasons).collect();
    let elements =
        ["TA105", "AK304", "AK403", "AK501", "AK502", "AK901", "AK905", "IK304", "IK403", "IK501", "IK502"];
    let listed: BTreeSet<(&str, &str)> = table
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|row| elements.contains(&row[1]))
        .map(|row| (row[1], row[4]))
        .collect();
    assert_eq!(listed, known);
}
