//! The offline verbs, as the real binary: `file lint|ack|json|convert`, `explain`, `schema`, `completions`, `man`.
//!
//! Also keeps `docs/errors.md`, the table of all diagnostic codes, in step with the registers: `UPDATE_DOCS=1` writes it anew.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use portway::pipeline::findings;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const CLEAN: &str = "parsers/edi/tests/samples/850-clean.edi";
const BROKEN: &str = "parsers/edi/tests/samples/850-broken.edi";

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portway"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn portway(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn fed(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(arguments).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeding = std::thread::spawn(move || {
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

fn sample(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// What the carets of the diagnostic with this title stand under, and its `-->` line.
fn pointed(text: &str, title: &str) -> (String, String) {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|l| l.contains(title)).unwrap_or_else(|| panic!("no {title} in\n{text}"));
    let mark = at + lines[at..].iter().position(|l| l.contains('^')).unwrap();
    let (start, end) = (lines[mark].find('^').unwrap(), lines[mark].rfind('^').unwrap());
    (lines[mark - 1][start..=end].to_owned(), lines[at + 1].trim().to_owned())
}

#[test]
fn lint_points_at_the_very_element() {
    let linted = portway(&["file", "lint", BROKEN]);
    assert_eq!(code(&linted), 1);
    let text = out(&linted);
    for (title, under, place) in [
        ("error[X1207]: PO103 'XQ' is not in the code list", "XQ", ":24:9"),
        ("error[X1208]: BEG05 '20260230'", "20260230", ":4:13"),
        ("error[X1107]: N3 has its place before N4", "N3", ":18:1"),
        ("error[X1202]: PO106 must be there", "*", ":31:21"),
        ("error[X1101]: 'ZZZ' is no segment", "ZZZ", ":72:1"),
        ("note[D1001]:", "XQ", ":24:9"),
    ] {
        assert_eq!(pointed(&text, title), (under.to_owned(), format!("--> {BROKEN}{place}")), "{title}");
    }
    assert!(
        text.contains("= answer: AK403 7") && text.contains("= note: segment 22 of set 0001, group 417"),
        "{text}"
    );
    assert!(!text.contains(":::") && !text.contains('\u{1b}'), "{text}");
    assert!(err(&linted).contains("6 errors, 1 warning, 1 note; 0 of 1 set accepted"), "{}", err(&linted));
}

#[test]
fn lint_finds_the_byte_where_there_are_no_lines() {
    let one_line = sample(BROKEN).replace('\n', "");
    let linted = fed(&["file", "lint", "-"], one_line.as_bytes());
    let column = one_line.find("XQ").unwrap() + 1;
    let (under, place) = pointed(&out(&linted), "error[X1207]");
    assert_eq!((under.as_str(), place), ("XQ", format!("--> <stdin>:1:{column}")));
}

#[test]
fn lint_of_a_clean_file_is_quiet_and_exits_0() {
    let linted = portway(&["file", "lint", CLEAN]);
    assert_eq!(code(&linted), 0, "{}", out(&linted));
    let text = out(&linted);
    assert!(!text.contains("error") && text.contains("set 850 0001") && text.contains("AK9 A"), "{text}");
    let json = portway(&["file", "lint", "--json", CLEAN]);
    assert_eq!((code(&json), out(&json)), (0, String::new()));
}

#[test]
fn lint_as_json_has_thirteen_keys_a_line() {
    let linted = portway(&["file", "lint", "--json", BROKEN]);
    assert_eq!(code(&linted), 1);
    let keys: BTreeSet<&str> =
        "code severity interchange group set segment position element component value message help answer"
            .split(' ')
            .collect();
    let lines: Vec<Value> = out(&linted).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 8);
    for line in &lines {
        assert_eq!(line.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>(), keys);
        assert!(findings::explain(line["code"].as_str().unwrap()).is_some(), "{line}");
    }
    let unit = lines.iter().find(|l| l["code"] == "X1207").unwrap();
    assert_eq!((&unit["set"], &unit["position"], &unit["element"]), (&"0001".into(), &22.into(), &3.into()));
    assert_eq!(
        (&unit["value"], &unit["answer"]["element"], &unit["answer"]["code"]),
        (&"XQ".into(), &"AK403".into(), &"7".into())
    );
}

#[test]
fn nothing_is_called_accepted_in_an_interchange_that_is_rejected() {
    let cut_off = &sample(CLEAN).into_bytes()[..1500];
    let linted = fed(&["file", "lint", "-"], cut_off);
    assert_eq!(code(&linted), 1);
    assert!(out(&linted).contains("TA1 R 023") && !out(&linted).contains(" accepted"), "{}", out(&linted));
    let wrong_count = sample(CLEAN).replace("IEA*1*", "IEA*4*");
    let linted = fed(&["file", "lint", "-"], wrong_count.as_bytes());
    assert!(out(&linted).contains("rejected with its interchange"), "{}", out(&linted));
    assert!(err(&linted).contains("0 of 1 set accepted"), "{}", err(&linted));
    let converted = fed(&["file", "convert", "-"], wrong_count.as_bytes());
    assert_eq!((code(&converted), out(&converted)), (1, String::new()));
    assert!(err(&converted).contains("left out: set 0001"), "{}", err(&converted));
}

