//! How the reader takes what partners send: delimiters, character sets, line ends, several interchanges, junk, sheer size.

use super::{ORDER, Reading, counted, order_with, read, read_with, told};
use portway_edi::acknowledgement::Tolerance;
use portway_edi::interchange::{Event, Limits};
use portway_edi::reader::Reader;
use portway_edi::schema::{Schema, to_json};
use portway_edi::{Standard, edifact};

fn findings(reading: &Reading) -> Vec<String> {
    reading.findings.iter().map(told).collect()
}

/// Element `element`, component `component` of the first segment `tag`, as text.
fn text(bytes: &[u8], tag: &str, element: usize, component: usize) -> String {
    let mut reader = edifact::reader::Reader::new(bytes, Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Set(set) = event
            && let Some(segment) = set.segments.iter().find(|s| s.tag() == tag)
        {
            return segment.component_text(element, component).into_owned();
        }
    }
    panic!("no {tag}");
}

fn without_una() -> String {
    counted(&ORDER.replace("UNA:+.? '", ""))
}

#[test]
fn una_is_not_needed() {
    let reading = read(without_una().as_bytes());
    assert_eq!((findings(&reading), reading.sets), (vec![], 1));
}

#[test]
fn any_delimiters_will_do() {
    let text = counted(ORDER);
    let other = text.replace("UNA:+.? '", "UNA|^,\\ ~").replace([':', '+', '\''], "\u{0}");
    assert!(other.contains('\u{0}'));
    let swap = |c: char| match c {
        ':' => '|',
        '+' => '^',
        '\'' => '~',
        '.' => ',',
        other => other,
    };
    let body: String = text["UNA:+.? '".len()..].chars().map(swap).collect();
    let reading = read(format!("UNA|^,\\ ~{body}").as_bytes());
    assert_eq!((findings(&reading), reading.sets), (vec![], 1));
}

#[test]
fn a_second_una_changes_the_delimiters() {
    let first = counted(ORDER);
    let swap = |c: char| if c == '+' { '*' } else { c };
    let second: String = first["UNA:+.? '".len()..].chars().map(swap).collect();
    let text = format!("{first}\r\nUNA:*.? '{second}{}", without_una());
    let reading = read(text.as_bytes());
    assert_eq!((findings(&reading), reading.sets, reading.results.len()), (vec![], 3, 3));
}

#[test]
fn level_b_separators_are_read_without_una() {
    let swap = |c: char| match c {
        ':' => '\u{1f}',
        '+' => '\u{1d}',
        '\'' => '\u{1c}',
        other => other,
    };
    let text: String = without_una().replace("UNOC:3", "UNOB:1").chars().map(swap).collect();
    let reading = read(text.as_bytes());
    assert_eq!((findings(&reading), reading.sets), (vec![], 1));
}

#[test]
fn unob_with_the_usual_separators_is_read_by_them() {
    let reading = read(without_una().replace("UNOC:3", "UNOB:3").as_bytes());
    assert_eq!((findings(&reading), reading.sets), (vec![], 1));
}

#[test]
fn released_characters_are_data_by_parity() {
    let ftx = |value: &str| order_with("NAD+BY", &format!("FTX+AAI+++{value}'NAD+BY"));
    for (value, meant) in [
        ("it?'s", "it's"),
        ("a?+b?:c", "a+b:c"),
        ("why??", "why?"),
        ("???'", "?'"),
        ("????", "??"),
        ("a???+b", "a?+b"),
    ] {
        let bytes = ftx(value).into_bytes();
        assert_eq!(findings(&read(&bytes)), Vec::<String>::new(), "{value}");
        assert_eq!(text(&bytes, "FTX", 4, 1), meant);
    }
}

#[test]
fn no_release_character_where_una_has_a_blank() {
    let text = counted(&ORDER.replace("UNA:+.? '", "UNA:+.  '").replace("4500123+", "45?00123?+"));
    let reading = read(text.as_bytes());
    assert_eq!(findings(&reading), Vec::<String>::new());
}

