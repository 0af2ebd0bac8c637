//! `portway file json FILE`: every set as JSON in the shape of its schema, one a line.
//!
//! Also sets that are rejected: what has a place in the schema is in the tree, the rest is a finding on stderr. A set whose
//! schema is not known has no shape, and is such a finding.
//! Exit: 0 fine, 1 errors found, 2 the file cannot be read.

use super::fragment::{self, Assumed};
use super::source::Source;
use super::walk::{Visitor, walk};
use super::{Stop, judge, tell};
use crate::command::output::to_stdout;
use crate::command::{FINE, PROBLEMS};
use portway_edi::Finding;
use portway_edi::acknowledgement::GroupResult;
use portway_edi::interchange::TransactionSet;
use portway_edi::schema::to_json;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub fn run(file: &Path) -> ExitCode {
    to_stdout(|out| {
        let mut source = Source::open(file)?;
        fragment::assume(&mut source)?;
        let mut shapes = Shapes { out, assumed: source.assumed.clone(), errors: false };
        walk(&source, &mut shapes)?;
        Ok(if shapes.errors { PROBLEMS } else { FINE })
    })
}

struct Shapes<'o> {
    out: &'o mut dyn Write,
    assumed: Assumed,
    errors: bool,
}

impl Visitor for Shapes<'_> {
    fn set(&mut self, set: &TransactionSet<'_>, _: &mut GroupResult) -> Result<(), Stop> {
        let validated = judge::schema(set, &self.assumed).map(|schema| schema.validate(set));
        let mut found = set.findings.clone();
        match &validated {
            Some(validated) => found.extend_from_slice(&validated.findings),
            None => found.push(judge::not_supported(set)),
        }
        self.assumed.keep_inner(&mut found);
        self.errors |= tell(Some(&set.control_number), &found);
        if let Some(validated) = validated {
            writeln!(self.out, "{}", to_json(&validated))?;
        }
        Ok(())
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<(), Stop> {
        self.errors |= tell(None, findings);
        Ok(())
    }
}
