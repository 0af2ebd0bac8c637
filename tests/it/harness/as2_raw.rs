//! HTTP with nothing between the test and the wire: a sender of whatever bytes, and a catcher that keeps what came as it came.
//!
//! For what a proper client never sends (folded header lines, odd case, chunks of any size, a truncated body), and for the
//! asynchronous MDNs and messages of the gateway where no product shall judge them.

use super::DEADLINE;
use super::as2_keys::Identity;
use super::as2_mime::Entity;
use super::watched::Watched;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject};
use rustls::{
    ClientConfig, ClientConnection, ConnectionCommon, RootCertStore, ServerConfig, ServerConnection,
    StreamOwned,
};
use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::ops::DerefMut;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request or a reply, as it came.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The first line.
    pub line: String,
    /// Each header line as it stood, its case and folding kept.
    pub header_lines: Vec<String>,
    /// Out of its chunks.
    pub body: Vec<u8>,
}

impl Heard {
    /// The status of a reply.
    #[track_caller]
    pub fn status(&self) -> u16 {
        let status = self.line.split(' ').nth(1).and_then(|s| s.parse().ok());
        status.unwrap_or_else(|| panic!("no status: {}", self.line))
    }

    /// The path of a request, with its query.
    pub fn path(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    /// The value of the first header of this name, in whatever case; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        let lines = self.header_lines.iter().filter_map(|line| line.split_once(':'));
        let mut found = lines.filter(|(n, _)| n.trim().eq_ignore_ascii_case(name));
        found.next().map_or("", |(_, value)| value.trim())
    }

    /// As a MIME entity, to be opened.
    pub fn entity(&self) -> Entity {
        let headers = self.header_lines.iter().filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned())).collect();
        Entity { headers, body: self.body.clone() }
    }
}

/// A request's bytes: `POST path`, these lines as they are (folded ones hold their line end), and the body with its length.
pub fn request(path: &str, lines: &[&str], body: &[u8]) -> Vec<u8> {
    let length = format!("Content-Length: {}", body.len());
    [head(path, &[lines, &[length.as_str()]].concat()), body.to_vec()].concat()
}

/// The same with the body in chunks of so many bytes.
pub fn chunked_request(path: &str, lines: &[&str], body: &[u8], chunk: usize) -> Vec<u8> {
    let mut bytes = head(path, &[lines, &["Transfer-Encoding: chunked"]].concat());
    for chunk in body.chunks(chunk) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// First line and header lines, up to the body.
pub fn head(path: &str, lines: &[&str]) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n{}\r\n\r\n", lines.join("\r\n")).into_bytes()
}

/// How to reach a server.
#[derive(Clone)]
pub struct Raw {
    address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
}

impl Raw {
    /// Plain HTTP at `127.0.0.1:port`.
    #[track_caller]
    pub fn plain(address: &str) -> Raw {
        let address = address.replace("localhost", "127.0.0.1");
        Raw { address: address.parse().unwrap_or_else(|e| panic!("{address}: {e}")), tls: None }
    }