#[test]
fn whatever_is_no_interchange_is_a_finding() {
    let junk: Vec<u8> = (0..4000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (input, message) in [
        (&b""[..], "<stdin> is empty"),
        (b"   \r\n", "holds no interchange"),
        (b"UNA:+.? 'UNX+UNOA:1", "holds no interchange"),
        (b"ISA", "holds no interchange"),
        (&junk, "holds no interchange"),
    ] {
        for verb in ["lint", "ack", "json", "convert"] {
            let output = fed(&["file", verb, "-"], input);
            assert_eq!(code(&output), 1, "{verb} {message}");
            let said = out(&output) + &err(&output);
            assert!(said.contains("X1090") && said.contains(message), "{verb}: {said}");
            assert!(!said.contains("panicked"), "{verb}: {said}");
        }
        let json = fed(&["file", "lint", "--json", "-"], input);
        assert!(out(&json).lines().any(|l| serde_json::from_str::<Value>(l).unwrap()["code"] == "X1090"));
    }
}

#[test]
fn what_is_no_file_is_wrong_usage() {
    for (path, why) in [("src", "is a folder"), ("no-such-file.edi", "no-such-file.edi cannot be read")] {
        for verb in ["lint", "ack", "json", "convert"] {
            let output = portway(&["file", verb, path]);
            assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{verb} {path}");
            assert!(err(&output).contains(why), "{}", err(&output));
        }
    }
}

#[test]
fn every_byte_broken_or_cut_is_survived() {
    let clean = sample(CLEAN).into_bytes();
    for at in (0..clean.len()).step_by(157) {
        let mut bytes = clean.clone();
        bytes[at] = 0xff;
        assert!(code(&fed(&["file", "lint", "-"], &bytes)) <= 1, "byte {at} broken");
        assert!(code(&fed(&["file", "lint", "-"], &clean[..at])) <= 1, "cut at {at}");
    }
}

#[test]
fn nothing_in_a_file_steers_the_terminal() {
    let hostile = sample(CLEAN).replace("*EA*", "*\u{1b}]0;x\u{7}*").replace("Greenfield", "\u{9b}31m");
    let linted = fed(&["file", "lint", "-"], hostile.as_bytes());
    let words = err(&fed(&["file", "json", "-"], hostile.as_bytes()))
        + &err(&fed(&["file", "convert", "-"], hostile.as_bytes()));
    for said in [out(&linted), err(&linted), words] {
        assert!(!said.is_empty() && !said.chars().any(|c| c.is_control() && c != '\n'), "{said:?}");
    }
}

#[test]
fn ack_is_the_interchange_we_would_answer() {
    let output = portway(&["file", "ack", BROKEN]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let text = out(&output);
    let segments: Vec<&str> = text.trim_end_matches('~').split('~').collect();
    assert!(
        segments[0].starts_with("ISA*00*          *00*          *01*123456789      *ZZ*GREENFIELD     *"),
        "{text}"
    );
    assert!(segments[0].contains("*000000001*0*T*"), "{text}");
    assert_eq!(segments[1], "TA1*000000417*260105*0930*A*000");
    for expected in [
        "ST*997*0001",
        "AK1*PO*417",
        "AK2*850*0001",
        "AK3*PO1*22**8",
        "AK4*3*355*7*XQ",
        "AK5*R*5",
        "AK9*R*1*1*0",
    ] {
        assert!(segments.contains(&expected), "{expected} is not in {segments:#?}");
    }
    // Control characters as delimiters, as some partners have them, pass unharmed.
    let odd: Vec<u8> = sample(BROKEN)
        .bytes()
        .map(|b| match b {
            b'*' => 0x1d,
            b'~' => 0x1c,
            b'>' => 0x1f,
            b => b,
        })
        .collect();
    let answer = fed(&["file", "ack", "-"], &odd).stdout;
    assert!(
        answer.windows(9).any(|w| w == b"AK5\x1dR\x1d5\x1cA"),
        "{}",
        String::from_utf8_lossy(&answer).escape_debug()
    );
    // Our own answer is clean, and is never answered.
    assert_eq!(code(&fed(&["file", "lint", "-"], text.as_bytes())), 0);
    assert_eq!(out(&fed(&["file", "ack", "-"], text.as_bytes())), "");
}

#[test]
fn what_this_version_does_not_have_is_said() {
    for (arguments, message) in [
        (["file", "ack", CLEAN, "--as", "x"], "no functional acknowledgement"),
        (["file", "convert", CLEAN, "--to", "csv"], "is no format"),
    ] {
        let output = portway(&arguments);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""));
        assert!(err(&output).contains(message), "{}", err(&output));
    }
}

