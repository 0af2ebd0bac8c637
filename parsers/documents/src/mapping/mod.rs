//! One description of a mapping, walked in both directions: what is read is what is written.
//!
//! A mapping says once which element of which segment of which loop belongs to which field:
//!
//! ```ignore
//! walk.each("REF", &mut order.references, reference);
//! fn reference(e: &mut Elements<'_>, reference: &mut Reference) {
//!     e.needs(1);
//!     e.coded(1, &codes::REFERENCE_KIND, &mut reference.kind, &mut reference.kind_code);
//!     e.text(2, &mut reference.value);
//! }
//! ```
//!
//! Reading, a [`Walk`] goes over the loops of a validated set and fills the fields, remembering each element that was taken; the
//! rest is listed as `unmapped`. Writing, the same walk goes over the fields and puts segments out; the set's table then says where
//! in its loop each of them stands, or that it has no place there.
//!
//! Never fails. Reading, what cannot be read is a finding and stays unmapped. Writing, what has no place is left out; whoever
//! wrote reads the set back and compares ([`crate::carried`]), so nothing is left out in silence.

mod arrange;
mod codes;
mod elements;
mod lexeme;
mod reading;
mod tables;
mod walk;
mod writing;

#[cfg(test)]
pub(crate) use codes::tests::lacking as lacking_codes;
pub(crate) use codes::{Codes, WordField, codes, word_fields, words};
pub(crate) use elements::Elements;
pub(crate) use lexeme::{date as date_text, parse_date, time as time_text, wrapped};
pub(crate) use reading::Reading;
pub use tables::Tables;
pub(crate) use tables::parse as parse_word;
pub(crate) use walk::Walk;
pub(crate) use writing::Writing;
pub use writing::Written;

use portway_edi::Standard;

/// Element and component, both from 1; component 0 is the whole element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At {
    pub element: usize,
    pub component: usize,
}

impl From<usize> for At {
    fn from(element: usize) -> At {
        At { element, component: 0 }
    }
}

impl From<(usize, usize)> for At {
    fn from((element, component): (usize, usize)) -> At {
        At { element, component }
    }
}

/// Two lists of what a set does not carry, as one: those of a set, and those of all sets of its kind. `N` is the length of both.
pub(crate) const fn joined<const N: usize>(
    own: &'static [(&'static str, &'static str)],
    shared: &'static [(&'static str, &'static str)],
) -> [(&'static str, &'static str); N] {
    let mut list = [("", ""); N];
    let mut at = 0;
    while at < N {
        list[at] = if at < own.len() { own[at] } else { shared[at - own.len()] };
        at += 1;
    }
    list
}

/// CCYYMMDD as a day; `None` where there is no such day.
pub(crate) fn date_of(text: &str) -> Option<crate::date::Date> {
    parse_date(text.as_bytes())
}

/// True from 005010 and from D.01B on; the directories of the last century count as older.
pub(crate) fn is_newer(standard: Standard, version: &str) -> bool {
    match standard {
        Standard::X12 => version >= "005",
        Standard::Edifact => {
            let release = version.split(':').nth(1).unwrap_or("");
            release.starts_with(|c: char| c.is_ascii_digit()) && !release.starts_with('9')
        }
    }
}
