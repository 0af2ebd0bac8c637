//! What must not open: other people's keys and signatures, layers wrapped, stripped, nested or reordered, and whatever is too large.

use crate::parties::*;
use portway_as2::algorithm::{Cipher, Digest};
use portway_as2::open::{Compression, Limits, Outcome, Part, Receiving, Refused, Sink, Why, open};
use portway_as2::seal::{BodyEncoding, Sealed, Sending};
use std::io;

fn is(expected: Why, refused: &Refused) {
    assert_eq!(refused.why, expected, "{refused:?}");
    assert!(!refused.detail.is_empty());
    let (kind, modifier) = refused.why.disposition().split_once(": ").unwrap();
    assert!(matches!(kind, "processed/error" | "failed/failure") && !modifier.is_empty());
    assert!(refused.why.to_string().contains("The sender should"), "a person must know whose move it is");
}

#[test]
fn a_message_for_another_key_has_the_one_answer() {
    let stranger = [PARTIES.stranger.clone()];
    for (name, sending) in packagings() {
        if sending.encrypt.is_none() {
            continue;
        }
        let (sealed, body) = sealed_order(&sending);
        let refused = refused(&sealed.fields, &body, &Receiving { identities: &stranger, ..receiving() });
        assert_eq!(refused, uniform(&refused.detail), "{name}");
        let none =
            crate::parties::refused(&sealed.fields, &body, &Receiving { identities: &[], ..receiving() });
        assert_eq!(none, uniform(&none.detail), "{name}");
    }
}

/// All that may be told of a message that does not open.
pub fn uniform(detail: &str) -> Refused {
    Refused {
        why: Why::DecryptionFailed,
        detail: detail.to_string(),
        mic: None,
        encrypted: None,
        signed: None,
        compressed: None,
    }
}

#[test]
fn any_changed_bit_of_an_encrypted_message_is_noticed_or_told_alike() {
    let sending = Sending { sign: signed(Digest::Sha256), encrypt: encrypted(), ..sending() };
    let (sealed, body) = sealed_order(&sending);
    let mut whys = std::collections::BTreeMap::new();
    for at in 0..body.len() {
        let mut changed = body.clone();
        changed[at] ^= 1 << (at % 8);
        let (outcome, kept) = outcome(&sealed.fields, &changed, &receiving());
        match outcome {
            Outcome::Refused(refused) if refused.why == Why::DecryptionFailed => {
                assert_eq!(refused, uniform(&refused.detail), "byte {at}");
                *whys.entry("decryption").or_insert(0) += 1;
            }
            Outcome::Refused(refused) => {
                let opened = [Why::AuthenticationFailed, Why::IntegrityCheckFailed, Why::UnsupportedFormat];
                assert!(opened.contains(&refused.why), "byte {at}: {refused:?}");
                *whys.entry("opened, then refused").or_insert(0) += 1;
            }
            Outcome::Again(_) => *whys.entry("another digest").or_insert(0) += 1,
            Outcome::Opened(opened) => {
                // CBC alone protects nothing: a changed type hides the signature, which the profile then misses.
                assert!(opened.signed.is_none() || kept.contents() == [ORDER], "byte {at}");
                *whys.entry("opened").or_insert(0) += 1;
            }
        }
    }
    println!("{whys:?}");
    assert!(whys["decryption"] > 100 && whys["opened, then refused"] > 100, "{whys:?}");
}

