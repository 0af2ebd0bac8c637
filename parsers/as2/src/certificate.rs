//! Certificates, private keys, and the two together as an identity: parsed once, kept, shared by clone.
//!
//! Promises: a key is read and prepared once, not for every message; a private key has no `Debug` and is never printed.
//! A certificate is judged here only by what it says about itself; whom to trust, and when it has run out, the caller decides.
//! Fails with [`CertificateError`], which names what was wrong with the bytes and who can mend it.

use openssl::asn1::{Asn1Integer, Asn1Time, Asn1TimeRef};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{Id, PKey, Private, Public};
use openssl::provider::Provider;
use openssl::rsa::Rsa;
use openssl::symm::Cipher;
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectKeyIdentifier};
use openssl::x509::{X509, X509Name, X509NameRef};
use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

/// Why bytes are no certificate, key or identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateError {
    /// Neither PEM nor DER of an X.509 certificate.
    NotACertificate(String),
    /// No private key in PEM: PKCS#8, PKCS#1 or SEC1.
    NotAKey(String),
    /// The key is encrypted and the passphrase is missing or wrong.
    WrongPassphrase,
    /// Key and certificate are not a pair.
    Mismatch,
    /// Not PKCS#12, or the password is wrong, or its encryption is unknown here.
    Pkcs12(String),
    /// A key kind that AS2 does not use, or OpenSSL refused the operation.
    Unsupported(String),
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CertificateError::NotACertificate(why) => {
                write!(f, "this is no X.509 certificate in PEM or DER: {why}")
            }
            CertificateError::NotAKey(why) => write!(f, "this is no private key in PEM: {why}"),
            CertificateError::WrongPassphrase => {
                f.write_str("the private key is encrypted, and its passphrase is missing or wrong")
            }
            CertificateError::Mismatch => f.write_str("the private key does not belong to this certificate"),
            CertificateError::Pkcs12(why) => {
                write!(f, "this PKCS#12 file cannot be opened (is the password right?): {why}")
            }
            CertificateError::Unsupported(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for CertificateError {}

impl From<ErrorStack> for CertificateError {
    fn from(error: ErrorStack) -> Self {
        CertificateError::Unsupported(format!("OpenSSL refused: {}", reason(&error)))
    }
}

/// The last reason OpenSSL gives, without its source lines.
pub(crate) fn reason(error: &ErrorStack) -> String {
    let last = error.errors().iter().rev().find_map(|e| e.reason().map(str::to_owned));
    last.unwrap_or_else(|| "no reason given".to_owned())
}

/// What the key of a certificate is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Signing,
    Encryption,
}

/// What is odd about a certificate; it can be used all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The key usage extension does not allow this purpose (RFC 5280 section 4.2.1.3).
    KeyUsage(Purpose),
    /// An RSA key below 2048 bits.
    ShortKey(u32),
    /// The certificate is signed with a digest that no longer holds: `md5`, `sha1`. Harmless where the certificate is pinned.
    OldDigest(&'static str),
    /// An EC key cannot receive encrypted content here: no key agreement.
    CannotEncrypt,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remark::KeyUsage(Purpose::Signing) => f.write_str("its key usage does not name digitalSignature"),
            Remark::KeyUsage(Purpose::Encryption) => {
                f.write_str("its key usage does not name keyEncipherment")
            }
            Remark::ShortKey(bits) => write!(f, "its RSA key has only {bits} bits; 2048 are usual"),
            Remark::OldDigest(name) => write!(f, "it is signed with {name}"),
            Remark::CannotEncrypt => f.write_str("an EC key cannot receive encrypted messages here; RSA can"),
        }
    }
}

struct Parsed {
    der: Vec<u8>,
    x509: X509,
    key: PKey<Public>,
    issuer: Vec<u8>,
    serial: Vec<u8>,
    key_identifier: Option<Vec<u8>>,
    sha256: [u8; 32],
}

/// An X.509 certificate, parsed once. Clones share it.
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

impl Certificate {
    /// All certificates of a PEM text, in its order.
    pub fn from_pem(pem: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
        let stack = X509::stack_from_pem(pem).map_err(|e| CertificateError::NotACertificate(reason(&e)))?;
        if stack.is_empty() {
            return Err(CertificateError::NotACertificate("no BEGIN CERTIFICATE line".to_owned()));
        }
        stack.into_iter().map(Certificate::parsed).collect()
    }

