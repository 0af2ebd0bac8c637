//! How a message of ours is packed: by the partner's profile, with the keys and certificates that are in force.
//!
//! Needs no ledger: bytes in, sealed bytes and the header fields out. The sender freezes them; `partner check` only sends them.
//! Fails in words that say what to mend, and where.

use super::PRODUCT;
use super::door;
use crate::ledger::as2::{Fields, Mdn};
use crate::net::spool::{Spool, Spooled};
use crate::profile::as2::{As2, Compress, MdnWanted, TransferEncoding};
use crate::profile::{Configuration, PartnerProfile};
use jiff::Timestamp;
use portway_as2::algorithm::Digest;
use portway_as2::certificate::{Certificate, Identity};
use portway_as2::cms::{EncryptOptions, SignOptions};
use portway_as2::header::{self, Name};
use portway_as2::open::Compression;
use portway_as2::seal::{self, Attachment, BodyEncoding, Scratch, Sealed, Sending};
use serde_json::json;
use std::io::{self, Read};
use std::sync::Arc;

/// A partner, as agreed on at one moment.
#[derive(Clone)]
pub struct Link {
    pub configuration: Arc<Configuration>,
    pub profile: Arc<PartnerProfile>,
    pub now: Timestamp,
}

impl Link {
    /// Our AS2 name towards this partner.
    pub fn us(&self) -> &str {
        self.configuration.station_of(&self.profile).and_then(|(_, s)| s.as2.as_deref()).unwrap_or_default()
    }

    /// What stands behind the `@` of our Message-IDs.
    pub fn domain(&self) -> String {
        let name = Name::new(self.us());
        name.map_or_else(|_| "localhost".to_owned(), |us| door::domain(&self.configuration, &us))
    }
}

/// What is packed, beside its bytes.
pub struct Content {
    /// The Message-ID, in brackets.
    pub exchange: String,
    pub file_name: String,
    /// `None`: by what the bytes begin with.
    pub content_type: Option<&'static str>,
    /// The receipt that is asked for.
    pub mdn: Mdn,
}

impl Content {
    /// The receipt that the profile asks for.
    pub fn mdn(as2: &As2) -> Mdn {
        match as2.mdn {
            MdnWanted::Sync => Mdn::Sync,
            MdnWanted::Async => Mdn::Async,
            MdnWanted::None => Mdn::None,
        }
    }
}

/// How one message is packed.
pub struct Packing {
    content: Content,
    compress: Option<Compression>,
    sign: Option<(Identity, SignOptions)>,
    encrypt: Option<(Vec<Certificate>, EncryptOptions)>,
    interop: crate::profile::as2::Interop,
    /// Beside MIME's own.
    pub fields: Fields,
    /// How it is packed, for the ledger and for people.
    pub facts: serde_json::Value,
}

impl Packing {
    /// # Errors
    /// What is missing: the station, our key, their certificate, our address.
    pub fn of(link: &Link, as2: &As2, content: Content) -> Result<Packing, String> {
        let partner = &link.profile.partner.id;
        let (station, _) = link
            .configuration
            .station_of(&link.profile)
            .ok_or_else(|| format!("the station of {partner} is gone from gateway.toml"))?;
        let mut facts = json!({});
        let sign = match as2.sign.digest() {
            None => None,
            Some(digest) => {
                let identity = link.configuration.signing_identity(station, link.now).ok_or_else(|| {
                    format!("station {station} has no key to sign with; portway cert new --station {station}")
                })?;
                facts["signed"] = digest.name().into();
                facts["signer"] = identity.certificate().fingerprint().into();
                let options = SignOptions {
                    digest,
                    scheme: as2.signature.scheme(),
                    algorithm_protection: !as2.interop.no_algorithm_protection,
                    certificate_included: true,
                    signing_time: Some(link.now.as_second()),
                };
                Some((identity.clone(), options))
            }
        };
        let encrypt = match as2.encrypt.cipher() {
            None => None,
            Some(cipher) => {
                let to =
                    link.profile.as2.as_ref().and_then(|as2| as2.encrypt_to(link.now)).ok_or_else(|| {
                        format!(
                            "there is no certificate of {partner} to encrypt to; add it to [as2] certificates"
                        )
                    })?;
                facts["encrypted"] = cipher.name().into();
                facts["recipient"] = to.fingerprint().into();
                Some((vec![to.clone()], EncryptOptions { cipher, transport: as2.key_transport.transport() }))
            }
        };
        let compress = match as2.compress {
            Compress::None => None,
            Compress::BeforeSigning => Some(Compression::BeforeSigning),
            Compress::AfterSigning => Some(Compression::AfterSigning),
        };
        if compress.is_some() {
            facts["compressed"] = true.into();
        }
        Ok(Packing {
            compress,
            sign,
            encrypt,
            interop: as2.interop.clone(),
            fields: fields(link, as2, &content)?,
            content,
            facts,
        })
    }