#[test]
fn a_changed_payload_or_a_stranger_is_told_apart() {
    for encrypt in [false, true] {
        for compress in [None, Some(Compression::BeforeSigning), Some(Compression::AfterSigning)] {
            let encrypt = if encrypt { encrypted() } else { None };
            let sending = Sending {
                sign: Some((&PARTIES.stranger, Default::default())),
                compress,
                encrypt,
                ..sending()
            };
            let (sealed, body) = sealed_order(&sending);
            let refused = refused(&sealed.fields, &body, &receiving());
            is(Why::AuthenticationFailed, &refused);
            assert_eq!(refused.mic, Some(sealed.mic), "it could be computed");
            assert_eq!(refused.encrypted.is_some(), encrypt.is_some());
            assert_eq!(refused.signed, None);
        }
    }
    let (sealed, body) = sealed_order(&Sending { sign: signed(Digest::Sha256), ..sending() });
    let text = String::from_utf8(body).unwrap();
    for (from, to) in
        [("ORCHARD", "ORCHURD"), ("order 1", "order 2"), ("binary", "8bit"), ("ST*850", "ST*850\r\n")]
    {
        assert!(text.contains(from));
        is(
            Why::IntegrityCheckFailed,
            &refused(&sealed.fields, text.replacen(from, to, 1).as_bytes(), &receiving()),
        );
    }
    let none = Receiving { signers: &[], ..receiving() };
    is(Why::AuthenticationFailed, &refused(&sealed.fields, text.as_bytes(), &none));
}

#[test]
fn stripped_and_replaced_signatures_are_refused() {
    let (sealed, body) = sealed_order(&Sending { sign: signed(Digest::Sha256), ..sending() });
    let text = String::from_utf8(body).unwrap();
    let boundary = text[2..].split("\r\n").next().unwrap().to_string();
    let delimiter = format!("\r\n--{boundary}\r\n");
    let (content, signature) = text.split_once(&delimiter).unwrap();
    let of = |body: String| refused(&sealed.fields, body.as_bytes(), &receiving());
    is(Why::AuthenticationFailed, &of(format!("{content}\r\n--{boundary}--\r\n")));
    is(Why::AuthenticationFailed, &of(content.to_string()));
    is(
        Why::AuthenticationFailed,
        &of(format!("{content}{delimiter}Content-Type: text/plain\r\n\r\nno\r\n--{boundary}--")),
    );
    is(Why::AuthenticationFailed, &of(text.replace("MII", "M*I")));
    is(Why::AuthenticationFailed, &of(text.replace("MII", "AII")));
    is(Why::Malformed, &of(format!("--{boundary}--\r\n")));
    is(Why::Malformed, &of(String::new()));
    is(Why::IntegrityCheckFailed, &of(format!("--{boundary}\r\nISA*00\r\n\r\n{delimiter}{signature}")));
    // A third part, before or after.
    let third = "Content-Type: application/edi-x12\r\n\r\nISA*evil";
    is(
        Why::UnsupportedFormat,
        &of(format!(
            "{content}{delimiter}{}{delimiter}{third}\r\n--{boundary}--",
            signature.split("--").next().unwrap()
        )),
    );
    let before = of(format!("--{boundary}\r\n{third}\r\n{text}"));
    is(Why::AuthenticationFailed, &before);
    // The preamble and the epilogue are nobody's.
    let around = format!("{third}\r\n{text}\r\n{third}");
    assert_eq!(opened(&sealed.fields, around.as_bytes(), &receiving()).1.contents(), [ORDER]);
}

