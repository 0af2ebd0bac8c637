//! The command line's verbs, one file each. `main` parses the arguments and calls them.
//!
//! Data goes to stdout, words to stderr. Exit: 0 fine, 1 problems found, 2 usage, 3 gateway or database unreachable,
//! 5 not found, 78 bad configuration. `check` alone has those of monitoring plugins.

pub mod ack;
mod actor;
mod anew;
pub mod arguments;
pub mod audit;
pub mod backup;
pub mod certificate;
pub mod check;
pub mod db;
pub mod demo;
pub mod doc;
pub mod endpoint;
pub mod explain;
pub mod file;
pub mod init;
pub mod manual;
pub mod message;
pub mod monitor;
pub mod partner;
pub mod reload;
pub mod retention;
pub mod schema;
pub mod send;
pub mod serve;
pub mod sheet;
mod sheet_sftp;
pub mod status;
mod thread;
pub mod top;
mod trail;
pub mod validate;

mod connect;
mod diff;
mod listing;
pub mod log;
mod notify;
mod output;

use std::process::ExitCode;

pub const FINE: u8 = 0;
pub const PROBLEMS: u8 = 1;
pub const USAGE: u8 = 2;
pub const UNREACHABLE: u8 = 3;
pub const NOT_FOUND: u8 = 5;
pub const BAD_CONFIGURATION: u8 = 78;

/// Says what went wrong, and exits with the code that fits.
pub fn fail(error: &crate::ledger::Error) -> ExitCode {
    use crate::ledger::Error;
    anstream::eprintln!("error: {error}");
    ExitCode::from(match error {
        Error::Unavailable(_) | Error::Unsuitable(_) => UNREACHABLE,
        Error::NotFound(_) => NOT_FOUND,
        Error::Refused(_) | Error::LeaseLost | Error::Sql(_) => PROBLEMS,
    })
}
