//! `portway file convert FILE --to json`: the canonical documents, one a line.
//!
//! Exactly what the gateway would hand to our systems, sets without a canonical document in the shape of their schema: a first
//! pass judges the envelopes, the second writes the documents of the sets that are accepted at interchange, group and set
//! level. What is left out is said on stderr, with its findings.
//! Exit: 0 everything is converted, 1 something is not, 2 usage.

use super::source::Source;
use super::walk::{Visitor, walk};
use super::{Stop, judge, tell};
use crate::command::output::{shown, to_stdout, words};
use crate::command::{FINE, PROBLEMS};
use portway_edi::Finding;
use portway_edi::acknowledgement::{GroupResult, InterchangeResult};
use portway_edi::interchange::TransactionSet;
use std::collections::HashSet;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub fn run(file: &Path, to: &str) -> ExitCode {
    to_stdout(|out| {
        match to {
            "json" => {}
            "x12" | "edifact" => {
                return Err(Stop::Usage(format!("--to {to} is not in this version: json is")));
            }
            _ => return Err(Stop::Usage(format!("--to {to} is no format: use json"))),
        }
        let source = Source::open(file)?;
        let mut envelopes = Envelopes::default();
        walk(&source, &mut envelopes)?;
        let mut documents = Documents { out, rejected: envelopes.rejected, left_out: envelopes.errors };
        walk(&source, &mut documents)?;
        Ok(if documents.left_out { PROBLEMS } else { FINE })
    })
}

/// The first pass: which groups nothing may be taken from, by their offset.
#[derive(Default)]
struct Envelopes {
    rejected: HashSet<u64>,
    errors: bool,
}

impl Visitor for Envelopes {
    fn set(&mut self, _: &TransactionSet<'_>, _: &mut GroupResult) -> Result<(), Stop> {
        Ok(())
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<(), Stop> {
        self.errors |= tell(None, findings);
        Ok(())
    }

    fn interchange_end(&mut self, result: InterchangeResult) -> Result<(), Stop> {
        let accepted = result.verdict().accepts();
        let shut = result.groups.iter().filter(|g| !accepted || !g.envelope_accepted());
        self.rejected.extend(shut.map(|g| g.header.offset));
        Ok(())
    }
}

struct Documents<'o> {
    out: &'o mut dyn Write,
    rejected: HashSet<u64>,
    left_out: bool,
}

impl Visitor for Documents<'_> {
    fn set(&mut self, set: &TransactionSet<'_>, group: &mut GroupResult) -> Result<(), Stop> {
        let judged = judge::judge(set, &group.header.version, &Default::default());
        tell(Some(&set.control_number), &judged.result.findings);
        let why = match &judged.data {
            _ if self.rejected.contains(&group.header.offset) => "its interchange or group is rejected",
            _ if !judged.result.verdict.accepts() => "it is rejected",
            Some(document) => return Ok(writeln!(self.out, "{document}")?),
            None => "it has no document",
        };
        self.left_out = true;
        words(shown(&format!("left out: set {} ({}): {why}", set.control_number, set.code)));
        Ok(())
    }

    /// Said in the first pass.
    fn findings(&mut self, _: &[Finding]) -> Result<(), Stop> {
        Ok(())
    }
}
