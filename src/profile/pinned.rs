//! The certificates that a partner's profile pins: read, put into the stored profile, and chosen from by date.
//!
//! Promises: a certificate is parsed once, when the profile is read. Which of several we encrypt to is a matter of their
//! `from` and of the time that the caller gives; a partner's signature may come from any of them, also from one whose `from`
//! is still to come. A private key that stands beside a certificate is left out.
//! Fails with the place in the profile and what to write or to ask the partner for.

use super::checks::readable;
use super::document::{Document, Step, steps};
use super::partner::{CertificateSource, Partner};
use super::partner_profile::Surroundings;
use super::problem::Problem;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use portway_as2::certificate::{Certificate, Purpose, Remark};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// A certificate, and when its use begins.
#[derive(Debug, Clone)]
pub struct Pinned {
    pub certificate: Certificate,
    /// `None`: from the start.
    pub from: Option<Timestamp>,
}

/// What the `[as2]` section of a profile pins.
#[derive(Debug, Clone, Default)]
pub struct As2Partner {
    pinned: Vec<Pinned>,
    signers: Vec<Certificate>,
    client_certificates: Vec<CertificateDer<'static>>,
}

impl As2Partner {
    /// In the order of the profile.
    pub fn pinned(&self) -> &[Pinned] {
        &self.pinned
    }

    /// The certificates of which the partner's signatures may be, in the order of [`As2Partner::pinned`].
    pub fn signers(&self) -> &[Certificate] {
        &self.signers
    }

    /// The certificate that we encrypt to; `None` where none can be encrypted to, or none is in force yet.
    pub fn encrypt_to(&self, now: Timestamp) -> Option<&Certificate> {
        let able = self.pinned.iter().filter(|pinned| can_encrypt(&pinned.certificate));
        in_use(able, now, Purpose::Encryption, |pinned| (&pinned.certificate, pinned.from))
            .map(|pinned| &pinned.certificate)
    }

    /// TLS client certificates of which the partner must show one at our door; empty: it need not show any.
    pub fn client_certificates(&self) -> &[CertificateDer<'static>] {
        &self.client_certificates
    }
}

/// RSA only: there is no key agreement in AS2 as it is used.
pub(super) fn can_encrypt(certificate: &Certificate) -> bool {
    !certificate.remarks(Purpose::Encryption).contains(&Remark::CannotEncrypt)
}

/// Of those whose `from` has come, the one to use: not expired before expired, fit for the purpose before unfit, then the
/// latest `from`, then the last in the list.
pub(super) fn in_use<'a, T>(
    all: impl Iterator<Item = &'a T>,
    now: Timestamp,
    purpose: Purpose,
    view: impl Fn(&T) -> (&Certificate, Option<Timestamp>),
) -> Option<&'a T> {
    all.filter(|one| view(one).1.is_none_or(|from| from <= now)).max_by_key(|one| {
        let (certificate, from) = view(one);
        let unfit = certificate.remarks(purpose).contains(&Remark::KeyUsage(purpose));
        (is_valid(certificate, now), !unfit, from)
    })
}

/// Within the dates that the certificate itself names.
pub(super) fn is_valid(certificate: &Certificate, now: Timestamp) -> bool {
    (certificate.not_before()..=certificate.not_after()).contains(&now.as_second())
}

pub(super) const FROM_HELP: &str =
    "write a day, \"2027-01-31\" (it begins at 00:00 UTC), or an instant, \"2027-01-31T06:00:00Z\"";

/// A `from`: a day, which begins at 00:00 UTC, or an instant.
pub fn beginning(text: &str) -> Result<Timestamp, String> {
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    // A day is tried first only where there is no time in it.
    match text.len() {
        10 => day().ok_or_else(|| format!("`{text}` is no day")),
        _ => text.parse::<Timestamp>().map_err(|_| format!("`{text}` is neither a day nor an instant")),
    }
}

/// The lists of certificates that a profile may have.
const LISTS: [[&str; 2]; 3] =
    [["https", "certificates"], ["as2", "certificates"], ["as2", "client_certificates"]];

/// Puts the PEM text of every certificate in place of its path; true if there was any to replace.
pub(super) fn inline(
    document: &Document,
    values: &mut toml::Table,
    around: &Surroundings<'_>,
) -> Result<bool, Vec<Problem>> {
    let (mut problems, mut replaced) = (Vec::new(), false);
    for [section, key] in LISTS {
        let list =
            values.get_mut(section).and_then(|table| table.get_mut(key)).and_then(|l| l.as_array_mut());
        for (index, value) in list.into_iter().flatten().enumerate() {
            let mut at = steps![section, key, index].to_vec();
            let value = match value {
                toml::Value::Table(table) => {
                    at.push(Step::from("file"));
                    match table.get_mut("file") {
                        Some(file) => file,
                        None => continue,
                    }
                }
                plain => plain,
            };
            let Some(text) = value.as_str() else { continue };
            match pem(&CertificateSource(text.to_owned()), around) {
                Ok(pem) => {
                    replaced |= pem != text;
                    *value = toml::Value::String(pem);
                }
                Err((message, help)) => problems.push(document.problem(&at, message).help(help)),
            }
        }
    }
    if problems.is_empty() { Ok(replaced) } else { Err(problems) }
}

