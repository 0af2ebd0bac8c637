//! Our receipts: what they say, and how they leave.

use super::PRODUCT;
use crate::ledger::as2::Receipt;
use crate::net::http::text;
use crate::profile::as2::{As2, Version as As2Version};
use axum::body::Body;
use axum::response::Response;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use portway_as2::algorithm::{Digest, Scheme};
use portway_as2::certificate::Identity;
use portway_as2::cms::SignOptions;
use portway_as2::header::{self, Name, Request};
use portway_as2::mdn::{self, Disposition, Envelope, Mdn};
use portway_as2::mic::Mic;
use std::io;

/// What a receipt is made from.
pub struct Making<'a> {
    pub request: &'a Request,
    /// Our name and theirs, as the message has them.
    pub us: &'a Name,
    pub them: &'a Name,
    pub identity: Option<&'a Identity>,
    /// The partner's habits; none for a stranger.
    pub as2: Option<&'a As2>,
    /// `as2.us.example`: what our Message-IDs end in.
    pub domain: &'a str,
    pub now: Timestamp,
}

/// The receipt of a message: `None` where none was asked for. Signs, so blocking, about half a millisecond.
///
/// # Errors
/// The key cannot sign: ours to mend.
pub fn receipt(
    making: &Making<'_>,
    disposition: &Disposition,
    mic: Option<&Mic>,
) -> io::Result<Option<Receipt>> {
    let Some(wanted) = making.request.wanted.receipt() else { return Ok(None) };
    let unique = uuid::Uuid::now_v7().simple().to_string();
    let old_digest_names = making.as2.is_some_and(|as2| as2.interop.old_digest_names);
    let agent = format!("{}; {PRODUCT}", making.domain);
    let mdn =
        Mdn::answering(making.request, disposition.clone(), mic.cloned(), &agent, making.now.as_second());
    let envelope = Envelope {
        from: making.us.clone(),
        to: making.them.clone(),
        message_id: header::message_id(&unique, making.domain),
        version: making.as2.map_or(As2Version::V12, |as2| as2.version).of_header(),
        features: vec!["multiple-attachments".to_owned()],
        date: making.now.as_second(),
        unique,
        old_digest_names,
    };
    // SHA-1 only for those who ask for nothing else.
    let better = wanted.digests.iter().find(|digest| **digest != Digest::Sha1).or(wanted.digests.first());
    let digest = better.copied().or(mic.map(|mic| mic.digest)).unwrap_or(Digest::Sha256);
    let options = SignOptions {
        digest,
        scheme: making.as2.map_or(Scheme::Pkcs1, |as2| as2.signature.scheme()),
        algorithm_protection: !making.as2.is_some_and(|as2| as2.interop.no_algorithm_protection),
        certificate_included: true,
        signing_time: Some(making.now.as_second()),
    };
    let signer = making.identity.filter(|_| wanted.signed).map(|identity| (identity, &options));
    let written = mdn::write(&mdn, &envelope, signer)?;
    Ok(Some(Receipt { fields: written.fields, bytes: written.body, url: None }))
}

/// A receipt as the HTTP reply.
pub fn reply(fields: &[(String, String)], bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    for (name, value) in fields {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::from_str(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A refusal of the HTTP request itself, in words. The connection ends: the rest of the body is not read.
pub fn plain(status: StatusCode, words: &str) -> Response {
    let mut response = Response::new(Body::from(format!("{words}\n")));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(http::header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"as2\""));
    }
    response
}

/// The fields of a request or answer, none lost.
pub fn fields(headers: &http::HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
}
