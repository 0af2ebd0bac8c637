//! The drop folder: a partner (or a colleague's programme) puts files in, we take them; our answers are files too.
//!
//! [`scan`] finds files that are complete, [`claim`] takes one by renaming it to a hidden name in the same folder and
//! locking it, [`PickedUp::read`] reads it, and after the commit [`PickedUp::finish`] moves or removes it. After a crash
//! [`leftovers`] finds what was claimed and never finished; the ledger knows by [`PickedUp::key`] whether it had
//! committed it. [`write_answer`] writes an answer, whole or absent.
//!
//! It promises: no file is lost, overwritten or taken half; two gateways on one folder do not take the same file.
//! Names are display data. Symbolic links are never followed. Everything here blocks: for blocking threads.

mod answer;
mod pick_up;
mod scan;
mod watch;

pub use answer::write_answer;
pub use pick_up::{Finished, PickedUp, ReadError, claim, leftovers, name_fits};
pub use scan::{Candidate, Mark, Memory, Pattern, scan};
pub use watch::{hand_over, watch};
