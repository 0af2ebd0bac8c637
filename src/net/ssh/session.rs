//! One SSH session with its SFTP channel, blocking: the thread of [`super::Client`] owns it.
//!
//! Order: TCP, key exchange, host key compared, login, SFTP. Fails with [`SshError`], never by waiting longer than the timeout for
//! a server that says nothing.

use super::error::{LoginBy, Result, SshError};
use super::{Login, Server};
use crate::net::spool::{SpoolError, SpoolWriter, Spooled};
use crate::profile::sftp_client::HostKey;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use ssh2::{ErrorCode, MethodType, OpenFlags, OpenType, Prompt, RenameFlags};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One write to the server: libssh2 sends it as many packets at once, and waits for the last answer.
const WRITE: usize = 1024 * 1024;
const READ: usize = 256 * 1024;
/// A folder with more is read so far.
const MOST_ENTRIES: usize = 50_000;

/// Strict key exchange (CVE-2023-48795) and the list of signature algorithms are asked for by name.
const KEX: &str = "mlkem768x25519-sha256,curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,\
     ecdh-sha2-nistp521,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,\
     diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256,ext-info-c,kex-strict-c-v00@openssh.com";
const CIPHERS: &str = "aes256-gcm@openssh.com,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr";
const MACS: &str = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512";
/// RSA keys sign with SHA-2 where the server says what it takes.
const SIGNATURES: &str =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256";

/// The kinds of host key, best first, each with its algorithms.
const KINDS: [(&str, &str); 3] = [
    ("ssh-ed25519", "ssh-ed25519"),
    ("ecdsa", "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521"),
    ("ssh-rsa", "rsa-sha2-512,rsa-sha2-256"),
];

/// What was agreed on with the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub address: SocketAddr,
    /// The server's own words, `SSH-2.0-OpenSSH_9.2`.
    pub banner: String,
    /// `SHA256:…`.
    pub host_key: String,
    pub key_exchange: String,
    pub cipher: String,
    /// Where we are after the login.
    pub home: String,
}

/// Size and time, as far as the server says them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    pub size: Option<u64>,
    /// Seconds since 1970.
    pub mtime: Option<u64>,
    pub is_file: bool,
    pub is_folder: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// One name, without a path. Display data until `usable`.
    pub name: String,
    /// Whether the server will know the file by this name: names that are not UTF-8 cannot be asked for.
    pub usable: bool,
    /// Links are not followed: neither file nor folder.
    pub stat: Stat,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upload {
    /// Only where there is no file of that name.
    New,
    /// In place of what is there.
    Overwrite,
}

/// How a file on the server relates to one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    Same,
    /// Ours begins with it.
    Beginning,
    Other,
}

pub struct Session {
    pub about: About,
    sftp: ssh2::Sftp,
    ssh: ssh2::Session,
    timeout: Duration,
}

impl Session {
    /// Connects and logs in. `socket` is where whoever waits can cut the connection.
    ///
    /// A server with several host keys shows one of the kind that we ask for. Where the configuration names fingerprints only, the
    /// kind is not known, so the other kinds are asked for before the server counts as another one.
    pub(super) fn open(
        server: &Server,
        addresses: &[SocketAddr],
        socket: &Mutex<Option<TcpStream>>,
    ) -> Result<Session> {
        let known: Vec<&str> = server.host_keys.iter().filter_map(HostKey::kind).collect();
        let kinds = KINDS.iter().filter(|(kind, _)| known.iter().any(|k| k.starts_with(kind)));
        let others = KINDS.iter().filter(|(kind, _)| !known.iter().any(|k| k.starts_with(kind)));
        let all: Vec<&str> = kinds.chain(others).map(|(_, algorithms)| *algorithms).collect();
        let first = attempt(server, addresses, socket, &all.join(","));
        let Err(SshError::HostKey { expected, mut got }) = first else { return first };
        for algorithms in all {
            match attempt(server, addresses, socket, algorithms) {
                Err(SshError::HostKey { got: more, .. }) => {
                    got.extend(more);
                }
                // It has none of that kind.
                Err(SshError::Handshake { .. }) => {}
                other => return other,
            }
        }
        got.sort();
        got.dedup();
        Err(SshError::HostKey { expected, got })
    }

