//! Nothing lost: change any element, and the document changes; and what is said to be mapped changes a named field.
//!
//! Each golden input is taken apart by its own delimiters, independent of the reader; each component between
//! header and trailer is changed alone, and the input mapped anew. So no mapping can claim an element that it does not carry over.
//!
//! Fails with the place of the element that is lost.

use crate::changes::{Cuts, changes};
use crate::sets::{cases, set, sets};

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
