//! Answers of partners held against what we sent: TA1, 997, 999 and CONTRL in one shape.
//!
//! What our own writers say of a result is read back to the same verdicts; what real partners send beside the rules is read too.

use super::edifact::contrl::envelope as edifact_envelope;
use super::edifact::{self, counted as counted_edifact};
use super::reading::{ORDER, counted, order_with, read};
use portway_edi::acknowledgement::answered::{Answered, Sent, Verdict};
use portway_edi::acknowledgement::{
    AckCode, Form, InterchangeResult, Level, Tolerance, our_element, words, write_as,
};
use portway_edi::edifact::contrl::{self, Report};
use portway_edi::interchange::{Event, Limits, PartyId};
use portway_edi::reader::Reader;
use portway_edi::schema::Dictionary;
use portway_edi::x12::writer::Envelope;
use portway_edi::{Delimiters, Finding, Place, Severity, finding};

/// Every answer in an input.
fn answers(input: &[u8]) -> Vec<Answered> {
    let mut reader = Reader::new(input, Limits::default());
    let mut answers = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Set(set) => answers.extend(Answered::of(&set)),
            Event::InterchangeAcknowledgement(ta1) => answers.push(Answered::of_ta1(&ta1)),
            _ => {}
        }
    }
    answers
}

fn answer(input: &str) -> Answered {
    let mut answers = answers(input.as_bytes());
    assert_eq!(answers.len(), 1, "{input}");
    answers.remove(0)
}

/// A 997 (or 999) with these segments between ST and SE.
fn functional(set: &str, body: &str) -> Answered {
    let (start, end) = (ORDER.find("ST*").unwrap(), ORDER.find("GE*").unwrap());
    let text = format!("{}ST*{set}*0001~{body}SE*#*0001~{}", &ORDER[..start], &ORDER[end..]);
    answer(&counted(&text.replace("GS*PO*", "GS*FA*")))
}

/// A CONTRL with these segments between UNH and UNT.
fn control(body: &str) -> Answered {
    let (start, end) = (edifact::ORDER.find("UNH+").unwrap(), edifact::ORDER.find("UNZ+").unwrap());
    let (head, tail) = (&edifact::ORDER[..start], &edifact::ORDER[end..]);
    answer(&counted_edifact(&format!("{head}UNH+1+CONTRL:D:3:UN'{body}UNT+#+1'{tail}")))
}

/// Our order, sent as set `number` of group 7 in interchange 7.
fn order(number: &str) -> Sent<'_> {
    Sent { interchange: "000000007", functional_id: "PO", group: Some("7"), code: "850", set: number }
}

fn orders(number: &str) -> Sent<'_> {
    Sent { interchange: "77", functional_id: "", group: None, code: "ORDERS", set: number }
}

fn said(answer: &Answered, sent: Sent<'_>) -> Option<Verdict> {
    answer.on(&sent).and_then(|said| said.verdict)
}

/// The errors of a set in words.
fn told(answer: &Answered, sent: Sent<'_>) -> Vec<String> {
    answer.on(&sent).unwrap().errors.iter().map(|error| error.to_string()).collect()
}

