//! What has to hold across the keys of AS2: ours in `gateway.toml`, and a partner's `[as2]`.
//!
//! Promises: as `checks`: all faults at once, each at the key that has to change, with what to write. What a partner in draft
//! still lacks (its certificate, our key) is a warning: onboarding begins before everything is there. Certificates that have
//! expired, weak keys and old algorithms are warnings: a partner may insist on them.
//! Looks at no files.

use super::as2::{As2, EncryptWith, MdnWanted, SignWith};
use super::certificates::superseded;
use super::checks::url;
use super::document::{Document, Step, steps};
use super::gateway::Gateway;
use super::own_keys::{OwnKeys, place};
use super::partner::Status;
use super::partner_profile::PartnerProfile;
use super::pinned::{As2Partner, Pinned, can_encrypt, is_valid};
use super::problem::Problem;
use jiff::Timestamp;
use portway_as2::certificate::{Certificate, Purpose, Remark};

/// Our side. Errors are fatal.
pub(super) fn gateway(
    document: &Document,
    gateway: &Gateway,
    keys: &OwnKeys,
    now: Timestamp,
    problems: &mut Vec<Problem>,
) {
    for (name, station) in gateway.stations() {
        let at = |key: &str| {
            let mut at = place(gateway, name);
            at.push(Step::from(key));
            at
        };
        if let Some(as2) = &station.as2 {
            name_of(as2).into_iter().for_each(|fault| problems.push(fault.at(document, &at("as2"))));
        } else if !station.keys.is_empty() {
            let problem = document.problem(&at("keys"), "keys, but no AS2 name to use them under").warning();
            problems.push(problem.help("write as2 = \"OURNAME\", as partners are to write it in AS2-To"));
        }
        let certificates = keys.certificates(name);
        dates(certificates, now, |index, fault| {
            let mut at = at("keys");
            at.extend(steps![index, "certificate"]);
            let help = format!(
                "`portway cert new --station {name}` makes the next; partners need its certificate first"
            );
            problems.push(document.problem(&at, fault).warning().help(help));
        });
        if !certificates.is_empty() && !certificates.iter().any(|one| can_encrypt(&one.certificate)) {
            let problem =
                document.problem(&at("keys"), "only EC keys: no partner can encrypt to them").warning();
            problems.push(
                problem.help(format!("add an RSA key: `portway cert new --station {name} --rsa 2048`")),
            );
        }
        if !certificates.is_empty() && certificates.iter().all(|one| one.from.is_some_and(|from| from > now))
        {
            let problem =
                document.problem(&at("keys"), "no key signs yet: every `from` is still to come").warning();
            problems.push(problem.help("leave `from` out for the key that partners know now"));
        }
    }
    let Some(door) = &gateway.listen.as2 else { return };
    if let Some(text) = &door.url {
        url(document, &steps!["listen", "as2", "url"], text, problems);
    }
    if door.plain_address.is_some_and(|plain| plain.port() != 0 && plain == door.address) {
        let problem = document.problem(
            &steps!["listen", "as2", "plain_address"],
            "the door without TLS has the address of the one with it",
        );
        problems.push(problem.help("give it a port of its own"));
    }
    if !gateway.stations().any(|(_, station)| station.as2.is_some()) {
        let problem = document
            .problem(&steps!["listen", "as2"], "the AS2 door is open, but no station has an AS2 name")
            .warning();
        problems.push(
            problem.help("write as2 = \"OURNAME\" under [us], and keys: `portway cert new --station us`"),
        );
    }
}

/// A partner's `[as2]`, against the gateway.
pub(super) fn partner(gateway: &Gateway, profile: &PartnerProfile, now: Timestamp) -> Vec<Problem> {
    let (Some(as2), Some(pinned)) = (&profile.partner.as2, &profile.as2) else { return Vec::new() };
    let mut found = Found { profile, problems: Vec::new() };
    name_of(&as2.id).into_iter().for_each(|fault| {
        let problem = fault.at(&profile.document, &steps!["as2", "id"]);
        found.problems.push(problem.of_partner(&profile.partner.id));
    });
    our_side(&mut found, gateway, as2);
    certificates(&mut found, as2, pinned, now);
    way_out(&mut found, gateway, as2);
    algorithms(&mut found, as2);
    way_in(&mut found, as2);
    found.problems
}

struct Found<'a> {
    profile: &'a PartnerProfile,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn error(&mut self, at: &[Step], message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(self.profile.problem(at, message).help(help));
    }

    fn warning(&mut self, at: &[Step], message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(self.profile.problem(at, message).warning().help(help));
    }

    /// Something is not there yet: a draft may go without.
    fn missing(&mut self, at: &[Step], message: impl Into<String>, help: impl Into<String>) {
        match self.profile.partner.status {
            Status::Draft => self.warning(at, message, help),
            _ => self.error(at, message, help),
        }
    }
}

