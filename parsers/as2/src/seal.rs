//! Packs a message for sending: compresses, signs and encrypts it, and computes the MIC to expect, in constant memory.
//!
//! Promises: what it writes, [`crate::open`] opens, with the same MIC; lines of headers end in CRLF; base64 has lines of 76.
//! What is signed or compressed passes through scratch files, since AS2's layers need their length or a second reading.
//! Fails with an `io::Error`: of a stream, or of kind `InvalidInput`/`InvalidData` for what cannot be packed (the text says which).

use crate::algorithm::{Cipher, Digest, Hashing};
use crate::certificate::{Certificate, Identity};
use crate::cms::{EncryptOptions, SignOptions, compress, encrypt, sign};
use crate::mic::Mic;
use crate::mime::transfer::{Base64Writer, base64_length};
use crate::open::Compression;
use std::collections::VecDeque;
use std::io::{self, Cursor, Read, Seek, Write};

/// A part of the payload. Several make a multipart/related (RFC 6362).
pub struct Attachment<'a> {
    /// A whole `Content-Type` value, such as `application/edi-x12`.
    pub content_type: &'a str,
    pub file_name: Option<&'a str>,
    pub content: &'a mut dyn Read,
    /// Bytes of `content`; others than these are an error.
    pub length: u64,
}

/// How to pack.
pub struct Sending<'a> {
    pub compress: Option<Compression>,
    pub sign: Option<(&'a Identity, SignOptions)>,
    pub encrypt: Option<(&'a [Certificate], EncryptOptions)>,
    /// Of the payload's parts.
    pub payload_encoding: BodyEncoding,
    /// Of compressed and encrypted entities.
    pub layer_encoding: BodyEncoding,
    /// `filename="a.edi"`, else `filename=a.edi` where the name allows it.
    pub quoted_file_names: bool,
    /// `micalg=sha256` as RFC 3851 has it, else `sha-256`.
    pub old_digest_names: bool,
    /// Of the MIC; `None`: that of the signature, or SHA-256 without one.
    pub mic: Option<Digest>,
}

/// The `Content-Transfer-Encoding` to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BodyEncoding {
    #[default]
    Binary,
    Base64,
}

/// A file for a while; it is written, then read from its start.
pub trait Scratch: Read + Write + Seek {}

impl<T: Read + Write + Seek> Scratch for T {}

/// What was packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// `MIME-Version` and the `Content-` fields of the HTTP message, each on one line; `Content-Length` is the caller's.
    pub fields: Vec<(String, String)>,
    /// What an honest receipt says.
    pub mic: Mic,
    /// Bytes written to `out`.
    pub bytes: u64,
}

/// Packs `parts` and writes the body of the HTTP message to `out`.
///
/// # Errors
/// Those of the streams; no part; names or types with control characters; what [`crate::cms`] refuses.
pub fn seal<'a>(
    parts: Vec<Attachment<'a>>,
    sending: &Sending<'_>,
    scratch: &mut dyn FnMut() -> io::Result<Box<dyn Scratch>>,
    out: &mut dyn Write,
) -> io::Result<Sealed> {
    let mut packing = Packing { sending, scratch, mic: None };
    let mut entity = packing.payload(parts)?;
    let layers = packing.layers();
    let mut counted = Counted { out, bytes: 0 };
    let fields = match layers.split_last() {
        None => {
            // Plain: the MIC is over the body alone (RFC 4130 section 7.3.1).
            packing.mic = Some(packing.copy_hashed(&mut entity.body(), &mut counted)?);
            entity.fields
        }
        Some((last, before)) => {
            for layer in before {
                let mut file = (packing.scratch)()?;
                let mut counted = Counted { out: &mut file, bytes: 0 };
                let fields = packing.pack(*layer, entity, &mut counted)?;
                let length = counted.bytes;
                file.rewind()?;
                entity = Entity { fields, body: vec![Piece { reader: Box::new(file), length }] };
            }
            packing.pack(*last, entity, &mut counted)?
        }
    };
    counted.flush()?;
    let mic = packing.mic.ok_or_else(|| io::Error::other("the message was packed without a MIC"))?;
    let version = ("MIME-Version".to_owned(), "1.0".to_owned());
    Ok(Sealed { fields: [vec![version], fields].concat(), mic, bytes: counted.bytes })
}

