//! `portway file lint FILE [--json]`: everything that is wrong with a file, where, what it means and what we would answer.
//!
//! Promises: shows every finding of envelopes, schema and mapping as it is met, then a table of what would become of each
//! set, group and interchange. `--json`: one finding a line, always with the thirteen keys of [`Line`], and nothing else.
//! Exit: 0 no errors (warnings may be shown), 1 errors found, 2 the file cannot be read.

use super::source::Source;
use super::walk::{Visitor, placed, walk};
use super::{Stop, diagnostic, several};
use crate::command::output::{shown, to_stdout, words};
use crate::command::{FINE, PROBLEMS};
use crate::pipeline::acknowledge::owed_by_default;
use crate::pipeline::translate::{Translated, translate};
use portway_edi::acknowledgement::{AckCode, GroupResult, InterchangeResult, SetResult, Tolerance};
use portway_edi::x12::{Interchange, TransactionSet};
use portway_edi::{Answer, Code, Delimiters, Finding, Severity};
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Rows of sets in the closing table; the rest is counted.
const MOST_ROWS: usize = 60;

/// One line of `--json`. Keys are always there, null where they do not apply.
#[derive(Serialize)]
struct Line<'f> {
    code: Code,
    severity: Severity,
    interchange: Option<&'f str>,
    group: Option<&'f str>,
    set: Option<&'f str>,
    segment: Option<&'f str>,
    /// ST counts as 1.
    position: Option<u32>,
    element: Option<u16>,
    component: Option<u16>,
    value: Option<&'f str>,
    message: &'f str,
    help: Option<&'f str>,
    answer: Option<&'f Answer>,
}

pub fn run(file: &Path, json: bool) -> ExitCode {
    to_stdout(|out| {
        let source = Source::open(file)?;
        // A second handle on the same bytes, to look back while the reader goes on.
        let looked_into = source.again()?;
        let mut lint = Lint {
            out,
            json,
            source: looked_into,
            delimiters: None,
            tally: Tally::default(),
            table: Table::default(),
        };
        walk(&source, &mut lint)?;
        lint.close()
    })
}

#[derive(Default)]
struct Tally {
    errors: u64,
    warnings: u64,
    notes: u64,
}

impl Tally {
    fn count(&mut self, findings: &[Finding]) {
        for finding in findings {
            match finding.severity {
                Severity::Error => self.errors += 1,
                Severity::Warning => self.warnings += 1,
                Severity::Note => self.notes += 1,
            }
        }
    }
}

struct Lint<'o> {
    out: &'o mut dyn Write,
    json: bool,
    source: Source,
    /// Of the interchange being read.
    delimiters: Option<Delimiters>,
    tally: Tally,
    table: Table,
}

/// What would become of everything, in the order of the file.
#[derive(Default)]
struct Table {
    rows: Vec<[String; 4]>,
    /// Sets that did not fit in.
    more: u64,
    sets: u64,
    /// Of the open group.
    accepted: u64,
    /// Sets accepted at every level.
    posted: u64,
    /// Groups of the open interchange: sets that pass if the interchange does.
    passing: u64,
}

impl Lint<'_> {
    fn show(&mut self, findings: &[Finding], delimiters: Option<Delimiters>) -> Result<(), Stop> {
        self.tally.count(findings);
        for finding in findings {
            if self.json {
                let line = serde_json::to_string(&line(finding)).map_err(|e| Stop::Problem(e.to_string()))?;
                writeln!(self.out, "{line}")?;
            } else {
                let text = diagnostic::render(finding, &mut self.source, delimiters)?;
                self.out.write_all(text.as_bytes())?;
            }
        }
        Ok(())
    }

    fn close(self) -> Result<u8, Stop> {
        if !self.json {
            self.table.write(self.out)?;
            self.out.flush()?;
            let Tally { errors, warnings, notes } = self.tally;
            words(format_args!(
                "{}: {}, {}, {}; {} of {} accepted",
                shown(&self.source.name),
                several(errors, "error"),
                several(warnings, "warning"),
                several(notes, "note"),
                self.table.posted,
                several(self.table.sets, "set"),
            ));
        }
        Ok(if self.tally.errors > 0 { PROBLEMS } else { FINE })
    }
}

