//! Uploads to the hosted SFTP door of the release binary, durable, beside OpenSSH's own sshd in the same run.
//!
//! `cargo bench --bench sftp [-- ROUNDS]` sends 1 GB with OpenSSH's `sftp` to the door and to an sshd on loopback, in turns, and
//! small files (4 KB) over 8 sessions at once. Our time ends with the status of CLOSE: the file is committed to PostgreSQL by then.
//! sshd's ends with its status, too: its file is in the page cache. The large file ends in the middle of an order and is set aside; the
//! small ones are whole orders, which are worked on meanwhile and go to a folder. Needs the PostgreSQL server's and OpenSSH's binaries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod machinery;

use machinery::{Gateway, Measured, Postgres, home, measure};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

const GIGABYTE: u64 = 1_000_000_000;
const SESSIONS: usize = 8;
/// Small files of each session.
const FILES: usize = 250;

fn main() {
    portway::net::tls::install_provider();
    let rounds: usize = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(3);
    let home = home();
    let postgres = Postgres::start(home.path());
    let key = keygen(home.path(), "client");
    configure(home.path(), &postgres, &key);
    let gateway = Gateway::start(home.path());
    let sshd = Sshd::start(home.path(), &key);
    let door = Target {
        name: "Portway",
        port: gateway.port("the SFTP door"),
        user: "acme".into(),
        folder: "/in".into(),
    };
    let other =
        Target { name: "sshd", port: sshd.port, user: own_user(), folder: sshd.folder.display().to_string() };

    let other_folder = sshd.folder.clone();
    let large = home.path().join("large.edi");
    println!("| what | Portway | sshd | Portway / sshd |\n|---|---|---|---|");
    // What is the network's part, and what the ledger's: the same under a temporary name, which is kept, and its rename, which takes it.
    payload(&large, GIGABYTE, rounds);
    let kept = door.run(&key, &[format!("put {} /in/kept.part\n", large.display())]);
    let taken = door.run(&key, &["rename /in/kept.part /in/kept.edi\n".to_owned()]);
    eprintln!("1 GB kept under a temporary name: {kept:.2} s; taken by a rename: {taken:.2} s");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        payload(&large, GIGABYTE, round);
        for (target, times) in [(&door, &mut ours), (&other, &mut theirs)] {
            let batch = format!("put {} {}/large-{round}.edi\n", large.display(), target.folder);
            let took = target.run(&key, &[batch]);
            eprintln!("{} round {round}: {took:.2} s", target.name);
            times.push(GIGABYTE as f64 / 1e6 / took);
            // Neither is measured beside the other's leftovers: ours reads the envelope once it is taken, theirs keeps the file.
            at_rest(&postgres);
            let _ = fs::remove_file(other_folder.join(format!("large-{round}.edi")));
        }
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!(
        "| 1 GB, one session, MB/s (median of {rounds}) | {ours:.0} | {theirs:.0} | {:.2} |",
        ours / theirs
    );

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let before = measure(&postgres, &gateway);
    for round in 0..rounds {
        let files = small_files(home.path(), round);
        for (target, rates) in [(&door, &mut ours), (&other, &mut theirs)] {
            let batches: Vec<String> = files
                .iter()
                .map(|mine| {
                    mine.iter().map(|f| format!("put {} {}/\n", f.display(), target.folder)).collect()
                })
                .collect();
            let took = target.run(&key, &batches);
            rates.push((SESSIONS * FILES) as f64 / took);
        }
    }
    let after = measure(&postgres, &gateway);
    let (ours, theirs) = (median(ours), median(theirs));
    println!(
        "| 4 KB, {SESSIONS} sessions, files/s (median of {rounds}) | {ours:.0} | {theirs:.0} | {:.2} |",
        ours / theirs
    );
    let taken = postgres.number("SELECT count(*) FROM message WHERE direction = 'in'");
    let per = |f: fn(&Measured) -> f64| (f(&after) - f(&before)) / (rounds * SESSIONS * FILES) as f64;
    println!(
        "\n{taken} messages in the ledger. A small file: CPU ms gateway {:.2}, PostgreSQL {:.2}; {:.1} commits, {:.1} statements. \
         Memory of the gateway: at most {} MB. pgbench in this run: {:.0} commits a second.",
        per(|m| m.gateway_ms),
        per(|m| m.postgres_ms),
        per(|m| m.commits),
        per(|m| m.statements),
        gateway.memory("VmHWM"),
        postgres.pgbench()
    );
    postgres.top();
}

