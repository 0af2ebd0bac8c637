//! Placing segments: loops of the same trigger at several levels, bounded loops, repeats; resynchronising after faults.

use super::reading::{ORDER, counted, order_with, read, told};
use portway_edi::schema::{Loop, Schema, to_json};
use portway_edi::x12::reader::{Event, Limits, Reader};

/// The loops of the first set as an outline: `850 ST BEG (N1 N1 N3) SE`; segments of a loop first, then its inner loops.
fn outline(text: &str) -> String {
    fn write(tree: &Loop<'_>, out: &mut String) {
        out.push_str(tree.id);
        for segment in &tree.segments {
            *out += &format!(" {}{}", segment.tag(), segment.position);
        }
        for inner in &tree.loops {
            out.push_str(" (");
            write(inner, out);
            out.push(')');
        }
    }
    let mut reader = Reader::new(text.as_bytes(), Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Set(set) = event {
            let mut out = String::new();
            write(&Schema::x12(&set.code, "004010").unwrap().validate(&set).root, &mut out);
            return out;
        }
    }
    panic!("no set in {text}");
}

fn found(text: &str) -> Vec<String> {
    read(text.as_bytes()).findings.iter().map(told).collect()
}

const LINE: &str = "PID*F****Rose~";

#[test]
fn a_trigger_goes_to_the_nearest_loop_that_takes_it() {
    assert_eq!(
        outline(&counted(ORDER)),
        "850 ST1 BEG2 REF3 SE10 (N1 N14 N35 N46) (PO1 PO17 (PID PID8)) (CTT CTT9)"
    );
    let text =
        order_with("N1*ST*Centre 14*92*0014~", "SPI*00~N1*BY*Store*92*01~REF*DP*1~N1*ST*Centre 14*92*0014~");
    assert!(found(&text).is_empty(), "{:?}", found(&text));
    assert!(outline(&text).contains("(SPI SPI4 (N1 N15 REF6) (N1 N17 N38 N49))"), "{}", outline(&text));
    let text = order_with(
        LINE,
        "PID*F****Rose~N1*ST*Shop*92*01~N3*Lane~SLN*1**I*2*EA~N1*SU*Clay*92*07~PO1*2*1*EA*1~N1*ST*Shop*92*02~",
    )
    .replace("CTT*1~", "CTT*2~");
    assert!(found(&text).is_empty(), "{:?}", found(&text));
    assert!(
        outline(&text)
            .contains("(PO1 PO17 (PID PID8) (N1 N19 N310) (SLN SLN11 (N1 N112))) (PO1 PO113 (N1 N114))"),
        "{}",
        outline(&text)
    );
}

#[test]
fn bounded_loops_end_with_their_trailer() {
    let text = order_with(
        LINE,
        "PID*F****Rose~LS*LDT~LDT*AF*5*DA~QTY*01*5~REF*DP*1~LDT*AG*2*DA~LE*LDT~N9*L1*NOTE~MSG*Hello~",
    );
    assert!(found(&text).is_empty(), "{:?}", found(&text));
    assert!(
        outline(&text).contains("(LS LS9 LE14 (LDT LDT10 QTY11 REF12) (LDT LDT13)) (N9 N915 MSG16)"),
        "{}",
        outline(&text)
    );
    let open = order_with(LINE, "PID*F****Rose~LS*LDT~LDT*AF*5*DA~N9*L1*NOTE~");
    assert_eq!(found(&open), ["X1103 LE:11 AK304=3"]);
}

#[test]
fn one_misplaced_loop_is_one_finding_and_out_of_the_tree() {
    // Delivery terms belong before the parties; a loop of allowances does too.
    let text = order_with("PO1*1*", "SAC*A*C310***500~CUR*BY*USD~FOB*PP~PO1*1*");
    assert_eq!(found(&text), ["X1107 SAC:7 AK304=7"]);
    assert!(!outline(&text).contains("SAC"));
    let text = order_with("PO1*1*", "REF*DP*1~DTM*002*20260105~PO1*1*");
    assert_eq!(found(&text), ["X1107 DTM:8 AK304=7"], "the reference is one of the party");
}

