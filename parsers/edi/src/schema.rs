//! Schemas as data: one file a set and version, in the standard's own table notation; and validation against them.

use crate::x12::TransactionSet;
use crate::{Finding, Segment};

/// A compiled schema of one set and version. Shipped ones are embedded; cheap to look up, shared for the whole process.
pub struct Schema {
    _private: (),
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
    /// The trigger segment's tag (`N1`, `PO1`); LS-bounded loops `LS`.
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

impl Schema {
    /// The shipped schema for set `850`, GS08 `004010…`. `None`: known only by its envelope.
    pub fn x12(_set: &str, _version: &str) -> Option<&'static Schema> {
        unimplemented!()
    }
    /// Validates in full. Segments the schema does not place are findings, and stay out of the tree.
    pub fn validate<'a>(&self, _set: &TransactionSet<'a>) -> Validated<'a> {
        unimplemented!()
    }
}
