//! The offline verbs on EDIFACT, on both standards in one file, and on files without an envelope; `view`, `fmt`, `sample`
//! and `redact` on both standards. As the real binary; golden texts lie in `tests/golden/view`, `UPDATE_DOCS=1` writes them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use portway_edi::schema::{shipped, shipped_edifact};
use serde_json::Value;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

const CLEAN: &str = include_str!("../parsers/edi/tests/samples/850-clean.edi");
const BROKEN: &str = include_str!("../parsers/edi/tests/samples/850-broken.edi");

/// A small order of a garden centre: releases, a UNA of its own, an acknowledgement asked for.
const ORDERS: &str = "UNA:+.? '\nUNB+UNOC:3+4012345000009:14+4098765000010:14+260105:0930+4711++ORDERS++1++1'\n\
    UNH+1+ORDERS:D:96A:UN:EAN008'\nBGM+220+4500123+9'\nDTM+137:20260105:102'\n\
    FTX+AAI+++Ring O?'Brien first ???+ then come'\nNAD+BY+4012345000009::9'\n\
    NAD+SU+++Fern ?+ Sons:Nursery+14 Orchard Lane+Salem++97301+US'\nCTA+OC+:Ida Wells'\nCOM+ida@fern.example:EM'\n\
    LIN+1++4006381333931:EN'\nIMD+F++:::Rose bush, red'\nQTY+21:4:PCE'\nPRI+AAA:3.25'\n\
    LIN+2++4006381333924:EN'\nQTY+21:8:PCE'\nUNS+S'\nCNT+2:2'\nUNT+17+1'\nUNZ+1+4711'\n";

/// A shipment of two orders whose levels do not stand in the order of the tree.
const SHIPMENT: &str = "ISA*00*          *00*          *ZZ*GREENFIELD     *ZZ*ORCHARD        *260105*0930*U*00401*000000007*0*T*>~\n\
    GS*SH*GREENFIELD*ORCHARD*20260105*0930*7*X*004010~\nST*856*0001~\nBSN*00*S-100*20260105*0930*0001~\n\
    HL*1**S~\nREF*BM*8801~\nHL*2*1*O~\nPRF*4500123~\nHL*3*1*O~\nPRF*4500124~\nHL*4*2*P~\nMAN*GM*00123456789012345675~\n\
    HL*5*4*I~\nLIN**UP*078742000008~\nSN1**4*EA~\nHL*6*3*I~\nLIN**UP*078742000015~\nSN1**8*EA~\nCTT*6~\nSE*18*0001~\n\
    GE*1*7~\nIEA*1*000000007~\n";

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portway"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn fed(arguments: &[&str], input: impl AsRef<[u8]>) -> Output {
    let mut child = command(arguments).spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.as_ref().to_vec());
    let feeding = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    assert!(!err(&output).contains("panicked"), "{}", err(&output));
    output
}

fn file(verb: &str, input: impl AsRef<[u8]>) -> Output {
    fed(&["file", verb, "-"], input)
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("killed: {}", err(output)))
}

fn findings(input: impl AsRef<[u8]>) -> Vec<Value> {
    let linted = fed(&["file", "lint", "--json", "-"], input);
    out(&linted).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn codes(input: impl AsRef<[u8]>) -> Vec<String> {
    findings(input).iter().map(|f| f["code"].as_str().unwrap().to_owned()).collect()
}

fn is_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/view").join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(&path).unwrap_or_default(),
        text,
        "{name}: UPDATE_DOCS=1 writes it anew"
    );
}

#[test]
fn lint_of_edifact_points_past_releases() {
    let linted = file("lint", ORDERS);
    assert_eq!((code(&linted), codes(ORDERS)), (0, vec![]), "{}", out(&linted));
    assert!(out(&linted).contains("CONTRL, UCI 7"), "{}", out(&linted));
    let broken =
        ORDERS.replace("EAN008", "").replace("PRI+AAA", "PRI+A?+A").replace(":D:96A:UN:'", ":D:96A:UN'");
    let linted = file("lint", &broken);
    let text = out(&linted);
    assert_eq!(code(&linted), 1);
    assert!(text.contains("error[E1207]: ") && text.contains("PRI+A?+A:3.25'\n   |     ^^^^"), "{text}");
    assert!(
        text.contains("--> <stdin>:14:5") && text.contains("UCM 4") && text.contains("= answer: UCD01 12"),
        "{text}"
    );
    // The same without line ends, with other delimiters.
    let swapped = |c| "+?':".find(c).map_or(c, |at| b"*!~>"[at] as char);
    let odd: String = broken.chars().filter(|c| *c != '\n').map(swapped).collect();
    assert_eq!(findings(&odd)[0]["position"], findings(&broken)[0]["position"], "{odd}");
}