#[test]
fn repeats_are_counted_where_they_stand() {
    let terms = "PER*BD*Ida~".repeat(4);
    assert_eq!(
        found(&order_with("REF*DP*GARDEN~", &format!("REF*DP*GARDEN~{terms}"))),
        ["X1105 PER:7 AK304=5"]
    );
    let parties = "N1*BY*Store*92*01~".repeat(201);
    let text = order_with("N1*ST*Centre 14*92*0014~", &format!("{parties}N1*ST*Centre 14*92*0014~"));
    let told = found(&text);
    assert_eq!(told, ["X1104 N1:204 AK304=4", "X1104 N1:205 AK304=4"]);
}

#[test]
fn lengths_do_not_count_sign_point_and_trailing_blanks() {
    for fine in [
        "PO1*1*4*EA*12345678901234.567",
        "PO1*1*4*EA*-0.25",
        "PO1*1*4*EA*1.2E-3",
        "PO1*12345678901234567890*4*EA*1",
    ] {
        assert!(found(&order_with("PO1*1*4*EA*3.25**BP*ROSE-12", fine)).is_empty(), "{fine}");
    }
    let long = format!("N3*{}{}", "x".repeat(55), " ".repeat(9));
    assert!(found(&order_with("N3*14 Orchard Lane", &long)).is_empty());
    let umlauts = format!("N3*{}", "ü".repeat(55));
    assert!(found(&order_with("N3*14 Orchard Lane", &umlauts)).is_empty());
    for (bad, code) in [
        ("PO1*1*4*EA*123456789012345678", "X1205"),
        ("PO1*1*4*EA*1,25", "X1206"),
        ("PO1*1*4*EA*+1", "X1206"),
        ("PO1*1*4*EA*1.2.3", "X1206"),
        ("PO1*1*4*EA*.", "X1206"),
        ("PO1*1*4*EA*1-", "X1206"),
    ] {
        let told = found(&order_with("PO1*1*4*EA*3.25**BP*ROSE-12", bad));
        assert_eq!(told.len(), 1, "{bad}: {told:?}");
        assert!(told[0].starts_with(&format!("{code} PO1:7:04")), "{bad}: {told:?}");
    }
}

#[test]
fn lists_kept_elsewhere_are_not_checked() {
    let text = order_with("N4*Salem*OR*97301", "N4*Salem*ZZ*97301*QQ");
    assert!(found(&text).is_empty());
}

#[test]
fn every_syntax_note_is_enforced() {
    for (segment, code, element) in [
        ("N1*ST*Centre 14*92", "X1202", "04"),
        ("N1*ST*Centre 14**0014", "X1202", "03"),
        ("N1*ST***", "X1202", "02"),
    ] {
        let told = found(&order_with("N1*ST*Centre 14*92*0014", segment));
        assert_eq!(told, [format!("{code} N1:4:{element} AK403=2")], "{segment}");
    }
    // L130204: an account number asks for a charge code of one kind or the other.
    let told = found(&order_with(LINE, "PID*F****Rose~SAC*A*C310***500********X1~"));
    assert!(told.is_empty(), "{told:?}");
    // C1110: a second quantity asks for the first.
    let told = found(&order_with(LINE, "PID*F****Rose~SAC*A*C310***500******5~"));
    assert_eq!(told, ["X1202 SAC:9:10 AK403=2"]);
}

#[test]
fn any_set_becomes_json_in_the_shape_of_its_schema() {
    let text = order_with(LINE, "PID*F****Rose~SLN*1**I*2*EA>2~");
    let mut reader = Reader::new(text.as_bytes(), Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Set(set) = event {
            let json = to_json(&Schema::x12("850", "004010").unwrap().validate(&set));
            assert_eq!(json["loop"], "850");
            assert_eq!(json["segments"][1]["elements"]["03"], "4500123");
            let line = &json["loops"][1];
            assert_eq!(line["segments"][0]["id"], "PO1");
            assert_eq!(line["loops"][1]["segments"][0]["elements"]["05"], serde_json::json!(["EA", "2"]));
        }
    }
}
