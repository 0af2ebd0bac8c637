//! Entities, boundaries and transfer encodings.

use crate::parties::pieces;
use portway_as2::mime::MimeError;
use portway_as2::mime::boundary::Multipart;
use portway_as2::mime::entity::{ContentType, Header, HeaderLimits};
use portway_as2::mime::transfer::{Base64Writer, Decoder, TransferEncoding, base64_length};
use std::io::{BufRead, Read, Write};

fn header(bytes: &[u8]) -> Result<Header, MimeError> {
    let limits = HeaderLimits { bytes: 400, fields: 5 };
    let mut results: Vec<_> = (1..=bytes.len() + 1)
        .map(|size| {
            let mut input = pieces(bytes, size);
            let header = Header::read(&mut input, limits);
            let mut rest = Vec::new();
            input.read_to_end(&mut rest).unwrap();
            let header =
                header.map_err(|e| e.get_ref().unwrap().downcast_ref::<MimeError>().unwrap().clone());
            if let Ok(header) = &header {
                assert_eq!([header.raw(), &rest].concat(), bytes, "header and body are all that came");
            }
            header
        })
        .collect();
    let last = results.pop().unwrap();
    assert!(results.iter().all(|r| *r == last), "the size of pieces must not matter");
    last
}

#[test]
fn a_header_is_read_folded_and_in_any_case() {
    let h = header(b"content-type: TEXT/Plain;\r\n\tcharset=utf-8\r\nX-B :  two \r\nEmpty:\r\n\r\nbody\r\n")
        .unwrap();
    assert_eq!(h.content_type().unwrap().essence, "text/plain");
    assert_eq!(h.content_type().unwrap().parameter("charset"), Some("utf-8"));
    assert_eq!(h.get("x-b"), Some("two"));
    assert_eq!(h.get("EMPTY"), Some(""));
    assert_eq!(h.get("none"), None);
    let lf = header(b"Content-Type: text/b\n\nbody").unwrap();
    assert_eq!(lf.content_type().unwrap().essence, "text/b");
    assert_eq!(header(b"\r\nbody").unwrap().fields(), []);
    assert_eq!(header("N: \u{fc}\n\n".as_bytes()).unwrap().get("n"), Some("\u{fc}"));
    assert_eq!(header(b"N: \xfc\n\n").unwrap().get("n"), Some("\u{fc}"), "Latin-1 where it is no UTF-8");
}

#[test]
fn what_is_no_header_is_refused() {
    for (bytes, expected) in [
        (&b"ISA*00*no colon\r\n\r\n"[..], "no colon"),
        (b" folded: first\r\n\r\n", "continuation"),
        (b"bad name: x\r\n\r\n", "printable"),
        (b": x\r\n\r\n", "printable"),
        (b"b\xc3d: x\r\n\r\n", "printable"),
        (b"Content-Type: text/b\r\ncontent-type: c/d\r\n\r\n", "2 Content-Type"),
        (b"A: b\r\n", "ends inside"),
        (b"A: b", "ends inside"),
        (b"", "ends inside"),
        (b"A:\nA:\nA:\nA:\nA:\nA:\n\n", "limit of 5"),
        (&[b"A: ", &[b'x'; 500][..], b"\r\n\r\n"].concat(), "limit of 400"),
    ] {
        let error = header(bytes).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}: {}", String::from_utf8_lossy(bytes));
    }
    let twice = [
        ("Content-Type".to_string(), "text/b".to_string()),
        ("content-type".to_string(), "text/b".to_string()),
    ];
    assert!(Header::from_fields(&twice).is_err());
}

