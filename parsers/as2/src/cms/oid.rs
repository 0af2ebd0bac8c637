//! Object identifiers, as the content octets DER has for them, and what they stand for here.

use crate::algorithm::{Cipher, Digest};
use openssl::cipher::CipherRef;
use openssl::md::{Md, MdRef};
use std::fmt::Write as _;

pub(super) const DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
pub(super) const SIGNED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
pub(super) const ENVELOPED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
/// RFC 5083.
pub(super) const AUTH_ENVELOPED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17";
/// RFC 3274.
pub(super) const COMPRESSED_DATA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09";
pub(super) const ZLIB: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x03\x08";

// Signed attributes: RFC 5652 section 11, RFC 6211.
pub(super) const CONTENT_TYPE: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03";
pub(super) const MESSAGE_DIGEST: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04";
pub(super) const SIGNING_TIME: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05";
pub(super) const ALGORITHM_PROTECTION: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x34";

// RFC 8017 appendix A.
pub(super) const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
pub(super) const RSA_OAEP: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07";
pub(super) const MGF1: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08";
pub(super) const EMPTY_LABEL: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x09";
pub(super) const RSA_PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
const SHA1_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05";
/// The same by OIW's older number.
const SHA1_RSA_OIW: &[u8] = b"\x2b\x0e\x03\x02\x1d";
const SHA256_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
const SHA384_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c";
const SHA512_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d";

// RFC 5753 section 2.1.1.
const EC_KEY: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
const ECDSA_SHA1: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x01";
const ECDSA_SHA256: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x02";
const ECDSA_SHA384: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x03";
const ECDSA_SHA512: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x04";

/// What a signature algorithm's identifier says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignatureKind {
    /// `None`: rsaEncryption, and the digest is the signer's.
    Pkcs1(Option<Digest>),
    Pss,
    Ecdsa(Option<Digest>),
}

pub(super) fn signature_kind(oid: &[u8]) -> Option<SignatureKind> {
    use SignatureKind::{Ecdsa, Pkcs1, Pss};
    Some(match oid {
        _ if oid == RSA => Pkcs1(None),
        _ if oid == RSA_PSS => Pss,
        _ if oid == SHA1_RSA || oid == SHA1_RSA_OIW => Pkcs1(Some(Digest::Sha1)),
        _ if oid == SHA256_RSA => Pkcs1(Some(Digest::Sha256)),
        _ if oid == SHA384_RSA => Pkcs1(Some(Digest::Sha384)),
        _ if oid == SHA512_RSA => Pkcs1(Some(Digest::Sha512)),
        _ if oid == EC_KEY => Ecdsa(None),
        _ if oid == ECDSA_SHA1 => Ecdsa(Some(Digest::Sha1)),
        _ if oid == ECDSA_SHA256 => Ecdsa(Some(Digest::Sha256)),
        _ if oid == ECDSA_SHA384 => Ecdsa(Some(Digest::Sha384)),
        _ if oid == ECDSA_SHA512 => Ecdsa(Some(Digest::Sha512)),
        // Some write the digest alone.
        _ => Pkcs1(Some(Digest::ALL.into_iter().find(|digest| digest_oid(*digest) == oid)?)),
    })
}

pub(super) fn ecdsa(digest: Digest) -> &'static [u8] {
    match digest {
        Digest::Sha1 => ECDSA_SHA1,
        Digest::Sha256 => ECDSA_SHA256,
        Digest::Sha384 => ECDSA_SHA384,
        Digest::Sha512 => ECDSA_SHA512,
    }
}

pub(super) fn digest_oid(digest: Digest) -> &'static [u8] {
    match digest {
        Digest::Sha1 => b"\x2b\x0e\x03\x02\x1a",
        Digest::Sha256 => b"\x60\x86\x48\x01\x65\x03\x04\x02\x01",
        Digest::Sha384 => b"\x60\x86\x48\x01\x65\x03\x04\x02\x02",
        Digest::Sha512 => b"\x60\x86\x48\x01\x65\x03\x04\x02\x03",
    }
}

/// Also from the identifier of a signature algorithm, which some write for the digest's.
pub(super) fn digest(oid: &[u8]) -> Option<Digest> {
    Digest::ALL.into_iter().find(|d| digest_oid(*d) == oid).or_else(|| match signature_kind(oid)? {
        SignatureKind::Pkcs1(digest) | SignatureKind::Ecdsa(digest) => digest,
        SignatureKind::Pss => None,
    })
}

