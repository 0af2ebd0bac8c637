//! A partner's own SFTP server, where we are the client: we look for files there and take them, and put ours there ([`Pusher`]).
//!
//! [`run`] is the clock: one task an [`Owner`] and gateway, which claims the polls that are due; of all gateways on a database one polls
//! a server at a time. A poll connects, lists, waits until files have settled, downloads each into the spool, looks whether it stood
//! still meanwhile, has it committed, and only then deletes or moves it on the server. What lies there is remembered in the ledger.
//! Folders where our own systems put documents are polled the same way, for an owner above.
//!
//! It promises: a file is taken once, also when a gateway dies at any moment, when the server forbids to delete, and when two
//! gateways see it; nothing is deleted before the commit; at a server with another host key nobody logs in.
//! It fails towards operators: one alert a server and cause, closed by the first poll that works.

mod alerts;
mod files;
mod owner;
mod poll;
mod push;
mod schedule;

pub use alerts::refused;
pub use files::Seen;
pub use owner::{End, Fetched, Means, Owner, Partners, Polled, Wanted, Whom};
pub use poll::Trouble;
pub use push::{Message, Pusher, host_key_cause, host_key_changed, whose};
pub use schedule::run;