/// The client certificates of `[https]`.
pub(super) fn https(
    document: &Document,
    partner: &Partner,
) -> Result<Vec<CertificateDer<'static>>, Vec<Problem>> {
    let sources = partner.https.as_ref().map_or(&[][..], |https| &https.certificates);
    client(document, ["https", "certificates"], sources)
}

/// What `[as2]` pins.
pub(super) fn as2(
    document: &Document,
    partner: &Partner,
    around: &Surroundings<'_>,
) -> Result<Option<As2Partner>, Vec<Problem>> {
    let Some(as2) = &partner.as2 else { return Ok(None) };
    let (mut pinned, mut problems) = (Vec::new(), Vec::new());
    if let (Some(ca), Some(folder)) = (&as2.ca, around.folder) {
        readable(document, &steps!["as2", "ca"], &folder.join(ca), &mut problems);
    }
    for (index, entry) in as2.certificates.iter().enumerate() {
        let at = |key: Option<&str>| {
            let steps = steps!["as2", "certificates", index].into_iter();
            steps.chain(key.map(Step::from)).collect::<Vec<_>>()
        };
        let certificate =
            entry.source().inline().map_or(Ok(Vec::new()), |pem| Certificate::from_pem(pem.as_bytes()));
        let certificate = match certificate.map(|mut all| all.pop()) {
            Ok(Some(certificate)) => certificate,
            Ok(None) => continue, // `inline` has reported it
            Err(error) => {
                let help = "ask the partner for the certificate again";
                problems.push(document.problem(&at(None), error.to_string()).help(help));
                continue;
            }
        };
        match entry.from().map(beginning).transpose() {
            Ok(from) => pinned.push(Pinned { certificate, from }),
            Err(message) => problems.push(document.problem(&at(Some("from")), message).help(FROM_HELP)),
        }
    }
    let client_certificates = match client(document, ["as2", "client_certificates"], &as2.client_certificates)
    {
        Ok(read) => read,
        Err(found) => {
            problems.extend(found);
            Vec::new()
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let signers = pinned.iter().map(|pinned| pinned.certificate.clone()).collect();
    Ok(Some(As2Partner { pinned, signers, client_certificates }))
}

fn client(
    document: &Document,
    [section, key]: [&str; 2],
    sources: &[CertificateSource],
) -> Result<Vec<CertificateDer<'static>>, Vec<Problem>> {
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    for (index, source) in sources.iter().enumerate() {
        match source.inline().map(|pem| CertificateDer::from_pem_slice(pem.as_bytes())) {
            Some(Ok(certificate)) => read.push(certificate),
            Some(Err(error)) => {
                let problem =
                    document.problem(&steps![section, key, index], format!("this is not PEM: {error}"));
                problems.push(problem.help("ask for the certificate in PEM form"));
            }
            None => {} // `inline` has reported it
        }
    }
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

/// The certificate's PEM text alone, from PEM or DER. A private key beside it is left out.
fn pem(source: &CertificateSource, around: &Surroundings<'_>) -> Result<String, (String, &'static str)> {
    const AGAIN: &str = "ask for the certificate in PEM form";
    let bytes = match (source.inline(), around.folder) {
        (Some(pem), _) => pem.as_bytes().to_vec(),
        (None, Some(folder)) => std::fs::read(folder.join(&source.0)).map_err(|error| {
            let help =
                "name a PEM file that the gateway's user can read, relative to the configuration folder";
            (format!("cannot read the certificate `{}`: {error}", source.0), help)
        })?,
        (None, None) => {
            let help = "a stored profile holds its certificates itself";
            return Err((format!("the certificate `{}` is outside the stored profile", source.0), help));
        }
    };
    if bytes.first() == Some(&0x30) {
        let pem = Certificate::from_der(&bytes).and_then(|certificate| certificate.to_pem());
        return pem.map_err(|error| (format!("`{source:?}`: {error}"), AGAIN));
    }
    let text = String::from_utf8(bytes).map_err(|_| (format!("`{source:?}` is no certificate"), AGAIN))?;
    let found = CertificateDer::pem_slice_iter(text.as_bytes()).collect::<Result<Vec<_>, _>>();
    match found.map(|found| found.len()) {
        Ok(1) => Ok(one_block(&text)),
        Ok(0) => Err((
            format!("`{source:?}` holds no certificate"),
            "the file begins with -----BEGIN CERTIFICATE-----",
        )),
        Ok(count) => Err((
            format!("`{source:?}` holds {count} certificates"),
            "name one file for each: only the partner's own is pinned",
        )),
        Err(error) => Err((format!("`{source:?}` is not PEM: {error}"), AGAIN)),
    }
}

/// From BEGIN CERTIFICATE to END CERTIFICATE.
fn one_block(text: &str) -> String {
    const END: &str = "-----END CERTIFICATE-----";
    let start = text.find("-----BEGIN CERTIFICATE-----").unwrap_or(0);
    let rest = &text[start..];
    let end = rest.find(END).map_or(rest.len(), |at| at + END.len());
    format!("{}\n", rest[..end].replace("\r\n", "\n"))
}
