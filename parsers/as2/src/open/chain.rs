//! The chain of readers behind [`super::open`].
//!
//! Each layer takes the reader of the one outside, makes its own, hands that inwards, then reads its own to the end and judges it.
//! What a layer that failed had found within is void: how far it was read depends on how the bytes arrived.
//! A layer may call any read error of its input what it likes: the layer whose reader failed sees that on its own [`Watch`]
//! and its verdict replaces the inner one; at the outermost, an error of the body itself is no verdict but an error.

use super::watch::Watch;
use super::{Compression, MicBy, Note, Opened, Outcome, Part, Receiving, Refused, Sink, Why};
use crate::algorithm::{Digest, Hashed, Hashing};
use crate::cms::{CmsError, Decrypter, Encryption, Inflater, Signature, SignatureError, verify};
use crate::mic::Mic;
use crate::mime::boundary::Multipart;
use crate::mime::entity::{ContentType, Header};
use crate::mime::tee::{Digests, Tee, drain};
use crate::mime::transfer::{Decoder, TransferEncoding};
use std::io::{self, BufRead, Cursor, Read};

pub(super) fn open(
    fields: &[(String, String)],
    body: &mut dyn BufRead,
    receiving: &Receiving<'_>,
    sink: &mut dyn Sink,
) -> io::Result<Outcome> {
    let mut source = Watch::new(body);
    let mut opening = Opening { receiving, sink, facts: Facts::default() };
    let result = match Header::from_fields(fields) {
        Ok(header) => opening.entity(&header, &mut source, Layers::default()),
        Err(e) => refuse(Why::Malformed, e.to_string()),
    };
    if let Err(Stop::Io(e)) = result {
        return Err(e);
    }
    // Whether the body came whole is part of the verdict, and its error is found below.
    let _ = drain(&mut source);
    if let (Some(failed), _) = source.into_parts() {
        return Err(failed);
    }
    let facts = opening.facts;
    Ok(match (result, facts.mic) {
        (Ok(()), Some(mic)) => Outcome::Opened(Opened {
            encrypted: facts.encrypted,
            signed: facts.signed,
            compressed: facts.compressed,
            mic,
            parts: facts.parts,
            notes: facts.notes,
        }),
        (Ok(()), None) => return Err(io::Error::other("the message was opened without a MIC")),
        (Err(Stop::Io(e)), _) => return Err(e),
        (Err(Stop::Again(digest)), _) => Outcome::Again(digest),
        // Nothing that could tell one such message from another.
        (Err(Stop::Refused(Why::DecryptionFailed, detail)), _) => Outcome::Refused(Refused {
            why: Why::DecryptionFailed,
            detail,
            mic: None,
            encrypted: None,
            signed: None,
            compressed: None,
        }),
        (Err(Stop::Refused(why, detail)), mic) => Outcome::Refused(Refused {
            why,
            detail,
            mic,
            encrypted: facts.encrypted,
            signed: facts.signed,
            compressed: facts.compressed,
        }),
    })
}

/// Why the opening ended before its end.
enum Stop {
    /// Of the sink, or of our own cryptography.
    Io(io::Error),
    Refused(Why, String),
    Again(Digest),
}

fn refuse<T>(why: Why, detail: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Refused(why, detail.into()))
}

/// A read error of the layer outside, or of MIME: the layer that failed replaces the verdict.
fn malformed(error: &io::Error) -> Stop {
    Stop::Refused(Why::Malformed, error.to_string())
}

#[derive(Default)]
struct Facts {
    encrypted: Option<Encryption>,
    signed: Option<Signature>,
    compressed: Option<Compression>,
    mic: Option<Mic>,
    parts: Vec<Part>,
    bytes: u64,
    notes: Vec<Note>,
}

/// The layers outside an entity.
#[derive(Clone, Copy, Default)]
struct Layers {
    encrypted: bool,
    signed: bool,
    compressed: bool,
}

struct Opening<'a, 'b> {
    receiving: &'a Receiving<'b>,
    sink: &'a mut dyn Sink,
    facts: Facts,
}

