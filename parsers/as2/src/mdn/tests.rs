//! MDNs written, read and judged: round trips, and the spellings of the field.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::algorithm::Hashed;
use crate::cms::{Signature, SignatureError};
use crate::header::{Receipt, Version, Wanted};
use std::io;

fn name(name: &str) -> Name {
    Name::new(name).unwrap()
}

fn envelope() -> Envelope {
    Envelope {
        from: name("GREENFIELD"),
        to: name("Orchard Foods"),
        message_id: header::message_id("mdn-1", "as2.greenfield.example"),
        version: Version { major: 1, minor: 2 },
        features: vec!["multiple-attachments".to_string()],
        date: 1_767_605_400,
        unique: "4f1c".to_string(),
        old_digest_names: false,
    }
}

fn request() -> Request {
    Request {
        from: Some(name("Orchard Foods")),
        to: Some(name("GREENFIELD")),
        message_id: Some("<200207310834482A70BF63@\\\"~~foo~~\\\">".to_string()),
        version: Version::OLDEST,
        subject: Some("Bestellung für morgen".to_string()),
        wanted: Wanted::Sync(Receipt::default()),
        features: Vec::new(),
        product: None,
        faults: Vec::new(),
    }
}

fn mic(digest: Digest, byte: u8) -> Mic {
    let length = match digest {
        Digest::Sha1 => 20,
        Digest::Sha256 => 32,
        Digest::Sha384 => 48,
        Digest::Sha512 => 64,
    };
    Mic { digest, value: vec![byte; length] }
}

fn answer(disposition: Disposition) -> Mdn {
    Mdn::answering(&request(), disposition, Some(mic(Digest::Sha256, 7)), "Portway/1.0", 1_767_605_399)
}

/// Stands for a signature: it names the digest that it is over.
fn pretend_sign(digest: Digest) -> impl FnMut(&Hashed) -> io::Result<Vec<u8>> {
    move |hashed| Ok([b"0SIG".as_slice(), hashed.get(digest).unwrap()].concat())
}

/// Good where the digest of the content stands in the signature, as it does in the messageDigest of a real one.
fn digest_stands_in(digest: Digest) -> impl FnMut(&[u8], &Hashed) -> Result<Signature, SignatureError> {
    move |signature, content| {
        let value = content.get(digest).ok_or(SignatureError::NeedDigest(digest))?;
        if signature.windows(value.len()).any(|w| w == value) {
            Ok(Signature {
                signer: 0,
                digest,
                scheme: crate::algorithm::Scheme::Pkcs1,
                signing_time: None,
                notes: Vec::new(),
            })
        } else {
            Err(SignatureError::WrongDigest)
        }
    }
}

fn unsigned(_: &[u8], _: &Hashed) -> Result<Signature, SignatureError> {
    panic!("there is nothing to verify")
}

fn fields(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    lines.iter().map(|(n, v)| ((*n).to_string(), (*v).to_string())).collect()
}

fn report(notification: &str) -> Result<Received, NotAnMdn> {
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nThank you.\r\n--b\r\n\
         Content-Type: message/disposition-notification\r\n\r\n{notification}\r\n--b--\r\n"
    );
    let fields =
        fields(&[("Content-Type", "multipart/report; report-type=disposition-notification; boundary=b")]);
    read_with(&fields, body.as_bytes(), &mut unsigned)
}

