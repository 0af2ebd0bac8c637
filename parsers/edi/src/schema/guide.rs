//! A partner's guide: what two partners agreed on beyond the standard, laid over a set when it is validated.
//!
//! ```toml
//! [guide.850]
//! characters = "extended"               # basic, extended, utf-8: others are findings
//! mandatory = ["N104", "PO1-03"]        # elements that must be there whenever their segment is
//! mandatory_segments = ["REF", "PO1/PID"]  # segments or loops that must be there, in the set or in each loop PO1
//! unused = ["PO104"]                    # elements that stay empty
//! unused_segments = ["PWK"]             # segments that do not come
//! extra_segments = ["ZA"]               # segments that may come anywhere, though the set has no place for them
//! tolerated = ["X1208", "X1205 N102"]   # codes of findings, everywhere or at one element: noted, never answered
//! codes.PO103 = ["EA", "CA"]            # of the code list, only these
//! extra_codes.PO106 = ["ZY"]            # beside the code list, these too
//! longest.N102 = 35                     # characters
//! ```
//! An element is named as the standard does: `PO103`, `N104`, `SLN05-1` for a component, or `PO1-03`. A guide only adds and
//! takes away findings: the tree of the set is the same with and without one.

use super::validate::Sink;
use super::{Dictionary, Holds, Loop, Schema, Validated};
use crate::finding::{self, Answer, Code, Finding, Severity};
use crate::interchange::{Standard, TransactionSet};
use crate::segment::Segment;
use crate::x12::characters::CharacterSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What was agreed on for one set. Empty: the standard as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guide {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub characters: Option<CharacterSet>,
    pub mandatory: BTreeSet<Address>,
    pub mandatory_segments: BTreeSet<Required>,
    pub unused: BTreeSet<Address>,
    pub unused_segments: BTreeSet<String>,
    pub extra_segments: BTreeSet<String>,
    pub tolerated: BTreeSet<Tolerated>,
    pub codes: BTreeMap<Address, BTreeSet<String>>,
    pub extra_codes: BTreeMap<Address, BTreeSet<String>>,
    pub longest: BTreeMap<Address, u32>,
}

/// An element of a segment, or a component of one: `PO103`, `SLN05-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    pub segment: String,
    /// From 1.
    pub element: u16,
    pub component: Option<u16>,
}

/// A segment that must be there, or a loop by its first segment: in the set itself, or in each loop of a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Required {
    pub within: Option<String>,
    pub segment: String,
}

/// A code of findings, everywhere or at one element.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tolerated {
    pub code: String,
    pub at: Option<Address>,
}

impl std::str::FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Address, String> {
        let read = || {
            let (named, component) = match text.split_once('-') {
                // PO1-03: the dash stands before the element. In SLN05-1 five characters stand before it.
                Some((segment, rest)) if segment.len() <= 3 => match rest.split_once('-') {
                    Some((element, component)) => (format!("{segment}{element}"), Some(component)),
                    None => (format!("{segment}{rest}"), None),
                },
                Some((named, component)) => (named.to_string(), Some(component)),
                None => (text.to_string(), None),
            };
            let at = named.len().checked_sub(2).filter(|at| matches!(at, 2 | 3) && named.is_ascii())?;
            let element = named[at..].parse().ok().filter(|&n: &u16| n > 0)?;
            let component =
                component.map(|c| c.parse().ok().filter(|&n: &u16| n > 0).ok_or(())).transpose().ok()?;
            Some(Address { segment: named[..at].to_uppercase(), element, component })
        };
        read().ok_or_else(|| format!("'{text}' names no element: write PO103, or SLN05-1 for a component"))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{:02}", self.segment, self.element)?;
        self.component.map_or(Ok(()), |component| write!(f, "-{component}"))
    }
}

impl std::str::FromStr for Required {
    type Err = String;

    fn from_str(text: &str) -> Result<Required, String> {
        let (within, segment) =
            text.split_once('/').map_or((None, text), |(within, tag)| (Some(within), tag));
        let named = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
        match within.is_none_or(named) && named(segment) && segment.len() <= 3 {
            true => Ok(Required { within: within.map(str::to_uppercase), segment: segment.to_uppercase() }),
            false => {
                Err(format!("'{text}' names no segment: write REF, or PO1/PID for one in each loop PO1"))
            }
        }
    }
}

