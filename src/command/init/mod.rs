//! `portway init`: the first configuration, by questions at a terminal or by flags.
//!
//! Promises: nothing is written over, but for a gateway.toml that is byte for byte the package's; gateway.toml comes last, once what it
//! names is there. Secrets are made here, written for their owner alone, and shown only where somebody else must be told.
//! Ends with what `portway validate` says, and exits as it does; 2 where an answer is missing and nobody can be asked.

pub mod template;

use super::certificate::new::Pair;
use super::db;
use super::output::{Stop, words};
use super::validate::{self, say};
use crate::clock::{Clock, SystemClock};
use crate::ledger::first;
use crate::profile::partner::{EdifactId, X12Id};
use crate::profile::secret::CREDENTIALS;
use base64::Engine;
use portway_as2::certificate::KeyKind;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufRead, IsTerminal, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::process::ExitCode;
use template::{Answers, SHIPPED, fill};

/// How long the first AS2 certificate is valid: two years.
const DAYS: u32 = 730;

/// What was given on the command line.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Given {
    /// Our company's name, as people write it.
    #[arg(long)]
    pub name: Option<String>,
    /// Our ISA qualifier and id: ZZ:NORTHWIND.
    #[arg(long, value_name = "QUALIFIER:ID")]
    pub x12: Option<String>,
    /// Our UNB qualifier and id: 14:4012345000009.
    #[arg(long, value_name = "QUALIFIER:ID")]
    pub edifact: Option<String>,
    /// Our AS2 name; a key and a self-signed certificate are made for it.
    #[arg(long, value_name = "NAME")]
    pub as2: Option<String>,
    /// Where documents are posted; without, they are written into a folder.
    #[arg(long, value_name = "URL")]
    pub erp_url: Option<String>,
    /// The mail server for alerts: smtp.northwind.example, or with its port.
    #[arg(long, value_name = "HOST")]
    pub mail: Option<String>,
    /// Who is told when something breaks.
    #[arg(long, value_name = "ADDRESS")]
    pub to: Vec<String>,
    /// private: run by the gateway itself; unit: portway-postgres.service; or postgres://portway@db.northwind.example/portway.
    #[arg(long, value_name = "WHERE")]
    pub database: Option<String>,
    /// A login that may make the role and the database: postgres://postgres@db.northwind.example/postgres; its password in PGPASSWORD.
    #[arg(long, value_name = "URL", requires = "database")]
    pub admin_url: Option<String>,
    /// The state directory, where it is not /var/lib/portway.
    #[arg(long, value_name = "DIR")]
    pub state: Option<String>,
    /// Ask nothing: take the flags, and the defaults for the rest.
    #[arg(long)]
    pub yes: bool,
}

pub async fn run(dir: &Path, given: &Given) -> ExitCode {
    match make(dir, given).await {
        Ok(answers) => {
            let exit = validate::run(dir, false);
            next_steps(dir, given, &answers);
            exit
        }
        Err(stop) => stop.say(),
    }
}

async fn make(dir: &Path, given: &Given) -> Result<Answers, Stop> {
    let file = dir.join("gateway.toml");
    if file.exists() && fs::read(&file).map_or(true, |there| there != SHIPPED.as_bytes()) {
        return Err(Stop::Problem(format!(
            "{} is there already, and is left as it is: change it by hand, then 'portway validate'",
            file.display()
        )));
    }
    let mut answers = ask_all(dir, given)?;
    check(&answers)?;
    for (folder, mode) in [("", 0o755), ("partners.d", 0o755), ("certs", 0o755), (CREDENTIALS, 0o700)] {
        let folder = dir.join(folder);
        if !folder.exists() {
            fs::create_dir_all(&folder)
                .and_then(|()| fs::set_permissions(&folder, Permissions::from_mode(mode)))
                .map_err(|error| cannot(&folder, &error))?;
        }
    }
    if answers.erp_url.is_some() {
        let secret =
            format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(rand::random::<[u8; 32]>()));
        if secret_file(dir, "erp-webhook", &secret)? {
            words("made the secret that signs what the ERP gets; it must know it too:");
            say(&secret);
        }
    }
    if let Some(as2) = &answers.as2 {
        let pair = Pair::generate("us", as2, KeyKind::Rsa(2048), DAYS, SystemClock.now())?;
        let (certificate, key) = pair.write(dir)?;
        words(format_args!("made our AS2 key {} and certificate {}", key.display(), certificate.display()));
        answers.key = Some(pair.stem);
    }
    make_database(dir, given, &answers).await?;
    put(&file, fill(&answers).as_bytes())?;
    words(format_args!("wrote {}", file.display()));
    Ok(answers)
}