#[test]
fn convert_writes_the_canonical_documents() {
    let both = sample(CLEAN) + &sample(BROKEN) + &sample("tests/golden/purchase-order/minimal/input.edi");
    let output = fed(&["file", "convert", "--to", "json", "-"], both.as_bytes());
    assert_eq!(code(&output), 1);
    let documents: Vec<Value> = out(&output).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(documents.iter().map(|d| &d["number"]).collect::<Vec<_>>(), ["4500123", "1"]);
    assert!(err(&output).contains("left out: set 0001 (850): it is rejected"), "{}", err(&output));
    let golden: Value =
        serde_json::from_str(&sample("tests/golden/purchase-order/minimal/document.json")).unwrap();
    assert_eq!(documents[1], golden);
}

#[test]
fn json_is_in_the_shape_of_the_schema() {
    let output = portway(&["file", "json", BROKEN]);
    assert_eq!(code(&output), 1);
    let text = out(&output);
    assert_eq!(text.lines().count(), 1);
    let set: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&set["loop"], &set["segments"][0]["elements"]["01"]), (&"850".into(), &"850".into()));
    assert!(err(&output).contains("X1101 at ZZZ (segment 70)"), "{}", err(&output));
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let many = sample(BROKEN).repeat(60);
    for arguments in [
        &["file", "lint", "-"][..],
        &["file", "lint", "--json", "-"],
        &["file", "json", "-"],
        &["file", "ack", "-"],
    ] {
        let mut child = command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut first = [0u8; 16];
        child.stdin.take().unwrap().write_all(many.as_bytes()).unwrap();
        // One read, and the pipe is closed while there is more to come.
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut first).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.code().is_some_and(|c| c <= 1), "{arguments:?}: {:?}", output.status);
        assert!(!err(&output).contains("panicked"), "{}", err(&output));
    }
}

#[test]
fn a_full_disk_is_no_success() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command(&["schema", "purchase-order"]).stdout(full).output().unwrap();
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("stdout cannot be written"), "{}", err(&output));
}

#[test]
fn explain_knows_codes_and_elements() {
    for (name, expected) in [
        ("X1205", "AK403 5"),
        ("x1190", "AK502 1"),
        ("D1002", "the partner"),
        ("PO1-03", "element 355"),
        ("PO103", "element 355"),
        ("PO1", "PO125"),
        ("C001", "C001-15"),
        ("355", "PO103"),
    ] {
        let output = portway(&["explain", name]);
        assert_eq!(code(&output), 0, "{name}: {}", err(&output));
        assert!(out(&output).contains(expected), "{name}: {}", out(&output));
    }
    let output = portway(&["explain", "X1250"]);
    assert_eq!((code(&output), out(&output).as_str()), (5, ""));
    assert!(err(&output).contains("X1205"), "{}", err(&output));
    assert_eq!(code(&portway(&["explain", "PO1", "--version", "999999"])), 5);
    assert!(out(&portway(&["explain", "PO1", "--version", "005010"])).contains("005010"));
    for (arguments, expected) in [
        (&["E1207"][..], "UCD01 12"),
        (&["BGM"], "BGM02    C 1004"),
        (&["BGM-1004"], "element 1004"),
        (&["C507"], "2379"),
        (&["DTM-2380"], "DTM01-2"),
        (&["2005"], "C507-01"),
        (&["LIN", "--directory", "D01B"], "D01B"),
        (&["UNB", "--directory", "D.96A"], "EDIFACT syntax 3"),
    ] {
        let output = portway(&[&["explain"], arguments].concat());
        assert!(out(&output).contains(expected), "{arguments:?}: {}{}", out(&output), err(&output));
    }
    assert!(err(&portway(&["explain", "LIN"])).contains("EDIFACT has LIN too"));
    assert_eq!(code(&portway(&["explain", "BGM", "--directory", "D99Z"])), 5);
    assert_eq!(code(&portway(&["explain", "BGM", "--directory", "D96A", "--version", "004010"])), 2);
}

#[test]
fn schemas_are_json_schemas() {
    for name in ["purchase-order", "credit-note", "ship-notice", "gateway", "partner"] {
        let output = portway(&["schema", name]);
        let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
    }
    let output = portway(&["schema", "purchase"]);
    assert_eq!(code(&output), 5);
    assert!(err(&output).contains("freight-invoice, gateway, partner"), "{}", err(&output));
}