    pub fn from_der(der: &[u8]) -> Result<Certificate, CertificateError> {
        let x509 = X509::from_der(der).map_err(|e| CertificateError::NotACertificate(reason(&e)))?;
        Certificate::parsed(x509)
    }

    /// PEM or DER, whichever it is: what partners send as `.cer`, `.crt` or `.pem`.
    pub fn read(bytes: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
        if bytes.first() == Some(&0x30) {
            Ok(vec![Certificate::from_der(bytes)?])
        } else {
            Certificate::from_pem(bytes)
        }
    }

    fn parsed(x509: X509) -> Result<Certificate, CertificateError> {
        let bad = |e: ErrorStack| CertificateError::NotACertificate(reason(&e));
        let der = x509.to_der().map_err(bad)?;
        let key = x509.public_key().map_err(bad)?;
        let serial = x509.serial_number().to_bn().map_err(bad)?;
        let digest = x509.digest(MessageDigest::sha256()).map_err(bad)?;
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(&digest);
        Ok(Certificate(Arc::new(Parsed {
            issuer: x509.issuer_name().to_der().map_err(bad)?,
            serial: signed_bytes(&serial),
            key_identifier: x509.subject_key_id().map(|id| id.as_slice().to_vec()),
            sha256,
            der,
            key,
            x509,
        })))
    }

    pub fn to_pem(&self) -> Result<String, CertificateError> {
        let pem = self.0.x509.to_pem()?;
        String::from_utf8(pem).map_err(|e| CertificateError::Unsupported(e.to_string()))
    }

    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    pub fn sha256(&self) -> [u8; 32] {
        self.0.sha256
    }

    /// SHA-256 of the DER as people compare it: `AA:BB:…`.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.0.sha256)
    }

    /// `CN=…, O=…`, in the certificate's order.
    pub fn subject(&self) -> String {
        name_text(self.0.x509.subject_name())
    }

    pub fn issuer(&self) -> String {
        name_text(self.0.x509.issuer_name())
    }

    /// Upper-case hex, as OpenSSL prints it.
    pub fn serial(&self) -> String {
        serial_text(&self.0.serial)
    }

    /// Unix seconds.
    pub fn not_before(&self) -> i64 {
        unix(self.0.x509.not_before())
    }

    /// Unix seconds.
    pub fn not_after(&self) -> i64 {
        unix(self.0.x509.not_after())
    }

    /// `RSA 2048`, `EC P-256`.
    pub fn key_description(&self) -> String {
        describe(&self.0.key)
    }

    /// What is odd about using it so.
    pub fn remarks(&self, purpose: Purpose) -> Vec<Remark> {
        let mut remarks = Vec::new();
        if let Some(usage) = self.0.x509.key_usage() {
            use openssl::x509::X509KeyUsage as Usage;
            let wanted = match purpose {
                Purpose::Signing => Usage::DIGITAL_SIGNATURE | Usage::NON_REPUDIATION,
                Purpose::Encryption => Usage::KEY_ENCIPHERMENT | Usage::KEY_AGREEMENT,
            };
            if !usage.intersects(wanted) {
                remarks.push(Remark::KeyUsage(purpose));
            }
        }
        match self.0.key.id() {
            Id::RSA | Id::RSA_PSS if self.0.key.bits() < 2048 => {
                remarks.push(Remark::ShortKey(self.0.key.bits()))
            }
            Id::EC if purpose == Purpose::Encryption => remarks.push(Remark::CannotEncrypt),
            _ => {}
        }
        match self.0.x509.signature_algorithm().object().nid() {
            Nid::SHA1WITHRSAENCRYPTION | Nid::ECDSA_WITH_SHA1 => remarks.push(Remark::OldDigest("sha1")),
            Nid::MD5WITHRSAENCRYPTION => remarks.push(Remark::OldDigest("md5")),
            _ => {}
        }
        remarks
    }

    pub(crate) fn key(&self) -> &PKey<Public> {
        &self.0.key
    }

    /// DER of the issuer's name.
    pub(crate) fn issuer_der(&self) -> &[u8] {
        &self.0.issuer
    }

    /// Content octets of the serial number's INTEGER.
    pub(crate) fn serial_der(&self) -> &[u8] {
        &self.0.serial
    }

    pub(crate) fn key_identifier(&self) -> Option<&[u8]> {
        self.0.key_identifier.as_deref()
    }

    /// Whether a message's issuerAndSerialNumber means this certificate: byte for byte, or the same name otherwise encoded.
    pub(crate) fn is_issued_as(&self, issuer: &[u8], serial: &[u8]) -> bool {
        if self.0.serial != serial {
            return false;
        }
        self.0.issuer == issuer
            || X509Name::from_der(issuer)
                .and_then(|name| name.try_cmp(self.0.x509.issuer_name()))
                .is_ok_and(|order| order.is_eq())
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, {})", self.subject(), self.fingerprint())
    }
}

