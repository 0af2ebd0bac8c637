//! What else partners send: binary segments, wrapped lines, release characters, bounded loops told apart, levels in any order.

use super::codes::{notice, wrapped};
use super::reading::{ORDER, counted, order_with, read, read_with, told};
use portway_edi::acknowledgement::Tolerance;
use portway_edi::schema::{Schema, hierarchy, to_json};
use portway_edi::x12::reader::{Event, Limits, Reader};

fn found(bytes: &[u8]) -> Vec<String> {
    read(bytes).findings.iter().map(told).collect()
}

/// A carrier's status message with this binary segment in it.
fn with_binary(segment: &[u8]) -> Vec<u8> {
    let set = "ST*214*0001~B10*1*2*ABCD~LX*1~EFI*00~#~SE*6*0001~";
    let (start, end) = (ORDER.find("ST*").unwrap(), ORDER.find("GE*").unwrap());
    let text = format!("{}{set}{}", &ORDER[..start], &ORDER[end..]).replace("GS*PO*", "GS*QM*");
    let (before, after) = text.split_once('#').unwrap();
    [before.as_bytes(), segment, after.as_bytes()].concat()
}

const DATA: &[u8] = b"~*>^\r\nSE*1*0001~GE*1*7~IEA*1*000000007~\xff\x00 ISA~";

#[test]
fn binary_data_may_hold_any_byte() {
    let bytes = with_binary(&[format!("BIN*{}*", DATA.len()).as_bytes(), DATA].concat());
    assert_eq!(found(&bytes), [""; 0]);
    let mut reader = Reader::new(&bytes[..], Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Set(set) = event {
            let bin = set.segments.iter().find(|s| s.tag() == "BIN").unwrap();
            assert_eq!(bin.element(2), DATA);
            assert_eq!((bin.element(3), bin.elements().count()), (&b""[..], 2));
            let validated = Schema::x12("214", "004010").unwrap().validate(&set);
            assert!(to_json(&validated).to_string().contains("SE*1*0001~GE*1*7~"));
        }
    }
}

#[test]
fn a_wrong_binary_length_is_told_and_the_rest_is_read() {
    for (segment, expected) in [
        ("BIN*9*abc", vec!["X1040 BIN:5:02 AK403=4"]),
        ("BIN*2*abc", vec!["X1040 BIN:5:02 AK403=5"]),
        ("BIN*x*abc", vec!["X1040 BIN:5:02 AK403=4", "X1206 BIN:5:01 'x' AK403=6"]),
        ("BIN*99999999999*abc", vec!["X1040 BIN:5:02 AK403=4"]),
        ("BIN**abc", vec!["X1040 BIN:5:02 AK403=4", "X1201 BIN:5:01 AK403=1"]),
    ] {
        assert_eq!(found(&with_binary(segment.as_bytes())), expected, "{segment}");
    }
}

#[test]
fn binary_data_over_the_limit_are_skipped_to_their_end() {
    let bytes = with_binary(&[b"BIN*5000*".to_vec(), b"~SE*1*".repeat(834)[..5000].to_vec()].concat());
    let limits = Limits { max_segment_bytes: 300, ..Limits::default() };
    let told: Vec<String> = read_with(&bytes, limits, Tolerance::Strict).findings.iter().map(told).collect();
    assert_eq!(told, ["X1038:5 AK502=5", "X1037 ST:1 AK502=1"]);
    assert_eq!(found(&bytes), [""; 0]);
}

#[test]
fn lines_wrapped_at_any_column_are_read_as_if_they_were_not() {
    let order = counted(
        &ORDER.replace("PID*F****Rose~", &"PID*F****Rose bush, red, in a pot of twelve inches~".repeat(9)),
    );
    for column in (41..=140).chain([240, 256]) {
        for end in ["\n", "\r\n", "\r"] {
            let reading = read(wrapped(&order, column, end).as_bytes());
            let told: Vec<String> = reading.findings.iter().map(told).collect();
            assert_eq!(told, ["X1041 ISA (note)"], "{column} {end:?}");
            assert_eq!((reading.sets, reading.results[0].header.sender.id.as_str()), (1, "GREENFIELD"));
        }
    }
}

