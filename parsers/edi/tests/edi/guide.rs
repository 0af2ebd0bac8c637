//! A partner's guide laid over the standard; character sets, found and written.

use super::reading::{ORDER, counted, order_with, read, told};
use portway_edi::Delimiters;
use portway_edi::schema::{Address, Guide, Schema};
use portway_edi::x12::PartyId;
use portway_edi::x12::characters::CharacterSet;
use portway_edi::x12::reader::{Event, Limits, Reader};
use portway_edi::x12::writer::{Envelope, InData, WriteError, Writer};

fn guide(json: serde_json::Value) -> Guide {
    serde_json::from_value(json).unwrap()
}

/// The findings of the first set under that guide.
fn found(text: &str, guide: &Guide) -> Vec<String> {
    let mut reader = Reader::new(text.as_bytes(), Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Set(set) = event {
            let schema = Schema::x12(&set.code, &set.version).unwrap();
            return schema.validate_with(&set, guide).findings.iter().map(told).collect();
        }
    }
    panic!("no set in {text}");
}

#[test]
fn an_empty_guide_changes_nothing() {
    let text = order_with("*EA*", "*XQ*");
    assert_eq!(found(&text, &Guide::default()), ["X1207 PO1:7:03 'XQ' AK403=7"]);
    assert!(found(&counted(ORDER), &Guide::default()).is_empty());
}

#[test]
fn an_element_becomes_mandatory() {
    let guide = guide(serde_json::json!({ "mandatory": ["PO1-05", "N104", "N1-03", "REF02"] }));
    assert_eq!(found(&counted(ORDER), &guide), ["X1221 PO1:7:05 AK403=1"]);
    // What the standard asks for already is not said twice.
    let told = found(&order_with("*92*0014~", "*92~"), &guide);
    assert_eq!(told, ["X1202 N1:4:04 AK403=2", "X1221 PO1:7:05 AK403=1"]);
}

#[test]
fn codes_become_fewer_or_more() {
    let fewer = guide(serde_json::json!({ "codes": { "PO103": ["CA", "CS"], "N101": ["ST"] } }));
    assert_eq!(found(&counted(ORDER), &fewer), ["X1222 PO1:7:03 'EA' AK403=7"]);
    let more = guide(serde_json::json!({ "extra_codes": { "PO103": ["XQ"] } }));
    assert!(found(&order_with("*EA*", "*XQ*"), &more).is_empty());
    assert_eq!(found(&order_with("*EA*", "*XR*"), &more), ["X1207 PO1:7:03 'XR' AK403=7"]);
}

#[test]
fn a_maximum_becomes_shorter() {
    let guide = guide(serde_json::json!({ "longest": { "N102": 8, "N301": 60 } }));
    assert_eq!(found(&counted(ORDER), &guide), ["X1223 N1:4:02 'Centre 14' AK403=5"]);
}

#[test]
fn segments_and_loops_become_mandatory() {
    let wants = |names: &[&str]| guide(serde_json::json!({ "mandatory_segments": names }));
    assert!(found(&counted(ORDER), &wants(&["REF", "N1", "N1/N4", "PO1/PID"])).is_empty());
    let told = found(&counted(ORDER), &wants(&["FOB", "SAC", "N1/PER", "PO1/PID", "PO1/SAC"]));
    assert_eq!(
        told,
        ["X1224 PER:7 AK304=3", "X1225 SAC:9 AK304=3", "X1224 FOB:10 AK304=3", "X1225 SAC:10 AK304=3"]
    );
    // Each loop of its own; and what the standard asks for already is not said twice.
    let two = order_with("PO1*1*4*", "PO1*9*4*EA*1**BP*A~PO1*1*4*").replace("CTT*1", "CTT*2");
    assert_eq!(found(&two, &wants(&["PO1/PID"])), ["X1225 PID:8 AK304=3"]);
    let without = order_with("BEG*00*SA*4500123**20260105~", "");
    assert_eq!(found(&without, &wants(&["BEG"])), ["X1103 BEG:2 AK304=3"]);
}

