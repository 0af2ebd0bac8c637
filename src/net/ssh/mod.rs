//! A client of SFTP servers: libssh2 on a blocking thread of its own, behind an async face.
//!
//! A [`Client`] has at most one session, on one thread, which nobody else touches. It connects at the first request, does one
//! request at a time, is kept for some minutes while idle, and connects anew when it finds itself cut off. The host key is compared
//! before anything of ours is shown. Transfers stream through the spool: memory stays flat.
//! Every wait has an end: `timeout` is how long the server may say nothing. An error of libssh2 or a panic on the thread is the
//! caller's [`SshError`]; a request whose caller has gone ends with its connection.
//! Modern algorithms only: no SHA-1 in key exchange, host keys and MACs, no CBC.

mod error;
mod put;
mod session;

pub use error::{LoginBy, Result, SshError, Whose};
pub use put::{Done, NotPut, Put, outcome};
pub use session::{About, Entry, Stat, Upload};

use crate::net::spool::{Spool, Spooled};
use crate::profile::sftp_client::{Account, HostKey};
use secrecy::SecretString;
use session::Session;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// An idle session is kept for this long.
const IDLE: Duration = Duration::from_secs(4 * 60);
/// Between two signs of life while idle.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);
/// A session used this recently is not asked first whether it still works.
const FRESH: Duration = Duration::from_millis(500);

/// A server, and who we are there.
#[derive(Clone)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub user: String,
    /// Any of these.
    pub host_keys: Vec<HostKey>,
    pub login: Login,
    /// How long the server may say nothing.
    pub timeout: Duration,
}

#[derive(Clone)]
pub enum Login {
    /// The text of the private key's file.
    Key {
        pem: SecretString,
        passphrase: Option<SecretString>,
    },
    Password(SecretString),
}

impl Server {
    /// Reads the secrets that the account names; `base` is the configuration folder. Reads files: for blocking threads.
    ///
    /// # Errors
    /// [`SshError::OurSecret`].
    pub fn of(account: &Account, base: &Path) -> Result<Server> {
        let read = |secret: &crate::profile::secret::Secret| {
            secret.resolve(base).map_err(|e| SshError::OurSecret { why: e.to_string() })
        };
        let login = match (&account.key, &account.password) {
            (Some(key), _) => {
                Login::Key { pem: read(key)?, passphrase: account.passphrase.as_ref().map(read).transpose()? }
            }
            (None, Some(password)) => Login::Password(read(password)?),
            (None, None) => {
                return Err(SshError::OurSecret { why: "neither `key` nor `password` is named".into() });
            }
        };
        Ok(Server {
            host: account.host.clone(),
            port: account.port,
            user: account.user.clone(),
            host_keys: account.host_key.clone(),
            login,
            timeout: account.timeout.duration(),
        })
    }

