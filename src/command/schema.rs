//! `portway schema NAME`: the JSON Schema of a canonical document or of a configuration file, for editors and consumers.
//!
//! Without a name: the names, one a line. Exit: 0 fine, 5 no such schema (the names are listed).

use super::FINE;
use super::output::{Stop, to_stdout};
use crate::profile::{gateway_schema, partner_schema};
use portway_documents::DocumentKind;
use std::process::ExitCode;

pub fn run(name: Option<&str>) -> ExitCode {
    to_stdout(|out| {
        let Some(name) = name else {
            for name in names() {
                writeln!(out, "{name}")?;
            }
            return Ok(FINE);
        };
        let schema = match name {
            "gateway" => gateway_schema().clone(),
            "partner" => partner_schema().clone(),
            _ => DocumentKind::from_name(name).map(DocumentKind::json_schema).ok_or_else(|| unknown(name))?,
        };
        let text = serde_json::to_string_pretty(&schema).map_err(|e| Stop::Problem(e.to_string()))?;
        writeln!(out, "{text}")?;
        Ok(FINE)
    })
}

fn unknown(name: &str) -> Stop {
    let names: Vec<&str> = names().collect();
    Stop::NotFound(format!("there is no schema `{name}`; there are: {}", names.join(", ")))
}

fn names() -> impl Iterator<Item = &'static str> {
    DocumentKind::ALL.iter().map(|kind| kind.name()).chain(["gateway", "partner"])
}