    pub(super) fn sign_of_life(&self) -> bool {
        self.ssh.keepalive_send().is_ok()
    }

    /// Says good-bye, without waiting long.
    pub(super) fn close(self) {
        self.ssh.set_timeout(1000);
        let _ = self.ssh.disconnect(None, "done", None);
    }

    pub(super) fn list(&mut self, folder: &str) -> Result<Vec<Entry>> {
        let doing = "listing";
        let mut open = self.sftp.opendir(folder).map_err(|e| self.error(e, doing, folder))?;
        let mut found = Vec::new();
        while found.len() < MOST_ENTRIES {
            let (name, stat) = match open.readdir() {
                Ok(read) => read,
                // How ssh2 says that this was all.
                Err(e) if e.code() == ErrorCode::Session(LIBSSH2_ERROR_FILE) => break,
                Err(e) => return Err(self.error(e, doing, folder)),
            };
            let usable = name.to_str().is_some();
            let name = name.to_string_lossy().into_owned();
            // A name that leads elsewhere is none.
            if !matches!(name.as_str(), "" | "." | "..") && !name.contains('/') && !name.contains('\0') {
                found.push(Entry { name, usable, stat: stat_of(&stat) });
            }
        }
        Ok(found)
    }

    pub(super) fn stat(&mut self, path: &str) -> Result<Stat> {
        let stat = self.sftp.stat(Path::new(path)).map_err(|e| self.error(e, "looking at it", path))?;
        Ok(stat_of(&stat))
    }

