//! MDNs with real signatures, ours and those of the captures.
use super::samples::{capture, header_lines, mended, sample};
use super::*;
use crate::algorithm::Scheme;
use crate::certificate::{Certificate, Identity, KeyKind};
use crate::cms::SignOptions;

fn identity(kind: KeyKind) -> Identity {
    Identity::generate("GREENFIELD", kind, 1_767_000_000, 365).unwrap()
}

#[test]
fn signed_by_us_is_verified_with_our_certificate_only() {
    let stranger = identity(KeyKind::P256).certificate().clone();
    for (kind, scheme) in [
        (KeyKind::Rsa(2048), Scheme::Pkcs1),
        (KeyKind::Rsa(2048), Scheme::Pss),
        (KeyKind::P256, Scheme::Pkcs1),
    ] {
        let us = identity(kind);
        for digest in Digest::ALL {
            let options =
                SignOptions { digest, scheme, signing_time: Some(1_767_605_400), ..SignOptions::default() };
            let mdn = answer(Disposition::of(Condition::DuplicateDocument));
            let written = write(&mdn, &envelope(), Some((&us, &options))).unwrap();

            let pinned = [stranger.clone(), us.certificate().clone()];
            let read = read(&written.fields, &written.body, &pinned).unwrap();
            let Signed::Yes(signature) = &read.signed else { panic!("{kind:?} {digest}: {:?}", read.signed) };
            assert_eq!((signature.signer, signature.digest), (1, digest));
            assert_eq!(read.mdn.disposition, mdn.disposition);

            let unknown = super::read(&written.fields, &written.body, &pinned[..1]).unwrap();
            assert!(
                matches!(unknown.signed, Signed::Bad(SignatureError::UnknownSigner { .. })),
                "{:?}",
                unknown.signed
            );
        }
    }
}

#[test]
fn a_changed_report_is_told_from_a_changed_signature() {
    let us = identity(KeyKind::P256);
    let pinned = [us.certificate().clone()];
    let options = SignOptions::default();
    let written = write(&answer(Disposition::processed()), &envelope(), Some((&us, &options))).unwrap();
    let body = String::from_utf8(written.body).unwrap();
    let changed = body.replace("; processed", "; Processed");
    let read_body = |body: &str| read(&written.fields, body.as_bytes(), &pinned).unwrap().signed;
    assert!(matches!(read_body(&body), Signed::Yes(_)));
    assert_eq!(read_body(&changed), Signed::Bad(SignatureError::WrongDigest));
    // LF in place of CRLF, as some gateways do: what was signed had CRLF.
    let lines = read(&written.fields, body.replace("\r\n", "\n").as_bytes(), &pinned).unwrap();
    assert!(matches!(lines.signed, Signed::Yes(_)));
    assert_eq!(lines.notes, [Note::SignedCanonical]);
}

fn certificates(name: &str) -> Option<Vec<Certificate>> {
    Some(Certificate::read(&sample(&format!("key-cert/{name}"))?).unwrap())
}

#[test]
fn captures_with_their_signers_certificates() {
    let certificate = certificates("ahuggins-nhs_node-libas2__as2testing.cer");
    if let (Some(pinned), Some(all)) = (certificate, sample("mdn/ahuggins-nhs_node-libas2__mdn.signed.txt")) {
        let text = String::from_utf8(all).unwrap();
        let (header, body) = text.split_once("\n\n").unwrap();
        let read = read(&header_lines(header), body.as_bytes(), &pinned).unwrap();
        assert!(matches!(read.signed, Signed::Yes(_)), "{:?}", read.signed);
    }
    let certificate = certificates("phax_phase2__20190925-david.pem");
    if let (Some(pinned), Some((fields, body))) = (certificate, capture("phax_phase2__20190925-david")) {
        let read = read(&fields, &mended(&body), &pinned).unwrap();
        assert!(matches!(read.signed, Signed::Yes(_)), "{:?}", read.signed);
        assert!(matches!(
            super::read(&fields, &body, &pinned).unwrap().signed,
            Signed::Bad(SignatureError::WrongDigest)
        ));
    }
    // Of this one's signer no certificate was kept; its signature is still read.
    if let Some((fields, body)) = capture("phax_phase2__issue97") {
        let read = read(&fields, &mended(&body), &[]).unwrap();
        assert!(
            matches!(read.signed, Signed::Bad(SignatureError::UnknownSigner { .. })),
            "{:?}",
            read.signed
        );
    }
}

#[test]
fn the_openssl_command_verifies_what_we_sign() {
    let us = identity(KeyKind::Rsa(2048));
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("us.pem");
    std::fs::write(&certificate, us.certificate().to_pem().unwrap()).unwrap();
    let verified = |fields: &[(String, String)], body: &[u8]| {
        let mut message: Vec<u8> =
            fields.iter().flat_map(|(n, v)| format!("{n}: {v}\r\n").into_bytes()).collect();
        message.extend_from_slice(b"\r\n");
        message.extend_from_slice(body);
        let file = folder.path().join("mdn");
        std::fs::write(&file, message).unwrap();
        let mut command = std::process::Command::new("openssl");
        command.args(["cms", "-verify", "-purpose", "any", "-noverify", "-nointern", "-in"]);
        command.arg(file).arg("-certfile").arg(&certificate).output().unwrap()
    };
    for scheme in [Scheme::Pkcs1, Scheme::Pss] {
        let options = SignOptions { scheme, ..SignOptions::default() };
        let written = write(&answer(Disposition::processed()), &envelope(), Some((&us, &options))).unwrap();
        let good = verified(&written.fields, &written.body);
        assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
        assert!(String::from_utf8_lossy(&good.stdout).contains("MDN-sent-automatically; processed"));
        let changed = String::from_utf8(written.body).unwrap().replace("; processed", "; Processed");
        assert!(!verified(&written.fields, changed.as_bytes()).status.success());
    }
}
