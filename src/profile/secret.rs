//! A secret named in configuration, never written there: `{ credential = "x" }`, `{ file = "x" }`, `{ env = "X" }`.
//!
//! Promises: this type holds where the secret is, never the secret, so that printing, storing or comparing a
//! profile shows none. The value is read by [`Secret::resolve`] at the time of use, with one trailing line end
//! removed, and given out as a `SecretString` that is wiped when dropped.
//! Fails with the place that was looked at and what has to be done; never with any part of the value.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::SecretString;
use secrecy::zeroize::Zeroize;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use std::path::{Component, Path, PathBuf};

/// Where a secret is found.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// A systemd credential: `$CREDENTIALS_DIRECTORY/<name>`.
    Credential(String),
    /// A file, relative to the configuration folder.
    File(PathBuf),
    /// An environment variable.
    Env(String),
}

/// Why a secret could not be read. The operator's move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretError {
    /// `$CREDENTIALS_DIRECTORY` is not set.
    NoCredentials {
        name: String,
    },
    /// A credential's name holds a path.
    BadName {
        name: String,
    },
    Unreadable {
        from: String,
        reason: String,
    },
    NotText {
        from: String,
    },
    Empty {
        from: String,
    },
}

/// The folder of the configuration whose files `portway.service` loads as credentials.
pub const CREDENTIALS: &str = "credentials";
const LOADED: &str = "portway_";
/// No key or token we know is longer.
const LONGEST: u64 = 64 * 1024;

impl Secret {
    /// Reads the value. `base` is the configuration folder.
    pub fn resolve(&self, base: &Path) -> Result<SecretString, SecretError> {
        let from = self.to_string();
        match self {
            Secret::Credential(name) => read(&credential(name, base)?, from),
            Secret::File(path) => read(&base.join(path), from),
            Secret::Env(name) => match std::env::var(name) {
                Ok(value) => finish(value, from),
                Err(std::env::VarError::NotPresent) => {
                    Err(SecretError::Unreadable { from, reason: "it is not set".to_owned() })
                }
                Err(std::env::VarError::NotUnicode(_)) => Err(SecretError::NotText { from }),
            },
        }
    }
}

/// The file of a credential: what systemd loaded, or at a terminal what it would load.
fn credential(name: &str, base: &Path) -> Result<PathBuf, SecretError> {
    if !matches!(Path::new(name).components().collect::<Vec<_>>()[..], [Component::Normal(_)]) {
        return Err(SecretError::BadName { name: name.to_owned() });
    }
    let beside = base.join(CREDENTIALS);
    let Some(folder) = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from) else {
        if beside.is_dir() {
            return Ok(beside.join(name));
        }
        return Err(SecretError::NoCredentials { name: name.to_owned() });
    };
    // `LoadCredential=portway:FOLDER` puts the unit's word before the file's name.
    let loaded = folder.join(format!("{LOADED}{name}"));
    Ok(if loaded.exists() { loaded } else { folder.join(name) })
}

fn read(path: &Path, from: String) -> Result<SecretString, SecretError> {
    let unreadable = |reason: String| SecretError::Unreadable { from: from.clone(), reason };
    let size = std::fs::metadata(path).map_err(|e| unreadable(format!("{}: {e}", path.display())))?.len();
    if size > LONGEST {
        return Err(unreadable(format!("{}: {size} bytes are too many for a secret", path.display())));
    }
    let bytes = std::fs::read(path).map_err(|e| unreadable(format!("{}: {e}", path.display())))?;
    match String::from_utf8(bytes) {
        Ok(value) => finish(value, from),
        Err(error) => {
            error.into_bytes().zeroize();
            Err(SecretError::NotText { from })
        }
    }
}

/// Removes the one line end that editors and `echo` leave.
fn finish(mut value: String, from: String) -> Result<SecretString, SecretError> {
    if value.ends_with('\n') {
        value.pop();
        if value.ends_with('\r') {
            value.pop();
        }
    }
    if value.is_empty() {
        return Err(SecretError::Empty { from });
    }
    Ok(SecretString::from(value))
}

