//! 999 written with its own codes; 997, 999 and TA1 read back into values.

use super::reading::{ORDER, counted, order_with, read};
use portway_edi::acknowledgement::{
    AckCode, Form, GroupAnswer, InterchangeAnswer, read as read_answer, read_interchange, write_as,
};
use portway_edi::x12::PartyId;
use portway_edi::x12::reader::{Event, Limits, Reader};
use portway_edi::x12::writer::Envelope;
use portway_edi::{Delimiters, Finding};

fn envelope(group_version: &str) -> Envelope {
    let party = |id: &str| PartyId { qualifier: "ZZ".to_string(), id: id.to_string() };
    Envelope {
        sender: party("ORCHARD"),
        receiver: party("GREENFIELD"),
        group_sender: "ORCHARD".to_string(),
        group_receiver: "GREENFIELD".to_string(),
        date: "20260106".to_string(),
        time: "0815".to_string(),
        interchange_version: "00501".to_string(),
        group_version: group_version.to_string(),
        interchange_control_number: 41,
        group_control_number: 12,
        acknowledgement_requested: false,
        usage: 'T',
        delimiters: Delimiters { repetition: Some(b'^'), ..Delimiters::X12 },
    }
}

fn newer(text: &str) -> String {
    text.replace("*U*00401*", "*^*00501*").replace("004010~", "005010~")
}

fn answer(text: &str, form: Form, version: &str) -> String {
    let reading = read(text.as_bytes());
    let bytes = write_as(&reading.results[0], &envelope(version), true, form).unwrap().unwrap();
    // Our own answers are clean by our own reader and schema.
    let own = read(&bytes);
    assert!(own.findings.is_empty(), "{:?}", own.findings);
    String::from_utf8(bytes).unwrap()
}

/// The 997 or 999 in a text, and the TA1.
fn read_back(text: &str) -> (Vec<GroupAnswer>, Vec<InterchangeAnswer>) {
    let (mut groups, mut interchanges) = (Vec::new(), Vec::new());
    let mut reader = Reader::new(text.as_bytes(), Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Set(set) => groups.extend(read_answer(&set)),
            Event::InterchangeAcknowledgement(ta1) => interchanges.push(read_interchange(&ta1)),
            _ => {}
        }
    }
    (groups, interchanges)
}

const FAULTS: &str = "N1*ST*Centre 14*92~N3*14 Orchard Lane~N4*S*OR*97301~ZZ9*1~PO1*1*4*XQ*3.25**BP*ROSE-12~";

fn faulty() -> String {
    let whole = "N1*ST*Centre 14*92*0014~N3*14 Orchard Lane~N4*Salem*OR*97301~PO1*1*4*EA*3.25**BP*ROSE-12~";
    newer(&order_with(whole, FAULTS))
}

#[test]
fn a_999_has_its_own_segments_and_codes() {
    let text = answer(&faulty(), Form::Implementation, "005010X231A1");
    assert_eq!(
        text.split_once("TA1").unwrap().1.replace('~', "~\n"),
        "\
*000000007*260105*0930*A*000~
GS*FA*ORCHARD*GREENFIELD*20260106*0815*12*X*005010X231A1~
ST*999*0001*005010X231A1~
AK1*PO*7*005010~
AK2*850*0001~
IK3*N1*4*N1*8~
IK4*4*67*2~
CTX*SITUATIONAL TRIGGER*N1*4*N1~
IK3*N4*6*N1*8~
IK4*1*19*4*S~
IK3*ZZ9*7**1~
IK3*PO1*8*PO1*8~
IK4*3*355*7*XQ~
IK5*R*5~
AK9*R*1*1*0~
SE*14*0001~
GE*1*12~
IEA*1*000000041~
"
    );
}

#[test]
fn the_guide_of_a_set_is_repeated() {
    let text = newer(counted(ORDER).as_str()).replace("ST*850*0001~", "ST*850*0001*GUIDE-7~");
    let text = answer(&text, Form::Implementation, "005010");
    assert!(text.contains("~ST*999*0001~AK1*PO*7*005010~AK2*850*0001*GUIDE-7~IK5*A~AK9*A*1*1*1~"), "{text}");
}

#[test]
fn repetitions_and_components_have_codes_from_005010_on() {
    let text = newer(&order_with("*EA*", "*EA^CA*"));
    assert!(answer(&text, Form::Functional, "005010").contains("AK4*3*355*12*EA CA~"));
    let text = newer(&order_with(
        "PID*F****Rose~",
        "PID*F****Rose~PO4*1****G*1*LB~MEA**WT*1*LB>1>1>LB>1>1>LB>1>1>LB>1>1>LB>1>1>LB~",
    ));
    assert!(answer(&text, Form::Functional, "005010").contains("*13*LB~"));
    assert!(answer(&text, Form::Functional, "004010").contains("*3*LB~"));
}

