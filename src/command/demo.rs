//! `portway demo`: the whole gateway at work, on this machine alone.
//!
//! Makes a folder with a configuration and a private PostgreSQL, opens the real doors on free loopback ports, and plays three
//! strangers: a partner that sends a good and a broken order, an ERP that fails once, a mail server. Shows each step. Exit 0 if
//! all went as it should; `--stay` keeps it up.

mod strangers;

use super::serve::Gateway;
use super::{PROBLEMS, connect, doc, fail};
use crate::ledger::document::Filter;
use crate::net::handed::Handed;
use crate::net::tls;
use crate::profile::partner::TokenHash;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use strangers::{Erp, MailServer, Partner};

const TOKEN: &str = "greenfield-demo";
/// Segments shown of one interchange.
const MOST_SEGMENTS: usize = 16;
const PATIENCE: Duration = Duration::from_secs(30);
const GATEWAY: &str = include_str!("../../partner-profiles/demo/gateway.toml");
const PARTNER: &str = include_str!("../../partner-profiles/demo/partners.d/greenfield.toml");
const GOOD: &str = include_str!("../../partner-profiles/demo/good-850.edi");
const BROKEN: &str = include_str!("../../partner-profiles/demo/broken-850.edi");

pub async fn run(stay: bool) -> ExitCode {
    match play(stay).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Ledger(error)) => fail(&error),
        Err(Stop::Other(why)) => {
            anstream::eprintln!("error: {why}");
            ExitCode::from(PROBLEMS)
        }
    }
}

/// Why the demo cannot go on.
enum Stop {
    Ledger(crate::ledger::Error),
    Other(String),
}

impl From<crate::ledger::Error> for Stop {
    fn from(error: crate::ledger::Error) -> Self {
        Stop::Ledger(error)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Stop::Other(error.to_string())
    }
}

impl From<String> for Stop {
    fn from(why: String) -> Self {
        Stop::Other(why)
    }
}

async fn play(stay: bool) -> Result<(), Stop> {
    tls::install_provider();
    let home = folder()?;
    let log = home.join("gateway.log");
    super::log::to_file(&log)?;
    step("Setting up");
    let (erp, mail) = (Erp::open().await?, MailServer::open().await?);
    let conf = configure(&home, &erp, &mail)?;
    let configuration =
        connect::configuration(&conf).map_err(|_| "the demo's own configuration is broken".to_owned())?;
    say("a private PostgreSQL is being made (a few seconds) …");
    let gateway =
        Gateway::open(&conf, &configuration, Handed::default()).await?.ok_or_else(|| "stopped".to_owned())?;
    let address = gateway.https.ok_or_else(|| "the HTTPS door is closed".to_owned())?;
    say(&format!("folder         {}", home.display()));
    say(&format!("partners' door https://{address}/edi"));
    say(&format!("pretend ERP    {}   (it will fail once)", erp.url()));
    let partner = Partner::new(address, TOKEN, &home.join("state/certs/self-signed.pem"))?;
    let told = tell(&partner, &erp, &mail, &conf).await;
    if told.is_ok() {
        look_next(&conf, &log, stay);
        if stay {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
    gateway.shut().await;
    if told.is_ok() && !stay {
        let _ = fs::remove_dir_all(&home);
    }
    told
}

async fn tell(partner: &Partner, erp: &Erp, mail: &MailServer, conf: &Path) -> Result<(), Stop> {
    let configuration =
        connect::configuration(conf).map_err(|_| "the demo's own configuration is broken".to_owned())?;
    let ledger = connect::ledger(&configuration).await.map_err(|_| "the ledger cannot be read".to_owned())?;

    step("1. Greenfield Stores sends a good order (X12 850)");
    code(GOOD);
    let id = partner.send(GOOD).await?;
    say(&format!("answered 202 with message {id}: it is safe on disk"));
    let document = wait("the ERP to have the order", async || {
        let found =
            ledger.documents(&Filter { state: Some("done".into()), most: 1, ..Filter::default() }).await?;
        Ok(found.into_iter().next())
    })
    .await?;
    let event = erp.last().ok_or_else(|| "the ERP got no event".to_owned())?;
    say(&format!("the ERP failed the first time and has it now; signature checked, id {}", event.id));
    say(&format!("it reads clean JSON: {}", summary(&event.body)));

    step("2. Its timeline   (portway doc show PO:4500123)");
    doc::show(&ledger, &document.id.to_string(), false).await?;

    step("3. Greenfield fetches our answer (997: accepted)");
    code(&partner.fetch_answer().await?);

    step("4. Greenfield sends a broken order");
    partner.send(BROKEN).await?;
    let rejected = wait("the broken order to be judged", async || {
        let found = ledger
            .documents(&Filter { state: Some("rejected".into()), most: 1, ..Filter::default() })
            .await?;
        Ok(found.into_iter().next())
    })
    .await?;
    say("what is wrong with it, and where   (portway file lint)");
    let file = conf.with_file_name("broken-850.edi");
    fs::write(&file, BROKEN)?;
    super::file::lint::run(&file, false);

    step("5. Its timeline: nothing of it reached the ERP");
    doc::show(&ledger, &rejected.id.to_string(), false).await?;
    if erp.count() != 1 {
        return Err(format!("the ERP has {} orders instead of one", erp.count()).into());
    }

    step("6. Greenfield fetches our answer (997: rejected, pointing at the elements)");
    code(&partner.fetch_answer().await?);

    step("7. The operators get one mail");
    let text = wait("the alert mail", async || Ok(mail.last())).await?;
    // Quoted-printable, for the eye.
    let text = text.replace("=\r\n", "").replace("=3D", "=");
    for line in text.lines() {
        anstream::println!("   | {line}");
    }
    Ok(())
}

/// A configuration folder for the pretend world.
fn configure(home: &Path, erp: &Erp, mail: &MailServer) -> Result<PathBuf, Stop> {
    let conf = home.join("conf");
    fs::create_dir_all(conf.join("partners.d"))?;
    let gateway =
        GATEWAY.replace("{erp}", &erp.port().to_string()).replace("{smtp}", &mail.port().to_string());
    fs::write(conf.join("gateway.toml"), gateway)?;
    fs::write(conf.join("erp-secret"), erp.secret())?;
    fs::write(
        conf.join("partners.d/greenfield.toml"),
        PARTNER.replace("{token}", &TokenHash::of(TOKEN).to_string()),
    )?;
    Ok(conf)
}

/// A folder that PostgreSQL's own account may pass through, when we are root.
fn folder() -> Result<PathBuf, Stop> {
    let home = tempfile::Builder::new().prefix("portway-demo-").tempdir()?.keep();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755))?;
    Ok(home)
}

