//! The documents of a file that one of our systems handed over: JSON, delimited rows, IDocs.
//!
//! Each is read by itself: a faulty one is a list of faults with their places, and the others are read all the same. JSON that is broken
//! as a whole, and XML that breaks off, end the reading there. Bytes to values: nothing here touches files.

use crate::pipeline::outgoing::{Fault, parsed};
use crate::profile::source::{DOCUMENT, Format, PARTNER, SET, Source, set_codes};
use portway_documents::{Document, DocumentKind};
use portway_edi::Finding;
use portway_flat::{Column, ColumnMap, FlatError, Map};
use wildmatch::WildMatch;

/// One document of a file, or what is wrong with it.
pub struct Piece {
    /// Where it stands in the file, for people: `line 3`, `rows 2 to 4`; empty: it is the whole file.
    pub place: String,
    pub read: Result<Read, Vec<Told>>,
}

/// A document that was read.
pub struct Read {
    pub document: Document,
    /// The bytes of it alone; `None`: the file's.
    pub body: Option<Vec<u8>>,
    /// What says in the file whom it is for, and its value: RCVPRN of an IDoc, a column.
    pub receiver: Option<(String, String)>,
    /// Marked as a test.
    pub test: bool,
    /// The rows it was made of, by line.
    rows: Vec<u64>,
}

/// A fault, and its row and column where the file has some.
#[derive(Clone)]
pub struct Told {
    pub fault: Fault,
    pub row: Option<u64>,
    pub column: Option<String>,
}

impl From<Fault> for Told {
    fn from(fault: Fault) -> Told {
        Told { fault, row: None, column: None }
    }
}

/// A fault without a place in the document.
pub fn plain(message: String) -> Told {
    fault(message).into()
}

fn fault(message: String) -> Fault {
    Fault {
        pointer: None,
        element: None,
        position: None,
        code: None,
        severity: "error",
        message,
        value: None,
        help: None,
    }
}

/// What the name of a file says.
pub struct Named {
    pub partner: Option<String>,
    /// Code of a set, as it stands there.
    pub set: Option<String>,
    pub kind: Option<DocumentKind>,
}

/// Partner, kind and set in a file's name, by the pattern of the source; the longest that fit. What the source states itself is not
/// looked for.
///
/// # Errors
/// The name has none of the partners, no kind of document, or no set: a sentence that says so.
pub fn named<'a>(
    source: &Source,
    name: &str,
    partners: impl Iterator<Item = &'a str>,
) -> Result<Named, String> {
    let stated = source.document.as_deref().and_then(DocumentKind::from_name);
    let has = |place: &str| source.pattern.contains(place);
    let mut partners: Vec<Option<&str>> =
        if has(PARTNER) { partners.filter(|id| name.contains(id)).map(Some).collect() } else { vec![None] };
    let mut kinds: Vec<Option<DocumentKind>> =
        if has(DOCUMENT) { DocumentKind::ALL.iter().copied().map(Some).collect() } else { vec![stated] };
    let sets: Vec<Option<&str>> =
        if has(SET) { set_codes().filter(|set| name.contains(set)).map(Some).collect() } else { vec![None] };
    partners.sort_by_key(|id| std::cmp::Reverse(id.unwrap_or_default().len()));
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.map_or("", |kind| kind.name()).len()));
    for (partner, kind) in partners.iter().flat_map(|partner| kinds.iter().map(move |kind| (partner, kind))) {
        for set in &sets {
            let pattern = source.pattern.replace(PARTNER, partner.unwrap_or_default());
            let pattern = pattern.replace(DOCUMENT, kind.map_or("", |kind| kind.name()));
            let pattern = pattern.replace(SET, set.unwrap_or_default());
            if WildMatch::new(&pattern).matches(name) {
                let (partner, set) = (partner.map(str::to_owned), set.map(str::to_owned));
                return Ok(Named { partner, set, kind: *kind });
            }
        }
    }
    let wanted =
        [(PARTNER, "a partner of partners.d"), (DOCUMENT, "a kind of document"), (SET, "the code of a set")];
    let wanted: Vec<&str> =
        wanted.into_iter().filter(|(place, _)| has(place)).map(|(_, what)| what).collect();
    let wanted = if wanted.is_empty() { "what it should" } else { &wanted.join(" and ") };
    Err(format!("the name does not name {wanted}: the pattern is {}", source.pattern))
}