#[test]
fn line_ends_and_wrapped_lines_are_read() {
    let text = counted(ORDER);
    for end in ["'\n", "'\r\n", "'\r\n  "] {
        let reading = read(text.replace('\'', end).as_bytes());
        assert_eq!((findings(&reading), reading.sets), (vec![], 1), "{end:?}");
    }
    let wrapped: Vec<u8> = text.bytes().collect::<Vec<_>>().chunks(80).collect::<Vec<_>>().join(&b"\r\n"[..]);
    let reading = read(&wrapped);
    assert_eq!(reading.sets, 1);
    assert!(reading.findings.iter().all(|f| f.code.0 == "E1040"), "{:?}", findings(&reading));
    let narrow: Vec<u8> =
        text.bytes().skip(9).collect::<Vec<_>>().chunks(7).collect::<Vec<_>>().join(&b"\n"[..]);
    let reading = read(&narrow);
    assert!(reading.findings.iter().all(|f| f.code.0 == "E1040"), "{:?}", findings(&reading));
}

#[test]
fn a_released_terminator_may_stand_behind_a_line_break() {
    let text = order_with("NAD+BY", "FTX+AAI+++it?\r\n's'NAD+BY");
    assert_eq!(self::text(text.as_bytes(), "FTX", 4, 1), "it's");
}

#[test]
fn a_line_feed_may_be_the_terminator() {
    let text = counted(ORDER).replace("UNA:+.? '", "UNA:+.? \n").replace('\'', "\r\n");
    let reading = read(text.as_bytes());
    assert_eq!((findings(&reading), reading.sets), (vec![], 1));
}

#[test]
fn bom_blanks_and_junk_around_interchanges() {
    let text = counted(ORDER);
    let reading = read(format!("\u{feff}\r\n  {text}\r\n\r\n{text}  ").as_bytes());
    assert_eq!((findings(&reading), reading.sets), (vec![], 2));
    let reading = read(format!("Dear partner,\r\n{text}Yours{text}-- \nsincerely").as_bytes());
    assert_eq!(
        findings(&reading),
        [
            "X1004 'Dear partner,\r\n' (warning)",
            "X1004 'Yours' (warning)",
            "X1004 '-- \nsincerely' (warning)"
        ]
    );
    assert_eq!(reading.sets, 2);
}

#[test]
fn x12_and_edifact_follow_each_other() {
    let x12 = super::super::reading::counted(super::super::reading::ORDER);
    let edifact = counted(ORDER);
    let text = format!("{edifact}{x12}\r\n{}junk{x12}{x12}{edifact}", without_una());
    let reading = read(text.as_bytes());
    assert_eq!(findings(&reading), ["X1004 'junk' (warning)"]);
    let standards: Vec<Standard> = reading.results.iter().map(|r| r.header.standard).collect();
    use Standard::{Edifact as E, X12 as X};
    assert_eq!(standards, [E, X, E, X, X, E]);
    assert_eq!(reading.sets, 6);
}

#[test]
fn an_isa_ends_an_interchange_that_broke_off() {
    let x12 = super::super::reading::counted(super::super::reading::ORDER);
    let text = counted(ORDER);
    let cut = &text[..text.find("UNZ").unwrap()];
    let reading = read(format!("{cut}{x12}").as_bytes());
    assert_eq!(findings(&reading), ["E1006 UNZ UCI05=13"]);
    assert_eq!(reading.sets, 2);
    let cut = &text[..text.find("LIN").unwrap()];
    let reading = read(format!("{cut}{x12}{}", without_una()).as_bytes());
    assert_eq!(findings(&reading), ["E1031 UNT:6 UCM04=13", "E1006 UNZ UCI05=13"]);
    assert_eq!(reading.sets, 3);
}

#[test]
fn a_unb_ends_an_x12_interchange_that_broke_off() {
    let x12 = super::super::reading::counted(super::super::reading::ORDER);
    for (at, expected) in
        [("IEA", &["X1006 IEA TA105=022"][..]), ("GE*", &["X1021 GE AK905=3", "X1006 IEA TA105=022"])]
    {
        let cut = &x12[..x12.find(at).unwrap()];
        let reading = read(format!("{cut}{}{x12}", counted(ORDER)).as_bytes());
        assert_eq!(
            (findings(&reading), reading.sets),
            (expected.iter().map(|s| s.to_string()).collect(), 3),
            "{at}"
        );
    }
}

