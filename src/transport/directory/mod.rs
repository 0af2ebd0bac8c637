//! The drop folder: a partner (or a colleague's programme) puts files in, we take them; our answers are files too.
//!
//! [`watch`] takes what [`crate::net::folder`] finds; [`write_answer`] writes an answer, whole or absent.

mod answer;
mod watch;

pub use answer::write_answer;
pub use watch::{hand_over, watch};