pub(super) const HELP: &str =
    "write { credential = \"name\" } for a systemd credential, { file = \"path\" } or { env = \"NAME\" }";

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::Credential(name) => write!(f, "credential `{name}`"),
            Secret::File(path) => write!(f, "file `{}`", path.display()),
            Secret::Env(name) => write!(f, "environment variable `{name}`"),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({self})")
    }
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretError::NoCredentials { name } => write!(
                f,
                "cannot read credential `{name}`: $CREDENTIALS_DIRECTORY is not set, and there is no folder `{CREDENTIALS}` \
                 beside gateway.toml; write it into {CREDENTIALS}/{name} there, give the unit LoadCredential={name}:…, or \
                 name the secret by {{ file = … }}"
            ),
            SecretError::BadName { name } => {
                write!(f, "cannot read credential `{name}`: a credential is a plain name, without a path")
            }
            SecretError::Unreadable { from, reason } => {
                write!(f, "cannot read the secret from {from}: {reason}")
            }
            SecretError::NotText { from } => write!(f, "the secret from {from} is not UTF-8 text"),
            SecretError::Empty { from } => write!(f, "the secret from {from} is empty"),
        }
    }
}

impl std::error::Error for SecretError {}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Secret;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a reference to a secret such as { credential = \"name\" }")
            }
            /// The value is not repeated: it may be the secret.
            fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Secret, E> {
                Err(E::custom(format!("a secret is never written here itself; {HELP}")))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
                let wrong = || serde::de::Error::custom(format!("a secret has exactly one place; {HELP}"));
                let (kind, place) = map.next_entry::<String, String>()?.ok_or_else(wrong)?;
                if map.next_entry::<String, String>()?.is_some() {
                    return Err(wrong());
                }
                match kind.as_str() {
                    "credential" => Ok(Secret::Credential(place)),
                    "file" => Ok(Secret::File(place.into())),
                    "env" => Ok(Secret::Env(place)),
                    _ => Err(wrong()),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A door's private key: a path relative to the configuration folder, or a secret's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile(Secret);

impl KeyFile {
    /// The file, which is read again when the gateway reloads.
    ///
    /// # Errors
    /// A key in an environment variable, or a credential that is not there.
    pub fn path(&self, base: &Path) -> Result<PathBuf, SecretError> {
        match &self.0 {
            Secret::File(path) => Ok(base.join(path)),
            Secret::Credential(name) => credential(name, base),
            Secret::Env(_) => Err(SecretError::Unreadable {
                from: self.0.to_string(),
                reason: "a door's key is a file: write { file = … } or { credential = … }".to_owned(),
            }),
        }
    }
}

impl<'de> Deserialize<'de> for KeyFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeyFile, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = KeyFile;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a file such as \"certs/gateway.key\", or { credential = \"name\" }")
            }
            fn visit_str<E: serde::de::Error>(self, path: &str) -> Result<KeyFile, E> {
                Ok(KeyFile(Secret::File(path.into())))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<KeyFile, A::Error> {
                Secret::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(KeyFile)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for KeyFile {
    fn schema_name() -> Cow<'static, str> {
        "KeyFile".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let secret = Secret::json_schema(generator);
        json_schema!({ "oneOf": [{ "type": "string" }, secret] })
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "format": "secret",
            "properties": {
                "credential": { "type": "string", "description": "A systemd credential." },
                "file": { "type": "string", "description": "A file, relative to the configuration folder." },
                "env": { "type": "string", "description": "An environment variable." },
            },
            "additionalProperties": false,
            "minProperties": 1,
            "maxProperties": 1,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::{Secret, SecretError};
    use secrecy::ExposeSecret;
    use std::path::Path;

    #[test]
    fn one_trailing_line_end_goes_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        for (content, value) in
            [("abc\n", "abc"), ("abc\r\n", "abc"), ("abc\n\n", "abc\n"), (" abc ", " abc ")]
        {
            std::fs::write(folder.path().join("x"), content).unwrap();
            let secret = Secret::File("x".into()).resolve(folder.path()).unwrap();
            assert_eq!(secret.expose_secret(), value);
        }
        std::fs::write(folder.path().join("x"), "\n").unwrap();
        assert!(matches!(Secret::File("x".into()).resolve(folder.path()), Err(SecretError::Empty { .. })));
        std::fs::write(folder.path().join("x"), [0xff, 0xfe]).unwrap();
        assert!(matches!(Secret::File("x".into()).resolve(folder.path()), Err(SecretError::NotText { .. })));
    }

    #[test]
    fn failures_say_where_was_looked() {
        let error =
            Secret::File("nothing-here".into()).resolve(Path::new("/nowhere")).unwrap_err().to_string();
        assert!(error.contains("/nowhere/nothing-here"), "{error}");
        let error = Secret::Credential("../shadow".into()).resolve(Path::new("/")).unwrap_err();
        assert!(matches!(error, SecretError::BadName { .. }));
        let error =
            Secret::Env("PORTWAY_TEST_IS_NOT_SET".into()).resolve(Path::new("/")).unwrap_err().to_string();
        assert!(error.contains("PORTWAY_TEST_IS_NOT_SET") && error.contains("not set"), "{error}");
    }
}
