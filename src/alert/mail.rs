//! One e-mail to operators, over SMTP with lettre.
//!
//! Mails of one cause are one thread: the caller gives each its Message-ID and the first one's id as the thread. They are
//! marked as automatic (RFC 3834), so that no out-of-office answers come back. Nothing from outside can add a header or
//! a recipient: subjects lose their control characters, ids are checked, addresses are parsed.
//!
//! One bad address does not keep the mail from the others: where the server refuses the whole, each is tried alone. It
//! fails with [`MailError`] only when nobody took it; `temporary` says whether the same mail may go later. Whatever a
//! change of configuration can mend (connection, TLS, log-in) is temporary, so that no alert is lost meanwhile. A try
//! takes at most 20 seconds for each transaction; after that the mail may have gone, and goes again.

use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

const TIME: Duration = Duration::from_secs(20);
/// Characters of a subject; longer ones are cut.
const LONGEST_SUBJECT: usize = 200;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// Plain, then STARTTLS, which must succeed. Port 587.
    Starttls,
    /// TLS from the first byte. Port 465.
    Implicit,
    /// None. A password is then refused, save for a server on this host.
    None,
}

#[derive(Clone)]
pub struct MailSettings {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    pub username: Option<String>,
    pub password: Option<SecretString>,
    /// `Portway <edi@gateway.example>`.
    pub from: String,
    /// Extra certificate authorities, PEM.
    pub ca: Option<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailError {
    /// The same mail may go later.
    pub temporary: bool,
    pub reason: String,
}

impl fmt::Display for MailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Error for MailError {}

/// Who did not get a mail that others got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    pub address: String,
    pub error: MailError,
}

/// Sends mails for one configuration. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Sets up; connects to nobody yet. Reads the CA file: blocking, short. Errors name the setting.
    pub fn new(settings: &MailSettings) -> Result<Self, MailError> {
        let from: Mailbox =
            settings.from.parse().map_err(|e| lasting(format!("[mail] from: {:?}: {e}", settings.from)))?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .timeout(Some(TIME))
            .tls(protection(settings)?);
        if let (Some(user), Some(password)) = (&settings.username, &settings.password) {
            if settings.tls == MailTls::None && !on_this_host(&settings.host) {
                return Err(lasting(format!(
                    "[mail] the password would cross the network to {} unprotected; set tls to starttls or implicit",
                    settings.host
                )));
            }
            builder =
                builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(Mailer { transport: builder.build(), from })
    }

    /// Sends one text mail to all of `to`. `message_id`: its own, `<…@…>`; `thread`: the first mail's of the same cause, where
    /// this is not the first. On `Ok` at least one address took it; the rest is listed.
    pub async fn send(
        &self,
        to: &[String],
        subject: &str,
        body: &str,
        message_id: &str,
        thread: Option<&str>,
    ) -> Result<Vec<Missed>, MailError> {
        let mut missed = Vec::new();
        let mut boxes: Vec<Mailbox> = Vec::new();
        for address in to {
            match address.parse() {
                Ok(mailbox) => boxes.push(mailbox),
                Err(e) => missed.push(Missed {
                    address: address.clone(),
                    error: lasting(format!("{address:?} is no e-mail address: {e}")),
                }),
            }
        }
        if boxes.is_empty() {
            let text =
                missed.pop().map_or("nobody is named to receive alerts".to_owned(), |m| m.error.reason);
            return Err(lasting(text));
        }
        let mail = self.compose(&boxes, subject, body, message_id, thread)?.formatted();
        let all: Vec<Address> = boxes.into_iter().map(|b| b.email).collect();
        match self.transaction(&all, &mail).await {
            Ok(()) => return Ok(missed),
            Err(e) if e.temporary || all.len() == 1 => return Err(e),
            Err(_) => {}
        }
        self.one_by_one(all, &mail, missed).await
    }

    /// The server refused the mail for all, maybe for one of them only.
    async fn one_by_one(
        &self,
        all: Vec<Address>,
        mail: &[u8],
        mut missed: Vec<Missed>,
    ) -> Result<Vec<Missed>, MailError> {
        let mut last = None;
        let mut taken = false;
        for address in all {
            match self.transaction(std::slice::from_ref(&address), mail).await {
                Ok(()) => taken = true,
                Err(error) => {
                    if last.as_ref().is_none_or(|l: &MailError| !l.temporary) {
                        last = Some(error.clone());
                    }
                    missed.push(Missed { address: address.to_string(), error });
                }
            }
        }
        match last {
            Some(error) if !taken => Err(error),
            _ => Ok(missed),
        }
    }

    async fn transaction(&self, to: &[Address], mail: &[u8]) -> Result<(), MailError> {
        let envelope =
            Envelope::new(Some(self.from.email.clone()), to.to_vec()).map_err(|e| lasting(e.to_string()))?;
        match tokio::time::timeout(TIME, self.transport.send_raw(&envelope, mail)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(e)) => Err(sorted(&e)),
            Err(_) => Err(MailError {
                temporary: true,
                reason: format!("the mail server did not end within {} s", TIME.as_secs()),
            }),
        }
    }

    fn compose(
        &self,
        to: &[Mailbox],
        subject: &str,
        body: &str,
        message_id: &str,
        thread: Option<&str>,
    ) -> Result<Message, MailError> {
        let mut builder = Message::builder()
            .from(self.from.clone())
            .subject(one_line(subject))
            .date_now()
            .message_id(Some(checked_id(message_id)?))
            .header(ContentType::TEXT_PLAIN)
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            // Exchange does not know RFC 3834.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"),
                "All".to_owned(),
            ));
        for mailbox in to {
            builder = builder.to(mailbox.clone());
        }
        if let Some(thread) = thread {
            let thread = checked_id(thread)?;
            builder = builder.in_reply_to(thread.clone()).references(thread);
        }
        builder.body(plain(body)).map_err(|e| lasting(format!("the mail cannot be written: {e}")))
    }
}

