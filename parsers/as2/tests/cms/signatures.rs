//! Signatures: every digest, scheme and key, both ways.

use super::*;
use portway_as2::algorithm::Scheme;
use portway_as2::certificate::{Certificate, PrivateKey, Purpose, Remark};
use portway_as2::cms::{Note, SignOptions, SignatureError, digests_of, sign, verify};

const CONTENT: &[u8] = b"Content-Type: application/edi-x12\r\n\r\nISA*00*          *00*          *ZZ*A\r\n";

fn pinned(names: &[&str]) -> Vec<Certificate> {
    names.iter().map(|name| party(name).certificate().clone()).collect()
}

#[test]
fn the_command_accepts_what_we_sign() {
    let bench = Bench::new();
    let content = bench.put("content", CONTENT);
    let schemes = |name| if name == "rsa" { &[Scheme::Pkcs1, Scheme::Pss][..] } else { &[Scheme::Pkcs1] };
    for name in ["rsa", "p256", "p384", "p521"] {
        for digest in Digest::ALL {
            for &scheme in schemes(name) {
                for plain in [false, true] {
                    let options = SignOptions {
                        digest,
                        scheme,
                        algorithm_protection: !plain,
                        certificate_included: !plain,
                        signing_time: (!plain).then_some(START + 5),
                    };
                    let signature = sign(&hashed(CONTENT), party(name), &options).unwrap();
                    let file = bench.put("signature", &signature);
                    let crt = crt(name);
                    let arguments = [
                        "-verify",
                        "-inform",
                        "DER",
                        "-in",
                        &file,
                        "-content",
                        &content,
                        "-noverify",
                        "-certfile",
                        &crt,
                    ];
                    assert_eq!(bench.cms(&arguments).as_deref(), Ok(CONTENT), "{name} {options:?}");
                    // And so do we.
                    let good = verify(&signature, &hashed(CONTENT), &pinned(&["other", name])).unwrap();
                    assert_eq!((good.signer, good.digest), (1, digest));
                    assert_eq!(good.signing_time, options.signing_time);
                    assert_eq!(good.notes.contains(&Note::WeakDigest), digest == Digest::Sha1);
                    if name == "rsa" {
                        assert_eq!(good.scheme, scheme);
                    }
                    if digest == Digest::Sha256 {
                        let other = bench.put("other", b"other content");
                        let mut wrong = arguments;
                        wrong[6] = &other;
                        assert!(bench.cms(&wrong).is_err(), "the judge accepts everything");
                    }
                }
            }
        }
    }
}

#[test]
fn we_accept_what_the_command_signs() {
    let bench = Bench::new();
    let content = bench.put("content", CONTENT);
    let hashed_content = hashed(CONTENT);
    let variants: [&[&str]; 7] = [
        &[],
        &["-noattr"],
        &["-nocerts"],
        &["-keyid"],
        &["-nosmimecap", "-nocerts"],
        &["-cades"],
        &["-certfile", &crt("other")],
    ];
    let pss: [&[&str]; 4] = [
        &["-keyopt", "rsa_padding_mode:pss"],
        &["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:20"],
        &["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:0", "-keyopt", "rsa_mgf1_md:sha1"],
        &["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:max"],
    ];
    let mut combinations = 0;
    for name in ["rsa", "p256", "p384", "p521"] {
        for digest in Digest::ALL {
            // All ways to write it with one digest, the two that differ most with the others: each costs a process.
            let ways = if digest == Digest::Sha256 { &variants[..] } else { &variants[..2] };
            for variant in ways {
                for keyopt in [&[][..]].into_iter().chain(if name == "rsa" { pss } else { [&[][..]; 4] }) {
                    let (crt, key, md) = (crt(name), key(name), digest.old_name());
                    let mut arguments = vec![
                        "-sign", "-in", &content, "-outform", "DER", "-signer", &crt, "-inkey", &key, "-md",
                        md,
                    ];
                    arguments.extend(keyopt);
                    arguments.extend(*variant);
                    let signature = bench.cms(&arguments).unwrap();
                    let good = verify(&signature, &hashed_content, &pinned(&["other", name]))
                        .unwrap_or_else(|e| panic!("{arguments:?}: {e}"));
                    assert_eq!((good.signer, good.digest), (1, digest));
                    assert_eq!(good.scheme, if keyopt.is_empty() { Scheme::Pkcs1 } else { Scheme::Pss });
                    let bare = variant.contains(&"-noattr");
                    assert_eq!(good.notes.contains(&Note::NoAttributes), bare);
                    assert_eq!(good.signing_time.is_some(), !bare);
                    assert_eq!(digests_of(&signature), Ok(vec![digest]));
                    assert_eq!(
                        verify(&indefinite(&signature), &hashed_content, &pinned(&["other", name])),
                        Ok(good)
                    );

                    let other = verify(&signature, &hashed(b"other"), &pinned(&[name]));
                    let expected = if bare { SignatureError::Bad } else { SignatureError::WrongDigest };
                    assert_eq!(other, Err(expected), "{arguments:?}");
                    combinations += 1;
                    if keyopt.is_empty() && name != "rsa" {
                        break;
                    }
                }
            }
        }
    }
    assert_eq!(combinations, (7 + 3 * 2) * (5 + 3));
}

