//! Checks detached signatures against pinned certificates.
//!
//! Promises: one signer, and good by a certificate that was pinned; what a message carries of certificates decides nothing. Lenient in
//! what the field writes otherwise: BER, rsaEncryption for the algorithm, digest parameters missing or NULL, unsorted attributes.
//! Fails with [`SignatureError`].

use super::ber::{Element, Elements, Malformed};
use super::oid::SignatureKind;
use super::{der, oid};
use crate::algorithm::{Digest, Hashed, Scheme};
use crate::certificate::{Certificate, hex, name_text, serial_text, unix};
use openssl::asn1::Asn1Time;
use openssl::error::ErrorStack;
use openssl::hash::hash;
use openssl::pkey::Id;
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use openssl::sign::RsaPssSaltlen;
use openssl::x509::X509Name;
use std::borrow::Cow;
use std::fmt;

/// Others have about ten.
const MOST_ATTRIBUTES: usize = 100;

/// A good signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Whose it is: an index into the pinned certificates. Whether that one has run out, the caller judges.
    pub signer: usize,
    /// Of the content; the one for the MIC.
    pub digest: Digest,
    /// Meaningless for an EC key.
    pub scheme: Scheme,
    /// Unix seconds, as the signer says.
    pub signing_time: Option<i64>,
    pub notes: Vec<Note>,
}

/// What is odd about a good signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// SHA-1.
    WeakDigest,
    /// An RSA key below 2048 bits.
    ShortKey(u32),
    /// No signed attributes: the signature is over the content itself.
    NoAttributes,
}

/// Why a signature is not good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureError {
    /// Not exactly one signer: how many there are.
    NotOneSigner(usize),
    /// None of the pinned certificates. Says who signed, for a person to compare; SHA-256 of the certificates that came along.
    UnknownSigner {
        issuer: String,
        serial: String,
        certificates: Vec<[u8; 32]>,
    },
    /// The signature is over this digest, which `content` lacks: hash the content with it and ask again.
    NeedDigest(Digest),
    /// The signature is the signer's, but over other content: `integrity-check-failed`.
    WrongDigest,
    /// The signature is not the signer's: `authentication-failed`.
    Bad,
    Unsupported(String),
    Malformed(String),
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SignatureError::NotOneSigner(count) => {
                write!(f, "the signature must have one signer; it has {count}")
            }
            SignatureError::UnknownSigner { issuer, serial, .. } => write!(
                f,
                "signed with a certificate that is not the partner's: issued by {issuer}, serial {serial}; \
                 if the partner has a new one, pin it in the profile"
            ),
            SignatureError::NeedDigest(digest) => write!(f, "the signature needs {digest} of the content"),
            SignatureError::WrongDigest => f.write_str("the content is not what was signed"),
            SignatureError::Bad => f.write_str("the signature is not that of the partner's key"),
            SignatureError::Unsupported(what) => {
                write!(f, "the signature is of a kind not supported: {what}")
            }
            SignatureError::Malformed(why) => write!(f, "the signature is not readable CMS: {why}"),
        }
    }
}

impl std::error::Error for SignatureError {}

impl From<Malformed> for SignatureError {
    fn from(error: Malformed) -> Self {
        SignatureError::Malformed(error.to_string())
    }
}

impl From<ErrorStack> for SignatureError {
    fn from(error: ErrorStack) -> Self {
        SignatureError::Unsupported(crate::certificate::reason(&error))
    }
}

/// The digests a signature is made with, so that the content can be hashed with them in one pass.
pub fn digests_of(signature: &[u8]) -> Result<Vec<Digest>, SignatureError> {
    let info = Parsed::read(signature)?.info()?;
    let method = Method::of(&info)?;
    let mut digests = vec![info.digest()?];
    if info.attributes.is_none() && !digests.contains(&method.digest) {
        digests.push(method.digest);
    }
    Ok(digests)
}

