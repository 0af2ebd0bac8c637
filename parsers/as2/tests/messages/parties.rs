//! Keys, sinks and small readers for the tests of messages.

use portway_as2::algorithm::{Cipher, Digest, Hashing, KeyTransport};
use portway_as2::certificate::{Certificate, Identity, KeyKind};
use portway_as2::cms::{EncryptOptions, SignOptions, sign};
use portway_as2::mic::Mic;
use portway_as2::open::{Compression, Limits, MicBy, Opened, Outcome, Part, Receiving, Refused, Sink, open};
use portway_as2::seal::{Attachment, BodyEncoding, Scratch, Sealed, Sending, seal};
use std::io::{self, BufRead, BufReader, Read};
use std::sync::LazyLock;

/// 2026-01-01, for ten years.
const FROM: i64 = 1_767_225_600;

pub struct Parties {
    pub ours: Vec<Identity>,
    pub partner: Identity,
    pub stranger: Identity,
    pub partners_certificate: Vec<Certificate>,
    pub our_certificate: Vec<Certificate>,
}

/// Keys take long to make: one set for all tests.
pub static PARTIES: LazyLock<Parties> = LazyLock::new(|| {
    let make = |name| Identity::generate(name, KeyKind::Rsa(2048), FROM, 3650).unwrap();
    let (ours, partner, stranger) = (make("Orchard"), make("Greenfield"), make("Stranger"));
    Parties {
        partners_certificate: vec![partner.certificate().clone()],
        our_certificate: vec![ours.certificate().clone()],
        ours: vec![ours],
        partner,
        stranger,
    }
});

pub fn receiving() -> Receiving<'static> {
    Receiving {
        identities: &PARTIES.ours,
        signers: &PARTIES.partners_certificate,
        requested: None,
        mic_by: MicBy::Signature,
        again: None,
        canonical: false,
        limits: Limits::default(),
    }
}

pub fn encrypted() -> Option<(&'static [Certificate], EncryptOptions)> {
    Some((
        &PARTIES.our_certificate,
        EncryptOptions { cipher: Cipher::Aes128Cbc, transport: KeyTransport::Pkcs1 },
    ))
}

pub fn signed(digest: Digest) -> Option<(&'static Identity, SignOptions)> {
    Some((&PARTIES.partner, SignOptions { digest, ..SignOptions::default() }))
}

pub fn sending() -> Sending<'static> {
    Sending {
        compress: None,
        sign: None,
        encrypt: None,
        payload_encoding: BodyEncoding::Binary,
        layer_encoding: BodyEncoding::Binary,
        quoted_file_names: true,
        old_digest_names: false,
        mic: None,
    }
}

/// Every packaging of AS2, with its name.
pub fn packagings() -> Vec<(String, Sending<'static>)> {
    let mut all = Vec::new();
    for compress in [None, Some(Compression::BeforeSigning), Some(Compression::AfterSigning)] {
        for sign in [None, signed(Digest::Sha256), signed(Digest::Sha512)] {
            for encrypt in [None, encrypted()] {
                for payload_encoding in [BodyEncoding::Binary, BodyEncoding::Base64] {
                    for layer_encoding in [BodyEncoding::Binary, BodyEncoding::Base64] {
                        let name = format!(
                            "compress {compress:?}, sign {:?}, encrypt {}, payload {payload_encoding:?}, layers {layer_encoding:?}",
                            sign.as_ref().map(|(_, o)| o.digest),
                            encrypt.is_some(),
                        );
                        let sending = Sending {
                            compress,
                            sign,
                            encrypt,
                            payload_encoding,
                            layer_encoding,
                            ..sending()
                        };
                        all.push((name, sending));
                    }
                }
            }
        }
    }
    all
}

pub fn scratch() -> io::Result<Box<dyn Scratch>> {
    Ok(Box::new(tempfile::SpooledTempFile::new(4096)))
}