#[test]
fn a_una_ends_an_interchange_that_broke_off() {
    let text = counted(ORDER);
    let cut = &text[..text.find("LIN").unwrap()];
    let reading = read(format!("{cut}{text}").as_bytes());
    assert_eq!(findings(&reading), ["E1031 UNT:6 UCM04=13", "E1006 UNZ UCI05=13"]);
    assert_eq!(reading.sets, 2);
}

#[test]
fn the_last_terminator_may_be_missing() {
    let text = counted(ORDER);
    assert_eq!(findings(&read(text.trim_end_matches('\'').as_bytes())), Vec::<String>::new());
}

#[test]
fn syntax_4_repeats_and_has_the_century() {
    let text = counted(
        &ORDER
            .replace("UNA:+.? '", "UNA:+.?*'")
            .replace("UNOC:3", "UNOC:4")
            .replace("260105:0930", "20260105:0930"),
    );
    assert_eq!(findings(&read(text.as_bytes())), Vec::<String>::new());
    let repeated = text.replace("BGM+220", "BGM+220*221");
    assert_eq!(findings(&read(repeated.as_bytes())), ["E1212 BGM:2:01 '220*221' UCD01=35"]);
    let starred = counted(&ORDER.replace("4500123", "45*123"));
    assert_eq!(findings(&read(starred.as_bytes())), Vec::<String>::new());
}

#[test]
fn what_is_clear_in_a_header_does_not_reject_it() {
    for (unb, expected) in [
        ("77+++A+0++0", vec!["E1207 UNB:09 '0' (warning)", "E1207 UNB:11 '0' (warning)"]),
        ("77+++X+1", vec!["E1207 UNB:08 'X' (warning)"]),
        ("77++++2", vec!["E1207 UNB:09 '2' UCI05=12"]),
        ("77+++XX+1", vec!["E1205 UNB:08 'XX' UCI05=39"]),
    ] {
        let reading = read(order_with("77++++1", unb).as_bytes());
        assert_eq!(findings(&reading), expected);
        let rejected = !reading.results[0].verdict().accepts();
        assert_eq!(rejected, expected[0].contains("UCI05"), "{unb}");
    }
}

#[test]
fn text_is_read_in_the_declared_set() {
    let cases: &[(&str, &[u8], &str, usize)] = &[
        ("UNOC", b"M\xfcller", "Müller", 0),
        ("UNOD", b"\xa3\xf3d\xbc", "Łódź", 0),
        ("UNOE", b"\xbf\xe0\xd8", "При", 0),
        ("UNOF", b"\xc1\xe8", "Αθ", 0),
        ("UNOL", b"5 \xa4", "5 €", 0),
        ("UNOW", "Łódź".as_bytes(), "Łódź", 0),
        ("UNOY", "Łódź".as_bytes(), "Łódź", 0),
        ("UNOX", b"\x1b$B$\"\x1b(B", "あ", 0),
        // Bytes that delimit elsewhere, and the release character: ' + : ? in second and first place.
        ("UNOX", b"A\x1b$B%'%+%:%?\x1b(B?+B", "Aェカズタ+B", 0),
        ("UNOX", b"\x1b$B:'?+\x1b(BB", "婚辱B", 0),
        ("UNOX", b"\x1b$@%'\x1b(J\\", "ェ¥", 0),
        // Released within a run of whole pairs less the release character.
        ("UNOX", b"\x1b$B%?'%\"\x1b(B", "ェア", 0),
        // Left open: the run is none, and what follows is read as ever.
        ("UNOX", b"\x1b$B%\"%$", "アイ", 0),
        // A set that is not known here.
        ("UNOX", b"\x1b$A0!\x1b(B", "\u{fffd}$A0!", 1),
        ("UNOX", b"\x1b$B%'\x1b(B\x01", "ェ\u{1}", 1),
        ("UNOA", b"M\xfcller", "Müller", 1),
        ("UNOB", b"MUELLER@", "MUELLER@", 1),
        ("UNOW", b"M\xfcller", "M\u{fffd}ller", 1),
    ];
    for &(set, bytes, meant, expected) in cases {
        let text = order_with("NAD+BY", "FTX+AAI+++#TEXT#'NAD+BY").replace("UNOC", set);
        let at = text.find("#TEXT#").unwrap();
        let bytes = [&text.as_bytes()[..at], bytes, &text.as_bytes()[at + 6..]].concat();
        let reading = read(&bytes);
        let about: Vec<_> =
            reading.findings.iter().filter(|f| f.place.segment.as_deref() == Some("FTX")).collect();
        assert_eq!(about.len(), expected, "{set} {about:?}");
        assert_eq!(self::text(&bytes, "FTX", 4, 1), meant, "{set}");
    }
}

