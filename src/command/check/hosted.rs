//! A partner's account at our own SFTP door: is the door open, who gets in, what is seen there.

use super::{Report, Step};
use crate::command::connect::state_directory;
use crate::command::sheet_sftp::SftpSheet;
use crate::ledger::alert::Move;
use crate::net::probe;
use crate::profile::{Configuration, PartnerProfile};
use crate::transport::sftp::host_key;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const DOOR: &str = "SFTP door";
const ACCOUNT: &str = "SFTP account";
const FOLDERS: &str = "SFTP folders";

pub async fn look(configuration: &Configuration, profile: &PartnerProfile, report: &mut Report) {
    let Some(sheet) = SftpSheet::of(configuration, profile) else { return };
    report.add(&door(configuration).await);
    report.add(&account(profile));
    report.add(&Step::ok(
        FOLDERS,
        format!(
            "/in takes a file {}; /out has what we send, /failed what we could not process",
            sheet.accepted()
        ),
    ));
}

async fn door(configuration: &Configuration) -> Step {
    let Some(door) = &configuration.gateway.listen.sftp else {
        let next = "write [listen.sftp] with its address in gateway.toml";
        return Step::error(DOOR, "closed: the partner cannot come in", Move::Us, next);
    };
    let keys = host_key::public(&state_directory(configuration));
    let keys: Vec<String> = keys.iter().map(host_key::fingerprint).collect();
    if keys.is_empty() {
        let found = format!("{} has no host keys yet", door.address);
        return Step::warning(DOOR, found, Move::Us, "start the gateway: the first start makes them");
    }
    let keys = keys.join(", ");
    let mut address = door.address;
    if address.ip().is_unspecified() {
        let here: IpAddr =
            if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        address = SocketAddr::new(here, address.port());
    }
    if address.port() == 0 {
        return Step::ok(DOOR, format!("a port that the system chooses; host keys {keys}"));
    }
    match probe::connect(&[address]).await {
        Ok(_) => Step::ok(DOOR, format!("open at {address}; host keys {keys}")),
        Err(_) => Step::warning(
            DOOR,
            format!("nobody listens at {address} on this host; host keys {keys}"),
            Move::Us,
            "start the gateway, or look on the host where it runs",
        ),
    }
}

fn account(profile: &PartnerProfile) -> Step {
    let keys: Vec<String> = profile.sftp.iter().flat_map(|own| own.fingerprints()).collect();
    let section = profile.partner.sftp.as_ref();
    let password = section.is_some_and(|sftp| sftp.password.is_some());
    let user = profile.sftp_user().unwrap_or_default();
    let mut by = Vec::new();
    if !keys.is_empty() {
        by.push(format!("with {} ({})", if keys.len() == 1 { "a key" } else { "keys" }, keys.join(", ")));
    }
    if password {
        by.push("with a password".to_owned());
    }
    if by.is_empty() {
        let next = "ask for their public key, and write it into keys under [sftp]";
        return Step::error(
            ACCOUNT,
            format!("{user} cannot log in: no key, no password"),
            Move::Partner,
            next,
        );
    }
    let addresses: Vec<String> =
        section.iter().flat_map(|sftp| &sftp.addresses).map(ToString::to_string).collect();
    let from = match addresses.is_empty() {
        true => "from anywhere".to_owned(),
        false => format!("from {}", addresses.join(", ")),
    };
    Step::ok(ACCOUNT, format!("{user} comes {}, {from}", by.join(" or ")))
}