    /// `host:port`, as it is shown; an IPv6 address in brackets.
    pub fn shown(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// See the module.
pub struct Client {
    server: Arc<Server>,
    /// Whoever holds it has the session.
    kept: tokio::sync::Mutex<Option<Handle>>,
}

impl Client {
    /// Connects to nobody yet.
    pub fn new(server: Server) -> Client {
        Client { server: Arc::new(server), kept: tokio::sync::Mutex::new(None) }
    }

    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Connects and logs in, where there is no session yet, and says what was agreed on.
    ///
    /// # Errors
    /// Any kind up to the login.
    pub async fn about(&self) -> Result<About> {
        self.run(|session| Ok(session.about.clone())).await
    }

    /// What is in a folder, `.` and `..` aside, in the server's order.
    ///
    /// # Errors
    /// [`SshError::NoSuchPath`], [`SshError::Permission`], and those of the connection.
    pub async fn list(&self, folder: &str) -> Result<Vec<Entry>> {
        let folder = folder.to_owned();
        self.run(move |session| session.list(&folder)).await
    }

    /// Size and time of a file or folder; links are followed.
    ///
    /// # Errors
    /// [`SshError::NoSuchPath`] where there is none.
    pub async fn stat(&self, path: &str) -> Result<Stat> {
        let path = path.to_owned();
        self.run(move |session| session.stat(&path)).await
    }

    /// The whole file, of at most `limit` bytes.
    ///
    /// # Errors
    /// [`SshError::TooLarge`] as soon as it is known, [`SshError::Disk`], and those of the connection.
    pub async fn download(&self, path: &str, spool: &Spool, limit: u64) -> Result<Spooled> {
        let (path, writer) = (path.to_owned(), spool.writer(limit));
        self.run(move |session| session.download(&path, writer, limit)).await
    }

    /// Writes a file; says how many bytes. On `Ok` the server has acknowledged all of them and the close.
    ///
    /// # Errors
    /// [`SshError::Exists`] for [`Upload::New`]; after any other error a part of the file may be there.
    pub async fn upload(&self, path: &str, content: Spooled, how: Upload) -> Result<u64> {
        let path = path.to_owned();
        self.run(move |session| session.upload(&path, &content, how)).await
    }

    /// Hands a file over; a repetition finds what an earlier try wrote. See [`Put`].
    ///
    /// # Errors
    /// [`NotPut`], which says whether the file may be there all the same.
    pub async fn put(&self, put: Put, content: Spooled) -> std::result::Result<Done, NotPut> {
        let unsure = Arc::new(AtomicBool::new(false));
        let tells = unsure.clone();
        let end = self.run(move |session| put::put(session, &put, &content, &tells)).await;
        end.map_err(|error| NotPut { error, unsure: unsure.load(Ordering::SeqCst) })
    }

    /// Renames, and never overwrites what is at `to`.
    ///
    /// # Errors
    /// [`SshError::Exists`]: `from` is where it was.
    pub async fn rename(&self, from: &str, to: &str) -> Result<()> {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.run(move |session| session.rename(&from, &to)).await
    }

    /// Removes a file.
    ///
    /// # Errors
    /// [`SshError::NoSuchPath`] where there is none.
    pub async fn remove(&self, path: &str) -> Result<()> {
        let path = path.to_owned();
        self.run(move |session| session.remove(&path)).await
    }

    /// The server's absolute name of a path; `.` is where we are after the login.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn realpath(&self, path: &str) -> Result<String> {
        let path = path.to_owned();
        self.run(move |session| session.realpath(&path)).await
    }

    /// Ends the session, where there is one. The next request connects anew.
    pub async fn close(&self) {
        self.kept.lock().await.take();
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut kept = self.kept.lock().await;
        // Taken out: if this future is dropped half-way, the session goes with it.
        let mut working = None;
        if let Some(mut handle) = kept.take()
            && handle.answers().await
        {
            working = Some(handle);
        }
        let mut handle = match working {
            Some(handle) => handle,
            None => self.open().await?,
        };
        let result = handle.ask(work).await;
        if result.as_ref().err().is_none_or(|error| !error.ends_session()) {
            handle.used = Instant::now();
            *kept = Some(handle);
        }
        result
    }

    async fn open(&self) -> Result<Handle> {
        let server = self.server.clone();
        let addresses = resolve(&server).await?;
        let (jobs, queue) = channel();
        let (ready, opened) = oneshot::channel();
        let socket = Arc::new(Mutex::new(None));
        let handle = Handle { jobs, socket: socket.clone(), busy: true, used: Instant::now() };
        let thread = std::thread::Builder::new().name("sftp-client".into());
        let started = thread.spawn(move || {
            // The caller sees its end of the channel close; there is nobody else to tell.
            let _ = catch_unwind(AssertUnwindSafe(move || live(&server, &addresses, &socket, ready, &queue)));
        });
        started.map_err(|e| SshError::Disk { why: format!("no thread could be started: {e}") })?;
        let mut handle = handle;
        opened.await.unwrap_or_else(|_| Err(broken_off()))?;
        handle.busy = false;
        Ok(handle)
    }
}

/// The caller's end of a session's thread. Dropped while busy, it cuts the connection, so that the thread ends at once.
struct Handle {
    jobs: Sender<Job>,
    socket: Arc<Mutex<Option<TcpStream>>>,
    busy: bool,
    used: Instant,
}

impl Handle {
    async fn ask<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Session) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        self.busy = true;
        let job: Job = Box::new(move |session| drop(answer.send(work(session))));
        if self.jobs.send(job).is_err() {
            return Err(broken_off());
        }
        let result = answered.await.unwrap_or_else(|_| Err(broken_off()));
        self.busy = false;
        result
    }

    /// Whether a kept session still works.
    async fn answers(&mut self) -> bool {
        self.used.elapsed() < FRESH || self.ask(|session| session.realpath(".")).await.is_ok()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(socket) = socket.filter(|_| self.busy) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

fn broken_off() -> SshError {
    SshError::Lost { doing: "the session's own thread".into(), why: "it ended unexpectedly".into() }
}

/// The life of a session, on its thread.
fn live(
    server: &Server,
    addresses: &[SocketAddr],
    socket: &Mutex<Option<TcpStream>>,
    ready: oneshot::Sender<Result<()>>,
    jobs: &Receiver<Job>,
) {
    let mut session = match Session::open(server, addresses, socket) {
        Ok(session) => session,
        Err(error) => return drop(ready.send(Err(error))),
    };
    if ready.send(Ok(())).is_err() {
        return session.close();
    }
    let mut used = Instant::now();
    loop {
        match jobs.recv_timeout(SIGN_OF_LIFE) {
            Ok(job) => {
                job(&mut session);
                used = Instant::now();
            }
            Err(RecvTimeoutError::Timeout) if used.elapsed() < IDLE && session.sign_of_life() => {}
            Err(_) => return session.close(),
        }
    }
}

async fn resolve(server: &Server) -> Result<Vec<SocketAddr>> {
    let failed = |why: String| SshError::Name { host: server.host.clone(), why };
    let looking = tokio::net::lookup_host((server.host.as_str(), server.port));
    let found = tokio::time::timeout(server.timeout, looking).await;
    let found = found.map_err(|_| failed("the name service does not answer".into()))?;
    let addresses: Vec<SocketAddr> = found.map_err(|e| failed(e.to_string()))?.collect();
    if addresses.is_empty() { Err(failed("the name service knows none".into())) } else { Ok(addresses) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[tokio::test]
    async fn a_thread_that_panics_is_an_error_of_its_caller() {
        let (jobs, queue) = channel::<Job>();
        let mut handle = Handle { jobs, socket: Arc::default(), busy: false, used: Instant::now() };
        let thread = std::thread::spawn(move || {
            let job = queue.recv();
            let _ = catch_unwind(AssertUnwindSafe(move || {
                let _job = job;
                panic!("a fault");
            }));
        });
        let error = handle.ask(|session| session.realpath(".")).await.unwrap_err();
        assert_eq!(error, broken_off());
        thread.join().unwrap();
        let error = handle.ask(|session| session.realpath(".")).await.unwrap_err();
        assert_eq!(error, broken_off(), "and of the next one");
    }
}
