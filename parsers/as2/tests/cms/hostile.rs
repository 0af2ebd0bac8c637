//! Damaged and hostile input: nothing panics, nothing is told apart, nothing opens that should not.

use super::encryption::{opened, sealed};
use super::*;
use openssl::pkey::PKey;
use openssl::rsa::Padding;
use portway_as2::algorithm::{Cipher, KeyTransport};
use portway_as2::cms::{CmsError, Decrypter, EncryptOptions, SignOptions, sign, verify};
use std::io::{self, Read};

fn not_opened(error: &io::Error) -> bool {
    matches!(CmsError::of(error), Some(CmsError::NotOpened { .. }))
        && error.kind() == io::ErrorKind::InvalidData
        && error.to_string() == "the message cannot be decrypted"
}

/// Reads to the end: the bytes that came, and how it ended.
fn read_out(bytes: &[u8], identities: &[Identity]) -> (Vec<u8>, io::Result<()>) {
    let mut plain = Vec::new();
    let end = Decrypter::new(bytes, identities).read_to_end(&mut plain).map(|_| ());
    (plain, end)
}

#[test]
fn no_mutation_opens_under_gcm_and_none_panics() {
    let content = b"Content-Type: application/edi-x12\r\n\r\nISA*00*".repeat(3);
    let recipients = [party("rsa").certificate().clone()];
    let ours = [party("rsa").clone()];
    let mut noise = Noise(42);
    for cipher in [Cipher::Aes256Gcm, Cipher::Aes128Cbc, Cipher::TripleDes] {
        let options = EncryptOptions { cipher, transport: KeyTransport::Pkcs1 };
        let bytes = sealed(&content, &recipients, options);
        for cut in 0..bytes.len() {
            let (_, end) = read_out(&bytes[..cut], &ours);
            assert!(not_opened(&end.unwrap_err()), "{cipher:?} cut at {cut}");
        }
        for _ in 0..1500 {
            let mut damaged = bytes.clone();
            for _ in 0..=noise.below(3) {
                let place = noise.below(damaged.len());
                match noise.below(3) {
                    0 => damaged[place] ^= 1 << noise.below(8),
                    1 => drop(damaged.remove(place)),
                    _ => damaged.insert(place, noise.next() as u8),
                }
            }
            let (plain, end) = read_out(&damaged, &ours);
            match end {
                Err(error) => assert!(not_opened(&error), "{error}"),
                // What is not authenticated may change; what is, may not. Versions and content type are neither.
                Ok(()) if cipher == Cipher::Aes256Gcm => assert_eq!(plain, content),
                Ok(()) => {}
            }
        }
    }
}

/// The wrapped key of a message for the RSA party replaced by another wrapping.
fn rewrapped(bytes: &[u8], wrapped: &[u8]) -> Vec<u8> {
    let head = b"\x04\x82\x01\x00";
    let place = bytes.windows(4).position(|w| w == head).unwrap() + 4;
    let mut other = bytes.to_vec();
    other[place..place + 256].copy_from_slice(wrapped);
    other
}

#[test]
fn a_key_that_does_not_unwrap_shows_only_at_the_end() {
    let content = Noise(1).bytes(10_000);
    let recipients = [party("rsa").certificate().clone()];
    let ours = [party("rsa").clone()];
    let key = PKey::private_key_from_pem(&ours[0].key().to_pem(None).unwrap()).unwrap().rsa().unwrap();
    let raw = |block: &[u8]| {
        let mut out = vec![0; 256];
        key.public_encrypt(block, &mut out, Padding::NONE).unwrap();
        out
    };
    // 00 02, padding, 00, 32 octets of key: then one thing wrong at a time.
    let mut block = vec![0xaa; 256];
    (block[0], block[1], block[223]) = (0, 2, 0);
    let wrong = |place: usize, value: u8| {
        let mut block = block.clone();
        block[place] = value;
        raw(&block)
    };
    let mut long = vec![0; 256];
    key.public_encrypt(&[7; 48], &mut long, Padding::PKCS1).unwrap();
    let mut short = vec![0; 256];
    key.public_encrypt(&[7; 16], &mut short, Padding::PKCS1).unwrap();
    for cipher in [Cipher::Aes256Gcm, Cipher::Aes256Cbc] {
        let options = EncryptOptions { cipher, transport: KeyTransport::Pkcs1 };
        let bytes = sealed(&content, &recipients, options);
        let cases = [
            ("good form, other key", raw(&block)),
            ("first octet", wrong(0, 1)),
            ("block type", wrong(1, 1)),
            ("zero in the padding", wrong(2, 0)),
            ("zero late in the padding", wrong(222, 0)),
            ("no separator", wrong(223, 1)),
            ("a longer key", long.clone()),
            ("a shorter key", short.clone()),
            ("above the modulus", vec![0xff; 256]),
            ("zero", vec![0; 256]),
        ];
        for (what, wrapped) in cases {
            let damaged = rewrapped(&bytes, &wrapped);
            let (plain, end) = read_out(&damaged, &ours);
            // With CBC one in 256 stand-ins leaves a padding that looks right; then it is plain noise.
            if cipher == Cipher::Aes256Gcm {
                assert!(not_opened(&end.unwrap_err()), "{what}");
            }
            // As much comes out as with the right key, whatever was wrong with the wrapping.
            assert!((9_984..=10_016).contains(&plain.len()), "{what}: {}", plain.len());
            assert!(plain[..1000] != content[..1000]);
            // And the same each time, so that asking twice tells nothing.
            assert!(read_out(&damaged, &ours).0 == plain, "{what}");
        }
    }
}