impl Visitor for Lint<'_> {
    fn interchange(&mut self, header: &Interchange) -> Result<(), Stop> {
        self.delimiters = Some(header.delimiters);
        Ok(())
    }

    fn set(&mut self, set: &TransactionSet<'_>, group: &mut GroupResult) -> Result<(), Stop> {
        let mut translated = translate(set, &group.header.version, Tolerance::Strict);
        placed(&mut translated.result.findings, set);
        translated.result.findings.sort_by_key(|f| f.place.position.unwrap_or(u32::MAX));
        self.show(&translated.result.findings, self.delimiters)?;
        self.table.set(&translated);
        // A group's verdict asks only which verdicts there are: one set of each is enough, and memory stays flat.
        if !group.sets.iter().any(|s| s.verdict == translated.result.verdict) {
            group.sets.push(SetResult { findings: Vec::new(), ..translated.result });
        }
        Ok(())
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<(), Stop> {
        self.show(findings, self.delimiters)
    }

    fn group_end(&mut self, interchange: &Interchange, group: &GroupResult) -> Result<(), Stop> {
        self.table.group(interchange, group);
        Ok(())
    }

    fn interchange_end(&mut self, result: InterchangeResult) -> Result<(), Stop> {
        self.table.interchange(&result);
        self.delimiters = None;
        Ok(())
    }
}

impl Table {
    fn set(&mut self, translated: &Translated) {
        self.sets += 1;
        let result = &translated.result;
        let accepted = result.verdict.accepts();
        self.accepted += u64::from(accepted);
        if self.sets as usize > MOST_ROWS {
            self.more += 1;
            return;
        }
        let document = match (translated.kind, &translated.number) {
            (Some(kind), Some(number)) => format!("{} {number}", kind.name()),
            (Some(kind), None) => kind.name().to_owned(),
            _ if translated.unknown => "not supported".into(),
            _ => "no document of its own".into(),
        };
        let verdict = match result.verdict {
            AckCode::Accepted => "accepted",
            AckCode::Rejected => "rejected",
            AckCode::AcceptedWithErrors | AckCode::PartiallyAccepted => "accepted, faults noted",
        };
        self.push(
            format!("    set {} {}", result.code, result.control_number),
            document,
            verdict.into(),
            format!("AK5 {}", result.verdict.letter()),
        );
    }

    fn group(&mut self, _: &Interchange, group: &GroupResult) {
        let header = &group.header;
        let verdict = group.verdict();
        let accepted = if group.envelope_accepted() { std::mem::take(&mut self.accepted) } else { 0 };
        self.accepted = 0;
        self.passing += accepted;
        let answer = match header.functional_id.as_str() {
            "FA" => "none: never answered".to_owned(),
            _ => format!("AK9 {}", verdict.letter()),
        };
        self.push(
            format!("  group {} {}", header.functional_id, header.control_number),
            several(u64::from(group.received_sets), "set"),
            format!("{accepted} accepted"),
            answer,
        );
    }

    fn interchange(&mut self, result: &InterchangeResult) {
        let verdict = result.verdict();
        let passing = std::mem::take(&mut self.passing);
        let answer = match owed_by_default(result) {
            Some(owed) if owed.ta1 => format!("TA1 {} {}", verdict.letter(), result.note_code()),
            _ => "no TA1: not asked for".into(),
        };
        let verdict = match verdict {
            AckCode::Rejected => "rejected whole",
            _ => "accepted",
        };
        if verdict == "accepted" {
            self.posted += passing;
        }
        let header = &result.header;
        self.push(
            format!("interchange {}", header.control_number),
            format!("{} to {}", header.sender, header.receiver),
            verdict.into(),
            answer,
        );
    }

    fn push(&mut self, what: String, content: String, verdict: String, answer: String) {
        self.rows.push([shown(&what), shown(&content), verdict, answer]);
    }

    fn write(&self, out: &mut dyn Write) -> Result<(), Stop> {
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
            writeln!(out, "and {} that are not listed", several(self.more, "more set"))?;
        }
        Ok(())
    }
}

fn line(finding: &Finding) -> Line<'_> {
    let place = &finding.place;
    Line {
        code: finding.code,
        severity: finding.severity,
        interchange: place.interchange.as_deref(),
        group: place.group.as_deref(),
        set: place.set.as_deref(),
        segment: place.segment.as_deref(),
        position: place.position,
        element: place.element,
        component: place.component,
        value: finding.value.as_deref(),
        message: &finding.message,
        help: finding.help.as_deref(),
        answer: finding.answer.as_ref(),
    }
}