/// Checks a detached SignedData, in BER or DER, against the digests of its content and the certificates pinned for the partner.
///
/// The signature is checked before the content's digest is compared, so that [`SignatureError::WrongDigest`] is known to be
/// the partner's own statement; without signed attributes a change of the content cannot be told from a wrong key, and is
/// [`SignatureError::Bad`].
pub fn verify(
    signature: &[u8],
    content: &Hashed,
    pinned: &[Certificate],
) -> Result<Signature, SignatureError> {
    let parsed = Parsed::read(signature)?;
    let info = parsed.info()?;
    let digest = info.digest()?;
    let method = Method::of(&info)?;
    let candidates: Vec<usize> = (0..pinned.len()).filter(|i| info.signer.is(&pinned[*i])).collect();
    if candidates.is_empty() {
        return Err(parsed.unknown_signer(&info));
    }

    let signer = match &info.attributes {
        None => {
            let hashed = content.get(method.digest).ok_or(SignatureError::NeedDigest(method.digest))?;
            method.signer(hashed, &info, pinned, &candidates)?
        }
        Some(attributes) => {
            // As it came, with the tag of a SET OF (RFC 5652 section 5.4); then as DER would have it,
            // for those who sign the sorted set and send another.
            let as_it_came = der::element(der::SET, &[attributes]);
            let hashed = hash(method.digest.openssl(), &as_it_came)?;
            match method.signer(&hashed, &info, pinned, &candidates)? {
                None => {
                    let sorted = sorted(attributes)?;
                    if sorted == as_it_came {
                        None
                    } else {
                        let hashed = hash(method.digest.openssl(), &sorted)?;
                        method.signer(&hashed, &info, pinned, &candidates)?
                    }
                }
                found => found,
            }
        }
    };
    let Some(signer) = signer else {
        // A certificate came along, of the same name and number as the pinned one, but another.
        return Err(if parsed.carries_another(&info, pinned) {
            parsed.unknown_signer(&info)
        } else {
            SignatureError::Bad
        });
    };

    let mut notes = Vec::new();
    let mut signing_time = None;
    match info.attributes {
        None => notes.push(Note::NoAttributes),
        Some(attributes) => {
            let attributes = Attributes::read(attributes)?;
            if attributes.content_type != Some(parsed.content_type) {
                return Err(SignatureError::Malformed("its attributes name another content type".to_owned()));
            }
            if attributes.protection.is_some_and(|p| p != (info.digest_oid, info.method_oid)) {
                return Err(SignatureError::Bad);
            }
            let Some(stated) = attributes.message_digest else {
                return Err(SignatureError::Malformed("its attributes lack the message digest".to_owned()));
            };
            if content.get(digest).ok_or(SignatureError::NeedDigest(digest))? != &*stated {
                return Err(SignatureError::WrongDigest);
            }
            signing_time = attributes.signing_time;
        }
    }
    if digest == Digest::Sha1 || method.digest == Digest::Sha1 {
        notes.push(Note::WeakDigest);
    }
    let key = pinned[signer].key();
    if key.id() != Id::EC && key.bits() < 2048 {
        notes.push(Note::ShortKey(key.bits()));
    }
    let scheme = if matches!(method.kind, Kind::Pss { .. }) { Scheme::Pss } else { Scheme::Pkcs1 };
    Ok(Signature { signer, digest, scheme, signing_time, notes })
}

/// SignedData as far as it matters here.
struct Parsed<'a> {
    content_type: &'a [u8],
    certificates: Vec<&'a [u8]>,
    infos: Vec<Element<'a>>,
}

enum SignerIdentifier<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    KeyIdentifier(Cow<'a, [u8]>),
}

struct SignerInfo<'a> {
    signer: SignerIdentifier<'a>,
    digest_oid: &'a [u8],
    /// Content of the SET OF.
    attributes: Option<&'a [u8]>,
    method_oid: &'a [u8],
    /// Parameters of the signature algorithm.
    parameters: Elements<'a>,
    value: Cow<'a, [u8]>,
}

