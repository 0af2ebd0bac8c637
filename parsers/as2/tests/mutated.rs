//! The fuzz targets of AS2, driven by mutations of their seeds: deterministic, so that a failure comes again.
//!
//! `PORTWAY_SOAK=SECONDS` goes on for so long; without it some thousand inputs.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../../fuzz/as2_mdn.rs"]
mod as2;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Inputs of the short run.
const SHORT: u64 = 2000;

/// Numbers that look random (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.file_name().unwrap().to_string_lossy().starts_with("seed-"));
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().map(|p| fs::read(p).unwrap()).collect()
}

/// A few changes: bytes, lines of one seed in another, pieces twice or gone, cut off.
fn mutated(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    const TELLING: &[u8] = b"\r\n :;,/\\\"<>=-*'%?@\t\x00\xffAs20";
    let mut bytes = seeds[dice.roll(seeds.len())].clone();
    for _ in 0..=dice.roll(6) {
        let (at, other) = (dice.roll(bytes.len() + 1), dice.roll(bytes.len() + 1));
        let (from, to) = (at.min(other), at.max(other));
        match dice.roll(6) {
            0 if at < bytes.len() => bytes[at] = TELLING[dice.roll(TELLING.len())],
            1 => bytes.insert(at, TELLING[dice.roll(TELLING.len())]),
            2 => drop(bytes.drain(from..to.min(from + 40))),
            3 => {
                let piece = bytes[from..to.min(from + 200)].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => {
                let seed = &seeds[dice.roll(seeds.len())];
                let lines: Vec<&[u8]> = seed.split_inclusive(|b| *b == b'\n').collect();
                let line = lines[dice.roll(lines.len())].to_vec();
                let start = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
                bytes.splice(start..start, line);
            }
            _ if dice.roll(4) == 0 => bytes.truncate(at.max(20)),
            _ => {}
        }
    }
    bytes.truncate(16 << 10);
    bytes
}

#[test]
fn as2_mdn() {
    let seeds = seeds("as2_mdn");
    seeds.iter().for_each(|seed| as2::as2_mdn(seed));
    let soak = std::env::var("PORTWAY_SOAK").ok().and_then(|s| s.parse().ok()).map(Duration::from_secs);
    let started = Instant::now();
    for number in 1.. {
        let bytes = mutated(&seeds, &mut Dice(u64::wrapping_mul(number, 0x9e37_79b9_7f4a_7c15)));
        if std::panic::catch_unwind(|| as2::as2_mdn(&bytes)).is_err() {
            panic!("input {number}: {}", bytes.escape_ascii());
        }
        if soak.map_or(number >= SHORT, |soak| started.elapsed() > soak) {
            println!("{number} inputs");
            return;
        }
    }
}
