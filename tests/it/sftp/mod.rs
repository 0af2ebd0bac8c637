//! The SFTP door with the real binary and the clients that suppliers use.

mod accounts;
mod clients;
mod faults;
#[cfg(feature = "faults")]
mod kills;
mod load;
mod trouble;

use crate::harness::sftp_peer::{Key, Supplier, said};
use crate::harness::x12::{Acknowledgement, order};
use crate::harness::*;
use serde_json::json;

/// The gateway with an SFTP door, an ERP, and Acme, who has a key.
pub struct House {
    pub erp: Recorder,
    pub site: Site,
    pub gateway: Gateway,
    pub acme: Supplier,
}

/// Everything but the running gateway. `sftp`: further keys of `[sftp]`.
fn scene(sftp: &str) -> (Recorder, Site, Key) {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.add("[listen.sftp]\naddress = \"127.0.0.1:0\"");
    let key = Key::new(&site, "acme-key");
    site.partner(&profile("acme", &key, sftp));
    (erp, site, key)
}

/// A live partner that comes by SFTP alone.
fn profile(id: &str, key: &Key, sftp: &str) -> Profile {
    let mut profile = Profile::live(id);
    profile.more += &format!("\n[sftp]\nkeys = [\"{}\"]\n{sftp}\n", key.line());
    profile
}

impl House {
    #[track_caller]
    pub fn open(sftp: &str) -> House {
        let (erp, site, key) = scene(sftp);
        let gateway = site.start();
        let acme = Supplier::new(&site, &gateway, "acme", &key);
        House { erp, site, gateway, acme }
    }

    /// A local file for clients to send.
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.site.path(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn messages(&self) -> Vec<String> {
        self.site.database().rows(
            "SELECT transport || ' ' || file_name FROM message WHERE direction = 'in' ORDER BY position",
        )
    }

    /// The names in `/out`, once there are so many.
    #[track_caller]
    fn out(&self, many: usize) -> Vec<String> {
        self.gateway.until(&format!("{many} files in /out"), || {
            let names = self.acme.sftp_fine("ls -1 /out");
            let names: Vec<String> =
                names.lines().map(|line| line.trim_start_matches("/out/").to_owned()).collect();
            (names.len() == many).then_some(names)
        })
    }

    #[track_caller]
    fn rows(&self, sql: &str, wanted: &[&str]) {
        self.gateway.until(&format!("{sql} to be {wanted:?}"), || {
            (self.site.database().rows(sql) == wanted).then_some(())
        });
    }

    /// One order in effect, once, and nothing left over.
    #[track_caller]
    fn once(&self, number: &str) {
        self.erp.wait_effects(1);
        self.rows("SELECT count(*)::text FROM job", &["0"]);
        assert_eq!(self.erp.subjects(), [number]);
        self.rows("SELECT state FROM message WHERE direction = 'in'", &["done"]);
        assert_eq!(self.site.database().orphans(), Vec::<String>::new());
    }
}
