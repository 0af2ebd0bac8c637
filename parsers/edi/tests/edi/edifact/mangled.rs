//! Files of both standards cut, joined, repeated and overwritten at random places, always the same ones: no panic, no byte lost, and
//! the same findings whether the bytes come at once or seven at a time.

use super::{ORDER, counted, read_with};
use portway_edi::acknowledgement::Tolerance;
use portway_edi::edifact::sample::{Extent, sample};
use portway_edi::interchange::Limits;

/// A linear congruential generator: good enough to be odd, and the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

const PIECES: &[&[u8]] = &[
    b"'",
    b"''",
    b"?",
    b"??'",
    b"+",
    b":",
    b"\r\n",
    b"\n",
    b" ",
    b"UNA:+.? '",
    b"UNA:+.?",
    b"UNB+UNOA:1+",
    b"UNB",
    b"UNH+1+ORDERS:D:96A:UN'",
    b"UNT+1+1'",
    b"UNZ+1+1'",
    b"UNG+",
    b"UNE+1+1'",
    b"UNO+1+1+1+9'",
    b"UNP+1+1'",
    b"ISA*00*",
    b"\x1c",
    b"\x1d",
    b"\x1f",
    b"\0",
    b"\xff",
    b"~",
    b"*",
];

fn mangled(dice: &mut Dice, sources: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = sources[dice.below(sources.len())].clone();
    for _ in 0..1 + dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        let to = (at + dice.below(40)).min(bytes.len());
        match dice.below(5) {
            0 => drop(bytes.drain(at..to)),
            1 => drop(bytes.splice(at..at, PIECES[dice.below(PIECES.len())].iter().copied())),
            2 => drop(bytes.splice(at..to, PIECES[dice.below(PIECES.len())].iter().copied())),
            3 => {
                let again = bytes[at..to].to_vec();
                drop(bytes.splice(at..at, again));
            }
            _ => {
                let other = &sources[dice.below(sources.len())];
                let from = dice.below(other.len());
                drop(bytes.splice(at..at, other[from..].iter().copied()));
            }
        }
    }
    bytes
}

#[test]
fn mangled_files_lose_no_byte() {
    let x12 = super::super::reading::counted(super::super::reading::ORDER).into_bytes();
    let order = counted(ORDER).into_bytes();
    let level_b: Vec<u8> = order[9..]
        .iter()
        .map(|b| match b {
            b':' => 0x1f,
            b'+' => 0x1d,
            b'\'' => 0x1c,
            b => *b,
        })
        .collect();
    let contrl = sample("CONTRL", "v4", Extent::Whole).unwrap();
    let sources = [order.clone(), x12.clone(), level_b, contrl, [order, x12].concat()];
    let mut dice = Dice(20_260_105);
    let rounds = if std::env::var_os("PORTWAY_SOAK").is_some() { 20_000 } else { 400 };
    for round in 0..rounds {
        let bytes = mangled(&mut dice, &sources);
        let limits = match round % 3 {
            0 => Limits::default(),
            1 => Limits { max_set_bytes: 400, max_set_segments: 8, max_segment_bytes: 120 },
            _ => Limits { max_set_bytes: 90, max_set_segments: 3, max_segment_bytes: 30 },
        };
        // A panic would not say which bytes it was over.
        let result = std::panic::catch_unwind(|| read_with(&bytes, limits, Tolerance::Strict));
        assert!(result.is_ok(), "round {round}: {:?}", String::from_utf8_lossy(&bytes));
    }
}