impl<'a> Parsed<'a> {
    fn read(bytes: &'a [u8]) -> Result<Parsed<'a>, SignatureError> {
        let mut outer = Elements(bytes).sequence()?;
        let kind = outer.object()?;
        if kind != oid::SIGNED_DATA {
            let kind = oid::dotted(kind);
            return Err(SignatureError::Malformed(format!("it is no SignedData but {kind}")));
        }
        let mut data = Elements(outer.expect(der::CONTEXT_0)?.content).sequence()?;
        data.expect(der::INTEGER)?;
        data.expect(der::SET)?;
        let mut content = data.sequence()?;
        let content_type = content.object()?;
        if let Some(explicit) = content.optional(der::CONTEXT_0)?
            && !Elements(explicit.content).octets()?.is_empty()
        {
            // Then it would be open which of two contents the signature speaks of.
            return Err(SignatureError::Unsupported("it brings content of its own".to_owned()));
        }
        let mut certificates = Vec::new();
        if let Some(set) = data.optional(der::CONTEXT_0)? {
            let mut set = Elements(set.content);
            while let Some(one) = set.next()? {
                if one.tag == der::SEQUENCE {
                    certificates.push(one.raw);
                }
            }
        }
        data.optional(der::CONTEXT_1)?;
        let mut set = Elements(data.expect(der::SET)?.content);
        let mut infos = Vec::new();
        while let Some(info) = set.next()? {
            infos.push(info);
        }
        Ok(Parsed { content_type, certificates, infos })
    }

    /// The one SignerInfo.
    fn info(&self) -> Result<SignerInfo<'a>, SignatureError> {
        let [info] = self.infos[..] else { return Err(SignatureError::NotOneSigner(self.infos.len())) };
        let mut parts = Elements(info.raw).sequence()?;
        parts.expect(der::INTEGER)?;
        let signer = if let Some(name) = parts.optional(der::SEQUENCE)? {
            let mut name = Elements(name.content);
            let issuer = name.expect(der::SEQUENCE)?.raw;
            SignerIdentifier::IssuerAndSerial { issuer, serial: name.expect(der::INTEGER)?.content }
        } else if let Some(id) = parts.optional(der::CONTEXT_0_PRIMITIVE)? {
            SignerIdentifier::KeyIdentifier(Cow::Borrowed(id.content))
        } else {
            SignerIdentifier::KeyIdentifier(Elements(parts.expect(der::CONTEXT_0)?.content).octets()?)
        };
        let digest_oid = parts.sequence()?.object()?;
        let attributes = parts.optional(der::CONTEXT_0)?.map(|set| set.content);
        let mut method = parts.sequence()?;
        let method_oid = method.object()?;
        let value = parts.octets()?;
        Ok(SignerInfo { signer, digest_oid, attributes, method_oid, parameters: method, value })
    }

    /// Whether a certificate of the signer's name came along that is not among the pinned.
    fn carries_another(&self, info: &SignerInfo<'_>, pinned: &[Certificate]) -> bool {
        self.certificates.iter().any(|der| {
            pinned.iter().all(|known| known.der() != *der)
                && Certificate::from_der(der).is_ok_and(|certificate| info.signer.is(&certificate))
        })
    }

    fn unknown_signer(&self, info: &SignerInfo<'_>) -> SignatureError {
        let (issuer, serial) = match &info.signer {
            SignerIdentifier::IssuerAndSerial { issuer, serial } => {
                let name = X509Name::from_der(issuer).map(|name| name_text(&name));
                (name.unwrap_or_else(|_| "an unreadable name".to_owned()), serial_text(serial))
            }
            SignerIdentifier::KeyIdentifier(id) => {
                (format!("(key identifier {})", hex(id)), "unknown".to_owned())
            }
        };
        let certificates = self.certificates.iter().map(|der| openssl::sha::sha256(der)).collect();
        SignatureError::UnknownSigner { issuer, serial, certificates }
    }
}

impl SignerIdentifier<'_> {
    fn is(&self, certificate: &Certificate) -> bool {
        match self {
            SignerIdentifier::IssuerAndSerial { issuer, serial } => certificate.is_issued_as(issuer, serial),
            SignerIdentifier::KeyIdentifier(id) => certificate.key_identifier() == Some(id),
        }
    }
}

impl SignerInfo<'_> {
    fn digest(&self) -> Result<Digest, SignatureError> {
        let unknown = || SignatureError::Unsupported(format!("digest {}", oid::dotted(self.digest_oid)));
        oid::digest(self.digest_oid).ok_or_else(unknown)
    }
}

/// How the signature's value is checked.
struct Method {
    kind: Kind,
    digest: Digest,
}

enum Kind {
    Pkcs1,
    /// `salt`: its length, where it is stated.
    Pss {
        mask: Digest,
        salt: Option<i32>,
    },
    Ecdsa,
}

impl Method {
    fn of(info: &SignerInfo<'_>) -> Result<Method, SignatureError> {
        let digest = info.digest()?;
        let unknown = || SignatureError::Unsupported(format!("algorithm {}", oid::dotted(info.method_oid)));
        Ok(match oid::signature_kind(info.method_oid).ok_or_else(unknown)? {
            SignatureKind::Pkcs1(named) => Method { kind: Kind::Pkcs1, digest: named.unwrap_or(digest) },
            SignatureKind::Ecdsa(named) => Method { kind: Kind::Ecdsa, digest: named.unwrap_or(digest) },
            SignatureKind::Pss => pss(info.parameters, digest)?,
        })
    }

