//! The dictionary of one version or directory: segments, composites, elements and code lists, compiled from its schema files.
//!
//! ```text
//! segments.schema   N1 | Party | 01 M 98, 02 X 93, 03 X 66, 04 X 67 | R0203 P0304      (a composite has its id C001 in front)
//! elements.schema   98 ID 2 3 Role of the party
//! codes.schema      98: 01 02 03 ...        116: external
//! EDIFACT:          1004 an..35 Document number        (the representation has type and lengths in it)
//! ```
//! Text lives as long as the process, so that nothing in here is copied. A line that cannot be read is an error with its
//! file and number; shipped files are tested to have none.

use super::codes::Codes;
use crate::interchange::Standard;
use std::collections::HashMap;

/// Why a schema file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    pub file: &'static str,
    /// Counted from 1.
    pub line: usize,
    pub message: String,
}

impl std::fmt::Display for SchemaError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for SchemaError {}

/// Data element types (X12.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numeric with so many implied decimals.
    Numeric(u8),
    Decimal,
    Identifier,
    Text,
    Date,
    Time,
    Binary,
    /// `a` of EDIFACT: no digits.
    Alphabetic,
    /// `n` of EDIFACT: digits, a sign, a decimal mark.
    Number,
    /// `an` of EDIFACT.
    Alphanumeric,
}

impl Kind {
    fn read(text: &str) -> Option<Kind> {
        Some(match text {
            "R" => Kind::Decimal,
            "ID" => Kind::Identifier,
            "AN" => Kind::Text,
            "DT" => Kind::Date,
            "TM" => Kind::Time,
            "B" => Kind::Binary,
            // R2 and the like: a decimal, whatever number of decimals is usual.
            _ if text.starts_with('R') => Kind::Decimal,
            _ => Kind::Numeric(text.strip_prefix('N')?.parse().ok()?),
        })
    }

    /// `an..35`, `n3`, `a..3`: kind, shortest, longest.
    fn read_representation(text: &str) -> Option<(Kind, u32, u32)> {
        let digits = text.find(|c: char| !c.is_ascii_alphabetic())?;
        let (kind, extent) = text.split_at(digits);
        let kind = match kind {
            "a" => Kind::Alphabetic,
            "n" => Kind::Number,
            "an" => Kind::Alphanumeric,
            _ => return None,
        };
        match extent.strip_prefix("..") {
            Some(max) => Some((kind, 1, max.parse().ok()?)),
            None => extent.parse().ok().map(|length| (kind, length, length)),
        }
    }
}

#[derive(Debug)]
pub struct Element {
    /// Reference number, `355`.
    pub id: &'static str,
    pub title: &'static str,
    /// As the table has it: `N2`, `ID`.
    pub type_name: &'static str,
    pub kind: Kind,
    /// Shortest and longest, in characters; sign and decimal point do not count.
    pub min: u32,
    pub max: u32,
    /// `None` where any value will do: no coded element, or a list kept by another body.
    pub codes: Option<Codes>,
    /// What it has to do with check digits and formats of dates.
    pub checked: Checked,
}

/// Elements that name a kind of number or date, and those that hold one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    No,
    /// 235, 66, 88, 1250: the next element is of this kind.
    Qualifier,
    /// 234, 67, 87, 1251: what the qualifier before it says.
    Qualified,
}

impl Checked {
    fn of(element: &str) -> Checked {
        match element {
            "235" | "66" | "88" | "1250" => Checked::Qualifier,
            "234" | "67" | "87" | "1251" => Checked::Qualified,
            _ => Checked::No,
        }
    }
}

/// What stands at one position of a segment or composite.
#[derive(Debug, Clone, Copy)]
pub struct Position {
    /// As the table has it: `M`, `O` (`C` in EDIFACT), or `X` where a syntax note decides.
    pub requirement: char,
    pub holds: Holds,
    pub max_repeat: u32,
}

/// Indices into the dictionary.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    Element(u16),
    Composite(u16),
}

/// A syntax note (X12.6): `P0304` is `Paired` over positions 3 and 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    pub rule: Rule,
    /// Bit n-1 for position n.
    pub positions: u64,
    /// The one of C and L that the others depend on; 0 for the rest.
    pub first: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// P: all or none.
    Paired,
    /// R: at least one.
    Required,
    /// E: one at most.
    Exclusive,
    /// C: the first asks for all others.
    Conditional,
    /// L: the first asks for one of the others.
    ListConditional,
}