#[test]
fn layers_in_no_order_of_as2_are_refused() {
    let compressed = Some(Compression::BeforeSigning);
    let signed_once = sealed_order(&Sending { sign: signed(Digest::Sha256), ..sending() });
    let encrypted_once = sealed_order(&Sending { encrypt: encrypted(), ..sending() });
    let compressed_once = sealed_order(&Sending { compress: compressed, ..sending() });
    let of = |message: &(Sealed, Vec<u8>)| entity_of(&message.0.fields, &message.1);
    // A signature of the partner's own around them, and a good one.
    for inner in [&signed_once, &encrypted_once] {
        let (fields, body) = signed_around(&of(inner));
        let refused = refused(&fields, &body, &receiving());
        is(Why::UnsupportedFormat, &refused);
        assert!(refused.signed.is_some() && refused.mic.is_some());
        // The outer failure wins.
        let mut changed = body.clone();
        let at = changed.windows(7).position(|w| w == b"MIME-Ve").unwrap();
        changed[at] = b'm';
        is(Why::IntegrityCheckFailed, &crate::parties::refused(&fields, &changed, &receiving()));
    }
    let (fields, body) = signed_around(&of(&compressed_once));
    opened(&fields, &body, &receiving());
    let (fields, body) = signed_around(b"ISA*00*");
    is(Why::Malformed, &refused(&fields, &body, &receiving()));

    let mixed = |parts: &[Vec<u8>], kind: &str| {
        let mut body = Vec::new();
        for part in parts {
            body.extend_from_slice(b"--outer\r\n");
            body.extend_from_slice(part);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--outer--\r\n");
        refused(&[field("Content-Type", &format!("multipart/{kind}; boundary=outer"))], &body, &receiving())
    };
    let plain = b"Content-Type: application/edi-x12\r\n\r\nISA*evil".to_vec();
    for kind in ["mixed", "related", "alternative"] {
        for inner in [&signed_once, &encrypted_once, &compressed_once] {
            let inner = of(inner);
            is(Why::UnsupportedFormat, &mixed(&[inner.clone(), plain.clone()], kind));
            is(Why::UnsupportedFormat, &mixed(&[plain.clone(), inner.clone()], kind));
            is(Why::UnsupportedFormat, &mixed(&[inner], kind));
        }
    }
    for content_type in [
        "application/pkcs7-mime; smime-type=signed-data",
        "application/pkcs7-mime; smime-type=certs-only",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature; name=smime.p7s",
    ] {
        is(Why::UnsupportedFormat, &refused(&[field("Content-Type", content_type)], b"MII", &receiving()));
    }
    let opaque = [0x30, 0x80, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    is(
        Why::UnsupportedFormat,
        &refused(&[field("Content-Type", "application/pkcs7-mime")], &opaque, &receiving()),
    );
}

/// Layers around layers, made by taking the entity of one message as what the other encrypts or compresses.
#[test]
fn layers_within_layers_are_refused() {
    use portway_as2::cms::{compress, encrypt};
    let pack = |kind: &str, entity: &[u8]| -> Vec<u8> {
        let mut body = Vec::new();
        match kind {
            "compressed" => compress(&mut &entity[..], &mut body).unwrap(),
            _ => {
                let (to, options) = encrypted().unwrap();
                encrypt(&mut &entity[..], entity.len() as u64, to, options, &mut body).unwrap();
            }
        }
        let smime = if kind == "compressed" { "compressed-data" } else { "enveloped-data" };
        entity_of(&[field("Content-Type", &format!("application/pkcs7-mime; smime-type={smime}"))], &body)
    };
    let open_entity = |entity: &[u8]| {
        let at = entity.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let value = std::str::from_utf8(&entity[14..at]).unwrap();
        outcome(&[field("Content-Type", value)], &entity[at + 4..], &receiving()).0
    };
    let leaf = b"Content-Type: application/edi-x12\r\n\r\nISA*".to_vec();
    assert!(matches!(open_entity(&pack("encrypted", &pack("compressed", &leaf))), Outcome::Opened(_)));
    for [outer, inner] in
        [["encrypted", "encrypted"], ["compressed", "compressed"], ["compressed", "encrypted"]]
    {
        let Outcome::Refused(refused) = open_entity(&pack(outer, &pack(inner, &leaf))) else {
            panic!("{outer} {inner}")
        };
        is(Why::UnsupportedFormat, &refused);
    }
    let three = pack("encrypted", &pack("compressed", &pack("compressed", &leaf)));
    assert!(matches!(open_entity(&three), Outcome::Refused(r) if r.why == Why::UnsupportedFormat));
    // What decrypts to no entity is told as what does not decrypt.
    for garbage in [
        &b"ISA*00*~"[..],
        b"",
        b"\r\nISA",
        b"X-Y: z\r\n\r\nISA*",
        b"Content-Type: multipart/signed\r\n\r\n",
        b"Content-Type: text/b",
    ] {
        let Outcome::Refused(refused) = open_entity(&pack("encrypted", garbage)) else {
            panic!("{garbage:?}")
        };
        assert_eq!(refused, uniform(&refused.detail), "{garbage:?}");
    }
}

/// A wrong tag far behind wins over what was found within before it was reached.
#[test]
fn the_tag_is_judged_before_anything_within() {
    use portway_as2::cms::{EncryptOptions, encrypt};
    let options = EncryptOptions { cipher: Cipher::Aes128Gcm, ..EncryptOptions::default() };
    let long = vec![b'x'; 300_000];
    let nested =
        entity_of(&[field("Content-Type", "application/pkcs7-mime; smime-type=enveloped-data")], &long);
    let plain = entity_of(&[field("Content-Type", "text/b")], &long);
    let limits = Limits { payload: 1000, ..Limits::default() };
    let receiving = Receiving { limits, ..receiving() };
    let fields = [field("Content-Type", "application/pkcs7-mime; smime-type=authEnveloped-data")];
    for (entity, why) in [(nested, Why::UnsupportedFormat), (plain, Why::TooLarge)] {
        let mut body = Vec::new();
        encrypt(&mut &entity[..], entity.len() as u64, &PARTIES.our_certificate, options, &mut body).unwrap();
        is(why, &refused(&fields, &body, &receiving));
        *body.last_mut().unwrap() ^= 1;
        let refused = refused(&fields, &body, &receiving);
        assert_eq!(refused, uniform(&refused.detail), "not {why:?}");
    }
}

/// An encrypted message that is the partner's beyond doubt is told what is wrong with it.
#[test]
fn what_a_good_signature_covers_is_judged_by_itself() {
    use portway_as2::cms::encrypt;
    let of = |entity: &[u8]| {
        let (fields, body) = signed_around(entity);
        let inner = entity_of(&fields, &body);
        let (to, options) = encrypted().unwrap();
        let mut body = Vec::new();
        encrypt(&mut &inner[..], inner.len() as u64, to, options, &mut body).unwrap();
        outcome(
            &[field("Content-Type", "application/pkcs7-mime; smime-type=enveloped-data")],
            &body,
            &receiving(),
        )
        .0
    };
    let cut = b"Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/b\r\n\r\nno end";
    let Outcome::Refused(refused) = of(cut) else { panic!() };
    is(Why::Malformed, &refused);
    assert!(refused.signed.is_some() && refused.encrypted.is_some());
    assert_eq!(refused.mic, Some(mic_of(Digest::Sha256, cut)));
    let Outcome::Refused(refused) =
        of(b"Content-Type: text/b\r\nContent-Transfer-Encoding: base64\r\n\r\n***")
    else {
        panic!()
    };
    is(Why::Malformed, &refused);
}

#[test]
fn what_exceeds_a_limit_is_refused() {
    let limited = |change: &dyn Fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        Receiving { limits, ..receiving() }
    };
    let zeros = vec![0; 3_000_000];
    let payload = limited(&|l| l.payload = 2_000_000);
    let inflated = limited(&|l| l.inflated = 2_000_000);
    for (name, sending) in packagings() {
        if sending.payload_encoding == BodyEncoding::Base64 || sending.layer_encoding == BodyEncoding::Base64
        {
            continue;
        }
        let (sealed, body) = sealed(&[("text/b", None, &zeros)], &sending);
        assert_eq!(refused(&sealed.fields, &body, &payload).why, Why::TooLarge, "{name}");
        match (outcome(&sealed.fields, &body, &inflated).0, sending.compress) {
            (Outcome::Opened(_), None) => {}
            (Outcome::Refused(refused), Some(_)) => {
                assert_eq!(refused.why, Why::DecompressionFailed, "{name}")
            }
            (other, _) => panic!("{name}: {other:?}"),
        }
    }
    let parts: Vec<(&str, Option<&str>, &[u8])> = vec![("text/b", None, b"x"); 11];
    let (sealed_parts, body) = sealed(&parts, &sending());
    is(Why::TooLarge, &refused(&sealed_parts.fields, &body, &limited(&|l| l.parts = 10)));
    opened(&sealed_parts.fields, &body, &limited(&|l| l.parts = 11));
    let (signed, body) = sealed_order(&Sending { sign: signed(Digest::Sha256), ..sending() });
    is(Why::TooLarge, &refused(&signed.fields, &body, &limited(&|l| l.signature = 100)));
    is(Why::Malformed, &refused(&signed.fields, &body, &limited(&|l| l.header.bytes = 30)));
    is(Why::Malformed, &refused(&signed.fields, &body, &limited(&|l| l.header.fields = 1)));
    let mut nested = b"Content-Type: text/b\r\n\r\nx".to_vec();
    for depth in 0..5 {
        let open = format!("Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n");
        nested = [open.as_bytes(), &nested, format!("\r\n--b{depth}--").as_bytes()].concat();
        let (fields, body) = (
            &[field("Content-Type", &format!("multipart/mixed; boundary=b{depth}"))],
            &nested[open.len() - 6..],
        );
        match outcome(fields, body, &receiving()).0 {
            Outcome::Opened(opened) => assert!(depth < 4 && opened.parts.len() == 1),
            Outcome::Refused(refused) => {
                assert!(depth == 4 && refused.why == Why::UnsupportedFormat, "{depth} {refused:?}")
            }
            other => panic!("{other:?}"),
        }
    }
}

struct Broken;

impl Sink for Broken {
    fn begin(&mut self, _: &Part) -> io::Result<()> {
        Ok(())
    }

    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::StorageFull, "no room"))
    }
}

