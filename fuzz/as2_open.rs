//! What holds for any bytes received as an AS2 message: the body of the fuzz target, and of the test that mutates its seeds.
//!
//! No panic; the same outcome and payload however the bytes arrive; a payload reported as signed is the only one ever signed
//! with this key; whatever does not decrypt has one answer.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use portway_as2::certificate::{Certificate, Identity, PrivateKey};
use portway_as2::mime::entity::{Header, HeaderLimits};
use portway_as2::open::{Limits, MicBy, Outcome, Part, Receiving, Sink, Why, open};
use std::io::{self, BufReader, Read};
use std::sync::LazyLock;

/// Ours and the partner's at once. It serves nothing but these tests.
pub static IDENTITY: LazyLock<[Identity; 1]> = LazyLock::new(|| {
    let pem = include_bytes!("as2-identity.pem");
    let certificate = Certificate::from_pem(pem).unwrap().remove(0);
    [Identity::new(certificate, PrivateKey::from_pem(pem, None).unwrap()).unwrap()]
});
static SIGNERS: LazyLock<[Certificate; 1]> = LazyLock::new(|| [IDENTITY[0].certificate().clone()]);

/// All that the key ever signed.
pub const SIGNED: &[u8] = b"ISA*00*~\r\nGS*PO~\r\n--\r\nST*850*0001~\r\n";

/// Bytes as an entity: a header, which stands for the HTTP fields, and a body.
pub fn as2_open(bytes: &[u8]) {
    let mut body = bytes;
    let Ok(header) = Header::read(&mut body, HeaderLimits::default()) else { return };
    for canonical in [false, true] {
        let (whole, payload) = opened(header.fields(), body, body.len() + 1, canonical);
        let (pieced, payload_pieced) = opened(header.fields(), body, bytes.len() % 61 + 1, canonical);
        assert_eq!(outcome_of(&whole), outcome_of(&pieced));
        assert!(payload == payload_pieced || !matches!(whole, Outcome::Opened(_)));
        match whole {
            Outcome::Opened(opened) if opened.signed.is_some() && !canonical => {
                assert_eq!(String::from_utf8_lossy(&payload), String::from_utf8_lossy(SIGNED));
            }
            Outcome::Refused(refused) if refused.why == Why::DecryptionFailed => {
                assert!(refused.mic.is_none() && refused.encrypted.is_none() && refused.signed.is_none());
            }
            _ => {}
        }
    }
}

/// Details are for people, and may tell where a piece ended.
fn outcome_of(outcome: &Outcome) -> Outcome {
    let mut outcome = outcome.clone();
    if let Outcome::Refused(refused) = &mut outcome {
        refused.detail.clear();
    }
    outcome
}

pub fn opened(fields: &[(String, String)], body: &[u8], size: usize, canonical: bool) -> (Outcome, Vec<u8>) {
    let limits = Limits { payload: 1 << 20, inflated: 1 << 20, ..Limits::default() };
    let receiving = Receiving {
        identities: &*IDENTITY,
        signers: &*SIGNERS,
        requested: None,
        mic_by: MicBy::Signature,
        again: None,
        canonical,
        limits,
    };
    let mut payload = Payload(Vec::new());
    let mut input = BufReader::with_capacity(size, Pieces { bytes: body, size });
    (open(fields, &mut input, &receiving, &mut payload).unwrap(), payload.0)
}

struct Payload(Vec<u8>);

impl Sink for Payload {
    fn begin(&mut self, _: &Part) -> io::Result<()> {
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
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
