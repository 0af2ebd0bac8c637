//! Many at once, and large: nothing is taken twice, nothing is left out, and memory stays where it was.

use super::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// One process with many sessions of Acme's.
struct Many {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Many {
    /// Logs all of them in; each has files to put.
    #[track_caller]
    fn log_in(house: &House, sessions: &[Vec<(String, String)>]) -> Many {
        let python = std::env::var("PORTWAY_TEST_PYTHON").unwrap();
        let mut child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/sftp_many.py"))
            .args([house.gateway.sftp.rsplit(':').next().unwrap(), "acme"])
            .arg(house.site.path("acme-key"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut many = Many { child, answers };
        many.say(&serde_json::to_string(sessions).unwrap());
        assert_eq!(many.answer(), json!({ "sessions": sessions.len(), "errors": [] }));
        many
    }

    #[track_caller]
    fn put(&mut self, files: usize) {
        self.say("go");
        assert_eq!(self.answer(), json!({ "put": files, "errors": [] }));
    }

    fn say(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    fn answer(&mut self) -> serde_json::Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"))
    }
}

impl Drop for Many {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The orders numbered from 1 on, as files of `lines` lines, dealt out to sessions.
fn orders(sessions: usize, each: usize, lines: usize) -> Vec<Vec<(String, String)>> {
    let file = |nth: usize| {
        let mut order = order(&format!("PO-{nth:04}"), u32::try_from(nth).unwrap());
        order.lines = lines;
        (format!("/in/po-{nth:04}.edi"), order.text())
    };
    (0..sessions).map(|s| (1..=each).map(|n| file(s * each + n)).collect()).collect()
}

/// Each of so many orders was taken once, and is in effect once.
#[track_caller]
fn each_once(house: &House, many: usize) {
    let expected: BTreeSet<String> = (1..=many).map(|nth| format!("PO-{nth:04}")).collect();
    let messages = house.messages();
    assert_eq!((messages.len(), messages.iter().collect::<BTreeSet<_>>().len()), (many, many));
    house.erp.wait_effects(many);
    house.rows("SELECT count(*)::text FROM job", &["0"]);
    let subjects = house.erp.subjects();
    assert_eq!(subjects.len(), many);
    assert_eq!(subjects.into_iter().collect::<BTreeSet<_>>(), expected);
    assert_eq!(house.site.database().orphans(), Vec::<String>::new());
}

#[test]
fn two_hundred_sessions_at_once_put_a_file_each_and_one_more_is_refused() {
    let house = House::open("max_sessions = 200");
    let mut many = Many::log_in(&house, &orders(200, 1, 2));
    assert!(!house.acme.sftp("ls").status.success(), "there is no place for one more");
    house.gateway.line("there are enough");
    many.put(200);
    drop(many);
    each_once(&house, 200);
    // The places are free again.
    house.gateway.until("a place", || house.acme.sftp("ls /in").status.success().then_some(()));
    house.gateway.stop();
}

#[test]
fn a_thousand_files_over_eight_sessions_are_taken_once_each() {
    let house = House::open("");
    let files = orders(8, 125, 118);
    assert!(files[0][0].1.len() > 3_500, "{}", files[0][0].1.len());
    Many::log_in(&house, &files).put(1000);
    each_once(&house, 1000);
    house.gateway.stop();
}

/// A file that is no EDI, no two lines of it equal.
fn large(path: &Path, size: u64) {
    let mut file = BufWriter::new(std::fs::File::create(path).unwrap());
    let (mut written, mut nth) = (0, 0u64);
    while written < size {
        nth += 1;
        let line = format!("{nth} watering cans, number {:016x}\n", nth.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let line = &line.as_bytes()[..line.len().min((size - written) as usize)];
        file.write_all(line).unwrap();
        written += line.len() as u64;
    }
}

fn hash(path: &Path) -> String {
    let (mut hash, mut file, mut piece) =
        (Sha256::new(), std::fs::File::open(path).unwrap(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut piece).unwrap() {
            0 => break,
            many => hash.update(&piece[..many]),
        }
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

/// 200 MB; under `PORTWAY_SOAK` 2 GB.
#[test]
fn a_large_file_goes_in_and_out_whole_with_flat_memory() {
    let size = if std::env::var_os("PORTWAY_SOAK").is_some() { 2_000_000_000 } else { 200_000_000 };
    let house = House::open("");
    house.acme.sftp_fine("ls /in");
    let before = house.gateway.peak_memory();
    let file = house.site.path("large.txt");
    large(&file, size);
    house.acme.sftp_fine(&format!(
        "put {} /in/large.txt.part\nrename /in/large.txt.part /in/large.txt",
        file.display()
    ));
    let expected = format!("quarantined {size} {}", hash(&file));
    house.rows("SELECT state || ' ' || size || ' ' || encode(sha256, 'hex') FROM message", &[&expected]);
    let stored = format!("{size} 0");
    house.rows("SELECT sum(size) || ' ' || (SELECT count(*) FROM staged) FROM payload", &[&stored]);
    let back = house.site.path("back.txt");
    house.acme.sftp_fine(&format!("get /failed/large.txt {}", back.display()));
    assert_eq!(hash(&back), hash(&file));
    let grown = house.gateway.peak_memory() - before;
    assert!(grown < 128 << 20, "the gateway grew by {} MB", grown >> 20);
    assert_eq!(left_in_state(&house), 0, "nothing of it stays in the state folder");
    house.gateway.stop();
}

fn left_in_state(house: &House) -> usize {
    std::fs::read_dir(house.site.state().join("sftp/in/acme")).unwrap().count()
}

/// An upload of 14 MB under way, of which the ledger has some.
fn under_way(house: &House) -> (crate::harness::sftp_peer::Paramiko, String) {
    let file = house.site.path("large.txt");
    large(&file, 20_000_000);
    let mut client = house.acme.paramiko();
    client.fine(json!({ "do": "open", "path": "/in/large.txt", "mode": "w", "as": "f" }));
    let text = std::fs::read_to_string(&file).unwrap();
    client.fine(json!({ "do": "write", "as": "f", "text": &text[..14_000_000] }));
    house.rows("SELECT count(*)::text FROM staged", &["1"]);
    (client, text)
}

/// It came whole, and nothing else is stored.
#[track_caller]
fn came_whole(house: &House) {
    let file = house.site.path("large.txt");
    let expected = format!("quarantined 20000000 {}", hash(&file));
    house.rows("SELECT state || ' ' || size || ' ' || encode(sha256, 'hex') FROM message", &[&expected]);
    house.rows("SELECT sum(size)::text FROM payload", &["20000000"]);
    house.rows("SELECT count(*)::text FROM staged", &["0"]);
    let back = house.site.path("back.txt");
    house.acme.sftp_fine(&format!("get /failed/large.txt {}", back.display()));
    assert_eq!(hash(&back), hash(&file));
}

#[test]
fn what_was_stored_of_an_upload_that_broke_off_is_forgotten_and_the_rest_makes_it_whole() {
    let house = House::open("");
    let (client, _) = under_way(&house);
    client.vanish();
    house.rows("SELECT count(*)::text FROM staged", &["0"]);
    house.rows("SELECT count(*)::text FROM payload", &["0"]);
    assert_eq!(house.messages(), Vec::<String>::new());
    house.acme.sftp_fine(&format!("reput {} /in/large.txt", house.site.path("large.txt").display()));
    came_whole(&house);
    house.gateway.stop();
}

#[test]
fn what_was_stored_ahead_and_is_gone_is_stored_from_the_file() {
    let house = House::open("");
    let (mut client, text) = under_way(&house);
    house.site.database().run("DELETE FROM staged");
    house.site.database().run("DELETE FROM payload");
    client.fine(json!({ "do": "write", "as": "f", "text": &text[14_000_000..] }));
    client.fine(json!({ "do": "close", "as": "f" }));
    came_whole(&house);
    house.gateway.stop();
}

#[test]
fn a_byte_that_changes_afterwards_is_stored_as_it_is_at_the_end() {
    let house = House::open("");
    let (mut client, text) = under_way(&house);
    client.fine(json!({ "do": "write", "as": "f", "text": &text[14_000_000..] }));
    client.fine(json!({ "do": "write", "as": "f", "at": 1_000_000, "text": "CHANGED" }));
    client.fine(json!({ "do": "close", "as": "f" }));
    let mut text = text.into_bytes();
    text[1_000_000..1_000_007].copy_from_slice(b"CHANGED");
    std::fs::write(house.site.path("large.txt"), text).unwrap();
    came_whole(&house);
    house.gateway.stop();
}

#[test]
fn what_a_killed_gateway_had_stored_ahead_is_swept() {
    let (erp, site, key) = scene("");
    let gateway = site.start();
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let house = House { erp, site, gateway, acme };
    let (_client, _) = under_way(&house);
    let House { erp, site, gateway, .. } = house;
    gateway.kill();
    site.database().run("UPDATE staged SET at = at - interval '2 hours'");
    let gateway = site.start();
    gateway.line("uploads that nobody ended");
    let acme = Supplier::new(&site, &gateway, "acme", &key);
    let house = House { erp, site, gateway, acme };
    house.rows("SELECT count(*)::text FROM payload", &["0"]);
    house.acme.sftp_fine(&format!("reput {} /in/large.txt", house.site.path("large.txt").display()));
    came_whole(&house);
    house.gateway.stop();
}
