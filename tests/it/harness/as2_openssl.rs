//! The `openssl cms` command as builder and judge: it makes messages in every algorithm it knows, and says what it finds in ours.
//!
//! Its word counts: exit status and standard error are handed on. Only compression (RFC 3274) is a few lines of Python, as the
//! command is often built without zlib.

use super::as2_keys::Identity;
use super::as2_mime::Entity;
use super::mailbox::python;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const COMPRESSION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/as2_cms.py");

/// What a command found.
#[derive(Debug, Clone)]
pub struct Verdict {
    pub ok: bool,
    /// What it wrote to standard error.
    pub said: String,
    /// What it wrote to standard output.
    pub bytes: Vec<u8>,
}

impl Verdict {
    #[track_caller]
    pub fn bytes(self) -> Vec<u8> {
        assert!(self.ok, "{}", self.said);
        self.bytes
    }
}

/// How to sign. The scheme of an EC key is ECDSA.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// As the command has it: `sha256`.
    pub digest: &'a str,
    /// RSASSA-PSS instead of PKCS #1 v1.5.
    pub pss: bool,
    /// BER of indefinite length instead of DER. Not with PSS: there the command fails.
    pub indefinite: bool,
    /// More of the command's options, such as `-noattr`, `-nocerts`, `-keyid`.
    pub more: &'a [&'a str],
}

pub const SHA256: Signing = Signing { digest: "sha256", pss: false, indefinite: false, more: &[] };

/// How to encrypt.
#[derive(Debug, Clone, Copy)]
pub struct Encryption<'a> {
    /// As the command has it: `aes-128-cbc`, `aes-256-gcm`, `des3`.
    pub cipher: &'a str,
    /// Key transport OAEP with this hash, instead of PKCS #1 v1.5.
    pub oaep: Option<&'a str>,
    pub indefinite: bool,
    pub more: &'a [&'a str],
}

pub const AES128_CBC: Encryption =
    Encryption { cipher: "aes-128-cbc", oaep: None, indefinite: false, more: &[] };

/// A detached signature over these bytes, to be sent beside them.
#[track_caller]
pub fn detached(content: &[u8], by: &Identity, how: Signing) -> Entity {
    Entity::new("application/pkcs7-signature; name=\"smime.p7s\"", sign(content, by, how, &[]))
        // libas2 takes a signature for text without it.
        .with("Content-Disposition", "attachment; filename=\"smime.p7s\"")
}

/// `multipart/signed` of this entity, signature in base64.
#[track_caller]
pub fn signed(content: &Entity, by: &Identity, how: Signing) -> Entity {
    let bytes = content.bytes();
    Entity::signed(&bytes, &detached(&bytes, by, how).base64(), how.digest)
}

/// `application/pkcs7-mime; smime-type=signed-data`, the content within.
#[track_caller]
pub fn opaque_signed(content: &Entity, by: &Identity, how: Signing) -> Entity {
    mime("signed-data", sign(&content.bytes(), by, how, &["-nodetach"]))
}

/// `enveloped-data`, or `authEnveloped-data` where the cipher is GCM.
#[track_caller]
pub fn encrypted(content: &Entity, to: &[&Identity], how: Encryption) -> Entity {
    let mut command = cms("-encrypt");
    command.args(["-binary", "-outform", "DER", &format!("-{}", how.cipher)]);
    stream(&mut command, how.indefinite).args(how.more);
    for one in to {
        command.arg("-recip").arg(&one.cert);
        if let Some(hash) = how.oaep {
            command.args(["-keyopt", "rsa_padding_mode:oaep", "-keyopt", &format!("rsa_oaep_md:{hash}")]);
        }
    }
    let kind = if how.cipher.ends_with("-gcm") { "authEnveloped-data" } else { "enveloped-data" };
    mime(kind, run(&mut command, &content.bytes()).bytes())
}

#[track_caller]
pub fn compressed(content: &Entity) -> Entity {
    mime("compressed-data", compression("compress", &content.bytes()).bytes())
}

/// The MIC over these bytes (RFC 4130, 7.3.1), in base64, by the command's own digest.
#[track_caller]
pub fn mic(content: &[u8], digest: &str) -> String {
    use base64::Engine;
    let mut command = Command::new("openssl");
    command.args(["dgst", &format!("-{digest}"), "-binary"]);
    base64::engine::general_purpose::STANDARD.encode(run(&mut command, content).bytes())
}

/// The command's verdict on an envelope; `bytes` is what was in it.
pub fn decrypt(der: &[u8], by: &Identity) -> Verdict {
    run(
        cms("-decrypt")
            .args(["-binary", "-inform", "DER", "-recip"])
            .arg(&by.cert)
            .arg("-inkey")
            .arg(&by.key),
        der,
    )
}

