//! Signs: a detached signature from the digest of the content, which was hashed as it went by.

use super::{CmsError, der, oid};
use crate::algorithm::{Digest, Hashed, Scheme};
use crate::certificate::Identity;
use openssl::error::ErrorStack;
use openssl::hash::hash;
use openssl::pkey::Id;
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use openssl::sign::RsaPssSaltlen;

/// How to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignOptions {
    pub digest: Digest,
    /// For RSA keys; an EC key always does ECDSA.
    pub scheme: Scheme,
    /// The CMSAlgorithmProtection attribute (RFC 6211). Some products refuse what they do not know.
    pub algorithm_protection: bool,
    pub certificate_included: bool,
    /// Unix seconds.
    pub signing_time: Option<i64>,
}

impl Default for SignOptions {
    fn default() -> Self {
        SignOptions {
            digest: Digest::Sha256,
            scheme: Scheme::Pkcs1,
            algorithm_protection: true,
            certificate_included: true,
            signing_time: None,
        }
    }
}

/// A detached signature over content of which `options.digest` is in `content`: SignedData in DER (RFC 5652 section 5).
///
/// # Errors
/// [`CmsError::Unsupported`] when `content` lacks the digest, or OpenSSL refuses.
pub fn sign(content: &Hashed, identity: &Identity, options: &SignOptions) -> Result<Vec<u8>, CmsError> {
    let digest = options.digest;
    let Some(content_digest) = content.get(digest) else {
        return Err(CmsError::Unsupported(format!("the content was not hashed with {digest}")));
    };
    let elliptic = identity.key().key().id() == Id::EC;
    let digest_algorithm = der::digest_algorithm(digest);
    let signature_algorithm = if elliptic {
        der::sequence(&[&der::object(oid::ecdsa(digest))])
    } else if options.scheme == Scheme::Pss {
        // RSASSA-PSS-params: hash [0], mask [1], saltLength [2] DEFAULT 20 (RFC 4055 section 3.1).
        let salt = der::element(der::CONTEXT_2, &[&der::small(salt_length(digest))]);
        let salt = if digest == Digest::Sha1 { Vec::new() } else { salt };
        der::sequence(&[&der::object(oid::RSA_PSS), &der::sequence(&[&der::hash_and_mask(digest), &salt])])
    } else {
        // As RFC 3370 section 3.2 has it and every product reads; the digest is named beside it.
        der::sequence(&[&der::object(oid::RSA), der::NULL])
    };

    let mut attributes = vec![
        attribute(oid::CONTENT_TYPE, &der::object(oid::DATA)),
        attribute(oid::MESSAGE_DIGEST, &der::element(der::OCTET_STRING, &[content_digest])),
    ];
    if let Some(time) = options.signing_time {
        attributes.push(attribute(oid::SIGNING_TIME, &time_element(time)));
    }
    if options.algorithm_protection {
        // SEQUENCE { digestAlgorithm, signatureAlgorithm [1] IMPLICIT }
        let mut implicit = signature_algorithm.clone();
        implicit[0] = der::CONTEXT_1;
        let value = der::sequence(&[&digest_algorithm, &implicit]);
        attributes.push(attribute(oid::ALGORITHM_PROTECTION, &value));
    }
    der::sort_set(&mut attributes);
    let attributes = attributes.concat();
    // What is signed has the tag of a SET OF, what is sent has [0] (RFC 5652 section 5.4).
    let mut signed = der::element(der::SET, &[&attributes]);
    let value = signature(identity, options, &hash(digest.openssl(), &signed)?)?;
    signed[0] = der::CONTEXT_0;

    let certificate = identity.certificate();
    let serial = der::element(der::INTEGER, &[certificate.serial_der()]);
    let info = der::sequence(&[
        &der::small(1),
        &der::sequence(&[certificate.issuer_der(), &serial]),
        &digest_algorithm,
        &signed,
        &signature_algorithm,
        &der::element(der::OCTET_STRING, &[&value]),
    ]);
    let certificates = if options.certificate_included {
        der::element(der::CONTEXT_0, &[certificate.der()])
    } else {
        Vec::new()
    };
    let signed_data = der::sequence(&[
        &der::small(1),
        &der::element(der::SET, &[&digest_algorithm]),
        &der::sequence(&[&der::object(oid::DATA)]),
        &certificates,
        &der::element(der::SET, &[&info]),
    ]);
    Ok(der::sequence(&[&der::object(oid::SIGNED_DATA), &der::element(der::CONTEXT_0, &[&signed_data])]))
}

fn signature(identity: &Identity, options: &SignOptions, digest: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let key = identity.key().key();
    let mut context = PkeyCtx::new(key)?;
    context.sign_init()?;
    if key.id() != Id::EC {
        match options.scheme {
            Scheme::Pkcs1 => context.set_rsa_padding(Padding::PKCS1)?,
            Scheme::Pss => context.set_rsa_padding(Padding::PKCS1_PSS)?,
        }
    }
    context.set_signature_md(oid::md(options.digest))?;
    if key.id() != Id::EC && options.scheme == Scheme::Pss {
        context.set_rsa_mgf1_md(oid::md(options.digest))?;
        context.set_rsa_pss_saltlen(RsaPssSaltlen::custom(salt_length(options.digest).into()))?;
    }
    // An upper bound for ECDSA too; shortened to what was written.
    let mut value = vec![0; key.size()];
    let written = context.sign(digest, Some(&mut value))?;
    value.truncate(written);
    Ok(value)
}

/// As long as the digest, as RFC 4056 section 2.2 recommends.
fn salt_length(digest: Digest) -> u8 {
    match digest {
        Digest::Sha1 => 20,
        Digest::Sha256 => 32,
        Digest::Sha384 => 48,
        Digest::Sha512 => 64,
    }
}

fn attribute(name: &[u8], value: &[u8]) -> Vec<u8> {
    der::sequence(&[&der::object(name), &der::element(der::SET, &[value])])
}

/// UTCTime from 1950 to 2049, GeneralizedTime beyond (RFC 5652 section 11.3).
fn time_element(unix: i64) -> Vec<u8> {
    let days = unix.div_euclid(86_400);
    let seconds = unix.rem_euclid(86_400);
    // Civil date from days, counted in eras of 400 years that begin in March.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    if (1950..2050).contains(&year) {
        der::element(der::UTC_TIME, &[format!("{:02}{rest}", year % 100).as_bytes()])
    } else {
        der::element(der::GENERALIZED_TIME, &[format!("{year:04}{rest}").as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_x690_has_them() {
        for (unix, text) in [
            (0, "700101000000Z"),
            (951_782_399, "000228235959Z"),
            (951_782_400, "000229000000Z"),
            (1_750_000_000, "250615150640Z"),
            (2_524_607_999, "491231235959Z"),
            (2_524_608_000, "20500101000000Z"),
            (-631_152_000, "500101000000Z"),
            (-631_152_001, "19491231235959Z"),
        ] {
            assert_eq!(&time_element(unix)[2..], text.as_bytes(), "{unix}");
        }
    }
}