#[test]
fn what_is_written_reads_as_the_same_values() {
    let others = vec![("Error".to_string(), "the line was cut".to_string())];
    let mut dispositions: Vec<Disposition> = Condition::ALL.into_iter().map(Disposition::of).collect();
    dispositions.push(Disposition::processed());
    for disposition in dispositions {
        for old_digest_names in [false, true] {
            let mdn = Mdn { others: others.clone(), ..answer(disposition.clone()) };
            let envelope = Envelope { old_digest_names, ..envelope() };
            let plain = write_with(&mdn, &envelope, None).unwrap();
            let read = read_with(&plain.fields, &plain.body, &mut unsigned).unwrap();
            let text = mdn.text.trim_end().to_string();
            assert_eq!(read.mdn, Mdn { text, ..mdn.clone() });
            assert_eq!((&read.signed, &read.notes[..]), (&Signed::No, &[][..]));
            assert!(is_mdn(&plain.fields, &plain.body));

            let digest = Digest::Sha384;
            let signed = write_with(&mdn, &envelope, Some((digest, &mut pretend_sign(digest)))).unwrap();
            let again = read_with(&signed.fields, &signed.body, &mut digest_stands_in(digest)).unwrap();
            assert_eq!(again.mdn, read.mdn);
            assert!(matches!(again.signed, Signed::Yes(_)));
            assert_eq!(again.notes, []);
            assert!(is_mdn(&signed.fields, &signed.body[..1024.min(signed.body.len())]));
        }
    }
}

#[test]
fn one_changed_byte_of_the_report_breaks_its_signature() {
    let digest = Digest::Sha256;
    let signed =
        write_with(&answer(Disposition::processed()), &envelope(), Some((digest, &mut pretend_sign(digest))))
            .unwrap();
    let at = signed.body.windows(9).position(|w| w == b"processed").unwrap();
    let mut body = signed.body.clone();
    body[at] = b'P';
    let read = read_with(&signed.fields, &body, &mut digest_stands_in(digest)).unwrap();
    assert_eq!(read.signed, Signed::Bad(SignatureError::WrongDigest));
}

#[test]
fn the_bytes_of_an_mdn() {
    let written = write_with(
        &answer(Disposition::processed()),
        &envelope(),
        Some((Digest::Sha256, &mut |_| {
            Ok(b"0 not a real signature, only as long as two lines of base64".to_vec())
        })),
    )
    .unwrap();
    let shown: Vec<String> = written.fields.iter().map(|(n, v)| format!("{n}: {v}")).collect();
    assert_eq!(
        shown,
        [
            "AS2-Version: 1.2",
            "AS2-From: GREENFIELD",
            "AS2-To: \"Orchard Foods\"",
            "Message-ID: <mdn-1@as2.greenfield.example>",
            "Date: Mon, 05 Jan 2026 09:30:00 GMT",
            "Subject: Message Disposition Notification",
            "MIME-Version: 1.0",
            "EDIINT-Features: multiple-attachments",
            "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=\"signed-4f1c\"",
        ]
    );
    let body = String::from_utf8(written.body).unwrap();
    let expected = "--signed-4f1c
Content-Type: multipart/report; report-type=disposition-notification; boundary=\"report-4f1c\"

--report-4f1c
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

The message <200207310834482A70BF63@\\\"~~foo~~\\\"> from Orchard Foods to GREENFIELD, subject \"Bestellung für morgen\", came on Mon, 05 Jan 2026 09:29:59 GMT.
It was opened, its integrity was checked, and it is kept safe. Whether its content is right, the EDI acknowledgement says.

--report-4f1c
Content-Type: message/disposition-notification
Content-Transfer-Encoding: 7bit

Reporting-UA: Portway/1.0
Original-Recipient: rfc822; GREENFIELD
Final-Recipient: rfc822; GREENFIELD
Original-Message-ID: <200207310834482A70BF63@\\\"~~foo~~\\\">
Disposition: automatic-action/MDN-sent-automatically; processed
Received-Content-MIC: BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=, sha-256

--report-4f1c--

--signed-4f1c
Content-Type: application/pkcs7-signature; name=\"smime.p7s\"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename=\"smime.p7s\"

MCBub3QgYSByZWFsIHNpZ25hdHVyZSwgb25seSBhcyBsb25nIGFzIHR3byBsaW5lcyBvZiBiYXNl
NjQ=
--signed-4f1c--
";
    assert_eq!(body, expected.replace('\n', "\r\n"));
}

