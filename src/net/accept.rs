//! The accept loop of a door: TCP, TLS, and HTTP/1.1 into an axum `Router`.
//!
//! It promises: a slow or hostile client costs one place among `connections` and no more than the handshake and header
//! times; a panic in a handler answers 500 and ends nothing else; an error of one connection never ends the loop, and
//! a lack of file descriptors makes it wait, not spin. On `stop` it takes no new connection; one that it has taken already
//! is still served, also where its request comes a moment later, and told `Connection: close`. What runs may end within `drain`,
//! then the rest is cut. The header time also ends idle keep-alive connections.
//!
//! Each request carries a [`Peer`] extension. Whoever that is, the handler decides.

use super::unfold::{Heads, Unfold};
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures_util::FutureExt;
use http::HeaderValue;
use http::header::CONNECTION;
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a connection that waits for its next request stays open after `stop`: a client that has just sent one gets its answer.
const LINGER: Duration = Duration::from_millis(500);

/// Who is at the other end of a request's connection.
#[derive(Debug, Clone)]
pub struct Peer {
    pub address: SocketAddr,
    /// DER of the certificate whose key the client proved to hold. Not yet compared with anything.
    pub client_certificate: Option<Bytes>,
}

/// How much a door bears.
#[derive(Debug, Clone)]
pub struct DoorLimits {
    /// Connections open at once; more wait in the kernel's queue.
    pub connections: usize,
    /// Time for the TLS handshake.
    pub handshake: Duration,
    /// Time for a request's head, and for an idle connection.
    pub header: Duration,
    /// Time that running requests have after `stop`.
    pub drain: Duration,
    /// Whether folded header fields are joined before the server sees them.
    pub unfold: bool,
}

impl Default for DoorLimits {
    fn default() -> Self {
        DoorLimits {
            connections: 512,
            handshake: Duration::from_secs(10),
            header: Duration::from_secs(30),
            drain: Duration::from_secs(20),
            unfold: false,
        }
    }
}

/// Listens at `address`; port 0 takes a free one.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Serves `router` until `stop`, then drains. Returns when the last connection is gone. Without `tls`: plain HTTP.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    router: Router,
    limits: DoorLimits,
    stop: CancellationToken,
) {
    let connections = TaskTracker::new();
    let cut = CancellationToken::new();
    let drain = limits.drain;
    let door = Arc::new(Door {
        tls: tls.map(TlsAcceptor::from),
        service: TowerToHyperService::new(router),
        limits,
        stop: stop.clone(),
        cut: cut.clone(),
    });
    tokio::select! {
        () = stop.cancelled() => {}
        () = accept(&listener, &door, &connections) => {}
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(drain, connections.wait()).await.is_err() {
        tracing::warn!(open = connections.len(), "requests did not end in time and are cut");
        cut.cancel();
        connections.wait().await;
    }
}

struct Door {
    tls: Option<TlsAcceptor>,
    service: TowerToHyperService<Router>,
    limits: DoorLimits,
    stop: CancellationToken,
    cut: CancellationToken,
}

async fn accept(listener: &TcpListener, door: &Arc<Door>, connections: &TaskTracker) {
    let places = Arc::new(Semaphore::new(door.limits.connections.max(1)));
    let mut failures = 0u32;
    // The semaphore is never closed, so the loop ends only with its caller's select.
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, address)) => {
                failures = 0;
                connections.spawn(connection(Arc::clone(door), stream, address, place));
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                // Out of descriptors or memory: the waiting connection stays in the queue, so accept fails at once again.
                let pause = Duration::from_millis(50 << failures.min(5));
                failures += 1;
                tracing::warn!(%error, pause_ms = pause.as_millis(), "no connection can be accepted");
                tokio::time::sleep(pause).await;
            }
        }
    }
}

fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

async fn connection(door: Arc<Door>, stream: TcpStream, address: SocketAddr, _place: OwnedSemaphorePermit) {
    // Answers are small: waiting for more to send costs a partner 40 ms.
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = &door.tls else {
        return requests(&door, stream, Peer { address, client_certificate: None }).await;
    };
    let handshake = tokio::time::timeout(door.limits.handshake, acceptor.accept(stream));
    // Also while stopping: whoever was let in is served.
    let shaken = tokio::select! {
        () = door.cut.cancelled() => return,
        shaken = handshake => shaken,
    };
    match shaken {
        Ok(Ok(stream)) => {
            let certificates = stream.get_ref().1.peer_certificates();
            let client_certificate = certificates.and_then(|c| c.first()).map(|c| Bytes::copy_from_slice(c));
            requests(&door, stream, Peer { address, client_certificate }).await;
        }
        Ok(Err(error)) => tracing::debug!(%address, %error, "TLS handshake failed"),
        Err(_) => tracing::debug!(%address, "TLS handshake took too long"),
    }
}

