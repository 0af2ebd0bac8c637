//! A partner's own SFTP server, where we are the client.

mod client;
