//! The command line's verbs, one file each. `main` parses the arguments and calls them.

pub mod partner;
pub mod validate;
