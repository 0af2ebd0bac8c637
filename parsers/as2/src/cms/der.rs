//! Writes DER (X.690 section 10): elements from their parts, lengths known beforehand.

use super::oid;
use crate::algorithm::Digest;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: &[u8] = &[0x05, 0];
pub(super) const OID: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
/// Context tags, constructed: `[0]`, `[1]`.
pub(super) const CONTEXT_0: u8 = 0xa0;
pub(super) const CONTEXT_1: u8 = 0xa1;
pub(super) const CONTEXT_2: u8 = 0xa2;
pub(super) const CONTEXT_3: u8 = 0xa3;
/// `[0]`, primitive.
pub(super) const CONTEXT_0_PRIMITIVE: u8 = 0x80;

/// Identifier and length octets.
pub(super) fn header(tag: u8, length: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(10);
    push_header(&mut out, tag, length);
    out
}

fn push_header(out: &mut Vec<u8>, tag: u8, length: u64) {
    out.push(tag);
    if length < 0x80 {
        out.push(length as u8);
        return;
    }
    let bytes = length.to_be_bytes();
    let short = &bytes[length.leading_zeros() as usize / 8..];
    out.push(0x80 | short.len() as u8);
    out.extend_from_slice(short);
}

/// An element of these parts.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|p| p.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    push_header(&mut out, tag, length as u64);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, parts)
}

pub(super) fn object(oid: &[u8]) -> Vec<u8> {
    element(OID, &[oid])
}

/// An INTEGER below 128.
pub(super) fn small(value: u8) -> [u8; 3] {
    [INTEGER, 1, value & 0x7f]
}

/// The parts of a SET OF in the order DER has them (X.690 section 11.6).
pub(super) fn sort_set(parts: &mut [Vec<u8>]) {
    // No two encodings are each other's beginning, so that comparing without padding is enough.
    parts.sort();
}

pub(super) fn digest_algorithm(digest: Digest) -> Vec<u8> {
    // RFC 5754 section 2: parameters absent.
    sequence(&[&object(oid::digest_oid(digest))])
}

/// `[0] hash, [1] MGF1 with hash` as RSAES-OAEP-params and RSASSA-PSS-params have it (RFC 4055); SHA-1 is the default and left out.
pub(super) fn hash_and_mask(digest: Digest) -> Vec<u8> {
    if digest == Digest::Sha1 {
        return Vec::new();
    }
    let hash = sequence(&[&object(oid::digest_oid(digest)), NULL]);
    let mask = sequence(&[&object(oid::MGF1), &hash]);
    [element(CONTEXT_0, &[&hash]), element(CONTEXT_1, &[&mask])].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_shortest() {
        for (length, bytes) in [
            (0, &[0x04, 0][..]),
            (127, &[4, 127]),
            (128, &[4, 0x81, 128]),
            (255, &[4, 0x81, 255]),
            (256, &[4, 0x82, 1, 0]),
            (1 << 32, &[4, 0x85, 1, 0, 0, 0, 0]),
            (u64::MAX, &[4, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]),
        ] {
            assert_eq!(header(OCTET_STRING, length), bytes);
        }
    }
}