#[test]
fn parameters_are_read_quoted_continued_and_encoded() {
    let t = ContentType::parse(
        "Multipart/Signed; protocol=\"application/pkcs7-signature\"; micalg=sha1; Boundary=\"a;b \\\" c\"",
    );
    assert_eq!(t.essence, "multipart/signed");
    assert_eq!(t.parameter("boundary"), Some("a;b \" c"));
    assert_eq!(t.parameter("protocol"), Some("application/pkcs7-signature"));
    for (field, name) in [
        ("Content-Disposition: attachment; filename=\"a b.edi\"", Some("a b.edi")),
        ("Content-Disposition: Attachment; FileName=a.edi", Some("a.edi")),
        ("Content-Disposition: attachment; filename*=UTF-8''%e2%82%ac.edi", Some("\u{20ac}.edi")),
        (
            "Content-Disposition: attachment; filename*0=\"long-\"; filename*1=\"name.edi\"",
            Some("long-name.edi"),
        ),
        ("Content-Disposition: attachment; filename=\"=?utf-8?B?w7wuZWRp?=\"", Some("\u{fc}.edi")),
        ("Content-Disposition: attachment; filename=\"../../etc/passwd\"", Some("passwd")),
        ("Content-Disposition: attachment; filename=\"C:\\\\in\\\\a.edi\"", Some("a.edi")),
        ("Content-Disposition: attachment; filename=\"..\"", None),
        ("Content-Disposition: attachment", None),
        ("Content-Type: application/edi-x12; name=message.edi", Some("message.edi")),
    ] {
        let h = header(format!("{field}\r\n\r\n").as_bytes()).unwrap();
        assert_eq!(h.file_name().as_deref(), name, "{field}");
    }
}

/// The parts, and whether the closing boundary was there; the same however the input arrives.
fn parts(body: &[u8], boundary: &str) -> (Vec<Vec<u8>>, bool) {
    let mut results: Vec<_> = (1..=body.len() + 1)
        .map(|size| {
            let mut multipart = Multipart::new(pieces(body, size), boundary).unwrap();
            let mut parts = Vec::new();
            while multipart.next_part().unwrap() {
                let mut part = Vec::new();
                multipart.read_to_end(&mut part).unwrap();
                assert!(multipart.fill_buf().unwrap().is_empty());
                parts.push(part);
            }
            (parts, multipart.finish().unwrap().closed)
        })
        .collect();
    let last = results.pop().unwrap();
    assert!(results.iter().all(|r| *r == last), "the size of pieces must not matter");
    last
}

#[test]
fn parts_are_exact() {
    let texts = |parts: &[&str]| parts.iter().map(|p| p.as_bytes().to_vec()).collect::<Vec<_>>();
    for (body, expected, closed) in [
        ("--b\r\none\r\n--b\r\ntwo\r\n--b--\r\n", &["one", "two"][..], true),
        ("preamble\r\n--b\r\none\r\n\r\n--b  \t\r\ntwo\n--b--", &["one\r\n", "two"], true),
        ("--b\none\n--b--\nepilogue\n--b\nthree\n--b--\n", &["one"], true),
        ("\r\n--b\r\n\r\n--b\r\n--b--", &["", ""], true),
        // Not delimiters: not at a line's start, more on the line, shorter, another boundary that begins like it.
        (
            "--b\r\nx--b\r\n--bc\r\n--b c\r\n-b\r\n--\r\n--b-\r\n--b--x\r\n--b--\r\n",
            &["x--b\r\n--bc\r\n--b c\r\n-b\r\n--\r\n--b-\r\n--b--x"],
            true,
        ),
        ("--b\r\n\r\r\n--b--", &["\r"], true),
        ("--b\r\none\r\n--b", &["one", ""], false),
        ("--b\r\none", &["one"], false),
        ("--b\r\none\r\n", &["one\r\n"], false),
        ("--b\r\none\r\n--b-", &["one\r\n--b-"], false),
        ("--b--\r\n", &[], true),
        ("nothing", &[], false),
        ("", &[], false),
    ] {
        assert_eq!(parts(body.as_bytes(), "b"), (texts(expected), closed), "{body:?}");
    }
}

#[test]
fn boundaries_of_any_length_end_parts_of_any_length() {
    for boundary in ["b", "----=_Part_1.2", &"long".repeat(60)] {
        for length in [0, 1, 5, 32_700, 32_767, 32_768, 32_769, 70_000] {
            // Line ends everywhere: at each a delimiter could begin.
            let content: Vec<u8> = b"-\r\n--".iter().copied().cycle().take(length).collect();
            let body = [b"--", boundary.as_bytes(), b"\r\n", &content, b"\r\n--", boundary.as_bytes(), b"--"]
                .concat();
            for size in [1, 7, 8192, 100_000] {
                let mut multipart = Multipart::new(pieces(&body, size), boundary).unwrap();
                assert!(multipart.next_part().unwrap());
                let mut part = Vec::new();
                multipart.read_to_end(&mut part).unwrap();
                assert!(part == content, "{length} bytes in pieces of {size}");
                assert!(multipart.finish().unwrap().closed);
            }
        }
    }
    assert!(Multipart::new(&b""[..], "").is_err());
    assert!(Multipart::new(&b""[..], &"x".repeat(257)).is_err());
}

