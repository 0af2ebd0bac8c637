//! The segments a document is written as.
//!
//! Values are texts without any escaping: the writers of `portway-edi` know the delimiters. Empty elements at the end are left out,
//! segments without any value too, and loops whose first segment is not the one that opens them.

use super::elements::Word;
use super::{At, Codes, Tables};
use crate::Text;
use portway_edi::Standard;
use portway_edi::schema::Schema;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// One segment to write: its elements, each a list of components (one where it is simple, none where it is empty).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Written {
    pub tag: Text,
    pub elements: Vec<Vec<Text>>,
}

/// A segment, or a loop with what stands in it.
pub(super) enum Out {
    Segment(Written),
    Loop(Vec<Out>),
}

impl Out {
    /// Of a loop its trigger.
    pub(super) fn tag(&self) -> &str {
        match self {
            Out::Segment(segment) => &segment.tag,
            Out::Loop(inner) => inner.first().map_or("", Out::tag),
        }
    }
}

/// One writing of one set.
pub(crate) struct Writing<'m> {
    pub standard: Standard,
    pub version: &'m str,
    /// The codes that stand beside the document's words are of the standard written to.
    pub codes_are_ours: bool,
    pub tables: &'m Tables,
    out: RefCell<Vec<Out>>,
    serials: RefCell<BTreeMap<&'static str, u32>>,
}

impl<'m> Writing<'m> {
    pub(crate) fn new(
        standard: Standard,
        version: &'m str,
        codes_are_ours: bool,
        tables: &'m Tables,
    ) -> Writing<'m> {
        let (out, serials) = (RefCell::default(), RefCell::default());
        Writing { standard, version, codes_are_ours, tables, out, serials }
    }

    /// The segments, in the order of the set's table.
    pub(crate) fn finish(self, schema: &Schema) -> Vec<Written> {
        super::arrange::arrange(self.out.into_inner(), schema)
    }

    pub(super) fn count(&self, tag: &str) -> usize {
        fn count(nodes: &[Out], tag: &str) -> usize {
            let of = |node: &Out| match node {
                Out::Segment(segment) => usize::from(segment.tag == tag),
                Out::Loop(inner) => count(inner, tag),
            };
            nodes.iter().map(of).sum()
        }
        count(&self.out.borrow(), tag)
    }

    pub(super) fn mark(&self) -> usize {
        self.out.borrow().len()
    }

    /// What was put out since `mark` is a loop; nothing of it stays if it does not open with `trigger`.
    pub(super) fn close_loop(&self, mark: usize, trigger: &str) {
        let mut out = self.out.borrow_mut();
        let inner = Out::Loop(out.split_off(mark));
        if inner.tag() == trigger {
            out.push(inner);
        }
    }

    /// The code to write for a word and the code that stands beside it; `None` where this standard has none.
    pub(super) fn code<T: Word>(&self, codes: &Codes<T>, word: T, code: &str) -> Option<Text> {
        if let Some(own) = self.tables.code(codes.name, &word) {
            return Some(Text::new(own));
        }
        if self.codes_are_ours && !code.is_empty() && (codes.word)(code) == word {
            return Some(Text::new(code));
        }
        (codes.code)(word).map(Text::new_static)
    }

    pub(super) fn unit(&self, unit: Option<&str>, original: Option<&str>) -> Option<Text> {
        if let Some(own) = unit.and_then(|unit| self.tables.code_of("unit", unit)) {
            return Some(Text::new(own));
        }
        let of = |code| match self.standard {
            Standard::X12 => crate::x12::units::recommendation_20(code),
            Standard::Edifact => crate::edifact::units::recommendation_20(code),
        };
        if let Some(original) = original.filter(|o| self.codes_are_ours && of(o) == unit) {
            return Some(Text::new(original));
        }
        let unit = unit?;
        let code = match self.standard {
            Standard::X12 => crate::x12::units::of_recommendation_20(unit)?,
            Standard::Edifact => crate::edifact::units::of_recommendation_20(unit)?,
        };
        Some(Text::new_static(code))
    }
}

/// A segment that is being written.
pub(super) struct Draft<'m> {
    pub writing: &'m Writing<'m>,
    tag: &'static str,
    elements: Vec<Vec<Text>>,
    needed: Vec<At>,
    /// Of each open slot: where its needs begin, and what stood before it.
    slots: Vec<(usize, Vec<Vec<Text>>)>,
}

impl<'m> Draft<'m> {
    pub(super) fn new(writing: &'m Writing<'m>, tag: &'static str) -> Draft<'m> {
        Draft { writing, tag, elements: Vec::new(), needed: Vec::new(), slots: Vec::new() }
    }

    pub(super) fn put(&mut self, at: At, value: &str) {
        if value.is_empty() || at.element == 0 {
            return;
        }
        if self.elements.len() < at.element {
            self.elements.resize(at.element, Vec::new());
        }
        let components = &mut self.elements[at.element - 1];
        let component = at.component.max(1);
        if components.len() < component {
            components.resize(component, Text::default());
        }
        // A line end is no data in either standard.
        components[component - 1] = if value.contains(['\r', '\n']) {
            Text::new(value.lines().collect::<Vec<_>>().join(" "))
        } else {
            Text::new(value)
        };
    }

    pub(super) fn value(&self, at: At) -> &str {
        let components = self.elements.get(at.element.wrapping_sub(1));
        components.and_then(|c| c.get(at.component.max(1) - 1)).map_or("", Text::as_str)
    }

    pub(super) fn need(&mut self, at: At) {
        self.needed.push(at);
    }

    pub(super) fn serial(&self) -> u32 {
        let mut serials = self.writing.serials.borrow_mut();
        let count = serials.entry(self.tag).or_default();
        *count += 1;
        *count
    }

    /// What is needed from here on concerns the slot alone.
    pub(super) fn begin_slot(&mut self) {
        self.slots.push((self.needed.len(), self.elements.clone()));
    }

    /// Takes back what the slot wrote if it lacks what it needs.
    pub(super) fn end_slot(&mut self) {
        if let Some((needs, before)) = self.slots.pop() {
            let lacking = self.needed[needs..].iter().any(|at| self.value(*at).is_empty());
            self.needed.truncate(needs);
            if lacking {
                self.elements = before;
            }
        }
    }

    pub(super) fn finish(self) {
        let whole = self.needed.iter().all(|at| !self.value(*at).is_empty());
        if whole && !self.elements.is_empty() {
            let segment = Written { tag: Text::new_static(self.tag), elements: self.elements };
            self.writing.out.borrow_mut().push(Out::Segment(segment));
        }
    }
}
