//! Opens what was encrypted for us, as a stream.
//!
//! Promises: whatever is wrong with key, padding or tag shows only at the end of the content, and always as
//! [`CmsError::NotOpened`]. A content key that does not unwrap is replaced, without a branch, by one made from our private key
//! and the wrapped key, so that the same message fares the same each time (Bleichenbacher 1998; RFC 3218; implicit rejection
//! as in OpenSSL 3.2 and draft-irtf-cfrg-rsa-guidance). The padding is taken off here, from the bare RSA operation:
//! OpenSSL 3.0 would answer a bad one with an error of its own.

use super::ber::{Elements, Malformed, Stream};
use super::{CmsError, der, oid};
use crate::algorithm::{Cipher, Digest, KeyTransport};
use crate::certificate::{Identity, reason};
use openssl::cipher_ctx::CipherCtx;
use openssl::error::ErrorStack;
use openssl::pkey::Id;
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use std::borrow::Cow;
use std::hint::black_box;
use std::io::{self, BufRead, Read};

/// All RecipientInfos together, in bytes: some thousand recipients.
const RECIPIENTS: usize = 1 << 20;
/// RSA operations that one message can make us do.
const TRIES: usize = 8;
/// Bytes deciphered at once.
const PORTION: usize = 64 * 1024;
/// The longest content key of any cipher here, in bytes.
const LONGEST_KEY: usize = 32;

/// How a message was encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encryption {
    pub cipher: Cipher,
    pub transport: KeyTransport,
    /// Which of the given identities it was for.
    pub identity: usize,
}

/// Reads the content out of EnvelopedData or AuthEnvelopedData (RFC 5652 section 6, RFC 5083), in BER or DER.
///
/// What is read is to be used only once `read` has answered `Ok(0)`: only then were padding or tag right. Every failure is
/// [`CmsError::NotOpened`], or an error of the input. What follows the structure in the input is left there.
pub struct Decrypter<'a, R> {
    stream: Stream<R>,
    identities: &'a [Identity],
    facts: Option<Encryption>,
    state: State,
    plain: Vec<u8>,
    taken: usize,
}

enum State {
    Start,
    Content(Box<Opening>),
    Done,
    Failed(String),
}

/// What the content is deciphered with.
struct Opening {
    cipher: CipherCtx,
    /// Length of the tag in bytes, with GCM.
    tag: Option<usize>,
    /// Set when no key of ours is meant: the outcome, kept for the end.
    hopeless: Option<&'static str>,
}

/// A wrapped content key and whose it is.
struct Wrapped {
    identity: usize,
    padding: Unpadding,
    key: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Unpadding {
    Pkcs1,
    /// The digest of the label, and that of the mask.
    Oaep(Digest, Digest),
}

/// Why a message does not open: for our own log only.
enum Failure {
    Stream(io::Error),
    Closed(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match Malformed::within(error) {
            Ok(malformed) => malformed.into(),
            Err(error) => Failure::Stream(error),
        }
    }
}

impl From<Malformed> for Failure {
    fn from(error: Malformed) -> Self {
        Failure::Closed(format!("its structure is wrong: {error}"))
    }
}

impl From<ErrorStack> for Failure {
    fn from(error: ErrorStack) -> Self {
        Failure::Closed(format!("OpenSSL refused: {}", reason(&error)))
    }
}

fn closed<T>(detail: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Closed(detail.into()))
}

