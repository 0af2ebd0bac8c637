//! One SFTP session (draft-ietf-secsh-filexfer-02, protocol version 3, as OpenSSH speaks it): packets in, packets out.
//!
//! The codec is russh-sftp's; the loop is ours: a packet that is too long ends the session, one that cannot be read is answered
//! and left, requests are worked on in their order, and answers to what came together go out together. What a status says is true
//! when it leaves. When the client or the connection goes away, open uploads are kept as unfinished files.

use super::mailbox::{Entry, LONGEST_READ, Mailbox, Reading};
use super::path::{self, Folder, Node};
use super::tree::{Asking, Entered, Listed, Refusal, Writing, refuse};
use crate::profile::PartnerProfile;
use crate::transport::Doors;
use bytes::{Buf, Bytes, BytesMut};
use russh_sftp::protocol::{
    Attrs, Data, ExtendedReply, File, FileAttributes, Handle, Name, OpenFlags, Packet, Status, StatusCode,
    Version,
};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

/// The longest packet taken, in bytes: OpenSSH's own limit.
const LONGEST_PACKET: usize = 256 * 1024;
const LONGEST_WRITE: u64 = 255 * 1024;
/// Answers are sent on once they are this long.
const SEND_AT: usize = 128 * 1024;
const MOST_HANDLES: usize = 32;
/// Names in one answer to READDIR.
const NAMES: usize = 100;
/// How long a client may say nothing after `stop`, and how long while an upload is open.
const PATIENCE: Duration = Duration::from_millis(500);
const UPLOAD_PATIENCE: Duration = Duration::from_secs(3);
/// SSH_FXP_INIT has no id; every other request has one behind its type.
const INIT: u8 = 1;

/// The partner behind a session, as its profile stands now.
pub trait Principal: Send {
    /// `None`: it may not be here any more.
    fn profile(&self) -> Option<Arc<PartnerProfile>>;
}

pub struct Session<P> {
    doors: Doors,
    principal: P,
    remote: String,
    tree: Entered,
    mailbox: Mailbox,
    handles: HashMap<u64, Open>,
    next: u64,
}

enum Open {
    Folder(VecDeque<File>),
    Reading(Box<Reading>),
    Writing(Writing),
}

/// Ends when `stop` has come and `patience` has passed since.
async fn silence(stop: &CancellationToken, patience: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(patience).await;
}

impl<P: Principal> Session<P> {
    pub fn new(doors: Doors, principal: P, partner: String, remote: String, tree: Entered) -> Session<P> {
        let mailbox = Mailbox::new(doors.ledger.clone(), partner);
        Session { doors, principal, remote, tree, mailbox, handles: HashMap::new(), next: 0 }
    }

    /// Serves until the client is done, breaks off, breaks the rules, or says nothing for a moment after `stop`: an upload that
    /// runs comes to its end, and so does the rename behind it.
    pub async fn serve(mut self, stream: impl AsyncRead + AsyncWrite + Unpin, stop: CancellationToken) {
        if let Err(error) = self.requests(stream, &stop).await {
            tracing::debug!(remote = self.remote, %error, "an SFTP session broke off");
        }
        for open in self.handles.into_values() {
            if let Open::Writing(writing) = open {
                self.tree.abandon(&writing).await;
            }
        }
    }

    async fn requests(
        &mut self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
        stop: &CancellationToken,
    ) -> Result<(), std::io::Error> {
        let (mut come, mut go) = (BytesMut::with_capacity(LONGEST_PACKET), BytesMut::new());
        loop {
            while let Some(packet) = whole(&mut come)? {
                let Some(profile) = self.principal.profile() else {
                    tracing::info!(
                        remote = self.remote,
                        "an SFTP session ends: the partner's profile has changed"
                    );
                    return Ok(());
                };
                let answer = self.answer(&profile, packet).await;
                go.extend_from_slice(&Bytes::try_from(answer).map_err(std::io::Error::other)?);
                if go.len() >= SEND_AT {
                    stream.write_all(&go.split()).await?;
                }
            }
            if !go.is_empty() {
                stream.write_all(&go.split()).await?;
                stream.flush().await?;
            }
            // The room of packets that were answered is used again.
            come.reserve(LONGEST_PACKET / 2);
            let patience = if self.uploads() { UPLOAD_PATIENCE } else { PATIENCE };
            let read = tokio::select! {
                biased;
                () = silence(stop, patience) => return Ok(()),
                read = stream.read_buf(&mut come) => read?,
            };
            if read == 0 {
                return Ok(());
            }
        }
    }

