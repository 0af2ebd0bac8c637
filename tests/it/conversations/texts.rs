//! The sets of both conversations, as each standard has them: what a partner sends, and, read by `portway file convert`, what our own
//! systems hand over.

use crate::harness::Site;
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standard {
    X12,
    Edifact,
}

/// One side's addresses: in X12 and in EDIFACT.
#[derive(Debug, Clone, Copy)]
pub struct Party {
    pub x12: &'static str,
    pub edifact: &'static str,
}

pub const ACME: Party = Party { x12: "ACME", edifact: "5412345000013" };
pub const DOCK: Party = Party { x12: "DOCK", edifact: "5498765000017" };

/// GS01 and the set's code, or the message with its directory, and its segments.
fn content(standard: Standard, what: &str) -> (&'static str, &'static str, &'static str) {
    use Standard::{Edifact, X12};
    match (standard, what) {
        (X12, "order") => ("PO", "850", "BEG*00*SA*4500123**20261104~PO1*1*4*EA*3.25**BP*ROSE-01~CTT*1~"),
        (X12, "response") => {
            ("PR", "855", "BAK*00*AD*4500123*20261104~PO1*1*4*EA*3.25**BP*ROSE-01~ACK*IA*4*EA~CTT*1~")
        }
        (X12, "notice") => (
            "SH",
            "856",
            "BSN*00*SH-1*20261106*1200~HL*1**S~DTM*011*20261106~HL*2*1*O~PRF*4500123~HL*3*2*I~LIN**BP*ROSE-01~SN1**4*EA~CTT*3~",
        ),
        (X12, "invoice") => {
            ("IN", "810", "BIG*20261107*INV-1*20261104*4500123~IT1*1*4*EA*3.25**BP*ROSE-01~TDS*1300~CTT*1~")
        }
        (X12, "receipt") => (
            "RC",
            "861",
            "BRA*RA-1*20261110*00*2~REF*PO*4500123~DTM*050*20261110~RCD*1*4*EA~LIN**BP*ROSE-01~CTT*1~",
        ),
        (X12, "change") => (
            "PC",
            "860",
            "BCH*04*SA*4500123***20261104~DTM*002*20261106~POC*1*QI*4*0*EA*3.25**BP*ROSE-01~CTT*1~",
        ),
        (X12, "despatch order") => {
            ("OW", "940", "W05*N*DO-1*4500123~N1*ST*Greenfield*92*0014~LX*1~W01*4*EA**BP*ROSE-01~W76*4~")
        }
        (X12, "despatched") => (
            "SW",
            "945",
            "W06*F*DO-1*20261106*SH-1**4500123~N1*ST*Greenfield*92*0014~LX*1~W12*CC*4*4*0*EA**BP*ROSE-01~W03*4*20*LB~",
        ),
        (Edifact, "order") => (
            "D:96A",
            "ORDERS",
            "BGM+220+4500123+9'DTM+137:20261104:102'NAD+BY+5412345000013::9'NAD+SU+4012345000009::9'LIN+1++ROSE-01:SA'QTY+21:4'\
             PRI+AAA:3.25'UNS+S'CNT+2:1'",
        ),
        (Edifact, "response") => (
            "D:96A",
            "ORDRSP",
            "BGM+231+R-1+29'DTM+137:20261105:102'RFF+ON:4500123'NAD+BY+5412345000013::9'NAD+SU+4012345000009::9'\
             LIN+1+5+ROSE-01:SA'QTY+21:4'UNS+S'CNT+2:1'",
        ),
        (Edifact, "notice") => (
            "D:96A",
            "DESADV",
            "BGM+351+SH-1+9'DTM+137:20261106:102'DTM+11:20261106:102'RFF+ON:4500123'NAD+BY+5412345000013::9'\
             NAD+SU+4012345000009::9'CPS+1'LIN+1++ROSE-01:SA'QTY+12:4'CNT+2:1'",
        ),
        (Edifact, "invoice") => (
            "D:96A",
            "INVOIC",
            "BGM+380+INV-1+9'DTM+137:20261107:102'RFF+ON:4500123'NAD+BY+5412345000013::9'NAD+SU+4012345000009::9'\
             LIN+1++ROSE-01:SA'QTY+47:4'MOA+203:13'PRI+AAA:3.25'UNS+S'MOA+86:13'",
        ),
        (Edifact, "receipt") => (
            "D:96A",
            "RECADV",
            "BGM+632+RA-1+9'DTM+137:20261110:102'DTM+50:20261110:102'RFF+ON:4500123'NAD+BY+5412345000013::9'\
             NAD+SU+4012345000009::9'CPS+1'LIN+1++ROSE-01:SA'QTY+48:4'",
        ),
        (Edifact, "despatch order") => (
            "D:01B",
            "INSDES",
            "BGM+350+DO-1+9'DTM+137:20261105:102'RFF+ON:4500123'NAD+ST+5412345000020::9'LIN+1++ROSE-01:SA'QTY+113:4'UNS+S'CNT+2:1'",
        ),
        (Edifact, "despatched") => (
            "D:01B",
            "DESADV",
            "BGM+351+SH-1+9'DTM+137:20261106:102'DTM+11:20261106:102'RFF+ON:4500123'RFF+AAK:DO-1'NAD+BY+5412345000013::9'\
             NAD+SU+4012345000009::9'CPS+1'LIN+1++ROSE-01:SA'QTY+12:4'CNT+2:1'",
        ),
        (standard, what) => panic!("{standard:?} {what}"),
    }
}

