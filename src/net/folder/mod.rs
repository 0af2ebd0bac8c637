//! Taking files from a folder that others write into.
//!
//! [`scan`] finds files that are complete, [`claim`] takes one by renaming it to a hidden name in the same folder and
//! locking it, [`PickedUp::read`] reads it, and after the commit [`PickedUp::finish`] moves or removes it. After a crash
//! [`leftovers`] finds what was claimed and never finished; the ledger knows by [`PickedUp::key`] whether it had
//! committed it.
//!
//! It promises: no file is lost, overwritten or taken half; two gateways on one folder do not take the same file.
//! Names are display data. Symbolic links are never followed. Everything here blocks: for blocking threads.

mod pick_up;
mod scan;

pub use pick_up::{Finished, PickedUp, ReadError, claim, leftovers, name_fits};
pub use scan::{Candidate, Mark, Memory, Pattern, scan};
