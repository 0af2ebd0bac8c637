//! The report beside a file that holds a document we refused: every fault, with its place in the file, the document and the set.
//!
//! Text for people. The same file with the same faults gives the same report, so that a crash before the file is moved leaves one report.
//! Fails with the disk.

use super::pieces::Told;
use crate::net::file::{self, PutError};
use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// After the file's name.
const ENDING: &str = ".report.txt";
/// Leaves room for the ending in a file name.
const LONGEST_STEM: usize = 180;

/// What became of one document of a file.
pub struct Entry {
    /// From 1.
    pub nth: usize,
    pub place: String,
    pub number: String,
    pub partner: String,
    pub end: End,
}

pub enum End {
    /// In the ledger.
    Taken {
        document: String,
        code: String,
    },
    Refused {
        why: String,
        faults: Vec<Told>,
    },
}

impl Entry {
    pub fn is_refused(&self) -> bool {
        matches!(self.end, End::Refused { .. })
    }

    fn named(&self) -> String {
        let mut parts = vec![self.nth.to_string()];
        parts.extend([&self.place, &self.number].into_iter().filter(|part| !part.is_empty()).cloned());
        parts.join(", ")
    }
}

/// The report as text; `sources` is what they came from, `endpoint erp`.
pub fn text(name: &str, endpoint: &str, entries: &[Entry]) -> String {
    let refused = entries.iter().filter(|entry| entry.is_refused()).count();
    let taken = entries.len() - refused;
    let mut text = format!("{name}, handed over by endpoint {endpoint}: {refused} refused, {taken} taken.\n");
    text.push_str(if taken == 0 {
        "Nothing was taken. Correct it and put it into the folder again.\n"
    } else {
        "What was taken is on its way and must not come again: put only what was refused into the folder, corrected, in a file of its own.\n"
    });
    for entry in entries {
        // Into a string: cannot fail.
        let _ = match &entry.end {
            End::Refused { why, .. } => {
                let whom =
                    if entry.partner.is_empty() { String::new() } else { format!(", for {}", entry.partner) };
                writeln!(text, "\nREFUSED {}{whom}: {why}", entry.named())
            }
            End::Taken { document, code } => {
                writeln!(text, "\ntaken {}: {code} for {}, document {document}", entry.named(), entry.partner)
            }
        };
        if let End::Refused { faults, .. } = &entry.end {
            faults.iter().for_each(|fault| line(&mut text, fault));
        }
    }
    text
}

/// One fault: `  error  row 3, column "Unit"  /lines/1/quantity/unit  PO1-03  X1207  what`.
fn line(text: &mut String, told: &Told) {
    let fault = &told.fault;
    let place = match (told.row, &told.column) {
        (Some(row), Some(column)) => Some(format!("row {row}, column {column:?}")),
        (Some(row), None) => Some(format!("row {row}")),
        (None, Some(column)) => Some(format!("column {column:?}")),
        (None, None) => None,
    };
    let pointer = fault.pointer.clone().filter(|pointer| !pointer.is_empty());
    let segment = fault.element.as_ref().map(|element| match fault.position {
        Some(position) => format!("{element} (segment {position})"),
        None => element.clone(),
    });
    let parts = [Some(fault.severity.to_owned()), place, pointer, segment, fault.code.clone()];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let _ = writeln!(text, "  {}: {}", parts.join("  "), fault.message);
    if let Some(value) = &fault.value {
        let _ = writeln!(text, "      found: {value:?}");
    }
    if let Some(help) = &fault.help {
        let _ = writeln!(text, "      {help}");
    }
}

/// Writes the report into `dir`, for the file `name`: says under which name the file is to follow, and where the report is.
pub fn write(dir: &Path, name: &OsStr, text: &str) -> io::Result<(OsString, PathBuf)> {
    std::fs::create_dir_all(dir)?;
    for name in file::numbered(name) {
        if dir.join(&name).symlink_metadata().is_ok() {
            continue;
        }
        let report = report_name(&name);
        let path = dir.join(&report);
        match std::fs::read(&path) {
            // Of a gateway that died before it moved the file.
            Ok(there) if there == text.as_bytes() => return Ok((name, path)),
            Ok(_) => continue,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
        return match file::put(dir, &report, text.as_bytes()) {
            Ok(path) => Ok((name, path)),
            Err(PutError::Before(e) | PutError::After(e)) => Err(e),
        };
    }
    Err(io::Error::new(
        io::ErrorKind::AlreadyExists,
        format!("{}: too many files of one name", dir.display()),
    ))
}

/// A name that any system shows.
pub fn report_name(name: &OsStr) -> String {
    let mut shown = String::from_utf8_lossy(name.as_bytes()).into_owned();
    while shown.len() > LONGEST_STEM {
        shown.pop();
    }
    let shown: String = shown.chars().map(|c| if c == '\\' || c.is_control() { '_' } else { c }).collect();
    format!("{shown}{ENDING}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_report_has_the_name_of_its_file_and_is_written_once() {
        let dir = tempfile::tempdir().unwrap();
        let name = OsStr::new("orders.csv");
        let write = |text: &str| write(dir.path(), name, text).unwrap();
        let (first, report) = write("one");
        assert_eq!(
            (first.to_str(), report.file_name().unwrap().to_str()),
            (Some("orders.csv"), Some("orders.csv.report.txt"))
        );
        assert_eq!(write("one").0, "orders.csv", "the file did not follow: the same again");
        std::fs::write(dir.path().join(&first), "x").unwrap();
        assert_eq!(write("one").0, "orders-1.csv");
        assert_eq!(write("two").0, "orders-2.csv", "that report is of another");
        assert_eq!(report_name(OsStr::new("a\\b\n.csv")), "a_b_.csv.report.txt");
    }
}
