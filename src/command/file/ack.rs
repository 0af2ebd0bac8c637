//! `portway file ack FILE [--as 997]`: the TA1 and 997 that we would answer, as X12 on stdout.
//!
//! One interchange for each of the file's, in its order, under control number 1; the date is now. Judged without a profile:
//! strict, a TA1 when asked for or when the interchange is rejected. Findings outside the answers go to stderr.
//! Exit: 0 answered (or nothing is owed), 1 there was nothing to answer or it could not be written, 2 usage.

use super::source::Source;
use super::walk::{Visitor, placed, walk};
use super::{Stop, tell};
use crate::clock::{Clock, SystemClock};
use crate::command::output::{to_stdout, words};
use crate::command::{FINE, PROBLEMS};
use crate::pipeline::acknowledge::{self, owed_by_default};
use crate::pipeline::findings::NO_INTERCHANGE;
use crate::pipeline::translate::translate;
use jiff::Timestamp;
use portway_edi::Finding;
use portway_edi::acknowledgement::{GroupResult, InterchangeResult, Tolerance};
use portway_edi::x12::TransactionSet;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub fn run(file: &Path, kind: &str) -> ExitCode {
    to_stdout(|out| {
        if kind != "997" {
            let message = match kind {
                "999" => "--as 999 is not in this version: 997 is".to_owned(),
                _ => format!("--as {kind} is no functional acknowledgement of X12: use 997"),
            };
            return Err(Stop::Usage(message));
        }
        let source = Source::open(file)?;
        let mut answers = Answers { out, now: SystemClock.now(), code: FINE };
        walk(&source, &mut answers)?;
        Ok(answers.code)
    })
}

struct Answers<'o> {
    out: &'o mut dyn Write,
    now: Timestamp,
    code: u8,
}

impl Visitor for Answers<'_> {
    fn set(&mut self, set: &TransactionSet<'_>, group: &mut GroupResult) -> Result<(), Stop> {
        let mut result = translate(set, &group.header.version, Tolerance::Strict).result;
        result.findings.retain(|f| f.answer.is_some());
        placed(&mut result.findings, set);
        group.sets.push(result);
        Ok(())
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<(), Stop> {
        tell(None, findings);
        if findings.iter().any(|f| f.code == NO_INTERCHANGE) {
            self.code = PROBLEMS;
        }
        Ok(())
    }

    fn interchange_end(&mut self, result: InterchangeResult) -> Result<(), Stop> {
        let number = &result.header.control_number;
        let Some(owed) = owed_by_default(&result) else {
            words(format_args!("interchange {number}: no answer is owed"));
            return Ok(());
        };
        match acknowledge::interchange(&result, owed, 1, 1, self.now) {
            Ok(Some(bytes)) => self.out.write_all(&bytes)?,
            Ok(None) => {}
            Err(error) => {
                words(format_args!("error: interchange {number} cannot be answered: {error}"));
                self.code = PROBLEMS;
            }
        }
        Ok(())
    }
}
