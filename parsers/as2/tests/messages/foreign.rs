//! What others built is opened, and what we build others open: the `openssl` command, and captures of other products.

use crate::packaging::first_part;
use crate::parties::*;
use portway_as2::algorithm::{Cipher, Digest, KeyTransport, Scheme};
use portway_as2::certificate::{Certificate, Identity, PrivateKey};
use portway_as2::cms::{EncryptOptions, SignOptions};
use portway_as2::mime::entity::{Header, HeaderLimits};
use portway_as2::open::{Compression, Note, Receiving, Why};
use portway_as2::seal::{BodyEncoding, Sending};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Runs `openssl` in a folder with everybody's keys.
struct OpenSsl(TempDir);

impl OpenSsl {
    fn new() -> OpenSsl {
        let folder = tempfile::tempdir().unwrap();
        for (name, identity) in [("ours", &PARTIES.ours[0]), ("partner", &PARTIES.partner)] {
            std::fs::write(
                folder.path().join(format!("{name}.cer")),
                identity.certificate().to_pem().unwrap(),
            )
            .unwrap();
            std::fs::write(folder.path().join(format!("{name}.key")), identity.key().to_pem(None).unwrap())
                .unwrap();
        }
        OpenSsl(folder)
    }

    /// Reads `input` from the file `in`, gives back what was written to the file `out`.
    fn run(&self, arguments: &str, input: &[u8]) -> Vec<u8> {
        std::fs::write(self.0.path().join("in"), input).unwrap();
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .expect("the openssl command is needed");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "openssl {arguments}: {said}");
        std::fs::read(self.0.path().join("out")).unwrap()
    }
}

const SIGN: &str = "-sign -in in -out out -signer partner.cer -inkey partner.key";

fn split(message: &[u8]) -> (Vec<(String, String)>, Vec<u8>) {
    let mut input = message;
    let header = Header::read(&mut input, HeaderLimits::default()).unwrap();
    (header.fields().to_vec(), input.to_vec())
}

fn entity() -> Vec<u8> {
    [
        b"Content-Type: application/edi-x12\r\nContent-Disposition: attachment; filename=order.edi\r\n\r\n",
        ORDER,
    ]
    .concat()
}

#[test]
fn signed_by_openssl() {
    let openssl = OpenSsl::new();
    for command in ["cms", "smime"] {
        for (digest, name) in [(Digest::Sha1, "sha1"), (Digest::Sha256, "sha256"), (Digest::Sha512, "sha512")]
        {
            let mut ways = vec!["-binary", "-binary -nocerts", "-binary -noattr", "-binary -crlfeol"];
            if command == "cms" {
                ways.extend(["-binary -keyid", "-binary -keyopt rsa_padding_mode:pss"]);
            }
            for way in ways {
                let message = openssl.run(&format!("{command} {SIGN} -md {name} {way}"), &entity());
                let (fields, body) = split(&message);
                let (opened, kept) = opened(&fields, &body, &receiving());
                assert_eq!(kept.contents(), [ORDER], "{command} {way}");
                assert_eq!(opened.mic, mic_of(digest, &entity()), "{command} {way}");
                assert_eq!(opened.parts[0].file_name.as_deref(), Some("order.edi"));
                assert_eq!(opened.signed.unwrap().digest, digest);
            }
        }
    }
    // Text mode signs text with CRLF; on its way it may lose them.
    let text = b"Content-Type: text/plain\n\none\ntwo\n";
    let message = openssl.run(&format!("smime {SIGN} -md sha256"), text);
    let (fields, body) = split(&String::from_utf8(message).unwrap().replace("\r\n", "\n").into_bytes());
    assert_eq!(refused(&fields, &body, &receiving()).why, Why::IntegrityCheckFailed);
    let (opened, _) = opened(&fields, &body, &Receiving { canonical: true, ..receiving() });
    assert_eq!(opened.mic, mic_of(Digest::Sha256, b"Content-Type: text/plain\r\n\r\none\r\ntwo\r\n"));
    assert_eq!(opened.notes, [Note::SignedCanonical]);
}

