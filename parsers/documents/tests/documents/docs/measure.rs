//! Which element reaches which field, measured: each component of each golden input is changed alone, the input mapped anew, and
//! the two documents compared.
//!
//! So the tables of the manual are what the code does, as far as the golden inputs go.
//!
//! Panics on an input that holds no set.

use super::shape::{Place, Shapes};
use crate::changes::{Change, changes};
use crate::sets::{Case, cases, sets};
use portway_documents::DocumentKind;
use portway_edi::Segment;
use portway_edi::interchange::{Event, Limits, Standard};
use portway_edi::reader::Reader;
use portway_edi::schema::{Holds, Loop, Schema};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An element or component of a set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    pub set: String,
    /// The segments that open the loops it stands in, the outermost first.
    pub loops: Vec<String>,
    pub tag: String,
    pub element: u16,
    /// Of a composite.
    pub component: Option<u16>,
}

/// The sources of a field in each standard, with the position they were first seen at.
#[derive(Default)]
pub struct Sources {
    pub x12: BTreeMap<Source, u32>,
    pub edifact: BTreeMap<Source, u32>,
}

pub type Measured = BTreeMap<Place, Sources>;

/// Of the golden cases of these documents.
pub fn measure(shapes: &Shapes, kinds: &[DocumentKind]) -> Measured {
    let cases: Vec<Case> = cases().into_iter().filter(|case| kinds.contains(&case.kind)).collect();
    let share = cases.len().div_ceil(std::thread::available_parallelism().map_or(1, |n| n.get())).max(1);
    let mut measured = Measured::new();
    std::thread::scope(|scope| {
        let parts: Vec<_> = cases
            .chunks(share)
            .map(|cases| {
                scope.spawn(move || {
                    let mut measured = Measured::new();
                    cases.iter().for_each(|case| measure_case(case, shapes, &mut measured));
                    measured
                })
            })
            .collect();
        for part in parts {
            for (place, sources) in part.join().unwrap() {
                let into = measured.entry(place).or_default();
                sources.x12.into_iter().for_each(|(source, position)| note(&mut into.x12, source, position));
                let edifact = sources.edifact.into_iter();
                edifact.for_each(|(source, position)| note(&mut into.edifact, source, position));
            }
        }
    });
    measured
}

/// Notes a source, with the position it is first seen at.
fn note(sources: &mut BTreeMap<Source, u32>, source: Source, position: u32) {
    let first = sources.entry(source).or_insert(position);
    *first = (*first).min(position);
}

fn measure_case(case: &Case, shapes: &Shapes, measured: &mut Measured) {
    let before = case.set();
    let was = before.json();
    let unmapped = before.document.unmapped();
    let root = shapes.roots.iter().find(|r| r.kinds.contains(&case.kind)).unwrap();
    let layout = Layout::of(&case.input);
    // What one line shows, the next shows no better.
    let mut seen = BTreeSet::new();
    for change in changes(&case.input) {
        let Some(source) = layout.source(&before.code, &change) else { continue };
        let left_over = unmapped.iter().any(|u| change.is(u));
        if left_over || !seen.insert((source.clone(), layout.context(&change))) {
            continue;
        }
        let after = sets(&change.input);
        let Some(after) = after.first().filter(|set| root.kinds.contains(&set.document.kind())) else {
            continue;
        };
        let is = after.json();
        for difference in told(differences(&was, &is), &change) {
            let keys: Vec<&str> = difference.keys.iter().map(String::as_str).collect();
            let mut places = shapes.places(root.name(), &keys);
            // The currency in force shows in every amount: that is told of amounts, not of what has them.
            let is_currency =
                keys.last() == Some(&"currency") && matches!(source.tag.as_str(), "CUR" | "CUX");
            if is_currency {
                places.drain(..places.len().saturating_sub(1));
            }
            for place in places {
                let sources = measured.entry(place).or_default();
                let of_standard = match before.standard {
                    Standard::X12 => &mut sources.x12,
                    Standard::Edifact => &mut sources.edifact,
                };
                note(of_standard, source.clone(), change.position);
            }
        }
    }
}

/// How a segment stands in its set.
struct Standing {
    loops: Vec<String>,
    /// What says which thing it is about: its codes, and codes and filled elements of the segments that open its loops.
    context: Vec<String>,
}

/// What stands where in a set.
struct Layout {
    schema: &'static Schema,
    segments: HashMap<u32, Standing>,
}