#[test]
fn only_the_pinned_certificate_counts() {
    let signature = sign(&hashed(CONTENT), party("rsa"), &SignOptions::default()).unwrap();
    let content = hashed(CONTENT);
    match verify(&signature, &content, &pinned(&["other", "p256"])) {
        Err(SignatureError::UnknownSigner { issuer, serial, certificates }) => {
            let ours = party("rsa").certificate();
            assert_eq!((issuer, serial), (ours.issuer(), ours.serial()));
            assert_eq!(certificates, [ours.sha256()]);
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(verify(&signature, &content, &[]), Err(SignatureError::UnknownSigner { .. })));
}

#[test]
fn a_certificate_that_only_bears_the_name_is_told_from_the_pinned_one() {
    // The same name and serial number, another key: what an impostor would make.
    use openssl::asn1::Asn1Time;
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;
    use openssl::x509::X509;
    let pinned = pinned(&["rsa"]);
    let original = X509::from_der(pinned[0].der()).unwrap();
    let key = PKey::private_key_from_pem(&party("other").key().to_pem(None).unwrap()).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(original.serial_number()).unwrap();
    builder.set_subject_name(original.subject_name()).unwrap();
    builder.set_issuer_name(original.issuer_name()).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(START).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(START + 1000).unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    let impostor = Certificate::from_der(&builder.build().to_der().unwrap()).unwrap();
    let identity = Identity::new(impostor.clone(), party("other").key().clone()).unwrap();
    let content = hashed(CONTENT);

    let signature = sign(&content, &identity, &SignOptions::default()).unwrap();
    match verify(&signature, &content, &pinned) {
        Err(SignatureError::UnknownSigner { certificates, .. }) => {
            assert_eq!(certificates, [impostor.sha256()])
        }
        other => panic!("{other:?}"),
    }
    let hidden = SignOptions { certificate_included: false, ..SignOptions::default() };
    let signature = sign(&content, &identity, &hidden).unwrap();
    assert_eq!(verify(&signature, &content, &pinned), Err(SignatureError::Bad));
    // Both pinned, as in a rollover: each is found by its key.
    let both = [pinned[0].clone(), impostor];
    assert_eq!(verify(&signature, &content, &both).unwrap().signer, 1);
    let signature = sign(&content, party("rsa"), &hidden).unwrap();
    assert_eq!(verify(&signature, &content, &both).unwrap().signer, 0);
}

#[test]
fn one_signer_and_no_content_inside() {
    let bench = Bench::new();
    let content = bench.put("content", CONTENT);
    let (one, two) = (crt("rsa"), crt("other"));
    let (one_key, two_key) = (key("rsa"), key("other"));
    let both = bench
        .cms(&[
            "-sign", "-in", &content, "-outform", "DER", "-signer", &one, "-inkey", &one_key, "-signer",
            &two, "-inkey", &two_key,
        ])
        .unwrap();
    let hashed_content = hashed(CONTENT);
    let pinned = pinned(&["rsa", "other"]);
    assert_eq!(verify(&both, &hashed_content, &pinned), Err(SignatureError::NotOneSigner(2)));
    let opaque = bench
        .cms(&["-sign", "-nodetach", "-in", &content, "-outform", "DER", "-signer", &one, "-inkey", &one_key])
        .unwrap();
    assert!(matches!(verify(&opaque, &hashed_content, &pinned), Err(SignatureError::Unsupported(_))));
}

#[test]
fn a_digest_that_is_missing_is_asked_for() {
    let options = SignOptions { digest: Digest::Sha512, ..SignOptions::default() };
    let signature = sign(&hashed(CONTENT), party("rsa"), &options).unwrap();
    let mut hashing = Hashing::new(&[Digest::Sha256]).unwrap();
    hashing.update(CONTENT).unwrap();
    let content = hashing.finish().unwrap();
    assert_eq!(
        verify(&signature, &content, &pinned(&["rsa"])),
        Err(SignatureError::NeedDigest(Digest::Sha512))
    );
    assert!(sign(&content, party("rsa"), &options).is_err());
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8], last: bool) {
    let mut places = bytes.windows(from.len()).enumerate().filter(|(_, w)| *w == from).map(|(i, _)| i);
    let place = if last { places.next_back() } else { places.next() };
    let place = place.expect("it is there");
    bytes[place..place + to.len()].copy_from_slice(to);
}

