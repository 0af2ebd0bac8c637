//! Portway, an EDI/B2B gateway. The floors, top to bottom, imports only pointing down:
//! `command` > `api` > `pipeline` > `transport`, `endpoint`, `alert` > `net` > `ledger` > `profile` > the parsers.

pub mod clock;
pub mod command;
pub mod ledger;
pub mod net;
pub mod profile;
