//! The seeds of the fuzz target: each opens, and mutated ones keep what holds for any bytes.

#[path = "../../../../fuzz/as2_open.rs"]
mod as2;

use crate::parties::{entity_of, sealed, sending};
use as2::{IDENTITY, SIGNED, as2_open, opened};
use portway_as2::algorithm::Cipher;
use portway_as2::certificate::Certificate;
use portway_as2::cms::{EncryptOptions, SignOptions};
use portway_as2::mime::entity::{Header, HeaderLimits};
use portway_as2::open::{Compression, Outcome};
use portway_as2::seal::{BodyEncoding, Sending};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/as2_open")
}

/// Every layer, each alone and with the others.
fn packagings(recipients: &[Certificate]) -> Vec<(&'static str, Sending<'_>)> {
    let sign = || Some((&IDENTITY[0], SignOptions::default()));
    let encrypt = |cipher| Some((recipients, EncryptOptions { cipher, ..EncryptOptions::default() }));
    let base64 = BodyEncoding::Base64;
    let (before, after) = (Some(Compression::BeforeSigning), Some(Compression::AfterSigning));
    vec![
        ("seed-plain", Sending { payload_encoding: base64, ..sending() }),
        ("seed-signed", Sending { sign: sign(), ..sending() }),
        ("seed-encrypted", Sending { encrypt: encrypt(Cipher::Aes128Cbc), ..sending() }),
        (
            "seed-gcm",
            Sending {
                sign: sign(),
                encrypt: encrypt(Cipher::Aes256Gcm),
                layer_encoding: base64,
                ..sending()
            },
        ),
        ("seed-compressed", Sending { compress: before, ..sending() }),
        (
            "seed-compressed-signed",
            Sending { compress: before, sign: sign(), layer_encoding: base64, ..sending() },
        ),
        ("seed-signed-compressed", Sending { compress: after, sign: sign(), ..sending() }),
        (
            "seed-all",
            Sending { compress: before, sign: sign(), encrypt: encrypt(Cipher::Aes256Cbc), ..sending() },
        ),
    ]
}

#[test]
fn seeds_open() {
    let recipients = [IDENTITY[0].certificate().clone()];
    let mut names = Vec::new();
    let mut check = |name: &str, made: &dyn Fn() -> Vec<u8>, is_signed: bool| {
        let path = folder().join(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, made()).unwrap();
        }
        let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut body = &bytes[..];
        let header = Header::read(&mut body, HeaderLimits::default()).unwrap();
        let (outcome, payload) = opened(header.fields(), body, 4096, false);
        let Outcome::Opened(opened) = outcome else { panic!("{name}: {outcome:?}") };
        assert_eq!(opened.signed.is_some(), is_signed, "{name}");
        assert!(payload.starts_with(SIGNED), "{name}");
        names.push(name.to_string());
    };
    for (name, sending) in packagings(&recipients) {
        let made = || {
            let (sealed, body) = sealed(&[("application/edi-x12", Some("a.edi"), SIGNED)], &sending);
            entity_of(&sealed.fields, &body)
        };
        check(name, &made, sending.sign.is_some());
    }
    let attachments = || {
        let parts: [(&str, Option<&str>, &[u8]); 2] =
            [("application/edi-x12", None, SIGNED), ("text/plain", Some("b"), b"b")];
        let (sealed, body) = sealed(&parts, &sending());
        entity_of(&sealed.fields, &body)
    };
    check("seed-attachments", &attachments, false);
    let mut found: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|n| n.starts_with("seed-"))
        .collect();
    found.sort();
    names.sort();
    assert_eq!(found, names);
}

#[test]
fn mutated_seeds_hold_what_holds_for_any_bytes() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut roll = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|e| e.unwrap().path()).collect();
    // The fuzzer leaves its own finds there.
    paths.retain(|p| p.file_name().unwrap().to_string_lossy().starts_with("seed-"));
    paths.sort();
    let seeds: Vec<_> = paths.iter().map(|p| std::fs::read(p).unwrap()).collect();
    for round in 0..600 {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..roll(5) {
            let (at, other) = (roll(bytes.len()), roll(bytes.len()));
            let (from, to) = (at.min(other), at.max(other));
            match roll(6) {
                0 => bytes[at] = b"-\r\n:;=\"\x30\x80\x00M"[roll(11)],
                1 => bytes[at] ^= 1 << roll(8),
                2 => drop(bytes.drain(from..to.min(from + 40))),
                3 => bytes.truncate(at.max(40)),
                4 => {
                    let piece = bytes[from..to.min(from + 300)].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => bytes.extend_from_slice(&seeds[roll(seeds.len())]),
            }
        }
        as2_open(&bytes);
    }
}
