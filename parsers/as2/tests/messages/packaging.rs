//! Every packaging, sealed and opened again: same payload, same facts, same MIC; and the MIC is over what the RFCs say.

use crate::parties::*;
use portway_as2::algorithm::{Cipher, Digest, KeyTransport, Scheme};
use portway_as2::certificate::{Identity, KeyKind};
use portway_as2::cms::{EncryptOptions, SignOptions};
use portway_as2::open::{Compression, MicBy, Note, Outcome, Receiving, open};
use portway_as2::seal::{Attachment, BodyEncoding, Sending, seal};

#[test]
fn every_packaging_opens_as_it_was_sealed() {
    let packagings = packagings();
    assert_eq!(packagings.len(), 3 * 3 * 2 * 2 * 2);
    for (name, sending) in packagings {
        let (sealed, body) = sealed_order(&sending);
        for size in [1, 3, 1 << 20] {
            let mut kept = Kept::default();
            let mut input = pieces(&body, size);
            let outcome = open(&sealed.fields, &mut input, &receiving(), &mut kept).unwrap();
            let Outcome::Opened(opened) = outcome else { panic!("{name}, pieces of {size}: {outcome:?}") };
            assert_eq!(kept.contents(), [ORDER], "{name}");
            assert_eq!(opened.mic, sealed.mic, "{name}");
            assert_eq!(
                opened.encrypted.map(|e| (e.cipher, e.identity)),
                sending.encrypt.map(|_| (Cipher::Aes128Cbc, 0))
            );
            let digest = sending.sign.as_ref().map(|(_, o)| o.digest);
            assert_eq!(
                opened.signed.as_ref().map(|s| (s.digest, s.signer)),
                digest.map(|d| (d, 0)),
                "{name}"
            );
            let compressed = match sending.compress {
                Some(_) if sending.sign.is_none() => Some(Compression::BeforeSigning),
                other => other,
            };
            assert_eq!(opened.compressed, compressed, "{name}");
            let part = &opened.parts[0];
            assert_eq!(part.content_type.as_deref(), Some("application/edi-x12"));
            assert_eq!(part.file_name.as_deref(), Some("order 1.edi"));
            assert_eq!((opened.parts.len(), part.bytes), (1, ORDER.len() as u64));
            assert_eq!(opened.notes, [], "{name}");
        }
    }
}

fn entity(encoding: &str, content: &[u8]) -> Vec<u8> {
    let header = format!(
        "Content-Type: application/edi-x12\r\nContent-Transfer-Encoding: {encoding}\r\nContent-Disposition: attachment; filename=\"order 1.edi\"\r\n\r\n"
    );
    [header.as_bytes(), content].concat()
}

/// RFC 4130 section 7.3.1 and RFC 5402 section 4, bytes counted out by hand.
#[test]
fn the_mic_is_over_what_the_rfcs_say() {
    let whole = entity("binary", ORDER);
    let before = Some(Compression::BeforeSigning);
    let after = Some(Compression::AfterSigning);
    let sha512 = signed(Digest::Sha512);
    for (what, sending, digest, expected) in [
        ("plain: the body alone", sending(), Digest::Sha256, ORDER),
        ("compressed: the entity", Sending { compress: before, ..sending() }, Digest::Sha256, &whole),
        ("encrypted: the entity", Sending { encrypt: encrypted(), ..sending() }, Digest::Sha256, &whole),
        (
            "compressed, encrypted: the entity inflated",
            Sending { compress: before, encrypt: encrypted(), ..sending() },
            Digest::Sha256,
            &whole,
        ),
        ("signed", Sending { sign: sha512, ..sending() }, Digest::Sha512, &whole),
        (
            "signed, encrypted",
            Sending { sign: signed(Digest::Sha384), encrypt: encrypted(), ..sending() },
            Digest::Sha384,
            &whole,
        ),
        (
            "signed, compressed: what was signed",
            Sending { sign: signed(Digest::Sha256), compress: after, ..sending() },
            Digest::Sha256,
            &whole,
        ),
        (
            "signed, compressed, encrypted",
            Sending { sign: signed(Digest::Sha256), compress: after, encrypt: encrypted(), ..sending() },
            Digest::Sha256,
            &whole,
        ),
    ] {
        for layer_encoding in [BodyEncoding::Binary, BodyEncoding::Base64] {
            let sending = Sending { layer_encoding, ..Sending { sign: sending.sign, ..sending } };
            let (sealed, body) = sealed_order(&sending);
            let (opened, _) = opened(&sealed.fields, &body, &receiving());
            assert_eq!(opened.mic, mic_of(digest, expected), "{what}");
            assert_eq!(sealed.mic, opened.mic, "{what}");
        }
    }
    // Compressed, then signed: the compressed entity as it stands in the message.
    for layer_encoding in [BodyEncoding::Binary, BodyEncoding::Base64] {
        let sending = Sending { sign: signed(Digest::Sha256), compress: before, layer_encoding, ..sending() };
        let (sealed, body) = sealed_order(&sending);
        let (opened, _) = opened(&sealed.fields, &body, &receiving());
        assert_eq!(opened.mic, mic_of(Digest::Sha256, first_part(&sealed.fields, &body)));
    }
    // base64 of the payload belongs to what is hashed; of a plain message too, as it is what was sent.
    let encoded = b"SVNBKjAwKg==\r\n";
    for (encrypt, expected) in [(encrypted(), entity("base64", encoded)), (None, encoded.to_vec())] {
        let sending = Sending { encrypt, payload_encoding: BodyEncoding::Base64, ..sending() };
        let (sealed, body) = sealed(&[("application/edi-x12", Some("order 1.edi"), b"ISA*00*")], &sending);
        let (opened, kept) = opened(&sealed.fields, &body, &receiving());
        assert_eq!(opened.mic, mic_of(Digest::Sha256, &expected));
        assert_eq!(kept.contents(), [b"ISA*00*"]);
    }
}

