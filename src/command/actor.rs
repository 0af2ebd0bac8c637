//! Who runs this command, for the audit trail: the account by its user id, never by the environment; and who became root by sudo.

use super::output::shown;
use crate::ledger::audit::Actor;
use crate::ledger::cluster::user_of;

/// The person at this command line.
pub fn actor() -> Actor {
    let uid = rustix::process::geteuid();
    let user = user_of(uid.as_raw()).unwrap_or_else(|| format!("uid {}", uid.as_raw()));
    let behind =
        std::env::var("SUDO_USER").ok().map(|name| shown(name.trim())).filter(|name| !name.is_empty());
    Actor::command(&host(), &user, behind.as_deref(), uid.is_root())
}

/// This host's name.
pub fn host() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "localhost".to_owned() } else { name }
}