#[test]
fn nothing_from_outside_begins_a_field_or_a_part() {
    let mdn = Mdn {
        original_message_id: Some("<1@a>\r\nDisposition: failed".to_string()),
        final_recipient: Some("A\r\nX: y".to_string()),
        text: "--report-4f1c--\r\n\r\n--report-4f1c\nDisposition: failed".to_string(),
        others: vec![("X:\r\nY".to_string(), "z\r\n\r\n--report-4f1c--".to_string())],
        ..answer(Disposition::processed())
    };
    let written = write_with(&mdn, &envelope(), None).unwrap();
    let read = read_with(&written.fields, &written.body, &mut unsigned).unwrap();
    assert!(read.mdn.disposition.is_processed());
    assert_eq!(read.mdn.original_message_id.as_deref(), Some("<1@a>Disposition: failed"));
    assert_eq!(read.mdn.others, [("XY".to_string(), "z--report-4f1c--".to_string())]);
    assert_eq!(read.notes, []);
}

#[test]
fn answers_to_what_does_not_open_differ_in_nothing_else() {
    let answer = || answer(Disposition::of(Condition::DecryptionFailed));
    let one = write_with(&answer(), &envelope(), None).unwrap();
    assert_eq!(one, write_with(&answer(), &envelope(), None).unwrap());
    // One text a condition, and each says what to do.
    let mut texts: Vec<&str> = Condition::ALL.iter().map(|c| outcome(&Disposition::of(c.clone()))).collect();
    texts.sort_unstable();
    texts.dedup();
    assert!(texts.len() >= 14, "{texts:#?}");
}

#[test]
fn mics_in_every_spelling() {
    let sha1 = Mic::read("7v7F++fQaNB1sVLFtMRp+dF+eG4=, sha1").unwrap();
    assert_eq!((sha1.digest, sha1.value.len()), (Digest::Sha1, 20));
    for field in [
        "7v7F++fQaNB1sVLFtMRp+dF+eG4=,sha1",
        "7v7F++fQaNB1sVLFtMRp+dF+eG4=, SHA-1",
        "7v7F++fQaNB1sVLFtMRp+dF+eG4=, rsa-sha1",
        "7v7F++fQaNB1sVLFtMRp+dF+eG4=, sha",
        "\"7v7F++fQaNB1sVLFtMRp+dF+eG4=\", \"sha1\"",
        "sha1, 7v7F++fQaNB1sVLFtMRp+dF+eG4=",
        "7v7F++fQaNB1sVLFtMRp+dF+eG4; sha1",
        "7v7F++fQaNB1 sVLFtMRp+dF+eG4= , sha1",
        "7v7F++fQaNB1sVLFtMRp+dF+eG4=",
    ] {
        assert_eq!(Mic::read(field).as_ref(), Some(&sha1), "{field}");
    }
    for none in ["", ",", "sha1", "7v7F++fQaNB1sVLFtMRp+dF+eG4=, md5", "not base64!, sha1", "AAAA"] {
        assert_eq!(Mic::read(none), None, "{none}");
    }
    for digest in Digest::ALL {
        for old in [false, true] {
            let mic = mic(digest, 0xfb);
            assert_eq!(Mic::read(&mic.field(old)), Some(mic));
        }
    }
}

#[test]
fn notifications_in_odd_spellings() {
    let read = report(
        "REPORTING-UA:ph-OpenAS2 4.4.4@127.0.0.1:10086\r\noriginal-recipient: \"AS2 Test\"\r\n\r\n\
         final-recipient : RFC822;\"AS2 Test\"\r\nORIGINAL-MESSAGE-ID:  1@a\t\r\n\
         disposition: automatic-action/MDN-sent-automatically;\r\n  processed/Error:\r\n\tdecryption-failed\r\n\
         received-content-mic: sha-1,\r\n 7v7F++fQaNB1sVLFtMRp+dF+eG4=\r\nno colon here\r\n  nor here\r\n\
         Error: no key\r\nX-Product: a: b\r\n",
    )
    .unwrap();
    assert_eq!(read.notes, []);
    let mdn = read.mdn;
    assert_eq!(mdn.reporting_ua.as_deref(), Some("ph-OpenAS2 4.4.4@127.0.0.1:10086"));
    assert_eq!(mdn.original_recipient.as_deref(), Some("AS2 Test"));
    assert_eq!(mdn.final_recipient.as_deref(), Some("AS2 Test"));
    assert_eq!(mdn.original_message_id.as_deref(), Some("1@a"));
    assert_eq!(mdn.disposition, Disposition::of(Condition::DecryptionFailed));
    assert_eq!(mdn.mic.unwrap().digest, Digest::Sha1);
    assert_eq!(mdn.text, "Thank you.");
    assert_eq!(mdn.others, fields(&[("Error", "no key"), ("X-Product", "a: b")]));
}

