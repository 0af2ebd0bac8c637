//! The files in which partners send certificates: PEM, DER, PKCS#7 (`.p7b`), alone or with their authorities.
//!
//! Promises: gives certificates only, never a key; says which of several is the holder's own. Fails with what the file is instead.

use crate::certificate::{Certificate, CertificateError};
use openssl::pkcs7::Pkcs7;
use openssl::pkcs12::Pkcs12;

/// All certificates of a file, in its order.
///
/// # Errors
/// [`CertificateError::NotACertificate`]; for a PKCS#12 file, which holds a private key, [`CertificateError::Unsupported`].
pub fn read(bytes: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
    let plain = match Certificate::read(bytes) {
        Ok(found) => return Ok(found),
        Err(error) => error,
    };
    let pkcs7 = Pkcs7::from_der(bytes).or_else(|_| Pkcs7::from_pem(bytes)).ok();
    if let Some(stack) =
        pkcs7.as_ref().and_then(|file| file.signed()).and_then(|signed| signed.certificates())
    {
        return stack.iter().map(|one| Certificate::from_der(&one.to_der()?)).collect();
    }
    if bytes.first() == Some(&0x30) && Pkcs12::from_der(bytes).is_ok() {
        let why = "this is a PKCS#12 file, which holds a private key: nobody but its owner should have it; ask for the certificate alone";
        return Err(CertificateError::Unsupported(why.to_owned()));
    }
    Err(plain)
}

/// Of certificates that come together, the one that no other was issued by: the holder's own. `None` where it cannot be told.
pub fn own(all: &[Certificate]) -> Option<&Certificate> {
    let issues = |one: &Certificate| all.iter().any(|other| other != one && other.issuer() == one.subject());
    let mut own = all.iter().filter(|one| !issues(one));
    own.next().filter(|_| own.next().is_none())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::certificate::{Identity, KeyKind};
    use std::process::{Command, Stdio};

    /// Runs `openssl` with `input`; gives what it writes.
    fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
        use std::io::Write;
        let mut run = Command::new("openssl");
        let mut run = run.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        run.stdin.take().unwrap().write_all(input).unwrap();
        let done = run.wait_with_output().unwrap();
        assert!(done.status.success(), "openssl {arguments:?}");
        done.stdout
    }

    #[test]
    fn certificates_come_out_of_every_form() {
        let identity = Identity::generate("Acme", KeyKind::P256, 1_750_000_000, 30).unwrap();
        let certificate = identity.certificate().clone();
        let pem = certificate.to_pem().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("acme.pem");
        std::fs::write(&file, &pem).unwrap();
        let file = file.to_str().unwrap();
        for form in ["PEM", "DER"] {
            let p7b = openssl(&["crl2pkcs7", "-nocrl", "-certfile", file, "-outform", form], b"");
            assert_eq!(read(&p7b).unwrap(), std::slice::from_ref(&certificate), "{form}");
        }
        assert_eq!(read(certificate.der()).unwrap(), std::slice::from_ref(&certificate));
        assert_eq!(read(pem.as_bytes()).unwrap(), [certificate]);

        let both = [identity.key().to_pem(None).unwrap(), pem.into_bytes()].concat();
        let p12 = openssl(&["pkcs12", "-export", "-passout", "pass:word"], &both);
        assert!(read(&p12).unwrap_err().to_string().contains("holds a private key"));
        assert!(matches!(read(b"hello"), Err(CertificateError::NotACertificate(_))));
        assert!(matches!(read(b""), Err(CertificateError::NotACertificate(_))));
    }

    #[test]
    fn the_own_one_is_found_among_its_authorities() {
        let make =
            |name| Identity::generate(name, KeyKind::P256, 1_750_000_000, 30).unwrap().certificate().clone();
        let (one, two) = (make("One"), make("Two"));
        assert_eq!(own(std::slice::from_ref(&one)), Some(&one));
        assert_eq!(own(&[one, two]), None);
        assert_eq!(own(&[]), None);
    }
}
