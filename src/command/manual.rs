//! `portway completions SHELL` and `portway man DIR`: made from the command line's own description, so that they never lag
//! behind it.
//!
//! Completions go to stdout; the manual is one page a verb, `portway-file-lint.1`. Exit: 0 fine, 1 the folder cannot be
//! written.

use super::FINE;
use super::arguments::Portway;
use super::output::{Stop, to_stdout, words};
use clap::CommandFactory;
use clap_complete::Shell;
use std::path::Path;
use std::process::ExitCode;

pub fn completions(shell: Shell) -> ExitCode {
    to_stdout(|out| {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Portway::command(), "portway", &mut script);
        out.write_all(&script)?;
        Ok(FINE)
    })
}

pub fn man(dir: &Path) -> ExitCode {
    to_stdout(|_| {
        let fail =
            |error| Stop::Problem(format!("the manual cannot be written to {}: {error}", dir.display()));
        std::fs::create_dir_all(dir).map_err(fail)?;
        clap_mangen::generate_to(Portway::command(), dir).map_err(fail)?;
        words(format_args!(
            "man pages written to {}: man -l {}",
            dir.display(),
            dir.join("portway.1").display()
        ));
        Ok(FINE)
    })
}