    fn uploads(&self) -> bool {
        self.handles.values().any(|open| matches!(open, Open::Writing(_)))
    }

    async fn answer(&mut self, profile: &PartnerProfile, mut packet: Bytes) -> Packet {
        let id = match packet.as_ref() {
            [INIT, ..] | [] => 0,
            [_, id @ ..] => id.first_chunk().map_or(0, |id| u32::from_be_bytes(*id)),
        };
        let Ok(request) = Packet::try_from(&mut packet) else {
            return status(id, StatusCode::BadMessage, "This request cannot be read; names must be UTF-8.");
        };
        match self.request(profile, id, request).await {
            Ok(answer) => answer,
            Err(Refusal(code, words)) => status(id, code, &words),
        }
    }

    async fn request(
        &mut self,
        profile: &PartnerProfile,
        id: u32,
        request: Packet,
    ) -> Result<Packet, Refusal> {
        let done = || Ok(status(id, StatusCode::Ok, "Ok"));
        match request {
            Packet::Init(_) => Ok(version()),
            Packet::Open(open) => {
                let handle = self.open(profile, &open.filename, open.pflags).await?;
                self.handle(id, handle)
            }
            Packet::Close(close) => {
                self.close(profile, &close.handle).await?;
                done()
            }
            Packet::Read(read) => {
                let Some(Open::Reading(reading)) = self.handles.get_mut(&number(&read.handle)) else {
                    return unknown_handle();
                };
                match reading.read(&self.mailbox, read.offset, read.len).await? {
                    Some(data) => Ok(Packet::Data(Data { id, data })),
                    None => refuse(StatusCode::Eof, "End of file"),
                }
            }
            Packet::Write(write) => {
                let Some(Open::Writing(writing)) = self.handles.get(&number(&write.handle)) else {
                    return unknown_handle();
                };
                let asking = asking(&self.doors, profile, &self.remote)?;
                self.tree.write(asking, writing, write.offset, &write.data).await?;
                done()
            }
            Packet::Stat(stat) => self.stat(id, &stat.path).await,
            Packet::Lstat(stat) => self.stat(id, &stat.path).await,
            Packet::Fstat(stat) => {
                let attrs = match self.handles.get(&number(&stat.handle)) {
                    Some(Open::Folder(_)) => folder_attributes(),
                    Some(Open::Reading(reading)) => file_attributes(listed(&reading.entry), false),
                    Some(Open::Writing(writing)) => file_attributes(writing.listed(), true),
                    None => return unknown_handle(),
                };
                Ok(Packet::Attrs(Attrs { id, attrs }))
            }
            // Modes, owners and times have no meaning here; clients set them all the same.
            Packet::SetStat(set) => match path::node(&set.path) {
                Some(_) => done(),
                None => no_such_file(),
            },
            Packet::FSetStat(set) => {
                let handle = self.handles.get(&number(&set.handle));
                if let (Some(Open::Writing(writing)), Some(size)) = (handle, set.attrs.size) {
                    let asking = asking(&self.doors, profile, &self.remote)?;
                    self.tree.resize(asking, writing, size).await?;
                }
                done()
            }
            Packet::OpenDir(open) => {
                let files = self.listing(&open.path).await?;
                self.handle(id, Open::Folder(files))
            }
            Packet::ReadDir(read) => match self.handles.get_mut(&number(&read.handle)) {
                Some(Open::Folder(files)) if files.is_empty() => refuse(StatusCode::Eof, "End of folder"),
                Some(Open::Folder(files)) => {
                    let files = files.drain(..files.len().min(NAMES)).collect();
                    Ok(Packet::Name(Name { id, files }))
                }
                _ => unknown_handle(),
            },
            Packet::Remove(remove) => {
                self.remove(&remove.filename).await?;
                done()
            }
            Packet::Rename(rename) => {
                self.rename(profile, &rename.oldpath, &rename.newpath, false).await?;
                done()
            }
            Packet::RealPath(real) => {
                let files = vec![File::dummy(path::canonical(&real.path))];
                Ok(Packet::Name(Name { id, files }))
            }
            Packet::MkDir(make) => match path::node(&make.path) {
                Some(Node::Root | Node::Folder(_)) => {
                    refuse(StatusCode::Failure, "This folder is there already.")
                }
                _ => refuse(
                    StatusCode::PermissionDenied,
                    "Folders cannot be made here: files go into /in, answers are in /out.",
                ),
            },
            Packet::RmDir(_) => refuse(StatusCode::PermissionDenied, "Folders cannot be removed here."),
            Packet::ReadLink(_) | Packet::Symlink(_) => {
                refuse(StatusCode::OpUnsupported, "There are no links here.")
            }
            Packet::Extended(extended) => self.extended(profile, id, &extended.request, &extended.data).await,
            _ => refuse(StatusCode::BadMessage, "This is no request."),
        }
    }