#[test]
fn segments_and_elements_become_unused() {
    let guide =
        guide(serde_json::json!({ "unused": ["PO104", "SLN05-2"], "unused_segments": ["REF", "PWK"] }));
    assert_eq!(found(&counted(ORDER), &guide), ["X1226 REF:3 AK304=2", "X1227 PO1:7:04 '3.25' AK403=3"]);
    let text = order_with("*EA*3.25**BP*ROSE-12~PID*F****Rose~", "*EA***BP*A~SLN*1**I*2*EA>2~")
        .replace("REF*DP*GARDEN~", "");
    assert_eq!(found(&text.replace("SE*10", "SE*9"), &guide), ["X1227 SLN:7:05-2 '2' AK403=3"]);
}

#[test]
fn segments_become_allowed() {
    let guide = guide(serde_json::json!({ "extra_segments": ["ZZ9", "HL"] }));
    let text = order_with("REF*DP*GARDEN~", "REF*DP*GARDEN~ZZ9*1~HL*1**S~QQ*1~");
    assert_eq!(found(&text, &guide), ["X1101 QQ:6 AK304=1"]);
}

#[test]
fn deviations_become_tolerated() {
    let text = order_with("**20260105~", "**20260230~").replace("*EA*", "*XQ*");
    let guide = guide(serde_json::json!({ "tolerated": ["X1207", "X1208 BEG05"] }));
    assert_eq!(found(&text, &guide), ["X1208 BEG:2:05 '20260230' (note)", "X1207 PO1:7:03 'XQ' (note)"]);
    let elsewhere = self::guide(serde_json::json!({ "tolerated": ["X1208 DTM02"] }));
    assert_eq!(found(&text, &elsewhere).len(), 2);
    assert!(found(&text, &elsewhere)[0].ends_with("AK403=8"));
}

#[test]
fn components_are_named_too() {
    let text = order_with("PID*F****Rose~", "PID*F****Rose~SLN*1**I*2*EA>2~");
    let guide = guide(serde_json::json!({ "codes": { "SLN05-1": ["CA"] }, "mandatory": ["SLN05-3"] }));
    assert_eq!(found(&text, &guide), ["X1221 SLN:9:05-3 AK403=1", "X1222 SLN:9:05-1 'EA' AK403=7"]);
}

#[test]
fn a_guide_is_read_and_written_as_a_profile_has_it() {
    let guide = guide(serde_json::json!({
        "characters": "extended",
        "mandatory": ["N104"],
        "mandatory_segments": ["REF", "PO1/PID"],
        "unused": ["PO104"],
        "unused_segments": ["PWK"],
        "extra_segments": ["ZA"],
        "tolerated": ["X1205 N102", "x1208"],
        "codes": { "PO1-03": ["EA"] },
        "longest": { "N102": 35 },
    }));
    let again: Guide = serde_json::from_value(serde_json::to_value(&guide).unwrap()).unwrap();
    assert_eq!(guide, again);
    for (address, shown) in [
        ("PO103", "PO103"),
        ("PO1-03", "PO103"),
        ("SLN05-1", "SLN05-1"),
        ("SLN-05-1", "SLN05-1"),
        ("n104", "N104"),
    ] {
        assert_eq!(address.parse::<Address>().unwrap().to_string(), shown);
    }
    for bad in ["", "PO1", "PO100", "PO1XX", "PURCHASE01", "SLN05-0", "N1-"] {
        assert!(bad.parse::<Address>().is_err(), "{bad}");
    }
    for bad in [
        serde_json::json!({ "mandatory": ["PO1"] }),
        serde_json::json!({ "tolerated": ["X9999"] }),
        serde_json::json!({ "mandatory_segments": ["PO103"] }),
        serde_json::json!({ "mandatory_segments": ["/PID"] }),
        serde_json::json!({ "characters": "ebcdic" }),
        serde_json::json!({ "mandatroy": [] }),
    ] {
        assert!(serde_json::from_value::<Guide>(bad.clone()).is_err(), "{bad}");
    }
}