/// A body that breaks off, as a connection does.
struct Cut<'a>(&'a [u8]);

impl io::Read for Cut<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::Error::new(io::ErrorKind::ConnectionReset, "gone"));
        }
        io::Read::read(&mut self.0, out)
    }
}

#[test]
fn a_broken_connection_or_disk_is_an_error_and_no_verdict() {
    for (name, sending) in packagings() {
        let (sealed, body) = sealed_order(&sending);
        let error = open(&sealed.fields, &mut &body[..], &receiving(), &mut Broken).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{name}");
        for length in [0, 1, 10, body.len() / 2, body.len()] {
            let mut input = io::BufReader::new(Cut(&body[..length]));
            let error = open(&sealed.fields, &mut input, &receiving(), &mut Kept::default()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{name}, {length} of {}", body.len());
        }
    }
}

/// Bytes behind the closing boundary would be a place where a stranger tries paddings: there is one answer, whatever they are.
#[test]
fn nothing_may_follow_the_signature_inside_an_encryption() {
    use portway_as2::cms::encrypt;
    let (sealed, body) = sealed_order(&Sending { sign: signed(Digest::Sha256), ..sending() });
    let inner = entity_of(&sealed.fields, &body);
    let of = |inner: &[u8]| {
        let (to, options) = encrypted().unwrap();
        let mut body = Vec::new();
        encrypt(&mut &inner[..], inner.len() as u64, to, options, &mut body).unwrap();
        let fields = [field("Content-Type", "application/pkcs7-mime; smime-type=enveloped-data")];
        outcome(&fields, &body, &receiving()).0
    };
    assert!(matches!(of(&inner), Outcome::Opened(_)));
    assert!(matches!(of(&[&inner[..], b"\r\n \r\n"].concat()), Outcome::Opened(_)));
    let end = inner.windows(4).rposition(|w| w == b"--\r\n").unwrap();
    for changed in [[&inner[..], b"x"].concat(), [&inner[..], &[0x80; 32]].concat(), inner[..end].to_vec()] {
        let Outcome::Refused(refused) = of(&changed) else {
            panic!("{:?}", String::from_utf8_lossy(&changed))
        };
        assert_eq!(refused, uniform(&refused.detail));
    }
}
