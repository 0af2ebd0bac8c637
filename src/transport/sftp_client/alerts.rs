//! What operators are told of polling: that a server cannot be polled, that it shows another host key, that a file cannot be taken,
//! that taken files stay there. One alert a partner and cause; the first poll that works closes it.

use crate::ledger;
use crate::ledger::alert::{Move, Raise};
use crate::net::ssh::{SshError, Whose};
use crate::transport::Doors;

/// What passes by itself is told after so many failures in a row.
const PATIENCE: i32 = 3;

fn cannot(id: &str) -> String {
    format!("poll:{id}")
}
pub(super) fn host_key(id: &str) -> String {
    format!("poll-host-key:{id}")
}
fn leftover(id: &str) -> String {
    format!("poll-leftover:{id}")
}

/// The server could not be polled, `failures` times in a row.
pub async fn failed(doors: &Doors, id: &str, error: &SshError, failures: i32) {
    let raise = match error {
        SshError::HostKey { .. } => Raise {
            cause: host_key(id),
            whose: Move::Us,
            partner: Some(id.to_owned()),
            title: format!("{id}: their SFTP server shows another host key"),
            detail: format!(
                "{error}.\n\nUntil then nothing is fetched from there; their files stay where they are."
            ),
            subject: None,
        },
        _ if error.is_temporary() && failures < PATIENCE => return,
        _ => Raise {
            cause: cannot(id),
            whose: match error.whose() {
                Whose::Us => Move::Us,
                Whose::Theirs => Move::Partner,
            },
            partner: Some(id.to_owned()),
            title: format!("{id}: their SFTP server cannot be polled"),
            detail: format!(
                "{error}.\n\nNothing is lost: their files stay where they are. Polling goes on by itself, at longer and longer \
                 intervals; 'portway status' shows when. A changed profile is tried at once."
            ),
            subject: None,
        },
    };
    raise_it(doors, &raise).await;
}

/// It works: whatever alert there is, also of an earlier run or of another gateway, is over. `false`: the ledger is away.
pub async fn works(doors: &Doors, id: &str) -> bool {
    recover(doors, &cannot(id)).await && recover(doors, &host_key(id)).await
}

/// A file that stays where it is. `true`: it is in the ledger, and need not be told again.
pub async fn refused(doors: &Doors, id: &str, path: &str, why: &str) -> bool {
    tracing::warn!(partner = id, file = path, why, "a file on the partner's SFTP server cannot be taken");
    let raise = Raise {
        // A single event: nothing tells us when it is over.
        cause: format!("file:{id}"),
        whose: Move::Partner,
        partner: Some(id.to_owned()),
        title: format!("{id}: a file on their SFTP server cannot be taken"),
        detail: format!(
            "{path}: {why}. It stays on their server. Ask the partner to put it there again, or to remove it."
        ),
        subject: None,
    };
    raise_it(doors, &raise).await
}

/// Files that are taken, and cannot be removed.
pub async fn left_over(doors: &Doors, id: &str, path: &str, many: usize, error: &SshError) -> bool {
    tracing::warn!(partner = id, file = path, many, %error, "a file that is taken cannot be removed from the partner's SFTP server");
    let raise = Raise {
        cause: leftover(id),
        whose: Move::Partner,
        partner: Some(id.to_owned()),
        title: format!("{id}: taken files cannot be removed from their SFTP server"),
        detail: format!(
            "{path} ({many} in all): {error}.\n\nThey are taken, and are not taken twice. Ask the partner to let our user remove \
             or rename files there, or write after = \"keep\" under [sftp_client.poll]."
        ),
        subject: None,
    };
    raise_it(doors, &raise).await
}

/// They could be removed after all.
pub async fn cleared(doors: &Doors, id: &str) -> bool {
    recover(doors, &leftover(id)).await
}

/// Closes what is open of partners that are not polled any more: paused, or without the section. Nobody is told that it works.
pub async fn no_longer_polled(doors: &Doors, polled: impl Fn(&str) -> bool) -> ledger::Result<()> {
    for cause in doors.ledger.open_causes().await? {
        let id =
            ["poll:", "poll-host-key:", "poll-leftover:"].iter().find_map(|kind| cause.strip_prefix(kind));
        if id.is_some_and(|id| !polled(id)) {
            doors.ledger.close_alert(&cause, doors.clock.now()).await?;
        }
    }
    Ok(())
}

async fn raise_it(doors: &Doors, raise: &Raise) -> bool {
    let coalesce = doors.profiles.current().gateway.alerts.coalesce.duration();
    let coalesce = jiff::SignedDuration::try_from(coalesce).unwrap_or(jiff::SignedDuration::from_secs(60));
    let raised = doors.ledger.raise(raise, coalesce, doors.clock.now()).await;
    raised.inspect_err(|error| tracing::warn!(%error, "an alert is not in the ledger yet")).is_ok()
}

async fn recover(doors: &Doors, cause: &str) -> bool {
    let recovered = doors.ledger.recover(cause, doors.clock.now()).await;
    recovered.inspect_err(|error| tracing::warn!(%error, "an alert stays open for now")).is_ok()
}
