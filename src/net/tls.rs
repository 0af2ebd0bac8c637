//! TLS on both sides, with rustls and aws-lc-rs: TLS 1.2 and 1.3, HTTP/1.1.
//!
//! The server side: [`DoorCertificate`] holds the certificate that a door shows; it comes from PEM files or, where none
//! are named, is made once and kept in the state folder (key 0600). It can be reloaded while connections run; a broken
//! file leaves the old one in force. Client certificates are asked for but optional, and checked by *possession* only:
//! the handshake proves that the client holds the key, the application compares the certificate with the partner's
//! pinned ones. So no authority, expiry or name decides who a partner is; the profile does.
//!
//! The client side: [`client_config`] trusts the host's authorities and an extra PEM file; a certificate in that file
//! that *is* the server's own is accepted as it is, as self-signed ones in the house often are.
//!
//! It fails with [`TlsError`], which names the file.

use arc_swap::ArcSwap;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConfig, DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig, SignatureScheme,
};
use std::fmt;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug)]
pub struct TlsError {
    /// The file at fault, where one is.
    pub file: Option<PathBuf>,
    pub reason: String,
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}: {}", file.display(), self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl std::error::Error for TlsError {}

impl TlsError {
    fn of(file: &Path, reason: impl fmt::Display) -> Self {
        TlsError { file: Some(file.to_owned()), reason: reason.to_string() }
    }

    fn general(reason: impl fmt::Display) -> Self {
        TlsError { file: None, reason: reason.to_string() }
    }
}

/// Makes aws-lc-rs the process's provider. Call once at start; calling again does no harm.
pub fn install_provider() {
    // An error means that a provider is installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// Where a door's certificate comes from.
#[derive(Debug, Clone)]
pub enum CertificateSource {
    /// PEM files: the chain, own certificate first, and its key.
    Files { chain: PathBuf, key: PathBuf },
    /// Made on first use for `names` and kept in `dir` as `self-signed.pem` and `self-signed.key`.
    SelfSigned { dir: PathBuf, names: Vec<String> },
}

/// The certificate that a door shows; may change while the door is open.
#[derive(Debug)]
pub struct DoorCertificate {
    source: CertificateSource,
    current: ArcSwap<CertifiedKey>,
}

impl DoorCertificate {
    /// Reads, or makes, the certificate. Blocking, short.
    pub fn open(source: CertificateSource) -> Result<Arc<Self>, TlsError> {
        let current = ArcSwap::new(Arc::new(load(&source)?));
        Ok(Arc::new(DoorCertificate { source, current }))
    }

    /// Reads the files again for new connections. On an error the old certificate stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        self.current.store(Arc::new(load(&self.source)?));
        Ok(())
    }

    /// The certificate shown now, DER.
    pub fn der(&self) -> Vec<u8> {
        self.current.load().cert.first().map(|c| c.to_vec()).unwrap_or_default()
    }

    /// A server configuration that shows this certificate and asks clients for theirs.
    pub fn server_config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, TlsError> {
        let provider = provider();
        let verifier = Arc::new(AnyHolder { algorithms: provider.signature_verification_algorithms });
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(TlsError::general)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

impl ResolvesServerCert for DoorCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

fn load(source: &CertificateSource) -> Result<CertifiedKey, TlsError> {
    match source {
        CertificateSource::Files { chain, key } => certified(chain, key),
        CertificateSource::SelfSigned { dir, names } => {
            let (chain, key) = (dir.join("self-signed.pem"), dir.join("self-signed.key"));
            // The key is written first, the certificate last: its presence says that both are whole.
            if !chain.exists() {
                make_self_signed(dir, names, &chain, &key)?;
            }
            certified(&chain, &key)
        }
    }
}

fn certified(chain: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let certificates = certificates(chain)?;
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|e| TlsError::of(key, format!("no private key: {e}")))?;
    CertifiedKey::from_der(certificates, secret, &provider())
        .map_err(|e| TlsError::of(key, format!("the key and {} do not go together: {e}", chain.display())))
}

/// All certificates of a PEM file, in order; at least one.
pub fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let bytes = std::fs::read(file).map_err(|e| TlsError::of(file, format!("cannot be read: {e}")))?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let all = all.map_err(|e| TlsError::of(file, format!("is not PEM: {e}")))?;
    if all.is_empty() {
        return Err(TlsError::of(file, "holds no certificate (PEM, BEGIN CERTIFICATE)"));
    }
    for (n, certificate) in all.iter().enumerate() {
        if !well_formed(certificate) {
            return Err(TlsError::of(file, format!("certificate {} is not well-formed X.509", n + 1)));
        }
    }
    Ok(all)
}

fn make_self_signed(dir: &Path, names: &[String], chain: &Path, key: &Path) -> Result<(), TlsError> {
    std::fs::create_dir_all(dir).map_err(|e| TlsError::of(dir, e))?;
    let pair = rcgen::KeyPair::generate().map_err(TlsError::general)?;
    let names = if names.is_empty() { vec!["localhost".to_owned()] } else { names.to_vec() };
    let mut parameters = rcgen::CertificateParams::new(names.clone()).map_err(TlsError::general)?;
    parameters.distinguished_name.push(rcgen::DnType::CommonName, names[0].as_str());
    // A partner pins it; expiry would only break doors. Both ends fit into X.509's two-digit years.
    parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(2049, 12, 31);
    let certificate = parameters.self_signed(&pair).map_err(TlsError::general)?;
    write_whole(key, pair.serialize_pem().as_bytes(), 0o600)?;
    write_whole(chain, certificate.pem().as_bytes(), 0o644)
}