fn our_side(found: &mut Found<'_>, gateway: &Gateway, as2: &As2) {
    let Some((name, station)) = gateway.station_named(found.profile.partner.station.as_deref()) else {
        return;
    };
    if station.as2.is_none() {
        let help = format!("write as2 = \"OURNAME\" for the station `{name}` in gateway.toml");
        found.missing(&steps!["as2"], format!("our station `{name}` has no AS2 name"), help);
    }
    let new =
        format!("`portway cert new --station {name}` makes a key and says what to write in gateway.toml");
    if station.keys.is_empty() {
        if as2.url.is_some() && as2.sign != SignWith::None {
            let message = format!("what we send is signed, but the station `{name}` has no key");
            found.missing(&steps!["as2", "sign"], message, format!("{new}; or write sign = \"none\""));
        } else if as2.tls_certificate {
            let message = format!("we show a certificate as a TLS client, but the station `{name}` has none");
            found.missing(&steps!["as2", "tls_certificate"], message, new);
        } else {
            let message = format!(
                "the station `{name}` has no key: nothing encrypted can be opened, no receipt signed"
            );
            found.warning(&steps!["as2"], message, new);
        }
    }
}

fn certificates(found: &mut Found<'_>, as2: &As2, pinned: &As2Partner, now: Timestamp) {
    let at = steps!["as2", "certificates"];
    let import = format!("ask for it, then: portway cert import FILE --partner {}", found.profile.partner.id);
    let encrypts = as2.url.is_some() && as2.encrypt != EncryptWith::None;
    if pinned.pinned().is_empty() {
        if encrypts {
            let help = format!("{import}; or write encrypt = \"none\"");
            found.missing(&at, "what we send is encrypted, but the partner's certificate is missing", help);
        } else if !as2.accept_unsigned {
            let message = "its signatures cannot be verified: the partner's certificate is missing";
            found.missing(&at, message, format!("{import}; or write accept_unsigned = true"));
        } else if as2.url.is_some() && as2.mdn != MdnWanted::None && as2.mdn_signed {
            let message = "its signed receipts cannot be verified: the partner's certificate is missing";
            found.missing(&at, message, format!("{import}; or write mdn_signed = false"));
        }
        return;
    }
    for (index, one) in pinned.pinned().iter().enumerate() {
        if pinned.signers()[..index].contains(&one.certificate) {
            found.error(
                &steps!["as2", "certificates", index],
                "this certificate is listed twice",
                "remove one",
            );
        }
    }
    dates(pinned.pinned(), now, |index, fault| {
        found.warning(&steps!["as2", "certificates", index], fault, import.clone());
    });
    if !encrypts {
        return;
    }
    match pinned.encrypt_to(now) {
        None if !pinned.signers().iter().any(can_encrypt) => {
            let help = "ask the partner for an RSA certificate; or write encrypt = \"none\"";
            found.missing(&at, "what we send is encrypted, but only to RSA keys, and here are none", help);
        }
        None => found.warning(
            &at,
            "nothing can be encrypted yet: every `from` is still to come",
            "leave `from` out for the certificate that is in use now",
        ),
        Some(chosen)
            if chosen.remarks(Purpose::Encryption).contains(&Remark::KeyUsage(Purpose::Encryption)) =>
        {
            let message = format!(
                "we encrypt to {}, and its key usage does not name keyEncipherment",
                chosen.subject()
            );
            found.warning(&at, message, "ask the partner which certificate to encrypt to");
        }
        Some(_) => {}
    }
}

fn way_out(found: &mut Found<'_>, gateway: &Gateway, as2: &As2) {
    let at = |key: &str| steps!["as2", key];
    match &as2.url {
        Some(text) => {
            let before = found.problems.len();
            let mut own = Vec::new();
            url(&found.profile.document, &at("url"), text, &mut own);
            let id = &found.profile.partner.id;
            found.problems.extend(own.into_iter().map(|problem| problem.of_partner(id)));
            let plain = text.parse::<http::Uri>().is_ok_and(|uri| uri.scheme_str() == Some("http"));
            if found.problems.len() == before && plain {
                let help = "ask the partner for an https:// address; the messages are signed and encrypted all the same";
                found.warning(
                    &at("url"),
                    "no TLS: what we send and whom we send to can be seen on the way",
                    help,
                );
                if as2.password.is_some() {
                    found.warning(&at("password"), "the password goes over a connection without TLS", help);
                }
                if as2.tls_certificate {
                    found.warning(&at("tls_certificate"), "there is no TLS to show a certificate in", help);
                }
            }
        }
        None if gateway.listen.as2.is_none() => found.warning(
            &steps!["as2"],
            "no way in and no way out over AS2",
            "write url = \"https://…\" to send, and [listen.as2] in gateway.toml to receive",
        ),
        None => {}
    }
    if as2.mdn == MdnWanted::Async && as2.url.is_some() {
        let place = gateway.listen.as2.as_ref().and_then(|door| door.url.as_ref());
        if place.is_none() {
            let help = "write url = \"https://as2.us.example:4443/as2\" under [listen.as2] in gateway.toml; or mdn = \"sync\"";
            found.error(&at("mdn"), "receipts are to come later, but we name no address for them", help);
        }
    }
    if as2.mdn_due.is_zero() {
        found.error(&at("mdn_due"), "this cannot be zero", "leave it out for an hour");
    }
    match (&as2.username, &as2.password) {
        (None, Some(_)) => {
            found.warning(
                &at("password"),
                "a password without a username is not used",
                "write username = \"…\"",
            );
        }
        (Some(_), None) => {
            let help = "write password = { credential = \"name\" }";
            found.warning(&at("username"), "a username without a password is not used", help);
        }
        (Some(username), Some(_)) if !is_username(username) => {
            found.error(&at("username"), "this cannot be a username", USERNAME_HELP);
        }
        _ => {}
    }
    if as2.subject.as_deref().is_some_and(|text| text.chars().any(char::is_control)) {
        found.error(
            &at("subject"),
            "a subject is one line, without control characters",
            "write it in one line",
        );
    }
}

