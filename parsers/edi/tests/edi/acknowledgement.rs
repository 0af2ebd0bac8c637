//! The answers, as text: TA1 and 997 for good, bad and half-good interchanges.

use super::reading::{ORDER, Reading, counted, order_with, read, read_with};
use portway_edi::Delimiters;
use portway_edi::acknowledgement::{AckCode, Tolerance, write};
use portway_edi::x12::PartyId;
use portway_edi::x12::reader::Limits;
use portway_edi::x12::writer::Envelope;

fn envelope() -> Envelope {
    let party = |qualifier: &str, id: &str| PartyId { qualifier: qualifier.to_string(), id: id.to_string() };
    Envelope {
        sender: party("01", "123456789"),
        receiver: party("ZZ", "GREENFIELD"),
        group_sender: "ORCHARD".to_string(),
        group_receiver: "GREENFIELD".to_string(),
        date: "20260106".to_string(),
        time: "0815".to_string(),
        interchange_version: "00401".to_string(),
        group_version: "004010".to_string(),
        interchange_control_number: 41,
        group_control_number: 12,
        acknowledgement_requested: false,
        usage: 'T',
        delimiters: Delimiters::X12,
    }
}

/// What is answered, a segment a line, without ISA.
fn answer(reading: &Reading, ta1: bool) -> Vec<String> {
    let Some(bytes) = write(&reading.results[0], &envelope(), ta1).unwrap() else { return Vec::new() };
    // Our own answers are clean by our own reader and schema.
    let own = read(&bytes);
    assert!(own.findings.is_empty(), "{:?}", own.findings);
    let text = String::from_utf8(bytes).unwrap();
    text.trim_end_matches('~').split('~').skip(1).map(str::to_string).collect()
}

#[test]
fn a_clean_order_is_accepted() {
    let reading = read(counted(ORDER).as_bytes());
    let bytes = write(&reading.results[0], &envelope(), true).unwrap().unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap().replace('~', "~\n"),
        "\
ISA*00*          *00*          *01*123456789      *ZZ*GREENFIELD     *260106*0815*U*00401*000000041*0*T*>~
TA1*000000007*260105*0930*A*000~
GS*FA*ORCHARD*GREENFIELD*20260106*0815*12*X*004010~
ST*997*0001~
AK1*PO*7~
AK2*850*0001~
AK5*A~
AK9*A*1*1*1~
SE*6*0001~
GE*1*12~
IEA*1*000000041~
"
    );
}

#[test]
fn element_and_segment_faults_are_noted_at_their_places() {
    let text = ORDER
        .replace("*EA*", "*XQ*")
        .replace("**20260105~", "**20260230~")
        .replace("N3*14 Orchard Lane~", "ZZTOP*1~N3*14 Orchard Lane~")
        .replace("Centre 14", "Centre>14")
        .replace("PID*F****Rose~", "PID*F****Rose~SLN*1**I*2*XQ~CTP~");
    let reading = read(counted(&text).as_bytes());
    assert_eq!(
        answer(&reading, false),
        [
            "GS*FA*ORCHARD*GREENFIELD*20260106*0815*12*X*004010",
            "ST*997*0001",
            "AK1*PO*7",
            "AK2*850*0001",
            "AK3*BEG*2**8",
            "AK4*5*373*8*20260230",
            "AK3*N1*4**8",
            "AK4*2*93*6*Centre 14",
            "AK3*ZZT*5**1",
            "AK3*PO1*8**8",
            "AK4*3*355*7*XQ",
            "AK3*SLN*10**8",
            "AK4*5>1*355*7*XQ",
            "AK5*R*5",
            "AK9*R*1*1*0",
            "SE*15*0001",
            "GE*1*12",
            "IEA*1*000000041",
        ]
    );
}

#[test]
fn faults_of_the_set_envelope_go_into_ak5() {
    let reading = read(order_with("SE*#*0001", "SE*99*0002").as_bytes());
    assert_eq!(
        answer(&reading, false)[3..6],
        ["AK2*850*0001", "AK5*R*4*3", "AK9*R*1*1*0"].map(|s| s.to_string())
    );
}