/// Waits until nothing is worked on.
fn at_rest(postgres: &Postgres) {
    while postgres.number("SELECT count(*) FROM lease") > 0.0 {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

struct Target {
    name: &'static str,
    port: u16,
    user: String,
    folder: String,
}

impl Target {
    /// Runs a client for each batch at once; seconds until the last has ended.
    fn run(&self, key: &Path, batches: &[String]) -> f64 {
        let since = Instant::now();
        let clients: Vec<Child> = batches
            .iter()
            .map(|batch| {
                let mut client = Command::new("sftp")
                    .args([
                        "-q",
                        "-F",
                        "none",
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                    ])
                    .args([
                        "-o",
                        "IdentitiesOnly=yes",
                        "-o",
                        "LogLevel=ERROR",
                        "-b",
                        "-",
                        "-P",
                        &self.port.to_string(),
                        "-i",
                    ])
                    .arg(key)
                    .arg(format!("{}@127.0.0.1", self.user))
                    .stdin(Stdio::piped())
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap();
                client.stdin.take().unwrap().write_all(batch.as_bytes()).unwrap();
                client
            })
            .collect();
        for mut client in clients {
            assert!(client.wait().unwrap().success(), "{}", self.name);
        }
        since.elapsed().as_secs_f64()
    }
}

/// OpenSSH's server on loopback, for this run alone.
struct Sshd {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Sshd {
    fn start(home: &Path, client: &Path) -> Sshd {
        let host = keygen(home, "sshd_host");
        let folder = home.join("sshd-in");
        fs::create_dir(&folder).unwrap();
        if rustix::process::geteuid().is_root() {
            // Where its unprivileged half is locked in.
            fs::create_dir_all("/run/sshd").unwrap();
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = home.join("sshd_config");
        let text = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nStrictModes no\nUsePAM no\n\
             PasswordAuthentication no\nPermitRootLogin yes\nPidFile none\nCompression no\nMaxStartups 100\n\
             Subsystem sftp internal-sftp\n",
            host.display(),
            client.with_extension("pub").display()
        );
        fs::write(&config, text).unwrap();
        let child = Command::new("/usr/sbin/sshd")
            .arg("-D")
            .arg("-f")
            .arg(&config)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + std::time::Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "no sshd");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Sshd { child, port, folder }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn own_user() -> String {
    let said = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

fn keygen(home: &Path, name: &str) -> PathBuf {
    let path = home.join(name);
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&path).status();
    assert!(made.unwrap().success());
    path
}

fn configure(home: &Path, postgres: &Postgres, key: &Path) {
    let conf = home.join("conf");
    fs::create_dir_all(conf.join("partners.d")).unwrap();
    let gateway = format!(
        "state = \"{}\"\n[us]\nname = \"Northwind\"\nx12 = \"ZZ:NORTHWIND\"\n[database]\nurl = \"postgres://portway@localhost/portway?host={}\"\n\
         [listen.sftp]\naddress = \"127.0.0.1:0\"\n[endpoint.erp]\nkind = \"directory\"\npath = \"{}\"\n",
        home.join("state").display(),
        postgres.run.display(),
        home.join("erp").display()
    );
    fs::create_dir(home.join("erp")).unwrap();
    fs::write(conf.join("gateway.toml"), gateway).unwrap();
    let public = fs::read_to_string(key.with_extension("pub")).unwrap();
    let partner = format!(
        "id = \"acme\"\nname = \"Acme\"\nstatus = \"live\"\n[receive.850]\nto = [\"erp\"]\n[x12]\nid = \"ZZ:ACME\"\n[sftp]\nkeys = [\"{}\"]\nmax_sessions = 16\n",
        public.trim()
    );
    fs::write(conf.join("partners.d/acme.toml"), partner).unwrap();
}

/// Lines of an order, each with numbers of its own, as many as are wanted.
fn payload(path: &Path, size: u64, round: usize) {
    let mut file = BufWriter::with_capacity(1 << 20, fs::File::create(path).unwrap());
    let head = format!(
        "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORTHWIND      *260105*0930*U*00401*{round:09}*0*P*>~\n"
    );
    file.write_all(head.as_bytes()).unwrap();
    let (mut written, mut line) = (head.len() as u64, 0u64);
    while written < size {
        line += 1;
        let mixed = line.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24;
        let text = format!(
            "PO1*{line}*{}*EA*{}.{:02}**UP*{:012}*VN*NW-{:06}~\nPID*F****Watering can, {} litre~\n",
            mixed % 97,
            mixed % 1009,
            mixed % 100,
            mixed % 1_000_000_000_000,
            mixed % 1_000_000,
            mixed % 20
        );
        let text = &text.as_bytes()[..text.len().min((size - written) as usize)];
        file.write_all(text).unwrap();
        written += text.len() as u64;
    }
    file.flush().unwrap();
}

fn small_files(home: &Path, round: usize) -> Vec<Vec<PathBuf>> {
    let folder = home.join(format!("small-{round}"));
    fs::create_dir(&folder).unwrap();
    (0..SESSIONS)
        .map(|session| {
            (0..FILES)
                .map(|nth| {
                    let path = folder.join(format!("po-{round}-{session}-{nth}.edi"));
                    order(&path, 4000, round * 100_000 + session * 1000 + nth);
                    path
                })
                .collect()
        })
        .collect()
}

/// A whole order of about this size.
fn order(path: &Path, size: usize, number: usize) {
    let mut text = format!(
        "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORTHWIND      *260105*0930*U*00401*{number:09}*0*P*>~\n\
         GS*PO*ACME*NORTHWIND*20260105*0930*{number}*X*004010~\nST*850*0001~\nBEG*00*SA*{number}**20260105~\n"
    );
    let mut lines = 0;
    while text.len() < size - 100 {
        lines += 1;
        text += &format!(
            "PO1*{lines}*{}*EA*{}.25**BP*ITEM-{:08}~\n",
            lines % 97 + 1,
            lines % 89,
            number * 31 + lines
        );
    }
    text += &format!("CTT*{lines}~\nSE*{}*0001~\nGE*1*{number}~\nIEA*1*{number:09}~\n", lines + 4);
    fs::write(path, text).unwrap();
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