fn protection(settings: &MailSettings) -> Result<Tls, MailError> {
    if settings.tls == MailTls::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(file) = &settings.ca {
        let named = |e: &dyn fmt::Display| lasting(format!("[mail] ca: {}: {e}", file.display()));
        let pem = std::fs::read(file).map_err(|e| named(&e))?;
        parameters = parameters.add_root_certificate(Certificate::from_pem(&pem).map_err(|e| named(&e))?);
    }
    let parameters = parameters.build_rustls().map_err(|e| lasting(format!("[mail] TLS: {e}")))?;
    Ok(match settings.tls {
        MailTls::Implicit => Tls::Wrapper(parameters),
        MailTls::Starttls | MailTls::None => Tls::Required(parameters),
    })
}

fn on_this_host(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn lasting(reason: String) -> MailError {
    MailError { temporary: false, reason }
}

/// Only a 5xx about this mail or its recipients is final (RFC 5321 section 4.2.1); a refused log-in (RFC 4954 section 6)
/// is the configuration's fault, and the mail waits for it to be mended.
fn sorted(error: &lettre::transport::smtp::Error) -> MailError {
    let code = error.status().map(u16::from);
    let temporary = !error.is_permanent() || matches!(code, Some(421 | 454 | 530 | 534 | 535 | 538));
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(e) = cause {
        let part = e.to_string();
        if !reason.contains(&part) {
            reason = format!("{reason}: {part}");
        }
        cause = e.source();
    }
    MailError { temporary, reason: one_line(&reason) }
}

fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.trim();
    match line.char_indices().nth(LONGEST_SUBJECT) {
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
        None => line.to_owned(),
    }
}

