//! Where in a document an element of what it is written as comes from: for telling the sender of a document which of its fields a
//! partner, or our own validation, finds fault with.
//!
//! Mappings keep no origins; they are found by trying. A field is changed, the document is written again, and what differs is what
//! the field is written to. Fields whose value looks like the element are tried together and by halves, so that a long document
//! takes a dozen writings. Where nothing stands in the element, a value is put there and the set is read: what it became is the
//! field that lacks. All of this is done on an error alone, so that its cost does not matter; it is bounded all the same.
//!
//! Never fails. `None` where the element is a constant of the mapping, or follows from many fields (a count, a sum), or where the
//! place is none that this document is written to.

mod fields;
mod reading;

use crate::mapping::{Tables, Written};
use crate::{Document, DocumentKind, Text};
use fields::{Field, Holds, fields};
use portway_edi::acknowledgement::OurElement;
use portway_edi::schema::Schema;
use serde_json::Value;
use std::cell::Cell;

/// Writings for one question at most.
const MOST: u32 = 600;

/// The JSON pointer (RFC 6901) of what a document is written from at a place of a set: of an element its field, of a whole segment
/// its record. See [`Origins::pointer_of`].
pub fn pointer_of(
    document: &Document,
    schema: &Schema,
    version: &str,
    tables: &Tables,
    place: &OurElement,
) -> Option<String> {
    Origins::of(document, schema, version, tables)?.pointer_of(place)
}

/// A document and the set it is written as, to be asked for the origin of places in it.
pub struct Origins<'a> {
    kind: DocumentKind,
    json: Value,
    fields: Vec<Field>,
    schema: &'a Schema,
    version: &'a str,
    tables: &'a Tables,
    written: Vec<Written>,
    left: Cell<u32>,
}

/// Other values of one field that are tried.
const MOST_OTHERS: usize = 40;

/// Element and component, from 1.
type At = (usize, Option<usize>);

/// What became of an element when fields were changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Changed,
    Same,
    /// Other segments are written, or there is no such document.
    Unclear,
}

