//! What operators are told of polling: that a server cannot be polled, that it shows another host key, that a file cannot be taken,
//! that taken files stay there. One alert a server and cause; the first poll that works closes it.

use super::owner::{End, Means, Whom};
use crate::ledger;
use crate::ledger::alert::{Move, Raise};
use crate::net::ssh::{SshError, Whose};

/// What passes by itself is told after so many failures in a row.
const PATIENCE: i32 = 3;

fn cannot(whom: &Whom) -> String {
    match whom {
        Whom::Partner(id) => format!("poll:{id}"),
        Whom::Source(name) => format!("source-poll:{name}"),
    }
}

pub(super) fn host_key(whom: &Whom) -> String {
    match whom {
        Whom::Partner(id) => format!("poll-host-key:{id}"),
        Whom::Source(name) => format!("source-host-key:{name}"),
    }
}

fn leftover(whom: &Whom) -> String {
    match whom {
        Whom::Partner(id) => format!("poll-leftover:{id}"),
        Whom::Source(name) => format!("source-leftover:{name}"),
    }
}

/// The server, as the titles have it.
fn server(whom: &Whom) -> String {
    match whom {
        Whom::Partner(id) => format!("{id}: their SFTP server"),
        Whom::Source(name) => format!("endpoint {name}: its SFTP server, which it hands documents over at,"),
    }
}

/// The server could not be polled, `failures` times in a row.
pub async fn failed(means: &Means, whom: &Whom, error: &SshError, failures: i32) {
    let (whose, title, detail) = match error {
        SshError::HostKey { .. } => (
            Move::Us,
            format!("{} shows another host key", server(whom)),
            format!("{error}.\n\nUntil then nothing is fetched from there; their files stay where they are."),
        ),
        _ if error.is_temporary() && failures < PATIENCE => return,
        _ => (
            match error.whose() {
                Whose::Us => Move::Us,
                Whose::Theirs => whom.they(),
            },
            format!("{} cannot be polled", server(whom)),
            format!(
                "{error}.\n\nNothing is lost: their files stay where they are. Polling goes on by itself, at longer and longer \
                 intervals; 'portway status' shows when. {}",
                match whom {
                    Whom::Partner(_) => "A changed profile is tried at once.",
                    Whom::Source(_) => "A changed endpoint is tried at once.",
                }
            ),
        ),
    };
    let cause = if matches!(error, SshError::HostKey { .. }) { host_key(whom) } else { cannot(whom) };
    means.raise(&Raise { cause, whose, partner: whom.partner(), title, detail, subject: None }).await;
}

/// It cannot be polled, for a reason of our own.
pub async fn ours(means: &Means, whom: &Whom, why: &str) {
    let raise = Raise {
        cause: cannot(whom),
        whose: Move::Us,
        partner: whom.partner(),
        title: format!("{} cannot be polled", server(whom)),
        detail: format!("{why}.\n\nNothing is lost: files stay where they are until that is mended."),
        subject: None,
    };
    means.raise(&raise).await;
}

/// It works: whatever alert there is, also of an earlier run or of another gateway, is over. `false`: the ledger is away.
pub async fn works(means: &Means, whom: &Whom) -> bool {
    means.recover(&cannot(whom)).await && means.recover(&host_key(whom)).await
}

/// A file that stays where it is.
pub async fn refused(means: &Means, whom: &Whom, path: &str, why: &str) -> End {
    tracing::warn!(whom = whom.id(), file = path, why, "a file on an SFTP server cannot be taken");
    let (cause, title, next) = match whom {
        Whom::Partner(id) => (
            format!("file:{id}"),
            format!("{id}: a file on their SFTP server cannot be taken"),
            "It stays on their server. Ask the partner to put it there again, or to remove it.",
        ),
        Whom::Source(name) => (
            format!("refused:{name}"),
            format!("endpoint {name}: a file cannot be taken"),
            "It stays on its server. Put it there again under a plain name, or remove it.",
        ),
    };
    let raise = Raise {
        // A single event: nothing tells us when it is over.
        cause,
        whose: whom.they(),
        partner: whom.partner(),
        title,
        detail: format!("{path}: {why}. {next}"),
        subject: None,
    };
    if means.raise(&raise).await { End::Refused } else { End::Untold }
}

/// Files that are taken, and cannot be removed.
pub async fn left_over(means: &Means, whom: &Whom, path: &str, many: usize, error: &SshError) -> bool {
    tracing::warn!(whom = whom.id(), file = path, many, %error, "a file that is taken cannot be removed from its SFTP server");
    let (title, next) = match whom {
        Whom::Partner(id) => (
            format!("{id}: taken files cannot be removed from their SFTP server"),
            "Ask the partner to let our user remove or rename files there, or write after = \"keep\" under [sftp_client.poll].",
        ),
        Whom::Source(name) => (
            format!("endpoint {name}: taken files cannot be removed from its SFTP server"),
            "Let our user remove or rename files there; the folder `taken`, where one is named, has to exist.",
        ),
    };
    let raise = Raise {
        cause: leftover(whom),
        whose: whom.they(),
        partner: whom.partner(),
        title,
        detail: format!(
            "{path} ({many} in all): {error}.\n\nThey are taken, and are not taken twice. {next}"
        ),
        subject: None,
    };
    means.raise(&raise).await
}

/// They could be removed after all.
pub async fn cleared(means: &Means, whom: &Whom) -> bool {
    means.recover(&leftover(whom)).await
}

/// Closes what is open of those who are not polled any more, of this owner. Nobody is told that it works.
pub async fn no_longer_polled(
    means: &Means,
    whom: fn(String) -> Whom,
    polled: impl Fn(&Whom) -> bool,
) -> ledger::Result<()> {
    let nobody = whom(String::new());
    let kinds = [cannot(&nobody), host_key(&nobody), leftover(&nobody)];
    for cause in means.ledger.open_causes().await? {
        let of = kinds.iter().find_map(|kind| cause.strip_prefix(kind)).map(|name| whom(name.to_owned()));
        if of.is_some_and(|of| !polled(&of)) {
            means.ledger.close_alert(&cause, means.clock.now()).await?;
        }
    }
    Ok(())
}