impl std::fmt::Display for Required {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.within.as_ref().map_or(Ok(()), |within| write!(f, "{within}/"))?;
        f.write_str(&self.segment)
    }
}

impl std::str::FromStr for Tolerated {
    type Err = String;

    fn from_str(text: &str) -> Result<Tolerated, String> {
        let (code, at) = text.split_once(' ').map_or((text, None), |(code, at)| (code, Some(at)));
        if finding::explain(code).is_none() {
            return Err(format!("'{code}' is no code of a finding"));
        }
        let at = at.map(|at| at.trim().parse()).transpose()?;
        Ok(Tolerated { code: code.to_uppercase(), at })
    }
}

impl std::fmt::Display for Tolerated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.code)?;
        self.at.as_ref().map_or(Ok(()), |at| write!(f, " {at}"))
    }
}

macro_rules! as_text {
    ($type:ident) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
as_text!(Address);
as_text!(Tolerated);
as_text!(Required);

impl Address {
    fn is_of(&self, finding: &Finding) -> bool {
        let place = &finding.place;
        place.segment.as_deref() == Some(&self.segment)
            && place.element == Some(self.element)
            && (self.component.is_none() || place.component == self.component)
    }

    fn value<'a>(&self, segment: &Segment<'a>) -> &'a [u8] {
        match self.component {
            Some(component) => segment.component(self.element.into(), component.into()),
            None => segment.element(self.element.into()),
        }
    }

    fn at(&self) -> (usize, Option<usize>) {
        (self.element.into(), self.component.map(usize::from))
    }
}

impl Guide {
    /// Lays the guide over what the standard found.
    pub(super) fn apply(&self, schema: &Schema, set: &TransactionSet<'_>, validated: &mut Validated<'_>) {
        let dictionary = schema.dictionary;
        validated.findings.retain(|f| !self.allows(f));
        let mut sink = Sink::new(set);
        let mut loops = HashMap::new();
        validated.root.loops.iter().for_each(|inner| note_loops(inner, &mut loops));
        for segment in &set.segments {
            sink.in_loop = loops.get(&segment.position).copied();
            if self.unused_segments.contains(segment.tag()) {
                let message = format!("{} is not used by the partner's guide", segment.tag());
                sink.structure(finding::GUIDE_SEGMENT_UNUSED, segment, sink.in_loop, message);
                continue;
            }
            self.tighten(dictionary, segment, &mut sink);
        }
        if !self.mandatory_segments.is_empty() {
            sink.in_loop = None;
            self.look_for_segments(schema, set, validated, &mut sink);
        }
        let mut found = sink.finish();
        if set.standard == Standard::Edifact {
            found.iter_mut().for_each(answer_in_edifact);
        }
        found.sort_by_key(|f| f.place.position);
        // What the standard forbids already is not said twice.
        let new: Vec<Finding> = found
            .into_iter()
            .filter(|new| !validated.findings.iter().any(|old| same_place(old, new)))
            .collect();
        validated.findings.extend(new);
        validated.findings.sort_by_key(|f| (f.code == finding::MORE_FINDINGS, f.place.position));
        validated.findings.iter_mut().filter(|f| self.tolerates(f)).for_each(|f| {
            f.severity = Severity::Note;
            f.answer = None;
        });
    }

    /// True for what the guide makes right.
    fn allows(&self, finding: &Finding) -> bool {
        match finding.code {
            finding::SEGMENT_UNKNOWN
            | finding::SEGMENT_NOT_IN_SET
            | finding::TAG_UNKNOWN
            | finding::TAG_NOT_IN_MESSAGE => {
                finding.place.segment.as_deref().is_some_and(|s| self.extra_segments.contains(s))
            }
            finding::INVALID_CODE | finding::CODE_INVALID => self.extra_codes.iter().any(|(at, values)| {
                at.is_of(finding) && finding.value.as_deref().is_some_and(|v| values.contains(v.trim_end()))
            }),
            _ => false,
        }
    }

    fn tolerates(&self, finding: &Finding) -> bool {
        self.tolerated
            .iter()
            .any(|t| t.code == finding.code.0 && t.at.as_ref().is_none_or(|at| at.is_of(finding)))
    }

