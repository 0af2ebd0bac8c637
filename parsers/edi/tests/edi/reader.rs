//! How the reader takes what partners send: delimiters, line ends, several interchanges, junk, cut-off files, sheer size.

use super::reading::{ORDER, Reading, counted, read, read_with, told};
use portway_edi::acknowledgement::Tolerance;
use portway_edi::x12::reader::{Event, Limits, Reader};
use std::io::Read;

fn codes(reading: &Reading) -> Vec<String> {
    reading.findings.iter().map(told).collect()
}

fn clean(text: &str) -> Reading {
    let reading = read(text.as_bytes());
    assert!(reading.findings.is_empty(), "{:?} in {text}", codes(&reading));
    reading
}

/// The order with other delimiters: element, component, segment.
fn delimited(element: &str, component: &str, segment: &str) -> String {
    let other = |c: char| match c {
        '*' => element.to_string(),
        '>' => component.to_string(),
        '~' => segment.to_string(),
        c => c.to_string(),
    };
    counted(ORDER).chars().map(other).collect()
}

#[test]
fn any_delimiters_will_do() {
    for (element, component, segment) in [
        ("|", ":", "'"),
        ("^", "\\", "\x1c"),
        ("\x1d", "\x1f", "\x1e"),
        ("*", ">", "\n"),
        ("+", ":", "\r"),
        ("\t", "<", "$"),
    ] {
        let reading = clean(&delimited(element, component, segment));
        assert_eq!(reading.sets, 1);
        let delimiters = reading.results[0].header.delimiters;
        assert_eq!(delimiters.element, element.as_bytes()[0]);
        assert_eq!(delimiters.component, component.as_bytes()[0]);
        assert_eq!(delimiters.segment, segment.as_bytes()[0]);
    }
}

#[test]
fn line_ends_and_indentation_after_terminators_are_no_data() {
    for end in ["~\n", "~\r\n", "~\r", "~\n\n", "~\r\n  ", "~ ", "\r\n"] {
        assert_eq!(clean(&counted(ORDER).replace('~', end)).sets, 1);
    }
}

#[test]
fn header_fields_are_read() {
    let reading = clean(&counted(ORDER));
    let header = &reading.results[0].header;
    assert_eq!(header.sender.to_string(), "ZZ:GREENFIELD");
    assert_eq!(header.receiver.to_string(), "01:123456789");
    assert_eq!(
        (header.date.as_str(), header.time.as_str(), header.version.as_str()),
        ("260105", "0930", "00401")
    );
    assert_eq!(
        (header.control_number.as_str(), header.usage, header.acknowledgement_requested),
        ("000000007", 'T', false)
    );
    let group = &reading.results[0].groups[0].header;
    assert_eq!(
        (group.functional_id.as_str(), group.control_number.as_str(), group.version.as_str()),
        ("PO", "7", "004010")
    );
}

#[test]
fn several_interchanges_each_with_its_own_delimiters() {
    let text = format!(
        "\u{feff}  \r\n{}\r\n\r\n{}{}",
        counted(ORDER),
        delimited("|", ":", "\n"),
        delimited("+", "/", "'")
    );
    let reading = clean(&text);
    assert_eq!((reading.sets, reading.results.len()), (3, 3));
}

#[test]
fn a_last_terminator_may_be_missing() {
    clean(counted(ORDER).trim_end_matches('~'));
    let lines = counted(ORDER).replace('~', "~\n");
    let two = format!("{}\n{}", lines.trim_end().trim_end_matches('~'), lines);
    assert_eq!(clean(&two).results.len(), 2);
}

#[test]
fn isa_in_data_begins_no_interchange() {
    let text = counted(ORDER).replace("Rose~", "ISA*00*~").replace("*GARDEN~", "*ISA~");
    assert_eq!(read(text.as_bytes()).results.len(), 1);
    let text = counted(&ORDER.replace("CTT*1~", "ISA*00*          *00*~CTT*1~"));
    let reading = read(text.as_bytes());
    assert_eq!(codes(&reading), ["X1106 ISA:9 AK304=6"]);
}

#[test]
fn an_empty_isa16_before_a_line_end_is_understood() {
    let text = counted(ORDER).replace("*T*>~", "*T*~").replace('~', "~\n");
    let reading = read(text.as_bytes());
    assert_eq!(codes(&reading), ["X1003 ISA:16 TA105=027 (warning)"]);
    assert_eq!(reading.results[0].header.delimiters.segment, b'~');
}

#[test]
fn an_answer_to_our_own_interchange_is_an_event() {
    let order = counted(ORDER);
    let ta1 = "TA1*000000003*260105*0930*A*000~";
    let (header, group) = order.split_at(order.find("GS*").unwrap());
    for text in [format!("{header}{ta1}{group}"), format!("{header}{ta1}IEA*0*000000007~")] {
        clean(&text);
        let mut reader = Reader::new(text.as_bytes(), Limits::default());
        let mut answers = 0;
        while let Some(event) = reader.next_event().unwrap() {
            if let Event::InterchangeAcknowledgement(ta1) = event {
                assert_eq!(ta1.text(1), "000000003");
                answers += 1;
            }
        }
        assert_eq!(answers, 1);
    }
}

