//! An input with each of its components changed, one at a time.
//!
//! The input is taken apart by its own delimiters, independent of the reader. Shared by the tests that expect the document to
//! change, and by the manual, which tells which field changed.
//!
//! Panics on an input that is no interchange.

use portway_documents::reference::Unmapped;

/// Segments of envelope and bounds, beside the service segments of EDIFACT, which begin with `UN`.
const BOUNDS: &[&[u8]] = &[b"ISA", b"GS", b"ST", b"SE", b"GE", b"IEA", b"LS", b"LE", b""];

/// One element or component that was changed.
pub struct Change {
    pub input: Vec<u8>,
    /// Of the segment in its set; ST or UNH counts as 1.
    pub position: u32,
    pub tag: String,
    pub element: u16,
    /// Counted from 1; 1 where the element is no composite.
    pub component: u16,
    pub was: Vec<u8>,
    pub now: Vec<u8>,
}

impl Change {
    /// True if that is where the entry comes from.
    pub fn is(&self, unmapped: &Unmapped) -> bool {
        (unmapped.position, unmapped.element) == (self.position, self.element)
            && unmapped.component.is_none_or(|c| c == self.component)
    }
}

/// What cuts an input: terminator, element and component separator, release character.
#[derive(Clone, Copy)]
pub struct Cuts {
    pub terminator: u8,
    pub element: u8,
    pub component: u8,
    release: Option<u8>,
}

impl Cuts {
    pub fn of(input: &[u8]) -> Cuts {
        match input.starts_with(b"ISA") {
            true => Cuts { terminator: input[105], element: input[3], component: input[104], release: None },
            false => Cuts { terminator: b'\'', element: b'+', component: b':', release: Some(b'?') },
        }
    }

    fn split<'a>(&self, bytes: &'a [u8], separator: u8) -> Vec<&'a [u8]> {
        let mut released = false;
        let cuts = bytes.split(|b| {
            let cut = !released && *b == separator;
            released = !released && Some(*b) == self.release;
            cut
        });
        cuts.collect()
    }
}

/// The input once for each of its components between header and trailer, with that one changed.
pub fn changes(input: &[u8]) -> Vec<Change> {
    let cuts = Cuts::of(input);
    let segments = cuts.split(input, cuts.terminator);
    let mut changes = Vec::new();
    let mut position = 0;
    for (at, segment) in segments.iter().enumerate() {
        let elements = cuts.split(segment, cuts.element);
        let tag = elements[0].trim_ascii();
        position = if matches!(tag, b"ST" | b"UNH") { 1 } else { position + 1 };
        if BOUNDS.contains(&tag) || tag.starts_with(b"UN") {
            continue;
        }
        for element in 1..elements.len() {
            let components = cuts.split(elements[element], cuts.component);
            for component in 0..components.len() {
                let was = components[component];
                if was.iter().all(|b| *b == b' ') {
                    continue;
                }
                let now = another(was);
                let changed = with(&components, component, &now, cuts.component);
                let changed = with(&elements, element, &changed, cuts.element);
                changes.push(Change {
                    input: with(&segments, at, &changed, cuts.terminator),
                    position,
                    tag: String::from_utf8_lossy(tag).into_owned(),
                    element: element as u16,
                    component: component as u16 + 1,
                    was: was.to_owned(),
                    now,
                });
            }
        }
    }
    changes
}

fn with(parts: &[&[u8]], at: usize, part: &[u8], separator: u8) -> Vec<u8> {
    let mut parts = parts.to_vec();
    parts[at] = part;
    parts.join(&separator)
}

/// Another value of the same kind: its last ASCII letter or digit becomes the next one.
fn another(value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    match value.iter().rposition(|b| b.is_ascii_alphanumeric()) {
        Some(last) => {
            value[last] = match value[last] {
                b'9' => b'8',
                b'Z' => b'Y',
                b'z' => b'y',
                b => b + 1,
            }
        }
        None => value.insert(0, b'x'),
    }
    value
}