    /// What is missing is told at the segment that comes behind the loop (or at the end of the set) it is missing from.
    fn look_for_segments(
        &self,
        schema: &Schema,
        set: &TransactionSet<'_>,
        validated: &Validated<'_>,
        sink: &mut Sink<'_>,
    ) {
        let known = |tag: &str| {
            let missing = [finding::SEGMENT_MISSING, finding::TAG_MISSING];
            validated
                .findings
                .iter()
                .any(|f| missing.contains(&f.code) && f.place.segment.as_deref() == Some(tag))
        };
        for required in self.mandatory_segments.iter().filter(|r| !known(&r.segment)) {
            let tag = required.segment.as_str();
            let mut places = Vec::new();
            match &required.within {
                None => places.push(&validated.root),
                Some(within) => loops_named(&validated.root, within, &mut places),
            }
            for place in places.into_iter().filter(|place| !place.holds(tag)) {
                let last = last_position(place);
                let next = set.segments.iter().find(|s| required.within.is_some() && s.position > last);
                let Some(next) = next.or(set.segments.last()) else { continue };
                let (code, what) = match schema.has_as_loop(place.id, tag) {
                    true => (finding::GUIDE_LOOP_MISSING, "loop"),
                    false => (finding::GUIDE_SEGMENT_MISSING, "segment"),
                };
                let within = required.within.as_ref().map_or(set.code.as_str(), |_| place.id);
                let message =
                    format!("the {what} {tag} is missing in {within}, and the partner's guide asks for it");
                sink.absent(code, tag, next, required.within.as_ref().map(|_| place.id), message);
            }
        }
    }

    fn tighten(&self, dictionary: &'static Dictionary, segment: &Segment<'_>, sink: &mut Sink<'_>) {
        let tag = segment.tag();
        let mut report = |code: Code, at: &Address, value: &[u8], message: String| {
            let severity = if code == finding::CHARACTER_SET { Severity::Warning } else { Severity::Error };
            sink.element(code, severity, segment, at.at(), reference(dictionary, at), value, message);
        };
        for at in
            self.mandatory.iter().filter(|at| at.segment == tag && at.value(segment).trim_ascii().is_empty())
        {
            report(
                finding::GUIDE_MISSING,
                at,
                b"",
                format!("{at} is missing, and the partner's guide asks for it"),
            );
        }
        for at in self.unused.iter().filter(|at| at.segment == tag) {
            let value = at.value(segment);
            if !value.trim_ascii().is_empty() {
                report(
                    finding::GUIDE_ELEMENT_UNUSED,
                    at,
                    value,
                    format!("{at} is not used by the partner's guide"),
                );
            }
        }
        for (at, values) in self.codes.iter().filter(|(at, _)| at.segment == tag) {
            let value = at.value(segment).trim_ascii_end();
            if !value.is_empty() && !values.iter().any(|v| v.as_bytes() == value) {
                let allowed = values.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                let message = format!(
                    "{at} '{}' is not one of {allowed}, which the partner's guide allows",
                    finding::excerpt(value)
                );
                report(finding::GUIDE_CODE, at, value, message);
            }
        }
        for (at, &longest) in self.longest.iter().filter(|(at, _)| at.segment == tag) {
            let value = at.value(segment).trim_ascii_end();
            let count = std::str::from_utf8(value).map_or(value.len(), |text| text.chars().count());
            if count > longest as usize {
                let message = format!("{at} has {count} characters, the partner's guide allows {longest}");
                report(finding::GUIDE_TOO_LONG, at, value, message);
            }
        }
        if let Some(characters) = self.characters {
            outside(characters, segment, |at, value| {
                let strange: String =
                    String::from_utf8_lossy(value).chars().filter(|&c| !characters.has(c)).take(9).collect();
                let message = format!("{at} holds '{strange}', which the agreed character set does not have");
                report(finding::CHARACTER_SET, at, value, message);
            });
        }
    }
}