/// The bytes between the first delimiter and the second, found without the code under test.
pub fn first_part<'a>(fields: &[(String, String)], body: &'a [u8]) -> &'a [u8] {
    let value = &fields.iter().find(|(n, _)| n == "Content-Type").unwrap().1;
    let boundary = value.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    let start = format!("--{boundary}\r\n").len();
    let end = format!("\r\n--{boundary}\r\n");
    let length = body[start..].windows(end.len()).position(|w| w == end.as_bytes()).unwrap();
    &body[start..start + length]
}

#[test]
fn which_digest_the_mic_has_is_a_setting() {
    for encrypt in [None, encrypted()] {
        let sending = Sending { sign: signed(Digest::Sha512), encrypt, ..sending() };
        let (sealed, body) = sealed_order(&sending);
        for (mic_by, requested, expected) in [
            (MicBy::Signature, None, Digest::Sha512),
            (MicBy::Signature, Some(Digest::Sha1), Digest::Sha512),
            (MicBy::Requested, Some(Digest::Sha1), Digest::Sha1),
            (MicBy::Requested, None, Digest::Sha512),
        ] {
            let (opened, _) = opened(&sealed.fields, &body, &Receiving { mic_by, requested, ..receiving() });
            assert_eq!(opened.mic, mic_of(expected, &entity("binary", ORDER)), "{mic_by:?} {requested:?}");
        }
        let sending = Sending { mic: Some(Digest::Sha1), ..sending };
        assert_eq!(sealed_order(&sending).0.mic, mic_of(Digest::Sha1, &entity("binary", ORDER)));
    }
    let (sealed, body) = sealed_order(&Sending { encrypt: encrypted(), ..sending() });
    let (opened, _) =
        opened(&sealed.fields, &body, &Receiving { requested: Some(Digest::Sha384), ..receiving() });
    assert_eq!(opened.mic.digest, Digest::Sha384, "unsigned: what was requested");
}

#[test]
fn several_attachments_come_in_their_order() {
    let pdf: Vec<u8> = (0..40_000u32).map(|n| (n * 31 % 256) as u8).collect();
    let parts: [(&str, Option<&str>, &[u8]); 3] = [
        ("application/edi-x12", Some("order.edi"), ORDER),
        ("application/pdf", Some("dr\u{fc}b\u{e9}n \"1\".pdf"), &pdf),
        ("text/plain; charset=utf-8", None, b""),
    ];
    for (name, sending) in packagings() {
        let (sealed, body) = sealed(&parts, &sending);
        let (opened, kept) = opened(&sealed.fields, &body, &receiving());
        assert_eq!(kept.contents(), parts.map(|p| p.2), "{name}");
        assert_eq!(opened.mic, sealed.mic, "{name}");
        for (part, (content_type, file_name, content)) in opened.parts.iter().zip(parts) {
            assert_eq!(part.content_type.as_deref(), Some(content_type));
            assert_eq!(part.file_name.as_deref(), file_name);
            assert_eq!(part.bytes, content.len() as u64);
        }
        if sending.sign.is_none() && sending.encrypt.is_none() && sending.compress.is_none() {
            assert_eq!(opened.mic, mic_of(Digest::Sha256, &body), "plain: the whole body");
        }
    }
}