type Fields = Vec<(String, String)>;

/// A run of bytes whose length is known before it is read.
struct Piece<'a> {
    reader: Box<dyn Read + 'a>,
    length: u64,
}

impl Piece<'_> {
    fn bytes(bytes: Vec<u8>) -> Piece<'static> {
        Piece { length: bytes.len() as u64, reader: Box::new(Cursor::new(bytes)) }
    }
}

/// A MIME entity to be read once.
struct Entity<'a> {
    fields: Fields,
    body: Vec<Piece<'a>>,
}

impl<'a> Entity<'a> {
    fn body(&mut self) -> Pieces<'a> {
        Pieces { left: std::mem::take(&mut self.body).into_iter().collect() }
    }

    /// Header, empty line and body; and how many bytes that is.
    fn whole(mut self) -> (Pieces<'a>, u64) {
        let header = Piece::bytes(header_bytes(&self.fields));
        let length = header.length + self.body.iter().map(|p| p.length).sum::<u64>();
        let mut pieces = self.body();
        pieces.left.push_front(header);
        (pieces, length)
    }
}

fn header_bytes(fields: &Fields) -> Vec<u8> {
    let lines: String = fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("{lines}\r\n").into_bytes()
}

/// One piece after the other, each of exactly its length.
struct Pieces<'a> {
    left: VecDeque<Piece<'a>>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(piece) = self.left.front_mut() {
            let count = piece.reader.read(out)? as u64;
            if count > piece.length || (count == 0 && piece.length > 0 && !out.is_empty()) {
                let what = "the content of an attachment is not as long as was said";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
            }
            piece.length -= count;
            if count > 0 || out.is_empty() {
                return Ok(count as usize);
            }
            self.left.pop_front();
        }
        Ok(0)
    }
}

#[derive(Clone, Copy)]
enum Layer {
    Compress,
    Sign,
    Encrypt,
}

struct Packing<'a, 'b> {
    sending: &'a Sending<'b>,
    scratch: &'a mut dyn FnMut() -> io::Result<Box<dyn Scratch>>,
    mic: Option<Mic>,
}

impl Packing<'_, '_> {
    /// From the innermost to the outermost.
    fn layers(&self) -> Vec<Layer> {
        let compress = |when| (self.sending.compress == Some(when)).then_some(Layer::Compress);
        let sign = self.sending.sign.as_ref().map(|_| Layer::Sign);
        let encrypt = self.sending.encrypt.as_ref().map(|_| Layer::Encrypt);
        let all = [compress(Compression::BeforeSigning), sign, compress(Compression::AfterSigning), encrypt];
        all.into_iter().flatten().collect()
    }

    fn mic_digest(&self) -> Digest {
        let signature = self.sending.sign.as_ref().map(|(_, options)| options.digest);
        self.sending.mic.or(signature).unwrap_or(Digest::Sha256)
    }