#[test]
fn ack_of_edifact_is_a_contrl() {
    let answer = file("ack", ORDERS);
    assert_eq!(code(&answer), 0, "{}", err(&answer));
    let text = out(&answer);
    assert!(text.contains("+4098765000010:14+4012345000009:14+") && text.contains("UCI+4711+"), "{text}");
    assert!(text.contains(":14+7'"), "{text}");
    assert_eq!(codes(&text), Vec::<String>::new(), "{text}");
    assert_eq!(out(&file("ack", &text)), "");
    let broken = ORDERS.replace("QTY+21:4:PCE", "QTY+21:four:PCE");
    let text = out(&file("ack", &broken));
    assert!(text.contains("UCM+1+ORDERS:D:96A:UN:EAN008+4'UCS+11'UCD+37+2:2'"), "{text}");
    // Nothing asked for and nothing wrong: nothing said.
    let quiet = ORDERS.replace("++1++1'", "++++1'");
    let answer = file("ack", &quiet);
    assert_eq!((out(&answer), code(&answer)), (String::new(), 0));
    assert!(err(&answer).contains("no answer is owed"), "{}", err(&answer));
}

#[test]
fn a_999_answers_005010_and_nothing_else() {
    let newer = out(&fed(&["file", "sample", "850", "--version", "005010"], ""));
    let answer = fed(&["file", "ack", "--as", "999", "-"], &newer);
    assert!(out(&answer).contains("ST*999*0001~AK1*PO*1*005010~AK2*850*0001~IK5*A~"), "{}", out(&answer));
    assert_eq!(codes(out(&answer)), Vec::<String>::new());
    let answer = fed(&["file", "ack", "--as", "999", "-"], CLEAN);
    assert!(out(&answer).contains("ST*997*") && err(&answer).contains("005010 only"), "{}", err(&answer));
}

#[test]
fn both_standards_in_one_file() {
    let both = format!("{CLEAN}{ORDERS}{SHIPMENT}{ORDERS}");
    let linted = file("lint", &both);
    assert!(err(&linted).contains("4 of 4 sets accepted"), "{}{}", out(&linted), err(&linted));
    let text = out(&linted);
    assert!(
        text.contains("set 850 0001") && text.contains("set ORDERS 1") && text.contains("set 856 0001"),
        "{text}"
    );
    let answers = out(&file("ack", &both));
    assert!(answers.starts_with("ISA*") && answers.matches("UNB+").count() == 2, "{answers}");
    let shapes: Vec<Value> =
        out(&file("json", &both)).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let loops: Vec<&str> = shapes.iter().map(|s| s["loop"].as_str().unwrap()).collect();
    assert_eq!(loops, ["850", "ORDERS", "856", "ORDERS"]);
    let text = shapes[1].to_string();
    assert!(text.contains("Ring O'Brien first ?+ then come"), "{text}");
    let converted = file("convert", &both);
    assert_eq!((out(&converted).lines().count(), code(&converted)), (4, 0), "{}", err(&converted));
    let documents: Vec<Value> =
        out(&converted).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // Orders of both standards are the same document.
    assert!(documents[1]["lines"][0]["item"]["gtin"].is_string());
    assert_eq!(documents[2]["number"], "S-100", "{}", documents[2]);
}