#[test]
fn recipients_with_and_without_a_type() {
    for (field, recipient) in [
        ("rfc822; GREENFIELD", "GREENFIELD"),
        ("rfc822;GREENFIELD", "GREENFIELD"),
        ("GREENFIELD", "GREENFIELD"),
        ("\"Green Field\"", "Green Field"),
        ("as2-name; \"a;b\"", "a;b"),
        ("\"a;b\"", "a;b"),
        ("rfc822; \"\\\"  as2Name  \\\"\"", "\"  as2Name  \""),
    ] {
        let read = report(&format!("Disposition: processed\r\nFinal-Recipient: {field}")).unwrap();
        assert_eq!(read.mdn.final_recipient.as_deref(), Some(recipient), "{field}");
    }
}

#[test]
fn conditions_in_fields_of_their_own() {
    // RFC 4130 section 7.5.6.
    for (lines, condition) in [
        ("processed/error\r\nError: authentication-failed\r\nError: more", Condition::AuthenticationFailed),
        ("processed/warning\r\nWarning: duplicate-document", Condition::DuplicateDocument),
        ("failed\r\nFailure: sender-equals-receiver", Condition::SenderEqualsReceiver),
    ] {
        let read = report(&format!("Disposition: a/b; {lines}\r\n")).unwrap();
        assert_eq!(read.mdn.disposition, Disposition::of(condition), "{lines}");
    }
    // A text of its own stays.
    let read = report("Disposition: processed/error: decryption-failed\r\nError: no key\r\n").unwrap();
    assert_eq!(read.mdn.disposition, Disposition::of(Condition::DecryptionFailed));
    // Of two that contradict each other, the worse one.
    let read = report("Disposition: processed\r\nDisposition: failed\r\n").unwrap();
    assert_eq!(read.mdn.disposition.kind, Kind::Failed);
    assert!(read.notes.contains(&Note::Dispositions(2)));
}

#[test]
fn parts_in_transfer_encodings_and_odd_structures() {
    let notification = "Disposition: processed\r\nOriginal-Message-ID: <1@a>\r\nFinal-Recipient: A\r\n";
    let base64 = base64::engine::general_purpose::STANDARD.encode(notification);
    let with = |content_type: &str, body: &str| {
        read_with(&fields(&[("content-type", content_type)]), body.as_bytes(), &mut unsigned)
    };
    let report = "Multipart/Report;Report-Type=Disposition-Notification;boundary=\"b\"";
    for (content_type, body) in [
        (
            report,
            format!(
                "--b\r\nContent-Type: MESSAGE/Disposition-Notification\r\nContent-Transfer-Encoding: BASE64\r\n\r\n{base64}\r\n--b--"
            ),
        ),
        (
            report,
            "--b\r\n\r\n\r\n--b\r\nContent-Type: message/disposition-notification\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
             Disposition: proc=\r\nessed\r\nOriginal-Message-ID: =3C1@a>\r\nFinal-Recipient: A\r\n--b--\r\n"
                .to_string(),
        ),
        // A preamble that repeats the fields, LF alone, no closing boundary.
        (
            report,
            format!(
                "AS2-To: A\nContent-Type: multipart/report\n\n--b\nContent-Type: message/disposition-notification\n\n{notification}"
            ),
        ),
        ("message/disposition-notification", notification.to_string()),
        (
            "multipart/mixed; boundary=o",
            format!(
                "--o\r\nContent-Type: {report}\r\n\r\n--b\r\nContent-Type: message/disposition-notification\r\n\r\n{notification}--b--\r\n--o--"
            ),
        ),
    ] {
        let read = with(content_type, &body).unwrap_or_else(|e| panic!("{e}: {body}"));
        assert_eq!(read.mdn.disposition, Disposition::processed(), "{body}");
        assert_eq!(read.mdn.original_message_id.as_deref(), Some("<1@a>"), "{body}");
        assert_eq!(read.notes, [Note::NoText], "{body}");
    }
}