/// A private key. It has no `Debug`. Clones share it.
#[derive(Clone)]
pub struct PrivateKey {
    key: PKey<Private>,
    /// Keys the content keys that stand in for those that do not unwrap (see `cms::decrypt`).
    rejection: [u8; 32],
}

impl PrivateKey {
    /// PKCS#8 (plain or encrypted), PKCS#1 or SEC1.
    pub fn from_pem(pem: &[u8], passphrase: Option<&[u8]>) -> Result<PrivateKey, CertificateError> {
        let mut asked = false;
        let key = PKey::private_key_from_pem_callback(pem, |buffer| {
            asked = true;
            let given = passphrase.unwrap_or_default();
            let room = buffer.get_mut(..given.len()).ok_or_else(ErrorStack::get)?;
            room.copy_from_slice(given);
            Ok(given.len())
        });
        match key {
            Ok(key) => PrivateKey::of(key),
            Err(_) if asked => Err(CertificateError::WrongPassphrase),
            Err(e) => Err(CertificateError::NotAKey(reason(&e))),
        }
    }

    /// PKCS#8; encrypted with AES-256 when there is a passphrase.
    pub fn to_pem(&self, passphrase: Option<&[u8]>) -> Result<Vec<u8>, CertificateError> {
        Ok(match passphrase {
            Some(passphrase) => {
                self.key.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), passphrase)?
            }
            None => self.key.private_key_to_pem_pkcs8()?,
        })
    }

    fn of(key: PKey<Private>) -> Result<PrivateKey, CertificateError> {
        if !matches!(key.id(), Id::RSA | Id::EC) {
            return Err(CertificateError::Unsupported(
                "AS2 uses RSA and EC keys; this key is neither".to_owned(),
            ));
        }
        let mut secret = key.private_key_to_der()?;
        secret.extend_from_slice(b"content keys for what does not unwrap");
        Ok(PrivateKey { rejection: openssl::sha::sha256(&secret), key })
    }

    pub(crate) fn key(&self) -> &PKey<Private> {
        &self.key
    }

    pub(crate) fn rejection(&self) -> &[u8; 32] {
        &self.rejection
    }
}

/// A kind of key to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Size in bits, 2048 to 8192.
    Rsa(u32),
    P256,
    P384,
    P521,
}

/// A certificate and its private key: one of our own. It has no `Debug`.
#[derive(Clone)]
pub struct Identity {
    certificate: Certificate,
    key: PrivateKey,
}

impl Identity {
    /// # Errors
    /// [`CertificateError::Mismatch`] when they are not a pair.
    pub fn new(certificate: Certificate, key: PrivateKey) -> Result<Identity, CertificateError> {
        if !certificate.key().public_eq(key.key()) {
            return Err(CertificateError::Mismatch);
        }
        Ok(Identity { certificate, key })
    }

    /// The first key of a PKCS#12 file and its certificate.
    ///
    /// Files of old products are encrypted with RC2-40, which only OpenSSL's legacy provider reads; it is loaded for this one call.
    pub fn from_pkcs12(bytes: &[u8], password: &str) -> Result<Identity, CertificateError> {
        let bad = |e: ErrorStack| CertificateError::Pkcs12(reason(&e));
        let file = Pkcs12::from_der(bytes).map_err(bad)?;
        let parsed = match file.parse2(password) {
            Ok(parsed) => parsed,
            Err(first) => {
                let Ok(_legacy) = Provider::try_load(None, "legacy", true) else {
                    return Err(CertificateError::Pkcs12(reason(&first)));
                };
                file.parse2(password).map_err(bad)?
            }
        };
        let (Some(certificate), Some(key)) = (parsed.cert, parsed.pkey) else {
            return Err(CertificateError::Pkcs12(
                "it does not hold a private key with its certificate".to_owned(),
            ));
        };
        Identity::new(Certificate::parsed(certificate)?, PrivateKey::of(key)?)
    }