impl<'a> Origins<'a> {
    /// `None` where the document does not become that set.
    pub fn of(
        document: &Document,
        schema: &'a Schema,
        version: &'a str,
        tables: &'a Tables,
    ) -> Option<Origins<'a>> {
        let written = crate::write(document, schema, version, tables)?;
        let json = serde_json::to_value(document).ok()?;
        let kind = document.kind();
        let fields = fields(&json, &kind.json_schema());
        Some(Origins { kind, json, fields, schema, version, tables, written, left: Cell::new(MOST) })
    }

    /// The field that an element is written from. A segment without an element, or one that a partner misses, is told by the record
    /// that it is written from, if it is from one alone, else by the first of its fields. An element that lacks is told by the
    /// field that would fill it.
    ///
    /// By segment and occurrence, where the place has them, else by position. Segments that a profile adds are none of the
    /// document: with positions they must be counted out.
    pub fn pointer_of(&self, place: &OurElement) -> Option<String> {
        self.left.set(MOST);
        let at = self.segment(place)?;
        let Some(element) = place.element.map(usize::from).filter(|e| *e > 0) else { return self.record(at) };
        let component = place.component.map(usize::from).filter(|c| *c > 0);
        let part = (element, component);
        if text(&self.written, at, part).is_empty() {
            return self.lacking(at, part);
        }
        self.by_value(at, part).or_else(|| self.by_word(at, part))
    }

    /// The other way about: the first element that changes when a field does. Of a field whose value is not written at all (a unit
    /// without a code) it is the one that another value would be written to. `None` where none is found.
    pub fn element_of(&self, pointer: &str) -> Option<OurElement> {
        let field = self.fields.iter().find(|field| field.pointer == pointer)?;
        field.others().into_iter().take(MOST_OTHERS).find_map(|other| {
            let written = self.written_with(&[(field, other)])?;
            let same_tags = written.len() == self.written.len();
            let at = written.iter().zip(&self.written).position(|(a, b)| a != b).filter(|_| same_tags)?;
            let (new, old) = (written.get(at)?, self.written.get(at)?);
            let part =
                parts(new).into_iter().find(|p| text(&written, at, *p) != text(&self.written, at, *p))?;
            let several = new.elements.get(part.0 - 1).is_some_and(|components| components.len() > 1);
            (new.tag == old.tag).then(|| OurElement {
                segment: new.tag.to_string(),
                position: u32::try_from(at + 2).ok(),
                element: u16::try_from(part.0).ok(),
                component: part.1.filter(|_| several).and_then(|c| u16::try_from(c).ok()),
                ..OurElement::default()
            })
        })
    }

    /// The segment meant, in what is written. ST or UNH is 1, and not among it.
    fn segment(&self, place: &OurElement) -> Option<usize> {
        let is_it =
            |at: &usize| self.written.get(*at).is_some_and(|s| s.tag.eq_ignore_ascii_case(&place.segment));
        if let (Some(occurrence), false) = (place.occurrence, place.segment.is_empty()) {
            let nth = usize::try_from(occurrence).ok()?.checked_sub(1)?;
            return (0..self.written.len()).filter(is_it).nth(nth);
        }
        let at = usize::try_from(place.position?).ok()?.checked_sub(2)?;
        (at < self.written.len() && (place.segment.is_empty() || is_it(&at))).then_some(at)
    }

    /// By fields whose value looks like what is written: first those that are the same, then those of which one holds the other.
    fn by_value(&self, at: usize, part: At) -> Option<String> {
        let value = plain(&text(&self.written, at, part));
        if value.is_empty() {
            return None;
        }
        let holds = |field: &&Field| {
            field.plain != value
                && !field.plain.is_empty()
                && (field.plain.contains(&value) || value.contains(&field.plain))
        };
        let values = || self.fields.iter().filter(|f| f.is_value());
        let same: Vec<&Field> = values().filter(|f| f.plain == value).collect();
        // A day and a time may be written as one: the day is told.
        let (days, others): (Vec<&Field>, Vec<&Field>) =
            values().filter(holds).partition(|f| matches!(f.holds, Holds::Date));
        let found = self.among(&same, at, part).or_else(|| self.together(&same, at, part));
        let found = found.or_else(|| self.among(&days, at, part)).or_else(|| self.together(&days, at, part));
        let found = found.or_else(|| self.among(&others, at, part))?;
        // The unit says more than the partner's code for it.
        let unit = found.pointer.strip_suffix("original_unit").map(|record| format!("{record}unit"));
        let unit = unit.filter(|unit| self.json.pointer(unit).is_some());
        Some(unit.unwrap_or_else(|| found.pointer.clone()))
    }

    /// What a document says in several places is written from all of them: fields of one value that must be changed together. The
    /// outermost of them is told.
    fn together<'f>(&self, candidates: &[&'f Field], at: usize, part: At) -> Option<&'f Field> {
        let changed = |fields: &[&Field]| {
            let changes: Vec<(&Field, Value)> =
                fields.iter().filter_map(|f| Some((*f, f.others().into_iter().next()?))).collect();
            self.tried(&changes, at, part) == Outcome::Changed
        };
        let mut needed = candidates.to_vec();
        if needed.len() < 2 || !changed(&needed) {
            return None;
        }
        let mut size = needed.len() / 2;
        while size > 0 && needed.len() > 1 {
            let mut from = 0;
            while from < needed.len() && needed.len() > 1 {
                let mut fewer = needed.clone();
                fewer.drain(from..needed.len().min(from + size));
                match !fewer.is_empty() && changed(&fewer) {
                    true => needed = fewer,
                    false => from += size,
                }
            }
            size /= 2;
        }
        needed.into_iter().min_by_key(|field| field.pointer.matches('/').count())
    }

    /// The first of these fields that is written there.
    fn among<'f>(&self, candidates: &[&'f Field], at: usize, part: At) -> Option<&'f Field> {
        let outcome = match candidates {
            [] => return None,
            [one] => {
                let others = one.others();
                let mut outcomes = others.iter().map(|other| self.tried(&[(one, other.clone())], at, part));
                outcomes.find(|o| *o == Outcome::Changed).unwrap_or(Outcome::Same)
            }
            several => {
                let first = |field: &'f Field| field.others().into_iter().next().map(|other| (field, other));
                let changes: Vec<(&Field, Value)> = several.iter().filter_map(|field| first(field)).collect();
                self.tried(&changes, at, part)
            }
        };
        match (outcome, candidates) {
            (Outcome::Changed, [one]) => Some(one),
            (Outcome::Same, _) | (Outcome::Unclear, [_]) => None,
            _ => {
                let (first, rest) = candidates.split_at(candidates.len() / 2);
                self.among(first, at, part).or_else(|| self.among(rest, at, part))
            }
        }
    }

    /// A code that a word or a unit is written as: the word stands in the records that the other elements of the segment are
    /// written from, or around them.
    fn by_word(&self, at: usize, part: At) -> Option<String> {
        let beside = self.origins(at, Some(part));
        let depth = |pointer: &str| pointer.matches('/').count();
        let mut words: Vec<(usize, &Field)> = Vec::new();
        for field in self.fields.iter().filter(|f| !f.is_value() || f.is_code()) {
            let record = parent(&field.pointer);
            let own = beside.iter().filter(|origin| is_within(parent(origin), record));
            let below = beside.iter().filter(|origin| is_within(record, parent(origin)));
            // The nearest first: those of the same record, then of the records within and around it.
            let distance = own.chain(below).map(|origin| depth(parent(origin)).abs_diff(depth(record))).min();
            words.extend(distance.map(|distance| (distance, field)));
        }
        words.sort_by_key(|(distance, _)| *distance);
        let words: Vec<&Field> = words.into_iter().map(|(_, field)| field).collect();
        let changes = |fields: &[&Field]| {
            let others = fields.first().map(|field| field.others()).unwrap_or_default();
            others.into_iter().any(|other| {
                let changes: Vec<(&Field, Value)> = fields.iter().map(|f| (*f, other.clone())).collect();
                self.tried(&changes, at, part) == Outcome::Changed
            })
        };
        let alone = words.iter().find(|field| changes(&[field]));
        let found = alone.copied().or_else(|| {
            // A unit that is said of several quantities, which are written as one.
            let units = || words.iter().copied().filter(|f| matches!(f.holds, Holds::Unit));
            let alike = |unit: &Field| units().filter(|other| other.value == unit.value).collect::<Vec<_>>();
            units().find(|unit| alike(unit).len() > 1 && changes(&alike(unit)))
        });
        found.map(|field| field.pointer.clone())
    }

    /// What each element of a segment is written from, but that of one.
    fn origins(&self, at: usize, except: Option<At>) -> Vec<String> {
        let mut origins = Vec::new();
        for part in parts(&self.written[at]) {
            let is_excepted = except.is_some_and(|(element, component)| {
                part.0 == element && (component.is_none() || component == part.1)
            });
            if !is_excepted {
                origins.extend(self.by_value(at, part));
            }
        }
        origins
    }

    fn record(&self, at: usize) -> Option<String> {
        let origins = self.origins(at, None);
        let first = origins.first()?;
        let mut common = parent(first);
        while !origins.iter().all(|origin| is_within(parent(origin), common)) {
            common = parent(common);
        }
        Some(if common.is_empty() { first } else { common }.to_owned())
    }

    /// The field that would fill an element, told in the indices of the document.
    fn lacking(&self, at: usize, part: At) -> Option<String> {
        let found = reading::filled(&self.written, at, part, self.schema, self.version, self.tables)?;
        let shape = without_indices(&found);
        let mut beside = self.origins(at, None);
        // The deepest record around it that the document has as well.
        beside.sort_by_key(|origin| std::cmp::Reverse(parent(origin).len()));
        for origin in &beside {
            let mut record = parent(origin);
            while !record.is_empty() {
                let of_shape = without_indices(record);
                if record.ends_with(|c: char| c.is_ascii_digit()) && is_within(&shape, &of_shape) {
                    let parts = record.matches('/').count();
                    let rest: String = found.split('/').skip(parts + 1).map(|p| format!("/{p}")).collect();
                    return Some(format!("{record}{rest}"));
                }
                record = parent(record);
            }
        }
        Some(found)
    }

    fn written_with(&self, changes: &[(&Field, Value)]) -> Option<Vec<Written>> {
        let mut json = self.json.clone();
        for (field, value) in changes {
            if let Some(place) = json.pointer_mut(&field.pointer) {
                *place = value.clone();
            }
        }
        let document = self.kind.parse(&json.to_string()).ok()?;
        crate::write(&document, self.schema, self.version, self.tables)
    }

    fn tried(&self, changes: &[(&Field, Value)], at: usize, part: At) -> Outcome {
        let Some(left) = self.left.get().checked_sub(1) else { return Outcome::Unclear };
        self.left.set(left);
        let Some(written) = self.written_with(changes) else { return Outcome::Unclear };
        let same_tags = written.len() == self.written.len()
            && written.iter().zip(&self.written).all(|(a, b)| a.tag == b.tag);
        if !same_tags {
            Outcome::Unclear
        } else if text(&written, at, part) == text(&self.written, at, part) {
            Outcome::Same
        } else {
            Outcome::Changed
        }
    }
}