#[test]
fn parts_that_are_not_read_are_passed_over() {
    let mut multipart = Multipart::new(&b"--b\r\none\r\n--b\r\ntwo\r\n--b--"[..], "b").unwrap();
    assert!(multipart.next_part().unwrap());
    assert!(multipart.next_part().unwrap());
    let mut two = [0; 2];
    multipart.read_exact(&mut two).unwrap();
    assert_eq!(&two, b"tw");
    assert!(!multipart.next_part().unwrap());
    assert!(!multipart.next_part().unwrap());
    assert!(multipart.finish().unwrap().closed);
}

fn decoded(encoding: &str, body: &[u8]) -> Result<Vec<u8>, String> {
    let mut results: Vec<_> = (1..=body.len().min(200) + 1)
        .map(|size| {
            let mut out = Vec::new();
            let mut decoder = Decoder::new(&TransferEncoding::named(encoding), pieces(body, size));
            decoder.read_to_end(&mut out).map(|_| out).map_err(|e| e.to_string())
        })
        .collect();
    let last = results.pop().unwrap();
    for result in results {
        assert_eq!(result.is_ok(), last.is_ok());
        assert!(result.is_err() || result == last, "the size of pieces must not matter");
    }
    last
}

#[test]
fn transfer_encodings_are_decoded() {
    assert_eq!(decoded("Base64", b"aGVs\r\nbG8g\n d29y\tbGQ=\r\n").unwrap(), b"hello world");
    assert_eq!(decoded("base64", b"aGVsbG8gd29ybGQ").unwrap(), b"hello world", "padding may be left out");
    assert_eq!(decoded("base64", b"").unwrap(), b"");
    assert!(decoded("base64", b"aGV*bG8=").unwrap_err().contains("base64"));
    assert_eq!(
        decoded("quoted-printable", b"a=3D=3db  \r\nlong =\r\nline=\n.\t\nend  ").unwrap(),
        b"a==b\r\nlong line.\nend"
    );
    assert_eq!(decoded("QUOTED-PRINTABLE", b"a  b=\t \r\nc=").unwrap(), b"a  bc");
    assert!(decoded("quoted-printable", b"x=ZZ").unwrap_err().contains("line 1"));
    assert!(decoded("quoted-printable", b"x\r\n=\rx").unwrap_err().contains("line 2"));
    for name in ["7bit", "8BIT", "binary", "", "x-strange"] {
        assert_eq!(decoded(name, b"=3D\r\n\0\xff").unwrap(), b"=3D\r\n\0\xff");
    }
    assert_eq!(TransferEncoding::named("x-strange"), TransferEncoding::Unknown("x-strange".to_string()));
    let long: Vec<u8> =
        (0..100_000u32).map(|n| if n % 90 == 0 { b'\n' } else { b'a' + (n % 26) as u8 }).collect();
    assert_eq!(decoded("quoted-printable", &long).unwrap(), long);
}

#[test]
fn base64_is_written_in_lines_and_read_again() {
    for length in (0..200).chain([5_000, 100_001]) {
        let content: Vec<u8> = (0..length).map(|n: usize| (n * 7) as u8).collect();
        let mut writer = Base64Writer::new(Vec::new());
        for chunk in content.chunks(13) {
            writer.write_all(chunk).unwrap();
        }
        let written = writer.finish().unwrap();
        assert_eq!(written.len() as u64, base64_length(length as u64));
        assert!(written.split_inclusive(|b| *b == b'\n').all(|l| l.len() <= 78 && l.ends_with(b"\r\n")));
        let mut read = Vec::new();
        Decoder::new(&TransferEncoding::Base64, &written[..]).read_to_end(&mut read).unwrap();
        assert_eq!(read, content);
    }
}