    pub(super) fn download(&mut self, path: &str, mut to: SpoolWriter, limit: u64) -> Result<Spooled> {
        let doing = "reading";
        let mut file = self.sftp.open(path).map_err(|e| self.error(e, doing, path))?;
        let mut buffer = vec![0u8; READ];
        loop {
            let read = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(e) => return Err(self.transfer_error(&e, doing, path)),
            };
            to.write_blocking(&buffer[..read]).map_err(|e| spool_error(e, path, limit))?;
        }
        to.finish_blocking().map_err(|e| spool_error(e, path, limit))
    }

    /// Reads the file, as far as it is like ours.
    pub(super) fn compare(&mut self, path: &str, content: &Spooled) -> Result<Compared> {
        let (doing, ours) = ("comparing", |e: io::Error| SshError::Disk { why: e.to_string() });
        let mut file = self.sftp.open(path).map_err(|e| self.error(e, doing, path))?;
        let mut own = content.reader().map_err(ours)?;
        let (mut buffer, mut expected) = (vec![0u8; READ], vec![0u8; READ]);
        let mut left = content.size;
        loop {
            let read = file.read(&mut buffer).map_err(|e| self.transfer_error(&e, doing, path))?;
            if read == 0 {
                return Ok(if left == 0 { Compared::Same } else { Compared::Beginning });
            }
            if read as u64 > left {
                return Ok(Compared::Other);
            }
            own.read_exact(&mut expected[..read]).map_err(ours)?;
            if buffer[..read] != expected[..read] {
                return Ok(Compared::Other);
            }
            left -= read as u64;
        }
    }

    pub(super) fn upload(&mut self, path: &str, content: &Spooled, how: Upload) -> Result<u64> {
        let doing = "writing";
        let flags = match how {
            Upload::New => OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE,
            Upload::Overwrite => OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE,
        };
        let mut file = match self.sftp.open_mode(path, flags, 0o644, OpenType::File) {
            Ok(file) => file,
            Err(e) => {
                let error = self.error(e, doing, path);
                // Most servers say "failure" where the name is taken.
                let vague = matches!(error, SshError::Failed { .. }) && how == Upload::New;
                let taken = vague && self.sftp.stat(Path::new(path)).is_ok();
                return Err(if taken { SshError::Exists { path: path.to_owned() } } else { error });
            }
        };
        let mut written = 0;
        for piece in content.chunks(WRITE) {
            let piece = piece.map_err(|e| SshError::Disk { why: e.to_string() })?;
            file.write_all(&piece).map_err(|e| self.transfer_error(&e, doing, path))?;
            written += piece.len() as u64;
        }
        file.close().map_err(|e| self.error(e, "closing what was written", path))?;
        Ok(written)
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        let there = |sftp: &ssh2::Sftp, path: &str| sftp.lstat(Path::new(path)).map(|_| ());
        let exists = || SshError::Exists { path: to.to_owned() };
        match there(&self.sftp, to) {
            Ok(()) => return Err(exists()),
            Err(e) => match self.error(e, "looking whether the name is free", to) {
                SshError::NoSuchPath { .. } => {}
                error => return Err(error),
            },
        }
        // No flag to overwrite; version 3 of the protocol has no flags, and its rename does not overwrite (draft 02, 6.5).
        let flags = RenameFlags::ATOMIC | RenameFlags::NATIVE;
        let Err(e) = self.sftp.rename(Path::new(from), Path::new(to), Some(flags)) else { return Ok(()) };
        let error = self.error(e, "renaming", from);
        let came_since = matches!(error, SshError::Failed { .. })
            && there(&self.sftp, to).is_ok()
            && there(&self.sftp, from).is_ok();
        Err(if came_since { exists() } else { error })
    }

    pub(super) fn remove(&mut self, path: &str) -> Result<()> {
        self.sftp.unlink(Path::new(path)).map_err(|e| self.error(e, "removing", path))
    }

    pub(super) fn realpath(&mut self, path: &str) -> Result<String> {
        let real =
            self.sftp.realpath(Path::new(path)).map_err(|e| self.error(e, "asking for its name", path))?;
        Ok(real.to_string_lossy().into_owned())
    }

    fn error(&self, e: ssh2::Error, doing: &str, path: &str) -> SshError {
        error_of(&e, doing, path, self.timeout)
    }

    /// Reading and writing give an `io::Error`, which has lost the code: the session still knows it, save for what the server said.
    fn transfer_error(&self, e: &io::Error, doing: &str, path: &str) -> SshError {
        match ssh2::Error::last_session_error(&self.ssh).map(|last| last.code()) {
            Some(ErrorCode::Session(code)) if code != LIBSSH2_ERROR_SFTP_PROTOCOL => {
                let last = ssh2::Error::from_errno(ErrorCode::Session(code));
                error_of(&last, doing, path, self.timeout)
            }
            _ => {
                let text = e.to_string();
                let said = (0..=21).map(|code| ssh2::Error::from_errno(ErrorCode::SFTP(code)));
                let said = said.into_iter().find(|known| known.message() == text);
                said.map_or_else(
                    || SshError::Failed { doing: doing.to_owned(), path: path.to_owned(), why: text },
                    |known| error_of(&known, doing, path, self.timeout),
                )
            }
        }
    }
}

