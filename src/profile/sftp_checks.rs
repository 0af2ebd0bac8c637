//! Checks of `[sftp]` and `[listen.sftp]` across keys.
//!
//! Promises: what can never work is an error at the key that has to change; what is allowed but hardly meant is a warning.

use super::document::{Document, steps};
use super::gateway::Gateway;
use super::partner::Status;
use super::partner_profile::PartnerProfile;
use super::problem::Problem;
use super::sftp::Accept;

/// `[listen.sftp]`.
pub(super) fn gateway(document: &Document, gateway: &Gateway, problems: &mut Vec<Problem>) {
    let Some(door) = &gateway.listen.sftp else { return };
    for (key, zero) in [
        ("max_sessions", door.max_sessions == 0),
        ("handshake", door.handshake.is_zero()),
        ("max_unauthenticated", door.max_unauthenticated == 0),
        ("tries", door.tries == 0),
        ("idle", door.idle.is_zero()),
    ] {
        if zero {
            let problem = document.problem(&steps!["listen", "sftp", key], "this cannot be zero");
            problems.push(problem.help("leave the key out for its default"));
        }
    }
    if let Some(host) = &door.host
        && (host.is_empty() || host.contains(|c: char| c.is_whitespace() || c == '/' || c == '@'))
    {
        let problem = document.problem(&steps!["listen", "sftp", "host"], format!("`{host}` is not a host"));
        problems.push(problem.help("write the name that partners use, as in \"sftp.us.example:2222\""));
    }
}

/// One profile's `[sftp]`.
pub(super) fn partner(gateway: &Gateway, profile: &PartnerProfile, problems: &mut Vec<Problem>) {
    let Some(sftp) = &profile.partner.sftp else { return };
    let user = profile.sftp_user().unwrap_or_default();
    if user.is_empty() || user.len() > 64 || !user.bytes().all(|b| b.is_ascii_graphic() && b != b':') {
        let problem = profile.problem(&steps!["sftp", "user"], format!("`{user}` is not a user name"));
        problems.push(problem.help("use 1 to 64 printable ASCII characters without blanks and `:`"));
    }
    for (key, zero) in [
        ("max_file_bytes", sftp.max_file_bytes == Some(0)),
        ("max_pending_bytes", sftp.max_pending_bytes == 0),
        ("max_sessions", sftp.max_sessions == 0),
        ("settle", sftp.accept == Accept::Settle && sftp.settle.is_zero()),
    ] {
        if zero {
            let problem = profile.problem(&steps!["sftp", key], "this cannot be zero");
            problems.push(problem.help("leave the key out for its default"));
        }
    }
    if sftp.pattern.is_empty() {
        let problem = profile.problem(&steps!["sftp", "pattern"], "no name fits an empty pattern");
        problems.push(problem.help("write names with `*` and `?`, as in \"*.edi\", or leave it out"));
    }
    if let Some(most) = sftp.max_file_bytes
        && most > gateway.limits.max_message_bytes
    {
        let message = format!(
            "the gateway takes no more than {} bytes, whatever stands here",
            gateway.limits.max_message_bytes
        );
        let problem = profile.problem(&steps!["sftp", "max_file_bytes"], message).warning();
        problems.push(problem.help("raise max_message_bytes under [limits] in gateway.toml"));
    }
    if sftp.keys.is_empty() && sftp.password.is_none() {
        let problem = profile.problem(&steps!["sftp"], "[sftp] names no key and no password").warning();
        problems.push(problem.help(
            "write keys = [\"ssh-ed25519 AAAA…\"] with the partner's public key; without one it cannot log in",
        ));
    }
    if gateway.listen.sftp.is_none() && profile.partner.status != Status::Draft {
        let problem =
            profile.problem(&steps!["sftp"], "the partner comes by SFTP, but that door is closed").warning();
        problems.push(problem.help("write [listen.sftp] in gateway.toml"));
    }
}
