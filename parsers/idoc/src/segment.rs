//! A segment of an IDoc in memory: its fields, and the segments within it.
//!
//! Reading takes fields out; what nobody took is listed as unmapped, so nothing that came is lost. Writing puts fields in; an empty
//! value, and one longer than the field, is not put: it is then missed in what is read back, and told.

use portway_documents::Text;
use portway_documents::reference::Unmapped;

/// A segment, such as E1EDP01.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Segment {
    pub name: Text,
    /// Which segment of the IDoc it is; the control record counts as 1.
    pub position: u32,
    pub fields: Vec<Field>,
    pub segments: Vec<Segment>,
    /// Its qualifier cannot be written: without it the rest would say something else.
    unqualified: bool,
}

/// Fields that say what the rest of their segment is.
const QUALIFIERS: [&str; 7] = ["QUALF", "QUALI", "IDDAT", "SUMID", "TDID", "PARVW", "PARTNER_Q"];

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub name: Text,
    pub value: Text,
    taken: bool,
}

impl Segment {
    pub(crate) fn new(name: &str) -> Segment {
        Segment { name: Text::new(name), ..Segment::default() }
    }

    /// The value of a field that has one, without the blanks around it.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|f| f.name == name && !f.taken)?;
        Some(field.value.trim()).filter(|value| !value.is_empty())
    }

    /// As [`Segment::get`]; from then on the field has been used.
    pub(crate) fn take(&mut self, name: &str) -> Option<Text> {
        let value = Text::new(self.get(name)?);
        self.used(name);
        Some(value)
    }

    pub(crate) fn used(&mut self, name: &str) {
        if let Some(field) = self.fields.iter_mut().find(|f| f.name == name && !f.taken) {
            field.taken = true;
        }
    }

    /// Uses a field that says what is known already.
    pub(crate) fn take_if(&mut self, name: &str, value: &str) {
        if self.get(name) == Some(value) {
            self.used(name);
        }
    }

    /// The segments of a name within it, in order.
    pub(crate) fn each<'s>(&'s mut self, name: &'s str) -> impl Iterator<Item = &'s mut Segment> {
        self.segments.iter_mut().filter(move |s| s.name == name)
    }

    pub(crate) fn read_field(&mut self, name: Text, value: Text) {
        self.fields.push(Field { name, value, taken: false });
    }

    /// Puts a value of at most `longest` characters. A qualifier that is longer, or empty, takes its segment with it.
    pub(crate) fn put<'a>(&mut self, name: &str, longest: usize, value: impl Into<Option<&'a str>>) {
        let Some(value) = value.into().map(str::trim) else { return };
        if !value.is_empty() && value.chars().count() <= longest {
            self.read_field(Text::new(name), Text::new(value));
        } else if QUALIFIERS.contains(&name) {
            self.unqualified = true;
        }
    }

    /// Puts a segment; one that says nothing beyond its qualifier is left out by whoever makes it.
    pub(crate) fn push(&mut self, segment: Segment) {
        if !segment.is_empty() {
            self.segments.push(segment);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.unqualified || self.fields.is_empty() && self.segments.is_empty()
    }

    /// What nobody took, in the order it came.
    pub(crate) fn left_over(&self, parent: Option<&str>, list: &mut Vec<Unmapped>) {
        for (number, field) in (1_u16..).zip(&self.fields) {
            if !field.taken && !field.value.trim().is_empty() {
                list.push(Unmapped {
                    segment: self.name.clone(),
                    position: self.position,
                    element: number,
                    field: Some(field.name.clone()),
                    value: field.value.clone(),
                    loop_id: parent.map(Text::new),
                    ..Unmapped::default()
                });
            }
        }
        let within = Some(self.name.as_str()).filter(|name| *name != "IDOC");
        self.segments.iter().for_each(|segment| segment.left_over(within, list));
    }
}