/// The command's verdict on a detached signature: by this certificate, whatever others it carries.
pub fn verify(content: &[u8], signature: &[u8], by: &Path) -> Verdict {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("content");
    std::fs::write(&file, content).unwrap();
    run(trusting(by).arg("-content").arg(file), signature)
}

/// The command's verdict on a signature with its content within; `bytes` is that content.
pub fn verify_opaque(der: &[u8], by: &Path) -> Verdict {
    run(&mut trusting(by), der)
}

/// A CMS object as the command prints it, to read algorithms and attributes from.
#[track_caller]
pub fn printed(der: &[u8]) -> String {
    let text = run(cms("-cmsout").args(["-print", "-noout", "-inform", "DER"]), der).bytes();
    String::from_utf8_lossy(&text).into_owned()
}

/// A layer that was opened.
#[derive(Debug, Clone)]
pub struct Layer {
    /// `enveloped-data`, `authEnveloped-data`, `signed-data`, `compressed-data`.
    pub kind: &'static str,
    /// The CMS object, for [`printed`].
    pub der: Vec<u8>,
    pub verdict: Verdict,
    /// For a signature: what is signed, so what the MIC is over.
    pub content: Vec<u8>,
}

/// Opens a message as its receiver: every layer with the command's verdict, from outside in, and what was inside. It stops at a
/// layer that does not open.
pub fn open(message: &Entity, own: &Identity, partner: &Path) -> (Vec<Layer>, Entity) {
    let mut layers = Vec::new();
    let mut entity = message.clone();
    while let Some(layer) = peel(&entity, own, partner) {
        let ok = layer.verdict.ok;
        if ok {
            entity = Entity::parse(&layer.content);
        }
        layers.push(layer);
        if !ok {
            break;
        }
    }
    (layers, entity)
}

fn peel(entity: &Entity, own: &Identity, partner: &Path) -> Option<Layer> {
    let kind = entity.content_type();
    if kind == "multipart/signed" {
        let parts = entity.parts();
        let der = Entity::parse(&parts[1]).content();
        let verdict = verify(&parts[0], &der, partner);
        return Some(Layer { kind: "signed-data", der, verdict, content: parts[0].clone() });
    }
    if !matches!(kind.as_str(), "application/pkcs7-mime" | "application/x-pkcs7-mime") {
        return None;
    }
    let der = entity.content();
    let (kind, verdict) =
        match entity.parameter("smime-type").unwrap_or_default().to_ascii_lowercase().as_str() {
            "signed-data" => ("signed-data", verify_opaque(&der, partner)),
            "compressed-data" => ("compressed-data", compression("decompress", &der)),
            "authenveloped-data" => ("authEnveloped-data", decrypt(&der, own)),
            _ => ("enveloped-data", decrypt(&der, own)),
        };
    Some(Layer { kind, der, content: verdict.bytes.clone(), verdict })
}

fn mime(kind: &str, der: Vec<u8>) -> Entity {
    Entity::new(&format!("application/pkcs7-mime; smime-type={kind}; name=\"smime.p7m\""), der)
}

#[track_caller]
fn sign(content: &[u8], by: &Identity, how: Signing, more: &[&str]) -> Vec<u8> {
    let mut command = cms("-sign");
    command.args(["-binary", "-outform", "DER", "-md", how.digest]).args(more).args(how.more);
    stream(&mut command, how.indefinite).arg("-signer").arg(&by.cert).arg("-inkey").arg(&by.key);
    if how.pss {
        command.args(["-keyopt", "rsa_padding_mode:pss"]);
    }
    run(&mut command, content).bytes()
}

fn stream(command: &mut Command, indefinite: bool) -> &mut Command {
    command.arg(if indefinite { "-stream" } else { "-noindef" })
}

/// The certificate given is the signer's, and trusted as it is: the chain is not ours to judge.
fn trusting(by: &Path) -> Command {
    let mut command = cms("-verify");
    command.args(["-binary", "-inform", "DER", "-nointern", "-noverify", "-certfile"]).arg(by);
    command
}

fn compression(which: &str, content: &[u8]) -> Verdict {
    run(Command::new(python()).args([COMPRESSION, which]), content)
}

fn cms(action: &str) -> Command {
    let mut command = Command::new("openssl");
    command.args(["cms", action]);
    command
}

fn run(command: &mut Command, input: &[u8]) -> Verdict {
    let program: OsString = command.get_program().into();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child =
        command.spawn().unwrap_or_else(|e| panic!("{program:?}: {e}: run the tests with 'make test'"));
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // Beside the reading: neither waits for the other. A command that has seen enough may close early.
    let writing = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    Verdict {
        ok: output.status.success(),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
        bytes: output.stdout,
    }
}
