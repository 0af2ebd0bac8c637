//! A valid sample of any shipped set, made from its schema alone.
//!
//! What the table and the syntax notes ask for is there, and a choice of what people expect to see: parties, dates, lines,
//! totals. Values are the plainest that each element takes; ids, counts and levels agree with each other. The same call
//! yields the same text every time. A sample shows the shape of a set, not a business case.

use super::PartyId;
use super::reader::{Limits, Reader};
use super::writer::{Envelope, InData, Value, WriteError, Writer};
use crate::acknowledgement::Tolerance;
use crate::examination::examine;
use crate::schema::{Dictionary, Element, Holds, Kind, Note, Row, Rule, Schema, Shape, totals_of};
use crate::segment::Delimiters;
use std::ops::Range;

/// One segment of a sample: its elements, each a list of components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleSegment {
    pub tag: &'static str,
    pub elements: Vec<Vec<String>>,
    /// The row of the set's table it stands for, by [`Schema::rows`].
    pub row: usize,
}

/// A whole interchange with one set. `None` when no schema is shipped for it.
pub fn sample(set: &str, version: &str) -> Option<Vec<u8>> {
    let schema = Schema::x12(set, version)?;
    write(schema, version, &segments(schema, Choice::Usual)?).ok()
}

/// The same, with every segment of the table once, and every element that the syntax notes let stand beside the others.
/// Where two loops begin alike, a set that has both cannot be told apart: what finds no place is left out.
pub fn whole(set: &str, version: &str) -> Option<Vec<u8>> {
    let schema = Schema::x12(set, version)?;
    let mut kept = segments(schema, Choice::Whole)?;
    for _ in 0..kept.len() {
        totals(schema.code(), &mut kept);
        let bytes = write(schema, version, &kept).ok()?;
        let misplaced = misplaced(&bytes);
        if misplaced.is_empty() {
            return Some(bytes);
        }
        let mut at = 0;
        kept.retain(|_| {
            at += 1;
            !misplaced.contains(&at)
        });
    }
    None
}

/// Positions of segments without a place.
fn misplaced(bytes: &[u8]) -> Vec<u32> {
    let mut reader = Reader::new(bytes, Limits::default());
    let Ok(examination) = examine(&mut reader, Tolerance::Strict, |_, _| {}) else { return Vec::new() };
    examination.findings().filter(|f| f.answers("AK304")).filter_map(|f| f.place.position).collect()
}

/// What a sample holds beside what it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Every row of the table.
    Whole,
    /// What people expect to see.
    Usual,
    /// Nothing but this row of the table, and the loops around it.
    Row(usize),
}

fn envelope(version: &str) -> Envelope {
    let party = |id: &str| PartyId { qualifier: "ZZ".to_string(), id: id.to_string() };
    let newer = version >= "005010";
    Envelope {
        sender: party("GREENFIELD"),
        receiver: party("ORCHARD"),
        group_sender: "GREENFIELD".to_string(),
        group_receiver: "ORCHARD".to_string(),
        date: "20260105".to_string(),
        time: "0930".to_string(),
        interchange_version: if newer { "00501" } else { "00401" }.to_string(),
        group_version: version.to_string(),
        interchange_control_number: 1,
        group_control_number: 1,
        acknowledgement_requested: false,
        usage: 'T',
        delimiters: Delimiters { repetition: newer.then_some(b'^'), ..Delimiters::X12 },
    }
}

fn write(schema: &Schema, version: &str, segments: &[SampleSegment]) -> Result<Vec<u8>, WriteError> {
    let mut writer = Writer::new(&envelope(version), InData::Refuse)?;
    writer.begin_group(schema.functional_id())?;
    writer.begin_set(schema.code())?;
    for segment in segments.iter().filter(|s| !matches!(s.tag, "ST" | "SE")) {
        let parts: Vec<Vec<&str>> =
            segment.elements.iter().map(|e| e.iter().map(String::as_str).collect()).collect();
        let values: Vec<Value<'_>> = parts.iter().map(|p| Value::Composite(p)).collect();
        writer.segment_of(segment.tag, &values)?;
    }
    writer.finish()
}

/// The segments of a sample, ST and SE included. `None` if syntax notes contradict each other, which no shipped one does.
pub fn segments(schema: &Schema, choice: Choice) -> Option<Vec<SampleSegment>> {
    let rows = schema.rows();
    let mut builder = Builder { schema, rows: &rows, choice, out: Vec::new(), levels: 0, kind: "" };
    builder.children(0..rows.len())?;
    let mut out = builder.out;
    totals(schema.code(), &mut out);
    Some(out)
}

struct Builder<'b> {
    schema: &'b Schema,
    rows: &'b [Row],
    choice: Choice,
    out: Vec<SampleSegment>,
    /// HL so far.
    levels: usize,
    /// HL03 of the level being written.
    kind: &'static str,
}

