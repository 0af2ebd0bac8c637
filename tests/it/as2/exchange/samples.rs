//! Captures of other products through the real binary, where the samples are at hand.
//!
//! node-libas2's own signed and encrypted content, and a message of OpenAS2's keys that an RSSBus server sent (phase2, issue 12).
//! The openssl command verifies our receipts, and says what the MIC must be; in the last case its sender said so.

use crate::as2::{Receipt, acme, site};
use crate::harness::as2_openssl as openssl;
use crate::harness::as2_raw::{Raw, request};
use crate::harness::*;
use std::path::{Path, PathBuf};
use std::process::Command;

fn samples() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples/as2");
    if !folder.is_dir() {
        println!("skipped: the captures of other products are not at hand ({})", folder.display());
        return None;
    }
    Some(folder)
}

/// A gateway that is `us` with this key, and has one partner: `OpenAS2B` or `libas2`, who signs with this certificate.
fn gateway(us: &str, own: &Identity, them: &str, certificate: &Path) -> (Site, Gateway, Recorder) {
    let (erp, mut site) = site();
    site.add(&format!(
        "[station.captured]\nname = \"As captured\"\nas2 = \"{us}\"\nx12 = \"ZZ:CAPTURED\"\n\
         keys = [{{ certificate = \"{}\", key = {{ file = \"{}\" }} }}]",
        own.cert.display(),
        own.key.display()
    ));
    let plain = Profile::live("them");
    let more = format!(
        "{}\n[as2]\nid = \"{them}\"\ncertificates = [\"{}\"]\naccept_unsigned = true\naccept_unencrypted = true\n\
         accept_expired = true\n",
        plain.more,
        certificate.display()
    );
    let text = Profile { more, ..plain }.text();
    site.partner_text("them", &format!("station = \"captured\"\n{text}"));
    let gateway = site.start();
    (site, gateway, erp)
}

/// Stored with LF; they travelled with CRLF.
fn travelled(text: &[u8]) -> Vec<u8> {
    String::from_utf8(text.to_vec()).unwrap().replace("\r\n", "\n").replace('\n', "\r\n").into_bytes()
}

#[track_caller]
fn accepted(gateway: &Gateway, lines: &[&str], entity: &Entity, own: &Identity, mic: &str) {
    let headers: Vec<String> =
        entity.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let lines: Vec<&str> = lines.iter().copied().chain(headers.iter().map(String::as_str)).collect();
    let reply = Raw::plain(&gateway.as2_plain).send(&request("/any", &lines, &entity.body));
    assert_eq!(reply.status(), 200, "{}", String::from_utf8_lossy(&reply.body));
    let receipt = Receipt::by(&reply.entity(), Some(own));
    assert_eq!(receipt.disposition, "processed", "{}", receipt.text);
    let said = receipt.mic.unwrap_or_default();
    assert_eq!(said.split(',').next(), Some(mic), "{said}");
}

#[test]
fn what_libas2_signed_and_encrypted() {
    let Some(folder) = samples() else { return };
    let file = |name: &str| folder.join(name);
    let own = Identity {
        cert: file("key-cert/ahuggins-nhs_node-libas2__libas2community.cer"),
        key: file("key-cert/ahuggins-nhs_node-libas2__libas2community.key"),
    };
    let (site, gateway, _erp) = gateway("US", &own, "libas2", &own.cert);
    let lines = |id: &'static str| {
        [
            "AS2-From: libas2",
            "AS2-To: US",
            id,
            "Disposition-Notification-To: edi@acme.example",
            "Disposition-Notification-Options: signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha-256",
        ]
    };
    let read = |name: &str| std::fs::read(file(name)).unwrap();
    let mut signed = Entity::parse(&travelled(&read("message/ahuggins-nhs_node-libas2__content.signed.txt")));
    signed.headers.retain(|(name, _)| name != "Message-ID");
    let mic = openssl::mic(&signed.parts()[0], "sha256");
    accepted(&gateway, &lines("Message-ID: <signed@acme.example>"), &signed, &own, &mic);

    let encrypted =
        Entity::parse(&travelled(&read("message/ahuggins-nhs_node-libas2__content.encrypted.txt")));
    let content = openssl::decrypt(&encrypted.content(), &own).bytes();
    let mic = openssl::mic(&content, "sha256");
    accepted(&gateway, &lines("Message-ID: <encrypted@acme.example>"), &encrypted, &own, &mic);

    let facts = site.database().rows("SELECT facts->>'signed' FROM as2 WHERE facts ? 'signed'");
    assert_eq!(facts, ["sha-256"], "of two messages");
    assert_eq!(
        site.database().rows("SELECT facts->>'encrypted' FROM as2 WHERE facts ? 'encrypted'"),
        ["aes128-cbc"]
    );
    // What was signed is a 940 in base64: it is the ledger's payload, decoded.
    let payload = read("payload/ahuggins-nhs_node-libas2__sample_edi.edi");
    let sizes =
        site.database().rows(&format!("SELECT size::text FROM message WHERE size = {}", payload.len()));
    assert!(!sizes.is_empty());
    gateway.stop();
}

#[test]
fn what_rssbus_sent_with_the_keys_of_openas2() {
    let Some(folder) = samples() else { return };
    let dir = tempfile::tempdir().unwrap();
    // The signer's certificate stands beside another in an old key store: only the command reads those.
    let store = Command::new("openssl")
        .args(["pkcs12", "-legacy", "-nokeys", "-passin", "pass:test", "-in"])
        .arg(folder.join("key-cert/phax_phase2__certs.p12"))
        .output()
        .unwrap();
    let text = String::from_utf8(store.stdout).unwrap();
    let certificate = text
        .split("-----BEGIN CERTIFICATE-----")
        .skip(1)
        .zip(text.split("Bag Attributes").skip(1))
        .find(|(_, bag)| bag.contains("CN = OpenAS2B") || bag.contains("CN=OpenAS2B"))
        .map(|(pem, _)| format!("-----BEGIN CERTIFICATE-----{}", pem.split("Bag Attributes").next().unwrap()))
        .unwrap();
    let file = dir.path().join("openas2b.pem");
    std::fs::write(&file, certificate).unwrap();
    let (site, gateway, _erp) = gateway("OpenAS2A", &acme(), "OpenAS2B", &file);

    let stored = std::fs::read(folder.join("message/phax_phase2__issue12-1.txt")).unwrap();
    let start = stored.iter().position(|b| *b == b'\n').unwrap() + 1;
    // Its order has lone LFs, the MIME around it has not: so the digest in its signature says.
    let text = String::from_utf8(travelled(&stored[start..])).unwrap();
    let (first, last) = (text.find("ISA*").unwrap(), text.find("IEA*").unwrap());
    let end = last + text[last..].find("\r\n").unwrap() + 2;
    let text = [&text[..first], &text[first..end].replace("\r\n", "\n"), &text[end..]].concat();
    let mut entity = Entity::parse(text.as_bytes());
    entity.headers.retain(|(name, _)| name != "Content-Length");
    // The MIC that its sender expected, as it wrote in the issue.
    accepted(&gateway, &[], &entity, &acme(), "at/9v/j0Bth6KTBNxkUmv1xHhOo=");
    assert_eq!(site.database().rows("SELECT facts->>'signed' FROM as2"), ["sha1"]);
    gateway.stop();
}
