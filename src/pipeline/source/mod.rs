//! Documents that our own systems hand over as files: from a folder of this host ([`watch`]), or on an SFTP server of theirs ([`Servers`]).
//!
//! Wherever a file lies, what is in it is handed over as the API would ([`handing`]): each document under a key of this very file,
//! committed before the file moves. Where files lie, how one is told to be whole, and how it is moved is different.

mod folder;
mod handing;
mod partner;
mod pieces;
mod report;
mod server;

pub use folder::watch;
pub use server::Servers;