#[test]
fn view_explains_each_segment_as_a_tree() {
    let small = "ISA*00*          *00*          *ZZ*GREENFIELD     *01*123456789      *260105*0930*U*00401*000000417*1*T*>~\n\
        GS*PO*GREENFIELD*123456789*20260105*0930*417*X*004010~\nST*850*0001~\nBEG*00*SA*4500123**20260105~\n\
        N1*ST*Greenfield Garden Centre 14*92*0014~\nN3*14 Orchard Lane~\nN4*Salem*OR*97301*US~\n\
        PO1*1*4*XQ*3.25*PE*BP*ROSE-12~\nPID*F****Rose bush, red~\nSAC*A*C310***500~\nZZZ*1~\nCTT*1~\nSE*11*0001~\n\
        GE*1*417~\nIEA*2*000000417~\n";
    for (name, input, expected) in
        [("850.txt", small, 1), ("856.txt", SHIPMENT, 0), ("orders.txt", ORDERS, 0)]
    {
        let viewed = file("view", input);
        assert_eq!(code(&viewed), expected, "{}", err(&viewed));
        is_golden(name, &out(&viewed));
    }
    let text = out(&file("view", SHIPMENT));
    let at = |word: &str| text.find(word).unwrap_or_else(|| panic!("no {word} in {text}"));
    assert!(at("078742000008") < at("4500124"), "levels stand below what they belong to");
    // Colours only where they are asked for; nothing from the file steers the terminal.
    let hostile = ORDERS.replace("Salem", "\u{1b}]0;x\u{7}");
    assert!(!out(&file("view", &hostile)).contains('\u{1b}'));
    let mut coloured = command(&["file", "view", "-"]).env("CLICOLOR_FORCE", "1").spawn().unwrap();
    coloured.stdin.take().unwrap().write_all(hostile.as_bytes()).unwrap();
    let text = out(&coloured.wait_with_output().unwrap());
    assert!(text.contains("\u{1b}[1;36mBGM") && !text.contains("\u{1b}]0"), "{text}");
}

#[test]
fn view_shows_every_segment_of_every_sample_once() {
    for input in [CLEAN, BROKEN, SHIPMENT, ORDERS] {
        let text = out(&file("view", input));
        let viewed = text
            .lines()
            .filter(|l| l.trim_start().get(3..5).is_some_and(|s| s == "  " || &s[..1] == " "))
            .count();
        let segments = input
            .lines()
            .filter(|l| !["ISA", "GS*", "GE*", "IEA", "UNA", "UNB", "UNZ"].contains(&&l.trim()[..3]));
        assert!(viewed >= segments.count(), "{text}");
    }
}

/// All bytes but blanks.
fn data(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect()
}

#[test]
fn fmt_changes_nothing_but_line_ends() {
    let no_lines = |text: &str| text.replace('\n', "");
    let lined = |text: &str| text.replace("~\n", "\n").replace('~', "\n");
    let wrapped = |text: &str| {
        let text: Vec<char> = no_lines(text).chars().collect();
        text.chunks(80).map(|c| c.iter().collect::<String>() + "\r\n").collect::<String>()
    };
    for input in [
        no_lines(CLEAN),
        CLEAN.replace('\n', "\r\n\r\n  "),
        lined(CLEAN),
        no_lines(ORDERS),
        wrapped(ORDERS),
        wrapped(CLEAN),
        format!("\u{feff}{}\n\n junk \n{}", no_lines(ORDERS), no_lines(SHIPMENT)),
        format!("{CLEAN}\n{}", &no_lines(ORDERS)[..300]),
        ORDERS.replace("'\nUNS", "''\nUNS"),
        String::new(),
        "no EDI at all\nreally\n".to_owned(),
    ] {
        let formatted = file("fmt", &input);
        assert_eq!(data(&formatted.stdout), data(input.as_bytes()), "{}", out(&formatted));
        assert_eq!(out(&file("fmt", &formatted.stdout)), out(&formatted), "a second run changes nothing");
    }
    assert_eq!(out(&file("fmt", no_lines(CLEAN))), CLEAN);
    assert_eq!(out(&file("fmt", no_lines(ORDERS))), ORDERS);
    assert_eq!(out(&file("fmt", wrapped(ORDERS))), ORDERS);
    assert_eq!(out(&file("fmt", wrapped(CLEAN))), CLEAN);
    let junk = file("fmt", format!("{}\njunk\n{}", no_lines(ORDERS), no_lines(SHIPMENT)));
    assert!(
        code(&junk) == 1 && err(&junk).contains("5 bytes from")
            || err(&junk).contains("belong to no interchange")
    );
}