/// Role and database on a server of ours: made, or how to make them.
async fn make_database(dir: &Path, given: &Given, answers: &Answers) -> Result<(), Stop> {
    let Some(url) = answers.database.as_ref().filter(|url| !url.contains(db::SOCKET)) else { return Ok(()) };
    let mut password = None;
    if answers.password {
        let made = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>());
        let file = dir.join(CREDENTIALS).join("database");
        password = Some(match secret_file(dir, "database", &made)? {
            true => made,
            false => fs::read_to_string(&file).map_err(|error| cannot(&file, &error))?.trim().to_owned(),
        });
    }
    match &given.admin_url {
        Some(admin) => {
            let made = first::create(admin, url, password.as_deref())
                .await
                .map_err(|error| Stop::Problem(format!("the database was not made: {error}")))?;
            let word = |made: bool| if made { "made" } else { "there already" };
            words(format_args!("the role is {}, the database {}", word(made.role), word(made.database)));
            if !made.role && answers.password {
                words("help: the role keeps the password it had: write that into credentials/database");
            }
        }
        None => {
            words("an administrator of that server must run, once:");
            say(first::statements(url, password.as_deref()).unwrap_or_default());
        }
    }
    Ok(())
}

/// The flags, and for the rest what is answered, or the defaults.
fn ask_all(dir: &Path, given: &Given) -> Result<Answers, Stop> {
    let terminal = io::stdin().is_terminal();
    if !given.yes && !terminal {
        return Err(Stop::Usage(
            "nobody can be asked here: give --name and the other answers as flags, and --yes".to_owned(),
        ));
    }
    let ask = |flag: &Option<String>, default: &str, what: &str| match flag {
        Some(value) => Ok(value.clone()),
        None if given.yes => Ok(default.to_owned()),
        None => prompt(what, default),
    };
    let some = |text: String| Some(text).filter(|t| !t.is_empty());
    let name = ask(&given.name, "", "Our company's name, as people write it")?;
    if name.is_empty() {
        return Err(Stop::Usage("the company's name is missing: --name 'Northwind Supply Inc.'".to_owned()));
    }
    let x12 =
        ask(&given.x12, "", "Our X12 address: ISA qualifier and id, such as ZZ:NORTHWIND. Empty: none")?;
    let edifact = ask(&given.edifact, "", "Our EDIFACT address, such as 14:4012345000009. Empty: none")?;
    let as2 = ask(&given.as2, "", "Our AS2 name; a key and a certificate are made for it. Empty: no AS2")?;
    let packaged = dir == Path::new("/etc/portway") && Path::new("/run/systemd/system").is_dir();
    let database = ask(
        &given.database,
        if packaged { "unit" } else { "private" },
        "Where the ledger is: 'private' (a PostgreSQL that the gateway runs itself), 'unit' (portway-postgres.service), or the URL \
         of a server of yours",
    )?;
    let erp = ask(
        &given.erp_url,
        "",
        "Where orders are posted, as signed JSON: a URL. Empty: written into a folder",
    )?;
    let mail =
        ask(&given.mail, "", "The mail server for alerts, such as smtp.northwind.example. Empty: no mail")?;
    let to = match (given.to.is_empty() && !mail.is_empty() && !given.yes, &given.to) {
        (true, _) => {
            some(prompt("Who is told when something breaks: a mail address", "")?).into_iter().collect()
        }
        (false, to) => to.clone(),
    };
    let database = match database.as_str() {
        "private" => None,
        "unit" => Some(format!("postgres:///portway?host={}&user=portway", db::SOCKET)),
        _ => Some(database),
    };
    // By a socket PostgreSQL knows the account; over the network it asks for a password.
    let password = database.as_ref().is_some_and(|url| !url.contains("host=/") && !url.contains("host=%2F"));
    let (x12, edifact, as2) = (some(x12), some(edifact), some(as2));
    let (erp_url, mail, state) = (some(erp), some(mail), given.state.clone());
    Ok(Answers { name, x12, edifact, as2, key: None, database, password, erp_url, mail, to, state })
}

