//! `portway schema NAME`: the JSON Schema of a canonical document or of a configuration file, for editors and consumers.
//!
//! Exit: 0 fine, 5 no such schema (the names are listed).

use super::FINE;
use super::output::{Stop, to_stdout};
use crate::profile::{gateway_schema, partner_schema};
use portway_documents::DocumentKind;
use std::process::ExitCode;

pub fn run(name: &str) -> ExitCode {
    to_stdout(|out| {
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
    let names: Vec<&str> = DocumentKind::ALL.iter().map(|k| k.name()).chain(["gateway", "partner"]).collect();
    Stop::NotFound(format!("there is no schema `{name}`; there are: {}", names.join(", ")))
}