#[test]
fn fmt_leaves_binary_data_and_blanks_in_data_alone() {
    let binary = b"ISA*00*          *00*          *ZZ*GREENFIELD     *ZZ*ORCHARD        *260105*0930*U*00401*000000007*0*T*>~\
        GS*PO*A*B*20260105*0930*7*X*004010~ST*850*0001~BIN*12*~\n ~*\x00\xff~ \n~~~MSG*  two  blanks ~SE*4*0001~GE*1*7~IEA*1*000000007~";
    let formatted = file("fmt", binary).stdout;
    let text = String::from_utf8_lossy(&formatted).into_owned();
    assert!(formatted.windows(20).any(|w| w == b"BIN*12*~\n ~*\x00\xff~ \n~~~"), "{text}");
    assert!(text.contains("\nMSG*  two  blanks ~\n"), "{text}");
    assert_eq!(file("fmt", &formatted).stdout, formatted);
}

#[test]
fn fmt_replaces_the_file_in_one_step() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("orders.edi");
    std::fs::write(&path, ORDERS.replace('\n', "")).unwrap();
    let output = fed(&["file", "fmt", "--write", path.to_str().unwrap()], "");
    assert_eq!((code(&output), out(&output)), (0, String::new()), "{}", err(&output));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), ORDERS);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    assert_eq!(code(&fed(&["file", "fmt", "--write", "-"], ORDERS)), 2);
}

#[test]
fn samples_of_every_set_are_clean() {
    for (set, version) in shipped().chain(shipped_edifact()) {
        let sample = fed(&["file", "sample", set, "--version", version], "");
        assert_eq!(code(&sample), 0, "{set} {version}: {}", err(&sample));
        assert_eq!(codes(&sample.stdout), Vec::<String>::new(), "{set} {version}");
    }
    assert!(out(&fed(&["file", "sample", "orders", "--version", "D.01B"], "")).contains("ORDERS:D:01B"));
    let unknown = fed(&["file", "sample", "INSDES", "--version", "D96A"], "");
    assert!(code(&unknown) == 5 && err(&unknown).contains("D01B"), "{}", err(&unknown));
    assert_eq!(code(&fed(&["file", "sample", "ORDER"], "")), 5);
}

