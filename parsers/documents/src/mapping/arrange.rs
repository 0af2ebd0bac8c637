//! Puts the segments a mapping wrote into the order of the set's table.
//!
//! One mapping serves several versions, and a shared block (a party, a carriage) several loops; the table of the set says where in
//! a loop each segment stands, and whether it has a place at all. What has none is left out, and so are elements that the version
//! does not have; whoever compares what was written with the document sees it.

use super::writing::{Out, Written};
use portway_edi::schema::{Dictionary, Row, Schema};

/// The segments of a set, header and trailer aside, in the order of its table.
pub(super) fn arrange(nodes: Vec<Out>, schema: &Schema) -> Vec<Written> {
    let rows = schema.rows();
    let mut out = Vec::new();
    place(nodes, &rows, schema.dictionary(), &mut out);
    out
}

/// `rows` are those within one loop (of the set at the root).
fn place(nodes: Vec<Out>, rows: &[Row], dictionary: &Dictionary, out: &mut Vec<Written>) {
    let Some(depth) = rows.first().map(|row| row.depth) else { return };
    let children: Vec<usize> = (0..rows.len()).filter(|&at| rows[at].depth == depth).collect();
    let section = children.iter().position(|&at| rows[at].id == "UNS").unwrap_or(usize::MAX);
    let mut behind = false;
    let mut placed: Vec<(usize, Out)> = Vec::new();
    for node in nodes {
        let tag = node.tag();
        behind |= tag == "UNS";
        let fits = |loops: bool| {
            let mut places = (0..children.len()).filter(|&child| {
                let row = &rows[children[child]];
                row.id == tag && row.is_loop == loops
            });
            let first = places.clone().next();
            let wanted = places.find(|&child| section == usize::MAX || (child >= section) == behind);
            wanted.or(first)
        };
        let is_loop = matches!(node, Out::Loop(_));
        if let Some(child) = fits(is_loop).or_else(|| fits(!is_loop)) {
            placed.push((child, node));
        }
    }
    placed.sort_by_key(|(child, _)| *child);
    for (child, node) in placed {
        let at = children[child];
        let inside = match children.get(child + 1) {
            Some(&next) => &rows[at + 1..next],
            None => &rows[at + 1..],
        };
        match node {
            Out::Segment(segment) => out.push(trimmed(segment, dictionary)),
            Out::Loop(inner) if rows[at].is_loop => place(inner, inside, dictionary, out),
            // The set has the trigger alone.
            Out::Loop(inner) => {
                if let Some(Out::Segment(segment)) = inner.into_iter().next() {
                    out.push(trimmed(segment, dictionary));
                }
            }
        }
    }
}

/// Without the elements that the version does not have.
fn trimmed(mut segment: Written, dictionary: &Dictionary) -> Written {
    if let Some(shape) = dictionary.segment(&segment.tag) {
        segment.elements.truncate(shape.positions.len());
    }
    segment
}
