//! Messages and keys captured from other products, where the samples are at hand.

use super::*;
use portway_as2::certificate::{Certificate, CertificateError, PrivateKey};
use portway_as2::cms::{Decrypter, Signature, SignatureError, verify};
use std::io::Read;

/// A file of `shared/samples/as2`; `None` when the samples are not here.
fn sample(path: &str) -> Option<Vec<u8>> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/as2").join(path);
    let found = fs::read(&file).ok();
    if found.is_none() {
        eprintln!("skipped: no sample {path}");
    }
    found
}

fn community() -> Option<Identity> {
    let certificate = sample("key-cert/ahuggins-nhs_node-libas2__libas2community.cer")?;
    let key = sample("key-cert/ahuggins-nhs_node-libas2__libas2community.key")?;
    let certificate = Certificate::read(&certificate).unwrap().remove(0);
    Some(Identity::new(certificate, PrivateKey::from_pem(&key, None).unwrap()).unwrap())
}

fn unarmoured(text: &[u8]) -> Vec<u8> {
    let text: String = String::from_utf8_lossy(text).chars().filter(|c| !c.is_whitespace()).collect();
    openssl::base64::decode_block(&text).unwrap()
}

/// Where `needle` begins in `bytes`, at or after `from`.
fn find(bytes: &[u8], needle: &[u8], from: usize) -> usize {
    from + bytes[from..].windows(needle.len()).position(|w| w == needle).unwrap()
}

/// The collection's text files have lost their CR; the signatures are over lines with it.
fn with_cr(text: Vec<u8>) -> Vec<u8> {
    if text.contains(&b'\r') {
        return text;
    }
    text.into_iter().flat_map(|b| if b == b'\n' { vec![b'\r', b'\n'] } else { vec![b] }).collect()
}

/// Content and signature of a multipart/signed text, the plain way.
fn signed_parts(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let first = find(text, b"\n--", 0) + 1;
    let line_end = find(text, b"\r\n", first);
    let boundary = [b"\r\n", &text[first..line_end]].concat();
    let second = find(text, &boundary, line_end);
    let content = text[line_end + 2..second].to_vec();
    let body = find(text, b"\r\n\r\n", second) + 4;
    let signature = &text[body..find(text, &boundary, body)];
    let binary = signature.first() == Some(&0x30);
    (content, if binary { signature.to_vec() } else { unarmoured(signature) })
}

#[test]
fn node_libas2_messages_open_and_verify() {
    let Some(identity) = community() else { return };
    let message = with_cr(sample("message/ahuggins-nhs_node-libas2__content.encrypted.txt").unwrap());
    let body = find(&message, b"\r\n\r\n", 0) + 4;
    let identities = [identity.clone()];
    let sealed = unarmoured(&message[body..]);
    let mut plain = Vec::new();
    Decrypter::new(&sealed[..], &identities).read_to_end(&mut plain).unwrap();
    assert!(plain.starts_with(b"Content-Type:"), "{}", String::from_utf8_lossy(&plain));

    let message = with_cr(sample("message/ahuggins-nhs_node-libas2__content.signed.txt").unwrap());
    let (content, signature) = signed_parts(&message);
    let good = verify(&signature, &hashed(&content), &[identity.certificate().clone()]).unwrap();
    assert_eq!(good.signer, 0);
}

fn judged(mdn: &str, certificate: &str) -> Option<Result<Signature, SignatureError>> {
    let pinned = Certificate::read(&sample(certificate)?).unwrap();
    let text = [b"\r\n", &with_cr(sample(mdn)?)[..]].concat();
    let (content, signature) = signed_parts(&text);
    Some(verify(&signature, &hashed(&content), &pinned))
}

#[test]
fn captured_mdns_verify() {
    // (That of Sterling Integrator, 4af6f84c…, was turned to UTF-8 by the collection: its signature is no longer BER.)
    let node = judged(
        "mdn/ahuggins-nhs_node-libas2__mdn.signed.txt",
        "key-cert/ahuggins-nhs_node-libas2__as2testing.cer",
    );
    if let Some(result) = node {
        assert_eq!(result.unwrap().digest, Digest::Sha256);
    }
    // The collection has lost line ends of this one that cannot be guessed: the signature is the signer's, the content is not.
    let phase2 =
        judged("mdn/phax_phase2__20190925-david.payload", "key-cert/phax_phase2__20190925-david.pem");
    if let Some(result) = phase2 {
        assert_eq!(result, Err(SignatureError::WrongDigest));
    }
}

#[test]
fn key_stores_of_other_products_are_read() {
    for file in ["phax_phase2__key1.pfx", "phax_phase2__key3.pfx", "phax_phase2__certs.p12"] {
        let Some(bytes) = sample(&format!("key-cert/{file}")) else { return };
        let identity = Identity::from_pkcs12(&bytes, "test").unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(identity.certificate().key_description().starts_with("RSA "), "{file}");
        assert!(matches!(Identity::from_pkcs12(&bytes, "wrong").err(), Some(CertificateError::Pkcs12(_))));
    }
    for file in ["phax_phase2__key2.cer", "phax_phase2__key4.cer", "ahuggins-nhs_node-libas2__as2testing.cer"]
    {
        let Some(bytes) = sample(&format!("key-cert/{file}")) else { return };
        let certificates = Certificate::read(&bytes).unwrap();
        assert!(certificates[0].not_before() < certificates[0].not_after(), "{file}");
    }
}