/// One connection, with host keys of these algorithms.
fn attempt(
    server: &Server,
    addresses: &[SocketAddr],
    socket: &Mutex<Option<TcpStream>>,
    host_keys: &str,
) -> Result<Session> {
    let (tcp, address) = connect(addresses, server.timeout)?;
    let copy = tcp.try_clone().map_err(|e| unreachable(address, &e))?;
    *socket.lock().unwrap_or_else(PoisonError::into_inner) = Some(copy);
    let timeout = server.timeout;
    let handshake = |e: ssh2::Error| match error_of(&e, "agreeing on a session", "", timeout) {
        SshError::Failed { why, .. } => SshError::Handshake { why },
        other => other,
    };
    let mut ssh = ssh2::Session::new().map_err(handshake)?;
    ssh.set_timeout(u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX).max(1));
    for (method, wanted) in [
        (MethodType::Kex, KEX),
        (MethodType::HostKey, host_keys),
        (MethodType::CryptCs, CIPHERS),
        (MethodType::CryptSc, CIPHERS),
        (MethodType::MacCs, MACS),
        (MethodType::MacSc, MACS),
        (MethodType::SignAlgo, SIGNATURES),
    ] {
        ssh.method_pref(method, wanted).map_err(handshake)?;
    }
    ssh.set_tcp_stream(tcp);
    ssh.handshake().map_err(handshake)?;
    let host_key = compare_host_key(&ssh, &server.host_keys)?;
    log_in(&ssh, server)?;
    ssh.set_keepalive(true, 20);
    let sftp = ssh.sftp().map_err(|e| error_of(&e, "opening the SFTP channel", "", timeout))?;
    let method = |of: MethodType| ssh.methods(of).unwrap_or("?").to_owned();
    let about = About {
        address,
        banner: ssh.banner().unwrap_or("?").trim().to_owned(),
        host_key,
        key_exchange: method(MethodType::Kex),
        cipher: method(MethodType::CryptCs),
        home: String::new(),
    };
    let mut session = Session { about, sftp, ssh, timeout };
    session.about.home = session.realpath(".")?;
    Ok(session)
}

/// The first address that answers; each gets its share of the time that is left.
fn connect(addresses: &[SocketAddr], timeout: Duration) -> Result<(TcpStream, SocketAddr)> {
    let end = Instant::now() + timeout;
    let mut last = None;
    for (nth, address) in addresses.iter().enumerate() {
        let left = end.saturating_duration_since(Instant::now());
        let share = (left / u32::try_from(addresses.len() - nth).unwrap_or(1)).max(Duration::from_millis(1));
        match TcpStream::connect_timeout(address, share) {
            Ok(tcp) => {
                let _ = tcp.set_nodelay(true);
                return Ok((tcp, *address));
            }
            Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => {
                last = Some(SshError::Refused { address: address.to_string() });
            }
            Err(e) => last = Some(unreachable(*address, &e)),
        }
    }
    Err(last.unwrap_or_else(|| SshError::Unreachable { address: "?".into(), why: "no address".into() }))
}

fn unreachable(address: SocketAddr, e: &io::Error) -> SshError {
    SshError::Unreachable { address: address.to_string(), why: e.to_string() }
}

/// Before anything of ours is shown.
fn compare_host_key(ssh: &ssh2::Session, pinned: &[HostKey]) -> Result<String> {
    let blob = ssh.host_key().map_or(&[][..], |(blob, _)| blob);
    let got = HostKey::from_sha256(Sha256::digest(blob).into());
    if !blob.is_empty() && pinned.iter().any(|key| key.same_key(&got)) {
        return Ok(got.to_string());
    }
    let expected = pinned.iter().map(ToString::to_string).collect();
    Err(SshError::HostKey { expected, got: vec![got.to_string()] })
}

fn log_in(ssh: &ssh2::Session, server: &Server) -> Result<()> {
    let (user, timeout) = (server.user.as_str(), server.timeout);
    let refused = |e: &ssh2::Error, by: LoginBy| match e.code() {
        ErrorCode::Session(LIBSSH2_ERROR_AUTHENTICATION_FAILED | LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED)
        | ErrorCode::Session(LIBSSH2_ERROR_METHOD_NONE | LIBSSH2_ERROR_PASSWORD_EXPIRED) => {
            SshError::LoginRefused { user: user.to_owned(), by, why: e.message().to_owned() }
        }
        _ => error_of(e, "logging in", "", timeout),
    };
    match &server.login {
        Login::Key { pem, passphrase } => {
            let passphrase = passphrase.as_ref().map(|p| p.expose_secret());
            let tried = ssh.userauth_pubkey_memory(user, None, pem.expose_secret(), passphrase);
            tried.map_err(|e| match e.code() {
                ErrorCode::Session(LIBSSH2_ERROR_FILE | LIBSSH2_ERROR_KEYFILE_AUTH_FAILED) => {
                    SshError::OurSecret { why: format!("the private key: {}", e.message()) }
                }
                _ => refused(&e, LoginBy::Key),
            })
        }
        Login::Password(password) => {
            let offered = ssh.auth_methods(user).map(str::to_owned).unwrap_or_default();
            let password = password.expose_secret();
            let tried = if !offered.contains("password") && offered.contains("keyboard-interactive") {
                ssh.userauth_keyboard_interactive(user, &mut Answers(password))
            } else {
                ssh.userauth_password(user, password)
            };
            tried.map_err(|e| refused(&e, LoginBy::Password))
        }
    }
}