/// HTTP basic authentication (RFC 7617 section 2).
fn is_username(text: &str) -> bool {
    !text.is_empty() && !text.contains(':') && !text.chars().any(char::is_control)
}

const USERNAME_HELP: &str =
    "HTTP basic authentication has a name without a colon and without control characters";

fn algorithms(found: &mut Found<'_>, as2: &As2) {
    if as2.encrypt == EncryptWith::TripleDes {
        let help = "leave `encrypt` out for aes256-cbc, unless the partner can do nothing else";
        found.warning(&steps!["as2", "encrypt"], "3DES is withdrawn: 64-bit blocks are not enough", help);
    }
}

fn way_in(found: &mut Found<'_>, as2: &As2) {
    for (index, text) in as2.mdn_urls.iter().enumerate() {
        let at = steps!["as2", "mdn_urls", index];
        let mut own = Vec::new();
        url(&found.profile.document, &at, text, &mut own);
        let id = &found.profile.partner.id;
        found.problems.extend(own.into_iter().map(|problem| problem.of_partner(id)));
        if text.contains(['?', '#']) {
            let help = "write origin and the beginning of the path, \"https://as2.acme.example/mdn\"; any query is taken";
            found.error(&at, "this is a prefix of addresses: it has no query", help);
        }
    }
    if as2.login.as_ref().is_some_and(|login| !is_username(&login.username)) {
        found.error(&steps!["as2", "login", "username"], "this cannot be a username", USERNAME_HELP);
    }
}

/// What the dates and the keys of certificates that are in use say.
fn dates(all: &[Pinned], now: Timestamp, mut report: impl FnMut(usize, String)) {
    for (index, one) in all.iter().enumerate() {
        let certificate = &one.certificate;
        let begun = one.from.is_none_or(|from| from <= now);
        if begun && !superseded(all, index, now) && !is_valid(certificate, now) {
            report(index, validity(certificate, now));
        }
        if let Some(short) =
            certificate.remarks(Purpose::Signing).iter().find(|r| matches!(r, Remark::ShortKey(_)))
        {
            report(index, format!("{}: {short}", certificate.subject()));
        }
    }
}

fn validity(certificate: &Certificate, now: Timestamp) -> String {
    let day =
        |second| Timestamp::from_second(second).map_or_else(|_| "?".to_owned(), super::certificates::day);
    let subject = certificate.subject();
    if certificate.not_after() < now.as_second() {
        format!("{subject} expired on {}", day(certificate.not_after()))
    } else {
        format!("{subject} is valid only from {}", day(certificate.not_before()))
    }
}

struct NameFault {
    message: String,
    help: &'static str,
    warning: bool,
}

impl NameFault {
    fn at(self, document: &Document, at: &[Step]) -> Problem {
        let problem = document.problem(at, self.message).help(self.help);
        if self.warning { problem.warning() } else { problem }
    }
}

/// An AS2 name: 1 to 128 characters of printable ASCII and blanks (RFC 4130 section 6.2).
fn name_of(name: &str) -> Option<NameFault> {
    let fault = |message: String, help: &'static str| Some(NameFault { message, help, warning: false });
    let doubt = |message: String, help: &'static str| Some(NameFault { message, help, warning: true });
    if name.is_empty() || name.len() > 128 {
        let message = format!("an AS2 name has 1 to 128 characters; here are {}", name.chars().count());
        return fault(message, "write it exactly as it stands in AS2-From; case counts");
    }
    if !name.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        let message = "an AS2 name is made of printable ASCII characters and blanks".to_owned();
        return fault(message, "write it exactly as it stands in AS2-From");
    }
    if name.starts_with(' ') || name.ends_with(' ') {
        let message = "this AS2 name begins or ends with a blank".to_owned();
        return fault(message, "take the blank out: products drop it, and names are compared as they are");
    }
    if name.contains(['"', '\\']) {
        let message =
            "an AS2 name with a quotation mark or a backslash: many products cannot write it".to_owned();
        return doubt(message, "write the name without the quotes that the header puts around it");
    }
    None
}