pub fn sealed(parts: &[(&str, Option<&str>, &[u8])], sending: &Sending<'_>) -> (Sealed, Vec<u8>) {
    let mut contents: Vec<&[u8]> = parts.iter().map(|p| p.2).collect();
    let attachments = parts
        .iter()
        .zip(&mut contents)
        .map(|((content_type, file_name, content), reader)| Attachment {
            content_type,
            file_name: *file_name,
            content: reader,
            length: content.len() as u64,
        })
        .collect();
    let mut out = Vec::new();
    let sealed = seal(attachments, sending, &mut scratch, &mut out).unwrap();
    assert_eq!(sealed.bytes, out.len() as u64);
    (sealed, out)
}

/// A header and a body as one entity.
pub fn entity_of(fields: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let lines: String = fields.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
    [lines.as_bytes(), b"\r\n", body].concat()
}

/// A multipart/signed around any bytes, by the partner.
pub fn signed_around(entity: &[u8]) -> (Vec<(String, String)>, Vec<u8>) {
    let mut hashing = Hashing::new(&[Digest::Sha256]).unwrap();
    hashing.update(entity).unwrap();
    let signature = sign(&hashing.finish().unwrap(), &PARTIES.partner, &SignOptions::default()).unwrap();
    let body = [
        b"--around\r\n",
        entity,
        b"\r\n--around\r\nContent-Type: application/pkcs7-signature\r\n\r\n",
        &signature,
        b"\r\n--around--\r\n",
    ];
    (vec![field("Content-Type", "multipart/signed; micalg=sha-256; boundary=around")], body.concat())
}

/// A payload as X12 looks, with line ends of every kind in it.
pub const ORDER: &[u8] = b"ISA*00*          *00*          *ZZ*GREENFIELD     *ZZ*ORCHARD        ~\r\nGS*PO~\nST*850*0001~\r\n--\r\n\r\n";

pub fn sealed_order(sending: &Sending<'_>) -> (Sealed, Vec<u8>) {
    sealed(&[("application/edi-x12", Some("order 1.edi"), ORDER)], sending)
}

#[derive(Default, Debug, PartialEq)]
pub struct Kept(pub Vec<(Part, Vec<u8>)>);

impl Kept {
    pub fn contents(&self) -> Vec<&[u8]> {
        self.0.iter().map(|(_, bytes)| bytes.as_slice()).collect()
    }
}

impl Sink for Kept {
    fn begin(&mut self, part: &Part) -> io::Result<()> {
        self.0.push((part.clone(), Vec::new()));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.last_mut().unwrap().1.extend_from_slice(bytes);
        Ok(())
    }
}

pub fn outcome(fields: &[(String, String)], body: &[u8], receiving: &Receiving<'_>) -> (Outcome, Kept) {
    let mut kept = Kept::default();
    let outcome = open(fields, &mut &body[..], receiving, &mut kept).unwrap();
    (outcome, kept)
}

pub fn opened(fields: &[(String, String)], body: &[u8], receiving: &Receiving<'_>) -> (Opened, Kept) {
    match outcome(fields, body, receiving) {
        (Outcome::Opened(opened), kept) => (opened, kept),
        (other, _) => panic!("{other:?}"),
    }
}

pub fn refused(fields: &[(String, String)], body: &[u8], receiving: &Receiving<'_>) -> Refused {
    match outcome(fields, body, receiving).0 {
        Outcome::Refused(refused) => refused,
        other => panic!("{other:?}"),
    }
}

/// A reader that gives at most so many bytes at once.
pub fn pieces(bytes: &[u8], size: usize) -> impl BufRead + '_ {
    BufReader::with_capacity(size, Pieces { bytes, size })
}

struct Pieces<'a> {
    bytes: &'a [u8],
    size: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.size.min(out.len()).min(self.bytes.len());
        out[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}

pub fn field(name: &str, value: &str) -> (String, String) {
    (name.to_string(), value.to_string())
}

/// The digest of some bytes by another way than the code under test: OpenSSL in one call.
pub fn mic_of(digest: Digest, bytes: &[u8]) -> Mic {
    use openssl::hash::{MessageDigest, hash};
    let how = match digest {
        Digest::Sha1 => MessageDigest::sha1(),
        Digest::Sha256 => MessageDigest::sha256(),
        Digest::Sha384 => MessageDigest::sha384(),
        Digest::Sha512 => MessageDigest::sha512(),
    };
    Mic { digest, value: hash(how, bytes).unwrap().to_vec() }
}