impl Layout {
    fn of(input: &[u8]) -> Layout {
        let mut reader = Reader::new(input, Limits::default());
        while let Some(event) = reader.next_event().unwrap() {
            if let Event::Set(set) = event {
                let schema = Schema::of(&set).unwrap();
                let mut segments = HashMap::new();
                layout(&schema.validate(&set).root, &mut Vec::new(), &mut Vec::new(), &mut segments);
                return Layout { schema, segments };
            }
        }
        panic!("no set in the input")
    }

    /// `None` where the schema has no place for the segment.
    fn source(&self, set: &str, change: &Change) -> Option<Source> {
        let loops = &self.segments.get(&change.position)?.loops;
        // An element of D.96A may be a composite in D.01B, where it is the first component.
        let newer = Schema::edifact(set, "D:01B:UN");
        let composite = [Some(self.schema), newer].into_iter().flatten().any(|schema| {
            let shape = schema.dictionary().segment(&change.tag);
            let position = shape.and_then(|s| s.positions.get(usize::from(change.element) - 1));
            position.is_some_and(|p| matches!(p.holds, Holds::Composite(_)))
        });
        Some(Source {
            set: set.to_owned(),
            loops: loops.clone(),
            tag: change.tag.clone(),
            element: change.element,
            component: composite.then_some(change.component),
        })
    }

    fn context(&self, change: &Change) -> &[String] {
        self.segments.get(&change.position).map_or(&[], |standing| &standing.context)
    }
}

fn layout(
    node: &Loop<'_>,
    loops: &mut Vec<String>,
    around: &mut Vec<String>,
    out: &mut HashMap<u32, Standing>,
) {
    for segment in &node.segments {
        let context = around.iter().cloned().chain(codes(segment, false)).collect();
        out.insert(segment.position, Standing { loops: loops.clone(), context });
    }
    for inner in &node.loops {
        let opening = inner.segments.first();
        let trigger = opening.map_or(inner.id, |s| s.tag());
        let (length, known) = (loops.len(), around.len());
        // LS only bounds the loops within.
        loops.extend((trigger != "LS").then(|| trigger.to_owned()));
        around.extend(opening.into_iter().flat_map(|segment| codes(segment, true)));
        layout(inner, loops, around, out);
        loops.truncate(length);
        around.truncate(known);
    }
}

/// The codes of a segment: what is short and has letters, and the first value where it is one. `with_filled` lists where other
/// values stand.
fn codes(segment: &Segment<'_>, with_filled: bool) -> Vec<String> {
    let mut codes = Vec::new();
    // These begin with a running number.
    let is_numbered = ["LIN", "PO1", "IT1", "SLN", "HL", "CPS", "LX", "SEQ", "GID"].contains(&segment.tag());
    for element in 1..=segment.elements().count() {
        for (component, value) in segment.components(element).enumerate().filter(|(_, v)| !v.is_empty()) {
            let first = (element, component) == (1, 0) && !is_numbered;
            if value.len() < 4 && (first || value.iter().any(u8::is_ascii_alphabetic)) {
                codes.push(format!("{element}-{component} {}", String::from_utf8_lossy(value)));
            } else if with_filled {
                codes.push(format!("{element}-{component}"));
            }
        }
    }
    codes
}

/// A value that is there in one of two documents alone, or another one in each.
struct Difference {
    keys: Vec<String>,
    /// The record or list around it.
    around: String,
    how: How,
    value: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Altered,
    Gone,
    Come,
}

/// So many fields that differ say nothing of the element.
const MANY: usize = 12;