/// Each element or component with a character outside the set.
fn outside(characters: CharacterSet, segment: &Segment<'_>, mut each: impl FnMut(&Address, &[u8])) {
    if characters.has_all(segment.bytes) {
        return;
    }
    let repetition = segment.delimiters.repetition;
    for (element, value) in (1u16..).zip(segment.elements()) {
        if segment.binary() == Some(usize::from(element)) {
            continue;
        }
        let component = segment.delimiters.component;
        for repeat in value.split(|&b| Some(b) == repetition) {
            let parts = repeat.split(|&b| b == component).count();
            for (number, part) in (1u16..).zip(repeat.split(|&b| b == component)) {
                if !characters.has_all(part) {
                    let component = (parts > 1).then_some(number);
                    each(&Address { segment: segment.tag().to_string(), element, component }, part);
                }
            }
        }
    }
}

/// In which loop each segment stands, by its position.
fn note_loops(tree: &Loop<'_>, loops: &mut HashMap<u32, &'static str>) {
    loops.extend(tree.segments.iter().map(|segment| (segment.position, tree.id)));
    tree.loops.iter().for_each(|inner| note_loops(inner, loops));
}

/// Each loop of that name: its own, or its first segment's.
fn loops_named<'t, 'a>(tree: &'t Loop<'a>, name: &str, found: &mut Vec<&'t Loop<'a>>) {
    for inner in &tree.loops {
        if inner.is_named(name) {
            found.push(inner);
        }
        loops_named(inner, name, found);
    }
}

fn last_position(tree: &Loop<'_>) -> u32 {
    let own = tree.segments.last().map_or(0, |s| s.position);
    tree.loops.last().map_or(own, |inner| last_position(inner).max(own))
}

impl Schema {
    /// True if the segment stands in such a loop (or the set) only as the first of a loop within.
    fn has_as_loop(&self, within: &str, tag: &str) -> bool {
        let tables = self.table.loops.iter().filter(|table| table.id == within);
        let mut places = tables.flat_map(|table| &table.children).filter(|child| child.id == tag).peekable();
        places.peek().is_some() && places.all(|child| child.inner.is_some())
    }
}

impl Loop<'_> {
    fn is_named(&self, name: &str) -> bool {
        self.id == name || self.segments.first().is_some_and(|s| s.tag() == name)
    }

    /// A segment of its own, or a loop that begins with it.
    fn holds(&self, tag: &str) -> bool {
        self.segments.iter().any(|s| s.tag() == tag) || self.loops.iter().any(|inner| inner.is_named(tag))
    }
}

/// The guide's findings are the same in both standards; a CONTRL answers them in 0085.
fn answer_in_edifact(finding: &mut Finding) {
    let (element, code) = match finding.code {
        finding::GUIDE_SEGMENT_MISSING | finding::GUIDE_LOOP_MISSING => ("UCS02", "13"),
        finding::GUIDE_SEGMENT_UNUSED => ("UCS02", "15"),
        finding::GUIDE_ELEMENT_UNUSED => ("UCD01", "15"),
        finding::GUIDE_MISSING => ("UCD01", "13"),
        finding::GUIDE_TOO_LONG => ("UCD01", "39"),
        finding::CHARACTER_SET => ("UCD01", "21"),
        _ => ("UCD01", "12"),
    };
    if finding.answer.is_some() {
        finding.answer = Some(Answer::new(element, code));
    }
}

fn same_place(one: &Finding, other: &Finding) -> bool {
    let place = |f: &Finding| (f.place.position, f.place.element, f.place.component);
    place(one) == place(other) && one.place.element.is_some()
}

/// The number of the element in the dictionary.
fn reference(dictionary: &'static Dictionary, at: &Address) -> Option<&'static str> {
    let position = dictionary.segment(&at.segment)?.positions.get(usize::from(at.element) - 1)?;
    match (position.holds, at.component) {
        (Holds::Element(e), _) => Some(dictionary.elements[usize::from(e)].id),
        (Holds::Composite(c), None) => Some(dictionary.composites[usize::from(c)].id),
        (Holds::Composite(c), Some(component)) => {
            let position = dictionary.composites[usize::from(c)].positions.get(usize::from(component) - 1)?;
            match position.holds {
                Holds::Element(e) => Some(dictionary.elements[usize::from(e)].id),
                Holds::Composite(_) => None,
            }
        }
    }
}
