//! A partner's own SFTP server, where we are the client: a real sshd, polled by the gateway.

mod check;
mod client;
mod endpoint;
mod faults;
#[cfg(feature = "faults")]
mod kills;
mod polling;
#[cfg(feature = "faults")]
mod push_kills;
mod pushing;

use crate::harness::x12::order;
use crate::harness::*;

/// An ERP, a gateway's folders, and Acme's server with the folder `out`.
struct Scene {
    erp: Recorder,
    site: Site,
    sshd: Sshd,
}

impl Scene {
    /// `poll`: keys of `[sftp_client.poll]` beside the folder; a look every moment.
    #[track_caller]
    fn new(poll: &str) -> Scene {
        Scene::at(Sshd::start(), poll)
    }

    #[track_caller]
    fn at(sshd: Sshd, poll: &str) -> Scene {
        let erp = Recorder::erp();
        let mut site = Site::new();
        site.endpoint("erp", &erp, "");
        sshd.folder("out");
        let scene = Scene { erp, site, sshd };
        scene.polled(poll);
        scene
    }

    fn polled(&self, poll: &str) {
        self.polled_by(&self.sshd.section(), poll);
    }

    fn polled_by(&self, section: &str, poll: &str) {
        let mut profile = Profile::live("acme");
        profile.more +=
            &format!("\n{section}\n[sftp_client.poll]\nfolders = [\"out\"]\nevery = \"200ms\"\n{poll}\n");
        self.site.partner(&profile);
    }

    /// An order lies on the server.
    fn put(&self, name: &str, number: &str, control: u32) {
        self.sshd.put(name, order(number, control).text());
    }

    fn messages(&self) -> Vec<String> {
        self.site.database().rows(
            "SELECT transport || ' ' || file_name FROM message WHERE direction = 'in' ORDER BY position",
        )
    }

    #[track_caller]
    fn rows(&self, gateway: &Gateway, sql: &str, wanted: &[&str]) {
        gateway.until(&format!("{sql} to be {wanted:?}"), || {
            (self.site.database().rows(sql) == wanted).then_some(())
        });
    }

    #[track_caller]
    fn there(&self, gateway: &Gateway, folder: &str, names: &[&str]) {
        gateway.until(&format!("{names:?} in {folder}"), || (self.sshd.names(folder) == names).then_some(()));
    }

    /// So many whole polls from now on.
    #[track_caller]
    fn polls(&self, gateway: &Gateway, many: i64) {
        // Its row comes with the first one.
        let epoch = || {
            let sql = "SELECT coalesce(max(epoch), 0)::text FROM poll";
            self.site.database().rows(sql)[0].parse::<i64>().unwrap()
        };
        // The one that runs just now may have listed before.
        let end = epoch() + many + 1;
        gateway.until(&format!("{many} polls"), || (epoch() >= end).then_some(()));
    }

    /// Count and detail of the alerts with this cause and state.
    fn alerts(&self, cause: &str, state: &str) -> Vec<String> {
        self.site.database().rows(&format!(
            "SELECT count || ' ' || detail FROM alert WHERE cause = '{cause}' AND state = '{state}'"
        ))
    }

    #[track_caller]
    fn alert(&self, gateway: &Gateway, cause: &str) -> String {
        gateway.until(&format!("an alert {cause}"), || self.alerts(cause, "open").pop())
    }

    #[track_caller]
    fn no_alert(&self, gateway: &Gateway, cause: &str) {
        gateway.until(&format!("{cause} closed"), || self.alerts(cause, "open").is_empty().then_some(()));
    }

    /// These orders in effect, each once, and nothing left over.
    #[track_caller]
    fn once(&self, gateway: &Gateway, numbers: &[&str]) {
        self.erp.wait_effects(numbers.len());
        self.rows(gateway, "SELECT count(*)::text FROM job WHERE lane <> 'mail'", &["0"]);
        assert_eq!(self.erp.subjects(), numbers);
        assert_eq!(self.messages().len(), numbers.len(), "{:?}", self.messages());
        assert_eq!(self.site.database().orphans(), Vec::<String>::new());
    }
}
