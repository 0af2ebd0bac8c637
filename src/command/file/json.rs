//! `portway file json FILE`: every set as JSON in the shape of its schema, one a line.
//!
//! Also sets that are rejected: what has a place in the schema is in the tree, the rest is a finding on stderr. A set whose
//! schema is not known has no shape, and is such a finding.
//! Exit: 0 fine, 1 errors found, 2 the file cannot be read.

use super::source::Source;
use super::walk::{Visitor, walk};
use super::{Stop, tell};
use crate::command::output::to_stdout;
use crate::command::{FINE, PROBLEMS};
use crate::pipeline::translate::translate;
use portway_edi::Finding;
use portway_edi::acknowledgement::{GroupResult, Tolerance};
use portway_edi::schema::{Schema, to_json};
use portway_edi::x12::TransactionSet;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub fn run(file: &Path) -> ExitCode {
    to_stdout(|out| {
        let source = Source::open(file)?;
        let mut shapes = Shapes { out, errors: false };
        walk(&source, &mut shapes)?;
        Ok(if shapes.errors { PROBLEMS } else { FINE })
    })
}

struct Shapes<'o> {
    out: &'o mut dyn Write,
    errors: bool,
}

impl Visitor for Shapes<'_> {
    fn set(&mut self, set: &TransactionSet<'_>, group: &mut GroupResult) -> Result<(), Stop> {
        let version = &group.header.version;
        let Some(schema) = Schema::x12(&set.code, version) else {
            let unknown = translate(set, version, Tolerance::Strict).result.findings;
            self.errors |= tell(Some(&set.control_number), &unknown);
            return Ok(());
        };
        let validated = schema.validate(set);
        for findings in [&set.findings, &validated.findings] {
            self.errors |= tell(Some(&set.control_number), findings);
        }
        writeln!(self.out, "{}", to_json(&validated))?;
        Ok(())
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<(), Stop> {
        self.errors |= tell(None, findings);
        Ok(())
    }
}
