//! Portway, an EDI/B2B gateway. The floors, top to bottom, imports only pointing down:
//! `command` > `api` > `pipeline` > `transport`, `endpoint`, `alert` > `net` > `ledger` > `profile` > the parsers.

pub mod clock;
pub mod fault;
pub mod ledger;
pub mod endpoint;
pub mod net;
pub mod pipeline;
pub mod transport;
pub mod profile;