impl Builder<'_> {
    /// Writes the rows of one loop (or of the set), choosing among them.
    fn children(&mut self, range: Range<usize>) -> Option<()> {
        let depth = self.rows.get(range.start)?.depth;
        for row in range.clone().filter(|&row| self.rows[row].depth == depth) {
            let inner = self.inside(row);
            if !self.rows[row].mandatory && !self.is_chosen(row, &inner) {
                continue;
            }
            match self.rows[row].is_loop {
                false => self.segment(row)?,
                true if self.rows[row].id == "HL" && self.is_usual() => self.levels(inner)?,
                true => self.children(inner)?,
            }
        }
        Some(())
    }

    /// The rows inside a loop; empty for a segment.
    fn inside(&self, row: usize) -> Range<usize> {
        let depth = self.rows[row].depth;
        let end = self.rows[row + 1..].iter().position(|r| r.depth <= depth);
        row + 1..end.map_or(self.rows.len(), |at| row + 1 + at)
    }

    fn is_usual(&self) -> bool {
        self.choice == Choice::Usual
    }

    fn is_chosen(&self, row: usize, inner: &Range<usize>) -> bool {
        match self.choice {
            Choice::Row(wanted) => wanted == row || inner.contains(&wanted),
            Choice::Whole => true,
            Choice::Usual => self.is_expected(row),
        }
    }

    fn is_expected(&self, row: usize) -> bool {
        let Row { id, depth, is_loop, .. } = self.rows[row];
        let around = self.rows[..row].iter().rfind(|r| r.depth < depth).map_or("", |r| r.id);
        match (around, id) {
            ("HL", _) if depth == 1 => match self.kind {
                "S" => matches!(id, "TD5" | "REF" | "DTM"),
                "O" => id == "PRF",
                _ => matches!(id, "LIN" | "SN1"),
            },
            ("", "REF" | "DTM" | "ITD" | "CTT" | "G62") => true,
            ("", "N1" | "PO1" | "IT1" | "LIN" | "POC" | "RCD" | "S5" | "LX" | "ENT") => is_loop,
            ("N1", "N3" | "N4") => true,
            ("PO1" | "IT1", "PID" | "ACK") | ("LIN", "QTY" | "FST") | ("RCD", "LIN") => {
                // The same segment may have several places in a loop: once is enough.
                !self.out.iter().any(|s| s.tag == id && s.row != row)
            }
            _ => false,
        }
    }

    /// Shipment, order, item: each below the one before.
    fn levels(&mut self, inner: Range<usize>) -> Option<()> {
        for kind in ["S", "O", "I"] {
            self.kind = kind;
            self.children(inner.clone())?;
        }
        self.kind = "";
        Some(())
    }

    fn segment(&mut self, row: usize) -> Option<()> {
        let (tag, dictionary) = (self.rows[row].id, self.schema.dictionary());
        let shape = dictionary.segment(tag)?;
        let usual = match (self.is_usual(), tag) {
            (true, "PO1" | "IT1") => positions(&[1, 2, 3, 4, 6, 7]),
            (true, "N1") => positions(&[2, 3]),
            (true, "N4") => positions(&[1, 2, 3, 4]),
            (true, "DTM") => positions(&[2]),
            (true, "PID") => positions(&[5]),
            (true, "ITD") => positions(&[1, 2]),
            _ if self.choice == Choice::Whole => most(shape),
            _ => 0,
        };
        let mut elements = elements(dictionary, shape, usual)?;
        if tag == "HL" {
            self.levels += 1;
            let below = self.is_usual() && self.levels > 1;
            let parent = if below { (self.levels - 1).to_string() } else { String::new() };
            elements = vec![vec![self.levels.to_string()], vec![parent], elements.get(2)?.clone()];
            if self.is_usual() {
                elements[2] = vec![self.kind.to_string()];
            }
        }
        self.out.push(SampleSegment { tag, elements, row });
        Some(())
    }
}

/// As many positions as the notes let stand together, the earlier before the later.
fn most(shape: &Shape) -> u64 {
    let all = (0..shape.positions.len().min(64)).map(|at| 1 << at);
    all.fold(shape.mandatory, |present, next| obey(&shape.notes, present | next).unwrap_or(present))
}

fn positions(numbers: &[u32]) -> u64 {
    numbers.iter().fold(0, |set, n| set | 1 << (n - 1))
}

/// Values for the mandatory elements, those of `wanted` (bit n-1 for position n), and what the syntax notes ask for with
/// them. `None` when no choice obeys them all.
pub fn elements(dictionary: &Dictionary, shape: &Shape, wanted: u64) -> Option<Vec<Vec<String>>> {
    let present = obey(&shape.notes, shape.mandatory | wanted)?;
    let mut elements: Vec<Vec<String>> = Vec::new();
    for (at, position) in shape.positions.iter().enumerate() {
        let components = match (present >> at & 1 == 1, position.holds) {
            (false, _) => vec![String::new()],
            (true, Holds::Element(e)) => vec![value(&dictionary.elements[usize::from(e)])],
            (true, Holds::Composite(c)) => {
                let inner = &dictionary.composites[usize::from(c)];
                let first = if inner.mandatory == 0 { 1 } else { 0 };
                self::elements(dictionary, inner, first)?.into_iter().map(|mut c| c.swap_remove(0)).collect()
            }
        };
        elements.push(components);
    }
    let used = elements.iter().rposition(|e| e.iter().any(|c| !c.is_empty())).map_or(0, |at| at + 1);
    elements.truncate(used);
    Some(elements)
}

