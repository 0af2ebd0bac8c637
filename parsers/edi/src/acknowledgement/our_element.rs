//! The place in what we wrote that a reported error points at.
//!
//! An X12 answer names segment and position, a CONTRL the position alone. Partners count in more than one way (ST as 0, or the whole
//! interchange), so the segment that is named counts more than its position: the nearest one of that name is meant.

use super::{Level, ReportedError};
use std::fmt;

/// An element, a component or a whole segment of a set that we wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OurElement {
    /// `N1`; empty where the answer points at no segment, or at one that we did not write.
    pub segment: String,
    /// Where in what we wrote: ST or UNH is 1. `None` where no such segment was written: one that is missing.
    pub position: Option<u32>,
    /// The how-manieth segment of that name it is, from 1.
    pub occurrence: Option<u32>,
    pub element: Option<u16>,
    pub component: Option<u16>,
    /// The segment is not there and should be. A CONTRL does not name it: then this is the one that it should come after.
    pub missing: bool,
}

/// `N1-04`, `MEA-04-1`, `N1`.
impl fmt::Display for OurElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.segment)?;
        if let Some(element) = self.element {
            write!(f, "-{element:02}")?;
            if let Some(component) = self.component {
                write!(f, "-{component}")?;
            }
        }
        Ok(())
    }
}

/// Where in a set of these segments (ST or UNH first) the error is; `None` of an error of a set, group or interchange as a whole.
pub fn our_element<T: AsRef<str>>(error: &ReportedError, written: &[T]) -> Option<OurElement> {
    if error.segment.is_empty() && error.position.is_none() {
        return None;
    }
    if matches!(error.level, Level::Interchange | Level::Group) {
        return None;
    }
    let named = error.segment.trim();
    // A set whose envelope is at fault (UCM) names its header or trailer, without a position.
    let wanted = error.position.map_or(0, |n| usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(1));
    let at = match named.is_empty() {
        true => Some(wanted).filter(|at| *at < written.len()),
        // 720 = 3, 620 = I6 to I8: what is missing stands nowhere.
        false if is_missing(error) => None,
        false => {
            let of_name =
                written.iter().enumerate().filter(|(_, tag)| tag.as_ref().eq_ignore_ascii_case(named));
            of_name.map(|(at, _)| at).min_by_key(|at| at.abs_diff(wanted))
        }
    };
    let tag = at.and_then(|at| written.get(at)).map_or(named, |tag| tag.as_ref());
    let before = |at: usize| written[..=at].iter().filter(|other| other.as_ref() == tag).count();
    Some(OurElement {
        segment: tag.to_string(),
        position: at.and_then(|at| u32::try_from(at + 1).ok()),
        occurrence: at.and_then(|at| u32::try_from(before(at)).ok()),
        element: error.element,
        component: error.component,
        missing: is_missing(error),
    })
}

/// True of a segment or loop that should be there.
fn is_missing(error: &ReportedError) -> bool {
    let codes: &[&str] = if error.told_in == "UCS02" { &["13"] } else { &["3", "I6", "I7", "I8"] };
    error.level == Level::Segment && codes.contains(&error.code.as_str())
}
