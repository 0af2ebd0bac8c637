//! Archives as they come, and as somebody who means harm would make them.
#![allow(clippy::unwrap_used)]

use super::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Cursor, Write};
use zip::write::{SimpleFileOptions, ZipWriter};

/// Its name, and what is in it.
type Entry = (Option<String>, Vec<u8>);

fn files(toml: &str) -> Files {
    toml::from_str(&format!("unpack = [\"zip\", \"gzip\"]\n{toml}")).unwrap()
}

fn spool() -> Spool {
    Spool::new(std::env::temp_dir()).unwrap()
}

fn open(bytes: &[u8], files: &Files) -> Result<Vec<Entry>, Refusal> {
    let rules = Rules { files, partner: "acme", file_name: None, by_as2: false, most: 8 << 20 };
    match unpack(&Spooled::from_bytes(bytes.to_vec()), &rules, &spool()) {
        Ok(material) => Ok(material
            .pieces
            .iter()
            .map(|piece| {
                let mut bytes = Vec::new();
                material.reader(piece).unwrap().read_to_end(&mut bytes).unwrap();
                (piece.name.clone(), bytes)
            })
            .collect()),
        Err(Trouble::Refused(why)) => Err(why),
        Err(Trouble::Disk(error)) => panic!("{error}"),
    }
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[track_caller]
fn refused(bytes: &[u8], toml: &str, reason: &str, words: &[&str]) {
    let why = open(bytes, &files(toml)).unwrap_err();
    assert_eq!(why.reason, reason, "{}", why.detail);
    for word in words {
        assert!(why.detail.contains(word), "{word} is not in: {}", why.detail);
    }
}

/// Where these bytes begin for the nth time.
fn find(bytes: &[u8], what: &[u8], nth: usize) -> usize {
    bytes.windows(what.len()).enumerate().filter(|(_, w)| *w == what).nth(nth).unwrap().0
}

#[test]
fn entries_come_in_the_order_of_their_names_and_folders_are_none() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("b.edi", SimpleFileOptions::default()).unwrap();
    writer.write_all(&b"two ".repeat(100_000)).unwrap();
    writer.add_directory("a", SimpleFileOptions::default()).unwrap();
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    writer.start_file("a/1.edi", stored).unwrap();
    writer.write_all(b"one").unwrap();
    writer.start_file("c.edi", SimpleFileOptions::default()).unwrap();
    let got = open(&writer.finish().unwrap().into_inner(), &files("")).unwrap();
    let names: Vec<_> = got.iter().map(|(name, bytes)| (name.as_deref().unwrap(), bytes.len())).collect();
    assert_eq!(names, [("a/1.edi", 3), ("b.edi", 400_000), ("c.edi", 0)]);
    assert_eq!(got[0].1, b"one");
    assert!(got[1].1 == b"two ".repeat(100_000));
}

#[test]
fn what_is_not_packed_is_itself_whatever_it_is_called() {
    for bytes in [&b"ISA*00*"[..], b"", b"PK", b"PKX\x04", b"\x1f\x8b"] {
        assert_eq!(open(bytes, &Files::default()).unwrap(), [(None, bytes.to_vec())]);
    }
}

#[test]
fn nothing_is_opened_that_the_profile_does_not_name_and_nothing_of_as2() {
    let (zip, gzip) = (zipped(&[("a", b"ISA")]), gzipped(b"ISA"));
    for (bytes, word) in [(&zip, "zip"), (&gzip, "gzip")] {
        let why = open(bytes, &Files::default()).unwrap_err();
        assert_eq!((why.reason, why.whose), ("unparseable", Move::Us));
        assert!(
            why.detail.contains(&format!("write [files] unpack = [\"{word}\"] in partners.d/acme.toml")),
            "{}",
            why.detail
        );
        let rules =
            Rules { files: &files(""), partner: "acme", file_name: None, by_as2: true, most: 1 << 20 };
        let Err(Trouble::Refused(why)) = unpack(&Spooled::from_bytes(bytes.clone()), &rules, &spool()) else {
            panic!("it was opened");
        };
        assert!(why.detail.contains("AS2"), "{}", why.detail);
    }
}

#[test]
fn names_are_display_data_and_the_same_name_twice_is_two_entries() {
    // Of the same length, so that it can be written over: the writer itself refuses both.
    let mut zip =
        zipped(&[("etc-passwd-0.edi", b"one"), ("etc-passwd-1.edi", b"two"), ("etc-passwd-2.edi", b"six")]);
    for (from, to) in [
        (b"etc-passwd-0.edi", b"../../etc/passwd"),
        (b"etc-passwd-1.edi", b"../../etc/passwd"),
        (b"etc-passwd-2.edi", b"/a\x1b[31m\nb\0.edi!!"),
    ] {
        while let Some((at, _)) = zip.windows(16).enumerate().find(|(_, w)| w == from) {
            zip[at..at + 16].copy_from_slice(to);
        }
    }
    let got = open(&zip, &files("")).unwrap();
    let got: Vec<_> = got.iter().map(|(name, bytes)| (name.as_deref().unwrap(), &bytes[..])).collect();
    assert_eq!(
        got,
        [
            ("../../etc/passwd", &b"one"[..]),
            ("../../etc/passwd", b"two"),
            ("/a\u{fffd}[31m\u{fffd}b\u{fffd}.edi!!", b"six")
        ]
    );
    assert_eq!(last_part("../../etc/passwd"), "passwd");
    assert_eq!(last_part("C:\\orders\\po.edi"), "po.edi");
}