/// How the files of a source are read.
pub enum Reader {
    Json(DocumentKind),
    Csv(Box<(ColumnMap, Map)>),
    Idoc,
}

impl Reader {
    pub fn format(&self) -> Format {
        match self {
            Reader::Json(_) => Format::Json,
            Reader::Csv(_) => Format::Csv,
            Reader::Idoc => Format::Idoc,
        }
    }

    /// The documents of a file, in their order.
    pub fn pieces(&self, bytes: &[u8]) -> Vec<Piece> {
        let mut pieces = match self {
            Reader::Json(kind) => json(*kind, bytes),
            Reader::Csv(map) => csv(&map.1, bytes),
            Reader::Idoc => idocs(bytes),
        };
        if let [Piece { read: Ok(read), .. }] = pieces.as_mut_slice() {
            read.body = None;
        }
        pieces
    }

    /// Faults of a document with their rows and columns, where it was made of rows.
    pub fn placed(&self, read: &Read, faults: Vec<Fault>) -> Vec<Told> {
        let Reader::Csv(map) = self else { return faults.into_iter().map(Told::from).collect() };
        let place = |fault: Fault| {
            let pointer = fault.pointer.clone().unwrap_or_default();
            let column = map
                .0
                .columns
                .iter()
                .find_map(|(name, column)| Some((name.clone(), entry(to(column), &pointer)?)));
            let (column, entry) = column.map_or((None, None), |(name, entry)| (Some(name), entry));
            let row = match entry {
                // Each row made an entry.
                Some(entry) => read.rows.get(entry).copied(),
                None => read.rows.first().copied(),
            };
            Told { fault, row, column }
        };
        faults.into_iter().map(place).collect()
    }
}

fn to(column: &Column) -> &str {
    match column {
        Column::To(to) => to,
        Column::Detailed(detailed) => &detailed.to,
    }
}

/// Whether a pointer is what a column goes to, and of which row's entry: `/lines/-/number` and `/lines/1/number` are, of entry 1.
fn entry(column: &str, pointer: &str) -> Option<Option<usize>> {
    let (mut own, mut others) = (column.split('/'), pointer.split('/'));
    let mut entry = None;
    loop {
        match (own.next(), others.next()) {
            (None, None) => return Some(entry),
            (Some("-"), Some(index)) => entry = Some(index.parse().ok()?),
            (Some(own), Some(other)) if own == other => {}
            _ => return None,
        }
    }
}

/// A document, or one a line: where the first line is a whole value, and there are more.
fn json(kind: DocumentKind, bytes: &[u8]) -> Vec<Piece> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines: Vec<(usize, &[u8])> = bytes
        .split(|byte| *byte == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .collect();
    let is_whole = |line: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    let read = |bytes: &[u8], body: Option<Vec<u8>>| match parsed(kind, bytes) {
        Ok(document) => Ok(Read { document, body, receiver: None, test: false, rows: Vec::new() }),
        Err(faults) => Err(faults.into_iter().map(Told::from).collect()),
    };
    if lines.len() > 1 && is_whole(lines[0].1) {
        let piece = |(index, line): (usize, &[u8])| Piece {
            place: format!("line {}", index + 1),
            read: read(line, Some(line.to_vec())),
        };
        return lines.into_iter().map(piece).collect();
    }
    vec![Piece { place: String::new(), read: read(bytes, None) }]
}