#[test]
fn every_algorithm_passes_both_ways() {
    let ec = Identity::generate("Greenfield EC", KeyKind::P256, 1_767_225_600, 3650).unwrap();
    let signers = [PARTIES.partner.certificate().clone(), ec.certificate().clone()];
    for cipher in Cipher::ALL {
        for transport in [KeyTransport::Pkcs1, KeyTransport::OaepSha1, KeyTransport::OaepSha256] {
            for (identity, digest, scheme) in [
                (&PARTIES.partner, Digest::Sha256, Scheme::Pkcs1),
                (&PARTIES.partner, Digest::Sha512, Scheme::Pss),
                (&ec, Digest::Sha384, Scheme::Pkcs1),
            ] {
                let options = SignOptions { digest, scheme, ..SignOptions::default() };
                let encrypt: Option<(&[_], _)> =
                    Some((&PARTIES.our_certificate, EncryptOptions { cipher, transport }));
                let sending = Sending { sign: Some((identity, options)), encrypt, ..sending() };
                let (sealed, body) = sealed_order(&sending);
                let receiving = Receiving { signers: &signers, ..receiving() };
                let (opened, kept) = opened(&sealed.fields, &body, &receiving);
                assert_eq!(kept.contents(), [ORDER]);
                assert_eq!(opened.encrypted.map(|e| (e.cipher, e.transport)), Some((cipher, transport)));
                assert_eq!(opened.signed.unwrap().digest, digest);
            }
        }
    }
}

#[test]
fn a_digest_that_nothing_announced_is_asked_for() {
    let (sealed, body) = sealed_order(&Sending { sign: signed(Digest::Sha512), ..sending() });
    for micalg in ["micalg=sha-1", "micalg=md5", "x=y"] {
        let fields: Vec<_> =
            sealed.fields.iter().map(|(n, v)| (n.clone(), v.replace("micalg=sha-512", micalg))).collect();
        let (outcome, _) = outcome(&fields, &body, &receiving());
        assert_eq!(outcome, Outcome::Again(Digest::Sha512), "{micalg}");
        let (opened, _) = opened(&fields, &body, &Receiving { again: Some(Digest::Sha512), ..receiving() });
        assert_eq!(opened.mic, sealed.mic);
    }
    for micalg in ["micalg=\"SHA512\"", "micalg=\"sha1, sha-512\"", "micalg=sha2-512"] {
        let fields: Vec<_> =
            sealed.fields.iter().map(|(n, v)| (n.clone(), v.replace("micalg=sha-512", micalg))).collect();
        assert_eq!(opened(&fields, &body, &receiving()).0.mic, sealed.mic, "{micalg}");
    }
}

#[test]
fn what_is_written_follows_the_switches() {
    let plain = |sending: &Sending<'_>| sealed_order(sending).0.fields;
    let value =
        |fields: &[(String, String)], name: &str| fields.iter().find(|(n, _)| n == name).unwrap().1.clone();
    let fields = plain(&sending());
    assert_eq!(
        fields,
        [
            field("MIME-Version", "1.0"),
            field("Content-Type", "application/edi-x12"),
            field("Content-Transfer-Encoding", "binary"),
            field("Content-Disposition", "attachment; filename=\"order 1.edi\""),
        ]
    );
    let unquoted = Sending { quoted_file_names: false, ..sending() };
    let disposition = |name, sending: &Sending<'_>| {
        value(&sealed(&[("text/b", Some(name), b"x")], sending).0.fields, "Content-Disposition")
    };
    assert_eq!(disposition("order.edi", &unquoted), "attachment; filename=order.edi");
    assert_eq!(disposition("order 1.edi", &unquoted), "attachment; filename=\"order 1.edi\"");
    assert_eq!(disposition("\u{fc} 1.edi", &sending()), "attachment; filename*=UTF-8''%C3%BC%201.edi");
    let old = Sending { old_digest_names: true, sign: signed(Digest::Sha256), ..sending() };
    assert!(value(&plain(&old), "Content-Type").contains("micalg=sha256;"));
    let new = Sending { sign: signed(Digest::Sha256), ..sending() };
    assert!(value(&plain(&new), "Content-Type").contains("micalg=sha-256;"));
    let encrypt = |cipher| -> Option<(&[_], _)> {
        Some((&PARTIES.our_certificate, EncryptOptions { cipher, transport: KeyTransport::Pkcs1 }))
    };
    let cbc =
        Sending { encrypt: encrypt(Cipher::Aes256Cbc), layer_encoding: BodyEncoding::Base64, ..sending() };
    assert!(value(&plain(&cbc), "Content-Type").contains("smime-type=enveloped-data"));
    assert_eq!(value(&plain(&cbc), "Content-Transfer-Encoding"), "base64");
    let gcm = Sending { encrypt: encrypt(Cipher::Aes256Gcm), ..sending() };
    assert!(value(&plain(&gcm), "Content-Type").contains("smime-type=authEnveloped-data"));
}

