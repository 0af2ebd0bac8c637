//! The fields of AS2 messages in the spellings of the field.
#![allow(clippy::unwrap_used)]
use super::*;

fn fields(lines: &[(&str, &str)]) -> Vec<(String, String)> {
    lines.iter().map(|(n, v)| ((*n).to_string(), (*v).to_string())).collect()
}

const NEEDED: [(&str, &str); 3] =
    [("AS2-From", "ORCHARD"), ("AS2-To", "GREENFIELD"), ("Message-ID", "<1@orchard.example>")];

fn request(more: &[(&str, &str)]) -> Request {
    Request::read(&fields(&[&NEEDED[..], more].concat()))
}

#[test]
fn names_are_read_as_products_write_them() {
    for (field, name) in [
        ("ORCHARD", "ORCHARD"),
        ("\"ORCHARD\"", "ORCHARD"),
        ("\"Orchard Foods\"", "Orchard Foods"),
        ("Orchard Foods", "Orchard Foods"),
        (" ORCHARD\t", "ORCHARD"),
        ("\r\n ORCHARD", "ORCHARD"),
        // RFC 4130 appendix A.1.
        ("\"\\\"  as2Name  \\\"\"", "\"  as2Name  \""),
        ("\"a\\\\b\"", "a\\b"),
        // A backslash that escapes nothing, as a Windows domain has it.
        ("\"DOMAIN\\user\"", "DOMAIN\\user"),
        ("\"", "\""),
    ] {
        assert_eq!(Name::read("AS2-From", field).unwrap().as_str(), name, "{field}");
    }
    assert_ne!(Name::read("AS2-To", "orchard"), Name::read("AS2-To", "ORCHARD"));
}

#[test]
fn names_that_are_none() {
    assert_eq!(Name::read("AS2-From", "  "), Err(Fault::Empty("AS2-From")));
    assert_eq!(Name::read("AS2-From", "\"\""), Err(Fault::Empty("AS2-From")));
    assert_eq!(Name::read("AS2-From", "a\u{7}b"), Err(Fault::Character("AS2-From", '\u{7}')));
    assert_eq!(Name::read("AS2-From", "Bäcker"), Err(Fault::Character("AS2-From", 'ä')));
    assert!(Name::new(&"x".repeat(128)).is_ok());
    assert_eq!(Name::new(&"x".repeat(129)), Err(Fault::TooLong("name", 129)));
}

#[test]
fn a_written_name_reads_as_itself() {
    for name in ["ORCHARD", "Orchard Foods", "\"", "\\", "a\\\"b", " lead", "trail\\", "'x'", "a;b,c"] {
        let name = Name::new(name).unwrap();
        assert_eq!(Name::read("AS2-To", &name.field()), Ok(name));
    }
    assert_eq!(Name::new("ORCHARD").unwrap().field(), "ORCHARD");
    assert_eq!(Name::new("Orchard Foods").unwrap().field(), "\"Orchard Foods\"");
}

#[test]
fn what_is_missing_or_ambiguous_is_told() {
    let nothing = Request::read(&[]);
    assert_eq!(
        nothing.faults,
        [Fault::Missing("AS2-From"), Fault::Missing("AS2-To"), Fault::Missing("Message-ID")]
    );
    assert_eq!(nothing.version, Version::OLDEST);
    let twice = request(&[("as2-from", "ACME")]);
    assert_eq!((twice.from, twice.faults), (None, vec![Fault::Twice("AS2-From")]));
    // The same value twice says nothing else.
    assert_eq!(request(&[("as2-from", "ORCHARD")]).faults, []);
    assert_eq!(
        request(&[("AS2-Version", "latest")]).faults,
        [Fault::Value("AS2-Version", "latest".to_string())]
    );
    let odd = fields(&[("AS2-From", "A"), ("AS2-To", "B"), ("Message-ID", "< >")]);
    assert_eq!(Request::read(&odd).faults, [Fault::Empty("Message-ID")]);
}

#[test]
fn fields_in_any_case_and_folded() {
    let read = Request::read(&fields(&[
        ("as2-from", "ORCHARD"),
        ("AS2-TO", "\"Green\r\n field\""),
        ("Message-Id", "<200207310834482A70BF63@\\\"~~foo~~\\\">"),
        ("as2-version", "1.2"),
        ("EDIINT-FEATURES", "CEM, multiple-attachments,\r\n\tAS2-Reliability"),
        ("SUBJECT", ""),
        ("User-Agent", "Peer/1.0"),
    ]));
    assert_eq!(read.faults, []);
    assert_eq!(read.to.unwrap().as_str(), "Green field");
    assert_eq!(read.message_id.unwrap(), "<200207310834482A70BF63@\\\"~~foo~~\\\">");
    assert_eq!(read.version, Version { major: 1, minor: 2 });
    assert_eq!(read.features, ["cem", "multiple-attachments", "as2-reliability"]);
    assert_eq!((read.subject, read.product), (None, Some("Peer/1.0".to_string())));
    assert_eq!(read.wanted, Wanted::None);
}

