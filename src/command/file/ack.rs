//! `portway file ack FILE [--as 997|999]`: the TA1 and 997 (or 999), or the CONTRL, that we would answer, on stdout.
//!
//! One interchange for each of the file's, in its order and its standard, under control number 1; the date is now. Judged
//! without a profile: strict, a TA1 or CONTRL when asked for or when the interchange is rejected. A 999 answers groups of
//! 005010; others get their 997. Findings outside the answers go to stderr.
//! Exit: 0 answered (or nothing is owed), 1 there was nothing to answer or it could not be written, 2 usage.

use super::source::Source;
use super::walk::{Visitor, walk};
use super::{Stop, judge, tell};
use crate::clock::{Clock, SystemClock};
use crate::command::output::{shown, to_stdout, words};
use crate::command::{FINE, PROBLEMS};
use crate::pipeline::acknowledge::{self, owed_by_default};
use crate::pipeline::findings::NO_INTERCHANGE;
use jiff::Timestamp;
use portway_edi::acknowledgement::{Form, GroupResult, InterchangeResult};
use portway_edi::interchange::TransactionSet;
use portway_edi::{Finding, Standard};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub fn run(file: &Path, kind: &str) -> ExitCode {
    to_stdout(|out| {
        let form = match kind {
            "997" => Form::Functional,
            "999" => Form::Implementation,
            _ => {
                let message = format!("--as {kind} is no functional acknowledgement of X12: use 997 or 999");
                return Err(Stop::Usage(message));
            }
        };
        let source = Source::open(file)?;
        let mut answers = Answers { out, form, now: SystemClock.now(), code: FINE };
        walk(&source, &mut answers)?;
        Ok(answers.code)
    })
}

struct Answers<'o> {
    out: &'o mut dyn Write,
    form: Form,
    now: Timestamp,
    code: u8,
}

impl Visitor for Answers<'_> {
    fn set(&mut self, set: &TransactionSet<'_>, group: &mut GroupResult) -> Result<(), Stop> {
        let mut result = judge::judge(set, &group.header.version, &Default::default()).result;
        result.findings.retain(|f| f.answer.is_some());
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
        let number = shown(&result.header.control_number);
        let Some(mut owed) = owed_by_default(&result) else {
            words(format_args!("interchange {number}: no answer is owed"));
            return Ok(());
        };
        match (self.form, result.header.standard) {
            (Form::Implementation, Standard::X12) if !takes_999(&result) => {
                words(format_args!(
                    "interchange {number}: answered with a 997, since a 999 answers 005010 only"
                ));
            }
            (form, _) => owed.form = form,
        }
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

fn takes_999(result: &InterchangeResult) -> bool {
    result.groups.iter().all(|g| g.header.functional_id == "FA" || g.header.version.starts_with("005010"))
}
