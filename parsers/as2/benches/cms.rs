//! What the cryptography of AS2 costs: operations at 4 KB beside the bare RSA operations they contain, and streams of 256 MB.
//!
//! `cargo bench -p portway-as2 --bench cms`. Counted is CPU time of the one thread (`/proc/self/schedstat`), so that a neighbour's
//! work hardly shows. Peak memory is that of the process (`VmHWM`), before and after the streams.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use openssl::pkey::PKey;
use openssl::rsa::Padding;
use portway_as2::algorithm::{Cipher, Digest, Hashed, Hashing, KeyTransport, Scheme};
use portway_as2::certificate::{Certificate, Identity, KeyKind};
use portway_as2::cms::{Decrypter, EncryptOptions, Inflater, SignOptions, compress, encrypt, sign, verify};
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::time::{Duration, Instant};

const MESSAGE: usize = 4096;
const STREAM: u64 = 256 << 20;
const TURN: Duration = Duration::from_millis(400);

/// CPU seconds this process has used.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e9
}

/// Microseconds of CPU an operation takes: the best of three turns.
fn cost(mut operation: impl FnMut()) -> f64 {
    operation();
    let mut best = f64::MAX;
    for _ in 0..3 {
        let (begun, used) = (Instant::now(), cpu());
        let mut count = 0_u32;
        while begun.elapsed() < TURN {
            operation();
            count += 1;
        }
        best = best.min((cpu() - used) * 1e6 / f64::from(count));
    }
    best
}

fn line(what: &str, micros: f64) {
    println!("{what:<46} {micros:>9.1} µs {:>9.0} ops/s", 1e6 / micros);
}

fn hashed(content: &[u8], digest: Digest) -> Hashed {
    let mut hashing = Hashing::new(&[digest]).unwrap();
    hashing.update(content).unwrap();
    hashing.finish().unwrap()
}

fn main() {
    let rsa = Identity::generate("bench", KeyKind::Rsa(2048), 1_750_000_000, 365).unwrap();
    let p256 = Identity::generate("bench", KeyKind::P256, 1_750_000_000, 365).unwrap();
    small(&rsa, &p256);
    streams(&rsa);
}

fn small(rsa: &Identity, p256: &Identity) {
    let content: Vec<u8> = (0..MESSAGE).map(|i| (i * 7 % 251) as u8).collect();
    println!("4 KB messages, RSA 2048, one thread");

    let bare = PKey::private_key_from_pem(&rsa.key().to_pem(None).unwrap()).unwrap().rsa().unwrap();
    let mut block = vec![0_u8; 256];
    block[1] = 2;
    let mut out = vec![0_u8; 256];
    let private = cost(|| {
        bare.private_decrypt(&block, &mut out, Padding::NONE).unwrap();
    });
    line("  bare RSA, private (as `openssl speed` signs)", private);
    let public = cost(|| {
        bare.public_encrypt(&block, &mut out, Padding::NONE).unwrap();
    });
    line("  bare RSA, public", public);

    let mut total = 0.0;
    for (name, identity, scheme) in
        [("PKCS#1", rsa, Scheme::Pkcs1), ("PSS", rsa, Scheme::Pss), ("ECDSA P-256", p256, Scheme::Pkcs1)]
    {
        let options = SignOptions { scheme, signing_time: Some(1_750_000_000), ..SignOptions::default() };
        let signing = cost(|| {
            black_box(sign(&hashed(&content, Digest::Sha256), identity, &options).unwrap());
        });
        line(&format!("sign, {name}, SHA-256"), signing);
        let signature = sign(&hashed(&content, Digest::Sha256), identity, &options).unwrap();
        let pinned = [identity.certificate().clone()];
        let verifying = cost(|| {
            black_box(verify(&signature, &hashed(&content, Digest::Sha256), &pinned).unwrap());
        });
        line(&format!("verify, {name}, SHA-256"), verifying);
        if name == "PKCS#1" {
            total += signing + verifying;
        }
    }

    let recipients = [rsa.certificate().clone()];
    let identities = [rsa.clone()];
    for (cipher, transport) in [
        (Cipher::Aes256Cbc, KeyTransport::Pkcs1),
        (Cipher::Aes256Gcm, KeyTransport::OaepSha256),
        (Cipher::TripleDes, KeyTransport::Pkcs1),
    ] {
        let options = EncryptOptions { cipher, transport };
        let mut sealed = Vec::with_capacity(2 * MESSAGE);
        let encrypting = cost(|| {
            sealed.clear();
            encrypt(&mut &content[..], MESSAGE as u64, &recipients, options, &mut sealed).unwrap();
        });
        let name = format!("{}, {transport:?}", cipher.name());
        line(&format!("encrypt, {name}"), encrypting);
        let mut plain = Vec::with_capacity(2 * MESSAGE);
        let decrypting = cost(|| {
            plain.clear();
            Decrypter::new(&sealed[..], &identities).read_to_end(&mut plain).unwrap();
        });
        line(&format!("decrypt, {name}"), decrypting);
        if cipher == Cipher::Aes256Cbc {
            total += decrypting;
        }
    }
    println!(
        "decrypt + verify + sign of the MDN: {:.3} ms, of which bare RSA {:.3} ms\n",
        total / 1000.0,
        (2.0 * private + public) / 1000.0
    );
}