/// What stands there, the components of a whole element one after the other.
fn text(written: &[Written], at: usize, (element, component): At) -> String {
    let components = written.get(at).and_then(|s| s.elements.get(element.wrapping_sub(1)));
    let components = components.map_or(&[][..], Vec::as_slice);
    match component {
        Some(component) => components.get(component - 1).map_or("", Text::as_str).to_owned(),
        None => components.iter().map(Text::as_str).collect(),
    }
}

/// Each part of a segment with something in it.
fn parts(segment: &Written) -> Vec<At> {
    let mut parts = Vec::new();
    for (element, components) in (1..).zip(&segment.elements) {
        let filled = (1..).zip(components).filter(|(_, text)| !text.is_empty());
        parts.extend(filled.map(|(component, _)| (element, Some(component))));
    }
    parts
}

/// Letters and digits alone, without zeros at the ends: a number and a date look the same in each notation.
fn plain(text: &str) -> String {
    let kept: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    match kept.trim_matches('0') {
        "" => kept,
        trimmed => trimmed.to_owned(),
    }
}

fn parent(pointer: &str) -> &str {
    pointer.rfind('/').map_or("", |end| &pointer[..end])
}

/// True if the place is the record, or in it.
fn is_within(pointer: &str, record: &str) -> bool {
    pointer.strip_prefix(record).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn without_indices(pointer: &str) -> String {
    let names = pointer.split('/').skip(1).filter(|part| !part.bytes().all(|b| b.is_ascii_digit()));
    names.map(|part| format!("/{part}")).collect()
}