#[test]
fn a_terminator_may_take_several_bytes_in_utf_8() {
    for terminator in ["\u{85}", "Ö", "…", "\u{1f512}"] {
        // A name with the same first byte in it is still a name.
        let text = order_with("Centre 14", "Äpfel – und mehr \u{1f513}").replace('~', terminator);
        for end in ["", "\n", "\r\n"] {
            let text = text.replace(terminator, &format!("{terminator}{end}"));
            let reading = read(text.as_bytes());
            assert_eq!(
                reading.findings.iter().map(told).collect::<Vec<_>>(),
                [""; 0],
                "{terminator:?} {end:?}"
            );
            assert_eq!(reading.sets, 1);
        }
    }
}

#[test]
fn line_ends_after_terminators_are_no_wrapping() {
    let text = counted(ORDER).replace('~', "~\n");
    assert_eq!(found(text.as_bytes()), [""; 0]);
    let text = counted(ORDER).replace('~', "~\r\n");
    assert_eq!(found(format!("\r\n\r\n{text}").as_bytes()), [""; 0]);
    // One line end within a value is a wrong character, not a wrapped file.
    let text = order_with("Centre 14", "Centre\n14");
    assert_eq!(found(text.as_bytes()), ["X1206 N1:4:02 'Centre\n14' AK403=6"]);
}

#[test]
fn a_release_character_comes_with_an_isx() {
    let isx = |text: &str| {
        let text = text
            .replace("*U*00401*", "*^*00501*")
            .replace("~GS*", "~ISX*?~GS*")
            .replace("*X*004010~", "*X*005010~");
        counted(&text)
    };
    let text = isx(&ORDER.replace("Rose~", "Rose?~bush?*red??~"));
    let reading = read(text.replace("SE*11*", "SE*10*").as_bytes());
    let told: Vec<String> = reading.findings.iter().map(told).collect();
    assert_eq!(told, [""; 0]);
    assert_eq!(reading.results[0].header.delimiters.release, None, "the header was told before the ISX");
    assert_eq!(reading.sets, 1);
    // Before 00501 it means nothing, and is noted.
    let told = found(counted(&ORDER.replace("~GS*", "~ISX*?~GS*")).as_bytes());
    assert_eq!(told, ["X1020 ISX 'ISX*?' (note)"]);
}

#[test]
fn bounded_loops_of_one_place_are_told_apart_by_what_is_in_them() {
    let text = order_with("PID*F****Rose~", "PID*F****Rose~LS*LDT~LDT*AF*5*DA~LE*LDT~");
    assert_eq!(found(text.as_bytes()), [""; 0]);
    // In an 832 of 005010 lines have two bounded loops in a row: codes, and parties.
    let schema = Schema::x12("832", "005010").unwrap();
    let bounded = schema.rows().iter().filter(|r| r.is_loop && r.id == "LS").count();
    assert_eq!(bounded, 2);
}

/// Id, depth and number of levels below, of each level in order.
fn levels(text: &str) -> Vec<(String, usize, usize)> {
    let mut reader = Reader::new(text.as_bytes(), Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Set(set) = event {
            let levels = hierarchy(&set.segments);
            let below = |at| levels.iter().filter(|l| l.parent == Some(at)).count();
            let row = |(at, l): (usize, &portway_edi::schema::Level<'_>)| {
                (String::from_utf8_lossy(l.id).into_owned(), l.depth, below(at))
            };
            return levels.iter().enumerate().map(row).collect();
        }
    }
    panic!("no set")
}

fn level(id: &str, depth: usize, below: usize) -> (String, usize, usize) {
    (id.to_string(), depth, below)
}

#[test]
fn levels_come_in_any_order() {
    let text = notice("HL*1**S~HL*2*1*O~HL*3*2*I~HL*4*2*I~HL*5*1*O~HL*6*5*I~");
    assert_eq!(found(text.as_bytes()), [""; 0]);
    assert_eq!(
        levels(&text),
        [
            level("1", 0, 2),
            level("2", 1, 2),
            level("3", 2, 0),
            level("4", 2, 0),
            level("5", 1, 1),
            level("6", 2, 0)
        ]
    );
    let text = notice("HL*3*2*I~HL*2*1*O~HL*1**S~");
    assert_eq!(found(text.as_bytes()), [""; 0]);
    assert_eq!(levels(&text), [level("3", 2, 0), level("2", 1, 1), level("1", 0, 1)]);
}

