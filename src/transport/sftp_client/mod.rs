//! A partner's own SFTP server, where we are the client: we look for files there and take them, and put ours there ([`Pusher`]).
//!
//! [`run`] is the clock: one task a gateway, which claims the polls that are due; of all gateways on a database one polls a partner
//! at a time. A poll connects, lists, waits until files have settled, downloads each into the spool, looks whether it stood still
//! meanwhile, commits it, and only then deletes or moves it on the server. What lies there is remembered in the ledger.
//!
//! It promises: a file is taken once, also when a gateway dies at any moment, when the server forbids to delete, and when two
//! gateways see it; nothing is deleted before the commit; at a server with another host key nobody logs in.
//! It fails towards operators: one alert a partner and cause, closed by the first poll that works.

mod alerts;
mod files;
mod poll;
mod push;
mod schedule;

pub use push::{Message, Pusher, host_key_cause, host_key_changed, whose};
pub use schedule::run;