fn prompt(what: &str, default: &str) -> Result<String, Stop> {
    let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
    let mut out = io::stderr();
    write!(out, "{what}{shown}: ").and_then(|()| out.flush())?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line)?;
    if read == 0 {
        return Err(Stop::Usage("no answer came: nothing was written".to_owned()));
    }
    let line = line.trim();
    Ok(if line.is_empty() { default.to_owned() } else { line.to_owned() })
}

/// Before anything is written.
fn check(answers: &Answers) -> Result<(), Stop> {
    if let Some(Err(message)) = answers.x12.as_deref().map(str::parse::<X12Id>) {
        return Err(Stop::Usage(format!("--x12: {message}")));
    }
    if let Some(Err(message)) = answers.edifact.as_deref().map(str::parse::<EdifactId>) {
        return Err(Stop::Usage(format!("--edifact: {message}")));
    }
    if answers.x12.is_none() && answers.edifact.is_none() {
        return Err(Stop::Usage(
            "an address of ours is missing: --x12 ZZ:NORTHWIND, or --edifact".to_owned(),
        ));
    }
    if let Some(url) = &answers.database
        && first::statements(url, None).is_none()
    {
        return Err(Stop::Usage(format!(
            "--database {url}: private, unit, or a URL such as postgres://portway@db.northwind.example/portway"
        )));
    }
    let port = answers.mail.as_ref().and_then(|mail| mail.rsplit_once(':'));
    if port.is_some_and(|(_, port)| port.parse::<u16>().is_err()) {
        return Err(Stop::Usage("--mail: a host, or host:port".to_owned()));
    }
    Ok(())
}

fn cannot(path: &Path, error: &io::Error) -> Stop {
    Stop::Problem(format!("{} cannot be written: {error}", path.display()))
}

/// A secret of this name, unless there is one.
fn secret_file(dir: &Path, name: &str, secret: &str) -> Result<bool, Stop> {
    let file = dir.join(CREDENTIALS).join(name);
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file) {
        Ok(mut out) => {
            writeln!(out, "{secret}").and_then(|()| out.sync_all()).map_err(|error| cannot(&file, &error))?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            words(format_args!("{} is there already, and is used as it is", file.display()));
            Ok(false)
        }
        Err(error) => Err(cannot(&file, &error)),
    }
}

/// In one step, in the place of the package's file or of none.
fn put(file: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let new = file.with_extension("toml.new");
    let written = || -> io::Result<()> {
        let mut out = File::create(&new)?;
        out.write_all(bytes)?;
        out.set_permissions(Permissions::from_mode(0o644))?;
        out.sync_all()?;
        fs::rename(&new, file)
    };
    written().map_err(|error| cannot(file, &error))
}

fn next_steps(dir: &Path, given: &Given, answers: &Answers) {
    let packaged = dir == Path::new("/etc/portway");
    let flag = if packaged { String::new() } else { format!(" --config {}", dir.display()) };
    let start = match packaged {
        true => "systemctl start portway".to_owned(),
        false => format!("CREDENTIALS_DIRECTORY={} portway serve{flag}", dir.join(CREDENTIALS).display()),
    };
    words("next:");
    if given.admin_url.is_none() && answers.database.as_ref().is_some_and(|url| !url.contains(db::SOCKET)) {
        words("  the role and the database above");
    }
    words(format_args!("  {start}"));
    words(format_args!("  portway partner new acme --name 'Acme Inc.' --x12 01:123456789 --to erp{flag}"));
    words(format_args!("  portway partner sheet{flag}        what partners must know of us"));
}
