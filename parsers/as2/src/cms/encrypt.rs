//! Encrypts for partners, as a stream: EnvelopedData, or AuthEnvelopedData with GCM.
//!
//! Promises: DER of definite length, because the length is known; memory is constant; key and vector are fresh for each message.

use super::{CmsError, der, oid};
use crate::algorithm::{Cipher, KeyTransport};
use crate::certificate::Certificate;
use openssl::cipher_ctx::CipherCtx;
use openssl::pkey::Id;
use openssl::pkey_ctx::PkeyCtx;
use openssl::rand::rand_bytes;
use openssl::rsa::Padding;
use std::io::{self, Read, Write};

/// Bytes enciphered at once.
const PORTION: usize = 64 * 1024;
const TAG: usize = 16;
const NONCE: usize = 12;

/// How to encrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncryptOptions {
    pub cipher: Cipher,
    pub transport: KeyTransport,
}

impl Default for EncryptOptions {
    fn default() -> Self {
        EncryptOptions { cipher: Cipher::Aes256Cbc, transport: KeyTransport::Pkcs1 }
    }
}

/// Writes EnvelopedData (RFC 5652 section 6), or AuthEnvelopedData (RFC 5083) with a GCM cipher, in DER. Memory is constant.
///
/// `length`: bytes of `content`, known beforehand; fewer or more are an error of kind `InvalidInput`.
/// # Errors
/// [`CmsError::Unsupported`] inside, when there is no recipient or one without an RSA key; else those of the streams.
pub fn encrypt(
    content: &mut dyn Read,
    length: u64,
    recipients: &[Certificate],
    options: EncryptOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let shape = oid::shape(options.cipher);
    let mut key = [0; 32];
    let key = &mut key[..shape.key];
    let mut vector = [0; 16];
    let vector = &mut vector[..if shape.authenticated { NONCE } else { shape.block }];
    let mut cipher = start(&shape, key, vector).map_err(CmsError::from)?;

    let infos = recipient_infos(recipients, key, options.transport)?;
    let parameters = if shape.authenticated {
        der::sequence(&[&der::element(der::OCTET_STRING, &[vector]), &der::small(TAG as u8)])
    } else {
        der::element(der::OCTET_STRING, &[vector])
    };
    let algorithm = der::sequence(&[&der::object(oid::cipher_oid(options.cipher)), &parameters]);
    let content_type = der::object(oid::DATA);
    let (kind, tail) = if shape.authenticated {
        (oid::AUTH_ENVELOPED_DATA, 2 + TAG as u64)
    } else {
        (oid::ENVELOPED_DATA, 0)
    };
    let block = shape.block as u64;
    let sealed = if shape.authenticated { Some(length) } else { (length / block + 1).checked_mul(block) };
    let too_long = || io::Error::new(io::ErrorKind::InvalidInput, "the content is too long");
    let sealed = sealed.filter(|l| *l < 1 << 62).ok_or_else(too_long)?;

    // From the inside out, each header needs the length of what it holds.
    let string = der::header(der::CONTEXT_0_PRIMITIVE, sealed);
    let inner = (content_type.len() + algorithm.len() + string.len()) as u64 + sealed;
    let content_info = der::header(der::SEQUENCE, inner);
    let version = der::small(0);
    let enveloped = (version.len() + infos.len() + content_info.len()) as u64 + inner + tail;
    let enveloped_header = der::header(der::SEQUENCE, enveloped);
    let explicit = enveloped_header.len() as u64 + enveloped;
    let explicit_header = der::header(der::CONTEXT_0, explicit);
    let kind = der::object(kind);
    let outer = (kind.len() + explicit_header.len()) as u64 + explicit;
    let head = [
        &der::header(der::SEQUENCE, outer)[..],
        &kind,
        &explicit_header,
        &enveloped_header,
        &version,
        &infos,
        &content_info,
        &content_type,
        &algorithm,
        &string,
    ];
    out.write_all(&head.concat())?;

    let portion = usize::try_from(length).unwrap_or(PORTION).clamp(1, PORTION);
    let mut plain = vec![0; portion];
    let mut enciphered = Vec::with_capacity(portion + 2 * shape.block);
    let mut left = length;
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(portion).min(portion);
        let got = match content.read(&mut plain[..most]) {
            Ok(0) => return Err(other_length(length)),
            Ok(got) => got,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        left -= got as u64;
        enciphered.clear();
        cipher.cipher_update_vec(&plain[..got], &mut enciphered).map_err(CmsError::from)?;
        out.write_all(&enciphered)?;
    }
    if content.read(&mut [0])? != 0 {
        return Err(other_length(length));
    }
    enciphered.clear();
    cipher.cipher_final_vec(&mut enciphered).map_err(CmsError::from)?;
    out.write_all(&enciphered)?;
    if shape.authenticated {
        let mut tag = [0; TAG];
        cipher.tag(&mut tag).map_err(CmsError::from)?;
        out.write_all(&der::element(der::OCTET_STRING, &[&tag]))?;
    }
    Ok(())
}