#[test]
fn receipts_are_asked_for_in_many_spellings() {
    use Digest::{Sha1, Sha256, Sha512};
    for (options, signed, digests) in [
        ("", false, vec![]),
        (
            "signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha-256, sha1",
            true,
            vec![Sha256, Sha1],
        ),
        // Without spaces, folded (RFC 4130 section 7.3), with md5 that nobody computes any more.
        (
            "signed-receipt-protocol=optional,pkcs7-signature;\r\n     signed-receipt-micalg=optional,sha1,md5",
            true,
            vec![Sha1],
        ),
        (
            "Signed-Receipt-MICalg = Required , SHA256 ; SIGNED-RECEIPT-PROTOCOL=required , PKCS7-Signature ;",
            true,
            vec![Sha256],
        ),
        // Quoted, twice the same, no importance, the media type whole.
        (
            "signed-receipt-protocol=\"application/pkcs7-signature\"; signed-receipt-micalg=\"SHA-512\", sha512",
            true,
            vec![Sha512],
        ),
        ("signed-receipt-protocol=optional, x-pkcs7-signature", true, vec![]),
        (
            "signed-receipt-protocol=optional, pgp-signature; signed-receipt-micalg=optional, sha1",
            false,
            vec![Sha1],
        ),
        ("nonsense; =; signed-receipt-protocol", false, vec![]),
    ] {
        let read = Receipt::read(options);
        assert_eq!(read, Receipt { signed, digests, unsupported: None }, "{options}");
    }
}

#[test]
fn what_is_required_and_unknown_is_unsupported() {
    let of = |options| Receipt::read(options).unsupported;
    assert_eq!(of("signed-receipt-protocol=required, pgp-signature"), Some(Condition::UnsupportedFormat));
    assert_eq!(
        of("signed-receipt-protocol=required, pkcs7-signature; signed-receipt-micalg=required, md5, md2"),
        Some(Condition::UnsupportedMicAlgorithms)
    );
    assert_eq!(of("signed-receipt-micalg=required, md5, sha1"), None);
    assert_eq!(of("signed-receipt-micalg=optional, md5"), None);
    assert_eq!(of("signed-receipt-micalg=required"), None);
}

#[test]
fn sync_or_async() {
    let asks = ("Disposition-Notification-To", "edi@orchard.example");
    assert_eq!(request(&[asks]).wanted, Wanted::Sync(Receipt::default()));
    // The address says nothing: an empty one asks all the same.
    assert_eq!(request(&[("disposition-notification-to", "")]).wanted, Wanted::Sync(Receipt::default()));
    assert_eq!(
        request(&[asks, ("Receipt-Delivery-Option", "<https://as2.orchard.example/mdn?p=1>")]).wanted,
        Wanted::Async { url: "https://as2.orchard.example/mdn?p=1".to_string(), receipt: Receipt::default() }
    );
    assert_eq!(request(&[asks, ("Receipt-Delivery-Option", " ")]).wanted, Wanted::Sync(Receipt::default()));
    assert_eq!(request(&[("Receipt-Delivery-Option", "https://x.example")]).wanted, Wanted::None);
}

#[test]
fn what_we_ask_for_reads_back() {
    for old_names in [false, true] {
        let options = notification_options(&[Digest::Sha256, Digest::Sha1], old_names);
        let read = Receipt::read(&options);
        assert_eq!((read.signed, read.digests), (true, vec![Digest::Sha256, Digest::Sha1]));
        assert_eq!(options.contains("sha-256"), !old_names);
    }
}

#[test]
fn message_ids() {
    assert_eq!(message_id("20260105-0930-1", "as2.orchard.example"), "<20260105-0930-1@as2.orchard.example>");
    assert_eq!(message_id("a b<c>@d", "x y"), "<a-b-c--d@x-y>");
    for other in ["1@a", " <1@a> ", "\"<1@a>\"", "<\"1@a\">", "< 1@a >"] {
        assert!(same_message_id("<1@a>", other), "{other}");
    }
    assert!(!same_message_id("<1@a>", "<1@A>"));
    assert!(!same_message_id("<1@a>", "<1@a"));
}

#[test]
fn file_names_are_names_only() {
    for (field, name) in [
        ("attachment; filename=\"850 order.edi\"", Some("850 order.edi")),
        ("Attachment; FileName=rfc1767.dat", Some("rfc1767.dat")),
        ("attachment;\r\n filename=a.edi", Some("a.edi")),
        ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
        ("attachment; filename=\"C:\\out\\850.edi\"", Some("850.edi")),
        ("attachment; filename=\"C:\\\\out\\\\850.edi\"", Some("850.edi")),
        ("attachment; filename=\"a\\\"b;c.edi\"", Some("a\"b;c.edi")),
        ("attachment; filename*=UTF-8''b%C3%A4cker%2Fx.edi", Some("x.edi")),
        ("attachment; filename=\"b_cker.edi\"; filename*=UTF-8''b%C3%A4cker.edi", Some("bäcker.edi")),
        ("attachment; filename*0=\"long-\"; filename*1=\"name.edi\"", Some("long-name.edi")),
        ("attachment; filename=\"=?utf-8?B?YsOkY2tlci5lZGk=?=\"", Some("bäcker.edi")),
        ("attachment; filename=\"..\"", None),
        ("attachment; filename=\"a/\"", None),
        ("attachment", None),
        ("", None),
    ] {
        assert_eq!(file_name(field).as_deref(), name, "{field}");
    }
}

#[test]
fn a_written_file_name_reads_as_itself() {
    for name in ["850.edi", "850 order.edi", "a\"b.edi", "a;b=c.edi", "bäcker 10%.edi", "'x'.edi"] {
        for in_quotes in [true, false] {
            assert_eq!(file_name(&content_disposition(name, in_quotes)).as_deref(), Some(name));
        }
    }
    assert_eq!(content_disposition("850.edi", true), "attachment; filename=\"850.edi\"");
    assert_eq!(content_disposition("850.edi", false), "attachment; filename=850.edi");
    assert!(!content_disposition("a\r\nX: y", true).contains(['\r', '\n']));
}

#[test]
fn dates_are_those_of_http() {
    assert_eq!(date(1_767_605_400), "Mon, 05 Jan 2026 09:30:00 GMT");
    assert_eq!(date(951_782_399), "Mon, 28 Feb 2000 23:59:59 GMT");
    assert_eq!(date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_eq!(date(i64::MIN), date(0));
    assert_eq!(date(i64::MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
}
