//! MDNs that products sent, captured by others.
use super::*;
use std::path::PathBuf;

pub(super) fn sample(name: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/as2");
    let path = folder.join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        println!("skipped: the capture {} is not here", path.display());
    }
    bytes
}

pub(super) fn header_lines(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    // One capture was dumped as a properties file, with its values in quotes.
    let plain = |value: &str| match value.strip_prefix('"').and_then(|v| v.trim_end().strip_suffix('"')) {
        Some(inside) => inside.replace("\\\"", "\""),
        None => value.to_string(),
    };
    lines.map(|(name, value)| (name.to_string(), plain(value))).collect()
}

type Capture = (Vec<(String, String)>, Vec<u8>);

/// A capture kept as one file of fields and one of the body.
pub(super) fn capture(name: &str) -> Option<Capture> {
    let header = sample(&format!("mdn/{name}.header"))?;
    Some((header_lines(&String::from_utf8_lossy(&header)), sample(&format!("mdn/{name}.payload"))?))
}

#[test]
fn a_product_on_windows() {
    let Some(all) = sample("mdn/ahuggins-nhs_node-libas2__mdn.signed.txt") else { return };
    let text = String::from_utf8(all).unwrap();
    let (header, body) = text.split_once("\n\n").unwrap();
    let fields = header_lines(header);
    assert!(is_mdn(&fields, body.as_bytes()));
    // The capture has lost its CRs: with them, the digest is the one that was signed.
    let read = read_with(&fields, body.as_bytes(), &mut digest_stands_in(Digest::Sha256)).unwrap();
    assert!(matches!(read.signed, Signed::Yes(_)), "{:?}", read.signed);
    assert_eq!(read.notes, [Note::SignedCanonical]);
    let whole = body.replace('\n', "\r\n");
    let read_whole = read_with(&fields, whole.as_bytes(), &mut digest_stands_in(Digest::Sha256)).unwrap();
    assert_eq!((&read_whole.mdn, &read_whole.notes[..]), (&read.mdn, &[][..]));
    assert_eq!(read.mdn.disposition, Disposition::processed());
    let id = "<51dac186-d7d2-8440-392e-d9153a830125@DESKTOP-BTP8V2E>";
    assert_eq!(read.mdn.original_message_id.as_deref(), Some(id));
    assert_eq!(read.mdn.final_recipient.as_deref(), Some("as2testing"));
    let mic = read.mdn.mic.clone().unwrap();
    assert_eq!(mic.to_string(), "bIwxkbRLLtHWlniKxMReISQ/GvEve0LV/hxdl9OD0E8=, sha-256");
    let mics = [mic];
    let expected = Expected { message_id: id, mics: &mics, signature_required: true, repeated: false };
    assert_eq!(judge(&read, &expected), Verdict::Accepted);
}

/// These two captures have lost their CRs, and the tab of one folded line; with both the digest is the one that was signed.
pub(super) fn mended(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(body.to_vec()).unwrap();
    text.replace("; \n  boundary", "; \n\tboundary").replace('\n', "\r\n").into_bytes()
}

#[test]
fn phase2_after_an_invalid_document() {
    let Some((fields, body)) = capture("phax_phase2__20190925-david") else { return };
    let read = read_with(&fields, &mended(&body), &mut digest_stands_in(Digest::Sha1)).unwrap();
    assert!(is_mdn(&fields, &body));
    assert!(matches!(read.signed, Signed::Yes(_)), "{:?}", read.signed);
    assert_eq!(read.notes, []);
    assert_eq!(read.mdn.disposition, Disposition::of(Condition::UnexpectedProcessingError));
    assert!(read.mdn.text.contains("[AF-0025] in invoice.detailsItem[1].totalNetAmount"));
    assert_eq!(read.mdn.mic.as_ref().unwrap().to_string(), "rjNsE2kpJPol7lf4jVDSkxbqT40=, sha1");
    // As it stands in the file, it is not what was signed.
    let damaged = read_with(&fields, &body, &mut digest_stands_in(Digest::Sha1)).unwrap();
    assert_eq!(damaged.signed, Signed::Bad(SignatureError::WrongDigest));
    assert_eq!(damaged.mdn, read.mdn);
    let id = read.mdn.original_message_id.clone().unwrap();
    let expected = Expected { message_id: &id, mics: &[], signature_required: true, repeated: false };
    assert_eq!(judge(&read, &expected), Verdict::Rejected(read.mdn.disposition.clone()));
    assert_eq!(judge(&damaged, &expected), Verdict::BadSignature(SignatureError::WrongDigest));
}

#[test]
fn sterling_whose_signature_was_damaged_in_the_capture() {
    let Some((fields, body)) = capture("phax_phase2__4af6f84c-d882-4466-8e0c-305a7fbe37b3") else { return };
    let read = read_with(&fields, &body, &mut digest_stands_in(Digest::Sha1)).unwrap();
    assert_eq!(read.mdn.disposition, Disposition::processed());
    assert_eq!(read.mdn.final_recipient.as_deref(), Some("POP000046"));
    let id = "4af6f84c-d882-4466-8e0c-305a7fbe37b3@QVALIA-PSE000094";
    assert_eq!(read.mdn.original_message_id.as_deref(), Some(id));
    assert_eq!(read.mdn.mic.as_ref().unwrap().to_string(), "BNIQV5N+hShfIa+06dXMM4fkS8A=, sha1");
    assert_eq!(read.mdn.text, "Your message was successfully received and processed.");
    assert!(matches!(read.signed, Signed::Bad(_)));
}

#[test]
fn phase2_of_a_product_for_file_transfer() {
    let Some((fields, body)) = capture("phax_phase2__issue97") else { return };
    let read = read_with(&fields, &mended(&body), &mut digest_stands_in(Digest::Sha1)).unwrap();
    assert!(matches!(read.signed, Signed::Yes(_)), "{:?}", read.signed);
    assert_eq!(read.notes, []);
    assert_eq!(read.mdn.disposition, Disposition::processed());
    assert_eq!(read.mdn.final_recipient.as_deref(), Some("ctm_mft"));
    assert_eq!(read.mdn.mic.as_ref().unwrap().digest, Digest::Sha1);
    assert_eq!(read.mdn.reporting_ua.as_deref(), Some("ph-OpenAS2 4.4.4@127.0.0.1:10086"));
}
