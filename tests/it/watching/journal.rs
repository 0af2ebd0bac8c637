//! The systemd journal, played by the test: a datagram socket where journald has its own, in a mount namespace of the gateway alone.

use super::*;
use crate::harness::x12::order;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::os::unix::net::UnixDatagram;

/// The lines of `MESSAGE` and the fields, as they came.
struct Journal(UnixDatagram);

impl Journal {
    /// Where the gateway finds it; `before` is shell that runs before the gateway.
    fn of(site: &mut Site, before: &str) -> Journal {
        let folder = site.path("journal");
        std::fs::create_dir(&folder).unwrap();
        let socket = UnixDatagram::bind(folder.join("socket")).unwrap();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        let script = format!(
            "mount -t tmpfs portway-test /run && mkdir -p /run/systemd/journal && mount --bind '{}' /run/systemd/journal && \
             {before} exec \"$0\" \"$@\"",
            folder.display()
        );
        let mut within = vec!["unshare"];
        if !rustix::process::geteuid().is_root() {
            within.extend(["--user", "--map-root-user"]);
        }
        within.extend(["--mount", "sh", "-c", &script]);
        site.within = within.into_iter().map(str::to_owned).collect();
        Journal(socket)
    }

    /// The next entry whose message has this text.
    #[track_caller]
    fn until(&self, text: &str) -> BTreeMap<String, String> {
        let mut buffer = vec![0; 1 << 20];
        loop {
            let read = self.0.recv(&mut buffer).unwrap_or_else(|e| panic!("no {text:?}: {e}"));
            let entry = entry(&buffer[..read]);
            if entry.get("MESSAGE").is_some_and(|message| message.contains(text)) {
                return entry;
            }
        }
    }
}

/// The native protocol: `NAME=value`, or the name, the length as eight bytes, and the value.
fn entry(mut bytes: &[u8]) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8(bytes[..end].to_vec()).unwrap();
        bytes = &bytes[end + 1..];
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => {
                let length = usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
                let value = String::from_utf8(bytes[8..8 + length].to_vec()).unwrap();
                bytes = &bytes[8 + length + 1..];
                (line, value)
            }
        };
        fields.insert(name, value);
    }
    fields
}

const UNDER_SYSTEMD: &str = "JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); export JOURNAL_STREAM;";

#[test]
fn under_systemd_a_line_in_the_journal_reads_well_alone_and_has_its_facts_as_fields() {
    let erp = Recorder::erp();
    erp.script(&[Answer::Status(503)]);
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let journal = Journal::of(&mut site, UNDER_SYSTEMD);
    let mut gateway = site.spawn();
    let open = journal.until("the HTTPS door is open");
    gateway.address.clone_from(&open["PORTWAY_ADDRESS"]);
    assert_eq!((open["PRIORITY"].as_str(), open["SYSLOG_IDENTIFIER"].as_str()), ("6", "portway"));
    journal.until("ready");
    let message = Partner::new(&site, &gateway, "acme").post(order("4500123", 17).text()).id();
    let tried = journal.until("outcome=deferred");
    let said = &tried["MESSAGE"];
    assert!(said.starts_with("tried outcome=deferred status=503 tries=1 detail="), "{said}");
    assert!(said.contains("[deliver delivery=") && said.contains("endpoint=erp"), "{said}");
    let fact = |name: &str| tried.get(&format!("PORTWAY_{name}")).map(String::as_str);
    assert_eq!((fact("PARTNER"), fact("ENDPOINT")), (Some("acme"), Some("erp")), "{tried:?}");
    assert_eq!((fact("STATUS"), fact("OUTCOME")), (Some("503"), Some("deferred")), "{tried:?}");
    assert!(fact("DOCUMENT").is_some() && fact("THREAD").is_some() && fact("EPOCH").is_some(), "{tried:?}");
    let ids = site.database().rows("SELECT message_id::text FROM transaction_set");
    assert_eq!(ids, [message]);
    journal.until("outcome=delivered");
    assert!(gateway.lines().is_empty(), "nothing twice: {:?}", gateway.lines());
    gateway.stop();
}

#[test]
fn a_stderr_of_its_own_and_a_journal_that_is_away_mean_text() {
    let mut site = Site::new();
    let journal = Journal::of(&mut site, "JOURNAL_STREAM=1:1; export JOURNAL_STREAM;");
    site.start().stop();
    drop(journal);
    // Nobody listens any more.
    let script = site.within.last_mut().unwrap();
    *script = script.replace("JOURNAL_STREAM=1:1; export JOURNAL_STREAM;", UNDER_SYSTEMD);
    let gateway = site.start();
    gateway.line("the journal does not answer: log lines go to stderr as text");
    gateway.stop();
}

#[test]
fn the_level_of_gateway_toml_holds_from_the_next_reload_on_and_the_environment_counts_more() {
    let mut site = Site::new();
    site.within = ["sh", "-c", "unset PORTWAY_LOG; exec \"$0\" \"$@\""].map(str::to_owned).to_vec();
    let gateway = site.start();
    assert!(!gateway.lines().iter().any(|line| line.contains("DEBUG")));
    site.add("[log]\nlevel = \"debug\"");
    site.write();
    gateway.signal(Signal::HUP);
    gateway.line("DEBUG");
    gateway.stop();

    // The harness says PORTWAY_LOG=info.
    site.within.clear();
    let gateway = site.start();
    gateway.signal(Signal::HUP);
    gateway.line("reloaded");
    assert!(!gateway.lines().iter().any(|line| line.contains("DEBUG")));
    gateway.stop();
}