/// The code of a set, `856` or `DESADV`.
pub fn code(standard: Standard, what: &str) -> &'static str {
    content(standard, what).1
}

/// An interchange from this party to us.
pub fn interchange(standard: Standard, from: Party, control: u32, what: &str) -> String {
    changed(standard, from, control, what, &[])
}

/// The same with other words in its segments.
pub fn changed(standard: Standard, from: Party, control: u32, what: &str, words: &[(&str, &str)]) -> String {
    let (kind, code, segments) = content(standard, what);
    let segments = words.iter().fold(segments.to_owned(), |text, (this, that)| {
        assert!(text.contains(this), "{this}: {text}");
        text.replace(this, that)
    });
    match standard {
        Standard::X12 => x12(from, control, kind, code, &segments),
        Standard::Edifact => edifact(from, control, &format!("{code}:{kind}:UN"), &segments),
    }
}

/// A 997 of these AK1 to AK9.
pub fn functional(from: Party, control: u32, segments: &str) -> String {
    x12(from, control, "FA", "997", segments)
}

/// What accepts an interchange of ours whole.
pub fn accepting(from: Party, control: u32, ours: &str) -> String {
    if ours.starts_with("ISA") {
        let element = |segment: &str, nth: usize| {
            let at = ours.find(&format!("~{segment}*")).unwrap() + 1;
            ours[at..].split(['*', '~']).nth(nth).unwrap().to_owned()
        };
        let (kind, group) = (element("GS", 1), element("GS", 6));
        functional(from, control, &format!("AK1*{kind}*{group}~AK9*A*1*1*1~"))
    } else {
        let unb = ours.split("UNB+").nth(1).unwrap();
        let reference = unb.split(['+', '\'']).nth(4).unwrap();
        let uci = format!("UCI+{reference}+4012345000009:14+{}:14+7'", from.edifact);
        edifact(from, control, "CONTRL:D:3:UN", &uci)
    }
}

fn x12(from: Party, control: u32, kind: &str, code: &str, segments: &str) -> String {
    let (sender, count) = (from.x12, segments.matches('~').count() + 2);
    format!(
        "ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*NORTHWIND      *260105*0930*U*00401*{control:09}*0*P*>~\
         GS*{kind}*{sender}*NORTHWIND*20260105*0930*{control}*X*004010~ST*{code}*0001~{segments}SE*{count}*0001~\
         GE*1*{control}~IEA*1*{control:09}~"
    )
}

fn edifact(from: Party, control: u32, message: &str, segments: &str) -> String {
    let (sender, count) = (from.edifact, segments.matches('\'').count() + 2);
    format!(
        "UNB+UNOC:3+{sender}:14+4012345000009:14+260105:0930+{control}'UNH+1+{message}'{segments}UNT+{count}+1'UNZ+1+{control}'"
    )
}

/// The same as our own systems have it.
pub fn document(site: &Site, standard: Standard, what: &str) -> Value {
    document_with(site, standard, what, &[])
}

/// The same with other words in its segments.
pub fn document_with(site: &Site, standard: Standard, what: &str, words: &[(&str, &str)]) -> Value {
    let path = site.path(&format!("{what}.edi"));
    std::fs::write(&path, changed(standard, ACME, 1, what, words)).unwrap();
    let (code, json, errors) = site.run(&["file", "convert", &path.display().to_string(), "--to", "json"]);
    assert_eq!(code, 0, "{what}: {errors}");
    serde_json::from_str(&json).unwrap()
}
