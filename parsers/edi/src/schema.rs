//! Schemas as data: one file a set and version, in the standard's own table notation; and validation against them.
//!
//! `schemas/x12/<version>/<set>.schema` is the table of a set, `segments`, `elements` and `codes.schema` beside it the
//! dictionary of the version. They are embedded, compiled on first use and shared by the whole process. A new set or
//! version is a file and a line in [`SHIPPED`]. Facts only; titles are our own words.

mod checksum;
mod codes;
mod content;
mod dictionary;
mod element;
mod guide;
mod hierarchy;
mod json;
mod table;
mod totals;
mod validate;
mod values;

pub(crate) use content::totals_of;

pub use codes::Codes;
pub use dictionary::{Dictionary, Element, Holds, Kind, Note, Position, Rule, SchemaError, Shape};
pub use guide::{Address, Guide, Required, Tolerated};
pub use hierarchy::{Level, hierarchy};
pub(crate) use validate::check_service;

use crate::interchange::{Standard, TransactionSet};
use crate::{Finding, Segment};
use std::sync::OnceLock;
use table::Table;

/// A compiled schema of one set and version. Shipped ones are embedded; cheap to look up, shared for the whole process.
#[derive(Debug)]
pub struct Schema {
    table: &'static Table,
    dictionary: &'static Dictionary,
}

/// One row of a set's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// 0 for rows of the set itself; what stands in a loop is one deeper than the loop's own row.
    pub depth: usize,
    /// Of a segment its tag, of a loop its trigger.
    pub id: &'static str,
    pub is_loop: bool,
    pub mandatory: bool,
    /// Maximum use of a segment, repeats of a loop; `None` without a limit.
    pub max: Option<u32>,
}

/// What a set is once validated: its loops as a tree, and everything that is wrong with it.
#[derive(Debug)]
pub struct Validated<'a> {
    pub root: Loop<'a>,
    pub findings: Vec<Finding>,
}

/// A loop (segment group) and what stands in it. The root's id is the set code.
#[derive(Debug, Default)]
pub struct Loop<'a> {
    /// The trigger segment's tag (`N1`, `PO1`); LS-bounded loops `LS`; segment groups of EDIFACT by their name (`SG25`).
    pub id: &'static str,
    /// Segments of this loop itself, in order, the trigger first; not those of inner loops.
    pub segments: Vec<Segment<'a>>,
    pub loops: Vec<Loop<'a>>,
}

