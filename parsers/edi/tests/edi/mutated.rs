//! The fuzz targets of `fuzz/`, driven by mutations of their seeds: deterministic, so that a failure comes again.
//!
//! `PORTWAY_SOAK=SECONDS` goes on for so long, each target from where its numbers stand; without it a few hundred inputs.

#[path = "../../../../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Inputs of the short run.
const SHORT: u64 = 400;

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

/// A few changes: bytes, delimiters, segments twice, gone or from elsewhere, cut off, another seed behind.
fn mutated(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    const TELLING: &[u8] = b"~*>^'+:?\r\n \x1a\x00\xffAIUSN019";
    let mut bytes = seeds[dice.roll(seeds.len())].clone();
    for _ in 0..dice.roll(6) {
        let (at, other) = (dice.roll(bytes.len()), dice.roll(bytes.len()));
        let (from, to) = (at.min(other), at.max(other));
        match dice.roll(9) {
            0 if !bytes.is_empty() => bytes[at] = TELLING[dice.roll(TELLING.len())],
            1 => bytes.insert(at, TELLING[dice.roll(TELLING.len())]),
            2 if !bytes.is_empty() => drop(bytes.remove(at)),
            3 => bytes.truncate(at.max(20)),
            4 => drop(bytes.drain(from..to.min(from + 40))),
            5 => {
                let piece = bytes[from..to].to_vec();
                bytes.splice(at..at, piece);
            }
            6 => bytes.extend_from_slice(&seeds[dice.roll(seeds.len())]),
            7 => {
                let seed = &seeds[dice.roll(seeds.len())];
                let start = dice.roll(seed.len());
                let piece = &seed[start..(start + dice.roll(120)).min(seed.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            _ => {
                let delimiter = TELLING[dice.roll(TELLING.len())];
                let of = if bytes.is_empty() { b'~' } else { bytes[at] };
                bytes.iter_mut().filter(|b| **b == of).for_each(|b| *b = delimiter);
            }
        }
    }
    bytes.truncate(16 << 10);
    bytes
}

fn drive(name: &str, target: fn(&[u8])) {
    let seeds = seeds(name);
    seeds.iter().for_each(|seed| target(seed));
    let soak = std::env::var("PORTWAY_SOAK").ok().and_then(|s| s.parse().ok()).map(Duration::from_secs);
    let started = Instant::now();
    for number in 1.. {
        let bytes = mutated(&seeds, &mut Dice(u64::wrapping_mul(number, 0x9e37_79b9_7f4a_7c15)));
        if std::panic::catch_unwind(|| target(&bytes)).is_err() {
            panic!("{name}, input {number}: {}", bytes.escape_ascii());
        }
        if soak.map_or(number >= SHORT, |soak| started.elapsed() > soak) {
            return;
        }
    }
}

#[test]
fn x12_read() {
    drive("x12_read", targets::x12_read);
}

#[test]
fn edifact_read() {
    drive("edifact_read", targets::edifact_read);
}

#[test]
fn acknowledgement_read() {
    drive("acknowledgement_read", targets::acknowledgement_read);
}

#[test]
fn x12_round_trip() {
    drive("x12_round_trip", targets::x12_round_trip);
}

#[test]
fn edifact_round_trip() {
    drive("edifact_round_trip", targets::edifact_round_trip);
}
