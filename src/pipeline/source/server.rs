//! Folders on our own systems' SFTP servers, polled as partners' are, under the same lease and with the same memory.
//!
//! ```text
//! out/a.csv ──download──> each document: hand_over, key <host, size, time, SHA-256, path>/<n> ──> taken/a.csv, or removed
//!                                 │ the ledger is away: it stays, and comes again   └ one refused ──> failed/a.csv.report.txt, a.csv
//! ```
//!
//! The report and the refused file lie on the server, where the system's people look. The report is written before the file moves, so
//! that a file among the failed ones always has one; where the folder is not there, the file stays, and operators are told that the poll
//! does not work.

use super::handing::{File, Now, Wait, documents, tell_refused, whole};
use super::report::{self, Entry};
use crate::net::file;
use crate::net::spool::Spooled;
use crate::net::ssh::{NotPut, Put, SshError};
use crate::pipeline::House;
use crate::profile::Configuration;
use crate::profile::gateway::Endpoint;
use crate::profile::sftp_client::Overwrite;
use crate::transport::sftp_client::{End, Fetched, Means, Owner, Polled, Trouble, Wanted, Whom, refused};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::io::Read as _;
use std::sync::Arc;

/// All endpoints with a source on a server.
#[derive(Clone)]
pub struct Servers(pub House);

impl Owner for Servers {
    type Case = Now;

    fn means(&self) -> Means {
        let House { ledger, profiles, spool, clock, .. } = self.0.clone();
        Means { ledger, profiles, spool, clock }
    }

    fn whom(name: String) -> Whom {
        Whom::Source(name)
    }

    fn wanted(&self, configuration: &Configuration) -> Vec<Wanted> {
        let version = version(configuration);
        let wanted = configuration.gateway.endpoint.iter().filter_map(|(name, endpoint)| {
            let Endpoint::Sftp(sftp) = endpoint else { return None };
            let every = sftp.source.as_ref()?.poll().every.duration();
            Some(Wanted { whom: Whom::Source(name.clone()), version, every })
        });
        wanted.collect()
    }

    fn polled(&self, configuration: &Arc<Configuration>, id: &str) -> Option<Polled<Now>> {
        let name = id.strip_prefix("source:")?;
        let now = Now::of(configuration, name)?;
        let Endpoint::Sftp(sftp) = &now.endpoint else { return None };
        Some(Polled {
            whom: Whom::Source(name.to_owned()),
            version: version(configuration),
            account: sftp.account(),
            base: configuration.dir.clone(),
            poll: now.source.poll(),
            limit: configuration.gateway.limits.max_set_bytes as u64,
            case: now,
        })
    }

    async fn take(&self, fetched: Fetched<'_, Now>, content: Spooled) -> Result<End, Trouble> {
        let (name, file) = (self.name(&fetched)?, fetched.file);
        let mut bytes = Vec::new();
        let reading = content.reader().and_then(|mut reader| reader.read_to_end(&mut bytes));
        reading.map_err(|e| Trouble::Ours(format!("{} cannot be read back: {e}", file.path)))?;
        let (key, remote) = (fetched.key(&content), fetched.client.server().shown());
        let handed =
            File { name: &file.name, key: &key, bytes: &bytes, transport: "sftp", remote: Some(&remote) };
        let entries =
            documents(&self.0, name, &fetched.polled.case, &handed).await.map_err(|wait| match wait {
                Wait::Ledger(error) => Trouble::Ledger(error),
                Wait::Ours(why) => Trouble::Ours(why),
            })?;
        crate::fault::point("source.committed");
        if entries.iter().any(Entry::is_refused) {
            return self.put_aside(&fetched, &entries).await;
        }
        tracing::info!(endpoint = name, file = file.path, documents = entries.len(), "handed over");
        Ok(End::Taken)
    }

    async fn refuse(&self, fetched: Fetched<'_, Now>, why: &str, too_large: bool) -> Result<End, Trouble> {
        if too_large {
            return self.put_aside(&fetched, &[whole(why.to_owned())]).await;
        }
        Ok(refused(&self.means(), &fetched.polled.whom, &fetched.file.path, why).await)
    }
}

impl Servers {
    fn name<'a>(&self, fetched: &Fetched<'a, Now>) -> Result<&'a str, Trouble> {
        match &fetched.polled.whom {
            Whom::Source(name) => Ok(name),
            Whom::Partner(id) => Err(Trouble::Ours(format!("{id} is no endpoint"))),
        }
    }

    /// Writes the report into the folder of failed files, under a name that the file can follow to, and tells operators.
    async fn put_aside(&self, fetched: &Fetched<'_, Now>, entries: &[Entry]) -> Result<End, Trouble> {
        let (name, file) = (self.name(fetched)?, fetched.file);
        let text = report::text(&file.name, name, entries);
        let folder = fetched.polled.case.source.failed.display().to_string();
        let id = Sha256::digest(&text).iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
        let path = |name: &str| format!("{}/{name}", folder.trim_end_matches('/'));
        for under in file::numbered(OsStr::new(&file.name)) {
            let to = path(&under.to_string_lossy());
            match fetched.client.stat(&to).await {
                Err(SshError::NoSuchPath { .. }) => {}
                Ok(_) => continue,
                Err(error) => return Err(error.into()),
            }
            let put = Put {
                folder: folder.clone(),
                name: report::report_name(&under),
                id: id.clone(),
                temporary: true,
                overwrite: Overwrite::Refuse,
                // Of a gateway that died before it moved the file.
                again: true,
            };
            let report = match fetched.client.put(put, Spooled::from_bytes(text.clone())).await {
                Ok(done) => done.path,
                Err(NotPut { error: SshError::Exists { .. }, .. }) => continue,
                Err(NotPut { error, .. }) => return Err(error.into()),
            };
            tell_refused(&self.0, name, &file.name, &text, &report).await?;
            crate::fault::point("source.reported");
            return Ok(End::Aside(to));
        }
        Err(Trouble::Ours(format!("{folder} holds too many files that are named like {}", file.name)))
    }
}

/// Another one where anything in `gateway.toml` changed.
fn version(configuration: &Configuration) -> [u8; 32] {
    Sha256::digest(configuration.gateway_text()).into()
}