#[test]
fn each_element_at_fault_is_one_sentence() {
    let body = "AK1*PO*7~AK2*850*0001~AK3*N1*12*N1*8~AK4*4*67*1~AK3*PO1*20**8~AK4*3*355*7*XQ~AK3*CTT*30**3~\
                AK3*MEA*31**8~AK4*4>1*C001*7*LB~AK5*R*5~AK9*R*1*1*0~";
    let answered = functional("997", body);
    assert_eq!(
        told(&answered, order("0001")),
        [
            "set: one or more segments in error (AK502 5)",
            "N104 (position 12, loop N1): required element missing (AK403 1)",
            "PO103 (position 20): code not in the list (AK403 7); value `XQ`",
            "CTT (position 30): mandatory segment missing (AK304 3)",
            "MEA04-1 (position 31): code not in the list (AK403 7); value `LB`",
        ]
    );
    let body = "AK1*PO*7*005010X231~AK2*850*0001~IK3*N1*4*N1*I4~CTX*SITUATIONAL TRIGGER*N1*4~IK3*N1*5*N1*8~\
                IK4*4*67*I9~IK5*R*I5~AK9*R*1*1*0*Z~";
    let answered = functional("999", body);
    assert_eq!(answered.groups[0].version, "005010X231");
    assert_eq!(
        told(&answered, order("0001")),
        [
            "group: a code without words here (AK905 Z)",
            "set: one or more segments against the implementation guide (IK502 I5)",
            "N1 (position 4, loop N1): segment not used by the implementation guide (IK304 I4); because of \
             SITUATIONAL TRIGGER",
            "N104 (position 5, loop N1): element missing that the implementation guide asks for here (IK403 I9)",
        ]
    );
    let answered = control("UCI+77+A:14+B:14+7'UCM+1+ORDERS:D:96A:UN+4'UCS+7+35'UCS+8'UCD+12+2:2'");
    assert_eq!(
        told(&answered, orders("1")),
        [
            "segment (position 7): repeated too often (UCS02 35)",
            "segment element 01-2 (position 8): invalid value (UCD01 12)",
        ]
    );
}

/// All codes that our tables of the standards list for the elements of answers, but those of 0085 that are older than the CONTRL,
/// which does not use them.
#[test]
fn every_listed_code_has_words() {
    let newer = [
        ("TA1", "TA105", 5),
        ("AK9", "AK905", 5),
        ("IK5", "IK502", 2),
        ("IK3", "IK304", 4),
        ("IK4", "IK403", 3),
    ];
    let older = [("AK9", "AK905", 5), ("AK5", "AK502", 2), ("AK3", "AK304", 4), ("AK4", "AK403", 3)];
    let of = |version, lists: &[(&'static str, &'static str, usize)]| {
        for (segment, told_in, element) in lists {
            let description = Dictionary::x12(version).unwrap().describe(segment, *element).unwrap();
            assert!(description.codes.len() > 5, "{segment}");
            for code in description.codes {
                assert!(words(told_in, code).is_some(), "{told_in} {code}");
            }
        }
    };
    of("005010", &newer);
    of("004010", &older);
    const OLDER: [&str; 9] = ["1", "3", "4", "5", "6", "8", "9", "10", "11"];
    for syntax in ["v3", "v4"] {
        for code in Dictionary::edifact(syntax).unwrap().describe("UCS", 2).unwrap().codes {
            assert!(OLDER.contains(code) || words("UCS02", code).is_some(), "0085 {code}");
        }
    }
    assert_eq!(words("AK403", "I9"), None, "a guide's code stands in a 999 alone");
    assert_eq!((words("AK403", ""), words("AK403", "0"), words("XX", "1")), (None, None, None));
}

#[test]
fn an_accepting_997_that_names_no_set_accepts_all() {
    let answered = functional("997", "AK1*PO*7~AK9*A*3*3*3~");
    assert_eq!(answered.verdict(), Some(Verdict::Accepted));
    assert_eq!(said(&answered, order("0002")), Some(Verdict::Accepted));
    // Another group, or another functional id: not about us.
    assert!(answered.on(&Sent { group: Some("8"), ..order("0002") }).is_none());
    assert!(answered.on(&Sent { functional_id: "IN", ..order("0002") }).is_none());
}