#[test]
fn two_byte_characters_count_as_one() {
    let text = order_with("NAD+BY", "FTX+AAI+++#'NAD+BY").replace("UNOC", "UNOX");
    let codes = |text: &str| -> Vec<String> {
        let found = findings(&read(text.as_bytes()));
        found.iter().map(|f| f.split(" '").next().unwrap_or_default().to_string()).collect()
    };
    // 4440 has 70 characters at most.
    for (count, mut expected) in [(70, vec![]), (71, vec!["E1205 FTX:4:04-1"])] {
        let text = text.replace('#', &format!("\u{1b}$B{}\u{1b}(B", "%'".repeat(count)));
        assert_eq!(codes(&text), expected);
        let wrapped: Vec<&str> =
            text.as_bytes().chunks(80).map(|line| str::from_utf8(line).unwrap()).collect();
        expected.insert(0, "E1040 (warning)");
        assert_eq!(codes(&wrapped.join("\r\n")), expected);
    }
}

#[test]
fn groups_are_events_and_messages_know_them() {
    let text = counted(ORDER);
    let message = &text[text.find("UNH").unwrap()..text.find("UNZ").unwrap()];
    let text = format!(
        "UNB+UNOC:3+A+B+260105:0930+77'UNG+ORDERS+A+B+260105:0930+5+UN+D:96A'{message}UNE+1+5'UNZ+1+77'"
    );
    let reading = read(text.as_bytes());
    assert_eq!(findings(&reading), Vec::<String>::new());
    let group = &reading.results[0].groups[0];
    assert_eq!((group.header.functional_id.as_str(), group.header.version.as_str()), ("ORDERS", "D:96A"));
    assert!(!group.header.implied);
    let group = &read(counted(ORDER).as_bytes()).results[0].groups[0];
    assert!(group.header.implied && group.header.control_number.is_empty());
    assert_eq!(group.sets[0].version, "D:96A:UN:EAN008");
}

#[test]
fn the_header_is_read() {
    let reading = read(counted(ORDER).as_bytes());
    let header = &reading.results[0].header;
    assert_eq!(header.sender.to_string(), "14:4012345000009");
    assert_eq!(
        (header.version.as_str(), header.control_number.as_str(), header.usage),
        ("UNOC:3", "77", 'P')
    );
    let syntax = header.edifact.as_deref().unwrap();
    assert!(syntax.service_string && syntax.version == 3 && syntax.identifier == "UNOC");
}

#[test]
fn objects_are_passed_over_whatever_is_in_them() {
    let object = "\u{0}'UNZ+1'UNB+UNOA:1'\u{ff}";
    let text = format!("UNO+A1+AAA:1++{}'{object}UNP+{}+A1'UNZ+2", object.len(), object.len());
    let reading = read(order_with("UNZ+1", &text).as_bytes());
    assert_eq!(findings(&reading), ["E1014 UNO (note)"]);
}

#[test]
fn a_good_message_beside_a_bad_one_goes_on() {
    let text = counted(ORDER);
    let message = &text[text.find("UNH").unwrap()..text.find("UNZ").unwrap()];
    let bad = message
        .replace("UNH+1+", "UNH+2+")
        .replace("UNT+11+1", "UNT+11+2")
        .replace("QTY+21:4", "QTY+21:four");
    let text = text.replace("UNZ+1", &format!("{bad}UNZ+2"));
    let reading = read(text.as_bytes());
    assert_eq!(findings(&reading), ["E1215 QTY:7:01-2 'four' UCD01=37"]);
    let sets = &reading.results[0].groups[0].sets;
    assert!(
        sets[0].verdict.accepts() && !sets[1].verdict.accepts() && reading.results[0].verdict().accepts()
    );
}