#[test]
fn the_next_interchange_ends_one_that_broke_off() {
    let whole = counted(ORDER);
    for end in 106..whole.len() {
        for next in [whole.clone(), delimited("|", ":", "'"), delimited("|", "~", "'"), format!("\n{whole}")]
        {
            let reading = read(format!("{}{next}", &whole[..end]).as_bytes());
            assert_eq!(reading.results.len(), 2, "cut at {end}: {:?}", codes(&reading));
            // Of the second nothing is lost, whatever became of the first.
            let second = &reading.results[1];
            assert!(
                second.verdict().accepts() && second.groups[0].verdict().accepts(),
                "cut at {end}: {:?}",
                codes(&reading)
            );
        }
    }
}

#[test]
fn a_missing_trailer_ends_what_it_should_have_ended() {
    let text = counted(ORDER);
    let start = text.find("ST*").unwrap();
    let (set, tail) = (&text[start..text.find("SE*").unwrap()], text.find("GE*").unwrap());
    let text = format!("{}{set}{}", &text[..tail], &text[tail..]).replace("GE*1*", "GE*2*").replacen(
        "ST*850*0001",
        "ST*850*0009",
        1,
    );
    let reading = read(text.as_bytes());
    assert_eq!(reading.sets, 2);
    assert_eq!(codes(&reading), ["X1032 SE:10:02 '0001' AK502=3", "X1031 SE:10 AK502=2"]);
}

#[test]
fn a_large_set_is_skipped_and_the_next_one_read() {
    let text = counted(ORDER);
    let (start, end) = (text.find("ST*").unwrap(), text.find("GE*").unwrap());
    let small = &text[start..end];
    let large = small.replace("PID*", &"PID*F****Rose~".repeat(1000)).replace("*0001~", "*0002~");
    let text = format!("{}{large}{small}GE*2*7~IEA*1*000000007~", &text[..start]);
    let limits = Limits { max_set_bytes: 2000, ..Limits::default() };
    let reading = read_with(text.as_bytes(), limits, Tolerance::Strict);
    assert_eq!(reading.sets, 2);
    assert_eq!(codes(&reading).last().unwrap(), "X1037 ST:1 AK502=1");
    assert!(reading.results[0].groups[0].sets[1].verdict.accepts());
}

/// A beginning, then one byte over and over: never in memory as a whole.
struct Flood {
    head: std::io::Cursor<Vec<u8>>,
    byte: u8,
    left: usize,
}

impl Read for Flood {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.head.read(buffer)?;
        if count > 0 {
            return Ok(count);
        }
        let count = buffer.len().min(self.left).min(4 << 20);
        buffer[..count].fill(self.byte);
        self.left -= count;
        Ok(count)
    }
}

#[test]
fn a_flood_without_terminators_is_read_in_little_memory() {
    const FLOOD: usize = 100 << 20;
    let limits = Limits { max_set_bytes: 2 << 20, ..Limits::default() };
    let whole = counted(ORDER);
    let in_group = &whole[..whole.find("ST*").unwrap()];
    let in_set = &whole[..whole.find("SE*").unwrap()];
    let (in_group_codes, in_set_codes) = (["X1021", "X1006"], ["X1031", "X1037", "X1021", "X1006"]);
    for (head, byte, expected) in [
        ("", b'x', vec!["X1004"]),
        ("", b' ', vec![]),
        ("ISA", b'x', vec!["X1001"]),
        (&whole[..106], b'x', vec!["X1038", "X1006"]),
        (in_group, b'x', [&["X1038"], &in_group_codes[..]].concat()),
        (in_group, b' ', in_group_codes.to_vec()),
        (in_set, b'x', [&["X1038"], &in_set_codes[..]].concat()),
        (in_set, b' ', in_set_codes.to_vec()),
        (in_set, b'\n', in_set_codes.to_vec()),
    ] {
        let flood = Flood { head: std::io::Cursor::new(head.as_bytes().to_vec()), byte, left: FLOOD };
        let mut reader = Reader::new(std::io::BufReader::new(flood), limits);
        let mut found = Vec::new();
        while let Some(event) = reader.next_event().unwrap() {
            match event {
                Event::Stray(finding) => found.push(finding),
                Event::Set(set) => found.extend(set.findings),
                Event::GroupEnd { findings, .. } | Event::InterchangeEnd { findings, .. } => {
                    found.extend(findings)
                }
                _ => {}
            }
        }
        let codes: Vec<&str> = found.iter().map(|f| f.code.0).collect();
        assert_eq!(codes, expected, "{head}");
        assert!(found.iter().all(|f| f.value.as_ref().is_none_or(|v| v.chars().count() <= 99)));
        assert!(reader.window_bytes() <= 8 << 20, "{}", reader.window_bytes());
        let accounted = reader.accounted();
        assert_eq!(accounted.interchanges + accounted.stray + accounted.blank, (head.len() + FLOOD) as u64);
    }
}

