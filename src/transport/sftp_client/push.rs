//! Our messages to a partner's SFTP server: a file each, in the folder of `[sftp_client.push]`.
//!
//! One connection a partner, kept while there is something to send, and made anew with a changed profile. It promises what [`Put`] does: a
//! repetition under the same id goes to the same name, and finds what an earlier try wrote. A partner that took the file away in the
//! meantime may get it twice: at least once, as everywhere.
//! It fails through the [`Outcome`]; the cause is beside it, for whoever tells operators.

use super::alerts;
use super::owner::Whom;
use crate::ledger::alert::{Move, Raise};
use crate::net::file;
use crate::net::outcome::Outcome;
use crate::net::spool::Spooled;
use crate::net::ssh::{Client, NotPut, Put, Server, SshError, Whose, outcome};
use crate::profile::{Configuration, PartnerProfile};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A connection, and the version of the profile that it was made from.
type Kept = ([u8; 32], Arc<Client>);

/// The connections for sending, one a partner.
#[derive(Default)]
pub struct Pusher {
    kept: Mutex<HashMap<String, Kept>>,
}

/// What is sent.
pub struct Message {
    pub id: String,
    pub name: String,
    /// An earlier try may have written it.
    pub again: bool,
    pub bytes: Bytes,
}

impl Pusher {
    /// One try. The error is the server's, where that is what stopped it.
    pub async fn push(
        &self,
        configuration: &Arc<Configuration>,
        profile: &PartnerProfile,
        message: Message,
    ) -> (Outcome, Option<SshError>) {
        let partner = &profile.partner;
        let Some(push) = partner.sftp_client.as_ref().and_then(|client| client.push.as_ref()) else {
            let reason = format!(
                "the profile of {} has no [sftp_client.push] any more; write it again, or cancel the message",
                partner.id
            );
            return (Outcome::Deferred { reason, retry_after: None, status: None }, None);
        };
        let name = push.name_of(&message.name, &message.id);
        if !file::plain_name(&name) {
            let reason = format!("{name:?} is no plain file name; correct name under [sftp_client.push]");
            return (Outcome::Refused { reason, status: None }, None);
        }
        let put = Put {
            folder: push.folder.clone(),
            name,
            id: message.id,
            temporary: push.temporary,
            overwrite: push.overwrite,
            again: message.again,
        };
        let end = match self.client(configuration, profile).await {
            Ok(client) => client.put(put, Spooled::from_bytes(message.bytes)).await,
            Err(error) => Err(NotPut { error, unsure: false }),
        };
        let error = end.as_ref().err().map(|not| not.error.clone());
        if error.as_ref().is_some_and(SshError::ends_session) {
            // The next try reads the secrets anew: they may be what was mended.
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(&partner.id);
        }
        (outcome(&end), error)
    }

    async fn client(
        &self,
        configuration: &Arc<Configuration>,
        profile: &PartnerProfile,
    ) -> Result<Arc<Client>, SshError> {
        let id = &profile.partner.id;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some((hash, client)) = kept
            && hash == profile.hash
        {
            return Ok(client);
        }
        let Some(section) = &profile.partner.sftp_client else {
            return Err(SshError::OurSecret { why: "there is no [sftp_client]".into() });
        };
        let (account, base) = (section.account(), configuration.dir.clone());
        let server = tokio::task::spawn_blocking(move || Server::of(&account, &base)).await;
        let server = server.unwrap_or_else(|e| Err(SshError::OurSecret { why: e.to_string() }))?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // Another send may have been quicker.
        if let Some((hash, client)) = kept.get(id)
            && *hash == profile.hash
        {
            return Ok(client.clone());
        }
        let client = Arc::new(Client::new(server));
        kept.insert(id.clone(), (profile.hash, client.clone()));
        Ok(client)
    }
}

/// The cause of the alert on a changed host key; polling has the same one.
pub fn host_key_cause(partner: &str) -> String {
    alerts::host_key(&Whom::Partner(partner.to_owned()))
}

/// Told at once: nobody logs in there until a person has looked.
pub fn host_key_changed(partner: &str, error: &SshError) -> Option<Raise> {
    matches!(error, SshError::HostKey { .. }).then(|| Raise {
        cause: host_key_cause(partner),
        whose: Move::Us,
        partner: Some(partner.to_owned()),
        title: format!("{partner}: their SFTP server shows another host key"),
        detail: format!(
            "{error}.\n\nUntil then nothing is sent there; our messages wait, and are tried again. After a corrected profile: portway reload"
        ),
        subject: None,
    })
}

pub fn whose(error: &SshError) -> Move {
    match error.whose() {
        Whose::Us => Move::Us,
        Whose::Theirs => Move::Partner,
    }
}