#[test]
fn what_is_no_mdn_says_why() {
    let with = |content_type: &str, body: &[u8]| {
        read_with(&fields(&[("Content-Type", content_type)]), body, &mut unsigned).unwrap_err()
    };
    assert_eq!(
        with("text/html; charset=utf-8", b"<h1>OK</h1>"),
        NotAnMdn::ContentType("text/html".to_string())
    );
    assert_eq!(read_with(&[], b"", &mut unsigned), Err(NotAnMdn::ContentType(String::new())));
    assert_eq!(with("multipart/report; boundary=b", b"nothing"), NotAnMdn::NoParts);
    assert!(matches!(with("multipart/report", b"--b--"), NotAnMdn::Malformed(_)));
    assert_eq!(with("multipart/report; boundary=b", b"--b\r\n\r\nx\r\n--b--"), NotAnMdn::NoDisposition);
    assert_eq!(report("Final-Recipient: A"), Err(NotAnMdn::NoDisposition));
    assert_eq!(with("multipart/report; boundary=b", &vec![b' '; LONGEST + 1]), NotAnMdn::TooLong);
    let deep: String = (0..9)
        .map(|n| format!("--{n}\r\nContent-Type: multipart/mixed; boundary={}\r\n\r\n", n + 1))
        .collect();
    assert_eq!(with("multipart/mixed; boundary=0", deep.as_bytes()), NotAnMdn::TooDeep);
    // The signature within would cover a part only.
    let wrapped = b"--b\r\nContent-Type: multipart/signed; boundary=s\r\n\r\n--s\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: processed\r\n--s--\r\n--b--";
    assert_eq!(with("multipart/mixed; boundary=b", wrapped), NotAnMdn::NoDisposition);
    // A signed report without its signature is read, and bad.
    let bare =
        b"--b\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: processed\r\n--b--";
    let read =
        read_with(&fields(&[("Content-Type", "multipart/signed; boundary=b")]), bare, &mut unsigned).unwrap();
    assert!(matches!(read.signed, Signed::Bad(SignatureError::Malformed(_))));
}

#[test]
fn messages_are_told_from_receipts() {
    let of = |content_type: &str, start: &str| {
        is_mdn(&fields(&[("CONTENT-TYPE", content_type)]), start.as_bytes())
    };
    assert!(of("multipart/report; report-type=\"Disposition-Notification\"; boundary=b", ""));
    assert!(of("Multipart/Report; boundary=b", ""));
    assert!(!of("multipart/report; report-type=delivery-status; boundary=b", ""));
    assert!(!of("application/pkcs7-mime", ""));
    assert!(!of("application/edi-x12", ""));
    let signed = "multipart/signed; boundary=\"b\"";
    assert!(of(
        signed,
        "preamble\r\n--b\r\nContent-Type: multipart/report;\r\n boundary=c\r\n\r\n--c\r\nCont"
    ));
    assert!(!of(signed, "--b\r\nContent-Type: application/edi-x12\r\n\r\nISA*"));
    assert!(!of(signed, "--b\r\n\r\nContent-Type: multipart/report\r\n"));
    assert!(!of(signed, "--b\r\nContent-Type: multi"));
    assert!(!is_mdn(&[], b"--b\r\n"));
}

mod judging;
mod samples;
mod signed;
