//! Checks of `[sftp_client]` across keys.
//!
//! Promises: what can never work is an error at the key that has to change; what is allowed but hardly meant is a warning.

use super::document::{Document, Step, steps};
use super::gateway::{Gateway, SftpEndpoint};
use super::partner_profile::PartnerProfile;
use super::problem::Problem;
use super::sftp_client::{Account, After, Poll, Push};

/// Where and as whom we log in; `at` is the section that says so.
pub(super) fn account(document: &Document, at: &[Step], account: &Account, problems: &mut Vec<Problem>) {
    let place = |key: &str| [at, &[Step::from(key)]].concat();
    let mut tell = |key: &str, message: String, help: &str| {
        problems.push(document.problem(&place(key), message).help(help));
    };
    let host = &account.host;
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || matches!(c, '/' | '@' | '[' | ']')) {
        tell(
            "host",
            format!("`{host}` is not a host"),
            "write its name or address alone, as in \"sftp.acme.example\"; the port stands in `port`",
        );
    }
    if account.port == 0 {
        tell("port", "this cannot be zero".into(), "leave the key out for its default");
    }
    if account.user.is_empty() || account.user.chars().any(char::is_control) {
        tell(
            "user",
            format!("`{}` is not a user name", account.user),
            "write the name that the server's owners gave us",
        );
    }
    if account.host_key.is_empty() {
        tell(
            "host_key",
            "the server's host key has to be known beforehand".into(),
            super::sftp_client::HOST_KEY_HELP,
        );
    }
    if account.timeout.is_zero() {
        tell("timeout", "this cannot be zero".into(), "leave the key out for its default");
    }
    match (&account.key, &account.password) {
        (None, None) => {
            let help = "write key = { file = \"keys/acme_sftp\" }; `ssh-keygen -t ed25519 -f keys/acme_sftp` makes one, and the .pub file goes to the partner";
            let problem = document.problem(at, "nothing says how we log in: neither `key` nor `password`");
            problems.push(problem.help(help));
        }
        (Some(_), Some(_)) => {
            tell(
                "password",
                "there are a key and a password".into(),
                "keep one: the key, where the server takes it",
            );
        }
        (None, Some(_)) if account.passphrase.is_some() => {
            tell(
                "passphrase",
                "there is no key to this passphrase".into(),
                "write key = { file = … }, or leave it out",
            );
        }
        _ => {}
    }
}

/// One profile's `[sftp_client]`.
pub(super) fn partner(gateway: &Gateway, profile: &PartnerProfile, problems: &mut Vec<Problem>) {
    let Some(client) = &profile.partner.sftp_client else { return };
    let mut own = Vec::new();
    account(&profile.document, &steps!["sftp_client"], &client.account(), &mut own);
    match &client.poll {
        Some(poll) => polling(gateway, profile, poll, &mut own),
        None if client.push.is_none() => {
            let problem = profile.problem(
                &steps!["sftp_client"],
                "[sftp_client] does nothing: there is neither [sftp_client.poll] nor [sftp_client.push]",
            );
            let help = "write [sftp_client.poll] with folders = [\"/outbox\"], or [sftp_client.push] with folder = \"/inbox\"";
            own.push(problem.warning().help(help));
        }
        None => {}
    }
    if let Some(push) = &client.push {
        pushing(profile, client.poll.as_ref(), push, &mut own);
    }
    problems.extend(own.into_iter().map(|problem| problem.of_partner(&profile.partner.id)));
}

fn pushing(profile: &PartnerProfile, poll: Option<&Poll>, push: &Push, problems: &mut Vec<Problem>) {
    let mut tell = |key: &str, message: String, help: &str| {
        problems.push(profile.problem(&steps!["sftp_client", "push", key], message).help(help));
    };
    folder("folder", &push.folder, &mut tell);
    let tidy = push.folder.trim_end_matches('/');
    if poll.is_some_and(|poll| poll.folders.iter().any(|polled| polled.trim_end_matches('/') == tidy)) {
        let message = format!("what we put into {} would be fetched from there again", push.folder);
        tell("folder", message, "name another folder than [sftp_client.poll] looks into");
    }
    if let Some(place) = push.unknown_place() {
        tell(
            "name",
            format!("`{place}` stands for nothing"),
            "write {name}, {stem}, {extension} or {id}, as in \"US-{stem}.edi\"",
        );
    } else if push.name_of("a.edi", "1").contains(|c: char| matches!(c, '/' | '\\') || c.is_control())
        || push.name.is_empty()
        || push.name.starts_with('.')
    {
        tell(
            "name",
            format!("`{}` makes no plain file name", push.name),
            "no folders, no dot at its beginning, no control characters; the folder stands in `folder`",
        );
    }
    super::checks::retry(&profile.document, &steps!["sftp_client", "push", "retry"], push.retry, problems);
}

