//! A look at an address, a step at a time: its name, a TCP connection, TLS. Nothing is sent beyond the handshake.
//!
//! Promises: TLS is judged exactly as the HTTP client judges it ([`super::tls`]), and what the server showed is told also where it
//! was refused. Each step ends within [`STEP`] for each address tried. Fails in words for people; the caller says whose move it is.

use super::tls::{self, OwnCertificate, TlsError};
use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, SignatureScheme};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Time for one step.
pub const STEP: Duration = Duration::from_secs(10);

/// The addresses of a name, or of an address written out.
///
/// # Errors
/// What the resolver says.
pub async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    let found = match timeout(STEP, tokio::net::lookup_host((host, port))).await {
        Ok(found) => found.map_err(|error| error.to_string())?,
        Err(_) => return Err(format!("no answer within {} s", STEP.as_secs())),
    };
    let mut all = Vec::new();
    found.for_each(|address| {
        if !all.contains(&address) {
            all.push(address);
        }
    });
    if all.is_empty() { Err("the name has no address".to_owned()) } else { Ok(all) }
}

/// Why no connection came about.
#[derive(Debug)]
pub enum NoConnection {
    /// A host, or a firewall before it, said no.
    Refused,
    /// Nobody said anything.
    Silence,
    Other(io::Error),
}

/// Connects to the first address that takes us.
///
/// # Errors
/// That of the last address.
pub async fn connect(addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), NoConnection> {
    let mut last = NoConnection::Silence;
    for address in addresses {
        last = match timeout(STEP, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok((stream, *address)),
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => NoConnection::Refused,
            Ok(Err(error)) if error.kind() == io::ErrorKind::TimedOut => NoConnection::Silence,
            Ok(Err(error)) => NoConnection::Other(error),
            Err(_) => NoConnection::Silence,
        };
    }
    Err(last)
}

/// Why TLS did not come about, or why the server was not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoTls {
    Expired,
    NotYetValid,
    /// The certificate is for other names.
    OtherName,
    /// By an authority that we do not know, or by itself.
    UnknownIssuer,
    /// The server does not speak TLS there.
    NotTls,
    Silence,
    /// In the library's words.
    Other(String),
}

/// A handshake, as far as it came.
#[derive(Debug)]
pub struct Handshake {
    pub end: Result<(), NoTls>,
    /// The server's own certificate, DER.
    pub certificate: Option<Vec<u8>>,
    /// That certificate stands in `ca` itself: neither name nor dates decide.
    pub pinned: bool,
    /// `TLSv1_3`.
    pub version: Option<String>,
    /// The server asked for a certificate of ours.
    pub asks_for_ours: bool,
}

/// A TLS handshake with `host`, which ends right after.
///
/// # Errors
/// What is wrong with `ca` or `own`; nothing was sent.
pub async fn handshake(
    stream: TcpStream,
    host: &str,
    ca: Option<&Path>,
    own: Option<OwnCertificate>,
) -> Result<Handshake, TlsError> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| TlsError { file: None, reason: format!("{host}: {error}") })?;
    let pinned = ca.map(tls::certificates).transpose()?.unwrap_or_default();
    let seen = Arc::new(Mutex::new(None));
    let watching = Watching { judge: tls::server_verifier(ca)?, seen: seen.clone() };
    let mut config = tls::client_config_with(watching, own)?;
    let asked =
        Arc::new(Asked { inner: config.client_auth_cert_resolver.clone(), asked: AtomicBool::new(false) });
    config.client_auth_cert_resolver = asked.clone();
    let shaken = timeout(STEP, TlsConnector::from(Arc::new(config)).connect(name, stream)).await;
    let (end, version) = match shaken {
        Err(_) => (Err(NoTls::Silence), None),
        Ok(Err(error)) => (Err(why(&error)), None),
        Ok(Ok(stream)) => {
            (Ok(()), stream.get_ref().1.protocol_version().map(|version| format!("{version:?}")))
        }
    };
    let certificate: Option<Vec<u8>> = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    let pinned = certificate.as_deref().is_some_and(|der| pinned.iter().any(|one| one.as_ref() == der));
    Ok(Handshake { end, certificate, pinned, version, asks_for_ours: asked.asked.load(Ordering::Relaxed) })
}

fn why(error: &io::Error) -> NoTls {
    let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => NoTls::NotTls,
            _ => NoTls::Other(error.to_string()),
        };
    };
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => NoTls::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => NoTls::NotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                NoTls::OtherName
            }
            CertificateError::UnknownIssuer => NoTls::UnknownIssuer,
            other => NoTls::Other(format!("its certificate was refused: {other}")),
        },
        rustls::Error::InvalidMessage(_) => NoTls::NotTls,
        other => NoTls::Other(other.to_string()),
    }
}

/// Keeps what the server shows, and lets another judge it.
#[derive(Debug)]
struct Watching<V> {
    judge: V,
    seen: Arc<Mutex<Option<Vec<u8>>>>,
}

impl<V: ServerCertVerifier> ServerCertVerifier for Watching<V> {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.to_vec());
        self.judge.verify_server_cert(end_entity, intermediates, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.judge.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.judge.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}

/// Notes that the server asked for a certificate.
#[derive(Debug)]
struct Asked {
    inner: Arc<dyn ResolvesClientCert>,
    asked: AtomicBool,
}

impl ResolvesClientCert for Asked {
    fn resolve(&self, hints: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.inner.resolve(hints, schemes)
    }

    fn has_certs(&self) -> bool {
        self.inner.has_certs()
    }
}
