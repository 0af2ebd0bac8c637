//! Whole documents: each case's `document.json` is what its `input.edi` becomes, to the letter, and `output.edi` what that document
//! is written as, in the same set and version. `converted.edi` is the document in the other standard, where it has a set there, and
//! `not-carried.txt` what that set does not carry of it: pointer, value and the reason.
//!
//! Also: a document is read back as it was written, and its JSON has no nulls, no empty lists and no floats.
//!
//! Rewrite them with `UPDATE_GOLDEN=1 cargo nextest run -p portway-documents golden`, and read the diff.

use crate::round_trip::{other, reasons};
use crate::sets::{Case, cases, set, usual_version, written};
use portway_documents::carried::{Target, not_carried};

fn expect(case: &Case, file: &str, is: &[u8]) {
    let path = case.folder.join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, is).unwrap();
    }
    let expected = std::fs::read(&path).unwrap_or_default();
    assert!(
        is == expected,
        "{} differs from what the mapping writes; if the change is meant, run this test with UPDATE_GOLDEN=1 and read the diff",
        path.display()
    );
}

/// One segment a line, for people who read the diff.
fn lines(interchange: &[u8]) -> Vec<u8> {
    let terminator = if interchange.starts_with(b"ISA") { b'~' } else { b'\'' };
    let released = |at: usize| interchange[..at].iter().rev().take_while(|b| **b == b'?').count() % 2 == 1;
    let mut out = Vec::new();
    for (at, byte) in interchange.iter().enumerate() {
        out.push(*byte);
        if *byte == terminator && (terminator == b'~' || !released(at)) {
            out.push(b'\n');
        }
    }
    out
}

#[test]
fn each_case_becomes_its_document() {
    for case in cases() {
        let json = serde_json::to_string_pretty(&case.set().document).unwrap() + "\n";
        expect(&case, "document.json", json.as_bytes());
    }
}

#[test]
fn each_document_is_written_as_its_set() {
    for case in cases() {
        let was = case.set();
        let output = written(&was.document, was.standard, &was.code, &was.version);
        let Some(output) = output else {
            panic!("{}: no mapping writes {}", case.folder.display(), was.code)
        };
        expect(&case, "output.edi", &lines(&output));
    }
}

#[test]
fn each_document_is_written_in_the_other_standard() {
    for case in cases() {
        let was = case.set();
        let standard = other(was.standard);
        let Some(code) = was.document.kind().sets(standard).next() else { continue };
        let Some(output) = written(&was.document, standard, code, usual_version(standard)) else {
            panic!("{}: no mapping writes {code}", case.folder.display())
        };
        expect(&case, "converted.edi", &lines(&output));
        let lost = not_carried(&was.document, &set(&output).document);
        let target = Target { standard, set: code, version: usual_version(standard) };
        let told = reasons(&was.document, target, &lost).join("\n") + "\n";
        expect(&case, "not-carried.txt", told.as_bytes());
    }
}

#[test]
fn a_document_is_read_back_as_it_was_written() {
    for case in cases() {
        let written = case.set().document;
        let json = serde_json::to_string(&written).unwrap();
        let mut ours = Vec::new();
        portway_documents::write_json(&mut ours, &written).unwrap();
        assert_eq!(String::from_utf8(ours).unwrap(), json, "{}", case.folder.display());
        let read = written.kind().parse(&json).unwrap();
        assert_eq!(read, written, "{}", case.folder.display());
        assert_eq!(serde_json::to_string(&read).unwrap(), json, "{}", case.folder.display());
    }
}

#[test]
fn no_field_is_null_and_no_list_is_empty() {
    fn check(value: &serde_json::Value, path: &str) {
        match value {
            serde_json::Value::Null => panic!("{path} is null"),
            serde_json::Value::Number(n) => assert!(n.is_u64(), "{path} is a float"),
            serde_json::Value::Array(list) => {
                assert!(!list.is_empty(), "{path} is empty");
                list.iter().for_each(|v| check(v, path));
            }
            serde_json::Value::Object(map) => map.iter().for_each(|(k, v)| check(v, &format!("{path}.{k}"))),
            _ => {}
        }
    }
    for case in cases() {
        check(&case.set().json(), &case.folder.display().to_string());
    }
}
