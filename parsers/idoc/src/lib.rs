//! `portway-idoc`: SAP IDoc XML and the canonical documents, both ways.
//!
//! [`read`] goes through a file of IDocs and yields one document after another, with its control record and findings; [`write`]()
//! makes one IDoc of a document. Basic types: ORDERS05 (ORDERS, ORDCHG, ORDRSP), DELVRY03 (DESADV, SHPORD, WHSORD), INVOIC02
//! (INVOIC), and what is older or newer of the same family. Which segment is which field stands in `docs/idoc.md`.
//!
//! What no field takes is listed under `unmapped`, with segment, field and place. A document is written, read back and compared:
//! what the IDoc has no place for is told as a finding (`D1101`), never dropped in silence.
//!
//! Fails with a [`ReadError`] or [`WriteError`] that says what and whose move it is. An IDoc that cannot be read for its kind does
//! not stop those after it; broken XML does. Bytes to values and back: no files, no clock, flat memory over many IDocs.

mod block;
mod codes;
mod control;
mod control_record;
mod delivery;
pub mod finding;
mod heading;
mod invoice;
mod line;
mod order;
mod party;
mod segment;
mod ship_notice;
mod shipping_order;
mod value;
mod xml;

pub use control::{Address, Control, Direction};

use control::Family;
use portway_documents::carried::{NotCarried, not_carried};
use portway_documents::reference::CodeList;
use portway_documents::{Document, DocumentKind, Text};
use portway_edi::finding::Place;
use portway_edi::{Finding, Severity};
use segment::Segment;
use std::fmt;
use std::io::BufRead;
use value::{Reading, Writing, scheme_of};

/// An IDoc as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Idoc {
    pub control: Control,
    pub document: Document,
    /// Days, times, numbers and units that could not be read.
    pub findings: Vec<Finding>,
}

/// How much one IDoc may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub bytes: u64,
    /// Elements within each other.
    pub depth: usize,
    pub elements: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 64 << 20, depth: 16, elements: 1_000_000 }
    }
}

/// Whether the XML is for people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// All on one line.
    #[default]
    Compact,
    /// An element a line.
    Indented,
}

/// Why an IDoc could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// No IDoc in the file.
    Empty,
    Malformed {
        offset: u64,
        message: String,
    },
    DocType {
        offset: u64,
    },
    Entity {
        offset: u64,
        name: String,
    },
    Encoding(String),
    TooLarge(String),
    /// The input itself failed.
    Input(String),
    /// No document for its type and message. The IDocs after it can be read.
    Unknown {
        number: String,
        idoc_type: String,
        message: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Empty => {
                f.write_str("there is no IDoc in the file: the sender sends elements IDOC within one element")
            }
            ReadError::Malformed { offset, message } => {
                write!(f, "no well-formed IDoc XML at byte {offset}: {message}; the sender corrects it")
            }
            ReadError::DocType { offset } => {
                write!(f, "there is a DOCTYPE at byte {offset}, which is refused; the sender leaves it out")
            }
            ReadError::Entity { offset, name } => write!(
                f,
                "the entity &{name}; at byte {offset} is none of the five of XML, and is refused; the sender writes the character"
            ),
            ReadError::Encoding(encoding) => {
                write!(f, "the file declares the encoding {encoding}; the sender sends UTF-8")
            }
            ReadError::TooLarge(what) => {
                write!(f, "the IDoc is too large: {what}; the sender divides it, or we raise the limit")
            }
            ReadError::Input(message) => write!(f, "the input cannot be read: {message}"),
            ReadError::Unknown { number, idoc_type, message } => write!(
                f,
                "the IDoc {number} of type {idoc_type:?} with message {message:?} becomes no document: known are ORDERS05 (ORDERS, \
                 ORDCHG, ORDRSP), DELVRY03 (DESADV, SHPORD, WHSORD) and INVOIC02 (INVOIC); the sender sends one of these"
            ),
        }
    }
}

impl std::error::Error for ReadError {}