    /// A new key with a self-signed certificate. `not_before` in Unix seconds.
    pub fn generate(
        common_name: &str,
        kind: KeyKind,
        not_before: i64,
        days: u32,
    ) -> Result<Identity, CertificateError> {
        let key = match kind {
            KeyKind::Rsa(bits @ 2048..=8192) => PKey::from_rsa(Rsa::generate(bits)?)?,
            KeyKind::Rsa(bits) => {
                let why = format!("an RSA key has 2048 to 8192 bits, not {bits}");
                return Err(CertificateError::Unsupported(why));
            }
            KeyKind::P256 => ec_key(Nid::X9_62_PRIME256V1)?,
            KeyKind::P384 => ec_key(Nid::SECP384R1)?,
            KeyKind::P521 => ec_key(Nid::SECP521R1)?,
        };
        let mut name = X509Name::builder()?;
        name.append_entry_by_nid(Nid::COMMONNAME, common_name)?;
        let name = name.build();
        let mut serial = BigNum::new()?;
        // 127 random bits: positive, and never met twice (RFC 5280 section 4.1.2.2 allows 20 octets).
        serial.rand(127, MsbOption::MAYBE_ZERO, false)?;

        let mut builder = X509::builder()?;
        builder.set_version(2)?;
        builder.set_serial_number(&*Asn1Integer::from_bn(&serial)?)?;
        builder.set_subject_name(&name)?;
        builder.set_issuer_name(&name)?;
        builder.set_pubkey(&key)?;
        builder.set_not_before(&*Asn1Time::from_unix(not_before)?)?;
        builder.set_not_after(&*Asn1Time::from_unix(not_before.saturating_add(i64::from(days) * 86_400))?)?;
        builder.append_extension(BasicConstraints::new().critical().build()?)?;
        let mut usage = KeyUsage::new();
        usage.critical().digital_signature();
        if matches!(kind, KeyKind::Rsa(_)) {
            usage.key_encipherment();
        }
        builder.append_extension(usage.build()?)?;
        let identifier = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
        builder.append_extension(identifier)?;
        builder.sign(&key, MessageDigest::sha256())?;
        Identity::new(Certificate::parsed(builder.build())?, PrivateKey::of(key)?)
    }

    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub fn key(&self) -> &PrivateKey {
        &self.key
    }
}

fn ec_key(curve: Nid) -> Result<PKey<Private>, CertificateError> {
    let group = EcGroup::from_curve_name(curve)?;
    Ok(PKey::from_ec_key(EcKey::generate(&group)?)?)
}

/// `AA:BB:…`
pub fn fingerprint(digest: &[u8]) -> String {
    let mut text = String::with_capacity(digest.len() * 3);
    for (i, byte) in digest.iter().enumerate() {
        let _ = write!(text, "{}{byte:02X}", if i == 0 { "" } else { ":" });
    }
    text
}

