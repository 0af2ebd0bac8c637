//! Where verbs write: data to stdout, words to stderr, and an exit code that fits.
//!
//! Promises: a reader that goes away (`| head`) ends the verb quietly; data that could not be written (a full disk) is an
//! error and never passes for success. Data passes unchanged, whatever bytes are in it: a filter for colours would take
//! delimiters such as 0x1d for something to strip. Who colours asks [`coloured`] first.

use super::{FINE, NOT_FOUND, PROBLEMS, USAGE};
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// Why a verb stopped before its end.
#[derive(Debug)]
pub enum Stop {
    /// stdout took no more.
    Output(io::Error),
    /// What was asked for cannot be done as asked.
    Usage(String),
    NotFound(String),
    /// It was tried, and went wrong.
    Problem(String),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Output(error)
    }
}

/// Runs a verb that writes data, and turns its end into an exit code.
pub fn to_stdout(work: impl FnOnce(&mut dyn Write) -> Result<u8, Stop>) -> ExitCode {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut end = work(&mut out);
    // What was written before the fault is shown before its words.
    if let Err(error) = out.flush()
        && !matches!(end, Err(Stop::Output(_)))
    {
        end = Err(error.into());
    }
    // Nothing more is tried with what could not be written.
    let _ = out.into_parts();
    match end {
        Ok(code) => ExitCode::from(code),
        Err(stop) => stop.say(),
    }
}

impl Stop {
    /// Says it, and gives the exit code that fits.
    pub fn say(self) -> ExitCode {
        let (code, message) = match self {
            Stop::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::from(FINE),
            Stop::Output(error) => (PROBLEMS, format!("stdout cannot be written: {error}")),
            Stop::Usage(message) => (USAGE, message),
            Stop::NotFound(message) => (NOT_FOUND, message),
            Stop::Problem(message) => (PROBLEMS, message),
        };
        words(format_args!("error: {message}"));
        ExitCode::from(code)
    }
}

/// True if stdout is a terminal that shows colours, or it was asked for (`CLICOLOR_FORCE`) and not forbidden (`NO_COLOR`).
pub fn coloured() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// A line for people, on stderr. Whoever read it may have gone: that is no fault of ours.
pub fn words(line: impl std::fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// What comes from outside, made fit to be shown on a terminal: control characters become pictures of themselves.
pub fn shown(text: &str) -> String {
    text.chars().map(visible).collect()
}

/// One character, or the picture of a control character.
pub fn visible(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // Others that steer a terminal or turn the direction of writing.
        '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            '\u{fffd}'
        }
        _ => c,
    }
}
