//! Nothing lost: change any element, and the document changes; and what is said to be mapped changes a named field.
//!
//! Each golden input is taken apart by its own delimiters, independent of the reader; each component between
//! header and trailer is changed alone, and the input mapped anew. So no mapping can claim an element that it does not carry over.
//!
//! Fails with the place of the element that is lost.

use crate::sets::{cases, set, sets};
use portway_documents::reference::Unmapped;

/// Segments of envelope and bounds, beside the service segments of EDIFACT, which begin with `UN`.
const BOUNDS: &[&[u8]] = &[b"ISA", b"GS", b"ST", b"SE", b"GE", b"IEA", b"LS", b"LE", b""];

/// One element or component that was changed.
struct Change {
    input: Vec<u8>,
    position: u32,
    element: u16,
    component: u16,
    was: Vec<u8>,
}

#[test]
fn every_element_shows_in_the_document() {
    for case in cases() {
        let before = case.set();
        let named = before.named();
        let changes = changes(&case.input);
        assert!(!changes.is_empty());
        for change in changes {
            let what = format!(
                "{}: segment {} element {} component {} ({})",
                case.folder.display(),
                change.position,
                change.element,
                change.component,
                String::from_utf8_lossy(&change.was)
            );
            let after = set(&change.input);
            assert!(after.document != before.document, "{what} is lost");
            if !before.document.unmapped().iter().any(|u| change.is(u)) {
                assert!(after.named() != named, "{what} is neither in a named field nor unmapped");
            }
        }
    }
}

#[test]
fn unmapped_entries_are_in_order_and_hold_what_came() {
    for case in cases() {
        let set = case.set();
        let unmapped = set.document.unmapped();
        let places: Vec<_> = unmapped.iter().map(|u| (u.position, u.element, u.component)).collect();
        assert!(places.is_sorted(), "{}", case.folder.display());
        assert!(unmapped.iter().all(|u| !u.value.trim().is_empty()), "{}", case.folder.display());
    }
}

#[test]
fn broken_input_never_stops_the_mapping() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let mut mapped = 0;
    for case in cases() {
        let cuts = Cuts::of(&case.input);
        let separators = [cuts.element, cuts.component, cuts.terminator];
        for round in 0..60 {
            let mut broken = case.input.clone();
            for _ in 0..=random(8) {
                // The envelope stays whole, so that there is a set to map.
                let at = 106 + random(broken.len() - 106);
                match random(3) {
                    0 => broken[at] = random(256) as u8,
                    1 => broken[at] = separators[random(3)],
                    _ => drop(broken.drain(at..broken.len().min(at + random(40)))),
                }
                if broken.len() < 200 {
                    break;
                }
            }
            if round % 10 == 0 {
                broken.truncate(106 + random(broken.len() - 106));
            }
            mapped += sets(&broken).len();
        }
    }
    assert!(mapped > 150, "only {mapped} sets were still there to map");
}

impl Change {
    fn is(&self, unmapped: &Unmapped) -> bool {
        (unmapped.position, unmapped.element) == (self.position, self.element)
            && unmapped.component.is_none_or(|c| c == self.component)
    }
}

/// What cuts an input: terminator, element and component separator, release character.
#[derive(Clone, Copy)]
struct Cuts {
    terminator: u8,
    element: u8,
    component: u8,
    release: Option<u8>,
}

impl Cuts {
    fn of(input: &[u8]) -> Cuts {
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
fn changes(input: &[u8]) -> Vec<Change> {
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
                let changed = with(&components, component, &another(was), cuts.component);
                let changed = with(&elements, element, &changed, cuts.element);
                let input = with(&segments, at, &changed, cuts.terminator);
                let (element, component) = (element as u16, component as u16 + 1);
                changes.push(Change { input, position, element, component, was: was.to_owned() });
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