/// What an application/pkcs7-mime is (RFC 8551 section 3.2.2).
#[derive(Clone, Copy)]
enum Pkcs7 {
    Enveloped,
    Compressed,
    Signed,
}

type Peeked<'a> = io::Chain<Cursor<Vec<u8>>, Decoder<&'a mut dyn BufRead>>;

impl Opening<'_, '_> {
    fn entity(&mut self, header: &Header, body: &mut dyn BufRead, layers: Layers) -> Result<(), Stop> {
        let content_type = header.content_type();
        match &content_type {
            Some(t) if t.essence == "multipart/signed" => self.signed(t, body, layers),
            Some(t) if t.is_pkcs7_mime() => self.pkcs7(t, header, body, layers),
            Some(t) if is_signature(t) => refuse(Why::UnsupportedFormat, "a signature without its content"),
            _ => self.payload(content_type.as_ref(), header, body, layers),
        }
    }

    /// The entity inside a layer.
    fn inside(&mut self, input: &mut dyn BufRead, layers: Layers) -> Result<(), Stop> {
        let header = Header::read(input, self.receiving.limits.header).map_err(|e| malformed(&e))?;
        self.entity(&header, input, layers)
    }

    fn pkcs7(
        &mut self,
        content_type: &ContentType,
        header: &Header,
        body: &mut dyn BufRead,
        layers: Layers,
    ) -> Result<(), Stop> {
        let mut decoder = Decoder::new(&header.transfer_encoding(), body);
        let mut first = Vec::new();
        let said = content_type.parameter("smime-type").unwrap_or_default().to_ascii_lowercase();
        let kind = match said.as_str() {
            "enveloped-data" | "authenveloped-data" => Pkcs7::Enveloped,
            "compressed-data" => Pkcs7::Compressed,
            "signed-data" | "certs-only" => Pkcs7::Signed,
            _ => {
                // Its error comes again, or what was read before it is no CMS: either way the layer tells.
                let _ = (&mut decoder).take(64).read_to_end(&mut first);
                sniffed(&first)
            }
        };
        let input = Cursor::new(first).chain(decoder);
        match kind {
            Pkcs7::Signed => refuse(Why::UnsupportedFormat, "signed-data; AS2 signs with multipart/signed"),
            Pkcs7::Enveloped => self.enveloped(input, layers),
            Pkcs7::Compressed => self.compressed(input, layers),
        }
    }

    fn enveloped(&mut self, input: Peeked<'_>, layers: Layers) -> Result<(), Stop> {
        if layers.encrypted || layers.signed || layers.compressed {
            return refuse(Why::UnsupportedFormat, "encryption that is not the outermost layer");
        }
        let mut plain = Watch::new(Decrypter::new(input, self.receiving.identities));
        let layers = Layers { encrypted: true, ..layers };
        let result = match Header::read(&mut plain, self.receiving.limits.header) {
            Ok(header) if header.content_type().is_none() => {
                refuse(Why::Malformed, "an entity without Content-Type")
            }
            Ok(header) => self.entity(&header, &mut plain, layers),
            Err(e) => Err(malformed(&e)),
        };
        if matches!(result, Err(Stop::Io(_))) {
            return result;
        }
        // Always to the end: padding and tag decide before anything found within.
        let _ = drain(&mut plain);
        let (failed, decrypter) = plain.into_parts();
        if let Some(failed) = failed {
            let detail = match CmsError::of(&failed) {
                Some(CmsError::NotOpened { detail }) => detail.clone(),
                _ => failed.to_string(),
            };
            return refuse(Why::DecryptionFailed, detail);
        }
        // A good signature proves that the partner itself wrote what is malformed.
        if let Err(Stop::Refused(Why::Malformed, detail)) = &result
            && self.facts.signed.is_none()
        {
            return refuse(Why::DecryptionFailed, format!("what was decrypted is no entity: {detail}"));
        }
        self.facts.encrypted = decrypter.facts();
        result
    }