    fn payload<'c>(&mut self, parts: Vec<Attachment<'c>>) -> io::Result<Entity<'c>> {
        let mut entities = Vec::with_capacity(parts.len());
        for part in parts {
            entities.push((part.content_type, self.leaf(part)?));
        }
        match entities.len() {
            0 => Err(invalid("a message needs a part")),
            1 => entities.pop().map(|(_, entity)| entity).ok_or_else(|| invalid("a message needs a part")),
            _ => related(entities),
        }
    }

    fn leaf<'c>(&mut self, part: Attachment<'c>) -> io::Result<Entity<'c>> {
        if part.content_type.trim().is_empty() || part.content_type.contains(char::is_control) {
            return Err(invalid("a content type must be one line of text"));
        }
        let mut fields = vec![field("Content-Type", part.content_type)];
        fields.push(self.encoding_field(self.sending.payload_encoding));
        if let Some(name) = part.file_name {
            fields.push(field("Content-Disposition", self.disposition(name)?));
        }
        let mut body = Piece { reader: Box::new(part.content), length: part.length };
        if self.sending.payload_encoding == BodyEncoding::Base64 {
            let mut file = (self.scratch)()?;
            let mut encoder = Base64Writer::new(&mut file);
            io::copy(&mut Pieces { left: VecDeque::from([body]) }, &mut encoder)?;
            encoder.finish()?;
            file.rewind()?;
            body = Piece { reader: Box::new(file), length: base64_length(part.length) };
        }
        Ok(Entity { fields, body: vec![body] })
    }

    fn pack(&mut self, layer: Layer, entity: Entity<'_>, out: &mut dyn Write) -> io::Result<Fields> {
        match layer {
            Layer::Sign => self.sign(entity, out),
            Layer::Compress => {
                let (mut content, _) = entity.whole();
                self.secure("compressed-data", "smime.p7z", &mut content, out, &mut |content, out| {
                    compress(content, out)
                })
            }
            Layer::Encrypt => {
                let Some((recipients, options)) = self.sending.encrypt else {
                    return Err(invalid("encryption without recipients"));
                };
                let (mut content, length) = entity.whole();
                let kind = match options.cipher {
                    Cipher::Aes128Gcm | Cipher::Aes256Gcm => "authEnveloped-data",
                    _ => "enveloped-data",
                };
                self.secure(kind, "smime.p7m", &mut content, out, &mut |content, out| {
                    encrypt(content, length, recipients, options, out)
                })
            }
        }
    }

    /// An application/pkcs7-mime of `content`. The innermost layer of an unsigned message also makes the MIC, of the entity
    /// with its header (RFC 4130 section 7.3.1, RFC 5402 section 4).
    fn secure(
        &mut self,
        kind: &str,
        name: &str,
        content: &mut dyn Read,
        out: &mut dyn Write,
        write: &mut dyn FnMut(&mut dyn Read, &mut dyn Write) -> io::Result<()>,
    ) -> io::Result<Fields> {
        let unsigned = self.sending.sign.is_none() && self.mic.is_none();
        let digest = self.mic_digest();
        let mut hashed = Hashed { input: content, hashing: Hashing::new(&[digest])?, on: unsigned };
        match self.sending.layer_encoding {
            BodyEncoding::Binary => write(&mut hashed, out)?,
            BodyEncoding::Base64 => {
                let mut encoder = Base64Writer::new(out);
                write(&mut hashed, &mut encoder)?;
                encoder.finish()?;
            }
        }
        if unsigned {
            self.mic = Mic::of(&hashed.hashing.finish()?, digest);
        }
        let quoted = self.file_name(name)?;
        Ok(vec![
            field("Content-Type", format!("application/pkcs7-mime; smime-type={kind}; name{quoted}")),
            self.encoding_field(self.sending.layer_encoding),
            field("Content-Disposition", self.disposition(name)?),
        ])
    }

    /// A multipart/signed (RFC 1847, RFC 8551 section 3.5.3): the content passes once, is hashed, and its signature follows.
    fn sign(&mut self, entity: Entity<'_>, out: &mut dyn Write) -> io::Result<Fields> {
        let Some((identity, options)) = &self.sending.sign else {
            return Err(invalid("a signature without an identity"));
        };
        let boundary = boundary()?;
        let (mut content, _) = entity.whole();
        let digest = self.mic_digest();
        write!(out, "--{boundary}\r\n")?;
        let hashing = Hashing::new(&[options.digest, digest])?;
        let mut hashed = Hashed { input: &mut content, hashing, on: true };
        io::copy(&mut hashed, out)?;
        let hashed = hashed.hashing.finish()?;
        self.mic = Mic::of(&hashed, digest);
        let signature = sign(&hashed, identity, options)?;
        let name = "smime.p7s";
        let header = vec![
            field("Content-Type", format!("application/pkcs7-signature; name{}", self.file_name(name)?)),
            self.encoding_field(BodyEncoding::Base64),
            field("Content-Disposition", self.disposition(name)?),
        ];
        write!(out, "\r\n--{boundary}\r\n")?;
        out.write_all(&header_bytes(&header))?;
        let mut encoder = Base64Writer::new(&mut *out);
        encoder.write_all(&signature)?;
        encoder.finish()?;
        // base64 ends with a line end, which is the delimiter's.
        write!(out, "--{boundary}--\r\n")?;
        let micalg =
            if self.sending.old_digest_names { options.digest.old_name() } else { options.digest.name() };
        let protocol = "application/pkcs7-signature";
        let value =
            format!("multipart/signed; protocol=\"{protocol}\"; micalg={micalg}; boundary=\"{boundary}\"");
        Ok(vec![field("Content-Type", value)])
    }

    fn copy_hashed(&self, input: &mut dyn Read, out: &mut dyn Write) -> io::Result<Mic> {
        let digest = self.mic_digest();
        let mut hashed = Hashed { input, hashing: Hashing::new(&[digest])?, on: true };
        io::copy(&mut hashed, out)?;
        Mic::of(&hashed.hashing.finish()?, digest).ok_or_else(|| io::Error::other("a digest went missing"))
    }

    fn encoding_field(&self, encoding: BodyEncoding) -> (String, String) {
        field(
            "Content-Transfer-Encoding",
            match encoding {
                BodyEncoding::Binary => "binary",
                BodyEncoding::Base64 => "base64",
            },
        )
    }

    fn disposition(&self, name: &str) -> io::Result<String> {
        Ok(format!("attachment; filename{}", self.file_name(name)?))
    }

    /// `="a.edi"`, `=a.edi`, or for what is not ASCII `*=UTF-8''…` (RFC 2231 section 4).
    fn file_name(&self, name: &str) -> io::Result<String> {
        if name.is_empty() || name.contains(char::is_control) {
            return Err(invalid("a file name must be one line of text"));
        }
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$&+-.^_`{|}~".contains(&b);
        if !name.is_ascii() {
            let encoded: String = name
                .bytes()
                .map(|b| if token(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
                .collect();
            return Ok(format!("*=UTF-8''{encoded}"));
        }
        if !self.sending.quoted_file_names && name.bytes().all(token) {
            return Ok(format!("={name}"));
        }
        Ok(format!("=\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")))
    }
}

/// A multipart/related whose root is the first part (RFC 2387, RFC 6362).
fn related<'a>(entities: Vec<(&'a str, Entity<'a>)>) -> io::Result<Entity<'a>> {
    let boundary = boundary()?;
    let root =
        entities.first().map_or("", |(t, _)| t).split(';').next().unwrap_or_default().trim().to_owned();
    let mut body = Vec::new();
    for (_, mut entity) in entities {
        let start = [format!("--{boundary}\r\n").into_bytes(), header_bytes(&entity.fields)].concat();
        body.push(Piece::bytes(start));
        body.append(&mut entity.body);
        body.push(Piece::bytes(b"\r\n".to_vec()));
    }
    body.push(Piece::bytes(format!("--{boundary}--\r\n").into_bytes()));
    let value = format!("multipart/related; type=\"{root}\"; boundary=\"{boundary}\"");
    Ok(Entity { fields: vec![field("Content-Type", value)], body })
}

fn field(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what)
}

/// Random, so that no content holds it.
fn boundary() -> io::Result<String> {
    let mut bytes = [0; 16];
    openssl::rand::rand_bytes(&mut bytes)?;
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    Ok(format!("part-{hex}"))
}

/// A reader that hashes what it gives.
struct Hashed<'a> {
    input: &'a mut dyn Read,
    hashing: Hashing,
    on: bool,
}

impl Read for Hashed<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(out)?;
        if self.on {
            self.hashing.update(&out[..count])?;
        }
        Ok(count)
    }
}

struct Counted<'a> {
    out: &'a mut dyn Write,
    bytes: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