#[test]
fn what_partners_leave_out_is_taken_from_what_they_say() {
    // No counts; small letters; zeros dropped.
    let answered = functional("997", "AK1*po*000007~AK2*850*1~AK5*a~AK9*a~");
    assert_eq!(
        (answered.verdict(), said(&answered, order("0001"))),
        (Some(Verdict::Accepted), Some(Verdict::Accepted))
    );
    // No AK5 in a group that is accepted, with and without errors told.
    let answered = functional("997", "AK1*PO*7~AK2*850*0001~AK2*850*0002~AK3*N1*4**8~AK4*4**1~AK9*A*2*2*2~");
    assert_eq!(said(&answered, order("0001")), Some(Verdict::Accepted));
    assert_eq!(said(&answered, order("0002")), Some(Verdict::AcceptedWithErrors));
    // Wrong counts change no word.
    let answered = functional("997", "AK1*PO*7~AK2*850*0001~AK5*A~AK9*A*1*9*0~");
    assert_eq!((answered.verdict(), answered.findings.len()), (Some(Verdict::Accepted), 1));
    // No AK9 at all.
    let answered = functional("997", "AK1*PO*7~AK2*850*0001~AK5*A~AK2*850*0002~AK5*R~");
    assert_eq!(
        (answered.verdict(), said(&answered, order("0002"))),
        (Some(Verdict::Partial), Some(Verdict::Rejected))
    );
    assert_eq!(said(&answered, order("0003")), None);
    // A set rejected in a group that is said to be accepted.
    let answered = functional("997", "AK1*PO*7~AK2*850*0001~AK5*R~AK9*A*2*2*2~");
    assert_eq!(
        (answered.verdict(), said(&answered, order("0001"))),
        (Some(Verdict::Partial), Some(Verdict::Rejected))
    );
    // A letter that nobody knows decides nothing.
    let answered = functional("997", "AK1*PO*7~AK2*850*0001~AK5*Q~AK9*A*1*1*1~");
    assert_eq!((answered.verdict(), said(&answered, order("0001"))), (None, None));
    assert!(answered.on(&order("0001")).is_some());
}

#[test]
fn in_a_group_accepted_in_part_counts_may_speak_for_sets_that_are_not_named() {
    let answered = functional("997", "AK1*PO*7~AK2*850*0002~AK5*R*5~AK9*P*3*3*2~");
    assert_eq!(answered.verdict(), Some(Verdict::Partial));
    assert_eq!(said(&answered, order("0002")), Some(Verdict::Rejected));
    assert_eq!(said(&answered, order("0001")), Some(Verdict::Accepted), "the only one rejected is named");
    for body in [
        // One more is rejected than named; no counts; a set without a word; more accepted than came.
        "AK2*850*0002~AK5*R*5~AK9*P*3*3*1~",
        "AK2*850*0002~AK5*R*5~AK9*P~",
        "AK2*850*0002~AK9*P*3*3*2~",
        "AK2*850*0002~AK5*R*5~AK9*P*3*3*4~",
    ] {
        let answered = functional("997", &format!("AK1*PO*7~{body}"));
        assert_eq!(said(&answered, order("0001")), None, "{body}");
    }
}

#[test]
fn a_ta1_speaks_for_the_envelope_and_rejects_all() {
    let ta1 = |ta1: &str| {
        let order = counted(ORDER);
        let (header, rest) = order.split_at(order.find("GS*").unwrap());
        answer(&format!("{header}{ta1}~{}", &rest[rest.find("IEA").unwrap()..]))
    };
    let answered = ta1("TA1*000000007*260105*0930*R*025");
    assert_eq!(
        (answered.verdict(), said(&answered, order("0001"))),
        (Some(Verdict::Rejected), Some(Verdict::Rejected))
    );
    assert_eq!(told(&answered, order("0001")), ["interchange: control number used before (TA105 025)"]);
    assert!(answered.on(&Sent { interchange: "8", ..order("0001") }).is_none());
    let answered = ta1("TA1*7*260105*0930*a*000");
    assert_eq!(answered.verdict(), Some(Verdict::Accepted));
    let interchange = answered.interchange.as_ref().unwrap();
    assert_eq!(
        (interchange.control_number.as_str(), interchange.date.as_str(), interchange.time.as_str()),
        ("7", "260105", "0930")
    );
    assert!(answered.on(&order("0001")).is_none(), "an envelope that is right accepts no set");
}

