//! Keys and certificates of AS2 partners, as PEM files. Made once and kept in the target folder: RSA keys take long to make.

use rcgen::{CertificateParams, DnType, IsCa, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize};
use std::fs;
use std::path::{Path, PathBuf};

/// Somebody's key (PKCS #8) and self-signed certificate; also good for a TLS server on this machine.
#[derive(Debug, Clone)]
pub struct Identity {
    pub cert: PathBuf,
    pub key: PathBuf,
}

impl Identity {
    /// RSA, 2048 bits. The same name is the same key in every test.
    pub fn rsa(name: &str) -> Identity {
        Identity::kept("rsa", name, || KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048))
    }

    /// ECDSA on P-256.
    pub fn ec(name: &str) -> Identity {
        Identity::kept("ec", name, || KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256))
    }

    fn kept(kind: &str, name: &str, make: impl Fn() -> Result<KeyPair, rcgen::Error>) -> Identity {
        // The number changes with the recipe: a target folder may hold keys of an older one.
        let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("as2-keys-2");
        let dir = all.join(format!("{kind}-{name}"));
        if !dir.exists() {
            fs::create_dir_all(&all).unwrap();
            let key = make().unwrap();
            let names = [name.to_owned(), "localhost".to_owned(), "127.0.0.1".to_owned()];
            let mut parameters = CertificateParams::new(names).unwrap();
            parameters.distinguished_name.push(DnType::CommonName, name);
            // It writes the key identifier with it.
            parameters.is_ca = IsCa::ExplicitNoCa;
            parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
            parameters.not_after = rcgen::date_time_ymd(2099, 1, 1);
            let certificate = parameters.self_signed(&key).unwrap();
            let fresh = tempfile::tempdir_in(&all).unwrap().keep();
            fs::write(fresh.join("cert.pem"), certificate.pem()).unwrap();
            fs::write(fresh.join("key.pem"), key.serialize_pem()).unwrap();
            // Another test may have been quicker: then its key is the one, and this folder is not needed.
            if fs::rename(&fresh, &dir).is_err() {
                fs::remove_dir_all(&fresh).unwrap();
            }
        }
        Identity { cert: dir.join("cert.pem"), key: dir.join("key.pem") }
    }
}
