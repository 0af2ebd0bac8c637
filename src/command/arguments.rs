//! The command line, as clap has it. The names are a contract: scripts hold on to them.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(
    name = "portway",
    version,
    about = "An EDI/B2B gateway",
    propagate_version = true,
    max_term_width = 110
)]
pub struct Portway {
    /// The configuration folder: gateway.toml, partners.d, certs.
    #[arg(long, global = true, env = "PORTWAY_CONFIG", default_value = "/etc/portway", value_name = "DIR")]
    pub config: PathBuf,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run the gateway. SIGTERM drains, SIGHUP reloads.
    Serve {
        /// Where log lines go and how they look; auto: to the journal under systemd, else to stderr as text.
        #[arg(long, value_enum, default_value = "auto")]
        log: LogFormat,
    },
    /// See it work: a private PostgreSQL, a pretend partner and a pretend ERP, one good and one broken order.
    Demo {
        /// Keep everything running afterwards.
        #[arg(long)]
        stay: bool,
    },
    /// Write the first configuration into an empty --config folder, and make its secrets and AS2 key.
    Init(crate::command::init::Given),
    /// Check gateway.toml and all partner profiles.
    Validate {
        /// The folder to check; default --config.
        dir: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
    /// Look at EDI files, offline.
    #[command(subcommand)]
    File(FileVerb),
    /// What waits, what failed, what is due.
    Status {
        #[arg(long)]
        json: bool,
    },
    /// The same as it changes, once a second. q ends it.
    Top {
        /// One look, as text.
        #[arg(long)]
        once: bool,
    },
    /// For a monitoring system: one line with perfdata, exit 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. A limit of 0 is none.
    Check(CheckArguments),
    /// Make the running gateways read their configuration again, and say what changed.
    Reload {
        #[arg(long)]
        json: bool,
    },
    /// What came and what left, quarantine included.
    #[command(subcommand)]
    Message(MessageVerb),
    /// Documents and their deliveries, by id or business key (PO:4500123).
    #[command(subcommand)]
    Doc(DocVerb),
    /// Acknowledgements that we expect: receipts (MDN) of AS2 messages.
    #[command(subcommand)]
    Ack(AckVerb),
    /// Who changed what, through what, and why.
    #[command(subcommand)]
    Audit(AuditVerb),
    /// What is kept how long, and what is removed.
    #[command(subcommand)]
    Retention(RetentionVerb),
    /// Trading partners.
    #[command(subcommand)]
    Partner(PartnerVerb),
    /// Certificates: our stations', the partners', the doors'.
    #[command(subcommand, name = "cert")]
    Certificate(CertificateVerb),
    /// Our own systems.
    #[command(subcommand)]
    Endpoint(EndpointVerb),
    /// The JSON Schema of a document (purchase-order), or of a configuration file (gateway, partner).
    Schema {
        /// Without: the names.
        name: Option<String>,
    },
    /// What a diagnostic code (X1205), a segment (PO1, BGM) or an element (PO1-03, DTM-2380) means.
    // `--version` is the standard's here.
    #[command(disable_version_flag = true)]
    Explain {
        code: String,
        /// The X12 version for elements: 004010, 005010.
        #[arg(long, conflicts_with = "directory")]
        version: Option<String>,
        /// The EDIFACT directory for elements: D96A, D01B.
        #[arg(long)]
        directory: Option<String>,
    },
    /// The ledger and the configuration into one file, while the gateway works on.
    Backup {
        /// A new file, such as portway-2026-11-24.tar.zst.
        file: PathBuf,
        /// Private keys and secrets too.
        #[arg(long)]
        with_keys: bool,
    },
    /// A backup back, into an empty ledger; what may have left after the backup is held for a person.
    Restore {
        file: PathBuf,
        /// Only try it: restore into a PostgreSQL of its own, compare with the manifest, and remove it.
        #[arg(long)]
        verify: bool,
        /// Put the configuration into this folder; --config still names the ledger.
        #[arg(long, value_name = "DIR", conflicts_with = "verify")]
        into: Option<PathBuf>,
        /// Write the configuration also where there is one; what it replaces is kept as NAME.before-restore.
        #[arg(long, conflicts_with = "verify")]
        config_too: bool,
        /// How far the control numbers jump: more than were given out since the backup, for any partner.
        #[arg(long, value_name = "NUMBERS", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
        margin: u32,
    },
    /// The ledger's database.
    #[command(subcommand)]
    Db(DbVerb),
    /// Write shell completions to stdout.
    Completions { shell: clap_complete::Shell },
    /// Write man pages into a folder.
    Man { dir: PathBuf },
}

#[derive(Debug, Subcommand)]
pub enum DbVerb {
    /// Become the private PostgreSQL, and make it first where it is not there: what portway-postgres.service runs.
    Run {
        /// The cluster's data folder.
        #[arg(long, default_value = "/var/lib/portway-postgres/data")]
        data: PathBuf,
        /// The folder of its socket.
        #[arg(long, default_value = crate::command::db::SOCKET)]
        socket: PathBuf,
    },
    /// Exit 0 if gateway.toml puts the ledger into that PostgreSQL, 1 if elsewhere.
    Needed,
    /// Bring the ledger's schema up to date, as a gateway that starts does.
    Migrate {
        /// Only name what would run: exit 1 if anything would, 0 if nothing.
        #[arg(long)]
        check: bool,
    },
    /// Move the private PostgreSQL, which stands still, to the newest major version on this host.
    Upgrade {
        /// Only ask pg_upgrade whether it would work.
        #[arg(long)]
        check: bool,
        /// Link the data in place of copying it: no room needed, and no way back once the new one has started.
        #[arg(long)]
        link: bool,
        /// The major version to go to; the same one makes the data folder anew.
        #[arg(long, value_name = "MAJOR")]
        to: Option<u32>,
        /// Remove the old data that an upgrade has kept.
        #[arg(long, conflicts_with_all = ["check", "link", "to"])]
        finish: bool,
        /// The data folder of portway-postgres.service.
        #[arg(long, default_value = "/var/lib/portway-postgres/data", value_name = "DIR")]
        data: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Auto,
    Text,
    Json,
    /// The systemd journal, each fact a field of its own.
    Journal,
}

/// Which bytes of a message.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub struct RawWhat {
    /// What came over the wire, signed and encrypted (AS2; kept up to 256 KiB).
    #[arg(long)]
    pub wire: bool,
    /// The receipt that we answered with (AS2).
    #[arg(long)]
    pub receipt: bool,
    /// What came beside the EDI, by its number.
    #[arg(long, value_name = "NUMBER")]
    pub attachment: Option<i32>,
    /// What is in the ZIP archive or GZIP file that it is, one entry after another, as the partner's profile lets it be opened.
    #[arg(long, conflicts_with_all = ["wire", "receipt", "attachment"])]
    pub unpacked: bool,
}

#[derive(Debug, Subcommand)]
pub enum FileVerb {
    /// Every segment explained in words, loops and hierarchical levels as a tree.
    View { file: PathBuf },
    /// Everything that is wrong with it, where, what it means, and what we would answer.
    Lint {
        file: PathBuf,
        /// JSON Lines, one finding each.
        #[arg(long)]
        json: bool,
    },
    /// One segment a line, on stdout; nothing else is changed.
    Fmt {
        file: PathBuf,
        /// Replace the file itself.
        #[arg(long)]
        write: bool,
    },
    /// The TA1 and 997, or the CONTRL, that we would answer, on stdout.
    Ack {
        file: PathBuf,
        /// Which functional acknowledgement X12 gets: 997 or 999.
        #[arg(long = "as", value_name = "SET", default_value = "997")]
        kind: String,
    },
    /// The sets as JSON in the shape of their schema, one a line.
    Json { file: PathBuf },
    /// The canonical documents, one a line (json); or each written as a set (x12, edifact).
    // `--version` is the standard's here.
    #[command(disable_version_flag = true)]
    Convert {
        /// X12, EDIFACT, or JSON Lines of documents (`--document`).
        file: PathBuf,
        /// json, x12 or edifact.
        #[arg(long, value_name = "FORMAT", default_value = "json")]
        to: String,
        /// The set written, such as 855; the usual one of the document where none is named.
        #[arg(long)]
        set: Option<String>,
        /// The version written: 004010, 005010; D96A, D01B.
        #[arg(long)]
        version: Option<String>,
        /// What this partner's profile agrees on counts.
        #[arg(long, value_name = "ID")]
        partner: Option<String>,
        /// The kind of the documents in a file of JSON Lines: purchase-order.
        #[arg(long, value_name = "KIND")]
        document: Option<String>,
        /// Say what the profile does to each set, and convert nothing.
        #[arg(long)]
        explain: bool,
    },
    /// A valid interchange with one set (850, ORDERS), on stdout.
    // `--version` is the standard's here.
    #[command(disable_version_flag = true)]
    Sample {
        set: String,
        /// 004010 or 005010; D96A or D01B. The oldest that has the set where none is named.
        #[arg(long)]
        version: Option<String>,
    },
    /// The same with names, addresses, contacts, free text and prices replaced, to be shown to others; on stdout.
    Redact { file: PathBuf },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    Nagios,
    /// For the textfile collector; exit 0.
    Prometheus,
}

/// How it is looked, and from what on something is wrong.
#[derive(Debug, Clone, Args)]
pub struct CheckArguments {
    #[arg(long, value_enum, default_value = "nagios")]
    pub format: CheckFormat,
    /// Fewer gateways are a WARNING, none is CRITICAL.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub gateways: u32,
    /// Open alerts.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub alerts_warning: u64,
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub alerts_critical: u64,
    /// The oldest that waits for an endpoint or partner: 15m, 1h.
    #[arg(long, value_name = "TIME", default_value = "15m")]
    pub waiting_warning: crate::profile::duration::Span,
    #[arg(long, value_name = "TIME", default_value = "1h")]
    pub waiting_critical: crate::profile::duration::Span,
    /// Acknowledgements and answers that should have come or left.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub overdue_warning: u64,
    #[arg(long, value_name = "COUNT", default_value_t = 0)]
    pub overdue_critical: u64,
    /// Deliveries that are dead, or that are held.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub stuck_warning: u64,
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    pub stuck_critical: u64,
    /// Fewer days until a certificate in use expires.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub certificate_warning: u32,
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    pub certificate_critical: u32,
}

/// What a list shows.
#[derive(Debug, Clone, Args)]
pub struct ListArguments {
    #[arg(long)]
    pub partner: Option<String>,
    #[arg(long)]
    pub state: Option<String>,
    /// Not older than this: 2h, 7d.
    #[arg(long, value_name = "AGE")]
    pub since: Option<String>,
    #[arg(long, default_value_t = 50)]
    pub limit: i64,
    /// JSON Lines.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum MessageVerb {
    List {
        #[command(flatten)]
        list: ListArguments,
        /// in or out.
        #[arg(long)]
        direction: Option<String>,
        /// Only what is set aside.
        #[arg(long)]
        quarantined: bool,
    },
    Show {
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// The bytes on stdout: the EDI, or what else there is.
    Raw {
        id: String,
        #[command(flatten)]
        what: RawWhat,
    },
    /// Give a quarantined message to a partner and work on it.
    Assign {
        id: String,
        #[arg(long)]
        partner: String,
        /// Why; it is kept in the history.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Work on a quarantined message again, or on what is held of one.
    Release {
        id: String,
        /// Why; it is kept in the history.
        #[arg(long)]
        reason: Option<String>,
    },
    /// A message of ours to its partner again: same bytes, same control numbers.
    Resend {
        id: String,
        /// Why; it is kept in the history.
        #[arg(long)]
        reason: String,
    },
}

/// A document, and why a person does something with it.
#[derive(Debug, Clone, Args)]
pub struct Order {
    /// An id, its first eight digits or more, or a business key: PO:4500123.
    pub document: String,
    /// Only this endpoint's delivery.
    #[arg(long)]
    pub endpoint: Option<String>,
    /// Why; it is kept in the history.
    #[arg(long)]
    pub reason: String,
}

/// Which documents go once more, and why.
#[derive(Debug, Clone, Args)]
pub struct Anew {
    /// An id, its first eight digits or more, or a business key: 855:4500123. Without one: --partner, --set, --since.
    #[arg(conflicts_with_all = ["partner", "set", "since", "rate"])]
    pub document: Option<String>,
    #[arg(long)]
    pub partner: Option<String>,
    /// Document or set: purchase-order, 850.
    #[arg(long)]
    pub set: Option<String>,
    /// Not older than this: 2h, 7d.
    #[arg(long, value_name = "AGE")]
    pub since: Option<String>,
    /// Why; it is kept in the history.
    #[arg(long)]
    pub reason: String,
    /// As many, spread over time: 10/s, 100/m.
    #[arg(long, value_name = "COUNT/TIME")]
    pub rate: Option<String>,
    /// Do it for all that are found.
    #[arg(long)]
    pub yes: bool,
    /// Send nothing, and show what would differ.
    #[arg(long)]
    pub dry_run: bool,
    #[arg(skip)]
    pub all: bool,
    #[arg(skip)]
    pub direction: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum DocVerb {
    List {
        #[command(flatten)]
        list: ListArguments,
        /// Document or set: purchase-order, 850.
        #[arg(long)]
        kind: Option<String>,
        /// in or out.
        #[arg(long)]
        direction: Option<String>,
    },
    /// A document's timeline: what came, what was found, who got it, what was answered. Of an order (PO:4500123) all of its
    /// thread, and whose move it is.
    Show {
        document: String,
        #[arg(long)]
        json: bool,
    },
    /// Draft the message to the partner: what is wrong with their document, or which answer of theirs is missing; on stdout.
    Notify { document: String },
    /// To our systems again: same bytes, same event id.
    Redeliver(Order),
    /// To the partner again: same bytes, same control numbers, of the interchange that carries it.
    Resend(Anew),
    /// To the partner under new control numbers; the old interchange's answers are waited for no more.
    Reissue(Anew),
    /// Make it again by today's profile, as a new revision; a document that came is not answered a second time.
    Reprocess {
        #[command(flatten)]
        anew: Anew,
        /// Also to endpoints that have taken it.
        #[arg(long)]
        all: bool,
        /// With a query: in or out. Default: in.
        #[arg(long)]
        direction: Option<String>,
    },
    /// Keep what has not been delivered, or has not left.
    Hold(Order),
    /// Let a held document through.
    Release(Order),
    /// Give up what has not been delivered, or has not left.
    Cancel(Order),
}

#[derive(Debug, Subcommand)]
pub enum AckVerb {
    /// What we wait for: whose, for which message, until when.
    List {
        /// Only what should have come by now.
        #[arg(long)]
        overdue: bool,
        #[arg(long)]
        json: bool,
    },
    /// Wait for one no longer. What comes all the same is written down.
    Waive {
        /// Its id, or that of the message it is for; eight digits of it are enough.
        id: String,
        /// Why; it is kept in the history.
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum AuditVerb {
    /// The changes that people and programs made, the newest first.
    List {
        /// Not older than this: 2h, 7d.
        #[arg(long, value_name = "AGE")]
        since: Option<String>,
        /// Only this person's, client's or endpoint's.
        #[arg(long)]
        actor: Option<String>,
        /// Only what came this way: command, api, directory, start, reload, retention.
        #[arg(long)]
        through: Option<String>,
        /// Only what is about this: an order with its thread (PO:4500123), a document or message, a partner, an endpoint.
        #[arg(long, value_name = "WHAT")]
        on: Option<String>,
        #[arg(long, default_value_t = 50)]
        limit: i64,
        /// JSON Lines.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum RetentionVerb {
    /// What there is by month, what would go now, and what stays because it is still owed. Changes nothing.
    Show {
        #[arg(long)]
        json: bool,
    },
    /// Remove now what is older than [retention] of gateway.toml says. A gateway does so by itself a few times a day.
    Run {
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum PartnerVerb {
    List {
        #[arg(long)]
        json: bool,
    },
    Show {
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Whether it is set up, can be reached, and understands us: a line a step, with whose move it is.
    ///
    /// Profile, certificates, secrets and endpoints; of an AS2 address the name, TCP and TLS; at their SFTP server the host key, our
    /// login, the folders that are polled, and a probe file that is written where we push and removed; of their account at our
    /// SFTP door who gets in. No gateway has to run, nothing is written here, and without --send no message leaves.
    Check {
        id: String,
        /// Also send an AS2 test message, signed and encrypted as the profile says, and judge its receipt (MDN). It is a
        /// few lines of text, no EDI; it does not stand in the ledger.
        #[arg(long)]
        send: bool,
        #[arg(long)]
        json: bool,
    },
    /// What a new partner must know of us, and what we must know of it: text to send.
    Sheet {
        /// With this partner's profile in mind: its station, what we send.
        id: Option<String>,
        /// Which of our stations, where we have several.
        #[arg(long, value_name = "NAME", conflicts_with = "id")]
        station: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Send the partner a sample document, marked as a test, as one of our systems would hand it over.
    Send {
        id: String,
        /// Which set: 850, ORDERS.
        #[arg(long, value_name = "SET")]
        sample: String,
    },
    /// Write a new profile, as a draft.
    New {
        id: String,
        #[arg(long)]
        name: Option<String>,
        /// Their ISA qualifier and id: 01:123456789.
        #[arg(long)]
        x12: Option<String>,
        #[arg(long)]
        extends: Option<String>,
        /// Endpoints that take their orders.
        #[arg(long, value_name = "ENDPOINT")]
        to: Vec<String>,
        /// Make a bearer token; it is shown once.
        #[arg(long)]
        token: bool,
    },
    /// Read a password from stdin, and print the hash that `[sftp]` takes.
    Password,
}

#[derive(Debug, Subcommand)]
pub enum CertificateVerb {
    /// Whose, what for, valid until when.
    List {
        #[arg(long)]
        json: bool,
    },
    /// What a certificate says, with its fingerprints.
    Show {
        /// A file; or whose: us, acme, partner:acme, station:us, door:as2.
        #[arg(value_name = "FILE|WHOSE")]
        what: String,
        #[arg(long)]
        json: bool,
    },
    /// Take a partner's certificate in: into certs/, and into its profile.
    Import {
        /// PEM, DER or PKCS#7 (.p7b).
        file: PathBuf,
        #[arg(long, value_name = "ID")]
        partner: String,
        /// The day from which we encrypt to it, 2027-01-31; its signatures are taken at once.
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
    },
    /// Make a key and a self-signed certificate of our own, and say what to write into gateway.toml.
    New {
        #[arg(long, value_name = "NAME")]
        station: String,
        /// How long it is valid.
        #[arg(long, default_value_t = 730, value_parser = clap::value_parser!(u32).range(1..=7300))]
        days: u32,
        /// An RSA key of 2048, 3072 or 4096 bits.
        #[arg(long, value_name = "BITS", default_value_t = 2048, value_parser = rsa_bits)]
        rsa: u32,
        /// An EC key (P-256): signs only, nobody can encrypt to it.
        #[arg(long, conflicts_with = "rsa")]
        ec: bool,
    },
}

fn rsa_bits(text: &str) -> Result<u32, String> {
    match text {
        "2048" => Ok(2048),
        "3072" => Ok(3072),
        "4096" => Ok(4096),
        _ => Err("2048, 3072 or 4096".to_owned()),
    }
}

/// Which of an endpoint's deliveries go again, and why.
#[derive(Debug, Clone, Args)]
pub struct RedeliverMany {
    pub name: String,
    #[arg(long, value_enum, default_value = "dead")]
    pub state: Ended,
    /// Only this partner's.
    #[arg(long)]
    pub partner: Option<String>,
    /// Why; it is kept in the history.
    #[arg(long)]
    pub reason: String,
    /// How many a second: 20/s.
    #[arg(long)]
    pub rate: Option<crate::profile::duration::Rate>,
    /// Only say how many there are, of whom.
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ended {
    Dead,
    Held,
}

impl Ended {
    pub fn word(self) -> &'static str {
        match self {
            Ended::Dead => "dead",
            Ended::Held => "held",
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum EndpointVerb {
    List {
        #[arg(long)]
        json: bool,
    },
    /// Send a test event and say what came back; of an SFTP server each step on the way, with whose move it is.
    Test {
        name: String,
        #[arg(long)]
        json: bool,
    },
    /// What is dead or held there goes again, in the order in which it came: same bytes, same event ids.
    Redeliver(RedeliverMany),
}