fn csv(map: &Map, bytes: &[u8]) -> Vec<Piece> {
    let piece = |read: Result<portway_flat::Read, portway_flat::FlatErrors>| match read {
        Ok(read) => {
            let place = match read.rows.as_slice() {
                [row] => format!("row {row}"),
                rows => format!("rows {}", rows.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")),
            };
            let body = serde_json::to_vec(&read.document).ok();
            let receiver = map
                .partner_column()
                .map(|column| (format!("column {column:?}"), read.partner.unwrap_or_default()));
            let document = read.document;
            Piece { place, read: Ok(Read { document, body, receiver, test: false, rows: read.rows }) }
        }
        Err(errors) => {
            Piece { place: errors.document, read: Err(errors.errors.into_iter().map(flat).collect()) }
        }
    };
    map.read(bytes).into_iter().map(piece).collect()
}

fn flat(error: FlatError) -> Told {
    Told { fault: fault(error.message), row: error.row, column: error.column }
}

fn idocs(bytes: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (index, read) in portway_idoc::read(bytes).enumerate() {
        let nth = index + 1;
        match read {
            Ok(idoc) => {
                let place = match idoc.control.number.as_str() {
                    "" => format!("IDoc {nth}"),
                    number => format!("IDoc {nth} ({number})"),
                };
                // An order whose quantity cannot be read is a wrong order.
                let read = if idoc.findings.is_empty() {
                    let body = serde_json::to_vec(&idoc.document).ok();
                    let receiver = idoc.control.receiver.partner.to_string();
                    Ok(Read {
                        document: idoc.document,
                        body,
                        receiver: Some(("RCVPRN".to_owned(), receiver)),
                        test: idoc.control.test,
                        rows: Vec::new(),
                    })
                } else {
                    Err(idoc.findings.iter().map(unread).collect())
                };
                pieces.push(Piece { place, read });
            }
            Err(error) => {
                pieces
                    .push(Piece { place: format!("IDoc {nth}"), read: Err(vec![plain(error.to_string())]) });
            }
        }
    }
    pieces
}

/// A value of an IDoc that cannot be read.
fn unread(finding: &Finding) -> Told {
    Fault {
        element: finding.place.segment.clone(),
        position: finding.place.position.map(u64::from),
        code: Some(finding.code.0.to_owned()),
        value: finding.value.clone(),
        help: finding.help.clone(),
        ..fault(finding.message.clone())
    }
    .into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn source(pattern: &str) -> Source {
        let text =
            format!("folder = \"out\"\nfailed = \"failed\"\nformat = \"json\"\npattern = \"{pattern}\"");
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn a_name_says_whom_and_what_it_is() {
        let partners = ["acme", "acme-retail", "zeta"];
        let said = |pattern: &str, name: &str| {
            let named = named(&source(pattern), name, partners.into_iter())?;
            Ok::<_, String>((named.partner.unwrap_or_default(), named.kind.map_or("", |kind| kind.name())))
        };
        let both = "{partner}-{document}-*.json";
        assert_eq!(said(both, "acme-invoice-1.json"), Ok(("acme".to_owned(), "invoice")));
        assert_eq!(
            said(both, "acme-retail-purchase-order-1.json"),
            Ok(("acme-retail".to_owned(), "purchase-order"))
        );
        assert_eq!(said("{partner}_*", "zeta_1.csv"), Ok(("zeta".to_owned(), "")));
        let set =
            |name: &str| Ok::<_, String>(named(&source("{set}_{document}_*"), name, [].into_iter())?.set);
        assert_eq!(set("865_order-change-response_1"), Ok(Some("865".to_owned())));
        assert!(set("999_order-change-response_1").unwrap_err().contains("the code of a set"));
        assert!(
            said(both, "other-invoice-1.json").unwrap_err().contains("a partner of partners.d and a kind")
        );
    }

    #[test]
    fn a_line_is_a_document_where_the_first_is_whole() {
        let order = r#"{"number":"1"}"#;
        let count = |text: String| json(DocumentKind::PurchaseOrder, text.as_bytes()).len();
        assert_eq!(count(order.to_owned()), 1);
        assert_eq!(count(order.replace(':', ":\n")), 1, "over two lines");
        assert_eq!(count(format!("{order}\n\n{order}\r\n")), 2);
        assert_eq!(count(format!("{{\"number\":\n{order}")), 1, "broken as a whole");
        let pieces = json(DocumentKind::PurchaseOrder, format!("{order}\n\n{{\"numbr\":\"2\"}}").as_bytes());
        assert_eq!(pieces[1].place, "line 3");
        assert!(pieces[1].read.is_err());
    }

    #[test]
    fn a_pointer_has_its_column_and_entry() {
        assert_eq!(entry("/lines/-/quantity/unit", "/lines/1/quantity/unit"), Some(Some(1)));
        assert_eq!(entry("/number", "/number"), Some(None));
        assert_eq!(entry("/lines/-/number", "/lines/1/item/number"), None);
        assert_eq!(entry("/number", ""), None);
    }
}
