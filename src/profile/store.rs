//! The configuration in force, swapped on reload.
//!
//! Promises: readers take a whole configuration without waiting, and keep theirs while it is swapped. A reload is
//! checked first: a broken `gateway.toml` changes nothing at all; a broken profile keeps that partner's previous
//! version (the one in force, else the one from the ledger); a file that is gone ends the partner. Two reloads at
//! once run one after the other. Files only: whoever calls records what is accepted, before it is in force.

use super::configuration::{Configuration, LastGood};
use super::partner_profile::PartnerProfile;
use super::problem::Problem;
use arc_swap::ArcSwap;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

pub struct Store {
    current: ArcSwap<Configuration>,
    /// Good versions that are not in force now, such as those of partners that came back broken.
    last_good: Mutex<LastGood>,
}

/// What a reload did. All empty: nothing changed, nothing is wrong.
#[derive(Debug, Clone, Default)]
pub struct ReloadReport {
    /// `gateway.toml` has new content, and it is in force.
    pub gateway_changed: bool,
    /// `gateway.toml` is broken: the whole previous configuration stays in force.
    pub gateway_kept: bool,
    pub added: Vec<String>,
    pub changed: Vec<String>,
    pub removed: Vec<String>,
    /// Partners whose file is broken, with its first error; their previous version stays in force.
    pub kept_last_good: Vec<(String, Problem)>,
    /// Everything found, warnings too.
    pub problems: Vec<Problem>,
}

impl Store {
    /// Loads the folder; `last_good` are the versions that the ledger has. An error is fatal (exit 78).
    pub fn open(dir: &Path, last_good: BTreeMap<String, PartnerProfile>) -> Result<Store, Vec<Problem>> {
        let last_good: LastGood =
            last_good.into_iter().map(|(id, profile)| (id, Arc::new(profile))).collect();
        let configuration = Configuration::load_with(dir, &last_good)?;
        Ok(Store { current: ArcSwap::from_pointee(configuration), last_good: Mutex::new(last_good) })
    }

    /// The configuration in force. Keep it for one piece of work, then take it anew.
    pub fn current(&self) -> Arc<Configuration> {
        self.current.load_full()
    }

    /// Reads the folder again and puts in force what is good, once `keep` has written it down. Blocking: it reads files.
    ///
    /// # Errors
    /// What `keep` says: nothing has changed.
    pub fn reload<E>(&self, keep: impl FnOnce(&Configuration) -> Result<(), E>) -> Result<ReloadReport, E> {
        let mut last_good = self.last_good.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.current.load_full();
        last_good.extend(before.partners.iter().map(|(id, profile)| (id.clone(), profile.clone())));
        match Configuration::load_with(&before.dir, &last_good) {
            Ok(after) => {
                keep(&after)?;
                let report = compare(&before, &after);
                self.current.store(Arc::new(after));
                Ok(report)
            }
            Err(problems) => Ok(ReloadReport { gateway_kept: true, problems, ..ReloadReport::default() }),
        }
    }
}

fn compare(before: &Configuration, after: &Configuration) -> ReloadReport {
    let mut report = ReloadReport {
        gateway_changed: before.gateway_document.text != after.gateway_document.text,
        problems: after.problems.clone(),
        ..ReloadReport::default()
    };
    for (id, profile) in &after.partners {
        match before.partners.get(id) {
            None => report.added.push(id.clone()),
            Some(previous) if previous.hash != profile.hash => report.changed.push(id.clone()),
            Some(_) => {}
        }
        let error = after.problems.iter().find(|p| p.is_error() && p.partner.as_deref() == Some(id));
        report.kept_last_good.extend(error.map(|error| (id.clone(), error.clone())));
    }
    report.removed = before.partners.keys().filter(|id| !after.partners.contains_key(*id)).cloned().collect();
    report
}