fn other_length(length: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("the content to encrypt does not have the {length} bytes announced"),
    )
}

/// Fills key and vector at random.
fn start(
    shape: &oid::CipherShape,
    key: &mut [u8],
    vector: &mut [u8],
) -> Result<CipherCtx, openssl::error::ErrorStack> {
    rand_bytes(key)?;
    rand_bytes(vector)?;
    let mut cipher = CipherCtx::new()?;
    cipher.encrypt_init(Some(shape.evp), Some(key), Some(vector))?;
    Ok(cipher)
}

/// The SET of KeyTransRecipientInfo, each by issuer and serial number.
fn recipient_infos(
    recipients: &[Certificate],
    key: &[u8],
    transport: KeyTransport,
) -> Result<Vec<u8>, CmsError> {
    if recipients.is_empty() {
        return Err(CmsError::Unsupported("there is no certificate to encrypt for".to_owned()));
    }
    let algorithm = match transport.oaep() {
        None => der::sequence(&[&der::object(oid::RSA), der::NULL]),
        Some(digest) => {
            der::sequence(&[&der::object(oid::RSA_OAEP), &der::sequence(&[&der::hash_and_mask(digest)])])
        }
    };
    let mut infos = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        let wrapped = wrap(recipient, key, transport)?;
        let serial = der::element(der::INTEGER, &[recipient.serial_der()]);
        let identifier = der::sequence(&[recipient.issuer_der(), &serial]);
        let wrapped = der::element(der::OCTET_STRING, &[&wrapped]);
        infos.push(der::sequence(&[&der::small(0), &identifier, &algorithm, &wrapped]));
    }
    der::sort_set(&mut infos);
    Ok(der::element(der::SET, &[&infos.concat()]))
}

fn wrap(recipient: &Certificate, key: &[u8], transport: KeyTransport) -> Result<Vec<u8>, CmsError> {
    if recipient.key().id() != Id::RSA {
        return Err(CmsError::Unsupported(format!(
            "the certificate of {} has a key of kind {}; only an RSA key can receive encrypted messages: ask for such a certificate",
            recipient.subject(),
            recipient.key_description()
        )));
    }
    if recipient.key().bits() < 1024 {
        return Err(CmsError::Unsupported(format!(
            "the RSA key of {} has only {} bits, which anybody can break: ask for a new certificate",
            recipient.subject(),
            recipient.key().bits()
        )));
    }
    let mut context = PkeyCtx::new(recipient.key())?;
    context.encrypt_init()?;
    match transport.oaep() {
        None => context.set_rsa_padding(Padding::PKCS1)?,
        Some(digest) => {
            context.set_rsa_padding(Padding::PKCS1_OAEP)?;
            context.set_rsa_oaep_md(oid::md(digest))?;
            context.set_rsa_mgf1_md(oid::md(digest))?;
        }
    }
    let mut wrapped = Vec::new();
    context.encrypt_to_vec(key, &mut wrapped)?;
    Ok(wrapped)
}
