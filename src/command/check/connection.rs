//! Name, TCP and TLS of a partner's AS2 address.

use super::{Report, SOON, Step};
use crate::ledger::alert::Move;
use crate::net::probe::{self, Handshake, NoConnection, NoTls};
use crate::profile::as2::As2;
use crate::profile::certificates::valid_until;
use crate::transport::as2::{Link, own_certificate};
use portway_as2::certificate::Certificate;
use reqwest::Url;

const ALL: [&str; 3] = ["name", "TCP", "TLS"];

/// Looks, and says so step by step; true if a message could be sent.
pub async fn look(link: &Link, as2: &As2, url: &str, report: &mut Report) -> bool {
    let mut done = 0;
    let end = walk(link, as2, url, &mut |step| {
        done += 1;
        report.add(&step);
    })
    .await;
    if let Err(step) = end {
        report.add(&step);
        ALL.iter().skip(done + 1).for_each(|what| report.skip(what));
        return false;
    }
    true
}

async fn walk(link: &Link, as2: &As2, url: &str, tell: &mut impl FnMut(Step)) -> Result<(), Step> {
    let [name, tcp, tls] = ALL;
    let parsed = Url::parse(url).ok().and_then(|url| {
        // An IPv6 address stands in brackets.
        let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
        Some((host, url.port_or_known_default()?, url.scheme() == "https"))
    });
    let (host, port, secure) = parsed.ok_or_else(|| {
        Step::error(name, format!("{url} is no address"), Move::Us, "correct url under [as2]")
    })?;

    let found = probe::resolve(&host, port).await.map_err(|why| {
        let next =
            "compare url under [as2] with what the partner told; look at our resolver (/etc/resolv.conf)";
        Step::error(name, format!("{host} cannot be resolved: {why}"), Move::Us, next)
    })?;
    let ips: Vec<_> = found.iter().map(|address| address.ip().to_string()).collect();
    tell(Step::ok(name, format!("{host} is {}", ips.join(", "))));

    let (stream, address) = probe::connect(&found).await.map_err(|why| {
        let (why, next) = match why {
            NoConnection::Refused => (
                "the connection was refused".to_owned(),
                format!("ask whether their AS2 server runs and listens on port {port}"),
            ),
            NoConnection::Silence => (
                format!("nobody answered within {} s", probe::STEP.as_secs()),
                "look whether our firewall lets us out to that port, and ask whether theirs lets our address in".to_owned(),
            ),
            NoConnection::Other(error) => (error.to_string(), "look at our own network first".to_owned()),
        };
        let whose = if why.contains("refused") { Move::Partner } else { Move::Us };
        Step::error(tcp, format!("{host} port {port}: {why}"), whose, next)
    })?;
    tell(Step::ok(tcp, format!("connected to {address}")));

    if !secure {
        tell(Step::warning(
            tls,
            "none: the address begins with http://, so our login and all header fields can be read on their way",
            Move::Partner,
            "ask for an https:// address",
        ));
        return Ok(());
    }
    let own = match as2.tls_certificate.then(|| own_certificate(link)).transpose() {
        Ok(own) => own,
        Err(why) => {
            let next = "run this as the gateway's own user, or see portway cert list";
            return Err(Step::error(tls, format!("tls_certificate = true, but {why}"), Move::Us, next));
        }
    };
    let ca = as2.ca.as_ref().map(|ca| link.configuration.path(ca));
    let shaken = probe::handshake(stream, &host, ca.as_deref(), own)
        .await
        .map_err(|error| Step::error(tls, error.to_string(), Move::Us, "correct ca under [as2]"))?;
    let step = judged(link, as2, &host, &shaken);
    if shaken.end.is_err() {
        return Err(step);
    }
    tell(step);
    Ok(())
}

fn judged(link: &Link, as2: &As2, host: &str, shaken: &Handshake) -> Step {
    const WHAT: &str = ALL[2];
    let seen = shaken.certificate.as_deref().and_then(|der| Certificate::from_der(der).ok());
    let left = seen.as_ref().map_or(0, |one| (one.not_after() - link.now.as_second()).div_euclid(86_400));
    let shown = match &seen {
        None => "the server showed no certificate".to_owned(),
        Some(one) if left < 0 => {
            format!("the server's certificate {} expired on {}", one.subject(), valid_until(one))
        }
        Some(one) => format!(
            "the server's certificate {} is valid until {}, {left} days left",
            one.subject(),
            valid_until(one)
        ),
    };
    let pin = "ask for the certificate of their authority (or the server's own), and name the file as ca under [as2]";
    let partner = |why: String, next: &str| Step::error(WHAT, why, Move::Partner, next);
    match &shaken.end {
        Ok(()) => {
            let trust = match shaken.pinned {
                true => "pinned by ca",
                false => "its chain and name are good",
            };
            let asked = match (shaken.asks_for_ours, as2.tls_certificate) {
                (true, true) => "; it asks for a certificate of ours, and we show it",
                (true, false) => {
                    "; it asks for a certificate of ours, and we show none: tls_certificate = true shows it"
                }
                (false, true) => "; it does not ask for the certificate that tls_certificate = true shows",
                (false, false) => "",
            };
            let version = shaken.version.as_deref().unwrap_or("TLS").replace("TLSv1_", "TLS 1.");
            let found = format!("{version}; {shown}; {trust}{asked}");
            if left <= SOON {
                let next = match shaken.pinned {
                    true => {
                        "ask for the next one: a pinned certificate is taken also after its end, its successor is not"
                    }
                    false => "renew it; nothing goes through once it has expired",
                };
                return Step::warning(WHAT, found, Move::Partner, next);
            }
            Step::ok(WHAT, found)
        }
        Err(NoTls::Expired) => partner(shown, "renew it"),
        Err(NoTls::NotYetValid) => {
            partner(format!("not valid yet: {shown}"), "mend it; look at our own clock, too")
        }
        Err(NoTls::OtherName) => Step::error(
            WHAT,
            format!("the server's certificate is not for {host}: {shown}"),
            Move::Us,
            format!("compare the host in url with what they told; if it is right, {pin}"),
        ),
        Err(NoTls::UnknownIssuer) => {
            Step::error(WHAT, format!("we do not know the authority behind it: {shown}"), Move::Us, pin)
        }
        Err(NoTls::NotTls) => Step::error(
            WHAT,
            "the server does not speak TLS there, or hung up",
            Move::Us,
            "compare url under [as2] with what they told: the port, and https or http",
        ),
        Err(NoTls::Silence) => partner(
            format!("no answer to the handshake within {} s", probe::STEP.as_secs()),
            "look at what stands behind that port, and whether it speaks TLS",
        ),
        Err(NoTls::Other(why)) => {
            let wants = if shaken.asks_for_ours && !as2.tls_certificate {
                "; they ask for a certificate of ours: tls_certificate = true shows it"
            } else {
                ""
            };
            partner(format!("{why}{wants}"), "ask what their side logged for this connection")
        }
    }
}
