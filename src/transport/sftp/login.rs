//! One SSH connection: who it is, and the one thing it may do.
//!
//! Accounts are the partners' profiles and nothing else: a user name, public keys, perhaps a password's hash, perhaps addresses.
//! A session channel may ask for the subsystem `sftp`; shells, commands, terminals, forwarding, agents, X11 and other channels are
//! refused. What a refused login was lacking is told to the log alone. A profile that changes is looked at again before each
//! request: a key that was taken out ends the sessions it opened.

use super::session::{Principal, Session};
use super::{Door, Served};
use crate::profile::partner::Status;
use crate::profile::{PartnerProfile, Store};
use russh::keys::{Algorithm, PublicKey};
use russh::server::{
    Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Session as Ssh, VerifiedPublicKey,
};
use russh::{Channel, ChannelId};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// Session channels of one connection.
const MOST_CHANNELS: usize = 4;

pub struct Login {
    door: Arc<Door>,
    address: SocketAddr,
    served: Served,
    who: Option<Who>,
    channels: HashMap<ChannelId, Channel<Msg>>,
}

/// A partner that proved who it is, and how.
#[derive(Clone)]
struct Who {
    profiles: Arc<Store>,
    partner: String,
    by: By,
}

#[derive(Clone)]
enum By {
    Key(Box<PublicKey>),
    /// The hash it matched.
    Password(String),
}

impl Principal for Who {
    fn profile(&self) -> Option<Arc<PartnerProfile>> {
        let profile = self.profiles.current().partner(&self.partner).cloned()?;
        let sftp = profile.partner.sftp.as_ref()?;
        let known = match &self.by {
            By::Key(key) => profile.sftp.as_ref().is_some_and(|own| own.knows(key)),
            By::Password(hash) => sftp.password.as_ref().is_some_and(|own| own.to_string() == *hash),
        };
        (known && profile.partner.status != Status::Draft).then_some(profile)
    }
}

impl Login {
    pub fn new(door: Arc<Door>, address: SocketAddr, served: Served) -> Login {
        Login { door, address, served, who: None, channels: HashMap::new() }
    }

    /// The partner of that name, if it may come from where it comes from.
    fn partner(&self, user: &str) -> Result<Arc<PartnerProfile>, &'static str> {
        let configuration = self.door.doors.profiles.current();
        let profile = configuration.partner_of_sftp_user(user).cloned().ok_or("nobody has this user name")?;
        let Some(sftp) = &profile.partner.sftp else { return Err("nobody has this user name") };
        let networks = &sftp.addresses;
        if !networks.is_empty() && !networks.iter().any(|network| network.contains(self.address.ip())) {
            return Err("the address is not one of the profile's");
        }
        if profile.partner.status == Status::Draft {
            return Err("the profile is a draft");
        }
        Ok(profile)
    }

    fn by_key(
        &self,
        user: &str,
        key: &PublicKey,
        algorithm: &Algorithm,
    ) -> Result<Arc<PartnerProfile>, &'static str> {
        let profile = self.partner(user)?;
        if matches!(algorithm, Algorithm::Rsa { hash: None }) {
            return Err("the signature is by SHA-1");
        }
        match &profile.sftp {
            Some(own) if own.knows(key) => Ok(profile),
            _ => Err("the key is not one of the profile's"),
        }
    }

    async fn by_password(
        &self,
        user: &str,
        password: &str,
    ) -> Result<(Arc<PartnerProfile>, String), &'static str> {
        let address = self.address.ip();
        match self.door.tries.turn(user, address, Instant::now()) {
            None => return Err("too many wrong passwords of late; the password was not looked at"),
            Some(wait) => tokio::time::sleep(wait).await,
        }
        let checked = self.checked(user, password).await;
        match &checked {
            Ok(_) => self.door.tries.succeeded(user),
            Err(_) => self.door.tries.failed(user, address, Instant::now()),
        }
        checked
    }

    async fn checked(
        &self,
        user: &str,
        password: &str,
    ) -> Result<(Arc<PartnerProfile>, String), &'static str> {
        let profile = self.partner(user)?;
        let hash = profile.partner.sftp.as_ref().and_then(|sftp| sftp.password.clone());
        let hash = hash.ok_or("the profile has no password")?;
        // Each takes a core for a moment and many MiB.
        let _turn = self.door.hashing.acquire().await.map_err(|_| "the door closes")?;
        let (known, password) = (hash.clone(), password.to_owned());
        let right = tokio::task::spawn_blocking(move || known.verify(&password)).await.unwrap_or(false);
        if right { Ok((profile, hash.to_string())) } else { Err("the password is wrong") }
    }

    fn refused(&self, user: &str, why: &str) -> Auth {
        let user: String = user.chars().filter(|c| !c.is_control()).take(64).collect();
        tracing::info!(user, address = %self.address, why, "an SFTP login was refused");
        Auth::reject()
    }

    fn accepted(&mut self, profile: &PartnerProfile, by: By) -> Auth {
        let how = if matches!(by, By::Key(_)) { "key" } else { "password" };
        tracing::info!(partner = profile.partner.id, address = %self.address, how, "logged in by SFTP");
        let partner = profile.partner.id.clone();
        self.who = Some(Who { profiles: Arc::clone(&self.door.doors.profiles), partner, by });
        self.served.authenticated.cancel();
        Auth::Accept
    }

    /// Begins to serve a channel; `false`: the partner has too many sessions, or none may begin.
    async fn begin(&mut self, channel: Channel<Msg>) -> bool {
        let Some(who) = self.who.clone() else { return false };
        let Some(profile) = who.profile() else { return false };
        let most = profile.partner.sftp.as_ref().map_or(0, |sftp| sftp.max_sessions);
        let (door, partner) = (Arc::clone(&self.door), who.partner.clone());
        let opened = tokio::task::spawn_blocking(move || door.trees.of(&partner)).await;
        let tree = match opened {
            Ok(Ok(tree)) => tree,
            Ok(Err(error)) => {
                tracing::error!(partner = who.partner, %error, "the folder of unfinished files cannot be used");
                return false;
            }
            Err(_) => return false,
        };
        let Some(tree) = tree.enter(most) else {
            tracing::info!(partner = who.partner, most, "an SFTP session was refused: there are enough");
            return false;
        };
        let (doors, remote, partner) =
            (self.door.doors.clone(), self.address.to_string(), who.partner.clone());
        let session = Session::new(doors, who, partner, remote, tree);
        let stop = self.served.stop.clone();
        self.served.sessions.spawn(session.serve(channel.into_stream(), stop));
        true
    }
}