/// A segment or a composite.
#[derive(Debug)]
pub struct Shape {
    pub id: &'static str,
    pub title: &'static str,
    pub positions: Vec<Position>,
    pub notes: Vec<Note>,
    /// Bit n-1 for each mandatory position n.
    pub mandatory: u64,
    /// The same for elements that name a code list (1131), and those that say who keeps it (3055).
    pub list_names: u64,
    pub list_keepers: u64,
}

#[derive(Debug)]
pub struct Dictionary {
    pub standard: Standard,
    /// `004010`, `d96a`.
    pub version: &'static str,
    pub segments: Vec<Shape>,
    pub composites: Vec<Shape>,
    pub elements: Vec<Element>,
    /// Segment ids the version has, but no shape here.
    pub known: Vec<&'static str>,
}

/// The lines that say something, with their numbers.
pub(super) fn lines(text: &'static str) -> impl Iterator<Item = (usize, &'static str)> {
    (1..).zip(text.lines()).filter(|(_, l)| !l.trim().is_empty() && !l.trim_start().starts_with('#'))
}

impl Dictionary {
    /// # Errors
    /// The first line that cannot be read.
    pub fn compile(
        version: &'static str,
        segments: &'static str,
        elements: &'static str,
        codes: &'static str,
    ) -> Result<Dictionary, SchemaError> {
        let mut dictionary = Dictionary {
            standard: Standard::X12,
            version,
            segments: Vec::new(),
            composites: Vec::new(),
            elements: Vec::new(),
            known: Vec::new(),
        };
        let mut lists = read_codes(codes)?;
        let mut ids = HashMap::new();
        for (line, text) in lines(elements) {
            let fail =
                |m: &str| SchemaError { file: "elements.schema", line, message: format!("{m}: {text}") };
            let element =
                read_element(text, &mut lists).ok_or_else(|| fail("expected `id type min max title`"))?;
            if matches!(element.kind, Kind::Alphabetic | Kind::Number | Kind::Alphanumeric) {
                dictionary.standard = Standard::Edifact;
            }
            ids.insert(element.id, Holds::Element(dictionary.elements.len() as u16));
            dictionary.elements.push(element);
        }
        // Composites first: segments refer to them.
        for composites in [true, false] {
            for (line, text) in lines(segments) {
                let fail = |message: String| SchemaError { file: "segments.schema", line, message };
                if let Some(known) = text.strip_prefix("known ") {
                    if !composites {
                        dictionary.known.extend(known.split_whitespace());
                    }
                    continue;
                }
                let shape = match is_composite(text) == composites {
                    true => read_shape(text, &ids).map_err(fail)?,
                    false => continue,
                };
                if composites {
                    ids.insert(shape.id, Holds::Composite(dictionary.composites.len() as u16));
                    dictionary.composites.push(shape);
                } else {
                    dictionary.segments.push(shape);
                }
            }
        }
        dictionary.segments.sort_by_key(|s| s.id);
        Ok(dictionary)
    }

    pub fn segment(&self, id: &str) -> Option<&Shape> {
        self.segments.binary_search_by(|s| s.id.cmp(id)).ok().map(|at| &self.segments[at])
    }

    pub fn element(&self, id: &str) -> Option<&Element> {
        self.elements.iter().find(|e| e.id == id)
    }
}

/// `C001`: composites have four characters, segments two or three.
fn is_composite(line: &str) -> bool {
    line.split(' ').next().is_some_and(|id| id.len() == 4)
}

fn read_codes(text: &'static str) -> Result<HashMap<&'static str, Vec<&'static str>>, SchemaError> {
    let mut lists: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
    let mut current = None;
    for (line, text) in lines(text) {
        let fail = |message: &str| SchemaError { file: "codes.schema", line, message: message.to_string() };
        let values = match text.starts_with(' ') {
            true => text,
            false => {
                let (id, values) = text.split_once(':').ok_or_else(|| fail("expected `id: values`"))?;
                current = Some(id);
                values
            }
        };
        let id = current.ok_or_else(|| fail("values before the first id"))?;
        if values.trim() != "external" {
            lists.entry(id).or_default().extend(values.split_whitespace());
        }
    }
    Ok(lists)
}

fn read_element(line: &'static str, lists: &mut HashMap<&'static str, Vec<&'static str>>) -> Option<Element> {
    let (id, rest) = line.split_once(' ')?;
    let (type_name, rest) = rest.split_once(' ')?;
    let (kind, min, max, title) = match Kind::read_representation(type_name) {
        Some((kind, min, max)) => (kind, min, max, rest),
        None => {
            let mut words = rest.splitn(3, ' ');
            let (min, max) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            (Kind::read(type_name)?, min, max, words.next()?)
        }
    };
    let codes = lists.remove(id).map(Codes::new);
    Some(Element { id, title, type_name, kind, min, max, codes, checked: Checked::of(id) })
}

