//! The `[as2]` section of a partner's profile, and what a station says of itself in AS2.
//!
//! Promises: the types are the file, key by key; every key that may be absent has the default that most partners take. What a
//! switch under `[as2.interop]` is for, and which product needs it, stands in docs/as2.md.

use super::duration::{Rate, Span};
use super::gateway::Retry;
use super::partner::{CertificateSource, TokenHash};
use super::secret::Secret;
use portway_as2::algorithm::{Cipher, Digest, KeyTransport, Scheme};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct As2 {
    /// The partner's AS2 name, as it stands in AS2-From; case counts.
    pub id: String,
    /// Where we send. Absent: the partner only sends, or fetches its answers another way.
    pub url: Option<String>,
    /// The partner's certificates, pinned: for its signatures, and to encrypt to. Several may overlap, the later with `from`.
    #[serde(default)]
    pub certificates: Vec<PinnedCertificate>,

    /// The digest of our signatures, or `none`. SHA-1 is taken, and never sent.
    #[serde(default)]
    pub sign: SignWith,
    /// `pkcs1`, or `pss` for partners that ask for RSASSA-PSS.
    #[serde(default)]
    pub signature: SignatureScheme,
    /// The cipher we encrypt with, or `none`.
    #[serde(default)]
    pub encrypt: EncryptWith,
    /// How the content key is encrypted.
    #[serde(default)]
    pub key_transport: KeyTransportWith,
    /// Whether and where we compress.
    #[serde(default)]
    pub compress: Compress,
    /// The receipt we ask for: in the answer, later by a request of the partner's, or none.
    #[serde(default)]
    pub mdn: MdnWanted,
    /// Whether that receipt must be signed.
    #[serde(default = "yes")]
    pub mdn_signed: bool,
    /// How long we wait for a receipt that comes later.
    #[serde(default = "mdn_due")]
    pub mdn_due: Span,
    /// How often an unanswered message is sent again, once it is overdue.
    #[serde(default = "resends")]
    pub resends: u32,
    /// Waits between tries while the partner cannot be reached, or answers without a receipt.
    #[serde(default)]
    pub retry: Retry,
    /// How many of our messages and receipts go out at most, over all gateways: `10/s`. Default as fast as they are taken.
    pub rate: Option<Rate>,
    /// AS2-Version.
    #[serde(default)]
    pub version: Version,
    /// The Subject of what we send.
    pub subject: Option<String>,
    /// HTTP basic authentication at their address.
    pub username: Option<String>,
    pub password: Option<Secret>,
    /// Show our certificate as a TLS client.
    #[serde(default)]
    pub tls_certificate: bool,
    /// Extra certificate authorities (PEM) for that URL, or the server's own certificate.
    pub ca: Option<PathBuf>,

    /// Where receipts may be sent that the partner wants later: prefixes of addresses. Default: the origin of `url`.
    #[serde(default)]
    pub mdn_urls: Vec<String>,
    /// What a message that came before is answered.
    #[serde(default)]
    pub duplicate: DuplicateMessage,
    /// Whose algorithm the MIC of a receipt has.
    #[serde(default)]
    pub mic: MicBy,
    /// HTTP basic authentication that the partner must show at our door.
    pub login: Option<Login>,
    /// TLS client certificates (PEM) of which it must show one at our door.
    #[serde(default)]
    pub client_certificates: Vec<CertificateSource>,
    /// Take messages without signature.
    #[serde(default)]
    pub accept_unsigned: bool,
    /// Take messages in the clear.
    #[serde(default)]
    pub accept_unencrypted: bool,
    /// Take messages that are encrypted with 3DES.
    #[serde(default)]
    pub accept_3des: bool,
    /// Take signatures of a certificate that has expired.
    #[serde(default)]
    pub accept_expired: bool,
    /// What this partner's product needs done differently.
    #[serde(default)]
    pub interop: Interop,
}

/// A pinned certificate: a PEM file (or the PEM text itself), perhaps with the day from which we use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PinnedCertificate {
    Plain(CertificateSource),
    From {
        /// The PEM file, relative to the configuration folder.
        file: CertificateSource,
        /// The day from which we encrypt to it, `2027-01-31`. Its signatures are taken at once.
        from: Option<String>,
    },
}

impl PinnedCertificate {
    pub fn source(&self) -> &CertificateSource {
        match self {
            PinnedCertificate::Plain(source) | PinnedCertificate::From { file: source, .. } => source,
        }
    }

    pub fn from(&self) -> Option<&str> {
        match self {
            PinnedCertificate::Plain(_) => None,
            PinnedCertificate::From { from, .. } => from.as_deref(),
        }
    }
}

/// A partner's login at our door.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    pub username: String,
    /// SHA-256 of the password, `sha256:<64 hex>`.
    pub password: TokenHash,
}

