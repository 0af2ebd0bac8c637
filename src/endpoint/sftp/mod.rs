//! An endpoint that takes events as files on an SFTP server: `<id>.json`, or `<id>.xml` where it takes IDocs, by default whole or absent.
//!
//! The same id is the same name with the same bytes: a repeated try finds the file that is there, and writes it again where the reader
//! took it away, who must honour the id, as with HTTP. One connection an endpoint, kept while there is work.
//! It fails only through the [`Outcome`]: `Deferred` where nothing is there under the final name, `Uncertain` where it may be.

use super::{EventBody, Outcome, idoc};
use crate::net::file;
use crate::net::spool::Spooled;
use crate::net::ssh::{Client, Put, Result, Server, outcome};
use crate::profile::gateway::SftpEndpoint;
use crate::profile::sftp_client::Overwrite;
use crate::profile::source::IdocSettings;
use std::path::Path;

/// A server and a folder there.
pub struct SftpTarget {
    client: Client,
    path: String,
    temporary: bool,
    overwrite: Overwrite,
    idoc: Option<IdocSettings>,
}

impl SftpTarget {
    /// Reads the secrets, below `base`; connects to nobody yet.
    ///
    /// # Errors
    /// A key or password that cannot be read.
    pub fn of(endpoint: &SftpEndpoint, base: &Path) -> Result<SftpTarget> {
        Ok(SftpTarget {
            client: Client::new(Server::of(&endpoint.account(), base)?),
            path: endpoint.path.clone(),
            temporary: endpoint.temporary,
            overwrite: endpoint.overwrite,
            idoc: idoc::settings(endpoint.format, endpoint.idoc.as_ref()),
        })
    }
}

/// Writes `event` to `<path>/<id>.json`, or its document as an IDoc to `<path>/<id>.xml`, on the server.
pub async fn deliver(target: &SftpTarget, event: &EventBody) -> Outcome {
    let written = match idoc::file(event, target.idoc.as_ref()) {
        Ok(written) => written,
        Err(held) => return held,
    };
    let name = written.name;
    if !file::plain_name(&name) {
        let reason = format!("the event id {:?} makes no file name; nothing was sent", event.id);
        return Outcome::Refused { status: None, reason };
    }
    let put = Put {
        folder: target.path.clone(),
        name,
        id: event.id.clone(),
        temporary: target.temporary,
        overwrite: target.overwrite,
        // Whatever has this name is of an earlier try.
        again: true,
    };
    let outcome = outcome(&target.client.put(put, Spooled::from_bytes(written.bytes)).await);
    idoc::told(outcome, &written.lost)
}
