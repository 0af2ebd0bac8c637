//! Whole messages: every packaging both ways, what `openssl` and others built, what must be refused, and input cut anywhere.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod foreign;
mod mime;
mod packaging;
mod parties;
mod refusals;
mod seeds;
mod truncated;