#[test]
fn what_we_write_is_read_back() {
    for (form, version) in [(Form::Functional, "004010"), (Form::Implementation, "005010X231A1")] {
        let (groups, interchanges) = read_back(&answer(&faulty(), form, version));
        assert_eq!(
            (interchanges[0].control_number.as_str(), interchanges[0].verdict),
            ("000000007", Some(AckCode::Accepted))
        );
        assert_eq!((interchanges[0].note_code.as_str(), interchanges[0].findings.len()), ("000", 0));
        let [group] = &groups[..] else { panic!("{groups:?}") };
        assert_eq!((group.functional_id.as_str(), group.control_number.as_str()), ("PO", "7"));
        assert_eq!(
            (group.verdict, group.declared, group.received, group.accepted),
            (Some(AckCode::Rejected), Some(1), Some(1), Some(0))
        );
        assert!(group.findings.is_empty(), "{:?}", group.findings);
        let [set] = &group.sets[..] else { panic!("{group:?}") };
        assert_eq!(
            (set.code.as_str(), set.control_number.as_str(), set.codes.as_slice()),
            ("850", "0001", &["5".to_string()][..])
        );
        let notes: Vec<(&str, Option<u32>, &str, usize)> = set
            .notes
            .iter()
            .map(|n| (n.segment.as_str(), n.position, n.code.as_str(), n.elements.len()))
            .collect();
        assert_eq!(
            notes,
            [
                ("N1", Some(4), "8", 1),
                ("N4", Some(6), "8", 1),
                ("ZZ9", Some(7), "1", 0),
                ("PO1", Some(8), "8", 1)
            ]
        );
        let element = &set.notes[3].elements[0];
        assert_eq!(
            (element.element, element.reference.as_str(), element.code.as_str(), element.value.as_str()),
            (Some(3), "355", "7", "XQ")
        );
        let contexts = usize::from(form == Form::Implementation);
        assert_eq!(set.notes[0].elements[0].contexts.len(), contexts);
    }
}

/// An acknowledgement with these segments between ST and SE.
fn acknowledgement(body: &str) -> GroupAnswer {
    let (start, end) = (ORDER.find("ST*").unwrap(), ORDER.find("GE*").unwrap());
    let text = format!("{}ST*997*0001~{body}SE*#*0001~{}", &ORDER[..start], &ORDER[end..]);
    read_back(&counted(&text.replace("GS*PO*", "GS*FA*"))).0.remove(0)
}

#[test]
fn a_short_answer_speaks_of_every_set() {
    let answer = acknowledgement("AK1*PO*7~AK9*A*3*3*3~");
    assert_eq!(answer.verdict_on("850", "0002"), Some(AckCode::Accepted));
    let answer = acknowledgement("AK1*PO*7~AK9*R*3*3*0*1~");
    assert_eq!(
        (answer.verdict_on("850", "0002"), answer.codes),
        (Some(AckCode::Rejected), vec!["1".to_string()])
    );
}

#[test]
fn of_a_group_accepted_in_part_unnamed_sets_stay_open() {
    let answer = acknowledgement("AK1*PO*7~AK2*850*0002~AK5*R*5~AK2*850*0003~AK5*E~AK9*P*3*3*2~");
    assert_eq!(answer.verdict_on("850", "0001"), None);
    assert_eq!(answer.verdict_on("850", "0002"), Some(AckCode::Rejected));
    assert_eq!(answer.verdict_on("850", "0003"), Some(AckCode::AcceptedWithErrors));
    assert!(answer.findings.is_empty());
}

#[test]
fn security_letters_reject() {
    for letter in ["M", "W", "X"] {
        let answer = acknowledgement(&format!("AK1*PO*7~AK2*850*0002~AK5*{letter}~AK9*{letter}*1*1*0~"));
        assert_eq!(answer.verdict_on("850", "0002"), Some(AckCode::Rejected));
    }
}

#[test]
fn an_answer_that_decides_nothing_is_a_finding() {
    let told = |answer: &GroupAnswer| {
        answer.findings.iter().map(|f: &Finding| f.message.clone()).collect::<Vec<_>>()
    };
    let answer = acknowledgement("AK1*PO*7~AK2*850*0002~AK5*Q~AK9*A*1*1*1~");
    assert_eq!(
        told(&answer),
        ["AK501 'Q' is no verdict: the answer decides nothing", "no verdict on set 0002"]
    );
    assert_eq!(answer.verdict_on("850", "0002"), None);
    let answer = acknowledgement("AK1*PO*7~AK9*A*3*3*1~");
    assert_eq!(told(&answer), ["AK9 says 'A' and 1 of 3 sets accepted"]);
    let answer = acknowledgement("AK1*PO*7~");
    assert_eq!(told(&answer), ["AK9 is missing: the answer names no group, or decides nothing"]);
    let order = counted(ORDER);
    let (header, group) = order.split_at(order.find("GS*").unwrap());
    let ta1 = format!("{header}TA1*000000003*260105*0930*P*000~{group}");
    let (_, interchanges) = read_back(&ta1);
    let codes: Vec<&str> = interchanges[0].findings.iter().map(|f| f.code.0).collect();
    assert_eq!((interchanges[0].verdict, codes), (None, vec!["X1207", "X1043"]));
    let reading = read(ta1.as_bytes());
    assert_eq!(
        reading.results[0].verdict(),
        AckCode::Accepted,
        "a TA1 gone wrong does not stop what came with it"
    );
    assert_eq!(reading.results[0].findings.len(), 2);
}

#[test]
fn other_sets_are_no_answers() {
    assert!(read_back(&counted(ORDER)).0.is_empty());
}