#[test]
fn levels_without_a_parent_stand_at_the_top() {
    let text = notice("HL*1**S~HL*2*9*O~HL*3*2*I~");
    assert_eq!(found(text.as_bytes()), ["X1304 HL:4:02 '9' (warning)"]);
    assert_eq!(levels(&text), [level("1", 0, 0), level("2", 0, 1), level("3", 1, 0)]);
    let text = notice("HL*1*3*S~HL*2*1*O~HL*3*2*I~");
    assert_eq!(found(text.as_bytes()), ["X1304 HL:4:02 '1' (warning)"]);
    let text = notice("HL*1*1*S~");
    assert_eq!(found(text.as_bytes()), ["X1304 HL:3:02 '1' (warning)"]);
}

#[test]
fn level_ids_count_within_their_set() {
    let text = notice("HL*1**S~HL*2*1*O~");
    let (start, end) = (text.find("ST*").unwrap(), text.find("GE*").unwrap());
    let second = text[start..end]
        .replace("*0001~", "*0002~")
        .replace("HL*2*1*O", "HL*2*3*O~HL*3*1*O")
        .replace("SE*5", "SE*6");
    let both = format!("{}{second}{}", &text[..end], &text[end..].replace("GE*1*", "GE*2*"));
    assert_eq!(found(both.as_bytes()), [""; 0]);
}

#[test]
fn many_levels_take_no_longer_than_they_are() {
    // Each below the one after it: every path to the top is as long as the set.
    let levels: String =
        (1..5000).map(|n| format!("HL*{n}*{}*I~", n + 1)).chain(["HL*5000**S~".to_string()]).collect();
    assert_eq!(found(notice(&levels).as_bytes()), [""; 0]);
}

#[test]
fn a_missing_trigger_is_one_finding() {
    let told = found(order_with("N1*ST*Centre 14*92*0014~", "").as_bytes());
    assert_eq!(told, ["X1102 N3:4 AK304=2"]);
}

#[test]
fn a_ta1_may_stand_anywhere_outside_sets() {
    let ta1 = "TA1*000000003*260105*0930*A*000~";
    let order = counted(ORDER);
    for at in ["GS*", "IEA*"] {
        assert_eq!(found(order.replace(at, &format!("{ta1}{at}")).as_bytes()), [""; 0]);
    }
    // Between sets it is out of place, and nothing is lost of it.
    let told = found(order.replace("GE*", &format!("{ta1}GE*")).as_bytes());
    assert_eq!(told, ["X1028 TA1 'TA1*000000003*260105*0930*A*000~'"]);
}

#[test]
fn an_interchange_that_breaks_off_in_binary_data_does_not_take_the_next_one() {
    let whole = with_binary(&[format!("BIN*{}*", DATA.len()).as_bytes(), DATA].concat());
    let order = counted(ORDER);
    for end in 106..whole.len() {
        let mut bytes = whole[..end].to_vec();
        bytes.extend_from_slice(order.as_bytes());
        let reading = read(&bytes);
        let last = reading.results.last().unwrap();
        assert!(last.verdict().accepts() && last.groups[0].verdict().accepts(), "cut at {end}");
        assert_eq!(last.groups[0].header.functional_id, "PO", "cut at {end}");
    }
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
fn odd_inputs_mangled_are_read_to_their_last_byte() {
    let order = counted(ORDER);
    let parts: Vec<Vec<u8>> = vec![
        with_binary(&[format!("BIN*{}*", DATA.len()).as_bytes(), DATA].concat()),
        with_binary(b"BIN*999*abc"),
        wrapped(&order, 80, "\r\n").into_bytes(),
        wrapped(&order, 120, "\n").into_bytes(),
        order.replace("*U*00401*", "*^*00501*").replace("~GS*", "~ISX*?~GS*").into_bytes(),
        order.replace('~', "…\n").into_bytes(),
        notice("HL*1*2*S~HL*2*1*O~HL*2**I~LS*A~LE*B~").into_bytes(),
        b"~".to_vec(),
    ];
    let mut dice = Dice(0x0dd);
    for _ in 0..1500 {
        let mut bytes: Vec<u8> = Vec::new();
        for _ in 0..1 + dice.roll(3) {
            let part = &parts[dice.roll(parts.len())];
            let from = dice.roll(part.len());
            let to = from + dice.roll(part.len() - from + 1);
            bytes.extend_from_slice(if dice.roll(3) == 0 { &part[from..to] } else { part });
        }
        for _ in 0..dice.roll(4) {
            let at = dice.roll(bytes.len());
            match bytes.get_mut(at) {
                Some(byte) => *byte = [b'~', b'*', b'?', b'\n', b'\r', b'9', 0xe2, b'B'][dice.roll(8)],
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