#[test]
fn a_contrl_speaks_for_all_that_it_does_not_name() {
    let answered = control("UCI+77+A:14+B:14+7'");
    assert_eq!(
        (answered.verdict(), said(&answered, orders("1"))),
        (Some(Verdict::Accepted), Some(Verdict::Accepted))
    );
    let answered = control("UCI+77+A:14+B:14+8'");
    assert_eq!(
        (answered.verdict(), said(&answered, orders("1"))),
        (Some(Verdict::Received), Some(Verdict::Received))
    );
    assert!(!answered.verdict().unwrap().accepts(), "that it came is no acceptance");
    let answered = control("UCI+77+A:14+B:14+4+28+UNZ+3'UCM+1+ORDERS:D:96A:UN+7'");
    assert_eq!(
        (answered.verdict(), said(&answered, orders("1"))),
        (Some(Verdict::Rejected), Some(Verdict::Rejected))
    );
    assert_eq!(told(&answered, orders("1")), ["UNZ02: references of header and trailer differ (UCI05 28)"]);
    let party = answered.interchange.as_ref().and_then(|i| i.sender.clone()).unwrap();
    assert_eq!((party.id.as_str(), party.qualifier.as_str()), ("A", "14"));
    let answered = control("UCI+77+A:14+B:14+7'UCM+2+ORDERS:D:96A:UN+4+18'");
    assert_eq!(answered.verdict(), Some(Verdict::Partial));
    assert_eq!(
        (said(&answered, orders("1")), said(&answered, orders("2"))),
        (Some(Verdict::Accepted), Some(Verdict::Rejected))
    );
    assert!(answered.on(&Sent { interchange: "78", ..orders("1") }).is_none());
}

#[test]
fn a_contrl_of_groups_names_messages_within_them() {
    let body =
        "UCI+77+A:14+B:14+7'UCF+3+A+B+7'UCM+1+ORDERS:D:96A:UN+4'UCS+3'UCD+12+2:1'UCF+4+A+B+4+29+UNE+2'";
    let answered = control(body);
    let of = |group: &'static str, set| Sent { group: Some(group), ..orders(set) };
    assert_eq!(answered.verdict(), Some(Verdict::Partial));
    assert_eq!(said(&answered, of("3", "1")), Some(Verdict::Rejected));
    assert_eq!(said(&answered, of("3", "2")), Some(Verdict::Accepted));
    assert_eq!(said(&answered, of("4", "1")), Some(Verdict::Rejected));
    assert_eq!(told(&answered, of("4", "1")), ["UNE01: count differs from what came (UCF05 29)"]);
    assert_eq!(said(&answered, of("5", "1")), Some(Verdict::Accepted));
}