/// Adds what the notes ask for, trying each choice they leave.
fn obey(notes: &[Note], present: u64) -> Option<u64> {
    for note in notes {
        let there = note.positions & present;
        let others = note.positions & !note.first;
        let asks_for = match note.rule {
            Rule::Exclusive if there.count_ones() > 1 => return None,
            Rule::Paired if there != 0 && there != note.positions => note.positions,
            Rule::Conditional if present & note.first != 0 && others & present != others => others,
            Rule::Required if there == 0 => return one_of(notes, present, note.positions),
            Rule::ListConditional if present & note.first != 0 && others & present == 0 => {
                return one_of(notes, present, others);
            }
            _ => continue,
        };
        return obey(notes, present | asks_for);
    }
    Some(present)
}

fn one_of(notes: &[Note], present: u64, choices: u64) -> Option<u64> {
    (0..64).filter(|at| choices >> at & 1 == 1).find_map(|at| obey(notes, present | 1 << at))
}

/// Values that read well, by data element; used where they fit.
const USUAL: &[(&str, &str)] = &[
    ("19", "Salem"),
    ("26", "US"),
    ("66", "92"),
    ("67", "0014"),
    ("76", "90001"),
    ("92", "SA"),
    ("93", "Greenfield Garden Centre"),
    ("98", "ST"),
    ("100", "USD"),
    ("116", "97301"),
    ("128", "DP"),
    ("140", "ABCD"),
    ("156", "OR"),
    ("166", "14 Orchard Lane"),
    ("212", "3.25"),
    ("234", "ROSE-12"),
    ("235", "VN"),
    ("324", "4500123"),
    ("330", "4"),
    ("349", "F"),
    ("350", "1"),
    ("352", "Rose bush"),
    ("353", "00"),
    ("355", "EA"),
    ("358", "4"),
    ("374", "002"),
    ("380", "4"),
    ("479", "PO"),
    ("735", "S"),
    ("784", "6"),
    ("1250", "D8"),
    ("1251", "20260105"),
];

/// The plainest value the element takes.
pub fn value(element: &Element) -> String {
    let (min, max) = (element.min as usize, element.max as usize);
    let usual = USUAL.iter().find(|(id, _)| *id == element.id).map(|(_, value)| *value);
    let fits = |value: &&str| {
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        let length = if matches!(element.kind, Kind::Decimal) { digits } else { value.len() };
        (min..=max).contains(&length) && element.codes.as_ref().is_none_or(|c| c.contains(value.as_bytes()))
    };
    if let Some(value) = usual.filter(fits) {
        return value.to_string();
    }
    let filled = |text: &str| text.chars().cycle().take(min.max(text.len().min(max))).collect::<String>();
    match element.kind {
        Kind::Date => if max >= 8 { "20260105" } else { "260105" }.to_string(),
        Kind::Time => filled("0930"),
        Kind::Numeric(_) | Kind::Decimal | Kind::Number => filled("1"),
        Kind::Text | Kind::Binary | Kind::Alphabetic | Kind::Alphanumeric => filled("SAMPLE"),
        Kind::Identifier => match element.codes.as_ref().and_then(|c| c.values().first()) {
            Some(code) => code.to_string(),
            None => filled("X"),
        },
    }
}

/// CTT01 and CTT02 agree with what the sample holds, and TDS01 with its lines.
fn totals(code: &str, segments: &mut [SampleSegment]) {
    let invoiced: u64 = segments.iter().filter(|s| s.tag == "IT1").filter_map(cents).sum();
    for tds in segments.iter_mut().filter(|s| s.tag == "TDS" && invoiced > 0) {
        if let Some(total) = tds.elements.first_mut() {
            *total = vec![invoiced.to_string()];
        }
    }
    let Some((line, holder, element)) = totals_of(code) else { return };
    let lines = segments.iter().filter(|s| s.tag == line).count();
    let quantity = |s: &SampleSegment| s.elements.get(element.checked_sub(1)?)?.first()?.parse::<u64>().ok();
    let sum: u64 = segments.iter().filter(|s| s.tag == holder).filter_map(quantity).sum();
    for ctt in segments.iter_mut().filter(|s| s.tag == "CTT") {
        for (element, total) in ctt.elements.iter_mut().zip([lines as u64, sum]) {
            if element.iter().any(|c| !c.is_empty()) {
                *element = vec![total.to_string()];
            }
        }
    }
}

/// What an IT1 comes to: IT102 times IT104, as TDS01 is written (two decimals, no point).
fn cents(line: &SampleSegment) -> Option<u64> {
    let (whole, part) = line.elements.get(3)?.first()?.split_once('.')?;
    let price = (part.len() == 2).then(|| format!("{whole}{part}").parse::<u64>().ok()).flatten()?;
    Some(line.elements.get(1)?.first()?.parse::<u64>().ok()? * price)
}
