//! Portway, an EDI/B2B gateway. The floors, top to bottom, imports only pointing down:
//! `command` > `api`, `watch` > `pipeline` > `transport`, `endpoint`, `alert` > `net` > `ledger` > `profile` > the parsers.
//! `clock`, `fault` and `tally` stand below them all.

pub mod alert;
pub mod api;
pub mod clock;
pub mod command;
pub mod endpoint;
pub mod fault;
pub mod ledger;
pub mod net;
pub mod pipeline;
pub mod profile;
pub mod tally;
pub mod transport;
pub mod watch;
