//! MIME entities as the judge builds and opens them: header lines and a body, of which not a byte is changed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// In the order they stand, as they are spelled, unfolded.
    pub headers: Vec<(String, String)>,
    /// As it stands: still in its transfer encoding.
    pub body: Vec<u8>,
}

impl Entity {
    /// Without a transfer encoding: over HTTP that is binary.
    pub fn new(content_type: &str, body: impl Into<Vec<u8>>) -> Entity {
        Entity { headers: vec![("Content-Type".into(), content_type.into())], body: body.into() }
    }

    pub fn with(mut self, name: &str, value: &str) -> Entity {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same content in base64, in lines of 76.
    pub fn base64(mut self) -> Entity {
        let text = STANDARD.encode(&self.body);
        let lines: Vec<&[u8]> = text.as_bytes().chunks(76).collect();
        self.body = lines.join(&b"\r\n"[..]);
        self.with("Content-Transfer-Encoding", "base64")
    }

    /// `multipart/signed` (RFC 1847) of an entity and its signature.
    pub fn signed(content: &[u8], signature: &Entity, micalg: &str) -> Entity {
        Entity::multipart(
            &format!("signed; protocol=\"application/pkcs7-signature\"; micalg={micalg}"),
            "signed-by-openssl",
            &[content, &signature.bytes()],
        )
    }

    pub fn multipart(kind: &str, boundary: &str, parts: &[&[u8]]) -> Entity {
        let mut body = Vec::new();
        for part in parts {
            body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            body.extend_from_slice(part);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Entity::new(&format!("multipart/{kind}; boundary=\"{boundary}\""), body)
    }

    pub fn parse(bytes: &[u8]) -> Entity {
        let end = find(bytes, b"\r\n\r\n").unwrap_or_else(|| panic!("no header: {}", lossy(bytes)));
        let text = lossy(&bytes[..end]).replace("\r\n ", " ").replace("\r\n\t", " ");
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("no header line: {line}"));
            (name.to_owned(), value.trim().to_owned())
        };
        Entity { headers: text.split("\r\n").map(header).collect(), body: bytes[end + 4..].to_vec() }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut head = String::new();
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }

    /// The first header of this name, in whatever case; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The type alone, in lower case.
    pub fn content_type(&self) -> String {
        self.header("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// A parameter of the content type, without quotes.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let parameters = self.header("content-type").split(';').skip(1).filter_map(|p| p.split_once('='));
        let mut found = parameters.filter(|(n, _)| n.trim().eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim().trim_matches('"').to_owned())
    }

    /// The body out of its transfer encoding.
    pub fn content(&self) -> Vec<u8> {
        if !self.header("content-transfer-encoding").eq_ignore_ascii_case("base64") {
            return self.body.clone();
        }
        let text: Vec<u8> = self.body.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
        STANDARD.decode(text).unwrap()
    }

    /// The parts of a multipart, each byte for byte as it stands between its boundaries.
    pub fn parts(&self) -> Vec<Vec<u8>> {
        let boundary =
            self.parameter("boundary").unwrap_or_else(|| panic!("no boundary: {:?}", self.headers));
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        let body = [b"\r\n", self.body.as_slice()].concat();
        let mut rest = body.as_slice();
        let mut parts = Vec::new();
        rest = &rest[find(rest, &delimiter).expect("a first boundary") + delimiter.len()..];
        while !rest.starts_with(b"--") {
            let start = find(rest, b"\r\n").expect("the end of the boundary's line") + 2;
            let end = find(&rest[start - 2..], &delimiter).expect("a closing boundary") + start - 2;
            parts.push(rest[start..end.max(start)].to_vec());
            rest = &rest[end + delimiter.len()..];
        }
        parts
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