    fn handle(&mut self, id: u32, open: Open) -> Result<Packet, Refusal> {
        self.next += 1;
        self.handles.insert(self.next, open);
        Ok(Packet::Handle(Handle { id, handle: self.next.to_string() }))
    }

    async fn open(
        &mut self,
        profile: &PartnerProfile,
        path: &str,
        flags: OpenFlags,
    ) -> Result<Open, Refusal> {
        if self.handles.len() >= MOST_HANDLES {
            return refuse(StatusCode::Failure, "Too many files are open in this session.");
        }
        let write =
            flags.intersects(OpenFlags::WRITE | OpenFlags::APPEND | OpenFlags::CREATE | OpenFlags::TRUNCATE);
        match (path::node(path), write) {
            (Some(Node::File(Folder::In, name)), true) => {
                let asking = asking(&self.doors, profile, &self.remote)?;
                self.tree.open(asking, &name, flags).await.map(Open::Writing)
            }
            (Some(Node::File(Folder::In, _)), false) => {
                refuse(StatusCode::PermissionDenied, "Files in /in cannot be read back.")
            }
            (Some(Node::File(folder, name)), false) => match self.entry(folder, &name).await? {
                Some(entry) => Ok(Open::Reading(Box::new(Reading::new(entry)))),
                None => no_such_file(),
            },
            (Some(Node::File(..)), true) => {
                refuse(StatusCode::PermissionDenied, "Files are put into /in, and nowhere else.")
            }
            (Some(Node::Root | Node::Folder(_)), _) => refuse(StatusCode::Failure, "This is a folder."),
            (None, true) => {
                refuse(StatusCode::PermissionDenied, "Files are put into /in, under a plain name.")
            }
            (None, false) => no_such_file(),
        }
    }

    async fn entry(&mut self, folder: Folder, name: &str) -> Result<Option<Entry>, Refusal> {
        let now = self.doors.clock.now();
        let entries = match folder {
            Folder::In => return Ok(None),
            Folder::Out => self.mailbox.out(false).await?,
            Folder::Failed => self.mailbox.failed(false, now).await?,
        };
        Ok(entries.iter().find(|entry| entry.name == name).cloned())
    }

    async fn close(&mut self, profile: &PartnerProfile, handle: &str) -> Result<(), Refusal> {
        match self.handles.remove(&number(handle)) {
            None => unknown_handle(),
            Some(Open::Folder(_)) => Ok(()),
            Some(Open::Reading(reading)) => {
                let leaves = profile.partner.sftp.as_ref().is_some_and(|sftp| sftp.delete_after_read);
                reading.close(&mut self.mailbox, leaves, self.doors.clock.now()).await;
                Ok(())
            }
            Some(Open::Writing(writing)) => {
                crate::fault::point("sftp.close");
                let asking = asking(&self.doors, profile, &self.remote)?;
                self.tree.close(asking, &writing).await
            }
        }
    }