#[test]
fn json_has_groups_and_plain_text() {
    let bytes = order_with("NAD+BY", "FTX+AAI+++it?'s?:fine'NAD+BY").into_bytes();
    let mut reader = edifact::reader::Reader::new(&bytes[..], Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Set(set) = event {
            let json = to_json(&Schema::of(&set).unwrap().validate(&set)).to_string();
            assert!(json.contains(r#""04":"it's:fine""#), "{json}");
            assert!(json.contains(r#"{"loop":"SG25""#), "{json}");
        }
    }
}

#[test]
fn a_cut_at_any_byte_is_read_to_its_last_byte() {
    let clean = counted(ORDER).into_bytes();
    for end in 0..clean.len() {
        let reading = read(&clean[..end]);
        let whole = end == 0 || clean[..end].ends_with(b"UNZ+1+77");
        assert_eq!(reading.findings.is_empty(), whole, "cut at {end}: {:?}", findings(&reading));
    }
}

#[test]
fn a_flipped_byte_anywhere_does_no_harm() {
    let clean = counted(ORDER).into_bytes();
    for at in 0..clean.len() {
        let all = [b'\'', b'+', b':', b'?', b'U', 0, 0xff, b'\n', b'*'];
        let soak = std::env::var_os("PORTWAY_SOAK").is_some();
        for &byte in all.iter().skip(at % 3).step_by(if soak { 1 } else { 3 }) {
            let mut bytes = clean.clone();
            bytes[at] = byte;
            read(&bytes);
        }
    }
}

#[test]
fn memory_does_not_grow_with_the_input() {
    let text = counted(ORDER);
    let message = &text[text.find("UNH").unwrap()..text.find("UNZ").unwrap()];
    let head = &text[..text.find("UNH").unwrap()];
    let bytes = format!("{head}{}UNZ+1+77'", message.repeat(5_000)).into_bytes();
    let mut reader = Reader::new(&bytes[..], Limits::default());
    let mut sets = 0;
    while let Some(event) = reader.next_event().unwrap() {
        sets += usize::from(matches!(event, Event::Set(_)));
    }
    assert_eq!(sets, 5_000);
    assert!(reader.window_bytes() <= 1 << 20, "{}", reader.window_bytes());
}

#[test]
fn a_header_without_end_is_skipped() {
    let tight = Limits { max_segment_bytes: 1000, max_set_bytes: 10_000, max_set_segments: 100 };
    let text = counted(ORDER);
    for length in [999, 1001, 5000, 700_000] {
        let endless = format!("UNB+UNOC:3+{}'{text}", "x".repeat(length));
        let reading = read_with(endless.as_bytes(), tight, Tolerance::Strict);
        assert!(reading.sets == 1, "{length} {:?}", findings(&reading));
        let open = format!("UNB+UNOC:3+{}", "x".repeat(length));
        let reading = read_with(open.as_bytes(), tight, Tolerance::Strict);
        assert_eq!((reading.findings.len(), reading.findings[0].code.0), (1, "E1001"), "{length}");
    }
}

#[test]
fn tight_limits_lose_no_byte_wherever_a_file_is_cut_or_joined() {
    let x12 = super::super::reading::counted(super::super::reading::ORDER);
    let text = counted(ORDER);
    for limit in [10, 60, 400] {
        let tight = Limits { max_segment_bytes: limit, max_set_bytes: limit * 2, max_set_segments: 4 };
        for at in (0..text.len()).step_by(23) {
            let cut = &text.as_bytes()[..at];
            for next in [text.as_bytes(), x12.as_bytes()] {
                read_with(&[cut, next, cut].concat(), tight, Tolerance::Strict);
                read(&[cut, next].concat());
            }
        }
    }
}

#[test]
fn junk_without_end_is_skipped_in_little_memory() {
    let junk = "UNB UNA ISA ".repeat(20_000);
    let mut reader = Reader::new(junk.as_bytes(), Limits::default());
    assert!(matches!(reader.next_event().unwrap(), Some(Event::Stray(_))));
    assert!(reader.next_event().unwrap().is_none());
    assert!(reader.window_bytes() <= 1 << 20);
    let endless = format!("{}{}", &counted(ORDER)[..200], "x".repeat(3_000_000));
    let tight = Limits { max_segment_bytes: 1000, max_set_bytes: 10_000, max_set_segments: 100 };
    let reading = read_with(endless.as_bytes(), tight, Tolerance::Strict);
    assert!(reading.findings.iter().any(|f| f.code.0 == "E1038"));
}
