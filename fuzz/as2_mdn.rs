//! What holds for any bytes whatever of AS2: the bodies of its fuzz targets, and of the test that mutates their seeds.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use portway_as2::header::{self, Name, Receipt, Request, Version};
use portway_as2::mdn::{self, Condition, Disposition, Envelope, Expected, Mdn, Signed};

/// An HTTP message: fields, an empty line, a body. No panic; what is read as an MDN can be written, and reads as the same values;
/// no signature is good without a certificate.
pub fn as2_mdn(bytes: &[u8]) {
    let (fields, body) = message(bytes);
    request(&fields);
    let _ = mdn::is_mdn(&fields, &body[..body.len().min(4096)]);
    let Ok(received) = mdn::read(&fields, body, &[]) else { return };
    assert!(!matches!(received.signed, Signed::Yes(_)));
    let expected = Expected {
        message_id: "<1@orchard.example>",
        mics: &[],
        signature_required: false,
        repeated: bytes.len().is_multiple_of(2),
    };
    let _ = mdn::judge(&received, &expected);

    // Line ends, controls and white space around values are gone after the first time; from then on nothing changes.
    let first = rewritten(&received.mdn);
    assert_eq!(first.disposition, received.mdn.disposition);
    assert_eq!(first.mic, received.mdn.mic);
    assert_eq!(rewritten(&first), first);
}

fn message(bytes: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let end = |mark: &[u8]| bytes.windows(mark.len()).position(|w| w == mark).map(|at| (at, at + mark.len()));
    let (head, body) =
        end(b"\r\n\r\n").into_iter().chain(end(b"\n\n")).min().unwrap_or((bytes.len(), bytes.len()));
    let head = String::from_utf8_lossy(&bytes[..head]).replace("\r\n", "\n");
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.split('\n') {
        if line.starts_with([' ', '\t'])
            && let Some((_, value)) = fields.last_mut()
        {
            value.push_str("\r\n");
            value.push_str(line);
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.to_string(), value.to_string()));
        }
    }
    (fields, &bytes[body..])
}

fn request(fields: &[(String, String)]) {
    let request = Request::read(fields);
    for fault in &request.faults {
        assert!(!fault.to_string().is_empty());
    }
    for name in [&request.from, &request.to].into_iter().flatten() {
        assert_eq!(&Name::read("AS2-From", &name.field()).unwrap(), name);
    }
    if let Some(id) = &request.message_id {
        assert!(header::same_message_id(id, &format!(" <{id}>")));
    }
    for (_, value) in fields {
        let _ = Receipt::read(value);
        let disposition = Disposition::read(value);
        assert_eq!(Disposition::read(&disposition.to_string()), disposition, "{value:?}");
        if let Some(name) = header::file_name(value) {
            assert!(!name.contains(['/', '\\', '\n']) && name != "..");
            for quotes in [true, false] {
                assert!(!header::content_disposition(&name, quotes).contains(['\r', '\n']));
            }
        }
    }
    let answer = Mdn::answering(&request, Disposition::of(Condition::DecryptionFailed), None, "Portway", 0);
    let read = rewritten(&answer);
    assert_eq!(read.disposition, answer.disposition);
    assert_eq!(read.original_message_id, request.message_id);
}

fn rewritten(mdn: &Mdn) -> Mdn {
    let name = Name::new("GREENFIELD").unwrap();
    let envelope = Envelope {
        from: name.clone(),
        to: name,
        message_id: header::message_id("1", "as2.greenfield.example"),
        version: Version { major: 1, minor: 2 },
        features: Vec::new(),
        date: 0,
        unique: "1".to_string(),
        old_digest_names: false,
    };
    let written = mdn::write(mdn, &envelope, None).unwrap();
    mdn::read(&written.fields, &written.body, &[]).unwrap().mdn
}