    async fn stat(&mut self, id: u32, path: &str) -> Result<Packet, Refusal> {
        let attrs = match path::node(path) {
            None => return no_such_file(),
            Some(Node::Root | Node::Folder(_)) => Some(folder_attributes()),
            Some(Node::File(Folder::In, name)) => self.tree.find(&name).map(|l| file_attributes(l, true)),
            Some(Node::File(folder, name)) => {
                self.entry(folder, &name).await?.map(|entry| file_attributes(listed(&entry), false))
            }
        };
        match attrs {
            Some(attrs) => Ok(Packet::Attrs(Attrs { id, attrs })),
            None => no_such_file(),
        }
    }

    async fn listing(&mut self, path: &str) -> Result<VecDeque<File>, Refusal> {
        let now = self.doors.clock.now();
        let mut files: VecDeque<File> =
            [".", ".."].into_iter().map(|name| File::new(name, folder_attributes())).collect();
        match path::node(path) {
            Some(Node::Root) => {
                files.extend(Folder::ALL.map(|folder| File::new(folder.name(), folder_attributes())));
            }
            Some(Node::Folder(Folder::In)) => {
                let all = self.tree.list().into_iter();
                files.extend(all.map(|(name, listed)| File::new(name, file_attributes(listed, true))));
            }
            Some(Node::Folder(folder)) => {
                let entries = match folder {
                    Folder::Failed => self.mailbox.failed(true, now).await?,
                    _ => self.mailbox.out(true).await?,
                };
                let entries = entries.iter();
                files.extend(entries.map(|e| File::new(e.name.clone(), file_attributes(listed(e), false))));
            }
            Some(Node::File(..)) => return refuse(StatusCode::Failure, "This is no folder."),
            None => return no_such_file(),
        }
        Ok(files)
    }

    async fn remove(&mut self, path: &str) -> Result<(), Refusal> {
        match path::node(path) {
            Some(Node::File(Folder::In, name)) => self.tree.remove(&name).await,
            Some(Node::File(Folder::Out, name)) => self.mailbox.delete(&name, self.doors.clock.now()).await,
            Some(Node::File(Folder::Failed, _)) => {
                refuse(StatusCode::PermissionDenied, "Files in /failed go away by themselves.")
            }
            Some(_) => refuse(StatusCode::Failure, "This is a folder."),
            None => no_such_file(),
        }
    }

    async fn rename(
        &mut self,
        profile: &PartnerProfile,
        from: &str,
        to: &str,
        overwrite: bool,
    ) -> Result<(), Refusal> {
        match (path::node(from), path::node(to)) {
            (Some(Node::File(Folder::In, from)), Some(Node::File(Folder::In, to))) => {
                let asking = asking(&self.doors, profile, &self.remote)?;
                self.tree.rename(asking, &from, &to, overwrite).await
            }
            (None, _) => no_such_file(),
            _ => refuse(StatusCode::PermissionDenied, "Files are renamed within /in, and nowhere else."),
        }
    }

    async fn extended(
        &mut self,
        profile: &PartnerProfile,
        id: u32,
        request: &str,
        mut data: &[u8],
    ) -> Result<Packet, Refusal> {
        match request {
            "limits@openssh.com" => Ok(Packet::ExtendedReply(ExtendedReply { id, data: limits() })),
            "posix-rename@openssh.com" => {
                let (Some(from), Some(to)) = (text(&mut data), text(&mut data)) else {
                    return refuse(StatusCode::BadMessage, "This request cannot be read.");
                };
                self.rename(profile, &from, &to, true).await?;
                Ok(status(id, StatusCode::Ok, "Ok"))
            }
            // What CLOSE and RENAME say is durable; before them nothing need be.
            "fsync@openssh.com" => Ok(status(id, StatusCode::Ok, "Ok")),
            _ => refuse(StatusCode::OpUnsupported, "This extension is not offered."),
        }
    }
}

/// Takes the first packet off `come` once it is whole, without its length.
fn whole(come: &mut BytesMut) -> Result<Option<Bytes>, std::io::Error> {
    let Some(length) = come.first_chunk() else { return Ok(None) };
    let length = u32::from_be_bytes(*length) as usize;
    if length == 0 || length > LONGEST_PACKET {
        return Err(std::io::Error::other(format!("a packet of {length} bytes")));
    }
    if come.len() < 4 + length {
        come.reserve(4 + length - come.len());
        return Ok(None);
    }
    come.advance(4);
    Ok(Some(come.split_to(length).freeze()))
}