#[test]
fn many_sets_pass_through_a_window_that_stays_small() {
    let order = counted(ORDER);
    let (start, end) = (order.find("ST*").unwrap(), order.find("GE*").unwrap());
    let mut text = order[..start].to_string();
    for number in 1..=12_000 {
        text += &order[start..end]
            .replace("*0001~", &format!("*{number:05}~"))
            .replace("Rose", &"Rose".repeat(number % 17));
    }
    text += "GE*12000*7~IEA*1*000000007~";
    let mut reader = Reader::new(text.as_bytes(), Limits::default());
    let mut numbers = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Set(set) => {
                assert!(set.findings.is_empty(), "{:?}", set.findings);
                assert_eq!(&text[set.offset as usize..][..set.length as usize], {
                    let last = set.segments.last().unwrap();
                    &text[set.offset as usize..last.offset as usize + last.bytes.len() + 1]
                });
                for segment in &set.segments {
                    assert!(text.as_bytes()[segment.offset as usize..].starts_with(segment.bytes));
                }
                numbers.push(set.control_number);
            }
            Event::GroupEnd { findings, received_sets, .. } => {
                assert_eq!((findings.len(), received_sets), (0, 12_000))
            }
            _ => {}
        }
    }
    assert!(numbers.is_sorted() && numbers.len() == 12_000);
    assert!(text.len() > 2 << 20 && reader.window_bytes() < 1 << 20, "{}", reader.window_bytes());
}

#[test]
fn nothing_at_all_is_no_event() {
    for nothing in ["", " ", "\r\n\r\n", "\u{feff}"] {
        let reading = read(nothing.as_bytes());
        assert!(reading.results.is_empty() && reading.findings.is_empty());
    }
}

#[test]
fn empty_segments_without_end_are_one_finding() {
    let text = counted(ORDER).replace("CTT*1~", &format!("CTT*1~{}", "~".repeat(3 << 20)));
    let limits = Limits { max_set_bytes: 1 << 20, ..Limits::default() };
    let reading = read_with(text.as_bytes(), limits, Tolerance::Strict);
    assert_eq!(codes(&reading), ["X1039 (warning)", "X1037 ST:1 AK502=1"]);
}

/// A small generator of our own (xorshift): the same texts in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
}

#[test]
fn mangled_input_is_read_to_its_last_byte() {
    let parts = [
        counted(ORDER),
        delimited("|", ":", "\n"),
        delimited("+", "/", "'"),
        "~\r\n".to_string(),
        "\u{1a}".to_string(),
    ];
    let mut dice = Dice(0x5eed);
    for _ in 0..1500 {
        let mut bytes: Vec<u8> = Vec::new();
        for _ in 0..dice.roll(4) {
            let part = parts[dice.roll(parts.len())].as_bytes();
            let from = dice.roll(part.len());
            let to = from + dice.roll(part.len() - from + 1);
            bytes.extend_from_slice(if dice.roll(3) == 0 { part } else { &part[from..to] });
        }
        for _ in 0..dice.roll(5) {
            let at = dice.roll(bytes.len());
            match bytes.get_mut(at) {
                Some(byte) => *byte = [b'~', b'*', b'|', b'\n', b'>', 0, 0xc3, b'I'][dice.roll(8)],
                None => bytes.push(b'~'),
            }
        }
        // `read_with` checks that every byte is accounted for.
        let limits = match dice.roll(3) {
            0 => Limits::default(),
            1 => Limits { max_set_bytes: 120, max_set_segments: 4, max_segment_bytes: 60 },
            _ => Limits { max_set_bytes: 400, max_set_segments: 400, max_segment_bytes: 150 },
        };
        read_with(&bytes, limits, Tolerance::Strict);
    }
}

#[test]
fn findings_stay_short_whatever_they_are_about() {
    let long = "x".repeat(200_000);
    let text = counted(ORDER)
        .replace("REF*DP*GARDEN~", &format!("{long}~REF*{long}*{long}~"))
        .replace("ST*850*0001", &format!("ST*850*{long}"))
        .replace("GE*1*7", &format!("GE*{long}*{long}"))
        .replace("IEA*1*", &format!("IEA*{long}*"));
    let reading = read(text.as_bytes());
    assert!(reading.findings.len() >= 7, "{:?}", codes(&reading));
    for finding in &reading.findings {
        assert!(serde_json::to_string(finding).unwrap().len() < 1500, "{finding:?}");
    }
}
