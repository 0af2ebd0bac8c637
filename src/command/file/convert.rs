//! `portway file convert FILE --to json|x12|edifact`: the canonical documents, one a line; or written in a standard.
//!
//! To JSON: exactly what the gateway would hand to our systems, sets without a canonical document in the shape of their schema.
//! To X12 or EDIFACT: each document as a set of that standard, in interchanges that answer to those that came (same parties, date
//! and numbers). FILE is an interchange, or JSON Lines of documents of one kind (`--document`). With `--partner` all that its profile
//! agrees on counts; `--explain` says what that does, instead of converting.
//!
//! A first pass judges the envelopes, the second converts what is accepted at interchange, group and set level. What is left out, and
//! what a set does not carry of its document, is said on stderr. One set in memory at a time.
//! Exit: 0 everything is converted, 1 something is not, 2 usage.

use super::source::Source;
use super::walk::{Visitor, walk};
use super::{Stop, explain, judge, tell, writing};
use crate::command::output::{shown, to_stdout, words};
use crate::command::{FINE, PROBLEMS};
use crate::pipeline::compose::Terms;
use crate::pipeline::translate::Agreed;
use crate::profile::{Configuration, PartnerProfile};
use portway_documents::DocumentKind;
use portway_edi::acknowledgement::{GroupResult, InterchangeResult};
use portway_edi::interchange::{Interchange, TransactionSet};
use portway_edi::{Finding, Standard};
use std::collections::HashSet;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// What `convert` is asked for.
#[derive(Debug, Clone)]
pub struct Conversion {
    pub file: PathBuf,
    pub to: String,
    /// The set written; the usual one of the document where none is named.
    pub set: Option<String>,
    pub version: Option<String>,
    pub partner: Option<String>,
    /// The kind of documents in a file of JSON Lines.
    pub document: Option<String>,
    pub explain: bool,
}

/// What is to come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Standard(Standard),
}

pub fn run(dir: &Path, conversion: &Conversion) -> ExitCode {
    to_stdout(|out| {
        let format = match conversion.to.as_str() {
            "json" => Format::Json,
            "x12" => Format::Standard(Standard::X12),
            "edifact" => Format::Standard(Standard::Edifact),
            other => {
                return Err(Stop::Usage(format!("--to {other} is no format: use json, x12 or edifact")));
            }
        };
        let profile = match &conversion.partner {
            Some(id) => Some(profile(dir, id)?),
            None if conversion.explain => {
                return Err(Stop::Usage(
                    "--explain says what a profile does: name it with --partner".to_owned(),
                ));
            }
            None => None,
        };
        let source = Source::open(&conversion.file)?;
        if source.begins_with_json()? {
            return from_json(out, &source, conversion, format, profile.as_deref());
        }
        let mut envelopes = Envelopes::default();
        walk(&source, &mut envelopes)?;
        let converter =
            Converter { out, conversion, format, profile: profile.as_deref(), left_out: false, open: None };
        let mut documents = Documents { converter, rejected: envelopes.rejected, header: None };
        walk(&source, &mut documents)?;
        documents.converter.end()?;
        let problems = documents.converter.left_out || envelopes.errors;
        Ok(if problems { PROBLEMS } else { FINE })
    })
}

/// The profile as it stands in the configuration folder.
fn profile(dir: &Path, id: &str) -> Result<Arc<PartnerProfile>, Stop> {
    let configuration = Configuration::load(dir).map_err(|problems| {
        let first = problems.first().map(|p| p.message.clone()).unwrap_or_default();
        Stop::Usage(format!("{} cannot be used: {first}; see portway validate", dir.display()))
    })?;
    let broken = configuration.problems.iter().find(|p| p.is_error() && p.partner.as_deref() == Some(id));
    if let Some(problem) = broken {
        let (line, column) = (problem.line, problem.column);
        let message =
            format!("the profile of {id} is broken, line {line}, column {column}: {}", problem.message);
        return Err(Stop::Usage(message));
    }
    let found = configuration.partner(id).cloned();
    found.ok_or_else(|| Stop::NotFound(format!("there is no partner {id} in {}", dir.display())))
}

/// Documents, one a line, written in a standard.
fn from_json(
    out: &mut dyn Write,
    source: &Source,
    conversion: &Conversion,
    format: Format,
    profile: Option<&PartnerProfile>,
) -> Result<u8, Stop> {
    let Format::Standard(_) = format else {
        return Err(Stop::Usage("the file is JSON already: use --to x12 or --to edifact".to_owned()));
    };
    let kind = match &conversion.document {
        None => {
            let message = "JSON does not say which document it is: name it with --document purchase-order";
            return Err(Stop::Usage(message.to_owned()));
        }
        Some(name) => DocumentKind::from_name(name).ok_or_else(|| {
            let names: Vec<&str> = DocumentKind::ALL.iter().map(|k| k.name()).collect();
            Stop::Usage(format!("{name} is no document: use one of {}", names.join(", ")))
        })?,
    };
    let mut converter = Converter { out, conversion, format, profile, left_out: false, open: None };
    for (number, line) in (1..).zip(source.reader_at(0).lines()) {
        let line = line.map_err(|error| source.unreadable(error))?;
        if line.trim().is_empty() {
            continue;
        }
        match kind.parse(&line) {
            Ok(document) => converter.document(&format!("of line {number}"), &document, None)?,
            Err(error) => {
                converter.left_out = true;
                words(shown(&format!("left out: line {number}: no {}: {error}", kind.name())));
            }
        }
    }
    converter.end()?;
    Ok(if converter.left_out { PROBLEMS } else { FINE })
}