/// Why a document could not be written as an IDoc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// No IDoc type for the kind of document.
    NoType(DocumentKind),
    /// The control record names a type or message that is not of this document.
    OtherType { idoc_type: String, message: String, kind: DocumentKind },
    /// What was written could not be read back: our mistake.
    Unreadable(String),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::NoType(kind) => {
                write!(f, "there is no IDoc type for a document of kind {}", kind.name())
            }
            WriteError::OtherType { idoc_type, message, kind } => write!(
                f,
                "a document of kind {} is no {message} of {idoc_type}: leave both out of the control record, or name its own",
                kind.name()
            ),
            WriteError::Unreadable(why) => {
                write!(f, "the IDoc cannot be read back, which is our mistake: {why}")
            }
        }
    }
}

impl std::error::Error for WriteError {}

/// The IDocs of a file, one after another.
pub fn read<R: BufRead>(input: R) -> Idocs<R> {
    read_within(input, Limits::default())
}

pub fn read_within<R: BufRead>(input: R, limits: Limits) -> Idocs<R> {
    Idocs { reader: xml::IdocReader::new(input, limits) }
}

/// See [`read`].
pub struct Idocs<R> {
    reader: xml::IdocReader<R>,
}

impl<R: BufRead> Iterator for Idocs<R> {
    type Item = Result<Idoc, ReadError>;

    fn next(&mut self) -> Option<Result<Idoc, ReadError>> {
        Some(self.reader.next_idoc()?.and_then(document))
    }
}

fn document(mut root: Segment) -> Result<Idoc, ReadError> {
    let control = control_record::read(&mut root);
    let unknown = || ReadError::Unknown {
        number: control.number.to_string(),
        idoc_type: control.idoc_type.to_string(),
        message: control.message.to_string(),
    };
    let kind = kind_of(&control, &root).ok_or_else(unknown)?;
    let mut r = Reading::new(kind, control.direction, &control.number);
    let (root_ref, reading) = (&mut root, &mut r);
    let mut document = match kind {
        DocumentKind::PurchaseOrder => {
            Document::PurchaseOrder(Box::new(order::read_order(root_ref, reading)))
        }
        DocumentKind::OrderChange => Document::OrderChange(Box::new(order::read_change(root_ref, reading))),
        DocumentKind::OrderResponse => {
            Document::OrderResponse(Box::new(order::read_response(root_ref, reading)))
        }
        DocumentKind::ShipNotice => Document::ShipNotice(Box::new(ship_notice::read(root_ref, reading))),
        DocumentKind::WarehouseShippingOrder => {
            Document::WarehouseShippingOrder(Box::new(shipping_order::read(root_ref, reading)))
        }
        DocumentKind::Invoice => Document::Invoice(Box::new(invoice::read(root_ref, reading))),
        DocumentKind::CreditNote => Document::CreditNote(Box::new(invoice::read(root_ref, reading))),
        _ => return Err(unknown()),
    };
    root.left_over(None, document.unmapped_mut());
    Ok(Idoc { control, document, findings: r.findings })
}

/// The kind of document that an IDoc is: its type says the family, its message which of it.
fn kind_of(control: &Control, root: &Segment) -> Option<DocumentKind> {
    let family = control.family()?;
    Some(match (family, control.message.as_str()) {
        (Family::Orders, "ORDERS") => DocumentKind::PurchaseOrder,
        (Family::Orders, "ORDCHG") => DocumentKind::OrderChange,
        (Family::Orders, "ORDRSP") => DocumentKind::OrderResponse,
        (Family::Delivery, "DESADV") => DocumentKind::ShipNotice,
        (Family::Delivery, "SHPORD" | "WHSORD") => DocumentKind::WarehouseShippingOrder,
        (Family::Invoice, "INVOIC") => {
            let first = root.segments.iter().find(|s| s.name == "E1EDK01");
            match first.and_then(|s| s.get("BSART")) {
                Some("CRME") => DocumentKind::CreditNote,
                _ => DocumentKind::Invoice,
            }
        }
        _ => return None,
    })
}

