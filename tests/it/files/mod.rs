//! Files as partners drop them: packed by their own tools, many interchanges in one, sets without an envelope.

mod archives;
mod fragments;
#[cfg(feature = "faults")]
mod kills;

use crate::harness::x12::order;
use crate::harness::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The gateway with an ERP, and Acme, who comes by HTTPS and leaves files in a folder.
struct House {
    erp: Recorder,
    site: Site,
    gateway: Gateway,
    acme: Partner,
}

/// Everything but the running gateway. `files`: the section `[files]` of Acme's profile, and what else it has.
fn scene(files: &str) -> (Recorder, Site) {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    fs::create_dir(inbound(&site)).unwrap();
    site.partner(&acme(&site, files));
    (erp, site)
}

fn inbound(site: &Site) -> PathBuf {
    site.path("in")
}

fn acme(site: &Site, files: &str) -> Profile {
    let mut profile = Profile::live("acme");
    let inbound = inbound(site);
    profile.more += &format!("\n[directory]\nin = \"{}\"\nsettle = \"0s\"\n{files}\n", inbound.display());
    profile
}

impl House {
    #[track_caller]
    fn open(files: &str) -> House {
        let (erp, site) = scene(files);
        let gateway = site.start();
        let acme = Partner::new(&site, &gateway, "acme");
        House { erp, site, gateway, acme }
    }

    /// Leaves a file in the folder, whole at once.
    fn drop(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let part = inbound(&self.site).join("new.tmp");
        fs::write(&part, bytes).unwrap();
        fs::rename(part, inbound(&self.site).join(name)).unwrap();
    }

    /// Another profile of Acme, in force.
    fn reload(&self, files: &str) {
        self.site.partner(&acme(&self.site, files));
        self.gateway.signal(rustix::process::Signal::HUP);
        self.gateway.line("reloaded");
    }

    #[track_caller]
    fn rows(&self, sql: &str, wanted: &[&str]) {
        self.gateway
            .until(&format!("{sql} to be {wanted:?}, not {:?}", self.site.database().rows(sql)), || {
                (self.site.database().rows(sql) == wanted).then_some(())
            });
    }

    /// Everything worked off, and these orders in effect once each.
    #[track_caller]
    fn orders(&self, numbers: &[&str]) {
        self.erp.wait_effects(numbers.len());
        self.rows("SELECT count(*)::text FROM job WHERE lane <> 'mail'", &["0"]);
        assert_eq!(self.erp.subjects(), numbers);
        assert_eq!(self.site.database().orphans(), Vec::<String>::new());
    }

    /// The only quarantined message: its id, once it is there, with its reason and detail.
    #[track_caller]
    fn quarantined(&self, reason: &str, words: &[&str]) -> String {
        let sql = "SELECT id || '\t' || reason || '\t' || detail FROM message WHERE state = 'quarantined'";
        let row = self.gateway.until("a quarantined message", || self.site.database().rows(sql).pop());
        let mut parts = row.splitn(3, '\t');
        let (id, was, detail) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        assert_eq!(was, reason, "{detail}");
        for word in words {
            assert!(detail.contains(word), "{word:?} is not in: {detail}");
        }
        id.to_owned()
    }

    #[track_caller]
    fn fine(&self, arguments: &[&str]) -> String {
        let (code, out, said) = self.site.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        out
    }
}

/// A folder of a supplier, with the tools that suppliers have.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        fs::create_dir_all(desk.path()).unwrap();
        desk
    }

    /// Deep enough for names that lead out of it.
    fn path(&self) -> PathBuf {
        self.0.path().join("a/b/c")
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    #[track_caller]
    fn run(&self, program: &str, arguments: &[&str]) {
        let done = Command::new(program).args(arguments).current_dir(self.path()).output();
        let done = done.unwrap_or_else(|e| panic!("{program}: {e}; see .ci/prepare"));
        assert!(done.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Packs by Info-ZIP; `arguments`: its own options, then the names.
    #[track_caller]
    fn zip(&self, arguments: &[&str]) -> Vec<u8> {
        let archive = self.path().join("out.zip");
        let _ = fs::remove_file(&archive);
        self.run("zip", &[&["-q", "out.zip"], arguments].concat());
        fs::read(archive).unwrap()
    }

    #[track_caller]
    fn gzip(&self, name: &str) -> Vec<u8> {
        self.run("gzip", &["-kf", name]);
        fs::read(self.path().join(Path::new(name).with_added_extension("gz"))).unwrap()
    }
}

/// Three orders, each in a file of its own.
fn three(desk: &Desk) {
    for nth in 1..=3 {
        desk.put(&format!("po-{nth}.edi"), order(&format!("PO-{nth}"), nth).text());
    }
}

const THREE: [&str; 3] = ["PO-1", "PO-2", "PO-3"];