    /// TLS, trusting the certificates of this PEM file and nobody else; shows a certificate if there is one to show.
    #[track_caller]
    pub fn tls(address: &str, trust: &Path, own: Option<&Identity>) -> Raw {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates(trust));
        let config = ClientConfig::builder().with_root_certificates(roots);
        let config = match own {
            Some(own) => config.with_client_auth_cert(certificates(&own.cert), key(&own.key)).unwrap(),
            None => config.with_no_client_auth(),
        };
        Raw { tls: Some(Arc::new(config)), ..Raw::plain(address) }
    }

    /// Sends these bytes and reads the reply.
    #[track_caller]
    pub fn send(&self, bytes: &[u8]) -> Heard {
        self.open().ask(bytes).unwrap_or_else(|e| panic!("no reply: {e}"))
    }

    /// Sends these bytes, of which there are too few, ends its side of the connection, and reads what comes, if anything does.
    #[track_caller]
    pub fn send_truncated(&self, bytes: &[u8]) -> Option<Heard> {
        let mut connection = self.open();
        connection.stream.get_mut().write_all(bytes).unwrap();
        connection.stream.get_mut().end_writing().unwrap();
        connection.read().ok()
    }

    /// Sends the head, and the body only if the server says so (`Expect: 100-continue` must stand in the head). The interim
    /// status it gave, and the final reply: the same one where it refused by the head alone.
    #[track_caller]
    pub fn send_expecting(&self, head: &[u8], body: &[u8]) -> (u16, Heard) {
        let mut connection = self.open();
        let first = connection.ask(head).unwrap_or_else(|e| panic!("no interim reply: {e}"));
        match first.status() {
            100 => (100, connection.ask(body).unwrap_or_else(|e| panic!("no reply after 100: {e}"))),
            refused => (refused, first),
        }
    }

    /// A connection to send several requests on.
    #[track_caller]
    pub fn open(&self) -> Connection {
        let stream = connect(self.address).unwrap();
        let stream: Box<dyn Wire> = match &self.tls {
            None => Box::new(stream),
            Some(config) => {
                let name = ServerName::try_from("localhost").unwrap();
                Box::new(StreamOwned::new(ClientConnection::new(config.clone(), name).unwrap(), stream))
            }
        };
        Connection { stream: BufReader::new(stream) }
    }
}

/// One connection, kept alive.
pub struct Connection {
    stream: BufReader<Box<dyn Wire>>,
}

impl Connection {
    /// Sends these bytes and reads one reply.
    pub fn ask(&mut self, bytes: &[u8]) -> io::Result<Heard> {
        self.stream.get_mut().write_all(bytes)?;
        self.stream.get_mut().flush()?;
        self.read()
    }