impl<'a> Loop<'a> {
    /// Direct segments with this tag.
    pub fn all(&self, tag: &'static str) -> impl Iterator<Item = &Segment<'a>> {
        self.segments.iter().filter(move |s| s.tag() == tag)
    }
    pub fn first(&self, tag: &'static str) -> Option<&Segment<'a>> {
        self.segments.iter().find(|s| s.tag() == tag)
    }
    pub fn loops(&self, id: &'static str) -> impl Iterator<Item = &Loop<'a>> {
        self.loops.iter().filter(move |l| l.id == id)
    }
}

/// One element of a segment (or component of a composite), for people.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ElementDescription {
    pub segment: &'static str,
    pub segment_title: &'static str,
    /// From 1.
    pub element: usize,
    pub component: Option<usize>,
    /// Number in the dictionary (`355`), or the composite's id (`C001`).
    pub reference: &'static str,
    pub title: &'static str,
    /// `M`, `O`, or `X` where a syntax note decides.
    pub requirement: char,
    /// `ID`, `AN`, `R`, `N2`, `DT`, `TM`; `composite`.
    pub type_name: &'static str,
    pub min: u32,
    pub max: u32,
    /// The values it may have; empty when any will do, or another body keeps the list.
    pub codes: &'static [&'static str],
    /// Of a composite.
    pub components: Vec<ElementDescription>,
}

/// One version's files.
struct Version {
    /// First six characters of GS08.
    name: &'static str,
    segments: &'static str,
    elements: &'static str,
    codes: &'static str,
    sets: &'static [Set],
    dictionary: OnceLock<Result<Dictionary, SchemaError>>,
}

/// One set's file.
struct Set {
    code: &'static str,
    text: &'static str,
    compiled: OnceLock<Result<Schema, SchemaError>>,
}

macro_rules! version {
    ($folder:literal, $name:literal, $($set:literal),*) => {
        Version {
            name: $name,
            segments: include_str!(concat!("../schemas/", $folder, "/", $name, "/segments.schema")),
            elements: include_str!(concat!("../schemas/", $folder, "/", $name, "/elements.schema")),
            codes: include_str!(concat!("../schemas/", $folder, "/", $name, "/codes.schema")),
            sets: {
                static SETS: [Set; [$($set),*].len()] = [$(Set {
                    code: $set,
                    text: include_str!(concat!("../schemas/", $folder, "/", $name, "/", $set, ".schema")),
                    compiled: OnceLock::new(),
                }),*];
                &SETS
            },
            dictionary: OnceLock::new(),
        }
    };
}

/// Every X12 schema that comes with the program.
static SHIPPED: [Version; 2] = [
    version!(
        "x12", "004010", "204", "210", "214", "810", "812", "820", "824", "830", "832", "846", "850", "852",
        "855", "856", "860", "861", "862", "865", "870", "940", "943", "944", "945", "947", "990", "997"
    ),
    version!(
        "x12", "005010", "204", "210", "214", "810", "812", "820", "824", "830", "832", "846", "850", "852",
        "855", "856", "860", "861", "862", "865", "870", "940", "943", "944", "945", "947", "990", "997",
        "999"
    ),
];
/// Every EDIFACT schema: the directories, and the service segments of syntax 3 and 4 with their CONTRL.
static EDIFACT: [Version; 4] = [
    version!(
        "edifact", "d96a", "ORDERS", "ORDRSP", "ORDCHG", "DESADV", "RECADV", "INVOIC", "INVRPT", "PRICAT",
        "SLSRPT", "REMADV", "APERAK", "IFTMIN", "IFTSTA", "DELFOR", "DELJIT", "HANMOV"
    ),
    version!(
        "edifact", "d01b", "ORDERS", "ORDRSP", "ORDCHG", "DESADV", "RECADV", "INVOIC", "INVRPT", "PRICAT",
        "SLSRPT", "REMADV", "APERAK", "IFTMIN", "IFTSTA", "DELFOR", "DELJIT", "HANMOV", "INSDES"
    ),
    version!("edifact", "v3", "CONTRL"),
    version!("edifact", "v4", "CONTRL"),
];

/// CONTRL has versions of its own: 4 with syntax 4, `2:2` or `D:3` before.
fn edifact_version(message: &str, version: &str) -> Option<&'static Version> {
    let mut parts = version.split(':');
    let (first, second) = (parts.next()?, parts.next());
    let name = match (message, first, second) {
        ("CONTRL", "4", _) => "v4",
        ("CONTRL", "v3" | "v4", None) => first,
        ("CONTRL", ..) => "v3",
        (_, "D", Some("96A")) => "d96a",
        (_, "D", Some("01B")) => "d01b",
        (_, directory, None) => directory,
        _ => return None,
    };
    EDIFACT.iter().find(|v| v.name == name)
}

impl Version {
    fn dictionary(&'static self) -> Result<&'static Dictionary, SchemaError> {
        let compiled = || Dictionary::compile(self.name, self.segments, self.elements, self.codes);
        self.dictionary.get_or_init(compiled).as_ref().map_err(Clone::clone)
    }

    /// Compiled when first asked for: a set that never comes costs nothing.
    fn schema(&'static self, set: &'static Set) -> Result<&'static Schema, SchemaError> {
        let compiled = || Schema::compile(set.code, set.text, self.dictionary()?);
        set.compiled.get_or_init(compiled).as_ref().map_err(Clone::clone)
    }
}

/// Compiles everything that is shipped.
///
/// # Errors
/// The first line of a schema file that cannot be read.
pub fn check_shipped() -> Result<(), SchemaError> {
    SHIPPED
        .iter()
        .chain(&EDIFACT)
        .try_for_each(|version| version.sets.iter().try_for_each(|set| version.schema(set).map(|_| ())))
}

/// Message and directory (`d96a`; `v3`, `v4` for CONTRL) of every shipped EDIFACT schema.
pub fn shipped_edifact() -> impl Iterator<Item = (&'static str, &'static str)> {
    EDIFACT.iter().flat_map(|version| version.sets.iter().map(|set| (set.code, version.name)))
}

/// Set and version of every shipped X12 schema.
pub fn shipped() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHIPPED.iter().flat_map(|version| version.sets.iter().map(|set| (set.code, version.name)))
}