/// The first pass: which groups nothing may be taken from, by their offset.
#[derive(Default)]
struct Envelopes {
    rejected: HashSet<u64>,
    errors: bool,
}

impl Visitor for Envelopes {
    fn set(&mut self, _: &TransactionSet<'_>, _: &mut GroupResult) -> Result<(), Stop> {
        Ok(())
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<(), Stop> {
        self.errors |= tell(None, findings);
        Ok(())
    }

    fn interchange_end(&mut self, result: InterchangeResult) -> Result<(), Stop> {
        let accepted = result.verdict().accepts();
        let shut = result.groups.iter().filter(|g| !accepted || !g.envelope_accepted());
        self.rejected.extend(shut.map(|g| g.header.offset));
        Ok(())
    }
}

/// Puts documents out, in whatever is asked for.
struct Converter<'o> {
    out: &'o mut dyn Write,
    conversion: &'o Conversion,
    format: Format,
    profile: Option<&'o PartnerProfile>,
    left_out: bool,
    /// The interchange being written.
    open: Option<writing::Interchange>,
}

impl Converter<'_> {
    /// `header`: the interchange it came in.
    fn document(
        &mut self,
        what: &str,
        document: &portway_documents::Document,
        header: Option<&Interchange>,
    ) -> Result<(), Stop> {
        let Format::Standard(standard) = self.format else { return Ok(()) };
        let asked = (self.conversion.set.as_deref(), self.conversion.version.as_deref());
        let target = match writing::target(document, standard, asked, self.profile) {
            Ok(target) => target,
            Err(message) => {
                self.left_out = true;
                words(shown(&format!("left out: set {what}: {message}")));
                return Ok(());
            }
        };
        let terms = self.profile.map_or(Terms::default(), |profile| Terms::with(profile, &target.set));
        match writing::composed(document, &target, terms) {
            Ok(composed) => {
                self.left_out |= tell(Some(what), &composed.findings);
                let open = match self.open.take() {
                    Some(open) => open,
                    None => writing::Interchange::open(&target, &composed.segments, header)?,
                };
                let open = self.open.insert(open);
                open.set(&target, &composed.segments)?;
                self.out.write_all(&open.take())?;
            }
            Err(message) => {
                self.left_out = true;
                words(shown(&format!("left out: set {what}: {message}")));
            }
        }
        Ok(())
    }

    /// Ends the interchange being written.
    fn end(&mut self) -> Result<(), Stop> {
        if let Some(open) = self.open.take() {
            self.out.write_all(&open.finish()?)?;
            writeln!(self.out)?;
        }
        Ok(())
    }
}

/// The second pass.
struct Documents<'o> {
    converter: Converter<'o>,
    rejected: HashSet<u64>,
    header: Option<Interchange>,
}

impl Visitor for Documents<'_> {
    fn interchange(&mut self, header: &Interchange) -> Result<(), Stop> {
        self.converter.end()?;
        self.header = Some(header.clone());
        Ok(())
    }

    fn set(&mut self, set: &TransactionSet<'_>, group: &mut GroupResult) -> Result<(), Stop> {
        let agreed = self.converter.profile.map_or(Agreed::default(), |p| Agreed::with(p, &set.code));
        if self.converter.conversion.explain {
            return explain::set(self.converter.out, set, agreed);
        }
        let to_json = self.converter.format == Format::Json;
        let judged = judge::judge_with(set, &group.header.version, &Default::default(), agreed);
        tell(Some(&set.control_number), &judged.result.findings);
        let why = match (&judged.data, &judged.canonical) {
            _ if self.rejected.contains(&group.header.offset) => "its interchange or group is rejected",
            _ if !judged.result.verdict.accepts() => "it is rejected",
            (Some(document), _) if to_json => {
                self.converter.out.write_all(document)?;
                return Ok(writeln!(self.converter.out)?);
            }
            (Some(_), Some(document)) => {
                let what = format!("{} ({})", set.control_number, set.code);
                return self.converter.document(&what, document, self.header.as_ref());
            }
            _ => "it has no document",
        };
        self.converter.left_out = true;
        words(shown(&format!("left out: set {} ({}): {why}", set.control_number, set.code)));
        Ok(())
    }

    /// Said in the first pass.
    fn findings(&mut self, _: &[Finding]) -> Result<(), Stop> {
        Ok(())
    }
}