#[test]
fn algorithm_protection_holds() {
    // rsaEncryption becomes sha256WithRSAEncryption in the SignerInfo, which no signature covers and which verifies as well.
    let rsa = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    let sha256_rsa = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
    let content = hashed(CONTENT);
    for (algorithm_protection, good) in [(true, false), (false, true)] {
        let options = SignOptions { algorithm_protection, ..SignOptions::default() };
        let mut signature = sign(&content, party("rsa"), &options).unwrap();
        replace(&mut signature, rsa, sha256_rsa, true);
        let result = verify(&signature, &content, &pinned(&["rsa"]));
        if good {
            assert!(result.is_ok(), "{result:?}");
        } else {
            assert_eq!(result, Err(SignatureError::Bad));
        }
    }
}

#[test]
fn unknown_digests_are_named() {
    let content = hashed(CONTENT);
    let mut signature = sign(&content, party("rsa"), &SignOptions::default()).unwrap();
    let sha256 = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";
    let sha3 = b"\x60\x86\x48\x01\x65\x03\x04\x02\x08";
    while signature.windows(9).any(|w| w == sha256) {
        replace(&mut signature, sha256, sha3, false);
    }
    match verify(&signature, &content, &pinned(&["rsa"])) {
        Err(SignatureError::Unsupported(what)) => assert!(what.contains("2.16.840.1.101.3.4.2.8"), "{what}"),
        other => panic!("{other:?}"),
    }
}

/// A self-signed identity as old tools made them: a short RSA key, signed with SHA-1.
fn old_identity(bits: u32) -> Identity {
    use openssl::asn1::Asn1Time;
    use openssl::hash::MessageDigest;
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;
    use openssl::x509::{X509, X509Name};
    let key = PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", "old").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(START).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(START + 1000).unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.sign(&key, MessageDigest::sha1()).unwrap();
    let certificate = Certificate::from_der(&builder.build().to_der().unwrap()).unwrap();
    let key = PrivateKey::from_pem(&key.private_key_to_pem_pkcs8().unwrap(), None).unwrap();
    Identity::new(certificate, key).unwrap()
}

#[test]
fn old_keys_are_taken_with_a_note_and_broken_ones_are_not() {
    let content = hashed(CONTENT);
    let old = old_identity(1024);
    let options = SignOptions { digest: Digest::Sha1, ..SignOptions::default() };
    let signature = sign(&content, &old, &options).unwrap();
    let good = verify(&signature, &content, &[old.certificate().clone()]).unwrap();
    assert_eq!(good.notes, [Note::WeakDigest, Note::ShortKey(1024)]);
    let remarks = old.certificate().remarks(Purpose::Signing);
    assert_eq!(remarks, [Remark::ShortKey(1024), Remark::OldDigest("sha1")]);

    let broken = old_identity(512);
    let signature = sign(&content, &broken, &options).unwrap();
    match verify(&signature, &content, &[broken.certificate().clone()]) {
        Err(SignatureError::Unsupported(what)) => assert!(what.contains("512 bits"), "{what}"),
        other => panic!("{other:?}"),
    }
    let error = portway_as2::cms::encrypt(
        &mut &b"x"[..],
        1,
        &[broken.certificate().clone()],
        portway_as2::cms::EncryptOptions::default(),
        &mut Vec::new(),
    );
    assert!(error.unwrap_err().to_string().contains("512 bits"));
}
