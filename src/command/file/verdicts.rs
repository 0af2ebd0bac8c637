//! The table at the end of `file lint`: what would become of each interchange, group and set, and how we would answer.
//!
//! Promises: at most [`MOST_ROWS`] rows are kept, the rest is counted, so memory stays flat. What falls with its group or its
//! interchange is never shown as accepted: nothing of it would be posted.

use super::judge::Judged;
use super::{Stop, several};
use crate::command::output::shown;
use crate::pipeline::acknowledge::owed_by_default;
use portway_edi::Standard;
use portway_edi::acknowledgement::{AckCode, GroupResult, InterchangeResult};
use std::io::Write;

const MOST_ROWS: usize = 60;

/// Fed in the order of the file: sets, then the group that held them, then the interchange.
#[derive(Default)]
pub struct Verdicts {
    rows: Vec<[String; 4]>,
    /// What did not fit in.
    more: u64,
    pub sets: u64,
    /// Sets accepted at every level.
    pub posted: u64,
    /// Where the rows of the open interchange and group begin.
    interchange: usize,
    group: usize,
    /// Sets of the open group, and of the open interchange, that are accepted so far.
    in_group: u64,
    in_interchange: u64,
}

impl Verdicts {
    pub fn set(&mut self, judged: &Judged, standard: Standard) {
        let result = &judged.result;
        self.sets += 1;
        self.in_group += u64::from(result.verdict.accepts());
        let document = match (&judged.document, &judged.number) {
            (Some(document), Some(number)) => format!("{document} {number}"),
            (Some(document), None) => format!("{document} without a number"),
            (None, _) => "not supported".into(),
        };
        let verdict = match result.verdict {
            AckCode::Accepted => "accepted",
            AckCode::Rejected => "rejected",
            AckCode::AcceptedWithErrors | AckCode::PartiallyAccepted => "accepted, faults noted",
        };
        let what = format!("    set {} {}", result.code, result.control_number);
        let answer = match (standard, result.verdict.accepts()) {
            (Standard::X12, _) => format!("AK5 {}", result.verdict.letter()),
            (Standard::Edifact, _) if result.code == "CONTRL" => "none".into(),
            (Standard::Edifact, true) => "none: only what is rejected is named".into(),
            (Standard::Edifact, false) => "UCM 4".into(),
        };
        self.insert(self.rows.len(), [what, document, verdict.into(), answer]);
    }

    /// The end of a file without envelopes: its sets stand by themselves.
    pub fn fragment(&mut self) {
        self.posted += std::mem::take(&mut self.in_group);
    }

    pub fn group(&mut self, group: &GroupResult, standard: Standard) {
        let mut accepted = std::mem::take(&mut self.in_group);
        if !group.envelope_accepted() {
            accepted = 0;
            self.fall(self.group, "rejected with its group", "not named");
        }
        self.in_interchange += accepted;
        let verdict = group.verdict();
        let header = &group.header;
        if header.implied {
            self.group = self.rows.len();
            return;
        }
        let answer = match header.functional_id.as_str() {
            "FA" => {
                self.rows.iter_mut().skip(self.group).for_each(|row| row[3] = "none".into());
                "none: acknowledgements are not acknowledged".into()
            }
            _ if standard == Standard::Edifact => match verdict {
                AckCode::Rejected => "UCF 4".into(),
                AckCode::PartiallyAccepted => "UCF 7".into(),
                _ => "none: only what is rejected is named".into(),
            },
            _ => format!("AK9 {}", verdict.letter()),
        };
        let word = match verdict {
            AckCode::Rejected => "rejected whole".into(),
            AckCode::Accepted => "accepted".into(),
            AckCode::AcceptedWithErrors => "accepted, faults noted".into(),
            AckCode::PartiallyAccepted => format!("{accepted} of {} accepted", group.received_sets),
        };
        let what = format!("  group {} {}", header.functional_id, header.control_number);
        self.insert(self.group, [what, several(u64::from(group.received_sets), "set"), word, answer]);
        self.group = self.rows.len();
    }

    pub fn interchange(&mut self, result: &InterchangeResult) {
        let accepted = std::mem::take(&mut self.in_interchange);
        let (header, verdict) = (&result.header, result.verdict());
        let answer = match owed_by_default(result) {
            Some(owed) if owed.ta1 => format!("TA1 {} {}", verdict.letter(), result.note_code()),
            Some(owed) if owed.contrl.is_some() => {
                format!("CONTRL, UCI {}", if verdict.accepts() { "7" } else { "4" })
            }
            _ if header.standard == Standard::Edifact => "no CONTRL: not asked for".into(),
            _ => "no TA1: not asked for".into(),
        };
        let word = match verdict {
            AckCode::Rejected => {
                self.fall(self.interchange, "rejected with its interchange", "none");
                "rejected whole"
            }
            AckCode::Accepted => "accepted",
            AckCode::AcceptedWithErrors | AckCode::PartiallyAccepted => "accepted, faults noted",
        };
        self.posted += if verdict.accepts() { accepted } else { 0 };
        let what = format!("interchange {}", header.control_number);
        let who = format!("{} to {}", header.sender, header.receiver);
        self.insert(self.interchange, [what, who, word.into(), answer]);
        (self.interchange, self.group) = (self.rows.len(), self.rows.len());
    }

    /// Nothing for a file without an interchange.
    pub fn write(&self, out: &mut dyn Write) -> Result<(), Stop> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut table = comfy_table::Table::new();
        table.load_style(comfy_table::presets::NOTHING).set_header([
            "WHAT",
            "CONTENT",
            "VERDICT",
            "OUR ANSWER",
        ]);
        for row in &self.rows {
            table.add_row(row);
        }
        writeln!(out, "{}", table.trim_fmt())?;
        if self.more > 0 {
            writeln!(out, " and {} that are not listed", several(self.more, "more line"))?;
        }
        Ok(())
    }

    /// What is accepted by itself goes down with what holds it.
    fn fall(&mut self, from: usize, verdict: &str, answer: &str) {
        for row in self.rows.iter_mut().skip(from) {
            if !row[2].starts_with("rejected") {
                row[2] = verdict.into();
                row[3] = answer.into();
            } else if answer == "none" {
                row[3] = answer.into();
            }
        }
    }

    fn insert(&mut self, at: usize, row: [String; 4]) {
        if at < MOST_ROWS {
            self.rows.insert(at, row.map(|cell| shown(&cell)));
        } else {
            self.more += 1;
        }
    }
}