    /// Blocking: as long as the cryptography takes.
    pub fn pack(self, bytes: &Spooled, spool: &Spool) -> io::Result<(Sealed, Spooled)> {
        let encoding = |encoding| match encoding {
            TransferEncoding::Binary => BodyEncoding::Binary,
            TransferEncoding::Base64 => BodyEncoding::Base64,
        };
        let sending = Sending {
            compress: self.compress,
            sign: self.sign.as_ref().map(|(identity, options)| (identity, *options)),
            encrypt: self.encrypt.as_ref().map(|(to, options)| (to.as_slice(), *options)),
            payload_encoding: encoding(self.interop.signed_part),
            layer_encoding: encoding(self.interop.body),
            quoted_file_names: !self.interop.no_file_name_quotes,
            old_digest_names: self.interop.old_digest_names,
            mic: None,
        };
        let mut start = Vec::new();
        bytes.reader()?.take(64).read_to_end(&mut start)?;
        let mut reader = bytes.reader()?;
        let parts = vec![Attachment {
            content_type: self.content.content_type.unwrap_or_else(|| content_type(&start)),
            file_name: Some(&self.content.file_name),
            content: &mut reader,
            length: bytes.size,
        }];
        let mut out = spool.writer(u64::MAX);
        let mut scratch = || -> io::Result<Box<dyn Scratch>> { Ok(Box::new(spool.scratch())) };
        let sealed = seal::seal(parts, &sending, &mut scratch, &mut out)?;
        Ok((sealed, out.finish_blocking().map_err(io::Error::other)?))
    }
}

/// By the standard (RFC 1767): what the payload begins with.
fn content_type(start: &[u8]) -> &'static str {
    let start = start.trim_ascii_start();
    match start {
        [b'I', b'S', b'A', ..] => "application/edi-x12",
        [b'U', b'N', b'A' | b'B', ..] => "application/edifact",
        [b'<', ..] => "application/xml",
        _ => "application/octet-stream",
    }
}

/// The fields beside MIME's own (RFC 4130 sections 6 and 7).
fn fields(link: &Link, as2: &As2, content: &Content) -> Result<Fields, String> {
    let name = |name: &str| Name::new(name).map(|name| name.field()).map_err(|fault| fault.to_string());
    let mut fields = vec![
        ("AS2-From".to_owned(), name(link.us())?),
        ("AS2-To".to_owned(), name(&as2.id)?),
        ("AS2-Version".to_owned(), as2.version.text().to_owned()),
        ("Message-ID".to_owned(), content.exchange.clone()),
        ("Date".to_owned(), header::date(link.now.as_second())),
        ("Subject".to_owned(), as2.subject.clone().unwrap_or_else(|| "EDI message".to_owned())),
        ("AS2-Product".to_owned(), PRODUCT.to_owned()),
        ("EDIINT-Features".to_owned(), "multiple-attachments".to_owned()),
    ];
    if content.mdn != Mdn::None {
        fields.push(("Disposition-Notification-To".to_owned(), format!("edi@{}", link.domain())));
        if as2.mdn_signed {
            let digest = as2.sign.digest().unwrap_or(Digest::Sha256);
            let options = header::notification_options(&[digest], as2.interop.old_digest_names);
            fields.push(("Disposition-Notification-Options".to_owned(), options));
        }
    }
    if content.mdn == Mdn::Async {
        let door = link.configuration.gateway.listen.as2.as_ref().and_then(|door| door.url.as_deref());
        let url = door.ok_or("[listen.as2] url is missing: receipts that come later need an address")?;
        fields.push(("Receipt-Delivery-Option".to_owned(), url.to_owned()));
    }
    Ok(fields)
}