/// Servers that ask for the password as a question.
struct Answers<'a>(&'a str);

impl ssh2::KeyboardInteractivePrompt for Answers<'_> {
    fn prompt<'a>(&mut self, _: &str, _: &str, prompts: &[Prompt<'a>]) -> Vec<String> {
        // A question whose answer may be seen is not one for the password.
        prompts.iter().map(|prompt| if prompt.echo { String::new() } else { self.0.to_owned() }).collect()
    }
}

fn stat_of(stat: &ssh2::FileStat) -> Stat {
    Stat {
        size: stat.size,
        mtime: stat.mtime,
        // A server that says no kind lists plain files at least.
        is_file: stat.perm.is_none_or(|perm| perm & 0o170_000 == 0) || stat.is_file(),
        is_folder: stat.is_dir(),
    }
}

fn spool_error(e: SpoolError, path: &str, limit: u64) -> SshError {
    match e {
        SpoolError::TooLarge { .. } => SshError::TooLarge { path: path.to_owned(), limit },
        SpoolError::Disk(e) => SshError::Disk { why: e.to_string() },
    }
}

// Of libssh2.h; ssh2 does not name them.
const LIBSSH2_ERROR_TIMEOUT: i32 = -9;
const LIBSSH2_ERROR_FILE: i32 = -16;
const LIBSSH2_ERROR_METHOD_NONE: i32 = -17;
const LIBSSH2_ERROR_PASSWORD_EXPIRED: i32 = -15;
const LIBSSH2_ERROR_AUTHENTICATION_FAILED: i32 = -18;
const LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED: i32 = -19;
const LIBSSH2_ERROR_SOCKET_TIMEOUT: i32 = -30;
const LIBSSH2_ERROR_SFTP_PROTOCOL: i32 = -31;
const LIBSSH2_ERROR_KEYFILE_AUTH_FAILED: i32 = -48;
/// Banner, MAC, key exchange, host key: the session never came to be.
const HANDSHAKE: [i32; 10] = [-2, -4, -5, -8, -10, -11, -12, -14, -33, -51];

fn error_of(e: &ssh2::Error, doing: &str, path: &str, timeout: Duration) -> SshError {
    let (doing, path, why) = (doing.to_owned(), path.to_owned(), e.message().to_owned());
    match e.code() {
        ErrorCode::Session(LIBSSH2_ERROR_TIMEOUT | LIBSSH2_ERROR_SOCKET_TIMEOUT) => {
            SshError::Timeout { doing, after: timeout }
        }
        ErrorCode::Session(code) if HANDSHAKE.contains(&code) => SshError::Handshake { why },
        ErrorCode::Session(_) => SshError::Lost { doing, why },
        // SSH_FX_*, draft-ietf-secsh-filexfer-02 (7) and -13 (9.1).
        ErrorCode::SFTP(code) => match code {
            2 | 10 => SshError::NoSuchPath { path },
            3 | 12 => SshError::Permission { path },
            11 => SshError::Exists { path },
            14 | 15 => SshError::NoSpace { path },
            6 | 7 => SshError::Lost { doing, why },
            _ => SshError::Failed { doing, path, why },
        },
    }
}