/// The differences that tell what the element is. Where a value is another one, those beside it belong to it, and all else has
/// only moved. Where values are gone from one place and come to another, the element says where they stand, not what they are.
fn told(differences: Vec<Difference>, change: &Change) -> Vec<Difference> {
    let (was, now) = (String::from_utf8_lossy(&change.was), String::from_utf8_lossy(&change.now));
    let any = |how: How| differences.iter().any(|d| d.how == how);
    let is_itself = |d: &Difference| match d.how {
        How::Altered => true,
        How::Gone => d.value == was,
        How::Come => d.value == now,
    };
    if ["HL", "CPS"].contains(&change.tag.as_str()) {
        // They say how levels lie in each other: of what then lies elsewhere they say nothing.
        let names = ["id", "kind", "kind_code", "child_code", "level_code"];
        let of_level = |key: &str| {
            names.iter().any(|n| key.strip_suffix(n).is_some_and(|k| k.is_empty() || k.ends_with('_')))
        };
        let own = |d: &Difference| d.value == now && d.keys.last().is_some_and(|key| of_level(key));
        return differences.into_iter().filter(own).collect();
    }
    if differences.len() > MANY {
        // It moves whole parts of the document: only its own value is of it.
        let own = |d: &Difference| d.value == if d.how == How::Gone { &was[..] } else { &now[..] };
        return differences.into_iter().filter(own).collect();
    }
    if any(How::Altered) {
        let around: BTreeSet<String> =
            differences.iter().filter(|d| d.how == How::Altered).map(|d| d.around.clone()).collect();
        return differences.into_iter().filter(|d| around.contains(&d.around)).collect();
    }
    let moved = any(How::Gone) && any(How::Come);
    if !moved && !differences.iter().any(is_itself) {
        return differences;
    }
    let itself: Vec<Difference> = differences.into_iter().filter(is_itself).collect();
    // Another field may happen to have the same value; the one meant is gone under its name and has come under it.
    let names = |how: How| -> BTreeSet<Option<String>> {
        itself.iter().filter(|d| d.how == how).map(|d| d.keys.last().cloned()).collect()
    };
    let both: BTreeSet<_> = names(How::Gone).intersection(&names(How::Come)).cloned().collect();
    itself.into_iter().filter(|d| both.is_empty() || both.contains(&d.keys.last().cloned())).collect()
}

fn differences(was: &Value, is: &Value) -> Vec<Difference> {
    let mut list = Vec::new();
    let mut walk = Walk { keys: Vec::new(), pointer: String::new(), list: &mut list };
    walk.compare(Some(was), Some(is));
    list
}

struct Walk<'a> {
    keys: Vec<String>,
    pointer: String,
    list: &'a mut Vec<Difference>,
}

impl Walk<'_> {
    fn compare(&mut self, was: Option<&Value>, is: Option<&Value>) {
        match (was, is) {
            (Some(was), Some(is)) if was == is => {}
            (Some(Value::Object(was)), Some(Value::Object(is))) => {
                let keys: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
                keys.into_iter().for_each(|key| self.within(key, was.get(key), is.get(key)));
            }
            (Some(Value::Object(map)), None) => map.iter().for_each(|(k, v)| self.within(k, Some(v), None)),
            (None, Some(Value::Object(map))) => map.iter().for_each(|(k, v)| self.within(k, None, Some(v))),
            (Some(Value::Array(was)), Some(Value::Array(is))) => self.compare_lists(was, is),
            (Some(Value::Array(list)), None) => self.compare_lists(list, &[]),
            (None, Some(Value::Array(list))) => self.compare_lists(&[], list),
            (was, is) => {
                let how = match (was, is) {
                    (Some(_), Some(_)) => How::Altered,
                    (Some(_), None) => How::Gone,
                    _ => How::Come,
                };
                let value = was.filter(|_| how == How::Gone).or(is).unwrap_or(&Value::Null);
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let around = self.pointer.rsplit_once('/').map_or("", |(around, _)| around).to_owned();
                self.list.push(Difference { keys: self.keys.clone(), around, how, value });
            }
        }
    }

    /// Entries that are equal stand for each other, wherever they stand; the others are compared in their order.
    fn compare_lists(&mut self, was: &[Value], is: &[Value]) {
        let mut come: Vec<&Value> = is.iter().collect();
        let mut gone = Vec::new();
        for (index, value) in was.iter().enumerate() {
            match come.iter().position(|other| *other == value) {
                Some(at) => drop(come.remove(at)),
                None => gone.push((index, value)),
            }
        }
        for at in 0..gone.len().max(come.len()) {
            let index = gone.get(at).map_or(was.len() + at, |(index, _)| *index);
            let length = self.pointer.len();
            self.pointer.push_str(&format!("/{index}"));
            self.compare(gone.get(at).map(|(_, value)| *value), come.get(at).copied());
            self.pointer.truncate(length);
        }
    }

    fn within(&mut self, key: &str, was: Option<&Value>, is: Option<&Value>) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(key);
        self.keys.push(key.to_owned());
        self.compare(was, is);
        self.keys.pop();
        self.pointer.truncate(length);
    }
}