#[test]
fn what_cannot_be_packed_is_refused() {
    let try_seal = |content_type: &str, file_name: Option<&str>, length: u64, sending: &Sending<'_>| {
        let mut content = &b"12345"[..];
        let parts = vec![Attachment { content_type, file_name, content: &mut content, length }];
        seal(parts, sending, &mut scratch, &mut Vec::new()).map_err(|e| e.to_string())
    };
    assert!(try_seal("text/b", Some("ok"), 5, &sending()).is_ok());
    for (content_type, file_name, length) in [
        ("text/b\r\nX: y", None, 5),
        ("", None, 5),
        ("text/b", Some("a\r\nX: y"), 5),
        ("text/b", Some(""), 5),
        ("text/b", None, 4),
        ("text/b", None, 6),
    ] {
        for (name, sending) in packagings() {
            assert!(
                try_seal(content_type, file_name, length, &sending).is_err(),
                "{content_type} {length} {name}"
            );
        }
    }
    assert!(seal(Vec::new(), &sending(), &mut scratch, &mut Vec::new()).is_err());
    let nobody = Sending { encrypt: Some((&[], EncryptOptions::default())), ..sending() };
    assert!(try_seal("text/b", None, 5, &nobody).is_err());
}

/// Some senders sign canonical text and send other line ends; the switch accepts that, and computes the MIC likewise.
#[test]
fn canonical_line_ends_are_hashed_where_the_switch_says() {
    let (sealed, body) = sealed(
        &[("text/b", None, b"one\r\ntwo\r\n")],
        &Sending { sign: signed(Digest::Sha256), ..sending() },
    );
    let text = String::from_utf8(body.clone()).unwrap().replace("\r\n", "\n");
    let mic = mic_of(Digest::Sha256, first_part(&sealed.fields, &body));
    let why = refused(&sealed.fields, text.as_bytes(), &receiving()).why;
    assert_eq!(why, portway_as2::open::Why::IntegrityCheckFailed);
    let canonical = Receiving { canonical: true, ..receiving() };
    let (opened_text, kept) = opened(&sealed.fields, text.as_bytes(), &canonical);
    assert_eq!(kept.contents(), [b"one\ntwo\n"], "the payload stays as it came");
    assert_eq!(opened_text.mic, mic);
    assert_eq!(opened_text.notes, [Note::SignedCanonical]);
    let (opened_same, _) = opened(&sealed.fields, &body, &canonical);
    assert_eq!((opened_same.mic, opened_same.notes), (mic, vec![]));
    // Unsigned, encrypted: the decrypted entity, canonicalised.
    let (sealed, body) =
        self::sealed(&[("text/b", None, b"one\ntwo\n")], &Sending { encrypt: encrypted(), ..sending() });
    let (opened, _) = opened(&sealed.fields, &body, &canonical);
    let expected = b"Content-Type: text/b\r\nContent-Transfer-Encoding: binary\r\n\r\none\r\ntwo\r\n";
    assert_eq!(opened.mic, mic_of(Digest::Sha256, expected));
    assert_ne!(opened.mic, sealed.mic);
}

/// A receipt comes in whole, for those who read receipts.
#[test]
fn a_report_is_handed_on_whole() {
    let report = b"--r\r\nContent-Type: text/plain\r\n\r\nReceived.\r\n--r\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: x\r\n--r--\r\n";
    let content_type = "multipart/report; report-type=disposition-notification; boundary=r";
    let entity = [format!("Content-Type: {content_type}\r\n\r\n").as_bytes(), report].concat();
    let (fields, body) = signed_around(&entity);
    for (fields, body) in [(fields, body), (vec![field("Content-Type", content_type)], report.to_vec())] {
        let (opened, kept) = opened(&fields, &body, &receiving());
        assert_eq!(kept.contents(), [report]);
        assert_eq!(opened.parts[0].content_type.as_deref(), Some(content_type));
    }
}
