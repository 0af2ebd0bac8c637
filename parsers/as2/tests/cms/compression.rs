//! Compression: small in DER, large in BER, with pyas2lib as the other side where there is one.

use super::*;
use portway_as2::cms::{CmsError, Inflater, compress};
use std::io::{self, Read, Write as _};
use std::process::Stdio;

pub(super) fn squeezed(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    compress(&mut &content[..], &mut out).unwrap();
    out
}

fn inflated(bytes: &[u8], limit: u64) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    Inflater::new(bytes, limit).read_to_end(&mut plain)?;
    Ok(plain)
}

#[test]
fn content_goes_round() {
    for size in [0, 1, 1000, 60_000, 70_000, 500_000] {
        for content in [vec![b'x'; size], Noise(9).bytes(size)] {
            let bytes = squeezed(&content);
            assert!(inflated(&bytes, size as u64).unwrap() == content, "{size}");
            let mut plain = Vec::new();
            Inflater::new(Trickle(&bytes, 3), size as u64).read_to_end(&mut plain).unwrap();
            assert!(plain == content, "{size} in small steps");
            // Definite for what is small, indefinite for what is not.
            assert_eq!(bytes[1] == 0x80, bytes.len() > 64 * 1024 + 100, "{size}");
        }
    }
}

#[test]
fn the_limit_holds_and_the_bomb_stays_small() {
    let bytes = squeezed(&vec![0; 20_000_000]);
    assert!(bytes.len() < 64 * 1024);
    for limit in [0, 1, 65_535, 19_999_999] {
        let mut inflater = Inflater::new(&bytes[..], limit);
        let mut out = 0;
        let mut buffer = [0; 4096];
        let error = loop {
            match inflater.read(&mut buffer) {
                Ok(0) => panic!("it must not end well"),
                Ok(got) => out += got as u64,
                Err(error) => break error,
            }
        };
        assert_eq!(CmsError::of(&error), Some(&CmsError::TooLarge { limit }));
        assert!(out <= limit);
        assert!(inflater.read(&mut buffer).is_err(), "and it stays so");
    }
    assert_eq!(inflated(&bytes, 20_000_000).unwrap().len(), 20_000_000);
}

#[test]
fn damage_is_found() {
    let content = Noise(3).bytes(300);
    let bytes = squeezed(&content);
    for cut in 0..bytes.len() {
        let error = inflated(&bytes[..cut], 1000).unwrap_err();
        assert!(matches!(CmsError::of(&error), Some(CmsError::BadCompression(_))), "{cut}: {error}");
    }
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << bit;
            match inflated(&damaged, 1000) {
                // Version and content type say nothing about the content.
                Ok(plain) => assert!(plain == content, "{place} {bit}"),
                Err(error) => assert!(CmsError::of(&error).is_some(), "{place} {bit}: {error}"),
            }
        }
    }
}

/// Runs pyas2lib on standard input; `None` where there is no such Python.
fn pyas2lib(script: &str, input: &[u8]) -> Option<Vec<u8>> {
    let Some(python) = std::env::var_os("PORTWAY_TEST_PYTHON") else {
        eprintln!("skipped: PORTWAY_TEST_PYTHON names no Python with pyas2lib");
        return None;
    };
    let script = format!(
        "import sys\nfrom pyas2lib import cms\nd = sys.stdin.buffer.read()\nsys.stdout.buffer.write({script})"
    );
    let mut child = Command::new(python)
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(output.stdout)
}

#[test]
fn pyas2lib_reads_ours_and_we_read_its() {
    // Small in DER, large in BER.
    for size in [500, 300_000] {
        let content = Noise(5).bytes(size);
        if let Some(theirs) = pyas2lib("cms.compress_message(d)", &content) {
            assert!(inflated(&theirs, size as u64).unwrap() == content);
            let read = pyas2lib("cms.decompress_message(d)", &squeezed(&content)).unwrap();
            assert!(read == content, "{size}");
        }
    }
}