#[test]
fn redact_hides_people_and_prices_and_lints_the_same() {
    for input in [CLEAN, BROKEN, SHIPMENT, ORDERS] {
        let redacted = file("redact", input);
        let text = out(&redacted);
        assert_eq!((code(&redacted), text.len()), (0, input.len()), "{}", err(&redacted));
        let told = |input: &str| {
            let mut all = findings(input);
            all.iter_mut().for_each(|f| f["value"] = Value::Null);
            all.into_iter()
                .map(|f| (f["code"].clone(), f["position"].clone(), f["element"].clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&text), told(input));
        assert_eq!(out(&file("redact", input)), text);
        for secret in [
            "Ida",
            "Wells",
            "Orchard Lane",
            "Fern",
            "Salem",
            "97301",
            "3.25",
            "Rose bush",
            "example",
            "Brien",
        ] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        for (a, b) in input.bytes().zip(text.bytes()) {
            assert!(a == b || a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric());
        }
    }
    let text = out(&file("redact", ORDERS));
    for kept in [
        "BGM+220+4500123+9'",
        "DTM+137:20260105:102'",
        "QTY+21:4:PCE'",
        "CNT+2:2'",
        "NAD+BY+4012345000009::9'",
        "UNZ+1+4711'",
    ] {
        assert!(text.contains(kept), "{kept} is not in {text}");
    }
    // What belongs to no set of ours, and passwords.
    let odd = CLEAN
        .replace("ISA*00*          *00*          ", "ISA*00*          *01*SECRET    ")
        .replace("CTT*", "ZZZ*Ida Wells~\nCTT*");
    let text = out(&file("redact", &odd));
    assert!(!text.contains("SECRET") && !text.contains("Ida") && text.contains("ZZZ*"), "{text}");
    // Line breaks inside segments stay where they are.
    for input in [ORDERS.replace('\n', ""), CLEAN.replace('\n', "")] {
        let flat = out(&file("redact", &input));
        let wrap = |text: &str| {
            text.as_bytes().chunks(80).map(|c| [c, b"\r\n"].concat()).collect::<Vec<_>>().concat()
        };
        assert_eq!(file("redact", wrap(&input)).stdout, wrap(&flat));
    }
    let junk = file("redact", format!("From: Ida Wells\n{ORDERS}"));
    assert!(code(&junk) == 1 && err(&junk).contains("look at them"), "{}", err(&junk));
}

#[test]
fn fragments_are_read_in_an_assumed_envelope() {
    let set =
        "ST*850*0001~\nBEG*00*SA*4500123**20260105~\nPO1*1*4*XQ*3.25*PE*BP*ROSE-12~\nCTT*1~\nSE*5*0001~\n";
    let message = "UNH+1+ORDERS:D:96A:UN'\nBGM+220+4500123+9'\nDTM+137:20260105:102'\nLIN+1++4006381333931:EN'\nUNS+S'\nUNT+6+1'\n";
    let loose = "PO1*1*4*XQ*3.25*PE*BP*ROSE-12~\nN1*ST~\nPO1*2*4*EA~";
    let loose_edifact = "LIN+1++4006381333931:EN'QTY+21:four'NAD+BY'";
    for (input, expected, said) in [
        (set, &["X1207"][..], "a set without an envelope, read as X12"),
        (message, &[], "a message without an interchange, read as EDIFACT"),
        (loose, &["X1207", "X1202"], "segments without a set, read as X12"),
        (loose_edifact, &["E1215"], "segments without a message, read as EDIFACT"),
    ] {
        let linted = file("lint", input);
        assert!(err(&linted).contains(said), "{}", err(&linted));
        let mut found = codes(input);
        found.retain(|code| !code.starts_with('D'));
        assert_eq!(found, expected, "{input}: {}", out(&linted));
        let viewed = file("view", input);
        assert!(!out(&viewed).contains("ASSUMED") && out(&viewed).contains(&input[..2]), "{}", out(&viewed));
        assert_eq!(data(&file("fmt", input).stdout), data(input.as_bytes()));
        assert_eq!(file("redact", input).stdout.len(), input.len());
    }
    let finding = &findings(loose)[0];
    assert_eq!(
        (&finding["position"], &finding["set"], &finding["group"]),
        (&1.into(), &Value::Null, &Value::Null)
    );
    let (under, lines) = (out(&file("lint", loose)), set.replace('~', ""));
    assert!(under.contains("--> <stdin>:1:9"), "{under}");
    assert_eq!(codes(&lines).first().map(String::as_str), Some("X1207"), "line ends as terminators");
    // A whole interchange somewhere in it: no fragment.
    assert!(!err(&file("lint", format!("PO1*junk~\n{CLEAN}"))).contains("without"));
}

#[test]
fn nothing_brings_the_verbs_down() {
    let junk: Vec<u8> = (0..4000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let whole = [CLEAN, ORDERS].concat().into_bytes();
    let mut inputs: Vec<Vec<u8>> =
        vec![junk, b"UNB".to_vec(), b"UNA".to_vec(), b"ST*".to_vec(), b"UNH+".to_vec(), b"HL*1*1~".to_vec()];
    for at in (0..whole.len()).step_by(331) {
        inputs.push(whole[..at].to_vec());
        let mut broken = whole.clone();
        broken[at] = 0xff;
        inputs.push(broken);
    }
    for input in inputs {
        for verb in ["view", "fmt", "redact"] {
            let output = file(verb, &input);
            assert!(code(&output) <= 1, "{verb}: {}", err(&output));
            if verb != "view" {
                assert_eq!(data(&output.stdout).len(), data(&input).len(), "{verb}");
            }
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let many = ORDERS.repeat(200);
    for verb in ["view", "fmt", "redact", "lint", "json", "ack"] {
        let mut child = command(&["file", verb, "-"]).spawn().unwrap();
        let (mut stdin, input) = (child.stdin.take().unwrap(), many.clone());
        let feeding = std::thread::spawn(move || {
            let _ = stdin.write_all(input.as_bytes());
        });
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0u8; 16]).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        feeding.join().unwrap();
        assert!(output.status.code().is_some_and(|c| c <= 1), "{verb}: {:?}", output.status);
        assert!(!err(&output).contains("panicked"), "{}", err(&output));
    }
}