/// Peak memory of the process in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
}

/// Order-like text without end, of a length.
struct Text {
    line: Vec<u8>,
    left: u64,
    at: u64,
}

impl Text {
    fn new(left: u64) -> Text {
        Text { line: Vec::new(), left, at: 0 }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.line.is_empty() {
            for i in 0..2000_u64 {
                let number = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                writeln!(self.line, "PO1*{i}*{}*EA*{}.99**VP*{number:016X}~", number % 500, number % 89)?;
            }
        }
        let from = (self.at % self.line.len() as u64) as usize;
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        let amount = buffer.len().min(self.line.len() - from).min(most);
        buffer[..amount].copy_from_slice(&self.line[from..from + amount]);
        self.at += amount as u64;
        self.left -= amount as u64;
        Ok(amount)
    }
}

fn drained(mut input: impl BufRead) -> u64 {
    let mut total = 0;
    loop {
        let here = input.fill_buf().unwrap().len();
        if here == 0 {
            return total;
        }
        total += here as u64;
        input.consume(here);
    }
}

fn streams(rsa: &Identity) {
    println!("streams of {} MB through a file; peak memory before: {} MB", STREAM >> 20, peak());
    let identities = [rsa.clone()];
    let recipients: [Certificate; 1] = [rsa.certificate().clone()];
    let rate = |begun: f64| (STREAM as f64 / 1e6) / (cpu() - begun);
    for cipher in [Cipher::Aes128Cbc, Cipher::Aes256Cbc, Cipher::Aes256Gcm] {
        let mut file = tempfile::tempfile().unwrap();
        let options = EncryptOptions { cipher, transport: KeyTransport::Pkcs1 };
        let begun = cpu();
        encrypt(&mut Text::new(STREAM), STREAM, &recipients, options, &mut file).unwrap();
        let encrypting = rate(begun);
        file.rewind().unwrap();
        let begun = cpu();
        let input = BufReader::with_capacity(64 * 1024, file);
        assert_eq!(drained(Decrypter::new(input, &identities)), STREAM);
        let decrypting = rate(begun);
        println!("{:<12} encrypt {encrypting:>6.0} MB/s, decrypt {decrypting:>6.0} MB/s", cipher.name());
    }
    let mut file = tempfile::tempfile().unwrap();
    let begun = cpu();
    compress(&mut Text::new(STREAM), &mut file).unwrap();
    let compressing = rate(begun);
    let size = file.stream_position().unwrap();
    file.rewind().unwrap();
    let begun = cpu();
    assert_eq!(drained(Inflater::new(BufReader::with_capacity(64 * 1024, file), STREAM)), STREAM);
    println!(
        "zlib         compress {compressing:>5.0} MB/s, inflate {:>6.0} MB/s (to {} MB)",
        rate(begun),
        size >> 20
    );
    let begun = cpu();
    let mut hashing = Hashing::new(&[Digest::Sha256]).unwrap();
    let mut input = BufReader::with_capacity(64 * 1024, Text::new(STREAM));
    loop {
        let here = input.fill_buf().unwrap();
        if here.is_empty() {
            break;
        }
        hashing.update(here).unwrap();
        let amount = here.len();
        input.consume(amount);
    }
    black_box(hashing.finish().unwrap());
    println!("sha-256      {:>6.0} MB/s", rate(begun));
    println!("peak memory after: {} MB", peak());
}