impl<'a, R: BufRead> Decrypter<'a, R> {
    /// Nothing is read yet.
    pub fn new(input: R, identities: &'a [Identity]) -> Decrypter<'a, R> {
        Decrypter {
            stream: Stream::new(input),
            identities,
            facts: None,
            state: State::Start,
            plain: Vec::new(),
            taken: 0,
        }
    }

    /// Known once the first byte was asked for; `None` also when none of the identities is a recipient.
    pub fn facts(&self) -> Option<Encryption> {
        self.facts
    }

    /// One step: opens, or deciphers a portion, or judges the end.
    fn step(&mut self) -> Result<(), Failure> {
        match &mut self.state {
            State::Start => {
                let opening = self.open()?;
                self.state = State::Content(Box::new(opening));
            }
            State::Content(opening) => {
                self.plain.clear();
                self.taken = 0;
                let content = self.stream.content()?;
                let portion = &content[..content.len().min(PORTION)];
                if portion.is_empty() {
                    finish(&mut self.stream, opening, &mut self.plain)?;
                    self.state = State::Done;
                } else {
                    opening.cipher.cipher_update_vec(portion, &mut self.plain)?;
                    let amount = portion.len();
                    self.stream.advance_content(amount);
                }
            }
            State::Done | State::Failed(_) => {}
        }
        Ok(())
    }

    /// Everything up to the content.
    fn open(&mut self) -> Result<Opening, Failure> {
        let stream = &mut self.stream;
        let outer = stream.expect(der::SEQUENCE)?;
        stream.enter(&outer)?;
        let header = stream.expect(der::OID)?;
        let kind = stream.raw(header, 64)?;
        let kind = Elements(&kind).object()?;
        let authenticated = match kind {
            _ if kind == oid::ENVELOPED_DATA => false,
            _ if kind == oid::AUTH_ENVELOPED_DATA => true,
            _ => return closed(format!("it is no EnvelopedData but {}", oid::dotted(kind))),
        };
        let explicit = stream.expect(der::CONTEXT_0)?;
        stream.enter(&explicit)?;
        let enveloped = stream.expect(der::SEQUENCE)?;
        stream.enter(&enveloped)?;
        let version = stream.expect(der::INTEGER)?;
        stream.skip(&version)?;
        let mut header = stream.next()?;
        if let Some(originator) = header.as_ref().filter(|h| h.tag == der::CONTEXT_0) {
            stream.skip(originator)?;
            header = stream.next()?;
        }
        let Some(recipients) = header.filter(|h| h.tag == der::SET) else {
            return closed("it has no RecipientInfos");
        };
        let recipients = stream.raw(recipients, RECIPIENTS)?;
        let wrapped = wrapped_for(&recipients, self.identities)?;

        let content = stream.expect(der::SEQUENCE)?;
        stream.enter(&content)?;
        let content_type = stream.expect(der::OID)?;
        stream.skip(&content_type)?;
        let algorithm = stream.expect(der::SEQUENCE)?;
        let algorithm = stream.raw(algorithm, 256)?;
        let mut parts = Elements(&algorithm).sequence()?;
        let name = parts.object()?;
        let Some(cipher) = oid::cipher(name) else {
            return closed(format!("its content cipher {} is not known here", oid::dotted(name)));
        };
        let shape = oid::shape(cipher);
        if shape.authenticated != authenticated {
            // A ciphertext moved into the other structure would be opened with weaker checks.
            return closed(format!("{} in the wrong structure", cipher.name()));
        }
        let string = stream.next()?.filter(|h| matches!(h.tag, der::CONTEXT_0 | der::CONTEXT_0_PRIMITIVE));
        let Some(string) = string else { return closed("it has no content") };
        stream.begin_content(&string)?;

        self.facts = wrapped.first().map(|first| Encryption {
            cipher,
            transport: match first.padding {
                Unpadding::Pkcs1 => KeyTransport::Pkcs1,
                Unpadding::Oaep(Digest::Sha1, _) => KeyTransport::OaepSha1,
                Unpadding::Oaep(Digest::Sha256, _) => KeyTransport::OaepSha256,
                Unpadding::Oaep(Digest::Sha384, _) => KeyTransport::OaepSha384,
                Unpadding::Oaep(Digest::Sha512, _) => KeyTransport::OaepSha512,
            },
            identity: first.identity,
        });
        let key = content_key(&wrapped, self.identities, shape.key)?;
        let hopeless = wrapped.is_empty().then_some("it is for none of our certificates");
        let mut context = CipherCtx::new()?;
        let mut tag = None;
        if authenticated {
            // GCMParameters: SEQUENCE { nonce OCTET STRING, ICVlen INTEGER DEFAULT 12 } (RFC 5084 section 3.2).
            let mut parameters = parts.sequence()?;
            let nonce = parameters.octets()?;
            let length = match parameters.optional(der::INTEGER)?.map(|e| e.content) {
                None => 12,
                Some([length @ 12..=16]) => usize::from(*length),
                Some(_) => return closed("the length of its tag is not allowed"),
            };
            if !(8..=16).contains(&nonce.len()) {
                return closed("the length of its nonce is not allowed");
            }
            context.decrypt_init(Some(shape.evp), None, None)?;
            context.set_iv_length(nonce.len())?;
            context.decrypt_init(None, Some(&key[..shape.key]), Some(&nonce))?;
            tag = Some(length);
        } else {
            let iv = parts.octets()?;
            if iv.len() != shape.block {
                return closed("the length of its initialisation vector is wrong");
            }
            context.decrypt_init(Some(shape.evp), Some(&key[..shape.key]), Some(&iv))?;
        }
        Ok(Opening { cipher: context, tag, hopeless })
    }
}

/// Judges the end: structure, then padding or tag. Nothing is told apart outside.
fn finish<R: BufRead>(
    stream: &mut Stream<R>,
    opening: &mut Opening,
    plain: &mut Vec<u8>,
) -> Result<(), Failure> {
    if let Some(length) = opening.tag {
        // The end of the EncryptedContentInfo, then `authAttrs [1] OPTIONAL, mac, unauthAttrs [2] OPTIONAL`.
        while let Some(more) = stream.next()? {
            stream.skip(&more)?;
        }
        let Some(mac) = stream.next()? else { return closed("it has no tag") };
        if mac.tag == der::CONTEXT_1 {
            // They would have to be hashed before the content, which has passed.
            return closed("it has authenticated attributes, which are not supported");
        }
        let mac = stream.raw(mac, 64)?;
        let mac = Elements(&mac).octets()?;
        if mac.len() != length {
            return closed("its tag has the wrong length");
        }
        opening.cipher.set_tag(&mac)?;
    }
    stream.leave_all()?;
    if opening.cipher.cipher_final_vec(plain).is_err() {
        plain.clear();
        let wrong = if opening.tag.is_some() { "the tag is wrong" } else { "the padding is wrong" };
        return closed(opening.hopeless.unwrap_or(wrong));
    }
    if let Some(detail) = opening.hopeless {
        plain.clear();
        return closed(detail);
    }
    Ok(())
}

/// The content keys that were wrapped for us: RecipientInfos of the kind KeyTransRecipientInfo (RFC 5652 section 6.2.1).
fn wrapped_for(recipients: &[u8], identities: &[Identity]) -> Result<Vec<Wrapped>, Failure> {
    let mut infos = Elements(Elements(recipients).expect(der::SET)?.content);
    let mut found = Vec::new();
    while let Some(info) = infos.next()? {
        if info.tag != der::SEQUENCE {
            continue; // key agreement, passwords and the like
        }
        let mut parts = Elements(info.content);
        parts.expect(der::INTEGER)?;
        let Some(identifier) = parts.next()? else { return closed("a recipient has no name") };
        let algorithm = parts.expect(der::SEQUENCE)?.content;
        let key = parts.octets()?;
        let mut names = Elements(identifier.content);
        let (issuer, serial) = match identifier.tag {
            der::SEQUENCE => (names.expect(der::SEQUENCE)?.raw, names.expect(der::INTEGER)?.content),
            _ => (&[][..], &[][..]),
        };
        for (index, identity) in identities.iter().enumerate() {
            let certificate = identity.certificate();
            let ours = match identifier.tag {
                der::SEQUENCE => certificate.is_issued_as(issuer, serial),
                // [0] SubjectKeyIdentifier: primitive, or in pieces.
                der::CONTEXT_0_PRIMITIVE => certificate.key_identifier() == Some(identifier.content),
                der::CONTEXT_0 => {
                    let whole = Elements(identifier.content).octets()?;
                    certificate.key_identifier() == Some(&*whole)
                }
                _ => false,
            };
            if ours && identity.key().key().id() == Id::RSA && found.len() < TRIES {
                let padding = unpadding(algorithm)?;
                found.push(Wrapped { identity: index, padding, key: Cow::clone(&key).into_owned() });
            }
        }
    }
    Ok(found)
}

/// KeyEncryptionAlgorithmIdentifier: RFC 3370 section 4.2.1, RFC 4055 section 4.1.
fn unpadding(algorithm: &[u8]) -> Result<Unpadding, Failure> {
    let mut parts = Elements(algorithm);
    let name = parts.object()?;
    if name == oid::RSA {
        return Ok(Unpadding::Pkcs1);
    }
    if name != oid::RSA_OAEP {
        return closed(format!("its key transport {} is not known here", oid::dotted(name)));
    }
    let mut hash = Digest::Sha1;
    let mut mask = Digest::Sha1;
    if let Some(parameters) = parts.optional(der::SEQUENCE)? {
        let mut parameters = Elements(parameters.content);
        while let Some(parameter) = parameters.next()? {
            let mut inner = Elements(parameter.content).sequence()?;
            let name = inner.object()?;
            match parameter.tag {
                der::CONTEXT_0 => hash = oaep_digest(name)?,
                der::CONTEXT_1 if name == oid::MGF1 => {
                    mask = match inner.optional(der::SEQUENCE)? {
                        Some(digest) => oaep_digest(Elements(digest.content).object()?)?,
                        None => Digest::Sha1,
                    };
                }
                der::CONTEXT_2 if name == oid::EMPTY_LABEL && inner.octets()?.is_empty() => {}
                _ => return closed("its OAEP parameters are not known here"),
            }
        }
    }
    Ok(Unpadding::Oaep(hash, mask))
}

fn oaep_digest(name: &[u8]) -> Result<Digest, Failure> {
    match oid::digest(name) {
        Some(digest) => Ok(digest),
        None => closed(format!("OAEP with {} is not supported", oid::dotted(name))),
    }
}

/// The content key: the first that unwraps; when none does, one that stands in for it. No branch depends on which.
///
/// With no wrapped key at all it is random, and the caller knows that the message will not open.
fn content_key(
    wrapped: &[Wrapped],
    identities: &[Identity],
    length: usize,
) -> Result<[u8; LONGEST_KEY], Failure> {
    let mut key = [0; LONGEST_KEY];
    let Some(first) = wrapped.first() else {
        openssl::rand::rand_bytes(&mut key)?;
        return Ok(key);
    };
    let mut hash = openssl::sha::Sha256::new();
    hash.update(identities[first.identity].key().rejection());
    hash.update(&first.key);
    let stand_in = hash.finish();
    let mut found = 0_u8;
    for one in wrapped {
        let (good, candidate) = unwrap(&identities[one.identity], one, length)?;
        let take = good & !found;
        for (kept, new) in key.iter_mut().zip(candidate) {
            *kept |= new & take;
        }
        found |= good;
    }
    let found = black_box(found);
    for (kept, other) in key.iter_mut().zip(stand_in) {
        *kept = (*kept & found) | (other & !found);
    }
    Ok(key)
}

/// `(0xff, key)` when it unwraps, `(0, anything)` when not.
fn unwrap(identity: &Identity, wrapped: &Wrapped, length: usize) -> Result<(u8, [u8; LONGEST_KEY]), Failure> {
    let key = identity.key().key();
    let size = key.size();
    let mut out = [0; LONGEST_KEY];
    if size < length + 11 {
        return Ok((0, out)); // the public size of our key, no secret
    }
    let mut context = PkeyCtx::new(key)?;
    context.decrypt_init()?;
    let mut block = vec![0; size];
    match wrapped.padding {
        Unpadding::Pkcs1 => {
            context.set_rsa_padding(Padding::NONE)?;
            // 00 02, at least eight octets that are not zero, 00, the key (RFC 8017 section 7.2.1).
            // The only error left to this call is a number above the modulus, and that anybody can see.
            if !context.decrypt(&wrapped.key, Some(&mut block)).is_ok_and(|written| written == size) {
                return Ok((0, out));
            }
            let separator = size - length - 1;
            let mut wrong = u32::from(block[0]) | u32::from(block[1] ^ 2) | u32::from(block[separator]);
            for octet in &block[2..separator] {
                wrong |= u32::from(*octet).wrapping_sub(1) >> 31;
            }
            // 0 when nothing was wrong, else 1.
            let wrong = black_box((wrong | wrong.wrapping_neg()) >> 31);
            out[..length].copy_from_slice(&block[separator + 1..]);
            Ok(((wrong as u8).wrapping_sub(1), out))
        }
        Unpadding::Oaep(hash, mask) => {
            context.set_rsa_padding(Padding::PKCS1_OAEP)?;
            context.set_rsa_oaep_md(oid::md(hash))?;
            context.set_rsa_mgf1_md(oid::md(mask))?;
            // OpenSSL takes the padding off without telling by time how it was wrong (Manger 2001).
            let written = context.decrypt(&wrapped.key, Some(&mut block)).unwrap_or(0);
            let good = written == length;
            out[..length].copy_from_slice(&block[..length]);
            Ok((u8::from(good).wrapping_neg(), out))
        }
    }
}

impl<R: BufRead> BufRead for Decrypter<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.taken == self.plain.len() {
            match &self.state {
                State::Done => return Ok(&[]),
                State::Failed(detail) => return Err(CmsError::NotOpened { detail: detail.clone() }.into()),
                State::Start | State::Content(_) => {}
            }
            match self.step() {
                Ok(()) => {}
                Err(Failure::Stream(error)) => {
                    // A step broken off cannot be taken up again.
                    self.plain.clear();
                    self.taken = 0;
                    self.state = State::Failed("the input failed before".to_owned());
                    return Err(error);
                }
                Err(Failure::Closed(detail)) => {
                    self.plain.clear();
                    self.taken = 0;
                    self.state = State::Failed(detail);
                }
            }
        }
        Ok(&self.plain[self.taken..])
    }

    fn consume(&mut self, amount: usize) {
        self.taken = (self.taken + amount).min(self.plain.len());
    }
}

impl<R: BufRead> Read for Decrypter<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let here = self.fill_buf()?;
        let amount = here.len().min(buffer.len());
        buffer[..amount].copy_from_slice(&here[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}