    /// Whose of the candidates the signature's value is.
    fn signer(
        &self,
        hashed: &[u8],
        info: &SignerInfo<'_>,
        pinned: &[Certificate],
        candidates: &[usize],
    ) -> Result<Option<usize>, SignatureError> {
        for &index in candidates {
            let certificate = &pinned[index];
            let fits = match certificate.key().id() {
                Id::EC => matches!(self.kind, Kind::Ecdsa),
                Id::RSA => !matches!(self.kind, Kind::Ecdsa),
                Id::RSA_PSS => matches!(self.kind, Kind::Pss { .. }),
                _ => false,
            };
            if !fits {
                continue;
            }
            if !matches!(self.kind, Kind::Ecdsa) && certificate.key().bits() < 1024 {
                let what = format!("an RSA key of {} bits", certificate.key().bits());
                return Err(SignatureError::Unsupported(what));
            }
            // What OpenSSL cannot even try (a number above the modulus) is as wrong as any other.
            if self.holds(certificate, hashed, &info.value).unwrap_or(false) {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn holds(&self, certificate: &Certificate, hashed: &[u8], value: &[u8]) -> Result<bool, ErrorStack> {
        let mut context = PkeyCtx::new(certificate.key())?;
        context.verify_init()?;
        match self.kind {
            Kind::Pkcs1 => context.set_rsa_padding(Padding::PKCS1)?,
            Kind::Pss { .. } => context.set_rsa_padding(Padding::PKCS1_PSS)?,
            Kind::Ecdsa => {}
        }
        context.set_signature_md(oid::md(self.digest))?;
        if let Kind::Pss { mask, salt } = self.kind {
            context.set_rsa_mgf1_md(oid::md(mask))?;
            // To OpenSSL the maximum means, in verifying, whatever length there is.
            let length = salt.map_or(RsaPssSaltlen::MAXIMUM_LENGTH, RsaPssSaltlen::custom);
            context.set_rsa_pss_saltlen(length)?;
        }
        context.verify(hashed, value)
    }
}

/// RSASSA-PSS-params (RFC 4055 section 3.1); SHA-1 and 20 where they leave something out. Where there are none at all, though
/// there must be, the signer's digest counts, and the salt has any length, as pyas2lib does it.
fn pss(mut parameters: Elements<'_>, signers: Digest) -> Result<Method, SignatureError> {
    let (mut digest, mut mask, mut salt) = (Digest::Sha1, Digest::Sha1, 20);
    let unknown = |name: &[u8]| SignatureError::Unsupported(format!("PSS with {}", oid::dotted(name)));
    let Some(sequence) = parameters.optional(der::SEQUENCE)? else {
        return Ok(Method { kind: Kind::Pss { mask: signers, salt: None }, digest: signers });
    };
    let mut inner = Elements(sequence.content);
    while let Some(parameter) = inner.next()? {
        let mut value = Elements(parameter.content);
        match parameter.tag {
            der::CONTEXT_0 => {
                let name = value.sequence()?.object()?;
                digest = oid::digest(name).ok_or_else(|| unknown(name))?;
            }
            der::CONTEXT_1 => {
                let mut function = value.sequence()?;
                let name = function.object()?;
                if name != oid::MGF1 {
                    return Err(unknown(name));
                }
                let name = function.sequence()?.object()?;
                mask = oid::digest(name).ok_or_else(|| unknown(name))?;
            }
            der::CONTEXT_2 => match value.expect(der::INTEGER)?.content {
                [short @ 0..=0x7f] => salt = i32::from(*short),
                [high @ 0..=0x7f, low] => salt = i32::from(*high) << 8 | i32::from(*low),
                _ => return Err(SignatureError::Malformed("its salt length is not possible".to_owned())),
            },
            der::CONTEXT_3 if value.expect(der::INTEGER)?.content == [1] => {}
            _ => return Err(SignatureError::Malformed("its PSS parameters are unknown".to_owned())),
        }
    }
    Ok(Method { kind: Kind::Pss { mask, salt: Some(salt) }, digest })
}

/// Signed attributes as DER has them.
fn sorted(attributes: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut parts = Vec::new();
    let mut elements = Elements(attributes);
    while let Some(attribute) = elements.next()? {
        let mut inner = Elements(attribute.content);
        let name = inner.object()?;
        let mut values = Vec::new();
        let mut set = Elements(inner.expect(der::SET)?.content);
        while let Some(value) = set.next()? {
            values.push(definite(value, 0)?);
        }
        der::sort_set(&mut values);
        parts.push(der::sequence(&[&der::object(name), &der::element(der::SET, &[&values.concat()])]));
    }
    der::sort_set(&mut parts);
    Ok(der::element(der::SET, &[&parts.concat()]))
}

/// An element with shortest definite lengths throughout. The reader has capped its depth.
fn definite(element: Element<'_>, depth: usize) -> Result<Vec<u8>, Malformed> {
    if element.tag & 0x20 == 0 {
        return Ok(der::element(element.tag, &[element.content]));
    }
    if depth > 16 {
        return Err(Malformed("it is nested too deeply"));
    }
    let mut inner = Elements(element.content);
    let mut parts = Vec::new();
    while let Some(part) = inner.next()? {
        parts.extend(definite(part, depth + 1)?);
    }
    Ok(der::element(element.tag, &[&parts]))
}

/// The signed attributes that matter (RFC 5652 section 11, RFC 6211).
#[derive(Default)]
struct Attributes<'a> {
    content_type: Option<&'a [u8]>,
    message_digest: Option<Cow<'a, [u8]>>,
    signing_time: Option<i64>,
    /// Digest and signature algorithm.
    protection: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> Attributes<'a> {
    fn read(bytes: &'a [u8]) -> Result<Attributes<'a>, SignatureError> {
        let mut found = Attributes::default();
        let mut elements = Elements(bytes);
        let mut seen: Vec<&[u8]> = Vec::with_capacity(4);
        while let Some(attribute) = elements.next()? {
            let mut parts = Elements(attribute.content);
            let name = parts.object()?;
            if seen.len() > MOST_ATTRIBUTES {
                return Err(SignatureError::Malformed("it has too many attributes".to_owned()));
            }
            if seen.contains(&name) {
                return Err(SignatureError::Malformed("it has an attribute twice".to_owned()));
            }
            seen.push(name);
            let mut values = Elements(parts.expect(der::SET)?.content);
            match name {
                _ if name == oid::CONTENT_TYPE => found.content_type = Some(values.object()?),
                _ if name == oid::MESSAGE_DIGEST => found.message_digest = Some(values.octets()?),
                _ if name == oid::SIGNING_TIME => found.signing_time = values.next()?.and_then(time),
                _ if name == oid::ALGORITHM_PROTECTION => {
                    let mut value = values.sequence()?;
                    let digest = value.sequence()?.object()?;
                    let method = value.expect(der::CONTEXT_1)?.content;
                    found.protection = Some((digest, Elements(method).object()?));
                }
                _ => continue,
            }
            if values.next()?.is_some() {
                return Err(SignatureError::Malformed("an attribute has two values".to_owned()));
            }
        }
        Ok(found)
    }
}

/// Unix seconds; `None` when it is no time. A signer's clock proves nothing, so that a strange one does no harm.
fn time(element: Element<'_>) -> Option<i64> {
    let text = std::str::from_utf8(element.content).ok().filter(|t| t.ends_with('Z') && t.is_ascii())?;
    let fits = match element.tag {
        der::UTC_TIME => text.len() == 13,
        der::GENERALIZED_TIME => text.len() == 15,
        _ => false,
    };
    Asn1Time::from_str(text).ok().filter(|_| fits).map(|time| unix(&time))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::algorithm::Hashing;
    use crate::certificate::{Identity, KeyKind};
    use crate::cms::{SignOptions, sign};

    fn hashed(bytes: &[u8]) -> Hashed {
        let mut hashing = Hashing::new(&[Digest::Sha256]).unwrap();
        hashing.update(bytes).unwrap();
        hashing.finish().unwrap()
    }

    /// The same SignedData with its SET of attributes replaced by one as long.
    fn with_attributes(signature: &[u8], change: impl Fn(&mut Vec<&[u8]>)) -> Vec<u8> {
        let old = Parsed::read(signature).unwrap().info().unwrap().attributes.unwrap();
        let mut parts = Vec::new();
        let mut elements = Elements(old);
        while let Some(part) = elements.next().unwrap() {
            parts.push(part.raw);
        }
        change(&mut parts);
        let new = parts.concat();
        assert_eq!(new.len(), old.len());
        let place = signature.windows(old.len()).position(|w| w == old).unwrap();
        [&signature[..place], &new, &signature[place + old.len()..]].concat()
    }

    #[test]
    fn attributes_sent_out_of_order_are_checked_in_order() {
        let identity = Identity::generate("x", KeyKind::P256, 1_750_000_000, 10).unwrap();
        let pinned = [identity.certificate().clone()];
        let options = SignOptions { signing_time: Some(1_750_000_000), ..SignOptions::default() };
        let signature = sign(&hashed(b"content"), &identity, &options).unwrap();
        let good = verify(&signature, &hashed(b"content"), &pinned).unwrap();
        let turned = with_attributes(&signature, |parts| parts.reverse());
        assert_ne!(turned, signature);
        assert_eq!(verify(&turned, &hashed(b"content"), &pinned), Ok(good));
        assert_eq!(verify(&turned, &hashed(b"other"), &pinned), Err(SignatureError::WrongDigest));
        // Turned and changed is not excused.
        let mut broken = turned.clone();
        let place = turned.windows(5).rposition(|w| w == b"25061").unwrap();
        broken[place] = b'3';
        assert_eq!(verify(&broken, &hashed(b"content"), &pinned), Err(SignatureError::Bad));
    }

    /// The same element with one sequence in it, the one that starts with this object, replaced.
    fn replaced(element: Element<'_>, object: &[u8], by: &[u8]) -> Vec<u8> {
        if element.tag & 0x20 == 0 {
            return element.raw.to_vec();
        }
        let (mut inner, mut parts) = (Elements(element.content), Vec::new());
        while let Some(part) = inner.next().unwrap() {
            if part.content == object {
                return by.to_vec();
            }
            parts.push(replaced(part, object, by));
        }
        der::element(element.tag, &[&parts.concat()])
    }

    /// A signature with an RSA key whose algorithm is named in another way; `good` as it should be.
    fn renamed(scheme: Scheme, by: &[&[u8]]) -> (Vec<u8>, Vec<u8>, [Certificate; 1]) {
        let identity = Identity::generate("x", KeyKind::Rsa(2048), 1_750_000_000, 10).unwrap();
        let options = SignOptions {
            scheme,
            algorithm_protection: false,
            certificate_included: false,
            ..SignOptions::default()
        };
        let good = sign(&hashed(b"content"), &identity, &options).unwrap();
        let old = Parsed::read(&good).unwrap().info().unwrap().method_oid;
        let other = replaced(Elements(&good).next().unwrap().unwrap(), old, &der::sequence(by));
        assert_ne!(other, good);
        (good, other, [identity.certificate().clone()])
    }

    #[test]
    fn algorithms_named_as_some_products_name_them() {
        let cases = [
            // pyas2lib leaves the parameters of PSS out.
            (Scheme::Pss, oid::RSA_PSS),
            // The digest alone, as reported of Cleo and OpenAS2.
            (Scheme::Pkcs1, oid::digest_oid(Digest::Sha256)),
        ];
        for (scheme, name) in cases {
            let (good, other, pinned) = renamed(scheme, &[&der::object(name)]);
            let verdict = verify(&good, &hashed(b"content"), &pinned).unwrap();
            assert_eq!(verify(&other, &hashed(b"content"), &pinned), Ok(verdict));
            assert_eq!(verify(&other, &hashed(b"other"), &pinned), Err(SignatureError::WrongDigest));
            let mut broken = other;
            *broken.last_mut().unwrap() ^= 1;
            assert_eq!(verify(&broken, &hashed(b"content"), &pinned), Err(SignatureError::Bad));
        }
        let (_, wrong, pinned) = renamed(Scheme::Pkcs1, &[&der::object(oid::digest_oid(Digest::Sha512))]);
        assert_eq!(verify(&wrong, &hashed(b"content"), &pinned), Err(SignatureError::Bad));
    }

    #[test]
    fn signing_times_are_read_and_strange_ones_do_no_harm() {
        let read = |tag, text: &str| {
            let bytes = der::element(tag, &[text.as_bytes()]);
            time(Elements(&bytes).next().unwrap().unwrap())
        };
        assert_eq!(read(der::UTC_TIME, "250615150640Z"), Some(1_750_000_000));
        assert_eq!(read(der::GENERALIZED_TIME, "20500101000000Z"), Some(2_524_608_000));
        for text in
            ["", "Z", "2506151506Z", "259915150640Z", "2506151506400", "x50615150640Z", "\u{e9}50615150640Z"]
        {
            assert_eq!(read(der::UTC_TIME, text), None, "{text}");
        }
        assert_eq!(read(der::OCTET_STRING, "250615150640Z"), None);
    }
}