/// A serial number from its INTEGER's content: the octet that only keeps it positive is left out.
pub(crate) fn serial_text(content: &[u8]) -> String {
    hex(content.strip_prefix(&[0]).filter(|rest| !rest.is_empty()).unwrap_or(content))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// Content octets of an INTEGER: two's complement, shortest.
fn signed_bytes(number: &BigNum) -> Vec<u8> {
    let mut bytes = number.to_vec();
    if bytes.first().is_none_or(|first| *first >= 0x80) {
        bytes.insert(0, 0);
    }
    if number.is_negative() {
        // Against the standard, but met: negate, keep the shortest form.
        let mut carry = true;
        for byte in bytes.iter_mut().rev() {
            let (value, over) = (!*byte).overflowing_add(u8::from(carry));
            (*byte, carry) = (value, over);
        }
        while bytes.len() > 1 && bytes[0] == 0xff && bytes[1] >= 0x80 {
            bytes.remove(0);
        }
    }
    bytes
}

/// A name as it is shown: control characters cannot reach a terminal.
pub(crate) fn name_text(name: &X509NameRef) -> String {
    let mut text = String::new();
    for entry in name.entries() {
        if !text.is_empty() {
            text.push_str(", ");
        }
        let key = entry.object().nid().short_name().unwrap_or("?");
        let value = entry.data().to_string().unwrap_or_else(|_| "?".to_owned());
        text.push_str(key);
        text.push('=');
        text.extend(value.chars().flat_map(|c| {
            let escaped = if c.is_control() { Some(c.escape_default()) } else { None };
            let plain = if escaped.is_none() { Some(c) } else { None };
            escaped.into_iter().flatten().chain(plain)
        }));
    }
    text
}

pub(crate) fn unix(time: &Asn1TimeRef) -> i64 {
    // Both ends are valid times, so the difference always exists.
    Asn1Time::from_unix(0)
        .and_then(|epoch| epoch.diff(time))
        .map(|d| i64::from(d.days) * 86_400 + i64::from(d.secs))
        .unwrap_or_default()
}

fn describe(key: &PKey<Public>) -> String {
    match key.id() {
        Id::RSA => format!("RSA {}", key.bits()),
        Id::RSA_PSS => format!("RSA-PSS {}", key.bits()),
        Id::EC => match key.ec_key().ok().and_then(|k| k.group().curve_name()) {
            Some(Nid::X9_62_PRIME256V1) => "EC P-256".to_owned(),
            Some(Nid::SECP384R1) => "EC P-384".to_owned(),
            Some(Nid::SECP521R1) => "EC P-521".to_owned(),
            _ => format!("EC {}", key.bits()),
        },
        other => format!("key kind {}", other.as_raw()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const START: i64 = 1_750_000_000;

    #[test]
    fn a_new_identity_says_what_it_is() {
        let identity = Identity::generate("Ours, Example", KeyKind::P256, START, 30).unwrap();
        let certificate = identity.certificate();
        assert_eq!(certificate.subject(), "CN=Ours, Example");
        assert_eq!(certificate.issuer(), certificate.subject());
        assert_eq!(certificate.not_before(), START);
        assert_eq!(certificate.not_after(), START + 30 * 86_400);
        assert_eq!(certificate.key_description(), "EC P-256");
        assert_eq!(certificate.fingerprint().len(), 95);
        assert_eq!(certificate.remarks(Purpose::Signing), []);
        let remarks = certificate.remarks(Purpose::Encryption);
        assert_eq!(remarks, [Remark::KeyUsage(Purpose::Encryption), Remark::CannotEncrypt]);
        assert!(format!("{certificate:?}").contains("CN=Ours"));
    }

    #[test]
    fn pem_goes_round_and_a_wrong_key_is_refused() {
        let one = Identity::generate("one", KeyKind::P256, START, 30).unwrap();
        let two = Identity::generate("two", KeyKind::P384, START, 30).unwrap();
        let both = one.certificate().to_pem().unwrap() + &two.certificate().to_pem().unwrap();
        let read = Certificate::read(both.as_bytes()).unwrap();
        assert_eq!(read, [one.certificate().clone(), two.certificate().clone()]);
        assert_eq!(Certificate::read(one.certificate().der()).unwrap(), read[..1]);

        let pem = one.key().to_pem(Some(b"word")).unwrap();
        let key = PrivateKey::from_pem(&pem, Some(b"word")).unwrap();
        assert_eq!(Identity::new(read[1].clone(), key.clone()).err(), Some(CertificateError::Mismatch));
        assert!(Identity::new(read[0].clone(), key).is_ok());
        for wrong in [None, Some(&b"other"[..])] {
            assert_eq!(PrivateKey::from_pem(&pem, wrong).err(), Some(CertificateError::WrongPassphrase));
        }
        assert!(matches!(PrivateKey::from_pem(b"no key", None).err(), Some(CertificateError::NotAKey(_))));
        assert!(matches!(Certificate::read(b"nothing").err(), Some(CertificateError::NotACertificate(_))));
        assert!(matches!(
            Certificate::read(b"\x30\x03abc").err(),
            Some(CertificateError::NotACertificate(_))
        ));
    }

    #[test]
    fn serial_numbers_keep_their_sign() {
        for (text, bytes) in
            [("0", &[0][..]), ("80", &[0, 0x80]), ("7f", &[0x7f]), ("-80", &[0x80]), ("-1", &[0xff])]
        {
            assert_eq!(signed_bytes(&BigNum::from_hex_str(text).unwrap()), bytes, "{text}");
        }
    }
}