/// A path on a server.
fn folder(key: &str, folder: &str, tell: &mut impl FnMut(&str, String, &str)) {
    if folder.is_empty() || folder.chars().any(char::is_control) {
        tell(
            key,
            format!("`{folder}` is not a folder"),
            "write its path on the server, \"/inbox\"; \".\" is where we are after the login",
        );
    }
}

/// One of our systems that takes files on an SFTP server.
pub(super) fn endpoint(document: &Document, name: &str, sftp: &SftpEndpoint, problems: &mut Vec<Problem>) {
    account(document, &steps!["endpoint", name], &sftp.account(), problems);
    let mut tell = |key: &str, message: String, help: &str| {
        problems.push(document.problem(&steps!["endpoint", name, key], message).help(help));
    };
    folder("path", &sftp.path, &mut tell);
}

fn polling(gateway: &Gateway, profile: &PartnerProfile, poll: &Poll, problems: &mut Vec<Problem>) {
    let mut tell = |keys: &[Step], message: String, help: &str| {
        let at = [&steps!["sftp_client", "poll"][..], keys].concat();
        problems.push(profile.problem(&at, message).help(help));
    };
    if poll.folders.is_empty() {
        tell(&steps!["folders"], "no folder is named".into(), "write folders = [\"/outbox\"]");
    }
    for (index, folder) in poll.folders.iter().enumerate() {
        let at = steps!["folders", index];
        let tidy = folder.trim_end_matches('/');
        if folder.is_empty() || folder.chars().any(char::is_control) {
            tell(
                &at,
                format!("`{folder}` is not a folder"),
                "write its path on the server, \"/outbox\"; \".\" is where we are after the login",
            );
        } else if poll.folders[..index].iter().any(|earlier| earlier.trim_end_matches('/') == tidy) {
            tell(&at, format!("the folder {folder} is named twice"), "name it once");
        } else if poll.moved.as_ref().is_some_and(|moved| moved.trim_end_matches('/') == tidy) {
            tell(
                &at,
                format!("taken files go to {folder}, and would be taken again there"),
                "name another folder in `moved`",
            );
        }
    }
    if poll.pattern.is_empty() {
        tell(
            &steps!["pattern"],
            "no name fits an empty pattern".into(),
            "write names with `*` and `?`, as in \"*.edi\", or leave it out",
        );
    }
    for (key, zero) in [("every", poll.every.is_zero()), ("max_file_bytes", poll.max_file_bytes == Some(0))] {
        if zero {
            tell(&steps![key], "this cannot be zero".into(), "leave the key out for its default");
        }
    }
    match (poll.after, &poll.moved) {
        (After::Move, None) => {
            tell(
                &steps!["after"],
                "nothing says where taken files go".into(),
                "write moved = \"/outbox/done\", a folder on the server",
            );
        }
        (After::Delete | After::Keep, Some(_)) => {
            tell(
                &steps!["moved"],
                "taken files are not moved".into(),
                "write after = \"move\", or leave `moved` out",
            );
        }
        _ => {}
    }
    if let Some(most) = poll.max_file_bytes
        && most > gateway.limits.max_message_bytes
    {
        let most = gateway.limits.max_message_bytes;
        let message = format!("the gateway takes no more than {most} bytes, whatever stands here");
        let problem = profile.problem(&steps!["sftp_client", "poll", "max_file_bytes"], message).warning();
        problems.push(problem.help("raise max_message_bytes under [limits] in gateway.toml"));
    }
}
