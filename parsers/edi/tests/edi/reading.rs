//! An input read to its end, and what was found in it.

use portway_edi::acknowledgement::{GroupResult, InterchangeResult, SetResult, Tolerance};
use portway_edi::schema::Schema;
use portway_edi::x12::reader::{Event, Limits, Reader};
use portway_edi::{Finding, Severity};

/// A small clean order. `#` in an SE becomes the right count.
pub const ORDER: &str = "ISA*00*          *00*          *ZZ*GREENFIELD     *01*123456789      *260105*0930*U*00401*000000007*0*T*>~\
GS*PO*GREENFIELD*ORCHARD*20260105*0930*7*X*004010~\
ST*850*0001~BEG*00*SA*4500123**20260105~REF*DP*GARDEN~N1*ST*Centre 14*92*0014~N3*14 Orchard Lane~N4*Salem*OR*97301~\
PO1*1*4*EA*3.25**BP*ROSE-12~PID*F****Rose~CTT*1~SE*#*0001~GE*1*7~IEA*1*000000007~";

#[derive(Default)]
pub struct Reading {
    pub results: Vec<InterchangeResult>,
    /// Of every kind, in the order they were told.
    pub findings: Vec<Finding>,
    pub sets: usize,
    pub complete: Vec<bool>,
    pub acknowledgements: Vec<String>,
}

pub fn read(bytes: &[u8]) -> Reading {
    read_with(bytes, Limits::default(), Tolerance::Strict)
}

pub fn read_with(bytes: &[u8], limits: Limits, tolerance: Tolerance) -> Reading {
    // A reader of few bytes at a time: every boundary is met at some place.
    let input = std::io::BufReader::with_capacity(7, bytes);
    let mut reader = Reader::new(input, limits);
    let mut reading = Reading::default();
    let mut group: Option<GroupResult> = None;
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Interchange(header) => {
                reading.results.push(InterchangeResult { header, groups: Vec::new(), findings: Vec::new() });
            }
            Event::InterchangeAcknowledgement(ta1) => reading.acknowledgements.push(ta1.text(1).into_owned()),
            Event::Group(header) => {
                group = Some(GroupResult {
                    header,
                    declared_sets: None,
                    received_sets: 0,
                    sets: Vec::new(),
                    findings: Vec::new(),
                });
            }
            Event::Set(set) => {
                let group = group.as_mut().unwrap();
                let mut findings = set.findings.clone();
                if let Some(schema) = Schema::x12(&set.code, &group.header.version).filter(|_| !set.too_large)
                {
                    findings.extend(schema.validate(&set).findings);
                }
                reading.sets += 1;
                reading.findings.extend(findings.iter().cloned());
                group.sets.push(SetResult::judge(&set.code, &set.control_number, findings, tolerance));
            }
            Event::GroupEnd { declared_sets, received_sets, findings } => {
                reading.findings.extend(findings.iter().cloned());
                let group = group.take().unwrap();
                reading.results.last_mut().unwrap().groups.push(GroupResult {
                    declared_sets,
                    received_sets,
                    findings,
                    ..group
                });
            }
            Event::InterchangeEnd { complete, findings, .. } => {
                reading.findings.extend(findings.iter().cloned());
                reading.complete.push(complete);
                reading.results.last_mut().unwrap().findings = findings;
            }
            Event::Stray(finding) => reading.findings.push(finding),
        }
    }
    let accounted = reader.accounted();
    assert_eq!(accounted.interchanges + accounted.stray + accounted.blank, bytes.len() as u64);
    reading
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
