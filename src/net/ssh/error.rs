//! Why something with an SFTP server did not work: what, where, whose move it is, and whether trying again makes sense.
//!
//! Promises: a closed list, so that callers decide by kind and never by text. The text says what to do next. No text holds a secret.

use std::fmt;
use std::time::Duration;

pub type Result<T> = std::result::Result<T, SshError>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SshError {
    /// The host's name has no address.
    Name {
        host: String,
        why: String,
    },
    /// No connection: no route, no answer, cut at once.
    Unreachable {
        address: String,
        why: String,
    },
    /// Nobody listens at that port.
    Refused {
        address: String,
    },
    /// No common algorithm, or no SSH server at all.
    Handshake {
        why: String,
    },
    /// The server is not the one that the configuration names; nobody logged in. Fingerprints.
    HostKey {
        expected: Vec<String>,
        got: Vec<String>,
    },
    /// The server does not let us in with this key or password.
    LoginRefused {
        user: String,
        by: LoginBy,
        why: String,
    },
    /// Our own key or password cannot be read or used.
    OurSecret {
        why: String,
    },
    NoSuchPath {
        path: String,
    },
    Permission {
        path: String,
    },
    Exists {
        path: String,
    },
    /// The server's disk or our quota there is full.
    NoSpace {
        path: String,
    },
    /// The file is larger than what we take.
    TooLarge {
        path: String,
        limit: u64,
    },
    /// Our own spool cannot be used.
    Disk {
        why: String,
    },
    /// The server said nothing for so long.
    Timeout {
        doing: String,
        after: Duration,
    },
    /// The connection ended in the middle.
    Lost {
        doing: String,
        why: String,
    },
    /// The server says that it failed, and not why.
    Failed {
        doing: String,
        path: String,
        why: String,
    },
}

/// What we showed to be let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginBy {
    Key,
    Password,
}

/// Whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Us,
    /// Those who run the server.
    Theirs,
}

impl SshError {
    pub fn whose(&self) -> Whose {
        match self {
            SshError::Name { .. }
            | SshError::HostKey { .. }
            | SshError::OurSecret { .. }
            | SshError::Disk { .. } => Whose::Us,
            SshError::Unreachable { .. }
            | SshError::Refused { .. }
            | SshError::Handshake { .. }
            | SshError::LoginRefused { .. }
            | SshError::NoSuchPath { .. }
            | SshError::Permission { .. }
            | SshError::Exists { .. }
            | SshError::NoSpace { .. }
            | SshError::TooLarge { .. }
            | SshError::Timeout { .. }
            | SshError::Lost { .. }
            | SshError::Failed { .. } => Whose::Theirs,
        }
    }

    /// Whether the same may work later without anybody changing anything.
    pub fn is_temporary(&self) -> bool {
        match self {
            SshError::Name { .. }
            | SshError::Unreachable { .. }
            | SshError::Refused { .. }
            | SshError::NoSpace { .. }
            | SshError::Disk { .. }
            | SshError::Timeout { .. }
            | SshError::Lost { .. }
            | SshError::Failed { .. } => true,
            SshError::Handshake { .. }
            | SshError::HostKey { .. }
            | SshError::LoginRefused { .. }
            | SshError::OurSecret { .. }
            | SshError::NoSuchPath { .. }
            | SshError::Permission { .. }
            | SshError::Exists { .. }
            | SshError::TooLarge { .. } => false,
        }
    }

    /// Whether the session is of no use any more.
    pub fn ends_session(&self) -> bool {
        match self {
            SshError::NoSuchPath { .. }
            | SshError::Permission { .. }
            | SshError::Exists { .. }
            | SshError::NoSpace { .. }
            | SshError::Failed { .. } => false,
            // After a half transfer the rest is still on its way to us.
            _ => true,
        }
    }
}

impl fmt::Display for SshError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SshError::Name { host, why } => write!(f, "the host {host} has no address ({why}): check `host`"),
            SshError::Unreachable { address, why } => write!(
                f,
                "no connection to {address}: {why}; ask whether the server runs and lets our address in"
            ),
            SshError::Refused { address } => write!(
                f,
                "{address} refuses connections: nobody listens there; check `port`, or ask whether the server runs"
            ),
            SshError::Handshake { why } => write!(
                f,
                "no SSH session could be agreed on: {why}; ask for curve25519 or ECDH key exchange and AES or ChaCha20 ciphers"
            ),
            SshError::HostKey { expected, got } => write!(
                f,
                "the server shows another host key: {} instead of {}. Nobody logged in. Ask its owners by telephone whether they \
                 changed it; only then write the new fingerprint into `host_key`",
                got.join(", "),
                expected.join(" or ")
            ),
            SshError::LoginRefused { user, by, why } => {
                let by = match by {
                    LoginBy::Key => "our key",
                    LoginBy::Password => "our password",
                };
                write!(
                    f,
                    "the server does not let {user} in with {by} ({why}): ask its owners whether both are entered there"
                )
            }
            SshError::OurSecret { why } => write!(f, "our own key or password cannot be used: {why}"),
            SshError::NoSuchPath { path } => write!(f, "{path} does not exist on the server"),
            SshError::Permission { path } => write!(f, "the server does not permit it at {path}"),
            SshError::Exists { path } => write!(f, "{path} exists on the server already"),
            SshError::NoSpace { path } => write!(f, "the server has no space left for {path}"),
            SshError::TooLarge { path, limit } => {
                write!(f, "{path} is larger than the limit of {limit} bytes")
            }
            SshError::Disk { why } => write!(f, "our spool folder cannot be used: {why}"),
            SshError::Timeout { doing, after } => {
                write!(f, "the server said nothing for {} s ({doing})", after.as_secs_f32())
            }
            SshError::Lost { doing, why } => write!(f, "the connection was lost ({doing}): {why}"),
            SshError::Failed { doing, path, why } => {
                write!(f, "the server failed at {path} ({doing}): {why}; it says no more than that")
            }
        }
    }
}

impl std::error::Error for SshError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_whose_move_it_is() {
        let key = SshError::HostKey { expected: vec!["SHA256:a".into()], got: vec!["SHA256:b".into()] };
        assert_eq!((key.whose(), key.is_temporary()), (Whose::Us, false));
        assert!(key.to_string().contains("SHA256:b instead of SHA256:a"), "{key}");
        let lost = SshError::Lost { doing: "reading /a".into(), why: "reset".into() };
        assert_eq!((lost.whose(), lost.is_temporary(), lost.ends_session()), (Whose::Theirs, true, true));
        let refused = SshError::LoginRefused { user: "us".into(), by: LoginBy::Key, why: "no".into() };
        assert!(!refused.is_temporary() && refused.to_string().contains("with our key"), "{refused}");
        assert!(!SshError::Exists { path: "/a".into() }.ends_session());
    }
}
