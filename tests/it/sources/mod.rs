//! Our own documents as files: a folder that an ERP writes into, and IDocs that it is given.

mod content;
mod idocs;
#[cfg(feature = "faults")]
mod kills;
mod refused;
mod server;
mod taken;

use crate::harness::*;
use std::fs;
use std::path::PathBuf;

/// A gateway whose endpoint `erp` is a folder, with a source beside it.
struct Place {
    site: Site,
    out: PathBuf,
    failed: PathBuf,
    /// Where the endpoint is delivered to.
    events: PathBuf,
}

/// `endpoint` are further keys of the endpoint, `source` of its source, `partner` further sections of acme's profile.
fn place(endpoint: &str, source: &str, partner: &str) -> Place {
    let mut site = Site::new();
    let [out, taken, failed, events] = ["out", "taken", "failed", "events"].map(|name| site.path(name));
    fs::create_dir(&out).unwrap();
    fs::create_dir(&events).unwrap();
    site.api();
    site.add(&format!(
        "[endpoint.erp]\nkind = \"directory\"\npath = \"{}\"\n{endpoint}\n[endpoint.erp.source]\nfolder = \"{}\"\n\
         taken = \"{}\"\nfailed = \"{}\"\nsettle = \"0s\"\n{source}",
        events.display(),
        out.display(),
        taken.display(),
        failed.display()
    ));
    site.partner(&Profile { more: partner.to_owned(), ..Profile::live("acme") });
    Place { site, out, failed, events }
}

impl Place {
    /// As a careful system writes: under another name, then renamed.
    fn put(&self, name: &str, text: &str) {
        let temporary = self.out.join(format!("{name}.tmp"));
        fs::write(&temporary, text).unwrap();
        fs::rename(temporary, self.out.join(name)).unwrap();
    }

    /// The files in a folder, but hidden ones; none where there is no folder yet.
    fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.site.path(folder)) else { return Vec::new() };
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        names
    }

    /// Waits until the folder holds these.
    #[track_caller]
    fn wait(&self, gateway: &Gateway, folder: &str, names: &[&str]) {
        gateway.until(&format!("{names:?} in {folder}"), || (self.names(folder) == names).then_some(()));
    }

    fn report(&self, name: &str) -> String {
        fs::read_to_string(self.failed.join(name)).unwrap()
    }

    /// Numbers of the documents in the ledger, in their order.
    fn numbers(&self) -> Vec<String> {
        self.site.database().rows("SELECT number FROM transaction_set ORDER BY 1")
    }
}