/// The place in what we wrote: by name where there is one, near the position.
#[test]
fn the_place_is_one_of_ours() {
    let written = ["ST", "BEG", "REF", "N1", "N3", "N4", "PO1", "PID", "PO1", "MEA", "CTT", "SE"];
    let places = |body: &str| {
        let answered = functional("997", &format!("AK1*PO*7~AK2*850*0001~{body}AK5*R~AK9*R~"));
        let errors = answered.groups[0].sets[0].errors.clone();
        let place =
            |e| our_element(e, &written).map(|p| (p.to_string(), p.position, p.occurrence, p.missing));
        errors.iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(places("AK3*N1*4**8~AK4*4**1~"), [Some(("N1-04".into(), Some(4), Some(1), false))]);
    assert_eq!(places("AK3*PO1*9**8~AK4*3**7~"), [Some(("PO1-03".into(), Some(9), Some(2), false))]);
    // Counted from 0, or with the envelope.
    assert_eq!(places("AK3*PO1*8**8~AK4*3**7~"), [Some(("PO1-03".into(), Some(7), Some(1), false))]);
    assert_eq!(places("AK3*PO1*11**8~AK4*3**7~"), [Some(("PO1-03".into(), Some(9), Some(2), false))]);
    assert_eq!(places("AK3*MEA*10**8~AK4*4>1**7~"), [Some(("MEA-04-1".into(), Some(10), Some(1), false))]);
    assert_eq!(places("AK3*DTM*3**3~"), [Some(("DTM".into(), None, None, true))]);
    assert_eq!(places("AK3*XX*99999999999**2~"), [Some(("XX".into(), None, None, false))]);
    let orders = ["UNH", "BGM", "DTM", "NAD", "UNT"];
    let answered =
        control("UCI+77+A+B+7'UCM+1+ORDERS:D:96A:UN+4+29+UNT+2'UCS+3'UCD+12+2:2'UCS+2+13'UCS+99+15'");
    let places: Vec<_> = answered.groups[0].sets[0].errors.iter().map(|e| our_element(e, &orders)).collect();
    let shown: Vec<_> = places.iter().flatten().map(|p| (p.to_string(), p.position, p.missing)).collect();
    assert_eq!(
        shown,
        [
            ("UNT-01".into(), Some(5), false),
            ("DTM-01-2".into(), Some(3), false),
            ("BGM".into(), Some(2), true),
            (String::new(), None, false)
        ]
    );
    let answered = functional("997", "AK1*PO*7~AK2*850*0001~AK5*R*4~AK9*R*1*1*0*5~");
    assert_eq!(
        answered.on(&order("0001")).unwrap().errors.iter().filter_map(|e| our_element(e, &written)).count(),
        0
    );
}

fn envelope(version: &str) -> Envelope {
    let party = |id: &str| PartyId { qualifier: "ZZ".to_string(), id: id.to_string() };
    Envelope {
        sender: party("ORCHARD"),
        receiver: party("GREENFIELD"),
        group_sender: "ORCHARD".to_string(),
        group_receiver: "GREENFIELD".to_string(),
        date: "20260106".to_string(),
        time: "0815".to_string(),
        interchange_version: "00501".to_string(),
        group_version: version.to_string(),
        interchange_control_number: 41,
        group_control_number: 12,
        acknowledgement_requested: false,
        usage: 'T',
        delimiters: Delimiters { repetition: Some(b'^'), ..Delimiters::X12 },
    }
}

/// Results of every kind: clean, with one faulty element (strictly and not), a faulty trailer, several sets, a bad interchange.
fn results() -> Vec<InterchangeResult> {
    let several = {
        let (start, end) = (ORDER.find("ST*").unwrap(), ORDER.find("GE*").unwrap());
        let set = &ORDER[start..end];
        let second = set.replace("0001~", "0002~").replace("*EA*", "*XQ*");
        let third = set.replace("0001~", "0003~").replace("N1*ST", "ZZ9*1~N1*ST");
        format!("{}{set}{second}{third}{}", &ORDER[..start], ORDER[end..].replace("GE*1", "GE*3"))
    };
    let texts = [
        counted(ORDER),
        order_with("*EA*", "*XQ*"),
        order_with("GE*1*7", "GE*2*7"),
        order_with("IEA*1*000000007", "IEA*1*000000009"),
        counted(&several),
    ];
    let mut results = Vec::new();
    for text in &texts {
        for tolerance in [Tolerance::Strict, Tolerance::ElementErrors] {
            let reading = super::reading::read_with(text.as_bytes(), Limits::default(), tolerance);
            results.extend(reading.results);
        }
    }
    results
}

#[test]
fn what_we_write_of_a_result_is_read_back_to_the_same_verdicts() {
    let mut seen = Vec::new();
    for result in results() {
        for (form, version) in [(Form::Functional, "004010"), (Form::Implementation, "005010X231A1")] {
            let bytes = write_as(&result, &envelope(version), true, form).unwrap().unwrap();
            let answers = answers(&bytes);
            let (ta1, groups) = answers.split_first().unwrap();
            assert_eq!(ta1.verdict(), Some(result.verdict().into()));
            let expected = if result.verdict().accepts() { result.groups.len() } else { 0 };
            assert_eq!(groups.len(), expected);
            for (group, answered) in result.groups.iter().zip(groups) {
                assert_eq!(answered.verdict(), Some(group.verdict().into()), "{answered:?}");
                seen.push(group.verdict());
                for set in &group.sets {
                    let sent = Sent {
                        interchange: &result.header.control_number,
                        functional_id: &group.header.functional_id,
                        group: Some(&group.header.control_number),
                        code: &set.code,
                        set: &set.control_number,
                    };
                    let envelope = group.envelope_accepted();
                    let verdict = if envelope { set.verdict } else { AckCode::Rejected };
                    assert_eq!(said(answered, sent), Some(verdict.into()));
                    let elements = set.findings.iter().filter(|f| f.answers("AK403")).count();
                    let errors = answered.on(&sent).unwrap().errors;
                    assert!(
                        !envelope || errors.iter().filter(|e| e.level == Level::Element).count() == elements
                    );
                }
            }
        }
    }
    use AckCode as A;
    for code in [A::Accepted, A::AcceptedWithErrors, A::PartiallyAccepted, A::Rejected] {
        assert!(seen.contains(&code), "{code:?} was not among the results");
    }
}

#[test]
fn what_our_contrl_says_is_read_back_to_the_same_verdicts() {
    let texts = [
        counted_edifact(edifact::ORDER),
        edifact::order_with("QTY+21:4", "QTY+21:A"),
        edifact::order_with("BGM+220+4500123+9'", ""),
        edifact::order_with("UNZ+1+77", "UNZ+1+78"),
        edifact::order_with("UNT+#+1", "UNT+3+1"),
    ];
    for text in &texts {
        let result = &edifact::read(text.as_bytes()).results[0];
        let set = &result.groups[0].sets[0];
        for version in [3, 4] {
            for report in [Report::Verdict, Report::EveryMessage, Report::Receipt] {
                let bytes = contrl::write(result, &edifact_envelope(version), report).unwrap().unwrap();
                let answered = answers(&bytes).remove(0);
                let expected = match (result.verdict().accepts(), report) {
                    (false, _) => Verdict::Rejected,
                    (true, Report::Receipt) => Verdict::Received,
                    (true, _) => set.verdict.into(),
                };
                assert_eq!(said(&answered, orders("1")), Some(expected), "{text}");
                if expected == Verdict::Rejected {
                    assert!(!answered.on(&orders("1")).unwrap().errors.is_empty());
                }
            }
        }
    }
}

/// A finding of ours, told to the partner, comes back as the same place.
#[test]
fn a_finding_comes_back_as_the_same_place() {
    let mut result = read(counted(ORDER).as_bytes()).results.remove(0);
    let place = Place {
        segment: Some("PO1".to_string()),
        position: Some(7),
        element: Some(3),
        reference: Some("355".to_string()),
        ..Place::default()
    };
    let finding = Finding::new(finding::INVALID_CODE, Severity::Error, place, "not listed").with_value(b"XQ");
    let set = &mut result.groups[0].sets[0];
    (set.findings, set.verdict) = (vec![finding], AckCode::Rejected);
    let bytes = write_as(&result, &envelope("004010"), false, Form::Functional).unwrap().unwrap();
    let answered = answers(&bytes).remove(0);
    let written = ["ST", "BEG", "REF", "N1", "N3", "N4", "PO1", "PID", "CTT", "SE"];
    let said = answered.on(&order("0001")).unwrap();
    let places: Vec<_> = said.errors.iter().filter_map(|e| our_element(e, &written)).collect();
    assert_eq!(places.len(), 1);
    assert_eq!((places[0].to_string().as_str(), places[0].position), ("PO1-03", Some(7)));
    assert_eq!(said.errors[1].value, "XQ");
}

#[test]
fn other_sets_answer_nothing() {
    assert!(answers(counted(ORDER).as_bytes()).is_empty());
}