impl Dictionary {
    /// The dictionary of a version (`004010`, `004010VICS`), for looking things up without a set.
    pub fn x12(version: &str) -> Option<&'static Dictionary> {
        SHIPPED.iter().find(|v| version.starts_with(v.name))?.dictionary().ok()
    }

    /// The dictionary of an EDIFACT directory (`d96a`, `D:96A:UN`), or of the service segments of a syntax (`v3`, `v4`).
    pub fn edifact(directory: &str) -> Option<&'static Dictionary> {
        edifact_version("", directory)?.dictionary().ok()
    }

    /// Element `element` (from 1) of a segment, explained.
    pub fn describe(&'static self, segment: &str, element: usize) -> Option<ElementDescription> {
        let shape = self.segment(segment)?;
        let position = shape.positions.get(element.checked_sub(1)?)?;
        Some(self.described(shape, position, element, None))
    }

    fn described(
        &'static self,
        shape: &'static Shape,
        position: &Position,
        element: usize,
        component: Option<usize>,
    ) -> ElementDescription {
        let (segment, segment_title, requirement) = (shape.id, shape.title, position.requirement);
        match position.holds {
            Holds::Element(index) => {
                let Element { id, title, type_name, min, max, ref codes, .. } =
                    self.elements[usize::from(index)];
                let codes = codes.as_ref().map_or(&[][..], Codes::values);
                let (reference, components) = (id, Vec::new());
                ElementDescription {
                    segment,
                    segment_title,
                    element,
                    component,
                    reference,
                    title,
                    requirement,
                    type_name,
                    min,
                    max,
                    codes,
                    components,
                }
            }
            Holds::Composite(index) => {
                let composite = &self.composites[usize::from(index)];
                let parts = (1..).zip(&composite.positions);
                let components: Vec<_> =
                    parts.map(|(n, p)| self.described(composite, p, element, Some(n))).collect();
                let (reference, title, type_name) = (composite.id, composite.title, "composite");
                let (min, max, codes) = (0, 0, &[][..]);
                ElementDescription {
                    segment,
                    segment_title,
                    element,
                    component,
                    reference,
                    title,
                    requirement,
                    type_name,
                    min,
                    max,
                    codes,
                    components,
                }
            }
        }
    }
}

impl Schema {
    /// The shipped schema for set `850`, GS08 `004010…`. `None`: known only by its envelope.
    pub fn x12(set: &str, version: &str) -> Option<&'static Schema> {
        let version = SHIPPED.iter().find(|v| version.starts_with(v.name))?;
        version.schema(version.sets.iter().find(|s| s.code == set)?).ok()
    }

    /// The shipped schema for a message type and what follows it in S009: `edifact("ORDERS", "D:96A:UN:EAN008")`; the name
    /// of the directory will do (`d96a`). `None`: known only by its envelope.
    pub fn edifact(message: &str, version: &str) -> Option<&'static Schema> {
        let version = edifact_version(message, version)?;
        version.schema(version.sets.iter().find(|s| s.code == message)?).ok()
    }

    /// The shipped schema for a set of either standard.
    pub fn of(set: &TransactionSet<'_>) -> Option<&'static Schema> {
        match set.standard {
            Standard::X12 => Schema::x12(&set.code, &set.version),
            Standard::Edifact => Schema::edifact(&set.code, &set.version),
        }
    }

    /// A schema from a text in the notation of the shipped ones, over a dictionary; both stay for the whole process.
    ///
    /// # Errors
    /// The first line that cannot be read, or names a segment that the dictionary does not have.
    pub fn compile(
        file: &'static str,
        text: &'static str,
        dictionary: &'static Dictionary,
    ) -> Result<Schema, SchemaError> {
        let table = Table::compile(file, text, dictionary)?;
        Ok(Schema { table: Box::leak(Box::new(table)), dictionary })
    }

    /// Validates in full. Segments the schema does not place are findings, and stay out of the tree.
    pub fn validate<'a>(&self, set: &TransactionSet<'a>) -> Validated<'a> {
        validate::validate(self.dictionary, self.table, set)
    }

    /// As [`Schema::validate`], with a partner's guide laid over the standard.
    pub fn validate_with<'a>(&self, set: &TransactionSet<'a>, guide: &Guide) -> Validated<'a> {
        let mut validated = self.validate(set);
        guide.apply(self, set, &mut validated);
        validated
    }

    /// `850`
    pub fn code(&self) -> &'static str {
        self.table.code
    }

    /// `Purchase order`
    pub fn title(&self) -> &'static str {
        self.table.title
    }

    /// GS01 of the groups this set travels in, `PO`.
    pub fn functional_id(&self) -> &'static str {
        self.table.functional_id
    }

    /// The table of the set, row by row in its order.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        self.table.rows(0, 0, &mut rows);
        rows
    }

    pub fn dictionary(&self) -> &'static Dictionary {
        self.dictionary
    }

    /// The segments of a message that has the mandatory ones, or every one once, in order.
    pub(crate) fn segments(&self, whole: bool) -> Vec<&'static str> {
        let mut ids = Vec::new();
        self.table.walk(0, whole, &mut ids);
        ids
    }

    /// Element `element` (from 1) of a segment, explained: `describe("PO1", 3)`.
    pub fn describe(&self, segment: &str, element: usize) -> Option<ElementDescription> {
        self.dictionary.describe(segment, element)
    }
}

/// The tree as JSON in the shape of the schema.
pub fn to_json(validated: &Validated<'_>) -> serde_json::Value {
    json::of_loop(&validated.root)
}