#[test]
fn characters_outside_the_agreed_set_are_noted_and_read() {
    let with = |set: &str| guide(serde_json::json!({ "characters": set }));
    let capitals = order_with("Centre 14", "CENTRE 14").replace("Orchard Lane", "ORCHARD LANE");
    let capitals = capitals.replace("Salem", "SALEM").replace("Rose", "ROSE");
    assert!(found(&capitals, &with("basic")).is_empty());
    assert_eq!(
        found(&counted(ORDER), &with("basic"))[..2],
        ["X1215 N1:4:02 'Centre 14' AK403=6 (warning)", "X1215 N3:5:01 '14 Orchard Lane' AK403=6 (warning)"]
    );
    let umlaut = order_with("Centre 14", "Müller");
    assert_eq!(found(&umlaut, &with("extended")), ["X1215 N1:4:02 'Müller' AK403=6 (warning)"]);
    assert!(found(&umlaut, &with("utf-8")).is_empty());
    let component = order_with("PID*F****Rose~", "PID*F****Rose~SLN*1**I*2*EA>é~");
    assert!(found(&component, &with("extended")).contains(&"X1206 SLN:9:05-2 'é' AK403=6".to_string()));
    // Without a guide any bytes are read.
    let reading = read(umlaut.as_bytes());
    assert!(reading.findings.is_empty());
}

fn writer(in_data: InData) -> Writer {
    let party = |id: &str| PartyId { qualifier: "ZZ".to_string(), id: id.to_string() };
    let envelope = Envelope {
        sender: party("ORCHARD"),
        receiver: party("GREENFIELD"),
        group_sender: "ORCHARD".to_string(),
        group_receiver: "GREENFIELD".to_string(),
        date: "20260106".to_string(),
        time: "0815".to_string(),
        interchange_version: "00401".to_string(),
        group_version: "004010".to_string(),
        interchange_control_number: 41,
        group_control_number: 12,
        acknowledgement_requested: true,
        usage: 'P',
        delimiters: Delimiters::X12,
    };
    let mut writer = Writer::new(&envelope, in_data).unwrap();
    writer.begin_group("PO").unwrap();
    writer.begin_set("850").unwrap();
    writer
}

#[test]
fn the_writer_transliterates_refuses_or_replaces() {
    let mut refusing = writer(InData::Refuse);
    refusing.restrict(CharacterSet::Basic, false);
    let error = refusing.segment("N3", &["14 Orchard Lane"]).unwrap_err();
    let value = "14 Orchard Lane".to_string();
    assert_eq!(error, WriteError::OutsideCharacterSet { segment: "N3".to_string(), element: 1, value });

    let mut transliterating = writer(InData::Refuse);
    transliterating.restrict(CharacterSet::Basic, true);
    transliterating.segment("N3", &["Größe 14", "Añejo"]).unwrap();
    assert!(transliterating.segment("N3", &["東京"]).is_err());
    // What a sign becomes may not be a delimiter either.
    transliterating.restrict(CharacterSet::Extended, true);
    transliterating.segment("N3", &["Crème"]).unwrap();
    let text = String::from_utf8(transliterating.finish().unwrap()).unwrap();
    assert!(text.contains("~N3*GROESSE 14*ANEJO~N3*Creme~SE*"), "{text}");

    let mut replacing = writer(InData::ReplaceWith(b' '));
    replacing.restrict(CharacterSet::Extended, true);
    replacing.segment("N3", &["東京 a*b é"]).unwrap();
    assert!(String::from_utf8(replacing.finish().unwrap()).unwrap().contains("~N3*   a b e~"));
}

#[test]
fn binary_data_are_written_with_their_length() {
    let mut writer = writer(InData::Refuse);
    writer.binary("BIN", &[], b"a~b*c\n").unwrap();
    writer.binary("BDS", &["ASC"], b"~").unwrap();
    assert!(writer.binary("BDS", &["A*"], b"").is_err());
    let bytes = writer.finish().unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains("~BIN*6*a~b*c\n~BDS*ASC*1*~~SE*4*0001~"), "{text}");
    assert!(!read(&bytes).findings.iter().any(|f| f.code.0 == "X1040" || f.code.0 == "X1033"));
}
