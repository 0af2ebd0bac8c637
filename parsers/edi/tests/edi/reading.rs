//! An input read to its end, and what was found in it.

use portway_edi::acknowledgement::{InterchangeResult, Tolerance};
use portway_edi::x12::examination::examine;
use portway_edi::x12::reader::{Limits, Reader};
use portway_edi::{Finding, Severity};

/// A small clean order. `#` in an SE becomes the right count.
pub const ORDER: &str = "ISA*00*          *00*          *ZZ*GREENFIELD     *01*123456789      *260105*0930*U*00401*000000007*0*T*>~\
GS*PO*GREENFIELD*ORCHARD*20260105*0930*7*X*004010~\
ST*850*0001~BEG*00*SA*4500123**20260105~REF*DP*GARDEN~N1*ST*Centre 14*92*0014~N3*14 Orchard Lane~N4*Salem*OR*97301~\
PO1*1*4*EA*3.25**BP*ROSE-12~PID*F****Rose~CTT*1~SE*#*0001~GE*1*7~IEA*1*000000007~";

pub struct Reading {
    pub results: Vec<InterchangeResult>,
    /// Of every kind: bytes outside, then sets, groups, interchanges.
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

pub fn read_with(bytes: &[u8], limits: Limits, tolerance: Tolerance) -> Reading {
    let mut reader = Reader::new(std::io::BufReader::with_capacity(7, Trickle(bytes)), limits);
    let mut sets = 0;
    let examination = examine(&mut reader, tolerance, |_, _| sets += 1).unwrap();
    assert_eq!(reader.accounted().total(), bytes.len() as u64);
    Reading { findings: examination.findings().cloned().collect(), results: examination.interchanges, sets }
}

/// Replaces `#` in each SE by the number of segments from its ST on.
pub fn counted(text: &str) -> String {
    let mut count = 0;
    let segments = text.split_inclusive('~').map(|segment| {
        let segment = segment.trim_start();
        count = if segment.starts_with("ST*") { 1 } else { count + u32::from(segment != "~") };
        segment.replace("SE*#*", &format!("SE*{count}*"))
    });
    segments.collect()
}

/// The order with one text in it replaced.
pub fn order_with(from: &str, to: &str) -> String {
    assert!(ORDER.contains(from), "{from}");
    counted(&ORDER.replace(from, to))
}

/// `X1207 PO1:7:03 'XQ' AK403=7`
pub fn told(finding: &Finding) -> String {
    let place = &finding.place;
    let mut text = finding.code.to_string();
    if let Some(segment) = &place.segment {
        text += &format!(" {segment}");
    }
    if let Some(position) = place.position {
        text += &format!(":{position}");
    }
    if let Some(element) = place.element {
        text += &format!(":{element:02}");
    }
    if let Some(component) = place.component {
        text += &format!("-{component}");
    }
    if let Some(value) = &finding.value {
        text += &format!(" '{value}'");
    }
    if let Some(answer) = &finding.answer {
        text += &format!(" {}={}", answer.element, answer.code);
    }
    match finding.severity {
        Severity::Error => {}
        Severity::Warning => text += " (warning)",
        Severity::Note => text += " (note)",
    }
    text
}
