//! EDIFACT: an input read to its end by the reader of both standards, and what was found in it.

mod codes;
pub mod contrl;
mod mangled;
mod reader;
mod rules;
mod samples;
mod schema_files;
mod writer;

use portway_edi::acknowledgement::{InterchangeResult, Tolerance};
use portway_edi::examination::examine;
use portway_edi::interchange::Limits;
use portway_edi::reader::Reader;
use portway_edi::{Finding, edifact};

/// A small clean order. `#` in a UNT becomes the right count.
pub const ORDER: &str = "UNA:+.? '\
UNB+UNOC:3+4012345000009:14+4098765000010:14+260105:0930+77++++1'\
UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+4500123+9'DTM+137:20260105:102'NAD+BY+4012345000009::9'NAD+SU+4098765000010::9'\
LIN+1++4006381333931:EN'QTY+21:4'PRI+AAA:3.25'UNS+S'CNT+2:1'UNT+#+1'UNZ+1+77'";

pub struct Reading {
    pub results: Vec<InterchangeResult>,
    pub findings: Vec<Finding>,
    pub sets: usize,
}

/// Seven bytes at a time: every boundary is met at some place.
struct Trickle<'a>(&'a [u8]);

impl std::io::Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(7);
        self.0.read(&mut buffer[..count])
    }
}

pub fn read(bytes: &[u8]) -> Reading {
    read_with(bytes, Limits::default(), Tolerance::Strict)
}

/// By the reader of both standards, in small bites; and by EDIFACT's own, whole.
pub fn read_with(bytes: &[u8], limits: Limits, tolerance: Tolerance) -> Reading {
    let mut reader = Reader::new(std::io::BufReader::with_capacity(7, Trickle(bytes)), limits);
    let mut sets = 0;
    let examination = examine(&mut reader, tolerance, |_, _| sets += 1).unwrap();
    let accounted = reader.accounted();
    assert_eq!(accounted.total(), bytes.len() as u64);
    let mut own = edifact::reader::Reader::new(bytes, limits);
    let alone = examine(&mut own, tolerance, |_, _| {}).unwrap();
    let accounted = own.accounted();
    assert_eq!(accounted.total(), bytes.len() as u64);
    let findings: Vec<Finding> = examination.findings().cloned().collect();
    if !bytes.windows(3).any(|w| w == b"ISA") {
        assert_eq!(findings, alone.findings().cloned().collect::<Vec<_>>());
    }
    Reading { findings, results: examination.interchanges, sets }
}

/// Replaces `#` in each UNT by the number of segments from its UNH on.
pub fn counted(text: &str) -> String {
    let mut segments = vec![String::new()];
    let mut released = false;
    for c in text.chars() {
        let last = segments.len() - 1;
        segments[last].push(c);
        if c == '\'' && !released {
            segments.push(String::new());
        }
        released = c == '?' && !released;
    }
    let mut count = 0;
    let segments = segments.into_iter().map(|segment| {
        count = if segment.trim_start().starts_with("UNH+") {
            1
        } else {
            count + u32::from(segment.trim() != "'")
        };
        segment.replace("UNT+#+", &format!("UNT+{count}+"))
    });
    segments.collect()
}

/// The order with one text in it replaced.
pub fn order_with(from: &str, to: &str) -> String {
    assert!(ORDER.contains(from), "{from}");
    counted(&ORDER.replace(from, to))
}

pub use super::reading::told;

#[test]
fn the_clean_order_has_nothing_to_find() {
    let reading = read(counted(ORDER).as_bytes());
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    assert_eq!(reading.sets, 1);
}
