//! `portway file sample SET [--version V]`: a valid interchange with one set, made from its schema.
//!
//! Promises: `portway file lint` finds nothing in it; the same call yields the same bytes. Made up throughout: it shows the
//! shape of a set, not a business case. Exit: 0 written, 5 no schema for that set is shipped (those that are, are shown).

use super::Stop;
use crate::command::FINE;
use crate::command::output::{shown, to_stdout};
use portway_edi::edifact::sample::Extent;
use portway_edi::schema::{shipped, shipped_edifact};
use portway_edi::{edifact, x12};
use std::process::ExitCode;

pub fn run(set: &str, version: Option<&str>) -> ExitCode {
    to_stdout(|out| {
        let set = set.to_ascii_uppercase();
        let bytes = sample(&set, version).ok_or_else(|| unknown(&set, version))?;
        // One segment a line, as people read it; line ends after the terminator are nobody's data.
        let delimiter = if bytes.starts_with(b"ISA") { b'~' } else { b'\'' };
        for segment in bytes.split_inclusive(|&b| b == delimiter) {
            out.write_all(segment.trim_ascii_start())?;
            out.write_all(b"\n")?;
        }
        Ok(FINE)
    })
}

/// The interchange, without line ends.
pub(in crate::command) fn sample(set: &str, version: Option<&str>) -> Option<Vec<u8>> {
    let wanted = version.map(|v| v.to_ascii_lowercase().replace(['.', ':'], ""));
    let is_wanted = |v: &&str| wanted.as_deref().is_none_or(|wanted| wanted == *v);
    let of = |mut all: Box<dyn Iterator<Item = (&'static str, &'static str)>>| {
        all.find(|(code, v)| *code == set && is_wanted(v)).map(|(_, v)| v)
    };
    match of(Box::new(shipped())) {
        Some(version) => x12::sample::sample(set, version),
        None => {
            let directory = of(Box::new(shipped_edifact()))?;
            edifact::sample::sample(set, directory, Extent::Least)
        }
    }
}

fn unknown(set: &str, version: Option<&str>) -> Stop {
    let versions: Vec<String> = shipped()
        .chain(shipped_edifact())
        .filter(|(code, _)| *code == set)
        .map(|(_, version)| version.to_ascii_uppercase())
        .collect();
    if !versions.is_empty() {
        let version = shown(version.unwrap_or_default());
        return Stop::NotFound(format!(
            "there is no {set} of {version} here; there are: {}",
            versions.join(", ")
        ));
    }
    let mut sets: Vec<&str> = Vec::new();
    for (code, _) in shipped().chain(shipped_edifact()) {
        if !sets.contains(&code) {
            sets.push(code);
        }
    }
    Stop::NotFound(format!("`{}` is no set known here; there are: {}", shown(set), sets.join(" ")))
}
