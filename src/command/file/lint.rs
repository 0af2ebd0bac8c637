//! `portway file lint FILE [--json]`: everything that is wrong with a file, where, what it means and what we would answer.
//!
//! Promises: shows every finding of envelopes, schema and mapping as it is met, then a table of what would become of each
//! set, group and interchange. `--json`: one finding a line, always with the thirteen keys of [`Line`], and nothing else.
//! Exit: 0 no errors (warnings may be shown), 1 errors found, 2 the file cannot be read.

use super::source::Source;
use super::verdicts::Verdicts;
use super::walk::{Visitor, walk};
use super::{Stop, diagnostic, fragment, judge, several};
use crate::command::output::{coloured, shown, to_stdout, words};
use crate::command::{FINE, PROBLEMS};
use portway_edi::acknowledgement::{GroupResult, InterchangeResult, SetResult};
use portway_edi::interchange::{Interchange, TransactionSet};
use portway_edi::{Answer, Code, Delimiters, Finding, Severity, Standard};
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// One line of `--json`. Keys are always there, null where they do not apply.
#[derive(Serialize)]
struct Line<'f> {
    code: Code,
    severity: Severity,
    interchange: Option<&'f str>,
    group: Option<&'f str>,
    set: Option<&'f str>,
    segment: Option<&'f str>,
    /// ST or UNH counts as 1.
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
        let mut source = Source::open(file)?;
        fragment::assume(&mut source)?;
        // A second handle on the same bytes, to look back while the reader goes on.
        let looked_into = source.again()?;
        let mut lint = Lint {
            out,
            json,
            coloured: coloured(),
            source: looked_into,
            delimiters: None,
            standard: Standard::X12,
            tally: Tally::default(),
            verdicts: Verdicts::default(),
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
    coloured: bool,
    source: Source,
    /// Of the interchange being read.
    delimiters: Option<Delimiters>,
    standard: Standard,
    tally: Tally,
    verdicts: Verdicts,
}

impl Lint<'_> {
    fn show(&mut self, findings: &[Finding], delimiters: Option<Delimiters>) -> Result<(), Stop> {
        self.tally.count(findings);
        for finding in findings {
            if self.json {
                let line = serde_json::to_string(&line(finding)).map_err(|e| Stop::Problem(e.to_string()))?;
                writeln!(self.out, "{line}")?;
            } else {
                let text = diagnostic::render(finding, &mut self.source, delimiters, self.coloured)?;
                self.out.write_all(text.as_bytes())?;
            }
        }
        Ok(())
    }

    fn close(self) -> Result<u8, Stop> {
        if !self.json {
            self.verdicts.write(self.out)?;
            self.out.flush()?;
            let Tally { errors, warnings, notes } = self.tally;
            let counts =
                [several(errors, "error"), several(warnings, "warning"), several(notes, "note")].join(", ");
            let name = shown(&self.source.name);
            match self.source.assumed.schema {
                Some(_) => words(format_args!("{name}: {counts}")),
                None => words(format_args!(
                    "{name}: {counts}; {} of {} accepted",
                    self.verdicts.posted,
                    several(self.verdicts.sets, "set"),
                )),
            }
        }
        Ok(if self.tally.errors > 0 { PROBLEMS } else { FINE })
    }
}

impl Visitor for Lint<'_> {
    fn interchange(&mut self, header: &Interchange) -> Result<(), Stop> {
        (self.delimiters, self.standard) = (Some(header.delimiters), header.standard);
        Ok(())
    }

    fn set(&mut self, set: &TransactionSet<'_>, group: &mut GroupResult) -> Result<(), Stop> {
        let mut judged = judge::judge(set, &group.header.version, &self.source.assumed);
        judged.result.findings.sort_by_key(|f| f.place.position.unwrap_or(u32::MAX));
        self.show(&judged.result.findings, self.delimiters)?;
        if self.source.assumed.schema.is_none() {
            self.verdicts.set(&judged, set.standard);
        }
        // A group's verdict asks only which verdicts there are: one set of each is enough, and memory stays flat.
        let is_answer = |s: &SetResult| s.code == "CONTRL";
        let (verdict, answer) = (judged.result.verdict, is_answer(&judged.result));
        if !group.sets.iter().any(|s| s.verdict == verdict && is_answer(s) == answer) {
            group.sets.push(SetResult { findings: Vec::new(), ..judged.result });
        }
        Ok(())
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<(), Stop> {
        self.show(findings, self.delimiters)
    }

    fn group_end(&mut self, group: &GroupResult) -> Result<(), Stop> {
        if !self.source.assumed.is_any() {
            self.verdicts.group(group, self.standard);
        }
        Ok(())
    }

    fn interchange_end(&mut self, result: InterchangeResult) -> Result<(), Stop> {
        match self.source.assumed.is_any() {
            true => self.verdicts.fragment(),
            false => self.verdicts.interchange(&result),
        }
        self.delimiters = None;
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