fn asking<'a>(doors: &'a Doors, profile: &'a PartnerProfile, remote: &'a str) -> Result<Asking<'a>, Refusal> {
    let Some(sftp) = &profile.partner.sftp else {
        return refuse(StatusCode::PermissionDenied, "Your set-up here has changed. Ask your contact.");
    };
    let gateway = doors.profiles.current().gateway.limits.max_message_bytes;
    let limit = sftp.max_file_bytes.unwrap_or(u64::MAX).min(gateway);
    Ok(Asking { doors, profile, sftp, remote, limit })
}

fn version() -> Packet {
    let mut version = Version::new();
    for (name, value) in
        [("limits@openssh.com", "1"), ("posix-rename@openssh.com", "1"), ("fsync@openssh.com", "1")]
    {
        version.extensions.insert(name.to_owned(), value.to_owned());
    }
    Packet::Version(version)
}

/// The longest packet, READ and WRITE, and the handles at once (OpenSSH's PROTOCOL, section 4.8).
fn limits() -> Vec<u8> {
    [LONGEST_PACKET as u64, u64::from(LONGEST_READ), LONGEST_WRITE, MOST_HANDLES as u64]
        .iter()
        .flat_map(|value| value.to_be_bytes())
        .collect()
}

/// An SSH string of UTF-8 (RFC 4251 section 5).
fn text(data: &mut &[u8]) -> Option<String> {
    let (length, rest) = data.split_first_chunk()?;
    let (text, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *data = rest;
    String::from_utf8(text.to_vec()).ok()
}

/// Handles are numbers of ours; 0 is none.
fn number(handle: &str) -> u64 {
    handle.parse().unwrap_or(0)
}

fn status(id: u32, status_code: StatusCode, words: &str) -> Packet {
    Packet::Status(Status { id, status_code, error_message: words.to_owned(), language_tag: "en".to_owned() })
}

fn unknown_handle<T>() -> Result<T, Refusal> {
    refuse(StatusCode::Failure, "There is no such handle.")
}

fn no_such_file<T>() -> Result<T, Refusal> {
    refuse(StatusCode::NoSuchFile, "There is no such file.")
}

fn listed(entry: &Entry) -> Listed {
    Listed { size: entry.size, changed: entry.changed }
}

const FOLDER: u32 = 0o040_755;
const WRITABLE: u32 = 0o100_640;
const READABLE: u32 = 0o100_440;

fn folder_attributes() -> FileAttributes {
    FileAttributes { size: Some(0), permissions: Some(FOLDER), ..owned(0) }
}

fn file_attributes(listed: Listed, writable: bool) -> FileAttributes {
    let mode = if writable { WRITABLE } else { READABLE };
    FileAttributes { size: Some(listed.size), permissions: Some(mode), ..owned(listed.changed) }
}

fn owned(changed: i64) -> FileAttributes {
    let time = u32::try_from(changed).unwrap_or(0);
    FileAttributes { uid: Some(0), gid: Some(0), atime: Some(time), mtime: Some(time), ..Default::default() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn packets_are_cut_where_they_end_and_long_ones_are_refused() {
        let mut come = BytesMut::from(&[0, 0, 0, 2, 9, 8, 0, 0, 0, 1][..]);
        assert_eq!(whole(&mut come).unwrap().unwrap().as_ref(), [9, 8]);
        assert_eq!(whole(&mut come).unwrap(), None);
        come.extend_from_slice(&[7]);
        assert_eq!(whole(&mut come).unwrap().unwrap().as_ref(), [7]);
        assert!(whole(&mut BytesMut::from(&[0xff; 8][..])).is_err());
        assert!(whole(&mut BytesMut::from(&[0; 4][..])).is_err());
    }

    #[test]
    fn two_names_are_read_one_after_the_other() {
        let mut data = &[0, 0, 0, 1, b'a', 0, 0, 0, 2, b'b', b'c'][..];
        assert_eq!(
            (text(&mut data), text(&mut data), text(&mut data)),
            (Some("a".into()), Some("bc".into()), None)
        );
        assert_eq!(text(&mut &[0xff, 0xff, 0xff, 0xff, b'a'][..]), None);
    }
}