pub(super) fn md(digest: Digest) -> &'static MdRef {
    match digest {
        Digest::Sha1 => Md::sha1(),
        Digest::Sha256 => Md::sha256(),
        Digest::Sha384 => Md::sha384(),
        Digest::Sha512 => Md::sha512(),
    }
}

pub(super) fn cipher_oid(cipher: Cipher) -> &'static [u8] {
    match cipher {
        Cipher::Aes128Cbc => b"\x60\x86\x48\x01\x65\x03\x04\x01\x02",
        Cipher::Aes192Cbc => b"\x60\x86\x48\x01\x65\x03\x04\x01\x16",
        Cipher::Aes256Cbc => b"\x60\x86\x48\x01\x65\x03\x04\x01\x2a",
        Cipher::Aes128Gcm => b"\x60\x86\x48\x01\x65\x03\x04\x01\x06",
        Cipher::Aes256Gcm => b"\x60\x86\x48\x01\x65\x03\x04\x01\x2e",
        Cipher::TripleDes => b"\x2a\x86\x48\x86\xf7\x0d\x03\x07",
    }
}

pub(super) fn cipher(oid: &[u8]) -> Option<Cipher> {
    Cipher::ALL.into_iter().find(|c| cipher_oid(*c) == oid)
}

/// What OpenSSL and the layout of a message need to know of a cipher. Lengths in bytes.
pub(super) struct CipherShape {
    pub(super) evp: &'static CipherRef,
    pub(super) key: usize,
    pub(super) block: usize,
    /// GCM: with a tag, in AuthEnvelopedData.
    pub(super) authenticated: bool,
}

pub(super) fn shape(cipher: Cipher) -> CipherShape {
    use openssl::cipher::Cipher as Evp;
    let (evp, key, block, authenticated) = match cipher {
        Cipher::Aes128Cbc => (Evp::aes_128_cbc(), 16, 16, false),
        Cipher::Aes192Cbc => (Evp::aes_192_cbc(), 24, 16, false),
        Cipher::Aes256Cbc => (Evp::aes_256_cbc(), 32, 16, false),
        Cipher::Aes128Gcm => (Evp::aes_128_gcm(), 16, 1, true),
        Cipher::Aes256Gcm => (Evp::aes_256_gcm(), 32, 1, true),
        Cipher::TripleDes => (Evp::des_ede3_cbc(), 24, 8, false),
    };
    CipherShape { evp, key, block, authenticated }
}

/// Dotted decimal, for messages to people.
pub(super) fn dotted(oid: &[u8]) -> String {
    let mut text = String::new();
    let mut arc: u64 = 0;
    for byte in oid {
        arc = arc.wrapping_shl(7) | u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        if text.is_empty() {
            let first = (arc / 40).min(2);
            let _ = write!(text, "{first}.{}", arc - first * 40);
        } else {
            let _ = write!(text, ".{arc}");
        }
        arc = 0;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_read_as_their_standards_print_them() {
        for (oid, text) in [
            (DATA, "1.2.840.113549.1.7.1"),
            (AUTH_ENVELOPED_DATA, "1.2.840.113549.1.9.16.1.23"),
            (COMPRESSED_DATA, "1.2.840.113549.1.9.16.1.9"),
            (ZLIB, "1.2.840.113549.1.9.16.3.8"),
            (ALGORITHM_PROTECTION, "1.2.840.113549.1.9.52"),
            (RSA_PSS, "1.2.840.113549.1.1.10"),
            (ECDSA_SHA256, "1.2.840.10045.4.3.2"),
            (digest_oid(Digest::Sha1), "1.3.14.3.2.26"),
            (digest_oid(Digest::Sha512), "2.16.840.1.101.3.4.2.3"),
            (cipher_oid(Cipher::Aes256Gcm), "2.16.840.1.101.3.4.1.46"),
            (cipher_oid(Cipher::Aes192Cbc), "2.16.840.1.101.3.4.1.22"),
            (cipher_oid(Cipher::TripleDes), "1.2.840.113549.3.7"),
        ] {
            assert_eq!(dotted(oid), text);
        }
        assert_eq!(dotted(&[]), "");
        assert_eq!(dotted(&[0xff; 40]), "");
    }
}