    fn compressed(&mut self, input: Peeked<'_>, layers: Layers) -> Result<(), Stop> {
        if layers.compressed {
            return refuse(Why::UnsupportedFormat, "compressed twice");
        }
        let mut inflated = Watch::new(Inflater::new(input, self.receiving.limits.inflated));
        let result = self.inside(&mut inflated, Layers { compressed: true, ..layers });
        if !matches!(result, Err(Stop::Io(_))) {
            // Also after a refusal, so that the verdict does not depend on how far was read; its limit ends a bomb.
            let _ = drain(&mut inflated);
        }
        match (result, inflated.into_parts()) {
            (Err(Stop::Io(e)), _) => Err(Stop::Io(e)),
            (_, (Some(failed), _)) => {
                self.facts = Facts::default();
                refuse(Why::DecompressionFailed, failed.to_string())
            }
            (result, _) => {
                self.facts.compressed.get_or_insert(Compression::BeforeSigning);
                result
            }
        }
    }

    fn signed(
        &mut self,
        content_type: &ContentType,
        body: &mut dyn BufRead,
        layers: Layers,
    ) -> Result<(), Stop> {
        if layers.signed {
            return refuse(Why::UnsupportedFormat, "a signature within a signature");
        }
        let compressed = layers.compressed.then_some(Compression::AfterSigning);
        let announced = announced(content_type);
        let mut digests = self.digests(&announced)?;
        let mut multipart = multipart(content_type, body)?;
        if !multipart.next_part().map_err(|e| malformed(&e))? {
            return refuse(Why::Malformed, "a multipart/signed without parts");
        }
        let mut content = Tee::new(&mut multipart, &mut digests);
        let result = self.inside(&mut content, Layers { signed: true, ..layers });
        if matches!(result, Err(Stop::Io(_))) {
            return result;
        }
        drain(&mut content).map_err(|e| malformed(&e))?;
        let (as_came, canonical) = finished(digests)?;
        let mic_digest = self.mic_digest(announced.first().copied());
        let mic = Mic::of(canonical.as_ref().unwrap_or(&as_came), mic_digest);
        let within = std::mem::replace(&mut self.facts, Facts { mic, compressed, ..Facts::default() });
        let signature = self.signature(&mut multipart);
        if matches!(signature, Err(Stop::Io(_))) {
            return signature.map(drop);
        }
        let ending = multipart.finish().map_err(|e| malformed(&e))?;
        if layers.encrypted && !(ending.closed && ending.bare) {
            // Whoever puts blocks of his choice at the end could learn from our answers whether their padding is good.
            return refuse(
                Why::DecryptionFailed,
                "a signed part that does not end with its closing boundary",
            );
        }
        let signature = signature?;
        let signed = match verify(&signature, &as_came, self.receiving.signers) {
            Err(SignatureError::WrongDigest) => match &canonical {
                Some(canonical) => {
                    let signed = verify(&signature, canonical, self.receiving.signers);
                    if signed.is_ok() {
                        self.facts.notes.push(Note::SignedCanonical);
                    }
                    signed
                }
                None => Err(SignatureError::WrongDigest),
            },
            other => other,
        };
        let signed = match signed {
            Ok(signed) => signed,
            Err(SignatureError::NeedDigest(digest)) if self.receiving.again != Some(digest) => {
                return Err(Stop::Again(digest));
            }
            Err(e @ SignatureError::WrongDigest) => return refuse(Why::IntegrityCheckFailed, e.to_string()),
            Err(e) => return refuse(Why::AuthenticationFailed, e.to_string()),
        };
        // Until here nothing found within was proven.
        let notes = std::mem::take(&mut self.facts.notes);
        self.facts = within;
        self.facts.compressed = compressed.or(self.facts.compressed);
        self.facts.notes.extend(notes);
        if !ending.closed {
            self.facts.notes.push(Note::NoClosingBoundary);
        }
        let mic_digest = self.mic_digest(Some(signed.digest));
        self.facts.mic = Mic::of(canonical.as_ref().unwrap_or(&as_came), mic_digest);
        self.facts.signed = Some(signed);
        result
    }