    fn read(&mut self) -> io::Result<Heard> {
        hear(&mut self.stream)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// TCP or TLS.
trait Wire: Read + Write + Send {
    /// Nothing more will come from this side; it still reads.
    fn end_writing(&mut self) -> io::Result<()>;
}

impl Wire for TcpStream {
    fn end_writing(&mut self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

impl<C, S> Wire for StreamOwned<C, TcpStream>
where
    C: DerefMut<Target = ConnectionCommon<S>> + Send,
    S: rustls::SideData,
{
    fn end_writing(&mut self) -> io::Result<()> {
        self.conn.send_close_notify();
        self.conn.write_tls(&mut self.sock)?;
        self.sock.shutdown(Shutdown::Write)
    }
}

/// Makes a reply's bytes out of a request.
type Reply = dyn Fn(&Heard) -> Vec<u8> + Send + Sync;

struct Caught {
    requests: Vec<Heard>,
    statuses: VecDeque<u16>,
    otherwise: Arc<Reply>,
}

/// A reply's bytes: status, header lines as they are, and the body with its length.
pub fn reply(status: u16, lines: &[&str], body: &[u8]) -> Vec<u8> {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let head = format!("HTTP/1.1 {status} As scripted\r\n{lines}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A server that takes whatever is posted, keeps it, and answers 200 with an empty body, or as told.
pub struct Catcher {
    caught: Arc<Watched<Caught>>,
    address: SocketAddr,
    scheme: &'static str,
    closed: Arc<AtomicBool>,
}

impl Catcher {
    /// Plain HTTP.
    pub fn start() -> Catcher {
        Catcher::listen(None)
    }

    /// TLS with this certificate, which names `localhost` and `127.0.0.1`.
    pub fn tls(own: &Identity) -> Catcher {
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(certificates(&own.cert), key(&own.key))
            .unwrap();
        Catcher::listen(Some(Arc::new(config)))
    }

    pub fn url(&self) -> String {
        format!("{}://{}/mdn", self.scheme, self.address)
    }

    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Makes each reply out of its request from now on: a synchronous MDN, or bytes that are none.
    pub fn reply_with(&self, make: impl Fn(&Heard) -> Vec<u8> + Send + Sync + 'static) {
        self.caught.with(|c| c.otherwise = Arc::new(make));
    }

    /// The statuses of the next replies, in order, with empty bodies.
    pub fn statuses(&self, statuses: &[u16]) {
        self.caught.with(|c| c.statuses.extend(statuses));
    }

    /// Waits for so many requests, and gives all of them.
    #[track_caller]
    pub fn requests(&self, many: usize) -> Vec<Heard> {
        self.caught.until(&format!("{many} requests at the catcher"), |c| {
            (c.requests.len() >= many).then(|| c.requests.clone())
        })
    }

    fn listen(tls: Option<Arc<ServerConfig>>) -> Catcher {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let nothing = Caught {
            requests: Vec::new(),
            statuses: VecDeque::new(),
            otherwise: Arc::new(|_| reply(200, &[], b"")),
        };
        let (caught, closed) = (Arc::new(Watched::new(nothing)), Arc::new(AtomicBool::new(false)));
        let catcher = Catcher {
            caught: caught.clone(),
            address,
            scheme: if tls.is_some() { "https" } else { "http" },
            closed: closed.clone(),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                let (caught, tls) = (caught.clone(), tls.clone());
                // A connection that breaks is the sender's affair: it shows in what was not caught.
                std::thread::spawn(move || serve(&caught, tls, stream));
            }
        });
        catcher
    }
}

impl Drop for Catcher {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(caught: &Watched<Caught>, tls: Option<Arc<ServerConfig>>, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    let stream: Box<dyn Wire> = match tls {
        None => Box::new(stream),
        Some(config) => {
            let connection = ServerConnection::new(config).map_err(io::Error::other)?;
            Box::new(StreamOwned::new(connection, stream))
        }
    };
    let mut stream = BufReader::new(stream);
    while let Some(heard) = hear(&mut stream)? {
        let (status, make) = caught.with(|c| {
            c.requests.push(heard.clone());
            (c.statuses.pop_front(), c.otherwise.clone())
        });
        let bytes = status.map_or_else(|| make(&heard), |status| reply(status, &[], b""));
        stream.get_mut().write_all(&bytes)?;
        stream.get_mut().flush()?;
    }
    Ok(())
}

/// Reads one request or reply; nothing where the other side has ended. A request that expects 100 gets it.
fn hear(stream: &mut BufReader<Box<dyn Wire>>) -> io::Result<Option<Heard>> {
    let Some(line) = read_line(stream)? else { return Ok(None) };
    let mut header_lines: Vec<String> = Vec::new();
    loop {
        let line = read_line(stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        match header_lines.last_mut() {
            _ if line.is_empty() => break,
            Some(last) if line.starts_with([' ', '\t']) => *last += &format!("\r\n{line}"),
            _ => header_lines.push(line),
        }
    }
    let mut heard = Heard { line, header_lines, body: Vec::new() };
    if heard.header("expect").eq_ignore_ascii_case("100-continue") {
        stream.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        stream.get_mut().flush()?;
    }
    if heard.header("transfer-encoding").eq_ignore_ascii_case("chunked") {
        loop {
            let line = read_line(stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
            take(stream, size, &mut heard.body)?;
            // The line end of the chunk; after the last one, of trailers that nobody sends here.
            read_line(stream)?;
            if size == 0 {
                break;
            }
        }
    } else if let Ok(length) = heard.header("content-length").parse() {
        take(stream, length, &mut heard.body)?;
    }
    Ok(Some(heard))
}

fn take(stream: &mut impl Read, size: u64, into: &mut Vec<u8>) -> io::Result<()> {
    let read = stream.take(size).read_to_end(into)?;
    if read as u64 == size { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn read_line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if stream.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&line);
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    Ok(stream)
}

#[track_caller]
fn certificates(path: &Path) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_file_iter(path).unwrap().collect::<Result<_, _>>().unwrap()
}

#[track_caller]
fn key(path: &Path) -> PrivateKeyDer<'static> {
    PrivateKeyDer::from_pem_file(path).unwrap()
}
