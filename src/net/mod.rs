//! What transports and endpoints share on the wire: the spool, TLS and pinning, the accept loop, the HTTP and
//! SSH clients, files that are whole or absent.
//!
//! Nothing here knows partners, documents or the ledger.

pub mod accept;
pub mod body;
pub mod file;
pub mod folder;
pub mod handed;
pub mod http;
pub mod limit;
pub mod outcome;
pub mod probe;
pub mod spool;
pub mod ssh;
pub mod tls;
pub mod unfold;