    /// The second and last part of a multipart/signed, decoded.
    fn signature(&mut self, multipart: &mut Multipart<&mut dyn BufRead>) -> Result<Vec<u8>, Stop> {
        let limits = &self.receiving.limits;
        if !multipart.next_part().map_err(|e| malformed(&e))? {
            return refuse(Why::AuthenticationFailed, "a multipart/signed without its signature");
        }
        let header = Header::read(multipart, limits.header).map_err(|e| malformed(&e))?;
        if !header.content_type().is_some_and(|t| is_signature(&t)) {
            let found = header.get("Content-Type").unwrap_or("nothing");
            return refuse(
                Why::AuthenticationFailed,
                format!("in the place of the signature stands {found}"),
            );
        }
        let mut signature = Vec::new();
        Decoder::new(&header.transfer_encoding(), &mut *multipart)
            .take(limits.signature as u64 + 1)
            .read_to_end(&mut signature)
            .map_err(|e| {
                Stop::Refused(Why::AuthenticationFailed, format!("the signature cannot be read: {e}"))
            })?;
        if signature.len() > limits.signature {
            return refuse(Why::TooLarge, format!("a signature of more than {} bytes", limits.signature));
        }
        if multipart.next_part().map_err(|e| malformed(&e))? {
            return refuse(Why::UnsupportedFormat, "a multipart/signed with more than two parts");
        }
        Ok(signature)
    }

    fn payload(
        &mut self,
        content_type: Option<&ContentType>,
        header: &Header,
        body: &mut dyn BufRead,
        layers: Layers,
    ) -> Result<(), Stop> {
        if layers.signed {
            return self.parts(content_type, header, body, 0);
        }
        if layers.encrypted && !content_type.is_some_and(is_registered) {
            // The first block of CBC can be changed at will: `multipart/signed` must not become something without a signature.
            return refuse(Why::DecryptionFailed, "no MIME entity of a known type");
        }
        let mut digests = self.digests(&[])?;
        if layers.encrypted || layers.compressed {
            // RFC 4130 section 7.3.1, RFC 5402 section 4: with the MIME header; only a plain message goes without.
            digests.update(header.raw()).map_err(Stop::Io)?;
        }
        let mut content = Tee::new(body, &mut digests);
        self.parts(content_type, header, &mut content, 0)?;
        drain(&mut content).map_err(|e| malformed(&e))?;
        let (as_came, canonical) = finished(digests)?;
        self.facts.mic = Mic::of(canonical.as_ref().unwrap_or(&as_came), self.mic_digest(None));
        Ok(())
    }

    /// The payload, or each of its attachments (RFC 6362).
    fn parts(
        &mut self,
        content_type: Option<&ContentType>,
        header: &Header,
        body: &mut dyn BufRead,
        depth: usize,
    ) -> Result<(), Stop> {
        let Some(content_type) = content_type.filter(|t| t.is_multipart() && t.essence != "multipart/report")
        else {
            return self.part(header, body);
        };
        if depth == self.receiving.limits.nesting {
            return refuse(
                Why::UnsupportedFormat,
                format!("more than {depth} multiparts within one another"),
            );
        }
        let mut multipart = multipart(content_type, body)?;
        let mut any = false;
        while multipart.next_part().map_err(|e| malformed(&e))? {
            any = true;
            let header =
                Header::read(&mut multipart, self.receiving.limits.header).map_err(|e| malformed(&e))?;
            let content_type = header.content_type();
            if content_type.as_ref().is_some_and(is_secured) {
                return refuse(
                    Why::UnsupportedFormat,
                    "a signed, encrypted or compressed part beside others",
                );
            }
            self.parts(content_type.as_ref(), &header, &mut multipart, depth + 1)?;
        }
        let ending = multipart.finish().map_err(|e| malformed(&e))?;
        if !any || !ending.closed {
            return refuse(Why::Malformed, "a multipart that ends before its closing boundary");
        }
        Ok(())
    }