impl Handler for Login {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, russh::Error> {
        match self.by_key(user, offer.public_key, offer.algorithm) {
            Ok(_) => Ok(Auth::Accept),
            Err(why) => Ok(self.refused(user, why)),
        }
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, russh::Error> {
        match self.by_key(user, key.public_key, key.algorithm) {
            Ok(profile) => Ok(self.accepted(&profile, By::Key(Box::new(key.public_key.clone())))),
            Err(why) => Ok(self.refused(user, why)),
        }
    }

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, russh::Error> {
        match self.by_password(user, password).await {
            Ok((profile, hash)) => Ok(self.accepted(&profile, By::Password(hash))),
            Err(why) => Ok(self.refused(user, why)),
        }
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Ssh,
    ) -> Result<(), russh::Error> {
        // Dropped, the reply refuses: so do all other kinds of channels.
        if self.who.is_some() && self.channels.len() < MOST_CHANNELS {
            self.channels.insert(channel.id(), channel);
            reply.accept().await;
        }
        Ok(())
    }

    async fn channel_close(&mut self, channel: ChannelId, _: &mut Ssh) -> Result<(), russh::Error> {
        self.channels.remove(&channel);
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        ssh: &mut Ssh,
    ) -> Result<(), russh::Error> {
        let channel = if name == "sftp" { self.channels.remove(&id) } else { None };
        let begun = match channel {
            Some(channel) => self.begin(channel).await,
            None => false,
        };
        if begun { ssh.channel_success(id) } else { ssh.channel_failure(id) }
    }

    async fn shell_request(&mut self, id: ChannelId, ssh: &mut Ssh) -> Result<(), russh::Error> {
        ssh.channel_failure(id)
    }

    async fn exec_request(&mut self, id: ChannelId, _: &[u8], ssh: &mut Ssh) -> Result<(), russh::Error> {
        ssh.channel_failure(id)
    }

    async fn env_request(
        &mut self,
        id: ChannelId,
        _: &str,
        _: &str,
        ssh: &mut Ssh,
    ) -> Result<(), russh::Error> {
        ssh.channel_failure(id)
    }

    #[allow(clippy::too_many_arguments)]
    async fn pty_request(
        &mut self,
        id: ChannelId,
        _: &str,
        _: u32,
        _: u32,
        _: u32,
        _: u32,
        _: &[(russh::Pty, u32)],
        ssh: &mut Ssh,
    ) -> Result<(), russh::Error> {
        ssh.channel_failure(id)
    }
}