/// The usual type of a kind, and its messages, the usual one first.
fn types_of(kind: DocumentKind) -> Option<(&'static str, Family, &'static [&'static str])> {
    Some(match kind {
        DocumentKind::PurchaseOrder => ("ORDERS05", Family::Orders, &["ORDERS"]),
        DocumentKind::OrderChange => ("ORDERS05", Family::Orders, &["ORDCHG"]),
        DocumentKind::OrderResponse => ("ORDERS05", Family::Orders, &["ORDRSP"]),
        DocumentKind::ShipNotice => ("DELVRY03", Family::Delivery, &["DESADV"]),
        DocumentKind::WarehouseShippingOrder => ("DELVRY03", Family::Delivery, &["SHPORD", "WHSORD"]),
        DocumentKind::Invoice | DocumentKind::CreditNote => ("INVOIC02", Family::Invoice, &["INVOIC"]),
        _ => return None,
    })
}

/// One IDoc of a document, in a file of its own, and what it does not carry of the document. Type and message may be left out of
/// the control record.
///
/// # Errors
/// The document has no IDoc type, or the control record names another's.
pub fn write(
    document: &Document,
    control: &Control,
    layout: Layout,
) -> Result<(Vec<u8>, Vec<Finding>), WriteError> {
    let kind = document.kind();
    let (usual_type, family, messages) = types_of(kind).ok_or(WriteError::NoType(kind))?;
    let mut control = control.clone();
    if control.idoc_type.is_empty() {
        control.idoc_type = Text::new_static(usual_type);
    }
    if control.message.is_empty() {
        control.message = Text::new_static(messages[0]);
    }
    if control.family() != Some(family) || !messages.contains(&control.message.as_str()) {
        let (idoc_type, message) = (control.idoc_type.to_string(), control.message.to_string());
        return Err(WriteError::OtherType { idoc_type, message, kind });
    }
    let ours = document.code_list() == Some(CodeList::Idoc);
    let w = Writing { ours, scheme: scheme_of(kind, control.direction) };
    let mut root = Segment::new("IDOC");
    root.push(control_record::write(&control));
    match document {
        Document::PurchaseOrder(order) => order::write_order(order, &mut root, &w),
        Document::OrderChange(change) => order::write_change(change, &mut root, &w),
        Document::OrderResponse(response) => order::write_response(response, &mut root, &w),
        Document::ShipNotice(notice) => ship_notice::write(notice, &mut root, &w),
        Document::WarehouseShippingOrder(order) => shipping_order::write(order, &mut root, &w),
        Document::Invoice(invoice) => invoice::write(invoice, false, &mut root, &w),
        Document::CreditNote(invoice) => invoice::write(invoice, true, &mut root, &w),
        _ => return Err(WriteError::NoType(kind)),
    }
    let bytes = xml::write(&control.idoc_type, &root, layout);
    let back = read(bytes.as_slice()).next().ok_or_else(|| WriteError::Unreadable("no IDoc".to_owned()))?;
    let back = back.map_err(|error| WriteError::Unreadable(error.to_string()))?;
    if back.document.kind() != kind {
        return Err(WriteError::Unreadable(format!("it became a {}", back.document.kind().name())));
    }
    let mut findings = told(&control, not_carried(document, &back.document), ours);
    findings.extend(back.findings);
    Ok((bytes, findings))
}

/// A finding for each value that was lost; one note for all codes of another standard, which have no meaning in an IDoc.
fn told(control: &Control, lacking: Vec<NotCarried>, ours: bool) -> Vec<Finding> {
    let is_code = |n: &NotCarried| {
        let last =
            n.pointer.rsplit('/').find(|part| !part.bytes().all(|b| b.is_ascii_digit())).unwrap_or_default();
        last == "code" || last.ends_with("_code") || last.ends_with("_codes") || last == "original_unit"
    };
    let (codes, values): (Vec<_>, Vec<_>) = lacking.into_iter().partition(|n| !ours && is_code(n));
    let finding = |severity, message: String| {
        let mut finding = Finding::new(finding::NOT_CARRIED, severity, Place::default(), message);
        finding.help = finding::explain(finding.code.0).map(|e| e.fix.to_owned());
        finding
    };
    let idoc_type = &control.idoc_type;
    let told = values.into_iter().map(|n| {
        finding(Severity::Warning, format!("{} is not carried by {idoc_type}", n.pointer))
            .with_value(n.value.as_bytes())
    });
    let mut findings: Vec<Finding> = told.collect();
    if !codes.is_empty() {
        let named: Vec<String> =
            codes.iter().take(5).map(|n| format!("{} ({})", n.pointer, n.value)).collect();
        let message = format!(
            "{} codes of another standard have no word of ours and are not carried by {idoc_type}: {}{}",
            codes.len(),
            named.join(", "),
            if codes.len() > named.len() { ", and more" } else { "" }
        );
        findings.push(finding(Severity::Note, message));
    }
    findings
}
