//! `portway file convert` as the real binary: between the standards and JSON, and as a partner's profile agrees on.
//!
//! Needs no gateway and no database. What comes out is read by the other verbs, so that it is held against the schemas again.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const ORDER: &str = "tests/golden/purchase-order/retailer-distribution/input.edi";
const ORDERS: &str = "tests/golden/purchase-order/orders-d96a-supplier/input.edi";

fn portway(arguments: &[&str]) -> Output {
    fed(arguments, b"")
}

fn fed(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_portway"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeding = std::thread::spawn(move || {
        // A verb that refuses its arguments reads nothing.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    output
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

/// The documents of an interchange, as the gateway would hand them on.
fn documents(interchange: &[u8]) -> Vec<Value> {
    let output = fed(&["file", "convert", "-"], interchange);
    assert_eq!(code(&output), 0, "{}", err(&output));
    out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A configuration folder with one partner, `acme`, whose profile ends in `profile`.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(profile: &str, files: &[(&str, &str)]) -> Folder {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "gateway.toml",
            "[us]\nname = \"Northwind\"\nx12 = \"ZZ:NORTHWIND\"\nedifact = \"14:4012345000009\"\n\n[endpoint.erp]\nkind = \"directory\"\npath = \"erp\"\n",
        );
        let head = "id = \"acme\"\nname = \"Acme\"\nstatus = \"live\"\n";
        write("partners.d/acme.toml", &format!("{head}{profile}"));
        for (path, text) in files {
            write(path, text);
        }
        Folder(folder)
    }

    fn path(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    fn convert(&self, arguments: &[&str]) -> Output {
        let mut all = vec!["--config", self.path(), "file", "convert"];
        all.extend(arguments);
        all.extend(["--partner", "acme"]);
        portway(&all)
    }
}

const SPEAKS_X12: &str = "[x12]\nid = \"01:123456789\"\n";

#[test]
fn an_850_becomes_orders_and_comes_back() {
    let edifact = portway(&["file", "convert", ORDER, "--to", "edifact"]);
    assert_eq!(code(&edifact), 0, "{}", err(&edifact));
    let orders = out(&edifact);
    assert!(orders.starts_with("UNB+UNOY:3+"), "{orders}");
    assert!(orders.contains("'UNH+1+ORDERS:D:01B:UN'BGM+"), "{orders}");
    let lint = fed(&["file", "lint", "-"], orders.as_bytes());
    assert_eq!(code(&lint), 0, "{}", out(&lint));

    let back = fed(&["file", "convert", "-", "--to", "x12", "--version", "005010"], orders.as_bytes());
    assert_eq!(code(&back), 0, "{}", err(&back));
    let back = out(&back);
    assert!(back.contains("*00501*") && back.contains("*005010~ST*850*"), "{back}");
    let (first, last) = (documents(&std::fs::read(ORDER).unwrap()), documents(back.as_bytes()));
    for pointer in [
        "/number",
        "/order_date",
        "/currency/code",
        "/lines/0/quantity/value",
        "/lines/0/quantity/unit",
        "/lines/0/price/amount",
        "/lines/0/item/gtin",
        "/lines/1/item/buyer_number",
        "/lines/1/distribution/2/location/id",
        "/lines/1/distribution/2/quantity/value",
        "/parties/0/ids/0/id",
    ] {
        let value = first[0].pointer(pointer);
        assert!(value.is_some(), "{pointer} is not in the order");
        assert_eq!(value, last[0].pointer(pointer), "{pointer}");
    }
}

#[test]
fn what_the_set_does_not_carry_is_told_with_its_reason() {
    let output = portway(&["file", "convert", ORDERS, "--to", "x12"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let told = err(&output);
    assert!(
        told.contains(
            "X1193: /lines/0/references/0/line_number is not carried by 850: REF has no line number"
        ),
        "{told}"
    );
    assert!(!told.contains("NO REASON"), "{told}");
    // Bare codes are one note.
    assert_eq!(told.lines().filter(|line| line.starts_with("note:")).count(), 1, "{told}");
}

#[test]
fn json_lines_are_written_as_sets() {
    let json = out(&portway(&["file", "convert", ORDER]));
    let twice = format!("{json}{json}");
    let output =
        fed(&["file", "convert", "-", "--document", "purchase-order", "--to", "x12"], twice.as_bytes());
    assert_eq!(code(&output), 0, "{}", err(&output));
    let x12 = out(&output);
    assert_eq!((x12.matches("~ST*850*").count(), x12.matches("ISA*").count()), (2, 1), "{x12}");
    let mut first: Value = serde_json::from_str(json.trim()).unwrap();
    let mut back = documents(x12.as_bytes());
    // Line counts are the writer's.
    for document in [&mut first, &mut back[0]] {
        document.as_object_mut().unwrap().remove("totals");
    }
    assert_eq!(back[0], first);

    let nameless = fed(&["file", "convert", "-", "--to", "x12"], json.as_bytes());
    assert_eq!(code(&nameless), 2);
    assert!(err(&nameless).contains("--document purchase-order"), "{}", err(&nameless));
    let other = fed(&["file", "convert", "-", "--document", "poem", "--to", "x12"], json.as_bytes());
    assert_eq!(code(&other), 2);
    assert!(err(&other).contains("purchase-order, "), "{}", err(&other));
    let broken = format!("{{\"number\": 7}}\n{json}");
    let broken =
        fed(&["file", "convert", "-", "--document", "purchase-order", "--to", "x12"], broken.as_bytes());
    assert_eq!(code(&broken), 1);
    assert!(err(&broken).contains("line 1: no purchase-order"), "{}", err(&broken));
    assert_eq!(out(&broken).matches("~ST*850*").count(), 1, "the other one is written");
}

#[test]
fn each_interchange_is_answered_by_one_of_its_own() {
    let both = [std::fs::read(ORDER).unwrap(), std::fs::read(ORDERS).unwrap()].concat();
    let output = fed(&["file", "convert", "-", "--to", "edifact", "--version", "D96A"], &both);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let edifact = out(&output);
    assert_eq!(edifact.matches("UNB+").count(), 2);
    assert_eq!(edifact.matches("ORDERS:D:96A:UN'").count(), 2, "{edifact}");
}

#[test]
fn what_cannot_be_written_is_said_and_the_rest_goes_on() {
    let set = portway(&["file", "convert", ORDER, "--to", "x12", "--set", "810"]);
    assert_eq!(code(&set), 1);
    assert!(err(&set).contains("a purchase-order does not become 810; X12 has 850"), "{}", err(&set));
    let version = portway(&["file", "convert", ORDER, "--to", "x12", "--version", "003020"]);
    assert_eq!(code(&version), 1);
    assert!(err(&version).contains("no schema is known for 850 in version 003020"), "{}", err(&version));
    let format = portway(&["file", "convert", ORDER, "--to", "csv"]);
    assert_eq!(code(&format), 2);
}

#[test]
fn a_profile_changes_codes_items_and_the_document() {
    let folder = Folder::new(
        &format!(
            "{SPEAKS_X12}[codes.reference_kind]\nDP = \"division\"\n[items]\nfile = \"items.csv\"\n\
             [receive.850]\nto = [\"erp\"]\ntransform = \"short.jq\"\n"
        ),
        &[
            ("items.csv", "buyer_number,our_number,unit,our_unit,factor\nSKU-1001,A-100,EA,XCT,0.5\n"),
            (
                "short.jq",
                "{number, lines: [.lines[] | {quantity, ours: .item.our_number}], kinds: [.references[].kind]}",
            ),
        ],
    );
    let output = folder.convert(&[ORDER]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let document: Value = serde_json::from_str(out(&output).trim()).unwrap();
    assert_eq!(document["number"], "4500123");
    assert_eq!(document["kinds"][0], "division", "by the profile, not department");
    assert_eq!(document["lines"][0]["ours"], "A-100");
    assert_eq!(document["lines"][0]["quantity"]["value"], "72");
    assert_eq!(document["lines"][0]["quantity"]["unit"], "XCT");
    assert_eq!(document["lines"][0]["quantity"]["original_value"], "144");
    assert_eq!(document["lines"][1]["ours"], Value::Null, "it is not in the cross-reference");

    let explained = folder.convert(&[ORDER, "--explain"]);
    assert_eq!(code(&explained), 0, "{}", err(&explained));
    let text = out(&explained);
    assert!(text.starts_with("set 0001 (850)\n"), "{text}");
    assert!(text.contains("codes:     /references/0/kind: \"department\" → \"division\""), "{text}");
    assert!(text.contains("items:     buyer_number SKU-1001 is our A-100"), "{text}");
    assert!(text.contains("items:     144 EA × 0.5 = 72 XCT"), "{text}");
    assert!(text.contains("items:     buyer_number SKU-1002 is not in the cross-reference"), "{text}");
    assert!(text.contains("transform: /parties is gone"), "{text}");
}

#[test]
fn what_we_send_has_the_partners_numbers_fixed_values_and_extra_segments() {
    let folder = Folder::new(
        &format!(
            "{SPEAKS_X12}[codes.party_role]\nZ7 = \"ship_to\"\n[items]\nfile = \"items.csv\"\n\
             [send.850]\nversion = \"005010\"\ntransform = \"send.jq\"\nfixed = {{ BEG12 = \"06\" }}\nextra = {{ BEG = [\"REF*ZZ*STORE 7\"] }}\n"
        ),
        &[
            ("items.csv", "buyer_number,our_number,unit,our_unit,factor\nSKU-9,A-100,XCS,EA,24\n"),
            ("send.jq", ".contract_number = \"C-9\""),
        ],
    );
    let order = r#"{"schema_version":"1.0","number":"77","purpose":"original","purpose_code":"","kind":"stand_alone","kind_code":"",
        "order_date":"2026-11-16","parties":[{"role":"ship_to","role_code":"","name":"Dock 4"}],
        "lines":[{"quantity":{"value":"288","unit":"EA"},"item":{"our_number":"A-100"}}]}"#;
    let file = folder.0.path().join("order.json");
    std::fs::write(&file, order.replace('\n', " ")).unwrap();
    let output = folder.convert(&[file.to_str().unwrap(), "--document", "purchase-order", "--to", "x12"]);
    let x12 = out(&output);
    for expected in [
        "*005010~",
        "~BEG*00*SA*77**20261116*C-9******06~REF*ZZ*STORE 7~",
        "~N1*Z7*Dock 4~",
        "~PO1**12*CA***IN*SKU-9~",
        "~CTT*1~",
    ] {
        assert!(x12.contains(expected), "{expected} is not in {x12}\n{}", err(&output));
    }
}

#[test]
fn a_profile_that_is_wrong_is_told_with_its_place() {
    let wrong = |profile: &str, files: &[(&str, &str)]| {
        let folder = Folder::new(&format!("{SPEAKS_X12}{profile}"), files);
        let output = folder.convert(&[ORDER]);
        assert_eq!(code(&output), 2, "{}", out(&output));
        err(&output)
    };
    let program = "[receive.850]\nto = [\"erp\"]\ntransform = \"t.jq\"\n";
    let told = wrong(program, &[("t.jq", ".number |= nosuch")]);
    assert!(told.contains("no jq program: line 1, column 12: there is no"), "{told}");
    let told = wrong(program, &[]);
    assert!(told.contains("cannot read `t.jq`"), "{told}");
    let told = wrong("[codes.party_rol]\nZ7 = \"ship_to\"\n", &[]);
    assert!(told.contains("line 6") && told.contains("no table `party_rol`"), "{told}");
    let told = wrong("[codes.party_role]\nZ7 = \"shipto\"\n", &[]);
    assert!(told.contains("`shipto` is no word of party_role"), "{told}");
    let told = wrong(
        "[items]\nfile = \"i.csv\"\n",
        &[("i.csv", "gtin,our_number,unit,our_unit,factor\n1,2,CA,EA,0\n")],
    );
    assert!(told.contains("line 2: the factor must be above 0"), "{told}");
}

#[test]
fn a_transform_that_fails_leaves_the_document_out() {
    let folder = Folder::new(
        &format!("{SPEAKS_X12}[receive.850]\nto = [\"erp\"]\ntransform_program = \"error(\\\"no\\\")\"\n"),
        &[],
    );
    let output = folder.convert(&[ORDER]);
    assert_eq!((code(&output), out(&output)), (1, String::new()));
    assert!(err(&output).contains("X1192: the transform fails: \"no\""), "{}", err(&output));
    let explain = folder.convert(&[ORDER, "--explain"]);
    assert!(out(&explain).contains("transform: fails: the transform fails: \"no\""), "{}", out(&explain));
    let nobody = portway(&["file", "convert", ORDER, "--explain"]);
    assert_eq!(code(&nobody), 2);
    assert!(Path::new(ORDER).exists());
}