#[test]
fn encrypted_by_openssl() {
    let openssl = OpenSsl::new();
    let signed = openssl.run(&format!("cms {SIGN} -md sha256 -binary"), &entity());
    for (inner, is_signed) in [(&signed, true), (&entity(), false)] {
        for (cipher, option) in [
            (Cipher::Aes128Cbc, "-aes128"),
            (Cipher::Aes256Cbc, "-aes256"),
            (Cipher::TripleDes, "-des3"),
            (Cipher::Aes256Gcm, "-aes-256-gcm"),
        ] {
            for way in ["", "-stream -indef", "-keyid", "-recip ours.cer -keyopt rsa_padding_mode:oaep"] {
                let recipients = if way.contains("-recip") { "" } else { "ours.cer" };
                let arguments = format!("cms -encrypt -binary -in in -out out {option} {way}");
                let der = openssl.run(&format!("{arguments} -outform DER {recipients}"), inner);
                let typed = |t: &str| vec![field("content-type", t)];
                let smime = split(&openssl.run(&format!("{arguments} {recipients}"), inner));
                for (fields, body) in [
                    smime,
                    (typed("application/pkcs7-mime; smime-type=enveloped-data"), der.clone()),
                    (typed("application/x-pkcs7-mime"), der),
                ] {
                    let (opened, kept) = opened(&fields, &body, &receiving());
                    assert_eq!(kept.contents(), [ORDER], "{option} {way}");
                    assert_eq!(opened.mic, mic_of(Digest::Sha256, &entity()), "{option} {way}");
                    assert_eq!(opened.encrypted.unwrap().cipher, cipher);
                    assert_eq!(opened.signed.is_some(), is_signed);
                }
            }
        }
    }
}

/// RFC 3274 in DER, written here by hand, as products write it: without `smime-type`, too.
fn compressed(content: &[u8]) -> Vec<u8> {
    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len();
        [&[tag, 0x82, (length >> 8) as u8, length as u8], content].concat()
    }
    let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut deflated, content).unwrap();
    let deflated = deflated.finish().unwrap();
    let data = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    let zlib = [0x30, 0x0d, 0x06, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 0x10, 3, 8];
    let compressed_data = [0x06, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 0x10, 1, 9];
    let encapsulated = tlv(0x30, &[&data[..], &tlv(0xa0, &tlv(0x04, &deflated))].concat());
    let body = tlv(0x30, &[&[2, 1, 0][..], &zlib, &encapsulated].concat());
    tlv(0x30, &[&compressed_data[..], &tlv(0xa0, &body)].concat())
}

#[test]
fn compressed_by_hand() {
    let openssl = OpenSsl::new();
    for content_type in [
        "application/pkcs7-mime; smime-type=compressed-data; name=smime.p7z",
        "application/pkcs7-mime; smime-type=\"Compressed-Data\"",
        "application/pkcs7-mime",
        "application/x-pkcs7-mime; smime-type=x-unknown",
    ] {
        let (opened, kept) =
            opened(&[field("Content-Type", content_type)], &compressed(&entity()), &receiving());
        assert_eq!(kept.contents(), [ORDER]);
        assert_eq!(
            (opened.mic, opened.compressed),
            (mic_of(Digest::Sha256, &entity()), Some(Compression::BeforeSigning))
        );
    }
    let inner = [
        b"Content-Type: application/pkcs7-mime; smime-type=compressed-data\r\n\r\n".to_vec(),
        compressed(&entity()),
    ];
    let inner = inner.concat();
    let message = openssl.run(&format!("cms {SIGN} -md sha256 -binary"), &inner);
    let (fields, body) = split(&message);
    let (opened_signed, kept) = opened(&fields, &body, &receiving());
    assert_eq!(kept.contents(), [ORDER]);
    assert_eq!(opened_signed.mic, mic_of(Digest::Sha256, &inner), "over the compressed entity");
    assert_eq!(opened_signed.compressed, Some(Compression::BeforeSigning));
    let outer = compressed(&openssl.run(&format!("cms {SIGN} -md sha256 -binary"), &entity()));
    let (opened, kept) = opened(&[field("Content-Type", "application/pkcs7-mime")], &outer, &receiving());
    assert_eq!(kept.contents(), [ORDER]);
    assert_eq!(opened.mic, mic_of(Digest::Sha256, &entity()));
    assert_eq!(opened.compressed, Some(Compression::AfterSigning));
}

fn message(fields: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let lines: String = fields.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
    [lines.as_bytes(), b"\r\n", body].concat()
}

#[test]
fn openssl_opens_what_we_seal() {
    let openssl = OpenSsl::new();
    for (digest, scheme) in
        [(Digest::Sha1, Scheme::Pkcs1), (Digest::Sha256, Scheme::Pkcs1), (Digest::Sha512, Scheme::Pss)]
    {
        for payload_encoding in [BodyEncoding::Binary, BodyEncoding::Base64] {
            for (cipher, transport) in [
                (None, KeyTransport::Pkcs1),
                (Some(Cipher::Aes256Cbc), KeyTransport::Pkcs1),
                (Some(Cipher::Aes128Gcm), KeyTransport::OaepSha256),
            ] {
                let options = SignOptions { digest, scheme, ..SignOptions::default() };
                let encrypt: Option<(&[_], _)> =
                    cipher.map(|cipher| (&PARTIES.our_certificate[..], EncryptOptions { cipher, transport }));
                let sending = Sending {
                    sign: Some((&PARTIES.partner, options)),
                    encrypt,
                    payload_encoding,
                    layer_encoding: BodyEncoding::Base64,
                    ..sending()
                };
                let (sealed, body) = sealed_order(&sending);
                let mut signed = message(&sealed.fields, &body);
                if cipher.is_some() {
                    let decrypt = "cms -decrypt -binary -in in -out out -recip ours.cer -inkey ours.key";
                    signed = openssl.run(decrypt, &signed);
                }
                let (fields, body) = split(&signed);
                let content = first_part(&fields, &body);
                assert_eq!(
                    sealed.mic,
                    mic_of(digest, content),
                    "the MIC is over what openssl sees as signed"
                );
                let verify = "cms -verify -binary -crlfeol -in in -out out -CAfile partner.cer -purpose any";
                assert!(openssl.run(verify, &signed) == content, "{digest} {scheme:?} {cipher:?}");
            }
        }
    }
}

fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/as2");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: the samples of other products are not here ({})", folder.display());
    None
}

/// Stored with LF; they travelled with CRLF.
fn travelled(text: &[u8]) -> Vec<u8> {
    String::from_utf8(text.to_vec()).unwrap().replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
}

#[test]
fn messages_of_node_libas2() {
    let Some(folder) = samples() else { return };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let certificates =
        Certificate::read(&read("key-cert/ahuggins-nhs_node-libas2__libas2community.cer")).unwrap();
    let key =
        PrivateKey::from_pem(&read("key-cert/ahuggins-nhs_node-libas2__libas2community.key"), None).unwrap();
    let identities = [Identity::new(certificates[0].clone(), key).unwrap()];
    let receiving = Receiving { identities: &identities, signers: &certificates, ..receiving() };

    let stored = read("message/ahuggins-nhs_node-libas2__content.signed.txt");
    let payload = read("payload/ahuggins-nhs_node-libas2__sample_edi.edi");
    let (fields, body) = split(&travelled(&stored));
    let (opened_crlf, kept) = opened(&fields, &body, &receiving);
    assert!(kept.contents() == [payload.as_slice()]);
    assert_eq!(opened_crlf.parts[0].file_name.as_deref(), Some("message.edi"));
    assert_eq!(opened_crlf.signed.unwrap().digest, Digest::Sha256);
    let (fields, body) = split(&stored);
    let (opened_lf, _) = opened(&fields, &body, &Receiving { canonical: true, ..receiving });
    assert_eq!(opened_lf.mic, opened_crlf.mic);

    let receiving = Receiving { identities: &identities, signers: &certificates, ..self::receiving() };
    let (fields, body) = split(&read("message/ahuggins-nhs_node-libas2__content.encrypted.txt"));
    let (opened, kept) = opened(&fields, &body, &receiving);
    assert_eq!(opened.encrypted.unwrap().cipher, Cipher::Aes128Cbc);
    assert_eq!(kept.0.len(), 1);
    let (header, payload) = split(&read("payload/ahuggins-nhs_node-libas2__content.mime.txt"));
    assert_eq!(opened.parts[0].file_name.as_deref(), Some("message.edi"));
    assert_eq!(
        opened.parts[0].content_type.as_deref(),
        Header::from_fields(&header).unwrap().get("Content-Type")
    );
    let expected = String::from_utf8(payload).unwrap().replace('\n', "");
    assert_eq!(openssl::base64::encode_block(&kept.0[0].1), expected);
}

#[test]
fn a_message_of_openas2() {
    let Some(folder) = samples() else { return };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    // The signer's certificate stands beside another key in an old key store: only the command reads those.
    let store = folder.join("key-cert/phax_phase2__certs.p12");
    let output = Command::new("openssl")
        .args(["pkcs12", "-legacy", "-nokeys", "-passin", "pass:test", "-in"])
        .arg(store)
        .output()
        .unwrap();
    let certificates = Certificate::from_pem(&output.stdout).unwrap();
    assert_eq!(certificates.len(), 2, "{}", String::from_utf8_lossy(&output.stderr));
    let stored = read("message/phax_phase2__issue12-1.txt");
    let request_line = stored.iter().position(|b| *b == b'\n').unwrap() + 1;
    // Its order has lone LFs, the MIME around it has not: so the digest in its signature says.
    let text = String::from_utf8(travelled(&stored[request_line..])).unwrap();
    let (start, end) = (text.find("ISA*").unwrap(), text.find("IEA*").unwrap());
    let end = end + text[end..].find("\r\n").unwrap() + 2;
    let order = text[start..end].replace("\r\n", "\n");
    let text = [&text[..start], &order, &text[end..]].concat();
    let (fields, body) = split(text.as_bytes());
    let (opened, kept) = opened(&fields, &body, &Receiving { signers: &certificates, ..receiving() });
    assert_eq!(kept.contents(), [order.as_bytes()]);
    assert_eq!(opened.parts[0].file_name.as_deref(), Some("test_data_2.edi"));
    assert_eq!(opened.signed.unwrap().digest, Digest::Sha1);
    assert_eq!(opened.mic.base64(), "at/9v/j0Bth6KTBNxkUmv1xHhOo=");
}
