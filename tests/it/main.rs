//! Conversations of the real binary with real peers: a partner over TLS, an ERP that keeps its own log, a mail server, PostgreSQL.
//!
//! Nothing here knows the gateway's code: it is started as a process, spoken to from outside, and killed. Each test has a ledger,
//! folders and ports of its own, so all run side by side. Waiting is on signals (a log line, a request, a mail) with a deadline.
//! `make test` brings up what is needed and names it in `PORTWAY_TEST_DATABASE` and `PORTWAY_TEST_PYTHON`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod harness;

mod alerts;
mod aperak;
mod api;
mod as2;
mod as2_peers;
mod audit;
mod backup;
mod bad_input;
mod calm;
mod certificates;
mod conversations;
mod dead_ends;
mod demo;
mod documents;
mod drop_folder;
mod duplicates;
mod edifact;
mod endpoint_faults;
mod files;
mod guides;
mod identity;
mod init;
#[cfg(feature = "faults")]
mod kills;
mod limits;
mod operator;
mod order_flow;
mod outgoing;
mod postgres;
mod reload;
#[cfg(feature = "faults")]
mod retention;
mod routing;
mod service;
mod sftp;
mod sftp_client;
mod sources;
mod threads;
mod tokens;
mod two_gateways;
mod upgrades;
mod watching;