#[test]
fn element_errors_may_be_tolerated() {
    let text = order_with("*EA*", "*XQ*");
    let tolerant = read_with(text.as_bytes(), Limits::default(), Tolerance::ElementErrors);
    assert_eq!(tolerant.results[0].groups[0].sets[0].verdict, AckCode::AcceptedWithErrors);
    let lines = answer(&tolerant, false);
    assert_eq!(lines[6..8], ["AK5*E*5", "AK9*E*1*1*1"].map(|s| s.to_string()));
    let structural = order_with("BEG*00*SA*4500123**20260105~", "");
    let structural = read_with(structural.as_bytes(), Limits::default(), Tolerance::ElementErrors);
    assert_eq!(structural.results[0].groups[0].sets[0].verdict, AckCode::Rejected);
}

#[test]
fn a_group_with_good_and_bad_sets_is_partially_accepted() {
    let text = counted(ORDER);
    let set = &text[text.find("ST*").unwrap()..text.find("GE*").unwrap()];
    let bad = set.replace("*EA*", "*XQ*").replace("*0001~", "*0002~");
    let text = text.replace("GE*1*", &format!("{bad}GE*2*"));
    let lines = answer(&read(text.as_bytes()), false);
    assert_eq!(
        lines[3..9],
        ["AK2*850*0001", "AK5*A", "AK2*850*0002", "AK3*PO1*7**8", "AK4*3*355*7*XQ", "AK5*R*5"]
            .map(|s| s.to_string())
    );
    assert_eq!(lines[9], "AK9*P*2*2*1");
}

#[test]
fn a_broken_group_envelope_rejects_the_group_whole() {
    let reading = read(order_with("GE*1*7", "GE*3*8").as_bytes());
    assert!(!reading.results[0].groups[0].envelope_accepted());
    let lines = answer(&reading, false);
    assert_eq!(lines[2..5], ["AK1*PO*7", "AK9*R*3*1*0*5*4", "SE*4*0001"].map(|s| s.to_string()));
}

#[test]
fn a_broken_interchange_has_a_ta1_and_nothing_else() {
    let reading = read(order_with("IEA*1*000000007", "IEA*2*000000008").as_bytes());
    assert_eq!(reading.results[0].verdict(), AckCode::Rejected);
    assert_eq!(answer(&reading, true), ["TA1*000000007*260105*0930*R*021", "IEA*0*000000041"]);
    assert!(write(&reading.results[0], &envelope(), false).unwrap().is_none());
}

#[test]
fn a_crooked_header_is_accepted_with_a_note() {
    let reading = read(order_with("ISA*00*          *", "ISA*00*    *").as_bytes());
    assert_eq!(reading.results[0].verdict(), AckCode::AcceptedWithErrors);
    assert_eq!(answer(&reading, true)[0], "TA1*000000007*260105*0930*E*022");
}

#[test]
fn acknowledgements_are_never_acknowledged() {
    let own = write(&read(counted(ORDER).as_bytes()).results[0], &envelope(), false).unwrap().unwrap();
    let reading = read(&own);
    assert!(write(&reading.results[0], &envelope(), false).unwrap().is_none());
    assert_eq!(answer(&reading, true), ["TA1*000000041*260106*0815*A*000", "IEA*0*000000041"]);
}

#[test]
fn each_group_has_its_own_997() {
    let text = counted(ORDER);
    let group = &text[text.find("GS*").unwrap()..text.find("IEA*").unwrap()];
    let second = group.replace("*0930*7*", "*0930*8*").replace("GE*1*7", "GE*1*8");
    let text = text.replace("IEA*1*", &format!("{second}IEA*2*"));
    let lines = answer(&read(text.as_bytes()), false);
    let numbers: Vec<&String> = lines
        .iter()
        .filter(|l| l.starts_with("ST*") || l.starts_with("AK1*") || l.starts_with("GE*"))
        .collect();
    assert_eq!(numbers, ["ST*997*0001", "AK1*PO*7", "ST*997*0002", "AK1*PO*8", "GE*2*12"]);
}

#[test]
fn no_more_than_99_elements_and_five_codes_are_noted() {
    let bad = "*XQ".repeat(24);
    let text = order_with("PO1*1*4*EA*3.25**BP*ROSE-12", &format!("PO1*1*4*EA*3.25*{bad}"));
    let lines = answer(&read(text.as_bytes()), false);
    assert!(lines.iter().filter(|l| l.starts_with("AK4*")).count() <= 99);
    let long = order_with("Centre 14", &"Rosebush ".repeat(40));
    let lines = answer(&read(long.as_bytes()), false);
    let note = lines.iter().find(|l| l.starts_with("AK4*")).unwrap();
    assert!(note.rsplit('*').next().unwrap().len() <= 99);
}