#[test]
fn a_message_for_others_fails_like_any_other() {
    let content = Noise(2).bytes(5_000);
    for cipher in Cipher::ALL {
        for transport in [KeyTransport::Pkcs1, KeyTransport::OaepSha256] {
            let options = EncryptOptions { cipher, transport };
            let bytes = sealed(&content, &[party("other").certificate().clone()], options);
            for identities in [&[][..], &[party("rsa").clone(), party("p256").clone()]] {
                let mut decrypter = Decrypter::new(&bytes[..], identities);
                let mut plain = Vec::new();
                let error = decrypter.read_to_end(&mut plain).unwrap_err();
                assert!(not_opened(&error));
                assert_eq!(decrypter.facts(), None);
                assert!(plain.len() >= 4_976, "it goes to the end: {}", plain.len());
                // Asking again does not change the answer.
                assert!(not_opened(&decrypter.read(&mut [0; 10]).unwrap_err()));
            }
        }
    }
}

#[test]
fn the_right_key_is_found_among_those_of_one_name() {
    // Two of our identities under the same name and number, as careless tools make them at a renewal: only one unwraps.
    use openssl::x509::X509;
    let original = X509::from_der(party("rsa").certificate().der()).unwrap();
    let key = PKey::private_key_from_pem(&party("other").key().to_pem(None).unwrap()).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(original.serial_number()).unwrap();
    builder.set_subject_name(original.subject_name()).unwrap();
    builder.set_issuer_name(original.issuer_name()).unwrap();
    builder.set_not_before(original.not_before()).unwrap();
    builder.set_not_after(original.not_after()).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.sign(&key, openssl::hash::MessageDigest::sha256()).unwrap();
    let twin = portway_as2::certificate::Certificate::from_der(&builder.build().to_der().unwrap()).unwrap();
    let twin = Identity::new(twin, party("other").key().clone()).unwrap();
    let both = [twin.clone(), party("rsa").clone()];
    for transport in [KeyTransport::Pkcs1, KeyTransport::OaepSha1] {
        let options = EncryptOptions { cipher: Cipher::Aes256Gcm, transport };
        for recipient in [&twin, party("rsa")] {
            let bytes = sealed(b"content", &[recipient.certificate().clone()], options);
            assert_eq!(opened(&bytes, &both).unwrap().0, b"content");
        }
    }
}

#[test]
fn gcm_content_does_not_open_as_cbc() {
    // The same key and ciphertext under another structure and cipher (a downgrade that CMS itself does not prevent).
    let recipients = [party("rsa").certificate().clone()];
    let ours = [party("rsa").clone()];
    let options = EncryptOptions { cipher: Cipher::Aes256Gcm, transport: KeyTransport::Pkcs1 };
    let mut bytes = sealed(&[1; 64], &recipients, options);
    let gcm = b"\x60\x86\x48\x01\x65\x03\x04\x01\x2e";
    let place = bytes.windows(9).position(|w| w == gcm).unwrap();
    bytes[place + 8] = 0x2a;
    let (plain, end) = read_out(&bytes, &ours);
    assert!(not_opened(&end.unwrap_err()));
    assert_eq!(plain, []);
}

#[test]
fn no_signature_survives_damage() {
    let content = hashed(b"content");
    let pinned = [party("rsa").certificate().clone(), party("p256").certificate().clone()];
    let mut noise = Noise(77);
    for name in ["rsa", "p256"] {
        let options = SignOptions { certificate_included: false, ..SignOptions::default() };
        let good = sign(&content, party(name), &options).unwrap();
        for cut in 0..good.len() {
            assert!(verify(&good[..cut], &content, &pinned).is_err(), "{cut}");
        }
        let mut accepted = 0;
        for place in 0..good.len() {
            let mut damaged = good.clone();
            damaged[place] ^= 1 << noise.below(8);
            // Versions, the outer set of digests and encodings of equal meaning are not signed.
            accepted += usize::from(verify(&damaged, &content, &pinned).is_ok());
        }
        assert!(accepted < 40, "{name}: {accepted} of {}", good.len());
        for _ in 0..3000 {
            let mut damaged = good.clone();
            let place = noise.below(damaged.len());
            match noise.below(3) {
                0 => damaged[place] = noise.next() as u8,
                1 => damaged.truncate(place),
                _ => damaged.insert(place, noise.next() as u8),
            }
            let _ = verify(&damaged, &content, &pinned);
        }
    }
}

#[test]
fn deep_nesting_and_great_claims_cost_nothing() {
    let ours = [party("rsa").clone()];
    let deep = [0x30, 0x80].repeat(100_000);
    assert!(not_opened(&read_out(&deep, &ours).1.unwrap_err()));
    let content = hashed(b"content");
    assert!(verify(&deep, &content, &[]).is_err());
    let deep =
        [b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80\x30\x80\x02\x01\x00", &deep[..]]
            .concat();
    assert!(not_opened(&read_out(&deep, &ours).1.unwrap_err()));
    // A set of recipients that claims 2^62 bytes.
    let claim = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80\x30\x80\x02\x01\x00\x31\x88\x40\0\0\0\0\0\0\0";
    assert!(not_opened(&read_out(claim, &ours).1.unwrap_err()));
}