    fn part(&mut self, header: &Header, body: &mut dyn BufRead) -> Result<(), Stop> {
        let limits = &self.receiving.limits;
        if self.facts.parts.len() == limits.parts {
            return refuse(Why::TooLarge, format!("more than {} parts", limits.parts));
        }
        let encoding = header.transfer_encoding();
        if let TransferEncoding::Unknown(name) = &encoding {
            self.facts.notes.push(Note::UnknownTransferEncoding(name.clone()));
        }
        let mut part = Part {
            content_type: header.get("Content-Type").map(str::to_owned),
            file_name: header.file_name(),
            bytes: 0,
        };
        self.sink.begin(&part).map_err(Stop::Io)?;
        let mut decoder = Decoder::new(&encoding, body);
        loop {
            let bytes = match decoder.fill_buf() {
                Ok([]) => break,
                Ok(bytes) => bytes,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(malformed(&e)),
            };
            let count = bytes.len();
            if self.facts.bytes + count as u64 > limits.payload {
                return refuse(Why::TooLarge, format!("more than {} bytes of payload", limits.payload));
            }
            self.sink.write(bytes).map_err(Stop::Io)?;
            self.facts.bytes += count as u64;
            part.bytes += count as u64;
            decoder.consume(count);
        }
        self.facts.parts.push(part);
        Ok(())
    }

    /// Of a signed message with the signature's digest, if that is known; else of an unsigned one.
    fn mic_digest(&self, signature: Option<Digest>) -> Digest {
        let requested = self.receiving.requested;
        match self.receiving.mic_by {
            MicBy::Signature => signature.or(requested),
            MicBy::Requested => requested.or(signature),
        }
        .unwrap_or(Digest::Sha256)
    }

    fn digests(&self, announced: &[Digest]) -> Result<Digests, Stop> {
        let mut wanted = announced.to_vec();
        wanted.push(self.mic_digest(announced.first().copied()));
        wanted.extend(self.receiving.again);
        let canonical =
            self.receiving.canonical.then(|| Hashing::new(&wanted)).transpose().map_err(Stop::Io)?;
        Ok(Digests::new(Hashing::new(&wanted).map_err(Stop::Io)?, canonical))
    }
}

fn finished(digests: Digests) -> Result<(Hashed, Option<Hashed>), Stop> {
    let (as_came, canonical) = digests.finish();
    Ok((as_came.finish().map_err(Stop::Io)?, canonical.map(Hashing::finish).transpose().map_err(Stop::Io)?))
}

fn multipart<'a>(
    content_type: &ContentType,
    body: &'a mut dyn BufRead,
) -> Result<Multipart<&'a mut dyn BufRead>, Stop> {
    let boundary = content_type.parameter("boundary").unwrap_or_default();
    Multipart::new(body, boundary).map_err(|e| Stop::Refused(Why::Malformed, e.to_string()))
}

/// The digests of `micalg` that we have, in their order.
fn announced(content_type: &ContentType) -> Vec<Digest> {
    content_type.parameter("micalg").unwrap_or_default().split(',').filter_map(Digest::named).collect()
}

fn is_signature(content_type: &ContentType) -> bool {
    matches!(content_type.essence.as_str(), "application/pkcs7-signature" | "application/x-pkcs7-signature")
}

/// A type of the registry (RFC 6838 section 4.2).
fn is_registered(content_type: &ContentType) -> bool {
    const TYPES: [&str; 8] =
        ["application", "text", "multipart", "message", "image", "audio", "video", "model"];
    content_type.essence.split('/').next().is_some_and(|kind| TYPES.contains(&kind))
}

/// What may not stand among attachments. Certificates alone may: they prove nothing here.
fn is_secured(content_type: &ContentType) -> bool {
    let certificates =
        || content_type.parameter("smime-type").is_some_and(|t| t.eq_ignore_ascii_case("certs-only"));
    matches!(content_type.essence.as_str(), "multipart/signed" | "multipart/encrypted")
        || is_signature(content_type)
        || (content_type.is_pkcs7_mime() && !certificates())
}

/// By the content type of CMS itself (RFC 5652, RFC 5083, RFC 3274), within its first bytes.
fn sniffed(first: &[u8]) -> Pkcs7 {
    const SIGNED: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    const COMPRESSED: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x09];
    let has = |oid: &[u8]| memchr::memmem::find(&first[..first.len().min(32)], oid).is_some();
    if has(SIGNED) {
        Pkcs7::Signed
    } else if has(COMPRESSED) {
        Pkcs7::Compressed
    } else {
        Pkcs7::Enveloped
    }
}
