//! Encryption: every cipher and key transport, both ways.

use super::*;
use portway_as2::algorithm::{Cipher, KeyTransport};
use portway_as2::certificate::Certificate;
use portway_as2::cms::{CmsError, Decrypter, EncryptOptions, Encryption, encrypt};
use std::io::{BufReader, Read};

const TRANSPORTS: [KeyTransport; 5] = [
    KeyTransport::Pkcs1,
    KeyTransport::OaepSha1,
    KeyTransport::OaepSha256,
    KeyTransport::OaepSha384,
    KeyTransport::OaepSha512,
];

pub(super) fn sealed(content: &[u8], recipients: &[Certificate], options: EncryptOptions) -> Vec<u8> {
    let mut out = Vec::new();
    encrypt(&mut &content[..], content.len() as u64, recipients, options, &mut out).unwrap();
    out
}

pub(super) fn opened(bytes: &[u8], identities: &[Identity]) -> std::io::Result<(Vec<u8>, Encryption)> {
    let mut decrypter = Decrypter::new(bytes, identities);
    let mut plain = Vec::new();
    decrypter.read_to_end(&mut plain)?;
    Ok((plain, decrypter.facts().unwrap()))
}

#[test]
fn the_command_opens_what_we_encrypt() {
    let bench = Bench::new();
    let (crt, key) = (crt("rsa"), key("rsa"));
    let recipients = [party("other").certificate().clone(), party("rsa").certificate().clone()];
    // Each combination is judged at one size, in turn: the command costs a process each time.
    let sizes = [0, 15, 16, 100_000];
    let mut turn = sizes.into_iter().cycle();
    for cipher in Cipher::ALL {
        for transport in TRANSPORTS {
            let options = EncryptOptions { cipher, transport };
            let judged = turn.next();
            for size in sizes {
                let content = Noise(size as u64 + 1).bytes(size);
                let bytes = sealed(&content, &recipients, options);
                if judged == Some(size) {
                    let file = bench.put("sealed", &bytes);
                    let arguments =
                        ["-decrypt", "-inform", "DER", "-in", &file, "-recip", &crt, "-inkey", &key];
                    assert_eq!(bench.cms(&arguments).as_deref(), Ok(&content[..]), "{options:?} {size}");
                }
                let (plain, facts) = opened(&bytes, &[party("p256").clone(), party("rsa").clone()]).unwrap();
                assert!(plain == content, "{options:?} {size}");
                assert_eq!(facts, Encryption { cipher, transport, identity: 1 });
                if size < 5000 {
                    let (plain, again) = opened(&indefinite(&bytes), &[party("rsa").clone()]).unwrap();
                    assert!(plain == content && again.identity == 0, "{options:?} {size} in pieces");
                }
            }
        }
    }
}

#[test]
fn we_open_what_the_command_encrypts() {
    let bench = Bench::new();
    let transports: [(&[&str], KeyTransport); 5] = [
        (&[], KeyTransport::Pkcs1),
        (&["-keyopt", "rsa_padding_mode:oaep"], KeyTransport::OaepSha1),
        (&["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"], KeyTransport::OaepSha256),
        (&["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha512"], KeyTransport::OaepSha512),
        (
            &[
                "-keyopt",
                "rsa_padding_mode:oaep",
                "-keyopt",
                "rsa_oaep_md:sha256",
                "-keyopt",
                "rsa_mgf1_md:sha1",
            ],
            KeyTransport::OaepSha256,
        ),
    ];
    let variants: [&[&str]; 3] = [&[], &["-stream"], &["-stream", "-keyid"]];
    let (first, second) = (crt("rsa"), crt("other"));
    let mut sizes = [16, 5_000, 70_000, 1].into_iter().cycle();
    for cipher in Cipher::ALL {
        let flag = match cipher {
            Cipher::TripleDes => "-des3".to_owned(),
            _ => format!("-{}", cipher.name().replace("aes", "aes-")),
        };
        for (keyopt, transport) in transports {
            for variant in variants {
                let size = sizes.next().unwrap();
                let content = Noise(size as u64 + 1).bytes(size);
                let file = bench.put("content", &content);
                let mut arguments = vec!["-encrypt", "-in", &file, "-outform", "DER", &flag];
                arguments.extend(variant);
                arguments.extend(["-recip", &first]);
                arguments.extend(keyopt);
                arguments.extend(["-recip", &second]);
                arguments.extend(keyopt);
                let bytes = bench.cms(&arguments).unwrap();
                for name in ["rsa", "other"] {
                    let ours = [party(name).clone()];
                    let (plain, facts) = opened(&bytes, &ours)
                        .unwrap_or_else(|e| panic!("{arguments:?}: {:?}", CmsError::of(&e)));
                    assert!(plain == content, "{arguments:?}");
                    assert_eq!(facts, Encryption { cipher, transport, identity: 0 });
                }
                let pace = if size < 10_000 { 1 } else { 1000 };
                let ours = [party("rsa").clone()];
                let mut plain = Vec::new();
                Decrypter::new(Trickle(&bytes, pace), &ours).read_to_end(&mut plain).unwrap();
                assert!(plain == content, "{arguments:?} in small steps");
            }
        }
    }
}

#[test]
fn what_follows_the_message_stays_in_the_input() {
    let options = EncryptOptions::default();
    let mut bytes = sealed(b"content", &[party("rsa").certificate().clone()], options);
    bytes.extend_from_slice(b"\r\nrest");
    let ours = [party("rsa").clone()];
    let mut input = BufReader::new(&bytes[..]);
    let mut plain = String::new();
    Decrypter::new(&mut input, &ours).read_to_string(&mut plain).unwrap();
    assert_eq!(plain, "content");
    let mut rest = String::new();
    input.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "\r\nrest");
}

#[test]
fn only_rsa_keys_receive_and_the_length_must_be_true() {
    let options = EncryptOptions::default();
    let mut out = Vec::new();
    let elliptic = [party("p256").certificate().clone()];
    let error = encrypt(&mut &b"x"[..], 1, &elliptic, options, &mut out).unwrap_err();
    assert!(error.to_string().contains("CN=p256"), "{error}");
    let error = encrypt(&mut &b"x"[..], 1, &[], options, &mut out).unwrap_err();
    assert!(matches!(CmsError::of(&error), Some(CmsError::Unsupported(_))));
    assert!(out.is_empty());
    for length in [0, 2, 5] {
        let recipients = [party("rsa").certificate().clone()];
        let error = encrypt(&mut &b"xyz"[..], length, &recipients, options, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }
}

#[test]
fn errors_of_the_input_stay_what_they_are() {
    let bytes = sealed(&[7; 1000], &[party("rsa").certificate().clone()], EncryptOptions::default());
    let ours = [party("rsa").clone()];
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::new(std::io::ErrorKind::ConnectionReset, "gone"))
        }
    }
    for cut in [0, 10, 600, bytes.len() - 1] {
        let input = BufReader::new((&bytes[..cut]).chain(Broken));
        let error = Decrypter::new(input, &ours).read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{cut}");
        let error = Decrypter::new(&bytes[..cut], &ours).read_to_end(&mut Vec::new()).unwrap_err();
        assert!(matches!(CmsError::of(&error), Some(CmsError::NotOpened { .. })), "{cut}");
    }
}