fn read_shape(line: &'static str, ids: &HashMap<&'static str, Holds>) -> Result<Shape, String> {
    let mut fields = line.split(" | ");
    let (Some(id), Some(title), Some(body)) = (fields.next(), fields.next(), fields.next()) else {
        return Err("expected `id | title | positions | notes`".to_string());
    };
    let mut positions = Vec::new();
    let (mut list_names, mut list_keepers) = (0, 0);
    for (at, text) in (1usize..).zip(body.split(", ")) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [number, requirement, element, ref repeat @ ..] = words[..] else {
            return Err(format!("expected `position requirement element`: {text}"));
        };
        if number.parse() != Ok(at) || at > 64 {
            return Err(format!("position {number} is out of order"));
        }
        let holds = *ids.get(element).ok_or_else(|| format!("element {element} is not defined"))?;
        let max_repeat = match repeat {
            [] => Some(1),
            [times] => times.strip_prefix('x').and_then(|n| n.parse().ok()),
            _ => None,
        };
        let requirement = requirement.chars().next().filter(|c| matches!(c, 'M' | 'O' | 'C' | 'X'));
        let (Some(requirement), Some(max_repeat)) = (requirement, max_repeat) else {
            return Err(format!("position {number} cannot be read: {text}"));
        };
        list_names |= u64::from(element == "1131") << positions.len();
        list_keepers |= u64::from(element == "3055") << positions.len();
        positions.push(Position { requirement, holds, max_repeat });
    }
    let mut notes = Vec::new();
    for text in fields.next().unwrap_or("").split_whitespace() {
        let read = match text.starts_with('D') {
            true => read_dependency(text, positions.len()),
            false => read_note(text, positions.len()).map(|note| vec![note]),
        };
        notes.extend(read.ok_or_else(|| format!("syntax note {text} cannot be read"))?);
    }
    let mandatory =
        positions.iter().enumerate().filter(|(_, p)| p.requirement == 'M').fold(0, |m, (at, _)| m | 1 << at);
    Ok(Shape { id, title, positions, notes, mandatory, list_names, list_keepers })
}

/// A dependency note of EDIFACT (ISO 9735, 7): `D5(060,050)`, positions in tens. `D1` one and only one, `D2` all or none, `D3`
/// one or more, `D4` one or none, `D5` if first then all, `D6` if first then at least one more.
fn read_dependency(text: &str, count: usize) -> Option<Vec<Note>> {
    let (kind, list) = text.split_once('(')?;
    let rules: &[Rule] = match kind {
        "D1" => &[Rule::Required, Rule::Exclusive],
        "D2" => &[Rule::Paired],
        "D3" => &[Rule::Required],
        "D4" => &[Rule::Exclusive],
        "D5" => &[Rule::Conditional],
        "D6" => &[Rule::ListConditional],
        _ => return None,
    };
    let mut bits = Vec::new();
    for position in list.strip_suffix(')')?.split(',') {
        let tens: usize = position.parse().ok().filter(|p| p % 10 == 0)?;
        bits.push(1u64 << (Some(tens / 10).filter(|p| (1..=count).contains(p))? - 1));
    }
    let (positions, leading) = (bits.iter().fold(0, |all, bit| all | bit), *bits.first()?);
    let first = |rule| if matches!(rule, Rule::Conditional | Rule::ListConditional) { leading } else { 0 };
    Some(rules.iter().map(|&rule| Note { rule, positions, first: first(rule) }).collect())
}

fn read_note(text: &str, count: usize) -> Option<Note> {
    let rule = match text.chars().next()? {
        'P' => Rule::Paired,
        'R' => Rule::Required,
        'E' => Rule::Exclusive,
        'C' => Rule::Conditional,
        'L' => Rule::ListConditional,
        _ => return None,
    };
    let digits = text.get(1..).filter(|d| d.is_ascii() && d.len() % 2 == 0 && d.len() >= 4)?;
    let mut positions = 0;
    let mut first = 0;
    for at in (0..digits.len()).step_by(2) {
        let position: usize = digits[at..at + 2].parse().ok().filter(|p| (1..=count).contains(p))?;
        let bit = 1 << (position - 1);
        if at == 0 && matches!(rule, Rule::Conditional | Rule::ListConditional) {
            first = bit;
        }
        positions |= bit;
    }
    Some(Note { rule, positions, first })
}