fn plain(body: &str) -> String {
    body.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// `<left@right>` of the characters of an atom (RFC 5322 section 3.6.4).
fn checked_id(id: &str) -> Result<String, MailError> {
    let inner = id.strip_prefix('<').and_then(|i| i.strip_suffix('>'));
    let atom = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
    };
    match inner.and_then(|i| i.split_once('@')) {
        Some((left, right)) if atom(left) && atom(right) && id.len() <= 250 => Ok(id.to_owned()),
        _ => Err(lasting(format!("{id:?} is no Message-ID"))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::net::tls::{CertificateSource, DoorCertificate};
    use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;

    /// What the pretend server saw.
    #[derive(Debug, PartialEq)]
    enum Seen {
        Recipients(Vec<String>),
        Mail(String),
    }

    /// Speaks enough SMTP. Recipients with `bad` get 550, with `later` 451. Returns true after STARTTLS was asked for.
    async fn session(
        stream: impl AsyncRead + AsyncWrite + Unpin,
        greet: bool,
        got: &mpsc::UnboundedSender<Seen>,
    ) -> bool {
        let mut stream = BufReader::new(stream);
        if greet {
            stream.write_all(b"220 mail.example\r\n").await.unwrap();
        }
        let (mut line, mut to) = (String::new(), Vec::new());
        loop {
            line.clear();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return false;
            }
            let command = line.trim().to_owned();
            let answer = match command.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250-mail.example\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n",
                "STARTTLS" => {
                    stream.write_all(b"220 go\r\n").await.unwrap();
                    return true;
                }
                "AUTH" => "535 no such user\r\n",
                "RCPT" if command.contains("bad") => "550 no such mailbox\r\n",
                "RCPT" if command.contains("later") => "451 greylisted\r\n",
                "RCPT" => {
                    to.push(command["RCPT TO:<".len()..command.len() - 1].to_owned());
                    "250 ok\r\n"
                }
                "DATA" => {
                    stream.write_all(b"354 go\r\n").await.unwrap();
                    let mut mail = String::new();
                    while !mail.ends_with("\r\n.\r\n") {
                        stream.read_line(&mut mail).await.unwrap();
                    }
                    got.send(Seen::Recipients(std::mem::take(&mut to))).unwrap();
                    got.send(Seen::Mail(mail)).unwrap();
                    "250 taken\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 ok\r\n",
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    }

    async fn server(
        tls: Option<std::sync::Arc<rustls::ServerConfig>>,
    ) -> (u16, mpsc::UnboundedReceiver<Seen>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (got, seen) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                if session(&mut stream, true, &got).await {
                    let acceptor = tokio_rustls::TlsAcceptor::from(tls.clone().unwrap());
                    if let Ok(stream) = acceptor.accept(stream).await {
                        session(stream, false, &got).await;
                    }
                }
            }
        });
        (port, seen)
    }

    fn settings(port: u16) -> MailSettings {
        MailSettings {
            host: "127.0.0.1".to_owned(),
            port,
            tls: MailTls::None,
            username: None,
            password: None,
            from: "Portway <edi@gateway.example>".to_owned(),
            ca: None,
        }
    }

    async fn send(settings: &MailSettings, to: &[&str]) -> Result<Vec<Missed>, MailError> {
        let to: Vec<String> = to.iter().map(|t| (*t).to_owned()).collect();
        let subject = "PO 4500123 refused\r\nBcc: thief@elsewhere.example";
        let mailer = Mailer::new(settings)?;
        mailer
            .send(&to, subject, "line one\n.\nÄrger", "<2@gateway.example>", Some("<1@gateway.example>"))
            .await
    }

    #[tokio::test]
    async fn one_mail_in_its_thread_and_no_header_of_theirs() {
        let (port, mut seen) = server(None).await;
        let missed = send(&settings(port), &["a@us.example", "Bea <b@us.example>"]).await.unwrap();
        assert!(missed.is_empty());
        let both = vec!["a@us.example".to_owned(), "b@us.example".to_owned()];
        assert_eq!(seen.recv().await.unwrap(), Seen::Recipients(both));
        let Seen::Mail(mail) = seen.recv().await.unwrap() else { panic!() };
        for header in [
            "Message-ID: <2@gateway.example>\r\n",
            "In-Reply-To: <1@gateway.example>\r\n",
            "References: <1@gateway.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Subject: PO 4500123 refused  Bcc: thief@elsewhere.example\r\n",
        ] {
            assert!(mail.contains(header), "{header} in\n{mail}");
        }
        assert!(!mail.contains("\nBcc:"));
    }

    #[tokio::test]
    async fn one_bad_address_does_not_keep_it_from_the_others() {
        let (port, mut seen) = server(None).await;
        let missed =
            send(&settings(port), &["bad@us.example", "good@us.example", "no address"]).await.unwrap();
        assert_eq!(missed.len(), 2);
        assert!(missed.iter().all(|m| !m.error.temporary));
        assert_eq!(seen.recv().await.unwrap(), Seen::Recipients(vec!["good@us.example".to_owned()]));
    }

    #[tokio::test]
    async fn errors_say_whether_later_may_do() {
        let (port, _seen) = server(None).await;
        let error = send(&settings(port), &["bad@us.example"]).await.unwrap_err();
        assert!(!error.temporary && error.reason.contains("no such mailbox"), "{error}");
        assert!(send(&settings(port), &["later@us.example"]).await.unwrap_err().temporary);
        let login = MailSettings {
            username: Some("u".to_owned()),
            password: Some("p".to_owned().into()),
            ..settings(port)
        };
        let error = send(&login, &["a@us.example"]).await.unwrap_err();
        assert!(error.temporary && error.reason.contains("no such user"), "{error}");
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        assert!(send(&settings(closed), &["a@us.example"]).await.unwrap_err().temporary);
        assert!(!send(&settings(port), &[]).await.unwrap_err().temporary);
    }

    #[tokio::test]
    async fn starttls_with_a_certificate_of_the_house() {
        let dir = tempfile::tempdir().unwrap();
        let names = vec!["127.0.0.1".to_owned()];
        let source = CertificateSource::SelfSigned { dir: dir.path().to_owned(), names };
        let certificate = DoorCertificate::open(source).unwrap();
        let (port, mut seen) = server(Some(certificate.server_config().unwrap())).await;
        let untrusted = MailSettings { tls: MailTls::Starttls, ..settings(port) };
        assert!(send(&untrusted, &["a@us.example"]).await.unwrap_err().temporary);
        let trusted = MailSettings { ca: Some(dir.path().join("self-signed.pem")), ..untrusted };
        send(&trusted, &["a@us.example"]).await.unwrap();
        assert!(matches!(seen.recv().await.unwrap(), Seen::Recipients(_)));
    }

    #[test]
    fn settings_that_cannot_work_are_named() {
        let error = |settings: MailSettings| Mailer::new(&settings).err().unwrap();
        let wrong = MailSettings { from: "nobody".to_owned(), ..settings(25) };
        assert!(error(wrong).reason.contains("[mail] from"));
        let bare = MailSettings {
            host: "mail.example".to_owned(),
            username: Some("u".to_owned()),
            password: Some("p".to_owned().into()),
            ..settings(25)
        };
        assert!(error(bare).reason.contains("unprotected"));
        let ca = MailSettings { tls: MailTls::Implicit, ca: Some("/nowhere/ca.pem".into()), ..settings(465) };
        assert!(error(ca).reason.contains("/nowhere/ca.pem"));
    }

    #[test]
    fn ids_are_checked() {
        for id in ["", "a@b", "<a>", "<a@b", "<a@b>\r\nX: y", "<a b@c>", "<@b>", "<a@>"] {
            assert!(checked_id(id).is_err(), "{id:?}");
        }
        checked_id("<0199-alert.1@gateway.example>").unwrap();
    }
}