/// Under a temporary name, then renamed: a crash leaves no half file.
fn write_whole(path: &Path, bytes: &[u8], mode: u32) -> Result<(), TlsError> {
    let temporary = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let _ = std::fs::remove_file(&temporary);
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().map_err(|e| TlsError::of(path, format!("cannot be written: {e}")))
}

fn well_formed(certificate: &[u8]) -> bool {
    matches!(x509_parser::parse_x509_certificate(certificate), Ok((rest, _)) if rest.is_empty())
}

/// Accepts whoever proves to hold the key of a well-formed certificate; who that is, the application decides.
#[derive(Debug)]
struct AnyHolder {
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for AnyHolder {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if !well_formed(end_entity) {
            return Err(rustls::CertificateError::BadEncoding.into());
        }
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// What we show as a TLS client: the chain, our own certificate first, and its key.
pub struct OwnCertificate {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

/// A client configuration: the host's certificate authorities, and those of the PEM file `ca`. Blocking, short.
pub fn client_config(ca: Option<&Path>, own: Option<OwnCertificate>) -> Result<ClientConfig, TlsError> {
    client_config_with(server_verifier(ca)?, own)
}

/// The same, where another judges the server's certificate.
pub(super) fn client_config_with(
    verifier: impl ServerCertVerifier + 'static,
    own: Option<OwnCertificate>,
) -> Result<ClientConfig, TlsError> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(TlsError::general)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    match own {
        Some(own) => builder.with_client_auth_cert(own.chain, own.key).map_err(TlsError::general),
        None => Ok(builder.with_no_client_auth()),
    }
}

/// How servers are judged: by the host's authorities and the certificates of the PEM file `ca`. Blocking, short.
pub(super) fn server_verifier(ca: Option<&Path>) -> Result<impl ServerCertVerifier + 'static, TlsError> {
    let provider = provider();
    let pinned = ca.map(certificates).transpose()?.unwrap_or_default();
    let mut roots = RootCertStore::empty();
    // A host without authorities is no fault: it may only speak to pinned servers, or plain HTTP in the house.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(pinned.iter().cloned());
    let chain = if roots.is_empty() {
        None
    } else {
        let built =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
        Some(built.map_err(TlsError::general)?)
    };
    Ok(PinnedOrChain { pinned, chain, algorithms: provider.signature_verification_algorithms })
}

/// The usual check of chain and name, save for a server whose very certificate is pinned (RFC 6125 has no say there).
#[derive(Debug)]
struct PinnedOrChain {
    pinned: Vec<CertificateDer<'static>>,
    chain: Option<Arc<WebPkiServerVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for PinnedOrChain {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.pinned.iter().any(|p| p.as_ref() == end_entity.as_ref()) {
            return Ok(ServerCertVerified::assertion());
        }
        match &self.chain {
            Some(chain) => chain.verify_server_cert(end_entity, intermediates, name, ocsp, now),
            None => Err(rustls::CertificateError::UnknownIssuer.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn self_signed(dir: &Path) -> Arc<DoorCertificate> {
        let names = vec!["gateway.example".to_owned()];
        DoorCertificate::open(CertificateSource::SelfSigned { dir: dir.to_owned(), names }).unwrap()
    }

    #[test]
    fn a_certificate_is_made_once_and_its_key_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let first = self_signed(&dir.path().join("tls"));
        let key = dir.path().join("tls/self-signed.key");
        assert_eq!(std::fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(self_signed(&dir.path().join("tls")).der(), first.der());
        first.server_config().unwrap();
    }

    #[test]
    fn a_broken_file_leaves_the_old_certificate_in_force() {
        let dir = tempfile::tempdir().unwrap();
        self_signed(dir.path());
        let (chain, key) = (dir.path().join("self-signed.pem"), dir.path().join("self-signed.key"));
        let door = DoorCertificate::open(CertificateSource::Files { chain: chain.clone(), key: key.clone() })
            .unwrap();
        let before = door.der();
        std::fs::write(&chain, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        let error = door.reload().unwrap_err();
        assert_eq!(error.file.as_deref(), Some(chain.as_path()));
        assert_eq!(door.der(), before);

        // Another key than the certificate's.
        std::fs::remove_file(&chain).unwrap();
        std::fs::rename(&key, dir.path().join("old.key")).unwrap();
        self_signed(dir.path());
        std::fs::rename(dir.path().join("old.key"), &key).unwrap();
        assert!(door.reload().unwrap_err().reason.contains("do not go together"));
        assert_eq!(door.der(), before);
    }

    #[test]
    fn an_empty_authority_file_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ca.pem");
        std::fs::write(&file, "").unwrap();
        assert!(client_config(Some(&file), None).unwrap_err().to_string().contains("ca.pem"));
        client_config(None, None).unwrap();
    }
}
