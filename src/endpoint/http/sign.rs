//! Signatures as Standard Webhooks 1.0 has them: HMAC-SHA256 over `{id}.{timestamp}.{body}`, base64, prefixed `v1,`.
//!
//! [`sign`] makes the header for one or several secrets, [`verify`] is what a receiver does: any signature that fits any
//! secret will do, compared in constant time, and the timestamp must be within five minutes. Both are tested with the
//! vectors of the specification's own libraries. Secrets never show in `Debug` and are wiped when dropped.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use std::fmt;

pub const ID: &str = "webhook-id";
pub const TIMESTAMP: &str = "webhook-timestamp";
pub const SIGNATURE: &str = "webhook-signature";

/// Seconds that a timestamp may be off, either way.
pub const TOLERANCE: i64 = 300;

/// Secrets are written with and without padding in the field.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key bytes behind `whsec_…`.
#[derive(Clone)]
pub struct SigningSecret(SecretSlice<u8>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretError {
    /// Not `whsec_` and base64.
    NotBase64,
    /// Standard Webhooks asks for 24 to 64 bytes.
    Length(usize),
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretError::NotBase64 => f.write_str("a signing secret is `whsec_` followed by base64"),
            SecretError::Length(n) => write!(
                f,
                "a signing secret holds 24 to 64 bytes, this one {n}; make one with `openssl rand -base64 32`"
            ),
        }
    }
}

impl std::error::Error for SecretError {}

impl SigningSecret {
    /// Reads `whsec_<base64>`; the prefix may be missing.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let encoded = text.strip_prefix("whsec_").unwrap_or(text);
        let key = LENIENT.decode(encoded).map_err(|_| SecretError::NotBase64)?;
        if !(24..=64).contains(&key.len()) {
            return Err(SecretError::Length(key.len()));
        }
        Ok(SigningSecret(key.into()))
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        // HMAC takes keys of any length, so there is always one.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).ok()?;
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        Some(mac)
    }
}

/// The `webhook-signature` header: one signature a secret, parted by blanks. `timestamp`: Unix seconds.
pub fn sign(secrets: &[SigningSecret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let timestamp = timestamp.to_string();
    let signatures: Vec<String> = secrets
        .iter()
        .filter_map(|s| s.mac(id, &timestamp, body))
        .map(|mac| format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
        .collect();
    signatures.join(" ")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyError {
    /// `webhook-timestamp` is no number.
    Timestamp,
    /// Older or newer than five minutes.
    OutOfTime,
    /// No signature fits.
    Signature,
}

/// What a receiver does with the three headers and the body as it came. `now`: Unix seconds.
pub fn verify(
    secrets: &[SigningSecret],
    id: &str,
    timestamp: &str,
    body: &[u8],
    signatures: &str,
    now: i64,
) -> Result<(), VerifyError> {
    let at: i64 = timestamp.parse().map_err(|_| VerifyError::Timestamp)?;
    if now.abs_diff(at) > TOLERANCE as u64 {
        return Err(VerifyError::OutOfTime);
    }
    let shown: Vec<Vec<u8>> = signatures
        .split(' ')
        .filter_map(|s| s.strip_prefix("v1,"))
        .filter_map(|s| STANDARD.decode(s).ok())
        .collect();
    let fits = |secret: &SigningSecret| {
        secret
            .mac(id, timestamp, body)
            .is_some_and(|mac| shown.iter().any(|s| mac.clone().verify_slice(s).is_ok()))
    };
    if secrets.iter().any(fits) { Ok(()) } else { Err(VerifyError::Signature) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    // The vector in the specification's reference libraries (standard-webhooks/libraries, "sign function works").
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const MESSAGE: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIME: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const EXPECTED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn secret(text: &str) -> SigningSecret {
        SigningSecret::parse(text).unwrap()
    }

    fn other() -> SigningSecret {
        secret("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
    }

    fn check(secrets: &[SigningSecret], signatures: &str, now: i64) -> Result<(), VerifyError> {
        verify(secrets, MESSAGE, "1614265330", BODY, signatures, now)
    }

    #[test]
    fn the_vector_of_the_specification() {
        assert_eq!(sign(&[secret(SECRET)], MESSAGE, TIME, BODY), EXPECTED);
        assert_eq!(sign(&[secret(&SECRET["whsec_".len()..])], MESSAGE, TIME, BODY), EXPECTED);
        assert_eq!(check(&[secret(SECRET)], EXPECTED, TIME), Ok(()));
    }

    #[test]
    fn several_secrets_sign_and_any_one_verifies() {
        let header = sign(&[secret(SECRET), other()], MESSAGE, TIME, BODY);
        assert!(header.starts_with(EXPECTED) && header.split(' ').count() == 2);
        assert_eq!(check(&[other()], &header, TIME), Ok(()));
        assert_eq!(check(&[secret(SECRET)], &header, TIME), Ok(()));
        assert_eq!(check(&[secret(SECRET)], &format!("v1a,xx v2,yy {EXPECTED}"), TIME), Ok(()));
    }

    #[test]
    fn whatever_does_not_fit_is_refused() {
        for signatures in ["", "v1,", "v1,AAAA", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "g0hM"] {
            assert_eq!(
                check(&[secret(SECRET)], signatures, TIME),
                Err(VerifyError::Signature),
                "{signatures}"
            );
        }
        assert_eq!(check(&[other()], EXPECTED, TIME), Err(VerifyError::Signature));
        assert_eq!(check(&[], EXPECTED, TIME), Err(VerifyError::Signature));
        let other_body = verify(&[secret(SECRET)], MESSAGE, "1614265330", b"{}", EXPECTED, TIME);
        assert_eq!(other_body, Err(VerifyError::Signature));
    }

    #[test]
    fn an_old_or_a_future_timestamp_is_refused() {
        for now in [TIME - TOLERANCE, TIME + TOLERANCE] {
            assert_eq!(check(&[secret(SECRET)], EXPECTED, now), Ok(()));
        }
        for now in [TIME - TOLERANCE - 1, TIME + TOLERANCE + 1, i64::MAX, i64::MIN] {
            assert_eq!(check(&[secret(SECRET)], EXPECTED, now), Err(VerifyError::OutOfTime));
        }
        let words = verify(&[secret(SECRET)], MESSAGE, "soon", BODY, EXPECTED, TIME);
        assert_eq!(words, Err(VerifyError::Timestamp));
    }

    #[test]
    fn secrets_that_are_none() {
        assert_eq!(SigningSecret::parse("whsec_***").err(), Some(SecretError::NotBase64));
        assert_eq!(SigningSecret::parse("whsec_AAAA").err(), Some(SecretError::Length(3)));
        assert_eq!(SigningSecret::parse("").err(), Some(SecretError::Length(0)));
    }
}
