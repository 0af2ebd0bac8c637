//! What operators are told, and by e-mail how.
//!
//! Alerts are rows of the ledger, raised in the transaction that found the fault; this is the only code that sends them. One lane,
//! one mail at a time: the mail server is down for all or for none. A mail that cannot be sent waits in the ledger.

pub mod absence;
pub mod digest;
pub mod expiry;
pub mod mail;

use crate::clock::{SharedClock, rfc3339};
use crate::ledger::Ledger;
use crate::ledger::alert::MailDue;
use crate::ledger::job::MAIL_LANE;
use crate::profile::gateway::{Mail, MailTls};
use crate::profile::{Configuration, Store};
use jiff::{SignedDuration, Timestamp};
use mail::{MailSettings, Mailer};
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Tries before a mail is given up: about two days.
const MOST_TRIES: i32 = 60;

/// What the mail lane works with.
#[derive(Clone)]
pub struct Post {
    pub ledger: Ledger,
    pub profiles: Arc<Store>,
    pub clock: SharedClock,
    pub stop: CancellationToken,
}

/// Sends the mails that are owed, until the gateway stops.
pub async fn run(post: Post) {
    let bell = post.ledger.wake.of(MAIL_LANE);
    bell.notify_one();
    loop {
        tokio::select! {
            () = post.stop.cancelled() => return,
            () = bell.notified() => {}
        }
        loop {
            match post.next().await {
                Ok(true) if !post.stop.is_cancelled() => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "no mail sent");
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    break;
                }
            }
        }
    }
}

impl Post {
    /// Sends one mail that is due; `false` when none is.
    async fn next(&self) -> crate::ledger::Result<bool> {
        let now = self.clock.now();
        let Some(claimed) = self.ledger.claim_plain(MAIL_LANE, 1, now).await?.into_iter().next() else {
            return Ok(false);
        };
        if !claimed.lease.begin() {
            return Ok(false);
        }
        let due = self.ledger.mail_due(claimed).await?;
        let configuration = self.profiles.current();
        let (sent, detail) = match self.send(&configuration, &due).await {
            Ok(detail) => (true, detail),
            Err(detail) => (false, detail),
        };
        let again = (!sent && due.tries < MOST_TRIES).then(|| later(now, due.tries));
        if sent {
            tracing::info!(alert = %due.alert, kind = %due.kind, detail, "mail sent");
        } else {
            tracing::warn!(alert = %due.alert, detail, "mail not sent");
        }
        self.ledger.finish_mail(&due, sent, &detail, again, self.clock.now()).await?;
        Ok(true)
    }

    async fn send(&self, configuration: &Configuration, due: &MailDue) -> Result<String, String> {
        let Some(settings) = &configuration.gateway.mail else {
            // Nobody asked for mail: the alert stands in 'portway status'.
            return Ok("no [mail] in gateway.toml; not sent".into());
        };
        let mut to = configuration.gateway.alerts.to.clone();
        let operators = due
            .partner
            .as_deref()
            .and_then(|p| configuration.partner(p))
            .map(|p| p.partner.operators.clone());
        to.extend(operators.unwrap_or_default());
        to.sort();
        to.dedup();
        if to.is_empty() {
            return Ok("nobody under [alerts] to; not sent".into());
        }
        let mailer = mailer(configuration, settings)?;
        let domain =
            settings.from.rsplit('@').next().unwrap_or("portway.invalid").trim_end_matches('>').to_owned();
        let thread = format!("<alert-{}@{domain}>", due.alert);
        let (id, parent) = match due.kind.as_str() {
            "raised" => (thread, None),
            "digest" => (format!("<digest-{}@{domain}>", due.alert), None),
            kind => (format!("<{kind}-{}@{domain}>", due.alert), Some(thread)),
        };
        let missed = mailer
            .send(&to, &subject(due), &body(due), &id, parent.as_deref())
            .await
            .map_err(|e| e.reason)?;
        for one in &missed {
            tracing::warn!(address = %one.address, error = %one.error, "this address did not get the mail");
        }
        Ok(format!("to {}", to.join(", ")))
    }
}

fn mailer(configuration: &Configuration, settings: &Mail) -> Result<Mailer, String> {
    let password: Option<SecretString> = match &settings.password {
        Some(secret) => Some(secret.resolve(&configuration.dir).map_err(|e| e.to_string())?),
        None => None,
    };
    Mailer::new(&MailSettings {
        host: settings.host.clone(),
        port: settings.port(),
        tls: match settings.tls {
            MailTls::Starttls => mail::MailTls::Starttls,
            MailTls::Implicit => mail::MailTls::Implicit,
            MailTls::None => mail::MailTls::None,
        },
        username: settings.username.clone(),
        password,
        from: settings.from.clone(),
        ca: settings.ca.as_ref().map(|ca| configuration.path(ca)),
    })
    .map_err(|e| e.reason)
}

/// Says partner, document, number and whose move it is.
fn subject(due: &MailDue) -> String {
    if due.kind == "digest" {
        return format!("[Portway] {}", due.title);
    }
    if due.kind == "recovered" {
        return format!("[Portway] over: {}", due.title);
    }
    let whose = match due.whose.as_str() {
        "partner" => "the partner must act",
        "endpoint" => "the endpoint's owners must act",
        _ => "we must act",
    };
    format!("[Portway] {} - {whose}", due.title)
}

fn body(due: &MailDue) -> String {
    if due.kind == "digest" {
        return due.detail.clone();
    }
    let mut text = String::new();
    if due.kind == "recovered" {
        text += &format!("This is over: {}\n\n", due.title);
        text += &format!("It began {} and came {} times.\n", rfc3339(due.first_at), due.count);
        return text;
    }
    text += &due.detail;
    text += "\n";
    if due.count > 1 {
        text += &format!(
            "\nThis came {} times between {} and {}; the first is described above.\n",
            due.count,
            rfc3339(due.first_at),
            rfc3339(due.last_at)
        );
    } else {
        text += &format!("\nWhen: {}\n", rfc3339(due.first_at));
    }
    text +=
        "Further ones of the same cause are counted, not mailed; you get one more mail when it is over.\n";
    text
}

/// One second, two, four … an hour.
fn later(now: Timestamp, tries: i32) -> Timestamp {
    let seconds = 1i64 << tries.clamp(0, 12);
    now.checked_add(SignedDuration::from_secs(seconds.min(3600))).unwrap_or(now)
}