async fn requests(door: &Door, stream: impl AsyncRead + AsyncWrite + Unpin, peer: Peer) {
    if door.limits.unfold {
        let (stream, heads) = Unfold::new(stream);
        return requests_of(door, stream, Some(heads), peer).await;
    }
    requests_of(door, stream, None, peer).await;
}

async fn requests_of(
    door: &Door,
    stream: impl AsyncRead + AsyncWrite + Unpin,
    heads: Option<Heads>,
    peer: Peer,
) {
    let address = peer.address;
    let service = hyper::service::service_fn(|mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer.clone());
        let answer = AssertUnwindSafe(door.service.call(request)).catch_unwind();
        let (heads, stop) = (heads.clone(), door.stop.clone());
        async move {
            let answer = answer.await.unwrap_or_else(|_| {
                tracing::error!(%address, "a handler panicked; the request was answered 500");
                Ok(internal_error())
            });
            // Before the answer is written: the server looks for the next request as soon as it is.
            if let Some(heads) = heads {
                heads.next();
            }
            answer.map(|mut answer| {
                if stop.is_cancelled() {
                    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                answer
            })
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(door.limits.header)
        // Also what a request's head may take at most.
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let lingered = async {
        door.stop.cancelled().await;
        tokio::time::sleep(LINGER).await;
    };
    let mut lingered = std::pin::pin!(lingered);
    let mut stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%address, %error, "connection ended");
                }
                return;
            }
            () = lingered.as_mut(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = door.cut.cancelled() => return,
        }
    }
}