/// One of our own key pairs. A station may have several: the newest that is in force signs, all decrypt.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyPair {
    /// The certificate (PEM), relative to the configuration folder.
    pub certificate: PathBuf,
    /// Its private key (PEM).
    pub key: Secret,
    /// The key's passphrase, where it has one.
    pub passphrase: Option<Secret>,
    /// The day from which it signs, `2027-01-31`. It decrypts at once.
    pub from: Option<String>,
}

/// What a product needs done differently; see docs/as2.md.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Interop {
    /// Transfer encoding of the part that is signed.
    pub signed_part: TransferEncoding,
    /// Transfer encoding of what goes over HTTP.
    pub body: TransferEncoding,
    /// Leave the attribute CMSAlgorithmProtection (RFC 6211) out of our signatures.
    pub no_algorithm_protection: bool,
    /// Write `sha256` for `sha-256` and the like.
    pub old_digest_names: bool,
    /// Write file names without quotes.
    pub no_file_name_quotes: bool,
    /// A new Message-ID when a message is sent again.
    pub new_message_id: bool,
    /// The MIC of what comes is taken over text with CRLF line ends.
    pub canonical_mic: bool,
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),* }
    };
}

choice!(SignWith { None = "none", #[default] Sha256 = "sha-256", Sha384 = "sha-384", Sha512 = "sha-512" });
choice!(SignatureScheme { #[default] Pkcs1 = "pkcs1", Pss = "pss" });
choice!(EncryptWith {
    None = "none",
    Aes128Cbc = "aes128-cbc",
    Aes192Cbc = "aes192-cbc",
    #[default]
    Aes256Cbc = "aes256-cbc",
    Aes128Gcm = "aes128-gcm",
    Aes256Gcm = "aes256-gcm",
    TripleDes = "3des",
});
choice!(KeyTransportWith { #[default] Pkcs1 = "pkcs1", OaepSha1 = "oaep-sha1", OaepSha256 = "oaep-sha256" });
choice!(Compress { #[default] None = "none", BeforeSigning = "before-signing", AfterSigning = "after-signing" });
choice!(MdnWanted { #[default] Sync = "sync", Async = "async", None = "none" });
choice!(Version { #[default] V12 = "1.2", V13 = "1.3" });
choice!(TransferEncoding { #[default] Binary = "binary", Base64 = "base64" });
choice!(
    /// What a message that came before is answered.
    DuplicateMessage {
        /// The receipt it got the first time, byte for byte.
        #[default] SameReceipt = "same-receipt",
        /// `processed/warning: duplicate-document`.
        Warning = "warning",
    }
);
choice!(
    /// Whose algorithm the MIC of our receipts has.
    MicBy {
        /// The signature's.
        #[default] Signature = "signature",
        /// The first one that the message asks for and we know.
        Requested = "requested",
    }
);

impl SignWith {
    pub fn digest(self) -> Option<Digest> {
        match self {
            SignWith::None => None,
            SignWith::Sha256 => Some(Digest::Sha256),
            SignWith::Sha384 => Some(Digest::Sha384),
            SignWith::Sha512 => Some(Digest::Sha512),
        }
    }
}

impl SignatureScheme {
    pub fn scheme(self) -> Scheme {
        match self {
            SignatureScheme::Pkcs1 => Scheme::Pkcs1,
            SignatureScheme::Pss => Scheme::Pss,
        }
    }
}

impl EncryptWith {
    pub fn cipher(self) -> Option<Cipher> {
        match self {
            EncryptWith::None => None,
            EncryptWith::Aes128Cbc => Some(Cipher::Aes128Cbc),
            EncryptWith::Aes192Cbc => Some(Cipher::Aes192Cbc),
            EncryptWith::Aes256Cbc => Some(Cipher::Aes256Cbc),
            EncryptWith::Aes128Gcm => Some(Cipher::Aes128Gcm),
            EncryptWith::Aes256Gcm => Some(Cipher::Aes256Gcm),
            EncryptWith::TripleDes => Some(Cipher::TripleDes),
        }
    }
}

impl KeyTransportWith {
    pub fn transport(self) -> KeyTransport {
        match self {
            KeyTransportWith::Pkcs1 => KeyTransport::Pkcs1,
            KeyTransportWith::OaepSha1 => KeyTransport::OaepSha1,
            KeyTransportWith::OaepSha256 => KeyTransport::OaepSha256,
        }
    }
}

impl Version {
    pub fn of_header(self) -> portway_as2::header::Version {
        let minor = if self == Version::V12 { 2 } else { 3 };
        portway_as2::header::Version { major: 1, minor }
    }

    pub fn text(self) -> &'static str {
        match self {
            Version::V12 => "1.2",
            Version::V13 => "1.3",
        }
    }
}

fn yes() -> bool {
    true
}

fn mdn_due() -> Span {
    Span::seconds(3600)
}

fn resends() -> u32 {
    3
}