#[test]
fn completions_and_man_pages_are_made() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(out(&portway(&["completions", shell])).contains("portway"), "{shell}");
    }
    let dir = tempfile::tempdir().unwrap();
    let into = dir.path().join("man1");
    let output = portway(&["man", into.to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    for page in ["portway.1", "portway-file.1", "portway-file-lint.1", "portway-explain.1"] {
        assert!(into.join(page).is_file(), "{page}");
    }
    assert_eq!(code(&portway(&["man", "/dev/null/man1"])), 1);
}

/// Every string of the shape of a code (`X1205`) in the sources of the gateway and of all parsers, and the file it stands in: however a
/// register is made, by hand or by a macro, its codes are written so.
fn codes_in_the_sources() -> BTreeMap<String, PathBuf> {
    fn walk(dir: &Path, found: &mut BTreeMap<String, PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
                continue;
            }
            if path.extension().is_none_or(|e| e != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for word in code.split('"') {
                let (letter, digits) = word.split_at_checked(1).unwrap_or_default();
                if matches!(letter, "X" | "E" | "D")
                    && digits.len() == 4
                    && digits.bytes().all(|b| b.is_ascii_digit())
                {
                    found.insert(word.to_owned(), path.clone());
                }
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    walk(&root.join("src"), &mut found);
    for parser in std::fs::read_dir(root.join("parsers")).unwrap().flatten() {
        walk(&parser.path().join("src"), &mut found);
    }
    found
}

#[test]
fn every_code_in_the_sources_is_explained() {
    let codes = codes_in_the_sources();
    assert!(codes.len() > 100, "{} codes were found: does the search still work?", codes.len());
    for family in ["X10", "X11", "X12", "E10", "E11", "E12", "D10", "D11"] {
        assert!(codes.keys().any(|code| code.starts_with(family)), "none of {family}");
    }
    let mut unknown = Vec::new();
    for (code, file) in &codes {
        let output = portway(&["explain", code]);
        if self::code(&output) != 0 || !out(&output).starts_with(&format!("{code}: ")) {
            unknown.push(format!("{code} in {}", file.display()));
        }
    }
    assert!(unknown.is_empty(), "portway explain does not know {unknown:#?}");
    for e in findings::all() {
        assert!(
            codes.contains_key(e.code.0),
            "{} is declared in a way that the search does not see",
            e.code.0
        );
    }
}

#[test]
fn the_table_of_codes_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors.md");
    let table = table_of_codes();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == table, "docs/errors.md is stale: run the tests with UPDATE_DOCS=1");
}

fn table_of_codes() -> String {
    let mut text = "# Diagnostic codes\n\nMade from the registers in the sources; `UPDATE_DOCS=1 cargo nextest run` writes it anew. \
        `portway explain CODE` shows the same. A code never changes its meaning: it is the same in terminal, API and e-mail.\n\n\
        `X` are codes of X12 (and of the gateway), `E` of EDIFACT: `10` envelopes, `11` the structure of a set, `12` its elements. \
        `D10` is the mapping to documents, `D11` what an IDoc has no place for.\n\n\
        | code | title | meaning | what to do | whose move | our answer |\n|---|---|---|---|---|---|\n"
        .to_owned();
    let mut all: Vec<_> = findings::all().collect();
    let rank = |code: &str| "XED".find(&code[..1]);
    all.sort_by_key(|e| (rank(e.code.0), e.code.0));
    for e in all {
        let answers: Vec<String> =
            e.answers.iter().map(|(element, code)| format!("{element} {code}")).collect();
        let cells = [e.code.0, e.title, e.meaning, e.fix, findings::whose(e), &answers.join(", ")]
            .map(|c| c.replace('|', "\\|"));
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}

/// An operator at night looks for the cause that the alert has: every kind of cause stands in the runbook.
#[test]
fn the_runbook_knows_every_cause_of_an_alert() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let runbook = std::fs::read_to_string(root.join("docs/operations.md")).unwrap();
    let mut kinds = std::collections::BTreeSet::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&entry).unwrap();
                for start in ["cause: format!(\"", "cause: \""] {
                    for found in text.split(start).skip(1) {
                        let kind: String =
                            found.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
                        kinds.extend(
                            (!kind.is_empty() && found[kind.len()..].starts_with(':')).then_some(kind),
                        );
                    }
                }
                // Those that last until they are mended are listed where they are closed.
                if let Some((_, rest)) = text.split_once("const LASTING: &str = \"^(") {
                    let list = rest.split_once(')').unwrap().0.replace("\\\n", "");
                    kinds.extend(list.split('|').map(|kind| kind.trim().to_owned()));
                }
            }
        }
    }
    assert!(kinds.len() > 15, "{kinds:?}: does the search still work?");
    let missing: Vec<_> = kinds.iter().filter(|kind| !runbook.contains(&format!("`{kind}:"))).collect();
    assert!(missing.is_empty(), "docs/operations.md says nothing of {missing:?}");
}