async fn wait<T>(
    what: &str,
    look: impl AsyncFn() -> Result<Option<T>, crate::ledger::Error>,
) -> Result<T, Stop> {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if started.elapsed() > PATIENCE {
            return Err(format!(
                "waited {} s for {what}; see gateway.log in the demo's folder",
                PATIENCE.as_secs()
            )
            .into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn step(title: &str) {
    anstream::println!("\n\x1b[1m{title}\x1b[0m");
}

fn say(text: &str) {
    anstream::println!("   {text}");
}

/// EDI, a segment a line.
fn code(edi: &str) {
    let segments: Vec<&str> = edi.split('~').map(str::trim).filter(|s| !s.is_empty()).collect();
    for segment in segments.iter().take(MOST_SEGMENTS) {
        anstream::println!("   | \x1b[36m{segment}~\x1b[0m");
    }
    if segments.len() > MOST_SEGMENTS {
        anstream::println!("   | … and {} segments more", segments.len() - MOST_SEGMENTS);
    }
}

/// A few facts of the event, for one line.
fn summary(event: &serde_json::Value) -> String {
    let order = &event["data"];
    let lines = order["lines"].as_array().map_or(0, Vec::len);
    format!(
        "{} {} from {}, {lines} lines, first {}",
        event["type"], event["subject"], event["partner"], order["lines"][0]["quantity"]
    )
}

fn look_next(conf: &Path, log: &Path, stay: bool) {
    step("Where to look next");
    if stay {
        let conf = conf.display();
        say("it is still up; in another terminal:");
        say(&format!("portway --config {conf} status"));
        say(&format!("portway --config {conf} doc list"));
        say(&format!("portway --config {conf} doc show PO:4500123 --json"));
        say(&format!("portway --config {conf} doc redeliver PO:4500123 --reason \"a try\""));
        say(&format!("the gateway's log: {}", log.display()));
        say("Ctrl-C ends it");
    } else {
        say("portway demo --stay          the same, and it stays up for you to look around");
        say("partner-profiles/example     a configuration to copy and change");
        say("portway explain X1204        what a code means and whose move it is");
        say("README.md                    how an order goes through the house");
    }
}