#[test]
fn caps_hold_and_name_the_entry_and_the_key() {
    let many: Vec<(String, Vec<u8>)> = (0..11).map(|n| (format!("{n:02}.edi"), vec![b'x'; 100])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
    let zip = zipped(&many);
    assert_eq!(open(&zip, &files("max_entries = 11")).unwrap().len(), 11);
    refused(
        &zip,
        "max_entries = 10",
        "too_large",
        &["11 entries", "max_entries is 10", "partners.d/acme.toml"],
    );
    assert!(open(&zip, &files("max_unpacked_bytes = 1100")).is_ok());
    refused(&zip, "max_unpacked_bytes = 1099", "too_large", &["\"10.edi\"", "max_unpacked_bytes (1099)"]);
    // A thousand times: no EDI does that.
    let bomb = zipped(&[("a.edi", b"ISA"), ("bomb.edi", &vec![0; 4 << 20])]);
    refused(&bomb, "", "too_large", &["\"bomb.edi\"", "200 times", "max_ratio"]);
    assert!(open(&bomb, &files("max_ratio = 2000")).is_ok());
    let small = zipped(&[("small.edi", &vec![0; 1 << 20])]);
    assert!(open(&small, &files("")).is_ok(), "small things may shrink as they like");
    refused(&gzipped(&vec![0; 4 << 20]), "", "too_large", &["the GZIP file", "200 times"]);
    refused(
        &gzipped(&vec![0; 9 << 20]),
        "max_ratio = 2000",
        "too_large",
        &["max_message_bytes (8388608)", "gateway.toml"],
    );
}

#[test]
fn archives_in_archives_are_refused() {
    let inner = zipped(&[("a.edi", b"ISA")]);
    for (outer, word) in [
        (zipped(&[("good.edi", b"ISA"), ("inner.zip", &inner)]), "entry \"inner.zip\""),
        (gzipped(&inner), "the GZIP file"),
        (gzipped(&gzipped(b"ISA")), "the GZIP file"),
        (zipped(&[("a.gz", &gzipped(b"ISA"))]), "entry \"a.gz\""),
    ] {
        refused(&outer, "", "unparseable", &[word, "archives in archives"]);
    }
}

#[test]
fn an_encrypted_entry_and_a_strange_method_are_told() {
    let mut zip = zipped(&[("secret.edi", &b"ISA*00*".repeat(50))]);
    let (local, central) = (find(&zip, b"PK\x03\x04", 0), find(&zip, b"PK\x01\x02", 0));
    zip[local + 6] |= 1;
    zip[central + 8] |= 1;
    refused(&zip, "", "unparseable", &["entry \"secret.edi\"", "is encrypted", "ask the partner"]);
    zip[local + 6] &= !1;
    zip[central + 8] &= !1;
    // Bzip2.
    zip[local + 8] = 12;
    zip[central + 10] = 12;
    refused(&zip, "", "unparseable", &["the method ", "(12)", "deflate", "plain ZIP"]);
}

#[test]
fn damage_anywhere_is_damage_and_never_half_of_the_entries() {
    let text: Vec<u8> = (0..40_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let whole = zipped(&[("a.edi", b"ISA"), ("b.edi", &text)]);
    assert!(open(&whole, &files("")).is_ok());
    for end in [4, 30, whole.len() / 2, whole.len() - 100, whole.len() - 1] {
        refused(&whole[..end], "", "unparseable", &["is damaged", "must send it again"]);
    }
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0x40;
    refused(&flipped, "", "unparseable", &["entry \"b.edi\"", "is damaged"]);
    // Another name in the entry's own header than in the directory.
    let mut cloaked = whole.clone();
    let name = find(&whole, b"a.edi", 0);
    cloaked[name] = b'z';
    refused(&cloaked, "", "unparseable", &["is damaged"]);
    refused(&zipped(&[]), "", "unparseable", &["no entry"]);
    let gzip = gzipped(&text);
    for end in [10, gzip.len() / 2, gzip.len() - 1] {
        refused(&gzip[..end], "", "unparseable", &["the GZIP file is damaged"]);
    }
}

#[test]
fn no_bytes_at_all_bring_it_down() {
    let whole = zipped(&[("a.edi", &b"ISA*00*".repeat(500)), ("b.edi", b"GS*PO")]);
    let files = files("");
    for at in 0..whole.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= change;
            let _ = open(&bytes, &files);
        }
    }
}

#[test]
fn a_gzip_file_of_several_members_is_one_file_with_its_own_name() {
    let mut named = flate2::GzBuilder::new().filename("po.edi").write(Vec::new(), Compression::default());
    named.write_all(b"ISA*").unwrap();
    let bytes = [named.finish().unwrap(), gzipped(b"00*")].concat();
    assert_eq!(open(&bytes, &files("")).unwrap(), [(Some("po.edi".to_owned()), b"ISA*00*".to_vec())]);
    let rules =
        Rules { files: &files(""), partner: "acme", file_name: Some("850_1.txt.gz"), by_as2: false, most: 9 };
    let Ok(material) = unpack(&Spooled::from_bytes(bytes), &rules, &spool()) else {
        panic!("it was refused")
    };
    assert_eq!(material.pieces[0].name.as_deref(), Some("850_1.txt"));
}
