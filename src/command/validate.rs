//! `portway validate [DIR]`: is the configuration fine, and if not, where.
//!
//! Promises: reads only, needs no database, shows every problem of every file. Human form as rustc has it; with
//! `--json` one object a line: `{file, line, column, severity, message, help}`. Problems go to stdout (they are what
//! was asked for), the summary to stderr.
//! Exit: 0 fine (warnings may be shown), 1 a profile has errors, 78 `gateway.toml` is missing or broken.

use crate::profile::{Configuration, Problem, render};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Bad configuration, `EX_CONFIG` of sysexits.h.
const BAD_CONFIGURATION: u8 = 78;

pub fn run(dir: &Path, json: bool) -> ExitCode {
    match Configuration::load(dir) {
        Ok(configuration) => {
            print(&configuration.problems, json);
            let (errors, warnings) = count(&configuration.problems);
            eprintln!(
                "{}: {} and {}; in force: {}, {}, {}",
                dir.display(),
                several(errors, "error"),
                several(warnings, "warning"),
                several(configuration.gateway.stations().count(), "station"),
                several(configuration.gateway.endpoint.len(), "endpoint"),
                several(configuration.partners.len(), "partner"),
            );
            ExitCode::from(u8::from(errors > 0))
        }
        Err(problems) => {
            print(&problems, json);
            eprintln!("{}: the gateway does not start with this gateway.toml", dir.display());
            ExitCode::from(BAD_CONFIGURATION)
        }
    }
}

/// Problems on stdout, coloured where it is a terminal.
pub(super) fn print(problems: &[Problem], json: bool) {
    if json {
        problems.iter().for_each(|problem| say(problem.to_json()));
    } else if !problems.is_empty() {
        say(render(problems, true));
    }
}

/// One line of data. Whoever reads may have gone (`| head`): that is no fault of ours.
pub(super) fn say(line: impl std::fmt::Display) {
    let _ = writeln!(anstream::stdout(), "{line}");
}

pub(super) fn count(problems: &[Problem]) -> (usize, usize) {
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    (errors, problems.len() - errors)
}

fn several(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
