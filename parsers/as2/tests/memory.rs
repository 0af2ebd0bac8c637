//! A message far larger than memory should be passes through every layer both ways, in a process of its own.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use portway_as2::algorithm::{Cipher, KeyTransport};
use portway_as2::certificate::{Identity, KeyKind};
use portway_as2::cms::{EncryptOptions, SignOptions};
use portway_as2::open::{Compression, Limits, MicBy, Outcome, Part, Receiving, Sink, open};
use portway_as2::seal::{Attachment, BodyEncoding, Sending, seal};
use std::io::{self, BufReader, BufWriter, Read, Seek};

const LENGTH: u64 = 32 << 20;
/// What both ways may add to the process at its largest, in KiB.
const GROWTH: u64 = 4 << 10;

/// Bytes that do not compress (xorshift).
struct Noise {
    state: u64,
    left: u64,
}

impl Read for Noise {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = out.len().min(self.left as usize);
        for chunk in out[..count].chunks_mut(8) {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            chunk.copy_from_slice(&self.state.to_le_bytes()[..chunk.len()]);
        }
        self.left -= count as u64;
        Ok(count)
    }
}

struct Counting(u64);

impl Sink for Counting {
    fn begin(&mut self, _: &Part) -> io::Result<()> {
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0 += bytes.len() as u64;
        Ok(())
    }
}

/// The largest resident size so far, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn memory_does_not_grow_with_the_message() {
    let ours = [Identity::generate("Orchard", KeyKind::Rsa(2048), 1_767_225_600, 3650).unwrap()];
    let recipients = [ours[0].certificate().clone()];
    let small = round(&ours, &recipients, 1 << 20);
    let before = peak();
    let large = round(&ours, &recipients, LENGTH);
    let grown = peak() - before;
    assert!(grown < GROWTH, "{} MiB more payload took {grown} KiB more memory", (large - small) >> 20);
}

fn round(ours: &[Identity], recipients: &[portway_as2::certificate::Certificate], length: u64) -> u64 {
    let sending = Sending {
        compress: Some(Compression::BeforeSigning),
        sign: Some((&ours[0], SignOptions::default())),
        encrypt: Some((
            recipients,
            EncryptOptions { cipher: Cipher::Aes128Cbc, transport: KeyTransport::Pkcs1 },
        )),
        payload_encoding: BodyEncoding::Binary,
        layer_encoding: BodyEncoding::Base64,
        quoted_file_names: true,
        old_digest_names: false,
        mic: None,
    };
    let mut content = Noise { state: 88_172_645_463_325_252, left: length };
    let mut file = tempfile::tempfile().unwrap();
    let parts = vec![Attachment {
        content_type: "application/octet-stream",
        file_name: None,
        content: &mut content,
        length,
    }];
    let mut scratch = || Ok(Box::new(tempfile::tempfile()?) as Box<_>);
    let sealed = seal(parts, &sending, &mut scratch, &mut BufWriter::new(&mut file)).unwrap();
    file.rewind().unwrap();
    let receiving = Receiving {
        identities: ours,
        signers: recipients,
        requested: None,
        mic_by: MicBy::Signature,
        again: None,
        canonical: false,
        limits: Limits::default(),
    };
    let mut counting = Counting(0);
    let outcome = open(&sealed.fields, &mut BufReader::new(file), &receiving, &mut counting).unwrap();
    assert!(matches!(outcome, Outcome::Opened(opened) if opened.mic == sealed.mic));
    assert_eq!(counting.0, length);
    length
}