fn internal_error() -> axum::response::Response {
    let mut answer = axum::response::Response::new(Body::empty());
    *answer.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
    answer
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::net::tls::{CertificateSource, DoorCertificate};
    use axum::Extension;
    use axum::routing::get;
    use sha2::{Digest, Sha256};
    use std::path::Path;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;

    fn limits() -> DoorLimits {
        DoorLimits { connections: 2, ..DoorLimits::default() }
    }

    async fn open(
        tls: Option<Arc<rustls::ServerConfig>>,
        router: Router,
        limits: DoorLimits,
    ) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
        let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let door = tokio::spawn(serve(listener, tls, router, limits, stop.clone()));
        (address, stop, door)
    }

    async fn ask(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn boom() {
        panic!("a fault of ours")
    }

    #[tokio::test]
    async fn a_panic_answers_500_and_the_door_stays_open() {
        let router = Router::new().route("/boom", get(boom)).route("/", get(|| async { "fine" }));
        let (address, stop, door) = open(None, router, limits()).await;
        for _ in 0..3 {
            assert!(ask(address, "/boom").await.starts_with("HTTP/1.1 500 "));
        }
        assert!(ask(address, "/").await.ends_with("fine"));
        stop.cancel();
        door.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }

    #[tokio::test]
    async fn a_running_request_ends_before_the_door_does() {
        let (entered, mut inside) = mpsc::channel::<()>(1);
        let release = Arc::new(tokio::sync::Notify::new());
        let wait = Arc::clone(&release);
        let handler = move || {
            let (entered, wait) = (entered.clone(), Arc::clone(&wait));
            async move {
                entered.send(()).await.unwrap();
                wait.notified().await;
                "done"
            }
        };
        let (address, stop, door) = open(None, Router::new().route("/", get(handler)), limits()).await;
        let asked = tokio::spawn(async move { ask(address, "/").await });
        inside.recv().await.unwrap();
        stop.cancel();
        release.notify_one();
        assert!(asked.await.unwrap().ends_with("done"));
        door.await.unwrap();
    }

    #[tokio::test]
    async fn a_request_that_never_ends_is_cut_after_the_drain() {
        let (entered, mut inside) = mpsc::channel::<()>(1);
        let handler = move || {
            let entered = entered.clone();
            async move {
                entered.send(()).await.unwrap();
                std::future::pending::<()>().await;
            }
        };
        let limits = DoorLimits { drain: Duration::ZERO, ..limits() };
        let (address, stop, door) = open(None, Router::new().route("/", get(handler)), limits).await;
        let asked = tokio::spawn(async move { ask(address, "/").await });
        inside.recv().await.unwrap();
        stop.cancel();
        door.await.unwrap();
        assert_eq!(asked.await.unwrap(), "");
    }

    #[tokio::test]
    async fn slow_heads_and_handshakes_give_their_places_back() {
        let dir = tempfile::tempdir().unwrap();
        let certificate = door_certificate(dir.path());
        let limits = DoorLimits { handshake: Duration::ZERO, header: Duration::from_millis(1), ..limits() };
        let router = Router::new().route("/", get(|| async { "fine" }));
        for tls in [None, Some(certificate.server_config().unwrap())] {
            let (address, stop, door) = open(tls, router.clone(), limits.clone()).await;
            // More than there are places; each is closed by the door, without a byte from us.
            for _ in 0..5 {
                let mut idle = TcpStream::connect(address).await.unwrap();
                let mut rest = Vec::new();
                let _ = idle.read_to_end(&mut rest).await;
            }
            stop.cancel();
            door.await.unwrap();
        }
    }

    #[tokio::test]
    async fn idle_connections_do_not_hold_up_the_end() {
        let router = Router::new().route("/", get(|| async { "fine" }));
        let patient = DoorLimits { drain: Duration::from_secs(3600), ..limits() };
        let (address, stop, door) = open(None, router, patient).await;
        // One that never spoke, one between two requests.
        let silent = TcpStream::connect(address).await.unwrap();
        let mut between = TcpStream::connect(address).await.unwrap();
        between.write_all(b"GET / HTTP/1.1\r\nHost: gateway.example\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"fine") {
            assert!(between.read_buf(&mut answer).await.unwrap() > 0);
        }
        stop.cancel();
        door.await.unwrap();
        drop((silent, between));
    }

    fn door_certificate(dir: &Path) -> Arc<DoorCertificate> {
        let names = vec!["localhost".to_owned()];
        DoorCertificate::open(CertificateSource::SelfSigned { dir: dir.to_owned(), names }).unwrap()
    }

    async fn shown(Extension(peer): Extension<Peer>) -> String {
        match peer.client_certificate {
            Some(der) => format!("{:x?}", Sha256::digest(&der)),
            None => "nobody".to_owned(),
        }
    }

    /// A client that trusts only the door's own certificate, with or without one of its own.
    fn client(door: &Path, own: Option<(&rcgen::Certificate, &rcgen::KeyPair)>) -> reqwest::Client {
        let pem = std::fs::read(door.join("self-signed.pem")).unwrap();
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([reqwest::Certificate::from_pem(&pem).unwrap()]);
        if let Some((certificate, key)) = own {
            let both = format!("{}{}", key.serialize_pem(), certificate.pem());
            builder = builder.identity(reqwest::Identity::from_pem(both.as_bytes()).unwrap());
        }
        builder.build().unwrap()
    }

    #[tokio::test]
    async fn a_client_certificate_is_optional_and_handed_on() {
        let dir = tempfile::tempdir().unwrap();
        let certificate = door_certificate(dir.path());
        let router = Router::new().route("/", get(shown));
        let (address, stop, door) = open(Some(certificate.server_config().unwrap()), router, limits()).await;
        let url = format!("https://localhost:{}/", address.port());
        let text = client(dir.path(), None).get(&url).send().await.unwrap().text().await.unwrap();
        assert_eq!(text, "nobody");

        // Self-signed and marked as an authority, as partners do use them.
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::new(vec!["partner.example".to_owned()]).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let own = parameters.self_signed(&key).unwrap();
        let text =
            client(dir.path(), Some((&own, &key))).get(&url).send().await.unwrap().text().await.unwrap();
        assert_eq!(text, format!("{:x?}", Sha256::digest(own.der())));
        stop.cancel();
        door.await.unwrap();
    }

    #[tokio::test]
    async fn our_own_client_accepts_a_pinned_server_and_no_other() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let certificate = door_certificate(dir.path());
        door_certificate(other.path());
        let router = Router::new().route("/", axum::routing::post(|| async { "taken" }));
        let (address, stop, door) = open(Some(certificate.server_config().unwrap()), router, limits()).await;
        // Not the name in the certificate: the pin decides.
        let url = format!("https://{address}/");
        let time = Duration::from_secs(20);
        let mut words = Vec::new();
        for ca in [dir.path(), other.path()] {
            let client = crate::net::http::client(Some(&ca.join("self-signed.pem")), time).unwrap();
            let outcome =
                crate::net::http::post(&client, &url, http::HeaderMap::new(), Bytes::new(), time).await;
            words.push(outcome.word());
        }
        assert_eq!(words, ["delivered", "deferred"]);
        stop.cancel();
        door.await.unwrap();
    }
}
